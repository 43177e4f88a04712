"""`pathways case open`: opening a case by hand, for what comes neither by post nor from another case."""

from __future__ import annotations

import importlib
import re
from typing import Annotated

import typer

from deployments.cli.printing import say
from deployments.cli.reading import read_json
from deployments.cli.shared import AsStaff, member_named, open_council, prepare_prefect
from models.errors import PathwaysError
from models.notices import Recipient, RecipientKind
from tasks.durable.cases import open_new, read_facts
from tasks.installation import Installation

_PROCEDURE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TAG = re.compile(rf"({'|'.join(RecipientKind)})-[a-z0-9][a-z0-9_-]*")


class CannotBeOpened(PathwaysError):
    """That is no procedure, or nobody who can own a case; the message says what to give."""


def open_case(
    procedure: Annotated[str, typer.Argument(help="The procedure, such as disclosure or unauthorised-disclosure.")],
    staff: AsStaff,
    json_file: Annotated[str, typer.Option(metavar="FILE", help='What it is opened with, as JSON; "-" reads it in.')],
    owner: Annotated[
        str | None, typer.Option(metavar="TAG", help="Who owns it: role-…, team-… or staff-…; else you do.")
    ] = None,
) -> None:
    """Open a case by hand and print its reference. What is missing or wrong is named, and nothing is opened then."""
    if not _PROCEDURE.fullmatch(procedure):
        raise CannotBeOpened("name the procedure in small letters with hyphens, such as disclosure")
    if owner is not None and not _TAG.fullmatch(owner):
        raise CannotBeOpened("--owner is a tag such as role-duty-worker, team-hazel or staff-practitioner")
    council, given = open_council(), read_json(json_file)
    with council.database.read() as session:
        by = member_named(session, staff).id
    prepare_prefect(Installation.from_environment())
    named = importlib.import_module("tasks.durable.procedure").procedure_named(procedure)
    facts = read_facts(named.facts, given)
    owned_by = Recipient.from_tag(owner) if owner else Recipient.staff(by)
    say(open_new(council, named.name, facts, owner=owned_by, by=by, restricted=named.restricted))
