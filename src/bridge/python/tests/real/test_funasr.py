"""funasr for real: FSMN-VAD, whose folder SIDESTREAM_TEST_MODEL names, by the backend that is installed."""

import os
import tempfile
import unittest

from child import RECORDING, Child, Failed, marks


class FsmnVad(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.child = Child("funasr")
        cls.addClassCleanup(cls.child.close)
        cls.child.call("load", model="fsmn-vad", path=os.environ["SIDESTREAM_TEST_MODEL"])

    def refused(self, kind, method, **params):
        with self.assertRaises(Failed) as raised:
            self.child.call(method, **params)
        self.assertEqual(raised.exception.kind, kind)

    def test_speech_is_found_where_the_voice_is(self):
        found = self.child.call("detectSpeech", audio={"path": RECORDING}, backend="fsmn")
        self.assertEqual((found["duration"], found["backend"]), (32.73, "fsmn"))
        self.assertEqual((len(found["segments"]), len(marks())), (5, 5))
        for segment, mark in zip(found["segments"], marks()):
            self.assertLess(abs(segment["start"] - mark["speech"][0]), 0.35)
            self.assertLess(abs(segment["end"] - mark["speech"][1]), 0.35)

    def test_options_hold_for_one_call(self):
        audio = {"path": RECORDING}
        before = self.child.call("detectSpeech", audio=audio)
        short = self.child.call("detectSpeech", audio=audio, maxSpeechSec=3, minSilenceMs=1500)
        self.assertLessEqual(max(s["end"] - s["start"] for s in short["segments"]), 3.001)
        self.assertEqual(self.child.call("detectSpeech", audio=audio), before)

    def test_what_it_cannot_do_is_refused(self):
        audio = {"path": RECORDING}
        self.refused("UnsupportedOption", "detectSpeech", audio=audio, backend="silero")
        self.refused("AudioNotFound", "detectSpeech", audio={"path": "nowhere.wav"})
        self.refused("ModelNotFound", "transcribe", audio=audio, model="paraformer")
        self.refused("ModelNotFound", "load", model="paraformer", path="nowhere")
        with tempfile.TemporaryDirectory() as folder:
            self.refused("ModelLoadFailed", "load", model="paraformer", path=folder)
            with open(os.path.join(folder, "config.yaml"), "w", encoding="utf-8") as config:
                config.write("model: Paraformer\n")
            self.refused("ModelLoadFailed", "load", model="paraformer", path=folder)


if __name__ == "__main__":
    unittest.main()
