import unittest
from typing import Any, Dict, Generator, Iterator, List, Literal, Mapping, Optional, Sequence, Union

from sidestream_bridge import Context
from sidestream_bridge._methods import Method
from sidestream_bridge._openrpc import document, schema_of


def described(function: Any) -> Dict[str, Any]:
    about = {"name": "words", "version": "1.0.0", "description": "Counts."}
    whole = document(about, [Method("count", function, True)], ["health.check"])
    assert whole["info"] == {"title": "words", "version": "1.0.0", "description": "Counts."}
    assert [it["name"] for it in whole["methods"]] == ["count", "health.check"]
    own: Dict[str, Any] = whole["methods"][0]
    return own


class OpenRpc(unittest.TestCase):
    def test_types_that_are_checked_have_a_schema(self) -> None:
        for hint, schema in (
            (int, {"type": "integer"}),
            (float, {"type": "number"}),
            (str, {"type": "string"}),
            (bool, {"type": "boolean"}),
            (Optional[str], {"anyOf": [{"type": "string"}, {"type": "null"}]}),
            (Union[int, List[int]], {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}),
            (Literal["a", 1], {"enum": ["a", 1]}),
            (list, {"type": "array"}),
            (Sequence[float], {"type": "array", "items": {"type": "number"}}),
            (dict, {"type": "object"}),
            (Mapping[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
            (Any, {}),
            (Context, {}),
            (None, {}),
        ):
            self.assertEqual(schema_of(hint), schema)

    def test_params_and_result(self) -> None:
        def count(context: Context, n: int, by: float = 1) -> str:
            """Counts.

            Slowly."""
            return ""

        it = described(count)
        self.assertEqual(it["description"], "Counts.")
        self.assertEqual(
            it["params"],
            [
                {"name": "n", "required": True, "schema": {"type": "integer"}},
                {"name": "by", "required": False, "schema": {"type": "number"}},
            ],
        )
        self.assertEqual(it["result"], {"name": "result", "required": True, "schema": {"type": "string"}})
        self.assertIs(it["x-strict"], True)
        self.assertNotIn("x-stream", it)
        self.assertNotIn("idempotent", it)

    def test_what_a_generator_yields_is_progress(self) -> None:
        def counted(n: int) -> Generator[str, None, int]:
            yield ""
            return n

        def told(n: int) -> Iterator[str]:
            yield ""

        def silent(n):  # type: ignore[no-untyped-def]
            yield n

        for function, progress, result in (
            (counted, {"type": "string"}, {"type": "integer"}),
            (told, {"type": "string"}, {}),
            (silent, {}, {}),
        ):
            it = described(function)
            self.assertEqual([it["x-stream"]["progress"], it["result"]["schema"]], [progress, result])

    def test_one_that_takes_whatever_comes_is_not_strict(self) -> None:
        def free(**options: Any) -> None: ...

        self.assertNotIn("x-strict", described(free))


if __name__ == "__main__":
    unittest.main()
