"""`pathways recover`, where nobody can be asked; against a real server it is tried in tests/real_prefect."""

from __future__ import annotations

from tests.cli.conftest import Pathways


def test_recover_without_prefect_says_that_nothing_is_lost(pathways: Pathways) -> None:
    """A check that did not hold, and what to do: Prefect is to be started, the cases come back with it."""
    called = pathways("recover")
    assert called.code == 1
    assert "see that it runs at PREFECT_API_URL" in called.err and "every open case is safe" in called.err
