"""The one catalogue of texts that people read: English in the code, bokmål in `messages/nb.po`."""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Self

from babel.messages.pofile import read_po

LANGUAGES = ("nb", "en")
_language: ContextVar[str] = ContextVar("language", default="en")


class Text(str):  # noqa: SLOT000 - a str with more to it cannot have slots of its own
    """What is said in the language in use, and what it is made of, so that it can be said in another."""

    id: str
    """The English source text, with `{names}`."""
    values: dict[str, object]
    """What the names stand for."""

    def __new__(cls, told: str, source: str, values: dict[str, object]) -> Self:
        """Said already."""
        text = super().__new__(cls, told)
        text.id, text.values = source, values
        return text

    def __getnewargs__(self) -> tuple[Any, ...]:
        """So that it can be pickled."""
        return str(self), self.id, self.values

    def in_language(self, code: str) -> str:
        """The same in another language; so is what it names."""
        values = {
            name: value.in_language(code) if isinstance(value, Text) else value for name, value in self.values.items()
        }
        return _in_language(code, self.id, values)


def speak(language: str) -> None:
    """Use this language from now on, in this context."""
    _language.set(language)


def spoken() -> str:
    """The language in use."""
    return _language.get()


def say(text: str, /, **values: object) -> str:
    """A `Text`: `text` in the language in use, with `{names}` filled in. What the catalogue lacks stays English."""
    return Text(_in_language(_language.get(), text, values), text, values)


def _in_language(code: str, text: str, values: dict[str, object]) -> str:
    if code != "en":
        text = _catalogue(code).get(text) or text
    return text.format(**values) if values else text


@cache
def _catalogue(language: str) -> dict[str, str]:
    path = Path(__file__).parent / "messages" / f"{language}.po"
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}
