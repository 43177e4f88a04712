"""Whom to tell, how it can be done, and what came of it: what the telling of people outside finds out on its way."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from models.forms.written_contact import WrittenContact
from models.person_messages import SentBy
from models.working_time import for_people


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Addressee(StrEnum):
    """Who is told."""

    PERSON = "person"
    """The person themselves, in the way that the register gives."""
    CARER = "carer"
    """Somebody who looks after them."""
    SENDER = "sender"
    """Whoever wrote to us."""
    INVOLVED = "involved"
    """Somebody else who has a part in what is done for them."""


class ToBeTold(_Found):
    """Somebody outside who is to be told something."""

    who: Addressee
    about_person: str | None = None
    """Register id of the person it is about; their death or a safe-contact rule counts whoever is told."""
    called: str = ""
    """How they are called beside the form."""
    email: str | None = None
    """Where a carer or sender can be written to; the person's own address comes from the register."""
    in_reply_to: str | None = None
    """Message-ID of the message that this answers."""

    @classmethod
    def the_person(cls, person_id: str) -> ToBeTold:
        """The person with that register id."""
        return cls(who=Addressee.PERSON, about_person=person_id)

    @classmethod
    def whoever_wrote(cls, contact: WrittenContact, about_person: str | None) -> ToBeTold:
        """The sender of a written contact about a person, who may be that person."""
        return cls(
            who=Addressee.SENDER,
            about_person=about_person,
            called=contact.sender,
            email=contact.sender_address,
            in_reply_to=contact.message_id,
        )

    @property
    def in_words(self) -> str:
        """For whoever has to tell them."""
        match self.who:
            case Addressee.PERSON:
                return self.called or "the person"
            case Addressee.CARER:
                return self.called or "their carer"
            case Addressee.SENDER:
                return self.called or "whoever wrote"
            case Addressee.INVOLVED:
                return self.called or "somebody who has a part in it"


class Means(StrEnum):
    """Who tells them."""

    MACHINE = "machine"
    """A message is sent for us."""
    SOMEBODY = "somebody"
    """A member of staff does it, with the text ready."""
    NOBODY = "nobody"
    """Nobody is written to or rung: the person has died."""


class HowToTell(_Found):
    """How somebody can be told, as the register stands now. `address` and `beside_the_form` are personal data."""

    means: Means
    sent_by: SentBy | None = None
    address: str = ""
    told_person: str | None = None
    """Register id of whoever a machine writes to, where the register knows them."""
    because: str = ""
    """Why no machine does it; no personal data."""
    beside_the_form: str = ""
    """What whoever tells them must know, line by line: how they wish to hear, their needs, a safe-contact rule."""
    look_again_at: AwareDatetime
    """When the register is asked once more, while they are not told."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        match self.means:
            case Means.MACHINE:
                return f"by {(self.sent_by or '').replace('-', ' ')}, sent by machine"
            case Means.SOMEBODY:
                return f"somebody tells them, as {self.because}"
            case Means.NOBODY:
                return f"nobody, as {self.because}"


class QueuedMessage(_Found):
    """A message that waits to be sent to somebody outside."""

    message_id: str
    settled_by: AwareDatetime
    """By when it must have arrived or failed; from then on a person does it."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"message {self.message_id}, known to have arrived or not by {for_people(self.settled_by)}"


class NextTry(_Found):
    """What follows when somebody was not reached, or something has not happened yet."""

    at: AwareDatetime
    somebody_decides: bool = False
    """They were tried as often as policy says: a manager decides whether to go on."""

    @model_validator(mode="before")
    @classmethod
    def _also_the_moment_alone(cls, found: object) -> object:
        """As a follow-up entered it first."""
        return {"at": found} if isinstance(found, str | datetime) else found

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        decides = "a manager decides first; " if self.somebody_decides else ""
        return f"{decides}next try {for_people(self.at)}"


class Told(_Found):
    """What came of telling somebody."""

    told: bool
    how: str = ""
    """By e-mail, by telephone, and the like; free words where a person told them."""
    by: str = ""
    """Staff id of who told them; "system" for a machine's message."""
    on: date | None = None
    """The day on which they were told, where it is known."""
    not_told_because: str = ""

    @property
    def by_machine(self) -> bool:
        """Whether a message told them."""
        return self.told and self.by == "system"

    @property
    def in_words(self) -> str:
        """For records and for whoever comes next."""
        if not self.told:
            return f"Not told: {self.not_told_because}"
        day = f" on {self.on:%A} {self.on.day} {self.on:%B %Y}" if self.on else ""
        return f"Told{day} ({self.how}), by {self.by}."


class ReceiptOutcome(_Found):
    """Whether a sender gets a receipt."""

    message_id: str | None = None
    """None: no receipt is sent."""
    because: str = ""
    """Why none is sent; no personal data."""

    @property
    def is_sent(self) -> bool:
        """Whether one was queued."""
        return self.message_id is not None

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"message {self.message_id}" if self.message_id else f"none, as {self.because}"
