"""The models that this process holds, by name."""

from typing import Dict, Generic, Protocol, TypeVar

from .. import Context, EngineError


class Closable(Protocol):
    def close(self) -> None: ...


Model = TypeVar("Model", bound=Closable)


class Held(Generic[Model]):
    def __init__(self) -> None:
        self._models: Dict[str, Model] = {}

    def keep(self, name: str, model: Model, context: Context) -> None:
        """Raises Cancelled where nobody waits for it any more: nobody would ever unload it."""
        if context.cancelled:
            model.close()
        context.check()
        self._models[name] = model

    def close(self, name: str) -> None:
        """A name that is not there is fine."""
        model = self._models.pop(name, None)
        if model is not None:
            model.close()

    def values(self) -> "list[Model]":
        return list(self._models.values())

    def named(self, name: str) -> Model:
        """Raises ModelNotFound."""
        model = self._models.get(name)
        if model is None:
            raise EngineError(
                "ModelNotFound",
                f"The model {name} is not loaded. Call `models.load` first.",
                model=name,
                loaded=sorted(self._models),
            )
        return model
