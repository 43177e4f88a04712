"""Finding somebody: whoever rings is found by what they can say, and nothing is found that is not one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from flows.follow_up import follow_up
from flows.pwt_review import pwt_review
from flows.written_contact_transfer import written_contact_transfer
from models.audit import AccessEntry
from models.decision_tables.levels import Rag
from models.forms.follow_up import FollowUpBy, FollowUpFacts, FollowUpWanted
from models.forms.tray_deciding import LeavingConfirmed
from models.forms.tray_signals import LeavingReported
from models.forms.written_contact import GivenSubject
from models.policy.gaps.tray_exits import LeavingReason
from models.register import Person
from models.worklist import Draft
from tasks.durable.testing import Office
from tests.procedures.letters import letter
from tests.procedures.tray_stories import on_the_tray, placement
from tests.worklist.browser import Browser, Seen

AtWork = Callable[[str], Browser]
A_CHECK = FollowUpFacts(
    wanted=FollowUpWanted(what="calls", on=date(2026, 1, 14), by=FollowUpBy.RESPONSIBLE, wishes="by telephone"),
    about_person="P-104",
    responsible="staff-practitioner",
    done_so_far="stopped",
)


def found_by(browser: Browser, words: str) -> Seen:
    """What the page shows for those words."""
    return browser.send(browser.get("/find"), {"words": words}, action="/find")


@pytest.fixture
def case(office: Office) -> str:
    """P-104, Harold Brisco, on Hazel's tray."""
    return on_the_tray(office, Rag.AMBER)


@pytest.mark.parametrize("words", ["har bri", "Brisco, Harold", "P-104", "las 70461", "LAS-70461", "999 001 1117"])
def test_somebody_is_found_by_whatever_they_can_say(at_work: AtWork, case: str, words: str) -> None:
    """By the beginnings of their names, our id, the record id however it is spaced, and the NHS number."""
    seen = found_by(at_work("duty-worker"), words)
    assert "1 person found" in seen.text
    assert "Harold Brisco" in seen.text
    assert "Saturday 19 January 1935" in seen.text
    assert "XW4 4EZ" in seen.text
    assert seen.links[f"Planned work tray {case}"] == f"/cases/{case}"


@pytest.mark.parametrize("words", ["obrien", "O'Brien", "sean o'brien", "Seán", "sean"])
def test_an_apostrophe_or_an_accent_loses_nobody(at_work: AtWork, office: Office, words: str) -> None:
    """However a name is typed on the telephone."""
    with office.council.database.write() as session:
        session.add(Person(id="P-301", record_id="LAS-1", name="Seán O'Brien"))
        session.add(Person(id="P-302", record_id="LAS-2", name="Sean O'Brien"))
    text = found_by(at_work("duty-worker"), words).text
    assert "Seán O'Brien" in text
    assert "Sean O'Brien" in text


def test_a_case_is_found_by_its_ref_with_whom_it_is_about(at_work: AtWork, case: str) -> None:
    """In small letters and without its hyphen, as it is read out on the telephone."""
    seen = found_by(at_work("duty-worker"), case.lower().replace("-", " "))
    assert f"Case {case}" in seen.text
    assert "About Harold Brisco" in seen.text


def test_what_must_be_known_before_ringing_comes_first(at_work: AtWork) -> None:
    """A safe-contact rule, and a death."""
    browser = at_work("duty-worker")
    assert "Safe contact: call the mobile between 10 and 12 only" in found_by(browser, "Bronwen").text
    assert "Died on Thursday 2 October 2025. Do not ring or write to them." in found_by(browser, "Larkin").text


def test_only_cases_that_are_theirs_to_read_are_shown(at_work: AtWork, office: Office) -> None:
    """A practitioner of Rowan finds the person, and not Hazel's case about them."""
    case = on_the_tray(office, Rag.AMBER, person="P-113")
    seen = found_by(at_work("practitioner-5"), "Farrant")
    assert "Lydia Farrant" in seen.text
    assert "No case that is yours to read" in seen.text
    assert case not in seen.text
    assert case not in found_by(at_work("practitioner-5"), case).text.replace(f'value="{case}"', "")


def test_a_restricted_case_is_not_there(at_work: AtWork, office: Office) -> None:
    """Neither beside its person, nor in a count, nor by its ref; those to whom it belongs find it."""
    case = office.start(pwt_review, placement(office), owner="staff-team-leader", restricted=True)
    for words in ("Brisco", case):
        seen = found_by(at_work("duty-worker"), words)
        assert f"/cases/{case}" not in seen.html
    assert "Nothing found that is yours to see" in seen.text
    assert "Harold" not in seen.text
    assert f"/cases/{case}" in found_by(at_work("team-leader"), case).html


def test_who_may_look_among_their_own_team_finds_nobody_else(at_work: AtWork, office: Office) -> None:
    """Brokerage finds whom it has a case about, and not the rest of the register; nor is the rest counted."""
    browser = at_work("brokerage-officer")
    assert "Nothing found" in found_by(browser, "Harold Brisco").text
    assert "Nothing found" in found_by(browser, "e").text
    office.start(pwt_review, placement(office), owner="role-brokerage")
    assert "Harold Brisco" in found_by(browser, "Harold Brisco").text


def test_too_many_are_counted_and_not_shown(at_work: AtWork, office: Office) -> None:
    """A single letter fits half the register."""
    with office.council.database.write() as session:
        session.add_all(
            Person(id=f"P-{4000 + one}", record_id=f"LAS-9{one:04}", name=f"Quentin Quill{one}x") for one in range(30)
        )
    seen = found_by(at_work("duty-worker"), "quentin")
    assert "That fits 30 people" in seen.text
    assert "P-4001" not in seen.text


def test_the_open_cases_come_first_and_the_rest_are_counted(at_work: AtWork, office: Office) -> None:
    """Ten of them are shown, a closed one after the open ones, whichever was opened later."""
    for _ in range(10):
        office.start(follow_up, A_CHECK)
    office.hours_pass(1)
    closed = on_the_tray(office, Rag.AMBER)
    office.signal(closed, LeavingReported(reason=LeavingReason.MOVE, told_by="his son"), by="duty-worker")
    office.answer(closed, LeavingConfirmed(leaves=True, what_was_discussed="lives with his son now"), by="team-leader")
    assert office.is_closed(closed)

    seen = found_by(at_work("duty-worker"), "Brisco")
    assert f"/cases/{closed}" not in seen.html
    assert f"and {len(office.cases()) - 10} more" in seen.text
    assert "closed on Monday 5 January 2026" in found_by(at_work("duty-worker"), closed).text


def test_how_many_were_found_is_noted_and_never_the_words(at_work: AtWork, office: Office) -> None:
    """The search stands in no address and in no log."""
    browser = at_work("duty-worker")
    seen = found_by(browser, "Harold Brisco")
    found_by(browser, "Nobody Atall")
    assert seen.path == "/find"
    assert seen.headers["cache-control"] == "no-store"
    with office.council.database.read() as session:
        looks = [
            (one.who, one.what, one.about) for one in session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        ]
    assert looks == [("duty-worker", "find-person", "1 found"), ("duty-worker", "find-person", "0 found")]


def test_nothing_typed_is_said(at_work: AtWork) -> None:
    """An empty search is a problem with a link to the field, and no look."""
    seen = found_by(at_work("duty-worker"), "  ")
    assert seen.status == 400
    assert seen.links["Enter a name, a reference or a number"] == "#words"


def test_what_was_typed_when_the_session_ended_is_there_once(at_work: AtWork, office: Office) -> None:
    """Signed out in the middle: the words are in the form after signing in, and kept no longer."""
    browser = at_work("duty-worker")
    page = browser.get("/find")
    office.hours_pass(1.1)
    assert browser.send(page, {"words": "Harold"}, action="/find", follow=False).status == 303
    browser.is_signed_in_as("duty-worker")
    assert ("words", "Harold") in browser.get("/find").form("/find").pairs
    assert ("words", "") in browser.get("/find").form("/find").pairs
    with office.council.database.read() as session:
        assert session.scalars(select(Draft)).all() == []


def test_what_was_typed_is_shown_as_text(at_work: AtWork) -> None:
    """A script in the search field stays what it is: letters."""
    seen = found_by(at_work("duty-worker"), '"><script>alert(1)</script>')
    assert "<script>alert" not in seen.html


def test_somebody_who_is_not_in_the_register_is_found_by_the_name_they_were_given(
    at_work: AtWork, office: Office
) -> None:
    """Their sister rings again: duty finds the open case instead of opening another; Rowan's worker does not see it."""
    given = GivenSubject(name="Zebediah Quorn")
    ref = office.start(written_contact_transfer, letter(sender="Ada Quorn", subject="My brother", given=given))

    browser = at_work("duty-worker")
    found = browser.send(browser.get("/find"), {"words": "zeb quo"}, action="/find")
    assert "About, as they say: Zebediah Quorn. From Ada Quorn: My brother" in found.text
    assert ref in found.text
    assert ref not in browser.send(browser.get("/find"), {"words": "zeb smith"}, action="/find").text
    elsewhere = at_work("practitioner-4")
    assert ref not in elsewhere.send(elsewhere.get("/find"), {"words": "quorn"}, action="/find").text
