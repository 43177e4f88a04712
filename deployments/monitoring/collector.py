"""
The installation's numbers as Prometheus metrics, asked of the database when somebody looks.

What is counted in the database is the same whichever serving part is asked: take `max` over them, never `sum`.
`pathways_part_healthy` and `pathways_figures_known` are what each finds from its own machine (its disk, its clock, its
services for people, its way to Prefect and to the database): take `min`, so that one that is well hides no other.
Times are ages in seconds, so that an alert is one comparison. No label names a person, a worker or a case.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from deployments.running.health import health_of
from tasks.automations import Watched
from tasks.durable.council import Council
from tasks.figures import Figures, figures, nobody_looks_after
from tasks.installation import Installation

log = logging.getLogger("pathways")
T = TypeVar("T")

FRESH_SECONDS = 10
"""How old the numbers may be: a second scraper, or somebody who reloads the page, costs nothing."""
PATIENCE_SECONDS = 5
FRESH_LIST_SECONDS = 600
"""How old the number of people whom nobody may be looking after may be: it reads the whole list."""


class Remembered(Generic[T]):
    """
    An answer that is asked for again once it is too old; callers at the same time wait for one asking.

    Where somebody else's asking hangs, nobody waits for it longer than `PATIENCE_SECONDS`.
    """

    def __init__(self, ask: Callable[[], T], fresh_seconds: float) -> None:
        self._ask, self._fresh = ask, fresh_seconds
        self._turn = threading.Lock()
        self._asked_at = float("-inf")
        self._answer: T | None = None

    def get(self) -> T | None:
        """The answer; None where it could not be had, which is tried again at the next call."""
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            return None
        try:
            if time.monotonic() - self._asked_at > self._fresh:
                self._answer = None
                self._answer = self._ask()
                self._asked_at = time.monotonic()
        except Exception as failed:  # the scraper hears of it by the numbers that are missing
            log.warning("numbers could not be asked for (%s)", type(failed).__name__)
        finally:
            self._turn.release()
        return self._answer


class Beside(Generic[T]):
    """An answer that takes long: it is asked for beside the callers, who are given the last one there is."""

    def __init__(self, ask: Callable[[], T], fresh_seconds: float) -> None:
        self._ask = Remembered(ask, 0)
        self._fresh, self._asked_at = fresh_seconds, float("-inf")
        self._answer: T | None = None
        self._turn = threading.Lock()

    def get(self) -> T | None:
        """The last answer; None until the first has come, or where the last asking failed."""
        with self._turn:
            if time.monotonic() - self._asked_at > self._fresh:
                self._asked_at = time.monotonic()
                threading.Thread(target=self._renew, name="long numbers", daemon=True).start()
            return self._answer

    def _renew(self) -> None:
        self._answer = self._ask.get()


class InstallationCollector(Collector):
    """Everything that the database and /health know. A database that is away gives `pathways_figures_known 0`."""

    def __init__(self, council: Council, installation: Installation) -> None:
        self._council = council
        self._figures = Remembered(self._ask_figures, FRESH_SECONDS)
        self._health = Remembered(lambda: health_of(council, installation), FRESH_SECONDS)
        self._unattended = Beside(self._ask_unattended, FRESH_LIST_SECONDS)

    def describe(self) -> Iterable[Metric]:
        """Nothing: asking for the numbers when it is registered would need the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All metrics, as prometheus_client wants them."""
        found = self._figures.get()
        yield _gauge(
            "pathways_figures_known", "1 where our database could be asked for these numbers", found is not None
        )
        yield _labelled(
            "pathways_part_healthy",
            "1 where a part of /health works; each has a page in docs/runbook",
            "part",
            {name: float(part["ok"]) for name, part in ((self._health.get() or {}).get("parts") or {}).items()},
        )
        if found is not None:
            yield from _of(found)
        yield _labelled(
            "pathways_people_unattended",
            "People whom nobody may be looking after, by reason",
            "reason",
            self._unattended.get() or {},
        )

    def _ask_figures(self) -> Figures:
        with self._council.database.read() as session:
            return figures(session, self._council.policy, self._council.clock.now())

    def _ask_unattended(self) -> dict[str, int]:
        with self._council.database.read() as session:
            return nobody_looks_after(session, self._council.clock.now())


class Watch:
    """The registry that /metrics shows, and the counter of Prefect's calls."""

    def __init__(self, council: Council, installation: Installation) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(InstallationCollector(council, installation))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.calls = Counter(
            "pathways_automation_calls",
            "Calls by Prefect's automations to have the open cases looked at, by what they watch",
            ["automation"],
            registry=self.registry,
        )
        for watched in Watched:
            self.calls.labels(watched.value)


def _of(found: Figures) -> Iterator[Metric]:
    now = found.at
    cases = GaugeMetricFamily(
        "pathways_open_cases", "Open cases; restricted ones under one neutral name", labels=["procedure", "status"]
    )
    for (procedure, status), number in found.cases.items():
        cases.add_metric([procedure, status], number)
    yield cases
    yield _gauge("pathways_cases_overslept", "Open cases that should have had a leg two minutes ago", found.overslept)
    yield _labelled(
        "pathways_work_items", "Open work items: all, due today, overdue, urgent and not acknowledged", "state",
        found.work_items,
    )  # fmt: skip
    yield _age(
        "pathways_oldest_unanswered_seconds", "Since when the oldest open work item waits", now, found.oldest_unanswered
    )
    yield _gauge(
        "pathways_outbox_messages", "Notices to staff that wait, for their time or their digest", found.outbox.waiting
    )
    yield _gauge(
        "pathways_outbox_late_messages", "Notices that should have gone out ten minutes ago", found.outbox.late
    )
    yield _age(
        "pathways_outbox_late_seconds", "How long ago the longest late notice was to go", now, found.outbox.late_since
    )
    yield _labelled(
        "pathways_deliveries_last_hour", "Tries to deliver a notice in the last hour, by outcome", "outcome",
        found.deliveries,
    )  # fmt: skip
    yield _gauge(
        "pathways_notices_undelivered_last_day", "Notices of the last day that reached nobody", found.reached_nobody
    )
    yield _gauge("pathways_people_messages", "Messages to people outside that wait to be sent", found.people.waiting)
    yield _gauge("pathways_people_messages_late", "Those that have waited for over ten minutes", found.people.late)
    yield _age(
        "pathways_people_late_seconds",
        "Since when the longest late message to somebody outside waits",
        now,
        found.people.late_since,
    )
    yield _gauge(
        "pathways_people_messages_failed_last_day",
        "Messages to people outside that failed in the last day",
        found.people_failed,
    )
    yield _gauge("pathways_mail_stored", "Mail that is stored and not taken up", found.mail.waiting)
    yield _age(
        "pathways_mail_stored_seconds",
        "Since when the oldest mail that is late to be taken up lies",
        now,
        found.mail.late_since,
    )
    yield _gauge(
        "pathways_mail_quarantined", "Mail that no machine could read and a person looks at", found.quarantined
    )
    yield _gauge("pathways_notice_workers", "Workers who were told anything today", found.notices.workers)
    yield _gauge(
        "pathways_notice_workers_over_budget", "Workers who were told more today than the budget", found.notices.over
    )
    yield _gauge("pathways_notice_most", "The most notices that one worker was told today", found.notices.most)
    yield _gauge("pathways_notice_budget", "The budget of notices a worker and day", found.notices.budget)
    yield _ages(
        "pathways_register_age_seconds",
        "Since the beginning of the day of the latest extract",
        "kind",
        now,
        found.register,
    )
    yield _ages(
        "pathways_housekeeping_age_seconds", "Since a part of housekeeping was last done", "part", now, found.house
    )
    if found.last_seal is not None:
        yield _age(
            "pathways_seal_age_seconds",
            "Since the last seal, which is made when a ledger has changed",
            now,
            found.last_seal,
        )


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=float(value))


def _labelled(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _age(name: str, words: str, now: datetime, since: datetime | None) -> Metric:
    """Seconds since then; 0 where there is nothing."""
    return _gauge(name, words, 0 if since is None else max((now - since).total_seconds(), 0))


def _ages(name: str, words: str, label: str, now: datetime, since: Mapping[str, datetime]) -> Metric:
    return _labelled(name, words, label, {key: max((now - then).total_seconds(), 0) for key, then in since.items()})
