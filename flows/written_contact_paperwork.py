"""The paperwork of a written contact: its acknowledgement, its original and its record."""

from __future__ import annotations

from datetime import date

from flows.recording import keep_note
from models.durations import Deadline
from models.forms.paperwork import (
    AcknowledgementWritten,
    LetterRecordMade,
    OriginalEmailSent,
    OriginalFiled,
    OriginalLetterSent,
    RecordMade,
)
from models.forms.written_contact import Channel, WrittenContact
from models.roles import Role
from models.written_contact_findings import day_in_words
from tasks.durable import Asked, Wait, ask, decision, first_of, now
from tasks.durable.in_force import policy
from tasks.durable.work_items import ByWhen
from tasks.written_contact import (
    SortedContact,
    file_original_here,
    letter_with,
    to_act_on,
    write_record,
)
from tasks.written_contact_wording import prepare_acknowledgement

DUTY = Role.DUTY_WORKER


def by_when(letter: SortedContact) -> ByWhen:
    """By when duty acts: in time for what the contact asks; once that has passed, the same time again (GAP-02)."""
    times = policy().gaps.reasonable_time
    again: Deadline = times.urgent if letter.sorting.urgent else times.reasonable
    return letter.needed_by if letter.needed_by > now() else again


def ask_to_acknowledge(letter: SortedContact, sent: date | None, *, of: Asked) -> Wait[AcknowledgementWritten] | None:
    """Have whoever it was agreed with write that the contact has arrived; None where nothing is left to write."""
    if not letter.sorting.reply_wanted or sent is not None:
        return None
    return decision(
        AcknowledgementWritten,
        of=of,
        about=to_act_on(letter, ready_to_be_sent(letter.contact)),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="DUTY-21 DUTY-26",
    )


def ready_to_be_sent(contact: WrittenContact) -> str:
    """The text of the acknowledgement, so that nobody has to word it."""
    prepared = prepare_acknowledgement(contact)
    return prepared.text if prepared is not None else ""


def acknowledgement_in_words(sent: date | None, asked: Wait[AcknowledgementWritten] | None) -> str:
    """How the acknowledgement was seen to; waits for whoever was asked to say that it is written (DUTY-21)."""
    if asked is not None:
        written = first_of(asked)
        return f"Acknowledgement written on {day_in_words(written.written_on)}, sent by {written.sent_by}."
    return f"Acknowledgement written on {day_in_words(sent)}." if sent else "No acknowledgement was wanted."


def see_to_the_original(contact: WrittenContact, *, wanted: bool, by: str = "") -> str:
    """Sent on by a permitted way if the worker wants it, else filed securely (DUTY-20, DUTY-23)."""
    soon = policy().gaps.reasonable_time.reasonable
    wanting = letter_with(contact, f"The original is wanted by {by}." if by else "The worker wants the original.")
    match contact.channel:
        case Channel.EMAIL | Channel.FORM:
            if not wanted:
                return f"Original e-mail filed securely as {file_original_here(contact)}."  # DUTY-20
            sent = ask(OriginalEmailSent, of=DUTY, about=wanting, wanted_within=soon, clauses="DUTY-23")
            return f"Original e-mail sent on by {sent.sent_by}."
        case Channel.LETTER:
            if not wanted:
                filed = ask(OriginalFiled, of=DUTY, about=letter_with(contact), wanted_within=soon, clauses="DUTY-20")
                return f"Original letter filed securely at {filed.filed_at}."
            posted = ask(OriginalLetterSent, of=DUTY, about=wanting, wanted_within=soon, clauses="DUTY-23")
            return f"Original letter sent on by {posted.sent_by}."


def make_the_record(letter: SortedContact, lines: tuple[str, ...], *, original_wanted: bool = False) -> None:
    """
    The record of all of it; the case is not closed before it stands in the recording system (DUTY-29, GAP-55).

    Unless the worker wants the original it is filed: an e-mail here, a letter on the record's own form (DUTY-20).
    """
    form: type[RecordMade] = RecordMade
    if original_wanted or letter.contact.channel is not Channel.LETTER:
        lines = (*lines, see_to_the_original(letter.contact, wanted=original_wanted))
    else:
        form = LetterRecordMade  # DUTY-20
    soon = policy().gaps.reasonable_time.reasonable
    kept = keep_note(
        "Written contact",
        write_record(letter.contact, letter.sorting.where_recorded, lines),
        about_person=letter.sorting.about_person,
        of=DUTY,
        form=form,
        wanted_within=soon,
        clauses="DUTY-29",
    )
    if form is LetterRecordMade and kept.answer is None:  # no form said where the letter is filed
        ask(OriginalFiled, of=DUTY, about=letter_with(letter.contact), wanted_within=soon, clauses="DUTY-20")
