"""What answers about a concern and about a pause are held against: the concern, the plan, and the policy."""

from __future__ import annotations

from models.forms.pause import KeptOut, PauseDecided, PauseTalkedOver, WhoSpeaks
from models.forms.reablement_matters import PauseToConsider
from models.forms.safeguarding import ConcernAcknowledged, ConcernNoticed
from models.reablement.plan import Part
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.durable.ledger import recall
from tasks.reablement.plans import version_in_force
from tasks.safeguarding.pausing import as_called


@checks_answers(ConcernAcknowledged)
def _acknowledged(moment: Answering, answer: ConcernAcknowledged) -> list[str]:
    """Where there was danger or a crime and nobody rang 999, whoever takes it on says what was done about that."""
    noticed = ConcernNoticed.model_validate(recall(moment.session, moment.ref)[0].data)
    if noticed.danger_or_crime and not noticed.rang_999 and not answer.emergency:
        return ["emergency: there was danger or a crime and 999 was not rung; say what was done about it"]
    return []


@checks_answers(PauseTalkedOver)
def _pause(moment: Answering, talked: PauseTalkedOver) -> list[str]:
    """Every carer is heard or kept out for a reason on record, and nobody is asked who is said to be the risk."""
    risk = moment.policy.gaps.risk_of_telling
    problems = _carers_passed_over(moment, talked)
    heard, kept_out = {as_called(one.who) for one in talked.carers}, {as_called(one.who) for one in talked.kept_out}
    if heard & kept_out:
        problems.append("kept_out: somebody stands there and among the carers who were heard; take out one of the two")
    if any(one.source_of_risk for one in talked.carers) and not risk.invite_alleged_source_of_risk:
        problems.append("carers: whoever is said to be the source of the risk has no say; move them to kept_out")
    problems += _kept_out_without_a_risk(moment, talked.kept_out)
    speaks_alone = talked.lacks_capacity and talked.person_by is WhoSpeaks.PERSON
    if speaks_alone and risk.representative_or_advocate_without_capacity:
        problems.append("person_by: they lack capacity to decide about this; hear their representative or an advocate")
    return problems


@checks_answers(PauseDecided)
def _pause_by_the_lead(moment: Answering, decided: PauseDecided) -> list[str]:
    """Whoever is not to hear of it either is left out for a reason on record."""
    return _kept_out_without_a_risk(moment, decided.kept_out)


def _kept_out_without_a_risk(moment: Answering, kept_out: tuple[KeptOut, ...]) -> list[str]:
    wanted = moment.policy.gaps.risk_of_telling.withholding_needs_recorded_risk
    return ["kept_out: say for each what the risk is"] if wanted and not all(one.risk for one in kept_out) else []


def _carers_passed_over(moment: Answering, talked: PauseTalkedOver) -> list[str]:
    """Each carer of the plan who stands nowhere (REA-36)."""
    matter = PauseToConsider.model_validate(recall(moment.session, moment.ref)[0].data)
    named = {as_called(one.who) for one in talked.carers} | {as_called(one.who) for one in talked.kept_out}
    _, content = version_in_force(moment.session, matter.plan)
    return [
        f"carers: {one.id} is a carer; say what they say, or why they were kept out"
        for one in content.those(Part.CARER)
        if not named & {as_called(one.id), as_called(one.name)}
    ]
