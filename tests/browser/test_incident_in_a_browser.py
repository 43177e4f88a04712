"""The room of an incident with sixty people: looked at on a desk, on a telephone and on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from models.forms.provider_failure import RoomDecided
from models.provider_failure.tables import AffectedPerson
from models.working_time import LONDON
from tests.browser.conftest import Live
from tests.browser.looking import Looker
from tests.procedures.test_provider_failure import DUTY, REPORT, SEEN
from tests.worklist.incident_stories import fails, invented, list_comes, rows_of

PageAs = Callable[..., Page]
WIDTHS = (1280, 400)
PAPER = 680
"""As wide as A4 is between its margins."""


@pytest.fixture
def incident(live: Live) -> str:
    """Wenbridge Home Care has failed with sixty people, some of them further than others."""
    office = live.office
    ref = fails(office)
    list_comes(office, ref, *invented(56))
    rows = rows_of(office, ref)
    office.answer(rows["P-102"].case_ref, SEEN, by="practitioner")
    office.answer(ref, DUTY, by="head-of-service")
    office.answer(ref, REPORT, by="team-leader")
    office.signal(ref, RoomDecided(decided="Agency staff tonight", by_whom="Ruth Adeyemi"), by="team-manager")
    with office.council.database.write() as session:
        for n, row in enumerate(rows.values()):
            kept = session.get_one(AffectedPerson, row.case_ref)
            if n % 9 == 5:
                kept.covered_by, kept.covered_until = "Rapid response", datetime(2026, 1, 6, 8, tzinfo=LONDON)
            if n % 9 == 7:
                kept.seen_at = kept.arranged_at = office.clock.now()
                kept.moved_at = office.clock.now() if n % 2 else None
                kept.way = "new-provider"
    office.today_is("2026-01-05 21:10")
    return ref


def test_the_room_with_sixty_people(live: Live, page_as: PageAs, look: Looker, incident: str) -> None:
    """Every page of it by every rule at both widths; and on paper nothing runs off the sheet."""
    page = page_as("team-manager")
    for name, path in (
        ("incidents", "/incidents"),
        ("room", f"/incidents/{incident}"),
        ("room-red", f"/incidents/{incident}?risk=red&stage=listed"),
        ("tonight", f"/incidents/{incident}/tonight"),
        ("report", f"/incidents/{incident}/report"),
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        look(page, name, widths=WIDTHS)
        page.emulate_media(media="print")
        look(page, f"{name}-print", widths=(PAPER,))
        page.emulate_media(media="screen")


def test_what_is_done_in_the_room(page_as: PageAs, look: Looker, incident: str) -> None:
    """A list that is wrong comes back with its lines; questions about several are given on by ticking them."""
    page = page_as("team-manager")
    page.goto(f"/incidents/{incident}?risk=red")
    wrong = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"name,born_on\nAgnes Thorold,soon\n,1940-01-01\n"}
    page.get_by_label("The list", exact=True).set_input_files(wrong)
    page.get_by_label("Whose list it is").select_option("provider")
    page.get_by_role("button", name="Take in the list").click()
    expect(page.get_by_role("alert")).to_contain_text("Say who sent it")
    look(page, "list-not-whole", widths=WIDTHS)
    page.get_by_label("The list", exact=True).set_input_files(wrong)
    page.get_by_label("Who sent it").fill("The administrator")
    page.get_by_role("button", name="Take in the list").click()
    expect(page.get_by_role("alert")).to_contain_text("line 2: born_on must be a date")
    look(page, "list-refused", widths=WIDTHS)

    page.goto(f"/incidents/{incident}?risk=red")
    page.get_by_role("button", name="Give them on").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick at least one person")
    look(page, "give-refused", widths=WIDTHS)
    page.get_by_label("Edith Tilling").check()
    page.get_by_label("Who is to have them").select_option("team-reablement")
    page.get_by_role("button", name="Give them on").click()
    expect(page.get_by_text("1 given to")).to_be_visible()
    look(page, "given", widths=WIDTHS)
