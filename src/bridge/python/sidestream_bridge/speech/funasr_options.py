"""What funasr can be asked for. Needs no library."""

from typing import Any, Dict, Mapping, Optional

from .. import EngineError
from .options import Option, engine_arguments, flag, text

ENGINE = "funasr"

ENGINE_OPTIONS: Dict[str, Option] = {
    "useItn": flag("use_itn"),
    "punctuation": text("punctuation"),
    "generateOptions": Option("generate", "an object", lambda value: isinstance(value, dict)),
}

# Members of a request that no model of FunASR follows, with the values that ask for what happens anyway.
WITHOUT_EFFECT = {
    "initialPrompt": (),
    "beamSize": (1,),
    "temperature": (0, [0]),
    "noSpeechThreshold": (),
    "conditionOnPreviousText": (False,),
}


def funasr_arguments(
    members: Mapping[str, Any], engine_options: Optional[Mapping[str, Any]], backend: str
) -> Dict[str, Any]:
    """Raises UnsupportedOption or InvalidParams."""
    for name, harmless in WITHOUT_EFFECT.items():
        value = members.get(name)
        if value is not None and value not in harmless:
            raise EngineError(
                "UnsupportedOption",
                f"funasr has no {name}: its models do not decode by it. Leave it out.",
                option=name,
            )
    arguments = engine_arguments(ENGINE_OPTIONS, engine_options, ENGINE)
    if "generate" in arguments and backend != "torch":
        raise EngineError(
            "UnsupportedOption",
            "generateOptions are for AutoModel.generate of the backend torch, and this model runs by onnx.",
            option="engineOptions.generateOptions",
        )
    return arguments
