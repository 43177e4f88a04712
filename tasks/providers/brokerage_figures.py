"""
How many referrals brokerage receives and how soon it answers them, beside the figure by which it is planned (TRN-44).

Worked out from the cases and their ledgers, so that the same period gives the same figures again; each figure is the
number of the references behind it. Restricted cases count, and are never listed by their reference.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.brokerage import ProviderOffered, ProviderTakesItOn, SourcingBegun, Urgency
from models.policy import Policy
from models.working_time import local_day, months_after
from tasks.as_of import Cases, PeriodWrongWayRound, entered, moment_of, start_of

PROCEDURE = "brokerage"
DAYS_A_YEAR = 365
BY_HAND = "by hand"
"""Where a referral came from that no case of ours opened."""
RESTRICTED = "a restricted case"
UNKNOWN = "not known"
"""How soon it was wanted, where what the case was opened with is erased."""


class Per(StrEnum):
    """How a period is cut up."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Referral:
    """One referral to brokerage, as it was known at the end of the period."""

    ref: str
    restricted: bool
    received_at: datetime
    urgency: str
    """How soon it was wanted when it came."""
    came_from: str
    """The procedure whose case asked for it, or by hand."""
    answered_at: datetime | None
    offered_at: datetime | None
    """When somebody who could give the care was first found."""
    taken_on_at: datetime | None
    """When a provider took it on by name, having been accepted."""

    @property
    def answered_same_day(self) -> bool:
        """Whether it was answered on the day on which it came (TRN-42)."""
        return self.answered_at is not None and local_day(self.answered_at) == local_day(self.received_at)


@dataclass(frozen=True)
class Counted:
    """A number, and the references behind it; of restricted cases there is a number only."""

    count: int
    refs: tuple[str, ...]


@dataclass(frozen=True)
class Bucket:
    """A week, a month or a year of the period, or all of it."""

    begins: date
    ends: date
    """The last day of it that the figures know: no later than the period's."""
    received: Counted
    same_day: Counted
    later: Counted
    """Answered, and not on the same day."""
    not_answered: Counted
    offered: Counted
    taken_on: Counted
    median_hours_to_offer: float | None
    longest_hours_to_offer: float | None
    median_hours_to_taken_on: float | None
    longest_hours_to_taken_on: float | None
    by_urgency: dict[str, Counted]
    by_origin: dict[str, Counted]
    planned: float
    """How many were planned for so many days, by policy's figure for a year."""


@dataclass(frozen=True)
class BrokerageFigures:
    """The figures of a period."""

    begins: date
    ends: date
    per: Per
    buckets: tuple[Bucket, ...]
    whole: Bucket
    planned_a_year: int
    planned_by: str
    """The role that answers for the planning figure."""
    planned_on: date


def brokerage_figures(
    session: Session, policy: Policy, begins: date, ends: date, now: datetime, *, per: Per = Per.MONTH
) -> BrokerageFigures:
    """
    The referrals received from the first day to the last, up to now where that is today.

    Raises `PeriodWrongWayRound`, and `DayToCome` where the period ends later than today.
    """
    if ends < begins:
        raise PeriodWrongWayRound
    every = referrals(session, start_of(begins), moment_of(ends, now))
    a_year = policy.brokerage.referrals_a_year
    spans = list(_spans(begins, ends, per))
    return BrokerageFigures(
        begins=begins,
        ends=ends,
        per=per,
        buckets=tuple(_bucket(every, first, last, a_year) for first, last in spans),
        whole=_bucket(every, begins, ends, a_year),
        planned_a_year=a_year,
        planned_by=policy.brokerage.owner,
        planned_on=policy.brokerage.decided_on,
    )


def referrals(session: Session, start: datetime, end: datetime) -> list[Referral]:
    """Every referral received in a period, the first first, with what had become of it by its end."""
    # Every referral counts, whatever became of it (TRN-44).
    cases = select(Case.ref).where(Case.procedure == PROCEDURE, Case.opened_at >= start, Case.opened_at <= end)
    parent = aliased(Case)
    rows = session.execute(
        select(Case.ref, Case.opened_at, Case.restricted, parent.procedure, parent.restricted.label("hidden"))
        .outerjoin(parent, parent.ref == Case.parent_ref)
        .where(Case.ref.in_(cases))
        .order_by(Case.opened_at, Case.ref)
    ).all()
    opened = {
        ref: entry.data if isinstance(entry.data, dict) else {}
        for ref, entry in entered(session, cases, end, Entry.kind == EntryKind.OPENED)
    }
    begun = _first(session, SourcingBegun.name(), cases, end, lambda _said: True)
    offered = _first(session, ProviderOffered.name(), cases, end, lambda said: bool(said.get("found")))
    taken = _first(session, ProviderTakesItOn.name(), cases, end, lambda said: bool(said.get("taken_on")))
    return [
        Referral(
            ref=row.ref,
            restricted=row.restricted,
            received_at=row.opened_at,
            urgency=str(opened.get(row.ref, {}).get("urgency", UNKNOWN)),
            came_from=RESTRICTED if row.hidden else row.procedure or BY_HAND,
            answered_at=begun.get(row.ref),
            offered_at=offered.get(row.ref),
            taken_on_at=taken.get(row.ref),
        )
        for row in rows
    ]


def _first(
    session: Session, form: str, cases: Cases, end: datetime, counts: Callable[[dict[str, Any]], bool]
) -> dict[str, datetime]:
    """When each case first had an answer on that form that counts."""
    found: dict[str, datetime] = {}
    answers = (Entry.kind == EntryKind.ANSWERED) & (Entry.step == form)
    for ref, entry in entered(session, cases, end, answers):
        if counts(entry.data if isinstance(entry.data, dict) else {}):
            found.setdefault(ref, entry.at)
    return found


def _spans(begins: date, ends: date, per: Per) -> Iterator[tuple[date, date]]:
    """Each whole week (from Monday), month or year that the period touches, cut off at its ends."""
    first = begins
    while first <= ends:
        match per:
            case Per.WEEK:
                following = first + timedelta(days=7 - first.weekday())
            case Per.MONTH:
                following = months_after(first.replace(day=1), 1)
            case Per.YEAR:
                following = date(first.year + 1, 1, 1)
        yield first, min(following - timedelta(days=1), ends)
        first = following


def _bucket(every: Iterable[Referral], begins: date, ends: date, a_year: int) -> Bucket:
    here = [one for one in every if begins <= local_day(one.received_at) <= ends]
    to_offer = [_hours(one.received_at, one.offered_at) for one in here if one.offered_at is not None]
    to_taken = [_hours(one.received_at, one.taken_on_at) for one in here if one.taken_on_at is not None]
    return Bucket(
        begins=begins,
        ends=ends,
        received=counted(here),  # TRN-44
        same_day=counted(one for one in here if one.answered_same_day),  # TRN-42
        later=counted(one for one in here if one.answered_at is not None and not one.answered_same_day),
        not_answered=counted(one for one in here if one.answered_at is None),
        offered=counted(one for one in here if one.offered_at is not None),
        taken_on=counted(one for one in here if one.taken_on_at is not None),
        median_hours_to_offer=_median(to_offer),
        longest_hours_to_offer=max(to_offer, default=None),
        median_hours_to_taken_on=_median(to_taken),
        longest_hours_to_taken_on=max(to_taken, default=None),
        by_urgency={
            kind: counted(one for one in here if one.urgency == kind)
            for kind in (*map(str, Urgency), *sorted({one.urgency for one in here} - set(Urgency)))
        },
        by_origin={
            kind: counted(one for one in here if one.came_from == kind)
            for kind in sorted({one.came_from for one in here})
        },
        planned=round(a_year * ((ends - begins).days + 1) / DAYS_A_YEAR, 1),
    )


def counted(referrals: Iterable[Referral]) -> Counted:
    """How many, and which."""
    these = list(referrals)
    return Counted(len(these), tuple(one.ref for one in these if not one.restricted))


def _hours(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds() / 3600, 1)


def _median(hours: list[float]) -> float | None:
    return round(statistics.median(hours), 1) if hours else None
