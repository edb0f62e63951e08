"""Hypothesis strategies for rows of any table, from the definitions of its columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from hypothesis import strategies as st

from allokering.files.cells import clean
from allokering.files.table_columns import Column, Kind, columns
from allokering.tables import Row

TEXTS = (
    st.text(
        st.one_of(st.sampled_from("=+-@'\"\t\n;,|æøåšđŧ0123 "), st.characters(min_codepoint=33, max_codepoint=0x2FF)),
        min_size=1,
        max_size=12,
    )
    .map(lambda text: clean("".join(letter for letter in text if not 0x7F <= ord(letter) <= 0x9F)))
    .filter(bool)
)
"""As reading leaves them: not empty, no space around them, no control characters."""

IDS = st.from_regex(r"\A[A-Za-z0-9æøå\-][A-Za-z0-9æøå=+@ -]{0,8}[A-Za-z0-9]\Z").map(clean)
DATES = st.dates(dt.date(1901, 1, 1))


def rows_of(
    row_type: type[Row], fixed: Mapping[str, st.SearchStrategy[object]] | None = None
) -> st.SearchStrategy[Row]:
    """Rows with any values within the bounds of each column; `fixed` attributes are drawn as told."""
    fixed = fixed or {}
    drawn = {column.attribute: fixed.get(column.attribute, _values(column)) for column in columns(row_type)}
    return st.fixed_dictionaries(drawn).map(row_type.model_validate)


def tables_of(
    row_type: type[Row], fixed: Mapping[str, st.SearchStrategy[object]] | None = None
) -> st.SearchStrategy[list[Row]]:
    """Up to six rows whose keys differ in more than case."""
    return st.lists(
        rows_of(row_type, fixed),
        max_size=6,
        unique_by=lambda row: tuple(str(getattr(row, part)).casefold() for part in row_type.key),
    )


def _values(column: Column) -> st.SearchStrategy[object]:
    values: st.SearchStrategy[object] = {
        Kind.TEXT: TEXTS,
        Kind.ID: IDS,
        Kind.INTEGER: st.integers(int(column.least or 0), int(column.most or 0)),
        Kind.DECIMAL: st.floats(column.least, column.most),
        Kind.BOOLEAN: st.booleans(),
        Kind.DATE: DATES,
        Kind.CHOICE: st.sampled_from(column.choices or ("",)),
    }[column.kind]
    return values if column.is_required or column.default is not None else st.none() | values
