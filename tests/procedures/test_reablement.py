"""Reablement: one case looks after somebody's plan, takes up what comes, and ends it by a decision."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from flows.deprivation_of_liberty import deprivation_of_liberty
from flows.prevention import prevention
from flows.reablement import reablement
from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_plan_issue import reablement_plan_issue
from flows.reablement_safeguarding_pause import reablement_safeguarding_pause
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.forms.base import AnswerRefused, Signal
from models.forms.handover import HandoverReply
from models.forms.plan_agreement import Stance
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.reablement import ReablementBegun
from models.forms.reablement_keeping import (
    CoordinationOffered,
    CoordinatorNamed,
    DeathInReablement,
    MessageIs,
    OpenMattersSettled,
    PlanMessageRead,
    WhatFollows,
    WhatFollowsReablement,
    WhatFollowsUndecided,
)
from models.forms.reablement_review import ReviewConsidered
from models.forms.reablement_signals import (
    CoordinatorWanted,
    EvidenceKind,
    EvidenceReceived,
    IssueFound,
    IssueKind,
    MonitoringChangeWanted,
    OutcomesAchieved,
    PreventionChance,
    ReablementEndWanted,
    ReablementGoesOn,
    RestrictionsNoticed,
    ReviewAsked,
    ReviewTrigger,
    SafeguardingRaised,
)
from models.forms.written_contact import FurtherMessage
from models.policy import Policy
from models.policy.organisation import MailKind
from models.policy.reablement import Reablement
from models.reablement.findings import PlanStands
from models.reablement.tables import PlanCopy, PlanVersion, ReablementPlan
from models.register import Person
from models.working_time import LONDON
from tasks.deaths import heed_deaths
from tasks.durable.ledger import recall
from tasks.durable.prefect_flow import ProcedureFlow
from tasks.durable.testing import Office
from tasks.leavers import move_what_leavers_left
from tasks.reablement.plans import standing_of_plan
from tasks.unseen.lines import Line, one_list
from tasks.worklist.signalling import SignalRefused, problems_with, tell_case
from tasks.worklist.starting import Said, open_by_hand, problems_with_facts
from tests.procedures.letters import asked, read_beside, sorted_as, sorted_contact
from tests.procedures.notes import note_of
from tests.procedures.plan_change_stories import agree, others_say, says, to_change
from tests.procedures.reablement_stories import (
    BEGUN,
    CARER_ID,
    NO_EVENINGS,
    PERSON_ID,
    SHORTER_MORNINGS,
    THERAPIST_ID,
    in_reablement,
)

ENDS = WhatFollowsReablement(
    talked_over=True,
    what=WhatFollows.NOTHING_MORE,
    last_day=date(2026, 2, 12),
    reasons="She manages by herself and wants nobody else to come",
)
GOES_ON = WhatFollowsReablement(
    talked_over=True,
    what=WhatFollows.GOES_ON,
    again_on=date(2026, 2, 25),
    costs_explained=True,
    reasons="Ten more days until the stair lift is in",
)


# ------------------------------------------------------------------ the beginning


def test_reablement_begins_for_the_living_and_this_year(office: Office) -> None:
    """A slip in the year would make the free weeks long over; the register knows who has died."""
    assert problems_with_facts(office.council, BEGUN) == []
    [problem] = problems_with_facts(office.council, BEGUN.model_copy(update={"begun_on": date(2016, 1, 5)}))
    assert problem.startswith("begun_on: it is more than a year ago")
    with office.council.database.write() as session:
        session.get_one(Person, "P-101").died_on = date(2026, 1, 2)
    [problem] = problems_with_facts(office.council, BEGUN)
    assert problem == "person: the register shows that they have died; look whether it is the right person"


def test_what_was_keyed_days_later_is_dated_when_it_was(office: Office) -> None:
    """Reablement began on the Friday and was written down on the Monday: her copy is from the Friday."""
    case = in_reablement(office, begun_on=date(2026, 1, 2))
    with office.council.database.read() as session:
        given = set(session.scalars(select(PlanCopy.given_at).where(PlanCopy.case_ref == case)))
        made = session.get_one(PlanVersion, (case, 1)).made_at
    assert given == {made} == {datetime(2026, 1, 2, 12, tzinfo=UTC)}


def test_what_is_keyed_the_same_day_is_dated_when_it_was_keyed(office: Office) -> None:
    """At nine nobody can have been given a copy at noon; at four it would look older than what came at one."""
    for hour in ("09:00", "16:00"):
        office.today_is(f"2026-01-05 {hour}")
        now = office.clock.now()
        case = in_reablement(office)
        assert {one.given_at for one in stands(office, case).copies} == {now}
        with office.council.database.read() as session:
            assert session.get_one(PlanVersion, (case, 1)).made_at == now


def test_nobody_on_our_staff_is_in_a_plan_twice() -> None:
    """They would be asked twice whether they agree to the same change."""
    ours = next(one for one in BEGUN.involved if one.staff)
    with pytest.raises(ValidationError, match="name a member of staff once"):
        ReablementBegun.model_validate(dict(BEGUN) | {"involved": (*BEGUN.involved, ours)})


# ------------------------------------------------------------------ the free weeks


def test_nobody_is_asked_before_the_end_is_in_sight(office: Office) -> None:
    """From the first day its date stands in the case; the worker is asked in week five, on 2 February."""
    case = in_reablement(office)
    assert office.case(case).owner == "staff-reablement-worker"
    assert office.waiting_for(case) == ["free-weeks-end-in-sight, due 2026-02-02 08:30"]

    office.today_is("2026-02-02 08:00")
    assert asked(office, case) == []
    office.today_is("2026-02-02 09:00")
    assert office.waiting_for(case) == [
        "WhatFollowsReablement of reablement-worker, due 2026-02-13 08:30",
        "free-weeks-end, due 2026-02-13 08:30",
    ]


def test_it_is_asked_from_the_day_that_policy_sets(office: Office) -> None:
    """A council that wants to know earlier sets another number of days."""
    settings = office.council.policy.reablement.model_copy(update={"end_in_sight_after_days": 21})
    office.policy_becomes(with_reablement(office, settings))
    assert office.waiting_for(in_reablement(office)) == ["free-weeks-end-in-sight, due 2026-01-26 08:30"]


def test_decided_with_the_person_the_plan_ends_after_its_last_day(office: Office) -> None:
    """On Thursday 12 February she is still looked after by her plan; at midnight it is over, and a note says so."""
    case = in_reablement(office)
    office.today_is("2026-02-03 10:00")
    office.answer(case, ENDS, by="reablement-worker")
    assert office.waiting_for(case) == ["last-day-of-reablement-over, due 2026-02-13 00:00"]

    office.today_is("2026-02-12 23:00")
    assert not office.is_closed(case)
    office.today_is("2026-02-13 09:00")
    assert office.outcome_of(case) == "ended"
    assert stands(office, case).ended
    note = note_of(office, case)
    assert (note.title, note.author) == ("End of reablement", "reablement-worker")
    assert "12 February 2026" in note.text and "She manages by herself" in note.text


def test_nothing_ends_by_silence_and_the_reablement_lead_decides(office: Office) -> None:
    """The last free day is a Sunday: on the Friday before it the lead is asked, and the plan stays in force."""
    case = in_reablement(office)
    office.today_is("2026-02-13 09:00")
    assert office.waiting_for(case) == ["WhatFollowsUndecided of reablement-lead, due 2026-02-13 16:30"]

    office.today_is("2026-02-20 09:00")
    assert not stands(office, case).ended
    decided = WhatFollowsUndecided(**dict(ENDS) | {"last_day": date(2026, 2, 20), "costs_explained": True})
    office.answer(case, decided, by="reablement-lead")
    office.today_is("2026-02-21 09:00")
    assert office.outcome_of(case) == "ended"


def test_what_goes_on_is_looked_at_again_on_its_day(office: Office) -> None:
    """Past the free weeks nobody stays in reablement unnoticed: the worker is asked anew, each time."""
    case = in_reablement(office)
    office.today_is("2026-02-03 10:00")
    office.answer(case, GOES_ON, by="reablement-worker")
    assert office.waiting_for(case) == ["reablement-looked-at-again, due 2026-02-25 08:30"]

    office.today_is("2026-02-25 09:00")
    assert asked(office, case) == ["WhatFollowsReablement of reablement-worker"]
    office.today_is("2026-02-26 09:00")
    assert asked(office, case) == ["WhatFollowsUndecided of reablement-lead"]


@pytest.mark.clauses("GAP-07")
def test_before_long_term_support_it_is_explored_what_might_prevent_it(office: Office) -> None:
    """The record goes with the referral (DUTY-68): its case begins at once, for the person, with the reasons."""
    case = in_reablement(office)
    office.today_is("2026-02-03 10:00")
    office.answer(case, ENDS.model_copy(update={"what": WhatFollows.LONG_TERM}), by="reablement-worker")

    [facts] = opened(office, prevention)
    assert (facts["about_person"], facts["before_long_term"], facts["came_from"]) == ("P-101", True, case)
    assert "manages by herself" in facts["what"]


def said_to_end(last_day: date, **more: bool) -> ReablementEndWanted:
    """Somebody has decided that it ends on that day."""
    return ReablementEndWanted(last_day=last_day, because="She manages", what_follows="Nothing more", **more)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"talked_over": False}, "not_talked_over_because"),
        ({"last_day": None}, "last_day"),
        ({"last_day": date(2027, 2, 12)}, "six months"),
        ({"last_day": date(2026, 2, 16)}, "costs_explained: it is free until 15 February 2026"),
        ({"what": WhatFollows.GOES_ON, "last_day": None}, "again_on"),
        ({"what": WhatFollows.GOES_ON, "again_on": date(2026, 3, 1), "costs_explained": False}, "costs_explained"),
    ],
)
def test_what_follows_is_whole(office: Office, changes: dict[str, Any], says: str) -> None:
    """A day that nobody gave, a person who was not asked, costs that nobody explained: said at the door."""
    case = in_reablement(office)
    office.today_is("2026-02-03 10:00")
    with pytest.raises(AnswerRefused, match=says):
        office.answer(case, ENDS.model_copy(update=changes), by="reablement-worker")


@pytest.mark.parametrize(
    ("signal", "problem"),
    [
        (said_to_end(date(2026, 1, 4)), "last_day: reablement began on 5 January 2026"),
        (said_to_end(date(2026, 1, 5)), ""),
        (said_to_end(date(2026, 2, 15)), ""),
        (said_to_end(date(2026, 2, 16)), "costs_explained: it is free until 15 February 2026"),
        (said_to_end(date(2026, 2, 16), costs_explained=True), ""),
        (ReablementGoesOn(why="fell", again_on=date(2026, 2, 15)), ""),
        (ReablementGoesOn(why="fell", again_on=date(2026, 2, 16)), "costs_explained: it is free until 15 February"),
        (ReablementGoesOn(why="fell", again_on=date(2026, 2, 16), costs_explained=True), ""),
        (said_to_end(date(2026, 7, 6), costs_explained=True), "last_day: it is more than six months away"),
        (said_to_end(date(2026, 7, 5), costs_explained=True), ""),
        (
            ReablementGoesOn(why="fell", again_on=date(2026, 7, 6), costs_explained=True),
            "again_on: it is more than six months away",
        ),
        (ReablementGoesOn(why="fell", again_on=date(2026, 7, 5), costs_explained=True), ""),
        (OutcomesAchieved(outcomes=("O1",), achieved_on=date(1950, 1, 5)), "achieved_on: it is more than a year ago"),
    ],
)
def test_no_signal_goes_round_what_the_form_demands(office: Office, signal: Signal, problem: str) -> None:
    """Nobody pays for days past the free weeks unasked, and a slip in the year does not end a plan."""
    case = in_reablement(office)
    problems = problems_with(office.council, case, signal, by="reablement-worker")
    assert [one[: len(problem)] for one in problems] == ([problem] if problem else [])


# ------------------------------------------------------------------ what comes about it

EVIDENCE = EvidenceReceived(kind=EvidenceKind.OBSERVATION, given_by="Meera Solanki", what="She dresses by herself now")
MONITORING = MonitoringChangeWanted(wanted_by="Joan Tilling", what="Somebody should look twice a week")
ISSUE = IssueFound(kind=IssueKind.MOTIVATION, what="She is tired of it", found_by="Meera Solanki")
REVIEW = ReviewAsked(trigger=ReviewTrigger.ASKED_FOR, asked_by="Joan Tilling", what="Is it still right for her?")
RESTRICTED = RestrictionsNoticed(noticed_by="Meera Solanki", what="The front door is locked from outside")
CHANCE = PreventionChance(noticed_by="Meera Solanki", what="A falls class")


@pytest.mark.clauses("REA-01", "REA-07", "REA-09", "REA-19", "REA-25")
@pytest.mark.parametrize(
    ("signal", "flow", "held_in"),
    [
        (EVIDENCE, reablement_plan_change, "evidence"),
        (MONITORING, reablement_monitoring_change, "wanted"),
        (ISSUE, reablement_plan_issue, "issue"),
        (REVIEW, reablement_unscheduled_review, "asked"),
    ],
)
def test_what_comes_begins_its_own_case_as_it_came(
    office: Office, signal: Any, flow: ProcedureFlow, held_in: str
) -> None:
    """Nothing is keyed again: the case has what was said, and the plan goes on beside it."""
    case = in_reablement(office)
    office.signal(case, signal, by="reablement-worker")

    [facts] = opened(office, flow)
    assert (facts["plan"], facts["worker"]) == (case, "staff-reablement-worker")
    assert facts[held_in] == signal.model_dump(mode="json")
    [ref] = office.cases(flow)
    assert office.case(ref).owner == "staff-reablement-worker"
    assert not office.is_closed(case)


@pytest.mark.clauses("REA-10")
def test_several_changes_run_beside_one_another(office: Office) -> None:
    """What comes once a change is proposed has its own case and its own time."""
    case = in_reablement(office)
    edits = (SHORTER_MORNINGS, NO_EVENINGS)
    for what, wanted in zip(("dresses by herself", "sleeps through"), edits, strict=True):
        office.signal(case, EVIDENCE.model_copy(update={"what": what}), by="reablement-worker")
        change = next(
            one for one in office.cases(reablement_plan_change) if office.waiting_for(one)[0][:8] == "Evidence"
        )
        office.answer(change, to_change(wanted), by="reablement-worker")
    office.signal(case, EVIDENCE.model_copy(update={"what": "has a new walking frame"}), by="reablement-worker")
    assert sorted(one["evidence"]["what"] for one in opened(office, reablement_plan_change)) == [
        "dresses by herself",
        "has a new walking frame",
        "sleeps through",
    ]


@pytest.mark.clauses("REA-37")
def test_restrictions_are_considered(office: Office) -> None:
    """Who noticed what goes with it, and whose plan it is."""
    case = in_reablement(office)
    office.signal(case, RESTRICTED, by="reablement-worker")
    [facts] = opened(office, deprivation_of_liberty)
    assert (facts["about_person"], facts["plan"], facts["worker"]) == ("P-101", case, "staff-reablement-worker")
    assert facts["what"] == "The front door is locked from outside (noticed by Meera Solanki)"


@pytest.mark.clauses("REA-29", "REA-30")
def test_a_chance_to_prevent_needs_is_taken_up(office: Office) -> None:
    """Reablement is one preventive service among several."""
    case = in_reablement(office)
    office.signal(case, CHANCE, by="reablement-worker")
    [facts] = opened(office, prevention)
    assert (facts["about_person"], facts["before_long_term"], facts["came_from"]) == ("P-101", False, case)


@pytest.mark.clauses("REA-34")
def test_whether_reablement_pauses_is_decided_the_same_day(office: Office) -> None:
    """The day counts from when this case knows of the concern."""
    case = in_reablement(office)
    office.today_is("2026-01-08 11:00")
    office.signal(case, SafeguardingRaised(concern="7K3Q-9PXM"))
    [facts] = opened(office, reablement_safeguarding_pause)
    assert (facts["plan"], facts["concern"]) == (case, "7K3Q-9PXM")
    assert facts["known_at"].startswith("2026-01-08T11:00")


# ------------------------------------------------------------------ outcomes


def achieved(*outcomes: str, on: date = date(2026, 1, 19)) -> OutcomesAchieved:
    """She has achieved those since that day."""
    return OutcomesAchieved(outcomes=outcomes, achieved_on=on)


@pytest.mark.clauses("REA-25")
def test_once_every_outcome_is_achieved_a_review_is_considered_without_anybody_asking(office: Office) -> None:
    """The last one brings it about, and saying so again does not bring a second."""
    case = in_reablement(office)
    office.today_is("2026-01-19 12:00")
    office.signal(case, achieved("O1"), by="reablement-worker")
    assert opened(office, reablement_unscheduled_review) == []

    office.signal(case, achieved("O2"), by="reablement-worker")
    office.signal(case, achieved("O1", "O2"), by="reablement-worker")
    [facts] = opened(office, reablement_unscheduled_review)
    assert facts["asked"]["trigger"] == "outcomes-achieved"
    assert "Makes her own breakfast" in facts["asked"]["what"]


def test_an_outcome_that_the_plan_does_not_have_is_refused_at_the_door(office: Office) -> None:
    """Else it would be noted nowhere, and the review never come."""
    case = in_reablement(office)
    with pytest.raises(SignalRefused, match="no outcome O7; its outcomes are O1, O2"):
        by_hand(office, case, achieved("O1", "O7"))
    by_hand(office, case, achieved("O1", on=date(2026, 1, 5)))
    assert stands(office, case).achieved == ("O1",)


@pytest.mark.clauses("REA-25")
def test_a_plan_from_which_the_last_open_outcome_goes_has_nothing_left_to_achieve(office: Office) -> None:
    """It is noticed from the plan itself, once a case about it is over."""
    case = in_reablement(office)
    office.signal(case, achieved("O1", on=date(2026, 1, 5)), by="reablement-worker")
    office.signal(case, REVIEW, by="reablement-worker")
    the_plan_loses_its_second_outcome(office, case)
    [review] = office.cases(reablement_unscheduled_review)
    not_held = ReviewConsidered(hold=False, reasons="It fits", who_asked_told="Rang her")
    office.answer(review, not_held, by="reablement-worker")

    asked_for = {one["asked"]["trigger"] for one in opened(office, reablement_unscheduled_review)}
    assert asked_for == {"asked-for", "outcomes-achieved"}


# ------------------------------------------------------------------ mail about an open plan

MAIL = FurtherMessage(
    mail_id="M-1", sender="Joan Tilling <joan@example.org>", subject="Mother", text="She slept through all week."
)


@pytest.mark.clauses("REA-09")
def test_a_message_is_read_by_whoever_coordinates_the_plan(office: Office) -> None:
    """What was written goes into the case that follows; the worker says only what it is."""
    case = in_reablement(office)
    office.signal(case, MAIL)
    assert office.waiting_for(case)[0] == "PlanMessageRead of reablement-worker, due 2026-01-06 17:00"

    read = PlanMessageRead(it_is=frozenset({MessageIs.EVIDENCE}), evidence=EvidenceKind.PERSON)
    office.answer(case, read, by="reablement-worker")
    [facts] = opened(office, reablement_plan_change)
    assert facts["evidence"]["given_by"] == "Joan Tilling <joan@example.org>"
    assert "She slept through all week." in facts["evidence"]["what"]
    assert asked(office, case) == []


@pytest.mark.clauses("REA-10")
def test_the_time_for_evidence_in_a_letter_runs_from_when_it_came(office: Office) -> None:
    """Reading it late does not win a day (GAP-34)."""
    case = in_reablement(office)
    office.signal(case, MAIL)
    office.today_is("2026-01-07 10:00")
    read = PlanMessageRead(it_is=frozenset({MessageIs.EVIDENCE}), evidence=EvidenceKind.PERSON)
    office.answer(case, read, by="reablement-worker")
    assert opened(office, reablement_plan_change)[0]["received_at"].startswith("2026-01-05T09:00")


def test_a_message_may_be_several_things(office: Office) -> None:
    """Evidence, and a review is asked for in the same letter: each has its case."""
    case = in_reablement(office)
    office.signal(case, MAIL)
    every = frozenset(MessageIs) - {MessageIs.NOTHING}
    read = PlanMessageRead(it_is=every, evidence=EvidenceKind.PERSON, issue=IssueKind.MOTIVATION, in_short="Tired")
    office.answer(case, read, by="reablement-worker")

    for flow in (reablement_plan_change, reablement_plan_issue, reablement_monitoring_change, prevention):
        assert len(office.cases(flow)) == 1, flow.name
    [review] = opened(office, reablement_unscheduled_review)
    assert (review["asked"]["trigger"], review["asked"]["what"][:5]) == ("asked-for", "Tired")


def test_messages_do_not_hide_one_another(office: Office) -> None:
    """Two letters on one morning are two questions, and each is answered for itself."""
    case = in_reablement(office)
    office.signal(case, MAIL)
    office.signal(case, MAIL.model_copy(update={"mail_id": "M-2", "text": "She has fallen."}))
    assert asked(office, case) == ["PlanMessageRead of reablement-worker"] * 2

    nothing = PlanMessageRead(it_is=frozenset({MessageIs.NOTHING}), because="We knew that")
    office.answer(case, nothing, by="reablement-worker")
    assert opened(office, reablement_plan_change) == []
    evidence = PlanMessageRead(it_is=frozenset({MessageIs.EVIDENCE}), evidence=EvidenceKind.PERSON)
    office.answer(case, evidence, by="reablement-worker")
    assert "She has fallen." in opened(office, reablement_plan_change)[0]["evidence"]["what"]


@pytest.mark.parametrize("kind", [MailKind.NAMED_WORKER, MailKind.INVOICE])
def test_a_letter_about_somebody_in_reablement_reaches_their_plan(office: Office, kind: MailKind) -> None:
    """It was not addressed to the plan; once duty knows whom it is about, its coordinator reads it all the same."""
    case = in_reablement(office)
    sorted_contact(office, sorted_as(kind, about_person="P-101"))
    assert asked(office, case) == ["PlanMessageRead of reablement-worker"]
    assert "bath seat" in read_beside(office, case, PlanMessageRead)


def test_a_letter_about_somebody_else_wakes_nobody(office: Office) -> None:
    """Nor does one about somebody whose reablement has ended."""
    case = in_reablement(office)
    sorted_contact(office, sorted_as(MailKind.INVOICE, about_person="P-104"))
    assert asked(office, case) == []


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"it_is": ["evidence"]}, "choose in evidence what kind it is"),
        ({"it_is": ["issue"]}, "choose in issue what kind it is"),
        ({"it_is": ["nothing"]}, "say in because why nothing follows"),
        ({"it_is": ["nothing", "review"], "because": "x"}, "choose in it_is either that nothing follows, or what does"),
    ],
)
def test_a_message_that_was_read_is_placed_whole(said: dict[str, Any], says: str) -> None:
    """Nothing that follows is left to be asked later."""
    with pytest.raises(AnswerRefused, match=says):
        PlanMessageRead.read(said)


# ------------------------------------------------------------------ who coordinates it


def test_whoever_is_named_by_somebody_else_is_asked_and_it_stays_with_the_sender(office: Office) -> None:
    """It is theirs once they accept; a refusal brings it to the reablement lead, who names another."""
    case = begun_by(office, "reablement-lead")
    assert office.case(case).owner == "staff-reablement-lead"
    assert asked(office, case) == ["CoordinationOffered of reablement-worker"]

    refused = CoordinationOffered(reply=HandoverReply.REFUSE, reason="I am full")
    office.answer(case, refused, by="reablement-worker")
    assert asked(office, case) == ["CoordinatorNamed of reablement-lead"]
    office.answer(case, CoordinatorNamed(worker="reablement-worker-2", reasons="has room"), by="reablement-lead")
    office.answer(case, CoordinationOffered(reply=HandoverReply.ACCEPT), by="reablement-worker-2")
    assert office.case(case).owner == "staff-reablement-worker-2"
    assert asked(office, case) == []


def test_until_somebody_has_accepted_whoever_has_it_is_asked(office: Office) -> None:
    """Evidence does not wait for a coordinator: it goes to the sender."""
    case = begun_by(office, "reablement-lead")
    office.signal(case, EVIDENCE, by="reablement-worker")
    assert opened(office, reablement_plan_change)[0]["worker"] == "staff-reablement-lead"


def test_another_coordinator_has_what_the_one_before_was_asked(office: Office) -> None:
    """Letters that nobody has read and the question what follows go with the plan."""
    case = in_reablement(office)
    office.today_is("2026-02-02 09:00")
    office.signal(case, MAIL)
    office.signal(
        case, CoordinatorWanted(worker="reablement-worker-2", reasons="moves to nights"), by="reablement-lead"
    )
    assert office.case(case).owner == "staff-reablement-worker"
    office.answer(case, CoordinationOffered(reply=HandoverReply.ACCEPT), by="reablement-worker-2")
    assert asked(office, case) == [
        "PlanMessageRead of reablement-worker-2",
        "WhatFollowsReablement of reablement-worker-2",
    ]


def test_the_plan_of_somebody_who_has_left_is_with_their_team(office: Office) -> None:
    """What comes from then on is put to the team, and no case waits on nobody."""
    case = in_reablement(office)
    office.leaves("reablement-worker")
    move_what_leavers_left(office.council)
    office.signal(case, EVIDENCE, by="reablement-lead")
    assert office.case(case).owner == "team-reablement"
    assert opened(office, reablement_plan_change)[0]["worker"] == "team-reablement"


# ------------------------------------------------------------------ the end

WANTED = ReablementEndWanted(last_day=date(2026, 1, 30), because="She manages", what_follows="Nothing more")


def test_a_decision_to_end_ends_it_after_its_last_day(office: Office) -> None:
    """Nothing is asked about what follows any more."""
    case = in_reablement(office)
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")
    assert (office.outcome_of(case), stands(office, case).ended) == ("ended", True)


def test_a_last_day_that_is_over_ends_it_at_once(office: Office) -> None:
    """It was decided at the visit, and is written down the next morning."""
    case = in_reablement(office)
    office.today_is("2026-01-15 09:00")
    office.signal(case, WANTED.model_copy(update={"last_day": date(2026, 1, 14)}), by="reablement-worker")
    assert office.outcome_of(case) == "ended"


def test_another_last_day_takes_the_place_of_the_first(office: Office) -> None:
    """It was put off by a week."""
    case = in_reablement(office)
    office.signal(case, WANTED, by="reablement-worker")
    office.signal(case, WANTED.model_copy(update={"last_day": date(2026, 2, 6)}), by="reablement-worker")
    office.today_is("2026-02-06 09:00")
    assert not office.is_closed(case)
    office.today_is("2026-02-07 09:00")
    assert office.is_closed(case)


def test_what_follows_is_not_asked_once_the_end_is_set(office: Office) -> None:
    """It was decided in week three: in week five nobody is asked again."""
    case = in_reablement(office)
    office.signal(case, WANTED.model_copy(update={"last_day": date(2026, 2, 6)}), by="reablement-worker")
    office.today_is("2026-02-03 09:00")
    assert asked(office, case) == []


def test_an_end_that_was_set_can_be_taken_back(office: Office) -> None:
    """Reablement goes on and is looked at again on its day; the end of the free weeks is in sight as before."""
    case = in_reablement(office)
    office.signal(case, WANTED, by="reablement-worker")
    office.signal(case, ReablementGoesOn(why="She has fallen", again_on=date(2026, 2, 18)), by="reablement-worker")
    office.today_is("2026-02-01 09:00")
    assert not office.is_closed(case)
    assert "reablement-looked-at-again, due 2026-02-18 08:30" in office.waiting_for(case)
    office.today_is("2026-02-03 09:00")
    assert asked(office, case) == ["WhatFollowsReablement of reablement-worker"]


def test_what_is_open_has_somebody_before_the_plan_ends(office: Office) -> None:
    """A change under way and a letter that nobody has read stand before the worker; then each case is over."""
    case = in_reablement(office)
    office.signal(case, EVIDENCE, by="reablement-worker")
    office.signal(case, ISSUE, by="reablement-worker")
    office.signal(case, MAIL)
    [change], [issue] = office.cases(reablement_plan_change), office.cases(reablement_plan_issue)
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")

    assert not stands(office, case).ended
    assert "OpenMattersSettled of reablement-worker" in asked(office, case)
    beside = read_beside(office, case, OpenMattersSettled)
    assert f"Case {change}: evidence, not decided yet" in beside and "Joan Tilling" in beside
    office.answer(case, OpenMattersSettled(what_becomes="The walking frame goes to the OT"), by="reablement-worker")
    assert office.outcome_of(case) == "ended"
    assert office.is_closed(change)
    assert office.is_closed(issue)


def test_once_the_last_that_was_open_is_over_the_plan_ends_unasked(office: Office) -> None:
    """Nobody has to answer what has answered itself."""
    case = in_reablement(office)
    office.signal(case, REVIEW, by="reablement-worker")
    office.signal(case, MAIL)
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")
    assert "OpenMattersSettled of reablement-worker" in asked(office, case)

    nothing = PlanMessageRead(it_is=frozenset({MessageIs.NOTHING}), because="We knew that")
    office.answer(case, nothing, by="reablement-worker")
    assert not office.is_closed(case)
    [review] = office.cases(reablement_unscheduled_review)
    office.answer(
        review, ReviewConsidered(hold=False, reasons="It ends", who_asked_told="Rang her"), by="reablement-worker"
    )
    assert office.outcome_of(case) == "ended"


def review_of_evidence(office: Office, case: str) -> str:
    """What came about the plan was made a review, and its own case has closed; gives the review's ref."""
    office.signal(case, EVIDENCE, by="reablement-worker")
    return made_a_review(office)


def made_a_review(office: Office) -> str:
    """A review follows from the evidence, and nothing else; gives the review's ref."""
    [change] = office.cases(reablement_plan_change)
    reviewed = EvidenceDecision(
        step=EvidenceStep.REVIEW, trigger=ReviewTrigger.ISSUES_UNRESOLVED, reasons="It is not the frame"
    )
    office.answer(change, reviewed, by="reablement-worker")
    assert office.is_closed(change)
    [review] = office.cases(reablement_unscheduled_review)
    return review


def a_change(office: Office, case: str) -> str:
    """The evidence speaks for a change, and those outside are asked whether they agree; gives the change's ref."""
    office.signal(case, EVIDENCE, by="reablement-worker")
    [change] = office.cases(reablement_plan_change)
    office.answer(change, to_change(), by="reablement-worker")
    return change


def objected_to(office: Office, change: str) -> str:
    """Ravi objects to how it is to be done; gives the ref of the issue about it, beside which the change stays open."""
    objects = others_say(*agree(PERSON_ID, CARER_ID), says(THERAPIST_ID, Stance.OBJECTS_TO_HOW))
    office.answer(change, objects, by="reablement-worker")
    [issue] = office.cases(reablement_plan_issue)
    assert not office.is_closed(change)
    return issue


def test_what_a_closed_case_has_left_open_has_somebody_too(office: Office) -> None:
    """The review that came of evidence stands before the worker at the end, and is over with the plan."""
    case = in_reablement(office)
    review = review_of_evidence(office, case)
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")
    assert f"Case {review}: an unscheduled review" in read_beside(office, case, OpenMattersSettled)
    office.answer(case, OpenMattersSettled(what_becomes="Her daughter was rung"), by="reablement-worker")
    assert (office.outcome_of(case), office.is_closed(review)) == ("ended", True)


def test_when_what_a_closed_case_has_left_open_is_over_the_plan_ends_unasked(office: Office) -> None:
    """The review is not held, so nothing stands in the way any more."""
    case = in_reablement(office)
    review = review_of_evidence(office, case)
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")
    assert "OpenMattersSettled of reablement-worker" in asked(office, case)
    none = ReviewConsidered(hold=False, reasons="It ends", who_asked_told="Rang her")
    office.answer(review, none, by="reablement-worker")
    assert office.outcome_of(case) == "ended"


def test_what_a_case_leaves_open_as_it_closes_holds_the_end_up_too(office: Office) -> None:
    """It is asked what becomes of the evidence; that was made a review meanwhile, and the review is open."""
    case = in_reablement(office)
    office.signal(case, EVIDENCE, by="reablement-worker")
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")
    review = made_a_review(office)
    assert (stands(office, case).ended, office.is_closed(review)) == (False, False)
    assert asked(office, case) == ["OpenMattersSettled of reablement-worker"]
    none = ReviewConsidered(hold=False, reasons="It ends", who_asked_told="Rang her")
    office.answer(review, none, by="reablement-worker")
    assert office.outcome_of(case) == "ended"


def test_what_an_open_case_has_opened_stands_before_the_worker_too(office: Office) -> None:
    """Ravi objects to a change, and an issue begins beside it: at the end each is named."""
    case = in_reablement(office)
    change = a_change(office, case)
    issue = objected_to(office, change)
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")
    beside = read_beside(office, case, OpenMattersSettled)
    assert f"Case {change}: a change of the plan, not agreed yet" in beside
    assert f"Case {issue}: an issue in the plan" in beside


def test_what_an_open_case_opens_at_the_last_moment_is_over_with_the_plan(office: Office) -> None:
    """Ravi objects after it was asked what becomes of the change: nobody goes on with an issue in no plan."""
    case = in_reablement(office)
    change = a_change(office, case)
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")
    issue = objected_to(office, change)
    office.answer(case, OpenMattersSettled(what_becomes="It is not made"), by="reablement-worker")
    assert {office.outcome_of(one) for one in (change, issue)} == {"reablement has ended"}


def test_a_pause_is_not_ended_by_the_way(office: Office) -> None:
    """While safeguarding keeps the visits away the reablement lead says what becomes of it."""
    case = in_reablement(office)
    paused(office, case)
    office.signal(case, WANTED, by="reablement-worker")
    office.today_is("2026-01-31 09:00")
    assert asked(office, case) == ["OpenMattersSettled of reablement-lead"]
    assert "paused" in read_beside(office, case, OpenMattersSettled)


# ------------------------------------------------------------------ a death


def test_after_a_death_nobody_writes_and_somebody_says_what_follows(office: Office) -> None:
    """The register shows it: no clock runs any more, and what follows is on record before the plan ends."""
    case = in_reablement(office)
    office.today_is("2026-02-02 09:00")
    dies(office)
    assert office.waiting_for(case) == ["DeathInReablement of reablement-worker, due 2026-02-02 17:00"]

    follows = "Visits called off, the bath step is fetched on Monday, Joan is rung today"
    office.answer(case, DeathInReablement(has_died=True, what_follows=follows), by="reablement-worker")
    assert (office.outcome_of(case), stands(office, case).ended) == ("the person has died", True)
    assert office.sent_to_people() == []


def test_what_was_written_before_a_death_is_read_after_it(office: Office) -> None:
    """The plan ends at once; the neighbour's letter about her cat is not lost with it, nor is the one after."""
    case = in_reablement(office)
    office.signal(case, MAIL)
    dies(office)
    office.answer(case, DeathInReablement(has_died=True, what_follows="All called off"), by="reablement-worker")
    assert stands(office, case).ended
    assert asked(office, case) == ["PlanMessageRead of reablement-worker"]

    office.signal(case, MAIL)
    evidence = PlanMessageRead(it_is=frozenset({MessageIs.EVIDENCE}), evidence=EvidenceKind.OBSERVATION)
    office.answer(case, evidence, by="reablement-worker")
    assert asked(office, case) == ["PlanMessageRead of reablement-worker"]
    nothing = PlanMessageRead(it_is=frozenset({MessageIs.NOTHING}), because="Her cat has a home")
    office.answer(case, nothing, by="reablement-worker")
    assert office.outcome_of(case) == "the person has died"
    assert opened(office, reablement_plan_change) == []


def test_a_death_that_was_none_changes_nothing(office: Office) -> None:
    """The recording system had the wrong Tilling: what follows is asked again, and what came meanwhile is taken up."""
    case = in_reablement(office)
    office.today_is("2026-02-02 09:00")
    dies(office)
    office.signal(case, EVIDENCE, by="reablement-worker-2")
    assert opened(office, reablement_plan_change) == []

    office.answer(case, DeathInReablement(has_died=False, what_follows="Wrong Tilling"), by="reablement-worker")
    assert asked(office, case) == ["WhatFollowsReablement of reablement-worker"]
    assert len(opened(office, reablement_plan_change)) == 1


# ------------------------------------------------------------------ the one list


def test_everybody_in_reablement_stands_on_the_one_list(office: Office) -> None:
    """With the next date, who has them, and when somebody was last really with them."""
    case = in_reablement(office)
    office.today_is("2026-01-20 10:00")
    [line] = on_the_list(office)
    assert (line.person, line.owners, line.beware) == ("P-101", ("staff-reablement-worker",), ())
    assert line.last_reached_at is not None and line.last_reached_at.date() == date(2026, 1, 5)
    assert line.next_date is not None and line.next_date.date() == date(2026, 2, 2)

    noticed = EVIDENCE.model_copy(update={"noticed_on": date(2026, 1, 18)})
    office.signal(case, noticed, by="reablement-worker")
    assert last_reached(office) == date(2026, 1, 18)
    office.signal(case, EVIDENCE.model_copy(update={"kind": EvidenceKind.PERSON}), by="reablement-worker")
    assert last_reached(office) == date(2026, 1, 18)
    office.signal(case, achieved("O1", on=date(2026, 1, 20)), by="reablement-worker")
    assert last_reached(office) == date(2026, 1, 20)


def test_what_is_told_of_an_earlier_day_does_not_make_the_last_contact_older(office: Office) -> None:
    """Evidence of the 6th that is written down on the 20th comes after a visit of the 18th was."""
    case = in_reablement(office)
    office.today_is("2026-01-18 10:00")
    office.signal(case, achieved("O1", on=date(2026, 1, 18)), by="reablement-worker")
    office.today_is("2026-01-20 10:00")
    office.signal(case, EVIDENCE.model_copy(update={"noticed_on": date(2026, 1, 6)}), by="reablement-worker")
    assert last_reached(office) == date(2026, 1, 18)


def test_somebody_in_reablement_twice_is_told_to_the_lead(office: Office) -> None:
    """Two plans for one person would contradict each other."""
    in_reablement(office)
    in_reablement(office)
    office.digest_goes_out()
    assert any("in reablement twice" in one.body.lower() for one in office.inbox("staff-reablement-lead"))


# ------------------------------------------------------------------ what these stories look at


def opened(office: Office, flow: ProcedureFlow) -> list[dict[str, Any]]:
    """What each case of a procedure was opened with."""
    with office.council.database.read() as session:
        return [recall(session, ref)[0].data for ref in office.cases(flow)]


def stands(office: Office, case: str) -> PlanStands:
    """How the plan stands now."""
    with office.council.database.read() as session:
        return standing_of_plan(session, case)


def begun_by(office: Office, by: str) -> str:
    """Edith's reablement is begun by hand by somebody."""
    ref = open_by_hand(office.council, reablement.procedure, BEGUN, by=by, said=Said())
    office.hours_pass(0)
    return ref


def by_hand(office: Office, case: str, signal: Signal) -> None:
    """The worker tells the case something on its page."""
    tell_case(office.council, case, signal, by="reablement-worker", nobody_at_risk=True)
    office.hours_pass(0)


def dies(office: Office) -> None:
    """The register shows Edith's death."""
    with office.council.database.write() as session:
        session.get_one(Person, "P-101").died_on = office.clock.now().date()
    heed_deaths(office.council)
    office.hours_pass(0)


def paused(office: Office, case: str) -> None:
    """Reablement is paused for safeguarding."""
    with office.council.database.write() as session:
        session.get_one(ReablementPlan, case).paused_at = office.clock.now()


def the_plan_loses_its_second_outcome(office: Office, case: str) -> None:
    """A version without it is in force."""
    with office.council.database.write() as session:
        plan = session.get_one(ReablementPlan, case)
        first = stands(office, case).content
        less = first.with_items([one for one in first.items.values() if one.id != "O2"], first.monitoring)
        made_at = office.clock.now()
        version = PlanVersion(case_ref=case, number=2, content=less.model_dump_json(), made_at=made_at, made_in=case)
        session.add(version)
        plan.in_force = 2


def on_the_list(office: Office) -> list[Line]:
    """Whom the one list has with Edith's id."""
    with office.council.database.read() as session:
        return [one for one in one_list(session, office.clock.now()).lines if one.person == "P-101"]


def last_reached(office: Office) -> date | None:
    """The day on which somebody was last really with Edith, as the one list has it."""
    [line] = on_the_list(office)
    return line.last_reached_at and line.last_reached_at.astimezone(LONDON).date()


def with_reablement(office: Office, settings: Reablement) -> Policy:
    """The council's policy with other settings for reablement."""
    return office.council.policy.model_copy(update={"reablement": settings})
