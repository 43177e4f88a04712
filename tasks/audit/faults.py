"""What a check of the ledgers can find."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What is wrong with an entry, a case, or what proves them."""

    EDITED = "edited"
    """An entry, or what it says, is not as it was written."""
    DELETED = "deleted"
    """An entry from the middle of a ledger is gone."""
    INSERTED = "inserted"
    """An entry stands in a ledger to which it was not added in its turn."""
    REORDERED = "reordered"
    """An entry stands where another was written."""
    REPLAYED = "replayed"
    """An entry stands a second time, or in another place or case than the one it was written for."""
    TRUNCATED = "truncated"
    """The last entries of a ledger are gone."""
    REWRITTEN = "rewritten"
    """A ledger holds in itself and is not the one that was sealed."""
    LOST = "lost"
    """A whole case is gone, or all of its entries."""
    PAYLOAD = "payload"
    """What an entry says was erased, and no entry of the case says so."""
    CASE = "case"
    """The case's own row does not fit its ledger."""
    ROWS = "rows"
    """A work item, a wait or a legal hold tells another story than the ledger or the log."""
    SEAL = "seal"
    """A seal was changed, or one is missing."""
    WITNESS = "witness"
    """The seals and their witness outside the database disagree."""
    ACCESS = "access"
    """The access log was changed."""
    DAMAGED = "damaged"
    """The database file cannot be read in one place, or does not fit together."""


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold. Carries references only; printed as `REF no kind reason`."""

    ref: str
    """The case; or `seals`, `access-log`, `legal-holds`, `database`."""
    no: int
    """The entry's number, the seal's, or 0."""
    kind: FaultKind
    reason: str

    def __str__(self) -> str:
        return f"{printable(self.ref)} {self.no} {self.kind} {self.reason}"


def number(stored: Any) -> int:
    """An entry's number as it is stored; 0 where what is stored is none."""
    return stored if isinstance(stored, int) else 0


def printable(ref: str) -> str:
    """A ref as one word, also where somebody has changed it into something that is none."""
    return ref if ref.isascii() and ref.isprintable() and " " not in ref else ascii(ref).replace(" ", "\\x20")
