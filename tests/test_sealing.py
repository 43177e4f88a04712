"""Seals state which ledger heads stand, once for each change, with a witness outside the database."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from deployments.example_council import example_policy
from models.audit import Seal, SealedHead
from tasks.audit.access_log import note_access
from tasks.audit.sealing import WitnessNotWritten, seal, seal_heads
from tasks.database import Database
from tasks.durable.testing import Office
from tests.audit_world import Errand, ErrandPlanned, errand, faults

KEYS = Errand(about="Keys")


def listed_by(database: Database, seal_no: int) -> set[str]:
    """Whose heads a seal lists."""
    with database.read() as session:
        return set(session.scalars(select(SealedHead.case_ref).where(SealedHead.seal_no == seal_no)))


def seals(database: Database) -> list[tuple[int, int]]:
    """Every seal's number and count of cases."""
    with database.read() as session:
        return [(one.no, one.cases) for one in session.scalars(select(Seal).order_by(Seal.no))]


def test_a_seal_lists_only_what_has_changed(office: Office, council_database: Database, tmp_path: Path) -> None:
    """The first seal lists every case, a later one those whose ledgers have grown, and both count all."""
    witness = tmp_path / "seals.log"
    first, second = office.start(errand, KEYS), office.start(errand, KEYS)
    seal(council_database, office.clock.now(), witness)
    office.answer(first, ErrandPlanned(how="soon"), by="duty-worker")
    small = next(ref for ref in office.cases() if ref not in (first, second))
    seal(council_database, office.clock.now(), witness)

    assert listed_by(council_database, 1) == {first, second}
    assert listed_by(council_database, 2) == {first, small}
    assert seals(council_database) == [(1, 2), (2, 3)]


def test_nothing_new_makes_no_seal(office: Office, council_database: Database, tmp_path: Path) -> None:
    """Neither an empty house nor an unchanged one is sealed."""
    assert seal(council_database, office.clock.now(), tmp_path / "seals.log") is None
    office.start(errand, KEYS)
    assert seal(council_database, office.clock.now(), tmp_path / "seals.log") is not None
    assert seal(council_database, office.clock.now(), tmp_path / "seals.log") is None


def test_the_access_log_is_sealed_with_the_cases(office: Office, council_database: Database) -> None:
    """Somebody having looked is something new, once."""
    with council_database.write() as session:
        note_access(session, "duty-worker", "list-work", "role-duty-worker", office.clock.now())
    seal(council_database, office.clock.now())
    assert listed_by(council_database, 1) == {"access-log"}
    assert seal(council_database, office.clock.now()) is None


def test_two_sealers_at_once_make_one_seal(office: Office, council_database: Database, tmp_path: Path) -> None:
    """Whoever comes second waits, and finds nothing left to seal."""
    office.start(errand, KEYS)
    together, witness, now = Barrier(6), tmp_path / "seals.log", office.clock.now()

    def one_of_six(_number: int) -> bool:
        together.wait()
        return seal(council_database, now, witness) is not None

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(one_of_six, range(6)))
    assert sum(made) == 1
    assert len(witness.read_text().splitlines()) == 1
    assert faults(council_database, witness=witness) == []


def test_a_crash_before_the_witness_is_made_up_for(office: Office, council_database: Database, tmp_path: Path) -> None:
    """A committed seal that is not yet witnessed, or by half, is no fault, and is witnessed with the next sealing."""
    witness = tmp_path / "seals.log"
    for _ in range(3):
        office.start(errand, KEYS)
        with council_database.write() as session:
            seal_heads(session, office.clock.now())
        if not witness.exists():
            seal(council_database, office.clock.now(), witness)
    assert len(witness.read_text().splitlines()) == 1
    witness.write_text(witness.read_text() + "2 2026-01-0")
    assert faults(council_database, witness=witness) == []

    assert seal(council_database, office.clock.now(), witness) is None
    assert [line.split()[0] for line in witness.read_text().splitlines()] == ["1", "2", "3"]
    assert faults(council_database, witness=witness) == []


def test_a_witness_that_cannot_be_written_is_said(office: Office, council_database: Database, tmp_path: Path) -> None:
    """The seal stands, and the message says what to see to."""
    office.start(errand, KEYS)
    with pytest.raises(WitnessNotWritten, match=r"folder could not be written \(Is a directory\)"):
        (tmp_path / "folder").mkdir()
        seal(council_database, office.clock.now(), tmp_path / "folder")
    assert seals(council_database) == [(1, 1)]


def test_the_scheduled_flow_seals(prepared_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The flow seals this installation's ledgers and gives nothing but the seal's number."""
    from deployments import example_council
    from flows.ledger_seal import ledger_seal
    from tasks.durable.prefect_runtime import council_of_this_process

    shutil.copy(prepared_sqlite, tmp_path / "pathways.db")
    monkeypatch.setenv("PATHWAYS_HOME", str(tmp_path))
    monkeypatch.setenv("PATHWAYS_POLICY", str(Path(example_council.__file__).with_name("policy.toml")))
    monkeypatch.delenv("PATHWAYS_DATABASE_URL", raising=False)
    database = council_of_this_process().database
    Office(database, example_policy()).start(errand, KEYS)

    assert ledger_seal.fn() == 1
    assert ledger_seal.fn() == 0
    assert faults(database, witness=tmp_path / "seals.log") == []
    assert (tmp_path / "seals.log").exists()
    database.dispose()
