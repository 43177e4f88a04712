"""
Everybody on the tray at a moment, worked out from the ledger: today's list, and that of any past day.

Nothing is taken from the rows that say how things stand now (`tray_place`, the case's owner and colour), so that a past
day is told as it was told then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from models.cases import Case, Entry
from models.decision_tables.levels import Complexity, Priority, Rag
from models.entry_kinds import EntryKind
from models.tray import STANDING_STEPS, Standing
from models.working_time import local_day
from tasks.as_of import Cases, latest, open_at, owners
from tasks.durable.ledger import Recorded

PROCEDURE = "pwt-review"
"""The procedure of which everybody who waits has one case."""
CONTACT_CLOCK, BREACH_CLOCK = "contact-missed", "breach"
"""The timers whose moments are the next contact's, and day 28."""
STILL_MISSED_CLOCK = "contact-still-missed"
"""The timer at whose moment another whole rhythm has passed without a contact (GAP-12)."""
UNRATED = "unrated"
"""What stands in place of a colour, priority or complexity where there is none yet (GAP-14)."""


class Order(StrEnum):
    """What a list is sorted by (PWT-35)."""

    WORST = "worst"
    """A missed contact first, then Red, then a breach, then who was never reached, then who has waited longest."""
    PRIORITY = "priority"
    """Urgent, High, Medium, Low; then worst first."""
    COMPLEXITY = "complexity"
    """High, Medium, Low; then worst first."""
    WAIT = "wait"
    """Who asked for help longest ago first."""
    CONTACT = "contact"
    """Whose next contact is due soonest first."""


@dataclass(frozen=True)
class TrayRow:
    """Somebody on the tray, as they stood at the moment asked for. References only."""

    ref: str
    person: str
    """Register id."""
    team: str
    colour: Rag | None
    priority: Priority | None
    urgent: bool
    complexity: Complexity | None
    requested_at: datetime
    placed_at: datetime
    days_since_request: int
    days_on_tray: int
    last_reached_at: datetime | None
    """When somebody last really reached them; None: never."""
    next_contact_due: datetime | None
    """By when somebody is to reach them; None while their clocks are stopped."""
    attempts: int
    """Attempts since somebody was last reached."""
    is_missed: bool
    """The contact's time has passed and nobody has reached them."""
    in_breach: bool
    """They have waited longer than the aim of 28 days (GAP-15)."""
    manager: str
    """Staff id of the manager who placed them."""
    owner: str
    """Tag of who owns the case."""
    agreed_on: date | None
    """A day agreed with them on which somebody is in touch."""
    leaving: str | None
    """Why they are said to leave the tray, while a manager is asked (GAP-53)."""
    restricted: bool = False
    was_overdue: bool = False
    """Their contact was overdue on a list that was taken over, and nobody has reached them since."""

    @property
    def was_never_reached(self) -> bool:
        """Nobody has reached them since they asked for help."""
        return self.last_reached_at is None

    @property
    def beware(self) -> tuple[str, ...]:
        """What a manager looks at first, in words that say nothing of what is the matter with the person."""
        said = {
            "contact missed": self.is_missed,
            "past the aim": self.in_breach,
            "overdue when taken over": self.was_overdue,
            f"tried {self.attempts} times": self.attempts > 0,
            "said to leave": self.leaving is not None,
        }
        return tuple(words for words, holds in said.items() if holds)


def tray_at(session: Session, moment: datetime, *, team: str | None = None) -> list[TrayRow]:
    """
    Everybody who waited on the tray of a team, or of any, at a moment; worst first.

    Restricted cases are among them and marked: whoever shows the list leaves them out where the reader may not see
    them. Who has just been placed stands on it from the first step of their case.
    """
    cases = open_at(moment, Case.procedure == PROCEDURE)
    restricted = set(session.scalars(cases.where(Case.restricted)))
    standings = standings_at(session, cases, moment)
    owned_by = owners(session, cases, moment)
    due = due_times(session, cases, moment, CONTACT_CLOCK)
    breach = due_times(session, cases, moment, BREACH_CLOCK)
    rows = [
        _row(ref, stands, moment, owned_by[ref], due.get(ref), breach.get(ref), ref in restricted)
        for ref, stands in standings.items()
        if team is None or stands.team == team
    ]
    return in_order(rows, Order.WORST)


def standings_at(session: Session, cases: Cases, moment: datetime) -> dict[str, Standing]:
    """How each of those cases' people stood on the tray; without those whose entry was erased since."""
    last = latest(session, cases, moment, STANDS)
    return {ref: Standing.model_validate(entry.data) for ref, entry in last.items() if entry.data is not None}


def due_times(session: Session, cases: Cases, moment: datetime, clock: str) -> dict[str, datetime]:
    """When the latest timer of that name runs out, or did, as it was set or moved by a new policy by then."""
    last = latest(session, cases, moment, sets(clock))
    return {ref: due for ref, entry in last.items() if (due := due_in(entry)) is not None}


STANDS: ColumnElement[bool] = (Entry.kind == EntryKind.DONE) & Entry.step.in_(sorted(STANDING_STEPS))
"""The entries that say how somebody stands on the tray."""


def sets(clock: str) -> ColumnElement[bool]:
    """The entries that set a timer of that name, or move it."""
    named = or_(Entry.key == clock, Entry.key.startswith(f"{clock}[", autoescape=True))
    return named & Entry.kind.in_([EntryKind.AWAITED, EntryKind.DUE_CHANGED])


def due_in(entry: Recorded) -> datetime | None:
    """The moment that such an entry sets."""
    due = entry.data.get("due") if isinstance(entry.data, dict) else None
    return datetime.fromisoformat(due) if due else None


def chosen(
    rows: Iterable[TrayRow],
    *,
    colour: str | None = None,
    priority: Priority | None = None,
    complexity: Complexity | None = None,
    order: Order = Order.WORST,
) -> list[TrayRow]:
    """Filter and sort a list (PWT-35); the colour "unrated" is that of who is not rated yet."""
    kept = [
        row
        for row in rows
        if (colour is None or (row.colour or UNRATED) == colour)
        and (priority is None or row.priority is priority)
        and (complexity is None or row.complexity is complexity)
    ]
    return in_order(kept, order)  # PWT-35


def in_order(rows: Iterable[TrayRow], order: Order) -> list[TrayRow]:
    """Sort a list."""
    worst = sorted(rows, key=_how_bad)
    match order:
        case Order.WORST:
            return worst
        case Order.PRIORITY:
            return sorted(worst, key=lambda row: (not row.urgent, rank(row.priority, tuple(Priority))))
        case Order.COMPLEXITY:
            return sorted(worst, key=lambda row: rank(row.complexity, tuple(Complexity)))
        case Order.WAIT:
            return sorted(worst, key=lambda row: row.requested_at)
        case Order.CONTACT:
            return sorted(
                worst, key=lambda row: (row.next_contact_due is None, row.next_contact_due or row.requested_at)
            )


def rank(level: Rag | Priority | Complexity | None, levels: tuple[Rag | Priority | Complexity, ...]) -> int:
    """The place of a level among its kind, the most pressing first; who is not rated yet comes after the first."""
    return 2 * levels.index(level) if level is not None else 1


def _how_bad(row: TrayRow) -> tuple[bool, int, bool, bool, datetime, str]:
    return (
        not (row.is_missed or row.was_overdue),
        rank(row.colour, tuple(Rag)),
        not row.in_breach,
        not row.was_never_reached,
        row.requested_at,
        row.ref,
    )


def _row(
    ref: str,
    stands: Standing,
    moment: datetime,
    owner: str,
    due: datetime | None,
    breach: datetime | None,
    restricted: bool,
) -> TrayRow:
    rated, today = stands.rated, local_day(moment)
    due = None if stands.stopped else due
    return TrayRow(
        ref=ref,
        person=stands.person,
        team=stands.team,
        colour=stands.colour,
        priority=rated.priority if rated else None,
        urgent=rated.urgent if rated else False,
        complexity=rated.complexity if rated else None,
        requested_at=stands.requested_at,
        placed_at=stands.placed_at,
        days_since_request=(today - local_day(stands.requested_at)).days,  # PWT-05, GAP-15
        days_on_tray=(today - local_day(stands.placed_at)).days,
        last_reached_at=stands.last_reached_at,
        next_contact_due=due,
        attempts=stands.attempts,
        is_missed=due is not None and due <= moment,
        in_breach=BREACH_CLOCK in stands.passed_before or (breach is not None and breach <= moment),
        manager=stands.manager,
        owner=owner,
        agreed_on=local_day(stands.agreed_at) if stands.agreed_at else None,
        leaving=stands.leaving,
        restricted=restricted,
        was_overdue=stands.imported and stands.due_at_once_by is not None,
    )
