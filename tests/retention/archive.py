"""Cases that were closed long ago, and ways to look at what is left of them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from models.cases import Case
from models.clock import VirtualClock
from models.retention import CaseErasure, HoldKind
from models.states import CaseStatus
from models.working_time import LONDON
from tasks.database import Database
from tasks.durable.cases import close
from tasks.durable.ledger import recall
from tasks.durable.leg import step_in
from tasks.durable.testing import Office
from tasks.retention.holds import lift_hold, place_hold
from tests.audit_world import Errand, ErrandChanged, ErrandPlanned, errand, small_errand


def closed_errand(office: Office, about: str = "Bath seat for Ottoline") -> str:
    """A small errand that was opened and closed today."""
    ref = office.start(small_errand, Errand(about=about))
    office.answer(ref, ErrandPlanned(how=f"by hand, {about}"), by="duty-worker")
    assert office.is_closed(ref)
    return ref


def errand_with_a_child(office: Office, about: str = "Bath seat for Ottoline") -> tuple[str, str]:
    """An errand that is closed, and the small errand that it opened and that is open."""
    ref = office.start(errand, Errand(about=about))
    office.answer(ref, ErrandPlanned(how="soon"), by="duty-worker")
    office.days_pass(2)
    office.signal(ref, ErrandChanged(what="all done"))
    assert office.is_closed(ref)
    with office.council.database.read() as session:
        child = session.scalars(select(Case.ref).where(Case.parent_ref == ref)).one()
    return ref, child


def close_at_once(office: Office, ref: str) -> None:
    """Bring a case to its end, wherever it stands."""
    with office.council.change() as change:
        close(step_in(change, change.lock_open(ref)), "closed by the test")


def close_whatever_is_open(office: Office) -> None:
    """Bring every case to its end."""
    for ref in office.cases():
        if office.case(ref).status != CaseStatus.CLOSED:
            close_at_once(office, ref)


def years_pass(office: Office, years: float) -> None:
    """Let years pass in which nothing happens."""
    clock = office.clock
    assert isinstance(clock, VirtualClock)
    local = clock.now().astimezone(LONDON)
    whole, months = int(years), round(years % 1 * 12)
    later = local.replace(year=local.year + whole + (local.month + months - 1) // 12, day=min(local.day, 28))
    clock.move_to(later.replace(month=(local.month + months - 1) % 12 + 1))


def held(
    office: Office, *, case: str | None = None, person: str | None = None, kind: HoldKind = HoldKind.INQUEST
) -> str:
    """A legal hold on a case or a person; gives its id."""
    with office.council.change() as change:
        return place_hold(
            change, case_ref=case, person_id=person, kind=kind, reason="INQ/2026/17", by="head-of-service"
        )


def lifted(office: Office, hold: str) -> None:
    """The hold is lifted."""
    with office.council.change() as change:
        lift_hold(change, hold, because="the inquest was closed", by="head-of-service")


def erased_cases(office: Office) -> set[str]:
    """Refs of the cases that were erased."""
    with office.council.database.read() as session:
        return set(session.scalars(select(CaseErasure.case_ref)))


def says_nothing(office: Office, ref: str) -> bool:
    """Whether nothing is left of what the case's entries said, but the records of erasures."""
    with office.council.database.read() as session:
        return all(entry.content is None for entry in recall(session, ref) if entry.kind != "erased")


def bytes_of(database: Database) -> bytes:
    """Every byte of the database's files, the write-ahead log's too, as they lie on the disk at this moment."""
    file = Path(str(database.url.database))
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))
