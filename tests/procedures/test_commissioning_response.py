"""What commissioning does about a provider: each response it chooses is done and on record (REA-47 to REA-49)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from flows.brokerage import brokerage
from flows.commissioning_support import commissioning_support
from flows.provider_letter import provider_letter
from flows.provider_stop import provider_stop
from models.forms.base import AnswerRefused
from models.forms.brokerage import CareWanted, ProviderOffered, SourcingBegun, Urgency
from models.forms.commissioning import (
    ActionPlanAgreed,
    ActionPlanLookedAt,
    ContractRenegotiated,
    CoOperationAdvice,
    CoOperationJudged,
    ExceptionRelied,
    JointWorkDone,
    LargeScaleResponseTakenOn,
    LetterToPeople,
    NotGivenOn,
    ProviderNews,
    ProviderResponse,
    ResponseSettled,
    SignpostingStopped,
    StopHeeded,
    StopLookedAt,
    SupportGiven,
    SupportKind,
    SupportWanted,
)
from models.forms.disclosure import DisclosureVerdict
from models.forms.telling_people import PersonToBeTold
from models.person_messages import SentBy
from models.providers.tables import CarePackage, Provider, ProviderStop
from models.register import Person, Staff
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tests.procedures.letters import asked, read_beside, register_is_fresh
from tests.procedures.provider_stories import (
    a_response,
    chosen,
    gaps_are,
    gate_allows,
    gate_refuses,
    gates_of,
    is_stopped,
    opened_by,
    settled,
    stop_of,
)

COMMISSIONER = "commissioning-officer"
MONDAY = date(2026, 1, 5)
R = ProviderResponse
TERMS = ContractRenegotiated(done_on=MONDAY, what_was_done="calls are paid by the minute from February")
PLAN = ActionPlanAgreed(
    plan="every call is checked in by telephone", met_by=date(2026, 2, 27), looked_at_on=date(2026, 1, 26)
)
HEEDED = StopHeeded(seen_to="one search goes on with others")
LIFT = StopLookedAt(goes_on=False, reasons="forty calls were checked and all were whole")
LETTER = LetterToPeople(subject="About your carers", body="We have heard that calls are short. Ring 01632 960 150.")
SUPPORT = SupportWanted(of="practitioner", kind=SupportKind.INFORMATION, what="the dates of the short calls")
EXCEPTION = SupportGiven(exception=ExceptionRelied.CARE_ACT, because="two assessments are due today")


# ------------------------------------------------------------------ what fits


@pytest.mark.clauses("REA-47")
def test_several_responses_are_chosen_at_once_and_each_is_asked_for(office: Office) -> None:
    """REA-47: one answer, with its reasons; each of the eight is then open until it is done."""
    case = chosen(office, *ProviderResponse)
    assert asked(office, case) == [
        "ActionPlanAgreed of commissioning-officer",
        "ContractRenegotiated of commissioning-officer",
        "LargeScaleResponseTakenOn of safeguarding",
        "LetterToPeople of commissioning-officer",
        "SignpostingStopped of commissioning-officer",
    ]
    assert asked(office, stop_of(office, case)) == ["StopHeeded of brokerage"]
    assert len(gates_of(office, case)) == 2  # the other council, and the Care Quality Commission
    assert is_stopped(office, "kestrel-care")
    with pytest.raises(AnswerRefused, match="reasons"):
        ResponseSettled.read({"responses": ["write"]})


@pytest.mark.clauses("REA-47")
def test_nothing_may_be_called_for_and_says_why(office: Office) -> None:
    """REA-47: that, too, is a choice with reasons; whoever raised it hears that there is an answer."""
    case = a_response(office)
    office.answer(case, settled(), by=COMMISSIONER)
    assert office.outcome_of(case) == "nothing was called for"
    office.digest_goes_out()
    assert any("what became of your concern" in one.body for one in office.inbox("staff-practitioner"))


@pytest.mark.clauses("REA-47")
def test_who_may_not_decide_about_a_provider_settles_nothing(office: Office) -> None:
    """REA-47: commissioning or a manager does; neither whoever raised it nor a team leader."""
    case = a_response(office)
    for other in ("practitioner", "team-leader", "brokerage-officer"):
        with pytest.raises(NotTheirs):
            office.answer(case, settled(R.STOP), by=other)
    assert not is_stopped(office, "kestrel-care")


def test_a_team_leader_in_commissioning_settles_nothing_either(office: Office) -> None:
    """REA-47: whoever leads the person asked does not decide for that."""
    case = a_response(office)
    with office.council.database.write() as session:
        session.get_one(Staff, "duty-team-leader").team_id = "commissioning"
    with pytest.raises(NotTheirs, match="is decided by a commissioning"):
        office.answer(case, settled(R.STOP), by="duty-team-leader")


@pytest.mark.clauses("REA-47")
def test_it_ends_only_once_everything_chosen_is_done(office: Office) -> None:
    """REA-47: the last of four closes it, and none is forgotten for the others."""
    case = chosen(office, R.RENEGOTIATE, R.STOP_SIGNPOSTING, R.LARGE_SCALE_SAFEGUARDING, R.WRITE)
    office.answer(case, TERMS, by=COMMISSIONER)
    office.answer(
        case, SignpostingStopped(done_on=MONDAY, what_was_done="the hub and three charities"), by=COMMISSIONER
    )
    taken = LargeScaleResponseTakenOn(taken_on=True, led_by="Imogen Tarrant", reference="LS-4")
    office.answer(case, taken, by="safeguarding-lead")
    assert asked(office, case) == ["LetterToPeople of commissioning-officer"]
    assert not office.is_closed(case)
    office.answer(case, LetterToPeople(not_written_because="the home has written itself"), by=COMMISSIONER)
    assert office.outcome_of(case) == "every response is done"


def test_nothing_is_crossed_off_without_what_was_done_or_why_not(office: Office) -> None:
    """REA-47: an empty answer ends no response."""
    for form in (ContractRenegotiated, SignpostingStopped, JointWorkDone, ActionPlanAgreed, LetterToPeople, NotGivenOn):
        with pytest.raises(AnswerRefused):
            form.read({})
    for half in ({"taken_on": True, "led_by": "I. T."}, {"taken_on": False, "reasons": "none"}):
        with pytest.raises(AnswerRefused):
            LargeScaleResponseTakenOn.read(half)


@pytest.mark.clauses("REA-47")
def test_more_may_follow_as_news_comes(office: Office) -> None:
    """REA-47: it is settled again; what is under way already is not begun twice."""
    case = chosen(office, R.RENEGOTIATE, R.STOP)
    office.signal(case, ProviderNews(what="a second person was left in bed"), by=COMMISSIONER)
    assert "a second person was left in bed" in read_beside(office, case, ResponseSettled)
    stop = stop_of(office, case)
    assert "StopLookedAt of commissioning-officer" in asked(office, stop)  # now, and not on its day
    assert "a second person was left in bed" in read_beside(office, stop, StopLookedAt)
    office.answer(case, settled(R.RENEGOTIATE, R.STOP, R.STOP_SIGNPOSTING), by=COMMISSIONER)
    assert asked(office, case).count("ContractRenegotiated of commissioning-officer") == 1
    assert "SignpostingStopped of commissioning-officer" in asked(office, case)
    assert len(opened_by(office, case, provider_stop)) == 1


# ------------------------------------------------------------------ the plan


@pytest.mark.clauses("REA-47")
def test_a_plan_is_looked_at_until_it_is_met(office: Office) -> None:
    """REA-47: agreed and watched; each look names the next."""
    case = chosen(office, R.ACTION_PLAN)
    office.answer(case, PLAN, by=COMMISSIONER)
    office.today_is("2026-01-26 08:29")
    assert asked(office, case) == []
    office.today_is("2026-01-26 08:30")
    assert asked(office, case) == ["ActionPlanLookedAt of commissioning-officer"]
    not_yet = ActionPlanLookedAt(is_met=False, what_was_seen="half", looked_at_again_on=date(2026, 2, 27))
    office.answer(case, not_yet, by=COMMISSIONER)
    assert not office.is_closed(case)
    office.today_is("2026-02-27 09:00")
    office.answer(case, ActionPlanLookedAt(is_met=True, what_was_seen="all calls"), by=COMMISSIONER)
    assert office.outcome_of(case) == "every response is done"


def test_a_plan_that_is_not_met_is_not_let_go(office: Office) -> None:
    """REA-47: it is looked at again, or it is on record what is done instead."""
    with pytest.raises(AnswerRefused, match="looked at again"):
        ActionPlanLookedAt.read({"is_met": False, "what_was_seen": "nothing"})
    with pytest.raises(AnswerRefused, match="at the latest"):
        ActionPlanAgreed.read(PLAN.model_dump() | {"looked_at_on": date(2026, 3, 2)})


# ------------------------------------------------------------------ the stop


@pytest.mark.clauses("REA-47")
def test_a_stop_holds_from_the_moment_of_the_decision_until_it_is_lifted(office: Office) -> None:
    """REA-47: looked at on the day named; nothing but a decision lifts it, however long that takes."""
    case = chosen(office, R.STOP)
    stop = stop_of(office, case)
    assert is_stopped(office, "kestrel-care")
    assert "not to be used for anybody new from now on" in read_beside(office, stop, StopHeeded)
    office.answer(stop, HEEDED, by="brokerage-officer")
    office.today_is("2026-01-19 08:29")
    assert asked(office, stop) == []
    office.today_is("2026-01-19 08:30")
    assert asked(office, stop) == ["StopLookedAt of commissioning-officer"]
    office.days_pass(30)
    assert is_stopped(office, "kestrel-care")
    on = StopLookedAt(goes_on=True, reasons="not all calls are whole", looked_at_again_on=date(2026, 3, 2))
    office.answer(stop, on, by=COMMISSIONER)
    assert is_stopped(office, "kestrel-care")
    with office.council.database.read() as session:
        assert session.scalars(select(ProviderStop)).one().looked_at_again_on == date(2026, 3, 2)
    office.today_is("2026-03-02 09:00")
    office.answer(stop, LIFT, by=COMMISSIONER)
    assert not is_stopped(office, "kestrel-care")
    assert not office.is_closed(case)  # whoever finds care has to know of that too
    assert "The stop is lifted" in read_beside(office, stop, StopHeeded)
    office.answer(stop, HEEDED, by="brokerage-officer")
    assert office.outcome_of(stop) == "lifted"
    assert office.outcome_of(case) == "every response is done"


@pytest.mark.clauses("REA-47")
def test_a_case_does_not_end_while_its_stop_holds(office: Office) -> None:
    """REA-47: nobody would look at it again."""
    case = chosen(office, R.STOP, R.RENEGOTIATE)
    stop = stop_of(office, case)
    office.answer(stop, HEEDED, by="brokerage-officer")
    office.answer(case, TERMS, by=COMMISSIONER)
    assert not office.is_closed(case)
    assert office.waiting_for(stop) == ["stop-looked-at, due 2026-01-19 08:30"]


@pytest.mark.clauses("REA-47")
def test_only_who_may_decide_about_a_provider_lifts_a_stop(office: Office) -> None:
    """REA-47: neither brokerage nor whoever raised the concern; and never without reasons or the next day."""
    case = chosen(office, R.STOP)
    office.today_is("2026-01-19 09:00")
    for other in ("practitioner", "brokerage-officer"):
        with pytest.raises(NotTheirs):
            office.answer(stop_of(office, case), LIFT, by=other)
    assert is_stopped(office, "kestrel-care")
    for wrong in ({"goes_on": False}, {"goes_on": True, "reasons": "so"}):
        with pytest.raises(AnswerRefused):
            StopLookedAt.read(wrong)


@pytest.mark.clauses("REA-47")
def test_a_stopped_provider_is_offered_to_nobody(office: Office) -> None:
    """REA-47: brokerage's door refuses it while the stop holds, and takes it once it is lifted."""
    case = chosen(office, R.STOP)
    wanted = CareWanted(person="P-101", needs="calls", urgency=Urgency.DAYS, wanted_from=date(2026, 1, 7))
    search = office.start(brokerage, wanted)
    office.answer(search, SourcingBegun(begun="rang"), by="brokerage-officer")
    offer = ProviderOffered(found=True, provider="kestrel-care", offer="all", starts_on=date(2026, 1, 21))
    with pytest.raises(AnswerRefused, match="not to be used"):
        office.answer(search, offer, by="brokerage-officer")
    office.today_is("2026-01-19 09:00")
    office.answer(stop_of(office, case), LIFT, by=COMMISSIONER)
    office.answer(search, offer, by="brokerage-officer")


@pytest.mark.clauses("REA-47")
def test_two_stops_on_one_provider_are_lifted_one_by_one(office: Office) -> None:
    """REA-47: the one that is lifted says that the other still holds."""
    case, other = chosen(office, R.STOP), chosen(office, R.STOP)
    office.signal(case, ProviderNews(what="all is well here"), by=COMMISSIONER)
    stop = stop_of(office, case)
    office.answer(stop, LIFT, by=COMMISSIONER)
    assert is_stopped(office, "kestrel-care")
    assert f"(case {stop_of(office, other)})" in read_beside(office, stop, StopHeeded)


def test_the_same_case_may_stop_a_provider_again(office: Office) -> None:
    """REA-47: after it was lifted, news may call for it once more."""
    case = chosen(office, R.STOP, R.RENEGOTIATE)
    office.signal(case, ProviderNews(what="better"), by=COMMISSIONER)
    first = stop_of(office, case)
    office.answer(first, LIFT, by=COMMISSIONER)
    office.answer(first, HEEDED, by="brokerage-officer")
    office.answer(case, settled(R.STOP, stop_looked_at_on=date(2026, 2, 2)), by=COMMISSIONER)
    assert is_stopped(office, "kestrel-care")
    office.today_is("2026-02-02 09:00")
    (second,) = set(opened_by(office, case, provider_stop)) - {first}
    assert "StopLookedAt of commissioning-officer" in asked(office, second)


def test_a_stop_needs_a_provider_of_the_list_and_a_day(office: Office) -> None:
    """REA-47: what was only described is named now, or the stop would hold nowhere."""
    case = a_response(office, provider=None, provider_in_words="the green vans")
    with pytest.raises(AnswerRefused, match="provider: a stop holds for a provider of the list"):
        office.answer(case, settled(R.STOP), by=COMMISSIONER)
    with pytest.raises(AnswerRefused, match="stop_looked_at_on"):
        ResponseSettled.read({"responses": ["stop"], "reasons": "many"})
    office.answer(case, settled(R.STOP, provider="bluebell-support"), by=COMMISSIONER)
    assert is_stopped(office, "bluebell-support")
    office.signal(case, ProviderNews(what="more"), by=COMMISSIONER)
    office.answer(case, settled(R.WRITE), by=COMMISSIONER)  # it need not be named again


# ------------------------------------------------------------------ to others outside


@pytest.mark.clauses("REA-47")
def test_the_regulator_is_told_by_a_person_and_through_the_gate(office: Office) -> None:
    """REA-47, GAP-09: it is done once it was given; where it was not, it is asked what follows."""
    case = chosen(office, R.NOTIFY_REGULATOR)
    (gate,) = gates_of(office, case)
    assert "Care Quality Commission" in read_beside(office, gate, DisclosureVerdict)
    gate_refuses(office, gate, giver=COMMISSIONER)
    assert asked(office, case) == ["NotGivenOn of commissioning-officer"]
    office.answer(case, NotGivenOn(content="that calls are short"), by=COMMISSIONER)
    (again,) = set(gates_of(office, case)) - {gate}
    assert "that calls are short" in read_beside(office, again, DisclosureVerdict)
    gate_allows(office, again, giver=COMMISSIONER)
    assert office.outcome_of(case) == "every response is done"


@pytest.mark.clauses("REA-47")
def test_joint_work_is_agreed_once_the_other_council_knows(office: Office) -> None:
    """REA-47: what they are given passes the gate; then it is asked what was agreed with them."""
    case = chosen(office, R.JOINT_WORK, provider="harbour-view")
    (gate,) = gates_of(office, case)
    assert "Eastmere Council" in read_beside(office, gate, DisclosureVerdict)
    gate_allows(office, gate, giver=COMMISSIONER)
    assert asked(office, case) == ["JointWorkDone of commissioning-officer"]
    office.answer(case, JointWorkDone(done_on=MONDAY, what_was_done="they visit, we write"), by=COMMISSIONER)
    assert office.is_closed(case)


def test_what_is_not_given_may_be_done_otherwise(office: Office) -> None:
    """REA-47: with what is done instead, on record."""
    case = chosen(office, R.JOINT_WORK, provider="harbour-view")
    (gate,) = gates_of(office, case)
    gate_refuses(office, gate, giver=COMMISSIONER)
    office.answer(case, NotGivenOn(instead="they have written to us themselves"), by=COMMISSIONER)
    assert office.is_closed(case)


def outside_our_remit(office: Office) -> None:
    """Harbour View, in Eastmere's area: nobody here buys from it any more."""
    with office.council.database.write() as session:
        session.get_one(Provider, "harbour-view").commissioned = False


@pytest.mark.clauses("REA-43")
def test_a_provider_that_is_nobody_s_here_is_passed_to_the_council_there(office: Office) -> None:
    """GAP-37: reported all the same, and passed on through the gate before anything is chosen; else it is asked."""
    outside_our_remit(office)
    case = a_response(office, provider="harbour-view")
    (gate,) = gates_of(office, case)
    assert "Eastmere Council" in read_beside(office, gate, DisclosureVerdict)
    office.answer(case, settled(), by=COMMISSIONER)
    assert not office.is_closed(case)
    gate_allows(office, gate, giver=COMMISSIONER)
    assert office.is_closed(case)


@pytest.mark.clauses("REA-43")
@pytest.mark.parametrize("provider", ["kestrel-care", "larch-court", "harbour-view"])
def test_what_somebody_here_answers_for_is_passed_to_nobody(office: Office, provider: str) -> None:
    """REA-43: bought from by us, or in our area."""
    assert gates_of(office, a_response(office, provider=provider)) == []


def test_a_council_may_keep_what_is_elsewhere_to_itself(office: Office) -> None:
    """GAP-37, the other way (REA-43)."""
    gaps_are(office, commissioning_remit={"out_of_area_to_host_authority": False})
    outside_our_remit(office)
    assert gates_of(office, a_response(office, provider="harbour-view")) == []


# ------------------------------------------------------------------ the people who use it


def packages(office: Office, *rows: dict[str, Any]) -> None:
    """These people have care from Kestrel Care besides Daphne Okafor (P-114)."""
    with office.council.database.write() as session:
        for row in rows:
            session.add(CarePackage(provider_id="kestrel-care", **{"since": date(2025, 1, 1), "until": None} | row))


@pytest.mark.clauses("REA-47")
def test_everybody_with_care_from_it_is_told_whoever_pays(office: Office) -> None:
    """REA-47, GAP-48: whose care has ended is not; each in the way that suits them, by whoever looks after them."""
    packages(
        office,
        {"person_id": "P-105", "paid_by": "self"},
        {"person_id": "P-101", "paid_by": "direct-payment"},
        {"person_id": "P-102", "paid_by": "council", "until": MONDAY},
    )
    office.writes_to_people_by(SentBy.EMAIL)
    register_is_fresh(office, MONDAY)
    case = chosen(office, R.WRITE)
    office.answer(case, LETTER, by=COMMISSIONER)
    letters = opened_by(office, case, provider_letter)
    assert len(letters) == 3
    (sent,) = office.sent_to_people()
    assert "calls are short" in sent.body
    by_hand = [one for one in letters if asked(office, one)]
    assert len(by_hand) == 2
    assert not office.is_closed(case)
    for one in by_hand:
        whom = asked(office, one)[0].removeprefix("PersonToBeTold of ")
        by = whom if whom.startswith("practitioner") else "team-manager"
        office.answer(one, PersonToBeTold(reached=True, how="rang"), by=by)
    office.hours_pass(1)
    office.days_pass(3)
    assert office.outcome_of(case) == "every response is done"


@pytest.mark.clauses("REA-47")
def test_nobody_writes_to_somebody_who_has_died_or_against_a_safe_contact_rule(office: Office) -> None:
    """REA-47: the first is told nothing; for the second somebody keeps to the rule that stands beside the form."""
    packages(office, {"person_id": "P-119", "paid_by": "council"}, {"person_id": "P-111", "paid_by": "self"})
    office.writes_to_people_by(SentBy.EMAIL)
    register_is_fresh(office, MONDAY)
    with office.council.database.write() as session:
        assert session.get_one(Person, "P-119").died_on is not None
    case = chosen(office, R.WRITE)
    office.answer(case, LETTER, by=COMMISSIONER)
    assert office.sent_to_people() == []
    outcomes = [office.outcome_of(one) for one in opened_by(office, case, provider_letter) if office.is_closed(one)]
    assert outcomes == ["not told"]
    beside = [read_beside(office, one, PersonToBeTold) for one in opened_by(office, case, provider_letter)
              if not office.is_closed(one)]  # fmt: skip
    assert any("call the mobile between 10 and 12 only" in one for one in beside)


# ------------------------------------------------------------------ support


def asked_for_support(office: Office) -> tuple[str, str]:
    """Commissioning asks Priya Nair for more; gives its case, and the one in which she is asked."""
    case = a_response(office)
    office.signal(case, SUPPORT, by=COMMISSIONER)
    (support,) = opened_by(office, case, commissioning_support)
    return case, support


@pytest.mark.clauses("REA-48", "REA-49")
def test_who_is_asked_for_support_gives_it(office: Office) -> None:
    """REA-48: what they give comes to commissioning's case, which does not end before."""
    case, support = asked_for_support(office)
    assert asked(office, support) == ["SupportGiven of practitioner"]
    office.answer(case, settled(), by=COMMISSIONER)
    assert not office.is_closed(case)
    office.answer(support, SupportGiven(given="2, 3 and 9 December"), by="practitioner")
    assert office.outcome_of(support) == "support given"
    assert office.outcome_of(case) == "nothing was called for"
    office.digest_goes_out()
    assert any("support has come" in one.body for one in office.inbox("staff-commissioning-officer"))


@pytest.mark.clauses("REA-49")
def test_an_exception_is_judged_by_the_line_manager_with_legal_advice_in_two_working_days(office: Office) -> None:
    """REA-49, GAP-42: of their own team; the advice stands beside the form, reasons on record; late is heard of."""
    _, support = asked_for_support(office)
    office.answer(support, EXCEPTION, by="practitioner")
    assert office.waiting_for(support)[:2] == [
        "CoOperationAdvice of legal, due 2026-01-07 17:00",
        "CoOperationJudged of team-manager, due 2026-01-07 17:00",
    ]
    office.answer(support, CoOperationAdvice(advice="an afternoon is no hindrance"), by="legal-officer")
    assert "an afternoon is no hindrance" in read_beside(office, support, CoOperationJudged)
    for missing in ("legal_advice", "reasons"):
        with pytest.raises(AnswerRefused, match=missing):
            CoOperationJudged.read({"holds": True, "legal_advice": "x", "reasons": "y"} | {missing: ""})
    office.today_is("2026-01-08 08:46")
    assert any("an exception is not judged" in one.body for one in office.inbox("strategic-manager"))
    judged = CoOperationJudged(holds=False, legal_advice="no hindrance", reasons="tomorrow will do")
    office.answer(support, judged, by="team-manager")
    assert asked(office, support) == ["SupportGiven of practitioner"]
    assert "does not hold: tomorrow will do" in read_beside(office, support, SupportGiven)


@pytest.mark.clauses("REA-49")
def test_where_an_exception_holds_commissioning_hears_why(office: Office) -> None:
    """REA-49: the exception relied on is on record, and the case goes on without them."""
    case, support = asked_for_support(office)
    office.answer(support, EXCEPTION, by="practitioner")
    judged = CoOperationJudged(holds=True, legal_advice="it does", reasons="both cannot be moved")
    office.answer(support, judged, by="team-manager")
    assert office.outcome_of(support) == "an exception holds"
    assert asked(office, support) == []
    office.signal(case, ProviderNews(what="none"), by=COMMISSIONER)
    assert "both cannot be moved" in read_beside(office, case, ResponseSettled)


def test_nobody_declines_without_one_of_the_two_exceptions(office: Office) -> None:
    """REA-49: neither silence nor a reason of another kind is an answer."""
    for wrong in ({}, {"because": "busy"}, {"exception": "busy", "because": "busy"}, {"exception": "care-act"}):
        with pytest.raises(AnswerRefused):
            SupportGiven.read(wrong)


# ------------------------------------------------------------------ what commissioning reads


@pytest.mark.clauses("REA-38", "REA-47")
def test_whoever_decides_reads_what_the_provider_is_and_how_many_use_it(office: Office) -> None:
    """REA-38: registration, contract, area and use, as the register has them now."""
    case = a_response(office)
    beside = read_beside(office, case, ResponseSettled)
    assert "Kestrel Care at Home" in beside
    assert "registered, bought from by us, in our area, run by independent" in beside
    assert "1 people receive care from it" in beside
    assert "two late calls last month" in beside
