"""What /health says is wrong, what to do about it, and that no part makes it wait."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from sqlalchemy import text, update

from deployments.health import machine, ours, prefect
from deployments.health.asking import Answer, Asker
from deployments.running.health import PARTS, health_of, page_of
from deployments.worker import PathwaysWorker
from models.cases import Case
from models.durations import calendar_days
from models.errors import PathwaysError
from tasks.code_version import code_version
from tasks.database import Database
from tasks.durable import after, first_of, procedure
from tasks.durable.testing import Office
from tasks.housekeeping import SEALING, keep_house_once, tried
from tasks.installation import Installation
from tasks.rounds import note_round
from tests.durable.lending import WheelchairLoan

NOBODY_THERE = {"PREFECT_API_URL": "http://127.0.0.1:9/api"}
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """A home folder, and no Prefect."""
    monkeypatch.setenv("PATHWAYS_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_API_URL", NOBODY_THERE["PREFECT_API_URL"])
    away = {PREFECT_API_URL: NOBODY_THERE["PREFECT_API_URL"], PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(away):
        yield Installation.from_environment()


@procedure(follows="Lending wheelchairs")
def resting_for_a_week(loan: WheelchairLoan) -> None:
    """Sleeps."""
    first_of(after("a-week", calendar_days(7)))


def test_every_part_that_works_says_so(office: Office, installation: Installation) -> None:
    """Without Prefect only what asks Prefect is at fault; each of those says what to do and names its page."""
    note_round(office.council, {"bring cases back": ""})
    report = health_of(office.council, installation)
    wrong = {name for name, part in report["parts"].items() if not part["ok"]}
    assert report["status"] == "degraded"
    assert wrong == {"prefect", "worker", "late-runs", "automations"}
    assert list(report["parts"]) == [name for name in PARTS if name not in ("mailboxes", "on-call-rota")]
    for name in wrong:
        part = report["parts"][name]
        assert part["page"] == page_of(name) and "start it, or see its log" in part["says"]


def test_a_part_that_hangs_is_told_of_in_time() -> None:
    """The others are answered as ever; the hanging one is not asked again until it has answered."""
    let_go, asked = threading.Event(), []

    def hangs() -> str:
        asked.append(1)
        let_go.wait(30)
        return ""

    asker = Asker(patience_seconds=0.2)
    checks: dict[str, Callable[[], str | Answer]] = {"disk": lambda: "", "database": hangs}
    for _ in range(3):
        began = time.monotonic()
        answers = asker.ask(checks)
        assert time.monotonic() - began < 2
        assert answers["disk"].wrong == "" and answers["database"].wrong == "did not answer within 0.2 seconds"
    assert len(asked) == 1

    let_go.set()
    until = time.monotonic() + 10
    while asker.ask(checks)["database"].wrong and time.monotonic() < until:
        pass
    assert asker.ask(checks)["database"].wrong == ""


def test_a_check_that_breaks_is_told_without_its_text() -> None:
    """An error of ours says what to do; of any other only the type is told."""

    def ours_breaks() -> str:
        raise PathwaysError("start the server again")

    def theirs_breaks() -> str:
        raise ValueError("Ada Featherstonehaugh")

    answers = Asker().ask({"one": ours_breaks, "two": theirs_breaks})
    assert answers["one"].wrong == "start the server again"
    assert answers["two"].wrong == "cannot be asked (ValueError)"


def test_cases_that_sleep_past_their_time_are_counted(office: Office) -> None:
    """Two minutes after its time a case should have been at work, whatever Prefect says of its run."""
    office.start(resting_for_a_week, WheelchairLoan())
    assert ours.waking(office.council) == ""
    office.clock.move_to(office.clock.now() + timedelta(days=7, minutes=1))
    assert ours.waking(office.council) == ""
    office.clock.move_to(office.clock.now() + timedelta(minutes=2))
    assert ours.waking(office.council).startswith("1 cases have slept over two minutes past their time")


def test_cases_that_were_woken_and_did_not_wake_are_counted(office: Office) -> None:
    """Something came for the case, and no leg has looked at it two minutes later."""
    case = office.start(resting_for_a_week, WheelchairLoan())
    with office.council.database.write() as session:
        session.execute(update(Case).where(Case.ref == case).values(wake_no=Case.wake_no + 1))
    assert ours.waking(office.council) == ""
    office.clock.move_to(office.clock.now() + timedelta(minutes=3))
    assert ours.waking(office.council).startswith("1 cases have slept")


def test_a_part_of_housekeeping_that_is_not_done_is_named(office: Office) -> None:
    """With the time it was last done and the kind of error; once it is done again all is well."""
    note_round(office.council, {"bring cases back": "", "deliver notices": ""})
    office.clock.move_to(office.clock.now() + timedelta(minutes=4))
    note_round(office.council, {"bring cases back": "PrefectAway", "deliver notices": ""})
    assert ours.housekeeping(office.council) == ""

    office.clock.move_to(office.clock.now() + timedelta(minutes=2))
    assert ours.housekeeping(office.council) == (
        "could not bring cases back since Monday 5 January 2026, 9am (PrefectAway): "
        "see the worker's and the serving part's logs"
    )

    note_round(office.council, {"bring cases back": "", "deliver notices": ""})
    assert ours.housekeeping(office.council) == ""


def test_a_round_that_nobody_makes_any_more_shows(office: Office) -> None:
    """Where every process that keeps house has died, nothing notes anything: the time alone tells."""
    note_round(office.council, {"bring cases back": ""})
    office.clock.move_to(office.clock.now() + timedelta(minutes=6))
    assert "could not bring cases back" in ours.housekeeping(office.council)


def test_a_part_that_never_went_well_shows_at_once(office: Office) -> None:
    """There is no last time to wait from."""
    note_round(office.council, {"write notes": "OSError"})
    assert "could not write notes ever (OSError)" in ours.housekeeping(office.council)


def test_a_part_that_is_no_longer_done_is_forgotten(office: Office) -> None:
    """A later version that has dropped it is not at fault for ever."""
    note_round(office.council, {"feed the pigeons": "OSError", "write notes": ""})
    note_round(office.council, {"write notes": ""})
    assert ours.housekeeping(office.council) == ""


def test_seals_that_are_late_are_a_part_of_their_own(office: Office) -> None:
    """Twenty minutes without a sealing that went well."""
    note_round(office.council, {SEALING: ""})
    office.clock.move_to(office.clock.now() + timedelta(minutes=21))
    assert ours.housekeeping(office.council) == ""
    assert ours.seals(office.council).startswith("could not seal the ledgers since")


def test_a_whole_round_notes_every_part(office: Office, installation: Installation) -> None:
    """What could not be done without Prefect is known by its kind, and all else was done."""
    keep_house_once(office.council)
    with office.council.database.read() as session:
        rows = session.execute(text("SELECT name, done_at, trouble FROM house_part")).all()
    noted = {name: (done, trouble) for name, done, trouble in rows}
    assert noted["heed deaths"][0] is not None and noted["heed deaths"][1] == ""
    assert SEALING in noted and "bring cases back" in noted


def test_what_went_wrong_in_a_part_is_given_back_by_its_kind(office: Office) -> None:
    """Never by its text."""

    def breaks(_council: object) -> None:
        raise ValueError("Ada Featherstonehaugh")

    assert tried("feed the pigeons", breaks, office.council) == "ValueError"
    assert tried("feed the pigeons", lambda _: None, office.council) == ""


def test_a_database_that_was_not_migrated_says_what_to_run(office: Office, tmp_path: Path) -> None:
    """The tables are a part of their own: the database answers and cannot be used."""
    office.council.database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    asked = Asker().ask(
        {"database": lambda: ours.database(office.council), "m": lambda: ours.migrations(office.council)}
    )
    assert asked["database"].wrong == "" and "run `pathways migrate`" in asked["m"].wrong


def test_a_disk_that_runs_full_says_how_much_is_left(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below a gigabyte somebody should act, while writing still works."""
    assert machine.SPACE_BYTES == 1_000_000_000
    monkeypatch.setattr(machine, "SPACE_BYTES", 1 << 62)
    assert "MB are free on the disk of the home folder" in machine.disk(installation)


class AnsweringFrom(BaseHTTPRequestHandler):
    """A server of Prefect's that says of its clock and its workers what it is told to."""

    date = ""
    workers: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        """The workers of a pool."""
        body = json.dumps(self.workers).encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Its health."""
        self.send_response_only(200)
        self.send_header("Date", self.date)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"true")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def prefect_whose_clock_says(date: str, workers: Sequence[dict[str, Any]] = ()) -> Iterator[str]:
    """Its address."""
    handler = type("Handler", (AnsweringFrom,), {"date": date, "workers": list(workers)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_clock_that_is_off_says_by_how_much(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case is due by our clock and wakes by Prefect's: apart, it wakes late or twice."""
    with prefect_whose_clock_says("Mon, 05 Jan 2026 09:00:00 GMT") as url:
        monkeypatch.setenv("PREFECT_API_URL", url)
        installation = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path), "PREFECT_API_URL": url})
        said = machine.clock(office.council, installation)
    assert said.startswith("clocks differ: Prefect's server by -") and "NTP" in said


def test_clocks_that_agree_are_well(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the second, which is as well as an answer's date can tell."""
    now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    with prefect_whose_clock_says(now) as url:
        monkeypatch.setenv("PREFECT_API_URL", url)
        installation = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path), "PREFECT_API_URL": url})
        assert machine.clock(office.council, installation) == ""


def worker(
    version: str, begun: str, heard: str, *, status: str = "ONLINE", name: str = "PathwaysWorker"
) -> dict[str, Any]:
    """A worker as Prefect tells of it; the times are minutes past nine."""
    times = {"created": f"2026-01-05T09:{begun}:00Z", "last_heartbeat_time": f"2026-01-05T09:{heard}:00Z"}
    return {"name": f"{name} {version} 6f3a", "status": status, **times}


OLD = worker("0.1.0+aaaaaaaa", "00", "20")


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (worker("0.2.0+bbbbbbbb", "19", "20"), True),
        (worker("0.2.0+bbbbbbbb", "21", "22"), False),  # the old one was stopped first, as an upgrade goes
        (worker("0.1.0+aaaaaaaa", "19", "20"), False),  # two of one version share the work
        (worker("0.2.0+bbbbbbbb", "19", "20", status="OFFLINE"), False),
        (worker("6f3a", "19", "20", name="ProcessWorker"), False),  # Prefect's own
    ],
)
def test_workers_of_two_versions_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any], meets: bool
) -> None:
    """Where both were there at one time: old code that meets a newer step parks the case."""
    with prefect_whose_clock_says("", [OLD, other]) as url:
        monkeypatch.setenv("PREFECT_API_URL", url)
        said = prefect.versions(Installation.from_environment({"PATHWAYS_HOME": str(tmp_path), "PREFECT_API_URL": url}))
    assert said.startswith("workers of 2 versions run at the same time (0.1.0+aaaaaaaa, 0.2.0+bbbbbbbb)") is meets
    assert bool(said) is meets


def test_a_workers_name_says_its_version(office: Office) -> None:
    """By it /health knows of what code it is; no two are called the same."""
    one, another = (PathwaysWorker("pathways", council=office.council) for _ in range(2))
    assert prefect._NAME.match(one.name) and one.name.split()[1] == code_version()
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", code_version())
    assert one.name != another.name
