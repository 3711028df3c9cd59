"""From the frames of a decoder to the samples that speech models take."""

from typing import Any, Iterator, List, Optional, Tuple

from .imports import library

RATE = 16_000
# Small frames are resampled together: 2,000 calls a minute would cost more than the work.
GROUP = 160_000


class Resampling:
    """Starts anew where the format changes in the middle, as in some recordings of radio."""

    def __init__(self) -> None:
        self._av = library("av")
        self._numpy = library("numpy")
        self._format: Optional[Tuple[str, str, int]] = None
        self._group: Any = None
        self._resampler: Any = None

    def feed(self, frame: Any) -> Iterator[Any]:
        frame_format = (frame.format.name, frame.layout.name, frame.sample_rate)
        if frame_format != self._format:
            yield from self.finish()
            self._format = frame_format
            self._group = self._av.AudioFifo()
            self._resampler = self._av.AudioResampler(format="s16", layout="mono", rate=RATE)
        frame.pts = None  # a gap in the timestamps of a file is not a gap in its sound
        self._group.write(frame)
        if self._group.samples >= GROUP:
            yield self._samples(self._resampler.resample(self._group.read()))

    def finish(self) -> Iterator[Any]:
        if self._format is None:
            return
        self._format = None
        if self._group.samples:
            yield self._samples(self._resampler.resample(self._group.read()))
        yield self._samples(self._resampler.resample(None))

    def _samples(self, frames: List[Any]) -> Any:
        numpy = self._numpy
        arrays = [frame.to_ndarray().reshape(-1) for frame in frames]
        whole = numpy.concatenate(arrays) if arrays else numpy.zeros(0, numpy.int16)
        return whole.astype(numpy.float32) / 32768.0
