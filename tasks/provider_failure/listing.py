"""
The incident's list: who is on it, and how other lists differ from it.

Whoever is on any list counts as touched until a person says otherwise. Each gets a case, an owner and a first question
in the transaction that put them on the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.forms.affected_person import AffectedByFailure
from models.forms.provider_failure import AffectedListCame, DifferencesSettled, FailureReported, ListedPerson
from models.names import name_key
from models.notices import Recipient
from models.provider_failure.kinds import OFF_THE_LIST, Difference, ListSource, Risk, Settled
from models.provider_failure.tables import AffectedPerson, Incident, ListLine
from models.providers.kinds import PaidBy
from models.providers.tables import CarePackage
from models.register import Person
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.durable.cases import open_in
from tasks.durable.leg import Step
from tasks.provider_failure.from_the_tracker import with_tracked
from tasks.provider_failure.questions import put_first_question
from tasks.provider_failure.readers import let_in_the_room
from tasks.register.lookups import provider, responsible_team

PERSON_PROCEDURE = "affected-person"


class Listed(BaseModel):
    """What a list that came did to the incident's own."""

    model_config = ConfigDict(frozen=True)

    added: tuple[int, ...]
    """Numbers on the list of whoever is new on it."""
    differences: int
    """How many differences are open now."""
    decides_who_is_told: bool = False
    """Whether the room of this incident decides who is told of it; those that began before that did not."""

    @property
    def in_words(self) -> str:
        """For the story of the case: numbers, and nobody's name."""
        return f"{len(self.added)} people added, {self.differences} differences open"


class TakenOff(BaseModel):
    """Somebody who is taken off the list."""

    model_config = ConfigDict(frozen=True)

    ref: str
    same_as: str | None
    because: str


class SettledSo(BaseModel):
    """What follows from what was said to differences."""

    model_config = ConfigDict(frozen=True)

    taken_off: tuple[TakenOff, ...]
    differences: int

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{len(self.taken_off)} people taken off, {self.differences} differences open"


@audited("Began the incident with our own records", clauses="TRN-47 TRN-48 REA-42")
def begin_incident(reported: FailureReported) -> Listed:
    """The incident, and everybody who has their care from the provider by our records, whoever pays (GAP-48)."""
    step = here()
    known = provider(step.session, reported.provider) if reported.provider else None
    incident = Incident(
        case_ref=step.case.ref,
        provider_id=known.id if known else None,
        provider_name=known.name if known else reported.provider_in_words or str(reported.provider),
        cause=str(reported.cause),
        began_at=step.now,
        care_ends_on=reported.care_ends_on,
        announced_at=None if reported.confidential else step.now,
        list_agreed_at=None,
        ended_at=None,
    )
    step.session.add(incident)
    step.session.flush()
    let_in_the_room(step, reported)
    ours = [(one, str(ListSource.OUR_RECORDS)) for one in (_by_our_records(step, known.id) if known else [])]
    every = with_tracked(step.session, ours, incident.provider_id, incident.provider_name)  # TRN-53
    added = [_put_on_the_list(step, incident, reported, one, source)[0] for one, source in every]
    return Listed(added=tuple(added), differences=0, decides_who_is_told=True)


@audited("Compared a list with ours, and put on whoever was missing", clauses="TRN-48")
def take_in_list(reported: FailureReported, came: AffectedListCame) -> Listed:
    """Line by line; where it says that it is whole, whoever of ours it does not have is a difference as well."""
    step = here()
    incident = step.session.get_one(Incident, step.case.ref)
    incident.list_agreed_at = None
    last = _last_line(step.session, step.case.ref)
    mine = _List(step.session, step.case.ref)
    added: list[int] = []
    theirs: set[str] = set()
    for number, one in enumerate(came.people, start=last + 1):
        found = mine.look_for(one)
        ref, difference = found.ref, found.difference
        if ref is None:
            place, ref = _put_on_the_list(step, incident, reported, one, str(came.source))
            added.append(place)
            mine.remember(ref, one)
        theirs |= {ref, *([found.like] if found.like else [])}
        step.session.add(_line(step, came, number, one, ref=ref, like=found.like, difference=difference))
    if came.whole:
        start = last + len(came.people) + 1
        for number, missing in enumerate(mine.open_ones(but=theirs), start=start):
            gone = _line(step, came, number, None, ref=missing, like=None, difference=Difference.ONLY_OURS)
            step.session.add(gone)
    step.session.flush()
    return Listed(added=tuple(added), differences=len(open_differences(step.session, step.case.ref)))


@audited("Settled differences between lists", clauses="TRN-48")
def settle_differences(settled: DifferencesSettled) -> SettledSo:
    """Whoever is not touched, or is there already, is taken off by their own case; everybody else stays."""
    step = here()
    lines = {one.number: one for one in open_differences(step.session, step.case.ref)}
    by_place = refs_by_place(step.session, step.case.ref)
    off: dict[str, TakenOff] = {}
    for one in settled.settled:
        line = lines.get(one.number)
        if line is None or line.person_ref is None:
            continue  # somebody else was first
        line.settled, line.settled_at = str(one.says), step.now
        if one.says is not Settled.AFFECTED:
            same = by_place.get(one.same_as) if one.same_as else None
            off[line.person_ref] = TakenOff(ref=line.person_ref, same_as=same, because=one.because)
    step.session.flush()
    left = open_differences(step.session, step.case.ref)
    return SettledSo(taken_off=tuple(off.values()), differences=len(left))


def open_differences(session: Session, incident: str) -> list[ListLine]:
    """The lines that differ and that nobody has settled, in their order."""
    wanted = select(ListLine).where(
        ListLine.case_ref == incident, ListLine.difference.is_not(None), ListLine.settled.is_(None)
    )
    return list(session.scalars(wanted.order_by(ListLine.number)))


def refs_by_place(session: Session, incident: str) -> dict[int, str]:
    """The cases of an incident's people by their number on the list."""
    rows = session.execute(
        select(AffectedPerson.place, AffectedPerson.case_ref).where(AffectedPerson.incident_ref == incident)
    )
    return dict(rows.tuples().all())


def risk_by_the_list(listed: ListedPerson) -> Risk:
    """How great the risk is taken to be until somebody has seen them; the rule is ours."""
    if listed.time_critical_medicine or (listed.double_handed and listed.lives_alone):
        return Risk.RED
    return Risk.AMBER if listed.double_handed or listed.lives_alone or listed.call_times else Risk.GREEN


# ---------------------------------------------------------------------- putting somebody on it


def _by_our_records(step: Step, provider_id: str) -> list[ListedPerson]:
    today = local_day(step.now)
    packages = step.session.scalars(
        select(CarePackage)
        .where(CarePackage.provider_id == provider_id, CarePackage.since <= today)
        .where(or_(CarePackage.until.is_(None), CarePackage.until > today))
        .order_by(CarePackage.person_id, CarePackage.since.desc())
    )
    latest: dict[str, CarePackage] = {}
    for package in packages:
        latest.setdefault(package.person_id, package)
    living = set(step.session.scalars(select(Person.id).where(Person.died_on.is_(None))))
    return [_as_listed(one) for person_id, one in latest.items() if person_id in living]


def _as_listed(package: CarePackage) -> ListedPerson:
    return ListedPerson(
        person=package.person_id,
        paid_by=PaidBy(package.paid_by),
        placed_by=package.placed_by or "",
        call_times=package.call_times or "",
        time_critical_medicine=bool(package.time_critical_medicine),
        double_handed=(package.carers or 0) >= 2,
        lives_alone=bool(package.lives_alone),
    )


def _put_on_the_list(
    step: Step, incident: Incident, reported: FailureReported, listed: ListedPerson, source: str
) -> tuple[int, str]:
    """Their case, its owner, their row and the first question about them; gives their number and the case's ref."""
    last = select(func.max(AffectedPerson.place)).where(AffectedPerson.incident_ref == incident.case_ref)
    place = 1 + (step.session.scalar(last) or 0)
    whose = responsible_team(step.session, listed.person, local_day(step.now)) if listed.person else None
    touched = AffectedByFailure(
        incident=incident.case_ref,
        place=place,
        provider_name=incident.provider_name,
        risk=risk_by_the_list(listed),
        team=whose.id if whose is not None else reported.team,
        wanted_from=max(incident.care_ends_on, local_day(step.now)),
        **listed.model_dump(),
    )
    ref = open_in(
        step.change,
        PERSON_PROCEDURE,
        touched,
        owner=Recipient.team(touched.team),
        parent_ref=incident.case_ref,
        restricted=step.case.restricted,
    )
    row = AffectedPerson(
        case_ref=ref,
        incident_ref=incident.case_ref,
        place=place,
        person_id=listed.person,
        name=listed.name or None,
        born_on=listed.born_on,
        whereabouts=listed.whereabouts or None,
        source=source,
        paid_by=str(listed.paid_by),
        placed_by=listed.placed_by or None,
        call_times=listed.call_times or None,
        time_critical_medicine=listed.time_critical_medicine,
        double_handed=listed.double_handed,
        lives_alone=listed.lives_alone,
        risk=str(touched.risk),
        calls_looked_at=step.now,
    )
    step.session.add(row)
    step.session.flush()
    put_first_question(step, ref, touched, *_elsewhere(step.session, listed.person, incident.case_ref))
    return place, ref


def _elsewhere(session: Session, person_id: str | None, but: str) -> Iterable[str]:
    """Where another incident touches them as well: they are seen once, and each hears of the other."""
    if person_id is None:
        return
    others = session.scalars(
        select(AffectedPerson)
        .where(AffectedPerson.person_id == person_id, AffectedPerson.incident_ref != but)
        .where(AffectedPerson.accounted_at.is_(None))
        .order_by(AffectedPerson.case_ref)
    )
    for other in others:
        yield f"Incident {other.incident_ref} touches them as well: see case {other.case_ref}, and see them once"


# ---------------------------------------------------------------------- comparing


@dataclass(frozen=True)
class _Found:
    """Who of ours somebody on a list is."""

    ref: str | None
    like: str | None
    difference: Difference | None


class _List:
    """The incident's people as they are compared."""

    def __init__(self, session: Session, incident: str) -> None:
        rows = session.execute(
            select(AffectedPerson, Person)
            .outerjoin(Person, Person.id == AffectedPerson.person_id)
            .where(AffectedPerson.incident_ref == incident)
            .order_by(AffectedPerson.place)
        ).tuples()
        self._refs: dict[str, str] = {}
        self._named: dict[str, list[tuple[str, object]]] = {}
        self._open: list[str] = []
        self._register = session
        for row, known in rows:
            if row.accounted_at is None:
                self._open.append(row.case_ref)
            elif row.ended_as in OFF_THE_LIST:
                continue  # it was said that they are not on it: a new list with them is a new matter
            if row.person_id:
                self._refs.setdefault(row.person_id, row.case_ref)
            self._remember_name(
                row.case_ref, known.name if known else row.name, known.born_on if known else row.born_on
            )

    def _remember_name(self, ref: str, name: str | None, born_on: object) -> None:
        key = name_key(name) if name else None
        if key or name:
            self._named.setdefault(key or str(name).casefold(), []).append((ref, born_on))

    def remember(self, ref: str, one: ListedPerson) -> None:
        """Somebody who has just been put on it."""
        known = self._register.get(Person, one.person) if one.person else None
        if one.person:
            self._refs.setdefault(one.person, ref)
        self._remember_name(ref, known.name if known else one.name, known.born_on if known else one.born_on)
        self._open.append(ref)

    def look_for(self, one: ListedPerson) -> _Found:
        """By register id; else by name and date of birth. What is not certain is a difference, and never a guess."""
        if one.person and one.person in self._refs:
            return _Found(self._refs[one.person], None, None)
        known = self._register.get(Person, one.person) if one.person else None
        name, born_on = (known.name, known.born_on) if known else (one.name, one.born_on)
        alike = self._named.get((name_key(name) or name.casefold()) if name else "", [])
        same = [ref for ref, born in alike if born is not None and born == born_on]
        if len(same) == 1 and not one.person:
            return _Found(same[0], None, None)
        maybe = [ref for ref, born in alike if born is None or born_on is None or born == born_on]
        if maybe:
            return _Found(None, maybe[0], Difference.MAY_BE_SAME)
        return _Found(None, None, Difference.ONLY_THERE)

    def open_ones(self, *, but: set[str]) -> list[str]:
        """Cases of whoever is not accounted for and not among those."""
        return [ref for ref in self._open if ref not in but]


def _line(
    step: Step,
    came: AffectedListCame,
    number: int,
    one: ListedPerson | None,
    *,
    ref: str,
    like: str | None,
    difference: Difference | None,
) -> ListLine:
    return ListLine(
        case_ref=step.case.ref,
        number=number,
        source=str(came.source),
        said_by=came.said_by,
        came_at=step.now,
        person_id=one.person if one else None,
        name=(one.name or None) if one else None,
        born_on=one.born_on if one else None,
        whereabouts=(one.whereabouts or None) if one else None,
        person_ref=ref,
        may_be_ref=like,
        difference=str(difference) if difference else None,
    )


def _last_line(session: Session, incident: str) -> int:
    return session.scalar(select(func.max(ListLine.number)).where(ListLine.case_ref == incident)) or 0
