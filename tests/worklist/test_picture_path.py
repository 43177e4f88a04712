"""The path of a case on the picture of its procedure: where it has been, where it is, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from deployments.worklist.looks import environment
from deployments.worklist.picture import PathSoFar, path_of, procedure_picture, shown, told
from deployments.worklist.picture.marking import Mark, Marked, Told
from deployments.worklist.picture.nodes import Kind
from deployments.worklist.picture.tracing import trace
from flows.pwt_triage import pwt_triage
from flows.written_contact_transfer import written_contact_transfer
from models.cases import Case
from models.decision_tables.levels import Rag
from models.forms.disclosure import DisclosureMade
from models.forms.follow_up import FollowUpFacts, FollowUpReport
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.forms.written_contact import Channel, WhyHere
from models.policy.organisation import MailKind
from models.roles import Role
from tasks.audit.erasing import erase_payloads
from tasks.case_people import about_person
from tasks.durable import arrivals, ask, audited
from tasks.durable.ledger import UnknownCase, recall
from tasks.durable.procedure import procedure_named
from tasks.durable.testing import Office
from tests.procedures import letters, tray_stories, triage_stories
from tests.procedures.test_follow_up import REFUSED, a_check


def the_path(office: Office, case: str, *, by_line: bool = True) -> tuple[str, PathSoFar]:
    """The procedure of a case, and how far it has come."""
    with office.council.database.read() as session:
        name = session.get_one(Case, case).procedure
        return name, path_of(session, case, office.council if by_line else None)


def picture_of(office: Office, case: str, *, by_line: bool = True) -> Marked:
    """The picture of a case's procedure with its path."""
    name, path = the_path(office, case, by_line=by_line)
    return told(procedure_picture(name), path)


def page_of(office: Office, case: str) -> str:
    """The picture as it stands on a page."""
    name, path = the_path(office, case)
    return environment().get_template("picture.html").render(picture=shown(procedure_picture(name), path))


def everything(marked: Marked) -> Iterator[Told]:
    """Each thing of a picture, part by part."""

    def each(items: tuple[Told, ...]) -> Iterator[Told]:
        for one in items:
            yield one
            yield from each(one.items)

    for part in marked.parts:
        yield from each(part.items)


def marks_of(marked: Marked, title: str) -> list[Mark]:
    """How each node of that title stands, in their order."""
    return [one.mark for one in everything(marked) if one.title == title]


def the_one(marked: Marked, title: str) -> Told:
    """The only thing of that title."""
    (found,) = [one for one in everything(marked) if one.title == title]
    return found


def question(marked: Marked, title: str) -> Told:
    """The only question of that title; a way can be called after its form."""
    (found,) = [one for one in everything(marked) if one.title == title and one.kind is Kind.QUESTION]
    return found


def waited_for(marked: Marked) -> list[str]:
    """The titles of what is waited for now: questions, times, messages, cases."""
    waits = (Kind.QUESTION, Kind.TIME, Kind.NEWS, Kind.CLOSING)
    return [one.title for one in everything(marked) if one.mark is Mark.NOW and one.kind in waits]


# ------------------------------------------------------------------ a letter midway


def test_the_present_place_is_what_the_case_waits_for(office: Office) -> None:
    """A letter left for a worker on leave waits for them and for the day agreed, and the picture says just that."""
    case = letters.contact_left_for_return(office)
    assert office.waiting_for(case) == ["next-contact, due 2026-01-14 08:30", "ContactOnReturn of practitioner-2"]

    marked = picture_of(office, case)
    assert waited_for(marked) == ["A contact that came while away", "Next contact"]
    assert marked.now == (
        "A time: next contact, until Wednesday 14 January 2026, 8:30am.",
        "A contact that came while away (asked of: practitioner-2).",
    )
    (here,) = [one for one in everything(marked) if one.status == "Now: the procedure waits here"]
    assert here.title == "Until the first of these comes: reply, contact"


def test_what_was_done_is_marked_with_its_time(office: Office) -> None:
    """The sorting was answered on Monday; its part, and the way that led to it, are on the path."""
    case = letters.contact_left_for_return(office)
    marked = picture_of(office, case)
    assert the_one(marked, "Sorting the contact").status == "Answered on Monday 5 January 2026, 9am"
    assert the_one(marked, "Have it sorted").mark is Mark.DONE
    assert the_one(marked, "Finding out when the worker is back").mark is Mark.DONE


def test_a_way_that_was_not_taken_is_not_marked(office: Office) -> None:
    """The letter was neither offered to anybody nor settled at duty: none of those steps is on the path."""
    marked = picture_of(office, letters.contact_left_for_return(office))
    assert set(marks_of(marked, "Settle at duty")) == {Mark.NOT_REACHED}
    assert set(marks_of(marked, "Offer")) == {Mark.NOT_REACHED}
    assert the_one(marked, "A written contact handed over").mark is Mark.NOT_REACHED
    assert the_one(marked, "Checking the allocation").mark is Mark.NOT_REACHED


def test_a_part_that_is_begun_from_several_places_is_marked_where_it_was_begun(office: Office) -> None:
    """A letter that duty settles itself is settled once; the two other places that could begin it stay empty."""
    case = letters.sorted_contact(office, letters.sorted_as(settled_here=WhyHere.WITHIN_DUTY))
    marked = picture_of(office, case)
    assert marks_of(marked, "Settle at duty")[:2] == [Mark.NOW, Mark.NOT_REACHED]
    assert marks_of(marked, "Settle at duty").count(Mark.NOW) == 1
    assert waited_for(marked) == ["Settling the contact at duty"]


def test_a_closed_case_says_how_it_ended(office: Office) -> None:
    """A letter that was for a queue alone ends sorted elsewhere: that outcome is marked, and nothing is waited for."""
    case = letters.sorted_contact(office, letters.sorted_as(MailKind.COMPLAINT))
    assert office.outcome_of(case) == "sorted elsewhere"
    marked = picture_of(office, case)
    assert the_one(marked, "Sorted elsewhere").status == "The case ended so"
    assert marked.end == "The case was closed on Monday 5 January 2026, 9am."
    assert marked.now == ()


# ------------------------------------------------------------------ somebody on the tray


def test_somebody_who_waits_shows_every_clock_that_runs(office: Office) -> None:
    """Twenty days on the tray: contact is asked for and was missed, and the limits of waiting still run."""
    case = tray_stories.on_the_tray(office)
    office.days_pass(20)
    marked = picture_of(office, case)
    assert len(marked.now) == len(office.waiting_for(case)) == 4
    assert set(waited_for(marked)) == {
        "Contacting somebody on the tray",
        "Each of several moments",
        "Contact still missed",
    }
    moments = the_one(marked, "Each of several moments").status
    assert "Now: waits for “warn” until Monday 26 January 2026, 8:30am" in moments
    assert "Now: waits for “breach” until Monday 2 February 2026, 8:30am" in moments
    assert the_one(marked, "Contacting somebody at high risk on the tray").mark is Mark.NOT_REACHED


def test_what_was_done_again_says_how_often(office: Office) -> None:
    """Two contacts were made with somebody Red: answered twice, last on the second day."""
    case = tray_stories.on_the_tray(office, Rag.RED)
    for day in ("2026-01-12 10:00", "2026-01-19 10:00"):
        office.today_is(day)
        office.answer(case, tray_stories.red_reached(), by="practitioner")
    marked = picture_of(office, case)
    asked = question(marked, "Contacting somebody at high risk on the tray")
    assert asked.status == "Answered 2 times, last on Monday 19 January 2026, 10am"
    assert question(marked, "Contacting somebody on the tray").mark is Mark.NOT_REACHED


def test_what_is_heard_of_is_marked_once_it_has_come(office: Office) -> None:
    """A change was reported: it stands among what may come at any time, and its way is on the path."""
    case = tray_stories.on_the_tray(office)
    office.signal(case, CircumstancesChanged(reported_by=ReportedBy.OTHER, what="fell", urgent=False), by="duty-worker")
    marked = picture_of(office, case)
    heard = [one for one in everything(marked) if one.kind is Kind.HEARD and one.mark is Mark.DONE]
    assert [one.title for one in heard] == ["A change for somebody on the tray"]
    assert heard[0].status == "Came on Monday 5 January 2026, 9am"
    assert the_one(marked, "Change reported").mark is Mark.DONE


# ------------------------------------------------------------------ others


def test_a_question_that_was_taken_back_is_not_waited_for(office: Office) -> None:
    """Silence brings a follow-up to the team leader: the worker is no longer asked, and the picture says since when."""
    case = a_check(office)
    office.today_is("2026-01-06 17:00")
    marked = picture_of(office, case)
    asked = question(marked, "Agreeing to a follow-up")
    assert (asked.mark, asked.status) == (Mark.ENDED, "No longer asked since Tuesday 6 January 2026, 5pm")
    assert "Deciding who follows up" in waited_for(marked)


def test_two_waits_on_one_line_are_told_apart(office: Office) -> None:
    """A refused follow-up waits for the team leader, no longer for the worker, though one line of source does both."""
    case = a_check(office)
    office.answer(case, REFUSED, by="practitioner")
    marked = picture_of(office, case)
    here = [one.title for one in everything(marked) if one.status == "Now: the procedure waits here"]
    assert here == ["Until the first of these comes: deciding, the day"]


def days_on_the_tray(office: Office, colour: Rag, days: int) -> None:
    """Somebody waits so many days, and nobody answers anything."""
    tray_stories.on_the_tray(office, colour)
    office.days_pass(days)


def placed_from_triage(office: Office) -> None:
    """A referral that duty cannot settle, and that a team leader places on the tray as Red."""
    case = office.start(pwt_triage, triage_stories.referral())
    office.answer(case, triage_stories.SAFE, by="duty-worker")
    office.answer(case, triage_stories.triaged(), by="duty-worker")
    office.answer(case, triage_stories.placed(Rag.RED), by="team-leader")


STORIES: dict[str, Callable[[Office], object]] = {
    "a letter left for return": letters.contact_left_for_return,
    "a letter on paper": lambda office: letters.sorted_contact(office, letters.sorted_as(), Channel.LETTER),
    "several people in one letter": lambda office: letters.sorted_contact(
        office, letters.sorted_as(MailKind.NAMED_WORKER, MailKind.COMPLAINT)
    ),
    "a follow-up refused": lambda office: office.answer(a_check(office), REFUSED, by="practitioner"),
    "three weeks on the tray": lambda office: days_on_the_tray(office, Rag.AMBER, 22),
    "five weeks Red on the tray": lambda office: days_on_the_tray(office, Rag.RED, 35),
    "a triage that comes to the tray": placed_from_triage,
    "a letter settled at duty": lambda office: office.answer(
        letters.sorted_contact(office, letters.sorted_as(settled_here=WhyHere.WITHIN_DUTY)),
        letters.SETTLED,
        by="duty-worker",
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_every_entry_of_every_case_has_its_place(office: Office, story: Callable[[Office], object]) -> None:
    """Whatever the cases of a story have done, asked and awaited stands on their pictures; nothing is left over."""
    story(office)
    for case in office.cases():
        assert picture_of(office, case).unplaced == 0, office.case(case).procedure


# ------------------------------------------------------------------ looking is only looking


def test_looking_at_a_picture_does_nothing(office: Office) -> None:
    """News has come that no leg has worked on yet: whoever looks at the picture neither works on it nor enters it."""
    case = tray_stories.on_the_tray(office)
    change = CircumstancesChanged(reported_by=ReportedBy.OTHER, what="fell", urgent=True)
    arrivals.send_signal(office.council, case, change, by="duty-worker")
    cases = office.cases()
    with office.council.database.read() as session:
        before = [(entry.no, entry.key) for entry in recall(session, case)]

    picture_of(office, case)

    with office.council.database.read() as session:
        assert [(entry.no, entry.key) for entry in recall(session, case)] == before
    assert office.cases() == cases


def other_code(facts: FollowUpFacts) -> None:
    """A follow-up as another version might have it: the first step is the same, the rest is not."""
    about_person(facts.about_person)
    ask(FollowUpReport, of=Role.DUTY_WORKER)


def test_code_that_was_changed_is_followed_as_far_as_it_is_the_same(office: Office) -> None:
    """Where the ledger and the code part, the looking ends without trouble, and what was met until then holds."""
    case = a_check(office)
    with office.council.database.read() as session:
        entries = recall(session, case)
    changed = replace(procedure_named("follow-up"), run=other_code)
    seen = trace(office.council, case, changed, entries)
    assert [key for key in seen.met if key in {entry.key for entry in entries}] == ["about-person:P-101"]
    assert seen.waits_at == ()


ASKED_OUTSIDE: list[str] = []


@audited("Asked another system", reads_outside=True)
def ask_another_system() -> None:
    """Note that another system was asked."""
    ASKED_OUTSIDE.append("asked")


def code_that_asks_outside(_: FollowUpFacts) -> None:
    """A procedure whose next step asks another system."""
    ask_another_system()


def test_looking_at_a_picture_asks_no_other_system(office: Office) -> None:
    """A step that would read a calendar next is met, and not carried out."""
    case = a_check(office)
    with office.council.database.read() as session:
        opened = recall(session, case)[:1]
    seen = trace(office.council, case, replace(procedure_named("follow-up"), run=code_that_asks_outside), opened)
    assert list(seen.met) == ["ask-another-system"]
    assert ASKED_OUTSIDE == []


def test_without_the_lines_only_what_is_beyond_doubt_is_marked(office: Office) -> None:
    """By names alone a step that stands at one place is marked; what stands at several is marked at none of them."""
    case = letters.contact_left_for_return(office)
    marked = picture_of(office, case, by_line=False)
    assert the_one(marked, "Sorting the contact").mark is Mark.DONE
    assert the_one(marked, "A written contact handed over").mark is Mark.NOT_REACHED
    again = [one.mark for one in everything(marked) if one.title == "Worked out how long there is to reply"]
    assert len(again) > 1 and set(again) == {Mark.NOT_REACHED}
    assert marked.unplaced > 0
    assert len(marked.now) == len(office.waiting_for(case))  # where it is now is certain in any case


def test_what_was_erased_leaves_a_picture_by_names(office: Office) -> None:
    """What entries said is erased when its time has passed; that they were made is still shown."""
    case = letters.sorted_contact(office, letters.sorted_as(MailKind.COMPLAINT))
    with office.council.change() as change:
        every = [entry.no for entry in recall(change.session, case)]
        erase_payloads(change, case, every, reason="retention", by="systems-officer")
    marked = picture_of(office, case)
    assert question(marked, "Sorting the contact").status == "Answered on Monday 5 January 2026, 9am"
    assert marked.end == "The case was closed on Monday 5 January 2026, 9am."


def test_a_case_that_is_not_there_has_no_path(office: Office) -> None:
    """A reference that stands for no case is refused."""
    with office.council.database.read() as session, pytest.raises(UnknownCase):
        path_of(session, "XXXX-X")


def test_the_page_names_nobody(office: Office) -> None:
    """Neither whom a case is about nor who wrote nor what: titles, clauses and times only."""
    facts = letters.letter(sender="Zebedee Quill <quill@example.org>", subject="Canary-subject", text="Canary-text")
    case = office.start(written_contact_transfer, facts)
    office.answer(case, letters.sorted_as(action_indicated="Canary-action"), by="duty-worker")
    page = page_of(office, case)
    assert "Sorting the contact" in page
    for canary in ("Quill", "Zebedee", "Canary", "P-101", "Tilling", "4711"):
        assert canary not in page


def test_the_page_tells_the_same_in_words(office: Office) -> None:
    """What a screen reader reads: done, now until when, and not reached; each region can be reached by keyboard."""
    page = page_of(office, letters.contact_left_for_return(office))
    words = page.partition('id="picture-in-words"')[2]
    assert "<strong>Answered on Monday 5 January 2026, 9am</strong>" in words
    assert "<strong>Now: waits until Wednesday 14 January 2026, 8:30am</strong>" in words
    assert "– not reached" in words
    assert page.count('class="app-picture-region" role="region" tabindex="0" aria-label=') == page.count("<svg ")
    assert "Look after it (the case is here)" in page
    assert DisclosureMade.title not in page  # another procedure's
