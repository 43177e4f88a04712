"""A door that other machines can reach is opened only behind what guards it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_SERVER_API_AUTH_STRING,
    PREFECT_SERVER_API_HOST,
    temporary_settings,
)
from pydantic import SecretStr

from deployments.running.exposure import (
    OpenToAnybody,
    check_prefect_client,
    check_prefect_server,
    check_worklist,
    is_beyond_loopback,
    prefect_headers,
)
from deployments.running.singly import OneMachineAlone, check_shared_files
from models.connections import Connections, EmbeddedRecordingSystem, SignOn, Worklist
from tasks.database import Database
from tasks.installation import Installation

HTTPS = Worklist(address="https://pathways.example.gov.uk")
SIGN_ON = SignOn(issuer="https://login.example.gov.uk", client_id="safe-pathways", staff_claim="email")
AUTH = "pathways:long-and-random"


def serving_on(host: str, home: Path) -> Installation:
    """An installation whose worklist listens there."""
    return Installation.from_environment({"PATHWAYS_HOME": str(home), "PATHWAYS_HOST": host})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "::1", "[::1]"])
def test_loopback_is_this_machine_alone(host: str) -> None:
    """Nobody else reaches it."""
    assert not is_beyond_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.20.0.11", "prefect-server", "pathways.example.gov.uk"])
def test_everything_else_is_beyond(host: str) -> None:
    """Also every address at once, and every name but localhost."""
    assert is_beyond_loopback(host)


@pytest.mark.parametrize(
    ("connections", "lacks"),
    [
        (Connections(), r"\[sign_on\] and an https address under \[worklist\]"),
        (Connections(sign_on=SIGN_ON), r"lacks an https address"),
        (Connections(worklist=HTTPS), r"lacks \[sign_on\]"),
    ],
)
def test_worklist_beyond_loopback_needs_https_and_a_sign_on(
    connections: Connections, lacks: str, tmp_path: Path
) -> None:
    """What is missing is named; on loopback nothing is asked for."""
    with pytest.raises(OpenToAnybody, match=lacks):
        check_worklist(serving_on("10.20.0.11", tmp_path), connections)
    check_worklist(serving_on("127.0.0.1", tmp_path), connections)


def test_worklist_with_both_may_be_reached(tmp_path: Path) -> None:
    """Behind the council's sign-on and https every address is fine."""
    check_worklist(serving_on("0.0.0.0", tmp_path), Connections(sign_on=SIGN_ON, worklist=HTTPS))


def test_prefect_on_another_machine_needs_the_auth_string() -> None:
    """A worker that would speak to it without one does not start; on loopback it does."""
    with (
        temporary_settings({PREFECT_API_URL: "http://10.20.0.10:4200/api"}, restore_defaults={PREFECT_API_AUTH_STRING}),
        pytest.raises(OpenToAnybody, match="PREFECT_API_AUTH_STRING is not set"),
    ):
        check_prefect_client()
    with temporary_settings({PREFECT_API_URL: "http://10.20.0.10:4200/api", PREFECT_API_AUTH_STRING: SecretStr(AUTH)}):
        check_prefect_client()
        assert prefect_headers() == {"Authorization": "Basic cGF0aHdheXM6bG9uZy1hbmQtcmFuZG9t"}
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:4200/api"}, restore_defaults={PREFECT_API_AUTH_STRING}):
        check_prefect_client()
        assert prefect_headers() == {}


def test_prefects_server_beyond_loopback_needs_the_auth_string() -> None:
    """Its UI has no roles: without a password anybody on the network could cancel every case's run."""
    beyond = {PREFECT_SERVER_API_HOST: "0.0.0.0"}
    with (
        temporary_settings(beyond, restore_defaults={PREFECT_SERVER_API_AUTH_STRING}),
        pytest.raises(OpenToAnybody, match="PREFECT_SERVER_API_AUTH_STRING is not set"),
    ):
        check_prefect_server()
    with temporary_settings({**beyond, PREFECT_SERVER_API_AUTH_STRING: SecretStr(AUTH)}):
        check_prefect_server()


def test_a_recording_system_that_lies_on_one_machine_is_refused_where_several_share_a_database() -> None:
    """Each machine would write notes into a file of its own, and the other would never see them."""
    shared, alone = Database("postgresql://nobody@localhost/nowhere"), Database("sqlite:///:memory:")
    of_the_home = Connections(recording_system=EmbeddedRecordingSystem(kind="embedded"))
    named = Connections(recording_system=EmbeddedRecordingSystem(kind="embedded", file=Path("/srv/recording.db")))
    with pytest.raises(OneMachineAlone, match="take \\[recording_system\\] out"):
        check_shared_files(shared, of_the_home)
    for database, connections in ((shared, named), (shared, Connections()), (alone, of_the_home)):
        check_shared_files(database, connections)


@pytest.mark.parametrize(
    ("command", "settings", "says"),
    [
        (["up"], {"PATHWAYS_HOST": "0.0.0.0"}, "`pathways up` serves this machine alone"),
        (["prefect-server"], {"PREFECT_SERVER_API_HOST": "0.0.0.0"}, "PREFECT_SERVER_API_AUTH_STRING is not set"),
        (["prefect-server", "--no-services"], {}, "PREFECT_SERVER_EVENTS_MESSAGING_BROKER=prefect_redis.messaging"),
        (["worker"], {"PREFECT_API_URL": "http://prefect-server:4200/api"}, "PREFECT_API_AUTH_STRING is not set"),
        (["serve"], {}, "there is no policy at"),
    ],
)
def test_a_part_that_may_not_start_says_why_and_ends(
    command: list[str], settings: dict[str, str], says: str, tmp_path: Path
) -> None:
    """One sentence on stderr and an exit code, for whoever reads the journal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PATHWAYS"))}
    said = subprocess.run(
        [sys.executable, "-c", "from deployments.cli import main; main()", *command],
        env=kept | settings | {"PATHWAYS_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert said.returncode == 2, said.stderr
    assert says in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1
