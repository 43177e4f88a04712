"""Who is on this machine and who is not: what a lease's holder is called, and secrets that lie in files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.cases import Lease
from tasks.durable.lease import is_live, this_node
from tasks.installation import BadSetting, Installation, with_secrets_read

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
NO_PROCESS = 2**22 + 1
"""A number that no process of Linux has."""


def held_on(node: str) -> Lease:
    """A lease whose holder on that machine is gone, and whose time has not run out."""
    return Lease(
        case_ref="7K3Q-9PXM", fence=1, holder=f"{node}:{NO_PROCESS}:4711:1", expires_at=NOW + timedelta(seconds=30)
    )


def test_a_holder_of_this_machine_that_is_gone_is_dead_at_once() -> None:
    """Its case goes on without waiting for the lease's time."""
    assert not is_live(held_on(this_node()), NOW)


def test_a_holder_of_another_machine_lives_until_its_time_has_run_out() -> None:
    """Nobody here can see whether it is gone."""
    assert is_live(held_on("another"), NOW)
    assert not is_live(held_on("another"), NOW + timedelta(seconds=31))


def test_a_machine_can_be_given_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that share a host name, as containers may, are told apart."""
    monkeypatch.setenv("PATHWAYS_NODE", "pathways-1")
    assert this_node() == "pathways-1"
    assert not is_live(held_on("pathways-1"), NOW)


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path: Path) -> None:
    """The line's end does not belong to it; one that stands in the environment itself comes first."""
    (tmp_path / "url").write_text("postgresql://pathways:word@database/pathways\n")
    named = {"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_DATABASE_URL_FILE": str(tmp_path / "url")}
    assert Installation.from_environment(named).database_url == "postgresql://pathways:word@database/pathways"
    both = named | {"PATHWAYS_DATABASE_URL": "sqlite:///here.db"}
    assert Installation.from_environment(both).database_url == "sqlite:///here.db"


def test_a_secret_whose_file_cannot_be_read_is_named_and_not_told(tmp_path: Path) -> None:
    """The setting is named, and neither a path nor a word of what is in it."""
    with pytest.raises(BadSetting, match="PREFECT_API_AUTH_STRING_FILE names a file that cannot be read") as refused:
        with_secrets_read({"PREFECT_API_AUTH_STRING_FILE": str(tmp_path / "missing")})
    assert str(tmp_path) not in str(refused.value)
