"""What libraries raise, as errors that a caller can act on."""

from contextlib import contextmanager
from typing import Iterator

from .. import EngineError

OUT_OF_MEMORY = (
    "out of memory",
    "bad_alloc",
    "failed to allocate",
    "cannot allocate",
    "Cannot allocate",
    "Unable to allocate",
    "failed to map segment",  # of a library, by the linker
)
PROMPT_TOO_LONG = ("The length of the prompt", "No position encodings are defined")


def is_out_of_memory(cause: Exception) -> bool:
    said = str(cause)
    return isinstance(cause, MemoryError) or any(sign in said for sign in OUT_OF_MEMORY)


def out_of_memory(doing: str) -> EngineError:
    return EngineError(
        "OutOfMemory",
        f"There is not enough memory to {doing}. Take a smaller model or a smaller compute type.",
    )


def failure_of(cause: Exception, doing: str) -> Exception:
    """The declared error that a library's own stands for, or the same one where it stands for none."""
    said = str(cause)
    if is_out_of_memory(cause):
        return out_of_memory(doing)
    if any(sign in said for sign in PROMPT_TOO_LONG):
        return EngineError(
            "UnsupportedOption",
            "The prompt leaves no room for text. Shorten initialPrompt and hotwords, or maxNewTokens.",
            reason=said,
        )
    if "CUDA" in said or "cuDNN" in said or "cublas" in said:
        return EngineError(
            "UnsupportedOption",
            f"CUDA cannot {doing}: {said}. The device `cpu` works.",
            option="device",
        )
    return cause


@contextmanager
def failures(doing: str) -> Iterator[None]:
    """Raises what is behind the errors of libraries.

    :param doing: for the message, such as "transcribe"
    """
    try:
        yield
    except (MemoryError, RuntimeError, ValueError) as cause:
        meant = failure_of(cause, doing)
        if meant is cause:
            raise
        raise meant from cause
