"""Forms about a reablement plan in a real browser: what it has is chosen, and a photograph is taken in on the form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from flows.reablement import reablement
from models.forms.plan_change import EvidenceDecision
from models.forms.reablement_signals import IssueFound, OutcomesAchieved
from models.register import Person
from tests.browser.conftest import Live
from tests.browser.looking import Looker, nobody_is_at_risk
from tests.procedures.plan_change_stories import ALL_AGREE, decided, evidence_of
from tests.procedures.reablement_stories import in_reablement
from tests.worklist.answering_stories import item_of
from tests.worklist.test_offering import JOAN, VISIT, told

WORKER = "reablement-worker"


def opened(live: Live, page: Page, case: str, form: str) -> None:
    """The form of that case; nobody is at risk, where that is asked first."""
    page.goto(f"/work-items/{item_of(live.office, case, form)}")
    nobody_is_at_risk(page)


@pytest.mark.clauses("REA-08", "REA-12")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_change_is_chosen_and_photographed(
    live: Live, page_as: Callable[..., Page], look: Looker, tmp_path: Path, scripts: bool
) -> None:
    """A visit by its words, whoever agrees by name, a photograph by its own button, and nothing typed is lost."""
    case = evidence_of(live.office, in_reablement(live.office))
    photograph = tmp_path / "IMG_0042.jpeg"
    photograph.write_bytes(b"\xff\xd8\xff\xe0 the copy in Edith's kitchen")
    page = page_as(WORKER, scripts=scripts)
    opened(live, page, case, EvidenceDecision.name())
    page.get_by_label("Change the plan", exact=True).check()
    page.get_by_label("What the evidence shows, and the reasons").fill("She dresses alone")
    for folded in page.locator("details:visible > summary").all():
        folded.click()
    page.locator("#field-edits-visits-0-edit-2").check()
    expect(page.get_by_text(VISIT).first).to_be_visible()
    page.locator('[name="edits.visits.0.item"][value="V1"]').check()
    page.locator('[name="edits.visits.0.minutes"]').fill("30")
    expect(page.get_by_text(JOAN).first).to_be_visible()
    page.locator('[name="settled.amended_at_home"][value="yes"]').check()
    page.get_by_label("A photograph of the copy at home").set_input_files(photograph)
    if scripts:
        look(page, "form")
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_text("A photograph of the copy at home is kept as M-")).to_be_visible()
    expect(page.get_by_label("What the evidence shows, and the reasons")).to_have_value("She dresses alone")
    if scripts:
        look(page, "photograph-kept")


def test_outcomes_are_ticked_and_somebody_else_is_named(live: Live, page_as: Callable[..., Page], look: Looker) -> None:
    """What a case is told about its plan: ticks for outcomes; whom an issue is about, or a name beside."""
    plan = in_reablement(live.office)
    page = page_as(WORKER)
    page.goto(f"/cases/{plan}/signals/{OutcomesAchieved.slug()}")
    nobody_is_at_risk(page)
    page.get_by_label("O1: Washes and dresses by herself").check()
    look(page, "outcomes")
    page.goto(f"/cases/{plan}/signals/{IssueFound.slug()}")
    nobody_is_at_risk(page)
    page.get_by_label("No encouragement", exact=True).check()
    page.get_by_label("What the issue is").fill("He does it all for her")
    page.get_by_label("Who found it").fill("Meera Solanki")
    page.get_by_label("Somebody else, or nobody").check()
    page.get_by_label("Their name").fill("Uncle Bert")
    look(page, "issue")
    page.get_by_role("button", name="Tell the case").click()
    expect(page.get_by_text(f"Case {plan} was told")).to_be_visible()
    assert told(live.office, plan, "IssueFound")["about"] == "Uncle Bert"


def test_copies_are_given_out(live: Live, page_as: Callable[..., Page], look: Looker) -> None:
    """Who is to have the new copy, and the secure routes, stand there to be chosen."""
    case = decided(live.office, in_reablement(live.office), ALL_AGREE)
    page = page_as(WORKER)
    opened(live, page, case, "CopiesGivenOut")
    expect(page.get_by_label("The copy at the person’s home").first).to_be_attached()
    for folded in page.locator("details:visible > summary").all():
        folded.click()
    look(page, "copies")


def test_reablement_is_begun_without_keying_the_person_twice(
    live: Live, page_as: Callable[..., Page], look: Looker
) -> None:
    """They are found in the register, and stand in the plan; a colleague is chosen and has no name to be typed."""
    with live.office.council.database.read() as session:
        named = session.get_one(Person, "P-101").name
    page = page_as("duty-worker")
    page.goto("/start/reablement")
    nobody_is_at_risk(page)
    page.get_by_label("Search the register: Who it is for").fill(named)
    page.get_by_role("button", name="Find").click()
    page.locator('[name="person"][value="P-101"]').check()
    page.locator('[name="team"]').select_option("reablement")
    page.locator('[name="worker"]').select_option("reablement-lead")
    for part, value in (("day", "5"), ("month", "1"), ("year", "2026")):
        page.locator(f'[name="begun_on-{part}"]').fill(value)
    page.locator('[name="outcomes.0.what"]').fill("Washes and dresses by herself")
    page.locator('[name="monitoring.rhythm"][value="weekly"]').check()
    page.locator('[name="monitoring.how"]').fill("Meera Solanki looks")
    page.get_by_text("Add to “Everybody else who has a part in the plan”").click()
    page.locator('[name="involved.0.part"][value="reablement-worker"]').check()
    page.locator('[name="involved.0.staff"]').select_option(WORKER)
    look(page, "begin")
    page.get_by_role("button", name="Open the case").click()
    expect(page.get_by_role("alert")).to_contain_text("was opened")
    [plan] = live.office.cases(reablement)
    live.office.hours_pass(0)
    page.goto(f"/plans/{plan}")
    expect(page.get_by_role("rowheader", name=f"{named}, person")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Meera Solanki, reablement worker")).to_be_visible()
