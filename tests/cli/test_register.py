"""`pathways register import`: what is taken, what is named, and how old the register is."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.audit import AccessEntry
from models.register import Person, RegisterImport
from models.working_time import local_day
from tasks.durable.testing import Office
from tests.cli.conftest import Called, Pathways

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
    age = (local_day(datetime.now().astimezone()) - date(2026, 1, 6)).days
    assert row == ["people.csv", "1", "1", "0", "0", "0", "0", str(age)]
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


def test_import_says_where_no_machine_writes_to_people(pathways: Pathways, tmp_path: Path) -> None:
    """The extract says of nobody whether a safe-contact rule stands: one line says so and what to do about it."""
    said = "No machine writes to anybody in the register: put the column safe_contact into the extract of people"
    assert said in pathways("register", "import", people(tmp_path, GOOD), "--extract-date", "2026-01-06").out

    full = tmp_path / "people.csv"
    full.write_text(f"{HEADER.strip()},safe_contact\n{GOOD.strip()},Ring her sister\n", encoding="utf-8")
    part = pathways("register", "import", full, "--extract-date", "2026-01-07")
    whole = pathways("register", "import", full, "--full", "--extract-date", "2026-01-07")
    assert (part.code, whole.code) == (0, 0)
    assert said in part.out and said not in whole.out


def test_import_needs_a_file(pathways: Pathways) -> None:
    """Exit code 2."""
    assert pathways("register", "import").code == 2


# ------------------------------------------------------------------ looking up


@pytest.fixture
def known(office: Office) -> None:
    """Three people whose names are alike."""
    with office.council.database.write() as session:
        for number, name in enumerate(["Zoë Brontë-Larkspur", "Zoe Larkspur", "Larkspur Zebediah"], 1):
            nhs_number = "9434765919" if number == 1 else None
            session.add(Person(id=f"P-90{number}", record_id=f"R-90{number}", nhs_number=nhs_number, name=name))


def found(called: Called) -> list[str]:
    """The ids in the table that a look-up wrote."""
    return [line.split()[0] for line in called.out.splitlines()[1:-1]]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("P-902", ["P-902"]),
        ("p-902", ["P-902"]),
        ("R-903", ["P-903"]),
        ("943 476 5919", ["P-901"]),
        ("larkspur zoe", ["P-902", "P-901"]),
        ("LARKSPUR", ["P-903", "P-902", "P-901"]),
        ("zoe bron", ["P-901"]),
        ("larkspur larkspur", []),
        ("spur", []),
        ("%", []),
    ],
)
def test_a_person_is_found_by_number_or_by_parts_of_the_name(
    known: None, pathways: Pathways, text: str, ids: list[str]
) -> None:
    """Spaces in a number, capital letters, accents and the order of names do not matter."""
    called = pathways("register", "find", "--person", text, "--as", "duty-worker")

    assert called.code == 0
    assert found(called) == ids


def test_whoever_looks_for_a_person_is_noted_with_whom_they_found(
    known: None, office: Office, pathways: Pathways
) -> None:
    """By id; what they typed is not kept, and looking in vain is noted as well."""
    pathways("register", "find", "--person", "zoe", "--as", "duty-worker")
    pathways("register", "find", "--person", "Nobody Atall", "--as", "Team-Leader")
    pathways("register", "find", "--staff", "nair", "--as", "team-leader")

    with office.council.database.read() as session:
        looks = [
            (one.who, one.what, one.about) for one in session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        ]
    assert looks == [
        ("duty-worker", "find-person", "P-902"),
        ("duty-worker", "find-person", "P-901"),
        ("team-leader", "find-person", "nobody"),
    ]


@pytest.mark.parametrize("text", ["practitioner", "PRIYA", "nair pri"])
def test_a_member_of_staff_is_found_by_id_or_by_parts_of_the_name(pathways: Pathways, text: str) -> None:
    """With role and team, so that the right one of several is chosen."""
    called = pathways("register", "find", "--staff", text, "--as", "duty-worker")

    assert found(called) == ["practitioner"]
    assert "Priya Nair" in called.out and "hazel" in called.out


def test_what_fits_too_many_shows_none(office: Office, pathways: Pathways) -> None:
    """Nobody reads through the register: how many it fits is said, and nothing else."""
    with office.council.database.write() as session:
        for number in range(26):
            session.add(Person(id=f"P-8{number:02}", record_id=f"R-8{number:02}", name=f"Ivy Larkspur {number}"))

    called = pathways("register", "find", "--person", "ivy", "--as", "duty-worker")

    assert (called.code, called.out) == (2, "")
    assert "that fits 26" in called.err and "Ivy" not in called.err


@pytest.mark.parametrize(
    "arguments", [(), ("--person", " "), ("--person", "a", "--staff", "b"), ("--person", "a", "--as", "stranger")]
)
def test_a_look_up_that_is_not_whole_is_a_wrong_call(
    office: Office, pathways: Pathways, arguments: tuple[str, ...]
) -> None:
    """Exit code 2: for whom to look, and who looks, must be said."""
    called = pathways("register", "find", "--as", "duty-worker", *arguments)

    assert (called.code, called.out) == (2, "")
