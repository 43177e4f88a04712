"""Everybody on the list is told of the incident, each in a case of their own that hangs on the case about them."""

from __future__ import annotations

from sqlalchemy import select

from models.cases import Case
from models.forms.telling_people import PersonTelling
from models.notices import Recipient
from models.provider_failure.kinds import OFF_THE_LIST, PersonOutcome
from models.provider_failure.tables import AffectedPerson, Incident, IncidentTelling
from models.telling_findings import Addressee, ToBeTold
from tasks.durable.cases import open_in
from tasks.durable.leg import Step

TELLING_PROCEDURE = "telling-a-person"


def open_tellings(step: Step, incident: Incident, said: IncidentTelling) -> int:
    """
    A case for each of those on the list who are told in none yet; gives how many.

    It goes by whatever telling people goes by: who has died is not written to, a safe-contact rule stands above
    everything, and whom no machine may tell is told by the team that looks after them.
    """
    rows = step.session.execute(
        select(AffectedPerson, Case.owner)
        .join(Case, Case.ref == AffectedPerson.case_ref)
        .where(AffectedPerson.incident_ref == incident.case_ref, AffectedPerson.told_in.is_(None))
        .order_by(AffectedPerson.place)
    ).tuples()
    nobody = {*OFF_THE_LIST, PersonOutcome.DIED}
    untold = [(row, owner) for row, owner in rows if row.ended_as not in nobody]
    by = step.policy.working_calendar().add(step.now, step.policy.provider_failure.people_told_within)
    for row, owner in untold:
        telling = PersonTelling(
            whom=_whom(row),
            subject=said.subject or "",
            body=said.content or "",
            about=f"{incident.provider_name}: number {row.place} on the list of incident {incident.case_ref}. "
            f"Whoever decides for them or stands by them stands in case {row.case_ref}.",
            of=owner,
            wanted_by=by,
            clauses=("TRN-48",),
        )
        row.told_in = open_in(
            step.change,
            TELLING_PROCEDURE,
            telling,
            owner=Recipient.from_tag(owner),
            parent_ref=row.case_ref,
            restricted=step.case.restricted,
        )
    step.session.flush()
    return len(untold)


def _whom(row: AffectedPerson) -> ToBeTold:
    if row.person_id is not None:
        return ToBeTold.the_person(row.person_id)
    return ToBeTold(who=Addressee.INVOLVED, called=row.name or f"number {row.place} on the list")
