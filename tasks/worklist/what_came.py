"""What a case about nobody known was opened with, in a line: who wrote, and about what. Personal data."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import EntryPayload
from tasks.register.traces import in_pieces


@dataclass(frozen=True)
class WhatCame:
    """The head of a letter, call or referral."""

    sender: str
    subject: str
    about: str
    """The name of whom it is about, as they say; the register may not have them."""


def what_came(session: Session, refs: Collection[str]) -> dict[str, WhatCame]:
    """What each of those cases was opened with, of those that began with a letter, a call or a referral."""
    found: dict[str, WhatCame] = {}
    for some in in_pieces(sorted(set(refs))):
        rows = session.execute(
            select(EntryPayload.case_ref, EntryPayload.content).where(
                EntryPayload.case_ref.in_(some), EntryPayload.no == 1, EntryPayload.content.is_not(None)
            )
        )
        for ref, content in rows:
            data = json.loads(content).get("data")
            contact = _contact_in(data if isinstance(data, dict) else {})
            if contact is not None:
                given = contact.get("given") or {}
                found[ref] = WhatCame(str(contact["sender"]), str(contact["subject"]), str(given.get("name") or ""))
    return found


def _contact_in(opened_with: dict[str, Any]) -> dict[str, Any] | None:
    """A letter's case is opened with the contact itself; a referral's, and a queue's, hold it."""
    for held in (opened_with, opened_with.get("contact")):
        if isinstance(held, dict) and "sender" in held and "subject" in held:
            return held
    return None
