"""Whether a manager hears that people of an incident are not seen in time, or has heard it lately."""

from __future__ import annotations

from models.notices import Recipient
from models.provider_failure.tables import AffectedPerson, UnseenTold
from models.roles import Role
from models.working_time import local_day
from tasks.durable import SKIP, audited, here
from tasks.durable.leg import Step
from tasks.durable.people import nearest_there
from tasks.register.lookups import staff_in


@audited("Looked whether a manager has heard it lately", clauses="TRN-47", for_cases_past=SKIP)
def look_whether_they_hear_of_it(whom: Role, team: str) -> bool | None:
    """True, and noted, where they have not heard of this incident's people for as long as policy says."""
    step = here()
    incident = step.session.get_one(AffectedPerson, step.case.ref).incident_ref
    key = (incident, _who_hears(step, whom, team))
    told = step.session.get(UnseenTold, key)
    if told is None:
        step.session.add(UnseenTold(case_ref=key[0], whom=key[1], told_at=step.now))
        return True
    again = step.policy.working_calendar().add(told.told_at, step.policy.provider_failure.others_told_again_after)
    if step.now < again:
        return False
    told.told_at = step.now
    return True


def _who_hears(step: Step, whom: Role, team: str) -> str:
    """Tag of whoever is told; where one person alone holds the role, of that person whichever team it is near."""
    heard = nearest_there(step.session, Recipient.role(whom), team, on=step.now)
    holders = [one.id for one in staff_in(step.session, on=local_day(step.now)) if one.role == whom]
    return Recipient.staff(holders[0]).tag if heard == Recipient.role(whom) and len(holders) == 1 else heard.tag
