"""What is done about the risk in recruitment from abroad; a part of that procedure (TRN-57, TRN-60)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flows.brokerage import brokerage
from flows.disclosure import disclosure
from flows.provider_failure import provider_failure
from flows.provider_stop import provider_stop
from flows.safeguarding_concern import safeguarding_concern
from models.disclosures import DisclosureOutcome
from models.forms.brokerage import CareWanted
from models.forms.commissioning import NotGivenOn, StopDecided
from models.forms.disclosure import DisclosureWish
from models.forms.provider_failure import FailureReported
from models.forms.recruitment_risk import (
    RecruitmentNews,
    RecruitmentRiskAssessed,
    RecruitmentRiskDecided,
    RecruitmentRiskWanted,
    RiskLevelJudged,
)
from models.market.kinds import Partner, RecruitmentAction, RiskLevel
from models.market.weighing import Balance, Weighed
from models.notices import Recipient
from models.roles import Role
from tasks.durable import Closed, Due, Wait, closed, decision, open_case, role, take_back, this_case
from tasks.durable.in_force import policy
from tasks.market.people import prepare_list
from tasks.market.weighing import make_concern_of_slavery
from tasks.providers.stops import stop_using

TO_WORK_ON_SLAVERY = "to work together on modern slavery and unethical recruitment"
"""Purpose, as a council's table of routine disclosures may have it (GAP-09); the recipient is the partner's name."""
MOVES, GATE, NOT_GIVEN = "move ", "gate ", "not given "

Came = Wait[
    RecruitmentRiskAssessed | RecruitmentRiskDecided | RiskLevelJudged | RecruitmentNews | NotGivenOn | Closed | Due
]


@dataclass
class Risk:
    """A provider's risk, as the ledger tells it so far."""

    wanted: RecruitmentRiskWanted
    balance: Balance
    weighed: Weighed | None = None
    level: RiskLevel | None = None
    """By the table, or as a manager let another hold."""
    another: RiskLevel | None = None
    sooner: datetime | None = None
    is_dangerous: bool = False
    """Whether somebody was said to be in danger now, or a crime to be possible: partners are not told by and by."""
    open: dict[str, Came] = field(default_factory=dict)
    gates: int = 0
    """How many disclosures were put to the gate so far."""
    so_far: list[str] = field(default_factory=list)
    is_over: bool = False

    @property
    def lead(self) -> Recipient:
        """Whoever leads on it."""
        return role(Role.COMMISSIONING)

    @property
    def is_under_way(self) -> bool:
        """Whether anybody is still being moved, or anything is still to be given to a partner."""
        return any(one.startswith((MOVES, GATE, NOT_GIVEN)) for one in self.open)

    def close(self, *names: str) -> None:
        """They are no longer awaited."""
        take_back(self.open, *names)


def raise_concern(risk: Risk, said: RecruitmentRiskAssessed) -> None:
    """Signs of modern slavery are a safeguarding concern at once, unless somebody raised it already (TRN-57)."""
    if not said.modern_slavery or said.raised_already_as:
        return
    concern = make_concern_of_slavery(said, risk.balance.name, risk.lead.tag)
    ref = open_case(safeguarding_concern, concern, owner=risk.lead, clauses="TRN-57 DUTY-49")
    risk.so_far.append(f"Safeguarding concern raised: case {ref}")


def act(risk: Risk, decided: RecruitmentRiskDecided) -> None:
    """Each action that was chosen, in the order of the list (TRN-60)."""
    for action in RecruitmentAction:
        if action not in decided.actions:
            continue
        match action:
            case RecruitmentAction.TELL_PARTNERS:
                for partner in Partner:
                    if partner in decided.partners:
                        put_to_the_gate(risk, partner, decided.tell_what)
            case RecruitmentAction.STOP:
                begin_stop(risk, decided)
            case RecruitmentAction.MOVE_PEOPLE:
                move_everybody(risk, decided)
            case RecruitmentAction.INCIDENT:
                begin_incident(risk, decided)


# ------------------------------------------------------------------ partners


def put_to_the_gate(risk: Risk, partner: Partner, content: str) -> None:
    """What a partner is told passes the disclosure gate, and a person gives it (TRN-57, DUTY-63)."""
    wish = DisclosureWish(
        recipient=str(partner),
        purpose=TO_WORK_ON_SLAVERY,
        content=f"{risk.balance.name}: {content}",
        who_exactly=str(partner),
        emergency=risk.is_dangerous,
        given_by=risk.lead.tag,
    )
    ref = open_case(disclosure, wish, owner=risk.lead, clauses="TRN-57 DUTY-63")
    risk.gates += 1
    risk.open[f"{GATE}{risk.gates} {partner}"] = closed(ref)


def gate_has_closed(risk: Risk, doing: str, gate: Closed) -> None:
    """It was given; or it is asked what follows, for it is not left at that."""
    del risk.open[doing]
    number, _, partner = doing.removeprefix(GATE).partition(" ")
    risk.so_far.append(f"To {partner}: {gate.outcome} (case {gate.ref})")
    if gate.outcome != DisclosureOutcome.GIVEN:
        risk.open[f"{NOT_GIVEN}{number} {partner}"] = decision(
            NotGivenOn,
            of=risk.lead,
            about=f"{partner} was not given it: see case {gate.ref}.\n{to_read(risk)}",
            key=f"not-given-{number}",
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="TRN-57",
        )


def not_given(risk: Risk, doing: str, said: NotGivenOn) -> None:
    """It is tried again, or something is done instead."""
    del risk.open[doing]
    partner = Partner(doing.removeprefix(NOT_GIVEN).partition(" ")[2])
    if said.content:
        put_to_the_gate(risk, partner, said.content)
    else:
        risk.so_far.append(f"Instead of telling {partner}: {said.instead}")


# ------------------------------------------------------------------ the provider and the people who use it


def begin_stop(risk: Risk, decided: RecruitmentRiskDecided) -> None:
    """It holds from this moment, everywhere; a case of its own looks after it until it is lifted."""
    assert decided.stop_looked_at_on is not None  # held against at the door
    stop = StopDecided(
        name=risk.balance.name,
        reasons=decided.reasons,
        looked_at_again_on=decided.stop_looked_at_on,
        led_by=risk.lead.tag,
        came_from=this_case(),
    )
    ref = open_case(provider_stop, stop, owner=risk.lead, clauses="TRN-60 REA-47")
    stop_using(risk.wanted.provider, decided.stop_looked_at_on, ref)
    risk.so_far.append(f"Nobody new comes to it: case {ref}")


def move_everybody(risk: Risk, decided: RecruitmentRiskDecided) -> None:
    """Brokerage finds other care for everybody with a package from it, whoever pays (TRN-60, GAP-48)."""
    assert decided.urgency is not None and decided.wanted_from is not None  # held against at the door
    people = prepare_list(risk.wanted.provider).people
    for one in people:
        doing = f"{MOVES}{one.person}"
        if doing in risk.open:
            continue  # brokerage looks already
        wanted = CareWanted(
            person=one.person,
            needs=f"Care instead of {risk.balance.name}: {one.needs}",
            urgency=decided.urgency,
            wanted_from=decided.wanted_from,
            asked_by=one.of,
            not_with=risk.wanted.provider,
        )
        ref = open_case(brokerage, wanted, owner=Role.BROKERAGE, clauses="TRN-60 GAP-48")
        risk.open[doing] = closed(ref)
    risk.so_far.append(f"Other care is looked for, for {len(people)} people")


def brokerage_is_over(risk: Risk, doing: str, came: Closed) -> None:
    """One more person has other care, or it is known why not."""
    del risk.open[doing]
    left = sum(one.startswith(MOVES) for one in risk.open)
    risk.so_far.append(f"Brokerage (case {came.ref}): {came.outcome}; {left} left")


def begin_incident(risk: Risk, decided: RecruitmentRiskDecided) -> None:
    """Everybody by our records is on the incident's list at once, whoever pays for them (TRN-60, GAP-48)."""
    assert decided.cause and decided.care_ends_on and decided.team  # held against at the door
    reported = FailureReported(
        provider=risk.wanted.provider,
        cause=decided.cause,
        what=to_read(risk),
        care_ends_on=decided.care_ends_on,
        team=decided.team,
        reported_by=risk.lead.tag,
    )
    ref = open_case(provider_failure, reported, owner=Recipient.team(decided.team), clauses="TRN-60 GAP-48")
    risk.so_far.append(f"The incident has begun: case {ref}")


def to_read(risk: Risk) -> str:
    """Both sides of the balance, what the table gives, and what has happened so far."""
    lines = (
        f"Provider: {risk.balance.name}",
        risk.weighed.balance.in_words if risk.weighed else risk.balance.in_words,
        f"The table gives: {risk.weighed.in_words}" if risk.weighed else "",
        risk.wanted.why,
        *risk.so_far,
    )
    return "\n".join(line for line in lines if line)
