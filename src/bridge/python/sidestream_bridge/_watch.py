"""A thread that looks after deadlines, signals, the heartbeat, and whether anybody is there to work for."""

import os
import select
import signal
import threading
import time
import traceback
from typing import Any, Callable, List, Optional

from . import _streams
from ._calls import Ledger
from ._wire import OUTPUT_BROKEN

_LOOK_S = 0.25
_BEAT_S = 1.0
#: EX_SOFTWARE of BSD.
_FAILED = 70
#: A host that has gone closes both ends of its sockets and pipes.
_GONE = getattr(select, "POLLERR", 0) | getattr(select, "POLLHUP", 0)


class Watch:
    """`on_signal` is called in this thread with the number of the signal, and `on_look` four times a second."""

    def __init__(self, ledger: Ledger, on_signal: Callable[[int], None], on_look: Callable[[], None]) -> None:
        self._ledger = ledger
        self._on_signal = on_signal
        self._on_look = on_look
        self._parent = os.getppid()
        self._news = threading.Condition()
        self._signals = -1
        self._beat_at = 0.0
        self._end: Optional[Callable[[], None]] = None
        self._end_at = 0.0

    def start(self) -> None:
        """Must be called by the main thread, which alone may set handlers of signals."""
        if os.name == "posix":
            self._signals, written = os.pipe()
            os.set_blocking(self._signals, False)
            os.set_blocking(written, False)
            # Python's own handlers wait until native code returns. These bytes do not.
            signal.set_wakeup_fd(written, warn_on_full_buffer=False)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, _nothing)
        if _streams.is_hosted:
            _die_with_parent()
        start_vital_thread(self._run, "sidestream-watch")

    def look(self) -> None:
        """There is a new deadline."""
        with self._news:
            self._news.notify()

    def call_after(self, seconds: float, end: Callable[[], None]) -> None:
        """The earliest of those that were asked for counts."""
        with self._news:
            at = time.monotonic() + seconds
            if self._end is None or at < self._end_at:
                self._end, self._end_at = end, at
            self._news.notify()

    def _run(self) -> None:
        while True:
            self._leave_if_alone()
            self._beat()
            for number in self._signalled():
                self._on_signal(number)
            self._on_look()
            if self._end is not None and time.monotonic() >= self._end_at:
                self._end()
            dues: List[float] = []
            for call in self._ledger.open:
                if call.is_late:
                    self._ledger.fail(call, call.late())
                elif call.time_left is not None:
                    dues.append(call.time_left)
            with self._news:
                self._news.wait(max(0.001, min([_LOOK_S, *dues])))

    def _leave_if_alone(self) -> None:
        if os.getppid() != self._parent or _is_hung_up(_streams.output_fd):
            os._exit(OUTPUT_BROKEN)

    def _beat(self) -> None:
        now = time.monotonic()
        if _streams.beat_fd is None or now - self._beat_at < _BEAT_S:
            return
        self._beat_at = now
        try:
            os.write(_streams.beat_fd, b'{"blockedMs":0}\n')  # this thread runs, and so does the one that reads
        except OSError:
            pass  # a host that does not read it

    def _signalled(self) -> bytes:
        try:
            return os.read(self._signals, 16)
        except OSError:
            return b""


def start_vital_thread(run: Callable[[], None], name: str) -> None:
    """Starts a thread without which the process would only seem to be at work: when it fails, the process ends."""

    def run_or_end() -> None:
        try:
            run()
        except BaseException:
            traceback.print_exc()
            os._exit(_FAILED)

    threading.Thread(target=run_or_end, name=name, daemon=True).start()


def _nothing(number: int, frame: Any) -> None:
    """Main's part of a signal: the watching thread does the rest."""


def _is_hung_up(fd: int) -> bool:
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(fd, 0)
    return any(events & _GONE for _, events in poll.poll(0))


def _die_with_parent() -> None:
    """Linux ends this process with its host even while native code keeps all Python threads from running."""
    try:
        import ctypes

        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
    except (ImportError, OSError, AttributeError, TypeError):
        pass  # another system
