"""What must not be lost when several things come at once about somebody who waits."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from flows.pwt_allocation import pwt_allocation
from flows.pwt_escalation import pwt_escalation
from flows.urgent_action import urgent_action
from models.decision_tables.levels import Rag
from models.forms.house import MessageRead
from models.forms.recording import PersonHasDied
from models.forms.tray_deciding import AfterDiscussion, ContactDiscussed, LeavingConfirmed, SecondManagerAgrees
from models.forms.tray_escalation import EscalationDiscussed
from models.forms.tray_rating import RelevantPerson
from models.forms.tray_signals import (
    AllocationWanted,
    CircumstancesChanged,
    DayAgreed,
    EscalationWanted,
    LeavingReported,
    RatedAgain,
    ReadyToWaitAgain,
    RelevantPersonNamed,
    ReportedBy,
)
from models.forms.tray_waiting import ContactLogged, ContactOutcome, ContactReview, RedContactReview, ShouldWait
from models.forms.urgent_action import UrgentActionTaken, UrgentStep
from models.notices import Recipient
from models.policy.gaps.tray_exits import LeavingReason
from models.roles import Role
from tasks.durable import worklist
from tasks.durable.arrivals import send_signal
from tasks.durable.cases import open_new
from tasks.durable.replay import Way, replay
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_stories import (
    due_of,
    facts_for,
    on_the_tray,
    placement,
    policy_with,
    reached,
    red_reached,
    standing,
    told_about,
)

LEAVES = LeavingConfirmed(leaves=True, what_was_discussed="confirmed")
WAITS_ON = LeavingConfirmed(leaves=False, what_was_discussed="it was not so")


def said_to(reason: LeavingReason) -> LeavingReported:
    """Somebody says that they leave."""
    return LeavingReported(reason=reason, told_by="a neighbour")


def change(what: str, *, urgent: bool = False) -> CircumstancesChanged:
    """A carer reports a change."""
    return CircumstancesChanged(reported_by=ReportedBy.CARER, what=what, urgent=urgent)


def answer_without_a_leg(office: Office, case: str, form: ContactDiscussed, by: str) -> None:
    """Answer, with the case's leg still to come."""
    with office.council.database.read() as session:
        (item,) = [one for one in worklist.open_items(session, ref=case) if one.form == form.name()]
    worklist.answer(office.council, item.id, form.model_dump(mode="json"), by=by)


# ------------------------------------------------------------------ while they are said to leave


@pytest.mark.clauses("PWT-07", "PWT-29", "GAP-53")
def test_urgent_change_is_acted_on_though_they_are_said_to_leave(office: Office) -> None:
    """A fall while a withdrawal waits to be confirmed: an urgent action at once, and the manager is asked today."""
    case = on_the_tray(office, Rag.AMBER)
    office.signal(case, said_to(LeavingReason.WITHDRAWAL), by="duty-worker")
    office.signal(case, change("I have fallen, and I never withdrew", urgent=True), by="duty-worker")
    (urgent,) = office.cases(urgent_action)
    assert asked(office, urgent) == ["UrgentActionTaken of duty-worker"]
    assert office.waiting_for(case) == ["LeavingConfirmed of team-leader, due 2026-01-05 17:00"]
    assert "I never withdrew" in read_beside(office, case, LeavingConfirmed)


@pytest.mark.clauses("GAP-53")
def test_whether_somebody_red_leaves_is_confirmed_the_same_day(office: Office) -> None:
    """Nobody is in touch with them meanwhile: the question does not wait for days."""
    case = on_the_tray(office, Rag.RED)
    office.signal(case, said_to(LeavingReason.MOVE), by="duty-worker")
    assert office.waiting_for(case) == ["LeavingConfirmed of team-leader, due 2026-01-05 17:00"]


@pytest.mark.clauses("GAP-53")
@pytest.mark.parametrize("then", [LeavingReason.ADMISSION, LeavingReason.WITHDRAWAL])
def test_death_stays_the_reason_whatever_is_reported_after_it(office: Office, then: LeavingReason) -> None:
    """A death is not overwritten by an admission of the same extract, and nobody is rung."""
    office.council.policy = policy_with(leaving_tray={"clocks_stop_at_once": False})
    case = on_the_tray(office, Rag.AMBER)
    office.signal(case, PersonHasDied(person="P-104", died_on=date(2026, 1, 4)))
    office.signal(case, said_to(then), by="duty-worker")
    office.signal(case, ReadyToWaitAgain(why="discharged"), by="duty-worker")
    office.days_pass(20)
    assert asked(office, case) == ["LeavingConfirmed of team-leader"]
    office.answer(case, LEAVES, by="team-leader")
    assert office.outcome_of(case) == "left: death"


def test_contact_said_to_have_been_made_while_clocks_were_stopped_does_not_put_off_the_next(office: Office) -> None:
    """Home again: they are contacted at once, whatever was logged from the ward."""
    case = on_the_tray(office, Rag.GREEN)
    office.signal(case, said_to(LeavingReason.ADMISSION), by="duty-worker")
    office.days_pass(2)
    made = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True)
    office.signal(case, made, by="duty-worker")
    office.days_pass(19)
    office.signal(case, ReadyToWaitAgain(why="home"), by="duty-worker")
    assert asked(office, case) == ["ContactReview of duty-worker"]
    assert due_of(office, case, "contact-missed") == "2026-01-26 17:00"


def test_what_a_false_death_ended_begins_again(office: Office) -> None:
    """The discussion with the strategic manager and the worker's offer are there again when they wait on."""
    case = on_the_tray(office, Rag.RED)
    office.signal(case, EscalationWanted(reasons="worse"), by="team-leader")
    office.signal(case, AllocationWanted(worker="practitioner"), by="team-leader")
    office.signal(case, said_to(LeavingReason.DEATH), by="duty-worker")
    assert all(office.is_closed(ref) for ref in office.cases(pwt_escalation) + office.cases(pwt_allocation))
    office.answer(case, WAITS_ON, by="team-leader")
    assert sum(not office.is_closed(ref) for ref in office.cases(pwt_escalation)) == 1
    assert sum(not office.is_closed(ref) for ref in office.cases(pwt_allocation)) == 1


# ------------------------------------------------------------------ at the very end


@pytest.mark.parametrize("urgent", [True, False])
def test_signal_that_comes_as_the_case_ends_is_read_by_somebody_before_it_closes(office: Office, urgent: bool) -> None:
    """A manager takes them off the tray; in that moment a carer reports a fall: the case's owner reads it first."""
    case = on_the_tray(office, Rag.GREEN)
    done = {"should_wait": ShouldWait.NOT_NEEDED, "to_discuss": "the rail was enough"}
    made = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True, **done)
    office.signal(case, made, by="duty-worker")
    off = ContactDiscussed(decision=AfterDiscussion.TAKE_OFF, reasons="need met")
    answer_without_a_leg(office, case, off, by="team-leader")
    send_signal(office.council, case, change("she has fallen", urgent=urgent), by="duty-worker")
    office.hours_pass(0)
    assert not office.is_closed(case)
    assert asked(office, case) == ["MessageRead of team-leader"]
    assert "she has fallen" in read_beside(office, case, MessageRead)
    office.answer(case, MessageRead(what_follows="rang her"), by="team-leader")
    assert office.outcome_of(case) == "no longer needed"


def test_change_in_the_same_moment_as_a_contact_is_looked_into(office: Office) -> None:
    """It came after the contact was answered and before the leg: contact is asked again, with it beside the form."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:00")
    with office.council.database.read() as session:
        (item,) = [one for one in worklist.open_items(session, ref=case) if one.form == "ContactReview"]
    worklist.answer(office.council, item.id, reached().model_dump(mode="json"), by="duty-worker")
    send_signal(office.council, case, change("she has fallen"), by="duty-worker")
    office.hours_pass(0)
    assert asked(office, case) == ["ContactReview of duty-worker"]
    assert "she has fallen" in read_beside(office, case, ContactReview)


# ------------------------------------------------------------------ nothing is put off


def test_what_is_wanted_today_stays_wanted_today_when_an_agreed_day_comes(office: Office) -> None:
    """A change was reported, and the agreed day comes in the morning: contact is due today and not in weeks."""
    case = on_the_tray(office, Rag.GREEN)
    office.signal(case, DayAgreed(on=date(2026, 1, 6)), by="duty-worker")
    office.today_is("2026-01-05 18:00")
    office.signal(case, change("weaker"), by="duty-worker")
    office.today_is("2026-01-06 08:31")
    assert office.waiting_for(case)[0] == "ContactReview of duty-worker, due 2026-01-06 17:00"


@pytest.mark.clauses("GAP-12")
def test_becoming_red_brings_contact_today_and_a_safety_plan(office: Office) -> None:
    """A qualified worker is asked for today, and a manager for the plan that is missing; then nothing is open."""
    case = on_the_tray(office, Rag.GREEN)
    office.signal(case, change("her husband has left"), by="duty-worker")
    office.signal(case, RatedAgain(facts=facts_for(Rag.RED), facts_changed=True, reasons="alone"), by="team-leader")
    assert "RedContactReview of practitioner, due 2026-01-05 17:00" in office.waiting_for(case)
    assert asked(office, case) == ["ContactDiscussed of team-leader", "RedContactReview of practitioner"]
    plan = ContactDiscussed(decision=AfterDiscussion.STILL_WAITS, reasons="asked", safety_plan="her son sleeps there")
    office.answer(case, plan, by="team-leader")
    assert asked(office, case) == ["RedContactReview of practitioner"]
    office.answer(case, red_reached(), by="practitioner")
    office.days_pass(7)
    assert "her son sleeps there" in read_beside(office, case, RedContactReview)


def test_newer_rating_overtakes_a_lowering_that_nobody_has_agreed_to(office: Office) -> None:
    """Facts that changed since make it Red again; the old question is gone."""
    case = on_the_tray(office, Rag.RED)
    lower = facts_for(Rag.RED, colour=Rag.GREEN, override_reasons="her daughter is there")
    office.signal(case, RatedAgain(facts=lower, facts_changed=False, reasons="judged"), by="team-leader")
    assert "SecondManagerAgrees of team-manager" in asked(office, case)
    office.signal(case, RatedAgain(facts=facts_for(Rag.RED), facts_changed=True, reasons="left"), by="team-manager")
    assert "SecondManagerAgrees of team-manager" not in asked(office, case)
    assert office.case(case).colour == "Red"
    with pytest.raises(AssertionError, match="does not ask"):
        office.answer(case, SecondManagerAgrees(agreed=True, reasons="late"), by="strategic-manager")


def test_urgent_action_that_has_ended_is_followed_by_a_contact_the_same_day(office: Office) -> None:
    """Duty found that it could wait: somebody is in touch with them today and sees how they are."""
    case = on_the_tray(office, Rag.GREEN)
    office.signal(case, change("no carer tonight", urgent=True), by="duty-worker")
    (urgent,) = office.cases(urgent_action)
    waits = UrgentActionTaken(step=UrgentStep.NOT_URGENT, what_was_done="the carer comes after all")
    office.answer(urgent, waits, by="duty-worker")
    assert "ContactReview of duty-worker, due 2026-01-05 17:00" in office.waiting_for(case)


def test_question_asked_anew_is_chased_from_when_it_was_first_asked(office: Office) -> None:
    """Daily news of a change does not keep the manager's question from going up the line."""
    case = on_the_tray(office, Rag.GREEN)
    done = {"should_wait": ShouldWait.RATE_AGAIN, "to_discuss": "weaker"}
    for _ in range(4):
        made = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True, **done)
        office.signal(case, made, by="duty-worker")
        office.days_pass(1)
    assert any("Passed on to" in line and "deciding about somebody" in line for line in office.story_of(case))


# ------------------------------------------------------------------ misses and limits


@pytest.mark.clauses("GAP-12")
def test_every_further_rhythm_without_contact_is_told_again(office: Office) -> None:
    """A Red case that nobody reaches for five weeks is told week by week."""
    case = on_the_tray(office, Rag.RED)
    office.days_pass(36)
    assert told_about(office, case, "contact-missed").count("staff-team-leader") == 5


@pytest.mark.clauses("GAP-12")
def test_miss_after_a_return_and_miss_of_somebody_who_became_red_are_told(office: Office) -> None:
    """What was told before does not keep a new miss, or a worse one, from being told."""
    back = on_the_tray(office, Rag.RED)
    worse = on_the_tray(office, Rag.AMBER, person="P-101")
    office.today_is("2026-01-13 09:00")
    office.signal(back, said_to(LeavingReason.ADMISSION), by="duty-worker")
    office.signal(back, ReadyToWaitAgain(why="home"), by="duty-worker")
    office.today_is("2026-01-13 17:01")
    assert told_about(office, back, "contact-missed") == ["staff-team-leader"] * 2
    office.today_is("2026-01-20 09:00")
    office.signal(worse, RatedAgain(facts=facts_for(Rag.RED), facts_changed=True, reasons="alone"), by="team-leader")
    assert told_about(office, worse, "contact-missed") == ["staff-team-leader"] * 2
    assert worse in office.inbox("staff-team-leader")[-1].body


@pytest.mark.clauses("GAP-17")
def test_red_again_after_a_better_spell_is_brought_before_the_strategic_manager_again(office: Office) -> None:
    """The limit of Red holds each time that somebody is Red."""
    case = on_the_tray(office, Rag.RED)
    for colour in (Rag.AMBER, Rag.RED):
        office.days_pass(15)
        rated_ = RatedAgain(facts=facts_for(colour), facts_changed=True, reasons="changed")
        office.signal(case, rated_, by="team-leader")
    (escalation,) = office.cases(pwt_escalation)
    assert "A Red case has waited" in read_beside(office, escalation, EscalationDiscussed)
    assert sum("an escalation that is raised" in line for line in office.story_of(case)) >= 2


def test_policy_that_names_another_role_for_the_breach_parks_nobody(office: Office) -> None:
    """The case goes on as it was recorded, whoever hears of a breach from now on."""
    case = on_the_tray(office, Rag.GREEN)
    office.days_pass(29)
    office.policy_becomes(policy_with(allocation_clock={"breach_goes_to": Role.HEAD_OF_SERVICE}))
    assert replay(office.council, case).way is Way.SAME
    office.days_pass(5)
    assert office.case(case).status == "open"


def test_two_places_of_one_person_are_put_to_a_manager(office: Office) -> None:
    """Placed twice in the same moment: both are kept in touch with until a manager takes one off."""
    first = open_new(office.council, "pwt-review", placement(office), owner=Recipient.staff("team-leader"))
    second = open_new(office.council, "pwt-review", placement(office), owner=Recipient.staff("team-leader"))
    office.hours_pass(0)
    told = [case for case in (first, second) if "ContactDiscussed of team-leader" in asked(office, case)]
    assert len(told) == 1
    assert "on the tray already" in read_beside(office, told[0], ContactDiscussed)


@pytest.mark.clauses("PWT-58")
def test_somebody_may_be_named_whom_reaching_counts_as_well(office: Office) -> None:
    """A neighbour named later stands beside the form, and reaching them counts."""
    case = on_the_tray(office, Rag.AMBER)
    neighbour = RelevantPersonNamed(who=RelevantPerson(name="Mrs Ames", relation="neighbour", how_to_reach="no. 14"))
    office.signal(case, neighbour, by="duty-worker")
    office.days_pass(14)
    assert "Mrs Ames (neighbour, no. 14)" in read_beside(office, case, ContactReview)
    office.answer(case, reached(outcome=ContactOutcome.REACHED_RELEVANT_PERSON), by="duty-worker")
    assert standing(office, case).attempts == 0


@pytest.mark.clauses("PWT-47", "GAP-22")
@pytest.mark.parametrize(("facts_changed", "colour"), [(True, "Green"), (False, "Red")])
def test_red_is_lowered_by_one_manager_only_where_the_facts_have_changed(
    office: Office, facts_changed: bool, colour: str
) -> None:
    """Other answers about the same facts are a judgement, and lower a Red only with a second manager."""
    case = on_the_tray(office, Rag.RED)
    again = RatedAgain(facts=facts_for(Rag.GREEN), facts_changed=facts_changed, reasons="care is in place")
    office.signal(case, again, by="team-leader")
    assert office.case(case).colour == colour
    assert ("SecondManagerAgrees of team-manager" in asked(office, case)) is not facts_changed


@pytest.mark.clauses("PWT-58", "GAP-19")
def test_two_attempts_in_one_instant_are_each_followed_by_another(office: Office) -> None:
    """However fast nobody answers, there is a next attempt or a decision, and never silence."""
    office.council.policy = policy_with(unreachable_person={"at_different_times": False, "attempts": 4})
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:00")
    for _ in range(2):
        office.answer(case, ContactReview(outcome=ContactOutcome.NO_ANSWER), by="duty-worker")
    office.hours_pass(0.01)
    assert asked(office, case) == ["ContactReview of duty-worker"]


def test_second_report_does_not_put_off_what_the_first_wanted(office: Office) -> None:
    """A change was to be looked into on Monday; another on Tuesday leaves it overdue since Monday."""
    case = on_the_tray(office, Rag.GREEN)
    office.signal(case, change("weaker"), by="duty-worker")
    office.days_pass(1)
    office.signal(case, change("weaker still"), by="duty-worker")
    assert office.waiting_for(case)[0] == "ContactReview of duty-worker, due 2026-01-05 17:00"


@pytest.mark.clauses("PWT-49")
@pytest.mark.parametrize("form", [ContactReview, RedContactReview, ContactLogged])
def test_whoever_was_reached_is_said_to_be_safe_and_well_or_not(form: type[ContactReview]) -> None:
    """A contact without it is refused, and so is one that is not well with nothing for a manager."""
    with pytest.raises(ValidationError, match="safe_and_well"):
        form(outcome=ContactOutcome.REACHED_PERSON)
    with pytest.raises(ValidationError, match="to_discuss"):
        form(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=False)
