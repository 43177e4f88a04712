"""Lists of work: whose is in which, narrowed, sorted, a page at a time; and nothing that is not somebody's to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import ClassVar

import pytest
from sqlalchemy import select

from flows.unauthorised_disclosure import unauthorised_disclosure
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.cases import Case, WorkItem
from models.decision_tables.levels import Complexity, Priority, Rag
from models.durations import working_days
from models.forms.base import CaseFacts, Form
from models.notices import Recipient
from models.permissions import Action
from models.register import Staff
from models.roles import Role
from models.worklist import Cover
from tasks.case_people import about_person
from tasks.durable import ask, procedure
from tasks.durable.testing import Office
from tasks.durable.worklist import take
from tasks.worklist.concern import branches, concern_of
from tasks.worklist.listing import COUNTED, PAGE, WorkPage, work
from tasks.worklist.members import Member, member_of
from tasks.worklist.paging import Cursor, NoSuchPlace
from tasks.worklist.query import DueIn, Sort, Taken, Whose, WorkQuery
from tests.procedures.letters import letter, sorted_as
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]


class Matter(CaseFacts):
    """A small matter: who is asked, by tag, and whom it is about."""

    of: str = "role-duty-worker"
    person: str | None = None
    days: int | None = 1
    urgent: bool = False


class MatterSettled(Form):
    """The small matter is settled."""

    title: ClassVar[str] = "a small matter"


@procedure(follows="the stories of lists of work")
def small_matter(matter: Matter) -> None:
    """Ask somebody once."""
    about_person(matter.person)
    within = working_days(matter.days) if matter.days else None
    ask(MatterSettled, of=Recipient.from_tag(matter.of), wanted_within=within, urgent=matter.urgent)


def matter(office: Office, of: str = "role-duty-worker", **changes: object) -> str:
    """A case that asks somebody; gives the work item's id."""
    facts = Matter.model_validate({"of": of, **changes})
    return item_of(office, office.start(small_matter, facts, owner="role-duty-worker"))


def item_of(office: Office, case: str) -> str:
    """The one work item of a case."""
    with office.council.database.read() as session:
        return session.scalars(select(WorkItem.id).where(WorkItem.case_ref == case)).one()


def member(office: Office, staff_id: str) -> Member:
    """Somebody at work."""
    with office.council.database.read() as session:
        found = member_of(session, staff_id, office.clock.now())
    assert found is not None
    return found


def page(office: Office, staff_id: str, query: WorkQuery | None = None, after: Cursor | None = None) -> WorkPage:
    """A page of somebody's list."""
    with office.council.database.read() as session:
        return work(session, member(office, staff_id), query or WorkQuery(), after, now=office.clock.now())


def ids(office: Office, staff_id: str, query: WorkQuery | None = None) -> list[str]:
    """The work items of the first page of somebody's list."""
    return [row.id for row in page(office, staff_id, query).rows]


def every_page(office: Office, staff_id: str, query: WorkQuery) -> Iterator[WorkPage]:
    """All pages, one after the other."""
    found = page(office, staff_id, query)
    yield found
    while found.next is not None:
        found = page(office, staff_id, query, found.next)
        yield found


def change_item(office: Office, item_id: str, **values: object) -> None:
    """Make a work item stand otherwise than it was asked."""
    with office.council.database.write() as session:
        for name, value in values.items():
            setattr(session.get_one(WorkItem, item_id), name, value)


# ------------------------------------------------------------------ whose


def test_my_work_is_what_i_am_asked_by_name_by_role_and_by_team(office: Office) -> None:
    """Priya Nair sees what is asked of her, of practitioners and of Hazel; nothing of others."""
    mine = [matter(office, of) for of in ("staff-practitioner", "role-practitioner", "team-hazel")]
    for of in ("staff-practitioner-2", "role-duty-worker", "team-rowan"):
        matter(office, of)
    assert sorted(ids(office, "practitioner")) == sorted(mine)


def test_what_a_colleague_has_taken_is_not_mine_any_more(office: Office) -> None:
    """Of two duty workers one has taken it: the other looks at what is free, and finds it where it is asked for."""
    free, taken = matter(office), matter(office)
    change_item(office, taken, assignee="duty-worker-2")
    assert ids(office, "duty-worker") == [free]
    assert ids(office, "duty-worker", WorkQuery(taken=Taken.SOMEBODY)) == [taken]
    assert ids(office, "duty-worker-2", WorkQuery(taken=Taken.ME)) == [taken]


def test_what_i_have_is_mine_whoever_was_asked(office: Office) -> None:
    """A manager who has taken over what a worker was asked has it among their work."""
    item = matter(office, "staff-practitioner")
    change_item(office, item, assignee="team-leader")
    assert ids(office, "team-leader") == [item]
    assert ids(office, "practitioner") == []


def test_what_was_passed_on_to_me_is_mine(office: Office) -> None:
    """Nobody has answered in time: it lies with Hazel's leader, marked so, and not with Rowan's."""
    item = matter(office, "staff-practitioner")
    assert ids(office, "team-leader") == []
    office.days_pass(3)
    (row,) = page(office, "team-leader").rows
    assert (row.id, row.was_passed_on) == (item, True)
    assert ids(office, "rowan-team-leader") == []


def test_what_was_passed_on_of_a_role_goes_to_every_leader(office: Office) -> None:
    """What a role was asked has no team: each leader was told, and each finds it."""
    item = matter(office)
    office.days_pass(3)
    assert ids(office, "team-leader") == ids(office, "rowan-team-leader") == [item]


def test_what_i_am_asked_for_an_absent_colleague_says_so(office: Office) -> None:
    """Tom Garrick stands in for Priya Nair for a week: hers is in his list with her name, until the week is over."""
    item, own = matter(office, "staff-practitioner"), matter(office, "staff-practitioner-2")
    today = office.clock.now().date()
    with office.council.database.write() as session:
        session.add(
            Cover(
                absent_id="practitioner",
                covered_by="practitioner-2",
                from_on=today,
                until_on=today + timedelta(days=6),
                made_by="practitioner",
                made_at=office.clock.now(),
            )
        )
    assert {row.id: row.stands_in_for for row in page(office, "practitioner-2").rows} == {item: "Priya Nair", own: None}
    office.days_pass(7)
    assert ids(office, "practitioner-2") == [own]


def test_my_team_s_work_is_of_its_members_its_cases_and_its_tray(office: Office) -> None:
    """Asked of Hazel or its people, of a case that one of them owns, of somebody on its tray; nothing of Rowan's."""
    by_name, by_team = matter(office, "staff-practitioner-2"), matter(office, "team-hazel")
    owned = item_of(office, office.start(small_matter, Matter(), owner="staff-practitioner-3"))
    tray = on_the_tray(office, Rag.RED)
    office.days_pass(7)
    with office.council.database.read() as session:
        of_tray = set(session.scalars(select(WorkItem.id).where(WorkItem.case_ref == tray)))
    matter(office, "staff-practitioner-5")
    assert of_tray
    assert set(ids(office, "team-leader", WorkQuery(Whose.TEAM))) == {by_name, by_team, owned} | of_tray


def test_duty_s_leader_sees_what_the_duty_role_is_asked(office: Office) -> None:
    """Nobody outside of the duty team is a duty worker: what the role is asked is the team's, its leader's to see."""
    item = matter(office)
    assert ids(office, "duty-team-leader", WorkQuery(Whose.TEAM)) == [item]
    assert ids(office, "team-leader", WorkQuery(Whose.TEAM)) == []


def test_everything_is_as_far_as_somebody_s_reach(office: Office) -> None:
    """The head of service sees all; a practitioner of Rowan nothing of Hazel's; systems staff their own alone."""
    hazels, mine = matter(office, "staff-practitioner"), matter(office, "role-systems")
    everything = WorkQuery(Whose.ALL)
    assert set(ids(office, "head-of-service", everything)) == {hazels, mine}
    assert ids(office, "practitioner-5", everything) == []
    assert ids(office, "practitioner-3", everything) == [hazels]
    assert ids(office, "systems-officer", everything) == [mine]
    assert ids(office, "systems-officer", WorkQuery(Whose.TEAM)) == [mine]


def test_a_leader_finds_what_roles_below_are_asked(office: Office) -> None:
    """What a leader may answer for others is among everything, though it is not their team's."""
    item = matter(office, "role-practitioner")
    assert ids(office, "team-leader", WorkQuery(Whose.ALL)) == [item]
    assert ids(office, "finance-officer", WorkQuery(Whose.ALL)) == []


def test_a_restricted_case_is_in_the_list_of_those_it_asks_alone(office: Office) -> None:
    """Whom it asks sees the question, with no name; to all others the list is as if it were not there."""
    case = office.start(unauthorised_disclosure, FOUND, owner="role-team-manager")
    with office.council.database.read() as session:
        items = session.scalars(select(WorkItem).where(WorkItem.case_ref == case)).all()
        asked = {one.asked_of for one in items}
    assert asked
    seen = {
        staff_id
        for staff_id in ("duty-worker", "practitioner", "team-leader", "rowan-team-leader", "finance-officer")
        if any(ids(office, staff_id, WorkQuery(whose)) for whose in Whose)
    }
    with office.council.database.read() as session:
        of_asked = {
            one.id
            for one in session.scalars(select(Staff))
            if {f"staff-{one.id}", f"role-{one.role}", f"team-{one.team_id}"} & asked
        }
    assert seen <= of_asked
    (row, *_) = page(office, "team-manager", WorkQuery(Whose.ALL)).rows
    assert (row.case, row.is_restricted, row.people) == (case, True, ())


# ------------------------------------------------------------------ narrowed


def test_a_list_is_narrowed_by_each_of_its_filters(office: Office) -> None:
    """Procedure, role, team, colour, priority, complexity, person and case: each leaves what is so, and no more."""
    tray = on_the_tray(office, Rag.RED)
    office.days_pass(7)
    sorting = office.start(written_contact_transfer, letter())
    about = matter(office, "staff-practitioner-5", person="P-108")
    everything = WorkQuery(Whose.ALL)
    assert len(ids(office, "head-of-service", everything)) >= 3

    def cases(**narrowed: object) -> set[str]:
        found = page(office, "head-of-service", replace(everything, **narrowed))  # type: ignore[arg-type]
        return {row.case for row in found.rows}

    with office.council.database.read() as session:
        about_case = session.get_one(WorkItem, about).case_ref
    assert cases(procedure="written-contact-transfer") == {sorting}
    assert sorting in cases(role=Role.DUTY_WORKER)
    assert about_case not in cases(role=Role.DUTY_WORKER)
    assert about_case in cases(role=Role.PRACTITIONER)
    assert sorting not in cases(role=Role.PRACTITIONER)
    assert cases(team="rowan") == {about_case}
    assert cases(team="hazel") == {tray}
    assert cases(colour=Rag.RED) == cases(priority=Priority.MEDIUM) == cases(complexity=Complexity.LOW) == {tray}
    assert cases(colour=Rag.GREEN) == cases(priority=Priority.LOW) == cases(complexity=Complexity.HIGH) == set()
    assert cases(person="P-108") == {about_case}
    assert cases(ref=sorting) == {sorting}
    assert cases(procedure="no-such-thing") == set()


@pytest.mark.parametrize(
    ("due", "found"),
    [
        (DueIn.OVERDUE, {"late", "this morning"}),
        (DueIn.TODAY, {"this morning", "tonight"}),
        (DueIn.THIS_WEEK, {"this morning", "tonight", "Sunday"}),
        (DueIn.NO_DATE, {"whenever"}),
    ],
)
def test_a_list_is_narrowed_by_when_it_is_due(office: Office, due: DueIn, found: set[str]) -> None:
    """Overdue is what should be there by now; today and this week run to their end in London."""
    office.today_is("2026-01-07 10:00")
    moments = {
        "late": datetime(2026, 1, 6, 23, 59, tzinfo=UTC),
        "this morning": datetime(2026, 1, 7, 9, tzinfo=UTC),
        "tonight": datetime(2026, 1, 7, 23, 59, tzinfo=UTC),
        "Sunday": datetime(2026, 1, 11, 23, 59, tzinfo=UTC),
        "Monday": datetime(2026, 1, 12, 0, 0, tzinfo=UTC),
        "whenever": None,
    }
    items = {}
    for name, moment in moments.items():
        items[matter(office)] = name
        change_item(office, list(items)[-1], due=moment)
    assert {items[one] for one in ids(office, "duty-worker", WorkQuery(due=due))} == found


def test_filters_tell_nothing_of_a_restricted_case(office: Office) -> None:
    """Who may read a question of it, and not the case, does not find it by what the case is."""
    case = office.start(unauthorised_disclosure, FOUND, owner="role-head-of-service")
    with office.council.database.read() as session:
        item = session.scalars(select(WorkItem).where(WorkItem.case_ref == case)).first()
        assert item is not None
        name = session.get_one(Case, case).procedure
    change_item(office, item.id, asked_of="role-duty-worker")
    by_procedure = WorkQuery(procedure=name)
    assert item.id in ids(office, "duty-worker")
    assert ids(office, "duty-worker", by_procedure) == []
    (row,) = [one for one in page(office, "duty-worker").rows if one.id == item.id]
    assert (row.procedure, row.colour, row.people) == ("restricted-case", None, ())


# ------------------------------------------------------------------ order and pages


def many(office: Office, how_many: int) -> list[str]:
    """So many work items of one case, due at all kinds of times; several at the same, some at none."""
    case = office.start(small_matter, Matter())
    random = Random(7)
    now = office.clock.now()
    with office.council.database.write() as session:
        pattern = session.scalars(select(WorkItem).where(WorkItem.case_ref == case)).one()
        columns = {one.key: getattr(pattern, one.key) for one in WorkItem.__table__.columns}
        for number in range(how_many - 1):
            due = None if random.random() < 0.2 else now + timedelta(hours=random.randrange(-20, 20))
            opened = now - timedelta(hours=random.randrange(5))
            said = {"id": f"W-{number:05}", "key": f"matter[{number}]", "due": due, "opened_at": opened}
            session.add(WorkItem(**columns | said))
        return [pattern.id, *(f"W-{number:05}" for number in range(how_many - 1))]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("how_many", [0, 3, PAGE, PAGE + 1, 300])
def test_pages_hold_every_item_once_forwards_and_backwards(office: Office, how_many: int, sort: Sort) -> None:
    """Nothing is twice, nothing is left out, and going back leads through the same pages."""
    items = many(office, how_many) if how_many else []
    query = WorkQuery(sort=sort)
    forwards = list(every_page(office, "duty-worker", query))
    assert sorted(row.id for one in forwards for row in one.rows) == sorted(items)
    assert forwards[0].previous is None
    assert all(len(one.rows) == PAGE for one in forwards[:-1])
    here, backwards = forwards[-1], [forwards[-1]]
    while here.previous is not None:
        here = page(office, "duty-worker", query, here.previous)
        backwards.append(here)
    assert [[row.id for row in one.rows] for one in reversed(backwards)] == [
        [row.id for row in one.rows] for one in forwards
    ]


def test_the_longest_overdue_stands_first_and_what_has_no_date_last(office: Office) -> None:
    """In due order, then by when it was asked; the oldest first where that is wanted."""
    many(office, 120)
    far = datetime(9999, 1, 1, tzinfo=UTC)
    rows = [row for one in every_page(office, "duty-worker", WorkQuery()) for row in one.rows]
    assert rows == sorted(rows, key=lambda row: (row.due or far, row.opened_at, row.id))
    rows = [row for one in every_page(office, "duty-worker", WorkQuery(sort=Sort.OPENED)) for row in one.rows]
    assert rows == sorted(rows, key=lambda row: (row.opened_at, row.id))


def test_red_stands_before_amber_before_green_before_none(office: Office) -> None:
    """By colour, whatever is due when."""
    for colour in (Rag.GREEN, None, Rag.RED, Rag.AMBER):
        item = matter(office)
        with office.council.database.write() as session:
            session.get_one(Case, session.get_one(WorkItem, item).case_ref).colour = colour
    found = [row.colour for row in page(office, "duty-worker", WorkQuery(sort=Sort.COLOUR)).rows]
    assert found == ["Red", "Amber", "Green", None]


def test_a_page_stays_right_when_work_comes_and_goes_meanwhile(office: Office) -> None:
    """The page after a place begins after it, whatever was answered before it since."""
    many(office, 120)
    first = page(office, "duty-worker")
    expected = [row.id for row in page(office, "duty-worker", after=first.next).rows]
    change_item(office, first.rows[0].id, state="withdrawn")
    change_item(office, first.rows[-1].id, state="withdrawn")
    assert [row.id for row in page(office, "duty-worker", after=first.next).rows] == expected


def test_more_than_a_thousand_are_not_counted(office: Office) -> None:
    """A long list says that there are more; a shorter one says how many."""
    many(office, COUNTED + 2)
    total = page(office, "duty-worker").total
    assert total is not None
    assert (total.number, total.is_all) == (COUNTED, False)
    total = page(office, "duty-worker", WorkQuery(due=DueIn.NO_DATE)).total
    assert total is not None
    assert total.is_all and 100 < total.number < 400


@pytest.mark.parametrize("whose", Whose)
def test_few_among_many_are_found_by_an_index(office: Office, whose: Whose) -> None:
    """What is due last of all, behind more than are looked through, is on its reader's first page all the same."""
    items = many(office, COUNTED + 500)
    theirs = items[5:9]
    for number, item in enumerate(theirs):
        due = datetime(2027, 1, number + 1, tzinfo=UTC) if number else None
        change_item(office, item, asked_of="staff-practitioner-5", due=due)
    found = page(office, "practitioner-5", WorkQuery(whose))
    if whose is Whose.ALL:  # they are asked one question of the case, and may see all of it
        assert found.total is not None and not found.total.is_all
        found = page(office, "practitioner-5", WorkQuery(whose, role=Role.PRACTITIONER))
    assert [row.id for row in found.rows] == [*theirs[1:], theirs[0]]
    assert found.total is not None and (found.total.number, found.total.is_all) == (4, True)


@pytest.mark.parametrize(
    "written", ["", "x", "W10", "bm90IGpzb24", "WzAsWyIyMDI2Il0sIlciLDBd", "WzksW10sIlciLDBd", "e30", "A" * 500, "é"]
)
def test_a_place_that_was_not_made_by_us_is_refused(written: str, office: Office) -> None:
    """Whatever stands in the address, it is one sentence and no failure."""
    with pytest.raises(NoSuchPlace):
        page(office, "duty-worker", after=Cursor.read(written))


def test_a_place_is_read_as_it_was_written(office: Office) -> None:
    """There and back, with nothing in it but times and a work item's id."""
    many(office, PAGE + 1)
    place = page(office, "duty-worker").next
    assert place is not None
    assert Cursor.read(place.written()) == place


# ------------------------------------------------------------------ the page


def test_the_page_says_what_is_wanted_about_whom_of_whom_and_by_when(at_work: AtWork, office: Office) -> None:
    """The form in words, the person, the case, and overdue as a word and not as a colour alone."""
    matter(office, person="P-104", urgent=True)
    office.days_pass(5)
    seen = at_work("duty-worker").get("/work-items")
    for words in ("A small matter", "Urgent", "Harold Brisco (P-104)", "Overdue , was due", "Asked of the duty worker"):
        assert words in seen.text, words
    assert "1 work item." in seen.text


def test_a_look_at_a_list_is_noted_before_it_is_shown(at_work: AtWork, office: Office) -> None:
    """Names are read: the access log says whose list, and by whom."""
    at_work("duty-worker").get("/work-items?whose=all")
    with office.council.database.read() as session:
        look = session.scalars(select(AccessEntry).order_by(AccessEntry.no.desc())).first()
    assert look is not None
    assert (look.who, look.what, look.about) == ("duty-worker", "list-work", "all")


def test_filters_are_sent_by_the_page_and_kept_on_the_next_one(at_work: AtWork, office: Office) -> None:
    """Narrowed to what is overdue, the list keeps to it from page to page and from tab to tab."""
    many(office, 150)
    browser = at_work("duty-worker")
    seen = browser.send(browser.get("/work-items"), {"due": "overdue"}, action="/work-items")
    assert "due=overdue" in seen.path
    following = browser.get(next(href for text, href in seen.links.items() if text.startswith("Next")))
    assert "due=overdue" in following.path and "after=" in following.path
    assert following.status == 200
    assert "due=overdue" in following.links["Everything I may see"]
    assert "after" not in following.links["Everything I may see"]


def test_a_name_typed_as_a_person_s_id_is_not_looked_for_and_does_not_come_back(at_work: AtWork) -> None:
    """The page says where to look for names."""
    seen = at_work("duty-worker").get("/work-items?person=Harold+Brisco&ref=Brisco&colour=Purple")
    assert seen.status == 400
    assert "Brisco" not in seen.html and "Purple" not in seen.html
    assert "To look for a name, use Find" in seen.text


def test_each_sees_the_tabs_that_lead_somewhere(at_work: AtWork) -> None:
    """Who has no reach beyond their own is offered no team."""
    assert "My team’s work" in at_work("practitioner").get("/work-items").links
    assert "My team’s work" not in at_work("systems-officer").get("/work-items").links


def test_a_place_of_nobody_s_is_a_page_that_says_so(at_work: AtWork) -> None:
    """A spoilt address is no failure of ours."""
    seen = at_work("duty-worker").get("/work-items?after=spoilt")
    assert seen.status == 400
    assert "begin again with its first page" in seen.text


def test_three_hundred_items_are_six_pages(at_work: AtWork, office: Office) -> None:
    """Fifty on each, and the count on the first."""
    many(office, 300)
    browser = at_work("duty-worker")
    seen = browser.get("/work-items")
    assert "300 work items, 50 on a page." in seen.text
    pages = 1
    while following := next((href for text, href in seen.links.items() if text.startswith("Next")), None):
        seen, pages = browser.get(following), pages + 1
    assert pages == 6


def test_with_nothing_to_do_the_page_says_so(at_work: AtWork) -> None:
    """An empty list is a sentence, and a narrowed one says that nothing fits."""
    browser = at_work("duty-worker")
    assert "Nothing is waiting here." in browser.get("/work-items").text
    assert "Nothing fits that." in browser.get("/work-items?colour=Red").text


def test_a_sorted_letter_goes_from_one_list_to_the_next(at_work: AtWork, office: Office) -> None:
    """Duty sorts it, and it lies with the worker it is for."""
    case = office.start(written_contact_transfer, letter())
    assert case in at_work("duty-worker").get("/work-items").text
    office.answer(case, sorted_as(), by="duty-worker")
    assert case not in at_work("duty-worker").get("/work-items").text
    assert case in at_work("practitioner").get("/work-items").text


@pytest.mark.parametrize("staff_id", ["practitioner", "team-leader", "systems-officer"])
def test_every_reason_means_the_same_of_one_case_and_of_all(office: Office, staff_id: str) -> None:
    """Owned, asked, taken, answered, allocated, on the tray: looked at from the case, and found by an index."""
    on_the_tray(office, Rag.AMBER)
    matter(office, person="P-103")  # Tom Garrick is allocated to them
    office.start(small_matter, Matter(person="P-106"), owner="role-commissioning")  # Hazel is, as a team
    for asked in ("practitioner", "systems-officer", "practitioner-5"):
        of = f"staff-{asked}"
        matter(office, of, person="P-101")
        change_item(office, matter(office), assignee=asked)
        answered = office.start(small_matter, Matter(of=of), owner="role-duty-worker")
        office.answer(answered, MatterSettled(), by=asked)
        office.start(small_matter, Matter(), owner=of)
    who = member(office, staff_id)
    met = 0
    with office.council.database.read() as session:
        today = office.clock.now().date()
        for one in branches(concern_of(session, who, who.reach(Action.SEE_WORK), today), today):
            found = set(session.scalars(one.refs))
            assert set(session.scalars(select(Case.ref).where(one.of_this_case))) == found
            met += bool(found)
    assert met >= (6 if staff_id != "systems-officer" else 2)


# ------------------------------------------------------------------ with somebody who is not there


def stands_in(office: Office, absent: str, by: str) -> None:
    """Somebody covers somebody else for a fortnight from today on."""
    today = office.clock.now().date()
    with office.council.database.write() as session:
        session.add(
            Cover(
                absent_id=absent,
                covered_by=by,
                from_on=today,
                until_on=today + timedelta(days=13),
                made_by=absent,
                made_at=office.clock.now(),
            )
        )


def test_what_an_absent_colleague_has_is_with_those_asked_and_those_it_was_passed_on_to(office: Office) -> None:
    """Priya Nair took it and is away, and nobody stands in: Hazel finds it, and its leader once it is passed on."""
    of_team, of_her = matter(office, "team-hazel"), matter(office, "staff-practitioner")
    for one in (of_team, of_her):
        take(office.council, one, by="practitioner")
    assert ids(office, "practitioner-2") == ids(office, "team-leader") == []
    office.away("practitioner")
    assert ids(office, "practitioner-2") == ids(office, "team-leader") == [of_team]
    assert ids(office, "practitioner-2", WorkQuery(taken=Taken.NOBODY)) == []
    office.days_pass(4)
    rows = {row.id: (row.was_passed_on, row.taken_by) for row in page(office, "team-leader").rows}
    assert rows == {of_team: (False, "Priya Nair"), of_her: (True, "Priya Nair")}


def test_what_an_absent_colleague_has_stays_theirs_where_somebody_stands_in_who_is_there(office: Office) -> None:
    """Joanna Fielding stands in and has it in her list; once she is away as well it lies with nobody."""
    item = matter(office, "team-hazel")
    take(office.council, item, by="practitioner")
    office.away("practitioner")
    stands_in(office, "practitioner", "practitioner-4")
    assert ids(office, "practitioner-2") == []
    assert ids(office, "practitioner-4") == [item]
    office.away("practitioner-4")
    assert ids(office, "practitioner-2") == [item]
