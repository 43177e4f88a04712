"""`pathways replay`: would open cases go on the same way?"""

from __future__ import annotations

from tests.cli.conftest import Pathways


def test_cases_that_go_on_the_same_way_are_counted(pathways: Pathways) -> None:
    """With no case that differs the exit code is 0."""
    called = pathways("replay", "--all")
    assert (called.code, called.out) == (0, "0 cases go on the same way\n")


def test_replay_wants_to_know_which(pathways: Pathways) -> None:
    """Neither a ref nor --all is a wrong call."""
    called = pathways("replay")
    assert called.code == 2
    assert "say which case, or --all" in called.err
