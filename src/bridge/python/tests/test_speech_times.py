"""Times as models tell them, and as the wire has them."""

import math
import unittest
from types import SimpleNamespace

from sidestream_bridge.speech.fsmn import FsmnOptions, shaped
from sidestream_bridge.speech.funasr_times import (
    spans_of_ms,
    split_words,
    streamed_spans,
    words_of,
)
from sidestream_bridge.speech.pauses import longest_pause
from sidestream_bridge.speech.times import Mender, ended_by_its_speech, joined, led_by_its_speech
from sidestream_bridge.speech.whisper_transcription import wire_segment


def segment(start, end, words=None):
    return {"start": start, "end": end, "text": "x", **({} if words is None else {"words": words})}


def span(start, end):
    return {"start": start, "end": end}


class FirstWords(unittest.TestCase):
    speech = [span(21.3, 27.6), span(29.3, 32.7)]

    def first_of(self, *words):
        given = segment(words[0][0], 32, [span(*word) for word in words])
        led = led_by_its_speech(given, self.speech)
        self.assertEqual(led["start"], led["words"][0]["start"])
        self.assertEqual(led["words"][1:], given["words"][1:])
        return led["words"][0]["start"], led["words"][0]["end"]

    def test_one_at_the_end_of_the_speech_before_is_moved_to_the_second(self):
        self.assertEqual(self.first_of((26.87, 28.09), (29.78, 30)), (29.3, 29.78))
        self.assertEqual(self.first_of((27.4, 27.5), (29.78, 30)), (29.68, 29.78))

    def test_one_that_was_said_before_a_pause_stays(self):
        self.assertEqual(self.first_of((26.8, 27.2), (29.78, 30)), (26.8, 27.2))

    def test_one_in_the_speech_of_the_second_stays(self):
        self.assertEqual(self.first_of((29.4, 29.7), (29.78, 30)), (29.4, 29.7))
        self.assertEqual(self.first_of((27.4, 27.5), (27.5, 27.6)), (27.4, 27.5))

    def test_a_segment_without_words_or_speech_is_as_it_was(self):
        one = segment(1, 2, [span(1, 2)])
        for given, speech in ((segment(1, 2), self.speech), (one, self.speech), (segment(1, 2, [span(1, 2)] * 2), [])):
            self.assertIs(led_by_its_speech(given, speech), given)


class Ends(unittest.TestCase):
    speech = [span(0, 7.2), span(9, 12.3), span(14, 19.6)]

    def end_of(self, start, end, words=None):
        return ended_by_its_speech(segment(start, end, words), self.speech)["end"]

    def test_a_segment_that_lasts_until_the_next_ends_with_its_speech(self):
        self.assertEqual(self.end_of(5.56, 9.4), 7.2)
        self.assertEqual(self.end_of(9.4, 14.42), 12.3)
        self.assertEqual(self.end_of(14.42, 21), 19.6)
        self.assertEqual(self.end_of(5, 8), 7.2)

    def test_one_that_says_something_of_the_next_speech_stays(self):
        self.assertEqual(self.end_of(5.56, 9.6), 9.6)
        self.assertEqual(self.end_of(5.56, 7), 7)

    def test_one_between_what_was_found_stays(self):
        self.assertEqual(self.end_of(7.5, 8.5), 8.5)
        self.assertEqual(self.end_of(0, 0.4), 0.4)
        self.assertEqual(self.end_of(7.3, 9.2), 9.2)

    def test_words_know_better(self):
        self.assertEqual(self.end_of(5.56, 9.4, [span(5.56, 9.4)]), 9.4)


class Mending(unittest.TestCase):
    def times(self, mended):
        return mended["start"], mended["end"]

    def test_good_times_stay_and_have_three_decimals(self):
        mender = Mender()
        self.assertEqual(self.times(mender.mend(segment(0.12345, 1.5), 10)), (0.123, 1.5))
        self.assertEqual(self.times(mender.mend(segment(1.5, 2.0), 10)), (1.5, 2.0))
        self.assertEqual(mender.warnings(), [])

    def test_a_segment_that_overlaps_starts_later_with_a_warning(self):
        mender = Mender()
        mender.mend(segment(0, 2), 10)
        self.assertEqual(self.times(mender.mend(segment(1, 3), 10)), (2, 3))
        warning = mender.warnings()[0]
        self.assertEqual((warning["kind"], warning["start"]), ("timestamps", 2))

    def test_an_end_before_its_start_is_moved_with_a_warning(self):
        mender = Mender()
        start, end = self.times(mender.mend(segment(5, 4), 10))
        self.assertEqual(start, 5)
        self.assertGreater(end, start)
        self.assertEqual(len(mender.warnings()), 1)

    def test_negative_times_are_moved(self):
        self.assertEqual(self.times(Mender().mend(segment(-1, 4), 10)), (0, 4))

    def test_the_end_of_the_audio_is_the_last_end_and_no_news(self):
        mender = Mender()
        self.assertEqual(self.times(mender.mend(segment(8, 12), 10)), (8, 10))
        self.assertEqual(mender.warnings(), [])

    def test_words_stay_within_their_segment_and_in_order(self):
        words = [
            {"start": -0.2, "end": 0.5, "word": " a"},
            {"start": 0.4, "end": 1.2, "word": " b"},
            {"start": 1.1, "end": 9, "word": " c"},
        ]
        mended = Mender().mend(segment(0, 2, words), 10)["words"]
        self.assertEqual([(w["start"], w["end"]) for w in mended], [(0, 0.5), (0.5, 1.2), (1.2, 2)])
        self.assertEqual(mended[0]["word"], " a")


class Segments(unittest.TestCase):
    def test_a_measure_that_is_no_number_is_left_out(self):
        """JSON has none, and the whole call would fail for it."""
        word = SimpleNamespace(start=0.5, end=1, word=" x", probability=math.nan)
        measures = {"avg_logprob": -math.inf, "no_speech_prob": 0.25, "compression_ratio": math.nan}
        heard = SimpleNamespace(start=0.5, end=1, text=" x", words=[word], **measures)
        self.assertEqual(
            wire_segment(heard, 10.0),
            {
                **{"start": 10.5, "end": 11.0, "text": "x", "noSpeechProb": 0.25},
                "words": [{"start": 10.5, "end": 11.0, "word": " x"}],
            },
        )


class Spans(unittest.TestCase):
    def test_neighbours_become_one(self):
        self.assertEqual(joined([span(0, 1), span(1, 2), span(2.5, 3)]), [span(0, 2), span(2.5, 3)])
        self.assertEqual(joined([span(0, 1), span(1.4, 2)], 0.5), [span(0, 2)])

    def test_the_longest_pause_is_where_to_cut(self):
        self.assertEqual(longest_pause([span(0, 10), span(12, 20), span(21, 30)], 30), 11)
        self.assertEqual(longest_pause([span(0, 10), span(12, 20), span(22, 30)], 30), 21)
        self.assertEqual(longest_pause([span(0, 10)], 30), 20)
        self.assertEqual(longest_pause([span(10, 30)], 30), 5)
        self.assertEqual(longest_pause([], 30), 15)
        self.assertIsNone(longest_pause([span(0, 30)], 30))

    def test_padding_shares_a_short_pause(self):
        options = FsmnOptions({}, min_speech=0.5, pad=1)
        spans = [span(0.5, 2), span(3, 3.2), span(3, 4), span(9, 9.8)]
        self.assertEqual(shaped(spans, options, 10), [span(0, 2.5), span(2.5, 5), span(8, 10)])

    def test_speech_longer_than_asked_is_split_evenly(self):
        options = FsmnOptions({}, max_speech=4)
        self.assertEqual(shaped([span(0, 9)], options, 10), [span(0, 3), span(3, 6), span(6, 9)])


class FunasrTimes(unittest.TestCase):
    def test_milliseconds_become_seconds_within_the_audio(self):
        self.assertEqual(spans_of_ms([[0, 1500], [1400, 2000], [2000, 2000], [3000, 9000]], 4), [span(0, 1.5), span(1.5, 2), span(3, 4)])

    def test_a_stream_tells_start_and_end_apart(self):
        ended, start = streamed_spans([[100, -1]], None)
        self.assertEqual((ended, start), ([], 100))
        ended, start = streamed_spans([[-1, 900], [1200, 1500], [2000, -1]], start)
        self.assertEqual((ended, start), ([[100, 900], [1200, 1500]], 2000))

    def test_words_have_the_times_of_the_model_where_these_hold(self):
        self.assertEqual(
            words_of("hello there", [[0, 400], [500, 900]], span(2, 3)),
            [{"start": 2, "end": 2.4, "word": "hello"}, {"start": 2.5, "end": 2.9, "word": " there"}],
        )

    def test_times_that_cannot_be_are_not_used(self):
        for times in ([[0, 0], [0, 0]], [[500, 900], [0, 400]], [[0, 400], [500, 1900]], [[0, 400]], None):
            with self.subTest(times):
                self.assertIsNone(words_of("hello there", times, span(2, 3)))

    def test_chinese_is_counted_by_character(self):
        self.assertEqual(split_words("你好 world 再见"), ["你", "好", " world", " 再", "见"])


if __name__ == "__main__":
    unittest.main()
