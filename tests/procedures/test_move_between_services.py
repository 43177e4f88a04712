"""Moves between services: prepared, taken on by name, never without care in between, and looked at afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.advocacy import advocacy
from flows.brokerage import BrokerageOutcome, brokerage
from flows.disclosure import disclosure
from flows.telling_a_person import telling_a_person
from models.forms.base import AnswerRefused
from models.forms.brokerage import OfferAnswered, ProviderOffered, ProviderTakesItOn, SourcingBegun
from models.forms.disclosure import DisclosureVerdict, RefusalExplained, Verdict
from models.forms.going_over import MakesDecision
from models.forms.move_day import GapClosed, MoveChecked, MoveDay, MoveDecided
from models.forms.move_preparing import (
    ArrangementsInPlace,
    MoveEscalated,
    MoveTalkedOver,
    PartnerNotTold,
    SomebodyToTell,
    ToldAs,
)
from models.forms.moves import DestinationChanged, MoveNeedsDeciding, MovePutOff, OldServiceEnds
from models.moves.kinds import Arrangement, Decided, GapWay, MoveOutcome, Pathway, TheySay, WhoMoves
from models.register import Person
from models.tray import TrayPlace
from tasks.deaths import heed_deaths
from tasks.durable.testing import Office
from tasks.worklist.starting import CannotBeOpened, Said, open_by_hand, procedure_by_hand
from tests.procedures.move_stories import (
    AGREES,
    IN_PLACE,
    NO_MOVE,
    NOW,
    PLAN,
    REFUSED,
    REFUSES,
    THE_DAY,
    THERE,
    WANTED,
    WELL,
    asked,
    gaps,
    handovers,
    moves,
    prepare,
    row_of,
    take_on,
)
from tests.procedures.tray_stories import on_the_tray

MANAGER = "team-manager"


def told(office: Office, whom: str, what: str) -> bool:
    """Whether somebody has heard of that."""
    return any(what in one.body for one in office.inbox(whom))


def dies(office: Office, person: str = "P-104") -> None:
    """The register's extract shows their death."""
    with office.council.database.write() as session:
        session.get_one(Person, person).died_on = office.clock.now().date()
    heed_deaths(office.council)
    office.hours_pass(0.1)


# ---------------------------------------------------------------------- as it should go


@pytest.mark.clauses("TRN-01", "TRN-02", "TRN-04", "TRN-06")
def test_somebody_moves_once_all_is_there_and_the_receiver_has_them_from_that_day(office: Office) -> None:
    """Talked over, planned, in place and taken on by name; the case goes over on the day, and they are seen after."""
    case = moves(office)
    assert asked(office, case) == {"MoveTalkedOver": "practitioner", "MoveTakenOn": "rowan"}
    prepare(office, case)
    take_on(office, case)
    assert office.case(case).owner == "role-duty-worker"  # until the day it stays the sender's
    assert asked(office, case) == {}
    office.today_is("2026-01-19 08:30")
    assert asked(office, case) == {"MoveDay": "practitioner"}
    office.answer(case, THERE, by="practitioner")
    assert office.case(case).owner == "staff-practitioner-5"
    office.today_is("2026-01-27 10:00")
    assert asked(office, case) == {"MoveChecked": "practitioner-5"}
    office.answer(case, WELL, by="practitioner-5")
    assert office.outcome_of(case) == MoveOutcome.MOVED
    assert (row_of(office, case).put_off, gaps(office, case)) == (0, [])


@pytest.mark.parametrize("pathway", list(Pathway))
@pytest.mark.parametrize("who", [WhoMoves.YOUNG_PERSON, WhoMoves.CARER])
@pytest.mark.clauses("TRN-15", "TRN-16", "TRN-17")
def test_every_kind_of_move_has_its_receiver_and_its_list(office: Office, pathway: Pathway, who: WhoMoves) -> None:
    """By policy: who takes part where nobody is named, and what has to be in place; nothing else is let through."""
    words = "Into a refuge" if pathway is Pathway.ANOTHER else ""
    case = moves(office, pathway=pathway, pathway_in_words=words, who_moves=who, new_team=None)
    set_by_policy = office.council.policy.moves.of(pathway)
    assert asked(office, case)["MoveTakenOn"] == set_by_policy.receiver.partition("-")[2]
    office.answer(case, AGREES, by="practitioner")
    one = set_by_policy.every_arrangement[-1]
    with pytest.raises(AnswerRefused, match=rf"{one.field}: say who does it"):
        office.answer(case, PLAN.model_copy(update={one.field: ""}), by="practitioner")
    office.answer(case, PLAN, by="practitioner")
    rest = ArrangementsInPlace(
        in_place=frozenset(set_by_policy.every_arrangement[:-1]), still_open="One thing", ask_again_on=date(2026, 1, 12)
    )
    office.answer(case, rest, by="practitioner")
    assert row_of(office, case).in_place_at is None
    office.today_is("2026-01-12 09:30")
    office.answer(case, ArrangementsInPlace(in_place=frozenset({one})), by="practitioner")
    assert row_of(office, case).in_place_at is not None


@pytest.mark.clauses("TRN-02", "TRN-17", "DUTY-40")
def test_from_a_care_home_to_supported_living_with_a_representative_and_an_advocate(office: Office) -> None:
    """Brokerage finds the place, the advocate comes before the plan, and the provider takes him on by name."""
    case = moves(
        office, person="P-106", pathway=Pathway.SUPPORTED_LIVING, old_service="Willow Bank House",
        old_provider="willow-bank", to_be_found=True, new_service="", new_team=None, day=date(2026, 2, 23),
    )  # fmt: skip
    (search,) = office.cases(brokerage)
    sister = AGREES.model_copy(
        update={
            "decides": MakesDecision.FOR_THEM,
            "represented_by": "His sister, by deputyship",
            "advocate_needed": True,
        }
    )
    office.answer(case, sister, by="practitioner")
    assert "MovePlanned" not in asked(office, case)  # planning waits for an advocate
    (about_advocate,) = office.cases(advocacy)
    office.answer(search, SourcingBegun(begun="Three asked"), by="brokerage-officer")
    offer = ProviderOffered(found=True, provider_in_words="Rowan Flats", offer="A flat", starts_on=date(2026, 2, 23))
    office.answer(search, offer, by="brokerage-officer")
    office.answer(search, OfferAnswered(accepted=True, answered_by="His sister"), by="practitioner")
    named = ProviderTakesItOn(taken_on=True, by_whom="Ada Moss", starts_on=date(2026, 2, 23))
    office.answer(search, named, by="brokerage-officer")
    assert row_of(office, case).accepted_at is not None and row_of(office, case).new_service == "Rowan Flats"
    an_advocate_is_in_place(office, about_advocate)
    office.answer(case, sister.model_copy(update={"advocate_needed": False}), by="practitioner")
    office.answer(case, PLAN.model_copy(update={"day": date(2026, 2, 23)}), by="practitioner")
    office.answer(case, IN_PLACE, by="practitioner")
    office.today_is("2026-02-23 09:00")
    office.answer(case, THERE, by="practitioner")
    office.today_is("2026-03-03 09:00")
    office.answer(case, WELL, by="practitioner")
    assert office.outcome_of(case) == MoveOutcome.MOVED


def an_advocate_is_in_place(office: Office, case: str) -> None:
    """Somebody says that they have one."""
    from models.forms.advocacy import AdvocacyDecision, AdvocateFound, AdvocateKind

    decided = AdvocacyDecision(
        nobody_appropriate=True, substantial_difficulty=True, reasons="He has nobody but her", talked_over="Yes",
        kind=AdvocateKind.CARE_ACT, service="Speak Up", to_be_given="His name and what it is about",
    )  # fmt: skip
    office.answer(case, decided, by="practitioner")
    (gate,) = [ref for ref in office.cases(disclosure) if office.case(ref).parent_ref == case]
    allow_and_give(office, gate)
    today = office.clock.now().date()
    found = AdvocateFound(in_place=True, advocate="Noor Aziz", service="Speak Up", since=today, independent=True)
    office.answer(case, found, by="practitioner")


def allow_and_give(office: Office, gate: str) -> None:
    """The gate lets it through, and it is given."""
    from models.forms.disclosure import DisclosureMade, SecureWay

    if any("DisclosureVerdict" in line for line in office.waiting_for(gate)):
        verdict = DisclosureVerdict(
            verdict=Verdict.ALLOW, reasons="Needed", legal_basis="Care Act", least_content="Name",
            local_policy_allows=True, principles_regarded=True,
        )  # fmt: skip
        office.answer(gate, verdict, by="team-leader")
    made = DisclosureMade(given_on=office.clock.now().date(), way=SecureWay.TELEPHONE, given="Name")
    office.answer(gate, made, by="practitioner")


@pytest.mark.clauses("TRN-01", "TRN-06", "TRN-15", "TRN-16")
def test_a_carer_leaves_hospital_in_an_emergency_and_what_was_missing_is_chased_at_once(office: Office) -> None:
    """A manager decides with reasons; she moves, and the case does not end before all that was missing is there."""
    case = moves(
        office, person="P-109", who_moves=WhoMoves.CARER, pathway=Pathway.HOSPITAL, old_service="Ward 4",
        old_provider=None, new_service="Home, with nurses", new_team="rowan", day=date(2026, 1, 5), emergency=True,
    )  # fmt: skip
    assert "MoveDecided" in asked(office, case) and "MoveDay" not in asked(office, case)
    with pytest.raises(AssertionError, match="does not ask for MoveDay"):
        office.answer(case, THERE, by="practitioner")
    office.answer(case, NOW, by=MANAGER)
    assert {"MoveDay", "MoveTalkedOver", "MovePlanned", "MoveTakenOn"} <= set(asked(office, case))
    office.answer(case, THERE, by="practitioner")
    assert {"MoveTalkedOver", "MovePlanned", "MoveTakenOn"} <= set(asked(office, case))
    due = {line.partition(" of ")[0]: line.partition("due ")[2] for line in office.waiting_for(case)}
    assert due["MovePlanned"] == "2026-01-06 09:00" and due["MoveTakenOn"] == "2026-01-05 13:00"
    office.today_is("2026-01-06 10:00")
    office.answer(case, WELL, by="practitioner")
    assert not office.is_closed(case)
    prepare(office, case)
    assert not office.is_closed(case)
    take_on(office, case)
    assert office.outcome_of(case) == MoveOutcome.MOVED
    assert office.case(case).owner == "staff-practitioner-5"


@pytest.mark.parametrize(
    ("by", "may"), [("team-leader", False), ("practitioner", False), ("on-call-manager", True), ("team-manager", True)]
)
def test_only_a_manager_decides_that_it_cannot_wait(office: Office, by: str, may: bool) -> None:
    """The on-call manager as well: it is urgent."""
    case = moves(office, emergency=True)
    if may:
        office.answer(case, NOW, by=by)
        assert row_of(office, case).emergency_at is not None
        return
    with pytest.raises(Exception, match="decided by a team manager or strategic manager"):
        office.answer(case, NOW, by=by)


# ---------------------------------------------------------------------- nobody moves unprepared


@pytest.mark.parametrize("missing", ["talked over", "planned", "in place", "taken on"])
@pytest.mark.clauses("TRN-01", "TRN-02", "TRN-06")
def test_nobody_moves_while_anything_is_missing(office: Office, missing: str) -> None:
    """On the eve it comes before a manager; the day is not asked about until it is there."""
    case = moves(office)
    if missing != "talked over":
        office.answer(case, AGREES, by="practitioner")
        if missing != "planned":
            office.answer(case, PLAN, by="practitioner")
            if missing != "in place":
                office.answer(case, IN_PLACE, by="practitioner")
    if missing != "taken on":
        take_on(office, case)
    office.today_is("2026-01-16 08:30")
    assert "MoveDecided" in asked(office, case)
    office.today_is("2026-01-20 09:00")
    assert "MoveDay" not in asked(office, case)
    if missing == "taken on":
        take_on(office, case, from_day=date(2026, 1, 20))
    else:
        for form in (AGREES, PLAN.model_copy(update={"day": date(2026, 1, 20)}), IN_PLACE):
            if form.name() in asked(office, case):
                office.answer(case, form, by="practitioner")
    assert "MoveDay" in asked(office, case) and "MoveDecided" not in asked(office, case)


@pytest.mark.clauses("TRN-02")
def test_who_refuses_is_not_moved_and_a_manager_decides(office: Office) -> None:
    """Not even in an emergency; it is talked over again, or they stay, with who gives their care by name."""
    case = moves(office)
    take_on(office, case)
    office.answer(case, REFUSES, by="practitioner")
    with pytest.raises(AnswerRefused, match="they refuse it"):
        office.answer(case, NOW, by=MANAGER)
    office.answer(case, MoveDecided(decided=Decided.TALK_AGAIN, reasons="With his niece"), by=MANAGER)
    assert asked(office, case)["MoveTalkedOver"] == "practitioner"
    office.answer(case, REFUSES, by="practitioner")
    office.answer(case, NO_MOVE, by=MANAGER)
    assert office.outcome_of(case) == MoveOutcome.NO_MOVE
    office.digest_goes_out()
    assert told(office, "staff-practitioner-5", "somebody does not move to you")


def test_a_refusal_that_comes_after_the_emergency_was_decided_stops_it_all_the_same(office: Office) -> None:
    """Nobody is asked whether they are there."""
    case = moves(office, emergency=True)
    office.answer(case, NOW, by=MANAGER)
    assert "MoveDay" in asked(office, case)
    office.answer(case, REFUSES, by="practitioner")
    assert "MoveDay" not in asked(office, case) and "MoveDecided" in asked(office, case)


def test_who_cannot_be_talked_with_is_tried_again_the_next_working_day(office: Office) -> None:
    """As often as it takes; the eve brings it before a manager."""
    case = moves(office)
    office.answer(case, MoveTalkedOver(talked=False, tried="He was out"), by="practitioner")
    assert "MoveTalkedOver" not in asked(office, case)
    office.today_is("2026-01-06 09:00")
    assert "MoveTalkedOver" in asked(office, case)


def test_a_talk_that_is_wanted_again_after_the_day_comes_before_a_manager_once_more(office: Office) -> None:
    """Nothing lies because its day has passed."""
    case = moves(office)
    office.today_is("2026-01-20 09:00")
    office.answer(case, MoveDecided(decided=Decided.TALK_AGAIN, reasons="With his niece"), by=MANAGER)
    assert "MoveDecided" not in asked(office, case)
    office.today_is("2026-01-21 09:00")
    assert "MoveDecided" in asked(office, case)


# ---------------------------------------------------------------------- who takes them on


@pytest.mark.clauses("TRN-06")
def test_a_team_that_refuses_brings_it_before_a_manager_who_names_another(office: Office) -> None:
    """With its reason; the sender keeps them meanwhile."""
    case = moves(office)
    office.answer(case, REFUSED, by="practitioner-5")
    assert asked(office, case)["MoveEscalated"] == "strategic-manager"
    office.answer(case, MoveEscalated(done="Spoke with Hazel's leader", team="hazel"), by="strategic-manager")
    assert asked(office, case)["MoveTakenOn"] == "hazel"
    take_on(office, case, by="practitioner-2")
    assert handovers(office, case) == [("team-rowan", "refused", False), ("team-hazel", "accepted", False)]


@pytest.mark.parametrize(
    ("emergency", "silent_after"), [(True, "2026-01-05 13:00"), (False, "2026-01-07 17:00")], ids=["urgent", "planned"]
)
@pytest.mark.clauses("TRN-06")
def test_a_team_that_says_nothing_is_escalated(office: Office, emergency: bool, silent_after: str) -> None:
    """After an escalation's four hours where it is urgent, else after two working days; and they are still asked."""
    case = moves(office, emergency=emergency)
    office.today_is(silent_after.replace("17:00", "16:30").replace("13:00", "12:30"))
    assert "MoveEscalated" not in asked(office, case)
    office.today_is(silent_after)
    assert {"MoveEscalated": "strategic-manager", "MoveTakenOn": "rowan"}.items() <= asked(office, case).items()
    take_on(office, case)
    assert "MoveEscalated" not in asked(office, case)
    assert handovers(office, case) == [("team-rowan", "accepted", True)]


def test_a_receiver_who_begins_later_moves_the_day(office: Office) -> None:
    """Where the care they have ends before, that is a gap."""
    case = moves(office, care_ends_on=THE_DAY)
    take_on(office, case, from_day=date(2026, 1, 21))
    assert row_of(office, case).day == date(2026, 1, 21)
    assert asked(office, case)["GapClosed"] == "practitioner"


def test_brokerage_that_ends_without_a_place_leaves_the_question_where_they_go(office: Office) -> None:
    """It is looked for again, or somebody says where."""
    from models.forms.brokerage import CareNoLongerWanted
    from models.forms.move_preparing import DestinationFound

    case = moves(office, to_be_found=True, new_service="", new_team=None)
    (search,) = office.cases(brokerage)
    office.signal(search, CareNoLongerWanted(because="Nothing within a year"), by="brokerage-officer")
    assert asked(office, case)["DestinationFound"] == "practitioner"
    office.answer(case, DestinationFound(look_again=True), by="practitioner")
    (again,) = [ref for ref in office.cases(brokerage) if not office.is_closed(ref)]
    office.signal(again, CareNoLongerWanted(because="Nothing"), by="brokerage-officer")
    office.answer(case, DestinationFound(look_again=False, new_service="His niece's house"), by="practitioner")
    assert asked(office, case)["MoveTakenOn"] == "brokerage"
    assert row_of(office, case).new_service == "His niece's house"


def test_what_was_prepared_before_anybody_knew_where_they_go_is_prepared_anew(office: Office) -> None:
    """Nobody's day comes with what was arranged for no place (TRN-01, TRN-02)."""
    from models.forms.brokerage import CareNoLongerWanted
    from models.forms.move_preparing import DestinationFound

    case = moves(office, to_be_found=True, new_service="", new_team=None)
    prepare(office, case)
    (search,) = office.cases(brokerage)
    office.signal(search, CareNoLongerWanted(because="Nothing within a year"), by="brokerage-officer")
    office.answer(case, DestinationFound(look_again=False, new_service="His niece's house"), by="practitioner")
    assert not row_of(office, case).is_ready
    assert asked(office, case)["MoveTalkedOver"] == "practitioner"
    prepare(office, case)
    take_on(office, case, by="brokerage-officer")
    assert row_of(office, case).is_ready


# ---------------------------------------------------------------------- no gap in care


@pytest.mark.parametrize(
    ("closing", "problem"),
    [
        (GapClosed(way=GapWay.INTERIM, by_whom="Bluebell", until=date(2026, 1, 18)), "has to last until 19.01.2026"),
        (GapClosed(way=GapWay.SOONER, by_whom="The club", new_day=date(2026, 1, 13)), "ends on 12.01.2026"),
    ],
)
@pytest.mark.clauses("TRN-04")
def test_a_gap_is_an_alarm_at_once_and_is_not_closed_by_half(office: Office, closing: GapClosed, problem: str) -> None:
    """Care that ends a week before: whoever has it in hand is asked within hours, and a manager hears."""
    case = moves(office, care_ends_on=date(2026, 1, 12))
    assert "GapClosed of practitioner, due 2026-01-05 13:00" in office.waiting_for(case)
    with pytest.raises(AnswerRefused, match=problem):
        office.answer(case, closing, by="practitioner")
    office.digest_goes_out()
    assert told(office, "staff-team-manager", "gap in care of somebody who moves")
    office.answer(case, GapClosed(way=GapWay.INTERIM, by_whom="Bluebell", until=THE_DAY), by="practitioner")
    assert "GapClosed" not in asked(office, case)
    office.today_is("2026-01-13 09:00")
    assert gaps(office, case) == []


@pytest.mark.clauses("TRN-03", "TRN-04")
def test_a_gap_that_nobody_closes_is_counted_from_its_first_day_until_somebody_gives_care(office: Office) -> None:
    """It is asked anew once it has begun."""
    case = moves(office, care_ends_on=date(2026, 1, 12))
    office.today_is("2026-01-14 09:00")
    assert gaps(office, case) == [(date(2026, 1, 12), None)]
    assert "GapClosed" in asked(office, case)
    office.answer(case, GapClosed(way=GapWay.OLD_GOES_ON, by_whom="The centre", until=THE_DAY), by="practitioner")
    assert gaps(office, case) == [(date(2026, 1, 12), date(2026, 1, 14))]
    office.signal(case, OldServiceEnds(care_ends_on=date(2026, 1, 15), what="They cannot after all"))
    assert "GapClosed" in asked(office, case)
    office.today_is("2026-01-15 09:00")
    assert gaps(office, case)[1:] == [(date(2026, 1, 15), None)]


def test_the_day_of_the_move_itself_is_no_gap_unless_they_do_not_move(office: Office) -> None:
    """The old care ends on the day on which the new begins."""
    case = moves(office, care_ends_on=THE_DAY)
    prepare(office, case)
    take_on(office, case)
    office.today_is("2026-01-19 09:00")
    assert gaps(office, case) == [] and asked(office, case) == {"MoveDay": "practitioner"}
    office.answer(case, MoveDay(done=False, why_not="Snow", new_day=date(2026, 1, 21)), by="practitioner")
    assert gaps(office, case) == [(THE_DAY, None)] and "GapClosed" in asked(office, case)


def test_a_gap_that_cannot_be_closed_is_decided_by_a_manager(office: Office) -> None:
    """Nobody moves like that: put off, or not at all."""
    case = moves(office, care_ends_on=date(2026, 1, 12))
    office.answer(case, GapClosed(way=GapWay.REFUSED, because="Nobody has room"), by="practitioner")
    assert "GapClosed" not in asked(office, case)
    later = MoveDecided(decided=Decided.PUT_OFF, reasons="Not before spring", new_day=date(2026, 3, 2))
    office.answer(case, later, by=MANAGER)
    assert "GapClosed" in asked(office, case)  # it is a gap still


# ---------------------------------------------------------------------- what may come at any time


@pytest.mark.parametrize("when", ["at once", "prepared", "in brokerage", "on the day", "after the move"])
def test_a_death_ends_it_wherever_it_stands(office: Office, when: str) -> None:
    """Nobody is moved, written to or asked any more, and no search goes on."""
    broking = when == "in brokerage"
    case = moves(office, to_be_found=broking, new_team=None if broking else "rowan")
    if when in ("prepared", "on the day", "after the move"):
        prepare(office, case)
        take_on(office, case)
    if when in ("on the day", "after the move"):
        office.today_is("2026-01-19 09:00")
    if when == "after the move":
        office.answer(case, THERE, by="practitioner")
    dies(office)
    assert office.outcome_of(case) == MoveOutcome.DIED
    assert {office.outcome_of(one) for one in office.cases(brokerage)} <= {BrokerageOutcome.DIED}
    assert office.waiting_for(case) == []


def test_a_move_that_is_put_off_is_arranged_anew_for_its_day(office: Office) -> None:
    """What was in place for one day is ticked again for the other; whoever takes them on hears."""
    case = moves(office)
    prepare(office, case)
    take_on(office, case)
    office.signal(case, MovePutOff(new_day=date(2026, 1, 26), because="He has a cold"), by="practitioner")
    assert asked(office, case) == {"ArrangementsInPlace": "practitioner"}
    office.today_is("2026-01-19 09:00")
    assert "MoveDay" not in asked(office, case)
    office.answer(case, IN_PLACE, by="practitioner")
    office.today_is("2026-01-26 09:00")
    assert asked(office, case) == {"MoveDay": "practitioner"}
    assert row_of(office, case).put_off == 1
    assert told(office, "staff-practitioner-5", "a move is put off")


def test_a_changed_destination_is_talked_over_planned_and_taken_on_anew(office: Office) -> None:
    """What was agreed for one place says nothing of another."""
    case = moves(office)
    prepare(office, case)
    take_on(office, case)
    elsewhere = DestinationChanged(to_be_found=False, new_service="The Orchard on all days", because="It stays open")
    office.signal(case, elsewhere, by="practitioner")
    assert asked(office, case) == {"MoveTalkedOver": "practitioner", "MoveTakenOn": "brokerage"}
    assert not row_of(office, case).is_ready
    office.signal(case, DestinationChanged(to_be_found=True, because="No room there either"), by="practitioner")
    assert [office.is_closed(ref) for ref in office.cases(brokerage)] == [False]
    assert handovers(office, case)[1:] == [("role-brokerage", "taken-back", False)]


def test_somebody_says_that_a_manager_must_decide_at_any_time(office: Office) -> None:
    """One question, with all that has come up."""
    case = moves(office)
    office.signal(case, MoveNeedsDeciding(why="His niece is against it"), by="practitioner")
    office.signal(case, MoveNeedsDeciding(why="The club has moved"), by="practitioner")
    assert [line for line in office.waiting_for(case) if "MoveDecided" in line] == [
        "MoveDecided of team-manager, due 2026-01-05 13:00"
    ]


def test_who_is_not_well_there_is_seen_again_until_they_are(office: Office) -> None:
    """A manager hears; the case stays open."""
    case = moves(office)
    prepare(office, case)
    take_on(office, case)
    office.today_is("2026-01-19 09:00")
    office.answer(case, THERE, by="practitioner")
    office.today_is("2026-01-27 09:00")
    wrong = MoveChecked(
        well=False, trouble="He sits alone", put_right="Joan Hale sits with him", look_again_on=date(2026, 2, 2)
    )
    office.answer(case, wrong, by="practitioner-5")
    assert not office.is_closed(case) and asked(office, case) == {}
    office.today_is("2026-02-02 09:30")
    assert told(office, "staff-team-manager", "somebody is not well after a move") or told(
        office, "staff-rowan-team-leader", "somebody is not well after a move"
    )
    office.answer(case, WELL, by="practitioner-5")
    assert office.outcome_of(case) == MoveOutcome.MOVED


@pytest.mark.clauses("TRN-15")
def test_partners_hear_through_the_gate_and_family_as_people_are_told(office: Office) -> None:
    """A partner who was not told is not left at that; the move does not end before it is said what is done instead."""
    case = moves(office)
    office.answer(case, AGREES, by="practitioner")
    tell = (
        SomebodyToTell(who=ToldAs.PARTNER, called="The district nurses", what="That he moves on Monday"),
        SomebodyToTell(who=ToldAs.FAMILY, called="His niece", email="niece@example.org", what="That he moves"),
        SomebodyToTell(who=ToldAs.PERSON, what="The car comes at ten"),
    )
    office.answer(case, PLAN.model_copy(update={"to_tell": tell}), by="practitioner")
    (gate,) = office.cases(disclosure)
    assert len(office.cases(telling_a_person)) == 2
    office.answer(gate, DisclosureVerdict(verdict=Verdict.REFUSE, reasons="They know"), by="team-leader")
    office.answer(gate, RefusalExplained(told="The nurses know already"), by="practitioner")
    assert asked(office, case)["PartnerNotTold"] == "practitioner"
    office.answer(case, PartnerNotTold(instead="Nothing: they know already"), by="practitioner")
    assert "PartnerNotTold" not in asked(office, case)


def test_what_else_is_open_about_them_goes_on_and_its_owner_hears(office: Office) -> None:
    """Somebody on a tray who moves is on it still, with their clock; whoever has the move sees so."""
    waiting = on_the_tray(office, person="P-104")
    with office.council.database.read() as session:
        before = session.get_one(TrayPlace, waiting)
    case = moves(office)
    prepare(office, case)
    take_on(office, case)
    office.today_is("2026-01-19 09:00")
    office.answer(case, THERE, by="practitioner")
    with office.council.database.read() as session:
        after = session.get_one(TrayPlace, waiting)
    assert not office.is_closed(waiting) and after.left_at is None
    assert (after.requested_at, after.placed_at) == (before.requested_at, before.placed_at)
    owner = office.case(waiting).owner
    assert any("omebody is to move" in line for line in office.story_of(case) if owner.partition("-")[2] in line)


# ---------------------------------------------------------------------- at the door


def test_a_pathway_with_a_procedure_of_its_own_is_begun_there(office: Office) -> None:
    """Policy names it; one that this version does not have is done here, so that nobody is turned away."""
    policy = office.council.policy

    def with_own(procedure: str) -> None:
        pathways = tuple(
            one.model_copy(update={"procedure": procedure}) if one.pathway is Pathway.BETWEEN_SERVICES else one
            for one in policy.moves.pathways
        )
        office.policy_becomes(
            policy.model_copy(update={"moves": policy.moves.model_copy(update={"pathways": pathways})})
        )

    def opens() -> str:
        by_hand = procedure_by_hand("move-between-services")
        return open_by_hand(office.council, by_hand, WANTED, by="practitioner", said=Said())

    with_own("urgent-action")
    with pytest.raises(CannotBeOpened, match="procedure of its own; start Urgent action instead"):
        opens()
    assert office.cases() == []
    with_own("funding-that-is-not-there-yet")
    assert opens() in office.cases()


@pytest.mark.parametrize(
    "changes",
    [
        {"person": None},
        {"pathway": Pathway.ANOTHER},
        {"new_service": ""},
    ],
)
def test_a_move_says_who_what_and_where(changes: dict[str, Any]) -> None:
    """Else it is not begun."""
    with pytest.raises(ValueError, match=r"name the person|say in"):
        type(WANTED).model_validate(WANTED.model_dump() | changes)


def test_in_doubt_who_decides_nobody_has_agreed(office: Office) -> None:
    """It is assessed first."""
    with pytest.raises(ValueError, match="assessed first"):
        type(AGREES).model_validate(AGREES.model_dump() | {"decides": MakesDecision.IN_DOUBT})
    assert AGREES.they_say is TheySay.AGREES and Arrangement.OTHER.field == "other"
