"""What answers about monitoring, issues and reviews are held against: the plan as it stands, and the policy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models.entry_kinds import EntryKind
from models.forms.explaining import EveryoneTold
from models.forms.monitoring_change import MonitoringDecided, MonitoringExplained, MonitoringSettled
from models.forms.pause import InterimCareConfirmed, PauseExplained, ResumptionExplained
from models.forms.plan_issue import IndividualConcerned, IssueExplored
from models.forms.reablement_keeping import ReablementEndTold
from models.forms.reablement_matters import PlanIssue
from models.forms.reablement_review import ReviewHeld, ReviewTold
from models.reablement.plan import Part, PlanContent
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.durable.ledger import recall
from tasks.reablement.keeping_checks import days_of_the_plan, far_away
from tasks.reablement.plans import version_in_force


@checks_answers(MonitoringSettled)
def _settled(moment: Answering, settled: MonitoringSettled) -> list[str]:
    """Everybody in the plan has their say, capacity comes first, and something is to be otherwise."""
    if not settled.change:
        return []
    plan, problems = _plan(moment), _unknown("explained_to", settled.explained_to, _plan(moment))
    if (settled.carer_says is not None) != bool(plan.those(Part.CARER)):
        there_is = "say carer_says: the plan has a carer" if settled.carer_says is None else "leave out carer_says"
        problems.append(f"{there_is}{'' if settled.carer_says is None else ': the plan has no carer'}")
    if moment.policy.gaps.change_agreement.capacity_first and settled.has_capacity is None:
        problems.append("has_capacity: say first whether they can decide about it themselves")
    same_rhythm = settled.rhythm in (None, plan.monitoring.rhythm)
    if same_rhythm and settled.how in ("", plan.monitoring.how):
        problems.append("rhythm: the plan says so already; say what is to be otherwise, or that nothing changes")
    return problems


@checks_answers(MonitoringDecided)
def _decided(moment: Answering, decided: MonitoringDecided) -> list[str]:
    """For somebody who cannot decide about it themselves, best interests are on record (GAP-33)."""
    settled = MonitoringSettled.model_validate(_last_answer(moment, MonitoringSettled))
    wanted = moment.policy.gaps.refused_support.best_interests_where_no_capacity
    if decided.go_ahead and wanted and settled.has_capacity is False and not decided.best_interests:
        return ["best_interests: the person cannot decide about it; say why it is in their best interests"]
    if settled.has_capacity is not False and decided.best_interests:
        return ["best_interests: the person can decide about it themselves; leave it out, and weigh their views"]
    return []


def _told(moment: Answering, told: EveryoneTold) -> list[str]:
    return _unknown("exceptions", (one.who for one in told.exceptions), _plan(moment))


checks_answers(MonitoringExplained)(_told)
checks_answers(ReviewTold)(_told)
checks_answers(InterimCareConfirmed)(_told)
checks_answers(PauseExplained)(_told)
checks_answers(ResumptionExplained)(_told)
checks_answers(ReablementEndTold)(_told)


@checks_answers(ReviewHeld)
def _held(moment: Answering, held: ReviewHeld) -> list[str]:
    """Those named are in the plan; and where it ends reablement, the same holds of the day as anywhere else."""
    unknown = _unknown("know_already", held.know_already, _plan(moment))
    if held.last_day is None:
        return unknown
    plan = _opened_with(moment)["plan"]
    return [*unknown, *far_away(moment, last_day=held.last_day), *days_of_the_plan(moment, plan, held)]


@checks_answers(IssueExplored)
def _explored(moment: Answering, explored: IssueExplored) -> list[str]:
    """Whoever it is about is involved unless that puts the person at risk; nobody speaks for them unasked (GAP-39)."""
    risk, facts = moment.policy.gaps.risk_of_telling, PlanIssue.model_validate(_opened_with(moment))
    problems = _unknown("left_out", (one.who for one in explored.left_out), _plan(moment))
    if facts.issue.about and explored.individual is IndividualConcerned.NOBODY_ELSE:
        problems.append("individual: the issue is about somebody; say whether they take part")
    withheld = explored.individual is IndividualConcerned.PUTS_PERSON_AT_RISK
    if withheld and risk.invite_alleged_source_of_risk:
        problems.append("individual: this council involves them all the same; see to the person's safety, and say so")
    elif withheld and risk.withholding_needs_recorded_risk and not explored.risk:
        problems.append("risk: say what the risk to the person would be")
    spoken_for = explored.has_capacity or explored.represented_by or explored.advocate_wanted
    if risk.representative_or_advocate_without_capacity and not spoken_for:
        problems.append("represented_by: say who represents them, or ask for an advocate")
    return problems


def _plan(moment: Answering) -> PlanContent:
    return version_in_force(moment.session, _opened_with(moment)["plan"])[1]


def _opened_with(moment: Answering) -> dict[str, Any]:
    opened = recall(moment.session, moment.ref)[0].data
    assert isinstance(opened, dict)
    return opened


def _last_answer(moment: Answering, form: type[MonitoringSettled]) -> Any:
    entries = recall(moment.session, moment.ref)
    return [one for one in entries if one.kind is EntryKind.ANSWERED and one.step == form.name()][-1].data


def _unknown(field: str, named: Iterable[str], plan: PlanContent) -> list[str]:
    known = [one.id for one in plan.involved]
    if set(named) <= set(known):
        return []
    return [f"{field}: name only those whom the plan has; they are {', '.join(known)}"]
