"""Whatever an extract holds: each row is taken or named, and the same again changes nothing."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, target
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.recording import Admission, ExtractNote, ReviewDate
from models.register import ExtractKind, Person, Staff, Team
from models.tables import metadata
from tasks.database import Database
from tasks.register.importing import ImportReport, import_register
from tasks.register.lookups import responsible_team, team_carrying_on
from tasks.register.rows import ROWS

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
TODAY = date(2026, 1, 5)
SECRET = "Featherstonehaugh"
"""Stands in cells; a rejected row does not repeat it."""
OPTIONAL = ("email", "telephone", "postal_address", "interpreter", "safe_contact")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on a fresh database; what a test writes is rolled back."""
    database = Database(f"sqlite:///{tmp_path / 'register.db'}")
    metadata.create_all(database.engine)
    with database.engine.connect() as connection:
        session = Session(connection, join_transaction_mode="create_savepoint")
        yield session
        session.close()
    database.dispose()


def load(session: Session, files: dict[str, tuple[Sequence[str], Sequence[Sequence[str]]]], **how: Any) -> ImportReport:
    """Import files given by kind as columns and rows."""
    with tempfile.TemporaryDirectory() as folder:
        written = []
        for kind, (columns, rows) in files.items():
            file = Path(folder) / f"{kind}.csv"
            with file.open("w", encoding="utf-8", newline="") as opened:
                csv.writer(opened).writerows([columns, *rows])
            written.append(file)
        return import_register(session, written, NOW, extract_date=TODAY, **how)


def columns_of(kind: ExtractKind) -> list[str]:
    """Every column of a kind of file."""
    return list(ROWS[kind].model_fields)


def held(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the register holds, apart from the record of imports."""
    tables = ("team", "staff", "person", "allocation", "absence", "admission", "extract_note", "review_date")
    tables += ("seen_waiting",)
    return {
        name: sorted(map(repr, (tuple(row) for row in session.execute(select(metadata.tables[name])))))  # type: ignore[misc]
        for name in tables
    }


NOISE = (
    "", "P-101", "999 001 0006", "2026-02-30", "R-1", SECRET, f"{SECRET} Row", "0", "line\nbreak", "É, ß",
)  # fmt: skip
PEOPLE, TEAMS, STAFF = ("P-101", "P-102", "P-103"), ("hazel", "rowan", "oak"), ("practitioner", "team-leader")
DAYS = ("2025-03-02", "2026-01-05", "2026-11-30")
SOUND: dict[str, tuple[str, ...]] = {
    "id": (*PEOPLE, *TEAMS, *STAFF), "person_id": PEOPLE, "staff_id": (*STAFF, ""), "team_id": TEAMS,
    "record_id": ("LAS-1", "LAS-2", "LAS-3"), "nhs_number": ("999 001 0005", "9990010374", ""),
    "name": ("Edith Tilling", "Hazel"), "team_name": ("Hazel", "Rowan"), "role": ("practitioner", "team-leader"),
    "email": ("edith@example.org", ""), "telephone": ("07700 900108", ""), "postcode": ("xw11ap", ""),
    "preferred_method": ("letter", ""), "responsibility": ("review", "assessment"), "place": ("Ward 1",),
    "title": ("Review",), "note_id": ("A-1", "A-2"), "our_id": ("R-7K3Q9PXM2A", ""), "work_goes_to": ("rowan", ""),
    "since": DAYS, "admitted_on": DAYS, "written_on": DAYS, "due_on": DAYS, "starts_at": (*DAYS, "2026-01-05T13:00"),
}  # fmt: skip


def cell(kind: ExtractKind, column: str) -> st.SearchStrategy[str]:
    """Mostly what may stand there, and at times what may not."""
    sound = SOUND.get(column, ("", ""))
    if column == "kind":
        sound = ("leave", "training") if kind is ExtractKind.ABSENCES else ("annual", "plan")
    return st.integers(0, 11).flatmap(lambda odd: st.sampled_from(sound if odd else NOISE))


@st.composite
def files(draw: st.DrawFn) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Some files with some rows of cells that are right in one column or another."""
    chosen = draw(st.sets(st.sampled_from(list(ExtractKind)), min_size=1))
    made = {}
    for kind in sorted(chosen):
        columns = columns_of(kind)
        missing = draw(st.sets(st.sampled_from(OPTIONAL))) if kind is ExtractKind.PEOPLE else set()
        columns = [one for one in columns if one not in missing]
        row = st.tuples(*(cell(kind, column) for column in columns)).map(list)
        made[kind.value] = (columns, draw(st.lists(row, max_size=6)))
    return made


@settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(extract=files())
def test_each_row_is_taken_or_named_and_the_same_again_changes_nothing(
    session: Session, extract: dict[str, tuple[list[str], list[list[str]]]]
) -> None:
    """Rows add up, no rejected row repeats what stood in it, and a second import of the same files is idle."""
    first = load(session, extract)
    for one in first.files:
        assert one.rows == one.added + one.changed + one.unchanged + len(one.rejected)
        target(one.added + one.changed, label=one.kind.value)
    before = held(session)

    again = load(session, extract)

    assert held(session) == before
    assert [(one.added, one.changed, one.ended) for one in again.files] == [(0, 0, 0)] * len(again.files)
    assert [str(row) for row in again.rejected] == [str(row) for row in first.rejected]
    assert not any(SECRET in str(row) or "É" in str(row) for row in first.rejected)
    session.rollback()


GOOD = {
    "id": "P-101", "record_id": "LAS-1", "nhs_number": "", "name": "Edith Tilling", "born_on": "", "postcode": "",
    "died_on": "", "preferred_method": "", "communication_needs": "", "email": "edith@example.org",
    "telephone": "07700 900101", "postal_address": "1 Mill Lane", "interpreter": "Tamil", "safe_contact": "no post",
}  # fmt: skip


@pytest.mark.parametrize("column", OPTIONAL)
def test_a_column_that_is_missing_leaves_what_is_held_and_an_empty_cell_clears_it(
    session: Session, column: str
) -> None:
    """Between "nothing is said" and "there is none" lies somebody's safe-contact rule."""
    load(session, {"people": (list(GOOD), [list(GOOD.values())])})

    fewer = {name: value for name, value in GOOD.items() if name != column}
    report = load(session, {"people": (list(fewer), [list(fewer.values())])})
    assert (report.files[0].unchanged, getattr(session.get_one(Person, "P-101"), column)) == (1, GOOD[column])

    report = load(session, {"people": (list(GOOD), [list((GOOD | {column: ""}).values())])})
    assert (report.files[0].changed, getattr(session.get_one(Person, "P-101"), column)) == (1, None)


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [("email", "edith at home", "email is not an e-mail address"), ("telephone", "ask her", "telephone is not a")],
)
def test_contact_details_that_cannot_be_right_are_named(
    session: Session, column: str, value: str, problem: str
) -> None:
    """What stood there is not repeated."""
    report = load(session, {"people": (list(GOOD), [list((GOOD | {column: value}).values())])})
    assert problem in str(report.rejected[0])
    assert value not in str(report.rejected[0])


# ------------------------------------------------------------------ the newer files


@pytest.fixture
def known(session: Session) -> Session:
    """A session with two teams, one worker and one person."""
    staff = ["practitioner", "Priya Nair", "", "practitioner", "hazel", "Hazel", ""]
    load(
        session,
        {
            "staff": (columns_of(ExtractKind.STAFF), [staff]),
            "people": (list(GOOD), [list(GOOD.values())]),
            "teams": (["id", "name", "closed_on"], [["rowan", "Rowan", ""]]),
            "allocations": (columns_of(ExtractKind.ALLOCATIONS), [["P-101", "", "hazel", "review", "2025-03-02", ""]]),
        },
    )
    return session


def test_a_closed_teams_people_are_with_the_team_that_carries_on(known: Session) -> None:
    """From the day of closing on, and not before; a team that closes into nothing leaves nobody responsible."""
    header = columns_of(ExtractKind.TEAMS)
    load(known, {"teams": (header, [["hazel", "Hazel", "2026-01-06", "rowan"]])})

    assert getattr(responsible_team(known, "P-101", date(2026, 1, 5)), "id", None) == "hazel"
    assert getattr(responsible_team(known, "P-101", date(2026, 1, 6)), "id", None) == "rowan"
    load(known, {"teams": (header, [["rowan", "Rowan", "2026-01-08", ""]])})
    assert team_carrying_on(known, "hazel", date(2026, 1, 8)) is None


def test_teams_are_called_as_their_own_extract_says(known: Session) -> None:
    """Two files that name a team differently do not rename it to and fro."""
    staff = ["practitioner", "Priya Nair", "", "practitioner", "hazel", "Hazel East", ""]
    both = {
        "staff": (columns_of(ExtractKind.STAFF), [staff]),
        "teams": (columns_of(ExtractKind.TEAMS), [["hazel", "Hazel Locality Team", "", ""]]),
    }
    load(known, both)
    again = load(known, both)
    assert [(one.changed, one.unchanged) for one in again.files] == [(0, 1), (0, 1)]
    assert known.get_one(Team, "hazel").name == "Hazel Locality Team"


def test_a_team_missing_from_a_full_extract_is_still_a_team(known: Session) -> None:
    """Teams close where the file says so, and staff keep theirs."""
    load(known, {"teams": (columns_of(ExtractKind.TEAMS), [["rowan", "Rowan", "", ""]])}, full=True)
    assert known.get_one(Team, "hazel").closed_on is None
    assert known.get_one(Staff, "practitioner").left_on is None


@pytest.mark.parametrize(
    ("kind", "row", "problem"),
    [
        ("teams", ["oak", "Oak", "2026-01-01", "elm"], "work_goes_to is not a team of the register"),
        ("teams", ["oak", "Oak", "2026-01-01", "oak"], "work_goes_to is the team itself"),
        ("admissions", ["P-999", "2026-01-01", "", "Ward"], "person_id is not in the register"),
        ("admissions", ["P-101", "2026-01-02", "2026-01-01", "Ward"], "discharged_on is before admitted_on"),
        ("notes", ["P-999", "A-1", "Review", "2026-01-01", ""], "person_id is not in the register"),
        ("notes", ["P-101", "A-1", "Review", "2026-01-01", "4711"], "our_id is not an id of ours"),
        ("notes", ["P-101", "A-1", "", "2026-01-01", ""], "title is empty"),
        ("reviews", ["P-999", "annual", "2026-01-01", ""], "person_id is not in the register"),
        ("reviews", ["P-101", "annual", "soon", ""], "due_on must be a date"),
    ],
)
def test_bad_row_of_the_newer_files_is_named(known: Session, kind: str, row: list[str], problem: str) -> None:
    """By line and reference."""
    report = load(known, {kind: (columns_of(ExtractKind(kind)), [row])})
    assert str(report.rejected[0]).startswith(f"{kind}.csv:2 ({row[0]})")
    assert problem in str(report.rejected[0])


def test_what_a_full_extract_no_longer_has_of_stays_reviews_and_notes(known: Session) -> None:
    """A stay is over on the extract's day, a review date no longer holds, and a note stays known."""
    stays, reviews = columns_of(ExtractKind.ADMISSIONS), columns_of(ExtractKind.REVIEWS)
    notes = columns_of(ExtractKind.NOTES)
    load(
        known,
        {
            "admissions": (stays, [["P-101", "2026-01-02", "", "Ward"]]),
            "reviews": (reviews, [["P-101", "annual", "2026-05-01", ""], ["P-101", "plan", "2026-02-01", ""]]),
            "notes": (
                notes,
                [["P-101", "A-1", "Review", "2026-01-01", ""], ["P-101", "A-2", "Call", "2026-01-01", ""]],
            ),
        },
    )
    report = load(
        known,
        {
            "admissions": (stays, [["P-101", "2025-01-02", "2025-01-03", "Ward"]]),
            "reviews": (reviews, [["P-101", "annual", "2026-05-01", ""]]),
            "notes": (notes, [["P-101", "A-2", "Call", "2026-01-01", ""]]),
        },
        full=True,
    )
    assert [one.ended for one in report.files] == [1, 0, 1]
    assert known.get_one(Admission, ("P-101", date(2026, 1, 2))).discharged_on == TODAY
    assert [one.kind for one in known.scalars(select(ReviewDate))] == ["annual"]
    assert {one.note_id for one in known.scalars(select(ExtractNote))} == {"A-1", "A-2"}
