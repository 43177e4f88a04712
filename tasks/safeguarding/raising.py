"""A safeguarding concern made of what duty says it fears, and whether what duty says is enough for one."""

from __future__ import annotations

from models.forms.queued_contact import SortedAgain
from models.forms.safeguarding import ConcernNoticed
from models.forms.tray_triage import SafeguardingCheck
from models.forms.written_contact import ContactSorting, WrittenContact
from models.policy.organisation import MailKind
from tasks.durable import SKIP, audited, here
from tasks.durable.answer_checks import Answering, checks_answers

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


@checks_answers(SafeguardingCheck)
def _check_is_whole(_: Answering, check: SafeguardingCheck) -> list[str]:
    """A concern that was raised already is not asked about again."""
    return _is_whole(check) if check.concern and not check.raised_already_as else []


@checks_answers(ContactSorting)
def _sorting_is_whole(_: Answering, sorting: ContactSorting) -> list[str]:
    """Asked once for a letter, whomever of several it concerns."""
    kinds = sorting.kinds.union(*(other.kinds or () for other in sorting.also_about))
    return _is_whole(sorting) if MailKind.SAFEGUARDING in kinds else []


@checks_answers(SortedAgain)
def _sorted_again_is_whole(_: Answering, again: SortedAgain) -> list[str]:
    """As when it is sorted for the first time."""
    return _is_whole(again) if again.kind is MailKind.SAFEGUARDING else []


def _is_whole(said: Said) -> list[str]:
    """Whoever takes a concern on knows who is at risk, and whether 999 was rung; nobody asks duty again."""
    problems = []
    if said.at_risk is None:
        problems.append("at_risk: say who is at risk, an adult, a child or both")
    if said.danger_or_crime is None:
        problems.append("danger_or_crime: say whether anybody is in danger now, or a crime may have been committed")
    if said.danger_or_crime and not said.rang_999 and not said.not_rung_because:
        problems.append("rang_999: ring 999 now and say so, or say in not_rung_because why nobody need")
    return problems
