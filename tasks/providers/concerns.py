"""Where a concern about a provider goes, by when it is taken on, and what those concerned are told and read."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.durations import Deadline
from models.forms.provider_concern import ProviderConcernNoticed, RiskManaged
from models.forms.safeguarding import ConcernNoticed
from models.notices import Recipient
from models.policy.messages import Wording
from models.policy.organisation import MailKind
from models.providers.kinds import RunBy
from models.providers.tables import Provider
from tasks.durable import audited, here
from tasks.durable.people import team_of
from tasks.register.lookups import provider


class ConcernRoute(StrEnum):
    """Where a concern about a provider goes."""

    COMMISSIONING = "the commissioning service"
    """The provider is registered, or the council buys from it, or no other way is known."""
    MANAGER_OUTSIDE = "a manager outside the service"
    """It is the council's own service: it does not look into itself."""
    PARTNER = "the partner, in its own way"
    """A partner's unregulated service that the council does not buy, and it is known how the partner takes concerns."""
    ASKED_FOR = "asked for"
    """As before, and nobody has recorded how: a line manager is asked."""


class WhereItGoes(BaseModel):
    """Where a concern goes, and why."""

    model_config = ConfigDict(frozen=True)

    route: ConcernRoute
    to: str
    """Tag of who takes it on, at once or where a partner's way is not known."""
    name: str
    """What the provider is called."""
    because: str
    report_to: str = ""
    """How the partner takes concerns, where that is recorded."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{self.route}, as {self.because}"


@audited("Found out where the concern goes", clauses="REA-43 REA-44 REA-50 REA-51 REA-52 REA-53 GAP-37 GAP-38")
def find_where_it_goes(noticed: ProviderConcernNoticed) -> WhereItGoes:
    """
    By what is recorded of the provider, and never by what kind of service it is (GAP-38).

    The council's own service first: whether it is registered makes no difference to that. What nobody has recorded, or
    no route leads to, is for commissioning to sort.
    """
    step = here()
    remit, unregulated = step.policy.gaps.commissioning_remit, step.policy.gaps.unregulated_provider
    known = provider(step.session, noticed.provider) if noticed.provider else None
    sorted_by, otherwise = Recipient.role(remit.sorted_by).tag, Recipient.role(unregulated.without_a_route_to).tag
    if known is None:
        name = noticed.provider_in_words
        return WhereItGoes(route=ConcernRoute.COMMISSIONING, to=otherwise, name=name, because="it is not on the list")
    if known.run_by == RunBy.COUNCIL:
        outside = Recipient.role(remit.own_service_goes_to).tag
        because = "it is the council's own service"
        return WhereItGoes(route=ConcernRoute.MANAGER_OUTSIDE, to=outside, name=known.name, because=because)
    if known.regulated or known.commissioned:
        because = "it is registered" if known.regulated else "the council buys from it"
        return WhereItGoes(route=ConcernRoute.COMMISSIONING, to=sorted_by, name=known.name, because=because)
    if known.run_by == RunBy.PARTNER:
        return _a_partners(known, otherwise)
    because = "no other way is known"
    return WhereItGoes(route=ConcernRoute.COMMISSIONING, to=otherwise, name=known.name, because=because)


def _a_partners(known: Provider, otherwise: str) -> WhereItGoes:
    """REA-52, REA-53: in the partner's own way, or somebody is asked which that is."""
    return WhereItGoes(
        route=ConcernRoute.PARTNER if known.report_to else ConcernRoute.ASKED_FOR,
        to=otherwise,
        name=known.name,
        because="it is a partner's service" if known.report_to else "nobody has recorded how the partner takes them",
        report_to=known.report_to or "",
    )


@audited("Worked out by when the risk is managed", clauses="REA-41")
def work_out_risk_managed_by() -> AwareDatetime:
    """Today, by policy; at once where that is over."""
    return _by(here().policy.gaps.reasonable_time.reasonable_urgent)


@audited("Worked out by when somebody has it", clauses="REA-44")
def work_out_taken_on_by() -> AwareDatetime:
    """As for what providers write to us."""
    return _by(here().policy.queue(MailKind.PROVIDER).within)


@audited("Worked out by when the person knows", clauses="REA-45 REA-54")
def work_out_person_told_by() -> AwareDatetime:
    """In a reasonable time, by policy."""
    return _by(here().policy.gaps.reasonable_time.reasonable)


def _by(within: Deadline) -> AwareDatetime:
    step = here()
    return max(step.policy.working_calendar().due(step.now, within), step.now)


@audited("Looked up the team of whoever raised it")
def look_up_team_of(tag: str) -> str | None:
    """Team id; None for a role."""
    return team_of(here().session, Recipient.from_tag(tag))


@audited("Worded what the person is told", clauses="REA-45 REA-54")
def word_the_concern() -> Wording:
    """That a concern about their care was raised and why it matters; nothing of what it says."""
    step = here()
    return step.policy.messages.concern_about_your_care.write(reference=step.case.ref, **step.policy.whom_to_ring())


@audited("Made a safeguarding concern of the risk from a provider", clauses="REA-41 DUTY-49 DUTY-50")
def make_concern_of_risk(said: RiskManaged, noticed: ProviderConcernNoticed, name: str, by: str) -> ConcernNoticed:
    """What was noticed of the provider, with who is at risk and whether 999 was rung; `by` is a tag."""
    assert said.at_risk is not None and said.danger_or_crime is not None  # held against at the door
    step = here()
    whom = f"With whom it happened: {noticed.person_in_words}\n" if noticed.person_in_words else ""
    return ConcernNoticed(
        danger_or_crime=said.danger_or_crime,
        rang_999=said.rang_999,
        not_rung_because=said.not_rung_because,
        at_risk=said.at_risk,
        about_person=noticed.about_person,
        what=f"About {name}, which gives care or support.\n{whom}{noticed.what}",
        noticed_at=step.now,
        noticed_by=by,
        came_from=step.case.ref,
    )
