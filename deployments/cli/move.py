"""`pathways move`: moves between services, settings and areas, as managers look at them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import typer

from deployments.cli.concerns import member_at_work
from deployments.cli.printing import say, write_json, write_table
from deployments.cli.shared import AsJson, AsStaffOrNobody, clock, note_look, open_council
from models.working_time import local_day
from tasks.moves.figures import CountedMoves, MoveLine, MovesFigures, moves_figures

app = typer.Typer(
    rich_markup_mode=None, no_args_is_help=True, help="List moves between services, and the figures of a period."
)
A_QUARTER = timedelta(days=91)


@app.callback()
def move() -> None:
    """Moves between services, settings and areas."""


@app.command("list")
def list_moves(
    from_day: Annotated[
        datetime | None,
        typer.Option("--from", metavar="DATE", formats=["%Y-%m-%d"], help="The first day; else 91 days ago."),
    ] = None,
    to_day: Annotated[
        datetime | None,
        typer.Option("--to", metavar="DATE", formats=["%Y-%m-%d"], help="The last day; else today."),
    ] = None,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
) -> None:
    """
    List the moves that are open, the overdue first, and what went wrong in a period: references only.

    Delays between teams, gaps in care, refusals, silence, missed checks and emergencies, each with its cases. With
    --as it has no more than that member of staff may see. Whoever looks is noted in the access log.
    """
    council, now = open_council(), clock.now()
    member = member_at_work(council, staff) if staff is not None else None
    ends = to_day.date() if to_day else local_day(now)
    begins = from_day.date() if from_day else ends - A_QUARTER
    with council.database.write() as session:
        note_look(session, staff, "read-moves", "moves")
    with council.database.read() as session:
        found = moves_figures(session, member, begins, ends, now)
    if as_json:
        write_json(as_data(found))
    else:
        _tell(found)


def as_data(found: MovesFigures) -> dict[str, Any]:
    """The figures as programs take them: references, kinds and days, and nothing about anybody."""
    data = asdict(found)
    for line in data["open"]:
        for personal in ("name", "old_service", "new_service"):
            del line[personal]
        line["day"] = line["day"].isoformat()
        since: date | None = line["without_care_since"]
        line["without_care_since"] = since.isoformat() if since else None
    data["begins"], data["ends"] = found.begins.isoformat(), found.ends.isoformat()
    data["stages"] = {str(stage): asdict(one) for stage, one in found.stages.items()}
    return data


def _tell(found: MovesFigures) -> None:
    columns = ("Case", "Kind", "Who", "Stage", "Day", "Late by", "From", "To", "Overdue")
    write_table(columns, map(_row, found.open), wrapped=("Kind",))
    stages = "; ".join(f"{stage.replace('-', ' ')} {one.count}" for stage, one in found.stages.items() if one.count)
    say(f"{len(found.open)} open" + (f": {stages}" if stages else ""))
    say(f"From {found.begins.isoformat()} to {found.ends.isoformat()}:")
    for words, one in (
        ("Gaps in care", found.gaps),
        ("Refused by whoever should receive them", found.refused),
        ("Not answered in time", found.silent),
        ("Checks after the move missed", found.checks_missed),
        ("Moved in an emergency", found.emergencies),
        *((f"Ended: {how}", counted) for how, counted in found.ended.items()),
    ):
        say(f"{words}: {_refs(one)}")
    say(f"Days without care in those gaps: {found.days_without_care}")
    for pair in found.delays:
        late = f"{pair.late.count} late, {pair.longest_days} days at most" if pair.late.count else "none late"
        say(f"{pair.sent_by} to {pair.received_by}: {pair.moves.count} moves, {late}")
    if found.beyond:
        say(f"{found.beyond} more are not yours to see.")


def _refs(one: CountedMoves) -> str:
    return f"{one.count} ({', '.join(one.refs)})" if one.count else "0"


def _row(one: MoveLine) -> tuple[str, ...]:
    return (
        one.ref,
        one.pathway.replace("-", " "),
        one.who_moves.replace("-", " "),
        one.stage.replace("-", " "),
        one.day.isoformat(),
        f"{one.days_late} days" if one.days_late else "",
        one.sent_by,
        one.received_by,
        one.overdue,
    )
