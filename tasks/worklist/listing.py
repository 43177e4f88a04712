"""
Lists of open work: one's own, one's team's, everything that one may see; a page at a time.

A page costs the same whether a council has a thousand open cases or a hundred thousand. Work items are looked through
in the order of the list, as far as fills a page; where that would be too far, few are wanted, and they are found by an
index and then sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models.cases import Case, WorkItem
from models.permissions import Reach
from models.states import WorkItemState
from models.working_time import local_day
from tasks.worklist.concern import by_itself
from tasks.worklist.conditions import Looker, any_of, in_time, looker, narrowed, narrowing, whose_condition
from tasks.worklist.members import Member
from tasks.worklist.paging import Cursor, NoSuchPlace, Stretch, stretches
from tasks.worklist.query import Whose, WorkQuery
from tasks.worklist.rows import WorkRow, rows_of

PAGE = 50
COUNTED = 1_000
"""No more are counted than that; a list says "more than 1,000"."""
GLANCE = 200
"""So many work items are looked at first in the order of a list: they show how many of them are wanted."""
LOOKED_THROUGH = 1_000
"""And so many where that will fill a page, so that they are counted as well."""
DEEPEST = 10 * LOOKED_THROUGH
"""No more than that: where a page would take more, an index is asked which are wanted."""
_NO_END = 2**31


@dataclass(frozen=True)
class Total:
    """How many are in a list."""

    number: int
    is_all: bool
    """False: there are more than that, and they were not counted."""


@dataclass(frozen=True)
class WorkPage:
    """One page of a list."""

    rows: Sequence[WorkRow]
    total: Total | None
    """Counted for the first page only."""
    next: Cursor | None
    previous: Cursor | None


def work(session: Session, member: Member, query: WorkQuery, after: Cursor | None = None, *, now: datetime) -> WorkPage:
    """
    A page of open work items, at most `PAGE`, those that somebody may see and that the query means.

    `after` is a place that an earlier page gave. Raises `NoSuchPlace`.
    """
    who = looker(session, member, now, local_day(now))
    query = as_far_as_they_may(who, query)
    wanted = PAGE if after is not None else COUNTED
    order, is_all, few = stretches(query.sort, query.colour), True, False
    found: list[tuple[int, str]] = []
    for number, stretch in _from(order, after):
        here = after if after is not None and after.stretch == number else None
        looking = _Looking(session, who, query, stretch, here, backwards=after is not None and after.backwards)
        ids, is_all = looking.found(wanted + 1 - len(found), at_least=PAGE + 1 - len(found), few=few)
        few = few or looking.went_by_index
        found += [(number, one) for one in ids]
        if not is_all or len(found) > wanted:
            is_all = False
            break
    shown = found[:PAGE]
    if after is not None and after.backwards:
        shown.reverse()
    rows = rows_of(session, who, [one for _, one in shown])
    stretch_of = {one: number for number, one in shown}
    places = [_place(order[stretch_of[row.id]], stretch_of[row.id], row) for row in rows]
    more = len(found) > PAGE
    before = after is not None and (not after.backwards or more)
    beyond = more if after is None or not after.backwards else True
    return WorkPage(
        rows,
        Total(min(len(found), COUNTED), is_all) if after is None else None,
        places[-1] if places and beyond else None,
        replace(places[0], backwards=True) if places and before else None,
    )


def as_far_as_they_may(who: Looker, query: WorkQuery) -> WorkQuery:
    """The query, of one's own work where they may not see their team's."""
    return query if who.reach >= Reach.TEAM or query.whose is not Whose.TEAM else query.of(Whose.MINE)


@dataclass
class _Looking:
    """One stretch of a list, looked through from a place on."""

    session: Session
    who: Looker
    query: WorkQuery
    stretch: Stretch
    after: Cursor | None
    backwards: bool
    went_by_index: bool = False
    """It held so few that they were found by an index: the other stretches of the list will."""

    def found(self, wanted: int, *, at_least: int, few: bool) -> tuple[Sequence[str], bool]:
        """So many ids, and whether these are all; fewer than `wanted` only where they are all, or `at_least` are."""
        depth = 0 if few else GLANCE
        while depth:
            seen = self.session.scalars(self._of(self._open().limit(depth), wanted)).all()
            if len(seen) >= wanted:
                return seen, False
            if self._is_looked_through(depth):
                return seen, True
            if len(seen) >= at_least and depth >= LOOKED_THROUGH:
                return seen, False
            depth = _deeper(depth, len(seen), at_least)
        self.went_by_index = True
        seen = self.session.scalars(self._by_index(wanted)).all()
        return seen, len(seen) < wanted

    def _open(self) -> Select[tuple[WorkItem]]:
        """The open work items of the stretch, in its order."""
        query = self._from_here(select(WorkItem).where(WorkItem.state == WorkItemState.OPEN))
        return self.stretch.ordered(query, WorkItem, backwards=self.backwards)

    def _is_looked_through(self, depth: int) -> bool:
        one_more = self._open().with_only_columns(WorkItem.id).offset(depth).limit(1)
        return self.session.scalar(one_more) is None

    def _by_index(self, wanted: int) -> Select[tuple[str]]:
        begin = narrowed(self.session, self.who, self.query)
        if begin is None:
            return self._of(self._open().limit(_NO_END), wanted)
        is_open = by_itself(WorkItem.state) == WorkItemState.OPEN
        these = self._from_here(select(WorkItem).where(is_open, any_of(begin.ids)))
        return self._of(these.limit(_NO_END), wanted, are_theirs=begin.are_theirs)

    def _from_here(self, query: Select[tuple[WorkItem]]) -> Select[tuple[WorkItem]]:
        """What of it stands in the stretch, is wanted in that time, and comes after the place."""
        query = query.where(*self.stretch.holds(WorkItem), *in_time(self.who, self.query, WorkItem))
        return query if self.after is None else query.where(self.stretch.beyond(WorkItem, self.after))

    def _of(self, these: Select[tuple[WorkItem]], wanted: int, *, are_theirs: bool = False) -> Select[tuple[str]]:
        """Those of some work items that the query means; for the limit that `these` has, no others are looked at."""
        items = aliased(WorkItem, these.subquery())
        query = (
            select(items.id)
            .join(Case, Case.ref == items.case_ref)
            .where(
                whose_condition(self.who, self.query, items, are_theirs=are_theirs),
                *narrowing(self.session, self.who, self.query, items),
                *self.stretch.holds_of_case(),
            )
        )
        return self.stretch.ordered(query, items, backwards=self.backwards).limit(wanted)


def _from(order: Sequence[Stretch], after: Cursor | None) -> list[tuple[int, Stretch]]:
    """The stretches that are still to come from a place on, in the order in which they are looked through."""
    numbered = list(enumerate(order))
    if after is None:
        return numbered
    if not 0 <= after.stretch < len(order):
        raise NoSuchPlace
    return numbered[after.stretch :: -1] if after.backwards else numbered[after.stretch :]


def _deeper(depth: int, found: int, wanted: int) -> int:
    """How far to look next where so many were found; 0: it would be too far."""
    if not found:
        return 0
    likely = max(depth * wanted * 3 // (2 * found), LOOKED_THROUGH)
    return likely if depth < likely <= DEEPEST else 0


def _place(stretch: Stretch, number: int, row: WorkRow) -> Cursor:
    return Cursor(number, tuple(getattr(row, column) for column in stretch.by), row.id)
