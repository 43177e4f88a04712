"""
What managers see of all moves (TRN-03): the open ones by stage, delays between those who send and those who receive,
gaps in care, refusals and missed checks. Each number is that of the references beside it.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models.cases import Case
from models.moves.kinds import MoveStage, Pathway, WhoMoves
from models.moves.tables import Move, MoveGap, MoveHandover
from models.notices import Recipient
from models.permissions import Action
from models.working_time import local_day
from tasks.as_of import PeriodWrongWayRound, start_of
from tasks.durable.people import team_of
from tasks.register.lookups import person
from tasks.worklist.members import Member
from tasks.worklist.scope import cases_within

NOBODY_YET = "nobody yet"


@dataclass(frozen=True)
class MoveLine:
    """A move that is open. `name`, `old_service` and `new_service` are personal data."""

    ref: str
    pathway: Pathway
    who_moves: WhoMoves
    person_id: str | None
    name: str
    old_service: str
    new_service: str
    sent_by: str
    received_by: str
    stage: MoveStage
    day: date
    put_off: int
    days_late: int
    """Days since the first day by which it was wanted; 0 where that is to come, or they were there in time."""
    without_care_since: date | None
    overdue: str
    """What is overdue, in words; empty: nothing."""


@dataclass(frozen=True)
class CountedMoves:
    """A number, and the cases behind it; one stands there as often as it counts."""

    count: int
    refs: tuple[str, ...]


@dataclass(frozen=True)
class Delay:
    """How late moves were between those who send and those who receive."""

    sent_by: str
    received_by: str
    moves: CountedMoves
    late: CountedMoves
    median_days: float | None
    """Of those that were late."""
    longest_days: int


@dataclass(frozen=True)
class MovesFigures:
    """All moves that were open at any time of a period, as the reader may see them."""

    begins: date
    ends: date
    open: tuple[MoveLine, ...]
    """Those that are open now, the overdue first."""
    stages: dict[MoveStage, CountedMoves]
    """Of those that are open now."""
    ended: dict[str, CountedMoves]
    """Of those that ended in the period, by how."""
    delays: tuple[Delay, ...]
    gaps: CountedMoves
    """Gaps in care that began in the period."""
    days_without_care: int
    """Days of those gaps, up to now where one goes on."""
    refused: CountedMoves
    """Refusals in the period by whoever should have received somebody."""
    silent: CountedMoves
    """Times in the period that nobody answered in time."""
    checks_missed: CountedMoves
    """Whose check was due in the period, and was not made by then."""
    emergencies: CountedMoves
    """A manager decided in the period that it could not wait."""
    beyond: int
    """How many more moves were open that the reader may not see."""


def moves_figures(session: Session, member: Member | None, begins: date, ends: date, now: datetime) -> MovesFigures:
    """
    The moves of a period, both days included. Raises `PeriodWrongWayRound`.

    Without a member it is whoever runs a command on this machine: they see what is not restricted.
    """
    if ends < begins:
        raise PeriodWrongWayRound
    today = local_day(now)
    in_period = or_(Move.ended_at.is_(None), Move.ended_at >= start_of(begins))
    every = select(Move).join(Case, Case.ref == Move.case_ref).where(in_period, Case.opened_at < _end(ends))
    seen = every.where(_within(session, member, today))
    rows = list(session.scalars(seen.order_by(Move.day, Move.case_ref)))
    beyond = (session.scalar(select(func.count()).select_from(every.subquery())) or 0) - len(rows)
    these = seen.with_only_columns(Move.case_ref)
    every_gap = session.scalars(
        select(MoveGap).where(MoveGap.case_ref.in_(these)).order_by(MoveGap.case_ref, MoveGap.number)
    ).all()
    handovers = session.scalars(
        select(MoveHandover)
        .where(MoveHandover.case_ref.in_(these))
        .order_by(MoveHandover.case_ref, MoveHandover.number)
    ).all()
    gaps = [one for one in every_gap if begins <= one.began_on <= ends]
    going = {one.case_ref: one.began_on for one in every_gap if one.ended_on is None}
    still_open = [_line(session, one, now, going.get(one.case_ref)) for one in rows if one.ended_at is None]
    still_open.sort(key=lambda one: (not one.overdue, one.without_care_since is None, one.day, one.ref))

    def between(moment: datetime | None) -> bool:
        return moment is not None and begins <= local_day(moment) <= ends

    return MovesFigures(
        begins=begins,
        ends=ends,
        open=tuple(still_open),
        stages={stage: _counted(one.ref for one in still_open if one.stage is stage) for stage in MoveStage},
        ended={
            how: _counted(one.case_ref for one in rows if one.ended_as == how and between(one.ended_at))
            for how in sorted({one.ended_as for one in rows if one.ended_as and between(one.ended_at)})
        },
        delays=_delays(session, rows, today),
        gaps=_counted(one.case_ref for one in gaps),
        days_without_care=sum(((one.ended_on or today) - one.began_on).days for one in gaps),
        refused=_counted(one.case_ref for one in handovers if one.came == "refused" and between(one.answered_at)),
        silent=_counted(one.case_ref for one in handovers if between(one.silent_at)),
        checks_missed=_counted(one.case_ref for one in rows if between(one.check_due) and _is_missed(one, now)),
        emergencies=_counted(one.case_ref for one in rows if between(one.emergency_at)),
        beyond=beyond,
    )


def _end(day: date) -> datetime:
    return start_of(date.fromordinal(day.toordinal() + 1))


def _within(session: Session, member: Member | None, on: date) -> ColumnElement[bool]:
    return Case.restricted.is_(False) if member is None else cases_within(session, member, Action.READ_CASE, on)


def _line(session: Session, row: Move, now: datetime, without_care_since: date | None) -> MoveLine:
    found = person(session, row.person_id) if row.person_id else None
    return MoveLine(
        ref=row.case_ref,
        pathway=Pathway(row.pathway),
        who_moves=WhoMoves(row.who_moves),
        person_id=row.person_id,
        name=found.name if found else "",
        old_service=row.old_service,
        new_service=row.new_service or "",
        sent_by=_team(session, row.sent_by),
        received_by=_team(session, row.received_by) if row.received_by else NOBODY_YET,
        stage=row.stage,
        day=row.day,
        put_off=row.put_off,
        days_late=_days_late(row, local_day(now)),
        without_care_since=without_care_since,
        overdue=_overdue(row, now, without_care_since),
    )


def _overdue(row: Move, now: datetime, without_care_since: date | None) -> str:
    """What a manager sees first."""
    if without_care_since is not None:
        return "without care"
    if row.moved_at is None and row.day < local_day(now):
        return "the day has passed"
    if _is_missed(row, now):
        return "not seen since the move" if row.checked_at is None else ""
    return ""


def _is_missed(row: Move, now: datetime) -> bool:
    return row.check_due is not None and (row.checked_at or now) > row.check_due


def _days_late(row: Move, today: date) -> int:
    until = local_day(row.moved_at) if row.moved_at else local_day(row.ended_at) if row.ended_at else today
    return max(0, (until - row.first_day).days)


def _delays(session: Session, rows: Iterable[Move], today: date) -> tuple[Delay, ...]:
    """Between each pair of teams or roles, the one with the longest delay first."""
    pairs: defaultdict[tuple[str, str], list[Move]] = defaultdict(list)
    for row in rows:
        received_by = _team(session, row.received_by) if row.received_by else NOBODY_YET
        pairs[_team(session, row.sent_by), received_by].append(row)
    found = []
    for (sent_by, received_by), those in pairs.items():
        late = [(days, one.case_ref) for one in those if (days := _days_late(one, today))]
        found.append(
            Delay(
                sent_by=sent_by,
                received_by=received_by,
                moves=_counted(one.case_ref for one in those),
                late=_counted(ref for _, ref in late),
                median_days=statistics.median(days for days, _ in late) if late else None,
                longest_days=max((days for days, _ in late), default=0),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.longest_days, one.sent_by, one.received_by)))


def _team(session: Session, tag: str) -> str:
    """Tag of the team of whoever that is; of a role, the role's."""
    team = team_of(session, Recipient.from_tag(tag))
    return f"team-{team}" if team else tag


def _counted(refs: Iterable[str]) -> CountedMoves:
    these = tuple(refs)
    return CountedMoves(len(these), these)
