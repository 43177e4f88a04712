"""Whom a step or a timer is keyed by stays in our database: Prefect shows its name and number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tasks.durable import at, audited, first_of, procedure
from tasks.durable.audited import StepFailed, shown_key
from tasks.durable.prefect_steps import ShownSteps
from tasks.durable.running import run_leg
from tasks.durable.testing import Office
from tests.durable.lending import WheelchairLoan

RUN = UUID("00000000-0000-0000-0000-000000000017")


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("note-reached", "note-reached"),
        ("note-reached[3]", "note-reached[3]"),
        ("about-person:P-104", "about-person"),
        ("about-person:P-104[2]", "about-person[2]"),
        ("look-up-team-of-worker:staff-practitioner", "look-up-team-of-worker"),
        ("told:a [b] {c}", "told"),
    ],
)
def test_step_is_shown_by_its_name_and_number(key: str, shown: str) -> None:
    """In its task run's name, and in what Prefect keeps of a failure."""
    told: list[dict[str, Any]] = []
    ShownSteps(RUN, emit=lambda **event: told.append(event))(key, lambda: None)
    (event,) = told
    assert event["resource"]["prefect.resource.name"] == event["payload"]["task_run"]["name"] == shown
    assert event["payload"]["task_run"]["task_key"] == shown.partition("[")[0]
    assert "P-104" not in repr(told)
    assert "practitioner" not in repr(told)
    assert shown_key(key) == shown
    assert str(StepFailed(key, "ValueError")).startswith(f"step {shown} failed")
    assert StepFailed(key, "ValueError").key == key  # by which it is done again


@audited("Somebody is looked for", keyed_by="person")
def look_for(person: str) -> None:
    """Fail for everybody."""
    raise LookupError(person)


@procedure(follows="Lending wheelchairs")
def looking_for_somebody(loan: WheelchairLoan) -> None:
    """A step keyed by a person, which fails."""
    look_for("P-104")


@procedure(follows="Lending wheelchairs")
def waiting_for_somebody(loan: WheelchairLoan) -> None:
    """A timer keyed by a person."""
    first_of(at("look-again:P-104", datetime(2026, 1, 9, 9, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("flow", "shown"), [(looking_for_somebody, "Trying a step again"), (waiting_for_somebody, "Waiting for look again")]
)
def test_what_is_awaited_names_nobody(office: Office, flow: object, shown: str) -> None:
    """It stands in the run's name and state, in Prefect's database."""
    case = office.start(flow, WheelchairLoan())  # type: ignore[arg-type]
    assert office.case(case).awaiting == shown
    office.days_pass(1)
    assert "P-104" not in office.case(case).awaiting


def test_no_error_that_leaves_a_step_names_whom_it_was_keyed_by(office: Office) -> None:
    """What Prefect would be handed holds the step's name and the kind of the error."""
    handed: list[str] = []

    def as_task(_key: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            handed.append(str(error))
            raise

    case = office.start(looking_for_somebody, WheelchairLoan())
    run_leg(office.council, case, as_task)
    assert [one.partition(";")[0] for one in handed] == ["step look-for failed (LookupError)"]
