"""Whoever would be without care if a provider could not go on: everybody with a package, whoever pays (GAP-48)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.notices import Recipient
from models.providers.kinds import PaidBy
from models.providers.tables import CarePackage
from models.register import Person
from models.roles import Role
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.durable.leg import Step
from tasks.register.lookups import allocated_worker, responsible_team


class Depends(BaseModel):
    """Somebody who has care from a provider. Personal data throughout."""

    model_config = ConfigDict(frozen=True)

    person: str
    """Register id."""
    needs: str
    """What the register has of their care, in words."""
    paid_by: PaidBy
    high_needs: bool
    """Two carers, medicine at its time, or living alone."""
    of: str
    """Tag of whoever knows them: the worker allocated, else their team, else duty."""


class Prepared(BaseModel):
    """Everybody who would be without care, those with high needs first. Personal data."""

    model_config = ConfigDict(frozen=True)

    people: tuple[Depends, ...]

    @property
    def self_funders(self) -> int:
        """How many pay for themselves."""
        return sum(one.paid_by is PaidBy.SELF for one in self.people)

    @property
    def with_high_needs(self) -> int:
        """How many have high needs."""
        return sum(one.high_needs for one in self.people)

    @property
    def in_words(self) -> str:
        """For the story of the case: numbers alone."""
        whom = "1 person has" if len(self.people) == 1 else f"{len(self.people)} people have"
        return f"{whom} care from it, {self.with_high_needs} with high needs, {self.self_funders} paying for themselves"

    @property
    def beside_the_form(self) -> str:
        """The prepared list."""
        lines = [f"{one.person}: {one.needs}" for one in self.people]
        return "\n".join([f"By our records {self.in_words}.", *lines])


@audited("Prepared the list of who would be without care", clauses="TRN-54 TRN-56 TRN-60 GAP-48")
def prepare_list(provider_id: str) -> Prepared:
    """Everybody with a package of care from it that goes on, whoever pays and wherever they come from."""
    step = here()
    return Prepared(people=everybody_with(step, provider_id))


def everybody_with(step: Step, provider_id: str) -> tuple[Depends, ...]:
    """One row a person, those with high needs first; who has died is not among them."""
    packages: dict[str, list[CarePackage]] = {}
    for one in _going_on(step.session, provider_id, step):
        packages.setdefault(one.person_id, []).append(one)
    found = [_depends(step, person, theirs) for person, theirs in packages.items()]
    return tuple(sorted(found, key=lambda one: (not one.high_needs, one.person)))


def _going_on(session: Session, provider_id: str, step: Step) -> list[CarePackage]:
    today = local_day(step.now)
    rows = (
        select(CarePackage)
        .join(Person, Person.id == CarePackage.person_id)
        .where(CarePackage.provider_id == provider_id, Person.died_on.is_(None))
        .where(CarePackage.since <= today, or_(CarePackage.until.is_(None), CarePackage.until > today))
    )
    return list(session.scalars(rows.order_by(CarePackage.person_id, CarePackage.since)))


def _depends(step: Step, person: str, packages: list[CarePackage]) -> Depends:
    flags = {
        "two carers at once": any((one.carers or 0) > 1 for one in packages),
        "medicine at its time": any(one.time_critical_medicine for one in packages),
        "lives alone": any(one.lives_alone for one in packages),
    }
    calls = [f"calls {one.call_times}" for one in packages if one.call_times]
    placed = [f"placed by {one.placed_by}" for one in packages if one.placed_by]
    payer = PaidBy(packages[-1].paid_by)
    words = [*calls, *(said for said, holds in flags.items() if holds), *placed, f"paid by {payer.replace('-', ' ')}"]
    return Depends(
        person=person,
        needs=", ".join(words),
        paid_by=payer,
        high_needs=any(flags.values()),
        of=_who_knows(step, person),
    )


def _who_knows(step: Step, person: str) -> str:
    today = local_day(step.now)
    if (worker := allocated_worker(step.session, person, today)) is not None:
        return Recipient.staff(worker.id).tag
    team = responsible_team(step.session, person, today)
    return Recipient.team(team.id).tag if team is not None else Recipient.role(Role.DUTY_WORKER).tag
