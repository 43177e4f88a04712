"""Standing in for one another: who may arrange it, for how long, what it gives, and who is away without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from flows.unauthorised_disclosure import unauthorised_disclosure
from models.cases import WorkItem
from models.forms.base import Form
from models.notices import Recipient
from models.register import Staff
from models.worklist import Cover
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs, take
from tasks.telling.queueing import with_cover
from tasks.worklist.covering import (
    LONGEST,
    CoverRefused,
    Wanted,
    arrange,
    arrangements,
    away_and_uncovered,
    call_off,
    may_arrange_for,
)
from tasks.worklist.scope import NotFound
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.worklist.browser import Browser
from tests.worklist.test_assigning import ManagersDecide, managers_matter, restricted_and_taken, story, told
from tests.worklist.test_work_lists import Matter, MatterSettled, ids, item_of, matter, member

AtWork = Callable[[str], Browser]
MONDAY = date(2026, 1, 5)
FRIDAY = date(2026, 1, 9)


def covered(office: Office, absent: str, by: str, made_by: str | None = None, *, until: date = FRIDAY) -> int:
    """Arrange cover from today on."""
    return arrange(office.council, Wanted(absent, by, MONDAY, until), by=member(office, made_by or absent))


def uncovered(office: Office, by: str) -> list[str]:
    """Who is away and nobody stands in, as somebody sees it."""
    with office.council.database.read() as session:
        return [one.staff_id for one in away_and_uncovered(session, member(office, by), office.clock.now())]


# ------------------------------------------------------------------ what it gives


def test_whoever_stands_in_answers_and_the_story_says_for_whom(office: Office) -> None:
    """Joanna Fielding answers what Priya Nair was asked, until the last day of it; afterwards he may not."""
    item = matter(office, "staff-practitioner")
    with pytest.raises(NotTheirs):
        take(office.council, item, by="practitioner-4")
    covered(office, "practitioner", "practitioner-4")
    office.days_pass(4)
    take(office.council, item, by="practitioner-4")
    assert story(office, item) == "Joanna Fielding has taken for Priya Nair: a small matter"


def test_an_answer_after_taking_for_somebody_says_for_whom_too(office: Office) -> None:
    """That they took it first makes it no right of their own."""
    item = matter(office)
    covered(office, "duty-worker", "practitioner")
    take(office.council, item, by="practitioner")
    office.answer(_case(office, item), MatterSettled(), by="practitioner")
    assert any("Priya Nair answered for Dana Whitlock: a small matter" in line for line in _story(office, item))


def test_what_was_taken_for_somebody_is_theirs_no_longer_than_they_stand_in(office: Office) -> None:
    """Three weeks later she may not answer it; those asked may, hear of it again in her place, and take it over."""
    item = matter(office)
    covered(office, "duty-worker", "practitioner", until=MONDAY)
    take(office.council, item, by="practitioner")
    office.today_is("2026-01-06 16:00")
    with pytest.raises(NotTheirs):
        office.answer(_case(office, item), MatterSettled(), by="practitioner")
    office.hours_pass(1)
    assert "Reminded the duty worker" in _story(office, item)[-1]
    take(office.council, item, by="duty-worker-2")
    assert story(office, item) == "Malcolm Oyelaran has taken over from Priya Nair: a small matter"


def test_what_was_taken_in_their_own_right_stays_theirs(office: Office) -> None:
    """Somebody who took it for themselves keeps it, though they stand in for a colleague and then move on."""
    item = matter(office)
    covered(office, "duty-worker", "duty-worker-2")
    take(office.council, item, by="duty-worker-2")
    with office.council.database.write() as session:
        session.get_one(Staff, "duty-worker-2").role = "practitioner"
    office.days_pass(30)
    office.answer(_case(office, item), MatterSettled(), by="duty-worker-2")
    assert any("Malcolm Oyelaran answered: a small matter" in line for line in _story(office, item))


def test_whoever_stands_in_is_told_what_the_other_is_told(office: Office) -> None:
    """At once where it is urgent, when it is chased too, and not after the last day of it."""
    covered(office, "practitioner", "practitioner-4", until=MONDAY)
    item = matter(office, "staff-practitioner", urgent=True)
    assert set(told(office, item)) == {"staff-practitioner", "staff-practitioner-4"}
    office.hours_pass(1)
    assert "Reminded practitioner and practitioner-4: a small matter" in _story(office, item)[-1]
    office.days_pass(2)
    later = matter(office, "staff-practitioner", urgent=True)
    assert told(office, later) == ["staff-practitioner"]


def test_who_stands_in_is_not_told_of_a_restricted_case_about_themselves(office: Office) -> None:
    """A case about what the deputy did is nothing that they hear of in the manager's place."""
    covered(office, "team-manager", "team-leader")
    found = FOUND.model_copy(update={"disclosed_by": "team-leader"})
    case = office.start(unauthorised_disclosure, found, owner="role-strategic-manager")
    other = matter(office, "staff-team-manager")
    both = [Recipient.staff("team-manager"), Recipient.staff("team-leader")]
    with office.council.database.read() as session:
        told_of = [with_cover(session, both[:1], ref, office.clock.now()) for ref in (case, _case(office, other))]
    assert told_of == [both[:1], both]


def test_a_reminder_to_somebody_away_goes_to_those_asked_too(office: Office) -> None:
    """She has taken it and fallen ill: a colleague hears of it while there is time."""
    item = matter(office)
    take(office.council, item, by="duty-worker")
    office.away("duty-worker")
    office.today_is("2026-01-06 17:00")
    assert "Reminded duty-worker and the duty worker: a small matter" in _story(office, item)[-1]


def test_an_answer_by_whoever_stands_in_says_for_whom(office: Office) -> None:
    """The record tells whose right it was; one's own answers stand as ever."""
    item, own = matter(office, "staff-practitioner"), matter(office, "staff-practitioner-4")
    covered(office, "practitioner", "practitioner-4")
    for one in (item, own):
        office.answer(_case(office, one), MatterSettled(), by="practitioner-4")
    assert any("Joanna Fielding answered for Priya Nair: a small matter" in line for line in _story(office, item))
    assert any("Joanna Fielding answered: a small matter" in line for line in _story(office, own))


def test_when_it_is_over_it_gives_nothing(office: Office) -> None:
    """The day after its last, and once it is called off."""
    item = matter(office, "staff-practitioner", days=None)
    number = covered(office, "practitioner", "practitioner-4")
    office.days_pass(5)
    with pytest.raises(NotTheirs):
        take(office.council, item, by="practitioner-4")
    assert ids(office, "practitioner-4") == []

    number = arrange(
        office.council,
        Wanted("practitioner", "practitioner-4", date(2026, 1, 10), date(2026, 1, 20)),
        by=member(office, "practitioner"),
    )
    assert ids(office, "practitioner-4") == [item]
    call_off(office.council, number, by=member(office, "practitioner-4"))
    assert ids(office, "practitioner-4") == []


def test_what_managers_decide_is_not_decided_by_a_worker_who_stands_in(office: Office) -> None:
    """A worker cannot even be arranged to cover a manager."""
    with pytest.raises(CoverRefused, match="a manager is covered by one"):
        covered(office, "team-leader", "practitioner", "head-of-service")
    item = item_of(office, office.start(managers_matter, Matter(of="staff-team-leader")))
    covered(office, "team-leader", "team-manager", "head-of-service")
    take(office.council, item, by="team-manager")
    assert Form.deciders_of(ManagersDecide.name())


# ------------------------------------------------------------------ what may be arranged


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("practitioner", "practitioner", MONDAY, FRIDAY), "covered_by"),
        (Wanted("practitioner", "practitioner-6", MONDAY, FRIDAY), "covered_by"),
        (Wanted("practitioner", "nobody", MONDAY, FRIDAY), "covered_by"),
        (Wanted("practitioner", "auditor", MONDAY, FRIDAY), "covered_by"),
        (Wanted("practitioner", "practitioner-2", MONDAY, FRIDAY), "covered_by"),
        (Wanted("team-leader", "practitioner", MONDAY, FRIDAY), "covered_by"),
        (Wanted("practitioner", "practitioner-4", FRIDAY, MONDAY), "until_on"),
        (Wanted("practitioner", "practitioner-4", date(2025, 12, 1), date(2026, 1, 4)), "until_on"),
        (Wanted("practitioner", "practitioner-4", MONDAY, MONDAY + LONGEST), "until_on"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(office: Office, wanted: Wanted, field: str) -> None:
    """Themselves, a leaver, nobody, an auditor, one who is away, a worker for a manager; backwards, over, too long."""
    with pytest.raises(CoverRefused) as refused:
        arrange(office.council, wanted, by=member(office, "head-of-service"))
    assert list(refused.value.problems) == [field]


def test_the_longest_cover_is_ninety_days(office: Office) -> None:
    """With the first and the last of them."""
    assert covered(office, "practitioner", "practitioner-4", until=MONDAY + LONGEST - timedelta(days=1))


def test_everybody_arranges_for_themselves_leaders_for_their_team_managers_for_all(office: Office) -> None:
    """And an auditor for nobody."""

    def of(staff_id: str) -> set[str]:
        with office.council.database.read() as session:
            return {one.id for one in may_arrange_for(session, member(office, staff_id), office.clock.now())}

    assert of("practitioner") == {"practitioner"}
    assert "practitioner-2" in of("team-leader") and "practitioner-4" not in of("team-leader")
    assert {"practitioner", "practitioner-4", "duty-worker"} <= of("head-of-service")
    assert "practitioner-6" not in of("head-of-service")
    assert of("auditor") == set()


def test_nobody_arranges_for_a_colleague(office: Office) -> None:
    """It is as if the colleague were not there."""
    with pytest.raises(NotFound):
        covered(office, "practitioner-2", "practitioner", "practitioner")
    with pytest.raises(NotFound):
        covered(office, "practitioner-4", "practitioner", "team-leader")


def test_the_same_cover_twice_is_one(office: Office) -> None:
    """A form sent twice arranges nothing twice."""
    assert covered(office, "practitioner", "practitioner-4") == covered(office, "practitioner", "practitioner-4")


def test_only_those_concerned_call_it_off(office: Office) -> None:
    """Who is away, who stands in, their leader, a manager; a colleague does not even find it."""
    number = covered(office, "practitioner", "practitioner-4")
    with pytest.raises(NotFound):
        call_off(office.council, number, by=member(office, "practitioner-3"))
    with pytest.raises(NotFound):
        call_off(office.council, number, by=member(office, "rowan-team-leader"))
    with pytest.raises(NotFound):
        call_off(office.council, 4711, by=member(office, "head-of-service"))
    call_off(office.council, number, by=member(office, "team-leader"))
    call_off(office.council, number, by=member(office, "head-of-service"))
    with office.council.database.read() as session:
        row = session.get_one(Cover, number)
        assert (row.made_by, row.ended_by) == ("practitioner", "team-leader")
        assert arrangements(session, member(office, "practitioner"), office.clock.now()) == []


# ------------------------------------------------------------------ away and nobody stands in


def test_whoever_is_away_without_cover_is_on_their_leader_s_list(office: Office) -> None:
    """Tom Garrick is on leave and Aniela Borowska is absent; Rowan's leader sees neither."""
    assert set(uncovered(office, "team-leader")) == {"practitioner-2", "practitioner-3"}
    assert uncovered(office, "rowan-team-leader") == []
    assert uncovered(office, "practitioner") == []


def test_cover_for_every_day_ahead_takes_somebody_off_the_list(office: Office) -> None:
    """For some of the days it does not."""
    covered(office, "practitioner-3", "practitioner", "team-leader")
    assert "practitioner-3" in uncovered(office, "team-leader")
    covered(office, "practitioner-3", "practitioner", "team-leader", until=date(2026, 3, 1))
    assert "practitioner-3" not in uncovered(office, "team-leader")


def test_somebody_back_in_the_morning_needs_no_cover_that_day(office: Office) -> None:
    """Away until Friday 9am: cover until Thursday is enough, until Wednesday it is not."""
    office.away("duty-worker", until="2026-01-09 09:00")
    covered(office, "duty-worker", "duty-worker-2", until=date(2026, 1, 7))
    assert "duty-worker" in uncovered(office, "duty-team-leader")
    covered(office, "duty-worker", "duty-worker-2", until=date(2026, 1, 8))
    assert "duty-worker" not in uncovered(office, "duty-team-leader")


def test_who_has_most_due_meanwhile_stands_first(office: Office) -> None:
    """With how much is open with them, and how much of that falls due before they are back."""
    for _ in range(2):
        matter(office, "staff-practitioner-3")
    matter(office, "staff-practitioner-2", days=None)
    with office.council.database.read() as session:
        found = away_and_uncovered(session, member(office, "team-leader"), office.clock.now())
    assert [(one.staff_id, one.open_items, one.due_meanwhile) for one in found] == [
        ("practitioner-3", 2, 2),
        ("practitioner-2", 1, 0),
    ]


# ------------------------------------------------------------------ the page


def test_a_worker_arranges_cover_for_themselves_on_the_page(at_work: AtWork, office: Office) -> None:
    """Who stands in, from when to when; the page shows it and offers to call it off."""
    browser = at_work("practitioner")
    page = browser.get("/cover")
    days = {"from_on": "2026-01-05", "until_on": "2026-01-09"}
    done = browser.send(page, {"covered_by": "practitioner-4", **days}, action="/cover")
    assert "practitioner-4 stands in for practitioner." in done.text
    assert "Joanna Fielding stands in for Priya Nair" in done.text
    item = matter(office, "staff-practitioner")
    listed = at_work("practitioner-4").get("/work-items")
    assert "For Priya Nair" in listed.text and item in listed.html
    off = browser.send(browser.get("/cover"), action="/cover/")
    assert "The cover is called off." in off.text
    assert "Nothing is arranged." in off.text


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(at_work: AtWork) -> None:
    """No day, and nobody who stands in."""
    browser = at_work("practitioner")
    seen = browser.send(browser.get("/cover"), {"until_on": "2026-01-09"}, action="/cover")
    assert seen.status == 400
    assert "Enter the first day" in seen.text and "Select who stands in" in seen.text
    assert ("until_on", "2026-01-09") in seen.form("/cover").pairs


def test_managers_see_who_is_away_and_reach_what_to_do(at_work: AtWork, office: Office) -> None:
    """Each with the way to arrange cover and to give the work on."""
    matter(office, "staff-practitioner-3")
    seen = at_work("team-leader").get("/cover")
    assert "Away, and nobody stands in" in seen.text
    assert "1 open with them, 1 due meanwhile" in seen.text
    assert "/cover?for=practitioner-3#arrange" in seen.links.values()
    assert "/work-items/assign?from=practitioner-3" in seen.links.values()
    assert "Away, and nobody stands in" not in at_work("practitioner").get("/cover").text


def test_a_cover_that_is_not_theirs_is_no_page(at_work: AtWork, office: Office) -> None:
    """Neither another's, nor a number that is none."""
    number = covered(office, "practitioner", "practitioner-4")
    browser = at_work("practitioner-5")
    token = next(value for name, value in browser.get("/cover").form("/cover").pairs if name == "form_token")
    for which in (str(number), "x", "9" * 30):
        assert browser.post(f"/cover/{which}/call-off", {"form_token": token}).status == 404


def _case(office: Office, item: str) -> str:
    with office.council.database.read() as session:
        return session.get_one(WorkItem, item).case_ref


def _story(office: Office, item: str) -> list[str]:
    return office.story_of(_case(office, item))


def test_questions_of_restricted_cases_are_counted_for_those_alone_who_see_them(office: Office) -> None:
    """The head of service, whose it is, is told; a strategic manager not so much as that there is one."""
    restricted_and_taken(office)
    matter(office, "staff-information-governance")

    def counted(by: str) -> int:
        with office.council.database.read() as session:
            found = away_and_uncovered(session, member(office, by), office.clock.now())
        return next(one.open_items for one in found if one.staff_id == "information-governance")

    assert (counted("head-of-service"), counted("strategic-manager")) == (2, 1)
