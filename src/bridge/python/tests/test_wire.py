import dataclasses
import json
import os
import unittest
from typing import Any, List

from sidestream_bridge import EngineError
from sidestream_bridge._wire import Lines, id_text, parse, to_json, write_line


def lines(*chunks: bytes, limit: int = 100) -> List[Any]:
    """What is read of these chunks, an error as its kind."""
    read, written = os.pipe()
    for chunk in chunks:
        os.write(written, chunk)
    os.close(written)
    try:
        return [it.kind if isinstance(it, EngineError) else it for it in Lines(read, limit)]
    finally:
        os.close(read)


class ReadLines(unittest.TestCase):
    def test_lines_and_a_last_one_without_its_end(self) -> None:
        self.assertEqual(lines(b"a\nb", b"c\r\n\n \nd"), [b"a", b"bc\r", b"d"])

    def test_nothing(self) -> None:
        self.assertEqual(lines(), [])
        self.assertEqual(lines(b"\n\n"), [])

    def test_a_first_byte_order_mark(self) -> None:
        self.assertEqual(lines(b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n"), [b"a", b"\xef\xbb\xbfb"])

    def test_a_line_of_the_limit_and_one_beyond_it(self) -> None:
        self.assertEqual(lines(b"x" * 100 + b"\n" + b"x" * 101 + b"\na\n"), [b"x" * 100, "MessageTooLarge", b"a"])

    def test_a_line_without_end(self) -> None:
        self.assertEqual(lines(b"x" * 60_000, limit=100), ["MessageTooLarge"])


class Values(unittest.TestCase):
    def kind(self, line: bytes) -> str:
        with self.assertRaises(EngineError) as caught:
            parse(line)
        return caught.exception.kind

    def test_what_is_no_json(self) -> None:
        for line in (b"x", b"NaN", b"[Infinity]", b"\xff", b'{"a":}'):
            self.assertEqual(self.kind(line), "ParseError")
        self.assertEqual(self.kind(b"[" * 100_000), "TooDeep")

    def test_what_cannot_be_sent(self) -> None:
        for value in (float("nan"), {1: float("inf")}, object(), {(1, 2): 3}):
            with self.assertRaises((ValueError, TypeError)):
                to_json(value)

    def test_dataclasses_and_numbers_of_numpy(self) -> None:
        @dataclasses.dataclass
        class Word:
            start: float
            text: str

        class Float32:
            def tolist(self) -> float:
                return 0.5

        self.assertEqual(to_json([Word(1, "é"), Float32()]), '[{"start":1,"text":"é"},0.5]')

    def test_half_a_surrogate_pair_is_escaped(self) -> None:
        read, written = os.pipe()
        write_line(written, to_json("\ud800"))
        self.assertEqual(os.read(read, 100), b'"\\ud800"\n')
        os.close(read)
        os.close(written)


class Ids(unittest.TestCase):
    def test_digits_are_kept(self) -> None:
        for digits in ("1", "-0", "1.50", "1E2", "12345678901234567890"):
            line = f'{{"params":{{"id":7.5}},"id":{digits}}}'.encode()
            expected = "0" if digits == "-0" else digits
            self.assertEqual(id_text(json.loads(digits), line), expected)

    def test_in_a_batch(self) -> None:
        self.assertEqual(id_text(2.5, b'[1,{"id":2.50}]', 1), "2.50")

    def test_what_is_no_id(self) -> None:
        values: List[Any] = [True, {}, [], float("inf")]
        for value in values:
            self.assertIsNone(id_text(value))


if __name__ == "__main__":
    unittest.main()
