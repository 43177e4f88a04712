"""A concern about a provider: somebody has it by name, and whoever is at risk is looked after on the same day."""

from __future__ import annotations

from enum import StrEnum

from flows.commissioning_response import commissioning_response
from flows.disclosure import disclosure
from flows.provider_concern_risk import (
    Concern,
    Open,
    ask_about_the_risk,
    ask_how_they_fare,
    manage_the_risk,
    risk_not_managed,
    search_is_over,
    they_fare_so,
    to_read,
)
from flows.provider_concern_told import provider_concern_told
from models.disclosures import DisclosureOutcome
from models.forms.commissioning import ProviderConcernReceived
from models.forms.disclosure import DisclosureWish
from models.forms.handover import HandoverReply
from models.forms.provider_concern import (
    ConcernToBeShared,
    ContactKnown,
    MonitoringLookedAt,
    OwnServiceConcernTaken,
    PartnerHasConcern,
    PartnerRouteSaid,
    ProviderConcernNoticed,
    ProviderConcernTaken,
    RiskManaged,
)
from models.notices import Interruption, Recipient
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import (
    Closed,
    Due,
    Verb,
    after,
    answered_by,
    at,
    closed,
    decision,
    open_case,
    procedure,
    role,
    send,
    signal,
    staff,
    tell,
    this_case,
    which_of,
)
from tasks.durable.in_force import policy
from tasks.out_of_area.telling import tell_placements_of_concern
from tasks.providers.concerns import (
    ConcernRoute,
    find_where_it_goes,
    look_up_team_of,
    work_out_person_told_by,
    work_out_taken_on_by,
)

PARTNER = "partner organisation"
TO_REPORT_A_CONCERN = "to report a concern about its service"
"""Recipient and purpose, as a council's table of routine disclosures may have them (GAP-09)."""


class ProviderConcernOutcome(StrEnum):
    """Who has the concern."""

    COMMISSIONING = "commissioning has it"
    """Somebody there took it on, and settles what is done."""
    MANAGER_OUTSIDE = "a manager outside the service has it"
    """It is about the council's own service."""
    PARTNER = "the partner has it"
    """Somebody there took it on by name."""


@procedure(
    follows="Monitoring Actions (Reablement), November 2023: concerns about a provider",
    by_hand=True,
)
def provider_concern(noticed: ProviderConcernNoticed) -> ProviderConcernOutcome:
    """
    See that worry about an organisation that gives care or support reaches whoever answers for it, by name.

    Anybody raises it about any organisation, whoever pays (REA-39, REA-40). Where somebody is at risk, what is done
    about that is decided today and waits for nothing else. By what is recorded of the provider it goes to
    commissioning; where it is our own service, to a manager outside it; where it is a partner's, in the partner's way.
    Where no way is known, commissioning sorts it. It is not over before somebody has taken it on: silence is chased,
    and a manager hears of it. The person with whom something happened hears of it, unless that puts them at risk.
    """
    about_person(noticed.about_person)
    by = Recipient.from_tag(noticed.noticed_by) if noticed.noticed_by else role(Role.DUTY_WORKER)
    concern = Concern(noticed, by, find_where_it_goes(noticed))  # REA-38, REA-39, REA-40
    tell_placements_of_concern(noticed)  # TRN-50
    if noticed.at_risk_now:
        ask_about_the_risk(concern)  # REA-41
    report(concern)
    if noticed.incident:
        share_with_the_person(concern)  # REA-45, REA-46, REA-54, REA-55
    outcome = ProviderConcernOutcome.COMMISSIONING
    while concern.open:
        match which_of(concern.open):
            case _, RiskManaged() as said:
                manage_the_risk(concern, said)
            case Open.RISK_LATE, Due():
                risk_not_managed(concern)
            case Open.WATCH, Due():
                ask_how_they_fare(concern)
            case _, MonitoringLookedAt() as seen:
                they_fare_so(concern, seen)
            case _, ProviderConcernTaken(known_already=known):
                taken_on(concern, answered_by(ProviderConcernTaken), known)
            case _, OwnServiceConcernTaken(reply=HandoverReply.ACCEPT, action_taken=done):
                outcome = ProviderConcernOutcome.MANAGER_OUTSIDE
                taken_on(concern, answered_by(OwnServiceConcernTaken), done)
            case _, OwnServiceConcernTaken() as refused:
                pass_to_another_manager(concern, refused)
            case Open.NOT_TAKEN_ON, Due():
                nobody_has_it(concern)
            case _, Due():
                route_was_said(concern, "")
            case _, PartnerRouteSaid(report_to=report_to):
                route_was_said(concern, report_to)
            case _, PartnerHasConcern() as has_it:
                outcome = ProviderConcernOutcome.PARTNER
                partner_has_it(concern, has_it)
            case Open.GATE, Closed(outcome=gate):
                gate_has_closed(concern, gate or "")
            case _, Closed() as search:
                search_is_over(concern, search)
            case _, ContactKnown() as contact:
                contact_is_known(concern, contact)
    tell(concern.by, Verb.READ, "your-concern-about-a-provider-is-taken-on", clauses="REA-39")
    return outcome


# ------------------------------------------------------------------ who has it


def report(concern: Concern) -> None:
    """It goes where it belongs by what is recorded of the provider (REA-43, REA-44, REA-51, REA-52, REA-53)."""
    match concern.goes.route:
        case ConcernRoute.COMMISSIONING:
            bring_to_commissioning(concern)
        case ConcernRoute.MANAGER_OUTSIDE:
            bring_to_a_manager_outside(concern, Recipient.from_tag(concern.goes.to))
        case ConcernRoute.PARTNER:
            report_to_the_partner(concern, concern.goes.report_to)
        case ConcernRoute.ASKED_FOR:
            ask_how_the_partner_takes_it(concern)


def bring_to_commissioning(concern: Concern) -> None:
    """Until somebody there has taken it on, nobody has it; it is asked of whoever policy names (GAP-37, GAP-38)."""
    by = work_out_taken_on_by()
    concern.open[Open.TAKING_ON] = decision(
        ProviderConcernTaken,
        of=Recipient.from_tag(concern.goes.to),
        about=to_read(concern),
        urgent=concern.noticed.at_risk_now,
        wanted_within=by,
        clauses="REA-44 REA-51 REA-53",
    )
    concern.open[Open.NOT_TAKEN_ON] = at("nobody-has-it", by)


def bring_to_a_manager_outside(concern: Concern, manager: Recipient) -> None:
    """A service does not look into itself (GAP-37)."""
    by = work_out_taken_on_by()
    concern.open[Open.TAKING_ON] = decision(
        OwnServiceConcernTaken,
        of=manager,
        about=to_read(concern),
        urgent=concern.noticed.at_risk_now,
        wanted_within=by,
        clauses="REA-44",
    )
    concern.open[Open.NOT_TAKEN_ON] = at("nobody-has-it", by)


def pass_to_another_manager(concern: Concern, refused: OwnServiceConcernTaken) -> None:
    """Whoever was asked is inside the service, or cannot: the manager whom they name is asked."""
    assert refused.passed_to is not None
    concern.close(Open.NOT_TAKEN_ON)
    concern.so_far.append(f"Not taken on: {refused.reason}")
    bring_to_a_manager_outside(concern, staff(refused.passed_to))


def nobody_has_it(concern: Concern) -> None:
    """Its time has passed and nobody has taken it on: a manager hears, and the question stays."""
    del concern.open[Open.NOT_TAKEN_ON]
    tell(
        Role.STRATEGIC_MANAGER,
        Verb.CHECK,
        "nobody-has-a-concern-about-a-provider",
        urgent=concern.noticed.at_risk_now,
        interrupts=Interruption.URGENT_UNACKNOWLEDGED if concern.noticed.at_risk_now else None,
        clauses="REA-44",
    )


def taken_on(concern: Concern, by: str, known_already: str) -> None:
    """Whoever took it on has a case in which they settle what is done about the provider (REA-47)."""
    del concern.open[Open.TAKING_ON]
    concern.close(Open.NOT_TAKEN_ON)
    noticed = concern.noticed
    received = ProviderConcernReceived(
        provider=noticed.provider,
        provider_in_words=noticed.provider_in_words,
        what="\n".join((*concern.so_far, noticed.what)),
        about_person=noticed.about_person,
        person_in_words=noticed.person_in_words,
        reported_by=concern.by.tag,
        led_by=staff(by).tag,
        known_already=known_already,
        came_from=this_case(),
    )
    concern.response = open_case(commissioning_response, received, owner=staff(by), clauses="REA-44 REA-47")
    pass_on_contact(concern)


# ------------------------------------------------------------------ a partner's service


def ask_how_the_partner_takes_it(concern: Concern) -> None:
    """The line manager is asked, and for no longer than some hours; then commissioning has it (REA-53, GAP-38)."""
    concern.open[Open.ROUTE] = decision(
        PartnerRouteSaid,
        of=Role.TEAM_LEADER,
        near=look_up_team_of(concern.by.tag),
        about=to_read(concern),
        wanted_within=policy().gaps.reasonable_time.few_hours,
        clauses="REA-53",
    )
    concern.open[Open.ROUTE_LATE] = after("route-not-known", policy().gaps.reasonable_time.few_hours)


def route_was_said(concern: Concern, report_to: str) -> None:
    """The partner has a way, or no route is known and commissioning has it."""
    for one in (Open.ROUTE, Open.ROUTE_LATE):
        concern.close(one)
    if report_to:
        report_to_the_partner(concern, report_to)
    else:
        concern.so_far.append("Nobody knows how the partner takes concerns.")
        bring_to_commissioning(concern)


def report_to_the_partner(concern: Concern, report_to: str) -> None:
    """In the partner's own way; what they may be given passes the disclosure gate first (REA-52)."""
    concern.report_to = report_to
    wish = DisclosureWish(
        recipient=PARTNER,
        purpose=TO_REPORT_A_CONCERN,
        content=concern.noticed.what,
        about_person=concern.noticed.about_person,
        who_exactly=report_to,
        given_by=concern.by.tag,
    )
    concern.open[Open.GATE] = closed(open_case(disclosure, wish, owner=concern.by, clauses="REA-52 DUTY-63"))
    concern.open[Open.NOT_TAKEN_ON] = at("nobody-has-it", work_out_taken_on_by())


def gate_has_closed(concern: Concern, outcome: str) -> None:
    """Who there has it is asked for until somebody does; where they were not told, commissioning has it."""
    del concern.open[Open.GATE]
    if outcome != DisclosureOutcome.GIVEN:
        concern.close(Open.NOT_TAKEN_ON)
        concern.so_far.append(f"The partner was not told ({outcome}): see to that.")
        bring_to_commissioning(concern)
        return
    concern.open[Open.PARTNER] = decision(
        PartnerHasConcern,
        of=concern.by,
        about=to_read(concern, f"Reported to: {concern.report_to}"),
        urgent=concern.noticed.at_risk_now,
        wanted_within=work_out_taken_on_by(),
        clauses="REA-52",
    )


def partner_has_it(concern: Concern, has_it: PartnerHasConcern) -> None:
    """Somebody there has it, by name."""
    del concern.open[Open.PARTNER]
    concern.close(Open.NOT_TAKEN_ON)
    concern.so_far.append(f"The partner has it: {has_it.taken_on_by}. {has_it.agreed}")


# ------------------------------------------------------------------ the person with whom it happened


def share_with_the_person(concern: Concern) -> None:
    """In a case of its own, for which nothing waits: they hear of it, and say whether they may be contacted."""
    noticed = concern.noticed
    sharing = ConcernToBeShared(
        about_person=noticed.about_person,
        person_in_words=noticed.person_in_words,
        provider=concern.goes.name,
        what=noticed.what,
        told_by=concern.by.tag,
        came_from=this_case(),
        wanted_by=work_out_person_told_by(),
    )
    open_case(provider_concern_told, sharing, owner=concern.by, clauses="REA-45 REA-46 REA-54 REA-55")
    concern.open[Open.SHARING] = signal(ContactKnown)


def contact_is_known(concern: Concern, contact: ContactKnown) -> None:
    """Whoever looks into it must know whether the person may be contacted."""
    del concern.open[Open.SHARING]
    concern.contact = contact
    pass_on_contact(concern)


def pass_on_contact(concern: Concern) -> None:
    """Once both are known: who looks into it, and what the person says."""
    if concern.contact is not None and concern.response is not None:
        send(concern.response, concern.contact, clauses="REA-46 REA-55")
