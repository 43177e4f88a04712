"""At every instant of a year there is somebody whom urgent work reaches; and nothing of a night is lost by the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from flows.out_of_hours import out_of_hours
from flows.urgent_action import urgent_action
from models.forms.handover import HandoverReply
from models.forms.out_of_hours import NightHandover
from models.forms.urgent_action import UrgentActionTaken, UrgentStep
from models.on_call.tables import OnCallShift
from models.working_time import LONDON
from tasks.on_call.looking import who_hears
from tests.on_call.nights import DUTY, MANAGER, Nights, something_urgent

YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.clauses("TRN-05", "TRN-07", "GAP-46")
@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_at_every_instant_of_a_year_urgent_work_reaches_somebody(nights: Nights, data: st.DataObject) -> None:
    """Whatever the rota says or lacks, and at whichever turn: each telling has people behind it who are staff then."""
    office = nights.office
    minute = data.draw(st.integers(min_value=0, max_value=365 * 24 * 60 - 1))
    moment = YEAR + timedelta(minutes=minute)
    shifts = data.draw(
        st.lists(
            st.tuples(
                st.integers(min_value=-20, max_value=20), st.integers(min_value=1, max_value=24),
                st.sampled_from(["duty", "manager"]),
                st.sampled_from([DUTY, MANAGER, "practitioner-2", "practitioner-6", None]),
            ),
            max_size=4,
        )
    )  # fmt: skip
    with office.council.database.write() as session:
        for old in session.scalars(select(OnCallShift)):
            session.delete(old)
        for begins, lasts, part, who in shifts:
            starts = moment + timedelta(hours=begins)
            session.add(OnCallShift(starts_at=starts, ends_at=starts + timedelta(hours=lasts), part=part, staff_id=who))
    turn = data.draw(st.integers(min_value=0, max_value=5))
    with office.council.database.read() as session:
        heard = who_hears(session, office.council.policy, moment, "X", turn)
    assert heard.tags and heard.staff
    assert "practitioner-6" not in heard.staff, "who has left is nobody"
    assert turn < 2 or "head-of-service" in heard.staff


class What(Enum):
    """What may be done about something in a night."""

    NOTHING = "nothing"
    HELD = "held"
    DONE = "done"
    MORE = "more"


@pytest.mark.clauses("TRN-04", "TRN-06", "TRN-07")
@pytest.mark.parametrize("when", ["2026-01-09 16:55", "2026-03-28 21:00", "2026-04-02 18:00", "2026-10-24 23:30"])
@given(
    acts=st.lists(st.sampled_from(What), min_size=1, max_size=3),
    accepts=st.booleans(),
)
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_urgent_item_of_a_night_is_done_or_in_a_list_that_somebody_has_or_is_asked_for(
    nights: Nights, when: str, acts: list[What], accepts: bool
) -> None:
    """Over a clock change, Easter, a Friday's closing and the next nights: nothing is nobody's the day after."""
    office = nights.office
    if office.clock.now() < datetime.strptime(when, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON):
        office.today_is(when)
    else:
        closes = office.council.policy.working_calendar().end_of_working_day(office.clock.now())
        office.today_is(closes.astimezone(LONDON).strftime("%Y-%m-%d %H:%M"))
    nights.read()
    before = set(office.cases(out_of_hours))
    cases = [office.start(urgent_action, something_urgent(office)) for _ in acts]
    opens = office.council.policy.working_calendar().next_opening(office.clock.now() + timedelta(hours=1))
    office.hours_pass(1)
    nights.read()
    nights.round()
    for case, act in zip(cases, acts, strict=True):
        if act == What.HELD:
            nights.has_it(case, DUTY)
        elif act in (What.DONE, What.MORE):
            step = UrgentStep.DONE if act == What.DONE else UrgentStep.MORE_TO_DO
            left = "" if act == What.DONE else "The days"
            office.answer(case, UrgentActionTaken(step=step, what_was_done="x", still_to_do=left), by=DUTY)
    nights.round()
    office.today_is((opens.astimezone(LONDON) + timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M"))
    nights.round()
    (night,) = set(office.cases(out_of_hours)) - before
    if accepts:
        office.answer(night, NightHandover(reply=HandoverReply.ACCEPT), by="duty-worker")
        nights.round()
    for case in cases:
        work = nights.work(case)
        asked = [one for one in office.waiting_for(night) if one.startswith("NightHandover")]
        assert work.accepted_by is not None or (asked and "due" in asked[0]), case
        if not office.is_closed(case):
            assert office.waiting_for(case), "it is still asked of somebody in its own case"
