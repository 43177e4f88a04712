"""While managers are away what cannot wait lies in front of somebody who is there (GAP-12, GAP-20, GAP-22)."""

from __future__ import annotations

import pytest

from models.decision_tables.levels import Rag
from models.forms.tray_signals import CircumstancesChanged, LeavingReported, RatedAgain
from models.policy.gaps.tray_exits import LeavingReason
from tasks.durable.testing import Office
from tests.procedures.letters import asked
from tests.procedures.tray_stories import facts_for, no_answer, office_with, on_the_tray, told_about


@pytest.mark.clauses("GAP-12", "GAP-20")
@pytest.mark.parametrize(
    ("away", "hear"),
    [
        ((), ["staff-team-manager"]),
        (("team-manager",), ["staff-team-manager", "staff-team-leader"]),
        (("team-manager", "team-leader"), ["staff-team-manager", "staff-strategic-manager"]),
    ],
)
def test_miss_is_heard_by_somebody_who_is_there(office: Office, away: tuple[str, ...], hear: list[str]) -> None:
    """GAP-12: placed by the team manager, who is on leave; the reviewer hears as well, or whoever covers for them."""
    case = on_the_tray(office, Rag.RED, placed_by="team-manager")
    for one in away:
        office.away(one)
    office.today_is("2026-01-12 17:00")
    assert sorted(told_about(office, case, "contact-missed")) == sorted(hear)
    assert case in office.inbox(hear[-1])[-1].body
    assert office.inbox("on-call-manager") == []


@pytest.mark.clauses("GAP-12", "GAP-20")
def test_where_only_the_reviewer_is_told_and_is_away_whoever_covers_for_them_hears(office: Office) -> None:
    """GAP-20, with policy's other choice: the team manager covers for the team leader."""
    office = office_with(office, red_contact={"tell_placing_manager_of_every_miss": False})
    case = on_the_tray(office, Rag.AMBER)
    office.away("team-leader")
    office.days_pass(15)
    assert told_about(office, case, "contact-missed") == ["staff-team-manager"]


@pytest.mark.clauses("GAP-12")
def test_missed_red_contact_reaches_whoever_is_on_call_where_every_manager_is_away(office: Office) -> None:
    """GAP-12: nobody in the team's line is there; on call hears of it at once."""
    case = on_the_tray(office, Rag.RED)
    for one in ("team-leader", "team-manager", "strategic-manager"):
        office.away(one)
    office.today_is("2026-01-12 17:00")
    assert "role-on-call-manager" in told_about(office, case, "contact-missed")
    assert case in office.inbox("on-call-manager")[-1].body


@pytest.mark.clauses("PWT-58")
def test_safe_and_well_check_is_decided_by_somebody_who_is_there(office: Office) -> None:
    """PWT-58: nobody reaches a Red case three times while the team leader is away: the team manager decides today."""
    case = on_the_tray(office, Rag.RED)
    office.away("team-leader")
    office.today_is("2026-01-12 09:00")
    for _ in range(3):
        while not any("RedContactReview" in one for one in asked(office, case)):
            office.hours_pass(0.5)
        office.answer(case, no_answer(red=True), by="practitioner")
    assert [one.split(",")[0] for one in asked(office, case)] == ["SafeAndWellDecision of team-manager"]


@pytest.mark.clauses("GAP-53")
def test_leaving_is_confirmed_and_change_decided_by_somebody_who_is_there(office: Office) -> None:
    """GAP-53, PWT-29: with the team leader away both come before the team manager."""
    office.away("team-leader")
    leaves, changed = on_the_tray(office), on_the_tray(office, person="P-101")
    office.signal(leaves, LeavingReported(reason=LeavingReason.MOVE, told_by="her son"), by="duty-worker")
    worse = CircumstancesChanged(reported_by="carer", what="she has fallen", urgent=True)
    office.signal(changed, worse, by="duty-worker")
    assert "LeavingConfirmed of team-manager" in asked(office, leaves)
    assert "ContactDiscussed of team-manager" in asked(office, changed)


@pytest.mark.clauses("GAP-22")
@pytest.mark.parametrize(("away", "second"), [(False, "team-manager"), (True, "strategic-manager")])
def test_second_manager_who_is_asked_is_there(office: Office, away: bool, second: str) -> None:
    """GAP-22: the team manager is on leave; the strategic manager is asked to agree."""
    if away:
        office.away("team-manager")
    case = on_the_tray(office, Rag.RED)
    facts = facts_for(Rag.RED, colour=Rag.GREEN, override_reasons="her sister stays with her")
    office.signal(case, RatedAgain(facts=facts, facts_changed=False, reasons="judged anew"), by="team-leader")
    assert f"SecondManagerAgrees of {second}" in asked(office, case)
