"""Finding somebody, or a case. What is looked for is in the body, so that it stands in no address and in no log."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from deployments.worklist.api.calling import Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.shapes import Moment, Shape
from models.permissions import Action
from models.states import CaseStatus
from tasks.worklist.finding import FoundPerson, find

operations = Operations("people")


class Words(Shape):
    """What is looked for: a name, a case's reference, a record id, an NHS number."""

    words: str = Field(min_length=1, max_length=200)


class CaseFound(Shape):
    """A case that they may read."""

    ref: str
    title: str
    status: CaseStatus
    opened_at: Moment
    closed_at: Moment | None
    colour: str | None


class PersonFound(Shape):
    """Somebody in the register. Personal data."""

    id: str
    record_id: str
    nhs_number: str | None
    name: str
    born_on: date | None
    postcode: str | None
    died_on: date | None
    safe_contact: str | None
    cases: list[CaseFound]
    more_cases: int
    """How many they may read besides."""


class FoundThem(Shape):
    """Everybody, and the case, that the words fit, as far as it is theirs to see."""

    people: list[PersonFound]
    case: CaseFound | None
    """The case of that reference."""
    about: list[PersonFound]
    """Whom that case is about."""
    too_many: int
    """How many people it fits, where that is more than are given at once; then say more of them."""


@operations.add("POST", "/people/search", Action.FIND_PERSON)
def find_people(call: Calling, looked_for: Words) -> FoundThem:
    """Find somebody; how many were found is noted in the access log, never the words."""
    with call.council.database.read() as session:
        found = find(session, call.member, looked_for.words.strip(), call.today)
    call.note_look("find-person", f"{found.number} found")
    return FoundThem(
        people=[_shown(one) for one in found.people],
        case=None if found.case is None else CaseFound.model_validate(found.case),
        about=[_shown(one) for one in found.about],
        too_many=found.too_many,
    )


def _shown(one: FoundPerson) -> PersonFound:
    who = one.person
    return PersonFound(
        id=who.id,
        record_id=who.record_id,
        nhs_number=who.nhs_number,
        name=who.name,
        born_on=who.born_on,
        postcode=who.postcode,
        died_on=who.died_on,
        safe_contact=who.safe_contact,
        cases=[CaseFound.model_validate(case) for case in one.cases],
        more_cases=one.more_cases,
    )
