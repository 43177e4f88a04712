"""Slots: how much runs at once, what is taken on, what is written off, and how a worker drains."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from deployments.worker.slots import Slots
from tests.worker.conftest import comes_true


@dataclass
class Bench:
    """Work that begins when it is handed over and ends when it is let go."""

    slots: Slots[str] = field(init=False)
    begun: list[str] = field(default_factory=list)
    now: float = 1000.0
    _gates: dict[str, threading.Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.slots = Slots(2, self._work, hung_after=300, name="bench", clock=lambda: self.now)

    def _work(self, what: str) -> None:
        gate = self._gates.setdefault(what, threading.Event())
        self.begun.append(what)
        gate.wait()

    def hand_over(self, *pieces: str) -> list[bool]:
        """Offer pieces of work, each under its own name as the key."""
        return [self.slots.offer(piece.partition(" ")[0], piece) for piece in pieces]

    def have_begun(self, *pieces: str) -> bool:
        """Whether just those pieces have begun."""
        return comes_true(lambda: sorted(self.begun) == sorted(pieces))

    def let_go(self, *pieces: str) -> None:
        """Let pieces of work end."""
        for piece in pieces:
            self._gates.setdefault(piece, threading.Event()).set()


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Two slots."""
    bench = Bench()
    yield bench
    bench.slots.close()
    bench.let_go(*bench.begun)


def test_as_many_run_at_once_as_there_are_slots(bench: Bench) -> None:
    """The third piece of work waits until one of the first two has ended."""
    assert bench.hand_over("letter", "call", "visit") == [True, True, True]
    assert bench.have_begun("letter", "call")
    assert (bench.slots.running, bench.slots.waiting) == (2, 1)
    bench.let_go("call")
    assert bench.have_begun("letter", "call", "visit")


def test_same_run_is_not_taken_on_twice(bench: Bench) -> None:
    """A run that waits or runs here is offered again by every poll until the server hears that it runs."""
    assert bench.hand_over("letter", "letter") == [True, False]
    assert bench.have_begun("letter")
    assert bench.hand_over("letter") == [False]
    bench.let_go("letter")
    assert comes_true(lambda: bench.slots.running == 0)
    assert bench.hand_over("letter") == [True]


def test_leg_that_hangs_has_its_slot_written_off_after_the_bound(bench: Bench) -> None:
    """After five minutes, not before: its run may begin in another slot, and the slot counts as lost."""
    bench.hand_over("letter hangs")
    assert bench.have_begun("letter hangs")
    bench.now += 299
    assert bench.slots.write_off() == []
    bench.now += 1
    assert bench.slots.write_off() == ["letter"]
    assert bench.slots.write_off() == [], "each is told once"
    assert (bench.slots.lost, bench.slots.running) == (1, 0)

    assert bench.hand_over("letter again", "call") == [True, True]
    assert bench.have_begun("letter hangs", "letter again")
    assert bench.slots.waiting == 1, "one slot is gone, so one piece of work waits"


def test_slot_whose_leg_comes_back_is_a_slot_again(bench: Bench) -> None:
    """A call that took ten minutes and returned gives its slot back; its run is still the newer leg's."""
    bench.hand_over("letter hangs")
    assert bench.have_begun("letter hangs")
    bench.now += 600
    bench.slots.write_off()
    bench.hand_over("letter again")
    assert bench.have_begun("letter hangs", "letter again")
    bench.let_go("letter hangs")
    assert comes_true(lambda: bench.slots.lost == 0)
    assert bench.hand_over("letter a third time") == [False]
    bench.hand_over("call")
    assert bench.have_begun("letter hangs", "letter again", "call")


def test_draining_lets_running_legs_end_and_begins_none(bench: Bench) -> None:
    """What waited is dropped, for another worker to take up; what runs is waited for."""
    bench.hand_over("letter", "call", "visit")
    assert bench.have_begun("letter", "call")
    bench.slots.close()
    assert bench.hand_over("review") == [False]
    assert not bench.slots.wait_until_idle(0)
    bench.let_go("letter", "call")
    assert bench.slots.wait_until_idle(20)
    assert sorted(bench.begun) == ["call", "letter"]


def test_draining_does_not_wait_for_what_hangs(bench: Bench) -> None:
    """A slot that is written off holds nobody up."""
    bench.hand_over("letter hangs")
    assert bench.have_begun("letter hangs")
    bench.now += 301
    bench.slots.write_off()
    bench.slots.close()
    assert bench.slots.wait_until_idle(0)


def test_work_that_raises_costs_no_slot() -> None:
    """Whatever comes out of a piece of work, the slot goes on."""
    done: list[str] = []

    def work(what: str) -> None:
        done.append(what)
        if what == "broken":
            raise ValueError(what)

    slots = Slots(1, work, hung_after=300, name="bench")
    for piece in ("broken", "whole"):
        slots.offer(piece, piece)
    assert comes_true(lambda: done == ["broken", "whole"])
    slots.close()
