"""
Orders of a list, and places in it.

An order is made of stretches, each in the order of an index, so that a page is found without reading those before it.
A place is what a row is sorted by: the page after it stays right whatever has come or gone meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.util import AliasedClass

from models.base import UtcDateTime
from models.cases import Case, WorkItem
from models.decision_tables.levels import Rag
from models.errors import PathwaysError
from tasks.worklist.query import Sort

Items = type[WorkItem] | AliasedClass[WorkItem]
"""The work items that a condition is about: the table, or a stretch of it."""

_LONGEST = 400


class NoSuchPlace(PathwaysError):
    """That place in a list was not made by us: begin again with its first page."""

    def __init__(self) -> None:
        super().__init__("that is no place in this list: begin again with its first page")


@dataclass(frozen=True)
class Cursor:
    """A place in a list: the row it stands at, and whether what comes before it is wanted."""

    stretch: int
    values: tuple[datetime, ...]
    item: str
    backwards: bool = False

    def written(self) -> str:
        """As it stands in an address: times and the id of a work item, nothing personal."""
        said = [self.stretch, [one.isoformat() for one in self.values], self.item, int(self.backwards)]
        return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """The place that was written so. Raises `NoSuchPlace`."""
        try:
            if len(text) > _LONGEST:
                raise NoSuchPlace
            padded = text + "=" * (-len(text) % 4)
            said = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
            stretch, values, item, backwards = said
            if not (type(stretch) is int and isinstance(item, str) and "\0" not in item and backwards in (0, 1)):
                raise NoSuchPlace
            moments = tuple(datetime.fromisoformat(one) for one in values)
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise NoSuchPlace from None
        if any(one.tzinfo is None for one in moments):
            raise NoSuchPlace
        return cls(stretch, moments, item, bool(backwards))


@dataclass(frozen=True)
class Stretch:
    """One stretch of an order."""

    by: tuple[str, ...]
    """Columns of times by which it is sorted, and then by id."""
    dated: bool | None = None
    """With a due time only, without one only, or both."""
    colour: Rag | None = None
    by_colour: bool = False

    def holds(self, items: Items) -> list[ColumnElement[bool]]:
        """Which work items stand in it, as far as the work item says."""
        if self.dated is None:
            return []
        return [items.due.is_not(None) if self.dated else items.due.is_(None)]

    def holds_of_case(self) -> list[ColumnElement[bool]]:
        """Which stand in it, as far as the case says."""
        return [Case.colour == self.colour] if self.by_colour and self.colour else self._without_colour()

    def _without_colour(self) -> list[ColumnElement[bool]]:
        return [Case.colour.is_(None)] if self.by_colour else []

    def columns(self, items: Items) -> list[InstrumentedAttribute[Any]]:
        """What it is sorted by."""
        return [*(getattr(items, name) for name in self.by), items.id]

    def ordered(self, query: Select[Any], items: Items, *, backwards: bool) -> Select[Any]:
        """The query in this order."""
        return query.order_by(*(one.desc() if backwards else one.asc() for one in self.columns(items)))

    def beyond(self, items: Items, cursor: Cursor) -> ColumnElement[bool]:
        """What comes after a place in it, or before."""
        if len(cursor.values) != len(self.by):
            raise NoSuchPlace
        times = (literal(one, UtcDateTime()) for one in cursor.values)
        here, there = tuple_(*self.columns(items)), tuple_(*times, literal(cursor.item))
        return here < there if cursor.backwards else here > there


def stretches(sort: Sort, colour: Rag | None = None) -> Sequence[Stretch]:
    """The stretches of an order; of a list that has one colour only, no more than are needed."""
    match sort:
        case Sort.OPENED:
            return (Stretch(("opened_at",)),)
        case Sort.COLOUR if colour is None:
            return tuple(Stretch(by, dated, one, by_colour=True) for one in (*Rag, None) for by, dated in _BY_DUE)
        case Sort.DUE | Sort.COLOUR:
            return tuple(Stretch(by, dated) for by, dated in _BY_DUE)


_BY_DUE = ((("due", "opened_at"), True), (("opened_at",), False))
