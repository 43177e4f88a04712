"""A step is known by its name alone, in ledgers and to whoever puts a case right: no two steps share one."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from types import ModuleType

import pytest

import flows
import tasks
from tasks.durable import audited
from tasks.durable.audited import Audited


def steps_of(modules: Sequence[ModuleType]) -> Iterator[tuple[str, str]]:
    """The name of each step and the module in which it is written; what is imported there counts where it is from."""
    for module in modules:
        for one in vars(module).values():
            if isinstance(one, Audited) and one.__module__ == module.__name__:
                yield one.name, module.__name__


def shared(steps: Iterator[tuple[str, str]]) -> dict[str, set[str]]:
    """The names that steps of several modules have."""
    where: defaultdict[str, set[str]] = defaultdict(set)
    for name, module in steps:
        where[name].add(module)
    return {name: modules for name, modules in where.items() if len(modules) > 1}


def every_module() -> list[ModuleType]:
    """Every module in which a step of a procedure may be written."""
    names = [
        found.name for room in (tasks, flows) for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    ]
    return [importlib.import_module(name) for name in names]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise's, when it is imported here first
def test_no_two_steps_have_the_same_name() -> None:
    """A recorded outcome would be read, and a parked case put right, by whichever was imported last."""
    modules = every_module()
    assert len(list(steps_of(modules))) > 100
    assert shared(steps_of(modules)) == {}


def test_a_name_that_is_used_twice_is_found() -> None:
    """With the modules that use it."""
    room, other = ModuleType("tasks.one"), ModuleType("tasks.other")
    for module in (room, other):

        def order_a_chair() -> None:
            """Order a chair."""

        order_a_chair.__module__ = module.__name__
        module.order_a_chair = audited("The chair is ordered")(order_a_chair)  # type: ignore[attr-defined]
    assert shared(steps_of((room, other))) == {"order-a-chair": {"tasks.one", "tasks.other"}}
