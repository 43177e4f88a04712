"""`pathways register import`: what is taken, what is named, and how old the register is."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.register import Person, RegisterImport
from models.working_time import local_day
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways

HEADER = "id,record_id,nhs_number,name,born_on,postcode,died_on,preferred_method,communication_needs\n"
GOOD = "P-901,R-901,,Ivy Larkspur,1940-02-01,,,,\n"
BAD = "P-902,R-902,12345,Tom Tilling,yesterday,,,,\n"


def people(folder: Path, *rows: str) -> Path:
    """An extract of people."""
    file = folder / "people.csv"
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    return file


def imports(office: Office) -> int:
    """How many files were ever imported."""
    with office.council.database.read() as session:
        return session.scalar(select(func.count()).select_from(RegisterImport)) or 0


def test_an_import_says_what_was_done_and_how_old_the_register_is(
    office: Office, pathways: Pathways, tmp_path: Path
) -> None:
    """A line a file, and the age of each kind of extract."""
    called = pathways("register", "import", people(tmp_path, GOOD), "--extract-date", "2026-01-06")

    assert called.code == 0
    row = next(line.split() for line in called.out.splitlines() if line.startswith("people.csv"))
    assert row == ["people.csv", "1", "1", "0", "0", "0", "0"]
    age = (local_day(datetime.now().astimezone()) - date(2026, 1, 6)).days
    assert f"people {age} days" in called.out and f"staff {age + 1} days" in called.out
    with office.council.database.read() as session:
        assert session.get_one(Person, "P-901").name == "Ivy Larkspur"


def test_rejected_rows_are_named_and_the_others_taken(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """Exit code 0 with file, line and reference; what stood in the row is not repeated."""
    called = pathways("register", "import", people(tmp_path, GOOD, BAD), "--extract-date", "2026-01-06")

    assert called.code == 0
    assert "Rejected: people.csv:3 (P-902):" in called.out
    assert "Tilling" not in called.out and "yesterday" not in called.out


def test_an_import_of_nothing_is_a_failed_check(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """Exit code 1 where no row could be taken, and the register seems no fresher than it is."""
    before = imports(office)

    called = pathways("register", "import", people(tmp_path, BAD), "--extract-date", "2026-01-06")

    assert (called.code, called.out) == (1, "")
    assert "people.csv:2 (P-902):" in called.err
    assert imports(office) == before


@pytest.mark.parametrize("name", ["animals.csv", "missing/people.csv"])
def test_a_file_that_cannot_be_taken_is_refused(office: Office, pathways: Pathways, tmp_path: Path, name: str) -> None:
    """Exit code 2, and nothing of the other files is imported."""
    bad = tmp_path / name
    if bad.parent.exists():
        bad.write_text(HEADER, encoding="utf-8")
    before = imports(office)

    called = pathways("register", "import", people(tmp_path, GOOD), bad)

    assert called.code == 2
    assert "nothing was imported" in called.err
    assert imports(office) == before


def test_an_older_extract_is_refused(pathways: Pathways, tmp_path: Path) -> None:
    """Exit code 2."""
    assert pathways("register", "import", people(tmp_path, GOOD), "--extract-date", "2026-01-04").code == 2


def test_import_needs_a_file(pathways: Pathways) -> None:
    """Exit code 2."""
    assert pathways("register", "import").code == 2
