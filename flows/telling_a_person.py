"""Telling somebody outside one thing, as a case of its own, so that what opened it need not wait."""

from __future__ import annotations

from enum import StrEnum

from flows.telling_people import tell_person
from models.forms.telling_people import PersonTelling
from models.notices import Recipient
from models.policy.messages import Wording
from tasks.durable import procedure


class TellingOutcome(StrEnum):
    """How telling somebody ended."""

    TOLD = "told"
    """They were told, by a message that arrived or by a person."""
    NOT_TOLD = "not told"
    """Nobody tells them: they have died, it would put somebody at risk, or a manager said that it is enough."""


@procedure(follows="Actions and Next Steps (Duty Long Term), October 2023: the person is always told")
def telling_a_person(telling: PersonTelling) -> TellingOutcome:
    """
    See that somebody outside is told: the person, their carer, or whoever wrote.

    A message is sent where the register shows that it may and can be; else, and where it does not arrive, whoever is
    named tells them, with the text ready, and says what was done. If nobody does, they are chased and the managers
    above hear of it; who is not reached is tried again each working day until a manager decides. Who has died is not
    told.
    """
    told = tell_person(
        telling.whom,
        Wording(telling.subject, telling.body),
        of=Recipient.from_tag(telling.of),
        wanted_within=telling.wanted_by,
        about=telling.about,
        by_hand=telling.by_hand,
        urgent=telling.urgent,
        clauses=" ".join(telling.clauses),
    )
    return TellingOutcome.TOLD if told.told else TellingOutcome.NOT_TOLD
