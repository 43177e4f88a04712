"""`pathways case open`: opening a case by hand; and signals that nobody sends by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.written_contact_transfer import written_contact_transfer
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.letters import letter

WISH = {"recipient": "falls charity", "purpose": "classes", "content": "name"}
BREACH = {"found_at": "2026-01-05T08:00:00Z", "what_happened": "a letter went astray"}


def opened(pathways: Pathways, tmp_path: Path, procedure: str, facts: dict[str, Any], *more: str) -> Any:
    """What the command said."""
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(facts))
    return pathways("case", "open", procedure, "--as", "duty-worker", "--json-file", str(file), *more)


def test_a_disclosure_is_opened_by_whoever_wishes_it(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """It belongs to them, and its ref is printed."""
    called = opened(pathways, tmp_path, "disclosure", WISH)

    assert called.code == 0
    assert office.case(called.out.strip()).owner == "staff-duty-worker"


def test_a_restricted_case_belongs_to_managers(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """It may be about whoever opened it."""
    case = office.case(opened(pathways, tmp_path, "unauthorised-disclosure", BREACH).out.strip())

    assert (case.restricted, case.owner) == (True, "role-team-manager")


@pytest.mark.parametrize(
    ("procedure", "facts", "problem"),
    [
        ("disclosure", {"recipient": "x"}, "purpose: Field required"),
        ("disclosure", WISH | {"about_person": "P-998"}, "about_person: the register has no person"),
        ("unauthorised-disclosure", BREACH | {"found_at": "2027-01-05T08:00:00Z"}, "found_at: it has not come yet"),
        ("unauthorised-disclosure", BREACH | {"about_people": ["P-101", "P-999"]}, "about_people: the register has no"),
        ("no-such-thing", {}, "has no procedure no-such-thing"),
        ("../flows", {}, "name the procedure"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_opened(
    office: Office, pathways: Pathways, tmp_path: Path, procedure: str, facts: dict[str, Any], problem: str
) -> None:
    """Unknown people, days to come and missing fields are refused with their names."""
    called = opened(pathways, tmp_path, procedure, facts)

    assert called.code == 2 and problem in called.err
    assert office.cases() == []


def test_without_facts_it_says_what_is_wanted(office: Office, pathways: Pathways) -> None:
    """Nobody has to guess the fields."""
    called = pathways("case", "open", "disclosure", "--as", "duty-worker")

    assert called.code == 0 and "recipient" in called.out and "compulsory" in called.out
    assert office.cases() == []


@pytest.mark.parametrize(
    ("name", "said", "problem"),
    [
        ("MorningCame", {"day": "2026-01-05"}, "nobody sends it by hand"),
        ("PersonHasDied", {"person": "P-999", "died_on": "2026-01-04"}, "the register has no person"),
        ("PersonHasDied", {"person": "P-101", "died_on": "2027-01-04"}, "died_on: it has not come yet"),
    ],
)
def test_a_signal_that_cannot_be_true_is_not_sent(
    office: Office, pathways: Pathways, tmp_path: Path, name: str, said: dict[str, Any], problem: str
) -> None:
    """The system's own messages, people whom nobody knows and days to come are refused."""
    case = office.start(written_contact_transfer, letter())
    file = tmp_path / "signal.json"
    file.write_text(json.dumps(said))
    called = pathways("case", "signal", case, name, "--as", "duty-worker", "--json-file", str(file))

    assert called.code == 2 and problem in called.err
    assert not any(line.endswith(("died", "differences")) for line in office.story_of(case))
