"""
One whole run: everything is erased whose time has passed and which nothing keeps.

Each case, message and person goes in a transaction of its own: a run that breaks off has erased some wholly and others
not at all, and the next one carries on. One that cannot be erased keeps none of the others; how a run went is noted for
/health. A run that finds nothing changes nothing else.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.working_time import local_day
from tasks.database import Database, DatabaseUnavailable
from tasks.durable.council import Council
from tasks.durable.ledger import SYSTEM
from tasks.retention.case_erasing import erase_case
from tasks.retention.due import ClosedCase, KeptBy, Verdict, cases_past_their_time, verdict_on
from tasks.retention.holds import Holds
from tasks.retention.leftovers import (
    access_entries_over,
    count_sign_in_records,
    cut_access_log,
    drafts_left,
    erase_drafts,
    erase_person,
    erase_sign_in_records,
    people_left_out,
)
from tasks.retention.mail_erasing import Speaking, erase_one_message, is_named_under_hold, mail_past_its_time
from tasks.rounds import ERASING, note_by_itself

log = logging.getLogger("pathways")

Progress = Callable[[int, int], None]
"""Told how many cases of how many that are due were erased."""


@dataclass
class Run:
    """What a run erased, or would erase; of what was kept, how many cases by each reason."""

    cases: int = 0
    entries: int = 0
    mail: int = 0
    drafts: int = 0
    sign_in_records: int = 0
    people: int = 0
    access_entries: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)
    """What could not be erased, or not be looked at, and stays: its reference, and the kind of the error."""
    is_unfinished: bool = False
    """It was given so much time, and something is left for the next run."""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to erase."""
        return not any((self.cases, self.mail, self.drafts, self.sign_in_records, self.people, self.access_entries))

    @property
    def trouble(self) -> str:
        """How many could not be erased and the kinds of their errors; empty: none."""
        kinds = ", ".join(sorted(set(self.failed.values())))
        return f"{len(self.failed)} could not be erased: {kinds}" if self.failed else ""

    def note_failed(self, reference: str, caught: Exception) -> None:
        """It stays, and the next run tries again; no text of the error, which may be personal."""
        self.failed[reference] = type(caught).__name__
        log.error("retention: %s could not be erased (%s)", reference, type(caught).__name__)

    @contextmanager
    def trying(self, reference: str) -> Iterator[None]:
        """What goes wrong inside keeps nothing else from being erased, unless the database itself is away."""
        try:
            yield
        except DatabaseUnavailable:
            raise
        except Exception as caught:
            self.note_failed(reference, caught)


def past_their_time(council: Council) -> Iterator[Verdict]:
    """Every closed case whose time has passed, with what keeps it; nothing in `kept_by`: the next run erases it."""
    with council.database.read() as session:
        holds = Holds(session)
        for case in cases_past_their_time(session, council.policy, local_day(council.clock.now())):
            try:
                verdict = verdict_on(session, case, council.policy, holds)
            except DBAPIError:
                raise
            except Exception as caught:  # no text of the error, which may be personal
                verdict = Verdict(case, (KeptBy.FAULT,), fault=type(caught).__name__)
            yield verdict


def erase_what_is_due(
    council: Council, *, by: str = SYSTEM, progress: Progress | None = None, for_at_most: timedelta | None = None
) -> Run:
    """
    Erase all that is due now, and see that it leaves the files. Holds references only.

    With `for_at_most` no further case, message or person is begun once so much time has passed; what is left is for the
    next run.
    """
    run = Run()
    end = None if for_at_most is None else time.monotonic() + for_at_most.total_seconds()
    try:
        _erase_all(council, run, by, progress, end)
    except DatabaseUnavailable:
        raise  # the next run is in a few minutes
    except Exception as caught:
        note_by_itself(council, ERASING, f"the run was broken off: {type(caught).__name__}")
        raise
    if run.failed:
        log.error("retention: %s", run.trouble)
    note_by_itself(council, ERASING, run.trouble)
    return run


def _erase_all(council: Council, run: Run, by: str, progress: Progress | None, end: float | None) -> None:
    due: list[ClosedCase] = []
    for verdict in past_their_time(council):
        if _is_over(run, end):
            break
        if verdict.is_due:
            due.append(verdict.case)
        _count_kept(run, verdict)
    with council.database.read() as session:
        speaking = Speaking(session)
    for done, case in enumerate(due, start=1):
        if _is_over(run, end):
            break
        erased = None
        with run.trying(case.ref):
            erased = erase_case(council, case.ref, speaking, by=by)
        if progress is not None:
            progress(done, len(due))
        if erased is not None:
            run.cases, run.entries, run.mail = run.cases + 1, run.entries + erased.entries, run.mail + erased.mail
    _erase_mail(council, run, speaking, by, end)
    _erase_leftovers(council, run, by, end)
    if not run.is_empty:
        settle_files(council.database)
        log.info("retention: %d cases and %d messages erased", run.cases, run.mail)


def would_erase(council: Council) -> Run:
    """What a run would erase now; nothing is changed. Mail that goes with its case is not counted by itself."""
    run = Run()
    for verdict in past_their_time(council):
        run.cases += verdict.is_due
        _count_kept(run, verdict)
    today = local_day(council.clock.now())
    with council.database.read() as session:
        holds = Holds(session)
        for mail_id in mail_past_its_time(session, council.policy, today, Speaking(session)):
            with run.trying(mail_id):
                run.mail += not is_named_under_hold(session, mail_id, holds)
        run.drafts = sum(1 for _ in drafts_left(session, council.policy, today, holds, run.note_failed))
        run.sign_in_records = count_sign_in_records(session, council.policy, today)
        run.people = sum(1 for _ in people_left_out(session, council.policy, today, holds))
        run.access_entries = access_entries_over(session, council.policy, today, holds) or 0
    return run


def _count_kept(run: Run, verdict: Verdict) -> None:
    run.kept.update(str(reason) for reason in verdict.kept_by)
    if verdict.fault:
        run.failed[verdict.case.ref] = verdict.fault


def _is_over(run: Run, end: float | None) -> bool:
    run.is_unfinished = run.is_unfinished or (end is not None and time.monotonic() >= end)
    return run.is_unfinished


def _erase_mail(council: Council, run: Run, speaking: Speaking, by: str, end: float | None) -> None:
    with council.database.read() as session:
        due = list(mail_past_its_time(session, council.policy, local_day(council.clock.now()), speaking))
    for mail_id in due:
        if _is_over(run, end):
            return
        with run.trying(mail_id):
            with council.change() as change:
                is_gone = erase_one_message(change, mail_id, speaking, by=by)
            run.mail += is_gone


def _erase_leftovers(council: Council, run: Run, by: str, end: float | None) -> None:
    with run.trying("the drafts"):
        with council.change() as change:
            drafts = erase_drafts(change, by=by, failed=run.note_failed)
        run.drafts = drafts
    with run.trying("the sign-in records"):
        with council.change() as change:
            records = erase_sign_in_records(change)
        run.sign_in_records = records
    with council.database.read() as session:
        people = list(people_left_out(session, council.policy, local_day(council.clock.now()), Holds(session)))
    for person_id in people:
        if _is_over(run, end):
            break
        with run.trying(person_id):
            with council.change() as change:
                is_out = erase_person(change, person_id, by=by)
            run.people += is_out
    with run.trying("the access log"):
        with council.change() as change:
            entries = cut_access_log(change, by=by)
        run.access_entries = entries


def settle_files(database: Database) -> None:
    """
    See that what was erased leaves the files.

    On SQLite it is written over in the database file as it goes, and here the write-ahead log is taken in and emptied;
    where somebody reads at this moment, the next run does it. PostgreSQL gives the room free with its own vacuum.
    """
    if not database.is_sqlite:
        return
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        busy, *_ = driver.execute(str(text("PRAGMA wal_checkpoint(TRUNCATE)"))).fetchone()
    if busy:
        log.warning("retention: the write-ahead log could not be emptied now; the next run does it")
