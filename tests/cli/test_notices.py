"""`pathways notices`: what each worker was told in a day, and what waits to be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.notices import Interruption
from models.roles import Role
from tasks.database import Database
from tasks.durable import Verb, procedure, staff, tell
from tasks.durable.asking import Asked
from tasks.durable.testing import Office
from tasks.telling.configuration import write_default_configuration
from tests.cli.conftest import Pathways
from tests.durable.lending import WheelchairLoan
from tests.test_outbox import DUTY


def tell_often(office: Office, whom: Asked, number: int, interrupts: Interruption | None = None) -> None:
    """So many cases that say something to somebody."""

    @procedure(follows="Lending wheelchairs")
    def telling_somebody(loan: WheelchairLoan) -> None:
        tell(whom, Verb.CONTACT, "chair-chosen", interrupts=interrupts)

    for _ in range(number):
        office.start(telling_somebody, WheelchairLoan())


@pytest.fixture
def busy_day(office: Office) -> Office:
    """Monday 5 January 2026: thirteen notices to one duty worker, one of which interrupted."""
    tell_often(office, staff("duty-worker"), 11)
    tell_often(office, Role.DUTY_WORKER, 1)
    tell_often(office, Role.DUTY_WORKER, 1, Interruption.ON_CALL)
    office.digest_goes_out()
    return office


def test_day_is_shown_for_programs(busy_day: Office, pathways: Pathways) -> None:
    """Each worker with interruptions, digests, lines, notices, and whether that is over the budget."""
    told = {one["recipient"]: one for one in pathways("notices", "--day", "2026-01-05", "--json").json}
    assert told["staff-duty-worker"] == {
        "recipient": "staff-duty-worker",
        "team": "duty",
        "interruptions": 1,
        "digests": 2,
        "lines": 12,
        "notices": 13,
        "budget": 12,
        "over": True,
    }
    assert (told["staff-duty-worker-2"]["notices"], told["staff-duty-worker-2"]["over"]) == (2, False)
    assert set(told) == {"staff-duty-worker", "staff-duty-worker-2"}


def test_day_is_shown_for_people(busy_day: Office, pathways: Pathways) -> None:
    """A table, the most told first, and a sentence that says how many were told too much."""
    called = pathways("notices", "--day", "2026-01-05")
    assert called.code == 0
    rows = [line.split() for line in called.out.splitlines()]
    assert rows[1] == ["staff-duty-worker", "duty", "1", "2", "12", "13", "12", "over"]
    assert "1 of 2 were told more than 12 notices." in called.out


def test_day_on_which_nobody_was_told_anything_says_so(busy_day: Office, pathways: Pathways) -> None:
    """With where to look for what waits."""
    called = pathways("notices", "--day", "2026-01-06")
    assert (called.code, called.out.split(".")[0]) == (0, "Nobody was told anything on 2026-01-06")
    assert "--waiting" in called.out


def test_what_waits_is_listed_with_its_time(
    council_database: Database, office: Office, pathways: Pathways, home: Path
) -> None:
    """What waits for the next digest, to whom it goes and what it says."""
    write_default_configuration(home / "apprise.yaml", home / "mailbox", [DUTY])
    assert pathways("notices", "--waiting").out == "Nothing waits to be told.\n"
    tell_often(office, Role.DUTY_WORKER, 1)
    (case,) = office.cases()

    (waiting,) = pathways("notices", "--waiting", "--json").json
    assert waiting.pop("id").startswith("N-")
    assert waiting == {
        "recipient": "role-duty-worker",
        "goes_out_at": "2026-01-05T13:30:00+00:00",
        "interruption": None,
        "case": case,
        "says": f"Contact: chair chosen, case {case}",
    }
    called = pathways("notices", "--waiting")
    assert "Mon 5 Jan 2026 13:30" in called.out
    assert f"Contact: chair chosen, case {case}" in called.out


def test_day_that_is_no_date_is_a_wrong_call(pathways: Pathways) -> None:
    """The option says how a date is written."""
    called = pathways("notices", "--day", "yesterday")
    assert called.code == 2
