"""The outbox: what is queued is sent, to everybody meant, once where nothing fails, and never silently lost."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from apprise import Apprise, NotifyBase, NotifyType
from apprise.manager_plugins import NotificationManager
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deployments.example_council import example_policy
from models.clock import VirtualClock
from models.guards import install, moves
from models.notices import Interruption, Notice, Recipient, Verb
from models.outbox import OUTBOX_MOVES, Delivery, DeliveryOutcome, OutboxMessage, OutboxState
from models.policy.running import Outbox
from models.refs import new_ref
from models.tables import metadata
from tasks.database import Database
from tasks.telling.configuration import (
    ConfigurationRefused,
    default_configuration,
    load_configuration,
    write_default_configuration,
)
from tasks.telling.delivering import DeliveryReport, deliver_due
from tasks.telling.mailbox_service import (
    forget_all,
    offer_services,
    put_in_order,
    put_out_of_order,
    read_mailbox,
    remembered,
)
from tasks.telling.queueing import AboutAnotherCase, NobodyToTell, queue, withdraw

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
REF = new_ref()
NOTICE = Notice(verb=Verb.ANSWER, what="contact-review", case_ref=REF, team="hazel", by=MONDAY)
DUTY, HAZEL, PRIYA = Recipient.role("duty-worker"), Recipient.team("hazel"), Recipient.staff("practitioner")
RETRY = Outbox(
    first_retry_after=timedelta(minutes=1),
    backoff=2,
    longest_wait=timedelta(minutes=3),
    give_up_after=timedelta(minutes=10),
)
POLICY = example_policy().model_copy(update={"outbox": RETRY})


class Scripted(NotifyBase):  # type: ignore[no-untyped-call]
    """A service of this test that does what its script says: raises, is slow, or stops the process."""

    service_name: Any = "scripted"
    protocol: Any = "scripted"
    request_rate_per_sec = 0
    scripts: dict[str, Callable[[str], bool]] = {}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """The same masked address whatever the secret."""
        return f"scripted://{'****' if privacy else self.password}@{self.host}"

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: Any) -> bool:
        """Do as the script for the secret says."""
        self.logger.warning("Sending %s and %s failed, error=550", title, body)
        return self.scripts[str(self.user)](body)


def configure(folder: Path, *services: tuple[str, str]) -> Apprise:
    """A configuration of services, each an address and a tag."""
    file = folder / "apprise.yaml"
    urls = [{address: [{"tag": tag}]} for address, tag in services]
    file.write_text(json.dumps({"version": 1, "urls": urls}))
    return load_configuration(file)


@dataclass
class Desk:
    """An outbox with a clock, services, and a list of what reached nobody."""

    database: Database
    services: Apprise
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(MONDAY))
    alarms: list[str] = field(default_factory=list)

    def queue(self, *to: Recipient) -> list[str]:
        """Queue the notice now, as entry 3 of the case, to go out at once whatever the hour."""
        with self.database.write() as session:
            return queue(session, NOTICE, to, REF, 3, self.clock.now(), interrupts=Interruption.ON_CALL)

    def deliver(self, limit: int = 100) -> DeliveryReport:
        """One pass over the outbox."""

        def alarm(_session: Session, messages: Sequence[OutboxMessage]) -> None:
            self.alarms += [message.id for message in messages]

        return deliver_due(self.database, self.services, self.clock, policy=POLICY, on_undelivered=alarm, limit=limit)

    def state(self, message_id: str) -> str:
        """Where a message stands."""
        with self.database.read() as session:
            return session.get_one(OutboxMessage, message_id).state

    def tries(self) -> list[tuple[str, str | None, int, str]]:
        """Every try: recipient, service, attempt and outcome."""
        with self.database.read() as session:
            rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
            return [(row.recipient, row.service, row.attempt, row.outcome) for row in rows]


@contextmanager
def fresh_memory() -> Iterator[None]:
    """Our services and the scripted one, and nothing left in them afterwards."""
    offer_services()
    NotificationManager().add(Scripted, force=True)  # type: ignore[no-untyped-call]
    yield
    forget_all()
    Scripted.scripts.clear()


@contextmanager
def fresh_database(folder: Path) -> Iterator[Database]:
    """A fresh SQLite database with the guards that the migrations install."""
    database = Database(f"sqlite:///{folder / 'outbox.db'}")
    metadata.create_all(database.engine)
    with database.write() as session:
        for statement in install([moves("outbox_message", "state", OUTBOX_MOVES)], "sqlite"):
            session.execute(text(statement))
    yield database
    database.dispose()


def desk_of_three(database: Database, folder: Path) -> Desk:
    """A desk whose duty workers, hazel team and practitioner each have a service of their own."""
    services = [(f"pathwaysmemory://{each.name}", each.tag) for each in (DUTY, HAZEL, PRIYA)]
    return Desk(database, configure(folder, *services))


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    with fresh_memory():
        yield


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database for this test alone."""
    with fresh_database(tmp_path) as database:
        yield database


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk with three services."""
    return desk_of_three(database, tmp_path)


# --------------------------------------------------------------------- queueing


def test_message_is_queued_with_the_step_or_not_at_all(desk: Desk) -> None:
    """When the step is rolled back, its messages are gone with it."""
    with pytest.raises(RuntimeError), desk.database.write() as session:
        queue(session, NOTICE, [DUTY], REF, 3, MONDAY)
        session.flush()
        raise RuntimeError("the step failed")

    assert desk.deliver() == DeliveryReport()
    assert remembered("duty-worker") == []


def test_each_recipient_has_a_message_of_their_own(desk: Desk) -> None:
    """Three recipients are three messages; one named twice is one."""
    ids = desk.queue(DUTY, HAZEL, PRIYA, HAZEL)

    assert len(set(ids)) == 3
    with desk.database.read() as session:
        message = session.get_one(OutboxMessage, ids[0])
    assert (message.recipient, message.case_ref, message.entry_no) == ("role-duty-worker", REF, 3)
    assert (message.state, message.next_attempt_at) == (OutboxState.QUEUED.value, MONDAY)
    assert Notice.model_validate(message.notice) == NOTICE


def test_notice_to_nobody_is_refused(desk: Desk) -> None:
    """A notice without a recipient is a mistake and not a silence."""
    with pytest.raises(NobodyToTell, match="name a role"):
        desk.queue()


def test_notice_about_another_case_is_refused(desk: Desk) -> None:
    """A case cannot send what belongs to another one."""
    with pytest.raises(AboutAnotherCase), desk.database.write() as session:
        queue(session, NOTICE, [DUTY], None, None, MONDAY)


# --------------------------------------------------------------------- delivering


def test_message_reaches_each_recipient_by_their_own_service(desk: Desk) -> None:
    """Each is told once, the text ends with the message's id, and what became of it is on record."""
    duty, hazel = desk.queue(DUTY, HAZEL)

    report = desk.deliver()

    assert sorted(report.delivered) == sorted([duty, hazel])
    assert [sent.subject for sent in remembered("duty-worker")] == [NOTICE.subject]
    assert remembered("duty-worker")[0].body.endswith(f"Message {duty}")
    assert remembered("hazel")[0].body == NOTICE.body(hazel)
    assert remembered("practitioner") == []
    assert sorted(desk.tries()) == [
        ("role-duty-worker", "pathwaysmemory://duty-worker", 1, "delivered"),
        ("team-hazel", "pathwaysmemory://hazel", 1, "delivered"),
    ]


def test_delivered_message_is_not_sent_again(desk: Desk) -> None:
    """A second pass finds nothing to do."""
    desk.queue(DUTY)
    desk.deliver()

    assert desk.deliver() == DeliveryReport()
    assert len(remembered("duty-worker")) == 1


def test_message_is_not_sent_before_its_time(desk: Desk) -> None:
    """What was queued for later waits."""
    with desk.database.write() as session:
        queue(session, NOTICE, [DUTY], REF, 3, MONDAY + timedelta(hours=1), interrupts=Interruption.ON_CALL)

    assert desk.deliver() == DeliveryReport()
    desk.clock.advance(timedelta(hours=1))
    assert len(desk.deliver().delivered) == 1


def test_a_pass_sends_no_more_than_its_limit(desk: Desk) -> None:
    """What is over the limit waits for the next pass."""
    desk.queue(DUTY, HAZEL, PRIYA)

    assert len(desk.deliver(limit=2).delivered) == 2
    assert len(desk.deliver(limit=2).delivered) == 1


def test_failed_message_is_tried_again_after_growing_pauses(desk: Desk) -> None:
    """With one minute, doubled, at most three, it is tried at 0, 1, 3, 6, 9 and, for the last time, 10 minutes."""
    put_out_of_order("duty-worker")
    (message,) = desk.queue(DUTY)

    tried_at = []
    for minute in range(15):
        if desk.deliver() != DeliveryReport():
            tried_at.append(minute)
        desk.clock.advance(timedelta(minutes=1))

    assert tried_at == [0, 1, 3, 6, 9, 10]
    assert desk.state(message) == OutboxState.UNDELIVERED.value
    assert desk.alarms == [message]


def test_service_that_works_again_delivers(desk: Desk) -> None:
    """After a failure the same message arrives, with the same id and without an alarm."""
    put_out_of_order("duty-worker")
    (message,) = desk.queue(DUTY)
    assert desk.deliver().to_be_retried == [message]
    assert desk.state(message) == OutboxState.QUEUED.value

    put_in_order("duty-worker")
    desk.clock.advance(timedelta(minutes=1))
    assert desk.deliver().delivered == [message]

    assert [sent.body for sent in remembered("duty-worker")] == [NOTICE.body(message)]
    assert [outcome for *_, outcome in desk.tries()] == ["failed", "delivered"]
    assert desk.alarms == []


def test_long_outage_still_ends_in_one_more_try(desk: Desk) -> None:
    """A message whose time ran out while nothing was running is tried before anybody is alarmed."""
    (message,) = desk.queue(DUTY)
    desk.clock.advance(timedelta(days=2))

    assert desk.deliver().delivered == [message]


def test_only_the_service_that_failed_is_tried_again(database: Database, tmp_path: Path) -> None:
    """Of two services for one role the one that took the message is left alone."""
    both = [("pathwaysmemory://mail", DUTY.tag), ("pathwaysmemory://chat", DUTY.tag)]
    desk = Desk(database, configure(tmp_path, *both))
    put_out_of_order("chat")
    (message,) = desk.queue(DUTY)

    desk.deliver()
    put_in_order("chat")
    desk.clock.advance(timedelta(minutes=1))
    assert desk.deliver().delivered == [message]

    assert (len(remembered("mail")), len(remembered("chat"))) == (1, 1)


def test_services_that_look_alike_are_told_apart(database: Database, tmp_path: Path) -> None:
    """Two services whose addresses differ only in their secrets each get the message once."""
    taken: list[str] = []
    broken = {"two"}

    def script(name: str) -> Callable[[str], bool]:
        def take(_body: str) -> bool:
            if name in broken:
                return False
            taken.append(name)
            return True

        return take

    Scripted.scripts.update(one=script("one"), two=script("two"))
    addresses = [(f"scripted://{name}:secret@host", DUTY.tag) for name in ("one", "two")]
    desk = Desk(database, configure(tmp_path, *addresses))
    desk.queue(DUTY)

    desk.deliver()
    broken.clear()
    desk.clock.advance(timedelta(minutes=1))
    desk.deliver()

    assert taken == ["one", "two"]
    assert [service for _, service, *_ in desk.tries()] == [
        "scripted://****@host",
        "scripted://****@host (2)",
        "scripted://****@host (2)",
    ]


def test_message_that_reached_one_of_two_services_is_delivered_in_the_end(database: Database, tmp_path: Path) -> None:
    """When the other service never works again, somebody was reached and there is no alarm."""
    both = [("pathwaysmemory://mail", DUTY.tag), ("pathwaysmemory://chat", DUTY.tag)]
    desk = Desk(database, configure(tmp_path, *both))
    put_out_of_order("chat")
    (message,) = desk.queue(DUTY)

    for _ in range(12):
        desk.deliver()
        desk.clock.advance(timedelta(minutes=1))

    assert desk.state(message) == OutboxState.DELIVERED.value
    assert desk.alarms == []


def test_optional_service_does_not_hide_its_failure(database: Database, tmp_path: Path) -> None:
    """What Apprise calls optional and forgives is a failure here, because nobody was reached."""
    desk = Desk(database, configure(tmp_path, ("scripted://one:secret@host?optional=yes", DUTY.tag)))
    Scripted.scripts["one"] = lambda _body: False

    (message,) = desk.queue(DUTY)

    assert desk.deliver().to_be_retried == [message]


def test_message_that_no_service_serves_is_an_alarm_at_once(desk: Desk) -> None:
    """Nobody has a service for the head of service: it is undelivered, on record, and handed over."""
    (message,) = desk.queue(Recipient.role("head-of-service"))

    assert desk.deliver().undelivered == [message]
    assert desk.alarms == [message]
    assert desk.tries() == [("role-head-of-service", None, 1, DeliveryOutcome.NO_SERVICE.value)]


def test_service_for_everything_does_not_count_as_reaching_somebody(database: Database, tmp_path: Path) -> None:
    """A service tagged "always" would hear every message; it is not the recipient's."""
    services = configure(tmp_path, ("pathwaysmemory://archive", f"always,{HAZEL.tag}"))
    desk = Desk(database, services)

    (message,) = desk.queue(DUTY)

    assert desk.deliver().undelivered == [message]
    assert remembered("archive") == []


def test_alarm_and_mark_are_one_transaction(desk: Desk) -> None:
    """When the alarm cannot be raised the message is not marked either, and comes up again."""
    (message,) = desk.queue(Recipient.role("head-of-service"))

    def broken(_session: Session, _messages: Sequence[OutboxMessage]) -> None:
        raise RuntimeError("the alarm could not be written")

    with pytest.raises(RuntimeError):
        deliver_due(desk.database, desk.services, desk.clock, policy=POLICY, on_undelivered=broken)
    assert desk.state(message) == OutboxState.QUEUED.value

    desk.clock.advance(timedelta(minutes=6))
    assert desk.deliver().undelivered == [message]


def test_service_that_raises_has_failed(database: Database, tmp_path: Path) -> None:
    """Only the exception's name is kept; what it says may hold anything."""
    desk = Desk(database, configure(tmp_path, ("scripted://one:secret@host", DUTY.tag)))

    def explode(_body: str) -> bool:
        raise ConnectionResetError("CANARY in the exception")

    Scripted.scripts["one"] = explode
    (message,) = desk.queue(DUTY)

    assert desk.deliver().to_be_retried == [message]
    with database.read() as session:
        detail = session.scalars(select(Delivery.detail)).one()
    assert "ConnectionResetError" in detail
    assert "CANARY" not in detail


def test_unreadable_message_is_a_failure_and_stops_no_other(desk: Desk) -> None:
    """A notice written by another version fails by itself; the next message goes out."""
    broken, good = desk.queue(DUTY, HAZEL)
    with desk.database.write() as session:
        session.get_one(OutboxMessage, broken).notice = {"verb": "sing"}

    report = desk.deliver()

    assert (report.to_be_retried, report.delivered) == ([broken], [good])


# --------------------------------------------------------------------- withdrawing


def test_withdrawn_message_is_never_sent(desk: Desk) -> None:
    """What was overtaken is not said, and withdrawing it again changes nothing."""
    duty, hazel = desk.queue(DUTY, HAZEL)
    with desk.database.write() as session:
        assert withdraw(session, [duty]) == [duty]
        assert withdraw(session, [duty]) == []

    assert desk.deliver().delivered == [hazel]
    assert remembered("duty-worker") == []


def test_message_queued_in_the_same_transaction_can_be_withdrawn(desk: Desk) -> None:
    """An escalation in one step may overtake what the step said before."""
    with desk.database.write() as session:
        ids = queue(session, NOTICE, [DUTY], REF, 3, MONDAY)
        assert withdraw(session, ids) == ids

    assert desk.deliver() == DeliveryReport()


def test_delivered_message_cannot_be_withdrawn(desk: Desk) -> None:
    """What was said was said."""
    ids = desk.queue(DUTY)
    desk.deliver()

    with desk.database.write() as session:
        assert withdraw(session, ids) == []
    assert desk.state(ids[0]) == OutboxState.DELIVERED.value


def test_message_withdrawn_while_it_is_sent_is_not_tried_again(database: Database, tmp_path: Path) -> None:
    """The try is on record, the message stays withdrawn, and its failure is nobody's alarm."""
    desk = Desk(database, configure(tmp_path, ("scripted://one:secret@host", DUTY.tag)))
    (message,) = desk.queue(DUTY)

    def overtaken(_body: str) -> bool:
        with database.write() as session:
            withdraw(session, [message])
        return False

    Scripted.scripts["one"] = overtaken

    assert desk.deliver().overtaken == [message]
    assert desk.state(message) == OutboxState.WITHDRAWN.value
    assert [outcome for *_, outcome in desk.tries()] == ["failed"]


# --------------------------------------------------------------------- several deliverers, and crashes


def test_two_deliverers_send_nothing_twice(database: Database, tmp_path: Path) -> None:
    """Forty messages and four deliverers at once: each message is sent by one of them."""
    desk = Desk(database, configure(tmp_path, ("pathwaysmemory://duty-worker", DUTY.tag)))
    ids = [message for _ in range(40) for message in desk.queue(DUTY)]
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            together.wait()
            desk.deliver()
        except BaseException as failed:
            failures.append(failed)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    sent = [message.body.rsplit(maxsplit=1)[-1] for message in remembered("duty-worker")]
    assert sorted(sent) == sorted(ids)


def test_claimed_message_is_left_to_its_deliverer(database: Database, tmp_path: Path) -> None:
    """While one deliverer is sending, another finds nothing to do."""
    desk = Desk(database, configure(tmp_path, ("scripted://one:secret@host", DUTY.tag)))
    meanwhile: list[DeliveryReport] = []

    def slow(_body: str) -> bool:
        meanwhile.append(desk.deliver())
        return True

    Scripted.scripts["one"] = slow
    desk.queue(DUTY)
    desk.deliver()

    assert meanwhile == [DeliveryReport()]


def test_deliverer_that_lost_its_claim_changes_nothing(database: Database, tmp_path: Path) -> None:
    """One that took too long records its try; the message's state is that of the one that took over."""
    desk = Desk(database, configure(tmp_path, ("scripted://one:secret@host", DUTY.tag)))
    second: list[DeliveryReport] = []

    def too_slow(_body: str) -> bool:
        if not second:
            desk.clock.advance(timedelta(minutes=6))
            second.append(DeliveryReport())
            second[0] = desk.deliver()
            return False
        return True

    Scripted.scripts["one"] = too_slow
    (message,) = desk.queue(DUTY)

    assert desk.deliver().overtaken == [message]
    assert second[0].delivered == [message]
    assert desk.state(message) == OutboxState.DELIVERED.value


def test_late_success_counts_although_the_claim_was_lost(database: Database, tmp_path: Path) -> None:
    """The one that took over failed and the late one succeeded: the next pass sends nothing more."""
    desk = Desk(database, configure(tmp_path, ("scripted://one:secret@host", DUTY.tag)))
    sent: list[DeliveryReport | None] = []

    def late(_body: str) -> bool:
        sent.append(None)
        if len(sent) == 1:
            desk.clock.advance(timedelta(minutes=6))
            sent[0] = desk.deliver()
            return True
        return False

    Scripted.scripts["one"] = late
    (message,) = desk.queue(DUTY)

    assert desk.deliver().overtaken == [message]
    assert sent[0] is not None
    assert sent[0].to_be_retried == [message]
    desk.clock.advance(timedelta(minutes=3))
    assert desk.deliver().delivered == [message]
    assert len(sent) == 2


CRASHING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from models.clock import VirtualClock
from deployments.example_council import example_policy
from tasks.database import Database
from tasks.telling import delivering
from tasks.telling.configuration import load_configuration

def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)

delivering._Pass._finish = die
clock = VirtualClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
services = load_configuration(Path(sys.argv[2]))
delivering.deliver_due(Database(sys.argv[1]), services, clock, policy=example_policy(), on_undelivered=die)
"""


def test_kill_between_sending_and_recording_sends_the_same_id_again(database: Database, tmp_path: Path) -> None:
    """A deliverer killed after sending leaves the message to the next one; both copies carry the same id."""
    file = tmp_path / "apprise.yaml"
    write_default_configuration(file, tmp_path / "mail", [DUTY])
    desk = Desk(database, load_configuration(file))
    (message,) = desk.queue(DUTY)

    killed = subprocess.run(
        [sys.executable, "-c", CRASHING, f"sqlite:///{tmp_path / 'outbox.db'}", str(file)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert desk.deliver() == DeliveryReport()

    desk.clock.advance(timedelta(minutes=5))
    assert desk.deliver().delivered == [message]
    bodies = [sent.body for sent in read_mailbox(tmp_path / "mail" / DUTY.tag)]
    assert bodies == [NOTICE.body(message)] * 2


# --------------------------------------------------------------------- what the database refuses

ALLOWED = [(old, new) for old, news in OUTBOX_MOVES.items() for new in sorted(news)]
FORBIDDEN = [(old, new) for old in OutboxState for new in OutboxState if old is not new and (old, new) not in ALLOWED]


def _move(desk: Desk, old: OutboxState, new: OutboxState) -> str:
    (message,) = desk.queue(DUTY)
    for state in [old, new] if old is not OutboxState.QUEUED else [new]:
        with desk.database.write() as session:
            session.get_one(OutboxMessage, message).state = state.value
    return desk.state(message)


@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_allowed_move_is_allowed_by_the_database(desk: Desk, old: OutboxState, new: OutboxState) -> None:
    """A queued message ends as delivered, undelivered or withdrawn."""
    assert _move(desk, old, new) == new.value


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_other_move_is_refused_by_the_database(desk: Desk, old: OutboxState, new: OutboxState) -> None:
    """What has ended does not move again."""
    with pytest.raises(IntegrityError):
        _move(desk, old, new)


# --------------------------------------------------------------------- what must not leak


def test_apprise_logs_nothing_of_what_it_sends(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Even at the finest level no title, body or id is logged; of a failure its number is kept."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("apprise").setLevel(logging.DEBUG)
    Scripted.scripts["one"] = lambda _body: False
    desk = Desk(database, configure(tmp_path, ("scripted://one:secret@host", DUTY.tag)))
    (message,) = desk.queue(DUTY)

    desk.deliver()

    logging.getLogger("apprise").setLevel(logging.NOTSET)
    for leaked in ("contact review", message, REF, "secret"):
        assert leaked not in caplog.text
    with database.read() as session:
        assert session.scalars(select(Delivery.detail)).one() == "error 550"


class _Refusing(BaseHTTPRequestHandler):
    """A web service that says no, and repeats what it was sent."""

    received: list[bytes] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(body)
        self.send_response(503)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def test_stock_service_over_real_http_fails_with_its_number_only(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Apprise's own JSON service meets a 503: the number is on record, password and text are nowhere."""
    caplog.set_level(logging.DEBUG)
    server = HTTPServer(("127.0.0.1", 0), _Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"json://systems:CANARY-PASSWORD@127.0.0.1:{server.server_port}/CANARY-TOKEN"
        desk = Desk(database, configure(tmp_path, (address, DUTY.tag)))
        (message,) = desk.queue(DUTY)
        assert desk.deliver().to_be_retried == [message]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert message in _Refusing.received[-1].decode()
    with database.read() as session:
        (one,) = session.scalars(select(Delivery)).all()
    assert one.detail == "error 503"
    assert "CANARY-PASSWORD" not in str(one.service)
    for leaked in ("CANARY", "contact review", message):
        assert leaked not in caplog.text


# --------------------------------------------------------------------- the mailbox


def test_mailbox_holds_each_message_as_one_file(database: Database, tmp_path: Path) -> None:
    """The default configuration gives each recipient a folder; the files are complete and only their owner reads."""
    mailbox, file = tmp_path / "my mail #1", tmp_path / "apprise.yaml"
    write_default_configuration(file, mailbox, [DUTY, HAZEL])
    desk = Desk(database, load_configuration(file))
    (first,) = desk.queue(DUTY)
    desk.deliver()
    (second,) = desk.queue(DUTY)
    desk.deliver()

    messages = read_mailbox(mailbox / DUTY.tag)
    assert [message.body for message in messages] == [NOTICE.body(first), NOTICE.body(second)]
    assert {message.subject for message in messages} == {NOTICE.subject}
    assert read_mailbox(mailbox / HAZEL.tag) == []
    files = list((mailbox / DUTY.tag).iterdir())
    assert [each.suffix for each in files] == [".eml", ".eml"]
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    assert [service for _, service, *_ in desk.tries()] == ["pathwaysmailbox:///.../role-duty-worker"] * 2


def test_mailbox_that_cannot_be_written_is_a_failure(database: Database, tmp_path: Path) -> None:
    """A file where the folder should be: the message waits, and no half-written file stays behind."""
    mailbox, file = tmp_path / "mail", tmp_path / "apprise.yaml"
    write_default_configuration(file, mailbox, [DUTY])
    mailbox.write_text("not a folder")
    desk = Desk(database, load_configuration(file))
    (message,) = desk.queue(DUTY)

    assert desk.deliver().to_be_retried == [message]
    mailbox.unlink()
    desk.clock.advance(timedelta(minutes=1))
    assert desk.deliver().delivered == [message]


# --------------------------------------------------------------------- configuration


def test_default_configuration_serves_everybody_named(tmp_path: Path) -> None:
    """Each recipient finds exactly one service, and others find none."""
    file = tmp_path / "apprise.yaml"
    file.write_text(default_configuration(tmp_path / "mail", [DUTY, HAZEL, PRIYA, DUTY]))

    services = load_configuration(file)

    assert len(services) == 3
    for recipient in (DUTY, HAZEL, PRIYA):
        assert len(list(services.find(tag=recipient.tag, match_always=False))) == 1
    assert list(services.find(tag="role-systems", match_always=False)) == []


def test_groups_of_tags_are_understood(tmp_path: Path) -> None:
    """A council may write one service for several recipients by Apprise's own groups."""
    file = tmp_path / "apprise.yaml"
    file.write_text(
        "urls:\n  - pathwaysmemory://desk:\n      tag: team-duty\ngroups:\n  - role-duty-worker: team-duty\n"
    )

    services = load_configuration(file)

    assert len(list(services.find(tag="role-duty-worker", match_always=False))) == 1


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        ("urls:\n  - json://CANARY@host: [\n", 3, "this is not YAML"),
        ("urls:\n\t- json://CANARY\n", 2, "this is not YAML"),
        ("", None, "no list of services"),
        ("urls: []\n", None, "no list of services"),
        ("- json://CANARY\n", None, "no list of services"),
        ("include: file://CANARY\nurls:\n  - json://host\n", None, "`include` is not supported"),
        ("version: 2\nurls:\n  - json://host\n", None, "only version 1"),
        (
            "urls:\n  - pathwaysmemory://a:\n      - tag: role-x\n  - nonsense://CANARY:\n      - tag: role-x\n",
            4,
            "Apprise knows no service nonsense://",
        ),
        ("urls:\n  - slack://CANARY:\n      - tag: role-x\n", 2, "address is not complete or not right"),
        ("urls:\n  - CANARY\n", 2, "address is not complete or not right"),
        ("urls:\n  - pathwaysmailbox://relative/CANARY:\n      - tag: role-x\n", 2, "address is not complete"),
        ("urls:\n\n  - json://CANARY\n", 3, "the service has no tag"),
        ("urls:\n  - json://CANARY:\n      - tag: everyone\n", 2, "the service has no tag"),
        ("urls:\n  - json://CANARY:\n      - tag: role-x\n      - nothing\n", 2, "address is not complete"),
    ],
)
def test_bad_configuration_names_its_line_and_no_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str, line: int | None, sentence: str
) -> None:
    """One sentence with file and line; what stands there is neither repeated nor logged."""
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "apprise.yaml"
    file.write_text(content)

    with pytest.raises(ConfigurationRefused, match=sentence) as refused:
        load_configuration(file)

    assert refused.value.line == line
    assert str(refused.value).startswith(f"apprise.yaml, line {line}: " if line else "apprise.yaml: ")
    assert "CANARY" not in str(refused.value) + caplog.text
    assert refused.value.__cause__ is None


def test_missing_configuration_says_which_setting_names_it(tmp_path: Path) -> None:
    """The sentence names the environment variable to set."""
    with pytest.raises(ConfigurationRefused, match="PATHWAYS_APPRISE"):
        load_configuration(tmp_path / "nowhere.yaml")
