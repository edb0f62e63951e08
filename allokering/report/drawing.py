"""Small drawings in SVG: shares of a width, so that they stretch with their cell and their text does not."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from allokering.report.bilingual import number_text

_CHART_WIDTH, _CHART_HEIGHT, _LEFT, _FOOT, _HEAD = 760, 260, 64, 30, 12


def strip(parts: Sequence[Markup], css: str) -> Markup:
    """A drawing as wide as its cell."""
    return Markup("<svg class={} aria-hidden=true>{}</svg>").format(css, Markup("").join(parts))


def bar(css: str, left: float, width: float) -> Markup:
    """A bar from `left`, both in percent of the width; the style sheet says where it lies and how high it is."""
    return Markup("<rect class={} x={}% width={}% />").format(css, _short(left), _short(width))


def tick(css: str, left: float) -> Markup:
    """An upright line, `left` percent in; the style sheet says how broad and how high it is."""
    return Markup("<rect class={} x={}% />").format(css, _short(left))


def words(text: str | Markup, left: float, css: str = "") -> Markup:
    """A text that begins (or by its class ends) `left` percent in."""
    return Markup('<text class="{}" x={}% y=50%>{}</text>').format(css, _short(left), text)


def columns(labels: Sequence[str], groups: Sequence[Sequence[Sequence[tuple[str, int]]]]) -> Markup:
    """Per label some columns side by side, and per column some (class, amount) on top of each other."""
    top = nice_ceiling(max((sum(amount for _, amount in column) for group in groups for column in group), default=0))
    width, height = _CHART_WIDTH - _LEFT, _CHART_HEIGHT - _FOOT - _HEAD
    slot = width / max(len(labels), 1)
    parts = []
    for step in range(5):
        y = _HEAD + height - height * step / 4
        parts.append(
            Markup('<path class="grid" d="M{0} {1}H{2}"/><text class="scale" x="{3}" y="{1}">{4}</text>').format(
                _LEFT, round(y), _CHART_WIDTH, _LEFT - 8, number_text(top * step // 4)
            )
        )
    for number, (label, group) in enumerate(zip(labels, groups, strict=True)):
        left = _LEFT + slot * number
        parts.append(
            Markup('<text class="label" x="{}" y="{}">{}</text>').format(
                round(left + slot / 2), _CHART_HEIGHT - 8, label
            )
        )
        breadth = slot * 0.72 / max(len(group), 1)
        for place, column in enumerate(group):
            below = 0
            for css, amount in column:
                if not amount:
                    continue
                tall = height * amount / top
                parts.append(
                    Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                        css,
                        _short(left + slot * 0.14 + breadth * place),
                        _short(_HEAD + height - height * below / top - tall),
                        _short(breadth - 1),
                        _short(tall),
                    )
                )
                below += amount
    return Markup('<svg class="columns" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(
        _CHART_WIDTH, _CHART_HEIGHT, Markup("").join(parts)
    )


def nice_ceiling(number: int) -> int:
    """The least of 4, 8, 12, 20, 40, 80, 120, 200, ... that is no less: four steps of it are whole numbers."""
    power = 1
    while True:
        for step in (4, 8, 12, 20):
            if step * power >= number:
                return step * power
        power *= 10


def _short(number: float) -> str:
    """A number as briefly as two decimals allow."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
