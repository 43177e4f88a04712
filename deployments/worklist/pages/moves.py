"""Moves between services: those that are open, the overdue first, and what went wrong in a period (TRN-03)."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from deployments.worklist.pages.tray import day_asked
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from tasks.as_of import PeriodWrongWayRound
from tasks.moves.figures import MovesFigures, moves_figures

pages = Pages()
A_QUARTER = timedelta(days=91)


@pages.add("/moves", Action.SEE_ONE_LIST)
def moves(visit: Visit) -> Response:
    """The managers' page of all moves that they may see; without days, those of the last quarter."""
    asked_from, from_problem = day_asked(visit, "begins")
    asked_to, to_problem = day_asked(visit, "ends")
    ends = asked_to or visit.today
    begins = asked_from or ends - A_QUARTER
    problem = {name: text for name, text in (("begins", from_problem), ("ends", to_problem)) if text}
    if ends < begins:
        problem["begins"], begins = str(PeriodWrongWayRound()).replace("--from and --to", "the two days"), ends
    visit.note_look("read-moves", "moves")
    with visit.council.database.read() as session:
        found = moves_figures(session, visit.member, begins, ends, visit.now)
    return visit.page(
        "moves.html",
        title="Moves",
        found=found,
        problem=problem,
        typed={
            "begins": visit.asked("begins") or begins.isoformat(),
            "ends": visit.asked("ends") or ends.isoformat(),
        },
        counts=_counts(found),
    )


def _counts(found: MovesFigures) -> list[tuple[str, object]]:
    """What happened in the period, each with its cases."""
    return [
        ("Gaps in care", found.gaps),
        ("Refused by whoever should receive them", found.refused),
        ("Not answered in time", found.silent),
        ("Checks after the move missed", found.checks_missed),
        ("Moved in an emergency", found.emergencies),
        *((f"Ended: {how}", counted) for how, counted in found.ended.items()),
    ]
