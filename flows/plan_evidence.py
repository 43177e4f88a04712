"""The evidence that one decision is about: what comes meanwhile, what comes too late, what is covered elsewhere."""

from __future__ import annotations

from flows.plan_changing import Changing, PlanChangeOutcome, Stage, always, ask_nobody, take_notice
from models.forms.plan_change import MoreEvidence
from models.forms.reablement_matters import EvidenceOfChange
from tasks.durable import Closed, closed, first_of, now, open_case, withdraw
from tasks.reablement.coordinating import who_that_is
from tasks.reablement.evidence import note_decided_together
from tasks.reablement.plans import look_up_plan


def take_more_evidence(changing: Changing, more: MoreEvidence) -> None:
    """It stands beside the same question from now on; the time runs from what was received first (GAP-34)."""
    changing.more = (*changing.more, more)
    changing.since = min(changing.since, more.received_at)
    ask_nobody(changing)


def keep_what_was_decided_on(changing: Changing) -> None:
    """
    What stood beside the question is decided with the answer.

    What came while the answer was on its way was not before whoever decided: it is decided in a case of its own.
    """
    from flows.reablement_plan_change import reablement_plan_change

    too_late = changing.more[changing.beside :]
    changing.more = changing.more[: changing.beside]
    for one in too_late:
        coordinator = who_that_is(changing.worker)
        facts = EvidenceOfChange(
            plan=changing.plan, worker=coordinator.tag, evidence=one.evidence, received_at=one.received_at
        )
        open_case(reablement_plan_change, facts, owner=coordinator, key="evidence-too-late", clauses="REA-09")
    if changing.more:
        note_decided_together(changing.more)


def wait_for_the_change_that_covers_it(changing: Changing) -> None:
    """Another change covers it; where that one is not made, the evidence is decided on once more: nothing is lost."""
    assert changing.decided is not None
    covering = changing.decided.about_case
    over = closed(covering)
    while changing.outcome is None and changing.stage is Stage.COVERED:
        match first_of(over, *always()):
            case Closed(outcome=PlanChangeOutcome.CHANGED | PlanChangeOutcome.CHANGED_ALREADY):
                changing.outcome = PlanChangeOutcome.UNDER_WAY
            case Closed():
                decide_as_it_was_not_made(changing, covering)
            case came:
                take_notice(changing, came)
    withdraw(over)


def decide_as_it_was_not_made(changing: Changing, covering: str) -> None:
    """The worker decides on the evidence by itself."""
    assert changing.decided is not None
    changing.stands = look_up_plan(changing.plan)
    if changing.stands.ended:
        changing.outcome = PlanChangeOutcome.REABLEMENT_ENDED
        return
    changing.why = (
        f"The change in case {covering}, which was to cover this, is not made. Decide on the evidence once more.",
        f"You had said: {changing.decided.reasons}",
    )
    changing.since, changing.stage = now(), Stage.DECIDING
