"""`pathways register`: what the council's recording system tells us."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from deployments.cli.printing import say, write_table
from deployments.cli.shared import clock, open_council
from models.errors import CheckFailed
from models.policy import Policy
from models.register import ExtractKind
from models.working_time import local_day
from tasks.register.importing import ImportReport, import_register
from tasks.register.lookups import extract_dates, is_stale

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Import the recording system's extract.")


class NothingImported(CheckFailed):
    """No row of the files could be taken; the register is as it was."""


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
    with council.database.write() as session:
        written_on = extract_date.date() if extract_date else None
        report = import_register(session, files, clock.now(), full=full, extract_date=written_on)
        if report.rejected and not any(one.rows > len(one.rejected) for one in report.files):
            raise NothingImported(_nothing(report))
    _tell(report)
    with council.database.read() as session:
        say(_age(session, council.policy))


def _tell(report: ImportReport) -> None:
    for row in report.rejected:
        say(f"Rejected: {row}")
    columns = ("File", "Rows", "Added", "Changed", "Unchanged", "Ended", "Rejected")
    write_table(
        columns,
        (
            (one.file, *map(str, (one.rows, one.added, one.changed, one.unchanged, one.ended, len(one.rejected))))
            for one in report.files
        ),
    )


def _nothing(report: ImportReport) -> str:
    named = "; ".join(map(str, report.rejected))
    return f"no row could be taken and the register is as it was; put right and import again: {named}"


def _age(session: Session, policy: Policy) -> str:
    now, dates = clock.now(), extract_dates(session)
    today = local_day(now)
    ages = [f"{kind} {(today - dates[kind]).days} days" if kind in dates else f"{kind} never" for kind in ExtractKind]
    trust = " A person checks what it says: it is too old, or not whole."
    stale = is_stale(session, now, policy.register_trusted_for)
    return f"The register's age: {', '.join(ages)}.{trust if stale else ''}"
