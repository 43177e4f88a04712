"""The disclosure gate's look at the approved table (GAP-09)."""

from __future__ import annotations

from models.disclosures import AtTheGate, Passage
from models.forms.disclosure import DisclosureWish
from tasks.durable import audited, here


@audited("Looked whether the information may leave", clauses="DUTY-63 DUTY-64")
def look_at_the_gate(wish: DisclosureWish) -> AtTheGate:
    """
    By the council's approved table of recipients and purposes; what does not stand there is for a person.

    Recipient and purpose must both be those of one line, apart from capital letters and spaces. What goes to the
    person themselves is not gated unless policy says so, and an emergency passes where policy lets it.
    """
    gate = here().policy.gaps.disclosure_gate
    if wish.to_the_person and not gate.gates_the_person_themselves:
        return AtTheGate(passage=Passage.NOT_GATED)
    for line in gate.routine:
        if _same(line.recipient, wish.recipient) and _same(line.purpose, wish.purpose):
            return AtTheGate(
                passage=Passage.ROUTINE, legal_basis=line.legal_basis, approved_by=gate.routine_approved_by.value
            )
    if wish.emergency and gate.emergencies_pass:
        return AtTheGate(passage=Passage.EMERGENCY)
    return AtTheGate(passage=Passage.TO_BE_DECIDED)


def wish_in_words(wish: DisclosureWish, *more: str) -> str:
    """The wish as a person reads it beside a form."""
    lines = (
        f"To: {wish.recipient}" + (f" ({wish.who_exactly})" if wish.who_exactly else ""),
        f"For: {wish.purpose}",
        f"About: {wish.about_person}" if wish.about_person else "",
        f"What would be given: {wish.content}",
        "It goes to the very person it is about." if wish.to_the_person else "",
        *more,
    )
    return "\n".join(line for line in lines if line)


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
