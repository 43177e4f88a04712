"""What a form offers to choose from where only the council knows it, or the plan that its case is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from deployments.worklist.forms import Choice
from deployments.worklist.prompts import risk_prompts
from models.reablement.naming import Offered
from tasks.durable.council import Council
from tasks.reablement.offering import offered_in


def offered_on(council: Council, model: type[BaseModel], ref: str | None) -> Mapping[str, Sequence[Choice]]:
    """What the fields of that form or signal may name; `ref`: the case that it is about, where they may see it."""
    return {
        **risk_prompts(council.policy),
        **{names: [Choice(*one) for one in known] for names, known in of_the_plan(council, model, ref).items()},
    }


def of_the_plan(council: Council, model: type[BaseModel], ref: str | None) -> Offered:
    """What of a reablement plan it may name; nothing where the case is about none, or is not theirs to see."""
    if ref is None:
        return {}
    with council.database.read() as session:
        return offered_in(session, council.policy, model, ref)
