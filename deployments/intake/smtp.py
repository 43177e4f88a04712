"""
The SMTP door: a message is accepted only when it is safely stored, otherwise its sender keeps it.

It runs in a thread of its own; storing happens on a few more, so that a slow database holds up nobody's
greeting. Neither addresses nor content are ever logged, by us or by the library.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from models.errors import PathwaysError
from models.policy.running import MailLimits

logger = logging.getLogger(__name__)

LARGEST_MESSAGE = MailLimits().message_bytes
"""Bytes of one message where policy says nothing else: 25 MB of files, a third larger in base64, and the letter."""

Accept = Callable[[bytes, str | None, list[str]], str]
"""Stores a message (bytes, return path or empty for the null path, receivers) and gives its id; may block."""

_AT_ONCE = 8
_SILENCE_SECONDS = 300.0
_LAST_WORDS_SECONDS = 1.0
_TURNS_TO_ACCEPT = 5
_CANNOT_STORE = "451 4.3.0 The message cannot be stored at present; please keep it and send it again"
_TOO_LARGE = "552 5.3.4 The message is too large"
_UNKNOWN = "500 5.5.1 This command is not known here"
_CLOSING = b"421 4.3.2 Closing down; please try again\r\n"


class SmtpPortUnavailable(PathwaysError):
    """The SMTP port cannot be opened: choose another in PATHWAYS_SMTP_PORT or stop what uses it."""

    def __init__(self, host: str, port: int, failed: OSError) -> None:
        self.port = port
        why = {
            errno.EADDRINUSE: "it is in use by another program",
            errno.EACCES: "this user may not open it",
        }.get(failed.errno or 0, "the address cannot be opened on this machine")
        super().__init__(
            f"SMTP port {port} on {host} cannot be opened, {why}; set PATHWAYS_SMTP_PORT to a free port and start again"
        )


class SmtpDoor:
    """
    Receives mail on `host` and `port` (0: any free one; see `port` after `start`) and hands it to `accept`.

    The answer is 250 only after `accept` returned; 451 where it raised, so that the sender tries again
    later; 552 above `max_size` bytes. The bytes handed on are those sent, lines of any length, with NUL
    bytes and all.
    """

    def __init__(self, host: str, port: int, accept: Accept, max_size: int = LARGEST_MESSAGE) -> None:
        self.host = host
        self.port = port
        self.max_size = max_size
        self._accept = accept
        self._sessions: set[_Conversation] = set()
        self._storing: set[_Conversation] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._thread: threading.Thread | None = None
        self._patience = timedelta(0)
        self._gave_up = False

    def start(self) -> None:
        """Open the port and return once it answers. Raises `SmtpPortUnavailable`."""
        _silence_the_library()
        listening = self._opened()
        self.port = listening.getsockname()[1]
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="smtp-store")
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening, ready), name="smtp", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self, patience: timedelta = timedelta(seconds=10)) -> None:
        """
        Close the port; messages being stored are still answered, for as long as `patience`.

        Who gets no answer sends again, and the second delivery is known as the same message.
        """
        if self._thread is None or self._loop is None or self._closing is None or self._threads is None:
            return
        self._patience = patience
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()
        self._threads.shutdown(wait=not self._gave_up, cancel_futures=True)
        self._thread = self._loop = self._closing = self._threads = None

    @property
    def _is_closing(self) -> bool:
        return self._closing is None or self._closing.is_set()

    def _opened(self) -> socket.socket:
        failed: OSError | None = None
        try:
            family, _, _, _, address = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
            return socket.create_server(address[:2], family=family, backlog=128)
        except OSError as error:
            failed = error
        raise SmtpPortUnavailable(self.host, self.port, failed)

    def _run(self, listening: socket.socket, ready: threading.Event) -> None:
        asyncio.run(self._serve(listening, ready))

    async def _serve(self, listening: socket.socket, ready: threading.Event) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(lambda: _Conversation(self), sock=listening)
        ready.set()
        await self._closing.wait()
        # asyncio loses a connection that it accepted in the very turn in which the server closes: let it finish.
        self._loop.remove_reader(listening.fileno())
        for _ in range(_TURNS_TO_ACCEPT):
            await asyncio.sleep(0)
        server.close()
        for conversation in list(self._sessions):
            conversation.close_unless_storing()
        still_storing = [task for each in self._storing if (task := each.task) is not None]
        if still_storing:
            _, unanswered = await asyncio.wait(still_storing, timeout=self._patience.total_seconds())
            self._gave_up = bool(unanswered)
        for conversation in list(self._sessions):
            conversation.abort()
        await server.wait_closed()
        # Whoever was let in while the door closed is on the way out as well.
        if leaving := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(leaving, timeout=_LAST_WORDS_SECONDS)

    # What aiosmtpd asks of its handler.

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: _Conversation, session: Session, envelope: Envelope
    ) -> str:
        """Store the message on a thread of its own, and answer by what came of it."""
        assert self._loop is not None
        self._storing.add(server)
        content = envelope.original_content or b""
        sender = "" if envelope.mail_from in (None, "<>") else envelope.mail_from
        try:
            mail_id = await self._loop.run_in_executor(
                self._threads, self._accept, content, sender, list(envelope.rcpt_tos)
            )
        except Exception as failed:
            # Its words may hold what the letter says; its kind does not.
            logger.error("a message could not be stored (%s); its sender keeps it", type(failed).__name__)
            return _CANNOT_STORE
        return f"250 2.6.0 Stored as {re.sub(r'[^A-Za-z0-9-]', '', mail_id)}"

    async def handle_exception(self, error: Exception) -> str:
        """Answer a failure of the conversation without repeating anything that was said in it."""
        logger.error("an SMTP conversation failed (%s)", type(error).__name__)
        return "451 4.3.0 Something went wrong here; please send it again"


class _Conversation(SMTP):
    """One connection. It takes lines of any length up to the largest message: real mail has them."""

    def __init__(self, door: SmtpDoor) -> None:
        self.line_length_limit = door.max_size + 64 * 1024
        self._door = door
        super().__init__(
            door,
            data_size_limit=door.max_size,
            enable_SMTPUTF8=True,
            hostname="safe-pathways",
            ident="ESMTP",
            timeout=_SILENCE_SECONDS,
            loop=asyncio.get_running_loop(),
        )

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The task that holds the conversation."""
        task: asyncio.Task[None] | None = self._handler_coroutine
        return task

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the conversation, so that it can be closed."""
        self._door._sessions.add(self)
        super().connection_made(transport)
        if self._door._is_closing:
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the conversation."""
        self._door._sessions.discard(self)
        super().connection_lost(error)

    def close_unless_storing(self) -> None:
        """End the conversation now, or after the answer to the message that is being stored."""
        if self not in self._door._storing and self.transport is not None:
            self._writer.write(_CLOSING)
            self.transport.close()

    def abort(self) -> None:
        """End the conversation whatever happens in it."""
        if self.transport is not None:
            self.transport.close()

    async def push(self, status: Any) -> None:
        """
        Answer; a line longer than the largest message is a message too large as well.

        A command that nobody knows may be a line of a letter, and is not said again.
        """
        if isinstance(status, str) and status.startswith(("500 Line too long", "552")):
            status = _TOO_LARGE
        elif isinstance(status, str) and status.startswith('500 Error: command "'):
            status = _UNKNOWN
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Take a message in; while the door closes, the conversation ends with its answer."""
        try:
            await super().smtp_DATA(arg)
        finally:
            self._door._storing.discard(self)
            if self._door._is_closing:
                self.abort()


def _silence_the_library() -> None:
    # aiosmtpd writes addresses and whole messages to this logger. A filter stays when logging is configured
    # anew; a level would not.
    library = logging.getLogger("mail.log")
    if _nothing not in library.filters:
        library.addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False
