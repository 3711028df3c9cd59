"""The times of FunASR's models: milliseconds, and not always to be trusted. Needs no library."""

from typing import Any, Dict, List, Optional, Sequence

from .times import TOLERANCE, Span, seconds

Word = Dict[str, Any]


def spans_of_ms(segments: Sequence[Sequence[float]], length: float) -> List[Span]:
    """Spans in seconds, in order and within the audio."""
    spans: List[Span] = []
    for start, end in segments:
        low = spans[-1]["end"] if spans else 0.0
        span = {"start": max(low, min(start / 1000, length)), "end": min(end / 1000, length)}
        if span["end"] > span["start"]:
            spans.append({name: seconds(time) for name, time in span.items()})
    return spans


def streamed_spans(parts: Sequence[Sequence[float]], open_start: Optional[float]) -> "tuple[List[List[float]], Optional[float]]":
    """What a streaming VAD told of one chunk: `[start, -1]` opens a span, `[-1, end]` ends it.

    :returns: the spans that have ended, and the start of the one that is open
    """
    ended: List[List[float]] = []
    for start, end in parts:
        if start >= 0:
            open_start = start
        if end >= 0 and open_start is not None:
            ended.append([open_start, end])
            open_start = None
    return ended, open_start


def words_of(
    text: str, times: Optional[Sequence[Sequence[float]]], span: Span
) -> Optional[List[Word]]:
    """The words of a text with the times of the model, which count from the start of the span.

    :returns: None where the model gave none, or times that cannot be: out of order, outside, or without length
    """
    tokens = split_words(text)
    if not times or len(tokens) != len(times):
        return None
    words: List[Word] = []
    before = span["start"]
    for token, (start_ms, end_ms) in zip(tokens, times):
        start, end = span["start"] + start_ms / 1000, span["start"] + end_ms / 1000
        if not (before - TOLERANCE <= start < end <= span["end"] + TOLERANCE):
            return None
        start = max(start, before)
        end = max(start, min(end, span["end"]))
        words.append({"start": seconds(start), "end": seconds(end), "word": token})
        before = end
    return words


def split_words(text: str) -> List[str]:
    """As FunASR counts: a Chinese character is a word, others are set apart by spaces. The space stays with its word."""
    tokens: List[str] = []
    space = ""
    word = ""
    for character in text + " ":
        is_han = "\u4e00" <= character <= "\u9fff"
        if (is_han or character.isspace()) and word:
            tokens.append(space + word)
            space, word = "", ""
        if is_han:
            tokens.append(space + character)
            space = ""
        elif character.isspace():
            space = " "
        else:
            word += character
    return tokens
