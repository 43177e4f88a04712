"""Somebody is placed in another council's area: somebody has them by name, four others watch, and nobody forgets."""

from __future__ import annotations

from datetime import date

import pytest

from flows.out_of_area_placement import out_of_area_placement
from models.forms.base import AnswerRefused
from models.forms.out_of_area import AngleLookedAt, ConcernActedOn, PlacementReviewed, PlacementTakenOn
from models.forms.out_of_area_signals import CouncilRaisedConcern, PlacementChanged, PlacementIsOver
from models.out_of_area.kinds import Angle, CouncilConcernKind, PlacementEnd, PlacementOutcome
from models.register import Staff
from tasks.durable.testing import Office
from tests.procedures.out_of_area_stories import (
    ACTED,
    DIED,
    GOES_ON,
    LYDIA,
    MOVED_BACK,
    OWNER,
    PER,
    TAKEN,
    WELL,
    answers_from,
    asked_on,
    dies,
    looked,
    on_the_tracker,
    row_of,
    sharings_of,
    side_of,
    taken_on,
    taker_of,
    waits_for,
)


@pytest.mark.clauses("TRN-50", "TRN-52")
def test_a_placement_belongs_to_a_team_until_somebody_has_it_by_name(office: Office) -> None:
    """Until then the team responsible is asked, and each of the four sides has somebody already."""
    case = on_the_tracker(office)
    assert office.case(case).owner.startswith("team-")
    assert waits_for(office, case)[0].startswith("PlacementTakenOn of ")
    watchers = {str(one): side_of(office, case, one).owner for one in Angle}
    assert watchers == {
        "safeguarding": "safeguarding-lead", "quality": "commissioning-officer",
        "contracts": "commissioning-officer", "commissioning": "commissioning-officer",
    }  # fmt: skip
    office.answer(case, TAKEN, by=taker_of(office, case))
    assert office.case(case).owner.startswith("staff-")


@pytest.mark.clauses("TRN-50")
def test_nobody_takes_it_on_while_a_side_has_nobody(office: Office) -> None:
    """Where two hold the role, none is named for it: whoever takes it on names somebody."""
    with office.council.database.write() as session:
        session.add(
            Staff(id="safeguarding-lead-2", name="A B", email="a@example.org", role="safeguarding-lead",
                  team_id="safeguarding", left_on=None)
        )  # fmt: skip
    case = on_the_tracker(office)
    with pytest.raises(AnswerRefused, match="safeguarding: nobody is named yet"):
        office.answer(case, TAKEN, by=taker_of(office, case))
    named = TAKEN.model_copy(update={"safeguarding": "safeguarding-lead-2"})
    office.answer(case, named, by=taker_of(office, case))
    assert side_of(office, case, "safeguarding").owner == "safeguarding-lead-2"


@pytest.mark.clauses("TRN-50")
def test_somebody_placed_with_us_is_watched_as_well(office: Office) -> None:
    """Another council's person in our area: the same questions, and that council is told that we know."""
    case = taken_on(office, PER)
    assert row_of(office, case).direction == "theirs-here"
    assert len(sharings_of(office, case)) == 1


@pytest.mark.clauses("TRN-50", "TRN-52")
def test_it_is_reviewed_six_weeks_after_it_began_and_then_every_six_months(office: Office) -> None:
    """Asked a week before, and counted from its own day: a review that is late moves nothing."""
    case = taken_on(office)
    owner = office.case(case).owner.removeprefix("staff-")
    office.today_is("2026-03-20 10:00")  # due on 16 February
    assert asked_on(office, case, "PlacementReviewed") == "2026-02-09"
    office.answer(case, WELL.model_copy(update={"seen_on": date(2026, 3, 20)}), by=owner)
    office.today_is("2026-08-20 10:00")
    assert asked_on(office, case, "PlacementReviewed") == "2026-08-10"  # due on 17 August, 182 days after 16 February
    assert row_of(office, case).review_rule == "next"


def test_an_earlier_review_may_be_named_and_is_the_new_anchor(office: Office) -> None:
    """Where it cannot wait so long."""
    case = taken_on(office)
    owner = office.case(case).owner.removeprefix("staff-")
    office.today_is("2026-02-16 10:00")
    office.answer(case, WELL.model_copy(update={"sooner_on": date(2026, 3, 16)}), by=owner)
    office.today_is("2026-03-10 10:00")
    assert asked_on(office, case, "PlacementReviewed") == "2026-03-09"


@pytest.mark.clauses("TRN-50")
def test_one_that_began_long_ago_is_reviewed_soon_after_it_was_found(office: Office) -> None:
    """Four weeks after it came onto the tracker, since nobody knows of an earlier one."""
    case = taken_on(office, placed_on=date(2025, 2, 24))
    office.today_is("2026-02-02 10:00")
    assert any(one.startswith("PlacementReviewed of staff-") or "PlacementReviewed of " in one
               for one in office.waiting_for(case))  # fmt: skip
    assert asked_on(office, case, "PlacementReviewed") == "2026-01-26"


@pytest.mark.clauses("TRN-50", "TRN-52")
def test_a_missed_review_is_told_to_a_manager_and_the_question_stays(office: Office) -> None:
    """From its day on, and it is chased meanwhile."""
    case = taken_on(office)
    office.today_is("2026-02-18 16:00")
    assert any("review of a placement is missed" in one.subject for one in office.inbox("staff-team-manager")) or any(
        "review of a placement is missed" in one.subject for one in office.inbox("team-manager")
    )
    assert any(one.startswith("PlacementReviewed") for one in waits_for(office, case))


@pytest.mark.clauses("TRN-50", "TRN-52")
def test_each_side_is_looked_at_on_its_own_day(office: Office) -> None:
    """First within ten working days; then on the day that whoever looks has named, which policy limits."""
    case = taken_on(office)
    office.today_is("2026-01-19 12:00")
    assert {one for one in waits_for(office, case) if one.startswith("AngleLookedAt")} == {
        "AngleLookedAt of safeguarding-lead", "AngleLookedAt of commissioning-officer",
    }  # fmt: skip
    with pytest.raises(AnswerRefused, match="look again within 182 days"):
        answers_from(office, case, "safeguarding", looked(office, days=200))
    answers_from(office, case, "safeguarding", looked(office, "No concerns open", days=30))
    side = side_of(office, case, "safeguarding")
    assert (side.found, side.next_look_on) == ("No concerns open", date(2026, 2, 18))
    office.today_is("2026-02-18 12:00")
    assert "AngleLookedAt of safeguarding-lead" in waits_for(office, case)


@pytest.mark.clauses("TRN-50")
def test_a_host_councils_concern_reaches_the_owner_at_once(office: Office) -> None:
    """They act today; whoever watches that side looks now and not on its day."""
    case = taken_on(office)
    owner = office.case(case).owner
    raised = CouncilRaisedConcern(kind=CouncilConcernKind.SAFEGUARDING, what="Bruising", by_whom="Jo Marsh")
    office.signal(case, raised, by="duty-worker")
    assert f"ConcernActedOn of {owner.removeprefix('staff-')}" in waits_for(office, case)
    assert "AngleLookedAt of safeguarding-lead" in waits_for(office, case)
    assert office.inbox(owner)[-1].subject.startswith("URGENT: Answer: concern acted on")
    office.answer(case, ACTED, by=owner.removeprefix("staff-"))
    assert ConcernActedOn.name() not in " ".join(waits_for(office, case))


@pytest.mark.clauses("TRN-51")
def test_the_other_council_is_told_of_a_change(office: Office) -> None:
    """Where it must know; what only we need to know stays here."""
    case = taken_on(office)
    office.signal(case, PlacementChanged(what="Her daughter decides for her now"), by=OWNER)
    office.signal(case, PlacementChanged(what="The price is lower", tell_council=False), by=OWNER)
    assert len(sharings_of(office, case)) == 2


@pytest.mark.clauses("TRN-52")
def test_clocks_stand_still_until_a_manager_has_confirmed_the_end(office: Office) -> None:
    """Nobody is asked to review what is said to be over; and it goes on where it is not."""
    case = taken_on(office)
    office.signal(case, PlacementIsOver(how_known="The home rang"), by="duty-worker")
    assert waits_for(office, case) == ["PlacementEndConfirmed of team-manager"]
    office.today_is("2026-02-20 10:00")
    assert waits_for(office, case) == ["PlacementEndConfirmed of team-manager"]
    office.answer(case, GOES_ON, by="team-manager")
    office.hours_pass(0.1)
    assert any(one.startswith("PlacementReviewed") for one in waits_for(office, case))
    assert sum(one.startswith("AngleLookedAt") for one in waits_for(office, case)) == 4


@pytest.mark.clauses("TRN-51", "TRN-52")
def test_once_the_end_is_confirmed_the_other_council_is_told(office: Office) -> None:
    """In a case of its own that goes on; the placement's own is closed and asks nobody anything."""
    case = taken_on(office)
    office.today_is("2026-01-12 10:00")
    office.signal(case, PlacementIsOver(reason=PlacementEnd.MOVED_BACK, how_known="She is home"), by="duty-worker")
    office.answer(case, MOVED_BACK, by="team-manager")
    assert office.outcome_of(case) == PlacementOutcome.ENDED
    first, last = sharings_of(office, case)
    assert office.outcome_of(first) == "overtaken" and not office.is_closed(last)
    assert row_of(office, case).ended_because == "moved-back"


@pytest.mark.clauses("TRN-52")
def test_a_new_provider_out_of_area_has_a_placement_of_its_own(office: Office) -> None:
    """Nobody types it again; one in our own area has none."""
    case = taken_on(office)
    to_another = MOVED_BACK.model_copy(
        update={"reason": PlacementEnd.CHANGED_PROVIDER, "new_provider_in_words": "Sea View", "new_council": "Eastmere"}
    )
    office.today_is("2026-01-12 10:00")
    office.signal(case, PlacementIsOver(how_known="She is going to move"), by="duty-worker")
    office.answer(case, to_another, by="team-manager")
    old, new = office.cases(out_of_area_placement)
    assert office.is_closed(old)
    row = row_of(office, new)
    assert (row.provider_name, row.council, row.person_id) == ("Sea View", "Eastmere", "P-113")
    office.signal(new, PlacementIsOver(how_known="She moves home"), by="duty-worker")
    office.answer(
        new, to_another.model_copy(update={"new_provider": "willow-bank", "new_provider_in_words": ""}),
        by="team-manager",
    )  # fmt: skip
    assert len(office.cases(out_of_area_placement)) == 2


def test_somebody_on_the_tracker_gets_no_second_case(office: Office) -> None:
    """With the same provider; another provider is another placement."""
    first = taken_on(office)
    again = on_the_tracker(office)
    assert office.outcome_of(again) == PlacementOutcome.ALREADY_THERE
    assert not office.is_closed(first)
    assert not office.is_closed(on_the_tracker(office, provider=None, provider_in_words="Sea View"))


@pytest.mark.clauses("TRN-52")
def test_after_a_death_nothing_is_asked_but_whether_it_is_over(office: Office) -> None:
    """Reviews and looks stop at once; a manager confirms; nothing is sent that was meant for somebody alive."""
    case = taken_on(office)
    dies(office, "P-113", date(2026, 1, 8))
    assert waits_for(office, case) == ["PlacementEndConfirmed of team-manager"]
    (sharing,) = sharings_of(office, case)
    assert office.outcome_of(sharing) == "overtaken"
    with pytest.raises(AnswerRefused, match="the register shows that they have died"):
        office.answer(case, MOVED_BACK.model_copy(update={"ended_on": date(2026, 1, 8)}), by="team-manager")
    office.answer(case, DIED, by="team-manager")
    assert office.outcome_of(case) == PlacementOutcome.DIED
    assert not office.is_closed(sharings_of(office, case)[-1])  # a person tells the other council of the end


def test_what_is_not_whole_is_refused() -> None:
    """Each with what to do."""
    with pytest.raises(ValueError, match="say in seen_on"):
        PlacementReviewed(seen_in_person=True, their_view="fine", found="fine")
    with pytest.raises(ValueError, match="name the person"):
        LYDIA.model_validate(LYDIA.model_dump() | {"person_in_words": "Lydia"})
    assert TAKEN.watchers == {} and PlacementTakenOn(first_steps="x", quality="Practitioner").watchers == {
        Angle.QUALITY: "practitioner"
    }
    assert AngleLookedAt(found="x", looked_at_again_on=date(2026, 3, 1)).what_follows == ""
