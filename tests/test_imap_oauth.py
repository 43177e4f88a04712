"""OAuth 2: tokens for a program without a user, from a token server of this machine, and the mailbox they open."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from models.connections import OAuth
from models.doors import MailboxWatch, Trouble
from tasks.durable.testing import Office
from tasks.mail.collecting import collect_mailbox
from tasks.mail.mailbox import NotCollected
from tasks.oauth import TokenRefused, Tokens
from tests.imap_server import MailServer
from tests.test_imap_collecting import letter

SECRET = "a-secret-of-ours"


@dataclass
class TokenServer:
    """Gives out `token-1`, `token-2` … to whoever knows the secret."""

    url: str = ""
    given: int = 0
    lasts: int | None = 3600
    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    instead: bytes | None = None

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """The answer to a call."""
        call = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.asked.append(call)
        if self.instead is not None or self.status != 200:
            return self.status, self.instead or b"{}"
        if call.get("client_secret") != SECRET:
            return 401, b'{"error": "invalid_client"}'
        self.given += 1
        token = {"access_token": f"token-{self.given}", "token_type": "Bearer"}
        return 200, json.dumps(token | ({"expires_in": self.lasts} if self.lasts else {})).encode()

    def oauth(self, **changes: str) -> OAuth:
        """The connections file's entry."""
        entry = {"token_url": self.url, "client_id": "pathways", "client_secret": SECRET, "scope": "imap"}
        return OAuth.model_validate(entry | changes)


@pytest.fixture
def tokens_at() -> Iterator[TokenServer]:
    """A token server."""
    server = TokenServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = server.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_address[1]}/token"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield server
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    """A mailbox that lets in whoever has the right token."""
    server = MailServer()
    yield server
    server.stop()


class Stopwatch:
    """A time that goes forward when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_token_is_asked_for_once_while_it_holds(tokens_at: TokenServer) -> None:
    """And shortly before its end anew, so that none ends in the middle of a conversation."""
    watch = Stopwatch()
    tokens = Tokens(watch)

    assert tokens.token(tokens_at.oauth()) == "token-1"
    watch.seconds = 3400
    assert tokens.token(tokens_at.oauth()) == "token-1"
    watch.seconds = 3500
    assert tokens.token(tokens_at.oauth()) == "token-2"
    assert tokens_at.asked[0] == {
        "grant_type": "client_credentials",
        "client_id": "pathways",
        "client_secret": SECRET,
        "scope": "imap",
    }


def test_a_token_whose_end_is_not_told_is_used_for_a_few_minutes(tokens_at: TokenServer) -> None:
    """Neither for ever nor once for each message."""
    tokens_at.lasts, watch = None, Stopwatch()
    tokens = Tokens(watch)

    assert [tokens.token(tokens_at.oauth()) for _ in range(3)] == ["token-1"] * 3
    watch.seconds = 700
    assert tokens.token(tokens_at.oauth()) == "token-2"


@pytest.mark.parametrize(
    ("status", "instead"),
    [
        (401, b'{"error": "invalid_client"}'),
        (500, b"out of order"),
        (200, b"no JSON"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"access_token": 7}'),
        (200, b'{"access_token": "t", "expires_in": "soon"}'),
    ],
)
def test_what_is_no_token_is_refused_without_repeating_anything(
    tokens_at: TokenServer, status: int, instead: bytes
) -> None:
    """The sentence says what to check; neither the secret nor the answer stands in it."""
    tokens_at.status, tokens_at.instead = status, instead

    with pytest.raises(TokenRefused, match="check oauth") as refused:
        Tokens().token(tokens_at.oauth())
    assert refused.value.__context__ is None
    assert SECRET not in str(refused.value) and "invalid_client" not in str(refused.value)


def test_a_secret_is_never_sent_in_the_clear_to_another_machine() -> None:
    """Without https only to this very machine."""
    entry = {"token_url": "http://login.example.org/token", "client_id": "x", "client_secret": SECRET}
    with pytest.raises(TokenRefused, match="https"):
        Tokens().token(OAuth.model_validate(entry))


def test_a_token_server_that_is_away_is_told_as_such(tokens_at: TokenServer) -> None:
    """Nobody listens on that port."""
    with pytest.raises(TokenRefused, match="ConnectError"):
        Tokens().token(tokens_at.oauth(token_url="http://127.0.0.1:9/token"))


def test_a_mailbox_is_opened_with_a_token(office: Office, tokens_at: TokenServer, mailbox: MailServer) -> None:
    """By XOAUTH2, without a password."""
    mailbox.put(letter(1))
    mailbox.accept_token("token-1")

    assert collect_mailbox(office.council, mailbox.box(oauth=tokens_at.oauth()), Tokens()).kept == 1
    assert any(b"AUTHENTICATE XOAUTH2" in line for line in mailbox.commands)


def test_a_token_that_the_mailbox_refuses_is_fetched_anew_the_next_time(
    office: Office, tokens_at: TokenServer, mailbox: MailServer
) -> None:
    """It was withdrawn before its end: one round fails and says so, the next goes well."""
    mailbox.put(letter(1))
    mailbox.accept_token("token-2")
    tokens = Tokens()

    with pytest.raises(NotCollected, match="login was refused"):
        collect_mailbox(office.council, mailbox.box(oauth=tokens_at.oauth()), tokens)
    assert collect_mailbox(office.council, mailbox.box(oauth=tokens_at.oauth()), tokens).kept == 1


def test_without_a_token_nothing_is_collected_and_the_reason_is_noted(
    office: Office, tokens_at: TokenServer, mailbox: MailServer
) -> None:
    """A client secret that has run out is told apart from a mailbox that refuses us."""
    box = mailbox.box(oauth=tokens_at.oauth(client_secret="run-out"))

    with pytest.raises(NotCollected, match="client secret has run out"):
        collect_mailbox(office.council, box, Tokens())
    with office.council.database.read() as session:
        assert session.get_one(MailboxWatch, "adult-care").trouble == Trouble.TOKEN
