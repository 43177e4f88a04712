"""Monitoring turned up or down: by agreement, or by a manager who weighs both regards (REA-01 to REA-05, GAP-32)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reablement_monitoring_change import reablement_monitoring_change
from flows.reablement_plan_issue import reablement_plan_issue
from models.forms.base import AnswerRefused, Form
from models.forms.explaining import NotTold
from models.forms.monitoring_change import MonitoringDecided, MonitoringExplained, MonitoringSettled, SaysToIt
from models.forms.plan_agreement import AgreementsOfOthers
from models.forms.plan_change import EvidenceDecision
from models.forms.plan_copies import CopiesGivenOut, HomeCopyAmended
from models.forms.plan_issue import IndividualConcerned, IssueAgreement, IssueExplored, OptionWeighed, ResolvingOption
from models.forms.reablement_keeping import OpenMattersSettled
from models.forms.reablement_matters import MonitoringToChange
from models.forms.reablement_signals import MonitoringChangeWanted
from models.policy.gaps.reablement import ChangeStep
from models.reablement.plan import Monitoring, Part, Rhythm
from models.register import Person
from models.roles import Role
from tasks.deaths import heed_deaths
from tasks.durable.testing import Office
from tasks.reablement.monitoring import turned
from tests.procedures.letters import asked, read_beside
from tests.procedures.plan_change_stories import ALL_AGREE, EVERYBODYS, copies, decided, evidence_of
from tests.procedures.reablement_stories import (
    BEGUN,
    DAUGHTER,
    EDITH,
    THERAPIST,
    WORKER,
    agreements,
    in_reablement,
    notes_of,
    plan_stands,
    reablement_ends,
)
from tests.procedures.tray_stories import policy_with

WANTED = MonitoringChangeWanted(wanted_by="Joan Tilling", what="She manages well: once a fortnight is enough")
AGREED = MonitoringSettled(
    change=True,
    rhythm=Rhythm.FORTNIGHTLY,
    reasons="washes and dresses by herself since Thursday",
    has_capacity=True,
    person_says=SaysToIt.AGREES,
    carer_says=SaysToIt.AGREES,
)
NOT_AGREED = AGREED.model_copy(
    update={"carer_says": SaysToIt.OBJECTS, "what_they_say": "Joan fears a fall that nobody sees"}
)
EXPLAINED = MonitoringExplained(how="told at the visit, and rang Mr Menon", person_reached=True)
GO_AHEAD = MonitoringDecided(
    go_ahead=True,
    regard_to_views="Joan's fear is taken up by a sensor",
    regard_to_wellbeing="being watched less matters to Edith",
    reasons="she has not fallen since Christmas",
)

REFUSED = {"person_says": SaysToIt.REFUSES, "what_they_say": "no"}
COPIES, EXPLAINING = "CopiesGivenOut of reablement-worker", "MonitoringExplained of reablement-worker"


def wanted_for(office: Office, plan: str) -> str:
    """Joan Tilling wants less monitoring for her mother."""
    matter = MonitoringToChange(plan=plan, worker="staff-reablement-worker", wanted=WANTED)
    return office.start(reablement_monitoring_change, matter, owner="staff-reablement-worker")


def settled(office: Office, **changes: Any) -> tuple[str, str]:
    """The worker has settled it with those involved; plan and case."""
    plan = in_reablement(office)
    case = wanted_for(office, plan)
    office.answer(case, AGREED.model_copy(update=changes), by="reablement-worker")
    return plan, case


@pytest.mark.clauses("REA-01", "REA-03", "REA-04")
def test_with_their_agreement_monitoring_changes_at_once(office: Office) -> None:
    """REA-01, REA-04: less monitoring stands in version 2 as soon as person and carer agree, with reasons on record."""
    plan = in_reablement(office)
    case = wanted_for(office, plan)
    assert office.waiting_for(case) == ["MonitoringSettled of reablement-worker, due 2026-01-07 17:00"]
    assert "once a fortnight is enough" in read_beside(office, case, MonitoringSettled)
    assert "Monitoring: weekly" in read_beside(office, case, MonitoringSettled)

    office.answer(case, AGREED, by="reablement-worker")
    stands = plan_stands(office, plan)
    assert (stands.version, stands.content.monitoring.rhythm) == (2, Rhythm.FORTNIGHTLY)
    (reasons,) = notes_of(office, case)
    assert reasons.startswith("Reablement: monitoring: Monitoring has changed (less monitoring): fortnightly")
    assert AGREED.reasons in reasons


@pytest.mark.clauses("REA-05")
def test_everybody_in_the_plan_has_it_explained(office: Office) -> None:
    """REA-05: one form lists the person, the carer and the therapist; who was not told is asked for the next day."""
    _, case = settled(office)
    assert asked(office, case) == [COPIES, EXPLAINING]
    beside = read_beside(office, case, MonitoringExplained)
    for listed in ("P1 Edith Tilling", "P2 Joan Tilling", "P4 Ravi Menon, occupational therapist; 01632 960 171"):
        assert listed in beside
    assert "P3 Meera Solanki" not in beside
    assert "less monitoring" in beside
    assert "Until they have the new copy, the one at home counts: tell them so." in beside

    away = NotTold(who="P4", because="on leave until Tuesday")
    office.answer(case, EXPLAINED.model_copy(update={"exceptions": (away,)}), by="reablement-worker")
    assert asked(office, case) == [COPIES]
    office.today_is("2026-01-06 09:00")
    assert "P1 Edith" not in read_beside(office, case, MonitoringExplained)
    never = NotTold(who="P4", because="he no longer has a part", not_at_all=True)
    office.answer(case, EXPLAINED.model_copy(update={"exceptions": (never,)}), by="reablement-worker")
    assert asked(office, case) == [COPIES]
    office.answer(case, EVERYBODYS, by="reablement-worker")
    assert office.outcome_of(case) == "changed"


@pytest.mark.clauses("REA-05")
def test_staff_in_the_plan_are_told_and_whoever_did_it_is_not(office: Office) -> None:
    """REA-05: the other reablement worker reads of it in the next digest, without a form."""
    second = WORKER.model_copy(update={"name": "Jack Ormsby", "staff": "reablement-worker-2"})
    plan = in_reablement(office, involved=(EDITH, DAUGHTER, WORKER, second, THERAPIST))
    case = wanted_for(office, plan)
    office.answer(case, AGREED, by="reablement-worker")
    office.digest_goes_out()
    (digest,) = office.inbox("staff-reablement-worker-2")
    assert "monitoring has changed" in digest.body
    assert "go by the copy at home" in digest.body
    assert not any("monitoring has changed" in one.body for one in office.inbox("staff-reablement-worker"))


@pytest.mark.clauses("REA-05")
def test_a_colleague_who_has_left_is_told_like_everybody_outside(office: Office) -> None:
    """REA-05: a notice would reach nobody, so the worker is asked to tell them."""
    second = WORKER.model_copy(update={"name": "Jack Ormsby", "staff": "reablement-worker-2"})
    plan = in_reablement(office, involved=(EDITH, DAUGHTER, WORKER, second))
    case = wanted_for(office, plan)
    office.leaves("reablement-worker-2")
    office.answer(case, AGREED, by="reablement-worker")
    assert "P4 Jack Ormsby" in read_beside(office, case, MonitoringExplained)


def test_whoever_had_it_explained_in_the_same_visit_is_not_listed_again(office: Office) -> None:
    """Nothing is keyed twice: everybody was there, so nobody is left to be told (REA-05)."""
    _, case = settled(office, explained_to=("P1", "P2", "P4"))
    assert asked(office, case) == [COPIES]
    office.answer(case, EVERYBODYS, by="reablement-worker")
    assert office.outcome_of(case) == "changed"


# ------------------------------------------------------------------ the version goes out


@pytest.mark.clauses("REA-15", "REA-16")
def test_its_copies_go_out_as_those_of_any_other_version(office: Office) -> None:
    """REA-16: everybody who had the plan is asked for, the home as well; who is left is asked for again."""
    plan, case = settled(office)
    beside = read_beside(office, case, CopiesGivenOut)
    assert "home: the copy at home; has version 1" in beside and "P4 Ravi Menon" in beside
    office.answer(case, copies("home", "P1", "P2", rota=None), by="reablement-worker")
    assert "To have the new copy:\nP3 Meera Solanki" in read_beside(office, case, CopiesGivenOut)
    office.answer(case, EXPLAINED, by="reablement-worker")
    assert not office.is_closed(case)
    office.answer(case, copies("P3", "P4", rota=None), by="reablement-worker")
    assert office.outcome_of(case) == "changed"
    assert plan_stands(office, plan).to_get_a_copy == ()
    assert {one.version for one in plan_stands(office, plan).copies} == {2}


@pytest.mark.clauses("REA-16")
def test_copies_of_it_that_are_late_are_told_to_the_lead(office: Office) -> None:
    """REA-16: nobody gives them out; the reablement lead hears of it, and the question stays with somebody named."""
    _, case = settled(office, explained_to=("P1", "P2", "P4"))
    office.days_pass(5)
    assert any("copies of a changed plan are late" in line for line in office.story_of(case))
    assert COPIES in asked(office, case)


@pytest.mark.clauses("REA-05")
def test_whoever_has_the_new_copy_has_it_explained_all_the_same(office: Office) -> None:
    """REA-05: a copy is no explanation; the case ends once both are done, whichever came first."""
    _, case = settled(office)
    office.answer(case, EVERYBODYS, by="reablement-worker")
    assert asked(office, case) == [EXPLAINING]
    assert "P1 Edith Tilling" in read_beside(office, case, MonitoringExplained)
    office.answer(case, EXPLAINED, by="reablement-worker")
    assert office.outcome_of(case) == "changed"


@pytest.mark.clauses("REA-12", "REA-15")
def test_the_copy_at_home_may_say_by_hand_how_it_is_monitored(office: Office) -> None:
    """REA-12: it is known that the copy at home says version 2 by hand, and it is still to have a new one."""
    plan, case = settled(office)
    office.signal(case, HomeCopyAmended(amended_on=date(2026, 1, 5)), by="reablement-worker")
    home = plan_stands(office, plan).copy_of("home")
    assert home is not None and (home.version, home.by_hand) == (2, True)
    assert "home: the copy at home; has version 2, amended by hand" in read_beside(office, case, CopiesGivenOut)


@pytest.mark.clauses("REA-08", "REA-16")
def test_a_version_made_meanwhile_takes_its_copies_over(office: Office) -> None:
    """
    Version 3 goes out from the case that made it; what version 2 still asks can be answered, and it ends.

    Nobody stays without a copy.
    """
    plan = in_reablement(office)
    change = decided(office, plan, ALL_AGREE)
    monitoring = wanted_for(office, plan)
    office.answer(monitoring, AGREED.model_copy(update={"explained_to": ("P1", "P2", "P4")}), by="reablement-worker")
    assert plan_stands(office, plan).version == 3
    assert asked(office, change) == [COPIES]  # the rota alone
    beside = read_beside(office, change, CopiesGivenOut)
    assert f"Copies go out with version 3 (case {monitoring})." in beside
    assert "Everybody has the new copy." not in beside
    with pytest.raises(AnswerRefused, match=rf"copies go out with version 3 \(case {monitoring}\)"):
        office.answer(change, EVERYBODYS, by="reablement-worker")
    office.answer(change, CopiesGivenOut(rota_matches=True), by="reablement-worker")
    assert office.outcome_of(change) == "changed"
    office.answer(monitoring, copies("home", "P1", "P2", "P3", "P4", rota=None), by="reablement-worker")
    assert (office.outcome_of(monitoring), plan_stands(office, plan).to_get_a_copy) == ("changed", ())


@pytest.mark.clauses("REA-05", "REA-16")
def test_a_plan_change_takes_the_copies_of_a_monitoring_change_over(office: Office) -> None:
    """The other way round: it is explained all the same, no form asks for what another case gives out."""
    plan, monitoring = settled(office)
    change = decided(office, plan, ALL_AGREE)
    assert asked(office, monitoring) == [EXPLAINING]
    assert "P1 Edith Tilling" in read_beside(office, monitoring, MonitoringExplained)
    assert "To have the new copy:\nhome" in read_beside(office, change, CopiesGivenOut)
    office.answer(monitoring, EXPLAINED, by="reablement-worker")
    assert office.outcome_of(monitoring) == "changed"
    office.answer(change, EVERYBODYS, by="reablement-worker")
    assert (office.outcome_of(change), plan_stands(office, plan).to_get_a_copy) == ("changed", ())


def test_nobody_is_asked_for_copies_while_the_register_shows_their_death(office: Office) -> None:
    """The questions leave the worklist; where it was not so they come back on the next working day."""
    _, case = settled(office)
    _shows_death(office, date(2026, 1, 4))
    assert COPIES not in asked(office, case) and EXPLAINING not in asked(office, case)
    _shows_death(office, None)
    office.today_is("2026-01-06 09:00")
    assert {COPIES, EXPLAINING} <= set(asked(office, case))


@pytest.mark.clauses("REA-08", "REA-11")
def test_whoever_decides_on_something_else_sees_the_changed_monitoring(office: Office) -> None:
    """Proposed, it stands beside what is asked next; made, open questions are asked anew by version 2."""
    plan = in_reablement(office)
    evidence, agreeing = evidence_of(office, plan), decided(office, plan)
    case = wanted_for(office, plan)
    office.answer(case, NOT_AGREED, by="reablement-worker")
    assert sum("another change of the same plan" in line for line in office.story_of(evidence)) == 2
    assert asked(office, evidence) == ["EvidenceDecision of reablement-worker"]
    later = evidence_of(office, plan)
    assert f"Being changed in case {case}, not agreed yet:" in read_beside(office, later, EvidenceDecision)

    office.answer(case, GO_AHEAD, by="team-manager")
    assert "Monitoring: fortnightly" in read_beside(office, evidence, EvidenceDecision)
    assert "Monitoring: fortnightly" in read_beside(office, agreeing, AgreementsOfOthers)


def test_a_monitoring_change_that_is_not_made_is_told_too(office: Office) -> None:
    """Whoever saw it proposed reads that it is not made."""
    plan = in_reablement(office)
    evidence, case = evidence_of(office, plan), wanted_for(office, plan)
    office.answer(case, AGREED.model_copy(update=REFUSED), by="reablement-worker")
    assert sum("another change of the same plan" in line for line in office.story_of(evidence)) == 2


@pytest.mark.clauses("REA-01", "REA-02")
@pytest.mark.parametrize("form", [MonitoringSettled, MonitoringDecided])
def test_who_is_asked_about_monitoring_is_asked_by_the_plan_as_it_is(office: Office, form: type[Form]) -> None:
    """Another change makes version 2 meanwhile: the open question has that one beside it."""
    plan = in_reablement(office)
    case = wanted_for(office, plan)
    if form is MonitoringDecided:
        office.answer(case, NOT_AGREED, by="reablement-worker")
    assert "The plan, version 1:" in read_beside(office, case, form)
    decided(office, plan, ALL_AGREE)
    assert "The plan, version 2:" in read_beside(office, case, form)


@pytest.mark.clauses("REA-02")
def test_without_agreement_a_named_senior_decides_with_both_regards(office: Office) -> None:
    """REA-02, GAP-32: nothing changes before the manager has weighed their views and her wellbeing, on record."""
    plan, case = settled(office, **NOT_AGREED.model_dump())
    assert asked(office, case) == ["MonitoringDecided of team-manager"]
    assert plan_stands(office, plan).version == 1
    assert "Joan fears a fall" in read_beside(office, case, MonitoringDecided)
    for missing in ("regard_to_views", "regard_to_wellbeing"):
        with pytest.raises(AnswerRefused, match=missing):
            MonitoringDecided.read(GO_AHEAD.model_dump() | {missing: ""})

    office.answer(case, GO_AHEAD, by="team-manager")
    assert plan_stands(office, plan).version == 2
    assert asked(office, case) == [COPIES, EXPLAINING]
    weighed = next(one for one in notes_of(office, case) if "Decided on monitoring without agreement" in one)
    assert GO_AHEAD.regard_to_views in weighed
    assert GO_AHEAD.regard_to_wellbeing in weighed


@pytest.mark.clauses("REA-02")
def test_the_senior_may_leave_it_as_it_is(office: Office) -> None:
    """REA-02: monitoring stays, nobody else sees a change under way, and the worker hears of it."""
    plan, case = settled(office, **NOT_AGREED.model_dump())
    assert len(plan_stands(office, plan).changes) == 1
    office.answer(case, GO_AHEAD.model_copy(update={"go_ahead": False}), by="team-manager")
    stands = plan_stands(office, plan)
    assert (office.outcome_of(case), stands.version, stands.changes) == ("stays as it is", 1, ())
    office.digest_goes_out()
    assert "monitoring stays as it is" in office.inbox("staff-reablement-worker")[-1].body


@pytest.mark.parametrize("says", [SaysToIt.OBJECTS, SaysToIt.COULD_NOT_BE_ASKED])
def test_who_could_not_be_asked_has_not_agreed(office: Office, says: SaysToIt) -> None:
    """REA-02: silence is no agreement; the senior decides."""
    _, case = settled(office, person_says=says, what_they_say="she was asleep")
    assert asked(office, case) == ["MonitoringDecided of team-manager"]


def test_a_refusal_with_capacity_stops_it(office: Office) -> None:
    """GAP-32: a person with capacity refuses; the change is not made (REA-02)."""
    plan, case = settled(office, person_says=SaysToIt.REFUSES, what_they_say="nobody is to look at me")
    assert office.outcome_of(case) == "stays as it is"
    assert plan_stands(office, plan).version == 1


def test_a_refusal_without_capacity_is_decided_in_their_best_interests(office: Office) -> None:
    """GAP-32, GAP-33: the senior decides, and says why it is in the person's best interests (REA-02)."""
    changes = {"person_says": SaysToIt.REFUSES, "has_capacity": False, "what_they_say": "she waves it away"}
    _, case = settled(office, **changes)
    with pytest.raises(AnswerRefused, match="best_interests"):
        office.answer(case, GO_AHEAD, by="team-manager")
    office.answer(case, GO_AHEAD.model_copy(update={"best_interests": "a fall would end it"}), by="team-manager")
    assert asked(office, case) == [COPIES, EXPLAINING]


def test_policy_may_do_without_a_reason_of_best_interests(office: Office) -> None:
    """GAP-33: where policy does not ask for it, the senior's reasons are enough."""
    office.policy_becomes(policy_with(refused_support={"best_interests_where_no_capacity": False}))
    _, case = settled(office, person_says=SaysToIt.REFUSES, has_capacity=False, what_they_say="she waves it away")
    office.answer(case, GO_AHEAD, by="team-manager")
    assert asked(office, case) == [COPIES, EXPLAINING]


def test_best_interests_are_not_for_somebody_who_can_decide(office: Office) -> None:
    """GAP-32: their own views count, and nobody else's idea of what is good for them."""
    _, case = settled(office, **NOT_AGREED.model_dump())
    with pytest.raises(AnswerRefused, match="can decide about it themselves"):
        office.answer(case, GO_AHEAD.model_copy(update={"best_interests": "hers"}), by="team-manager")


@pytest.mark.parametrize(
    ("setting", "says", "outcome"),
    [
        ("all_agree", {}, "MonitoringDecided of team-manager"),
        (
            "person_with_capacity_refuses",
            {"person_says": SaysToIt.REFUSES, "what_they_say": "no"},
            "MonitoringDecided of team-manager",
        ),
    ],
)
def test_policy_may_have_a_senior_decide_where_the_default_does_not(
    office: Office, setting: str, says: dict[str, Any], outcome: str
) -> None:
    """GAP-32: each step is the council's to set."""
    office.policy_becomes(policy_with(change_agreement={setting: ChangeStep.SENIOR_DECIDES}))
    _, case = settled(office, **says)
    assert asked(office, case) == [outcome]


@pytest.mark.parametrize(("step", "outcome"), [(ChangeStep.PROCEED, 2), (ChangeStep.STOP, 1)], ids=["proceed", "stop"])
def test_policy_may_let_an_objection_pass_or_stop_it(office: Office, step: ChangeStep, outcome: int) -> None:
    """GAP-32: another council neither asks a senior nor needs to."""
    office.policy_becomes(policy_with(change_agreement={"person_or_carer_objects_to_how": step}))
    plan, case = settled(office, **NOT_AGREED.model_dump())
    assert plan_stands(office, plan).version == outcome
    assert "MonitoringDecided of team-manager" not in asked(office, case)


def test_policy_names_the_senior(office: Office) -> None:
    """GAP-32: another council lets the strategic manager decide."""
    office.policy_becomes(policy_with(change_agreement={"senior": Role.STRATEGIC_MANAGER}))
    _, case = settled(office, **NOT_AGREED.model_dump())
    assert asked(office, case) == ["MonitoringDecided of strategic-manager"]


@pytest.mark.parametrize("resolved", [True, False])
def test_policy_may_have_an_objection_talked_through_first(office: Office, resolved: bool) -> None:
    """GAP-32: resolved, the change is made; not resolved, the senior decides (REA-20)."""
    office.policy_becomes(
        policy_with(change_agreement={"person_or_carer_objects_to_how": ChangeStep.RESOLVE_THEN_SENIOR})
    )
    plan, case = settled(office, **NOT_AGREED.model_dump())
    (issue,) = office.cases(reablement_plan_issue)
    talked = IssueExplored(
        explored="Joan was not told of the sensor",
        has_capacity=True,
        individual=IndividualConcerned.NOBODY_ELSE,
        options=(OptionWeighed(option=ResolvingOption.TALK, what="show her the sensor", strengths="she is handy"),),
        agreement=IssueAgreement.SETTLED if resolved else IssueAgreement.NOT_AGREED,
        not_agreed_because="" if resolved else "she wants to see it work first",
    )
    office.answer(issue, talked, by="reablement-worker")
    assert plan_stands(office, plan).version == (2 if resolved else 1)
    assert asked(office, case) == ([COPIES, EXPLAINING] if resolved else ["MonitoringDecided of team-manager"])


@pytest.mark.clauses("REA-03")
def test_the_worker_may_find_that_nothing_is_to_change(office: Office) -> None:
    """REA-03: monitoring stays, and the reasons are on record all the same."""
    plan = in_reablement(office)
    case = wanted_for(office, plan)
    office.answer(case, MonitoringSettled(change=False, reasons="too early to say"), by="reablement-worker")
    assert office.outcome_of(case) == "stays as it is"
    assert notes_of(office, case) == ["Reablement: monitoring: Monitoring stays as it is: too early to say"]


def test_two_changes_of_monitoring_do_not_overwrite_each_other(office: Office) -> None:
    """Whoever comes second sees the plan as it stands now, with what they had settled, and settles it anew (REA-01)."""
    plan = in_reablement(office)
    first, second = wanted_for(office, plan), wanted_for(office, plan)
    office.answer(second, NOT_AGREED.model_copy(update={"rhythm": Rhythm.DAILY}), by="reablement-worker")
    office.answer(first, AGREED, by="reablement-worker")
    office.answer(second, GO_AHEAD, by="team-manager")
    assert plan_stands(office, plan).content.monitoring.rhythm is Rhythm.FORTNIGHTLY
    beside = read_beside(office, second, MonitoringSettled)
    assert "Another change has altered monitoring meanwhile" in beside
    assert "Monitoring: fortnightly" in beside

    office.answer(second, AGREED.model_copy(update={"rhythm": Rhythm.TWICE_A_WEEK}), by="reablement-worker")
    assert plan_stands(office, plan).content.monitoring.rhythm is Rhythm.TWICE_A_WEEK


def test_two_who_want_the_same_make_one_version(office: Office) -> None:
    """The second finds that the plan says it already: no version is made for it, and nobody decides again (REA-01)."""
    plan = in_reablement(office)
    first, second = wanted_for(office, plan), wanted_for(office, plan)
    office.answer(second, NOT_AGREED, by="reablement-worker")
    office.answer(first, AGREED, by="reablement-worker")
    office.answer(second, GO_AHEAD, by="team-manager")
    assert plan_stands(office, plan).version == 2
    assert asked(office, second) == [EXPLAINING]


def test_nothing_changes_in_a_reablement_that_has_ended(office: Office) -> None:
    """The form was answered after the last day; it is said, and no version is made (REA-01)."""
    plan = in_reablement(office)
    case = wanted_for(office, plan)
    reablement_ends(office, plan)
    office.answer(case, AGREED, by="reablement-worker")
    assert office.outcome_of(case) == "reablement has ended"


@pytest.mark.parametrize("stage", ["settling", "deciding", "talking", "explaining"])
def test_nobody_is_asked_about_a_reablement_that_has_ended(office: Office, stage: str) -> None:
    """Wherever it stands the question leaves the worklist, and no change stays under way (REA-01)."""
    if stage == "talking":
        talked_through = {"person_or_carer_objects_to_how": ChangeStep.RESOLVE_THEN_SENIOR}
        office.policy_becomes(policy_with(change_agreement=talked_through))
    plan = in_reablement(office)
    office.signal(plan, WANTED, by="reablement-worker")
    (case,) = office.cases(reablement_monitoring_change)
    if stage != "settling":
        office.answer(case, AGREED if stage == "explaining" else NOT_AGREED, by="reablement-worker")
    reablement_ends(office, plan)
    assert not office.is_closed(case)
    office.answer(plan, OpenMattersSettled(what_becomes="nothing more is to be done"), by="reablement-worker")
    assert office.outcome_of(case) == ("changed" if stage == "explaining" else "reablement has ended")
    assert plan_stands(office, plan).changes == ()
    assert all(office.is_closed(one) for one in office.cases(reablement_plan_issue))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"carer_says": None}, "the plan has a carer"),
        ({"has_capacity": None}, "has_capacity"),
        ({"rhythm": Rhythm.WEEKLY}, "the plan says so already"),
        ({"explained_to": ("P9",)}, "name only those whom the plan has"),
    ],
)
def test_what_does_not_fit_the_plan_is_said_at_the_door(office: Office, changes: dict[str, Any], said: str) -> None:
    """REA-01: everybody in the plan has their say, and nothing is keyed twice for a slip."""
    case = wanted_for(office, in_reablement(office))
    with pytest.raises(AnswerRefused, match=said):
        office.answer(case, AGREED.model_copy(update=changes), by="reablement-worker")


def test_capacity_need_not_be_said_where_policy_does_not_ask_for_it(office: Office) -> None:
    """GAP-32: capacity first is the default, and a council may leave it to the worker."""
    office.policy_becomes(policy_with(change_agreement={"capacity_first": False}))
    plan, _ = settled(office, has_capacity=None)
    assert plan_stands(office, plan).version == 2


def test_nobody_answers_for_a_carer_who_is_not_there(office: Office) -> None:
    """A plan without a carer takes no carer's word (REA-01)."""
    case = wanted_for(office, in_reablement(office, involved=(EDITH, WORKER)))
    with pytest.raises(AnswerRefused, match="the plan has no carer"):
        office.answer(case, AGREED, by="reablement-worker")
    office.answer(case, AGREED.model_copy(update={"carer_says": None}), by="reablement-worker")
    assert asked(office, case) == [COPIES, EXPLAINING]


def test_nobody_is_asked_for_their_agreement_once_more(office: Office) -> None:
    """What person and carer said stands beside the plan's other changes (REA-01)."""
    plan, _ = settled(office, explained_to=("P1", "P2", "P4"))
    parts = {one.id: one.part for one in BEGUN.content_with(BEGUN.involved).involved}
    assert agreements(office, plan) == {one: True for one, part in parts.items() if part in (Part.PERSON, Part.CARER)}


def test_silence_goes_up_the_line(office: Office) -> None:
    """Nobody settles it: the managers above the worker hear of it, and it waits on somebody named (REA-01)."""
    case = wanted_for(office, in_reablement(office))
    office.today_is("2026-01-21 12:00")
    assert any("Passed on to" in line for line in office.story_of(case))
    assert asked(office, case) == ["MonitoringSettled of reablement-worker"]


@given(before=st.sampled_from(Rhythm), after=st.sampled_from(Rhythm))
def test_more_is_more_and_less_is_less(before: Rhythm, after: Rhythm) -> None:
    """REA-04: what is more one way is less the other way round, and the same rhythm is neither."""
    was, is_now = Monitoring(rhythm=before, how="the worker"), Monitoring(rhythm=after, how="a sensor")
    there, back = turned(was, is_now), turned(is_now, was)
    opposite = {
        "less monitoring": "more monitoring",
        "more monitoring": "less monitoring",
        "another way of monitoring": "another way of monitoring",
    }
    assert opposite[there] == back
    assert (there == "another way of monitoring") is (before is after)


def _shows_death(office: Office, on: date | None) -> None:
    with office.council.database.write() as session:
        session.get_one(Person, "P-101").died_on = on
    heed_deaths(office.council)
    office.hours_pass(0)
