"""A concern about a provider has somebody's name on it, and whoever is at risk is safe today (REA-38 to REA-55)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.advocacy import advocacy
from flows.brokerage import brokerage
from flows.commissioning_response import commissioning_response
from flows.disclosure import disclosure
from flows.provider_concern_told import provider_concern_told
from flows.safeguarding_concern import safeguarding_concern
from models.forms.advocacy import AdvocacyDecision
from models.forms.base import AnswerRefused
from models.forms.brokerage import CareNoLongerWanted, SourcingBegun, Urgency
from models.forms.commissioning import ProviderNews, ResponseSettled
from models.forms.handover import HandoverReply
from models.forms.pause import WhoSpeaks
from models.forms.provider_concern import (
    ConcernShared,
    MayContact,
    MonitoringLookedAt,
    OwnServiceConcernTaken,
    PartnerHasConcern,
    PartnerRouteSaid,
    ProviderConcernNoticed,
    ProviderConcernTaken,
    RiskManaged,
    RiskStep,
)
from models.forms.safeguarding import ConcernAcknowledged, WhoIsAtRisk
from models.providers.tables import Provider
from models.register import Person
from models.roles import Role
from tasks.durable.cases import WrongFacts, read_facts
from tasks.durable.testing import Office
from tasks.worklist.starting import problems_with_facts
from tests.procedures.letters import asked, read_beside
from tests.procedures.provider_stories import (
    AGREES,
    NOTICED,
    TAKEN,
    WITH_DAPHNE,
    a_concern,
    gaps_are,
    gate_allows,
    gate_refuses,
    gates_of,
    opened_by,
    sharing_of,
)

OUTSIDE = OwnServiceConcernTaken(reply=HandoverReply.ACCEPT, outside_the_service=True)
HAS_IT = PartnerHasConcern(taken_on_by="R. Ames, safety desk", agreed="they visit on Thursday")
RAISE = RiskManaged(steps=frozenset({RiskStep.SAFEGUARDING}), at_risk=WhoIsAtRisk.ADULT, danger_or_crime=False)
WATCH = RiskManaged(
    steps=frozenset({RiskStep.MONITORING}), monitoring="her daughter, each evening", looked_at_on=date(2026, 1, 12)
)
ANOTHER = RiskManaged(
    steps=frozenset({RiskStep.ANOTHER_PROVIDER}),
    needs="two calls a day",
    urgency=Urgency.DAYS,
    wanted_from=date(2026, 1, 7),
)
NOBODY_HAS_IT = "nobody has a concern about a provider"
NOT_MANAGED = "the risk from a provider is not managed"


# ------------------------------------------------------------------ where it goes


@pytest.mark.clauses("REA-38", "REA-39", "REA-43", "REA-44")
def test_a_concern_is_somebody_s_by_name_before_it_is_over(office: Office) -> None:
    """REA-44: commissioning is asked, has a case of its own once somebody took it on, and whoever raised it hears."""
    case = a_concern(office)
    assert office.waiting_for(case)[0] == "ProviderConcernTaken of commissioning, due 2026-01-06 17:00"
    assert "cut to ten minutes" in read_beside(office, case, ProviderConcernTaken)
    assert "Provider: Kestrel Care at Home" in read_beside(office, case, ProviderConcernTaken)
    assert not office.is_closed(case)

    office.answer(case, TAKEN, by="commissioning-officer")
    assert office.outcome_of(case) == "commissioning has it"
    (response,) = opened_by(office, case, commissioning_response)
    assert office.case(response).owner == "staff-commissioning-officer"
    office.digest_goes_out()
    assert any("concern about a provider is taken on" in one.body for one in office.inbox("staff-practitioner"))


@pytest.mark.clauses("REA-40", "REA-43", "REA-44", "REA-50", "REA-51", "REA-52", "REA-53")
@pytest.mark.parametrize(
    ("provider", "first_asked"),
    [
        ("kestrel-care", "ProviderConcernTaken of commissioning"),  # commissioned and registered
        ("larch-court", "ProviderConcernTaken of commissioning"),  # registered, and nobody but its people pays
        ("harbour-view", "ProviderConcernTaken of commissioning"),  # outside the area, and the council buys from it
        ("the-orchard", "ProviderConcernTaken of commissioning"),  # not registered, and the council buys from it
        ("wenbridge-reablement", "OwnServiceConcernTaken of strategic-manager"),  # the council's own
        ("quayside-college", "PartnerRouteSaid of team-leader"),  # a partner's, and no way is recorded
    ],
)
def test_what_is_recorded_of_a_provider_says_where_it_goes(office: Office, provider: str, first_asked: str) -> None:
    """GAP-37, GAP-38: by registration and contract, never by the kind of service."""
    assert asked(office, a_concern(office, provider=provider)) == [first_asked]


@pytest.mark.clauses("REA-50")
def test_registration_is_never_guessed_from_the_kind(office: Office) -> None:
    """GAP-38: a day centre and a care home that stand alike in the register go the same way."""
    with office.council.database.write() as session:
        for one in ("quayside-college", "the-orchard", "larch-court"):
            provider = session.get_one(Provider, one)
            provider.regulated, provider.commissioned, provider.run_by = False, False, "partner"
            provider.report_to = None
    for one in ("quayside-college", "the-orchard", "larch-court"):
        assert asked(office, a_concern(office, provider=one)) == ["PartnerRouteSaid of team-leader"]


@pytest.mark.clauses("REA-51")
def test_what_the_council_buys_is_commissioning_s_whoever_runs_it(office: Office) -> None:
    """REA-51: a partner's unregulated service under contract is reported like a registered one."""
    with office.council.database.write() as session:
        session.get_one(Provider, "tenants-first").commissioned = True
    assert asked(office, a_concern(office, provider="tenants-first")) == ["ProviderConcernTaken of commissioning"]


@pytest.mark.clauses("REA-53")
def test_where_no_way_is_known_commissioning_has_it(office: Office) -> None:
    """GAP-38: neither what is not on the list nor a private service without registration is left with nobody."""
    with office.council.database.write() as session:
        session.get_one(Provider, "quayside-college").run_by = "independent"
    for named in ({"provider": "quayside-college"}, {"provider": None, "provider_in_words": "Mossy Bank, Quay Rd"}):
        case = a_concern(office, **named)
        assert asked(office, case) == ["ProviderConcernTaken of commissioning"]
    assert "Provider: Mossy Bank" in read_beside(office, case, ProviderConcernTaken)


def test_policy_says_who_has_what_nobody_else_answers_for(office: Office) -> None:
    """GAP-37, GAP-38, the other way: another council gives both to its team managers (REA-44, REA-53)."""
    gaps_are(
        office,
        commissioning_remit={"sorted_by": Role.BROKERAGE, "own_service_goes_to": Role.HEAD_OF_SERVICE},
        unregulated_provider={"without_a_route_to": Role.TEAM_MANAGER},
    )
    assert asked(office, a_concern(office)) == ["ProviderConcernTaken of brokerage"]
    own = a_concern(office, provider="wenbridge-reablement")
    assert asked(office, own) == ["OwnServiceConcernTaken of head-of-service"]
    unknown = a_concern(office, provider=None, provider_in_words="Mossy Bank")
    assert asked(office, unknown) == ["ProviderConcernTaken of team-manager"]


def test_a_manager_hears_where_nobody_takes_it_on_in_time(office: Office) -> None:
    """REA-44: silence is no answer; at Tuesday's closing a strategic manager hears, and it is still asked."""
    case = a_concern(office)
    office.today_is("2026-01-06 16:59")
    assert not any(NOBODY_HAS_IT in line for line in office.story_of(case))
    office.today_is("2026-01-07 08:46")
    assert any(NOBODY_HAS_IT in one.body for one in office.inbox("strategic-manager"))
    assert asked(office, case) == ["ProviderConcernTaken of commissioning"]


@pytest.mark.clauses("REA-39")
def test_an_organisation_is_named_once_and_a_person_only_with_an_incident(office: Office) -> None:
    """REA-39: from the list or in words; what is not on the list is refused at the door."""
    for wrong in (
        {"provider": None},
        {"provider_in_words": "Kestrel"},
        {"incident": True},
        {"about_person": "P-114"},
    ):
        with pytest.raises(WrongFacts):
            read_facts(ProviderConcernNoticed, NOTICED | wrong)
    unknown = ProviderConcernNoticed.model_validate(NOTICED | {"provider": "nowhere-care"})
    (problem,) = problems_with_facts(office.council, unknown)
    assert problem.startswith("provider: the register has no provider of that id")


# ------------------------------------------------------------------ the council's own service


@pytest.mark.clauses("REA-44")
def test_a_service_of_ours_does_not_look_into_itself(office: Office) -> None:
    """GAP-37: who manages it passes it to a manager who does not, and that manager settles what is done."""
    case = a_concern(office, provider="wenbridge-reablement")
    with pytest.raises(AnswerRefused, match="outside_the_service"):
        OwnServiceConcernTaken.read({"reply": "accept"})
    with pytest.raises(AnswerRefused, match="passed_to"):
        OwnServiceConcernTaken.read({"reply": "refuse", "reason": "I manage it"})
    inside = {"reply": HandoverReply.REFUSE, "reason": "I manage it"}
    for wrong, why in (("strategic-manager", "somebody else"), ("practitioner-4", "name a manager")):
        with pytest.raises(AnswerRefused, match=why):
            office.answer(case, OwnServiceConcernTaken(**inside, passed_to=wrong), by="strategic-manager")
    office.answer(case, OwnServiceConcernTaken(**inside, passed_to="team-manager"), by="strategic-manager")
    assert asked(office, case) == ["OwnServiceConcernTaken of team-manager"]
    office.answer(case, OUTSIDE, by="team-manager")
    assert office.outcome_of(case) == "a manager outside the service has it"
    (response,) = opened_by(office, case, commissioning_response)
    assert asked(office, response) == ["ResponseSettled of team-manager"]


# ------------------------------------------------------------------ a partner's service


@pytest.mark.clauses("REA-52")
def test_a_partner_is_told_in_its_own_way_and_has_it_by_name(office: Office) -> None:
    """REA-52, GAP-09: what they may be given passes the gate; afterwards it is asked who there has it."""
    case = a_concern(office, provider="tenants-first")
    (gate,) = gates_of(office, case)
    assert asked(office, case) == []
    gate_allows(office, gate, giver="practitioner")
    assert asked(office, case) == ["PartnerHasConcern of practitioner"]
    assert "Tenants First safety desk" in read_beside(office, case, PartnerHasConcern)
    office.answer(case, HAS_IT, by="practitioner")
    assert office.outcome_of(case) == "the partner has it"
    assert opened_by(office, case, commissioning_response) == []


@pytest.mark.clauses("REA-52", "REA-53")
def test_where_the_partner_may_not_be_told_commissioning_has_it(office: Office) -> None:
    """GAP-09, GAP-38: a refusal at the gate loses nothing."""
    case = a_concern(office, provider="tenants-first")
    (gate,) = gates_of(office, case)
    gate_refuses(office, gate, giver="practitioner")
    assert asked(office, case) == ["ProviderConcernTaken of commissioning"]
    assert "The partner was not told" in read_beside(office, case, ProviderConcernTaken)


@pytest.mark.clauses("REA-53")
def test_who_does_not_know_the_partner_s_way_asks_the_line_manager(office: Office) -> None:
    """REA-53: of the team of whoever raised it; the way that they know is taken."""
    case = a_concern(office, provider="quayside-college")
    office.answer(case, PartnerRouteSaid(known=True, report_to="the college's safeguarding desk"), by="team-leader")
    assert len(office.cases(disclosure)) == 1
    unknown = a_concern(office, provider="quayside-college")
    office.answer(unknown, PartnerRouteSaid(known=False), by="team-leader")
    assert asked(office, unknown) == ["ProviderConcernTaken of commissioning"]


@pytest.mark.clauses("REA-53")
def test_a_line_manager_s_silence_brings_it_to_commissioning(office: Office) -> None:
    """GAP-38: after four working hours, and the manager is asked no more."""
    case = a_concern(office, provider="quayside-college")
    office.today_is("2026-01-05 12:59")
    assert asked(office, case) == ["PartnerRouteSaid of team-leader"]
    office.today_is("2026-01-05 13:00")
    assert asked(office, case) == ["ProviderConcernTaken of commissioning"]


# ------------------------------------------------------------------ somebody at risk


@pytest.mark.clauses("REA-41")
def test_what_is_done_about_somebody_at_risk_is_decided_the_same_day(office: Office) -> None:
    """REA-41: it is asked beside the concern and not after it; at closing a manager hears at once."""
    case = a_concern(office, at_risk_now=True, **WITH_DAPHNE)
    assert asked(office, case) == ["ProviderConcernTaken of commissioning", "RiskManaged of practitioner"]
    assert office.waiting_for(case)[0] == "RiskManaged of practitioner, due 2026-01-05 17:00"
    office.answer(case, TAKEN, by="commissioning-officer")
    office.today_is("2026-01-05 16:59")
    assert not any(NOT_MANAGED in one.subject for one in office.inbox("team-manager"))
    office.today_is("2026-01-05 17:00")
    assert any(NOT_MANAGED in one.subject for one in office.inbox("team-manager"))
    assert asked(office, case) == ["RiskManaged of practitioner"]


@pytest.mark.clauses("REA-41")
def test_a_safeguarding_concern_is_raised_with_what_was_noticed(office: Office) -> None:
    """REA-41: at once, about the person, and only with who is at risk and whether 999 was rung."""
    case = a_concern(office, at_risk_now=True, **WITH_DAPHNE)
    for missing in ({"at_risk": None}, {"danger_or_crime": None}, {"danger_or_crime": True}):
        with pytest.raises(AnswerRefused, match=r"at_risk|danger_or_crime|rang_999"):
            office.answer(case, RAISE.model_copy(update=missing), by="practitioner")
    office.answer(case, RAISE, by="practitioner")
    (raised,) = opened_by(office, case, safeguarding_concern)
    beside = read_beside(office, raised, ConcernAcknowledged)
    assert "About Kestrel Care at Home" in beside
    assert "cut to ten minutes" in beside
    assert "P-114" in beside


def test_a_concern_that_was_raised_already_is_not_raised_again(office: Office) -> None:
    """REA-41: its id stands on record instead."""
    case = a_concern(office, at_risk_now=True)
    raised = {"steps": frozenset({RiskStep.SAFEGUARDING}), "raised_already_as": "7K3Q-9PXM"}
    office.answer(case, RiskManaged.model_validate(raised), by="practitioner")
    assert office.cases(safeguarding_concern) == []
    assert any("7K3Q-9PXM" in line for line in office.story_of(case))


@pytest.mark.clauses("REA-41")
def test_somebody_at_risk_has_another_provider_found(office: Office) -> None:
    """REA-41: brokerage looks from today, never with this provider; if nothing comes of it, it is asked again."""
    case = a_concern(office, at_risk_now=True, **WITH_DAPHNE)
    office.answer(case, ANOTHER, by="practitioner")
    office.answer(case, TAKEN, by="commissioning-officer")
    (search,) = opened_by(office, case, brokerage)
    assert any("Not with: Kestrel Care" in line for line in beside_all(office, search))
    office.answer(sharing_of(office, case), AGREES, by="practitioner")
    assert not office.is_closed(case)
    office.signal(search, CareNoLongerWanted(because="her niece moves in"), by="practitioner")
    assert asked(office, case) == ["RiskManaged of practitioner"]
    office.answer(case, RiskManaged(what_else="her niece gives the care"), by="practitioner")
    assert office.is_closed(case)


def beside_all(office: Office, case: str) -> list[str]:
    """Every line beside the first question of a search for care."""
    return read_beside(office, case, SourcingBegun).splitlines()


@pytest.mark.clauses("REA-41")
def test_whoever_is_watched_is_asked_after_on_the_day(office: Office) -> None:
    """REA-41: it is looked at again until they are no longer at risk, and the concern is not over before."""
    case = a_concern(office, at_risk_now=True)
    office.answer(case, TAKEN, by="commissioning-officer")
    office.answer(case, WATCH, by="practitioner")
    office.today_is("2026-01-12 08:29")
    assert asked(office, case) == []
    office.today_is("2026-01-12 08:30")
    assert asked(office, case) == ["MonitoringLookedAt of practitioner"]
    again = MonitoringLookedAt(
        seen_or_heard=True, what_was_seen="calls are whole", goes_on=True, looked_at_again_on=date(2026, 1, 19)
    )
    office.answer(case, again, by="practitioner")
    office.today_is("2026-01-19 09:00")
    well = {"seen_or_heard": True, "what_was_seen": "well", "goes_on": False, "ended_because": "a new team calls"}
    office.answer(case, MonitoringLookedAt.model_validate(well), by="practitioner")
    assert office.is_closed(case)


@pytest.mark.clauses("REA-41")
def test_something_is_done_in_every_case(office: Office) -> None:
    """REA-41: nobody answers with nothing, nor with half of what a step needs."""
    for nothing in ({}, {"steps": ["another-provider"], "needs": "calls"}, {"steps": ["monitoring"]}):
        with pytest.raises(AnswerRefused):
            RiskManaged.read(nothing)


# ------------------------------------------------------------------ the person with whom it happened


@pytest.mark.clauses("REA-45", "REA-46", "REA-54", "REA-55")
@pytest.mark.parametrize("provider", ["kestrel-care", "the-orchard"])
def test_the_person_hears_of_it_and_says_whether_they_may_be_contacted(office: Office, provider: str) -> None:
    """REA-45, REA-46, and REA-54, REA-55 for what is not registered: told by whoever raised it; commissioning knows."""
    case = a_concern(office, provider=provider, **WITH_DAPHNE)
    sharing = sharing_of(office, case)
    assert asked(office, sharing) == ["ConcernShared of practitioner"]
    assert "Tamil" in read_beside(office, sharing, ConcernShared)
    office.answer(case, TAKEN, by="commissioning-officer")
    office.answer(sharing, AGREES, by="practitioner")
    assert office.outcome_of(sharing) == "told, and may be contacted"
    (response,) = opened_by(office, case, commissioning_response)
    office.digest_goes_out()
    assert any("whether somebody may be contacted" in one.body for one in office.inbox("staff-commissioning-officer"))
    assert office.is_closed(case)
    assert not office.is_closed(response)


@pytest.mark.clauses("REA-46", "REA-55")
def test_a_refusal_stops_contact_and_not_the_concern(office: Office) -> None:
    """GAP-39: it goes ahead without them; whoever looks into it reads that nobody contacts them."""
    case = a_concern(office, **WITH_DAPHNE)
    office.answer(
        sharing_of(office, case), AGREES.model_copy(update={"may_contact": MayContact.REFUSES}), by="practitioner"
    )
    assert asked(office, case) == ["ProviderConcernTaken of commissioning"]
    office.answer(case, TAKEN, by="commissioning-officer")
    assert office.outcome_of(case) == "commissioning has it"
    (response,) = opened_by(office, case, commissioning_response)
    office.signal(response, ProviderNews(what="a second call"), by="commissioning-officer")
    assert "Do not contact them" in read_beside(office, response, ResponseSettled)


@pytest.mark.clauses("REA-45", "REA-54")
def test_who_would_be_put_at_risk_is_not_told_and_the_risk_stands_on_record(office: Office) -> None:
    """GAP-39: withheld with a reason, and never without one; the concern goes on."""
    case = a_concern(office, **WITH_DAPHNE)
    sharing = sharing_of(office, case)
    with pytest.raises(AnswerRefused):
        ConcernShared.read({"reached": False})
    risk = "the carer is there at every call and would hear of it"
    office.answer(sharing, ConcernShared(reached=False, not_told_because=risk), by="practitioner")
    assert office.outcome_of(sharing) == "not told"
    assert any(risk in line for line in office.story_of(sharing))
    office.answer(case, TAKEN, by="commissioning-officer")
    assert office.is_closed(case)


@pytest.mark.clauses("REA-46", "REA-55")
def test_who_lacks_capacity_is_heard_through_somebody_else(office: Office) -> None:
    """GAP-39: not alone, and never through whoever is said to be the source of the risk."""
    case = a_concern(office, **WITH_DAPHNE)
    sharing = sharing_of(office, case)
    alone = AGREES.model_copy(update={"lacks_capacity": True})
    with pytest.raises(AnswerRefused, match="they lack capacity"):
        office.answer(sharing, alone, by="practitioner")
    niece: dict[str, Any] = {"spoken_with": WhoSpeaks.REPRESENTATIVE, "spoken_with_named": "her niece, 01632 960 333"}
    source = alone.model_copy(update=niece | {"source_of_risk": True})
    with pytest.raises(AnswerRefused, match="they are not involved"):
        office.answer(sharing, source, by="practitioner")
    office.answer(sharing, alone.model_copy(update=niece), by="practitioner")
    assert office.outcome_of(sharing) == "told, and may be contacted"


def test_another_council_may_ask_whoever_it_finds_right(office: Office) -> None:
    """GAP-39, the other way: both checks are policy (REA-46)."""
    risk = {"invite_alleged_source_of_risk": True, "representative_or_advocate_without_capacity": False}
    gaps_are(office, risk_of_telling=risk)
    case = a_concern(office, **WITH_DAPHNE)
    said = AGREES.model_copy(update={"lacks_capacity": True, "source_of_risk": True})
    office.answer(sharing_of(office, case), said, by="practitioner")
    assert office.is_closed(sharing_of(office, case))


@pytest.mark.clauses("REA-46", "REA-55")
def test_an_advocate_is_found_first_where_nobody_else_can_be_heard(office: Office) -> None:
    """GAP-39: at once, and they are asked again once that search is over; the concern does not wait for it."""
    case = a_concern(office, **WITH_DAPHNE)
    sharing = sharing_of(office, case)
    wanted = ConcernShared(
        reached=False, lacks_capacity=True, advocate_wanted=True, not_told_because="an advocate is found first"
    )
    office.answer(sharing, wanted, by="practitioner")
    (search,) = opened_by(office, sharing, advocacy)
    assert asked(office, sharing) == []
    office.answer(
        search,
        AdvocacyDecision(nobody_appropriate=False, substantial_difficulty=False, reasons="her niece speaks for her"),
        by="practitioner",
    )
    assert asked(office, sharing) == ["ConcernShared of practitioner"]


def test_who_dies_while_an_advocate_is_looked_for_is_asked_nothing(office: Office) -> None:
    """GAP-53, GAP-39: the search is over, nobody speaks with them, and no other search begins (REA-46)."""
    case = a_concern(office, **WITH_DAPHNE)
    sharing = sharing_of(office, case)
    wanted = ConcernShared(reached=False, advocate_wanted=True, not_told_because="an advocate is found first")
    office.answer(sharing, wanted, by="practitioner")
    (search,) = opened_by(office, sharing, advocacy)
    with office.council.database.write() as session:
        session.get_one(Person, "P-114").died_on = date(2026, 1, 5)
    not_needed = AdvocacyDecision(nobody_appropriate=False, substantial_difficulty=False, reasons="her niece")
    office.answer(search, not_needed, by="practitioner")
    assert office.outcome_of(sharing) == "not told"
    assert opened_by(office, sharing, advocacy) == [search]


def test_who_has_died_is_told_nothing(office: Office) -> None:
    """GAP-53: nobody writes or rings, and the concern goes on (REA-45)."""
    with office.council.database.write() as session:
        session.get_one(Person, "P-114").died_on = date(2026, 1, 4)
    case = a_concern(office, **WITH_DAPHNE)
    assert office.outcome_of(sharing_of(office, case)) == "not told"
    assert asked(office, case) == ["ProviderConcernTaken of commissioning"]


def test_somebody_whom_the_register_does_not_have_is_told_too(office: Office) -> None:
    """REA-45: by whoever raised it, who knows them by name."""
    case = a_concern(office, incident=True, person_in_words="Mr Abel, 4 Quay Road")
    assert "Mr Abel, 4 Quay Road" in read_beside(office, sharing_of(office, case), ConcernShared)
    assert "Mr Abel" in read_beside(office, case, ProviderConcernTaken)


def test_without_an_incident_nobody_is_told(office: Office) -> None:
    """REA-45: the concern speaks of nobody in particular."""
    case = a_concern(office)
    assert opened_by(office, case, provider_concern_told) == []


def test_a_notice_says_nothing_of_the_provider_or_of_the_person(office: Office) -> None:
    """DUTY-22: what lies on a desk holds references only."""
    a_concern(office, what="BRUISES", at_risk_now=True, **WITH_DAPHNE)
    office.today_is("2026-01-12 18:00")
    everybody = ("practitioner", "role-commissioning", "team-manager", "strategic-manager", "staff-practitioner")
    told = [one.subject + one.body for tag in everybody for one in office.inbox(tag)]
    assert told
    assert not any(word in text for text in told for word in ("BRUISES", "Kestrel", "P-114", "Okafor"))
