"""Every page and every state of it, looked at: as a picture, on a telephone, and by every rule of accessibility."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from deployments.worklist.pages import EVERY_PAGE
from models.cases import WorkItem
from models.permissions import Reach, reach_of
from models.roles import Role
from tests.browser.busy_office import Busy, a_busy_office, a_very_busy_office
from tests.browser.conftest import Live
from tests.browser.looking import WIDTHS, Looker, nobody_is_at_risk

PageAs = Callable[..., Page]
PHONE = (375,)

PLACES: dict[str, Callable[[Busy], str]] = {
    "/": lambda _: "/",
    "/audit": lambda _: "/audit",
    "/audit/access": lambda _: "/audit/access",
    "/audit/cases": lambda _: "/audit/cases",
    "/audit/cases/{ref}": lambda busy: f"/audit/cases/{busy.tray}",
    "/audit/seals": lambda _: "/audit/seals",
    "/cases/{ref}": lambda busy: f"/cases/{busy.tray}",
    "/cases/{ref}/export": lambda busy: f"/cases/{busy.letter}/export",
    "/cases/{ref}/letters/{mail_id}": lambda busy: f"/cases/{busy.letter}/letters/{busy.mail}",
    "/cases/{ref}/messages": lambda busy: f"/cases/{busy.tray}/messages",
    "/cases/{ref}/picture": lambda busy: f"/cases/{busy.tray}/picture",
    "/cases/{ref}/signals": lambda busy: f"/cases/{busy.tray}/signals",
    "/cases/{ref}/signals/{name}": lambda busy: f"/cases/{busy.tray}/signals/contact-logged",
    "/cases/{ref}/signals/{name}/safeguarding": lambda busy: f"{told_at(busy)}/safeguarding",
    "/cases/{ref}/signals/{name}/safeguarding/concern": lambda busy: f"{told_at(busy)}/safeguarding/concern",
    "/cover": lambda _: "/cover",
    "/day": lambda _: "/day",
    "/find": lambda _: "/find",
    "/incidents": lambda _: "/incidents",
    "/incidents/{ref}": lambda busy: f"/incidents/{busy.incident}",
    "/incidents/{ref}/report": lambda busy: f"/incidents/{busy.incident}/report",
    "/incidents/{ref}/tonight": lambda busy: f"/incidents/{busy.incident}/tonight",
    "/market": lambda _: "/market",
    "/moves": lambda _: "/moves",
    "/on-call": lambda _: "/on-call",
    "/permissions": lambda _: "/permissions",
    "/plans/{ref}": lambda busy: f"/plans/{busy.plan}",
    "/out-of-area": lambda _: "/out-of-area",
    "/red-list": lambda _: "/red-list",
    "/signed-in": lambda _: "/signed-in",
    "/start": lambda _: "/start",
    "/start/letter": lambda _: "/start/letter",
    "/start/referral": lambda _: "/start/referral",
    "/start/{procedure}": lambda _: "/start/disclosure",
    "/start/{procedure}/safeguarding": lambda _: "/start/reablement/safeguarding?about=P-101",
    "/start/{procedure}/safeguarding/concern": lambda _: "/start/reablement/safeguarding/concern?about=P-101",
    "/tray": lambda _: "/tray",
    "/tray/contacts": lambda _: "/tray/contacts",
    "/tray/over-time": lambda _: "/tray/over-time?team=hazel",
    "/tray/report": lambda _: "/tray/report",
    "/tray/review/{item}": lambda busy: f"/tray/review/{busy.review}",
    "/unseen": lambda _: "/unseen",
    "/work-items": lambda _: "/work-items",
    "/work-items/assign": lambda _: "/work-items/assign",
    "/work-items/{item}": lambda busy: f"/work-items/{busy.decision}",
    "/work-items/{item}/assign": lambda busy: f"/work-items/{busy.decision}/assign",
    "/work-items/{item}/safeguarding": lambda busy: f"/work-items/{busy.asks_first}/safeguarding",
    "/work-items/{item}/safeguarding/concern": lambda busy: f"/work-items/{busy.asks_first}/safeguarding/concern",
}
"""Where each page is seen in a busy office, by the path under which it is served."""

FILES = {
    "/tray/list.csv",
    "/tray/contacts.csv",
    "/cases/{ref}/letters/{mail_id}/original",
    "/cases/{ref}/letters/{mail_id}/attachments/{number}",
}
"""What is opened with another program, and is no page."""

WHOLE = {
    "team-manager": Role.TEAM_MANAGER,
    "auditor": Role.AUDITOR,
    "duty-worker": Role.DUTY_WORKER,
    "team-leader": Role.TEAM_LEADER,
}
"""Who looks at their pages at both widths; the first two may open every page that there is."""
FIRST_TWO = list(WHOLE)[:2]
ON_THE_PHONE = {
    "practitioner": Role.PRACTITIONER,
    "information-governance": Role.INFORMATION_GOVERNANCE,
    "brokerage-officer": Role.BROKERAGE,
    "systems-officer": Role.SYSTEMS,
    "on-call-manager": Role.ON_CALL_MANAGER,
}


def told_at(busy: Busy) -> str:
    """Where a case is told something before which it is asked if anybody is at risk."""
    return f"/cases/{busy.tray}/signals/leaving-reported"


def pages_of(role: Role) -> list[str]:
    """Paths of the pages that a role may open, without those which are files."""
    return sorted(
        {
            page.path
            for page in EVERY_PAGE
            if "GET" in page.methods and page.path not in FILES and reach_of(role, page.action) is not Reach.NOTHING
        }
    )


def test_every_page_there_is_is_looked_at() -> None:
    """A new page says here where it can be seen, and one of two who look at everything may open it."""
    served = {page.path for page in EVERY_PAGE if "GET" in page.methods}
    assert served == PLACES.keys() | FILES
    assert {path for one in FIRST_TWO for path in pages_of(WHOLE[one])} == set(PLACES)


@pytest.mark.parametrize("staff_id", [*WHOLE, *ON_THE_PHONE])
def test_every_page_as_everybody_who_may_open_it(staff_id: str, live: Live, page_as: PageAs, look: Looker) -> None:
    """Each page that a role may open, in a busy office; where the case is not theirs, the page that says so."""
    busy = a_busy_office(live.office)
    role, page = (WHOLE | ON_THE_PHONE)[staff_id], page_as(staff_id)
    for path in pages_of(role):
        answer = page.goto(PLACES[path](busy))
        assert answer is not None
        assert answer.status in ((200,) if staff_id in FIRST_TWO else (200, 403, 404)), path
        if not path.endswith("/safeguarding"):
            nobody_is_at_risk(page)
        look(page, f"{_named(path)}-{answer.status}", widths=WIDTHS if staff_id in WHOLE else PHONE)


# ------------------------------------------------------------------ how full it is


EMPTY = [
    "/day",
    "/work-items",
    "/work-items?whose=all",
    "/unseen",
    "/out-of-area",
    "/red-list",
    "/tray",
    "/tray/contacts",
    "/tray/report",
    "/incidents",
    "/market",
    "/moves",
]


def test_pages_with_nothing_on_them(live: Live, page_as: PageAs, look: Looker) -> None:
    """An office in which nothing has come yet says so, and still leads on."""
    page = page_as("team-manager")
    for path in EMPTY:
        page.goto(path)
        assert page.locator("main a, main button").count() > 0, path
        look(page, _named(path))
    auditor = page_as("auditor")
    auditor.goto("/audit/cases")
    look(auditor, "audit-cases")


def test_pages_with_three_hundred_on_them(live: Live, page_as: PageAs, look: Looker) -> None:
    """Two hundred people on a tray and a hundred letters: no page is endless, and each leads to the rest."""
    a_very_busy_office(live.office)
    page = page_as("team-manager")
    for path in ("/unseen", "/tray", "/red-list", "/work-items?whose=all"):
        page.goto(path)
        look(page, f"{_named(path)}-manager")
    duty = page_as("duty-worker")
    for path in ("/day", "/work-items"):
        duty.goto(path)
        look(duty, f"{_named(path)}-duty")
    duty.goto("/find")
    duty.get_by_label("Name, case reference, record id or NHS number").fill("Nadia")
    duty.get_by_role("button", name="Find").click()
    look(duty, "find-duty")


# ------------------------------------------------------------------ states


def test_what_somebody_meets_when_it_goes_wrong(live: Live, page_as: PageAs, look: Looker) -> None:
    """Not there, not theirs, not their role's, a form of another page, a search that was left empty."""
    busy = a_busy_office(live.office)
    page = page_as("practitioner")
    for name, path, status in (
        ("no-such-page", "/nowhere", 404),
        ("no-such-case", "/cases/7K3Q-9PXM", 404),
        ("not-their-case", f"/cases/{busy.letter}", 404),
        ("not-their-roles", "/audit", 403),
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status, path
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        look(page, name)
    duty = page_as("duty-worker")
    duty.goto(f"/work-items/{busy.answered}")
    expect(duty.get_by_text("Your answer is entered.")).to_be_visible()
    look(duty, "answered-already")
    duty.goto("/find")
    duty.get_by_role("button", name="Find").click()
    look(duty, "find-refused")
    duty.get_by_label("Name, case reference, record id or NHS number").fill("Zzyzx")
    duty.get_by_role("button", name="Find").click()
    look(duty, "find-nobody")
    manager = page_as("team-manager")
    for name, path, button in (
        ("assign-refused", f"/work-items/{busy.decision}/assign", "Give it"),
        ("cover-refused", "/cover", "Arrange cover"),
    ):
        manager.goto(path)
        manager.get_by_role("button", name=button).click()
        look(manager, name)


def test_the_weekly_review_in_every_state(live: Live, page_as: PageAs, look: Looker) -> None:
    """Refused where nothing was looked at, more is asked of whom more must be known, checked, and sent."""
    busy = a_busy_office(live.office)
    page = page_as("team-leader")
    page.goto(f"/tray/review/{busy.review}")
    look(page, "review")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    look(page, "review-refused")
    for group in page.get_by_role("group").filter(has=page.get_by_role("radio", name="Still waits")).all():
        group.get_by_role("radio", name="Still waits").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check")).to_be_visible()
    look(page, "review-checked")
    page.get_by_role("button", name=re.compile("^Send")).click()
    look(page, "review-sent")
    assert live.office.waiting_for(_case_of(live, busy.review)) == []


def _case_of(live: Live, item: str) -> str:
    with live.office.council.database.read() as session:
        return session.get_one(WorkItem, item).case_ref


def _named(path: str) -> str:
    return re.sub(r"[^a-z]+", "-", path).strip("-") or "front"
