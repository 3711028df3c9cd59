"""Memory that is given back, and not kept for later."""

import ctypes
import gc
import sys


def give_back() -> None:
    """Frees what nothing refers to; glibc would keep it for later."""
    gc.collect()
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
