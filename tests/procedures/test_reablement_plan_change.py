"""A plan changes: evidence is decided on in time, and what is agreed becomes a version (REA-06 to REA-11, GAP-34)."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_plan_issue import reablement_plan_issue
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.durations import working_days
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.plan_copies import HomeCopyPutRight
from models.forms.reablement_keeping import OpenMattersSettled
from models.forms.reablement_signals import (
    EvidenceKind,
    IssueKind,
    ReablementEndWanted,
    ReviewTrigger,
)
from models.reablement.edits import (
    EditKind,
    EquipmentEdit,
    InvolvedEdit,
    MonitoringEdit,
    OutcomeEdit,
    PlanEdits,
    SupportEdit,
    VisitEdit,
)
from models.reablement.plan import Part, Rhythm
from models.register import Person
from tasks.deaths import heed_deaths
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.plan_change_stories import (
    ALL_AGREE,
    COORDINATOR,
    DRESSES_ALONE,
    EVERYBODYS,
    LEAD,
    decided,
    evidence_of,
    minutes,
    others_say,
    policy_with,
    stands,
    to_change,
)
from tests.procedures.reablement_stories import NO_EVENINGS, SHORTER_MORNINGS, in_reablement

NO_CHANGE = EvidenceDecision(step=EvidenceStep.NO_CHANGE, reasons="One good day; the plan allows for it")


@pytest.mark.clauses("REA-06", "REA-08", "REA-11")
def test_what_is_settled_in_one_visit_is_a_version_at_once(office: Office) -> None:
    """REA-06, REA-11: one form, nobody asked twice, and the plan says it; copies and the record follow."""
    plan = in_reablement(office)
    case = decided(office, plan, ALL_AGREE)
    assert (stands(office, plan).version, minutes(office, plan)) == (2, [30, 30])
    assert asked(office, case) == ["CopiesGivenOut of reablement-worker"]

    office.answer(case, EVERYBODYS, by=COORDINATOR)
    assert office.outcome_of(case) == "changed"
    assert stands(office, plan).to_get_a_copy == ()


@pytest.mark.clauses("REA-09")
def test_evidence_reaches_whoever_coordinates_the_plan(office: Office) -> None:
    """REA-09: sent to the plan's case, it stands beside the question with the plan, its ids and what is achieved."""
    plan = in_reablement(office)
    office.signal(plan, DRESSES_ALONE, by="reablement-worker-2")
    (case,) = office.cases(reablement_plan_change)
    assert asked(office, case) == ["EvidenceDecision of reablement-worker"]
    beside = read_beside(office, case, EvidenceDecision)
    assert "She dresses without help since Thursday" in beside
    assert "Evidence (observation) from Jack Ormsby" in beside
    assert "Visit V1: every day at 8am, 45 minutes: Washing, dressing and breakfast." in beside
    assert "Free until 15 February 2026." in beside


@pytest.mark.clauses("REA-07", "REA-09")
@pytest.mark.parametrize("kind", list(EvidenceKind))
def test_a_change_may_rest_on_evidence_of_any_kind(office: Office, kind: EvidenceKind) -> None:
    """REA-07, REA-09: an observation, a colleague's report, the person's word, equipment; it stands in the record."""
    evidence = DRESSES_ALONE.model_copy(update={"kind": kind, "given_by": "Ravi Menon"})
    plan = in_reablement(office)
    case = evidence_of(office, plan, evidence)
    office.answer(case, to_change(settled=ALL_AGREE), by=COORDINATOR)
    assert stands(office, plan).version == 2
    notes = [one.data for one in _entries(office, case) if one.step == "leave-note"]
    assert "half an hour is enough in the morning. (Ravi Menon)" in notes[0]["text"]


@pytest.mark.clauses("REA-08")
@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (
            PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", at=time(9), minutes=60),)),
            "Visit V1: time 9am instead of 8am; length 60 minutes instead of 45 minutes.",
        ),
        (NO_EVENINGS, "No more visit V2: Monday and Thursday at 6:30pm, 30 minutes: Evening meal."),
        (
            PlanEdits(support=(SupportEdit(edit=EditKind.ALTER, item="S1", what="She washes by herself"),)),
            "Support S1: She washes by herself instead of She washes her face and arms;",
        ),
        (
            PlanEdits(equipment=(EquipmentEdit(edit=EditKind.ADD, what="Perching stool", since=date(2026, 1, 5)),)),
            "New equipment E2: Perching stool, there since 5 January 2026.",
        ),
    ],
)
def test_what_may_change_is_said_in_plain_words(office: Office, edits: PlanEdits, said: str) -> None:
    """REA-08: another time or length, fewer visits, support given otherwise, equipment; told as a difference."""
    case = decided(office, in_reablement(office), ALL_AGREE, edits=edits)
    assert any(f"A change of the plan is proposed: {said}" in line for line in office.story_of(case))


# ------------------------------------------------------------------ in good time


@pytest.mark.clauses("REA-10")
def test_silence_on_evidence_is_told_to_the_lead_after_a_working_day(office: Office) -> None:
    """REA-10, GAP-34: wanted by Tuesday 5pm; nobody decides, and the lead hears, once, while the question stays."""
    case = evidence_of(office, in_reablement(office))
    assert any(
        line == "EvidenceDecision of reablement-worker, due 2026-01-06 17:00" for line in office.waiting_for(case)
    )
    office.today_is("2026-01-06 16:59")
    assert not _told(office, case, "not decided on")
    office.today_is("2026-01-06 17:00")
    assert _told(office, case, "not decided on") == ["Told reablement-lead: evidence about a plan is not decided on"]
    office.digest_goes_out()
    assert any(case in one.body for one in office.inbox(f"staff-{LEAD}"))
    office.days_pass(3)
    assert len(_told(office, case, "not decided on")) == 1
    assert asked(office, case) == ["EvidenceDecision of reablement-worker"]


@pytest.mark.clauses("REA-10")
def test_the_time_counts_from_when_the_evidence_was_received(office: Office) -> None:
    """REA-10: what lay since Friday before anybody entered it is late already on Monday evening."""
    plan = in_reablement(office)
    office.today_is("2026-01-12 09:00")
    received = office.clock.now()
    office.today_is("2026-01-13 16:00")
    case = evidence_of(office, plan, received_at=received)
    office.today_is("2026-01-13 17:00")
    assert _told(office, case, "not decided on")


def test_the_time_is_what_policy_says(office: Office) -> None:
    """GAP-34: three working days instead of one, also for what is open already."""
    case = evidence_of(office, in_reablement(office))
    longer = policy_with(office.council.policy, "plan_paperwork", decide_on_evidence_within=working_days(3))
    office.policy_becomes(longer)
    office.today_is("2026-01-08 16:59")
    assert not _told(office, case, "not decided on")
    office.today_is("2026-01-08 17:00")
    assert _told(office, case, "not decided on")


# ------------------------------------------------------------------ what follows, where it is no change


def test_no_change_is_needed_and_the_reasons_are_on_record(office: Office) -> None:
    """REA-10: decided, and the plan stays as it is."""
    plan = in_reablement(office)
    case = evidence_of(office, plan)
    office.answer(case, NO_CHANGE, by=COORDINATOR)
    assert office.outcome_of(case) == "no change"
    assert stands(office, plan).version == 1


def test_a_change_under_way_may_cover_it(office: Office) -> None:
    """The second evidence says the same: it waits for the change that covers it, and ends once that is made."""
    plan = in_reablement(office)
    first, second = decided(office, plan), evidence_of(office, plan)
    assert f"Being changed in case {first}, not agreed yet:" in read_beside(office, second, EvidenceDecision)
    covered = EvidenceDecision(step=EvidenceStep.UNDER_WAY, reasons="the same", about_case=first)
    office.answer(second, covered, by=COORDINATOR)
    assert (asked(office, second), office.is_closed(second)) == ([], False)
    office.answer(first, others_say(*ALL_AGREE.said), by=COORDINATOR)
    office.answer(first, EVERYBODYS, by=COORDINATOR)
    assert (office.outcome_of(first), office.outcome_of(second)) == ("changed", "under way already")


def test_what_covers_it_must_be_under_way(office: Office) -> None:
    """Its reference is held against the changes of this plan."""
    plan = in_reablement(office)
    case = evidence_of(office, plan)
    covered = EvidenceDecision(step=EvidenceStep.UNDER_WAY, reasons="the same", about_case=plan)
    with pytest.raises(AnswerRefused, match="no other change of this plan is under way"):
        office.answer(case, covered, by=COORDINATOR)
    other = decided(office, plan, edits=NO_EVENINGS)
    with pytest.raises(AnswerRefused, match=f"about_case: the changes under way are {other}"):
        office.answer(case, covered, by=COORDINATOR)


@pytest.mark.parametrize(
    ("decision", "outcome", "opened", "step", "form"),
    [
        (
            {"step": EvidenceStep.ISSUE, "issue": IssueKind.MOTIVATION},
            "an issue",
            reablement_plan_issue,
            "REA-19",
            "IssueExplored",
        ),
        (
            {"step": EvidenceStep.REVIEW, "trigger": ReviewTrigger.NO_LONGER_FITS},
            "a review",
            reablement_unscheduled_review,
            "REA-25",
            "ReviewConsidered",
        ),
        (
            {"step": EvidenceStep.MONITORING},
            "monitoring",
            reablement_monitoring_change,
            "REA-04",
            "MonitoringSettled",
        ),
    ],
)
def test_what_is_no_change_goes_on_where_it_belongs(
    office: Office, decision: dict[str, Any], outcome: str, opened: Any, step: str, form: str
) -> None:
    """An issue, a review, or monitoring: a case of its own with what was said, and nothing is keyed twice."""
    plan = in_reablement(office)
    case = evidence_of(office, plan)
    office.answer(case, EvidenceDecision(reasons="She has stopped trying", **decision), by=COORDINATOR)
    assert office.outcome_of(case) == outcome
    (child,) = [ref for ref in office.cases(opened) if office.case(ref).parent_ref == case]
    assert asked(office, child) == [f"{form} of reablement-worker"]
    facts = str(_entries(office, child)[0].data)
    assert "She has stopped trying" in facts and plan in facts
    assert stands(office, plan).version == 1


# ------------------------------------------------------------------ at the door


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (PlanEdits(visits=(VisitEdit(edit=EditKind.TAKE_OUT, item="V9"),)), "edits: the plan has no V9; it has O1, O2"),
        (
            PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=45),)),
            "edits: the plan says all that already",
        ),
        (
            PlanEdits(involved=(InvolvedEdit(edit=EditKind.TAKE_OUT, item="P1"),)),
            "edits.involved.0: P1 is the person themselves",
        ),
        (
            PlanEdits(involved=(InvolvedEdit(edit=EditKind.ALTER, item="P2", part=Part.PERSON),)),
            "edits.involved.0: the person themselves is in the plan already",
        ),
        (
            PlanEdits(involved=(InvolvedEdit(edit=EditKind.ADD, part=Part.OTHER, name="Jo", staff="nobody-here"),)),
            "edits.involved.0.staff: the register has no member of staff of that id",
        ),
        (
            PlanEdits(
                outcomes=tuple(OutcomeEdit(edit=EditKind.TAKE_OUT, item=one) for one in ("O1", "O2")),
            ),
            "edits.outcomes: no outcome would be left",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_door(office: Office, edits: PlanEdits, said: str) -> None:
    """With what to do about it, so that nothing is keyed twice; the question stays."""
    case = evidence_of(office, in_reablement(office))
    with pytest.raises(AnswerRefused, match=said.replace(".", r"\.")):
        office.answer(case, to_change(edits), by=COORDINATOR)
    assert asked(office, case) == ["EvidenceDecision of reablement-worker"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"step": "change-the-plan"}, "say in edits what changes"),
        ({"step": "change-the-plan", "edits": {"monitoring": {"rhythm": "daily"}}}, "choose monitoring"),
        ({"step": "no-change", "edits": SHORTER_MORNINGS.model_dump(mode="json")}, "only for a change of the plan"),
        ({"step": "under-way"}, "give about_case"),
        ({"step": "issue"}, "give issue"),
        ({"step": "review", "issue": "other", "trigger": "asked-for"}, "give issue where it is one"),
        ({"step": "review"}, "give trigger"),
    ],
)
def test_a_decision_says_what_its_step_needs_and_no_more(answer: dict[str, Any], said: str) -> None:
    """Each problem with what to do."""
    with pytest.raises(AnswerRefused, match=said):
        EvidenceDecision.read({"reasons": "x", **answer})


def test_monitoring_may_change_along_with_the_rest() -> None:
    """Fewer visits, watched more closely: one change."""
    both = NO_EVENINGS.model_copy(update={"monitoring": MonitoringEdit(rhythm=Rhythm.DAILY)})
    assert to_change(both).edits == both


# ------------------------------------------------------------------ the end of it all


def test_a_change_ends_with_reablement(office: Office) -> None:
    """Nobody is asked about a plan that is no longer in force, and nothing is made of it."""
    plan = in_reablement(office)
    office.signal(plan, DRESSES_ALONE, by="reablement-worker-2")
    (case,) = office.cases(reablement_plan_change)
    office.answer(case, to_change(), by=COORDINATOR)
    over = ReablementEndWanted(last_day=date(2026, 1, 4), because="moved away", what_follows="her new council knows")
    office.signal(plan, over, by=LEAD)
    office.answer(plan, OpenMattersSettled(what_becomes="her new council decides"), by=COORDINATOR)
    assert office.outcome_of(case) == "reablement has ended"
    assert (stands(office, plan).version, stands(office, plan).changes) == (1, ())


def test_evidence_that_comes_after_the_end_is_not_asked_about(office: Office) -> None:
    """A case that is opened too late ends at once."""
    plan = in_reablement(office)
    over = ReablementEndWanted(last_day=date(2026, 1, 4), because="moved away", what_follows="nothing")
    office.signal(plan, over, by=LEAD)
    assert stands(office, plan).ended
    assert office.outcome_of(evidence_of(office, plan)) == "reablement has ended"


def test_nobody_is_asked_about_a_plan_while_a_death_is_shown(office: Office) -> None:
    """The register shows a death: the questions go; where it was not so they come back on the next working day."""
    plan = in_reablement(office)
    case = decided(office, plan)
    assert asked(office, case) == ["AgreementsOfOthers of reablement-worker"]
    _shows_death(office, date(2026, 1, 4))
    assert asked(office, case) == []
    office.days_pass(2)
    assert asked(office, case) == [] and not office.is_closed(case)
    _shows_death(office, None)
    office.today_is("2026-01-08 08:30")
    assert asked(office, case) == ["AgreementsOfOthers of reablement-worker"]
    assert [one.ref for one in stands(office, plan).changes] == [case]


# ------------------------------------------------------------------ the copy at home


@pytest.mark.clauses("REA-12", "REA-15")
def test_a_copy_that_was_amended_for_nothing_is_put_right(office: Office) -> None:
    """REA-12: amended before anybody agreed, and no change is made: whoever visits would go by what is wrong."""
    plan = in_reablement(office)
    early = DRESSES_ALONE.model_copy(update={"changed_at_home": True, "home_copy_says": "V1 30 minutes"})
    case = evidence_of(office, plan, early)
    assert "amended by hand before it was agreed. It says: V1 30 minutes" in read_beside(office, case, EvidenceDecision)
    office.answer(case, NO_CHANGE, by=COORDINATOR)
    assert office.waiting_for(case) == ["HomeCopyPutRight of reablement-worker, due 2026-01-06 17:00"]
    office.answer(case, HomeCopyPutRight(put_right_on=date(2026, 1, 5), how="struck out"), by=COORDINATOR)
    assert office.outcome_of(case) == "no change"


def _told(office: Office, case: str, what: str) -> list[str]:
    return [line[17:] for line in office.story_of(case) if "Told " in line and what in line]


def _entries(office: Office, case: str) -> Any:
    with office.council.database.read() as session:
        return [one for one in recall(session, case) if one.kind is not EntryKind.ASKED]


def _shows_death(office: Office, on: date | None) -> None:
    with office.council.database.write() as session:
        session.get_one(Person, "P-101").died_on = on
    heed_deaths(office.council)
    office.hours_pass(0)
