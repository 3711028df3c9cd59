"""Models of FunASR by funasr-onnx, without torch. Only FSMN-VAD has been tried: no other is packaged."""

from typing import Any, Dict, Mapping, Sequence

from .. import EngineError
from .funasr_backend import Asked, Recognised
from .funasr_model import Folder
from .imports import library
from .sensevoice import language_argument, language_of, text_of

ENGINE = "funasr"


def _arguments(folder: Folder, threads: int) -> Dict[str, Any]:
    """The library exports a model that has no ONNX file by torch: better to say that it is missing."""
    if not folder.has("model.onnx", "model_quant.onnx"):
        raise folder.incomplete("model.onnx")
    return {
        "model_dir": folder.path,
        "quantize": not folder.has("model.onnx"),
        "intra_op_num_threads": threads,
    }


class OnnxVad:
    def __init__(self, folder: Folder, threads: int) -> None:
        self._vad = library("funasr_onnx", ENGINE).Fsmn_vad(**_arguments(folder, threads))
        self._options = dict(self._vad.vad_scorer_config)

    def find(self, samples: Any, options: Mapping[str, float]) -> Sequence[Sequence[float]]:
        chosen = {**self._options, **options}
        self._vad.vad_scorer_config = chosen
        self._vad.max_end_sil = chosen["max_end_silence_time"]
        found = self._vad(samples)  # given a path it would compile librosa for seconds
        return found[0] if found else []


class OnnxParaformer:
    def __init__(self, folder: Folder, threads: int) -> None:
        funasr_onnx = library("funasr_onnx", ENGINE)
        self._takes_hotwords = folder.has("model_eb.onnx", "model_eb_quant.onnx")
        kind = funasr_onnx.SeacoParaformer if self._takes_hotwords else funasr_onnx.Paraformer
        self._model = kind(**_arguments(folder, threads))
        self._language = getattr(self._model, "language", None)

    def check(self, asked: Asked) -> None:
        refuse_translation(asked)
        if asked.hotwords and not self._takes_hotwords:
            raise unsupported("hotwords", "This Paraformer takes no hotwords; a contextual one does.")

    def recognise(self, samples: Any, asked: Asked) -> Recognised:
        hotwords = (" ".join(asked.hotwords),) if self._takes_hotwords else ()
        results = self._model(samples, *hotwords)
        if not results:
            return Recognised("")
        said = results[0]["preds"]
        text = said if isinstance(said, str) else said[0]
        return Recognised(text, results[0].get("timestamp"), asked.language)


class OnnxSenseVoice:
    def __init__(self, folder: Folder, threads: int) -> None:
        self._model = library("funasr_onnx", ENGINE).SenseVoiceSmall(**_arguments(folder, threads))

    def check(self, asked: Asked) -> None:
        refuse_translation(asked)
        language_argument(asked.language)
        if asked.hotwords:
            raise unsupported("hotwords", "SenseVoice takes no hotwords.")

    def recognise(self, samples: Any, asked: Asked) -> Recognised:
        normalisation = "woitn" if asked.use_itn is False else "withitn"
        results = self._model(
            samples, language=language_argument(asked.language), textnorm=normalisation
        )
        tagged = results[0] if results else ""
        return Recognised(text_of(tagged), None, language_of(tagged))


class OnnxPunctuation:
    def __init__(self, folder: Folder, threads: int) -> None:
        self._model = library("funasr_onnx", ENGINE).CT_Transformer(**_arguments(folder, threads))

    def punctuate(self, text: str) -> str:
        return self._model(text)[0] if text else text


KINDS = {
    "vad": OnnxVad,
    "paraformer": OnnxParaformer,
    "sensevoice": OnnxSenseVoice,
    "punctuation": OnnxPunctuation,
}


def onnx_model(folder: Folder, threads: int) -> Any:
    """Raises ModelLoadFailed for a kind that funasr-onnx does not know."""
    kind = KINDS.get(folder.kind)
    if kind is None:
        raise EngineError(
            "ModelLoadFailed",
            f"funasr-onnx cannot run the model {folder.name} ({folder.architecture or 'unknown'}); "
            f"it runs {', '.join(KINDS)}. The backend torch may.",
            model=folder.name,
            path=folder.path,
        )
    return kind(folder, threads)


def refuse_translation(asked: Asked) -> None:
    if asked.task == "translate":
        raise unsupported("task", "This model does not translate.")


def unsupported(option: str, message: str) -> EngineError:
    return EngineError("UnsupportedOption", message, option=option)
