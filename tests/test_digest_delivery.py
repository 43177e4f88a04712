"""Digests are sent like any message: whole or not at all, once where nothing fails, and known again where one does."""

from __future__ import annotations

import email
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from models.clock import VirtualClock
from models.outbox import Delivery, OutboxMessage, OutboxState
from tasks.database import Database
from tasks.telling.claiming import claim_next
from tasks.telling.mailbox_service import put_out_of_order, read_mailbox, remembered
from tasks.telling.queueing import queue, withdraw
from tasks.telling.readers import Readers
from tasks.telling.roster import Roster
from tests.test_outbox import (
    DUTY,
    HAZEL,
    NOTICE,
    POLICY,
    PRIYA,
    REF,
    Desk,
    Scripted,
    configure,
    desk_of_three,
    fresh_database,
    fresh_memory,
)

HALF_PAST_ONE = datetime(2026, 1, 5, 13, 30, tzinfo=UTC)


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


def waiting(desk: Desk, *work_items: str | None) -> list[str]:
    """Notices to duty about those work items, queued at nine for the digest at half past one."""
    with desk.database.write() as session:
        return [
            message for item in work_items for message in queue(session, NOTICE, [DUTY], REF, 3, desk.clock.now(), item)
        ]


def digest_of(desk: Desk, message: str) -> str | None:
    """The digest a message stands in."""
    with desk.database.read() as session:
        return session.get_one(OutboxMessage, message).digest_id


def test_digest_is_one_message_for_all_that_waits(desk: Desk) -> None:
    """Three notices are sent as one, and what became of each is on record with the digest's id."""
    ids = waiting(desk, "W-1", "W-2", None)
    assert desk.deliver().delivered == []
    desk.clock.move_to(HALF_PAST_ONE)

    assert sorted(desk.deliver().delivered) == sorted(ids)
    (sent,) = remembered("duty-worker")
    assert len(sent.lines) == 3
    assert {sent.body.rsplit(maxsplit=1)[-1]} == {digest_of(desk, message) for message in ids}
    assert desk.tries() == [(DUTY.tag, "pathwaysmemory://duty-worker", 1, "delivered")] * 3


def test_digest_that_failed_is_tried_again_with_its_id_and_what_came_since_is_not_in_it(desk: Desk) -> None:
    """The set was settled with the id: a notice queued meanwhile waits for the next digest."""
    put_out_of_order("duty-worker")
    (first,) = waiting(desk, "W-1")
    desk.clock.move_to(HALF_PAST_ONE)
    assert desk.deliver().to_be_retried == [first]
    (later,) = waiting(desk, "W-2")
    for _ in range(12):
        desk.clock.advance(timedelta(minutes=1))
        desk.deliver()

    assert desk.state(first) == OutboxState.UNDELIVERED
    assert desk.alarms == [first]
    assert (desk.state(later), digest_of(desk, later)) == (OutboxState.QUEUED, None)


def test_line_withdrawn_between_two_services_is_not_sent_to_the_second(
    database: Database,
    tmp_path: Path,
) -> None:
    """While the first service takes the digest one line is overtaken: the second gets the rest, with the same id."""
    both = [("scripted://one:secret@host", DUTY.tag), ("scripted://two:secret@host", DUTY.tag)]
    desk = Desk(database, configure(tmp_path, *both))
    overtaken, stays = waiting(desk, "W-1", "W-2")
    bodies: list[str] = []

    def first(body: str) -> bool:
        bodies.append(body)
        with database.write() as session:
            withdraw(session, [overtaken])
        return True

    def second(body: str) -> bool:
        bodies.append(body)
        return True

    Scripted.scripts.update(one=first, two=second)
    desk.clock.move_to(HALF_PAST_ONE)

    report = desk.deliver()
    assert (report.delivered, report.overtaken) == ([stays], [overtaken])
    assert [body.count("contact review") for body in bodies] == [2, 1]
    assert len({body.rsplit(maxsplit=1)[-1] for body in bodies}) == 1


def test_slow_services_do_not_lose_the_claim(database: Database, tmp_path: Path) -> None:
    """Each service may take nearly as long as the claim; the next one renews it, and nobody else sends meanwhile."""
    desk = Desk(
        database, configure(tmp_path, *((f"scripted://{n}:secret@host", DUTY.tag) for n in ("one", "two", "three")))
    )
    meanwhile: list[list[str]] = []

    def slow(_body: str) -> bool:
        desk.clock.advance(timedelta(minutes=4))
        meanwhile.append(desk.deliver().delivered)
        return True

    Scripted.scripts.update(one=slow, two=slow, three=slow)
    (message,) = waiting(desk, "W-1")
    desk.clock.move_to(HALF_PAST_ONE)

    assert desk.deliver().delivered == [message]
    assert meanwhile == [[], [], []]


def test_two_deliverers_settle_one_digest(desk: Desk) -> None:
    """What one has claimed the other does not find, and the set has one id."""
    ids = waiting(desk, "W-1", "W-2")
    with desk.database.read() as session:
        readers = Readers(desk.services, Roster(session, on=HALF_PAST_ONE.date()))
    taken = claim_next(desk.database, POLICY, readers, HALF_PAST_ONE, timedelta(minutes=1))
    assert taken is not None
    assert sorted(line.id for line in taken.lines) == sorted(ids)
    assert claim_next(desk.database, POLICY, readers, HALF_PAST_ONE, timedelta(minutes=1)) is None
    again = claim_next(desk.database, POLICY, readers, HALF_PAST_ONE + timedelta(minutes=1), timedelta(minutes=1))
    assert again is not None
    assert again.digest_id == taken.digest_id


def test_digest_of_two_readers_is_two_digests(desk: Desk) -> None:
    """Who shares no service shares no digest."""
    with desk.database.write() as session:
        queue(session, NOTICE, [DUTY, HAZEL, PRIYA], REF, 3, desk.clock.now())
    desk.clock.move_to(HALF_PAST_ONE)
    desk.deliver()
    ends = {remembered(name)[0].body.rsplit(maxsplit=1)[-1] for name in ("duty-worker", "hazel", "practitioner")}
    assert len(ends) == 3


CRASHING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from deployments.example_council import example_policy
from models.clock import VirtualClock
from tasks.database import Database
from tasks.telling import delivering
from tasks.telling.configuration import load_configuration

def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(delivering._Pass, sys.argv[3], die)
clock = VirtualClock(datetime(2026, 1, 5, 13, 30, tzinfo=UTC))
services = load_configuration(Path(sys.argv[2]))
delivering.deliver_due(Database(sys.argv[1]), services, clock, policy=example_policy(), on_undelivered=die)
"""


def killed(file: Path, services: Path, where: str) -> None:
    """A deliverer of another process that is killed there."""
    ended = subprocess.run(
        [sys.executable, "-c", CRASHING, f"sqlite:///{file}", str(services), where],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL


@pytest.fixture
def two_folders(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose duty workers have two mailbox folders."""
    services = [(f"pathwaysmailbox://{tmp_path}/{name}", DUTY.tag) for name in ("one", "two")]
    yield Desk(database, configure(tmp_path, *services))


@pytest.mark.parametrize(
    ("where", "copies"),
    [("_record", [2, 1]), ("_finish", [1, 2])],
    ids=["after the first service", "after the last service"],
)
def test_kill_between_sending_and_recording_sends_the_same_digest_again(
    two_folders: Desk, tmp_path: Path, where: str, copies: list[int]
) -> None:
    """
    Killed after a service has taken the digest and before that is on record.

    That service gets it once more with the same id and the same lines, though a notice was queued meanwhile; what was
    on record is not sent again, and nothing is lost.
    """
    desk = two_folders
    ids = waiting(desk, "W-1", "W-2")
    killed(tmp_path / "outbox.db", tmp_path / "apprise.yaml", where)
    desk.clock.move_to(HALF_PAST_ONE)
    late = waiting(desk, "W-3")
    assert desk.deliver().delivered == []

    desk.clock.advance(timedelta(minutes=5))
    assert sorted(desk.deliver().delivered) == sorted(ids)
    folders = [read_mailbox(tmp_path / name) for name in ("one", "two")]
    assert [len(folder) for folder in folders] == copies
    assert len({(message.subject, message.body) for folder in folders for message in folder}) == 1
    assert desk.state(late[0]) == OutboxState.QUEUED


def test_kill_before_sending_loses_nothing(two_folders: Desk, tmp_path: Path) -> None:
    """Killed after the set and the id were settled: the next deliverer sends that digest."""
    desk = two_folders
    (message,) = waiting(desk, "W-1")
    killed(tmp_path / "outbox.db", tmp_path / "apprise.yaml", "_send")
    settled = digest_of(desk, message)
    assert settled is not None
    desk.clock.move_to(HALF_PAST_ONE + timedelta(minutes=5))
    assert desk.deliver().delivered == [message]
    assert {sent.body.rsplit(maxsplit=1)[-1] for sent in read_mailbox(tmp_path / "one")} == {settled}


class _PostOffice:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.received: list[tuple[str | None, list[str], EmailMessage]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 Ok"


@pytest.fixture
def post_office() -> Iterator[tuple[_PostOffice, int]]:
    """A real SMTP server on loopback, and its port."""
    office = _PostOffice()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, port
    finally:
        controller.stop()


def test_digest_comes_by_e_mail_over_a_real_smtp_server(
    database: Database,
    tmp_path: Path,
    post_office: tuple[_PostOffice, int],
) -> None:
    """By Apprise's own e-mail service: one mail, to the address in the configuration, with every line and the id."""
    office, port = post_office
    address = (
        f"mailto://127.0.0.1:{port}?from=pathways@wenbridge.example.org&to=duty@wenbridge.example.org&mode=insecure"
    )
    desk = Desk(database, configure(tmp_path, (address, DUTY.tag)), VirtualClock(HALF_PAST_ONE - timedelta(hours=1)))
    ids = waiting(desk, "W-1", "W-2")
    desk.clock.move_to(HALF_PAST_ONE)

    assert sorted(desk.deliver().delivered) == sorted(ids)
    ((_, to, message),) = office.received
    assert to == ["duty@wenbridge.example.org"]
    assert message["Subject"] == "2 notices, 2 to look at first"
    part = message.get_body(("plain",)) or message
    text: Any = part.get_content()
    assert text.count(NOTICE.subject) == 2
    assert re.search(rf"Digest {digest_of(desk, ids[0])}\b", text)
    with database.read() as session:
        assert {one.outcome for one in session.query(Delivery)} == {"delivered"}
