"""Every error that can stand in a reply: kinds, codes, and whether the same call may succeed later."""

import re
from typing import Any, Dict, List

CODES = {
    "ParseError": -32700,
    "InvalidRequest": -32600,
    "DuplicateId": -32600,
    "MessageTooLarge": -32600,
    "BatchTooLarge": -32600,
    "TooDeep": -32600,
    "MethodNotFound": -32601,
    "InvalidParams": -32602,
    "InternalError": -32603,
    "RequestCancelled": -32800,
    "EngineError": -32000,
    "DeadlineExceeded": -32001,
    "NotReady": -32002,
    "Overloaded": -32003,
    "ShuttingDown": -32004,
    "EngineGone": -32005,
    "CircuitOpen": -32006,
    "ModelNotFound": -32010,
    "ModelLoadFailed": -32011,
    "AudioNotFound": -32012,
    "AudioInvalid": -32013,
    "UnsupportedLanguage": -32014,
    "UnsupportedOption": -32015,
    "DependencyMissing": -32016,
    "OutOfMemory": -32017,
}

RETRYABLE = frozenset(
    ["DeadlineExceeded", "NotReady", "Overloaded", "ShuttingDown", "EngineGone", "CircuitOpen", "OutOfMemory"]
)


class EngineError(Exception):
    """A failure that the caller is told of as it is.

    `kind` is one of CODES, or one of the engine's own, which has the code of EngineError. `message` is one sentence:
    what is wrong and what to do. `facts` are what a program needs to know; `retryable` and `code` may be among them.
    """

    def __init__(self, kind: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code: int = facts.pop("code", CODES.get(kind, CODES["EngineError"]))
        self.retryable: bool = facts.pop("retryable", kind in RETRYABLE)
        self.facts = facts

    def wire(self) -> Dict[str, Any]:
        """As it travels."""
        data = {"kind": self.kind, "retryable": self.retryable, **self.facts}
        return {"code": self.code, "message": self.message, "data": data}


class Cancelled(Exception):
    """Raised by `context.check()`: nobody waits for the answer of this call any more."""


def parse_error(reason: str) -> EngineError:
    return EngineError("ParseError", f"Parse error: {reason}")


def invalid_request(reason: str, kind: str = "InvalidRequest", **facts: Any) -> EngineError:
    return EngineError(kind, f"Invalid request: {reason}", **facts)


def invalid_params(problems: List[Dict[str, str]]) -> EngineError:
    first = problems[0]
    place = f" at {first['path']}" if first["path"] else ""
    sentence = f"Invalid params: expected {first['expected']}{place}, got {first['got']}"
    return EngineError("InvalidParams", sentence, problems=problems[:8], count=len(problems))


def deadline_exceeded(deadline_ms: float, phase: str) -> EngineError:
    ms = round(deadline_ms)
    return EngineError("DeadlineExceeded", f"The deadline of {ms} ms has passed", deadlineMs=ms, phase=phase)


def request_cancelled() -> EngineError:
    return EngineError("RequestCancelled", "The request was cancelled")


def shutting_down() -> EngineError:
    return EngineError("ShuttingDown", "The engine is shutting down and takes no new work")


def error_of(thrown: BaseException) -> EngineError:
    """What a method raised, as the caller is told."""
    if isinstance(thrown, EngineError):
        return thrown
    if isinstance(thrown, MemoryError) or _is_native_memory_error(thrown):
        return EngineError("OutOfMemory", "There was not enough memory; give it more, or a smaller model or batch")
    if isinstance(thrown, ImportError):
        name = thrown.name or ""
        return EngineError("DependencyMissing", f"{thrown}; install it into {_python()}", module=name.split(".")[0])
    return EngineError("InternalError", str(thrown) or type(thrown).__name__)


def _is_native_memory_error(thrown: BaseException) -> bool:
    return isinstance(thrown, RuntimeError) and bool(re.search(r"std::bad_alloc|out of memory", str(thrown), re.I))


def _python() -> str:
    import sys

    return f"the Python of {sys.prefix}"
