"""Silero VAD, as faster-whisper brings it."""

from typing import Any, Dict, List, Mapping, Tuple

from .. import Context, EngineError
from .imports import library
from .pieces import checked, pieces
from .resampling import RATE
from .times import Span, joined, seconds
from .whisper_options import ENGINE

# What `vad.detect` has where a member is left out: the models of the wire tell them.
DETECT_DEFAULTS = {
    "threshold": 0.5,
    "min_speech_duration_ms": 250,
    "min_silence_duration_ms": 500,
    "speech_pad_ms": 100,
}


def find_speech(samples: Any, arguments: Mapping[str, Any]) -> List[Dict[str, int]]:
    """Where somebody speaks, in samples, by arguments of the library's VadOptions."""
    vad = library("faster_whisper.vad", ENGINE)
    options = vad.VadOptions(**arguments)
    shortest = (2 * options.speech_pad_ms + 100) / 1000
    if options.max_speech_duration_s < shortest:
        raise EngineError(
            "UnsupportedOption",
            f"maxSpeechSec leaves no speech between its padding: it must be {shortest:g} or more.",
            option="vad.maxSpeechSec",
        )
    speech: List[Dict[str, int]] = vad.get_speech_timestamps(samples, options)
    return speech


def find_pauses(samples: Any) -> List[Dict[str, int]]:
    """The same for cutting: short pauses count, and nothing is added to what is spoken."""
    return find_speech(samples, {"min_silence_duration_ms": 100, "speech_pad_ms": 0})


def speech_of(
    context: Context, audio: Any, arguments: Mapping[str, Any]
) -> Tuple[List[Span], float]:
    """Where somebody speaks, in seconds, and the length of the audio."""
    options = {**DETECT_DEFAULTS, **arguments}
    spans: List[Span] = []
    length = 0
    for piece in pieces(checked(context, audio.blocks()), find_pauses):
        context.check()
        spans += spans_of(find_speech(piece.samples, options), piece.start / RATE)
        length = piece.start + len(piece.samples)
    gap = max(0, options["min_silence_duration_ms"] - 2 * options["speech_pad_ms"]) / 1000
    # A split by maxSpeechSec is meant; without it, only a cut of ours can leave less silence than was asked for.
    return (spans if "max_speech_duration_s" in options else joined(spans, gap)), seconds(length / RATE)


def spans_of(speech: List[Dict[str, int]], offset: float) -> List[Span]:
    return [
        {"start": seconds(offset + span["start"] / RATE), "end": seconds(offset + span["end"] / RATE)}
        for span in speech
    ]
