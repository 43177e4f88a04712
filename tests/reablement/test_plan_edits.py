"""Edits of a plan: what they change, what they clash with, and how a difference is said."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from pydantic import ValidationError

from models.reablement.applying import applied, clash, numbered, unknown_items, without_what_is_done
from models.reablement.difference import differences, plan_in_words
from models.reablement.edits import EditKind, InvolvedEdit, MonitoringEdit, OutcomeEdit, PlanEdits, VisitEdit
from models.reablement.plan import Part, PlanContent, Rhythm, Weekday
from tests.procedures.reablement_stories import BEGUN, NO_EVENINGS, SHORTER_MORNINGS

PLAN = BEGUN.content_with(BEGUN.involved)


def after(*edits: PlanEdits, plan: PlanContent = PLAN) -> PlanContent:
    """The plan after those changes, one upon the other."""
    versions = [plan]
    for one in edits:
        versions.append(applied(one, versions[-1], last_numbers=numbered(versions)))
    return versions[-1]


def test_everything_in_a_first_plan_has_its_id() -> None:
    """Its letter and number, by which it is called from then on."""
    assert list(PLAN.items) == ["O1", "O2", "V1", "V2", "S1", "E1", "P1", "P2", "P3", "P4"]


def test_only_what_is_to_be_otherwise_changes() -> None:
    """A shorter visit keeps its days, its time and what it is for."""
    assert after(SHORTER_MORNINGS).visits[0] == PLAN.visits[0].model_copy(update={"minutes": 30})
    assert after(SHORTER_MORNINGS).visits[1:] == PLAN.visits[1:]


def test_an_id_is_never_given_twice() -> None:
    """What is new after something was taken out gets a number that nothing had before."""
    lunch = VisitEdit(edit=EditKind.ADD, days=frozenset(Weekday), at=time(12), minutes=20, what="Lunch")
    assert [one.id for one in after(NO_EVENINGS, PlanEdits(visits=(lunch,))).visits] == ["V1", "V3"]


def test_a_difference_is_said_in_plain_words() -> None:
    """A sentence for each thing that is otherwise, in the order of the plan."""
    edits = PlanEdits(
        outcomes=(OutcomeEdit(edit=EditKind.ADD, what="Walks to the shop"),),
        visits=(
            VisitEdit(edit=EditKind.ALTER, item="V1", minutes=30, at=time(8, 30)),
            VisitEdit(edit=EditKind.TAKE_OUT, item="V2"),
        ),
        involved=(InvolvedEdit(edit=EditKind.ALTER, item="P4", has_copy=False),),
        monitoring=MonitoringEdit(rhythm=Rhythm.FORTNIGHTLY),
    )
    assert differences(PLAN, after(edits)) == (
        "New outcome O3: Walks to the shop.",
        "Visit V1: time 8:30am instead of 8am; length 30 minutes instead of 45 minutes.",
        "No more visit V2: Monday and Thursday at 6:30pm, 30 minutes: Evening meal.",
        "Person involved P4: has a copy no instead of yes.",
        "Monitoring: fortnightly: Meera Solanki looks at what she did by herself, instead of weekly: Meera Solanki "
        "looks at what she did by herself.",
    )
    assert differences(PLAN, PLAN) == ()


def test_the_whole_plan_reads_line_by_line() -> None:
    """Every item by its id, and how it is watched."""
    lines = plan_in_words(PLAN).splitlines()
    assert lines[2] == "Visit V1: every day at 8am, 45 minutes: Washing, dressing and breakfast."
    assert lines[5] == "Equipment E1: Bath step, there since 2 January 2026."
    assert len(lines) == len(PLAN.items) + 1


def test_two_changes_of_different_things_both_come_to_stand() -> None:
    """The second was made by somebody who had not seen the first; neither is lost."""
    now = after(SHORTER_MORNINGS)
    assert clash(NO_EVENINGS, PLAN, now) == ()
    assert after(NO_EVENINGS, plan=now).visits == (now.visits[0],)


def test_two_changes_of_the_same_thing_clash() -> None:
    """Whoever comes second is told what the other has altered, even where both take it out."""
    longer = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=60),))
    assert clash(longer, PLAN, after(SHORTER_MORNINGS)) == ("V1",)
    assert clash(NO_EVENINGS, PLAN, after(NO_EVENINGS)) == ("V2",)
    daily, weekly = (PlanEdits(monitoring=MonitoringEdit(rhythm=one)) for one in (Rhythm.DAILY, Rhythm.FORTNIGHTLY))
    assert clash(daily, PLAN, after(weekly)) == ("monitoring",)


def test_what_is_not_in_the_plan_is_named() -> None:
    """V9 is no visit of this plan."""
    nine = PlanEdits(visits=(VisitEdit(edit=EditKind.TAKE_OUT, item="V9"),))
    assert unknown_items(nine, PLAN) == ("V9",)
    assert unknown_items(SHORTER_MORNINGS, PLAN) == ()


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"edit": "add", "item": "V1"}, "leave item empty for something new"),
        ({"edit": "add", "minutes": 30}, "something new needs days, at, what"),
        ({"edit": "alter", "item": "V1"}, "say what is to be otherwise"),
        ({"edit": "alter", "item": "O1", "minutes": 30}, "give in item which one, such as V1"),
        ({"edit": "take-out", "item": "V1", "minutes": 30}, "give only item for what is taken out"),
    ],
)
def test_an_edit_that_cannot_be_meant_is_refused(edit: dict[str, Any], said: str) -> None:
    """With what to do about it."""
    with pytest.raises(ValidationError, match=said):
        VisitEdit.model_validate(edit)


def test_edits_that_want_the_same_have_the_same_digest() -> None:
    """So that nobody is asked twice for the same thing; the order of days does not matter."""
    one = VisitEdit.model_validate({"edit": "alter", "item": "V1", "days": ["monday", "friday"]})
    two = VisitEdit.model_validate({"edit": "alter", "item": "V1", "days": ["friday", "monday"]})
    assert PlanEdits(visits=(one,)).digests == PlanEdits(visits=(two,)).digests
    assert PlanEdits(visits=(one,)).digests.isdisjoint(SHORTER_MORNINGS.digests)
    assert len((SHORTER_MORNINGS.model_copy(update={"visits": (one, *SHORTER_MORNINGS.visits)})).digests) == 2


def test_somebody_new_is_involved_with_their_part() -> None:
    """They come to stand in the plan, and have a copy unless it is said that they have none."""
    nurse = InvolvedEdit(edit=EditKind.ADD, part=Part.OTHER, name="District nurse")
    assert after(PlanEdits(involved=(nurse,))).those(Part.OTHER)[0].has_copy


def test_what_changes_in_one_item_is_said_in_one_place() -> None:
    """Two edits of the same visit would have an order that nobody sees."""
    twice = [{"edit": "alter", "item": "V1", "minutes": 30}, {"edit": "take-out", "item": "V1"}]
    with pytest.raises(ValidationError, match="name each item once"):
        PlanEdits.model_validate({"visits": twice})


LUNCH = PlanEdits.model_validate(
    {"visits": [{"edit": "add", "days": ["monday"], "at": "12:30", "minutes": 20, "what": "Lunch"}]}
)
DAILY = PlanEdits(monitoring=MonitoringEdit(rhythm=Rhythm.DAILY))


@pytest.mark.parametrize("same", [SHORTER_MORNINGS, NO_EVENINGS, LUNCH, DAILY])
def test_what_another_has_made_in_the_same_way_is_not_made_twice(same: PlanEdits) -> None:
    """Altered, taken out, added or watched as wanted: nothing of it is left to do, and it clashes with nothing."""
    now = after(same)
    assert without_what_is_done(same, PLAN, now).is_empty
    both = PlanEdits.model_validate({**same.model_dump(), "outcomes": [{"edit": "add", "what": "Shops"}]})
    left = without_what_is_done(both, PLAN, now)
    assert [one.edit for one in left.of_items] == [EditKind.ADD]
    assert left.outcomes[0].what == "Shops"
    assert clash(left, PLAN, now) == ()


def test_what_stood_there_before_is_no_reason_to_leave_an_edit_out() -> None:
    """An edit is left out for what somebody else has made since, never for what its author saw and wants again."""
    again = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=45),))
    assert without_what_is_done(again, PLAN, PLAN) == again
    second_lunch = without_what_is_done(LUNCH, after(LUNCH), after(LUNCH))
    assert second_lunch == LUNCH
    longer = PlanEdits(visits=(VisitEdit(edit=EditKind.ALTER, item="V1", minutes=60),))
    assert without_what_is_done(longer, PLAN, after(SHORTER_MORNINGS)) == longer


def test_edits_are_told_in_words() -> None:
    """As they stand in the story of a case."""
    edits = PlanEdits(visits=(*SHORTER_MORNINGS.visits, *NO_EVENINGS.visits), monitoring=DAILY.monitoring)
    assert str(edits) == "alter visit V1: minutes 30, take out visit V2, monitoring: daily"
