"""Notes are data in the plan, and sentences where they are read."""

from __future__ import annotations

import pytest

from allokering.language import speak
from allokering.notes import Note

IDS = ("start_lost", "stopped", "time_struck", "stage_struck", "recruits")


@pytest.mark.parametrize("note", IDS)
def test_a_note_is_told_in_the_readers_language(note: str) -> None:
    """The same note in each."""
    english = Note(id=note).told()
    speak("nb")
    norwegian = Note(id=note).told()

    assert note not in {english, norwegian}
    assert english != norwegian


def test_a_sentence_of_an_earlier_version_is_told_as_it_stands() -> None:
    """It is in the language that it was made in."""
    note = Note.model_validate("tiden satte grensen")

    assert (note.id, note.told()) == ("text", "tiden satte grensen")
    assert Note.model_validate_json(note.model_dump_json()) == note


def test_a_note_of_a_later_version_is_told_by_its_id() -> None:
    """A reader may look it up."""
    assert Note(id="aurora", values={"nights": 3}).told() == "aurora"
