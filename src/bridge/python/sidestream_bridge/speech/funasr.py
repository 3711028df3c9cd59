"""The engine funasr. Run as `python -m sidestream_bridge.speech.funasr`."""

from typing import Any, Dict, Generator, Iterable, List, Optional, Union

from .. import Context, EngineError, engine, method, rss_bytes
from .audio import check_clip, open_audio
from .failures import failures
from .fsmn import FsmnOptions, fsmn_options, shaped
from .funasr_backend import Asked
from .funasr_held import FunasrModel, Helpers
from .funasr_model import Folder
from .funasr_onnx_backend import unsupported
from .funasr_options import funasr_arguments
from .funasr_times import spans_of_ms
from .funasr_torch_backend import TorchVad
from .funasr_transcription import FunasrTranscription
from .held import Held
from .pieces import checked, pieces
from .resampling import RATE
from .times import Span, joined
from .versions import versions

held: Held[FunasrModel] = Held()
helpers = Helpers(held)


@method
def load(
    context: Context,
    model: str,
    path: str,
    device: Optional[str] = None,
    computeType: Optional[str] = None,
    cpuThreads: Optional[int] = None,
    backend: Optional[str] = None,
) -> Dict[str, Any]:
    unload(model)
    with failures(f"load {model}"):
        loaded = FunasrModel(
            Folder(model, path), backend, device, computeType, cpuThreads
        )
    held.keep(model, loaded, context)
    return {"device": loaded.device, "computeType": loaded.compute_type, "rssBytes": rss_bytes()}


@method
def unload(model: str) -> Dict[str, Any]:
    held.close(model)
    return {"rssBytes": rss_bytes()}


@method
def transcribe(
    context: Context,
    audio: Dict[str, Any],
    model: str,
    task: str = "transcribe",
    language: Optional[str] = None,
    initialPrompt: Optional[str] = None,
    hotwords: Optional[List[str]] = None,
    beamSize: Optional[int] = None,
    temperature: Union[float, List[float], None] = None,
    wordTimestamps: Optional[bool] = None,
    vad: Union[bool, Dict[str, Any], None] = None,
    conditionOnPreviousText: Optional[bool] = None,
    noSpeechThreshold: Optional[float] = None,
    clip: Optional[Dict[str, Any]] = None,
    engineOptions: Optional[Dict[str, Any]] = None,
) -> Generator[Dict[str, Any], None, Dict[str, Any]]:
    loaded = held.named(model)
    members = {
        "initialPrompt": initialPrompt,
        "beamSize": beamSize,
        "temperature": temperature,
        "conditionOnPreviousText": conditionOnPreviousText,
        "noSpeechThreshold": noSpeechThreshold,
    }
    arguments = funasr_arguments(members, engineOptions, loaded.backend)
    if not hasattr(loaded.model, "recognise"):
        raise unsupported("model", f"The model {model} is not one for speech to text.")
    asked = Asked(
        task, language, hotwords or [], arguments.get("use_itn"), arguments.get("generate", {})
    )
    loaded.model.check(asked)
    with failures("transcribe"), open_audio(audio) as opened:
        check_clip(opened, clip or {})
        job = FunasrTranscription(
            context,
            opened,
            loaded.model,
            None if vad is False else helpers.vad(),
            fsmn_options(vad if isinstance(vad, dict) else {}),
            helpers.punctuation(arguments.get("punctuation")),
            asked,
            wordTimestamps is True,
            clip or {},
        )
        return (yield from job.run())


@method
def detectLanguage(
    context: Context, model: str, audio: Dict[str, Any], clip: Optional[Dict[str, Any]] = None
) -> Dict[str, Any]:
    raise unsupported(
        "detectLanguage",
        "funasr does not tell how sure it is of a language. faster-whisper detects languages.",
    )


@method
def detectSpeech(
    context: Context,
    audio: Dict[str, Any],
    backend: Optional[str] = None,
    threshold: Optional[float] = None,
    minSpeechMs: Optional[float] = None,
    minSilenceMs: Optional[float] = None,
    speechPadMs: Optional[float] = None,
    maxSpeechSec: Optional[float] = None,
) -> Dict[str, Any]:
    if backend not in (None, "fsmn"):
        raise EngineError(
            "UnsupportedOption",
            f"funasr finds speech by fsmn, and not by {backend}. faster-whisper and sherpa-onnx have silero.",
            option="backend",
            supported=["fsmn"],
        )
    options = fsmn_options(
        {
            "threshold": threshold,
            "minSpeechMs": minSpeechMs,
            "minSilenceMs": minSilenceMs,
            "speechPadMs": speechPadMs,
            "maxSpeechSec": maxSpeechSec,
        }
    )
    with failures("find speech"), open_audio(audio) as opened:
        blocks = checked(context, opened.blocks())
        spans, length = speech_of(helpers.vad(), blocks, options)
    return {"segments": shaped(spans, options, length), "duration": round(length, 3), "backend": "fsmn"}


def speech_of(vad: Any, blocks: Iterable[Any], options: FsmnOptions) -> "tuple[List[Span], float]":
    """Spans in seconds, and the length of the audio. Torch's VAD takes a stream, the other one pieces."""
    if isinstance(vad, TorchVad):
        counted = Counted(blocks)
        found = list(vad.stream(counted, options.model))
        return spans_of_ms(found, counted.count / RATE), counted.count / RATE
    spans: List[Span] = []
    length = 0.0
    for piece in pieces(blocks, lambda samples: in_samples(vad.find(samples, {}))):
        found = [
            [start + piece.start / RATE * 1000, end + piece.start / RATE * 1000]
            for start, end in vad.find(piece.samples, options.model)
        ]
        length = (piece.start + len(piece.samples)) / RATE
        spans += spans_of_ms(found, length)
    return joined(spans), length


class Counted:
    """Blocks, and how many samples they had."""

    def __init__(self, blocks: Iterable[Any]) -> None:
        self._blocks = blocks
        self.count = 0

    def __iter__(self) -> Any:
        for block in self._blocks:
            self.count += len(block)
            yield block


def in_samples(found: Iterable[Any]) -> List[Dict[str, int]]:
    return [
        {"start": round(start * RATE / 1000), "end": round(end * RATE / 1000)} for start, end in found
    ]


@method
def about() -> Dict[str, Any]:
    return {
        "versions": versions("funasr", "funasr-onnx", "onnxruntime", "torch", "torchaudio", "av", "numpy")
    }


if __name__ == "__main__":
    own = versions("funasr", "funasr-onnx")
    engine("funasr", version=own.get("funasr") or own.get("funasr-onnx", "0")).run()
