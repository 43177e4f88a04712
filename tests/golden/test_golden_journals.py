"""Cases that are open out there go on the same way under today's code: the golden journals stand for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.entry_kinds import EntryKind
from tests.golden.journals import journals
from tests.golden.reach import FLOWS, lines_of
from tests.golden.replaying import lost, our_procedures, reached_by

GOLDEN = journals()
REACHED_AT_LEAST = 0.95
"""Of all lines in the flows: what is newer than the journals is recorded before it is lost sight of."""


@pytest.mark.parametrize("name", GOLDEN)
def test_case_goes_on_the_same_way_from_each_of_its_entries(name: str) -> None:
    """
    Wherever a case stands that is as this one, today's code meets what it holds, or says what it means for it.

    Where this fails: docs/changing-a-procedure.md, "Golden journals".
    """
    assert lost(GOLDEN[name]) == []


@pytest.mark.parametrize("procedure", sorted(our_procedures()))
def test_every_procedure_has_a_golden_journal(procedure: str) -> None:
    """A new procedure comes with one: `python -m tests.golden.record` and its tests."""
    assert [name for name, journal in GOLDEN.items() if journal.procedure == procedure]


def test_journals_reach_nearly_every_line_of_the_flows() -> None:
    """A branch that no journal takes is a branch whose cases nothing stands for."""
    reached = {(module, line) for journal in GOLDEN.values() for module, _, line in reached_by(journal)}
    modules = {module for module, _ in reached}
    there = {(module, line) for module in modules for line in lines_of(module)}
    missed = {module: sorted(line for m, line in there - reached if m == module) for module in sorted(modules)}
    because = "record what the new tests tell, `python -m tests.golden.record tests/procedures/...`; not reached: "
    assert len(there & reached) >= REACHED_AT_LEAST * len(there), because + str({m: n for m, n in missed.items() if n})


def test_journals_are_of_procedures_that_there_are() -> None:
    """A procedure whose cases may be open somewhere is not taken out, and each journal lies in its folder."""
    assert {journal.procedure for journal in GOLDEN.values()} <= our_procedures()
    assert all(name.startswith(f"{journal.procedure}/") for name, journal in GOLDEN.items())


def test_journals_begin_where_their_cases_were_opened() -> None:
    """A ledger that lacks its beginning would stand for no case."""
    for name, journal in GOLDEN.items():
        assert journal.entries[0].kind is EntryKind.OPENED, name
        assert [entry.no for entry in journal.entries] == list(range(1, len(journal.entries) + 1)), name


def test_story_that_was_recorded_again_says_why() -> None:
    """Only a reason, which whoever reviews the change reads, puts another journal beside the first."""
    again = [journal for name, journal in GOLDEN.items() if not name.endswith(".1")]
    assert all(journal.because for journal in again)


def test_flows_are_where_reach_looks_for_them() -> None:
    """Else nothing would be reached, and nothing could be missed."""
    assert (FLOWS / "follow_up.py").is_file()
    assert lines_of("follow_up") - {0}
    assert Path(FLOWS).name == "flows"
