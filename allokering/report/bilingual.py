"""Texts in every language at once: the report holds them all, and its reader chooses.

Texts here are markup: what comes from an instance is escaped when it enters a text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from babel.dates import format_date
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from allokering import language
from allokering.language import LANGUAGES, speak, spoken

LOCALES = {"nb": "nb", "en": "en_GB"}
THIN_SPACE = "\u202f"
"""Parts thousands in both languages, so that a number in a table is written once."""


@dataclass(frozen=True)
class Told:
    """One text in every language, as pairs of language and markup."""

    texts: tuple[tuple[str, Markup], ...]

    def in_language(self, code: str) -> Markup:
        """The text in one language."""
        return dict(self.texts)[code]

    def __html__(self) -> Markup:
        """All languages, of which the page shows one; bare if they are the same."""
        if len({text for _, text in self.texts}) == 1:
            return self.texts[0][1]
        # Tens of thousands of texts on a page for a whole country: faster than a template.
        return Markup("".join(f"<span lang={code}>{text}</span>" for code, text in self.texts))  # noqa: S704


def say(text: str, /, **values: object) -> Told:
    """`text` in every language, with `{names}` filled in; a value may itself be told in every language."""

    def filled() -> Markup:
        code = spoken()
        told = {name: value.in_language(code) if isinstance(value, Told) else value for name, value in values.items()}
        words = escape(language.say(text))
        return words.format(**told) if told else words

    return told_by(filled)


def told_by(make: Callable[[], object]) -> Told:
    """What `make` gives while each language is spoken."""
    return Told(tuple((code, escape(_made_while_speaking(code, make))) for code in LANGUAGES))


def number_text(number: int) -> str:
    """A whole number with its thousands parted."""
    return f"{number:,}".replace(",", THIN_SPACE).replace("-", "\u2212")


def decimal(number: float) -> Told:
    """A number with one decimal, as each language writes it."""
    return told_by(lambda: format_decimal(round(number, 1), format="#,##0.0", locale=LOCALES[spoken()]))


def chance(permille: int) -> Told:
    """A chance, or another share of a thousand, in percent."""
    return told_by(lambda: language.say("{percent}%", percent=decimal(permille / 10).in_language(spoken())))


def percent(number: int) -> str:
    """A whole number of percent, in every language alike."""
    return f"{number_text(number)}{THIN_SPACE}%"


@cache
def day(date: dt.date) -> Told:
    """A day in words."""
    return told_by(lambda: format_date(date, "long", locale=LOCALES[spoken()]))


@cache
def month(date: dt.date) -> Told:
    """A month in words."""
    return told_by(lambda: format_date(date, "MMMM y", locale=LOCALES[spoken()]))


def listed(things: Iterable[object]) -> Told:
    """Some things in a row, with the language's own "and" before the last."""
    *before, last = things
    if not before:
        return told_by(lambda: last) if not isinstance(last, Told) else last
    head = _joined(before)
    return say("{before} and {last}", before=head, last=last)


def in_sentences(things: Iterable[Told]) -> Told:
    """One sentence after another."""
    told = list(things)
    return told_by(lambda: Markup(" ").join(thing.in_language(spoken()) for thing in told))


def _joined(things: list[object]) -> Told:
    return told_by(
        lambda: Markup(", ").join(
            thing.in_language(spoken()) if isinstance(thing, Told) else escape(thing) for thing in things
        )
    )


def _made_while_speaking(code: str, make: Callable[[], object]) -> object:
    with _speaking(code):
        return make()


@contextmanager
def _speaking(code: str) -> Iterator[None]:
    before = spoken()
    speak(code)
    try:
        yield
    finally:
        speak(before)
