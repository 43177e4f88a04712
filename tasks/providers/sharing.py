"""What somebody said who was told of a concern about their care."""

from __future__ import annotations

from models.entry_kinds import EntryKind
from models.forms.provider_concern import ConcernShared
from tasks.durable import audited, here
from tasks.durable.ledger import recall


@audited("Looked up what they said to being contacted", clauses="REA-46 REA-55")
def look_up_what_they_said() -> ConcernShared | None:
    """The last form on which somebody said whether they were told; None where nobody was asked to tell them."""
    step = here()
    answers = [
        entry.data
        for entry in recall(step.session, step.case.ref)
        if entry.kind is EntryKind.ANSWERED and entry.step == ConcernShared.name() and entry.data
    ]
    return ConcernShared.model_validate(answers[-1]) if answers else None
