"""What the page and the command show: who is on call, what is in their hands, and what is left of nights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.forms.base import Form
from models.notices import Recipient
from models.on_call.rota import OnCall, Uncertain
from models.on_call.tables import OnCallItem, OnCallNight, OnCallOffer, OnCallWork, RotaReading
from models.permissions import Action
from models.policy import Policy
from models.register import Staff
from models.roles import Role
from models.working_time import local_day
from tasks.durable.seeing import may_see_case
from tasks.on_call.choosing import still_open
from tasks.on_call.looking import who_is_on_call
from tasks.on_call.rota_watch import rota_trouble
from tasks.register.lookups import staff_in
from tasks.worklist.members import Member, row_of
from tasks.worklist.scope import cases_within


@dataclass(frozen=True)
class Question:
    """A question of a case that could not wait. References only."""

    item: str
    title: str
    asked: str
    is_open: bool
    answered_by: str | None


@dataclass(frozen=True)
class NightWork:
    """A case that is in on-call's hands, or has not been accepted since. References and staff ids only."""

    night: str
    case: str
    offered_at: datetime
    held_by: str | None
    held_at: datetime | None
    by_telephone: bool
    team: str | None
    accepted_by: str | None
    is_open: bool
    """Something in it that could not wait is still open."""
    is_mine: bool
    """Whoever looks has it, or was told of it and nobody has it."""
    questions: tuple[Question, ...]

    @property
    def is_unheld(self) -> bool:
        """Nobody has it in hand, and something is open."""
        return self.is_open and self.held_by is None


@dataclass(frozen=True)
class OneNight:
    """A night whose work is not accepted as a whole, or that goes on."""

    ref: str
    began_at: datetime
    ended_at: datetime | None
    works: tuple[NightWork, ...]

    @property
    def mine(self) -> tuple[NightWork, ...]:
        """What whoever looks has in hand or was told of, what nobody has first."""
        return tuple(sorted((one for one in self.works if one.is_mine and one.is_open), key=lambda one: one.is_unheld))


@dataclass(frozen=True)
class OnCallView:
    """All of it at one moment."""

    on_call: OnCall
    is_open: bool
    """The office is open."""
    telephone: str
    read_at: datetime | None
    """When the rota was last read; None: never, or none is connected."""
    wrong: Uncertain | None
    """The first thing that is wrong with the rota, as far ahead as policy looks."""
    nights: tuple[OneNight, ...]
    holders: tuple[Staff, ...]
    """Who may have something in hand now."""

    @property
    def unaccepted(self) -> int:
        """How many cases of past nights nobody of the day has accepted."""
        return sum(one.accepted_by is None for night in self.nights if night.ended_at for one in night.works)


def on_call_view(
    session: Session, policy: Policy, member: Member | None, now: datetime, *, at: datetime | None = None
) -> OnCallView:
    """What a member of staff may see of it; None: everything but restricted cases, for the command."""
    moment = at or now
    found = who_is_on_call(session, policy, moment, now=now)
    reading = session.scalars(select(RotaReading).order_by(RotaReading.tried_at.desc())).first()
    return OnCallView(
        on_call=found,
        is_open=policy.working_calendar().is_open(moment),
        telephone=policy.council.out_of_hours_telephone,
        read_at=None if reading is None else reading.read_at,
        wrong=rota_trouble(session, policy, now),
        nights=tuple(_nights(session, member, now)),
        holders=tuple(_holders(session, found, now)),
    )


def _holders(session: Session, found: OnCall, now: datetime) -> list[Staff]:
    named = [session.get_one(Staff, one) for one in (*found.duty, *found.managers)]
    roles = (Role.ON_CALL_MANAGER, Role.HEAD_OF_SERVICE)
    more = [one for role in roles for one in staff_in(session, role=role, on=local_day(now))]
    return list({one.id: one for one in (*named, *more)}.values())


def _nights(session: Session, member: Member | None, now: datetime) -> list[OneNight]:
    left = select(OnCallWork.night_ref).where(OnCallWork.accepted_at.is_(None))
    nights = session.scalars(
        select(OnCallNight)
        .where(OnCallNight.ended_at.is_(None) | OnCallNight.case_ref.in_(left))
        .order_by(OnCallNight.began_at.desc())
    ).all()
    refs = [one.case_ref for one in nights]
    works = session.scalars(
        select(OnCallWork).where(OnCallWork.night_ref.in_(refs)).order_by(OnCallWork.offered_at, OnCallWork.case_ref)
    ).all()
    told: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in session.scalars(select(OnCallOffer).where(OnCallOffer.night_ref.in_(refs))):
        told[(one.night_ref, one.case_ref)].add(one.staff_id)
    seen = _seen(session, member, works, now)
    asked = _asked(session, refs)
    open_now = still_open(session, [one.case_ref for one in works])
    of_night: defaultdict[str, list[NightWork]] = defaultdict(list)
    for work in works:
        offered = told[(work.night_ref, work.case_ref)]
        is_told = member is not None and member.id in offered
        if work.case_ref not in seen and not is_told:
            continue
        of_night[work.night_ref].append(
            NightWork(
                work.night_ref,
                work.case_ref,
                work.offered_at,
                work.held_by,
                work.held_at,
                work.by_telephone,
                work.team_id,
                work.accepted_by,
                work.case_ref in open_now,
                member is not None and (work.held_by == member.id or (is_told and work.held_by is None)),
                tuple(asked[(work.night_ref, work.case_ref)]),
            )
        )
    return [OneNight(one.case_ref, one.began_at, one.ended_at, tuple(of_night[one.case_ref])) for one in nights]


def _seen(session: Session, member: Member | None, works: Sequence[OnCallWork], now: datetime) -> set[str]:
    """Refs of the cases that they may read."""
    refs = [one.case_ref for one in works]
    if member is None:
        return set(session.scalars(select(Case.ref).where(Case.ref.in_(refs), Case.restricted.is_(False))))
    within = cases_within(session, member, Action.READ_CASE, local_day(now))
    found = session.scalars(select(Case).where(Case.ref.in_(refs), within)).all()
    row = row_of(session, member)
    return {one.ref for one in found if may_see_case(session, one, row)}


def _asked(session: Session, nights: Sequence[str]) -> defaultdict[tuple[str, str], list[Question]]:
    found: defaultdict[tuple[str, str], list[Question]] = defaultdict(list)
    rows = session.execute(
        select(OnCallItem, WorkItem)
        .join(WorkItem, WorkItem.id == OnCallItem.work_item_id)
        .where(OnCallItem.night_ref.in_(nights))
        .order_by(WorkItem.opened_at, WorkItem.id)
    )
    for noted, item in rows:
        title, _ = Form.words_for(item.form)
        asked = Recipient.from_tag(item.asked_of).words
        found[(noted.night_ref, noted.case_ref)].append(
            Question(item.id, title, asked, item.state == "open", item.answered_by)
        )
    return found
