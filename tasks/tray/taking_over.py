"""
Taking over an existing list: everybody on it gets a case of their own, and their manager one list of what was missed.

All rows are checked first, and all cases are opened in one transaction: it is done, or nothing is. The same list again
opens nobody twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from models.forms.tray_takeover import PassedLimit, TakenOverLate, TrayTakeover
from models.forms.tray_waiting import TrayPlacement
from models.notices import Recipient
from models.policy import Policy
from models.tray import Rated, TableSaid
from models.working_time import LONDON, local_day
from tasks.audit.chaining import take_turns
from tasks.differences import note_difference
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.register.reading import RejectedRow
from tasks.tray.list_rows import CheckedList, GoodRow, ListRow, check_list
from tasks.tray.on_a_tray import WAITING, cases_on_trays
from tasks.tray.standing import as_placed, limits_passed, next_contact

TAKEOVER = "tray-takeover"
TAKEN_OVER = "taken-over"
"""The row of a table for what another system's list said: no table was asked."""
_SAID_BY_ANOTHER = {"warn": "breach", "red-strategic": "red-head"}
"""A limit that is said already where the later one has passed too."""


@dataclass
class TakeoverReport:
    """What became of a list."""

    opened: list[tuple[str, str]] = field(default_factory=list)
    """Person and case of everybody who was taken over."""
    already: list[tuple[int, str, str]] = field(default_factory=list)
    """Line, person and case of everybody who was on a tray of ours before."""
    rejected: list[RejectedRow] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    """The cases in which managers see to what had been missed."""
    over_a_limit: int = 0
    """How many stand on those lists."""
    unrated: int = 0
    passed_over: tuple[str, ...] = ()
    """Columns of the file that nobody has a use for."""
    refused: bool = False
    """Nobody was taken over, because of the rejected rows."""


def take_over_list(
    council: Council, file: Path, *, by: str, team_id: str | None = None, accept_rest: bool = False
) -> TakeoverReport:
    """
    Take over a list for the planned work tray. `by` is the staff id of whoever does.

    Where a row cannot be taken nothing is done, unless `accept_rest` says to take the others; then each that was left
    out stands on a team's list of differences. Raises `FileRefused`.
    """
    with council.change() as change:
        take_turns(change.session, "taking over a tray")
        today = local_day(change.now)
        checked = check_list(change.session, change.policy, file, team_id=team_id, manager=by, today=today)
        report = TakeoverReport(rejected=checked.rejected, passed_over=checked.passed_over)
        report.refused = bool(checked.rejected) and not accept_rest
        if not report.refused:
            _take_over(change, checked, by, report)
            change.to_wake = set(report.lists)  # hundreds are not woken one by one: the backstop starts them
    return report


def _take_over(change: Change, checked: CheckedList, by: str, report: TakeoverReport) -> None:
    waiting, late = dict(cases_on_trays(change.session)), defaultdict[tuple[str, str], list[TakenOverLate]](list)
    for good in checked.good:
        if good.person in waiting:
            report.already.append((good.line, good.person, waiting[good.person]))
            continue
        place = _placement(good)
        ref = open_in(change, WAITING, place, owner=Recipient.staff(good.manager), by=by)
        report.opened.append((good.person, ref))
        report.unrated += place.rated is None
        missed = _missed(change.policy, place, ref, change.now)
        if missed is not None:
            late[good.team, good.manager].append(missed)
    for (team, manager), people in sorted(late.items()):
        taken = TrayTakeover(team=team, manager=manager, people=tuple(people))
        report.lists.append(open_in(change, TAKEOVER, taken, owner=Recipient.staff(manager), by=by))
        report.over_a_limit += len(people)
    for row in checked.rejected:
        who = row.reference or f"line {row.line}"
        text = f"A list for the tray was taken over without {who}: {row.problem}"
        note_difference(change, f"tray-list:{row.file}:{who}:{row.problem}", text)


def _placement(good: GoodRow) -> TrayPlacement:
    row = good.row
    return TrayPlacement(
        person=good.person,
        team=good.team,
        requested_at=_begin_of(row.requested_on),
        placed_at=_begin_of(row.placed_on or row.requested_on),
        placed_by=good.manager,
        rated=_rated(row),
        last_reached_at=_begin_of(row.last_contact_on) if row.last_contact_on else None,
        circumstances=_as_the_list_had_it(row),
        imported=True,
    )


def _rated(row: ListRow) -> Rated | None:
    """As the list says it; the tables' rows tell that no table was asked, so that nothing counts as an override."""
    if row.colour is None or row.priority is None or row.complexity is None:
        return None
    colour, priority, complexity = (
        TableSaid(outcome=str(level), row=TAKEN_OVER, clauses=())
        for level in (row.colour, row.priority, row.complexity)
    )
    return Rated(
        colour=row.colour,
        priority=row.priority,
        complexity=row.complexity,
        urgent=False,
        by_matrix=colour,
        by_priority_table=priority,
        by_complexity_table=complexity,
    )


def _as_the_list_had_it(row: ListRow) -> str:
    """What the list said and the case has no other place for while it is not rated."""
    levels = {"priority": row.priority, "complexity": row.complexity}
    said = ", ".join(f"{name} {level}" for name, level in levels.items() if level and row.colour is None)
    return f"Taken over from another list{f', which had {said} and no colour' if said else ''}."


def _missed(policy: Policy, place: TrayPlacement, ref: str, now: datetime) -> TakenOverLate | None:
    """The limits that had passed before, by the clocks that run in their case; None where none had."""
    standing = as_placed(policy, place, now)
    passed: set[str] = set(limits_passed(policy, standing, now))
    contact = next_contact(standing)
    contact_due_at = contact if isinstance(contact, datetime) else contact.under(policy)
    if contact_due_at <= now:
        passed.add(PassedLimit.CONTACT)
    said = {PassedLimit(name) for name in passed if _SAID_BY_ANOTHER.get(name) not in passed}
    if not said:
        return None
    return TakenOverLate(
        case=ref,
        person=place.person,
        colour=standing.colour,
        requested_at=place.requested_at,
        last_reached_at=place.last_reached_at,
        contact_due_at=contact_due_at,
        passed=tuple(one for one in PassedLimit if one in said),
    )


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
