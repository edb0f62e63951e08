"""How good the plan is: proof in a sentence, and the value of every tier with what it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from allokering import language
from allokering.evidence.written_plan import WrittenPlan
from allokering.plan import TierResult
from allokering.report.bilingual import Told, decimal, listed, number_text, say, told_by
from allokering.report.blocks import Block, Cell, Column, Content, Prose, Section, Table
from allokering.report.scene import Scene
from allokering.terms import registry as terms

KRONER = tuple(kind for kind, term in terms.TERMS.items() if getattr(term, "IS_NOK", False))
"""Terms whose price is in kroner whatever the tier."""
TERMS = {kind: say(term.NAME) for kind, term in terms.TERMS.items()}
"""What readers call each term."""


def named(text: str) -> Told:
    """The name of a tier or of a unit."""
    return told_by(lambda: language.say(text).replace("_", " "))


def proof(scene: Scene) -> Told:
    """What is proven of the plan, in one sentence."""
    tiers = scene.header.tiers
    open_tiers = [tier for tier in tiers if tier.status != "optimal"]
    if not open_tiers and len(tiers) == 1:
        return say("No plan can be better: it is proven that nothing lower than {value} {unit} can be reached.",
                   value=number_text(tiers[0].value), unit=named(tiers[0].unit))  # fmt: skip
    if not open_tiers:
        return say(
            "No plan can be better in any of the {count} tiers, taken in their order: {names}.",
            count=len(tiers),
            names=listed(named(tier.name) for tier in tiers),
        )
    gaps = listed(
        say("{tier} (at most {gap}% to gain)", tier=named(tier.name), gap=decimal(100 * tier.gap))
        for tier in open_tiers
    )
    return say(
        "{proven} of {count} tiers are proven to be the best possible, and the others may have something to gain: "
        "{gaps}.",
        proven=len(tiers) - len(open_tiers),
        count=len(tiers),
        gaps=gaps,
    )


def kroner(scene: Scene) -> int:
    """What the plan costs over its horizon, in NOK: positions less grants, locums, and supervisors' travel."""
    return sum(amount for kind, _, amount in prices(scene) if kind in KRONER)


def prices(scene: Scene) -> list[tuple[str, str, int]]:
    """Kind, tier and amount of every term of the objective, counted from the plan's rows."""
    written = WrittenPlan(scene.instance, scene.model, scene.plan, scene.paths)
    return [
        (term.kind, term.tier or "", terms.TERMS[term.kind].recount(term.typed, written)) for term in scene.model.terms
    ]


def section(scene: Scene) -> Section:
    """Tiers, what they are made of, and what the stages after the placement reached."""
    blocks: list[Block] = [
        Prose([proof(scene), VERIFIED, *(told_by(note.told) for note in scene.header.notes)]),
        _tiers("tiers", say("Tiers, the most important first"), scene.header.tiers),
        _terms(scene),
        _tiers("stages", say("What was decided after the placement"), scene.header.stages),
    ]
    return Section("quality", say("Costs and quality"), blocks)


VERIFIED = say(
    "Before this report was made, every rule and every number of the plan was checked anew from the tables, by a part "
    "of the program that shares nothing with the part that made the plan. It found no fault."
)


def _tiers(name: str, caption: Told, tiers: Sequence[TierResult]) -> Table:
    rows: list[list[Content | Cell]] = [
        [named(tier.name), tier.value, tier.bound, named(tier.unit), _status(tier)] for tier in tiers
    ]
    return Table(
        name=name,
        caption=caption,
        columns=(
            Column(say("Tier")),
            Column(say("Value"), is_number=True),
            Column(say("Bound"), is_number=True),
            Column(say("Unit")),
            Column(say("Status")),
        ),
        rows=rows,
        note=say("No plan can have a lower value than the bound as long as the tiers before keep their values."),
    )


def _status(tier: TierResult) -> Told:
    if tier.status == "optimal":
        return say("optimal")
    return say("gap {gap}", gap=say("{percent}%", percent=decimal(100 * tier.gap)))


def _terms(scene: Scene) -> Table:
    units = {tier.id: tier.unit or "" for tier in scene.model.tiers}
    return Table(
        name="terms",
        caption=say("What the tiers are made of"),
        columns=(
            Column(say("What")),
            Column(say("Tier")),
            Column(say("Amount"), is_number=True),
            Column(say("Unit")),
        ),
        rows=[[TERMS[kind], named(tier), amount, named(units.get(tier, ""))] for kind, tier, amount in prices(scene)],
    )
