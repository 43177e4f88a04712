"""
One conversation with a mailbox by IMAP (RFC 9051 and its forerunner RFC 3501), in the few words that collecting needs.

Messages are named by UID, and only within one conversation: nothing is remembered from one to the next, so a mailbox
that numbers its messages anew (another UIDVALIDITY) is of no consequence. Whether we have a message already is told
by its digest, when it is stored.

What goes wrong is either of one message, and the conversation goes on (`MessageRefused`), or of all (`NotCollected`).
No text of a server's is passed on: it may repeat what stands in a message.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from imapclient import DELETED, IMAPClient, SocketTimeout
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
    ProtocolError,
)

from models.connections import Mailbox, Security
from models.doors import Trouble
from models.errors import PathwaysError
from tasks.oauth import TokenRefused, Tokens

TIMEOUT = SocketTimeout(connect=15, read=60)
"""Seconds for an answer at the door, and for each piece of one later."""
HEADER_BYTES = 200_000
"""Bytes of a message's header that are fetched where the rest is not."""
_LIBRARY = ("imapclient.imapclient", "imapclient.imaplib")


class NotCollected(PathwaysError):
    """A mailbox cannot be collected now; it is tried again, and the kind says what to look at."""

    def __init__(self, mailbox: str, trouble: Trouble) -> None:
        super().__init__(f"mailbox {mailbox} cannot be collected now ({trouble}): {trouble.sentence}")
        self.trouble = trouble


class MessageRefused(PathwaysError):
    """The server refuses one message; the others are gone on with. It stays where it is and is tried again."""

    def __init__(self, mailbox: str) -> None:
        super().__init__(f"a message in mailbox {mailbox} can be neither fetched nor moved: look at it there")


class OpenMailbox:
    """A mailbox whose inbox is selected. Every method raises `NotCollected` where the connection does not hold."""

    def __init__(self, box: Mailbox, client: IMAPClient) -> None:
        self._box = box
        self._client = client

    def waiting(self) -> list[int]:
        """
        The messages in the inbox, the oldest first.

        A message that somebody flagged as deleted and that still lies there is one of them: nobody's letter is lost
        by a slip. Only where the server cannot take away single messages does the flag mean that we have it.
        """
        with self._of_the_conversation():
            criteria = "ALL" if self._can_take_away() else "UNDELETED"
            return sorted(int(uid) for uid in self._client.search([criteria]))

    def size(self, uid: int) -> int | None:
        """
        Its size in bytes, as the server counts them; none where it has vanished. Raises `MessageRefused`.

        Asked one by one: a server that refuses to measure one message, or dies of it, tells nothing of those that
        are asked with it.
        """
        with self._of_the_message():
            data = self._client.fetch([uid], ["RFC822.SIZE"]).get(uid)
        return None if data is None else int(data.get(b"RFC822.SIZE") or 0)

    def original(self, uid: int) -> bytes | None:
        """The message's bytes, without marking it as read; none where it has vanished. Raises `MessageRefused`."""
        return self._piece(uid, "BODY.PEEK[]", b"BODY[]")

    def header(self, uid: int) -> bytes | None:
        """The first `HEADER_BYTES` of its header; none where it has vanished. Raises `MessageRefused`."""
        return self._piece(uid, f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>", b"BODY[HEADER]<0>")

    def came_at(self, uid: int) -> datetime | None:
        """When it came into the mailbox, by the server's clock and zone. Raises `MessageRefused`."""
        with self._of_the_message():
            self._client.normalise_times = False
            data = self._client.fetch([uid], ["INTERNALDATE"]).get(uid, {})
        when = data.get(b"INTERNALDATE")
        return when if isinstance(when, datetime) else None

    def move(self, uid: int, folder: str) -> None:
        """
        Move a message, and nothing else with it; what has vanished is let be. Raises `MessageRefused`.

        A server that cannot move copies it and takes the one away (UID EXPUNGE); one that cannot do that either
        keeps it flagged as deleted. A plain EXPUNGE, which takes away what others have flagged, is never sent.
        """
        with self._of_the_message():
            if self._client.has_capability("MOVE"):
                self._client.move([uid], folder)
                return
            self._client.copy([uid], folder)
            self._client.add_flags([uid], [DELETED], silent=True)
            if self._can_take_away():
                self._client.uid_expunge([uid])

    def _can_take_away(self) -> bool:
        return bool(self._client.has_capability("MOVE") or self._client.has_capability("UIDPLUS"))

    def _piece(self, uid: int, asked: str, given: bytes) -> bytes | None:
        with self._of_the_message():
            data = self._client.fetch([uid], [asked]).get(uid)
        if data is None:
            return None
        piece = data.get(given)
        if not isinstance(piece, bytes):
            raise MessageRefused(self._box.name)
        return piece

    @contextmanager
    def _of_the_message(self) -> Iterator[None]:
        """A NO of the server concerns this message; all else concerns the conversation."""
        refused = False
        try:
            yield
        except (IMAPClientAbortError, ProtocolError):
            pass
        except IMAPClientError:
            refused = True
        except Exception:  # a socket that timed out, an answer that cannot be understood: it cannot go on like that
            pass
        else:
            return
        if refused:
            raise MessageRefused(self._box.name)
        raise NotCollected(self._box.name, Trouble.BROKEN_OFF)

    @contextmanager
    def _of_the_conversation(self) -> Iterator[None]:
        with _said_as(self._box, Trouble.BROKEN_OFF):
            yield


@contextmanager
def open_mailbox(box: Mailbox, tokens: Tokens) -> Iterator[OpenMailbox]:
    """Log in, see that the folders are there, and select the inbox. Raises `NotCollected`."""
    _silence_the_library()
    context = ssl.create_default_context()
    with _said_as(box, Trouble.UNREACHABLE):
        client = IMAPClient(
            box.host, box.port, ssl=box.security is Security.TLS, ssl_context=context, timeout=TIMEOUT
        )  # the client's own context would do; this one says that certificates are checked
    try:
        if box.security is Security.STARTTLS:
            with _said_as(box, Trouble.CERTIFICATE):
                client.starttls(context)
        _log_in(box, client, tokens)
        with _said_as(box, Trouble.FOLDERS):
            for folder in (box.done, box.put_aside):
                _see_that_it_is_there(client, folder)
            client.select_folder(box.inbox)
        yield OpenMailbox(box, client)
        with suppress(Exception):  # everything is done; a farewell that fails changes nothing
            client.logout()
    finally:
        with suppress(Exception):
            client.shutdown()


def _log_in(box: Mailbox, client: IMAPClient, tokens: Tokens) -> None:
    with _said_as(box, Trouble.LOGIN):
        if box.password is not None:
            password = box.password.get_secret_value()
            plain = (box.username + password).isascii()
            (client.login if plain else client.plain_login)(box.username, password)
            return
    assert box.oauth is not None
    with _said_as(box, Trouble.TOKEN):
        token = tokens.token(box.oauth)
    with _said_as(box, Trouble.LOGIN):
        try:
            if client.has_capability("AUTH=XOAUTH2") or not client.has_capability("AUTH=OAUTHBEARER"):
                client.oauth2_login(box.username, token)
            else:
                client.oauthbearer_login(box.username, token)
        except LoginError:
            tokens.forget(box.oauth)
            raise


def _see_that_it_is_there(client: IMAPClient, folder: str) -> None:
    if client.folder_exists(folder):
        return
    try:
        client.create_folder(folder)
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        if not client.folder_exists(folder):  # another collector may have made it in this very moment
            raise


@contextmanager
def _said_as(box: Mailbox, trouble: Trouble) -> Iterator[None]:
    """Whatever goes wrong is said in our words alone."""
    try:
        yield
        return
    except ssl.SSLError:
        trouble = Trouble.CERTIFICATE
    except (TimeoutError, ConnectionError):
        trouble = Trouble.UNREACHABLE if trouble is Trouble.UNREACHABLE else Trouble.BROKEN_OFF
    except (IMAPClientError, OSError, TokenRefused):
        pass
    except Exception:  # an answer that cannot be understood
        trouble = Trouble.BROKEN_OFF
    raise NotCollected(box.name, trouble)


def _silence_the_library() -> None:
    # IMAPClient writes user names, tokens and lines of messages to these loggers.
    for name in _LIBRARY:
        library = logging.getLogger(name)
        if _nothing not in library.filters:
            library.addFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False
