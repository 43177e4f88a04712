"""
E-mail to people outside: Apprise's own e-mail service, with a Message-ID of ours and the server's answer kept.

Apprise always makes up a Message-ID, so that no answer could be known again, and does not say why a server refused. The
address in the connections file stays Apprise's (`mailto://` or `mailtos://`); only the sending is ours.

Connecting takes seconds or fails. Then the server has minutes: it may look through a message for long before it says
that it has it (RFC 5321, 4.5.3.2.6), and whoever does not wait sends again what was taken already.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any

from apprise import NotifyFormat
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.common import SecureMailMode

from models.clock import SystemClock
from tasks.telling.people_outward import CarriesOutward, Handed, NotTaken, Refused, Taken

_WHOLE_LINES = SMTP.clone(max_line_length=900)
"""Long ids in headers are not folded: folded, they would be encoded, and no longer be known again."""
LONGEST_CONNECTING = timedelta(seconds=30)
LONGEST_CONVERSATION = timedelta(minutes=12)
"""The most that a server is given, whatever its address says; a message is its sender's alone for longer than that."""


class _Conversation(smtplib.SMTP):
    """A conversation with a mail server that ends in time as a whole, however many answers it takes."""

    _ends_at: float | None = None
    """By the monotonic clock; until it is set, the time for connecting holds."""

    def give(self, seconds: float) -> None:
        """All that is said from now on takes no longer than this."""
        self._ends_at = time.monotonic() + seconds

    def getreply(self) -> tuple[int, bytes]:
        """The server's next answer. Raises `OSError` or `SMTPServerDisconnected` where none comes in time."""
        if self._ends_at is not None and self.sock is not None:
            self.sock.settimeout(max(self._ends_at - time.monotonic(), 0.001))
        return super().getreply()


class _EncryptedConversation(_Conversation, smtplib.SMTP_SSL):
    """The same, encrypted from its first byte."""


class PeopleMailService(CarriesOutward, NotifyEmail):  # type: ignore[no-untyped-call]
    """
    Sends one plain-text message to one address, under the same Message-ID at every try.

    `cto` and `rto` in its address are how many seconds the server is waited for, to connect and to take the message.
    """

    service_name: Any = "E-mail to people outside"
    protocol: Any = "pathwaysmail"
    secure_protocol: Any = "pathwaysmails"
    notify_format: Any = NotifyFormat.TEXT
    request_rate_per_sec = 0
    socket_read_timeout = 660.0

    def send(self, body: str, title: str = "", *args: Any, **kwargs: Any) -> bool:
        """Send it; `handed` says what became of it."""
        self.handed = self._hand_over(self._written(title, body))
        return isinstance(self.handed, Taken)

    def _written(self, subject: str, body: str) -> EmailMessage:
        message = EmailMessage(policy=_WHOLE_LINES)
        message["From"] = formataddr((str(self.from_addr[0] or ""), str(self.from_addr[1])))
        message["To"] = self._target
        message["Subject"] = subject
        message["Date"] = format_datetime(SystemClock().now())
        for name, value in (self.outward.headers if self.outward else {}).items():
            message[name] = value
        message.set_content(body)
        return message

    @property
    def _target(self) -> str:
        return self.outward.address if self.outward else str(self.targets[0][1])

    @property
    def _connecting_seconds(self) -> float:
        return min(float(self.socket_connect_timeout), LONGEST_CONNECTING.total_seconds())

    def _hand_over(self, message: EmailMessage) -> Handed:
        server: _Conversation | None = None
        try:
            server = self._connected()
            server.sendmail(str(self.from_addr[1]), [self._target], message.as_bytes())
            return Taken()
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            return _by_code(code, "the mail server refuses the address")
        except smtplib.SMTPDataError as refused:
            return _by_code(refused.smtp_code, "the mail server refuses the message")
        except (OSError, smtplib.SMTPException) as failed:  # the server, the way to it or our key to it: it may pass
            return NotTaken(f"the mail server could not be used ({type(failed).__name__})")
        finally:
            if server is not None:  # whatever it says now, the message is its own already
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    server.give(self._connecting_seconds)
                    server.quit()

    def _connected(self) -> _Conversation:
        context = ssl.create_default_context()
        if not self.verify_certificate:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        port = int(self.port or 0)  # nought: the protocol's own
        if self.secure_mode == SecureMailMode.SSL:
            server: _Conversation = _EncryptedConversation(
                self.smtp_host, port, timeout=self._connecting_seconds, context=context
            )
        else:
            server = _Conversation(self.smtp_host, port, timeout=self._connecting_seconds)
        server.give(min(self.socket_read_timeout, LONGEST_CONVERSATION.total_seconds()))
        try:
            if self.secure_mode == SecureMailMode.STARTTLS:
                server.starttls(context=context)
            if self.user and self.password:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _by_code(code: int, what: str) -> Handed:
    return (Refused if code >= 500 else NotTaken)(f"{what} (error {code})")
