"""Looking staff and people up by what somebody knows of them, to learn their ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, LargeBinary, and_, cast, func, or_, select, true
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from models.names import PersonName, record_key, words_of
from models.register import Person, Staff
from tasks.register.nhs_number import read_nhs_number
from tasks.register.traces import Traces

MOST_FOUND = 25
"""Nobody is shown more people than that at once."""
_AT_ONCE = 500

Somebody = TypeVar("Somebody", Person, Staff)
Wanted = Sequence[Sequence[str]]
"""The words that are looked for, folded in one way or another: any of the ways will do."""


class TooManyFound(PathwaysError):
    """What was looked for fits too many; the message says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"that fits {count} in the register: give more of the name, or a number, so that few are left")
        self.count = count


def find_people(session: Session, text: str, among: ColumnElement[bool] | None = None) -> list[Person]:
    """
    People by our id, the record id or the NHS number, else by name: every word of it begins one of theirs.

    Capital letters, accents, apostrophes and the order of names do not matter, nor how a record id is spaced. `among`
    is a condition over `Person`: nobody else is found, or counted. Raises `TooManyFound`.
    """
    wanted, within = text.strip(), true() if among is None else among
    found = session.scalars(select(Person).where(_has_number(wanted), within).order_by(Person.id)).all()
    return list(found) or _by_name(session, Person, wanted, within)


def find_exactly(session: Session, text: str, today: date) -> list[Person]:
    """
    The one person whom somebody knows already: by our id, the record id or the NHS number, or by their whole name
    together with their date of birth ("Edith Tilling 12 March 1941"). Nobody, where that is not one alone.
    """
    wanted = text.strip()
    by_number = session.scalars(select(Person).where(_has_number(wanted)).limit(2)).all()
    if by_number:
        return list(by_number) if len(by_number) == 1 else []
    traces = Traces(wanted, today)
    born_then = session.scalars(select(Person).where(Person.born_on.in_(traces.dates))).all() if traces.dates else ()
    found = [one for one in born_then if (name := PersonName.read(one.name)) is not None and traces.has_name(name)]
    return found if len(found) == 1 else []


def _has_number(wanted: str) -> ColumnElement[bool]:
    """The condition, over `Person`, that one of the numbers they are known by is just that."""
    numbers = [Person.id == wanted.upper(), Person.record_id == wanted]
    if key := record_key(wanted):
        numbers.append(Person.record_key == key)
    nhs_number = read_nhs_number(wanted)
    if nhs_number is not None:
        numbers.append(Person.nhs_number == nhs_number)
    return or_(*numbers)


def find_staff(session: Session, text: str) -> list[Staff]:
    """Staff by id, else by name as people are; leavers too. Raises `TooManyFound`."""
    member = session.get(Staff, text.strip().lower())
    return [member] if member is not None else _by_name(session, Staff, text, true())


def name_fits(text: str, name: str) -> bool:
    """Whether every word of what somebody looks for begins a word of a name, whatever its accents and capitals."""
    wanted = [words for words in (_words(text), words_of(text)) if words]
    return bool(wanted) and _is(wanted, name)


def _by_name(session: Session, of: type[Somebody], text: str, within: ColumnElement[bool]) -> list[Somebody]:
    wanted = [words for words in (_words(text), words_of(text)) if words]
    if not wanted:
        return []
    # Names are compared here and not in the database: each database folds accents and capitals in its own way.
    rows = session.execute(
        select(of.id, of.name).where(_may_fit(session, of, wanted), within).execution_options(yield_per=_AT_ONCE)
    )
    ids = [one_id for one_id, name in rows if _is(wanted, name)]
    if len(ids) > MOST_FOUND:
        raise TooManyFound(len(ids))
    return list(session.scalars(select(of).where(of.id.in_(ids)).order_by(of.name, of.id)))


def _may_fit(session: Session, of: type[Somebody], wanted: Wanted) -> ColumnElement[bool]:
    """
    Whether a name is worth comparing: it holds every wanted word, or letters that a database may fold otherwise.

    So that of 100,000 names few are read, and none is missed.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    size = func.length(cast(of.name, LargeBinary)) if is_sqlite else func.octet_length(of.name)
    plain = func.replace(func.replace(func.lower(of.name), "'", ""), "`", "")
    holds = (and_(*(plain.contains(word, autoescape=True) for word in words)) for words in wanted)
    return or_(size != func.length(of.name), *holds)


def _is(wanted: Wanted, name: str) -> bool:
    """Whether a name fits, as it is written or with its apostrophes left out ("obrien" is O'Brien)."""
    written = _words(name)
    words = [*written, *(word for word in words_of(name) if word not in written)]
    return any(_fits(one, words) for one in wanted)


def _fits(wanted: Sequence[str], words: Iterable[str]) -> bool:
    """Whether each wanted word begins a word of its own; the longest choose first."""
    left = list(words)
    for one in sorted(wanted, key=len, reverse=True):
        match = next((word for word in left if word.startswith(one)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _words(name: str) -> list[str]:
    if not name.isascii():
        plain = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.findall(r"\w+", name.casefold())
