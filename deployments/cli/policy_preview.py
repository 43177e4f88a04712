"""What a policy would do to the open cases: which due times it moves, and what would be due or overdue through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from deployments.cli.printing import iso, say, short, write_table
from deployments.cli.restricted import NEUTRAL_NAME
from models.cases import Case
from models.policy import Policy
from models.rating_rules import factor_changes
from models.states import CaseStatus
from models.working_time import local_day
from tasks.durable.rework import DueChange, changes_under, policy_in_force, unknown_under


class Becomes(StrEnum):
    """What a due time becomes the moment the policy is in force."""

    OVERDUE = "now overdue"
    """It would have passed already."""
    DUE_TODAY = "due today"
    """It would come on this very day."""
    EARLIER = "earlier"
    LATER = "later"


@dataclass(frozen=True)
class Moved:
    """A due time that the policy moves; of a restricted case no more than that there are some."""

    case: str
    key: str | None
    was_due: datetime | None
    would_be_due: datetime | None
    becomes: Becomes | None

    @property
    def is_restricted(self) -> bool:
        """Whether what it is must not be seen."""
        return self.key is None

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "case": self.case,
            "restricted": self.is_restricted,
            "what": self.key,
            "was_due": iso(self.was_due),
            "would_be_due": iso(self.would_be_due),
            "becomes": self.becomes,
        }

    def as_row(self) -> tuple[str, str, str, str, str]:
        """As it stands in the table."""
        what = NEUTRAL_NAME if self.key is None else self.key
        marked = self.becomes if self.becomes in (Becomes.OVERDUE, Becomes.DUE_TODAY) else ""
        return self.case, what, short(self.was_due), short(self.would_be_due), str(marked)


@dataclass(frozen=True)
class Preview:
    """What a policy would do to the open cases of an installation."""

    is_in_force: bool
    moved: tuple[Moved, ...]
    chasing_moved: int
    """Reminders and escalations that would come at another time."""
    chasing_at_once: int
    """Those of them that would go out at once."""
    not_understood: tuple[tuple[str, str | None, datetime | None], ...]
    """Case, key and due time of what this version could not work out, and would leave as it is."""
    factor_problems: tuple[str, ...]
    """What is wrong with the way in which local risk factors were changed (GAP-24)."""

    def count(self, becomes: Becomes) -> int:
        """How many due times become that."""
        return sum(one.becomes is becomes for one in self.moved)

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {
            "is_in_force": self.is_in_force,
            "cases": len({one.case for one in self.moved}),
            "due_times": sum(not one.is_restricted for one in self.moved),
            **{becomes.value.replace(" ", "_"): self.count(becomes) for becomes in Becomes},
            "chasing_moved": self.chasing_moved,
            "chasing_at_once": self.chasing_at_once,
            "changes": [one.as_json() for one in self.moved],
            "not_understood": [{"case": ref, "what": key, "due": iso(due)} for ref, key, due in self.not_understood],
        }

    def tell(self) -> None:
        """As people read it: how many, then each, what needs somebody soonest first."""
        if self.is_in_force:
            say("It is the policy in force.")
        cases = len({one.case for one in self.moved})
        say(f"Open cases whose due times it would move: {cases}")
        if self.moved:
            counts = ", ".join(f"{self.count(becomes)} {becomes}" for becomes in Becomes)
            say(f"Due times: {counts}")
            columns = ("Case", "What", "Was due", "Would be due", "")
            write_table(columns, (one.as_row() for one in self.moved), wrapped=("What",))
        if self.chasing_moved:
            say(
                f"Reminders and escalations that would move: {self.chasing_moved}, of them {self.chasing_at_once} would"
                " go out at once"
            )
        for ref, key, due in self.not_understood:
            say(
                f"Case {ref}: {key or NEUTRAL_NAME} would stay {short(due)}".rstrip()
                + ", no rule of this version gives it"
            )


def preview(session: Session, policy: Policy, now: datetime) -> Preview:
    """What that policy would do now. It changes nothing, and holds references only."""
    restricted = set(session.scalars(select(Case.ref).where(Case.restricted, Case.status != CaseStatus.CLOSED)))
    changes = list(changes_under(session, policy))
    chasing = [one for one in changes if one.chases]
    unknown = [
        (one.ref, None, None) if one.ref in restricted else (one.ref, one.key, one.due)
        for one in unknown_under(session, policy)
    ]
    before = policy_in_force(session)
    old = _read(before.text) if before is not None else None
    comparable = before is None or old is not None
    return Preview(
        is_in_force=before is not None and before.version == policy.version,
        moved=tuple(sorted(_moved(changes, restricted, now), key=_soonest)),
        chasing_moved=len(chasing),
        chasing_at_once=sum(one.new <= now < one.old for one in chasing),
        not_understood=tuple(dict.fromkeys(unknown)),
        factor_problems=tuple(factor_changes(old, policy)) if comparable else (),
    )


def _moved(changes: list[DueChange], restricted: set[str], now: datetime) -> Iterator[Moved]:
    hidden = sorted({one.ref for one in changes if one.ref in restricted})
    yield from (Moved(ref, None, None, None, None) for ref in hidden)
    for one in changes:
        if not one.chases and one.ref not in restricted:
            yield Moved(one.ref, one.key, one.old, one.new, _becomes(one, now))


def _becomes(change: DueChange, now: datetime) -> Becomes:
    today = local_day(now)
    if change.new <= now < change.old:
        return Becomes.OVERDUE
    if change.new > now and local_day(change.new) == today < local_day(change.old):
        return Becomes.DUE_TODAY
    return Becomes.EARLIER if change.new < change.old else Becomes.LATER


def _soonest(moved: Moved) -> tuple[int, str, str, str]:
    """What is overdue first, then what is due today, then by the new time; restricted cases last."""
    if moved.is_restricted or moved.would_be_due is None:
        return 3, "", moved.case, ""
    rank = {Becomes.OVERDUE: 0, Becomes.DUE_TODAY: 1}.get(moved.becomes or Becomes.LATER, 2)
    return rank, moved.would_be_due.isoformat(), moved.case, moved.key or ""


def _read(text: str) -> Policy | None:
    """A policy as it was kept; None where it was written by a version that knew other settings."""
    try:
        return Policy.model_validate_json(text)
    except ValidationError:
        return None
