"""
The automations that the deployment installs in Prefect: it looks at once where a run went wrong.

A run that crashed or failed has the house kept now, and with it the backstop, instead of within a minute. Where runs
are late or no worker polls the pool, a worker cannot be what looks: then Prefect calls our serving part. Each is named
for what it watches; they are found again by that name, brought up to date where they differ, and never doubled. What
they send says which automation it was and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import BlockDocumentCreate, BlockDocumentUpdate
from prefect.events.actions import ActionTypes, CallWebhook, RunDeployment
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger, Posture
from prefect.exceptions import ObjectNotFound

from tasks.durable.prefect_clerk import declared_pool, prefect_client
from tasks.installation import Installation

HOUSEKEEPING = "Housekeeping/every-minute"
BLOCK = "safe-pathways-look-now"
LOOK_NOW = "/monitoring/look-now"
"""The path of our serving part that Prefect calls."""
AT_MOST_EVERY = timedelta(seconds=30)
"""However many runs go wrong together, they are looked at once in this time."""


class Watched(StrEnum):
    """What an automation watches; also its page in the runbook."""

    RUN_CRASHED = "run-crashed"
    """A run crashed: its process died, or Prefect's server was busy while it was to start."""
    RUN_FAILED = "run-failed"
    """A run failed, which no case's run does by itself."""
    RUN_LATE = "run-late"
    """A run did not start in time."""
    POOL_NOT_READY = "pool-not-ready"
    """No worker polls our work pool any more."""


EVENTS = {
    Watched.RUN_CRASHED: {"prefect.flow-run.Crashed"},
    Watched.RUN_FAILED: {"prefect.flow-run.Failed", "prefect.flow-run.TimedOut"},
    Watched.RUN_LATE: {"prefect.flow-run.Late"},
    Watched.POOL_NOT_READY: {"prefect.work-pool.not-ready"},
}
WORDS = {
    Watched.RUN_CRASHED: "A run crashed: the open cases are compared with Prefect's runs now.",
    Watched.RUN_FAILED: "A run failed: the open cases are compared with Prefect's runs now.",
    Watched.RUN_LATE: "A run is late: Safe Pathways is told, and looks itself.",
    Watched.POOL_NOT_READY: "No worker polls the pool: Safe Pathways is told, and looks itself.",
}


@dataclass(frozen=True)
class Installed:
    """What installing did."""

    made: tuple[str, ...]
    changed: tuple[str, ...]


def name_of(watched: Watched) -> str:
    """What an automation is called in Prefect."""
    return f"Safe Pathways: {watched.value.replace('-', ' ')}"


NAMES = tuple(map(name_of, Watched))


def install_automations(installation: Installation) -> Installed:
    """Have Prefect do what is declared here; nothing is changed that is so already. Raises `PrefectAway`."""
    made, changed = [], []
    with prefect_client() as client:
        block, house = _block(client, installation), client.read_deployment_by_name(HOUSEKEEPING).id
        for watched in Watched:
            wanted, name = automation_for(watched, house, block), name_of(watched)
            there = client.read_automations_by_name(name)
            if not there:
                client.create_automation(wanted)
                made.append(name)
            elif not _says_the_same(there[0], wanted):
                client.update_automation(there[0].id, wanted)
                changed.append(name)
            for second in there[1:]:
                client.delete_automation(second.id)
                changed.append(name)
    return Installed(tuple(made), tuple(changed))


def automation_for(watched: Watched, house: UUID, block: UUID) -> AutomationCore:
    """How an automation is declared; `house` is the deployment that keeps house, `block` has our address."""
    pool = {"prefect.resource.name": declared_pool()}
    is_of_the_pool = watched is Watched.POOL_NOT_READY
    action: ActionTypes = RunDeployment(source="selected", deployment_id=house)
    if watched in (Watched.RUN_LATE, Watched.POOL_NOT_READY):
        action = CallWebhook(block_document_id=block, payload=f'{{"automation": "{watched.value}"}}')
    return AutomationCore(
        name=name_of(watched),
        description=f"{WORDS[watched]} See docs/runbook/{watched.value}.md.",
        enabled=True,
        trigger=EventTrigger(
            posture=Posture.Reactive,
            expect=EVENTS[watched],
            match={"prefect.resource.id": "prefect.work-pool.*" if is_of_the_pool else "prefect.flow-run.*"}
            | (pool if is_of_the_pool else {}),
            match_related={} if is_of_the_pool else {"prefect.resource.role": "work-pool"} | pool,
            threshold=1,
            within=AT_MOST_EVERY,
        ),
        actions=[action],
    )


def _says_the_same(there: Automation, wanted: AutomationCore) -> bool:
    def said(one: AutomationCore) -> tuple[object, ...]:
        return one.description, one.enabled, one.trigger, one.actions

    return said(there) == said(wanted)


def _block(client: SyncPrefectClient, installation: Installation) -> UUID:
    """The block with our serving part's address, made or brought up to date."""
    address = installation.serving_address or f"http://127.0.0.1:{installation.port}"
    token = installation.metrics_token
    wanted = {
        "method": "POST",
        "url": f"{address}{LOOK_NOW}",
        "headers": {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
        "allow_private_urls": True,
        "verify": True,
    }
    try:
        there = client.read_block_document_by_name(BLOCK, "webhook", include_secrets=True)
    except ObjectNotFound:
        Webhook.register_type_and_schema()  # Prefect's server leaves that out in a database made anew
        kind = client.read_block_type_by_slug("webhook")
        schema = client.read_block_schema_by_checksum(Webhook._calculate_schema_checksum())
        new = BlockDocumentCreate(name=BLOCK, block_type_id=kind.id, block_schema_id=schema.id, data=wanted)
        return client.create_block_document(new).id
    if {name: there.data.get(name) for name in wanted} != wanted:
        client.update_block_document(there.id, BlockDocumentUpdate(data=wanted, merge_existing_data=False))
    return there.id
