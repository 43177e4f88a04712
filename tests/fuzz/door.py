"""What a door is to the fuzzing: what may come through it, and what must hold of each thing that comes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from hypothesis import strategies as st

from tests.fuzz.watching import MOST_STATEMENTS, watched
from tests.fuzz.world import World


class Door(ABC):
    """A way into the system. `hold` fails where something is not as it must be; what it gives is only counted."""

    name: ClassVar[str]
    weight: ClassVar[int]
    """Its share of all inputs."""
    takes: ClassVar[str]
    """What comes through it, for the page."""

    def __init__(self, world: World) -> None:
        self.world = world

    def close(self) -> None:
        """Give back what it has opened."""
        return

    @abstractmethod
    def inputs(self) -> st.SearchStrategy[Any]:
        """Whatever may come."""

    @abstractmethod
    def hold(self, given: Any) -> str:
        """Take it in, twice where that matters; in a word what became of it."""

    def one_input(self, given: Any) -> str:
        """`hold`, watched; what it has done is taken back."""
        with self.world.database.one_input(), self.world.clock_as_it_was(), watched():
            became = self.hold(given)
            assert self.world.database.statements <= MOST_STATEMENTS, "one input costs too many statements"
            return became
