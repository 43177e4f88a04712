"""What the tests of the worker share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.worker.pretended_prefect import PretendedPrefect, pretended_prefect


@pytest.fixture
def prefect_server() -> Iterator[PretendedPrefect]:
    """Prefect's server, as far as a leg speaks to it."""
    with pretended_prefect() as pretended:
        yield pretended


def comes_true(what: Callable[[], bool], within_seconds: float = 20) -> bool:
    """Whether it becomes true in time."""
    until = time.monotonic() + within_seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.005)
    return what()
