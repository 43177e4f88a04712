"""`pathways deploy`: declares the work pool and every deployment to Prefect's server."""

from __future__ import annotations

import typer

from deployments.cli.printing import say
from tasks.installation import Installation, settle_prefect_in

app = typer.Typer(rich_markup_mode=None)


@app.command()
def deploy() -> None:
    """Declare everything in `prefect.yaml` to Prefect's server: once, and again after each upgrade."""
    installation = Installation.from_environment()
    settle_prefect_in(installation)
    from deployments.running.singly import declare_everything  # imports Prefect, which then reads its settings

    say(f"Prefect has {declare_everything(installation)} deployments of ours")
