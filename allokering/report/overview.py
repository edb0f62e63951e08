"""The first page: what a steering group must know before it decides."""

from __future__ import annotations

from collections import defaultdict

from markupsafe import Markup

from allokering.evidence.written_plan import forms_to_choose
from allokering.report import budgets, coverage, expected, paths, positions, quality, selection, sources
from allokering.report.bilingual import Told, decimal, listed, number_text, say
from allokering.report.blocks import Block, Content, Fact, Facts, Prose, Section, Tile, Tiles
from allokering.report.scene import Scene

MOST_UNFOLDED = 60
"""Trainees whose decisions stand open on the first page; of a whole country it would be a book."""


def section(scene: Scene) -> Section:
    """Numbers, decisions, coverage, cost, doubt and proof."""
    everyone = [row.municipality_id for row in scene.peopled]
    blocks: list[Block] = [
        Tiles(_tiles(scene, everyone)),
        Prose([Markup("<strong>{}</strong>").format(quality.proof(scene))]),
        coverage.chart(scene, "coverage-chart", everyone),
        Facts(_answers(scene)),
        Facts(_decisions(scene), say("Who goes where"), is_folded=len(scene.view.placements) > MOST_UNFOLDED),
    ]
    return Section("overview", say("Overview"), blocks)


def _tiles(scene: Scene, everyone: list[str]) -> list[Tile]:
    before = coverage.mean(scene, scene.lacking_before, everyone)
    after = coverage.mean(scene, scene.lacking_after, everyone)
    placed, whole = len(scene.view.placements.keys() - scene.recruits), len(scene.trainees) - len(scene.recruits)
    cost = quality.kroner(scene)
    months = scene.instance.settings.periods * scene.instance.settings.period_months
    is_proven = all(tier.status == "optimal" for tier in scene.header.tiers)
    return [
        Tile(
            say("Trainees with a position"),
            say("{placed} of {whole}", placed=placed, whole=whole),
            _municipalities_served(scene),
        ),
        *_to_announce(scene),
        Tile(
            say("Residents without a place on a list"),
            Markup("{} → {}").format(number_text(before), number_text(after)),
            say("before and in this plan, on average over the periods")
            if expected.note(scene) is None
            else say("before, and expected in this plan, on average over the periods"),
        ),
        Tile(say("Residents without a GP"), number_text(_without_gp(scene)), _worst(scene)),
        Tile(
            say("Cost"),
            say("NOK {millions} million", millions=decimal(cost / 1_000_000)),
            _made_of(scene, months),
        ),
        Tile(
            say("Quality"),
            say("Proven best") if is_proven else say("Gap known"),
            say("every rule and number checked anew, no fault found"),
        ),
    ]


def _municipalities_served(scene: Scene) -> Told:
    known = (rows for trainee, rows in scene.view.placements.items() if trainee not in scene.recruits)
    count = len({row.municipality_id for rows in known for row in rows})
    return say("in one municipality") if count == 1 else say("in {count} municipalities", count=count)


def _to_announce(scene: Scene) -> list[Tile]:
    """How many places are announced, and how many of them can be expected to be filled."""
    if not scene.recruits:
        return []
    chances = [path.chance for trainee, path in scene.paths.items() if trainee in scene.recruits]
    return [
        Tile(
            say("Places to be announced"),
            len(chances),
            say("{number} of them can be expected to be filled", number=decimal(sum(chances) / 1000)),
        )
    ]


def _made_of(scene: Scene, months: int) -> Told:
    years = decimal(months / 12)
    if any(kind == "compensation" and amount for kind, _, amount in quality.prices(scene)):
        return say(
            "over {years} years: positions less grants, locums, supervisors' travel and compensation for shorter lists",
            years=years,
        )
    return say("over {years} years: positions less grants, locums and supervisors' travel", years=years)


def _without_gp(scene: Scene) -> int:
    """On average over the periods, rounded to whole residents."""
    total = sum(row.without_gp for row in scene.plan.coverage)
    return (2 * total + len(scene.periods)) // (2 * len(scene.periods))


def _worst(scene: Scene) -> Told:
    """The period with the most residents without a GP."""
    numbers = {
        period: sum(row.without_gp for (_, when), row in scene.coverage.items() if when == period)
        for period in scene.periods
    }
    worst = max(numbers, key=lambda period: numbers[period])
    if not numbers[worst]:
        return say("in every period; locums care for those without a place on a list")
    return say("on average; at most {count}, in the period from {period}",
               count=number_text(numbers[worst]), period=scene.period_label(worst))  # fmt: skip


def _answers(scene: Scene) -> list[Fact]:
    """Which positions, who is left out, what it costs, what is uncertain."""
    answers: list[Fact] = [(say("Positions"), _positions(scene)), *selection.facts(scene)]
    unplaced = [trainee for trainee in scene.view.unplaced if trainee not in scene.recruits]
    if unplaced:
        answers.append((say("Without a position"), [listed(scene.trainee_link(trainee) for trainee in unplaced)]))
    answers.append((say("What it costs"), _costs(scene)))
    if scene.instance.budgets:
        lines = [budgets.in_a_line(scene, budget) for budget in scene.instance.budgets]
        answers.append((say("Budgets, used of what there is"), lines))
    note = expected.note(scene)
    answers.append((say("What is uncertain"), [sources.uncertain(scene), *([] if note is None else [note])]))
    return answers


def _positions(scene: Scene) -> list[Content]:
    """What the plan opens is a decision; positions that were decided beforehand only count."""
    forms = positions.opened(scene)
    choices = forms_to_choose(scene.instance)
    opened = [scene.position_title(form.position_id) for one in choices if (form := forms[one]) is not None]
    closed = [scene.position_title(one) for one in choices if forms[one] is None]
    held = {str(rows[0].position_id) for rows in scene.view.placements.values()}
    told: list[Content] = []
    if opened:
        told.append(say("To be opened: {positions}.", positions=listed(opened)))
    if closed:
        told.append(say("Not to be opened: {positions}.", positions=listed(closed)))
    if scene.recruits:
        known = {str(rows[0].position_id) for one, rows in scene.view.placements.items() if one not in scene.recruits}
        told.append(
            say(
                "{held} of {whole} positions are held by somebody who is known, and {announced} are announced.",
                held=len(known),
                whole=len(forms),
                announced=len(held - known),
            )
        )
    else:
        told.append(say("{held} of {whole} positions are held by somebody.", held=len(held), whole=len(forms)))
    return told


def _costs(scene: Scene) -> list[Content]:
    return [
        say("{what}: NOK {amount}", what=quality.TERMS[kind], amount=number_text(amount))
        for kind, _, amount in quality.prices(scene)
        if kind in quality.KRONER
    ]


def _decisions(scene: Scene) -> list[Fact]:
    """A sentence per trainee, by the municipalities of the position."""
    by_place: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for trainee, rows in scene.view.placements.items():
        by_place[tuple(str(row.municipality_id) for row in rows)].append(trainee)
    in_order = sorted(by_place.items(), key=lambda item: [scene.municipality_name(place) for place in item[0]])
    return [
        (
            listed(scene.municipality_link(place) for place in places),
            [paths.told(scene, trainee) for trainee in trainees],
        )
        for places, trainees in in_order
    ]
