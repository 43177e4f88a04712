"""The figures of the tray: those of a period as councils are asked for them, and how it went over half a year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup
from starlette.responses import Response

from deployments.worklist import charts
from deployments.worklist.charts import Chart, Series
from deployments.worklist.looks import day_in_words
from deployments.worklist.pages.tray import COLOURS, note_team
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from tasks.as_of import DayToCome
from tasks.tray.contacts import Made
from tasks.tray.over_time import Week, over_time
from tasks.tray.reporting import Report, report
from tasks.worklist.tray_pages import readable_of, tray_asked_for, trays_of

pages = Pages()
USUAL_PERIOD = timedelta(days=27)
"""From the first to the last day of what is shown where nothing is asked for: four weeks."""
_PARTS = {Made.ON_TIME: "on-time", Made.LATE: "late", Made.MISSED: "missed"}


@pages.add("/tray/report", Action.SEE_TRAY, methods=("GET", "POST"))
def tray_report(visit: Visit) -> Response:
    """The figures of a period; what managers wrote only where it is asked for, and each case is noted as read."""
    said = visit.sent if visit.is_post else visit.asked
    begins, ends, typed, problem = _period(visit, said("begins"), said("ends"))
    with visit.council.database.read() as session:
        team = tray_asked_for(session, visit.member, said("team"))
    note_team(visit, team, "read-tray-report")
    with visit.council.database.read() as session:
        found = report(session, begins, ends, visit.now, team=team)
        teams = trays_of(session, visit.member)
        refs = _refs_in(found)
        readable = readable_of(session, visit.member, sorted(refs), visit.now)
    with_reasons = visit.is_post and visit.sent("reasons") == "yes"
    if with_reasons:
        _note_reasons(visit, found, readable)
    return visit.page(
        "tray_report.html",
        title="Figures of the tray",
        found=found,
        groups=[(_whose(one.team, one.colour, teams), one) for one in found.groups],
        teams=teams,
        team=team or "",
        typed=typed,
        problem=problem,
        readable=readable,
        with_reasons=with_reasons,
    )


@dataclass(frozen=True)
class Shown:
    """A chart, what it shows in a sentence, and the same as a table."""

    heading: str
    drawing: Markup
    sentence: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@pages.add("/tray/over-time", Action.SEE_TRAY)
def tray_over_time(visit: Visit) -> Response:
    """Half a year, week by week: how many waited, for how long, and what became of the contacts."""
    with visit.council.database.read() as session:
        team = tray_asked_for(session, visit.member, visit.asked("team"))
    note_team(visit, team, "read-tray-over-time")
    with visit.council.database.read() as session:
        weeks = over_time(session, visit.now, team=team)
        teams = trays_of(session, visit.member)
    return visit.page(
        "tray_over_time.html",
        title="The tray over time",
        how_many=_how_many(weeks) if any(one.waiting["all"].people for one in weeks) else None,
        how_long=list(_how_long(weeks)),
        contacts=_contacts(weeks) if any(one.contacts for one in weeks) else None,
        weeks=len(weeks),
        teams=teams,
        team=team or "",
    )


# ------------------------------------------------------------------ the charts


def _how_many(weeks: Sequence[Week]) -> Shown:
    present = [one for one in COLOURS if any(week.waiting[one].people for week in weeks)]
    last = weeks[-1].waiting
    sentence = f"{_stretch(weeks)} At the end {_listed([f'{last[one].people} {one}' for one in present])}."
    series = [Series(one.capitalize(), [w.waiting[one].people for w in weeks], one.lower()) for one in present]
    chart = Chart("how-many", "How many wait at each week's end, by colour", sentence, _ends(weeks), series[::-1])
    rows = [[_short(week.ends), *(str(week.waiting[one].people) for one in (*present, "all"))] for week in weeks[::-1]]
    columns = ["Week's end", *(one.capitalize() for one in present), "Together"]
    return Shown("How many wait", charts.bars(chart), sentence, columns, rows)


def _how_long(weeks: Sequence[Week]) -> Iterator[Shown]:
    """One chart for each colour of which anybody waited, on one scale."""
    present = [one for one in COLOURS if any(week.waiting[one].people for week in weeks)]
    longest = max((week.waiting[one].ninetieth_centile_days or 0 for week in weeks for one in present), default=0)
    for colour in present:
        figures = [week.waiting[colour] for week in weeks]
        last = figures[-1]
        now = (
            f"At the end half of them had waited at most {_days(last.median_days)}, nine in ten at most "
            f"{_days(last.ninetieth_centile_days)}."
            if last.people
            else "At the end nobody waited."
        )
        series = [
            Series("9 in 10:", [one.ninetieth_centile_days for one in figures], "dashed"),
            Series("Median:", [one.median_days for one in figures], "plain"),
        ]
        name = colour.capitalize()
        chart = Chart(
            f"how-long-{colour.lower()}",
            f"{name}: days waited at each week's end",
            f"{_stretch(weeks)} {now}",
            _ends(weeks),
            series,
            most=charts.nice_top(longest),
        )
        rows = [
            [_short(week.ends), str(one.people), _cell(one.median_days), _cell(one.ninetieth_centile_days)]
            for week, one in zip(weeks[::-1], figures[::-1], strict=True)
        ]
        columns = ["Week's end", "People", "Median days", "Nine in ten, days"]
        yield Shown(name, charts.lines(chart), chart.sentence, columns, rows)


def _contacts(weeks: Sequence[Week]) -> Shown:
    sums = [sum(one.contacts.values()) for one in weeks]
    shares = {
        made: [
            100 * one.contacts.get(made, 0) / due if due else None for one, due in zip(weeks, sums, strict=True)
        ]
        for made in Made
    }  # fmt: skip
    on_time = sum(one.contacts.get(Made.ON_TIME, 0) for one in weeks)
    sentence = f"{_stretch(weeks)} Of {sum(sums)} contacts that were due, {on_time} were made on time."
    series = [Series(made.capitalize(), shares[made], _PARTS[made]) for made in Made]
    chart = Chart(
        "contacts", "Contacts due in each week: share on time, late, missed", sentence, _ends(weeks), series, "%", 100
    )
    rows = [
        [_short(one.ends), str(due), *(str(one.contacts.get(made, 0)) for made in Made)]
        for one, due in zip(weeks[::-1], sums[::-1], strict=True)
    ]
    columns = ["Week's end", "Due", *(made.capitalize() for made in Made)]
    return Shown("Contacts on time", charts.bars(chart), sentence, columns, rows)


def _ends(weeks: Sequence[Week]) -> list[date]:
    return [one.ends for one in weeks]


def _stretch(weeks: Sequence[Week]) -> str:
    return f"Week by week from {day_in_words(weeks[0].ends)} to {day_in_words(weeks[-1].ends)}."


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _days(number: int | None) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _cell(number: int | None) -> str:
    return "" if number is None else str(number)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([*([", ".join(parts[:-1])] if len(parts) > 1 else []), *parts[-1:]])


# ------------------------------------------------------------------ the figures of a period


def _period(visit: Visit, begins: str, ends: str) -> tuple[date, date, dict[str, str], dict[str, str]]:
    """First and last day, both as they were typed, and what is wrong with each; then the usual period is shown."""
    typed = {"begins": begins, "ends": ends}
    if not begins and not ends:
        first, last = visit.today - USUAL_PERIOD, visit.today
        return first, last, {"begins": first.isoformat(), "ends": last.isoformat()}, {}
    days, problem = {}, {}
    for name, text in typed.items():
        try:
            days[name] = date.fromisoformat(text)
            if days[name] > visit.today:
                problem[name] = str(DayToCome(days[name]))
        except ValueError:
            problem[name] = "Enter a day such as 2026-01-09: year, month and day"
    if not problem and days["ends"] < days["begins"]:
        problem["ends"] = "The last day must be the first day or a later one"
    if problem:
        return visit.today - USUAL_PERIOD, visit.today, typed, problem
    return days["begins"], days["ends"], typed, {}


def _whose(team: str | None, colour: str | None, teams: dict[str, str]) -> str:
    """Whose figures a row has, in words."""
    words = (colour or "").capitalize()
    if team is None:
        return words or "Everybody"
    return ", ".join(one for one in (teams.get(team, team), words) if one)


def _refs_in(found: Report) -> set[str]:
    """Every case that the figures name."""
    people = (found.unreachable, found.died, found.in_hospital)
    refs = {one.ref for of in people for one in of.named}
    refs |= {one.ref for one in found.overrides} | {one.ref for one in found.second_decisions}
    return refs | ({found.longest.ref} if found.longest and found.longest.ref else set())


def _note_reasons(visit: Visit, found: Report, readable: set[str]) -> None:
    """What managers wrote is read out of their cases: each is noted as read."""
    refs = {one.ref for one in found.overrides} | {one.ref for one in found.second_decisions}
    for ref in sorted(refs & readable):
        visit.note_look("read-case", ref)
