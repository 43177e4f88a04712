"""Oversight of the market: what happens at each provider is counted, a group meets over it, and acts early."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flows.international_recruitment_risk import international_recruitment_risk
from flows.link_worker import link_worker
from flows.oversight_action import carry_out
from models.forms.link_worker import LinkWorkerWanted
from models.forms.market_oversight import (
    ActionReported,
    OversightDue,
    OversightMeeting,
    ProviderConsidered,
    ProviderToDiscuss,
)
from models.forms.oversight_action import ActionEnded, OversightActionDecided
from models.forms.recruitment_risk import RecruitmentRiskWanted
from models.market.clocks import counted_anew_at, meeting_held_by
from models.market.kinds import OversightDecision
from models.market.themes import ProviderTheme, Themes
from models.roles import Role
from tasks.durable import (
    Due,
    Verb,
    Wait,
    at,
    decision,
    hears,
    now,
    open_case,
    procedure,
    send,
    take_back,
    tell,
    this_case,
    which_of,
)
from tasks.market.actions import KnownAction, KnownActions, look_up_actions
from tasks.market.counting import look_up_theme, work_out_themes
from tasks.market.link_workers import look_up_naming
from tasks.market.weighing import look_up_whom_to_assess


class OversightOutcome(StrEnum):
    """How it ended."""

    ACTED = "the group has met and decided"
    """Whatever it decided has begun, each in a case of its own."""
    NOTHING_CALLED_FOR = "the group has met, and nothing was called for"
    """No provider was proposed or added, or none called for action; and no action was open."""


MEETING, STALE, ADDED = "meeting", "counted anew", "added"
Came = OversightMeeting | ProviderConsidered | ActionReported | ProviderToDiscuss | Due


@dataclass
class Oversight:
    """One oversight, as the ledger tells it so far."""

    themes: Themes
    actions: KnownActions
    why_added: dict[str, str]
    """By provider, why somebody added it."""
    wanted: dict[str, ProviderTheme] = field(default_factory=dict)
    """By provider, whatever the meeting decides on: proposed by the figures, or added by hand."""
    reported: dict[str, KnownAction] = field(default_factory=dict)
    """By ref, the actions that the meeting settles."""
    open: dict[str, Wait[Came]] = field(default_factory=dict)
    has_met: bool = False
    acted: bool = False

    def close(self, *names: str) -> None:
        """They are no longer awaited."""
        take_back(self.open, *names)


@procedure(
    follows="Safe pathways, systems and transitions (local authority assessment): market oversight",
    somebody_waits=False,
)
def market_oversight(due: OversightDue) -> OversightOutcome:
    """
    Find early what is going wrong at a provider, and see that something is done before people are without care.

    Each month it is counted what happened at each provider, beside the time before. Who reaches a threshold of policy
    is proposed to a group that meets over it; anybody may add another. What the group decides begins at once, and the
    next meeting is asked how it stands. A provider without a link worker gets one; one with many sponsored staff has
    that risk weighed. If nobody meets, the head of service hears, and it is counted anew.
    """
    oversight = count(due, {})
    while not (oversight.has_met and set(oversight.open) <= {STALE}):
        match which_of({**oversight.open, ADDED: hears(ProviderToDiscuss)}):
            case _, OversightMeeting():
                has_met(oversight)  # TRN-54
            case provider, ProviderConsidered() as decided:
                del oversight.open[provider]
                carry_out(decided, rests_on(oversight.wanted[provider]))  # TRN-55, TRN-56
                oversight.acted = True
            case ref, ActionReported() as reported:
                del oversight.open[ref]
                oversight.acted = True
                if not reported.goes_on:
                    send(ref, ActionEnded(because=reported.how_it_stands), clauses="TRN-55")
            case _, ProviderToDiscuss(provider=provider, why=why):
                add(oversight, provider, why)
            case _, Due():
                oversight = nobody_has_met(oversight, due)
    oversight.close(STALE)
    return OversightOutcome.ACTED if oversight.acted else OversightOutcome.NOTHING_CALLED_FOR


def count(due: OversightDue, why_added: dict[str, str]) -> Oversight:
    """The figures up to yesterday, and what earlier meetings decided; the group is asked to meet over them."""
    oversight = Oversight(work_out_themes(due.first_day), look_up_actions(due.first_day), why_added)
    oversight.wanted = {one.provider: one for one in oversight.themes.proposed}
    oversight.wanted |= {one: look_up_theme(one, oversight.themes) for one in why_added}
    oversight.reported = {one.ref: one for one in oversight.actions.open_ones}
    ask_to_meet(oversight)
    oversight.open[STALE] = at("counted-anew", counted_anew_at(now()))
    see_to_what_is_missing(oversight)
    return oversight


def ask_to_meet(oversight: Oversight) -> None:
    """Commissioning holds the meeting; silence is chased, and goes up the line."""
    oversight.open[MEETING] = decision(
        OversightMeeting,
        of=Role.COMMISSIONING,
        about=to_read(oversight),
        wanted_within=meeting_held_by(now()),
        clauses="TRN-54 GAP-46",
    )


def see_to_what_is_missing(oversight: Oversight) -> None:
    """Who has a theme has a link worker; who has many sponsored staff has that risk weighed (TRN-55, TRN-58)."""
    for theme in oversight.themes.proposed:
        if theme.link_worker is None and look_up_naming(theme.provider) is None:
            wanted = LinkWorkerWanted(provider=theme.provider, why=f"Oversight found a theme.\n{theme.in_words}")
            open_case(link_worker, wanted, owner=Role.COMMISSIONING, clauses="TRN-55")
    for one in look_up_whom_to_assess():
        facts = RecruitmentRiskWanted(provider=one.provider, why=one.why)
        open_case(international_recruitment_risk, facts, owner=Role.COMMISSIONING, clauses="TRN-58 TRN-59")


def has_met(oversight: Oversight) -> None:
    """Each provider, and each open action, is asked about by itself."""
    del oversight.open[MEETING]
    oversight.has_met = True
    for theme in oversight.wanted.values():
        ask_about(oversight, theme)
    for action in oversight.reported.values():
        oversight.open[action.ref] = decision(
            ActionReported,
            of=Role.COMMISSIONING,
            about=action.beside_the_form,
            key=f"action:{action.ref}",
            wanted_within=meeting_held_by(now()),
            clauses="TRN-55 TRN-56",
        )


def ask_about(oversight: Oversight, theme: ProviderTheme) -> None:
    """With its figures, what is behind each, and what earlier meetings decided about it."""
    earlier = [one.beside_the_form for one in oversight.actions.actions if one.provider == theme.provider]
    added = oversight.why_added.get(theme.provider)
    oversight.open[theme.provider] = decision(
        ProviderConsidered,
        of=Role.COMMISSIONING,
        about="\n".join([theme.in_words, *([f"Added: {added}"] if added else []), *earlier]),
        key=f"provider:{theme.provider}",
        wanted_within=meeting_held_by(now()),
        clauses="TRN-54 TRN-55 TRN-56",
    )


def rests_on(theme: ProviderTheme) -> OversightActionDecided:
    """The provider and its figures, as whoever carries a decision out reads them."""
    return OversightActionDecided(
        provider=theme.provider,
        name=theme.name,
        decision=OversightDecision.NO_ACTION,
        figures=theme.in_words,
        reasons="",
        oversight=this_case(),
    )


def add(oversight: Oversight, provider: str, why: str) -> None:
    """A provider that the figures did not propose; one that is there already is asked about with what was added."""
    oversight.why_added[provider] = "\n".join(filter(None, (oversight.why_added.get(provider), why)))
    oversight.wanted[provider] = look_up_theme(provider, oversight.themes)
    oversight.close(provider)
    if oversight.has_met:
        ask_about(oversight, oversight.wanted[provider])
    else:
        oversight.close(MEETING)
        ask_to_meet(oversight)


def nobody_has_met(oversight: Oversight, due: OversightDue) -> Oversight:
    """The head of service hears; figures over which nobody has met are counted anew, with the days since."""
    del oversight.open[STALE]
    tell(Role.HEAD_OF_SERVICE, Verb.CHECK, "market-oversight-is-not-held", clauses="TRN-54 GAP-46")
    if oversight.has_met:
        oversight.open[STALE] = at("counted-anew", counted_anew_at(now()))
        return oversight
    oversight.close(MEETING)
    return count(due, oversight.why_added)


def to_read(oversight: Oversight) -> str:
    """What the group meets over: whom the figures propose, whom somebody added, and what earlier meetings decided."""
    themes = oversight.themes
    proposed = [one.in_words for one in themes.proposed] or ["The figures propose no provider."]
    rest = [one.in_words for one in themes.providers if not one.proposed]
    added = [f"Added: {oversight.wanted[one].name}. {why}" for one, why in oversight.why_added.items()]
    actions = [one.beside_the_form for one in oversight.actions.actions]
    parts = (
        [f"Counted: {themes.window.in_words}. Before: {themes.before.in_words}."],
        ["Proposed:", *proposed],
        added,
        ["Without a proposal:", *rest] if rest else [],
        ["Decided earlier:", *actions] if actions else [],
    )
    return "\n\n".join("\n".join(part) for part in parts if part)
