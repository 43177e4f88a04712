"""`pathways restore`: a backup put in place, proven before it takes anything's place."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.printing import progress_bar, say, short
from deployments.cli.shared import clock
from tasks.installation import Installation

app = typer.Typer(rich_markup_mode=None)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The archive that `pathways backup` wrote.")],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="HOME", help="Another home than PATHWAYS_HOME; made if it is not there."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where there are cases already; they are kept aside.")
    ] = False,
) -> None:
    """Put a backup in place. Refused while the system runs, and where there are cases unless --replace is said."""
    from deployments.migrating import upgrade
    from deployments.running.home import lock_home
    from tasks.backup.restoring import restore as put_in_place

    installation = Installation.from_environment()
    if to is not None:
        installation = _at(installation, to.absolute())
    with lock_home(installation), progress_bar("Proving") as progress:
        done = put_in_place(file, installation, upgrade=upgrade, now=clock.now(), replace=replace, progress=progress)
    counts = done.proof.counts
    say(f"restored into {installation.home}: the backup of {short(done.manifest.made_at)}")
    say(f"{counts.cases} cases ({counts.open_cases} open), {counts.entries} entries, {counts.messages} messages")
    if done.proof.faults:
        say(f"the record did not hold when it was copied, and does not now: {done.proof.faults[0]}")
    else:
        say("proven: every ledger, seal and look in it holds")
    if done.kept is not None:
        say(f"what it replaced is kept in {done.kept}; it holds personal data: remove it once nobody needs it")
    for part, place in done.beside:
        say(f"{part} belongs outside the home and was left as it is there; the backup's is {place}")
    if done.holds is None:
        say("legal holds of what it replaced COULD NOT BE READ: place again those that were placed since the backup")
    elif done.holds:
        say(f"legal holds placed since the backup, and placed again: {done.holds}")
    say("Next:")
    say("  1. Set the environment as it was (webhook secrets are not in a backup).")
    say("  2. Look at the legal holds (`pathways hold list`) before the next night: what is under none may be erased.")
    say("  3. Start the system. Before a leg runs it looks for what happened after the backup: each case whose record")
    say("     is older is parked and asked about, and cases that are lost are named to whoever looks after the system.")
    say("  4. Run `pathways recover`, which looks at everything once more and says what it found.")
    say(f"  5. Have mail since {short(done.manifest.made_at)} delivered again, and import the register's extract.")


def _at(installation: Installation, home: Path) -> Installation:
    """The same installation at another home, with everything in it."""
    there = Installation.from_environment({"PATHWAYS_HOME": str(home)})
    return dataclasses.replace(
        installation,
        home=there.home,
        database_url=there.database_url,
        policy_file=there.policy_file,
        apprise_file=there.apprise_file,
        connections_file=there.connections_file,
    )
