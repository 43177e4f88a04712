"""Who agrees to a change of a reablement plan, and who decides where somebody does not; a part of the plan change."""

from __future__ import annotations

from collections.abc import Collection

from flows.plan_advocate import look_for_the_advocate_again
from flows.plan_changing import (
    OTHERS,
    Changing,
    PlanChangeOutcome,
    Stage,
    always,
    ask_nobody,
    beside_always,
    take_notice,
    take_what_one_said,
    take_what_was_settled,
)
from models.forms.house import AskedHasLeft
from models.forms.plan_agreement import (
    AgreementOfColleague,
    AgreementsOfOthers,
    BestInterestsDecided,
    ChangeDecided,
    SaidToTheChange,
    Stance,
)
from models.forms.reablement_matters import PlanIssue, ReviewToConsider
from models.forms.reablement_signals import IssueFound, IssueKind, ReviewAsked, ReviewTrigger
from models.policy.gaps.reablement import ChangeStep
from models.reablement.findings import ToAgree
from models.reablement.plan import Involved
from tasks.durable import (
    Closed,
    Due,
    Wait,
    after,
    closed,
    decision,
    first_of,
    hears,
    now,
    open_case,
    role,
    staff,
    this_case,
    which_of,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.reablement.agreements import look_up_who_is_to_agree
from tasks.reablement.beside import About
from tasks.reablement.change_beside import beside_a_colleagues_agreement, beside_a_decision, beside_agreements
from tasks.reablement.changing import weigh_what_was_said
from tasks.reablement.coordinating import who_that_is

LEFT, LATE = "left", "late"
"""That a colleague who was asked has left; that colleagues had their time to answer."""


def hear_everybody(changing: Changing) -> None:
    """
    Ask everybody involved who has not said yet whether they agree: the person, any carer, all others (REA-06).

    Our own staff are asked themselves, and nobody answers for them; for those outside the coordinating worker has one
    form, on which colleagues come too who have left, or have not answered in time. Whoever is asked for the same in an
    older change is not asked twice: this one waits for that.
    """
    wanted = those_to_be_heard(changing, look_up_who_is_to_agree(changing.plan))
    changing.all_heard = not wanted
    if changing.all_heard:
        ask_nobody(changing)
        changing.stage = Stage.WEIGHING
        return
    ask_each_where_they_are_asked(changing, wanted)
    match which_of(beside_always(changing.asked)):
        case _, AgreementsOfOthers() as answer:
            changing.outside = ()
            changing.tried = (*changing.tried, answer.tried) if answer.tried else changing.tried
            if answer.settled is not None:
                take_what_was_settled(changing, answer.settled)
            look_for_the_advocate_again(changing)
            weigh_what_may_stop_it(changing)
        case who, AgreementOfColleague() as reply:
            says = Stance.AGREES if reply.agrees else Stance.OBJECTS_TO_HOW
            take_what_one_said(changing, SaidToTheChange(who=who, says=says, words=reply.words))
        case _, Due():
            changing.colleagues_are_late = True
        case _, Closed() | AskedHasLeft():
            pass  # the other change, or a colleague's time here, has ended: who is still to be asked is looked up anew
        case _, came:
            take_notice(changing, came)


def those_to_be_heard(changing: Changing, everyone: tuple[ToAgree, ...]) -> list[ToAgree]:
    """Those who have not said yet whether they agree; what they said in another change counts."""
    wanted = []
    for one in everyone:
        who = one.party.id
        if who in changing.said or (one.agreed_already and who not in changing.heard_anew):
            continue
        if one.objected and one.asked_in is None and who not in changing.heard_anew:
            earlier = changing.before.get(who)
            changing.said[who] = earlier or SaidToTheChange(
                who=who, says=Stance.OBJECTS_TO_HOW, words="said so in another change"
            )
            continue
        wanted.append(one)
    return wanted


def ask_each_where_they_are_asked(changing: Changing, wanted: list[ToAgree]) -> None:
    """Each is asked once: by an item of their own, on the worker's form, or in the other change."""
    soon = policy().gaps.reasonable_time.reasonable
    asked: dict[str, Wait[AgreementOfColleague | AgreementsOfOthers | Closed | Due | AskedHasLeft]] = {}
    outside, colleagues, coordinator = [], [], who_that_is(changing.worker)
    changing.asked_since = changing.asked_since or now()
    for one in wanted:
        if one.asked_in is not None:
            asked[one.asked_in] = closed(one.asked_in)
        elif one.is_ours and one.party.staff and staff(one.party.staff) != coordinator:
            asked[one.party.id] = decision(
                AgreementOfColleague,
                of=staff(one.party.staff),
                key=f"agreement-of:{one.party.id}",
                about=beside_a_colleagues_agreement(changing.stands, changing.proposed, changing.reasons, one.party),
                wanted_within=soon,
                clauses="REA-06",
            )
            colleagues.append(one.party)
        else:
            outside.append(one.party)
    if colleagues:
        asked[LEFT] = hears(AskedHasLeft)
    if colleagues and changing.colleagues_are_late:
        outside += colleagues
    elif colleagues:
        asked[LATE] = after("colleagues-have-not-answered", soon, since=changing.asked_since)
    ids = tuple(one.id for one in outside)
    if changing.outside and ids != changing.outside:
        withdraw(changing.asked[OTHERS])
    if outside:
        asked[OTHERS] = decision(
            AgreementsOfOthers,
            of=coordinator,
            about=beside_agreements(
                changing.stands,
                changing.proposed,
                changing.reasons,
                outside,
                *tried_in_words(changing),
                *colleagues_in_words(wanted, outside, asked),
            ),
            wanted_within=soon,
            since=changing.asked_since,
            clauses="REA-06 GAP-32",
        )
    for name, wait in changing.asked.items():
        if name not in asked:
            withdraw(wait)
    changing.asked, changing.outside = dict(asked), ids


def tried_in_words(changing: Changing) -> tuple[str, ...]:
    """What was tried with those who were not reached."""
    return (f"Tried so far: {'; '.join(changing.tried)}",) if changing.tried else ()


def colleagues_in_words(wanted: list[ToAgree], outside: list[Involved], asked: Collection[str]) -> tuple[str, ...]:
    """Why somebody of ours is on the worker's form: they have left, or have not answered in time."""
    words = []
    for one in wanted:
        if one.party in outside and one.party.id in asked:
            words.append(f"{one.party.id} was asked by a form of their own, and has not answered yet.")
        elif one.party in outside and one.party.staff and not one.is_ours:
            words.append(f"{one.party.id} is no longer on our staff.")
    return tuple(words)


def weigh_what_may_stop_it(changing: Changing) -> None:
    """A refusal, or what is best for the person, may stop the change before everybody has been asked."""
    refused = any(one.says is Stance.REFUSES_SUPPORT for one in changing.said.values())
    not_for_them = changing.best_interests is not None and not changing.best_interests.goes_ahead
    if refused or not_for_them:
        changing.stage = Stage.WEIGHING


def weigh(changing: Changing) -> None:
    """What follows from what everybody says, by policy (GAP-32, GAP-33)."""
    said = tuple(changing.said[who] for who in sorted(changing.said))
    forward = weigh_what_was_said(changing.plan, said, changing.capacity, changing.best_interests)
    changing.forward = forward
    if forward.best_interests_wanted:
        changing.stage = Stage.IN_BEST_INTERESTS if changing.all_heard else Stage.AGREEING
    elif forward.step is ChangeStep.STOP:
        ask_nobody(changing)
        stop_where_they_refuse(changing)
    elif not changing.all_heard:
        changing.stage = Stage.AGREEING
    else:
        changing.stage = stage_of(forward.step, talked_over=set(forward.objecting) <= changing.talked_over)


def stage_of(step: ChangeStep, *, talked_over: bool) -> Stage:
    """Where the change goes by policy's step; what was talked over once goes to the senior (GAP-32)."""
    match step:
        case ChangeStep.PROCEED:
            return Stage.MAKING
        case ChangeStep.SENIOR_DECIDES | ChangeStep.STOP:
            return Stage.SENIOR
        case ChangeStep.RESOLVE_THEN_SENIOR:
            return Stage.SENIOR if talked_over else Stage.RESOLVING


def stop_where_they_refuse(changing: Changing) -> None:
    """The change is not made. Where a person refuses the support itself, a review begins (GAP-33)."""
    assert changing.forward is not None
    changing.outcome = PlanChangeOutcome.NOT_MADE
    if changing.forward.refused:
        changing.outcome = PlanChangeOutcome.SUPPORT_REFUSED
    if changing.forward.review:
        from flows.reablement_unscheduled_review import reablement_unscheduled_review

        words = "; ".join(changing.said[who].words for who in changing.forward.objecting)
        asked = ReviewAsked(trigger=ReviewTrigger.SUPPORT_REFUSED, asked_by="the person", what=words)
        coordinator = who_that_is(changing.worker)
        matter = ReviewToConsider(plan=changing.plan, worker=coordinator.tag, asked=asked)
        open_case(reablement_unscheduled_review, matter, owner=coordinator, clauses="REA-18 GAP-33")


def decide_in_best_interests(changing: Changing) -> None:
    """The person cannot decide about it: it is decided with those who know them, and who was consulted stands there."""
    changing.asked["best-interests"] = decision(
        BestInterestsDecided,
        of=who_that_is(changing.worker),
        about=what_was_said(changing),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-18 GAP-33",
    )
    match first_of(changing.asked["best-interests"], *always()):
        case BestInterestsDecided(decided=decided):
            changing.best_interests, changing.stage = decided, Stage.WEIGHING
        case came:
            take_notice(changing, came)


def resolve_the_objection(changing: Changing) -> None:
    """Somebody else in the plan objects: it is talked over first, in a case of its own, and this waits (GAP-32)."""
    from flows.reablement_plan_issue import IssueOutcome, reablement_plan_issue

    assert changing.forward is not None
    objecting = [who for who in changing.forward.objecting if who not in changing.talked_over]
    issue = IssueFound(
        kind=IssueKind.OBJECTION,
        what="\n".join((*changing.proposed.differences, *(str(changing.said[who]) for who in objecting))),
        found_by=", ".join(objecting),
        about=objecting[0] if len(objecting) == 1 else "",
    )
    coordinator = who_that_is(changing.worker)
    matter = PlanIssue(plan=changing.plan, worker=coordinator.tag, issue=issue, change=this_case())
    ref = open_case(reablement_plan_issue, matter, owner=coordinator, clauses="REA-18 GAP-32")
    talked = closed(ref)
    while changing.outcome is None and changing.stage is Stage.RESOLVING:
        match first_of(talked, *always()):
            case Closed(outcome=outcome):
                it_was_talked_over(changing, objecting, resolved=outcome == IssueOutcome.RESOLVED)
            case came:
                take_notice(changing, came)
    withdraw(talked)


def it_was_talked_over(changing: Changing, objecting: list[str], *, resolved: bool) -> None:
    """Where it is resolved their objection no longer stands; a senior decides what is left of it."""
    changing.talked_over |= set(objecting)
    if resolved:
        for who in objecting:
            words = f"objected at first ({changing.said[who].words}); resolved"
            take_what_one_said(changing, SaidToTheChange(who=who, says=Stance.AGREES, words=words))
    changing.stage = Stage.WEIGHING


def have_a_senior_decide(changing: Changing) -> None:
    """A named senior decides, with regard to what they think and to the person's wellbeing on record (REA-18)."""
    agreement = policy().gaps.change_agreement
    changing.asked["senior"] = decision(
        ChangeDecided,
        of=role(agreement.senior),
        near=changing.stands.team,
        about=what_was_said(changing),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="REA-18 GAP-32",
    )
    match first_of(changing.asked["senior"], *always()):
        case ChangeDecided(goes_ahead=True):
            changing.stage = Stage.MAKING
        case ChangeDecided():
            changing.outcome = PlanChangeOutcome.NOT_MADE
        case came:
            take_notice(changing, came)


def what_was_said(changing: Changing) -> About:
    """What everybody says to the change, beside a decision about it."""
    return beside_a_decision(
        changing.stands,
        changing.proposed,
        changing.reasons,
        changing.said.values(),
        changing.capacity,
        changing.best_interests,
    )
