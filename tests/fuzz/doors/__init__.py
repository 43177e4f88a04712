"""The ways into the system, a file each: what may come through it, and what must hold of each thing that comes."""

from __future__ import annotations

from tests.fuzz.door import Door
from tests.fuzz.doors.answers import AnswersDoor
from tests.fuzz.doors.api import ApiDoor
from tests.fuzz.doors.csv_files import RegisterDoor
from tests.fuzz.doors.forms import FormsDoor
from tests.fuzz.doors.mail import MailDoor
from tests.fuzz.doors.pages import PagesDoor
from tests.fuzz.doors.settings import ConnectionsDoor, PolicyDoor
from tests.fuzz.doors.signals import SignalsDoor
from tests.fuzz.doors.smtp import SmtpTalks
from tests.fuzz.doors.webhook import WebhookDoor

DOORS: tuple[type[Door], ...] = (
    MailDoor,
    SmtpTalks,
    WebhookDoor,
    FormsDoor,
    PagesDoor,
    ApiDoor,
    PolicyDoor,
    ConnectionsDoor,
    SignalsDoor,
    AnswersDoor,
    RegisterDoor,
)
"""Every door there is."""
