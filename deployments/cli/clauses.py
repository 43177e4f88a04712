"""`pathways clauses`: where each clause of the procedures is done, and which tests hold it."""

from __future__ import annotations

from typing import Annotated

import typer

from deployments.clause_coverage import as_json as clauses_as_json
from deployments.clause_coverage import as_table, coverage
from deployments.cli.printing import show, write_json
from deployments.cli.shared import AsJson
from tasks.installation import CHECKOUT

app = typer.Typer(rich_markup_mode=None)


@app.command()
def clauses(
    as_json: AsJson = False,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that are not done.")] = False,
) -> None:
    """Say for each clause where it is done (file:line), which tests hold it, or why it is open."""
    found = [one for one in coverage(CHECKOUT) if not (only_open and one.done)]
    if as_json:
        write_json(clauses_as_json(found))
    else:
        show(as_table(found))
