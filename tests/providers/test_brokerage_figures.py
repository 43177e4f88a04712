"""Brokerage's referrals are counted exactly, and each figure is the number of the references behind it (TRN-44)."""

from __future__ import annotations

from datetime import date

import pytest

from flows.brokerage import brokerage
from flows.move_between_services import move_between_services
from models.forms.brokerage import OfferAnswered, ProviderOffered, Urgency
from tasks.as_of import DayToCome, PeriodWrongWayRound
from tasks.durable.testing import Office
from tasks.providers.brokerage_figures import BrokerageFigures, Bucket, Counted, Per, brokerage_figures
from tests.procedures.move_stories import WANTED as MOVE
from tests.procedures.test_brokerage import BEGUN, OFFER, TAKEN_ON, YES, looked_for


def figures(office: Office, begins: date, ends: date, per: Per = Per.MONTH) -> BrokerageFigures:
    """The figures of a period as they are now."""
    with office.council.database.read() as session:
        return brokerage_figures(session, office.council.policy, begins, ends, office.clock.now(), per=per)


def is_exact(bucket: Bucket) -> None:
    """Whatever is counted has its references, and parts are the whole."""
    every = [one for one in vars(bucket).values() if isinstance(one, Counted)]
    every += [*bucket.by_urgency.values(), *bucket.by_origin.values()]
    assert all(one.count == len(one.refs) == len(set(one.refs)) for one in every)
    received = set(bucket.received.refs)
    parts = (bucket.same_day, bucket.later, bucket.not_answered)
    for split in (parts, bucket.by_urgency.values(), bucket.by_origin.values()):
        assert sum(one.count for one in split) == bucket.received.count
        assert {ref for one in split for ref in one.refs} == received


@pytest.mark.clauses("TRN-42", "TRN-44")
def test_referrals_are_counted_by_what_became_of_them_and_how_soon(office: Office) -> None:
    """Answered on the day or later, offered, taken on; by how soon it was wanted, and by where it came from."""
    same_day = looked_for(office)
    office.hours_pass(2)
    office.answer(same_day, BEGUN, by="brokerage-officer")
    office.answer(same_day, OFFER, by="brokerage-officer")
    late = looked_for(office, urgency=Urgency.TODAY)
    office.start(move_between_services, MOVE.model_copy(update={"to_be_found": True, "new_team": None}))
    office.today_is("2026-01-06 10:00")
    office.answer(late, BEGUN, by="brokerage-officer")
    office.answer(same_day, YES, by="practitioner")
    office.answer(same_day, TAKEN_ON, by="brokerage-officer")

    found = figures(office, date(2026, 1, 1), date(2026, 1, 6))
    whole = found.whole
    (of_the_move,) = set(office.cases(brokerage)) - {same_day, late}
    assert (whole.received.count, set(whole.received.refs)) == (3, {same_day, late, of_the_move})
    assert (whole.same_day.refs, whole.later.refs, whole.not_answered.refs) == ((same_day,), (late,), (of_the_move,))
    assert (whole.offered.refs, whole.taken_on.refs) == ((same_day,), (same_day,))
    assert (whole.median_hours_to_offer, whole.longest_hours_to_taken_on) == (2.0, 25.0)
    assert {kind: one.count for kind, one in whole.by_urgency.items()} == {"today": 1, "within-days": 1, "planned": 1}
    assert {kind: one.count for kind, one in whole.by_origin.items()} == {"by hand": 2, "move-between-services": 1}
    is_exact(whole)
    assert (found.planned_a_year, found.planned_by) == (7000, "strategic-manager")
    assert whole.planned == round(7000 * 6 / 365, 1)


@pytest.mark.parametrize(
    ("per", "spans"),
    [
        (Per.WEEK, [("2026-01-28", "2026-02-01"), ("2026-02-02", "2026-02-08"), ("2026-02-09", "2026-02-10")]),
        (Per.MONTH, [("2026-01-28", "2026-01-31"), ("2026-02-01", "2026-02-10")]),
        (Per.YEAR, [("2026-01-28", "2026-02-10")]),
    ],
)
def test_a_period_is_cut_into_weeks_months_or_years_and_they_sum_up(
    office: Office, per: Per, spans: list[tuple[str, str]]
) -> None:
    """Nobody is counted twice, and nobody at midnight is forgotten."""
    for moment in ("2026-01-27 23:59", "2026-01-28 00:00", "2026-01-31 23:59", "2026-02-01 00:00", "2026-02-10 12:00"):
        office.today_is(moment)
        looked_for(office, wanted_from=date(2026, 3, 2))
    found = figures(office, date(2026, 1, 28), date(2026, 2, 10), per)
    assert [(str(one.begins), str(one.ends)) for one in found.buckets] == spans
    assert found.whole.received.count == sum(one.received.count for one in found.buckets) == 4
    assert [ref for one in found.buckets for ref in one.received.refs] == list(found.whole.received.refs)
    for one in (*found.buckets, found.whole):
        is_exact(one)


def test_a_past_period_gives_the_same_figures_later(office: Office) -> None:
    """What was answered afterwards does not change them; the first offer counts, and not a later one."""
    case = looked_for(office)
    office.answer(case, BEGUN, by="brokerage-officer")
    office.answer(case, ProviderOffered(found=False, tried="Six"), by="brokerage-officer")
    office.today_is("2026-01-06 09:00")
    before = figures(office, date(2026, 1, 5), date(2026, 1, 5))
    office.answer(case, OFFER, by="brokerage-officer")
    no = OfferAnswered(accepted=False, answered_by="They", reasons="No")
    office.answer(case, no, by="practitioner")
    office.hours_pass(3)
    office.answer(case, OFFER, by="brokerage-officer")
    assert figures(office, date(2026, 1, 5), date(2026, 1, 5)) == before
    assert before.whole.offered.count == 0
    assert figures(office, date(2026, 1, 5), date(2026, 1, 6)).whole.longest_hours_to_offer == 24.0


def test_a_restricted_case_counts_and_is_not_named(office: Office) -> None:
    """There is a number, and no reference."""
    from tests.procedures.test_brokerage import WANTED

    office.start(brokerage, WANTED, restricted=True)
    whole = figures(office, date(2026, 1, 5), date(2026, 1, 5)).whole
    assert (whole.received.count, whole.received.refs) == (1, ())


def test_periods_that_cannot_be_are_refused(office: Office) -> None:
    """Turned round, or still to come."""
    with pytest.raises(PeriodWrongWayRound):
        figures(office, date(2026, 1, 5), date(2026, 1, 4))
    with pytest.raises(DayToCome):
        figures(office, date(2026, 1, 5), date(2026, 1, 7))
