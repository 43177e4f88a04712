"""What the operations share of what they take and give: references, times in UTC, and how a shape is made."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

from deployments.worklist.api.calling import Call
from models.permissions import Action
from models.refs import NotARef, read_ref
from tasks.worklist.scope import NotFound, find_case

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _in_utc(moment: Any) -> Any:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _as_iso_has_it(day: Any) -> Any:
    if isinstance(day, str) and not _DAY.fullmatch(day):
        raise ValueError("give a day such as 2026-01-05")
    if not isinstance(day, str | date):
        raise ValueError("give a day in quotes, such as 2026-01-05")
    return day


Day = Annotated[date, BeforeValidator(_as_iso_has_it)]
"""A day as it is sent, in ISO 8601; not a number of seconds."""
Moment = Annotated[AwareDatetime, BeforeValidator(_in_utc)]
"""A time in UTC, in ISO 8601."""


class Shape(BaseModel):
    """What an operation gives: its fields in the order in which they stand, with what each means."""

    model_config = ConfigDict(frozen=True, from_attributes=True, use_attribute_docstrings=True)


Ref = Annotated[str, Path(description="A case's reference, such as 7K3Q-9PXM.", pattern=r"^[0-9A-Za-z -]{8,12}$")]
ItemId = Annotated[str, Path(description="A work item, such as W-7K3Q9PXM2B.", pattern=r"^W-[0-9A-Z]{10}$")]
Id = Annotated[str, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,60}$")]
"""An id in an address: a team's, somebody's register id, a name of ours; never anybody's name."""


def case_with(call: Call, ref: str, action: Action) -> str:
    """The ref of a case with which they may do that, as it is kept. Raises `NotFound`."""
    try:
        written = read_ref(ref)
    except NotARef:
        raise NotFound("case") from None
    with call.council.database.read() as session:
        return find_case(session, call.member, written, action, call.today).ref
