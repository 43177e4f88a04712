"""Stopping what is under way to write to somebody, or to ring them, once they are said to leave the tray (GAP-53)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.policy.gaps.tray_exits import LeavingReason
from models.states import CaseStatus
from tasks.durable import audited, outside
from tasks.durable.ledger import recall
from tasks.telling.stopping import stop_telling, withdraw_messages
from tasks.tray.listing import standings_at

SAID_TO_LEAVE = "they are said to have left the tray"
TELLING = ("telling-a-person", "pwt-notification")
"""Procedures in which somebody is told something, that they wait on the tray among them (PWT-28)."""


@audited("Stopped letters and calls that were under way", clauses="GAP-53", reads_outside=True)
def stop_letters(person: str) -> int:
    """
    Stop what the tray's own cases have under way to tell somebody about that person; how much there was.

    Those are this case, the triage that it came from, and the cases of telling somebody that either has opened: what
    waits in their queues is withdrawn, and whoever was to tell them instead is asked no longer. Each case is locked by
    itself, before this step's own transaction; done twice it does nothing more. A death that the register shows stops
    everything in any case (`tasks/deaths.py`), and so does the sender's own look into the register; one that somebody
    reports stops it here, whatever policy says.

    It is stopped for good, also where they turn out to wait on: whoever waits again is contacted before the office
    closes, and what was to be said to them is said then.
    """
    step = outside()
    with step.council.database.read() as session:
        this_case = select(Case.ref).where(Case.ref == step.ref)
        stands = standings_at(session, this_case, step.now).get(step.ref)
        has_died = stands is not None and stands.leaving is LeavingReason.DEATH
        if not has_died and not step.policy.gaps.leaving_tray.letters_stop_at_once:
            return 0
        own = _own_cases(session, step.ref)
        telling = [ref for ref in _opened_by(session, own) if _is_about(session, ref, person)]
    stopped = sum(stop_telling(step.council, ref, because=SAID_TO_LEAVE) for ref in telling)
    for ref in (*own, *telling):
        withdrawn = withdraw_messages(step.council, ref, person, because=SAID_TO_LEAVE)
        stopped += len(withdrawn) if ref in own else 0  # else it counts already, with its case
    return stopped


def _own_cases(session: Session, ref: str) -> Sequence[str]:
    parent = session.get_one(Case, ref).parent_ref
    return (ref,) if parent is None else (ref, parent)


def _opened_by(session: Session, refs: Sequence[str]) -> Sequence[str]:
    """The cases of telling somebody that those have opened and that are still open."""
    return session.scalars(
        select(Case.ref)
        .where(Case.parent_ref.in_(refs), Case.procedure.in_(TELLING), Case.status != CaseStatus.CLOSED)
        .order_by(Case.ref)
    ).all()


def _is_about(session: Session, ref: str, person: str) -> bool:
    opened_with = recall(session, ref)[0].data
    return isinstance(opened_with, dict) and opened_with.get("whom", {}).get("about_person") == person
