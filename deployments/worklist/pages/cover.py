"""Standing in for one another: what is arranged, who is away with nobody standing in, arranging and calling off."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from deployments.worklist.pages.work import to_choose
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit, whole_number
from models.permissions import Action, Reach
from tasks.register.lookups import staff_in
from tasks.worklist.covering import (
    LONGEST,
    CoverRefused,
    Wanted,
    arrange,
    arrangements,
    away_and_uncovered,
    call_off,
    may_arrange_for,
)
from tasks.worklist.scope import NotFound

pages = Pages()
PATH = "/cover"


@pages.add(PATH, Action.ARRANGE_COVER, methods=("GET", "POST"))
def cover_page(visit: Visit) -> Response:
    """Who stands in for whom. `for` in the address is whose absence is to be covered, by staff id."""
    if not visit.is_post:
        return _page(visit, {"absent_id": visit.asked("for") or visit.member.id}, {})
    typed = {name: visit.sent(name) for name in ("absent_id", "covered_by")}
    problems: dict[str, str] = {}
    days = {name: _day(visit, name, problems) for name in ("from_on", "until_on")}
    for name, sentence in (("absent_id", "Select who is away"), ("covered_by", "Select who stands in")):
        if not typed[name]:
            problems[name] = sentence
    begins, ends = days["from_on"], days["until_on"]
    if not problems and begins is not None and ends is not None:
        wanted = Wanted(typed["absent_id"], typed["covered_by"], begins, ends)
        try:
            arrange(visit.council, wanted, by=visit.member)
        except CoverRefused as refused:
            problems = refused.problems
        else:
            return visit.go(PATH, say=f"{wanted.covered_by} stands in for {wanted.absent_id}.")
    return _page(visit, typed | {name: visit.sent(name) for name in days}, problems)


@pages.add("/cover/{number}/call-off", Action.ARRANGE_COVER, methods=("POST",))
def call_it_off(visit: Visit, number: str) -> Response:
    """End a cover before its time."""
    cover_id = whole_number(number, digits=15)
    if cover_id is None:
        raise NotFound("cover")
    call_off(visit.council, cover_id, by=visit.member)
    return visit.go(PATH, say="The cover is called off.")


def _day(visit: Visit, name: str, problems: dict[str, str]) -> date | None:
    """The day that a date field sent; what is wrong goes into `problems`."""
    given = visit.sent(name)
    try:
        return date.fromisoformat(given)
    except ValueError:
        problems[name] = "Enter the first day" if name == "from_on" else "Enter the last day"
        return None


def _page(visit: Visit, typed: dict[str, str], problems: dict[str, str]) -> Response:
    with visit.council.database.read() as session:
        absent = may_arrange_for(session, visit.member, visit.now)
        serving = sorted(staff_in(session, on=visit.today), key=lambda one: (one.name, one.id))
        arranged = arrangements(session, visit.member, visit.now)
        uncovered = away_and_uncovered(session, visit.member, visit.now)
    return visit.page(
        "cover.html",
        title="Standing in",
        status=400 if problems else 200,
        arranged=arranged,
        uncovered=uncovered,
        typed=typed,
        problems=problems,
        absent=to_choose(absent),
        serving=to_choose(serving),
        longest=LONGEST.days,
        only_themselves=visit.member.reach(Action.ARRANGE_COVER) is Reach.OWN,
        may_assign=visit.member.may(Action.ASSIGN_WORK),
    )
