"""Once somebody is said to leave the tray, what was under way to tell them stops at once (GAP-53)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from flows.pwt_notification import pwt_notification
from flows.pwt_review import pwt_review
from flows.telling_a_person import telling_a_person
from models.forms.base import CaseFacts, Signal
from models.forms.telling_people import PersonTelling
from models.forms.tray_signals import LeavingReported, ReadyToWaitAgain
from models.person_messages import MessageKind, PersonMessage, SentBy
from models.policy.gaps.tray_exits import LeavingReason
from models.roles import Role
from models.telling_findings import ToBeTold
from tasks.durable import audited, first_of, here, open_case, procedure, role, signal
from tasks.durable.testing import Office
from tasks.telling.people import Draft, queue_message
from tasks.tray.letters import stop_letters
from tests.procedures.letters import asked
from tests.procedures.triage_stories import before_a_manager, gaps_are, placed

BY_EMAIL, BY_TELEPHONE = "P-105", "P-104"
"""Somebody a machine may write to, and somebody who is rung."""
LATER = datetime(2026, 1, 7, 17, tzinfo=UTC)


class Said(Signal):
    """They are said to leave the tray."""

    title = "said to leave"


class Placed(CaseFacts):
    """Who is on the tray, and about whom else a letter is under way."""

    person: str
    other: str = "P-106"


@audited("Queued a message about somebody", keyed_by="person")
def write_about(person: str) -> str:
    """One message of the case's own."""
    step = here()
    draft = Draft(MessageKind.TOLD, SentBy.EMAIL, "them@example.org", "About you", "Dear you", person)
    return queue_message(step.session, draft, case_ref=step.case.ref, entry_no=step.pen.next_no, now=step.now)


@procedure(follows="the stories of letters")
def placing_somebody(placed: Placed) -> None:
    """In place of triage: tells them, writes about them and somebody else, and opens the waiting."""
    whom = ToBeTold.the_person(placed.person)
    telling = PersonTelling(whom=whom, subject="You wait", body="You wait.", of="role-duty-worker", wanted_by=LATER)
    open_case(telling_a_person, telling, owner=role(Role.DUTY_WORKER))
    write_about(placed.person)
    write_about(placed.other)
    open_case(waiting_for_a_worker, placed, owner=role(Role.TEAM_LEADER))
    first_of(signal(Said))


@procedure(follows="the stories of letters")
def waiting_for_a_worker(placed: Placed) -> None:
    """In place of the waiting: writes about them, and stops it when they are said to leave."""
    write_about(placed.person)
    first_of(signal(Said))
    stop_letters(placed.person)
    first_of(signal(Said))


def somebody_waits(office: Office, person: str) -> str:
    """Everything is under way, and the post is out of order; gives the case of the waiting."""
    office.writes_to_people_by(SentBy.EMAIL)
    office.cannot_write_to_people()
    office.start(placing_somebody, Placed(person=person))
    [waiting] = office.cases(waiting_for_a_worker)
    return waiting


def states(office: Office) -> dict[str, set[str]]:
    """In which states the messages about each person are."""
    with office.council.database.read() as session:
        found: dict[str, set[str]] = {}
        for one in session.scalars(select(PersonMessage)):
            found.setdefault(str(one.person_id), set()).add(one.state)
    return found


def test_what_waits_in_the_queues_is_never_sent(office: Office) -> None:
    """GAP-53: the tray's own letter, that of its triage and that of telling them are withdrawn; others' are not."""
    waiting = somebody_waits(office, BY_EMAIL)
    assert states(office) == {BY_EMAIL: {"queued"}, "P-106": {"queued"}}

    office.signal(waiting, Said())
    assert states(office) == {BY_EMAIL: {"withdrawn"}, "P-106": {"queued"}}
    [telling] = office.cases(telling_a_person)
    assert office.outcome_of(telling) == "not told"
    assert any("Stopped letters and calls that were under way: 3" in line for line in office.story_of(waiting))
    office.can_write_to_people_again()
    office.days_pass(1)
    assert [one.subject for one in office.sent_to_people()] == ["About you"]


def test_nobody_is_asked_any_longer_to_ring_them(office: Office) -> None:
    """GAP-53: a call that duty was to make leaves the worklist at the same moment, not the next morning."""
    waiting = somebody_waits(office, BY_TELEPHONE)
    [telling] = office.cases(telling_a_person)
    assert asked(office, telling) == ["PersonToBeTold of duty-worker"]

    office.signal(waiting, Said())
    assert asked(office, telling) == []
    assert office.outcome_of(telling) == "not told"
    assert any("said to have left the tray" in line for line in office.story_of(telling))


@pytest.mark.clauses("PWT-28")
@pytest.mark.parametrize("letters_stop", [True, False])
def test_nobody_tells_somebody_that_they_wait_who_is_said_to_have_died(office: Office, letters_stop: bool) -> None:
    """GAP-53: their daughter rings before duty has told them; nobody rings the next day, whatever policy says."""
    gaps_are(office, leaving_tray={"letters_stop_at_once": letters_stop})
    triage = before_a_manager(office)
    office.answer(triage, placed(), by="team-leader")
    [telling], [tray] = office.cases(pwt_notification), office.cases(pwt_review)
    assert asked(office, telling) == ["PlacementTold of duty-worker"]

    died = LeavingReported(reason=LeavingReason.DEATH, told_by="her daughter")
    office.signal(tray, died, by="duty-worker")
    assert asked(office, telling) == []
    assert office.outcome_of(telling) == "not told"
    office.days_pass(3)
    assert office.sent_to_people() == []


@pytest.mark.clauses("PWT-28")
@pytest.mark.parametrize(("letters_stop", "outcome"), [(True, "not told"), (False, None)])
def test_nor_somebody_who_is_said_to_leave(office: Office, letters_stop: bool, outcome: str | None) -> None:
    """GAP-53: in hospital, where policy stops letters at once; if they wait on, they are contacted today."""
    gaps_are(office, leaving_tray={"letters_stop_at_once": letters_stop})
    triage = before_a_manager(office)
    office.answer(triage, placed(), by="team-leader")
    [telling], [tray] = office.cases(pwt_notification), office.cases(pwt_review)
    office.signal(tray, LeavingReported(reason=LeavingReason.ADMISSION, told_by="the ward"), by="duty-worker")
    assert office.outcome_of(telling) == outcome

    office.signal(tray, ReadyToWaitAgain(why="home again"), by="duty-worker")
    assert "ContactReview of duty-worker" in asked(office, tray)


@pytest.mark.parametrize("person", [BY_EMAIL, BY_TELEPHONE])
def test_a_council_may_let_letters_go_out_all_the_same(office: Office, person: str) -> None:
    """GAP-53 with its opposite: nothing is withdrawn while a manager has not confirmed."""
    gaps = office.council.policy.gaps
    leaving = gaps.leaving_tray.model_copy(update={"letters_stop_at_once": False})
    changed = gaps.model_copy(update={"leaving_tray": leaving})
    office.council.policy = office.council.policy.model_copy(update={"gaps": changed})
    waiting = somebody_waits(office, person)
    office.signal(waiting, Said())

    assert set().union(*states(office).values()) == {"queued"}
    [telling] = office.cases(telling_a_person)
    assert not office.is_closed(telling)
