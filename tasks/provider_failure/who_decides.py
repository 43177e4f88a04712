"""Who decides by which duty the council acts (GAP-54)."""

from __future__ import annotations

from models.notices import Recipient
from tasks.durable import audited, here


@audited("Looked up who decides by which duty we act", clauses="GAP-54")
def look_up_who_decides_the_duty() -> str:
    """Tag of the role to which policy gives it."""
    return Recipient.role(here().policy.gaps.provider_failure_duty.decided_by).tag
