"""A case's page says that it is under a legal hold, and that it was erased."""

from __future__ import annotations

from collections.abc import Callable

from flows.written_contact_transfer import written_contact_transfer
from models.retention import HoldKind
from tasks.durable.testing import Office
from tasks.retention.running import erase_what_is_due
from tests.procedures.letters import letter
from tests.retention.archive import close_at_once, held, lifted, years_pass
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]


def test_a_manager_sees_what_a_case_is_kept_for_and_since_when(office: Office, at_work: AtWork) -> None:
    """Kind and day, not the reason; whoever does the work is not distracted by it."""
    ref = office.start(written_contact_transfer, letter())
    hold = held(office, case=ref, kind=HoldKind.INQUEST)
    said = "For an inquest, since Monday 5 January 2026: nothing of it is erased"
    page = at_work("team-manager").get(f"/cases/{ref}")
    assert said in page.text
    assert "INQ/2026/17" not in page.text
    assert "Legal hold" not in at_work("duty-worker").get(f"/cases/{ref}").text
    lifted(office, hold)
    assert "Legal hold" not in at_work("team-manager").get(f"/cases/{ref}").text


def test_an_auditor_sees_that_a_hold_stands(office: Office, at_work: AtWork) -> None:
    """Beside the entries, of which the auditor reads no word."""
    ref = office.start(written_contact_transfer, letter())
    held(office, case=ref, kind=HoldKind.CLAIM)
    page = at_work("auditor").get(f"/audit/cases/{ref}")
    assert "Under legal hold for a claim, since Monday 5 January 2026" in page.text


def test_the_page_of_an_erased_case_says_so(office: Office, at_work: AtWork) -> None:
    """When, and how long it was kept; all pages of the case work, and none says what was there."""
    ref = office.start(written_contact_transfer, letter())
    close_at_once(office, ref)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    browser = at_work("team-manager")
    page = browser.get(f"/cases/{ref}")
    assert "Erased Wednesday 5 January 2033, 9am: what it said was kept 6 years after closing" in page.text
    assert "Erased what entries 1 to" in page.text
    for path in ("", "/messages", "/picture", "/export"):
        shown = browser.get(f"/cases/{ref}{path}")
        assert shown.status in (200, 403), path
        assert "bath seat" not in shown.text
    assert "Erased Wednesday 5 January 2033" in at_work("auditor").get(f"/audit/cases/{ref}").text
