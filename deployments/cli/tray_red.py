"""`pathways tray red`: the list of people at high risk as a file, for a scheduled job to keep off the system."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.printing import in_utf8, say
from deployments.cli.reading import FileUnreadable
from deployments.cli.shared import AsStaff, clock, member_named, open_council
from tasks.database import Database
from tasks.worklist.members import Member, member_of


def red_command(app: typer.Typer) -> None:
    """Make the command known to the group `pathways tray`."""
    app.command("red")(tray_red)


def tray_red(
    staff: AsStaff,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.html", help="Where to; a file that is there is written over."),
    ] = None,
) -> None:
    """
    Write the list of people at high risk as one page of HTML, for an outage or out of hours.

    It has names, addresses, telephone numbers and safety plans, of those within reach of whoever asks; only they can
    read the file. Keep it where an outage of this system does not reach it, and destroy it after use. Each person on
    it is noted in the access log.
    """
    from deployments.worklist.looks import environment
    from deployments.worklist.pages.red_list import red_list_file
    from tasks.worklist.red_list import red_list

    council = open_council()
    found = red_list(council, _member(council.database, staff), clock.now())
    page = red_list_file(environment(), found)
    if out is None:
        in_utf8(sys.stdout)
        print(page)
        return
    _write_over(out, page.encode("utf-8", "backslashreplace"))
    say(f"{len(found.people)} at high risk in {out}. Keep it safe, and destroy it after use.")


def _member(database: Database, staff: str) -> Member:
    """Who asks, as the register has them now. Raises `NotOnTheStaff`."""
    with database.read() as session:
        found = member_of(session, member_named(session, staff).id, clock.now())  # who has left is refused before
    assert found is not None
    return found


def _write_over(out: Path, content: bytes) -> None:
    """Put the file in place of the one that is there, whole or not at all; nobody else can read it."""
    try:
        handle, kept = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(kept).replace(out)
        except OSError:
            Path(kept).unlink(missing_ok=True)
            raise
    except OSError as failed:
        raise FileUnreadable(f"{out} cannot be written ({failed.strerror}): name another place in --out") from None
