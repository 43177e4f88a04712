"""What holds of all that came in: whoever heard that it was taken finds it in the record, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from models.cases import SignalReceipt, WorkItem
from models.entry_kinds import EntryKind
from models.mail import InboundMail, MailState
from models.states import WorkItemState
from tasks.durable.ledger import Recorded
from tests.faults.invariants.evidence import Evidence
from tests.faults.journal import Heard, digest_of


def every_accepted_message_is_in_the_record_once(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What a door said it has was kept once, and became a case, part of one, or was put aside with a reason."""
    accepted = {line.id for line in evidence.journal.lines(Heard.MESSAGE_ACCEPTED)}
    with evidence.council.database.read() as session:
        mails = list(session.scalars(select(InboundMail)))
        raws = {mail.id: bytes(mail.raw) for mail in mails}
        receipts = {(one.case_ref, one.entry_no): one.signal_id for one in session.scalars(select(SignalReceipt))}
    ledgers = dict(evidence.ledgers())
    for mark in sorted(accepted):
        kept = [mail for mail in mails if mark.encode() in raws[mail.id]]
        if len(kept) != 1:
            yield mark, f"it is kept {len(kept)} times: {', '.join(mail.state for mail in kept)}"
    for mail in mails:
        yield from _became_of(mail, ledgers, receipts)


def _became_of(
    mail: InboundMail, ledgers: dict[str, list[Recorded]], receipts: dict[tuple[str, int], str]
) -> Iterator[tuple[str, str]]:
    named = f'"mail_id":"{mail.id}"'
    opened = [
        ref
        for ref, entries in ledgers.items()
        if entries and named in (entries[0].content or "") and '"sorted_as":{' not in (entries[0].content or "")
    ]
    signalled = [
        (ref, entry.no)
        for ref, entries in ledgers.items()
        for entry in entries
        if entry.kind is EntryKind.SIGNALLED
        and named in (entry.content or "")
        # what a case has passed on itself, as to the plan of whom it is about, has come to that case first
        and receipts.get((ref, entry.no), "").partition(":")[0] not in ledgers
    ]
    first_hand = [ref for ref in opened if ref == mail.case_ref]
    match MailState(mail.state):
        case MailState.STORED:
            yield mail.id, "it is stored and was never taken up"
        case MailState.OPENED if len(first_hand) != 1 or signalled:
            yield mail.id, f"it opened {first_hand} of {opened}, and was told to {signalled}"
        case MailState.SIGNALLED if len(signalled) != 1 or opened:
            yield mail.id, f"it was told to {signalled}, and opened {opened}"
        case MailState.QUARANTINED if len(opened) != 1:
            yield mail.id, f"it was put aside, and {opened} ask about it"
        case MailState.IGNORED if not mail.reason or any(not _found_nothing(ledgers[ref]) for ref in opened):
            yield mail.id, f"it was passed over, and opened {opened}"
        case _:
            return


def _found_nothing(ledger: list[Recorded]) -> bool:
    """Whether a person has looked at a message that no machine could read, and there was nothing in it."""
    return any(entry.step == "message-was-nothing" for entry in ledger)


def every_taken_answer_is_in_the_record_once(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What somebody was told is answered stands once in the ledger, as they said it; nobody else's stands there."""
    ledgers = dict(evidence.ledgers())
    with evidence.council.database.read() as session:
        items = {item.id: item for item in session.scalars(select(WorkItem))}
    taken = list(evidence.journal.lines(Heard.ANSWER_TAKEN))
    for item_id, times in Counter(line.id for line in taken).items():
        if times > 1:
            yield item_id, f"{times} people were told that their answer was taken"
    for line in taken:
        item = items[line.id]
        found = [e for e in ledgers[item.case_ref] if e.kind is EntryKind.ANSWERED and e.key == item.key]
        if [(e.by, digest_of(e.data)) for e in found] != [(line.said["by"], line.said["digest"])]:
            yield line.id, f"taken from {line.said['by']}; the ledger has it from {[e.by for e in found]}"
    for item in items.values():
        answers = [e for e in ledgers[item.case_ref] if e.kind is EntryKind.ANSWERED and e.key == item.key]
        if (item.state == WorkItemState.ANSWERED) != (len(answers) == 1):
            yield item.id, f"it is {item.state}, with {len(answers)} answers"


def every_taken_signal_is_in_the_record_once(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What a case was told under one id, however often, is entered once, and each time the same entry is named."""
    with evidence.council.database.read() as session:
        receipts = {(one.case_ref, one.signal_id): one.entry_no for one in session.scalars(select(SignalReceipt))}
    ledgers = dict(evidence.ledgers())
    for (ref, signal_id), no in receipts.items():
        if not any(e.no == no and e.kind is EntryKind.SIGNALLED for e in ledgers[ref]):
            yield signal_id, f"its receipt names entry {no} of {ref}, which is no signal"
    for (ref, no), times in Counter((ref, no) for (ref, _), no in receipts.items()).items():
        if times > 1:
            yield ref, f"entry {no} has {times} receipts"
    for line in evidence.journal.lines(Heard.SIGNAL_TAKEN):
        if receipts.get((line.said["case"], line.id)) != line.said["no"]:
            yield line.id, f"taken as entry {line.said['no']}, recorded as {receipts.get((line.said['case'], line.id))}"


def every_opened_case_is_there(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What somebody was told is opened is there; and a case that another opened is entered there, once."""
    ledgers = dict(evidence.ledgers())
    for line in evidence.journal.lines(Heard.CASE_OPENED):
        if line.id not in ledgers:
            yield line.id, "it is gone"
    opened = Counter(e.data for entries in ledgers.values() for e in entries if e.kind is EntryKind.CASE_OPENED)
    for ref, times in opened.items():
        if times > 1 or ref not in ledgers:
            yield str(ref), f"opened {times} times, {'there' if ref in ledgers else 'gone'}"
