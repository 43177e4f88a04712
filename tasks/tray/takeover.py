"""The steps of taking over a tray: who was over a limit before, worst first, and what a manager does about each."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from models.cases import Case
from models.decision_tables.levels import Rag
from models.forms.tray_takeover import (
    PassedLimit,
    TakenOverLate,
    TakeoverAction,
    TakeoverSeen,
    TakeoverStep,
    TrayTakeover,
)
from models.notices import Recipient
from models.policy import Policy
from models.roles import Role
from models.states import CaseStatus
from models.tray import TrayPlace
from models.working_time import for_people, local_day
from tasks.durable import audited, here
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.durable.ledger import recall
from tasks.durable.leg import Step
from tasks.register.lookups import person

_BY_RISK = (Rag.RED, None, Rag.AMBER, Rag.GREEN)
"""The worst first; who is not rated may be anything, and stands next to Red."""


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True)


class TakeoverList(_Found):
    """Who still waits of those who were over a limit, worst first, and nobody has said what is done about them."""

    people: tuple[TakenOverLate, ...]
    lines: tuple[str, ...]
    """One for each of them, as a manager reads it. Personal."""
    cannot_wait: bool
    """Somebody Red has not been contacted in time."""

    @property
    def to_read(self) -> str:
        """The list as it stands beside the form."""
        return "\n".join(f"{number}. {line}" for number, line in enumerate(self.lines, start=1))

    @property
    def in_words(self) -> str:
        """For the story."""
        return f"{len(self.people)} ({', '.join(one.case for one in self.people)})" if self.people else "nobody"


class TakeoverDone(_Found):
    """What a manager does about whom; whoever is in none of these is asked about again."""

    allocated: tuple[tuple[str, str, str], ...] = ()
    """Case, worker and reasons."""
    escalated: tuple[tuple[str, str], ...] = ()
    """Case and reasons."""
    seen: tuple[str, ...] = ()
    """Everybody about whom something was said, these too."""

    @property
    def in_words(self) -> str:
        """For the story."""
        return ", ".join(self.seen) or "nobody yet"


@audited("Looked who above hears of the list that was taken over", clauses="PWT-59 PWT-61 GAP-15 GAP-17")
def look_up_who_hears_of_takeover(taken: TrayTakeover) -> tuple[str, ...]:
    """Tags of those above who would have heard one by one, and hear once of all of them."""
    gaps = here().policy.gaps
    above = {
        PassedLimit.BREACH: gaps.allocation_clock.breach_goes_to,
        PassedLimit.RED_STRATEGIC: Role.STRATEGIC_MANAGER,
        PassedLimit.RED_HEAD: Role.HEAD_OF_SERVICE,
    }
    passed = {limit for one in taken.people for limit in one.passed}
    return tuple(sorted({Recipient.role(role).tag for limit, role in above.items() if limit in passed}))


@audited("Listed who was over a limit when the list was taken over", clauses="PWT-11 PWT-59 GAP-15 GAP-17")
def list_takeover(taken: TrayTakeover, seen: tuple[str, ...]) -> TakeoverList:
    """Everybody who still waits and of whom nothing was said yet: by risk, then by how long ago they asked."""
    step = here()
    refs = [one.case for one in taken.people]
    still_open = select(Case.ref).where(Case.ref.in_(refs), Case.status != CaseStatus.CLOSED)
    waits = set(step.session.scalars(still_open))
    left = [one for one in taken.people if one.case in waits and one.case not in seen]
    worst_first = sorted(left, key=lambda one: (_BY_RISK.index(one.colour), one.requested_at, one.case))
    return TakeoverList(
        people=tuple(worst_first),
        lines=tuple(_line(step, one) for one in worst_first),
        cannot_wait=any(one.colour is Rag.RED and PassedLimit.CONTACT in one.passed for one in worst_first),
    )


@audited("Entered what is done about them", clauses="PWT-59 PWT-60")
def enter_takeover_seen(listed: TakeoverList, answer: TakeoverSeen) -> TakeoverDone:
    """What is done about whom; who is Red counts as seen only where they were named (GAP-17)."""
    named = {ref for action in answer.actions for ref in action.cases}
    on_list = {one.case for one in listed.people}
    others = tuple(one.case for one in listed.people if one.case not in named and one.colour is not Rag.RED)

    def whom(action: TakeoverAction) -> tuple[str, ...]:
        return tuple(ref for ref in action.cases or others if ref in on_list)

    of = {step: [one for one in answer.actions if one.done is step] for step in TakeoverStep}
    return TakeoverDone(
        allocated=tuple(
            (ref, one.worker, one.reasons) for one in of[TakeoverStep.ALLOCATE] for ref in whom(one) if one.worker
        ),
        escalated=tuple((ref, one.reasons) for one in of[TakeoverStep.ESCALATE] for ref in whom(one)),
        seen=tuple(ref for one in answer.actions for ref in whom(one)),
    )


@checks_answers(TakeoverSeen)
def problems_with_takeover(moment: Answering, answer: TakeoverSeen) -> list[str]:
    """A case that is named must be one of the list's: a slip of the pen would act for somebody else."""
    taken = TrayTakeover.model_validate(recall(moment.session, moment.item.case_ref)[0].data)
    known = {one.case for one in taken.people}
    return [
        f"actions.{number}.cases: {ref} is not on this list; copy it from there"
        for number, action in enumerate(answer.actions)
        for ref in action.cases
        if ref not in known
    ]


def _line(step: Step, one: TakenOverLate) -> str:
    """One person: who, how long they wait, what is over, and when they were last reached."""
    known, place = person(step.session, one.person), step.session.get(TrayPlace, one.case)
    reached = (place.last_reached_at if place else None) or one.last_reached_at
    days = (local_day(step.now) - local_day(one.requested_at)).days
    over = "; ".join(_passed_in_words(step.policy, one, limit) for limit in one.passed)
    who = f"{known.name} ({one.person})" if known else one.person
    when = f"last reached on {_day(reached)}" if reached else "never reached, as far as the list says"
    asked = f"asked for help {days} days ago, on {_day(one.requested_at)}"
    return f"{one.case} {who}, {one.colour or 'not rated'}: {asked}; {when}. Over already: {over}."


def _passed_in_words(policy: Policy, one: TakenOverLate, limit: PassedLimit) -> str:
    clock, escalation = policy.gaps.allocation_clock, policy.gaps.tray_escalation
    match limit:
        case PassedLimit.WARN:
            return f"without a worker for {clock.warn_after}, and at most {clock.breach_after} are aimed at"
        case PassedLimit.BREACH:
            return f"without a worker for longer than {clock.breach_after}"
        case PassedLimit.RED_STRATEGIC:
            return f"Red for longer than {escalation.red_to_strategic_manager_after}: the strategic manager hears of it"
        case PassedLimit.RED_HEAD:
            return f"Red for longer than {escalation.red_to_head_of_service_after}: the head of service hears of it"
        case PassedLimit.PRIORITY:
            return "the deadline of their priority"
        case PassedLimit.CONTACT:
            return f"contact was due {for_people(one.contact_due_at)}"


def _day(moment: datetime) -> str:
    day = local_day(moment)
    return f"{day:%A} {day.day} {day:%B %Y}"
