"""A move that cannot go on as it stands is brought before a manager, who decides."""

from __future__ import annotations

from flows.move_standing import Asked, Moving, to_read
from models.forms.move_day import MoveDecided
from models.providers.clocks import escalation_answered_by
from models.roles import Role
from tasks.durable import decision, now, take_back

NOT_READY = "The day comes, and it is not ready."


def bring_before_a_manager(moving: Moving, why: str) -> None:
    """One question, with all that has come up so far; nothing goes on past it that it is about (TRN-06, GAP-46)."""
    if why in moving.before_manager and Asked.DECIDED in moving.open:
        return
    moving.before_manager.append(why)
    take_back(moving.open, Asked.DECIDED)
    moving.open[Asked.DECIDED] = decision(
        MoveDecided,
        of=Role.TEAM_MANAGER,
        near=moving.stands.team,
        about=to_read(moving, *moving.before_manager),
        urgent=True,
        wanted_within=escalation_answered_by(now()),
        clauses="TRN-01 TRN-06",
    )
