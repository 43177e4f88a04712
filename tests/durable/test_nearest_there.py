"""Whose worklist a question near a team goes into while somebody is away."""

from __future__ import annotations

from typing import ClassVar

import pytest
from sqlalchemy import select

from models.forms.base import Form
from models.outbox import OutboxMessage
from models.roles import Role
from tasks.durable import Verb, ask, procedure, role, tell
from tasks.durable.testing import Office
from tests.durable.lending import ChairChosen, WheelchairLoan

LEADER, MANAGER = Role.TEAM_LEADER, Role.TEAM_MANAGER


class ChairPermitted(Form):
    """Decided by leaders and managers, and by nobody above."""

    title: ClassVar[str] = "permitting a chair"
    deciders: ClassVar[tuple[Role, ...]] = (Role.TEAM_LEADER, Role.TEAM_MANAGER)


@procedure(follows="Lending wheelchairs")
def asking_hazels_leader(loan: WheelchairLoan) -> None:
    """One question, and one notice."""
    tell(role(LEADER), Verb.READ, "a-chair", near="hazel")
    ask(ChairChosen, of=LEADER, near="hazel")


@procedure(follows="Lending wheelchairs")
def asking_a_decider(loan: WheelchairLoan) -> None:
    """One question that only some may answer."""
    ask(ChairPermitted, of=LEADER, near="hazel")


@procedure(follows="Lending wheelchairs")
def asking_hazels_workers(loan: WheelchairLoan) -> None:
    """Hazel has several practitioners."""
    ask(ChairChosen, of=Role.PRACTITIONER, near="hazel")


def told(office: Office, case: str) -> list[str]:
    """Tags of those told about the case of their own accord, not about a question."""
    with office.council.database.read() as session:
        found = session.scalars(select(OutboxMessage).where(OutboxMessage.case_ref == case))
        return [one.recipient for one in found if one.notice["what"] == "a-chair"]


@pytest.mark.parametrize(
    ("away", "asked"),
    [
        ((), "staff-team-leader"),
        (("team-leader",), "staff-team-manager"),
        (("team-leader", "team-manager"), "staff-strategic-manager"),
        (("team-leader", "team-manager", "strategic-manager"), "role-team-leader"),
        (("team-manager",), "staff-team-leader"),
    ],
)
def test_the_next_in_line_who_is_there_is_asked_and_told(office: Office, away: tuple[str, ...], asked: str) -> None:
    """The leader of the team; if away, whoever stands above and is there; if nobody is, everybody of the role."""
    for one in away:
        office.away(one)
    case = office.start(asking_hazels_leader, WheelchairLoan())
    assert office.waiting_for(case) == [f"ChairChosen of {asked.split('-', 1)[1]}"]
    assert told(office, case) == [asked]


def test_who_is_back_is_asked_again(office: Office) -> None:
    """An absence counts while it lasts, and no longer."""
    office.away("team-leader", until="2026-01-06 09:00")
    assert office.waiting_for(office.start(asking_hazels_leader, WheelchairLoan())) == ["ChairChosen of team-manager"]
    office.today_is("2026-01-06 09:00")
    assert office.waiting_for(office.start(asking_hazels_leader, WheelchairLoan())) == ["ChairChosen of team-leader"]


def test_nobody_is_asked_who_may_not_decide(office: Office) -> None:
    """With leader and manager away the strategic manager is not asked what they may not answer: the role is."""
    for one in ("team-leader", "team-manager"):
        office.away(one)
    case = office.start(asking_a_decider, WheelchairLoan())
    assert office.waiting_for(case)[0].startswith("ChairPermitted of team-leader")
    assert office._open_items(case)[0].asked_of == "role-team-leader"


def test_a_role_that_several_hold_is_asked_as_such(office: Office) -> None:
    """One of them away changes nothing: the others are there."""
    office.away("practitioner")
    case = office.start(asking_hazels_workers, WheelchairLoan())
    assert office.waiting_for(case) == ["ChairChosen of practitioner"]
    assert office._open_items(case)[0].asked_of == "role-practitioner"
