"""The engine faster-whisper. Run as `python -m sidestream_bridge.speech.faster_whisper`."""

from typing import Any, Dict, Generator, List, Optional, Union

from .. import Context, EngineError, engine, method, rss_bytes
from .audio import check_clip, open_audio
from .failures import failures
from .held import Held
from .options import silero_arguments
from .silero import speech_of
from .versions import versions
from .whisper_language import detected_language
from .whisper_model import WhisperModel
from .whisper_options import decoding_arguments
from .whisper_transcription import Transcription

held: Held[WhisperModel] = Held()


@method
def load(
    context: Context,
    model: str,
    path: str,
    device: Optional[str] = None,
    computeType: Optional[str] = None,
    cpuThreads: Optional[int] = None,
) -> Dict[str, Any]:
    unload(model)  # before, and not after: two of a large model may not fit
    loaded = WhisperModel(model, path, device, computeType, cpuThreads)
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
    arguments = decoding_arguments(
        initialPrompt,
        hotwords,
        beamSize,
        temperature,
        wordTimestamps,
        conditionOnPreviousText,
        noSpeechThreshold,
        engineOptions,
    )
    code = loaded.check(task, language, arguments)
    silence = None if vad is False else silero_arguments(vad if isinstance(vad, dict) else {})
    with failures("transcribe"), open_audio(audio) as opened:
        check_clip(opened, clip or {})
        job = Transcription(
            context, loaded, opened, {**arguments, "task": task}, code, silence, clip or {}
        )
        return (yield from job.run())


@method
def detectLanguage(
    context: Context, model: str, audio: Dict[str, Any], clip: Optional[Dict[str, Any]] = None
) -> Dict[str, Any]:
    loaded = held.named(model)
    with failures("detect the language"), open_audio(audio) as opened:
        check_clip(opened, clip or {})
        return detected_language(context, loaded, opened, clip or {})


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
    if backend not in (None, "silero"):
        raise EngineError(
            "UnsupportedOption",
            f"faster-whisper finds speech by silero, and not by {backend}. funasr has fsmn.",
            option="backend",
            supported=["silero"],
        )
    options = silero_arguments(
        {
            "threshold": threshold,
            "minSpeechMs": minSpeechMs,
            "minSilenceMs": minSilenceMs,
            "speechPadMs": speechPadMs,
            "maxSpeechSec": maxSpeechSec,
        }
    )
    with failures("find speech"), open_audio(audio) as opened:
        spans, duration = speech_of(context, opened, options)
    return {"segments": spans, "duration": duration, "backend": "silero"}


@method
def about() -> Dict[str, Any]:
    return {
        "versions": versions("faster-whisper", "ctranslate2", "av", "onnxruntime", "tokenizers", "numpy")
    }


if __name__ == "__main__":
    engine("faster-whisper", version=versions("faster-whisper").get("faster-whisper", "0")).run()
