"""The front door: who gets where, and that nobody gets in who is not signed in."""

from __future__ import annotations

from collections.abc import Callable

from tasks.durable.testing import Office
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]


def test_nobody_gets_in_who_is_not_signed_in(stranger: Browser) -> None:
    """A page leads to signing in, and from there back to where somebody wanted to go."""
    seen = stranger.get("/permissions", follow=False)
    assert seen.status == 303
    assert seen.headers["location"] == "/sign-in?go_to=/permissions"


def test_the_table_of_permissions_is_a_page(at_work: AtWork) -> None:
    """What each role may do is read where it is used."""
    seen = at_work("duty-worker").get("/permissions")
    assert seen.status == 200
    assert "Print the list of people at high risk" in seen.text
    assert "Dana Whitlock, duty worker, duty" in seen.text


def test_a_session_that_was_not_used_is_over(at_work: AtWork, office: Office) -> None:
    """After an hour without use somebody signs in again."""
    browser = at_work("duty-worker")
    office.hours_pass(1.1)
    assert browser.get("/permissions", follow=False).headers["location"].startswith("/sign-in")
