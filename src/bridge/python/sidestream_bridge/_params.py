"""Params against the signature of a method: names, and the types that a signature commonly has."""

import collections.abc
import inspect
import types
import typing
from typing import Any, Callable, Dict, List, Tuple, Union

from ._errors import invalid_params

NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}
NAMES[type(None)] = "null"
UNIONS = (Union, getattr(types, "UnionType", Union))
LISTS = (list, collections.abc.Sequence, collections.abc.Iterable)
DICTS = (dict, collections.abc.Mapping)

Problem = Dict[str, str]


def _got(value: Any) -> str:
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else NAMES[type(value)]


def _expected(hint: Any) -> str:
    origin = typing.get_origin(hint)
    if origin in UNIONS:
        return " or ".join(_expected(it) for it in typing.get_args(hint))
    if origin is typing.Literal:
        return " or ".join(map(repr, typing.get_args(hint)))
    if origin in LISTS or hint in LISTS:
        return "array"
    if origin in DICTS or hint in DICTS:
        return "object"
    return NAMES.get(hint, "another value")


def _check(value: Any, hint: Any, path: str, problems: List[Problem]) -> Any:
    """The value, with whole numbers as int where that is asked for. Types that are not known fit."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if origin in UNIONS:
        for each in args:
            inner: List[Problem] = []
            fitting = _check(value, each, path, inner)
            if not inner:
                return fitting
    elif origin is typing.Literal:
        if any(value == it and type(value) is type(it) for it in args):
            return value
    elif hint is int:
        if is_number and value == value and float(value).is_integer():
            return int(value)
    elif hint is float:
        if is_number:
            return value
    elif hint in (str, bool, type(None)):
        if type(value) is hint:
            return value
    elif origin in LISTS or hint in LISTS:
        if isinstance(value, list):
            if not args:
                return value
            return [_check(it, args[0], f"{path}/{index}", problems) for index, it in enumerate(value)]
    elif origin in DICTS or hint in DICTS:
        if isinstance(value, dict):
            if len(args) < 2:
                return value
            return {key: _check(it, args[1], f"{path}/{key}", problems) for key, it in value.items()}
    else:
        return value
    problems.append({"path": path, "expected": _expected(hint), "got": _got(value)})
    return value


class Signature:
    """How a method is called. `wants_context` when its first parameter is named `context`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        parameters = list(inspect.signature(function).parameters.values())
        self.wants_context = bool(parameters) and parameters[0].name == "context"
        own = parameters[1:] if self.wants_context else parameters
        named = [it for it in own if it.kind not in (it.VAR_KEYWORD, it.VAR_POSITIONAL)]
        if any(it.kind is it.POSITIONAL_ONLY for it in named):
            raise TypeError(f"{function.__name__} has parameters without a name, which callers cannot give")
        self.required = [it.name for it in named if it.default is it.empty]
        self.names = [it.name for it in named]
        self.takes_all = any(it.kind is it.VAR_KEYWORD for it in own)
        try:
            self.hints = typing.get_type_hints(function)
        except Exception:  # of a name that only a type checker sees
            self.hints = {}

    def bind(self, params: Any) -> Tuple[Dict[str, Any], Any]:
        """Keyword arguments, and what came as `_meta`. Raises EngineError."""
        problems: List[Problem] = []
        if isinstance(params, list):
            if len(params) > len(self.names):
                count = f"at most {len(self.names)} params"
                problems.append({"path": "", "expected": count, "got": str(len(params))})
            given, meta = dict(zip(self.names, params)), None
        else:
            given = dict(params or {})
            meta = given.pop("_meta", None)
        for name in given:
            if name not in self.names and not self.takes_all:
                problems.append({"path": f"/{name}", "expected": "no such key", "got": _got(given[name])})
        for name in self.required:
            if name not in given:
                expected = _expected(self.hints[name]) if name in self.hints else "a value"
                problems.append({"path": f"/{name}", "expected": expected, "got": "missing"})
        checked = {
            name: _check(value, self.hints[name], f"/{name}", problems) if name in self.hints else value
            for name, value in given.items()
        }
        if problems:
            raise invalid_params(problems)
        return checked, meta
