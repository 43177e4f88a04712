"""
The round of the night, every minute: what cannot wait comes to the night's case, and what became of it is noted.

Nothing of it happens in the transactions of the cases themselves: whatever puts a question, by whichever procedure and
at whichever moment, is found here. A round that is done twice, or by two at once, does nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.cases import Case, Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.forms.out_of_hours import Night, NightWorkActedOn, NoLongerUrgent, OnCallChanged, UrgentWorkArose
from models.notices import Recipient
from models.on_call.tables import OnCallItem, OnCallNight, OnCallOffer, OnCallWork
from models.roles import Role
from models.states import CaseStatus
from tasks.durable.arrivals import raise_wake_no, take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.durable.ledger import Fact
from tasks.on_call.choosing import cannot_wait
from tasks.on_call.holding import items_of, last_answer, note_holder
from tasks.on_call.looking import who_is_on_call
from tasks.only_one import only_one
from tasks.register.lookups import staff_member

PROCEDURE = "out-of-hours"
_LATELY = timedelta(days=4)
_FOLLOWS = timedelta(minutes=2)
"""A question that is put so soon after an answer of whoever has the case is their own work going on."""


def look_after_the_night(council: Council) -> None:
    """One round."""
    with only_one(council.database, "the night") as is_ours:
        if not is_ours:
            return
        with council.change() as change:
            _bring_in_what_cannot_wait(change)
        for night in _nights(council, council.clock.now()):
            with council.change() as change:
                _note_what_became_of_it(change, night)


def night_now(session: Session, closed_since: datetime) -> OnCallNight | None:
    """The night that goes on since that closing, if anything was found in it that cannot wait."""
    return session.scalars(
        select(OnCallNight)
        .where(OnCallNight.began_at >= closed_since, OnCallNight.ended_at.is_(None))
        .order_by(OnCallNight.began_at.desc())
    ).first()


def _nights(council: Council, now: datetime) -> list[str]:
    """Nights of which something is still with those who were on call, and those that ended lately."""
    left = select(OnCallWork.night_ref).where(OnCallWork.accepted_at.is_(None))
    open_cases = select(Case.ref).where(Case.status != CaseStatus.CLOSED, Case.procedure == PROCEDURE)
    query = (
        select(OnCallNight.case_ref)
        .where(
            or_(
                OnCallNight.case_ref.in_(left),
                OnCallNight.case_ref.in_(open_cases),
                OnCallNight.ended_at >= now - _LATELY,
            )
        )
        .order_by(OnCallNight.began_at)
    )
    with council.database.read() as session:
        return list(session.scalars(query))


# ------------------------------------------------------------------ what cannot wait


def _bring_in_what_cannot_wait(change: Change) -> None:
    session, calendar = change.session, change.policy.working_calendar()
    if calendar.is_open(change.now):
        return
    items = cannot_wait(session, change.policy, change.now)
    if not items:
        return
    night = night_now(session, calendar.closed_since(change.now)) or _begin(change)
    known = set(session.scalars(select(OnCallItem.work_item_id).where(OnCallItem.night_ref == night.case_ref)))
    arose = []
    for item in items:
        if item.id in known:
            continue
        work = session.get(OnCallWork, (night.case_ref, item.case_ref))
        goes_on = work is not None and _is_their_own_work(session, work, item)
        if work is None:
            work = OnCallWork(
                night_ref=night.case_ref,
                case_ref=item.case_ref,
                offered_at=change.now,
                held_by=None,
                held_at=None,
                by_telephone=False,
                team_id=None,
                accepted_by=None,
                accepted_at=None,
            )
            session.add(work)
            session.flush()
        session.add(
            OnCallItem(night_ref=night.case_ref, work_item_id=item.id, case_ref=item.case_ref, found_at=change.now)
        )
        if not goes_on:
            work.held_by, work.held_at, work.by_telephone = None, None, False
            arose.append(item.case_ref)
    session.flush()
    if arose:
        take_in_signal(change, night.case_ref, UrgentWorkArose(cases=tuple(sorted(set(arose)))))


def _begin(change: Change) -> OnCallNight:
    """The night's own case: about nobody, and with no word of anybody."""
    session, calendar = change.session, change.policy.working_calendar()
    began_at = calendar.closed_since(change.now)
    if session.scalar(select(OnCallNight.case_ref).where(OnCallNight.began_at == began_at)) is not None:
        began_at = change.now  # the office closed anew, by a day that policy has named since
    facts = Night(began_at=began_at, opens_at=calendar.next_opening(change.now))
    ref = open_in(change, PROCEDURE, facts, owner=Recipient.role(Role.ON_CALL_MANAGER))
    night = OnCallNight(case_ref=ref, began_at=began_at, ended_at=None, on_call=_on_call_now(change))
    session.add(night)
    session.flush()
    return night


def _is_their_own_work(session: Session, work: OnCallWork, item: WorkItem) -> bool:
    """Whether whoever has the case in hand has just answered something of it, and this is what follows."""
    if work.held_by is None:
        return False
    answered = last_answer(session, work.case_ref, item.opened_at - _FOLLOWS)
    return answered is not None and answered.answered_by == work.held_by


def _on_call_now(change: Change) -> str:
    found = who_is_on_call(change.session, change.policy, change.now)
    return " ".join((*found.duty, *found.managers, *found.troubles))


# ------------------------------------------------------------------ what became of it


def _note_what_became_of_it(change: Change, ref: str) -> None:
    session = change.session
    night = session.get_one(OnCallNight, ref)
    works = session.scalars(select(OnCallWork).where(OnCallWork.night_ref == ref).order_by(OnCallWork.case_ref)).all()
    if night.ended_at is None:
        for work in works:
            if work.held_by is None:
                _note_who_has_it(change, night, work)
        on_call = _on_call_now(change)
        if on_call != night.on_call:
            night.on_call = on_call
            take_in_signal(change, ref, OnCallChanged())
        return
    for work in works:
        if work.accepted_at is None:
            _note_who_acted(change, night, work)
    session.flush()
    _give_on_what_was_accepted(change, works)
    for team in sorted({one.team_id for one in works if one.team_id is not None}):
        theirs = [one for one in works if one.team_id == team]
        if all(one.accepted_at is not None for one in theirs) and change.lock(ref).status is not CaseStatus.CLOSED:
            take_in_signal(change, ref, NightWorkActedOn(team=team), signal_id=f"acted-on:{team}")


def _note_who_has_it(change: Change, night: OnCallNight, work: OnCallWork) -> None:
    """Somebody took it or answered it on its own page: that is as good as saying so."""
    session = change.session
    since = max(work.offered_at, night.began_at)
    answered = last_answer(session, work.case_ref, since)
    told = set(session.scalars(_offered(work)))
    taken = next((one.assignee for one in items_of(session, work) if one.assignee in told), None)
    if taken is not None:
        note_holder(change, work, taken, by=taken)
    elif answered is not None and answered.answered_by is not None:
        note_holder(change, work, answered.answered_by, by=answered.answered_by)
    elif not items_of(session, work) and _was_told(session, work):
        take_in_signal(change, night.case_ref, NoLongerUrgent(case=work.case_ref), signal_id=f"over:{work.case_ref}")


def _was_told(session: Session, work: OnCallWork) -> bool:
    return session.scalar(_offered(work).limit(1)) is not None


def _offered(work: OnCallWork) -> Select[tuple[str]]:
    return select(OnCallOffer.staff_id).where(
        OnCallOffer.night_ref == work.night_ref, OnCallOffer.case_ref == work.case_ref
    )


def _note_who_acted(change: Change, night: OnCallNight, work: OnCallWork) -> None:
    """Whoever opens what is left in the morning and acts on it has accepted it; whoever was on call has not."""
    assert night.ended_at is not None
    if work.team_id is None:
        return
    session = change.session
    told = set(session.scalars(_offered(work)))
    answered = last_answer(session, work.case_ref, night.ended_at)
    taken = next((one.assignee for one in items_of(session, work) if one.assignee not in (None, *told)), None)
    by = answered.answered_by if answered is not None and answered.answered_by not in told else taken
    acknowledged = [one for one in items_of(session, work) if one.assignee == by]
    since_opening = any(_taken_since(session, one, night.ended_at) for one in acknowledged)
    if by is not None and (answered is not None or since_opening):
        work.accepted_by, work.accepted_at = by, change.now


def _taken_since(session: Session, item: WorkItem, moment: datetime) -> bool:
    """Whether somebody took it since a moment: by the entry that gave it to them."""
    kinds = [str(EntryKind.ACKNOWLEDGED), str(EntryKind.REASSIGNED)]
    query = select(Entry.no).where(
        Entry.case_ref == item.case_ref, Entry.key == item.key, Entry.kind.in_(kinds), Entry.at >= moment
    )
    return session.scalar(query.limit(1)) is not None


def _give_on_what_was_accepted(change: Change, works: Sequence[OnCallWork]) -> None:
    """What is still with somebody who was on call is with whoever accepted it by name."""
    session = change.session
    for work in works:
        if work.accepted_by is None:
            continue
        told = set(session.scalars(_offered(work))) - {work.accepted_by}
        for item in items_of(session, work):
            if item.assignee not in told:
                continue
            accepted = staff_member(session, work.accepted_by)
            title, _ = Form.words_for(item.form)
            name = accepted.name if accepted is not None else work.accepted_by
            case = change.lock(work.case_ref)
            item.assignee = work.accepted_by
            text = f"{name} has accepted it from on call: {title}"
            change.pen(case).enter(Fact(EntryKind.REASSIGNED, item.key, text, item.form, by=work.accepted_by))
            raise_wake_no(change, work.case_ref)
