"""A provider gets a link worker: somebody who visits and knows it, named by commissioning."""

from __future__ import annotations

from enum import StrEnum

from models.forms.link_worker import LinkWorkerNamed, LinkWorkerWanted
from models.roles import Role
from tasks.durable import Verb, ask, procedure, staff, tell
from tasks.durable.in_force import policy
from tasks.market.link_workers import look_up_link_worker, name_link_worker
from tasks.providers.brokering import name_provider


class NamingOutcome(StrEnum):
    """How it ended."""

    NAMED = "a link worker is named"
    """They know that they are."""
    NOBODY = "nobody is named"
    """It is on record why, and who looks after the provider instead."""


@procedure(
    title="Link worker of a provider",
    follows="Safe pathways, systems and transitions (local authority assessment): market oversight",
    somebody_waits=False,
    by_hand=True,
)
def link_worker(wanted: LinkWorkerWanted) -> NamingOutcome:
    """
    Have commissioning name whoever visits a provider and knows it.

    Where the recording system names somebody who serves, another is named there and nowhere else. Silence is chased.
    """
    name = name_provider(wanted.provider, "")
    now_is = look_up_link_worker(wanted.provider)
    named = ask(
        LinkWorkerNamed,
        of=Role.COMMISSIONING,
        about=f"Provider: {name}\nLink worker now: {now_is or 'none'}\n{wanted.why}",
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="TRN-55",
    )
    if named.link_worker is None:
        return NamingOutcome.NOBODY
    name_link_worker(wanted.provider, named.link_worker)
    tell(staff(named.link_worker), Verb.READ, "you-are-the-link-worker-of-a-provider", clauses="TRN-55")
    return NamingOutcome.NAMED
