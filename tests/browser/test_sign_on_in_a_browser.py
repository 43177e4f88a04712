"""Signing in and out in a real browser: the local page, the council's own sign-on, a session that ends meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
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
    page.goto(f"/work/{item}")
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
    page.goto(f"/work/{item}")
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
def council_sign_on(office: Office, tmp_path: Path) -> Iterator[str]:
    """The worklist with a real OpenID provider beside it; gives the worklist's address."""
    sign_ons = SignOns(office.clock.now().isoformat(), {"dana": {"preferred_username": "duty-worker"}})
    port, provider = sign_ons.provider(claims_in_id_token=True)
    settings = {"issuer": provider.address, "client_id": "safe-pathways", "client_secret": SECRET}
    office.council.connections = Connections.model_validate({"sign_on": settings})
    environment = {"PATHWAYS_HOME": str(tmp_path), "PATHWAYS_PORT": str(port)}
    desk = Desk(office.council, Installation.from_environment(environment))
    with served(worklist(desk), port):
        yield desk.address
    sign_ons.end()


def test_the_council_s_sign_on_leads_back_to_the_form_with_everything_in_it(
    office: Office, chromium: Browser, council_sign_on: str
) -> None:
    """To the provider and back; a form sent too late goes the same way and is kept; signing out signs out there too."""
    _, item = a_safeguarding_check(office)
    context = chromium.new_context(base_url=council_sign_on)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(f"/work/{item}")
    _says_who_they_are(page, council_sign_on)
    expect(page.get_by_role("heading", name="The safeguarding check")).to_be_visible()

    page.get_by_label("What cannot wait").fill("A commode, today")
    office.hours_pass(2)
    page.get_by_role("button", name="Send your answer").click()
    _says_who_they_are(page, council_sign_on)
    expect(page.get_by_label("What cannot wait")).to_have_value("A commode, today")

    page.get_by_role("button", name="Sign out").click()
    _says_who_they_are(page, council_sign_on)
    expect(page).to_have_url(f"{council_sign_on}/signed-out")
    page.goto("/day")
    assert not page.url.startswith(council_sign_on)
    context.close()


def _says_who_they_are(page: Page, back_at: str) -> None:
    """Goes through the provider's pages, as far as there are any, until they are back."""
    for _ in range(6):
        if page.url.startswith(back_at):
            return
        who = page.locator("[name=who]")
        if who.count():
            who.fill("dana")
        page.get_by_role("button").first.click()
    raise AssertionError(f"not back from the provider; it stands at {page.url.partition('?')[0]}")
