"""Placements out of area, answers about them and ways of looking that the stories use."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from flows.disclosure import disclosure
from flows.out_of_area_placement import out_of_area_placement
from flows.out_of_area_sharing import out_of_area_sharing
from models.cases import Wait, WorkItem
from models.entry_kinds import EntryKind
from models.forms.out_of_area import (
    AngleLookedAt,
    ConcernActedOn,
    OutOfAreaPlacement,
    PlacementEndConfirmed,
    PlacementReviewed,
    PlacementTakenOn,
)
from models.forms.out_of_area_sharing import CouncilAnswered
from models.out_of_area.kinds import Direction, PlacementEnd
from models.out_of_area.tables import Placement, PlacementAngle, PlacementShare
from models.providers.kinds import PaidBy
from models.register import Person
from models.states import WaitState, WorkItemState
from models.working_time import LONDON
from tasks.deaths import heed_deaths
from tasks.durable import worklist
from tasks.durable.ledger import recall
from tasks.durable.safeguarding_asked import with_the_word
from tasks.durable.testing import Office
from tests.procedures.provider_stories import gate_allows, opened_by

OWNER, MANAGER = "practitioner-4", "team-manager"
"""Joanna Fielding of Rowan, who takes placements on; and who confirms their end."""
LYDIA = OutOfAreaPlacement(
    direction=Direction.OURS_ELSEWHERE,
    person="P-113",
    provider="harbour-view",
    council="Eastmere Council",
    council_contact="Eastmere placements desk, 01632 960 720",
    placed_on=date(2026, 1, 5),
    paid_by=PaidBy.COUNCIL,
)
"""Lydia Farrant of Wenbridge lives in Harbour View, in Eastmere's area."""
PER = OutOfAreaPlacement(
    direction=Direction.THEIRS_HERE,
    person="P-110",
    provider="willow-bank",
    council="Eastmere Council",
    placed_on=date(2026, 1, 5),
    paid_by=PaidBy.OTHER_COUNCIL,
)
"""Eastmere has placed Per Lindqvist in Willow Bank House, in our area."""
TAKEN = PlacementTakenOn(first_steps="Ring her on Tuesday, and the home's manager")
ANSWERED = CouncilAnswered(answered=True, by_whom="Jo Marsh, Eastmere", came_back="They visit the home each spring")
SILENT = CouncilAnswered(answered=False, asked_again="Rang the desk, left word")
WELL = PlacementReviewed(
    seen_in_person=True, seen_on=date(2026, 2, 16), their_view="She likes the sea", found="Settled", what_follows=""
)
ACTED = ConcernActedOn(spoken_with="Jo Marsh", person_is="Well; I rang her", done="A visit tomorrow, by me")
MOVED_BACK = PlacementEndConfirmed(
    ended=True, reason=PlacementEnd.MOVED_BACK, ended_on=date(2026, 1, 12), looked_after_by="Joanna Fielding"
)
GOES_ON = PlacementEndConfirmed(ended=False, goes_on_because="She was in hospital for two nights")
DIED = PlacementEndConfirmed(ended=True, reason=PlacementEnd.DIED, ended_on=date(2026, 1, 8))


def on_the_tracker(office: Office, placed: OutOfAreaPlacement = LYDIA, **changes: Any) -> str:
    """Somebody is placed out of area; gives the case's ref."""
    return office.start(out_of_area_placement, placed.model_copy(update=changes))


def taken_on(office: Office, placed: OutOfAreaPlacement = LYDIA, **changes: Any) -> str:
    """As `on_the_tracker`, and somebody has taken it on by name."""
    case = on_the_tracker(office, placed, **changes)
    office.answer(case, TAKEN, by=taker_of(office, case))
    return case


def taker_of(office: Office, case: str) -> str:
    """Somebody of the team that is asked to take it on."""
    asked = next(one for one in waits_for(office, case) if one.startswith("PlacementTakenOn"))
    return {"hazel": "practitioner", "rowan": OWNER}.get(asked.rpartition(" ")[2], "commissioning-officer")


def sharings_of(office: Office, case: str) -> list[str]:
    """Refs of the cases in which the other council is told of a placement, the oldest first."""
    name = out_of_area_sharing.procedure.name
    with office.council.database.read() as session:
        entries = recall(session, case)
    return [str(one.data) for one in entries if one.kind is EntryKind.CASE_OPENED and one.step == name]


def told(office: Office, sharing: str, *, giver: str) -> None:
    """The gate allows it and somebody gives it."""
    gate_allows(office, opened_by(office, sharing, disclosure)[-1], giver=giver)


def dies(office: Office, person: str, on: date) -> None:
    """The register shows that somebody has died, and the house heeds it."""
    with office.council.database.write() as session:
        session.get_one(Person, person).died_on = on
    heed_deaths(office.council)
    office.hours_pass(0)


def row_of(office: Office, case: str) -> Placement:
    """The placement as the tracker has it."""
    with office.council.database.read() as session:
        return session.get_one(Placement, case)


def side_of(office: Office, case: str, angle: str) -> PlacementAngle:
    """One of its sides."""
    with office.council.database.read() as session:
        return session.get_one(PlacementAngle, (case, angle))


def share_of(office: Office, sharing: str) -> PlacementShare:
    """What the other council is told, as the tracker has it."""
    with office.council.database.read() as session:
        return session.get_one(PlacementShare, sharing)


def waits_for(office: Office, case: str) -> list[str]:
    """What is asked in a case, by form and whom."""
    return [one.partition(",")[0] for one in office.waiting_for(case) if " of " in one]


def asked_on(office: Office, case: str, form: str) -> str:
    """The day on which that question was put, as the local date."""
    with office.council.database.read() as session:
        found = select(WorkItem).where(WorkItem.case_ref == case, WorkItem.form == form)
        item = session.scalars(found.order_by(WorkItem.opened_at.desc())).first()
        assert item is not None
        return item.opened_at.astimezone(LONDON).date().isoformat()


def next_date(office: Office, case: str) -> Any:
    """The earliest date of what is open in a case."""
    with office.council.database.read() as session:
        waits = session.scalars(select(Wait.due).where(Wait.case_ref == case, Wait.state == WaitState.OPEN))
        items = session.scalars(
            select(WorkItem.due).where(WorkItem.case_ref == case, WorkItem.state == WorkItemState.OPEN)
        )
        return min((due for due in (*waits, *items) if due is not None), default=None)


def answers_from(office: Office, case: str, angle: str, looked_at: AngleLookedAt) -> None:
    """Whoever watches that side says what they found."""
    with office.council.database.read() as session:
        found = select(WorkItem).where(WorkItem.case_ref == case, WorkItem.state == WorkItemState.OPEN)
        item = session.scalars(found.where(WorkItem.key.startswith(f"look-at-{angle}"))).one()
    by = item.asked_of.removeprefix("staff-")
    worklist.answer(office.council, item.id, with_the_word(AngleLookedAt, looked_at.model_dump(mode="json")), by=by)
    office.hours_pass(0)


def looked(office: Office, found: str = "Rated good in March", days: int = 60) -> AngleLookedAt:
    """Somebody looked from one side today."""
    return AngleLookedAt(found=found, looked_at_again_on=office.clock.now().date() + timedelta(days=days))
