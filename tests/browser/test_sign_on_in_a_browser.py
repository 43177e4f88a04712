"""Signing in and out in a real browser: the local page, the council's own sign-on, a session that ends meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from deployments.worklist.drafts import draft_of
from deployments.worklist.sessions import begin_session
from models.connections import Connections
from tasks.durable.testing import Office
from tasks.installation import Installation
from tests.browser.conftest import Live
from tests.browser.looking import Looker
from tests.worklist.answering_stories import a_safeguarding_check
from tests.worklist.provider import SECRET, SignOns, served

PageAs = Callable[..., Page]


@pytest.fixture
def stranger(live: Live, chromium: Browser) -> Iterator[Page]:
    """A page of a browser in which nobody is signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=live.address)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def test_somebody_signs_in_and_out(stranger: Page, look: Looker) -> None:
    """From a page they wanted to signing in, back to that page, and out again."""
    stranger.goto("/red-list")
    expect(stranger.get_by_role("heading", name="Choose who you are")).to_be_visible()
    look(stranger, "sign-in")
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger.locator(".govuk-error-summary")).to_be_focused()
    look(stranger, "sign-in-refused")
    stranger.get_by_label("Find a name, role or team").fill("duty worker")
    expect(stranger.get_by_text("2 people")).to_be_visible()
    look(stranger, "sign-in-narrowed")
    stranger.get_by_role("radio", name="Dana Whitlock").check()
    stranger.get_by_role("button", name="Sign in").click()
    expect(stranger).to_have_url("/red-list")

    stranger.get_by_role("button", name="Sign out").click()
    look(stranger, "signed-out")
    stranger.goto("/day")
    expect(stranger.get_by_role("heading", name="Choose who you are")).to_be_visible()


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(live: Live, page_as: PageAs, look: Looker) -> None:
    """They were on the telephone for two hours: send, sign in, and what they wrote stands in the form."""
    _, item = a_safeguarding_check(live.office)
    page = page_as("duty-worker")
    page.goto(f"/work-items/{item}")
    page.get_by_label("What cannot wait").fill("A commode, today")
    live.office.hours_pass(2)
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Choose who you are")).to_be_visible()
    page.get_by_role("radio", name="Dana Whitlock").check()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("What cannot wait")).to_have_value("A commode, today")
    expect(page.get_by_text("It is filled in below and has not been sent.")).to_be_visible()
    look(page, "filled-in-again")


def test_whoever_signs_in_then_is_shown_nothing_of_it(live: Live, page_as: PageAs) -> None:
    """The colleague who signs in at the same screen has an empty form."""
    _, item = a_safeguarding_check(live.office)
    page = page_as("duty-worker")
    page.goto(f"/work-items/{item}")
    page.get_by_label("What cannot wait").fill("A commode, today")
    live.office.hours_pass(2)
    page.get_by_role("button", name="Send your answer").click()
    page.get_by_role("radio", name="Malcolm Oyelaran").check()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("What cannot wait")).to_have_value("")


def test_where_one_is_signed_in_is_ended_from_elsewhere(live: Live, page_as: PageAs, look: Looker) -> None:
    """Two browsers of one person: the other is ended from here, and leads to signing in."""
    here, there = page_as("duty-worker"), page_as("duty-worker")
    there.goto("/day")
    here.goto("/signed-in")
    look(here, "signed-in-twice")
    here.locator("main").get_by_role("button").first.click()
    look(here, "signed-in-once")
    there.goto("/day")
    expect(there.get_by_role("heading", name="Choose who you are")).to_be_visible()


# ------------------------------------------------------------------ the council's own sign-on


@pytest.fixture
def council_desk(office: Office, tmp_path: Path) -> Iterator[Desk]:
    """The worklist with a real OpenID provider beside it."""
    sign_ons = SignOns(office.clock.now().isoformat(), {"dana": {"preferred_username": "duty-worker"}})
    port, provider = sign_ons.provider(claims_in_id_token=True)
    settings = {"issuer": provider.address, "client_id": "safe-pathways", "client_secret": SECRET}
    office.council.connections = Connections.model_validate({"sign_on": settings})
    environment = {"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_PORT": str(port)}
    desk = Desk(office.council, Installation.from_environment(environment))
    with served(worklist(desk), port):
        yield desk
    sign_ons.end()


def test_a_form_sent_too_late_leads_to_the_council_s_sign_on(
    office: Office, chromium: Browser, council_desk: Desk
) -> None:
    """A browser follows it from the form to the other site, which a content policy of ours alone would forbid."""
    _, item = a_safeguarding_check(office)
    with office.council.database.write() as session:
        token = begin_session(session, "duty-worker", office.clock.now(), council_desk.settings)
    context = chromium.new_context(base_url=council_desk.address)
    context.add_cookies([{"name": council_desk.cookie, "value": token, "url": council_desk.address}])
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"/work-items/{item}")
    page.get_by_label("What cannot wait").fill("A commode, today")
    office.hours_pass(2)
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_role("heading", name="Council sign-on")).to_be_visible()
    with office.council.database.read() as session:
        kept = draft_of(session, "duty-worker", f"/work-items/{item}")
    assert kept is not None
    assert dict(kept.pairs)["act_now"] == "A commode, today"
    context.close()
