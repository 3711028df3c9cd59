"""The part of the audio that is asked for."""

import unittest
from types import SimpleNamespace

from sidestream_bridge import EngineError
from sidestream_bridge.speech.audio import check_clip


class Clips(unittest.TestCase):
    def test_one_within_the_audio_is_fine_and_one_of_audio_whose_length_is_unknown(self) -> None:
        for duration, clip in ((10.0, {}), (10.0, {"start": 9.9}), (None, {"start": 99}), (0.0, {"start": 0})):
            check_clip(SimpleNamespace(duration=duration), clip)

    def test_one_behind_the_end_is_refused(self) -> None:
        with self.assertRaises(EngineError) as raised:
            check_clip(SimpleNamespace(duration=10.0), {"start": 10})
        self.assertEqual(raised.exception.kind, "InvalidParams")
        self.assertEqual(raised.exception.facts, {"start": 10, "duration": 10.0})


if __name__ == "__main__":
    unittest.main()
