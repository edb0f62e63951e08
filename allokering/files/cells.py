"""What a cell says: text to a typed value and back, as people in Norway and their spreadsheets write it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from allokering.files.table_columns import Column, Kind
from allokering.language import say

YES = frozenset({"yes", "ja", "true", "sann", "1", "x"})
NO = frozenset({"no", "nei", "false", "usann", "0"})
EARLIEST_DATE = dt.date(1901, 1, 1)
"""Spreadsheets disagree on the days of 1900 and have none before it."""
LONGEST_TEXT = 4_000
"""Characters of a text that its own column does not limit further."""

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+")
_INTEGER = re.compile(r"([+-]?[0-9]+)(?:[.,]0)?")
_DECIMAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})")
_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:[ T]00:00(?::00)?)?")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffd\ufffe\uffff]")
"""Control characters, which no editor shows, and the sign that stands for a letter lost on the way here."""


class CellFaulty(ValueError):
    """The cell is not what its column holds; the message says what was expected, in the user's language."""


def clean(text: str) -> str:
    """`text` without surrounding space, with one spelling of accented letters and of line breaks."""
    text = text.strip()
    if text.isascii() and "\r" not in text:
        return text  # as most cells are: there is nothing to normalise
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def read_cell(text: str, column: Column) -> object:
    """The value of a cell that is not empty. Bounds and lengths are left to the row's own definition.

    Raises:
        CellFaulty: the text cannot be such a value.
    """
    if _UNSEEN.search(text):
        raise CellFaulty(
            say("text without control characters and without lost letters (�); save the file anew as UTF-8")
        )
    return _READERS[column.kind](text, column)


def cell_text(value: object) -> str:
    """The canonical text of a value; reading it gives the value again."""
    if type(value) is str:  # as most are
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value + 0.0)  # minus zero becomes zero
    return value.value if isinstance(value, StrEnum) else str(value)


def expected(column: Column) -> str:
    """What a cell of the column must hold, in words."""
    words = {
        Kind.INTEGER: say("a whole number"),
        Kind.DECIMAL: say("a number"),
        Kind.BOOLEAN: say("yes or no (ja, nei, true, false, sann, usann, 1, 0 and x are understood too)"),
        Kind.DATE: say("a day such as 2018-09-01 or 1.9.2018, from 1901 on"),
        Kind.CHOICE: say("one of {choices}", choices=", ".join(column.choices)),
        Kind.ID: say(
            "an id: at most {longest} characters, no comma, semicolon, bar or double quote, "
            "and not beginning with = + @ ! or an apostrophe",
            longest=column.longest,
        ),
        Kind.TEXT: say("text of at most {longest} characters", longest=column.longest or LONGEST_TEXT),
    }[column.kind]
    if column.least is not None and column.most is not None:
        words = say("{words} from {least:.0f} to {most:.0f}", words=words, least=column.least, most=column.most)
    return words if column.unit is None else f"{words} ({say(column.unit)})"


def _ungrouped(text: str) -> str:
    """Digits without spaces between thousands, and with the minus sign of a keyboard."""
    text = text.replace("\u2212", "-")
    return re.sub(r"[ \u00a0\u202f]", "", text) if _GROUPED.fullmatch(text) else text


def _integer(text: str, column: Column) -> int:
    # More than 18 digits is out of every column's bounds, and slow to convert without end.
    matched = _INTEGER.fullmatch(_ungrouped(text)) if len(text) <= 24 else None
    if matched is None:
        raise CellFaulty(expected(column))
    return int(matched[1])


def _decimal(text: str, column: Column) -> float:
    number = _ungrouped(text).replace(",", ".")
    if not _DECIMAL.fullmatch(number):
        raise CellFaulty(expected(column))
    return float(number)


def _boolean(text: str, column: Column) -> bool:
    word = text.casefold()
    if word not in YES | NO:
        raise CellFaulty(expected(column))
    return word in YES


def _date(text: str, column: Column) -> dt.date:
    matched = _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if matched is None:
        raise CellFaulty(expected(column))
    try:
        date = dt.date(int(matched["year"]), int(matched["month"]), int(matched["day"]))
    except ValueError:
        raise CellFaulty(say("a day that exists in the calendar")) from None
    if date < EARLIEST_DATE:
        raise CellFaulty(expected(column))
    return date


def _choice(text: str, column: Column) -> str:
    word = text.casefold()
    if word not in column.choices:
        raise CellFaulty(expected(column))
    return word


def _text(text: str, _column: Column) -> str:
    return text


_READERS: dict[Kind, Callable[[str, Column], object]] = {
    Kind.TEXT: _text,
    Kind.ID: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
}
