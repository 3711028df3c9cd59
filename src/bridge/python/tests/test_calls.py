import json
import os
import unittest
from typing import Any, List, Optional

from sidestream_bridge import EngineError
from sidestream_bridge._calls import Batch, Call, Ledger
from sidestream_bridge._errors import error_of
from sidestream_bridge._methods import method, registered


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        self.read, self.written = os.pipe()
        self.ledger = Ledger(self.written)

    def tearDown(self) -> None:
        os.close(self.read)
        os.close(self.written)

    def call(self, id: Any, batch: Optional[Batch] = None) -> Call:
        key = None if id is None else id
        return Call(json.dumps(id), key, "method", None, {}, batch)

    def told(self) -> List[Any]:
        os.set_blocking(self.read, False)
        try:
            return [json.loads(line) for line in os.read(self.read, 65536).splitlines()]
        except BlockingIOError:
            return []

    def test_a_call_is_settled_once(self) -> None:
        call = self.call(1)
        self.assertTrue(self.ledger.add(call))
        self.assertTrue(self.ledger.reply(call, "first"))
        self.assertFalse(self.ledger.reply(call, "second"))
        self.assertFalse(self.ledger.fail(call, EngineError("X", "third")))
        self.ledger.progress(call, "too late")
        self.assertEqual([it["result"] for it in self.told()], ["first"])
        self.assertEqual(self.ledger.count, 0)

    def test_1_and_1_0_are_one_id_and_a_text_is_another(self) -> None:
        self.assertTrue(self.ledger.add(self.call(1)))
        self.assertFalse(self.ledger.add(self.call(1.0)))
        self.assertTrue(self.ledger.add(self.call("1")))
        self.assertTrue(self.ledger.add(self.call(None)))
        self.assertTrue(self.ledger.add(self.call(None)))
        self.assertEqual(self.ledger.count, 4)

    def test_a_batch_waits_for_its_last_reply(self) -> None:
        batch = Batch()
        first, second = self.call(1, batch), self.call(2, batch)
        for call in (first, second):
            self.ledger.add(call)
        self.ledger.reply(first, "a")
        self.ledger.close(batch)
        self.assertEqual(self.told(), [])
        self.ledger.reply(second, "b")
        self.assertEqual([[it["id"] for it in reply] for reply in self.told()], [[1, 2]])

    def test_facts_that_are_no_json_are_left_out(self) -> None:
        call = self.call(1)
        self.ledger.add(call)
        self.ledger.fail(call, EngineError("AudioInvalid", "bad", audio=object()))
        [reply] = self.told()
        self.assertEqual(reply["error"]["data"], {"kind": "AudioInvalid", "retryable": False})


class Errors(unittest.TestCase):
    def test_kinds_of_what_is_raised(self) -> None:
        for thrown, kind in (
            (ValueError("x"), "InternalError"),
            (MemoryError(), "OutOfMemory"),
            (RuntimeError("CUDA failed with error out of memory"), "OutOfMemory"),
            (ModuleNotFoundError("No module named 'a.b'", name="a.b"), "DependencyMissing"),
            (EngineError("Own", "x"), "Own"),
        ):
            self.assertEqual(error_of(thrown).kind, kind)
        self.assertEqual(error_of(KeyError()).message, "KeyError")

    def test_a_code_and_whether_to_retry(self) -> None:
        error = EngineError("Busy", "x", code=-32050, retryable=True, queue=3)
        self.assertEqual(
            error.wire(),
            {"code": -32050, "message": "x", "data": {"kind": "Busy", "retryable": True, "queue": 3}},
        )


class Methods(unittest.TestCase):
    def test_names(self) -> None:
        @method("tests.named", idempotent=True)
        def function() -> None:
            """Does nothing.

            And says no more.
            """

        described = registered.pop("tests.named").describe()
        self.assertEqual(described, {"name": "tests.named", "description": "Does nothing.", "idempotent": True})
        self.assertIsNone(function())

    def test_names_of_the_runtime_and_names_that_are_taken(self) -> None:
        with self.assertRaises(ValueError):
            method("engine.own")(lambda: None)
        method("tests.taken")(lambda: 1)
        with self.assertRaises(ValueError):
            method("tests.taken")(lambda: 2)
        del registered["tests.taken"]


if __name__ == "__main__":
    unittest.main()
