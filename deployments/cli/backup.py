"""`pathways backup`: a proven copy of everything, taken while all runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.printing import complain, progress_bar, say, write_json
from deployments.cli.shared import AsJson, clock, open_council
from models.errors import CheckFailed
from tasks.installation import Installation

app = typer.Typer(rich_markup_mode=None)


class RecordDoesNotHold(CheckFailed):
    """The backup was taken, and the record that it is a copy of does not hold."""


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The archive to write; none of that name may be there.")],
    as_json: AsJson = False,
) -> None:
    """Copy database, policy, connections and the seals' witness into one archive, and prove it. It holds secrets."""
    from tasks.backup.taking import take_backup

    council = open_council()
    with progress_bar("Proving") as progress:
        made = take_backup(
            Installation.from_environment(),
            council.database,
            council.connections,
            file.absolute(),
            clock.now(),
            progress,
        )
    if as_json:
        write_json(made.model_dump(mode="json"))
    else:
        counts = made.counts
        say(f"{file}: {', '.join(one.name for one in made.files)}")
        if counts is not None:
            say(
                f"{counts.cases} cases ({counts.open_cases} open), {counts.entries} entries, "
                f"{counts.messages} messages, {counts.seals} seals"
            )
        if made.proven:
            say("proven: the copy was opened, its file is whole, and every ledger, seal and look in it holds")
        say("not in it: " + "; ".join(made.not_included))
        say("It holds personal data and passwords: keep it as you keep the system itself.")
    if counts_missing := made.counts is None:
        complain(
            "NOT PROVEN: the database's user may not create a database to load the copy into; restore it elsewhere "
            "once, to be sure (docs/backup-and-recovery.md)"
        )
    if made.faults and not counts_missing:
        for fault in made.faults:
            complain(fault)
        raise RecordDoesNotHold(
            "the backup was taken, and the record itself does not hold: see `pathways audit verify`"
        )
