"""`pathways on-call`: who is on call, by which rota and how old; and what is in on-call's hands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from deployments.cli.concerns import member_at_work
from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.shared import AsJson, AsStaffOrNobody, clock, note_look, open_council
from models.working_time import LONDON, for_people
from tasks.on_call.rota_reading import read_rota
from tasks.worklist.on_call_view import NightWork, OnCallView, OneNight, on_call_view

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Say who is on call, and list what cannot wait while the office is closed.",
)


@app.command("now")
def now(
    at: Annotated[
        datetime | None,
        typer.Option("--at", formats=["%Y-%m-%d %H:%M"], help='Another moment than now, such as "2026-12-25 03:00".'),
    ] = None,
    read: Annotated[bool, typer.Option("--read", help="Read the rota first.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Say who is on call now, or at another moment; by which rota, when it was read, and whether it can be relied on.

    Exit code 1 where the rota does not say for certain who is on call then, or for an hour of the days ahead.
    """
    council = open_council()
    if read and (trouble := read_rota(council)) is not None:
        say(
            f"The rota could not be read now ({trouble.value.replace('-', ' ')}); what follows is what was read before."
        )
    moment = at.replace(tzinfo=LONDON) if at else clock.now()
    with council.database.read() as session:
        view = on_call_view(session, council.policy, None, clock.now(), at=moment)
    rota = council.connections.on_call.name if council.connections.on_call else None
    if as_json:
        write_json(_now_as_json(view, rota))
    else:
        _tell_now(view, rota)
    if rota is not None and (view.on_call.troubles or view.wrong is not None):
        raise typer.Exit(1)


@app.command("list")
def list_work(staff: AsStaffOrNobody = None, as_json: AsJson = False) -> None:
    """
    List what is in on-call's hands, and what past nights have left that nobody of the day has accepted.

    References only. With --as it has no more than that member of staff may see. Whoever looks is noted in the access
    log.
    """
    council = open_council()
    member = member_at_work(council, staff) if staff is not None else None
    with council.database.write() as session:
        note_look(session, staff, "read-on-call", "on-call")
    with council.database.read() as session:
        view = on_call_view(session, council.policy, member, clock.now())
    if as_json:
        write_json([_work_as_json(night, one) for night in view.nights for one in night.works])
        return
    columns = ("Case", "Since", "Who has it", "Open", "Night", "Team", "Accepted by", "What")
    rows = [_line(one) for night in view.nights for one in night.works]
    write_table(columns, rows, wrapped=("What", "Who has it", "Team"))
    unheld = sum(one.is_unheld for night in view.nights for one in night.works)
    say(f"{len(rows)} in all, {unheld} in nobody's hands, {view.unaccepted} of past nights not accepted")


def _tell_now(view: OnCallView, rota: str | None) -> None:
    say(f"{for_people(view.on_call.at)}: the office is {'open' if view.is_open else 'closed'}")
    say(f"Duty worker on call: {', '.join(view.on_call.duty) or 'nobody by the rota'}")
    managers = ", ".join(view.on_call.managers)
    say(f"On-call manager: {managers or 'nobody by the rota; whoever holds the role is told'}")
    say(f"Out of hours is rung at {view.telephone}")
    read = f"read {for_people(view.read_at)}" if view.read_at else "never read"
    say(
        f"By the rota {rota}, {read}"
        if rota
        else "No rota is connected: whoever holds the on-call manager's role is told"
    )
    for one in view.on_call.troubles if rota else ():
        say(f"Beware: {one.in_words}")
    if view.wrong is not None:
        until = f" until {for_people(view.wrong.end)}"
        say(f"Beware: from {for_people(view.wrong.start)}{until}: {view.wrong.trouble.in_words}")


def _line(one: NightWork) -> tuple[str, ...]:
    held = f"{one.held_by}{' (by telephone)' if one.by_telephone else ''}" if one.held_by else ""
    return (
        one.case,
        short(one.offered_at),
        held or ("nobody" if one.is_open else ""),
        "yes" if one.is_open else "",
        one.night,
        one.team or "",
        one.accepted_by or "",
        "; ".join(asked.title for asked in one.questions),
    )


def _now_as_json(view: OnCallView, rota: str | None) -> dict[str, Any]:
    wrong = view.wrong
    return {
        "at": iso(view.on_call.at),
        "office_open": view.is_open,
        "duty": list(view.on_call.duty),
        "managers": list(view.on_call.managers),
        "troubles": [str(one) for one in view.on_call.troubles],
        "telephone": view.telephone,
        "rota": rota,
        "read_at": iso(view.read_at),
        "uncertain": None
        if wrong is None
        else {"from": iso(wrong.start), "until": iso(wrong.end), "trouble": str(wrong.trouble)},
    }


def _work_as_json(night: OneNight, one: NightWork) -> dict[str, Any]:
    return {
        "case": one.case,
        "night": night.ref,
        "began_at": iso(night.began_at),
        "ended_at": iso(night.ended_at),
        "offered_at": iso(one.offered_at),
        "held_by": one.held_by,
        "held_at": iso(one.held_at),
        "by_telephone": one.by_telephone,
        "open": one.is_open,
        "team": one.team,
        "accepted_by": one.accepted_by,
        "items": [{"id": asked.item, "form": asked.title, "open": asked.is_open} for asked in one.questions],
    }
