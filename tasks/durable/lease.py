"""
The lease: who may run a case's leg, with a fence that shuts out whoever had it before.

Prefect lets one run be started twice at once. So a leg takes the lease first, and every transaction of its steps
checks the fence; whoever finds another fence has lost the case and writes nothing.
"""

from __future__ import annotations

import functools
import os
import socket
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from models.cases import Lease
from tasks.durable.ledger import LeaseLost, LockedCase, lock_case

_lease = cast(Table, Lease.__table__)
_of_the_case = _lease.c.case_ref == bindparam("ref")
_TAKE = (
    update(_lease)
    .where(_of_the_case)
    .values(
        fence=bindparam("new_fence"), holder=bindparam("new_holder"), expires_at=bindparam("until"), released_at=None
    )
)
_RENEW = update(_lease).where(_of_the_case).values(expires_at=bindparam("until"))
_RELEASE = update(_lease).where(_of_the_case).values(holder=None, expires_at=None, released_at=bindparam("now"))


@dataclass(frozen=True)
class HeldLease:
    """A lease in hand."""

    ref: str
    fence: int
    holder: str


def this_holder() -> str:
    """This thread of this process on this machine, told apart from a later process with the same number."""
    return f"{_this_process()}:{threading.get_ident()}"


@functools.cache
def _this_process() -> str:
    pid = os.getpid()
    return f"{this_node()}:{pid}:{_started(pid)}"


def this_node() -> str:
    """What this machine is called: its own name, or PATHWAYS_NODE where two would have the same one."""
    return os.environ.get("PATHWAYS_NODE") or socket.gethostname()


os.register_at_fork(after_in_child=_this_process.cache_clear)


def take(session: Session, ref: str, now: datetime, lasts: timedelta) -> HeldLease | None:
    """The lease for `lasts` of silence, or None while another leg holds it and lives; a dead holder's is taken over."""
    return take_locked(session, lock_case(session, ref), now, lasts)


def take_locked(session: Session, case: LockedCase, now: datetime, lasts: timedelta) -> HeldLease | None:
    """As `take`, where the case is locked already."""
    if _lives(case.lease_holder, case.lease_expires_at, now):
        return None
    held = HeldLease(case.ref, case.fence + 1, this_holder())
    taken = {"ref": held.ref, "new_fence": held.fence, "new_holder": held.holder, "until": now + lasts}
    session.connection().execute(_TAKE, taken)
    return held


def check(case: LockedCase, held: HeldLease) -> None:
    """Raise `LeaseLost` unless `held` is still the lease on the locked case."""
    if case.fence != held.fence or case.lease_holder != held.holder:
        raise LeaseLost(held.ref)


def renew(session: Session, case: LockedCase, now: datetime, lasts: timedelta) -> None:
    """Begin the lease's time anew once half of it has gone; the case is locked and the fence was checked."""
    if case.lease_expires_at is None or case.lease_expires_at - now < lasts / 2:
        session.connection().execute(_RENEW, {"ref": case.ref, "until": now + lasts})


def release(session: Session, held: HeldLease, now: datetime) -> None:
    """Give the lease back; the case is locked and the fence was checked."""
    session.connection().execute(_RELEASE, {"ref": held.ref, "now": now})


def is_live(lease: Lease, now: datetime) -> bool:
    """
    Whether somebody holds this lease and can still act.

    Calling a living holder dead is safe (its fence no longer fits), calling a dead one alive only costs time: so a
    holder on this machine whose process is gone is dead at once, and any other when its time has run out.
    """
    return _lives(lease.holder, lease.expires_at, now)


def _lives(holder: str | None, expires_at: datetime | None, now: datetime) -> bool:
    """As `is_live` says, of what stands in the lease."""
    if holder is None or expires_at is None or expires_at <= now:
        return False
    host, pid, started, _thread = holder.rsplit(":", 3)
    return host != this_node() or _started(int(pid)) == started


def _started(pid: int) -> str:
    """When a process of this machine began, in the kernel's ticks; empty where there is none or it cannot be told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "gone" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return "gone"
        except PermissionError:
            return ""
        return ""
