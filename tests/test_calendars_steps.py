"""Looking in somebody's calendar as a step of a case: what it comes to with the register, and what when it fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import AwareDatetime, SecretStr
from sqlalchemy import func, select

from models.calendars import CalendarAnswer, CalendarTrouble, presence
from models.cases import Case, EntryPayload
from models.connections import CalendarFeeds, Connections
from models.forms.base import CaseFacts
from models.register import Absence
from models.written_contact_findings import Availability
from tasks.calendars.steps import look_in_calendar
from tasks.durable import ask, procedure, role
from tasks.durable.testing import Office
from tests.calendar_servers import Answer, Server, at, calendar, event, serving
from tests.durable.lending import ChairReturned

WEDNESDAY_CLOSING = "2026-01-07 17:00"


class CalendarQuestion(CaseFacts):
    """Whose calendar is looked in, and for when."""

    staff_id: str = "practitioner"
    needed_by: AwareDatetime = at(WEDNESDAY_CLOSING)


answers: list[CalendarAnswer] = []


@procedure(follows="Looking in a calendar")
def looking(question: CalendarQuestion) -> None:
    """Look in a calendar, and wait, so that the case stays open."""
    answers.append(look_in_calendar(question.staff_id, question.needed_by))
    ask(ChairReturned, of=role("duty-worker"))


@contextmanager
def calendar_of(office: Office, *events: str, staff_id: str = "practitioner") -> Iterator[Server]:
    """The office is connected to a feed with these events."""
    with serving(lambda _: Answer(body=calendar(*events))) as server:
        connect(office, server, staff_id)
        yield server


def connect(office: Office, server: Server, staff_id: str = "practitioner", timeout_seconds: float = 5) -> None:
    """The office is connected to a feed at that server."""
    feeds = {staff_id: SecretStr(f"{server.url}/CANARY-ADDRESS")}
    feed = CalendarFeeds(kind="feed", feeds=feeds, timeout_seconds=timeout_seconds)
    office.council.connections = Connections(calendars=(feed,))


def looked(office: Office, needed_by: str = WEDNESDAY_CLOSING, staff_id: str = "practitioner") -> CalendarAnswer:
    """What a case finds out that is opened now."""
    answers.clear()
    office.start(looking, CalendarQuestion(staff_id=staff_id, needed_by=at(needed_by)))
    return answers[-1]


def line(office: Office) -> str:
    """What the story of the latest case says about it."""
    said = [one for one in office.story_of(office.cases(looking)[-1]) if "calendar" in one]
    return said[-1][17:].removeprefix("Looked in the worker's calendar whether they are there in time: ")


# ------------------------------------------------------------------ what a calendar says


@pytest.mark.clauses("DUTY-19")
def test_who_has_time_before_it_is_needed_is_there(office: Office) -> None:
    """DUTY-19: a morning full of meetings leaves enough until Wednesday."""
    with calendar_of(office, event("DTSTART:20260105T090000Z", "DTEND:20260105T120000Z")):
        assert looked(office) == CalendarAnswer(known=True, in_time=True)
    assert line(office) == "yes, there"


@pytest.mark.clauses("DUTY-24")
def test_who_is_out_of_office_is_back_when_it_ends(office: Office) -> None:
    """DUTY-24: away until after it is needed: not in time, back on Thursday when the office opens."""
    away = event("DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260108", "X-MICROSOFT-CDO-BUSYSTATUS:OOF")
    with calendar_of(office, away):
        assert looked(office) == CalendarAnswer(known=True, away=True, back_at=at("2026-01-08 08:30"))
    assert line(office) == "no, away, back Thursday 8 January 2026, 8:30am"


def test_who_is_back_before_it_is_needed_is_in_time(office: Office) -> None:
    """DUTY-19: out of office today, back tomorrow, needed the day after: the contact can wait for them."""
    away = event("DTSTART;VALUE=DATE:20260105", "X-MICROSOFT-CDO-BUSYSTATUS:OOF")
    with calendar_of(office, away):
        assert looked(office) == CalendarAnswer(known=True, in_time=True, away=True, back_at=at("2026-01-06 08:30"))
    assert line(office) == "yes, away, back Tuesday 6 January 2026, 8:30am"


def test_who_is_in_meetings_until_it_is_needed_is_busy_and_not_away(office: Office) -> None:
    """An urgent contact for somebody in court until three: not in time, and free from three."""
    with calendar_of(office, event("DTSTART:20260105T091500Z", "DTEND:20260105T150000Z")) as server:
        assert looked(office, "2026-01-05 09:20") == CalendarAnswer(known=True, back_at=at("2026-01-05 15:00"))
        assert len(server.asked) == 2  # near at hand first, and further only where a return is to be found
    assert line(office) == "no, busy until Monday 5 January 2026, 3pm"


def test_a_day_half_gone_counts_as_taken_when_all_of_it_is(office: Office) -> None:
    """An all-day course that is a plain appointment is an absence at ten in the morning too."""
    office.today_is("2026-01-05 10:00")
    with calendar_of(office, event("DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260106")):
        found = looked(office)
    assert (found.in_time, found.away, found.back_at) == (True, True, at("2026-01-06 08:30"))


def test_a_return_after_the_closure_at_christmas_is_found(office: Office) -> None:
    """Away over the year's end: back on the first working day that no closure day or bank holiday is."""
    office.today_is("2026-12-22 09:00")
    away = event("DTSTART;VALUE=DATE:20261221", "DTEND;VALUE=DATE:20261225", "X-MICROSOFT-CDO-BUSYSTATUS:OOF")
    with calendar_of(office, away):
        assert looked(office, "2026-12-24 17:00").back_at == at("2027-01-04 08:30")


def test_a_return_beyond_what_is_looked_at_is_not_made_up(office: Office) -> None:
    """Away for a year: the calendar is looked at for eight weeks, and says no day."""
    away = event("DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20270105", "X-MICROSOFT-CDO-BUSYSTATUS:OOF")
    with calendar_of(office, away):
        assert looked(office) == CalendarAnswer(known=True, away=True)
    assert line(office) == "no, away, no return is to be seen"


def test_free_busy_that_does_not_reach_far_still_says_what_it_knows(office: Office) -> None:
    """Published free-busy for this week alone decides about this week; when they are back it does not say."""
    week = """
        BEGIN:VFREEBUSY
        DTSTART:20260105T000000Z
        DTEND:20260109T170000Z
        FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260105T000000Z/20260109T170000Z
        END:VFREEBUSY
    """
    with calendar_of(office, week):
        assert looked(office) == CalendarAnswer(known=True, away=True)


# ------------------------------------------------------------------ with the register


def absence(office: Office, since: str, until: str | None) -> None:
    """The register has the practitioner away."""
    with office.council.database.write() as session:
        back = at(until) if until else None
        session.add(Absence(staff_id="practitioner", starts_at=at(since), returns_at=back, kind="leave"))


@pytest.mark.clauses("DUTY-24")
def test_away_by_the_register_is_away_whatever_the_calendar_says(office: Office) -> None:
    """DUTY-24: leave that nobody entered in the calendar, and a calendar free all week."""
    absence(office, "2026-01-05 00:00", "2026-01-08 00:00")
    with calendar_of(office):
        assert looked(office) == CalendarAnswer(known=True, away=True, back_at=at("2026-01-08 08:30"))


def test_the_two_together_are_counted_and_not_each_alone(office: Office) -> None:
    """Recorded leave on Monday and Tuesday and a calendar full on Wednesday leave no time until Wednesday evening."""
    absence(office, "2026-01-05 00:00", "2026-01-07 00:00")
    with calendar_of(office, event("DTSTART:20260107T080000Z", "DTEND:20260107T180000Z")):
        assert looked(office) == CalendarAnswer(known=True, away=True, back_at=at("2026-01-08 08:30"))


def test_an_absence_without_an_end_is_not_ended_by_an_empty_calendar(office: Office) -> None:
    """Whoever is ill keeps no calendar: away, and nobody knows until when."""
    absence(office, "2026-01-04 09:00", None)
    with calendar_of(office):
        assert looked(office) == CalendarAnswer(known=True, away=True)


def test_a_calendar_may_say_when_an_absence_ends_that_has_no_end(office: Office) -> None:
    """DUTY-24: the register knows no return, the calendar does: it is told, and a person still makes sure."""
    absence(office, "2026-01-04 09:00", None)
    away = event("DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260107", "X-MICROSOFT-CDO-BUSYSTATUS:OOF")
    with calendar_of(office, away):
        assert looked(office) == CalendarAnswer(known=True, away=True, back_at=at("2026-01-07 08:30"))


def test_an_absence_to_come_takes_its_time(office: Office) -> None:
    """Leave that begins tomorrow without an end leaves what is free of today, and that is nothing."""
    absence(office, "2026-01-05 12:00", None)
    with calendar_of(office, event("DTSTART:20260105T090000Z", "DTEND:20260105T120000Z")):
        assert looked(office) == CalendarAnswer(known=True)


# ------------------------------------------------------------------ what fails


def test_without_a_calendar_nothing_is_known_and_nothing_is_wrong(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """A council that has connected no calendars goes by its register, and no log complains."""
    assert looked(office) == CalendarAnswer(known=False, trouble=CalendarTrouble.NOT_CONNECTED)
    assert looked(office, staff_id="nobody-of-ours").trouble is CalendarTrouble.NOT_CONNECTED
    assert line(office) == "no calendar of theirs is connected"
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


def test_a_calendar_that_cannot_be_read_never_stops_a_case(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """The case goes on and says so; the log says which kind of trouble, and not where."""
    with serving(lambda _: Answer(503)) as server:
        connect(office, server)
        assert looked(office) == CalendarAnswer(known=False, trouble=CalendarTrouble.FAILING)
    assert line(office) == "their calendar could not be read (failing)"
    assert "a calendar could not be read (failing)" in caplog.text
    assert "CANARY" not in caplog.text and "practitioner" not in caplog.text


def test_a_server_that_trickles_is_cut_off_in_time(office: Office) -> None:
    """A byte now and then keeps every pause short; the whole is bounded all the same."""
    with serving(lambda _: Answer(trickles=True, headers={"Content-Length": "1000000"})) as server:
        connect(office, server, timeout_seconds=0.3)
        assert looked(office).trouble is CalendarTrouble.NO_ANSWER


def test_what_was_seen_is_recalled_and_not_looked_up_again(office: Office) -> None:
    """The calendar changes while the case sleeps; the case goes on with what it saw."""
    with calendar_of(office) as server:
        first = looked(office)
        asked = len(server.asked)
        office.answer(office.cases(looking)[-1], ChairReturned(), by="duty-worker")
        assert answers == [first, first]
        assert len(server.asked) == asked


def test_nothing_of_an_appointment_is_kept(office: Office) -> None:
    """No title and no address reaches our database."""
    with calendar_of(office, event("DTSTART:20260105T090000Z", "DTEND:20260105T120000Z")):
        looked(office)
    with office.council.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case))
        assert not [one for one in session.scalars(select(EntryPayload.content)) if one and "CANARY" in one]


looks = [False]


@procedure(follows="Looking in a calendar")
def looking_in_its_newer_form(question: CalendarQuestion) -> None:
    """Before and after the release that looks in calendars."""
    if looks[0]:
        answers.append(look_in_calendar(question.staff_id, question.needed_by))
    ask(ChairReturned, of=role("duty-worker"))


def test_a_case_that_is_past_the_step_goes_by_the_register(office: Office) -> None:
    """A case that has gone beyond when calendars were connected has None of it, and the register decides."""
    answers.clear()
    looks[0] = False
    with calendar_of(office) as server:
        case = office.start(looking_in_its_newer_form, CalendarQuestion())
        looks[0] = True
        office.answer(case, ChairReturned(), by="duty-worker")
        assert server.asked == []
    assert answers == [None]
    assert presence(THERE, answers[0]).in_time


# ------------------------------------------------------------------ weighing the two

THERE = Availability(in_time=True, away=False, back_at=None)
CLOSED = Availability(in_time=False, away=False, back_at=None)
BACK_TOO_LATE = Availability(in_time=False, away=True, back_at=at("2026-01-12 00:00"))
BACK_IN_TIME = Availability(in_time=True, away=True, back_at=at("2026-01-06 00:00"))
UNREAD = CalendarAnswer(known=False, trouble=CalendarTrouble.NO_ANSWER)
NONE_CONNECTED = CalendarAnswer(known=False, trouble=CalendarTrouble.NOT_CONNECTED)
BUSY = CalendarAnswer(known=True, back_at=at("2026-01-08 09:00"))


@pytest.mark.parametrize("calendar", [None, NONE_CONNECTED])
@pytest.mark.parametrize("recorded", [THERE, CLOSED, BACK_TOO_LATE, BACK_IN_TIME])
def test_without_a_calendar_the_register_decides(recorded: Availability, calendar: CalendarAnswer | None) -> None:
    """DUTY-19: none connected, or a case older than the step: exactly as before."""
    there = presence(recorded, calendar)
    assert there.in_time == recorded.in_time
    assert there.ask == (recorded.away and not recorded.in_time)
    assert there.back_at == recorded.back_at
    assert "calendar" not in there.in_words


def test_a_calendar_that_was_read_decides() -> None:
    """DUTY-24: busy until after it is needed: a person asks, and reads what the calendar says."""
    there = presence(THERE, BUSY)
    assert (there.in_time, there.ask) == (False, True)
    assert there.in_words == "The worker is busy until Thursday 8 January 2026, 9am."


def test_a_calendar_that_could_not_be_read_makes_a_person_ask_where_nothing_else_is_known() -> None:
    """DUTY-19 with DUTY-24: nothing confirms that they are there, so a colleague is asked."""
    there = presence(THERE, UNREAD)
    assert (there.in_time, there.ask) == (False, True)
    assert there.in_words == "No absence of the worker is recorded. Their calendar could not be read (no answer)."


def test_a_recorded_return_holds_where_the_calendar_could_not_be_read() -> None:
    """The register says that they are back in time: that is enough."""
    assert presence(BACK_IN_TIME, UNREAD).in_time
    late = presence(BACK_TOO_LATE, UNREAD)
    assert late.ask
    assert (
        late.in_words
        == "The worker is away, back Monday 12 January 2026. Their calendar could not be read (no answer)."
    )


@pytest.mark.parametrize("calendar", [None, UNREAD, NONE_CONNECTED, BUSY, CalendarAnswer(known=True, in_time=True)])
def test_no_calendar_opens_the_office(calendar: CalendarAnswer | None) -> None:
    """GAP-02: where the office is closed until it is too late, nobody need ask anybody: duty acts."""
    there = presence(CLOSED, calendar)
    assert (there.in_time, there.ask) == (False, False)
