"""Who is told of an incident, when, and through which door: nobody too early, and nobody who must know is left out."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from flows.provider_failure import IncidentOutcome
from flows.telling_a_person import telling_a_person
from models.cases import Case
from models.forms.base import AnswerRefused
from models.forms.commissioning import NotGivenOn
from models.forms.disclosure import DisclosureMade, DisclosureVerdict, RefusalExplained, SecureWay, Verdict
from models.forms.incident_telling import CouncilLeftOut, TellingDecided, TellingWanted
from models.forms.provider_failure import AffectedListCame, IncidentAnnounced, ListedPerson
from models.forms.telling_people import PersonToBeTold
from models.provider_failure.kinds import Audience, ListSource
from models.provider_failure.tables import IncidentTelling
from models.register import Person
from tasks.deaths import heed_deaths
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.procedures.test_provider_failure import (
    DUTY,
    GROUP,
    NOBODY_TOLD,
    OVER,
    WHOLE,
    fails,
    looked_after,
    people_of,
    waits_for,
)

EVERYBODY = TellingDecided(
    councils="The home closes on 26 January; ring Lorna Pickersgill",
    regulator="Three people live there; each is seen this week",
    health="The district nurses are asked to stay",
    people_subject="About Willow Bank House",
    people="Willow Bank House closes. Somebody comes to see you this week.",
    families="Willow Bank House closes. You can ring us.",
    staff="Please stay until the 26th; we come to see everybody.",
)
AT_ONCE = EVERYBODY.model_copy(update={"before_announced": frozenset({Audience.COUNCIL, Audience.REGULATOR})})
ALLOWED = DisclosureVerdict(
    verdict=Verdict.ALLOW, reasons="They look after him as well", legal_basis="public task",
    least_content="As it stands", local_policy_allows=True, principles_regarded=True,
)  # fmt: skip
REFUSED = DisclosureVerdict(verdict=Verdict.REFUSE, reasons="Not before the court has heard it")
GIVEN = DisclosureMade(given_on=date(2026, 1, 5), way=SecureWay.TELEPHONE, given="As it stood there, to the duty desk")
HERS = ListedPerson(name="Agnes Thorold", born_on=date(1935, 3, 1), placed_by="Northam Council")


def convened(office: Office, decided: TellingDecided = EVERYBODY, *, confidential: bool = True) -> str:
    """Willow Bank House closes, the group is together, and the room has decided who is told."""
    incident = fails(office, confidential=confidential)
    office.answer(incident, DUTY, by="head-of-service")
    office.answer(incident, GROUP, by="team-leader")
    office.answer(incident, decided, by="team-leader")
    return incident


def gates(office: Office, incident: str) -> dict[str, str]:
    """The disclosures of an incident, by who is told."""
    with office.council.database.read() as session:
        rows = session.scalars(select(Case).where(Case.parent_ref == incident, Case.procedure == "disclosure"))
        return {str(recall(session, one.ref)[0].data["who_exactly"]): one.ref for one in rows}


def passes(office: Office, ref: str, *, by: str = "commissioning-officer") -> None:
    """The team leader allows it, and somebody gives it."""
    office.answer(ref, ALLOWED, by="team-leader")
    office.answer(ref, GIVEN, by=by)


def tellings(office: Office, incident: str) -> dict[str, IncidentTelling]:
    """The latest decision about each audience."""
    with office.council.database.read() as session:
        rows = session.scalars(select(IncidentTelling).where(IncidentTelling.case_ref == incident))
        return {one.whom or one.audience: one for one in sorted(rows, key=lambda one: one.number)}


def list_from(office: Office, incident: str, *people: ListedPerson) -> None:
    """A list comes from another council."""
    office.signal(incident, AffectedListCame(source=ListSource.OTHER_COUNCIL, said_by="Its manager", people=people))


# ---------------------------------------------------------------------- nobody too early


@pytest.mark.clauses("TRN-48", "TRN-51")
def test_while_it_is_confidential_nothing_goes_to_people_families_or_staff(office: Office) -> None:
    """What was prepared goes once it is announced, to everybody, and once."""
    incident = convened(office)
    assert gates(office, incident) == {} and office.cases(telling_a_person) == []
    office.days_pass(1)
    assert gates(office, incident) == {} and office.cases(telling_a_person) == []
    office.signal(incident, IncidentAnnounced(by_whom="The head of service"), by="strategic-manager")
    assert set(gates(office, incident)) == {
        "Eastmere Council", "the Care Quality Commission", "the health service", "families and representatives",
        "those who work for the provider",
    }  # fmt: skip
    assert len(office.cases(telling_a_person)) == 3
    office.signal(incident, IncidentAnnounced(by_whom="Again"), by="strategic-manager")
    assert len(gates(office, incident)) == 5 and len(office.cases(telling_a_person)) == 3


@pytest.mark.clauses("TRN-51", "DUTY-63")
def test_whom_the_room_names_is_told_though_it_is_confidential(office: Office) -> None:
    """The other council and the regulator, through the gate; nobody else."""
    incident = convened(office, AT_ONCE)
    assert set(gates(office, incident)) == {"Eastmere Council", "the Care Quality Commission"}
    assert office.cases(telling_a_person) == []
    with pytest.raises(AnswerRefused, match="before it is announced"):
        TellingDecided.read(EVERYBODY.model_dump(mode="json") | {"before_announced": ["people"]})


@pytest.mark.clauses("TRN-51", "DUTY-63", "GAP-09")
def test_another_council_hears_of_its_own_people_and_of_nobody_elses(office: Office) -> None:
    """By name and date of birth, as it knows them by these; who decides at the gate is of the team in the room."""
    incident = convened(office, AT_ONCE)
    ref = gates(office, incident)["Eastmere Council"]
    with office.council.database.read() as session:
        wish = recall(session, ref)[0].data
        known = {one.id: one.name for one in session.scalars(select(Person))}
    assert known["P-110"] in wish["content"] and wish["about_person"] == "P-110"
    assert known["P-106"] not in wish["content"] and known["P-107"] not in wish["content"]
    assert waits_for(office, ref) == ["DisclosureVerdict of team-leader"]


# ---------------------------------------------------------------------- who is told, and by which disclosure


@pytest.mark.clauses("TRN-51")
def test_it_stands_on_record_by_which_disclosure_somebody_was_told_and_when(office: Office) -> None:
    """Begun, and told only once it was given."""
    incident = convened(office, AT_ONCE)
    ref = gates(office, incident)["Eastmere Council"]
    row = tellings(office, incident)["Eastmere Council"]
    assert (row.told_in, row.told_at) == (ref, None) and row.begun_at is not None
    passes(office, ref)
    assert tellings(office, incident)["Eastmere Council"].told_at == office.clock.now()


@pytest.mark.clauses("TRN-51")
def test_who_was_not_told_is_tried_again_or_something_is_done_instead(office: Office) -> None:
    """It is not left at a refusal."""
    incident = convened(office, AT_ONCE)
    first = gates(office, incident)["the Care Quality Commission"]
    office.answer(first, REFUSED, by="team-leader")
    office.answer(first, RefusalExplained(told="The inspector"), by="commissioning-officer")
    assert waits_for(office, incident).count("NotGivenOn of hazel") == 1
    office.answer(incident, NotGivenOn(content="That it closes, and no more"), by="team-leader")
    second = gates(office, incident)["the Care Quality Commission"]
    assert second != first and tellings(office, incident)["regulator"].told_in == second
    office.answer(second, REFUSED, by="team-leader")
    office.answer(second, RefusalExplained(told="The inspector"), by="commissioning-officer")
    office.answer(incident, NotGivenOn(instead="The inspector sits in the room"), by="team-leader")
    row = tellings(office, incident)["regulator"]
    assert (row.told_at, row.not_told_because) == (None, "The inspector sits in the room")


@pytest.mark.clauses("TRN-51")
def test_a_council_that_appears_on_a_later_list_is_decided_about(office: Office) -> None:
    """Once, and only it: the others have been."""
    incident = convened(office, AT_ONCE)
    assert "TellingDecided of hazel" not in waits_for(office, incident)
    list_from(office, incident, HERS)
    assert "TellingDecided of hazel" in waits_for(office, incident)
    with pytest.raises(AnswerRefused, match="say what Northam Council is told"):
        office.answer(incident, TellingDecided(), by="team-leader")
    with pytest.raises(AnswerRefused, match="regulator: they have been told of it"):
        office.answer(incident, TellingDecided(councils="It closes", regulator="Again"), by="team-leader")
    told = TellingDecided(councils="It closes", before_announced=frozenset({Audience.COUNCIL}))
    office.answer(incident, told, by="team-leader")
    assert set(gates(office, incident)) == {"Eastmere Council", "the Care Quality Commission", "Northam Council"}
    list_from(office, incident, ListedPerson(name="Bertram Ash", placed_by="eastmere"))
    assert "TellingDecided of hazel" in waits_for(office, incident)


@pytest.mark.clauses("TRN-48")
def test_whoever_comes_onto_the_list_later_is_told_like_the_others(office: Office) -> None:
    """Once it is announced; and whoever was told is not told again."""
    incident = convened(office, confidential=False)
    assert len(office.cases(telling_a_person)) == 3
    list_from(office, incident, HERS.model_copy(update={"placed_by": ""}))
    assert len(office.cases(telling_a_person)) == 4
    added = next(one for one in people_of(office, incident).values() if one.person_id is None)
    assert added.told_in is not None and office.case(added.told_in).parent_ref == added.case_ref
    assert waits_for(office, added.told_in)[0].startswith("PersonToBeTold of hazel")


@pytest.mark.clauses("TRN-48")
def test_whoever_has_died_is_not_told_and_a_safe_contact_rule_stands(office: Office) -> None:
    """By the way that telling people goes: before it begins and while it is under way."""
    with office.council.database.write() as session:
        session.get_one(Person, "P-106").safe_contact = "Never ring: her son answers"
    incident = convened(office)
    with office.council.database.write() as session:
        session.get_one(Person, "P-107").died_on = date(2026, 1, 5)
    heed_deaths(office.council)
    office.hours_pass(0.1)
    office.signal(incident, IncidentAnnounced(by_whom="The head of service"), by="strategic-manager")
    people = {one.person_id: one for one in people_of(office, incident).values()}
    assert people["P-107"].told_in is None
    hers = people["P-106"].told_in
    assert hers is not None
    with office.council.database.read() as session:
        asked = next(one for one in recall(session, hers) if one.step == PersonToBeTold.name())
    assert "Never ring: her son answers" in asked.data["about"]


# ---------------------------------------------------------------------- the end


@pytest.mark.clauses("TRN-51", "TRN-47")
def test_it_does_not_end_while_the_regulator_has_not_been_told(office: Office) -> None:
    """All are safe, and still it is asked; then it ends."""
    incident = fails(office, provider="harbour-view", confidential=False)
    office.answer(incident, DUTY, by="head-of-service")
    office.answer(incident, WHOLE, by="team-leader")
    office.answer(incident, GROUP, by="team-leader")
    told = NOBODY_TOLD.model_copy(update={"regulator": "One person is seen today", "regulator_not_because": ""})
    office.answer(incident, told, by="team-leader")
    (only,) = (one.case_ref for one in people_of(office, incident).values())
    looked_after(office, only)
    assert "IncidentStoodDown" not in "".join(waits_for(office, incident))
    passes(office, gates(office, incident)["the Care Quality Commission"])
    office.answer(incident, OVER, by="strategic-manager")
    assert office.outcome_of(incident) == IncidentOutcome.STOOD_DOWN


@pytest.mark.clauses("TRN-51")
def test_what_is_kept_ready_and_never_announced_is_decided_before_the_end(office: Office) -> None:
    """A person tells them after all, or says why not; nothing is forgotten in a drawer."""
    incident = fails(office, provider="harbour-view")
    office.answer(incident, DUTY, by="head-of-service")
    office.answer(incident, WHOLE, by="team-leader")
    office.answer(incident, GROUP, by="team-leader")
    ready = NOBODY_TOLD.model_copy(update={"regulator": "One person is seen today", "regulator_not_because": ""})
    office.answer(incident, ready, by="team-leader")
    (only,) = (one.case_ref for one in people_of(office, incident).values())
    looked_after(office, only)
    assert "TellingDecided of hazel" in waits_for(office, incident)
    office.answer(incident, TellingDecided(regulator_not_because="It never closed"), by="team-leader")
    office.answer(incident, OVER, by="strategic-manager")
    assert office.is_closed(incident)


@pytest.mark.clauses("TRN-51")
def test_who_was_left_out_can_be_told_later(office: Office) -> None:
    """The room says that it is decided anew."""
    known = (CouncilLeftOut(council="Eastmere", because="They rang us"),)
    incident = convened(office, NOBODY_TOLD.model_copy(update={"councils_not_told": known}), confidential=False)
    assert gates(office, incident) == {}
    office.signal(incident, TellingWanted(why="Families ask"), by="team-leader")
    office.answer(incident, TellingDecided(families="You can ring us"), by="team-leader")
    assert set(gates(office, incident)) == {"families and representatives"}
