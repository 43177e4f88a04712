"""How an incident stands while its flow carries it on, and what is read about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from models.forms.commissioning import NotGivenOn
from models.forms.incident_telling import RoomOpenedTo, TellingDecided, TellingWanted
from models.forms.provider_failure import (
    AffectedListCame,
    CareEndsOn,
    DifferencesSettled,
    DutyDecided,
    FailureReported,
    GroupConvened,
    IncidentAnnounced,
    IncidentStoodDown,
    ListAgreed,
    PersonAccountedFor,
    ProviderRecovers,
    RoomDecided,
    SituationReported,
)
from models.notices import Recipient
from tasks.durable import Closed, Due, Wait


class Asked(StrEnum):
    """What may be open about an incident."""

    DUTY = "duty"
    GROUP = "group"
    REPORT = "report"
    NEXT_REPORT = "next report"
    DIFFERENCES = "differences"
    WHOLE = "whole"
    TELLING = "telling"
    STAND_DOWN = "stand down"
    LIST = "list"
    ANNOUNCED = "announced"
    DECIDED = "decided"
    TELLING_ANEW = "telling anew"
    OPENED_TO = "opened to"
    RECOVERS = "recovers"
    CARE_ENDS = "care ends"
    ACCOUNTED = "accounted"


Came = (
    DutyDecided | GroupConvened | SituationReported | DifferencesSettled | ListAgreed | IncidentStoodDown
    | AffectedListCame | IncidentAnnounced | RoomDecided | ProviderRecovers | CareEndsOn | PersonAccountedFor | Due
    | TellingDecided | TellingWanted | RoomOpenedTo | Closed | NotGivenOn
)  # fmt: skip


@dataclass
class Incident:
    """An incident, as the ledger tells it so far."""

    reported: FailureReported
    room: Recipient
    unaccounted: set[int] = field(default_factory=set)
    """Numbers on the list of whoever is without a confirmed safe arrangement."""
    differences: int = 0
    agreed: bool = False
    decides_who_is_told: bool = False
    """False for an incident that began before the room decided that; then the form at its end says who is missing."""
    telling_decided: bool = False
    untold: tuple[str, ...] = ()
    """Who must be told and has not been, where nobody has decided why not."""
    open: dict[str, Wait[Came]] = field(default_factory=dict)
    """By its name in `Asked`; and who is being told, by the number of the decision."""
    so_far: list[str] = field(default_factory=list)
    ended: bool = False


def to_read(incident: Incident) -> str:
    """What is known of it, and what has happened so far."""
    reported = incident.reported
    confidential = "CONFIDENTIAL until it is announced" if reported.confidential else ""
    lines = (
        confidential,
        f"What has happened: {reported.cause.replace('-', ' ')}",
        f"Without care from: {reported.care_ends_on:%d %B %Y}",
        reported.what,
        *incident.so_far,
    )
    return "\n".join(line for line in lines if line)
