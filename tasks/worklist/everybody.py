"""
The one list as a manager works from it: with names, and with the cases and questions that they may open.

What the list is and how it is worked out stands in `tasks/unseen/`. Here it is narrowed to a team, or to those whom
nobody may be looking after, and cut into pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.permissions import Action
from models.policy import Policy
from models.register import Person
from models.states import WorkItemState
from models.working_time import local_day
from tasks.durable.who_may_answer import may_answer
from tasks.unseen.cases import OpenCase
from tasks.unseen.lines import Beware, Line, OneList, one_list
from tasks.unseen.morning import teams_of
from tasks.unseen.words import WHY, case_in_words, question_in_words
from tasks.worklist.confidential import kept_refs
from tasks.worklist.members import Member, row_of
from tasks.worklist.naming import Names, people_of, team_names, title_of
from tasks.worklist.scope import cases_within

LINES = 100
"""So many people on a page."""


@dataclass(frozen=True)
class Awaits:
    """Something that a case waits for."""

    words: str
    item: str | None = None
    """The work item, where they may open it."""
    may_assign: bool = False
    """Whether they may give it to somebody else."""


@dataclass(frozen=True)
class ListedCase:
    """A case of a line."""

    ref: str
    title: str
    may_open: bool
    awaits: tuple[Awaits, ...]


@dataclass(frozen=True)
class ListedLine:
    """A line of the one list, with the names that stand behind its references. Personal data."""

    line: Line
    person: Person | None
    why: tuple[str, ...]
    """Why nobody may be looking after them, each as a sentence without its stop; empty: somebody is."""
    owners: tuple[str, ...]
    cases: tuple[ListedCase, ...]
    shown_on: tuple[str, ...]
    """The teams on whose trays the recording system shows them, where there is no case here."""


@dataclass(frozen=True)
class ListPage:
    """A page of the list."""

    found: OneList
    """The whole list, for every team."""
    counted: Counter[Beware]
    """Of those chosen, how many lines have each reason to beware."""
    chosen: int
    """How many lines there are by what was asked for."""
    unattended: int
    """After how many of those nobody may be looking."""
    lines: tuple[ListedLine, ...]
    number: int
    """Which page it is, from 1."""
    pages: int

    @property
    def first(self) -> int:
        """The number of its first line, from 1."""
        return (self.number - 1) * LINES + 1


def everybody(
    session: Session,
    member: Member,
    policy: Policy,
    moment: datetime,
    now: datetime,
    *,
    team: str | None = None,
    only: bool = False,
    number: int = 1,
) -> ListPage:
    """
    A page of everybody who waited on the council at a moment, worst first.

    `team` and `only` choose those whom a team's managers hear of, and those whom nobody may be looking after. A page
    after the last is the last. Questions of a past day are not links: they may be answered since.
    """
    found = one_list(session, moment)
    chosen = [one for one in found.lines if not only or one.beware]
    if team is not None:
        day = local_day(moment)
        chosen = [one for one in chosen if team in teams_of(session, policy, one, day)]
    pages = max(1, -(-len(chosen) // LINES))
    number = min(max(number, 1), pages)
    here = chosen[(number - 1) * LINES : number * LINES]
    return ListPage(
        found=found,
        counted=Counter(why for one in chosen for why in one.beware),
        chosen=len(chosen),
        unattended=sum(bool(one.beware) for one in chosen),
        lines=tuple(_Listing(session, member, here, now, is_past=moment < now).lines()),
        number=number,
        pages=pages,
    )


KEPT = "Confidential: with whoever it was given to"
"""What stands in the list for a case of a confidential incident that is not for whoever looks."""


class _Listing:
    """Puts names and links to the lines of one page."""

    def __init__(
        self, session: Session, member: Member, lines: Sequence[Line], now: datetime, *, is_past: bool
    ) -> None:
        self._session, self._member, self._lines, self._on = session, member, lines, local_day(now)
        cases = [case for line in lines for case in line.cases]
        refs = {case.ref for case in cases}
        self._people = people_of(session, {line.person for line in lines if line.person is not None})
        self._names = Names(
            session, {case.owner for case in cases} | {one.of for case in cases for one in case.questions if one.of}
        )
        self._teams = team_names(session)
        self._readable = self._those(refs, Action.READ_CASE)
        self._kept = kept_refs(session, member) - self._readable
        self._assignable = self._those(refs, Action.ASSIGN_WORK)
        items = select(WorkItem).where(WorkItem.case_ref.in_(refs), WorkItem.state == WorkItemState.OPEN)
        self._items = {} if is_past else {(one.case_ref, one.key): one for one in session.scalars(items)}

    def lines(self) -> list[ListedLine]:
        """The lines, in their order."""
        return [
            ListedLine(
                line=line,
                person=self._people.get(line.person or ""),
                why=tuple(WHY[one] for one in line.beware),
                owners=tuple(map(self._names, line.owners)),
                cases=tuple(self._case(one) for one in line.cases),
                shown_on=tuple(self._teams.get(one.team, one.team) for one in line.shown),
            )
            for line in self._lines
        ]

    def _those(self, refs: set[str], action: Action) -> set[str]:
        within = cases_within(self._session, self._member, action, self._on)
        return set(self._session.scalars(select(Case.ref).where(Case.ref.in_(refs), within)))

    def _case(self, case: OpenCase) -> ListedCase:
        may_open = case.ref in self._readable
        if case.ref in self._kept:
            return ListedCase(case.ref, KEPT, False, ())
        if not case.questions:
            awaits = tuple(Awaits(words) for words in case_in_words(case, self._names))
            return ListedCase(case.ref, title_of(case.procedure), may_open, awaits)
        asked = []
        for one in case.questions:
            item, words = self._items.get((case.ref, one.key)), question_in_words(one, self._names)
            row = row_of(self._session, self._member)
            opens = item is not None and (may_open or may_answer(self._session, row, item, on=self._on))
            shown = item.id if item is not None and opens else None
            asked.append(Awaits(words, shown, shown is not None and case.ref in self._assignable))
        return ListedCase(case.ref, title_of(case.procedure), may_open, tuple(asked))
