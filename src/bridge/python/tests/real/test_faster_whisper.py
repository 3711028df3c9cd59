"""faster-whisper for real, by the small English model whose folder SIDESTREAM_TEST_MODEL names."""

import base64
import os
import resource
import shutil
import sys
import tempfile
import time
import unittest

from child import (
    RATE,
    RECORDING,
    Child,
    Failed,
    marks,
    samples,
    segments_of,
    word_errors,
    words_of,
    write_stream,
    write_wave,
)

MODEL = os.environ["SIDESTREAM_TEST_MODEL"]


class RealTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.child = Child("faster_whisper")
        cls.addClassCleanup(cls.child.close)
        cls.child.call("load", model="tiny.en", path=MODEL, device="cpu")

    def file(self, name, content=b""):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def transcribe(self, audio=RECORDING, **options):
        """The result and its segments."""
        audio = {"path": audio} if isinstance(audio, str) else audio
        result, told = self.child.told("transcribe", model="tiny.en", task="transcribe", audio=audio, **options)
        self.told = told
        return result, segments_of(told)

    def refused(self, kind, act):
        with self.assertRaises(Failed) as raised:
            act()
        self.assertEqual(raised.exception.kind, kind)
        return raised.exception.data


class Speech(RealTest):
    def test_the_words_are_those_that_were_read(self):
        """One error of 71 is the least: the reference keeps a slip of the reader."""
        pcm = samples()
        parts = [pcm[round(a * RATE) * 2 : round(b * RATE) * 2] for a, b in (mark["part"] for mark in marks())]
        joined = write_wave(os.path.join(self.folder, "joined.wav"), b"".join(parts))
        reference = [word for mark in marks() for word in mark["words"]]
        self.assertEqual(len(reference), 71)
        for options in ({}, {"beamSize": 1}):
            with self.subTest(options):
                _, segments = self.transcribe(joined, **options)
                errors = word_errors(words_of(" ".join(s["text"] for s in segments)), reference)
                self.assertLessEqual(errors / len(reference), 0.1)

    def test_a_short_file_gives_what_the_library_gives(self):
        from faster_whisper import WhisperModel

        library = WhisperModel(MODEL, device="cpu", compute_type="int8", local_files_only=True)
        expected, info = library.transcribe(RECORDING, vad_filter=True, word_timestamps=True)
        result, segments = self.transcribe(wordTimestamps=True)
        self.assertEqual(
            [(s["start"], s["end"], s["text"]) for s in segments],
            [(round(s.start, 3), round(s.end, 3), s.text.strip()) for s in expected],
        )
        self.assertEqual(result["durationAfterVad"], round(info.duration_after_vad, 3))
        self.assertEqual(words_of("".join(w["word"] for w in segments[0]["words"])), words_of(segments[0]["text"]))

    def test_it_is_told_that_it_has_begun_and_how_far_it_is(self):
        result, segments = self.transcribe(beamSize=1)
        self.assertEqual(self.told[0], {"kind": "started", "duration": 32.73, "language": "en"})
        processed = [value["processed"] for value in self.told if value["kind"] == "progress"]
        self.assertEqual(processed, sorted(processed))
        self.assertEqual(processed[-1], result["duration"])
        edges = [edge for s in segments for edge in (s["start"], s["end"])]
        self.assertEqual(edges, sorted(edges))
        self.assertEqual(result["warnings"], [])

    def test_a_clip_has_the_times_of_the_whole(self):
        _, segments = self.transcribe(clip={"start": 14, "end": 19.5}, wordTimestamps=True)
        text = " ".join(segment["text"] for segment in segments)
        self.assertIn("cold", text)
        self.assertGreaterEqual(segments[0]["start"], 14)
        self.assertLessEqual(segments[-1]["end"], 19.5)

    def test_audio_comes_as_a_file_or_as_samples_too(self):
        pcm = samples()[: RATE * 2 * 7]
        with open(RECORDING, "rb") as file:
            encoded = file.read()
        for audio in (
            {"pcm16Base64": base64.b64encode(pcm).decode(), "sampleRate": RATE},
            {"base64": base64.b64encode(encoded).decode(), "format": "wav"},
        ):
            with self.subTest(list(audio)):
                _, segments = self.transcribe(audio, beamSize=1)
                self.assertIn("Dashwood", segments[0]["text"])

    def test_a_recording_that_does_not_tell_its_length_has_it_counted(self):
        pcm = bytes(2 * RATE * 180) + samples()
        path = write_stream(os.path.join(self.folder, "a.webm"), pcm, "webm", "libopus")
        result, segments = self.transcribe(path)
        for duration in (self.told[0]["duration"], result["duration"]):
            self.assertAlmostEqual(duration, 212.73, delta=0.05)
        self.assertGreater(segments[-1]["end"], 210)

    def test_silence_has_no_segments(self):
        silence = write_wave(os.path.join(self.folder, "silence.wav"), bytes(RATE * 2 * 5))
        result, segments = self.transcribe(silence)
        self.assertEqual((segments, result["speech"], result["durationAfterVad"]), ([], [], 0))

    def test_speech_is_found_where_the_voice_is(self):
        found = self.child.call("detectSpeech", audio={"path": RECORDING}, speechPadMs=0)
        self.assertEqual((len(found["segments"]), len(marks())), (5, 5))
        for segment, mark in zip(found["segments"], marks()):
            self.assertLess(abs(segment["start"] - mark["speech"][0]), 0.3)
            self.assertLess(abs(segment["end"] - mark["speech"][1]), 0.3)

    def test_an_english_model_says_english(self):
        found = self.child.call("detectLanguage", model="tiny.en", audio={"path": RECORDING})
        self.assertEqual(found, {"language": "en", "languageProbability": 1})


class LongAudio(RealTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.times = 12
        cls.long = write_wave(os.path.join(cls.folder, "long.wav"), samples() + bytes(RATE * 2), cls.times)

    def test_every_sentence_of_seven_minutes_is_there_once_at_its_time(self):
        self.transcribe(beamSize=1)
        before = self.child.peak_mb() if sys.platform == "linux" else 0
        result, segments = self.transcribe(self.long, beamSize=1, wordTimestamps=True)
        starts = [w["start"] for s in segments for w in s["words"] if w["word"].strip() == "Dashwood"]
        self.assertEqual(len(starts), self.times)
        for place, start in enumerate(starts):
            self.assertLess(abs(start - starts[0] - place * 33.73), 0.5)
        # The pause from one time to the next is too short to count.
        self.assertEqual(len(result["speech"]), self.times * 4 + 1)
        self.assertEqual(result["duration"], round(self.times * 33.73, 3))
        if sys.platform == "linux":
            # In one piece, or with the features of the library, it would be 130 and more.
            self.assertLess(self.child.peak_mb() - before, 120)

    def test_a_container_that_guesses_too_little_is_put_right_before_a_segment_lies_behind(self):
        pcm = samples() + bytes(2 * RATE * 180) + samples()  # it guesses by the bytes of the beginning
        path = write_stream(os.path.join(self.folder, "a.aac"), pcm, "adts", "aac")
        _, segments = self.transcribe(path)
        told = self.told[0]["duration"]
        self.assertLess(told, 180)
        for value in self.told[1:]:
            if value["kind"] == "segment":
                self.assertLessEqual(value["segment"]["end"], told)
            told = max(told, value.get("duration", 0))
        self.assertAlmostEqual(told, 180 + 2 * 32.73, delta=0.2)
        self.assertGreater(segments[-1]["end"], told - 4)

    def test_a_cancelled_call_stops_within_a_window(self):
        audio = {"path": write_wave(os.path.join(self.folder, "longest.wav"), samples(), 60)}
        own = self.child.send("transcribe", {"audio": audio, "model": "tiny.en", "task": "transcribe"})
        while self.child.read()["params"]["value"]["kind"] != "segment":
            pass
        self.child.write({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": own}})
        cancelled_at = time.monotonic()
        self.assertIn("versions", self.child.call("about"))
        self.assertLess(time.monotonic() - cancelled_at, 20)  # the whole file takes minutes


class Errors(RealTest):
    def test_audio_that_is_not_there_is_not_found(self):
        for path in (os.path.join(self.folder, "no.wav"), self.folder, "http://127.0.0.1/a.wav", "a\0b"):
            with self.subTest(path):
                data = self.refused("AudioNotFound", lambda: self.transcribe(path))
                self.assertEqual(data["path"], path)

    def test_what_is_not_audio_is_invalid_and_why(self):
        for content, reason in (
            (self.file("empty.wav"), "empty"),
            (self.file("text.wav", b"This is no audio. " * 200), "not_audio"),
            ({"base64": "***", "format": "wav"}, "base64"),
            ({"pcm16Base64": "", "sampleRate": RATE}, "empty"),
        ):
            with self.subTest(reason):
                data = self.refused("AudioInvalid", lambda: self.transcribe(content))
                self.assertEqual(data["reason"], reason)

    def test_nothing_is_heard_where_there_are_no_samples(self):
        empty = write_wave(os.path.join(self.folder, "zero.wav"), b"")
        result, segments = self.transcribe(empty)
        self.assertEqual((segments, result["duration"]), ([], 0))

    def test_a_folder_that_is_no_model_is_told_with_what_it_lacks(self):
        def load(path):
            return self.child.call("load", model="other", path=path)

        self.refused("ModelNotFound", lambda: load(os.path.join(self.folder, "nowhere")))
        folder = tempfile.mkdtemp(dir=self.folder)
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            shutil.copy(os.path.join(MODEL, name), folder)
        self.assertEqual(self.refused("ModelLoadFailed", lambda: load(folder))["missing"], ["model.bin"])
        with open(os.path.join(folder, "model.bin"), "wb") as file:
            file.write(b"garbage" * 1000)
        self.assertIn("version", self.refused("ModelLoadFailed", lambda: load(folder))["reason"])
        self.refused("ModelNotFound", lambda: self.child.call("transcribe", audio={"path": RECORDING}, model="other"))

    def test_what_the_machine_or_the_model_cannot_do_is_refused(self):
        def load(**options):
            return lambda: self.child.call("load", model="other", path=MODEL, **options)

        self.assertIn("int8", self.refused("UnsupportedOption", load(device="cpu", computeType="float16"))["supported"])
        self.refused("UnsupportedOption", load(device="tpu"))
        self.refused("UnsupportedLanguage", lambda: self.transcribe(language="de"))
        self.refused("UnsupportedOption", lambda: self.child.call("transcribe", model="tiny.en", task="translate", audio={"path": RECORDING}))
        self.refused("UnsupportedOption", lambda: self.transcribe(engineOptions={"multilingual": True}))
        self.refused("UnsupportedOption", lambda: self.transcribe(engineOptions={"maxNewTokens": 448}))
        self.refused("UnsupportedOption", lambda: self.child.call("detectSpeech", audio={"path": RECORDING}, backend="fsmn"))

    def test_a_length_of_chunks_holds_for_one_call(self):
        _, before = self.transcribe(beamSize=1)
        self.transcribe(beamSize=1, engineOptions={"chunkLength": 10})
        _, after = self.transcribe(beamSize=1)
        self.assertEqual(after, before)

    def test_a_model_that_is_unloaded_is_not_found_and_its_memory_is_free(self):
        loaded = self.child.call("load", model="other", path=MODEL)
        self.assertLess(self.child.call("unload", model="other")["rssBytes"], loaded["rssBytes"])
        self.refused("ModelNotFound", lambda: self.child.call("transcribe", audio={"path": RECORDING}, model="other"))
        self.child.call("unload", model="other")  # again is fine

    def test_without_the_library_it_says_what_to_install(self):
        child = Child("faster_whisper", "-S")
        self.addCleanup(child.close)
        with self.assertRaises(Failed) as raised:
            child.call("load", model="tiny.en", path=MODEL)
        self.assertEqual(raised.exception.kind, "DependencyMissing")
        self.assertIn("engines doctor faster-whisper", str(raised.exception))

    @unittest.skipUnless(sys.platform == "linux", "limits of memory are Linux's")
    def test_too_little_memory_is_an_error_of_that_call(self):
        import json

        self.child.call("about")
        child = Child("faster_whisper")
        self.addCleanup(child.close)
        child.call("load", model="tiny.en", path=MODEL)
        with open(f"/proc/{child.process.pid}/statm", encoding="ascii") as pages:
            size = int(pages.read().split()[0]) * resource.getpagesize()
        resource.prlimit(child.process.pid, resource.RLIMIT_AS, (size + 5_000_000, -1))
        with self.assertRaises(Failed) as raised:
            child.call("load", model="second", path=MODEL)
        self.assertEqual(raised.exception.kind, "OutOfMemory", json.dumps(raised.exception.data))


if __name__ == "__main__":
    unittest.main()
