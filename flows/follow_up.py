"""A follow-up: duty has acted for somebody, and a later check is agreed, owned and certain to happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.forms.follow_up import (
    FollowUpAgreement,
    FollowUpAssigned,
    FollowUpBy,
    FollowUpFacts,
    FollowUpReport,
    agreed_day,
)
from models.notices import Recipient
from tasks.case_people import about_person
from tasks.coming_days import work_out_next_try
from tasks.durable import (
    Accepted,
    Due,
    Refused,
    Wait,
    after,
    ask,
    at,
    decision,
    first_of,
    procedure,
    recipient,
    staff,
    taken_on,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.follow_up import to_follow_up, work_out_follow_up


class FollowUpOutcome(StrEnum):
    """How a follow-up ended."""

    FOLLOWED_UP = "followed up"
    """It happened, and a note shows it."""
    NO_LONGER_WANTED = "no longer wanted"
    """It is not to happen, and it is recorded why."""


@dataclass(frozen=True)
class Agreed:
    """Who follows up, on which day."""

    owner: Recipient
    on: date


@procedure(follows="Actions and Next Steps (Duty Long Term), October 2023: follow-up and monitoring")
def follow_up(facts: FollowUpFacts) -> FollowUpOutcome:
    """
    See that a later check really happens when it was agreed to.

    Whoever is responsible for the person is asked to agree to it, with the person's wishes before them; if they
    refuse or do not reply, the team leader decides after a working day, and until somebody accepts it stays with
    duty. On the day it is asked for, chased, and asked again on every working day until it has happened or somebody
    has recorded why it is not to.
    """
    about_person(facts.about_person)
    agreed = agree_who_follows_up(facts)  # DUTY-36
    first_of(at("follow-up", work_out_follow_up(agreed.on)))
    while True:
        report = ask(
            FollowUpReport,
            of=agreed.owner,
            about=to_follow_up(facts),
            wanted_within=policy().gaps.reasonable_time.urgent,
            clauses="DUTY-37",
        )
        if report.ends_it:
            return FollowUpOutcome.NO_LONGER_WANTED if report.no_longer_wanted else FollowUpOutcome.FOLLOWED_UP
        first_of(at("follow-up-again", work_out_next_try(report.again_on).at))  # DUTY-37


def agree_who_follows_up(facts: FollowUpFacts) -> Agreed:
    """
    Whoever is responsible, if they agree; else whom the team leader names, if they agree; else duty (GAP-05).

    The day itself waits for nobody: who has not agreed by its morning leaves it with duty.
    """
    by_duty = Agreed(recipient(policy().gaps.follow_up_ownership.owner_until_accepted), facts.wanted.on)
    if facts.responsible is None or facts.wanted.by is FollowUpBy.DUTY:
        return by_duty
    the_day = at("no-agreement-by-the-day", work_out_follow_up(facts.wanted.on))
    offered, silence = offer(facts, Recipient.from_tag(facts.responsible))
    deciding: Wait[FollowUpAssigned] | None = None
    while True:
        match first_of(offered, silence, the_day) if deciding is None else first_of(deciding, the_day):
            case FollowUpAgreement() as answer:
                match taken_on(answer):
                    case Accepted(by, agreement):
                        withdraw(silence)
                        withdraw(the_day)
                        return Agreed(staff(by), agreed_day(agreement, facts.wanted))
                    case Refused(by, reason):
                        withdraw(silence)
                        deciding = ask_who_follows_up(facts, f"Refused by {by}: {reason}")
            case FollowUpAssigned(given_to=None):
                withdraw(the_day)
                return by_duty
            case FollowUpAssigned(given_to=colleague, reasons=reasons):
                assert colleague is not None
                deciding = None
                offered, silence = offer(facts, staff(colleague), f"Given to you: {reasons}")
            case Due(name="no-agreement"):
                withdraw(offered)
                deciding = ask_who_follows_up(facts, "Nobody has replied in time.")
            case Due():
                withdraw(offered if deciding is None else deciding)
                withdraw(silence)
                return by_duty


def offer(facts: FollowUpFacts, to: Recipient, *so_far: str) -> tuple[Wait[FollowUpAgreement], Wait[Due]]:
    """Ask somebody to agree, with the person's wishes before them; and the time they have (DUTY-36)."""
    decide_after = policy().gaps.follow_up_ownership.decide_after
    asked = decision(
        FollowUpAgreement,
        of=to,
        about=to_follow_up(facts, *so_far),
        wanted_within=decide_after,
        clauses="DUTY-36",
    )
    return asked, after("no-agreement", decide_after)


def ask_who_follows_up(facts: FollowUpFacts, why: str) -> Wait[FollowUpAssigned]:
    """No agreement was reached: the team leader decides, and until then it stays with duty (GAP-05)."""
    return decision(
        FollowUpAssigned,
        of=policy().gaps.follow_up_ownership.decider,
        about=to_follow_up(facts, why),
        wanted_within=policy().gaps.reasonable_time.few_hours,
        clauses="DUTY-36",
    )
