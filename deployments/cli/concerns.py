"""What the commands share before which is asked whether anybody is at risk of abuse or neglect."""

from __future__ import annotations

from typing import Annotated

import typer

from deployments.cli.reading import read_json
from deployments.cli.shared import member_named
from models.forms.safeguarding import ConcernNoticed
from tasks.durable.cases import read_facts
from tasks.durable.council import Council
from tasks.worklist.members import Member, member_of

NobodyAtRisk = Annotated[
    bool, typer.Option("--nobody-at-risk", help="You have asked yourself, and nobody is at risk of abuse.")
]


def read_concern(json_file: str) -> ConcernNoticed:
    """A concern from a file; who noticed it, and where, is filled in when it is raised. Raises `WrongFacts`."""
    given = read_json(json_file)
    fixed = {"noticed_by": "", "came_from": None}
    facts = read_facts(ConcernNoticed, {**given, **fixed} if isinstance(given, dict) else given)
    assert isinstance(facts, ConcernNoticed)
    return facts


def member_at_work(council: Council, staff: str) -> Member:
    """Who acts, with those for whom they stand in today."""
    with council.database.read() as session:
        found = member_of(session, member_named(session, staff).id, council.clock.now())
    assert found is not None  # else `member_named` would have said so
    return found
