"""An iCalendar feed on a real HTTP server: what of it takes time, and what is refused."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from models.calendars import BusyTime, CalendarTrouble
from models.connections import CalendarFeeds
from tasks.calendars.feed import FeedSource
from tasks.calendars.fetching import LARGEST_BODY
from tasks.calendars.ical import busy_in
from tasks.calendars.ical_text import about_time_only
from tasks.calendars.source import CalendarUnavailable, Whose
from tests.calendar_servers import Answer, Request, Server, at, calendar, event, in_words, serving

PRIYA = Whose("practitioner", "priya.nair@wenbridge.example.org", "hazel")
START, END = at("2026-01-05 00:00"), at("2026-03-02 00:00")


def feed(address: str, timeout_seconds: float = 5) -> FeedSource:
    """Priya's feed at that address."""
    return FeedSource(
        CalendarFeeds(kind="feed", feeds={"practitioner": SecretStr(address)}, timeout_seconds=timeout_seconds)
    )


def read_from(body: bytes, start: datetime = START, end: datetime = END) -> list[str]:
    """What a feed with that body says, read over HTTP."""
    with serving(lambda _: Answer(body=body)) as server:
        return in_words(feed(f"{server.url}/secret-token/priya.ics").busy_times(PRIYA, start, end))


def trouble_with(source: FeedSource, start: datetime = START, end: datetime = END) -> CalendarTrouble:
    """How the feed fails."""
    with pytest.raises(CalendarUnavailable) as failed:
        source.busy_times(PRIYA, start, end)
    return failed.value.trouble


def trouble_in(body: bytes) -> CalendarTrouble:
    """How a feed with that body fails."""
    with serving(lambda _: Answer(body=body)) as server:
        return trouble_with(feed(server.url))


# ------------------------------------------------------------------ what takes time


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([], "busy"),
        (["TRANSP:OPAQUE"], "busy"),
        (["TRANSP:TRANSPARENT"], None),
        (["STATUS:CANCELLED"], None),
        (["STATUS:TENTATIVE"], "tentative"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:OOF"], "away"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:FREE"], None),
        (["X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"], "tentative"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"], None),
        (["TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"], "away"),
        (["X-MICROSOFT-CDO-BUSYSTATUS:OOF", "STATUS:CANCELLED"], None),
        (["X-MICROSOFT-CDO-BUSYSTATUS:SOMETHING-NEW"], "busy"),
    ],
)
def test_what_an_event_says_of_itself_decides_how_it_takes_time(lines: list[str], kind: str | None) -> None:
    """Outlook's own word goes before TRANSP, a cancelled event takes no time, and an unknown word counts as busy."""
    found = read_from(calendar(event("DTSTART:20260105T100000Z", "DTEND:20260105T110000Z", *lines)))
    assert found == ([f"2026-01-05 10:00 to 2026-01-05 11:00 {kind}"] if kind else [])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260107"],
            "2026-01-05 00:00 to 2026-01-07 00:00",
            id="days",
        ),
        pytest.param(["DTSTART;VALUE=DATE:20260105"], "2026-01-05 00:00 to 2026-01-06 00:00", id="a day without end"),
        pytest.param(
            ["DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260105"],
            "2026-01-05 00:00 to 2026-01-06 00:00",
            id="a day that ends on itself",
        ),
        pytest.param(
            ["DTSTART:20260105T090000", "DURATION:PT90M"], "2026-01-05 09:00 to 2026-01-05 10:30", id="floating"
        ),
        pytest.param(
            ["DTSTART;TZID=GMT Standard Time:20260105T090000", "DURATION:PT1H"],
            "2026-01-05 09:00 to 2026-01-05 10:00",
            id="Windows",
        ),
        pytest.param(
            ['DTSTART;TZID="Europe/Paris":20260105T090000', "DURATION:PT1H"],
            "2026-01-05 08:00 to 2026-01-05 09:00",
            id="Paris",
        ),
        pytest.param(
            ["DTSTART:20251224T090000Z", "DTEND:20260109T170000Z"],
            "2025-12-24 09:00 to 2026-01-09 17:00",
            id="begun before",
        ),
    ],
)
def test_days_and_times_are_england_s_where_they_do_not_say_otherwise(lines: list[str], expected: str) -> None:
    """An all-day event is a day in England, a floating time England's, and a zone is the zone that it names."""
    assert read_from(calendar(event(*lines))) == [f"{expected} busy"]


def test_a_day_off_in_summer_begins_at_midnight_summer_time() -> None:
    """An all-day event on 6 July 2026 begins at 11pm in UTC on the day before."""
    body = calendar(event("DTSTART;VALUE=DATE:20260706"))
    assert busy_in(body, at("2026-07-06 00:00"), at("2026-07-07 00:00"))[0].start == datetime(
        2026, 7, 5, 23, tzinfo=UTC
    )


def zone(name: str, offset: str) -> str:
    """A time zone that only its calendar knows."""
    return (
        f"BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        f"TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE"
    )


def test_a_zone_of_one_calendar_is_not_taken_for_another_s_of_the_same_name() -> None:
    """Each calendar's own "Customized Time Zone" holds in it alone, wherever in the calendar it is described."""
    one = event("DTSTART;TZID=Customized Time Zone:20260105T090000", "DURATION:PT1H")
    assert read_from(calendar(zone("Customized Time Zone", "+0300"), one)) == [
        "2026-01-05 06:00 to 2026-01-05 07:00 busy"
    ]
    assert read_from(calendar(one, zone("Customized Time Zone", "-0200"))) == [
        "2026-01-05 11:00 to 2026-01-05 12:00 busy"
    ]


def test_a_zone_that_nobody_describes_is_not_guessed() -> None:
    """A time in a zone that is neither known nor described makes the calendar unreadable."""
    assert trouble_in(calendar(event("DTSTART;TZID=Wenbridge:20260105T090000"))) is CalendarTrouble.UNREADABLE


# ------------------------------------------------------------------ repetitions


def test_repetitions_keep_the_time_on_the_wall_with_their_exceptions_and_moved_instances() -> None:
    """Every Monday at nine over the clock change, but not on one, an hour later on another, cancelled on a third."""
    body = calendar(
        event(
            "DTSTART;TZID=Europe/London:20260105T090000",
            "DTEND;TZID=Europe/London:20260105T100000",
            "RRULE:FREQ=WEEKLY;BYDAY=MO",
            "EXDATE;TZID=Europe/London:20260316T090000",
        ),
        event(
            "RECURRENCE-ID;TZID=Europe/London:20260323T090000",
            "DTSTART;TZID=Europe/London:20260323T110000",
            "DTEND;TZID=Europe/London:20260323T120000",
        ),
        event(
            "RECURRENCE-ID;TZID=Europe/London:20260406T090000",
            "DTSTART;TZID=Europe/London:20260406T090000",
            "DTEND;TZID=Europe/London:20260406T100000",
            "STATUS:CANCELLED",
        ),
    )
    assert read_from(body, at("2026-03-09 00:00"), at("2026-04-14 00:00")) == [
        "2026-03-09 09:00 to 2026-03-09 10:00 busy",
        "2026-03-23 11:00 to 2026-03-23 12:00 busy",
        "2026-03-30 09:00 to 2026-03-30 10:00 busy",
        "2026-04-13 09:00 to 2026-04-13 10:00 busy",
    ]


@pytest.mark.parametrize(
    ("first", "rule"),
    [
        ("DTSTART:20150105T090000Z", "FREQ=WEEKLY;BYDAY=MO"),
        ("DTSTART:20150105T090000Z", "FREQ=WEEKLY;BYDAY=MO;UNTIL=99991231T000000Z"),
        ("DTSTART:20150105T090000", "FREQ=WEEKLY;UNTIL=99991231T000000"),
        ("DTSTART;VALUE=DATE:20150105", "FREQ=WEEKLY"),
        ("DTSTART:20260105T090000Z", "FREQ=DAILY;COUNT=1"),
        ("DTSTART:20150105T090000Z", "FREQ=WEEKLY;COUNT=600"),
    ],
)
def test_repetitions_without_end_are_read_as_far_as_is_asked(first: str, rule: str) -> None:
    """An endless repetition, one that ends in thousands of years and one that is counted give this Monday."""
    found = read_from(
        calendar(event(first, "DURATION:P1D", f"RRULE:{rule}")), END - timedelta(days=56), at("2026-01-06 00:00")
    )
    assert [line[:10] for line in found] == ["2026-01-05"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=2",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=SECONDLY;COUNT=999999999",
    ],
)
def test_a_repetition_of_millions_of_times_is_refused(rule: str) -> None:
    """A rule that would keep us counting is refused, with the whole calendar, and at once."""
    body = calendar(event("DTSTART:20200105T090000Z", "DURATION:PT1S", f"RRULE:{rule}"))
    assert trouble_in(body) is CalendarTrouble.TOO_LARGE


def test_a_rule_that_is_never_met_ends() -> None:
    """The thirtieth of February never comes; the event takes the time of its first day."""
    body = calendar(event("DTSTART:20260105T090000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"))
    assert read_from(body) == ["2026-01-05 09:00 to 2026-01-05 10:00 busy"]


# ------------------------------------------------------------------ published free-busy


FREE_BUSY = """
    BEGIN:VFREEBUSY
    DTSTART:20260105T080000Z
    DTEND:20260302T000000Z
    FREEBUSY;FBTYPE=BUSY:20260105T090000Z/PT1H,20260105T130000Z/20260105T140000Z
    FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260106T000000Z/P1D
    FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260107T090000Z/PT1H
    FREEBUSY;FBTYPE=FREE:20260108T090000Z/PT1H
    FREEBUSY;FBTYPE=X-NEW:20260109T090000Z/PT1H
    END:VFREEBUSY
"""


def test_published_free_busy_is_read_by_its_types() -> None:
    """Busy, unavailable and tentative take time, free takes none, and a type that is not known counts as busy."""
    assert read_from(calendar(FREE_BUSY)) == [
        "2026-01-05 09:00 to 2026-01-05 10:00 busy",
        "2026-01-05 13:00 to 2026-01-05 14:00 busy",
        "2026-01-06 00:00 to 2026-01-07 00:00 away",
        "2026-01-07 09:00 to 2026-01-07 10:00 tentative",
        "2026-01-09 09:00 to 2026-01-09 10:00 busy",
    ]


def test_published_free_busy_says_nothing_about_what_lies_beyond_it() -> None:
    """Where it ends before the time asked about, nobody is taken to be free there."""
    with serving(lambda _: Answer(body=calendar(FREE_BUSY))) as server:
        assert trouble_with(feed(server.url), end=at("2026-03-03 00:00")) is CalendarTrouble.OUT_OF_DATE


# ------------------------------------------------------------------ what is kept out


def test_nothing_but_times_is_read() -> None:
    """Titles, places, people and alarms are dropped before the calendar is read."""
    body = calendar(
        event(
            "DTSTART:20260105T090000Z",
            "DTEND:20260105T100000Z",
            "DESCRIPTION:CANARY first line",
            "  and CANARY folded",
            "LOCATION:CANARY",
            "ATTENDEE;CN=CANARY:mailto:canary@example.org",
            "BEGIN:VALARM\nDESCRIPTION:CANARY\nTRIGGER:-PT15M\nEND:VALARM",
        ),
        "BEGIN:VTODO\nSUMMARY:CANARY\nDTSTART:20260105T090000Z\nEND:VTODO",
    )
    left = about_time_only(body, START, END)
    assert "CANARY" not in left.upper()
    assert "DTSTART:20260105T090000Z" in left and "VTODO" not in left and "VALARM" not in left


def test_no_log_holds_the_address(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever knows a feed's address can read it, so it stands in no log, whether reading goes well or not."""
    with caplog.at_level(logging.DEBUG), serving(lambda _: Answer(404)) as server:
        assert trouble_with(feed(f"{server.url}/secret-token/priya.ics")) is CalendarTrouble.NOT_FOUND
        assert server.asked[0].path == "/secret-token/priya.ics"
    assert "secret-token" not in caplog.text


def test_an_error_holds_nothing_of_what_was_asked() -> None:
    """The text and the chain of the error name the kind of trouble, and no address."""
    with pytest.raises(CalendarUnavailable) as failed:
        feed("https://secret-host.invalid/secret-token").busy_times(PRIYA, START, END)
    assert failed.value.trouble is CalendarTrouble.NO_ANSWER
    assert failed.value.__cause__ is None and failed.value.__context__ is None
    assert "secret" not in str(failed.value)


# ------------------------------------------------------------------ what fails


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (401, CalendarTrouble.REFUSED),
        (403, CalendarTrouble.REFUSED),
        (404, CalendarTrouble.NOT_FOUND),
        (410, CalendarTrouble.NOT_FOUND),
        (429, CalendarTrouble.FAILING),
        (500, CalendarTrouble.FAILING),
        (503, CalendarTrouble.FAILING),
        (204, CalendarTrouble.UNREADABLE),
    ],
)
def test_each_refusal_has_its_kind(status: int, trouble: CalendarTrouble) -> None:
    """What a server answers other than a calendar says what kind of trouble it is."""
    with serving(lambda _: Answer(status)) as server:
        assert trouble_with(feed(server.url)) is trouble


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Please sign in</html>",
        b"\xff\xfe\x00",
        calendar(event("DTSTART:20260105T090000Z"))[:-40],
        calendar(event("DTSTART:tomorrow")),
        calendar(event("DTSTART:20260105T090000Z", "RRULE:FREQ=OFTEN")),
        calendar(event("DTSTART:20260105T090000Z", "DURATION:long")),
        calendar("BEGIN:VEVENT\nEND:VFREEBUSY\nEND:VEVENT"),
        calendar("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT"),
    ],
)
def test_what_is_no_sound_calendar_is_never_taken_for_an_empty_one(body: bytes) -> None:
    """A sign-in page, a download cut off and a date that is none are trouble, and not a free day."""
    assert trouble_in(body) is CalendarTrouble.UNREADABLE


def test_a_calendar_without_events_is_a_free_one() -> None:
    """Nothing in it, nothing taken."""
    assert read_from(calendar()) == []


def test_a_body_beyond_the_bound_is_not_read() -> None:
    """A server that sends without end is cut off."""
    with serving(lambda _: Answer(body=b"x" * (LARGEST_BODY + 1))) as server:
        assert trouble_with(feed(server.url)) is CalendarTrouble.TOO_LARGE


def test_a_server_that_keeps_silent_is_given_up() -> None:
    """No answer in time is trouble with the server, and nobody waits for longer."""
    waiting: list[Server] = []

    def silent(_: Request) -> Answer:
        waiting[0].released.wait(30)
        return Answer()

    with serving(silent) as server:
        waiting.append(server)
        assert trouble_with(feed(server.url, timeout_seconds=0.2)) is CalendarTrouble.NO_ANSWER


def test_a_server_that_is_not_there_is_trouble() -> None:
    """Nothing listens at the address any more."""
    with serving(lambda _: Answer()) as server:
        address = server.url
    assert trouble_with(feed(address)) is CalendarTrouble.NO_ANSWER


# ------------------------------------------------------------------ redirects


@pytest.fixture
def https_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that speaks https, whose certificate is trusted in this test; gives its address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = calendar(event("DTSTART:20260105T090000Z", "DTEND:20260105T100000Z"))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://localhost:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()


def test_a_redirect_to_https_is_followed(https_server: str) -> None:
    """A calendar that has moved to an encrypted address is read there."""
    with serving(lambda _: Answer(302, headers={"Location": f"{https_server}/moved.ics"})) as server:
        found = feed(server.url).busy_times(PRIYA, START, END)
    assert in_words(found) == ["2026-01-05 09:00 to 2026-01-05 10:00 busy"]


def test_a_redirect_to_an_open_address_is_refused() -> None:
    """Nothing is asked for where everybody on the way can read it."""
    with serving(lambda _: Answer(body=calendar())) as other:
        with serving(lambda _: Answer(301, headers={"Location": other.url})) as server:
            assert trouble_with(feed(server.url)) is CalendarTrouble.REFUSED
        assert other.asked == []


def test_redirects_in_a_circle_end(https_server: str) -> None:
    """A few redirects are followed, and then no more."""
    with serving(lambda _: Answer(302, headers={"Location": "/again"})) as server:
        assert trouble_with(feed(server.url)) is CalendarTrouble.REFUSED
        assert len(server.asked) == 1  # back to the same open address


# ------------------------------------------------------------------ properties


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_calendar_or_trouble(body: bytes) -> None:
    """Whatever comes, nothing but the one kind of error leaves."""
    for text in (body, calendar(event("DTSTART:20260105T090000Z")).replace(b"UID:1", b"UID:1\r\n" + body)):
        try:
            assert all(isinstance(one, BusyTime) for one in busy_in(text, START, END))
        except CalendarUnavailable as failed:
            assert failed.trouble in CalendarTrouble


ZONES = ("Europe/London", "Europe/Paris", "America/New_York", "Asia/Kolkata")


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 6), datetime(2026, 2, 14)),  # noqa: DTZ001
    st.integers(1, 3000),
    st.sampled_from(ZONES),
    st.integers(1, 5),
)
def test_every_instance_of_a_repetition_takes_its_time(
    first: datetime, length: int, zone_name: str, every: int
) -> None:
    """A daily repetition in any zone takes the same hour on its wall on each of its days, and nothing else."""
    rule = f"RRULE:FREQ=DAILY;INTERVAL={every};COUNT=3"
    body = calendar(event(f"DTSTART;TZID={zone_name}:{first:%Y%m%dT%H%M%S}", f"DURATION:PT{length}M", rule))
    found = busy_in(body, START, END)
    walls = [one.start.astimezone(ZoneInfo(zone_name)).replace(tzinfo=None) for one in found]
    assert walls == [first.replace(microsecond=0) + timedelta(days=every * at) for at in range(3)]
    assert {one.end - one.start for one in found} == {timedelta(minutes=length)}
