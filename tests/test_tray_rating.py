"""Rating by the three tables: they propose, a manager may depart from them with reasons, and each says its row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from deployments.example_council import example_policy
from models.decision_tables import Complexity, DelayEffect, Priority, Rag, RiskOfHarm, SupportLevel
from models.forms.tray_rating import Agencies, Disagreement, Knowledge, RatingFacts
from models.policy import Policy
from models.policy.gaps.tray import LocalRiskFactor, LocalRiskFactors
from models.policy.settings import Settings
from models.rating_rules import factors_in_words
from tasks.tray.rating import factor_changes, rate, rating_problems


def facts(**changes: Any) -> RatingFacts:
    """Some support, some risk, no hurry, simple work: Amber, Low, Low."""
    usual: dict[str, Any] = {
        "support": SupportLevel.MODERATE,
        "risk": RiskOfHarm.MODERATE,
        "delay_effect": DelayEffect.NEITHER,
    }
    return RatingFacts(**usual | changes)


def policy_with(**gaps: dict[str, Any]) -> Policy:
    """The example council's policy with some settings of its gaps changed."""
    policy = example_policy()
    changed = {name: _changed(getattr(policy.gaps, name), settings) for name, settings in gaps.items()}
    return policy.model_copy(update={"gaps": policy.gaps.model_copy(update=changed)})


def _changed(gap: Settings, settings: dict[str, Any]) -> Settings:
    return gap.model_copy(update=settings)


# ---------------------------------------------------------------- the tables


@pytest.mark.clauses("PWT-37", "PWT-39", "PWT-40", "PWT-41", "PWT-42", "PWT-43", "PWT-45", "PWT-46")
@pytest.mark.parametrize(
    ("support", "risk", "colour", "row"),
    [
        ("none", "high", Rag.RED, "RAG-1"),
        ("none", "moderate", Rag.RED, "RAG-1"),
        ("none", "low", Rag.AMBER, "RAG-2"),
        ("moderate", "high", Rag.RED, "RAG-3"),
        ("moderate", "moderate", Rag.AMBER, "RAG-4"),
        ("moderate", "low", Rag.GREEN, "RAG-5"),
        ("full", "high", Rag.AMBER, "RAG-6"),
        ("full", "moderate", Rag.GREEN, "RAG-7"),
        ("full", "low", Rag.GREEN, "RAG-7"),
    ],
)
def test_every_cell_of_the_matrix_gives_its_colour_and_says_its_row(
    support: str, risk: str, colour: Rag, row: str
) -> None:
    """PWT-39: support by risk; the row and its clauses stand beside the colour, so that anybody can look it up."""
    rated = rate(example_policy(), facts(support=SupportLevel(support), risk=RiskOfHarm(risk)))

    assert (rated.colour, rated.by_matrix.outcome, rated.by_matrix.row) == (colour, colour, row)
    assert "PWT-39" in rated.by_matrix.clauses
    assert not rated.is_overridden


@pytest.mark.clauses("PWT-33", "PWT-63", "PWT-64", "PWT-65", "PWT-66", "PWT-67")
@pytest.mark.parametrize(
    ("effect", "within_24_hours", "priority", "row", "urgent"),
    [
        ("serious-harm", True, Priority.HIGH, "PRI-1", True),
        ("serious-harm", False, Priority.HIGH, "PRI-2", False),
        ("decline", True, Priority.HIGH, "PRI-3", True),
        ("neither", True, Priority.HIGH, "PRI-3", True),
        ("decline", False, Priority.MEDIUM, "PRI-4", False),
        ("neither", False, Priority.LOW, "PRI-5", False),
    ],
)
def test_every_row_of_the_priority_table(
    effect: str, within_24_hours: bool, priority: Priority, row: str, urgent: bool
) -> None:
    """PWT-63: how soon; whoever must be answered within 24 hours is High and marked urgent (PWT-64, GAP-25)."""
    rated = rate(example_policy(), facts(delay_effect=DelayEffect(effect), within_24_hours=within_24_hours))

    assert (rated.priority, rated.by_priority_table.row, rated.urgent) == (priority, row, urgent)


@pytest.mark.clauses("PWT-34", "PWT-68", "PWT-69", "PWT-70", "PWT-71")
@pytest.mark.parametrize(
    ("work", "complexity", "row"),
    [
        ({"disagreement": Disagreement.CONFLICT}, Complexity.HIGH, "COM-1"),
        ({"agencies": Agencies.SEVERAL}, Complexity.HIGH, "COM-2"),
        ({"legal_issues": True}, Complexity.HIGH, "COM-3"),
        ({"knowledge": Knowledge.SOPHISTICATED_DECISIONS}, Complexity.HIGH, "COM-4"),
        ({"interacting_conditions": True}, Complexity.HIGH, "COM-5"),
        ({"disagreement": Disagreement.RESOLVABLE}, Complexity.MEDIUM, "COM-6"),
        ({"agencies": Agencies.JOINT}, Complexity.MEDIUM, "COM-7"),
        ({"knowledge": Knowledge.SOME_SPECIALIST}, Complexity.MEDIUM, "COM-8"),
        ({}, Complexity.LOW, "COM-9"),
    ],
)
def test_every_row_of_the_complexity_table(work: dict[str, Any], complexity: Complexity, row: str) -> None:
    """PWT-68: what skill the work calls for; one mark is enough (PWT-69, PWT-70), none is Low (PWT-71)."""
    rated = rate(example_policy(), facts(**work))

    assert (rated.complexity, rated.by_complexity_table.row) == (complexity, row)


@pytest.mark.clauses("PWT-43")
def test_indicators_are_prompts_and_never_decide() -> None:
    """PWT-43: all thirteen ticked, and the risk is what the manager judges it to be."""
    every = frozenset(f"HR-{number:02}" for number in range(1, 14))

    assert rate(example_policy(), facts(risk=RiskOfHarm.LOW, indicators=every)).colour is Rag.GREEN
    with pytest.raises(ValidationError, match="indicators: give the ids alone, from HR-01 to HR-13"):
        facts(indicators=frozenset({"HR-99"}))


# ---------------------------------------------------------------- departing from them


@pytest.mark.clauses("PWT-47", "PWT-48", "GAP-22")
def test_a_manager_may_depart_from_the_tables_and_both_stand_there() -> None:
    """PWT-47, PWT-48: the manager's colour counts; what the matrix said, and why it is otherwise, is kept."""
    rated = rate(
        example_policy(),
        facts(colour=Rag.RED, priority=Priority.HIGH, complexity=Complexity.MEDIUM, override_reasons="alone at night"),
    )

    assert (rated.colour, rated.priority, rated.complexity) == (Rag.RED, Priority.HIGH, Complexity.MEDIUM)
    assert (rated.by_matrix.outcome, rated.by_priority_table.outcome) == ("Amber", "Low")
    assert rated.is_overridden
    assert rated.override_reasons == "alone at night"


@pytest.mark.clauses("GAP-22", "PWT-48")
@pytest.mark.parametrize("own", [{"colour": Rag.GREEN}, {"priority": Priority.HIGH}, {"complexity": Complexity.HIGH}])
def test_departing_from_any_table_needs_reasons_where_policy_says_so(own: dict[str, Any]) -> None:
    """GAP-22: the example council wants reasons (PWT-48); a council that does not is not held up."""
    assert rating_problems(example_policy(), facts(**own)) == ["override_reasons: say why you depart from the table"]
    assert rating_problems(example_policy(), facts(**own, override_reasons="known to us")) == []
    assert rating_problems(policy_with(matrix_override={"reasons_required": False}), facts(**own)) == []


def test_saying_what_the_table_says_is_no_departure() -> None:
    """GAP-22: who ticks Amber where the matrix says Amber owes no reasons (PWT-47)."""
    same = facts(colour=Rag.AMBER, priority=Priority.LOW, complexity=Complexity.LOW)

    assert not rate(example_policy(), same).is_overridden
    assert rating_problems(example_policy(), same) == []


@pytest.mark.clauses("GAP-22")
@pytest.mark.parametrize(("colour", "lowers"), [(Rag.AMBER, True), (Rag.GREEN, True), (Rag.RED, False), (None, False)])
def test_only_less_than_red_against_the_matrix_lowers_a_red(colour: Rag | None, lowers: bool) -> None:
    """GAP-22: the matrix says Red; only another colour of the manager's own is a lowering (PWT-47)."""
    rated = rate(example_policy(), facts(risk=RiskOfHarm.HIGH, colour=colour, override_reasons="x" if colour else ""))

    assert rated.lowers_a_red is lowers


@pytest.mark.clauses("GAP-11", "PWT-43")
def test_high_risk_with_full_support_is_amber_and_a_manager_looks() -> None:
    """GAP-11, PWT-43: Amber by the matrix, and marked for a manager; not where policy does without."""
    high = facts(support=SupportLevel.FULL, risk=RiskOfHarm.HIGH)
    without = policy_with(tray_after_urgency={"check_high_risk_with_full_support": False})

    assert (rate(example_policy(), high).colour, rate(example_policy(), high).manager_checks) == (Rag.AMBER, True)
    assert not rate(without, high).manager_checks
    assert not rate(example_policy(), facts(support=SupportLevel.FULL)).manager_checks


# ---------------------------------------------------------------- local risk factors


@pytest.mark.clauses("PWT-44", "GAP-24")
def test_local_factors_are_those_of_the_list_in_force() -> None:
    """PWT-44, GAP-24: the service's own factor counts and the version of its list is kept; another is refused."""
    rated = rate(example_policy(), facts(local_factors=frozenset({"LF-01"})))

    assert (rated.local_factors, rated.factors_version) == (("LF-01",), 1)
    assert rating_problems(example_policy(), facts(local_factors=frozenset({"LF-01"}))) == []
    [problem] = rating_problems(example_policy(), facts(local_factors=frozenset({"LF-09", "LF-01"})))
    assert problem == "local_factors: LF-09 is not on your service's list, which has LF-01"
    assert "LF-01 (hospital)" in factors_in_words(example_policy())


SECOND = LocalRiskFactor(id="LF-02", service="hospital", text="Goes home to stairs that nobody has looked at")


def grown(**settings: Any) -> Policy:
    """The example council's list with a second factor."""
    factors = (*example_policy().gaps.local_risk_factors.factors, SECOND)
    return policy_with(local_risk_factors={"factors": factors} | settings)


@pytest.mark.clauses("GAP-24", "PWT-44")
def test_a_changed_list_without_a_higher_version_is_noticed() -> None:
    """GAP-24, PWT-44: a second factor crept in under the old version and the old approval."""
    [problem] = factor_changes(example_policy(), grown())

    assert problem.endswith("have changed (LF-02): raise list_version above 1")


@pytest.mark.clauses("GAP-24", "PWT-44")
def test_a_changed_list_without_the_strategic_managers_approval_is_noticed() -> None:
    """GAP-24, PWT-44: a higher version alone is not enough; who approved it, in the council's own name for the role."""
    [problem] = factor_changes(example_policy(), grown(list_version=2, approved_on=None, approved_by_staff=None))

    assert "have them approved by the service manager" in problem


@pytest.mark.clauses("GAP-24")
def test_an_approval_older_than_the_list_before_is_noticed() -> None:
    """GAP-24: the day of the old approval was left standing, or is older still (PWT-44)."""
    [problem] = factor_changes(example_policy(), grown(list_version=2, approved_on=date(2026, 1, 2)))

    assert "approved_on is older" in problem


@pytest.mark.clauses("GAP-24")
def test_an_approved_list_with_a_higher_version_is_in_order_and_so_is_an_unchanged_one() -> None:
    """GAP-24: nothing is said of a list that was changed as it should be, or not at all (PWT-44)."""
    new = grown(list_version=2, approved_on=date(2026, 2, 2))

    assert factor_changes(example_policy(), new) == []
    assert factor_changes(example_policy(), example_policy()) == []
    assert factor_changes(None, example_policy()) == []


@pytest.mark.clauses("GAP-24")
def test_a_first_list_needs_its_approval_as_well() -> None:
    """GAP-24: empty at first; the first list that is not has been approved by somebody (PWT-44)."""
    unapproved = policy_with(local_risk_factors={"approved_on": None, "approved_by_staff": None})

    assert len(factor_changes(None, unapproved)) == 1
    assert factor_changes(None, policy_with(local_risk_factors={"factors": (), "approved_on": None})) == []


@pytest.mark.clauses("GAP-24")
@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"list_version": 2}, "a changed list needs its approval"),
        ({"approved_on": date(2026, 1, 2)}, "say approved_on and approved_by_staff together"),
        ({"factors": (SECOND, SECOND)}, "two local risk factors have the same id"),
    ],
)
def test_a_list_that_cannot_be_right_is_refused_with_its_policy(settings: dict[str, Any], says: str) -> None:
    """GAP-24: half an approval, a second version that nobody approved, the same id twice (PWT-44)."""
    with pytest.raises(ValidationError, match=says):
        LocalRiskFactors(**settings)
