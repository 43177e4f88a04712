"""The risk in a provider's recruitment from abroad is weighed, acted on, and looked at again (TRN-57 to TRN-60)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.brokerage import brokerage
from flows.international_recruitment_risk import international_recruitment_risk
from flows.provider_failure import provider_failure
from flows.provider_stop import provider_stop
from flows.safeguarding_concern import safeguarding_concern
from models.cases import Entry
from models.forms.base import AnswerRefused
from models.forms.brokerage import CareNoLongerWanted, CareWanted, Urgency
from models.forms.commissioning import NotGivenOn
from models.forms.recruitment_risk import (
    RecruitmentNews,
    RecruitmentRiskAssessed,
    RecruitmentRiskDecided,
    RecruitmentRiskWanted,
    RiskLevelJudged,
)
from models.forms.safeguarding import ConcernAcknowledged
from models.market.kinds import Licence, Partner, RecruitmentAction, RecruitmentSign, RiskLevel
from models.provider_failure.kinds import Trigger
from models.providers.tables import CarePackage, Provider, ProviderStop
from models.register import Person
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.provider_stories import gate_allows, gate_refuses, gates_of, is_stopped, opened_by

COMMISSIONER = "commissioning-officer"
A = RecruitmentAction
WATCHED = RecruitmentRiskDecided(reasons="the licence holds")


def a_risk(office: Office, provider: str = "larch-court") -> str:
    """Somebody has a provider's recruitment looked at on Monday 5 January 2026; gives the case's ref."""
    wanted = RecruitmentRiskWanted(provider=provider, why="half of the night staff is new")
    return office.start(international_recruitment_risk, wanted, owner="role-commissioning")


def known(licence: Licence = Licence.IN_FORCE, **changes: Any) -> RecruitmentRiskAssessed:
    """What a person found out."""
    answer: dict[str, Any] = {"licence": licence, "how_known": "the public register", "modern_slavery": False}
    return RecruitmentRiskAssessed(**answer | changes)


def decided(*actions: RecruitmentAction, **changes: Any) -> RecruitmentRiskDecided:
    """What is done, with what each action needs."""
    answer: dict[str, Any] = {"actions": frozenset(actions), "reasons": "nobody may be left without care"}
    if A.TELL_PARTNERS in actions:
        answer |= {"partners": frozenset({Partner.POLICE, Partner.LABOUR_ABUSE}), "tell_what": "what was seen"}
    if A.STOP in actions:
        answer["stop_looked_at_on"] = date(2026, 1, 19)
    if A.MOVE_PEOPLE in actions:
        answer |= {"urgency": Urgency.DAYS, "wanted_from": date(2026, 1, 9)}
    if A.INCIDENT in actions:
        answer |= {"cause": Trigger.INTERRUPTION, "care_ends_on": date(2026, 1, 9), "team": "rowan"}
    return RecruitmentRiskDecided(**answer | changes)


def given(office: Office, case: str) -> str:
    """What stands beside the question what is done: the level, its row and both sides of the balance."""
    return read_beside(office, case, RecruitmentRiskDecided)


def searches(office: Office, case: str) -> dict[str, CareWanted]:
    """By person, what brokerage was asked for."""
    with office.council.database.read() as session:
        wanted = [CareWanted.model_validate(recall(session, one)[0].data) for one in opened_by(office, case, brokerage)]
    return {str(one.person): one for one in wanted}


# ------------------------------------------------------------------ both sides of the balance


@pytest.mark.clauses("TRN-58", "TRN-59")
def test_both_sides_are_shown_and_the_row_that_gave_the_level(office: Office) -> None:
    """TRN-59: the share with both its numbers, and whom the provider supports; the register has them."""
    case = a_risk(office)
    both = "31 of 58 staff are sponsored, 53 in a hundred; 1 person has care from it, 1 with high needs, 1 paying for"
    assert both in read_beside(office, case, RecruitmentRiskAssessed)
    office.answer(case, known(), by=COMMISSIONER)
    assert both in given(office, case)
    assert "The table gives: medium by row IRR-11 (licence in-force, signs no, share high, people few)" in given(
        office, case
    )


@pytest.mark.clauses("TRN-59")
def test_needs_weigh_as_numbers_do(office: Office) -> None:
    """TRN-59: four people of whom three need two carers, medicine at its time or live alone are many."""
    case = a_risk(office, "wenbridge-home-care")
    assert "4 people have care from it, 3 with high needs" in read_beside(office, case, RecruitmentRiskAssessed)
    office.answer(case, known(), by=COMMISSIONER)
    assert "high by row IRR-10" in given(office, case)


@pytest.mark.clauses("TRN-59")
def test_what_the_register_does_not_know_a_person_gives(office: Office) -> None:
    """TRN-59: without both numbers there is no share; those that somebody gave are marked as theirs."""
    case = a_risk(office, "harbour-view")
    assert "how many staff are sponsored is not known" in read_beside(office, case, RecruitmentRiskAssessed)
    with pytest.raises(AnswerRefused, match="staff and sponsored_staff"):
        office.answer(case, known(), by=COMMISSIONER)
    office.answer(case, known(staff=20, sponsored_staff=3), by=COMMISSIONER)
    assert "3 of 20 staff are sponsored, 15 in a hundred (as somebody said)" in given(office, case)
    assert "share some" in given(office, case)


def test_who_has_died_is_not_supported_any_more(office: Office) -> None:
    """TRN-59: the other side of the balance is people who have care now, and nobody twice."""
    with office.council.database.write() as session:
        session.get_one(Person, "P-102").died_on = date(2026, 1, 2)
        session.add(
            CarePackage(
                person_id="P-101",
                provider_id="wenbridge-home-care",
                since=date(2026, 1, 1),
                until=None,
                paid_by="self",
                call_times=None,
                carers=1,
                time_critical_medicine=None,
                lives_alone=None,
                placed_by=None,
            )
        )
    case = a_risk(office, "wenbridge-home-care")
    assert "3 people have care from it, 3 with high needs" in read_beside(office, case, RecruitmentRiskAssessed)


# ------------------------------------------------------------------ acting on it


@pytest.mark.clauses("TRN-58", "TRN-60")
def test_a_licence_is_revoked_and_everybody_is_moved_whoever_pays(office: Office) -> None:
    """TRN-60, GAP-48: brokerage looks for other care for every person, self-funders too; nobody new comes there."""
    case = a_risk(office, "willow-bank")
    office.answer(case, known(Licence.REVOKED, staff=41, sponsored_staff=20), by=COMMISSIONER)
    assert "critical by row IRR-01" in given(office, case)
    office.answer(case, decided(A.MOVE_PEOPLE, A.STOP), by=COMMISSIONER)
    assert is_stopped(office, "willow-bank")
    wanted = searches(office, case)
    assert sorted(wanted) == ["P-106", "P-107", "P-110"]  # paid by the council, by herself, by another council
    assert {one.not_with for one in wanted.values()} == {"willow-bank"}
    assert "paid by self" in wanted["P-107"].needs
    assert len(opened_by(office, case, provider_stop)) == 1

    for one in opened_by(office, case, brokerage):
        office.signal(one, CareNoLongerWanted(because="they chose to stay until Friday"))
    office.days_pass(7)  # a critical risk is looked at each week
    assert asked(office, case) == ["RecruitmentRiskAssessed of commissioning"]
    assert "no longer wanted; 0 left" in read_beside(office, case, RecruitmentRiskAssessed)


@pytest.mark.clauses("TRN-60")
def test_whoever_is_being_moved_is_not_looked_for_twice(office: Office) -> None:
    """TRN-60: the next review may decide it again; brokerage is asked for those alone for whom nobody looks yet."""
    case = a_risk(office, "willow-bank")
    for _ in range(2):
        office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
        move = {"wanted_from": office.clock.now().date()}
        office.answer(case, decided(A.MOVE_PEOPLE, **move), by=COMMISSIONER)
        office.days_pass(28)
    assert len(opened_by(office, case, brokerage)) == 3


@pytest.mark.clauses("TRN-60")
@pytest.mark.parametrize(("action", "goes_on"), [(A.STOP, provider_stop), (A.INCIDENT, provider_failure)])
def test_what_goes_on_already_is_not_begun_twice(office: Office, action: RecruitmentAction, goes_on: Any) -> None:
    """TRN-60: chosen again at the next review, it is refused with the case in which it goes on; nothing is lost."""
    case = a_risk(office, "willow-bank")
    office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
    office.answer(case, decided(action), by=COMMISSIONER)
    (first,) = opened_by(office, case, goes_on)
    office.days_pass(28)
    office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
    coming = {"stop_looked_at_on": date(2026, 3, 2), "care_ends_on": date(2026, 3, 2)}
    again = decided(action, **{name: day for name, day in coming.items() if getattr(decided(action), name)})
    with pytest.raises(AnswerRefused, match=f"already.*{first}"):
        office.answer(case, again, by=COMMISSIONER)
    office.answer(case, WATCHED, by=COMMISSIONER)
    assert opened_by(office, case, goes_on) == [first]


@pytest.mark.clauses("TRN-60", "REA-47")
def test_a_stop_that_was_lifted_may_be_decided_again(office: Office) -> None:
    """REA-47: who lifted it may have been wrong."""
    case = a_risk(office, "willow-bank")
    office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
    office.answer(case, decided(A.STOP), by=COMMISSIONER)
    (first,) = opened_by(office, case, provider_stop)
    with office.council.database.write() as session:
        session.get_one(ProviderStop, first).lifted_at = office.clock.now()
    office.days_pass(28)
    office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
    office.answer(case, decided(A.STOP, stop_looked_at_on=date(2026, 3, 2)), by=COMMISSIONER)
    assert len(opened_by(office, case, provider_stop)) == 2


@pytest.mark.clauses("TRN-60")
def test_the_incident_has_everybody_on_its_list(office: Office) -> None:
    """TRN-60, GAP-48: where it is a failure, the incident begins with everybody; they are not moved one by one."""
    case = a_risk(office, "willow-bank")
    office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
    with pytest.raises(AnswerRefused, match="leave out move-people"):
        RecruitmentRiskDecided.read(
            decided(A.INCIDENT).model_dump(mode="json")
            | {
                "actions": ["incident", "move-people"],
                "urgency": "today",
                "wanted_from": "2026-01-05",
            }
        )
    office.answer(case, decided(A.INCIDENT), by=COMMISSIONER)
    (incident,) = opened_by(office, case, provider_failure)
    assert any("3 people added" in line for line in office.story_of(incident))
    assert office.case(incident).owner == "team-rowan"


@pytest.mark.clauses("TRN-57")
def test_signs_of_modern_slavery_are_a_safeguarding_concern_at_once(office: Office) -> None:
    """TRN-57: before anything else is decided; police and partners are told through the gate, which may refuse."""
    with pytest.raises(AnswerRefused, match="what_was_seen"):
        RecruitmentRiskAssessed.read({"licence": "in-force", "how_known": "x", "modern_slavery": True})
    with pytest.raises(AnswerRefused, match="ring 999"):
        RecruitmentRiskAssessed.read(
            known(modern_slavery=True, danger_or_crime=False, what_was_seen="y").model_dump(mode="json")
            | {"danger_or_crime": True}
        )
    case = a_risk(office)
    signs = frozenset({RecruitmentSign.DOCUMENTS, RecruitmentSign.DEBT})
    said = known(
        modern_slavery=True,
        danger_or_crime=True,
        rang_999=True,
        signs=signs,
        what_was_seen="two nurses have no passport",
    )
    office.answer(case, said, by=COMMISSIONER)
    (concern,) = opened_by(office, case, safeguarding_concern)
    assert "999 was rung." in read_beside(office, concern, ConcernAcknowledged)
    assert "documents-kept" in read_beside(office, concern, ConcernAcknowledged)
    assert "high by row IRR-05" in given(office, case)

    office.answer(case, decided(A.TELL_PARTNERS), by=COMMISSIONER)
    for gate in gates_of(office, case):  # somebody is in danger now: it does not wait to be decided on
        assert asked(office, gate) == ["DisclosureMade of commissioning"]


@pytest.mark.clauses("TRN-57")
def test_partners_are_told_through_the_gate_which_may_refuse(office: Office) -> None:
    """TRN-57: where it may not go it is tried with less, or it is on record what is done instead."""
    case = a_risk(office)
    office.answer(case, known(Licence.UNDER_REVIEW), by=COMMISSIONER)
    office.answer(case, decided(A.TELL_PARTNERS), by=COMMISSIONER)
    first, second = gates_of(office, case)
    gate_allows(office, first, giver=COMMISSIONER)
    gate_refuses(office, second, giver=COMMISSIONER)
    assert asked(office, case) == ["NotGivenOn of commissioning"]
    office.answer(case, NotGivenOn(content="that we look into it"), by=COMMISSIONER)
    (third,) = set(gates_of(office, case)) - {first, second}
    gate_refuses(office, third, giver=COMMISSIONER)
    office.answer(case, NotGivenOn(instead="the police tell them"), by=COMMISSIONER)
    assert asked(office, case) == []


@pytest.mark.clauses("TRN-57")
def test_a_concern_that_was_raised_already_is_not_raised_again(office: Office) -> None:
    """TRN-57: whoever raised one says which; signs that are not slavery raise none."""
    case = a_risk(office)
    fees = known(signs=frozenset({RecruitmentSign.FEES}), what_was_seen="paid an agent")
    office.answer(case, fees, by=COMMISSIONER)
    assert opened_by(office, case, safeguarding_concern) == []
    office.answer(case, WATCHED, by=COMMISSIONER)
    office.signal(case, RecruitmentNews(what="a nurse spoke"), by="team-manager")
    raised = known(
        modern_slavery=True, danger_or_crime=False, what_was_seen="she is watched", raised_already_as="7K3Q-9PXM"
    )
    office.answer(case, raised, by=COMMISSIONER)
    assert opened_by(office, case, safeguarding_concern) == []


# ------------------------------------------------------------------ the level, and when it is looked at again


@pytest.mark.clauses("TRN-58")
@pytest.mark.parametrize(
    ("licence", "level", "days"),
    [(Licence.REVOKED, "critical", 7), (Licence.SUSPENDED, "high", 28), (Licence.IN_FORCE, "medium", 91)],
)
def test_the_level_says_how_often_it_is_looked_at(office: Office, licence: Licence, level: str, days: int) -> None:
    """TRN-58: weekly, every four weeks, each quarter; it comes again, and only a decision ends it."""
    case = a_risk(office)
    for _ in range(2):
        office.answer(case, known(licence), by=COMMISSIONER)
        assert f"The table gives: {level}" in given(office, case)
        office.answer(case, WATCHED, by=COMMISSIONER)
        assert asked(office, case) == []
        office.days_pass(days - 1)
        assert asked(office, case) == []
        office.days_pass(1)
        assert asked(office, case) == ["RecruitmentRiskAssessed of commissioning"]
    office.answer(case, known(Licence.NONE, staff=58, sponsored_staff=0), by=COMMISSIONER)
    office.answer(case, RecruitmentRiskDecided(reasons="x", ended_because="nobody is sponsored"), by=COMMISSIONER)
    assert office.outcome_of(case) == "it need not be looked at again"


@pytest.mark.clauses("TRN-58")
def test_news_and_a_day_that_was_named_bring_it_forward(office: Office) -> None:
    """TRN-58: a day that is sooner than the level's comes first; news comes at once, with the figures of then."""
    case = a_risk(office)
    office.answer(case, known(), by=COMMISSIONER)
    office.answer(case, decided(sooner_on=date(2026, 1, 16)), by=COMMISSIONER)
    office.today_is("2026-01-16 10:00")
    assert asked(office, case) == ["RecruitmentRiskAssessed of commissioning"]
    office.answer(case, known(), by=COMMISSIONER)
    office.answer(case, WATCHED, by=COMMISSIONER)
    with office.council.database.write() as session:
        session.get_one(Provider, "larch-court").sponsored_staff = 40
    office.signal(case, RecruitmentNews(what="its licence is suspended"), by="team-manager")
    assert "its licence is suspended" in read_beside(office, case, RecruitmentRiskAssessed)
    assert "40 of 58 staff" in read_beside(office, case, RecruitmentRiskAssessed)


@pytest.mark.clauses("TRN-58")
@pytest.mark.parametrize("holds", [True, False])
def test_a_manager_may_let_another_level_hold_with_a_reason(office: Office, holds: bool) -> None:
    """GAP-22: the table proposes; commissioning says why it does not fit, and a manager judges that."""
    case = a_risk(office)
    office.answer(case, known(), by=COMMISSIONER)
    with pytest.raises(AnswerRefused, match="another_because"):
        RecruitmentRiskDecided.read({"reasons": "x", "another_level": "critical"})
    office.answer(case, decided(another_level=RiskLevel.CRITICAL, another_because="all its nurses"), by=COMMISSIONER)
    assert asked(office, case) == ["RiskLevelJudged of team-manager"]
    office.answer(case, RiskLevelJudged(holds=holds, reasons="nights hang on them"), by="team-manager")
    office.days_pass(7)
    again = ["RecruitmentRiskAssessed of commissioning"]
    assert asked(office, case) == (again if holds else [])
    office.days_pass(84)
    assert asked(office, case) == again


@pytest.mark.clauses("TRN-60")
def test_it_does_not_end_while_somebody_is_being_moved(office: Office) -> None:
    """TRN-60: whoever is to have other care has it first; it is looked at again meanwhile."""
    case = a_risk(office)
    office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
    office.answer(case, decided(A.MOVE_PEOPLE), by=COMMISSIONER)
    office.days_pass(7)
    office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
    office.answer(case, RecruitmentRiskDecided(reasons="x", ended_because="it closes"), by=COMMISSIONER)
    assert not office.is_closed(case)
    office.days_pass(7)
    assert asked(office, case) == ["RecruitmentRiskAssessed of commissioning"]


@pytest.mark.clauses("TRN-58", "TRN-60")
def test_silence_is_chased_and_goes_up_the_line(office: Office) -> None:
    """TRN-60: nobody decides for a month; it is asked all the while, and reminded."""
    case = a_risk(office)
    office.answer(case, known(Licence.REVOKED), by=COMMISSIONER)
    office.days_pass(30)
    assert asked(office, case) == ["RecruitmentRiskDecided of commissioning"]
    with office.council.database.read() as session:
        kinds = {one.kind for one in session.query(Entry).filter(Entry.case_ref == case)}
    assert "escalated" in kinds
