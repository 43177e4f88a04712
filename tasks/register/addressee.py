"""
To whom a written contact is addressed: a proposal, and never a fact.

What a contact calls somebody is compared with the names of all staff, leavers too, and everybody whom it may mean is
proposed. The strongest reason counts: an e-mail address, then a first and last name, a title and last name, a first
name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.forms.written_contact import WrittenContact
from models.names import PersonName, is_title, words_of
from models.proposals import ProposedWorker, ProposedWorkers
from models.register import Staff

LOOKED_THROUGH = 20_000
"""Characters; an addressee stands at the beginning."""
_LONGEST_LINE, _MOST_CALLED = 500, 200

_PLACES = (
    (
        "for the attention of",
        re.compile(r"\b(?:f\.?a\.?o|for\s+the\s+(?:\w+\s+)?attention\s+of|attn|attention)\b[.:\s]*", re.I),
    ),
    ("care of", re.compile(r"\bc/o\b[.:\s]*", re.I)),
    ("greeted", re.compile(r"^[ \t>]*(?:dear|hi|hello|good\s+(?:morning|afternoon|evening))\b[,\s]*", re.I | re.M)),
    ("addressed to", re.compile(r"^[ \t>]*(?:to|cc)[ \t]*:[ \t]*", re.I | re.M)),
)
_TITLE_DOT = re.compile(r"\b(mr|mrs|ms|miss|mx|dr|prof)\.", re.I)
_ENDS = re.compile(r"[\n;:()<>|!?\"]|(?<=\w\w)\.(?=\s|$)|\s[-–—]\s")
_BETWEEN_PEOPLE = re.compile(r",|&|/|\band\b|\bor\b", re.I)
_ADDRESS = re.compile(r"(?<![\w.+'-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_BY_ADDRESS, _BY_FULL_NAME, _BY_TITLE, _BY_FIRST_NAME, _BY_LAST_NAME = range(5)
_IN_WORDS = {
    _BY_ADDRESS: "by e-mail address",
    _BY_FULL_NAME: "by first and last name",
    _BY_TITLE: "by title or initial and last name",
    _BY_FIRST_NAME: "by first name",
    _BY_LAST_NAME: "by last name alone",
}


@dataclass(frozen=True)
class _Called:
    """Somebody as the contact calls them, and where."""

    where: str
    words: tuple[str, ...]
    """Folded, without titles."""
    has_title: bool = False
    address: str = ""


def propose_addressees(session: Session, contact: WrittenContact, *, on: date) -> ProposedWorkers:
    """The members of staff to whom a contact may be addressed, the likeliest first; reads, and changes nothing."""
    called = list(dict.fromkeys(_called_in(contact)))[:_MOST_CALLED]
    if not called:
        return ProposedWorkers()
    found: dict[str, ProposedWorker] = {}
    ranks: dict[str, tuple[int, bool, str]] = {}
    for staff in session.scalars(select(Staff).order_by(Staff.id)):
        name = PersonName.read(staff.name)
        reasons = [(strength, one.where) for one in called if (strength := _strength(one, staff, name)) is not None]
        if reasons:
            strength, where = min(reasons)
            left = staff.left_on is not None and staff.left_on <= on
            ranks[staff.id] = (strength, left, staff.id)
            found[staff.id] = ProposedWorker(staff_id=staff.id, because=f"{where}, {_IN_WORDS[strength]}", left=left)
    return ProposedWorkers(workers=tuple(found[staff_id] for staff_id in sorted(found, key=ranks.__getitem__)))


def _strength(called: _Called, staff: Staff, name: PersonName | None) -> int | None:
    """How well what somebody is called fits a member of staff; None: not at all."""
    if called.address:
        return _BY_ADDRESS if staff.email is not None and staff.email.casefold() == called.address else None
    words = called.words
    if name is None or not words:
        return None
    if words[: len(name.first)] == name.first and _goes_on_with(words[len(name.first) :], name.last):
        return _BY_FULL_NAME
    initial = words[0] == name.first[0][0]
    if (called.has_title or initial) and (words[1:] if initial else words)[: len(name.last)] == name.last:
        return _BY_TITLE
    if words == name.first and not called.has_title:
        return _BY_FIRST_NAME
    return _BY_LAST_NAME if words == name.last else None


def _goes_on_with(words: tuple[str, ...], last: tuple[str, ...]) -> bool:
    """Whether the last name comes next, or after one middle name or initial."""
    return last in (words[: len(last)], words[1 : 1 + len(last)])


def _called_in(contact: WrittenContact) -> Iterator[_Called]:
    """Everybody whom the contact calls by something, where an addressee stands."""
    text = unicodedata.normalize("NFKC", f"{contact.subject}\n{contact.text[:LOOKED_THROUGH]}")
    for where, place in _PLACES:
        for marker in place.finditer(text):
            line = text[marker.end() : marker.end() + _LONGEST_LINE].partition("\n")[0]
            # After the comma of a greeting the letter begins: "Dear Priya, Tom and I were there."
            yield from _called(where, line.partition(",")[0] if where == "greeted" else line)
    if contact.addressed_to:
        for line in contact.addressed_to[:LOOKED_THROUGH].splitlines():
            yield from _called("addressed to", unicodedata.normalize("NFKC", line))


def _called(where: str, line: str) -> Iterator[_Called]:
    """The people in a line: up to where it ends, or in all of it, as a list of recipients goes on after an address."""
    for address in _ADDRESS.findall(line):
        yield _Called(where, (), address=address.casefold())
    line = _TITLE_DOT.sub(r"\1", _ADDRESS.sub("", line))
    phrases = _ENDS.split(line) if where == "addressed to" else _ENDS.split(line, maxsplit=1)[:1]
    for phrase in phrases:
        pieces = _BETWEEN_PEOPLE.split(phrase)
        if len(pieces) == 2 and "," in phrase:  # "Nair, Priya", as some address books write it
            pieces.append(f"{pieces[1]} {pieces[0]}")
        for piece in pieces:
            words = words_of(" ".join(_name_like(piece.split())))
            named = tuple(word for word in words if not is_title(word))
            if named:
                yield _Called(where, named, has_title=named != words)


def _name_like(words: list[str]) -> list[str]:
    """The words up to the first with a small letter, where it begins with a capital one: "Priya thank you" is Priya."""
    if not words or not words[0][0].isupper():
        return words
    return list(takewhile(lambda word: word[0].isupper(), words))
