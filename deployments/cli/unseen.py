"""`pathways unseen`: everybody who waits on the council, worst first: who is nobody looking after?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.shared import AsJson, AsStaffOrNobody, clock, note_look, open_council, prepare_prefect
from tasks.as_of import moment_of
from tasks.installation import Installation
from tasks.unseen.cases import OpenCase, is_handover
from tasks.unseen.lines import EVERYBODY, Line, OneList, one_list
from tasks.unseen.words import awaited_in_words, count_in_words, erased_in_words, restricted_in_words, whose

app = typer.Typer(rich_markup_mode=None)


@app.command()
def unseen(
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", metavar="DATE", formats=["%Y-%m-%d"], help="The end of that day; without it, now."),
    ] = None,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
) -> None:
    """
    List everybody who waits on the council in any procedure, and whom the recording system shows and we do not have.

    One line for each person: when somebody last really reached them, the next date, who owns it and what is awaited.
    Those whom nobody may be looking after come first. A past day is told as it was told then. References only;
    restricted cases are only counted. Whoever looks is noted in the access log.
    """
    council = open_council()
    moment = moment_of(as_of.date() if as_of else None, clock.now())
    prepare_prefect(Installation.from_environment())  # which procedures people wait in, the procedures say
    with council.database.write() as session:
        note_look(session, staff, "read-one-list", EVERYBODY)
    with council.database.read() as session:
        found = one_list(session, moment)
    if as_json:
        write_json(
            {
                "people": [_line_as_json(one) for one in found.lines],
                "restricted_cases": found.restricted,
                "erased_cases": found.erased,
            },
        )
    else:
        _tell(found)


def _tell(found: OneList) -> None:
    columns = ("Who", "Colour", "Beware", "Last reached", "Next date", "Whose", "Awaited", "Cases")
    rows = (
        (
            one.name,
            one.colour or "",
            ", ".join(one.beware),
            short(one.last_reached_at) or "never",
            short(one.next_date),
            ", ".join(map(whose, one.owners)),
            "; ".join(awaited_in_words(one)),
            " ".join(case.ref for case in one.cases),
        )
        for one in found.lines
    )
    write_table(columns, rows, wrapped=("Beware", "Last reached", "Next date", "Whose", "Awaited", "Cases"))
    say(count_in_words(found))
    if found.restricted:
        say(restricted_in_words(found))
    if found.erased:
        say(erased_in_words(found))


def _line_as_json(line: Line) -> dict[str, Any]:
    return {
        "person": line.person,
        "message": line.message,
        "colour": line.colour,
        "beware": [str(one) for one in line.beware],
        "overdue": line.is_overdue,
        "last_reached_at": iso(line.last_reached_at),
        "next_date": iso(line.next_date),
        "waits_since": iso(line.since),
        "owners": list(line.owners),
        "awaited": awaited_in_words(line),
        "cases": [_case_as_json(one) for one in line.cases],
        "shown_waiting": [
            {
                "team": one.team,
                "since": one.since.isoformat() if one.since else None,
                "first_shown_at": iso(one.first_shown_at),
            }
            for one in line.shown
        ],
    }


def _case_as_json(case: OpenCase) -> dict[str, Any]:
    return {
        "ref": case.ref,
        "procedure": case.procedure,
        "owner": case.owner,
        "opened_at": iso(case.opened_at),
        "next_date": iso(case.next_date),
        "awaited": [
            {
                "kind": str(one.kind),
                "name": one.name,
                "of": one.of,
                "due": iso(one.due),
                "handover": is_handover(one),
            }
            for one in case.awaited
        ],
    }
