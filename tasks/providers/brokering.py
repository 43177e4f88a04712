"""What brokerage's flow asks of the register and the calendar, and what its offers are held against."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pydantic import AwareDatetime

from models.forms.brokerage import ProviderOffered, Urgency
from models.working_time import LONDON, local_day
from tasks.durable import audited, here
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.providers.stops import stop_in_force
from tasks.register.lookups import provider

LOOKED_AT_AGAIN_AT = time(8)
"""On each day of the week: brokerage works on all seven (TRN-41)."""


@audited("Looked up what the provider is called")
def name_provider(provider_id: str | None, in_words: str) -> str:
    """Its name in the register, or what it was called; empty where nobody said."""
    found = provider(here().session, provider_id) if provider_id else None
    return found.name if found else in_words or provider_id or ""


@audited("Worked out when it is looked at again", clauses="TRN-43")
def work_out_next_look(urgency: Urgency) -> AwareDatetime:
    """In two hours where somebody needs it tonight; else the next morning, whichever day it is."""
    now = here().now
    if urgency is Urgency.TODAY:
        return now + timedelta(hours=2)
    return datetime.combine(local_day(now) + timedelta(days=1), LOOKED_AT_AGAIN_AT, LONDON)


@checks_answers(ProviderOffered)
def _may_be_used(moment: Answering, offered: ProviderOffered) -> list[str]:
    """A provider that is open, and not one that commissioning has stopped using for a time (REA-47)."""
    found = provider(moment.session, offered.provider) if offered.provider else None
    if found is None:
        return []
    problems = []
    if found.closed_on is not None and (offered.starts_on is None or found.closed_on <= offered.starts_on):
        problems.append("provider: it gives nothing any more on that day; choose another")
    if (stopped := stop_in_force(moment.session, found.id)) is not None:
        problems.append(f"provider: it is not to be used at present (decided in case {stopped}); choose another")
    return problems
