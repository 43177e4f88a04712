"""The room of an incident: who is listed first, what is open about each, tonight's calls, and who sees whom."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import event

from models.forms.affected_calls import CallRecorded
from models.forms.affected_person import PersonNeedsChanged, PersonSeen, SomebodyIsThere
from models.forms.provider_failure import CareEndsOn, ListedPerson, RoomDecided
from models.provider_failure.kinds import PersonOutcome, Risk, Way
from models.provider_failure.tables import AffectedPerson
from models.working_time import LONDON
from tasks.durable.testing import Office
from tasks.worklist.incident_people import Stage
from tasks.worklist.incident_report import proceedings_of
from tasks.worklist.incident_view import IncidentView, incidents_of
from tasks.worklist.members import member_of
from tasks.worklist.scope import NotFound
from tests.procedures.test_provider_failure import CLOSING, DUTY, REPORT, SEEN
from tests.worklist.incident_stories import fails, invented, list_comes, room, rows_of


def order(view: IncidentView) -> list[str]:
    """Who is listed, in the list's order."""
    return [one.person_id or one.name for one in view.people]


def said(view: IncidentView) -> list[str]:
    """Tonight's calls in words."""
    return [
        f"{one.at.astimezone(LONDON):%d %H:%M} {one.person.person_id or one.person.name}: {one.covered_by or 'nobody'}"
        for one in view.tonight
    ]


# ------------------------------------------------------------------ the order


@pytest.mark.clauses("TRN-48")
def test_the_next_call_that_nobody_covers_comes_before_colour(office: Office) -> None:
    """At nine: whoever is due at nine first, then eleven, then half past twelve, then half past five."""
    incident = fails(office)
    assert order(room(office, incident)) == ["P-105", "P-108", "P-101", "P-102"]


@pytest.mark.clauses("TRN-47")
def test_whose_call_was_missed_comes_before_everybody_until_somebody_says_what_became_of_it(office: Office) -> None:
    """The longest missed first; once it is recorded, the next call orders them again."""
    incident = fails(office)
    office.today_is("2026-01-05 17:00")
    assert order(room(office, incident)) == ["P-105", "P-108", "P-101", "P-102"]
    assert room(office, incident).warnings.calls_missed == 4
    for who, missed in ((one.person_id, one.missed) for one in room(office, incident).people):
        for at in missed:
            said = CallRecorded(at=at, made=False, made_by="The duty worker", how="Rung: all is well")
            office.signal(rows_of(office, incident)[who or ""].case_ref, said, by="practitioner")
    assert room(office, incident).warnings.calls_missed == 0
    assert order(room(office, incident)) == ["P-102", "P-101", "P-108", "P-105"]


def test_without_calls_need_comes_before_colour_and_colour_before_place(office: Office) -> None:
    """Medicine at its time, then two carers, then living alone, then red, then the number on the list."""
    incident = fails(office, provider=None, provider_in_words="Dial-a-home")
    plain = ("Last", "Red")
    people = [
        ListedPerson(name="Last"), ListedPerson(name="Red"), ListedPerson(name="Alone", lives_alone=True),
        ListedPerson(name="Two", double_handed=True), ListedPerson(name="Medicine", time_critical_medicine=True),
    ]  # fmt: skip
    list_comes(office, incident, *people)
    assert order(room(office, incident)) == ["Medicine", "Two", "Alone", *plain]
    office.signal(rows_of(office, incident)["Red"].case_ref, PersonNeedsChanged(risk=Risk.RED, what="She has fallen"))
    assert order(room(office, incident)) == ["Medicine", "Two", "Alone", "Red", "Last"]


def test_times_that_cannot_be_read_may_be_now(office: Office) -> None:
    """Whoever has calls "at bedtime" stands with whoever is due at once, until somebody covers them."""
    incident = fails(office)
    list_comes(office, incident, ListedPerson(name="Bea Bedtime", call_times="bedtime"))
    view = room(office, incident)
    assert order(view)[0] in ("Bea Bedtime", "P-105")
    assert [one.name for one in view.unclear] == ["Bea Bedtime"]
    assert view.warnings.calls_unclear == 1


def test_whoever_is_covered_for_days_comes_after_whoever_is_not(office: Office) -> None:
    """Their call in three days does not stand before medicine tonight; who is with other care comes last."""
    incident = fails(office)
    ref = rows_of(office, incident)["P-105"].case_ref
    office.answer(ref, SEEN.model_copy(update={"risk": Risk.RED, "way": Way.NEW_PROVIDER}), by="practitioner")
    there = SomebodyIsThere(covered_by="Her niece", covered_until=datetime(2026, 1, 8, 20, tzinfo=LONDON))
    office.answer(ref, there, by="practitioner")
    view = room(office, incident)
    assert order(view) == ["P-108", "P-101", "P-102", "P-105"]
    covered = view.people[-1]
    assert covered.next_call == datetime(2026, 1, 9, 9, tzinfo=LONDON)
    assert [one.by for one in covered.covers] == ["Her niece"]


# ------------------------------------------------------------------ calls


def test_tonights_calls_are_by_time_and_say_who_covers_each(office: Office) -> None:
    """From now until eight tomorrow, the one at eight too; at the same time those that nobody covers first."""
    incident = fails(office)
    office.today_is("2026-01-05 18:00")
    assert said(room(office, incident)) == [
        "05 18:00 P-101: nobody", "05 20:30 P-108: nobody", "05 21:30 P-101: nobody",
        "06 06:45 P-108: nobody", "06 07:30 P-101: nobody", "06 08:00 P-102: nobody",
    ]  # fmt: skip
    with office.council.database.write() as session:
        row = session.get_one(AffectedPerson, rows_of(office, incident)["P-101"].case_ref)
        row.covered_by, row.covered_until = "Rapid response", datetime(2026, 1, 6, 7, tzinfo=LONDON)
    view = room(office, incident)
    assert [one for one in said(view) if "P-101" in one] == [
        "05 18:00 P-101: Rapid response", "05 21:30 P-101: Rapid response", "06 07:30 P-101: nobody",
    ]  # fmt: skip
    assert (view.warnings.calls_uncovered, view.warnings.people_uncovered) == (4, 3)
    assert view.warnings.first_uncovered == datetime(2026, 1, 5, 20, 30, tzinfo=LONDON)


def test_until_its_last_day_the_provider_still_comes(office: Office) -> None:
    """Where care ends in three weeks nobody is without it tonight."""
    incident = fails(office, care_ends_on=CLOSING.care_ends_on)
    view = room(office, incident)
    assert {one.covered_by for one in view.tonight} == {"Wenbridge Home Care"}
    assert view.warnings.calls_uncovered == 0
    assert view.people[0].next_call == datetime(2026, 1, 26, 7, 30, tzinfo=LONDON)


def test_a_provider_that_stops_sooner_covers_no_call_from_then_on(office: Office) -> None:
    """The room says so at once: tonight's calls are nobody's."""
    incident = fails(office, care_ends_on=CLOSING.care_ends_on)
    office.signal(incident, CareEndsOn(day=date(2026, 1, 5), what="The staff have gone"), by="team-leader")
    view = room(office, incident)
    assert {one.covered_by for one in view.tonight} == {""} and view.warnings.calls_uncovered > 0


def test_whoever_is_with_other_care_has_no_calls(office: Office) -> None:
    """Nor has whoever is accounted for."""
    incident = fails(office)
    with office.council.database.write() as session:
        row = session.get_one(AffectedPerson, rows_of(office, incident)["P-101"].case_ref)
        row.seen_at = row.arranged_at = row.moved_at = office.clock.now()
    view = room(office, incident)
    assert not any("P-101" in one for one in said(view))
    assert order(view)[-1] == "P-101"
    assert view.people[-1].next_call is None


def test_a_home_where_carers_are_always_has_no_calls(office: Office) -> None:
    """Nobody's next call is made up."""
    view = room(office, fails(office, CLOSING))
    assert view.tonight == ()
    assert {one.next_call for one in view.people} == {None}


# ------------------------------------------------------------------ each person


def test_everybody_has_a_name_a_stage_and_what_is_open(office: Office) -> None:
    """From the register where it has them, else as the list says; late once its time has passed."""
    incident = fails(office)
    list_comes(office, incident, ListedPerson(name="Agnes Thorold", whereabouts="3 Weir Row", call_times="09:00"))
    view = room(office, incident)
    agnes = next(one for one in view.people if one.person_id is None)
    assert (agnes.name, agnes.whereabouts, agnes.stage, agnes.team) == (
        "Agnes Thorold", "3 Weir Row", Stage.LISTED, "hazel",
    )  # fmt: skip
    (asked,) = agnes.questions
    assert (asked.case, asked.of, asked.late) == (agnes.case, "Hazel Locality Team", False)
    assert view.figures.affected == 5
    assert view.differences[0].startswith(f"1. number {agnes.place} (Agnes Thorold)")
    office.days_pass(2)
    later = next(one for one in room(office, incident).people if one.person_id is None)
    assert later.is_late and later.questions[0].late


def test_what_brokerage_is_asked_about_them_is_open_about_them(office: Office) -> None:
    """The search for care is a case of its own, and its question stands with theirs."""
    incident = fails(office)
    ref = rows_of(office, incident)["P-105"].case_ref
    office.answer(ref, SEEN.model_copy(update={"way": Way.NEW_PROVIDER}), by="practitioner")
    view = room(office, incident)
    one = next(one for one in view.people if one.person_id == "P-105")
    assert (one.stage, one.way) == (Stage.SEEN, Way.NEW_PROVIDER)
    assert any(asked.case != one.case and "brokerage" in asked.of for asked in one.questions)


def test_whoever_is_off_the_list_is_shown_apart(office: Office) -> None:
    """No figure counts them, and nobody is sent to them."""
    incident = fails(office)
    ref = rows_of(office, incident)["P-105"].case_ref
    mistaken = PersonSeen(seen=True, way=Way.NOT_AFFECTED, because="He has had nobody since May")
    office.answer(ref, mistaken, by="practitioner")
    view = room(office, incident)
    if view.off_the_list == ():
        office.hours_pass(1)
        view = room(office, incident)
    assert [one.person_id for one in view.off_the_list] == ["P-105"]
    assert view.off_the_list[0].ended_as == PersonOutcome.NOT_AFFECTED
    assert "P-105" not in order(view)
    assert sum(sum(counts) for _, counts in view.stages) == view.figures.affected == 3


def test_red_people_whom_nobody_has_seen_are_warned_of(office: Office) -> None:
    """How many, and for how many the time by policy has passed."""
    incident = fails(office)
    warned = room(office, incident).warnings
    assert (warned.red_not_seen, warned.red_not_seen_late) == (2, 0)
    office.hours_pass(4.5)
    warned = room(office, incident).warnings
    assert (warned.red_not_seen, warned.red_not_seen_late) == (2, 2)


# ------------------------------------------------------------------ who sees whom


def test_people_of_another_team_are_counted_and_not_shown(office: Office) -> None:
    """Hazel's leader sees Hazel's; figures and warnings count everybody."""
    incident = fails(office)
    whole, hers = room(office, incident), room(office, incident, "team-leader")
    assert {one.team for one in whole.people} == {"hazel", "rowan"}
    assert {one.team for one in hers.people} == {"hazel"}
    assert hers.beyond == len(whole.people) - len(hers.people) > 0
    assert (hers.figures, hers.warnings) == (whole.figures, whole.warnings)
    assert {one.person.team for one in hers.tonight} == {"hazel"}


def test_a_difference_about_somebody_beyond_reach_is_counted_and_not_told(office: Office) -> None:
    """It names people."""
    incident = fails(office)
    list_comes(office, incident, ListedPerson(person="P-101"), whole=True)
    whole, hers = room(office, incident), room(office, incident, "team-leader")
    assert len(whole.differences) == whole.warnings.differences == 3
    assert len(hers.differences) < 3
    assert hers.warnings.differences == 3


def test_what_is_no_incident_has_no_room(office: Office) -> None:
    """Its people's cases are none either."""
    incident = fails(office)
    with pytest.raises(NotFound):
        room(office, rows_of(office, incident)["P-101"].case_ref)


def test_incidents_are_listed_for_whom_their_case_is(office: Office) -> None:
    """A restricted one is not there for others."""
    first, _hidden = fails(office), fails(office, restricted=True)
    with office.council.database.read() as session:
        duty, other = (member_of(session, one, office.clock.now()) for one in ("duty-worker", "practitioner-4"))
        assert duty is not None and other is not None
        assert [one.ref for one in incidents_of(session, duty, office.clock.now().date())] == [first]
        assert incidents_of(session, other, office.clock.now().date()) == ()


# ------------------------------------------------------------------ what was said


def test_what_was_decided_is_told_in_order_with_the_last_report(office: Office) -> None:
    """Who said it and when, under the names of the forms."""
    incident = fails(office)
    office.answer(incident, DUTY, by="head-of-service")
    office.signal(incident, RoomDecided(decided="Agency staff tonight", by_whom="Ruth Adeyemi"), by="team-manager")
    office.answer(incident, REPORT, by="team-leader")
    with office.council.database.read() as session:
        told = proceedings_of(session, incident)
    assert [one.what for one in told.decided] == [
        "by which duty we act when a provider fails", "a decision of the incident room",
    ]  # fmt: skip
    assert ("What was decided", "Agency staff tonight") in told.decided[1].fields
    assert ("Is anybody’s care paid for by the health service?", "no") in told.decided[0].fields
    assert told.report is not None and told.report.by == "Marcus Thorne"
    assert dict(told.report.fields)["What could go wrong next"] == "The weekend"


def test_however_many_people_are_read_in_a_handful_of_queries(office: Office) -> None:
    """At two at night the page is there at once."""
    incident = fails(office, provider=None, provider_in_words="Dial-a-meal")
    list_comes(office, incident, *invented(40))
    counted: list[str] = []
    engine = office.council.database.engine
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    view = room(office, incident)
    assert len(view.people) == 40
    assert len(view.differences) == 40
    assert len(counted) < 40
