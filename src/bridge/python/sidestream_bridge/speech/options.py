"""From the members of a request to the arguments of a library. Needs no library itself."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Callable, Dict, Mapping, Optional

from .. import EngineError


@dataclass(frozen=True)
class Option:
    """An option that only one engine has."""

    argument: str
    expected: str
    accepts: Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def number(argument: str, low: float, high: float = float("inf")) -> Option:
    limits = f"at least {low:g}" if high == float("inf") else f"from {low:g} to {high:g}"
    return Option(argument, f"a number, {limits}", lambda v: _is_number(v) and low <= v <= high)


def whole(argument: str, low: int, high: float = float("inf")) -> Option:
    limits = f"at least {low}" if high == float("inf") else f"from {low} to {high:g}"
    return Option(argument, f"a whole number, {limits}", lambda v: _is_whole(v) and low <= v <= high)


def flag(argument: str) -> Option:
    return Option(argument, "true or false", lambda v: isinstance(v, bool))


def text(argument: str) -> Option:
    return Option(argument, "a text", lambda v: isinstance(v, str))


def wholes(argument: str) -> Option:
    return Option(
        argument,
        "a list of whole numbers",
        lambda v: isinstance(v, list) and all(_is_whole(item) for item in v),
    )


def engine_arguments(
    known: Mapping[str, Option], given: Optional[Mapping[str, Any]], engine: str
) -> Dict[str, Any]:
    """Arguments for the options given. Raises UnsupportedOption for a name, InvalidParams for a value."""
    arguments = {}
    for name, value in (given or {}).items():
        option = known.get(name)
        if option is None:
            raise unknown_option(f"engineOptions.{name}", name, list(known), engine)
        if not option.accepts(value):
            raise EngineError(
                "InvalidParams",
                f"The option {name} of {engine} takes {option.expected}.",
                problems=[
                    {
                        "path": f"/engineOptions/{name}",
                        "expected": option.expected,
                        "got": type(value).__name__,
                    }
                ],
            )
        arguments[option.argument] = value
    return arguments


def unknown_option(option: str, name: str, known: "list[str]", engine: str) -> EngineError:
    nearest = get_close_matches(name, known, 1, 0.5)
    advice = f"did you mean {nearest[0]}?" if nearest else "it has " + ", ".join(sorted(known)) + "."
    return EngineError(
        "UnsupportedOption",
        f"{engine} has no option {name}; {advice}",
        option=option,
        supported=sorted(known),
        **({"nearest": nearest[0]} if nearest else {}),
    )


VAD_ARGUMENTS = {
    "threshold": "threshold",
    "minSpeechMs": "min_speech_duration_ms",
    "minSilenceMs": "min_silence_duration_ms",
    "speechPadMs": "speech_pad_ms",
    "maxSpeechSec": "max_speech_duration_s",
}


def silero_arguments(vad: Mapping[str, Any]) -> Dict[str, Any]:
    """Arguments of faster-whisper's VadOptions; what is left out is the library's to choose."""
    return {VAD_ARGUMENTS[name]: value for name, value in vad.items() if value is not None}
