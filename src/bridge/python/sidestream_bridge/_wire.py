"""JSON-RPC 2.0 as lines: what is read, and what is written."""

import dataclasses
import json
import os
from typing import Any, Iterator, Optional, Union

from ._errors import EngineError, invalid_request, parse_error

#: Largest message in either direction, in bytes of its JSON text.
MESSAGE_BYTES = 64 * 2**20


class _Digits(float):
    """A number with the text that it was."""

    text: str


def _digits(text: str) -> _Digits:
    number = _Digits(text)
    number.text = text
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def parse(line: bytes, exact: bool = False) -> Any:
    """The value of a line. Raises EngineError. `exact` keeps the digits of numbers with a fraction or an exponent."""
    try:
        return json.loads(line.decode(), parse_constant=_no_constant, parse_float=_digits if exact else None)
    except UnicodeDecodeError:
        raise parse_error("it is no UTF-8") from None
    except RecursionError:
        raise invalid_request("the JSON nests too deep", "TooDeep") from None
    except ValueError as error:
        raise parse_error(str(error)) from None


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy, and dataclasses."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def to_json(value: Any) -> str:
    """Raises ValueError, TypeError or RecursionError for what is no JSON, such as NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)


class Lines:
    """Lines of a descriptor, without those that are blank. One that is too long is told of, and skipped."""

    def __init__(self, fd: int, limit: int = MESSAGE_BYTES) -> None:
        self._fd = fd
        self._limit = limit

    def __iter__(self) -> Iterator[Union[bytes, EngineError]]:
        parts = bytearray()
        is_skipping = False
        is_first = True
        while True:
            chunk = self._read()
            *ended, rest = chunk.split(b"\n") if chunk else [bytes(), bytes()]
            for piece in ended:
                line = bytes(parts) + piece
                parts.clear()
                if is_first:
                    line = line[3:] if line.startswith(b"\xef\xbb\xbf") else line
                    is_first = False
                if is_skipping:
                    is_skipping = False
                elif len(line) > self._limit:
                    yield self._too_long()
                elif line.strip():
                    yield line
            if not chunk:
                return
            if is_skipping:
                continue
            parts += rest
            if len(parts) > self._limit:
                parts.clear()
                is_skipping = True
                yield self._too_long()

    def _read(self) -> bytes:
        try:
            return os.read(self._fd, 1 << 16)
        except OSError:
            return b""  # nothing comes any more

    def _too_long(self) -> EngineError:
        reason = f"the message is larger than {self._limit} bytes"
        return invalid_request(reason, "MessageTooLarge", limitBytes=self._limit)


#: As DESIGN.md has it, which is EX_IOERR of BSD.
OUTPUT_BROKEN = 74


def write_line(fd: int, text: str) -> None:
    """Writes all of it. Ends the process when nobody reads: there is nobody to work for."""
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        data = json.dumps(json.loads(text)).encode()
    rest = memoryview(data + b"\n")
    try:
        while rest:
            rest = rest[os.write(fd, rest) :]
    except OSError:
        os._exit(OUTPUT_BROKEN)


def id_text(id: Any, line: Optional[bytes] = None, index: Optional[int] = None) -> Optional[str]:
    """The JSON of an id, with the digits that it came with. None when it is no id."""
    if id is None:
        return "null"
    if isinstance(id, bool) or not isinstance(id, (str, int, float)):
        return None
    if not isinstance(id, float):
        return json.dumps(id, ensure_ascii=False)
    if id in (float("inf"), float("-inf")):
        return None
    if line is None:
        return json.dumps(id, ensure_ascii=False)
    value = parse(line, exact=True)
    return str((value if index is None else value[index])["id"].text)
