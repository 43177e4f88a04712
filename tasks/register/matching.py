"""
Whom a written contact is about.

Certain is one person alone: named by an NHS number, by an id of the recording system, or by name, date of birth and
postcode together, and with nothing that speaks against it; where somebody else of the register is named beside them,
only fields that name and identify them leave no doubt. Everything else is proposed with its reason, for a person to
confirm. A likeness between names is never worked out: they agree or they do not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.forms.written_contact import GivenSubject, WrittenContact
from models.names import PersonName, is_title, words_of
from models.proposals import Candidate, Proposal
from models.register import Person
from models.working_time import local_day
from tasks.register.traces import Traces, in_pieces, key_of_id, looks_like_an_id, nhs_number_in

MOST_CANDIDATES = 10
_ENDS_OF_THE_NAME = "first and last part of the name"


def match_people(session: Session, contact: WrittenContact) -> Proposal:
    """Whom the register knows that the contact may be about; reads, and changes nothing."""
    traces = Traces(f"{contact.subject}\n\n{contact.text}", local_day(contact.received_at))
    look = _Look(traces, contact.given or GivenSubject())
    signs = sorted((look.signs_of(one) for one in look.people(session)), key=lambda one: (-one.weight, one.person.id))
    identified = [one for one in signs if one.identifies]
    against = look.against(identified[0], signs) if len(identified) == 1 else ""
    if len(identified) == 1 and not against:
        return Proposal(certain=identified[0].person.id, candidates=(identified[0].candidate(),))
    named_beside = look.named_beside(identified[0], signs) if identified else []
    likeliest = [*identified, *named_beside, *(one for one in signs if one.weight)]
    proposed = list({one.person.id: one for one in likeliest}.values())[:MOST_CANDIDATES]
    return Proposal(
        candidates=tuple(one.candidate(against if one.identifies else "") for one in proposed),
        several=len(identified) > 1,
    )


@dataclass
class _Signs:
    """What in a contact speaks for one person."""

    person: Person
    identified_by: list[str] = field(default_factory=list)
    """Each by itself enough, in words."""
    same: list[str] = field(default_factory=list)
    """Which of name, date of birth and postcode agree."""
    other: list[str] = field(default_factory=list)
    """Which of them the contact has, but other than the register."""
    named: bool = False
    """The name or last name agrees, as far as it is there."""
    is_given: bool = False
    """Fields that were given identify them, and give their first and last name."""

    @property
    def named_in_full(self) -> bool:
        """First and last name stand there, or the first and last part of them."""
        return "name" in self.same or _ENDS_OF_THE_NAME in self.same

    @property
    def identifies(self) -> bool:
        return bool(self.identified_by)

    @property
    def weight(self) -> int:
        """How likely it is them; 0: not worth a person's time."""
        if self.identified_by:
            return 100 + len(self.identified_by)
        agreed = {"name": 30, _ENDS_OF_THE_NAME: 12, "last name": 12, "date of birth": 20, "postcode": 15}
        weight = sum(agreed[one] for one in self.same)
        return weight if len(self.same) > 1 or "name" in self.same else 0

    def candidate(self, against: str = "") -> Candidate:
        """As it is proposed, with the reason in words."""
        if self.identified_by:
            because = " and ".join(self.identified_by)
        else:
            same = " and ".join([", ".join(self.same[:-1]), self.same[-1]] if len(self.same) > 1 else self.same)
            because = ", ".join([f"same {same}", *(f"other {one}" for one in self.other)])
        died = self.person.died_on is not None
        return Candidate(
            person_id=self.person.id, because=f"{because}; but {against}" if against else because, died=died
        )


class _Look:
    """One contact, looked at with the register beside it."""

    def __init__(self, traces: Traces, given: GivenSubject) -> None:
        self._traces, self._given = traces, given
        self._given_nhs = nhs_number_in(given.nhs_number) if given.nhs_number else None
        self._given_key = key_of_id(given.record_id) if given.record_id else None
        self._given_name = PersonName.read(given.name) if given.name else None
        # A postcode or a name that was given is read as it would be in a text.
        self._given_postcodes = Traces(given.postcode or "", traces.today).postcodes
        self._record_keys = set(traces.record_keys) | ({self._given_key} if self._given_key else set())
        self._dates = set(traces.dates) | ({given.born_on} if given.born_on else set())
        self._postcodes = traces.postcodes | self._given_postcodes

    def people(self, session: Session) -> list[Person]:
        """Everybody in the register of whom anything stands in the contact; each query goes by an index."""
        numbers = set(self._traces.nhs_numbers) | ({self._given_nhs} if self._given_nhs else set())
        names = set(self._traces.name_keys) | ({self._given_name.key} if self._given_name else set())
        wanted: list[tuple[InstrumentedAttribute[str | None], Collection[str]]] = [
            (Person.nhs_number, numbers),
            (Person.record_key, self._record_keys),
            (Person.name_key, names),
            (Person.postcode, self._postcodes),
        ]
        conditions: list[ColumnElement[bool]] = [
            column.in_(piece) for column, values in wanted for piece in in_pieces(values)
        ]
        conditions += [Person.born_on.in_(piece) for piece in in_pieces(self._dates)]
        found = {one.id: one for each in conditions for one in session.scalars(select(Person).where(each))}
        return list(found.values())

    def signs_of(self, person: Person) -> _Signs:
        """What speaks for one person."""
        signs, name = _Signs(person), PersonName.read(person.name)
        signs.identified_by += self._identifiers_of(person)
        in_text = name is not None and self._traces.has_name(name)
        is_given = name is not None and self._given_name == name
        last_name = name is not None and (self._traces.has_last_name(name) or self._given_last_name() == name.last)
        signs.named = last_name
        born, postcode = person.born_on, person.postcode
        if born is not None and postcode is not None:
            if in_text and born in self._traces.dates and postcode in self._traces.postcodes:
                signs.identified_by.append("name, date of birth and postcode stand in the text")
            if is_given and born == self._given.born_on and postcode in self._given_postcodes:
                signs.identified_by.append("name, date of birth and postcode are given")
        signs.is_given = is_given and any(one.endswith(" given") for one in signs.identified_by)
        if in_text or is_given:
            signs.same.append("name")
        elif name is not None and self._traces.has_ends_of(name):
            signs.same.append(_ENDS_OF_THE_NAME)
        elif last_name:
            signs.same.append("last name")
        self._compare(signs, "date of birth", born, self._dates)
        self._compare(signs, "postcode", postcode, self._postcodes)
        return signs

    def against(self, found: _Signs, everybody: list[_Signs]) -> str:
        """What speaks against the one person who is identified, in words; empty: nothing."""
        return next(self._contradictions(found, everybody), "")

    def named_beside(self, found: _Signs, everybody: list[_Signs]) -> list[_Signs]:
        """Who is named in full beside somebody; a namesake of theirs is not, as the name is theirs."""
        own = PersonName.read(found.person.name)
        return [one for one in everybody if one.named_in_full and PersonName.read(one.person.name) != own]

    # ------------------------------------------------------------------ inside

    def _identifiers_of(self, person: Person) -> Iterator[str]:
        if person.nhs_number is not None:
            if person.nhs_number in self._traces.nhs_numbers:
                yield "the NHS number stands in the text"
            if person.nhs_number == self._given_nhs:
                yield "the NHS number is given"
        if person.record_key:
            if person.record_key in self._traces.record_keys and looks_like_an_id(person.record_key):
                yield "the id in the recording system stands in the text"
            if person.record_key == self._given_key:
                yield "the id in the recording system is given"

    @staticmethod
    def _compare(signs: _Signs, what: str, registered: date | str | None, written: Collection[date | str]) -> None:
        if registered is not None and registered in written:
            signs.same.append(what)
        elif written and registered is not None:
            signs.other.append(what)

    def _given_last_name(self) -> tuple[str, ...] | None:
        return self._given_name.last if self._given_name else None

    def _contradictions(self, found: _Signs, everybody: list[_Signs]) -> Iterator[str]:
        person, given = found.person, self._given
        if given.nhs_number and person.nhs_number != self._given_nhs:
            yield "another NHS number is given"
        if given.record_id and person.record_key != self._given_key:
            yield "another id in the recording system is given"
        if given.name and not self._given_name_fits(person):
            yield "another name is given"
        if given.born_on and given.born_on != person.born_on:
            yield "another date of birth is given"
        if any(number != person.nhs_number for number in self._traces.plain_nhs_numbers):
            yield "an NHS number stands in the text that is not theirs"
        births = self._traces.birth_dates
        if births and person.born_on not in births:
            yield "another date of birth stands in the text"
        if not found.is_given and self.named_beside(found, everybody):
            if found.named_in_full:
                yield "somebody else is named as well"
            else:
                by = " by first and last name" if found.named else ""
                yield f"somebody else is named{by} and they are not"
        if not self._traces.is_whole:
            yield "the text is too long to have been looked through"

    def _given_name_fits(self, person: Person) -> bool:
        """Whether the name that is given may be theirs: the same, or the last name alone or with an initial."""
        registered, given = PersonName.read(person.name), self._given_name
        if registered is None:
            return False
        if given is None:
            return tuple(word for word in words_of(self._given.name or "") if not is_title(word)) == registered.last
        initial = (registered.first[0][0],)
        return registered.last == given.last and given.first in (registered.first, initial)
