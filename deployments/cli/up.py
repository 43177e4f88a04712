"""`pathways up`: the whole system on this machine, until it is stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from deployments.logs.setting_up import set_up_logging
from tasks.installation import Installation, settle_prefect_in

app = typer.Typer(rich_markup_mode=None)


@app.command()
def up(
    empty: Annotated[bool, typer.Option("--empty", help="On a new home, load no example council.")] = False,
) -> None:
    """Run everything on loopback; on an empty home the example council moves in. Ctrl-C or SIGTERM stops it."""
    set_up_logging("up")
    installation = Installation.from_environment()
    settle_prefect_in(installation)
    from deployments.running.up import up as run_everything  # imports Prefect, which then reads its settings

    run_everything(installation, empty=empty, say=lambda text: print(text, flush=True))
