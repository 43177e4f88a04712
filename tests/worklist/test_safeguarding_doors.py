"""Is anybody at risk? Asked before an open case is told something by hand, and before a case is begun (DUTY-49)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from flows.reablement import reablement
from flows.safeguarding_concern import safeguarding_concern
from flows.urgent_action import urgent_action
from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.base import Signal
from models.forms.safeguarding import ConcernAcknowledged, ConcernNoticed
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.forms.tray_triage import SafeguardingCheck
from models.forms.urgent_action import UrgentActionFacts
from models.states import CaseStatus
from models.worklist import Draft
from tasks.durable.arrivals import send_signal
from tasks.durable.ledger import recall
from tasks.durable.safeguarding_asked import STEP
from tasks.durable.testing import Office
from tasks.worklist import safeguarding_begun, safeguarding_told
from tasks.worklist.signalling import SignalRefused, tell_case
from tasks.worklist.starting import CannotBeOpened, Said, open_by_hand, procedures_by_hand
from tasks.worklist.submissions import new_form_id, sent_form
from tests.procedures.letters import read_beside
from tests.procedures.reablement_stories import BEGUN
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.answering_stories import member
from tests.worklist.browser import Browser, Seen
from tests.worklist.programs import Program
from tests.worklist.test_safeguarding_step import CONCERN, QUESTION, WORRY, raised, without_the_step

AtWork = Callable[[str], Browser]
Programs = Callable[[str], Program]
FELL = CircumstancesChanged(reported_by=ReportedBy.CARER, what="She fell in the night.")
COMMODE: dict[str, Any] = {"what": "a commode today", "about_person": "P-104", "known_at": "2026-01-05T09:00:00Z"}
ASKED_BEFORE = {
    "CallRecorded",
    "CircumstancesChanged",
    "ContactLogged",
    "CouncilRaisedConcern",
    "EvidenceReceived",
    "FurtherMessage",
    "IssueFound",
    "LeavingReported",
    "MonitoringChangeWanted",
    "MoveNeedsDeciding",
    "OldServiceEnds",
    "OutcomesAchieved",
    "PlacementChanged",
    "PreventionChance",
    "PersonNeedsChanged",
    "ProviderNews",
    "ProviderToDiscuss",
    "RecruitmentNews",
    "ReablementEndWanted",
    "ReadyToWaitAgain",
    "RestrictionsNoticed",
    "ReviewAsked",
}
"""What tells how somebody fares. The rest decides, keeps dates and names, or is about safeguarding already."""


def said(office: Office, case: str) -> list[tuple[str, str, Any]]:
    """Who was asked the question in a case, before what, and which concern they raised."""
    with office.council.database.read() as session:
        entries = recall(session, case)
    return [
        (one.by, one.key.removeprefix("safeguarding:"), one.data["concern"])
        for one in entries
        if one.kind is EntryKind.ACKNOWLEDGED and one.step == STEP
    ]


def told(office: Office, case: str) -> list[str]:
    """What the case was told, by name."""
    with office.council.database.read() as session:
        return [one.step for one in recall(session, case) if one.kind is EntryKind.SIGNALLED]


def told_at(case: str, name: str = "circumstances-changed") -> str:
    """Where a case is told something."""
    return f"/cases/{case}/signals/{name}"


def tells(browser: Browser, page: Seen, what: str = FELL.what) -> Seen:
    """The form of a change, sent."""
    return browser.send(page, {"reported_by": "carer", "what": what}, action="/cases", button="Tell the case")


def opens(browser: Browser, page: Seen, **changes: str) -> Seen:
    """The form of an urgent action, sent."""
    return browser.send(page, {"what": "a commode today"} | changes, action="/start", button="Open the case")


# ------------------------------------------------------------------ where it is asked


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_it_is_asked_before_whatever_tells_how_somebody_fares(office: Office) -> None:
    """GAP-10: before evidence, changes and contacts; not before dates, names and decisions, nor before a concern."""
    product = [one for one in Signal.every() if one.by_hand and one.__module__.startswith("models.")]
    assert {one.name() for one in product if one.asks_about_safeguarding} == ASKED_BEFORE
    assert {one.name for one in procedures_by_hand() if not one.facts.asks_about_safeguarding} == {
        "contingency-plan",
        "disclosure",
        "safeguarding-concern",
        "unauthorised-disclosure",
    }
    assert CircumstancesChanged.answer_schema()["properties"]["nobody_at_risk"]["const"] is True
    assert "nobody_at_risk" not in ConcernNoticed.answer_schema()["properties"]


def test_the_system_itself_and_other_systems_are_not_asked(office: Office) -> None:
    """GAP-10: a program that nobody sits at has nobody to ask; what it says is read by people."""
    case = on_the_tray(office)
    send_signal(office.council, case, FELL)
    office.start(urgent_action, UrgentActionFacts.model_validate(COMMODE))
    assert told(office, case) == ["CircumstancesChanged"]
    assert said(office, case) == []


def test_a_case_about_safeguarding_is_told_more_without_being_asked(office: Office) -> None:
    """GAP-10: somebody is at risk there already; a further message about it goes straight in."""
    concern = office.start(safeguarding_concern, ConcernNoticed.model_validate(CONCERN))
    further = Signal.named("FurtherMessage").read(
        {"mail_id": "M-1", "sender": "Joan", "subject": "him", "text": "He has been again."}
    )
    tell_case(office.council, concern, further, by="safeguarding-lead")
    assert told(office, concern) == ["FurtherMessage"]


def test_where_policy_does_without_it_nobody_is_asked(office: Office, at_work: AtWork) -> None:
    """GAP-10, the other way."""
    without_the_step(office)
    case, browser = on_the_tray(office), at_work("duty-worker")
    assert browser.get(told_at(case)).path == told_at(case)
    assert browser.get("/start/urgent-action").path == "/start/urgent-action"
    tell_case(office.council, case, FELL, by="duty-worker")
    facts = UrgentActionFacts.model_validate(COMMODE)
    assert said(office, open_by_hand(office.council, urgent_action.procedure, facts, by="duty-worker")) == []


# ------------------------------------------------------------------ before a case is told something


@pytest.mark.clauses("DUTY-49", "DUTY-50")
def test_the_question_comes_before_a_case_is_told_something(office: Office, at_work: AtWork) -> None:
    """DUTY-49, DUTY-50: 999 first, then the question, then the form; the ledger knows who said what."""
    case, browser = on_the_tray(office), at_work("duty-worker")
    page = browser.get(told_at(case))
    assert page.path == f"{told_at(case)}/safeguarding"
    assert QUESTION in page.text
    assert page.html.index("ring 999 first") < page.html.index('type="radio"')
    assert browser.send(page, action=page.path).status == 422

    form = browser.send(page, {"at_risk": "no"}, action=page.path)
    assert form.path == told_at(case)
    assert said(office, case) == [("duty-worker", "told:circumstances-changed", None)]
    assert tells(browser, form).path == f"/cases/{case}"
    assert told(office, case) == ["CircumstancesChanged"]
    assert any("nobody is at risk" in line for line in office.story_of(case))


@pytest.mark.clauses("DUTY-49")
def test_it_is_asked_anew_for_each_telling_each_person_and_each_day(office: Office, at_work: AtWork) -> None:
    """DUTY-49: what was said holds for what they are about to tell, until they have told it, and for the day."""
    case, browser = on_the_tray(office), at_work("duty-worker")
    form = browser.begin(told_at(case))
    assert browser.get(told_at(case)).path == told_at(case)
    assert at_work("duty-worker-2").get(told_at(case)).path == f"{told_at(case)}/safeguarding"
    assert browser.get(told_at(case, "leaving-reported")).path == f"{told_at(case, 'leaving-reported')}/safeguarding"
    tells(browser, form)
    assert browser.get(told_at(case)).path == f"{told_at(case)}/safeguarding"
    browser.begin(told_at(case))
    office.days_pass(1)
    assert at_work("duty-worker").get(told_at(case)).path == f"{told_at(case)}/safeguarding"


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_yes_raises_the_concern_before_the_case_is_told(office: Office, at_work: AtWork) -> None:
    """DUTY-49, GAP-10: about the person of the case, at once, whatever becomes of the form that comes after."""
    case, browser = on_the_tray(office), at_work("duty-worker")
    page = browser.get(told_at(case))
    page = browser.send(page, {"at_risk": "yes"}, action=page.path)
    assert page.path == f"{told_at(case)}/safeguarding/concern"
    form = raised(browser, page)
    [concern] = office.cases(safeguarding_concern)
    assert form.path == told_at(case)
    assert f"raised as case {concern}" in form.text
    assert (office.case(concern).parent_ref, office.case(concern).owner) == (case, "staff-duty-worker")
    office.hours_pass(0)
    beside = read_beside(office, concern, ConcernAcknowledged)
    assert "Harold Brisco (P-104)" in beside
    assert f"in case {case}" in beside
    assert said(office, case) == [("duty-worker", "told:circumstances-changed", concern)]
    assert told(office, case) == []

    again = raised(browser, page)
    assert "You had sent this concern already" in again.text
    assert f"A safeguarding concern was raised with this form, as case {concern}" in again.text
    assert office.cases(safeguarding_concern) == [concern]
    tells(browser, form)
    assert told(office, case) == ["CircumstancesChanged"]


def test_a_concern_is_noticed_to_the_minute(office: Office, at_work: AtWork) -> None:
    """The time that stands there is one that people write."""
    case = on_the_tray(office)
    office.hours_pass(0.1234)
    page = at_work("duty-worker").get(f"{told_at(case)}/safeguarding/concern")
    assert dict(page.form("/cases").pairs)["noticed_at-time"] == "09:07"


def test_a_worry_in_the_middle_of_telling_is_a_link_away(office: Office, at_work: AtWork) -> None:
    """DUTY-49: though nobody was at risk when it was asked."""
    case, browser = on_the_tray(office), at_work("duty-worker")
    form = browser.begin(told_at(case))
    page = browser.get(form.links["Somebody may be at risk: raise a safeguarding concern"])
    raised(browser, page)
    assert [one for _, _, one in said(office, case)] == [None, *office.cases(safeguarding_concern)]


def test_what_was_typed_on_a_page_from_before_waits_behind_the_question(office: Office, at_work: AtWork) -> None:
    """DUTY-49: the day is over, or policy wants it by now: nothing is refused, and nothing is lost."""
    case, browser = on_the_tray(office), at_work("duty-worker")
    form = browser.begin(told_at(case))
    office.days_pass(1)
    browser = at_work("duty-worker")
    typed = dict(form.form("/cases").pairs) | {"reported_by": "carer", "what": "THE FALL", "_do": "send"}
    typed["form_token"] = dict(browser.get(f"{told_at(case)}/safeguarding").form("/cases").pairs)["form_token"]
    page = browser.post(told_at(case), typed)
    assert page.path == f"{told_at(case)}/safeguarding"
    assert told(office, case) == []
    shown = browser.send(page, {"at_risk": "no"}, action=page.path)
    assert "THE FALL" in shown.html


def test_a_concern_is_raised_though_the_case_closes_meanwhile(office: Office) -> None:
    """DUTY-49: the worry is not lost with the case, and a closed ledger is left as it is."""
    case = on_the_tray(office)
    noticed, by = ConcernNoticed.model_validate(CONCERN), member(office, "duty-worker")
    entries = len(office.story_of(case))
    with office.council.change() as change:
        row = change.session.get_one(Case, case)
        row.status, row.closed_at = CaseStatus.CLOSED, change.now
    concern = safeguarding_told.raise_concern(office.council, case, CircumstancesChanged, noticed, by=by)
    assert office.cases(safeguarding_concern) == [concern]
    assert len(office.story_of(case)) == entries


def test_the_door_itself_refuses_what_was_not_asked(office: Office) -> None:
    """DUTY-49: every way of telling comes through it; the word counts once, and a repeat is known before it."""
    case = on_the_tray(office)
    with pytest.raises(SignalRefused, match="nobody_at_risk: say first whether anybody is at risk"):
        tell_case(office.council, case, FELL, by="duty-worker", signal_id="one")
    no = tell_case(office.council, case, FELL, by="duty-worker", signal_id="one", nobody_at_risk=True)
    assert tell_case(office.council, case, FELL, by="duty-worker", signal_id="one") == no
    with pytest.raises(SignalRefused, match="raise the concern"):
        tell_case(office.council, case, FELL, by="duty-worker", signal_id="two")
    assert len(said(office, case)) == 1


def test_a_program_says_so_or_raises_the_concern_in_the_case(office: Office, program: Programs) -> None:
    """DUTY-49: the same word as with answers; a concern of a case is its child, raised once."""
    case, calls = on_the_tray(office), program("duty-worker")
    listed = {one["name"]: one["schema"]["properties"] for one in calls.get(f"/cases/{case}/signals").json()}
    assert "nobody_at_risk" in listed["circumstances-changed"]
    assert "nobody_at_risk" not in listed["day-agreed"]
    sent, path = FELL.model_dump(mode="json"), told_at(case)
    refused = calls.post(path, sent)
    assert (refused.status_code, "raise the concern" in refused.text) == (422, True)
    assert calls.post(path, sent | {"nobody_at_risk": False}).status_code == 422
    assert calls.post(path, sent | {"nobody_at_risk": True}).status_code == 201

    given = calls.post(f"{path}/concern", CONCERN | {"noticed_by": "role-duty-worker"})
    assert given.status_code == 422
    keyed = {"Idempotency-Key": "one"}
    refs = {calls.post(f"{path}/concern", CONCERN, headers=keyed).json()["case"] for _ in range(2)}
    assert office.cases(safeguarding_concern) == [*refs]
    assert calls.post(path, sent).status_code == 201
    assert [one for _, _, one in said(office, case)] == [None, *refs]
    assert calls.post(f"{told_at(case, 'nothing')}/concern", CONCERN).status_code == 404


# ------------------------------------------------------------------ before a case is begun


@pytest.mark.clauses("DUTY-49", "DUTY-50")
def test_the_question_comes_before_a_case_is_begun(office: Office, at_work: AtWork) -> None:
    """DUTY-49: no case knows it yet; once there is one, it has who said so among its first entries."""
    browser = at_work("duty-worker")
    page = browser.get("/start/urgent-action?about=P-104")
    assert page.path.partition("?")[0] == "/start/urgent-action/safeguarding"
    assert page.html.index("ring 999 first") < page.html.index('type="radio"')
    assert browser.send(page, action="/start").status == 422
    form = browser.send(page, {"at_risk": "no"}, action="/start")
    assert form.path == "/start/urgent-action?about=P-104"
    assert office.cases() == []
    seen = opens(browser, form)
    [case] = office.cases(urgent_action)
    assert seen.path == f"/cases/{case}"
    assert said(office, case) == [("duty-worker", "opened", None)]
    assert any("nobody is at risk" in line for line in office.story_of(case)[:2])
    assert browser.get("/start/urgent-action").path == "/start/urgent-action/safeguarding"


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_yes_raises_the_concern_before_the_case_is_begun(office: Office, at_work: AtWork) -> None:
    """DUTY-49, GAP-10: about whom the form was opened for; the form comes after, and its case knows of the concern."""
    browser = at_work("duty-worker")
    page = browser.get("/start/urgent-action?about=P-104")
    page = browser.send(page, {"at_risk": "yes"}, action="/start")
    assert page.path == "/start/urgent-action/safeguarding/concern?about=P-104"
    form = raised_from(browser, page)
    [concern] = office.cases(safeguarding_concern)
    assert form.path == "/start/urgent-action?about=P-104"
    assert f"raised as case {concern}" in form.text
    with office.council.database.read() as session:
        noticed = ConcernNoticed.model_validate(recall(session, concern)[0].data)
    assert (noticed.about_person, noticed.came_from, noticed.noticed_by) == ("P-104", None, "role-duty-worker")
    assert "You had sent this concern already" in raised_from(browser, page).text
    assert office.cases(safeguarding_concern) == [concern]
    assert f"A safeguarding concern was raised with this form, as case {concern}" in browser.get(form.path).text
    opens(browser, form)
    [case] = office.cases(urgent_action)
    assert said(office, case) == [("duty-worker", "opened", concern)]
    late = raised_from(browser, page)
    assert late.path.partition("?")[0] == "/start/urgent-action/safeguarding"
    assert "You had sent this concern already" in late.text  # said on the page that is shown, whatever lies between


def raised_from(browser: Browser, page: Seen) -> Seen:
    """The short form of a concern before a case is begun, filled in and sent."""
    filled = {"danger_or_crime": "no", "at_risk": "adult", "what": WORRY}
    return browser.send(page, filled, action="/start", button="Raise the concern")


@pytest.mark.clauses("DUTY-49")
def test_what_was_said_before_one_form_does_not_count_for_another(office: Office, at_work: AtWork) -> None:
    """DUTY-49: not for somebody else, not for another procedure, not on another day, and not for a colleague."""
    browser, path = at_work("duty-worker"), "/start/urgent-action?about=P-104"
    browser.begin(path)
    assert browser.get(path).path == path
    asked_for = ("/start/urgent-action?about=P-101", "/start/advocacy", "/start/referral")
    assert all("/safeguarding" in browser.get(one).path for one in asked_for)
    assert "/safeguarding" in at_work("duty-worker-2").get(path).path
    office.days_pass(1)
    assert "/safeguarding" in at_work("duty-worker").get(path).path


def test_what_stands_in_an_address_goes_into_no_other(at_work: AtWork) -> None:
    """A name in the place of a register id is not sent on to the question, and so into more logs."""
    browser = at_work("duty-worker")
    assert browser.get("/start/urgent-action?about=Brisco").path == "/start/urgent-action/safeguarding"
    assert browser.get("/start/urgent-action?about=P-104").path.endswith("/safeguarding?about=P-104")


def test_two_clicks_on_send_open_one_case_and_lead_past_the_question(office: Office, at_work: AtWork) -> None:
    """Sent again from the same page it is known, and nobody is asked for a case that there is."""
    browser = at_work("duty-worker")
    pairs = [*browser.begin("/start/urgent-action?about=P-104").form("/start").pairs, ("what", "a commode today")]
    first, again = (browser.post("/start/urgent-action", pairs) for _ in "12")
    assert first.path == again.path
    assert "sent this form already" in again.text
    assert len(office.cases(urgent_action)) == 1


@pytest.mark.clauses("DUTY-49", "PWT-32")
def test_a_referral_knows_what_was_said_when_it_was_taken_in(office: Office, at_work: AtWork) -> None:
    """PWT-32: whoever took it in raised a concern; triage has it in its record, and duty reads it beside the check."""
    browser = at_work("duty-worker")
    page = browser.get("/start/referral?about=P-104")
    page = browser.send(page, {"at_risk": "yes"}, action="/start")
    form = raised_from(browser, page)
    [concern] = office.cases(safeguarding_concern)
    taken = {"source": "contact-centre", "text": "Father cannot manage the stairs."}
    browser.send(form, taken, action="/start/referral", button="Take in the referral")
    [case] = [ref for ref in office.cases() if ref != concern]
    assert said(office, case) == [("duty-worker", "opened", concern)]
    office.hours_pass(0)
    assert f"somebody is at risk, raised as case {concern}" in read_beside(office, case, SafeguardingCheck)


def test_the_door_itself_refuses_a_beginning_that_was_not_asked(office: Office) -> None:
    """DUTY-49: nor does somebody else's concern count, nor a case that is none."""
    facts = UrgentActionFacts.model_validate(COMMODE)
    opening = {"procedure": urgent_action.procedure, "facts": facts, "by": "duty-worker"}
    with pytest.raises(CannotBeOpened, match="nobody_at_risk: say first"):
        open_by_hand(office.council, **opening)
    theirs = open_by_hand(
        office.council, safeguarding_concern.procedure, ConcernNoticed.model_validate(CONCERN), by="practitioner"
    )
    for ref in (theirs, on_the_tray(office), "7K3Q-9PXM"):
        with pytest.raises(CannotBeOpened, match="concern: give the reference"):
            open_by_hand(office.council, **opening, said=Said(ref))
    assert office.cases(urgent_action) == []
    ref = open_by_hand(office.council, **opening, said=Said())
    assert said(office, ref) == [("duty-worker", "opened", None)]


def test_a_program_that_begins_a_case_says_so_or_names_its_concern(office: Office, program: Programs) -> None:
    """DUTY-49: the word goes with the facts; a concern is a case of its own, opened first."""
    calls = program("duty-worker")
    wanted = {"procedure": "urgent-action", "facts": COMMODE}
    listed = {one["name"]: one["schema"]["properties"] for one in calls.get("/procedures").json()}
    assert "nobody_at_risk" in listed["urgent-action"]
    assert "nobody_at_risk" not in listed["disclosure"]
    refused = calls.post("/cases", wanted)
    assert (refused.status_code, "raise the concern" in refused.text) == (422, True)
    nobody = calls.post("/cases", wanted | {"facts": COMMODE | {"nobody_at_risk": True}})
    assert said(office, nobody.json()["case"]) == [("duty-worker", "opened", None)]
    raised = calls.post("/cases", {"procedure": "safeguarding-concern", "facts": CONCERN}).json()["case"]
    begun = calls.post("/cases", wanted | {"concern": raised}).json()["case"]
    assert said(office, begun) == [("duty-worker", "opened", raised)]
    assert calls.post("/cases", wanted | {"concern": begun}).status_code == 422

    taken = {"about_person": "P-104", "source": "contact-centre", "text": "The stairs."}
    assert calls.post("/referrals", taken).status_code == 422
    referred = calls.post("/referrals", taken | {"nobody_at_risk": True}).json()["case"]
    assert said(office, referred) == [("duty-worker", "opened", None)]
    referred = calls.post("/referrals", taken | {"concern": raised}).json()["case"]
    assert said(office, referred) == [("duty-worker", "opened", raised)]


def test_the_same_concern_at_the_same_instant_is_raised_once(office: Office) -> None:
    """DUTY-49: two requests that both found nothing sent before, at either door."""
    noticed, by = ConcernNoticed.model_validate(CONCERN), member(office, "duty-worker")
    case, form = on_the_tray(office), sent_form(new_form_id(), "/x", "duty-worker", [("what", WORRY)])
    raise_in, raise_before = safeguarding_told.raise_concern, safeguarding_begun.raise_concern
    refs = {raise_in(office.council, case, CircumstancesChanged, noticed, by=by, form=form) for _ in "12"}
    other = sent_form(new_form_id(), "/y", "duty-worker", [("what", WORRY)])
    refs |= {raise_before(office.council, "/start/advocacy", "P-104", noticed, by=by, sent=other) for _ in "12"}
    assert set(office.cases(safeguarding_concern)) == refs
    assert len(refs) == 2


def test_reablement_begun_by_hand_is_asked_about_too(office: Office) -> None:
    """REA-32: and the plan's own case has it."""
    with pytest.raises(CannotBeOpened, match="nobody_at_risk"):
        open_by_hand(office.council, reablement.procedure, BEGUN, by="reablement-lead")
    plan = open_by_hand(office.council, reablement.procedure, BEGUN, by="reablement-lead", said=Said())
    assert said(office, plan) == [("reablement-lead", "opened", None)]


def test_what_was_said_before_a_case_is_kept_no_longer_than_it_is_needed(office: Office, at_work: AtWork) -> None:
    """Once the case has it, it is kept nowhere else; and it names nobody but by register id."""
    browser = at_work("duty-worker")
    form = browser.begin("/start/urgent-action?about=P-104")
    with office.council.database.read() as session:
        [kept] = session.scalars(select(Draft))
        assert (kept.path, kept.content) == (
            "/start/urgent-action/safeguarding",
            '[["concern", ""], ["about", "P-104"]]',
        )
    opens(browser, form)
    with office.council.database.read() as session:
        assert session.scalars(select(Draft)).all() == []
