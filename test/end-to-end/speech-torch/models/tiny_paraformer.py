"""A Paraformer that has learnt nothing: what it says is gibberish, but it comes the way of a real one, with times."""

import json
from pathlib import Path

import torch

SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
WIDTH = 64
CONFIG = {
    "frontend": "WavFrontend",
    # lfr: seven frames of 10 ms are one, each 60 ms. Dither is noise, of which no two calls are the same.
    "frontend_conf": {"fs": 16000, "n_mels": 80, "lfr_m": 7, "lfr_n": 6, "dither": 0.0},
    "encoder": "SANMEncoder",
    "encoder_conf": {
        "output_size": WIDTH,
        "attention_heads": 2,
        "linear_units": WIDTH,
        "num_blocks": 2,
        "input_layer": "pe",
    },
    "decoder": "ParaformerSANMDecoder",
    "decoder_conf": {"attention_heads": 2, "linear_units": WIDTH, "num_blocks": 1, "att_layer_num": 1},
    "predictor": "CifPredictorV2",
    "predictor_conf": {"idim": WIDTH, "l_order": 1, "r_order": 1, "tail_threshold": 0.45},
    "tokenizer": "CharTokenizer",
    "tokenizer_conf": {"unk_symbol": "<unk>", "split_with_space": True},
    "model_conf": {"ctc_weight": 0.0, "predictor_bias": 1, "sampling_ratio": 0.75},
}


def write(folder: Path) -> None:
    from funasr import AutoModel

    tokens = ["<blank>", "<s>", "</s>", *SYLLABLES, "<unk>"]
    (folder / "tokens.json").write_text(json.dumps(tokens))
    settings = "".join(f"{name}: {json.dumps(value)}\n" for name, value in CONFIG.items())
    (folder / "config.yaml").write_text(f"model: Paraformer\n{settings}")
    (folder / "configuration.json").write_text(
        json.dumps(
            {
                "framework": "pytorch",
                "task": "auto-speech-recognition",
                "model": {"type": "funasr"},
                "file_path_metas": {
                    "init_param": "model.pt",
                    "config": "config.yaml",
                    "tokenizer_conf": {"token_list": "tokens.json"},
                },
            }
        )
    )
    torch.save({}, folder / "model.pt")  # without one, it would look for the model on the internet
    model = AutoModel(model=str(folder), device="cpu", seed=0, disable_update=True, disable_pbar=True)
    torch.save(model.model.state_dict(), folder / "model.pt")
