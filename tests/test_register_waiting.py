"""Whom the recording system shows as waiting, today and on any past day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from deployments.example_council import load_example_register
from models.recording import Difference
from models.register import ExtractKind, RegisterImport
from models.tables import metadata
from models.tray import SeenWaiting
from tasks.database import Database
from tasks.durable.testing import Office
from tasks.register import lookups
from tasks.register.importing import ImportReport, import_register
from tasks.register.reading import FileRefused
from tasks.register.taking_in import take_in_extract

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
HEADER = "person_id,team_id,waiting_since"
EDITH, WALTER = "P-101,hazel,2025-12-01", "P-108,rowan,"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """The example council's register, in which nobody is shown as waiting."""
    database = Database(f"sqlite:///{tmp_path / 'register.db'}")
    metadata.create_all(database.engine)
    with database.write() as session:
        load_example_register(session, MONDAY - timedelta(days=4))
        for one in session.scalars(select(SeenWaiting)):
            session.delete(one)
        yield session
    database.dispose()


@pytest.fixture
def extract(session: Session, tmp_path: Path) -> Extract:
    """Extracts of who waits, to be imported day by day."""
    return Extract(session, tmp_path / "waiting.csv")


class Extract:
    """Writes `waiting.csv` and imports it at nine on a day in January 2026."""

    def __init__(self, session: Session, file: Path) -> None:
        self.session, self.file = session, file

    def of(self, day: int, *rows: str, header: str = HEADER, full: bool = True) -> ImportReport:
        """Import these rows."""
        self.file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        at = datetime(2026, 1, day, 9, tzinfo=UTC)
        return import_register(self.session, [self.file], at, full=full, extract_date=at.date())

    def counts(self, report: ImportReport) -> tuple[int, int, int, int]:
        """Added, changed, unchanged and ended."""
        (one,) = report.files
        return one.added, one.changed, one.unchanged, one.ended

    def shown(self, day: int, hour: int = 12) -> list[tuple[str, str, date | None]]:
        """Who was shown as waiting at that hour."""
        at = datetime(2026, 1, day, hour, tzinfo=UTC)
        return [(one.person_id, one.team_id, one.waiting_since) for one in lookups.shown_as_waiting(self.session, at)]


def test_any_past_day_tells_whom_it_showed_then(extract: Extract) -> None:
    """Somebody comes, another goes, a day is put right: each past day keeps the answer that it gave."""
    extract.of(5, EDITH, WALTER)
    extract.of(7, EDITH)
    extract.of(9, "P-101,hazel,2025-11-17", WALTER)

    december, november = ("P-101", "hazel", date(2025, 12, 1)), ("P-101", "hazel", date(2025, 11, 17))
    walter = ("P-108", "rowan", None)
    assert extract.shown(5, hour=8) == []
    assert extract.shown(5) == extract.shown(6) == [december, walter]
    assert extract.shown(7) == extract.shown(8) == [december]
    assert extract.shown(9) == [november, walter]


def test_the_same_extract_again_changes_nothing(extract: Extract) -> None:
    """Each day's extract shows mostly what the last one did."""
    assert extract.counts(extract.of(5, EDITH, WALTER)) == (2, 0, 0, 0)
    assert extract.counts(extract.of(6, EDITH, WALTER)) == (0, 0, 2, 0)
    assert extract.counts(extract.of(7, EDITH, header="person_id,team_id,x")) == (0, 0, 1, 1)
    assert [one[2] for one in extract.shown(7)] == [date(2025, 12, 1)]


def test_a_part_of_an_extract_takes_nobody_off(extract: Extract) -> None:
    """What is missing from a part says nothing; a full one that is empty says that nobody waits."""
    extract.of(5, EDITH, WALTER)
    extract.of(6, full=False)
    assert len(extract.shown(6)) == 2

    assert extract.counts(extract.of(7)) == (0, 0, 0, 2)
    assert extract.shown(7) == []


def test_people_are_named_by_our_id_or_the_recording_systems(extract: Extract) -> None:
    """Either is enough; both must mean the same person."""
    rows = ("LAS-70410,P-101,hazel", "LAS-70529,,rowan", ",P-104,hazel", "LAS-70410,P-104,rowan", ",,hazel")
    report = extract.of(5, *rows, header="record_id,person_id,team_id")

    assert [one[0] for one in extract.shown(5)] == ["P-101", "P-104", "P-108"]
    assert [str(row) for row in report.rejected] == [
        "waiting.csv:6: person_id or record_id must be given",
        "waiting.csv:5 (P-104): record_id belongs to another person in the register",
    ]


def test_a_row_that_cannot_be_taken_takes_nobody_off(extract: Extract) -> None:
    """Whoever is shown stays shown where the row about them is wrong, or where it does not say whom it is about."""
    extract.of(5, EDITH, WALTER)
    report = extract.of(6, "P-101,oak,", WALTER, "P-108,rowan,2025-12-02")
    assert [str(row) for row in report.rejected] == [
        "waiting.csv:2 (P-101): team_id is not in the register",
        "waiting.csv:4 (P-108): the file has this row already, further up",
    ]
    assert len(extract.shown(6)) == 2

    extract.of(7, ",LAS-1,hazel", header="person_id,record_id,team_id")
    assert len(extract.shown(7)) == 2


def test_a_file_that_names_nobody_is_refused(extract: Extract) -> None:
    """The sentence says which column is missing."""
    with pytest.raises(FileRefused, match="the header lacks team_id, person_id or record_id"):
        extract.of(5, header="name,waiting_since")


def test_somebody_may_wait_on_two_trays(extract: Extract) -> None:
    """Each of them has its own beginning and end."""
    extract.of(5, "P-101,hazel,", "P-101,rowan,")
    extract.of(6, "P-101,rowan,")

    assert [one[1] for one in extract.shown(5)] == ["hazel", "rowan"]
    assert [one[1] for one in extract.shown(6)] == ["rowan"]


@pytest.mark.parametrize("imported", [False, True])
def test_a_council_without_this_extract_has_no_stale_register(session: Session, imported: bool) -> None:
    """Whether or not it was ever imported, nobody has to check what the others say, and none is missed."""
    if not imported:
        session.execute(delete(RegisterImport).where(RegisterImport.kind == ExtractKind.WAITING))
    next_day, a_day = datetime(2026, 1, 2, 9, tzinfo=UTC), timedelta(days=1)

    assert not lookups.is_stale(session, next_day, a_day)
    assert lookups.too_old(session, next_day, a_day) == {}
    assert (ExtractKind.WAITING in lookups.extract_dates(session)) is imported


def test_where_only_this_extract_is_old_the_rest_is_still_trusted(session: Session) -> None:
    """It stands on the list of differences, like any that no longer comes, and nobody has to check an allocation."""
    others = update(RegisterImport).where(RegisterImport.kind != ExtractKind.WAITING)
    session.execute(others.values(extract_date=date(2026, 1, 9)))
    now, a_day = datetime(2026, 1, 9, 9, tzinfo=UTC), timedelta(days=1)

    assert not lookups.is_stale(session, now, a_day)
    assert list(lookups.too_old(session, now, a_day)) == [ExtractKind.WAITING]


def test_somebody_whom_the_register_does_not_know_is_put_to_a_team(office: Office, tmp_path: Path) -> None:
    """A row about nobody we know is lost to no one: it stands on a list of differences."""
    file = tmp_path / "waiting.csv"
    file.write_text(f"{HEADER}\n{EDITH}\nP-999,hazel,2025-12-01\n", encoding="utf-8")

    take_in_extract(office.council, [file])

    with office.council.database.read() as session:
        texts = session.scalars(select(Difference.text)).all()
        shown = {one.person_id for one in lookups.shown_as_waiting(session, office.clock.now())}
    assert "waiting.csv, P-999: not taken, person_id is not in the register" in texts
    assert shown == {"P-101", "P-121"}  # P-121 is in the example council's own extract
