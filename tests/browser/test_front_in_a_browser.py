"""The front pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.looking import Looker


def test_the_table_of_permissions_is_read_by_everybody(page_as: Callable[..., Page], look: Looker) -> None:
    """Who may do what, on a screen and on a telephone."""
    page = page_as("duty-worker")
    page.goto("/permissions")
    expect(page.get_by_role("heading", name="Who may do what")).to_be_visible()
    look(page, "permissions")
