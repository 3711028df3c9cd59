"""Whisper as a model of FunASR, which wraps OpenAI's."""

import json
from pathlib import Path

import torch
from ctranslate2_whisper import Whisper


def write(whisper: Whisper, folder: Path) -> None:
    """JSON is YAML, too."""
    (folder / "configuration.json").write_text(
        json.dumps(
            {
                "framework": "pytorch",
                "task": "auto-speech-recognition",
                "model": {"type": "funasr"},
                "file_path_metas": {"init_param": "model.pt", "config": "config.yaml"},
            }
        )
    )
    (folder / "config.yaml").write_text(f"model: WhisperWarp\ndims: {json.dumps(whisper.dims)}\n")
    torch.save({f"model.{name}": values for name, values in whisper.state.items()}, folder / "model.pt")
