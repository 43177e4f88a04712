"""A case in the place of one on the tray, for the stories beside it: it keeps what it hears."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from models.entry_kinds import EntryKind
from models.forms.base import CaseFacts
from models.forms.tray_signals import TrayLeft
from tasks.durable import first_of, procedure, signal
from tasks.durable.ledger import recall
from tasks.durable.testing import Office

ASKED_FOR_HELP = datetime(2025, 12, 15, 10, tzinfo=UTC)


class Listening(CaseFacts):
    """Nothing."""


@procedure(follows="the stories beside the tray", title="Listening")
def listens(_: Listening) -> str:
    """Keep what comes, until somebody has left the tray."""
    return first_of(signal(TrayLeft)).because


def a_listening_case(office: Office) -> str:
    """A case that takes the place of one on the tray and keeps what it hears."""
    return office.start(listens, Listening(), owner="staff-team-leader")


def heard(office: Office, case: str) -> list[tuple[str, dict[str, Any]]]:
    """The signals that came to a case, by name, with what they say."""
    with office.council.database.read() as session:
        return [(one.step, one.data) for one in recall(session, case) if one.kind is EntryKind.SIGNALLED]
