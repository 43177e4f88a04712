"""A collector killed in the middle of its work (real processes, a real IMAP server): nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from flows.unreadable_message import unreadable_message
from flows.written_contact_transfer import written_contact_transfer
from models.mail import InboundMail
from tasks.durable.testing import Office
from tasks.intake import take_up_what_is_stored
from tasks.mail.collecting import collect_mailbox
from tests.imap_server import MailServer, Rule
from tests.test_imap_collecting import DONE, letter, originals

MOVES: tuple[bytes, ...] = ()
COPIES = (b"MOVE",)
FLAGS_ONLY = (b"MOVE", b"UIDPLUS")
LETTERS = [letter(1), letter(2), letter(3)]


def killed_at(office: Office, server: MailServer, held: Rule) -> None:
    """Let a collector run in a process of its own until the line holds it up, and kill it there."""
    url = office.council.database.url.render_as_string(hide_password=False)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.imap_child", url, str(server.port)],
        cwd=Path(__file__).parent.parent,
    )
    try:
        held.wait()
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
    finally:
        child.kill()
        child.wait()
    server.let_go()


def stored(office: Office) -> int:
    """How many messages are stored."""
    with office.council.database.read() as session:
        return session.scalar(select(func.count()).select_from(InboundMail)) or 0


@pytest.mark.parametrize(
    ("server", "how", "command", "kept_by_then"),
    [
        (MOVES, "hold", rb"UID SEARCH", 0),
        (MOVES, "hold", rb"UID FETCH 101 \(BODY", 0),
        (MOVES, "hold_answer", rb"UID FETCH 102 \(BODY", 1),
        (MOVES, "hold", rb"UID MOVE 102", 2),
        (MOVES, "hold_answer", rb"UID MOVE 102", 2),
        (MOVES, "hold", rb"LOGOUT", 3),
        (COPIES, "hold", rb"UID COPY 102", 2),
        (COPIES, "hold_answer", rb"UID COPY 102", 2),
        (COPIES, "hold_answer", rb"UID STORE 102", 2),
        (COPIES, "hold_answer", rb"UID EXPUNGE 102", 2),
        (FLAGS_ONLY, "hold_answer", rb"UID COPY 102", 2),
        (FLAGS_ONLY, "hold_answer", rb"UID STORE 102", 2),
    ],
    indirect=["server"],
)
def test_killed_at_any_command_the_next_round_ends_with_each_letter_once(
    office: Office, server: MailServer, how: str, command: bytes, kept_by_then: int
) -> None:
    """Each letter is one case, whole, and lies in the folder of those that are done; the inbox is empty."""
    server.put(*LETTERS)
    killed_at(office, server, getattr(server, how)(command))
    assert stored(office) == kept_by_then

    assert collect_mailbox(office.council, server.box()).refused == 0
    take_up_what_is_stored(office.council)

    assert originals(office) == set(LETTERS)
    assert stored(office) == len(office.cases(written_contact_transfer)) == 3
    assert set(server.content(DONE)) == set(LETTERS)
    left = server.flags("INBOX") if b"UIDPLUS" in server.config.hidden else server.content("INBOX")
    assert all(b"\\Deleted" in flags for flags in left)
    assert collect_mailbox(office.council, server.box()).kept == 0


def test_killed_between_a_notes_storing_and_the_large_letters_move_a_person_is_asked_once(
    office: Office, server: MailServer
) -> None:
    """The large letter ends in its folder, and there is one case about it."""
    server.put(letter(1, "x" * 300_000))
    killed_at(office, server, server.hold(rb"UID MOVE"))
    assert stored(office) == 1

    office.council.policy = office.council.policy.model_copy(
        update={"mail": office.council.policy.mail.model_copy(update={"message_bytes": 200_000})}
    )
    assert collect_mailbox(office.council, server.box()).aside == 1
    take_up_what_is_stored(office.council)

    assert stored(office) == 1
    assert len(office.cases(unreadable_message)) == 1
    assert server.content("INBOX") == []


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """A mailbox on a server without the capabilities given."""
    running = MailServer(*getattr(request, "param", MOVES))
    yield running
    running.stop()
