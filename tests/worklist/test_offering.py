"""What a plan has is chosen and not typed: on pages, in what the API says of a form, and as it is read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from markupsafe import escape
from pydantic import BaseModel

from deployments.worklist.forms import Choice, fields_of, in_words, pairs_from, read, render
from deployments.worklist.forms.kinds import OneOf, SeveralOf, Text
from deployments.worklist.looks import environment
from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_plan_issue import reablement_plan_issue
from models.forms.base import Form
from models.forms.monitoring_change import MonitoringSettled
from models.forms.pause import CarerHeard
from models.forms.plan_change import EvidenceDecision
from models.forms.plan_copies import CopiesGivenOut
from models.forms.reablement_matters import EvidenceOfChange
from models.forms.reablement_signals import IssueFound, MonitoringChangeWanted, OutcomesAchieved
from models.reablement.edits import EditKind, PlanEdits, VisitEdit
from models.reablement.naming import NamedInPlan, plan_fields_of, with_what_is_offered
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.procedures.plan_change_stories import ALL_AGREE, DRESSES_ALONE, decided, evidence_of
from tests.procedures.reablement_stories import in_reablement
from tests.worklist.answering_stories import item_of
from tests.worklist.browser import Browser, Seen
from tests.worklist.form_models import Page, every_model_and_part
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]
WORKER = "reablement-worker"
VISIT = "V2: Monday and Thursday at 6:30pm, 30 minutes: Evening meal"
JOAN = "P2: Joan Tilling, carer"
CARERS = {NamedInPlan.CARER: [Choice("P2", JOAN)]}


@pytest.fixture
def plan(office: Office) -> str:
    """Edith's plan, as it began on Monday 5 January 2026."""
    return in_reablement(office)


def beyond_the_question(browser: Browser, page: Seen) -> Seen:
    """The form itself; nobody is at risk, where that is asked first."""
    asks_first = "/safeguarding" in page.path
    return browser.send(page, {"at_risk": "no"}, action=page.path) if asks_first else page


def opened(office: Office, browser: Browser, case: str, form: type[Form]) -> Seen:
    """The page of a form of that case."""
    return beyond_the_question(browser, browser.get(f"/work-items/{item_of(office, case, form.name())}"))


def answering(page: Seen) -> Seen:
    """The page without the forms that take a work item on, which stand before its own."""
    page.forms = [one for one in page.forms if "_seen_entry_no" in one.names]
    return page


def told(office: Office, case: str, step: str) -> Any:
    """What the ledger keeps of an answer or a signal."""
    with office.council.database.read() as session:
        return next(one.data for one in reversed(recall(session, case)) if one.step == step and one.data)


# ------------------------------------------------------------------ on pages


def test_what_changes_is_chosen_among_what_the_plan_has(office: Office, plan: str, at_work: AtWork) -> None:
    """A visit by its days and time, people by name and part; nobody is told how ids are written."""
    page = opened(office, at_work(WORKER), evidence_of(office, plan), EvidenceDecision)
    for words in (VISIT, "O2: Makes her own breakfast", "E1: Bath step, there since 2 January 2026", JOAN):
        assert words in page.text
    assert "letter and number" not in page.text
    assert 'name="edits.visits.0.item" type="radio" value="V2"' in page.html


def test_what_was_chosen_is_read_in_words_and_stored_by_its_id(office: Office, plan: str, at_work: AtWork) -> None:
    """The check says which visit and who; the answer that the ledger keeps has V2 and P2."""
    case, browser = evidence_of(office, plan), at_work(WORKER)
    page = answering(opened(office, browser, case, EvidenceDecision))
    filled = {
        "step": "change-the-plan",
        "reasons": "She eats with Joan in the evening",
        "advocate_needed": "no",
        "edits.visits.0.edit": "take-out",
        "edits.visits.0.item": "V2",
        "settled.said.0.who": "P2",
        "settled.said.0.says": "agrees",
    }
    checked = browser.send(page, filled, button="Continue")
    assert "Check your answers" in checked.text
    assert VISIT in checked.text
    assert JOAN in checked.text
    browser.send(checked, button="Send your answer")
    answer = told(office, case, "EvidenceDecision")
    assert [one["item"] for one in answer["edits"]["visits"]] == ["V2"]
    assert [one["who"] for one in answer["settled"]["said"]] == ["P2"]


def test_copies_are_given_to_those_who_are_to_have_them(office: Office, plan: str, at_work: AtWork) -> None:
    """The home, everybody who needs the new copy, and the routes that policy calls secure; the home always has one."""
    page = opened(office, at_work(WORKER), decided(office, plan, ALL_AGREE), CopiesGivenOut)
    assert "The copy at the person’s home" in page.text
    for value in ("home", "P1", "P2", "P3", "P4"):
        assert f'name="given.0.who" type="radio" value="{value}"' in page.html
    for route in office.council.policy.reablement.secure_routes:
        assert f'name="given.0.route" type="radio" value="{escape(route)}"' in page.html
    assert 'name="no_copy.0.who" type="radio" value="P2"' in page.html
    assert 'name="no_copy.0.who" type="radio" value="home"' not in page.html


def test_several_are_ticked(office: Office, plan: str, at_work: AtWork) -> None:
    """Outcomes that are achieved are ticked, and the case is told their ids."""
    browser = at_work(WORKER)
    page = beyond_the_question(browser, browser.get(f"/cases/{plan}/signals/{OutcomesAchieved.slug()}"))
    assert "O1: Washes and dresses by herself" in page.text
    filled = {"outcomes": ["O2", "O1"]} | {f"achieved_on-{part}": "5" for part in ("day",)}
    filled |= {"achieved_on-month": "1", "achieved_on-year": "2026"}
    browser.send(page, filled, action="/cases", button="Tell the case")
    assert told(office, plan, "OutcomesAchieved")["outcomes"] == ["O2", "O1"]


@pytest.mark.parametrize(
    ("answers", "about"),
    [
        ({"about": "P2"}, "P2"),
        ({"about": "", "about-typed": "Uncle Bert"}, "Uncle Bert"),
        ({}, ""),
    ],
    ids=["somebody in the plan", "somebody else", "nobody"],
)
def test_somebody_who_is_not_in_the_plan_may_be_named(
    office: Office, plan: str, at_work: AtWork, answers: dict[str, str], about: str
) -> None:
    """Whom an issue is about is chosen, or their name is typed; it may be about nobody."""
    browser = at_work(WORKER)
    page = beyond_the_question(browser, browser.get(f"/cases/{plan}/signals/{IssueFound.slug()}"))
    filled = {"kind": "no-encouragement", "what": "He does it all for her", "found_by": "Meera Solanki"}
    browser.send(page, filled | answers, action="/cases", button="Tell the case")
    assert told(office, plan, "IssueFound")["about"] == about


def test_what_is_gone_from_the_plan_is_not_lost_silently(office: Office, plan: str, at_work: AtWork) -> None:
    """Who had chosen a visit that somebody else has taken out sees that it is gone, and what they had chosen."""
    browser, case = at_work(WORKER), evidence_of(office, plan)
    page = answering(opened(office, browser, case, EvidenceDecision))
    pairs = [*page.form(page.path).pairs, ("step", "change-the-plan"), ("edits.visits.0.edit", "take-out")]
    again = browser.post(page.path, [*pairs, ("edits.visits.0.item", "V7"), ("reasons", "x"), ("_do", "send")])
    assert "V7 (not in the plan now)" in again.text
    assert "The plan has no V7" in again.text


def test_who_may_not_see_the_case_is_offered_nothing_of_the_plan(
    office: Office, plan: str, at_work: AtWork, program: For
) -> None:
    """Somebody who is asked one question, and may not see its case, types ids as they stand beside it."""
    evidence = {"plan": plan, "worker": f"staff-{WORKER}", "evidence": DRESSES_ALONE, "received_at": office.clock.now()}
    facts = EvidenceOfChange.model_validate(evidence)
    case = office.start(reablement_plan_change, facts, owner="role-team-manager", restricted=True)
    browser = at_work(WORKER)
    page = answering(opened(office, browser, case, EvidenceDecision))
    assert 'name="edits.visits.0.item" type="text"' in page.html
    assert "settled.photograph-file" not in page.html
    assert 'value="P2"' not in page.html
    shown = program(WORKER).get(f"/work-items/{item_of(office, case, 'EvidenceDecision')}").json()
    assert shown["schema"] == EvidenceDecision.answer_schema()


# ------------------------------------------------------------------ for programs


def test_the_api_says_what_may_be_named(office: Office, plan: str, program: For) -> None:
    """The schema of the form and of what a case can be told have the ids, each with what people call it."""
    item = item_of(office, evidence_of(office, plan), "EvidenceDecision")
    schema = program(WORKER).get(f"/work-items/{item}").json()["schema"]
    assert {"const": "V2", "title": VISIT} in schema["$defs"]["VisitEdit"]["properties"]["item"]["oneOf"]
    assert {"const": "P2", "title": JOAN} in schema["$defs"]["SaidToTheChange"]["properties"]["who"]["oneOf"]

    signals = {one["name"]: one["schema"] for one in program(WORKER).get(f"/cases/{plan}/signals").json()}
    outcomes = signals[OutcomesAchieved.slug()]["properties"]["outcomes"]["items"]["oneOf"]
    assert [one["const"] for one in outcomes] == ["O1", "O2"]
    assert signals[IssueFound.slug()]["properties"]["about"]["anyOf"][-1] == {"type": "string", "title": "A name"}


def test_a_list_of_work_says_nothing_of_a_plan(office: Office, plan: str, program: For) -> None:
    """What a plan has stands with the one work item that is looked at, which the access log knows of."""
    evidence_of(office, plan)
    assert "Joan Tilling" not in program(WORKER).get("/work-items").text


def test_an_id_that_the_plan_does_not_have_is_refused(office: Office, plan: str, program: For) -> None:
    """It is offered or not: an answer with V7 is refused as it always was, and so is an outcome O7."""
    item = item_of(office, evidence_of(office, plan), "EvidenceDecision")
    answer = {
        "step": "change-the-plan",
        "reasons": "x",
        "edits": {"visits": [{"edit": "take-out", "item": "V7"}]},
        "nobody_at_risk": True,
    }
    refused = program(WORKER).post(f"/work-items/{item}/answer", answer)
    assert (refused.status_code, "The plan has no V7" in refused.text) == (422, True)
    said = {"outcomes": ["O7"], "achieved_on": "2026-01-05"}
    assert "no outcome O7" in program(WORKER).post(f"/cases/{plan}/signals/{OutcomesAchieved.slug()}", said).text


def test_nothing_is_offered_where_the_case_is_about_no_plan() -> None:
    """The form is as it always was: its ids are typed."""
    schema = EvidenceDecision.answer_schema()
    assert with_what_is_offered(schema, EvidenceDecision, {}) == schema
    assert isinstance(next(one for one in fields_of(IssueFound) if one.name == "about"), Text)


# ------------------------------------------------------------------ how it is shown and read


@pytest.mark.parametrize(
    "model", [one for one in every_model_and_part() if plan_fields_of(one)], ids=lambda one: one.__name__
)
def test_every_field_that_names_something_of_a_plan_is_chosen(model: type[BaseModel]) -> None:
    """One id is one choice, several are ticked; no field is declared that is neither."""
    everything = {names: [Choice("P2", JOAN)] for names in NamedInPlan}
    fields = {one.name: one for one in fields_of(model, offered=everything)}
    for name, names in plan_fields_of(model).items():
        kind = SeveralOf if isinstance(fields[name], SeveralOf) else OneOf
        assert isinstance(fields[name], kind), f"{model.__name__}.{name} names {names}"
        assert "such as" not in fields[name].hint


@pytest.mark.parametrize("who", ["P2", "Uncle Bert"])
def test_a_page_sends_back_whom_it_was_filled_with(who: str) -> None:
    """Somebody in the plan is chosen, somebody else stands in the line for names."""
    heard = CarerHeard.model_validate({"who": who, "says": "pause", "source_of_risk": False})
    page = Page(render(environment(), fields_of(CarerHeard, offered=CARERS), pairs_from(CarerHeard, heard)))
    assert CarerHeard.model_validate(read(CarerHeard, page.pairs).answer) == heard
    assert ("who-typed", who) in page.pairs or who == "P2"


def test_choosing_and_typing_somebody_else_is_put_to_who_did_it() -> None:
    """Which of the two is meant nobody guesses, and both are shown again."""
    pairs = [("who", "P2"), ("who-typed", "Uncle Bert"), ("says", "pause"), ("source_of_risk", "no")]
    filled = read(CarerHeard, pairs)
    assert [one.sentence for one in filled.problems] == ["“Which carer”: choose somebody or type a name, not both"]
    page = Page(render(environment(), fields_of(CarerHeard, offered=CARERS), pairs, filled.problems))
    assert ("who-typed", "Uncle Bert") in page.pairs


@pytest.mark.parametrize(("many", "kind"), [(8, "<input"), (9, "<select")])
def test_more_than_a_handful_unfold_from_a_list(many: int, kind: str) -> None:
    """Radios up to eight, and a list from nine on."""
    visits = {NamedInPlan.VISIT: [Choice(f"V{one}", f"V{one}: at noon") for one in range(1, many + 1)]}
    shown = render(environment(), fields_of(PlanEdits, offered=visits), [("visits.0.edit", "alter")])
    before, *_ = shown.split('name="visits.0.item"')
    assert before.rpartition("<")[2].startswith(kind.removeprefix("<"))


def test_a_stored_answer_is_read_in_words() -> None:
    """An id stands as what people call it; one that is gone stands as it is."""
    edits = PlanEdits(
        visits=(VisitEdit(edit=EditKind.TAKE_OUT, item="V2"), VisitEdit(edit=EditKind.TAKE_OUT, item="V9"))
    )
    offered = {NamedInPlan.VISIT: [Choice("V2", VISIT)]}
    assert [text for _, text in in_words(PlanEdits, edits, offered=offered)] == ["Take out", VISIT, "Take out", "V9"]


def test_those_to_whom_it_was_explained_are_ticked(office: Office, plan: str, at_work: AtWork) -> None:
    """Monitoring, issues and whoever was left out: people of the plan by their names."""
    office.signal(plan, MonitoringChangeWanted(wanted_by="Joan", what="less often"), by=WORKER)
    office.signal(plan, IssueFound.model_validate({"kind": "other", "what": "x", "found_by": "Joan"}), by=WORKER)
    [monitoring], [issue] = office.cases(reablement_monitoring_change), office.cases(reablement_plan_issue)
    page = opened(office, at_work(WORKER), monitoring, MonitoringSettled)
    assert 'name="explained_to" type="checkbox" value="P2"' in page.html
    page = opened(office, at_work(WORKER), issue, Form.named("IssueExplored"))
    assert 'name="left_out.0.who" type="radio" value="P2"' in page.html
