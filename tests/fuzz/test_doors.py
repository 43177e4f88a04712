"""Some inputs at every door, the same ones each time; `make fuzz` throws a hundred thousand others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.fuzz.door import Door
from tests.fuzz.doors import DOORS
from tests.fuzz.running import run
from tests.fuzz.world import World

EACH = 30


@pytest.fixture(scope="module")
def world(prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The council that everything is thrown at."""
    made = World.made_in(tmp_path_factory.mktemp("fuzz"), prepared_sqlite)
    yield made
    made.database.dispose()


@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
def test_whatever_comes_is_taken_once_or_refused_in_words(world: World, door: type[Door]) -> None:
    """No input does harm, and inputs of more than one kind get through."""
    with closing(door(world)) as opened:
        found = run(opened, EACH)
    assert not found.failed, f"{found.failed}\n{found.smallest}\npython -m tests.fuzz --repeat {door.name} {found.blob}"
    assert found.inputs >= EACH
    assert len(found.became) > 1
