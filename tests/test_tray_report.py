"""The figures of a period on the tray: each is worked out from the ledger, and the same period gives them again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from flows.pwt_review import pwt_review
from models.decision_tables.levels import Complexity, Rag
from models.forms.tray_deciding import LeavingConfirmed, SecondManagerAgrees
from models.forms.tray_signals import LeavingReported, RatedAgain, ReadyToWaitAgain
from models.forms.tray_waiting import ContactLogged, ContactOutcome
from models.policy.gaps.tray_exits import LeavingReason
from models.refs import new_ref
from tasks.as_of import DayToCome, PeriodWrongWayRound
from tasks.audit.erasing import erase_payloads
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.tray.contacts import Contact, Made
from tasks.tray.figures import ContactFigures, Group, Waited, WaitFigures, groups, nearest_rank
from tasks.tray.reporting import Report, report
from tests.procedures.tray_stories import facts_for, no_answer, on_the_tray, placement, rated, reached, red_reached

JANUARY, FEBRUARY = (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))


def figures(office: Office, period: tuple[date, date] = JANUARY, **which: Any) -> Report:
    """The report on a period, asked for now."""
    with office.council.database.read() as session:
        return report(session, *period, office.clock.now(), **which)


def group(found: Report, team: str | None = None, colour: str | None = None) -> Group:
    """One group of a report."""
    return next(one for one in found.groups if (one.team, one.colour) == (team, colour))


def made(contacts: ContactFigures) -> tuple[int, int, int, int]:
    """Due, on time, late, missed."""
    return contacts.due, contacts.on_time, contacts.late, contacts.missed


def leaves(office: Office, case: str, reason: LeavingReason, by: str = "team-leader") -> None:
    """Said to leave, and a manager confirms it."""
    office.signal(case, LeavingReported(reason=reason, told_by="register"))
    office.answer(case, LeavingConfirmed(leaves=True, what_was_discussed="so it is"), by=by)


# ------------------------------------------------------------------ waiting times


@pytest.mark.parametrize(
    ("days", "median", "ninetieth"),
    [
        ([], None, None),
        ([3], 3, 3),
        ([1, 2], 1, 2),
        ([1, 2, 3], 2, 3),
        ([1, 2, 3, 4], 2, 4),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5, 9),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 6, 10),
        ([7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 200], 7, 7),
    ],
)
def test_centiles_are_of_the_nearest_rank(days: list[int], median: int | None, ninetieth: int | None) -> None:
    """The smallest value that half, or nine in ten, do not exceed: always somebody's own wait."""
    assert (nearest_rank(days, 50), nearest_rank(days, 90)) == (median, ninetieth)


@given(days=st.lists(st.integers(0, 2000), min_size=1), percent=st.integers(1, 100))
def test_so_many_percent_do_not_exceed_a_centile_and_no_smaller_value_would_do(days: list[int], percent: int) -> None:
    """What the definition says, for any waits."""
    rising = sorted(days)
    found = nearest_rank(rising, percent)
    assert found in rising
    assert sum(one <= found for one in rising) * 100 >= percent * len(rising)
    assert sum(one < found for one in rising) * 100 < percent * len(rising)


def test_over_28_days_begins_with_the_29th() -> None:
    """PWT-11: within 28 days at the latest."""
    waits = [Waited(new_ref(), "P-1", "hazel", "Red", days, None, False) for days in (27, 28, 29, 100)]
    assert WaitFigures.of(waits) == WaitFigures(4, 28, 100, 100, 2)


@pytest.mark.clauses("PWT-11")
def test_waits_are_those_of_who_left_and_those_of_who_still_waits(office: Office) -> None:
    """Counted from the request: one left after 20 days in January, another waits; in February one still waits."""
    gone = on_the_tray(office, Rag.GREEN, person="P-101", requested_at=datetime(2025, 12, 27, 10, tzinfo=UTC))
    stays = on_the_tray(office, Rag.AMBER, team="rowan", requested_at=datetime(2025, 11, 1, 10, tzinfo=UTC))
    office.today_is("2026-01-16 10:00")
    leaves(office, gone, LeavingReason.MOVE)
    office.today_is("2026-03-02 10:00")

    january, february = figures(office), figures(office, FEBRUARY)
    assert group(january).left == WaitFigures(1, 20, 20, 20, 0)
    assert group(january).waiting == WaitFigures(1, 91, 91, 91, 1)
    assert group(january, "hazel", "Green").left.people == 1
    assert group(january, "hazel").waiting.people == 0
    assert group(january, None, "Amber").waiting.people == group(january, "rowan").waiting.people == 1
    assert january.outcomes == {"left: move": 1}
    assert january.longest is not None
    assert (january.longest.ref, january.longest.days) == (stays, 91)
    assert (group(february).left.people, group(february).waiting.people) == (0, 1)
    assert group(february).waiting.median_days == 119


def test_a_report_on_one_team_knows_only_that_team(office: Office) -> None:
    """Everybody else is left out of every figure and list."""
    hazel = on_the_tray(office, Rag.GREEN, person="P-101")
    leaves(office, on_the_tray(office, Rag.AMBER, team="rowan"), LeavingReason.DEATH, by="rowan-team-leader")
    office.today_is("2026-02-01 10:00")

    found = figures(office, team="hazel")
    assert (group(found).waiting.people, group(found).left.people, found.died.count) == (1, 0, 0)
    assert found.longest is not None
    assert found.longest.ref == hazel
    assert {one.team for one in found.groups} == {None, "hazel"}


# ------------------------------------------------------------------ contacts


@pytest.mark.clauses("PWT-56")
def test_contacts_are_made_on_time_late_or_missed(office: Office) -> None:
    """Reached on the day: on time; reached the day after: late; not reached by the end of the month: missed."""
    case = on_the_tray(office, Rag.AMBER)  # due on the 19th
    other = on_the_tray(office, Rag.AMBER, person="P-101", team="rowan")
    on_the_tray(office, Rag.AMBER, person="P-102")
    office.today_is("2026-01-19 16:00")
    office.answer(case, reached(), by="duty-worker")
    office.today_is("2026-01-21 10:00")
    office.answer(other, reached(), by="duty-worker")
    office.today_is("2026-02-01 10:00")

    found = figures(office)
    assert made(group(found).contacts) == (3, 1, 1, 1)
    assert made(group(found, "hazel").contacts) == (2, 1, 0, 1)
    assert made(group(found, "rowan", "Amber").contacts) == (1, 0, 1, 0)
    assert group(found, "rowan").contacts.longest_overdue_days == 2
    assert (group(found).contacts.overdue_at_end, group(found).contacts.longest_overdue_days) == (1, 12)


def test_an_attempt_is_no_contact(office: Office) -> None:
    """PWT-58: rung on the day without an answer, so it is missed."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 10:00")
    office.answer(case, no_answer(), by="duty-worker")
    office.today_is("2026-02-01 10:00")
    assert made(group(figures(office)).contacts) == (1, 0, 0, 1)


def test_an_early_contact_counts_once_when_it_was_due(office: Office) -> None:
    """Reached in January, due in February: it is February's, and on time."""
    case = on_the_tray(office, Rag.GREEN)  # due on 2 February
    office.today_is("2026-01-30 10:00")
    said = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True)
    office.signal(case, said, by="duty-worker")
    office.today_is("2026-03-01 10:00")

    assert made(group(figures(office)).contacts) == (0, 0, 0, 0)
    assert made(group(figures(office, FEBRUARY)).contacts) == (2, 1, 0, 1)


@pytest.mark.clauses("GAP-12")
def test_each_rhythm_in_which_nobody_reaches_them_is_a_contact_missed(office: Office) -> None:
    """Due on 19 January and never made: January's miss, and two more in February; one person is overdue."""
    on_the_tray(office, Rag.AMBER)
    office.today_is("2026-03-01 10:00")

    assert made(group(figures(office)).contacts) == (1, 0, 0, 1)
    february = group(figures(office, FEBRUARY)).contacts
    assert (made(february), february.overdue_at_end, february.longest_overdue_days) == ((2, 0, 0, 2), 1, 40)


@pytest.mark.clauses("GAP-12")
def test_red_whom_nobody_reaches_for_sixty_days_is_eight_contacts_missed(office: Office) -> None:
    """Weekly from the 12th; reached on day 60, the latest of them is late and the seven before it stay missed."""
    case = on_the_tray(office, Rag.RED)
    office.days_pass(60)
    two_months = (date(2026, 1, 1), office.clock.now().date())
    contacts = group(figures(office, two_months)).contacts
    assert (made(contacts), contacts.overdue_at_end, contacts.longest_overdue_days) == ((8, 0, 0, 8), 1, 53)

    said = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True)
    office.signal(case, said, by="practitioner")
    contacts = group(figures(office, two_months)).contacts
    assert (made(contacts), contacts.overdue_at_end, contacts.longest_overdue_days) == ((8, 0, 1, 7), 0, 53)
    office.days_pass(6)
    assert made(group(figures(office, (two_months[0], office.clock.now().date()))).contacts) == (8, 0, 1, 7)


def test_further_contacts_are_called_off_like_the_first_where_they_leave(office: Office) -> None:
    """GAP-53: missed on the 12th and the 19th, said to leave on the 21st; none falls due after that."""
    case = on_the_tray(office, Rag.RED)
    office.today_is("2026-01-21 10:00")
    office.signal(case, LeavingReported(reason=LeavingReason.ADMISSION, told_by="ward"))
    office.today_is("2026-02-02 10:00")
    contacts = group(figures(office)).contacts
    assert (made(contacts), contacts.overdue_at_end) == ((2, 0, 0, 2), 0)


def test_another_colour_moves_the_further_contact(office: Office) -> None:
    """Amber missed on the 19th, Red from the 20th: the next is due within a week and not on 2 February."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-20 10:00")
    office.signal(case, RatedAgain(facts=facts_for(Rag.RED), facts_changed=True, reasons="worse"), by="team-leader")
    office.today_is("2026-02-01 10:00")
    found = figures(office)
    assert made(group(found).contacts) == (2, 0, 0, 2)
    assert made(group(found, None, "Red").contacts) == (1, 0, 0, 1)


def test_who_left_before_the_contact_was_due_missed_nothing(office: Office) -> None:
    """GAP-53: said to leave on the 12th, due on the 19th; said to leave on the 20th, it was missed."""
    before, after = on_the_tray(office, Rag.AMBER), on_the_tray(office, Rag.AMBER, person="P-101")
    office.today_is("2026-01-12 10:00")
    leaves(office, before, LeavingReason.MOVE)
    office.today_is("2026-01-20 10:00")
    leaves(office, after, LeavingReason.MOVE)
    office.today_is("2026-02-01 10:00")

    contacts = group(figures(office)).contacts
    assert (made(contacts), contacts.overdue_at_end) == ((1, 0, 0, 1), 0)


def test_a_miss_before_somebody_was_said_to_leave_stays_a_miss(office: Office) -> None:
    """They wait again and are reached in time: one contact missed, another made."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-20 10:00")
    office.signal(case, LeavingReported(reason=LeavingReason.ADMISSION, told_by="ward"))
    office.today_is("2026-01-22 10:00")
    office.signal(case, ReadyToWaitAgain(why="home again"))
    office.answer(case, reached(), by="duty-worker")
    office.today_is("2026-02-01 10:00")
    assert made(group(figures(office)).contacts) == (2, 1, 0, 1)


def test_a_contact_has_the_colour_it_had_when_it_was_due(office: Office) -> None:
    """Amber when it was missed on the 19th, Red when they were reached on the 21st: a late Amber contact."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-20 10:00")
    office.signal(case, RatedAgain(facts=facts_for(Rag.RED), facts_changed=True, reasons="worse"), by="team-leader")
    office.today_is("2026-01-21 10:00")
    office.answer(case, red_reached(), by="practitioner")
    found = figures(office, (date(2026, 1, 1), date(2026, 1, 21)))
    assert made(group(found, None, "Amber").contacts) == (1, 0, 1, 0)
    assert made(group(found, None, "Red").contacts) == (0, 0, 0, 0)
    assert group(found, None, "Red").waiting.people == 1


def test_groups_without_anybody_are_left_out_of_the_teams() -> None:
    """A team has no line for a colour that nobody in it has."""
    due = datetime(2026, 1, 19, 17, tzinfo=UTC)
    waits = [Waited(new_ref(), "P-1", "hazel", "Red", 3, None, False)]
    contacts = [Contact(new_ref(), due, Made.LATE, "Green", "rowan", 2, False)]
    found = [(one.team, one.colour) for one in groups(waits, contacts, datetime(2026, 1, 1, tzinfo=UTC))]
    assert found == [
        (None, None),
        ("hazel", None),
        ("rowan", None),
        (None, "Red"),
        (None, "Green"),
        ("hazel", "Red"),
        ("rowan", "Green"),
    ]


# ------------------------------------------------------------------ people and decisions


@pytest.mark.clauses("PWT-58")
def test_who_could_not_be_reached_by_every_attempt_is_named_by_reference(office: Office) -> None:
    """Three attempts, and a manager is asked about a safe and well check: in January, and not again in February."""
    case = on_the_tray(office, Rag.AMBER)
    for moment in ("2026-01-19 10:00", "2026-01-19 15:00", "2026-01-20 10:00"):
        office.today_is(moment)
        office.answer(case, no_answer(), by="duty-worker")
    office.today_is("2026-03-01 10:00")

    found = figures(office).unreachable
    assert (found.count, [(one.ref, one.person) for one in found.named]) == (1, [(case, "P-104")])
    assert figures(office, FEBRUARY).unreachable.count == 0


def test_deaths_and_admissions_count_in_the_period_in_which_they_became_known(office: Office) -> None:
    """A death reported in January and confirmed in February is January's; one that was not so is nobody's."""
    dead = on_the_tray(office, Rag.AMBER)
    alive = on_the_tray(office, Rag.AMBER, person="P-101")
    ill = on_the_tray(office, Rag.AMBER, person="P-102")
    office.today_is("2026-01-12 10:00")
    for case, reason in ((dead, LeavingReason.DEATH), (alive, LeavingReason.DEATH), (ill, LeavingReason.ADMISSION)):
        office.signal(case, LeavingReported(reason=reason, told_by="ward"))
    office.today_is("2026-01-13 10:00")
    office.answer(alive, LeavingConfirmed(leaves=False, what_was_discussed="a mistake"), by="team-leader")
    office.signal(ill, ReadyToWaitAgain(why="home again"))
    office.today_is("2026-02-02 10:00")
    office.answer(dead, LeavingConfirmed(leaves=True, what_was_discussed="so it is"), by="team-leader")
    office.today_is("2026-03-01 10:00")

    january, february = figures(office), figures(office, FEBRUARY)
    assert ([one.ref for one in january.died.named], january.died.count) == ([dead], 1)
    assert [one.ref for one in january.in_hospital.named] == [ill]
    assert (february.died.count, february.in_hospital.count) == (0, 0)
    assert february.outcomes == {"left: death": 1}


def test_a_death_that_a_manager_found_out_counts_when_it_was_confirmed(office: Office) -> None:
    """Reported as a move; the manager says that they have died."""
    case = on_the_tray(office, Rag.AMBER)
    office.signal(case, LeavingReported(reason=LeavingReason.MOVE, told_by="neighbour"))
    died = LeavingConfirmed(leaves=True, reason=LeavingReason.DEATH, what_was_discussed="with her daughter")
    office.answer(case, died, by="team-leader")
    office.today_is("2026-02-01 10:00")
    assert figures(office).died.count == 1


@pytest.mark.clauses("PWT-48", "GAP-22")
def test_overrides_say_what_the_tables_gave_what_was_set_and_why(office: Office) -> None:
    """Placed with another complexity than the table gave, with the reasons; a rating by the tables is none."""
    reasons = "the family is in court"
    case = on_the_tray(office, rated=rated(Rag.AMBER, complexity=Complexity.HIGH, override_reasons=reasons))
    on_the_tray(office, Rag.GREEN, person="P-101")
    office.today_is("2026-02-01 10:00")

    (override,) = figures(office).overrides
    assert (override.ref, override.reasons) == (case, reasons)
    assert override.departed == ("complexity: Low by the table, High set",)
    assert figures(office, (date(2026, 1, 6), date(2026, 1, 31))).overrides == ()


@pytest.mark.clauses("GAP-22")
def test_a_second_managers_decision_stands_in_the_report(office: Office) -> None:
    """A Red is lowered against the matrix: who agreed, and why; then it is an override too."""
    case = on_the_tray(office, Rag.RED, last_reached_at=office.clock.now())
    facts = facts_for(Rag.RED, colour=Rag.AMBER, override_reasons="her daughter is there")
    office.signal(case, RatedAgain(facts=facts, facts_changed=False, reasons="judged otherwise"), by="team-leader")
    office.answer(case, SecondManagerAgrees(agreed=True, reasons="seen it"), by="team-manager")
    office.today_is("2026-02-01 10:00")

    found = figures(office)
    (second,) = found.second_decisions
    assert (second.ref, second.by, second.agreed, second.reasons) == (case, "team-manager", True, "seen it")
    assert found.overrides[0].departed[0] == "colour: Red by the table, Amber set"


def test_a_restricted_case_counts_and_is_never_named(office: Office) -> None:
    """It is in the figures; no list has its reference, and what was written in it is told nowhere."""
    place = placement(office, Rag.AMBER, rated=rated(Rag.AMBER, complexity=Complexity.HIGH, override_reasons="x"))
    case = office.start(pwt_review, place, owner="staff-team-leader", restricted=True)
    office.signal(case, LeavingReported(reason=LeavingReason.DEATH, told_by="register"))
    office.today_is("2026-02-01 10:00")

    found = figures(office)
    assert (group(found).waiting.people, found.died.count, found.died.named) == (1, 1, ())
    assert found.longest is not None
    assert (found.longest.ref, found.longest.days) == (None, 26)
    assert found.overrides == ()


# ------------------------------------------------------------------ the period


def test_the_same_period_gives_the_same_figures_again(office: Office) -> None:
    """Whatever happens in February, January is told as it was on its last day."""
    case = on_the_tray(office, Rag.AMBER)
    other = on_the_tray(office, Rag.RED, person="P-101", last_reached_at=office.clock.now())
    office.today_is("2026-01-31 23:59")
    then = figures(office)
    office.today_is("2026-02-02 10:00")
    office.answer(case, reached(), by="duty-worker")
    leaves(office, other, LeavingReason.DEATH)
    office.today_is("2026-03-10 10:00")
    assert figures(office) == then


def test_a_period_that_is_not_over_goes_up_to_now_and_one_to_come_is_refused(office: Office) -> None:
    """Today counts up to this moment."""
    on_the_tray(office, Rag.AMBER)
    today = date(2026, 1, 5)
    assert group(figures(office, (today, today))).waiting.people == 1
    with pytest.raises(DayToCome):
        figures(office, (today, date(2026, 1, 6)))
    with pytest.raises(PeriodWrongWayRound, match="turn --from and --to round"):
        figures(office, (today, date(2026, 1, 4)))


def test_what_was_erased_is_missing_and_said_to_be(office: Office) -> None:
    """When the time to keep a ledger has passed its figures are gone, and the report says how many."""
    case = on_the_tray(office, Rag.AMBER)
    leaves(office, case, LeavingReason.MOVE)
    office.today_is("2026-02-01 10:00")
    with office.council.change() as change:
        numbers = [entry.no for entry in recall(change.session, case)]
        erase_payloads(change, case, numbers, reason="retention", by="systems-officer")
    found = figures(office)
    assert (found.erased, group(found).left.people) == (1, 0)
