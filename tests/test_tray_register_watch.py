"""What the register shows of people who wait reaches their cases, each thing once (GAP-53, PWT-11)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from flows.pwt_allocation import pwt_allocation
from models.forms.base import AnswerRefused
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_signals import LeavingReported
from models.policy.gaps.tray_exits import LeavingReason
from models.recording import Admission, Difference
from models.register import Allocation, Person
from tasks.deaths import heed_deaths
from tasks.durable.testing import Office
from tasks.register.taking_in import take_in_extract
from tasks.tray.register_watch import TrayNews, watch_register_for_the_tray
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_stories import on_the_tray, open_contact_items, standing

NOTHING = TrayNews()


def the_register_is_looked_at(office: Office) -> TrayNews:
    """One round, and what follows from it; the same round again does nothing."""
    news = watch_register_for_the_tray(office.council)
    office.hours_pass(0)
    assert watch_register_for_the_tray(office.council) == NOTHING
    return news


def admitted(office: Office, person: str = "P-104", on: date | None = None) -> None:
    """The extract shows somebody in hospital, since today unless said otherwise."""
    with office.council.database.write() as session:
        day = on or office.clock.now().date()
        session.add(Admission(person_id=person, admitted_on=day, discharged_on=None, place="Ward 4"))


def discharged(office: Office, person: str = "P-104", on: date | None = None) -> None:
    """The extract shows that their stays have ended, today unless said otherwise."""
    with office.council.database.write() as session:
        for stay in session.scalars(select(Admission).where(Admission.person_id == person)):
            stay.discharged_on = stay.discharged_on or on or office.clock.now().date()


def dies(office: Office, person: str = "P-104") -> None:
    """The extract shows that they died today."""
    with office.council.database.write() as session:
        session.get_one(Person, person).died_on = office.clock.now().date()


def left_for_hospital(office: Office, case: str) -> None:
    """The team leader confirms that they leave the tray for hospital."""
    office.answer(case, LeavingConfirmed(leaves=True, what_was_discussed="the ward plans it"), by="team-leader")
    assert office.outcome_of(case) == "left: admission"


def given_to(office: Office, worker: str | None, responsibility: str = "assessment", *, days_ago: int = 0) -> None:
    """The extract shows a worker for P-105, since so many days."""
    since = office.clock.now().date() - timedelta(days=days_ago)
    with office.council.database.write() as session:
        session.add(
            Allocation(person_id="P-105", staff_id=worker, team_id="hazel", responsibility=responsibility, since=since)
        )


def test_an_admission_stops_the_clocks_and_asks_a_manager_once(office: Office) -> None:
    """GAP-53: in hospital since yesterday; nobody rings, the team leader is asked, and it is not said again."""
    case = on_the_tray(office)
    office.days_pass(2)
    admitted(office, on=date(2026, 1, 6))
    assert the_register_is_looked_at(office) == TrayNews(in_hospital=[case])

    assert asked(office, case) == ["LeavingConfirmed of team-leader"]
    assert "in hospital since Tuesday 6 January 2026" in read_beside(office, case, LeavingConfirmed)
    office.days_pass(30)
    assert open_contact_items(office, case) == 0
    assert the_register_is_looked_at(office) == NOTHING


def test_home_again_they_wait_on_and_are_contacted(office: Office) -> None:
    """GAP-53: discharged before anybody has answered; the question is taken back and duty is asked to ring."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    office.days_pass(3)
    discharged(office)
    assert the_register_is_looked_at(office) == TrayNews(out_of_hospital=[case])

    assert asked(office, case) == ["ContactReview of duty-worker"]
    assert standing(office, case).leaving is None


def test_a_second_stay_is_heard_of_like_the_first(office: Office) -> None:
    """In again two days later, and home again: four times something to hear."""
    case = on_the_tray(office)
    for _ in range(2):
        admitted(office)
        assert the_register_is_looked_at(office).in_hospital == [case]
        office.days_pass(1)
        discharged(office)
        assert the_register_is_looked_at(office).out_of_hospital == [case]
        office.days_pass(1)


def test_a_stay_that_began_before_they_were_placed_was_known(office: Office) -> None:
    """P-109 was in hospital already when the manager placed them: nothing is stopped, at its end neither."""
    case = on_the_tray(office, person="P-109")
    assert the_register_is_looked_at(office) == NOTHING
    discharged(office, "P-109")
    assert the_register_is_looked_at(office) == NOTHING
    assert standing(office, case).leaving is None


def test_a_stay_that_was_never_there_is_over_too(office: Office) -> None:
    """The extract takes the stay back: they wait on."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    with office.council.database.write() as session:
        session.execute(delete(Admission).where(Admission.person_id == "P-104"))
    assert the_register_is_looked_at(office) == TrayNews(out_of_hospital=[case])


def test_who_died_in_hospital_does_not_wait_again(office: Office) -> None:
    """GAP-53: the stay ends with the death, in one extract; nobody is asked to ring them."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    office.days_pass(3)
    dies(office)
    discharged(office)
    heed_deaths(office.council)
    assert the_register_is_looked_at(office) == NOTHING

    assert standing(office, case).leaving is not None
    assert "ContactReview of duty-worker" not in asked(office, case)
    office.days_pass(3)
    assert open_contact_items(office, case) == 0


def test_a_death_that_is_not_so_is_put_right_in_the_register_first(office: Office) -> None:
    """GAP-53: while the register shows it nobody can have them wait on and be rung; once it does not, anybody asked."""
    case = on_the_tray(office)
    dies(office)
    heed_deaths(office.council)
    office.hours_pass(0)
    waits_on = LeavingConfirmed(leaves=False, what_was_discussed="it was next door")
    with pytest.raises(AnswerRefused, match="the register shows that the person has died; if that is wrong, have it"):
        office.answer(case, waits_on, by="team-leader")

    with office.council.database.write() as session:
        session.get_one(Person, "P-104").died_on = None
    office.answer(case, waits_on, by="team-leader")
    assert standing(office, case).leaving is None


def test_who_has_died_is_not_said_to_be_in_hospital(office: Office) -> None:
    """GAP-53: admitted and dead by the time the extract comes; it stays a death."""
    case = on_the_tray(office)
    office.days_pass(1)
    admitted(office)
    dies(office)
    heed_deaths(office.council)
    assert the_register_is_looked_at(office) == NOTHING
    assert standing(office, case).leaving is LeavingReason.DEATH


def test_a_discharge_does_not_undo_that_they_leave_for_another_reason(office: Office) -> None:
    """GAP-53: in hospital they said that they want no help any more; home again, the manager is still asked."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    withdrawn = LeavingReported(reason=LeavingReason.WITHDRAWAL, told_by="her daughter")
    office.signal(case, withdrawn, by="duty-worker")
    discharged(office)

    assert the_register_is_looked_at(office) == NOTHING
    assert asked(office, case) == ["LeavingConfirmed of team-leader"]


def test_the_end_of_an_older_stay_does_not_undo_a_new_report(office: Office) -> None:
    """A manager had them wait on; the ward rings about a new stay that no extract shows yet: it is asked, and stays."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    office.answer(case, LeavingConfirmed(leaves=False, what_was_discussed="home tomorrow"), by="team-leader")
    office.days_pass(1)
    discharged(office)
    assert the_register_is_looked_at(office) == NOTHING
    office.days_pass(7)
    office.signal(case, LeavingReported(reason=LeavingReason.ADMISSION, told_by="the ward"), by="duty-worker")

    assert the_register_is_looked_at(office) == NOTHING
    assert asked(office, case) == ["LeavingConfirmed of team-leader"]
    admitted(office)
    assert the_register_is_looked_at(office).in_hospital == [case]
    office.days_pass(1)
    discharged(office)
    assert the_register_is_looked_at(office).out_of_hospital == [case]


def test_a_stay_reported_anew_while_it_lasts_ends_like_any_other(office: Office) -> None:
    """A manager had them wait on though they were in hospital; reported anew, its end is heard of."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    office.answer(case, LeavingConfirmed(leaves=False, what_was_discussed="home soon"), by="team-leader")
    office.days_pass(2)
    office.signal(case, LeavingReported(reason=LeavingReason.ADMISSION, told_by="the ward"), by="duty-worker")
    office.days_pass(1)
    discharged(office)
    assert the_register_is_looked_at(office) == TrayNews(out_of_hospital=[case])


@pytest.mark.parametrize("home_on", [date(2026, 1, 6), date(2026, 1, 8), date(2026, 1, 10)])
def test_nobody_is_forgotten_who_was_home_before_or_after_the_manager_answered(office: Office, home_on: date) -> None:
    """GAP-53: placed on the 5th, in on the 6th, taken off on the 8th; the next extract comes on the 12th."""
    case = on_the_tray(office)
    office.days_pass(1)
    admitted(office)
    the_register_is_looked_at(office)
    office.today_is("2026-01-08 15:00")
    left_for_hospital(office, case)
    office.today_is("2026-01-12 09:00")
    discharged(office, on=home_on)
    assert the_register_is_looked_at(office) == TrayNews(home_after_leaving=[case])


def test_a_stay_that_was_never_there_is_on_the_list_too(office: Office) -> None:
    """GAP-53: they left for it, and the extract takes it back: the team hears of it."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    left_for_hospital(office, case)
    with office.council.database.write() as session:
        session.execute(delete(Admission).where(Admission.person_id == "P-104"))
    assert the_register_is_looked_at(office) == TrayNews(home_after_leaving=[case])


def test_who_is_in_again_is_not_home(office: Office) -> None:
    """A first stay ended and they waited on; they left for the second, which lasts."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    office.days_pass(1)
    discharged(office)
    the_register_is_looked_at(office)
    office.days_pass(1)
    admitted(office)
    the_register_is_looked_at(office)
    left_for_hospital(office, case)
    assert the_register_is_looked_at(office) == NOTHING


def test_who_was_placed_again_and_left_otherwise_is_on_no_such_list(office: Office) -> None:
    """Home, placed anew, and then they withdrew: the old stay's end is nobody's business any more."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    left_for_hospital(office, case)
    office.days_pass(2)
    again = on_the_tray(office)
    discharged(office)
    office.signal(again, LeavingReported(reason=LeavingReason.WITHDRAWAL, told_by="herself"), by="duty-worker")
    office.answer(again, LeavingConfirmed(leaves=True, what_was_discussed="she is well"), by="team-leader")
    assert the_register_is_looked_at(office) == NOTHING


def test_who_left_for_hospital_and_is_home_stands_on_the_teams_list(office: Office) -> None:
    """Nobody is forgotten: the case is closed, and the team sees that they are home again, once."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    office.answer(case, LeavingConfirmed(leaves=True, what_was_discussed="the ward plans it"), by="team-leader")
    assert office.outcome_of(case) == "left: admission"
    office.days_pass(2)
    discharged(office)

    assert the_register_is_looked_at(office) == TrayNews(home_after_leaving=[case])
    with office.council.database.read() as session:
        [line] = session.scalars(select(Difference)).all()
    assert line.team_id == "hazel"
    assert line.text.startswith(f"P-104 left the planned work tray for hospital (case {case})")


def test_who_waits_again_already_is_on_no_such_list(office: Office) -> None:
    """Placed again by then: they are looked after."""
    case = on_the_tray(office)
    admitted(office)
    the_register_is_looked_at(office)
    office.answer(case, LeavingConfirmed(leaves=True, what_was_discussed="the ward plans it"), by="team-leader")
    office.days_pass(2)
    on_the_tray(office)
    discharged(office)
    assert the_register_is_looked_at(office) == NOTHING


@pytest.mark.clauses("PWT-11")
def test_a_worker_shown_by_the_recording_system_is_asked_to_accept(office: Office) -> None:
    """PWT-11: allocated there since the placement; nothing is keyed twice, and a worker accepts as always."""
    case = on_the_tray(office, person="P-105")
    office.days_pass(1)
    given_to(office, "practitioner")
    assert the_register_is_looked_at(office) == TrayNews(given_a_worker=[case])

    [allocation] = office.cases(pwt_allocation)
    assert asked(office, allocation) == ["AllocationReply of practitioner"]
    office.days_pass(10)
    assert the_register_is_looked_at(office) == NOTHING


@pytest.mark.parametrize(
    ("worker", "responsibility", "days_ago"),
    [
        ("practitioner", "assessment", 1),  # known when they were placed
        ("practitioner", "review", 0),  # looks after what was arranged, and assesses nothing
        (None, "assessment", 0),  # the team as such
        ("practitioner-6", "assessment", 0),  # has left
    ],
)
def test_only_a_worker_given_to_them_since_then_counts(
    office: Office, worker: str | None, responsibility: str, days_ago: int
) -> None:
    """PWT-11: what was so before, or is no named worker for an assessment, changes nothing."""
    on_the_tray(office, person="P-105")
    given_to(office, worker, responsibility, days_ago=days_ago)
    assert the_register_is_looked_at(office) == NOTHING


def test_an_import_does_it_at_once(office: Office, tmp_path: Path) -> None:
    """The systems person reads that somebody who waits was concerned."""
    case = on_the_tray(office)
    office.days_pass(1)
    file = tmp_path / "admissions.csv"
    file.write_text("person_id,admitted_on,discharged_on,place\nP-104,2026-01-06,,Ward 4\n", encoding="utf-8")
    _, following = take_in_extract(office.council, [file], extract_date=date(2026, 1, 6))
    assert "news of people who wait: 1" in following.in_words
    office.hours_pass(0)
    assert asked(office, case) == ["LeavingConfirmed of team-leader"]
