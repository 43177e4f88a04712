"""`pathways recover`: bring every open case back to a run in Prefect that wakes it, and say what was wrong."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import typer

from deployments.cli.printing import say, write_json, write_table
from deployments.cli.shared import AsJson, open_council
from models.errors import CheckFailed
from tasks.installation import Installation, settle_prefect_in

if TYPE_CHECKING:
    from tasks.durable.recovering import Recovery

app = typer.Typer(rich_markup_mode=None)


class NotRecovered(CheckFailed):
    """Some cases would not go on yet, or Prefect cannot be asked; the message says what to do next."""


@app.command()
def recover(as_json: AsJson = False) -> None:
    """Compare every open case with its run in Prefect and bring back what would not wake; 1 where some cannot be."""
    settle_prefect_in(Installation.from_environment())
    council = open_council()
    from tasks.durable.prefect_clerk import PrefectAway  # imports Prefect, which then reads its settings
    from tasks.durable.recovering import recover as bring_back
    from tasks.housekeeping import deploy_once

    try:
        done = bring_back(council, partial(deploy_once, council))
    except PrefectAway as away:
        raise NotRecovered(f"{away}; every open case is safe in our database and comes back with it") from None
    if as_json:
        _write(done)
    else:
        _tell(done)
    if done.round.not_deployed and not done.still_wrong:
        raise NotRecovered("every open case goes on, but not all our deployments are declared: run `pathways deploy`")
    if done.still_wrong:
        raise NotRecovered(
            f"{len(done.still_wrong)} cases do not go on yet: see that a worker runs and that this version has their "
            "procedures, then run `pathways recover` again"
        )


def _write(done: Recovery) -> None:
    round_ = asdict(done.round)
    write_json(
        {
            "looked_at": round_["looked_at"],
            "brought_back": [{"ref": ref, "why": why} for ref, why in sorted(done.round.brought_back.items())],
            "older_records": sorted(done.round.older),
            "lost_cases": done.lost,
            "runs_ended": done.laid_to_rest,
            "deployments_made_anew": done.round.deployed,
            "deployments_failed": done.round.not_deployed,
            "unsettled": [asdict(one) for one in done.unsettled],
            "still_wrong": [{"ref": ref, "why": why} for ref, why in sorted(done.still_wrong.items())],
        }
    )


def _tell(done: Recovery) -> None:
    say(f"{_cases(done.round.looked_at)} looked at, {len(done.round.brought_back)} brought back")
    if done.round.deployed:
        say("deployments made anew")
    if done.round.not_deployed:
        say(f"deployments could NOT be made anew ({done.round.not_deployed}): run `pathways deploy`, which says why")
    if done.round.brought_back:
        write_table(("case", "why"), sorted(done.round.brought_back.items()), wrapped=("why",))
    if done.round.older:
        say(
            f"{_cases(len(done.round.older))} with a record that is older than what happened: each is parked, and a "
            "manager is asked what happened meanwhile (`pathways work list`)"
        )
    if done.lost:
        say(
            f"{_cases(len(done.lost))} that Prefect knows and the database has lost ({', '.join(done.lost)}): a case "
            "is open for whoever looks after the system"
        )
    if done.laid_to_rest:
        say(f"runs ended that carried no case any more: {done.laid_to_rest}")
    if done.unsettled:
        say("asked of people, now or earlier, and not answered yet:")
        write_table(("item", "case", "about"), [(one.item, one.case, one.title) for one in done.unsettled])
    if done.still_wrong:
        say("still wrong:")
        write_table(("case", "why"), sorted(done.still_wrong.items()), wrapped=("why",))
    else:
        say("every open case has a run that wakes it")


def _cases(number: int) -> str:
    return f"{number} case{'' if number == 1 else 's'}"
