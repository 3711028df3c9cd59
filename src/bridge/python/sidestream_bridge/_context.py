"""What a method gets to know of its call."""

import json
import logging
import re
from typing import Any, Dict, MutableMapping, Optional, Tuple

from ._calls import Call, Ledger
from ._errors import Cancelled


class _CallLogger(logging.LoggerAdapter):  # type: ignore[type-arg]
    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> Tuple[Any, MutableMapping[str, Any]]:
        extra = {"facts": {**(self.extra or {}), **kwargs.pop("extra", {})}}
        return msg, {**kwargs, "extra": extra}


_TRACEPARENT = re.compile(r"(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]{2}(?:-.*)?")


class Context:
    """Of one call. A method whose first parameter is named `context` gets it."""

    def __init__(self, call: Call, ledger: Ledger) -> None:
        self._call = call
        self._ledger = ledger

    @property
    def id(self) -> Any:
        """As the caller gave it; None for a notification."""
        return json.loads(self._call.id or "null")

    @property
    def method(self) -> str:
        return self._call.method

    @property
    def meta(self) -> Dict[str, Any]:
        """What came beside the params, as `_meta`."""
        return self._call.meta

    @property
    def time_left(self) -> Optional[float]:
        """Until the deadline, in seconds; None without one."""
        return self._call.time_left

    @property
    def cancelled(self) -> bool:
        """Nobody waits for the answer any more: the call was cancelled, or is late."""
        return self._call.is_settled or self._call.is_late

    def check(self) -> None:
        """Raises Cancelled once nobody waits for the answer any more. Call it between steps of the work."""
        if self.cancelled:
            raise Cancelled()

    def progress(self, value: Any) -> None:
        """Tells the caller how far it is, or a part of the result. Any JSON."""
        self._ledger.progress(self._call, value)

    @property
    def log(self) -> "logging.LoggerAdapter[logging.Logger]":
        """Its records carry the id of the call, and where it is in its caller's trace."""
        return _CallLogger(logging.getLogger(self._call.method), self.facts)

    @property
    def facts(self) -> Dict[str, Any]:
        """By which records are found that belong to the call: `requestId`, `trace_id` and `span_id`."""
        facts: Dict[str, Any] = {"requestId": self.id}
        found = _TRACEPARENT.fullmatch(str(self.meta.get("traceparent")))
        if found is not None:
            facts["trace_id"], facts["span_id"] = found.groups()
        return facts
