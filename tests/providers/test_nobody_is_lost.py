"""Whatever comes in whatever order, and wherever a process is killed: no incident ends with anybody unaccounted for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import event

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import REGISTER_DATE
from flows.brokerage import brokerage
from flows.disclosure import disclosure
from flows.provider_failure import provider_failure
from models.forms.affected_calls import CallRecorded, MoveWithoutAdvocate
from models.forms.affected_person import CheckedAfterwards, MoveDone, PersonNeedsChanged, PersonSeen, SomebodyIsThere
from models.forms.base import AnswerRefused, Form
from models.forms.brokerage import CareNoLongerWanted, OfferAnswered, ProviderOffered, ProviderTakesItOn, SourcingBegun
from models.forms.commissioning import NotGivenOn
from models.forms.disclosure import DisclosureMade, DisclosureVerdict, RefusalExplained, SecureWay, Verdict
from models.forms.incident_telling import CouncilLeftOut, TellingDecided, TellingWanted
from models.forms.provider_failure import (
    AffectedListCame,
    DifferencesSettled,
    IncidentAnnounced,
    ListedPerson,
    ProviderRecovers,
    SettledDifference,
)
from models.provider_failure.kinds import Audience, ListSource, Risk, Settled, Way
from models.register import Person
from models.working_time import LONDON, local_day
from tasks.database import Database
from tasks.deaths import heed_deaths
from tasks.durable.arrivals import CaseIsClosed
from tasks.durable.testing import Office
from tasks.provider_failure.listing import open_differences
from tasks.provider_failure.who_is_told import councils_to_decide, in_progress, latest
from tests.procedures.test_provider_failure import (
    CLOSING,
    CONFIRMED,
    DUTY,
    GROUP,
    OVER,
    PREPARED,
    SEEN,
    WELL,
    WHOLE,
    people_of,
)  # fmt: skip
from tests.providers.incident_ledgers import what_is_wrong

STRANGERS = (
    *(ListedPerson(name=f"Stranger {name}") for name in ("Ash", "Birch", "Cedar")),
    ListedPerson(name="Stranger Elm", placed_by="Elm Council", call_times="08:00"),
    ListedPerson(name="Stranger Fir", placed_by="Fir Council"),
)
KNOWN = tuple(ListedPerson(person=one) for one in ("P-106", "P-107", "P-110", "P-112"))


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the example council, to be copied for each example."""
    file = tmp_path_factory.mktemp("incidents") / "pathways.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
    database.dispose()
    return file


PLACE = st.integers(1, 7)
STEPS = st.one_of(
    st.tuples(st.just("seen"), st.tuples(PLACE, st.sampled_from(list(Way)), st.sampled_from(list(Risk)))),
    st.tuples(st.just("seen"), st.tuples(PLACE, st.just(Way.FAMILY), st.just(Risk.GREEN))),
    st.tuples(st.sampled_from(["not-reached", "confirmed", "prepared", "there", "died"]), PLACE),
    st.tuples(st.sampled_from(["confirmed", "prepared", "moved", "checked"]), PLACE),
    st.tuples(st.sampled_from(["moved", "checked"]), PLACE),
    st.tuples(st.sampled_from(["not-moved", "not-well", "changed", "called", "without-advocate"]), PLACE),
    st.tuples(st.just("advocate"), PLACE),
    st.tuples(st.just("broker"), st.sampled_from(["begun", "offer", "accept", "refuse", "taken-on", "called-off"])),
    st.tuples(st.just("list"), st.tuples(st.lists(st.sampled_from([*STRANGERS, *KNOWN]), max_size=3), st.booleans())),
    st.tuples(st.just("settle"), st.tuples(st.sampled_from(list(Settled)), PLACE)),
    st.tuples(st.sampled_from(["whole", "recovers", "stand-down"]), st.just(0)),
    st.tuples(st.just("tell"), st.tuples(st.booleans(), st.booleans())),
    st.tuples(st.just("gate"), st.sampled_from(["allow", "refuse", "give", "keep", "explain", "again", "instead"])),
    st.tuples(st.sampled_from(["announced", "tell-anew"]), st.just(0)),
    st.tuples(st.just("days"), st.sampled_from([0.2, 1, 3])),
)
KILLS = st.one_of(st.none(), st.none(), st.integers(1, 60))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEPS, KILLS), min_size=10, max_size=30))
@pytest.mark.clauses("TRN-47", "TRN-48", "REA-42")
def test_no_incident_ends_with_anybody_unaccounted_for(
    prepared: Path, tmp_path: Path, steps: list[tuple[tuple[str, Any], int | None]]
) -> None:
    """
    Answers, deaths, moves that fail, lists that come late, a provider that recovers, and processes killed at any
    statement: after each, whoever is not accounted for is asked about or awaited, the figures are the sum of the list,
    and an incident that has ended has everybody accounted for.
    """
    file = tmp_path / f"{uuid.uuid4()}.db"
    file.write_bytes(prepared.read_bytes())
    database = Database(f"sqlite:///{file}")
    office = Office(database, example_policy(), "2026-01-05 09:00")
    incident = office.start(provider_failure, CLOSING)
    office.answer(incident, DUTY, by="head-of-service")
    office.answer(incident, GROUP, by="team-leader")
    for (what, how), kill in steps:
        with killed_at(office, kill):
            perform(office, incident, what, how)
        assert what_is_wrong(database, incident) == []
    office.days_pass(5)
    assert what_is_wrong(database, incident) == []
    carry_through(office, incident)
    assert what_is_wrong(database, incident) == []
    assert office.is_closed(incident)
    database.dispose()


@contextmanager
def killed_at(office: Office, statement: int | None) -> Any:
    """Kill the process at that statement of what is done here, and find its cases again after their leases."""
    counted, engine = [0], office.council.database.engine

    def on_statement(*_: Any) -> None:
        counted[0] += 1
        if counted[0] == statement:
            raise Killed

    event.listen(engine, "before_cursor_execute", on_statement)
    try:
        yield
    except Killed:
        pass
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)
    office.hours_pass(0.1)


def perform(office: Office, incident: str, what: str, how: Any) -> None:
    """Do one step, where it is asked for."""
    today = local_day(office.clock.now())
    match what:
        case "seen":
            place, way, risk = how
            seen = {"way": way, "risk": risk, "because": "so they wish"}
            answer(office, case_of(office, incident, place), SEEN.model_copy(update=seen))
        case "not-reached":
            answer(office, case_of(office, incident, how), PersonSeen(seen=False, tried="Nobody opens"))
        case "confirmed":
            answer(office, case_of(office, incident, how), CONFIRMED.model_copy(update={"from_day": today}))
        case "prepared":
            answer(office, case_of(office, incident, how), PREPARED.model_copy(update={"day": today}))
        case "there":
            until = datetime.combine(today + timedelta(days=1), datetime.min.time(), LONDON)
            answer(office, case_of(office, incident, how), SomebodyIsThere(covered_by="A nurse", covered_until=until))
        case "moved":
            answer(office, case_of(office, incident, how), MoveDone(done=True, received_by="Her sister"))
        case "not-moved":
            new_day = today + timedelta(days=1)
            answer(office, case_of(office, incident, how), MoveDone(done=False, why_not="No van", new_day=new_day))
        case "checked":
            answer(office, case_of(office, incident, how), WELL)
        case "not-well":
            wrong = CheckedAfterwards(well=False, trouble="Falls", risk=Risk.RED, way=Way.NEW_PROVIDER)
            answer(office, case_of(office, incident, how), wrong)
        case "changed":
            send(office, case_of(office, incident, how), PersonNeedsChanged(risk=Risk.RED, what="Worse"))
        case "called":
            then = datetime.combine(today, time(8), LONDON)
            called = CallRecorded(at=then, made=True, made_by="A nurse", how="Well")
            send(office, case_of(office, incident, how), called)
        case "without-advocate":
            cannot = MoveWithoutAdvocate(can_wait=False, because="Nobody is there at night")
            answer(office, case_of(office, incident, how), cannot)
        case "advocate":
            answer(office, case_of(office, incident, how), SEEN.model_copy(update={"advocate_needed": True}))
        case "died":
            dies(office, incident, how)
        case "broker":
            brokers(office, how, today)
        case "list":
            people, whole = how
            came = AffectedListCame(source=ListSource.PROVIDER, said_by="A", whole=whole, people=tuple(people))
            send(office, incident, came)
        case "settle":
            settles(office, incident, *how)
        case "whole":
            answer(office, incident, WHOLE, by="team-leader")
        case "recovers":
            send(office, incident, ProviderRecovers(what="A buyer"), by="strategic-manager")
        case "stand-down":
            answer(office, incident, OVER, by="strategic-manager")
        case "tell":
            tells(office, incident, told=how[0], at_once=how[1])
        case "gate":
            passes_the_gate(office, incident, how)
        case "announced":
            send(office, incident, IncidentAnnounced(by_whom="The head"), by="strategic-manager")
        case "tell-anew":
            send(office, incident, TellingWanted(why="Somebody asks"), by="team-leader")
        case "days":
            office.days_pass(how)


def carry_through(office: Office, incident: str) -> None:
    """From wherever it stands, ordinary work brings everybody to safety and the incident to its end."""
    for _ in range(40):
        if office.is_closed(incident):
            return
        today = local_day(office.clock.now())
        with office.council.database.read() as session:
            numbers = [one.number for one in open_differences(session, incident)]
        if numbers:
            settled = (SettledDifference(number=one, says=Settled.AFFECTED, because="seen there") for one in numbers)
            answer(office, incident, DifferencesSettled(settled=tuple(settled)), by="team-leader")
        for one in people_of(office, incident).values():
            for filled in (
                SEEN,
                MoveWithoutAdvocate(can_wait=False, because="It closes"),
                CONFIRMED.model_copy(update={"from_day": today}),
                MoveDone(done=True, received_by="A"),
                PREPARED.model_copy(update={"day": today}),
                WELL,
            ):
                answer(office, one.case_ref, filled)
        for search in office.cases(brokerage):
            send(office, search, CareNoLongerWanted(because="Family"))
        answer(office, incident, WHOLE, by="team-leader")
        tells(office, incident, told=False, at_once=True)
        for step in ("allow", "give", "explain", "instead"):
            passes_the_gate(office, incident, step)
        answer(office, incident, OVER, by="strategic-manager")
        office.days_pass(1)


def tells(office: Office, incident: str, *, told: bool, at_once: bool) -> None:
    """The room decides who is told: everybody whom it has to decide about, or nobody, with reasons."""
    with office.council.database.read() as session:
        councils = councils_to_decide(session, incident)
        standing = {one: latest(session, incident, one) for one in Audience}
    free = [one for one, row in standing.items() if row is None or not in_progress(row)]
    early = frozenset({Audience.COUNCIL, Audience.REGULATOR}) if at_once else frozenset[Audience]()
    decided = TellingDecided(
        councils="It closes" if told and councils else "",
        councils_not_told=() if told else tuple(CouncilLeftOut(council=one, because="They know") for one in councils),
        regulator="It closes" if told and Audience.REGULATOR in free else "",
        regulator_not_because="" if told or Audience.REGULATOR not in free else "It told us",
        people_subject="Your care" if told and Audience.PEOPLE in free else "",
        people="Somebody comes" if told and Audience.PEOPLE in free else "",
        left_out_because="They know",
        before_announced=early,
    )
    answer(office, incident, decided, by="team-leader")


def passes_the_gate(office: Office, incident: str, how: str) -> None:
    """Every disclosure that asks for it comes a step further; so does what was not given."""
    allowed = DisclosureVerdict(
        verdict=Verdict.ALLOW, reasons="So", legal_basis="public task", least_content="It", local_policy_allows=True,
        principles_regarded=True,
    )  # fmt: skip
    given = DisclosureMade(given_on=local_day(office.clock.now()), way=SecureWay.TELEPHONE, given="It")
    at_the_gate: dict[str, Form] = {
        "allow": allowed,
        "refuse": DisclosureVerdict(verdict=Verdict.REFUSE, reasons="No"),
        "give": given,
        "keep": DisclosureMade(not_given_because="Nobody answers"),
        "explain": RefusalExplained(told="They"),
    }
    if how in at_the_gate:
        for ref in office.cases(disclosure):
            answer(
                office,
                ref,
                at_the_gate[how],
                by="team-leader" if how in ("allow", "refuse") else "commissioning-officer",
            )
        return
    said = NotGivenOn(content="It closes") if how == "again" else NotGivenOn(instead="They sit in the room")
    answer(office, incident, said, by="team-leader")


def case_of(office: Office, incident: str, place: int) -> str | None:
    """The case of whoever has that number on the list."""
    found = people_of(office, incident).get(place)
    return found.case_ref if found else None


def answer(office: Office, case: str | None, filled: Form, by: str = "strategic-manager") -> None:
    """Answer the case's question on that form, if it asks it; what the door refuses is not answered."""
    if case is None or not any(line.startswith(f"{filled.name()} of") for line in office.waiting_for(case)):
        return
    try:
        office.answer(case, filled, by=by)
    except AnswerRefused:
        return


def send(office: Office, case: str | None, signal: Any, by: str = "practitioner") -> None:
    """Send it, where the case is open."""
    if case is None or office.is_closed(case):
        return
    try:
        office.signal(case, signal, by=by)
    except CaseIsClosed:
        return


def dies(office: Office, incident: str, place: int) -> None:
    """The register's extract shows that somebody has died."""
    found = people_of(office, incident).get(place)
    if found is None or found.person_id is None:
        return
    with office.council.database.write() as session:
        session.get_one(Person, found.person_id).died_on = local_day(office.clock.now())
    heed_deaths(office.council)
    office.hours_pass(0.1)


def brokers(office: Office, how: str, today: date) -> None:
    """Each search that asks for it comes a step further."""
    steps: dict[str, Callable[[str], None]] = {
        "begun": lambda ref: answer(office, ref, SourcingBegun(begun="Rung"), by="brokerage-officer"),
        "offer": lambda ref: answer(
            office, ref, ProviderOffered(found=True, provider="larch-court", offer="A room", starts_on=today),
            by="brokerage-officer",
        ),
        "accept": lambda ref: answer(office, ref, OfferAnswered(accepted=True, answered_by="They")),
        "refuse": lambda ref: answer(office, ref, OfferAnswered(accepted=False, answered_by="They", reasons="No")),
        "taken-on": lambda ref: answer(
            office, ref, ProviderTakesItOn(taken_on=True, by_whom="Matron", starts_on=today), by="brokerage-officer"
        ),
        "called-off": lambda ref: send(office, ref, CareNoLongerWanted(because="Family")),
    }  # fmt: skip
    for search in office.cases(brokerage):
        if not office.is_closed(search):
            steps[how](search)


def settles(office: Office, incident: str, says: Settled, place: int) -> None:
    """Every difference that is open is settled in the same way, as far as the door lets it."""
    with office.council.database.read() as session:
        numbers = [one.number for one in open_differences(session, incident)]
    same_as = place if says is Settled.SAME_PERSON else None
    for number in numbers:
        one = SettledDifference(number=number, says=says, same_as=same_as, because="looked into")
        answer(office, incident, DifferencesSettled(settled=(one,)), by="team-leader")
