"""What holds of the record as a whole, and of the programs that keep it."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.audit.verifying import verify
from tests.faults.invariants.evidence import Evidence
from tests.faults.journal import Heard


def the_record_verifies(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Every chain, seal and row beside the ledger agrees, the seals' witness too."""
    witness = evidence.folder / "seals.log"
    with evidence.council.database.read() as session:
        for fault in verify(session, None, witness if witness.exists() else None):
            yield fault.ref, f"entry {fault.no}: {fault.kind}: {fault.reason}"


def nothing_breaks(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """No part of the product raises anything but that the database cannot be used now."""
    for line in evidence.journal.lines(Heard.BROKE):
        yield line.who, str(line.said.get("said", ""))


def nobody_waits_for_each_other(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """PostgreSQL never has to end a transaction because two wait for each other."""
    for line in evidence.journal.lines(Heard.DEADLOCK):
        yield line.who, f"{line.said.get('times')} deadlocks"
