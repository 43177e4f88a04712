"""A provider is not used for anybody new: the stop is looked at on its day, and lifted by a decision only."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from models.forms.commissioning import ProviderNews, StopDecided, StopHeeded, StopLookedAt
from models.notices import Recipient
from models.roles import Role
from tasks.durable import Due, Wait, ask, at, decision, first_of, hears, procedure, withdraw
from tasks.durable.in_force import policy
from tasks.providers.responding import work_out_looked_at
from tasks.providers.stops import go_on_with_stop, lift_stop


class StopOutcome(StrEnum):
    """How a stop ended."""

    LIFTED = "lifted"
    """By a recorded decision, of which whoever finds care knows."""


@procedure(
    title="Stop on using a provider",
    follows="Monitoring Actions (Reablement), November 2023: concerns about a provider",
    somebody_waits=False,
)
def provider_stop(stop: StopDecided) -> StopOutcome:
    """
    Look after a stop on a provider for as long as it holds: who is with it stays, and nobody new comes to it.

    Brokerage looks at once through what it arranges with the provider. On the day named, and whenever there is news,
    commissioning decides whether the stop goes on; time alone never lifts it. Whoever finds care hears of the end too.
    Silence is chased and goes up the line.
    """
    heeded = ask_to_heed(
        stop, "stop-heeded", "It is not to be used for anybody new from now on, until the stop is lifted."
    )
    on, news = stop.looked_at_again_on, ""
    while True:
        news = wait_for_the_day(on, news)
        looked = ask(
            StopLookedAt,
            of=Recipient.from_tag(stop.led_by),
            about=to_read(stop, news),
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="REA-47",
        )
        if looked.looked_at_again_on is None:
            break
        on = go_on_with_stop(looked.looked_at_again_on)
    withdraw(heeded)
    other = lift_stop()
    still = f"Another stop on it still holds (case {other}): it is not to be used." if other else ""
    first_of(ask_to_heed(stop, "stop-lifted-heeded", f"The stop is lifted. {still}".strip()))
    return StopOutcome.LIFTED


def ask_to_heed(stop: StopDecided, key: str, what: str) -> Wait[StopHeeded]:
    """Whoever finds care knows of it today, also for what is under way (REA-47)."""
    return decision(
        StopHeeded,
        of=Role.BROKERAGE,
        about=f"Provider: {stop.name}\n{what}",
        key=key,
        wanted_within=policy().gaps.reasonable_time.reasonable_urgent,
        clauses="REA-47",
    )


def wait_for_the_day(on: date, before: str) -> str:
    """Until the morning of the day, or until there is news; gives all that was new so far."""
    day = at("stop-looked-at", work_out_looked_at("stop", on))
    match first_of(day, hears(ProviderNews)):
        case ProviderNews(what=what):
            withdraw(day)
            return f"{before}\nNews: {what}".strip()
        case Due():
            return before


def to_read(stop: StopDecided, news: str) -> str:
    """What whoever decides whether it goes on must know."""
    lines = (f"Provider: {stop.name}", f"Stopped in case {stop.came_from}: {stop.reasons}", news)
    return "\n".join(line for line in lines if line)
