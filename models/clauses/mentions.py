"""Clause ids as people write them: single ids and ranges ("DUTY-16 to DUTY-18") in running text."""

from __future__ import annotations

import re

from models.clauses.catalogue import FAMILIES, catalogue
from models.errors import PathwaysError

_ID = re.compile(rf"\b({'|'.join(FAMILIES)})-(\d\w*)")
_TO = re.compile(r"\s+to\s+")


class UnknownClause(PathwaysError):
    """The text names a clause that the catalogue does not have; `mention` is what it names."""

    def __init__(self, mention: str) -> None:
        super().__init__(f"{mention} is not in the clause catalogue; correct it, or add the clause to its file")
        self.mention = mention


def names_a_clause(text: str) -> bool:
    """Whether there is an id of one of our families in a text, in the catalogue or not."""
    return _ID.search(text) is not None


def clauses_in(text: str) -> list[str]:
    """
    The clause ids that a text names, each once and in the order of the catalogue.

    "PWT-54 to PWT-57" stands for all four. A range holds within one family only: "DUTY-16 to PWT-03" names
    its two ends. Gaps (`GAP-09`) and other labels with a hyphen are no clauses and are passed over.

    Raises:
        UnknownClause: an id of one of our families is not in the catalogue, or a range runs backwards.
    """
    order = list(catalogue())
    places = {clause_id: place for place, clause_id in enumerate(order)}
    found: dict[str, None] = {}
    before: re.Match[str] | None = None
    for match in _ID.finditer(text):
        if match[0] not in places:
            raise UnknownClause(match[0])
        found[match[0]] = None
        if before and before[1] == match[1] and _TO.fullmatch(text, before.end(), match.start()):
            first, last = places[before[0]], places[match[0]]
            if first > last:
                raise UnknownClause(f"{before[0]} to {match[0]}")
            found.update(dict.fromkeys(order[first:last]))
        before = match
    return sorted(found, key=places.__getitem__)
