"""Libraries are imported when a call needs them, so that a missing one is an error of that call."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Optional

from .. import EngineError
from .failures import is_out_of_memory, out_of_memory


def library(module: str, engine: Optional[str] = None) -> Any:
    """Imports a module. Raises DependencyMissing, where what is missing may be a library of the library, or OutOfMemory."""
    try:
        return import_module(module)
    except Exception as cause:  # what is installed by halves fails in many ways
        if is_out_of_memory(cause):
            raise out_of_memory(f"import {module}") from cause
        doctor = "engines doctor" + (f" {engine}" if engine else "")  # an installation would find itself done
        missing = getattr(cause, "name", None) or module
        raise EngineError(
            "DependencyMissing",
            f"Python cannot import {missing}: {cause}. Run `sidestream {doctor}`, which says what helps, "
            "or install it for this Python.",
            dependency=missing,
        ) from cause


def is_installed(module: str) -> bool:
    """Without importing it."""
    return find_spec(module) is not None
