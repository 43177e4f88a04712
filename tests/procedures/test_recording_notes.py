"""A note comes to stand in the recording system: written, pasted or sighted (GAP-55, DUTY-29)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.forms.paperwork import RecordMade
from models.forms.recording import NoteNews
from models.policy.gaps.everywhere import RecordEnding
from models.recording import NoteEnding
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.notes import (
    PASTED,
    TEXT,
    TITLE,
    AdviceGiven,
    Alder,
    allowing,
    note_of,
    noting_advice,
    with_policy,
)


@pytest.fixture
def alder(office: Office, tmp_path: Path) -> Alder:
    """The example council's recording system, which takes every note."""
    return Alder(office, tmp_path)


# ------------------------------------------------------------------ written


@pytest.mark.clauses("DUTY-29")
def test_a_note_that_the_system_takes_is_written_and_nobody_is_asked(office: Office, alder: Alder) -> None:
    """It stands in the person's record under its literal title, and the case goes on by itself."""
    case = office.start(noting_advice, AdviceGiven())
    assert asked(office, case) == []
    assert not office.is_closed(case)

    report = alder.write()

    assert report.written == [note_of(office, case).id]
    assert office.outcome_of(case) == "written N-00001"
    (stored,) = alder.system.notes("LAS-70410")
    assert (stored.title, stored.text, stored.written_on) == (TITLE, TEXT, date(2026, 1, 5))


def test_a_note_is_written_once_however_often_it_is_tried(office: Office, alder: Alder) -> None:
    """Its try is cut off after the writing and before anything is recorded; the same id writes no second note."""
    case = office.start(noting_advice, AdviceGiven())
    note = note_of(office, case)
    alder.system.write_note(note.id, "LAS-70410", note.title, note.text, note.author)

    alder.write()
    alder.write()

    assert office.outcome_of(case) == "written N-00001"
    assert len(alder.system.notes()) == 1


def test_two_notes_of_a_case_each_have_their_own_end(office: Office, alder: Alder) -> None:
    """News of the first does not end the wait for the second."""
    case = office.start(noting_advice, AdviceGiven(notes=2))
    alder.write()
    assert not office.is_closed(case)
    alder.write()

    assert office.outcome_of(case) == "written N-00001; written N-00002"


def test_news_of_another_note_does_not_end_the_wait_for_this_one(office: Office, alder: Alder) -> None:
    """A signal that names another note is passed over."""
    case = office.start(noting_advice, AdviceGiven())
    office.signal(case, NoteNews(note="R-AAAAAAAAAA", ending=NoteEnding.WRITTEN, note_id="N-9"))
    assert not office.is_closed(case)
    alder.write()
    assert office.outcome_of(case) == "written N-00001"


def test_a_system_that_stays_away_costs_time_and_then_a_person_pastes(office: Office, alder: Alder) -> None:
    """It is tried for as long as policy tries messages; then somebody is asked, and told to look first."""
    case = office.start(noting_advice, AdviceGiven())
    (alder.folder / "alder.db").unlink()
    (alder.folder / "alder.db").mkdir()
    for _ in range(12):
        alder.write()
        office.hours_pass(1)

    assert asked(office, case) == ["RecordMade of duty-worker"]
    beside = read_beside(office, case, RecordMade)
    assert beside.startswith(f"It could not be written by itself. Look first whether {note_of(office, case).id}")
    assert f"Title: {TITLE}\n\n{TEXT}" in beside
    office.answer(case, PASTED, by="duty-worker")
    assert office.outcome_of(case) == "pasted A-31007 with an answer"


@pytest.mark.parametrize(
    ("person", "titles", "endings"),
    [
        ("P-101", ["Something else"], tuple(RecordEnding)),
        (None, ["*"], tuple(RecordEnding)),
        ("P-101", ["*"], (RecordEnding.PASTED, RecordEnding.SIGHTED)),
    ],
)
def test_what_no_machine_may_write_is_pasted_at_once(
    office: Office, tmp_path: Path, person: str | None, titles: list[str], endings: tuple[RecordEnding, ...]
) -> None:
    """The system does not take that title, the person is not known, or policy does not allow it."""
    with_policy(office, allowing(office.council.policy, *endings))
    alder = Alder(office, tmp_path, titles=titles)
    case = office.start(noting_advice, AdviceGiven(person=person))

    assert asked(office, case) == ["RecordMade of duty-worker"]
    assert alder.write().written == []


def test_a_person_without_a_record_there_is_given_to_somebody_at_once(office: Office, alder: Alder) -> None:
    """A note that the system refuses is not tried again: that would only lose time."""
    case = office.start(noting_advice, AdviceGiven(person="P-121"))
    (alder.folder / "alder.db").unlink()

    report = alder.write()

    assert report.given_to_a_person == [note_of(office, case).id]
    assert asked(office, case) == ["RecordMade of duty-worker"]


# ------------------------------------------------------------------ pasted


@pytest.mark.clauses("DUTY-29")
def test_without_a_recording_system_a_note_is_pasted_and_its_id_given(office: Office) -> None:
    """The text is ready with its literal title and our id; the case goes on once the note's id is there."""
    case = office.start(noting_advice, AdviceGiven())
    note = note_of(office, case).id

    whose = "Into the record of Edith Tilling (LAS-70410, P-101)."
    note_text = f"Title: {TITLE}\n\n{TEXT}\n\nKept for Safe Pathways as {note}"
    assert read_beside(office, case, RecordMade) == f"{whose}\n\n{note_text}"
    office.answer(case, PASTED, by="duty-worker")

    kept = note_of(office, case)
    assert (kept.state, kept.ending, kept.note_id, kept.text) == ("kept", "pasted", "A-31007", "")
    assert office.outcome_of(case) == "pasted A-31007 with an answer"


def test_a_pasted_note_is_confirmed_by_a_later_extract(office: Office, tmp_path: Path) -> None:
    """The extract shows it under the id that was given; the note now has the day on which it was seen."""
    alder = Alder(office, tmp_path, titles=())
    case = office.start(noting_advice, AdviceGiven())
    given = alder.paste(read_beside(office, case, RecordMade))
    office.answer(case, RecordMade(note_id=given), by="duty-worker")
    office.days_pass(1)

    assert alder.extract_comes().sighted == 1
    kept = note_of(office, case)
    assert (kept.ending, kept.sighted_on) == ("pasted", date(2026, 1, 6))
    assert alder.extract_comes().sighted == 0


# ------------------------------------------------------------------ sighted


@pytest.mark.clauses("DUTY-29")
def test_a_note_that_the_extract_shows_needs_no_answer(office: Office, tmp_path: Path) -> None:
    """Pasted with our id in it: the question leaves the worklist with an entry, and the case goes on."""
    alder = Alder(office, tmp_path, titles=())
    case = office.start(noting_advice, AdviceGiven())
    alder.paste(read_beside(office, case, RecordMade))
    office.days_pass(1)

    alder.extract_comes()

    assert office.outcome_of(case) == "sighted N-00001"
    assert any(line.endswith("No longer waits: record-made") for line in office.story_of(case))


def test_a_note_without_our_id_is_known_by_person_title_and_day(office: Office, tmp_path: Path) -> None:
    """The first three are another person's, another title's and another day's; the fourth is it."""
    alder = Alder(office, tmp_path, titles=())
    case = office.start(noting_advice, AdviceGiven())
    alder.paste("typed anew", record="LAS-70427")
    alder.paste("typed anew", title="Assessment")
    office.days_pass(1)
    alder.paste("typed anew")
    alder.extract_comes()
    assert not office.is_closed(case)

    office.today_is("2026-01-06 10:00")
    later = office.start(noting_advice, AdviceGiven())
    alder.paste("typed anew", title=TITLE.upper())
    alder.extract_comes()

    assert not office.is_closed(case)
    assert office.outcome_of(later) == "sighted N-00004"


def test_a_note_that_was_there_before_is_not_taken_for_ours(office: Office, tmp_path: Path) -> None:
    """The same person, title and day, but the extract showed it before we wanted one."""
    alder = Alder(office, tmp_path, titles=())
    alder.paste("of this morning's call")
    alder.extract_comes()
    office.hours_pass(1)
    case = office.start(noting_advice, AdviceGiven())

    alder.extract_comes()

    assert not office.is_closed(case)


def test_one_note_of_the_extract_ends_one_note_of_ours(office: Office, tmp_path: Path) -> None:
    """Two cases want the same title for the same person on the same day, and one note is there."""
    alder = Alder(office, tmp_path, titles=())
    cases = [office.start(noting_advice, AdviceGiven()) for _ in range(2)]
    alder.paste("typed anew")

    assert alder.extract_comes().sighted == 1
    assert sum(office.is_closed(case) for case in cases) == 1


def test_a_note_in_another_persons_record_is_a_difference_and_no_sighting(office: Office, tmp_path: Path) -> None:
    """Our id stands in the wrong record: the team hears of it, and the note is still wanted."""
    alder = Alder(office, tmp_path, titles=())
    case = office.start(noting_advice, AdviceGiven())
    alder.paste(read_beside(office, case, RecordMade), record="LAS-70427")

    assert alder.extract_comes().sighted == 0
    assert asked(office, case) == ["RecordMade of duty-worker"]


def test_where_policy_does_not_allow_sighting_only_an_answer_ends_it(office: Office, tmp_path: Path) -> None:
    """With pasted alone, the extract confirms and never answers for anybody."""
    with_policy(office, allowing(office.council.policy, RecordEnding.PASTED))
    alder = Alder(office, tmp_path)
    case = office.start(noting_advice, AdviceGiven())
    given = alder.paste(read_beside(office, case, RecordMade))
    alder.extract_comes()
    assert asked(office, case) == ["RecordMade of duty-worker"]

    office.answer(case, RecordMade(note_id=given), by="duty-worker")
    assert office.outcome_of(case) == "pasted N-00001 with an answer"


def test_where_only_sighting_counts_an_answer_waits_for_the_extract(office: Office, tmp_path: Path) -> None:
    """Somebody says that it is there; five working days later no extract shows it, and they are asked again."""
    with_policy(office, allowing(office.council.policy, RecordEnding.SIGHTED))
    alder = Alder(office, tmp_path)
    case = office.start(noting_advice, AdviceGiven())
    text = read_beside(office, case, RecordMade)
    office.answer(case, PASTED, by="duty-worker")
    assert asked(office, case) == []

    office.today_is("2026-01-12 17:00")
    assert asked(office, case) == ["RecordMade of duty-worker"]
    assert read_beside(office, case, RecordMade).startswith("No extract has shown it.")
    office.answer(case, RecordMade(note_id=alder.paste(text)), by="duty-worker")
    office.days_pass(1)
    alder.extract_comes()

    assert office.outcome_of(case) == "sighted N-00001 with an answer"


@pytest.mark.clauses("DUTY-29")
def test_where_only_sighting_counts_a_note_typed_later_is_known_by_the_id_given(office: Office, tmp_path: Path) -> None:
    """Typed anew two days on, without our id, it is known by its id alone; nobody is asked to paste it once more."""
    with_policy(office, allowing(office.council.policy, RecordEnding.SIGHTED))
    alder = Alder(office, tmp_path)
    case = office.start(noting_advice, AdviceGiven())
    office.days_pass(2)
    given = alder.paste("typed anew")
    alder.extract_comes()
    assert not office.is_closed(case)
    office.answer(case, RecordMade(note_id=given), by="duty-worker")
    office.days_pass(1)

    assert alder.extract_comes().sighted == 1
    assert office.outcome_of(case) == f"sighted {given} with an answer"
    assert note_of(office, case).ending == "sighted"


def test_an_id_that_was_given_is_put_right_by_the_next_answer(office: Office, tmp_path: Path) -> None:
    """A slip of the pen: no extract shows it, they are asked again, and what they say then counts."""
    with_policy(office, allowing(office.council.policy, RecordEnding.SIGHTED))
    alder = Alder(office, tmp_path)
    case = office.start(noting_advice, AdviceGiven())
    office.answer(case, PASTED, by="duty-worker")
    office.today_is("2026-01-13 09:00")
    given = alder.paste("typed anew")
    assert alder.extract_comes().sighted == 0
    office.answer(case, RecordMade(note_id=given), by="duty-worker")

    assert alder.extract_comes().sighted == 1
    assert office.outcome_of(case) == f"sighted {given} with an answer"


def test_an_answer_that_came_first_stands_whatever_the_extract_says_then(office: Office, tmp_path: Path) -> None:
    """News of a note that is kept already ends nothing; the next note of the case still waits for its own."""
    alder = Alder(office, tmp_path, titles=())
    case = office.start(noting_advice, AdviceGiven(notes=2))
    first = note_of(office, case).id
    office.answer(case, PASTED, by="duty-worker")

    office.signal(case, NoteNews(note=first, ending=NoteEnding.SIGHTED, note_id="A-1"))
    assert asked(office, case) == ["RecordMade of duty-worker"]
    office.answer(case, RecordMade(note_id="A-31008"), by="duty-worker")

    assert office.outcome_of(case) == "pasted A-31007 with an answer; pasted A-31008 with an answer"
    assert alder.system.notes() == []
