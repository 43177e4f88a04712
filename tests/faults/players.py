"""
What the processes of a trial do, turn by turn: work, take in, answer, deliver, keep house.

Each is the product's own code over the product's own database. A process leaves only when it is told to, or killed.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import or_, select

from models.cases import Case, Lease
from models.clock import Clock
from models.connections import Connections
from models.states import CaseStatus
from tasks.alarms import alarm_for
from tasks.audit.sealing import seal
from tasks.database import DatabaseUnavailable
from tasks.deaths import heed_deaths
from tasks.durable import lease
from tasks.durable.council import Council
from tasks.durable.rework import work_due_times_out_anew
from tasks.durable.running import run_leg
from tasks.intake import take_up_what_is_stored
from tasks.leavers import move_what_leavers_left
from tasks.mail.collecting import collect_every_mailbox
from tasks.mail.watching import look_after_mailboxes
from tasks.recording.writing import write_due_notes
from tasks.register.taking_in import act_on_imports
from tasks.telling.delivering import DeliveryReport, deliver_due
from tasks.telling.people_sending import PeopleReport, send_to_people
from tasks.tray.register_watch import watch_register_for_the_tray
from tasks.unsorted_mail import tell_of_unsorted_mail
from tests.faults.journal import Heard, Journal
from tests.faults.plans import Plan, Role
from tests.faults.points import Line, Point, Watch
from tests.faults.stage import Stage


@dataclass
class Player:
    """One process of a trial, from within."""

    name: str
    plan: Plan
    stage: Stage
    council: Council
    line: Line
    journal: Journal
    folder: Path
    random: Random

    def goes_on(self, *, did_something: bool) -> bool:
        """Say that a turn is over, and whether there is to be another."""
        self.line.at(Point.TURN if did_something else Point.IDLE)
        return not self.line.leaves

    def tries(self, what: Callable[[], object]) -> bool:
        """Do something, whose result says whether there was anything to do; the database may be away."""
        try:
            return bool(what())
        except DatabaseUnavailable as away:
            log.warning("%s: %s", self.name, away)
            return False


log = logging.getLogger("pathways")


def play(player: Player, part: Callable[[Player], None], watch: Watch) -> None:
    """Play a part in this process until told to leave; never comes back."""
    try:
        part(player)
    except BaseException as broke:
        where = "".join(traceback.format_exception(broke))
        player.journal.note(Heard.BROKE, player.name, said=where[-2500:])
    finally:
        if watch.deadlocks:
            player.journal.note(Heard.DEADLOCK, player.name, times=watch.deadlocks)
        sys.stderr.flush()
        os._exit(0)


def cases_to_run(council: Council) -> list[str]:
    """Cases that are due or awake and that nobody who lives is running, as the backstop would find them."""
    now = council.clock.now()
    query = (
        select(Case.ref, Lease)
        .join(Lease, Lease.case_ref == Case.ref)
        .where(Case.status != CaseStatus.CLOSED, or_(Case.next_due <= now, Case.wake_no > Case.asleep_wake_no))
        .order_by(Case.opened_at, Case.ref)
    )
    with council.database.read() as session:
        return [ref for ref, held in session.execute(query) if not lease.is_live(held, now)]


def work(player: Player) -> None:
    """A worker: runs legs of whatever is due, one after the other."""

    def a_leg() -> bool:
        refs = cases_to_run(player.council)
        if refs:
            run_leg(player.council, player.random.choice(refs))
        return bool(refs)

    while player.goes_on(did_something=player.tries(a_leg)):
        pass


def deliver(player: Player) -> None:
    """The post: delivers notices to staff, and writes to people outside."""
    services = player.stage.services
    council = player.council

    def a_round() -> bool:
        told = deliver_due(
            council.database, services, council.clock, policy=council.policy, on_undelivered=alarm_for(council), limit=5
        )
        written = send_to_people(council, limit=5)
        return told != DeliveryReport() or written != PeopleReport()

    while player.goes_on(did_something=player.tries(a_round)):
        pass


HOUSEWORK: tuple[Callable[[Council], object], ...] = (
    work_due_times_out_anew,
    take_up_what_is_stored,
    look_after_mailboxes,
    tell_of_unsorted_mail,
    write_due_notes,
    heed_deaths,
    watch_register_for_the_tray,
    move_what_leavers_left,
    act_on_imports,
)
"""The parts of a round of housekeeping that need no Prefect, but for sealing and the post."""


def keep_house(player: Player) -> None:
    """Housekeeping: its parts in any order, sealing, and collecting the mailbox."""
    parts: list[Callable[[Council], object]] = [
        *HOUSEWORK,
        lambda council: seal(council.database, council.clock.now(), player.folder / "seals.log"),
        collect_every_mailbox,
    ]
    while player.goes_on(did_something=False):
        part = player.random.choice(parts)
        player.tries(lambda part=part: part(player.council))  # type: ignore[misc]


def council_of(stage: Stage, plan: Plan, clock: Clock, connections: Connections) -> Council:
    """The council as every process of the trial sees it, each with its own look at the clock."""
    database = stage.database(on_postgresql=plan.on_postgresql)
    return Council(database, stage.policy, clock, connections=connections)


PARTS: dict[Role, Callable[[Player], None]] = {Role.WORKER: work, Role.POST: deliver, Role.HOUSE: keep_house}
"""What each role does; doors and staff have modules of their own."""
