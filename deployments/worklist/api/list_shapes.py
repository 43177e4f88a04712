"""What the lists of people give, each field as the pages and the command have it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from deployments.worklist.api.shapes import Moment, Shape
from models.decision_tables.levels import Complexity, Priority, Rag
from models.states import WaitKind


class PersonNamed(Shape):
    """Somebody in the register. Personal data."""

    id: str
    record_id: str
    name: str
    died_on: date | None
    telephone: str | None
    safe_contact: str | None


class ItemOfDay(Shape):
    """Something that is asked of them."""

    id: str
    case: str
    form: str
    due: Moment | None
    is_urgent: bool
    is_overdue: bool
    is_due_today: bool
    is_new: bool
    is_taken: bool
    for_whom: str
    """The name of whom they stand in for; empty: it is their own."""


class NewsOfDay(Shape):
    """Something that came to a case of theirs since the office closed."""

    case: str
    signal: str
    at: Moment


class PersonOfDay(Shape):
    """Somebody whom their day is about, or a case about nobody known."""

    person: PersonNamed | None
    case: str | None
    items: list[ItemOfDay]
    news: list[NewsOfDay]
    team: str | None
    colour: Rag | None
    last_reached_at: Moment | None


class DayShown(Shape):
    """Somebody's day. Personal data."""

    now: Moment
    since: Moment
    """From when on something is new."""
    people: list[PersonOfDay]
    later: int
    """How much more is theirs and can wait."""
    left_out: bool


class AwaitedShown(Shape):
    """Something that a case waits for."""

    kind: WaitKind
    name: str
    of: str | None
    due: Moment | None
    handover: bool


class CaseOfLine(Shape):
    """A case in which somebody waits."""

    ref: str
    procedure: str
    owner: str
    opened_at: Moment
    next_date: Moment | None
    awaited: list[AwaitedShown]


class ShownElsewhere(Shape):
    """That the recording system shows somebody as waiting on a team's tray."""

    team: str
    since: date | None
    first_shown_at: Moment


class LineShown(Shape):
    """Somebody who waits on the council, as `pathways unseen --json` has them. References only."""

    person: str | None
    """Register id; none: a case or a message about nobody known yet."""
    message: str | None
    colour: Rag | None
    beware: list[str]
    """Why nobody may be looking after them; empty: somebody is."""
    overdue: bool
    last_reached_at: Moment | None
    next_date: Moment | None
    waits_since: Moment
    owners: list[str]
    awaited: list[str]
    cases: list[CaseOfLine]
    shown_waiting: list[ShownElsewhere]


class OneListShown(Shape):
    """A page of everybody who waits, worst first."""

    people: list[LineShown]
    restricted_cases: int
    """How many restricted cases are open; nothing of them is told."""
    erased_cases: int
    """Of how many cases no more is told than that somebody waited: what was written there was erased since."""
    chosen: int
    """How many lines there are by what was asked for."""
    unattended: int
    """After how many of those nobody may be looking."""
    page: int
    pages: int


class TrayRowShown(Shape):
    """Somebody on the tray, as `pathways tray --json` has them. References only."""

    ref: str
    person: str
    team: str
    colour: Rag | None
    priority: Priority | None
    urgent: bool
    complexity: Complexity | None
    requested_at: Moment
    placed_at: Moment
    days_since_request: int
    days_on_tray: int
    last_reached_at: Moment | None
    next_contact_due: Moment | None
    attempts: int
    missed: bool
    in_breach: bool
    manager: str
    owner: str
    agreed_on: date | None
    leaving: str | None


class TrayShown(Shape):
    """A tray at a moment."""

    people: list[TrayRowShown]
    counts: dict[str, int]
    """How many of each colour wait, whatever was filtered."""
    missed: int
    """With how many a contact was missed, whatever was filtered."""
    hidden: int
    """Restricted cases of which nothing is told."""


class ContactShown(Shape):
    """A contact or an attempt, as `pathways tray contacts --json` has it. References only."""

    at: Moment
    ref: str
    person: str
    team: str
    colour: str | None
    by: str
    reached: bool
    outcome: str
    means: str
    safe_and_well: bool | None
    changed: bool
    should_wait: str
    note: str
    clauses: list[str]
    is_erased: bool


class RedPersonShown(Shape):
    """Somebody at high risk who waits. Personal data."""

    case: str
    person: PersonNamed
    team: str
    requested_at: Moment
    last_reached_at: Moment | None
    next_contact_due: Moment | None
    is_missed: bool
    attempts: int
    manager: str
    key_worker: str
    relevant_people: list[dict[str, Any]]
    safety_plan: str


class RedListShown(Shape):
    """Those at high risk, worst first. Personal data."""

    at: Moment
    people: list[RedPersonShown]
    not_rated: int = Field(description="How many wait who are not rated yet: they may be at high risk.")
