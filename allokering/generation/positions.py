"""Training positions, about as many as the trainees: more where more grants went, some shared by small neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allokering.generation.apportionment import apportioned
from allokering.generation.draws import Draws
from allokering.generation.figures import Place, kilometres, read_land_borders
from allokering.tables import Form, Position, PositionPart

PLACES_PER_TRAINEE_PERCENT = 115
"""Places in all (assumption)."""
GRANTS_WEIGHT = {10_000: 16, 20_000: 11, 50_000: 14, 100_000: 9, 2_000_000: 6}
"""Grants per 100,000 residents in 2021 (domain fact 3.12), by residents fewer than the key.

Municipalities below 5,000 used few; they are given as many as those of 5,000 to 10,000 (assumption).
"""
VACANT_LIST_WEIGHT = 50_000
"""A list without a doctor weighs as so many residents with one grant per 100,000 (assumption)."""
SHARES_BELOW_RESIDENTS = 3_000
SHARING_PERMILLE = 500
SHARING_KM = 45
"""Neighbours on land, both below so many residents and no farther apart, may share a position (assumption)."""
BOTH_FORMS_FROM_PLACES = 4
YEARLY_COST_NOK = {Form.SALARIED: 1_500_000, Form.SELF_EMPLOYED: 600_000}
"""Cost to the municipality of a place (assumption, 4.13)."""
GRANT_NOK = {Form.SALARIED: 240_000, Form.SELF_EMPLOYED: 226_800}
"""The mean grants of 2021 (4.6)."""
MOST_PLACES = 100
"""What the data contract allows in one row."""


@dataclass(frozen=True)
class Opening:
    """A position and the municipalities that have it, the first with the largest share."""

    position: Position
    shares: tuple[tuple[Place, int], ...]

    @property
    def place(self) -> Place:
        """Where most of the position is."""
        return self.shares[0][0]

    def parts(self) -> Iterator[PositionPart]:
        """The rows of `position_parts`."""
        for place, percent in self.shares:
            yield PositionPart(position_id=self.position.position_id, municipality_id=place.id, share_percent=percent)


def draw_positions(places: Sequence[Place], trainees: int, seed: int) -> list[Opening]:
    """A place at least in every municipality that has lists, its own or shared with a neighbour."""
    hosts = [place for place in places if place.has_lists]
    shared = list(_shared(hosts, seed))
    sharing = {place.id for opening in shared for place, _ in opening.shares}
    alone = [place for place in hosts if place.id not in sharing]
    total = max(len(alone), trainees * PLACES_PER_TRAINEE_PERCENT // 100 - len(shared))
    numbers = apportioned(total, [_weight(place) for place in alone], [1 for _ in alone], [total for _ in alone])
    own = [opening for place, number in zip(alone, numbers, strict=True) for opening in _own(place, number)]
    return shared + own


def _weight(place: Place) -> int:
    grants = place.by_size(GRANTS_WEIGHT) * place.residents
    return 1 + (grants + place.vacant_lists * VACANT_LIST_WEIGHT) // 10_000


def _shared(hosts: Sequence[Place], seed: int) -> Iterator[Opening]:
    """Positions of one place, each shared by two small neighbours; nobody shares twice."""
    small = {place.id: place for place in hosts if place.residents < SHARES_BELOW_RESIDENTS}
    pairs = sorted(
        (kilometres(small[one], small[other]), one, other)
        for one, other in (sorted(border) for border in read_land_borders())
        if one in small and other in small
    )
    sharing: set[str] = set()
    for distance, one, other in pairs:
        wish = Draws(seed, "sharing", one, other).chance(SHARING_PERMILLE)
        if wish and distance <= SHARING_KM and not {one, other} & sharing:
            sharing |= {one, other}
            major, minor = sorted((small[one], small[other]), key=lambda place: (-place.residents, place.id))
            percent = min(80, max(50, 5 * round(20 * major.residents / (major.residents + minor.residents))))
            yield Opening(
                _position(
                    f"alis-{major.id}-{minor.id}",
                    f"ALIS {major.municipality.name}/{minor.municipality.name}",
                    Form.SALARIED,
                    1,
                ),
                ((major, percent), (minor, 100 - percent)),
            )


def _own(place: Place, number: int) -> Iterator[Opening]:
    """The municipality's own places: half of them self-employed where there are several."""
    self_employed = number // 2 if number >= BOTH_FORMS_FROM_PLACES else 0
    name = place.municipality.name
    for position_id, title, form, places in (
        (f"alis-{place.id}", f"ALIS {name}", Form.SALARIED, number - self_employed),
        (f"alis-{place.id}-self-employed", f"ALIS {name}, self-employed", Form.SELF_EMPLOYED, self_employed),
    ):
        rows = -(-places // MOST_PLACES)
        for row in range(rows):
            numbered = f"-{row + 1}" if rows > 1 else ""
            position = _position(f"{position_id}{numbered}", title, form, (places + row) // rows)
            yield Opening(position, ((place, 100),))


def _position(position_id: str, title: str, form: Form, places: int) -> Position:
    return Position(
        position_id=position_id,
        title=title,
        form=form,
        places=places,
        yearly_cost_nok=YEARLY_COST_NOK[form],
        grant_nok=GRANT_NOK[form],
    )
