"""Keeping in touch with one person who waits: planned, asked, tried again, decided on; a part of `pwt_review`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from models.decision_tables.levels import Rag
from models.due_rules import DueBy
from models.durations import DayEnd
from models.forms.tray_waiting import (
    ContactReview,
    RedContactReview,
    SafeAndWellDecision,
    SafeAndWellOutcome,
    TrayPlacement,
)
from models.roles import Role
from models.tray import Standing
from tasks.durable import Due, Wait, at, decision, now, role, staff, withdraw
from tasks.durable.in_force import office_is_open, policy
from tasks.durable.work_items import ByWhen
from tasks.tray.attempts import Attempt, work_out_next_attempt
from tasks.tray.beside import beside_a_check, beside_a_contact, beside_a_decision
from tasks.tray.deciding import least_senior
from tasks.tray.standing import next_asking, next_contact

InTouch = ContactReview | SafeAndWellDecision | SafeAndWellOutcome | Due
"""What can come of keeping in touch: an answer, or the time to ask."""


class Stage(Enum):
    """Where keeping in touch stands."""

    PLANNED = "planned"
    """The next contact has its day."""
    ASKED = "asked"
    """Somebody is asked to make contact."""
    AGAIN = "again"
    """Nobody was reached: it is tried again at another time."""
    DECIDING = "deciding"
    """As many attempts as policy asks: a manager decides on a safe and well check."""
    CHECKING = "checking"
    """Somebody makes the safe and well check."""


@dataclass
class Contact:
    """Keeping in touch with one person; there is never more than one open question about it."""

    place: TrayPlacement
    stage: Stage = Stage.PLANNED
    tried: tuple[Attempt, ...] = ()
    why: tuple[str, ...] = ()
    """What whoever makes contact reads first: what was reported, which day was agreed."""
    hint: str = ""
    """How to try it this time."""
    soon: datetime | None = None
    """By when, where something was reported that cannot wait for the planned day."""
    again_at: datetime | None = None
    decided: SafeAndWellDecision | None = None
    awaited: Wait[InTouch] | None = None

    def wait(self, standing: Standing) -> Wait[InTouch]:
        """What is awaited now, put to somebody the first time that it is."""
        self.awaited = self._wait(standing)
        return self.awaited

    def _wait(self, standing: Standing) -> Wait[InTouch]:
        match self.stage:
            case Stage.PLANNED:
                return at("contact", next_asking(standing))  # PWT-54 to PWT-57
            case Stage.ASKED:
                return ask_for_contact(self, standing)  # PWT-09, PWT-49
            case Stage.AGAIN:
                assert self.again_at is not None
                return at("contact-again", self.again_at)  # GAP-19
            case Stage.DECIDING:
                return decision(
                    SafeAndWellDecision,
                    of=role(least_senior(policy().gaps.unreachable_person.deciders)),
                    near=standing.team,
                    about=beside_a_decision(self.place, standing, tried_in_words(self.tried)),
                    urgent=standing.colour is Rag.RED,
                    wanted_within=DayEnd.BEFORE_CLOSING,
                    clauses="PWT-58",
                )
            case Stage.CHECKING:
                assert self.decided is not None
                by = self.decided.done_by
                return decision(
                    SafeAndWellOutcome,
                    of=staff(by) if by else role(contact_role(standing)),
                    about=beside_a_check(self.place, standing, self.tried, self.decided),
                    urgent=True,
                    wanted_within=DayEnd.SAME_DAY,
                    clauses="PWT-58",
                )

    def ask_now(self, *why: str, soon: DayEnd | None = None) -> None:
        """Contact is made now and not on the planned day; what was open is asked anew, with the reason."""
        self.stop()
        self.stage, self.why = Stage.ASKED, (*why, *self.why)
        if soon is not None:
            by = policy().working_calendar().due(now(), soon)
            self.soon = by if self.soon is None else min(by, self.soon)

    def planned_anew(self) -> None:
        """Somebody was reached: the next contact has its day."""
        self.stop()
        self.stage, self.tried, self.why, self.hint, self.soon, self.decided = Stage.PLANNED, (), (), "", None, None

    def nobody_reached(self, standing: Standing, attempt: Attempt) -> None:
        """One more attempt: tried again at another time, or a manager decides (PWT-58)."""
        self.stop()
        self.tried = (*self.tried, attempt)
        following = work_out_next_attempt(standing, self.tried)
        if following.at is None:
            self.stage = Stage.DECIDING
        else:
            self.stage, self.again_at = Stage.AGAIN, strictly_after(self.again_at, following.at)
            others = ", ".join(one.replace("-", " ") for one in following.other_means)
            self.hint = f"Try another way, such as: {others}." if others else ""

    def stop(self) -> None:
        """Nothing about it stays open."""
        if self.awaited is not None:
            withdraw(self.awaited)
        self.awaited = None


def ask_for_contact(contact: Contact, standing: Standing) -> Wait[ContactReview]:
    """The duty worker makes contact; for Red a qualified worker (GAP-20). A day without office is for on call."""
    red = standing.colour is Rag.RED
    by_when = the_earlier(next_contact(standing), contact.soon)
    about = beside_a_contact(contact.place, standing, contact.tried, *contact.why, contact.hint)
    of, urgent = role(contact_role(standing)), red and not office_is_open(now())
    if red:
        return decision(
            RedContactReview, of=of, about=about, urgent=urgent, wanted_within=by_when, clauses="PWT-49 PWT-54"
        )
    return decision(ContactReview, of=of, about=about, wanted_within=by_when, clauses="PWT-49 PWT-55 PWT-56 PWT-57")


def strictly_after(last: datetime | None, moment: datetime) -> datetime:
    """A moment that has come does not come again: two attempts of one instant each have a next one of their own."""
    return moment if last is None or moment > last else last + timedelta(seconds=1)


def the_earlier(due: DueBy | datetime, soon: datetime | None) -> ByWhen:
    """What was reported never puts off what is due, and what is due never puts off what was reported."""
    if soon is None:
        return due
    if isinstance(due, datetime):
        return min(due, soon)
    return replace(due, no_later_than=soon if due.no_later_than is None else min(soon, due.no_later_than))


def contact_role(standing: Standing) -> Role:
    """Who makes contact: for Red a qualified worker (GAP-20)."""
    roles = policy().gaps.tray_roles
    return roles.red_contact_by if standing.colour is Rag.RED else roles.contact_by


def tried_in_words(tried: tuple[Attempt, ...]) -> str:
    """What was tried, for whoever decides."""
    return f"Nobody was reached. Tried: {'; '.join(map(str, tried))}."
