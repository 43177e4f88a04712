"""`pathways serve`: the worklist, the doors for mail and webhooks, and /health, until it is stopped."""

from __future__ import annotations

import typer

from deployments.logs.setting_up import set_up_logging
from tasks.installation import Installation, settle_prefect_in

app = typer.Typer(rich_markup_mode=None)


@app.command()
def serve() -> None:
    """Serve the worklist, the mail and webhook doors and /health. Several machines may. SIGTERM stops it."""
    installation = Installation.from_environment()
    settle_prefect_in(installation)
    from deployments.running.singly import run_serving  # imports Prefect, which then reads its settings

    set_up_logging("serving")
    run_serving(installation)
