"""
Legal holds: placing, lifting, and what one covers.

A hold on a case covers it, the cases it came from and those that came from it. A hold on a person covers every case
that has to do with them, past and to come, with the same families; and their mail, drafts and row of the register. What
nobody has linked to them is looked through for their name and numbers; a case whose words have them is covered with its
family too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cases import Case, EntryPayload
from models.errors import CheckFailed, PathwaysError
from models.refs import ALPHABET
from models.register import Person
from models.retention import HoldKind, LegalHold
from tasks.audit.access_log import note_access
from tasks.audit.chaining import take_turns
from tasks.audit.held import LIFTED, PLACED
from tasks.durable.council import Change
from tasks.durable.ledger import UnknownCase
from tasks.retention.belonging import cases_with, in_parts, lineage_of, people_in
from tasks.retention.naming import Named, texts_in

_TURNS = "legal holds"


class UnderHold(CheckFailed):
    """Somebody has said that it must be kept: see `pathways hold list`."""

    def __init__(self, about: str, holds: Sequence[LegalHold]) -> None:
        ids = ", ".join(one.id for one in holds)
        super().__init__(
            f"{about} is under legal hold {ids} and nothing of it is erased: see `pathways hold list`, and have the "
            "hold lifted if its reason has gone"
        )
        self.holds = tuple(one.id for one in holds)


class HoldRefused(PathwaysError):
    """The hold cannot be placed or lifted so; the message says why."""


def place_hold(
    change: Change, *, case_ref: str | None = None, person_id: str | None = None, kind: HoldKind, reason: str, by: str
) -> str:
    """
    Keep everything of a case, or everything about a person, until the hold is lifted; gives the hold's id.

    `reason` is the reference of the inquiry, complaint or claim and names nobody: it stays when everything else about
    the person has gone. That the hold was placed is entered in the access log. Raises `HoldRefused`, `UnknownCase`.
    """
    session = change.session
    if (case_ref is None) == (person_id is None):
        raise HoldRefused("name a case or a person to keep, and not both")
    if not reason.strip():
        raise HoldRefused("say why it is kept: the reference of the inquiry, complaint or claim, without a name")
    if case_ref is not None and session.get(Case, case_ref) is None:
        raise UnknownCase(case_ref)
    if person_id is not None and session.get(Person, person_id) is None:
        raise HoldRefused("there is nobody of that id in the register: look them up with `pathways register find`")
    _refuse_names(session, reason, case_ref, person_id)
    while_nobody_else_does(session)
    hold_id = "H-" + "".join(secrets.choice(ALPHABET) for _ in range(10))
    session.add(
        LegalHold(
            id=hold_id,
            kind=kind,
            case_ref=case_ref,
            person_id=person_id,
            reason=reason.strip(),
            placed_by=by,
            placed_at=change.now,
            lifted_because="",
        )
    )
    session.flush()
    note_access(session, by, PLACED, case_ref or str(person_id), change.now)
    return hold_id


def lift_hold(change: Change, hold_id: str, *, because: str, by: str) -> None:
    """Let the schedule hold again; entered in the access log. Raises `HoldRefused`, also for one that was lifted."""
    while_nobody_else_does(change.session)
    hold = change.session.get(LegalHold, hold_id, with_for_update=True)
    if hold is None:
        raise HoldRefused(f"there is no hold {hold_id[:20]}: see `pathways hold list`")
    if hold.lifted_at is not None:
        raise HoldRefused(f"hold {hold_id} was lifted before; a new one can be placed")
    if not because.strip():
        raise HoldRefused("say why it is lifted, such as the date on which the inquiry ended")
    _refuse_names(change.session, because, hold.case_ref, hold.person_id)
    hold.lifted_at, hold.lifted_by, hold.lifted_because = change.now, by, because.strip()
    change.session.flush()
    note_access(change.session, by, LIFTED, hold.case_ref or str(hold.person_id), change.now)


def _refuse_names(session: Session, words: str, case_ref: str | None, person_id: str | None) -> None:
    """Raises `HoldRefused` where words that stay for good name somebody whom the hold is about."""
    concerned = {person_id} if person_id else people_in(session, lineage_of(session, str(case_ref)))
    people = [one for part in in_parts(concerned) for one in session.scalars(select(Person).where(Person.id.in_(part)))]
    if Named(people, partial(_how_many_are_called, session)).people_in(words):
        raise HoldRefused(
            "these words name somebody whom the hold is about, and they are kept for good: give the matter's own "
            "reference instead, such as INQ/2026/17"
        )


def _how_many_are_called(session: Session, last: str) -> int:
    """Asked only where a text has that last name and none of the others."""
    called = select(func.count()).select_from(Person).where(Person.name_key.endswith(f" {last}", autoescape=True))
    return session.scalar(called) or 0


def while_nobody_else_does(session: Session) -> None:
    """Until this transaction ends nobody else places a hold, or erases: what is looked at here stays so."""
    take_turns(session, _TURNS)


def holds_standing(session: Session) -> list[LegalHold]:
    """Every hold that stands, the oldest first."""
    query = select(LegalHold).where(LegalHold.lifted_at.is_(None)).order_by(LegalHold.placed_at, LegalHold.id)
    return list(session.scalars(query))


class Holds:
    """The holds that stand, and what they cover, as of one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.standing = holds_standing(session)
        self._on_cases = [one for one in self.standing if one.case_ref is not None]
        self._on_people = [one for one in self.standing if one.person_id is not None]

    @property
    def look_for_names(self) -> bool:
        """Whether there are people under hold, so that texts have to be looked through for them."""
        return bool(self._on_people)

    def on_case(self, ref: str, *, look_inside: bool = False) -> list[LegalHold]:
        """
        Those that cover a case.

        With `look_inside`, the words of the whole family are looked through for people under hold as well.
        """
        if not self.standing:
            return []
        family = lineage_of(self._session, ref)
        people = people_in(self._session, family) if self._on_people else set()
        found = [one for one in self.standing if one.case_ref in family or one.person_id in people]
        if found or not look_inside or not self._on_people:
            return found
        return self.naming(texts_in(content) for content in self._said_in(family))

    def _said_in(self, family: set[str]) -> Iterator[str]:
        for part in in_parts(family):
            said = select(EntryPayload.content).where(
                EntryPayload.case_ref.in_(part), EntryPayload.content.is_not(None)
            )
            yield from (content for content in self._session.scalars(said) if content is not None)

    def on_person(self, person_id: str) -> list[LegalHold]:
        """Those on a person; and those on a case that has to do with them, which their row of the register explains."""
        if not self.standing:
            return []
        of_cases = {one.case_ref for one in self._on_cases if one.case_ref is not None}
        theirs = cases_with(self._session, [person_id]) if of_cases else set()
        families = {ref: lineage_of(self._session, ref) for ref in of_cases}
        return [
            one
            for one in self.standing
            if one.person_id == person_id or (one.case_ref in families and families[one.case_ref] & theirs)
        ]

    def naming(self, texts: Iterable[str]) -> list[LegalHold]:
        """Those on people who are named in one of those texts."""
        if not self._on_people:
            return []
        named = {person_id for text in texts for person_id in self._named.people_in(text)}
        return [one for one in self._on_people if one.person_id in named]

    def covered_references(self) -> set[str]:
        """Refs of all cases and ids of all people under hold: what the access log may speak of."""
        people = {one.person_id for one in self._on_people if one.person_id is not None}
        cases = {one.case_ref for one in self._on_cases if one.case_ref is not None} | cases_with(self._session, people)
        for ref in list(cases):
            cases |= lineage_of(self._session, ref)
        return cases | people

    @cached_property
    def _named(self) -> Named:
        ids = [one.person_id for one in self._on_people]
        people = self._session.scalars(select(Person).where(Person.id.in_(ids))).all()
        return Named(people, partial(_how_many_are_called, self._session))


def holds_on(session: Session, ref: str) -> list[LegalHold]:
    """The holds that cover a case, the oldest first; for a page that shows it."""
    return Holds(session).on_case(ref)


def refuse_under_hold(session: Session, ref: str) -> None:
    """Raises `UnderHold` where a hold covers the case; until the transaction ends no other is placed."""
    while_nobody_else_does(session)
    holds = Holds(session).on_case(ref, look_inside=True)
    if holds:
        raise UnderHold(f"case {ref}", holds)
