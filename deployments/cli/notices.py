"""`pathways notices`: how much each worker was told in a day, and what waits to be told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.shared import AsJson, clock, open_council
from models.working_time import local_day
from tasks.durable.council import Council
from tasks.installation import Installation
from tasks.telling.budget import Load, loads_on

app = typer.Typer(rich_markup_mode=None)


@app.command()
def notices(
    day: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Which day; without it today.")
    ] = None,
    waiting: Annotated[bool, typer.Option("--waiting", help="What waits, and when it goes out.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Show what each worker was told in a day, against the budget in policy; or what waits to be told.

    A notice counts for everybody who reads it: as themselves, in their role, or in their team. Nothing is withheld.
    """
    council = open_council()
    if waiting:
        _show_waiting(_waiting(council), as_json=as_json)
    else:
        asked_for = day.date() if day else local_day(clock.now())
        with council.database.read() as session:
            loads = loads_on(session, council.policy, asked_for)
        _show_loads(loads, asked_for, council.policy.notices.daily_budget, as_json=as_json)


def _show_loads(loads: list[Load], day: date, budget: int, *, as_json: bool) -> None:
    if as_json:
        write_json([_load_as_json(load) for load in loads])
        return
    if not loads:
        say(f"Nobody was told anything on {day.isoformat()}. `pathways notices --waiting` shows what waits.")
        return
    write_table(
        ("Who", "Team", "Interruptions", "Digests", "Lines in them", "Notices", "Budget", ""),
        (
            (
                load.recipient,
                load.team or "",
                *map(str, (load.interruptions, load.digests, load.lines, load.notices)),
                "" if load.budget is None else str(load.budget),
                "over" if load.over else "read by nobody in the register" if load.budget is None else "",
            )
            for load in loads
        ),
    )
    over = sum(load.over for load in loads)
    say(f"{over} of {len(loads)} were told more than {budget} notices." if over else "Nobody was told too much.")


def _load_as_json(load: Load) -> dict[str, Any]:
    return {
        "recipient": load.recipient,
        "team": load.team,
        "interruptions": load.interruptions,
        "digests": load.digests,
        "lines": load.lines,
        "notices": load.notices,
        "budget": load.budget,
        "over": load.over,
    }


def _waiting(council: Council) -> list[dict[str, Any]]:
    """What waits to be told, that which goes out next first."""
    from tasks.telling.configuration import load_configuration
    from tasks.telling.timetable import departures

    services = load_configuration(Installation.from_environment().apprise_file)
    with council.database.read() as session:
        return [
            {
                "id": message.id,
                "recipient": message.recipient,
                "goes_out_at": goes_out_at,
                "interruption": message.interruption,
                "case": message.case_ref,
                "says": message.notice,
            }
            for goes_out_at, message in departures(session, services, council.policy, clock.now())
        ]


def _show_waiting(found: list[dict[str, Any]], *, as_json: bool) -> None:
    from models.notices import Notice

    for one in found:
        one["says"] = Notice.model_validate(one["says"]).subject
    if as_json:
        write_json([one | {"goes_out_at": iso(one["goes_out_at"])} for one in found])
    elif not found:
        say("Nothing waits to be told.")
    else:
        write_table(
            ("Goes out", "To", "Says"),
            ((short(one["goes_out_at"]), one["recipient"], one["says"]) for one in found),
            wrapped=("Says",),
        )
