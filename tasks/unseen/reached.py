"""When somebody last really reached a person, in any procedure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, aliased

from models.case_people import CasePerson
from models.cases import Case, Entry, EntryPayload
from models.entry_kinds import EntryKind
from models.forms.base import reaching_forms
from models.reablement.tables import ReablementPlan
from models.working_time import LONDON, local_day
from tasks.as_of import Cases
from tasks.durable.ledger import Recorded
from tasks.tray.listing import PROCEDURE, standings_at


def last_reached(session: Session, moment: datetime, people: Select[tuple[str]]) -> dict[str, datetime]:
    """
    For each of those people the last time by then that somebody really reached them, or somebody who stands for them.

    An attempt does not count, nor does a message that was sent. Closed cases count, restricted ones do not: that there
    is one may tell too much. On the tray it also counts that they were reached before they were placed; in reablement
    its first day counts, on which they were given their plan.
    """
    found: dict[str, datetime] = {}
    for person, at in (
        *_on_the_tray(session, moment, people),
        *_in_reablement(session, moment, people),
        *_by_an_answer(session, moment, people),
    ):
        found[person] = max(at, found.get(person, at))
    return found


def _on_the_tray(session: Session, moment: datetime, people: Select[tuple[str]]) -> Iterable[tuple[str, datetime]]:
    cases = _about(moment, people, Case.procedure == PROCEDURE)
    for stands in standings_at(session, cases, moment).values():
        if stands.last_reached_at is not None:
            yield stands.person, stands.last_reached_at


def _in_reablement(session: Session, moment: datetime, people: Select[tuple[str]]) -> Iterable[tuple[str, datetime]]:
    begun = (
        select(ReablementPlan.person_id, ReablementPlan.begun_on, Case.opened_at)
        .join(Case, Case.ref == ReablementPlan.case_ref)
        .where(ReablementPlan.person_id.in_(people), Case.opened_at <= moment, Case.restricted.is_(False))
    )
    for person, day, opened_at in session.execute(begun).tuples():
        yield person, _no_later_than(day, opened_at)


def _by_an_answer(session: Session, moment: datetime, people: Select[tuple[str]]) -> Iterable[tuple[str, datetime]]:
    """
    By a form that was answered, or a signal that came; the latest first, so that few are read.

    What tells of an earlier day counts for that day, and what was said before it is read as well.
    """
    forms, linked, seen = reaching_forms(), aliased(Entry), set[str]()
    rows = session.execute(
        select(CasePerson.person_id, Entry.at, Entry.step, EntryPayload.content)
        .join(Entry, Entry.case_ref == CasePerson.case_ref)
        .join(EntryPayload, and_(EntryPayload.case_ref == Entry.case_ref, EntryPayload.no == Entry.no))
        .join(linked, and_(linked.case_ref == CasePerson.case_ref, linked.no == CasePerson.since_no))
        .where(CasePerson.case_ref.in_(_about(moment, people, Case.procedure != PROCEDURE)))
        .where(CasePerson.person_id.in_(people), linked.at <= moment, Entry.at <= moment)
        .where(Entry.kind.in_([EntryKind.ANSWERED, EntryKind.SIGNALLED]), Entry.step.in_(sorted(forms)))
        .order_by(Entry.at.desc())
    )
    for person, at, step, content in rows:
        said = Recorded(0, at, EntryKind.ANSWERED, "", step, "", content).data
        if person in seen or said is None:
            continue
        read = forms[step].model_validate(said)
        if read.reached_the_person:
            reached_at = at if read.reached_on is None else _no_later_than(read.reached_on, at)
            if reached_at == at:
                seen.add(person)
            yield person, reached_at


def _no_later_than(day: date, said_at: datetime) -> datetime:
    """A day of which no time is known: when it was said, if that was the day; else the day's beginning."""
    return said_at if day >= local_day(said_at) else datetime.combine(day, time(0), LONDON)


def _about(moment: datetime, people: Select[tuple[str]], *which: ColumnElement[bool]) -> Cases:
    """The cases about those people, open or closed."""
    return (
        select(CasePerson.case_ref)
        .join(Case, Case.ref == CasePerson.case_ref)
        .where(CasePerson.person_id.in_(people), Case.opened_at <= moment, Case.restricted.is_(False), *which)
    )
