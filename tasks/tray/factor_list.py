"""Whether the service's list of local risk factors was changed as it may be (PWT-44, GAP-24)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import PolicyVersion
from models.policy.gaps.tray import LocalRiskFactors
from models.rating_rules import list_changes
from models.roles import Role
from models.tray import Part
from tasks.differences import note_difference
from tasks.durable import audited, here


class FactorsLookedAt(Part):
    """What is wrong with the list in force, and whether that was noticed just now for the first time."""

    problems: tuple[str, ...] = ()
    is_news: bool = False
    approver: Role = Role.STRATEGIC_MANAGER

    @property
    def in_words(self) -> str:
        """For the story."""
        return "; ".join(self.problems) or "in order"


@audited("Looked whether the local risk factors are as they were approved", clauses="PWT-44 GAP-24")
def look_at_the_local_factors(team: str) -> FactorsLookedAt:
    """
    The list in force against the last other one that was; where it was changed without approval, it comes on the list
    of the team's differences, once for each policy. Whoever rates reads of it beside the form.
    """
    step = here()
    now = step.policy.gaps.local_risk_factors
    before = next((one for one in _used_before(step.session, step.policy.version) if one.factors != now.factors), None)
    problems = list_changes(before, now, step.policy.role_name(now.approved_by))
    news = [
        note_difference(step.change, f"local-factors:{step.policy.version}", "; ".join(problems), team_id=team)
        for _ in problems[:1]
    ]
    return FactorsLookedAt(problems=tuple(problems), is_news=any(news), approver=now.approved_by)


def _used_before(session: Session, version: str) -> Iterator[LocalRiskFactors]:
    """The lists of earlier policies, the latest first."""
    texts = select(PolicyVersion.text).where(PolicyVersion.version != version)
    for text in session.scalars(texts.order_by(PolicyVersion.first_used_at.desc(), PolicyVersion.version)):
        try:
            yield LocalRiskFactors.model_validate(json.loads(text)["gaps"]["GAP-24"])
        except (ValueError, KeyError, TypeError):
            continue  # written by a version that kept it otherwise
