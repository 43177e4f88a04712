"""Whoever the tracker of out-of-area placements has with a provider is on its incident's list at once (TRN-53)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models.forms.provider_failure import ListedPerson
from models.out_of_area.kinds import Direction
from models.provider_failure.kinds import ListSource
from models.providers.kinds import PaidBy
from tasks.out_of_area.known import placements_with
from tasks.register.lookups import person

OUT_OF_AREA_TRACKER = "out-of-area-tracker"
"""Which list had somebody first, where it was our own tracker; nobody sends that one."""


def with_tracked(
    session: Session, ours: Sequence[tuple[ListedPerson, str]], provider_id: str | None, name: str
) -> list[tuple[ListedPerson, str]]:
    """
    Those of our records, with the tracker's people among them or after them, each with the list that had them.

    What a package of care says of calls and medicine stands; the tracker says that they are out of area. Somebody whose
    placement is restricted is on the list like everybody else, and nothing on it tells that there is such a case.
    """
    found = {one.person: (one, source) for one, source in ours if one.person}
    strangers = []
    for placed, case in placements_with(session, provider_id, name):
        source = str(ListSource.OUR_RECORDS) if case.restricted else OUT_OF_AREA_TRACKER
        by = placed.council if placed.direction == Direction.THEIRS_HERE else ""
        if placed.person_id is None:
            listed = ListedPerson(name=placed.name or "", paid_by=PaidBy(placed.paid_by), placed_by=by)
            strangers.append((listed, source))
            continue
        known = person(session, placed.person_id)
        if known is None or known.died_on is not None:
            continue
        new = ListedPerson(person=placed.person_id, paid_by=PaidBy(placed.paid_by), placed_by=by)
        found[placed.person_id] = (found.get(placed.person_id, (new, ""))[0], source)
    return [*found.values(), *strangers]
