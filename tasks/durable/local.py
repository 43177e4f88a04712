"""
The local runtime: the same flows without Prefect, under any clock.

It is the executor of tests, simulation and the replay check. Cases that are due run their legs one after the other,
in the order of their due times.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select

from models.cases import Case, Lease
from models.clock import VirtualClock
from models.states import CaseStatus
from tasks.durable.council import Council
from tasks.durable.running import LegEnd, run_leg


class LocalRuntime:
    """Runs the legs of one council's cases in this thread."""

    def __init__(self, council: Council) -> None:
        self.council = council
        self.legs = 0

    def run_what_is_due(self) -> None:
        """Run legs until no case is due or awake."""
        while refs := self._due():
            for ref in refs:
                self.run(ref)

    def run(self, ref: str) -> LegEnd:
        """Run one leg of a case."""
        self.legs += 1
        return run_leg(self.council, ref)

    def next_due(self) -> datetime | None:
        """When the next case can be run that wants to be woken: one whose leg died, once its lease is over."""
        is_held = and_(Lease.holder.is_not(None), Lease.expires_at > self.council.clock.now())
        wants_it_sooner = or_(Case.next_due < Lease.expires_at, Case.wake_no > Case.asleep_wake_no)
        moment = case((and_(is_held, wants_it_sooner), Lease.expires_at), else_=Case.next_due)
        query = select(func.min(moment)).select_from(Case).join(Lease, Lease.case_ref == Case.ref)
        with self.council.database.read() as session:
            due: datetime | None = session.scalar(query.where(Case.status != CaseStatus.CLOSED))
        return due

    def _due(self) -> list[str]:
        now = self.council.clock.now()
        with self.council.database.read() as session:
            refs = session.scalars(
                select(Case.ref)
                .join(Lease, Lease.case_ref == Case.ref)
                .where(
                    Case.status != CaseStatus.CLOSED,
                    or_(Case.next_due <= now, Case.wake_no > Case.asleep_wake_no),
                    or_(Lease.holder.is_(None), Lease.expires_at <= now),
                )
                .order_by(Case.next_due, Case.opened_at, Case.ref)
            )
            return list(refs)


def live(
    runtime: LocalRuntime, clock: VirtualClock, until: datetime, *, between: Callable[[], None] = lambda: None
) -> None:
    """Let the virtual time pass until `until`, running every leg at its own time and then `between`."""
    runtime.run_what_is_due()
    between()
    while (due := runtime.next_due()) is not None and due <= until:
        if due > clock.now():
            clock.move_to(due)
        runtime.run_what_is_due()
        between()
    clock.move_to(until)
    runtime.run_what_is_due()
    between()
