"""One transcription by a model of FunASR: each span of speech that the VAD finds becomes a segment."""

from typing import Any, Dict, Generator, Iterator, List, Mapping, Optional, Tuple

from .. import Context
from .audio import Audio
from .fsmn import FsmnOptions, shaped
from .funasr_backend import Asked, Punctuation, Recogniser, Vad
from .funasr_times import spans_of_ms, words_of
from .pieces import Piece, checked, pieces, quietest
from .resampling import RATE
from .times import TOLERANCE, Mender, Span, joined, seconds

Progress = Dict[str, Any]
# What the models take at once: Whisper no more, the others with growing memory.
MOST = 30 * RATE
UNDETERMINED = "und"


class FunasrTranscription:
    def __init__(
        self,
        context: Context,
        audio: Audio,
        recogniser: Recogniser,
        vad: Optional[Vad],
        vad_options: FsmnOptions,
        punctuation: Optional[Punctuation],
        asked: Asked,
        with_words: bool,
        clip: Mapping[str, float],
    ) -> None:
        self._context = context
        self._audio = audio
        self._recogniser = recogniser
        self._vad = vad
        self._vad_options = vad_options
        self._punctuation = punctuation
        self._asked = asked
        self._with_words = with_words
        self._start = clip.get("start") or 0.0
        self._end = clip.get("end", float("inf"))
        self._language = asked.language
        self._mender = Mender()
        self._speech: List[Span] = []
        self._untimed = 0

    def run(self) -> Generator[Progress, None, Dict[str, Any]]:
        """Yields what is told meanwhile, returns the result."""
        blocks = checked(self._context, self._audio.blocks(self._start, self._end))
        decoded = self._start
        told = processed = 0.0
        started = False
        for piece in pieces(blocks, self._find_for_cut):
            decoded = self._start + (piece.start + len(piece.samples)) / RATE
            if not started:
                started = True
                language = {"language": self._language} if self._language else {}
                told = self._duration(decoded)
                yield {"kind": "started", "duration": seconds(told), **language}
            if decoded > told + TOLERANCE:  # before a segment that lies behind what was told
                told = decoded
                yield {"kind": "progress", "processed": processed, "duration": seconds(told)}
            yield from self._piece(piece, decoded)
            processed = seconds(decoded)
            yield {"kind": "progress", "processed": processed}
        duration = self._duration(decoded)
        yield {"kind": "progress", "processed": seconds(duration)}
        return self._result(duration)

    def _piece(self, piece: Piece, decoded: float) -> Iterator[Progress]:
        offset = self._start + piece.start / RATE
        for first, last in self._spans(piece.samples, offset):
            self._context.check()
            span = {"start": offset + first / RATE, "end": offset + last / RATE}
            segment = self._segment(piece.samples[first:last], span)
            if segment is not None:
                mended = self._mender.mend(segment, decoded)
                yield {"kind": "segment", "segment": mended}
                yield {"kind": "progress", "processed": mended["end"]}

    def _segment(self, samples: Any, span: Span) -> Optional[Dict[str, Any]]:
        said = self._recogniser.recognise(samples, self._asked)
        if not said.text.strip():
            return None
        self._language = self._language or said.language
        words = words_of(said.text, said.times, span)
        text = self._punctuation.punctuate(said.text) if self._punctuation else said.text
        segment: Dict[str, Any] = {**span, "text": text.strip()}
        if words is None:
            self._untimed += 1
        else:
            segment.update(start=words[0]["start"], end=words[-1]["end"])
            if self._with_words:
                segment["words"] = words
        return segment

    def _spans(self, samples: Any, offset: float) -> Iterator[Tuple[int, int]]:
        """In samples, and short enough for the model."""
        if self._vad is None:
            spans = [{"start": 0.0, "end": len(samples) / RATE}]
        else:
            length = len(samples) / RATE
            found = spans_of_ms(self._vad.find(samples, self._vad_options.model), length)
            spans = shaped(found, self._vad_options, length)
            self._speech += [
                {name: seconds(offset + time) for name, time in span.items()} for span in spans
            ]
        for span in spans:
            first, last = round(span["start"] * RATE), round(span["end"] * RATE)
            while last - first > MOST:
                middle = first + MOST // 2
                cut = middle + quietest(samples[middle : first + MOST])
                yield first, cut
                first = cut
            if last > first:
                yield first, last

    def _find_for_cut(self, samples: Any) -> List[Dict[str, int]]:
        if self._vad is None:
            return [{"start": 0, "end": len(samples)}]
        return [
            {"start": round(start * RATE / 1000), "end": round(end * RATE / 1000)}
            for start, end in self._vad.find(samples, {})
        ]

    def _duration(self, decoded: float) -> float:
        known = self._audio.duration
        return decoded if known is None else max(known, decoded)

    def _result(self, duration: float) -> Dict[str, Any]:
        warnings = self._mender.warnings()
        if self._untimed and self._with_words:
            message = f"The model gave no times of words that hold for {self._untimed} segments; these have no words."
            warnings.append({"kind": "no_word_times", "message": message})
        result = {
            "duration": seconds(duration),
            "language": self._language or UNDETERMINED,
            "timestampSource": "vad" if self._untimed else "model",
            "warnings": warnings,
        }
        if self._vad is not None:
            result["speech"] = joined(self._speech)
            heard = sum(span["end"] - span["start"] for span in self._speech)
            result["durationAfterVad"] = seconds(heard)
        return result
