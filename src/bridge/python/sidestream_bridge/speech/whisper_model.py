"""A model of faster-whisper in memory: from a folder, and what it can and cannot do."""

import os
from typing import Any, Dict, List, Optional, Set

from .. import EngineError
from .failures import failures
from .imports import library
from .memory import give_back
from .options import unknown_option
from .whisper_features import FlatFeatures
from .whisper_options import ENGINE

# The library looks for the others on the internet.
FILES = ("model.bin", "config.json", "tokenizer.json")
VOCABULARIES = ("vocabulary.json", "vocabulary.txt")
# It is behind all words, so that a file which was cut off lacks it.
FIRST_TOKEN = b"<|startoftranscript|>"


def missing_files(folder: str) -> List[str]:
    missing = [name for name in FILES if not os.path.isfile(os.path.join(folder, name))]
    if not any(os.path.isfile(path) for path in vocabularies(folder)):
        missing.append(" or ".join(VOCABULARIES))
    return missing


def vocabularies(folder: str) -> List[str]:
    return [os.path.join(folder, name) for name in VOCABULARIES]


def available_cores() -> int:
    """Those that this process may use: in a container they are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WhisperModel:
    """Raises ModelNotFound, ModelLoadFailed, UnsupportedOption, OutOfMemory or DependencyMissing."""

    def __init__(
        self,
        name: str,
        folder: str,
        device: Optional[str],
        compute_type: Optional[str],
        cpu_threads: Optional[int],
    ) -> None:
        check_folder(name, folder)
        ctranslate2 = library("ctranslate2", ENGINE)
        faster_whisper = library("faster_whisper", ENGINE)
        self.device = chosen_device(device, ctranslate2.get_cuda_device_count())
        supported = ctranslate2.get_supported_compute_types(self.device)
        self.compute_type = chosen_compute_type(compute_type, self.device, supported)
        try:
            with failures(f"load {name}"):
                self.whisper = faster_whisper.WhisperModel(
                    folder,
                    device=self.device,
                    compute_type=self.compute_type,
                    cpu_threads=cpu_threads or available_cores(),
                    local_files_only=True,
                )
                self.whisper.feature_extractor = FlatFeatures(self.whisper.feature_extractor)
        except EngineError:
            raise
        except Exception as cause:  # tokenizers raises bare Exceptions
            raise EngineError(
                "ModelLoadFailed",
                f"The model {name} cannot be loaded from {folder}: {cause}. Install it again.",
                model=name,
                path=folder,
                reason=str(cause),
            ) from cause

    @property
    def is_multilingual(self) -> bool:
        return bool(self.whisper.model.is_multilingual)

    def close(self) -> None:
        self.whisper.model.unload_model()
        del self.whisper
        give_back()

    def check(self, task: str, language: Optional[str], arguments: Dict[str, Any]) -> Optional[str]:
        """The code of the language as the model has it.

        Raises UnsupportedLanguage or UnsupportedOption for what the library would ignore without a word.
        """
        if not self.is_multilingual:
            for option, asked in (
                ("task", task == "translate"),
                ("engineOptions.multilingual", arguments.get("multilingual", False)),
            ):
                if asked:
                    raise EngineError(
                        "UnsupportedOption",
                        f"{option} asks for other languages, and this model knows English only. "
                        "Take a multilingual model.",
                        option=option,
                    )
        return None if language is None else self._known(language)

    def _known(self, language: str) -> str:
        code = language.lower().replace("_", "-").split("-")[0]
        supported = [
            code
            for code in self.whisper.supported_languages
            if not self.is_multilingual or self._has_token(code)
        ]
        if code in supported:
            return code
        advice = (
            f"It knows {len(supported)} languages by their codes, such as en."
            if self.is_multilingual
            else "It knows English only: take a multilingual model."
        )
        raise EngineError(
            "UnsupportedLanguage",
            f"The model does not know the language {language}. {advice}",
            language=language,
            supported=supported,
        )

    def _has_token(self, code: str) -> bool:
        """The library lists `yue` for every model; only large-v3 has it."""
        return self.whisper.hf_tokenizer.token_to_id(f"<|{code}|>") is not None


def check_folder(name: str, folder: str) -> None:
    if not os.path.isdir(folder):
        raise EngineError(
            "ModelNotFound",
            f"The model {name} is not in {folder}: there is no such folder.",
            model=name,
            path=folder,
        )
    missing = missing_files(folder)
    if missing:
        raise EngineError(
            "ModelLoadFailed",
            f"The model {name} is not complete: {folder} lacks {', '.join(missing)}. "
            "It must be a model that was converted for CTranslate2.",
            model=name,
            path=folder,
            missing=missing,
        )
    vocabulary = next(path for path in vocabularies(folder) if os.path.isfile(path))
    with open(vocabulary, "rb") as file:
        if FIRST_TOKEN in file.read():
            return
    raise EngineError(  # CTranslate2 would load it, and fail with each job
        "ModelLoadFailed",
        f"The model {name} is damaged: {vocabulary} is not the whole vocabulary of a Whisper model. Install it again.",
        model=name,
        path=folder,
        reason="no_first_token",
    )


def chosen_device(device: Optional[str], cuda_devices: int) -> str:
    works = ["cpu"] + (["cuda"] if cuda_devices else [])
    if device is None or device == "auto":
        return works[-1]
    if device in works:
        return device
    if device == "cuda":
        raise EngineError(
            "UnsupportedOption",
            "There is no CUDA device that CTranslate2 can use. The device `cpu` works.",
            option="device",
            supported=works,
        )
    raise unknown_option("device", device, works, ENGINE)


def chosen_compute_type(compute_type: Optional[str], device: str, supported: Set[str]) -> str:
    """On a CPU int8 is three to seven times as fast as float32, and the text is the same."""
    if compute_type is None:
        best = ("int8", "default") if device == "cpu" else ("float16", "default")
        return next((kind for kind in best if kind in supported), "default")
    if compute_type in supported or compute_type in ("default", "auto"):
        return compute_type
    raise EngineError(
        "UnsupportedOption",
        f"The {device} of this machine cannot compute in {compute_type}. "
        f"It can in {', '.join(sorted(supported))}.",
        option="computeType",
        supported=sorted(supported),
    )
