"""What was known of each tier, and when: as data, as a data frame, and as a drawing that needs no other library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from allokering.engine.watching import Moment

if TYPE_CHECKING:
    import pandas as pd

WIDTH, PANEL, MARGIN = 640, 120, 40
"""Of the drawing: width, height of a tier, and what is left free around it."""
VALUE, BOUND = "#1f5a8a", "#b5651d"
"""Colours of the lines."""


class Chart:
    """A drawing, which a notebook shows by itself."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> None:
        """Write it as an SVG file, which every browser shows."""
        Path(path).write_text(self.svg, encoding="utf-8")


class History(tuple[Moment, ...]):
    """The moments in which a better value or bound became known, in their order."""

    __slots__ = ()

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each moment: `seconds`, `tier`, `value`, `bound`; missing where nothing was known."""
        import pandas as pd  # noqa: PLC0415 - half a second that few need

        frame = pd.DataFrame([moment._asdict() for moment in self], columns=list(Moment._fields))
        return frame.astype({"value": "Int64", "bound": "Int64"})

    def plot(self) -> Chart:
        """Best value and best bound of every tier over time, a panel each: where the lines meet, all is proven."""
        tiers = list(dict.fromkeys(moment.tier for moment in self))
        last = max((moment.seconds for moment in self), default=0.0) or 1.0
        panels = [
            _panel(number, tier, [one for one in self if one.tier == tier], last) for number, tier in enumerate(tiers)
        ]
        height = MARGIN + PANEL * len(tiers) + MARGIN // 2
        seconds = f'<text x="{WIDTH - MARGIN}" y="{height - 6}" text-anchor="end">{last:.2f} s</text>'
        form = f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="11"'
        opening = f'<svg xmlns="http://www.w3.org/2000/svg" {form}>'
        return Chart("\n".join([opening, *panels, seconds, "</svg>"]))


def _panel(number: int, tier: str, moments: list[Moment], last: float) -> str:
    """One tier's lines, as steps: what is known holds until more is."""
    known = [amount for moment in moments for amount in (moment.value, moment.bound) if amount is not None]
    low, high = min(known, default=0), max(known, default=0)
    top, bottom = MARGIN + PANEL * number, MARGIN + PANEL * (number + 1) - 24

    def place(seconds: float, amount: int) -> tuple[float, float]:
        across = MARGIN + (WIDTH - 2 * MARGIN) * seconds / last
        return across, bottom - (bottom - top) * ((amount - low) / (high - low) if high > low else 0.5)

    lines = [f'<text x="{MARGIN}" y="{top - 6}">{escape(tier)}: {low:,} to {high:,}</text>']
    for colour, amounts in (
        (VALUE, [(moment.seconds, moment.value) for moment in moments]),
        (BOUND, [(moment.seconds, moment.bound) for moment in moments]),
    ):
        points: list[tuple[float, float]] = []
        for seconds, amount in amounts:
            if amount is not None:
                then = place(seconds, amount)
                points += [(then[0], points[-1][1])] if points else []
                points.append(then)
        points += [(float(WIDTH - MARGIN), points[-1][1])] if points else []
        drawn = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        lines.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{drawn}"/>')
    return "\n".join(lines)
