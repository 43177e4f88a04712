"""Erasing what entries say, when the time to keep it has passed. The entries stay, and so does the proof of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, update

from models.cases import Entry, EntryPayload
from models.entry_kinds import EntryKind
from models.errors import CheckFailed, PathwaysError
from models.states import CaseStatus
from tasks.durable.council import Change
from tasks.durable.ledger import Fact, LockedCase, Recorded
from tasks.retention.holds import refuse_under_hold


class CaseIsStillOpen(CheckFailed):
    """An open case needs its memory: erase when it is closed."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"case {ref} is still open and needs what its ledger says: erase once it is closed")
        self.ref = ref


class NothingToErase(PathwaysError):
    """Those entries cannot be erased; the message names which and why."""


def erase_payloads(change: Change, ref: str, numbers: Iterable[int], *, reason: str, by: str) -> int:
    """
    Erase what those entries of a closed case say, with an entry that lists them; gives that entry's number.

    `reason` is kept in the ledger and names the rule, not the person. What was erased before is passed over. Raises
    `UnknownCase`, `CaseIsStillOpen`, `UnderHold`, and `NothingToErase` for numbers that are not there, for the records
    of erasures themselves, and where nothing is left to do. On SQLite the old text is overwritten in the file, and
    leaves the write-ahead log with its next checkpoint; backups are to be replaced.
    """
    refuse_under_hold(change.session, ref)
    case = change.lock(ref)
    if case.status is not CaseStatus.CLOSED:
        raise CaseIsStillOpen(ref)
    if not reason.strip():
        raise NothingToErase("say why the entries are erased, such as the retention rule that asks for it")
    wanted = sorted(set(numbers))
    due = _still_there(change, ref, wanted)
    listed = ", ".join(map(str, due))
    return strike_out(change, case, due, f"Erased what entries {listed} said: {reason}", by=by).no


def strike_out(change: Change, case: LockedCase, numbers: list[int], text: str, *, by: str) -> Recorded:
    """
    Erase what those entries say, under an entry with that text that lists them. Nothing is asked here any more.

    Whoever calls it has seen that no hold covers the case and that the entries are there.
    """
    key = f"erased[{_erasures(change, case.ref) + 1}]"
    entry = change.pen(case).enter(Fact(EntryKind.ERASED, key, text, data={"erased": numbers}, by=by))
    change.session.execute(
        update(EntryPayload)
        .where(EntryPayload.case_ref == case.ref, EntryPayload.no.in_(numbers))
        .values(salt=None, content=None)
        .execution_options(synchronize_session=False)
    )
    return entry


def _still_there(change: Change, ref: str, wanted: list[int]) -> list[int]:
    """Those of the wanted numbers that still say something. Raises `NothingToErase`."""
    found = {
        no: (kind, content_is_gone)
        for no, kind, content_is_gone in change.session.execute(
            select(Entry.no, Entry.kind, EntryPayload.content.is_(None))
            .join(EntryPayload, (EntryPayload.case_ref == Entry.case_ref) & (EntryPayload.no == Entry.no))
            .where(Entry.case_ref == ref, Entry.no.in_(wanted))
        )
    }
    missing = [str(no) for no in wanted if no not in found]
    if missing:
        raise NothingToErase(f"case {ref} has no entries {', '.join(missing)}: see `pathways case show {ref}`")
    records = [str(no) for no in wanted if found[no][0] == EntryKind.ERASED]
    if records:
        raise NothingToErase(f"entries {', '.join(records)} of case {ref} record erasures and are kept: leave them out")
    due = [no for no in wanted if not found[no][1]]
    if not due:
        raise NothingToErase(f"nothing is left to erase there: those entries of case {ref} were erased before")
    return due


def _erasures(change: Change, ref: str) -> int:
    counted = select(func.count()).select_from(Entry).where(Entry.case_ref == ref, Entry.kind == EntryKind.ERASED)
    return change.session.scalar(counted) or 0
