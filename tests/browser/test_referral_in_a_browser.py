"""A referral, from the telephone call to the worker who takes it on, by the people whose job it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from flows.pwt_review import pwt_review
from models.decision_tables.levels import Rag
from tests.browser.conftest import Live
from tests.browser.looking import Looker, nobody_is_at_risk
from tests.procedures.tray_stories import standing

Work = Callable[..., Page]
WAYS = [
    "Care technology",
    "Occupational therapy",
    "Reablement",
    "Another prevention service",
    "Community resources",
    "Respite booked",
    "Respite amended",
    "The Review tray",
]


@pytest.mark.clauses("PWT-11", "PWT-12", "PWT-24", "PWT-32", "PWT-35", "PWT-49")
def test_a_referral_is_carried_from_the_telephone_to_a_worker(page_as: Work, live: Live, look: Looker) -> None:
    """Duty takes it in and triages, a manager places it, duty rings, a manager allocates, and a worker accepts."""
    duty, leader, worker = page_as("duty-worker"), page_as("team-leader"), page_as("practitioner")
    referral = _duty_takes_it_in(duty, look)
    _duty_checks_that_nobody_is_in_danger(duty, look)
    _duty_triages_it(duty, look)
    _a_manager_places_it(leader, look)
    [waiting] = live.office.cases(pwt_review)
    assert standing(live.office, waiting).colour is Rag.AMBER
    assert live.office.outcome_of(referral) == "placed on the tray"

    live.office.days_pass(14)
    _duty_rings_the_person(page_as("duty-worker"), look)
    _a_manager_allocates(page_as("team-leader"), waiting, look)
    _a_worker_takes_it_on(page_as("practitioner"), look)
    assert live.office.outcome_of(waiting) == "allocated"
    worker = page_as("practitioner")
    worker.goto(f"/cases/{waiting}")
    expect(worker.get_by_text("Closed: allocated")).to_be_visible()
    look(worker, "14-closed-as-allocated")


def _duty_takes_it_in(page: Page, look: Looker) -> str:
    page.goto("/start")
    page.get_by_role("link", name="A referral").click()
    nobody_is_at_risk(page)
    page.get_by_label("Search the register: Who needs help").fill("Brisco")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("radio", name="Harold Brisco").check()
    look(page, "01-referral")
    _choose(page, "Where it came in", "Contact centre")
    page.get_by_label("What was asked for, in full").fill("My father cannot manage the stairs any more.")
    page.get_by_role("button", name="Take in the referral").click()
    expect(page.get_by_role("alert")).to_contain_text("The referral was taken in as case")
    look(page, "02-case-just-opened")
    return page.url.rpartition("/")[2]


def _duty_checks_that_nobody_is_in_danger(page: Page, look: Looker) -> None:
    page.goto("/day")
    page.get_by_role("link", name="The safeguarding check").click()
    page.get_by_label("I have asked myself whether anybody is in danger now").check()
    _choose(page, "Is there a safeguarding concern?", "No")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    look(page, "03-checked")


def _duty_triages_it(page: Page, look: Looker) -> None:
    page.goto("/day")
    page.get_by_role("link", name="Triage").click()
    look(page, "04-triage")
    _choose(page, "How triage ends", "To a manager")
    for way in WAYS:
        _choose(page, way, "Not suitable")
    page.get_by_role("textbox", name="What was done", exact=True).fill("Rang his daughter, asked the practice.")
    page.get_by_label("All that matters is known and on record").check()
    page.get_by_label("Where it is recorded").fill("LAS, contact form 88")
    _choose(page, "Ordinary residence", "Ours")
    _choose(page, "Section 117 aftercare", "Not owed")
    _choose(page, "Is discharge-to-assess funding in place?", "No")
    _choose(page, "Does the person pay for their own care?", "No")
    page.get_by_role("button", name="Continue").click()
    _send_after_checking(page, look, "05-triage-checked")


def _a_manager_places_it(page: Page, look: Looker) -> None:
    page.goto("/day")
    look(page, "06-day-of-the-manager")
    page.get_by_role("link", name="Deciding between a worker and the tray").click()
    _choose(page, "Your decision", "Place")
    page.get_by_label("Why you decide so").fill("No worker is free this week.")
    page.get_by_label("The person's circumstances").fill("Lives alone, his daughter shops for him.")
    _choose(page, "How far their support meets their needs", "Moderate")
    _choose(page, "The risk of harm if we did nothing", "Moderate")
    _choose(page, "What waiting would do", "Decline")
    look(page, "07-deciding")
    page.get_by_role("button", name="Continue").click()
    _send_after_checking(page, look, "08-decision-checked")


def _duty_rings_the_person(page: Page, look: Looker) -> None:
    page.goto("/day")
    look(page, "09-day-two-weeks-later")
    page.get_by_role("link", name="Contacting somebody on the tray").click()
    _choose(page, "What came of the contact", "Reached person")
    _choose(page, "Is the person safe and well?", "Yes")
    page.get_by_label("They were told that they are still on the tray").check()
    look(page, "10-the-call")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()


def _a_manager_allocates(page: Page, waiting: str, look: Looker) -> None:
    page.goto(f"/cases/{waiting}")
    page.get_by_role("link", name="Say that something has happened").click()
    look(page, "11-what-can-be-told")
    page.get_by_role("link", name="Allocating somebody on the tray").click()
    page.get_by_label("The worker").select_option("practitioner")
    page.get_by_label("The reasons").fill("She knows him.")
    look(page, "12-allocating")
    page.get_by_role("button", name="Tell the case").click()


def _a_worker_takes_it_on(page: Page, look: Looker) -> None:
    page.goto("/day")
    page.get_by_role("link", name="Taking on somebody from the tray").click()
    _choose(page, "Your reply", "Accept")
    look(page, "13-taking-it-on")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()


def _choose(page: Page, question: str, answer: str) -> None:
    """Choose an answer to a question, as somebody who hears the page does: by the question's name."""
    page.get_by_role("group", name=question, exact=True).get_by_role("radio", name=answer, exact=True).check()


def _send_after_checking(page: Page, look: Looker, name: str) -> None:
    """What was answered, and what it causes, stand there before it is sent."""
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_role("heading", name="What your answer causes")).to_be_visible()
    look(page, name)
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
