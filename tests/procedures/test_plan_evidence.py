"""Few interruptions, and nothing lost: one decision for all evidence that is undecided (REA-07, REA-09, GAP-34)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from deployments.worklist.asked_anew import asked_anew
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_plan_issue import reablement_plan_issue
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.cases import WorkItem
from models.forms.base import AnswerRefused, Form
from models.forms.plan_agreement import Capacity, SettledTogether, Stance
from models.forms.plan_change import EvidenceDecision, EvidenceStep, MoreEvidence
from models.forms.plan_copies import CopiesGivenOut, HomeCopyAmended, HomeCopyPutRight
from models.forms.reablement_keeping import OpenMattersSettled
from models.forms.reablement_signals import EvidenceReceived, IssueKind, ReviewTrigger
from models.reablement.edits import EditKind, InvolvedEdit, PlanEdits, VisitEdit
from models.reablement.plan import Part, SomebodyInvolved
from models.reablement.tables import HOME
from models.register import Staff
from models.roles import Role
from models.states import WorkItemState
from tasks.durable import arrivals, worklist
from tasks.durable.ledger import recall
from tasks.durable.running import run_leg
from tasks.durable.safeguarding_asked import with_the_word
from tasks.durable.testing import Office
from tasks.worklist.signalling import problems_with, what_can_be_told
from tests.procedures.letters import asked, read_beside
from tests.procedures.plan_change_stories import (
    ALL_AGREE,
    COLLEAGUE,
    COORDINATOR,
    DRESSES_ALONE,
    EVERYBODYS,
    WITH_JACK,
    agree,
    copies,
    decided,
    evidence_of,
    keep_a_photograph,
    minutes,
    others_say,
    says,
    stands,
    to_change,
)
from tests.procedures.reablement_stories import (
    BEGUN,
    NO_EVENINGS,
    PERSON_ID,
    SHORTER_MORNINGS,
    in_reablement,
    notes_of,
    reablement_ends,
)

QUESTION = "EvidenceDecision of reablement-worker"
CARRIES = DRESSES_ALONE.model_copy(update={"what": "She carries her own tray.", "given_by": "Ada Pryce"})
SLEEPS = DRESSES_ALONE.model_copy(update={"what": "She sleeps through.", "given_by": "Joan Tilling"})
NO_CHANGE = EvidenceDecision(step=EvidenceStep.NO_CHANGE, reasons="One good week; the plan allows for it")
LONGER_MORNINGS = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=60),))


def comes(office: Office, plan: str, *pieces: EvidenceReceived) -> None:
    """Evidence comes to the plan's case."""
    for one in pieces:
        office.signal(plan, one, by=COLLEAGUE)


def changes(office: Office) -> list[str]:
    """The cases about changes of the plan, as they were opened."""
    return office.cases(reablement_plan_change)


def comes_quietly(office: Office, plan: str, evidence: EvidenceReceived) -> None:
    """It comes, and only the plan's own case has seen it so far."""
    arrivals.send_signal(office.council, plan, evidence, by=COLLEAGUE)
    run_leg(office.council, plan)


def answered_quietly(office: Office, case: str, form: Form) -> None:
    """Somebody answers, and no leg has run for it yet."""
    with office.council.database.read() as session:
        item = next(one.id for one in worklist.open_items(session, ref=case) if one.form == form.name())
    given = with_the_word(type(form), form.model_dump(mode="json"))
    worklist.answer(office.council, item, given, by=COORDINATOR)


def decided_together(office: Office, case: str) -> list[str]:
    """What the story says was decided together with the first."""
    return [line for line in office.story_of(case) if "Decided on all this evidence together" in line]


# ------------------------------------------------------------------ one question for all that is undecided


@pytest.mark.clauses("REA-09", "REA-10")
def test_what_comes_while_it_is_undecided_joins_the_same_question(office: Office) -> None:
    """Three visits in a day make one case and one question, with all that was seen beside it, the oldest first."""
    plan = in_reablement(office)
    for evidence in (DRESSES_ALONE, CARRIES, SLEEPS):
        comes(office, plan, evidence)
        office.hours_pass(1)
    (case,) = changes(office)
    assert asked(office, case) == [QUESTION]
    beside = read_beside(office, case, EvidenceDecision)
    said = [beside.index(one.what) for one in (DRESSES_ALONE, CARRIES, SLEEPS)]
    assert said == sorted(said)

    office.answer(case, to_change(settled=ALL_AGREE), by=COORDINATOR)
    (line,) = decided_together(office, case)
    assert "observation from Ada Pryce, received" in line and "observation from Joan Tilling, received" in line
    (note,) = notes_of(office, case)
    assert all(f"Evidence: {one.what} ({one.given_by})" in note for one in (DRESSES_ALONE, CARRIES, SLEEPS))
    assert changes(office) == [case]


@pytest.mark.clauses("REA-10")
def test_the_time_runs_from_what_was_received_first(office: Office) -> None:
    """GAP-34: what comes on Tuesday at 4pm gives nobody another day for what came on Monday; the lead hears once."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE)
    office.today_is("2026-01-06 16:00")
    comes(office, plan, CARRIES)
    (case,) = changes(office)
    assert f"{QUESTION}, due 2026-01-06 17:00" in office.waiting_for(case)
    office.today_is("2026-01-06 17:00")
    comes(office, plan, SLEEPS)
    office.days_pass(2)
    assert sum("evidence about a plan is not decided on" in line for line in office.story_of(case)) == 1


def test_what_lay_unread_for_days_moves_the_time_to_its_own(office: Office) -> None:
    """A message of Friday, read on Tuesday, joins what came on Tuesday: that it was received first counts."""
    plan = in_reablement(office)
    office.today_is("2026-01-09 10:00")
    friday = office.clock.now()
    office.today_is("2026-01-12 10:00")
    comes(office, plan, DRESSES_ALONE)
    (case,) = changes(office)
    office.signal(case, MoreEvidence(evidence=CARRIES, received_at=friday))
    beside = read_beside(office, case, EvidenceDecision)
    assert beside.index(CARRIES.what) < beside.index(DRESSES_ALONE.what)
    assert f"{QUESTION}, due 2026-01-12 17:00" in office.waiting_for(case)


def test_what_was_typed_is_carried_over_to_the_question_that_has_it_all(office: Office) -> None:
    """The question is the same one, asked anew: a draft of the first is found for the second."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE, CARRIES)
    (case,) = changes(office)
    with office.council.database.read() as session:
        items = session.scalars(select(WorkItem).where(WorkItem.case_ref == case)).all()
        first = next(one.id for one in items if one.state == WorkItemState.WITHDRAWN)
        now = next(one.id for one in items if one.state == WorkItemState.OPEN)
        assert asked_anew(session, first) == now


def test_what_comes_before_the_question_is_put_joins_it_too(office: Office) -> None:
    """A rota app sends a whole round at once: the second is there before the first case has run."""
    plan = in_reablement(office)
    for one in (DRESSES_ALONE, CARRIES):
        arrivals.send_signal(office.council, plan, one, by=COLLEAGUE)
    run_leg(office.council, plan)
    office.hours_pass(0)
    (case,) = changes(office)
    assert asked(office, case) == [QUESTION]
    assert CARRIES.what in read_beside(office, case, EvidenceDecision)


@pytest.mark.parametrize(
    ("step", "opened"),
    [
        ({"step": EvidenceStep.ISSUE, "issue": IssueKind.MOTIVATION}, reablement_plan_issue),
        ({"step": EvidenceStep.REVIEW, "trigger": ReviewTrigger.NO_LONGER_FITS}, reablement_unscheduled_review),
    ],
)
def test_what_goes_on_elsewhere_has_all_of_it(office: Office, step: dict[str, Any], opened: Any) -> None:
    """Whoever gave any of it is named where an issue or a review begins."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE, CARRIES)
    (case,) = changes(office)
    office.answer(case, EvidenceDecision(reasons="She has stopped trying", **step), by=COORDINATOR)
    (child,) = office.cases(opened)
    with office.council.database.read() as session:
        facts = str(recall(session, child)[0].data)
    assert "Jack Ormsby, Ada Pryce" in facts


def test_what_comes_once_a_change_is_proposed_has_its_own_case(office: Office) -> None:
    """Those involved are being asked about what was decided: nothing is added to that."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE)
    (first,) = changes(office)
    office.answer(first, to_change(), by=COORDINATOR)
    comes(office, plan, CARRIES, SLEEPS)
    second = next(one for one in changes(office) if one != first)
    assert len(changes(office)) == 2
    assert asked(office, second) == [QUESTION]
    beside = read_beside(office, second, EvidenceDecision)
    assert CARRIES.what in beside and SLEEPS.what in beside and DRESSES_ALONE.what not in beside


def test_what_is_decided_once_more_after_a_clash_takes_nothing_in(office: Office) -> None:
    """A change is proposed there, though its author is asked again: what is new has a question of its own."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE)
    (first,) = changes(office)
    office.answer(first, to_change(LONGER_MORNINGS), by=COORDINATOR)
    decided(office, plan, ALL_AGREE)
    assert asked(office, first) == [QUESTION]
    before = set(changes(office))
    comes(office, plan, CARRIES)
    (new,) = set(changes(office)) - before
    assert CARRIES.what in read_beside(office, new, EvidenceDecision)


# ------------------------------------------------------------------ it comes as somebody answers


@pytest.mark.clauses("REA-09", "REA-10")
def test_evidence_that_comes_just_before_the_answer_is_not_decided_unseen(office: Office) -> None:
    """It has joined the case, and the answer was given without it: it has a case of its own, with its own time."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE)
    (first,) = changes(office)
    office.hours_pass(1)
    received = office.clock.now()
    comes_quietly(office, plan, CARRIES)
    answered_quietly(office, first, NO_CHANGE)
    office.hours_pass(1)
    assert office.outcome_of(first) == "no change"
    assert decided_together(office, first) == []
    (second,) = [one for one in changes(office) if one != first]
    assert _facts(office, second) == (CARRIES.what, received)
    assert asked(office, second) == [QUESTION]

    office.answer(second, NO_CHANGE, by=COORDINATOR)
    assert office.outcome_of(second) == "no change"
    assert len(changes(office)) == 2


@pytest.mark.clauses("REA-09", "REA-10")
def test_evidence_that_comes_just_after_the_answer_has_its_own_case(office: Office) -> None:
    """The case has an answer, though it has not acted on it yet: nothing is added to it any more."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE)
    (first,) = changes(office)
    answered_quietly(office, first, NO_CHANGE)
    comes_quietly(office, plan, CARRIES)
    office.hours_pass(0)
    assert office.outcome_of(first) == "no change"
    (second,) = [one for one in changes(office) if one != first]
    assert _facts(office, second)[0] == CARRIES.what
    assert asked(office, second) == [QUESTION]


def test_only_what_stood_beside_the_answer_counts_as_decided(office: Office) -> None:
    """The second piece was shown and the third not: one is decided with the first, one is asked about."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE, CARRIES)
    (first,) = changes(office)
    comes_quietly(office, plan, SLEEPS)
    answered_quietly(office, first, NO_CHANGE)
    office.hours_pass(0)
    (line,) = decided_together(office, first)
    assert "Ada Pryce" in line and "Joan Tilling" not in line
    (second,) = [one for one in changes(office) if one != first]
    assert _facts(office, second)[0] == SLEEPS.what


# ------------------------------------------------------------------ covered by a change that is under way


@pytest.mark.clauses("REA-09", "REA-10")
def test_what_was_to_cover_it_is_not_made_and_it_is_decided_once_more(office: Office) -> None:
    """Nothing is lost: with why, in a working day of its own; and what comes then stands beside it too."""
    plan = in_reablement(office)
    first, second = _covered(office, plan)
    office.days_pass(1)
    with_no = others_say(*agree(PERSON_ID)).model_copy(update={"settled": _refuses()})
    office.answer(first, with_no, by=COORDINATOR)
    assert office.outcome_of(first) == "support refused"
    assert asked(office, second) == [QUESTION]
    beside = read_beside(office, second, EvidenceDecision)
    assert f"The change in case {first}, which was to cover this, is not made." in beside
    assert "You had said: the same" in beside and CARRIES.what in beside
    assert f"{QUESTION}, due 2026-01-07 17:00" in office.waiting_for(second)

    comes(office, plan, SLEEPS)
    assert SLEEPS.what in read_beside(office, second, EvidenceDecision)
    office.answer(second, NO_CHANGE, by=COORDINATOR)
    assert office.outcome_of(second) == "no change"


def test_what_waits_for_another_change_ends_with_reablement(office: Office) -> None:
    """There is no plan any more that could change."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE)
    (first,) = changes(office)
    office.answer(first, to_change(NO_EVENINGS), by=COORDINATOR)
    comes(office, plan, CARRIES)
    (second,) = [one for one in changes(office) if one != first]
    office.answer(second, _the_same(first), by=COORDINATOR)
    reablement_ends(office, plan)
    office.answer(plan, _settled(), by=COORDINATOR)
    assert {office.outcome_of(one) for one in (first, second)} == {"reablement has ended"}


def test_what_came_while_another_was_to_cover_it_is_not_taken_in_unseen(office: Office) -> None:
    """It is decided for now: what is new is asked about by itself."""
    plan = in_reablement(office)
    comes(office, plan, DRESSES_ALONE)
    (first,) = changes(office)
    office.answer(first, to_change(), by=COORDINATOR)
    comes(office, plan, CARRIES)
    (second,) = [one for one in changes(office) if one != first]
    office.answer(second, _the_same(first), by=COORDINATOR)
    comes(office, plan, SLEEPS)
    (third,) = [one for one in changes(office) if one not in (first, second)]
    assert (asked(office, second), asked(office, third)) == ([], [QUESTION])


def test_who_has_proposed_a_change_does_not_wait_for_another(office: Office) -> None:
    """Two changes would wait for each other for ever: it is proposed once more, and nobody is asked twice."""
    plan = in_reablement(office)
    second = decided(office, plan, edits=LONGER_MORNINGS)
    third = decided(office, plan, edits=NO_EVENINGS)
    decided(office, plan, ALL_AGREE)
    assert asked(office, second) == [QUESTION]
    with pytest.raises(AnswerRefused, match="about_case: you have proposed a change of your own here"):
        office.answer(second, _the_same(third), by=COORDINATOR)
    assert asked(office, second) == [QUESTION]


# ------------------------------------------------------------------ at the door, with the plan's page open


@pytest.mark.clauses("REA-12")
def test_at_the_door_it_is_said_on_the_plans_own_case(office: Office) -> None:
    """Whoever gives out the copies hears of it; nobody looks for the case of the change."""
    plan = in_reablement(office)
    assert HomeCopyAmended in {one.signal for one in what_can_be_told(office.council, office.case(plan), _role(office))}
    case = decided(office, plan, ALL_AGREE)
    amended = HomeCopyAmended(amended_on=date(2026, 1, 5))
    assert problems_with(office.council, plan, amended, by=COLLEAGUE) == []
    office.signal(plan, amended, by=COLLEAGUE)
    home = stands(office, plan).copy_of(HOME)
    assert home is not None and (home.version, home.by_hand) == (2, True)
    assert len(changes(office)) == 1
    assert any("the copy at home is amended by hand" in line for line in office.story_of(case))

    office.signal(plan, amended, by=COORDINATOR)  # the next who comes says so as well
    assert changes(office) == [case]


@pytest.mark.clauses("REA-12", "REA-15")
def test_what_no_change_has_agreed_is_evidence_and_put_right_where_it_is_not_to_be(office: Office) -> None:
    """No copies are out: somebody wrote into the copy at home, and it is decided whether the plan is to say so."""
    plan = in_reablement(office)
    keep_a_photograph(office, "M-PHOTOGRAPH", plan)
    amended = HomeCopyAmended(amended_on=date(2026, 1, 5), photograph="M-PHOTOGRAPH")
    assert problems_with(office.council, plan, amended, by=COLLEAGUE) == []
    office.signal(plan, amended, by=COLLEAGUE)
    (case,) = changes(office)
    beside = read_beside(office, case, EvidenceDecision)
    assert "Evidence (observation) from Jack Ormsby, noticed on 5 January 2026" in beside
    assert "The copy at home was amended by hand before it was agreed." in beside
    assert "what the photograph M-PHOTOGRAPH shows" in beside
    office.answer(case, NO_CHANGE, by=COORDINATOR)
    assert asked(office, case) == ["HomeCopyPutRight of reablement-worker"]
    assert "M-PHOTOGRAPH" in read_beside(office, case, HomeCopyPutRight)


def test_what_comes_while_the_home_copy_is_put_right_has_its_own_case(office: Office) -> None:
    """It is decided what follows from the first: putting the copy right takes no more evidence in."""
    plan = in_reablement(office)
    office.signal(plan, HomeCopyAmended(amended_on=date(2026, 1, 5)), by=COLLEAGUE)
    (first,) = changes(office)
    office.answer(first, NO_CHANGE, by=COORDINATOR)
    comes(office, plan, CARRIES)
    assert asked(office, first) == ["HomeCopyPutRight of reablement-worker"]
    (second,) = [one for one in changes(office) if one != first]
    assert asked(office, second) == [QUESTION]
    assert CARRIES.what in read_beside(office, second, EvidenceDecision)


def test_what_was_written_there_before_the_change_is_evidence(office: Office) -> None:
    """The version is of Wednesday, and the copy was amended on Tuesday: that was something else."""
    plan = in_reablement(office)
    office.today_is("2026-01-07 09:00")
    first = decided(office, plan, ALL_AGREE)
    office.signal(plan, HomeCopyAmended(amended_on=date(2026, 1, 6)), by=COLLEAGUE)
    (second,) = [one for one in changes(office) if one != first]
    assert asked(office, second) == [QUESTION]
    home = stands(office, plan).copy_of(HOME)
    assert home is not None and home.version == 1


@pytest.mark.parametrize("given", [EVERYBODYS, copies(HOME, "P1")], ids=["to everybody", "to the home and to her"])
def test_once_the_home_has_the_new_copy_what_is_written_there_is_evidence(
    office: Office, given: CopiesGivenOut
) -> None:
    """Whether others still wait for theirs or not: what is in the new copy by hand, nobody has agreed."""
    plan = in_reablement(office)
    first = decided(office, plan, ALL_AGREE)
    office.answer(first, given, by=COORDINATOR)
    assert office.is_closed(first) is (given is EVERYBODYS)
    office.signal(plan, HomeCopyAmended(amended_on=date(2026, 1, 5)), by=COLLEAGUE)
    (second,) = [one for one in changes(office) if one != first]
    assert asked(office, second) == [QUESTION]


def test_at_the_door_the_day_and_the_photograph_are_held_against_the_plan(office: Office) -> None:
    """As in the change's case: a photograph that is kept with this plan, and a day on which there was one."""
    plan = in_reablement(office)
    office.today_is("2026-01-08 09:00")
    early = HomeCopyAmended(amended_on=date(2026, 1, 4), photograph="M-NOWHERE")
    said = "; ".join(problems_with(office.council, plan, early, by=COLLEAGUE))
    assert "amended_on: reablement began on 5 January 2026" in said
    assert "photograph: no letter or e-mail of that id is kept with this plan" in said


# ------------------------------------------------------------------ who has a part in the plan


def test_a_colleague_who_comes_to_have_a_part_is_named_by_the_register(office: Office) -> None:
    """Nobody keys the name, and what was keyed does not count: two who add him have said the same."""
    plan = in_reablement(office)
    jack = InvolvedEdit(edit=EditKind.ADD, part=Part.REABLEMENT_WORKER, staff=COLLEAGUE)
    typed = jack.model_copy(update={"name": "Jak Ormsbey"})
    first, second = (decided(office, plan, edits=PlanEdits(involved=(one,))) for one in (jack, typed))
    assert asked(office, second) == []  # whoever was asked in the first is not asked for the same once more
    assert len({one.edits.digests for one in stands(office, plan).changes}) == 1
    office.answer(first, others_say(*ALL_AGREE.said), by=COORDINATOR)
    assert [one.name for one in stands(office, plan).content.involved if one.staff == COLLEAGUE] == ["Jack Ormsby"]


@pytest.mark.parametrize(
    "edit",
    [
        InvolvedEdit(edit=EditKind.ADD, part=Part.OTHER, staff=COLLEAGUE),
        InvolvedEdit(edit=EditKind.ALTER, item="P4", staff=COLLEAGUE),
    ],
)
def test_one_member_of_staff_has_one_part_in_a_plan(office: Office, edit: InvolvedEdit) -> None:
    """They would be asked twice for the same; who takes their place may have the line."""
    plan = in_reablement(office, involved=WITH_JACK)
    case = evidence_of(office, plan)
    with pytest.raises(AnswerRefused, match=r"edits\.involved\.0\.staff: reablement-worker-2 has a part in the plan"):
        office.answer(case, to_change(PlanEdits(involved=(edit,))), by=COORDINATOR)
    instead = PlanEdits(involved=(InvolvedEdit(edit=EditKind.TAKE_OUT, item="P5"), edit))
    office.answer(case, to_change(instead), by=COORDINATOR)
    assert [one.ref for one in stands(office, plan).changes] == [case]


def test_somebody_new_whom_the_register_does_not_have_needs_a_name(office: Office) -> None:
    """An id that nobody has is told as such, with or without a name beside it."""
    case = evidence_of(office, in_reablement(office))
    nobody = InvolvedEdit(edit=EditKind.ADD, part=Part.OTHER, staff="nobody-here")
    with pytest.raises(AnswerRefused, match=r"edits\.involved\.0\.staff: the register has no member of staff"):
        office.answer(case, to_change(PlanEdits(involved=(nobody,))), by=COORDINATOR)
    with pytest.raises(ValueError, match="something new needs name"):
        InvolvedEdit(edit=EditKind.ADD, part=Part.OTHER)


@pytest.mark.clauses("REA-06")
def test_who_coordinates_and_is_her_daughter_does_not_agree_as_her_daughter_by_deciding(office: Office) -> None:
    """She is in the plan as a carer; what she decides as a worker is not what she says as a carer."""
    daughter = SomebodyInvolved(part=Part.CARER, staff=COORDINATOR)
    plan = in_reablement(office, involved=(BEGUN.involved[0], daughter))
    case = decided(office, plan)
    office.answer(case, others_say(*agree(PERSON_ID)), by=COORDINATOR)
    assert stands(office, plan).version == 1
    assert asked(office, case) == ["AgreementsOfOthers of reablement-worker"]
    office.answer(case, others_say(*agree("P2")), by=COORDINATOR)
    assert (stands(office, plan).version, minutes(office, plan)) == (2, [30, 30])


# ------------------------------------------------------------------ what the stories use


def _covered(office: Office, plan: str) -> tuple[str, str]:
    """A change that is proposed, and evidence that it is said to cover."""
    comes(office, plan, DRESSES_ALONE)
    (first,) = changes(office)
    office.answer(first, to_change(SHORTER_MORNINGS), by=COORDINATOR)
    comes(office, plan, CARRIES)
    (second,) = [one for one in changes(office) if one != first]
    office.answer(second, _the_same(first), by=COORDINATOR)
    assert (asked(office, second), office.is_closed(second)) == ([], False)
    return first, second


def _the_same(change: str) -> EvidenceDecision:
    return EvidenceDecision(step=EvidenceStep.UNDER_WAY, reasons="the same", about_case=change)


def _refuses() -> SettledTogether:
    return SettledTogether(said=(says(PERSON_ID, Stance.REFUSES_SUPPORT, "wants nobody"),), capacity=Capacity.HAS)


def _settled() -> OpenMattersSettled:
    return OpenMattersSettled(what_becomes="her son looks after her")


def _role(office: Office) -> Role:
    with office.council.database.read() as session:
        return Role(session.get_one(Staff, COLLEAGUE).role)


def _facts(office: Office, case: str) -> tuple[str, datetime]:
    with office.council.database.read() as session:
        facts: Any = recall(session, case)[0].data
    return facts["evidence"]["what"], datetime.fromisoformat(facts["received_at"])
