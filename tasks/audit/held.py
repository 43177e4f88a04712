"""
Whether holds and erasures are on record: what was placed and lifted in the access log, what was erased in its ledger.

A hold that is taken off unseen would let words go that somebody has asked to keep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from tasks.audit.faults import Fault, FaultKind, number
from tasks.audit.reading import moment, rows

HOLDS = "legal-holds"
"""What stands in the place of a case's ref where a hold does not hold."""
PLACED, LIFTED = "place-hold", "lift-hold"
"""What the access log calls it."""
_TOLD = {PLACED: "placed", LIFTED: "lifted"}

Act = tuple[str, Any, Any, Any]
"""What was done, on what, when and by whom."""


def hold_faults(session: Session) -> Iterator[Fault]:
    """Where the holds and the access log disagree, as far back as the log reaches; once the log itself holds."""
    begins, first_no = _beginning(session)
    done = Counter(_by_the_rows(session))
    for no, at, who, what, about in rows(
        session,
        "SELECT no, at, who, what, about FROM access_entry WHERE what IN (:placed, :lifted) ORDER BY no",
        placed=PLACED,
        lifted=LIFTED,
    ):
        act = (what, about, moment(at), who)
        if done[act] == 0:
            reason = f"a hold on {about} was {_TOLD[what]} here, and no hold says so: its row is gone or was changed"
            yield Fault(HOLDS, no, FaultKind.ROWS, reason)
        done[act] -= 1
    for (what, about, at, _), left in done.items():
        if left > 0 and (first_no == 1 or begins is None or not at < begins):
            reason = f"a hold on {about} says that it was {_TOLD[what]}, and the access log does not"
            yield Fault(HOLDS, 0, FaultKind.ROWS, reason)


def erasure_faults(session: Session) -> Iterator[Fault]:
    """Cases that are said to be erased, and whose own ledger does not say so."""
    recorded = "SELECT 1 FROM entry e WHERE e.case_ref = c.case_ref AND e.no = c.entry_no AND e.kind = 'erased'"
    unrecorded = f"SELECT c.case_ref, c.entry_no FROM case_erasure c WHERE NOT EXISTS ({recorded} AND e.at = c.at)"
    for ref, no in rows(session, f"{unrecorded} ORDER BY c.case_ref"):
        yield Fault(str(ref), number(no), FaultKind.ROWS, "the case is said to be erased here, and no entry says so")


def _by_the_rows(session: Session) -> Iterator[Act]:
    for case_ref, person_id, placed_by, placed_at, lifted_by, lifted_at in rows(
        session,
        "SELECT case_ref, person_id, placed_by, placed_at, lifted_by, lifted_at FROM legal_hold ORDER BY placed_at, id",
    ):
        about = case_ref or person_id
        yield PLACED, about, moment(placed_at), placed_by
        if lifted_at is not None:
            yield LIFTED, about, moment(lifted_at), lifted_by


def _beginning(session: Session) -> tuple[Any, int]:
    """When the log as it stands begins, and with which number: what was before was cut, its time having passed."""
    for no, at in rows(session, "SELECT no, at FROM access_entry ORDER BY no LIMIT 1"):
        return moment(at), no
    return None, 1
