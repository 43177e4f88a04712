"""The risk in a provider's recruitment from abroad: weighed, acted on, and looked at again as often as it calls for."""

from __future__ import annotations

from enum import StrEnum

from flows.recruitment_risk_acts import (
    MOVES,
    Came,
    Risk,
    act,
    brokerage_is_over,
    gate_has_closed,
    not_given,
    raise_concern,
    to_read,
)
from models.forms.commissioning import NotGivenOn
from models.forms.recruitment_risk import (
    RecruitmentNews,
    RecruitmentRiskAssessed,
    RecruitmentRiskDecided,
    RecruitmentRiskWanted,
    RiskLevelJudged,
)
from models.market.clocks import risk_reviewed_at
from models.roles import Role
from tasks.coming_days import work_out_morning
from tasks.durable import Closed, Due, at, decision, hears, now, procedure, which_of
from tasks.durable.in_force import policy
from tasks.market.weighing import look_up_balance, weigh


class RiskOutcome(StrEnum):
    """How it ended."""

    OVER = "it need not be looked at again"
    """Whoever decided it said why."""


KNOWN, DECIDED, JUDGED, REVIEW, NEWS = "known", "decided", "judged", "review", "news"


@procedure(
    follows="Safe pathways, systems and transitions (local authority assessment): international recruitment",
    somebody_waits=False,
    by_hand=True,
)
def international_recruitment_risk(wanted: RecruitmentRiskWanted) -> RiskOutcome:
    """
    Weigh a provider's sponsored staff against the people it supports, act on it, and look again.

    A person says how the licence stands and what was seen; the table gives the level of risk, and a manager may let
    another hold. Signs of modern slavery raise a safeguarding concern at once, and partners are told through the
    disclosure gate. Where people are moved, everybody is, whoever pays. The level says how often it is looked at again;
    news brings that forward. Only a decision ends it.
    """
    risk = Risk(wanted, look_up_balance(wanted.provider))
    ask_what_is_known(risk)
    while not risk.is_over:
        match which_of(everything_awaited(risk)):
            case _, RecruitmentRiskAssessed() as said:
                weigh_it(risk, said)  # TRN-57, TRN-58, TRN-59
            case _, RecruitmentRiskDecided() as decided:
                carry_out(risk, decided)  # TRN-60
            case _, RiskLevelJudged() as judged:
                another_level_is_judged(risk, judged)  # GAP-22
            case _, RecruitmentNews(what=what):
                risk.so_far.append(f"News: {what}")
                look_again(risk)
            case doing, NotGivenOn() as answer:
                not_given(risk, doing, answer)
            case doing, Closed() as came if doing.startswith(MOVES):
                brokerage_is_over(risk, doing, came)  # TRN-60, GAP-48
            case doing, Closed() as came:
                gate_has_closed(risk, doing, came)  # TRN-57
            case _, Due():
                look_again(risk)
    return RiskOutcome.OVER


def everything_awaited(risk: Risk) -> dict[str, Came]:
    """What is open, and the news that may come at any time."""
    return {**risk.open, NEWS: hears(RecruitmentNews)}


def ask_what_is_known(risk: Risk) -> None:
    """What only a person can find out; the register's side of the balance stands beside the form."""
    risk.open[KNOWN] = decision(
        RecruitmentRiskAssessed,
        of=Role.COMMISSIONING,
        about=to_read(risk),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="TRN-57 TRN-58 TRN-59",
    )


def weigh_it(risk: Risk, said: RecruitmentRiskAssessed) -> None:
    """The table gives the level; who may be enslaved is protected before anything else is decided."""
    del risk.open[KNOWN]
    risk.so_far.append(f"Known:{said.in_words}")
    risk.is_dangerous = said.danger_or_crime is True
    raise_concern(risk, said)
    risk.weighed = weigh(risk.balance, said)
    risk.level = risk.weighed.level
    risk.open[DECIDED] = decision(
        RecruitmentRiskDecided,
        of=Role.COMMISSIONING,
        about=to_read(risk),
        urgent=risk.level.is_pressing,
        wanted_within=policy().gaps.reasonable_time.reasonable_urgent
        if risk.level.is_pressing
        else policy().gaps.reasonable_time.reasonable,
        clauses="TRN-58 TRN-60 GAP-22",
    )


def carry_out(risk: Risk, decided: RecruitmentRiskDecided) -> None:
    """What was chosen begins at once; it is looked at again as the level says, or sooner."""
    del risk.open[DECIDED]
    risk.so_far.append(f"Decided:{decided.in_words}")
    if decided.ended_because and not risk.is_under_way:
        risk.is_over = True
        return
    if decided.ended_because:
        risk.so_far.append("It does not end yet: somebody is still being moved, or a partner still to be told.")
    act(risk, decided)
    if decided.another_level is not None:
        risk.another = decided.another_level
        risk.open[JUDGED] = decision(
            RiskLevelJudged,
            of=policy().gaps.matrix_override.overriders[0],
            about=to_read(risk),
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="GAP-22 TRN-58",
        )
    if decided.sooner_on is not None:
        risk.sooner = work_out_morning(decided.sooner_on)
    set_the_review(risk)


def another_level_is_judged(risk: Risk, judged: RiskLevelJudged) -> None:
    """Where it holds, the other level says how often it is looked at; else the table's does."""
    del risk.open[JUDGED]
    assert risk.another is not None
    risk.so_far.append(f"Another level ({risk.another}):{judged.in_words}")
    if judged.holds:
        risk.level = risk.another
        set_the_review(risk)


def set_the_review(risk: Risk) -> None:
    """The next time it is looked at, from now on; a day that was named comes first where it is sooner."""
    risk.close(REVIEW)
    assert risk.level is not None
    risk.open[REVIEW] = at("reviewed", risk_reviewed_at(risk.level, now(), no_later_than=risk.sooner))


def look_again(risk: Risk) -> None:
    """Its time has come, or there is news: both sides of the balance are looked up anew."""
    risk.close(REVIEW, KNOWN, DECIDED, JUDGED)
    risk.sooner = risk.another = None
    risk.balance = look_up_balance(risk.wanted.provider)
    risk.weighed = None
    ask_what_is_known(risk)
