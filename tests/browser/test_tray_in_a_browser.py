"""The tray's pages in a real browser: with nobody and with many, at both widths, by every accessibility rule."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from models.decision_tables.levels import Rag
from models.forms.tray_waiting import ContactLogged, ContactOutcome
from tasks.durable.testing import Office
from tasks.tray.weekly_opening import open_due_reviews
from tests.browser.conftest import Live
from tests.browser.looking import Looker
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.answering_stories import item_of

PageAs = Callable[..., Page]
RANG = ContactLogged(outcome=ContactOutcome.REACHED_PERSON, safe_and_well=True, reassured=True)
PAGES = {"tray": "/tray", "contacts": "/tray/contacts", "report": "/tray/report", "over-time": "/tray/over-time"}


def some_weeks(office: Office) -> None:
    """Six people come over three weeks; two of them are reached today."""
    refs = []
    for colour, person in zip((Rag.RED, Rag.AMBER, Rag.GREEN), ("P-101", "P-102", "P-103"), strict=True):
        refs += [on_the_tray(office, colour, person=person), on_the_tray(office, None, person="P-105")]
        office.days_pass(7)
    office.signal(refs[2], RANG, by="duty-worker")
    office.signal(refs[4], RANG, by="duty-worker")


def test_the_tray_with_nobody(page_as: PageAs, look: Looker) -> None:
    """Each page says so in a sentence."""
    page = page_as("team-manager")
    for name, path in PAGES.items():
        page.goto(path)
        look(page, f"{name}-nobody")


def test_the_tray_with_people(live: Live, page_as: PageAs, look: Looker) -> None:
    """Who waits, the contacts of the day, the figures, and the charts with their tables unfolded."""
    some_weeks(live.office)
    page = page_as("team-manager")
    for name, path in PAGES.items():
        page.goto(path)
        look(page, name)
    for summary in page.locator("main details summary").all():
        summary.click()
    look(page, "over-time-with-tables")
    page.goto("/tray/report?begins=2026-01-09&ends=2026-01-02")
    look(page, "report-refused")


def test_the_weekly_review_without_scripts(live: Live, page_as: PageAs, look: Looker) -> None:
    """Decided, refused, said more about, checked and sent."""
    some_weeks(live.office)
    [case] = open_due_reviews(live.office.council)
    live.office.hours_pass(0)
    looked, page = page_as("team-leader"), page_as("team-leader", width=375, scripts=False)
    path = f"/work-items/{item_of(live.office, case, 'TrayReviewed')}"
    looked.goto(path)
    look(looked, "review")
    looked.get_by_role("button", name="Continue").click()
    look(looked, "review-refused")
    looked.get_by_label("Rate again").first.check()
    looked.get_by_role("button", name="Continue").click()
    look(looked, "more")
    looked.get_by_role("button", name="Continue").click()
    look(looked, "more-refused")

    page.goto(path)
    page.get_by_role("button", name="Throw it away and start afresh").click()
    page.get_by_label("Look into").first.check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("The reasons").fill("Nobody has seen him.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("A duty worker is asked to contact them today")).to_be_visible()
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
