"""What is heard of somebody who waits: a contact, a check, a change, a message; a part of `pwt_review`."""

from __future__ import annotations

from flows.pwt_contact import Stage
from flows.pwt_rerating import rate
from flows.pwt_waiting import (
    NOTE,
    Waiting,
    discussed,
    keep,
    put_to_a_manager,
)
from flows.pwt_ways_out import (
    act_at_once,
    beside_the_question,
)
from models.durations import DayEnd
from models.forms.tray_rating import RelevantPerson
from models.forms.tray_signals import (
    CircumstancesChanged,
    RatedAgain,
)
from models.forms.tray_waiting import (
    ContactLogged,
    ContactReview,
    SafeAndWellDecision,
    SafeAndWellOutcome,
)
from models.forms.written_contact import FurtherMessage
from models.policy.gaps.tray_exits import LeavingReason
from tasks.durable import (
    answered_by,
    now,
)
from tasks.tray.attempts import Attempt
from tasks.tray.rating import rate_case
from tasks.tray.standing import (
    note_attempt,
    note_change,
    note_reached,
)


def contact_made(tray: Waiting, said: ContactReview | ContactLogged, *, by: str) -> None:
    """One call makes one note and one outcome; only reaching them begins the clock anew (PWT-49 to PWT-51)."""
    if not said.reached:
        tray.standing = note_attempt(tray.standing)
        if isinstance(said, ContactReview):
            tray.contact.nobody_reached(tray.standing, Attempt(at=now(), means=said.means))
        return
    if tray.resumed_at is not None and now() < tray.resumed_at:  # it was said while their clocks were stopped
        keep(tray, NOTE, said.what_was_said, by, clauses="PWT-51", already_there=said.note_id)
        return
    agreed = said.agreed_on.isoformat() if said.agreed_on else None
    tray.standing = note_reached(tray.standing, now(), said.seen, bool(said.changed), agreed)
    tray.missed_at = None
    tray.contact.planned_anew()
    keep(tray, NOTE, said.what_was_said, by, clauses="PWT-51", already_there=said.note_id)
    if said.for_a_manager:
        unsafe = "NOT SAFE AND WELL. " if said.safe_and_well is False else ""
        found = f"After a contact by {by}: {unsafe}{said.should_wait.replace('-', ' ')}. {said.to_discuss}"
        put_to_a_manager(tray, found, said.changed, pressing=said.safe_and_well is False)


def change_reported(tray: Waiting, change: CircumstancesChanged) -> None:
    """Somebody reports a change: contact is made today; what cannot wait is acted on at the duty point (PWT-29)."""
    tray.standing = note_change(tray.standing)
    told = f"A change reported by the {change.reported_by}: {change.what}"
    if tray.standing.leaving is not None:
        beside_the_question(tray, told)
    if change.urgent and tray.standing.leaving is not LeavingReason.DEATH:
        act_at_once(tray, told)
    if tray.standing.stopped:
        return
    if change.urgent:
        put_to_a_manager(tray, told)
    elif tray.contact.stage in (Stage.DECIDING, Stage.CHECKING):
        put_to_a_manager(tray, told)  # nobody can reach them: whoever decides what is done about that hears it
    else:
        tray.contact.ask_now(told, soon=DayEnd.BEFORE_CLOSING)


def message_came(tray: Waiting, message: FurtherMessage) -> None:
    """They, or somebody for them, have written to us: contact is made today, with the message beside it (PWT-29)."""
    told = f"A message came from {message.sender}: {message.subject}\n{message.text}"
    if tray.standing.leaving is not None:
        beside_the_question(tray, told)
    if tray.standing.stopped:
        return
    tray.standing = note_change(tray.standing)
    if tray.contact.stage in (Stage.DECIDING, Stage.CHECKING):
        put_to_a_manager(tray, told)
    else:
        tray.contact.ask_now(told, soon=DayEnd.BEFORE_CLOSING)


def urgent_action_ended(tray: Waiting, ref: str, outcome: str) -> None:
    """What could not wait is done, or could wait: somebody is in touch with them today and sees how they are."""
    told = f"{tray.urgent.pop(ref)} (urgent action {ref}: {outcome})"
    if tray.contact.stage in (Stage.DECIDING, Stage.CHECKING):
        put_to_a_manager(tray, told)
    else:
        tray.contact.ask_now(told, soon=DayEnd.BEFORE_CLOSING)


def rated_again(tray: Waiting, again: RatedAgain, *, by: str) -> None:
    """A manager rates them anew, with a safety plan where they become Red."""
    if again.safety_plan:
        tray.place = tray.place.model_copy(update={"safety_plan": again.safety_plan})
        tray.contact.place = tray.place
    rate(tray, rate_case(again.facts), again.reasons, again.facts_changed, by=by)


def named_for_them(tray: Waiting, who: RelevantPerson) -> None:
    """Reaching somebody else counts as well from now on (PWT-58)."""
    tray.place = tray.place.model_copy(update={"relevant_people": (*tray.place.relevant_people, who)})
    tray.contact.place = tray.place


def safe_and_well_decided(tray: Waiting, decided: SafeAndWellDecision) -> None:
    """A manager has decided what is done for somebody nobody can reach; it is recorded and done (PWT-58)."""
    by = answered_by(SafeAndWellDecision)
    discussed(tray, f"Safe and well check: {decided.in_words.strip(' ()')}", by)
    if decided.steps:
        tray.contact.stop()
        tray.contact.decided, tray.contact.stage = decided, Stage.CHECKING
    else:
        tray.contact.tried = ()
        again = f"A manager decided that it is tried again: {decided.reasons}"
        tray.contact.ask_now(again, soon=DayEnd.BEFORE_CLOSING)


def safe_and_well_checked(tray: Waiting, check: SafeAndWellOutcome) -> None:
    """What came of it: found, and the clock begins anew; not found, and a manager decides once more."""
    by = answered_by(SafeAndWellOutcome)
    discussed(tray, f"What came of the safe and well check: {check.what_came_of_it}", by)
    if check.found:
        tray.standing = note_reached(tray.standing, now(), True, bool(check.changed), None)
        tray.missed_at = None
        tray.contact.planned_anew()
        if check.safe_and_well is False or check.changed:
            found = f"Found by a safe and well check: {check.what_came_of_it}"
            put_to_a_manager(tray, found, check.changed, pressing=check.safe_and_well is False)
        return
    tray.contact.stop()
    tray.contact.stage = Stage.DECIDING
