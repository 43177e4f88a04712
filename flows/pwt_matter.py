"""One referral on its way through triage: what is known of it, and what any step of it may have to begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flows.disclosure import disclosure
from flows.urgent_action import urgent_action
from models.forms.disclosure import DisclosureWish
from models.forms.tray_triage import BackAtDuty, Referral, ReferralSource, Triage
from models.forms.urgent_action import UrgentActionFacts
from models.roles import Role
from models.telling_findings import Addressee, ToBeTold
from tasks.durable import Asked, now, open_case, team

DUTY = Role.DUTY_WORKER
REFERRER = "referrer"
BECAME_OF_IT = "to say what became of the referral"
"""Recipient and purpose as the example council's table of routine disclosures has them (GAP-09)."""


@dataclass
class Matter:
    """One referral on its way through triage, as the ledger tells it so far."""

    referral: Referral
    person: str | None
    concern: str | None = None
    """Ref of the case of the safeguarding concern that was raised."""
    urgent: list[str] = field(default_factory=list)
    """Refs of what cannot wait and was opened for them."""
    so_far: list[str] = field(default_factory=list)
    """What has happened, for whoever reads it next. Personal."""
    found: Triage | None = None
    back: BackAtDuty | None = None
    reached_at: datetime | None = None
    """When the first contact before placing was made (GAP-12)."""


def act_at_once(matter: Matter, what: str) -> None:
    """What cannot wait is done at the duty point at once, in a case with a clock of its own (PWT-07, PWT-18)."""
    facts = UrgentActionFacts(
        what=what, about_person=matter.person, known_at=now(), to_read=matter.referral.contact.in_full
    )
    ref = open_case(urgent_action, facts, owner=DUTY, clauses="PWT-07 PWT-18 GAP-11")
    matter.urgent.append(ref)


def duty_of(referral: Referral) -> Asked:
    """The duty worker; for what went straight to a team, that team's own duty (PWT-17)."""
    if referral.source is ReferralSource.LOCALITY_TEAM and referral.team is not None:
        return team(referral.team)
    return DUTY


def tell_the_referrer(matter: Matter, content: str) -> None:
    """Whoever referred the person hears what became of it, through the disclosure gate (PWT-28, GAP-09)."""
    referrer = matter.referral.referrer
    if referrer is None:
        return
    reached_at = (referrer.relation, referrer.organisation, referrer.email, referrer.telephone)
    wish = DisclosureWish(
        recipient=REFERRER,
        purpose=BECAME_OF_IT,
        content=content,
        about_person=matter.person,
        who_exactly=", ".join((referrer.name, *(one for one in reached_at if one))),
    )
    open_case(disclosure, wish, owner=DUTY, key="telling-the-referrer", clauses="PWT-28")


def whom_to_tell(matter: Matter, person: str | None) -> ToBeTold:
    """The person, or who speaks for them."""
    chosen = matter.found.representative if matter.found is not None else ""
    speaks = chosen or matter.referral.representative
    if speaks:
        return ToBeTold(who=Addressee.CARER, about_person=person, called=speaks)
    if person is not None:
        return ToBeTold.the_person(person)
    return ToBeTold.whoever_wrote(matter.referral.contact, None)
