"""Edith Tilling's reablement, as the stories about it begin."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from flows.reablement import reablement
from models.forms.reablement import ReablementBegun
from models.reablement.edits import EditKind, PlanEdits, VisitEdit
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
from tasks.durable.testing import Office

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
