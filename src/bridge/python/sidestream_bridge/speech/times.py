"""Times as the wire has them: seconds to three decimals, in order, without overlap, within the audio."""

from typing import Any, Dict, List, Optional

Segment = Dict[str, Any]
Span = Dict[str, float]

# Models round to 20 ms: what is wrong by less is no news.
TOLERANCE = 0.05
# Subtitles need something to show.
SHORTEST = 0.02


def seconds(time: Any) -> float:
    """To three decimals, and a float of Python's own: numpy's cannot be printed as JSON."""
    return round(float(time), 3)


def clamped(time: float, low: float, high: float) -> float:
    return max(low, min(time, high))


class Mender:
    """Mends the times of segments as they come, and remembers whether it had to."""

    def __init__(self) -> None:
        self._end = 0.0
        self._mended = 0
        self._first: Optional[float] = None

    def mend(self, segment: Segment, limit: float) -> Segment:
        """The same segment with times in order, not before what came before it, not after `limit`."""
        start = clamped(segment["start"], self._end, max(limit, self._end))
        end = max(start, min(segment["end"], max(limit, start)))
        if end - start < SHORTEST:
            end = max(end, min(start + SHORTEST, limit))
        wrong = max(abs(start - segment["start"]), segment["start"] - segment["end"])
        words = segment.get("words")
        mended = {**segment, "start": seconds(start), "end": seconds(end)}
        if words is not None:
            mended["words"] = self._mend_words(words, mended["start"], mended["end"])
        if wrong > TOLERANCE:
            self._mended += 1
            self._first = mended["start"] if self._first is None else self._first
        self._end = mended["end"]
        return mended

    def _mend_words(self, words: List[Segment], low: float, high: float) -> List[Segment]:
        result = []
        for word in words:
            start = clamped(word["start"], low, high)
            end = clamped(word["end"], start, high)
            result.append({**word, "start": seconds(start), "end": seconds(end)})
            low = end
        return result

    def warnings(self) -> List[Dict[str, Any]]:
        if self._mended == 0:
            return []
        message = f"The model gave times out of order or outside of the audio for {self._mended} segments; they were moved."
        return [{"kind": "timestamps", "message": message, "start": self._first}]


# A detector keeps so much behind a voice, so that a word which ends there ends in silence.
TAIL = 0.3


def led_by_its_speech(segment: Segment, speech: List[Span]) -> Segment:
    """
    Whisper hears what a detector has found without the silence between, and so may put the first word of a sentence at the
    end of the speech before. It is moved to the second word, into the speech that it belongs to.
    """
    words = segment.get("words") or []
    if len(words) < 2:
        return segment
    first, second = words[0], words[1]
    before, own = _span_of(first, speech), _span_of(second, speech)
    if before is None or own is None or before is own or first["end"] < before["end"] - TAIL:
        return segment
    end = max(second["start"], own["start"])
    start = max(own["start"], end - (first["end"] - first["start"]))
    return {**segment, "start": start, "words": [{**first, "start": start, "end": end}, *words[1:]]}


# A model without times of words is so late where speech begins: a detector keeps so much before a voice.
HEAD = 0.5


def ended_by_its_speech(segment: Segment, speech: List[Span]) -> Segment:
    """
    As the silence between is not heard, a segment without words lasts until the next one begins, in the speech after it.
    It ends with the speech that it has said something of.
    """
    said = [span for span in speech if span["start"] < segment["end"] - HEAD]
    if segment.get("words") or not said or said[-1]["end"] <= segment["start"]:
        return segment
    return {**segment, "end": min(segment["end"], said[-1]["end"])}


def _span_of(word: Segment, speech: List[Span]) -> Optional[Span]:
    """The latest one that has begun by the middle of the word."""
    middle = (word["start"] + word["end"]) / 2
    begun = [span for span in speech if span["start"] <= middle]
    return begun[-1] if begun else None


def joined(spans: List[Span], gap: float = 0.0) -> List[Span]:
    """Spans that follow each other by `gap` seconds or less become one."""
    result: List[Span] = []
    for span in spans:
        if result and span["start"] - result[-1]["end"] <= gap:
            result[-1] = {"start": result[-1]["start"], "end": max(result[-1]["end"], span["end"])}
        else:
            result.append(dict(span))
    return result
