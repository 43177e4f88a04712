"""Nothing that is written about a provider, a personal assistant or those concerned leaves the places for it."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flows.commissioning_response import commissioning_response
from flows.commissioning_support import commissioning_support
from flows.disclosure import disclosure
from flows.international_recruitment_risk import international_recruitment_risk
from flows.link_worker import link_worker
from flows.personal_assistant_concern import personal_assistant_concern
from flows.provider_concern import provider_concern
from flows.provider_letter import provider_letter
from flows.provider_stop import provider_stop
from models.base import Base
from models.forms.brokerage import Urgency
from models.forms.commissioning import (
    ActionPlanAgreed,
    ActionPlanLookedAt,
    ContractRenegotiated,
    CoOperationAdvice,
    CoOperationJudged,
    ExceptionRelied,
    LargeScaleResponseTakenOn,
    LetterToPeople,
    NotGivenOn,
    ProviderNews,
    ProviderResponse,
    ResponseSettled,
    SignpostingStopped,
    StopHeeded,
    StopLookedAt,
    SupportGiven,
    SupportKind,
    SupportWanted,
)
from models.forms.disclosure import DisclosureMade
from models.forms.link_worker import LinkWorkerNamed
from models.forms.market_oversight import ProviderToDiscuss
from models.forms.oversight_action import DisruptionPrepared, EmergencyGroupMet, ThemeLookedAt
from models.forms.pause import WhoSpeaks
from models.forms.personal_assistant import AfterTheGate as After
from models.forms.personal_assistant import (
    AssistantConcernDiscussed,
    AssistantConcernLookedAt,
    AssistantConcernNoticed,
    EmployerToTell,
    NotToldOfAssistant,
    OtherEmployersConsidered,
    OthersConsidered,
)
from models.forms.provider_concern import (
    ConcernShared,
    MayContact,
    MonitoringLookedAt,
    ProviderConcernNoticed,
    ProviderConcernTaken,
    RiskManaged,
    RiskStep,
)
from models.forms.recruitment_risk import (
    RecruitmentNews,
    RecruitmentRiskAssessed,
    RecruitmentRiskDecided,
    RecruitmentRiskWanted,
    RiskLevelJudged,
)
from models.forms.safeguarding import WhoIsAtRisk
from models.market.kinds import Licence, Partner, Readiness, RecruitmentAction, RiskLevel, Seat
from models.register import Person
from tasks.durable.testing import Office
from tasks.register.lookups import every_recipient
from tests.procedures.market_stories import D, actions_of, considered, met, oversight, worry_about
from tests.procedures.provider_stories import gate_refuses, gates_of, opened_by, sharing_of

CANARY = "Canary"
COMMISSIONER, REPORTER, DIRECT_PAYMENTS = "commissioning-officer", "practitioner", "direct-payments-officer"
WORDS = f"{CANARY} words"
KEPT_IN = {"entry_payload", "person", "person_message", "case_note", "affected_person", "incident_list_line"}
"""Tables that hold what is personal, and are erased with their case or person."""


def soon(office: Office, days: int = 7) -> date:
    """A day that is coming."""
    return office.clock.now().date() + timedelta(days=days)


@pytest.fixture(autouse=True)
def everybody_is_a_canary(office: Office) -> None:
    """Whoever is looked up has a name that is found again."""
    with office.council.database.write() as session:
        for number, person in enumerate(("P-114", "P-105", "P-102")):
            session.get_one(Person, person).name = f"{CANARY} Somebody{'abc'[number]}"


def a_provider_story(office: Office) -> None:
    """Every form about a provider is filled in, with a canary wherever there is room for words."""
    noticed: dict[str, Any] = {
        "provider": "kestrel-care",
        "what": WORDS,
        "at_risk_now": True,
        "incident": True,
        "about_person": "P-114",
        "noticed_at": office.clock.now(),
        "noticed_by": "staff-practitioner",
    }
    case = office.start(provider_concern, ProviderConcernNoticed.model_validate(noticed))
    risk = RiskManaged(
        steps=frozenset(RiskStep),
        at_risk=WhoIsAtRisk.ADULT,
        danger_or_crime=True,
        not_rung_because=WORDS,
        needs=WORDS,
        urgency=Urgency.DAYS,
        wanted_from=soon(office),
        monitoring=WORDS,
        looked_at_on=soon(office),
        what_else=WORDS,
    )
    office.answer(case, risk, by=REPORTER)
    office.answer(case, ProviderConcernTaken(known_already=WORDS), by=COMMISSIONER)
    shared = ConcernShared(
        reached=True,
        how=WORDS,
        lacks_capacity=True,
        spoken_with=WhoSpeaks.REPRESENTATIVE,
        spoken_with_named=WORDS,
        may_contact=MayContact.AGREES,
    )
    office.answer(sharing_of(office, case), shared, by=REPORTER)
    (response,) = opened_by(office, case, commissioning_response)
    respond(office, response)
    office.days_pass(8)
    seen = MonitoringLookedAt(seen_or_heard=True, what_was_seen=WORDS, goes_on=False, ended_because=WORDS)
    office.answer(case, seen, by=REPORTER)


def respond(office: Office, case: str) -> None:
    """Commissioning chooses nearly everything, asks for support, and each step is answered."""
    responses = frozenset(ProviderResponse) - {ProviderResponse.JOINT_WORK}
    settled = ResponseSettled(responses=responses, reasons=WORDS, stop_looked_at_on=soon(office))
    office.answer(case, settled, by=COMMISSIONER)
    office.answer(case, ContractRenegotiated(not_done_because=WORDS), by=COMMISSIONER)
    office.answer(case, SignpostingStopped(not_done_because=WORDS), by=COMMISSIONER)
    plan = ActionPlanAgreed(plan=WORDS, met_by=soon(office), looked_at_on=soon(office, 2))
    office.answer(case, plan, by=COMMISSIONER)
    taken = LargeScaleResponseTakenOn(taken_on=True, led_by=WORDS, reference=WORDS)
    office.answer(case, taken, by="safeguarding-lead")
    office.answer(case, LetterToPeople(subject=WORDS, body=WORDS), by=COMMISSIONER)
    for gate in gates_of(office, case):
        gate_refuses(office, gate, giver=COMMISSIONER)
    office.answer(case, NotGivenOn(instead=WORDS), by=COMMISSIONER)
    office.signal(case, SupportWanted(of="practitioner", kind=SupportKind.HELP, what=WORDS), by=COMMISSIONER)
    (support,) = opened_by(office, case, commissioning_support)
    relied = SupportGiven(exception=ExceptionRelied.CARE_ACT, because=WORDS)
    office.answer(support, relied, by=REPORTER)
    office.answer(support, CoOperationAdvice(advice=WORDS), by="legal-officer")
    office.answer(support, CoOperationJudged(holds=False, legal_advice=WORDS, reasons=WORDS), by="team-manager")
    office.answer(support, SupportGiven(given=WORDS), by=REPORTER)
    (stop,) = opened_by(office, case, provider_stop)
    office.signal(case, ProviderNews(what=WORDS), by=COMMISSIONER)
    office.answer(case, ActionPlanLookedAt(is_met=True, what_was_seen=WORDS), by=COMMISSIONER)
    office.answer(stop, StopLookedAt(goes_on=False, reasons=WORDS), by=COMMISSIONER)
    office.answer(stop, StopHeeded(seen_to=WORDS), by="brokerage-officer")
    assert opened_by(office, case, provider_letter)


def an_assistant_s_story(office: Office) -> None:
    """Every form about a personal assistant."""
    noticed: dict[str, Any] = {
        "about_person": "P-105",
        "assistant": f"{CANARY} Renshaw",
        "what": WORDS,
        "works_for_others": True,
        "on_a_register": True,
        "register_holder": WORDS,
        "noticed_at": office.clock.now(),
        "noticed_by": "staff-practitioner",
    }
    case = office.start(personal_assistant_concern, AssistantConcernNoticed.model_validate(noticed))
    danger = OthersConsidered(
        danger=True,
        in_danger=("P-102",),
        in_danger_in_words=WORDS,
        what_is_feared=WORDS,
        at_risk=WhoIsAtRisk.ADULT,
        danger_or_crime=False,
    )
    office.answer(case, danger, by=REPORTER)
    employers = (EmployerToTell(in_words=WORDS, content=WORDS),)
    office.answer(case, OtherEmployersConsidered(employers=employers), by=DIRECT_PAYMENTS)
    for gate in gates_of(office, case):
        gate_refuses(office, gate, giver=DIRECT_PAYMENTS)
    office.answer(case, NotToldOfAssistant(step=After.INSTEAD, instead=WORDS), by=DIRECT_PAYMENTS)
    discussed = AssistantConcernDiscussed(discussed_with=WORDS, what_is_to_be_done=WORDS)
    office.answer(case, discussed, by=REPORTER)
    again = AssistantConcernLookedAt(
        what_was_done=WORDS, person_was_seen=False, resolved=False, looked_at_again_on=soon(office)
    )
    office.answer(case, again, by=REPORTER)
    office.days_pass(9)


def a_market_story(office: Office) -> None:
    """Oversight of the market and what it decides, the risk in recruitment from abroad, and a link worker."""
    for _ in range(2):
        worry_about(office, "P-114", what=WORDS)
    case = oversight(office)  # counts up to yesterday
    office.signal(case, ProviderToDiscuss(provider="kestrel-care", why=WORDS), by="team-manager")
    office.answer(case, met(office).model_copy(update={"chaired_by": WORDS, "notes": WORDS}), by=COMMISSIONER)
    every = considered(*(set(D) - {D.NO_ACTION}), office=office, reasons=WORDS, what=WORDS, support_of=REPORTER)
    office.answer(case, every, by=COMMISSIONER)
    for naming in office.cases(link_worker):
        office.answer(naming, LinkWorkerNamed(link_worker=REPORTER), by=COMMISSIONER)
    for action in actions_of(office, case):
        waits = str(office.waiting_for(action))
        ready = {"who_does_what": WORDS, "alternatives": WORDS, "follows": Readiness.HOLD}
        ready |= {"looked_at_again_on": soon(office)}
        if "ThemeLookedAt" in waits:
            office.answer(action, ThemeLookedAt(visited=False, confirmed=True, found=WORDS), by=REPORTER)
        elif "EmergencyGroupMet" in waits:
            today = office.clock.now().date()
            group = EmergencyGroupMet(**ready, met_on=today, attended=frozenset({Seat.HEALTH}))
            office.answer(action, group, by=COMMISSIONER)
        elif "DisruptionPrepared" in waits:
            office.answer(action, DisruptionPrepared(**ready), by=COMMISSIONER)
        elif "ActionPlanAgreed" in waits:
            office.answer(action, ActionPlanAgreed(not_agreed_because=WORDS), by=COMMISSIONER)
    risk = office.start(international_recruitment_risk, RecruitmentRiskWanted(provider="kestrel-care", why=WORDS))
    slavery = {"modern_slavery": True, "danger_or_crime": True, "not_rung_because": WORDS, "what_was_seen": WORDS}
    known = RecruitmentRiskAssessed(licence=Licence.REVOKED, how_known=WORDS, partners_said=WORDS, **slavery)
    office.answer(risk, known, by=COMMISSIONER)
    done = RecruitmentRiskDecided(
        actions=frozenset({RecruitmentAction.TELL_PARTNERS, RecruitmentAction.MOVE_PEOPLE, RecruitmentAction.STOP}),
        reasons=WORDS,
        partners=frozenset({Partner.POLICE}),
        tell_what=WORDS,
        stop_looked_at_on=soon(office),
        urgency=Urgency.DAYS,
        wanted_from=soon(office),
        another_level=RiskLevel.LOW,
        another_because=WORDS,
    )
    office.answer(risk, done, by=COMMISSIONER)
    office.answer(risk, RiskLevelJudged(holds=False, reasons=WORDS), by="team-manager")
    (gate,) = gates_of(office, risk)  # an emergency: it may go at once
    office.answer(gate, DisclosureMade(not_given_because=WORDS), by=COMMISSIONER)
    office.answer(risk, NotGivenOn(instead=WORDS), by=COMMISSIONER)
    office.signal(risk, RecruitmentNews(what=WORDS), by="team-manager")
    office.days_pass(9)


@pytest.mark.parametrize("story", [a_provider_story, an_assistant_s_story, a_market_story])
def test_nothing_personal_leaves(office: Office, story: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What people write and who it is about stands in payloads and the register alone: no notice, log or row has it."""
    caplog.set_level(logging.DEBUG)
    story(office)
    office.days_pass(3)

    with office.council.database.read() as session:
        holding = {
            name
            for name, table in Base.metadata.tables.items()
            if any(CANARY in str(value) for row in session.execute(select(table)) for value in row)
        }
        everybody = every_recipient(session, on=date(2026, 1, 5))
    assert {"entry_payload", "person"} <= holding <= KEPT_IN
    sent = [message for one in everybody for message in office.inbox(one)]
    assert len(sent) > 8
    assert not any(CANARY in message.subject + message.body for message in sent)
    assert not any("kestrel" in (message.subject + message.body).lower() for message in sent)
    assert CANARY not in caplog.text
    assert office.cases(disclosure)


def test_names_of_prefect_s_runs_hold_references_only(office: Office) -> None:
    """What a manager sees of a case in Prefect says what is awaited, of which role, and nothing else."""
    a_provider_story(office)
    an_assistant_s_story(office)
    a_market_story(office)
    for case in office.cases():
        row = office.case(case)
        said = f"{row.awaiting} {row.owner} {row.procedure} {row.colour}"
        assert CANARY not in said
        assert "kestrel" not in said
