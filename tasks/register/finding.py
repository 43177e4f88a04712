"""Looking staff and people up by what somebody knows of them, to learn their ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.errors import PathwaysError
from models.register import Person, Staff
from tasks.register.nhs_number import read_nhs_number

MOST_FOUND = 25
"""Nobody is shown more people than that at once."""
_AT_ONCE = 500

Somebody = TypeVar("Somebody", Person, Staff)


class TooManyFound(PathwaysError):
    """What was looked for fits too many; the message says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"that fits {count} in the register: give more of the name, or a number, so that few are left")


def find_people(session: Session, text: str) -> list[Person]:
    """
    People by our id, the record id or the NHS number, else by name: every word of it begins one of theirs.

    Capital letters, accents and the order of names do not matter. Raises `TooManyFound`.
    """
    wanted = text.strip()
    numbers = [Person.id == wanted.upper(), Person.record_id == wanted]
    nhs_number = read_nhs_number(wanted)
    if nhs_number is not None:
        numbers.append(Person.nhs_number == nhs_number)
    found = session.scalars(select(Person).where(or_(*numbers)).order_by(Person.id)).all()
    return list(found) or _by_name(session, Person, wanted)


def find_staff(session: Session, text: str) -> list[Staff]:
    """Staff by id, else by name as people are; leavers too. Raises `TooManyFound`."""
    member = session.get(Staff, text.strip().lower())
    return [member] if member is not None else _by_name(session, Staff, text)


def _by_name(session: Session, of: type[Somebody], text: str) -> list[Somebody]:
    wanted = _words(text)
    if not wanted:
        return []
    # Names are compared here and not in the database: each database folds accents and capitals in its own way.
    rows = session.execute(select(of.id, of.name).execution_options(yield_per=_AT_ONCE))
    ids = [one_id for one_id, name in rows if _fits(wanted, _words(name))]
    if len(ids) > MOST_FOUND:
        raise TooManyFound(len(ids))
    return list(session.scalars(select(of).where(of.id.in_(ids)).order_by(of.name, of.id)))


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
    plain = unicodedata.normalize("NFKD", name)
    folded = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return re.findall(r"\w+", folded)
