"""Prevention: explored, recorded, chased and arranged, and never in the way (DUTY-67 to DUTY-70, REA-29 to REA-31)."""

from __future__ import annotations

from typing import Any

import pytest

from flows.prevention import prevention
from flows.urgent_action import urgent_action
from models.forms.base import AnswerRefused
from models.forms.prevention import (
    PreventionArranged,
    PreventionExplored,
    PreventionKind,
    PreventionSource,
    PreventionToExplore,
    ServiceExplored,
)
from models.forms.urgent_action import UrgentActionTaken, UrgentStep
from tasks.durable.testing import Office
from tests.procedures.letters import asked, read_beside
from tests.procedures.reablement_stories import notes_of
from tests.procedures.tray_people import a_listening_case, heard
from tests.procedures.tray_stories import policy_with

TELECARE = ServiceExplored(
    source=PreventionSource.COUNCIL,
    kind=PreventionKind.ASSISTIVE_TECHNOLOGY,
    name="telecare",
    suitable=False,
    because="she takes the pendant off",
)
LUNCH_CLUB = ServiceExplored(
    source=PreventionSource.COMMUNITY,
    kind=PreventionKind.COMPANY,
    name="lunch club",
    suitable=True,
    because="she is alone at noon",
    wanted=True,
    arranged="from Monday, her neighbour drives",
)
FALLS_CLINIC = ServiceExplored(
    source=PreventionSource.PARTNER,
    kind=PreventionKind.HEALTH,
    name="falls clinic",
    suitable=True,
    because="she has fallen twice",
    wanted=True,
)
EXPLORED = PreventionExplored(services=(TELECARE, LUNCH_CLUB))
BEFORE_LONG_TERM = PreventionExplored(
    services=(TELECARE, LUNCH_CLUB),
    nothing_else="the clinic has seen her",
    long_term_needed=True,
    not_enough_because="she needs two people to stand up",
)


def exploring(office: Office, **changes: Any) -> str:
    """What might prevent needs is explored for P-104 by the duty worker."""
    facts = {"about_person": "P-104", "what": "alone at noon, two falls"}
    return office.start(prevention, PreventionToExplore.model_validate(facts | changes))


@pytest.mark.clauses("DUTY-67", "DUTY-68", "REA-29")
def test_each_service_is_recorded_with_why_it_does_or_does_not_suit(office: Office) -> None:
    """DUTY-68: council, community and partners are looked at, and the record says why of each."""
    case = exploring(office)
    assert office.waiting_for(case)[0] == "PreventionExplored of duty-worker, due 2026-01-12 17:00"
    office.answer(case, EXPLORED, by="duty-worker")
    assert office.outcome_of(case) == "something is arranged"
    (note,) = notes_of(office, case)
    assert "telecare (council, assistive technology): does not suit, she takes the pendant off" in note
    assert "lunch club (community, company): suits, she is alone at noon; arranged: from Monday" in note
    with pytest.raises(AnswerRefused, match="because"):
        PreventionExplored.read({"services": [TELECARE.model_dump() | {"because": ""}]})


@pytest.mark.clauses("DUTY-70", "REA-31")
def test_guidance_stands_beside_the_form(office: Office) -> None:
    """DUTY-70, REA-31: kinds of service, when to provide them, how to charge; and what to heed about the person."""
    beside = read_beside(office, exploring(office), PreventionExplored)
    for said in ("which kinds of preventive service", "when they are provided", "what may be charged", "P-104"):
        assert said in beside


@pytest.mark.clauses("DUTY-68", "DUTY-69")
def test_before_long_term_help_everything_is_looked_at_and_found_not_to_be_enough(office: Office) -> None:
    """DUTY-68, DUTY-69: what is missing is said at the door; whether long-term help is needed is said with why."""
    case = exploring(office, before_long_term=True)
    with pytest.raises(AnswerRefused, match="nothing from partner was looked at"):
        office.answer(case, BEFORE_LONG_TERM.model_copy(update={"nothing_else": ""}), by="duty-worker")
    with pytest.raises(AnswerRefused, match="whether long-term help is needed all the same"):
        unsaid = {"long_term_needed": None, "not_enough_because": ""}
        office.answer(case, BEFORE_LONG_TERM.model_copy(update=unsaid), by="duty-worker")
    with pytest.raises(AnswerRefused, match="not_enough_because"):
        PreventionExplored.read(BEFORE_LONG_TERM.model_dump() | {"not_enough_because": ""})
    office.answer(case, BEFORE_LONG_TERM, by="duty-worker")
    assert "she needs two people to stand up" in notes_of(office, case)[0]


@pytest.mark.clauses("DUTY-68", "DUTY-69")
def test_the_record_accompanies_the_referral(office: Office) -> None:
    """GAP-07: the case that it came from has the record, with whether long-term help is needed."""
    referral = a_listening_case(office)
    case = exploring(office, before_long_term=True, came_from=referral)
    assert heard(office, referral) == []
    office.answer(case, BEFORE_LONG_TERM, by="duty-worker")
    ((name, said),) = heard(office, referral)
    assert (name, said["long_term_needed"]) == ("PreventionRecorded", True)
    assert "telecare" in said["record"]


@pytest.mark.clauses("DUTY-69")
def test_a_record_that_is_missing_is_chased_every_five_working_days(office: Office) -> None:
    """GAP-07: the worker hears again after five working days, and from the second time the team manager as well."""
    case = exploring(office, before_long_term=True)
    office.today_is("2026-01-13 09:00")
    assert chases(office, "role-duty-worker") == 1
    assert chases(office, "role-team-manager") == 0
    office.today_is("2026-01-20 09:00")
    assert chases(office, "role-duty-worker") == 2
    assert chases(office, "role-team-manager") == 1
    office.today_is("2026-01-27 09:00")
    assert chases(office, "role-duty-worker") == 3
    assert asked(office, case) == ["PreventionExplored of duty-worker"]
    office.answer(case, BEFORE_LONG_TERM, by="duty-worker")
    office.today_is("2026-02-20 09:00")
    assert chases(office, "role-duty-worker") == 3


def test_where_policy_does_not_ask_for_the_record_it_may_be_left_out(office: Office) -> None:
    """GAP-07: by default a record is wanted; another council does without it, and the question goes (DUTY-69)."""
    case = exploring(office)
    with pytest.raises(AnswerRefused, match="this council asks for the record"):
        office.answer(case, PreventionExplored(not_explored_because="no time"), by="duty-worker")

    office.policy_becomes(policy_with(prevention_record={"record_required": False}))
    silent, said = exploring(office), exploring(office)
    office.answer(said, PreventionExplored(not_explored_because="no time"), by="duty-worker")
    assert office.outcome_of(said) == "not explored"
    office.today_is("2026-01-13 09:00")
    assert office.outcome_of(silent) == "not explored"


@pytest.mark.parametrize("urgent_first", [True, False])
def test_what_cannot_wait_comes_first(office: Office, urgent_first: bool) -> None:
    """GAP-07: duty is asked at once; by default nobody is asked for the record before that is done (DUTY-69)."""
    office.policy_becomes(policy_with(prevention_record={"urgent_need_first": urgent_first}))
    case = exploring(office, before_long_term=True)
    office.answer(case, PreventionExplored(act_now="no food in the house"), by="duty-worker")
    (urgent,) = office.cases(urgent_action)
    assert asked(office, urgent) == ["UrgentActionTaken of duty-worker"]
    assert asked(office, case) == ([] if urgent_first else ["PreventionExplored of duty-worker"])

    done = UrgentActionTaken(step=UrgentStep.DONE, what_was_done="meals brought")
    office.answer(urgent, done, by="duty-worker")
    assert asked(office, case) == ["PreventionExplored of duty-worker"]
    assert urgent in read_beside(office, case, PreventionExplored)


@pytest.mark.clauses("REA-30")
def test_what_suits_and_is_wanted_is_asked_for_until_it_is_arranged(office: Office) -> None:
    """REA-30: the clinic is not booked yet; after five working days it is asked for again, until it is."""
    case = exploring(office)
    office.answer(case, PreventionExplored(services=(LUNCH_CLUB, FALLS_CLINIC)), by="duty-worker")
    assert asked(office, case) == ["PreventionArranged of duty-worker"]
    beside = read_beside(office, case, PreventionArranged)
    assert "falls clinic" in beside
    assert "lunch club" not in beside

    office.answer(case, PreventionArranged(arranged=False, what_was_done="rang, line busy"), by="duty-worker")
    assert asked(office, case) == []
    office.today_is("2026-01-12 17:00")
    assert "rang, line busy" in read_beside(office, case, PreventionArranged)
    office.answer(case, PreventionArranged(arranged=True, what_was_done="3 February"), by="duty-worker")
    assert office.outcome_of(case) == "something is arranged"


def test_what_cannot_be_arranged_is_given_up_with_a_reason(office: Office) -> None:
    """REA-30: the clinic has closed; the reason is on record."""
    case = exploring(office)
    office.answer(case, PreventionExplored(services=(FALLS_CLINIC,)), by="duty-worker")
    given_up = PreventionArranged(arranged=False, what_was_done="rang", given_up_because="the clinic has closed")
    office.answer(case, given_up, by="duty-worker")
    assert office.outcome_of(case) == "given up"


@pytest.mark.parametrize("wanted", [None, False])
def test_where_nothing_suits_or_is_wanted_it_is_recorded(office: Office, wanted: bool | None) -> None:
    """DUTY-68: the record stands, and nobody is pressed to take anything."""
    service = TELECARE if wanted is None else FALLS_CLINIC.model_copy(update={"wanted": False})
    case = exploring(office)
    office.answer(case, PreventionExplored(services=(service,)), by="duty-worker")
    assert office.outcome_of(case) == "nothing suits"


def test_whoever_explores_it_is_asked(office: Office) -> None:
    """REA-29: in reablement it is the worker who coordinates the plan."""
    case = exploring(office, explored_by="staff-reablement-worker")
    assert asked(office, case) == ["PreventionExplored of reablement-worker"]


def chases(office: Office, tag: str) -> int:
    """How often somebody was told, in a digest, that the record is missing."""
    words = ("prevention is not recorded", "prevention is still not recorded")
    return sum(any(one in message.body for one in words) for message in office.inbox(tag))
