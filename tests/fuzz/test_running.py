"""The fuzzing itself: it takes back what an input has done, finds what does harm, and repeats it."""

from __future__ import annotations

import json
import logging
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import func, select

from models.mail import InboundMail
from tasks.intake import keep_mail
from tests.fuzz.batches import BATCH, planned
from tests.fuzz.door import Door
from tests.fuzz.doors import DOORS
from tests.fuzz.running import run
from tests.fuzz.summary import FOUND, page_of
from tests.fuzz.watching import CANARY
from tests.fuzz.world import World

ROOT = Path(__file__).parents[2]
LAST_RUN = Path(__file__).with_name("last_run.json")
PAGE = ROOT / "docs" / "fuzzing.md"
LETTER = b"From: Joyce <joyce@example.net>\r\nMessage-ID: <one@example.net>\r\n\r\nThe bath seat has not come.\r\n"


@pytest.fixture(scope="module")
def world(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The council that everything is thrown at."""
    made = World.made_in(tmp_path_factory.mktemp("fuzz"), prepared_sqlite)
    yield made
    made.database.dispose()


class Trapdoor(Door):
    """A door that does what a test wants with every number that comes."""

    name = "trapdoor"
    weight = 1
    takes = "numbers"

    def __init__(self, world: World, harm: Any) -> None:
        super().__init__(world)
        self._harm = harm

    def inputs(self) -> st.SearchStrategy[int]:
        """Numbers."""
        return st.integers(0, 10_000)

    def hold(self, given: int) -> str:
        """Do it."""
        self._harm(given)
        return "taken"


def crashes_from_a_hundred_on(number: int) -> None:
    """A fault that most inputs meet."""
    if number >= 100:
        raise KeyError(number)


def logs_what_it_was_given(number: int) -> None:
    """A line that says too much, for one number in two."""
    if number % 2:
        logging.getLogger("pathways").warning("cannot read %s", CANARY)


def owns_up_to_a_fault(_number: int) -> None:
    """A fault that was caught, so that nothing but the log tells."""
    logging.getLogger("pathways").error("message M-1 could not be worked on (KeyError)")


@pytest.mark.parametrize("harm", [crashes_from_a_hundred_on, logs_what_it_was_given, owns_up_to_a_fault])
def test_an_input_that_does_harm_is_found_and_made_small(world: World, harm: Any) -> None:
    """It is told with its smallest input, and the blob repeats it alone."""
    found = run(Trapdoor(world, harm), 100, of_seed=7)

    smallest = {crashes_from_a_hundred_on: "100", logs_what_it_was_given: "1", owns_up_to_a_fault: "0"}
    assert found.failed
    assert json.loads(json.dumps(found.as_json()))["became"] == dict(found.became), "it can be kept in the summary"
    assert (found.smallest, bool(found.blob)) == (smallest[harm], True)
    again = run(Trapdoor(world, harm), 1, blob=found.blob)
    assert (again.smallest, bool(again.failed)) == (found.smallest, True)


def test_a_seed_throws_the_same_inputs_again(world: World) -> None:
    """And another seed throws others."""
    seen: list[list[int]] = []
    for seed in (1, 1, 2):
        seen.append([])
        assert not run(Trapdoor(world, seen[-1].append), 50, of_seed=seed).failed
    assert seen[0] == seen[1] != seen[2]


def test_what_an_input_has_done_is_taken_back(world: World) -> None:
    """The same letter is new each time, whatever became of it before."""
    kept: list[int] = []

    def keeps_a_letter(_number: int) -> None:
        keep_mail(world.council, LETTER, "joyce@example.net", [])
        with world.database.read() as session:
            kept.append(session.scalar(select(func.count()).select_from(InboundMail)) or 0)

    before = world.database.rows(beside=True)
    assert not run(Trapdoor(world, keeps_a_letter), 10).failed
    assert set(kept) == {before["inbound_mail"] + 1}
    assert world.database.rows(beside=True) == before


def test_a_long_run_is_spread_over_all_doors_in_batches_of_their_own_seed() -> None:
    """By weight, at least as many as were asked for, and no two batches are the same."""
    batches = planned(DOORS, 100_000, seed=40)

    assert sum(size for _, size, _ in batches) >= 100_000
    assert {name for name, _, _ in batches} == {door.name for door in DOORS}
    assert all(0 < size <= BATCH for _, size, _ in batches)
    assert [seed for _, _, seed in batches] == list(range(40, 40 + len(batches)))


def test_the_page_is_what_the_last_run_makes_of_it() -> None:
    """Inputs came through every door, none did harm, and all that was ever found is told."""
    summary = json.loads(LAST_RUN.read_text(encoding="utf-8"))

    assert {one["door"] for one in summary["doors"]} == {door.name for door in DOORS}
    assert summary["inputs"] == sum(one["inputs"] for one in summary["doors"])
    assert (summary["harmful_batches"], summary["failures"]) == (0, [])
    assert PAGE.read_text(encoding="utf-8") == page_of(summary)


def test_everything_found_is_held_by_a_test_that_there_is() -> None:
    """Or it is said what became of it."""
    for one in tomllib.loads(FOUND.read_text(encoding="utf-8"))["found"]:
        assert ("test" in one) != ("left" in one), one["what"]
        file, _, name = one.get("test", "").partition("::")
        assert not name or f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), one["test"]
