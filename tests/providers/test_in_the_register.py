"""Providers and packages of care come with the recording system's extract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.providers.tables import CarePackage, Provider
from models.tables import metadata
from tasks.database import Database
from tests.test_register import EDITH, PEOPLE, PRIYA, STAFF, TODAY, WALTER, Extract

PROVIDERS = "id,name,kind,regulated,commissioned,in_area,run_by,closed_on,link_worker,staff,sponsored_staff"
PACKAGES = "person_id,provider_id,since,until,paid_by,call_times,carers,time_critical_medicine,lives_alone"
WILLOW = "Willow-Bank,Willow Bank House,care-home,yes,yes,yes,independent,,practitioner,41,6"
HERS = 'P-101,willow-bank,2025-06-01,,self,"18:00, 7:30",2,yes,no'
TUESDAY = date(2026, 1, 6)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on a fresh SQLite database."""
    database = Database(f"sqlite:///{tmp_path / 'register.db'}")
    metadata.create_all(database.engine)
    with database.write() as session:
        yield session
    database.dispose()


@pytest.fixture
def extract(tmp_path: Path, session: Session) -> Extract:
    """An extract with two people and a provider that cares for one of them."""
    extract = Extract(tmp_path, session)
    report = extract.load(
        packages=(PACKAGES, HERS), providers=(PROVIDERS, WILLOW), staff=(STAFF, PRIYA), people=(PEOPLE, EDITH, WALTER)
    )
    assert report.rejected == []
    return extract


def test_a_provider_and_who_receives_care_from_it_are_known(session: Session, extract: Extract) -> None:
    """Whatever order the files come in; call times are put in order."""
    willow = session.get_one(Provider, "willow-bank")
    assert (willow.regulated, willow.link_worker, willow.sponsored_staff) == (True, "practitioner", 6)
    hers = session.scalars(select(CarePackage)).one()
    assert (hers.provider_id, hers.paid_by, hers.call_times, hers.carers) == ("willow-bank", "self", "07:30 18:00", 2)


def test_a_package_that_is_missing_from_a_full_extract_has_ended(session: Session, extract: Extract) -> None:
    """It stays known, with the day; a provider that is missing goes on being one."""
    walters = "P-102,willow-bank,2025-09-01,,council,,,,"
    extract.load(full=True, on=TUESDAY, packages=(PACKAGES, walters), providers=(PROVIDERS, WILLOW.replace("W", "V")))
    ends = {one.person_id: one.until for one in session.scalars(select(CarePackage))}
    assert ends == {"P-101": TUESDAY, "P-102": None}
    assert {one.id: one.closed_on for one in session.scalars(select(Provider))} == {
        "willow-bank": None, "villow-bank": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "header", "row", "problem"),
    [
        ("providers", PROVIDERS, WILLOW.replace("care-home", "castle"), "kind must be one of care-home"),
        ("providers", PROVIDERS, WILLOW.replace(",yes", ",perhaps", 1), "regulated must be yes or no"),
        ("providers", PROVIDERS, WILLOW.replace("41,6", "41,60"), "sponsored_staff is more than staff"),
        ("providers", PROVIDERS, WILLOW.replace("41,6", ",0"), "sponsored_staff is more than staff"),
        ("providers", PROVIDERS.removesuffix(",sponsored_staff"), WILLOW.replace("41,6", "5"), "more than staff"),
        ("providers", PROVIDERS, WILLOW.replace("practitioner", "nobody"), "link_worker is not in the register"),
        ("packages", PACKAGES, HERS.replace("willow-bank", "elm-bank"), "provider_id is not in the register"),
        ("packages", PACKAGES, HERS.replace("P-101", "P-909"), "person_id is not in the register"),
        ("packages", PACKAGES, HERS.replace("7:30", "half past 7"), "call_times must be times of day"),
        ("packages", PACKAGES, HERS.replace("2025-06-01,", "2025-06-01,2025-05-01"), "until is before since"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_is_named(extract: Extract, kind: str, header: str, row: str, problem: str) -> None:
    """By its line and what is wrong; what stands in it is not repeated."""
    (rejected,) = extract.load_one(kind, header, row).rejected
    assert rejected.line == 2 and problem in rejected.problem


def test_a_rejected_row_ends_nothing(session: Session, extract: Extract) -> None:
    """Whoever a bad row is about may still be cared for."""
    bad, good = HERS.replace("self", "the bank"), "P-102,willow-bank,2025-09-01,,council,,,,"
    extract.load(full=True, on=TUESDAY, packages=(PACKAGES, bad, good))
    assert [one.until for one in session.scalars(select(CarePackage)) if one.person_id == "P-101"] == [None]
    assert TODAY < TUESDAY
