"""`pathways worker`: runs the legs of cases, until it is stopped."""

from __future__ import annotations

import typer

from deployments.logs.setting_up import set_up_logging
from tasks.installation import Installation, settle_prefect_in

app = typer.Typer(rich_markup_mode=None)


@app.command()
def worker() -> None:
    """Run the legs of cases as they come due, on as many machines as you like. SIGTERM stops it; exit 75: start it."""
    installation = Installation.from_environment()
    settle_prefect_in(installation)
    from deployments.running.singly import run_worker  # imports Prefect, which then reads its settings

    set_up_logging("worker")
    raise typer.Exit(run_worker(installation))
