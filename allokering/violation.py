"""What the verifier says is wrong with a plan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Violation:
    """One broken rule: who, by how much, against which limit.

    `amount` and `limit` are in the unit the message states. Rules that know only right and wrong give 1 and 0.
    """

    rule: str
    """The rule's id in the model."""
    subject: str
    """The witness: ids joined by spaces, and the period's first day where there is one."""
    amount: int
    limit: int
    message: str

    def __str__(self) -> str:
        return f"{self.rule} [{self.subject}]: {self.message}"
