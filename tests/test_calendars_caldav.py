"""A real CalDAV server (Radicale), asked for free-busy by somebody who may see nothing else."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from models.calendars import CalendarTrouble
from models.connections import CalDavCalendars
from tasks.calendars.caldav import CalDavSource
from tasks.calendars.source import CalendarUnavailable, Whose
from tests.calendar_servers import Answer, at, calendar, event, in_words, serving

PRIYA = Whose("practitioner", "priya.nair@wenbridge.example.org", "hazel")
START, END = at("2026-03-23 00:00"), at("2026-04-13 00:00")
PASSWORD = "pw-CANARY"
LONDON = """
    BEGIN:VTIMEZONE
    TZID:Europe/London
    BEGIN:STANDARD
    DTSTART:19961027T020000
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0000
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:19810329T010000
    TZOFFSETFROM:+0000
    TZOFFSETTO:+0100
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
    END:DAYLIGHT
    END:VTIMEZONE
"""
RIGHTS = """
[free-busy only]
user: scheduler
collection: .*
permissions: f

[own calendars]
user: .+
collection: {user}(/.*)?
permissions: RrWw
"""


@dataclass
class Radicale:
    """A running Radicale."""

    url: str

    def put(self, owner: str, *events: str) -> None:
        """Make the owner's calendar and put each event into it, as their own client would."""
        collection = f"{self.url}/{owner}/calendar/"
        with httpx.Client(auth=(owner, PASSWORD)) as client:
            if client.request("PROPFIND", collection, headers={"Depth": "0"}).status_code == 404:
                assert client.request("MKCALENDAR", collection).status_code == 201
            for number, one in enumerate(events):
                uid = f"{owner}-{number}"
                text = calendar(LONDON, one.replace("UID:1\n", f"UID:{uid}\nDTSTAMP:20260105T080000Z\n"))
                assert client.put(f"{collection}{uid}.ics", content=text).status_code in (201, 204)


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    """Radicale as a process of its own, with three users."""
    folder = tmp_path_factory.mktemp("radicale")
    users = ("practitioner", "priya.nair@wenbridge.example.org", "scheduler")
    (folder / "users").write_text("".join(f"{user}:{PASSWORD}\n" for user in users))
    (folder / "rights").write_text(RIGHTS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": folder / "users",
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "rights-type": "from_file",
        "rights-file": folder / "rights",
        "storage-filesystem-folder": folder / "collections",
    }
    command = [sys.executable, "-m", "radicale", "--config", ""]
    command += [part for name, value in settings.items() for part in (f"--{name}", str(value))]
    log = folder / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT, cwd=folder)
    try:
        _wait_until_ready(port, process, log)
        yield Radicale(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    transport = httpx.HTTPTransport(retries=12)  # each retry of a connection waits twice as long
    with httpx.Client(transport=transport, timeout=20) as client:
        try:
            client.get(f"http://127.0.0.1:{port}/.web/")
        except httpx.ConnectError:
            raise AssertionError(f"Radicale did not start ({process.poll()}): {log.read_text()}") from None


@pytest.fixture(scope="module")
def filled(radicale: Radicale) -> Radicale:
    """Priya's calendar has something of everything around the clock change of 29 March 2026."""
    radicale.put(
        "practitioner",
        event("DTSTART;TZID=Europe/London:20260105T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO"),
        event("DTSTART:20260324T130000Z", "DTEND:20260324T140000Z", "STATUS:TENTATIVE"),
        event("DTSTART:20260325T130000Z", "DTEND:20260325T140000Z", "TRANSP:TRANSPARENT"),
        event("DTSTART:20260326T130000Z", "DTEND:20260326T140000Z", "STATUS:CANCELLED"),
        event("DTSTART;VALUE=DATE:20260402", "DTEND;VALUE=DATE:20260403"),
        event("DTSTART:20260601T130000Z", "DTEND:20260601T140000Z"),
    )
    return radicale


def source(url: str, username: str = "scheduler", password: str = PASSWORD, timeout_seconds: float = 8) -> CalDavSource:
    """The calendars behind an address."""
    return CalDavSource(
        CalDavCalendars(
            kind="caldav", url=url, username=username, password=SecretStr(password), timeout_seconds=timeout_seconds
        )
    )


def trouble_with(source: CalDavSource, whose: Whose = PRIYA) -> CalendarTrouble:
    """How asking fails."""
    with pytest.raises(CalendarUnavailable) as failed:
        source.busy_times(whose, START, END)
    return failed.value.trouble


@pytest.mark.clauses("DUTY-24")
def test_real_radicale_tells_when_somebody_is_busy(filled: Radicale) -> None:
    """DUTY-24: repetitions over the clock change, days and tentative times, and nothing of what is free."""
    found = source(f"{filled.url}/{{staff}}/calendar/").busy_times(PRIYA, START, END)
    by_day = in_words(found)
    assert "2026-03-23 09:00 to 2026-03-23 10:00 busy" in by_day
    assert "2026-03-24 13:00 to 2026-03-24 14:00 tentative" in by_day
    assert "2026-03-30 09:00 to 2026-03-30 10:00 busy" in by_day  # on summer time by now
    assert "2026-04-06 09:00 to 2026-04-06 10:00 busy" in by_day
    assert any(line.startswith("2026-04-02") for line in by_day)
    assert len(by_day) == 5


def test_free_busy_is_all_that_the_asker_may_see(filled: Radicale) -> None:
    """The user that we sign in as can read no event at all."""
    with httpx.Client(auth=("scheduler", PASSWORD)) as client:
        assert client.get(f"{filled.url}/practitioner/calendar/practitioner-0.ics").status_code == 403


def test_a_calendar_is_found_by_an_email_address(radicale: Radicale) -> None:
    """{email} in the address is the worker's own, and reaches the server as it is written."""
    radicale.put(PRIYA.email or "", event("DTSTART:20260324T100000Z", "DTEND:20260324T110000Z"))
    found = source(f"{radicale.url}/{{email}}/calendar/").busy_times(PRIYA, START, END)
    assert in_words(found) == ["2026-03-24 10:00 to 2026-03-24 11:00 busy"]


def test_a_wrong_password_is_refused(filled: Radicale) -> None:
    """Nobody is let in, and nobody is taken to be free."""
    assert trouble_with(source(f"{filled.url}/{{staff}}/calendar/", password="wrong")) is CalendarTrouble.REFUSED


def test_a_calendar_that_is_not_there_is_trouble(filled: Radicale) -> None:
    """A worker without a calendar on the server is not taken to be free."""
    nobody = Whose("practitioner-6", None, "hazel")
    trouble = trouble_with(source(f"{filled.url}/{{staff}}/calendar/"), nobody)
    assert trouble in (CalendarTrouble.NOT_FOUND, CalendarTrouble.REFUSED)


def test_who_has_no_email_address_has_no_calendar_by_it() -> None:
    """Without an address there is nothing to ask for."""
    nobody = Whose("practitioner-6", None, "hazel")
    assert trouble_with(source("https://calendars.invalid/{email}/"), nobody) is CalendarTrouble.NOT_CONNECTED


@pytest.mark.parametrize(
    ("email", "path"),
    [
        ("a/../b@example.org", "/a%2F..%2Fb@example.org/"),
        ("a?b#c@example.org", "/a%3Fb%23c@example.org/"),
        ("ä b@example.org", "/%C3%A4%20b@example.org/"),
    ],
)
def test_an_address_cannot_lead_to_another_calendar(email: str, path: str) -> None:
    """What stands for somebody is one piece of the path, whatever is in it."""
    with serving(lambda _: Answer(body=calendar())) as server:
        source(f"{server.url}/{{email}}/").busy_times(Whose("x", email, "hazel"), START, END)
        assert server.asked[0].path == path


def test_a_redirect_is_not_followed_with_a_password() -> None:
    """The password goes to the server that it is for and to no other."""
    with serving(lambda _: Answer(body=calendar())) as other:
        with serving(lambda _: Answer(307, headers={"Location": other.url})) as server:
            assert trouble_with(source(f"{server.url}/{{staff}}/")) is CalendarTrouble.REFUSED
        assert other.asked == []


@pytest.mark.parametrize("status", [207, 400, 405])
def test_a_server_that_does_not_know_the_question_is_trouble(status: int) -> None:
    """A server without free-busy queries answers something else, which is not a free day."""
    with serving(lambda _: Answer(status, b"<multistatus/>")) as server:
        assert trouble_with(source(f"{server.url}/{{staff}}/")) is CalendarTrouble.UNREADABLE


def test_no_log_and_no_error_says_whose_calendar_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    """Neither the address nor the password leaves by a log or an error."""
    with caplog.at_level(logging.DEBUG), serving(lambda _: Answer(503)) as server:
        with pytest.raises(CalendarUnavailable) as failed:
            source(f"{server.url}/{{email}}/").busy_times(PRIYA, START, END)
        assert server.asked[0].headers["authorization"].startswith("Basic ")
    assert "priya" not in caplog.text and "CANARY" not in caplog.text
    assert "priya" not in str(failed.value) and failed.value.__context__ is None
