"""What faster-whisper can be asked for. Needs no library."""

from typing import Any, Dict, List, Mapping, Optional, Union

from .options import Option, engine_arguments, flag, number, text, whole, wholes

ENGINE = "faster-whisper"

# Not here: logProgress prints, and clipTimestamps, vadFilter and vadParameters are `clip` and `vad` of every engine.
ENGINE_OPTIONS: Dict[str, Option] = {
    "bestOf": whole("best_of", 1),
    "patience": number("patience", 0),
    "lengthPenalty": number("length_penalty", 0),
    "repetitionPenalty": number("repetition_penalty", 0),
    "noRepeatNgramSize": whole("no_repeat_ngram_size", 0),
    "compressionRatioThreshold": number("compression_ratio_threshold", 0),
    "logProbThreshold": number("log_prob_threshold", float("-inf"), 0),
    "promptResetOnTemperature": number("prompt_reset_on_temperature", 0, 1),
    "prefix": text("prefix"),
    "suppressBlank": flag("suppress_blank"),
    "suppressTokens": wholes("suppress_tokens"),
    "withoutTimestamps": flag("without_timestamps"),
    "maxInitialTimestamp": number("max_initial_timestamp", 0, 30),
    "prependPunctuations": text("prepend_punctuations"),
    "appendPunctuations": text("append_punctuations"),
    "multilingual": flag("multilingual"),
    "maxNewTokens": whole("max_new_tokens", 1),
    "chunkLength": whole("chunk_length", 1, 30),
    "hallucinationSilenceThreshold": number("hallucination_silence_threshold", 0),
    "languageDetectionThreshold": number("language_detection_threshold", 0, 1),
    "languageDetectionSegments": whole("language_detection_segments", 1),
}


def decoding_arguments(
    initialPrompt: Optional[str],
    hotwords: Optional[List[str]],
    beamSize: Optional[int],
    temperature: Union[float, List[float], None],
    wordTimestamps: Optional[bool],
    conditionOnPreviousText: Optional[bool],
    noSpeechThreshold: Optional[float],
    engineOptions: Optional[Mapping[str, Any]],
) -> Dict[str, Any]:
    """Arguments of `WhisperModel.transcribe`; what is left out is the library's to choose.

    Raises UnsupportedOption or InvalidParams for what engineOptions hold.
    """
    arguments = engine_arguments(ENGINE_OPTIONS, engineOptions, ENGINE)
    given = {
        "initial_prompt": initialPrompt,
        "hotwords": ", ".join(hotwords) if hotwords else None,
        "beam_size": beamSize,
        "temperature": temperature,
        "word_timestamps": wordTimestamps,
        "condition_on_previous_text": conditionOnPreviousText,
        "no_speech_threshold": noSpeechThreshold,
    }
    arguments.update({name: value for name, value in given.items() if value is not None})
    return arguments
