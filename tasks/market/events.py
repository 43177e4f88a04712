"""
What happened about each provider, read from cases and tables: the one place that knows where each figure comes from.

Restricted cases are left out: a figure would tell of them. An event counts from the moment at which it was known that
the provider was meant, so that each falls into one window and none falls between two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from models.cases import Case, Entry
from models.entry_kinds import EntryKind
from models.forms.brokerage import ProviderTakesItOn
from models.forms.commissioning import ResponseSettled
from models.forms.safeguarding import ConcernAcknowledged
from models.market.kinds import Figure
from models.market.themes import MarketEvent
from models.provider_failure.kinds import Way
from models.provider_failure.tables import AffectedPerson, Incident
from models.providers.tables import CarePackage, Provider, ProviderStop
from models.register import Person
from models.working_time import local_day
from tasks.as_of import Cases, entered, latest
from tasks.durable.ledger import Recorded

ABOUT_A_PROVIDER = ("provider-concern", "international-recruitment-risk", "oversight-action")
"""Procedures whose cases are opened about one provider: a safeguarding concern raised in one is about it, too."""
STAYED = (Way.SAME_PROVIDER, Way.NOT_AFFECTED)


def events_between(session: Session, since: datetime, before: datetime) -> list[MarketEvent]:
    """Every event from `since` on and before `before`, about providers that the register has."""
    sources = (_concerns, _safeguarding, _stops, _incidents, _moves_in_incidents, _moves_by_brokerage)
    known = set(session.scalars(select(Provider.id)))
    found = (event for source in sources for event in source(session, since, before))
    return [one for one in found if one.provider in known and since <= one.at < before]


def supported_on(session: Session, day: date) -> dict[str, int]:
    """How many living people had care from each provider on a day; one without any package of care is not in it."""
    people: dict[str, set[str]] = {}
    for provider, person in session.execute(
        select(CarePackage.provider_id, CarePackage.person_id)
        .join(Person, Person.id == CarePackage.person_id)
        .where(_held_on(day), or_(Person.died_on.is_(None), Person.died_on > day))
    ).tuples():
        people.setdefault(provider, set()).add(person)
    return {provider: len(whom) for provider, whom in people.items()}


def _held_on(day: date) -> ColumnElement[bool]:
    return (CarePackage.since <= day) & or_(CarePackage.until.is_(None), CarePackage.until > day)


def _of(*procedures: str) -> Cases:
    return select(Case.ref).where(Case.procedure.in_(procedures), Case.restricted.is_(False))


def _entries(session: Session, cases: Cases, since: datetime, before: datetime, *which: Any) -> dict[str, Recorded]:
    """By case, its first entry of those in that time."""
    found: dict[str, Recorded] = {}
    for ref, entry in entered(session, cases, before - timedelta(microseconds=1), Entry.at >= since, *which):
        found.setdefault(ref, entry)
    return found


def _opened(session: Session, refs: Collection[str], before: datetime) -> dict[str, dict[str, Any]]:
    """By case, what it was opened with; nothing for one that was erased."""
    found = latest(session, select(Case.ref).where(Case.ref.in_(refs)), before, Entry.kind == EntryKind.OPENED)
    return {ref: entry.data for ref, entry in found.items() if isinstance(entry.data, dict)}


def _said(entry: Recorded) -> dict[str, Any]:
    return entry.data if isinstance(entry.data, dict) else {}


# ------------------------------------------------------------------ concerns


def _concerns(session: Session, since: datetime, before: datetime) -> Iterator[MarketEvent]:
    """Each when it was raised; one that only described the provider when commissioning named it."""
    raised = _entries(session, _of("provider-concern"), since, before, Entry.kind == EntryKind.OPENED)
    for ref, entry in raised.items():
        if provider := _said(entry).get("provider"):
            yield _concern(provider, ref, entry.at, _said(entry))
    settled = (Entry.kind == EntryKind.ANSWERED, Entry.step == ResponseSettled.name())
    answered = _entries(session, _of("commissioning-response"), since, before, *settled)
    opened = _opened(session, answered, before)
    described = {ref: facts["came_from"] for ref, facts in opened.items() if not facts["provider"]}
    all_said = entered(session, select(Case.ref).where(Case.ref.in_(described)), before, *settled)
    first: dict[str, Recorded] = {}
    for ref, entry in all_said:
        if _said(entry).get("provider"):
            first.setdefault(ref, entry)
    concerns = _opened(session, set(described.values()), before)
    for ref, entry in first.items():
        concern = described[ref]
        yield _concern(_said(entry)["provider"], concern, entry.at, concerns.get(concern, {}))


def _concern(provider: str, ref: str, at: datetime, facts: dict[str, Any]) -> MarketEvent:
    kind = "other"
    if facts.get("incident"):
        kind = "with one person"
    if facts.get("at_risk_now"):
        kind = "somebody at risk"
    return MarketEvent(provider=provider, figure=Figure.CONCERNS, kind=kind, ref=ref, at=at)


# ------------------------------------------------------------------ safeguarding


def _safeguarding(session: Session, since: datetime, before: datetime) -> Iterator[MarketEvent]:
    """Each when it was raised; one that did not say who it is about when whoever took it on said so."""
    raised = _entries(session, _of("safeguarding-concern"), since, before, Entry.kind == EntryKind.OPENED)
    for ref, entry in raised.items():
        for provider, kind in _meant(session, _said(entry), local_day(entry.at), before).items():
            yield MarketEvent(provider=provider, figure=Figure.SAFEGUARDING, kind=kind, ref=ref, at=entry.at)
    named = (Entry.kind == EntryKind.ANSWERED, Entry.step == ConcernAcknowledged.name())
    acknowledged = _entries(session, _of("safeguarding-concern"), since, before, *named)
    opened = _opened(session, acknowledged, before)
    for ref, entry in acknowledged.items():
        facts, person = opened.get(ref, {}), _said(entry).get("about_person")
        if person is None or facts.get("about_person"):
            continue
        before_that = _meant(session, facts, local_day(entry.at), before)
        for provider, kind in _meant(session, {"about_person": person}, local_day(entry.at), before).items():
            if provider not in before_that:
                yield MarketEvent(provider=provider, figure=Figure.SAFEGUARDING, kind=kind, ref=ref, at=entry.at)


def _meant(session: Session, facts: dict[str, Any], day: date, before: datetime) -> dict[str, str]:
    """The providers that a concern is about: whoever gives the person care, and of whom the case was that raised it."""
    found: dict[str, str] = {}
    if (person := facts.get("about_person")) is not None:
        held = select(CarePackage.provider_id).where(CarePackage.person_id == person, _held_on(day))
        found |= dict.fromkeys(session.scalars(held), "has care from it")
    parent = session.scalar(_of(*ABOUT_A_PROVIDER).where(Case.ref == facts.get("came_from")))
    if parent is not None and (provider := _opened(session, [parent], before).get(parent, {}).get("provider")):
        found[provider] = "out of a matter about it"
    return found


# ------------------------------------------------------------------ stops, incidents, moves


def _stops(session: Session, since: datetime, before: datetime) -> Iterator[MarketEvent]:
    rows = session.execute(
        select(ProviderStop.provider_id, ProviderStop.decided_in, ProviderStop.stopped_at)
        .join(Case, Case.ref == ProviderStop.decided_in)
        .where(Case.restricted.is_(False), ProviderStop.stopped_at >= since, ProviderStop.stopped_at < before)
    ).tuples()
    for provider, ref, at in rows:
        yield MarketEvent(provider=provider, figure=Figure.STOPS, ref=ref, at=at)


def _incidents(session: Session, since: datetime, before: datetime) -> Iterator[MarketEvent]:
    rows = session.execute(
        select(Incident.provider_id, Incident.case_ref, Incident.began_at, Incident.cause)
        .join(Case, Case.ref == Incident.case_ref)
        .where(Case.restricted.is_(False), Incident.began_at >= since, Incident.began_at < before)
    ).tuples()
    for provider, ref, at, cause in rows:
        if provider is not None:
            kind = cause.replace("-", " ")
            yield MarketEvent(provider=provider, figure=Figure.INCIDENTS, kind=kind, ref=ref, at=at)


def _moves_in_incidents(session: Session, since: datetime, before: datetime) -> Iterator[MarketEvent]:
    rows = session.execute(
        select(Incident.provider_id, AffectedPerson.case_ref, AffectedPerson.moved_at, AffectedPerson.way)
        .join(Incident, Incident.case_ref == AffectedPerson.incident_ref)
        .join(Case, Case.ref == AffectedPerson.case_ref)
        .where(Case.restricted.is_(False), AffectedPerson.moved_at >= since, AffectedPerson.moved_at < before)
    ).tuples()
    for provider, ref, at, way in rows:
        if provider is not None and at is not None and way not in STAYED:
            yield MarketEvent(provider=provider, figure=Figure.MOVES, kind="in an incident", ref=ref, at=at)


def _moves_by_brokerage(session: Session, since: datetime, before: datetime) -> Iterator[MarketEvent]:
    """Whoever was to have care from somebody else, from when another provider took them on by name."""
    replied = (Entry.kind == EntryKind.ANSWERED, Entry.step == ProviderTakesItOn.name())
    moment = before - timedelta(microseconds=1)
    taken = {
        ref: entry
        for ref, entry in entered(session, _of("brokerage"), moment, Entry.at >= since, *replied)
        if _said(entry).get("taken_on")
    }
    opened = _opened(session, taken, before)
    for ref, entry in taken.items():
        if provider := opened.get(ref, {}).get("not_with"):
            yield MarketEvent(provider=provider, figure=Figure.MOVES, kind="by brokerage", ref=ref, at=entry.at)
