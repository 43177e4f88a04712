"""
`pathways audit verify`: find what does not hold, and name it.

Every case's chain, what its entries say, the rows beside it and the heads that were sealed; the seals, their witness
and the access log; and cases that are gone. All of it is read as of one moment, a batch of cases at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tasks.audit.beside import Beside, CaseRow, ItemRow, WaitRow, beside_faults, children, erased_numbers
from tasks.audit.chain import Head, chain_faults, payload_faults
from tasks.audit.faults import Fault, FaultKind, number
from tasks.audit.held import erasure_faults, hold_faults
from tasks.audit.lost import lost_cases
from tasks.audit.reading import StoredEntry, by_case, is_damage, is_sqlite, ledgers, one_moment, rows
from tasks.audit.sealed import SEALS, SealCheck, access_faults, read_witness, sealed_faults, witness_faults
from tasks.durable.ledger import UnknownCase

CASES_AT_ONCE = 200
MISFILED = "bytes of the database file were changed: table and index disagree which entry this is"
SEARCHES = 20
"""How often the whole ledger is searched for where a broken entry was copied from."""

Progress = Callable[[int, int], None]
"""Told how many cases of how many have been looked at."""

_CASES = "SELECT ref, procedure, status, owner, opened_at, closed_at, head_no, head_hash FROM care_case"
_WAITS = 'SELECT case_ref, "key", state, awaited, opened_no, ended_no, due FROM wait WHERE case_ref IN :refs'
_ITEMS = (
    'SELECT case_ref, id, "key", form, state, opened_at, answered_by, answered_at, asked_of, due '
    "FROM work_item WHERE case_ref IN :refs"
)
_HEADS = "SELECT case_ref, head_no, head_hash, seal_no FROM sealed_head WHERE case_ref IN :refs ORDER BY seal_no"
_KNOWN = (
    ("wait", "SELECT case_ref, max(opened_no) FROM wait WHERE case_ref IN :refs GROUP BY case_ref"),
    ("wait", "SELECT case_ref, max(ended_no) FROM wait WHERE case_ref IN :refs GROUP BY case_ref"),
    ("signal_receipt", "SELECT case_ref, max(entry_no) FROM signal_receipt WHERE case_ref IN :refs GROUP BY case_ref"),
    ("outbox_message", "SELECT case_ref, max(entry_no) FROM outbox_message WHERE case_ref IN :refs GROUP BY case_ref"),
)
_STRAY = (
    "SELECT p.case_ref, p.no FROM entry_payload p WHERE p.case_ref IN :refs "
    "AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.case_ref = p.case_ref AND e.no = p.no)"
)


def verify(
    session: Session, ref: str | None = None, witness: Path | None = None, progress: Progress | None = None
) -> list[Fault]:
    """
    Everything that does not hold, in all cases or in one; nothing where all is well.

    The session must not have read anything yet. `witness` is the file beside the database; with `ref` it is not looked
    at. Raises `UnknownCase` where nothing at all knows of the case.
    """
    return list(find_faults(session, ref, witness, progress))


def first_fault(
    session: Session, ref: str | None = None, witness: Path | None = None, progress: Progress | None = None
) -> Fault | None:
    """As `verify`, and stops at the first."""
    return next(find_faults(session, ref, witness, progress), None)


def find_faults(
    session: Session,
    ref: str | None = None,
    witness: Path | None = None,
    progress: Progress | None = None,
    *,
    newest: int | None = None,
) -> Iterator[Fault]:
    """
    As `verify`, one by one as they are found: the cases first, and what proves them last.

    With `newest` only so many cases are looked at, those opened last, and nothing else.
    """
    testimony = read_witness(witness) if witness is not None and ref is None else None
    try:
        with one_moment(session):
            check = _Verification(session, progress)
            if newest is not None:
                yield from check.newest(newest)
                return
            yield from check.faults(ref, testimony, has_witness=witness is not None)
    except DBAPIError as failed:
        if not is_damage(failed):
            raise
        yield Fault("database", 0, FaultKind.DAMAGED, "its file is damaged and cannot be read: restore a backup")


class _Verification:
    def __init__(self, session: Session, progress: Progress | None) -> None:
        self.session = session
        self.progress = progress
        self.seals = SealCheck(session)
        self.searches_left = SEARCHES

    def faults(self, ref: str | None, testimony: Sequence[str] | None, *, has_witness: bool) -> Iterator[Fault]:
        of_seals = list(self.seals.faults())
        if ref is not None:
            yield from self._one_case(ref)
            return
        yield from self._all_cases()
        yield from lost_cases(self.session)
        yield from of_seals
        if has_witness:
            yield from witness_faults(testimony, self.seals.hashes)
        of_access = list(access_faults(self.session, self.seals.unsound))
        yield from of_access
        if not of_access:
            yield from hold_faults(self.session)
        yield from erasure_faults(self.session)
        if is_sqlite(self.session):
            yield from self._file()

    def newest(self, most: int) -> Iterator[Fault]:
        """What does not hold in the cases opened last."""
        list(self.seals.faults())  # which seals' word is taken
        total = min(most, self._number_of_cases())
        yield from self._of(rows(self.session, f"{_CASES} ORDER BY opened_at DESC, ref LIMIT :most", most=most), total)

    def _one_case(self, ref: str) -> Iterator[Fault]:
        found = [CaseRow(*row) for row in rows(self.session, f"{_CASES} WHERE ref = :ref", ref=ref)]
        lost = [] if found else list(lost_cases(self.session, ref))
        if not found and not lost:
            raise UnknownCase(ref)
        yield from lost
        yield from self._batch(found)

    def _all_cases(self) -> Iterator[Fault]:
        yield from self._of(rows(self.session, f"{_CASES} ORDER BY ref"), self._number_of_cases())

    def _number_of_cases(self) -> int:
        return int(next(rows(self.session, "SELECT count(*) FROM care_case"))[0])

    def _of(self, found: Iterator[tuple[Any, ...]], total: int) -> Iterator[Fault]:
        """What does not hold in those cases, of which there are `total`."""
        cases = (CaseRow(*row) for row in found)
        done = 0
        while batch := list(islice(cases, CASES_AT_ONCE)):
            yield from self._batch(batch)
            done += len(batch)
            if self.progress is not None:
                self.progress(done, total)

    def _batch(self, cases: Sequence[CaseRow]) -> Iterator[Fault]:
        """A batch of cases; where the file is damaged, each by itself, so that the damaged ones are named."""
        try:
            yield from self._read_batch(cases)
        except DBAPIError as failed:
            if not is_damage(failed) or not is_sqlite(self.session):
                raise
            if len(cases) == 1:
                reason = "the database file is damaged where its ledger is kept: restore a backup"
                yield Fault(cases[0].ref, 0, FaultKind.DAMAGED, reason)
                return
        else:
            return
        for case in cases:
            yield from self._batch([case])

    def _read_batch(self, cases: Sequence[CaseRow]) -> list[Fault]:
        refs = [case.ref for case in cases if _can_be_asked_for(case.ref)]
        waits, items = by_case(self.session, _WAITS, refs), by_case(self.session, _ITEMS, refs)
        heads = by_case(self.session, _HEADS, refs)
        strays = by_case(self.session, _STRAY, refs)
        known = [(table, by_case(self.session, statement, refs)) for table, statement in _KNOWN]
        by_ref = {case.ref: case for case in cases}
        faults: list[Fault] = []
        misfiled: dict[Any, Fault] = {}
        for ref, entries in ledgers(self.session, refs):
            wrong = next((entry for entry in entries if not entry.is_filed_right), entries[0])
            if ref not in by_ref or not wrong.is_filed_right:
                named = ref if ref in by_ref else wrong.said["case_ref"]
                misfiled[named] = Fault(str(named), number(wrong.no), FaultKind.DAMAGED, MISFILED)
                by_ref.pop(named, None)
                continue
            beside = Beside(
                by_ref.pop(ref),
                [WaitRow(*row) for row in waits.get(ref, [])],
                [ItemRow(*row) for row in items.get(ref, [])],
                [(table, row[0]) for table, found in known for row in found.get(ref, [])],
                [row[0] for row in strays.get(ref, [])],
            )
            faults += self._case(beside, entries, heads.get(ref, []))
        for case in by_ref.values():
            faults.append(Fault(case.ref, 0, FaultKind.LOST, "the case has a row and not one entry"))
        return [*misfiled.values(), *(one for one in faults if one.ref not in misfiled)]

    def _case(self, beside: Beside, entries: list[StoredEntry], heads: Sequence[Any]) -> Iterator[Fault]:
        case = beside.case
        of_chain = chain_faults(case.ref, entries, Head(case.head_no, case.head_hash), self._elsewhere)
        yield from of_chain
        # Beyond an entry that was moved or taken away every payload would seem to be another's, and a record of
        # erasures may have gone with it.
        moved = min((one.no for one in of_chain if one.kind is not FaultKind.EDITED), default=None)
        named = {one.no for one in of_chain}
        for one in payload_faults(case.ref, entries, erased_numbers(entries)):
            if one.no not in named and (moved is None or (one.no < moved and one.kind is not FaultKind.PAYLOAD)):
                yield one
        of_heads = list(sealed_faults(case.ref, heads, self.seals.unsound, entries, chain_holds=not of_chain))
        yield from of_heads
        if not of_chain and all(one.kind is FaultKind.SEAL for one in of_heads):
            yield from beside_faults(entries, beside)
            for child, no in children(entries).items():
                if not list(rows(self.session, "SELECT 1 FROM care_case WHERE ref = :child", child=child)):
                    yield Fault(child, 0, FaultKind.LOST, f"the case is gone; entry {no} of case {case.ref} opened it")

    def _elsewhere(self, entry: StoredEntry) -> tuple[str, int] | None:
        if self.searches_left == 0 or not _can_be_asked_for(entry.hash):
            return None
        self.searches_left -= 1
        found = rows(
            self.session,
            "SELECT case_ref, no FROM entry WHERE hash = :hash AND case_ref <> :ref LIMIT 1",
            hash=entry.hash,
            ref=entry.ref,
        )
        return next(((str(ref), int(no)) for ref, no in found), None)

    def _file(self) -> Iterator[Fault]:
        """What SQLite itself finds wrong with its file: an index that is not of its table, a broken page."""
        for (found,) in rows(self.session, "PRAGMA integrity_check(5)"):
            if found != "ok":
                yield Fault("database", 0, FaultKind.DAMAGED, f"its file does not hold together: {_first_line(found)}")


def _first_line(words: Any) -> str:
    return next(iter(str(words).splitlines()), "")


def _can_be_asked_for(found: Any) -> bool:
    """Whether a value can be handed back to the database; bytes that are no text cannot."""
    return isinstance(found, str) and found.isprintable()


__all__ = ["SEALS", "Fault", "FaultKind", "Progress", "find_faults", "first_fault", "verify"]
