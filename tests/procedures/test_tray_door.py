"""What is held against policy and the case at the door of the tray: ratings, contacts, and who may say what."""

from __future__ import annotations

from typing import Any

import pytest

from models.decision_tables.levels import Rag
from models.forms.base import AnswerRefused, Signal
from models.forms.tray_deciding import AfterDiscussion, ContactDiscussed, SecondManagerAgrees
from models.forms.tray_rating import RatingFacts, RelevantPerson
from models.forms.tray_review import AfterLooking, LookedAt, TrayReviewed
from models.forms.tray_signals import AllocationWanted, EscalationWanted, RatedAgain, RelevantPersonNamed
from models.forms.tray_waiting import ContactLogged, ContactMeans, ContactOutcome, ShouldWait
from tasks.durable.answer_checks import Saying, problems_with_signal
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tasks.register.lookups import staff_member
from tests.procedures.test_pwt_tray_review import review
from tests.procedures.tray_stories import asked, facts_for, on_the_tray, reached, red_reached, standing

DAUGHTER = RelevantPerson(name="Joan Brisco", relation="daughter")
FOR_THEM = {"outcome": ContactOutcome.REACHED_RELEVANT_PERSON}


def lower() -> RatingFacts:
    """The matrix says Red, and the manager Green."""
    return facts_for(Rag.RED, colour=Rag.GREEN, override_reasons="I know him")


def reviewed(case: str, decision: AfterLooking = AfterLooking.RATE_AGAIN, **changes: Any) -> TrayReviewed:
    """The review of the tray with one decision of its own."""
    said = {"case": case, "decision": decision, "facts_changed": False, "reasons": "I know him"} | changes
    return TrayReviewed(one_by_one=(LookedAt(**said),))


def logged(**changes: Any) -> ContactLogged:
    """Somebody was in touch with them, or with whom is named."""
    return ContactLogged(**{"outcome": ContactOutcome.REACHED_PERSON, "safe_and_well": True} | changes)


def problems(office: Office, case: str, sent: Signal, *, by: str) -> list[str]:
    """What is said at the door to whoever sends it."""
    with office.council.database.read() as session:
        member = staff_member(session, by)
        assert member is not None
        return problems_with_signal(Saying(session, office.council.policy, case, member, office.clock.now()), sent)


def sent_by(office: Office, case: str, signal: type[Signal]) -> list[str]:
    """From whom the case has the signals of that kind."""
    with office.council.database.read() as session:
        return [one.by for one in recall(session, case) if one.step == signal.name()]


# ---------------------------------------------------------------- ratings


@pytest.mark.clauses("GAP-22", "PWT-47")
def test_who_lowers_a_red_in_the_weekly_review_cannot_agree_to_it(office: Office) -> None:
    """GAP-22: the case has the rating from whoever decided it, so another manager is asked."""
    case = on_the_tray(office, Rag.RED)
    office.answer(review(office), reviewed(case, facts=lower()), by="team-leader")
    assert sent_by(office, case, RatedAgain) == ["team-leader"]
    assert any("SecondManagerAgrees of team-manager" in line for line in asked(office, case))
    with pytest.raises((AnswerRefused, NotTheirs)):
        office.answer(case, SecondManagerAgrees(agreed=True, reasons="I again"), by="team-leader")

    office.answer(case, SecondManagerAgrees(agreed=True, reasons="so do I"), by="team-manager")
    assert standing(office, case).colour is Rag.GREEN


@pytest.mark.clauses("PWT-08")
@pytest.mark.parametrize(
    ("decision", "signal", "changes"),
    [
        (AfterLooking.ALLOCATE, AllocationWanted, {"worker": "practitioner"}),
        (AfterLooking.ESCALATE, EscalationWanted, {}),
    ],
)
def test_what_is_decided_in_a_review_comes_from_whoever_decided_it(
    office: Office, decision: AfterLooking, signal: type[Signal], changes: dict[str, Any]
) -> None:
    """PWT-08: the record of the person's own case says who it was."""
    case = on_the_tray(office, Rag.RED)
    office.answer(review(office), reviewed(case, decision, **changes), by="team-leader")
    assert sent_by(office, case, signal) == ["team-leader"]


@pytest.mark.clauses("GAP-22", "GAP-24")
@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"colour": Rag.GREEN}, "one_by_one.0.facts.override_reasons"),
        ({"local_factors": frozenset({"no-such"})}, "one_by_one.0.facts.local_factors"),
    ],
)
def test_a_rating_in_the_weekly_review_is_held_against_policy(
    office: Office, facts: dict[str, Any], problem: str
) -> None:
    """GAP-22, GAP-24: the same rules as for a rating by itself, told to whoever answers."""
    case = on_the_tray(office, Rag.AMBER)
    with pytest.raises(AnswerRefused, match=problem):
        office.answer(review(office), reviewed(case, facts=facts_for(Rag.AMBER, **facts)), by="team-leader")
    assert sent_by(office, case, RatedAgain) == []


@pytest.mark.clauses("GAP-22")
def test_who_departs_from_the_matrix_in_the_weekly_review_is_one_who_may(office: Office) -> None:
    """GAP-22: a team manager or team leader; whoever stands above answers the rest of the review."""
    case = on_the_tray(office, Rag.AMBER)
    own = facts_for(Rag.AMBER, colour=Rag.RED, override_reasons="he is alone now")
    with pytest.raises(AnswerRefused, match="a table is departed from by a"):
        office.answer(review(office), reviewed(case, facts=own), by="strategic-manager")


@pytest.mark.clauses("GAP-22", "PWT-47")
def test_who_decided_something_else_meanwhile_may_agree_to_the_lowering(office: Office) -> None:
    """GAP-22: only wanting it lowered bars somebody from agreeing; she has decided about a rail since."""
    case = on_the_tray(office, Rag.RED)
    office.signal(case, RatedAgain(facts=lower(), facts_changed=False, reasons="I know him"), by="team-leader")
    office.signal(case, logged(should_wait=ShouldWait.ALLOCATE_NOW, to_discuss="wants a rail"), by="practitioner")
    office.answer(
        case, ContactDiscussed(decision=AfterDiscussion.STILL_WAITS, reasons="rail ordered"), by="team-manager"
    )

    office.answer(case, SecondManagerAgrees(agreed=True, reasons="so do I"), by="team-manager")
    assert standing(office, case).colour is Rag.GREEN


@pytest.mark.clauses("GAP-22", "PWT-47")
def test_who_wants_it_lowered_cannot_agree_whatever_they_decided_since(office: Office) -> None:
    """GAP-22: what the strategic manager wants lowered the strategic manager does not agree to."""
    case = on_the_tray(office, Rag.RED)
    office.signal(case, RatedAgain(facts=lower(), facts_changed=False, reasons="I know him"), by="strategic-manager")
    office.signal(case, logged(should_wait=ShouldWait.ALLOCATE_NOW, to_discuss="wants a rail"), by="practitioner")
    still = ContactDiscussed(decision=AfterDiscussion.STILL_WAITS, reasons="rail ordered")
    office.answer(case, still, by="strategic-manager")
    with pytest.raises(AnswerRefused, match="another manager agrees"):
        office.answer(case, SecondManagerAgrees(agreed=True, reasons="I again"), by="strategic-manager")


@pytest.mark.clauses("GAP-22")
def test_a_leader_does_not_answer_what_was_asked_of_their_manager_by_name(office: Office) -> None:
    """GAP-22: the second manager was asked by name, and only somebody as senior may stand in."""
    case = on_the_tray(office, Rag.RED, placed_by="practitioner")
    office.signal(case, RatedAgain(facts=lower(), facts_changed=False, reasons="I know him"), by="strategic-manager")
    [line] = [line for line in asked(office, case) if line.startswith("SecondManagerAgrees")]
    junior, senior = "team-leader", line.split(" of ")[1].split(",")[0]
    assert senior == "team-manager"
    with pytest.raises(NotTheirs, match=f"is for {senior}, or a manager above"):
        office.answer(case, SecondManagerAgrees(agreed=True, reasons="fine"), by=junior)
    office.answer(case, SecondManagerAgrees(agreed=True, reasons="fine"), by="head-of-service")
    assert standing(office, case).colour is Rag.GREEN


# ---------------------------------------------------------------- contacts


@pytest.mark.clauses("PWT-58")
@pytest.mark.parametrize("colour", [Rag.RED, Rag.AMBER])
def test_reaching_somebody_else_counts_only_where_somebody_is_named(office: Office, colour: Rag) -> None:
    """PWT-58: a neighbour who picks up is no contact; a daughter who is named for this case is."""
    case = on_the_tray(office, colour)
    review = (red_reached if colour is Rag.RED else reached)(**FOR_THEM)
    office.days_pass(14)
    with pytest.raises(AnswerRefused, match="outcome: nobody is named for this case"):
        office.answer(case, review, by="practitioner" if colour is Rag.RED else "duty-worker")
    assert "nobody is named" in problems(office, case, logged(**FOR_THEM), by="practitioner")[0]

    office.signal(case, RelevantPersonNamed(who=DAUGHTER), by="duty-worker")
    assert problems(office, case, logged(**FOR_THEM), by="practitioner") == []
    office.answer(case, review, by="practitioner" if colour is Rag.RED else "duty-worker")
    assert standing(office, case).last_reached_at == office.clock.now()


@pytest.mark.clauses("PWT-58")
def test_who_was_named_at_placement_counts(office: Office) -> None:
    """PWT-58: named when they were placed."""
    case = on_the_tray(office, relevant_people=(DAUGHTER,))
    assert problems(office, case, logged(**FOR_THEM), by="duty-worker") == []


@pytest.mark.clauses("PWT-58")
@pytest.mark.parametrize(
    ("means", "counts"),
    [(ContactMeans.LETTER, False), (ContactMeans.EMAIL, True), (ContactMeans.TEXT_MESSAGE, True)],
)
def test_a_letter_that_was_sent_has_reached_nobody(office: Office, means: ContactMeans, counts: bool) -> None:
    """PWT-58: they may answer by e-mail or text; a letter in the post is an attempt."""
    case = on_the_tray(office)
    assert problems(office, case, logged(outcome=ContactOutcome.NO_ANSWER, means=means), by="duty-worker") == []
    found = problems(office, case, logged(means=means), by="duty-worker")
    assert [one.partition(":")[0] for one in found] == ([] if counts else ["means"])
    office.days_pass(14)
    if counts:
        office.answer(case, reached(means=means), by="duty-worker")
        return
    with pytest.raises(AnswerRefused, match="means: a letter that was sent has reached nobody yet"):
        office.answer(case, reached(means=means), by="duty-worker")


@pytest.mark.clauses("GAP-20", "PWT-54")
@pytest.mark.parametrize(
    ("by", "may"),
    [("duty-worker", False), ("practitioner", True), ("team-leader", True), ("on-call-manager", True)],
)
def test_contact_with_somebody_rated_red_is_logged_by_a_qualified_worker(office: Office, by: str, may: bool) -> None:
    """GAP-20: nobody else has been in touch in the sense of the procedure; what they heard is reported as a change."""
    case = on_the_tray(office, Rag.RED)
    found = problems(office, case, logged(), by=by)
    assert ("made by a" in " ".join(found)) is not may
    assert ("CircumstancesChanged" in " ".join(found)) is not may


@pytest.mark.clauses("GAP-20")
def test_anybody_logs_a_contact_with_others_and_an_attempt_with_red(office: Office) -> None:
    """GAP-20: an attempt is entered whoever made it, and an Amber contact is a duty worker's."""
    amber, red = on_the_tray(office), on_the_tray(office, Rag.RED, person="P-105")
    assert problems(office, amber, logged(), by="duty-worker") == []
    assert problems(office, red, logged(outcome=ContactOutcome.NO_ANSWER), by="duty-worker") == []
