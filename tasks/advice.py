"""When and how it is found out whether advice helped, what is read beside its forms, and what answers must hold."""

from __future__ import annotations

import zlib
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.advice_findings import AdviceCheck, AskedBy
from models.cases import Case
from models.forms.advice import AdviceGiven, AdviceRisk, AdviceWanted, AdvocateView
from models.policy import Policy
from models.policy.gaps.duty import FollowUpMeans
from models.policy.messages import Wording
from models.reablement.tables import ReablementPlan
from models.telling_findings import Addressee, ToBeTold
from models.working_time import local_day
from models.written_contact_findings import day_in_words
from tasks.coming_days import morning_of
from tasks.durable import audited, here
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.durable.ledger import recall
from tasks.written_contact import look_up_what_to_heed


@audited("Worked out how it is found out whether the advice helped", clauses="DUTY-58 DUTY-60 GAP-08")
def work_out_the_check(wanted: AdviceWanted, given: AdviceGiven) -> AdviceCheck:
    """
    The day agreed, or the one that policy gives for the risk; by the means that policy gives for it.

    Where calls are for those who agreed to them, all others get a message. A sample rings one in so many.
    """
    step, follow_up = here(), here().policy.gaps.advice_follow_up
    calendar = step.policy.working_calendar()
    at = morning_of(calendar, given.follow_up_on or latest_day(step.policy, given.risk, step.now), step.now)
    if given.no_follow_up_because:
        return AdviceCheck(by=AskedBy.NOBODY, at=at, because="they do not want it or cannot be reached")
    if not follow_up.in_reablement_too and _is_in_reablement(step.session, wanted):
        return AdviceCheck(by=AskedBy.NOBODY, at=at, because="policy follows up no advice in reablement")
    is_low = given.risk is AdviceRisk.LOW
    match _means(step.policy, given.risk):
        case FollowUpMeans.SAMPLE if zlib.crc32(step.case.ref.encode()) % follow_up.sample_one_in:
            return AdviceCheck(by=AskedBy.NOBODY, at=at, because="it is not in the sample")
        case FollowUpMeans.MESSAGE:
            return AdviceCheck(by=AskedBy.MESSAGE, at=at, silence_is_an_answer=is_low)
        case FollowUpMeans.CALL | FollowUpMeans.SAMPLE:
            if follow_up.calls_only_where_agreed and not given.may_ring:
                because = "they have not agreed to be rung"
                return AdviceCheck(by=AskedBy.MESSAGE, at=at, because=because, silence_is_an_answer=is_low)
            return AdviceCheck(by=AskedBy.SOMEBODY, at=at)


@audited("Worded the question whether it helped", clauses="DUTY-58")
def word_the_question() -> Wording:
    """One message, to which they may answer; nothing of what they were advised about stands in it."""
    step = here()
    return step.policy.messages.advice_follow_up.write(reference=step.case.ref, **step.policy.whom_to_ring())


@audited("Looked up what there is to point people to", clauses="DUTY-53 DUTY-54 DUTY-55 REA-28 GAP-08 GAP-52")
def look_up_resources() -> str:
    """The council's local resources and schemes, and national organisations."""
    gaps = here().policy.gaps
    local, national = gaps.advice_follow_up.resources, gaps.advice_follow_up.national_resources
    lines = [
        "Local resources and schemes:" if local else "This council has listed no local resources.",
        *(f"{one.name}: {one.where}" for one in local),
        "National organisations, among others:",
        *(f"{one.name}: {one.where}" for one in national),
        "Advise anybody who asks." if gaps.readings.advise_anyone_who_asks else _ONLY_RESIDENTS,
    ]
    return "\n".join(lines)


_ONLY_RESIDENTS = "Advise local residents; bring others to the council where they live."


def beside_advice(wanted: AdviceWanted, *more: str) -> str:
    """Their needs and how they wish to hear, as the register knows them, and what it is about (DUTY-56, REA-27)."""
    heed = look_up_what_to_heed(wanted.about_person).beside_the_form
    lines = (heed, f"For: {whom_in_words(wanted)}", f"About: {wanted.what}", *more)
    return "\n\n".join(one for one in lines if one)


def whom_in_words(wanted: AdviceWanted) -> str:
    """Who was advised, as far as anybody knows them."""
    return ", ".join(one for one in (wanted.about_person or "", wanted.called) if one) or "somebody who gave no name"


def to_be_asked(wanted: AdviceWanted) -> ToBeTold:
    """Whoever was advised, for a message to them."""
    return ToBeTold(who=Addressee.PERSON, about_person=wanted.about_person, called=wanted.called)


def latest_day(policy: Policy, risk: AdviceRisk, now: datetime) -> date:
    """The day that policy gives for the risk."""
    follow_up = policy.gaps.advice_follow_up
    match risk:
        case AdviceRisk.HIGH:
            after = follow_up.high_risk_after
        case AdviceRisk.MODERATE:
            after = follow_up.moderate_risk_after
        case AdviceRisk.LOW:
            after = follow_up.low_risk_after
    return local_day(policy.working_calendar().add(now, after))


def _means(policy: Policy, risk: AdviceRisk) -> FollowUpMeans:
    follow_up = policy.gaps.advice_follow_up
    match risk:
        case AdviceRisk.HIGH:
            return follow_up.high_risk_by
        case AdviceRisk.MODERATE:
            return follow_up.moderate_risk_by
        case AdviceRisk.LOW:
            return follow_up.low_risk_by


def _is_in_reablement(session: Session, wanted: AdviceWanted) -> bool:
    """Whether the person is in reablement, or it came up in somebody's, or in one of the cases around it."""
    theirs = select(ReablementPlan.case_ref).where(
        ReablementPlan.person_id == wanted.about_person, ReablementPlan.ended_at.is_(None)
    )
    if wanted.about_person is not None and session.scalars(theirs).first() is not None:
        return True
    case = session.get(Case, wanted.came_from) if wanted.came_from else None
    while case is not None:
        if case.procedure == "reablement":
            return True
        case = session.get(Case, case.parent_ref) if case.parent_ref else None
    return False


@checks_answers(AdviceGiven)
def _given(moment: Answering, given: AdviceGiven) -> list[str]:
    """The day fits the risk (DUTY-60), and an advocate is for somebody whom the register has."""
    problems = []
    latest = latest_day(moment.policy, given.risk, moment.now)
    if given.follow_up_on is not None and given.follow_up_on > latest:
        problems.append(f"follow_up_on: with so much at risk they are asked by {day_in_words(latest)} at the latest")
    wanted = AdviceWanted.model_validate(recall(moment.session, moment.ref)[0].data)
    if wanted.about_person is None and not wanted.called and not given.no_follow_up_because:
        problems.append("no_follow_up_because: nobody has said how they can be reached; say that they cannot be asked")
    if given.advocate is AdvocateView.WANTED and wanted.about_person is None and not given.referrals_out:
        problems.append("referrals_out: the register does not have them; give the referral to an advocacy service here")
    return problems
