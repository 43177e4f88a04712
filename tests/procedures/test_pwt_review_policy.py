"""What a council chooses otherwise about people who wait: each open point of the procedure, and its opposite."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.decision_tables.levels import Priority, Rag
from models.durations import calendar_days, calendar_hours
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_signals import LeavingReported, RatedAgain
from models.forms.tray_waiting import ContactLogged, ContactMeans, ContactOutcome, ContactReview
from models.policy.gaps.tray_exits import LeavingReason
from models.roles import Role
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_stories import (
    due_of,
    facts_for,
    no_answer,
    office_with,
    on_the_tray,
    rated,
    reached,
    standing,
    told_about,
)


@pytest.mark.clauses("GAP-12")
def test_council_sets_the_rhythm_of_red(office: Office) -> None:
    """Red every three days, where the council says so."""
    office = office_with(office, red_contact={"red_contact_every": calendar_days(3)})
    case = on_the_tray(office, Rag.RED)
    assert due_of(office, case, "contact-missed") == "2026-01-08 17:00"


@pytest.mark.clauses("GAP-12", "GAP-20")
def test_miss_goes_to_the_reviewer_of_the_tray_where_the_placing_manager_is_not_told(office: Office) -> None:
    """Whatever is chosen, one named manager hears of every miss."""
    office = office_with(office, red_contact={"tell_placing_manager_of_every_miss": False})
    case = on_the_tray(office, Rag.AMBER, placed_by="team-manager")
    office.days_pass(15)
    assert told_about(office, case, "contact-missed") == ["staff-team-leader"]


@pytest.mark.clauses("GAP-12")
def test_miss_reaches_somebody_when_the_placing_manager_has_left(office: Office) -> None:
    """A manager who has left hears nothing: the reviewer of the tray does."""
    case = on_the_tray(office, Rag.AMBER, placed_by="team-manager")
    office.leaves("team-manager")
    office.days_pass(15)
    assert told_about(office, case, "contact-missed") == ["staff-team-leader"]


@pytest.mark.clauses("GAP-15")
@pytest.mark.parametrize(
    ("counts_from", "warned"), [("request", "2026-01-23 08:30"), ("placement", "2026-01-26 08:30")]
)
def test_limits_count_from_the_request_or_from_the_placement(office: Office, counts_from: str, warned: str) -> None:
    """One clock for everybody: from the request, unless the council counts from the placement."""
    office = office_with(office, allocation_clock={"counts_from": counts_from})
    case = on_the_tray(office, Rag.GREEN, requested_at=datetime(2026, 1, 2, 11, tzinfo=UTC))
    assert due_of(office, case, "warn") == warned


@pytest.mark.clauses("GAP-15")
def test_days_on_the_tray_are_shown_where_the_council_wants_them(office: Office) -> None:
    """Beside the days since the request stand the days on the tray, or they do not."""
    for shown in (True, False):
        here = office_with(office, allocation_clock={"show_days_on_tray": shown})
        case = on_the_tray(here, Rag.RED, person="P-101" if shown else "P-104")
        here.days_pass(7)
        assert ("on the tray for 7 days" in read_beside(here, case, type(no_answer(red=True)))) is shown


@pytest.mark.clauses("GAP-16")
def test_month_is_never_longer_than_the_calendar_month(office: Office) -> None:
    """A month of 31 days from 5 February ends on 5 March, unless the council says otherwise."""
    for capped, due in ((True, "2026-03-05 17:00"), (False, "2026-03-06 16:30")):
        months = {"month": calendar_days(31), "never_later_than_calendar_month": capped}
        here = office_with(office, months=months)
        here.today_is("2026-02-03 09:00" if not capped else "2026-02-05 09:00")
        case = on_the_tray(here, Rag.GREEN, person="P-101" if capped else "P-104")
        assert due_of(here, case, "contact-missed") == due


@pytest.mark.clauses("GAP-16")
def test_council_sets_the_fortnight(office: Office) -> None:
    """Amber every ten days, where the council says so."""
    office = office_with(office, months={"fortnight": calendar_days(10)})
    case = on_the_tray(office, Rag.AMBER)
    assert due_of(office, case, "contact-missed") == "2026-01-15 17:00"


@pytest.mark.clauses("GAP-17")
@pytest.mark.parametrize("one_by_one", [True, False])
def test_red_is_brought_before_those_above_one_by_one_or_in_the_weekly_list(office: Office, one_by_one: bool) -> None:
    """Where Red is not brought one by one the weekly list shows it; day 28 goes to the strategic manager anyway."""
    office = office_with(office, tray_escalation={"red_one_by_one": one_by_one})
    on_the_tray(office, Rag.RED)
    office.today_is("2026-01-19 09:00")
    assert [ref for ref in office.cases() if office.case(ref).procedure == "pwt-escalation"] != [] or not one_by_one
    assert len([ref for ref in office.cases() if office.case(ref).procedure == "pwt-escalation"]) == int(one_by_one)
    office.today_is("2026-02-02 09:00")
    assert len([ref for ref in office.cases() if office.case(ref).procedure == "pwt-escalation"]) == (1)


@pytest.mark.clauses("GAP-19")
def test_council_sets_how_often_somebody_is_tried(office: Office) -> None:
    """One attempt, and a manager decides."""
    office = office_with(office, unreachable_person={"attempts": 1})
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:30")
    office.answer(case, no_answer(), by="duty-worker")
    assert asked(office, case) == ["SafeAndWellDecision of team-leader"]


@pytest.mark.clauses("GAP-19")
def test_attempts_may_follow_each_other_at_once_and_by_the_same_means(office: Office) -> None:
    """Where the council asks for neither other times nor other means, it is asked again at once, without a hint."""
    office = office_with(office, unreachable_person={"at_different_times": False, "by_different_means": False})
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:30")
    office.answer(case, no_answer(), by="duty-worker")
    assert asked(office, case) == ["ContactReview of duty-worker"]
    assert "Try another way" not in read_beside(office, case, ContactReview)


@pytest.mark.clauses("GAP-19")
def test_council_sets_who_decides_on_a_safe_and_well_check(office: Office) -> None:
    """The team manager alone, where the council says so."""
    office = office_with(office, unreachable_person={"attempts": 1, "deciders": (Role.TEAM_MANAGER,)})
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:30")
    office.answer(case, no_answer(), by="duty-worker")
    assert asked(office, case) == ["SafeAndWellDecision of team-manager"]


@pytest.mark.clauses("GAP-20", "PWT-49")
def test_council_sets_who_makes_contact(office: Office) -> None:
    """Amber by practitioners and Red by duty workers, where a council has it so."""
    roles = {"contact_by": Role.PRACTITIONER, "red_contact_by": Role.DUTY_WORKER}
    office = office_with(office, tray_roles=roles)
    amber, red = on_the_tray(office, Rag.AMBER), on_the_tray(office, Rag.RED, person="P-101")
    office.today_is("2026-01-19 08:30")
    assert "ContactReview of practitioner" in asked(office, amber)
    assert "RedContactReview of duty-worker" in asked(office, red)


@pytest.mark.clauses("GAP-22")
def test_red_may_be_lowered_by_one_manager_where_the_council_says_so(office: Office) -> None:
    """No second manager is asked."""
    office = office_with(office, matrix_override={"lowering_red_needs_second_manager": False})
    case = on_the_tray(office, Rag.RED)
    facts = facts_for(Rag.RED, colour=Rag.AMBER, override_reasons="her daughter is there")
    office.signal(case, RatedAgain(facts=facts, facts_changed=False, reasons="judged"), by="team-leader")
    assert office.case(case).colour == "Amber"


@pytest.mark.clauses("GAP-25", "PWT-67")
def test_call_meets_the_deadline_of_high_priority_where_the_council_says_so(office: Office) -> None:
    """A call is enough."""
    office = office_with(office, priority_deadlines={"a_call_meets_high": True})
    case = on_the_tray(office, Rag.AMBER, rated=rated(Rag.AMBER, Priority.HIGH))
    call = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True)
    office.signal(case, call, by="duty-worker")
    office.days_pass(4)
    assert told_about(office, case, "priority-deadline-passed") == []


@pytest.mark.clauses("GAP-25", "PWT-64", "PWT-65", "PWT-66", "PWT-67")
@pytest.mark.parametrize(
    ("priority", "urgent", "due"),
    [
        (Priority.HIGH, True, "2026-01-06 09:00"),
        (Priority.HIGH, False, "2026-01-08 09:00"),
        (Priority.MEDIUM, False, "2026-01-19 09:00"),
        (Priority.LOW, False, "2026-02-02 09:00"),
    ],
)
def test_each_priority_has_its_deadline_from_the_request(
    office: Office, priority: Priority, urgent: bool, due: str
) -> None:
    """24 hours, 3, 14 and 28 days."""
    case = on_the_tray(office, Rag.AMBER, rated=rated(Rag.AMBER, priority, urgent=urgent))
    assert due_of(office, case, "priority") == due


@pytest.mark.clauses("GAP-25")
def test_deadline_in_hours_is_kept_as_written(office: Office) -> None:
    """Urgent within six hours, where the council says so."""
    office = office_with(office, priority_deadlines={"urgent": calendar_hours(6)})
    case = on_the_tray(office, Rag.AMBER, rated=rated(Rag.AMBER, Priority.HIGH, urgent=True))
    assert due_of(office, case, "priority") == "2026-01-05 15:00"


@pytest.mark.clauses("GAP-53")
def test_clocks_run_on_until_the_reason_is_confirmed_where_the_council_says_so(office: Office) -> None:
    """Somebody said to have moved is kept in touch with until a manager has confirmed it; never somebody who died."""
    office = office_with(office, leaving_tray={"clocks_stop_at_once": False})
    moved, died = on_the_tray(office, Rag.AMBER), on_the_tray(office, Rag.AMBER, person="P-101")
    office.signal(moved, LeavingReported(reason=LeavingReason.MOVE, told_by="a neighbour"), by="duty-worker")
    office.signal(died, LeavingReported(reason=LeavingReason.DEATH, told_by="her son"), by="duty-worker")
    office.days_pass(14)
    assert asked(office, moved) == ["ContactReview of duty-worker", "LeavingConfirmed of team-leader"]
    assert asked(office, died) == ["LeavingConfirmed of team-leader"]
    office.answer(moved, reached(), by="duty-worker")
    office.answer(moved, LeavingConfirmed(leaves=True, what_was_discussed="moved to Kent"), by="team-leader")
    assert office.outcome_of(moved) == "left: move"


@pytest.mark.clauses("GAP-51")
def test_closed_days_and_shutdowns_move_nothing_where_the_council_says_so(office: Office) -> None:
    """Red from Christmas Eve morning a week before: due on the very day, though nobody is there."""
    choices = {"safety_comes_earlier_on_closed_days": False, "reds_checked_before_shutdown": False}
    office = office_with(office, time_kinds=choices)
    office.today_is("2026-12-18 09:00")
    case = on_the_tray(office, Rag.RED)
    assert due_of(office, case, "contact-missed") == "2026-12-25 17:00"


def test_text_message_is_no_visit(office: Office) -> None:
    """Only a visit to the person counts as seen."""
    case = on_the_tray(office, Rag.AMBER, rated=rated(Rag.AMBER, Priority.HIGH))
    text = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, means=ContactMeans.TEXT_MESSAGE, safe_and_well=True)
    office.signal(case, text, by="duty-worker")
    assert not standing(office, case).deadline_met
