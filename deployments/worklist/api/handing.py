"""Giving work to others: back to those who were asked, to a colleague, all that somebody has; and standing in."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from deployments.intake.webhook_problems import FieldProblem
from deployments.worklist.api.calling import Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.once import Key, came_before, note_done, sent_once
from deployments.worklist.api.problems import invalid
from deployments.worklist.api.shapes import Day, ItemId, Moment, Shape
from deployments.worklist.api.work_shapes import TakenOn
from models.permissions import Action
from models.roles import Role
from tasks.durable.worklist import item_named
from tasks.register.lookups import staff_member
from tasks.worklist.asked import asked_item
from tasks.worklist.assigning import assign, give_back
from tasks.worklist.covering import (
    CoverRefused,
    Wanted,
    arrange,
    arrangements,
    away_and_uncovered,
    call_off,
)
from tasks.worklist.moving import find_holder, give_on, held_by

operations = Operations("handing work on")
STAFF_ID = r"^[A-Za-z0-9][A-Za-z0-9-]{0,60}$"
StaffId = Annotated[str, Path(description="A staff id of the register.", pattern=STAFF_ID)]


class GivenTo(Shape):
    """To whom a work item goes."""

    staff: str = Field(pattern=STAFF_ID)
    """Staff id of somebody who could answer it."""


class HeldItem(Shape):
    """A work item, or a case, that is with somebody. References only."""

    id: str
    """Id of the work item, or the case's reference."""
    case: str
    title: str
    is_case: bool
    was_taken: bool
    due: Moment | None
    urgent: bool


class ToGiveOn(Shape):
    """What is to be given on, of all that is with somebody."""

    ids: list[str] = Field(min_length=1, max_length=2000)
    """Ids of work items and references of cases, as the list of what they hold has them."""
    to: str | None = Field(default=None, pattern=STAFF_ID)
    """Staff id; none: back to their team."""


class GivenOn(Shape):
    """What came of giving work on."""

    given: list[str]
    left: dict[str, str]
    """What could not be given, with why."""


class CoverWanted(Shape):
    """A cover to be arranged; both days are part of it."""

    absent: str = Field(pattern=STAFF_ID)
    """Staff id of who is away."""
    covered_by: str = Field(pattern=STAFF_ID)
    """Staff id of who stands in."""
    from_on: Day
    until_on: Day


class CoverShown(Shape):
    """A cover that is arranged. Names of staff are personal data."""

    id: int
    absent_id: str
    absent: str
    covered_by: str
    stands_in: str
    from_on: date
    until_on: date
    is_now: bool
    may_call_off: bool


class AwayShown(Shape):
    """Somebody who is away, or will be, for a time in which nobody stands in."""

    staff_id: str
    name: str
    role: Role
    team_id: str
    away_from: Moment
    back_at: Moment | None
    is_now: bool
    open_items: int
    due_meanwhile: int


class Covers(Shape):
    """Who stands in for whom, and who is away with nobody standing in."""

    arranged: list[CoverShown]
    uncovered: list[AwayShown]


class CoverArranged(Shape):
    """It is arranged."""

    id: int


_FIELDS = {"absent_id": "absent"}


@operations.add("POST", "/work-items/{item}/give-back", Action.SEE_WORK)
def give_work_back(call: Calling, item: ItemId) -> TakenOn:
    """Give a work item back to those who were asked; it is chased again."""
    case = asked_item(call.council, call.member, item).case_ref
    call.note_look("give-back-work-item", case)
    give_back(call.council, item, by=call.member)
    return TakenOn(id=item, case=case, assignee=None)


@operations.add("POST", "/work-items/{item}/assign", Action.ASSIGN_WORK)
def assign_work(call: Calling, item: ItemId, given: GivenTo) -> TakenOn:
    """Give a work item to somebody who could answer it; they are told."""
    case = asked_item(call.council, call.member, item).case_ref
    call.note_look("assign-work-item", case)
    assign(call.council, item, to=given.staff.lower(), by=call.member)
    with call.council.database.read() as session:
        return TakenOn(id=item, case=case, assignee=item_named(session, item).assignee)


@operations.add("GET", "/staff/{staff}/work-items", Action.ASSIGN_WORK)
def list_held(call: Calling, staff: StaffId) -> list[HeldItem]:
    """All that is with somebody: asked by name, taken, and the cases that they own; noted in the access log."""
    with call.council.database.read() as session:
        holder = find_holder(session, call.member, staff)
    call.note_look("list-work", holder.id)
    with call.council.database.read() as session:
        held = held_by(session, call.council.policy, call.member, holder, call.now)
    return [HeldItem.model_validate(one) for one in held]


@operations.add("POST", "/staff/{staff}/work-items/give-on", Action.ASSIGN_WORK)
def give_work_on(call: Calling, staff: StaffId, wanted: ToGiveOn) -> GivenOn:
    """Give on what is with somebody who is away or leaves; what is not with them any more is passed over."""
    with call.council.database.read() as session:
        holder = find_holder(session, call.member, staff)
        if wanted.to is not None and staff_member(session, wanted.to) is None:
            raise invalid([FieldProblem(pointer="/to", detail="the register has no member of staff of that id")])
    call.note_look("give-work-on", holder.id)
    to = wanted.to.lower() if wanted.to is not None else None
    return GivenOn.model_validate(give_on(call.council, call.member, holder.id, wanted.ids, to=to))


@operations.add("GET", "/cover", Action.ARRANGE_COVER)
def list_cover(call: Calling) -> Covers:
    """Who stands in for whom from today on, and who is away with nobody standing in, as far as it is theirs to see."""
    with call.council.database.read() as session:
        return Covers(
            arranged=[CoverShown.model_validate(one) for one in arrangements(session, call.member, call.now)],
            uncovered=[AwayShown.model_validate(one) for one in away_and_uncovered(session, call.member, call.now)],
        )


@operations.add("POST", "/cover", Action.ARRANGE_COVER, status=201)
def arrange_cover(call: Calling, wanted: CoverWanted, key: Key = None) -> CoverArranged:
    """Arrange who stands in for somebody; the same arrangement again is the one that is there."""
    sent = sent_once(call, "/api/v1/cover", key, wanted.model_dump(mode="json"))
    if (made := came_before(call, sent)) is not None:
        return CoverArranged(id=int(made))
    asked_for = Wanted(wanted.absent.lower(), wanted.covered_by.lower(), wanted.from_on, wanted.until_on)
    try:
        number = arrange(call.council, asked_for, by=call.member)
    except CoverRefused as refused:
        named = {_FIELDS.get(name, name): sentence for name, sentence in refused.problems.items()}
        raise invalid([FieldProblem(pointer=f"/{name}", detail=said) for name, said in named.items()]) from None
    note_done(call, sent, str(number))
    return CoverArranged(id=number)


@operations.add("DELETE", "/cover/{number}", Action.ARRANGE_COVER, status=204)
def end_cover(call: Calling, number: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """Call a cover off; one that has ended stays as it is."""
    call_off(call.council, number, by=call.member)
    return Response(status_code=204)
