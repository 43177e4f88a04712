"""Whether reablement pauses is decided on the day of the concern (REA-34 to REA-36, GAP-35, GAP-39)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.reablement_safeguarding_pause import reablement_safeguarding_pause
from flows.safeguarding_concern import safeguarding_concern
from models.durations import calendar_days, working_hours
from models.forms.base import AnswerRefused
from models.forms.handover import HandoverReply
from models.forms.pause import (
    CarerHeard,
    InterimCareConfirmed,
    KeptOut,
    PauseChecked,
    PauseChoice,
    PauseDecided,
    PauseEndDecided,
    PauseExplained,
    PauseNews,
    PauseStep,
    PauseTalkedOver,
    ResumptionExplained,
    WhoSpeaks,
)
from models.forms.reablement_keeping import CoordinationOffered
from models.forms.reablement_matters import PauseToConsider
from models.forms.reablement_signals import CoordinatorWanted
from models.forms.safeguarding import ConcernNoticed, WhoIsAtRisk
from models.policy import Policy
from models.roles import Role
from tasks.durable.cases import close
from tasks.durable.leg import step_in
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tasks.reablement.plans import standing_of_plan
from tests.procedures.letters import asked, read_beside
from tests.procedures.reablement_stories import BEGUN, DAUGHTER, in_reablement
from tests.procedures.test_safeguarding_concern import NOT_FOR_US, TAKEN_ON
from tests.procedures.tray_people import heard

LEAD, WORKER = "safeguarding-lead", "reablement-worker"
CARE = {"interim_care": "Alder Home Care, mornings, from today", "interim_confirmed_by": "P. Alder"}
ALL_FOR_A_PAUSE = PauseTalkedOver(
    service_says=PauseChoice.PAUSE,
    safeguarding_by="Imogen Tarrant",
    safeguarding_says=PauseChoice.PAUSE,
    lacks_capacity=False,
    person_by=WhoSpeaks.PERSON,
    person_says=PauseChoice.PAUSE,
    carers=(CarerHeard(who="P2", says=PauseChoice.PAUSE, source_of_risk=False),),
    reasons="the worker is to be interviewed",
    **CARE,
)
"""Meera Solanki has heard everybody, and all are for a pause; Alder Home Care comes instead."""
STILL_PAUSED = PauseChecked(safeguarding_says="not over", interim_care_holds=True, step=PauseStep.STILL_PAUSED)
OVER = PauseChecked(
    safeguarding_says="over, no case to answer",
    interim_care_holds=True,
    step=PauseStep.RESUME,
    safeguarding_agrees=True,
    reasons="the enquiry has ended",
)
INTERIM = InterimCareConfirmed(how="rang Edith, Joan and the therapist", rota_matches=True, **CARE)
TOLD = PauseExplained(how="rang them", rota_matches=True)
TOLD_AGAIN = ResumptionExplained(how="rang them", rota_matches=True, care_knows=True)
ENDS = OVER.model_copy(
    update={"step": PauseStep.END, "what_follows": "home care every morning", "reasons": "she does not want us back"}
)


def changed(answer: PauseTalkedOver, **changes: Any) -> PauseTalkedOver:
    """That answer, otherwise."""
    return PauseTalkedOver.model_validate(answer.model_dump() | changes)


def all_for_going_on() -> PauseTalkedOver:
    """All are for going on beside the safeguarding process."""
    return changed(
        ALL_FOR_A_PAUSE,
        service_says=PauseChoice.GO_ON,
        safeguarding_says=PauseChoice.GO_ON,
        person_says=PauseChoice.GO_ON,
        carers=[{"who": "Joan Tilling", "says": PauseChoice.GO_ON, "source_of_risk": False}],
    )


def a_concern(office: Office) -> str:
    """A concern about Edith Tilling, raised before her reablement began."""
    noticed = ConcernNoticed(
        danger_or_crime=True,
        rang_999=True,
        at_risk=WhoIsAtRisk.ADULT,
        about_person="P-101",
        what="MONEY IS MISSING",
        noticed_at=office.clock.now(),
    )
    return office.start(safeguarding_concern, noticed)


def to_decide(office: Office, plan: str, concern: str) -> str:
    """Whether Edith's reablement pauses is to be decided today; gives the case's ref."""
    matter = PauseToConsider(plan=plan, worker="staff-reablement-worker", concern=concern, known_at=office.clock.now())
    return office.start(reablement_safeguarding_pause, matter, owner="staff-reablement-worker")


def a_matter(office: Office, **begun: Any) -> tuple[str, str]:
    """The plan, and the case in which it is decided whether it pauses."""
    concern = a_concern(office)
    plan = in_reablement(office, **begun)
    return plan, to_decide(office, plan, concern)


def a_pause(office: Office) -> tuple[str, str]:
    """The plan, and the case of its pause, of which everybody has heard."""
    plan, case = a_matter(office)
    office.answer(case, ALL_FOR_A_PAUSE, by=WORKER)
    office.answer(case, TOLD, by=WORKER)
    return plan, case


def is_paused(office: Office, plan: str) -> bool:
    """Whether no visits are made."""
    with office.council.database.read() as session:
        return standing_of_plan(session, plan).paused


def with_gap(office: Office, gap: str, **changes: Any) -> Policy:
    """The policy in force with that point settled otherwise."""
    policy = office.council.policy
    settled = getattr(policy.gaps, gap).model_copy(update=changes)
    return policy.model_copy(update={"gaps": policy.gaps.model_copy(update={gap: settled})})


# ------------------------------------------------------------------ the decision


@pytest.mark.clauses("REA-34")
def test_a_concern_about_somebody_in_reablement_brings_the_decision_today(office: Office) -> None:
    """REA-34: the concern is raised, and whoever coordinates the plan is asked before the office closes."""
    in_reablement(office)
    concern = a_concern(office)
    (case,) = office.cases(reablement_safeguarding_pause)
    assert office.waiting_for(case)[0] == "PauseTalkedOver of reablement-worker, due 2026-01-05 17:00"
    assert any("URGENT" in one.subject for one in office.inbox("staff-reablement-worker"))
    assert not office.is_closed(concern)


@pytest.mark.clauses("REA-35", "REA-36")
def test_all_agree_on_a_pause_and_no_visits_are_made(office: Office) -> None:
    """REA-35, REA-36: service, safeguarding, person and carer were heard; other care is confirmed, so it begins."""
    plan, case = a_matter(office)
    beside = read_beside(office, case, PauseTalkedOver)
    for words in ("MONEY IS MISSING", "P1 Edith Tilling, person", "P2 Joan Tilling, carer", "Do not invite whoever"):
        assert words in beside
    assert "P3 Meera Solanki" not in beside.split("The plan, version")[0]
    office.answer(case, ALL_FOR_A_PAUSE, by=WORKER)
    assert is_paused(office, plan)
    assert not office.is_closed(case)


@pytest.mark.clauses("REA-35")
def test_all_agree_that_it_goes_on(office: Office) -> None:
    """REA-35: the other answer, beside the safeguarding process; the carer is known by her name as by her id."""
    plan, case = a_matter(office)
    office.answer(case, all_for_going_on(), by=WORKER)
    assert office.outcome_of(case) == "reablement goes on"
    assert not is_paused(office, plan)


@pytest.mark.clauses("REA-34", "REA-36")
@pytest.mark.parametrize("who", ["service_says", "safeguarding_says", "person_says", "carers"])
def test_where_one_does_not_agree_the_lead_for_safeguarding_decides(office: Office, who: str) -> None:
    """GAP-35: whichever of the four says otherwise, there is no consensus, and nothing pauses meanwhile (REA-36)."""
    plan, case = a_matter(office)
    otherwise: Any = PauseChoice.GO_ON
    if who == "carers":
        otherwise = [{"who": "P2", "says": PauseChoice.GO_ON, "source_of_risk": False}]
    office.answer(case, changed(ALL_FOR_A_PAUSE, **{who: otherwise}), by=WORKER)
    assert asked(office, case) == ["PauseDecided of safeguarding-lead"]
    assert "They do not all say the same" in read_beside(office, case, PauseDecided)
    assert not is_paused(office, plan)
    with pytest.raises(NotTheirs):
        office.answer(case, PauseDecided(choice=PauseChoice.GO_ON, reasons="x"), by="head-of-service")

    office.answer(case, PauseDecided(choice=PauseChoice.PAUSE, reasons="safer", **CARE), by=LEAD)
    assert is_paused(office, plan)
    assert any("reablement is to pause" in one.body for one in office.inbox("staff-reablement-worker"))


def test_the_lead_may_decide_that_it_goes_on(office: Office) -> None:
    """REA-35: the worker hears of it today, and reablement goes on."""
    plan, case = a_matter(office)
    office.answer(case, changed(ALL_FOR_A_PAUSE, person_says=PauseChoice.GO_ON), by=WORKER)
    office.answer(case, PauseDecided(choice=PauseChoice.GO_ON, reasons="no contact with him"), by=LEAD)
    assert office.outcome_of(case) == "reablement goes on"
    assert not is_paused(office, plan)
    assert any("goes on beside safeguarding" in one.body for one in office.inbox("staff-reablement-worker"))


@pytest.mark.clauses("REA-34")
def test_a_day_that_ends_in_silence_brings_it_to_the_lead(office: Office) -> None:
    """GAP-35: at 5pm nobody has decided, so the lead is asked, the reablement lead hears, and the worker may still."""
    plan, case = a_matter(office)
    office.today_is("2026-01-05 16:59")
    assert asked(office, case) == ["PauseTalkedOver of reablement-worker"]
    office.today_is("2026-01-05 17:00")
    assert asked(office, case) == ["PauseDecided of safeguarding-lead", "PauseTalkedOver of reablement-worker"]
    assert any("pauses is not decided" in one.subject for one in office.inbox("reablement-lead"))

    office.answer(case, all_for_going_on(), by=WORKER)
    assert office.outcome_of(case) == "reablement goes on"
    assert not is_paused(office, plan)


@pytest.mark.parametrize("by", [WORKER, LEAD])
def test_once_it_is_decided_nobody_is_asked_any_more(office: Office, by: str) -> None:
    """GAP-35: both were asked, and the first to decide spares the other (REA-34)."""
    plan, case = a_matter(office)
    office.today_is("2026-01-05 17:30")
    lead = PauseDecided(choice=PauseChoice.PAUSE, reasons="safer", **CARE)
    office.answer(case, ALL_FOR_A_PAUSE if by == WORKER else lead, by=by)
    assert is_paused(office, plan)
    assert asked(office, case) == ["PauseExplained of reablement-worker"]


def test_views_that_come_late_are_put_before_the_lead(office: Office) -> None:
    """GAP-35: the lead has one question before them, with what was said (REA-36)."""
    _, case = a_matter(office)
    office.today_is("2026-01-05 17:30")
    office.answer(case, changed(ALL_FOR_A_PAUSE, service_says=PauseChoice.GO_ON), by=WORKER)
    assert asked(office, case) == ["PauseDecided of safeguarding-lead"]
    assert "They do not all say the same" in read_beside(office, case, PauseDecided)


def test_policy_says_by_when_and_by_whom(office: Office) -> None:
    """GAP-35: another council gives two working hours, and its reablement lead decides (REA-34)."""
    office.policy_becomes(
        with_gap(
            office,
            "reablement_pause",
            decide_by=working_hours(2),
            decider_without_consensus=Role.REABLEMENT_LEAD,
        )
    )
    _, case = a_matter(office)
    office.today_is("2026-01-05 11:00")
    assert asked(office, case) == ["PauseDecided of reablement-lead", "PauseTalkedOver of reablement-worker"]


def test_how_far_the_concern_is_stands_before_whoever_decides(office: Office) -> None:
    """REA-36: who carries out the safeguarding process is known by name once they have it; or that it is none."""
    for reply, words in ((TAKEN_ON, "led by Imogen Tarrant (SA-2231)"), (NOT_FOR_US, "says that it is not one")):
        concern = a_concern(office)
        office.answer(concern, reply, by=LEAD)
        case = to_decide(office, in_reablement(office), concern)
        assert words in read_beside(office, case, PauseTalkedOver)
        assert "Nobody has acknowledged it yet" not in read_beside(office, case, PauseTalkedOver)


# ------------------------------------------------------------------ who is heard


@pytest.mark.clauses("REA-36")
def test_no_carer_is_passed_over(office: Office) -> None:
    """REA-36: who left Joan Tilling out is told so, and nothing is sent."""
    _, case = a_matter(office)
    with pytest.raises(AnswerRefused, match="P2 is a carer; say what they say"):
        office.answer(case, changed(ALL_FOR_A_PAUSE, carers=()), by=WORKER)


@pytest.mark.clauses("REA-36")
def test_whoever_is_said_to_be_the_risk_has_no_say(office: Office) -> None:
    """GAP-39: she is kept out, with the risk on record; then the others decide (REA-36)."""
    plan, case = a_matter(office)
    accused = [{"who": "P2", "says": PauseChoice.GO_ON, "source_of_risk": True}]
    with pytest.raises(AnswerRefused, match="has no say; move them to kept_out"):
        office.answer(case, changed(ALL_FOR_A_PAUSE, carers=accused), by=WORKER)
    kept_out = [KeptOut(who="P2", risk="").model_dump()]
    with pytest.raises(AnswerRefused, match="kept_out: say for each what the risk is"):
        office.answer(case, changed(ALL_FOR_A_PAUSE, carers=(), kept_out=kept_out), by=WORKER)
    with pytest.raises(AnswerRefused, match="take out one of the two"):
        office.answer(case, changed(ALL_FOR_A_PAUSE, kept_out=[{"who": "p2", "risk": "money"}]), by=WORKER)

    kept_out = [KeptOut(who="Joan Tilling", risk="the money went to her").model_dump()]
    office.answer(case, changed(ALL_FOR_A_PAUSE, carers=(), kept_out=kept_out), by=WORKER)
    assert is_paused(office, plan)


def test_a_council_may_hear_them_all_the_same(office: Office) -> None:
    """GAP-39, the other way: policy lets whoever is said to be the risk be heard, and reasons be left out (REA-36)."""
    office.policy_becomes(
        with_gap(office, "risk_of_telling", invite_alleged_source_of_risk=True, withholding_needs_recorded_risk=False)
    )
    plan, case = a_matter(office, involved=(*BEGUN.involved, DAUGHTER.model_copy(update={"name": "Tom Tilling"})))
    accused = [{"who": "P2", "says": PauseChoice.PAUSE, "source_of_risk": True}]
    office.answer(case, changed(ALL_FOR_A_PAUSE, carers=accused, kept_out=[{"who": "P5"}]), by=WORKER)
    assert is_paused(office, plan)


@pytest.mark.clauses("REA-36")
def test_who_lacks_capacity_is_heard_through_somebody(office: Office) -> None:
    """GAP-39: a representative or an advocate speaks for them; where nobody can, it says why (REA-36)."""
    _, case = a_matter(office)
    with pytest.raises(AnswerRefused, match="hear their representative or an advocate"):
        office.answer(case, changed(ALL_FOR_A_PAUSE, lacks_capacity=True), by=WORKER)
    for wrong in ({"person_by": WhoSpeaks.NOBODY}, {"person_says": None}):
        with pytest.raises(AnswerRefused, match="say in person_"):
            PauseTalkedOver.read(ALL_FOR_A_PAUSE.model_dump() | wrong)
    office.answer(case, changed(ALL_FOR_A_PAUSE, lacks_capacity=True, person_by=WhoSpeaks.ADVOCATE), by=WORKER)
    assert asked(office, case) == ["PauseExplained of reablement-worker"]


def test_a_council_may_leave_it_to_the_person_alone(office: Office) -> None:
    """GAP-39, the other way: policy does not ask for a representative or an advocate (REA-36)."""
    office.policy_becomes(with_gap(office, "risk_of_telling", representative_or_advocate_without_capacity=False))
    plan, case = a_matter(office)
    office.answer(case, changed(ALL_FOR_A_PAUSE, lacks_capacity=True), by=WORKER)
    assert is_paused(office, plan)


def test_who_could_not_be_heard_does_not_hold_up_the_others(office: Office) -> None:
    """REA-36: she is in hospital and cannot speak; the others agree, and why she was not heard is on record."""
    plan, case = a_matter(office)
    unheard = {"person_by": WhoSpeaks.NOBODY, "person_says": None, "person_not_heard_because": "in theatre"}
    office.answer(case, changed(ALL_FOR_A_PAUSE, **unheard), by=WORKER)
    assert is_paused(office, plan)
    assert any("in theatre" in line for line in office.story_of(case))


# ------------------------------------------------------------------ care comes first


@pytest.mark.clauses("REA-35")
def test_visits_go_on_until_other_care_is_confirmed(office: Office) -> None:
    """GAP-35: a pause is agreed at 9am and nobody can take over before Wednesday; she is visited until then."""
    plan, case = a_matter(office)
    office.answer(case, changed(ALL_FOR_A_PAUSE, interim_care="", interim_confirmed_by=""), by=WORKER)
    assert asked(office, case) == ["InterimCareConfirmed of reablement-worker"]
    office.today_is("2026-01-07 09:00")
    assert not is_paused(office, plan)
    assert "Passed on to the team manager" in " ".join(office.story_of(case))
    office.answer(case, INTERIM, by=WORKER)
    assert is_paused(office, plan)


def test_who_gives_the_care_has_confirmed_it_or_it_counts_as_open(office: Office) -> None:
    """GAP-35: care that nobody has confirmed is not written down as care (REA-35)."""
    for missing in CARE:
        with pytest.raises(AnswerRefused, match="together, or leave both out"):
            PauseTalkedOver.read(ALL_FOR_A_PAUSE.model_dump() | {missing: ""})


def test_a_council_may_pause_first_and_the_care_is_chased(office: Office) -> None:
    """GAP-35, the other way: visits stop at once, and other care is still asked for (REA-35)."""
    office.policy_becomes(with_gap(office, "reablement_pause", interim_care_confirmed_first=False))
    plan, case = a_matter(office)
    office.answer(case, changed(ALL_FOR_A_PAUSE, interim_care="", interim_confirmed_by=""), by=WORKER)
    assert is_paused(office, plan)
    assert asked(office, case) == ["InterimCareConfirmed of reablement-worker"]
    office.answer(case, INTERIM, by=WORKER)
    assert asked(office, case) == []
    assert is_paused(office, plan)


def test_a_council_may_mean_something_else_by_a_pause(office: Office) -> None:
    """GAP-35, the other way: visits are made all the same, and the pause is looked at each week (REA-35)."""
    office.policy_becomes(with_gap(office, "reablement_pause", visits_stop=False))
    plan, case = a_matter(office)
    office.answer(case, ALL_FOR_A_PAUSE, by=WORKER)
    assert not is_paused(office, plan)
    assert asked(office, case) == []
    office.days_pass(7)
    assert asked(office, case) == ["PauseChecked of reablement-worker"]
    office.answer(case, OVER, by=WORKER)
    assert office.outcome_of(case) == "resumed after a pause"


# ------------------------------------------------------------------ each week


@pytest.mark.clauses("REA-34")
def test_a_pause_is_looked_at_each_week_until_a_decision_ends_it(office: Office) -> None:
    """GAP-35: asked on the 12th and the 19th; a year later she would still be asked, and nothing ends by itself."""
    plan, case = a_pause(office)
    office.today_is("2026-01-12 08:59")
    assert asked(office, case) == []
    for today in ("2026-01-12", "2026-01-19"):
        office.today_is(f"{today} 09:00")
        assert asked(office, case) == ["PauseChecked of reablement-worker"]
        office.answer(case, STILL_PAUSED, by=WORKER)
        assert is_paused(office, plan)
    office.today_is("2026-02-20 09:00")
    assert asked(office, case) == ["PauseChecked of reablement-worker"]
    assert is_paused(office, plan)
    office.answer(case, OVER, by=WORKER)
    assert not is_paused(office, plan)
    office.answer(case, TOLD_AGAIN, by=WORKER)
    assert office.outcome_of(case) == "resumed after a pause"


@pytest.mark.clauses("REA-34")
def test_whoever_coordinates_the_plan_by_then_is_asked(office: Office) -> None:
    """REA-34: it changes hands during the pause; the new coordinator is asked, and hears what the lead decides."""
    plan, case = a_pause(office)
    moves = CoordinatorWanted(worker="reablement-worker-2", reasons="moves to nights")
    office.signal(plan, moves, by="reablement-lead")
    office.answer(plan, CoordinationOffered(reply=HandoverReply.ACCEPT), by="reablement-worker-2")
    office.days_pass(7)
    assert asked(office, case) == ["PauseChecked of reablement-worker-2"]
    office.answer(case, OVER.model_copy(update={"safeguarding_agrees": False}), by="reablement-worker-2")
    decided = PauseEndDecided(step=PauseStep.STILL_PAUSED, reasons="the enquiry goes on")
    office.answer(case, decided, by=LEAD)
    office.days_pass(1)
    assert any("whether the pause ends" in one.body for one in office.inbox("staff-reablement-worker-2"))
    assert not any("whether the pause ends" in one.body for one in office.inbox("staff-reablement-worker"))


@pytest.mark.clauses("REA-34")
def test_who_took_the_plan_over_before_it_was_decided_arranges_the_care(office: Office) -> None:
    """REA-34: the lead decides on a pause, and whoever coordinates the plan by then arranges other care."""
    plan, case = a_matter(office)
    office.signal(plan, CoordinatorWanted(worker="reablement-worker-2", reasons="ill"), by="reablement-lead")
    office.answer(plan, CoordinationOffered(reply=HandoverReply.ACCEPT), by="reablement-worker-2")
    no_care = changed(ALL_FOR_A_PAUSE, interim_care="", interim_confirmed_by="", person_says=PauseChoice.GO_ON)
    office.answer(case, no_care, by=WORKER)
    office.answer(case, PauseDecided(choice=PauseChoice.PAUSE, reasons="he has the key"), by=LEAD)
    assert asked(office, case) == ["InterimCareConfirmed of reablement-worker-2"]


def test_policy_says_how_often_and_a_change_moves_the_next_look(office: Office) -> None:
    """GAP-35, GAP-51: three days instead of seven; Thursday stays, and Saturday would come on Friday (REA-34)."""
    _, case = a_pause(office)
    office.policy_becomes(with_gap(office, "reablement_pause", check_every=calendar_days(3)))
    assert office.waiting_for(case)[0] == "pause-looked-at, due 2026-01-08 09:00"
    office.policy_becomes(with_gap(office, "reablement_pause", check_every=calendar_days(5)))
    assert office.waiting_for(case)[0] == "pause-looked-at, due 2026-01-09 16:30"


def test_news_is_looked_at_at_once(office: Office) -> None:
    """REA-34: the enquiry is over on Wednesday, and nobody waits until Monday to say so."""
    _, case = a_pause(office)
    office.today_is("2026-01-07 10:00")
    office.signal(case, PauseNews(what="the enquiry is over"), by=LEAD)
    assert asked(office, case) == ["PauseChecked of reablement-worker"]
    assert "New: the enquiry is over" in read_beside(office, case, PauseChecked)
    office.signal(case, PauseNews(what="the report is here"), by=LEAD)
    assert asked(office, case) == ["PauseChecked of reablement-worker"]
    assert "the report is here" in read_beside(office, case, PauseChecked)


def test_without_the_agreement_of_safeguarding_the_lead_decides(office: Office) -> None:
    """GAP-35: the service wants to resume and safeguarding does not; the lead keeps it paused, and later ends it."""
    plan, case = a_pause(office)
    office.days_pass(7)
    office.answer(case, OVER.model_copy(update={"safeguarding_agrees": False}), by=WORKER)
    assert asked(office, case) == ["PauseEndDecided of safeguarding-lead"]
    office.signal(case, PauseNews(what="she asks again"), by=WORKER)
    assert asked(office, case) == ["PauseEndDecided of safeguarding-lead"]
    assert is_paused(office, plan)
    office.answer(case, PauseEndDecided(step=PauseStep.STILL_PAUSED, reasons="not yet"), by=LEAD)
    assert is_paused(office, plan)

    office.days_pass(7)
    office.answer(case, OVER.model_copy(update={"safeguarding_agrees": False}), by=WORKER)
    office.answer(case, PauseEndDecided(step=PauseStep.RESUME, reasons="safe now"), by=LEAD)
    assert not is_paused(office, plan)
    assert asked(office, case) == ["ResumptionExplained of reablement-worker"]


def test_missing_care_is_not_passed_over(office: Office) -> None:
    """GAP-35: where the care that was arranged does not come, it says what the person has from today (REA-34)."""
    with pytest.raises(AnswerRefused, match="say in care_now"):
        PauseChecked.read(STILL_PAUSED.model_dump() | {"interim_care_holds": False})
    for missing in ({"safeguarding_agrees": None}, {"reasons": ""}):
        with pytest.raises(AnswerRefused, match="say in safeguarding_agrees"):
            PauseChecked.read(OVER.model_dump() | missing)
    with pytest.raises(AnswerRefused, match="give the reasons"):
        PauseEndDecided.read({"step": "resume"})
    for form, said in ((PauseChecked, ENDS.model_dump()), (PauseEndDecided, {"step": "end", "reasons": "x"})):
        with pytest.raises(AnswerRefused, match="say in what_follows"):
            form.read(said | {"what_follows": ""})


# ------------------------------------------------------------------ how it ends


@pytest.mark.clauses("REA-34")
def test_a_pause_may_end_with_the_end_of_reablement(office: Office) -> None:
    """GAP-35: the plan's own case hears it, from whoever decided, with what the person has from then on."""
    plan, case = a_pause(office)
    office.days_pass(7)
    office.answer(case, ENDS, by=WORKER)
    (wanted,) = [data for name, data in heard(office, plan) if name == "ReablementEndWanted"]
    assert wanted["last_day"] == date(2026, 1, 12).isoformat()
    assert wanted["what_follows"] == "home care every morning"


def test_what_ends_with_the_plan_asks_nobody_any_more(office: Office) -> None:
    """REA-34: while it is decided, while care is arranged, or while it lasts: reablement ends, and so does this."""
    concern = a_concern(office)
    plan = in_reablement(office)
    deciding, arranging, pausing = (to_decide(office, plan, concern) for _ in range(3))
    no_care = changed(ALL_FOR_A_PAUSE, interim_care="", interim_confirmed_by="")
    office.answer(arranging, no_care, by=WORKER)
    office.answer(pausing, ALL_FOR_A_PAUSE, by=WORKER)
    reablement_ends(office, plan)
    for case in (deciding, arranging, pausing):
        assert office.outcome_of(case) == "reablement has ended"


def reablement_ends(office: Office, plan: str) -> None:
    """The plan's case is closed, whatever it still asked."""
    with office.council.change() as change:
        close(step_in(change, change.lock(plan)), "ended")
    office.hours_pass(0)


def test_two_concerns_at_once_are_both_over_before_visits_are_made_again(office: Office) -> None:
    """REA-34: the second pause holds on after the first has ended, and the visits wait for both."""
    concern = a_concern(office)
    plan = in_reablement(office)
    first, second = to_decide(office, plan, concern), to_decide(office, plan, concern)
    office.answer(first, ALL_FOR_A_PAUSE, by=WORKER)
    office.answer(second, ALL_FOR_A_PAUSE, by=WORKER)
    office.days_pass(7)
    office.answer(first, OVER, by=WORKER)
    assert office.is_closed(first)
    assert is_paused(office, plan)
    office.answer(second, OVER, by=WORKER)
    assert not is_paused(office, plan)
