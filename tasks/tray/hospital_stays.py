"""
Stays in hospital that the register shows, of people who wait and of those who left the tray for one.

It is worked out from how things stand each time: the stays, what a case has heard of them already, and how the person
stands on the tray. Who has died neither waits again nor is in hospital: their death alone counts (GAP-53).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from models.cases import Case, Entry, SignalReceipt
from models.entry_kinds import EntryKind
from models.forms.base import Signal
from models.forms.tray_signals import LeavingReported, ReadyToWaitAgain
from models.once import DoneOnce
from models.policy.gaps.tray_exits import LeavingReason
from models.recording import Admission
from models.register import Person
from models.states import CaseStatus
from models.tray import TrayPlace
from models.tray_findings import TrayOutcome
from models.working_time import local_day
from models.written_contact_findings import day_in_words
from tasks.as_of import latest
from tasks.tray.listing import standings_at

REGISTER = "register"
_ADMITTED, _DISCHARGED = "register:admitted:", "register:discharged:"
_LEAVING, _WAITING_AGAIN = "note-leaving", "note-waiting-again"
"""The steps of `tasks/tray/standing.py` at which somebody is said to leave, and waits again."""
_HOME = "tray-home:"

Heard = defaultdict[str, dict[str, int]]
"""What each case has heard from the register: the news by its id, with the number of its entry."""


@dataclass(frozen=True)
class RegisterNews:
    """A signal that a case has not heard yet."""

    ref: str
    signal_id: str
    signal: Signal


@dataclass(frozen=True)
class HomeAgain:
    """Somebody who left the tray for hospital, lives, is out of it again and does not wait. References only."""

    ref: str
    """Of the case that is closed."""
    person: str
    """Register id."""
    team: str
    since: date | None
    """The day of the stay's end; None where the register has taken the stay back."""

    @property
    def name(self) -> str:
        """By which it is listed once."""
        return f"{_HOME}{self.ref}:{self.since or 'taken-back'}"

    @property
    def in_words(self) -> str:
        """For the daily list of the team."""
        shown = f"has been out of it since {self.since}" if self.since else "is not shown there any more"
        left = f"{self.person} left the planned work tray for hospital (case {self.ref})"
        return f"{left} and {shown}; see whether they need to wait again"


def heard_by(session: Session, *which: ColumnElement[bool]) -> Heard:
    """What the cases of those people on the tray, or of those who left it, have heard from the register already."""
    heard: Heard = defaultdict(dict)
    rows = session.execute(
        select(SignalReceipt.case_ref, SignalReceipt.signal_id, SignalReceipt.entry_no)
        .join(TrayPlace, TrayPlace.case_ref == SignalReceipt.case_ref)
        .where(SignalReceipt.signal_id.startswith(f"{REGISTER}:"), *which)
    )
    for ref, signal_id, no in rows:
        heard[ref][signal_id] = no
    return heard


def stays(session: Session, heard: Heard, now: datetime) -> Iterator[RegisterNews]:
    """
    Who was admitted since they came onto the tray, and whose stay is over for which they are said to leave.

    A stay that had begun before was known to whoever placed them.
    """
    today, over = local_day(now), list[tuple[TrayPlace, date]]()
    shown = _shown(session, TrayPlace.left_at.is_(None))
    for place in _living(session, TrayPlace.left_at.is_(None)):
        since_placed = [one for one in shown[place.case_ref] if one.admitted_on >= local_day(place.placed_at)]
        lasting = [one.admitted_on for one in since_placed if _lasts(one, today)]
        told = _told(heard[place.case_ref])
        if lasting:
            yield from _unheard(heard, _in_hospital(place, max(lasting)))
        elif told and f"{_DISCHARGED}{max(told)}" not in heard[place.case_ref]:
            over.append((place, max(told)))
    yield from _home(session, over, shown, heard, now)


def _unheard(heard: Heard, news: RegisterNews) -> Iterable[RegisterNews]:
    return () if news.signal_id in heard[news.ref] else (news,)


def _in_hospital(place: TrayPlace, since: date) -> RegisterNews:
    reported = LeavingReported(
        reason=LeavingReason.ADMISSION,
        since=since,
        told_by=REGISTER,
        details=f"The register shows them in hospital since {day_in_words(since)}.",
    )
    return RegisterNews(place.case_ref, f"{_ADMITTED}{since}", reported)


def _home(
    session: Session,
    over: list[tuple[TrayPlace, date]],
    shown: dict[str, list[Admission]],
    heard: Heard,
    now: datetime,
) -> Iterator[RegisterNews]:
    """
    The end of the latest stay of which the case has heard, where they are said to leave because of a stay.

    Where a manager had them wait on meanwhile, and somebody says anew that they are in hospital, only a stay that ended
    after that is the one which is meant.
    """
    if not over:
        return
    cases = select(Case.ref).where(Case.ref.in_([place.case_ref for place, _ in over]))
    stands = standings_at(session, cases, now)
    waited_again = latest(session, cases, now, Entry.kind == EntryKind.DONE, Entry.step == _WAITING_AGAIN)
    said = latest(session, cases, now, Entry.kind == EntryKind.DONE, Entry.step == _LEAVING)
    for place, since in over:
        ref = place.case_ref
        if ref not in stands or stands[ref].leaving is not LeavingReason.ADMISSION:
            continue
        is_meant = ref not in waited_again or waited_again[ref].no < heard[ref][f"{_ADMITTED}{since}"]
        ends = [one.discharged_on for one in shown[ref] if one.admitted_on == since and one.discharged_on is not None]
        if is_meant or any(day >= local_day(said[ref].at) for day in ends):
            again = ReadyToWaitAgain(why="The register no longer shows them in hospital.")
            yield RegisterNews(ref, f"{_DISCHARGED}{since}", again)


def home_after_leaving(session: Session, today: date) -> Iterator[HomeAgain]:
    """
    Who left the tray for hospital, lives, is out of it again and does not wait, where it is not listed yet.

    A stay counts that had not ended when they were placed, whether it ended before or after the manager answered; not
    one of whose end their case had heard, as they waited on after it.
    """
    later = aliased(TrayPlace)
    comes_later = or_(later.left_at.is_(None), later.left_at > TrayPlace.left_at)
    left = and_(
        TrayPlace.left_because == TrayOutcome.ADMISSION,
        ~select(later).where(later.person_id == TrayPlace.person_id, comes_later).exists(),
    )
    shown, heard = _shown(session, left), heard_by(session, left)
    listed = set(session.scalars(select(DoneOnce.name).where(DoneOnce.name.startswith(_HOME))))
    for place in _living(session, left):
        ref, placed_on, known = place.case_ref, local_day(place.placed_at), heard[place.case_ref]
        if any(_lasts(one, today) for one in shown[ref]):
            continue
        ended = [
            (one.admitted_on, one.discharged_on)
            for one in shown[ref]
            if one.discharged_on is not None
            and one.discharged_on >= placed_on
            and f"{_DISCHARGED}{one.admitted_on}" not in known
        ]
        still_shown = {one.admitted_on for one in shown[ref]}
        taken_back = [day for day in _told(known) if f"{_DISCHARGED}{day}" not in known and day not in still_shown]
        if ended or taken_back:
            home = HomeAgain(ref, place.person_id, place.team_id, max(ended)[1] if ended else None)
            if home.name not in listed:
                yield home


def _living(session: Session, *which: ColumnElement[bool]) -> list[TrayPlace]:
    """Those people's places, without those who have died; of who waits, only while their case is open."""
    closed_but_waiting = and_(TrayPlace.left_at.is_(None), Case.status == CaseStatus.CLOSED)
    return list(
        session.scalars(
            select(TrayPlace)
            .join(Case, Case.ref == TrayPlace.case_ref)
            .join(Person, Person.id == TrayPlace.person_id)
            .where(Person.died_on.is_(None), ~closed_but_waiting, *which)
            .order_by(TrayPlace.case_ref)
        )
    )


def _shown(session: Session, *which: ColumnElement[bool]) -> defaultdict[str, list[Admission]]:
    """Every stay of those people that the register shows, by the ref of their case."""
    found: defaultdict[str, list[Admission]] = defaultdict(list)
    rows = session.execute(
        select(TrayPlace.case_ref, Admission).join(Admission, Admission.person_id == TrayPlace.person_id).where(*which)
    )
    for ref, stay in rows:
        found[ref].append(stay)
    return found


def _lasts(stay: Admission, today: date) -> bool:
    return stay.admitted_on <= today and (stay.discharged_on is None or stay.discharged_on > today)


def _told(heard: dict[str, int]) -> list[date]:
    """The first days of the stays of which a case has heard."""
    return [date.fromisoformat(one.removeprefix(_ADMITTED)) for one in heard if one.startswith(_ADMITTED)]
