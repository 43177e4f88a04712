"""From a letter that duty sorted as a new need to a referral that is triaged: nothing found out is asked again."""

from __future__ import annotations

from models.forms.tray_triage import Referral, ReferralSource
from models.forms.written_contact import ContactSorting, WrittenContact
from models.written_contact_findings import day_in_words
from tasks.durable import SKIP, audited


@audited("Made a referral of what was sorted as a new need", clauses="PWT-04 PWT-12 GAP-15", for_cases_past=SKIP)
def make_referral(contact: WrittenContact, sorting: ContactSorting | None) -> Referral | None:
    """
    The letter as a referral from duty: help was asked for on the day it came, whenever it was sorted.

    None for a case that is past it: there its queue has it.
    """
    return Referral(
        source=ReferralSource.DUTY,
        requested_at=contact.received_at,
        contact=contact.model_copy(update={"sorted_as": sorting}),
        about_person=sorting.about_person if sorting else None,
        urgent=sorting.urgent if sorting else False,
    )


def is_none_of_those_proposed(referral: Referral) -> bool:
    """Duty said, when it was sorted, that the register does not know whom it is about: that is not asked again."""
    sorting = referral.contact.sorted_as
    return sorting is not None and sorting.nobody_proposed


def found_when_sorted(sorting: ContactSorting | None) -> str:
    """What duty found out when a letter was sorted, a line for each; empty where it came otherwise. Personal."""
    if sorting is None:
        return ""
    lines = (
        f"Wanted: {sorting.action_indicated}" if sorting.action_indicated else "",
        f"The contact gives a date: {day_in_words(sorting.act_by)}" if sorting.act_by else "",
        f"Recorded at: {sorting.where_recorded}" if sorting.where_recorded else "",
        "A written acknowledgement is wanted." if sorting.reply_wanted else "",
    )
    return "\n".join(line for line in lines if line)
