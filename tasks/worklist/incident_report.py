"""What was decided in an incident, by whom and when, and its last situation report: out of the ledger of its case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused, Form, Signal
from models.forms.provider_failure import (
    DutyDecided,
    GroupConvened,
    IncidentAnnounced,
    IncidentStoodDown,
    ListAgreed,
    ProviderRecovers,
    RoomDecided,
    SituationReported,
)
from models.working_time import for_people
from tasks.durable.ledger import SYSTEM, Recorded, recall
from tasks.worklist.story import staff_names

DECISIONS: tuple[type[Form] | type[Signal], ...] = (
    DutyDecided, GroupConvened, ListAgreed, IncidentAnnounced, RoomDecided, ProviderRecovers, IncidentStoodDown,
)  # fmt: skip
"""What counts as decided by the room, or for it."""


@dataclass(frozen=True)
class Said:
    """Something that was decided, announced or reported in an incident. May be personal."""

    at: datetime
    by: str
    """Who said it, by name."""
    what: str
    """What it is about, such as "by which duty we act when a provider fails"."""
    fields: tuple[tuple[str, str], ...]
    """What was said, under the names that its form has; empty once erased."""


@dataclass(frozen=True)
class Proceedings:
    """What happened in the room so far. May be personal."""

    decided: tuple[Said, ...]
    """In its order."""
    report: Said | None
    """The last situation report; none: there is none yet."""
    reports: int


def proceedings_of(session: Session, ref: str) -> Proceedings:
    """What was decided in an incident, and its last report."""
    wanted = {one.name(): one for one in (*DECISIONS, SituationReported)}
    heard = [
        one
        for one in recall(session, ref)
        if one.kind in (EntryKind.ANSWERED, EntryKind.SIGNALLED) and one.step in wanted
    ]
    names = staff_names(session, {one.by for one in heard if one.by != SYSTEM})
    said = [(wanted[one.step], _said(wanted[one.step], one, names)) for one in heard]
    reports = [one for model, one in said if model is SituationReported]
    return Proceedings(
        decided=tuple(one for model, one in said if model is not SituationReported),
        report=reports[-1] if reports else None,
        reports=len(reports),
    )


def _said(model: type[Form] | type[Signal], one: Recorded, names: dict[str, str]) -> Said:
    by = "the system" if one.by == SYSTEM else names.get(one.by, one.by)
    return Said(one.at, by, model.title, _fields(model, one.data))


def _fields(model: type[Form] | type[Signal], data: Any) -> tuple[tuple[str, str], ...]:
    """What was filled in, in the order of the form; what an older form said and this one does not know is left out."""
    if not isinstance(data, dict):
        return ()
    try:
        read = model.read({name: data[name] for name in model.model_fields if name in data})
    except AnswerRefused:
        return ()
    shown = ((model.labels.get(name, name), _in_words(getattr(read, name))) for name in model.model_fields)
    return tuple((label, words) for label, words in shown if words)


def _in_words(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return str(value).replace("-", " ")
        case datetime():
            return for_people(value)
        case date():
            return f"{value:%A} {value.day} {value:%B %Y}"
        case frozenset() | tuple():
            return ", ".join(sorted(_in_words(one) for one in value))
        case _:
            return str(value)
