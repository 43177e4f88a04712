"""Nobody forgotten: everybody who waits on the council, and whom nobody may be looking after. Managers begin here."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from starlette.responses import Response

from deployments.worklist.recording import record_of
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from tasks.as_of import DayToCome, moment_of
from tasks.unseen.lines import EVERYBODY
from tasks.unseen.words import WHY
from tasks.worklist.everybody import LINES, everybody
from tasks.worklist.naming import team_names
from tasks.worklist.scope import NotFound

pages = Pages()


@pages.add("/unseen", Action.SEE_ONE_LIST)
def unseen(visit: Visit) -> Response:
    """The one list, now or at the end of a past day, of every team or of one."""
    as_of, team, only, number = (visit.asked(one) for one in ("as_of", "team", "only", "page"))
    day, problem = _day_of(as_of)
    try:
        moment = moment_of(day, visit.now)
    except DayToCome as refused:
        moment, day, problem = visit.now, None, str(refused)
    visit.note_look("read-one-list", EVERYBODY)
    with visit.council.database.read() as session:
        teams = team_names(session)
        if team and team not in teams:
            raise NotFound("team")
        found = everybody(
            session,
            visit.member,
            visit.council.policy,
            moment,
            visit.now,
            team=team or None,
            only=bool(only),
            number=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
        )
    chosen = {"team": team, "only": "yes" if only else "", "as_of": day.isoformat() if day else ""}
    return visit.page(
        "unseen.html",
        title="Nobody forgotten",
        found=found,
        moment=moment,
        is_past=moment < visit.now,
        teams=teams,
        chosen=chosen,
        typed=as_of,
        problem=problem,
        why=WHY,
        at_once=LINES,
        page_at=lambda wanted: _address(chosen | {"page": str(wanted) if wanted > 1 else ""}),
        may_see_tray=visit.member.may(Action.SEE_TRAY),
        may_see_red=visit.member.may(Action.SEE_RED_LIST),
        record_of=record_of(visit.desk),
    )


def _day_of(text: str) -> tuple[date | None, str]:
    """The day that was asked for, and what is wrong with it."""
    if not text:
        return None, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, "Enter a day such as 2026-01-09: year, month and day"


def _address(asked: dict[str, str]) -> str:
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"/unseen?{said}" if said else "/unseen"
