"""Evidence, answers and ways of looking that the stories of Edith Tilling's changing plan use."""

from __future__ import annotations

from datetime import date
from typing import Any

from flows.reablement_plan_change import reablement_plan_change
from models.forms.plan_agreement import (
    AgreementOfColleague,
    AgreementsOfOthers,
    BestInterests,
    ChangeDecided,
    SaidToTheChange,
    SettledTogether,
    Stance,
)
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.plan_copies import CopiesGivenOut, CopyGiven, CopyWay, PlanChangeExplained
from models.forms.reablement_matters import EvidenceOfChange
from models.forms.reablement_signals import EvidenceKind, EvidenceReceived
from models.mail import InboundMail, MailDoor, MailState
from models.policy import Policy
from models.reablement.edits import PlanEdits
from models.reablement.findings import PlanStands
from models.reablement.plan import Part, SomebodyInvolved
from models.reablement.tables import HOME
from tasks.durable.testing import Office
from tasks.reablement.plans import standing_of_plan
from tests.procedures.reablement_stories import BEGUN, CARER_ID, PERSON_ID, SHORTER_MORNINGS, THERAPIST_ID

DRESSES_ALONE = EvidenceReceived(
    kind=EvidenceKind.OBSERVATION,
    given_by="Jack Ormsby",
    what="She dresses without help since Thursday; half an hour is enough in the morning.",
    noticed_on=date(2026, 1, 5),
)
COORDINATOR, COLLEAGUE, LEAD, SENIOR = "reablement-worker", "reablement-worker-2", "reablement-lead", "team-manager"


def evidence_of(office: Office, plan: str, evidence: EvidenceReceived = DRESSES_ALONE, **changes: Any) -> str:
    """Evidence about a plan has come now; gives the case's ref."""
    facts = {"plan": plan, "worker": f"staff-{COORDINATOR}", "evidence": evidence, "received_at": office.clock.now()}
    opened = EvidenceOfChange.model_validate(facts | changes)
    return office.start(reablement_plan_change, opened, owner=f"staff-{COORDINATOR}")


def agree(*who: str) -> tuple[SaidToTheChange, ...]:
    """They agree."""
    return tuple(SaidToTheChange(who=one, says=Stance.AGREES) for one in who)


def says(who: str, stance: Stance, words: str = "would rather leave it as it is") -> SaidToTheChange:
    """One who does not."""
    return SaidToTheChange(who=who, says=stance, words=words)


ALL_AGREE = SettledTogether(said=agree(PERSON_ID, CARER_ID, THERAPIST_ID), told_home_copy_counts=True)
"""What one worker settled in one visit; she herself has a part in the plan and decides."""


def to_change(edits: PlanEdits = SHORTER_MORNINGS, settled: SettledTogether | None = None) -> EvidenceDecision:
    """The plan is to change."""
    return EvidenceDecision(
        step=EvidenceStep.CHANGE_THE_PLAN,
        reasons="She needs no help with dressing",
        edits=edits,
        settled=settled,
        advocate_needed=False,
    )


def decided(office: Office, plan: str, settled: SettledTogether | None = None, **changes: Any) -> str:
    """A change that the coordinating worker has decided on; gives the case's ref."""
    case = evidence_of(office, plan)
    office.answer(case, to_change(settled=settled, **changes), by=COORDINATOR)
    return case


def others_say(*said: SaidToTheChange, **settled: Any) -> AgreementsOfOthers:
    """What those outside say, all on one form."""
    return AgreementsOfOthers(settled=SettledTogether(said=said, **settled))


YES, NO = AgreementOfColleague(agrees=True), AgreementOfColleague(agrees=False, words="She tires by nine")
GO_AHEAD = ChangeDecided(
    goes_ahead=True,
    regard_to_views="Joan fears that she hurries; she wants to try",
    regard_to_wellbeing="She is proud of doing it alone",
    reasons="Tried for a week, then looked at again",
)
IN_HER_INTERESTS = BestInterests(
    goes_ahead=True,
    consulted="Joan Tilling and Ravi Menon",
    wishes="She has always wanted to do things by herself",
    wellbeing="She gains by it",
    reasons="Less help is less restriction",
)


def copies(*who: str, rota: bool | None = True, way: CopyWay = CopyWay.BY_HAND) -> CopiesGivenOut:
    """Those have the new copy."""
    return CopiesGivenOut(given=tuple(CopyGiven(who=one, way=way) for one in who), rota_matches=rota)


EVERYBODYS = copies(HOME, "P1", "P2", "P3", "P4")
TOLD = PlanChangeExplained(how="rang them")


def stands(office: Office, plan: str) -> PlanStands:
    """How the plan stands now."""
    with office.council.database.read() as session:
        return standing_of_plan(session, plan)


def minutes(office: Office, plan: str) -> list[int]:
    """How long the visits of the plan in force are."""
    return [one.minutes for one in stands(office, plan).content.visits]


def keep_a_photograph(office: Office, mail_id: str, case: str | None) -> None:
    """A photograph was taken in, for that case."""
    with office.council.database.write() as session:
        session.add(
            InboundMail(
                id=mail_id,
                received_at=office.clock.now(),
                settled_at=None,
                digest=mail_id,
                content_digest=mail_id,
                raw=b"\xff\xd8\xff",
                door=MailDoor.PAPER,
                on_paper=True,
                size=3,
                envelope_from=None,
                envelope_to=[],
                state=MailState.STORED if case is None else MailState.SIGNALLED,
                case_ref=case,
                reason="",
                erased_at=None,
            )
        )


def policy_with(policy: Policy, gap: str, **settings: Any) -> Policy:
    """The policy with some settings of one gap otherwise."""
    changed = getattr(policy.gaps, gap).model_copy(update=settings)
    return policy.model_copy(update={"gaps": policy.gaps.model_copy(update={gap: changed})})


JACK = SomebodyInvolved(part=Part.REABLEMENT_WORKER, name="Jack Ormsby", staff=COLLEAGUE)
"""A colleague with a part in the plan: P5 where he is involved as well."""
WITH_JACK = (*BEGUN.involved, JACK)
