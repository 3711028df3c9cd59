"""The peer Python: asyncio streams and pydantic v2 over NDJSON, as a sidecar of a model is often written."""

import asyncio
import json
import sys
from typing import Any

from pydantic import BaseModel, ValidationError


class Request(BaseModel):
    jsonrpc: str
    method: str
    id: int | str | None = None
    params: Any = None


class Add(BaseModel):
    a: float
    b: float


class Sleep(BaseModel):
    ms: float


async def echo(params):
    return params


async def add(params):
    numbers = Add.model_validate(params)
    total = numbers.a + numbers.b
    return int(total) if total.is_integer() else total


async def sleep(params):
    ms = Sleep.model_validate(params).ms
    await asyncio.sleep(ms / 1000)
    return int(ms)


async def note(params):
    return None


METHODS = {"echo": echo, "add": add, "sleep": sleep, "note": note}


async def serve():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    pipe, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout.buffer)
    writer = asyncio.StreamWriter(pipe, protocol, None, loop)

    def send(reply):
        writer.write(json.dumps(reply, separators=(",", ":")).encode() + b"\n")

    async def answer(request):
        handler = METHODS.get(request.method)
        try:
            if handler is None:
                raise LookupError(request.method)
            result = await handler(request.params)
            reply = {"jsonrpc": "2.0", "id": request.id, "result": result}
        except ValidationError as error:
            reply = failure(request.id, -32602, str(error))
        except LookupError:
            reply = failure(request.id, -32601, "no such method")
        if request.id is not None:
            send(reply)

    open_calls = set()
    while line := await reader.readline():
        try:
            request = Request.model_validate_json(line)
        except ValidationError as error:
            send(failure(None, -32600, str(error)))
            continue
        if request.method == "sleep":
            task = asyncio.create_task(answer(request))
            open_calls.add(task)
            task.add_done_callback(open_calls.discard)
        else:
            await answer(request)  # nothing in it waits: a task each would only cost
        await writer.drain()
    await asyncio.gather(*open_calls)
    pipe.set_write_buffer_limits(high=0)  # now drain() waits for the last byte
    await writer.drain()


def failure(id, code, message):
    return {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}


asyncio.run(serve())
