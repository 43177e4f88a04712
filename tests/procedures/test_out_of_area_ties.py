"""Placements that nobody types in, and what happens with a provider: brokerage, the register, concerns, incidents."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from flows.brokerage import brokerage
from flows.out_of_area_placement import out_of_area_placement
from flows.provider_concern import provider_concern
from models.forms.brokerage import (
    CareWanted,
    OfferAnswered,
    ProviderOffered,
    ProviderTakesItOn,
    SourcingBegun,
    Urgency,
)
from models.forms.provider_concern import ProviderConcernNoticed
from models.out_of_area.tables import Placement
from models.provider_failure.kinds import Trigger
from models.provider_failure.tables import AffectedPerson
from models.providers.tables import CarePackage
from models.register import Person, Staff
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.leavers import move_what_leavers_left
from tasks.out_of_area.finding import keep_tracker
from tests.procedures.out_of_area_stories import (
    GOES_ON,
    LYDIA,
    PER,
    on_the_tracker,
    row_of,
    side_of,
    taken_on,
    waits_for,
)
from tests.procedures.provider_stories import NOTICED, a_concern
from tests.procedures.test_provider_failure import CLOSING, GROUP, fails, people_of

WANTED = CareWanted(
    person="P-104", needs="A place by the sea", urgency=Urgency.DAYS, wanted_from=date(2026, 1, 9),
    asked_by="staff-practitioner",
)  # fmt: skip
OFFERED = ProviderOffered(found=True, provider="harbour-view", offer="A room", starts_on=date(2026, 1, 9))


def arranged(office: Office, offered: ProviderOffered = OFFERED, **changes: Any) -> str:
    """Brokerage finds that offer, it is accepted and taken on; gives brokerage's case."""
    case = office.start(brokerage, WANTED.model_copy(update=changes))
    office.answer(case, SourcingBegun(begun="Rang three homes"), by="brokerage-officer")
    office.answer(case, offered, by="brokerage-officer")
    office.answer(case, OfferAnswered(accepted=True, answered_by="He himself"), by="practitioner")
    taken = ProviderTakesItOn(taken_on=True, by_whom="The manager", starts_on=date(2026, 1, 9))
    office.answer(case, taken, by="brokerage-officer")
    return case


def register_without_packages(office: Office) -> None:
    """The register shows no care."""
    with office.council.database.write() as session:
        session.execute(delete(CarePackage))


def morning(office: Office) -> Any:
    """The tracker is held against the register."""
    found = keep_tracker(office.council)
    office.hours_pass(0)
    return found


# ---------------------------------------------------------------------- brokerage


@pytest.mark.clauses("TRN-52")
def test_whoever_brokerage_places_out_of_area_is_on_the_tracker(office: Office) -> None:
    """With what is known; nobody types it again."""
    case = arranged(office)
    (placement,) = office.cases(out_of_area_placement)
    row = row_of(office, placement)
    assert (row.person_id, row.provider_id, row.council) == ("P-104", "harbour-view", "Eastmere Council")
    assert row.placed_on == date(2026, 1, 9)
    assert office.case(placement).parent_ref == case


@pytest.mark.clauses("TRN-52")
@pytest.mark.parametrize(
    ("offered", "is_tracked"),
    [
        (OFFERED.model_copy(update={"provider": "willow-bank"}), False),
        (OFFERED.model_copy(update={"provider": None, "provider_in_words": "Sea View"}), False),
        (OFFERED.model_copy(update={"provider": None, "provider_in_words": "Sea View", "other_council": "Eastmere"}),
         True),
    ],
)  # fmt: skip
def test_only_what_is_out_of_area_is_tracked(office: Office, offered: ProviderOffered, is_tracked: bool) -> None:
    """By the register; in words by whoever says in whose area it is."""
    arranged(office, offered)
    assert bool(office.cases(out_of_area_placement)) is is_tracked


# ---------------------------------------------------------------------- the register


@pytest.mark.clauses("TRN-52")
def test_the_morning_finds_whom_the_register_shows_out_of_area_in_both_directions(office: Office) -> None:
    """Lydia in Eastmere's Harbour View; Per, whom Eastmere has placed here. Each once, whoever pays."""
    found = morning(office)
    rows = [row_of(office, ref) for ref in found.opened]
    assert {(one.person_id, one.provider_id, one.direction, one.council) for one in rows} == {
        ("P-113", "harbour-view", "ours-elsewhere", "Eastmere Council"),
        ("P-110", "willow-bank", "theirs-here", "Eastmere Council"),
    }
    assert all(office.case(ref).owner.startswith(("team-", "role-")) for ref in found.opened)
    assert morning(office).opened == []


def test_the_dead_and_those_on_the_tracker_are_not_opened(office: Office) -> None:
    """Neither from the register nor twice; and nothing happens on a closed day."""
    on_the_tracker(office)
    with office.council.database.write() as session:
        session.get_one(Person, "P-110").died_on = date(2026, 1, 2)
    assert morning(office).opened == []
    office.today_is("2026-01-10 09:00")  # a Saturday
    with office.council.database.write() as session:
        session.get_one(Person, "P-110").died_on = None
    assert morning(office).opened == []


def test_a_provider_that_comes_to_peoples_homes_is_out_of_area_for_nobody(office: Office) -> None:
    """Its office may be anywhere."""
    with office.council.database.write() as session:
        found = update(CarePackage).where(CarePackage.person_id == "P-113")
        session.execute(found.values(provider_id="kestrel-care"))
    assert [row_of(office, ref).person_id for ref in morning(office).opened] == ["P-110"]


@pytest.mark.clauses("TRN-52")
def test_where_the_register_shows_an_end_a_manager_is_asked_once(office: Office) -> None:
    """Clocks stand still; if it goes on all the same, the same end is not brought up again."""
    case = taken_on(office)
    with office.council.database.write() as session:
        session.execute(update(CarePackage).where(CarePackage.person_id == "P-113").values(until=date(2026, 1, 5)))
    assert morning(office).over == [case]
    assert waits_for(office, case) == ["PlacementEndConfirmed of team-manager"]
    office.answer(case, GOES_ON, by="team-manager")
    office.today_is("2026-01-06 08:00")
    morning(office)
    assert "PlacementEndConfirmed of team-manager" not in waits_for(office, case)


@pytest.mark.clauses("TRN-50", "TRN-52")
def test_what_a_leaver_looked_after_is_given_to_somebody_by_name(office: Office) -> None:
    """The case goes to the team at once, and next morning somebody is asked to take it on."""
    case = taken_on(office)
    owner = office.case(case).owner.removeprefix("staff-")
    office.leaves(owner)
    move_what_leavers_left(office.council)
    assert office.case(case).owner.startswith("team-")
    assert morning(office).without_owner == [case]
    assert any(one.startswith("PlacementTakenOn") for one in waits_for(office, case))
    assert morning(office).without_owner == []


@pytest.mark.clauses("TRN-50")
def test_a_side_whose_watcher_has_left_has_somebody_next_morning(office: Office) -> None:
    """Whoever alone holds the role now; nobody is asked where that is clear."""
    case = taken_on(office)
    with office.council.database.write() as session:
        session.add(
            Staff(id="safeguarding-lead-2", name="A B", email="a@example.org", role="safeguarding-lead",
                  team_id="safeguarding", left_on=None)
        )  # fmt: skip
    office.leaves("safeguarding-lead")
    assert morning(office).without_owner == [case]
    assert side_of(office, case, "safeguarding").owner == "safeguarding-lead-2"
    assert not any(one.startswith("PlacementTakenOn") for one in waits_for(office, case))


# ---------------------------------------------------------------------- a concern about the provider


@pytest.mark.clauses("TRN-50")
def test_a_concern_about_the_provider_reaches_the_owner_at_once(office: Office) -> None:
    """Whoever raised it, another council among them; they see to their own person."""
    case = taken_on(office)
    owner = office.case(case).owner
    concern = a_concern(office, provider="harbour-view", what="Eastmere stops placing people there")
    assert f"ConcernActedOn of {owner.removeprefix('staff-')}" in waits_for(office, case)
    assert office.inbox(owner)[-1].subject.startswith("URGENT: Answer: concern acted on")
    assert not any(case in line for line in office.story_of(concern))


def test_a_concern_about_another_provider_reaches_nobody_else(office: Office) -> None:
    """Nor does a restricted one tell that it is there."""
    case = taken_on(office)
    a_concern(office)
    hidden = NOTICED | {"provider": "harbour-view"}
    office.start(provider_concern, ProviderConcernNoticed.model_validate(hidden), restricted=True)
    assert not any(one.startswith("ConcernActedOn") for one in waits_for(office, case))


def test_a_restricted_placement_hears_and_is_not_named(office: Office) -> None:
    """Its owner acts; nobody reads in the concern that there is such a case."""
    case = office.start(out_of_area_placement, LYDIA, restricted=True)
    concern = a_concern(office, provider="harbour-view")
    assert any(one.startswith("ConcernActedOn") for one in waits_for(office, case))
    with office.council.database.read() as session:
        assert not any(case in f"{one.key}{one.text}{one.data}" for one in recall(session, concern))


# ---------------------------------------------------------------------- TRN-53


@pytest.mark.clauses("TRN-53", "TRN-52")
def test_another_councils_notice_has_our_people_there_on_the_list_at_once(office: Office) -> None:
    """Two of ours: one by the register and the tracker, one whom only the tracker has. Support is allotted by name."""
    hers = taken_on(office)
    his = taken_on(office, person="P-112")
    gone = {"provider": "harbour-view", "cause": Trigger.ANOTHER_COUNCIL, "care_ends_on": date(2026, 1, 8)}
    incident = fails(office, CLOSING, **gone)
    people = people_of(office, incident)
    assert {(one.person_id, one.source) for one in people.values()} == {
        ("P-113", "out-of-area-tracker"), ("P-112", "out-of-area-tracker"),
    }  # fmt: skip
    assert all(waits_for(office, one.case_ref)[0].startswith("PersonSeen") for one in people.values())
    for role in ("head-of-service", "commissioning", "brokerage"):
        assert any("provider fails" in one.subject for one in office.inbox(role)), role
    office.answer(incident, GROUP, by="team-leader")  # who leads the operation, for commissioning, for brokerage
    for case in (hers, his):
        owner = office.case(case).owner
        assert any("provider of a placement fails" in one.subject for one in office.inbox(owner))
        assert any("provider fails" in line.lower() or "fails" in line for line in office.story_of(case))


@pytest.mark.clauses("TRN-53")
def test_a_placement_written_down_in_words_is_on_the_list_as_well(office: Office) -> None:
    """By the provider's name, whether or not the register has it or the person."""
    on_the_tracker(office, PER, provider=None, provider_in_words="Sea View", person=None, person_in_words="Per Hansen")
    incident = fails(office, CLOSING, provider=None, provider_in_words="sea view")
    (person,) = people_of(office, incident).values()
    assert (person.name, person.placed_by, person.source) == ("Per Hansen", "Eastmere Council", "out-of-area-tracker")


def test_calls_and_medicine_of_the_register_stand_for_whoever_is_on_the_tracker_too(office: Office) -> None:
    """And a restricted placement's person is on the list by our records, so that nothing tells of the case."""
    with office.council.database.write() as session:
        found = update(CarePackage).where(CarePackage.person_id == "P-113")
        session.execute(found.values(time_critical_medicine=True))
    taken_on(office)
    office.start(out_of_area_placement, LYDIA.model_copy(update={"person": "P-112"}), restricted=True)
    people = people_of(office, fails(office, CLOSING, provider="harbour-view")).values()
    assert {(one.person_id, one.source, one.time_critical_medicine) for one in people} == {
        ("P-113", "out-of-area-tracker", True), ("P-112", "our-records", False),
    }  # fmt: skip


def test_one_that_has_ended_is_on_no_list(office: Office) -> None:
    """Nor is anybody who has died."""
    register_without_packages(office)
    taken_on(office)
    with office.council.database.write() as session:
        row = session.scalars(select(Placement)).one()
        row.ended_at, row.ended_because = office.clock.now(), "moved-back"
    on_the_tracker(office, person="P-112")
    with office.council.database.write() as session:
        session.get_one(Person, "P-112").died_on = date(2026, 1, 5)
    incident = fails(office, CLOSING, provider="harbour-view")
    with office.council.database.read() as session:
        assert session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == incident)).all() == []
