"""
How the three decision tables rate somebody who waits, and what a council's policy allows of it.

The tables propose and a manager may depart from them (PWT-47, GAP-22); indicators and local risk factors are prompts
that never decide by themselves (PWT-43, PWT-44).
"""

from __future__ import annotations

from models.decision_tables import Complexity, Decision, Priority, Rag, RiskOfHarm, SupportLevel, load_table
from models.forms.tray_rating import RatingFacts
from models.policy import Policy
from models.policy.gaps.tray import LocalRiskFactors
from models.tray import Rated, TableSaid

URGENT = "urgent"
"""The literal word with which the comments of a case begin that needs a response within 24 hours (PWT-64)."""


def rate(policy: Policy, facts: RatingFacts) -> Rated:
    """
    Colour, priority and complexity by the tables or as the manager departs from them, each with its row and clauses.

    It refuses nothing: `rating_problems` says what the policy does not allow.
    """
    matrix = load_table("rag").decide(support=facts.support, risk=facts.risk)
    priority = load_table("priority").decide(
        delay_effect=facts.delay_effect, within_24_hours=_yes_or_no(facts.within_24_hours)
    )
    complexity = load_table("complexity").decide(
        disagreement=facts.disagreement,
        agencies=facts.agencies,
        knowledge=facts.knowledge,
        legal_issues=_yes_or_no(facts.legal_issues),
        interacting_conditions=_yes_or_no(facts.interacting_conditions),
    )
    high_with_full_support = facts.risk is RiskOfHarm.HIGH and facts.support is SupportLevel.FULL
    return Rated(
        colour=facts.colour or Rag(matrix.outcome),
        priority=facts.priority or Priority(priority.outcome),
        complexity=facts.complexity or Complexity(complexity.outcome),
        urgent=priority.marker == URGENT,
        by_matrix=_said(matrix),
        by_priority_table=_said(priority),
        by_complexity_table=_said(complexity),
        override_reasons=facts.override_reasons,
        manager_checks=high_with_full_support and policy.gaps.tray_after_urgency.check_high_risk_with_full_support,
        local_factors=tuple(sorted(facts.local_factors)),
        factors_version=policy.gaps.local_risk_factors.list_version,
    )


def rating_problems(policy: Policy, facts: RatingFacts) -> list[str]:
    """What the policy does not allow of a rating, each a sentence for whoever filled it in; empty where all is well."""
    problems = []
    known = {factor.id for factor in policy.gaps.local_risk_factors.factors}
    if unknown := sorted(facts.local_factors - known):
        listed = ", ".join(sorted(known)) or "none"
        problems.append(f"local_factors: {', '.join(unknown)} is not on your service's list, which has {listed}")
    rated = rate(policy, facts)
    if rated.is_overridden and policy.gaps.matrix_override.reasons_required and not facts.override_reasons:
        problems.append("override_reasons: say why you depart from the table")
    return problems


def factor_changes(old: Policy | None, new: Policy) -> list[str]:
    """
    What is wrong with the way in which a policy changes the local risk factors, against the one used before it.

    A list that differs has a higher version, and a list with anything in it has the strategic manager's approval,
    by whom and on which day (GAP-24); a list that is used for the first time is held against an empty one.
    """
    before, now = old.gaps.local_risk_factors if old is not None else None, new.gaps.local_risk_factors
    return list_changes(before, now, new.role_name(now.approved_by))


def list_changes(before: LocalRiskFactors | None, now: LocalRiskFactors, approver: str) -> list[str]:
    """As `factor_changes`, for the lists themselves; `approver` is what the council calls whoever approves them."""
    changed = set(now.factors) ^ set(before.factors if before is not None else ())
    if not changed:
        return []
    names = ", ".join(sorted({factor.id for factor in changed}))
    problems = []
    if before is not None and now.list_version <= before.list_version:
        problems.append(
            f"GAP-24: the local risk factors have changed ({names}): raise list_version above {before.list_version}"
        )
    if now.approved_on is None:
        problems.append(
            f"GAP-24: the local risk factors have changed ({names}): have them approved by the {approver}, and say"
            " approved_on and approved_by_staff"
        )
    elif before is not None and before.approved_on is not None and now.approved_on < before.approved_on:
        problems.append("GAP-24: approved_on is older than that of the list before: enter the day of this approval")
    return problems


def factors_in_words(policy: Policy) -> str:
    """The local risk factors as they stand beside a form of rating; empty where the service has none."""
    factors = policy.gaps.local_risk_factors
    lines = [f"{factor.id} ({factor.service}): {factor.text}" for factor in factors.factors]
    return "\n".join([f"Local risk factors, version {factors.list_version}:", *lines]) if lines else ""


def _said(decision: Decision) -> TableSaid:
    return TableSaid(outcome=decision.outcome, row=decision.row, clauses=decision.clauses)


def _yes_or_no(answer: bool) -> str:
    return "yes" if answer else "no"
