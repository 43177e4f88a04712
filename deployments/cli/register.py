"""`pathways register`: what the council's recording system tells us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from deployments.cli.printing import say, write_table
from deployments.cli.shared import AsStaff, clock, member_named, note_look, open_council
from models.errors import PathwaysError
from models.policy import Policy
from models.register import ExtractKind, Person, Staff
from models.working_time import local_day
from tasks.register.finding import find_people, find_staff
from tasks.register.importing import ImportReport
from tasks.register.lookups import extract_dates, is_stale, rules_are_known
from tasks.register.taking_in import take_in_extract

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="Import the recording system's extract, and look in it."
)
NOBODY = "nobody"
"""What the access log has where somebody looked for a person and found none."""
NOT_BY_MACHINE = (
    "No machine writes to anybody in the register: put the column safe_contact into the extract of people, and import"
    " a full one (--full)."
)
"""Where the extract does not say of everybody whether a safe-contact rule stands."""


class LookedForNothing(PathwaysError):
    """Say whom to look for: --staff or --person, one of them."""


@app.callback()
def register() -> None:
    """The register of people, staff, allocations and absences."""


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV files named by kind: people.csv, staff.csv …")],
    full: Annotated[bool, typer.Option("--full", help="They hold everything: what is missing has ended.")] = False,
    extract_date: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="The day they were written.")
    ] = None,
) -> None:
    """Import files of an extract; the same again changes nothing. Rows that cannot be taken are named."""
    council = open_council()
    written_on = extract_date.date() if extract_date else None
    report, following = take_in_extract(council, files, full=full, extract_date=written_on)
    _tell(report)
    if following.in_words:
        say(f"What followed: {following.in_words}.")
    with council.database.read() as session:
        say(_age(session, council.policy))
        if ExtractKind.PEOPLE in extract_dates(session) and not rules_are_known(session):
            say(NOT_BY_MACHINE)


@app.command()
def find(
    staff: AsStaff,
    member: Annotated[
        str | None, typer.Option("--staff", metavar="TEXT", help="A member of staff: id, or parts of the name.")
    ] = None,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="TEXT", help="A person: id, record id, NHS number, or parts of the name."),
    ] = None,
) -> None:
    """Find the ids of staff or people. Who looked for a person, and whom they found, is noted in the access log."""
    who, name = (member or "").strip(), (person or "").strip()
    if bool(who) == bool(name):
        raise LookedForNothing("say whom to look for: either --staff TEXT or --person TEXT, and not an empty text")
    database = open_council().database
    if who:
        with database.read() as session:
            member_named(session, staff)
            _show_staff(find_staff(session, who))
        return
    with database.write() as session:
        found = find_people(session, name)
        for person_id in [one.id for one in found] or [NOBODY]:
            note_look(session, staff, "find-person", person_id)
    _show_people(found)


def _show_staff(found: Sequence[Staff]) -> None:
    rows = ((one.id, one.name, one.role, one.team_id, str(one.left_on or "")) for one in found)
    write_table(("Staff id", "Name", "Role", "Team", "Left"), rows)
    say(f"{len(found)} found")


def _show_people(found: Sequence[Person]) -> None:
    rows = (
        (one.id, one.record_id, one.name, str(one.born_on or ""), one.postcode or "", str(one.died_on or ""))
        for one in found
    )
    write_table(("Person id", "Record id", "Name", "Born on", "Postcode", "Died on"), rows)
    say(f"{len(found)} found")


def _tell(report: ImportReport) -> None:
    for row in report.rejected:
        say(f"Rejected: {row}")
    columns = ("File", "Rows", "Added", "Changed", "Unchanged", "Ended", "Rejected", "Days old")
    days_old = (local_day(clock.now()) - report.extract_date).days
    counts = (
        (one.rows, one.added, one.changed, one.unchanged, one.ended, len(one.rejected), days_old)
        for one in report.files
    )
    write_table(columns, ((one.file, *map(str, of)) for one, of in zip(report.files, counts, strict=True)))


def _age(session: Session, policy: Policy) -> str:
    now, dates = clock.now(), extract_dates(session)
    today = local_day(now)
    ages = [f"{kind} {(today - dates[kind]).days} days" if kind in dates else f"{kind} never" for kind in ExtractKind]
    trust = " A person checks what it says: it is too old, or not whole."
    stale = is_stale(session, now, policy.register_trusted_for)
    return f"The register's age: {', '.join(ages)}.{trust if stale else ''}"
