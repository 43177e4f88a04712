"""Edith Tilling's reablement, as the stories about it begin."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from sqlalchemy import select

from flows.reablement import reablement
from models.forms.reablement import ReablementBegun
from models.forms.reablement_signals import ReablementEndWanted
from models.reablement.edits import EditKind, PlanEdits, VisitEdit
from models.reablement.findings import PlanStands
from models.reablement.plan import (
    EVERY_DAY,
    Equipment,
    Monitoring,
    Outcome,
    Part,
    Rhythm,
    SomebodyInvolved,
    Support,
    Visit,
    Weekday,
)
from models.reablement.tables import PlanAgreement
from models.recording import CaseNote
from tasks.durable.testing import Office
from tasks.reablement.plans import standing_of_plan

EDITH = SomebodyInvolved(part=Part.PERSON, name="Edith Tilling")
DAUGHTER = SomebodyInvolved(part=Part.CARER, name="Joan Tilling", email="joan@example.org")
WORKER = SomebodyInvolved(part=Part.REABLEMENT_WORKER, name="Meera Solanki", staff="reablement-worker")
THERAPIST = SomebodyInvolved(part=Part.OCCUPATIONAL_THERAPIST, name="Ravi Menon", telephone="01632 960 171")
PERSON_ID, CARER_ID, WORKER_ID, THERAPIST_ID = "P1", "P2", "P3", "P4"

BEGUN = ReablementBegun(
    person="P-101",
    team="reablement",
    worker="reablement-worker",
    begun_on=date(2026, 1, 5),
    outcomes=(Outcome(what="Washes and dresses by herself"), Outcome(what="Makes her own breakfast")),
    visits=(
        Visit(days=EVERY_DAY, at=time(8), minutes=45, what="Washing, dressing and breakfast"),
        Visit(days=frozenset({Weekday.MONDAY, Weekday.THURSDAY}), at=time(18, 30), minutes=30, what="Evening meal"),
    ),
    support=(Support(what="She washes her face and arms; the worker helps with the rest"),),
    equipment=(Equipment(what="Bath step", since=date(2026, 1, 2)),),
    monitoring=Monitoring(rhythm=Rhythm.WEEKLY, how="Meera Solanki looks at what she did by herself"),
    involved=(EDITH, DAUGHTER, WORKER, THERAPIST),
)
"""Six weeks that are free from Monday 5 January 2026 to Sunday 15 February."""

SHORTER_MORNINGS = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=30),))
NO_EVENINGS = PlanEdits(visits=(VisitEdit(edit=EditKind.TAKE_OUT, item="V2"),))


def in_reablement(office: Office, **changes: Any) -> str:
    """Edith's reablement has begun; gives the ref of its case, which is the plan's."""
    return office.start(reablement, BEGUN.model_copy(update=changes))


def plan_stands(office: Office, plan: str) -> PlanStands:
    """How a plan stands now."""
    with office.council.database.read() as session:
        return standing_of_plan(session, plan)


def agreements(office: Office, plan: str) -> dict[str, bool]:
    """What each of those involved said last to a change of a plan, by their id."""
    query = select(PlanAgreement).where(PlanAgreement.case_ref == plan).order_by(PlanAgreement.id)
    with office.council.database.read() as session:
        return {one.party: one.agrees for one in session.scalars(query)}


def reablement_ends(office: Office, plan: str) -> None:
    """Reablement ends with this day, Monday 5 January 2026; it is Tuesday afterwards."""
    wanted = {"last_day": "2026-01-05", "because": "she has moved to her son's", "what_follows": "nothing"}
    office.signal(plan, ReablementEndWanted.model_validate(wanted), by="reablement-worker")
    office.days_pass(1)


def notes_of(office: Office, case: str) -> list[str]:
    """The notes that a case has left for the recording system, each with its title, the first first."""
    query = select(CaseNote).where(CaseNote.case_ref == case).order_by(CaseNote.wanted_at, CaseNote.key)
    with office.council.database.read() as session:
        return [f"{one.title}: {one.text}" for one in session.scalars(query)]
