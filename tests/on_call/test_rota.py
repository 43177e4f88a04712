"""The council's on-call rota as an iCalendar feed: shifts, nights of clock changes, names that are nobody's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.rota_not_certain import rota_not_certain
from models.calendars import CalendarTrouble
from models.connections import OnCallRota
from models.forms.on_call_rota import RotaPutRight
from models.on_call.rota import OnCall, Part, RotaTrouble, Shift, on_call_at, uncertain
from models.working_time import LONDON
from tasks.calendars.source import CalendarUnavailable
from tasks.durable.testing import Office
from tasks.on_call.looking import who_hears, who_is_on_call
from tasks.on_call.rota_text import RotaRead, shifts_in
from tests.on_call.nights import ADDRESSES, DUTY, MANAGER, Nights, everybody_always, rota, shift

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
clauses = pytest.mark.clauses


def read(text: str, **more: object) -> RotaRead:
    """A rota, by the register's addresses."""
    by_email = {address: staff_id for staff_id, address in ADDRESSES.items()}
    told = OnCallRota.model_validate({"file": Path("/rota.ics"), **more})
    return shifts_in(text.encode(), FROM, UNTIL, rota=told, by_email=by_email, staff=set(ADDRESSES))


def at(office: Office, moment: str) -> OnCall:
    """Who is on call at a local time, by the rota as it was read."""
    when = datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON).astimezone(UTC)
    with office.council.database.read() as session:
        return who_is_on_call(session, office.council.policy, when, now=office.clock.now())


# ---------------------------------------------------------------------- what is read


def test_shift_over_the_night_of_a_clock_change_is_as_long_as_that_night_is() -> None:
    """Five in the afternoon to half past eight is fifteen and a half hours; an hour less in March, more in October."""
    spring = shift("Duty worker on call", DUTY, "20260328T170000", "20260329T083000")
    autumn = shift("Duty worker on call", DUTY, "20261024T170000", "20261025T083000")
    found = read(rota(spring, autumn)).shifts
    lasts = [one.end - one.start for one in found]
    assert lasts == [timedelta(hours=14, minutes=30), timedelta(hours=16, minutes=30)]
    assert found[0].start == datetime(2026, 3, 28, 17, tzinfo=UTC)
    assert found[1].start == datetime(2026, 10, 24, 16, tzinfo=UTC)


def test_shift_without_a_zone_is_on_the_wall_in_england() -> None:
    """A time that says no zone is the time that staff read on the wall, in summer too."""
    (found,) = read(rota(shift("Duty", DUTY, "20260710T170000", "20260711T083000", zone=""))).shifts
    assert (found.start.hour, found.end.hour, found.end.minute) == (16, 7, 30)


def test_who_it_is_comes_from_the_attendee_or_from_the_title() -> None:
    """By work address in whatever case; by another address or a name in the title where the file says whose it is."""
    shifts = (
        shift("DUTY worker on call", "Priya.NAIR@wenbridge.example.org", "20260105T170000", "20260106T083000"),
        shift("On-call manager", "bea@home.example.org", "20260105T170000", "20260106T083000"),
        shift("EDT Joanna (duty)", "", "20260106T170000", "20260107T083000"),
    )
    people = {"bea@home.example.org": "rowan-team-leader", "EDT Joanna": "practitioner-4"}
    found = read(rota(*shifts), people=people).shifts
    assert [(str(one.part), one.staff_id) for one in found] == [
        ("duty", "practitioner"), ("manager", "rowan-team-leader"), ("duty", "practitioner-4"),
    ]  # fmt: skip


def test_what_is_no_shift_is_counted_and_what_names_nobody_is_kept_as_nobodys() -> None:
    """A meeting in the rota is no shift; a shift of a stranger, or of nobody, is one of which we know that it lacks."""
    found = read(
        rota(
            shift("Team meeting", DUTY, "20260105T170000", "20260105T180000"),
            shift("Duty", "stranger@elsewhere.example.org", "20260105T170000", "20260106T083000"),
            shift("Duty", "", "20260106T170000", "20260107T083000"),
            shift("Duty", DUTY, "20260107T170000", "20260108T083000", "STATUS:CANCELLED"),
        )
    )
    assert found.not_understood == 1
    assert [one.staff_id for one in found.shifts] == [None, None]


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR", "<html>sign in</html>", "BEGIN:VCALENDAR\r\nEND:VEVENT"])
def test_what_is_no_calendar_is_refused_without_a_word_of_it(text: str) -> None:
    """A page to sign in, or half a file, is no rota of nobody: what was read before stays."""
    with pytest.raises(CalendarUnavailable, match="could not be read"):
        read(text)


def test_a_rota_is_an_address_or_a_file_and_its_address_is_a_secret() -> None:
    """Both, neither, plain http or a file without its folder are refused; the address is never shown."""
    for wrong in (
        {},
        {"address": "https://x.example/r", "file": "/r"},
        {"address": "http://x.example/r"},
        {"file": "r"},
    ):
        with pytest.raises(ValidationError):
            OnCallRota.model_validate(wrong)
    assert "token" not in repr(OnCallRota.model_validate({"address": "webcal://x.example/rota?token=1"}))


# ---------------------------------------------------------------------- who is on call


@clauses("TRN-05", "TRN-07")
def test_overlapping_shifts_are_both_on_call_and_a_shift_ends_at_its_end(office: Office, nights: Nights) -> None:
    """Whoever hands over and whoever takes over are both told; at the end of a shift it is the other's."""
    nights.rota_is(
        rota(
            shift("Duty", DUTY, "20260110T080000", "20260110T210000"),
            shift("Duty", "practitioner-4", "20260110T200000", "20260111T080000"),
            shift("Manager", MANAGER, "20260110T080000", "20260111T080000"),
        )
    )
    assert at(office, "2026-01-10 19:59").duty == (DUTY,)
    assert set(at(office, "2026-01-10 20:00").duty) == {DUTY, "practitioner-4"}
    assert at(office, "2026-01-10 21:00").duty == ("practitioner-4",)
    assert at(office, "2026-01-11 08:00").troubles == (RotaTrouble.NOBODY, RotaTrouble.NO_MANAGER)


@clauses("TRN-05", "GAP-46")
@pytest.mark.parametrize(
    ("who", "trouble"),
    [
        ("stranger@elsewhere.example.org", RotaTrouble.NOT_STAFF),
        ("practitioner-6", RotaTrouble.NOT_STAFF),
        ("practitioner-2", RotaTrouble.AWAY),
    ],
)
def test_a_stranger_a_leaver_and_somebody_away_are_not_on_call_and_the_role_hears(
    office: Office, nights: Nights, who: str, trouble: RotaTrouble
) -> None:
    """It never goes to somebody who is not there alone: whoever holds the on-call manager's role is told at once."""
    nights.rota_is(
        rota(
            shift("Duty", who, "20260101T000000", "20260131T000000"),
            shift("Manager", MANAGER, "20260101T000000", "20260131T000000"),
        )
    )
    found = at(office, "2026-01-10 22:00")
    assert found.duty == () and found.troubles == (trouble, RotaTrouble.NOBODY)
    with office.council.database.read() as session:
        heard = who_hears(session, office.council.policy, office.clock.now(), "X", 0)
    assert "role-on-call-manager" in heard.tags and "on-call-manager" in heard.staff


@clauses("GAP-46")
def test_a_stale_rota_is_told_to_the_role_besides_and_raises_an_alarm_that_ends_by_itself(
    office: Office, nights: Nights
) -> None:
    """What was read stays; six hours later it is not relied on, and those who keep the systems running are asked."""
    nights.file.write_text("<html>sign in</html>")
    assert nights.read() == CalendarTrouble.UNREADABLE
    nights.round()
    assert office.cases(rota_not_certain) == []
    office.today_is("2026-01-05 15:01")
    nights.read()
    nights.round()
    (alarm,) = office.cases(rota_not_certain)
    assert office.waiting_for(alarm) == ["RotaCertainAgain", "RotaPutRight of systems"]
    found = at(office, "2026-01-05 15:01")
    assert found.duty == (DUTY,) and found.troubles[0] is RotaTrouble.STALE
    with office.council.database.read() as session:
        heard = who_hears(session, office.council.policy, office.clock.now(), "X", 0)
    assert set(heard.tags) == {f"staff-{DUTY}", f"staff-{MANAGER}", "role-on-call-manager"}
    nights.rota_is(everybody_always())
    nights.round()
    assert office.outcome_of(alarm) == "certain again"


@clauses("TRN-05", "GAP-46")
def test_an_hour_of_the_coming_week_with_nobody_is_an_alarm_before_it_comes(office: Office, nights: Nights) -> None:
    """From 2am to 3am on Saturday nobody is on the rota: whoever keeps it is asked on Monday, once a day."""
    every = (
        shift("Duty", DUTY, "20260101T000000", "20260110T020000"),
        shift("Duty", DUTY, "20260110T030000", "20260201T000000"),
        shift("Manager", MANAGER, "20260101T000000", "20260201T000000"),
    )
    nights.rota_is(rota(*every))
    nights.round()
    nights.round()
    (alarm,) = office.cases(rota_not_certain)
    assert office.waiting_for(alarm) == ["RotaCertainAgain", "RotaPutRight of team-manager"]
    assert any("rota without somebody on call" in one.subject for one in office.inbox("on-call-manager"))
    office.answer(alarm, RotaPutRight(what_was_done="Joanna does it"), by="team-manager")
    nights.round()
    assert office.cases(rota_not_certain) == [alarm], "not again on the same day"
    office.today_is("2026-01-06 10:00")
    nights.read()
    nights.round()
    assert len(office.cases(rota_not_certain)) == 2


def test_a_shift_that_is_moved_takes_the_place_of_the_old_and_what_is_past_stays(
    office: Office, nights: Nights
) -> None:
    """The rota as it is now counts from now on; who was on call last week is told as it was."""
    office.today_is("2026-01-20 09:00")
    nights.rota_is(rota(shift("Duty", "practitioner-4", "20260117T000000", "20260201T000000")))
    assert at(office, "2026-01-10 22:00").duty == (DUTY,)
    assert at(office, "2026-01-21 22:00").duty == ("practitioner-4",)


# ---------------------------------------------------------------------- properties

_HOURS = st.integers(min_value=0, max_value=400)
_SHIFTS = st.lists(
    st.tuples(_HOURS, st.integers(min_value=1, max_value=60), st.sampled_from(Part), st.sampled_from(["a", "b", None])),
    max_size=8,
)


@given(_SHIFTS, _HOURS)
@settings(max_examples=200, deadline=None)
def test_at_every_hour_a_rota_names_somebody_or_says_that_it_does_not(
    drawn: list[tuple[int, int, Part, str | None]], hour: int
) -> None:
    """There is no third: an hour of the closed time is covered, or stands in the list of those that are not."""
    start = datetime(2026, 3, 20, tzinfo=UTC)
    shifts = [
        Shift(start + timedelta(hours=begins), start + timedelta(hours=begins + lasts), part, who)
        for begins, lasts, part, who in drawn
    ]
    moment = start + timedelta(hours=hour)
    found = on_call_at(shifts, moment)
    assert bool(found.duty) != (RotaTrouble.NOBODY in found.troubles)
    assert bool(found.managers) != (RotaTrouble.NO_MANAGER in found.troubles)
    listed = uncertain(shifts, [(start, start + timedelta(hours=500))])
    assert {one.trouble for one in listed if one.start <= moment < one.end} == set(found.troubles)
