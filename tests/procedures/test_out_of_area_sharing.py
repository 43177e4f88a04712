"""The other council is told of a placement: through the gate, asked until it answers, and never about the dead."""

from __future__ import annotations

from datetime import date

import pytest

from flows.disclosure import disclosure
from flows.out_of_area_sharing import OTHER_COUNCIL, PURPOSES
from models.forms.disclosure import DisclosureWish
from models.forms.out_of_area_sharing import CouncilNotTold, CouncilSilenceDecided
from models.forms.out_of_area_signals import PlacementIsOver
from models.out_of_area.kinds import SharedKind, SharingOutcome
from models.policy.gaps.duty import RoutineDisclosure
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.procedures.out_of_area_stories import (
    ANSWERED,
    DIED,
    LYDIA,
    MOVED_BACK,
    PER,
    SILENT,
    dies,
    on_the_tracker,
    share_of,
    sharings_of,
    taken_on,
    told,
    waits_for,
)
from tests.procedures.provider_stories import GIVEN, gaps_are, gate_refuses, gates_of

GIVER = "practitioner-4"


def begun(office: Office, **changes: object) -> str:
    """Lydia's placement has begun; gives the case in which Eastmere is told."""
    (sharing,) = sharings_of(office, on_the_tracker(office, **changes))
    return sharing


def open_gate(office: Office, sharing: str) -> str:
    """The disclosure that is under way."""
    return next(one for one in gates_of(office, sharing) if not office.is_closed(one))


def giver_of(office: Office, sharing: str) -> str:
    """Somebody of the team that gives it."""
    team = office.case(sharing).owner.removeprefix("team-")
    return {"hazel": "practitioner", "rowan": GIVER}.get(team, "commissioning-officer")


@pytest.mark.clauses("TRN-51", "DUTY-63")
def test_nothing_goes_to_another_council_but_through_the_gate(office: Office) -> None:
    """Who is told what, for which purpose; by whom there is rung; it counts as given once somebody has given it."""
    sharing = begun(office)
    (gate,) = gates_of(office, sharing)
    with office.council.database.read() as session:
        wish = DisclosureWish.model_validate(recall(session, gate)[0].data)
    assert (wish.recipient, wish.purpose) == (OTHER_COUNCIL, PURPOSES[SharedKind.BEGAN])
    assert wish.who_exactly == "Eastmere Council, Eastmere placements desk, 01632 960 720"
    assert wish.content.startswith("Lydia Farrant, placed by us in your area with Harbour View since 05 January 2026")
    assert share_of(office, sharing).given_at is None
    told(office, sharing, giver=giver_of(office, sharing))
    assert share_of(office, sharing).given_at is not None
    assert share_of(office, sharing).disclosed_in == gate


@pytest.mark.clauses("TRN-51")
def test_it_is_over_once_somebody_there_has_it(office: Office) -> None:
    """What came back is on record."""
    sharing = begun(office)
    told(office, sharing, giver=giver_of(office, sharing))
    office.answer(sharing, ANSWERED, by=giver_of(office, sharing))
    assert office.outcome_of(sharing) == SharingOutcome.ANSWERED
    assert share_of(office, sharing).ended_as == "told, and they have it"


@pytest.mark.clauses("TRN-51")
def test_a_silent_council_is_asked_again_and_a_manager_decides(office: Office) -> None:
    """After two tries in vain; and it is asked again all the same."""
    sharing = begun(office)
    giver = giver_of(office, sharing)
    told(office, sharing, giver=giver)
    for _ in range(2):
        office.answer(sharing, SILENT, by=giver)
        assert not any("CouncilAnswered" in one for one in waits_for(office, sharing))
        office.days_pass(8)
    assert "CouncilSilenceDecided of team-manager" in waits_for(office, sharing)
    office.answer(sharing, CouncilSilenceDecided(done="Our head rings theirs"), by="team-manager")
    assert any("CouncilAnswered" in one for one in waits_for(office, sharing))


@pytest.mark.clauses("TRN-51")
def test_our_own_silence_is_chased(office: Office) -> None:
    """Whoever was to ask them is reminded, and managers hear of it."""
    sharing = begun(office)
    told(office, sharing, giver=giver_of(office, sharing))
    office.days_pass(14)
    assert any("Passed on to" in line for line in office.story_of(sharing))


@pytest.mark.clauses("TRN-51", "DUTY-63")
def test_what_the_gate_refuses_is_not_left_at_that(office: Office) -> None:
    """Other words are put to the gate, or something else is done."""
    sharing = begun(office)
    giver = giver_of(office, sharing)
    gate_refuses(office, open_gate(office, sharing), giver=giver)
    office.answer(sharing, CouncilNotTold(content="Only that she is there"), by=giver)
    assert len(gates_of(office, sharing)) == 2
    gate_refuses(office, open_gate(office, sharing), giver=giver)
    office.answer(sharing, CouncilNotTold(instead="The home tells them"), by=giver)
    assert office.outcome_of(sharing) == SharingOutcome.INSTEAD


@pytest.mark.clauses("TRN-51")
def test_what_the_caldicott_lead_has_approved_passes(office: Office) -> None:
    """By recipient and purpose, as they stand in the documents."""
    line = RoutineDisclosure(recipient=OTHER_COUNCIL, purpose=PURPOSES[SharedKind.BEGAN], legal_basis="public task")
    gaps_are(office, disclosure_gate={"routine": (line,)})
    sharing = begun(office)
    office.answer(gates_of(office, sharing)[-1], GIVEN, by=giver_of(office, sharing))
    assert any("CouncilAnswered" in one for one in waits_for(office, sharing))


@pytest.mark.clauses("TRN-51")
def test_nothing_is_given_of_a_placement_of_somebody_who_has_died(office: Office) -> None:
    """What waited at the gate is called off; a manager confirms the death; then a person tells them of the end."""
    case = taken_on(office)
    (first,) = sharings_of(office, case)
    (gate,) = gates_of(office, first)
    dies(office, "P-113", date(2026, 1, 8))
    assert [one.partition(" of ")[0] for one in waits_for(office, gate)] == ["MessageRead"]  # that she has died
    assert office.outcome_of(first) == SharingOutcome.OVERTAKEN
    assert office.cases(disclosure) == [gate]
    office.answer(case, DIED, by="team-manager")
    last = sharings_of(office, case)[-1]
    (wish_for_end,) = gates_of(office, last)
    with office.council.database.read() as session:
        wish = DisclosureWish.model_validate(recall(session, wish_for_end)[0].data)
    assert wish.content.endswith("It is over since 08 January 2026: died.")
    assert office.sent_to_people() == []


@pytest.mark.clauses("TRN-51")
def test_a_death_while_they_are_told_of_the_end_is_put_to_a_person(office: Office) -> None:
    """What was to be given says that she moved home; whoever gives it says what is told now."""
    case = taken_on(office)
    office.today_is("2026-01-12 10:00")
    office.signal(case, PlacementIsOver(how_known="She is home"), by="duty-worker")
    office.answer(case, MOVED_BACK, by="team-manager")
    last = sharings_of(office, case)[-1]
    (gate,) = gates_of(office, last)
    dies(office, "P-113", date(2026, 1, 13))
    assert [one.partition(" of ")[0] for one in waits_for(office, gate)] == ["MessageRead"]
    assert [one.partition(" of ")[0] for one in waits_for(office, last)] == ["CouncilNotTold"]


@pytest.mark.clauses("TRN-51")
def test_the_council_that_placed_somebody_here_is_told_that_we_know(office: Office) -> None:
    """The other direction: whose person is where stands in what it is told."""
    (sharing,) = sharings_of(office, on_the_tracker(office, PER))
    with office.council.database.read() as session:
        wish = DisclosureWish.model_validate(recall(session, gates_of(office, sharing)[-1])[0].data)
    assert "placed by you, Eastmere Council, in our area with Willow Bank House" in wish.content
    assert LYDIA.council == "Eastmere Council"
