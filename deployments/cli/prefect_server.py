"""`pathways prefect-server`: Prefect's server by itself, until it is stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from tasks.installation import BadSetting, Installation, settle_prefect_in

app = typer.Typer(rich_markup_mode=None)


@app.command()
def prefect_server(
    no_services: Annotated[
        bool, typer.Option("--no-services", help="One of several servers: without the background services.")
    ] = False,
    only_services: Annotated[
        bool, typer.Option("--only-services", help="The background services alone, once for all servers.")
    ] = False,
) -> None:
    """Run Prefect's server as PREFECT_SERVER_API_HOST and its own settings say. SIGTERM stops it."""
    if no_services and only_services:
        raise BadSetting("choose --no-services or --only-services: a server, or what runs once for all of them")
    installation = Installation.from_environment()
    settle_prefect_in(installation)
    from deployments.running.singly import run_prefect_server, run_prefect_services  # they read Prefect's settings

    if only_services:
        run_prefect_services()
    else:
        run_prefect_server(installation, with_services=not no_services)
