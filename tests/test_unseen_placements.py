"""The one list shows placements out of area that nobody has by name, and reviews that were missed."""

from __future__ import annotations

import pytest

from models.out_of_area.kinds import Angle
from tasks.durable.testing import Office
from tasks.unseen.lines import Beware
from tasks.unseen.words import awaited_in_words
from tests.procedures.out_of_area_stories import (
    ANSWERED,
    LYDIA,
    PER,
    answers_from,
    looked,
    on_the_tracker,
    sharings_of,
    taken_on,
    told,
)
from tests.test_unseen import line_of


@pytest.mark.clauses("TRN-50", "TRN-52")
def test_a_placement_that_nobody_has_by_name_is_on_the_one_list(office: Office) -> None:
    """Until somebody takes it on; whoever has it then is not counted any more."""
    on_the_tracker(office, LYDIA)
    taken_on(office, PER)
    assert Beware.NO_OWNER in line_of(office, "P-113").beware
    assert line_of(office, "P-110").beware == ()


@pytest.mark.clauses("TRN-50", "TRN-52")
def test_a_missed_review_is_on_the_one_list(office: Office) -> None:
    """From the close of its day on."""
    case = taken_on(office)
    for sharing in sharings_of(office, case):
        told(office, sharing, giver="practitioner")
        office.answer(sharing, ANSWERED, by="practitioner")
    office.today_is("2026-01-19 12:00")
    for angle in Angle:
        answers_from(office, case, angle, looked(office))
    office.today_is("2026-02-16 12:00")
    assert line_of(office, "P-113").beware == ()
    office.today_is("2026-02-16 18:00")
    line = line_of(office, "P-113")
    assert line.beware == (Beware.OVERDUE,)
    assert any("reviewing an out-of-area placement" in one for one in awaited_in_words(line))
