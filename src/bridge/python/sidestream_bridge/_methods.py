"""The methods of an engine."""

import inspect
from typing import Any, Callable, Dict, Optional, TypeVar, Union, overload

from ._params import Signature

F = TypeVar("F", bound=Callable[..., Any])


class Method:
    def __init__(self, name: str, function: Callable[..., Any], idempotent: bool) -> None:
        self.name = name
        self.function = function
        self.idempotent = idempotent
        self.signature = Signature(function)

    def describe(self) -> Dict[str, Any]:
        described: Dict[str, Any] = {"name": self.name}
        text = inspect.getdoc(self.function)
        if text:
            described["description"] = text.split("\n\n")[0].replace("\n", " ")
        if self.idempotent:
            described["idempotent"] = True
        return described


#: All that have been declared so far, by name.
registered: Dict[str, Method] = {}


@overload
def method(name: F, /) -> F: ...
@overload
def method(name: Optional[str] = None, *, idempotent: bool = False) -> Callable[[F], F]: ...


def method(name: Union[None, str, Callable[..., Any]] = None, *, idempotent: bool = False) -> Any:
    """Declares a function as a method of the engine, by its own name or another one.

    Its parameters are those that callers give, by name; annotations of simple types are checked. A first parameter named
    `context` gets a Context. What it returns is the result; of a generator, what it yields is told as progress.

    `idempotent`: calling it twice does no harm, so a host may call it again when the engine died under it.
    """
    if callable(name):
        return method()(name)

    def declare(function: F) -> F:
        own = name or function.__name__
        if own.startswith(("engine.", "health.", "bridge.", "$/", "rpc.")):
            raise ValueError(f"{own}: names like this one are the runtime's own")
        if own in registered and registered[own].function.__code__ is not function.__code__:
            raise ValueError(f"There are two methods named {own}")
        registered[own] = Method(own, function, idempotent)
        return function

    return declare
