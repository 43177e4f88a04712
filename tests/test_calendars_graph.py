"""Microsoft Graph's free-busy, spoken by a server on this machine that checks the bearer."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from models.calendars import CalendarTrouble
from models.connections import GraphCalendars, OAuth
from tasks.calendars.graph import GraphSource
from tasks.calendars.source import CalendarUnavailable, Whose
from tests.calendar_servers import Answer, Request, Server, at, in_words, serving

PRIYA = Whose("practitioner", "priya.nair@wenbridge.example.org", "hazel")
START, END = at("2026-01-05 00:00"), at("2026-01-12 00:00")
SECRET = "secret-CANARY"


@dataclass
class Graph:
    """What the server knows, and what it has given out."""

    items: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, str] | None = None
    status: int = 200
    tokens: list[str] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)
    asked: list[dict[str, Any]] = field(default_factory=list)
    server: Server | None = None

    def answer(self, request: Request) -> Answer:
        """The token endpoint, and getSchedule for whoever brings a token that holds."""
        if request.path == "/token":
            form = {name: value[0] for name, value in parse_qs(request.body.decode()).items()}
            if form.get("client_secret") != SECRET or form.get("grant_type") != "client_credentials":
                return Answer(401, b'{"error": "invalid_client"}')
            self.tokens.append(f"token-{len(self.tokens) + 1}-{id(self)}")
            return _json({"access_token": self.tokens[-1], "expires_in": 3599, "token_type": "Bearer"})
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer not in self.tokens or bearer in self.revoked:
            return Answer(401, b'{"error": {"code": "InvalidAuthenticationToken"}}')
        if (request.method, request.path) != (
            "POST",
            "/v1.0/users/calendars@wenbridge.example.org/calendar/getSchedule",
        ):
            return Answer(404)
        if self.status != 200:
            return Answer(self.status)
        asked = json.loads(request.body)
        self.asked.append(asked)
        schedule = {"scheduleId": asked["schedules"][0], "availabilityView": "0", "scheduleItems": self._within(asked)}
        return _json({"value": [schedule | ({"error": self.error} if self.error else {})]})

    def _within(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        bounds = (asked["startTime"]["dateTime"], asked["endTime"]["dateTime"])
        if asked["startTime"]["timeZone"] != "UTC" or _moment(bounds[1]) - _moment(bounds[0]) > timedelta(days=42):
            return []
        return [
            one for one in self.items if one["start"]["dateTime"] < bounds[1] and one["end"]["dateTime"] > bounds[0]
        ]


def _json(value: object) -> Answer:
    return Answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def item(status: str, start: str, end: str, zone: str = "UTC") -> dict[str, Any]:
    """A schedule item as Graph writes it, with what an application that is allowed too much sees."""
    return {
        "isPrivate": False,
        "status": status,
        "subject": "CANARY-TITLE",
        "location": "CANARY-PLACE",
        "start": {"dateTime": f"{start}.0000000", "timeZone": zone},
        "end": {"dateTime": f"{end}.0000000", "timeZone": zone},
    }


@pytest.fixture
def graph() -> Iterator[Graph]:
    """A server that speaks getSchedule and gives tokens."""
    graph = Graph()
    with serving(graph.answer) as server:
        graph.server = server
        yield graph


def source(graph: Graph, secret: str = SECRET, timeout_seconds: float = 5) -> GraphSource:
    """The calendars behind that server."""
    assert graph.server is not None
    return GraphSource(
        GraphCalendars(
            kind="graph",
            url=f"{graph.server.url}/v1.0",
            asked_as="calendars@wenbridge.example.org",
            oauth=OAuth(
                token_url=f"{graph.server.url}/token",
                client_id=f"client-{id(graph)}",
                client_secret=SecretStr(secret),
                scope="https://graph.microsoft.com/.default",
            ),
            timeout_seconds=timeout_seconds,
        )
    )


def trouble_with(source: GraphSource, whose: Whose = PRIYA) -> CalendarTrouble:
    """How asking fails."""
    with pytest.raises(CalendarUnavailable) as failed:
        source.busy_times(whose, START, END)
    return failed.value.trouble


@pytest.mark.clauses("DUTY-24")
def test_each_status_takes_time_in_its_way(graph: Graph) -> None:
    """DUTY-24: busy, away and tentative; free and working elsewhere take none; what is not known counts as busy."""
    statuses = ("busy", "Oof", "tentative", "free", "workingElsewhere", "unknown")
    graph.items = [
        item(status, f"2026-01-05T{hour:02}:00:00", f"2026-01-05T{hour:02}:30:00")
        for hour, status in enumerate(statuses, 9)
    ]
    assert in_words(source(graph).busy_times(PRIYA, START, END)) == [
        "2026-01-05 09:00 to 2026-01-05 09:30 busy",
        "2026-01-05 10:00 to 2026-01-05 10:30 away",
        "2026-01-05 11:00 to 2026-01-05 11:30 tentative",
        "2026-01-05 14:00 to 2026-01-05 14:30 busy",
    ]
    assert graph.asked[0]["schedules"] == ["priya.nair@wenbridge.example.org"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", "2026-01-05 09:00 to 2026-01-05 10:00 busy"),
        ("GMT Standard Time", "2026-01-05 09:00 to 2026-01-05 10:00 busy"),
        ("W. Europe Standard Time", "2026-01-05 08:00 to 2026-01-05 09:00 busy"),
        ("Europe/Paris", "2026-01-05 08:00 to 2026-01-05 09:00 busy"),
    ],
)
def test_times_are_read_in_the_zone_they_name(graph: Graph, zone: str, expected: str) -> None:
    """Graph names zones as Windows or as the rest of the world does."""
    graph.items = [item("busy", "2026-01-05T09:00:00", "2026-01-05T10:00:00", zone)]
    assert in_words(source(graph).busy_times(PRIYA, START, END)) == [expected]


def test_a_long_time_is_asked_for_in_pieces_and_an_absence_over_two_is_one(graph: Graph) -> None:
    """Graph answers for less than 42 days at once; nothing is lost where one question ends and the next begins."""
    graph.items = [
        item("oof", "2026-01-30T00:00:00", "2026-02-10T00:00:00"),
        item("busy", "2026-06-30T09:00:00", "2026-06-30T10:00:00"),
    ]
    found = source(graph).busy_times(PRIYA, START, at("2026-07-01 00:00"))
    assert in_words(found) == [
        "2026-01-30 00:00 to 2026-02-10 00:00 away",
        "2026-06-30 10:00 to 2026-06-30 11:00 busy",
    ]
    assert len(graph.asked) == 6


def test_a_token_is_fetched_once(graph: Graph) -> None:
    """The next question goes with the same token."""
    for _ in range(3):
        source(graph).busy_times(PRIYA, START, END)
    assert len(graph.tokens) == 1


def test_a_token_that_is_refused_is_fetched_anew_once(graph: Graph) -> None:
    """Where the server no longer takes a token, another is asked for, and the question put again."""
    graph.items = [item("busy", "2026-01-05T09:00:00", "2026-01-05T10:00:00")]
    source(graph).busy_times(PRIYA, START, END)
    graph.revoked.update(graph.tokens)
    assert len(source(graph).busy_times(PRIYA, START, END)) == 1
    assert len(graph.tokens) == 2


def test_a_wrong_secret_is_refused(graph: Graph) -> None:
    """Without a token nothing is asked at all."""
    assert trouble_with(source(graph, secret="another")) is CalendarTrouble.REFUSED
    assert graph.asked == []


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("ErrorMailRecipientNotFound", CalendarTrouble.NOT_FOUND),
        ("ErrorTimeIntervalTooBig", CalendarTrouble.FAILING),
    ],
)
def test_an_error_about_one_schedule_is_not_a_free_day(graph: Graph, code: str, trouble: CalendarTrouble) -> None:
    """Graph answers 200 and says within that it could not look."""
    graph.error = {"message": "CANARY", "responseCode": code}
    assert trouble_with(source(graph)) is trouble


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(403, CalendarTrouble.REFUSED), (429, CalendarTrouble.FAILING), (503, CalendarTrouble.FAILING)],
)
def test_refusals_have_their_kind(graph: Graph, status: int, trouble: CalendarTrouble) -> None:
    """No permission, too many calls and trouble of its own are told apart."""
    graph.status = status
    assert trouble_with(source(graph)) is trouble


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "busy", "start": {"dateTime": "tomorrow", "timeZone": "UTC"}},
        item("busy", "2026-01-05T09:00:00", "2026-01-05T10:00:00", "Middle-earth"),
        item("busy", "2026-01-05T09:00:00", "2026-01-05T10:00:00", "../../etc/passwd"),
    ],
)
def test_an_answer_that_cannot_be_read_is_not_a_free_day(broken: dict[str, Any]) -> None:
    """What does not fit is trouble as a whole."""
    graph = Graph()

    def answer(request: Request) -> Answer:
        return (
            _json({"value": [{"scheduleItems": [broken]}]}) if "getSchedule" in request.path else graph.answer(request)
        )

    with serving(answer) as server:
        graph.server = server
        assert trouble_with(source(graph)) is CalendarTrouble.UNREADABLE


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"value": []}', b"<html>"])
def test_an_answer_about_nobody_is_not_a_free_day(body: bytes) -> None:
    """An empty answer, or a proxy's page, says nothing about anybody."""
    graph = Graph()
    with serving(lambda asked: Answer(body=body) if "getSchedule" in asked.path else graph.answer(asked)) as server:
        graph.server = server
        assert trouble_with(source(graph)) is CalendarTrouble.UNREADABLE


def test_who_has_no_email_address_has_no_schedule(graph: Graph) -> None:
    """Graph knows people by their addresses only."""
    assert trouble_with(source(graph), Whose("practitioner-6", None, "hazel")) is CalendarTrouble.NOT_CONNECTED


def test_a_server_that_keeps_silent_is_given_up() -> None:
    """No answer in time is trouble with the server."""
    graph = Graph()

    def answer(request: Request) -> Answer:
        if "getSchedule" in request.path and graph.server is not None:
            graph.server.released.wait(30)
        return graph.answer(request)

    with serving(answer) as server:
        graph.server = server
        assert trouble_with(source(graph, timeout_seconds=0.3)) is CalendarTrouble.NO_ANSWER


def test_nothing_of_an_appointment_leaves_but_its_time(graph: Graph, caplog: pytest.LogCaptureFixture) -> None:
    """Titles, places, addresses, tokens and secrets stand in no result, no log and no error."""
    graph.items = [item("busy", "2026-01-05T09:00:00", "2026-01-05T10:00:00")]
    with caplog.at_level(logging.DEBUG):
        found = source(graph).busy_times(PRIYA, START, END)
        graph.status = 503
        with pytest.raises(CalendarUnavailable) as failed:
            source(graph).busy_times(PRIYA, START, END)
    for text in (repr(found), caplog.text, str(failed.value)):
        assert not [word for word in ("CANARY", "priya", "getSchedule", *graph.tokens) if word in text]
    assert failed.value.__context__ is None
