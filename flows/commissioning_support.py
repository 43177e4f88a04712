"""A practitioner supports commissioning in looking into a provider, unless an exception from that duty holds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from models.forms.commissioning import CoOperationAdvice, CoOperationJudged, SupportAsked, SupportCame, SupportGiven
from models.notices import Recipient
from models.roles import Role
from tasks.durable import Due, Verb, Wait, ask, at, decision, first_of, procedure, send, staff, tell, withdraw
from tasks.durable.in_force import policy
from tasks.providers.concerns import look_up_team_of
from tasks.providers.responding import work_out_judged_by


class SupportOutcome(StrEnum):
    """How it ended."""

    GIVEN = "support given"
    """Whoever was asked gave it."""
    EXCEPTION = "an exception holds"
    """Their line manager judged so, with legal advice and for reasons on record."""


@procedure(
    title="Support for commissioning",
    follows="Monitoring Actions (Reablement), November 2023: concerns about a provider",
    somebody_waits=False,
)
def commissioning_support(asked: SupportAsked) -> SupportOutcome:
    """
    Have a practitioner give what commissioning needs to look into a provider.

    Whoever is asked cooperates. Where they rely on an exception, their line manager judges within two working days
    whether it holds, with legal advice, and says why (GAP-42); where it does not, they are asked again. Silence is
    chased, and goes up the line.
    """
    so_far: list[str] = []
    while True:
        given = ask(
            SupportGiven,
            of=staff(asked.of),
            about=to_read(asked, *so_far),
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="REA-48 REA-49",
        )
        if given.exception is None:
            send(asked.came_from, SupportCame(what=f"From {asked.of}: {given.given}"), clauses="REA-48")
            return SupportOutcome.GIVEN
        judged = judge(asked, given)
        if judged.holds:
            why = f"Not from {asked.of}: an exception holds ({given.exception}). {judged.reasons}"
            send(asked.came_from, SupportCame(what=why), clauses="REA-49")
            return SupportOutcome.EXCEPTION
        so_far.append(f"The exception ({given.exception}) does not hold: {judged.reasons}")


def judge(asked: SupportAsked, given: SupportGiven) -> CoOperationJudged:
    """The line manager judges, with what the legal team advises beside the form once they have (REA-49, GAP-42)."""
    by, said = work_out_judged_by(), f"They rely on: {given.exception}. {given.because}"
    advice = decision(
        CoOperationAdvice,
        of=policy().gaps.co_operation_exception.with_advice_of,
        about=to_read(asked, said),
        wanted_within=by,
        clauses="REA-49",
    )
    late = at("exception-not-judged", by)
    judging = ask_to_judge(asked, said, by)
    while True:
        match first_of(judging, advice, late):
            case CoOperationJudged() as judged:
                withdraw(advice)
                withdraw(late)
                return judged
            case CoOperationAdvice(advice=what):
                withdraw(judging)
                judging = ask_to_judge(asked, f"{said}\nThe legal team advises: {what}", by)
            case Due():
                tell(Role.STRATEGIC_MANAGER, Verb.CHECK, "an-exception-is-not-judged", clauses="REA-49")


def ask_to_judge(asked: SupportAsked, said: str, by: datetime) -> Wait[CoOperationJudged]:
    """Whoever policy names, of the team of whoever was asked."""
    return decision(
        CoOperationJudged,
        of=policy().gaps.co_operation_exception.judged_by,
        near=look_up_team_of(staff(asked.of).tag),
        about=to_read(asked, said),
        wanted_within=by,
        clauses="REA-49",
    )


def to_read(asked: SupportAsked, *more: str) -> str:
    """What is wanted, by whom, about which provider."""
    lines = (
        f"Provider: {asked.provider}",
        f"Asked by {Recipient.from_tag(asked.asked_by).words}, in case {asked.came_from}",
        f"Wanted ({asked.kind}): {asked.what}",
        *more,
    )
    return "\n".join(lines)
