"""A safeguarding concern made of what duty says it fears."""

from __future__ import annotations

from models.forms.queued_contact import SortedAgain
from models.forms.safeguarding import ConcernNoticed
from models.forms.tray_triage import SafeguardingCheck
from models.forms.written_contact import ContactSorting, WrittenContact
from tasks.durable import SKIP, audited, here

Said = SafeguardingCheck | ContactSorting | SortedAgain
"""The forms at which duty says that something is a safeguarding matter, who is at risk, and whether 999 was rung."""


@audited("Made a safeguarding concern of what duty fears", clauses="DUTY-49 DUTY-50 PWT-32", for_cases_past=SKIP)
def make_concern(
    said: Said, what: str, contact: WrittenContact, person: str | None, noticed_by: str
) -> ConcernNoticed | None:
    """
    What duty fears, with what came in full, as the facts of a concern; `noticed_by` is a tag.

    None for a case that is past it, and for an answer from before the form asked who is at risk: there the safeguarding
    queue has it.
    """
    if said.at_risk is None or said.danger_or_crime is None:
        return None
    step = here()
    return ConcernNoticed(
        danger_or_crime=said.danger_or_crime,
        rang_999=said.rang_999,
        not_rung_because=said.not_rung_because,
        at_risk=said.at_risk,
        about_person=person,
        what=f"{what}\n\nWhat came:\n{contact.in_full}".strip(),
        noticed_at=step.now,
        noticed_by=noticed_by,
        came_from=step.case.ref,
    )
