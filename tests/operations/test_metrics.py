"""/metrics: what it counts, that nobody is named, and who may read it."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from deployments.monitoring.collector import FRESH_SECONDS, Beside, Remembered, Watch
from deployments.monitoring.doors import LookNow, monitoring_doors
from models.cases import Case, WorkItem
from models.durations import calendar_days
from models.notices import Interruption
from models.roles import Role
from models.states import CaseStatus
from tasks.automations import LOOK_NOW
from tasks.database import Database
from tasks.durable import after, ask, first_of, procedure, staff
from tasks.durable.testing import Office
from tasks.installation import Installation
from tasks.intake import keep_mail
from tasks.telling.queueing import queue
from tests.cli.test_notices import tell_often
from tests.durable.lending import Chair, ChairChosen, WheelchairLoan
from tests.test_outbox import DUTY, NOTICE, REF

AWAY = "http://127.0.0.1:9/api"
TOKEN = "a-token-of-thirty-two-characters"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """A home folder, and no Prefect."""
    monkeypatch.setenv("PATHWAYS_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_API_URL", AWAY)
    with temporary_settings({PREFECT_API_URL: AWAY, PREFECT_CLIENT_MAX_RETRIES: 0}):
        yield Installation.from_environment()


@procedure(follows="Lending wheelchairs")
def resting_for_a_week(loan: WheelchairLoan) -> None:
    """Sleeps."""
    first_of(after("a-week", calendar_days(7)))


@procedure(follows="Lending wheelchairs")
def choosing_by_noon(loan: WheelchairLoan) -> None:
    """Asks a duty worker, and waits for the answer however long it takes."""
    ask(ChairChosen, of=Role.DUTY_WORKER)


@dataclass
class Caller:
    """Calls the application from an address."""

    app: FastAPI
    came_from: str

    def get(self, path: str, **more: Any) -> httpx.Response:
        """What it answers."""
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """What it answers."""
        return self.request("POST", path, **more)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One call."""

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.came_from, 50000))
            async with httpx.AsyncClient(transport=transport, base_url="http://pathways") as client:
                return await client.request(method, path, **more)

        return asyncio.run(call())


@dataclass
class Scraper:
    """Prometheus, on the same machine unless it says otherwise."""

    office: Office
    installation: Installation
    looked: list[int]

    def client(self, came_from: str = "127.0.0.1", token: str | None = None) -> Caller:
        """A caller from an address."""
        installation = dataclasses.replace(self.installation, metrics_token=token)
        watch = Watch(self.office.council, installation)
        self.look = LookNow(lambda: self.looked.append(1))
        app = FastAPI()
        app.include_router(monitoring_doors(installation, watch, self.look))
        return Caller(app, came_from)

    def numbers(self) -> dict[str, float]:
        """Every sample as Prometheus reads it, by name and labels."""
        answer = self.client().get("/metrics")
        assert answer.status_code == 200
        return {
            "".join([sample.name, *(f" {key}={value}" for key, value in sorted(sample.labels.items()))]): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }


@pytest.fixture
def scraper(office: Office, installation: Installation) -> Scraper:
    """A scraper of the example council's system."""
    return Scraper(office, installation, [])


def test_open_cases_are_counted_by_procedure_and_status(office: Office, scraper: Scraper) -> None:
    """A closed case is not; one that needs attention is under its own status."""
    rests, parked = (office.start(resting_for_a_week, WheelchairLoan()) for _ in range(2))
    with office.council.database.write() as session:
        session.execute(update(Case).where(Case.ref == parked).values(status=CaseStatus.NEEDS_ATTENTION))
    name = resting_for_a_week.procedure.name
    numbers = scraper.numbers()
    assert numbers[f"pathways_open_cases procedure={name} status=open"] == 1
    assert numbers[f"pathways_open_cases procedure={name} status=needs_attention"] == 1
    assert rests != parked


def test_a_restricted_case_is_not_counted_under_its_procedure(office: Office, scraper: Scraper) -> None:
    """That there is one of that kind may tell too much."""
    office.start(resting_for_a_week, WheelchairLoan(), restricted=True)
    name = resting_for_a_week.procedure.name
    numbers = scraper.numbers()
    assert numbers["pathways_open_cases procedure=restricted status=open"] == 1
    assert not any(f"procedure={name}" in key for key in numbers)


def test_work_that_waits_is_counted_with_its_oldest(office: Office, scraper: Scraper) -> None:
    """Open, and how long the oldest has waited; answered, it is neither."""
    case = office.start(choosing_by_noon, WheelchairLoan())
    office.hours_pass(3)
    numbers = scraper.numbers()
    assert numbers["pathways_work_items state=open"] == 1
    assert numbers["pathways_oldest_unanswered_seconds"] == timedelta(hours=3).total_seconds()

    office.answer(case, ChairChosen(chair=Chair.FOLDING), by="duty-worker")
    numbers = scraper.numbers()
    assert numbers["pathways_work_items state=open"] == numbers["pathways_oldest_unanswered_seconds"] == 0


def test_overdue_work_is_counted(office: Office, scraper: Scraper) -> None:
    """What was to be answered by now and is not."""
    case = office.start(choosing_by_noon, WheelchairLoan())
    with office.council.database.write() as session:
        due = office.clock.now() + timedelta(hours=1)
        session.execute(update(WorkItem).where(WorkItem.case_ref == case).values(due=due))
    assert scraper.numbers()["pathways_work_items state=due_today"] == 1
    office.clock.move_to(office.clock.now() + timedelta(hours=2))
    numbers = scraper.numbers()
    assert (numbers["pathways_work_items state=overdue"], numbers["pathways_work_items state=due_today"]) == (1, 0)


def test_notices_are_counted_against_the_budget_and_nobody_is_named(office: Office, scraper: Scraper) -> None:
    """How many workers were told, how many too much, and the most of one: no staff id stands anywhere."""
    tell_often(office, staff("duty-worker"), 12)
    tell_often(office, Role.DUTY_WORKER, 1, Interruption.ON_CALL)
    office.digest_goes_out()
    numbers = scraper.numbers()
    assert numbers["pathways_notice_workers"] == 2
    assert numbers["pathways_notice_workers_over_budget"] == 1
    assert (numbers["pathways_notice_most"], numbers["pathways_notice_budget"]) == (13, 12)
    assert "duty-worker" not in scraper.client().get("/metrics").text


def test_a_notice_that_does_not_go_out_is_late(office: Office, scraper: Scraper) -> None:
    """With how long ago it was to go; what waits for its digest is not late."""
    with office.council.database.write() as session:
        queue(session, NOTICE, [DUTY], REF, None, office.clock.now(), interrupts=Interruption.ON_CALL)
        queue(session, NOTICE, [DUTY], REF, None, office.clock.now())
    office.clock.move_to(office.clock.now() + timedelta(minutes=15))
    numbers = scraper.numbers()
    assert (numbers["pathways_outbox_messages"], numbers["pathways_outbox_late_messages"]) == (2, 1)
    assert numbers["pathways_outbox_late_seconds"] == 900


def test_mail_that_nothing_looks_at_is_shown(office: Office, scraper: Scraper) -> None:
    """How much is stored, and since when the oldest of it."""
    keep_mail(office.council, b"Subject: a letter\r\n\r\nHello", "a@example.org", ["care@example.org"])
    assert scraper.numbers()["pathways_mail_stored"] == 1
    office.clock.move_to(office.clock.now() + timedelta(minutes=30))
    assert scraper.numbers()["pathways_mail_stored_seconds"] == 1800


def test_age_of_each_extract_is_shown(office: Office, scraper: Scraper) -> None:
    """In seconds since the beginning of its day in England."""
    office.clock.move_to(datetime(2026, 1, 6, 12, tzinfo=UTC))
    numbers = scraper.numbers()
    assert numbers["pathways_register_age_seconds kind=people"] == timedelta(hours=36).total_seconds()


def test_parts_of_health_are_numbers_too(scraper: Scraper) -> None:
    """So that one alert for each part needs no other source."""
    numbers = scraper.numbers()
    assert numbers["pathways_part_healthy part=database"] == 1
    assert numbers["pathways_part_healthy part=prefect"] == 0


def test_people_nobody_looks_after_are_counted_by_reason(office: Office, scraper: Scraper) -> None:
    """The unseen list's number, without a name."""
    keep_mail(office.council, b"Subject: a letter\r\n\r\nHello", "a@example.org", ["care@example.org"])
    caller = scraper.client()
    until = time.monotonic() + 20
    while "pathways_people_unattended{" not in (said := caller.get("/metrics").text) and time.monotonic() < until:
        time.sleep(0.05)
    assert 'pathways_people_unattended{reason="not_looked_at"} 1.0' in said


def test_a_database_that_is_away_is_a_number_and_no_error(office: Office, scraper: Scraper, tmp_path: Path) -> None:
    """The scrape still answers, and says that it knows nothing."""
    office.council.database = Database(f"sqlite:///{tmp_path}/nowhere/pathways.db")
    numbers = scraper.numbers()
    assert numbers["pathways_figures_known"] == 0
    assert "pathways_work_items state=open" not in numbers


def test_every_metric_is_named_and_explained_as_prometheus_wants_it(office: Office, scraper: Scraper) -> None:
    """Our prefix, a sentence, small letters, base units at the end, and _total for counters alone."""
    office.start(choosing_by_noon, WheelchairLoan())
    families = [
        family
        for family in text_string_to_metric_families(scraper.client().get("/metrics").text)
        if not family.name.startswith(("process_", "python_"))
    ]
    assert len(families) > 25
    for family in families:
        assert re.fullmatch(r"pathways_[a-z][a-z_]*[a-z]", family.name), family.name
        assert len(family.documentation.split()) > 2 and not family.documentation.endswith("."), family.name
        assert family.type in ("gauge", "counter"), family.name
        names = {sample.name for sample in family.samples if not sample.name.endswith("_created")}
        assert names <= {family.name + ("_total" if family.type == "counter" else "")}, family.name
        assert not re.search(r"_(minutes|hours|days|ms|count|sum|bucket)$", family.name), family.name


def test_only_this_machine_reads_it_without_a_token(scraper: Scraper) -> None:
    """Neither another machine, nor anybody whom a proxy on this one lets through."""
    assert scraper.client("192.0.2.7").get("/metrics").status_code == 404
    assert scraper.client().get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404
    assert scraper.client("192.0.2.7").post(LOOK_NOW).status_code == 404


@pytest.mark.parametrize(
    ("said", "status"), [(f"Bearer {TOKEN}", 200), ("Bearer wrong", 404), (f"Basic {TOKEN}", 404), ("", 404)]
)
def test_with_a_token_whoever_bears_it_reads_from_anywhere(scraper: Scraper, said: str, status: int) -> None:
    """And nobody else, this machine included."""
    for place in ("192.0.2.7", "127.0.0.1"):
        answer = scraper.client(place, TOKEN).get("/metrics", headers={"Authorization": said} if said else {})
        assert answer.status_code == status


def test_prefects_call_is_counted_and_has_us_look(scraper: Scraper) -> None:
    """By which automation it was; what else it says is not kept anywhere."""
    client = scraper.client()
    assert client.post(LOOK_NOW, content='{"automation": "run-late"}').status_code == 202
    assert client.post(LOOK_NOW, content='{"automation": "Ada"}').status_code == 202
    text = client.get("/metrics").text
    assert 'pathways_automation_calls_total{automation="run-late"} 1.0' in text and "Ada" not in text

    stop = threading.Event()
    thread = threading.Thread(target=scraper.look.keep_looking, args=(stop,), kwargs={"pause_seconds": 60})
    thread.start()
    until = time.monotonic() + 10
    while not scraper.looked and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    thread.join(timeout=10)
    assert scraper.looked == [1]


def test_numbers_are_asked_for_once_however_many_ask() -> None:
    """Two scrapers at the same moment share one asking; one that failed is tried again by the next."""
    asked: list[int] = []

    def ask_slowly() -> int:
        asked.append(1)
        if len(asked) == 1:
            raise OSError("away")
        return len(asked)

    remembered = Remembered(ask_slowly, FRESH_SECONDS)
    assert remembered.get() is None
    with ThreadPoolExecutor(8) as scrapers:
        assert set(scrapers.map(lambda _: remembered.get(), range(8))) == {2}


def test_a_number_that_takes_long_holds_up_nobody() -> None:
    """Whoever asks is given the last there is; it is asked for once meanwhile."""
    asked: list[int] = []
    go_on = threading.Event()

    def ask_slowly() -> int:
        asked.append(1)
        go_on.wait(20)
        return 7

    beside = Beside(ask_slowly, 600)
    assert [beside.get() for _ in range(5)] == [None] * 5
    go_on.set()
    until = time.monotonic() + 20
    while beside.get() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert beside.get() == 7 and asked == [1]
