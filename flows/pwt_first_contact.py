"""The first contact with somebody rated Red, before they are placed on the tray (GAP-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flows.leaving_notes import leave_note
from flows.pwt_contact import Contact, InTouch, Stage
from models.durations import DayEnd
from models.forms.recording import PersonHasDied
from models.forms.tray_waiting import ContactReview, SafeAndWellDecision, SafeAndWellOutcome, TrayPlacement
from tasks.durable import Due, Wait, answered_by, first_of, now, signal, staff, withdraw
from tasks.tray.attempts import Attempt
from tasks.tray.beside import note_of
from tasks.tray.triage import as_they_would_stand

WHY = "They are to be placed on the tray as Red: make a first contact now, and go through the safety plan with them."


@dataclass(frozen=True)
class FirstContact:
    """What came of it."""

    reached_at: datetime | None
    to_discuss: str = ""
    """What the manager must know before anybody is placed; empty: they can be."""


def make_first_contact(place: TrayPlacement) -> FirstContact:
    """
    Reach them before they are placed: the role for Red contacts does it, the same day (GAP-12, GAP-20).

    Whoever cannot be reached is tried again, and after the attempts that policy gives a manager decides on a safe and
    well check (PWT-58). What has changed, or speaks against waiting, goes back to the manager who decides.
    """
    contact, standing = Contact(place), as_they_would_stand(place, now())
    contact.ask_now(WHY, soon=DayEnd.SAME_DAY)
    died = signal(PersonHasDied)
    while True:
        awaited: list[Wait[InTouch | PersonHasDied]] = [contact.wait(standing), died]
        match first_of(*awaited):
            case ContactReview() as review if not review.reached:
                contact.nobody_reached(standing, Attempt(at=now(), means=review.means))
            case ContactReview() as review:
                withdraw(died)
                keep_note_of(place, review, by=answered_by(type(review)))
                to_discuss = f"{review.to_discuss} {review.changed}" if review.for_a_manager else review.changed
                return FirstContact(now(), to_discuss.strip())
            case SafeAndWellDecision() as decided if decided.steps:
                contact.stop()
                contact.decided, contact.stage = decided, Stage.CHECKING
            case SafeAndWellDecision() as decided:
                contact.tried = ()
                contact.ask_now(f"A manager decided that it is tried again: {decided.reasons}", soon=DayEnd.SAME_DAY)
            case SafeAndWellOutcome() as check if check.found:
                withdraw(died)
                return FirstContact(now(), "" if check.safe_and_well and not check.changed else check.in_words)
            case SafeAndWellOutcome():
                contact.stop()
                contact.stage = Stage.DECIDING
            case Due():
                contact.stage = Stage.ASKED
            case PersonHasDied():
                contact.stop()
                return FirstContact(None, "The register shows that the person has died.")


def keep_note_of(place: TrayPlacement, review: ContactReview, *, by: str) -> None:
    """One call makes one note."""
    leave_note(
        "PWT",
        note_of(as_they_would_stand(place, now()), review.in_words.strip(" ()")),
        about_person=place.person,
        of=staff(by),
        author=by,
        clauses="PWT-51",
        already_there=review.note_id,
    )
