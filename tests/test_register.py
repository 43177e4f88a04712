"""The register: what is imported, what is refused and how it is said, and what procedures ask of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import deployments.example_council
from models.base import Base
from models.recording import Admission
from models.register import Absence, AbsenceKind, Allocation, ExtractKind, Person, RegisterImport, Staff, Team
from models.roles import Role
from models.tables import metadata
from tasks.database import Database
from tasks.register import lookups
from tasks.register.importing import ImportReport, import_register
from tasks.register.nhs_number import read_nhs_number
from tasks.register.reading import FileRefused

EXAMPLE = Path(next(iter(deployments.example_council.__path__))) / "register"
EXAMPLE_FILES = [EXAMPLE / f"{kind}.csv" for kind in ("people", "staff", "allocations", "absences")]
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TODAY = date(2026, 1, 5)

STAFF = "id,name,email,role,team_id,team_name,left_on"
PEOPLE = "id,record_id,nhs_number,name,born_on,postcode,died_on,preferred_method,communication_needs"
ALLOCATIONS = "person_id,staff_id,team_id,responsibility,since,until"
ABSENCES = "staff_id,starts_at,returns_at,kind"
ADMISSIONS = "person_id,admitted_on,discharged_on,place"
REVIEWS = "person_id,kind,due_on,last_done_on"

PRIYA = "practitioner,Priya Nair,priya@example.org,practitioner,hazel,Hazel,"
TOM = "practitioner-2,Tom Garrick,tom@example.org,practitioner,hazel,Hazel,"
EDITH = "P-101,LAS-1,999 001 0005,Edith Tilling,1938-04-12,xw11ap,,letter,large print"
WALTER = "P-102,LAS-2,,Walter Ebbs,,,,,"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on a fresh SQLite database."""
    database = Database(f"sqlite:///{tmp_path / 'register.db'}")
    metadata.create_all(database.engine)
    with database.write() as session:
        yield session
    database.dispose()


class Extract:
    """Writes an extract's files and imports them."""

    def __init__(self, folder: Path, session: Session) -> None:
        self.folder, self.session = folder, session

    def load(self, *, full: bool = False, on: date = TODAY, **files: tuple[str, ...]) -> ImportReport:
        """Import files given by their kind as header and rows."""
        return self._load(files, full=full, on=on)

    def load_one(self, kind: str, *lines: str) -> ImportReport:
        """Import one file given as header and rows."""
        return self._load({kind: lines}, full=False, on=TODAY)

    def _load(self, files: dict[str, tuple[str, ...]], *, full: bool, on: date) -> ImportReport:
        written = []
        for kind, lines in files.items():
            file = self.folder / f"{kind}.csv"
            file.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
            written.append(file)
        now = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
        return import_register(self.session, written, now, full=full, extract_date=on)


@pytest.fixture
def extract(tmp_path: Path, session: Session) -> Extract:
    """An extract of two practitioners and two people, already imported, to go on from."""
    extract = Extract(tmp_path, session)
    extract.load(staff=(STAFF, PRIYA, TOM), people=(PEOPLE, EDITH, WALTER))
    return extract


# --------------------------------------------------------------------- importing


def test_example_council_is_imported_without_a_rejected_row(session: Session) -> None:
    """Every row of the example council is good, and every reference in it is known."""
    report = import_register(session, EXAMPLE_FILES, MONDAY, full=True)

    assert report.rejected == []
    assert {one.kind.value: one.added for one in report.files} == {
        "staff": 30,
        "people": 22,
        "allocations": 23,
        "absences": 4,
    }
    assert len(session.scalars(select(Team)).all()) == 8


def test_every_file_of_the_example_council_is_sound(session: Session) -> None:
    """Teams, stays, notes and reviews as well: nothing is rejected, and the closed team is no recipient."""
    files = [EXAMPLE / f"{kind}.csv" for kind in ExtractKind]
    report = import_register(session, files, MONDAY, full=True)

    assert report.rejected == []
    assert all(one.rows > 0 for one in report.files)
    edith, bronwen = session.get_one(Person, "P-101"), session.get_one(Person, "P-111")
    assert (edith.email, edith.safe_contact) == (None, None)
    assert bronwen.safe_contact is not None
    assert "team-willow" not in {one.tag for one in lookups.every_recipient(session, on=TODAY)}


def test_importing_twice_changes_nothing(session: Session) -> None:
    """The second import of the same files adds, changes and ends no row."""
    import_register(session, EXAMPLE_FILES, MONDAY, full=True)

    again = import_register(session, EXAMPLE_FILES, MONDAY, full=True)

    assert [(one.added, one.changed, one.ended) for one in again.files] == [(0, 0, 0)] * 4
    assert session.scalar(select(func.count()).select_from(RegisterImport)) == 8


def test_files_are_taken_in_the_order_in_which_they_refer(session: Session, tmp_path: Path) -> None:
    """Allocations given before people and staff find both."""
    report = Extract(tmp_path, session).load(
        allocations=(ALLOCATIONS, "P-101,practitioner,hazel,review,2025-03-01,"),
        people=(PEOPLE, EDITH),
        staff=(STAFF, PRIYA),
    )

    assert report.rejected == []
    assert lookups.is_allocated(session, "practitioner", "P-101", TODAY)


def test_changed_row_is_changed_and_nothing_else(extract: Extract, session: Session) -> None:
    """A death in the next extract is taken over; the other person stays unchanged."""
    report = extract.load(people=(PEOPLE, EDITH.replace(",,letter", ",2026-01-02,letter"), WALTER))

    (people,) = report.files
    assert (people.added, people.changed, people.unchanged) == (0, 1, 1)
    assert session.get_one(Person, "P-101").died_on == date(2026, 1, 2)


def test_values_are_brought_into_one_form(extract: Extract, session: Session) -> None:
    """NHS numbers lose their spaces, postcodes gain theirs, and empty cells are nothing."""
    edith, walter = session.get_one(Person, "P-101"), session.get_one(Person, "P-102")

    assert (edith.nhs_number, edith.postcode) == ("9990010005", "XW1 1AP")
    assert (walter.nhs_number, walter.born_on, walter.preferred_method) == (None, None, None)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("P-103,LAS-3,999 001 0006,Vera Stone,,,,,", "nhs_number is not an NHS number"),
        ("P-103,LAS-3,,Vera Stone,12/04/1938,,,,", "born_on must be a date such as 2026-11-30"),
        ("P-103,LAS-3,,Vera Stone,1938-02-30,,,,", "born_on is a date that does not exist"),
        ("P-103,LAS-3,,Vera Stone,,Orchard Row,,,", "postcode is not a postcode"),
        ("P-103,LAS-3,,Vera Stone,,,,pigeon,", "preferred_method must be one of letter, email"),
        ("P-103,LAS-3,,,,,,,", "name is empty"),
        ("P-103,,,Vera Stone,,,,,", "record_id is empty"),
        ("P-103,LAS-1,,Vera Stone,,,,,", "record_id belongs to another person"),
        ("P-103,LAS-3,9990010005,Vera Stone,,,,,", "nhs_number belongs to another person"),
        ("P-101,LAS-1,,Vera Stone,,,,,", "the file has this row already"),
        ("P-103,LAS-3,,Stone, Vera,,,,,", "has 10 fields"),
    ],
)
def test_bad_row_is_named_and_stops_no_good_one(extract: Extract, session: Session, row: str, problem: str) -> None:
    """File, line, reference and what is wrong are told; names and values are not; the next row is taken."""
    report = extract.load(people=(PEOPLE, EDITH, row, "P-104,LAS-4,,Harold Brisco,,,,,"))

    (rejected,) = report.rejected
    assert problem in str(rejected)
    assert str(rejected).startswith("people.csv:3")
    assert rejected.reference == ("" if "fields" in problem else row[:5])
    for personal in ("Vera", "Stone", "Orchard", "1938", "0006", "pigeon"):
        assert personal not in str(rejected)
    assert session.get(Person, "P-104") is not None


def test_a_number_that_moves_to_somebody_else_is_taken_from_the_one_before(extract: Extract, session: Session) -> None:
    """Whoever gets it stands further up: it moves all the same, and the same extract again changes nothing."""
    before = (PEOPLE, EDITH, "P-103,LAS-3,9990010374,Vera Stone,,,,,")
    moved = (PEOPLE, "P-101,LAS-1,9990010374,Edith Tilling,,,,,", "P-103,LAS-3,,Vera Stone,,,,,")
    extract.load(people=before)
    for changed in (2, 0):
        report = extract.load(people=moved)
        assert report.rejected == [] and report.files[0].changed == changed
    found = {one: session.get_one(Person, one).nhs_number for one in ("P-101", "P-103")}
    assert found == {"P-101": "9990010374", "P-103": None}


def test_a_number_moves_whichever_of_the_two_stands_first(extract: Extract, session: Session) -> None:
    """Whoever loses it stands further up, and comes later in the register: it is free before the other gets it."""
    extract.load(people=(PEOPLE, EDITH, "P-103,LAS-3,9990010374,Vera Stone,,,,,"))
    moved = (PEOPLE, "P-103,LAS-4,,Vera Stone,,,,,", "P-101,LAS-1,9990010374,Edith Tilling,,,,,")
    assert extract.load(people=moved).rejected == []
    found = {one: session.get_one(Person, one).nhs_number for one in ("P-101", "P-103")}
    assert found == {"P-101": "9990010374", "P-103": None}


def test_numbers_that_go_round_in_a_circle_are_rejected(extract: Extract, session: Session) -> None:
    """Two people who would swap their numbers: somebody looks at it, and everybody keeps what they have."""
    extract.load(people=(PEOPLE, EDITH, "P-103,LAS-3,9990010374,Vera Stone,,,,,"))
    swapped = (PEOPLE, "P-101,LAS-1,9990010374,Edith Tilling,,,,,", "P-103,LAS-3,9990010005,Vera Stone,,,,,")
    report = extract.load(people=swapped)
    assert [str(one).partition(": ")[2] for one in report.rejected] == [
        "nhs_number belongs to another person in the register"
    ] * 2
    assert session.get_one(Person, "P-101").nhs_number == "9990010005"


def test_name_in_the_wrong_column_is_not_repeated(extract: Extract) -> None:
    """Where columns have slipped, the id is a name, and the line number alone is told."""
    report = extract.load(people=(PEOPLE, "Vera Stone,P-103,,LAS-3,,,,,"))

    assert str(report.rejected[0]).startswith("people.csv:2: id must be a reference")


def test_line_is_counted_through_rows_of_several_lines(extract: Extract) -> None:
    """A cell with a line break makes later rows begin further down, as an editor shows them."""
    two_lines = 'P-103,LAS-3,,Vera Stone,,,,,"large print\nand yellow paper"'

    report = extract.load(people=(PEOPLE, two_lines, "", "P-104,LAS-4,,,,,,,"))

    assert str(report.rejected[0]).startswith("people.csv:5 (P-104): name is empty")


@pytest.mark.parametrize(
    ("kind", "header", "row", "problem"),
    [
        ("staff", STAFF, "x,Ann Lee,ann at home,practitioner,hazel,Hazel,", "email is not an e-mail address"),
        ("staff", STAFF, "x,Ann Lee,,wizard,hazel,Hazel,", "role must be one of"),
        ("staff", STAFF, "ann lee,Ann Lee,,finance,hazel,Hazel,", "id must be letters"),
        ("allocations", ALLOCATIONS, "P-999,,hazel,review,2025-01-01,", "person_id is not in the register"),
        ("allocations", ALLOCATIONS, "P-101,nobody,hazel,review,2025-01-01,", "staff_id is not in the register"),
        ("allocations", ALLOCATIONS, "P-101,,oak,review,2025-01-01,", "team_id is not in the register"),
        ("allocations", ALLOCATIONS, "P-101,,hazel,friend,2025-01-01,", "responsibility must be one of"),
        ("allocations", ALLOCATIONS, "P-101,,hazel,review,2025-01-02,2025-01-01", "until is before since"),
        ("absences", ABSENCES, "nobody,2026-01-05,,leave", "staff_id is not in the register"),
        ("absences", ABSENCES, "practitioner,soon,,leave", "starts_at must be a date or time"),
        ("absences", ABSENCES, "practitioner,9999-12-31T23:59:59-23:59,,leave", "starts_at must be a date or time"),
        ("absences", ABSENCES, "practitioner,2026-01-05,2026-01-04,leave", "returns_at is before starts_at"),
        ("absences", ABSENCES, "practitioner,2026-01-05,,migraine", "kind must be one of"),
    ],
)
def test_bad_row_of_the_other_files_is_named(extract: Extract, kind: str, header: str, row: str, problem: str) -> None:
    """Each file has its own rules, and each breach is told by line."""
    report = extract.load_one(kind, header, row)

    assert str(report.rejected[0]).startswith(f"{kind}.csv:2")
    assert problem in str(report.rejected[0])
    assert report.files[0].added == 0


def test_team_with_two_names_is_rejected(extract: Extract) -> None:
    """A team's name cannot depend on which row was read last."""
    report = extract.load(staff=(STAFF, PRIYA, TOM.replace("Hazel", "Haslemere")))

    assert "team_name differs" in report.rejected[0].problem


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("people.csv", b"id,name\nP-101,Edith\n", "the header lacks record_id, nhs_number"),
        ("people.csv", PEOPLE.replace("born_on", "name").encode(), "the header lacks born_on"),
        ("people.csv", (PEOPLE + ",name\n").encode(), "the header names name more than once"),
        ("people.csv", b"", "the header lacks id"),
        ("people.csv", PEOPLE.encode() + b'\nP-101,"LAS-1', "it is not CSV throughout"),
        ("people.csv", PEOPLE.encode() + b"\nP-101,LAS-1,,H\xe9l\xe8ne,,,,,\n", "it is not UTF-8"),
        ("friends.csv", PEOPLE.encode(), "its name must begin with one of"),
        ("peoples.csv", PEOPLE.encode(), "its name must begin with one of"),
    ],
)
def test_file_that_cannot_be_read_is_refused_whole(
    session: Session, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    """The reason is one sentence, and no row of any file given with it is imported."""
    (tmp_path / "staff.csv").write_text(f"{STAFF}\n{PRIYA}\n")
    (tmp_path / name).write_bytes(content)

    with pytest.raises(FileRefused, match=sentence):
        import_register(session, [tmp_path / "staff.csv", tmp_path / name], MONDAY)

    assert session.scalars(select(Staff)).all() == []


def test_file_that_is_not_there_is_refused(session: Session, tmp_path: Path) -> None:
    """A missing file is told in the system's words."""
    with pytest.raises(FileRefused, match=r"staff\.csv: it cannot be read \(No such file"):
        import_register(session, [tmp_path / "staff.csv"], MONDAY)


def test_two_files_of_one_kind_are_refused(session: Session, tmp_path: Path) -> None:
    """It could not be said which of them holds."""
    files = [tmp_path / "staff.csv", tmp_path / "staff-2026-01-05.csv"]
    for file in files:
        file.write_text(f"{STAFF}\n{PRIYA}\n")

    with pytest.raises(FileRefused, match="more than one file of staff"):
        import_register(session, files, MONDAY)


def test_older_extract_is_refused(extract: Extract) -> None:
    """Yesterday's extract does not undo today's."""
    with pytest.raises(FileRefused, match="one of 2026-01-05 was imported before"):
        extract.load(on=date(2026, 1, 4), people=(PEOPLE, EDITH))


def test_column_that_nobody_needs_is_passed_over(extract: Extract, session: Session) -> None:
    """What the register has no use for is not kept."""
    extract.load(people=(PEOPLE + ",diagnosis", "P-103,LAS-3,,Vera Stone,,,,,,asthma"))

    assert session.get_one(Person, "P-103").communication_needs is None


# --------------------------------------------------------------------- what a full extract no longer has


def test_who_is_missing_from_a_full_extract_has_left(extract: Extract, session: Session) -> None:
    """A member of staff who is no longer in it is kept, and has left on its day."""
    report = extract.load(full=True, on=date(2026, 1, 6), staff=(STAFF, PRIYA))

    assert report.files[0].ended == 1
    assert session.get_one(Staff, "practitioner-2").left_on == date(2026, 1, 6)
    assert session.get_one(Staff, "practitioner").left_on is None


def test_who_is_missing_from_a_partial_extract_stays(extract: Extract, session: Session) -> None:
    """A partial extract says nothing about those it does not name."""
    extract.load(on=date(2026, 1, 6), staff=(STAFF, PRIYA))

    assert session.get_one(Staff, "practitioner-2").left_on is None


def test_missing_allocation_is_ended_and_may_come_back(extract: Extract, session: Session) -> None:
    """An allocation missing from a full extract ends on its day; the next one that has it takes the end away."""
    of_edith = "P-101,practitioner,hazel,assessment,2025-03-02,"
    of_walter = "P-102,,hazel,review,2025-03-02,"
    extract.load(full=True, allocations=(ALLOCATIONS, of_edith, of_walter))

    extract.load(full=True, on=date(2026, 1, 7), allocations=(ALLOCATIONS, of_walter))
    assert lookups.is_allocated(session, "practitioner", "P-101", date(2026, 1, 6))
    assert not lookups.is_allocated(session, "practitioner", "P-101", date(2026, 1, 7))

    extract.load(full=True, on=date(2026, 1, 8), allocations=(ALLOCATIONS, of_edith, of_walter))
    assert lookups.is_allocated(session, "practitioner", "P-101", date(2026, 1, 8))


def test_rejected_row_is_not_a_missing_one(extract: Extract, session: Session) -> None:
    """What a rejected row is about is not ended, because the extract does speak of it."""
    of_edith = "P-101,practitioner,hazel,assessment,2025-03-02,"
    of_walter = "P-102,practitioner,hazel,review,2025-03-02,"
    extract.load(full=True, allocations=(ALLOCATIONS, of_edith, of_walter))

    broken = of_edith.replace("2025-03-02", "2nd March")
    report = extract.load(
        full=True, on=date(2026, 1, 6), allocations=(ALLOCATIONS, broken, of_walter.replace("P-102", "P-101"))
    )

    assert report.files[0].ended == 1
    assert lookups.is_allocated(session, "practitioner", "P-101", date(2026, 1, 6))
    assert not lookups.is_allocated(session, "practitioner", "P-102", date(2026, 1, 6))


def test_row_about_nobody_known_ends_nothing(extract: Extract, session: Session) -> None:
    """Where it cannot be told whom a rejected row is about, nobody counts as missing."""
    report = extract.load(full=True, on=date(2026, 1, 6), staff=(STAFF, PRIYA, "Tom Garrick,,,,,,"))

    assert report.files[0].ended == 0
    assert session.get_one(Staff, "practitioner-2").left_on is None


def test_what_was_ended_before_it_began_is_not_ended_again(extract: Extract) -> None:
    """What lies ahead ends on the day on which it would have begun; the same full extract again ends nothing."""
    extract.load(staff=(STAFF, PRIYA), people=(PEOPLE, EDITH, WALTER))
    allocation, absence = "P-101,practitioner,hazel,assessment,2026-02-02,", "practitioner,2026-02-02,2026-02-09,leave"
    stays = (ADMISSIONS, "P-101,2026-02-02,,Ward 1")
    extract.load(full=True, allocations=(ALLOCATIONS, allocation), absences=(ABSENCES, absence), admissions=stays)

    other = "P-102,practitioner,hazel,assessment,2026-01-02,"
    without = {"allocations": (ALLOCATIONS, other), "absences": (ABSENCES,), "admissions": (ADMISSIONS,)}
    first = extract.load(full=True, **without)
    again = extract.load(full=True, **without)

    assert [one.ended for one in first.files] == [1, 1, 1]
    assert [one.ended for one in again.files] == [0, 0, 0]


def test_full_extract_without_a_good_row_is_refused(extract: Extract) -> None:
    """An empty file never ends everything."""
    with pytest.raises(FileRefused, match="would end everything"):
        extract.load(full=True, on=date(2026, 1, 6), staff=(STAFF,))


@pytest.mark.parametrize(
    ("kind", "lines"), [("people", (PEOPLE,)), ("allocations", (ALLOCATIONS,)), ("reviews", (REVIEWS,))]
)
def test_a_full_extract_of_what_is_never_empty_is_refused_without_rows(
    extract: Extract, kind: str, lines: tuple[str, ...]
) -> None:
    """There are always people, and workers for them: an empty file is a broken one."""
    with pytest.raises(FileRefused, match="would end everything"):
        extract.load(full=True, on=date(2026, 1, 6), **{kind: lines})


def test_nobody_is_in_hospital_any_more_and_nobody_away(extract: Extract, session: Session) -> None:
    """A full extract of admissions or absences may be empty: it says that there are none, and ends those we hold."""
    extract.load(
        full=True,
        admissions=(ADMISSIONS, "P-101,2026-01-02,,Ward 1"),
        absences=(ABSENCES, "practitioner,2026-01-02,,unplanned"),
    )

    report = extract.load(full=True, on=date(2026, 1, 6), admissions=(ADMISSIONS,), absences=(ABSENCES,))

    assert {one.kind: (one.rows, one.ended) for one in report.files} == {"admissions": (0, 1), "absences": (0, 1)}
    assert session.get_one(Admission, ("P-101", date(2026, 1, 2))).discharged_on == date(2026, 1, 6)
    assert lookups.absence_on(session, "practitioner", datetime(2026, 1, 6, tzinfo=UTC)) is None
    assert lookups.extract_dates(session)[ExtractKind.ADMISSIONS] == date(2026, 1, 6)


def test_a_full_extract_of_admissions_with_broken_rows_alone_is_refused(extract: Extract) -> None:
    """That is not the word that there are none."""
    with pytest.raises(FileRefused, match="would end everything"):
        extract.load(full=True, admissions=(ADMISSIONS, "P-101,the 2nd,,Ward 1"))


def test_absence_called_off_is_over(extract: Extract, session: Session) -> None:
    """An absence missing from a full extract ends at its first moment if it lay ahead, else on the extract's day."""
    ahead, running = "practitioner,2026-02-02,2026-02-09,leave", "practitioner-2,2026-01-02,,unplanned"
    extract.load(full=True, absences=(ABSENCES, ahead, running))

    extract.load(full=True, on=date(2026, 1, 6), absences=(ABSENCES, "practitioner,2026-03-02,,training"))

    assert lookups.absence_on(session, "practitioner", datetime(2026, 2, 4, tzinfo=UTC)) is None
    assert lookups.absence_on(session, "practitioner-2", datetime(2026, 1, 5, 23, 59, tzinfo=UTC)) is not None
    assert lookups.absence_on(session, "practitioner-2", datetime(2026, 1, 6, tzinfo=UTC)) is None


# --------------------------------------------------------------------- lookups


@pytest.fixture
def wenbridge(session: Session) -> Session:
    """A session on the example council's register, as imported on Monday 5 January 2026."""
    import_register(session, EXAMPLE_FILES, MONDAY, full=True)
    return session


@pytest.mark.parametrize(
    ("staff_id", "role", "team_id"),
    [
        ("duty-worker", Role.DUTY_WORKER, "duty"),
        ("practitioner", Role.PRACTITIONER, "hazel"),
        ("team-leader", Role.TEAM_LEADER, "hazel"),
        ("team-manager", Role.TEAM_MANAGER, "hazel"),
        ("strategic-manager", Role.STRATEGIC_MANAGER, "hazel"),
        ("head-of-service", Role.HEAD_OF_SERVICE, "hazel"),
        ("duty-team-leader", Role.TEAM_LEADER, "duty"),
        ("practitioner-4", Role.PRACTITIONER, "rowan"),
    ],
)
def test_example_council_has_the_staff_the_commands_name(
    wenbridge: Session, staff_id: str, role: Role, team_id: str
) -> None:
    """The staff ids that the commands' contract promises are people in those roles."""
    member = lookups.staff_member(wenbridge, staff_id.upper())

    assert member is not None
    assert (member.role, member.team_id, member.left_on) == (role.value, team_id, None)


def test_allocation_holds_from_its_first_day_until_the_day_it_ends(wenbridge: Session) -> None:
    """P-117 goes from hazel to rowan on 14 September 2025, and is with one of them on every day."""
    before, on = date(2025, 9, 13), date(2025, 9, 14)

    assert lookups.is_allocated(wenbridge, "practitioner-2", "P-117", before)
    assert not lookups.is_allocated(wenbridge, "practitioner-5", "P-117", before)
    assert not lookups.is_allocated(wenbridge, "practitioner-2", "P-117", on)
    assert lookups.is_allocated(wenbridge, "practitioner-5", "P-117", on)
    assert getattr(lookups.responsible_team(wenbridge, "P-117", before), "id", None) == "hazel"
    assert getattr(lookups.responsible_team(wenbridge, "P-117", on), "id", None) == "rowan"


def test_team_may_be_responsible_without_a_worker(wenbridge: Session) -> None:
    """P-106 belongs to the hazel team, and to nobody in it."""
    assert lookups.allocated_worker(wenbridge, "P-106", TODAY) is None
    assert getattr(lookups.responsible_team(wenbridge, "P-106", TODAY), "id", None) == "hazel"


def test_leaver_is_allocated_to_nobody_and_the_team_stays_responsible(wenbridge: Session) -> None:
    """The worker of P-113 left on 29 August 2025; the hazel team still answers for P-113."""
    last_day, left = date(2025, 8, 28), date(2025, 8, 29)

    assert getattr(lookups.allocated_worker(wenbridge, "P-113", last_day), "id", None) == "practitioner-6"
    assert lookups.allocated_worker(wenbridge, "P-113", left) is None
    assert not lookups.is_allocated(wenbridge, "practitioner-6", "P-113", left)
    assert getattr(lookups.responsible_team(wenbridge, "P-113", left), "id", None) == "hazel"


def test_stranger_has_neither_team_nor_worker(wenbridge: Session) -> None:
    """Whom the register does not know has no team, no worker and no allocation."""
    assert lookups.person(wenbridge, "P-999") is None
    assert lookups.responsible_team(wenbridge, "P-999", TODAY) is None
    assert lookups.allocated_worker(wenbridge, "P-121", TODAY) is None
    assert not lookups.is_allocated(wenbridge, "practitioner", "P-121", TODAY)


def test_latest_of_two_allocations_counts(extract: Extract, session: Session) -> None:
    """Where two workers are allocated, the one allocated last is the allocated worker; both are allocated."""
    extract.load(
        allocations=(
            ALLOCATIONS,
            "P-101,practitioner,hazel,review,2025-03-02,",
            "P-101,practitioner-2,hazel,assessment,2025-06-02,",
        )
    )

    assert getattr(lookups.allocated_worker(session, "P-101", TODAY), "id", None) == "practitioner-2"
    assert lookups.is_allocated(session, "practitioner", "P-101", TODAY)


def test_absence_has_a_return_or_an_unknown_one(wenbridge: Session) -> None:
    """practitioner-2 comes back on a day, practitioner-3 on one that nobody knows, practitioner is here."""
    on_leave = lookups.absence_on(wenbridge, "practitioner-2", MONDAY)
    away = lookups.absence_on(wenbridge, "practitioner-3", MONDAY)

    assert on_leave is not None
    assert (on_leave.kind, on_leave.returns_at) == (AbsenceKind.LEAVE.value, datetime(2028, 1, 10, tzinfo=UTC))
    assert away is not None
    assert away.returns_at is None
    assert lookups.absence_on(wenbridge, "practitioner", MONDAY) is None


def test_absence_is_over_at_the_moment_of_return(wenbridge: Session) -> None:
    """The second duty worker's training lasts from Friday 1pm until Monday 9am, and no moment longer."""
    back = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    assert lookups.absence_on(wenbridge, "duty-worker-2", back - timedelta(minutes=1)) is not None
    assert lookups.absence_on(wenbridge, "duty-worker-2", back) is None


def test_longest_of_two_absences_counts(extract: Extract, session: Session) -> None:
    """Leave that runs into an absence without a known end is an absence without a known end."""
    extract.load(
        absences=(
            ABSENCES,
            "practitioner,2026-01-01,2026-01-09,leave",
            "practitioner,2026-01-04,,unplanned",
            "practitioner-2,2026-01-01,2026-01-09,leave",
            "practitioner-2,2026-01-04,2026-01-30,training",
        )
    )

    first = lookups.absence_on(session, "practitioner", MONDAY)
    second = lookups.absence_on(session, "practitioner-2", MONDAY)
    assert first is not None
    assert first.returns_at is None
    assert second is not None
    assert second.kind == "training"


def test_absence_in_summer_begins_at_midnight_in_england(extract: Extract, session: Session) -> None:
    """A day without a time means its first moment on the wall clock."""
    extract.load(absences=(ABSENCES, "practitioner,2026-07-06,2026-07-07T09:00,leave"))

    assert session.scalars(select(Absence.starts_at)).one() == datetime(2026, 7, 5, 23, 0, tzinfo=UTC)
    assert session.scalars(select(Absence.returns_at)).one() == datetime(2026, 7, 7, 8, 0, tzinfo=UTC)


def test_staff_are_found_by_role_and_team_and_leavers_are_not(wenbridge: Session) -> None:
    """Role and team narrow the list; who has left is in none."""
    found = lookups.staff_in(wenbridge, Role.PRACTITIONER, "hazel", on=TODAY)

    assert [member.id for member in found] == ["practitioner", "practitioner-2", "practitioner-3"]
    assert len(lookups.staff_in(wenbridge, on=TODAY)) == 29
    assert [member.id for member in lookups.staff_in(wenbridge, team="duty", on=TODAY)] == [
        "duty-team-leader",
        "duty-worker",
        "duty-worker-2",
        "on-call-manager",
    ]


def test_each_locality_team_has_a_leader_and_brokerage_has_none(wenbridge: Session) -> None:
    """The leader is who holds the role in that team."""
    leaders = {
        team: getattr(lookups.team_leader_of(wenbridge, team, on=TODAY), "id", None)
        for team in ("duty", "hazel", "rowan", "brokerage")
    }

    assert leaders == {
        "duty": "duty-team-leader",
        "hazel": "team-leader",
        "rowan": "rowan-team-leader",
        "brokerage": None,
    }


def test_register_grows_stale_by_days_of_the_calendar(wenbridge: Session) -> None:
    """With one day allowed, yesterday's extract serves all day and that of the day before does not."""
    one_day = timedelta(days=1)

    assert not lookups.is_stale(wenbridge, datetime(2026, 1, 6, 23, 59, tzinfo=UTC), one_day)
    assert lookups.is_stale(wenbridge, datetime(2026, 1, 7, 0, 0, tzinfo=UTC), one_day)


def test_register_is_as_stale_as_its_oldest_file(extract: Extract, session: Session) -> None:
    """Without allocations it is stale from the start; fresh people do not freshen old allocations."""
    assert lookups.is_stale(session, MONDAY, timedelta(days=30))

    extract.load(allocations=(ALLOCATIONS, "P-101,,hazel,review,2025-01-01,"))
    assert not lookups.is_stale(session, MONDAY, timedelta(days=1))

    extract.load(on=date(2026, 1, 9), people=(PEOPLE, EDITH), staff=(STAFF, PRIYA))
    assert lookups.is_stale(session, datetime(2026, 1, 9, 9, tzinfo=UTC), timedelta(days=1))


def test_everybody_who_can_be_told_is_listed(wenbridge: Session) -> None:
    """Every role, every team and every member of staff who has not left is a recipient."""
    tags = {recipient.tag for recipient in lookups.every_recipient(wenbridge, on=TODAY)}

    assert {f"role-{role}" for role in Role} < tags
    assert {"team-hazel", "staff-practitioner-2"} < tags
    assert "staff-practitioner-6" not in tags


# --------------------------------------------------------------------- what the database refuses


@pytest.mark.parametrize(
    "row",
    [
        Allocation(person_id="P-101", team_id="hazel", responsibility="friend", since=TODAY),
        Allocation(person_id="P-101", team_id="hazel", responsibility="review", since=TODAY, until=date(2026, 1, 4)),
        Allocation(person_id="P-999", team_id="hazel", responsibility="review", since=TODAY),
        Absence(staff_id="practitioner", starts_at=MONDAY, kind="migraine"),
        Absence(staff_id="practitioner", starts_at=MONDAY, returns_at=MONDAY - timedelta(days=1), kind="leave"),
        Person(id="P-103", record_id="LAS-1", name="Vera Stone"),
    ],
)
def test_database_refuses_what_cannot_be(extract: Extract, session: Session, row: Base) -> None:
    """Unknown words, ends before beginnings, strangers and ids given twice do not get in past the importer either."""
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(row)


def test_database_refuses_the_same_team_allocation_twice(extract: Extract, session: Session) -> None:
    """Two rows without a worker are the same allocation."""

    def allocation() -> Allocation:
        return Allocation(person_id="P-101", team_id="hazel", responsibility="review", since=TODAY)

    with pytest.raises(IntegrityError), session.begin_nested():
        session.add_all([allocation(), allocation()])


# --------------------------------------------------------------------- NHS numbers


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("943 476 5919", "9434765919"),
        ("943-476-5919", "9434765919"),
        ("9434765919", "9434765919"),
        ("943 476 5918", None),
        ("401 023 2137", "4010232137"),
        ("999 001 0030", None),
        ("000 000 0010", None),
        ("943476591", None),
        ("٩٤٣٤٧٦٥٩١٩", None),
        ("", None),
    ],
)
def test_nhs_number_checks_its_last_digit(written: str, read: str | None) -> None:
    """Spaces and hyphens do not matter; a wrong digit, a missing one or another script does."""
    assert read_nhs_number(written) == read


def test_example_people_have_numbers_that_check_or_none() -> None:
    """The example council's NHS numbers lie in the range kept for tests."""
    with (EXAMPLE / "people.csv").open(encoding="utf-8") as file:
        numbers = [row["nhs_number"] for row in csv.DictReader(file)]

    assert sum(1 for number in numbers if not number) == 2
    assert all(number.startswith("999 ") and read_nhs_number(number) for number in numbers if number)
