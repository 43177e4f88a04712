"""
After the storm: everything works again, time goes on for a day, and then the record is looked at.

Nobody acts any more but the system itself: what waits is delivered, what is due is done, what was stored is taken up.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from models.cases import Case, Entry, WorkItem
from models.mail import InboundMail
from models.outbox import Delivery, OutboxMessage
from models.person_messages import PersonMessage
from models.states import CaseStatus
from tasks.alarms import alarm_for
from tasks.audit.sealing import seal
from tasks.durable.council import Council
from tasks.durable.local import LocalRuntime
from tasks.intake import take_up_what_is_stored
from tasks.mail.collecting import collect_every_mailbox
from tasks.telling.delivering import DeliveryReport, deliver_due
from tasks.telling.people_sending import PeopleReport, next_to_people, send_to_people
from tasks.telling.timetable import departures
from tests.faults.clock import TrialClock
from tests.faults.invariants import Broken, Evidence, check
from tests.faults.outside import Outside
from tests.faults.players import HOUSEWORK, Player
from tests.faults.senders import Senders

A_DAY = timedelta(days=1)
"""Longer than any lease, claim or retry, and with two digests in it."""
LIE_TO_THE_DIGEST = 0.2
"""How often a service must go wrong in a trial for it to go on doing so when the trial comes to rest."""
MOST_STOPS = 3_000


class NeverAtRest(Exception):
    """There was always something more to do."""


def settle_and_check(player: Player, outside: Outside) -> dict[str, Any]:
    """
    Bring the trial to rest and hold the invariants against it; as JSON.

    Where it is services that lie, they do so until the next digest has gone out: most notices wait for one.
    """
    if player.plan.bad_services >= LIE_TO_THE_DIGEST:
        _Settling(player).live_for(_until_all_is_told(player.council, player.council.clock.now()))
    outside.put_right()
    senders = Senders(player, outside.post_box)
    brought = senders.bring_all()
    broken = (
        [] if brought else [Broken("every-message-is-taken-in-the-end", "", "a door refuses it though all is well")]
    )
    settling = _Settling(player)
    settling.live_for(timedelta(minutes=30))
    rested_from = player.council.clock.now()
    settling.live_for(_until_all_is_told(player.council, rested_from))
    evidence = Evidence(player.council, player.journal, outside.taken(), player.folder, rested_from)
    broken += check(evidence)
    return {"counted": count(player), "broken": [asdict(one) for one in broken]}


def _until_all_is_told(council: Council, now: datetime) -> timedelta:
    """A day, or longer where the next digest is days away; and the night after it, in which some hear nothing."""
    digest = council.policy.notices.next_digest(council.policy.working_calendar(), now)
    return max(A_DAY, digest - now + timedelta(hours=14))


class _Settling:
    def __init__(self, player: Player) -> None:
        self.player, self.council = player, player.council
        self.runtime = LocalRuntime(self.council)
        self.services = player.stage.services
        clock = self.council.clock
        assert isinstance(clock, TrialClock)
        self.time = clock.shared

    def live_for(self, length: timedelta) -> None:
        """Let so much time pass, and everything happen at its own time. Raises `NeverAtRest`."""
        until = self.time.now() + length
        self._keep_house()
        for _ in range(MOST_STOPS):
            stop = self._next_stop()
            if stop is None or stop > until:
                break
            self.time.advance(max(stop - self.time.now(), timedelta(0)) + timedelta(milliseconds=5))
            self._do_what_is_due()
        else:
            raise NeverAtRest
        self.time.advance(max(until - self.time.now(), timedelta(0)))
        self._keep_house()

    def _keep_house(self) -> None:
        collect_every_mailbox(self.council)
        for part in HOUSEWORK:
            part(self.council)
        seal(self.council.database, self.council.clock.now(), self.player.folder / "seals.log")
        self._do_what_is_due()

    def _do_what_is_due(self) -> None:
        for _ in range(200):
            take_up_what_is_stored(self.council)
            legs = self.runtime.legs
            self.runtime.run_what_is_due()
            if not self._deliver() and self.runtime.legs == legs:
                return
        raise NeverAtRest

    def _deliver(self) -> bool:
        council = self.council
        told = deliver_due(
            council.database, self.services, council.clock, policy=council.policy, on_undelivered=alarm_for(council)
        )
        return told != DeliveryReport() or send_to_people(council) != PeopleReport()

    def _next_stop(self) -> Any:
        now = self.council.clock.now()
        with self.council.database.read() as session:
            staff = [moment for moment, _ in departures(session, self.services, self.council.policy, now)]
            stops = [self.runtime.next_due(), next_to_people(session), *staff]
        return min((stop for stop in stops if stop is not None and stop > now), default=None)


def count(player: Player) -> dict[str, int]:
    """What the trial's database holds in the end."""
    counted = {
        "cases": select(func.count()).select_from(Case),
        "closed cases": select(func.count()).select_from(Case).where(Case.status == CaseStatus.CLOSED),
        "entries": select(func.count()).select_from(Entry),
        "work items": select(func.count()).select_from(WorkItem),
        "messages in": select(func.count()).select_from(InboundMail),
        "notices": select(func.count()).select_from(OutboxMessage),
        "tries to deliver": select(func.count()).select_from(Delivery),
        "messages to people": select(func.count()).select_from(PersonMessage),
    }
    with player.council.database.read() as session:
        return {name: session.scalar(query) or 0 for name, query in counted.items()}
