"""My day: by person, what is due, who called back and what is new; nothing that can wait, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from flows.follow_up import follow_up
from flows.pwt_review import pwt_review
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.case_people import CasePerson
from models.cases import WorkItem
from models.connections import Connections, Worklist
from models.decision_tables.levels import Rag
from models.forms.follow_up import FollowUpBy, FollowUpFacts, FollowUpWanted
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.forms.tray_waiting import ContactReview, ShouldWait
from models.forms.written_contact import FurtherMessage
from models.register import Absence, Person
from models.worklist import Cover
from tasks.durable.testing import Office
from tasks.durable.worklist import take
from tasks.worklist.day import MOST_ITEMS, my_day, was_last_there
from tasks.worklist.day_parts import Day
from tasks.worklist.members import member_of
from tests.procedures.letters import letter
from tests.procedures.tray_stories import on_the_tray, placement, reached
from tests.worklist.browser import Browser
from tests.worklist.test_work_lists import matter

AtWork = Callable[[str], Browser]
A_CHECK = FollowUpFacts(
    wanted=FollowUpWanted(what="calls", on=date(2026, 1, 14), by=FollowUpBy.RESPONSIBLE, wishes="by telephone"),
    about_person="P-101",
    responsible="staff-practitioner",
    done_so_far="stopped",
)


def day_of(office: Office, staff_id: str) -> Day:
    """That one's day as it stands."""
    council, now = office.council, office.clock.now()
    with council.database.read() as session:
        member = member_of(session, staff_id, now)
        assert member is not None
        return my_day(session, member, council.policy.working_calendar(), now)


def names(office: Office, staff_id: str) -> list[str]:
    """Whom that one's day is about, in its order; a case's ref where nobody is known."""
    return [one.person.id if one.person else one.case or "" for one in day_of(office, staff_id).people]


def to_be_discussed(office: Office, person: str = "P-104") -> str:
    """A contact was made on the tray, and the team leader is asked whether they need a worker now."""
    case = on_the_tray(office, Rag.AMBER, person=person)
    office.today_is("2026-01-19 09:00")
    said = reached(should_wait=ShouldWait.ALLOCATE_NOW, to_discuss="cannot be left alone")
    office.answer(case, said, by="duty-worker")
    return case


@pytest.fixture
def harold(office: Office) -> str:
    """P-104, Harold Brisco, on Hazel's tray; on Monday 19 January somebody is to be in touch by 5pm."""
    case = on_the_tray(office, Rag.AMBER)
    office.today_is("2026-01-19 09:00")
    return case


# ------------------------------------------------------------------ whose it is


def test_it_is_grouped_by_person_and_what_is_about_nobody_known_comes_last(
    office: Office, at_work: AtWork, harold: str
) -> None:
    """A contact with Harold, and a letter that nobody has sorted; the letter is urgent to sort, and yet last."""
    unsorted = office.start(written_contact_transfer, letter())
    assert names(office, "duty-worker") == ["P-104", unsorted]

    seen = at_work("duty-worker").get("/day")
    for said in ("Harold Brisco Amber", "Record LAS-70461", "Our id P-104", "Tray Hazel Locality Team"):
        assert said in seen.text
    assert "Contacting somebody on the tray New due Monday 19 January 2026, 5pm" in seen.text
    assert f"Nobody known yet: case {unsorted}" in seen.text
    with office.council.database.read() as session:
        item = session.scalars(select(WorkItem).where(WorkItem.case_ref == harold)).one()
    assert seen.links["Contacting somebody on the tray"] == f"/work-items/{item.id}"


def test_one_person_stands_once_with_everything_about_them(office: Office, harold: str) -> None:
    """Two cases of one person are one visit to them."""
    office.start(pwt_review, placement(office), owner="staff-team-leader")
    (only,) = [one for one in day_of(office, "duty-worker").people if one.person]
    assert len({item.case for item in only.items}) <= 2
    assert names(office, "duty-worker").count("P-104") == 1


def test_what_a_colleague_has_taken_is_not_on_it(office: Office, harold: str) -> None:
    """Whoever has taken it has it; all others of the role do not ring as well."""
    office.take(harold, ContactReview, by="duty-worker-2")
    assert names(office, "duty-worker") == []
    (one,) = day_of(office, "duty-worker-2").people
    assert [item.is_taken for item in one.items] == [True]


def test_another_teams_or_roles_work_is_not_on_it(office: Office, harold: str) -> None:
    """Duty is asked; a practitioner and brokerage are not."""
    assert names(office, "practitioner") == names(office, "brokerage-officer") == []


def test_whoever_stands_in_has_the_work_of_who_is_away(office: Office, at_work: AtWork) -> None:
    """Rowan's leader covers Hazel's: their question is on the day, and says whose it is."""
    to_be_discussed(office)
    assert names(office, "rowan-team-leader") == []
    with office.council.database.write() as session:
        session.add(
            Cover(
                absent_id="team-leader",
                covered_by="rowan-team-leader",
                from_on=date(2026, 1, 19),
                until_on=date(2026, 1, 23),
                made_by="team-leader",
                made_at=office.clock.now(),
            )
        )
    seen = at_work("rowan-team-leader").get("/day")
    assert "Harold Brisco" in seen.text
    assert "for Marcus Thorne, who is away" in seen.text


def test_a_question_of_a_restricted_case_has_no_name_beside_it(office: Office, at_work: AtWork) -> None:
    """Who may answer it sees that it is there."""
    case = office.start(pwt_review, placement(office), owner="staff-team-leader", restricted=True)
    office.today_is("2026-01-19 09:00")
    seen = at_work("duty-worker").get("/day")
    assert f"Restricted case {case}" in seen.text
    assert "Harold" not in seen.text
    assert "LAS-70461" not in seen.text


# ------------------------------------------------------------------ when


def test_what_can_wait_is_only_counted(office: Office, at_work: AtWork) -> None:
    """A follow-up of Friday that is to be agreed to by Monday is new on Friday; on Saturday it is a number."""
    office.today_is("2026-01-09 09:00")
    office.start(follow_up, A_CHECK)
    assert names(office, "practitioner") == ["P-101"]
    office.days_pass(1)
    found = day_of(office, "practitioner")
    assert (found.people, found.later) == ((), 1)
    assert "1 of yours can wait until another day" in at_work("practitioner").get("/day").text


def test_what_is_overdue_comes_first_and_says_so(office: Office, at_work: AtWork) -> None:
    """In words and not by colour alone."""
    on_the_tray(office, Rag.AMBER, person="P-105")
    office.today_is("2026-01-12 09:00")
    on_the_tray(office, Rag.AMBER, person="P-104")
    office.today_is("2026-01-26 09:00")
    assert names(office, "duty-worker") == ["P-105", "P-104"]
    text = at_work("duty-worker").get("/day").text
    assert "1 overdue 1 due later today" in text
    assert "Overdue was due Monday 19 January 2026, 5pm" in text


def test_who_called_back_is_there(office: Office, at_work: AtWork, harold: str) -> None:
    """A carer reports a change to a colleague; a message came for a letter's case."""
    office.signal(harold, CircumstancesChanged(reported_by=ReportedBy.CARER, what="fell"), by="duty-worker-2")
    unsorted = office.start(written_contact_transfer, letter())
    office.signal(unsorted, FurtherMessage(mail_id="M-1", sender="a", subject="b", text="c"))
    seen = at_work("duty-worker").get("/day")
    assert "2 people have something that came in" in seen.text
    assert seen.links["A change for somebody on the tray"] == f"/cases/{harold}"
    assert "A message to be read" in seen.text
    assert "fell" not in seen.text


def test_what_somebody_entered_themselves_is_no_news_to_them(office: Office, harold: str) -> None:
    """Nor is it news on the next day but one."""
    change = CircumstancesChanged(reported_by=ReportedBy.CARER, what="fell")
    office.signal(harold, change, by="duty-worker")
    assert [one.news for one in day_of(office, "duty-worker").people] == [()]
    assert [len(one.news) for one in day_of(office, "duty-worker-2").people] == [1]
    office.today_is("2026-01-21 09:00")
    assert [one.news for one in day_of(office, "duty-worker-2").people if one.news] == []


def test_new_is_what_came_since_the_office_last_closed(office: Office) -> None:
    """From Friday 4.30pm on a Monday; from 5pm on Monday on a Tuesday."""
    assert f"{day_of(office, 'duty-worker').since:%a %d %b %H:%M}" == "Fri 02 Jan 16:30"
    office.today_is("2026-01-06 09:00")
    assert f"{day_of(office, 'duty-worker').since:%a %d %b %H:%M}" == "Mon 05 Jan 17:00"


def test_after_leave_it_is_what_came_since_they_went(office: Office) -> None:
    """Back on Monday 19 January from leave that began on Thursday 8: new is what came since Wednesday."""
    with office.council.database.write() as session:
        away = {"starts_at": datetime(2026, 1, 8, tzinfo=UTC), "returns_at": datetime(2026, 1, 19, 9, tzinfo=UTC)}
        session.add(Absence(staff_id="duty-worker", kind="leave", **away))
    calendar = office.council.policy.working_calendar()
    office.today_is("2026-01-19 09:00")
    with office.council.database.read() as session:
        since = was_last_there(session, "duty-worker", calendar, office.clock.now())
    assert since == calendar.closing_time(date(2026, 1, 7))


# ------------------------------------------------------------------ what stands beside them


def test_what_must_be_known_first_comes_first(office: Office, at_work: AtWork) -> None:
    """The safe-contact rule before the telephone, a death, the interpreter."""
    for person in ("P-111", "P-119", "P-114"):
        on_the_tray(office, Rag.AMBER, person=person)
    office.today_is("2026-01-19 09:00")
    text = at_work("duty-worker").get("/day").text
    assert text.index("Safe contact: call the mobile between 10 and 12 only") < text.index("07700 900111")
    assert "Died on Thursday 2 October 2025. Do not ring or write to them." in text
    assert "Interpreter Tamil" in text


def test_the_record_is_one_click_away_where_there_is_an_address(office: Office, at_work: AtWork, harold: str) -> None:
    """With the record id in the other system's address, and nothing of ours told to it."""
    browser = at_work("duty-worker")
    assert "Open the record" not in browser.get("/day").text
    shown_at = Worklist(record_address="https://las.example/person/{record_id}")
    office.council.connections = Connections(worklist=shown_at)
    seen = browser.get("/day")
    assert seen.links["Open the record of Harold Brisco in the recording system"] == (
        "https://las.example/person/LAS-70461"
    )
    assert 'href="https://las.example/person/LAS-70461" rel="noreferrer"' in seen.html
    assert 'data-copy="record id of Harold Brisco">LAS-70461</span>' in seen.html


def test_when_they_were_last_reached_stands_there(office: Office, at_work: AtWork, harold: str) -> None:
    """Never, until somebody has."""
    assert "Last reached never" in at_work("duty-worker").get("/day").text
    office.answer(harold, reached(), by="duty-worker")
    office.signal(harold, CircumstancesChanged(reported_by=ReportedBy.CARER, what="fell"))
    assert "Last reached Monday 19 January 2026, 9am" in at_work("duty-worker").get("/day").text


def test_an_empty_day_says_so(at_work: AtWork) -> None:
    """And leads to the rest of the work."""
    seen = at_work("duty-worker").get("/day")
    assert "Nothing is due today, nobody has called back" in seen.text
    assert seen.links["See all your work"] == "/work-items?whose=mine"


def test_a_very_full_day_says_that_there_is_more(office: Office, at_work: AtWork, harold: str) -> None:
    """A thousand questions are shown, the soonest due first, and the rest stand under Work."""
    page = at_work("duty-worker").get("/day")
    assert "There is more for today" not in page.text
    with office.council.database.write() as session:
        like = session.scalars(select(WorkItem).where(WorkItem.case_ref == harold)).one()
        same = {name: getattr(like, name) for name in ("case_ref", "form", "form_version", "asked_of", "state", "due")}
        for number in range(MOST_ITEMS):
            one = {"id": f"W-{number:010}", "key": f"like[{number}]", "urgent": False, "opened_at": like.opened_at}
            session.add(WorkItem(**same | one))
    page = at_work("duty-worker").get("/day")
    assert "There is more for today than this page shows" in page.text
    assert page.html.count('<li class="app-doing">') == MOST_ITEMS


def test_three_hundred_people_stand_on_one_page(office: Office, at_work: AtWork, harold: str) -> None:
    """Each with a heading of their own."""
    with office.council.database.write() as session:
        for one in (f"P-{number}" for number in range(4000, 4299)):
            session.add(Person(id=one, record_id=one, name=f"Quentin {one}"))
            session.flush()
            session.add(CasePerson(case_ref=harold, person_id=one, since_no=1))
    seen = at_work("duty-worker").get("/day")
    assert seen.html.count('<h2 class="govuk-heading-m app-person__name">') == 300


def test_looking_at_ones_day_is_noted(office: Office, at_work: AtWork) -> None:
    """Once, by whose day it is."""
    at_work("duty-worker").get("/day")
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert looks == [("duty-worker", "read-day", "duty-worker")]


def test_what_an_absent_colleague_has_taken_is_on_somebody_s_day(office: Office, at_work: AtWork) -> None:
    """Priya Nair took it and is away, and nobody stands in: once passed on it is the leader's, and not as taken."""
    item = matter(office, "staff-practitioner", person="P-104")
    take(office.council, item, by="practitioner")
    office.away("practitioner")
    office.days_pass(4)
    (shown,) = day_of(office, "team-leader").items
    assert (shown.id, shown.is_taken) == (item, False)
    seen = at_work("team-leader").get("/day")
    assert item in seen.html and "you have taken it" not in seen.text


def test_a_letter_about_nobody_known_is_told_by_its_sender_and_its_subject(at_work: AtWork, office: Office) -> None:
    """Fourteen letters are not fourteen times "nobody known": who wrote, and about what, stands on the line."""
    office.start(written_contact_transfer, letter(sender="Gladys Okafor", subject="URGENT my sister fell"))

    for path in ("/day", "/work-items?whose=mine"):
        assert "From Gladys Okafor: URGENT my sister fell" in at_work("duty-worker").get(path).text
