"""What entries of a closed case say can be erased; the entries stay, and the chain still holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tasks.audit.erasing import CaseIsStillOpen, NothingToErase, erase_payloads
from tasks.database import Database
from tasks.durable.ledger import UnknownCase, recall
from tasks.durable.testing import Office
from tests.audit_world import CANARY, Errand, ErrandChanged, ErrandPlanned, errand, faults

REASON = "kept for six years after closing"


@pytest.fixture
def closed(office: Office) -> str:
    """A closed case whose entries name somebody."""
    ref = office.start(errand, Errand(about=f"Bath seat for {CANARY}"))
    office.answer(ref, ErrandPlanned(how="soon"), by="duty-worker")
    office.days_pass(2)
    office.signal(ref, ErrandChanged(what=f"{CANARY} is content"))
    assert office.is_closed(ref)
    return ref


def erase(office: Office, ref: str, *numbers: int, reason: str = REASON) -> int:
    """Erase in a transaction."""
    with office.council.change() as change:
        return erase_payloads(change, ref, numbers, reason=reason, by="systems-officer")


def test_erased_entries_say_nothing_and_the_chain_holds(office: Office, closed: str) -> None:
    """The text is gone, an entry says which, why and by whom, and verification finds nothing wrong."""
    no = erase(office, closed, 3, 1)
    with office.council.database.read() as session:
        entries = {entry.no: entry for entry in recall(session, closed)}
    assert [number for number, entry in entries.items() if entry.content is None] == [1, 3]
    assert (entries[no].kind, entries[no].by, entries[no].data) == ("erased", "systems-officer", {"erased": [1, 3]})
    assert entries[no].text == f"Erased what entries 1, 3 said: {REASON}"
    assert faults(office.council.database) == []


def test_what_was_erased_is_passed_over_the_next_time(office: Office, closed: str) -> None:
    """A second erasure lists only what was still there."""
    erase(office, closed, 1)
    no = erase(office, closed, 1, 2)
    with office.council.database.read() as session:
        assert recall(session, closed)[no - 1].data == {"erased": [2]}
    assert faults(office.council.database) == []
    with pytest.raises(NothingToErase, match="were erased before"):
        erase(office, closed, 1, 2)


def test_an_open_case_keeps_its_memory(office: Office) -> None:
    """The flow needs what its ledger says, so nothing is erased before the case is closed."""
    waiting = office.start(errand, Errand(about=CANARY))
    with pytest.raises(CaseIsStillOpen, match="erase once it is closed"):
        erase(office, waiting, 1)
    with office.council.database.read() as session:
        assert recall(session, waiting)[0].data == {"about": CANARY}


@pytest.mark.parametrize(
    ("numbers", "reason", "message"),
    [
        ((1, 99), REASON, "has no entries 99"),
        ((), REASON, "nothing is left to erase"),
        ((1,), "  ", "say why"),
    ],
)
def test_an_erasure_that_makes_no_sense_changes_nothing(
    office: Office, closed: str, numbers: tuple[int, ...], reason: str, message: str
) -> None:
    """Numbers that are not there, no numbers, or no reason: all refused, and the ledger is as it was."""
    before = office.story_of(closed)
    with pytest.raises(NothingToErase, match=message):
        erase(office, closed, *numbers, reason=reason)
    assert office.story_of(closed) == before


def test_records_of_erasures_are_kept(office: Office, closed: str) -> None:
    """What says that something was erased cannot be erased itself, or the chain could not be explained."""
    record = erase(office, closed, 1)
    with pytest.raises(NothingToErase, match="record erasures"):
        erase(office, closed, record)


def test_an_unknown_case_cannot_be_erased(office: Office) -> None:
    """A slip of the pen is told as such."""
    with pytest.raises(UnknownCase):
        erase(office, "7K3Q-9PXM", 1)


def test_erased_text_cannot_be_brought_back(office: Office, closed: str) -> None:
    """The database itself refuses to fill an erased payload, or to change one."""
    erase(office, closed, 1)
    with pytest.raises(DBAPIError, match="never changed"), office.council.database.write() as session:
        session.execute(
            text("UPDATE entry_payload SET content = '{}', salt = '0' WHERE case_ref = :ref AND no = 1"),
            {"ref": closed},
        )


def test_erased_text_leaves_the_file(office: Office, closed: str, council_database: Database) -> None:
    """On SQLite nothing of an erased text is left in the database file once the write-ahead log is taken in."""
    if not council_database.is_sqlite:
        pytest.skip("PostgreSQL removes old rows with its vacuum")
    erase(office, closed, *range(1, len(office.story_of(closed)) + 1))
    small = [ref for ref in office.cases() if ref != closed]
    assert small  # it was opened with the same facts and is still open, so its own text stays
    stored = _file_of(council_database)
    about_small = stored.count(CANARY.encode())
    with council_database.read() as session:
        kept = sum(str(entry.content).count(CANARY) for entry in recall(session, small[0]))
    assert about_small == kept


def _file_of(database: Database) -> bytes:
    """The database file with the write-ahead log taken in."""
    database.dispose()
    file = Path(str(database.url.database))
    assert not file.with_name(f"{file.name}-wal").exists()
    return file.read_bytes()
