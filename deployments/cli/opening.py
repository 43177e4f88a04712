"""`pathways case open`: opening a case by hand, for what comes neither by post nor from another case."""

from __future__ import annotations

import importlib
import re
from typing import Annotated

import typer

from deployments.cli.concerns import NobodyAtRisk
from deployments.cli.form_in_words import fields_in_words
from deployments.cli.printing import say, write_table
from deployments.cli.reading import read_json
from deployments.cli.shared import AsStaff, member_named, open_council, prepare_prefect
from models.notices import Recipient, RecipientKind
from models.refs import read_ref
from tasks.durable.cases import read_facts
from tasks.installation import Installation
from tasks.worklist.starting import CannotBeOpened, Said, open_by_hand

_PROCEDURE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TAG = re.compile(rf"({'|'.join(RecipientKind)})-[a-z0-9][a-z0-9_-]*")


def open_case(
    procedure: Annotated[str, typer.Argument(help="The procedure, such as disclosure or unauthorised-disclosure.")],
    staff: AsStaff,
    json_file: Annotated[
        str | None, typer.Option(metavar="FILE", help='What it is opened with, as JSON; "-" reads it in.')
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option(
            metavar="TAG", help="Who owns it: role-…, team-… or staff-…; else you, or managers if restricted."
        ),
    ] = None,
    nobody_at_risk: NobodyAtRisk = False,
    concern: Annotated[
        str | None,
        typer.Option(metavar="REF", help="The safeguarding concern that you have raised first, where somebody is."),
    ] = None,
) -> None:
    """
    Open a case by hand and print its reference; without --json-file, say what it is opened with.

    Some procedures ask first whether anybody is at risk of abuse or neglect: say so with --nobody-at-risk, or open a
    safeguarding-concern first and name it in --concern.
    """
    if not _PROCEDURE.fullmatch(procedure):
        raise CannotBeOpened(["name the procedure in small letters with hyphens, such as disclosure"])
    if owner is not None and not _TAG.fullmatch(owner):
        raise CannotBeOpened(["--owner is a tag such as role-duty-worker, team-hazel or staff-practitioner"])
    council = open_council()
    prepare_prefect(Installation.from_environment())
    named = importlib.import_module("tasks.durable.procedure").procedure_named(procedure)
    if json_file is None:
        say(f"{named.title} is opened with --json-file and these fields:")
        rows = fields_in_words(named.facts)
        wanted = ((one.name, one.takes, "compulsory" if one.compulsory else "", one.meaning) for one in rows)
        write_table(("Field", "Takes", "", "Meaning"), wanted, wrapped=("Takes", "Meaning"))
        return
    facts = read_facts(named.facts, read_json(json_file))
    with council.database.read() as session:
        by = member_named(session, staff).id
    said = Said(read_ref(concern) if concern else None) if nobody_at_risk or concern else None
    said = said if named.facts.asks_about_safeguarding else None
    say(open_by_hand(council, named, facts, by=by, owner=Recipient.from_tag(owner) if owner else None, said=said))
