"""The routes and times of a safeguarding concern, and whose reablement must hear of it (GAP-10)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import select

from models.forms.safeguarding import ConcernNoticed, WhoIsAtRisk
from models.policy.organisation import MailKind
from models.reablement.tables import ReablementPlan
from tasks.durable import audited, here


class Route(StrEnum):
    """By whom a concern must be acknowledged."""

    OUR_TEAM = "our safeguarding team"
    """For an adult."""
    CHILDRENS_TEAM = "the children's team"
    """For a child."""
    ANOTHER_COUNCIL = "the council where they are"
    """For anybody who is in its area."""


class OutOfHours(BaseModel):
    """What follows where nobody has acknowledged a concern in time."""

    model_config = ConfigDict(frozen=True)

    telephone: str | None
    """The number at which out of hours is rung; none where policy does not want that."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return "out of hours is rung" if self.telephone else "a manager is told"


@audited("Found the right route", clauses="DUTY-49 REA-32 GAP-10")
def find_routes(noticed: ConcernNoticed) -> tuple[Route, ...]:
    """Adults and children each by their own; whoever is in another council's area by that council (GAP-10)."""
    if noticed.other_council and here().policy.gaps.safeguarding_report.to_council_where_adult_is:
        return (Route.ANOTHER_COUNCIL,)
    match noticed.at_risk:
        case WhoIsAtRisk.ADULT:
            return (Route.OUR_TEAM,)
        case WhoIsAtRisk.CHILD:
            return (Route.CHILDRENS_TEAM,)
        case WhoIsAtRisk.BOTH:
            return (Route.OUR_TEAM, Route.CHILDRENS_TEAM)


@audited("Looked up our safeguarding team")
def look_up_our_team() -> str:
    """Tag of the team or role to which policy gives concerns."""
    queue = here().policy.queue(MailKind.SAFEGUARDING)
    return f"team-{queue.team}" if queue.team else f"role-{queue.role}"


@audited("Looked up the children's team")
def look_up_childrens_number() -> str:
    """The telephone number of the children's team; the council's own for the time being, where policy has none."""
    policy = here().policy
    return policy.gaps.safeguarding_report.childrens_team_telephone or policy.council.out_of_hours_telephone


@audited("Worked out by when it must be acknowledged", clauses="DUTY-49 REA-32 GAP-10")
def work_out_acknowledged_by(noticed_at: AwareDatetime, again: bool) -> AwareDatetime:
    """
    By policy counted from when it was noticed; at once where the office is closed already.

    `again`: out of hours has it until the office opens, and the time is counted from now.
    """
    step, calendar = here(), here().policy.working_calendar()
    by = step.policy.gaps.safeguarding_report.acknowledge_by
    if again:
        return calendar.due(calendar.next_opening(step.now), by)
    if not calendar.is_open(step.now):
        return step.now
    return max(calendar.due(noticed_at, by), step.now)


@audited("Looked up what follows from silence", clauses="GAP-10")
def look_up_what_silence_means() -> OutOfHours:
    """Whether out of hours is telephoned, and at which number."""
    policy = here().policy
    report = policy.gaps.safeguarding_report
    if not report.else_telephone_out_of_hours:
        return OutOfHours(telephone=None)
    return OutOfHours(telephone=report.out_of_hours_telephone or policy.council.out_of_hours_telephone)


@audited("Looked up whether they are in reablement", keyed_by="person", clauses="REA-34")
def look_up_their_plans(person: str) -> tuple[str, ...]:
    """Refs of the cases that look after a plan of theirs which has not ended."""
    plans = (
        select(ReablementPlan.case_ref)
        .where(ReablementPlan.person_id == person, ReablementPlan.ended_at.is_(None))
        .order_by(ReablementPlan.case_ref)
    )
    return tuple(here().session.scalars(plans))
