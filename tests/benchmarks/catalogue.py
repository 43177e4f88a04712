"""Every benchmark by name: what it measures, how it is run, and the numbers that we hold ourselves to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Target:
    """A number we hold ourselves to: a figure by its path ("sqlite.ratio"), and the most or the least it may be."""

    figure: str
    says: str
    at_most: float | None = None
    at_least: float | None = None

    def is_met(self, value: float) -> bool:
        """Whether a figure keeps to it."""
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)


@dataclass(frozen=True)
class Benchmark:
    """What it measures, in a sentence; how it is run at full size and quickly; its targets."""

    says: str
    module: str
    full: Callable[[Any], dict[str, Any]]
    short: Callable[[Any], dict[str, Any]]
    targets: tuple[Target, ...] = field(default=())

    def run(self, *, quick: bool) -> dict[str, Any]:
        """Its figures."""
        module = import_module(f"tests.benchmarks.{self.module}")
        return (self.short if quick else self.full)(module)


def _both(run: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """On either database."""
    return {kind: run(kind) for kind in KINDS}


CATALOGUE = {
    "legs": Benchmark(
        "Legs through Prefect by our worker, by its stock process worker, and what the server sustains for the same "
        "changes of state alone",
        "legs",
        full=lambda legs: legs.measured(),
        short=lambda legs: legs.measured(stock_cases=2, our_cases=10),
        targets=(
            Target("ours_to_stock", "at least 15 times the leg rate of the stock process worker", at_least=15),
            Target("ours_to_server_alone", "at least 60% of what the server sustains alone", at_least=0.6),
        ),
    ),
    "polling": Benchmark(
        "What asking for due runs costs with nothing asleep, with 100,000 asleep, and with 10,000 due after an outage",
        "polling",
        full=lambda polling: polling.measured(sleeping=100_000, due=10_000),
        short=lambda polling: polling.measured(sleeping=500, due=50),
    ),
    "steps": Benchmark(
        "A durable step against a bare transaction that writes the same rows, and against a step of DBOS",
        "steps",
        full=lambda steps: _both(steps.measured),
        short=lambda steps: _both(lambda kind: steps.measured(kind, rounds=3)),
        targets=(
            Target("sqlite.times_a_bare_transaction", "a step costs at most two bare transactions (SQLite)", at_most=2),
            Target(
                "postgresql.times_a_bare_transaction",
                "a step costs at most two bare transactions (PostgreSQL)",
                at_most=2,
            ),
            Target("sqlite.times_the_rate_of_dbos", "at least five times DBOS's step rate on SQLite", at_least=5),
            Target(
                "postgresql.times_the_rate_of_dbos", "at least three times DBOS's step rate on PostgreSQL", at_least=3
            ),
        ),
    ),
    "long-legs": Benchmark(
        "A leg of a case with 1,000 recorded steps against one with 10, without Prefect around it",
        "steps",
        full=lambda steps: steps.leg_by_length(),
        short=lambda steps: steps.leg_by_length(rounds=3),
    ),
    "tray-year": Benchmark(
        "A year of a tray that always holds 2,000 people under the virtual clock, beside SpiffWorkflow's legs",
        "tray_year",
        full=lambda tray: tray.measured(2000, 365),
        short=lambda tray: tray.measured(60, 10),
        targets=(
            Target("seconds", "the year in under three minutes", at_most=180),
            Target("times_the_rate_of_spiff", "at least five times SpiffWorkflow's leg rate", at_least=5),
        ),
    ),
    "plan-changes": Benchmark(
        "Changes of a reablement plan from evidence to copies, on a plan with one version and on one with forty",
        "plan_changes",
        full=lambda plans: _both(plans.measured),
        short=lambda plans: {"sqlite": plans.measured(many=5, rounds=3)},
    ),
    "intake": Benchmark(
        "Letters and contacts a second, taken up and on the disk, against bare writes of the same bytes",
        "intake",
        full=lambda intake: _both(intake.measured),
        short=lambda intake: _both(lambda kind: intake.measured(kind, rounds=2)),
    ),
    "worklist": Benchmark(
        "A page of each list with 100,000 open cases against one with 1,000, as several people see it",
        "worklist_lists",
        full=lambda lists: _both(lists.measured),
        short=lambda lists: {"sqlite": lists.measured("sqlite", many=5_000)},
        targets=tuple(
            Target(
                f"{kind}.worst_ratio", f"a worklist page at 100,000 takes at most twice the time ({kind})", at_most=2
            )
            for kind in KINDS
        ),
    ),
    "audit": Benchmark(
        "Verifying the ledgers of 100,000 cases against those of 1,000",
        "auditing",
        full=lambda auditing: _both(auditing.measured),
        short=lambda auditing: _both(lambda kind: auditing.measured(kind, few=200, many=1_000)),
        targets=tuple(
            Target(f"{kind}.time_a_case_many_to_few", f"the time for each case does not grow ({kind})", at_most=1.2)
            for kind in KINDS
        ),
    ),
    "replay": Benchmark(
        "Replaying 10,000 open cases of every procedure against this version of the code, and 1,000",
        "replaying",
        full=lambda replaying: _both(replaying.measured),
        short=lambda replaying: {"sqlite": replaying.measured("sqlite", few=100, many=500)},
        targets=tuple(
            Target(f"{kind}.many.wall_seconds", f"10,000 open cases in under a minute ({kind})", at_most=60)
            for kind in KINDS
        ),
    ),
    "incident": Benchmark(
        "A provider of 400 people fails: their list, owners and first questions, and the first leg of each of them",
        "incident",
        full=lambda incident: incident.measured(),
        short=lambda incident: incident.measured(people=20),
        targets=(
            Target(
                "seconds_to_list_owners_and_first_questions",
                "400 people are listed, owned and asked about within ten seconds",
                at_most=10,
            ),
            Target("seconds_to_every_first_leg", "and each has had a first leg within four minutes", at_most=240),
        ),
    ),
    "memory": Benchmark(
        "The memory of a process that watches over 100,000 sleeping cases against one over 1,000",
        "memory",
        full=lambda memory: memory.measured(),
        short=lambda memory: memory.measured(few=200, many=2_000),
        targets=(Target("ratio", "100,000 sleeping cases cost no memory while they sleep", at_most=1.05),),
    ),
}
