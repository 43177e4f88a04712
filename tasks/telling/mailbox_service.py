"""
Our own two Apprise services: a folder of messages that can be looked at, and a memory for tests.

`pathwaysmailbox:///absolute/folder` writes each message as one file; `pathwaysmemory://name` keeps messages
in this process. `?to=ADDRESS` says to whom, where it is somebody outside. (Apprise allows only letters and digits in
the word before `://`.)
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from apprise import NotifyBase, NotifyType
from apprise.manager_plugins import NotificationManager

from models.notices import Verb
from tasks.telling.notify_service import NotifyService
from tasks.telling.people_outward import CarriesOutward, Taken

_NOTICE = re.compile(rf"(URGENT: )?({'|'.join(verb.capitalize() for verb in Verb)}): ")
_CASE = re.compile(r"\bcase ([0-9A-Z]{4}-[0-9A-Z]{4})\b")


@dataclass(frozen=True)
class SentMessage:
    """A message as one of our services took it."""

    subject: str
    body: str
    to: str = field(default="", compare=False)
    """The address of somebody outside; empty for a notice to staff."""
    headers: dict[str, str] = field(default_factory=dict, compare=False)
    """What its Message-ID is, what it answers, and that a machine wrote it; only on messages to people outside."""

    @property
    def lines(self) -> list[str]:
        """The notices it holds, each as its own subject says it: one, or those of a digest."""
        return [line for line in self.body.splitlines() if _NOTICE.match(line)] if self.is_digest else [self.subject]

    @property
    def about(self) -> str:
        """The case it is about by its ref; of a digest about several all of them, with commas between."""
        return ", ".join(dict.fromkeys(ref for line in self.lines for ref in _CASE.findall(line)))

    @property
    def is_digest(self) -> bool:
        """Whether it came at a digest's time, and did not interrupt."""
        return "\nDigest D-" in self.body


class MailboxService(CarriesOutward, NotifyBase):  # type: ignore[no-untyped-call]
    """Writes each message as one `.eml` file into a folder; a half-written file is never seen."""

    service_name: Any = "Safe Pathways mailbox folder"
    protocol: Any = "pathwaysmailbox"
    request_rate_per_sec = 0

    def __init__(self, folder: str, to: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.folder = Path(folder)
        self._to = to

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """Its address; with `privacy` only the last part of the folder."""
        folder = f"/.../{self.folder.name}" if privacy else str(self.folder)
        return f"{self.protocol}://{quote(folder)}"

    def send(self, body: str, title: str = "", *args: Any, **kwargs: Any) -> bool:
        """Write one message; raises OSError where the folder cannot be written."""
        message = EmailMessage(policy=SMTP.clone(cte_type="8bit"))
        message["From"] = "Safe Pathways <pathways@localhost>"
        message["To"] = ", ".join(self._to.splitlines()) or f"{self.folder.name}@localhost"
        message["Subject"] = title
        for name, value in (self.outward.headers if self.outward else {}).items():
            message[name] = value
        message.set_content(body, cte="8bit")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{time.time_ns():020}-{secrets.token_hex(4)}"
        unfinished, finished = self.folder / f".{name}.part", self.folder / f"{name}.eml"
        try:
            unfinished.touch(mode=0o600, exist_ok=False)
            with unfinished.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(finished)
        finally:
            unfinished.unlink(missing_ok=True)
        self.handed = Taken()
        return True

    @staticmethod
    def parse_url(url: str, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The folder behind an address; None where it is not an absolute one."""
        parts = urlsplit(url)
        folder = unquote(parts.path)
        if parts.netloc or not folder.startswith("/") or folder == "/":
            return None
        return {"schema": MailboxService.protocol, "folder": folder, "to": _to_in(parts.query)}


_HEADERS = ("Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "In-Reply-To", "References")


def _to_in(query: str) -> str:
    return next(iter(parse_qs(query).get("to", ())), "")


def read_mailbox(folder: Path) -> list[SentMessage]:
    """The messages in a mailbox folder, oldest first; a folder that is not there holds none."""
    messages = []
    for file in sorted(folder.glob("*.eml")):
        message = message_from_bytes(file.read_bytes(), policy=default)
        content = message.get_content().replace("\r\n", "\n").rstrip("\n")
        found = {name: str(message[name]) for name in _HEADERS if message[name]}
        to = str(message["To"]) if found else ""
        messages.append(SentMessage(subject=str(message["Subject"]), body=content, to=to, headers=found))
    return messages


class MemoryService(CarriesOutward, NotifyBase):  # type: ignore[no-untyped-call]
    """Keeps messages in this process, and can be put out of order, for tests and the test kit."""

    service_name: Any = "Safe Pathways memory"
    protocol: Any = "pathwaysmemory"
    request_rate_per_sec = 0

    def __init__(self, name: str, to: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.name = name
        self._to = to

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """Its address; it holds no secret."""
        return f"{self.protocol}://{self.name}"

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: Any) -> bool:
        """Keep one message; False while the service is out of order."""
        with _memory.lock:
            if self.name in _memory.out_of_order:
                return False
            headers = self.outward.headers if self.outward else {}
            _memory.messages[self.name].append(SentMessage(subject=title, body=body, to=self._to, headers=headers))
            self.handed = Taken()
            return True

    @staticmethod
    def parse_url(url: str, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The name behind an address; None where there is none."""
        parts = urlsplit(url)
        found = {"schema": MemoryService.protocol, "name": parts.netloc, "to": _to_in(parts.query)}
        return found if parts.netloc else None


class _Memory:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.messages: dict[str, list[SentMessage]] = defaultdict(list)
        self.out_of_order: set[str] = set()


_memory = _Memory()


def remembered(name: str) -> list[SentMessage]:
    """What `pathwaysmemory://name` took, oldest first."""
    with _memory.lock:
        return list(_memory.messages[name])


def put_out_of_order(name: str) -> None:
    """From now on `pathwaysmemory://name` takes nothing."""
    with _memory.lock:
        _memory.out_of_order.add(name)


def put_in_order(name: str) -> None:
    """`pathwaysmemory://name` takes messages again."""
    with _memory.lock:
        _memory.out_of_order.discard(name)


def forget_all() -> None:
    """Empty every memory and put all of them in order."""
    with _memory.lock:
        _memory.messages.clear()
        _memory.out_of_order.clear()


def offer_services() -> None:
    """Make our services known to Apprise, those for people outside too; doing it twice changes nothing."""
    known = NotificationManager()  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():  # its e-mail service uses a module that Python will drop
        warnings.simplefilter("ignore", DeprecationWarning)
        known.load_modules()  # type: ignore[no-untyped-call]
        from tasks.telling.people_mail import PeopleMailService  # built on that e-mail service
    for service in (MailboxService, MemoryService, NotifyService, PeopleMailService):
        if not any(name in known for name in (service.protocol, service.secure_protocol) if name):
            known.add(service)  # type: ignore[no-untyped-call]
