"""
A real IMAP server for tests (pymap), and a line between it and its client that can be stopped, cut or made secure.

Server and line live in one thread with a loop of its own. A test holds a command up exactly where it wants to: before
the server has seen it, or after the server has done it and before the client hears.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import ssl
import threading
from argparse import Namespace
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPServer
from pysasl import SASLAuth
from pysasl.creds.external import ExternalCredentials

from models.connections import Mailbox

USER, PASSWORD = "duty@wenbridge.example.org", "correct horse"
PATIENCE_SECONDS = 60
T = TypeVar("T")


class _Config(Config):
    """The server's settings, with capabilities that can be kept from the client."""

    hidden: frozenset[bytes] = frozenset()
    tokens: frozenset[str] = frozenset()

    @property
    def login_capability(self) -> Sequence[bytes]:
        return [one for one in super().login_capability if one not in self.hidden]

    @property
    def greeting(self) -> bytes:
        return b"Server ready"

    @property
    def tls_auth(self) -> SASLAuth:
        return SASLAuth.named([b"PLAIN", b"LOGIN", b"XOAUTH2"])


class _Login(Login):
    """Lets in whoever has the password, or a token that the token server has given out."""

    async def authenticate(self, credentials: Any) -> Identity:
        if isinstance(credentials, ExternalCredentials):
            if credentials._token not in self.config.tokens:
                raise InvalidAuth()
            return Identity(credentials.authzid, self, None, frozenset())
        return await super().authenticate(credentials)


class _Backend(DictBackend):
    """An in-memory mailbox."""

    @classmethod
    async def init(cls, args: Namespace, **overrides: Any) -> tuple[DictBackend, Config]:
        config = _Config.from_args(args, **overrides)
        login = _Login(config)
        await cls._add_demo_user(config, login)
        return cls(login, config), config


@dataclass
class Rule:
    """What the line does at a command: `hold` it up, hold up its `answer`, or `cut` the connection."""

    command: re.Pattern[bytes]
    how: str
    times: int = 1
    reached: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Return once the line is there."""
        assert self.reached.wait(PATIENCE_SECONDS), f"{self.command.pattern!r} was never sent"


class MailServer:
    """A mailbox on this machine. `port` goes through the line, `direct` past it."""

    def __init__(self, *hidden: bytes, certificate: tuple[Path, Path] | None = None, tls: bool = False) -> None:
        self.loop = asyncio.new_event_loop()
        self.commands: list[bytes] = []
        self._rules: list[Rule] = []
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self.loop.run_forever, name="imap", daemon=True)
        self._thread.start()
        self.config: _Config
        self.direct, self.port = self._run(self._start(frozenset(hidden), certificate, tls))

    # ------------------------------------------------------------------ what tests say

    def box(self, **settings: Any) -> Mailbox:
        """The connections file's entry for this server."""
        usual = {"name": "adult-care", "host": "127.0.0.1", "port": self.port, "security": "none", "username": USER}
        if "oauth" not in settings:
            usual["password"] = PASSWORD
        return Mailbox.model_validate(usual | settings)

    def put(self, *messages: bytes, folder: str = "INBOX", flags: Sequence[bytes] = ()) -> None:
        """Lay messages into a folder."""
        with self._client() as client:
            for message in messages:
                client.append(folder, message, flags)

    def content(self, folder: str) -> list[bytes]:
        """The messages in a folder; none where there is no such folder."""
        with self._client() as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            uids = client.search(["ALL"])
            return [client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] for uid in uids]

    def flags(self, folder: str) -> list[set[bytes]]:
        """The flags of the messages in a folder, but for those of the session."""
        with self._client() as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search(["ALL"]))
            return [set(flags) - {b"\\Recent"} for flags in found.values()]

    def remove(self, text: bytes) -> None:
        """Take the message with that text out of the inbox, as a person would."""
        with self._client() as client:
            client.select_folder("INBOX")
            uids = [uid for uid in client.search(["ALL"]) if text in client.fetch([uid], ["BODY[]"])[uid][b"BODY[]"]]
            client.delete_messages(uids)
            client.uid_expunge(uids)

    def hold(self, command: bytes) -> Rule:
        """Hold the next such command up before the server sees it."""
        return self._rule(command, "hold")

    def hold_answer(self, command: bytes) -> Rule:
        """Let the next such command be done, and hold up its answer."""
        return self._rule(command, "answer")

    def cut(self, command: bytes, times: int = 1) -> Rule:
        """Cut the connection at such a command."""
        return self._rule(command, "cut", times)

    def refuse(self, command: bytes, times: int = 1) -> Rule:
        """Answer NO to such a command."""
        return self._rule(command, "refuse", times)

    def let_go(self) -> None:
        """Forget all rules and drop every connection that goes through the line."""
        self._rules.clear()
        self._run(self._drop())

    def accept_token(self, *tokens: str) -> None:
        """From now on these tokens let in, and no others."""
        self.config.tokens = frozenset(tokens)

    def stop(self) -> None:
        """Stop it; twice is once."""
        if self.loop.is_closed():
            return
        self._run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self.loop.close()

    # ------------------------------------------------------------------ inside

    def _rule(self, command: bytes, how: str, times: int = 1) -> Rule:
        rule = Rule(re.compile(rb"^\S+ " + command), how, times)
        self._rules.append(rule)
        return rule

    @contextmanager
    def _client(self) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.direct, ssl=False, timeout=PATIENCE_SECONDS) as client:
            client.login(USER, PASSWORD)
            yield client

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_SECONDS)

    async def _start(
        self, hidden: frozenset[bytes], certificate: tuple[Path, Path] | None, tls: bool
    ) -> tuple[int, int]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        if certificate is not None:
            context.load_cert_chain(*certificate)
        args = Namespace(
            host="127.0.0.1", port=0, debug=False, cert=None, key=None, tls=True, passlib_cfg=None,
            proxy_protocol=None, inherited_sockets=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
        )  # fmt: skip
        backend, config = await _Backend.init(args, ssl_context=context)
        assert isinstance(config, _Config)
        self.config, config.hidden = config, hidden
        config.apply_context()
        imap = IMAPServer(backend.login, config)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError, asyncio.IncompleteReadError, EOFError):
                await imap(reader, writer, SocketInfoLocal(writer, unique_id=b"test"))

        self._server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**27)
        self._line = await asyncio.start_server(
            self._between, "127.0.0.1", 0, limit=2**27, ssl=context if tls else None
        )
        return self._server.sockets[0].getsockname()[1], self._line.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        await self._drop()
        self._line.close()
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _drop(self) -> None:
        for writer in list(self._open):
            writer.close()

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.direct, limit=2**27)
        self._open |= {writer, inner_writer}
        withheld: list[tuple[bytes, Rule]] = []
        back = asyncio.create_task(self._answers(inner_reader, writer, withheld))
        try:
            while line := await reader.readline():
                self.commands.append(line)
                rule = next((one for one in self._rules if one.times and one.command.search(line)), None)
                if rule is not None:
                    rule.times -= 1
                    if rule.how in ("cut", "hold"):
                        rule.reached.set()
                    if rule.how == "cut":
                        break
                    if rule.how == "hold":
                        await reader.read()  # until the client is gone
                        break
                    if rule.how == "refuse":
                        writer.write(line.split()[0] + b" NO not now\r\n")
                        rule.reached.set()
                        continue
                    withheld.append((line.split()[0], rule))
                inner_writer.write(line)
                await inner_writer.drain()
                if line.split()[1:2] == [b"STARTTLS"]:
                    while piece := await reader.read(2**16):  # what follows is no longer ours to read
                        inner_writer.write(piece)
        except ConnectionError:
            pass
        finally:
            back.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await back
            for one in (writer, inner_writer):
                self._open.discard(one)
                one.close()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, withheld: list[tuple[bytes, Rule]]
    ) -> None:
        while piece := await reader.read(2**16):
            if withheld:
                tag, rule = withheld[0]
                if b"\r\n" + tag + b" " in b"\r\n" + piece:
                    rule.reached.set()
                continue
            writer.write(piece)
            await writer.drain()
        writer.close()


def self_made_certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, Path]:
    """A certificate for this machine that nobody but a test trusts; gives the files of certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's own mail server")])
    named = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "server.pem", folder / "server.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
