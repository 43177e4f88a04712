"""Which cases somebody may see: their own, their team's, everything; and restricted ones as if they were not there."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from flows.unauthorised_disclosure import unauthorised_disclosure
from models.cases import WorkItem
from models.permissions import Action
from models.policy.organisation import MailKind
from models.register import Allocation, Responsibility
from models.worklist import Cover
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tasks.worklist.members import Member, member_of
from tasks.worklist.scope import NotFound, find_case, find_item
from tests.procedures.letters import sorted_as, sorted_contact, taken_by
from tests.procedures.test_unauthorised_disclosure import FOUND

MONDAY = date(2026, 1, 5)


def member(office: Office, staff_id: str) -> Member:
    """Somebody at work."""
    with office.council.database.read() as session:
        found = member_of(session, staff_id, office.clock.now())
    assert found is not None
    return found


def sees(office: Office, staff_id: str, ref: str, action: Action = Action.READ_CASE) -> bool:
    """Whether somebody finds the case."""
    with office.council.database.read() as session:
        try:
            find_case(session, member(office, staff_id), ref, action, MONDAY)
        except NotFound:
            return False
    return True


def a_letter_about(office: Office, person: str) -> str:
    """A letter that duty has sorted, about somebody of the register, for their worker."""
    return sorted_contact(office, sorted_as(MailKind.NAMED_WORKER, about_person=person, named_worker="practitioner"))


def test_a_duty_worker_sees_every_case_and_a_practitioner_of_another_team_does_not(office: Office) -> None:
    """A letter about somebody of Hazel is Hazel's and duty's; for Rowan it is not there."""
    ref = a_letter_about(office, "P-101")

    assert sees(office, "duty-worker", ref)
    assert sees(office, "practitioner", ref)
    assert sees(office, "practitioner-2", ref)  # of the same team
    assert not sees(office, "practitioner-4", ref)
    assert sees(office, "team-leader", ref)
    assert not sees(office, "rowan-team-leader", ref)
    assert sees(office, "head-of-service", ref)
    assert not sees(office, "auditor", ref)


def test_somebody_allocated_to_a_person_sees_what_comes_about_them(office: Office) -> None:
    """Whoever takes a person on sees their cases from that day, and no longer once it has ended."""
    ref = a_letter_about(office, "P-101")
    with office.council.database.write() as session:
        session.add(
            Allocation(
                person_id="P-101",
                staff_id="practitioner-4",
                team_id="rowan",
                responsibility=Responsibility.REVIEW,
                since=MONDAY,
                until=date(2026, 1, 12),
            )
        )
    assert sees(office, "practitioner-4", ref)

    with office.council.database.read() as session, pytest.raises(NotFound):
        find_case(session, member(office, "practitioner-4"), ref, Action.READ_CASE, date(2026, 1, 12))


def test_a_restricted_case_is_not_there_for_anybody_else(office: Office) -> None:
    """Not for duty, whose reach is everything; for the managers it belongs to and those it asks it is."""
    ref = office.start(unauthorised_disclosure, FOUND, owner="role-team-manager")

    assert not sees(office, "duty-worker", ref)
    assert not sees(office, "practitioner", ref)
    assert not sees(office, "duty-team-leader", ref)
    assert sees(office, "team-manager", ref)
    assert sees(office, "information-governance", ref)


def test_whoever_may_answer_a_question_may_read_it_without_seeing_the_case(office: Office) -> None:
    """A letter offered to a worker of another team is theirs to read as a question, and nobody else's of that team."""
    ref = office.start(unauthorised_disclosure, FOUND, owner="role-team-manager")
    with office.council.database.read() as session:
        items = session.scalars(select(WorkItem).where(WorkItem.case_ref == ref)).all()
        assessing = next(one for one in items if one.form == "BreachAssessed")
        assert find_item(session, member(office, "information-governance"), assessing.id, MONDAY) is assessing
        with pytest.raises(NotFound):
            find_item(session, member(office, "duty-worker"), assessing.id, MONDAY)


def test_whoever_stands_in_sees_and_answers_what_the_other_may_for_those_days(office: Office) -> None:
    """Covering Priya Nair, a worker of Rowan takes on what she is offered; what comes the day after is not theirs."""
    ref = a_letter_about(office, "P-101")
    stands_in(office, "practitioner-4", absent="practitioner", until=MONDAY)
    assert sees(office, "practitioner-4", ref)

    office.answer(ref, taken_by(), by="practitioner-4")
    office.days_pass(1)
    later = a_letter_about(office, "P-102")
    assert member(office, "practitioner-4").stands_in_for == ()
    assert not sees(office, "practitioner-4", later)
    assert sees(office, "practitioner-4", ref)  # what they have answered stays theirs to look at


def test_cover_that_was_called_off_counts_no_more(office: Office) -> None:
    """Called off means at once."""
    ref = a_letter_about(office, "P-101")
    stands_in(office, "practitioner-4", absent="practitioner", until=MONDAY, ended=True)

    assert not sees(office, "practitioner-4", ref)
    with pytest.raises(NotTheirs):
        office.answer(ref, taken_by(), by="practitioner-4")


def stands_in(office: Office, staff_id: str, *, absent: str, until: date, ended: bool = False) -> None:
    """Arrange that somebody stands in for somebody else from Monday on."""
    now = office.clock.now()
    with office.council.database.write() as session:
        session.add(
            Cover(
                absent_id=absent,
                covered_by=staff_id,
                from_on=MONDAY,
                until_on=until,
                made_by=absent,
                made_at=now,
                ended_at=now if ended else None,
            )
        )
