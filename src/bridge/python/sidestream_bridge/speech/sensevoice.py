"""The text of SenseVoice, which tells more than text: `<|en|><|NEUTRAL|><|Speech|><|woitn|>so it is`."""

import re
from typing import Optional

from .. import EngineError

LANGUAGES = ("zh", "en", "yue", "ja", "ko")
TAG = re.compile(r"<\|([^|]*)\|>")


def text_of(tagged: str) -> str:
    return TAG.sub("", tagged).strip()


def language_of(tagged: str) -> Optional[str]:
    return next((tag for tag in TAG.findall(tagged) if tag in LANGUAGES), None)


def language_argument(language: Optional[str]) -> str:
    """Raises UnsupportedLanguage."""
    if language is None:
        return "auto"
    code = language.lower().split("-")[0]
    if code in LANGUAGES:
        return code
    raise EngineError(
        "UnsupportedLanguage",
        f"SenseVoice does not know the language {language}. It knows {', '.join(LANGUAGES)}.",
        language=language,
        supported=list(LANGUAGES),
    )
