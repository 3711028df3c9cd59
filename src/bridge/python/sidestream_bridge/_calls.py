"""Every open call: settled once, by whoever comes first."""

import threading
import time
from typing import Any, Dict, List, Optional, Union

from ._errors import EngineError, deadline_exceeded, invalid_request
from ._wire import MESSAGE_BYTES, to_json, write_line


class Batch:
    """Replies that leave as one message, when the last one is there."""

    def __init__(self) -> None:
        self.replies: List[str] = []
        self.open = 1  # until all members have been read


#: The value of an id: 1 and 1.0 are the same, "1" is not.
Key = Union[str, int, float]


class Call:
    def __init__(
        self, id: str, key: Optional[Key], method: str, token: Any, meta: Dict[str, Any], batch: Optional[Batch]
    ) -> None:
        #: JSON of the id; empty for a notification.
        self.id = id
        #: By which it can be found; None for a notification, and for an id that is null.
        self.key = key
        self.method = method
        self.token = token
        self.meta = meta
        self.batch = batch
        self.arguments: Dict[str, Any] = {}
        self.is_running = False
        self.is_settled = False
        #: By time.monotonic().
        self.due_at: Optional[float] = None
        self.deadline_ms = 0.0

    def take_deadline(self, deadline_ms: float) -> None:
        self.deadline_ms = deadline_ms
        self.due_at = time.monotonic() + deadline_ms / 1000

    @property
    def time_left(self) -> Optional[float]:
        """In seconds."""
        return None if self.due_at is None else self.due_at - time.monotonic()

    @property
    def is_late(self) -> bool:
        left = self.time_left
        return left is not None and left <= 0

    def late(self) -> EngineError:
        return deadline_exceeded(self.deadline_ms, "running" if self.is_running else "queued")


class Ledger:
    """All methods may be called from any thread. What is written is written under its lock, in order."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()
        self._open: Dict[Key, Call] = {}
        self._nameless = 0  # of id null, and notifications

    def add(self, call: Call) -> bool:
        """False when a call with this id is open."""
        with self._lock:
            if call.key is None:
                self._nameless += 1
            elif call.key in self._open:
                return False
            else:
                self._open[call.key] = call
            if call.batch is not None and call.id != "":
                call.batch.open += 1
            return True

    def find(self, key: Key) -> Optional[Call]:
        with self._lock:
            return self._open.get(key)

    @property
    def open(self) -> List[Call]:
        """Those that can be named."""
        with self._lock:
            return list(self._open.values())

    @property
    def count(self) -> int:
        return len(self._open) + self._nameless

    def reply(self, call: Call, result: Any) -> bool:
        """Answers with a result. Raises what `to_json` raises."""
        text = to_json(result)
        if len(text) > MESSAGE_BYTES:
            raise invalid_request(f"the result is larger than {MESSAGE_BYTES} characters", "MessageTooLarge")
        return self._settle(call, f'"result":{text}')

    def fail(self, call: Call, error: EngineError) -> bool:
        """Answers with an error. False when somebody else has settled the call."""
        try:
            text = to_json(error.wire())
        except (TypeError, ValueError, RecursionError):  # its facts
            text = to_json(EngineError(error.kind, error.message, code=error.code).wire())
        return self._settle(call, f'"error":{text}')

    def progress(self, call: Call, value: Any) -> None:
        """Nothing is told of a call that has been settled, or that has no id. Raises what `to_json` raises."""
        token = call.id if call.token is None else to_json(call.token)
        text = (
            f'{{"jsonrpc":"2.0","method":"$/progress","params":{{"token":{token or "null"},"value":{to_json(value)}}}}}'
        )
        with self._lock:
            if not call.is_settled and token != "":
                write_line(self._fd, text)

    def refuse(self, id: str, error: EngineError, batch: Optional[Batch]) -> None:
        """Answers what is no call."""
        text = f'{{"jsonrpc":"2.0","id":{id},"error":{to_json(error.wire())}}}'
        with self._lock:
            if batch is None:
                write_line(self._fd, text)
            else:
                batch.replies.append(text)

    def close(self, batch: Batch) -> None:
        """All members have been read."""
        with self._lock:
            self._count_down(batch)

    def _settle(self, call: Call, outcome: str) -> bool:
        with self._lock:
            if call.is_settled:
                return False
            call.is_settled = True
            if call.key is None:
                self._nameless -= 1
            else:
                del self._open[call.key]
            if call.id == "":
                return True
            text = f'{{"jsonrpc":"2.0","id":{call.id},{outcome}}}'
            if call.batch is None:
                write_line(self._fd, text)
            else:
                call.batch.replies.append(text)
                self._count_down(call.batch)
            return True

    def _count_down(self, batch: Batch) -> None:
        batch.open -= 1
        if batch.open == 0 and batch.replies:
            write_line(self._fd, f"[{','.join(batch.replies)}]")
