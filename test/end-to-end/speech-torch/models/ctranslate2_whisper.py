"""Whisper out of a file of CTranslate2, the one form in which packages ship it, with the names that OpenAI gave."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Dict, Tuple

import numpy
import torch
from torch import Tensor

HEAD_SIZE = 64
# In the order of CTranslate2's own numbers; those that it computes with may be others.
TYPES = (numpy.float32, numpy.int8, numpy.int16, numpy.int32, numpy.float16)


@dataclass(frozen=True)
class Whisper:
    dims: Dict[str, int]
    state: Dict[str, Tensor]


def read(path: Path) -> Whisper:
    with path.open("rb") as file:
        state = renamed(variables(file))
    audio_width = state["encoder.positional_embedding"].shape[1]
    words, text_width = state["decoder.token_embedding.weight"].shape
    dims = {
        "n_mels": state["encoder.conv1.weight"].shape[1],
        "n_audio_ctx": state["encoder.positional_embedding"].shape[0],
        "n_audio_state": audio_width,
        "n_audio_head": audio_width // HEAD_SIZE,
        "n_audio_layer": layers(state, "encoder"),
        "n_vocab": words,
        "n_text_ctx": state["decoder.positional_embedding"].shape[0],
        "n_text_state": text_width,
        "n_text_head": text_width // HEAD_SIZE,
        "n_text_layer": layers(state, "decoder"),
    }
    return Whisper(dims, state)


def layers(state: Dict[str, Tensor], side: str) -> int:
    return len([name for name in state if name.startswith(f"{side}.blocks.") and name.endswith(".mlp_ln.bias")])


def variables(file: BinaryIO) -> Dict[str, Tensor]:
    """Little-endian: version, name, revision, how many variables; of each its name, shape, type and bytes."""

    def numbers(form: str) -> Tuple[int, ...]:
        return struct.unpack(f"<{form}", file.read(struct.calcsize(f"<{form}")))

    def text() -> str:
        (length,) = numbers("H")
        return file.read(length)[:-1].decode()

    numbers("I")
    text()
    _, count = numbers("II")
    found = {}
    for _ in range(count):
        name = text()
        (rank,) = numbers("B")
        shape = numbers("I" * rank)
        kind, size = numbers("BI")
        values = numpy.frombuffer(file.read(size), TYPES[kind]).reshape(shape)
        found[name] = torch.from_numpy(values.astype(numpy.float32))
    return found


def renamed(given: Dict[str, Tensor]) -> Dict[str, Tensor]:
    state: Dict[str, Tensor] = {}

    def norm(target: str, source: str) -> None:
        state[f"{target}.weight"], state[f"{target}.bias"] = given[f"{source}/gamma"], given[f"{source}/beta"]

    def linear(source: str, *targets: str) -> None:
        """CTranslate2 has several projections in one; those of keys have no bias, so theirs is left out."""
        weights = given[f"{source}/weight"].chunk(len(targets))
        biases = given[f"{source}/bias"].chunk(len(targets))
        for target, weight, bias in zip(targets, weights, biases):
            state[f"{target}.weight"] = weight
            if not target.endswith(".key"):
                state[f"{target}.bias"] = bias

    def block(target: str, source: str, is_decoder: bool) -> None:
        attention = f"{target}.attn"
        norm(f"{target}.attn_ln", f"{source}/self_attention/layer_norm")
        linear(
            f"{source}/self_attention/linear_0", f"{attention}.query", f"{attention}.key", f"{attention}.value"
        )
        linear(f"{source}/self_attention/linear_1", f"{attention}.out")
        if is_decoder:
            attention = f"{target}.cross_attn"
            norm(f"{target}.cross_attn_ln", f"{source}/attention/layer_norm")
            linear(f"{source}/attention/linear_0", f"{attention}.query")
            linear(f"{source}/attention/linear_1", f"{attention}.key", f"{attention}.value")
            linear(f"{source}/attention/linear_2", f"{attention}.out")
        norm(f"{target}.mlp_ln", f"{source}/ffn/layer_norm")
        linear(f"{source}/ffn/linear_0", f"{target}.mlp.0")
        linear(f"{source}/ffn/linear_1", f"{target}.mlp.2")

    for side in ("encoder", "decoder"):
        number = 0
        while f"{side}/layer_{number}/ffn/layer_norm/gamma" in given:
            block(f"{side}.blocks.{number}", f"{side}/layer_{number}", side == "decoder")
            number += 1
        state[f"{side}.positional_embedding"] = given[f"{side}/position_encodings/encodings"]
    for convolution in ("conv1", "conv2"):
        linear(f"encoder/{convolution}", f"encoder.{convolution}")
    norm("encoder.ln_post", "encoder/layer_norm")
    state["decoder.token_embedding.weight"] = given["decoder/embeddings/weight"]
    norm("decoder.ln", "decoder/layer_norm")
    return state
