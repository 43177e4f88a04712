"""When reablement has ended, whoever visits hears so, and so does everybody else who has a part in it."""

from __future__ import annotations

from datetime import date

import pytest

from flows.advocacy import advocacy
from flows.deprivation_of_liberty import deprivation_of_liberty
from flows.prevention import prevention
from flows.reablement_end_told import reablement_end_told
from flows.reablement_plan_change import reablement_plan_change
from flows.reablement_unscheduled_review import reablement_unscheduled_review
from models.forms.advocacy import AdvocacyNeed
from models.forms.base import AnswerRefused
from models.forms.explaining import NotTold
from models.forms.handover import HandoverReply
from models.forms.plan_agreement import AgreementOfColleague
from models.forms.reablement_keeping import (
    CoordinationOffered,
    DeathInReablement,
    OpenMattersSettled,
    ReablementEndTold,
)
from models.forms.reablement_review import ReviewResult
from models.forms.reablement_signals import (
    CoordinatorWanted,
    PreventionChance,
    ReablementEndWanted,
    ReablementGoesOn,
    RestrictionsNoticed,
)
from models.policy.gaps.duty import AdvocacyStep
from tasks.durable.testing import Office
from tasks.leavers import move_what_leavers_left
from tests.procedures.letters import asked, read_beside
from tests.procedures.plan_change_stories import ALL_AGREE, COORDINATOR, DRESSES_ALONE, WITH_JACK, to_change
from tests.procedures.reablement_stories import in_reablement
from tests.procedures.test_reablement import REVIEW, dies, paused, stands
from tests.procedures.test_reablement_unscheduled_review import HELD, ON_THURSDAY
from tests.procedures.test_reablement_unscheduled_review import TOLD as TOLD_OF_THE_REVIEW

COLLEAGUE = "staff-reablement-worker-2"
OVER = ReablementEndWanted(last_day=date(2026, 1, 4), because="She went to her son", what_follows="Her son cares")
TOLD = ReablementEndTold(how="rang them", rota_matches=True)
ENDS, GOES_ON = "reablement ends see its last day", "reablement goes on visits are made"
ENDED, GO_BY_HOME = "reablement has ended make no visits", "go by the copy at home"


def with_jack(office: Office) -> str:
    """Edith's plan, in which Jack has a part too: he visits her in the evenings."""
    return in_reablement(office, involved=WITH_JACK, begun_on=date(2026, 1, 2))


def ends(office: Office, plan: str) -> str:
    """Her reablement ended yesterday; gives the case in which everybody is told of it."""
    office.signal(plan, OVER, by="reablement-lead")
    (telling,) = office.cases(reablement_end_told)
    return telling


def evidence(office: Office, plan: str) -> str:
    """Evidence has come to the plan; gives the case in which it is decided."""
    before = set(office.cases(reablement_plan_change))
    office.signal(plan, DRESSES_ALONE, by=COORDINATOR)
    (case,) = set(office.cases(reablement_plan_change)) - before
    return case


def changed(office: Office, plan: str) -> None:
    """Her mornings are shorter: all have agreed, and who visits is told of it with the next digest."""
    case = evidence(office, plan)
    office.answer(case, to_change(settled=ALL_AGREE), by=COORDINATOR)
    office.answer(case, AgreementOfColleague(agrees=True), by="reablement-worker-2")
    assert stands(office, plan).version == 2


def read_by(office: Office, whom: str) -> str:
    """All that somebody was told so far, in one text."""
    return " ".join(" ".join(one.body.lower().replace("-", " ").split()) for one in office.inbox(whom))


def to_be_told(office: Office, case: str) -> list[str]:
    """Ids of those whom the form asks to tell."""
    _, _, listed = read_beside(office, case, ReablementEndTold).partition("To be told:\n")
    return [line.partition(":")[0] for line in listed.partition("\n\n")[0].splitlines()]


# ------------------------------------------------------------------ those who visit


def test_whoever_visits_hears_that_reablement_has_ended(office: Office) -> None:
    """Jack hears with the next digest that there are no visits; Meera, who coordinates it, is asked to tell others."""
    plan = with_jack(office)
    ends(office, plan)
    assert office.outcome_of(plan) == "ended"
    office.digest_goes_out()
    assert ENDED in read_by(office, COLLEAGUE)
    assert ENDED not in read_by(office, "staff-reablement-worker")


def test_whoever_visits_hears_of_the_last_day_beforehand(office: Office) -> None:
    """It ends on Friday and Jack knows it on Monday; on Tuesday it is put off, and he knows that too."""
    plan = with_jack(office)
    friday = OVER.model_copy(update={"last_day": date(2026, 1, 9)})
    office.signal(plan, friday, by="reablement-lead")
    office.digest_goes_out()
    assert ENDS in read_by(office, COLLEAGUE)
    assert ENDED not in read_by(office, COLLEAGUE)
    goes_on = ReablementGoesOn(why="She fell on the stairs", again_on=date(2026, 1, 23))
    office.today_is("2026-01-06 08:00")
    office.signal(plan, goes_on, by="reablement-lead")
    office.digest_goes_out()
    assert GOES_ON in read_by(office, COLLEAGUE)


def test_what_was_never_to_end_is_not_said_to_go_on(office: Office) -> None:
    """Jack has heard of no last day, so nothing is taken back."""
    plan = with_jack(office)
    goes_on = ReablementGoesOn(why="She fell on the stairs", again_on=date(2026, 1, 23))
    office.signal(plan, goes_on, by="reablement-lead")
    office.digest_goes_out()
    assert GOES_ON not in read_by(office, COLLEAGUE)


def test_nobody_hears_how_to_visit_after_the_end(office: Office) -> None:
    """The plan has changed and ends before the digest: to go by the copy at home would be wrong by then."""
    plan = with_jack(office)
    changed(office, plan)
    office.signal(plan, OVER, by="reablement-lead")
    office.answer(plan, OpenMattersSettled(what_becomes="nothing is left"), by=COORDINATOR)
    office.digest_goes_out()
    assert ENDED in read_by(office, COLLEAGUE)
    assert GO_BY_HOME not in read_by(office, COLLEAGUE)


def test_what_was_sent_of_a_change_stays_as_it_was(office: Office) -> None:
    """It went out with the digest before the end; nothing is taken back that somebody has read."""
    plan = with_jack(office)
    changed(office, plan)
    office.digest_goes_out()
    office.signal(plan, OVER, by="reablement-lead")
    office.answer(plan, OpenMattersSettled(what_becomes="nothing is left"), by=COORDINATOR)
    assert GO_BY_HOME in read_by(office, COLLEAGUE)


def test_after_a_death_whoever_visits_hears_at_once(office: Office) -> None:
    """Jack has a visit this evening; nobody is asked to tell the family, for what follows is on record already."""
    plan = with_jack(office)
    dies(office)
    office.answer(plan, DeathInReablement(has_died=True, what_follows="Joan was rung"), by=COORDINATOR)
    assert ENDED in read_by(office, COLLEAGUE)
    assert office.cases(reablement_end_told) == []


# ------------------------------------------------------------------ everybody else


def test_everybody_outside_is_told_by_whoever_coordinated_it(office: Office) -> None:
    """Edith, Joan, the therapist and the rota, with what follows; who was not reached is asked for again."""
    plan = with_jack(office)
    case = ends(office, plan)
    assert asked(office, case) == ["ReablementEndTold of reablement-worker"]
    assert to_be_told(office, case) == ["P1", "P2", "P4"]
    beside = read_beside(office, case, ReablementEndTold)
    assert "Reablement ended on 4 January 2026: She went to her son\nWhat follows: Her son cares" in beside
    assert "keeps the rota" in beside
    assert "paused" not in beside

    ravi = (NotTold(who="P4", because="no reply"),)
    with pytest.raises(AnswerRefused, match="name only those whom the plan has"):
        office.answer(case, TOLD.model_copy(update={"exceptions": (NotTold(who="P9", because="x"),)}), by=COORDINATOR)
    office.answer(case, TOLD.model_copy(update={"exceptions": ravi, "rota_matches": False}), by=COORDINATOR)
    office.days_pass(1)
    assert to_be_told(office, case) == ["P4"]
    office.answer(case, TOLD.model_copy(update={"rota_matches": False}), by=COORDINATOR)
    office.days_pass(1)
    assert to_be_told(office, case) == []
    assert "keeps the rota" in read_beside(office, case, ReablementEndTold)
    office.answer(case, TOLD, by=COORDINATOR)
    assert office.outcome_of(case) == "everybody knows that reablement has ended"


def test_silence_brings_it_to_the_reablement_lead(office: Office) -> None:
    """Nobody says that they were told: Meera is reminded, and the lead hears of it."""
    case = ends(office, with_jack(office))
    office.days_pass(3)
    assert asked(office, case) == ["ReablementEndTold of reablement-worker"]
    assert "reablement end told" in read_by(office, "role-reablement-lead") + read_by(office, "staff-reablement-lead")


def test_who_has_left_is_not_asked_again(office: Office) -> None:
    """Meera leaves before the therapist was reached: her team is asked for the rest."""
    case = ends(office, with_jack(office))
    ravi = (NotTold(who="P4", because="no reply"),)
    office.answer(case, TOLD.model_copy(update={"exceptions": ravi}), by=COORDINATOR)
    office.leaves("reablement-worker")
    move_what_leavers_left(office.council)
    office.days_pass(1)
    assert asked(office, case) == ["ReablementEndTold of reablement"]


def test_whoever_coordinates_it_by_then_is_asked(office: Office) -> None:
    """The plan has changed hands; Jack tells them, and gets no notice beside it."""
    plan = with_jack(office)
    office.signal(plan, CoordinatorWanted(worker="reablement-worker-2", reasons="nights"), by="reablement-lead")
    office.answer(plan, CoordinationOffered(reply=HandoverReply.ACCEPT), by="reablement-worker-2")
    case = ends(office, plan)
    assert asked(office, case) == ["ReablementEndTold of reablement-worker-2"]
    office.digest_goes_out()
    assert ENDED not in read_by(office, COLLEAGUE)
    assert ENDED in read_by(office, "staff-reablement-worker")


def test_whom_the_review_has_told_is_not_told_once_more(office: Office) -> None:
    """The review ended it and told everybody; only the rota is left."""
    plan = with_jack(office)
    office.signal(plan, REVIEW, by=COORDINATOR)
    (review,) = office.cases(reablement_unscheduled_review)
    office.answer(review, ON_THURSDAY, by=COORDINATOR)
    office.today_is("2026-01-08 09:00")
    it_ends = {"result": ReviewResult.ENDS, "what_follows": "nothing", "last_day": date(2026, 1, 9)}
    office.answer(review, HELD.model_copy(update=it_ends), by=COORDINATOR)
    office.answer(review, TOLD_OF_THE_REVIEW, by=COORDINATOR)
    office.today_is("2026-01-12 09:00")
    (case,) = office.cases(reablement_end_told)
    assert to_be_told(office, case) == []
    beside = read_beside(office, case, ReablementEndTold)
    assert "Everybody in the plan has heard it already." in beside and "keeps the rota" in beside
    office.answer(case, TOLD, by=COORDINATOR)
    assert office.is_closed(case)


def test_whoever_gave_care_during_a_pause_is_thought_of(office: Office) -> None:
    """It ends while it is paused: other care was given until now."""
    plan = with_jack(office)
    paused(office, plan)
    office.signal(plan, OVER, by="reablement-lead")
    office.answer(plan, OpenMattersSettled(what_becomes="the enquiry is over"), by="reablement-lead")
    (case,) = office.cases(reablement_end_told)
    assert "whoever gave care meanwhile is to know of it" in read_beside(office, case, ReablementEndTold)


# ------------------------------------------------------------------ what goes on by itself


def test_what_goes_on_without_the_plan_is_named_and_does_not_hold_it_up(office: Office) -> None:
    """Whether the locked door takes her liberty, a falls class, an advocate: each goes on, and nobody forgets it."""
    plan = with_jack(office)
    office.signal(plan, RestrictionsNoticed(noticed_by="Jack", what="THE DOOR IS LOCKED"), by=COORDINATOR)
    office.signal(plan, PreventionChance(noticed_by="Jack", what="A FALLS CLASS"), by=COORDINATOR)
    (liberty,), (exploring,) = office.cases(deprivation_of_liberty), office.cases(prevention)
    case = ends(office, plan)
    assert office.outcome_of(plan) == "ended"
    assert not office.is_closed(liberty) and not office.is_closed(exploring)
    beside = read_beside(office, case, ReablementEndTold)
    assert f"Case {liberty} goes on by itself: whether care takes the person's liberty." in beside
    assert f"Case {exploring} goes on by itself: what might prevent needs." in beside
    assert "THE DOOR" not in beside


def test_an_advocate_who_was_asked_for_by_hand_goes_on_too(office: Office) -> None:
    """The need was opened from the plan's page and not by the plan; one for something else is not named."""
    plan = with_jack(office)
    said = {"step": AdvocacyStep.PLANNING, "what": "talks of her plan", "decided_by": f"staff-{COORDINATOR}"}
    need = AdvocacyNeed.model_validate({"about_person": "P-101", "came_from": plan, **said})
    named = office.start(advocacy, need)
    other = office.start(advocacy, need.model_copy(update={"came_from": None}))
    beside = read_beside(office, ends(office, plan), ReablementEndTold)
    assert f"Case {named} goes on by itself: an advocate for the person." in beside
    assert f"Case {other} goes on" not in beside


def test_at_the_end_it_is_said_how_far_each_open_matter_is(office: Office) -> None:
    """Evidence that nobody has decided on is no change of the plan; what goes on by itself stands beside it."""
    plan = with_jack(office)
    office.signal(plan, PreventionChance(noticed_by="Jack", what="A FALLS CLASS"), by=COORDINATOR)
    (exploring,) = office.cases(prevention)
    proposed = evidence(office, plan)
    office.answer(proposed, to_change(), by=COORDINATOR)
    undecided = evidence(office, plan)
    office.signal(plan, OVER, by="reablement-lead")
    beside = read_beside(office, plan, OpenMattersSettled)
    assert f"Case {undecided}: evidence, not decided yet" in beside
    assert f"Case {proposed}: a change of the plan, not agreed yet: Visit V1" in beside
    assert f"Case {exploring} goes on by itself: what might prevent needs." in beside
