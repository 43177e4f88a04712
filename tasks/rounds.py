"""When each part of housekeeping was last done, whoever did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.rounds import HousePart
from tasks.durable.council import Council

ERASING = "erase what is due"
"""Retention's run, which is no part of the round: it notes itself."""
_BY_THEMSELVES = (ERASING,)


@dataclass(frozen=True)
class NotDone:
    """A part of housekeeping that has not been done for too long."""

    name: str
    since: datetime | None
    """When it was last done; None: never."""
    trouble: str
    """Kind of error of the last try; empty: nobody tried, or the try has not ended."""


def note_round(council: Council, troubles: Mapping[str, str]) -> None:
    """Note how a round went: for each part the kind of error, or nothing where it was done."""
    now = council.clock.now()
    with council.change() as change:
        _note(change.session, now, troubles)


def note_by_itself(council: Council, name: str, trouble: str) -> None:
    """Note how something went that is no part of the round: in words without a name, or nothing where it was done."""
    now = council.clock.now()
    with council.change() as change:
        _upsert(change.session, now, {name: trouble})


def not_done(session: Session, now: datetime, within: timedelta) -> list[NotDone]:
    """The parts that have not been done for so long, the one that has waited longest first; none before a round."""
    rows = session.scalars(select(HousePart).where(HousePart.name.not_in(_BY_THEMSELVES))).all()
    late = [
        NotDone(row.name, row.done_at, row.trouble) for row in rows if row.done_at is None or now - row.done_at > within
    ]
    return sorted(late, key=lambda one: (one.since is not None, one.since or now, one.name))


def noted_by_itself(session: Session, name: str) -> NotDone | None:
    """How something went that is no part of the round, with its trouble if it had any; None: it never was."""
    row = session.get(HousePart, name)
    return None if row is None else NotDone(row.name, row.done_at, row.trouble)


def any_round_was_noted(session: Session) -> bool:
    """Whether anybody has kept house yet."""
    rounds = select(func.count()).select_from(HousePart).where(HousePart.name.not_in(_BY_THEMSELVES))
    return bool(session.scalar(rounds))


def _note(session: Session, now: datetime, troubles: Mapping[str, str]) -> None:
    known = [*troubles, *_BY_THEMSELVES]
    session.execute(delete(HousePart).where(HousePart.name.not_in(known)))  # what a later version dropped
    _upsert(session, now, troubles)


def _upsert(session: Session, now: datetime, troubles: Mapping[str, str]) -> None:
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [
        {"name": name, "tried_at": now, "done_at": None if trouble else now, "trouble": trouble}
        for name, trouble in sorted(troubles.items())
    ]
    insert = dialect.insert(HousePart)
    new = insert.excluded
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[HousePart.name],
            set_={
                "tried_at": new.tried_at,
                "done_at": func.coalesce(new.done_at, HousePart.done_at),
                "trouble": new.trouble,
            },
        ),
        rows,
    )
