"""
Whisper as sherpa-onnx takes it, with the weights of attention, from which it tells the times of words. Inputs, outputs
and metadata are those of `scripts/whisper/export-onnx-with-attention.py` of sherpa-onnx 1.13, which only takes models
that it downloads, and is in no package.
"""

from pathlib import Path
from typing import List, Optional, Tuple

import onnx
import torch
import torch.nn.functional as functional
import whisper.tokenizer
from ctranslate2_whisper import Whisper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from whisper.model import ModelDimensions, MultiHeadAttention
from whisper.model import Whisper as TorchWhisper

# Of each model, those that follow the speech, as (layer, head): OpenAI has found them by hand.
ALIGNMENT_HEADS = {
    "tiny.en": [(1, 0), (2, 0), (2, 5), (3, 0), (3, 1), (3, 2), (3, 3), (3, 4)],
}


class Encoder(nn.Module):
    """From a spectrogram to the keys and values of each layer of the decoder."""

    def __init__(self, model: TorchWhisper) -> None:
        super().__init__()
        self.encoder = model.encoder
        self.decoder = model.decoder

    def forward(self, mel: Tensor) -> Tuple[Tensor, Tensor]:
        x = functional.gelu(self.encoder.conv1(mel))
        x = functional.gelu(self.encoder.conv2(x)).permute(0, 2, 1)
        x = x + self.encoder.positional_embedding[: x.shape[1]]  # audio may be shorter than 30 s
        for block in self.encoder.blocks:
            x = block(x)
        x = self.encoder.ln_post(x)
        keys = [block.cross_attn.key(x) for block in self.decoder.blocks]
        values = [block.cross_attn.value(x) for block in self.decoder.blocks]
        return torch.stack(keys), torch.stack(values)


def attend(
    attention: MultiHeadAttention, query: Tensor, key: Tensor, value: Tensor, mask: Optional[Tensor]
) -> Tuple[Tensor, Tensor]:
    def heads(x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], attention.n_head, -1).permute(0, 2, 1, 3)

    scale = (query.shape[-1] // attention.n_head) ** -0.25
    scores = (heads(query) * scale) @ (heads(key) * scale).transpose(-1, -2)
    weights = functional.softmax(scores if mask is None else scores + mask, dim=-1)
    return attention.out((weights @ heads(value)).permute(0, 2, 1, 3).flatten(start_dim=2)), weights


class Decoder(nn.Module):
    """From the last tokens to the scores of the next; what it knows of those before is kept outside of it."""

    def __init__(self, model: TorchWhisper, heads: List[Tuple[int, int]]) -> None:
        super().__init__()
        self.decoder = model.decoder
        self.heads = heads

    def forward(
        self, tokens: Tensor, kept_keys: Tensor, kept_values: Tensor, keys: Tensor, values: Tensor, offset: Tensor
    ) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
        count = tokens.shape[-1]
        end = offset[0] + count
        x = self.decoder.token_embedding(tokens) + self.decoder.positional_embedding[offset[0] : end]
        followed = []
        for layer, block in enumerate(self.decoder.blocks):
            normed = block.attn_ln(x)
            own_keys, own_values = kept_keys[layer, :, :end, :], kept_values[layer, :, :end, :]
            own_keys[:, -count:, :] = block.attn.key(normed)
            own_values[:, -count:, :] = block.attn.value(normed)
            mask = self.decoder.mask[:count, :count]
            attended, _ = attend(block.attn, block.attn.query(normed), own_keys, own_values, mask)
            x = x + attended
            kept_keys[layer, :, :end, :] = own_keys
            kept_values[layer, :, :end, :] = own_values
            query = block.cross_attn.query(block.cross_attn_ln(x))
            attended, weights = attend(block.cross_attn, query, keys[layer], values[layer], None)
            x = x + attended
            chosen = [head for place, head in self.heads if place == layer]
            if chosen:
                followed.append(weights[:, chosen])
            x = x + block.mlp(block.mlp_ln(x))
        # In this order it shares the table with the embedding; in the other it would be there twice.
        scores = (self.decoder.token_embedding.weight @ self.decoder.ln(x).permute(0, 2, 1)).permute(0, 2, 1)
        return scores, kept_keys, kept_values, torch.cat(followed, dim=1)


def write(source: Whisper, name: str, folder: Path) -> None:
    model = TorchWhisper(ModelDimensions(**source.dims))
    # What is left out in what is read is no weight: the mask of the decoder.
    model.load_state_dict(source.state)
    model.eval()
    heads = ALIGNMENT_HEADS[name]
    write_tokens(folder / f"{name}-tokens.txt", model.is_multilingual)
    with torch.no_grad(), whisper.model.disable_sdpa():
        encoder = Encoder(model)
        mel = torch.rand(1, model.dims.n_mels, 3000)
        keys, values = encoder(mel)
        axes = {1: "n_audio", 2: "T"}
        torch.onnx.export(
            encoder,
            mel,
            folder / "encoder.onnx",
            opset_version=13,
            input_names=["mel"],
            output_names=["n_layer_cross_k", "n_layer_cross_v"],
            dynamic_axes={"mel": {0: "n_audio", 2: "T"}, "n_layer_cross_k": axes, "n_layer_cross_v": axes},
        )
        kept = torch.zeros(model.dims.n_text_layer, 1, model.dims.n_text_ctx, model.dims.n_text_state)
        torch.onnx.export(
            Decoder(model, heads),
            (torch.tensor([[50257]]), kept, kept.clone(), keys, values, torch.tensor([3])),
            folder / "decoder.onnx",
            opset_version=13,
            input_names=[
                "tokens",
                "in_n_layer_self_k_cache",
                "in_n_layer_self_v_cache",
                "n_layer_cross_k",
                "n_layer_cross_v",
                "offset",
            ],
            output_names=[
                "logits",
                "out_n_layer_self_k_cache",
                "out_n_layer_self_v_cache",
                "cross_attention_weights",
            ],
            dynamic_axes={
                "tokens": {0: "n_audio", 1: "n_tokens"},
                "in_n_layer_self_k_cache": {1: "n_audio"},
                "in_n_layer_self_v_cache": {1: "n_audio"},
                "n_layer_cross_k": axes,
                "n_layer_cross_v": axes,
                "cross_attention_weights": {0: "n_audio", 2: "n_tokens", 3: "T"},
            },
        )
    describe(folder / "encoder.onnx", model, name, heads)
    for part in ("encoder", "decoder"):
        full = folder / f"{part}.onnx"
        quantize_dynamic(
            model_input=full,
            model_output=folder / f"{name}-{part}.int8.onnx",
            op_types_to_quantize=["MatMul"],
            weight_type=QuantType.QInt8,
        )
        full.unlink()


def write_tokens(path: Path, is_multilingual: bool) -> None:
    source = "multilingual" if is_multilingual else "gpt2"
    lines = (Path(whisper.__file__).parent / "assets" / f"{source}.tiktoken").read_text().splitlines()
    path.write_text("".join(f"{line}\n" for line in lines if line))


def describe(path: Path, model: TorchWhisper, name: str, heads: List[Tuple[int, int]]) -> None:
    tokenizer = whisper.tokenizer.get_tokenizer(model.is_multilingual, num_languages=model.num_languages)

    def listed(values) -> str:
        return ",".join(str(value) for value in values)

    facts = {
        **vars(model.dims),
        "model_type": f"whisper-{name}",
        "version": 2,
        "maintainer": "k2-fsa",  # sherpa-onnx reads it
        "is_multilingual": int(model.is_multilingual),
        "sot_sequence": listed(tokenizer.sot_sequence),
        "sot": tokenizer.sot,
        "sot_index": tokenizer.sot_sequence.index(tokenizer.sot),
        "sot_prev": tokenizer.sot_prev,
        "sot_lm": tokenizer.sot_lm,
        "eot": tokenizer.eot,
        "blank_id": tokenizer.encode(" ")[0],
        "no_speech": tokenizer.no_speech,
        "no_timestamps": tokenizer.no_timestamps,
        "non_speech_tokens": listed(tokenizer.non_speech_tokens),
        "transcribe": tokenizer.transcribe,
        "translate": tokenizer.translate,
        "all_language_tokens": listed(tokenizer.all_language_tokens),
        "all_language_codes": listed(tokenizer.all_language_codes),
        "n_alignment_heads": len(heads),
        "alignment_heads": ",".join(f"{layer}:{head}" for layer, head in heads),
    }
    proto = onnx.load(path)
    for key, value in facts.items():
        entry = proto.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.save(proto, path)
