"""Erasing one closed case: its ledger's words, and everything personal that hangs on it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Entry, EntryPayload, SignalReceipt, WorkItem
from models.entry_kinds import EntryKind
from models.moves.tables import OF_A_MOVE
from models.out_of_area.tables import OF_A_PLACEMENT
from models.person_messages import PersonMessage
from models.policy.retention import Kept
from models.provider_failure.tables import OF_AN_INCIDENT
from models.reablement.tables import OF_A_PLAN
from models.recording import CaseNote, Difference, NoteState
from models.retention import CaseErasure
from models.tray import TrayPlace
from models.working_time import local_day
from models.worklist import Draft
from tasks.audit.erasing import strike_out
from tasks.durable.council import Council
from tasks.durable.ledger import SYSTEM
from tasks.retention.due import is_past_its_time, verdict_on
from tasks.retention.holds import Holds, while_nobody_else_does
from tasks.retention.mail_erasing import NAMED, Speaking, erase_mail_of_case

IDS_AT_ONCE = 100


@dataclass(frozen=True)
class ErasedCase:
    """What was erased with a case."""

    ref: str
    entries: int
    mail: int


def erase_case(council: Council, ref: str, speaking: Speaking, *, by: str = SYSTEM) -> ErasedCase | None:
    """
    Erase a closed case whose time has passed and which nothing keeps; None where that is not so (any more).

    All or nothing. A hold that was placed a moment before is seen; one that comes a moment later comes too late.
    """
    with council.change() as change:
        session = change.session
        while_nobody_else_does(session)
        locked = change.lock(ref)
        past = is_past_its_time(session, ref, change.policy, local_day(change.now))
        holds = Holds(session)
        if past is None or not verdict_on(session, past, change.policy, holds).is_due:
            return None
        numbers, named = _what_it_says(session, ref)
        mail = erase_mail_of_case(change, ref, named, speaking, holds)
        schedule = change.policy.retention.of(past.procedure)
        entry = strike_out(change, locked, numbers, _in_words(numbers, mail, schedule), by=by)
        session.add(CaseErasure(case_ref=ref, at=change.now, entry_no=entry.no, kept_for=str(schedule.kept_for)))
        session.flush()
        _erase_what_hangs_on_it(session, ref)
    speaking.erased(ref)
    return ErasedCase(ref, len(numbers), len(mail))


def _what_it_says(session: Session, ref: str) -> tuple[list[int], set[str]]:
    """Numbers of the entries that still say something, and the messages of which they speak."""
    rows = session.execute(
        select(EntryPayload.no, EntryPayload.content)
        .join(Entry, (Entry.case_ref == EntryPayload.case_ref) & (Entry.no == EntryPayload.no))
        .where(EntryPayload.case_ref == ref, EntryPayload.content.is_not(None), Entry.kind != EntryKind.ERASED)
        .order_by(EntryPayload.no)
    ).all()
    return [no for no, _ in rows], {mail_id for _, content in rows for mail_id in NAMED.findall(content)}


def _in_words(numbers: list[int], mail: list[str], schedule: Kept) -> str:
    """The line of the entry that records it."""
    came = f", and with them what came as {', '.join(mail)}" if mail else ""
    return f"Erased what {_spans(numbers)} said{came}: kept {schedule.kept_for} after closing, as {schedule.because}"


def _spans(numbers: Sequence[int]) -> str:
    """Such as "entry 1", or "entries 1 to 7, 9"."""
    spans: list[list[int]] = []
    for no in numbers:
        if spans and spans[-1][-1] == no - 1:
            spans[-1] = [spans[-1][0], no]
        else:
            spans.append([no])
    said = ", ".join(" to ".join(map(str, span)) for span in spans)
    return f"{'entry' if len(numbers) == 1 else 'entries'} {said}" if spans else "no entry any more"


def _erase_what_hangs_on_it(session: Session, ref: str) -> None:
    """
    The rows beside the ledger. That something was done stays, without a word of it or a person's id.

    In the ledger itself one way stays: the key of the step that noted whom the case is about (`ID_STAYS`).
    """
    session.execute(
        update(PersonMessage)
        .where(PersonMessage.case_ref == ref)
        .values(
            address="",
            subject="",
            body="",
            person_id=None,
            told_person_id=None,
            in_reply_to=None,
            service_ref=None,
        )
    )
    session.execute(
        update(CaseNote)
        .where(CaseNote.case_ref == ref, CaseNote.state == NoteState.WANTED)
        .values(state=NoteState.DROPPED)
    )
    session.execute(update(CaseNote).where(CaseNote.case_ref == ref).values(title="", text="", person_id=None))
    session.execute(update(CaseNote).where(CaseNote.case_ref == ref, CaseNote.note_id.is_not(None)).values(note_id=""))
    for table in (
        *OF_A_PLAN,
        *OF_AN_INCIDENT,
        *OF_A_MOVE,
        *OF_A_PLACEMENT,
        CasePerson,
        TrayPlace,
        SignalReceipt,
        Difference,
    ):
        session.execute(delete(table).where(table.case_ref == ref))
    _erase_drafts(session, ref)


def _erase_drafts(session: Session, ref: str) -> None:
    """What was begun on its page or one of its questions, and never sent."""
    items = session.scalars(select(WorkItem.id).where(WorkItem.case_ref == ref).order_by(WorkItem.id)).all()
    paths = [f"/cases/{ref}", *(f"/work-items/{item}" for item in items)]
    for at in range(0, len(paths), IDS_AT_ONCE):
        begun = (or_(Draft.path == path, Draft.path.startswith(f"{path}/")) for path in paths[at : at + IDS_AT_ONCE])
        session.execute(delete(Draft).where(or_(*begun)))
