"""Providers that are not to be used for a time: the one place in which every procedure asks (REA-47)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.providers.tables import ProviderStop
from tasks.durable import audited, here


def stop_in_force(session: Session, provider_id: str) -> str | None:
    """Ref of the case that keeps a provider from being used for anybody new at present; None: it may be used."""
    holds = select(ProviderStop.decided_in).where(
        ProviderStop.provider_id == provider_id, ProviderStop.lifted_at.is_(None)
    )
    return session.scalar(holds.order_by(ProviderStop.stopped_at).limit(1))


@audited("Stopped using the provider for anybody new", clauses="REA-47")
def stop_using(provider: str, looked_at_again_on: date, looked_after_in: str) -> date:
    """From this moment; `looked_after_in` is the ref of the case that looks at it again and lifts it."""
    step = here()
    step.session.add(
        ProviderStop(
            decided_in=looked_after_in,
            provider_id=provider,
            stopped_at=step.now,
            looked_at_again_on=looked_at_again_on,
            lifted_at=None,
        )
    )
    return looked_at_again_on


@audited("The stop on the provider goes on", clauses="REA-47")
def go_on_with_stop(looked_at_again_on: date) -> date:
    """Until it is looked at again on that day."""
    step = here()
    step.session.get_one(ProviderStop, step.case.ref).looked_at_again_on = looked_at_again_on
    return looked_at_again_on


@audited("Lifted the stop on the provider", clauses="REA-47")
def lift_stop() -> str | None:
    """The provider may be used again, as far as this case goes; gives the ref of another that still holds a stop."""
    step = here()
    stop = step.session.get_one(ProviderStop, step.case.ref)
    stop.lifted_at = step.now
    step.session.flush()
    return stop_in_force(step.session, stop.provider_id)
