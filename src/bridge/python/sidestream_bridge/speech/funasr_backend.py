"""What a backend of funasr, onnx or torch, makes of a folder."""

from dataclasses import dataclass, field
from typing import Any, List, Mapping, Optional, Protocol, Sequence


@dataclass(frozen=True)
class Asked:
    """Of a request, what concerns a model of FunASR."""

    task: str
    language: Optional[str] = None
    hotwords: List[str] = field(default_factory=list)
    use_itn: Optional[bool] = None
    generate: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recognised:
    text: str
    times: Optional[Sequence[Sequence[float]]] = None
    """Of each word, its start and end in milliseconds from the start of what was heard."""
    language: Optional[str] = None


class Vad(Protocol):
    def find(self, samples: Any, options: Mapping[str, float]) -> Sequence[Sequence[float]]:
        """Where somebody speaks in 16 kHz samples, as `[start, end]` in milliseconds."""


class Recogniser(Protocol):
    def check(self, asked: Asked) -> None:
        """Raises UnsupportedLanguage or UnsupportedOption."""

    def recognise(self, samples: Any, asked: Asked) -> Recognised: ...


class Punctuation(Protocol):
    def punctuate(self, text: str) -> str: ...
