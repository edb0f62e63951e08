"""What a reader of a plan must know that its tables do not say, as data: said at the edge, in the reader's language.

`plan.json` holds ids and values, never a sentence, so it is the same bytes whatever language it was made in.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from allokering.language import say

OLD = "text"
"""The id of a note of an earlier version, which has its sentence as its only value."""


class Note(BaseModel):
    """One thing that a reader must know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    values: dict[str, str | int] = Field(default_factory=dict)
    """What the sentence of this id names."""

    @model_validator(mode="before")
    @classmethod
    def _from_a_sentence(cls, given: Any) -> Any:
        """Plans of earlier versions hold sentences."""
        return {"id": OLD, "values": {"text": given}} if isinstance(given, str) else given

    def told(self) -> str:
        """The sentence, in the language in use; of an id that this version does not know, the id."""
        match self.id:
            case "start_lost":
                return say("what is left of the earlier plan breaks a rule today: the search began from nothing")
            case "stopped":
                return say("the search for placements was interrupted: this is the best plan until then")
            case "time_struck":
                return say("time cut the search for placements short: another run may end with another plan")
            case "stage_struck":
                return say(
                    "the search for supervisors, groups or lists was broken off: another run may end with others"
                )
            case "recruits":
                return say(
                    "some positions are still to be announced: "
                    "their lists count by the chance that the announcement fills them"
                )
        return str(self.values.get("text", self.id))
