"""
Seals: a chained statement, made at intervals, of which ledger heads stand.

A case's own chain cannot show that its tail, or the whole case, was taken away; a seal that saw it can. Only heads that
changed since they were last sealed are listed. The access log's head is sealed with them. Each seal is also written to
a witness, a file outside the database, so that taking the newest seals away shows as well.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from models.audit import AccessEntry, Seal, SealedHead
from models.cases import Case
from models.errors import PathwaysError
from tasks.audit.chaining import ACCESS_LOG, first_link, hash_of, take_turns
from tasks.database import Database

FIRST = first_link("seals")
"""What the first seal is chained to."""
LONGEST_LINE = 4096

HeadLine = tuple[str, int, str]
"""A case's ref (or `access-log`), and its last entry's number and hash."""


class WitnessNotWritten(PathwaysError):
    """The seals stand in the database and their witness could not be written; the next sealing makes up for it."""


def seal(database: Database, now: datetime, witness: Path | None = None) -> Seal | None:
    """
    Seal every head that changed since the last seal, and write the witness; None where nothing had changed.

    Two at once make one seal, or two that differ. Raises `WitnessNotWritten`.
    """
    with database.write() as session:
        made = seal_heads(session, now)
    if witness is not None:
        bear_witness(database, witness)
    return made


def seal_heads(session: Session, now: datetime) -> Seal | None:
    """As `seal`, in a transaction of the caller's and without a witness."""
    take_turns(session, "seals")
    cases = session.scalar(select(func.count()).select_from(Case)) or 0
    heads = _changed_heads(session)
    if not heads:
        return None
    last = session.execute(select(Seal.no, Seal.hash).order_by(Seal.no.desc()).limit(1)).first()
    no, previous = (last.no + 1, last.hash) if last else (1, FIRST)
    made = Seal(
        no=no,
        at=now.astimezone(UTC),
        cases=cases,
        heads_digest=digest_of(heads),
        previous_hash=previous,
        hash="",
    )
    made.hash = seal_hash(made.no, made.at, made.cases, made.heads_digest, made.previous_hash)
    session.add(made)
    session.flush()
    listed = [{"seal_no": no, "case_ref": ref, "head_no": head_no, "head_hash": head} for ref, head_no, head in heads]
    session.execute(insert(cast(Table, SealedHead.__table__)), listed)
    return made


def digest_of(heads: Sequence[HeadLine]) -> str:
    """SHA-256 over the heads that a seal lists, in the order of their refs."""
    return hash_of(*(value for head in sorted(heads) for value in head))


def seal_hash(no: int, at: datetime, cases: int, heads_digest: str, previous_hash: str) -> str:
    """The hash that chains a seal to the one before."""
    return hash_of(no, at, cases, heads_digest, previous_hash)


def witness_line(no: int, at: datetime, seal_hash: str) -> str:
    """How the witness writes a seal."""
    return f"{no} {at.astimezone(UTC).isoformat()} {seal_hash}\n"


def bear_witness(database: Database, path: Path) -> None:
    """
    Write every committed seal that the witness does not have yet, and see it on the disk.

    What a crash left half written is completed. Raises `WitnessNotWritten`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            last = _drop_half_a_line(file)
            with database.read() as session:
                unseen = select(Seal).where(Seal.no > last).order_by(Seal.no)
                lines = [witness_line(one.no, one.at, one.hash) for one in session.scalars(unseen)]
            if lines:
                file.write("".join(lines).encode())
                file.flush()
                os.fsync(file.fileno())
        return
    except OSError as failed:
        reason = failed.strerror or type(failed).__name__
    raise WitnessNotWritten(f"{path.name} could not be written ({reason}): see to the disk and the folder's rights")


def _drop_half_a_line(file: BinaryIO) -> int:
    """Take off what stands after the last line break, and give the number of the last seal written; 0: none."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - LONGEST_LINE)
    file.seek(start)
    tail = file.read()
    whole = tail[: tail.rfind(b"\n") + 1]
    if len(whole) < len(tail):
        file.truncate(start + len(whole))
    lines = whole.splitlines()
    number = lines[-1].split(b" ")[0] if lines else b"0"
    return int(number) if number.isdigit() else 0


def _changed_heads(session: Session) -> list[HeadLine]:
    same_head = (
        (SealedHead.case_ref == Case.ref)
        & (SealedHead.head_no == Case.head_no)
        & (SealedHead.head_hash == Case.head_hash)
    )
    changed = (
        select(Case.ref, Case.head_no, Case.head_hash)
        .join(SealedHead, same_head, isouter=True)
        .where(SealedHead.case_ref.is_(None))
    )
    heads = [tuple(row) for row in session.execute(changed)]
    last = session.execute(select(AccessEntry.no, AccessEntry.hash).order_by(AccessEntry.no.desc()).limit(1)).first()
    if last is not None:
        same = select(SealedHead.seal_no).where(
            SealedHead.case_ref == ACCESS_LOG, SealedHead.head_no == last.no, SealedHead.head_hash == last.hash
        )
        if session.scalars(same.limit(1)).first() is None:
            heads.append((ACCESS_LOG, last.no, last.hash))
    return cast(list[HeadLine], heads)
