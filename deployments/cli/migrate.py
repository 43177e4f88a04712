"""`pathways migrate`: bring the database to the tables that this version needs."""

from __future__ import annotations

import typer

from deployments.cli.printing import say
from deployments.cli.reading import FileUnreadable
from deployments.cli.shared import open_database
from deployments.migrating import upgrade
from tasks.installation import Installation

app = typer.Typer(rich_markup_mode=None)


@app.command()
def migrate() -> None:
    """Bring the database to this version; on an empty home it is made. Nothing is half done."""
    home = Installation.from_environment().home
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
        raise FileUnreadable(f"PATHWAYS_HOME {home} cannot be used ({reason}): name a folder you may write") from None
    database = open_database(must_be_current=False)
    upgrade(database)
    say("the database has the tables of this version")
