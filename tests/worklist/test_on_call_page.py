"""The page "On call": what is mine now, saying who has it, and what nobody of the day has accepted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.emergency_support import emergency_support
from flows.urgent_action import urgent_action
from models.audit import AccessEntry
from models.base import Base
from models.cases import EntryPayload
from models.forms.emergency_support import SupportKind
from models.forms.handover import HandoverReply
from models.forms.out_of_hours import NightHandover
from models.forms.urgent_action import UrgentActionTaken, UrgentStep
from tasks.durable.testing import Office
from tests.on_call.nights import DUTY, Nights, everybody_always, something_urgent
from tests.on_call.test_emergency_support import arranged
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]


@pytest.fixture
def night(office: Office, tmp_path: Path) -> tuple[Nights, str]:
    """Saturday, 10pm: something cannot wait, and Priya Nair is on call."""
    nights = Nights(office, tmp_path / "rota.ics")
    nights.rota_is(everybody_always())
    office.today_is("2026-01-10 22:00")
    nights.read()
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    return nights, case


def test_whoever_is_on_call_sees_what_is_theirs_and_says_that_they_have_it(
    office: Office, at_work: AtWork, night: tuple[Nights, str]
) -> None:
    """999 first, then who is on call, by a rota of which age, and the case with its question."""
    nights, case = night
    browser = at_work(DUTY)
    page = browser.get("/on-call")
    text = page.text
    assert "ring 999 before anything else" in text
    assert "The office is closed." in text and "01632 960 999" in text
    assert case in text and "Yours" in text and "Nobody yet" in text
    browser.send(page, {"held_by": DUTY}, action=f"/on-call/{case}")
    assert nights.work(case).held_by == DUTY and not nights.work(case).by_telephone
    assert "Nobody yet" not in browser.get("/on-call").text


def test_whoever_takes_the_call_writes_down_who_has_it(
    office: Office, at_work: AtWork, night: tuple[Nights, str]
) -> None:
    """A duty worker at the telephone names whoever rang; both stand in the case's own story."""
    nights, case = night
    browser = at_work("duty-worker")
    browser.send(browser.get("/on-call"), {"held_by": DUTY}, action=f"/on-call/{case}")
    work = nights.work(case)
    assert (work.held_by, work.by_telephone) == (DUTY, True)
    assert any("Priya Nair has taken it on call by telephone, and Dana Whitlock wrote it down" in line
               for line in office.story_of(case))  # fmt: skip


def test_nobody_who_is_not_on_call_is_written_down_as_having_it(at_work: AtWork, night: tuple[Nights, str]) -> None:
    """The door is as strict as the page: a name that was not offered is refused, and nothing is noted."""
    nights, case = night
    browser = at_work("duty-worker")
    refused = browser.send(browser.get("/on-call"), {"held_by": "practitioner-4"}, action=f"/on-call/{case}")
    assert "is not on call now" in refused.text
    assert nights.work(case).held_by is None


def test_a_case_out_of_ones_reach_is_not_on_the_page(at_work: AtWork, night: tuple[Nights, str]) -> None:
    """A worker of another team who was not told of it neither sees it nor can say anything about it."""
    nights, case = night
    browser = at_work("practitioner-5")
    page = browser.get("/on-call")
    assert case not in page.text and "Nothing of it is shown to you." in page.text
    token = dict(browser.get("/cover").forms[-1].pairs)["form_token"]
    assert browser.post(f"/on-call/{case}", {"form_token": token, "held_by": DUTY}).status == 404
    assert nights.work(case).held_by is None


def test_in_the_morning_it_says_what_nobody_has_accepted(
    office: Office, at_work: AtWork, night: tuple[Nights, str]
) -> None:
    """Until it is accepted it stands there with its team; then it is gone. Each look is on record."""
    nights, case = night
    nights.goes_to("2026-01-12 08:40")
    seen = at_work("duty-worker").get("/on-call").text
    assert case in seen and "not accepted yet" in seen
    (ref,) = {nights.work(case).night_ref}
    office.answer(ref, NightHandover(reply=HandoverReply.ACCEPT), by="duty-worker")
    assert case not in at_work("duty-worker").get("/on-call").text
    with office.council.database.read() as session:
        looks = session.scalars(select(AccessEntry.what)).all()
    assert "read-on-call" in looks


CANARY = "zanzibarquokka"


@pytest.mark.parametrize("kind", SupportKind)
def test_nothing_that_is_said_at_night_leaves_its_own_case(
    office: Office, night: tuple[Nights, str], caplog: pytest.LogCaptureFixture, kind: SupportKind
) -> None:
    """Texts of a case stand in that case's ledger alone: not in the night's, no notice, no table, no log."""
    nights, first = night
    caplog.set_level(logging.DEBUG)
    told = something_urgent(office, what=CANARY, to_read=CANARY, about_person="P-102")
    case = office.start(urgent_action, told)
    nights.round()
    said = UrgentActionTaken(step=UrgentStep.MORE_TO_DO, what_was_done=CANARY, still_to_do=CANARY)
    office.answer(case, said, by=DUTY)
    support = office.start(emergency_support, arranged(kind, what=CANARY, in_the_morning=CANARY, case=case))
    nights.goes_to("2026-01-12 11:00")
    own = {case, support}
    with office.council.database.read() as session:
        for payload in session.scalars(select(EntryPayload)):
            assert payload.case_ref in own or CANARY not in (payload.content or ""), payload.case_ref
        for table in Base.metadata.sorted_tables:
            if table.name == "entry_payload":
                continue
            assert CANARY not in str(session.execute(select(table)).all()), table.name
    for tag in ("on-call-manager", "team-manager", "head-of-service", f"staff-{DUTY}", "team-duty", "team-hazel"):
        assert all(CANARY not in one.subject + one.body for one in office.inbox(tag)), tag
    assert CANARY not in caplog.text
    assert first != case
