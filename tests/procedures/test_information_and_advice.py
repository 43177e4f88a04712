"""Information and advice: for anybody, understood, and followed up until they say it helped (DUTY-51 to DUTY-61)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.advocacy import advocacy
from flows.disclosure import disclosure
from flows.information_and_advice import information_and_advice
from models.forms.advice import (
    AdviceFollowUpTakenOn,
    AdviceGiven,
    AdviceJudged,
    AdviceRisk,
    AdviceWanted,
    AdviceWay,
    AdvocateView,
    ResourceKind,
    ResourceUsed,
    SaidBy,
)
from models.forms.base import AnswerRefused
from models.forms.contact_resolution import ReferralOut
from models.forms.handover import HandoverReply
from models.forms.telling_people import StillNotReached
from models.forms.written_contact import FurtherMessage
from models.person_messages import SentBy
from models.policy.gaps.duty import FollowUpMeans, Resource
from models.register import Person
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside, register_is_fresh
from tests.procedures.reablement_stories import in_reablement, notes_of
from tests.procedures.tray_stories import policy_with

GIVEN = AdviceGiven(
    way=AdviceWay.DIRECTLY,
    what_was_given="how to ask for a carer's assessment",
    accessible="in large print, and gone through by telephone",
    needs_help=False,
    risk=AdviceRisk.HIGH,
    may_ring=True,
)
LOW = GIVEN.model_copy(update={"risk": AdviceRisk.LOW, "may_ring": False})
HELPED = AdviceJudged(
    reached=True, tried="rang", said_by=SaidBy.PERSON, helped=True, their_words="the carers centre has rung back"
)
DID_NOT_HELP = AdviceJudged(
    reached=True,
    tried="rang",
    said_by=SaidBy.CARER,
    helped=False,
    their_words="the number is dead",
    what_else="somebody to ring for them",
)
NO_ANSWER = AdviceJudged(reached=False, tried="rang twice")
WROTE_BACK = FurtherMessage(mail_id="M-EXAMPLE2", sender="mei-ling.cheung@example.org", subject="Re", text="Thank you!")
MEI_LING = "P-105"
"""She wishes to hear by e-mail."""


def advising(office: Office, **changes: Any) -> str:
    """Somebody asks duty about help for her husband; by default Harold Brisco."""
    facts = {"what": "help for carers", "about_person": "P-104"}
    return office.start(information_and_advice, AdviceWanted.model_validate(facts | changes))


def advised(office: Office, given: AdviceGiven = GIVEN, **changes: Any) -> str:
    """They were advised this morning, Monday 5 January 2026."""
    case = advising(office, **changes)
    office.answer(case, given, by="duty-worker")
    return case


def low_risk_by_email(office: Office) -> str:
    """Mei-Ling was advised four weeks ago, and little hangs on it: the morning of the message has come."""
    office.writes_to_people_by(SentBy.EMAIL)
    case = advised(office, LOW, about_person=MEI_LING)
    office.today_is("2026-02-02 08:00")
    register_is_fresh(office, date(2026, 2, 2))
    office.today_is("2026-02-02 09:00")
    return case


# ------------------------------------------------------------------ giving it


@pytest.mark.clauses("DUTY-51", "REA-26")
@pytest.mark.parametrize("way", AdviceWay)
def test_it_is_given_directly_or_they_are_brought_to_it(office: Office, way: AdviceWay) -> None:
    """DUTY-51, REA-26: either way counts, money included, and a note shows what they have."""
    case = advising(office)
    assert office.waiting_for(case) == ["AdviceGiven of duty-worker, due 2026-01-07 17:00"]
    office.answer(case, GIVEN.model_copy(update={"way": way, "about_money": "respite is charged"}), by="duty-worker")
    (note,) = notes_of(office, case)
    assert "how to ask for a carer's assessment" in note
    assert "respite is charged" in note


@pytest.mark.clauses("DUTY-52")
@pytest.mark.parametrize(
    "who",
    [
        {"about_person": "P-104"},
        {"about_person": None, "called": "Ada Finch, 01632 960 180, lives in Ashton"},
        {"about_person": None},
    ],
    ids=["known", "lives elsewhere", "no name"],
)
def test_anybody_who_asks_is_advised(office: Office, who: dict[str, Any]) -> None:
    """DUTY-52: known or not, living here or not, with a name or without: nothing of it is a condition."""
    case = advising(office, **who)
    assert "Advise anybody who asks." in read_beside(office, case, AdviceGiven)
    nobody_to_ask = not (who["about_person"] or who.get("called"))
    because = "gave no name" if nobody_to_ask else ""
    office.answer(case, GIVEN.model_copy(update={"no_follow_up_because": because}), by="duty-worker")
    assert office.outcome_of(case) == ("not asked whether it helped" if nobody_to_ask else None)


def test_policy_may_read_the_duty_as_one_to_local_residents(office: Office) -> None:
    """GAP-52: whoever gives it is told to bring others to their own council (DUTY-52)."""
    office.policy_becomes(policy_with(readings={"advise_anyone_who_asks": False}))
    assert "bring others to the council where they live" in read_beside(office, advising(office), AdviceGiven)


@pytest.mark.clauses("DUTY-53", "DUTY-54", "DUTY-55", "REA-28")
def test_resources_of_the_council_and_of_the_country_stand_beside_the_form(office: Office) -> None:
    """DUTY-53 to DUTY-55, REA-28: local ones from policy, national ones; what they were pointed to is recorded."""
    scheme = Resource(name="Community Navigators", where="01632 960 190")
    office.policy_becomes(policy_with(advice_follow_up={"resources": (scheme,)}))
    case = advising(office)
    beside = read_beside(office, case, AdviceGiven)
    assert "Community Navigators: 01632 960 190" in beside
    assert "Carers UK: https://www.carersuk.org" in beside
    used = tuple(ResourceUsed(kind=kind, name=f"{kind} one", specialist=True) for kind in ResourceKind)
    office.answer(case, GIVEN.model_copy(update={"resources": used}), by="duty-worker")
    assert all(f"{kind} one" in notes_of(office, case)[0] for kind in ResourceKind)


@pytest.mark.clauses("DUTY-54")
def test_a_referral_outside_the_council_is_given_leave_first(office: Office) -> None:
    """DUTY-54: a scheme outside the council is told nothing before the disclosure gate has let it pass."""
    referral = ReferralOut(recipient="community scheme", purpose="company", content="he is alone at noon")
    case = advised(office, GIVEN.model_copy(update={"referrals_out": (referral,)}))
    assert len(office.cases(disclosure)) == 1
    assert not office.is_closed(case)


@pytest.mark.clauses("DUTY-56", "REA-27")
def test_their_needs_stand_beside_the_form_and_how_they_are_met_is_said(office: Office) -> None:
    """DUTY-56, REA-27: large print is in the register, so whoever gives it sees it, and says what was done."""
    case = advising(office, about_person="P-103")
    assert "Needs: large print" in read_beside(office, case, AdviceGiven)
    with pytest.raises(AnswerRefused, match="accessible"):
        AdviceGiven.read(GIVEN.model_dump() | {"accessible": ""})


@pytest.mark.clauses("DUTY-57")
def test_who_seems_to_need_help_to_understand_has_all_three_kinds_considered(office: Office) -> None:
    """DUTY-57: somebody close, a simpler form, an advocate; an advocate who is wanted is looked for at once."""
    whole = {
        "needs_help": True,
        "somebody_near": "his wife",
        "made_simpler": "drew it for him",
        "advocate": AdvocateView.WANTED,
        "advocate_because": "his wife is as unsure as he is",
    }
    for missing in ("somebody_near", "made_simpler", "advocate", "advocate_because"):
        with pytest.raises(AnswerRefused, match=f"{missing}: all three kinds of help"):
            AdviceGiven.read({name: value for name, value in (GIVEN.model_dump() | whole).items() if name != missing})
    case = advised(office, GIVEN.model_copy(update=whole))
    assert len(office.cases(advocacy)) == 1
    assert not office.is_closed(case)

    stranger = advising(office, about_person=None, called="Ada Finch")
    with pytest.raises(AnswerRefused, match="give the referral to an advocacy service here"):
        office.answer(stranger, GIVEN.model_copy(update=whole), by="duty-worker")


def test_no_advocate_is_looked_for_where_none_is_needed(office: Office) -> None:
    """DUTY-57: it was considered, and that is enough."""
    helped = {
        "needs_help": True,
        "somebody_near": "his wife",
        "made_simpler": "drew it",
        "advocate": AdvocateView.NOT_NEEDED,
        "advocate_because": "his wife explains it",
    }
    advised(office, GIVEN.model_copy(update=helped))
    assert office.cases(advocacy) == []


# ------------------------------------------------------------------ whether it helped


@pytest.mark.clauses("DUTY-58", "DUTY-59", "DUTY-60")
@pytest.mark.parametrize(("risk", "day"), [(AdviceRisk.HIGH, "2026-01-12"), (AdviceRisk.MODERATE, "2026-01-19")])
def test_the_day_goes_by_the_risk_and_they_judge(office: Office, risk: AdviceRisk, day: str) -> None:
    """DUTY-58 to DUTY-60, GAP-08: seven or fourteen days; nobody else says whether it helped."""
    case = advised(office, GIVEN.model_copy(update={"risk": risk}))
    office.today_is(f"{day} 08:00")
    assert asked(office, case) == []
    office.today_is(f"{day} 08:30")
    assert office.waiting_for(case) == [f"AdviceJudged of duty-worker, due {day} 17:00"]
    assert "They agree to be rung." in read_beside(office, case, AdviceJudged)
    for missing in ("said_by", "helped", "their_words"):
        with pytest.raises(AnswerRefused, match="said_by, helped and their_words"):
            AdviceJudged.read({name: value for name, value in HELPED.model_dump().items() if name != missing})
    assert {one.value for one in SaidBy} == {"person", "carer", "representative"}
    office.answer(case, HELPED, by="duty-worker")
    assert office.outcome_of(case) == "it helped"
    assert "the carers centre has rung back" in notes_of(office, case)[-1]


@pytest.mark.clauses("DUTY-59", "DUTY-60")
def test_another_day_may_be_agreed_that_is_no_later(office: Office) -> None:
    """DUTY-60: Thursday suits her; a day beyond what the risk allows is refused at the door."""
    case = advising(office)
    with pytest.raises(AnswerRefused, match="Monday 12 January 2026 at the latest"):
        office.answer(case, GIVEN.model_copy(update={"follow_up_on": date(2026, 1, 13)}), by="duty-worker")
    office.answer(case, GIVEN.model_copy(update={"follow_up_on": date(2026, 1, 8)}), by="duty-worker")
    office.today_is("2026-01-08 09:00")
    assert asked(office, case) == ["AdviceJudged of duty-worker"]


@pytest.mark.clauses("DUTY-58")
def test_what_did_not_help_is_followed_by_what_else_they_need(office: Office) -> None:
    """DUTY-58: they are advised again, with what they said beside the form, and asked again a week later."""
    case = advised(office)
    office.today_is("2026-01-12 09:00")
    with pytest.raises(AnswerRefused, match="what_else"):
        AdviceJudged.read(DID_NOT_HELP.model_dump() | {"what_else": ""})
    office.answer(case, DID_NOT_HELP, by="duty-worker")
    assert asked(office, case) == ["AdviceGiven of duty-worker"]
    beside = read_beside(office, case, AdviceGiven)
    assert "It did not help: the number is dead. They need: somebody to ring for them" in beside
    office.answer(case, GIVEN, by="duty-worker")
    office.today_is("2026-01-19 09:00")
    office.answer(case, HELPED, by="duty-worker")
    assert office.outcome_of(case) == "it helped"


@pytest.mark.clauses("DUTY-58")
def test_who_cannot_be_reached_is_tried_on_each_working_day_until_a_manager_decides(office: Office) -> None:
    """DUTY-58, GAP-19: three tries, then the team manager says whether it goes on."""
    case = advised(office)
    for day in ("2026-01-12", "2026-01-13", "2026-01-14"):
        office.today_is(f"{day} 09:00")
        office.answer(case, NO_ANSWER, by="duty-worker")
    assert asked(office, case) == ["StillNotReached of team-manager"]
    assert "Tried 3 times. Last: rang twice" in read_beside(office, case, StillNotReached)
    office.answer(case, StillNotReached(try_again=True, what_to_do="try the daughter"), by="team-manager")
    office.today_is("2026-01-15 09:00")
    assert "try the daughter" in read_beside(office, case, AdviceJudged)
    for day in ("2026-01-15", "2026-01-16", "2026-01-19"):
        office.today_is(f"{day} 09:00")
        office.answer(case, NO_ANSWER, by="duty-worker")
    office.answer(case, StillNotReached(try_again=False, what_to_do="they moved away"), by="team-manager")
    assert office.outcome_of(case) == "not known whether it helped"


def test_who_does_not_want_to_be_asked_is_not(office: Office) -> None:
    """DUTY-59: it was their answer, and it stands."""
    case = advised(office, GIVEN.model_copy(update={"no_follow_up_because": "wants no calls from us"}))
    assert office.outcome_of(case) == "not asked whether it helped"


def test_who_does_not_want_to_be_asked_any_more_is_not(office: Office) -> None:
    """DUTY-59: said on the day itself, with the reason."""
    case = advised(office)
    office.today_is("2026-01-12 09:00")
    office.answer(case, NO_ANSWER.model_copy(update={"no_longer_wanted": "has asked us not to"}), by="duty-worker")
    assert office.outcome_of(case) == "not known whether it helped"


def test_nobody_rings_somebody_who_has_died(office: Office) -> None:
    """GAP-53: by the day the register shows the death; nobody is asked to ask them (DUTY-58)."""
    case = advised(office)
    with office.council.database.write() as session:
        session.get_one(Person, "P-104").died_on = date(2026, 1, 9)
    office.today_is("2026-01-12 09:00")
    assert asked(office, case) == []
    assert office.outcome_of(case) == "not known whether it helped"


# ------------------------------------------------------------------ one message


@pytest.mark.clauses("DUTY-58", "DUTY-60")
def test_at_low_risk_one_message_asks_and_its_answer_is_read_as_theirs(office: Office) -> None:
    """DUTY-58, GAP-08: after four weeks; what she writes back stands beside the form, and nobody reads it twice."""
    case = low_risk_by_email(office)
    (sent,) = office.sent_to_people()
    assert sent.subject == f"Did it help? [{case}]"
    assert "carer" not in sent.body
    assert asked(office, case) == []

    office.days_pass(2)
    office.signal(case, WROTE_BACK)
    assert asked(office, case) == ["AdviceJudged of duty-worker"]
    assert "Thank you!" in read_beside(office, case, AdviceJudged)
    office.answer(case, HELPED, by="duty-worker")
    assert office.outcome_of(case) == "it helped"


@pytest.mark.clauses("DUTY-58")
def test_at_low_risk_a_message_that_nobody_answers_is_enough(office: Office) -> None:
    """GAP-08: two weeks for an answer, then it is not known; a council may wait longer (DUTY-58)."""
    case = low_risk_by_email(office)
    office.today_is("2026-02-15 12:00")
    assert not office.is_closed(case)
    office.today_is("2026-02-16 12:00")
    assert office.outcome_of(case) == "not known whether it helped"
    assert len(office.sent_to_people()) == 1


def test_at_higher_risk_silence_is_not_enough(office: Office) -> None:
    """GAP-08: she did not agree to be rung, so a message asks; when she is silent somebody finds out (DUTY-58)."""
    office.writes_to_people_by(SentBy.EMAIL)
    case = advised(office, GIVEN.model_copy(update={"may_ring": False}), about_person=MEI_LING)
    office.today_is("2026-01-12 08:00")
    register_is_fresh(office, date(2026, 1, 12))
    office.today_is("2026-01-12 09:00")
    assert len(office.sent_to_people()) == 1
    office.today_is("2026-01-26 12:00")
    assert asked(office, case) == ["AdviceJudged of duty-worker"]
    assert "They have not agreed to be rung" in read_beside(office, case, AdviceJudged)


def test_policy_may_ring_those_who_have_not_agreed_to_it(office: Office) -> None:
    """GAP-08: by default only those are rung who agreed; the opposite is the council's to choose (DUTY-60)."""
    office.policy_becomes(policy_with(advice_follow_up={"calls_only_where_agreed": False}))
    office.writes_to_people_by(SentBy.EMAIL)
    case = advised(office, GIVEN.model_copy(update={"may_ring": False}), about_person=MEI_LING)
    office.today_is("2026-01-12 09:00")
    assert asked(office, case) == ["AdviceJudged of duty-worker"]
    assert office.sent_to_people() == []


@pytest.mark.clauses("DUTY-58")
def test_whom_no_machine_may_write_to_is_asked_by_somebody(office: Office) -> None:
    """DUTY-58: large print is more than a message can do, so whoever advised him asks in the way that suits him."""
    office.writes_to_people_by(SentBy.EMAIL)
    case = advised(office, LOW, about_person="P-103")
    office.today_is("2026-02-02 09:00")
    assert office.sent_to_people() == []
    assert asked(office, case) == ["AdviceJudged of duty-worker"]
    assert "Needs: large print" in read_beside(office, case, AdviceJudged)


@pytest.mark.parametrize(("one_in", "rung"), [(1, True), (10**9, False)])
def test_policy_may_ring_a_sample_of_those_at_low_risk(office: Office, one_in: int, rung: bool) -> None:
    """GAP-08: instead of a message to everybody one in so many is rung; the others are not asked (DUTY-58)."""
    sample = {"low_risk_by": FollowUpMeans.SAMPLE, "sample_one_in": one_in}
    office.policy_becomes(policy_with(advice_follow_up=sample))
    case = advised(office, LOW.model_copy(update={"may_ring": True}))
    assert office.outcome_of(case) == (None if rung else "not asked whether it helped")
    office.today_is("2026-02-02 09:00")
    assert asked(office, case) == (["AdviceJudged of duty-worker"] if rung else [])


@pytest.mark.clauses("REA-27")
@pytest.mark.parametrize("too", [True, False])
@pytest.mark.parametrize("whose", [{"about_person": "P-101"}, {"about_person": None, "called": "Joan Tilling"}])
def test_it_is_followed_up_in_reablement_too_where_policy_says_so(
    office: Office, whose: dict[str, Any], too: bool
) -> None:
    """GAP-08, REA-27: by default it is; the opposite leaves it with having been given."""
    office.policy_becomes(policy_with(advice_follow_up={"in_reablement_too": too}))
    plan = in_reablement(office)
    facts = {"what": "equipment", "given_by": "staff-reablement-worker"} | whose
    wanted = AdviceWanted.model_validate(facts | ({} if whose["about_person"] else {"came_from": plan}))
    case = office.start(information_and_advice, wanted)
    assert asked(office, case) == ["AdviceGiven of reablement-worker"]
    office.answer(case, GIVEN, by="reablement-worker")
    office.today_is("2026-01-12 09:00")
    assert asked(office, case) == (["AdviceJudged of reablement-worker"] if too else [])
    at_duty = advised(office)
    assert not office.is_closed(at_duty)


# ------------------------------------------------------------------ who asks them


@pytest.mark.clauses("DUTY-61")
def test_somebody_else_who_agrees_owns_it_and_is_asked_on_the_day(office: Office) -> None:
    """DUTY-61: the practitioner takes it on, and on the day it is in her worklist and in nobody else's."""
    case = advised(office, GIVEN.model_copy(update={"followed_up_by": "practitioner"}))
    assert asked(office, case) == ["AdviceFollowUpTakenOn of practitioner"]
    assert "Monday 12 January 2026" in read_beside(office, case, AdviceFollowUpTakenOn)
    office.answer(case, AdviceFollowUpTakenOn(reply=HandoverReply.ACCEPT), by="practitioner")
    assert office.case(case).owner == "staff-practitioner"
    office.today_is("2026-01-12 09:00")
    assert asked(office, case) == ["AdviceJudged of practitioner"]


@pytest.mark.clauses("DUTY-61")
@pytest.mark.parametrize("refuses", [True, False])
def test_until_somebody_agrees_it_stays_with_whoever_gave_it(office: Office, refuses: bool) -> None:
    """DUTY-61, GAP-05: a refusal and silence both leave it with duty, who hears so and asks on the day."""
    case = advised(office, GIVEN.model_copy(update={"followed_up_by": "practitioner"}))
    if refuses:
        no = AdviceFollowUpTakenOn(reply=HandoverReply.REFUSE, reason="not my person")
        office.answer(case, no, by="practitioner")
    else:
        office.today_is("2026-01-06 17:00")
    assert asked(office, case) == []
    office.digest_goes_out()
    assert any("asking whether it helped stays with you" in one.body for one in office.inbox("staff-duty-worker"))
    office.today_is("2026-01-12 09:00")
    assert asked(office, case) == ["AdviceJudged of duty-worker"]


def test_nobody_asked_is_chased_up_the_line(office: Office) -> None:
    """DUTY-61: nobody asks them on the day, and those above hear of it; it waits on somebody named."""
    case = advised(office)
    office.today_is("2026-01-21 12:00")
    assert any("Passed on to" in line for line in office.story_of(case))
    assert asked(office, case) == ["AdviceJudged of duty-worker"]


# ------------------------------------------------------------------ what they write meanwhile


def test_what_they_write_before_the_day_is_answered_at_once(office: Office) -> None:
    """DUTY-58: whoever writes of themselves is not left until the day that was agreed."""
    case = advised(office)
    office.days_pass(1)
    office.signal(case, WROTE_BACK)
    assert asked(office, case) == ["AdviceJudged of duty-worker"]
    assert "Thank you!" in read_beside(office, case, AdviceJudged)


def test_what_they_write_while_a_form_is_open_comes_to_stand_beside_it(office: Office) -> None:
    """Nobody reads it on a form of its own; the form they have in front of them says it (DUTY-58)."""
    case = advising(office)
    office.signal(case, WROTE_BACK)
    assert asked(office, case) == ["AdviceGiven of duty-worker"]
    assert "Thank you!" in read_beside(office, case, AdviceGiven)
    office.answer(case, GIVEN, by="duty-worker")
    office.today_is("2026-01-12 09:00")
    office.answer(case, NO_ANSWER, by="duty-worker")
    assert asked(office, case) == []
    office.signal(case, WROTE_BACK)
    assert asked(office, case) == ["AdviceJudged of duty-worker"]
