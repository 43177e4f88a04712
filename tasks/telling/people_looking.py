"""Looking into the register for how somebody outside can be told, and for what stands against a machine's doing it."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.orm import Session

from models.connections import PeopleServices
from models.person_messages import SentBy
from models.policy import Policy
from models.register import ContactMethod, ExtractKind, Person
from models.telling_findings import Addressee, ToBeTold
from models.working_time import local_day
from tasks.register.lookups import extract_dates, person, rules_are_known
from tasks.telling.people import ADDRESSEE_DIED, RULES_NOT_KNOWN, SAFE_CONTACT, whose_address, why_not_now
from tasks.telling.people_outward import is_plain_address, is_telephone
from tasks.telling.people_services import can_send

_MOST_LINES, _FEWEST_LINES = 7, 3
"""Of an address on a letter, the name counted; as the United Kingdom's printing services take them."""
_SENT_BY = {
    ContactMethod.EMAIL: SentBy.EMAIL,
    ContactMethod.TEXT_MESSAGE: SentBy.TEXT_MESSAGE,
    ContactMethod.LETTER: SentBy.LETTER,
}


class Look:
    """One look at what the register holds about somebody to be told, at one moment."""

    def __init__(
        self,
        session: Session,
        now: datetime,
        policy: Policy,
        people: PeopleServices,
        whom: ToBeTold,
        text_length: int,
    ) -> None:
        self._session, self._now, self._policy, self._people = session, now, policy, people
        self._whom, self._text_length = whom, text_length
        self.about = person(session, whom.about_person) if whom.about_person else None
        """Whom it is about."""
        writes_from = whom.email if whom.who is not Addressee.PERSON else None
        self.owners = whose_address(session, writes_from) if writes_from else []
        """Everybody whose address a carer or sender has, as the register knows it."""
        self.told = self._who_is_told()
        """Who is told, as the register knows them; none where it does not, or knows several with that address."""

    def why_no_machine(self) -> str:
        """Why no machine may or can tell them; empty where one does. No personal data."""
        known = self._known()
        if any(one.safe_contact for one in known):
            return SAFE_CONTACT
        if any(one.died_on is not None for one in known):  # and whoever wrote from that address lives
            return ADDRESSEE_DIED
        if len(self.owners) > 1 and self.about not in self.owners:
            return "several people have the address they wrote from"
        if self._whom.who is Addressee.PERSON and self.about is None:
            return "the register does not know them"
        if (known or self._whom.about_person) and not rules_are_known(self._session):
            return RULES_NOT_KNOWN
        if (known or self._whom.about_person) and not self._is_fresh():
            return "the register is too old to be trusted"
        if self.told is not None and self.told.interpreter:
            return "they need an interpreter"
        if self.told is not None and not self._needs_are_met(self.told.communication_needs):
            return "a message cannot meet their needs"
        return self._why_not_by(self.way())

    def way(self) -> SentBy | None:
        """How they wish to hear, where a machine can do that; who wrote by e-mail and has no other wish, by e-mail."""
        if self.told is not None and self.told.preferred_method:
            return _SENT_BY.get(ContactMethod(self.told.preferred_method))
        return SentBy.EMAIL if self._whom.who is not Addressee.PERSON and self._whom.email else None

    def address(self) -> str:
        """Where a message goes by that way, a letter's line by line; empty where nothing usable is recorded."""
        told = self.told
        match self.way():
            case SentBy.EMAIL:
                own = self._whom.email if self._whom.who is not Addressee.PERSON else told.email if told else None
                return own if own and is_plain_address(own) else ""
            case SentBy.TEXT_MESSAGE:
                return told.telephone if told and told.telephone and is_telephone(told.telephone) else ""
            case SentBy.LETTER:
                return "\n".join(_lines(told)) if told else ""
            case None:
                return ""

    def beside_the_form(self) -> str:
        """What whoever tells them must know, line by line; a safe-contact rule first, as it goes before all else."""
        lines = []
        for one in self._known():
            if one.died_on:
                lines.append(f"The register shows that {one.id} died on {one.died_on:%d %B %Y}. Read the record first.")
            if one.safe_contact:
                lines.append(f"SAFE CONTACT ({one.id}): {one.safe_contact}")
        if self._whom.email and any(one.died_on for one in self.owners):
            lines.append("Their address is still recorded: find out who writes from it.")
        if self.told is None and self.owners:
            lines.append(f"The address they wrote from is that of {', '.join(one.id for one in self.owners)}.")
        if (told := self.told) is not None and told.died_on is None:
            said = (
                ("They wish to hear from us by", (told.preferred_method or "").replace("-", " ")),
                ("Needs", told.communication_needs),
                ("Interpreter", told.interpreter),
                ("Telephone", told.telephone),
                ("E-mail", told.email),
                ("Post", told.postal_address),
            )
            lines.append(f"{told.name} ({told.id})")
            lines += [f"{name}: {value}" for name, value in said if value]
        if self._whom.email and self._whom.who is not Addressee.PERSON:
            lines.append(f"Wrote from: {self._whom.email}")
        return "\n".join(lines)

    def _who_is_told(self) -> Person | None:
        """The person told: the one it is about, or whoever in the register has the address."""
        if self._whom.who is Addressee.PERSON:
            return self.about
        if self.about in self.owners:
            return self.about
        return self.owners[0] if len(self.owners) == 1 else None

    def _known(self) -> list[Person]:
        """Everybody in the register whose death or rule counts."""
        return list(dict.fromkeys(one for one in (self.about, self.told, *self.owners) if one is not None))

    def _is_fresh(self) -> bool:
        day = extract_dates(self._session).get(ExtractKind.PEOPLE)
        return day is not None and local_day(self._now) - day <= self._policy.register_trusted_for

    def _needs_are_met(self, needs: str | None) -> bool:
        met = {need.strip().casefold() for need in self._policy.telling_people.needs_met_by_machine}
        each = {need.strip().casefold() for need in re.split(r"[,;/\n]| and ", needs or "")} - {""}
        return each <= met

    def _why_not_by(self, way: SentBy | None) -> str:
        if way is None:
            wish = self.told is not None and self.told.preferred_method
            return "they wish to be rung" if wish else "nothing is recorded of how they wish to hear"
        words = way.replace("-", " ")
        if not self.address():
            return f"no address is recorded for a message by {words}"
        if not can_send(self._people, way):
            return f"no service is connected that sends by {words}"
        if way is SentBy.TEXT_MESSAGE and self._text_length > self._policy.telling_people.longest_text:
            return "it is too long for a text message"
        told = self.told.id if self.told is not None else None
        return why_not_now(self._session, self._whom.about_person, told, self.address())


def _lines(told: Person) -> list[str]:
    """Name and postal address line by line, the postcode last; none where that makes no address."""
    lines = [line.strip() for line in re.split(r"[,\n]", told.postal_address or "") if line.strip()]
    postcode = (told.postcode or "").replace(" ", "").upper()
    if lines and postcode and lines[-1].replace(" ", "").upper() != postcode:
        lines.append(told.postcode or "")
    whole = [told.name.strip(), *lines]
    return whole if _FEWEST_LINES <= len(whole) <= _MOST_LINES else []
