"""The risk to somebody from a provider's practice is managed on the same day; a part of a concern about a provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from flows.brokerage import BrokerageOutcome, brokerage
from flows.safeguarding_concern import safeguarding_concern
from models.forms.brokerage import CareWanted
from models.forms.provider_concern import (
    ContactKnown,
    MonitoringLookedAt,
    OwnServiceConcernTaken,
    PartnerHasConcern,
    PartnerRouteSaid,
    ProviderConcernNoticed,
    ProviderConcernTaken,
    RiskManaged,
    RiskStep,
)
from models.notices import Interruption, Recipient
from models.roles import Role
from models.working_time import for_people
from tasks.durable import Closed, Due, Verb, Wait, at, closed, decision, open_case, take_back, tell, this_case
from tasks.providers.concerns import WhereItGoes, make_concern_of_risk, work_out_risk_managed_by
from tasks.providers.responding import work_out_looked_at
from tasks.written_contact import look_up_what_to_heed


class Open(StrEnum):
    """What may be open in a concern about a provider."""

    RISK = "risk"
    RISK_LATE = "risk late"
    SEARCH = "search"
    WATCH = "watch"
    WATCHED = "watched"
    TAKING_ON = "taking on"
    NOT_TAKEN_ON = "not taken on"
    ROUTE = "route"
    ROUTE_LATE = "route late"
    GATE = "gate"
    PARTNER = "partner"
    SHARING = "sharing"


Came = (
    RiskManaged
    | MonitoringLookedAt
    | ProviderConcernTaken
    | OwnServiceConcernTaken
    | PartnerRouteSaid
    | PartnerHasConcern
    | ContactKnown
    | Closed
    | Due
)


@dataclass
class Concern:
    """A concern about a provider, as the ledger tells it so far."""

    noticed: ProviderConcernNoticed
    by: Recipient
    """Whoever noticed it, or duty."""
    goes: WhereItGoes
    open: dict[Open, Wait[Came]] = field(default_factory=dict)
    so_far: list[str] = field(default_factory=list)
    report_to: str = ""
    """How the partner takes concerns, once that is known."""
    response: str | None = None
    """Ref of the case in which it is settled what is done about the provider."""
    contact: ContactKnown | None = None
    """What the person with whom it happened says to being contacted, once that is known."""

    def close(self, one: Open) -> None:
        """It is no longer awaited."""
        take_back(self.open, one)


def ask_about_the_risk(concern: Concern, why: str = "") -> None:
    """What is done about the risk to somebody is decided today, whatever becomes of the concern (REA-41)."""
    by = work_out_risk_managed_by()
    concern.open[Open.RISK] = decision(
        RiskManaged,
        of=concern.by,
        about=to_read(concern, why),
        urgent=True,
        wanted_within=by,
        clauses="REA-41",
    )
    concern.open[Open.RISK_LATE] = at("risk-not-managed", by)


def risk_not_managed(concern: Concern) -> None:
    """The day is over: a manager hears at once, and the question stays."""
    del concern.open[Open.RISK_LATE]
    tell(
        Role.TEAM_MANAGER,
        Verb.CHECK,
        "the-risk-from-a-provider-is-not-managed",
        urgent=True,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED,
        clauses="REA-41",
    )


def manage_the_risk(concern: Concern, said: RiskManaged) -> None:
    """Each step that was chosen is taken at once (REA-41)."""
    del concern.open[Open.RISK]
    concern.close(Open.RISK_LATE)
    concern.so_far.append(f"About the risk:{said.in_words}")
    if said.is_raised_now:
        raised = make_concern_of_risk(said, concern.noticed, concern.goes.name, concern.by.tag)
        ref = open_case(safeguarding_concern, raised, owner=concern.by, clauses="REA-41 DUTY-49")
        concern.so_far.append(f"Safeguarding concern raised: case {ref}")
    if RiskStep.ANOTHER_PROVIDER in said.steps:
        look_for_another_provider(concern, said)
    if RiskStep.MONITORING in said.steps and said.looked_at_on is not None:
        concern.close(Open.WATCHED)
        concern.open[Open.WATCH] = at("how-they-fare", work_out_looked_at("watch", said.looked_at_on))


def look_for_another_provider(concern: Concern, said: RiskManaged) -> None:
    """Brokerage finds somebody else, and never this one or one that is not to be used (REA-41, REA-47)."""
    assert said.urgency is not None and said.wanted_from is not None
    noticed = concern.noticed
    not_in_register = noticed.person_in_words or f"whoever is at risk with {concern.goes.name}"
    wanted = CareWanted(
        person=noticed.about_person,
        for_whom="" if noticed.about_person else not_in_register,
        needs=said.needs,
        urgency=said.urgency,
        wanted_from=said.wanted_from,
        asked_by=concern.by.tag,
        came_from=this_case(),
        not_with=noticed.provider,
    )
    concern.open[Open.SEARCH] = closed(open_case(brokerage, wanted, owner=Role.BROKERAGE, clauses="REA-41"))


def search_is_over(concern: Concern, came: Closed) -> None:
    """Somebody else gives the care; or it is asked again what is done about the risk."""
    del concern.open[Open.SEARCH]
    concern.so_far.append(f"Another provider: {came.outcome} (case {came.ref})")
    if came.outcome == BrokerageOutcome.NOT_WANTED and Open.RISK not in concern.open:
        ask_about_the_risk(concern, "No other provider was found for them: what is done about the risk?")


def ask_how_they_fare(concern: Concern) -> None:
    """The day has come on which it is looked at what the watching has shown."""
    del concern.open[Open.WATCH]
    concern.open[Open.WATCHED] = decision(
        MonitoringLookedAt,
        of=concern.by,
        about=to_read(concern),
        wanted_within=work_out_risk_managed_by(),
        clauses="REA-41",
    )


def they_fare_so(concern: Concern, seen: MonitoringLookedAt) -> None:
    """It goes on until another day, or they are no longer at risk."""
    del concern.open[Open.WATCHED]
    concern.so_far.append(f"How they fare: {seen.what_was_seen}")
    if seen.goes_on and seen.looked_at_again_on is not None:
        concern.open[Open.WATCH] = at("how-they-fare", work_out_looked_at("watch", seen.looked_at_again_on))


def to_read(concern: Concern, *more: str) -> str:
    """What whoever answers must know: whom to heed first, the provider, what was noticed, and what has happened."""
    noticed = concern.noticed
    whom = noticed.about_person or noticed.person_in_words
    lines = (
        look_up_what_to_heed(noticed.about_person).beside_the_form,
        *more,
        f"Provider: {concern.goes.name}",
        f"It happened with: {whom}" if whom else "",
        f"Noticed by {concern.by.words}, {for_people(noticed.noticed_at)}",
        "Somebody was said to be at risk now." if noticed.at_risk_now else "",
        *concern.so_far,
        "",
        noticed.what,
    )
    return "\n".join(line for line in lines if line or line == "").strip()
