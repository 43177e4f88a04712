"""Who cannot be fully involved and has nobody to support them gets an independent advocate (DUTY-40 to DUTY-44)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.advocacy import advocacy
from flows.disclosure import disclosure
from models.durations import working_hours
from models.forms.advocacy import AdvocacyDecision, AdvocacyNeed, AdvocacyReferral, AdvocateFound, AdvocateKind
from models.forms.base import AnswerRefused, CaseFacts
from models.forms.disclosure import DisclosureMade, SecureWay
from models.policy import Policy
from models.policy.gaps.duty import AdvocacyStep
from tasks.advocacy.holding import advocacy_holds
from tasks.durable import closed, first_of, procedure
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_people import Listening, a_listening_case, heard, listens

REFERRAL: dict[str, Any] = {
    "talked_over": "he wants somebody who is not from the council",
    "kind": AdvocateKind.CARE_ACT,
    "service": "Wenbridge Voices",
    "to_be_given": "his name, and that he is to be assessed",
}
NEEDED = AdvocacyDecision(
    nobody_appropriate=True, substantial_difficulty=True, reasons="lives alone; loses the thread", **REFERRAL
)
GIVEN = DisclosureMade(given_on=date(2026, 1, 5), way=SecureWay.SECURE_EMAIL, given="as agreed")
NOT_YET = AdvocateFound(in_place=False, how_far="they have a list")
IN_PLACE = AdvocateFound(
    in_place=True, advocate="Olu Bright", service="Wenbridge Voices", independent=True, since=date(2026, 1, 5)
)


def a_need(office: Office, **changes: Any) -> str:
    """Harold Brisco is to be assessed, and may need an advocate."""
    facts = {"about_person": "P-104", "step": AdvocacyStep.ASSESSMENT, "what": "he was muddled on the telephone"}
    return office.start(advocacy, AdvocacyNeed.model_validate(facts | changes))


def referred(office: Office, **changes: Any) -> str:
    """He needs one, and the service was told today."""
    case = a_need(office, **changes)
    office.answer(case, NEEDED, by="duty-worker")
    office.answer(open_gate(office), GIVEN, by="duty-worker")
    return case


def open_gate(office: Office) -> str:
    """The disclosure that is not settled yet."""
    (found,) = (one for one in office.cases(disclosure) if not office.is_closed(one))
    return found


def with_hold(office: Office, **changes: Any) -> Policy:
    """The policy in force, with GAP-06 settled otherwise."""
    policy = office.council.policy
    hold = policy.gaps.advocacy_hold.model_copy(update=changes)
    return policy.model_copy(update={"gaps": policy.gaps.model_copy(update={"advocacy_hold": hold})})


# ------------------------------------------------------------------ a step that may have to wait


class Step(CaseFacts):
    """A step of some procedure, for one person."""

    person: str = "P-104"
    step: AdvocacyStep


@procedure(follows="the stories of advocacy")
def takes_a_step(wanted: Step) -> str:
    """Take the step once no advocate is waited for."""
    found = advocacy_holds(wanted.person, wanted.step)
    said = "" if found is None else found.in_words
    while found is not None:
        first_of(closed(found.case))
        found = advocacy_holds(wanted.person, wanted.step)
    return f"taken {said}".strip()


def step_of(office: Office, step: AdvocacyStep, person: str = "P-104") -> str:
    """Somebody wants to take that step; gives the case's ref."""
    return office.start(takes_a_step, Step(person=person, step=step))


# ------------------------------------------------------------------ the two conditions


@pytest.mark.clauses("DUTY-40", "DUTY-41")
@pytest.mark.parametrize(("nobody", "difficulty"), [(True, False), (False, True), (False, False)])
def test_unless_both_conditions_hold_nobody_is_referred(office: Office, nobody: bool, difficulty: bool) -> None:
    """DUTY-40: one of the two is not enough; why is on record, and nothing is held."""
    case = a_need(office)
    assert office.waiting_for(case)[0] == "AdvocacyDecision of duty-worker, due 2026-01-05 17:00"
    answer = AdvocacyDecision(nobody_appropriate=nobody, substantial_difficulty=difficulty, reasons="his niece helps")
    office.answer(case, answer, by="duty-worker")
    assert office.outcome_of(case) == "no advocate is needed"
    assert office.cases(disclosure) == []
    assert office.is_closed(step_of(office, AdvocacyStep.ASSESSMENT))


@pytest.mark.clauses("DUTY-40", "DUTY-43")
def test_where_both_hold_they_are_referred_today_through_the_gate(office: Office) -> None:
    """DUTY-40, DUTY-43: talked over with him, approved as routine, given, and asked after until one is there."""
    case = a_need(office)
    office.answer(case, NEEDED, by="duty-worker")
    (gate,) = office.cases(disclosure)
    assert asked(office, gate) == ["DisclosureMade of duty-worker"]
    assert "Wenbridge Voices" in read_beside(office, gate, DisclosureMade)
    office.answer(gate, GIVEN, by="duty-worker")
    assert asked(office, case) == ["AdvocateFound of duty-worker"]
    office.answer(case, IN_PLACE, by="duty-worker")
    assert office.outcome_of(case) == "an advocate is in place"


@pytest.mark.clauses("DUTY-43")
def test_a_referral_says_what_was_talked_over_and_what_may_be_given() -> None:
    """DUTY-43: each part is asked for on the same form, so that nothing is keyed again."""
    for missing in REFERRAL:
        with pytest.raises(AnswerRefused, match=f"say {missing}: an advocate is needed"):
            AdvocacyDecision.read(NEEDED.model_dump() | {missing: None if missing == "kind" else ""})


@pytest.mark.clauses("DUTY-44")
def test_the_kinds_of_advocate_are_there_to_choose_from() -> None:
    """DUTY-44: what the guidance tells apart is told on the form."""
    assert {str(one) for one in AdvocateKind} == {"care-act", "mental-capacity", "mental-health"}
    assert "guidance" in (AdvocacyDecision.__doc__ or "")


def test_what_is_known_already_is_not_asked_again(office: Office) -> None:
    """DUTY-40: whoever opened it knows both conditions, and the practitioner named is asked to refer at once."""
    case = a_need(office, nobody_appropriate=True, substantial_difficulty=True, decided_by="staff-practitioner")
    assert asked(office, case) == ["AdvocacyReferral of practitioner"]
    office.answer(case, AdvocacyReferral(**REFERRAL), by="practitioner")
    (gate,) = office.cases(disclosure)
    assert asked(office, gate) == ["DisclosureMade of practitioner"]


def test_only_one_condition_known_is_not_enough(office: Office) -> None:
    """DUTY-41: the other is still asked for."""
    assert asked(office, a_need(office, nobody_appropriate=True)) == ["AdvocacyDecision of duty-worker"]


def test_why_is_on_record_unless_policy_does_without(office: Office) -> None:
    """GAP-06: reasons are compulsory; another council leaves them to whoever decides (DUTY-40)."""
    case = a_need(office)
    unexplained = NEEDED.model_copy(update={"reasons": ""})
    with pytest.raises(AnswerRefused, match="reasons: say who could support them"):
        office.answer(case, unexplained, by="duty-worker")
    office.policy_becomes(with_hold(office, reason_required=False))
    office.answer(case, unexplained, by="duty-worker")
    assert len(office.cases(disclosure)) == 1


# ------------------------------------------------------------------ the same day


@pytest.mark.clauses("DUTY-41")
@pytest.mark.parametrize("decided", [False, True])
def test_a_manager_hears_of_a_day_without_a_referral(office: Office, decided: bool) -> None:
    """GAP-06: at 5pm nobody has decided, or what was decided was not given; it stays open (DUTY-41)."""
    case = a_need(office)
    if decided:
        office.answer(case, NEEDED, by="duty-worker")
    office.today_is("2026-01-05 17:00")
    office.digest_goes_out()
    assert any("not referred for an advocate" in one.body for one in office.inbox("team-manager"))
    assert not office.is_closed(case)


def test_a_referral_in_time_troubles_no_manager(office: Office) -> None:
    """GAP-06: given within the hour, so nothing is said at closing (DUTY-41)."""
    referred(office)
    office.today_is("2026-01-06 12:00")
    assert not any("not referred" in one.body for one in office.inbox("team-manager"))


def test_policy_says_by_when_they_are_referred(office: Office) -> None:
    """GAP-06: another council gives two working hours (DUTY-41)."""
    office.policy_becomes(with_hold(office, refer_by=working_hours(2)))
    assert office.waiting_for(a_need(office))[0] == "AdvocacyDecision of duty-worker, due 2026-01-05 11:00"


def test_what_was_not_given_is_referred_again(office: Office) -> None:
    """DUTY-40: the service was closed and nothing was given, so it is not forgotten, and a manager hears."""
    case = a_need(office)
    office.answer(case, NEEDED, by="duty-worker")
    office.answer(open_gate(office), DisclosureMade(not_given_because="nobody there"), by="duty-worker")
    assert asked(office, case) == ["AdvocacyReferral of duty-worker"]
    assert "was not given to the service" in read_beside(office, case, AdvocacyReferral)
    office.answer(case, AdvocacyReferral(**REFERRAL), by="duty-worker")
    office.answer(open_gate(office), GIVEN, by="duty-worker")
    assert asked(office, case) == ["AdvocateFound of duty-worker"]


@pytest.mark.parametrize("after", ["the decision", "the gate"])
def test_what_is_no_longer_needed_ends_with_its_reason(office: Office, after: str) -> None:
    """DUTY-40: he has died before he was referred; nobody need make up a referral to be rid of the question."""
    case = a_need(office)
    died = AdvocacyReferral(no_longer_needed="he died on Sunday")
    if after == "the gate":
        office.answer(case, NEEDED, by="duty-worker")
        office.answer(open_gate(office), DisclosureMade(not_given_because="he has died"), by="duty-worker")
        office.answer(case, died, by="duty-worker")
    else:
        answer = NEEDED.model_copy(update={"no_longer_needed": died.no_longer_needed})
        office.answer(case, answer, by="duty-worker")
    assert office.outcome_of(case) == "no longer needed"


# ------------------------------------------------------------------ until one is in place


@pytest.mark.clauses("DUTY-40", "DUTY-42")
def test_it_is_asked_until_one_is_in_place(office: Office) -> None:
    """DUTY-40: not yet on Monday and Tuesday, on Friday by the service's word, and then he is there."""
    case = referred(office)
    office.answer(case, NOT_YET, by="duty-worker")
    assert asked(office, case) == []
    office.today_is("2026-01-06 08:30")
    assert asked(office, case) == ["AdvocateFound of duty-worker"]
    assert "they have a list" in read_beside(office, case, AdvocateFound)
    office.answer(case, NOT_YET.model_copy(update={"ask_again_on": date(2026, 1, 9)}), by="duty-worker")
    office.today_is("2026-01-09 08:29")
    assert asked(office, case) == []
    office.today_is("2026-01-09 08:30")
    office.answer(case, IN_PLACE, by="duty-worker")
    assert office.is_closed(case)


def test_silence_is_chased_up_the_line(office: Office) -> None:
    """DUTY-42: nobody says whether one is in place, and the managers above hear of it."""
    case = referred(office)
    office.today_is("2026-01-12 12:00")
    story = " ".join(office.story_of(case))
    assert "Passed on to the team leader" in story
    assert "Passed on to the team manager" in story


@pytest.mark.clauses("DUTY-40")
@pytest.mark.parametrize("name", ["Priya Nair", "  priya   NAIR "])
def test_a_practitioner_is_never_an_independent_advocate(office: Office, name: str) -> None:
    """DUTY-40, GAP-31: somebody of ours does not count, however their name is written, nor does anybody not free."""
    case = referred(office)
    with pytest.raises(AnswerRefused, match="they are on our staff, and so not independent"):
        office.answer(case, IN_PLACE.model_copy(update={"advocate": name}), by="duty-worker")
    with pytest.raises(AnswerRefused, match="who is not, does not count"):
        AdvocateFound.read(IN_PLACE.model_dump() | {"independent": False})
    assert not office.is_closed(case)


def test_nobody_puts_it_off_for_long(office: Office) -> None:
    """DUTY-42: something may be waiting for it, so it is asked again within a week."""
    case = referred(office)
    with pytest.raises(AnswerRefused, match="ask_again_on: something may be waiting"):
        office.answer(case, NOT_YET.model_copy(update={"ask_again_on": date(2026, 1, 13)}), by="duty-worker")
    office.answer(case, NOT_YET.model_copy(update={"ask_again_on": date(2026, 1, 12)}), by="duty-worker")
    for missing in ({"advocate": ""}, {"service": ""}, {"since": None}):
        with pytest.raises(AnswerRefused, match="say advocate, service and since"):
            AdvocateFound.read(IN_PLACE.model_dump() | missing)
    with pytest.raises(AnswerRefused, match="say in how_far"):
        AdvocateFound.read({"in_place": False})


def test_the_case_that_needs_to_know_is_told(office: Office) -> None:
    """DUTY-42: what has waited for an advocate hears who it is, or that none comes."""
    waiting = a_listening_case(office)
    case = referred(office, came_from=waiting)
    office.answer(case, AdvocateFound(in_place=False, no_longer_needed="his niece has come"), by="duty-worker")
    assert heard(office, waiting) == [("AdvocacySettled", {"in_place": False, "what": "his niece has come"})]
    assert office.outcome_of(case) == "no longer needed"
    office.digest_goes_out()
    assert any("news of an advocate" in one.body for one in office.inbox("staff-team-leader"))

    case = referred(office, about_person="P-105", came_from=waiting)
    office.answer(case, IN_PLACE, by="duty-worker")
    assert heard(office, waiting)[-1] == (
        "AdvocacySettled",
        {"in_place": True, "what": "Olu Bright, Wenbridge Voices"},
    )


def test_who_has_said_it_themselves_is_not_told_of_it(office: Office) -> None:
    """Few interruptions: the case that waits is the duty worker's, who has said it herself (DUTY-42)."""
    waiting = office.start(listens, Listening(), owner="role-duty-worker")
    case = referred(office, came_from=waiting)
    office.answer(case, IN_PLACE, by="duty-worker")
    office.digest_goes_out()
    assert not any("news of an advocate" in one.body for one in office.inbox("duty-worker"))


@pytest.mark.parametrize(("found", "outcome"), [(True, "an advocate is in place"), (False, None)])
def test_nobody_is_referred_twice(office: Office, found: bool, outcome: str | None) -> None:
    """DUTY-40: two cases need an advocate for him; the second waits for the first, and asks only where none came."""
    first, second = referred(office), a_need(office, step=AdvocacyStep.REVIEW)
    assert asked(office, second) == []
    answer = IN_PLACE if found else AdvocateFound(in_place=False, no_longer_needed="not assessed after all")
    office.answer(first, answer, by="duty-worker")
    assert office.outcome_of(second) == outcome
    assert asked(office, second) == ([] if found else ["AdvocacyDecision of duty-worker"])


# ------------------------------------------------------------------ what waits


@pytest.mark.clauses("DUTY-42")
@pytest.mark.parametrize("step", [AdvocacyStep.ASSESSMENT, AdvocacyStep.REVIEW, AdvocacyStep.PLANNING])
def test_assessment_review_and_planning_wait_until_one_is_in_place(office: Office, step: AdvocacyStep) -> None:
    """DUTY-42, GAP-06: held for three days, which is said, and taken the moment he has an advocate."""
    case = referred(office)
    office.days_pass(3)
    held = step_of(office, step)
    assert not office.is_closed(held)
    office.answer(case, IN_PLACE, by="duty-worker")
    assert office.outcome_of(held) == (
        f"taken held since Monday 5 January 2026, 9am, for 3 days now, until an advocate is in place (case {case})"
    )


@pytest.mark.clauses("DUTY-42")
@pytest.mark.parametrize("step", [one for one in AdvocacyStep if one not in ("assessment", "review", "planning")])
def test_protection_and_what_is_urgent_never_wait(office: Office, step: AdvocacyStep) -> None:
    """GAP-06: while an advocate is sought, whatever keeps him from harm goes on (DUTY-42)."""
    referred(office)
    assert office.outcome_of(step_of(office, step)) == "taken"


def test_nothing_waits_for_somebody_else_or_before_it_is_decided(office: Office) -> None:
    """DUTY-42: only the person who needs one is held, from when it is known that they do."""
    case = a_need(office)
    assert office.is_closed(step_of(office, AdvocacyStep.ASSESSMENT))
    office.answer(case, NEEDED, by="duty-worker")
    assert office.is_closed(step_of(office, AdvocacyStep.ASSESSMENT, person="P-105"))
    assert not office.is_closed(step_of(office, AdvocacyStep.ASSESSMENT))


def test_policy_says_what_waits_and_whether_its_length_is_shown(office: Office) -> None:
    """GAP-06, the other way: only reviews wait, and for how long is not said (DUTY-42)."""
    others = tuple(one for one in AdvocacyStep if one is not AdvocacyStep.REVIEW)
    office.policy_becomes(
        with_hold(office, holds=(AdvocacyStep.REVIEW,), never_holds=others, show_length_of_hold=False)
    )
    case = referred(office)
    assert office.is_closed(step_of(office, AdvocacyStep.ASSESSMENT))
    held = step_of(office, AdvocacyStep.REVIEW)
    assert not office.is_closed(held)
    office.answer(case, IN_PLACE, by="duty-worker")
    assert "days now" not in (office.outcome_of(held) or "")


@pytest.mark.clauses("DUTY-42")
def test_how_long_it_has_been_held_stands_before_whoever_looks_for_one(office: Office) -> None:
    """GAP-06: each time she is asked, she reads for how many days the assessment has waited (DUTY-42)."""
    case = referred(office)
    office.answer(case, NOT_YET, by="duty-worker")
    office.today_is("2026-01-06 09:00")
    beside = read_beside(office, case, AdvocateFound)
    assert "It is held since Monday 5 January 2026, 9am, for 1 day now" in beside
