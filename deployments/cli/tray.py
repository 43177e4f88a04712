"""`pathways tray`: who waits on the planned work tray, today or on any past day, and the figures of a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from deployments.cli.printing import say, short, write_csv, write_json, write_table
from deployments.cli.restricted import hidden_from
from deployments.cli.shared import AsJson, AsStaffOrNobody, clock, note_look, open_council
from deployments.cli.tray_import import import_command
from deployments.cli.tray_red import red_command
from deployments.cli.tray_report import csv_of, json_of, tell_report
from deployments.tray_columns import COLUMNS, CONTACT_COLUMNS, cell, contact_of, row_of
from models.cases import Case
from models.decision_tables.levels import Complexity, Priority
from models.errors import PathwaysError
from models.working_time import local_day
from tasks.as_of import moment_of
from tasks.durable.council import Council
from tasks.register.lookups import team as team_of_id
from tasks.tray.days_contacts import ContactLine, contacts_on
from tasks.tray.listing import UNRATED, Order, TrayRow, chosen, tray_at
from tasks.tray.reporting import Report, report

app = typer.Typer(
    rich_markup_mode=None,
    help="List who waits on the planned work tray; `pathways tray COMMAND --help` tells of the commands below it.",
)
EVERY_TEAM = "every-team"
"""What the access log has where the trays of all teams were looked at."""

Day = Annotated[
    datetime | None, typer.Option("--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="The end of that day.")
]
Team = Annotated[str | None, typer.Option("--team", metavar="TEAM", help="Only that team's tray, by its id.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Write CSV for a spreadsheet.")]


class Colour(StrEnum):
    """A colour of the tray, as it can be asked for."""

    RED = "Red"
    """High risk."""
    AMBER = "Amber"
    """In between."""
    GREEN = "Green"
    """The least pressing."""
    UNRATED = "unrated"
    """Not rated yet."""


class UnknownTeam(PathwaysError):
    """The register has no team of that id: look it up with `pathways register find --staff`."""


class OneFormOnly(PathwaysError):
    """Ask for --json or for --csv, not for both."""

    def __init__(self) -> None:
        super().__init__("ask for --json or for --csv, not for both")


@app.callback(invoke_without_command=True)
def tray(
    ctx: typer.Context,
    team: Team = None,
    as_of: Day = None,
    colour: Annotated[Colour | None, typer.Option(case_sensitive=False, help="Only that colour.")] = None,
    priority: Annotated[Priority | None, typer.Option(case_sensitive=False, help="Only that priority.")] = None,
    complexity: Annotated[Complexity | None, typer.Option(case_sensitive=False, help="Only that complexity.")] = None,
    sort: Annotated[Order, typer.Option(help="What it is sorted by.")] = Order.WORST,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    List everybody who waits on the planned work tray, worst first: today, or at the end of any past day.

    It is worked out from the ledger, so a past day is told as it was told then. References only. Whoever looks is
    noted in the access log.
    """
    if ctx.invoked_subcommand is not None:
        return
    if as_json and as_csv:
        raise OneFormOnly
    council = open_council()
    moment = moment_of(as_of.date() if as_of else None, clock.now())
    note_team(council, team, staff, "read-tray")
    with council.database.read() as session:
        every = tray_at(session, moment, team=team)
        seen = [row for row in every if not (row.restricted and _is_hidden(session, row.ref, staff))]
    rows = chosen(seen, colour=colour, priority=priority, complexity=complexity, order=sort)
    if as_json:
        write_json([row_of(row) for row in rows])
    elif as_csv:
        written = [row_of(row) for row in rows]
        write_csv(COLUMNS, ([cell(one[name]) for name in COLUMNS] for one in written))
    else:
        _tell(rows, hidden=len(every) - len(seen))


import_command(app)
red_command(app)


@app.command("contacts")
def tray_contacts(
    on: Annotated[
        datetime | None, typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="Which day.")
    ] = None,
    team: Team = None,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    List every contact and every attempt of a day with people on the tray: the manager's daily list.

    References only; what was said stands in the case and in its note. Whoever looks is noted in the access log.
    """
    if as_json and as_csv:
        raise OneFormOnly
    council = open_council()
    moment = moment_of(on.date() if on else None, clock.now())
    note_team(council, team, staff, "read-tray-contacts")
    with council.database.read() as session:
        lines = contacts_on(session, local_day(moment), team=team)
    rows = [contact_of(line) for line in lines]
    if as_json:
        write_json(rows)
    elif as_csv:
        write_csv(CONTACT_COLUMNS, ([cell(row[name]) for name in CONTACT_COLUMNS] for row in rows))
    else:
        columns = ["At", "Case", "Person", "Colour", "By", "Outcome", "Means", "Well", "Changed", "Should wait", "Note"]
        write_table(columns, (_contact_in_words(line) for line in lines), wrapped=("Outcome", "Should wait"))
        made = sum(line.reached for line in lines)
        say(f"{made} reached, {len(lines) - made} not reached")


def _contact_in_words(line: ContactLine) -> tuple[str, ...]:
    return (
        short(line.at),
        line.ref,
        line.person,
        line.colour or UNRATED,
        line.by,
        line.outcome,
        line.means,
        "" if line.safe_and_well is None else cell(line.safe_and_well),
        cell(line.changed),
        line.should_wait,
        line.note,
    )


@app.command("report")
def tray_report(
    begins: Annotated[datetime, typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="Its first day.")],
    ends: Annotated[datetime, typer.Option("--to", metavar="DATE", formats=["%Y-%m-%d"], help="Its last day.")],
    team: Team = None,
    reasons: Annotated[
        bool, typer.Option("--reasons", help="With what managers wrote, which may be personal: read it through first.")
    ] = False,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """
    Tell the figures of a period: waiting times, contacts made and missed, who could not be reached, overrides.

    All of it is worked out from the ledger, as it was known at the end of the period. What each figure means stands in
    docs/planned-work-tray.md. References only, unless --reasons is given. Whoever looks is noted in the access log.
    """
    if as_json and as_csv:
        raise OneFormOnly
    council = open_council()
    note_team(council, team, staff, "read-tray-report")
    with council.database.read() as session:
        found = report(session, begins.date(), ends.date(), clock.now(), team=team)
    if reasons:
        _note_reasons(council, found, staff)
    if as_json:
        write_json(json_of(found, with_reasons=reasons))
    elif as_csv:
        write_csv(*csv_of(found))
    else:
        tell_report(found, with_reasons=reasons)


def note_team(council: Council, team: str | None, staff: str | None, what: str) -> None:
    """Enter in the access log that somebody looks at a team's tray, or at all. Raises `UnknownTeam`."""
    with council.database.write() as session:
        if team is not None and team_of_id(session, team) is None:
            raise UnknownTeam("the register has no team of that id: write it in small letters, such as hazel")
        note_look(session, staff, what, f"team-{team}" if team is not None else EVERY_TEAM)


def _tell(rows: Sequence[TrayRow], *, hidden: int) -> None:
    columns = (
        "Case", "Person", "Team", "Colour", "Priority", "Complexity",
        "Days", "On tray", "Last reached", "Next contact", "Beware", "Manager",
    )  # fmt: skip
    write_table(columns, (_in_words(row) for row in rows), wrapped=("Beware", "Last reached", "Next contact"))
    say(f"{len(rows)} {'person waits' if len(rows) == 1 else 'people wait'}; days are counted from the request.")
    if hidden:
        say(f"{hidden} restricted {'case is' if hidden == 1 else 'cases are'} not shown.")


def _in_words(row: TrayRow) -> tuple[str, ...]:
    return (
        row.ref,
        row.person,
        row.team,
        row.colour or UNRATED,
        f"{'urgent ' if row.urgent else ''}{row.priority or UNRATED}",
        row.complexity or UNRATED,
        str(row.days_since_request),
        str(row.days_on_tray),
        short(row.last_reached_at) or "never",
        short(row.next_contact_due),
        ", ".join(row.beware) + (f" ({row.leaving})" if row.leaving else ""),
        row.manager,
    )


def _is_hidden(session: Session, ref: str, staff: str | None) -> bool:
    return hidden_from(session, session.get_one(Case, ref), staff)


def _note_reasons(council: Council, found: Report, staff: str | None) -> None:
    """What managers wrote is read out of their cases: each is noted as read."""
    with council.database.write() as session:
        for ref in sorted({one.ref for one in found.overrides} | {one.ref for one in found.second_decisions}):
            note_look(session, staff, "read-case", ref)
