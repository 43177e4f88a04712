"""Review of the whole tray: once a week a manager looks at everybody who waits on a team's planned work tray."""

from __future__ import annotations

from enum import StrEnum

from models.forms.tray_review import AfterLooking, NextReviewOpened, TrayReviewed, TrayReviewFacts
from models.forms.tray_signals import AllocationWanted, CircumstancesChanged, EscalationWanted, RatedAgain, ReportedBy
from models.notices import Recipient
from tasks.durable import answered_by, decision, first_of, hears, procedure, send
from tasks.durable.in_force import policy
from tasks.tray.weekly_list import TrayList
from tasks.tray.weekly_review import (
    Decided,
    enter_looked_at,
    list_tray,
    list_what_is_left,
    look_up_reviewer,
    weigh,
    what_is_left,
)


class ReviewOutcome(StrEnum):
    """How a review of a tray ended."""

    ALL_LOOKED_AT = "all looked at"
    """Somebody has looked at every case."""
    CARRIED_ON = "carried on in the next review"
    """A week has passed; what was not looked at stands first in the next review."""


@procedure(
    follows="Managing Planned Work Trays, March 2023: reviewing the tray as a whole",
    title="Review of the whole tray",
    somebody_waits=False,  # everybody on it has a case of their own
)
def pwt_tray_review(review: TrayReviewFacts) -> ReviewOutcome:
    """
    See that a manager looks at everybody on a team's tray at least weekly, to find where need or risk has grown.

    The team leader has one list, worst first; the team manager covers them. Red cases, those with a change, those whose
    contact is overdue and those nobody has reached are looked at one by one, the rest as one list, and each case has
    its entry. What is decided goes to the case it is about. What was not looked at is asked again, by name, until all
    of it was looked at; after a week the next review goes on with it. Silence is chased up the line.
    """
    listed = list_tray(review.team, review.last_opened_at)  # PWT-08, GAP-13
    while listed.cases or listed.not_found:
        reviewing = decision(
            TrayReviewed,
            of=Recipient.from_tag(look_up_reviewer(review.team)),  # GAP-20
            about=listed.to_read,
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="PWT-01 PWT-05 PWT-08",
        )
        match first_of(reviewing, hears(NextReviewOpened)):
            case TrayReviewed() as answer:
                listed = enter_what_was_looked_at(listed, answer)
            case NextReviewOpened():
                return ReviewOutcome.CARRIED_ON
    return ReviewOutcome.ALL_LOOKED_AT


def enter_what_was_looked_at(listed: TrayList, answer: TrayReviewed) -> TrayList:
    """Each case has its entry and hears what was decided; what is left is listed by name."""
    by, came = answered_by(TrayReviewed), weigh(listed, answer)
    for batch in came.batches():
        enter_looked_at(batch, by)
    for one in came.looked:
        pass_on(one, by=by)
    return list_what_is_left(listed.team, what_is_left(listed, came.refs), came.not_found)


def pass_on(one: Decided, *, by: str) -> None:
    """What was decided about somebody goes to their own case, as from whoever decided it (GAP-22)."""
    said = one.looked
    match said.decision:
        case AfterLooking.STILL_WAITS:
            pass
        case AfterLooking.ALLOCATE:
            assert said.worker is not None
            wanted = AllocationWanted(worker=said.worker, reasons=said.reasons)
            send(one.ref, wanted, by=by, clauses="PWT-10 PWT-11")
        case AfterLooking.ESCALATE:
            send(one.ref, EscalationWanted(reasons=said.reasons), by=by, clauses="PWT-59 PWT-60")
        case AfterLooking.RATE_AGAIN:
            assert said.facts is not None
            rated = RatedAgain(facts=said.facts, facts_changed=said.facts_changed, reasons=said.reasons)
            send(one.ref, rated, by=by, clauses="PWT-48")
        case AfterLooking.LOOK_INTO:
            looked = CircumstancesChanged(reported_by=ReportedBy.OTHER, what=said.reasons)
            send(one.ref, looked, by=by, clauses="PWT-08")
