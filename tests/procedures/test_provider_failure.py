"""A provider fails: everybody is on one list, each is looked after, and it does not end before nobody is lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from flows.affected_person import affected_person
from flows.brokerage import brokerage
from flows.provider_failure import IncidentOutcome, provider_failure
from models.cases import WorkItem
from models.forms.affected_person import (
    ArrangementConfirmed,
    CheckedAfterwards,
    MoveDone,
    MovePrepared,
    PersonSeen,
    SomebodyIsThere,
)
from models.forms.base import AnswerRefused
from models.forms.brokerage import OfferAnswered, ProviderOffered, ProviderTakesItOn, SourcingBegun
from models.forms.going_over import MakesDecision
from models.forms.incident_telling import CouncilLeftOut, TellingDecided
from models.forms.provider_failure import (
    AffectedListCame,
    CareEndsOn,
    DifferencesSettled,
    DutyDecided,
    FailureReported,
    GroupConvened,
    IncidentAnnounced,
    IncidentStoodDown,
    ListAgreed,
    ListedPerson,
    ProviderRecovers,
    SettledDifference,
    SituationReported,
)
from models.provider_failure.kinds import Duty, ListSource, PersonOutcome, Risk, Settled, Trigger, Way
from models.provider_failure.tables import AffectedPerson, Incident, ListLine
from models.register import Person
from models.working_time import LONDON
from tasks.deaths import heed_deaths
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.provider_failure.counting import Figures, figures_of

CLOSING = FailureReported(
    provider="willow-bank",
    cause=Trigger.DEREGISTERED,
    what="The regulator closes the home in three weeks",
    care_ends_on=date(2026, 1, 26),
    team="hazel",
    reported_by="staff-commissioning-officer",
)
HOME_CARE_GONE = CLOSING.model_copy(
    update={"provider": "wenbridge-home-care", "cause": Trigger.BUSINESS_FAILURE, "care_ends_on": date(2026, 1, 5)}
)
DUTY = DutyDecided(
    duty=Duty.BUSINESS_FAILURE, basis="Administrators were appointed", from_day=date(2026, 1, 5),
    charge="As before", recover_from="Nobody", health_funded=False, cross_border="Nobody",
)  # fmt: skip
GROUP = GroupConvened(
    met_at=datetime(2026, 1, 5, 11, tzinfo=LONDON), chaired_by="Colin Prestwich", social_work="Ruth Adeyemi",
    commissioning="Lorna Pickersgill", brokerage="Kwame Boateng", health="The district nurses",
    safeguarding="Imogen Tarrant", communication="The press office",
)  # fmt: skip
REPORT = SituationReported(situation="Calm", risks="The weekend", next_steps="See the rest")
WHOLE = ListAgreed(how_known="The administrator's list and ours agree")
NOBODY_TOLD = TellingDecided(regulator_not_because="It told us of it", left_out_because="They know already")
OVER = IncidentStoodDown(duty_ended_on=date(2026, 1, 5), learned="Ask for lists earlier", owed="Nothing")
SEEN = PersonSeen(
    seen=True, risk=Risk.GREEN, needs="Help with dressing", wishes="To stay near her sister",
    decides=MakesDecision.THEY_DO, way=Way.FAMILY, because="Her sister offers it and she agrees",
)  # fmt: skip
CONFIRMED = ArrangementConfirmed(confirmed=True, by_whom="Her sister", what="Lives with her", from_day=date(2026, 1, 8))
PREPARED = MovePrepared(
    day=date(2026, 1, 8), what_next="She moves in with her sister", who_does_it="Priya Nair goes with her",
    medicines="In the blister pack", gp="Told", belongings="Her sister's van", family_told="Everybody",
    risks="The stairs; a rail is up", liberty=False,
)  # fmt: skip
THERE = MoveDone(done=True, received_by="Her sister")
WELL = CheckedAfterwards(well=True, what_next="A review in six weeks, by Priya Nair")


def fails(office: Office, reported: FailureReported = CLOSING, **changes: Any) -> str:
    """A provider fails; gives the incident's ref."""
    return office.start(provider_failure, reported.model_copy(update=changes))


def people_of(office: Office, incident: str) -> dict[int, AffectedPerson]:
    """The list, by number."""
    with office.council.database.read() as session:
        rows = session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == incident))
        return {row.place: row for row in rows}


def figures(office: Office, incident: str) -> Figures:
    """The incident's figures now."""
    with office.council.database.read() as session:
        return figures_of(session, incident)


def looked_after(office: Office, ref: str) -> None:
    """One person goes to their sister: seen, confirmed, prepared, moved and checked."""
    office.answer(ref, SEEN, by="practitioner")
    office.answer(ref, CONFIRMED, by="practitioner")
    office.answer(ref, PREPARED, by="practitioner")
    office.today_is("2026-01-08 09:00")
    office.answer(ref, THERE, by="practitioner")
    office.today_is("2026-01-10 10:00")
    office.answer(ref, WELL, by="practitioner")


def nobody_need_be_told(office: Office, incident: str) -> None:
    """The group is together, and decides that everybody who must know of it does."""
    office.answer(incident, GROUP, by="team-leader")
    office.answer(incident, NOBODY_TOLD, by="team-leader")


def waits_for(office: Office, ref: str) -> list[str]:
    """What is asked in a case, by form and whom."""
    return [one.partition(",")[0] for one in office.waiting_for(ref) if " of " in one]


# ---------------------------------------------------------------------- the list


def test_everybody_by_our_records_is_on_the_list_whoever_pays(office: Office) -> None:
    """The council's, a self-funder and somebody whom another council placed: each with a case and an owner (TRN-48)."""
    incident = fails(office)
    people = people_of(office, incident)
    assert {(one.person_id, one.paid_by) for one in people.values()} == {
        ("P-106", "council"), ("P-107", "self"), ("P-110", "other-council"),
    }  # fmt: skip
    cases = {ref: office.case(ref) for ref in office.cases(affected_person)}
    assert {one.case_ref for one in people.values()} == set(cases)
    assert all(case.parent_ref == incident and case.owner.startswith("team-") for case in cases.values())
    assert all("PersonSeen" in waits_for(office, ref)[0] for ref in cases)


def test_the_first_question_is_there_before_their_own_case_has_run(office: Office) -> None:
    """It is asked in the transaction that put them on the list, of the team that knows them."""
    incident = fails(office)
    with office.council.database.read() as session:
        opened = {
            item.case_ref: item.opened_at
            for item in session.scalars(select(WorkItem).where(WorkItem.form == PersonSeen.name()))
        }
        owners = {item.asked_of for item in session.scalars(select(WorkItem).where(WorkItem.form == "PersonSeen"))}
    assert set(opened.values()) == {office.case(incident).opened_at}
    assert owners == {"team-hazel", "team-rowan"}


def test_nobody_gets_a_notice_for_each_person_and_managers_hear_of_the_incident_at_once(office: Office) -> None:
    """The room's list is the worklist."""
    fails(office)
    assert any("a provider fails" in one.body for one in office.inbox("head-of-service"))
    office.digest_goes_out()
    assert not any("person-seen" in one.body or "seeing somebody" in one.body for one in office.inbox("team-hazel"))


@pytest.mark.parametrize(
    ("who", "risk"),
    [("P-101", Risk.RED), ("P-108", Risk.RED), ("P-102", Risk.AMBER), ("P-105", Risk.AMBER)],
)
def test_the_list_orders_people_before_anybody_has_seen_them(office: Office, who: str, risk: Risk) -> None:
    """Medicine at its time is red; calls at home, or living alone, amber."""
    people = people_of(office, fails(office, HOME_CARE_GONE))
    assert {one.person_id: one.risk for one in people.values()}[who] == risk


def test_a_manager_hears_at_once_of_somebody_at_high_risk_who_is_not_seen_within_hours(office: Office) -> None:
    """Nights and weekends count."""
    office.today_is("2026-01-09 18:00")
    fails(office, HOME_CARE_GONE, care_ends_on=date(2026, 1, 9))
    before = len(office.inbox("staff-team-manager")) + len(office.inbox("team-manager"))
    office.hours_pass(4.5)
    told = [*office.inbox("staff-team-manager"), *office.inbox("team-manager"), *office.inbox("on-call-manager")]
    assert len(told) > before
    assert any("somebody at high risk is not seen" in one.body for one in told)


def test_a_list_with_somebody_else_puts_them_on_until_a_person_says_otherwise(office: Office) -> None:
    """A stranger to our register has a case like everybody else."""
    incident = fails(office)
    stranger = ListedPerson(name="Agnes Thorold", born_on=date(1935, 3, 1), whereabouts="Room 9")
    office.signal(incident, AffectedListCame(source=ListSource.PROVIDER, said_by="The manager", people=(stranger,)))
    assert figures(office, incident).affected == 4
    (added,) = [one for one in people_of(office, incident).values() if one.person_id is None]
    assert waits_for(office, added.case_ref) == ["PersonSeen of hazel"]
    assert "DifferencesSettled of hazel" in waits_for(office, incident)

    right = SettledDifference(number=1, says=Settled.NOT_AFFECTED, because="She left in November")
    office.answer(incident, DifferencesSettled(settled=(right,)), by="team-leader")
    assert office.outcome_of(added.case_ref) == PersonOutcome.NOT_AFFECTED
    assert (figures(office, incident).affected, figures(office, incident).taken_off) == (3, 1)


def test_lists_that_agree_leave_nothing_to_settle(office: Office) -> None:
    """By register id, or by name and date of birth."""
    incident = fails(office)
    with office.council.database.read() as session:
        known = session.get_one(Person, "P-107")
        by_name = ListedPerson(name=f"Mrs {known.name}", born_on=known.born_on)
    came = AffectedListCame(
        source=ListSource.PROVIDER, said_by="The manager", whole=True,
        people=(ListedPerson(person="P-106"), by_name, ListedPerson(person="P-110")),
    )  # fmt: skip
    office.signal(incident, came)
    assert (figures(office, incident).affected, figures(office, incident).differences) == (3, 0)
    assert "ListAgreed of hazel" in waits_for(office, incident)


def test_what_is_not_certain_is_a_difference_and_never_a_guess(office: Office) -> None:
    """The same name without a birthday may be another person; a whole list that lacks one of ours is asked about."""
    incident = fails(office)
    with office.council.database.read() as session:
        name = session.get_one(Person, "P-107").name
    people = (ListedPerson(person="P-106"), ListedPerson(name=name))
    office.signal(
        incident, AffectedListCame(source=ListSource.PROVIDER, said_by="The manager", whole=True, people=people)
    )
    assert (figures(office, incident).affected, figures(office, incident).differences) == (4, 2)
    twice = max(people_of(office, incident))
    hers = next(place for place, one in people_of(office, incident).items() if one.person_id == "P-107")
    with pytest.raises(AnswerRefused, match="the person themselves"):
        wrong = SettledDifference(number=2, says=Settled.SAME_PERSON, same_as=twice, because="Same room")
        office.answer(incident, DifferencesSettled(settled=(wrong,)), by="team-leader")
    settled = (
        SettledDifference(number=2, says=Settled.SAME_PERSON, same_as=hers, because="Same room"),
        SettledDifference(number=3, says=Settled.AFFECTED, because="He is in hospital and comes back"),
    )
    office.answer(incident, DifferencesSettled(settled=settled), by="team-leader")
    assert office.outcome_of(people_of(office, incident)[twice].case_ref) == PersonOutcome.SAME_PERSON
    assert (figures(office, incident).affected, figures(office, incident).differences) == (3, 0)


# ---------------------------------------------------------------------- one person


def test_notice_from_another_council_brings_our_own_people_there_to_safety(office: Office) -> None:
    """Our resident there is on the list, and managers, commissioning and brokerage hear (TRN-53, TRN-54)."""
    incident = fails(office, provider="harbour-view", cause=Trigger.ANOTHER_COUNCIL)
    (ours,) = people_of(office, incident).values()
    assert (ours.person_id, ours.paid_by) == ("P-113", "council")
    for role in ("commissioning", "brokerage", "strategic-manager"):
        assert any("a provider fails" in one.body for one in office.inbox(role))
    office.answer(ours.case_ref, SEEN.model_copy(update={"way": Way.NEW_PROVIDER}), by="team-manager")
    assert len(office.cases(brokerage)) == 1


def test_somebody_goes_to_family_and_every_stage_is_counted(office: Office) -> None:
    """Seen, arranged, moved, checked: the figures are the sum of the list at each moment."""
    incident = fails(office)
    ref = people_of(office, incident)[1].case_ref
    office.answer(ref, SEEN, by="practitioner")
    office.answer(ref, CONFIRMED, by="practitioner")
    now = figures(office, incident)
    assert (now.seen, now.arranged, now.moved, now.checked, now.accounted_for) == (1, 1, 0, 0, 0)
    office.answer(ref, PREPARED, by="practitioner")
    office.today_is("2026-01-08 09:00")
    office.answer(ref, THERE, by="practitioner")
    office.today_is("2026-01-10 10:00")
    assert waits_for(office, ref)[0].startswith("CheckedAfterwards")
    office.answer(ref, WELL, by="practitioner")
    now = figures(office, incident)
    assert (now.seen, now.arranged, now.moved, now.checked, now.accounted_for) == (1, 1, 1, 1, 1)
    assert office.outcome_of(ref) == PersonOutcome.SAFE


def test_brokerage_finds_other_care_and_nobody_is_moved_before_all_is_prepared(office: Office) -> None:
    """Answered the same day, accepted by them, taken on by name; then the day is prepared (TRN-01, TRN-02, REA-42)."""
    incident = fails(office)
    ref = people_of(office, incident)[2].case_ref
    office.answer(ref, SEEN.model_copy(update={"way": Way.NEW_PROVIDER}), by="practitioner")
    (search,) = office.cases(brokerage)
    assert office.case(search).parent_ref == ref
    office.answer(search, SourcingBegun(begun="Two homes rung"), by="brokerage-officer")
    offer = ProviderOffered(found=True, provider="larch-court", offer="Room 4", starts_on=date(2026, 1, 12))
    office.answer(search, offer, by="brokerage-officer")
    office.answer(search, OfferAnswered(accepted=True, answered_by="She herself"), by="practitioner")
    taken = ProviderTakesItOn(taken_on=True, by_whom="The matron", starts_on=date(2026, 1, 12))
    office.answer(search, taken, by="brokerage-officer")
    assert figures(office, incident).arranged == 1
    assert waits_for(office, ref) == ["MovePrepared of hazel"]


def test_somebody_at_high_risk_without_care_has_somebody_with_them_within_hours(office: Office) -> None:
    """Urgent, within four hours; and again when what covered them ends before other care has begun (TRN-04)."""

    incident = fails(office, HOME_CARE_GONE)
    ref = next(one.case_ref for one in people_of(office, incident).values() if one.person_id == "P-101")
    office.answer(ref, SEEN.model_copy(update={"risk": Risk.RED, "way": Way.NEW_PROVIDER}), by="practitioner")
    due = [one for one in office.waiting_for(ref) if one.startswith("SomebodyIsThere")]
    assert due == ["SomebodyIsThere of hazel, due 2026-01-05 13:00"]
    there = SomebodyIsThere(covered_by="Rapid response", covered_until=datetime(2026, 1, 6, 20, tzinfo=LONDON))
    office.answer(ref, there, by="practitioner")
    assert not any("SomebodyIsThere" in one for one in office.waiting_for(ref))
    office.today_is("2026-01-06 20:05")
    assert any("SomebodyIsThere" in one for one in office.waiting_for(ref))


@pytest.mark.parametrize("way", [one for one in Way if one is not Way.NOT_AFFECTED])
def test_nobody_at_high_risk_is_left_alone_whichever_way_their_care_goes_on(office: Office, way: Way) -> None:
    """Who arranges it themselves, or stays with the provider, is no safer tonight than anybody else (TRN-04)."""
    ref = people_of(office, fails(office))[1].case_ref
    office.answer(ref, SEEN.model_copy(update={"risk": Risk.RED, "way": way}), by="practitioner")
    assert any("SomebodyIsThere" in one for one in office.waiting_for(ref))


def test_somebody_who_cannot_be_reached_is_tried_again_and_a_manager_decides(office: Office) -> None:
    """After two tries in vain; and they are never taken as seen."""
    incident = fails(office)
    ref = people_of(office, incident)[1].case_ref
    for _ in range(2):
        office.answer(ref, PersonSeen(seen=False, tried="Nobody opens"), by="practitioner")
    assert any(one.startswith("HelpDecided of team-manager") for one in waits_for(office, ref))
    assert any(one.startswith("PersonSeen") for one in waits_for(office, ref))
    assert figures(office, incident).seen == 0


def test_what_is_not_right_afterwards_is_arranged_anew(office: Office) -> None:
    """They count as seen and no more, and the incident cannot end."""
    incident = fails(office)
    ref = people_of(office, incident)[1].case_ref
    office.answer(ref, SEEN.model_copy(update={"way": Way.BY_THEMSELVES}), by="practitioner")
    office.answer(ref, CONFIRMED, by="practitioner")
    office.days_pass(2.1)
    wrong = CheckedAfterwards(well=False, trouble="She falls", risk=Risk.RED, way=Way.NEW_PROVIDER)
    office.answer(ref, wrong, by="practitioner")
    now = figures(office, incident)
    assert (now.seen, now.arranged, now.moved) == (1, 0, 0)
    assert people_of(office, incident)[1].risk == Risk.RED
    assert any("SomebodyIsThere" in one for one in office.waiting_for(ref))
    assert len(office.cases(brokerage)) == 1


def test_two_incidents_that_touch_one_person_know_of_each_other(office: Office) -> None:
    """Whoever sees them reads that somebody else is to see them as well."""
    first = fails(office)
    other = fails(office, provider=None, provider_in_words="Dial-a-meal")
    came = AffectedListCame(source=ListSource.OTHER, said_by="A cook", people=(ListedPerson(person="P-106"),))
    office.signal(other, came)
    (ref,) = [one.case_ref for one in people_of(office, other).values()]
    with office.council.database.read() as session:
        asked = next(one for one in recall(session, ref) if one.key == "person-seen")
    assert f"Incident {first} touches them as well" in asked.data["about"]


# ---------------------------------------------------------------------- the end


def test_it_does_not_end_while_anybody_is_without_a_confirmed_safe_arrangement(office: Office) -> None:
    """Three weeks of a closing care home: two are safe, one dies, and only then can it be stood down."""
    incident = fails(office)
    office.answer(incident, DUTY, by="head-of-service")
    office.answer(incident, GROUP, by="team-leader")
    known = (CouncilLeftOut(council="Eastmere", because="It closes the home with us"),)
    office.answer(incident, NOBODY_TOLD.model_copy(update={"councils_not_told": known}), by="team-leader")
    office.answer(incident, REPORT, by="team-leader")
    office.answer(incident, WHOLE, by="team-leader")
    first, second, third = (people_of(office, incident)[place].case_ref for place in (1, 2, 3))
    looked_after(office, first)
    assert not any("IncidentStoodDown" in one for one in office.waiting_for(incident))
    office.answer(second, SEEN.model_copy(update={"way": Way.BY_THEMSELVES}), by="practitioner")
    office.answer(second, CONFIRMED.model_copy(update={"from_day": date(2026, 1, 11)}), by="practitioner")
    office.days_pass(3)
    office.answer(second, WELL, by="practitioner")
    assert not any("IncidentStoodDown" in one for one in office.waiting_for(incident))
    with office.council.database.write() as session:
        session.get_one(Person, "P-110").died_on = date(2026, 1, 13)
    heed_deaths(office.council)
    office.hours_pass(1)
    assert office.outcome_of(third) == PersonOutcome.DIED
    office.answer(incident, OVER, by="strategic-manager")
    assert office.outcome_of(incident) == IncidentOutcome.STOOD_DOWN


@pytest.mark.parametrize("announced", ["from the start", "later"])
def test_an_incident_that_is_announced_ends_like_any_other(office: Office, announced: str) -> None:
    """Nothing of it is final before its end."""
    incident = fails(office, provider="harbour-view", confidential=announced == "later")
    if announced == "later":
        office.signal(incident, IncidentAnnounced(by_whom="The head of service"), by="strategic-manager")
    office.answer(incident, DUTY, by="head-of-service")
    nobody_need_be_told(office, incident)
    office.signal(incident, CareEndsOn(day=date(2026, 1, 20), what="Sooner"), by="team-leader")
    office.answer(incident, WHOLE, by="team-leader")
    (only,) = (one.case_ref for one in people_of(office, incident).values())
    looked_after(office, only)
    office.answer(incident, OVER, by="strategic-manager")
    assert office.outcome_of(incident) == IncidentOutcome.STOOD_DOWN


def test_the_end_is_checked_at_the_door_and_where_it_is_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the flow remembers: a difference in the tables refuses the form, and the step ends nothing."""
    incident = fails(office, provider="harbour-view")
    office.answer(incident, DUTY, by="head-of-service")
    nobody_need_be_told(office, incident)
    office.answer(incident, WHOLE, by="team-leader")
    (only,) = (one.case_ref for one in people_of(office, incident).values())
    looked_after(office, only)
    with office.council.database.write() as session:
        session.add(
            ListLine(
                case_ref=incident,
                number=1,
                source="other",
                said_by="Somebody",
                came_at=office.clock.now(),
                person_ref=only,
                difference="only-there",
            )
        )
    with pytest.raises(AnswerRefused, match="1 differences between lists are not settled"):
        office.answer(incident, OVER, by="strategic-manager")
    monkeypatch.setattr("tasks.provider_failure.checks.why_not_over", lambda *_: [])
    office.answer(incident, OVER, by="strategic-manager")
    assert not office.is_closed(incident)


def test_a_list_that_comes_late_opens_again_what_was_agreed(office: Office) -> None:
    """The question to stand down is taken back, and the new person is looked after first."""
    incident = fails(office, provider="harbour-view")
    office.answer(incident, DUTY, by="head-of-service")
    nobody_need_be_told(office, incident)
    office.answer(incident, WHOLE, by="team-leader")
    (only,) = (one.case_ref for one in people_of(office, incident).values())
    looked_after(office, only)
    assert any("IncidentStoodDown" in one for one in office.waiting_for(incident))
    came = AffectedListCame(
        source=ListSource.OTHER_COUNCIL, said_by="Eastmere", people=(ListedPerson(name="Iris Vance"),)
    )
    office.signal(incident, came)
    waiting = office.waiting_for(incident)
    assert not any("IncidentStoodDown" in one for one in waiting) and any("Differences" in one for one in waiting)


def test_a_provider_that_recovers_is_confirmed_with_each_person(office: Office) -> None:
    """Whoever has been seen is asked whether their care goes on; whoever is with other care already is left alone."""
    incident = fails(office)
    first, second = (people_of(office, incident)[place].case_ref for place in (1, 2))
    office.answer(first, SEEN.model_copy(update={"way": Way.NEW_PROVIDER}), by="practitioner")
    (search,) = office.cases(brokerage)
    office.signal(incident, ProviderRecovers(what="A buyer was found"), by="strategic-manager")
    assert office.is_closed(search)
    assert waits_for(office, first) == ["ArrangementConfirmed of hazel"]
    assert waits_for(office, second) == ["PersonSeen of hazel"]
    office.answer(first, CONFIRMED.model_copy(update={"by_whom": "The new owner"}), by="practitioner")
    office.days_pass(2.1)
    office.answer(first, WELL, by="practitioner")
    assert office.outcome_of(first) == PersonOutcome.SAFE


def test_care_that_ends_sooner_is_heard_in_every_case_and_by_brokerage(office: Office) -> None:
    """Whoever is at high risk without anybody giving the care has somebody with them; the room counts no such call."""
    incident = fails(office)
    first, second = (people_of(office, incident)[place].case_ref for place in (1, 2))
    office.answer(first, SEEN.model_copy(update={"way": Way.NEW_PROVIDER}), by="practitioner")
    (search,) = office.cases(brokerage)
    office.answer(search, SourcingBegun(begun="Two homes rung"), by="brokerage-officer")
    office.signal(incident, CareEndsOn(day=date(2026, 1, 30), what="A week more was agreed"), by="team-leader")
    assert not any("CareEscalated" in one for one in office.waiting_for(search))
    office.signal(incident, CareEndsOn(day=date(2026, 1, 6), what="The staff have gone"), by="team-leader")
    assert any("CareEscalated" in one for one in office.waiting_for(search))
    assert waits_for(office, second) == ["PersonSeen of hazel"]
    office.answer(second, SEEN.model_copy(update={"way": Way.NEW_PROVIDER, "risk": Risk.RED}), by="practitioner")
    assert any("SomebodyIsThere" in one for one in office.waiting_for(second))
    (other,) = set(office.cases(brokerage)) - {search}
    with office.council.database.read() as session:
        assert session.get_one(Incident, incident).care_ends_on == date(2026, 1, 6)
        assert recall(session, other)[0].data["wanted_from"] == "2026-01-06"


def test_the_room_reports_at_set_intervals_with_the_figures_beside_the_form(office: Office) -> None:
    """Every twelve hours, until it is over."""
    incident = fails(office)
    office.answer(incident, REPORT, by="team-leader")
    assert not any("SituationReported" in one for one in office.waiting_for(incident))
    office.hours_pass(12.1)
    assert any("SituationReported" in one for one in office.waiting_for(incident))
    story = "\n".join(office.story_of(incident))
    assert "3 affected, 0 seen" in story


def test_the_group_is_convened_within_hours_and_has_the_nurse_where_she_is_needed() -> None:
    """Quality, transfers of care and infection each call for her (TRN-49)."""
    with pytest.raises(AnswerRefused, match="public health protection nurse"):
        GroupConvened.read(GROUP.model_dump(mode="json") | {"matters": ["infection"]})
