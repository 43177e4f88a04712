"""Concerns about providers, answers and ways of looking that the stories about them use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from flows.commissioning_response import commissioning_response
from flows.disclosure import disclosure
from flows.provider_concern import provider_concern
from flows.provider_concern_told import provider_concern_told
from flows.provider_stop import provider_stop
from models.cases import Case
from models.forms.commissioning import ProviderResponse, ResponseSettled
from models.forms.disclosure import DisclosureMade, DisclosureVerdict, RefusalExplained, SecureWay, Verdict
from models.forms.pause import WhoSpeaks
from models.forms.provider_concern import (
    ConcernShared,
    MayContact,
    ProviderConcernNoticed,
    ProviderConcernTaken,
)
from tasks.durable.prefect_flow import ProcedureFlow
from tasks.durable.testing import Office
from tasks.providers.stops import stop_in_force

NOTICED: dict[str, Any] = {
    "provider": "kestrel-care",
    "what": "calls are cut to ten minutes, and written down as thirty",
    "at_risk_now": False,
    "incident": False,
    "noticed_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
    "noticed_by": "staff-practitioner",
}
WITH_DAPHNE = {"incident": True, "about_person": "P-114"}
TAKEN = ProviderConcernTaken(known_already="two late calls last month")
AGREES = ConcernShared(reached=True, how="at her home", spoken_with=WhoSpeaks.PERSON, may_contact=MayContact.AGREES)
GIVEN = DisclosureMade(given_on=date(2026, 1, 5), way=SecureWay.SECURE_EMAIL, given="the concern, without names")


def a_concern(office: Office, **changes: Any) -> str:
    """Priya Nair has a concern about Kestrel Care at 9am on Monday 5 January 2026; gives the case's ref."""
    return office.start(
        provider_concern, ProviderConcernNoticed.model_validate(NOTICED | changes), owner="staff-practitioner"
    )


def a_response(office: Office, **changes: Any) -> str:
    """Commissioning has taken on a concern; gives the ref of its own case."""
    case = a_concern(office, **changes)
    office.answer(case, TAKEN, by="commissioning-officer")
    return opened_by(office, case, commissioning_response)[-1]


def settled(*responses: ProviderResponse, **changes: Any) -> ResponseSettled:
    """What commissioning chooses, with what each needs."""
    answer: dict[str, Any] = {"responses": frozenset(responses), "reasons": "the third of its kind this winter"}
    if ProviderResponse.STOP in responses:
        answer["stop_looked_at_on"] = date(2026, 1, 19)
    if ProviderResponse.JOINT_WORK in responses:
        answer["other_council"] = "Eastmere Council"
    return ResponseSettled(**answer | changes)


def chosen(office: Office, *responses: ProviderResponse, **changes: Any) -> str:
    """Commissioning has chosen these responses; gives the ref of its case."""
    case = a_response(office, **changes)
    office.answer(case, settled(*responses), by="commissioning-officer")
    return case


def opened_by(office: Office, case: str, procedure: ProcedureFlow) -> list[str]:
    """Refs of the cases of a procedure that a case has opened."""
    query = select(Case.ref).where(Case.parent_ref == case, Case.procedure == procedure.procedure.name)
    with office.council.database.read() as session:
        return list(session.scalars(query.order_by(Case.opened_at, Case.ref)))


def sharing_of(office: Office, case: str) -> str:
    """Ref of the case in which the person hears of a concern."""
    (ref,) = opened_by(office, case, provider_concern_told)
    return ref


def stop_of(office: Office, case: str) -> str:
    """Ref of the case that looks after the latest stop of a response."""
    return opened_by(office, case, provider_stop)[-1]


def gates_of(office: Office, case: str) -> list[str]:
    """Refs of the disclosures that a case has put to the gate."""
    return opened_by(office, case, disclosure)


def gate_allows(office: Office, gate: str, *, giver: str) -> None:
    """A team leader allows it, and it is given."""
    allowed = {"legal_basis": "public task", "least_content": "the concern", "local_policy_allows": True}
    verdict = DisclosureVerdict.model_validate(
        {"verdict": Verdict.ALLOW, "reasons": "they must know", "principles_regarded": True} | allowed
    )
    office.answer(gate, verdict, by="team-leader")
    office.answer(gate, GIVEN, by=giver)


def gate_refuses(office: Office, gate: str, *, giver: str) -> None:
    """A team leader refuses it, and whoever asked knows."""
    office.answer(gate, DisclosureVerdict(verdict=Verdict.REFUSE, reasons="too much"), by="team-leader")
    office.answer(gate, RefusalExplained(told="whoever asked"), by=giver)


def is_stopped(office: Office, provider: str) -> bool:
    """Whether a provider is not to be used at present."""
    with office.council.database.read() as session:
        return stop_in_force(session, provider) is not None


def gaps_are(office: Office, **gaps: dict[str, Any]) -> None:
    """From now on policy says otherwise on some points."""
    policy = office.council.policy
    changed = {name: getattr(policy.gaps, name).model_copy(update=update) for name, update in gaps.items()}
    office.policy_becomes(policy.model_copy(update={"gaps": policy.gaps.model_copy(update=changed)}))
