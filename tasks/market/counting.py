"""The figures of oversight: counted out of cases and tables over whole days, with what is behind each."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.market.themes import ProviderTheme, Themes, Window, proposals, tallies_of
from models.policy import Policy
from models.providers.tables import Provider
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.market.events import events_between, supported_on
from tasks.market.link_workers import link_worker_of
from tasks.register.lookups import provider


@audited("Counted what happened at each provider", clauses="TRN-54 TRN-55 GAP-46")
def work_out_themes(first_day: date) -> Themes:
    """From that day until yesterday, beside as many days right before it."""
    step = here()
    yesterday = local_day(step.now) - timedelta(days=1)
    window = Window(first_day=first_day, last_day=max(first_day, yesterday))
    return themes_over(step.session, step.policy, window, on=local_day(step.now))


def themes_over(session: Session, policy: Policy, window: Window, *, on: date) -> Themes:
    """Every provider about which anything happened in the window or in the one before; those proposed come first."""
    before = window.preceding()
    tallies = tallies_of(events_between(session, before.starts_at, window.ends_before), window)
    supported = supported_on(session, window.last_day)
    known = session.scalars(select(Provider).where(Provider.id.in_(tallies))).all()
    found = [
        ProviderTheme(
            provider=one.id,
            name=one.name,
            supported=supported.get(one.id),
            link_worker=link_worker_of(session, one.id, on),
            tallies=tallies[one.id],
            proposed=proposals(tallies[one.id], supported.get(one.id), policy.market_oversight.thresholds),
        )
        for one in known
    ]
    found.sort(key=lambda one: (not one.proposed, one.name, one.provider))
    return Themes(window=window, before=before, providers=tuple(found))


@audited("Looked up a provider for oversight", keyed_by="provider_id", clauses="TRN-54")
def look_up_theme(provider_id: str, themes: Themes) -> ProviderTheme:
    """What was counted about a provider; one about which nothing happened has no figures."""
    step = here()
    if (counted := themes.of(provider_id)) is not None:
        return counted
    known = provider(step.session, provider_id)
    return ProviderTheme(
        provider=provider_id,
        name=known.name if known is not None else provider_id,
        supported=supported_on(step.session, themes.window.last_day).get(provider_id),
        link_worker=link_worker_of(step.session, provider_id, local_day(step.now)),
        tallies=(),
    )
