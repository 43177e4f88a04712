"""Who has been told of an incident, when and by which disclosure, and who has not: as its room shows it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, Entry, EntryPayload
from models.entry_kinds import EntryKind
from models.provider_failure.kinds import MUST_BE_TOLD, Audience
from models.provider_failure.tables import AffectedPerson, IncidentTelling
from models.states import CaseStatus
from tasks.provider_failure.who_is_told import name_of, tellings_of, undecided
from tasks.register.traces import in_pieces

_TOLD, _NOT_TOLD, _BEING_TOLD = "told", "not told", "being told"


@dataclass(frozen=True)
class Telling:
    """Somebody who is told of an incident, or not. References, and reasons as somebody gave them."""

    who: str
    stands: str
    """How it stands, in a few words."""
    at: datetime | None
    """Since when it stands so; none: it is still to be decided."""
    case: str | None
    """Ref of the case in which they are told: a disclosure for everybody outside but the people themselves."""
    because: str
    """Why they are not told; empty where they are."""
    is_missing: bool
    """They must be told, and have not been."""


def tellings_in_room(session: Session, incident: str) -> tuple[Telling, ...]:
    """Whoever is still to be decided about first, then each decision in its order."""
    names = (one[:1].upper() + one[1:] for one in undecided(session, incident))
    missing = [Telling(one, "nobody has decided about them", None, None, "", True) for one in names]
    rows = tellings_of(session, incident)
    replaced = {(one.audience, one.whom): one.number for one in rows}
    shown = (one for one in rows if one.begun_at or replaced[(one.audience, one.whom)] == one.number)
    return (*missing, *(_telling(session, incident, one) for one in shown))


def told_by_case(session: Session, refs: Iterable[str]) -> dict[str, str]:
    """How telling somebody stands, by the ref of the case that does it: told, not told, or being told."""
    found: dict[str, str] = {}
    for part in in_pieces(sorted(set(refs))):
        for ref, status in session.execute(select(Case.ref, Case.status).where(Case.ref.in_(part))).tuples():
            found[ref] = _NOT_TOLD if status == CaseStatus.CLOSED else _BEING_TOLD
        ended = session.execute(
            select(Entry.case_ref, EntryPayload.content)
            .join(EntryPayload, (EntryPayload.case_ref == Entry.case_ref) & (EntryPayload.no == Entry.no))
            .where(Entry.case_ref.in_(part), Entry.kind == EntryKind.CLOSED)
        ).tuples()
        for ref, content in ended:
            if content is not None and json.loads(content).get("data") == _TOLD:
                found[ref] = _TOLD
    return found


def _telling(session: Session, incident: str, row: IncidentTelling) -> Telling:
    stands, at = _stands(session, incident, row)
    is_missing = row.audience in MUST_BE_TOLD and row.told_at is None and row.not_told_because is None
    who = name_of(row)
    return Telling(who[:1].upper() + who[1:], stands, at, row.told_in, row.not_told_because or "", is_missing)


def _stands(session: Session, incident: str, row: IncidentTelling) -> tuple[str, datetime | None]:
    if row.told_at is not None:
        return "told", row.told_at
    if row.not_told_because is not None:
        return "not told", row.decided_at
    if row.begun_at is None:
        return "kept ready until it is announced", row.decided_at
    if row.audience != Audience.PEOPLE:
        return "being told, through the disclosure gate", row.begun_at
    refs = session.scalars(select(AffectedPerson.told_in).where(AffectedPerson.incident_ref == incident))
    states = list(told_by_case(session, [one for one in refs if one]).values())
    counted = (f"{states.count(one)} {one}" for one in (_TOLD, _BEING_TOLD, _NOT_TOLD) if one in states)
    return ", ".join(counted) or "nobody is on the list", row.begun_at
