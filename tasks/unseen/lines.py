"""One line for each person who waits on the council, worst first; and for each case or message about nobody known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from models.case_people import CasePerson
from models.cases import Case
from models.decision_tables.levels import Rag
from models.mail import InboundMail, MailState
from models.tray import SeenWaiting
from tasks.as_of import open_at
from tasks.register.lookups import shown_as_waiting
from tasks.tray.listing import PROCEDURE, rank
from tasks.unseen.cases import OpenCase, open_cases
from tasks.unseen.reached import last_reached

ON_OUR_TRAY = ("pwt-triage", PROCEDURE, "pwt-allocation")
"""Procedures in which we have somebody whom the recording system shows as waiting on a tray."""
EVERYBODY = "everybody"
"""What the access log has where somebody looked at the list: it is about no one person."""


class Beware(StrEnum):
    """Why somebody on the list may have nobody who is looking after them."""

    NEEDS_ATTENTION = "needs attention"
    """A case of theirs stands still until a person has seen to it: none of its clocks runs."""
    OVERDUE = "overdue"
    """Something was due for them and has not been done."""
    NO_DATE = "no date"
    """They wait, and nothing is due on any day."""
    NOT_OURS = "not ours"
    """The recording system shows them as waiting, and we have no case about it."""
    NO_OWNER = "no owner"
    """Somebody is placed out of area, and nobody looks after that by name."""
    NOT_LOOKED_AT = "not looked at"
    """A message is kept safely, and nothing has looked yet at what it is."""


@dataclass(frozen=True)
class ShownWaiting:
    """That the recording system shows somebody as waiting on a team's tray."""

    team: str
    since: date | None
    """Since when, as the recording system has it."""
    first_shown_at: datetime


@dataclass(frozen=True)
class Line:
    """Somebody who waits on the council. References only."""

    at: datetime
    """The moment asked for."""
    person: str | None = None
    """Register id; None: a case or a message about nobody known yet."""
    cases: tuple[OpenCase, ...] = ()
    """The oldest first."""
    message: str | None = None
    """Our id of a message that nothing has looked at yet."""
    received_at: datetime | None = None
    """When that message came."""
    last_reached_at: datetime | None = None
    """When somebody last really reached them; None: never, as far as our ledgers know."""
    shown: tuple[ShownWaiting, ...] = ()
    """Where the recording system shows them as waiting and we have no case about it."""

    @property
    def colour(self) -> Rag | None:
        """Their colour on the tray, the most pressing of several."""
        on_tray = [one.tray.colour for one in self.cases if one.tray is not None and one.tray.colour is not None]
        return min(on_tray, key=lambda one: rank(one, tuple(Rag)), default=None)

    @cached_property
    def next_date(self) -> datetime | None:
        """The earliest date on which something is due for them; it may have passed."""
        return min((one.next_date for one in self.cases if one.next_date is not None), default=None)

    @property
    def owners(self) -> tuple[str, ...]:
        """Tags of who owns their cases."""
        return tuple(dict.fromkeys(one.owner for one in self.cases))

    @property
    def since(self) -> datetime:
        """Since when they wait, as far as we know."""
        began = [one.tray.requested_at if one.tray is not None else one.opened_at for one in self.cases]
        began += [one.first_shown_at for one in self.shown]
        began += [self.received_at] if self.received_at is not None else []
        return min(began)

    @property
    def is_overdue(self) -> bool:
        """Something was due for them by then, and had not been done."""
        return self.next_date is not None and self.next_date <= self.at

    @cached_property
    def beware(self) -> tuple[Beware, ...]:
        """Why nobody may be looking after them; empty where everything has its date and its owner."""
        found = [Beware.NEEDS_ATTENTION] if any(one.needs_attention for one in self.cases) else []
        found += [Beware.OVERDUE] if self.is_overdue else []
        is_told = any(one.is_left_to_another or one.is_erased for one in self.cases)
        if self.cases and self.next_date is None and not is_told:
            found.append(Beware.NO_DATE)
        if any(one.lacks_owner for one in self.cases):
            found.append(Beware.NO_OWNER)
        if self.shown:
            found.append(Beware.NOT_OURS)
        if self.message is not None:
            found.append(Beware.NOT_LOOKED_AT)
        return tuple(found)

    @property
    def how_bad(self) -> tuple[bool, int, bool, datetime, datetime, str]:
        """
        What the list is sorted by: nobody looks after them, Red, never reached, reached or begun longest ago.

        Whom the recording system alone shows as waiting stands with those who are not rated yet.
        """
        return (
            not self.beware,
            rank(self.colour, tuple(Rag)) if self.is_on_tray or self.shown else len(Rag) * 2,
            self.last_reached_at is not None,
            self.last_reached_at or self.since,
            self.since,
            self.name,
        )

    @property
    def is_on_tray(self) -> bool:
        """Whether one of their cases is on the tray."""
        return any(one.tray is not None for one in self.cases)

    @property
    def name(self) -> str:
        """What stands for the line: the person's register id, else the case's ref or the message's id."""
        return self.person or self.message or self.cases[0].ref


@dataclass(frozen=True)
class OneList:
    """Everybody who waited on the council at a moment."""

    at: datetime
    lines: tuple[Line, ...]
    """Worst first."""
    restricted: int
    """How many restricted cases were open; nothing of them is told here."""

    @property
    def erased(self) -> int:
        """In how many cases somebody waited then of which no more is known: what they said was erased since."""
        return len({case.ref for one in self.lines for case in one.cases if case.is_erased})

    @property
    def unattended(self) -> tuple[Line, ...]:
        """Those whom nobody may be looking after."""
        return tuple(one for one in self.lines if one.beware)


def one_list(session: Session, moment: datetime) -> OneList:
    """Everybody who waited on the council at a moment, and everybody shown as waiting whom we did not have."""
    cases, restricted = open_cases(session, moment)
    shown = _shown_and_not_ours(session, moment)
    people = union(
        select(CasePerson.person_id).where(CasePerson.case_ref.in_(open_at(moment))),
        select(SeenWaiting.person_id).where(SeenWaiting.first_shown_at <= moment),
    ).subquery()
    reached = last_reached(session, moment, select(people.c.person_id))
    of_person: defaultdict[str, list[OpenCase]] = defaultdict(list)
    for case in cases:
        for person in case.people:
            of_person[person].append(case)
    lines = [
        Line(
            moment,
            person,
            tuple(of_person[person]),
            last_reached_at=reached.get(person),
            shown=tuple(shown.get(person, ())),
        )
        for person in sorted({*of_person, *shown})
    ]
    lines += [Line(moment, cases=(case,)) for case in cases if not case.people]
    lines += _not_looked_at(session, moment)
    return OneList(moment, tuple(sorted(lines, key=lambda one: one.how_bad)), restricted)


def _shown_and_not_ours(session: Session, moment: datetime) -> dict[str, list[ShownWaiting]]:
    """Whom the recording system showed as waiting by then, and we had no case for; a restricted one is one, too."""
    on_tray = open_at(moment, Case.procedure.in_(ON_OUR_TRAY))
    ours = set(session.scalars(select(CasePerson.person_id).where(CasePerson.case_ref.in_(on_tray))))
    found: defaultdict[str, list[ShownWaiting]] = defaultdict(list)
    for row in shown_as_waiting(session, moment):
        if row.person_id not in ours:
            found[row.person_id].append(ShownWaiting(row.team_id, row.waiting_since, row.first_shown_at))
    return found


def _not_looked_at(session: Session, moment: datetime) -> Iterable[Line]:
    """Messages that were kept and not yet looked at; one put aside has a case of its own."""
    rows = session.execute(
        select(InboundMail.id, InboundMail.received_at).where(
            InboundMail.received_at <= moment,
            or_(InboundMail.state == MailState.STORED, InboundMail.settled_at > moment),
        )
    )
    return [Line(moment, message=row.id, received_at=row.received_at) for row in rows]
