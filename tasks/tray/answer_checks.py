"""
What answers about triage and the tray are held against: the policy, what the case knows, and who answers.

Whoever answers hears of every problem at once and can still put it right; nothing is keyed twice.
"""

from __future__ import annotations

from sqlalchemy import select

from models.cases import Case
from models.decision_tables.levels import Priority, Rag
from models.entry_kinds import EntryKind
from models.forms.base import FormT
from models.forms.tray_deciding import ContactDiscussed, LeavingConfirmed, SecondManagerAgrees
from models.forms.tray_decision import TrayChoice, TrayDecision
from models.forms.tray_rating import RatingFacts
from models.forms.tray_review import TrayReviewed
from models.forms.tray_signals import RatedAgain
from models.forms.tray_triage import (
    NextReviewConfirmed,
    Referral,
    Residence,
    ReviewTrayEntered,
    Triage,
    TriageResult,
    WayResult,
)
from models.policy import Policy
from models.rating_rules import rate, rating_problems
from models.roles import Role
from models.states import CaseStatus
from models.tray import Rated
from models.triage_findings import NextReview
from models.working_time import for_people, local_day
from models.written_contact_findings import day_in_words
from tasks.durable.answer_checks import Answering, Saying, checks_answers, checks_signals
from tasks.durable.cover import covered_by
from tasks.durable.ledger import Recorded, recall
from tasks.register.lookups import person, responsible_team
from tasks.tray.triage import next_review

URGENT_ACTION = "urgent-action"


# ------------------------------------------------------------------ triage


@checks_answers(Triage)
def _triage(moment: Answering, triage: Triage) -> list[str]:
    """Every question about a self-funder (GAP-23), a team with a tray, a review that is not overdue (GAP-26)."""
    ledger = recall(moment.session, moment.item.case_ref)
    problems = _what_the_referral_says(Referral.model_validate(ledger[0].data), triage)
    wanted = moment.policy.gaps.self_funder.questions if triage.self_funder else ()
    answered = {one.question for one in triage.self_funder_answers}
    if missing := [str(one) for one in wanted if one not in answered]:
        problems.append(f"self_funder_answers: answer {', '.join(missing)} as well")
    if triage.result is TriageResult.TO_A_MANAGER:
        problems += _team_problems(moment, triage, ledger)
    if triage.ways.review_tray is WayResult.DONE and triage.actions_ended_on is not None:
        found = next_review(
            moment.session,
            moment.policy,
            _about(ledger),
            triage.actions_ended_on,
            triage.last_review_on,
            local_day(moment.now),
        )
        if found.overdue_since is not None:
            since = day_in_words(found.overdue_since)
            problems.append(f"ways.review_tray: a review has been due since {since} and is not put off; ask for it")
    return problems


def _what_the_referral_says(referral: Referral, triage: Triage) -> list[str]:
    """What stands in the referral is answered and not passed over by leaving a field out (PWT-16, PWT-19, PWT-20)."""
    said = {
        "discharge_to_assess": (referral.discharge_to_assess, "discharge-to-assess funding is in place"),
        "self_funder": (referral.self_funder, "they pay for their own care"),
    }
    return [
        f"{name}: the referral says that {what}; say true and answer what follows from it, or false where it is not so"
        for name, (is_said, what) in said.items()
        if is_said and name not in triage.model_fields_set
    ]


def _team_problems(moment: Answering, triage: Triage, ledger: list[Recorded]) -> list[str]:
    referral, who = Referral.model_validate(ledger[0].data), _about(ledger)
    holders = [team.id for team in moment.policy.teams if team.holds_tray]
    if triage.team is not None and triage.team not in holders:
        return [f"team: that team has no tray; those that have one are {', '.join(holders)}"]
    responsible = responsible_team(moment.session, who, local_day(moment.now)) if who else None
    known = {triage.team, referral.team, responsible.id if responsible else None}
    return (
        [] if known & set(holders) else [f"team: say which team it is for; those with a tray are {', '.join(holders)}"]
    )


@checks_answers(NextReviewConfirmed)
def _next_review_confirmed(moment: Answering, _confirmed: NextReviewConfirmed) -> list[str]:
    """By those whom policy lets confirm it (GAP-26)."""
    return _only(moment, moment.policy.gaps.next_review.confirmed_by, "the date of a review is confirmed")


@checks_answers(ReviewTrayEntered)
def _review_tray_entered(moment: Answering, entered: ReviewTrayEntered) -> list[str]:
    """Not later than was confirmed."""
    ledger = recall(moment.session, moment.item.case_ref)
    worked_out = [entry for entry in ledger if entry.step == "work-out-next-review" and entry.data]
    latest = NextReview.model_validate(worked_out[-1].data).on
    if entered.review_on > latest:
        return [f"review_on: that is later than was confirmed; move it to {day_in_words(latest)}"]
    return []


# ------------------------------------------------------------------ the decision


@checks_answers(TrayDecision)
def _decision(moment: Answering, decision: TrayDecision) -> list[str]:
    """What policy and the case ask of a decision, apart from what its form asks."""
    ledger = recall(moment.session, moment.item.case_ref)
    rated = rate(moment.policy, decision.facts) if decision.facts is not None else None
    problems = [*_rating(moment, decision.facts, rated)]
    who = _about(ledger)
    known = person(moment.session, who) if who else None
    if known is not None and known.died_on is not None and decision.decision is not TrayChoice.BACK_TO_DUTY:
        problems.append("decision: the register shows that the person has died; send it back to duty (GAP-53)")
    if decision.decision is TrayChoice.PLACE:
        problems += [
            *_what_cannot_wait(moment, decision, ledger),
            *_what_triage_found(moment, decision, ledger),
            *_what_the_colour_asks(moment, decision, rated),
        ]
    return problems


def _rating(moment: Saying, facts: RatingFacts | None, rated: Rated | None) -> list[str]:
    """What policy allows of a rating, and of whom (GAP-14, GAP-22, GAP-24)."""
    if facts is None or rated is None:
        return []
    problems = [f"facts.{problem}" for problem in rating_problems(moment.policy, facts)]
    if rated.is_overridden:
        problems += _only(moment, moment.policy.gaps.matrix_override.overriders, "facts: a table is departed from")
    return problems


def _what_cannot_wait(moment: Answering, decision: TrayDecision, ledger: list[Recorded]) -> list[str]:
    """Nothing is placed while an urgent action is open, or a response within a day is due (GAP-11)."""
    problems, choice = [], moment.policy.gaps.tray_after_urgency
    if choice.never_while_urgent_action_open:
        still = select(Case.ref).where(
            Case.parent_ref == moment.item.case_ref,
            Case.procedure == URGENT_ACTION,
            Case.status != CaseStatus.CLOSED,
        )
        if refs := moment.session.scalars(still.order_by(Case.ref)).all():
            still_open = f"an urgent action is open ({', '.join(refs)})"
            problems.append(f"decision: nobody is placed while {still_open}; allocate, or wait until it has ended")
    if decision.facts is not None and decision.facts.within_24_hours:
        calendar, asked = moment.policy.working_calendar(), Referral.model_validate(ledger[0].data).requested_at
        due = calendar.safety_due(asked, moment.policy.gaps.priority_deadlines.urgent)
        if due <= calendar.add(moment.now, choice.never_if_response_due_within):
            problems.append(
                f"decision: a response is due by {for_people(due)}; allocate it, or send it back to duty with act_now"
            )
    return problems


def _what_triage_found(moment: Answering, decision: TrayDecision, ledger: list[Recorded]) -> list[str]:
    """Residence and who pays, where policy lets them count for the tray (GAP-23, GAP-48)."""
    found = _latest(ledger, Triage)
    if found is None:
        return []
    problems, gaps = [], moment.policy.gaps
    if gaps.residence_tests.gate_tray_placement and found.residence is not Residence.OURS:
        problems.append(
            "decision: it is not settled that the person is ordinarily resident here; allocate, or send it back to duty"
        )
    if found.self_funder:
        if not decision.self_funder_reasons:
            problems.append("self_funder_reasons: say why the tray is right for somebody who pays for their own care")
        problems += _only(moment, gaps.self_funder.decided_by, "self_funder_reasons: that is decided")
    return problems


def _what_the_colour_asks(moment: Answering, decision: TrayDecision, rated: Rated | None) -> list[str]:
    """A rating (GAP-14); for Red a safety plan (GAP-12); a look at high risk with full support; who may place."""
    gaps, problems = moment.policy.gaps, []
    if rated is None:
        return ["facts: rate the case to place it"] if gaps.compulsory_rating.rating_compulsory else []
    if rated.colour is Rag.RED and gaps.red_contact.interim_safety_plan_first and not decision.safety_plan:
        problems.append("safety_plan: say what keeps a person rated Red safe while they wait")
    if rated.manager_checks and not decision.high_risk_checked:
        problems.append("high_risk_checked: the risk is high with full support; say what you have looked at yourself")
    if rated.colour is Rag.RED or rated.priority is Priority.HIGH:
        problems += _only(moment, gaps.tray_after_urgency.residual_placed_by, "decision: Red or High is placed")
    return problems


@checks_answers(ContactDiscussed)
def _discussed(moment: Answering, answer: ContactDiscussed) -> list[str]:
    """A new rating of somebody who waits is held against the same rules as the first (GAP-22, GAP-24)."""
    return _rating(moment, answer.facts, rate(moment.policy, answer.facts) if answer.facts is not None else None)


@checks_answers(LeavingConfirmed)
def _leaving_confirmed(moment: Answering, answer: LeavingConfirmed) -> list[str]:
    """Nobody is contacted whom the register shows as dead: a death that is not so is put right there first (GAP-53)."""
    who = _about(recall(moment.session, moment.item.case_ref))
    known = person(moment.session, who) if who else None
    if not answer.leaves and known is not None and known.died_on is not None:
        return ["leaves: the register shows that the person has died; if that is wrong, have it put right there first"]
    return []


@checks_signals(RatedAgain)
def _rated_again(moment: Saying, again: RatedAgain) -> list[str]:
    """As for a decision about somebody who waits."""
    return _rating(moment, again.facts, rate(moment.policy, again.facts))


@checks_answers(TrayReviewed)
def _tray_reviewed(moment: Answering, reviewed: TrayReviewed) -> list[str]:
    """A rating in the review of a tray is held against the same rules as one by itself (GAP-22, GAP-24)."""
    return [
        f"one_by_one.{number}.{problem}"
        for number, looked in enumerate(reviewed.one_by_one)
        if looked.facts is not None
        for problem in _rating(moment, looked.facts, rate(moment.policy, looked.facts))
    ]


@checks_answers(SecondManagerAgrees)
def _second_manager(moment: Answering, _agrees: SecondManagerAgrees) -> list[str]:
    """Whoever wants a Red lowered cannot agree to it as well; whoever decided anything else may (GAP-22)."""
    ratings = (TrayDecision.name(), ContactDiscussed.name(), RatedAgain.name())
    wanted = [
        entry
        for entry in recall(moment.session, moment.item.case_ref)
        if entry.kind in (EntryKind.ANSWERED, EntryKind.SIGNALLED)
        and entry.step in ratings
        and _lowers_a_red(moment.policy, entry)
    ]
    stood_in_for = {one.id for one in covered_by(moment.session, moment.by.id, local_day(moment.now))}
    if wanted and wanted[-1].by == moment.by.id:
        return ["agreed: you want it lowered yourself; another manager agrees to it"]
    if wanted and wanted[-1].by in stood_in_for:
        return ["agreed: whom you stand in for wants it lowered; a manager who is neither of you agrees to it"]
    return []


def _lowers_a_red(policy: Policy, said: Recorded) -> bool:
    """Whether what a manager said rates somebody lower whom the matrix calls Red."""
    facts = said.data.get("facts") if isinstance(said.data, dict) else None
    return facts is not None and rate(policy, RatingFacts.model_validate(facts)).lowers_a_red


# ------------------------------------------------------------------ what is looked up


def _only(moment: Saying, roles: tuple[Role, ...], what: str) -> list[str]:
    if moment.by.role in roles:
        return []
    return [f"{what} by a {' or '.join(moment.policy.role_name(one) for one in roles)} only"]


def _latest(ledger: list[Recorded], form: type[FormT]) -> FormT | None:
    given = [entry for entry in ledger if entry.kind is EntryKind.ANSWERED and entry.step == form.name() and entry.data]
    return form.model_validate(given[-1].data) if given else None


def _about(ledger: list[Recorded]) -> str | None:
    """Register id of whom the case is about, as far as it knows."""
    said = [entry.data for entry in ledger if entry.step == "about-person" and entry.data]
    return str(said[-1]) if said else None
