"""`pathways contingency`: plans for interruptions, and what has none (TRN-46)."""

from __future__ import annotations

from typing import Any

import typer

from deployments.cli.printing import say, write_json, write_table
from deployments.cli.shared import AsJson, clock, open_council
from models.contingency.tables import ContingencyPlan
from models.working_time import local_day
from tasks.contingency.covering import plans_in_force, scope_in_words, without_a_plan

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="List contingency plans, and what has none.")


@app.callback()
def contingency() -> None:
    """Contingency plans."""


@app.command("list")
def list_plans(as_json: AsJson = False) -> None:
    """
    List the contingency plans that hold, those first that are due first, and what has none.

    Exit code 1 where a duty of our own or a provider in use has no plan, or a plan's day for being looked at has
    passed.
    """
    council = open_council()
    today = local_day(clock.now())
    with council.database.read() as session:
        plans = plans_in_force(session)
        scopes = {one.case_ref: scope_in_words(session, one) for one in plans}
        missing = without_a_plan(session, council.policy, today)
    late = [one for one in plans if one.next_review_on < today]
    if as_json:
        without = [{"interruption": str(one.interruption), "id": one.id, "name": one.name} for one in missing]
        write_json({"plans": [_as_data(one) for one in plans], "without_a_plan": without})
    else:
        columns = ("Case", "Plan", "For", "Kept by", "Document", "Tried out", "Looked at next")
        write_table(columns, [_row(one, scopes[one.case_ref]) for one in plans], wrapped=("Plan", "For", "Document"))
        say(f"{len(plans)} plans, {len(late)} of them overdue")
        for one in missing:
            say(f"Without a plan: {one.name} ({one.interruption.replace('-', ' ')}: {one.id})")
    if missing or late:
        raise typer.Exit(1)


def _row(one: ContingencyPlan, scope: str) -> tuple[str, ...]:
    tested = one.tested_on.isoformat() if one.tested_on else "never"
    return (one.case_ref, one.name, scope, one.owner, one.document, tested, one.next_review_on.isoformat())


def _as_data(one: ContingencyPlan) -> dict[str, Any]:
    return {
        "case": one.case_ref,
        "name": one.name,
        "interruption": one.interruption,
        "duty": one.duty,
        "team": one.team_id,
        "provider": one.provider_id,
        "provider_kind": one.provider_kind,
        "owner": one.owner,
        "document": one.document,
        "agreed_on": one.agreed_on.isoformat(),
        "tested_on": one.tested_on.isoformat() if one.tested_on else None,
        "next_review_on": one.next_review_on.isoformat(),
    }
