"""Which calendar is asked, and what the connections file may say about calendars."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.connections import Connections, ConnectionsRefused, load_connections
from tasks.calendars.asking import connected, source_of
from tasks.calendars.caldav import CalDavSource
from tasks.calendars.feed import FeedSource
from tasks.calendars.graph import GraphSource
from tasks.calendars.source import Whose

THREE = """
[[calendars]]
kind = "feed"
[calendars.feeds]
Practitioner = "webcal://feeds.example.org/CANARY.ics"

[[calendars]]
kind = "caldav"
teams = ["rowan"]
url = "https://calendars.example.org/{staff}/calendar/"
username = "pathways"
password = "CANARY"

[[calendars]]
kind = "graph"
asked_as = "calendars@wenbridge.example.org"
[calendars.oauth]
token_url = "https://login.example.org/token"
client_id = "pathways"
client_secret = "CANARY"
"""


def read(folder: Path, text: str) -> Connections:
    """The connections that a file with that text makes."""
    file = folder / "connections.toml"
    file.write_text(text, encoding="utf-8")
    return load_connections(file)


@pytest.mark.parametrize(
    ("whose", "source"),
    [
        (Whose("practitioner", "p@example.org", "hazel"), FeedSource),
        (Whose("practitioner-4", "j@example.org", "rowan"), CalDavSource),
        (Whose("practitioner-5", None, "rowan"), CalDavSource),
        (Whose("practitioner-2", "t@example.org", "hazel"), GraphSource),
        (Whose("practitioner-6", None, "hazel"), None),
    ],
)
def test_the_first_connection_that_fits_is_asked(tmp_path: Path, whose: Whose, source: type | None) -> None:
    """By staff id, by team, and by whether there is an e-mail address where one is needed."""
    settings = connected(read(tmp_path, THREE).calendars, whose)
    assert (None if settings is None else type(source_of(settings))) is source


def test_a_subscription_address_is_read_by_https(tmp_path: Path) -> None:
    """Calendars are handed out as webcal addresses, which are https addresses."""
    feeds = read(tmp_path, THREE).calendars[0]
    assert feeds.kind == "feed"
    assert feeds.feeds["practitioner"].get_secret_value() == "https://feeds.example.org/CANARY.ics"
    assert "CANARY" not in repr(feeds)


@pytest.mark.parametrize(
    ("sound", "unsound", "problem"),
    [
        ("webcal://feeds", "http://feeds", "begins with https"),
        ("webcal://feeds.example.org/", "feeds.example.org/", "begins with https"),
        ('"https://calendars', '"http://calendars', "begins with https"),
        ('"https://calendars', '"http://127.0.0.1.example.org', "begins with https"),
        ("/{staff}/", "/", "must have {staff} or {email}"),
        ("/{staff}/", "/{name}/", "must have {staff} or {email}"),
        ("/{staff}/", "/{staff}/{", "must have {staff} or {email}"),
        ('asked_as = "calendars', 'url = "http://graph.example.org"\nasked_as = "calendars', "begins with https"),
        ('kind = "graph"', 'kind = "CANARY"', "kind must be one of those that it may be: 'feed', 'caldav', 'graph'"),
        ('"https://calendars.example.org/', '"https://calendars.example.org:70000/', "begins with https"),
    ],
)
def test_an_unsafe_or_unusable_address_is_refused_without_repeating_it(
    tmp_path: Path, sound: str, unsound: str, problem: str
) -> None:
    """Secrets go by https or to this machine; the error says where to look, and not what stands there."""
    assert THREE.count(sound) == 1
    with pytest.raises(ConnectionsRefused, match=problem) as refused:
        read(tmp_path, THREE.replace(sound, unsound))
    assert "CANARY" not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "problem"),
    [(f"a = {'9' * 5_000}", "thousands of digits"), (f"a = {'[' * 3_000}", "nested too deeply")],
    ids=["a-long-number", "many-brackets"],
)
def test_what_no_connections_file_can_have_is_refused_and_no_crash(tmp_path: Path, line: str, problem: str) -> None:
    """Whatever stands in the file is answered with what to mend."""
    with pytest.raises(ConnectionsRefused, match=problem):
        read(tmp_path, f"{line}\n{THREE}")
