"""Calls on somebody whose provider's care has ended: one that passes with nobody there is not passed over."""

from __future__ import annotations

from datetime import datetime

from flows.affected_person_standing import Asked, Person, cover_them
from models.forms.affected_calls import CallRecorded
from models.notices import Interruption
from models.roles import Role
from models.working_time import for_people
from tasks.durable import Verb, at, sent_by, take_back, tell
from tasks.provider_failure.watching_calls import look_at_calls, note_call


def watch_calls(person: Person) -> None:
    """Look at the calls that have passed, and again when the next one that nobody covers has."""
    if not person.touched.call_times:
        return
    looked = look_at_calls()
    if looked is None:
        return  # a case that was past this when calls began to be watched: from the next time on they are
    if looked.missed:
        was_missed(person, is_serious=looked.is_serious, is_red=looked.is_red)
    if looked.look_again_at is None:
        take_back(person.open, Asked.CALL)
    else:
        person.open[Asked.CALL] = at("call-passed", looked.look_again_at)


def is_covered(person: Person, by: str, until: datetime) -> None:
    """What had passed before is looked at first: somebody who comes now was not there then."""
    watch_calls(person)
    cover_them(person, by, until)
    watch_calls(person)


def was_missed(person: Person, *, is_serious: bool, is_red: bool) -> None:
    """It stays on the room's list; where it may do harm, a manager hears of it once, at high risk at once (TRN-47)."""
    person.so_far.append("A call was missed: see the room's list")
    if is_serious:
        tell(
            Role.TEAM_MANAGER,
            Verb.CHECK,
            "a-call-was-missed",
            near=person.touched.team,
            urgent=is_red,
            interrupts=Interruption.PROVIDER_FAILURE if is_red else None,
            clauses="TRN-47",
        )


def call_was_recorded(person: Person, call: CallRecorded) -> None:
    """Made, and how they were; or not made, and what was done instead."""
    note_call(call, sent_by(CallRecorded))
    was = "made" if call.made else "not made"
    person.so_far.append(f"Call of {for_people(call.at)} {was} by {call.made_by}: {call.how}")
