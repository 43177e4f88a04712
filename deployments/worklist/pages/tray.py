"""The planned work tray: who waits on it, now or on any past day, and the contacts of a day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from deployments.tray_columns import COLUMNS, CONTACT_COLUMNS, contact_of, csv_file, row_of
from deployments.worklist.downloads import download
from deployments.worklist.recording import record_of
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.decision_tables.levels import Complexity, Priority
from models.permissions import Action
from models.working_time import local_day
from tasks.as_of import DayToCome, moment_of
from tasks.tray.days_contacts import contacts_on
from tasks.tray.listing import UNRATED, Order
from tasks.worklist.tray_pages import (
    LINES,
    Wanted,
    named_contacts,
    named_rows,
    tray_asked_for,
    tray_of,
    trays_of,
)

Level = TypeVar("Level", bound=StrEnum)

pages = Pages()
COLOURS = ("Red", "Amber", "Green", UNRATED)
EVERY_TEAM = "every-team"
"""What the access log has where the trays of all teams were looked at."""
ORDERS = {
    Order.WORST: "Worst first",
    Order.PRIORITY: "Priority",
    Order.COMPLEXITY: "Complexity",
    Order.WAIT: "Longest wait first",
    Order.CONTACT: "Next contact first",
}
"""Each order in words."""


@pages.add("/tray", Action.SEE_TRAY)
def tray(visit: Visit) -> Response:
    """Everybody who waits, worst first unless it is asked otherwise; a page at a time."""
    day, problem = day_asked(visit, "as_of")
    moment = moment_of(day, visit.now)
    with visit.council.database.read() as session:
        wanted = _wanted(visit, tray_asked_for(session, visit.member, visit.asked("team")))
    note_team(visit, wanted.team, "read-tray")
    with visit.council.database.read() as session:
        found = tray_of(session, visit.member, moment, wanted)
        number, count = _page_asked(visit, len(found.rows))
        first = (number - 1) * LINES
        lines = named_rows(session, visit.member, found.rows[first : first + LINES], visit.now)
        teams = trays_of(session, visit.member)
    chosen = _chosen(wanted, day)
    return visit.page(
        "tray.html",
        title="Planned work tray",
        found=found,
        lines=lines,
        first=first + 1,
        teams=teams,
        chosen=chosen,
        typed=visit.asked("as_of"),
        problem=problem,
        moment=moment,
        is_past=moment < visit.now,
        colours=COLOURS,
        priorities=tuple(Priority),
        complexities=tuple(Complexity),
        orders=ORDERS,
        pages=count,
        number=number,
        page_at=lambda at: address("/tray", chosen | {"page": str(at) if at > 1 else ""}),
        csv_at=address("/tray/list.csv", chosen),
        record_of=record_of(visit.desk),
    )


@pages.add("/tray/list.csv", Action.SEE_TRAY)
def tray_csv(visit: Visit) -> Response:
    """The same list, whole, for a spreadsheet; references only."""
    day, _ = day_asked(visit, "as_of")
    moment = moment_of(day, visit.now)
    with visit.council.database.read() as session:
        wanted = _wanted(visit, tray_asked_for(session, visit.member, visit.asked("team")))
    note_team(visit, wanted.team, "read-tray")
    with visit.council.database.read() as session:
        found = tray_of(session, visit.member, moment, wanted)
    name = f"tray-{wanted.team or EVERY_TEAM}-{local_day(moment).isoformat()}.csv"
    return download(name, csv_file(COLUMNS, map(row_of, found.rows)), "text/csv")


@pages.add("/tray/contacts", Action.SEE_TRAY)
def tray_contacts(visit: Visit) -> Response:
    """Every contact and every attempt of a day: the manager's daily list (PWT-51)."""
    day, problem = day_asked(visit, "on")
    day = day or visit.today
    with visit.council.database.read() as session:
        team = tray_asked_for(session, visit.member, visit.asked("team"))
    note_team(visit, team, "read-tray-contacts")
    with visit.council.database.read() as session:
        lines = contacts_on(session, day, team=team)
        number, count = _page_asked(visit, len(lines))
        first = (number - 1) * LINES
        named = named_contacts(session, visit.member, lines[first : first + LINES], visit.now)
        teams = trays_of(session, visit.member)
    chosen = {"team": team or "", "on": day.isoformat()}
    return visit.page(
        "tray_contacts.html",
        title="Contacts with people on the tray",
        lines=named,
        first=first + 1,
        every=len(lines),
        made=sum(line.reached for line in lines),
        day=day,
        teams=teams,
        chosen=chosen,
        typed=visit.asked("on") or day.isoformat(),
        problem=problem,
        pages=count,
        number=number,
        page_at=lambda at: address("/tray/contacts", chosen | {"page": str(at) if at > 1 else ""}),
        csv_at=address("/tray/contacts.csv", chosen),
        unrated=UNRATED,
    )


@pages.add("/tray/contacts.csv", Action.SEE_TRAY)
def tray_contacts_csv(visit: Visit) -> Response:
    """The contacts of a day for a spreadsheet; references only."""
    day = day_asked(visit, "on")[0] or visit.today
    with visit.council.database.read() as session:
        team = tray_asked_for(session, visit.member, visit.asked("team"))
    note_team(visit, team, "read-tray-contacts")
    with visit.council.database.read() as session:
        lines = contacts_on(session, day, team=team)
    name = f"tray-contacts-{team or EVERY_TEAM}-{day.isoformat()}.csv"
    return download(name, csv_file(CONTACT_COLUMNS, map(contact_of, lines)), "text/csv")


# ------------------------------------------------------------------ what all pages of the tray ask


def note_team(visit: Visit, team: str | None, what: str) -> None:
    """Enter in the access log that somebody looks at a team's tray, or at all."""
    visit.note_look(what, f"team-{team}" if team is not None else EVERY_TEAM)


def day_asked(visit: Visit, name: str) -> tuple[date | None, str]:
    """The day that was asked for, None for none; and what is wrong with it."""
    text = visit.asked(name)
    if not text:
        return None, ""
    try:
        day = date.fromisoformat(text)
        moment_of(day, visit.now)
    except DayToCome as refused:
        return None, str(refused)
    except (ValueError, OverflowError):
        return None, "Enter a day such as 2026-01-09: year, month and day"
    return day, ""


def address(path: str, asked: dict[str, str]) -> str:
    """A path of ours with what was asked; references only."""
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{said}" if said else path


def _wanted(visit: Visit, team: str | None) -> Wanted:
    """What was asked for; what is no choice of ours is passed over."""
    colour = visit.asked("colour")
    return Wanted(
        team=team,
        colour=colour if colour in COLOURS else None,
        priority=_one_of(Priority, visit.asked("priority")),
        complexity=_one_of(Complexity, visit.asked("complexity")),
        order=_one_of(Order, visit.asked("sort")) or Order.WORST,
    )


def _one_of(levels: type[Level], text: str) -> Level | None:
    return levels(text) if text in set(levels) else None


def _chosen(wanted: Wanted, day: date | None) -> dict[str, str]:
    return {
        "team": wanted.team or "",
        "colour": wanted.colour or "",
        "priority": wanted.priority or "",
        "complexity": wanted.complexity or "",
        "sort": "" if wanted.order is Order.WORST else wanted.order,
        "as_of": day.isoformat() if day else "",
    }


def _page_asked(visit: Visit, lines: int) -> tuple[int, int]:
    """Which page is shown, and how many there are; a page after the last is the last."""
    count = max(1, -(-lines // LINES))
    text = visit.asked("page")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(number, 1), count), count
