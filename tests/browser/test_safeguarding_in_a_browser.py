"""The safeguarding question before a form, in a real browser, by mouse and with the rules of accessibility."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from flows.deprivation_of_liberty import deprivation_of_liberty
from flows.safeguarding_concern import safeguarding_concern
from models.forms.liberty import LibertyConcern, LibertyConsidered
from models.forms.reablement_signals import EvidenceReceived
from tests.browser.conftest import Live
from tests.browser.looking import Looker, nobody_is_at_risk
from tests.procedures.reablement_stories import in_reablement
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
    raises(page, "The key is on a neighbour's hook.")
    expect(page.get_by_text("The safeguarding concern is raised as case")).to_be_visible()
    assert page.url.endswith(f"/work-items/{item}")
    (concern,) = live.office.cases(safeguarding_concern)
    expect(page.get_by_text(f"The safeguarding concern is raised as case {concern}.")).to_be_visible()
    look(page, "form")


def raises(page: Page, what: str) -> None:
    """An adult is at risk: the few lines of a concern, sent."""
    page.get_by_role("group", name="Who is at risk").get_by_label("Adult", exact=True).check()
    page.get_by_label("What was said or seen, and who may be harming them").fill(what)
    page.get_by_role("button", name="Raise the concern").click()
    expect(page.get_by_text("The safeguarding concern is raised as case")).to_be_visible()


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_a_concern_is_raised_on_the_way_to_telling_a_case(
    live: Live, page_as: Callable[..., Page], look: Looker
) -> None:
    """DUTY-49: evidence about a plan; 999 and the question first, the person known already, and then the evidence."""
    plan = in_reablement(live.office)
    page = page_as("reablement-worker")
    page.goto(f"/cases/{plan}/signals/{EvidenceReceived.slug()}")
    expect(page.get_by_text("ring 999 first")).to_be_visible()
    look(page, "question")
    page.get_by_label("Yes, or I am not sure").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Edith Tilling")).to_be_checked()
    look(page, "concern")
    page.locator("#field-danger_or_crime-2").check()
    raises(page, "Her purse is empty again.")
    assert page.url.endswith(f"/cases/{plan}/signals/{EvidenceReceived.slug()}")
    look(page, "form")
    page.goto(f"/cases/{plan}")
    look(page, "case")
    (concern,) = live.office.cases(safeguarding_concern)
    assert live.office.case(concern).parent_ref == plan


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_a_concern_is_raised_on_the_way_to_a_new_case(live: Live, page_as: Callable[..., Page], look: Looker) -> None:
    """DUTY-49: something urgent for Harold Brisco; he stays chosen through the question and the concern."""
    page = page_as("duty-worker")
    page.goto("/start/urgent-action?about=P-104")
    expect(page.get_by_text("ring 999 first")).to_be_visible()
    look(page, "question")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").get_by_text("Choose yes or no")).to_be_visible()
    page.get_by_label("Yes, or I am not sure").check()
    page.get_by_role("button", name="Continue").click()
    look(page, "concern")
    page.locator("#field-danger_or_crime-2").check()
    raises(page, "He has eaten nothing since Sunday.")
    expect(page.get_by_label("Harold Brisco")).to_be_checked()
    look(page, "form")
    page.get_by_label("What cannot wait").fill("Food for the weekend")
    page.get_by_role("button", name="Open the case").click()
    page.wait_for_url("**/cases/*")
    look(page, "case")
    assert len(live.office.cases(safeguarding_concern)) == 1


def test_a_referral_is_asked_about_first_and_nobody_is_at_risk(live: Live, page_as: Callable[..., Page]) -> None:
    """DUTY-49: no leads to the form, once for each referral."""
    page = page_as("duty-worker")
    page.goto("/start/referral")
    nobody_is_at_risk(page)
    assert page.url.endswith("/start/referral")
    expect(page.get_by_role("link", name="Somebody may be at risk: raise a safeguarding concern")).to_be_visible()
    page.goto("/start/referral")
    assert page.url.endswith("/start/referral")
