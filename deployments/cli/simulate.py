"""`pathways simulate`: what a procedure would do with so many cases in so many days."""

from __future__ import annotations

import importlib
import math
import pkgutil
from collections import Counter
from datetime import timedelta
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import flows
from deployments.cli.printing import progress_bar, say, write_json, write_table
from deployments.cli.shared import AsJson, load_forms, prepare_prefect
from deployments.cli.simulation import Plan, Simulation, throwaway_database
from deployments.example_council import example_policy
from models.cases import Case, Entry, WorkItem
from models.entry_kinds import EntryKind
from models.errors import PathwaysError
from models.policy import Policy, load_policy
from models.states import CaseStatus
from tasks.durable.arrivals import outcome_of
from tasks.durable.procedure import Procedure, all_procedures
from tasks.installation import Installation

app = typer.Typer(rich_markup_mode=None)


class NoSuchProcedure(PathwaysError):
    """This version has no procedure of that name; the message lists those it has."""


@app.command()
def simulate(
    procedure: Annotated[str, typer.Argument(help="Its name, such as written-contact-transfer.")],
    cases: Annotated[int, typer.Option(min=1, help="How many cases come in.")],
    days: Annotated[int, typer.Option(min=1, help="In how many days.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 1,
    as_json: AsJson = False,
) -> None:
    """
    Run a procedure for invented cases under a virtual clock, and count what happens.

    The real flows run, under this installation's policy or the example council's, over a database that is thrown away;
    invented people answer. Nothing here is touched, and nobody is told.
    """
    plan = Plan(_procedure(procedure), cases, days, seed)
    with throwaway_database() as database:
        simulation = Simulation(plan, _policy(), database)
        with progress_bar(f"Simulating {days} days") as progress:
            simulation.live_through(progress or (lambda _done, _total: None))
        with database.read() as session:
            counted = counts(session, simulation)
    if as_json:
        write_json(counted)
    else:
        _tell(counted)


def counts(session: Session, simulation: Simulation) -> dict[str, Any]:
    """What happened, as `simulate --json` has it."""
    plan = simulation.plan
    by_status = Counter(session.scalars(select(Case.status).where(Case.procedure == plan.procedure.name)))
    others = session.execute(
        select(Case.procedure, func.count()).where(Case.procedure != plan.procedure.name).group_by(Case.procedure)
    )
    closed = session.execute(
        select(Case.ref, Case.opened_at, Case.closed_at).where(
            Case.procedure == plan.procedure.name, Case.closed_at.is_not(None)
        )
    ).all()
    kinds = Counter(dict(session.execute(select(Entry.kind, func.count()).group_by(Entry.kind)).tuples().all()))
    asked = session.execute(select(WorkItem.form, func.count()).group_by(WorkItem.form).order_by(WorkItem.form))
    lengths = sorted((done - opened) / timedelta(days=1) for _, opened, done in closed if done is not None)
    return {
        "procedure": plan.procedure.name,
        "seed": plan.seed,
        "days": plan.days,
        "policy": simulation.council.policy.version,
        "cases": {
            "opened": by_status.total(),
            "closed": by_status[CaseStatus.CLOSED],
            "open": by_status[CaseStatus.OPEN],
            "needs_attention": by_status[CaseStatus.NEEDS_ATTENTION],
        },
        "other_cases": dict(sorted(others.tuples().all())),
        "outcomes": dict(sorted(Counter(outcome_of(session, ref) or "done" for ref, _, _ in closed).items())),
        "days_to_close": {"median": _percentile(lengths, 50), "95th": _percentile(lengths, 95)},
        "items_asked": dict(asked.tuples().all()),
        "answered": kinds[EntryKind.ANSWERED],
        "lapsed": kinds[EntryKind.LAPSED],
        "reminders": kinds[EntryKind.REMINDED],
        "escalations": kinds[EntryKind.ESCALATED],
        "unanswerable": dict(sorted(simulation.unanswerable.items())),
        "entries": kinds.total(),
        "legs": simulation.runtime.legs,
    }


def _percentile(ordered: list[float], percent: int) -> float | None:
    """The nearest-rank percentile, in days to two places; none of nothing."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)], 2)


def _tell(counted: dict[str, Any]) -> None:
    cases, lengths = counted["cases"], counted["days_to_close"]
    rows = [
        ("Cases opened", str(cases["opened"])),
        ("  closed", str(cases["closed"])),
        ("  still open", str(cases["open"])),
        ("  needing attention", str(cases["needs_attention"])),
        *((f"Other cases: {name}", str(number)) for name, number in counted["other_cases"].items()),
        *((f"Outcome: {name}", str(number)) for name, number in counted["outcomes"].items()),
        ("Days to close, median", _or_none(lengths["median"])),
        ("Days to close, 95th of a hundred", _or_none(lengths["95th"])),
        *((f"Asked: {name}", str(number)) for name, number in counted["items_asked"].items()),
        *((f"Nobody could answer: {name}", str(number)) for name, number in counted["unanswerable"].items()),
        *((name.capitalize(), str(counted[name])) for name in ("answered", "lapsed", "reminders", "escalations")),
        *((name.capitalize(), str(counted[name])) for name in ("entries", "legs")),
    ]
    say(f"{counted['procedure']}: {counted['days']} days, seed {counted['seed']}, policy {counted['policy']}")
    write_table(("", ""), rows)


def _or_none(days: float | None) -> str:
    return "none closed" if days is None else f"{days:.2f}"


def _procedure(name: str) -> Procedure:
    """The procedure of that name. Raises `NoSuchProcedure`."""
    prepare_prefect(Installation.from_environment())
    for module in pkgutil.iter_modules(flows.__path__):
        importlib.import_module(f"flows.{module.name}")
    load_forms()
    known = {one.name: one for one in all_procedures()}
    if name not in known:
        raise NoSuchProcedure(f"there is no procedure of that name; the procedures are {', '.join(known)}")
    return known[name]


def _policy() -> Policy:
    file = Installation.from_environment().policy_file
    return load_policy(file) if file.exists() else example_policy()
