"""Answering a work item in a real browser: every state of the page, and what is kept while somebody types."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.worklist import Draft
from tasks.durable.ledger import recall
from tests.browser.conftest import Live
from tests.browser.looking import Looker, nobody_is_at_risk
from tests.procedures.tray_stories import on_the_tray
from tests.procedures.triage_stories import SAFE
from tests.worklist.answering_stories import a_safeguarding_check, a_tray_decision, item_of

PageAs = Callable[..., Page]
SOON = 15_000


def test_a_form_in_every_state(live: Live, page_as: PageAs, look: Looker) -> None:
    """Empty, refused, checked with what it causes, answered, read by somebody else, come to too late."""
    case, item = a_safeguarding_check(live.office)
    page, other = page_as("duty-worker"), page_as("duty-worker-2")
    other.goto(f"/work-items/{item}")
    page.goto(f"/work-items/{item}")
    look(page, "safeguarding-check")

    page.get_by_role("button", name="Send your answer").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    look(page, "safeguarding-check-refused")

    page.get_by_label("I have asked myself whether anybody is in danger now").check()
    page.locator("#field-concern").check()
    page.get_by_label("What is feared").fill("His nephew takes his pension.")
    page.get_by_label("Adult", exact=True).check()
    page.locator("#field-danger_or_crime-2").check()
    page.get_by_role("button", name="See first what it causes").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    look(page, "what-it-causes")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    look(page, "answered")

    other.get_by_label("I have asked myself whether anybody is in danger now").check()
    other.locator("#field-concern-2").check()
    other.get_by_label("What cannot wait").fill("A bed on the ground floor.")
    other.get_by_role("button", name="Send your answer").click()
    expect(other.get_by_role("heading", name="It was answered before you")).to_be_visible()
    look(other, "too-late")

    other.goto(f"/work-items/{item_of(live.office, case, 'Triage')}")
    look(other, "triage")


def test_a_decision_with_weight(live: Live, page_as: PageAs, look: Looker) -> None:
    """A team leader's decision: long, checked, and read by duty who cannot take it."""
    case, item = a_tray_decision(live.office)
    duty = page_as("duty-worker")
    duty.goto(f"/work-items/{item}")
    look(duty, "read-only")

    page = page_as("team-leader")
    page.goto(f"/work-items/{item}")
    look(page, "tray-decision")
    live.office.signal(case, CircumstancesChanged(reported_by=ReportedBy.CARER, what="he fell last night"))
    page.get_by_label("Back to duty").check()
    page.get_by_label("Why you decide so").fill("Ask about a stair rail first.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Something has happened in this case")).to_be_visible()
    look(page, "case-has-changed")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    look(page, "check-your-answers")
    page.get_by_role("link", name="Change Why you decide so").click()
    expect(page.get_by_label("Why you decide so")).to_have_value("Ask about a stair rail first.")
    look(page, "filled-in-again")


def test_a_call_from_the_tray(live: Live, page_as: PageAs, look: Looker) -> None:
    """The contact that is made most often, as the duty worker has it on the telephone."""
    case = on_the_tray(live.office)
    live.office.days_pass(14)
    page = page_as("duty-worker")
    page.goto(f"/work-items/{item_of(live.office, case, 'ContactReview')}")
    look(page, "contact-review")


def test_what_is_typed_is_kept_as_it_is_typed(live: Live, page_as: PageAs) -> None:
    """Nothing is sent, the tab is shut in the middle of a word, and the form is filled in when it is opened again."""
    _, item = a_safeguarding_check(live.office)
    page = page_as("duty-worker")
    page.goto(f"/work-items/{item}")
    page.get_by_label("What cannot wait").fill("A commode")
    expect(page.locator("[data-draft-status]")).to_have_text(re.compile(r"Saved at \d\d:\d\d"), timeout=SOON)

    page.get_by_label("What cannot wait").fill("A commode, today")
    page.goto("/permissions")
    page.goto(f"/work-items/{item}")
    expect(page.get_by_label("What cannot wait")).to_have_value("A commode, today")
    expect(page.get_by_text("It is filled in below and has not been sent.")).to_be_visible()

    page.get_by_role("button", name="Throw it away and start afresh").click()
    expect(page.get_by_label("What cannot wait")).to_have_value("")


def test_what_was_sent_does_not_come_back_as_if_it_had_not_been(live: Live, page_as: PageAs) -> None:
    """Sent before it was saved, the form is empty when it is opened again, and what it said stands in the case once."""
    ref = on_the_tray(live.office)
    page = page_as("duty-worker")
    page.goto(f"/cases/{ref}/signals/further-message")
    nobody_is_at_risk(page)
    said = {"sender": "Joan", "subject": "Stairs", "text": "He cannot get upstairs now."}
    for name, words in said.items():
        page.locator(f"[name={name}]").fill(words)
    saved_late: list[str] = []
    page.on("request", lambda request: saved_late.append(request.url) if request.url.endswith("/drafts") else None)
    page.get_by_role("button", name="Tell the case").click()
    page.wait_for_url(f"**/cases/{ref}")
    page.goto(f"/cases/{ref}/signals/further-message")
    nobody_is_at_risk(page)
    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.get_by_text("has not been sent")).to_have_count(0)
    assert saved_late == []
    with live.office.council.database.read() as session:
        assert session.scalars(select(Draft)).all() == []
        assert len([one for one in recall(session, ref) if one.kind == "signalled"]) == 1


def test_a_lost_connection_is_said_and_saving_is_tried_again(live: Live, page_as: PageAs) -> None:
    """The page says that it is not saved and that the words are still there; once it can, it saves by itself."""
    _, item = a_safeguarding_check(live.office)
    page = page_as("duty-worker")
    page.goto(f"/work-items/{item}")
    page.context.set_offline(True)
    page.get_by_label("What cannot wait").fill("A commode, today")
    status = page.locator("[data-draft-status]")
    expect(status).to_have_text(re.compile("Not saved: the connection is lost. What you typed is kept"), timeout=SOON)
    page.context.set_offline(False)
    expect(status).to_have_text(re.compile("Saved at"), timeout=SOON)
    page.goto("/permissions")
    page.goto(f"/work-items/{item}")
    expect(page.get_by_label("What cannot wait")).to_have_value("A commode, today")


def test_a_form_is_answered_without_scripts(live: Live, page_as: PageAs) -> None:
    """With scripts switched off the whole form stands there, is refused, put right and sent."""
    case, item = a_safeguarding_check(live.office)
    page = page_as("duty-worker", width=375, scripts=False)
    page.goto(f"/work-items/{item}")
    page.locator("#field-concern-2").check()
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    page.get_by_label("I have asked myself whether anybody is in danger now").check()
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Answered")).to_be_visible()
    assert any("Triage of duty-worker" in line for line in live.office.waiting_for(case))
    assert type(SAFE).name() not in " ".join(live.office.waiting_for(case))
