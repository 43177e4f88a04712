"""What a case's page says of keeping: which legal holds stand on it, and that it was erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.retention import CaseErasure, HoldKind
from tasks.retention.holds import holds_on


@dataclass(frozen=True)
class HoldShown:
    """A hold as a manager and an auditor see it: what for and since when; its reason stands in `pathways hold list`."""

    kind: HoldKind
    since: datetime

    @property
    def in_words(self) -> str:
        """Such as "for an inquest"."""
        return f"for {self.kind.in_words}"


@dataclass(frozen=True)
class Keeping:
    """How it stands with the keeping of a case."""

    holds: tuple[HoldShown, ...] = ()
    erased_at: datetime | None = None
    kept_for: str = ""
    """By the schedule by which it was erased, such as "6 years"; empty: it was not."""


def keeping_of(session: Session, ref: str) -> Keeping:
    """How it stands with the keeping of a case."""
    holds = tuple(HoldShown(HoldKind(one.kind), one.placed_at) for one in holds_on(session, ref))
    erasure = session.get(CaseErasure, ref)
    if erasure is None:
        return Keeping(holds)
    return Keeping(holds, erasure.at, erasure.kept_for)
