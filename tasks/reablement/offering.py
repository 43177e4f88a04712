"""What a form about a reablement plan may name, looked up as it is shown: nobody types what the plan knows."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel
from sqlalchemy.orm import Session

from models.policy import Policy
from models.reablement.naming import NamedInPlan, Offered, names_something_of_a_plan
from models.reablement.plan import Involved, Item, Part
from models.reablement.tables import HOME, ReablementPlan
from tasks.durable.ledger import recall
from tasks.reablement.plans import standing_of_plan

AT_HOME = "The copy at the person’s home"


def plan_beside(session: Session, ref: str) -> str | None:
    """Ref of the plan that a case looks after, or was opened about; None: it is about none, or it was erased."""
    if session.get(ReablementPlan, ref) is not None:
        return ref
    entries = recall(session, ref)
    opened = entries[0].data if entries else None
    named = opened.get("plan") if isinstance(opened, dict) else None
    return named if isinstance(named, str) and session.get(ReablementPlan, named) is not None else None


def offered_in(session: Session, policy: Policy, model: type[BaseModel], ref: str) -> Offered:
    """
    What a form or signal of that case may name, as the plan stands now.

    Empty where it names nothing of a plan, or the case is about none. Personal data: for whom the case is there only.
    """
    if not names_something_of_a_plan(model) or (plan := plan_beside(session, ref)) is None:
        return {}
    stands = standing_of_plan(session, plan)
    content = stands.content
    readers = stands.copies_from(ref)
    known = dict(_called(content.involved))
    everybody, carers = tuple(known.items()), _called(content.those(Part.CARER))
    routes = tuple((one, one) for one in policy.reablement.secure_routes)
    others = tuple((one.ref, f"{one.ref}: {' '.join(one.differences)}") for one in stands.changes if one.ref != ref)
    return {
        NamedInPlan.OUTCOME: _called(content.outcomes),
        NamedInPlan.VISIT: _called(content.visits),
        NamedInPlan.SUPPORT: _called(content.support),
        NamedInPlan.EQUIPMENT: _called(content.equipment),
        NamedInPlan.INVOLVED: everybody,
        NamedInPlan.ANYBODY: everybody,
        NamedInPlan.CARER: carers,
        NamedInPlan.COPY_HOLDER: tuple((one, AT_HOME if one == HOME else known[one]) for one in readers),
        NamedInPlan.COPY_READER: tuple((one, known[one]) for one in readers if one != HOME),
        NamedInPlan.SECURE_ROUTE: routes,
        NamedInPlan.OTHER_CHANGE: others,
    }


def _called(items: Iterable[Item]) -> tuple[tuple[str, str], ...]:
    return tuple((one.id, f"{one.id}: {_in_words(one)}") for one in items)


def _in_words(one: Item) -> str:
    words = f"{one.name}, {one.part.in_words}" if isinstance(one, Involved) else str(one)
    return words[:1].upper() + words[1:]
