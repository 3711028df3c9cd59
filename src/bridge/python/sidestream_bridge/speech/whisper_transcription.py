"""One transcription by faster-whisper: piece by piece, so that memory does not grow with the audio."""

import math
from typing import Any, Dict, Generator, Iterator, List, Mapping, Optional

from .. import Context
from .imports import library
from .pieces import Piece, checked, pieces
from .resampling import RATE
from .silero import find_pauses, find_speech, spans_of
from .times import TOLERANCE, Mender, Span, ended_by_its_speech, joined, led_by_its_speech, seconds
from .whisper_model import WhisperModel
from .whisper_options import ENGINE

Progress = Dict[str, Any]
# Whisper looks back so far, in tokens.
PROMPT_TOKENS = 223
# ISO 639's code for what nobody could tell: no language was asked for, and nobody speaks.
UNDETERMINED = "und"


class Transcription:
    def __init__(
        self,
        context: Context,
        model: WhisperModel,
        audio: Any,
        arguments: Mapping[str, Any],
        language: Optional[str],
        vad: Optional[Mapping[str, Any]],
        clip: Mapping[str, float],
    ) -> None:
        self._context = context
        self._whisper = model.whisper
        self._audio = audio
        self._arguments = dict(arguments)
        self._language = language if model.is_multilingual else "en"
        self._probability: Optional[float] = None
        self._vad = vad
        self._start = clip.get("start") or 0.0
        self._end = clip.get("end", float("inf"))
        self._mender = Mender()
        self._speech: List[Span] = []
        self._heard = 0
        self._prompt: List[int] = []
        self._started = False
        self._told = 0.0
        self._processed = 0.0

    def run(self) -> Generator[Progress, None, Dict[str, Any]]:
        """Yields what is told meanwhile, returns the result."""
        told = self._audio.duration
        if self._language is not None and told is not None:
            yield self._begin(told)
        blocks = checked(self._context, self._audio.blocks(self._start, self._end))
        decoded = self._start
        for piece in pieces(blocks, find_pauses):
            decoded = self._start + (piece.start + len(piece.samples)) / RATE
            yield from self._piece(piece, decoded)
            yield from self._advance(decoded)
        duration = self._duration(decoded)
        yield from self._advance(duration)
        return self._result(duration)

    def _piece(self, piece: Piece, decoded: float) -> Iterator[Progress]:
        self._context.check()
        offset = self._start + piece.start / RATE
        samples, speech = piece.samples, None
        spans: List[Span] = []
        if self._vad is not None:
            speech = find_speech(samples, self._vad)
            spans = spans_of(speech, offset)
            self._speech += spans
            samples = self._spoken(samples, speech)
        self._heard += len(samples)
        if len(samples):
            segments, info = self._whisper.transcribe(
                samples, language=self._language, **self._piece_arguments(piece)
            )
            if self._language is None:
                self._language, self._probability = info.language, info.language_probability
        if not self._started:
            yield self._begin(self._duration(decoded))
        if decoded > self._told + TOLERANCE:  # before a segment that lies behind what was told
            self._told = decoded
            yield {"kind": "progress", "processed": self._processed, "duration": seconds(decoded)}
        if not len(samples):
            return
        if speech is not None:
            transcribe = library("faster_whisper.transcribe", ENGINE)
            segments = transcribe.restore_speech_timestamps(segments, speech, RATE)
        for segment in segments:
            self._context.check()
            self._remember(segment)
            placed = led_by_its_speech(wire_segment(segment, offset), spans)
            mended = self._mender.mend(ended_by_its_speech(placed, spans), decoded)
            yield {"kind": "segment", "segment": mended}
            yield from self._advance(mended["end"])
        self._context.check()

    def _spoken(self, samples: Any, speech: List[Dict[str, int]]) -> Any:
        numpy = library("numpy", ENGINE)
        parts = [samples[span["start"] : span["end"]] for span in speech]
        return numpy.concatenate(parts) if parts else samples[:0]

    def _piece_arguments(self, piece: Piece) -> Dict[str, Any]:
        """Of the first piece those of the request. The others go on from what has been said."""
        if piece.start == 0:
            return self._arguments
        arguments = {**self._arguments, "initial_prompt": self._prompt or None}
        arguments.pop("prefix", None)
        return arguments

    def _remember(self, segment: Any) -> None:
        """The library does the same from window to window, with the same limits."""
        if not self._arguments.get("condition_on_previous_text", True):
            return
        hot = segment.temperature > self._arguments.get("prompt_reset_on_temperature", 0.5)
        self._prompt = [] if hot else (self._prompt + list(segment.tokens))[-PROMPT_TOKENS:]

    def _begin(self, duration: float) -> Progress:
        self._started = True
        self._told = duration
        return {"kind": "started", "duration": seconds(duration), **self._language_members()}

    def _language_members(self) -> Dict[str, Any]:
        if self._language is None:
            return {}
        if self._probability is None:
            return {"language": self._language}
        return {"language": self._language, "languageProbability": seconds(self._probability)}

    def _advance(self, time: float) -> Iterator[Progress]:
        """Forward only: a piece may end with silence, and then its last segment is not its end."""
        if seconds(time) > self._processed:
            self._processed = seconds(time)
            yield {"kind": "progress", "processed": self._processed}

    def _duration(self, decoded: float) -> float:
        known = self._audio.duration
        return decoded if known is None else max(known, decoded)

    def _result(self, duration: float) -> Dict[str, Any]:
        result = {
            "duration": seconds(duration),
            "language": UNDETERMINED,
            **self._language_members(),
            "timestampSource": "model",
            "warnings": self._mender.warnings() + self._damage(),
        }
        if self._vad is not None:
            result["durationAfterVad"] = seconds(self._heard / RATE)
            result["speech"] = joined(self._speech)
        return result

    def _damage(self) -> List[Dict[str, Any]]:
        audio = self._audio
        if audio.damaged:
            message = f"{audio.damaged} packets of the file are damaged and were left out; times after them may be early."
            return [{"kind": "damaged_audio", "message": message}]
        if audio.is_cut_off:
            message = f"The file says that it lasts {audio.told:.0f} s, and ends after {audio.end:.0f} s."
            return [{"kind": "truncated_audio", "message": message, "start": seconds(audio.end)}]
        return []


def measures(**values: float) -> Dict[str, float]:
    """Without those that are no numbers, as of a model that has overflowed: JSON has none."""
    return {name: seconds(value) for name, value in values.items() if math.isfinite(value)}


def wire_segment(segment: Any, offset: float) -> Dict[str, Any]:
    """A segment of the library, at its place in the audio."""
    result = {
        "start": float(segment.start) + offset,
        "end": float(segment.end) + offset,
        "text": segment.text.strip(),
        **measures(
            avgLogprob=segment.avg_logprob,
            noSpeechProb=segment.no_speech_prob,
            compressionRatio=segment.compression_ratio,
        ),
    }
    if segment.words is not None:
        result["words"] = [
            {
                "start": float(word.start) + offset,
                "end": float(word.end) + offset,
                "word": word.word,
                **measures(probability=word.probability),
            }
            for word in segment.words
        ]
    return result
