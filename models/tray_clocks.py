"""
The clocks of somebody who waits on the tray: when they are contacted, and when their waiting becomes too long.

All of them keep somebody safe: they run in calendar time and come earlier rather than later where the office is
closed (GAP-51). Days count as days: who was reached on Monday the 5th is due on Monday the 19th, by closing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from models.decision_tables.levels import Priority, Rag
from models.due_rules import DueBy, due_rule
from models.durations import Duration
from models.policy import Policy
from models.working_time import LONDON, OpeningHours, WorkingCalendar, local_day, months_after

UNRATED = "unrated"
URGENT = "urgent"


def contact_due(colour: Rag | None, since: datetime, no_later_than: datetime | None = None) -> DueBy:
    """When the next contact is due, counted from the last one (PWT-54 to PWT-57, GAP-12, GAP-16)."""
    return DueBy("tray-contact", since, colour or UNRATED, no_later_than)


def contact_asked(colour: Rag | None, since: datetime, no_later_than: datetime | None = None) -> DueBy:
    """When the next contact is put into a worklist: as the office opens on the day on which it is due."""
    return DueBy("tray-contact-asked", since, colour or UNRATED, no_later_than)


@due_rule("tray-contact")
def _contact(policy: Policy, since: datetime, word: str) -> datetime:
    length = policy.contact_every(_colour(word))
    begun = local_day(since)
    if not length.time:
        return _hours(policy, _contact_day(policy, begun, word, length.days))[1]
    latest = _open_day(policy, begun, _latest_day(policy, begun))
    due = min(_safety(policy, since, length), _hours(policy, latest)[1])
    day = _for_red(policy, begun, word, local_day(due))
    return due if day == local_day(due) else _hours(policy, day)[1]


@due_rule("tray-contact-asked")
def _asked(policy: Policy, since: datetime, word: str) -> datetime:
    length = policy.contact_every(_colour(word))
    if not length.time:
        return _hours(policy, _contact_day(policy, local_day(since), word, length.days))[0]
    due = _contact(policy, since, word)
    opens = _hours(policy, local_day(due))[0]
    return opens if since < opens < due else since + (due - since) / 2  # shorter than a day: half of it


def _contact_day(policy: Policy, begun: date, word: str, days: int) -> date:
    """The day of the next contact: never later than a month, on an open day, and for Red before a shutdown."""
    day = min(begun + timedelta(days=days), _latest_day(policy, begun))
    return _for_red(policy, begun, word, _open_day(policy, begun, day))


def _for_red(policy: Policy, begun: date, word: str, day: date) -> date:
    """`day`; for Red the last open day before a shutdown that begins earlier, where policy has it so (GAP-51)."""
    kinds = policy.gaps.time_kinds
    if _colour(word) is not Rag.RED or not kinds.reds_checked_before_shutdown:
        return day
    return _before_a_shutdown(policy.working_calendar(), begun, day, kinds.shutdown_from_closed_days)


def _latest_day(policy: Policy, begun: date) -> date:
    """A month later, as policy counts one: whatever the colour, nobody is contacted less often (PWT-55, GAP-16)."""
    months = policy.gaps.months
    days = months.month.days - (-months.month.time // timedelta(days=1))  # part of a day counts as one
    later = begun + timedelta(days=days)
    return min(later, months_after(begun, 1)) if months.never_later_than_calendar_month else later


def _open_day(policy: Policy, begun: date, day: date) -> date:
    """`day`, or the last open day before it where policy has safety come earlier (GAP-51)."""
    if not policy.gaps.time_kinds.safety_comes_earlier_on_closed_days:
        return day
    return _earlier_open_day(policy.working_calendar(), begun, day)


def _earlier_open_day(calendar: WorkingCalendar, begun: date, day: date) -> date:
    """`day`, or the last open day before it; where none lies after the start, it stays and is for out of hours."""
    if calendar.is_working_day(day):
        return day
    earlier = calendar.previous_working_day(day)
    return earlier if earlier > begun else day


def _before_a_shutdown(calendar: WorkingCalendar, begun: date, day: date, closed_days: int) -> date:
    """The last open day before the first shutdown that begins after the last contact and before `day`, or `day`."""
    one = begun + timedelta(days=1)
    while one < day:
        if calendar.is_working_day(one):
            following = calendar.next_working_day(one)
            if (following - one).days - 1 >= closed_days:
                return one
            one = following
        else:
            one += timedelta(days=1)
    return day


def limit(rule: str, since: datetime, word: str = "") -> DueBy:
    """One of the limits of waiting, by its name: warn, breach, red-strategic, red-head, priority, rating."""
    return DueBy(f"tray-{rule}", since, word)


@due_rule("tray-warn")
def _warn(policy: Policy, since: datetime, _word: str) -> datetime:
    return _morning_of(policy, since, policy.gaps.allocation_clock.warn_after)


@due_rule("tray-breach")
def _breach(policy: Policy, since: datetime, _word: str) -> datetime:
    return _morning_of(policy, since, policy.gaps.allocation_clock.breach_after)


@due_rule("tray-red-strategic")
def _red_strategic(policy: Policy, since: datetime, _word: str) -> datetime:
    return _morning_of(policy, since, policy.gaps.tray_escalation.red_to_strategic_manager_after)


@due_rule("tray-red-head")
def _red_head(policy: Policy, since: datetime, _word: str) -> datetime:
    return _morning_of(policy, since, policy.gaps.tray_escalation.red_to_head_of_service_after)


@due_rule("tray-priority")
def _priority(policy: Policy, since: datetime, word: str) -> datetime:
    deadlines = policy.gaps.priority_deadlines
    lengths = {
        URGENT: deadlines.urgent,
        Priority.HIGH: deadlines.high,
        Priority.MEDIUM: deadlines.medium,
        Priority.LOW: deadlines.low,
    }
    return _safety(policy, since, lengths[word])


@due_rule("tray-rating")
def _rating(policy: Policy, since: datetime, _word: str) -> datetime:
    return _safety(policy, since, policy.gaps.compulsory_rating.imported_rated_within)


def _morning_of(policy: Policy, since: datetime, length: Duration) -> datetime:
    """When the office opens on the day a limit is reached, or on the last open day before, so that it can be used."""
    if length.time:
        return _safety(policy, since, length)
    begun = local_day(since)
    return _hours(policy, _open_day(policy, begun, begun + timedelta(days=length.days)))[0]


def _safety(policy: Policy, since: datetime, length: Duration) -> datetime:
    """So much calendar time later, to the hour; from a closed day it comes earlier where policy has it so (GAP-51)."""
    calendar = policy.working_calendar()
    earlier = policy.gaps.time_kinds.safety_comes_earlier_on_closed_days
    return calendar.safety_due(since, length) if earlier else calendar.add(since, length)


def _colour(word: str) -> Rag | None:
    return None if word == UNRATED else Rag(word)


def _hours(policy: Policy, day: date) -> tuple[datetime, datetime]:
    """When the office opens and closes on a day; on a closed one, the hours between which it would."""
    calendar = policy.working_calendar()
    if calendar.is_working_day(day):
        return calendar.opening_time(day), calendar.closing_time(day)
    usual: list[OpeningHours] = list(calendar.office_hours.values())
    return _on(day, min(one.opens for one in usual)), _on(day, max(one.closes for one in usual))


def _on(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=LONDON).astimezone(UTC)


__all__ = ["contact_asked", "contact_due", "limit"]
