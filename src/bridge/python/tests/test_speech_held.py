"""The models that a process holds."""

import os
import unittest

from sidestream_bridge import Cancelled, Context
from sidestream_bridge._calls import Call, Ledger
from sidestream_bridge._errors import request_cancelled
from sidestream_bridge.speech.held import Held


class Model:
    is_closed = False

    def close(self):
        self.is_closed = True


class Holding(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger(os.open(os.devnull, os.O_WRONLY))
        self.call = Call("1", 1, "load", None, {}, None)
        self.ledger.add(self.call)
        self.context = Context(self.call, self.ledger)
        self.held = Held()

    def test_a_model_stays_until_it_is_closed(self):
        model = Model()
        self.held.keep("a", model, self.context)
        self.assertIs(self.held.named("a"), model)
        self.held.close("a")
        self.assertTrue(model.is_closed)
        self.assertEqual(self.held.values(), [])

    def test_one_that_nobody_waits_for_any_more_does_not_stay(self):
        """Who asked for it takes it for not loaded, and would never unload it."""
        model = Model()
        self.ledger.fail(self.call, request_cancelled())
        with self.assertRaises(Cancelled):
            self.held.keep("a", model, self.context)
        self.assertTrue(model.is_closed)
        self.assertEqual(self.held.values(), [])


if __name__ == "__main__":
    unittest.main()
