"""Long audio, in pieces that fit into memory, cut where nobody speaks."""

from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, Iterator, List

from .. import Context
from .imports import library
from .pauses import longest_pause
from .resampling import RATE

# Three minutes: memory stays within 150 MB of that for a short file. Of half the size, pieces would cost 3 % more time.
PIECE = 180 * RATE
# A pause is looked for at the end of a piece, so that pieces are not much shorter than they may be.
TAIL = 60 * RATE
QUIET = RATE // 5

# Where somebody speaks, in samples.
FindSpeech = Callable[[Any], List[Dict[str, int]]]


@dataclass(frozen=True)
class Piece:
    start: int
    """Its place, in samples from where the blocks begin."""
    samples: Any
    is_last: bool


def pieces(
    blocks: Iterable[Any], find_speech: FindSpeech, most: int = PIECE, tail: int = TAIL
) -> Iterator[Piece]:
    """Gathers blocks into pieces of at most `most` samples. Audio that is no longer than that is one piece."""
    numpy = library("numpy")
    start = 0
    held: List[Any] = []
    count = 0
    for block in blocks:
        held.append(block)
        count += len(block)
        while count > most:
            whole = numpy.concatenate(held)
            cut = cut_of(whole[:most], find_speech, tail)
            rest = whole[cut:].copy()  # a view would keep all of it
            piece = Piece(start, whole[:cut].copy(), is_last=False)
            held, whole = [rest], None
            yield piece
            start, count = start + cut, len(rest)
    samples = numpy.concatenate(held) if held else numpy.zeros(0, numpy.float32)
    held.clear()
    yield Piece(start, samples, is_last=True)


def cut_of(samples: Any, find_speech: FindSpeech, tail: int) -> int:
    """Where to cut: in the longest pause near the end, else where it is most quiet."""
    before = len(samples) - min(tail, len(samples) // 2)
    end = samples[before:]
    pause = longest_pause(find_speech(end), len(end))
    return before + (quietest(end) if pause is None else round(pause))


def quietest(samples: Any) -> int:
    """The middle of the fifth of a second with the least energy."""
    numpy = library("numpy")
    count = len(samples) // QUIET
    if count == 0:
        return len(samples)
    energy = numpy.square(samples[: count * QUIET].reshape(count, QUIET)).sum(axis=1)
    return int(energy.argmin()) * QUIET + QUIET // 2


def checked(context: Context, blocks: Iterator[Any]) -> Iterator[Any]:
    """The same blocks; a cancelled call decodes no further."""
    for block in blocks:
        context.check()
        yield block
