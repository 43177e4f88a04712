"""Fixtures of all tests; those for procedures come with the product."""

import os
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["deployments.pytest_plugin"]

# The same examples each time, so that a change fails by what it changed. HYPOTHESIS_PROFILE=explore looks further.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


class OneServerForAll(LoadScopeScheduling):  # type: ignore[misc]
    """Tests that share a started server run in one process, the largest group first; all others where there is room."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in _SHARING_A_SERVER if nodeid.startswith(place)), nodeid)


_SHARING_A_SERVER = ("tests/real_prefect/", "tests/durable/test_real_postgres.py")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneServerForAll:
    """xdist's own groups are not kept by every version of pytest."""
    return OneServerForAll(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--rehearse` runs what takes minutes."""
    parser.addoption("--rehearse", action="store_true", help="run the rehearsals too, which take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Rehearsals are skipped, and say so, unless they are asked for."""
    if not config.getoption("--rehearse"):
        for item in items:
            if item.get_closest_marker("rehearsal"):
                item.add_marker(pytest.mark.skip(reason="a rehearsal, which takes minutes: run `make rehearse`"))
