"""Who hears at once that a provider fails, and so may open the incident's room, confidential or not."""

from __future__ import annotations

from models.roles import Role

TOLD_AT_ONCE = (
    Role.HEAD_OF_SERVICE, Role.STRATEGIC_MANAGER, Role.COMMISSIONING, Role.BROKERAGE, Role.SAFEGUARDING_LEAD,
)  # fmt: skip
"""Whoever must hear at once that a provider fails."""
IN_THE_ROOM = (*TOLD_AT_ONCE, Role.ON_CALL_MANAGER)
"""They, and whoever hears it in their place at night."""
