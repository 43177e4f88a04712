"""Cases that only traces are left of: entries, seals, work items, messages of a case that has no row of its own."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from tasks.audit.chaining import ACCESS_LOG
from tasks.audit.faults import Fault, FaultKind
from tasks.audit.reading import rows

TRACES = (
    ("entry", "case_ref"),
    ("entry_payload", "case_ref"),
    ("sealed_head", "case_ref"),
    ("lease", "case_ref"),
    ("wait", "case_ref"),
    ("wait", "child_ref"),
    ("work_item", "case_ref"),
    ("milestone", "case_ref"),
    ("signal_receipt", "case_ref"),
    ("outbox_message", "case_ref"),
    ("inbound_mail", "case_ref"),
    ("care_case", "parent_ref"),
)
"""Tables and columns that name a case."""


def lost_cases(session: Session, ref: str | None = None) -> Iterator[Fault]:
    """Every case (or the one) that something names and that is not there, each once."""
    traces: dict[str, list[str]] = {}
    for table, column in TRACES:
        statement = (
            f"SELECT DISTINCT t.{column} FROM {table} t WHERE t.{column} IS NOT NULL AND t.{column} <> :log "
            f"AND NOT EXISTS (SELECT 1 FROM care_case c WHERE c.ref = t.{column})"
        )
        if ref is None:
            found = rows(session, statement, log=ACCESS_LOG)
        else:
            found = rows(session, f"{statement} AND t.{column} = :ref", log=ACCESS_LOG, ref=ref)
        for (named,) in found:
            traces.setdefault(str(named), []).append(table)
    for named in sorted(traces):
        left = ", ".join(dict.fromkeys(traces[named]))
        yield Fault(named, 0, FaultKind.LOST, f"the case is gone; it is still named in {left}")
