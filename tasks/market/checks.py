"""What answers of market oversight are held against: the register, the recording system, and what goes on already."""

from __future__ import annotations

from sqlalchemy import select

from models.cases import Case
from models.forms.link_worker import LinkWorkerNamed, LinkWorkerWanted
from models.forms.recruitment_risk import RecruitmentRiskAssessed, RecruitmentRiskDecided, RecruitmentRiskWanted
from models.market.kinds import RecruitmentAction
from models.provider_failure.tables import Incident
from models.providers.tables import ProviderStop
from models.working_time import local_day
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.durable.ledger import recall
from tasks.market.link_workers import named_by_the_extract
from tasks.register.lookups import provider


@checks_answers(LinkWorkerNamed)
def _nothing_is_keyed_twice(moment: Answering, named: LinkWorkerNamed) -> list[str]:
    """Where the recording system names somebody who serves, whoever is to be another is changed there."""
    wanted = LinkWorkerWanted.model_validate(recall(moment.session, moment.ref)[0].data)
    by_extract = named_by_the_extract(moment.session, wanted.provider, local_day(moment.now))
    if named.link_worker is None or by_extract in (None, named.link_worker):
        return []
    return [f"link_worker: the recording system names {by_extract}, so change it there and say so in not_named_because"]


@checks_answers(RecruitmentRiskAssessed)
def _share_is_known(moment: Answering, said: RecruitmentRiskAssessed) -> list[str]:
    """The share is a ratio of two numbers; where the register has none, a person gives them."""
    wanted = RecruitmentRiskWanted.model_validate(recall(moment.session, moment.ref)[0].data)
    known = provider(moment.session, wanted.provider)
    if said.staff is not None or (known is not None and known.staff and known.sponsored_staff is not None):
        return []
    return ["staff: the register does not know how many staff it has: ask, and give staff and sponsored_staff"]


@checks_answers(RecruitmentRiskDecided)
def _nothing_is_begun_twice(moment: Answering, decided: RecruitmentRiskDecided) -> list[str]:
    """A stop that this case has begun and an incident of that provider go on in cases of their own (TRN-60)."""
    problems = []
    if RecruitmentAction.STOP in decided.actions:
        ours = select(ProviderStop.decided_in).join(Case, Case.ref == ProviderStop.decided_in)
        ours = ours.where(Case.parent_ref == moment.ref, ProviderStop.lifted_at.is_(None))
        if (stop := moment.session.scalar(ours.limit(1))) is not None:
            problems.append(f"actions: nobody new comes to it already, by case {stop}; leave the stop out")
    if RecruitmentAction.INCIDENT in decided.actions:
        wanted = RecruitmentRiskWanted.model_validate(recall(moment.session, moment.ref)[0].data)
        theirs = select(Incident.case_ref).where(Incident.provider_id == wanted.provider, Incident.ended_at.is_(None))
        if (incident := moment.session.scalar(theirs.limit(1))) is not None:
            problems.append(f"actions: it has an incident already, case {incident}; leave the incident out")
    return problems
