"""A concern about a personal assistant is dealt with, and one team alone tells others (REA-56 to REA-60)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from flows.disclosure import disclosure
from flows.personal_assistant_concern import personal_assistant_concern
from flows.safeguarding_concern import safeguarding_concern
from models.forms.base import AnswerRefused
from models.forms.disclosure import DisclosureVerdict
from models.forms.personal_assistant import (
    AfterTheGate,
    AssistantConcernDiscussed,
    AssistantConcernLookedAt,
    AssistantConcernNoticed,
    EmployerToTell,
    NotToldOfAssistant,
    OtherEmployersConsidered,
    OthersConsidered,
)
from models.forms.safeguarding import ConcernAcknowledged, WhoIsAtRisk
from models.roles import Role
from tasks.durable.cases import WrongFacts, read_facts
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tests.procedures.letters import asked, read_beside
from tests.procedures.provider_stories import gaps_are, gate_allows, gate_refuses, gates_of, opened_by

NOTICED: dict[str, Any] = {
    "about_person": "P-105",
    "assistant": "Dale Renshaw",
    "what": "he takes her bank card to the shop and brings no receipts",
    "works_for_others": False,
    "on_a_register": False,
    "noticed_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
    "noticed_by": "staff-reablement-worker",
}
OTHERS = {"works_for_others": True}
ON_A_REGISTER = {"on_a_register": True, "register_holder": "Wenbridge PA Finder"}
DISCUSSED = AssistantConcernDiscussed(discussed_with="Meera Solanki", what_is_to_be_done="visit her on Tuesday")
RESOLVED = AssistantConcernLookedAt(what_was_done="she keeps her card", person_was_seen=True, resolved=True)
GOES_ON = AssistantConcernLookedAt(
    what_was_done="visited", person_was_seen=True, resolved=False, looked_at_again_on=date(2026, 1, 19)
)
NO_DANGER = OthersConsidered(danger=False, reasons="he only gardens for them")
DANGER: dict[str, Any] = {
    "danger": True,
    "what_is_feared": "he has her bank card too",
    "at_risk": WhoIsAtRisk.ADULT,
    "danger_or_crime": False,
}
TELL_HIM = OtherEmployersConsidered(employers=(EmployerToTell(person="P-102", content="keep receipts"),))
NOBODY = OtherEmployersConsidered(nobody_because="he gave up his other work")
DIRECT_PAYMENTS = "direct-payments-officer"
LATE = "a concern about an assistant is late"


def a_concern(office: Office, **changes: Any) -> str:
    """Meera Solanki has a concern about Mei-Ling Cheung's assistant, at 9am on Monday 5 January 2026."""
    facts = AssistantConcernNoticed.model_validate(NOTICED | changes)
    return office.start(personal_assistant_concern, facts, owner="staff-reablement-worker")


def team_of(office: Office, case: str) -> str:
    """The team that is asked to discuss it."""
    (line,) = [one for one in asked(office, case) if one.startswith("AssistantConcernDiscussed")]
    return line.removeprefix("AssistantConcernDiscussed of ")


def dealt_with(office: Office, case: str) -> None:
    """The social work team has discussed it, and it is resolved."""
    office.answer(case, DISCUSSED, by="practitioner-3")
    office.answer(case, RESOLVED, by="practitioner-3")


# ------------------------------------------------------------------ the social work team


@pytest.mark.clauses("REA-56", "REA-57")
def test_the_social_work_team_discusses_it_today_and_deals_with_it(office: Office) -> None:
    """REA-56, REA-57, GAP-40: the team responsible for whom they work for; whoever answers has it until it is done."""
    case = a_concern(office)
    assert team_of(office, case) == "hazel"
    assert office.waiting_for(case)[0] == "AssistantConcernDiscussed of hazel, due 2026-01-05 17:00"
    assert "Dale Renshaw" in read_beside(office, case, AssistantConcernDiscussed)
    office.answer(case, DISCUSSED, by="practitioner-3")
    assert asked(office, case) == ["AssistantConcernLookedAt of practitioner-3"]
    office.answer(case, RESOLVED, by="practitioner-3")
    assert office.outcome_of(case) == "resolved"


@pytest.mark.clauses("REA-56")
def test_a_manager_hears_at_once_where_the_day_passes_without_it(office: Office) -> None:
    """GAP-40: at closing; and it is still asked."""
    case = a_concern(office)
    office.today_is("2026-01-05 16:59")
    assert not any(LATE in one.subject for one in office.inbox("team-manager"))
    office.today_is("2026-01-05 17:00")
    assert any(LATE in one.subject for one in office.inbox("team-manager"))
    assert team_of(office, case) == "hazel"


def test_the_day_is_counted_from_when_it_was_noticed(office: Office) -> None:
    """GAP-40: what was noticed on Friday is late on Monday morning (REA-56)."""
    a_concern(office, noticed_at=datetime(2026, 1, 2, 10, tzinfo=UTC), **OTHERS)
    assert len([one for one in office.inbox("team-manager") if LATE in one.subject]) == 2


@pytest.mark.clauses("REA-57")
def test_it_is_looked_at_until_it_is_resolved(office: Office) -> None:
    """REA-57: each look names the next."""
    case = a_concern(office)
    office.answer(case, DISCUSSED, by="practitioner-3")
    office.answer(case, GOES_ON, by="practitioner-3")
    assert not office.is_closed(case)
    office.today_is("2026-01-19 08:30")
    assert asked(office, case) == ["AssistantConcernLookedAt of practitioner-3"]
    with pytest.raises(AnswerRefused, match="looked_at_again_on"):
        AssistantConcernLookedAt.read({"what_was_done": "rang", "person_was_seen": False, "resolved": False})
    office.answer(case, RESOLVED, by="practitioner-3")
    assert office.is_closed(case)


# ------------------------------------------------------------------ others whom they work for


@pytest.mark.clauses("REA-58")
def test_whether_another_is_in_danger_is_considered_on_the_same_day(office: Office) -> None:
    """REA-58, GAP-40: today by whoever noticed it, and by direct payments on the next working day."""
    case = a_concern(office, **OTHERS)
    assert office.waiting_for(case)[:3] == [
        "AssistantConcernDiscussed of hazel, due 2026-01-05 17:00",
        "OthersConsidered of reablement-worker, due 2026-01-05 17:00",
        "not-discussed, due 2026-01-05 17:00",
    ]
    assert "OtherEmployersConsidered of direct-payments, due 2026-01-06 17:00" in office.waiting_for(case)
    alone = a_concern(office)
    assert asked(office, alone) == ["AssistantConcernDiscussed of hazel"]


@pytest.mark.clauses("REA-58")
def test_danger_to_another_goes_through_safeguarding_on_that_day(office: Office) -> None:
    """REA-58, GAP-40: one concern for each of them, at once, and never with half of what must be known."""
    case = a_concern(office, **OTHERS)
    said = OthersConsidered.model_validate(DANGER | {"in_danger": ("P-102", "P-103"), "in_danger_in_words": "Mr Abel"})
    office.answer(case, said, by="reablement-worker")
    raised = opened_by(office, case, safeguarding_concern)
    beside = [read_beside(office, one, ConcernAcknowledged) for one in raised]
    assert len(raised) == 3
    assert [sum(whom in one for one in beside) for whom in ("P-102", "P-103", "Mr Abel")] == [1, 1, 1]
    assert all("he has her bank card too" in one and "Dale Renshaw" in one for one in beside)
    for missing in ("what_is_feared", "at_risk", "danger_or_crime"):
        with pytest.raises(AnswerRefused):
            OthersConsidered.read(
                {name: one for name, one in DANGER.items() if name != missing} | {"in_danger": ["P-1"]}
            )
    for wrong in (DANGER, DANGER | {"in_danger": ["P-1"], "danger_or_crime": True}, {"danger": False}):
        with pytest.raises(AnswerRefused):
            OthersConsidered.read(wrong)


@pytest.mark.clauses("REA-58")
def test_direct_payments_alone_tell_other_employers_and_through_the_gate(office: Office) -> None:
    """REA-58, GAP-40, GAP-09: nobody else may answer; what is told is decided on, and given by them."""
    case = a_concern(office, **OTHERS)
    for other in ("reablement-worker", "practitioner-3", "team-manager"):
        with pytest.raises(NotTheirs):
            office.answer(case, TELL_HIM, by=other)
    office.answer(case, TELL_HIM, by=DIRECT_PAYMENTS)
    (gate,) = gates_of(office, case)
    beside = read_beside(office, gate, DisclosureVerdict)
    assert "another employer of a personal assistant" in beside and "keep receipts" in beside
    office.answer(case, NO_DANGER, by="reablement-worker")
    dealt_with(office, case)
    assert not office.is_closed(case)
    gate_allows(office, gate, giver=DIRECT_PAYMENTS)
    assert office.is_closed(case)


@pytest.mark.clauses("REA-58")
def test_who_was_not_told_is_not_left_at_that(office: Office) -> None:
    """GAP-40: told with less, or something else is done; each of several by itself."""
    case = a_concern(office, **OTHERS)
    second = EmployerToTell(in_words="Mr Abel", content="look at your statements")
    both = OtherEmployersConsidered(employers=(*TELL_HIM.employers, second))
    office.answer(case, both, by=DIRECT_PAYMENTS)
    office.answer(case, NO_DANGER, by="reablement-worker")
    dealt_with(office, case)
    for gate in gates_of(office, case):
        gate_refuses(office, gate, giver=DIRECT_PAYMENTS)
    assert asked(office, case) == ["NotToldOfAssistant of direct-payments-officer"] * 2
    again = NotToldOfAssistant(step=AfterTheGate.TRY_AGAIN, content="ring us")
    office.answer(case, again, by=DIRECT_PAYMENTS)
    office.answer(case, NotToldOfAssistant(step=AfterTheGate.INSTEAD, instead="his son knows"), by=DIRECT_PAYMENTS)
    assert not office.is_closed(case)
    (last,) = [gate for gate in gates_of(office, case) if not office.is_closed(gate)]
    assert "ring us" in read_beside(office, last, DisclosureVerdict)
    gate_allows(office, last, giver=DIRECT_PAYMENTS)
    assert office.is_closed(case)


def test_nobody_need_be_told_says_why(office: Office) -> None:
    """REA-58: considered, and on record; neither is left out."""
    case = a_concern(office, **OTHERS)
    office.answer(case, NOBODY, by=DIRECT_PAYMENTS)
    office.answer(case, NO_DANGER, by="reablement-worker")
    dealt_with(office, case)
    assert office.is_closed(case)
    assert office.cases(disclosure) == []
    for wrong in ({}, {"employers": [{"content": "x"}]}):
        with pytest.raises(AnswerRefused):
            OtherEmployersConsidered.read(wrong)


def test_a_manager_hears_of_each_time_that_passes(office: Office) -> None:
    """GAP-40: today's two at Monday's closing, and direct payments' on Tuesday (REA-56, REA-58)."""
    a_concern(office, **OTHERS)
    office.today_is("2026-01-05 17:01")
    assert len([one for one in office.inbox("team-manager") if LATE in one.subject]) == 2
    office.today_is("2026-01-06 17:01")
    assert len([one for one in office.inbox("team-manager") if LATE in one.subject]) == 3


def test_another_council_has_other_people_tell_them(office: Office) -> None:
    """GAP-40, the other way: who tells other employers is policy (REA-58)."""
    gaps_are(office, personal_assistants={"other_employers_told_only_by": Role.BROKERAGE})
    assert "OtherEmployersConsidered of brokerage" in asked(office, a_concern(office, **OTHERS))


# ------------------------------------------------------------------ a local register


@pytest.mark.clauses("REA-59", "REA-60")
def test_who_keeps_the_register_hears_of_what_is_not_resolved(office: Office) -> None:
    """REA-59, REA-60, GAP-09: once, through the gate, so that the register is kept right."""
    case = a_concern(office, **ON_A_REGISTER)
    office.answer(case, DISCUSSED, by="practitioner-3")
    assert office.cases(disclosure) == []
    office.answer(case, GOES_ON, by="practitioner-3")
    (gate,) = gates_of(office, case)
    beside = read_beside(office, gate, DisclosureVerdict)
    assert "Wenbridge PA Finder" in beside and "whether the assistant belongs there" in beside
    gate_allows(office, gate, giver="practitioner-3")
    office.today_is("2026-01-19 09:00")
    office.answer(case, GOES_ON.model_copy(update={"looked_at_again_on": date(2026, 1, 26)}), by="practitioner-3")
    assert len(gates_of(office, case)) == 1
    office.today_is("2026-01-26 09:00")
    office.answer(case, RESOLVED, by="practitioner-3")
    assert office.is_closed(case)


@pytest.mark.clauses("REA-59")
@pytest.mark.parametrize("register", [{}, ON_A_REGISTER])
def test_what_is_resolved_is_reported_to_no_register(office: Office, register: dict[str, Any]) -> None:
    """REA-59: nor is anything where they are on none."""
    case = a_concern(office, **register)
    dealt_with(office, case)
    assert office.cases(disclosure) == []
    with pytest.raises(WrongFacts):
        read_facts(AssistantConcernNoticed, NOTICED | {"on_a_register": True})


# ------------------------------------------------------------------ what is said of whom


def test_an_assistant_s_name_is_in_no_notice(office: Office) -> None:
    """GAP-40: they are a person; what lies on a desk holds references only (REA-56)."""
    case = a_concern(office, assistant="RENSHAW", what="TAKES HER CARD", **OTHERS, **ON_A_REGISTER)
    office.answer(case, DISCUSSED, by="practitioner-3")
    office.answer(case, GOES_ON, by="practitioner-3")
    office.answer(case, TELL_HIM, by=DIRECT_PAYMENTS)
    office.today_is("2026-01-20 18:00")
    tags = ("team-hazel", "team-manager", "team-leader", "staff-practitioner-3", "role-direct-payments")
    told = [one.subject + one.body for tag in tags for one in office.inbox(tag)]
    assert len(told) > 3
    assert not any(word in text for text in told for word in ("RENSHAW", "TAKES HER CARD", "P-105", "Cheung", "P-102"))
