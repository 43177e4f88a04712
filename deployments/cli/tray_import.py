"""`pathways tray import`: taking over an existing list of people who wait."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.printing import say, write_json
from deployments.cli.shared import AsJson, AsStaff, member_named, open_council
from models.errors import PathwaysError
from models.roles import Role
from tasks.tray.taking_over import TakeoverReport, take_over_list


class ListRefused(PathwaysError):
    """Rows of the list cannot be taken; nobody was taken over."""

    def __init__(self, count: int) -> None:
        rows = "1 row cannot" if count == 1 else f"{count} rows cannot"
        super().__init__(
            f"{rows} be taken, and nobody was taken over: put right what is named and import again, or take the"
            " others with --accept-rest"
        )


class NotAManager(PathwaysError):
    """A list is taken over by a manager, from team leader upwards: correct --as."""

    def __init__(self, staff_id: str, role: str) -> None:
        super().__init__(f"a list is taken over by a manager, from team leader upwards; {staff_id} is {role}")


def import_command(app: typer.Typer) -> None:
    """Make the command known to the group `pathways tray`."""
    app.command("import")(import_list)


def import_list(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The list; docs/planned-work-tray.md describes it.")],
    staff: AsStaff,
    team: Annotated[
        str | None, typer.Option(metavar="TEAM", help="The team of every row; else each row names one.")
    ] = None,
    accept_rest: Annotated[
        bool, typer.Option("--accept-rest", help="Take the others where rows cannot be taken.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Take over a list of people who wait: each gets a case, and what had been missed before is one list for the manager.

    Every row is checked first; rows that cannot be taken are named, and nobody is taken over unless --accept-rest says
    to take the others. The same list again takes nobody over twice.
    """
    council = open_council()
    with council.database.read() as session:
        member = member_named(session, staff)
        if not Role(member.role).is_manager:
            raise NotAManager(member.id, member.role)
        by = member.id
    report = take_over_list(council, file, by=by, team_id=team.lower() if team else None, accept_rest=accept_rest)
    if as_json:
        write_json(_as_json(report))
    else:
        _tell(report)
    if report.refused:
        raise ListRefused(len(report.rejected))


def _tell(report: TakeoverReport) -> None:
    for row in report.rejected:
        say(f"Rejected: {row}")
    for line, person, case in report.already:
        say(f"On a tray already: line {line} ({person}), case {case}")
    if report.passed_over:
        say(f"Columns passed over: {', '.join(report.passed_over)}")
    if report.refused:
        return
    say(f"{_people(len(report.opened))} taken over; {len(report.already)} on a tray already.")
    if report.unrated:
        say(f"{_people(report.unrated)} without a rating: each is put to a manager to be rated.")
    if report.lists:
        where = ", ".join(report.lists)
        say(f"{_people(report.over_a_limit)} over a limit already: their managers have them on a list (case {where}).")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"


def _as_json(report: TakeoverReport) -> dict[str, object]:
    return {
        "taken_over": [{"person": person, "case": case} for person, case in report.opened],
        "already": [{"line": line, "person": person, "case": case} for line, person, case in report.already],
        "rejected": [{"line": row.line, "reference": row.reference, "problem": row.problem} for row in report.rejected],
        "lists": report.lists,
        "over_a_limit": report.over_a_limit,
        "unrated": report.unrated,
        "columns_passed_over": list(report.passed_over),
    }
