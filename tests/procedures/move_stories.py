"""What stories of moves between services have in common: somebody moves, and each who acts answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from flows.move_between_services import move_between_services
from models.forms.going_over import MakesDecision
from models.forms.handover import HandoverReply
from models.forms.move_day import MoveChecked, MoveDay, MoveDecided
from models.forms.move_preparing import ArrangementsInPlace, MovePlanned, MoveTakenOn, MoveTalkedOver
from models.forms.moves import MoveWanted
from models.moves.kinds import Arrangement, Decided, Pathway, TheySay, WhoMoves
from models.moves.tables import Move, MoveGap, MoveHandover
from tasks.durable.testing import Office

THE_DAY = date(2026, 1, 19)
WANTED = MoveWanted(
    person="P-104",
    who_moves=WhoMoves.ADULT,
    pathway=Pathway.BETWEEN_SERVICES,
    why="The day centre closes on two days, and he wishes company on five",
    old_service="The Orchard Day Centre",
    old_provider="the-orchard",
    to_be_found=False,
    new_service="A lunch club in Rowan Street",
    new_team="rowan",
    day=THE_DAY,
    asked_by="staff-practitioner",
)
AGREES = MoveTalkedOver(
    talked=True, risks="He may tire; the club rings us", wishes="He looks forward to it",
    decides=MakesDecision.THEY_DO, they_say=TheySay.AGREES,
)  # fmt: skip
REFUSES = AGREES.model_copy(update={"they_say": TheySay.REFUSES, "because": "He knows nobody there"})
PLAN = MovePlanned(
    day=THE_DAY, what_next="The club's car fetches him on Monday at ten", who_does_it="Priya Nair is there at ten",
    medicines="His own, at home", gp="Nothing needs to be done", belongings="Nothing needs to be done",
    family_told="His niece, by Priya Nair", risks="He may tire; the club rings us", liberty=False,
    transport="The club's car", equipment="Nothing needs to be done", records="Priya Nair sends the plan",
    funding="The council, from Monday", home="Nothing needs to be done", learning="Nothing needs to be done",
    other="Nothing needs to be done",
)  # fmt: skip
IN_PLACE = ArrangementsInPlace(in_place=frozenset(Arrangement))
TAKEN_ON = MoveTakenOn(reply=HandoverReply.ACCEPT, taken_on_by="Joan Hale at the club", from_day=THE_DAY)
REFUSED = MoveTakenOn(reply=HandoverReply.REFUSE, reason="We have no room until spring")
THERE = MoveDay(done=True, received_by="Joan Hale", old_ended="Priya Nair told the centre, from today")
WELL = MoveChecked(well=True, what_next="A review in March, by Samir Haddad")
NOW = MoveDecided(decided=Decided.NOW, reasons="She cannot stay another night", safe_by="Her son is with her")
NO_MOVE = MoveDecided(decided=Decided.NO_MOVE, reasons="He does not want it", safe_by="The day centre goes on")


def moves(office: Office, **changes: Any) -> str:
    """Somebody is to move; gives the case's ref."""
    return office.start(move_between_services, WANTED.model_copy(update=changes))


def prepare(office: Office, case: str, *, by: str = "practitioner") -> None:
    """Talked over, planned, and everything in place."""
    office.answer(case, AGREES, by=by)
    office.answer(case, PLAN, by=by)
    office.answer(case, IN_PLACE, by=by)


def take_on(office: Office, case: str, *, by: str = "practitioner-5", **changes: Any) -> None:
    """Whoever receives them accepts by name."""
    office.answer(case, TAKEN_ON.model_copy(update=changes), by=by)


def asked(office: Office, case: str) -> dict[str, str]:
    """What the case asks of whom."""
    lines = [line.partition(",")[0] for line in office.waiting_for(case) if " of " in line]
    return {form: whom for form, _, whom in (line.partition(" of ") for line in lines)}


def row_of(office: Office, case: str) -> Move:
    """The move as lists and figures have it."""
    with office.council.database.read() as session:
        return session.get_one(Move, case)


def handovers(office: Office, case: str) -> list[tuple[str, str | None, bool]]:
    """Each time somebody was asked to take them on: whom, what came of it, and whether they let the time pass."""
    with office.council.database.read() as session:
        rows: Iterable[MoveHandover] = session.scalars(
            select(MoveHandover).where(MoveHandover.case_ref == case).order_by(MoveHandover.number)
        )
        return [(one.asked_of, one.came, one.silent_at is not None) for one in rows]


def gaps(office: Office, case: str) -> list[tuple[date, date | None]]:
    """From which day until which they were without care."""
    with office.council.database.read() as session:
        rows: Iterable[MoveGap] = session.scalars(select(MoveGap).where(MoveGap.case_ref == case))
        return [(one.began_on, one.ended_on) for one in rows]
