"""Audio of any format that ffmpeg's libraries read, decoded as it is needed: 16 kHz, mono, float32, block by block."""

import base64
import binascii
import io
import os
import stat
from contextlib import contextmanager
from typing import Any, Iterator, Mapping, Optional

from .. import EngineError
from .imports import library
from .resampling import RATE, Resampling

# Decoding this much to get to the start of a clip is cheap, and exact as seeking is not.
DECODED_RATHER_THAN_SOUGHT = 60.0
SEEK_MARGIN = 1.0
MICROSECONDS = 1_000_000


class Audio:
    """An open file. Its length is what the container tells until all of it has been decoded."""

    def __init__(self, container: Any, name: str, told: Optional[float]) -> None:
        self._container = container
        self._stream = container.streams.audio[0]
        self._name = name
        self.damaged = 0
        self.told = told
        self.end: Optional[float] = None

    @property
    def duration(self) -> Optional[float]:
        """Seconds, which may be a guess of the container; None where it does not tell and the end has not been seen."""
        return self.told if self.end is None else self.end

    @property
    def is_cut_off(self) -> bool:
        """Whether much is missing of what the container tells. Some containers only guess."""
        if self.told is None or self.end is None:
            return False
        return self.told - self.end > max(2.0, 0.05 * self.told)

    def blocks(self, start: float = 0.0, end: float = float("inf")) -> Iterator[Any]:
        """Samples from `start` to `end`, as numpy arrays of some seconds. Raises AudioInvalid where none can be decoded."""
        position = self._seek(start)
        skip = max(0, round((start - position) * RATE))
        left = round((end - start) * RATE) if end != float("inf") else None
        decoded = 0
        for block in self._decoded():
            decoded += len(block)
            if skip:
                block, skip = block[skip:], max(0, skip - len(block))
            if left is not None:
                block = block[:left]
                left -= len(block)
            if len(block):
                yield block
            if left == 0:
                return
        if decoded == 0 and self.damaged > 0:
            raise invalid(self._name, "holds nothing that can be decoded", "damaged")
        self.end = position + decoded / RATE

    def _seek(self, start: float) -> float:
        """Goes to a place before `start`, where that saves work. Returns the place that it came to, in seconds."""
        if start <= DECODED_RATHER_THAN_SOUGHT:
            return 0.0
        av = library("av")
        origin = float((self._stream.start_time or 0) * self._stream.time_base)
        try:
            self._container.seek(round((start + origin - SEEK_MARGIN) * MICROSECONDS))
            for packet in self._container.demux(self._stream):
                if packet.pts is not None:
                    place = float(packet.pts * packet.time_base) - origin
                    self._container.seek(round((start + origin - SEEK_MARGIN) * MICROSECONDS))
                    return max(0.0, place) if place <= start else self._rewind()
        except av.error.FFmpegError:
            pass
        return self._rewind()

    def _rewind(self) -> float:
        self._container.seek(0)
        return 0.0

    def _decoded(self) -> Iterator[Any]:
        av = library("av")
        resampling = Resampling()
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                self.damaged += 1
                continue
            for frame in frames:
                yield from resampling.feed(frame)
        yield from resampling.finish()


def _told_duration(container: Any, stream: Any) -> Optional[float]:
    if stream.duration is not None:
        return max(0.0, float(stream.duration * stream.time_base))
    if container.duration is not None:
        return max(0.0, float(container.duration / MICROSECONDS))
    return None


def _counted_duration(container: Any, stream: Any) -> Optional[float]:
    """By its packets, which are not decoded: what recorders write that cannot seek back has no length in its header."""
    end = None
    for packet in container.demux(stream):
        if packet.pts is not None:
            end = max(end or 0, packet.pts + (packet.duration or 0))
    return None if end is None else max(0.0, float((end - (stream.start_time or 0)) * stream.time_base))


class Samples:
    """Samples of a request itself."""

    damaged = 0
    is_cut_off = False

    def __init__(self, pcm16: bytes, rate: int) -> None:
        self._pcm16 = pcm16
        self._rate = rate
        self.duration: Optional[float] = len(pcm16) / 2 / rate

    def blocks(self, start: float = 0.0, end: float = float("inf")) -> Iterator[Any]:
        numpy = library("numpy")
        av = library("av")
        samples = numpy.frombuffer(self._pcm16, dtype="<i2")
        first = round(start * self._rate)
        last = len(samples) if end == float("inf") else round(end * self._rate)
        samples = samples[first:last]
        if self._rate == RATE:
            yield samples.astype(numpy.float32) / 32768.0
            return
        frame = av.AudioFrame.from_ndarray(samples[None, :].astype(numpy.int16), "s16", "mono")
        frame.sample_rate = self._rate
        resampling = Resampling()
        yield from resampling.feed(frame)
        yield from resampling.finish()


def check_clip(audio: Any, clip: Mapping[str, Any]) -> None:
    """Raises InvalidParams for a clip that begins behind the end."""
    start, duration = clip.get("start") or 0.0, audio.duration
    if duration is None or not start or start < duration:
        return
    raise EngineError(
        "InvalidParams",
        f"The clip starts at {start:g} s, and the audio ends at {duration:.3f} s.",
        start=start,
        duration=duration,
    )


def invalid(name: str, what: str, reason: str) -> EngineError:
    return EngineError(
        "AudioInvalid",
        f"{name} {what}. Give a file that holds sound, in a format that ffmpeg reads.",
        reason=reason,
    )


@contextmanager
def open_audio(audio: Mapping[str, Any]) -> Iterator[Any]:
    """Opens audio of one of the three kinds. Raises AudioNotFound or AudioInvalid, also while it is read."""
    if "pcm16Base64" in audio:
        data = _decoded_base64(audio["pcm16Base64"], "pcm16Base64")
        if len(data) < 2 or len(data) % 2:
            raise invalid("pcm16Base64", "is no list of 16-bit samples, or an empty one", "empty")
        yield Samples(data, audio["sampleRate"])
    elif "base64" in audio:
        data = _decoded_base64(audio["base64"], "base64")
        with _container(_NamedBytes(data, f"audio.{audio['format']}"), "The audio") as opened:
            yield opened
    else:
        path = audio["path"]
        with _file(path) as file, _container(file, path) as opened:
            yield opened


class _NamedBytes(io.BytesIO):
    """The name's ending helps ffmpeg with formats that have no signature."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


def _decoded_base64(text: str, member: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise invalid(member, f"is not base64 ({cause})", "base64") from cause


@contextmanager
def _file(path: str) -> Iterator[Any]:
    """Opened here, and not by ffmpeg: it would take a path for an address on the internet, or for a list of others."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise not_found(path, "it is not a file")
        file = open(path, "rb")
    except (OSError, ValueError) as cause:
        raise not_found(path, getattr(cause, "strerror", None) or str(cause)) from cause
    with file:
        yield file


def not_found(path: str, reason: str) -> EngineError:
    return EngineError(
        "AudioNotFound",
        f"Cannot read {path}: {reason}. Check the path and its permissions.",
        path=path,
        reason=reason,
    )


def _opened(file: Any, name: str) -> Any:
    file.seek(0)
    container = library("av").open(file, mode="r", metadata_errors="ignore")
    if not container.streams.audio:
        container.close()
        raise invalid(name, "has no audio in it", "no_audio_stream")
    return container


@contextmanager
def _container(file: Any, name: str) -> Iterator[Audio]:
    av = library("av")
    try:
        if not file.seek(0, os.SEEK_END):
            raise invalid(name, "is empty", "empty")
        with _opened(file, name) as container:
            stream = container.streams.audio[0]
            told = _told_duration(container, stream)
            if told is not None:
                yield Audio(container, name, told)
                return
            told = _counted_duration(container, stream)
        with _opened(file, name) as container:
            yield Audio(container, name, told)
    except MemoryError:
        raise
    except av.error.FFmpegError as cause:
        raise invalid(name, f"cannot be decoded ({cause.strerror})", "not_audio") from cause
