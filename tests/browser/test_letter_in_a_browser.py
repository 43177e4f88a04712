"""A letter, from the envelope to closure, by the people whose work it is, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.looking import Looker

Work = Callable[..., Page]


@pytest.mark.clauses("DUTY-16", "DUTY-20", "DUTY-22")
def test_a_letter_is_carried_from_the_envelope_to_closure(page_as: Work, live: Live, look: Looker) -> None:
    """Duty takes it in and sorts it; the worker it names takes it on; duty keeps the note; the case closes."""
    duty = page_as("duty-worker")
    duty.goto("/start")
    look(duty, "01-start")
    duty.get_by_role("link", name="A letter on paper").click()
    duty.get_by_role("button", name="Take in the letter").click()
    assert duty.title().startswith("Error: ")
    look(duty, "02-letter-refused")
    duty.get_by_label("Who wrote").fill("Mrs Gladys Okafor, 4 Mill Lane")
    _fill_day(duty, "5", "1", "2026")
    duty.get_by_label("What it says").fill("Dear Priya Nair, the bath seat for my mother has not come.")
    duty.get_by_role("button", name="Take in the letter").click()
    assert "The letter was taken in as case" in duty.get_by_role("alert").inner_text()
    look(duty, "03-case-just-opened")
    ref = duty.url.rpartition("/")[2]

    duty.goto("/day")
    look(duty, "04-day-of-duty")
    duty.get_by_role("link", name="Sorting the contact").click()
    look(duty, "05-sorting")
    duty.get_by_role("checkbox", name="Named worker").first.check()
    duty.get_by_label("The worker it is addressed to").first.select_option("practitioner")
    duty.get_by_label("The person it is about").fill("P-101")
    duty.get_by_role("button", name="Send your answer").click()
    assert duty.title().startswith("Error: ")
    look(duty, "06-sorting-refused")
    duty.get_by_label("What it asks for").first.fill("where the bath seat is")
    duty.get_by_label("Where it is recorded").first.fill("LAS, correspondence, 5 January 2026")
    duty.get_by_role("button", name="See first what it causes").click()
    look(duty, "07-what-it-causes")
    duty.get_by_role("button", name="Send your answer").click()
    look(duty, "08-sorted")

    worker = page_as("practitioner")
    worker.goto("/day")
    look(worker, "09-day-of-the-worker")
    worker.locator("main").get_by_role("link", name="contact").first.click()
    look(worker, "10-taking-it-on")
    worker.get_by_role("radio", name="Accept").check()
    worker.get_by_label("What has been done already").fill("rang the supplier")
    worker.get_by_role("button", name="Send your answer").click()

    duty.goto("/day")
    duty.get_by_role("link", name="Filing the original securely").click()
    look(duty, "11-filing")
    duty.locator("main input[name=filed_at], main textarea[name=filed_at]").fill("locked cabinet 2, January 2026")
    duty.get_by_role("button", name="Send your answer").click()
    assert live.office.outcome_of(ref) == "transferred"
    worker.goto(f"/cases/{ref}")
    expect(worker.get_by_text("Closed: transferred")).to_be_visible()
    look(worker, "12-case-closed")
    worker.get_by_role("link", name="Picture of the procedure").click()
    look(worker, "13-picture")
    duty.goto("/day")
    look(duty, "14-day-is-done")


def _fill_day(page: Page, day: str, month: str, year: str) -> None:
    page.get_by_label("Day", exact=True).fill(day)
    page.get_by_label("Month", exact=True).fill(month)
    page.get_by_label("Year", exact=True).fill(year)
