"""What Python logs and warns of, as lines of JSON on stderr, which the host reads as records."""

import json
import logging
import os
import sys
import traceback
from contextvars import ContextVar
from typing import Any, Dict, Mapping

_LEVELS = {"trace": 5, "debug": 10, "info": 20, "warn": 30, "error": 40, "fatal": 50, "silent": 100}


#: Facts of the job that runs, for what its libraries log. Threads of theirs have none.
of_job: "ContextVar[Mapping[str, Any]]" = ContextVar("of_job", default={})


class _Records(logging.Formatter):
    """In the form of pino. Its levels are Python's and 10 more."""

    def format(self, record: logging.LogRecord) -> str:
        fields: Dict[str, Any] = {
            "level": min(60, record.levelno // 10 * 10 + 10),
            "time": int(record.created * 1000),
            "pid": os.getpid(),
            "logger": record.name,
            **of_job.get(),
            **getattr(record, "facts", {}),
            "msg": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            stack = "".join(traceback.format_exception(*record.exc_info))
            fields["err"] = {"type": type(error).__name__, "message": str(error), "stack": stack}
        return json.dumps(fields, default=str)


def open_log() -> None:
    """Takes over the root logger, unless the engine's own code has set one up."""
    root = logging.getLogger()
    if sys.stderr is None or root.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Records())
    root.addHandler(handler)
    root.setLevel(_LEVELS.get(os.environ.get("SIDESTREAM_LOG_LEVEL", "info"), logging.INFO))
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a log that cannot be written must not fail a job
