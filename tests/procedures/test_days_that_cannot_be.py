"""What is said about a plan has days that can be: done by today and within a year, or still to come and in sight."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import BaseModel

from models.forms.plan_copies import CopiesGivenOut, CopyGiven, CopyWay, HomeCopyAmended, HomeCopyPutRight
from models.forms.reablement_keeping import WhatFollowsUndecided
from models.forms.reablement_review import ReviewHeld, ReviewPutOnTray
from models.forms.reablement_signals import OutcomesAchieved, ReablementGoesOn
from models.reablement.tables import HOME
from tasks.durable.checking import problems_in
from tasks.durable.testing import Office
from tests.procedures.plan_change_stories import DRESSES_ALONE
from tests.procedures.reablement_stories import BEGUN
from tests.procedures.test_reablement import ENDS, GOES_ON
from tests.procedures.test_reablement_plan_issue import AGREED, NOT_YET, RING_HER
from tests.procedures.test_reablement_unscheduled_review import HELD, ON_THURSDAY

TODAY = date(2026, 1, 5)
TOMORROW, YESTERDAY = date(2026, 1, 6), date(2026, 1, 4)
A_YEAR_AGO, LONGER_AGO = date(2025, 1, 5), date(2025, 1, 4)
IN_TWO_YEARS, LATER_YET = date(2028, 1, 5), date(2028, 1, 6)

COPY = CopyGiven(who=HOME, way=CopyWay.BY_HAND)
NOT_HELD = ReviewHeld(held=False, why_not="she was asleep")

DONE: list[tuple[BaseModel, str]] = [
    (BEGUN, "begun_on"),
    (DRESSES_ALONE, "noticed_on"),
    (OutcomesAchieved(outcomes=("O1",), achieved_on=TODAY), "achieved_on"),
    (COPY, "given_on"),
    (HomeCopyAmended(amended_on=TODAY), "amended_on"),
    (HomeCopyPutRight(put_right_on=TODAY, how="crossed out"), "put_right_on"),
    (ReviewPutOnTray(put_there_on=TODAY), "put_there_on"),
    (HELD, "held_on"),
]
TO_BE_DONE: list[tuple[BaseModel, str]] = [
    (ENDS, "last_day"),
    (GOES_ON, "again_on"),
    (WhatFollowsUndecided(**dict(ENDS)), "last_day"),
    (ReablementGoesOn(why="she fell", again_on=TODAY), "again_on"),
    (RING_HER, "on"),
    (AGREED, "look_again_on"),
    (NOT_YET, "again_on"),
    (ON_THURSDAY, "on"),
    (NOT_HELD, "again_on"),
]


def called(given: object) -> str:
    """A name for a story: the form, or the field."""
    return given if isinstance(given, str) else type(given).__name__


def said_of(office: Office, filled: BaseModel, **days: date) -> list[str]:
    """What is wrong with it, where those days stand in it and the rest is as it was."""
    with office.council.database.read() as session:
        return problems_in(session, filled.model_copy(update=days), office.clock.now())


@pytest.mark.parametrize(("filled", "field"), DONE, ids=called)
def test_what_was_done_was_done_by_today_and_within_a_year(office: Office, filled: BaseModel, field: str) -> None:
    """A slip in the year would date it before everything else, and tomorrow nobody has done anything yet."""
    assert said_of(office, filled, **{field: TODAY}) == said_of(office, filled, **{field: A_YEAR_AGO}) == []
    [early], [late] = said_of(office, filled, **{field: TOMORROW}), said_of(office, filled, **{field: LONGER_AGO})
    assert early == f"{field}: it has not come yet; give the day on which it was done"
    assert late.startswith(f"{field}: it is more than a year ago")


@pytest.mark.parametrize(("filled", "field"), TO_BE_DONE, ids=called)
def test_what_is_to_be_done_is_neither_over_nor_years_ahead(office: Office, filled: BaseModel, field: str) -> None:
    """Nobody would be asked on a day that is over, and whatever waits for one years ahead is forgotten."""
    assert said_of(office, filled, **{field: TODAY}) == said_of(office, filled, **{field: IN_TWO_YEARS}) == []
    [over], [far] = said_of(office, filled, **{field: YESTERDAY}), said_of(office, filled, **{field: LATER_YET})
    assert over == f"{field}: it is over; give today or a later day"
    assert far.startswith(f"{field}: it is years ahead")


def test_a_day_in_a_part_of_a_form_is_looked_at_like_one_of_its_own(office: Office) -> None:
    """Each is said where it stands: the second copy, the first step."""
    given = CopiesGivenOut(given=(COPY, COPY.model_copy(update={"who": "P1", "given_on": TOMORROW})))
    agreed = AGREED.model_copy(update={"steps": (RING_HER.model_copy(update={"on": YESTERDAY}),)})
    [copy], [step] = said_of(office, given), said_of(office, agreed)
    assert copy.startswith("given.1.given_on: it has not come yet")
    assert step.startswith("steps.0.on: it is over")
