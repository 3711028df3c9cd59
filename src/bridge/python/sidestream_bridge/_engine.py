"""An engine: its reader thread takes messages, and its main thread does one job after the other."""

import logging
import os
import platform
import threading
import time
from collections import deque
from types import GeneratorType
from typing import Any, Deque, Dict, List, Optional

from . import _streams
from ._calls import Batch, Call, Ledger
from ._context import Context
from ._errors import (
    Cancelled,
    EngineError,
    error_of,
    invalid_params,
    invalid_request,
    request_cancelled,
    shutting_down,
)
from ._log import of_job, open_log
from ._memory import rss_bytes
from ._methods import Method, registered
from ._openrpc import document
from ._watch import Watch, start_vital_thread
from ._wire import Lines, id_text, parse

VERSION = "0.1.0"
_GRACE_S = 5.0
_LONGEST_GRACE_S = 600.0
_DRAIN_EXPIRED = 75
_BATCH = 1000

log = logging.getLogger("sidestream_bridge")


class Engine:
    """Serves methods over stdin and stdout. Made by `engine`."""

    def __init__(self, name: str, version: str, description: Optional[str] = None) -> None:
        self._about = {"name": name, "version": version}
        if description is not None:
            self._about["description"] = description
        self._methods: Dict[str, Method] = {}
        self._ledger = Ledger(_streams.output_fd)
        self._watch = Watch(self._ledger, self._signalled, self._looked)
        self._jobs: Deque[Call] = deque()
        self._news = threading.Condition()
        self._is_draining = False
        self._signal = 0
        self._started_at = time.monotonic()
        self._controls = {
            "engine.describe": self._describe,
            "engine.shutdown": self._shutdown,
            "health.check": self._health,
            "rpc.discover": self._discover,
            "$/cancelRequest": self._cancel,
        }

    def run(self) -> None:
        """Serves all methods that have been declared so far, until its input ends or it is told to end.

        On the main thread.
        """
        open_log()
        self._methods = {**registered, _IDLE.name: _IDLE}
        self._watch.start()
        start_vital_thread(self._read, "sidestream-reader")
        while True:
            with self._news:
                while not self._jobs and not self._is_draining:
                    self._news.wait()
                if not self._jobs:
                    return
                call = self._jobs.popleft()
            self._do(call)

    # The reader thread.

    def _read(self) -> None:
        for line in Lines(_streams.stdin_fd):
            if isinstance(line, EngineError):
                self._ledger.refuse("null", line, None)
                continue
            try:
                value = parse(line)
            except EngineError as error:
                self._ledger.refuse("null", error, None)
                continue
            if not isinstance(value, list):
                self._take(value, line)
            elif not value:
                self._ledger.refuse("null", invalid_request("a batch must not be empty"), None)
            elif len(value) > _BATCH:
                reason = f"the batch has {len(value)} members, at most {_BATCH}"
                self._ledger.refuse("null", invalid_request(reason, "BatchTooLarge", limit=_BATCH), None)
            else:
                batch = Batch()
                for index, member in enumerate(value):
                    self._take(member, line, index, batch)
                self._ledger.close(batch)
        self._drain()

    def _take(self, value: Any, line: bytes, index: Optional[int] = None, batch: Optional[Batch] = None) -> None:
        if isinstance(value, dict) and "method" not in value and ("result" in value or "error" in value):
            return  # a reply: this side asks nothing
        id = id_text(value.get("id"), line, index) if isinstance(value, dict) else None
        problem = _problem(value, id)
        if problem is not None:
            self._ledger.refuse(id or "null", invalid_request(problem), batch)
            return
        name, params = value["method"], value.get("params")
        meta = params.get("_meta") if isinstance(params, dict) else None
        meta = meta if isinstance(meta, dict) else {}
        text = str(id) if "id" in value else ""
        call = Call(text, value.get("id"), name, meta.get("progressToken"), meta, batch)
        if not self._ledger.add(call):
            error = invalid_request("a request with this id is still open", "DuplicateId")
            self._ledger.refuse(call.id, error, batch)
            return
        try:
            self._admit(call, params)
        except EngineError as error:
            self._ledger.fail(call, error)

    def _admit(self, call: Call, params: Any) -> None:
        control = self._controls.get(call.method)
        if control is not None:
            self._ledger.reply(call, control(params if isinstance(params, dict) else {}))
            return
        method = self._methods.get(call.method)
        if method is None:
            raise EngineError("MethodNotFound", "Method not found", method=call.method[:200])
        deadline = call.meta.get("deadlineMs")
        if deadline is not None:
            if isinstance(deadline, bool) or not isinstance(deadline, (int, float)):
                raise invalid_params([{"path": "/_meta/deadlineMs", "expected": "number", "got": "another value"}])
            if deadline < threading.TIMEOUT_MAX * 1000:
                call.take_deadline(deadline)
            if call.is_late:
                raise call.late()
        if self._is_draining:
            raise shutting_down()
        call.arguments, _ = method.signature.bind(params)
        with self._news:
            self._jobs.append(call)
            self._news.notify()
        if call.due_at is not None:
            self._watch.look()

    def _cancel(self, params: Dict[str, Any]) -> None:
        key = params.get("id")
        if not isinstance(key, (str, int, float)) or isinstance(key, bool):
            return
        call = self._ledger.find(key)
        if call is not None:
            self._ledger.fail(call, request_cancelled())

    def _describe(self, params: Dict[str, Any]) -> Any:
        return {
            "protocolVersion": 1,
            "engine": self._about,
            "runtime": {"name": "sidestream_bridge", "version": VERSION, "python": platform.python_version()},
            "limits": {},
            "methods": [it.describe() for it in self._own_methods()],
            "builtins": self._builtins(),
        }

    def _discover(self, params: Dict[str, Any]) -> Any:
        return document(self._about, self._own_methods(), self._builtins())

    def _own_methods(self) -> List[Method]:
        return [it for it in self._methods.values() if it is not _IDLE]

    def _builtins(self) -> List[str]:
        return [*self._controls, _IDLE.name]

    def _health(self, params: Dict[str, Any]) -> Any:
        running = sum(call.is_running for call in self._ledger.open)
        return {
            "status": "ok",
            "state": "draining" if self._is_draining else "ready",
            "uptimeMs": round((time.monotonic() - self._started_at) * 1000),
            "inFlight": running,
            "queued": len(self._jobs),
            "memory": {"rssBytes": rss_bytes()},
        }

    def _shutdown(self, params: Dict[str, Any]) -> Any:
        grace_ms = params.get("graceMs", _GRACE_S * 1000)
        if isinstance(grace_ms, bool) or not isinstance(grace_ms, (int, float)):
            raise invalid_params([{"path": "/graceMs", "expected": "number", "got": "another value"}])
        self._drain(min(_LONGEST_GRACE_S, max(0.0, grace_ms / 1000)))
        return {"draining": True, "open": self._ledger.count - 1}  # without this call itself

    # Of any thread.

    def _drain(self, grace_s: Optional[float] = None) -> None:
        """Open jobs may finish. At the end of input they have all the time they need, as long as somebody reads."""
        if grace_s is not None:
            self._watch.call_after(grace_s, self._abort)
        with self._news:
            self._is_draining = True
            self._news.notify()

    def _looked(self) -> None:
        """A job that nobody waits for, and what libraries do at exit, must not keep a process that has nothing to do."""
        if self._is_draining and self._ledger.count == 0:
            self._watch.call_after(_GRACE_S, self._abort)

    def _abort(self) -> None:
        left = self._ledger.open
        for call in left:
            self._ledger.fail(call, shutting_down())
        os._exit(_DRAIN_EXPIRED if left else 0)

    def _signalled(self, number: int) -> None:
        if self._signal != 0:
            os._exit(128 + number)
        self._signal = number
        self._drain(_GRACE_S)

    # The main thread.

    def _do(self, call: Call) -> None:
        if call.is_settled:
            return
        call.is_running = True
        context = Context(call, self._ledger)
        of_job.set(context.facts)
        try:
            result = self._run_method(call, context)
            self._ledger.reply(call, result)
        except Cancelled:
            self._ledger.fail(call, call.late() if call.is_late else request_cancelled())
        except BaseException as thrown:  # also SystemExit, which some libraries raise
            self._fail(call, thrown)

    def _run_method(self, call: Call, context: Context) -> Any:
        method = self._methods[call.method]
        own = [context] if method.signature.wants_context else []
        result = method.function(*own, **call.arguments)
        if not isinstance(result, GeneratorType):
            return result
        try:
            while True:
                context.check()
                context.progress(next(result))
        except StopIteration as end:
            return end.value
        finally:
            result.close()

    def _fail(self, call: Call, thrown: BaseException) -> None:
        error = error_of(thrown)
        if not self._ledger.fail(call, error):
            log.debug("%s failed after it was cancelled", call.method, exc_info=thrown)
        elif error is not thrown:
            facts = {"facts": {"method": call.method, "kind": error.kind}}
            log.error("%s failed: %s", call.method, error.message, exc_info=thrown, extra=facts)


def _problem(value: Any, id: Optional[str]) -> Optional[str]:
    """What is wrong with a value that should be a call."""
    if not isinstance(value, dict):
        return "a message must be an object, or a batch of them"
    if value.get("jsonrpc") != "2.0":
        return 'jsonrpc must be "2.0"'
    if not isinstance(value.get("method"), str):
        return "method must be a string"
    if "params" in value and not isinstance(value["params"], (dict, list)):
        return "params must be an object or an array"
    return "id must be a string, a number or null" if id is None else None


def _idle() -> None:
    """Waits behind all jobs that came before it."""


#: By which a host learns whether a job that it has cancelled has let go.
_IDLE = Method("bridge.idle", _idle, idempotent=True)


def engine(name: str, version: str = "0.0.0", description: Optional[str] = None) -> Engine:
    """An engine of all methods that are declared by the time it runs."""
    return Engine(name, version, description)
