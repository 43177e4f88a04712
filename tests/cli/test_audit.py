"""`pathways audit`: verifying, sealing, exporting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select, text

from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.refs import new_ref
from tasks.audit.access_log import os_user
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.letters import letter


@pytest.fixture
def case(office: Office) -> str:
    """A written contact that waits to be sorted."""
    return office.start(written_contact_transfer, letter())


def damage(office: Office, statement: str, **values: str) -> None:
    """Change the database behind its guards' back."""
    with office.council.database.engine.connect() as connection:
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.execute(text(statement), values)
        connection.commit()


def only_sqlite(office: Office) -> None:
    """Damage is done by SQLite's own means here; what PostgreSQL finds is tested with the verification itself."""
    if not office.council.database.is_sqlite:
        pytest.skip("damages a SQLite file")


def test_sound_ledgers_verify(case: str, pathways: Pathways) -> None:
    """Exit code 0, for all and for one."""
    assert pathways("audit", "verify").code == 0
    assert pathways("audit", "verify", "--case", case).out == f"the ledger of {case} holds\n"


def test_the_first_fault_is_named_on_one_line(office: Office, case: str, pathways: Pathways) -> None:
    """Exit code 1 and "REF no kind reason"; --all names every one."""
    only_sqlite(office)
    damage(office, "UPDATE entry SET \"by\" = 'nobody' WHERE case_ref = :ref", ref=case)

    called = pathways("audit", "verify")

    assert called.code == 1
    (line,) = called.out.splitlines()
    assert line.startswith(f"{case} 1 edited ")
    assert pathways("audit", "verify", "--case", case).out == called.out
    assert len(pathways("audit", "verify", "--all").out.splitlines()) > 1


def test_a_fault_elsewhere_leaves_one_case_sound(office: Office, case: str, pathways: Pathways) -> None:
    """With --case only that one is looked at."""
    only_sqlite(office)
    other = office.start(written_contact_transfer, letter(mail_id="M-OTHER"))
    damage(office, "UPDATE entry SET \"by\" = 'nobody' WHERE case_ref = :ref", ref=other)

    assert pathways("audit", "verify", "--case", case).code == 0
    assert pathways("audit", "verify").code == 1


def test_a_seal_is_made_once_for_what_changed(office: Office, case: str, pathways: Pathways, home: Path) -> None:
    """The witness is written beside the database; without a change there is nothing to seal."""
    assert pathways("audit", "seal").out.startswith("seal 1 over 1 case; ")
    assert len((home / "seals.log").read_text().splitlines()) == 1
    assert pathways("audit", "seal").out == "nothing has changed since the last seal\n"
    assert pathways("audit", "verify").code == 0


def test_a_missing_witness_is_a_fault(case: str, pathways: Pathways, home: Path) -> None:
    """The seals must stand in the file beside the database too."""
    pathways("audit", "seal")
    (home / "seals.log").unlink()

    called = pathways("audit", "verify")

    assert called.code == 1
    assert called.out.split()[2] == "witness"


def test_an_export_is_one_json_object_an_entry(office: Office, case: str, pathways: Pathways) -> None:
    """All ledgers or one, and whoever exported stands in the access log."""
    office.start(written_contact_transfer, letter(mail_id="M-OTHER"))

    one = [json.loads(line) for line in pathways("audit", "export", "--case", case).out.splitlines()]
    everything = pathways("audit", "export", "--format", "jsonl", "--as", "information-governance").out.splitlines()

    assert {entry["case_ref"] for entry in one} == {case}
    assert [entry["no"] for entry in one] == list(range(1, len(one) + 1))
    assert len(everything) > len(one)
    with office.council.database.read() as session:
        looks = [(entry.who, entry.what, entry.about) for entry in session.scalars(select(AccessEntry))]
    assert looks == [(os_user(), "export", case), ("information-governance", "export", "all-cases")]


def test_unknown_cases_and_formats_are_wrong_calls(office: Office, pathways: Pathways) -> None:
    """Exit code 2, and nobody has looked."""
    unknown = new_ref()

    assert pathways("audit", "verify", "--case", unknown).code == 2
    assert pathways("audit", "export", "--case", unknown).code == 2
    assert pathways("audit", "export", "--format", "pdf").code == 2
    with office.council.database.read() as session:
        assert session.scalars(select(AccessEntry)).all() == []


def test_a_database_that_cannot_be_read_does_not_hold(
    case: str, pathways: Pathways, office: Office, home: Path
) -> None:
    """Exit code 1, as for any fault: somebody, or a failing disk, has written over its beginning."""
    only_sqlite(office)
    office.council.database.dispose()
    file = home / "pathways.db"
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])
    for beside in home.glob("pathways.db-*"):
        beside.unlink()

    called = pathways("audit", "verify")

    assert called.code == 1
    assert called.out.startswith("database 0 damaged ")


def test_auditing_needs_no_policy(case: str, pathways: Pathways, policy_file: Path) -> None:
    """Whoever checks a copy of the database has no more than that."""
    policy_file.unlink()

    assert pathways("audit", "verify").code == 0
