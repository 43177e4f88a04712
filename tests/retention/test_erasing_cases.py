"""Closed cases are erased when their time has passed, wholly or not at all, and the record of them still holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from deployments.health import ours
from models.case_people import CasePerson
from models.cases import SignalReceipt, WorkItem
from models.mail import InboundMail
from models.person_messages import MessageKind, PersonMessage, PersonMessageState, SentBy
from models.recording import CaseNote, NoteState
from models.retention import CaseErasure
from models.worklist import Draft
from tasks.audit.erasing import erase_payloads
from tasks.database import Database
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.intake import take_in_mail
from tasks.retention.due import KeptBy
from tasks.retention.running import Run, erase_what_is_due, past_their_time, would_erase
from tasks.rounds import note_round
from tests.audit_world import Errand, ErrandPlanned, errand, faults, small_errand
from tests.retention.archive import (
    close_at_once,
    closed_errand,
    erased_cases,
    errand_with_a_child,
    held,
    says_nothing,
    years_pass,
)


def about(office: Office, ref: str, person: str) -> None:
    """The case is about somebody of the register."""
    with office.council.database.write() as session:
        session.add(CasePerson(case_ref=ref, person_id=person, since_no=1))


def told(office: Office, ref: str, state: PersonMessageState = PersonMessageState.DELIVERED) -> None:
    """Something was said to somebody because of the case."""
    now = office.clock.now()
    with office.council.database.write() as session:
        session.add(
            PersonMessage(
                id=f"L-{ref}",
                case_ref=ref,
                entry_no=1,
                kind=MessageKind.TOLD,
                person_id="P-101",
                told_person_id="P-102",
                sent_by=SentBy.EMAIL,
                address="ottoline@example.org",
                subject="About your bath seat",
                body="It comes on Monday.",
                in_reply_to="<1@example.org>",
                state=state,
                reason="",
                queued_at=now,
                next_attempt_at=now + timedelta(days=3650),
                attempts=1,
                service_ref="notify-4711",
            )
        )


def noted(office: Office, ref: str, **changes: Any) -> None:
    """A note of the case stands in the recording system, or is to."""
    kept: dict[str, Any] = {"state": NoteState.KEPT, "ending": "pasted", "note_id": "CN-4711"}
    with office.council.database.write() as session:
        session.add(
            CaseNote(
                id=f"R-{ref}",
                case_ref=ref,
                key="note",
                person_id="P-101",
                title="Call to Ottoline",
                text="She is content.",
                author="duty-worker",
                wanted_at=office.clock.now(),
                attempts=0,
                **kept | changes,
            )
        )


def kept_by(office: Office) -> dict[str, tuple[KeptBy, ...]]:
    """What keeps each case whose time has passed."""
    return {one.case.ref: one.kept_by for one in past_their_time(office.council)}


# ---------------------------------------------------------------- when


def test_a_case_is_erased_the_day_after_its_last_day(office: Office) -> None:
    """Closed on 5 January 2026 and kept for six years: it stands on 5 January 2032 and is erased on the 6th."""
    ref = closed_errand(office)
    years_pass(office, 6)
    assert office.clock.now().date().isoformat() == "2032-01-05"
    assert erase_what_is_due(office.council) == Run()
    assert not says_nothing(office, ref)

    office.days_pass(1)
    assert erase_what_is_due(office.council).cases == 1
    assert says_nothing(office, ref)


def test_an_open_case_is_never_erased(office: Office) -> None:
    """However old it is: its flow needs its memory, and somebody waits."""
    ref = office.start(small_errand, Errand(about="Bath seat"))
    years_pass(office, 30)
    assert erase_what_is_due(office.council) == Run()
    assert not says_nothing(office, ref)


def test_a_procedure_of_its_own_line_is_kept_as_that_says(office: Office) -> None:
    """A line of the schedule for one procedure holds for its cases alone."""
    retention = office.council.policy.retention
    short = retention.default.model_copy(update={"kept_for": retention.of("unsorted-mail").kept_for})
    changed = retention.model_copy(update={"procedures": {"small-errand": short}})
    office.council.policy = office.council.policy.model_copy(update={"retention": changed})
    ref, (parent, child) = closed_errand(office), errand_with_a_child(office)
    close_at_once(office, child)
    years_pass(office, 2)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {ref, child}
    assert not says_nothing(office, parent)


# ---------------------------------------------------------------- what


def test_the_ledger_says_what_was_erased_why_and_by_whom(office: Office) -> None:
    """One entry names the entries, the time and the reason of the schedule; the chain holds and the numbers stay."""
    ref = closed_errand(office)
    before = len(office.story_of(ref))
    years_pass(office, 7)
    run = erase_what_is_due(office.council, by="systems-officer")
    with office.council.database.read() as session:
        entries = recall(session, ref)
        erasure = session.get_one(CaseErasure, ref)
    assert (run.cases, run.entries, len(entries)) == (1, before, before + 1)
    assert entries[-1].text == (
        f"Erased what entries 1 to {before} said: kept 6 years after closing, as claims about care can be brought for "
        "six years"
    )
    assert (entries[-1].by, entries[-1].data) == ("systems-officer", {"erased": list(range(1, before + 1))})
    assert (erasure.entry_no, erasure.kept_for) == (before + 1, "6 years")
    assert faults(office.council.database) == []


def test_everything_personal_that_hangs_on_a_case_goes_with_it(office: Office) -> None:
    """Messages, notes, whom it is about, signals' ids and drafts: the rows that stay say that something was done."""
    ref = closed_errand(office)
    about(office, ref, "P-101")
    told(office, ref)
    noted(office, ref)
    with office.council.database.write() as session:
        session.add(SignalReceipt(case_ref=ref, signal_id="ottoline-1", entry_no=1))
        for path in (f"/cases/{ref}/signals/errand-changed", f"/work-items/{_item_of(office, ref)}"):
            session.add(
                Draft(staff_id="duty-worker", path=path, content='[["what", "x"]]', saved_at=office.clock.now())
            )
    years_pass(office, 7)
    erase_what_is_due(office.council)
    with office.council.database.read() as session:
        message, note = session.get_one(PersonMessage, f"L-{ref}"), session.get_one(CaseNote, f"R-{ref}")
        assert (message.address, message.subject, message.body, message.in_reply_to) == ("", "", "", None)
        assert (message.person_id, message.told_person_id, message.service_ref) == (None, None, None)
        assert (message.state, message.sent_by) == (PersonMessageState.DELIVERED, SentBy.EMAIL)
        assert (note.title, note.text, note.person_id, note.note_id) == ("", "", None, "")
        assert (note.state, note.author) == (NoteState.KEPT, "duty-worker")
        for table in (CasePerson, SignalReceipt, Draft):
            assert session.scalars(select(table)).all() == [], table
    assert faults(office.council.database) == []


def test_a_note_that_nobody_pasted_is_dropped_with_its_case(office: Office) -> None:
    """It can be pasted no more, since its text is gone."""
    ref = closed_errand(office)
    noted(office, ref, state=NoteState.WANTED, ending=None, note_id=None)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    with office.council.database.read() as session:
        assert session.get_one(CaseNote, f"R-{ref}").state == NoteState.DROPPED


def test_what_was_erased_by_hand_before_is_no_obstacle(office: Office) -> None:
    """Entries that say nothing any more are passed over, and all else goes."""
    ref = closed_errand(office)
    told(office, ref)
    entries = len(office.story_of(ref))
    with office.council.change() as change:
        erase_payloads(change, ref, range(1, entries + 1), reason="a court's order", by="legal-1")
    years_pass(office, 7)
    assert erase_what_is_due(office.council).cases == 1
    assert office.story_of(ref)[-1].endswith("claims about care can be brought for six years")
    with office.council.database.read() as session:
        assert session.get_one(PersonMessage, f"L-{ref}").body == ""
    assert faults(office.council.database) == []


# ---------------------------------------------------------------- what keeps it


def test_a_case_is_kept_while_one_that_came_from_it_is_open(office: Office) -> None:
    """Whoever works on the child may need what its parent was told; closed and out of time, both go."""
    ref, child = errand_with_a_child(office)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert kept_by(office) == {ref: (KeptBy.FAMILY,)}

    close_at_once(office, child)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {ref}
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {ref, child}


def test_a_case_is_kept_while_the_one_it_came_from_is_open(office: Office) -> None:
    """A child's time may pass while its parent goes on for years."""
    parent = office.start(errand, Errand(about="Bath seat"))
    office.answer(parent, ErrandPlanned(how="soon"), by="duty-worker")
    child = next(ref for ref in office.cases() if office.case(ref).parent_ref == parent)
    close_at_once(office, child)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert kept_by(office) == {child: (KeptBy.FAMILY,)}


def test_a_case_is_kept_while_another_about_the_same_person_is_open(office: Office) -> None:
    """Who acts for somebody now may need what was done for them before; a council may decide otherwise."""
    ref, now_open = closed_errand(office), office.start(small_errand, Errand(about="Rail"))
    about(office, ref, "P-101")
    about(office, now_open, "P-101")
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert kept_by(office) == {ref: (KeptBy.PERSON,)}

    retention = office.council.policy.retention.model_copy(update={"kept_while_person_has_open_case": False})
    office.council.policy = office.council.policy.model_copy(update={"retention": retention})
    erase_what_is_due(office.council)
    assert erased_cases(office) == {ref}


def test_somebody_elses_open_case_keeps_nothing(office: Office) -> None:
    """Two people: the one's open case says nothing of the other's."""
    ref, other = closed_errand(office), office.start(small_errand, Errand(about="Rail"))
    about(office, ref, "P-101")
    about(office, other, "P-102")
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {ref}


def test_a_message_that_waits_to_be_sent_keeps_its_case(office: Office) -> None:
    """What somebody was to be told is not lost by the schedule."""
    ref = closed_errand(office)
    told(office, ref, PersonMessageState.QUEUED)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert kept_by(office) == {ref: (KeptBy.MESSAGE,)}


def test_a_note_that_is_being_written_keeps_its_case(office: Office) -> None:
    """What is to stand in the recording system gets there first."""
    ref = closed_errand(office)
    later = office.clock.now() + timedelta(days=3650)
    noted(office, ref, state=NoteState.WANTED, ending=None, note_id=None, next_attempt_at=later)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert kept_by(office) == {ref: (KeptBy.NOTE,)}


# ---------------------------------------------------------------- again, and broken off


def test_a_dry_run_says_the_same_and_changes_nothing(office: Office) -> None:
    """What would be erased is counted, and every word is still there."""
    refs = {closed_errand(office) for _ in range(3)}
    years_pass(office, 7)
    assert would_erase(office.council).cases == 3
    assert not any(says_nothing(office, ref) for ref in refs)
    assert erase_what_is_due(office.council).cases == 3


def test_a_second_run_changes_nothing(office: Office) -> None:
    """What was erased is not erased again, and no entry is added."""
    ref = closed_errand(office)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    before = office.story_of(ref)
    assert erase_what_is_due(office.council) == Run()
    assert office.story_of(ref) == before


def test_a_run_ends_when_its_time_is_over_and_the_next_goes_on(office: Office) -> None:
    """A worker is not held up all night: what is left is erased by the next run."""
    refs = {closed_errand(office) for _ in range(2)}
    years_pass(office, 7)
    run = erase_what_is_due(office.council, for_at_most=timedelta(0))
    assert (run.cases, run.is_unfinished, erased_cases(office)) == (0, True, set())
    run = erase_what_is_due(office.council, for_at_most=timedelta(hours=1))
    assert (run.is_unfinished, erased_cases(office)) == (False, refs)


class BrokenOff(BaseException):
    """The process ends at this moment."""


@pytest.mark.parametrize("statements", [1, 5, 12, 20, 27, 30, 33, 36, 40])
def test_a_run_that_breaks_off_has_erased_each_case_wholly_or_not_at_all(office: Office, statements: int) -> None:
    """Ended after any statement, each case is whole or erased, the chain holds, and the next run ends it."""
    refs = [closed_errand(office) for _ in range(3)]
    for ref in refs:
        told(office, ref)
    years_pass(office, 7)
    left = statements

    def break_off(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal left
        if statement.startswith(("UPDATE", "INSERT", "DELETE")):
            left -= 1
            if left == 0:
                raise BrokenOff

    engine = office.council.database.engine
    event.listen(engine, "before_cursor_execute", break_off)
    try:
        erase_what_is_due(office.council)
    except BrokenOff:
        pass
    finally:
        event.remove(engine, "before_cursor_execute", break_off)
    gone = erased_cases(office)
    for ref in refs:
        with office.council.database.read() as session:
            assert (session.get_one(PersonMessage, f"L-{ref}").body == "") == (ref in gone)
        assert says_nothing(office, ref) == (ref in gone)
    assert faults(office.council.database) == []

    erase_what_is_due(office.council)
    assert erased_cases(office) == set(refs)
    assert faults(office.council.database) == []


@contextmanager
def refusing(office: Office, what: str, about: str) -> Iterator[None]:
    """The database refuses each such statement about one reference, with an error that says a name."""

    def refuse(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(what) and about in str(parameters):
            raise ValueError("invalid isoformat string: 'Ottoline'")

    engine = office.council.database.engine
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", refuse)


def health(office: Office) -> str:
    """What /health says of retention; empty: it is well."""
    return ours.retention(office.council)


def test_a_case_that_cannot_be_erased_keeps_none_of_the_others(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays whole and is told of by reference and kind of error, by the run, the log and /health, until it goes."""
    refs = [closed_errand(office) for _ in range(3)]
    assert health(office) == ""
    years_pass(office, 7)
    with refusing(office, "DELETE FROM case_person", refs[1]):
        run = erase_what_is_due(office.council)
    assert (run.cases, run.failed) == (2, {refs[1]: "ValueError"})
    assert erased_cases(office) == {refs[0], refs[2]} and not says_nothing(office, refs[1])
    assert faults(office.council.database) == []
    assert health(office) == "1 could not be erased: ValueError: the worker's log has what it was"
    assert f"{refs[1]} could not be erased (ValueError)" in caplog.text and "Ottoline" not in caplog.text

    assert erase_what_is_due(office.council).cases == 1
    assert health(office) == ""


def test_what_cannot_be_looked_at_is_kept_and_told_of(office: Office) -> None:
    """A hold may cover it: a case whose words and a draft whose fields nobody can read stay, and all else goes."""
    ref, broken = closed_errand(office, about="Rail"), closed_errand(office, about="Rail")
    with office.council.database.write() as session:
        for path, content in (("/a", "no fields"), ("/b", "[]")):
            session.add(Draft(staff_id="duty-worker", path=path, content=content, saved_at=office.clock.now()))
    held(office, person="P-101")
    years_pass(office, 7)
    with refusing(office, "SELECT care_case.parent_ref", broken):
        for run in (would_erase(office.council), erase_what_is_due(office.council)):
            assert (run.cases, run.drafts) == (1, 1)
            assert list(run.failed.items()) == [(broken, "ValueError"), ("draft 1", "JSONDecodeError")]
    assert erased_cases(office) == {ref}
    assert run.kept == {KeptBy.FAULT.value: 1}


def test_a_message_that_cannot_be_erased_keeps_none_of_the_others(office: Office) -> None:
    """Of two e-mails that were passed over one cannot be erased; the other goes."""
    for who in ("tom", "ann"):
        message = f"From: {who}@example.org\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n".encode()
        take_in_mail(office.council, message, f"{who}@example.org", [])
    with office.council.database.read() as session:
        stays, goes = session.scalars(select(InboundMail.id).order_by(InboundMail.id)).all()
    years_pass(office, 7)
    with refusing(office, "DELETE FROM webhook_receipt", stays):
        run = erase_what_is_due(office.council)
    assert (run.mail, run.failed) == (1, {stays: "ValueError"})
    with office.council.database.read() as session:
        assert session.get_one(InboundMail, goes).erased_at and not session.get_one(InboundMail, stays).erased_at


def test_nights_in_which_nothing_was_erased_are_told_of(office: Office) -> None:
    """A deployment that is paused: after three days somebody hears of it; a round of housekeeping forgets nothing."""
    erase_what_is_due(office.council)
    office.days_pass(3)
    note_round(office.council, {"heed deaths": ""})
    assert health(office) == ""
    office.hours_pass(1)
    assert health(office).startswith("could not erase what is due since")
    erase_what_is_due(office.council)
    assert health(office) == ""


def test_a_case_that_is_only_said_to_be_erased_is_found(office: Office) -> None:
    """A record of an erasure without the ledger's own entry would let rows be taken out: verification names it."""
    ref = closed_errand(office)
    with office.council.database.write() as session:
        session.add(CaseErasure(case_ref=ref, at=office.clock.now(), entry_no=1, kept_for="6 years"))
    assert [(one.ref, one.no, one.kind) for one in faults(office.council.database)] == [(ref, 1, "rows")]


def test_the_database_refuses_to_take_back_that_a_case_was_erased(office: Office, council_database: Database) -> None:
    """The row that says so is never changed and never deleted."""
    closed_errand(office)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    for statement in ("DELETE FROM case_erasure", "UPDATE case_erasure SET kept_for = '1 year'"):
        with pytest.raises(DBAPIError, match="append-only"), council_database.write() as session:
            session.execute(text(statement))


def _item_of(office: Office, ref: str) -> str:
    with office.council.database.read() as session:
        return session.scalars(select(WorkItem.id).where(WorkItem.case_ref == ref)).one()
