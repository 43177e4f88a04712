"""`pathways api-token`: tokens with which the council's own programs use the worklist's JSON API."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.shared import AsJson, clock, open_council
from deployments.worklist.api.tokens import LONGEST_DAYS, end_token, every_token, new_token
from models.worklist import ApiToken
from tasks.audit.access_log import note_access, os_user

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Make, list and end the tokens of programs that use the worklist's JSON API.",
)
USUAL_DAYS = 90

Name = Annotated[str, typer.Argument(metavar="NAME", help="Which program it is, such as case-portal.")]


@app.command("new")
def new(
    name: Name,
    acts_as: Annotated[
        str | None,
        typer.Option("--acts-as", metavar="STAFF", help="The staff id for whom it calls; without it, for anybody."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="For how long it holds.")] = USUAL_DAYS,
) -> None:
    """
    Make a token and show it, this once: it is kept as a digest only.

    Without --acts-as the program names with each call for whom it is: give such a token only to a system that signs
    staff on itself. Making it is noted in the access log.
    """
    council, now = open_council(), clock.now()
    with council.database.write() as session:
        token = new_token(session, name, acts_as=acts_as, lasts=timedelta(days=days), made_by=os_user(), now=now)
        note_access(session, os_user(), "new-api-token", f"api:{name}", now)
    say(token)
    say()
    whom = f"{acts_as.lower()} only" if acts_as else "whomever the program names in Pathways-Staff"
    say(f"It acts for {whom}, until {short(now + timedelta(days=days))}. It is not shown again: keep it as a secret.")


@app.command("list")
def list_tokens(as_json: AsJson = False) -> None:
    """List every token that was ever made; never the tokens themselves."""
    now = clock.now()
    with open_council().database.read() as session:
        rows = every_token(session)
        if as_json:
            write_json(
                [
                    {
                        "name": one.name,
                        "acts_as": one.acts_as,
                        "made_by": one.made_by,
                        "made_at": iso(one.made_at),
                        "expires_at": iso(one.expires_at),
                        "ended_at": iso(one.ended_at),
                    }
                    for one in rows
                ]
            )
            return
        holds = sum(one.ended_at is None and now < one.expires_at for one in rows)
        columns = ("Name", "Acts for", "Made by", "Made", "Holds until", "Ended")
        write_table(columns, (_row(one) for one in rows))
    say(f"{len(rows)} token{'' if len(rows) == 1 else 's'}, of which {holds} can be used now")


@app.command("end")
def end(name: Name) -> None:
    """End a token: from now on it is refused. Noted in the access log."""
    council, now = open_council(), clock.now()
    with council.database.write() as session:
        end_token(session, name, now)
        note_access(session, os_user(), "end-api-token", f"api:{name}", now)
    say(f"The token {name} is refused from now on.")


def _row(one: ApiToken) -> tuple[str, ...]:
    return (
        one.name,
        one.acts_as or "anybody it names",
        one.made_by,
        short(one.made_at),
        short(one.expires_at),
        short(one.ended_at),
    )
