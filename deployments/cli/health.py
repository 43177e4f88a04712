"""`pathways health`: what works and what does not, as /health says it."""

from __future__ import annotations

from typing import Any

import httpx
import typer

from deployments.cli.printing import say, write_json, write_table
from deployments.cli.shared import AsJson, open_council, prepare_prefect
from models.errors import CheckFailed, PathwaysError
from tasks.installation import Installation

app = typer.Typer(rich_markup_mode=None)
TIMEOUT_SECONDS = 15


@app.command()
def health(as_json: AsJson = False) -> None:
    """Show each part, whether it works, what to do where it does not, and its page in the runbook. Exit 1: degraded."""
    installation = Installation.from_environment()
    report = _told_by_the_serving_part(installation) or _found_here(installation)
    if as_json:
        write_json(report)
    else:
        write_table(
            ("Part", "", "Says", "Page"),
            (
                (name, "works" if part["ok"] else "WRONG", part["says"], "" if part["ok"] else part["page"])
                for name, part in report["parts"].items()
            ),
            wrapped=("Says",),
        )
        say("Everything works." if report["status"] == "ok" else "Something is wrong: begin with what stands first.")
    if report["status"] != "ok":
        raise typer.Exit(CheckFailed.exit_code)


def _told_by_the_serving_part(installation: Installation) -> dict[str, Any] | None:
    """What /health says; None where nobody answers there."""
    try:
        answer = httpx.get(f"http://{installation.host}:{installation.port}/health", timeout=TIMEOUT_SECONDS)
        told = answer.json()
    except (httpx.HTTPError, ValueError):
        return None
    return told if isinstance(told, dict) and "parts" in told else None


def _found_here(installation: Installation) -> dict[str, Any]:
    """What this process finds by itself, the serving part being away."""
    away = "nothing answers on its port: letters, calls and staff are turned away; start it, or see its log"
    parts: dict[str, Any] = {"serving": {"ok": False, "says": away, "page": "docs/runbook/serving.md"}}
    try:
        council = open_council()
    except PathwaysError as wrong:
        return {
            "status": "degraded",
            "parts": parts | {"database": {"ok": False, "says": str(wrong), "page": "docs/runbook/database.md"}},
        }
    prepare_prefect(installation)
    from deployments.running.health import health_of  # imports Prefect, which then reads its settings

    return {"status": "degraded", "parts": parts | health_of(council, installation)["parts"]}
