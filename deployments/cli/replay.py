"""`pathways replay`: would open cases go on the same way under the code that is installed here?"""

from __future__ import annotations

from typing import Annotated

import typer

from deployments.cli.shared import open_council
from models.errors import CheckFailed, PathwaysError
from models.refs import read_ref

app = typer.Typer(rich_markup_mode=None)


@app.command()
def replay(
    ref: Annotated[str | None, typer.Argument(help="The case; or say --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every open case.")] = False,
) -> None:
    """Run ledgers against this version without effects; names each case that would take another way (exit code 1)."""
    from tasks.durable.replay import Way, replay_all
    from tasks.durable.replay import replay as replay_one

    if (ref is None) != every:
        raise PathwaysError("say which case, or --all")
    council = open_council()
    found = list(replay_all(council)) if ref is None else [replay_one(council, read_ref(ref))]
    others = [one for one in found if one.way is not Way.SAME]
    for one in others:
        print(f"{one.ref} {one.way} {one.why}")
    if others:
        raise CheckFailed(f"{len(others)} of {len(found)} cases would not go on the same way; nothing was changed")
    print(f"{len(found)} cases go on the same way")
