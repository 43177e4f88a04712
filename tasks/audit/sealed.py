"""Whether the seals, their witness and the access log hold, and whether the ledgers are those that were sealed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tasks.audit import access_log, sealing
from tasks.audit.chaining import ACCESS_LOG
from tasks.audit.faults import Fault, FaultKind, number
from tasks.audit.reading import StoredEntry, moment, rows

SEALS = "seals"

SealedHeads = Sequence[tuple[Any, Any, int]]
"""Heads of one case as seals saw them: number, hash, and the seal's number; the oldest seal first."""


class SealCheck:
    """
    The chain of seals.

    After `faults` has been read to its end, `unsound` has the seals whose word is not taken, and `hashes` when each
    seal was made and its hash.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.unsound: set[int] = set()
        self.hashes: dict[int, tuple[Any, Any]] = {}

    def faults(self) -> Iterator[Fault]:
        """Every seal that does not hold."""
        digests = self._digests()
        expected, previous, most = 1, sealing.FIRST, 0
        for no, at, cases, digest, previous_hash, stored in rows(
            self._session, "SELECT no, at, cases, heads_digest, previous_hash, hash FROM seal ORDER BY no"
        ):
            when = moment(at)
            self.hashes[no] = (when, stored)
            if no != expected:
                yield Fault(SEALS, expected, FaultKind.SEAL, f"it is gone; the next one is number {no}")
            elif previous_hash != previous:
                yield Fault(SEALS, no, FaultKind.SEAL, "it is chained to another seal than the one before it")
            if not _fits(stored, sealing.seal_hash, no, when, cases, digest, previous_hash):
                yield Fault(SEALS, no, FaultKind.SEAL, "it is not what was written: its hash does not fit it")
            if digests.pop(no, None) != digest:
                self.unsound.add(no)
                yield Fault(SEALS, no, FaultKind.SEAL, "the heads listed for it are not those that it was made over")
            if isinstance(cases, int) and cases < most:
                yield Fault(SEALS, no, FaultKind.SEAL, f"it counts {cases} cases where an earlier one counted {most}")
            expected, previous = no + 1, stored
            most = max(most, cases) if isinstance(cases, int) else most
        for no in digests:
            self.unsound.add(no)
            yield Fault(SEALS, no, FaultKind.SEAL, "it is gone, and the heads that it listed are still there")

    def _digests(self) -> dict[int, str | None]:
        """The digest over the heads that are listed for each seal; None where they could not have been written so."""
        listed = rows(self._session, "SELECT seal_no, case_ref, head_no, head_hash FROM sealed_head ORDER BY seal_no")
        found: dict[int, str | None] = {}
        for no, heads in groupby(listed, key=lambda row: row[0]):
            try:
                found[no] = sealing.digest_of([(ref, head_no, head) for _, ref, head_no, head in heads])
            except (TypeError, UnicodeEncodeError):
                found[no] = None
        return found


def witness_faults(lines: Sequence[str] | None, seals: Mapping[int, tuple[Any, Any]]) -> Iterator[Fault]:
    """Where the witness and the seals disagree. `lines` as read, each with its line break; None: there is no file."""
    if lines is None:
        if seals:
            yield Fault(SEALS, 0, FaultKind.WITNESS, "the seals' witness is gone: look for the file in a backup")
        return
    for place, line in enumerate(lines, start=1):
        no = line.split(" ", 1)[0]
        if no != str(place):
            reason = f"line {place} of the witness is for another seal: lines were taken out, added or changed"
            yield Fault(SEALS, place, FaultKind.WITNESS, reason)
            return
        if place not in seals:
            yield Fault(SEALS, place, FaultKind.WITNESS, "the witness has this seal and the database has lost it")
            return
        at, stored = seals[place]
        expected = sealing.witness_line(place, at, stored) if isinstance(at, datetime) else ""
        half_written = place == len(lines) and not line.endswith("\n")
        if line != expected and not (half_written and expected.startswith(line)):
            yield Fault(SEALS, place, FaultKind.WITNESS, "the witness has another time or hash for this seal")


def read_witness(path: Path) -> list[str] | None:
    """The witness line by line; None where there is no such file. To be read before the database is."""
    try:
        return path.read_bytes().decode("utf-8", "backslashreplace").splitlines(keepends=True)
    except FileNotFoundError:
        return None


def sealed_faults(
    ref: str, heads: SealedHeads, unsound: Collection[int], entries: Sequence[StoredEntry], *, chain_holds: bool
) -> Iterator[Fault]:
    """Where a ledger is not the one that seals saw. Only the first disagreement with a sound seal is named."""
    hashes = {entry.no: entry.hash for entry in entries}
    last = entries[-1].no
    sound = True
    for no, head, seal_no in heads:
        if hashes.get(no) == head:
            continue
        if seal_no in unsound:
            reason = f"seal {seal_no}, which was changed, lists another head here than the ledger has"
            yield Fault(ref, number(no), FaultKind.SEAL, reason)
        elif sound and chain_holds:
            sound = False
            if no > last:
                reason = f"the ledger ends before it; seal {seal_no} saw entry {no}"
                yield Fault(ref, last + 1, FaultKind.TRUNCATED, reason)
            else:
                reason = f"seal {seal_no} saw another entry here: the ledger was written anew, at the latest from here"
                yield Fault(ref, no, FaultKind.REWRITTEN, reason)


def access_faults(session: Session, unsound: Collection[int]) -> Iterator[Fault]:
    """The first place where the access log does not hold."""
    sealed = {
        no: (head, seal_no)
        for seal_no, no, head in rows(
            session, "SELECT seal_no, head_no, head_hash FROM sealed_head WHERE case_ref = :log", log=ACCESS_LOG
        )
        if seal_no not in unsound
    }
    last, previous = _beginning(session)
    for no, at, who, what, about, previous_hash, stored in rows(
        session, "SELECT no, at, who, what, about, previous_hash, hash FROM access_entry ORDER BY no"
    ):
        reason = None
        if no != last + 1:
            reason = f"deleted: the next entry is number {no}"
        elif not _fits(stored, access_log.access_hash, no, moment(at), who, what, about, previous_hash):
            reason = "edited: its hash does not fit it"
        elif previous_hash != previous:
            reason = "rewritten: it is chained to another entry than the one before it"
        elif no in sealed and sealed[no][0] != stored:
            reason = f"rewritten: seal {sealed[no][1]} saw another entry here"
        if reason is not None:
            yield Fault(ACCESS_LOG, last + 1, FaultKind.ACCESS, reason)
            return
        last, previous = no, stored
    if any(no > last for no in sealed):
        reason = f"truncated: the log ends before it; a seal saw entry {max(sealed)}"
        yield Fault(ACCESS_LOG, last + 1, FaultKind.ACCESS, reason)


def _beginning(session: Session) -> tuple[int, Any]:
    """After which entry the access log begins, and what its first entry is to be chained to: it may have been cut."""
    for no, previous_hash in rows(session, "SELECT no, previous_hash FROM access_entry ORDER BY no LIMIT 1"):
        if isinstance(no, int) and no > 1 and isinstance(previous_hash, str):
            point = access_log.cut_point(no - 1, previous_hash)
            said = "SELECT 1 FROM access_entry WHERE what = :cut AND about = :point LIMIT 1"
            if list(rows(session, said, cut=access_log.CUT, point=point)):
                return no - 1, previous_hash
    return 0, access_log.FIRST


def _fits(stored: Any, hashing: Any, *said: Any) -> bool:
    """Whether a stored hash is that of what is said; nothing that could not have been written fits."""
    sound = all(isinstance(one, int | str | datetime) for one in said)
    try:
        return sound and bool(hashing(*said) == stored)
    except UnicodeEncodeError:
        return False
