"""Follow-up: agreed, owned, and certain to happen (DUTY-35 to DUTY-37, GAP-05)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from flows.follow_up import follow_up
from models.case_people import CasePerson
from models.forms.base import AnswerRefused
from models.forms.follow_up import (
    FollowUpAgreement,
    FollowUpAssigned,
    FollowUpBy,
    FollowUpFacts,
    FollowUpReport,
    FollowUpWanted,
)
from models.forms.handover import HandoverReply
from tasks.durable.testing import Office
from tests.procedures.letters import asked

AGREED = FollowUpAgreement(reply=HandoverReply.ACCEPT)
REFUSED = FollowUpAgreement(reply=HandoverReply.REFUSE, reason="I have not met her")
DONE = FollowUpReport(happened=True, what_came_of_it="calls have started again", note_id="note 902")
NOBODY_THERE = FollowUpReport(happened=False, what_came_of_it="rang twice, no answer")


def a_check(office: Office, **changes: Any) -> str:
    """A check on Wednesday 14 January 2026 that the practitioner is asked to agree to."""
    wanted = FollowUpWanted(
        what="the calls have started again", on=date(2026, 1, 14), by=FollowUpBy.RESPONSIBLE, wishes="by telephone"
    )
    facts = {"wanted": wanted, "about_person": "P-101", "responsible": "staff-practitioner", "done_so_far": "stopped"}
    return office.start(follow_up, FollowUpFacts.model_validate(facts | changes))


@pytest.mark.clauses("DUTY-36", "DUTY-37")
def test_who_agrees_owns_it_and_is_asked_on_the_day(office: Office) -> None:
    """DUTY-37: agreed with the worker, and on the morning of the day it stands in her worklist."""
    case = a_check(office)
    office.answer(case, AGREED, by="practitioner")
    assert office.case(case).owner == "staff-practitioner"

    office.today_is("2026-01-14 08:00")
    assert asked(office, case) == []
    office.today_is("2026-01-14 08:30")
    assert office.waiting_for(case) == ["FollowUpReport of practitioner, due 2026-01-14 17:00"]
    office.answer(case, DONE, by="practitioner")
    assert office.outcome_of(case) == "followed up"


@pytest.mark.clauses("DUTY-36")
def test_another_day_may_be_agreed(office: Office) -> None:
    """DUTY-36: the worker knows that Friday suits the person better."""
    case = a_check(office)
    office.answer(case, AGREED.model_copy(update={"on": date(2026, 1, 16)}), by="practitioner")

    office.today_is("2026-01-15 12:00")
    assert asked(office, case) == []
    office.today_is("2026-01-16 09:00")
    assert asked(office, case) == ["FollowUpReport of practitioner"]


def test_a_refusal_brings_it_to_the_team_leader_and_duty_keeps_it_meanwhile(office: Office) -> None:
    """GAP-05: no agreement, so the team leader decides; the case still belongs to duty (DUTY-36)."""
    case = a_check(office)
    office.answer(case, REFUSED, by="practitioner")

    assert asked(office, case) == ["FollowUpAssigned of team-leader"]
    assert office.case(case).owner == "role-duty-worker"
    office.answer(case, FollowUpAssigned(given_to="practitioner-3", reasons="knows her"), by="team-leader")
    assert asked(office, case) == ["FollowUpAgreement of practitioner-3"]
    office.answer(case, AGREED, by="practitioner-3")
    assert office.case(case).owner == "staff-practitioner-3"


def test_silence_brings_it_to_the_team_leader_after_a_working_day(office: Office) -> None:
    """GAP-05: after one working day without a reply the question leaves the worker's list (DUTY-36)."""
    case = a_check(office)
    office.today_is("2026-01-06 16:59")
    assert asked(office, case) == ["FollowUpAgreement of practitioner"]

    office.today_is("2026-01-06 17:00")
    assert asked(office, case) == ["FollowUpAssigned of team-leader"]
    office.answer(case, FollowUpAssigned(reasons="quickest at duty"), by="team-leader")
    office.today_is("2026-01-14 08:30")
    assert asked(office, case) == ["FollowUpReport of duty-worker"]


@pytest.mark.clauses("DUTY-37")
def test_the_day_waits_for_no_agreement(office: Office) -> None:
    """DUTY-37, GAP-05: refused, the leader silent, and on the morning of the day duty is asked to do it."""
    case = a_check(office)
    office.answer(case, REFUSED, by="practitioner")

    office.today_is("2026-01-14 08:30")
    assert asked(office, case) == ["FollowUpReport of duty-worker"]


@pytest.mark.clauses("DUTY-37")
def test_who_is_not_reached_is_tried_again_until_it_has_happened(office: Office) -> None:
    """DUTY-37: no answer on Wednesday and Thursday, so it is asked again on each next working day."""
    case = a_check(office, responsible=None)
    for today, tomorrow in (("2026-01-14", "2026-01-15"), ("2026-01-15", "2026-01-16"), ("2026-01-16", "2026-01-19")):
        office.today_is(f"{today} 10:00")
        office.answer(case, NOBODY_THERE, by="duty-worker")
        assert asked(office, case) == []
        office.today_is(f"{tomorrow} 08:30")
        assert asked(office, case) == ["FollowUpReport of duty-worker"]
    office.answer(case, DONE, by="duty-worker")
    assert office.is_closed(case)


@pytest.mark.clauses("DUTY-37")
def test_monitoring_goes_on_as_long_as_another_day_is_named(office: Office) -> None:
    """DUTY-37: it has happened and is to happen again in a week, so it is not over."""
    case = a_check(office, responsible=None)
    office.today_is("2026-01-14 09:00")
    office.answer(case, DONE.model_copy(update={"again_on": date(2026, 1, 21)}), by="duty-worker")

    assert not office.is_closed(case)
    office.today_is("2026-01-21 08:30")
    assert asked(office, case) == ["FollowUpReport of duty-worker"]


@pytest.mark.clauses("DUTY-37")
def test_it_is_chased_up_the_line_until_somebody_answers(office: Office) -> None:
    """DUTY-37: nobody answers on the day, and the team leader and the managers above hear of it."""
    case = a_check(office, responsible=None)
    office.today_is("2026-01-22 12:00")

    story = " ".join(office.story_of(case))
    assert "Passed on to the team leader" in story
    assert "Passed on to the team manager" in story
    assert asked(office, case) == ["FollowUpReport of duty-worker"]


def test_it_ends_without_happening_only_with_a_reason(office: Office) -> None:
    """DUTY-37: the person has died; it is recorded, and nobody rings."""
    case = a_check(office, responsible=None)
    office.today_is("2026-01-14 09:00")
    over = FollowUpReport(happened=False, what_came_of_it="not rung", no_longer_wanted="she died on Monday")
    office.answer(case, over, by="duty-worker")

    assert office.outcome_of(case) == "no longer wanted"
    with pytest.raises(AnswerRefused, match="note_id"):
        FollowUpReport.read({"happened": True, "what_came_of_it": "done"})


@pytest.mark.parametrize(("on", "asked_at"), [("2026-01-17", "2026-01-16 08:30"), ("2026-01-18", "2026-01-16 08:30")])
def test_a_closed_day_means_the_last_open_one_before_it(office: Office, on: str, asked_at: str) -> None:
    """GAP-51, DUTY-37: a Saturday or Sunday is never an excuse to be late."""
    wanted = FollowUpWanted(what="calls", on=date.fromisoformat(on), by=FollowUpBy.DUTY, wishes="by telephone")
    case = a_check(office, wanted=wanted)
    office.today_is("2026-01-16 08:00")
    assert asked(office, case) == []
    office.today_is(asked_at)
    assert asked(office, case) == ["FollowUpReport of duty-worker"]


def test_a_slip_of_the_pen_does_not_put_a_check_off_for_ever(office: Office) -> None:
    """DUTY-37: 2062 instead of 2026 is refused, and a day in the next year but one looked at after a year at most."""
    case = a_check(office, responsible=None)
    office.today_is("2026-01-14 09:00")
    with pytest.raises(AnswerRefused, match="again_on: it is years ahead"):
        office.answer(case, DONE.model_copy(update={"again_on": date(2062, 1, 21)}), by="duty-worker")
    office.answer(case, DONE.model_copy(update={"again_on": date(2027, 7, 21)}), by="duty-worker")

    office.today_is("2027-01-14 08:30")
    assert asked(office, case) == ["FollowUpReport of duty-worker"]


def test_a_death_is_heard_by_whoever_follows_up(office: Office) -> None:
    """DUTY-37: nobody rings somebody who has died because a check was agreed before."""
    a_check(office, responsible=None)
    with office.council.database.read() as session:
        assert [row.person_id for row in session.scalars(select(CasePerson))] == ["P-101"]


def test_a_day_that_is_over_means_now(office: Office) -> None:
    """DUTY-37: a slip of the pen does not lose the check."""
    wanted = FollowUpWanted(what="calls", on=date(2026, 1, 2), by=FollowUpBy.RESPONSIBLE, wishes="by telephone")
    assert asked(office, a_check(office, wanted=wanted)) == ["FollowUpReport of duty-worker"]
