"""What `rpc.discover` answers: an OpenRPC document, made of the annotations of an engine's methods."""

import inspect
import typing
from typing import Any, Dict, Iterable, List, Optional

from ._methods import Method
from ._params import DICTS, LISTS, NAMES, UNIONS, Signature

Schema = Dict[str, Any]


def document(about: Dict[str, Any], methods: Iterable[Method], builtins: Iterable[str]) -> Dict[str, Any]:
    title, rest = about["name"], {name: value for name, value in about.items() if name != "name"}
    return {
        "openrpc": "1.3.2",
        "info": {"title": title, **rest},
        "methods": [_method(it) for it in methods] + [_undescribed(name) for name in builtins],
    }


def _method(method: Method) -> Dict[str, Any]:
    signature = method.signature
    result = {"name": "result", "required": True, "schema": schema_of(_result(method))}
    described = {**method.describe(), **_undescribed(method.name), "params": _params(signature), "result": result}
    described.pop("idempotent", None)  # OpenRPC has no word for it
    if not signature.takes_all:
        described["x-strict"] = True
    if inspect.isgeneratorfunction(method.function):
        described["x-stream"] = {"progress": schema_of(_yielded(signature.hints.get("return")))}
    return described


def _undescribed(name: str) -> Dict[str, Any]:
    return {"name": name, "paramStructure": "either", "params": [], "x-direction": "to-engine"}


def _params(signature: Signature) -> List[Dict[str, Any]]:
    return [
        {"name": name, "required": name in signature.required, "schema": schema_of(signature.hints.get(name))}
        for name in signature.names
    ]


def _result(method: Method) -> Any:
    hint = method.signature.hints.get("return")
    if not inspect.isgeneratorfunction(method.function):
        return hint
    args = typing.get_args(hint)
    return args[2] if len(args) == 3 else None


def _yielded(hint: Any) -> Any:
    args = typing.get_args(hint)
    return args[0] if args else None


def schema_of(hint: Optional[Any]) -> Schema:
    """JSON Schema of what fits an annotation; an empty one where it says nothing, or is not there."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in UNIONS:
        return {"anyOf": [schema_of(it) for it in args]}
    if origin is typing.Literal:
        return {"enum": list(args)}
    if origin in LISTS or hint in LISTS:
        return {"type": "array", **({"items": schema_of(args[0])} if args else {})}
    if origin in DICTS or hint in DICTS:
        return {"type": "object", **({"additionalProperties": schema_of(args[1])} if len(args) == 2 else {})}
    return {"type": NAMES[hint]} if hint is not None and hint in NAMES else {}
