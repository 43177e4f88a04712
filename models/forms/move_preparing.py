"""What is asked before somebody moves: the risks talked over, the plan, the arrangements, who takes them on."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.forms.base import Form, RegisterKind, ShownWhen
from models.forms.going_over import DayPrepared, MakesDecision
from models.forms.handover import HandoverAnswer, HandoverReply
from models.moves.kinds import Arrangement, TheySay


class MoveTalkedOver(Form):
    """
    Talk the move over with them: why, what could go wrong, how each risk is managed, whether they feel safe with it.

    Where they cannot decide it themselves, whoever decides for them is heard, or an advocate. In their language and in
    their time: who needs longer is talked with again.
    """

    title: ClassVar[str] = "talking over a move and its risks"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "talked": "Have you talked with them, or with whoever decides for them?",
        "tried": "What was tried",
        "risks": "Which risks you explained, and how each is managed",
        "wishes": "What they wish, and whether they feel safe with it",
        "decides": "Who decides about the move",
        "represented_by": "Who decides for them or stands by them, and by what right",
        "advocate_needed": "Is an independent advocate needed?",
        "they_say": "What they, or whoever decides, say to it",
        "because": "Their reasons",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "tried": ShownWhen("talked", (False,)),
        **{
            name: ShownWhen("talked", (True,))
            for name in ("risks", "wishes", "decides", "represented_by", "advocate_needed", "they_say", "because")
        },
    }

    talked: bool
    tried: str = ""
    risks: str = ""
    wishes: str = ""
    decides: MakesDecision | None = None
    represented_by: str = ""
    advocate_needed: bool = False
    they_say: TheySay | None = None
    because: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.talked:
            if not self.tried:
                raise ValueError("say in tried what was tried")
            return self
        if not self.risks or not self.wishes or self.decides is None or self.they_say is None:
            raise ValueError("say which risks you explained, what they wish, who decides, and what they say to it")
        if self.decides is MakesDecision.FOR_THEM and not self.represented_by and not self.advocate_needed:
            raise ValueError("say who decides for them in represented_by, or that an advocate is needed")
        if self.decides is MakesDecision.IN_DOUBT and self.they_say is TheySay.AGREES:
            raise ValueError("decides: have it assessed first who decides, and say not-yet in they_say until then")
        if self.they_say is not TheySay.AGREES and not self.because:
            raise ValueError("say in because what their reasons are")
        return self

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody really talked with them or with who stands for them."""
        return self.talked


class ToldAs(StrEnum):
    """Who else hears of a move, and so how it is given."""

    PERSON = "the-person"
    """They have it in writing, or are told it, in the way that suits them."""
    FAMILY = "family-or-friend"
    """As they wish; by message where there is an address, else by whoever has the move in hand."""
    PARTNER = "partner"
    """Another organisation: through the disclosure gate."""


class SomebodyToTell(BaseModel):
    """Somebody who is to hear of a move, and what."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    labels: ClassVar[dict[str, str]] = {
        "who": "Who that is",
        "called": "Their name, and who they are to them",
        "email": "Their e-mail address, where they are written to",
        "what": "What they are told, no more than they need",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "called": ShownWhen("who", (ToldAs.FAMILY, ToldAs.PARTNER)),
        "email": ShownWhen("who", (ToldAs.FAMILY,)),
    }

    who: ToldAs
    called: str = ""
    email: str | None = None
    what: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_called(self) -> Self:
        if self.who is not ToldAs.PERSON and not self.called:
            raise ValueError("say in called who they are")
        return self


class MovePlanned(DayPrepared):
    """
    The plan of a move: the day, what happens next, who does each thing, and every practical arrangement.

    What must be on it for this kind of move stands beside the form. Say for each who does it; where nothing needs to be
    done, say so. Afterwards you tick what is in place, and nobody moves before all of it is (TRN-01).
    """

    title: ClassVar[str] = "planning a move"
    labels: ClassVar[dict[str, str]] = DayPrepared.labels | {
        "risks": "Risks that were not talked over with them before, and how each is managed",
        "transport": "How they get there, and who goes with them",
        "equipment": "Bed, hoist, aids and adaptations: who sees that they are there",
        "records": "What whoever receives them must know: who gives it to them",
        "funding": "Who pays from which day, and who has settled it",
        "home": "Tenancy, heating, food and keys: who sees to it",
        "learning": "School, college, work or day service: who arranges it",
        "other": "What else is asked for beside this form",
        "to_tell": "Who else is told",
    }

    risks: str = ""
    """What was talked over stands in the case already, and is not asked for again."""
    transport: str = ""
    equipment: str = ""
    records: str = ""
    funding: str = ""
    home: str = ""
    learning: str = ""
    other: str = ""
    to_tell: tuple[SomebodyToTell, ...] = Field(default=(), max_length=20)


class ArrangementsInPlace(Form):
    """
    Tick every arrangement that is in place now. Nobody moves before all that stand beside the form are.

    What you ticked before stays ticked. Where something is still open, say what, and when you are asked again.
    """

    title: ClassVar[str] = "arrangements for a move in place"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"ask_again_on"})
    labels: ClassVar[dict[str, str]] = {
        "in_place": "What is in place",
        "still_open": "What is still open, and who does it",
        "ask_again_on": "When you are asked again",
    }

    in_place: frozenset[Arrangement]
    still_open: str = ""
    ask_again_on: date | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if bool(self.still_open) != (self.ask_again_on is not None):
            raise ValueError("say both what is still open and when you are asked again, or neither")
        return self


class MoveTakenOn(HandoverAnswer):
    """
    Somebody moves to you. Take them on by name, or refuse and say why; until you accept, the sender keeps them.

    Accept for a provider or a service outside only once somebody there has said by name that they take them on.
    """

    title: ClassVar[str] = "taking on somebody who moves"
    coming_dates: ClassVar[frozenset[str]] = frozenset({"from_day"})
    labels: ClassVar[dict[str, str]] = HandoverAnswer.labels | {
        "taken_on_by": "Who takes them on there, by name",
        "from_day": "From which day",
        "needs": "What you need before the day",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = HandoverAnswer.shown_when | {
        "taken_on_by": ShownWhen("reply", (HandoverReply.ACCEPT,)),
        "from_day": ShownWhen("reply", (HandoverReply.ACCEPT,)),
        "needs": ShownWhen("reply", (HandoverReply.ACCEPT,)),
    }

    taken_on_by: str = ""
    from_day: date | None = None
    needs: str = ""

    @model_validator(mode="after")
    def _by_name(self) -> Self:
        if self.reply is HandoverReply.ACCEPT and (not self.taken_on_by or self.from_day is None):
            raise ValueError("say who takes them on by name, and from which day")
        return self


class MoveEscalated(Form):
    """
    Whoever should receive somebody who moves has refused or has not answered. See that somebody takes them on.

    Say what you did. Name another team where that one receives them; else the same are asked again with what you say.
    """

    title: ClassVar[str] = "seeing that somebody takes on a person who moves"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"team": RegisterKind.TEAM}
    labels: ClassVar[dict[str, str]] = {
        "done": "What you did, and with whom you spoke",
        "team": "The team that is asked now, where it is another",
    }

    done: str = Field(min_length=1)
    team: str | None = None
    """Register id."""


class DestinationFound(Form):
    """Brokerage has ended without a place for somebody who moves. Say where they go, or that it looks again."""

    title: ClassVar[str] = "where somebody who moves goes"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"new_provider": RegisterKind.PROVIDER}
    labels: ClassVar[dict[str, str]] = {
        "look_again": "Is it looked for again?",
        "new_service": "Where they go, and who gives the care there",
        "new_provider": "The provider of it, where the register has it",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "new_service": ShownWhen("look_again", (False,)),
        "new_provider": ShownWhen("look_again", (False,)),
    }

    look_again: bool
    new_service: str = ""
    new_provider: str | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if not self.look_again and not self.new_service:
            raise ValueError("say in new_service where they go, or that it is looked for again")
        return self


class PartnerNotTold(Form):
    """A partner was to hear of a move, and was not told. Say what is done instead, so that nothing breaks off."""

    title: ClassVar[str] = "what follows where a partner was not told of a move"
    labels: ClassVar[dict[str, str]] = {"instead": "What is done instead, and by whom"}

    instead: str = Field(min_length=1)
