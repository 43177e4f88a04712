"""
Verifying from the worklist: one case at once; many in the background, with how far it is and what was found.

It is `pathways audit verify`, no more and no less. A check that nobody has heard of for a while broke off, with the
process that ran it; another can be begun then.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.audit import AuditCheck
from tasks.audit.chaining import take_turns
from tasks.audit.verifying import find_faults
from tasks.durable.council import Council

log = logging.getLogger("pathways")
NEWEST = 1_000
"""So many cases a smaller check looks at, those opened last."""
MOST_FAULTS = 500
"""So many faults are kept of one check; the rest are counted."""
SILENT_FOR = timedelta(minutes=15)
"""A check that has said nothing for so long broke off."""


@dataclass(frozen=True)
class Check:
    """A check of many ledgers: how far it is, or what it found."""

    id: int
    newest: int | None
    asked_by: str
    began_at: datetime
    ended_at: datetime | None
    looked_at: int
    cases: int
    faults: tuple[str, ...]
    """Each as `REF no kind reason`."""
    more_faults: int
    failure: str
    broke_off: bool
    """It has not ended, and nobody is at it."""

    @property
    def is_running(self) -> bool:
        """Whether somebody is at it."""
        return self.ended_at is None and not self.broke_off

    @property
    def holds(self) -> bool:
        """Whether it has ended and found nothing."""
        return self.ended_at is not None and not self.failure and not self.faults


def faults_of(council: Council, ref: str) -> list[str]:
    """What does not hold in the ledger of one case, each as `REF no kind reason`. Raises `UnknownCase`."""
    with council.database.read() as session:
        return [str(fault) for fault in find_faults(session, ref)]


def begin_check(council: Council, *, by: str, newest: int | None = None) -> tuple[int, bool]:
    """
    Note that many ledgers are to be verified; gives the check's id, and whether it is new.

    One is run at a time: while there is one, it is that one.
    """
    now = council.clock.now()
    with council.database.write() as session:
        take_turns(session, "audit-check")
        running = next((one for one in _latest(session, now, 1) if one.is_running), None)
        if running is not None:
            return running.id, False
        row = AuditCheck(
            newest=newest,
            asked_by=by,
            began_at=now,
            seen_at=now,
            looked_at=0,
            cases=0,
            more_faults=0,
            failure="",
        )
        session.add(row)
        session.flush()
        return row.id, True


def carry_out(council: Council, check_id: int, witness: Path) -> None:
    """Run a check that was begun, and keep what it found. Never raises: what stops it is kept as well."""
    try:
        _carry_out(council, check_id, witness)
    except Exception as failed:  # no text of the error, which may be personal
        log.error("check %s of the ledgers broke off (%s)", check_id, type(failed).__name__)
        _note(council, check_id, ended_at=council.clock.now(), failure=type(failed).__name__)


def latest_checks(session: Session, now: datetime) -> list[Check]:
    """The last checks, the latest first."""
    return _latest(session, now, 10)


def _carry_out(council: Council, check_id: int, witness: Path) -> None:
    with council.database.read() as session:
        newest = session.get_one(AuditCheck, check_id).newest

    def progress(done: int, total: int) -> None:
        _note(council, check_id, looked_at=done, cases=total)

    found: list[str] = []
    more = 0
    with council.database.read() as session:
        for fault in find_faults(session, witness=witness, progress=progress, newest=newest):
            if len(found) < MOST_FAULTS:
                found.append(str(fault))
            else:
                more += 1
    _note(council, check_id, ended_at=council.clock.now(), faults=json.dumps(found), more_faults=more)


def _note(council: Council, check_id: int, **values: object) -> None:
    with council.database.write() as session:
        known = {**values, "seen_at": council.clock.now()}
        session.execute(update(AuditCheck).where(AuditCheck.id == check_id).values(**known))


def _latest(session: Session, now: datetime, most: int) -> list[Check]:
    rows = session.scalars(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(most))
    return [_check(row, now) for row in rows]


def _check(row: AuditCheck, now: datetime) -> Check:
    return Check(
        row.id,
        row.newest,
        row.asked_by,
        row.began_at,
        row.ended_at,
        row.looked_at,
        row.cases,
        tuple(json.loads(row.faults or "[]")),
        row.more_faults,
        row.failure,
        row.ended_at is None and now - row.seen_at > SILENT_FOR,
    )
