"""An engine in Python. app.js starts it; so does, for a first look:

    export PYTHONPATH=node_modules/sidestream/dist/python
    echo '{"jsonrpc":"2.0","id":1,"method":"add","params":{"a":2,"b":40}}' | python3 engine.py
"""

from typing import Dict, Generator, List

from sidestream_bridge import Context, EngineError, engine, method


@method
def add(a: float, b: float) -> float:
    return a + b


@method
def count_words(context: Context, texts: List[str]) -> Generator[Dict[str, int], None, int]:
    """Tells after each text how far it is, and stops when the caller does not want the answer any more."""
    words = 0
    for index, text in enumerate(texts):
        context.check()
        if not text:
            raise EngineError("EmptyText", f"Text {index} is empty; leave it out", index=index)
        words += len(text.split())
        yield {"done": index + 1, "total": len(texts)}
    return words


engine("python-sample", version="1.0.0").run()
