"""What the report is made of: sections and pages of blocks. `blocks.html` has a macro for every kind of block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from markupsafe import Markup

from allokering.report.bilingual import Told

Content = int | str | Markup | Told
"""What a cell or a paragraph shows; a whole number is shown with its thousands parted."""


LONG_ROWS = 500
"""A table with more rows than this is long."""
Fact = tuple[Content, Sequence[Content]]
"""A name, and what there is to say of it."""


@dataclass(frozen=True)
class Cell:
    """A cell that is sorted by something else than the text it shows."""

    content: Content
    order: int | str
    css: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table. The first column is the heading of its row."""

    title: Content
    is_number: bool = False
    is_date: bool = False
    is_picture: bool = False
    """A drawing is not sorted by; its numbers stand in other columns."""


@dataclass(frozen=True)
class Prose:
    """Paragraphs."""

    kind: ClassVar[str] = "prose"
    paragraphs: Sequence[Content]


@dataclass(frozen=True)
class Facts:
    """Names, and what there is to say of each."""

    kind: ClassVar[str] = "facts"
    pairs: Sequence[Fact]
    title: Told | None = None
    is_folded: bool = False
    """Unfolded by whoever wants to read so much; it then has a title."""


@dataclass(frozen=True)
class Tile:
    """A number that the reader is to remember."""

    label: Told
    value: Content
    note: Content


@dataclass(frozen=True)
class Tiles:
    """Numbers side by side."""

    kind: ClassVar[str] = "tiles"
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Table:
    """A table that its reader can sort and filter."""

    kind: ClassVar[str] = "table"
    name: str
    """Unique on the page."""
    caption: Told
    columns: Sequence[Column]
    rows: Sequence[Sequence[Content | Cell]]
    note: Told | None = None
    """What must be known to read it."""

    @property
    def css(self) -> str:
        """Classes that say how each column is set: written once, not in every cell."""
        kinds = (("n", "is_number"), ("d", "is_date"), ("p", "is_picture"))
        columns = enumerate(self.columns, start=1)
        return " ".join(f"{css}{place}" for place, column in columns for css, kind in kinds if getattr(column, kind))


@dataclass(frozen=True)
class Figure:
    """A drawing whose numbers also stand in a table."""

    kind: ClassVar[str] = "figure"
    name: str
    caption: Told
    drawing: Markup
    legend: Sequence[tuple[str, Told]] = ()
    """A class of the style sheet, and what is drawn in it."""


class Block(Protocol):
    """Anything that has a macro."""

    kind: ClassVar[str]
    """The macro's name."""


@dataclass(frozen=True)
class Section:
    """A part of the front page."""

    name: str
    title: Told
    blocks: Sequence[Block]

    @property
    def is_long(self) -> bool:
        """Does it take a browser noticeable time to lay out?"""
        return any(isinstance(block, Table) and len(block.rows) > LONG_ROWS for block in self.blocks)


@dataclass(frozen=True)
class Page:
    """A page of its own about a municipality or a trainee."""

    anchor: str
    about: Told
    title: str
    blocks: Sequence[Block]
