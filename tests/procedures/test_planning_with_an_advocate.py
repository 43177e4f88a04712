"""Changing a plan waits for the advocate whom the person needs; what keeps somebody safe never does (GAP-06)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.advocacy import advocacy
from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_issue import reablement_plan_issue
from flows.reablement_safeguarding_pause import reablement_safeguarding_pause
from flows.safeguarding_concern import safeguarding_concern
from models.forms.advocacy import (
    AdvocacyReferral,
    AdvocateFound,
    CannotWaitForAdvocate,
    CanWaitForAdvocate,
)
from models.forms.base import AnswerRefused
from models.forms.house import MessageRead
from models.forms.monitoring_change import MonitoringSettled
from models.forms.plan_agreement import AgreementsOfOthers, Capacity, SettledTogether, Stance
from models.forms.plan_change import EvidenceDecision
from models.forms.plan_issue import IssueExplored
from models.forms.reablement_matters import MonitoringToChange, PlanIssue
from models.forms.reablement_signals import PlanHasEnded
from models.forms.safeguarding import ConcernNoticed, WhoIsAtRisk
from models.policy.gaps.duty import AdvocacyStep
from models.reablement.edits import EditKind, PlanEdits, VisitEdit
from models.register import Person
from models.roles import Role
from tasks.deaths import heed_deaths
from tasks.durable.testing import Office
from tasks.worklist.signalling import what_can_be_told
from tests.procedures.letters import asked, read_beside
from tests.procedures.plan_change_stories import (
    ALL_AGREE,
    COORDINATOR,
    GO_AHEAD,
    IN_HER_INTERESTS,
    SENIOR,
    YES,
    agree,
    decided,
    evidence_of,
    others_say,
    says,
    stands,
    to_change,
)
from tests.procedures.reablement_stories import (
    CARER_ID,
    DAUGHTER,
    EDITH,
    NO_EVENINGS,
    PERSON_ID,
    THERAPIST,
    THERAPIST_ID,
    WORKER,
    in_reablement,
    notes_of,
    reablement_ends,
)
from tests.procedures.test_advocacy import GIVEN, IN_PLACE, NEEDED, REFERRAL, a_need, open_gate, referred
from tests.procedures.test_reablement_monitoring_change import AGREED as MONITORING
from tests.procedures.test_reablement_monitoring_change import WANTED
from tests.procedures.test_reablement_plan_issue import AGREED as ISSUE
from tests.procedures.test_reablement_plan_issue import FADING
from tests.procedures.test_reablement_unscheduled_review import ON_THURSDAY, considering
from tests.procedures.tray_stories import policy_with

OTHERS_FORM = "AgreementsOfOthers of reablement-worker"
CAN_IT_WAIT = "CanWaitForAdvocate of reablement-worker"
EVERYBODY = (PERSON_ID, CARER_ID, THERAPIST_ID)
SHE_FALLS = "She falls at the stove when nobody is there"
CAN_WAIT = CanWaitForAdvocate(can_wait=True)
CANNOT_WAIT = CanWaitForAdvocate(can_wait=False, because=SHE_FALLS)
NO_LONGER = CannotWaitForAdvocate(because=SHE_FALLS)
NONE_NEEDED = AdvocateFound(in_place=False, no_longer_needed="her niece has come")


def needs_one(office: Office) -> str:
    """Edith Tilling needs an advocate, and was referred today by duty; gives the advocacy's case."""
    return referred(office, about_person="P-101")


def there_is_one(office: Office, need: str, by: str = "duty-worker") -> None:
    """Her advocate is in place."""
    office.answer(need, IN_PLACE, by=by)


def planning_need_not_wait(office: Office) -> None:
    """The council has settled GAP-06 the other way: planning does not wait."""
    never = tuple(one for one in AdvocacyStep if one is not AdvocacyStep.REVIEW)
    office.policy_becomes(policy_with(advocacy_hold={"holds": (AdvocacyStep.REVIEW,), "never_holds": never}))


def otherwise(decision: EvidenceDecision, **changes: Any) -> EvidenceDecision:
    """That decision, otherwise."""
    return EvidenceDecision.model_validate(decision.model_dump() | changes)


def changing(office: Office, **changes: Any) -> tuple[str, str, str]:
    """She needs an advocate, and her plan is to change; gives plan, case and the advocacy's case."""
    plan, need = in_reablement(office), needs_one(office)
    case = evidence_of(office, plan)
    office.answer(case, otherwise(to_change(), **changes), by=COORDINATOR)
    return plan, case, need


# ------------------------------------------------------------------ a change of the plan


@pytest.mark.clauses("DUTY-42", "REA-10")
def test_evidence_is_decided_on_in_time_and_what_is_to_be_agreed_waits(office: Office) -> None:
    """DUTY-42, GAP-34: the decision is due as ever and says that no advocate is there; nobody is asked to agree."""
    plan, need = in_reablement(office), needs_one(office)
    office.days_pass(1)
    case = evidence_of(office, plan)
    assert office.waiting_for(case)[0] == "EvidenceDecision of reablement-worker, due 2026-01-07 17:00"
    beside = read_beside(office, case, EvidenceDecision)
    assert (
        "They need an advocate, and none is there yet: it is held since Monday 5 January 2026, 9am, for 1 day now"
        in (beside)
    )
    office.answer(case, to_change(), by=COORDINATOR)
    assert asked(office, case) == []
    office.days_pass(6)
    assert asked(office, case) == []
    assert stands(office, plan).version == 1

    there_is_one(office, need)
    assert asked(office, case) == [OTHERS_FORM]
    assert "Their advocate: Olu Bright, Wenbridge Voices, since Monday 5 January 2026." in (
        read_beside(office, case, AgreementsOfOthers)
    )
    office.answer(case, others_say(*agree(*EVERYBODY)), by=COORDINATOR)
    assert stands(office, plan).version == 2


@pytest.mark.clauses("DUTY-42")
def test_where_policy_does_not_hold_planning_a_change_goes_on(office: Office) -> None:
    """GAP-06, the other way: they are asked at once, and what was settled with her counts (DUTY-42)."""
    planning_need_not_wait(office)
    plan, case, _ = changing(office, settled=ALL_AGREE)
    assert stands(office, plan).version == 2
    assert not any("without an advocate" in one for one in notes_of(office, case))


@pytest.mark.clauses("DUTY-40")
def test_where_policy_does_not_hold_planning_one_is_found_beside_the_change(office: Office) -> None:
    """GAP-06, the other way: the worker says that she needs one, and what was settled with her counts (DUTY-40)."""
    planning_need_not_wait(office)
    plan = in_reablement(office)
    case = evidence_of(office, plan)
    office.answer(case, otherwise(to_change(settled=ALL_AGREE), advocate_needed=True), by=COORDINATOR)
    assert stands(office, plan).version == 2
    assert len(office.cases(advocacy)) == 1


@pytest.mark.clauses("DUTY-40", "DUTY-41", "DUTY-42")
def test_whoever_decides_says_that_one_is_needed_and_nothing_is_keyed_twice(office: Office) -> None:
    """DUTY-40, DUTY-41: the referral is asked of her the same day, without the two conditions; the change waits."""
    plan = in_reablement(office)
    case = evidence_of(office, plan)
    office.answer(case, otherwise(to_change(), advocate_needed=True), by=COORDINATOR)
    assert asked(office, case) == []
    (need,) = office.cases(advocacy)
    assert office.waiting_for(need)[0] == "AdvocacyReferral of reablement-worker, due 2026-01-05 17:00"
    beside = read_beside(office, need, AdvocacyReferral)
    assert "Visit V1: length 30 minutes instead of 45 minutes." in beside
    assert "It is held since Monday 5 January 2026, 9am" in beside

    office.answer(need, AdvocacyReferral(**REFERRAL), by=COORDINATOR)
    office.answer(open_gate(office), GIVEN, by=COORDINATOR)
    there_is_one(office, need, by=COORDINATOR)
    assert asked(office, case) == [OTHERS_FORM]
    office.digest_goes_out()
    assert not any("news of an advocate" in one.body for one in office.inbox(f"staff-{COORDINATOR}"))


@pytest.mark.clauses("DUTY-40")
def test_where_one_is_sought_already_nobody_is_referred_twice(office: Office) -> None:
    """DUTY-40: duty has not decided yet; the worker knows, and the change waits for what duty finds."""
    plan, need = in_reablement(office), a_need(office, about_person="P-101")
    case = evidence_of(office, plan)
    assert f"Whether an advocate is needed or in place is seen to in case {need}" in (
        read_beside(office, case, EvidenceDecision)
    )
    office.answer(case, otherwise(to_change(), advocate_needed=True), by=COORDINATOR)
    assert office.cases(advocacy) == [need]
    assert asked(office, case) == []


@pytest.mark.clauses("DUTY-41")
def test_whether_one_is_needed_is_asked_early_and_once(office: Office) -> None:
    """DUTY-41: compulsory with the first change of the plan; who said so once is not asked again."""
    plan = in_reablement(office)
    first, second = evidence_of(office, plan), evidence_of(office, plan)
    unsaid = otherwise(to_change(), advocate_needed=None)
    with pytest.raises(AnswerRefused, match="advocate_needed: nobody has said yet whether they need"):
        office.answer(first, unsaid, by=COORDINATOR)
    office.answer(first, to_change(), by=COORDINATOR)
    office.answer(second, otherwise(unsaid, edits=NO_EVENINGS), by=COORDINATOR)
    assert len(stands(office, plan).changes) == 2
    assert office.cases(advocacy) == []


@pytest.mark.clauses("DUTY-41")
def test_where_a_case_about_it_is_known_it_is_not_asked(office: Office) -> None:
    """DUTY-41: duty has found that none is needed; nobody says it once more."""
    plan, need = in_reablement(office), needs_one(office)
    office.answer(need, NONE_NEEDED, by="duty-worker")
    case = evidence_of(office, plan)
    office.answer(case, otherwise(to_change(), advocate_needed=None), by=COORDINATOR)
    assert asked(office, case) == [OTHERS_FORM]


@pytest.mark.clauses("DUTY-42")
@pytest.mark.parametrize(
    ("settled", "said"),
    [
        (SettledTogether(said=agree(CARER_ID, PERSON_ID)), "settled.said.1: they need an advocate"),
        (
            SettledTogether(capacity=Capacity.LACKS, capacity_how="assessed", best_interests=IN_HER_INTERESTS),
            "settled.best_interests: they need an advocate",
        ),
    ],
)
@pytest.mark.parametrize("just_said", [True, False])
def test_what_she_says_without_her_advocate_is_refused_at_the_door(
    office: Office, settled: SettledTogether, said: str, just_said: bool
) -> None:
    """DUTY-42: with what to do about it; what the others say is taken."""
    plan = in_reablement(office)
    if not just_said:
        needs_one(office)
    case = evidence_of(office, plan)
    decision = otherwise(to_change(settled=settled), advocate_needed=just_said)
    with pytest.raises(AnswerRefused, match=f"{said}.*say in cannot_wait_because"):
        office.answer(case, decision, by=COORDINATOR)
    office.answer(case, otherwise(decision, settled=SettledTogether(said=agree(CARER_ID))), by=COORDINATOR)
    assert stands(office, plan).version == 1


@pytest.mark.clauses("DUTY-42")
def test_a_change_that_keeps_her_safe_goes_on_with_the_reason_on_record(office: Office) -> None:
    """GAP-06: said with the decision; it is made at once, and why stands in her record (DUTY-42)."""
    plan, case, need = changing(office, settled=ALL_AGREE, cannot_wait_because=SHE_FALLS)
    assert stands(office, plan).version == 2
    (why,) = (one for one in notes_of(office, case) if one.startswith("Reablement: goes on without an advocate"))
    assert f"It cannot wait: {SHE_FALLS}" in why
    assert "Visit V1: length 30 minutes instead of 45 minutes." in why
    assert not office.is_closed(need)


@pytest.mark.clauses("DUTY-42")
def test_what_waits_may_come_to_be_urgent(office: Office) -> None:
    """GAP-06: said in the case at any time while it waits; those involved are asked at once (DUTY-42)."""
    plan, case, _ = changing(office)
    told = what_can_be_told(office.council, office.case(case), Role.PRACTITIONER)
    assert CannotWaitForAdvocate in [one.signal for one in told]
    office.signal(case, NO_LONGER, by=COORDINATOR)
    assert asked(office, case) == [OTHERS_FORM]
    office.answer(case, others_say(*agree(*EVERYBODY)), by=COORDINATOR)
    assert stands(office, plan).version == 2
    assert sum("goes on without an advocate" in one for one in notes_of(office, case)) == 1


@pytest.mark.clauses("DUTY-42")
def test_where_none_is_needed_after_all_it_goes_on(office: Office) -> None:
    """DUTY-42: the case about the advocate is closed without one."""
    _, case, need = changing(office)
    office.answer(need, NONE_NEEDED, by="duty-worker")
    assert asked(office, case) == [OTHERS_FORM]


@pytest.mark.clauses("DUTY-42")
def test_a_need_that_comes_up_meanwhile_holds_the_change_and_she_is_heard_with_her_advocate(office: Office) -> None:
    """DUTY-42: she had agreed, and a colleague had not yet; it is not made, and she is asked with them."""
    colleague = WORKER.model_copy(update={"name": "Jack Ormsby", "staff": "reablement-worker-2"})
    plan = in_reablement(office, involved=(EDITH, DAUGHTER, WORKER, THERAPIST, colleague))
    case = decided(office, plan, ALL_AGREE)
    assert asked(office, case) == ["AgreementOfColleague of reablement-worker-2"]
    need = needs_one(office)
    office.answer(case, YES, by="reablement-worker-2")
    assert (stands(office, plan).version, asked(office, case)) == (1, [])

    there_is_one(office, need)
    assert asked(office, case) == [OTHERS_FORM]
    beside = read_beside(office, case, AgreementsOfOthers)
    assert "P1 Edith Tilling" in beside.split("To be otherwise")[0]
    assert "P2 Joan Tilling" not in beside.split("To be otherwise")[0]
    office.answer(case, others_say(*agree(PERSON_ID)), by=COORDINATOR)
    assert stands(office, plan).version == 2


@pytest.mark.clauses("DUTY-42")
def test_what_came_up_meanwhile_is_made_at_once_where_it_cannot_wait(office: Office) -> None:
    """GAP-06: a senior had decided already, and is not asked twice (DUTY-42)."""
    plan = in_reablement(office)
    case = decided(office, plan, SettledTogether(said=agree(PERSON_ID, THERAPIST_ID)))
    office.policy_becomes(policy_with(change_agreement={"others_object": "senior-decides"}))
    objects = says(CARER_ID, Stance.OBJECTS_TO_HOW)
    office.answer(case, others_say(objects), by=COORDINATOR)
    assert asked(office, case) == ["ChangeDecided of team-manager"]
    needs_one(office)
    office.answer(case, GO_AHEAD, by=SENIOR)
    assert (stands(office, plan).version, asked(office, case)) == (1, [])
    office.signal(case, NO_LONGER, by=COORDINATOR)
    assert stands(office, plan).version == 2


@pytest.mark.clauses("DUTY-42")
def test_she_is_not_asked_for_while_her_advocate_is_sought(office: Office) -> None:
    """DUTY-42: the need came up while she was to be asked; her word is refused at the door, the others' are taken."""
    plan = in_reablement(office)
    case = decided(office, plan)
    need = needs_one(office)
    with pytest.raises(AnswerRefused, match=r"settled\.said\.0: they need an advocate, and none is there yet"):
        office.answer(case, others_say(*agree(*EVERYBODY)), by=COORDINATOR)
    office.answer(case, others_say(*agree(CARER_ID, THERAPIST_ID)), by=COORDINATOR)
    assert asked(office, case) == []
    there_is_one(office, need)
    assert asked(office, case) == [OTHERS_FORM]
    office.answer(case, others_say(*agree(PERSON_ID)), by=COORDINATOR)
    assert stands(office, plan).version == 2


def test_who_objected_without_her_advocate_is_asked_with_them(office: Office) -> None:
    """What she said then neither stops the change nor counts for it."""
    plan = in_reablement(office)
    settled = SettledTogether(
        said=(says(PERSON_ID, Stance.OBJECTS_TO_HOW), *agree(CARER_ID)), capacity=Capacity.HAS, capacity_how="spoke"
    )
    case = decided(office, plan, settled)
    need = needs_one(office)
    office.answer(case, others_say(*agree(THERAPIST_ID)), by=COORDINATOR)
    there_is_one(office, need)
    assert "P1 Edith Tilling" in read_beside(office, case, AgreementsOfOthers).split("To be otherwise")[0]
    office.answer(case, others_say(*agree(PERSON_ID)), by=COORDINATOR)
    assert stands(office, plan).version == 2


def test_a_change_that_waits_ends_with_reablement(office: Office) -> None:
    """Nothing is made of it, and nobody waits for it any more."""
    plan, case, _ = changing(office)
    office.signal(case, PlanHasEnded(plan=plan, because="moved away"))
    assert office.outcome_of(case) == "reablement has ended"


def test_another_change_of_the_same_while_it_waits_is_decided_with_both_in_view(office: Office) -> None:
    """The other could not wait, and was made; nothing is overwritten, and this one is decided on once more."""
    plan, case, _ = changing(office)
    urgent = evidence_of(office, plan)
    longer = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=60),))
    office.answer(urgent, otherwise(to_change(longer, ALL_AGREE), cannot_wait_because=SHE_FALLS), by=COORDINATOR)
    assert stands(office, plan).version == 2
    assert asked(office, case) == ["EvidenceDecision of reablement-worker"]
    office.answer(case, to_change(), by=COORDINATOR)
    assert asked(office, case) == []


def test_it_waits_on_after_a_death_that_was_none(office: Office) -> None:
    """The register was wrong: it waits for her advocate as before."""
    _, case, need = changing(office)
    _shows_death(office, date(2026, 1, 4))
    office.days_pass(1)
    _shows_death(office, None)
    office.days_pass(2)
    assert asked(office, case) == []
    office.answer(need, MessageRead(what_follows="she is alive"), by="duty-worker")
    there_is_one(office, need)
    assert asked(office, case) == [OTHERS_FORM]


def test_a_pause_for_safeguarding_never_waits(office: Office) -> None:
    """GAP-06: whether reablement pauses is asked at once, advocate or none."""
    in_reablement(office)
    needs_one(office)
    noticed = ConcernNoticed(
        danger_or_crime=True,
        rang_999=True,
        at_risk=WhoIsAtRisk.ADULT,
        about_person="P-101",
        what="money is missing",
        noticed_at=office.clock.now(),
    )
    office.start(safeguarding_concern, noticed)
    (pause,) = office.cases(reablement_safeguarding_pause)
    assert asked(office, pause) == ["PauseTalkedOver of reablement-worker"]


# ------------------------------------------------------------------ monitoring


def monitoring(office: Office, plan: str) -> str:
    """Joan Tilling wants other monitoring; gives the case's ref."""
    matter = MonitoringToChange(plan=plan, worker=f"staff-{COORDINATOR}", wanted=WANTED)
    return office.start(reablement_monitoring_change, matter, owner=f"staff-{COORDINATOR}")


@pytest.mark.clauses("DUTY-42")
def test_monitoring_waits_and_somebody_says_at_once_that_it_can(office: Office) -> None:
    """DUTY-42: monitoring may keep her safe, so it is asked first whether it can wait; then it waits by itself."""
    plan, need = in_reablement(office), needs_one(office)
    case = monitoring(office, plan)
    assert asked(office, case) == [CAN_IT_WAIT]
    beside = read_beside(office, case, CanWaitForAdvocate)
    assert "once a fortnight is enough" in beside and "none is there yet" in beside
    office.answer(case, CAN_WAIT, by=COORDINATOR)
    office.days_pass(3)
    assert asked(office, case) == []
    there_is_one(office, need)
    assert asked(office, case) == ["MonitoringSettled of reablement-worker"]
    assert "Their advocate: Olu Bright" in read_beside(office, case, MonitoringSettled)
    office.answer(case, MONITORING, by=COORDINATOR)
    assert stands(office, plan).version == 2


@pytest.mark.clauses("DUTY-42")
@pytest.mark.parametrize("at_once", [True, False])
def test_monitoring_that_keeps_her_safe_does_not_wait(office: Office, at_once: bool) -> None:
    """GAP-06: said on the form, or later while it waits; the reason stands in her record (DUTY-42)."""
    plan = in_reablement(office)
    needs_one(office)
    case = monitoring(office, plan)
    office.answer(case, CANNOT_WAIT if at_once else CAN_WAIT, by=COORDINATOR)
    if not at_once:
        office.signal(case, NO_LONGER, by=COORDINATOR)
    assert asked(office, case) == ["MonitoringSettled of reablement-worker"]
    (why,) = notes_of(office, case)
    assert f"It cannot wait: {SHE_FALLS}" in why
    office.answer(case, MONITORING, by=COORDINATOR)
    assert stands(office, plan).version == 2
    assert sum("without an advocate" in one for one in notes_of(office, case)) == 1


def test_monitoring_need_not_wait_where_policy_does_not_hold_planning(office: Office) -> None:
    """GAP-06, the other way."""
    planning_need_not_wait(office)
    plan = in_reablement(office)
    needs_one(office)
    assert asked(office, monitoring(office, plan)) == ["MonitoringSettled of reablement-worker"]


@pytest.mark.parametrize(("found", "form"), [(IN_PLACE, "MonitoringSettled"), (NONE_NEEDED, "MonitoringSettled")])
def test_nobody_is_asked_whether_it_can_wait_once_it_need_not(office: Office, found: AdvocateFound, form: str) -> None:
    """The question leaves the worklist by itself."""
    plan, need = in_reablement(office), needs_one(office)
    case = monitoring(office, plan)
    office.answer(need, found, by="duty-worker")
    assert asked(office, case) == [f"{form} of reablement-worker"]


def test_whether_it_can_wait_is_chased(office: Office) -> None:
    """Silence goes up the line: somebody may not be safe meanwhile."""
    plan = in_reablement(office)
    needs_one(office)
    case = monitoring(office, plan)
    office.days_pass(7)
    assert any("Passed on to" in line for line in office.story_of(case))


def test_monitoring_that_waits_ends_with_reablement(office: Office) -> None:
    """Nobody is asked about a plan that is no longer in force."""
    plan = in_reablement(office)
    needs_one(office)
    case = monitoring(office, plan)
    reablement_ends(office, plan)
    office.signal(case, PlanHasEnded(plan=plan, because="decided"))
    assert office.outcome_of(case) == "reablement has ended"


def test_what_was_settled_before_her_need_was_known_is_settled_with_her_advocate(office: Office) -> None:
    """The form was open when the need came up: nothing is changed past it, and what was settled stands beside."""
    plan = in_reablement(office)
    case = monitoring(office, plan)
    need = needs_one(office)
    office.answer(case, MONITORING, by=COORDINATOR)
    assert (stands(office, plan).version, asked(office, case)) == (1, [CAN_IT_WAIT])
    there_is_one(office, need)
    assert "Settle it once more, with their advocate" in read_beside(office, case, MonitoringSettled)
    office.answer(case, MONITORING, by=COORDINATOR)
    assert stands(office, plan).version == 2


def test_what_was_settled_before_her_need_was_known_is_not_made_after_the_end(office: Office) -> None:
    """Reablement ends while it waits for her advocate."""
    plan = in_reablement(office)
    case = monitoring(office, plan)
    needs_one(office)
    office.answer(case, MONITORING, by=COORDINATOR)
    office.signal(case, PlanHasEnded(plan=plan, because="decided"))
    assert office.outcome_of(case) == "reablement has ended"
    assert stands(office, plan).version == 1


@pytest.mark.parametrize(
    ("answer", "said"), [({"can_wait": False}, "say in because"), ({"can_wait": True, "because": "x"}, "leave it out")]
)
def test_why_it_cannot_wait_is_said(answer: dict[str, Any], said: str) -> None:
    """GAP-06: no change goes on without a reason."""
    with pytest.raises(AnswerRefused, match=said):
        CanWaitForAdvocate.read(answer)


# ------------------------------------------------------------------ an issue


def an_issue(office: Office, plan: str) -> str:
    """Something stands in the way of her plan; gives the case's ref."""
    matter = PlanIssue(plan=plan, worker=f"staff-{COORDINATOR}", issue=FADING)
    return office.start(reablement_plan_issue, matter, owner=f"staff-{COORDINATOR}")


@pytest.mark.clauses("DUTY-42")
def test_an_issue_is_explored_with_her_advocate(office: Office) -> None:
    """DUTY-42: what is agreed about it is planning, so it waits where it can."""
    plan, need = in_reablement(office), needs_one(office)
    case = an_issue(office, plan)
    assert asked(office, case) == [CAN_IT_WAIT]
    office.answer(case, CAN_WAIT, by=COORDINATOR)
    there_is_one(office, need)
    assert asked(office, case) == ["IssueExplored of reablement-worker"]


@pytest.mark.clauses("DUTY-42")
def test_an_issue_that_leaves_her_unsafe_is_explored_at_once(office: Office) -> None:
    """GAP-06: with the reason on record, and nobody asks once more whether it can wait (DUTY-42)."""
    plan, _ = in_reablement(office), needs_one(office)
    case = an_issue(office, plan)
    office.answer(case, CANNOT_WAIT, by=COORDINATOR)
    office.answer(case, ISSUE, by=COORDINATOR)
    assert asked(office, case) == []
    assert any(SHE_FALLS in one for one in notes_of(office, case))
    office.today_is("2026-01-08 09:00")
    assert asked(office, case) == ["IssueStepReport of reablement-worker-2"]


def test_an_issue_need_not_wait_where_policy_does_not_hold_planning(office: Office) -> None:
    """GAP-06, the other way."""
    planning_need_not_wait(office)
    plan = in_reablement(office)
    needs_one(office)
    assert asked(office, an_issue(office, plan)) == ["IssueExplored of reablement-worker"]


@pytest.mark.clauses("DUTY-42", "REA-21")
def test_an_action_plan_is_agreed_with_the_advocate_who_was_asked_for(office: Office) -> None:
    """REA-21, GAP-39: nobody suitable represents her; what was agreed is explored once more, with the advocate."""
    plan = in_reablement(office)
    case = an_issue(office, plan)
    without = ISSUE.model_copy(update={"has_capacity": False, "advocate_wanted": True})
    office.answer(case, without, by=COORDINATOR)
    assert asked(office, case) == [CAN_IT_WAIT]
    (need,) = office.cases(advocacy)
    office.answer(case, CAN_WAIT, by=COORDINATOR)
    office.answer(need, NEEDED, by=COORDINATOR)
    office.answer(open_gate(office), GIVEN, by=COORDINATOR)
    there_is_one(office, need, by=COORDINATOR)
    assert asked(office, case) == ["IssueExplored of reablement-worker"]
    assert "explore it once more, with them" in read_beside(office, case, IssueExplored)
    office.answer(
        case, ISSUE.model_copy(update={"has_capacity": False, "represented_by": "Olu Bright"}), by=COORDINATOR
    )
    office.today_is("2026-01-08 09:00")
    assert asked(office, case) == ["IssueStepReport of reablement-worker-2"]


def test_an_issue_that_was_agreed_waits_no_longer_than_reablement(office: Office) -> None:
    """Reablement ends while the advocate is sought."""
    plan = in_reablement(office)
    case = an_issue(office, plan)
    office.answer(case, ISSUE.model_copy(update={"has_capacity": False, "advocate_wanted": True}), by=COORDINATOR)
    office.signal(case, PlanHasEnded(plan=plan, because="decided"))
    assert office.outcome_of(case) == "reablement has ended"


# ------------------------------------------------------------------ a review


def a_review(office: Office) -> tuple[str, str]:
    """A review is to be held on Thursday, and waits for her advocate on that day; gives plan and case."""
    plan, case = considering(office)
    office.answer(case, ON_THURSDAY, by=COORDINATOR)
    needs_one(office)
    office.today_is("2026-01-08 09:00")
    assert asked(office, case) == []
    return plan, case


@pytest.mark.clauses("DUTY-42")
def test_a_review_that_keeps_her_safe_does_not_wait(office: Office) -> None:
    """GAP-06: said in its case, with the reason in her record (DUTY-42)."""
    _, case = a_review(office)
    office.signal(case, NO_LONGER, by=COORDINATOR)
    assert asked(office, case) == ["ReviewHeld of reablement-worker"]
    assert any(f"It cannot wait: {SHE_FALLS}" in one for one in notes_of(office, case))


def test_a_review_that_waits_ends_with_reablement(office: Office) -> None:
    """Nobody holds it any more."""
    plan, case = a_review(office)
    office.signal(case, PlanHasEnded(plan=plan, because="decided"))
    assert office.outcome_of(case) == "reablement has ended"


def _shows_death(office: Office, on: date | None) -> None:
    with office.council.database.write() as session:
        session.get_one(Person, "P-101").died_on = on
    heed_deaths(office.council)
    office.hours_pass(0)
