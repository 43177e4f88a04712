"""Letters and answers that the stories of the written contact transfer use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from models.forms.written_contact import Channel, ContactSorting, WrittenContact
from models.policy.organisation import MailKind


def letter(channel: Channel = Channel.EMAIL, **changes: Any) -> WrittenContact:
    """A letter to Priya Nair (practitioner) about P-104."""
    facts: dict[str, Any] = {
        "mail_id": "M-EXAMPLE1",
        "channel": channel,
        "received_at": datetime(2026, 1, 5, 8, 45, tzinfo=UTC),
        "sender": "Tom Tilling <tom@example.org>",
        "subject": "My mother's bath seat",
        "text": "Dear Priya, the bath seat has not come.",
    }
    return WrittenContact(**facts | changes)


def sorted_as(*kinds: MailKind, **changes: Any) -> ContactSorting:
    """A sorting; by default to the practitioner about a person allocated to her."""
    answer: dict[str, Any] = {"kinds": frozenset(kinds or {MailKind.NAMED_WORKER})}
    if MailKind.NAMED_WORKER in answer["kinds"]:
        answer |= {
            "about_person": "P-101",
            "named_worker": "practitioner",
            "action_indicated": "chase the bath seat",
            "where_recorded": "case note 4711",
        }
    return ContactSorting(**answer | changes)
