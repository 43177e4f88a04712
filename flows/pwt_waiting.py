"""One person's waiting on the tray as the ledger tells it so far; a part of `pwt_review`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flows.leaving_notes import leave_note
from flows.pwt_contact import Contact
from models.decision_tables.levels import Rag
from models.durations import DayEnd
from models.forms.tray_deciding import ContactDiscussed, LeavingConfirmed, SecondManagerAgrees
from models.forms.tray_escalation import EscalationReason
from models.forms.tray_signals import AllocationWanted
from models.forms.tray_waiting import TrayPlacement
from models.notices import Interruption, Recipient
from models.policy.gaps.tray_exits import LeavingReason
from models.roles import Role
from models.tray import Rated, Standing
from models.tray_clocks import limit
from models.tray_findings import TrayOutcome
from tasks.durable import Due, Verb, Wait, decision, now, role, staff, tell, withdraw
from tasks.durable.in_force import policy
from tasks.durable.ledger import SYSTEM
from tasks.durable.work_items import ByWhen
from tasks.tray.beside import beside_a_decision, note_of
from tasks.tray.deciding import least_senior, look_up_who_hears_of_a_miss

NOTE = "PWT"
"""The literal title of the note about a contact (PWT-51)."""
DISCUSSION = "Management Discussion / Decision"
"""The literal title of the note about a discussion with a manager (PWT-53, PWT-62)."""


class Clock(StrEnum):
    """The clocks that run for everybody who waits, all at once."""

    CONTACT = "contact"
    """Contact by colour: it is asked for (PWT-54 to PWT-57)."""
    CONTACT_AGAIN = "contact-again"
    """Nobody was reached, and it is tried again (GAP-19)."""
    CONTACT_MISSED = "contact-missed"
    """Nobody reached them in time: a named manager hears of it (GAP-12)."""
    AGREED_DAY = "agreed-day"
    """The day on which somebody is in touch, as was agreed with them."""
    WARN = "warn"
    """Day 21 (GAP-15)."""
    BREACH = "breach"
    """Day 28 (PWT-11, GAP-15)."""
    RED_STRATEGIC = "red-strategic"
    """A Red case goes to the strategic manager (PWT-61, GAP-17)."""
    RED_HEAD = "red-head"
    """A Red case goes to the head of service (GAP-17)."""
    STILL_MISSED = "contact-still-missed"
    """Nobody has reached them for another whole rhythm: the manager hears of it again (GAP-12)."""
    PRIORITY = "priority"
    """The deadline of their priority (GAP-25)."""


LIMITS = (Clock.WARN, Clock.BREACH, Clock.RED_STRATEGIC, Clock.RED_HEAD, Clock.PRIORITY)
Managers = ContactDiscussed | SecondManagerAgrees | LeavingConfirmed


@dataclass(frozen=True)
class Lowering:
    """A manager wants less than Red though the matrix says Red: another manager is asked (GAP-22)."""

    rated: Rated
    by: str
    reasons: str
    second: str


@dataclass
class Waiting:
    """One person's waiting, as the ledger tells it so far."""

    place: TrayPlacement
    standing: Standing
    contact: Contact
    begun: datetime
    """When this case was opened."""
    to_discuss: tuple[str, ...] = ()
    """What a manager is to decide about."""
    pressing: bool = False
    """The manager's decision cannot wait: somebody is not safe, or something must be done today."""
    said_to_leave: tuple[str, ...] = ()
    """Why they are said to leave, as it was reported."""
    lowering: Lowering | None = None
    asked: dict[str, Wait[Managers]] = field(default_factory=dict)
    """The open questions to managers."""
    since: dict[str, datetime] = field(default_factory=dict)
    """From when each question has been open, however often it was asked anew."""
    missed_at: datetime | None = None
    """When a manager last heard that the present contact was missed."""
    missed_as: Rag | None = None
    """Their colour then."""
    resumed_at: datetime | None = None
    """When their clocks last began to run again."""
    urgent: dict[str, str] = field(default_factory=dict)
    """Urgent actions that are open, by ref, with what they are about."""
    contradicted: bool = False
    """Something came that speaks against their leaving, or that cannot wait until it is confirmed."""
    offered: AllocationWanted | None = None
    """What the allocation under way began with."""
    brought: tuple[Role, EscalationReason, str] | None = None
    """What the discussion under way began with."""
    allocation: str | None = None
    """The case in which a worker is asked to accept."""
    escalation: str | None = None
    """The case in which a senior manager discusses them."""
    clocks: dict[Clock, Wait[Due]] = field(default_factory=dict)
    outcome: TrayOutcome | None = None


def what_managers_are_asked(tray: Waiting) -> list[Wait[Managers]]:
    """What managers are to decide about them; whether they leave comes before anything else."""
    standing, place, gaps = tray.standing, tray.place, policy().gaps
    if standing.leaving is not None:
        tray.asked["leaving"] = decision(
            LeavingConfirmed,
            of=role(least_senior(gaps.leaving_tray.confirmed_by)),
            near=standing.team,
            about=beside_a_decision(place, standing, *tray.said_to_leave),
            urgent=tray.contradicted,
            wanted_within=DayEnd.BEFORE_CLOSING if cannot_wait(tray) else gaps.reasonable_time.reasonable,
            since=tray.since.get("leaving"),
            clauses="PWT-52 PWT-53 GAP-53",
        )
        return [tray.asked["leaving"]]
    if tray.lowering is not None:
        would_be = f"Would become: {tray.lowering.rated.in_words}. {tray.lowering.reasons}"
        tray.asked["second"] = decision(
            SecondManagerAgrees,
            of=Recipient.from_tag(tray.lowering.second),
            about=beside_a_decision(place, standing, would_be),
            wanted_within=gaps.reasonable_time.reasonable,
            clauses="PWT-47 GAP-22",
        )
    if tray.to_discuss:
        usual: ByWhen = limit("rating", tray.begun) if standing.rated is None else gaps.reasonable_time.reasonable
        tray.asked["discussed"] = decision(
            ContactDiscussed,
            of=role(least_senior(gaps.matrix_override.overriders)),
            near=standing.team,
            about=beside_a_decision(place, standing, *tray.to_discuss),
            urgent=tray.pressing,
            wanted_within=DayEnd.BEFORE_CLOSING if tray.pressing else usual,  # GAP-14
            since=tray.since.get("discussed"),
            clauses="PWT-50 PWT-52 PWT-53",
        )
    return list(tray.asked.values())


def cannot_wait(tray: Waiting) -> bool:
    """Whether a manager is to confirm today that they leave: nobody is in touch with somebody Red meanwhile."""
    red = tray.standing.colour is Rag.RED and tray.standing.leaving is not LeavingReason.DEATH
    return tray.contradicted or red


def tell_of_a_miss(tray: Waiting) -> None:
    """A named manager hears that nobody has reached them in time; of somebody Red at once (GAP-12)."""
    standing = tray.standing
    tray.missed_at, tray.missed_as = now(), standing.colour
    on_the_list = standing.imported and standing.due_at_once_by is not None  # overdue when it was taken over
    red = standing.colour is Rag.RED and not on_the_list
    tell(
        [Recipient.from_tag(tag) for tag in look_up_who_hears_of_a_miss(standing)],
        Verb.CONTACT,
        "contact-missed",
        interrupts=Interruption.MISSED_RED_CONTACT if red else None,
        clauses="PWT-54 PWT-56",
    )


def take_back(tray: Waiting, question: str) -> None:
    """A question to a manager is not asked any more, or asked anew with what has come to it."""
    if question in tray.asked:
        withdraw(tray.asked.pop(question))


def put_to_a_manager(tray: Waiting, *what: str, pressing: bool = False) -> None:
    """One question holds everything that a manager is to decide; what comes to it is asked with what is open."""
    take_back(tray, "discussed")
    tray.since.setdefault("discussed", now())
    tray.to_discuss, tray.pressing = (*tray.to_discuss, *(one for one in what if one)), tray.pressing or pressing


def discussed(tray: Waiting, what: str, by: str) -> None:
    """The note of a discussion with a manager, or of their decision (PWT-53)."""
    keep(tray, DISCUSSION, what, by, clauses="PWT-48 PWT-53 PWT-62")


def keep(tray: Waiting, title: str, what: str, by: str, *, clauses: str, already_there: str = "") -> None:
    """A note in the person's record, by whoever said it; nothing here waits for it."""
    leave_note(
        title,
        note_of(tray.standing, what),
        about_person=tray.standing.person,
        of=staff(by if by != SYSTEM else tray.standing.manager),
        author=by,
        clauses=clauses,
        already_there=already_there,
    )
