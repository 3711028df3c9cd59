"""What Whisper listens to, worked out a part at a time: the library's own way takes 25 times the memory of the audio."""

from typing import Any, Optional

from .imports import library
from .whisper_options import ENGINE

# Ten seconds: arrays of some MB, which the allocator keeps for the next part.
FRAMES = 1000


class FlatFeatures:
    """Stands in for the library's FeatureExtractor, and gives the same features."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def __call__(self, waveform: Any, padding: int = 160, chunk_length: Optional[int] = None) -> Any:
        numpy = library("numpy", ENGINE)
        own = self._own
        # The library would keep the length that one call gave for all that follow.
        own.n_samples = (chunk_length or own.chunk_length) * own.sampling_rate
        own.nb_max_frames = own.n_samples // own.hop_length
        window = numpy.hanning(own.n_fft + 1)[:-1].astype(numpy.float32)
        padded = numpy.pad(waveform.astype(numpy.float32, copy=False), (0, padding))
        padded = numpy.pad(padded, own.n_fft // 2, mode="reflect")
        frames = (len(padded) - own.n_fft) // own.hop_length
        mel = numpy.empty((len(own.mel_filters), frames), numpy.float32)
        for first in range(0, frames, FRAMES):
            last = min(first + FRAMES, frames)
            part = padded[first * own.hop_length : (last - 1) * own.hop_length + own.n_fft]
            stft = own.stft(
                part, own.n_fft, own.hop_length, window=window, center=False, return_complex=True
            )
            mel[:, first:last] = own.mel_filters @ (numpy.abs(stft.astype("complex64")) ** 2)
        log = numpy.log10(numpy.clip(mel, a_min=1e-10, a_max=None, out=mel), out=mel)
        numpy.maximum(log, log.max() - 8.0, out=log)
        return (log + 4.0) / 4.0
