"""A reablement plan's page says what is open about the plan, so that nobody at the door reads calm into it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_safeguarding_pause import reablement_safeguarding_pause
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.reablement_signals import (
    CoordinatorWanted,
    EvidenceKind,
    EvidenceReceived,
    IssueFound,
    IssueKind,
    ReablementEndWanted,
    RestrictionsNoticed,
    SafeguardingRaised,
)
from tasks.durable.testing import Office
from tests.procedures.letters import asked
from tests.procedures.plan_change_stories import ALL_AGREE, to_change
from tests.procedures.reablement_stories import NO_EVENINGS, in_reablement
from tests.procedures.test_reablement_safeguarding_pause import ALL_FOR_A_PAUSE, a_concern
from tests.worklist.browser import Browser
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]
WORKER = "reablement-worker"
EVIDENCE = EvidenceReceived(kind=EvidenceKind.OBSERVATION, given_by="Joan Tilling", what="SHE DRESSES ALONE")
FELL = IssueFound(kind=IssueKind.MOTIVATION, what="SHE IS TIRED", found_by="Meera Solanki")
LOCKED = RestrictionsNoticed(noticed_by="Meera Solanki", what="THE DOOR IS LOCKED")


@pytest.fixture
def plan(office: Office) -> str:
    """Edith's plan, as it began on Monday 5 January 2026."""
    return in_reablement(office)


def what_is_open(program: Program, plan: str) -> list[str]:
    """What stands there as open, the oldest first."""
    return [one["what"] for one in program.get(f"/api/v1/plans/{plan}").json()["open_matters"]]


def test_it_says_what_is_open_and_since_when(office: Office, plan: str, at_work: AtWork, program: For) -> None:
    """Undecided evidence and an issue, each with its day and its case; nothing of what was said in them."""
    assert "Open about the plan Nothing at present." in at_work(WORKER).get(f"/plans/{plan}").text
    office.signal(plan, EVIDENCE, by=WORKER)
    [evidence] = office.cases(reablement_plan_change)
    office.today_is("2026-01-06 10:00")
    office.signal(plan, FELL, by=WORKER)

    seen = at_work(WORKER).get(f"/plans/{plan}")
    assert f"Evidence, not decided yet, since Monday 5 January 2026, 9am ( case {evidence} )" in seen.text
    assert "An issue in the plan, since Tuesday 6 January 2026, 10am" in seen.text
    assert "No change of the plan is proposed at present." in seen.text
    assert seen.links[f"case {evidence}"] == f"/cases/{evidence}"
    assert "ALONE" not in seen.text and "TIRED" not in seen.text
    assert what_is_open(program(WORKER), plan) == ["evidence, not decided yet", "an issue in the plan"]


def test_it_says_how_far_a_change_is(office: Office, plan: str, program: For) -> None:
    """From evidence to a change that is not agreed, to a plan whose copies go out; then nothing is open."""
    office.signal(plan, EVIDENCE, by=WORKER)
    [change] = office.cases(reablement_plan_change)
    office.answer(change, to_change(), by=WORKER)
    assert what_is_open(program(WORKER), plan) == ["a change of the plan, not agreed yet"]
    office.signal(plan, EVIDENCE, by=WORKER)
    [second] = set(office.cases(reablement_plan_change)) - {change}
    office.answer(second, to_change(NO_EVENINGS, settled=ALL_AGREE), by=WORKER)
    agreed, not_yet = "a changed plan on its way to everybody", "a change of the plan, not agreed yet"
    assert sorted(what_is_open(program(WORKER), plan)) == [not_yet, agreed]


def test_a_copy_at_home_that_is_to_be_put_right_is_open(office: Office, plan: str, program: For) -> None:
    """It was amended by hand and nothing follows from the evidence: that is decided, and not over."""
    by_hand = EVIDENCE.model_copy(update={"changed_at_home": True})
    office.signal(plan, by_hand, by=WORKER)
    [case] = office.cases(reablement_plan_change)
    office.answer(case, EvidenceDecision(step=EvidenceStep.NO_CHANGE, reasons="once only"), by=WORKER)
    assert asked(office, case) == ["HomeCopyPutRight of reablement-worker"]
    assert what_is_open(program(WORKER), plan) == ["evidence that was decided: what follows from that"]


def test_a_pause_that_is_considered_and_one_that_holds_stand_there(office: Office, plan: str, program: For) -> None:
    """Whether she is visited is being decided; then it is known that she is not."""
    office.signal(plan, SafeguardingRaised(concern=a_concern(office)))
    first, *_ = office.cases(reablement_safeguarding_pause)
    assert "whether reablement pauses for safeguarding" in what_is_open(program(WORKER), plan)
    office.answer(first, ALL_FOR_A_PAUSE, by=WORKER)
    assert "a pause of reablement for safeguarding" in what_is_open(program(WORKER), plan)


def test_a_concern_is_there_only_for_whom_its_pause_is(
    office: Office, plan: str, at_work: AtWork, program: For
) -> None:
    """Somebody from another team is asked to coordinate it: concerns and care are no matter of theirs yet."""
    office.signal(plan, SafeguardingRaised(concern=a_concern(office)))
    office.signal(plan, LOCKED, by=WORKER)
    office.signal(plan, FELL, by=WORKER)
    office.signal(plan, CoordinatorWanted(worker="practitioner-4", reasons="lives near"), by="reablement-lead")
    assert "whether reablement pauses for safeguarding" in what_is_open(program(WORKER), plan)
    assert what_is_open(program("practitioner-4"), plan) == ["an issue in the plan"]
    seen = at_work("practitioner-4").get(f"/plans/{plan}").text
    assert "An issue in the plan" in seen and "safeguarding" not in seen


def test_what_goes_on_without_the_plan_is_told_apart(office: Office, plan: str, at_work: AtWork) -> None:
    """Whether the locked door takes her liberty is asked after the end, too."""
    office.signal(plan, LOCKED, by=WORKER)
    over = ReablementEndWanted(last_day=date(2026, 1, 5), because="moved", what_follows="her son cares")
    office.signal(plan, over, by=WORKER)
    for day in ("2026-01-05 10:00", "2026-01-06 10:00"):
        office.today_is(day)
        seen = at_work(WORKER).get(f"/plans/{plan}").text
        assert "Whether care takes the person's liberty, since Monday 5 January 2026, 9am" in seen
        assert "; goes on by itself when reablement ends" in seen
        assert "LOCKED" not in seen
