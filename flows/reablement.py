"""Reablement: one case looks after somebody's plan from its first day to its last."""

from __future__ import annotations

from enum import StrEnum

from flows.reablement_ending import (
    DIED,
    ask_what_follows,
    death_answered,
    decided_what_follows,
    end_once_nothing_is_open,
    keep_the_free_weeks_in_sight,
    last_day_is_over,
    nobody_has_decided,
    open_matters_settled,
    said_to_end,
    said_to_go_on,
    said_to_have_died,
    unread_after_a_death,
)
from flows.reablement_keeping import (
    Clock,
    Keeping,
    Question,
    coordinator_changed,
    everything_awaited,
    have_it_read,
    have_somebody_named,
    offer_coordination,
)
from flows.reablement_news import (
    case_about_it_closed,
    chance_to_prevent,
    evidence_came,
    home_copy_amended,
    issue_came_up,
    message_read,
    monitoring_to_change,
    progress_made,
    restrictions_noticed,
    review_wanted,
    safeguarding_raised,
)
from models.forms.plan_copies import HomeCopyAmended
from models.forms.reablement import ReablementBegun
from models.forms.reablement_keeping import (
    CoordinationOffered,
    CoordinatorNamed,
    DeathInReablement,
    OpenMattersSettled,
    PlanMessageRead,
    WhatFollowsReablement,
)
from models.forms.reablement_signals import (
    CoordinatorWanted,
    EvidenceReceived,
    IssueFound,
    MonitoringChangeWanted,
    OutcomesAchieved,
    PreventionChance,
    ReablementEndWanted,
    ReablementGoesOn,
    RestrictionsNoticed,
    ReviewAsked,
    SafeguardingRaised,
)
from models.forms.recording import PersonHasDied
from models.forms.written_contact import FurtherMessage
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import (
    Accepted,
    Closed,
    Due,
    Refused,
    Verb,
    now,
    procedure,
    sent_by,
    staff,
    taken_on,
    tell,
    which_of,
)
from tasks.durable.handover import pass_ownership
from tasks.reablement.keeping import look_up_other_plan, look_whether_they_began_it
from tasks.reablement.plans import begin_plan


class ReablementOutcome(StrEnum):
    """How somebody's reablement ended."""

    ENDED = "ended"
    """By a decision, with what follows for the person on record."""
    DIED = "the person has died"
    """The plan ended with their death."""


@procedure(
    follows="Monitoring Actions (Reablement), November 2023",
    by_hand=True,
    acts_on=(PersonHasDied, FurtherMessage),
)
def reablement(begun: ReablementBegun) -> ReablementOutcome:
    """
    Look after one person's reablement plan from its first day to its last.

    Whatever comes about it is taken up in a case of its own, beside which the plan stays in force: evidence for a
    change, an issue, another monitoring, a review, safeguarding, restrictions, a chance to prevent needs. A letter or
    an e-mail is read by whoever coordinates the plan, who says what it is. Once every outcome is achieved a review is
    considered without anybody asking. From week four it is asked what follows when reablement is no longer free; if
    nobody has decided by then, the reablement lead does. It ends by a decision, after what is open has somebody; after
    a death nobody writes to the person, somebody says what follows, and what was written to us is still read.
    """
    about_person(begun.person)
    keeping = begin(begun)
    while not keeping.because or unread_after_a_death(keeping):
        match which_of(everything_awaited(keeping)):
            case _, EvidenceReceived() as evidence:
                evidence_came(keeping, evidence, came_at=now())  # REA-07, REA-09, REA-10
            case _, HomeCopyAmended() as amended:
                home_copy_amended(keeping, amended, by=sent_by(HomeCopyAmended))  # REA-12
            case _, MonitoringChangeWanted() as wanted:
                monitoring_to_change(keeping, wanted)  # REA-01, REA-04
            case _, IssueFound() as issue:
                issue_came_up(keeping, issue)  # REA-19
            case _, ReviewAsked() as asked:
                review_wanted(keeping, asked)  # REA-25
            case _, OutcomesAchieved() as achieved:
                progress_made(keeping, achieved)  # REA-07, REA-25
            case _, SafeguardingRaised() as raised:
                safeguarding_raised(keeping, raised)  # REA-34
            case _, RestrictionsNoticed() as noticed:
                restrictions_noticed(keeping, noticed)  # REA-37
            case _, PreventionChance() as chance:
                chance_to_prevent(keeping, chance)  # REA-29, REA-30
            case _, FurtherMessage() as message:
                have_it_read(keeping, message)  # REA-09
            case name, PlanMessageRead() as read:
                message_read(keeping, name, read)
                end_once_nothing_is_open(keeping)
            case ref, Closed():
                case_about_it_closed(keeping, ref)  # REA-25
                end_once_nothing_is_open(keeping)
            case _, CoordinatorWanted(worker=worker, reasons=reasons):
                offer_coordination(keeping, worker, reasons)
            case _, CoordinationOffered() as reply:
                said_whether_they_coordinate_it(keeping, reply)
            case _, CoordinatorNamed(worker=worker, reasons=reasons):
                del keeping.questions[Question.COORDINATOR]
                offer_coordination(keeping, worker, reasons)
            case _, WhatFollowsReablement() as decided:
                decided_what_follows(keeping, decided)
            case _, ReablementEndWanted() as wanted_to_end:
                said_to_end(keeping, wanted_to_end)
            case _, ReablementGoesOn() as goes_on:
                said_to_go_on(keeping, goes_on)
            case _, OpenMattersSettled() as settled:
                open_matters_settled(keeping, settled)
            case _, PersonHasDied():
                said_to_have_died(keeping)
            case _, DeathInReablement() as answer:
                death_answered(keeping, answer)
            case _, Due(name):
                time_came(keeping, Clock(name))
    return ReablementOutcome.DIED if keeping.because == DIED else ReablementOutcome.ENDED


def begin(begun: ReablementBegun) -> Keeping:
    """The first version of the plan is in force, and somebody coordinates it or is asked to (REA-11, REA-16)."""
    stands = begin_plan(begun)
    whose = staff(begun.worker)
    keeping = Keeping(begun, stands, coordinator=whose)
    if look_whether_they_began_it(begun.worker):
        pass_ownership(begun.worker)
    else:
        offer_coordination(keeping, begun.worker, "You were named to coordinate this plan.")
    if look_up_other_plan(begun.person) is not None:
        tell(Role.REABLEMENT_LEAD, Verb.CHECK, "in-reablement-twice", near=begun.team)
    keep_the_free_weeks_in_sight(keeping)
    return keeping


def said_whether_they_coordinate_it(keeping: Keeping, reply: CoordinationOffered) -> None:
    """They have it from now on; or they say why not, and the reablement lead names somebody else."""
    del keeping.questions[Question.COORDINATION]
    match taken_on(reply):
        case Accepted():
            coordinator_changed(keeping)
        case Refused(by, reason):
            have_somebody_named(keeping, f"Refused by {by}: {reason}")


def time_came(keeping: Keeping, clock: Clock) -> None:
    """What follows when one of the times has come."""
    del keeping.clocks[clock]
    match clock:
        case Clock.END_IN_SIGHT | Clock.AGAIN:
            ask_what_follows(keeping)
        case Clock.UNDECIDED:
            nobody_has_decided(keeping)
        case Clock.LAST_DAY:
            last_day_is_over(keeping)
