"""What commissioning must know of a provider: its name, its remit, and everybody who uses it."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import or_, select

from models.forms.commissioning import ProviderConcernReceived
from models.notices import Recipient
from models.providers.tables import CarePackage
from models.working_time import local_day
from tasks.coming_days import morning_of
from tasks.durable import audited, here
from tasks.market.link_workers import link_worker_of
from tasks.providers.stops import stop_in_force
from tasks.register.lookups import allocated_worker, provider, responsible_team


class ProviderStands(BaseModel):
    """A provider as the register has it."""

    model_config = ConfigDict(frozen=True)

    name: str
    remit: str = ""
    """Whether it is registered, bought from, in our area; empty where the register does not have it."""
    host: str = ""
    """The council in whose area it is, where nobody here answers for it: they are told (GAP-37)."""
    used_by: int = 0
    stopped_in: str | None = None
    link_worker: str | None = None
    """Staff id of whoever visits and knows it."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        passed = f"; passed on to {self.host}" if self.host else ""
        return f"{self.remit or 'not on the list'}{passed}"

    @property
    def beside_the_form(self) -> str:
        """What whoever decides about it reads."""
        used = f"{self.used_by} people receive care from it, by the register." if self.remit else ""
        stopped = f"It is not to be used for anybody new (case {self.stopped_in})." if self.stopped_in else ""
        visited = f"Its link worker: {self.link_worker or 'none'}." if self.remit else ""
        return "\n".join(one for one in (f"Provider: {self.name}", self.remit, used, visited, stopped) if one)


HOST_NOT_KNOWN = "the council in whose area it is"


@audited("Looked up the provider", clauses="REA-38 REA-43 GAP-37")
def look_up_provider(provider_id: str | None, in_words: str) -> ProviderStands:
    """
    As the register has it now; `in_words` is what it was called where the register does not have it.

    A provider outside our area from which we do not buy is nobody's here, whoever uses it: the council there is told.
    """
    step = here()
    known = provider(step.session, provider_id) if provider_id else None
    if known is None:
        return ProviderStands(name=in_words or provider_id or "")
    ours = known.in_area or known.commissioned
    to_host = step.policy.gaps.commissioning_remit.out_of_area_to_host_authority and not ours
    remit = (
        "registered" if known.regulated else "not registered",
        "bought from by us" if known.commissioned else "not bought from by us",
        "in our area" if known.in_area else f"in the area of {known.host_council or 'another council'}",
        f"run by {known.run_by}",
    )
    return ProviderStands(
        name=known.name,
        remit=", ".join(remit),
        host=(known.host_council or HOST_NOT_KNOWN) if to_host else "",
        used_by=len(_who_uses(known.id)),
        stopped_in=stop_in_force(step.session, known.id),
        link_worker=link_worker_of(step.session, known.id, local_day(step.now)),
    )


class ToldBy(BaseModel):
    """Somebody who uses a provider, and who tells them where no machine can."""

    model_config = ConfigDict(frozen=True)

    person: str
    """Register id."""
    of: str
    """Tag."""


class Users(BaseModel):
    """Everybody who uses a provider."""

    model_config = ConfigDict(frozen=True)

    people: tuple[ToldBy, ...]

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{len(self.people)} people"


@audited("Looked up who uses the provider", clauses="REA-47 GAP-48")
def look_up_who_uses(provider_id: str, otherwise: str) -> Users:
    """
    Everybody with a package of care from it that goes on, whoever pays (GAP-48).

    Each with whoever is to tell them where no machine can: the worker allocated, else the team responsible, else
    `otherwise`, a tag.
    """
    step, today = here(), local_day(here().now)

    def told_by(person: str) -> str:
        worker, team = (look(step.session, person, today) for look in (allocated_worker, responsible_team))
        if worker is not None:
            return Recipient.staff(worker.id).tag
        return Recipient.team(team.id).tag if team is not None else otherwise

    return Users(people=tuple(ToldBy(person=one, of=told_by(one)) for one in _who_uses(provider_id)))


def _who_uses(provider_id: str) -> list[str]:
    today = local_day(here().now)
    going_on = or_(CarePackage.until.is_(None), CarePackage.until > today)
    found = select(CarePackage.person_id).where(CarePackage.provider_id == provider_id, going_on)
    return list(here().session.scalars(found.distinct().order_by(CarePackage.person_id)))


@audited("Worked out when it is looked at", keyed_by="what", clauses="REA-47")
def work_out_looked_at(what: str, day: date) -> AwareDatetime:
    """The morning of a day that was named, of the last open one before it where that is closed."""
    step = here()
    return morning_of(step.policy.working_calendar(), day, step.now)


def to_decide_on(received: ProviderConcernReceived, stands: ProviderStands, *more: str) -> str:
    """What whoever decides about a provider reads: what it is, what was noticed, and what has happened since."""
    lines = (
        stands.beside_the_form,
        f"Raised by {Recipient.from_tag(received.reported_by).words} in case {received.came_from}",
        f"Known already: {received.known_already}" if received.known_already else "",
        f"It happened with: {received.about_person or received.person_in_words}"
        if received.about_person or received.person_in_words
        else "",
        *more,
        "",
        received.what,
    )
    return "\n".join(line for line in lines if line or line == "").strip()


@audited("Worked out by when the exception is judged", clauses="REA-49 GAP-42")
def work_out_judged_by() -> AwareDatetime:
    """By policy counted from now."""
    step = here()
    return step.policy.working_calendar().due(step.now, step.policy.gaps.co_operation_exception.within)


@audited("Looked up whether people are contacted without their consent", clauses="REA-46 REA-55 GAP-39")
def look_up_whether_to_contact() -> bool:
    """By policy; a default that nobody is."""
    return here().policy.gaps.risk_of_telling.contact_without_consent
