"""The facts and forms of an out-of-area placement: taken on by name, watched from four sides, reviewed, and ended."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen
from models.out_of_area.kinds import Angle, Direction, PlacementEnd
from models.providers.kinds import PaidBy


class OutOfAreaPlacement(CaseFacts):
    """Somebody is placed in another council's area, or another council has placed somebody in ours."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "person": RegisterKind.PERSON,
        "provider": RegisterKind.PROVIDER,
        "team": RegisterKind.TEAM,
    }
    living: ClassVar[frozenset[str]] = frozenset({"person"})
    labels: ClassVar[dict[str, str]] = {
        "direction": "Whose person is where",
        "person": "The person, where the register has them",
        "person_in_words": "The person, where the register does not have them",
        "provider": "The provider, where the register has it",
        "provider_in_words": "The provider, where the register does not have it",
        "council": "The other council: in whose area they are, or who placed them",
        "council_contact": "Whom to ring there, where you know it",
        "placed_on": "The first day of the placement",
        "paid_by": "Who pays",
        "team": "The team that looks after it, where no team knows the person",
    }

    direction: Direction
    person: str | None = None
    """Register id."""
    person_in_words: str = ""
    provider: str | None = None
    """Register id."""
    provider_in_words: str = ""
    council: str = Field(min_length=1)
    council_contact: str = ""
    placed_on: date
    paid_by: PaidBy = PaidBy.UNKNOWN
    team: str | None = None
    """Team id."""
    came_from: str | None = None
    """Ref of the case that opened it, such as brokerage's; none: somebody did, or the register shows it."""

    @model_validator(mode="after")
    def _says_who_and_where(self) -> Self:
        if bool(self.person) == bool(self.person_in_words):
            raise ValueError("name the person, from the register or in words")
        if bool(self.provider) == bool(self.provider_in_words):
            raise ValueError("name the provider, from the register or in words")
        return self


class PlacementTakenOn(Form):
    """
    Somebody is placed out of area. Whoever answers takes it on: it is yours by name from now on.

    Each of the four sides from which it is watched has a named owner: safeguarding, quality, contracts and
    commissioning. Who is named already stands beside the form. Leave a field empty to keep them.
    """

    title: ClassVar[str] = "taking on an out-of-area placement"
    register_fields: ClassVar[dict[str, RegisterKind]] = dict.fromkeys(map(str, Angle), RegisterKind.SERVING_STAFF)
    labels: ClassVar[dict[str, str]] = {
        "safeguarding": "Who watches its safeguarding",
        "quality": "Who watches its quality",
        "contracts": "Who watches its contract",
        "commissioning": "Who watches whether it is still the right place",
        "council_contact": "Whom to ring at the other council, where that is not known yet",
        "first_steps": "What is done first",
    }

    safeguarding: str | None = None
    """Staff id."""
    quality: str | None = None
    contracts: str | None = None
    commissioning: str | None = None
    council_contact: str = ""
    first_steps: str = Field(min_length=1)

    @property
    def watchers(self) -> dict[Angle, str]:
        """The staff id of whoever is named for each side."""
        said = {one: getattr(self, str(one)) for one in Angle}
        return {angle: staff.lower() for angle, staff in said.items() if staff}


class AngleLookedAt(Form):
    """
    You watch an out-of-area placement from one side. Say what you found, and when you look again.

    Ask the other council, read what the regulator says, ring or visit. The day may be no later than policy allows.
    """

    title: ClassVar[str] = "watching an out-of-area placement"
    asks_about_safeguarding: ClassVar[bool] = True
    coming_dates: ClassVar[frozenset[str]] = frozenset({"looked_at_again_on"})
    labels: ClassVar[dict[str, str]] = {
        "found": "What was found",
        "what_follows": "What follows from it, and who does it",
        "looked_at_again_on": "The day on which it is looked at next",
    }

    found: str = Field(min_length=1)
    what_follows: str = ""
    looked_at_again_on: date


class PlacementReviewed(Form):
    """
    Review an out-of-area placement: is the person well, safe and heard, and is it still the right place for them?

    The next review is by the council's interval, counted from the day of this one. Name an earlier day where it cannot
    wait so long.
    """

    title: ClassVar[str] = "reviewing an out-of-area placement"
    asks_about_safeguarding: ClassVar[bool] = True
    recent_dates: ClassVar[frozenset[str]] = frozenset({"seen_on"})
    past_dates: ClassVar[frozenset[str]] = frozenset({"seen_on"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"sooner_on"})
    labels: ClassVar[dict[str, str]] = {
        "seen_in_person": "Did somebody see the person there?",
        "seen_on": "The day on which they were seen or spoken with",
        "not_seen_because": "Why nobody saw them, and who will",
        "their_view": "What they say of it, or whoever speaks for them",
        "found": "What was found",
        "what_follows": "What follows, and who does it",
        "tell_council": "Is the other council to be told of what has changed?",
        "to_tell": "What it is told",
        "sooner_on": "The next review, where it has to be earlier than the interval",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "seen_on": ShownWhen("seen_in_person", (True,)),
        "not_seen_because": ShownWhen("seen_in_person", (False,)),
        "to_tell": ShownWhen("tell_council", (True,)),
    }

    seen_in_person: bool
    seen_on: date | None = None
    not_seen_because: str = ""
    their_view: str = Field(min_length=1)
    found: str = Field(min_length=1)
    what_follows: str = ""
    tell_council: bool = False
    to_tell: str = ""
    sooner_on: date | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.seen_in_person and self.seen_on is None:
            raise ValueError("say in seen_on on which day they were seen")
        if not self.seen_in_person and not self.not_seen_because:
            raise ValueError("say in not_seen_because why nobody saw them, and who will")
        if self.tell_council and not self.to_tell:
            raise ValueError("say in to_tell what the other council is told")
        return self

    @property
    def reached_the_person(self) -> bool:
        """Somebody saw them."""
        return self.seen_in_person

    @property
    def reached_on(self) -> date | None:
        """The day on which they were seen."""
        return self.seen_on


class ConcernActedOn(Form):
    """
    Another council, or somebody here, has a concern about where a person is placed. Say what is done for this person.

    Speak with the other council today. Whoever looks into the provider does not look after this person: you do.
    """

    title: ClassVar[str] = "acting on a concern about an out-of-area placement"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "spoken_with": "With whom it was talked over at the other council",
        "person_is": "How the person is, and how you know",
        "done": "What is done, and by whom",
    }

    spoken_with: str = Field(min_length=1)
    person_is: str = Field(min_length=1)
    done: str = Field(min_length=1)


class PlacementEndConfirmed(Form):
    """
    It was said or shown that an out-of-area placement is over. Confirm it with the reason, or say why it goes on.

    Its clocks stand still meanwhile. Once confirmed, the other council is told through the disclosure gate: by a
    person, and by no letter that goes by itself.
    """

    title: ClassVar[str] = "confirming the end of an out-of-area placement"
    has_legal_weight: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"new_provider": RegisterKind.PROVIDER}
    labels: ClassVar[dict[str, str]] = {
        "ended": "Is it over?",
        "goes_on_because": "Why it goes on",
        "reason": "Why it is over",
        "ended_on": "The first day without it",
        "looked_after_by": "Who looks after the person now, by name",
        "new_provider": "The new provider, where the register has it",
        "new_provider_in_words": "The new provider, where the register does not have it",
        "new_council": "In whose area the new provider is, where that is not ours and the register does not say",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "goes_on_because": ShownWhen("ended", (False,)),
        "reason": ShownWhen("ended", (True,)),
        "ended_on": ShownWhen("ended", (True,)),
        "looked_after_by": ShownWhen("ended", (True,)),
        "new_provider": ShownWhen("reason", (PlacementEnd.CHANGED_PROVIDER,)),
        "new_provider_in_words": ShownWhen("reason", (PlacementEnd.CHANGED_PROVIDER,)),
        "new_council": ShownWhen("reason", (PlacementEnd.CHANGED_PROVIDER,)),
    }

    ended: bool
    goes_on_because: str = ""
    reason: PlacementEnd | None = None
    ended_on: date | None = None
    looked_after_by: str = ""
    new_provider: str | None = None
    """Register id."""
    new_provider_in_words: str = ""
    new_council: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.ended:
            if not self.goes_on_because:
                raise ValueError("say in goes_on_because why it goes on")
            return self
        if self.reason is None or self.ended_on is None:
            raise ValueError("say in reason why it is over, and in ended_on the first day without it")
        if self.reason is not PlacementEnd.DIED and not self.looked_after_by:
            raise ValueError("say in looked_after_by who looks after the person now")
        if self.reason is PlacementEnd.CHANGED_PROVIDER and bool(self.new_provider) == bool(self.new_provider_in_words):
            raise ValueError("name the new provider, from the register or in words")
        return self
