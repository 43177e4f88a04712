"""Whoever visits, cares or keeps the rota hears that reablement pauses, and that visits are made again."""

from __future__ import annotations

from typing import Any

import pytest

from flows.reablement_safeguarding_pause import reablement_safeguarding_pause
from models.forms.base import AnswerRefused, Form
from models.forms.explaining import NotTold
from models.forms.pause import (
    CarerHeard,
    InterimCareConfirmed,
    KeptOut,
    PauseChoice,
    PauseDecided,
    PauseExplained,
    PauseNews,
    ResumptionExplained,
)
from models.forms.reablement_keeping import OpenMattersSettled
from models.forms.reablement_signals import SafeguardingRaised
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.reablement_stories import BEGUN, WORKER, in_reablement, reablement_ends
from tests.procedures.test_reablement_safeguarding_pause import (
    ALL_FOR_A_PAUSE,
    CARE,
    INTERIM,
    LEAD,
    OVER,
    TOLD,
    TOLD_AGAIN,
    a_concern,
    a_matter,
    changed,
    is_paused,
    with_gap,
)

COORDINATOR, COLLEAGUE = "reablement-worker", "staff-reablement-worker-2"
JACK = WORKER.model_copy(update={"name": "Jack Ormsby", "staff": "reablement-worker-2"})
"""He visits Edith in the evenings; P5 in her plan."""
NO_CARE_YET = changed(ALL_FOR_A_PAUSE, interim_care="", interim_confirmed_by="")


def about_edith(office: Office) -> tuple[str, str]:
    """Jack has a part in the plan too; it is to be decided today whether it pauses."""
    return a_matter(office, involved=(*BEGUN.involved, JACK))


def notices(office: Office, whom: str = COLLEAGUE) -> list[str]:
    """What somebody heard about visits, without waiting for a digest."""
    return [
        words
        for one in office.inbox(whom)
        for words in ("make no visits", "visits are made again")
        if words in one.body.lower()
    ]


def to_be_told(office: Office, case: str, form: type[Form]) -> list[str]:
    """Ids of those whom the form asks to tell."""
    _, _, listed = read_beside(office, case, form).partition("To be told:\n")
    return [line.partition(":")[0] for line in listed.partition("\n\n")[0].splitlines()]


def two_matters(office: Office) -> tuple[str, str, str]:
    """Two concerns have come to Edith's plan: the plan, and for each the case in which it is decided about."""
    plan, concern = in_reablement(office, involved=(*BEGUN.involved, JACK)), a_concern(office)
    while len(matters := office.cases(reablement_safeguarding_pause)) < 2:
        office.signal(plan, SafeguardingRaised(concern=concern))
    return plan, matters[0], matters[1]


def not_yet(form: type[PauseExplained], who: str = "P4", **more: Any) -> Any:
    """Everybody but one was told, and the rota matches."""
    return form(how="rang them", rota_matches=True, exceptions=(NotTold(who=who, because="no reply"),), **more)


# ------------------------------------------------------------------ a pause


@pytest.mark.clauses("REA-35")
def test_whoever_visits_hears_at_once_that_no_visits_are_made(office: Office) -> None:
    """Jack has a visit this evening: he hears now; Meera, who settled it, is asked to tell all others today."""
    _, case = about_edith(office)
    office.answer(case, ALL_FOR_A_PAUSE, by=COORDINATOR)
    assert notices(office) == ["make no visits"]
    assert notices(office, "staff-reablement-worker") == []
    assert asked(office, case) == ["PauseExplained of reablement-worker"]
    assert "PauseExplained of reablement-worker, due 2026-01-05 17:00" in office.waiting_for(case)
    assert to_be_told(office, case, PauseExplained) == ["P1", "P2", "P4"]
    beside = read_beside(office, case, PauseExplained)
    assert "keeps the rota" in beside and "Alder Home Care" in beside
    office.answer(case, TOLD, by=COORDINATOR)
    assert asked(office, case) == []


def test_nobody_who_was_kept_out_hears_of_it(office: Office) -> None:
    """GAP-39: Jack and Joan are said to be the risk; neither is told, by no machine and by no form (REA-36)."""
    _, case = about_edith(office)
    out = (KeptOut(who="jack  ormsby", risk="said to have taken it"), KeptOut(who="P2", risk="his friend"))
    office.answer(case, changed(ALL_FOR_A_PAUSE, carers=(), kept_out=out), by=COORDINATOR)
    assert notices(office) == []
    assert to_be_told(office, case, PauseExplained) == ["P1", "P4"]
    kept_out = "Kept out of it, and not to be told: P2 Joan Tilling, P5 Jack Ormsby."
    assert kept_out in read_beside(office, case, PauseExplained)
    office.answer(case, TOLD, by=COORDINATOR)
    office.days_pass(7)
    office.answer(case, OVER, by=COORDINATOR)
    assert notices(office) == []
    assert to_be_told(office, case, ResumptionExplained) == ["P1", "P4"]


def test_a_carer_who_was_heard_though_they_are_the_risk_is_not_told(office: Office) -> None:
    """GAP-39, the other way: this council hears them all the same; what was decided they do not hear (REA-36)."""
    office.policy_becomes(with_gap(office, "risk_of_telling", invite_alleged_source_of_risk=True))
    _, case = about_edith(office)
    joan = CarerHeard(who="Joan Tilling", says=PauseChoice.PAUSE, source_of_risk=True)
    office.answer(case, changed(ALL_FOR_A_PAUSE, carers=(joan,)), by=COORDINATOR)
    assert to_be_told(office, case, PauseExplained) == ["P1", "P4"]


def test_the_lead_says_who_else_is_not_to_hear_of_it(office: Office) -> None:
    """GAP-39: nobody was heard that day; the lead knows of the risk. Whom the service kept out stays out (REA-35)."""
    _, case = about_edith(office)
    joan = (KeptOut(who="P2", risk="shouts at her"),)
    split = changed(ALL_FOR_A_PAUSE, carers=(), kept_out=joan, person_says=PauseChoice.GO_ON)
    office.answer(case, split, by=COORDINATOR)
    decided = PauseDecided(choice=PauseChoice.PAUSE, reasons="safer", kept_out=(KeptOut(who="P5"),))
    with pytest.raises(AnswerRefused, match="say for each what the risk is"):
        office.answer(case, decided, by=LEAD)
    for_a_reason = (KeptOut(who="P5", risk="has the key"),)
    office.answer(case, decided.model_copy(update={"kept_out": for_a_reason}), by=LEAD)
    assert notices(office) == []
    assert "not to be told: P2 Joan Tilling, P5 Jack Ormsby." in read_beside(office, case, PauseExplained)


def test_care_that_was_confirmed_is_not_keyed_again_where_the_lead_decides(office: Office) -> None:
    """GAP-35: Meera had Alder Home Care's word already when they did not agree (REA-35)."""
    plan, case = about_edith(office)
    office.answer(case, changed(ALL_FOR_A_PAUSE, person_says=PauseChoice.GO_ON), by=COORDINATOR)
    office.answer(case, PauseDecided(choice=PauseChoice.PAUSE, reasons="safer"), by=LEAD)
    assert is_paused(office, plan)
    assert "Care during the pause: Alder Home Care" in read_beside(office, case, PauseExplained)


@pytest.mark.clauses("REA-35")
def test_where_care_comes_first_one_form_says_both(office: Office) -> None:
    """GAP-35: who arranges the care tells them on the same form; Jack hears once visits really stop."""
    plan, case = about_edith(office)
    office.answer(case, NO_CARE_YET, by=COORDINATOR)
    assert to_be_told(office, case, InterimCareConfirmed) == ["P1", "P2", "P4"]
    assert notices(office) == []
    office.answer(case, INTERIM, by=COORDINATOR)
    assert is_paused(office, plan)
    assert notices(office) == ["make no visits"]
    assert asked(office, case) == []


def test_where_the_pause_comes_first_the_form_on_care_asks_for_all(office: Office) -> None:
    """GAP-35, the other way: Jack hears at once, and Meera is asked one thing only (REA-35)."""
    office.policy_becomes(with_gap(office, "reablement_pause", interim_care_confirmed_first=False))
    _, case = about_edith(office)
    office.answer(case, NO_CARE_YET, by=COORDINATOR)
    assert notices(office) == ["make no visits"]
    assert asked(office, case) == ["InterimCareConfirmed of reablement-worker"]
    office.answer(case, INTERIM, by=COORDINATOR)
    assert asked(office, case) == []


@pytest.mark.parametrize("form", [PauseExplained, InterimCareConfirmed])
def test_who_was_not_reached_is_asked_for_again(office: Office, form: type[PauseExplained]) -> None:
    """The therapist did not answer, and the next day the rota was not changed: neither is passed over (REA-35)."""
    _, case = about_edith(office)
    care = CARE if form is InterimCareConfirmed else {}
    office.answer(case, NO_CARE_YET if care else ALL_FOR_A_PAUSE, by=COORDINATOR)
    with pytest.raises(AnswerRefused, match="name only those whom the plan has"):
        office.answer(case, not_yet(form, who="P9", **care), by=COORDINATOR)
    office.answer(case, not_yet(form, **care), by=COORDINATOR)
    assert asked(office, case) == []
    office.today_is("2026-01-06 09:00")
    assert to_be_told(office, case, PauseExplained) == ["P4"]
    office.answer(case, TOLD.model_copy(update={"rota_matches": False}), by=COORDINATOR)
    office.today_is("2026-01-07 09:00")
    assert to_be_told(office, case, PauseExplained) == []
    assert "keeps the rota" in read_beside(office, case, PauseExplained)
    office.answer(case, TOLD, by=COORDINATOR)
    office.today_is("2026-01-09 09:00")
    assert asked(office, case) == []


def test_a_second_pause_is_not_told_once_more(office: Office) -> None:
    """REA-34: nobody visits already; the second concern interrupts nobody."""
    _, first, second = two_matters(office)
    office.answer(first, ALL_FOR_A_PAUSE, by=COORDINATOR)
    office.answer(second, ALL_FOR_A_PAUSE, by=COORDINATOR)
    office.answer(first, TOLD, by=COORDINATOR)
    assert notices(office) == ["make no visits"]
    assert asked(office, second) == []
    office.days_pass(7)
    office.answer(first, OVER, by=COORDINATOR)
    assert office.is_closed(first)
    assert notices(office) == ["make no visits"]
    office.answer(second, OVER, by=COORDINATOR)
    assert notices(office) == ["make no visits", "visits are made again"]


# ------------------------------------------------------------------ visits are made again


@pytest.mark.clauses("REA-34")
def test_whoever_visits_hears_at_once_that_visits_are_made_again(office: Office) -> None:
    """Jack hears now; Edith, Joan, the therapist, the rota and Alder Home Care hear it from Meera today."""
    _, case = about_edith(office)
    office.answer(case, ALL_FOR_A_PAUSE, by=COORDINATOR)
    office.days_pass(7)
    office.answer(case, OVER, by=COORDINATOR)
    assert notices(office) == ["make no visits", "visits are made again"]
    assert asked(office, case) == ["ResumptionExplained of reablement-worker"], "nobody is told of the pause any more"
    assert to_be_told(office, case, ResumptionExplained) == ["P1", "P2", "P4"]
    beside = read_beside(office, case, ResumptionExplained)
    assert "keeps the rota" in beside and "Alder Home Care" in beside

    office.answer(case, not_yet(ResumptionExplained, care_knows=True), by=COORDINATOR)
    office.days_pass(1)
    assert to_be_told(office, case, ResumptionExplained) == ["P4"]
    office.answer(case, TOLD_AGAIN.model_copy(update={"care_knows": False}), by=COORDINATOR)
    office.days_pass(1)
    assert to_be_told(office, case, ResumptionExplained) == []
    beside = read_beside(office, case, ResumptionExplained)
    assert "keeps the rota" not in beside
    assert "Whoever gave care during the pause goes on until the visits begin again." in beside
    office.answer(case, TOLD_AGAIN, by=COORDINATOR)
    assert office.outcome_of(case) == "resumed after a pause"


def test_nobody_is_told_of_visits_once_reablement_has_ended(office: Office) -> None:
    """REA-34: it ends before Meera has told them that visits are made again, or that they are not."""
    plan, over, lasts = two_matters(office)
    office.answer(over, ALL_FOR_A_PAUSE, by=COORDINATOR)
    office.signal(over, PauseNews(what="the enquiry is over"), by=LEAD)
    office.answer(over, OVER, by=COORDINATOR)
    office.answer(lasts, ALL_FOR_A_PAUSE, by=COORDINATOR)
    assert asked(office, over) == ["ResumptionExplained of reablement-worker"]
    assert asked(office, lasts) == ["PauseExplained of reablement-worker"]
    reablement_ends(office, plan)
    assert (office.is_closed(over), office.is_closed(lasts)) == (False, False), "somebody first says what becomes of it"
    office.answer(plan, OpenMattersSettled(what_becomes="all told"), by="reablement-lead")
    assert office.outcome_of(over) == "resumed after a pause"
    assert office.outcome_of(lasts) == "reablement has ended"


def test_visits_that_stop_again_are_not_announced(office: Office) -> None:
    """REA-34: the therapist is to be told tomorrow that visits are made; tonight another concern stops them."""
    _, over, lasts = two_matters(office)
    office.answer(over, ALL_FOR_A_PAUSE, by=COORDINATOR)
    office.signal(over, PauseNews(what="the enquiry is over"), by=LEAD)
    office.answer(over, OVER, by=COORDINATOR)
    office.answer(over, not_yet(ResumptionExplained, care_knows=True), by=COORDINATOR)
    office.answer(lasts, ALL_FOR_A_PAUSE, by=COORDINATOR)
    office.days_pass(1)
    assert office.outcome_of(over) == "resumed after a pause"
