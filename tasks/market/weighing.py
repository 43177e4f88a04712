"""Both sides of the balance of recruitment from abroad, and the level of risk that the table gives (TRN-58, TRN-59)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sqlalchemy import or_, select

from models.decision_tables import load_table
from models.forms.recruitment_risk import RecruitmentRiskAssessed
from models.forms.safeguarding import ConcernNoticed, WhoIsAtRisk
from models.market.kinds import Licence, RiskLevel
from models.market.weighing import Balance, Weighed
from models.providers.tables import Provider
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.market.link_workers import open_cases_about
from tasks.market.people import everybody_with
from tasks.register.lookups import provider

RISK = "international-recruitment-risk"
"""The procedure in which a provider's risk is weighed."""


@audited("Looked up both sides of the balance", clauses="TRN-59 GAP-48")
def look_up_balance(provider_id: str) -> Balance:
    """As the register has it now: staff and sponsored staff, and whom the provider supports, whoever pays."""
    step = here()
    known = provider(step.session, provider_id)
    people = everybody_with(step, provider_id)
    return Balance(
        name=known.name if known else provider_id,
        staff=known.staff if known else None,
        sponsored_staff=known.sponsored_staff if known else None,
        people=len(people),
        with_high_needs=sum(one.high_needs for one in people),
        self_funders=sum(one.paid_by == "self" for one in people),
    )


@audited("Worked out the level of risk", clauses="TRN-58 TRN-59")
def weigh(balance: Balance, said: RecruitmentRiskAssessed) -> Weighed:
    """By the decision table, with what the policy calls a high share and many people; says which row gave it."""
    bands = here().policy.recruitment_risk
    balance = balance.corrected(said.staff, said.sponsored_staff)
    share = balance.share_percent
    assert share is not None  # held against at the door
    answers = {
        "licence": _stands(said.licence),
        "signs": "yes" if said.has_signs else "no",
        "share": "high" if share >= bands.high_from_percent else "some" if share >= bands.some_from_percent else "low",
        "people": "many"
        if balance.people >= bands.many_people_from or balance.with_high_needs >= bands.many_with_high_needs_from
        else "few",
    }
    decided = load_table("recruitment_risk").decide(**answers)
    return Weighed(
        balance=balance, answers=answers, level=RiskLevel(decided.outcome), row=decided.row, clauses=decided.clauses
    )


def _stands(licence: Licence) -> str:
    match licence:
        case Licence.REVOKED:
            return "lost"
        case Licence.SUSPENDED | Licence.UNDER_REVIEW | Licence.NOT_KNOWN:
            return "in-doubt"
        case Licence.IN_FORCE:
            return "in-force"
        case Licence.NONE:
            return "none"


@audited("Made a safeguarding concern of signs of modern slavery", clauses="TRN-57 DUTY-49 DUTY-50")
def make_concern_of_slavery(said: RecruitmentRiskAssessed, name: str, by: str) -> ConcernNoticed:
    """About whoever works there; `by` is a tag."""
    assert said.danger_or_crime is not None  # held against at the door
    step = here()
    signs = ", ".join(sorted(said.signs))
    return ConcernNoticed(
        danger_or_crime=said.danger_or_crime,
        rang_999=said.rang_999,
        not_rung_because=said.not_rung_because,
        at_risk=WhoIsAtRisk.ADULT,
        what=f"Signs of modern slavery among staff of {name}{f' ({signs})' if signs else ''}.\n{said.what_was_seen}",
        where=name,
        noticed_at=step.now,
        noticed_by=by,
        came_from=step.case.ref,
    )


class ToAssess(BaseModel):
    """A provider whose risk is to be weighed, and by which numbers."""

    model_config = ConfigDict(frozen=True)

    provider: str
    why: str

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{self.provider} ({self.why})"


@audited("Looked up whose recruitment from abroad is to be weighed", clauses="TRN-58 TRN-59")
def look_up_whom_to_assess() -> tuple[ToAssess, ...]:
    """Open providers of ours or in our area whose share passes the policy's, and that no open case weighs already."""
    step = here()
    today, least = local_day(step.now), step.policy.recruitment_risk.assessed_from_percent
    weighed = open_cases_about(step.session, RISK, step.now)
    rows = step.session.scalars(
        select(Provider)
        .where(Provider.staff > 0, Provider.sponsored_staff.is_not(None))
        .where(or_(Provider.closed_on.is_(None), Provider.closed_on > today))
        .where(or_(Provider.commissioned, Provider.in_area))
        .order_by(Provider.id)
    )
    return tuple(
        ToAssess(
            provider=one.id,
            why=f"{one.sponsored_staff} of {one.staff} staff are sponsored, at least {least} in a hundred",
        )
        for one in rows
        if one.id not in weighed and 100 * (one.sponsored_staff or 0) >= least * (one.staff or 0)
    )
