"""Deciding between a worker and the tray: who may, how it is rated, and what it is written down as (PWT-24 to 27)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from flows.pwt_allocation import pwt_allocation
from flows.pwt_review import pwt_review
from models.audit import PolicyVersion
from models.decision_tables.levels import Complexity, Priority, Rag, RiskOfHarm, SupportLevel
from models.durations import calendar_hours
from models.forms.base import AnswerRefused
from models.forms.tray_allocation import AllocationReply
from models.forms.tray_deciding import SecondManagerAgrees
from models.forms.tray_decision import DecisionNote, InterimSafetyPlan, TrayDecision
from models.policy.gaps.tray import LocalRiskFactor
from models.recording import Difference
from models.register import Person
from models.roles import Role
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tests.procedures.letters import asked, read_beside
from tests.procedures.triage_stories import (
    allocated,
    before_a_manager,
    children,
    decided_on,
    facts_of,
    gaps_are,
    notes_of,
    placed,
    placement_of,
    taken_on,
    unrated,
)

NOT_RED = {"colour": Rag.AMBER, "override_reasons": "his sister has moved in"}


def lowered(**changes: Any) -> TrayDecision:
    """The matrix says Red, and the manager Amber."""
    return placed(Rag.RED, facts=NOT_RED, **{"safety_plan": ""} | changes)


# ---------------------------------------------------------------- who decides


@pytest.mark.clauses("PWT-25")
@pytest.mark.parametrize("by", ["strategic-manager", "head-of-service", "duty-worker", "practitioner"])
def test_nobody_but_a_team_manager_or_team_leader_decides(office: Office, by: str) -> None:
    """PWT-25: not even those who stand above them in the line, who may answer most other questions."""
    case = before_a_manager(office)

    with pytest.raises(NotTheirs, match="decided by a team manager or team leader only"):
        office.answer(case, placed(), by=by)


@pytest.mark.clauses("PWT-24", "PWT-25")
@pytest.mark.parametrize(("team", "by"), [("hazel", "rowan-team-leader"), ("rowan", "team-leader")])
def test_a_team_leader_decides_for_their_own_team(office: Office, team: str, by: str) -> None:
    """PWT-25: of the team concerned; the team manager, who covers, may for both."""
    case = before_a_manager(office, team=team)
    with pytest.raises(NotTheirs):
        office.answer(case, placed(), by=by)

    office.answer(case, placed(), by="team-manager")
    assert placement_of(office, case, pwt_review).team == team


@pytest.mark.clauses("PWT-02", "PWT-36")
def test_the_acts_and_the_further_guidance_stand_beside_the_decision(office: Office) -> None:
    """PWT-02, PWT-36: what the decision rests on, and where to read on, in the council's own name for its system."""
    beside = read_beside(office, before_a_manager(office), TrayDecision)

    assert "Care Act 2014, Mental Capacity Act 2005, Mental Health Act 1983 section 117" in beside
    assert f"task trays in the {office.council.policy.gaps.local_vocabulary.recording_system}" in beside


@pytest.mark.clauses("PWT-25")
def test_while_the_leader_is_away_the_team_manager_is_asked(office: Office) -> None:
    """PWT-25: the case does not lie on the desk of somebody on leave."""
    office.away("rowan-team-leader", until="2026-02-02 09:00")

    assert asked(office, before_a_manager(office, team="rowan")) == ["TrayDecision of team-manager"]


@pytest.mark.clauses("PWT-25")
def test_a_decision_is_not_open_to_whoever_is_on_call(office: Office) -> None:
    """PWT-25: an urgent question may be answered on call, this one not."""
    case = before_a_manager(office, urgent=True)

    with pytest.raises(NotTheirs):
        office.answer(case, placed(), by="on-call-manager")


# ---------------------------------------------------------------- allocate


@pytest.mark.clauses("PWT-10", "PWT-24")
def test_allocating_asks_the_worker_to_accept(office: Office) -> None:
    """PWT-24: in a case of its own that belongs to the manager until somebody has accepted."""
    case = before_a_manager(office)
    office.answer(case, allocated(facts=placed().facts), by="team-leader")

    assert not office.is_closed(case)
    [allocation] = children(office, case, pwt_allocation)
    assert office.case(allocation).owner == "staff-team-leader"
    assert "AllocationReply of practitioner" in asked(office, allocation)
    assert "My father cannot manage the stairs" in read_beside(office, allocation, AllocationReply)
    assert facts_of(office, allocation)["rated"]["colour"] == "Amber"
    assert children(office, case, pwt_review) == []

    taken_on(office, case)
    assert office.outcome_of(case) == "given to a worker"


def test_allocating_needs_a_worker_and_nothing_else_does() -> None:
    """PWT-24: one of the outcomes, not a mixture of them."""
    for answer in (placed(), allocated()):
        other = "practitioner" if answer.worker is None else None
        with pytest.raises(AnswerRefused, match="give worker to allocate"):
            TrayDecision.read(answer.model_dump(mode="json") | {"worker": other})
    with pytest.raises(AnswerRefused, match="act_now is for what goes back to duty"):
        TrayDecision.read(placed().model_dump(mode="json") | {"act_now": "now"})


def test_somebody_who_has_died_is_neither_placed_nor_given_to_a_worker(office: Office) -> None:
    """GAP-53: the register shows it since yesterday; duty settles what is left (PWT-24)."""
    case = before_a_manager(office)
    with office.council.database.write() as session:
        session.get_one(Person, "P-104").died_on = office.clock.now().date()

    for decision in (placed(), allocated()):
        with pytest.raises(AnswerRefused, match="the register shows that the person has died"):
            office.answer(case, decision, by="team-leader")


# ---------------------------------------------------------------- the rating


@pytest.mark.clauses("PWT-33", "PWT-34", "PWT-37", "GAP-14")
def test_a_case_is_rated_to_be_placed(office: Office) -> None:
    """GAP-14, PWT-33, PWT-34, PWT-37: colour, priority and complexity go with it onto the tray."""
    case = before_a_manager(office)
    with pytest.raises(AnswerRefused, match="facts: rate the case to place it"):
        office.answer(case, unrated(), by="team-leader")
    office.answer(case, placed(), by="team-leader")

    rated = placement_of(office, case, pwt_review).rated
    assert rated is not None
    assert (rated.colour, rated.priority, rated.complexity) == (Rag.AMBER, Priority.MEDIUM, Complexity.LOW)


@pytest.mark.clauses("GAP-14")
def test_a_council_may_leave_the_rating_open(office: Office) -> None:
    """GAP-14, the other way: placed without a colour, and then contacted as unrated people are (PWT-37)."""
    gaps_are(office, compulsory_rating={"rating_compulsory": False})
    case = before_a_manager(office)
    office.answer(case, unrated(), by="team-leader")

    assert placement_of(office, case, pwt_review).rated is None
    assert "Not rated yet." in notes_of(office, case)["Case task comments"]


@pytest.mark.clauses("GAP-22", "PWT-48")
def test_departing_from_a_table_without_reasons_is_refused_at_the_door(office: Office) -> None:
    """GAP-22, PWT-48: and carried out where policy wants none."""
    case = before_a_manager(office)
    without = placed(facts={"priority": Priority.HIGH})
    with pytest.raises(AnswerRefused, match=r"facts\.override_reasons: say why you depart"):
        office.answer(case, without, by="team-leader")
    gaps_are(office, matrix_override={"reasons_required": False})
    office.answer(case, without, by="team-leader")

    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-22")
def test_a_council_names_who_may_depart_from_a_table(office: Office) -> None:
    """GAP-22, the other way: only team managers; a team leader still places by the tables (PWT-47)."""
    gaps_are(office, matrix_override={"overriders": (Role.TEAM_MANAGER,)})
    case = before_a_manager(office)
    own = placed(facts={"priority": Priority.HIGH, "override_reasons": "frail"})
    with pytest.raises(AnswerRefused, match="a table is departed from by a team manager only"):
        office.answer(case, own, by="team-leader")

    office.answer(case, placed(), by="team-leader")
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-24", "PWT-44")
def test_a_local_factor_that_is_not_on_the_list_is_refused(office: Office) -> None:
    """GAP-24, PWT-44: the list in force stands beside the form, with its version."""
    case = before_a_manager(office)

    assert "Local risk factors, version 1:\nLF-01 (hospital)" in read_beside(office, case, TrayDecision)
    with pytest.raises(AnswerRefused, match="LF-77 is not on your service's list"):
        office.answer(case, placed(facts={"local_factors": frozenset({"LF-77"})}), by="team-leader")
    office.answer(case, placed(facts={"local_factors": frozenset({"LF-01"})}), by="team-leader")
    assert "Local risk factors, version 1: LF-01" in notes_of(office, case)["Case task comments"]


@pytest.mark.clauses("GAP-24", "PWT-44")
def test_a_list_changed_without_approval_is_read_by_whoever_rates_and_told_once(office: Office) -> None:
    """GAP-24: the strategic manager hears of it and it stands on the team's list, once; each rater reads of it."""
    policy_was_in_force(office)
    factors = (LocalRiskFactor(id="LF-02", service="hospital", text="Stairs that nobody has looked at"),)
    gaps_are(office, local_risk_factors={"factors": factors})
    first, second = before_a_manager(office), before_a_manager(office, about_person="P-106")

    for case in (first, second):
        assert "raise list_version above 1" in read_beside(office, case, TrayDecision)
    told = "Told the strategic manager: local risk factors changed"
    assert [told in " ".join(office.story_of(case)) for case in (first, second)] == [True, False]
    with office.council.database.read() as session:
        assert ["LF-01, LF-02" in one.text for one in session.scalars(select(Difference))] == [True]


@pytest.mark.clauses("GAP-24")
def test_a_list_changed_as_it_may_be_is_nobodys_news(office: Office) -> None:
    """GAP-24: a higher version with its approval (PWT-44)."""
    policy_was_in_force(office)
    gaps_are(office, local_risk_factors={"factors": (), "list_version": 2, "approved_on": date(2026, 2, 2)})

    assert "GAP-24" not in read_beside(office, before_a_manager(office), TrayDecision)


def policy_was_in_force(office: Office) -> None:
    """The council's present policy was used before another comes."""
    policy = office.council.policy
    text = policy.model_dump_json(by_alias=True)
    with office.council.database.write() as session:
        session.add(PolicyVersion(version=policy.version, first_used_at=office.clock.now(), text=text))


@pytest.mark.clauses("GAP-11", "PWT-43")
def test_high_risk_with_full_support_is_looked_at_by_the_manager(office: Office) -> None:
    """GAP-11: Amber by the matrix, and what the manager has looked at is said; not where policy does without."""
    case = before_a_manager(office)
    high = placed(facts={"support": SupportLevel.FULL, "risk": RiskOfHarm.HIGH})
    with pytest.raises(AnswerRefused, match="high_risk_checked"):
        office.answer(case, high, by="team-leader")
    looked = high.model_copy(update={"high_risk_checked": "spoke with the home: one to one at night"})
    office.answer(case, looked, by="team-leader")
    rated = placement_of(office, case, pwt_review).rated
    assert rated is not None
    assert (rated.colour, rated.manager_checks) == (Rag.AMBER, True)
    assert "one to one at night" in notes_of(office, case)["PWT"]

    gaps_are(office, tray_after_urgency={"check_high_risk_with_full_support": False})
    other = before_a_manager(office, about_person="P-106")
    office.answer(other, high, by="team-leader")
    assert office.outcome_of(other) == "placed on the tray"


# ---------------------------------------------------------------- lowering a Red


@pytest.mark.clauses("GAP-22", "PWT-47")
def test_lowering_a_red_needs_another_manager(office: Office) -> None:
    """GAP-22: whoever wants it cannot agree to it; once another has, it is placed as Amber (PWT-47)."""
    case = before_a_manager(office)
    office.answer(case, lowered(), by="team-leader")

    assert asked(office, case) == ["SecondManagerAgrees of team-manager"]
    assert "his sister has moved in" in read_beside(office, case, SecondManagerAgrees)
    assert children(office, case, pwt_review) == []
    office.answer(case, SecondManagerAgrees(agreed=True, reasons="I know the sister"), by="team-manager")
    rated = placement_of(office, case, pwt_review).rated
    assert rated is not None
    assert (rated.colour, rated.by_matrix.outcome) == (Rag.AMBER, "Red")


@pytest.mark.clauses("GAP-22")
def test_whoever_wants_a_red_lowered_does_not_agree_to_it(office: Office) -> None:
    """GAP-22: the team manager asks for it and outranks the team leader who is to agree (PWT-47)."""
    case = before_a_manager(office)
    office.answer(case, lowered(), by="team-manager")

    with pytest.raises(AnswerRefused, match="another manager agrees to it"):
        office.answer(case, SecondManagerAgrees(agreed=True, reasons="sure"), by="team-manager")
    office.answer(case, SecondManagerAgrees(agreed=True, reasons="I know the sister"), by="team-leader")
    assert office.outcome_of(case) == "placed on the tray"


@pytest.mark.clauses("GAP-22", "GAP-12")
def test_without_a_second_managers_agreement_it_stays_red(office: Office) -> None:
    """GAP-22, GAP-12: Red, with a safety plan that is asked for by itself, and a first contact before placing."""
    case = before_a_manager(office)
    office.answer(case, lowered(), by="team-leader")
    office.answer(case, SecondManagerAgrees(agreed=False, reasons="she works nights"), by="team-manager")

    assert asked(office, case) == ["InterimSafetyPlan of team-leader"]
    office.answer(case, InterimSafetyPlan(safety_plan="warden calls at ten"), by="team-leader")
    assert asked(office, case) == ["RedContactReview of practitioner"]
    assert decided_on(office, case, "keep-it-red")["colour"] == "Red"


@pytest.mark.clauses("GAP-22")
def test_a_council_may_let_one_manager_lower_a_red(office: Office) -> None:
    """GAP-22, the other way (PWT-47)."""
    gaps_are(office, matrix_override={"lowering_red_needs_second_manager": False})
    case = before_a_manager(office)
    office.answer(case, lowered(), by="team-leader")

    assert office.outcome_of(case) == "placed on the tray"


# ---------------------------------------------------------------- what is written down


@pytest.mark.clauses("PWT-26", "PWT-27", "PWT-33", "PWT-34", "PWT-38", "GAP-27")
def test_written_once_kept_as_the_tasks_comment_and_as_the_note_pwt(office: Office) -> None:
    """GAP-27: both from one form; the comment has the colour in its literal form, priority and complexity (PWT-38)."""
    case = before_a_manager(office)
    office.answer(case, placed(), by="team-leader")

    notes = notes_of(office, case)
    reason = "No worker is free this week.\nLives alone, his daughter shops for him."
    assert notes["Case task comments"].startswith("RAG rating – Amber\nPriority: Medium. Complexity: Low.")
    assert reason in notes["Case task comments"]
    assert notes["PWT"].startswith(reason)


@pytest.mark.clauses("PWT-64", "PWT-38")
def test_the_comment_begins_with_the_word_urgent_where_a_response_is_needed_within_a_day(office: Office) -> None:
    """PWT-64: asked for on Friday and answered by nobody else, a council that places it all the same marks it."""
    gaps_are(office, tray_after_urgency={"never_if_response_due_within": calendar_hours(4)})
    case = before_a_manager(office, requested_at=office.clock.now())
    office.answer(case, placed(facts={"within_24_hours": True}), by="team-leader")

    assert notes_of(office, case)["Case task comments"].startswith("urgent\nRAG rating – Amber\nPriority: High")


@pytest.mark.clauses("PWT-48")
def test_how_a_departure_from_the_tables_came_about_is_set_down(office: Office) -> None:
    """PWT-48: in the comment, beside the rows that said otherwise."""
    case = before_a_manager(office)
    own = placed(facts={"complexity": Complexity.HIGH, "override_reasons": "two sons who do not speak"})
    office.answer(case, own, by="team-leader")

    comment = notes_of(office, case)["Case task comments"]
    assert "Departs from the tables: two sons who do not speak" in comment
    assert "rows RAG-4, PRI-4, COM-9" in comment


@pytest.mark.clauses("GAP-27", "PWT-26", "PWT-27")
@pytest.mark.parametrize(
    ("settings", "titles"),
    [
        ({"in_task_comments": False}, {"PWT"}),
        ({"in_decision_note": False}, {"Case task comments"}),
        ({"in_task_comments": False, "in_decision_note": False}, set()),
    ],
)
def test_a_council_may_want_only_one_of_the_two(office: Office, settings: dict[str, bool], titles: set[str]) -> None:
    """GAP-27, the other ways (PWT-26, PWT-27)."""
    gaps_are(office, placement_rationale=settings)
    case = before_a_manager(office)
    office.answer(case, placed(), by="team-leader")

    assert set(notes_of(office, case)) == titles


@pytest.mark.clauses("GAP-27", "PWT-27")
def test_a_council_may_word_the_note_apart_and_nobodys_waiting_depends_on_it(office: Office) -> None:
    """GAP-27, the other way: the manager writes the note by itself, and the person is on the tray meanwhile."""
    gaps_are(office, placement_rationale={"from_one_form": False})
    case = before_a_manager(office)
    office.answer(case, placed(), by="team-leader")

    assert children(office, case, pwt_review)
    assert asked(office, case) == ["DecisionNote of team-leader"]
    office.answer(case, DecisionNote(reason="for the weekly review: no worker yet"), by="team-leader")
    assert notes_of(office, case)["PWT"] == "for the weekly review: no worker yet"
