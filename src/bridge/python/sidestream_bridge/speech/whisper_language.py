"""In which language somebody speaks, by the first half minute of speech."""

from typing import Any, Dict, List, Mapping

from .. import Context
from .imports import library
from .pieces import checked, pieces
from .resampling import RATE
from .silero import find_pauses, find_speech
from .times import seconds
from .whisper_model import WhisperModel
from .whisper_options import ENGINE

# Whisper listens to as much at once.
ENOUGH = 30 * RATE
PIECE = 60 * RATE
TAIL = 20 * RATE
CANDIDATES = 5


def detected_language(
    context: Context, model: WhisperModel, audio: Any, clip: Mapping[str, float]
) -> Dict[str, Any]:
    if not model.is_multilingual:
        return {"language": "en", "languageProbability": 1.0}
    blocks = audio.blocks(clip.get("start") or 0.0, clip.get("end", float("inf")))
    samples = first_speech(context, blocks)
    language, probability, all_of_them = model.whisper.detect_language(audio=samples)
    return {
        "language": language,
        "languageProbability": seconds(probability),
        "candidates": [
            {"language": code, "probability": seconds(share)}
            for code, share in all_of_them[:CANDIDATES]
        ],
    }


def first_speech(context: Context, blocks: Any) -> Any:
    """Half a minute of it, or all that there is. Where nobody speaks, how the audio begins: the model then is unsure."""
    numpy = library("numpy", ENGINE)
    beginning = None
    speech: List[Any] = []
    for piece in pieces(checked(context, blocks), find_pauses, PIECE, TAIL):
        context.check()
        beginning = piece.samples[:ENOUGH] if beginning is None else beginning
        speech += [piece.samples[s["start"] : s["end"]] for s in find_speech(piece.samples, {})]
        if sum(map(len, speech)) >= ENOUGH:
            break
    return numpy.concatenate(speech)[:ENOUGH] if speech else beginning
