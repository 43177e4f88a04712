"""One decision of market oversight about one provider, from the day it was decided until something came of it."""

from __future__ import annotations

from flows.link_worker import link_worker
from flows.oversight_readiness import (
    CONSIDERED,
    ENDED,
    FOUND,
    NAMING,
    PLAN_DAY,
    PLAN_LOOKED_AT,
    READY,
    READY_DAY,
    SUPPORT,
    SUPPORT_CAME,
    Action,
    ActionOutcome,
    ask_lead,
    ask_whether_prepared,
    begin_support,
    by_the_day,
    is_prepared,
    plan_agreed,
    plan_looked_at,
    support_is_over,
    to_read,
)
from models.forms.commissioning import ActionPlanAgreed, ActionPlanLookedAt, SupportCame
from models.forms.link_worker import LinkWorkerWanted
from models.forms.market_oversight import ProviderConsidered
from models.forms.oversight_action import (
    ActionEnded,
    DisruptionPrepared,
    EmergencyGroupMet,
    OversightActionDecided,
    ThemeLookedAt,
)
from models.market.kinds import OversightDecision
from models.roles import Role
from tasks.durable import (
    Closed,
    Due,
    Verb,
    closed,
    decision,
    hears,
    open_case,
    procedure,
    staff,
    tell,
    which_of,
    withdraw,
)
from tasks.market.link_workers import look_up_link_worker, look_up_naming


@procedure(
    title="Action of market oversight",
    follows="Safe pathways, systems and transitions (local authority assessment): market oversight",
    somebody_waits=False,
)
def oversight_action(decided: OversightActionDecided) -> ActionOutcome:
    """
    Carry out what oversight decided about a provider; silence is chased, and goes up the line.

    Its link worker looks at the theme and reports, and commissioning decides what follows. It gets support, by a plan
    that is looked at until it is met. A response group comes together, or a disruption is prepared for, over the list
    of whoever would be without care, until it is not needed or the incident begins. What is only watched comes to the
    next meeting, which may end any of these.
    """
    action = Action(decided, {ENDED: hears(ActionEnded)})
    begin(action)
    while action.outcome is None:
        match which_of(action.open):
            case _, ThemeLookedAt() as found:
                was_looked_at(action, found)  # TRN-55
            case _, ProviderConsidered() as considered:
                carry_out(considered, follows_from(action))  # TRN-56
                action.outcome = ActionOutcome.LOOKED_AT
            case _, ActionPlanAgreed() as plan:
                plan_agreed(action, plan)
            case _, ActionPlanLookedAt() as looked:
                plan_looked_at(action, looked)
            case _, (EmergencyGroupMet() | DisruptionPrepared()) as prepared:
                del action.open[READY]
                is_prepared(action, prepared)
            case _, SupportCame(what=what):
                action.open[SUPPORT_CAME] = hears(SupportCame)
                action.so_far.append(f"Support: {what}")
                tell(action.lead, Verb.READ, "support-has-come-about-a-provider", clauses="TRN-56")
            case _, ActionEnded():
                action.outcome = ActionOutcome.ENDED
            case "naming", Closed():
                del action.open[NAMING]
                ask_to_look(action)
            case _, Closed():
                del action.open[SUPPORT]
                support_is_over(action)
            case "plan day", Due():
                del action.open[PLAN_DAY]
                action.open[PLAN_LOOKED_AT] = ask_lead(action, ActionPlanLookedAt)
            case _, Due():
                del action.open[READY_DAY]
                ask_whether_prepared(action)
    for wait in action.open.values():
        withdraw(wait)
    return action.outcome


def begin(action: Action) -> None:
    """Whatever was decided is asked for at once."""
    match action.decided.decision:
        case OversightDecision.LINK_WORKER:
            find_link_worker(action)
        case OversightDecision.TARGETED_SUPPORT:
            begin_support(action)
        case OversightDecision.EMERGENCY_GROUP | OversightDecision.PREPARE:
            ask_whether_prepared(action)
        case OversightDecision.WATCH | OversightDecision.NO_ACTION:
            pass  # the next meeting is asked about it


# ------------------------------------------------------------------ its link worker looks


def find_link_worker(action: Action) -> None:
    """Where it has none, commissioning names one first (TRN-55)."""
    provider = action.decided.provider
    if look_up_link_worker(provider) is not None:
        ask_to_look(action)
        return
    naming = look_up_naming(provider)
    if naming is None:
        wanted = LinkWorkerWanted(provider=provider, why=to_read(action))
        naming = open_case(link_worker, wanted, owner=Role.COMMISSIONING, clauses="TRN-55")
    action.open[NAMING] = closed(naming)


def ask_to_look(action: Action) -> None:
    """Its link worker looks on the visits that go on anyway; where nobody was named, commissioning does."""
    worker = look_up_link_worker(action.decided.provider)
    action.open[FOUND] = decision(
        ThemeLookedAt,
        of=staff(worker) if worker is not None else action.lead,
        about=to_read(action),
        wanted_within=by_the_day(action),
        clauses="TRN-55",
    )


def was_looked_at(action: Action, found: ThemeLookedAt) -> None:
    """What follows is decided at once, and not only when the group meets again."""
    del action.open[FOUND]
    action.so_far.append(f"Found:{found.in_words}")
    action.open[CONSIDERED] = ask_lead(action, ProviderConsidered)


# ------------------------------------------------------------------ what is decided begins


def follows_from(action: Action) -> OversightActionDecided:
    """What a further decision about the same provider rests on: the figures, and what was found."""
    figures = "\n".join((action.decided.figures, *action.so_far))
    return action.decided.model_copy(update={"figures": figures})


def carry_out(considered: ProviderConsidered, about: OversightActionDecided) -> None:
    """Begin whatever was decided about a provider, each in a case of its own (TRN-54 to TRN-56)."""
    for one in OversightDecision:
        if one not in considered.decisions or one is OversightDecision.NO_ACTION:
            continue
        decided = {
            "decision": one,
            "reasons": considered.reasons,
            "what": considered.what,
            "done_by": considered.done_by,
            "support_of": considered.support_of if one is OversightDecision.TARGETED_SUPPORT else None,
        }
        facts = about.model_copy(update=decided)
        open_case(oversight_action, facts, owner=Role.COMMISSIONING, clauses="TRN-54 TRN-55 TRN-56")
