"""Provider failures of the size they come in: a home of sixty closes, and home care ends on a Friday night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from flows.provider_failure import IncidentOutcome
from models.cases import Case, Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.affected_person import PersonSeen
from models.forms.provider_failure import (
    AffectedListCame,
    DifferencesSettled,
    IncidentAnnounced,
    ListedPerson,
    ProviderRecovers,
    SettledDifference,
)
from models.notices import Recipient
from models.outbox import OutboxMessage
from models.provider_failure.kinds import Difference, Duty, ListSource, PersonOutcome, Risk, Settled, Trigger, Way
from models.register import Person
from models.states import CaseStatus
from models.working_time import LONDON
from tasks.deaths import heed_deaths
from tasks.durable.testing import Office
from tasks.provider_failure.listing import open_differences
from tasks.worklist.incident_moving import give_people
from tasks.worklist.incident_view import IncidentView, incident_view
from tests.procedures.test_incident_telling import ALLOWED, AT_ONCE, GIVEN, gates
from tests.procedures.test_provider_failure import DUTY, GROUP, OVER, REPORT, WHOLE, fails, figures, people_of
from tests.providers.incident_ledgers import what_is_wrong
from tests.providers.many_people import Client, Fate, Room, known_to_us
from tests.worklist.answering_stories import member

IN_THE_HOME = [Client(number) for number in range(1, 58)]
"""Fifty of them stand in our records beside three of the example's own; seven only the home knows of."""
AT_HOME = [Client(number) for number in range(101, 497)]
"""With the four of the example's own, four hundred."""


def in_the_home(place: int) -> Fate:
    """Most go to another home; some to family, to hospital, or to a place that another council finds."""
    way = next((way for every, way in _WAYS if place % every == 0), Way.NEW_PROVIDER)
    return Fate(
        way=way, tries=3 if place % 12 == 0 else 0, put_off=place % 9 == 4, not_well=place % 10 == 5
    )  # fmt: skip


_WAYS = ((13, Way.OTHER_COUNCIL), (11, Way.HEALTH), (7, Way.FAMILY))


def at_home(place: int) -> Fate:
    """Most stay with whoever runs the service on; some go to family, and for some brokerage finds somebody."""
    ways = {0: Way.NEW_PROVIDER, 3: Way.FAMILY, 7: Way.FAMILY}
    return Fate(way=ways.get(place % 10, Way.SAME_PROVIDER))


def settles_all(office: Office, incident: str, says: dict[str, Settled]) -> None:
    """Every difference that is open is settled: by name where `says` has it, else they are touched."""
    with office.council.database.read() as session:
        lines = [(one.number, one.name or "") for one in open_differences(session, incident)]
    settled = tuple(
        SettledDifference(number=number, says=says.get(name, Settled.AFFECTED), because="The home's diary says so")
        for number, name in lines
    )
    office.answer(incident, DifferencesSettled(settled=settled), by="team-leader")


def dies(office: Office, person: str, on: date) -> None:
    """The register's extract shows it."""
    with office.council.database.write() as session:
        session.get_one(Person, person).died_on = on
    heed_deaths(office.council)
    office.hours_pass(0)


def is_asked(office: Office, case: str, form: str) -> bool:
    """Whether a case asks for that form now."""
    return any(one.startswith(f"{form} of") for one in office.waiting_for(case))


def others_are_told(office: Office, incident: str) -> None:
    """The council that placed people there, and the regulator, at once and through the gate."""
    decided = AT_ONCE.model_copy(
        update=dict.fromkeys(("health", "people_subject", "people", "families", "staff"), "")
        | {"left_out_because": "Each hears it from whoever sees them"}
    )
    office.answer(incident, decided, by="team-leader")
    told = gates(office, incident)
    assert set(told) == {"Eastmere Council", "the Care Quality Commission"}
    for ref in told.values():
        office.answer(ref, ALLOWED, by="team-leader")
        given = GIVEN.model_copy(update={"given_on": office.clock.now().astimezone(LONDON).date()})
        office.answer(ref, given, by="commissioning-officer")


def notices_about_single_people(office: Office, incident: str) -> int:
    """How many notices went out about the case of anybody on the list."""
    with office.council.database.read() as session:
        about = select(Case.ref).where(Case.parent_ref == incident)
        return session.scalar(select(func.count()).where(OutboxMessage.case_ref.in_(about))) or 0


@pytest.mark.clauses("TRN-01", "TRN-47", "TRN-48", "REA-42")
def test_a_home_of_sixty_closes_in_three_weeks_and_nobody_is_lost(office: Office) -> None:
    """
    Lists that disagree, people who do not open, days put off, checks that find somebody unwell, two deaths: on every
    day each is asked about or awaited, and before the home's last day everybody has a place that was checked.
    """
    known_to_us(office.council.database, "willow-bank", IN_THE_HOME[:50])
    incident = fails(office)
    assert figures(office, incident).affected == 53
    lists_disagree(office, incident)
    now = figures(office, incident)
    assert (now.affected, now.taken_off, now.differences) == (60, 1, 0)
    staff = Room(office, incident, in_the_home, at_most={"PersonSeen": 25})
    staff.works(lambda one: one.risk == Risk.RED)
    assert all(one.seen_at for one in people_of(office, incident).values() if one.risk == Risk.RED)
    office.answer(incident, DUTY, by="head-of-service")
    office.answer(incident, GROUP, by="team-leader")
    office.answer(incident, WHOLE, by="team-leader")
    others_are_told(office, incident)
    for day in range(5, 26):
        office.today_is(f"2026-01-{day:02} 17:00")
        a_day_in_the_room(office, incident, staff, day)
    now = figures(office, incident)
    assert (now.left, now.died, now.checked) == (0, 2, 58)
    assert all(staff.answered[form] for form in ("HelpDecided", "OfferAnswered", "MoveDone", "CheckedAfterwards"))
    office.answer(incident, OVER, by="strategic-manager")
    assert office.outcome_of(incident) == IncidentOutcome.STOOD_DOWN
    assert {one.ended_as for one in people_of(office, incident).values()} == {
        PersonOutcome.SAFE, PersonOutcome.DIED, PersonOutcome.NOT_AFFECTED,
    }  # fmt: skip
    assert what_is_wrong(office.council.database, incident) == []


def lists_disagree(office: Office, incident: str) -> None:
    """The home forgot one and has seven whom we do not know, one of them gone; another council has one more."""
    ours = [ListedPerson(person=one) for one in ("P-106", "P-107", "P-110")]
    theirs = [one.on_the_list for one in IN_THE_HOME if one.number != 50]
    office.signal(
        incident, AffectedListCame(source=ListSource.PROVIDER, said_by="The home", whole=True, people=(*ours, *theirs))
    )
    placed = [one.on_the_list for one in IN_THE_HOME if one.number % 15 == 7]
    came = (*placed, ListedPerson(name="Mabel Thorne"))
    office.signal(incident, AffectedListCame(source=ListSource.OTHER_COUNCIL, said_by="Eastmere", people=came))
    with office.council.database.read() as session:
        found = [one.difference for one in open_differences(session, incident)]
    assert sorted(map(str, found)) == [*[Difference.ONLY_OURS] * 1, *[Difference.ONLY_THERE] * 8]
    settles_all(office, incident, {IN_THE_HOME[-1].name: Settled.NOT_AFFECTED})


def a_day_in_the_room(office: Office, incident: str, staff: Room, day: int) -> None:
    """Staff work down the list, the room reports, and in the evening everybody is accounted for or asked about."""
    staff.works()
    if day == 6:
        office.signal(incident, IncidentAnnounced(by_whom="The head of service"), by="strategic-manager")
    if day in (7, 9):
        still_here = [one.person_id for one in people_of(office, incident).values() if one.accounted_at is None]
        dies(office, next(one for one in still_here if one and one.startswith("P-50")), date(2026, 1, day))
    if is_asked(office, incident, "SituationReported"):
        office.answer(incident, REPORT, by="team-leader")
    now = figures(office, incident)
    assert now.affected == 60 == now.accounted_for + now.left
    assert is_asked(office, incident, "IncidentStoodDown") == (now.left == 0)
    assert what_is_wrong(office.council.database, incident) == []


@pytest.mark.clauses("TRN-47", "TRN-48", "REA-42")
def test_home_care_for_four_hundred_ends_on_the_friday_before_a_bank_holiday(office: Office) -> None:
    """
    Whoever is at high risk is seen in the night, everybody by the next evening; the room's list is the worklist; clocks
    run through the holiday; and somebody who runs the service on is confirmed with each person before it is over.
    """
    known_to_us(office.council.database, "wenbridge-home-care", AT_HOME, at_home=True)
    office.today_is("2026-05-22 18:30")
    incident = fails(
        office, provider="wenbridge-home-care", cause=Trigger.BUSINESS_FAILURE, care_ends_on=date(2026, 5, 22),
        confidential=False,
    )  # fmt: skip
    began = office.clock.now()
    everybody_is_asked_about_at_once(office, incident)
    tonight_is_one_page(office, incident)
    fifty_go_to_another_team_in_one_action(office, incident)
    assert notices_about_single_people(office, incident) == 0

    office.today_is("2026-05-22 20:00")
    staff = Room(office, incident, at_home, covered_until=datetime(2026, 5, 28, 20, tzinfo=LONDON))
    reds = [one.place for one in people_of(office, incident).values() if one.risk == Risk.RED]
    missed = set(reds[-3:])
    staff.works(lambda one: one.risk == Risk.RED and one.place not in missed)
    managers = notices_about_single_people(office, incident)
    office.today_is("2026-05-22 22:31")
    assert notices_about_single_people(office, incident) - managers >= len(missed)
    assert view(office, incident).warnings.red_not_seen == 3
    staff.works(lambda one: one.risk == Risk.RED)

    office.today_is("2026-05-23 12:00")
    staff.works()
    seen = [one.seen_at for one in people_of(office, incident).values()]
    assert len(seen) == 400 and all(one and one <= began + timedelta(days=1) for one in seen)
    for answer, by in ((DUTY.model_copy(update={"duty": Duty.BUSINESS_FAILURE}), "head-of-service"),
                       (GROUP, "team-leader"), (WHOLE, "team-leader")):  # fmt: skip
        office.answer(incident, answer, by=by)
    others_are_told(office, incident)
    office.today_is("2026-05-25 12:30")
    assert staff.works() > 300, "on the bank holiday it is looked how people are"
    office.today_is("2026-05-26 10:00")
    office.signal(incident, ProviderRecovers(what="Another company runs it on"), by="strategic-manager")
    for day in range(26, 31):
        office.today_is(f"2026-05-{day} 17:00")
        staff.works()
        assert what_is_wrong(office.council.database, incident) == []
    now = figures(office, incident)
    assert (now.affected, now.left, now.checked) == (400, 0, 400)
    office.answer(incident, OVER.model_copy(update={"duty_ended_on": date(2026, 5, 29)}), by="strategic-manager")
    assert office.outcome_of(incident) == IncidentOutcome.STOOD_DOWN


def everybody_is_asked_about_at_once(office: Office, incident: str) -> None:
    """A case, a team and a question for each, in the moment in which it began."""
    with office.council.database.read() as session:
        cases = session.scalars(select(Case).where(Case.parent_ref == incident)).all()
        asked = session.scalars(select(WorkItem).where(WorkItem.form == PersonSeen.name())).all()
    assert len(cases) == len(asked) == len({one.case_ref for one in asked}) == 400
    assert {one.status for one in cases} == {CaseStatus.OPEN}
    assert {one.opened_at for one in asked} == {office.case(incident).opened_at}


def tonight_is_one_page(office: Office, incident: str) -> None:
    """Every call until eight in the morning that nobody covers, whoever needs it most first."""
    tonight = view(office, incident).tonight
    expected = 5 + sum({0: 2, 1: 1, 2: 0}[one.number % 3] for one in AT_HOME)  # the example's own four have five
    assert len(tonight) == expected
    assert not any(one.covered_by for one in tonight)
    assert [one.at for one in tonight] == sorted(one.at for one in tonight)
    assert tonight[0].at == datetime(2026, 5, 22, 19, 30, tzinfo=UTC)


def fifty_go_to_another_team_in_one_action(office: Office, incident: str) -> None:
    """Fifty entries, and nobody else's."""
    cases = [people_of(office, incident)[place].case_ref for place in range(301, 351)]
    leader = member(office, "team-manager")
    moved = give_people(office.council, leader, incident, cases, to=Recipient.team("rowan"))
    assert (len(moved.given), moved.left) == (50, {})
    with office.council.database.read() as session:
        entered = session.scalars(select(Entry.case_ref).where(Entry.kind == EntryKind.REASSIGNED)).all()
    assert sorted(entered) == sorted([*cases, incident])
    office.hours_pass(0)
    (heard,) = (one for one in office.inbox("on-call-manager") if "people of an incident" in one.body)
    assert "How many: 50" in heard.body, "on a Friday night the team itself hears of it when it is back"


def view(office: Office, incident: str) -> IncidentView:
    """The room as the managers' manager sees it now."""
    with office.council.database.read() as session:
        return incident_view(
            session, member(office, "strategic-manager"), office.council.policy, incident, office.clock.now()
        )
