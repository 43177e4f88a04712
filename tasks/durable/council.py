"""One council's running system: its database, policy and clock, and the way to wake a case."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from models.clock import Clock, SystemClock
from models.connections import Connections
from models.policy import Policy
from tasks.database import Database
from tasks.durable.ledger import LockedCase, Pen, lock_case, lock_open_case

log = logging.getLogger("pathways")


class Waker(Protocol):
    """Whatever gets a case's leg to run soon. Called after the commit; a case it misses is found by the backstop."""

    def wake(self, ref: str) -> None:
        """See that the case's leg runs now."""


class NobodyWakes:
    """Leaves waking to the backstop: for commands that run while Prefect is away, and for tests."""

    def wake(self, ref: str) -> None:
        """Do nothing."""


@dataclass
class Change:
    """One transaction's worth of changes, made at one time under one policy."""

    session: Session
    now: datetime
    policy: Policy
    to_wake: set[str] = field(default_factory=set)

    def pen(self, case: LockedCase) -> Pen:
        """A pen for a locked case."""
        return Pen(self.session, case, at=self.now, policy=self.policy.version)

    def lock(self, ref: str) -> LockedCase:
        """Lock a case. Raises `UnknownCase`."""
        return lock_case(self.session, ref)

    def lock_open(self, ref: str) -> LockedCase:
        """Lock a case that is not closed. Raises `UnknownCase`, `CaseIsClosed`."""
        return lock_open_case(self.session, ref)


@dataclass
class Council:
    """What every part of the system is handed."""

    database: Database
    policy: Policy
    clock: Clock = field(default_factory=SystemClock)
    waker: Waker = field(default_factory=NobodyWakes)
    connections: Connections = field(default_factory=Connections)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """A transaction; the cases it names in `to_wake` are woken once it is committed."""
        with self.database.write() as session:
            change = Change(session, self.clock.now(), self.policy)
            yield change
        for ref in sorted(change.to_wake):
            try:
                self.waker.wake(ref)
            except Exception as failed:  # the change stands; the backstop wakes what is missed here
                log.warning("case %s could not be woken now (%s); the backstop will", ref, type(failed).__name__)
