"""Somebody who uses a provider is told what commissioning wants them to know."""

from __future__ import annotations

from flows.telling_a_person import TellingOutcome
from flows.telling_people import tell_person
from models.forms.telling_people import PersonTelling
from models.notices import Recipient
from models.policy.messages import Wording
from tasks.case_people import about_person
from tasks.durable import procedure


@procedure(
    title="Telling somebody who uses a provider",
    follows="Monitoring Actions (Reablement), November 2023: concerns about a provider",
)
def provider_letter(telling: PersonTelling) -> TellingOutcome:
    """
    See that one of the people who use a provider knows what commissioning has written to all of them (REA-47).

    They are told in the way that suits them, by a machine or by whoever looks after them, and never against a
    safe-contact rule. Who is not reached is tried again each working day until a manager decides. Who has died is not
    told.
    """
    about_person(telling.whom.about_person)
    told = tell_person(
        telling.whom,
        Wording(telling.subject, telling.body),
        of=Recipient.from_tag(telling.of),
        wanted_within=telling.wanted_by,
        about=telling.about,
        clauses="REA-47",
    )
    return TellingOutcome.TOLD if told.told else TellingOutcome.NOT_TOLD
