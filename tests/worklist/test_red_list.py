"""The Red list: all that is needed to look after people at high risk while the system is away, for those in reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from flows.pwt_review import pwt_review
from models.audit import AccessEntry
from models.decision_tables.levels import Rag
from models.forms.tray_rating import RelevantPerson
from models.forms.tray_signals import RatedAgain, RelevantPersonNamed
from models.register import Person
from tasks.durable.testing import Office
from tests.procedures.tray_stories import facts_for, on_the_tray, placement, red_reached
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]
ADA = RelevantPerson(name="Ada Peake", relation="daughter", how_to_reach="07700 900555")


@pytest.fixture
def leonard(office: Office) -> str:
    """P-103, Leonard Peake, at high risk on Hazel's tray; Tom Garrick is his worker for another matter."""
    with office.council.database.write() as session:
        known = session.get_one(Person, "P-103")
        known.telephone, known.postal_address = "01632 960103", "5 Weir Row, Wenbridge, XW3 3DW"
    return on_the_tray(office, Rag.RED, person="P-103", relevant_people=(ADA,))


def looks(office: Office) -> list[tuple[str, str, str]]:
    """What the access log has."""
    with office.council.database.read() as session:
        entries = session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        return [(one.who, one.what, one.about) for one in entries]


def test_it_has_all_that_is_needed_to_look_after_somebody(at_work: AtWork, leonard: str) -> None:
    """Whom to ring, where they live, what keeps them safe, when somebody is to be in touch, and who answers for it."""
    text = at_work("duty-worker").get("/red-list").text
    for said in (
        "Leonard Peake",
        "01632 960103",
        "5 Weir Row, Wenbridge, XW3 3DW",
        "Thursday 27 February 1941",
        "Ada Peake (daughter, 07700 900555)",
        "the neighbour looks in each evening",
        "never since they asked for help",
        "Next contact Monday 12 January 2026, 5pm",
        "Manager Marcus Thorne",
        "Key worker Tom Garrick",
        f"case {leonard}, record LAS-70444, our id P-103",
    ):
        assert said in text, said


def test_it_says_who_made_it_and_when_and_that_it_is_destroyed(at_work: AtWork, leonard: str) -> None:
    """A sheet of paper that is found says whose it was."""
    text = at_work("duty-worker").get("/red-list").text
    assert "As it stood on Monday 5 January 2026, 9am, for Dana Whitlock (duty-worker)" in text
    assert "destroy it after use" in text


def test_a_safe_contact_rule_stands_before_the_telephone(at_work: AtWork, office: Office) -> None:
    """Whoever reads it in the night reads that first."""
    on_the_tray(office, Rag.RED, person="P-111")
    text = at_work("duty-worker").get("/red-list").text
    assert text.index("Safe contact: call the mobile between 10 and 12 only") < text.index("07700 900111")


def test_only_those_at_high_risk_are_on_it(at_work: AtWork, office: Office, leonard: str) -> None:
    """Amber is not; somebody not rated yet is counted, since they may be."""
    on_the_tray(office, Rag.AMBER)
    on_the_tray(office, None, person="P-105", imported=True)
    seen = at_work("duty-worker").get("/red-list")
    assert "1 person at high risk waits" in seen.text
    assert "1 more waits who is not rated yet" in seen.text
    assert "Harold Brisco" not in seen.text


def test_it_has_the_latest_plan_and_everybody_named_since(at_work: AtWork, office: Office, leonard: str) -> None:
    """A plan that was changed, and a neighbour named on the telephone."""
    office.signal(leonard, RelevantPersonNamed(who=RelevantPerson(name="Bert Hale", relation="warden")))
    again = RatedAgain(
        facts=facts_for(Rag.RED), facts_changed=True, reasons="fell again", safety_plan="a carer comes twice a day"
    )
    office.signal(leonard, again, by="team-leader")
    text = at_work("duty-worker").get("/red-list").text
    assert "a carer comes twice a day" in text
    assert "the neighbour looks in each evening" not in text
    assert "Ada Peake (daughter, 07700 900555) or Bert Hale (warden)" in text


def test_a_missed_contact_says_so_and_a_made_one_is_the_last(at_work: AtWork, office: Office, leonard: str) -> None:
    """A week later nobody has rung; then somebody has."""
    office.today_is("2026-01-13 09:00")
    browser = at_work("duty-worker")
    assert "Next contact Monday 12 January 2026, 5pm, which has passed" in browser.get("/red-list").text
    office.answer(leonard, red_reached(), by="practitioner")
    assert "Last reached Tuesday 13 January 2026, 9am" in browser.get("/red-list").text


def test_another_teams_people_are_not_on_it(at_work: AtWork, office: Office, leonard: str) -> None:
    """A practitioner prints their own team's; duty prints everybody's."""
    assert "Leonard Peake" in at_work("practitioner").get("/red-list").text
    seen = at_work("practitioner-4").get("/red-list")
    assert "0 people at high risk wait" in seen.text
    assert "Leonard" not in seen.text


def test_a_restricted_case_is_on_it_for_those_to_whom_it_belongs_alone(at_work: AtWork, office: Office) -> None:
    """For all others it is not there, nor counted."""
    office.start(pwt_review, placement(office, Rag.RED), owner="staff-team-leader", restricted=True)
    assert "0 people at high risk wait" in at_work("duty-worker").get("/red-list").text
    assert "Harold Brisco" in at_work("team-leader").get("/red-list").text


def test_each_person_on_it_is_noted_before_it_is_shown(at_work: AtWork, office: Office, leonard: str) -> None:
    """Who saw somebody's address can be told of each; an empty list was looked at as well."""
    at_work("duty-worker").get("/red-list")
    at_work("practitioner-4").get("/red-list")
    assert looks(office) == [
        ("duty-worker", "read-red-list", leonard),
        ("practitioner-4", "read-red-list", "nobody"),
    ]
