"""Models that differ from a built-in one in a measure, a programme, a rule or a term."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from allokering.model import Entry, Model, load_model

MODEL = load_model("alis")


def with_measures(model: Model = MODEL, **params: dict[str, object]) -> Model:
    """The model with measures by kind; `from` and `until` stand among a measure's parameters."""
    measures = [
        Entry(
            section="measure",
            id=f"test_{kind}",
            kind=kind,
            source="test",
            from_date=given.pop("from", None),
            until=given.pop("until", None),
            params=given,
        )
        for kind, given in ((kind, dict(own)) for kind, own in params.items())
    ]
    return replace(model, measures=(*model.measures, *measures))


def with_programme(model: Model = MODEL, programme: str = "alis", **params: object) -> Model:
    """The model in which a programme demands something else."""
    return replace(model, programmes=tuple(_changed(model.programmes, "id", programme, params)))


def with_rule(kind: str, model: Model = MODEL, **params: object) -> Model:
    """The model in which a rule has other parameters."""
    return replace(model, rules=tuple(_changed(model.rules, "kind", kind, params)))


def without_terms(model: Model, *kinds: str) -> Model:
    """The model without its terms of these kinds."""
    return replace(model, terms=tuple(term for term in model.terms if term.kind not in kinds))


def _changed(entries: Iterable[Entry], called: str, name: str, params: dict[str, object]) -> Iterable[Entry]:
    """The entries, and of one so called other parameters."""
    for entry in entries:
        is_meant = getattr(entry, called) == name
        yield entry.model_copy(update={"params": {**entry.params, **params}}) if is_meant else entry
