"""Where to cut audio that is too long to hold. Plain numbers; needs no library."""

from typing import Mapping, Optional, Sequence


def longest_pause(spans: Sequence[Mapping[str, float]], length: float) -> Optional[float]:
    """The middle of the longest time without speech; the later one of two that are equal.

    :param spans: where somebody speaks, in order, in any unit
    :param length: of the audio, in the same unit
    :returns: None where somebody speaks all the time
    """
    best, middle = 0.0, None
    end = 0.0
    for start, after in [(span["start"], span["end"]) for span in spans] + [(length, length)]:
        if start - end >= best and start > end:
            best, middle = start - end, (start + end) / 2
        end = max(end, after)
    return middle
