"""The prompts of the risk matrix as boxes to tick: the source's own, and those that this council's services added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deployments.worklist.forms import Choice
from models.decision_tables import load_table
from models.policy import Policy


def risk_prompts(policy: Policy) -> Mapping[str, Sequence[Choice]]:
    """What the lists of ids of a rating may name (PWT-43, PWT-44); a council without factors of its own has none."""
    own = policy.gaps.local_risk_factors.factors
    found = {
        "indicators": [
            Choice(one.id, one.text, one.id) for one in load_table("rag").examples if one.id.startswith("HR-")
        ]
    }
    return found | (
        {"local_factors": [Choice(one.id, one.text, f"{one.id}, {one.service}") for one in own]} if own else {}
    )
