import unittest
from typing import Any, Dict, List, Literal, Optional, Sequence, Union

from sidestream_bridge import Context, EngineError
from sidestream_bridge._params import Signature


def bound(function: Any, params: Any) -> Any:
    return Signature(function).bind(params)[0]


def problems(function: Any, params: Any) -> List[Any]:
    try:
        Signature(function).bind(params)
    except EngineError as error:
        assert error.kind == "InvalidParams" and error.code == -32602
        return [tuple(it.values()) for it in error.facts["problems"]]
    return []


class Params(unittest.TestCase):
    def test_names_and_positions(self) -> None:
        def add(a: float, b: float = 1) -> None: ...

        self.assertEqual(bound(add, {"a": 1}), {"a": 1})
        self.assertEqual(bound(add, [1, 2]), {"a": 1, "b": 2})
        self.assertEqual(problems(add, None), [("/a", "number", "missing")])
        self.assertEqual(problems(add, [1, 2, 3]), [("", "at most 2 params", "3")])

    def test_meta_is_taken_off(self) -> None:
        def method(a: int) -> None: ...

        self.assertEqual(Signature(method).bind({"a": 1, "_meta": {"x": 1}}), ({"a": 1}, {"x": 1}))

    def test_the_context_is_no_param(self) -> None:
        def method(context: Context, a: int = 0) -> None: ...

        self.assertTrue(Signature(method).wants_context)
        self.assertEqual(problems(method, {"context": 1}), [("/context", "no such key", "number")])

    def test_keywords_take_what_has_no_name(self) -> None:
        def method(**options: Any) -> None: ...

        self.assertEqual(bound(method, {"a": 1}), {"a": 1})

    def test_whole_numbers(self) -> None:
        def method(n: int) -> None: ...

        value = bound(method, {"n": 2.0})["n"]
        self.assertIs(type(value), int)
        for wrong in (2.5, True, "2", None):
            self.assertEqual(problems(method, {"n": wrong})[0][:2], ("/n", "integer"))

    def test_true_is_no_number_and_1_is_not_true(self) -> None:
        def method(n: float = 0, flag: bool = False) -> None: ...

        self.assertEqual(problems(method, {"n": True}), [("/n", "number", "boolean")])
        self.assertEqual(problems(method, {"flag": 1}), [("/flag", "boolean", "number")])

    def test_lists_and_dicts_by_their_members(self) -> None:
        def method(names: List[str], sizes: Dict[str, int], more: Sequence[float] = ()) -> None: ...

        good = {"names": ["a"], "sizes": {"b": 1}, "more": [1, 2.5]}
        self.assertEqual(bound(method, good), good)
        bad = {"names": ["a", 1], "sizes": {"b": "x"}, "more": {}}
        self.assertEqual(
            problems(method, bad),
            [("/names/1", "string", "number"), ("/sizes/b", "integer", "string"), ("/more", "array", "object")],
        )

    def test_one_of_several(self) -> None:
        def method(a: Optional[str] = None, b: Union[int, List[int]] = 0, c: Literal["x", 1] = 1) -> None: ...

        for good in ({"a": None}, {"a": "x"}, {"b": 1}, {"b": [1]}, {"c": "x"}):
            self.assertEqual(bound(method, good), good)
        self.assertEqual(problems(method, {"a": 1}), [("/a", "string or null", "number")])
        self.assertEqual(problems(method, {"b": "x"}), [("/b", "integer or array", "string")])
        self.assertEqual(problems(method, {"c": True}), [("/c", "'x' or 1", "boolean")])

    def test_types_that_are_not_known_fit(self) -> None:
        class Own: ...

        def method(a: Own, b: "NotThere" = None) -> None: ...  # type: ignore[name-defined]  # noqa: F821

        self.assertEqual(bound(method, {"a": 1, "b": 2}), {"a": 1, "b": 2})

    def test_parameters_must_have_names(self) -> None:
        def method(a: int, /) -> None: ...

        with self.assertRaises(TypeError):
            Signature(method)


if __name__ == "__main__":
    unittest.main()
