"""Lists of work, and taking an item, giving it back, giving it to somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from deployments.worklist.pages.work_filters import Asked, filters_of, query_of
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action, Reach
from models.register import Staff
from models.states import WorkItemState
from tasks.durable.worklist import HeldByAnother, NoLongerOpen, take
from tasks.register.lookups import away_now, staff_member
from tasks.worklist.asked import asked_item
from tasks.worklist.assigning import assign, give_back, may_give, receivers
from tasks.worklist.listing import work
from tasks.worklist.naming import title_of
from tasks.worklist.paging import Cursor
from tasks.worklist.query import Whose
from tasks.worklist.scope import find_item

pages = Pages()
PATH = "/work-items"
HOLDER = "_holder"
"""Who had a work item when its page was made, by staff id; empty: nobody."""
_TITLES = {Whose.MINE: "My work", Whose.TEAM: "My team’s work", Whose.ALL: "Everything I may see"}


@pages.add(PATH, Action.SEE_WORK)
def work_list(visit: Visit) -> Response:
    """A page of a list. Its address says what is wanted, by references only."""
    asked = query_of(visit.asked)
    query = asked.query
    visit.note_look("list-work", str(query.whose))
    with visit.council.database.read() as session:
        found = work(session, visit.member, query, _place(visit), now=visit.now)
        filters = filters_of(session, visit.today)
    return visit.page(
        "work.html",
        title=_TITLES[query.whose],
        found=found,
        asked=asked,
        filters=filters,
        total=_in_words(found.total.number, found.total.is_all) if found.total is not None else "",
        tabs=_tabs(visit, asked),
        next_page=_address(asked, after=found.next) if found.next is not None else "",
        previous_page=_address(asked, after=found.previous) if found.previous is not None else "",
        first_page=_address(asked) if visit.asked("after") else "",
        procedure=title_of,
        may_assign=visit.member.may(Action.ASSIGN_WORK),
        may_cover=visit.member.may(Action.ARRANGE_COVER),
        may_find=visit.member.may(Action.FIND_PERSON),
        status=400 if asked.problems else 200,
    )


def _place(visit: Visit) -> Cursor | None:
    written = visit.asked("after")
    return Cursor.read(written) if written else None


def _in_words(number: int, is_all: bool) -> str:
    if not is_all:
        return f"More than {number:,} work items"
    return "1 work item" if number == 1 else f"{number:,} work items"


def _tabs(visit: Visit, asked: Asked) -> list[dict[str, Any]]:
    reach = visit.member.reach(Action.SEE_WORK)
    shown = [one for one in Whose if one is not Whose.TEAM or reach >= Reach.TEAM]
    here = asked.query.whose if asked.query.whose in shown else Whose.MINE
    return [{"text": _TITLES[one], "href": _address(asked, whose=one), "here": one is here} for one in shown]


def _address(asked: Asked, *, after: Cursor | None = None, whose: Whose | None = None) -> str:
    """The list's address, of its first page or from a place on."""
    said = dict(asked.said) | {"whose": str(whose or asked.query.whose)}
    if after is not None:
        said["after"] = after.written()
    return f"{PATH}?{urlencode(said)}"


# ------------------------------------------------------------------ one work item


@pages.add("/work-items/{item}/take", Action.SEE_WORK, methods=("POST",))
def take_it(visit: Visit, item: str) -> Response:
    """Take a work item, or take it over; from nobody who did not have it when they opened the page."""
    with visit.council.database.read() as session:
        had_it = find_item(session, visit.member, item, visit.today).assignee
    try:
        take(visit.council, item, by=visit.member.id, seen_holder=visit.sent(HOLDER) or None)
    except HeldByAnother:
        return _held_by_another(visit, item)
    from_whom = "" if had_it in (None, visit.member.id) else f" You took it over from {had_it}, who is told."
    return visit.go(f"/work-items/{item}", say=f"{item} is yours.{from_whom}")


def _held_by_another(visit: Visit, item_id: str) -> Response:
    """Who has it by now, and whether it is to be taken over from them."""
    item = asked_item(visit.council, visit.member, item_id)
    visit.note_look("read-work-item", item.case_ref)
    if item.taken_by in (None, visit.member.id) or not item.may_answer:
        return visit.go(f"/work-items/{item_id}")
    title = f"Take it over from {item.taken_by_name}?"
    return visit.page("work_held.html", title=title, status=409, item=item)


@pages.add("/work-items/{item}/give-back", Action.SEE_WORK, methods=("POST",))
def give_it_back(visit: Visit, item: str) -> Response:
    """Give a work item back to those who were asked."""
    with visit.council.database.read() as session:
        find_item(session, visit.member, item, visit.today)
    give_back(visit.council, item, by=visit.member)
    return visit.go(PATH, say=f"{item} is given back. Those who were asked are told, and it is chased again.")


@pages.add("/work-items/{item}/assign", Action.ASSIGN_WORK, methods=("GET", "POST"))
def assign_it(visit: Visit, item: str) -> Response:
    """Choose to whom a work item is given, and give it."""
    with visit.council.change() as change:
        found = find_item(change.session, visit.member, item, visit.today)
        if found.state != WorkItemState.OPEN:
            raise NoLongerOpen(f"{item} is no longer open")
        may_give(change, visit.member, found)
        choices = receivers(change.session, change.policy, found, visit.now)
        away = away_now(change.session, visit.now)
        has_it = staff_member(change.session, found.assignee) if found.assignee is not None else None
    to, problem = visit.sent("to"), ""
    if visit.is_post and to in {one.id for one in choices}:
        assign(visit.council, item, to=to, by=visit.member)
        return visit.go(PATH, say=f"{item} is given to {to}.")
    if visit.is_post:
        problem = "Select who is to have it"
    return visit.page(
        "work_assign.html",
        title="Give it to somebody",
        status=400 if problem else 200,
        item=found,
        has_it=has_it,
        choices=to_choose(choices, away),
        problem=problem,
    )


def to_choose(people: Iterable[Staff], away: Collection[str] = ()) -> list[dict[str, str]]:
    """Members of staff as a select offers them, nobody chosen yet; it says who has left, and who is away now."""
    return [
        {"value": "", "text": "Select a name"},
        *({"value": one.id, "text": _known_as(one, is_away=one.id in away)} for one in people),
    ]


def _known_as(one: Staff, *, is_away: bool) -> str:
    gone = ", left" if one.left_on is not None else ", away now" if is_away else ""
    return f"{one.name}, {one.role.replace('-', ' ')}, {one.team_id}{gone}"
