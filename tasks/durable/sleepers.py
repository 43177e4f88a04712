"""The open cases that a round of the backstop looks at, and what our own tables say of each."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, and_, func, not_, or_, select

from models.cases import Case, Lease
from models.states import CaseStatus
from tasks.durable import lease
from tasks.durable.council import Council
from tasks.durable.judging import GRACE, Sleeper
from tasks.durable.prefect_clerk import RESTRICTED_TITLE
from tasks.durable.procedure import UnknownProcedure, procedure_named

log = logging.getLogger("pathways")

SLICE = 2000
"""So many cases that seem well are compared in one round; where there are more, the rounds take turns."""

_Cases = Select[tuple[Case, Lease]]


def all_sleepers(council: Council) -> list[Sleeper]:
    """Every open case but those that are being given their first run at this moment."""
    return _read(council, [_query(council.clock.now())])


def overdue_sleepers(council: Council) -> list[Sleeper]:
    """Those that by our own tables should have had a leg by now, or have one."""
    now = council.clock.now()
    return _read(council, [_overdue(_query(now), now)])


def sleepers_of_the_turn(council: Council, size: int) -> list[Sleeper]:
    """Those that are overdue, and of all others so many as are looked at in this minute: each comes to its turn."""
    now = council.clock.now()
    query = _query(now)
    with council.database.read() as session:
        count = session.scalar(select(func.count()).select_from(Case).where(Case.status != CaseStatus.CLOSED)) or 0
    turns = -(-count // size)
    if turns <= 1:
        return _read(council, [query])
    turn = int(now.timestamp() // 60) % turns
    return _read(council, [_overdue(query, now), query.limit(size).offset(turn * size)])


def sleepers_named(council: Council, refs: Iterable[str]) -> list[Sleeper]:
    """Those of the cases that are open."""
    return _read(council, [_query(council.clock.now()).where(Case.ref.in_(list(refs)))])


def _query(now: datetime) -> _Cases:
    being_started = and_(Case.flow_run_id.is_(None), Case.opened_at > now - GRACE, Case.generation == 0)
    return (
        select(Case, Lease)
        .join(Lease, Lease.case_ref == Case.ref)
        .where(Case.status != CaseStatus.CLOSED, not_(being_started))
        .order_by(Case.ref)
    )


def _overdue(query: _Cases, now: datetime) -> _Cases:
    return query.where(
        or_(
            Case.flow_run_id.is_(None),
            Case.wake_no > Case.asleep_wake_no,
            Case.next_due <= now - GRACE,
            Lease.holder.is_not(None),
        )
    )


def _read(council: Council, queries: list[_Cases]) -> list[Sleeper]:
    now = council.clock.now()
    with council.database.read() as session:
        rows = {case.ref: (case, held) for one in queries for case, held in session.execute(one).tuples()}
    return [
        Sleeper(
            case.ref, _title(case), case.flow_run_id, case.run_created_at, case.next_due,
            is_awake=case.wake_no > case.asleep_wake_no, leg_lives=lease.is_live(held, now),
            leg_died=held.holder is not None and not lease.is_live(held, now),
            head_no=case.head_no, head_hash=case.head_hash, generation=case.generation, last_leg=held.released_at,
        )
        for case, held in rows.values()
    ]  # fmt: skip


def _title(case: Case) -> str | None:
    """The name of a case's flow in Prefect; None for a procedure that this version lacks."""
    try:
        return RESTRICTED_TITLE if case.restricted else procedure_named(case.procedure).title
    except UnknownProcedure as unknown:
        log.error("%s", unknown)
        return None
