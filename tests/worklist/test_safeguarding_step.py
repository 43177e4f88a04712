"""Is anybody at risk? It is asked before the form, answered once, and a concern is raised at once (DUTY-49, GAP-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from flows.safeguarding_concern import safeguarding_concern
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused, CaseFacts, Form
from models.forms.safeguarding import ConcernAcknowledged, ConcernNoticed
from models.worklist import Draft
from tasks.case_people import about_person
from tasks.durable import ask, procedure, team, worklist
from tasks.durable.ledger import recall
from tasks.durable.safeguarding_asked import STEP
from tasks.durable.testing import Office
from tasks.worklist.safeguarding_step import raise_concern
from tasks.worklist.submissions import new_form_id, sent_form
from tests.procedures.letters import asked, read_beside
from tests.worklist.answering_stories import item_of, member
from tests.worklist.browser import Browser, Seen
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
QUESTION = "Is anybody at risk of abuse or neglect?"
WORRY = "HE IS AFRAID OF HIS NEPHEW"
SEEN = "THE KEY WAS NOT IN ITS BOX"


class HomeVisited(Form):
    """Say how the visit went."""

    title: ClassVar[str] = "how a visit went"
    asks_about_safeguarding: ClassVar[bool] = True

    how: str = ""


class Visited(CaseFacts):
    """Somebody was visited."""


@procedure(follows="the stories of the safeguarding step")
def tells_of_a_visit(_: Visited) -> str:
    """Ask how a visit to Harold Brisco went."""
    about_person("P-104")
    return ask(HomeVisited, of=team("hazel"), about=SEEN).how


VISIT = HomeVisited(how="well")
CONCERN: dict[str, Any] = {
    "danger_or_crime": False,
    "at_risk": "adult",
    "what": WORRY,
    "about_person": "P-104",
    "noticed_at": "2026-01-05T09:00:00Z",
}


def a_visit(office: Office) -> tuple[str, str]:
    """Hazel is asked how a visit went: the case and the work item."""
    case = office.start(tells_of_a_visit, Visited(), owner="team-hazel")
    return case, item_of(office, case, "HomeVisited")


def said(office: Office, case: str) -> list[tuple[str, Any]]:
    """Who was asked the question in a case, and which concern they raised."""
    with office.council.database.read() as session:
        entries = recall(session, case)
    return [(one.by, one.data["concern"]) for one in entries if one.kind is EntryKind.ACKNOWLEDGED and one.step == STEP]


def without_the_step(office: Office) -> None:
    """From now on policy does not want the question before a form."""
    policy = office.council.policy
    report = policy.gaps.safeguarding_report.model_copy(update={"before_leaving_the_screen": False})
    gaps = policy.gaps.model_copy(update={"safeguarding_report": report})
    office.policy_becomes(policy.model_copy(update={"gaps": gaps}))


def raised(browser: Browser, page: Seen, **changes: str) -> Seen:
    """The short form of a concern, filled in and sent."""
    filled = {"danger_or_crime": "no", "at_risk": "adult", "what": WORRY} | changes
    return browser.send(page, filled, action=page.path, button="Raise the concern")


# ------------------------------------------------------------------ the question


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_the_question_comes_first_and_leads_to_the_form(office: Office, at_work: AtWork) -> None:
    """DUTY-49: no field of the form before it is answered; no leads on, and the ledger knows who said so."""
    case, item = a_visit(office)
    browser = at_work("practitioner")
    page = browser.get(f"/work-items/{item}")
    assert page.path == f"/work-items/{item}/safeguarding"
    assert QUESTION in page.text
    assert page.html.index("ring 999 first") < page.html.index('type="radio"')
    assert SEEN in page.text  # nobody says that nobody is at risk before they have read what it is about
    assert "how" not in page.form(page.path).names

    form = browser.send(page, {"at_risk": "no"}, action=page.path)
    assert form.path == f"/work-items/{item}"
    assert "how" in form.form(f"/work-items/{item}").names | {name for one in form.forms for name in one.names}
    assert said(office, case) == [("practitioner", None)]
    assert any("nobody is at risk" in line for line in office.story_of(case))


def test_it_is_asked_once_of_each_person_and_of_each_item(office: Office, at_work: AtWork) -> None:
    """DUTY-49: not at each visit, nor after signing in anew; but a colleague answers for herself."""
    case, item = a_visit(office)
    browser = at_work("practitioner")
    browser.send(browser.get(f"/work-items/{item}"), {"at_risk": "no"}, action=f"/work-items/{item}/safeguarding")
    for again in (browser, at_work("practitioner")):
        assert again.get(f"/work-items/{item}").path == f"/work-items/{item}"
        assert again.get(f"/work-items/{item}/safeguarding").path == f"/work-items/{item}"
    assert at_work("team-leader").get(f"/work-items/{item}").path == f"/work-items/{item}/safeguarding"
    other, second = a_visit(office)
    assert browser.get(f"/work-items/{second}").path == f"/work-items/{second}/safeguarding"
    assert said(office, case) == [("practitioner", None)]
    assert said(office, other) == []


def test_without_an_answer_nothing_goes_on(office: Office, at_work: AtWork) -> None:
    """DUTY-49: neither yes nor no is chosen for anybody."""
    case, item = a_visit(office)
    browser = at_work("practitioner")
    page = browser.send(browser.get(f"/work-items/{item}"), action=f"/work-items/{item}/safeguarding")
    assert page.status == 422
    assert "Choose yes or no" in page.text
    assert said(office, case) == []


def test_a_form_that_does_not_ask_is_shown_at_once(office: Office, at_work: AtWork) -> None:
    """DUTY-49: paperwork has no such step; nor has any form where policy does without it (GAP-10)."""
    assert not Form.asks_about_safeguarding
    without_the_step(office)
    case, item = a_visit(office)
    browser = at_work("practitioner")
    assert browser.get(f"/work-items/{item}").path == f"/work-items/{item}"
    office.answer(case, VISIT, by="practitioner", nobody_at_risk=False)
    assert office.outcome_of(case) == "well"
    assert said(office, case) == []


def test_the_question_is_not_there_for_whoever_cannot_answer(office: Office, at_work: AtWork) -> None:
    """Permissions are those of answering: a stranger finds nothing, and whoever may only read is not asked."""
    case, item = a_visit(office)
    for path in ("safeguarding", "safeguarding/concern"):
        assert at_work("practitioner-4").get(f"/work-items/{item}/{path}").status == 404
    reader = at_work("duty-worker")
    assert reader.get(f"/work-items/{item}/safeguarding").path == f"/work-items/{item}"
    assert said(office, case) == []


# ------------------------------------------------------------------ the concern


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_yes_raises_the_concern_before_the_form_is_filled_in(office: Office, at_work: AtWork) -> None:
    """DUTY-49, GAP-10: the safeguarding team has it at once, whatever becomes of the form; then comes the form."""
    case, item = a_visit(office)
    browser = at_work("practitioner")
    page = browser.send(
        browser.get(f"/work-items/{item}"), {"at_risk": "yes"}, action=f"/work-items/{item}/safeguarding"
    )
    assert page.path == f"/work-items/{item}/safeguarding/concern"
    assert page.html.index("ring 999 first") < page.html.index('name="what"')
    form = raised(browser, page)
    (concern,) = office.cases(safeguarding_concern)
    assert form.path == f"/work-items/{item}"
    assert f"raised as case {concern}" in form.text
    assert f"A safeguarding concern was raised with this form, as case {concern}" in browser.get(form.path).text

    office.hours_pass(0)
    assert asked(office, concern) == ["ConcernAcknowledged of safeguarding"]
    beside = read_beside(office, concern, ConcernAcknowledged)
    assert WORRY in beside
    assert "Harold Brisco (P-104)" in beside  # the case is about him alone: nobody keyed it
    assert f"Noticed by practitioner, in case {case}" in beside
    assert office.case(concern).parent_ref == case
    assert office.case(concern).owner == "staff-practitioner"
    assert said(office, case) == [("practitioner", concern)]
    assert not office.is_closed(case)
    office.answer(case, VISIT, by="practitioner", nobody_at_risk=False)
    assert office.outcome_of(case) == "well"


def test_a_concern_sent_twice_is_one_concern(office: Office, at_work: AtWork) -> None:
    """DUTY-49: a double click, or the back button, raises nothing twice."""
    case, item = a_visit(office)
    browser = at_work("practitioner")
    page = browser.get(f"/work-items/{item}/safeguarding/concern")
    raised(browser, page)
    again = raised(browser, page)
    assert "You had sent this concern already" in again.text
    assert len(office.cases(safeguarding_concern)) == 1
    assert len(said(office, case)) == 1


def test_the_same_form_at_the_same_instant_raises_it_once(office: Office) -> None:
    """DUTY-49: two requests that both found nothing sent before; the second gives what the first has raised."""
    case, item = a_visit(office)
    noticed = ConcernNoticed.model_validate(CONCERN)
    form = sent_form(new_form_id(), "/work-items/x", "practitioner", [("what", WORRY)])
    refs = {raise_concern(office.council, item, noticed, by=member(office, "practitioner"), form=form) for _ in "12"}
    assert office.cases(safeguarding_concern) == [*refs]
    assert len(said(office, case)) == 1


def test_a_worry_that_comes_up_in_the_middle_of_the_form_loses_nothing(office: Office, at_work: AtWork) -> None:
    """DUTY-49: what was typed is kept; the concern is a link away, though nobody was at risk before."""
    case, item = a_visit(office)
    browser = at_work("practitioner")
    path = f"/work-items/{item}"
    form = browser.send(browser.get(path), {"at_risk": "no"}, action=f"{path}/safeguarding")
    token = dict(form.forms[-1].pairs)["form_token"]
    browser.post("/drafts", {"form_token": token, "_path": path, "how": "HALF A SENTENCE"})
    page = browser.get(form.links["Somebody may be at risk: raise a safeguarding concern"])
    back = raised(browser, page)
    assert back.path == path
    assert "HALF A SENTENCE" in back.html
    (concern,) = office.cases(safeguarding_concern)
    assert said(office, case) == [("practitioner", None), ("practitioner", concern)]


def test_an_answer_sent_from_an_old_page_is_kept_and_the_question_asked(office: Office, at_work: AtWork) -> None:
    """DUTY-49: a page opened before the step was wanted is not refused; what it says waits behind the question."""
    case, item = a_visit(office)
    browser, path = at_work("practitioner"), f"/work-items/{item}"
    token = dict(browser.get(f"{path}/safeguarding").form(path).pairs)["form_token"]
    page = browser.post(path, {"form_token": token, "how": "WELL ENOUGH", "_do": "send"})
    assert page.path == f"{path}/safeguarding"
    assert not office.is_closed(case)
    form = browser.send(page, {"at_risk": "no"}, action=page.path)
    assert "WELL ENOUGH" in form.html


def test_what_is_wrong_with_a_concern_is_said_and_it_is_kept(office: Office, at_work: AtWork) -> None:
    """DUTY-50: danger without 999 is put right on the form; what was typed stays, and the form's draft is another."""
    case, item = a_visit(office)
    browser = at_work("practitioner")
    page = browser.get(f"/work-items/{item}/safeguarding/concern")
    wrong = raised(browser, page, danger_or_crime="yes")
    assert wrong.status == 422
    assert "ring 999 now" in wrong.text.lower()
    assert office.cases(safeguarding_concern) == []
    with office.council.database.read() as session:
        assert session.scalars(select(Draft.path)).all() == [f"/work-items/{item}/safeguarding/concern"]
    raised(browser, wrong, danger_or_crime="yes", rang_999="yes")
    assert len(office.cases(safeguarding_concern)) == 1
    assert len(said(office, case)) == 1


def test_a_concern_is_raised_though_a_colleague_was_faster_with_the_form(office: Office, at_work: AtWork) -> None:
    """DUTY-49: the case is closed in the middle of it, and the worry is not lost with it."""
    case, item = a_visit(office)
    browser = at_work("practitioner")
    page = browser.get(f"/work-items/{item}/safeguarding/concern")
    office.answer(case, VISIT, by="team-leader")
    assert office.is_closed(case)
    raised(browser, page)
    assert len(office.cases(safeguarding_concern)) == 1


# ------------------------------------------------------------------ by programs and commands


def test_an_answer_without_the_question_answered_is_refused_with_what_to_do(office: Office) -> None:
    """DUTY-49: at the door of every way of answering; the word that nobody is at risk may come with the answer."""
    case, item = a_visit(office)
    with pytest.raises(AnswerRefused, match="nobody_at_risk: say first whether anybody is at risk"):
        worklist.answer(office.council, item, {"how": "well"}, by="practitioner")
    with pytest.raises(AnswerRefused, match="nobody_at_risk: say first"):
        worklist.answer(office.council, item, {"how": "well", "nobody_at_risk": False}, by="practitioner")
    worklist.answer(office.council, item, {"how": "well", "nobody_at_risk": True}, by="practitioner")
    assert said(office, case) == [("practitioner", None)]
    assert HomeVisited.answer_schema()["properties"]["nobody_at_risk"]["const"] is True
    assert "nobody_at_risk" not in ConcernAcknowledged.answer_schema()["properties"]


def test_a_program_carries_the_answer_with_it_or_raises_the_concern(
    office: Office, program: Callable[[str], Program]
) -> None:
    """DUTY-49: the API says what is missing, takes the word beside the answer, and a concern once."""
    _, item = a_visit(office)
    calls, path = program("practitioner"), f"/work-items/{item}"
    refused = calls.post(f"{path}/answer", {"how": "well"})
    assert refused.status_code == 422
    assert "raise the concern" in refused.text
    assert calls.post(f"{path}/concern", CONCERN | {"noticed_by": "role-duty-worker"}).status_code == 422
    keyed = {"Idempotency-Key": "one"}
    refs = [calls.post(f"{path}/concern", CONCERN, headers=keyed).json()["case"] for _ in range(2)]
    assert refs[0] == refs[1]
    assert office.cases(safeguarding_concern) == refs[:1]
    assert calls.post(f"{path}/answer", {"how": "well"}).status_code == 200

    _, item = a_visit(office)
    assert calls.post(f"/work-items/{item}/answer", {"how": "well", "nobody_at_risk": True}).status_code == 200
