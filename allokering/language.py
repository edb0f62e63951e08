"""The one catalogue of texts that people read: English in the code, bokmål in `messages/nb.po`."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = ("nb", "en")
_language: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """Use this language from now on, in this context."""
    _language.set(language)


def spoken() -> str:
    """The language in use."""
    return _language.get()


def say(text: str, /, **values: object) -> str:
    """`text` in the language in use, with `{names}` filled in. A text the catalogue lacks stays English."""
    if _language.get() != "en":
        text = _catalogue(_language.get()).get(text) or text
    return text.format(**values) if values else text


@cache
def _catalogue(language: str) -> dict[str, str]:
    path = Path(__file__).parent / "messages" / f"{language}.po"
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}
