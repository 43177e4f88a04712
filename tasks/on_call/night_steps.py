"""The steps of a night: whom a case is offered to, whether the office is open, what each team has in the morning."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.forms.base import Form
from models.forms.out_of_hours import NightHandover
from models.on_call.nights import TeamsNight, Told
from models.on_call.tables import OnCallItem, OnCallNight, OnCallOffer, OnCallWork
from models.policy import Policy
from models.states import CaseStatus, WorkItemState
from models.working_time import for_people
from tasks.durable import audited, here
from tasks.durable.leg import Step
from tasks.on_call.choosing import still_open, team_in_the_morning
from tasks.on_call.looking import FIRST, SECOND, who_hears, who_is_on_call

EMERGENCY_SUPPORT = "emergency-support"


@audited("Offered to whoever is on call", clauses="TRN-05 TRN-07 GAP-46")
def offer_on_call(cases: tuple[str, ...], turn: int) -> tuple[Told, ...]:
    """
    Who is told of those cases this time, and when the next is; whoever is told may act on them from now on.

    Cases that go to the same people are told together. What nobody can be asked for any more is left out.
    """
    step = here()
    open_now = still_open(step.session, cases)
    next_at = _next_at(step.policy, step.now, turn)
    together: defaultdict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    for ref in sorted(set(cases) & open_now):
        heard = who_hears(step.session, step.policy, step.now, ref, turn)
        for staff_id in heard.staff:
            if step.session.get(OnCallOffer, (step.case.ref, ref, staff_id)) is None:
                step.session.add(
                    OnCallOffer(night_ref=step.case.ref, case_ref=ref, staff_id=staff_id, offered_at=step.now)
                )
        together[(heard.tags, tuple(one.in_words for one in heard.troubles))].append(ref)
    return tuple(
        Told(cases=tuple(refs), tags=tags, next_at=next_at, why=why) for (tags, why), refs in sorted(together.items())
    )


def _next_at(policy: Policy, now: datetime, turn: int) -> datetime:
    """Thirty minutes for whoever is on call, the rest of the hour for the manager, then every hour (GAP-46)."""
    times, calendar = policy.gaps.on_call_times, policy.working_calendar()
    if turn == FIRST:
        return calendar.add(now, times.on_call_acknowledges_within)
    if turn == SECOND:
        first = calendar.add(now, times.on_call_acknowledges_within) - now
        return max(calendar.add(now, times.on_call_manager_within) - first, now + first / 2)
    return calendar.add(now, times.told_again_every)


@audited("Looked up what the shift before has left", clauses="TRN-04 TRN-07")
def look_up_what_the_shift_left() -> tuple[str, ...]:
    """
    Refs of what is still open and with somebody who is not on call any more, or with nobody yet.

    It is in nobody's hands until whoever is on call now says that they have it.
    """
    step = here()
    found = who_is_on_call(step.session, step.policy, step.now)
    there = {*found.duty, *found.managers}
    works = step.session.scalars(select(OnCallWork).where(OnCallWork.night_ref == step.case.ref)).all()
    left = [one for one in works if one.held_by is None or (there and one.held_by not in there)]
    open_now = still_open(step.session, [one.case_ref for one in left])
    for one in left:
        if one.case_ref in open_now:
            one.held_by, one.held_at, one.by_telephone = None, None, False
    return tuple(sorted(one.case_ref for one in left if one.case_ref in open_now))


@audited("Looked whether the office is open")
def look_when_the_office_opens() -> AwareDatetime | None:
    """When it opens, if it is closed still, as after a day of closing that was named since; None: it is open."""
    step, calendar = here(), here().policy.working_calendar()
    return None if calendar.is_open(step.now) else calendar.next_opening(step.now)


@audited("Worked out what each team has in the morning", clauses="TRN-04 TRN-06")
def end_the_night() -> tuple[TeamsNight, ...]:
    """
    The night has ended: each case that was in on-call's hands, and all emergency support of the night, by its team.

    Whatever was done about it stands on the list as well: somebody of the day knows of it by name.
    """
    step = here()
    night = step.session.get_one(OnCallNight, step.case.ref)
    night.ended_at = step.now
    _add_emergency_support(step, night)
    works = step.session.scalars(
        select(OnCallWork).where(OnCallWork.night_ref == step.case.ref).order_by(OnCallWork.case_ref)
    ).all()
    open_now = still_open(step.session, [one.case_ref for one in works])
    of_team: defaultdict[str, list[str]] = defaultdict(list)
    for one in works:
        one.team_id = team_in_the_morning(step.session, step.policy, step.now, one.case_ref)
        of_team[one.team_id].append(one.case_ref)
    return tuple(
        TeamsNight(team=team, cases=tuple(refs), still_open=len(open_now.intersection(refs)))
        for team, refs in sorted(of_team.items())
    )


def _add_emergency_support(step: Step, night: OnCallNight) -> None:
    known = set(step.session.scalars(select(OnCallWork.case_ref).where(OnCallWork.night_ref == night.case_ref)))
    arranged = step.session.scalars(
        select(Case.ref).where(
            Case.procedure == EMERGENCY_SUPPORT,
            Case.opened_at >= night.began_at,
            Case.status != CaseStatus.CLOSED,
            Case.restricted.is_(False),
        )
    )
    for ref in sorted(set(arranged) - known):
        step.session.add(
            OnCallWork(
                night_ref=night.case_ref,
                case_ref=ref,
                offered_at=step.now,
                held_by=None,
                held_at=None,
                by_telephone=False,
                team_id=None,
                accepted_by=None,
                accepted_at=None,
            )
        )
    step.session.flush()


@audited("Worked out by when it is accepted", clauses="TRN-06 GAP-46")
def work_out_accepted_by() -> AwareDatetime:
    """So long after now as policy gives each team, and each manager after it."""
    step = here()
    return step.policy.working_calendar().add(step.now, step.policy.gaps.on_call_times.night_accepted_within)


@audited("The night’s list was accepted", keyed_by="team", clauses="TRN-04 TRN-06")
def note_accepted(team: str) -> str:
    """Whoever accepted a team's list has what is left on it, by name; gives their staff id."""
    step = here()
    answered = step.session.scalars(
        select(WorkItem)
        .where(
            WorkItem.case_ref == step.case.ref,
            WorkItem.form == NightHandover.name(),
            WorkItem.key.startswith(handover_key(team), autoescape=True),
            WorkItem.state == WorkItemState.ANSWERED,
        )
        .order_by(WorkItem.answered_at.desc())
    ).first()
    assert answered is not None and answered.answered_by is not None
    works = step.session.scalars(
        select(OnCallWork).where(
            OnCallWork.night_ref == step.case.ref, OnCallWork.team_id == team, OnCallWork.accepted_at.is_(None)
        )
    )
    for one in works:
        one.accepted_by, one.accepted_at = answered.answered_by, step.now
    return answered.answered_by


def handover_key(team: str) -> str:
    """The key of a team's list among the night's questions."""
    return f"night-handover-{team}"


def nights_list(step: Step, team: str) -> str:
    """What a team reads beside the form: what is still to be done first; references, forms, staff and times only."""
    session = step.session
    works = session.scalars(
        select(OnCallWork)
        .where(OnCallWork.night_ref == step.case.ref, OnCallWork.team_id == team)
        .order_by(OnCallWork.offered_at, OnCallWork.case_ref)
    ).all()
    open_now = still_open(session, [one.case_ref for one in works])
    to_do = [_line(session, one, is_open=True) for one in works if one.case_ref in open_now]
    done = [_line(session, one, is_open=False) for one in works if one.case_ref not in open_now]
    lines = ["Still to be done:", *to_do] if to_do else []
    lines += ["Done, or arranged:", *done] if done else []
    return "\n".join(lines)


def _line(session: Session, work: OnCallWork, *, is_open: bool) -> str:
    asked = session.scalars(
        select(WorkItem)
        .join(OnCallItem, OnCallItem.work_item_id == WorkItem.id)
        .where(OnCallItem.night_ref == work.night_ref, OnCallItem.case_ref == work.case_ref)
        .order_by(WorkItem.opened_at, WorkItem.id)
    ).all()
    said = list(dict.fromkeys(_asked_in_words(one) for one in asked)) or ["emergency support that ends"]
    if work.held_by is not None and work.held_at is not None:
        held = f"with {work.held_by} since {for_people(work.held_at)}"
        held += ", by telephone" if work.by_telephone else ""
    elif is_open:
        held = "NOBODY TOOK IT ON"
    else:
        held = ""
    return "; ".join(part for part in (f"Case {work.case_ref}: {', '.join(said)}", held) if part)


def _asked_in_words(item: WorkItem) -> str:
    title, _ = Form.words_for(item.form)
    if item.answered_at is not None:
        return f"{title} (answered by {item.answered_by}, {for_people(item.answered_at)})"
    return title
