"""
The steps that change how somebody stands on the tray; each gives the new `Standing`.

What stands in the ledger is the record; the row in `tray_place` and the case's colour follow it for lists.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime
from sqlalchemy import select, update

from models.cases import Case
from models.decision_tables.levels import Priority, Rag
from models.due_rules import DueBy
from models.forms.tray_waiting import TrayPlacement
from models.policy import Policy
from models.policy.gaps.tray_exits import LeavingReason
from models.roles import Role
from models.tray import Rated, Standing, TrayPlace
from models.tray_clocks import URGENT, contact_asked, contact_due, limit
from models.tray_findings import TrayOutcome
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.durable.leg import Step

LIMITS = ("warn", "breach", "red-strategic", "red-head", "priority")
"""The limits of waiting, by the names of their clocks."""


def next_contact(standing: Standing) -> DueBy | datetime:
    """When the person is to be reached at the latest."""
    if standing.due_at_once_by is not None:
        return standing.due_at_once_by
    return contact_due(standing.colour, standing.counted_from, standing.no_later_than)


def next_asking(standing: Standing) -> DueBy:
    """When the next contact is put into a worklist."""
    return contact_asked(standing.colour, standing.counted_from, standing.asked_no_later_than)


def limit_of(name: str, standing: Standing) -> DueBy | None:
    """One of the limits of waiting; None where it does not hold for them."""
    if name in standing.passed_before:
        return None
    match name:
        case "red-strategic" | "red-head":
            if standing.red_since is None:
                return None
            return limit(name, standing.limits_from, f"{standing.red_since:%Y-%m-%d}")  # Red again is another limit
        case "priority":
            if standing.rated is None or standing.deadline_met:
                return None
            word = URGENT if standing.rated.urgent else standing.rated.priority
            return limit(name, standing.limits_from, word)
        case _:
            return limit(name, standing.limits_from)


def as_placed(policy: Policy, place: TrayPlacement, now: datetime) -> Standing:
    """How somebody stands who is placed now, or whose place on another list is taken over."""
    placed_at = place.placed_at or now
    from_request = policy.gaps.allocation_clock.counts_from == "request"
    contacted = place.imported and place.last_reached_at is not None
    return Standing(
        person=place.person,
        team=place.team,
        requested_at=place.requested_at,
        placed_at=placed_at,
        manager=place.placed_by,
        rated=place.rated,
        last_reached_at=place.last_reached_at,
        limits_from=place.requested_at if from_request else placed_at,
        counted_from=place.last_reached_at or placed_at,
        imported=place.imported,
        red_since=placed_at if place.rated is not None and place.rated.colour is Rag.RED else None,
        deadline_met=contacted and not _presses(place.rated, policy),
    )


def limits_passed(policy: Policy, standing: Standing, by: datetime) -> frozenset[str]:
    """The names of the limits of waiting that had passed by a moment."""
    clocks = {name: limit_of(name, standing) for name in LIMITS}
    return frozenset(name for name, due in clocks.items() if due is not None and due.under(policy) <= by)


@audited("Waits on the planned work tray", clauses="PWT-03 PWT-06 PWT-38 PWT-54 GAP-15")
def begin_waiting(place: TrayPlacement) -> Standing:
    """The person is on the tray from now on, or has been since the list was kept that was taken over."""
    step = here()
    standing = as_placed(step.policy, place, step.now).model_copy(
        update={
            "agreed_at": _morning(step, place.agreed_on),
            "also_waits_in": _other_place(step, place.person),
        }
    )
    if place.imported:
        standing = _taken_over(step, standing)
    step.session.add(
        TrayPlace(
            case_ref=step.case.ref,
            person_id=standing.person,
            team_id=standing.team,
            requested_at=standing.requested_at,
            placed_at=standing.placed_at,
            manager=standing.manager,
            urgent=False,
            left_at=None,
            left_because=None,
            reviewed_at=None,
        )
    )
    step.session.flush()
    return _stand(step, standing)


@audited("Somebody reached them", clauses="PWT-09 PWT-49 GAP-12 GAP-16 GAP-19 GAP-25")
def note_reached(
    standing: Standing, reached_at: AwareDatetime, seen: bool, changed: bool, agreed_on: str | None
) -> Standing:
    """
    The person, or somebody named for them, was really reached: the clock of contact begins anew.

    The deadline of their priority is met by seeing them; by a contact only where that is enough (GAP-25).
    """
    step = here()
    met = seen or not _presses(standing.rated, step.policy)
    return _stand(
        step,
        standing.model_copy(
            update={
                "last_reached_at": reached_at,
                "counted_from": reached_at,
                "no_later_than": None,
                "asked_no_later_than": None,
                "due_at_once_by": None,
                "attempts": 0,
                "was_due": _moment(next_contact(standing), step.policy),
                "deadline_met": standing.deadline_met or met,
                "changed_at": reached_at if changed else standing.changed_at,
                "agreed_at": _morning(step, agreed_on) or _still_ahead(standing.agreed_at, reached_at),
            }
        ),
    )


@audited("Nobody was reached", clauses="PWT-58 GAP-19")
def note_attempt(standing: Standing) -> Standing:
    """An attempt, which leaves the clock as it is."""
    return _stand(here(), standing.model_copy(update={"attempts": standing.attempts + 1, "was_due": None}))


@audited("Rated anew", clauses="PWT-33 PWT-34 PWT-38 PWT-48 PWT-50 GAP-22")
def note_rating(standing: Standing, rated: Rated) -> Standing:
    """Another colour begins its own rhythm now, and the next contact is never later for it than it was due."""
    step = here()
    was_due = _moment(next_contact(standing), step.policy)
    return _stand(
        step,
        standing.model_copy(
            update={
                "rated": rated,
                "red_since": (standing.red_since or step.now) if rated.colour is Rag.RED else None,
                "counted_from": step.now,
                "no_later_than": was_due,
                "asked_no_later_than": min(_moment(next_asking(standing), step.policy), was_due),
                "was_due": None,
                "deadline_met": standing.deadline_met and not _more_pressing(rated, standing.rated),
            }
        ),
    )


@audited("A change was reported", clauses="PWT-29 PWT-54")
def note_change(standing: Standing) -> Standing:
    """Something has changed for them: the weekly review looks at it one by one."""
    step = here()
    return _stand(step, standing.model_copy(update={"changed_at": step.now, "was_due": None}))


@audited("A day was agreed with them")
def note_agreed_date(standing: Standing, on: str | None) -> Standing:
    """Somebody is in touch on that day, or its day has come (None)."""
    step = here()
    return _stand(step, standing.model_copy(update={"agreed_at": _morning(step, on), "was_due": None}))


@audited("Is said to leave the tray", clauses="GAP-53")
def note_leaving(standing: Standing, reason: LeavingReason) -> Standing:
    """Somebody is said to leave: clocks stop at once where policy says so, and after a death in any case."""
    step = here()
    if standing.leaving is LeavingReason.DEATH:
        reason = LeavingReason.DEATH  # whatever else is reported after it
    stops = step.policy.gaps.leaving_tray.clocks_stop_at_once or reason is LeavingReason.DEATH
    changed = {"leaving": reason, "stopped": stops, "changed_at": step.now, "was_due": None}
    return _stand(step, standing.model_copy(update=changed))


@audited("Waits again", clauses="GAP-53")
def note_waiting_again(standing: Standing) -> Standing:
    """It was not so, or it is over: they wait on, and somebody is in touch before the office closes next."""
    step = here()
    soon = step.policy.working_calendar().end_of_working_day(step.now)
    if not standing.stopped:
        soon = min(soon, _moment(next_contact(standing), step.policy))
    changed = {"leaving": None, "stopped": False, "due_at_once_by": soon, "was_due": None}
    return _stand(step, standing.model_copy(update=changed))


@audited("Looked whether a safety plan is missing", clauses="GAP-12")
def look_whether_a_plan_is_missing(standing: Standing, plan: str) -> bool:
    """Whether somebody who is Red has no interim safety plan though policy wants one."""
    wanted = here().policy.gaps.red_contact.interim_safety_plan_first
    return wanted and standing.colour is Rag.RED and not plan


@audited("Looked up who hears that the aim was not met", clauses="PWT-11 GAP-15")
def look_up_who_hears_of_a_breach() -> Role:
    """The role before whom everybody comes who still has no worker."""
    return here().policy.gaps.allocation_clock.breach_goes_to


@audited("Left the tray", clauses="PWT-52 GAP-53")
def leave_tray(standing: Standing, outcome: TrayOutcome) -> TrayOutcome:
    """They wait no longer; nothing is deleted."""
    step = here()
    step.session.execute(
        update(TrayPlace)
        .where(TrayPlace.case_ref == step.case.ref)
        .values(left_at=step.now, left_because=outcome, team_id=standing.team)
    )
    return outcome


def _stand(step: Step, standing: Standing) -> Standing:
    """Write how they stand where lists find it."""
    rated = standing.rated
    step.session.execute(
        update(TrayPlace)
        .where(TrayPlace.case_ref == step.case.ref)
        .values(
            team_id=standing.team,
            manager=standing.manager,
            priority=str(rated.priority) if rated else None,
            urgent=rated.urgent if rated else False,
            complexity=str(rated.complexity) if rated else None,
            last_reached_at=standing.last_reached_at,
            changed_at=standing.changed_at,
        )
    )
    step.session.execute(update(Case).where(Case.ref == step.case.ref).values(colour=standing.colour))
    return standing


def _other_place(step: Step, person: str) -> str | None:
    """Another open place of the same person, where two were placed in the same moment."""
    others = select(TrayPlace.case_ref).where(
        TrayPlace.person_id == person, TrayPlace.left_at.is_(None), TrayPlace.case_ref != step.case.ref
    )
    return step.session.scalars(others.order_by(TrayPlace.case_ref)).first()


def _taken_over(step: Step, standing: Standing) -> Standing:
    """What had passed when a list was taken over stands on one list, and does not raise an alarm for each person."""
    calendar = step.policy.working_calendar()
    taken_over_at = step.session.scalars(select(Case.opened_at).where(Case.ref == step.case.ref)).one()
    due_at_once = None
    if _moment(next_contact(standing), step.policy) <= calendar.end_of_working_day(step.now):
        due_at_once = calendar.end_of_working_day(step.now)
    return standing.model_copy(
        update={
            "passed_before": limits_passed(step.policy, standing, taken_over_at),
            "due_at_once_by": due_at_once,
        }
    )


def _presses(rated: Rated | None, policy: Policy) -> bool:
    """Whether their priority asks for more than a contact: to be seen, or to have a worker (GAP-25)."""
    high = rated is not None and (rated.urgent or rated.priority is Priority.HIGH)
    return high and not policy.gaps.priority_deadlines.a_call_meets_high


def _moment(due: DueBy | datetime, policy: Policy) -> datetime:
    return due.under(policy) if isinstance(due, DueBy) else due


def _morning(step: Step, on: object) -> datetime | None:
    """When the office opens on a day that was agreed, or on the last open day before it; never before now."""
    if on is None:
        return None
    day = on if isinstance(on, date) else date.fromisoformat(str(on))
    calendar = step.policy.working_calendar()
    day = day if calendar.is_working_day(day) else calendar.previous_working_day(day)
    return max(calendar.opening_time(day), step.now)


def _still_ahead(agreed_at: datetime | None, reached_at: datetime) -> datetime | None:
    """A day agreed before still holds where it lies ahead of the contact that was made."""
    return agreed_at if agreed_at is not None and local_day(agreed_at) > local_day(reached_at) else None


def _more_pressing(rated: Rated, before: Rated | None) -> bool:
    """Whether the new priority asks for more than the one before did."""
    order = [URGENT, Priority.HIGH, Priority.MEDIUM, Priority.LOW]
    if before is None:
        return True
    return order.index(URGENT if rated.urgent else rated.priority) < order.index(
        URGENT if before.urgent else before.priority
    )
