"""
The steps that propose whom a written contact is about and to whom it is addressed, before somebody sorts it.

Their outcomes hold ids and reasons. Names stand in what is shown beside the form, and nowhere else.
"""

from __future__ import annotations

from models.forms.written_contact import WrittenContact
from models.proposals import BesideTheSorting, Proposal, ProposedWorkers
from models.working_time import local_day
from tasks.durable import SKIP, audited, here
from tasks.register.addressee import propose_addressees
from tasks.register.lookups import person, staff_member
from tasks.register.matching import match_people


@audited("Read from the contact whom it is about", clauses="DUTY-16", for_cases_past=SKIP)
def propose_people(contact: WrittenContact) -> Proposal:
    """Whom of the register the contact may be about; `certain` only where nothing is left to doubt."""
    return match_people(here().session, contact)


@audited("Read from the contact to whom it is addressed", clauses="DUTY-16", for_cases_past=SKIP)
def propose_workers(contact: WrittenContact) -> ProposedWorkers:
    """Which of our staff, leavers too, the contact may be addressed to; a proposal, never a fact."""
    step = here()
    return propose_addressees(step.session, contact, on=local_day(step.now))


@audited("Put in words what was read from the contact", for_cases_past=SKIP)
def put_proposals_in_words(people: Proposal | None, workers: ProposedWorkers | None) -> BesideTheSorting:
    """What stands beside the form of whoever sorts the contact: "Proposed: P-101 Edith Tilling, because …"."""
    session = here().session
    lines = []
    for candidate in people.candidates if people else ():
        known = person(session, candidate.person_id)
        named = f"{candidate.person_id} {known.name}" if known else candidate.person_id
        how = "It is about" if people and people.certain else "Proposed"
        lines.append(f"{how}: {named}, because: {candidate.because}.")
        if candidate.died:
            lines.append(f"The register shows that {candidate.person_id} has died.")
    if people and people.several:
        lines.append("More than one person is identified in it: it may be about several.")
    for worker in workers.workers if workers else ():
        staff = staff_member(session, worker.staff_id)
        named = f"{worker.staff_id} {staff.name}" if staff else worker.staff_id
        left = "; they have left the council" if worker.left else ""
        lines.append(f"Perhaps addressed to: {named}, because: {worker.because}{left}.")
    return BesideTheSorting(text="\n".join(lines))


def proposals_beside_the_form(contact: WrittenContact) -> str:
    """
    The three steps in their order, for a flow; gives the lines beside the form, empty for a case that is past them.

    A flow that wants to fill in the form's fields calls the steps one by one.
    """
    beside = put_proposals_in_words(propose_people(contact), propose_workers(contact))
    return beside.text if beside is not None else ""
