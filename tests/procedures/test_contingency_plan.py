"""Contingency plans: kept by name, looked at on their day, and asked about after every incident they apply to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from flows.contingency_plan import contingency_plan
from models.contingency.kinds import Interruption, OwnDuty, PlanOutcome
from models.contingency.tables import ContingencyPlan
from models.forms.affected_person import PersonSeen
from models.forms.base import AnswerRefused
from models.forms.contingency import ContingencyPlanAgreed, PlanAfterIncident, PlanReviewed, PlanToBeReviewed
from models.provider_failure.kinds import Way
from models.providers.kinds import ProviderKind
from tasks.contingency.covering import plans_for_incident, plans_for_provider, without_a_plan
from tasks.contingency.weekly import tell_what_has_no_plan
from tasks.durable.testing import Office
from tasks.worklist.starting import CannotBeOpened, open_by_hand, procedure_by_hand
from tests.procedures.test_provider_failure import (
    CLOSING,
    DUTY,
    OVER,
    WHOLE,
    fails,
    nobody_need_be_told,
    people_of,
)

WILLOW = ContingencyPlanAgreed(
    name="If Willow Bank fails",
    interruption=Interruption.PROVISION,
    provider="willow-bank",
    owner="commissioning-officer",
    document="The commissioning drive, folder 7",
    agreed_on=date(2025, 12, 1),
    next_review_on=date(2026, 3, 2),
)
NIGHTS = ContingencyPlanAgreed(
    name="Nobody at night",
    interruption=Interruption.OWN_DUTIES,
    duty=OwnDuty.OUT_OF_HOURS,
    owner="team-manager",
    document="The duty handbook, page 9",
    agreed_on=date(2025, 12, 1),
    tested_on=date(2025, 12, 15),
    next_review_on=date(2026, 3, 2),
)
HOLDS = PlanReviewed(still_needed=True, found="It holds", next_review_on=date(2026, 8, 3))


def kept(office: Office, agreed: ContingencyPlanAgreed = WILLOW, **changes: Any) -> str:
    """A plan is kept; gives its case."""
    return office.start(contingency_plan, agreed.model_copy(update=changes))


def row_of(office: Office, case: str) -> ContingencyPlan:
    """The plan in the register."""
    with office.council.database.read() as session:
        return session.get_one(ContingencyPlan, case)


@pytest.mark.parametrize("agreed", [WILLOW, NIGHTS], ids=["provision", "own duties"])
@pytest.mark.clauses("TRN-46")
def test_a_plan_is_looked_at_on_its_day_and_again_from_there(office: Office, agreed: ContingencyPlanAgreed) -> None:
    """Both kinds: by whoever keeps it, who may give it on."""
    case = kept(office, agreed)
    assert not any(" of " in line for line in office.waiting_for(case))
    office.today_is("2026-03-02 09:00")
    assert office.waiting_for(case)[0].startswith(f"PlanReviewed of {agreed.owner}")
    given_on = HOLDS.model_copy(update={"owner": "strategic-manager", "document": "Elsewhere"})
    office.answer(case, given_on, by=agreed.owner)
    row = row_of(office, case)
    assert (row.owner, row.document, row.next_review_on) == ("strategic-manager", "Elsewhere", date(2026, 8, 3))
    office.today_is("2026-08-03 09:00")
    assert office.waiting_for(case)[0].startswith("PlanReviewed of strategic-manager")


@pytest.mark.clauses("TRN-46")
def test_a_strategic_manager_hears_where_nobody_looks_at_it_in_time(office: Office) -> None:
    """After policy's ten working days; it is still asked."""
    case = kept(office)
    office.today_is("2026-03-16 16:00")
    heard = "a contingency plan is not looked at"
    assert not any(heard in one.body for one in office.inbox("strategic-manager"))
    office.today_is("2026-03-17 14:00")
    assert any(heard in one.body for one in office.inbox("strategic-manager"))
    office.answer(case, HOLDS, by="commissioning-officer")


def test_nobody_puts_the_next_look_off_beyond_policy_s_time(office: Office) -> None:
    """Half a year; on beginning it counts from when it was agreed or tried out."""
    case = kept(office)
    office.today_is("2026-03-02 09:00")
    late = HOLDS.model_copy(update={"next_review_on": date(2026, 9, 1)})
    with pytest.raises(AnswerRefused, match=r"next_review_on: it is looked at again 31\.08\.2026 at the latest"):
        office.answer(case, late, by="commissioning-officer")
    begun = procedure_by_hand("contingency-plan")
    with pytest.raises(CannotBeOpened, match=r"01\.06\.2026 at the latest"):
        later = WILLOW.model_copy(update={"provider": "larch-court", "next_review_on": date(2026, 6, 2)})
        open_by_hand(office.council, begun, later, by="commissioning-officer")


def test_there_is_one_plan_for_one_thing(office: Office) -> None:
    """The case of the other is named."""
    case = kept(office)
    with pytest.raises(CannotBeOpened, match=f"a plan for that already; tell case {case}"):
        open_by_hand(office.council, procedure_by_hand("contingency-plan"), WILLOW, by="commissioning-officer")


def test_a_plan_ends_only_with_what_takes_its_place(office: Office) -> None:
    """From then on it applies to nothing."""
    case = kept(office)
    office.signal(case, PlanToBeReviewed(why="The home closes"), by="commissioning-officer")
    with pytest.raises(ValidationError, match="what takes its place"):
        PlanReviewed(still_needed=False)
    office.answer(case, PlanReviewed(still_needed=False, because="The home is closed"), by="commissioning-officer")
    assert office.outcome_of(case) == PlanOutcome.NO_LONGER_NEEDED
    with office.council.database.read() as session:
        assert plans_for_provider(session, "willow-bank") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"interruption": Interruption.OWN_DUTIES},
        {"duty": OwnDuty.REVIEW},
        {"provider_kind": ProviderKind.CARE_HOME},
        {"team": "hazel"},
    ],
)
def test_a_plan_says_what_it_is_for(changes: dict[str, Any]) -> None:
    """A duty of our own, or a provider, a kind, or every one."""
    with pytest.raises(ValidationError):
        ContingencyPlanAgreed.model_validate(WILLOW.model_dump() | changes)


# ---------------------------------------------------------------------- incidents


@pytest.mark.clauses("TRN-46")
def test_after_an_incident_whoever_keeps_a_plan_that_applied_says_whether_it_worked(office: Office) -> None:
    """The provider's, its kind's and every provider's; what must change is looked at on the day named."""
    own = kept(office)
    for_homes = kept(office, provider=None, provider_kind=ProviderKind.CARE_HOME)
    for_all = kept(office, provider=None)
    at_home = kept(office, provider=None, provider_kind=ProviderKind.HOME_CARE)
    nights = kept(office, NIGHTS)
    incident = fails(office, CLOSING)
    with office.council.database.read() as session:
        assert [one.case_ref for one in plans_for_incident(session, incident)] == [own, for_homes, for_all]
    office.answer(incident, DUTY, by="head-of-service")
    gone = PersonSeen(seen=True, way=Way.NOT_AFFECTED, because="They left in November")
    for one in people_of(office, incident).values():
        office.answer(one.case_ref, gone, by="strategic-manager")
    office.answer(incident, WHOLE, by="team-leader")
    nobody_need_be_told(office, incident)
    office.answer(incident, OVER, by="strategic-manager")
    assert office.is_closed(incident)
    asked = [case for case in office.cases(contingency_plan) if any("After" in w for w in office.waiting_for(case))]
    assert set(asked) == {own, for_homes, for_all} and {at_home, nights}.isdisjoint(asked)
    office.answer(
        own,
        PlanAfterIncident(
            used=True, what="The list was old", must_change=True, change="Ask monthly", changed_by=date(2026, 2, 2)
        ),
        by="commissioning-officer",
    )
    assert row_of(office, own).next_review_on == date(2026, 2, 2)
    office.today_is("2026-02-02 09:00")
    assert office.waiting_for(own)[0].startswith("PlanReviewed of commissioning-officer")


# ---------------------------------------------------------------------- what has no plan


@pytest.mark.clauses("TRN-46")
def test_what_has_no_plan_is_known_and_told_once_a_week(office: Office) -> None:
    """Every duty of our own and every provider in use; a plan for its kind counts for it, one for all does not."""
    kept(office)
    kept(office, NIGHTS)
    kept(office, provider=None)
    with office.council.database.read() as session:
        found = without_a_plan(session, office.council.policy, date(2026, 1, 5))
    missing = {one.id for one in found}
    assert "willow-bank" not in missing and "out-of-hours" not in missing
    assert {"larch-court", "kestrel-care", "safeguarding", "paying"} <= missing
    assert "bluebell-support" not in missing  # nobody buys from it, and nobody has care from it
    kept(office, provider=None, provider_kind=ProviderKind.CARE_HOME)
    with office.council.database.read() as session:
        again = {one.id for one in without_a_plan(session, office.council.policy, date(2026, 1, 5))}
    assert "larch-court" not in again and "kestrel-care" in again

    assert tell_what_has_no_plan(office.council) == len(again)
    assert tell_what_has_no_plan(office.council) == 0  # once a week
    office.digest_goes_out()
    assert any("without contingency plan" in one.body for one in office.inbox("head-of-service"))


def test_a_leaver_s_plan_is_asked_of_somebody_who_is_there(office: Office) -> None:
    """It does not lie in the worklist of somebody who has gone."""
    case = kept(office)
    office.leaves("commissioning-officer")
    office.today_is("2026-03-03 09:00")
    assert any("PlanReviewed" in line for line in office.waiting_for(case))
    with office.council.database.read() as session:
        assert plans_for_provider(session, "willow-bank")[0].case_ref == case
