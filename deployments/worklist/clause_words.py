"""What a step rests on, in words: a clause of the procedures, or a point that the council has settled for itself."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from models.clauses.catalogue import catalogue
from models.policy.gaps import Gaps


def clauses_in_words(ids: Iterable[str]) -> list[tuple[str, str]]:
    """Each id with a sentence of what it asks for; an id that this version does not know has none."""
    return [(one, _wording(one)) for one in ids]


@cache
def _wording(clause_id: str) -> str:
    known = catalogue().get(clause_id)
    if known is not None:
        return known.wording
    for field in Gaps.model_fields.values():
        if field.alias == clause_id and field.annotation is not None:
            settled = str(field.annotation.__doc__ or "").strip().partition("\n")[0].rstrip(".")
            return f"Settled by the council's policy: {settled[:1].lower()}{settled[1:]}."
    return ""
