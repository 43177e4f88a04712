"""What answers about a concern and about a pause are held against: the concern, the plan, and the policy."""

from __future__ import annotations

from models.forms.pause import KeptOut, PauseDecided, PauseTalkedOver, WhoSpeaks
from models.forms.queued_contact import SortedAgain
from models.forms.reablement_matters import PauseToConsider
from models.forms.safeguarding import ConcernAcknowledged, ConcernNoticed
from models.forms.tray_triage import SafeguardingCheck
from models.forms.written_contact import ContactSorting
from models.policy.organisation import MailKind
from models.reablement.plan import Part
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.durable.ledger import recall
from tasks.reablement.plans import version_in_force
from tasks.safeguarding.pausing import as_called
from tasks.safeguarding.raising import Said


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


# ------------------------------------------------------------------ what duty fears


@checks_answers(SafeguardingCheck)
def _check_is_whole(_: Answering, check: SafeguardingCheck) -> list[str]:
    """A concern that was raised already is not asked about again."""
    return _is_whole(check) if check.concern and not check.raised_already_as else []


@checks_answers(ContactSorting)
def _sorting_is_whole(_: Answering, sorting: ContactSorting) -> list[str]:
    """Asked once for a letter, whomever of several it concerns."""
    kinds = sorting.kinds.union(*(other.kinds or () for other in sorting.also_about))
    return _is_whole(sorting) if MailKind.SAFEGUARDING in kinds else []


@checks_answers(SortedAgain)
def _sorted_again_is_whole(_: Answering, again: SortedAgain) -> list[str]:
    """As when it is sorted for the first time."""
    return _is_whole(again) if again.kind is MailKind.SAFEGUARDING else []


def _is_whole(said: Said) -> list[str]:
    """Whoever takes a concern on knows who is at risk, and whether 999 was rung; nobody asks duty again."""
    problems = []
    if said.at_risk is None:
        problems.append("at_risk: say who is at risk, an adult, a child or both")
    if said.danger_or_crime is None:
        problems.append("danger_or_crime: say whether anybody is in danger now, or a crime may have been committed")
    if said.danger_or_crime and not said.rang_999 and not said.not_rung_because:
        problems.append("rang_999: ring 999 now and say so, or say in not_rung_because why nobody need")
    return problems
