"""From closing to opening: what cannot wait reaches somebody in its own case, and in the morning somebody has it."""

from __future__ import annotations

import pytest

from flows.out_of_hours import out_of_hours
from flows.safeguarding_concern import safeguarding_concern
from flows.urgent_action import urgent_action
from models.forms.handover import HandoverReply
from models.forms.out_of_hours import NightHandover
from models.forms.safeguarding import ConcernNoticed, OutOfHoursRung, WhoIsAtRisk
from models.forms.urgent_action import UrgentActionTaken, UrgentActionTonight, UrgentStep
from tasks.durable.testing import Office
from tasks.durable.worklist import NotTheirs
from tests.on_call.nights import DUTY, MANAGER, Nights, something_urgent
from tests.procedures.letters import read_beside

clauses = pytest.mark.clauses


def accepted() -> NightHandover:
    """Somebody of the day takes it on."""
    return NightHandover(reply=HandoverReply.ACCEPT)


@clauses("TRN-05", "TRN-07", "TRN-04", "TRN-06")
def test_from_a_call_on_saturday_night_to_mondays_accepted_list(office: Office, nights: Nights) -> None:
    """The call goes on in its own case: on call acts on it, and on Monday duty accepts by name what is left."""
    # Saturday 10 January, 10pm: whoever takes the call at the out-of-hours number writes it down as by day
    nights.goes_to("2026-01-10 22:00")
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    (night,) = office.cases(out_of_hours)
    assert nights.heard(f"staff-{DUTY}") == [
        "URGENT: Acknowledge: work that cannot wait until the office opens, case " + case
        + ", by Saturday 10 January 2026, 10:30pm"
    ]  # fmt: skip
    assert "Ring: 01632 960 999, and say that you have it" in office.inbox(f"staff-{DUTY}")[-1].body
    # 10:12pm: they ring back, and whoever takes that call writes it down
    office.today_is("2026-01-10 22:12")
    nights.has_it(case, DUTY, by="duty-worker")
    # 11pm: something is done, in the same case and by its own form
    office.today_is("2026-01-10 23:00")
    more = UrgentActionTaken(step=UrgentStep.MORE_TO_DO, what_was_done="A night sitter is there", still_to_do="Days")
    office.answer(case, more, by=DUTY)
    nights.goes_to("2026-01-11 12:00")
    assert len(nights.heard(f"staff-{DUTY}")) == 1, "what follows from their own answer is no new alarm"
    assert nights.heard(f"staff-{MANAGER}") == []

    # Monday 12 January, 8:30am: one list for duty
    nights.goes_to("2026-01-12 08:40")
    assert office.waiting_for(night) == [
        "NightHandover of duty, due 2026-01-12 10:30",
        "not-accepted-duty, due 2026-01-12 10:30",
    ]
    beside = read_beside(office, night, NightHandover)
    assert beside.startswith("Still to be done:")
    assert case in beside and f"with {DUTY} since Saturday 10 January 2026, 10:12pm, by telephone" in beside
    assert nights.work(case).accepted_by is None
    office.answer(night, accepted(), by="duty-worker-2")
    nights.round()
    assert nights.work(case).accepted_by == "duty-worker-2"
    assert office.outcome_of(night) == "accepted by name"
    assert office.cases(urgent_action) == [case], "nobody opened a second case"
    with pytest.raises(NotTheirs):
        office.answer(case, UrgentActionTaken(step=UrgentStep.DONE, what_was_done="Done"), by=DUTY)
    done = UrgentActionTaken(step=UrgentStep.DONE, what_was_done="Her carers come again")
    office.answer(case, done, by="duty-worker-2")
    assert office.is_closed(case)


@clauses("GAP-46", "TRN-06")
def test_what_nobody_acknowledges_goes_to_the_manager_and_on_and_never_ends_in_silence(
    office: Office, nights: Nights
) -> None:
    """Thirty minutes, then the manager; at the hour the head of service; and everybody again every hour."""
    nights.goes_to("2026-01-10 22:00")
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    office.today_is("2026-01-10 22:29")
    assert nights.heard(f"staff-{MANAGER}") == []
    office.today_is("2026-01-10 22:30")
    assert len(nights.heard(f"staff-{MANAGER}")) == 1
    assert nights.heard("head-of-service") == []
    office.today_is("2026-01-10 23:00")
    assert len(nights.heard("head-of-service")) == 1
    office.today_is("2026-01-11 02:00")
    assert len(nights.heard("head-of-service")) == 4
    assert len(nights.heard(f"staff-{DUTY}")) == 5
    nights.has_it(case, "head-of-service")
    office.today_is("2026-01-11 08:00")
    assert len(nights.heard("head-of-service")) == 4, "whoever has it in hand is not told again"


def test_whoever_takes_it_on_its_own_page_has_it(office: Office, nights: Nights) -> None:
    """Taking the question in the case says the same: nobody has to say it twice."""
    nights.goes_to("2026-01-10 22:00")
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    office.take(case, UrgentActionTaken, by=DUTY)
    nights.round()
    office.today_is("2026-01-11 02:00")
    assert nights.heard(f"staff-{MANAGER}") == []
    assert nights.work(case).held_by == DUTY


def test_whoever_was_not_told_may_neither_hold_nor_answer_it(office: Office, nights: Nights) -> None:
    """On call is who the rota names; a colleague who is not on it and stands below acts on nothing of the night's."""
    nights.goes_to("2026-01-10 22:00")
    case = office.start(urgent_action, something_urgent(office))
    with pytest.raises(NotTheirs):
        office.answer(case, UrgentActionTaken(step=UrgentStep.DONE, what_was_done="Done"), by=DUTY)
    nights.round()
    with pytest.raises(Exception, match="is not on call now"):
        nights.has_it(case, "practitioner-4", by="duty-worker")
    assert nights.work(case).held_by is None


@clauses("GAP-02", "TRN-04")
def test_what_is_open_at_closing_is_on_calls_and_what_was_handed_over_is_theirs_in_the_same_case(
    office: Office, nights: Nights
) -> None:
    """At 5pm on Friday both are told to on call; on call settles one of them, and it is closed."""
    office.today_is("2026-01-09 15:00")
    left = office.start(urgent_action, something_urgent(office))
    handed = office.start(urgent_action, something_urgent(office, about_person="P-102"))
    given = UrgentActionTaken(step=UrgentStep.HANDED_TO_OUT_OF_HOURS, what_was_done="Priya at out of hours")
    office.answer(handed, given, by="duty-worker")
    nights.goes_to("2026-01-09 17:10")
    (said,) = nights.heard(f"staff-{DUTY}")
    assert "2 in all" in said and "case" not in said
    assert nights.told(left) == nights.told(handed) == {DUTY}
    done = UrgentActionTonight(step=UrgentStep.DONE, what_was_done="A sitter is there", person_reached=True)
    office.answer(handed, done, by=DUTY)
    assert office.outcome_of(handed) == "done"
    nights.goes_to("2026-01-12 08:40")
    (night,) = office.cases(out_of_hours)
    beside = read_beside(office, night, NightHandover)
    assert beside.index(left) < beside.index("Done, or arranged:") < beside.index(handed)


@clauses("GAP-10", "DUTY-49")
def test_a_safeguarding_concern_at_night_reaches_on_call(office: Office, nights: Nights) -> None:
    """Nobody in the safeguarding team is there: on call answers what out of hours is rung about, in the same case."""
    nights.goes_to("2026-01-10 22:00")
    noticed = ConcernNoticed(
        at_risk=WhoIsAtRisk.ADULT, what="Bruises", danger_or_crime=False, noticed_at=office.clock.now(),
        noticed_by="role-duty-worker", about_person="P-104",
    )  # fmt: skip
    case = office.start(safeguarding_concern, noticed)
    nights.round()
    assert len(nights.heard(f"staff-{DUTY}")) == 1
    rung = OutOfHoursRung(taken_on_by="Priya Nair", agreed="She visits tonight")
    office.answer(case, rung, by=DUTY)
    nights.round()
    assert nights.work(case).held_by == DUTY
    assert "ConcernAcknowledged of safeguarding" in " ".join(office.waiting_for(case)), "the team still has to have it"


@clauses("TRN-06")
def test_a_team_that_says_nothing_or_refuses_hands_it_to_its_manager(office: Office, nights: Nights) -> None:
    """Two working hours of silence go to the manager; a refusal with its reason goes on at once; none of it ends."""
    nights.goes_to("2026-01-10 22:00")
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    nights.has_it(case, DUTY)
    nights.goes_to("2026-01-12 10:30")
    (night,) = office.cases(out_of_hours)
    assert office.waiting_for(night)[0].startswith("NightHandover of team-manager")
    refused = NightHandover(reply=HandoverReply.REFUSE, reason="It is Rowan's")
    office.answer(night, refused, by="team-manager")
    assert office.waiting_for(night)[0].startswith("NightHandover of strategic-manager")
    assert "Refused: It is Rowan's" in read_beside(office, night, NightHandover)
    office.today_is("2026-01-13 12:00")
    assert office.waiting_for(night)[0].startswith("NightHandover of head-of-service")
    office.today_is("2026-01-16 12:00")
    assert not office.is_closed(night)
    assert nights.work(case).accepted_by is None


@clauses("TRN-06")
def test_acting_on_all_that_is_left_accepts_the_list(office: Office, nights: Nights) -> None:
    """Whoever of the day opens what the night left and settles it has accepted it: no second form."""
    nights.goes_to("2026-01-10 22:00")
    case = office.start(urgent_action, something_urgent(office))
    nights.round()
    nights.has_it(case, DUTY)
    nights.goes_to("2026-01-12 09:00")
    done = UrgentActionTaken(step=UrgentStep.DONE, what_was_done="Her carers come again")
    office.answer(case, done, by="duty-worker-2")
    nights.round()
    (night,) = office.cases(out_of_hours)
    assert office.is_closed(night)
    assert nights.work(case).accepted_by == "duty-worker-2"
