"""`pathways backup` and `pathways restore`: what they say, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.written_contact_transfer import written_contact_transfer
from tasks.database import Database
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.letters import letter


@pytest.fixture
def one_case(office: Office) -> str:
    """A case, so that a home is not empty."""
    if not office.council.database.is_sqlite:
        pytest.skip("PostgreSQL's backups have tests of their own")
    return office.start(written_contact_transfer, letter())


@pytest.mark.usefixtures("one_case")
def test_backup_says_what_it_holds_and_that_it_is_proven(pathways: Pathways, home: Path) -> None:
    """Whoever reads the night's log sees at once that it is whole, and that it is not for everybody's eyes."""
    called = pathways("backup", home / "night.backup")
    assert called.code == 0, called.err
    assert "1 cases (1 open), " in called.out and "proven: the copy was opened" in called.out
    assert "It holds personal data and passwords" in called.out
    assert pathways("audit", "verify").code == 0


@pytest.mark.usefixtures("one_case")
def test_backup_for_a_program(pathways: Pathways, home: Path) -> None:
    """The manifest, as it stands in the archive."""
    made = pathways("backup", home / "night.backup", "--json").json
    assert made["proven"] is True and made["counts"]["cases"] == 1
    assert {one["name"] for one in made["files"]} == {"pathways.db", "policy.toml"}


@pytest.mark.usefixtures("one_case")
def test_backup_refuses_a_name_that_is_taken(pathways: Pathways, home: Path) -> None:
    """In one sentence, as a call that was wrong."""
    pathways("backup", home / "night.backup")
    called = pathways("backup", home / "night.backup")
    assert called.code == 2 and "is there already" in called.err


@pytest.mark.usefixtures("one_case")
def test_restore_says_what_comes_next(pathways: Pathways, home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Into another home: what was restored, and the steps until the system stands again."""
    pathways("backup", home / "night.backup")
    other = tmp_path_factory.mktemp("other") / "home"
    called = pathways("restore", home / "night.backup", "--to", other)
    assert called.code == 0, called.err
    assert f"restored into {other}" in called.out and "`pathways recover`" in called.out
    assert (other / "pathways.db").exists() and (other / "policy.toml").exists()


@pytest.mark.usefixtures("one_case")
def test_restore_refuses_cases_and_use_each_with_its_code(
    pathways: Pathways, home: Path, council_database: Database
) -> None:
    """Cases are there: a check that did not hold. Something runs: the call was wrong at this time."""
    pathways("backup", home / "night.backup")
    with council_database.read() as session:
        session.connection()
        in_use = pathways("restore", home / "night.backup", "--replace")
    council_database.dispose()
    there = pathways("restore", home / "night.backup")
    assert (in_use.code, there.code) == (2, 1)
    assert "stop every part" in in_use.err and "--replace" in there.err

    called = pathways("restore", home / "night.backup", "--replace")
    assert called.code == 0, called.err
    assert "remove it once nobody needs it" in called.out
    assert pathways("audit", "verify").code == 0


def test_restore_refuses_what_is_no_backup(pathways: Pathways, home: Path) -> None:
    """Without touching the home."""
    (home / "letter.docx").write_bytes(b"no backup")
    called = pathways("restore", home / "letter.docx")
    assert called.code == 2 and "no backup" in called.err
