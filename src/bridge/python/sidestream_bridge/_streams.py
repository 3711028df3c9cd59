"""The descriptors of the process. Taken on import, before any library can print where only frames belong."""

import faulthandler
import os
import re
import stat
import sys
from typing import Optional, Tuple


def _announced(name: str) -> Optional[int]:
    """What our host gives beside the standard streams, as `fd:device:inode`. Children of this process have others."""
    found = re.fullmatch(r"(\d+):(\d+):(\d+)", os.environ.pop(name, ""))
    if found is None:
        return None
    fd, device, inode = map(int, found.groups())
    try:
        status = os.fstat(fd)
    except OSError:
        return None  # a wrapper passes the environment on, but not the descriptor
    if not stat.S_ISSOCK(status.st_mode) or (status.st_dev, status.st_ino) != (device, inode):
        return None
    os.set_inheritable(fd, False)
    return fd


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False


def _take() -> Tuple[int, int]:
    """Moves stdin and stdout away. What prints to 1, native code included, goes to stderr from now on."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        if not _is_open(fd):
            os.dup2(null, fd)
    stdin, stdout = os.dup(0), os.dup(1)  # not inherited by children of this process
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    return stdin, stdout


def _leave_working_directory() -> None:
    """Takes it off the path, where `-m` puts it before all else. From 3.11 on, Python follows PYTHONSAFEPATH by itself."""
    is_asked = bool(os.environ.get("PYTHONSAFEPATH")) and not getattr(sys.flags, "safe_path", False)
    if is_asked and sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]


_leave_working_directory()
channel_fd = _announced("SIDESTREAM_CHANNEL")
beat_fd = _announced("SIDESTREAM_BEAT")
stdin_fd, _stdout_fd = _take()
output_fd = _stdout_fd if channel_fd is None else channel_fd
#: Our own host started this process.
is_hosted = channel_fd is not None

if channel_fd is not None:
    os.set_blocking(channel_fd, True)  # it was made by an event loop
if beat_fd is not None:
    os.set_blocking(beat_fd, False)  # a host that does not read must not stop the watching thread
if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
if sys.stderr is not None:
    try:
        faulthandler.enable(all_threads=False)  # a crash in native code shows where Python was
    except (OSError, ValueError, AttributeError, RuntimeError):
        pass  # an stderr without a descriptor
