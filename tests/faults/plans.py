"""
What a trial is to be, worked out from its seed alone: which faults, how often, on which database, under what load.

A seed is written `7-123`: trial 123 of campaign 7.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from random import Random


class Kind(StrEnum):
    """What mainly goes wrong in a trial."""

    KILL = "kill"
    """Processes are killed at any instant, inside transactions and between them."""
    STALL = "stall"
    """Processes stand still while time passes and others carry on, and then go on where they were."""
    DATABASE = "database-away"
    """The database cannot be reached, is locked by somebody else, loses connections, or is killed itself."""
    DISK = "disk-full"
    """The disk is full for a while."""
    CLOCK = "clock-jumps"
    """The clocks of processes jump, forward and back."""
    SERVICES = "services-lie"
    """Mail and Notify refuse, are slow, hang up, or take a message and say that they did not."""
    REPEATS = "ten-times"
    """Every message is delivered ten times, by several at once."""
    RACES = "answers-race"
    """Several people answer, take and signal about the same case at the same instant."""
    ALL = "everything"
    """All of it together."""


class Fault(StrEnum):
    """One thing that goes wrong at one point of one process."""

    DIE = "killed"
    DIE_WITHIN = "killed within a transaction"
    STALL = "stands still"
    CUT = "loses its connection"
    CUT_AFTER = "loses its connection while it commits"
    LOCK = "somebody else locks the database"
    CRASH = "the database server is killed"
    FULL = "finds the disk full"
    JUMP = "its clock jumps"


class Role(StrEnum):
    """What a process of a trial plays."""

    WORKER = "worker"
    DOOR = "door"
    STAFF = "staff"
    POST = "post"
    HOUSE = "house"


CHANCES: dict[Kind, dict[Fault, float]] = {
    Kind.KILL: {Fault.DIE: 0.012, Fault.DIE_WITHIN: 0.05},
    Kind.STALL: {Fault.STALL: 0.02},
    Kind.DATABASE: {Fault.CUT: 0.02, Fault.CUT_AFTER: 0.05, Fault.LOCK: 0.015, Fault.CRASH: 0.004},
    Kind.DISK: {Fault.FULL: 0.06},
    Kind.CLOCK: {Fault.JUMP: 0.03},
    Kind.SERVICES: {Fault.DIE: 0.002},
    Kind.REPEATS: {Fault.DIE: 0.004},
    Kind.RACES: {Fault.DIE_WITHIN: 0.01, Fault.STALL: 0.01},
    Kind.ALL: {
        Fault.DIE: 0.006,
        Fault.DIE_WITHIN: 0.02,
        Fault.STALL: 0.008,
        Fault.CUT: 0.006,
        Fault.CUT_AFTER: 0.01,
        Fault.LOCK: 0.003,
        Fault.FULL: 0.015,
        Fault.JUMP: 0.008,
    },
}
"""How likely each fault is at a point where it can happen."""

CAST: dict[Kind, dict[Role, int]] = {
    kind: {Role.WORKER: 2, Role.DOOR: 1, Role.STAFF: 2, Role.POST: 1, Role.HOUSE: 1} for kind in Kind
}
CAST[Kind.KILL] |= {Role.POST: 2}
CAST[Kind.REPEATS] |= {Role.DOOR: 2}
CAST[Kind.RACES] |= {Role.STAFF: 4}
CAST[Kind.STALL] |= {Role.WORKER: 3, Role.POST: 2}
CAST[Kind.ALL] |= {Role.DOOR: 2, Role.POST: 2}

STRIDES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 61, 300, 1300, 3600, 4 * 3600, 9 * 3600, 26 * 3600, 4 * 86400)
)
"""By how much time goes on when nobody has anything to do. A lease lasts a minute, a claim up to twenty."""
ON_POSTGRESQL = 4
"""One trial in so many runs on PostgreSQL."""


@dataclass(frozen=True)
class Plan:
    """One trial."""

    seed: str
    kind: Kind
    on_postgresql: bool
    steps: int
    """How often the conductor lets somebody go on before everything is mended."""
    messages: int
    tray: int
    repeats: int
    """How often each message is delivered at most."""
    bad_services: float
    """How often a service outside does not do as it should."""
    has_mailbox: bool
    chances: dict[Fault, float] = field(default_factory=dict)
    cast: dict[Role, int] = field(default_factory=dict)

    def chance(self, what: str) -> Random:
        """Chance for one purpose, apart from all others, so that one more throw does not change every later one."""
        return Random(f"{self.seed} {what}")


def plan_of(seed: str, *, postgresql: bool | None = None) -> Plan:
    """The plan behind a seed such as `7-123`. `postgresql` decides on the database instead of the seed."""
    number = int(seed.rpartition("-")[2])
    kinds = list(Kind)
    kind, random = kinds[number % len(kinds)], Random(f"{seed} plan")
    chosen = random.randrange(ON_POSTGRESQL) == 0
    return Plan(
        seed=seed,
        kind=kind,
        on_postgresql=chosen if postgresql is None else postgresql,
        steps=random.randint(250, 700),
        messages=random.randint(3, 7),
        tray=random.randint(1, 3),
        repeats=10 if kind is Kind.REPEATS else random.choice((1, 1, 2, 3)),
        bad_services={Kind.SERVICES: 0.5, Kind.ALL: 0.2}.get(kind, 0.03),
        has_mailbox=random.random() < (0.6 if kind in (Kind.REPEATS, Kind.KILL, Kind.ALL) else 0.2),
        chances=CHANCES[kind],
        cast=CAST[kind],
    )


def seeds_of(campaign: int, trials: int, only: Kind | None = None) -> list[str]:
    """The seeds of a campaign's trials; with `only`, those of one kind alone, as many."""
    kinds = list(Kind)
    if only is None:
        return [f"{campaign}-{number}" for number in range(1, trials + 1)]
    first = kinds.index(only) or len(kinds)
    return [f"{campaign}-{first + index * len(kinds)}" for index in range(trials)]
