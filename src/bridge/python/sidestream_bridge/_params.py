"""Params against the signature of a method: names, and the types that a signature commonly has."""

import collections.abc
import inspect
import types
import typing
from typing import Any, Callable, Dict, List, Tuple, Union

from ._errors import invalid_params

_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}
_NAMES[type(None)] = "null"
_UNIONS = (Union, getattr(types, "UnionType", Union))
_LISTS = (list, collections.abc.Sequence, collections.abc.Iterable)
_DICTS = (dict, collections.abc.Mapping)

Problem = Dict[str, str]


def _got(value: Any) -> str:
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else _NAMES[type(value)]


def _expected(hint: Any) -> str:
    origin = typing.get_origin(hint)
    if origin in _UNIONS:
        return " or ".join(_expected(it) for it in typing.get_args(hint))
    if origin is typing.Literal:
        return " or ".join(map(repr, typing.get_args(hint)))
    if origin in _LISTS or hint in _LISTS:
        return "array"
    if origin in _DICTS or hint in _DICTS:
        return "object"
    return _NAMES.get(hint, "another value")


def _check(value: Any, hint: Any, path: str, problems: List[Problem]) -> Any:
    """The value, with whole numbers as int where that is asked for. Types that are not known fit."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if origin in _UNIONS:
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
    elif origin in _LISTS or hint in _LISTS:
        if isinstance(value, list):
            if not args:
                return value
            return [_check(it, args[0], f"{path}/{index}", problems) for index, it in enumerate(value)]
    elif origin in _DICTS or hint in _DICTS:
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
        self._required = [it.name for it in named if it.default is it.empty]
        self._names = [it.name for it in named]
        self._takes_all = any(it.kind is it.VAR_KEYWORD for it in own)
        try:
            self._hints = typing.get_type_hints(function)
        except Exception:  # of a name that only a type checker sees
            self._hints = {}

    def bind(self, params: Any) -> Tuple[Dict[str, Any], Any]:
        """Keyword arguments, and what came as `_meta`. Raises EngineError."""
        problems: List[Problem] = []
        if isinstance(params, list):
            if len(params) > len(self._names):
                count = f"at most {len(self._names)} params"
                problems.append({"path": "", "expected": count, "got": str(len(params))})
            given, meta = dict(zip(self._names, params)), None
        else:
            given = dict(params or {})
            meta = given.pop("_meta", None)
        for name in given:
            if name not in self._names and not self._takes_all:
                problems.append({"path": f"/{name}", "expected": "no such key", "got": _got(given[name])})
        for name in self._required:
            if name not in given:
                expected = _expected(self._hints[name]) if name in self._hints else "a value"
                problems.append({"path": f"/{name}", "expected": expected, "got": "missing"})
        checked = {
            name: _check(value, self._hints[name], f"/{name}", problems) if name in self._hints else value
            for name, value in given.items()
        }
        if problems:
            raise invalid_params(problems)
        return checked, meta
