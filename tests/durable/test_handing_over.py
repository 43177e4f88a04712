"""Handing over: the sender stays owner until somebody accepts, a refusal has a reason, and silence shows."""

from __future__ import annotations

from typing import Any

import pytest

from models.durations import working_days
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused
from models.forms.handover import HandoverReply
from models.roles import Role
from tasks.durable import Accepted, Refused, Silent, ask, hand_over, procedure, staff
from tasks.durable.testing import Office
from tasks.durable.worklist import answer
from tests.durable.lending import ChairReturned, LoanHandover, WheelchairLoan, item_of, ledger, lines

got: list[Any] = []


@procedure(follows="Lending wheelchairs")
def handing_on(loan: WheelchairLoan) -> str:
    """Offer the loan to the practitioner for a working day, and to the team leader after a refusal or silence."""
    match hand_over(LoanHandover, to=staff("practitioner"), within=working_days(1)):
        case Accepted() as accepted:
            got.append(accepted)
        case Refused() as refused:
            got.append(refused)
            hand_over(LoanHandover, to=Role.TEAM_LEADER, within=working_days(1))
        case Silent() as silent:
            got.append(silent)
    ask(ChairReturned, of=Role.DUTY_WORKER)
    return "done"


ACCEPT = LoanHandover(reply=HandoverReply.ACCEPT, action_taken="Rang Edith.")
REFUSE = LoanHandover(reply=HandoverReply.REFUSE, reason="On leave from tomorrow.")


@pytest.fixture
def loan(office: Office) -> str:
    """A loan of the duty workers that is being handed over."""
    got.clear()
    return office.start(handing_on, WheelchairLoan(), owner="role-duty-worker")


def test_sender_owns_the_case_until_somebody_accepts(office: Office, loan: str) -> None:
    """While it is only offered, it is the sender's; with the acceptance it is the other's, and there is an entry."""
    assert office.case(loan).owner == "role-duty-worker"
    office.answer(loan, ACCEPT, by="practitioner")

    assert office.case(loan).owner == "staff-practitioner"
    assert got[-1] == Accepted("practitioner", ACCEPT)
    changed = next(entry for entry in ledger(office, loan) if entry.kind is EntryKind.OWNER_CHANGED)
    assert (changed.by, changed.data) == ("practitioner", "staff-practitioner")
    assert lines(office, loan).count("owner-changed owner") == 1


def test_manager_who_accepts_for_somebody_owns_the_case(office: Office, loan: str) -> None:
    """Whoever accepts is the owner, not whoever was asked."""
    office.answer(loan, ACCEPT, by="team-leader")
    assert office.case(loan).owner == "staff-team-leader"


def test_refusal_needs_a_reason(office: Office, loan: str) -> None:
    """Without a reason it is not taken, and the question stands."""
    with pytest.raises(AnswerRefused, match="say in reason why it is refused"):
        answer(office.council, item_of(office, loan, LoanHandover), {"reply": "refuse"}, by="practitioner")
    assert office.waiting_for(loan) == ["LoanHandover of practitioner, due 2026-01-06 17:00"]


def test_refused_case_stays_with_its_sender(office: Office, loan: str) -> None:
    """The reason reaches the flow, the owner stays, and the next is asked."""
    office.answer(loan, REFUSE, by="practitioner")

    assert got[-1] == Refused("practitioner", "On leave from tomorrow.")
    assert office.case(loan).owner == "role-duty-worker"
    assert office.waiting_for(loan) == ["LoanHandover of team-leader, due 2026-01-06 17:00"]
    office.answer(loan, ACCEPT, by="rowan-team-leader")
    assert office.case(loan).owner == "staff-rowan-team-leader"


def test_silence_leaves_the_case_with_its_sender(office: Office, loan: str) -> None:
    """Nobody replied within the working day: the flow hears of the silence, and no owner has changed."""
    office.today_is("2026-01-06 17:00")

    assert got[-1] == Silent()
    assert office.case(loan).owner == "role-duty-worker"
    assert "owner-changed owner" not in lines(office, loan)
