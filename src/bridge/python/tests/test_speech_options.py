"""From the members of a request to the arguments of a library."""

import unittest

from sidestream_bridge import EngineError
from sidestream_bridge.speech.fsmn import fsmn_options
from sidestream_bridge.speech.funasr_options import funasr_arguments
from sidestream_bridge.speech.options import silero_arguments
from sidestream_bridge.speech.sensevoice import language_argument, language_of, text_of
from sidestream_bridge.speech.whisper_model import chosen_compute_type, chosen_device
from sidestream_bridge.speech.whisper_options import decoding_arguments


def asked(**members):
    names = (
        "initialPrompt",
        "hotwords",
        "beamSize",
        "temperature",
        "wordTimestamps",
        "conditionOnPreviousText",
        "noSpeechThreshold",
        "engineOptions",
    )
    return decoding_arguments(**{name: members.get(name) for name in names})


class WhisperOptions(unittest.TestCase):
    def refused(self, kind, act):
        with self.assertRaises(EngineError) as raised:
            act()
        self.assertEqual(raised.exception.kind, kind)
        return raised.exception

    def test_what_is_left_out_is_the_librarys_to_choose(self):
        self.assertEqual(asked(), {})

    def test_members_become_arguments(self):
        arguments = asked(
            hotwords=["Dashwood", "Elinor"],
            beamSize=1,
            temperature=[0, 0.5],
            conditionOnPreviousText=False,
            engineOptions={"bestOf": 2, "suppressTokens": [-1]},
        )
        self.assertEqual(
            arguments,
            {
                "hotwords": "Dashwood, Elinor",
                "beam_size": 1,
                "temperature": [0, 0.5],
                "condition_on_previous_text": False,
                "best_of": 2,
                "suppress_tokens": [-1],
            },
        )

    def test_an_unknown_option_is_refused_with_the_nearest_one(self):
        error = self.refused("UnsupportedOption", lambda: asked(engineOptions={"bestof": 2}))
        self.assertEqual(error.facts["nearest"], "bestOf")
        self.assertEqual(error.facts["option"], "engineOptions.bestof")

    def test_a_value_of_another_type_is_refused(self):
        for options in ({"bestOf": 0}, {"bestOf": 1.5}, {"bestOf": True}, {"suppressTokens": ["a"]}):
            with self.subTest(options):
                error = self.refused("InvalidParams", lambda: asked(engineOptions=options))
                self.assertEqual(error.facts["problems"][0]["path"], f"/engineOptions/{next(iter(options))}")

    def test_vad_options_have_the_librarys_names(self):
        self.assertEqual(
            silero_arguments({"minSilenceMs": 300, "maxSpeechSec": 10, "threshold": None}),
            {"min_silence_duration_ms": 300, "max_speech_duration_s": 10},
        )

    def test_a_device_that_is_not_there_is_refused_with_those_that_are(self):
        self.assertEqual(chosen_device(None, 0), "cpu")
        self.assertEqual(chosen_device("auto", 1), "cuda")
        self.assertEqual(self.refused("UnsupportedOption", lambda: chosen_device("cuda", 0)).facts["supported"], ["cpu"])
        self.refused("UnsupportedOption", lambda: chosen_device("gpu", 1))

    def test_a_cpu_computes_in_int8_unless_asked_otherwise(self):
        supported = {"int8", "int8_float32", "float32"}
        self.assertEqual(chosen_compute_type(None, "cpu", supported), "int8")
        self.assertEqual(chosen_compute_type("float32", "cpu", supported), "float32")
        error = self.refused("UnsupportedOption", lambda: chosen_compute_type("float16", "cpu", supported))
        self.assertEqual(error.facts["supported"], sorted(supported))


class FunasrOptions(unittest.TestCase):
    def test_what_its_models_do_not_follow_is_refused(self):
        for name, value in (("initialPrompt", "x"), ("beamSize", 5), ("temperature", 0.5)):
            with self.subTest(name), self.assertRaises(EngineError) as raised:
                funasr_arguments({name: value}, None, "onnx")
            self.assertEqual(raised.exception.facts["option"], name)

    def test_what_asks_for_what_happens_anyway_is_taken(self):
        members = {"beamSize": 1, "temperature": 0, "conditionOnPreviousText": False}
        self.assertEqual(funasr_arguments(members, {"useItn": True}, "onnx"), {"use_itn": True})

    def test_options_of_automodel_need_torch(self):
        options = {"generateOptions": {"hotword": "x"}}
        self.assertEqual(funasr_arguments({}, options, "torch"), {"generate": {"hotword": "x"}})
        with self.assertRaises(EngineError):
            funasr_arguments({}, options, "onnx")

    def test_seconds_become_the_milliseconds_of_the_vad(self):
        options = fsmn_options({"maxSpeechSec": 4, "minSilenceMs": 500, "minSpeechMs": 250, "speechPadMs": 100})
        self.assertEqual(options.model, {"max_single_segment_time": 4000, "max_end_silence_time": 500})
        self.assertEqual((options.min_speech, options.pad, options.max_speech), (0.25, 0.1, 4))

    def test_tags_of_sensevoice_are_told_apart_from_text(self):
        tagged = "<|en|><|NEUTRAL|><|Speech|><|woitn|>so it is"
        self.assertEqual((text_of(tagged), language_of(tagged)), ("so it is", "en"))
        self.assertEqual(language_argument("zh-CN"), "zh")
        with self.assertRaises(EngineError) as raised:
            language_argument("de")
        self.assertEqual(raised.exception.kind, "UnsupportedLanguage")


if __name__ == "__main__":
    unittest.main()
