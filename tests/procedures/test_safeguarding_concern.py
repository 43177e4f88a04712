"""A safeguarding concern is in somebody's hands on the same day (DUTY-49, DUTY-50, REA-32, REA-33, GAP-10)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from flows.disclosure import disclosure
from flows.safeguarding_concern import safeguarding_concern
from models.durations import working_hours
from models.forms.base import AnswerRefused
from models.forms.disclosure import (
    DisclosureMade,
    DisclosureVerdict,
    EmergencyJustified,
    RefusalExplained,
    SecureWay,
    Verdict,
)
from models.forms.reablement_signals import ReablementEndWanted
from models.forms.safeguarding import (
    ChildConcernPassedOn,
    ConcernAcknowledged,
    ConcernNoticed,
    ConcernPassedElsewhere,
    ConcernReply,
    OutOfHoursRung,
    WhoIsAtRisk,
)
from tasks.durable.cases import WrongFacts, read_facts
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.reablement_stories import in_reablement
from tests.procedures.tray_people import heard

NOTICED: dict[str, Any] = {
    "danger_or_crime": False,
    "at_risk": WhoIsAtRisk.ADULT,
    "about_person": "P-104",
    "what": "bruises on both arms; his nephew shouts at him",
    "where": "at home",
    "noticed_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
    "noticed_by": "staff-practitioner",
}
TAKEN_ON = ConcernAcknowledged(reply=ConcernReply.TAKEN_ON, reference="SA-2231", led_by="Imogen Tarrant")
NOT_FOR_US = ConcernAcknowledged(
    reply=ConcernReply.NOT_SAFEGUARDING, reasons="a fall, seen by two nurses", what_instead="his doctor looks at it"
)
CHILD_PASSED_ON = ChildConcernPassedOn(taken_on_by="R. Odell, children's front door", agreed="they visit today")
ELSEWHERE = ConcernPassedElsewhere(taken_on_by="J. Hale", reference="AX-9", agreed="they see her tomorrow")
GIVEN = DisclosureMade(given_on=date(2026, 1, 5), way=SecureWay.TELEPHONE, given="what was seen")
RUNG = OutOfHoursRung(taken_on_by="S. Reed", agreed="they ring him tonight")
NOT_ACKNOWLEDGED = "a safeguarding concern is not acknowledged"


def a_concern(office: Office, **changes: Any) -> str:
    """Priya Nair has seen bruises on Harold Brisco's arms at 9am on Monday 5 January 2026."""
    return office.start(
        safeguarding_concern, ConcernNoticed.model_validate(NOTICED | changes), owner="staff-practitioner"
    )


def raised(office: Office, plan: str) -> list[str]:
    """The concerns of which a plan's case has heard."""
    return [data["concern"] for name, data in heard(office, plan) if name == "SafeguardingRaised"]


def report_becomes(office: Office, **changes: Any) -> None:
    """From now on policy says otherwise on GAP-10."""
    policy = office.council.policy
    report = policy.gaps.safeguarding_report.model_copy(update=changes)
    gaps = policy.gaps.model_copy(update={"safeguarding_report": report})
    office.policy_becomes(policy.model_copy(update={"gaps": gaps}))


# ------------------------------------------------------------------ by the right route


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_an_adult_s_concern_is_with_the_safeguarding_team_at_once(office: Office) -> None:
    """DUTY-49, REA-32: it interrupts them, says what was seen, and ends where it stands with them, by name."""
    case = a_concern(office)
    assert office.waiting_for(case)[0] == "ConcernAcknowledged of safeguarding, due 2026-01-05 17:00"
    assert "URGENT" in office.inbox("team-safeguarding")[0].subject
    beside = read_beside(office, case, ConcernAcknowledged)
    assert "bruises on both arms" in beside
    assert "Noticed by practitioner" in beside

    office.answer(case, TAKEN_ON, by="safeguarding-lead")
    assert office.outcome_of(case) == "taken on"
    assert any("SA-2231" in line for line in office.story_of(case))
    office.digest_goes_out()
    assert any("safeguarding concern is acknowledged" in one.body for one in office.inbox("staff-practitioner"))


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_a_child_s_concern_goes_to_the_children_s_team_by_telephone(office: Office) -> None:
    """DUTY-49, GAP-10: whoever noticed it has the number that policy names, and says who has taken it on."""
    case = a_concern(office, at_risk=WhoIsAtRisk.CHILD, about_person=None)
    assert asked(office, case) == ["ChildConcernPassedOn of practitioner"]
    assert "Ring the children's team: 01632 960 180" in read_beside(office, case, ChildConcernPassedOn)
    office.answer(case, CHILD_PASSED_ON, by="practitioner")
    assert office.outcome_of(case) == "taken on"


def test_where_policy_has_no_number_for_children_the_council_s_own_is_given(office: Office) -> None:
    """GAP-10: nobody stands there without a number to ring (DUTY-49)."""
    report_becomes(office, childrens_team_telephone=None)
    case = a_concern(office, at_risk=WhoIsAtRisk.CHILD, about_person=None)
    assert "Ring the children's team: 01632 960 999" in read_beside(office, case, ChildConcernPassedOn)


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_where_both_are_at_risk_it_is_over_once_both_teams_have_it(office: Office) -> None:
    """DUTY-49: the one route does not stand in for the other."""
    case = a_concern(office, at_risk=WhoIsAtRisk.BOTH)
    assert asked(office, case) == ["ChildConcernPassedOn of practitioner", "ConcernAcknowledged of safeguarding"]
    office.answer(case, TAKEN_ON, by="safeguarding-lead")
    assert asked(office, case) == ["ChildConcernPassedOn of practitioner"]
    office.answer(case, CHILD_PASSED_ON, by="practitioner")
    assert office.outcome_of(case) == "taken on"


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_the_council_where_the_adult_is_has_the_concern(office: Office) -> None:
    """GAP-10, GAP-09: it passes the gate as an emergency, and is over once somebody there has it by name."""
    case = a_concern(office, other_council="Northmere Council")
    (gate,) = office.cases(disclosure)
    assert asked(office, gate) == ["DisclosureMade of practitioner"]
    assert asked(office, case) == ["ConcernPassedElsewhere of practitioner"]
    assert "For: Northmere Council" in read_beside(office, case, ConcernPassedElsewhere)
    office.answer(gate, GIVEN, by="practitioner")
    assert not office.is_closed(gate)  # it is justified afterwards, and nobody waits for that
    office.answer(case, ELSEWHERE, by="practitioner")
    assert office.outcome_of(case) == "taken on"


def test_what_was_given_before_they_took_it_on_stays_with_them(office: Office) -> None:
    """GAP-10: the gate has closed, and it is still open until somebody in the other council has it (DUTY-49)."""
    case = a_concern(office, other_council="Northmere Council")
    (gate,) = office.cases(disclosure)
    office.answer(gate, GIVEN, by="practitioner")
    office.answer(gate, EmergencyJustified(harm_averted="hers", legal_basis="vital interests"), by="practitioner")
    assert office.is_closed(gate)
    assert asked(office, case) == ["ConcernPassedElsewhere of practitioner"]


def gate_is_not_passed_by_emergencies(office: Office) -> None:
    """Each disclosure is decided by a person."""
    policy = office.council.policy
    gate = policy.gaps.disclosure_gate.model_copy(update={"emergencies_pass": False})
    office.policy_becomes(policy.model_copy(update={"gaps": policy.gaps.model_copy(update={"disclosure_gate": gate})}))


def test_where_the_gate_stays_shut_our_own_team_has_it(office: Office) -> None:
    """GAP-09, GAP-10: a refusal at the gate leaves nobody without somebody who looks into it (DUTY-49)."""
    gate_is_not_passed_by_emergencies(office)
    case = a_concern(office, other_council="Northmere Council")
    (gate,) = office.cases(disclosure)
    office.answer(gate, DisclosureVerdict(verdict=Verdict.REFUSE, reasons="wrong council"), by="team-leader")
    office.answer(gate, RefusalExplained(told="Priya Nair, by telephone"), by="practitioner")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding"]
    assert "was not passed on to them" in read_beside(office, case, ConcernAcknowledged)


def test_a_council_may_keep_concerns_from_elsewhere_with_its_own_team(office: Office) -> None:
    """GAP-10, the other way: policy says that our own team has every concern (DUTY-49)."""
    report_becomes(office, to_council_where_adult_is=False)
    case = a_concern(office, other_council="Northmere Council")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding"]
    assert office.cases(disclosure) == []


# ------------------------------------------------------------------ 999


@pytest.mark.clauses("DUTY-50", "REA-33")
@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"danger_or_crime": True, "rang_999": True}, "999 was rung."),
        ({"danger_or_crime": True, "not_rung_because": "the police are with him"}, "AND 999 WAS NOT RUNG: the police"),
        ({}, "999 was not rung: nobody was thought to be in danger"),
    ],
)
def test_whether_999_was_rung_is_the_first_thing_to_be_read(office: Office, said: dict[str, Any], read: str) -> None:
    """DUTY-50, REA-33: whoever takes it on knows before anything else."""
    case = a_concern(office, **said)
    assert read in read_beside(office, case, ConcernAcknowledged).splitlines()[0]


@pytest.mark.clauses("DUTY-50", "REA-33")
def test_danger_without_a_call_to_999_is_not_taken_in_unexplained(office: Office) -> None:
    """DUTY-50, REA-33: ring now, or say why nobody need; and whoever takes it on says what was done about it."""
    with pytest.raises(WrongFacts, match="ring 999 now"):
        read_facts(ConcernNoticed, NOTICED | {"danger_or_crime": True})
    with pytest.raises(WrongFacts, match="danger_or_crime"):
        read_facts(ConcernNoticed, {name: said for name, said in NOTICED.items() if name != "danger_or_crime"})
    case = a_concern(office, danger_or_crime=True, not_rung_because="he begged me not to")
    with pytest.raises(AnswerRefused, match="emergency: there was danger or a crime"):
        office.answer(case, TAKEN_ON, by="safeguarding-lead")
    office.answer(case, TAKEN_ON.model_copy(update={"emergency": "police told at 10"}), by="safeguarding-lead")
    assert office.is_closed(case)


# ------------------------------------------------------------------ on the same day


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_nobody_has_acknowledged_it_at_closing_so_out_of_hours_is_rung(office: Office) -> None:
    """GAP-10: at 5pm whoever noticed it is asked to telephone, a manager hears at once, and the team is still asked."""
    case = a_concern(office)
    office.today_is("2026-01-05 16:59")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding"]
    office.today_is("2026-01-05 17:00")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding", "OutOfHoursRung of practitioner"]
    assert "Ring out of hours: 01632 960 999" in read_beside(office, case, OutOfHoursRung)
    assert any(NOT_ACKNOWLEDGED in one.subject for one in office.inbox("team-manager"))

    office.answer(case, RUNG, by="on-call-manager")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding"]
    office.answer(case, TAKEN_ON, by="safeguarding-lead")
    assert office.outcome_of(case) == "taken on"


@pytest.mark.clauses("DUTY-49", "REA-32")
def test_a_day_later_it_begins_again(office: Office) -> None:
    """GAP-10: out of hours had it overnight, nobody took it on during Tuesday, and at closing they are rung again."""
    case = a_concern(office)
    office.today_is("2026-01-05 17:10")
    office.answer(case, RUNG, by="practitioner")
    office.today_is("2026-01-06 16:59")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding"]
    office.today_is("2026-01-06 17:00")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding", "OutOfHoursRung of practitioner"]
    assert "Out of hours had it (S. Reed)" in read_beside(office, case, OutOfHoursRung)


@pytest.mark.clauses("REA-32")
def test_what_is_noticed_while_the_office_is_closed_does_not_wait_for_monday(office: Office) -> None:
    """GAP-10: on Friday at 7pm out of hours is rung at once."""
    office.today_is("2026-01-09 19:00")
    case = a_concern(office, noticed_at=office.clock.now(), noticed_by="")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding", "OutOfHoursRung of duty-worker"]
    office.answer(case, RUNG, by="duty-worker")
    office.today_is("2026-01-12 16:59")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding"]
    office.today_is("2026-01-12 17:00")
    assert "OutOfHoursRung of duty-worker" in asked(office, case)


def test_who_acknowledges_it_meanwhile_spares_the_call(office: Office) -> None:
    """GAP-10: at ten past five the team has it, and nobody is asked to ring any more (DUTY-49)."""
    case = a_concern(office)
    office.today_is("2026-01-05 17:05")
    office.answer(case, TAKEN_ON, by="safeguarding-lead")
    assert asked(office, case) == []
    assert office.is_closed(case)


def test_a_council_may_do_without_the_call_and_a_manager_hears_each_day(office: Office) -> None:
    """GAP-10, the other way: nobody telephones, and a manager is told at each closing until it is acknowledged."""
    report_becomes(office, else_telephone_out_of_hours=False)
    case = a_concern(office)
    office.today_is("2026-01-06 18:00")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding"]
    assert len([one for one in office.inbox("team-manager") if NOT_ACKNOWLEDGED in one.subject]) == 2


def test_policy_says_by_when_it_is_acknowledged(office: Office) -> None:
    """GAP-10: another council gives two working hours."""
    report_becomes(office, acknowledge_by=working_hours(2))
    case = a_concern(office)
    office.today_is("2026-01-05 10:59")
    assert asked(office, case) == ["ConcernAcknowledged of safeguarding"]
    office.today_is("2026-01-05 11:00")
    assert "OutOfHoursRung of practitioner" in asked(office, case)


def test_what_was_noticed_yesterday_is_late_already(office: Office) -> None:
    """GAP-10: the day is counted from when it was noticed, not from when somebody came to write it down."""
    case = a_concern(office, noticed_at=datetime(2026, 1, 2, 10, tzinfo=UTC))
    assert "OutOfHoursRung of practitioner" in asked(office, case)


# ------------------------------------------------------------------ what it was


def test_what_is_no_matter_for_safeguarding_ends_with_what_is_done_instead(office: Office) -> None:
    """DUTY-49: the team says why, and what is done about it; neither can be left out."""
    case = a_concern(office)
    office.answer(case, NOT_FOR_US, by="safeguarding-lead")
    assert office.outcome_of(case) == "not a safeguarding matter"
    for missing in ({"reasons": ""}, {"what_instead": ""}):
        with pytest.raises(AnswerRefused, match="say the reasons"):
            ConcernAcknowledged.read(NOT_FOR_US.model_dump() | missing)
    for missing in ({"reference": ""}, {"led_by": ""}):
        with pytest.raises(AnswerRefused, match="say in reference"):
            ConcernAcknowledged.read(TAKEN_ON.model_dump() | missing)


# ------------------------------------------------------------------ somebody in reablement


@pytest.mark.clauses("REA-34")
def test_whoever_looks_after_their_plan_hears_of_it_once(office: Office) -> None:
    """REA-34: Edith Tilling is in reablement, and her plan's case is told at once and never again."""
    plan = in_reablement(office)
    case = a_concern(office, about_person="P-101")
    assert raised(office, plan) == [case]
    office.today_is("2026-01-06 09:00")
    office.answer(case, TAKEN_ON, by="safeguarding-lead")
    assert raised(office, plan) == [case]


def test_a_plan_that_has_ended_hears_of_nothing(office: Office) -> None:
    """REA-34: there are no visits left to pause; nor is anybody else's plan told."""
    ended, theirs = in_reablement(office, person="P-104"), in_reablement(office)
    wanted = ReablementEndWanted(last_day=date(2026, 1, 5), because="moved away", what_follows="nothing")
    office.signal(ended, wanted, by="reablement-lead")
    office.days_pass(1)
    assert office.is_closed(ended), office.waiting_for(ended)
    case = a_concern(office)
    assert raised(office, theirs) == []
    assert not any(ended in line for line in office.story_of(case))


@pytest.mark.clauses("REA-34")
def test_their_plan_is_told_once_it_is_known_who_it_is(office: Office) -> None:
    """REA-34: the concern named nobody; the safeguarding team knows that it is Edith Tilling."""
    plan = in_reablement(office)
    case = a_concern(office, about_person=None)
    assert raised(office, plan) == []
    office.answer(case, TAKEN_ON.model_copy(update={"about_person": "P-101"}), by="safeguarding-lead")
    assert raised(office, plan) == [case]


def test_a_notice_says_nothing_of_the_person_or_of_what_was_seen(office: Office) -> None:
    """DUTY-49: what interrupts somebody at a desk that others can see holds references only."""
    a_concern(office, what="BRUISES", where="HIS FLAT", not_rung_because="WHY")
    office.today_is("2026-01-06 18:00")
    told = [one.subject + one.body for tag in ("team-safeguarding", "team-manager") for one in office.inbox(tag)]
    assert told
    assert not any(word in text for text in told for word in ("BRUISES", "HIS FLAT", "WHY", "P-104", "Brisco"))
