"""What answers about a provider are held against: the register, the concern itself, and the policy."""

from __future__ import annotations

from models.entry_kinds import EntryKind
from models.forms.commissioning import DECIDERS, ProviderConcernReceived, ProviderResponse, ResponseSettled
from models.forms.pause import WhoSpeaks
from models.forms.provider_concern import (
    ConcernShared,
    ConcernToBeShared,
    OwnServiceConcernTaken,
    RiskManaged,
    RiskStep,
)
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.durable.ledger import recall
from tasks.register.lookups import staff_member

NEEDS_THE_PROVIDER = {
    ProviderResponse.STOP: "a stop holds for a provider of the list",
    ProviderResponse.WRITE: "who uses it is known for a provider of the list only",
}


@checks_answers(RiskManaged)
def _concern_is_whole(_: Answering, said: RiskManaged) -> list[str]:
    """Whoever takes a safeguarding concern on knows who is at risk, and whether 999 was rung."""
    if not said.is_raised_now:
        stray = said.raised_already_as and RiskStep.SAFEGUARDING not in said.steps
        return ["raised_already_as: it is only for a safeguarding concern; choose that in steps"] if stray else []
    problems = []
    if said.at_risk is None:
        problems.append("at_risk: say who is at risk, an adult, a child or both")
    if said.danger_or_crime is None:
        problems.append("danger_or_crime: say whether anybody is in danger now, or a crime may have been committed")
    if said.danger_or_crime and not said.rang_999 and not said.not_rung_because:
        problems.append("rang_999: ring 999 now and say so, or say in not_rung_because why nobody need")
    return problems


@checks_answers(OwnServiceConcernTaken)
def _another_manager(moment: Answering, reply: OwnServiceConcernTaken) -> list[str]:
    """Whoever is named is somebody else, and may decide about a provider."""
    if reply.passed_to is None:
        return []
    named = staff_member(moment.session, reply.passed_to)
    if named is not None and named.id == moment.by.id:
        return ["passed_to: name somebody else, as you do not take it on"]
    if named is not None and named.role not in DECIDERS:
        return ["passed_to: name a manager; nobody else may settle what is done about a provider"]
    return []


@checks_answers(ConcernShared)
def _asked_who_may_be(moment: Answering, said: ConcernShared) -> list[str]:
    """GAP-39: nobody is asked who is said to be the source of the risk, nor somebody alone who lacks capacity."""
    risk = moment.policy.gaps.risk_of_telling
    problems = []
    if said.source_of_risk and not risk.invite_alleged_source_of_risk:
        problems.append("source_of_risk: they are not involved; speak with the person, somebody else, or an advocate")
    alone = said.reached and said.lacks_capacity and said.spoken_with is WhoSpeaks.PERSON
    if alone and risk.representative_or_advocate_without_capacity:
        problems.append("spoken_with: they lack capacity; ask whoever represents them, or have an advocate found")
    if said.advocate_wanted:
        sharing = ConcernToBeShared.model_validate(recall(moment.session, moment.ref)[0].data)
        if sharing.about_person is None:
            problems.append("advocate_wanted: the register does not have them; have them entered there first")
    return problems


@checks_answers(ResponseSettled)
def _provider_is_known(moment: Answering, settled: ResponseSettled) -> list[str]:
    """A stop and letters need a provider of the list: where the concern only described it, it is named now."""
    ledger = recall(moment.session, moment.ref)
    received = ProviderConcernReceived.model_validate(ledger[0].data)
    before = [one.data for one in ledger if one.kind is EntryKind.ANSWERED and one.step == ResponseSettled.name()]
    if received.provider or settled.provider or any(one["provider"] for one in before if one):
        return []
    return [
        f"provider: {why}; name it, or import it with the next extract"
        for response, why in NEEDS_THE_PROVIDER.items()
        if response in settled.responses
    ]
