"""
My day, by person: what is due today and overdue for somebody at work, who called back, and what is new.

What is theirs is what the list of their work has (`listing.py`), as far as they may answer it; what can wait until
another day is only counted. New is what came since the office last closed on a day on which they were there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, literal, select, text, union
from sqlalchemy.orm import Session

from models.cases import SIGNALLED, Case, Entry, WorkItem
from models.forms.recording import PersonHasDied
from models.forms.tray_signals import CircumstancesChanged, LeavingReported
from models.forms.written_contact import FurtherMessage
from models.notices import Recipient
from models.permissions import Action
from models.states import CaseStatus, WorkItemState
from models.working_time import WorkingCalendar, local_day
from tasks.as_of import start_of
from tasks.durable.seeing import may_read_item
from tasks.durable.who_may_answer import may_answer
from tasks.register.lookups import absence_on
from tasks.register.traces import in_pieces
from tasks.worklist.beside import about_whom, on_trays, reached
from tasks.worklist.conditions import looker, whose_condition
from tasks.worklist.day_parts import COUNT_UP_TO, Day, DayItem, DayNews, DayPerson
from tasks.worklist.members import Member, row_of
from tasks.worklist.naming import people_of
from tasks.worklist.query import Whose, WorkQuery
from tasks.worklist.scope import cases_within
from tasks.worklist.what_came import what_came

MOST_ITEMS = 1_000
"""So many items of a day are shown, the soonest due first; nobody does more, and the page says that there are more."""
NEWS = tuple(one.name() for one in (CircumstancesChanged, FurtherMessage, LeavingReported, PersonHasDied))
"""What comes of itself about somebody and changes what is said when they are rung."""
_LONGEST_AWAY = timedelta(days=90)


@dataclass
class _Gathered:
    items: list[DayItem] = field(default_factory=list)
    news: list[DayNews] = field(default_factory=list)


def my_day(session: Session, member: Member, calendar: WorkingCalendar, now: datetime) -> Day:
    """The day of a member of staff as it stands now."""
    since = was_last_there(session, member.id, calendar, now)
    tonight = start_of(local_day(now) + timedelta(days=1))
    today = WorkItem.id.in_(_of_today(since, tonight))
    theirs = _theirs(session, member, now)
    rows = session.execute(
        select(WorkItem, Case)
        .join(Case, Case.ref == WorkItem.case_ref)
        .where(theirs, today)
        .order_by(WorkItem.due.is_(None), WorkItem.due, WorkItem.opened_at, WorkItem.id)
        .limit(MOST_ITEMS + 1)
    ).all()
    mine = [(item, case) for item, case in rows[:MOST_ITEMS] if _may_do(session, member, item, case, now)]
    came = _news(session, member, since, now)
    gathered: defaultdict[str, _Gathered] = defaultdict(_Gathered)
    cases: dict[str, Case] = {}
    for item, case in mine:
        cases[case.ref] = case
        gathered[case.ref].items.append(_shown(member, item, since, tonight, now))
    for news, case in came:
        cases[case.ref] = case
        gathered[case.ref].news.append(news)
    people = _by_person(session, gathered, list(cases.values()), now)
    waits = (
        select(literal(1))
        .select_from(WorkItem)
        .join(Case, Case.ref == WorkItem.case_ref)
        .where(theirs, ~today)
        .limit(COUNT_UP_TO + 1)
    )
    later = session.scalar(select(func.count()).select_from(waits.subquery())) or 0
    return Day(now, since, tuple(sorted(people, key=lambda one: one.order)), later, len(rows) > MOST_ITEMS)


def was_last_there(session: Session, staff_id: str, calendar: WorkingCalendar, now: datetime) -> datetime:
    """When the office last closed before today on a day on which the register does not show them as away."""
    earliest = now - _LONGEST_AWAY
    closed = calendar.closing_time(calendar.previous_working_day(local_day(now)))
    while closed > earliest and (away := absence_on(session, staff_id, closed)) is not None:
        closed = calendar.closing_time(calendar.previous_working_day(local_day(away.starts_at)))
    return max(closed, earliest)


def _of_today(since: datetime, tonight: datetime) -> CompoundSelect[tuple[str]]:
    """What cannot wait: due by tonight, new, or urgent without a time. Each is found by an index of its own."""
    is_open = select(WorkItem.id).where(WorkItem.state == WorkItemState.OPEN)
    return union(
        is_open.where(WorkItem.due < tonight),
        is_open.where(WorkItem.opened_at >= since),
        is_open.where(WorkItem.due.is_(None), WorkItem.urgent),
    )


def _theirs(session: Session, member: Member, now: datetime) -> ColumnElement[bool]:
    """What is open and theirs, as the list of their work has it."""
    who = looker(session, member, now, local_day(now))
    return and_(WorkItem.state == WorkItemState.OPEN, whose_condition(who, WorkQuery(whose=Whose.MINE), WorkItem))


def _tags(member: Member) -> tuple[str, ...]:
    whom = (Recipient.staff(member.id), Recipient.role(member.role), Recipient.team(member.team_id))
    return tuple(one.tag for one in whom)


def _may_do(session: Session, member: Member, item: WorkItem, case: Case, now: datetime) -> bool:
    row, on = row_of(session, member), local_day(now)
    if case.restricted:
        return may_read_item(session, item, row, on=on)
    return may_answer(session, row, item, on=on)


def _shown(member: Member, item: WorkItem, since: datetime, tonight: datetime, now: datetime) -> DayItem:
    is_own = item.assignee == member.id or (item.assignee is None and item.asked_of in _tags(member))
    others = (one for one in member.stands_in_for if item.assignee == one.id or item.asked_of in _tags(one))
    behind = None if is_own else next(others, None)
    return DayItem(
        id=item.id,
        case=item.case_ref,
        form=item.form,
        due=item.due,
        is_urgent=item.urgent,
        is_overdue=item.due is not None and item.due <= now,
        is_due_today=item.due is not None and now < item.due < tonight,
        is_new=item.opened_at >= since,
        is_taken=item.assignee in {one.id for one in member.themselves_and_covered},
        for_whom=behind.name if behind is not None else "",
    )


def _news(session: Session, member: Member, since: datetime, now: datetime) -> list[tuple[DayNews, Case]]:
    """What came to open cases of their own since then, but not from themselves; nothing of restricted ones."""
    entries = session.execute(
        select(Entry.case_ref, Entry.step, Entry.at)
        .where(text(SIGNALLED), Entry.at >= since, Entry.step.in_(NEWS), Entry.by != member.id)
        .order_by(Entry.at.desc(), Entry.case_ref, Entry.no)
    ).all()
    cases: dict[str, Case] = {}
    for some in in_pieces(sorted({one.case_ref for one in entries})):
        # What is one's own, whatever one's role reaches besides: that is the reach of being signed in.
        own = cases_within(session, member, Action.SIGN_IN, local_day(now))
        found = select(Case).where(
            Case.ref.in_(some), Case.status != CaseStatus.CLOSED, Case.restricted.is_(False), own
        )
        cases |= {one.ref: one for one in session.scalars(found)}
    return [(DayNews(one.case_ref, one.step, one.at), cases[one.case_ref]) for one in entries if one.case_ref in cases]


def _by_person(
    session: Session, gathered: dict[str, _Gathered], cases: Sequence[Case], now: datetime
) -> Iterable[DayPerson]:
    about = about_whom(session, [one for one in cases if not one.restricted], now)
    known = people_of(session, {who for people in about.values() for who in people})
    came = what_came(session, [one.ref for one in cases if not one.restricted and not about.get(one.ref)])
    of_person: defaultdict[str, _Gathered] = defaultdict(_Gathered)
    for case in cases:
        here = gathered[case.ref]
        people = [who for who in about.get(case.ref, ()) if who in known]
        for who in people:
            of_person[who].items += here.items
            of_person[who].news += here.news
        if not people:
            begun = came.get(case.ref)
            yield DayPerson(None, case.ref, case.restricted, tuple(here.items), tuple(here.news), came=begun)
    trays, last = on_trays(session, known), reached(session, known, now)
    for who, here in of_person.items():
        one = DayPerson(known[who], items=_in_order(here.items), news=tuple(here.news))
        team, colour = trays.get(who, (None, None))
        yield replace(one, team=team, colour=colour, last_reached_at=last.get(who))


def _in_order(items: Iterable[DayItem]) -> tuple[DayItem, ...]:
    return tuple(sorted(items, key=lambda one: (one.due is None, one.due.timestamp() if one.due else 0.0, one.id)))
