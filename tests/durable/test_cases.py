"""Cases: always somebody's, opened whole, closed for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from models.cases import Case, Milestone, Wait, WorkItem
from models.forms.base import CaseFacts
from models.forms.house import HowItGoesOn, StepAttention
from models.notices import Recipient
from models.refs import is_ref
from models.roles import Role
from models.states import CaseStatus, MilestoneState, WaitState, WorkItemState
from tasks.durable import ask, at, closed, decision, first_of, now, open_case, procedure, signal
from tasks.durable.arrivals import send_signal
from tasks.durable.cases import WrongFacts, open_new, read_facts
from tasks.durable.ledger import CaseIsClosed, UnknownCase
from tasks.durable.procedure import _procedures
from tasks.durable.running import Finished, run_leg
from tasks.durable.testing import Office
from tasks.durable.worklist import NoLongerOpen, answer
from tests.durable.lending import (
    FOLDING,
    ChairChosen,
    ChairReturned,
    RampBuilt,
    WheelchairLoan,
    item_of,
    ledger,
    lines,
)

DUTY = Role.DUTY_WORKER


@procedure(follows="Lending wheelchairs")
def leaving_things_open(loan: WheelchairLoan) -> str:
    """End with a question, a timer and a signal still awaited."""
    decision(ChairReturned, of=DUTY)
    at("next-year", now() + timedelta(days=365))
    signal(RampBuilt)
    first_of(decision(ChairChosen, of=DUTY))
    return "chosen"


def test_case_belongs_to_somebody_from_its_first_moment(office: Office) -> None:
    """Its owner stands in its row and in its first entry, and the database takes none without."""
    case = office.start(leaving_things_open, WheelchairLoan(), owner="team-hazel")
    assert office.case(case).owner == "team-hazel"
    assert ledger(office, case)[0].text == "Opened; belongs to the hazel team"
    with pytest.raises(IntegrityError), office.council.database.write() as session:
        session.execute(text("UPDATE care_case SET owner = NULL WHERE ref = :ref"), {"ref": case})


def test_reference_tells_nothing_and_has_a_check_character(office: Office) -> None:
    """Two cases of the same person have references with nothing in common but their form."""
    one, two = (office.start(leaving_things_open, WheelchairLoan()) for _ in range(2))
    assert is_ref(one)
    assert is_ref(two)
    assert one != two


def test_closing_withdraws_what_is_left(office: Office) -> None:
    """Questions leave the worklist, timers and signals are awaited no longer, and nobody is chased."""
    case = office.start(leaving_things_open, WheelchairLoan())
    item = item_of(office, case, ChairReturned)
    office.answer(case, FOLDING, by="duty-worker")
    told = len(office.inbox("duty-worker"))
    office.days_pass(400)

    assert office.outcome_of(case) == "chosen"
    assert len(office.inbox("duty-worker")) == told
    with office.council.database.read() as session:
        assert set(session.scalars(select(Wait.state).where(Wait.case_ref == case))) == {
            WaitState.WITHDRAWN,
            WaitState.CAME,
        }
        assert set(session.scalars(select(WorkItem.state).where(WorkItem.case_ref == case))) == {
            WorkItemState.WITHDRAWN,
            WorkItemState.ANSWERED,
        }
        assert set(session.scalars(select(Milestone.state).where(Milestone.case_ref == case))) == {
            MilestoneState.CALLED_OFF
        }
    with pytest.raises(NoLongerOpen, match="is no longer asked"):
        answer(office.council, item, {}, by="duty-worker")


def test_closed_case_takes_nothing_more(office: Office) -> None:
    """A signal is refused with what to do; a leg that comes late finds it finished and adds nothing."""
    case = office.start(leaving_things_open, WheelchairLoan())
    office.answer(case, FOLDING, by="duty-worker")
    before = lines(office, case)

    with pytest.raises(CaseIsClosed, match="open another case"):
        send_signal(office.council, case, RampBuilt())
    assert run_leg(office.council, case) == Finished(None)
    assert lines(office, case) == before
    row = office.case(case)
    assert (row.status, row.next_due, row.closed_at) == (CaseStatus.CLOSED, None, office.clock.now())


def test_case_nobody_knows_is_named(office: Office) -> None:
    """A wrong reference says where to look."""
    with pytest.raises(UnknownCase, match="there is no case NO-SUCH: look it up"):
        send_signal(office.council, "NO-SUCH", RampBuilt())


@procedure(follows="Lending wheelchairs")
def opening_another(loan: WheelchairLoan) -> str:
    """Open two cases, of which one is waited for."""
    open_case(leaving_things_open, WheelchairLoan(), owner=DUTY)
    second = open_case(leaving_things_open, WheelchairLoan(), owner=Role.TEAM_LEADER, key="second")
    return f"second {first_of(closed(second)).outcome}"


def test_case_opened_by_another_knows_its_parent(office: Office) -> None:
    """Each has a ledger, an owner and a run of its own; the parent's ledger names it."""
    parent = office.start(opening_another, WheelchairLoan())
    children = office.cases(leaving_things_open)

    assert [office.case(child).parent_ref for child in children] == [parent, parent]
    assert {office.case(child).owner for child in children} == {"role-duty-worker", "role-team-leader"}
    assert office.case(parent).parent_ref is None
    assert [entry.data for entry in ledger(office, parent) if entry.key.startswith("open:")] and set(children) == {
        entry.data for entry in ledger(office, parent) if entry.key.startswith("open:")
    }


def test_closing_tells_every_case_that_waits_for_it(office: Office) -> None:
    """Two cases wait for a third: both hear how it ended, and each goes its own way."""

    @procedure(follows="Lending wheelchairs")
    def waiting_for_it(loan: WheelchairLoan) -> str:
        return f"heard {first_of(closed(loan.person)).outcome}"

    awaited = office.start(leaving_things_open, WheelchairLoan())
    waiting = [office.start(waiting_for_it, WheelchairLoan(person=awaited)) for _ in range(2)]
    office.answer(awaited, FOLDING, by="duty-worker")

    assert [office.outcome_of(case) for case in waiting] == ["heard chosen", "heard chosen"]


def test_waiting_for_a_case_that_does_not_exist_parks(office: Office) -> None:
    """A wrong reference in a flow is a mistake that a person sees, not a wait for ever."""

    @procedure(follows="Lending wheelchairs")
    def waiting_for_nothing(loan: WheelchairLoan) -> None:
        first_of(closed("NO-SUCH"))

    case = office.start(waiting_for_nothing, WheelchairLoan())
    office.hours_pass(1)
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION


def test_restricted_case_is_marked_for_good(office: Office) -> None:
    """The mark is set at the opening, and the database lets nobody take it away."""
    case = office.start(leaving_things_open, WheelchairLoan(), restricted=True)
    assert office.case(case).restricted
    assert not office.case(office.start(leaving_things_open, WheelchairLoan())).restricted
    with pytest.raises(IntegrityError, match="origin"), office.council.database.write() as session:
        session.execute(text("UPDATE care_case SET restricted = false WHERE ref = :ref"), {"ref": case})


def test_wrong_facts_are_refused_by_their_names_alone() -> None:
    """What is wrong is named, and nothing that was given."""
    given: Any = {"person": 7, "chairs": "CANARY", "colour": "CANARY"}
    with pytest.raises(WrongFacts) as refused:
        read_facts(WheelchairLoan, given)
    assert "chairs" in str(refused.value)
    assert "colour" in str(refused.value)
    assert "CANARY" not in str(refused.value)


def test_case_of_a_procedure_that_is_gone_is_parked_and_kept(office: Office) -> None:
    """A version without the procedure parks its open cases; nothing of them is lost."""

    @procedure(follows="Lending wheelchairs")
    def short_lived(loan: WheelchairLoan) -> None:
        ask(ChairChosen, of=DUTY)

    case = office.start(short_lived, WheelchairLoan())
    gone = _procedures.pop("short-lived")
    office.answer(case, FOLDING, by="duty-worker")
    office.hours_pass(1)
    assert office.case(case).status == CaseStatus.NEEDS_ATTENTION

    _procedures["short-lived"] = gone
    office.answer(case, StepAttention(how=HowItGoesOn.RETRY), by="team-manager")
    assert office.is_closed(case)


def test_case_row_and_its_first_entry_are_one(office: Office) -> None:
    """A case whose opening fails half-way leaves no row."""

    class Unwritable(CaseFacts):
        what: Any

    with pytest.raises(Exception, match="serialize"):
        open_new(office.council, "leaving-things-open", Unwritable(what=object()), owner=Recipient.role(DUTY))
    with office.council.database.read() as session:
        assert session.scalars(select(Case.ref)).all() == []
