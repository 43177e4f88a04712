"""
What the register shows of people who wait: a stay in hospital, its end, a worker who has been given them elsewhere.

It is found out from how things stand, each minute and after each import, and each case hears each thing once. A death
reaches every case about somebody by itself (`tasks/deaths.py`). The register has no field that shows a move: that
somebody has moved away is said by a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import SignalReceipt
from models.forms.tray_signals import AllocationWanted, LeavingReported
from models.register import Allocation, Responsibility, Staff
from models.states import CaseStatus
from models.tray import TrayPlace
from models.working_time import local_day
from models.written_contact_findings import day_in_words
from tasks.differences import note_difference
from tasks.durable.arrivals import take_in_signal
from tasks.durable.council import Council
from tasks.once import is_first
from tasks.tray.hospital_stays import Heard, HomeAgain, RegisterNews, heard_by, home_after_leaving, stays

_ALLOCATED = "register:allocated:"


@dataclass
class TrayNews:
    """What the cases of people who wait heard, by ref."""

    in_hospital: list[str] = field(default_factory=list)
    out_of_hospital: list[str] = field(default_factory=list)
    given_a_worker: list[str] = field(default_factory=list)
    home_after_leaving: list[str] = field(default_factory=list)
    """They had left the tray for hospital and are home again: on the team's list of differences."""

    @property
    def heard(self) -> int:
        """How much there was."""
        parts = (self.in_hospital, self.out_of_hospital, self.given_a_worker, self.home_after_leaving)
        return sum(len(part) for part in parts)


def watch_register_for_the_tray(council: Council) -> TrayNews:
    """Tell the case of everybody who waits what the register shows and the case has not heard (GAP-53, PWT-11)."""
    news, today = TrayNews(), local_day(council.clock.now())
    with council.database.read() as session:
        heard = heard_by(session, TrayPlace.left_at.is_(None))
        in_and_out = list(stays(session, heard, council.clock.now()))
        workers = list(_workers(session, heard, today))
        home = list(home_after_leaving(session, today))
    for one in in_and_out:
        if _send(council, one):
            is_in = isinstance(one.signal, LeavingReported)
            (news.in_hospital if is_in else news.out_of_hospital).append(one.ref)
    news.given_a_worker = [one.ref for one in workers if _send(council, one)]
    news.home_after_leaving = [one.ref for one in home if _list_as_home(council, one)]
    return news


def _workers(session: Session, heard: Heard, today: date) -> Iterable[RegisterNews]:
    """Whom the recording system shows as somebody's worker for an assessment since they came onto the tray."""
    rows = session.execute(
        select(TrayPlace, Allocation)
        .join(Allocation, Allocation.person_id == TrayPlace.person_id)
        .join(Staff, Staff.id == Allocation.staff_id)
        .where(
            TrayPlace.left_at.is_(None),
            Allocation.responsibility == Responsibility.ASSESSMENT,
            Allocation.since <= today,
            or_(Allocation.until.is_(None), Allocation.until > today),
            or_(Staff.left_on.is_(None), Staff.left_on > today),
        )
        .order_by(TrayPlace.case_ref, Allocation.since, Allocation.id)
    )
    for place, shown in rows:
        signal_id = f"{_ALLOCATED}{shown.staff_id}:{shown.since}"
        if shown.since >= local_day(place.placed_at) and signal_id not in heard[place.case_ref]:
            reasons = f"The recording system shows them as the worker since {day_in_words(shown.since)}."
            yield RegisterNews(place.case_ref, signal_id, AllocationWanted(worker=shown.staff_id, reasons=reasons))


def _send(council: Council, news: RegisterNews) -> bool:
    with council.change() as change:
        case = change.lock(news.ref)
        known = change.session.get(SignalReceipt, (news.ref, news.signal_id))
        if case.status is CaseStatus.CLOSED or known is not None:
            return False
        take_in_signal(change, news.ref, news.signal, signal_id=news.signal_id)
    return True


def _list_as_home(council: Council, home: HomeAgain) -> bool:
    """Put it on the list of the team, once: nobody who is home again is forgotten because they had left."""
    with council.change() as change:
        if not is_first(change.session, home.name, change.now):
            return False
        note_difference(change, home.name, home.in_words, team_id=home.team)
    return True
