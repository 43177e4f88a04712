"""Who has a part in a plan: those who were named, with what the register knows of them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.forms.reablement import ReablementBegun
from models.reablement.edits import InvolvedEdit, PlanEdits
from models.reablement.plan import Part, PlanContent, SomebodyInvolved
from models.register import Person, Staff


def first_content(session: Session, begun: ReablementBegun) -> PlanContent:
    """The first version of the plan, with the person themselves in it and colleagues by their names."""
    return begun.content_with(everybody_involved(session, begun))


def everybody_involved(session: Session, begun: ReablementBegun) -> tuple[SomebodyInvolved, ...]:
    """
    The person first, unless they were named, and everybody who was.

    How the person is reached stays in the register where it says how they are contacted safely: a plan is in many
    hands.
    """
    named = tuple(_by_name(session, one) for one in begun.involved)
    if any(one.part is Part.PERSON for one in named):
        return named
    person = session.get_one(Person, begun.person)
    is_open = not person.safe_contact
    themselves = SomebodyInvolved(
        part=Part.PERSON,
        name=person.name,
        email=person.email if is_open else None,
        telephone=(person.telephone or "") if is_open else "",
    )
    return (themselves, *named)


def with_names_of_the_register(session: Session, edits: PlanEdits) -> PlanEdits:
    """The edits with colleagues by the names that the register has; two that name the same one do the same."""
    named = tuple(_colleague_by_name(session, one) for one in edits.involved)
    return edits.model_copy(update={"involved": named})


def _colleague_by_name(session: Session, one: InvolvedEdit) -> InvolvedEdit:
    member = session.get(Staff, one.staff) if one.staff is not None else None
    return one if member is None else one.model_copy(update={"name": member.name})


def _by_name(session: Session, one: SomebodyInvolved) -> SomebodyInvolved:
    """One of ours whose name was left to the register."""
    if one.name or one.staff is None:
        return one
    return one.model_copy(update={"name": session.get_one(Staff, one.staff).name})
