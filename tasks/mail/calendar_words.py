"""Calendar entries that come by mail (RFC 5545, RFC 5546), in words: what is proposed, when, where and by whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from models.working_time import LONDON, for_people
from tasks.mail.decoding import storable

_AT_MOST = 20
"""Entries of one calendar that are told; more is a calendar's export, and is in the file."""
_SAYS = {
    "REQUEST": "An appointment is proposed",
    "PUBLISH": "An appointment is made known",
    "ADD": "An appointment is proposed",
    "COUNTER": "Another time is proposed for an appointment",
    "REPLY": "An appointment is answered",
    "CANCEL": "An appointment is called off",
}
_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "accepted for the time being"}
_LONGEST = 300
_LARGEST = 1_000_000
"""Bytes of an entry that is read; more is no appointment."""


def calendar_in_words(content: bytes) -> list[str]:
    """One sentence or two for each appointment; none where it cannot be read. Never raises."""
    if len(content) > _LARGEST:
        return []
    try:
        calendar = Calendar.from_ical(content)
        method = _plain(calendar.get("METHOD")).upper()
        told = [_in_words(event, method) for event in calendar.walk("VEVENT")[:_AT_MOST]]
    except Exception:  # the parser fails in ways that it does not list; the file is kept
        return []
    return [storable(one) for one in told if one]


def _in_words(event: Any, method: str) -> str:
    called_off = _plain(event.get("STATUS")).upper() == "CANCELLED"
    says = _SAYS["CANCEL"] if called_off else _SAYS.get(method, _SAYS["PUBLISH"])
    pieces = [f"{says}: {_plain(event.get('SUMMARY')) or 'without a title'}", _when(event)]
    if place := _plain(event.get("LOCATION")):
        pieces.append(f"at {place}")
    if event.get("RRULE"):
        pieces.append("and again after that")
    sentence = ", ".join(piece for piece in pieces if piece) + "."
    if organiser := _who(event.get("ORGANIZER")):
        sentence += f" By {organiser}."
    if method in ("REPLY", "COUNTER"):
        sentence += "".join(f" {one}." for one in _answers(event.get("ATTENDEE")))
    return sentence


def _when(event: Any) -> str:
    starts = event.decoded("DTSTART") if event.get("DTSTART") else None
    ends = event.decoded("DTEND") if event.get("DTEND") else None
    if ends is None and starts is not None and event.get("DURATION"):
        ends = starts + event.decoded("DURATION")
    if isinstance(starts, datetime):
        first = _local(starts)
        if isinstance(ends, datetime) and _local(ends) != first:
            return f"{for_people(first)} to {_end(first, _local(ends))}"
        return for_people(first)
    if isinstance(starts, date):
        last = ends - timedelta(days=1) if isinstance(ends, date) and not isinstance(ends, datetime) else starts
        return _day(starts) if last <= starts else f"{_day(starts)} to {_day(last)}"
    return "no time is given"


def _local(moment: datetime) -> datetime:
    """Europe/London; a time without a zone is the clock on our wall."""
    return moment.replace(tzinfo=LONDON) if moment.tzinfo is None else moment.astimezone(LONDON)


def _end(first: datetime, last: datetime) -> str:
    """The end in words; on the same day the hour alone."""
    words = for_people(last)
    return words.rsplit(", ", 1)[-1] if first.date() == last.date() else words


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _answers(attendees: Any) -> list[str]:
    if attendees is None:
        return []
    found = attendees if isinstance(attendees, list) else [attendees]
    said = ((_who(one), _ANSWERS.get(str(one.params.get("PARTSTAT", "")).upper())) for one in found)
    return [f"{who}: {answer}" for who, answer in said if answer]


def _who(address: Any) -> str:
    if address is None:
        return ""
    return _plain(address.params.get("CN")) or _plain(address).removeprefix("mailto:").removeprefix("MAILTO:")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return " ".join(str(value or "").split())[:_LONGEST]
