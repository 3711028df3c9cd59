"""Models of FunASR by its AutoModel, which needs torch: all that it registers."""

from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from .. import EngineError
from .funasr_backend import Asked, Recognised
from .funasr_model import Folder
from .funasr_onnx_backend import ENGINE, refuse_translation, unsupported
from .funasr_times import streamed_spans
from .imports import library
from .sensevoice import language_argument, language_of, text_of

# Of a stream, in milliseconds.
CHUNK_MS = 10_000
SAMPLES_A_MS = 16


def torch_device(device: Optional[str]) -> str:
    """Raises UnsupportedOption."""
    works = ["cpu"] + (["cuda"] if library("torch", ENGINE).cuda.is_available() else [])
    if device in (None, "auto"):
        return works[-1]
    if device in works:
        return device
    raise EngineError(
        "UnsupportedOption",
        f"torch cannot use the device {device} here. It can use {', '.join(works)}.",
        option="device",
        supported=works,
    )


def _auto_model(folder: Folder, device: str, threads: int) -> Any:
    return library("funasr", ENGINE).AutoModel(
        model=folder.path,
        device=device,
        ncpu=threads,
        disable_update=True,  # it would ask the internet for a newer version of itself
        disable_pbar=True,
        disable_log=True,
    )


class TorchVad:
    def __init__(self, folder: Folder, device: str, threads: int) -> None:
        self._model = _auto_model(folder, device, threads)
        self._own = dict(vars(self._model.model.vad_opts))

    def find(self, samples: Any, options: Mapping[str, float]) -> Sequence[Sequence[float]]:
        return list(self.stream([samples], options))

    def stream(self, blocks: Iterable[Any], options: Mapping[str, float]) -> Iterable[List[float]]:
        """Spans of audio that never is in memory as a whole, each when it has ended."""
        numpy = library("numpy", ENGINE)
        vars(self._model.model.vad_opts).update({**self._own, **options})  # it keeps those of the call before
        size = CHUNK_MS * SAMPLES_A_MS
        cache: Dict[str, Any] = {}
        start: Optional[float] = None
        rest = numpy.zeros(0, numpy.float32)
        end = 0.0
        for block in blocks:
            rest = numpy.concatenate([rest, block])
            while len(rest) > size:
                chunk, rest = rest[:size], rest[size:]
                end += CHUNK_MS
                ended, start = streamed_spans(self._heard(chunk, cache, False), start)
                yield from ended
        end += len(rest) / SAMPLES_A_MS
        ended, start = streamed_spans(self._heard(rest, cache, True), start)
        yield from ended
        if start is not None:
            yield [start, end]

    def _heard(self, chunk: Any, cache: Dict[str, Any], is_final: bool) -> Sequence[Sequence[float]]:
        results = self._model.generate(
            input=chunk, cache=cache, is_final=is_final, chunk_size=CHUNK_MS, is_streaming_input=True
        )
        return results[0]["value"] if results else []


class TorchRecogniser:
    def __init__(self, folder: Folder, device: str, threads: int) -> None:
        self._model = _auto_model(folder, device, threads)
        self._is_whisper = folder.architecture.lower().startswith("whisper")
        self._is_sensevoice = folder.kind == "sensevoice"
        self._is_paraformer = "paraformer" in folder.architecture.lower()

    def check(self, asked: Asked) -> None:
        if not self._is_whisper:
            refuse_translation(asked)
        if asked.hotwords and not self._is_paraformer:
            raise unsupported("hotwords", "This model takes no hotwords.")
        if self._is_sensevoice:
            language_argument(asked.language)

    def recognise(self, samples: Any, asked: Asked) -> Recognised:
        results = self._model.generate(
            input=samples, batch_size_s=0, **self._arguments(asked), **asked.generate
        )
        if not results:
            return Recognised("")
        tagged = results[0].get("text", "")
        if self._is_sensevoice:
            return Recognised(text_of(tagged), None, language_of(tagged))
        return Recognised(tagged.strip(), results[0].get("timestamp"), asked.language)

    def _arguments(self, asked: Asked) -> Dict[str, Any]:
        arguments: Dict[str, Any] = {}
        if self._is_whisper:
            decoding = {"task": asked.task, "without_timestamps": True, "fp16": False}
            if asked.language is not None:
                decoding["language"] = asked.language
            arguments["DecodingOptions"] = decoding
        if self._is_sensevoice:
            arguments["language"] = language_argument(asked.language)
            arguments["use_itn"] = asked.use_itn is not False
        if asked.hotwords:
            arguments["hotword"] = " ".join(asked.hotwords)
        return arguments


class TorchPunctuation:
    def __init__(self, folder: Folder, device: str, threads: int) -> None:
        self._model = _auto_model(folder, device, threads)

    def punctuate(self, text: str) -> str:
        return self._model.generate(input=text)[0]["text"] if text else text


def torch_model(folder: Folder, device: str, threads: int) -> Any:
    if not folder.has("model.pt"):
        raise folder.incomplete("model.pt")
    kinds = {"vad": TorchVad, "punctuation": TorchPunctuation}
    return kinds.get(folder.kind, TorchRecogniser)(folder, device, threads)
