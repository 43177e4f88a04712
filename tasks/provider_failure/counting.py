"""The figures of an incident: always the sum of its list, counted anew each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.provider_failure.kinds import OFF_THE_LIST, Difference, PersonOutcome, Risk
from models.provider_failure.tables import AffectedPerson, ListLine
from models.register import Person
from tasks.durable import audited, here
from tasks.provider_failure.listing import open_differences


class Figures(BaseModel):
    """How many of an incident's people have come how far. Each figure counts rows of the list."""

    model_config = ConfigDict(frozen=True)

    affected: int
    """Everybody on the list but those who came onto it by mistake or twice."""
    seen: int
    arranged: int
    moved: int
    checked: int
    accounted_for: int
    died: int
    taken_off: int
    """Came onto the list by mistake, or twice."""
    red: int
    """Of those who are not accounted for."""
    amber: int
    green: int
    differences: int
    """Differences between lists that are open."""

    @property
    def left(self) -> int:
        """How many are not accounted for."""
        return self.red + self.amber + self.green

    @property
    def in_words(self) -> str:
        """One line, with no word about anybody."""
        return (
            f"{self.affected} affected, {self.seen} seen, {self.arranged} arranged, {self.moved} moved, "
            f"{self.checked} checked; {self.left} not accounted for (red {self.red}, amber {self.amber}, "
            f"green {self.green}); {self.died} died, {self.taken_off} taken off; {self.differences} differences open"
        )


def figures_of(session: Session, incident: str) -> Figures:
    """The figures of an incident as they are now."""
    rows = session.scalars(select(AffectedPerson).where(AffectedPerson.incident_ref == incident)).all()
    return count_people(rows, differences=len(open_differences(session, incident)))


def count_people(rows: Sequence[AffectedPerson], *, differences: int) -> Figures:
    """The figures of some rows of one list."""
    listed = [one for one in rows if one.ended_as not in OFF_THE_LIST]
    left = [one for one in listed if one.accounted_at is None]
    return Figures(
        affected=len(listed),
        seen=sum(one.seen_at is not None for one in listed),
        arranged=sum(one.arranged_at is not None for one in listed),
        moved=sum(one.moved_at is not None for one in listed),
        checked=sum(one.checked_at is not None for one in listed),
        accounted_for=len(listed) - len(left),
        died=sum(one.ended_as == PersonOutcome.DIED for one in listed),
        taken_off=len(rows) - len(listed),
        red=sum(one.risk == Risk.RED for one in left),
        amber=sum(one.risk == Risk.AMBER for one in left),
        green=sum(one.risk == Risk.GREEN for one in left),
        differences=differences,
    )


@audited("Counted the list", clauses="TRN-48")
def describe_figures() -> str:
    """The figures in words, for whoever reports."""
    step = here()
    return figures_of(step.session, step.case.ref).in_words


@audited("Described what the lists say differently", clauses="TRN-48")
def describe_differences() -> str:
    """Line by line, with the number by which each is settled. Personal data: for the work item alone."""
    step = here()
    return "\n".join(differences_in_words(step.session, open_differences(step.session, step.case.ref)))


@audited("Looked up who is not with other care yet", clauses="TRN-47")
def look_up_who_is_left() -> tuple[str, ...]:
    """Refs of the cases of whoever is not accounted for, in the list's order."""
    step = here()
    left = select(AffectedPerson.case_ref).where(
        AffectedPerson.incident_ref == step.case.ref, AffectedPerson.accounted_at.is_(None)
    )
    return tuple(step.session.scalars(left.order_by(AffectedPerson.place)))


def differences_in_words(session: Session, lines: Sequence[ListLine]) -> list[str]:
    """Open differences of one incident, each with the number by which it is settled. Personal data."""
    refs = {ref for one in lines for ref in (one.person_ref, one.may_be_ref) if ref}
    if not refs:
        return []
    of_them = AffectedPerson.incident_ref == lines[0].case_ref
    rows = session.execute(
        select(AffectedPerson, Person).outerjoin(Person, Person.id == AffectedPerson.person_id).where(of_them)
    ).tuples()
    named = {row.case_ref: _named(row, known) for row, known in rows if row.case_ref in refs}
    return [_in_words(one, named) for one in lines]


def _in_words(line: ListLine, named: Mapping[str, str]) -> str:
    whose = f"{line.source.replace('-', ' ')} ({line.said_by})"
    who, like = (named.get(ref or "", "somebody") for ref in (line.person_ref, line.may_be_ref))
    match line.difference:
        case Difference.ONLY_OURS:
            return f"{line.number}. {who} is on our list; the list of {whose} lacks them"
        case Difference.MAY_BE_SAME:
            return f"{line.number}. {who}, by {whose}, may be the same as {like}"
        case _:
            return f"{line.number}. {who} is on the list of {whose} alone"


def _named(row: AffectedPerson, known: Person | None) -> str:
    name, born_on = (known.name, known.born_on) if known else (row.name, row.born_on)
    born = f", born {born_on:%d %B %Y}" if born_on else ""
    return f"number {row.place} ({name}{born})"
