"""Who answers for a person, so that they hear of what duty did for them (DUTY-34)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from models.notices import Recipient
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.register.lookups import allocated_worker, responsible_team


class Responsible(BaseModel):
    """The worker allocated to a person, else the team responsible; tag of who it is, or none."""

    model_config = ConfigDict(frozen=True)

    tag: str | None

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return Recipient.from_tag(self.tag).words if self.tag else "nobody"


@audited("Looked up who is responsible for the person", clauses="DUTY-34")
def look_up_who_is_responsible(about_person: str | None) -> Responsible:
    """The allocated worker, who has not left; else the team responsible; else nobody."""
    step = here()
    if about_person is None:
        return Responsible(tag=None)
    today = local_day(step.now)
    worker = allocated_worker(step.session, about_person, today)
    if worker is not None:
        return Responsible(tag=Recipient.staff(worker.id).tag)
    team = responsible_team(step.session, about_person, today)
    return Responsible(tag=Recipient.team(team.id).tag if team else None)
