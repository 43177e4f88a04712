"""`pathways retention`: what is kept and for how long, what is due, and erasing it."""

from __future__ import annotations

from typing import Annotated

import typer

from deployments.cli.printing import iso, progress_bar, say, write_json, write_table
from deployments.cli.restricted import NEUTRAL_NAME
from deployments.cli.shared import AsJson, AsStaffOrNobody, member_named, open_council
from tasks.audit.access_log import os_user
from tasks.retention.columns import COLUMNS, WHEN_IT_GOES
from tasks.retention.due import Verdict
from tasks.retention.reporting import report as make_report
from tasks.retention.running import Run, erase_what_is_due, past_their_time, would_erase

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="What is kept and for how long, and erasing it.")


@app.command()
def due(as_json: AsJson = False) -> None:
    """List the closed cases whose time has passed: which the next run erases, and what keeps the others."""
    council = open_council()
    found = list(past_their_time(council))
    if as_json:
        write_json([_as_json(one) for one in found])
        return
    columns = ("Case", "Procedure", "Kept until", "")
    write_table(columns, (_as_row(one) for one in found), wrapped=("",))
    to_go = sum(one.is_due for one in found)
    say(f"{to_go} of {len(found)} cases whose time has passed are due; the others are kept for now")


@app.command()
def erase(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased; change nothing.")] = False,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
) -> None:
    """Erase at once what the nightly run would erase. It cannot be brought back; a legal hold keeps what is needed."""
    council = open_council()
    with council.database.read() as session:
        by = os_user() if staff is None else member_named(session, staff).id
    if dry_run:
        run = would_erase(council)
    else:
        with progress_bar("Erasing") as bar:
            run = erase_what_is_due(council, by=by, progress=bar)
    if as_json:
        write_json(_run_as_json(run))
        return
    verb = "would be erased" if dry_run else "erased"
    for count, what in (
        (run.cases, "closed cases"),
        (run.mail, "messages that came"),
        (run.drafts, "drafts left behind"),
        (run.sign_in_records, "sign-in records"),
        (run.people, "people of the register"),
        (run.access_entries, "entries of the access log"),
    ):
        say(f"{what.capitalize()} {verb}: {count}")
    for reason, count in sorted(run.kept.items()):
        say(f"Closed cases kept though their time has passed, by a {reason}: {count}")
    for reference, kind in sorted(run.failed.items()):
        say(f"Could not be erased and stays: {reference} ({kind})")


@app.command()
def report(as_json: AsJson = False) -> None:
    """Show the schedule, and by each procedure how many cases are closed, kept, erased, and next due."""
    council = open_council()
    with council.database.read() as session:
        found = make_report(session, council.policy)
    if as_json:
        write_json(found.as_json())
        return
    say(f"Decided by the {found.owner} on {found.decided_on}; {found.holds} legal holds stand")
    columns = ("Procedure", "Kept for", "Because", "Open", "Closed", "Of them erased", "Next due after")
    rows = (
        (one.procedure, one.kept_for, one.because, str(one.open), str(one.closed), str(one.erased), one.next_in_words)
        for one in found.procedures
    )
    write_table(columns, rows, wrapped=("Because",))
    for name, kept_for in found.others:
        say(f"{name}: {kept_for}")


@app.command()
def columns(as_json: AsJson = False) -> None:
    """Show every column of the database, and when what it holds goes."""
    listed = [
        (table, column, goes)
        for table, by_goes in COLUMNS.items()
        for goes, names in by_goes.items()
        for column in names
    ]
    if as_json:
        write_json([{"table": table, "column": column, "goes": goes.value} for table, column, goes in listed])
        return
    write_table(("Table", "Column", "When it goes"), ((table, column, goes.value) for table, column, goes in listed))
    say()
    for goes, words in WHEN_IT_GOES.items():
        say(f"{goes.value}: {words}")


def _as_row(one: Verdict) -> tuple[str, str, str, str]:
    case = one.case
    name = NEUTRAL_NAME if case.restricted else case.procedure
    kept_by = ", ".join(reason.value for reason in one.kept_by)
    holds = f" ({', '.join(hold.id for hold in one.holds)})" if one.holds else ""
    return case.ref, name, case.kept_until.isoformat(), f"kept: {kept_by}{holds}" if kept_by else "due"


def _as_json(one: Verdict) -> dict[str, object]:
    case = one.case
    return {
        "case": case.ref,
        "procedure": NEUTRAL_NAME if case.restricted else case.procedure,
        "closed_at": iso(case.closed_at),
        "kept_until": case.kept_until.isoformat(),
        "due": one.is_due,
        "kept_by": [reason.value for reason in one.kept_by],
        "holds": [hold.id for hold in one.holds],
    }


def _run_as_json(run: Run) -> dict[str, object]:
    return {
        "cases": run.cases,
        "entries": run.entries,
        "mail": run.mail,
        "drafts": run.drafts,
        "sign_in_records": run.sign_in_records,
        "people": run.people,
        "access_entries": run.access_entries,
        "kept": dict(run.kept),
        "failed": dict(run.failed),
    }
