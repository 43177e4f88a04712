"""What holds of all that goes out: it arrives, under one id, and nothing goes where nothing may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.outbox import OutboxMessage, OutboxState
from models.person_messages import PersonMessage, PersonMessageState, SentBy
from tasks.durable.ledger import Recorded
from tests.faults.invariants.evidence import Evidence
from tests.faults.load import CANARY, DEAD, UNSAFE

TELLS = (EntryKind.TOLD, EntryKind.ASKED, EntryKind.REMINDED, EntryKind.ESCALATED)
"""Entries that say that somebody is told."""


def what_is_said_to_be_told_is_queued(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Each entry by which staff are told, asked or reminded has its notice; each that writes to people, its message."""
    with evidence.council.database.read() as session:
        notices = set(session.execute(select(OutboxMessage.case_ref, OutboxMessage.entry_no)).tuples())
        messages = set(session.scalars(select(PersonMessage.id)))
    for ref, entries in evidence.ledgers():
        for entry in entries:
            if entry.kind in TELLS and (ref, entry.no) not in notices and not _is_on_a_list(entry):
                yield ref, f"entry {entry.no} ({entry.kind} {entry.step}) has no notice"
            wrote = entry.data.get("message_id") if isinstance(entry.data, dict) else None
            if isinstance(wrote, str) and wrote.startswith("L-") and wrote not in messages:
                yield ref, f"entry {entry.no} ({entry.step}) has no message {wrote}"


def _is_on_a_list(entry: Recorded) -> bool:
    """Whether the question stands on a list that is the worklist of whoever is asked: nobody is told of each."""
    return entry.kind is EntryKind.ASKED and not Form.named(entry.step).is_told


def every_notice_arrives(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """After a day of good weather none waits that was queued before; what is called delivered was taken outside."""
    with evidence.council.database.read() as session:
        messages = list(session.scalars(select(OutboxMessage)))
    outside = {one.id for one in evidence.taken if one.service == "staff"}
    for one in messages:
        if one.state == OutboxState.QUEUED and one.queued_at < evidence.rested_from:
            yield one.id, f"queued {one.queued_at:%m-%d %H:%M}, tried {one.attempts} times, still waits"
        if one.state == OutboxState.DELIVERED and (one.digest_id or one.id) not in outside:
            yield one.id, f"delivered by the record ({one.digest_id}), and no service has it"


def a_notice_is_repeated_under_its_own_id_only(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """One entry queues one notice for each recipient, and whatever a service took is ours."""
    with evidence.council.database.read() as session:
        messages = list(session.scalars(select(OutboxMessage)))
    told = Counter(
        (one.case_ref, one.entry_no, one.recipient, str(one.notice)) for one in messages if one.entry_no is not None
    )
    for (ref, no, recipient, _), times in told.items():
        if times > 1:
            yield str(ref), f"entry {no} tells {recipient} {times} times"
    known = {one.id for one in messages} | {one.digest_id for one in messages}
    for id in {one.id for one in evidence.taken if one.service == "staff"} - known:
        yield id, "a service has it, and no message of ours has that id"


def every_message_to_people_arrives(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """None waits after a day; what is called sent was taken, by Notify once, by mail under one Message-ID."""
    with evidence.council.database.read() as session:
        messages = list(session.scalars(select(PersonMessage)))
    by_mail = Counter(one.id for one in evidence.taken if one.service == "mail")
    by_notify = Counter(one.id for one in evidence.taken if one.service == "notify")
    domain = evidence.council.connections.people.sender_domain
    ids = {one.id: f"<case.{one.case_ref}.{one.entry_no}@{domain}>" for one in messages}
    for one in messages:
        if one.state == PersonMessageState.QUEUED and one.queued_at < evidence.rested_from:
            yield one.id, f"queued {one.queued_at:%m-%d %H:%M}, still waits"
        taken = by_mail[ids[one.id]] if one.sent_by == SentBy.EMAIL else by_notify[one.id]
        if taken > 1 and one.sent_by != SentBy.EMAIL:
            yield one.id, f"Notify has it {taken} times"
        if one.state in (PersonMessageState.SENT, PersonMessageState.DELIVERED) and not taken:
            yield one.id, f"{one.state} by the record, and no service has it"
    for id in {*by_mail} - {*ids.values()}:
        yield id, "the mail server has it, and no message of ours has that Message-ID"
    for id in {*by_notify} - {*ids}:
        yield id, "Notify has it, and no message of ours has that reference"
    for (ref, no), times in Counter((one.case_ref, one.entry_no) for one in messages).items():
        if times > 1:
            yield ref, f"entry {no} queued {times} messages"


def nothing_goes_to_the_dead_or_the_unsafe(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Who has died, or must not be written to, is written to by no machine."""
    for one in evidence.taken:
        if one.service != "staff" and one.to.lower() in (DEAD, UNSAFE):
            yield one.id, f"{one.service} took it for an address that nobody may write to"


def nothing_personal_leaves(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """No log and no notice to staff holds a name from a message."""
    log = evidence.folder / "log.txt"
    for number, line in enumerate(log.read_text(errors="replace").splitlines() if log.exists() else (), start=1):
        if CANARY in line:
            yield f"line {number} of the log", "it holds a name"
    for one in evidence.taken:
        if one.service == "staff" and CANARY in one.text:
            yield one.id, "a notice to staff holds a name"
