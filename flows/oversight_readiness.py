"""Support for a provider, and being ready for a disruption at it: parts of what oversight decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flows.commissioning_support import commissioning_support
from flows.provider_failure import provider_failure
from models.forms.base import FormT
from models.forms.commissioning import (
    ActionPlanAgreed,
    ActionPlanLookedAt,
    SupportAsked,
    SupportCame,
    SupportKind,
)
from models.forms.market_oversight import ProviderConsidered
from models.forms.oversight_action import (
    ActionEnded,
    DisruptionPrepared,
    EmergencyGroupMet,
    OversightActionDecided,
    ThemeLookedAt,
)
from models.forms.provider_failure import FailureReported
from models.market.kinds import OversightDecision, Readiness
from models.notices import Recipient
from models.roles import Role
from tasks.coming_days import work_out_morning
from tasks.durable import Closed, Due, Wait, at, closed, decision, hears, open_case, role, this_case
from tasks.durable.in_force import policy
from tasks.durable.work_items import ByWhen
from tasks.market.clocks import work_out_end_of
from tasks.market.people import prepare_list


class ActionOutcome(StrEnum):
    """What came of it."""

    LOOKED_AT = "the theme was looked at"
    """Whoever looked said what they found, and commissioning has read it."""
    SUPPORTED = "the provider had its support"
    """The plan with it is met, or it is on record why there is none."""
    INCIDENT = "the incident has begun"
    """It has come to it: everybody is on the incident's list."""
    STOOD_DOWN = "not needed any more"
    """Whoever prepared for it said why."""
    ENDED = "ended by a later meeting"
    """With its reasons."""


NAMING, FOUND, CONSIDERED = "naming", "found", "considered"
PLAN, PLAN_DAY, PLAN_LOOKED_AT = "plan", "plan day", "plan looked at"
SUPPORT, SUPPORT_CAME, READY, READY_DAY, ENDED = "support", "support came", "ready", "ready day", "ended"
Prepared = EmergencyGroupMet | DisruptionPrepared
Came = (
    ThemeLookedAt | ProviderConsidered | ActionPlanAgreed | ActionPlanLookedAt | EmergencyGroupMet
    | DisruptionPrepared | SupportCame | ActionEnded | Closed | Due
)  # fmt: skip


@dataclass
class Action:
    """An action, as the ledger tells it so far."""

    decided: OversightActionDecided
    open: dict[str, Wait[Came]] = field(default_factory=dict)
    so_far: list[str] = field(default_factory=list)
    outcome: ActionOutcome | None = None

    @property
    def lead(self) -> Recipient:
        """Whoever leads on it."""
        return role(Role.COMMISSIONING)


def ask_lead(action: Action, form: type[FormT], *more: str, by: ByWhen | None = None) -> Wait[FormT]:
    """Commissioning is asked, with the figures and what has happened since beside the form."""
    return decision(
        form,
        of=action.lead,
        about=to_read(action, *more),
        wanted_within=by or policy().gaps.reasonable_time.reasonable,
        clauses="TRN-54 TRN-56",
    )


# ------------------------------------------------------------------ targeted support


def begin_support(action: Action) -> None:
    """A plan is agreed with it, and a practitioner helps where one was named (TRN-56)."""
    action.open[PLAN] = ask_lead(action, ActionPlanAgreed, by=by_the_day(action))
    if action.decided.support_of is None:
        return
    asked = SupportAsked(
        of=action.decided.support_of,
        kind=SupportKind.HELP,
        what=action.decided.what,
        provider=action.decided.name,
        asked_by=action.lead.tag,
        came_from=this_case(),
    )
    action.open[SUPPORT_CAME] = hears(SupportCame)
    action.open[SUPPORT] = closed(open_case(commissioning_support, asked, owner=action.lead, clauses="TRN-56"))


def plan_agreed(action: Action, plan: ActionPlanAgreed) -> None:
    """It is looked at on the day named, or it is on record why there is none."""
    del action.open[PLAN]
    action.so_far.append(f"Plan:{plan.in_words}")
    if plan.looked_at_on is not None:
        action.open[PLAN_DAY] = at("plan-looked-at", work_out_morning(plan.looked_at_on))
    support_is_over(action)


def plan_looked_at(action: Action, looked: ActionPlanLookedAt) -> None:
    """Until it is met, or it is on record what is done instead."""
    del action.open[PLAN_LOOKED_AT]
    action.so_far.append(f"Plan looked at:{looked.in_words}")
    if looked.looked_at_again_on is not None and not looked.is_met:
        action.open[PLAN_DAY] = at("plan-looked-at", work_out_morning(looked.looked_at_again_on))
    support_is_over(action)


def support_is_over(action: Action) -> None:
    """Once neither the plan nor the help is open."""
    if not {PLAN, PLAN_DAY, PLAN_LOOKED_AT, SUPPORT} & set(action.open):
        action.outcome = ActionOutcome.SUPPORTED


# ------------------------------------------------------------------ ready for a disruption


def ask_whether_prepared(action: Action) -> None:
    """With everybody beside it who would be without care, as the register has them now (GAP-48)."""
    people = prepare_list(action.decided.provider).beside_the_form
    if action.decided.decision is OversightDecision.EMERGENCY_GROUP:
        action.open[READY] = decision(
            EmergencyGroupMet,
            of=action.lead,
            about=to_read(action, people),
            urgent=True,
            wanted_within=policy().gaps.reasonable_time.reasonable_urgent,
            clauses="TRN-54",
        )
    else:
        action.open[READY] = ask_lead(action, DisruptionPrepared, people, by=by_the_day(action))


def is_prepared(action: Action, said: Prepared) -> None:
    """It stays so until a day, is not needed any more, or the incident begins at once."""
    action.so_far.append(f"Prepared:{said.in_words}")
    match said.follows:
        case Readiness.HOLD:
            assert said.looked_at_again_on is not None  # held against at the door
            action.open[READY_DAY] = at("looked-at-again", work_out_morning(said.looked_at_again_on))
        case Readiness.STAND_DOWN:
            action.outcome = ActionOutcome.STOOD_DOWN
        case Readiness.BEGIN_INCIDENT:
            assert said.cause and said.care_ends_on and said.team  # held against at the door
            reported = FailureReported(
                provider=action.decided.provider,
                cause=said.cause,
                what=to_read(action),
                care_ends_on=said.care_ends_on,
                team=said.team,
                reported_by=action.lead.tag,
            )
            open_case(provider_failure, reported, owner=Recipient.team(said.team), clauses="TRN-54 TRN-56")
            action.outcome = ActionOutcome.INCIDENT


def by_the_day(action: Action) -> ByWhen:
    """The closing of the day that the meeting named; at once where that is over."""
    assert action.decided.done_by is not None  # held against at the door
    return work_out_end_of(action.decided.done_by)


def to_read(action: Action, *more: str) -> str:
    """What was decided and why, what was counted, and what has happened since."""
    decided = action.decided
    lines = (
        f"Provider: {decided.name}",
        f"Oversight (case {decided.oversight}) decided: {decided.decision.replace('-', ' ')}. {decided.reasons}",
        f"Wanted: {decided.what}" if decided.what else "",
        *action.so_far,
        "",
        decided.figures,
        *(["", *more] if more else []),
    )
    return "\n".join(line for line in lines if line or line == "").strip()
