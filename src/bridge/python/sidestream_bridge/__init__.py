"""Engines in Python, for hosts that speak JSON-RPC 2.0 over stdin and stdout, such as Sidestream's.

Import this first: from then on what any library prints on stdout goes to stderr, and only messages to the host.

    from sidestream_bridge import engine, method

    @method
    def add(a: float, b: float) -> float:
        return a + b

    engine("adder", version="1.0.0").run()
"""

from . import _streams  # noqa: F401  must come first
from ._context import Context
from ._engine import Engine, engine
from ._errors import Cancelled, EngineError
from ._memory import rss_bytes
from ._methods import method

__all__ = ["Cancelled", "Context", "Engine", "EngineError", "engine", "method", "rss_bytes"]
