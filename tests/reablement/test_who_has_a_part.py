"""Who has a part in a plan from its first day: the register knows the person and our staff, and nobody keys them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from flows.reablement import reablement
from models.forms.reablement import ReablementBegun
from models.reablement.plan import Involved, Part, SomebodyInvolved
from models.register import Person
from tasks.durable.testing import Office
from tests.procedures.reablement_stories import BEGUN, DAUGHTER, EDITH, plan_stands

MEERA = SomebodyInvolved(part=Part.REABLEMENT_WORKER, staff="reablement-worker")


def involved_in(office: Office, *involved: SomebodyInvolved) -> tuple[Involved, ...]:
    """Who has a part in a plan that begins with those."""
    plan = office.start(reablement, BEGUN.model_copy(update={"involved": involved}))
    return plan_stands(office, plan).content.involved


def reached_by(office: Office, **known: Any) -> Person:
    """What the register knows of how Edith is reached."""
    with office.council.database.write() as session:
        edith = session.get_one(Person, "P-101")
        for name, value in known.items():
            setattr(edith, name, value)
        return edith


def test_the_person_is_put_in_from_the_register(office: Office) -> None:
    """First, by the name and with the ways that the register has; whoever begins the plan names only the others."""
    edith = reached_by(office, telephone="01632 960 101", email="edith@example.org", safe_contact=None)
    person, daughter = involved_in(office, DAUGHTER)
    assert (person.id, person.part, person.name) == ("P1", Part.PERSON, edith.name)
    assert (person.telephone, person.email, person.has_copy) == ("01632 960 101", "edith@example.org", True)
    assert (daughter.id, daughter.name) == ("P2", "Joan Tilling")


def test_a_plan_for_nobody_else_needs_nobody_named(office: Office) -> None:
    """Who has no carer and no colleague yet has a plan all the same."""
    assert [one.part for one in involved_in(office)] == [Part.PERSON]


def test_how_somebody_is_contacted_safely_is_not_copied_into_a_plan(office: Office) -> None:
    """A plan is in many hands; with a note on safe contact the register alone says how they are reached."""
    reached_by(office, telephone="01632 960 101", email="edith@example.org", safe_contact="Only at her sister's")
    [person] = involved_in(office)
    assert (person.telephone, person.email) == ("", None)


def test_the_person_may_be_named_all_the_same(office: Office) -> None:
    """Then they stand as they were given, once, and in the place where they were named."""
    named = EDITH.model_copy(update={"has_copy": False})
    assert [(one.part, one.has_copy) for one in involved_in(office, DAUGHTER, named)] == [
        (Part.CARER, True),
        (Part.PERSON, False),
    ]
    with pytest.raises(ValidationError, match="name the person themselves once"):
        ReablementBegun.model_validate(BEGUN.model_dump() | {"involved": (EDITH, EDITH)})


def test_a_colleague_who_is_chosen_has_their_name_from_the_register(office: Office) -> None:
    """Nobody types it beside the list in which it stands; somebody from outside must have one."""
    assert [one.name for one in involved_in(office, MEERA)][1] == "Meera Solanki"
    with pytest.raises(ValidationError, match="say in name who they are"):
        SomebodyInvolved(part=Part.CARER)
