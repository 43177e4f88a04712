"""The safeguarding question before a form, in a real browser, by mouse and with the rules of accessibility."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from flows.deprivation_of_liberty import deprivation_of_liberty
from flows.safeguarding_concern import safeguarding_concern
from models.forms.liberty import LibertyConcern, LibertyConsidered
from tests.browser.conftest import Live
from tests.browser.looking import Looker
from tests.worklist.answering_stories import item_of


@pytest.mark.clauses("DUTY-49", "DUTY-50", "REA-32", "REA-33")
def test_a_concern_is_raised_on_the_way_to_a_form(live: Live, page_as: Callable[..., Page], look: Looker) -> None:
    """DUTY-49: 999 is said first, yes leads to a few lines, they are raised at once, and the form comes after."""
    locked_in = LibertyConcern(about_person="P-110", what="his door is locked", worker="staff-practitioner")
    case = live.office.start(deprivation_of_liberty, locked_in)
    item = item_of(live.office, case, LibertyConsidered.name())
    page = page_as("practitioner")
    page.goto(f"/work-items/{item}")
    expect(page.get_by_text("ring 999 first")).to_be_visible()
    look(page, "question")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").get_by_text("Choose yes or no")).to_be_visible()
    look(page, "question-unanswered")
    page.get_by_label("Yes, or I am not sure").check()
    page.get_by_role("button", name="Continue").click()
    look(page, "concern")
    page.locator("#field-danger_or_crime").check()
    look(page, "danger")
    page.locator("#field-rang_999").check()
    page.get_by_role("group", name="Who is at risk").get_by_label("Adult", exact=True).check()
    page.get_by_label("What was said or seen, and who may be harming them").fill("The key is on a neighbour's hook.")
    page.get_by_role("button", name="Raise the concern").click()
    expect(page.get_by_text("The safeguarding concern is raised as case")).to_be_visible()
    assert page.url.endswith(f"/work-items/{item}")
    (concern,) = live.office.cases(safeguarding_concern)
    expect(page.get_by_text(f"The safeguarding concern is raised as case {concern}.")).to_be_visible()
    look(page, "form")
