"""
What the register shows of people who wait: a stay in hospital, its end, a worker who has been given them elsewhere.

It is found out from how things stand, each minute and after each import, and each case hears each thing once. A death
reaches every case about somebody by itself (`tasks/deaths.py`). The register has no field that shows a move: that
somebody has moved away is said by a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.cases import Case, SignalReceipt
from models.forms.base import Signal
from models.forms.tray_signals import AllocationWanted, LeavingReported, ReadyToWaitAgain
from models.once import DoneOnce
from models.policy.gaps.tray_exits import LeavingReason
from models.recording import Admission
from models.register import Allocation, Person, Responsibility, Staff
from models.states import CaseStatus
from models.tray import TrayPlace
from models.tray_findings import TrayOutcome
from models.working_time import local_day
from models.written_contact_findings import day_in_words
from tasks.differences import note_difference
from tasks.durable.arrivals import take_in_signal
from tasks.durable.council import Council
from tasks.once import is_first

REGISTER = "register"
_ADMITTED, _DISCHARGED, _ALLOCATED = "register:admitted:", "register:discharged:", "register:allocated:"


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


@dataclass(frozen=True)
class _News:
    """A signal that a case has not heard yet."""

    ref: str
    signal_id: str
    signal: Signal


def watch_register_for_the_tray(council: Council) -> TrayNews:
    """Tell the case of everybody who waits what the register shows and the case has not heard (GAP-53, PWT-11)."""
    news, today = TrayNews(), local_day(council.clock.now())
    with council.database.read() as session:
        waiting = _waiting(session)
        heard = _heard(session)
        stays = list(_stays(session, waiting, heard, today))
        workers = list(_workers(session, heard, today))
        home = _home_after_leaving(session, today)
    for one in stays:
        if _send(council, one):
            is_in = isinstance(one.signal, LeavingReported)
            (news.in_hospital if is_in else news.out_of_hospital).append(one.ref)
    news.given_a_worker = [one.ref for one in workers if _send(council, one)]
    news.home_after_leaving = [place.case_ref for place, day in home if _list_as_home(council, place, day)]
    return news


def _waiting(session: Session) -> list[TrayPlace]:
    """Everybody who waits now."""
    return list(
        session.scalars(
            select(TrayPlace)
            .join(Case, Case.ref == TrayPlace.case_ref)
            .where(TrayPlace.left_at.is_(None), Case.status != CaseStatus.CLOSED)
            .order_by(TrayPlace.case_ref)
        )
    )


def _heard(session: Session) -> dict[str, set[str]]:
    """What the cases of those who wait have heard from the register already."""
    heard: defaultdict[str, set[str]] = defaultdict(set)
    rows = session.execute(
        select(SignalReceipt.case_ref, SignalReceipt.signal_id)
        .join(TrayPlace, TrayPlace.case_ref == SignalReceipt.case_ref)
        .where(TrayPlace.left_at.is_(None), SignalReceipt.signal_id.startswith(f"{REGISTER}:"))
    )
    for ref, signal_id in rows:
        heard[ref].add(signal_id)
    return heard


def _stays(session: Session, waiting: list[TrayPlace], heard: dict[str, set[str]], today: date) -> Iterable[_News]:
    """
    Who was admitted since they came onto the tray, and whose stay is over of which their case had heard.

    A stay that had begun before was known to whoever placed them.
    """
    lasting: defaultdict[str, list[date]] = defaultdict(list)
    rows = session.execute(
        select(TrayPlace, Admission.admitted_on)
        .join(Admission, Admission.person_id == TrayPlace.person_id)
        .where(
            TrayPlace.left_at.is_(None),
            Admission.admitted_on <= today,
            or_(Admission.discharged_on.is_(None), Admission.discharged_on > today),
        )
    )
    for place, day in rows:
        if day >= local_day(place.placed_at):
            lasting[place.case_ref].append(day)
    for place in waiting:
        said = heard.get(place.case_ref, set())
        news = _in_hospital(place, max(lasting[place.case_ref])) if lasting[place.case_ref] else _home(place, said)
        if news is not None and news.signal_id not in said:
            yield news


def _in_hospital(place: TrayPlace, since: date) -> _News:
    reported = LeavingReported(
        reason=LeavingReason.ADMISSION,
        since=since,
        told_by=REGISTER,
        details=f"The register shows them in hospital since {day_in_words(since)}.",
    )
    return _News(place.case_ref, f"{_ADMITTED}{since}", reported)


def _home(place: TrayPlace, said: set[str]) -> _News | None:
    """The end of the latest stay of which the case has heard; None where it has heard of none."""
    told = [one.removeprefix(_ADMITTED) for one in said if one.startswith(_ADMITTED)]
    if not told:
        return None
    again = ReadyToWaitAgain(why="The register no longer shows them in hospital.")
    return _News(place.case_ref, f"{_DISCHARGED}{max(told)}", again)


def _workers(session: Session, heard: dict[str, set[str]], today: date) -> Iterable[_News]:
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
        if shown.since >= local_day(place.placed_at) and signal_id not in heard.get(place.case_ref, set()):
            reasons = f"The recording system shows them as the worker since {day_in_words(shown.since)}."
            yield _News(place.case_ref, signal_id, AllocationWanted(worker=shown.staff_id, reasons=reasons))


def _home_after_leaving(session: Session, today: date) -> list[tuple[TrayPlace, date]]:
    """Who left the tray for hospital, lives, is out of it again and does not wait; with the day of the stay's end."""
    waits_again = select(TrayPlace.person_id).where(TrayPlace.left_at.is_(None))
    rows = session.execute(
        select(TrayPlace, Admission.discharged_on)
        .join(Admission, Admission.person_id == TrayPlace.person_id)
        .join(Person, Person.id == TrayPlace.person_id)
        .where(
            TrayPlace.left_because == TrayOutcome.ADMISSION,
            TrayPlace.person_id.not_in(waits_again),
            Admission.discharged_on <= today,
            Person.died_on.is_(None),
        )
    )
    return [
        (place, day) for place, day in rows if day is not None and place.left_at and day >= local_day(place.left_at)
    ]


def _send(council: Council, news: _News) -> bool:
    with council.change() as change:
        case = change.lock(news.ref)
        known = change.session.get(SignalReceipt, (news.ref, news.signal_id))
        if case.status is CaseStatus.CLOSED or known is not None:
            return False
        take_in_signal(change, news.ref, news.signal, signal_id=news.signal_id)
    return True


def _list_as_home(council: Council, place: TrayPlace, day: date) -> bool:
    """Put it on the list of the team, once: nobody who is home again is forgotten because they had left."""
    about = f"tray-home:{place.case_ref}:{day}"
    with council.database.read() as session:
        if session.get(DoneOnce, about) is not None:  # no write each minute for what was listed long ago
            return False
    with council.change() as change:
        if not is_first(change.session, about, change.now):
            return False
        text = (
            f"{place.person_id} left the planned work tray for hospital (case {place.case_ref}) and has been out of it"
            f" since {day}; see whether they need to wait again"
        )
        note_difference(change, about, text, team_id=place.team_id)
    return True
