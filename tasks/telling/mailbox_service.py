"""
Our own two Apprise services: a folder of messages that can be looked at, and a memory for tests.

`pathwaysmailbox:///absolute/folder` writes each message as one file; `pathwaysmemory://name` keeps messages
in this process. (Apprise allows only letters and digits in the word before `://`.)
"""

from __future__ import annotations

import os
import secrets
import threading
import time
import warnings
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from apprise import NotifyBase, NotifyType
from apprise.manager_plugins import NotificationManager


@dataclass(frozen=True)
class SentMessage:
    """A message as one of our services took it."""

    subject: str
    body: str


class MailboxService(NotifyBase):  # type: ignore[no-untyped-call]
    """Writes each message as one `.eml` file into a folder; a half-written file is never seen."""

    service_name: Any = "Safe Pathways mailbox folder"
    protocol: Any = "pathwaysmailbox"
    request_rate_per_sec = 0

    def __init__(self, folder: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.folder = Path(folder)

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """Its address; with `privacy` only the last part of the folder."""
        folder = f"/.../{self.folder.name}" if privacy else str(self.folder)
        return f"{self.protocol}://{quote(folder)}"

    def send(self, body: str, title: str = "", *args: Any, **kwargs: Any) -> bool:
        """Write one message; raises OSError where the folder cannot be written."""
        message = EmailMessage(policy=SMTP.clone(cte_type="8bit"))
        message["From"] = "Safe Pathways <pathways@localhost>"
        message["To"] = f"{self.folder.name}@localhost"
        message["Subject"] = title
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
        return True

    @staticmethod
    def parse_url(url: str, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The folder behind an address; None where it is not an absolute one."""
        parts = urlsplit(url)
        folder = unquote(parts.path)
        if parts.netloc or not folder.startswith("/") or folder == "/":
            return None
        return {"schema": MailboxService.protocol, "folder": folder}


def read_mailbox(folder: Path) -> list[SentMessage]:
    """The messages in a mailbox folder, oldest first; a folder that is not there holds none."""
    messages = []
    for file in sorted(folder.glob("*.eml")):
        message = message_from_bytes(file.read_bytes(), policy=default)
        content = message.get_content().replace("\r\n", "\n").rstrip("\n")
        messages.append(SentMessage(subject=str(message["Subject"]), body=content))
    return messages


class MemoryService(NotifyBase):  # type: ignore[no-untyped-call]
    """Keeps messages in this process, and can be put out of order, for tests and the test kit."""

    service_name: Any = "Safe Pathways memory"
    protocol: Any = "pathwaysmemory"
    request_rate_per_sec = 0

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.name = name

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """Its address; it holds no secret."""
        return f"{self.protocol}://{self.name}"

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: Any) -> bool:
        """Keep one message; False while the service is out of order."""
        with _memory.lock:
            if self.name in _memory.out_of_order:
                return False
            _memory.messages[self.name].append(SentMessage(subject=title, body=body))
            return True

    @staticmethod
    def parse_url(url: str, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The name behind an address; None where there is none."""
        name = urlsplit(url).netloc
        return {"schema": MemoryService.protocol, "name": name} if name else None


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
    """Make our services known to Apprise; doing it twice changes nothing."""
    known = NotificationManager()  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():  # its e-mail service uses a module that Python will drop
        warnings.simplefilter("ignore", DeprecationWarning)
        known.load_modules()  # type: ignore[no-untyped-call]
    for service in (MailboxService, MemoryService):
        if service.protocol not in known:
            known.add(service)  # type: ignore[no-untyped-call]
