"""
One round of housekeeping, the same wherever it runs: in Prefect's schedule, in the worker, and beside both.

Each part is tried by itself, so that trouble in one does not keep the others from being done.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from tasks.alarms import alarm_for
from tasks.audit.sealing import seal
from tasks.automations import install_automations
from tasks.deaths import heed_deaths
from tasks.durable.backstop import Backstop
from tasks.durable.council import Council
from tasks.durable.prefect_clerk import make_pool
from tasks.durable.prefect_runtime import council_of_this_process
from tasks.durable.rework import work_due_times_out_anew
from tasks.installation import CHECKOUT, Installation
from tasks.intake import take_up_what_is_stored
from tasks.leavers import move_what_leavers_left
from tasks.mail.collecting import collect_every_mailbox
from tasks.mail.watching import look_after_mailboxes
from tasks.on_call.rota_watch import watch_the_rota
from tasks.on_call.round import look_after_the_night
from tasks.only_one import only_one
from tasks.recording.writing import write_due_notes
from tasks.register.taking_in import act_on_imports
from tasks.rounds import note_round
from tasks.telling.configuration import load_configuration
from tasks.telling.delivering import deliver_due
from tasks.telling.people_sending import send_to_people
from tasks.tray.register_watch import watch_register_for_the_tray
from tasks.unsorted_mail import tell_of_unsorted_mail

log = logging.getLogger("pathways")

CLAIM_TIME = timedelta(minutes=1)
"""How long a notice is one deliverer's alone; after a deliverer's death it is sent again at the latest then."""
SEALING = "seal the ledgers"
UNTRIED = timedelta(minutes=5)
"""From then on a mailbox is collected beside Prefect's schedule, which does it every minute."""


def keep_house_once(council: Council | None = None) -> None:
    """Do one whole round."""
    council = council or council_of_this_process()
    troubles = {}
    for name, part in (
        ("work due times out anew", work_due_times_out_anew),
        (SEALING, seal_ledgers),
        ("take up stored mail", take_up_what_is_stored),
        ("look after the mailboxes", look_after_mailboxes),
        ("look for unsorted mail", tell_of_unsorted_mail),
        ("write notes", write_notes),
        ("heed deaths", heed_deaths),
        ("watch the register for the tray", watch_register_for_the_tray),
        ("give on what leavers left", move_what_leavers_left),
        ("look after the night", look_after_the_night),
        ("watch the on-call rota", watch_the_rota),
        ("act on imports", act_on_imports),
        ("deliver notices", deliver_notices),
        ("bring cases back", bring_cases_back),
        ("write to people", send_to_people),
    ):
        troubles[name] = tried(name, part, council)
    tried("note the round", partial(note_round, troubles=troubles), council)


def keep_house(council: Council, stop: threading.Event, *, every_seconds: float) -> None:
    """Do a round at once and then every so often, until told to stop. For a thread beside the worker."""
    while not stop.is_set():
        keep_house_once(council)
        stop.wait(every_seconds)


def collect_mail_once(council: Council | None = None) -> None:
    """Collect every mailbox, and take up what came. Not a part of the round: a slow server would hold it up."""
    council = council or council_of_this_process()
    if council.connections.mailboxes:
        tried("collect mail", collect_every_mailbox, council)
        tried("take up stored mail", take_up_what_is_stored, council)


def keep_collecting(council: Council, stop: threading.Event, *, every_seconds: float = 60) -> None:
    """Collect the mailboxes that Prefect's schedule has not looked into for a while, until told to stop."""
    while not stop.is_set():
        tried("collect mail", collect_what_nobody_collects, council)
        stop.wait(every_seconds)


def collect_what_nobody_collects(council: Council) -> None:
    """Collect where nobody has tried for `UNTRIED`: letters come in though Prefect is away."""
    collect_every_mailbox(council, untried_since=council.clock.now() - UNTRIED)


def keep_writing(council: Council, stop: threading.Event, *, every_seconds: float = 2) -> None:
    """Write the notes that a machine may write, again and again, until told to stop."""
    while not stop.is_set():
        tried("write notes", write_notes, council)
        stop.wait(every_seconds)


def write_notes(council: Council) -> None:
    """Write what is due into the recording system; what cannot be written goes to a person."""
    write_due_notes(council)


def keep_delivering(council: Council, stop: threading.Event, *, every_seconds: float = 1) -> None:
    """Deliver what waits in the outbox, again and again, until told to stop."""
    while not stop.is_set():
        tried("deliver notices", deliver_notices, council)
        stop.wait(every_seconds)


def keep_writing_to_people(council: Council, stop: threading.Event, *, every_seconds: float = 2) -> None:
    """Send what waits for people outside and read receipts back, again and again, until told to stop."""
    while not stop.is_set():
        tried("write to people", send_to_people, council)
        stop.wait(every_seconds)


def keep_waking(council: Council, stop: threading.Event, *, every_seconds: float = 5) -> None:
    """Bring back cases that are overdue for a leg, again and again, until told to stop."""
    while not stop.is_set():
        tried("wake overdue cases", wake_overdue_cases, council)
        stop.wait(every_seconds)


def wake_overdue_cases(council: Council) -> None:
    """Bring back the cases that should have had a leg by now; Prefect is asked only where there are any."""
    Backstop(council, partial(deploy_once, council)).look_round(only_overdue=True)


def deliver_notices(council: Council) -> None:
    """Deliver what is due in the outbox, by the services of this installation."""
    services = load_configuration(Installation.from_environment().apprise_file)
    report = deliver_due(
        council.database,
        services,
        council.clock,
        on_undelivered=alarm_for(council),
        policy=council.policy,
        claim_for=CLAIM_TIME,
    )
    if report.undelivered:
        log.error("%d notices reached nobody; an alarm case is open for them", len(report.undelivered))


def seal_ledgers(council: Council) -> None:
    """State which ledger heads stand, where any has changed."""
    seal(council.database, council.clock.now(), Installation.from_environment().seals_file)


def bring_cases_back(council: Council) -> None:
    """Compare our open cases with Prefect's runs, and bring back what would not wake."""
    Backstop(council, partial(deploy_once, council)).look_round()


def deploy_once(council: Council) -> None:
    """As `deploy`, unless another process does it at this moment: then what it declares is there for us as well."""
    with only_one(council.database, "deploy") as is_ours:
        if is_ours:
            deploy()


def deploy() -> None:
    """Declare our work pool, every deployment of `prefect.yaml` and our automations to Prefect."""
    make_pool()
    subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        cwd=CHECKOUT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    see_to_automations()


def see_to_automations() -> None:
    """Install our automations in Prefect. Cases are brought back with or without: where it fails, /health says so."""
    try:
        install_automations(Installation.from_environment())
    except Exception as caught:
        log.warning("the automations could not be installed in Prefect now (%s)", type(caught).__name__)


def tried(name: str, part: Callable[[Council], object], council: Council) -> str:
    """Do a part; what goes wrong is logged by its kind alone, given back, and tried again in the next round."""
    try:
        part(council)
    except Exception as caught:  # the next round tries again; no text of the error, which may be personal
        log.warning("could not %s now (%s)", name, type(caught).__name__)
        return type(caught).__name__
    return ""
