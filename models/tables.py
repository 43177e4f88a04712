"""Every table of ours, imported in one place: what migrations compare with and tests create."""

from models import (
    audit,
    case_people,
    cases,
    doors,
    mail,
    once,
    outbox,
    person_messages,
    recording,
    register,
    retention,
    rounds,
    tray,
    worklist,
)
from models.base import Base
from models.contingency import tables as contingency
from models.moves import tables as moves
from models.on_call import tables as on_call
from models.out_of_area import tables as out_of_area
from models.provider_failure import tables as provider_failure
from models.providers import tables as providers
from models.reablement import tables as reablement

metadata = Base.metadata

__all__ = [
    "audit",
    "case_people",
    "cases",
    "contingency",
    "doors",
    "mail",
    "metadata",
    "moves",
    "on_call",
    "once",
    "out_of_area",
    "outbox",
    "person_messages",
    "provider_failure",
    "providers",
    "reablement",
    "recording",
    "register",
    "retention",
    "rounds",
    "tray",
    "worklist",
]
