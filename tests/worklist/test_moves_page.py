"""The managers' page of moves and the figures behind it: each number is that of its references."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from models.forms.move_day import GapClosed, MoveDay
from models.forms.move_preparing import MoveEscalated
from models.moves.kinds import GapWay, MoveStage
from tasks.durable.testing import Office
from tasks.moves.figures import CountedMoves, MovesFigures, moves_figures
from tests.procedures.move_stories import NO_MOVE, NOW, PLAN, REFUSED, THERE, WELL, moves, prepare, take_on
from tests.worklist.browser import Browser

AtWork = Callable[[str], Browser]


def figures(office: Office, begins: date = date(2026, 1, 1), ends: date | None = None) -> MovesFigures:
    """What a command on this machine sees now."""
    now = office.clock.now()
    with office.council.database.read() as session:
        return moves_figures(session, None, begins, ends or now.date(), now)


@pytest.fixture
def busy(office: Office) -> dict[str, str]:
    """One of everything: begun, ready, late, without care, moved and not checked, refused, ended."""
    refs = {"moved": moves(office, person="P-101")}
    prepare(office, refs["moved"])
    take_on(office, refs["moved"])
    refs["ready"] = moves(office, person="P-102", day=date(2026, 3, 2))
    prepare(office, refs["ready"])
    later = PLAN.model_copy(update={"day": date(2026, 3, 2)})
    take_on(office, refs["ready"], from_day=later.day)
    refs["without care"] = moves(office, person="P-103", care_ends_on=date(2026, 1, 12))
    refs["refused"] = moves(office, person="P-104", new_team="hazel", day=date(2026, 3, 9))
    office.answer(refs["refused"], REFUSED, by="practitioner-2")
    office.answer(refs["refused"], MoveEscalated(done="Spoke with them"), by="strategic-manager")
    refs["ended"] = moves(office, person="P-105", emergency=True)
    office.answer(refs["ended"], NO_MOVE, by="team-manager")
    office.today_is("2026-01-19 09:00")
    office.answer(refs["moved"], THERE, by="practitioner")
    return refs


@pytest.mark.clauses("TRN-03")
def test_every_number_is_that_of_the_cases_beside_it(office: Office, busy: dict[str, str]) -> None:
    """Stages are all open moves, each once; pairs are all moves; gaps, refusals and silence name their cases."""
    office.today_is("2026-02-09 09:00")
    found = figures(office)
    every = [*found.stages.values(), *found.ended.values(), found.gaps, found.refused, found.silent]
    every += [found.checks_missed, found.emergencies, *(one.moves for one in found.delays)]
    assert all(one.count == len(one.refs) for one in every)
    assert sorted(ref for one in found.stages.values() for ref in one.refs) == sorted(one.ref for one in found.open)
    assert {one.ref for one in found.open} == set(busy.values()) - {busy["ended"]}
    assert sorted(ref for one in found.delays for ref in one.moves.refs) == sorted(busy.values())
    assert found.stages[MoveStage.MOVED].refs == (busy["moved"],)
    assert found.gaps.refs == (busy["without care"],)
    assert found.days_without_care == (date(2026, 2, 9) - date(2026, 1, 12)).days
    assert found.refused.refs == (busy["refused"],)
    assert found.checks_missed.refs == (busy["moved"],)
    assert found.ended == {"does not move": CountedMoves(1, (busy["ended"],))}
    assert [one.ref for one in found.open][:2] == [busy["without care"], busy["moved"]]
    assert {one.overdue for one in found.open} >= {"without care", "not seen since the move"}


def test_delays_are_counted_between_those_who_send_and_those_who_receive(office: Office) -> None:
    """From the first day by which it was wanted, however often it is put off; the worst pair first."""
    late = moves(office)
    prepare(office, late)
    take_on(office, late)
    moves(office, person="P-101", new_team="hazel")
    office.today_is("2026-01-19 09:00")
    office.answer(late, MoveDay(done=False, why_not="Snow", new_day=date(2026, 1, 23)), by="practitioner")
    office.today_is("2026-01-24 09:00")
    found = figures(office)
    assert [(one.sent_by, one.received_by, one.longest_days) for one in found.delays] == [
        ("team-hazel", "team-hazel", 5), ("team-hazel", "team-rowan", 5),
    ]  # fmt: skip
    assert all(one.late.count == 1 and one.median_days == 5 for one in found.delays)


def test_what_happened_outside_of_the_period_is_not_in_its_figures(office: Office, busy: dict[str, str]) -> None:
    """A move that ended before it is not there at all; one that was open then is."""
    office.answer(
        busy["without care"], GapClosed(way=GapWay.INTERIM, by_whom="Bluebell", until=date(2026, 3, 2)),
        by="practitioner",
    )  # fmt: skip
    found = figures(office, begins=date(2026, 1, 13), ends=date(2026, 1, 18))
    assert (found.gaps.count, found.refused.count, found.ended) == (0, 0, {})
    assert busy["ended"] not in {ref for one in found.delays for ref in one.moves.refs}
    assert figures(office, begins=date(2026, 1, 12), ends=date(2026, 1, 12)).days_without_care == 7


def test_an_emergency_that_is_over_counts_in_its_period(office: Office) -> None:
    """With its case."""
    case = moves(office, emergency=True, day=date(2026, 1, 5))
    office.answer(case, NOW, by="team-manager")
    office.answer(case, THERE, by="practitioner")
    office.today_is("2026-01-06 10:00")
    office.answer(case, WELL, by="practitioner")
    assert figures(office).emergencies.refs == (case,)
    assert figures(office, begins=date(2026, 1, 6)).emergencies.count == 0


# ---------------------------------------------------------------------- the page


@pytest.mark.clauses("TRN-03")
def test_managers_see_it_with_each_case_and_others_do_not(
    office: Office, busy: dict[str, str], at_work: AtWork
) -> None:
    """The overdue first, with what is overdue; a worker has no such page."""
    office.today_is("2026-02-09 09:00")
    seen = at_work("team-manager").get("/moves")
    assert {f"Case {ref}" for name, ref in busy.items() if name != "ended"} <= set(seen.links)
    assert "Without care since" in seen.text and "28 days without care" in seen.text
    assert seen.text.index(busy["without care"]) < seen.text.index(busy["ready"])
    assert at_work("practitioner").get("/moves").status == 403
    turned = at_work("team-manager").get("/moves?begins=2026-01-09&ends=2026-01-02")
    assert "he period ends before it begins: turn the two days round" in turned.text
    assert at_work("team-manager").get("/moves?begins=nonsense&ends=2031-01-01").status == 200


def test_a_leader_sees_their_team_s_and_how_many_more_there_are(office: Office, at_work: AtWork) -> None:
    """What is not theirs to read is counted and not shown."""
    own = moves(office)
    other = moves(office, person="P-115", asked_by="staff-practitioner-4", new_team="rowan")
    seen = at_work("team-leader").get("/moves")
    assert own in seen.text and other not in seen.text
    assert "1 more is not yours to see" in seen.text
