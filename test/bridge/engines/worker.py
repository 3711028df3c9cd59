"""A Python engine that does what tests ask for."""

import logging
import os
import signal
import sys
import time
import warnings

from sidestream_bridge import Context, EngineError, engine, method

os.write(1, b"printed by native code\n")


waited = []


@method
def add(a: float, b: float) -> float:
    """Adds two numbers."""
    return a + b


@method(idempotent=True)
def echo(value=None):
    return value


@method
def count(context: Context, n: int):
    for index in range(n):
        yield {"done": index + 1}
    return n


@method
def wait(context: Context):
    """Until it is cancelled."""
    waited.append(context.id)
    context.progress("waits")
    while True:
        time.sleep(0.01)
        context.check()


@method
def who_waited():
    return waited


@method
def break_reader():
    """As what cannot be foreseen, such as too little memory for a message."""
    from sidestream_bridge import _engine

    def parse(line):
        raise MemoryError

    _engine.parse = parse


@method
def deaf(context: Context, seconds: float):
    """As native code that nothing interrupts."""
    context.progress("is deaf")
    time.sleep(seconds)
    return "done"


@method
def native(context: Context, seconds: int):
    """As native code that keeps all threads of Python from running."""
    import ctypes

    context.progress("is native")
    ctypes.PyDLL(None).sleep(seconds)
    return "done"


@method
def told(context: Context):
    return {"id": context.id, "method": context.method, "meta": context.meta, "isTimed": context.time_left is not None}


@method
def chatter(context: Context):
    print("printed by Python")
    os.system("echo printed by a child")
    sys.stdout.write('{"jsonrpc":"2.0","id":1,"result":"forged"}\n')
    logging.getLogger("library").warning("logged by %s", "a library")
    warnings.warn("warned by Python")
    context.log.info("logged by the method")
    return sys.stdin.read()


@method
def fail(how: str):
    if how == "nan":
        return float("nan")
    if how == "exit":
        sys.exit(3)
    if how == "import":
        import no_such_module
    if how == "memory":
        raise MemoryError()
    if how == "raise":
        raise ValueError("a bad value")
    raise EngineError(how, "As it was asked for", model="tiny")


@method
def die(how: str):
    print("the disk is on fire", flush=True)
    os.kill(os.getpid(), getattr(signal, how))
    time.sleep(10)


engine("worker", version="1.2.3").run()
