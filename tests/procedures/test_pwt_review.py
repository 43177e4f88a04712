"""Stories of people who wait on the planned work tray: contact by colour, attempts, changes, decisions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from flows.urgent_action import urgent_action
from models.decision_tables.levels import Priority, Rag
from models.forms.recording import PersonHasDied
from models.forms.tray_deciding import AfterDiscussion, ContactDiscussed, LeavingConfirmed, SecondManagerAgrees
from models.forms.tray_signals import (
    CircumstancesChanged,
    DayAgreed,
    LeavingReported,
    RatedAgain,
    ReadyToWaitAgain,
    ReportedBy,
)
from models.forms.tray_waiting import (
    ContactLogged,
    ContactMeans,
    ContactOutcome,
    SafeAndWellDecision,
    SafeAndWellOutcome,
    ShouldWait,
)
from models.forms.urgent_action import UrgentActionTaken
from models.forms.written_contact import FurtherMessage
from models.notices import Recipient
from models.policy.gaps.tray import UnreachedStep
from models.policy.gaps.tray_exits import LeavingReason
from tasks.durable.cases import open_new
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_stories import (
    due_of,
    facts_for,
    no_answer,
    on_the_tray,
    open_contact_items,
    placement,
    rated,
    reached,
    red_reached,
    standing,
    told_about,
)

# ------------------------------------------------------------------ contact by colour


@pytest.mark.clauses("PWT-49", "PWT-54", "PWT-56", "GAP-16")
def test_amber_case_is_contacted_fortnightly(office: Office) -> None:
    """An Amber case has a contact due every fourteen days, and the duty worker is asked on the day."""
    office.today_is("2026-01-05 09:00")
    case = on_the_tray(office, Rag.AMBER)

    office.days_pass(13)
    assert asked(office, case) == []

    office.days_pass(1)
    assert "ContactReview of duty-worker, due 2026-01-19 17:00" in office.waiting_for(case)
    office.digest_goes_out()
    assert case in office.inbox("duty-worker")[-1].body

    office.answer(case, reached(), by="duty-worker")
    assert due_of(office, case, "contact") == "2026-02-02 08:30"


@pytest.mark.clauses("PWT-55", "PWT-57", "GAP-16")
def test_green_case_is_contacted_every_28_days(office: Office) -> None:
    """A Green case is contacted monthly, and a month is 28 days."""
    case = on_the_tray(office, Rag.GREEN)
    assert due_of(office, case, "contact-missed") == "2026-02-02 17:00"


@pytest.mark.clauses("PWT-54", "GAP-12", "GAP-20")
def test_red_case_is_contacted_weekly_by_a_qualified_worker(office: Office) -> None:
    """A Red case is asked of a practitioner every seven days, with the safety plan beside it."""
    case = on_the_tray(office, Rag.RED)
    office.today_is("2026-01-12 08:30")
    assert asked(office, case) == ["RedContactReview of practitioner"]
    assert "the neighbour looks in each evening" in read_beside(office, case, type(red_reached()))


@pytest.mark.clauses("GAP-14", "PWT-54")
def test_unrated_case_is_contacted_fortnightly_and_rated_within_five_days(office: Office) -> None:
    """Who was taken over without a rating is contacted within fourteen days; a manager is asked to rate within five."""
    case = on_the_tray(office, None, imported=True)
    assert "ContactDiscussed of team-leader, due 2026-01-09 16:30" in office.waiting_for(case)
    assert due_of(office, case, "contact-missed") == "2026-01-19 17:00"
    rating = ContactDiscussed(
        decision=AfterDiscussion.RATE_AGAIN, reasons="looked through the record", facts=facts_for(Rag.RED)
    )
    office.answer(case, rating, by="team-leader")
    assert office.case(case).colour == "Red"
    assert due_of(office, case, "contact-missed") == "2026-01-12 17:00"


@pytest.mark.clauses("GAP-14", "GAP-15", "GAP-25")
def test_limit_that_passes_between_the_taking_over_and_the_first_leg_still_has_its_clock(office: Office) -> None:
    """Only what had passed when the list was taken over stands on the manager's list; all else is told by the case."""
    asked_for = datetime(2025, 12, 16, 9, tzinfo=UTC)  # day 21 is Tuesday 6 January
    facts = placement(
        office,
        Rag.GREEN,
        requested_at=asked_for,
        last_reached_at=datetime(2025, 12, 30, 9, tzinfo=UTC),
        imported=True,
        rated=rated(Rag.GREEN, Priority.LOW),
    )
    case = open_new(office.council, "pwt-review", facts, owner=Recipient.staff("team-leader"))
    office.clock.move_to(datetime(2026, 1, 6, 10, tzinfo=UTC))
    office.hours_pass(0)
    assert standing(office, case).passed_before == frozenset()
    assert told_about(office, case, "waits-long") == ["staff-team-leader"]
    assert due_of(office, case, "priority") is None, "a low priority is met by the contact that was made"


@pytest.mark.clauses("GAP-12")
def test_missed_red_contact_is_told_to_the_manager_who_placed_them_at_once(office: Office) -> None:
    """The manager hears of every miss: of a Red one at once, of others with the next digest."""
    red = on_the_tray(office, Rag.RED)
    office.today_is("2026-01-12 17:00")
    assert told_about(office, red, "contact-missed") == ["staff-team-leader"]
    assert red in office.inbox("staff-team-leader")[-1].body

    amber = on_the_tray(office, Rag.AMBER, person="P-101")
    office.today_is("2026-01-26 17:00")
    assert told_about(office, amber, "contact-missed") == ["staff-team-leader"]
    assert amber not in office.inbox("staff-team-leader")[-1].body


def test_early_contact_begins_the_rhythm_anew(office: Office) -> None:
    """Who was reached on day 4 is due fourteen days after that."""
    case = on_the_tray(office, Rag.AMBER)
    office.days_pass(4)
    call = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True)
    office.signal(case, call, by="duty-worker")
    assert due_of(office, case, "contact-missed") == "2026-01-23 16:30"
    office.today_is("2026-01-19 17:00")
    assert asked(office, case) == []


@pytest.mark.clauses("PWT-58", "GAP-19")
def test_attempt_does_not_count_as_contact(office: Office) -> None:
    """No answer leaves the clock as it is, and it is tried again at another time by another way."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:30")
    office.answer(case, no_answer(), by="duty-worker")
    assert asked(office, case) == []
    office.today_is("2026-01-19 14:00")
    assert asked(office, case) == ["ContactReview of duty-worker"]
    beside = read_beside(office, case, type(reached()))
    assert "telephone, Monday 19 January 2026, 9:30am" in beside and "Try another way, such as: text message" in beside
    assert standing(office, case).attempts == 1
    assert standing(office, case).last_reached_at is None


@pytest.mark.clauses("PWT-58", "GAP-19")
def test_after_three_attempts_a_manager_decides_on_a_safe_and_well_check(office: Office) -> None:
    """The decision is recorded, whoever makes the check is asked, and being found counts as contact."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:30")
    office.answer(case, no_answer(), by="duty-worker")
    office.today_is("2026-01-19 14:30")
    office.answer(case, no_answer(ContactMeans.TEXT_MESSAGE), by="duty-worker")
    office.today_is("2026-01-20 09:00")
    office.answer(case, no_answer(ContactMeans.VISIT), by="duty-worker")
    assert asked(office, case) == ["SafeAndWellDecision of team-leader"]
    decided = SafeAndWellDecision(steps=frozenset({UnreachedStep.OWN_VISIT}), reasons="no sign since Friday")
    office.answer(case, decided, by="team-leader")
    assert asked(office, case) == ["SafeAndWellOutcome of duty-worker"]
    found = SafeAndWellOutcome(found=True, safe_and_well=True, what_came_of_it="in the garden, well")
    office.answer(case, found, by="duty-worker")
    assert standing(office, case).attempts == 0
    assert due_of(office, case, "contact-missed") == "2026-02-03 17:00"


@pytest.mark.clauses("PWT-58")
def test_who_is_not_found_is_decided_on_again(office: Office) -> None:
    """A check that finds nobody goes back to the manager, and the contact stays missed."""
    case = on_the_tray(office, Rag.RED)
    office.today_is("2026-01-12 09:30")
    for means in (ContactMeans.TELEPHONE, ContactMeans.TEXT_MESSAGE, ContactMeans.VISIT):
        while not asked(office, case):
            office.hours_pass(0.5)
        office.answer(case, no_answer(means, red=True), by="practitioner")
    assert office.clock.now() < datetime(2026, 1, 12, 17, tzinfo=UTC), "Red is tried on the same day"
    keyholder = SafeAndWellDecision(steps=frozenset({UnreachedStep.KEYHOLDER}), reasons="a neighbour has a key")
    office.answer(case, keyholder, by="team-leader")
    nobody = SafeAndWellOutcome(found=False, what_came_of_it="the house is empty")
    office.answer(case, nobody, by="practitioner")
    assert asked(office, case) == ["SafeAndWellDecision of team-leader"]
    assert standing(office, case).last_reached_at is None


@pytest.mark.clauses("PWT-29", "PWT-54")
def test_reported_change_is_looked_into_at_once(office: Office) -> None:
    """A change reported by a carer wakes the case: contact is asked now, with what was said beside it."""
    case = on_the_tray(office, Rag.GREEN)
    office.days_pass(2)
    fall = CircumstancesChanged(reported_by=ReportedBy.CARER, what="she fell twice this week")
    office.signal(case, fall, by="duty-worker")
    assert office.waiting_for(case)[0] == "ContactReview of duty-worker, due 2026-01-07 17:00"
    assert "she fell twice this week" in read_beside(office, case, type(reached()))


@pytest.mark.clauses("PWT-29", "GAP-53")
def test_message_from_them_is_looked_into_the_same_day_and_beside_the_question_whether_they_leave(
    office: Office,
) -> None:
    """A reply to our letter is a change like any other; where they are said to leave, the manager reads it."""
    case = on_the_tray(office, Rag.GREEN)
    reply = FurtherMessage(mail_id="M-REPLY1", sender="Harold", subject="Re: waiting", text="I cannot get up any more")
    office.signal(case, reply)
    assert asked(office, case) == ["ContactReview of duty-worker"]
    assert "I cannot get up any more" in read_beside(office, case, type(reached()))
    office.signal(case, LeavingReported(reason=LeavingReason.DEATH, told_by="a neighbour"), by="duty-worker")
    office.signal(case, reply.model_copy(update={"text": "I am still here"}))
    assert asked(office, case) == ["LeavingConfirmed of team-leader"]
    assert "I am still here" in read_beside(office, case, LeavingConfirmed)


@pytest.mark.clauses("GAP-53")
def test_death_in_the_register_asks_one_manager_one_question(office: Office) -> None:
    """Clocks stop, and nobody is asked besides to read that the person has died."""
    case = on_the_tray(office, Rag.RED)
    office.signal(case, PersonHasDied(person="P-104", died_on=date(2026, 1, 4)))
    assert office.waiting_for(case) == ["LeavingConfirmed of team-leader, due 2026-01-07 17:00"]


@pytest.mark.clauses("PWT-07", "PWT-29", "GAP-11")
def test_urgent_change_is_acted_on_at_the_duty_point(office: Office) -> None:
    """What cannot wait becomes an urgent action with its own clock, and a manager decides about the waiting."""
    case = on_the_tray(office, Rag.GREEN)
    gone = CircumstancesChanged(reported_by=ReportedBy.PROVIDER, what="no carer tonight", urgent=True)
    office.signal(case, gone, by="duty-worker")
    (urgent,) = office.cases(urgent_action)
    assert asked(office, urgent) == ["UrgentActionTaken of duty-worker"]
    assert "no carer tonight" in read_beside(office, urgent, UrgentActionTaken)
    assert asked(office, case) == ["ContactDiscussed of team-leader"]


@pytest.mark.clauses("PWT-50", "PWT-52", "PWT-53")
def test_contact_that_asks_for_more_is_put_to_a_manager(office: Office) -> None:
    """Whoever makes contact says what a manager is to decide; the clock of contact has begun anew meanwhile."""
    case = on_the_tray(office, Rag.AMBER)
    office.days_pass(14)
    worse = reached(should_wait=ShouldWait.RATE_AGAIN, to_discuss="her husband can no longer lift her", changed="worse")
    office.answer(case, worse, by="duty-worker")
    assert asked(office, case) == ["ContactDiscussed of team-leader"]
    assert "her husband can no longer lift her" in read_beside(office, case, ContactDiscussed)
    answer = ContactDiscussed(decision=AfterDiscussion.RATE_AGAIN, reasons="support has gone", facts=facts_for(Rag.RED))
    office.answer(case, answer, by="team-leader")
    assert office.case(case).colour == "Red"
    assert due_of(office, case, "contact-missed") == "2026-01-26 17:00"


@pytest.mark.clauses("PWT-52")
def test_manager_takes_somebody_off_the_tray(office: Office) -> None:
    """Where the tray is no longer needed a manager says so, and the case closes."""
    case = on_the_tray(office, Rag.GREEN)
    call = ContactLogged(
        outcome=ContactOutcome.REACHED_PERSON,
        safe_and_well=True,
        should_wait=ShouldWait.NOT_NEEDED,
        to_discuss="the rail was all she wanted",
    )
    office.signal(case, call, by="duty-worker")
    off = ContactDiscussed(decision=AfterDiscussion.TAKE_OFF, reasons="need met")
    office.answer(case, off, by="team-leader")
    assert office.outcome_of(case) == "no longer needed"


# ------------------------------------------------------------------ rating anew


@pytest.mark.clauses("PWT-47", "PWT-48", "GAP-22")
def test_red_lowered_against_the_matrix_needs_a_second_manager(office: Office) -> None:
    """It stays Red until another manager has agreed; whoever wants it cannot agree to it."""
    case = on_the_tray(office, Rag.RED)
    lower = RatedAgain(
        facts=facts_for(Rag.RED, colour=Rag.AMBER, override_reasons="her daughter has moved in for a month"),
        facts_changed=False,
        reasons="the daughter is there day and night",
    )
    office.signal(case, lower, by="team-leader")
    assert office.case(case).colour == "Red"
    assert asked(office, case) == ["SecondManagerAgrees of team-manager"]
    office.answer(case, SecondManagerAgrees(agreed=True, reasons="spoke to the daughter"), by="team-manager")
    assert office.case(case).colour == "Amber"


@pytest.mark.clauses("GAP-22")
def test_red_lowered_because_the_facts_changed_needs_nobody_else(office: Office) -> None:
    """Where the matrix itself says less than Red, it is a re-rating and no override."""
    case = on_the_tray(office, Rag.RED)
    better = RatedAgain(facts=facts_for(Rag.GREEN), facts_changed=True, reasons="the care has started")
    office.signal(case, better, by="team-leader")
    assert office.case(case).colour == "Green"
    assert asked(office, case) == []


def test_rating_anew_never_puts_the_next_contact_off(office: Office) -> None:
    """From Red to Green on day 3: the next contact stays on day 7, and is monthly after it."""
    case = on_the_tray(office, Rag.RED)
    office.days_pass(3)
    office.signal(case, RatedAgain(facts=facts_for(Rag.GREEN), facts_changed=True, reasons="better"), by="team-leader")
    assert due_of(office, case, "contact-missed") == "2026-01-12 17:00"
    office.today_is("2026-01-12 10:00")
    office.answer(case, reached(), by="duty-worker")
    assert due_of(office, case, "contact-missed") == "2026-02-09 17:00"


# ------------------------------------------------------------------ limits of waiting


@pytest.mark.clauses("PWT-11", "PWT-59", "GAP-15")
def test_waiting_is_warned_of_on_day_21_and_brought_before_the_strategic_manager_on_day_28(office: Office) -> None:
    """Both are counted from the request, whenever they were placed."""
    asked_for = datetime(2026, 1, 2, 11, tzinfo=UTC)
    case = on_the_tray(office, Rag.GREEN, requested_at=asked_for)
    assert due_of(office, case, "warn") == "2026-01-23 08:30"
    assert due_of(office, case, "breach") == "2026-01-30 08:30"
    office.today_is("2026-01-23 08:30")
    assert told_about(office, case, "waits-long") == ["staff-team-leader"]
    office.today_is("2026-01-30 08:30")
    (escalation,) = [ref for ref in office.cases() if office.case(ref).procedure == "pwt-escalation"]
    assert asked(office, escalation) == ["EscalationDiscussed of strategic-manager"]


@pytest.mark.clauses("PWT-61", "GAP-17")
def test_red_goes_to_the_strategic_manager_on_day_14_and_to_the_head_of_service_on_day_28(office: Office) -> None:
    """Red cases are brought before those above one by one, earlier than others."""
    case = on_the_tray(office, Rag.RED)
    assert due_of(office, case, "red-strategic") == "2026-01-19 08:30"
    assert due_of(office, case, "red-head") == "2026-02-02 08:30"
    office.today_is("2026-01-19 08:30")
    refs = [ref for ref in office.cases() if office.case(ref).procedure == "pwt-escalation"]
    assert [asked(office, ref) for ref in refs] == [["EscalationDiscussed of strategic-manager"]]
    office.signal(case, RatedAgain(facts=facts_for(Rag.GREEN), facts_changed=True, reasons="better"), by="team-leader")
    assert due_of(office, case, "red-head") is None


@pytest.mark.clauses("GAP-25")
def test_call_does_not_meet_the_deadline_of_high_priority_and_a_visit_does(office: Office) -> None:
    """High is met by being seen or allocated; a call is not enough."""
    called = on_the_tray(office, Rag.AMBER, rated=rated(Rag.AMBER, Priority.HIGH))
    seen = on_the_tray(office, Rag.AMBER, person="P-101", rated=rated(Rag.AMBER, Priority.HIGH))
    call = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True)
    office.signal(called, call, by="duty-worker")
    office.signal(seen, call.model_copy(update={"means": ContactMeans.VISIT}), by="duty-worker")
    office.today_is("2026-01-08 09:00")
    assert told_about(office, called, "priority-deadline-passed") == ["staff-team-leader"]
    assert told_about(office, seen, "priority-deadline-passed") == []


def test_day_agreed_with_the_person_is_kept(office: Office) -> None:
    """On the day agreed somebody is asked to be in touch, whatever the colour says."""
    case = on_the_tray(office, Rag.GREEN)
    office.signal(case, DayAgreed(on=date(2026, 1, 9)), by="duty-worker")
    office.today_is("2026-01-09 08:30")
    assert asked(office, case) == ["ContactReview of duty-worker"]


# ------------------------------------------------------------------ leaving


@pytest.mark.clauses("PWT-52", "GAP-53")
@pytest.mark.parametrize("reason", list(LeavingReason))
def test_clocks_stop_at_once_when_somebody_is_said_to_leave(office: Office, reason: LeavingReason) -> None:
    """No contact is asked and nothing falls due until a manager has confirmed the reason; then the case closes."""
    case = on_the_tray(office, Rag.RED)
    office.signal(case, LeavingReported(reason=reason, told_by="her son"), by="duty-worker")
    assert office.waiting_for(case)[0].startswith("LeavingConfirmed of team-leader")
    assert len(office.waiting_for(case)) == 1
    office.days_pass(30)
    assert open_contact_items(office, case) == 0
    office.answer(case, LeavingConfirmed(leaves=True, what_was_discussed="confirmed"), by="team-leader")
    assert office.outcome_of(case) == f"left: {reason.replace('-', ' ')}"


@pytest.mark.clauses("GAP-53")
def test_who_waits_again_is_contacted_the_same_day(office: Office) -> None:
    """Home from hospital: the clocks run again, and contact is asked at once."""
    case = on_the_tray(office, Rag.AMBER)
    office.signal(case, LeavingReported(reason=LeavingReason.ADMISSION, told_by="register"))
    office.days_pass(20)
    office.signal(case, ReadyToWaitAgain(why="home from hospital"))
    assert asked(office, case) == ["ContactReview of duty-worker"]
    assert due_of(office, case, "contact-missed") == "2026-01-26 17:00"
    assert due_of(office, case, "breach") == "2026-02-02 08:30"


@pytest.mark.clauses("GAP-53")
def test_report_that_was_wrong_leaves_nobody_behind(office: Office) -> None:
    """The manager says that they wait on: the case goes on with a contact at once."""
    case = on_the_tray(office, Rag.AMBER)
    office.signal(case, LeavingReported(reason=LeavingReason.MOVE, told_by="a neighbour"), by="duty-worker")
    office.answer(case, LeavingConfirmed(leaves=False, what_was_discussed="it was next door"), by="team-leader")
    assert asked(office, case) == ["ContactReview of duty-worker"]
    assert not office.is_closed(case)
