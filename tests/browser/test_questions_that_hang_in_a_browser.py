"""Questions that hang on the answer to another, in a real browser, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.looking import Looker
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.answering_stories import item_of

PageAs = Callable[..., Page]


def _a_contact_is_due(live: Live) -> str:
    case = on_the_tray(live.office)
    live.office.days_pass(14)
    return item_of(live.office, case, "ContactReview")


def test_what_is_not_asked_is_hidden_and_what_was_written_is_not(live: Live, page_as: PageAs, look: Looker) -> None:
    """Nobody reached: nothing more is asked; but what was written already stays where it can be seen."""
    item = _a_contact_is_due(live)
    page = page_as("duty-worker")
    page.goto(f"/work-items/{item}")
    changed, well = (
        page.get_by_label("What has changed"),
        page.get_by_role("group", name="Is the person safe and well?"),
    )
    expect(changed).to_be_hidden()

    page.get_by_label("Reached person").check()
    expect(changed).to_be_visible()
    expect(well).to_be_visible()
    look(page, "reached")

    changed.fill("She has fallen twice.")
    page.get_by_label("No answer").check()
    expect(well).to_be_hidden()
    expect(changed).to_be_visible()


def test_everything_is_asked_where_no_script_runs(live: Live, page_as: PageAs) -> None:
    """A browser without scripts shows every question."""
    item = _a_contact_is_due(live)
    page = page_as("duty-worker", scripts=False)
    page.goto(f"/work-items/{item}")
    expect(page.get_by_label("What has changed")).to_be_visible()
    expect(page.get_by_role("group", name="Is the person safe and well?")).to_be_visible()
