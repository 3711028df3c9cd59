"""A model of FunASR in a folder: what it is for, and what can run it. Needs no library."""

import json
import os
import re
from typing import Optional

from .. import EngineError

# By the name in the `model:` line of config.yaml, without case. What is not here, torch may know as speech to text.
KINDS = {
    "fsmnvadstreaming": "vad",
    "fsmnvad": "vad",
    "cttransformer": "punctuation",
    "cttransformerstreaming": "punctuation",
    "paraformer": "paraformer",
    "bicifparaformer": "paraformer",
    "sensevoicesmall": "sensevoice",
}
ONNX_FILES = ("model_quant.onnx", "model.onnx")


class Folder:
    """Raises ModelNotFound or ModelLoadFailed."""

    def __init__(self, name: str, path: str) -> None:
        if not os.path.isdir(path):
            raise EngineError(
                "ModelNotFound",
                f"The model {name} is not in {path}: there is no such folder.",
                model=name,
                path=path,
            )
        self.name = name
        self.path = path
        self.architecture = self._architecture()
        self.kind = KINDS.get(self.architecture.lower(), "other")

    def has(self, *names: str) -> bool:
        return any(os.path.isfile(os.path.join(self.path, name)) for name in names)

    def _architecture(self) -> str:
        """From config.yaml without a parser of YAML: torch's side has one, the other need not."""
        config = os.path.join(self.path, "config.yaml")
        if not os.path.isfile(config):
            raise self.incomplete("config.yaml")
        with open(config, encoding="utf-8") as lines:
            for line in lines:
                found = re.match(r"model:\s*([A-Za-z0-9_]+)", line)
                if found:
                    return found.group(1)
        return self._task()

    def _task(self) -> str:
        """Exported models may have no `model:` line; ModelScope's own file tells their task."""
        configuration = os.path.join(self.path, "configuration.json")
        if not os.path.isfile(configuration):
            return ""
        with open(configuration, encoding="utf-8") as file:
            task = json.load(file).get("task", "")
        tasks = {"voice-activity-detection": "FsmnVADStreaming", "punctuation": "CTTransformer"}
        return tasks.get(task, "Paraformer" if task == "auto-speech-recognition" else "")

    def backend(self, asked: Optional[str], has_torch: bool) -> str:
        """`torch` where it can run, else `onnx`."""
        if asked not in (None, "onnx", "torch"):
            raise EngineError(
                "UnsupportedOption",
                f"funasr has no backend {asked}; it has onnx and torch.",
                option="backend",
                supported=["onnx", "torch"],
            )
        if asked is not None:
            return asked
        if has_torch and self.has("model.pt"):
            return "torch"
        if self.has(*ONNX_FILES):
            return "onnx"
        if self.has("model.pt"):
            raise EngineError(
                "DependencyMissing",
                f"The model {self.name} is one for torch, and Python has no funasr. "
                "Install torch, torchaudio and funasr for this Python.",
                dependency="funasr",
            )
        raise self.incomplete("model.onnx or model.pt")

    def incomplete(self, missing: str) -> EngineError:
        return EngineError(
            "ModelLoadFailed",
            f"The model {self.name} is not complete: {self.path} lacks {missing}.",
            model=self.name,
            path=self.path,
            missing=[missing],
        )
