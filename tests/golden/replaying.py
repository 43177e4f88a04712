"""Replaying journals against the code that is here, without a database."""

from __future__ import annotations

import functools
import importlib
import pkgutil

import flows
from deployments.cli.shared import load_forms
from deployments.example_council import example_policy
from tasks.database import Database
from tasks.durable.council import Council
from tasks.durable.procedure import all_procedures
from tasks.durable.replay import OpenCase, Replayed, replay_ledger
from tests.golden.journals import Journal
from tests.golden.reach import Turn, turns_taken


@functools.cache
def our_procedures() -> frozenset[str]:
    """Every procedure in `flows/`, by name."""
    load_forms()
    for module in pkgutil.iter_modules(flows.__path__):
        importlib.import_module(f"flows.{module.name}")
    return frozenset(one.name for one in all_procedures() if one.run.__module__.startswith("flows."))


def ways_of(journal: Journal) -> list[Replayed]:
    """The check for the journal up to its first entry, up to its second, and so on to the whole."""
    case, council = OpenCase(journal.ref, journal.procedure, restricted=False), _council_without_a_database()
    return [replay_ledger(council, case, journal.entries[:length]) for length in range(1, len(journal.entries) + 1)]


def lost(journal: Journal) -> list[str]:
    """Where the journal's case would not go on: after which entry, and why. Empty where it goes on from each."""
    return [
        f"after {no} {entry.kind} {entry.key}: {one.way}, {one.why}"
        for no, (entry, one) in enumerate(zip(journal.entries, ways_of(journal), strict=True), 1)
        if not one.way.goes_on
    ]


def reached_by(journal: Journal) -> set[Turn]:
    """What of the flows' code the replay of a journal reaches."""
    our_procedures()  # imported outside the block: what a module does when it is imported is no turn
    case, council = OpenCase(journal.ref, journal.procedure, restricted=False), _council_without_a_database()
    with turns_taken() as taken:
        replay_ledger(council, case, journal.entries)
    return taken


@functools.cache
def _council_without_a_database() -> Council:
    """The example council over a database that has no tables: whoever reads or writes there fails."""
    return Council(Database("sqlite://"), example_policy())
