"""A note that nobody waits for comes to stand in the recording system all the same (GAP-55)."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from flows.leaving_notes import leave_note
from flows.note_to_keep import note_to_keep
from models.cases import Case, Entry
from models.forms.base import CaseFacts
from models.forms.paperwork import RecordMade
from models.forms.recording import MorningCame
from models.notices import Recipient
from models.policy.gaps.everywhere import RecordEnding
from models.recording import CaseNote
from models.roles import Role
from tasks.durable import first_of, procedure, signal
from tasks.durable.cases import open_new
from tasks.durable.ledger import recall
from tasks.durable.running import run_leg
from tasks.durable.testing import Office
from tasks.register.lookups import every_recipient
from tests.durable.test_never_lost import Killed, kill_at
from tests.procedures.letters import asked, read_beside
from tests.procedures.notes import PASTED, TEXT, TITLE, Alder, allowing, note_of, with_policy
from tests.procedures.test_written_contact_privacy import CANARY, canaries_in_tables


class CallMade(CaseFacts):
    """A call that is to be noted; `then_waits` keeps the case open afterwards."""

    person: str | None = "P-101"
    notes: int = 1
    text: str = TEXT
    already_there: str = ""
    then_waits: bool = True
    wanted_by: datetime | None = None


@procedure(follows="the stories of notes that are left")
def making_a_call(call: CallMade) -> str:
    """Leave so many notes, and go on to something else."""
    for _ in range(call.notes):
        leave_note(
            TITLE,
            call.text,
            about_person=call.person,
            of=Role.DUTY_WORKER,
            author="duty-worker",
            clauses="PWT-51",
            already_there=call.already_there,
            wanted_by=call.wanted_by,
        )
    if call.then_waits:
        first_of(signal(MorningCame))
    return "gone on"


@pytest.fixture
def alder(office: Office, tmp_path: Path) -> Alder:
    """The example council's recording system, which takes every note."""
    return Alder(office, tmp_path)


def asking(office: Office) -> list[str]:
    """The cases in which somebody is asked to paste a note."""
    return office.cases(note_to_keep)


def entries_of(office: Office, case: str) -> list[str]:
    """The kinds of a case's entries."""
    with office.council.database.read() as session:
        return [entry.kind for entry in recall(session, case)]


# ------------------------------------------------------------------ written


@pytest.mark.clauses("GAP-55", "PWT-51")
def test_a_note_that_is_left_is_written_and_its_case_never_wakes_for_it(office: Office, alder: Alder) -> None:
    """It stands in the record under its literal title; the case has one entry for it, and is not woken."""
    case = office.start(making_a_call, CallMade())
    before, wake_no = entries_of(office, case), office.case(case).wake_no
    assert before == ["opened", "done", "awaited"]

    report = alder.write()

    assert report.written == [note_of(office, case).id]
    (stored,) = alder.system.notes("LAS-70410")
    assert (stored.title, stored.text, stored.author) == (TITLE, TEXT, "duty-worker")
    assert (entries_of(office, case), office.case(case).wake_no) == (before, wake_no)
    assert asking(office) == []


@pytest.mark.clauses("GAP-55")
def test_the_one_entry_of_a_note_names_its_clauses(office: Office, alder: Alder) -> None:
    """Who reads the ledger sees which clause the note was left for."""
    case = office.start(making_a_call, CallMade())

    with office.council.database.read() as session:
        (entry,) = session.scalars(select(Entry).where(Entry.case_ref == case, Entry.step == "leave-note"))
    assert entry.clauses == "PWT-51"
    assert office.story_of(case)[1].endswith(
        f"Left a note for the recording system: {note_of(office, case).id}, to be written"
    )


def test_a_note_is_written_after_its_case_has_closed(office: Office, alder: Alder) -> None:
    """The last note of a case outlives it: it was left, and closing takes nothing back."""
    case = office.start(making_a_call, CallMade(then_waits=False))
    assert office.is_closed(case)

    alder.write()

    assert note_of(office, case).state == "kept"
    assert len(alder.system.notes("LAS-70410")) == 1


def test_several_notes_of_a_case_are_each_written_once(office: Office, alder: Alder) -> None:
    """Three notes with the same words are three notes, however often writing is tried."""
    case = office.start(making_a_call, CallMade(notes=3))
    alder.write()
    alder.write()

    assert len(alder.system.notes("LAS-70410")) == 3
    assert entries_of(office, case) == ["opened", "done", "done", "done", "awaited"]


# ------------------------------------------------------------------ pasted


@pytest.mark.clauses("GAP-55")
def test_without_a_recording_system_a_case_of_its_own_asks_to_paste_it(office: Office) -> None:
    """The caller goes on with one entry; the new case asks whoever was named, and their answer ends it."""
    case = office.start(making_a_call, CallMade())
    (keeping,) = asking(office)
    note = note_of(office, case)

    assert asked(office, keeping) == ["RecordMade of duty-worker"]
    assert read_beside(office, keeping, RecordMade) == (
        "Into the record of Edith Tilling (LAS-70410, P-101).\n\n"
        f"Title: {TITLE}\n\n{TEXT}\n\nKept for Safe Pathways as {note.id}"
    )
    office.answer(keeping, PASTED, by="duty-worker")

    kept = note_of(office, case)
    assert (kept.state, kept.ending, kept.note_id, kept.text) == ("kept", "pasted", "A-31007", "")
    assert office.outcome_of(keeping) == "pasted"
    assert entries_of(office, case) == ["opened", "done", "awaited"]


@pytest.mark.parametrize(
    ("person", "titles", "endings"),
    [
        ("P-101", ["Something else"], tuple(RecordEnding)),
        (None, ["*"], tuple(RecordEnding)),
        ("P-101", ["*"], (RecordEnding.PASTED, RecordEnding.SIGHTED)),
    ],
)
def test_what_no_machine_may_write_is_asked_for_at_once(
    office: Office, tmp_path: Path, person: str | None, titles: list[str], endings: tuple[RecordEnding, ...]
) -> None:
    """The system does not take that title, the person is not known, or policy does not allow it."""
    with_policy(office, allowing(office.council.policy, *endings))
    alder = Alder(office, tmp_path, titles=titles)
    office.start(making_a_call, CallMade(person=person))

    (keeping,) = asking(office)
    assert asked(office, keeping) == ["RecordMade of duty-worker"]
    assert alder.write().written == []


def test_a_note_that_the_system_refuses_is_asked_for(office: Office, alder: Alder) -> None:
    """The person has no record there: a case of its own asks, told to look first; the caller sleeps on."""
    case = office.start(making_a_call, CallMade(person="P-121"))
    before = entries_of(office, case)
    (alder.folder / "alder.db").unlink()

    report = alder.write()

    assert report.given_to_a_person == [note_of(office, case).id]
    (keeping,) = asking(office)
    beside = read_beside(office, keeping, RecordMade)
    assert beside.startswith(f"It could not be written by itself. Look first whether {note_of(office, case).id}")
    assert entries_of(office, case) == before
    assert office.case(keeping).parent_ref == case


@pytest.mark.clauses("GAP-55")
@pytest.mark.parametrize("refused", [True, False])
def test_a_note_that_is_wanted_by_a_time_is_chased_from_then_on(office: Office, tmp_path: Path, refused: bool) -> None:
    """The procedure says by when: so it is, also where a machine was to write it and could not."""
    by = datetime(2026, 1, 8, 12, tzinfo=UTC)
    if refused:
        alder = Alder(office, tmp_path)
        office.start(making_a_call, CallMade(person="P-121", wanted_by=by))
        (alder.folder / "alder.db").unlink()
        alder.write()
    else:
        office.start(making_a_call, CallMade(wanted_by=by))
    (keeping,) = asking(office)
    assert office.waiting_for(keeping)[0] == "RecordMade of duty-worker, due 2026-01-08 12:00"


def test_a_system_that_stays_away_costs_time_and_then_a_person_pastes(office: Office, alder: Alder) -> None:
    """It is tried for as long as policy tries messages; then somebody is asked once, though its case has closed."""
    case = office.start(making_a_call, CallMade(then_waits=False))
    (alder.folder / "alder.db").unlink()
    (alder.folder / "alder.db").mkdir()
    for _ in range(12):
        alder.write()
        office.hours_pass(1)

    (keeping,) = asking(office)
    with office.council.database.read() as session:
        asked_for = [entry for entry in recall(session, keeping) if entry.kind == "asked"]
        clauses = session.scalars(select(Entry.clauses).where(Entry.case_ref == keeping, Entry.kind == "asked")).all()
    assert (len(asked_for), clauses) == (1, ["PWT-51"])
    office.answer(keeping, PASTED, by="duty-worker")
    assert note_of(office, case).note_id == "A-31007"


# ------------------------------------------------------------------ sighted


@pytest.mark.clauses("GAP-55")
def test_a_note_that_the_extract_shows_first_ends_its_own_case(office: Office, tmp_path: Path) -> None:
    """Somebody pasted it and said nothing: the question leaves the worklist, and the caller is not woken."""
    alder = Alder(office, tmp_path, titles=())
    case = office.start(making_a_call, CallMade())
    (keeping,) = asking(office)
    before = entries_of(office, case)
    alder.paste(read_beside(office, keeping, RecordMade))
    office.days_pass(1)

    alder.extract_comes()

    assert office.outcome_of(keeping) == "sighted"
    assert entries_of(office, case) == before
    assert (note_of(office, case).ending, note_of(office, case).sighted_on) == ("sighted", date(2026, 1, 6))


def test_a_written_note_is_confirmed_by_the_extract_and_nobody_hears(office: Office, alder: Alder) -> None:
    """It has the day on which it was seen; its case has no entry more."""
    case = office.start(making_a_call, CallMade())
    alder.write()
    before = entries_of(office, case)
    office.days_pass(1)

    assert alder.extract_comes().sighted == 1
    assert note_of(office, case).sighted_on == date(2026, 1, 6)
    assert entries_of(office, case) == before


# ------------------------------------------------------------------ written by the worker themselves


@pytest.mark.clauses("GAP-55")
def test_nobody_is_asked_for_a_note_that_the_worker_wrote(office: Office, alder: Alder) -> None:
    """It is entered as pasted under the id they gave, and no machine writes it a second time."""
    case = office.start(making_a_call, CallMade(already_there="N-00009"))
    assert alder.write().written == []

    kept = note_of(office, case)
    assert (kept.state, kept.ending, kept.note_id, kept.text) == ("kept", "pasted", "N-00009", "")
    assert asking(office) == []
    assert office.story_of(case)[1].endswith(f"{kept.id}, which stands there as N-00009")


def test_the_note_that_the_worker_wrote_is_sighted_later(office: Office, tmp_path: Path) -> None:
    """The extract shows it under the id they gave."""
    alder = Alder(office, tmp_path, titles=())
    given = alder.paste("in their own words")
    case = office.start(making_a_call, CallMade(already_there=given))
    alder.extract_comes()

    assert (note_of(office, case).ending, note_of(office, case).sighted_on) == ("pasted", date(2026, 1, 5))


@pytest.mark.parametrize("endings", [(RecordEnding.SIGHTED,), (RecordEnding.WRITTEN, RecordEnding.SIGHTED)])
def test_where_only_sighting_counts_the_workers_word_waits_for_the_extract(
    office: Office, tmp_path: Path, endings: tuple[RecordEnding, ...]
) -> None:
    """A case of its own waits, and asks nobody; no machine writes it again; the extract shows it, and that ends it."""
    with_policy(office, allowing(office.council.policy, *endings))
    alder = Alder(office, tmp_path)
    alder.extract_comes()
    office.hours_pass(1)
    given = alder.paste("in their own words")
    case = office.start(making_a_call, CallMade(already_there=given))
    assert alder.write().written == []
    (keeping,) = asking(office)
    assert asked(office, keeping) == []

    alder.extract_comes()

    assert office.outcome_of(keeping) == "sighted"
    assert note_of(office, case).note_id == given


def test_where_no_extract_shows_what_the_worker_said_somebody_is_asked(office: Office, tmp_path: Path) -> None:
    """Five working days later the extract has not shown it: whoever was named pastes it."""
    with_policy(office, allowing(office.council.policy, RecordEnding.SIGHTED))
    alder = Alder(office, tmp_path)
    alder.extract_comes()
    office.start(making_a_call, CallMade(already_there="N-77777"))
    (keeping,) = asking(office)
    office.today_is("2026-01-12 16:59")
    assert asked(office, keeping) == []
    office.today_is("2026-01-12 17:00")

    assert asked(office, keeping) == ["RecordMade of duty-worker"]
    assert read_beside(office, keeping, RecordMade).startswith("It is said to be N-77777, and no extract has shown it.")


# ------------------------------------------------------------------ once, and nothing seen


@pytest.mark.parametrize("connected", [True, False])
def test_a_note_is_left_once_at_whatever_statement_the_leg_is_killed(
    office: Office, tmp_path: Path, connected: bool
) -> None:
    """Killed at each statement in turn, the next leg carries on: one row, one entry, and at most one case."""
    if connected:
        Alder(office, tmp_path)
    unharmed, statements = left_by_a_leg_killed_at(office, 0)
    assert statements > 10
    for statement in range(1, statements + 1):
        case, _ = left_by_a_leg_killed_at(office, statement)
        assert entries_of(office, case) == entries_of(office, unharmed), statement
        with office.council.database.read() as session:
            notes = select(func.count()).select_from(CaseNote).where(CaseNote.case_ref == case)
            keeping = select(func.count()).select_from(Case).where(Case.parent_ref == case)
            assert (session.scalar(notes), session.scalar(keeping)) == (1, 0 if connected else 1), statement


def left_by_a_leg_killed_at(office: Office, statement: int) -> tuple[str, int]:
    """A case whose first leg is killed at a statement and found again; and how many statements there were."""
    duty = Recipient.role(Role.DUTY_WORKER)
    case = open_new(office.council, making_a_call.procedure.name, CallMade(), owner=duty)
    stop = kill_at(office, statement)
    try:
        run_leg(office.council, case)
    except Killed:
        pass
    finally:
        statements = stop()
    office.clock.advance(timedelta(minutes=10))
    office.runtime.run_what_is_due()
    return case, statements


def test_a_restricted_cases_note_is_asked_for_in_a_restricted_case(office: Office) -> None:
    """What is behind a restricted case is not seen by way of its notes either."""
    office.start(making_a_call, CallMade(), restricted=True)
    (keeping,) = asking(office)

    assert office.case(keeping).restricted


def test_the_note_of_somebody_chased_reaches_the_managers(office: Office) -> None:
    """Nobody pastes it: it is chased like any question, and the managers above hear of it."""
    office.start(making_a_call, CallMade())
    (keeping,) = asking(office)
    office.days_pass(14)

    assert any("team leader" in line for line in office.story_of(keeping))


@pytest.mark.clauses("DUTY-22")
def test_what_a_left_note_says_stays_in_payloads_and_with_the_note(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Pasted, refused by the system or given by the worker: its text is in no message, log or other table."""
    caplog.set_level(logging.DEBUG)
    told = CallMade(text=CANARY)
    office.start(making_a_call, told)
    office.start(making_a_call, told.model_copy(update={"already_there": f"{CANARY}-9"}))
    alder = Alder(office, tmp_path)
    office.start(making_a_call, told.model_copy(update={"person": "P-121"}))
    (alder.folder / "alder.db").unlink()
    alder.write()
    office.days_pass(8)
    pasted, refused = asking(office)
    office.answer(pasted, RecordMade(note_id="A-1", changed=CANARY), by="duty-worker")

    assert canaries_in_tables(office) == {"entry_payload", "case_note"}
    with office.council.database.read() as session:
        everybody = every_recipient(session, on=date(2026, 1, 5))
    sent = [message for one in everybody for message in office.inbox(one)]
    assert sent and not [message for message in sent if CANARY in message.subject + message.body]
    assert CANARY not in caplog.text
    assert not office.is_closed(refused)
