"""The facts and forms of one person whom the failure of a provider touches."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, ShownWhen, Signal
from models.forms.going_over import DayPrepared, MakesDecision, WentOver
from models.provider_failure.kinds import Risk, Way
from models.providers.kinds import PaidBy


class AffectedByFailure(CaseFacts):
    """Somebody depends on a provider that has failed or may fail."""

    incident: str
    """Ref of the incident's case."""
    place: int
    """Their number on the incident's list."""
    provider_name: str
    person: str | None = None
    """Register id."""
    name: str = ""
    """Where the register does not have them."""
    born_on: date | None = None
    whereabouts: str = ""
    paid_by: PaidBy = PaidBy.UNKNOWN
    placed_by: str = ""
    call_times: str = ""
    time_critical_medicine: bool = False
    double_handed: bool = False
    lives_alone: bool = False
    risk: Risk
    team: str
    """Id of the team that sees them."""
    wanted_from: date
    """From which day they need other care, as far as the incident tells."""

    @property
    def in_words(self) -> str:
        """What the lists say of them, for whoever sees them. Personal data."""
        born = f", born {self.born_on:%d %B %Y}" if self.born_on else ""
        lines = (
            f"Number {self.place} on the list of incident {self.incident}: {self.provider_name}",
            f"{self.name}{born}" if self.name else "",
            f"Where: {self.whereabouts}" if self.whereabouts else "",
            f"Paid for by: {self.paid_by.replace('-', ' ')}",
            f"Placed by: {self.placed_by}" if self.placed_by else "",
            f"Calls at: {self.call_times}" if self.call_times else "",
            "Medicine at its time" if self.time_critical_medicine else "",
            "Two carers at once" if self.double_handed else "",
            "Lives alone" if self.lives_alone else "",
        )
        return "\n".join(line for line in lines if line)


class PersonSeen(Form):
    """
    See this person, or speak with them: what they need, what they wish, how great the risk is, and how care goes on.

    Nobody is left out for who pays or where they come from. If anybody may be in danger now, ring 999. Where nobody has
    said who gives the care until other care begins, somebody has to be with them within hours.
    """

    title: ClassVar[str] = "seeing somebody whom a provider's failure touches"
    on_call_before_opening: ClassVar[bool] = True
    is_told: ClassVar[bool] = False
    chased: ClassVar[bool] = False
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "seen": "Have you seen them, or spoken with them?",
        "tried": "What was tried, and what somebody there said",
        "risk": "How great the risk is",
        "needs": "What they need",
        "wishes": "What they wish",
        "decides": "Who decides about their care",
        "represented_by": "Who decides for them or stands by them, and how to reach them",
        "advocate_needed": "Is an independent advocate needed?",
        "covered_by": "Who gives the care until other care begins",
        "covered_until": "Until when",
        "way": "How their care goes on",
        "because": "Why so, and who agreed",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "tried": ShownWhen("seen", (False,)),
        **{
            name: ShownWhen("seen", (True,))
            for name in (
                "risk", "needs", "wishes", "decides", "represented_by", "advocate_needed", "covered_by",
                "covered_until", "way", "because",
            )
        },
    }  # fmt: skip

    seen: bool
    tried: str = ""
    risk: Risk | None = None
    needs: str = ""
    wishes: str = ""
    decides: MakesDecision | None = None
    represented_by: str = ""
    advocate_needed: bool = False
    covered_by: str = ""
    covered_until: AwareDatetime | None = None
    way: Way | None = None
    because: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.seen:
            if not self.tried:
                raise ValueError("say in tried what was tried")
            return self
        if self.way is None:
            raise ValueError("choose in way how their care goes on")
        problems = [] if self.because else ["say in because why so, and who agreed"]
        if self.way is not Way.NOT_AFFECTED:
            problems += [
                f"{name}: say it"
                for name in ("risk", "needs", "wishes", "decides")
                if getattr(self, name) in (None, "")
            ]
        if self.decides is MakesDecision.FOR_THEM and not self.represented_by and not self.advocate_needed:
            problems.append("say who decides for them in represented_by, or that an advocate is needed")
        if self.way is Way.BY_THEMSELVES and self.decides is not MakesDecision.THEY_DO:
            problems.append("way: they arrange it by themselves only where they have the capacity to decide so")
        if bool(self.covered_by) != (self.covered_until is not None):
            problems.append("say both who gives the care until other care begins and until when, or neither")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody really reached them."""
        return self.seen


class SomebodyIsThere(Form):
    """
    Nobody gives this person's care. Have somebody with them within hours, and say who it is and until when.

    If anybody may be in danger now, ring 999.
    """

    title: ClassVar[str] = "having somebody with a person at high risk"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"covered_by": "Who gives the care now", "covered_until": "Until when"}

    covered_by: str = Field(min_length=1)
    covered_until: AwareDatetime


class HelpDecided(Form):
    """
    A person whom a provider's failure touches could not be reached. Decide what is done, and see that it is.

    Somebody goes there, asks neighbours and family, or has the police look after them. Until they are seen it is tried
    again.
    """

    title: ClassVar[str] = "deciding what is done where somebody cannot be reached"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"done": "What is done, and by whom"}

    done: str = Field(min_length=1)


class ArrangementConfirmed(Form):
    """
    Whoever gives this person's care from now on has to have agreed to it by name: that they do is never assumed.

    Say what was arranged, who has taken it on, and from which day.
    """

    title: ClassVar[str] = "confirming a safe arrangement for somebody"
    is_told: ClassVar[bool] = False
    chased: ClassVar[bool] = False
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "confirmed": "Has somebody taken it on?",
        "by_whom": "Who has taken it on, by name",
        "what": "What they give",
        "from_day": "From which day",
        "reasons": "Why not",
        "way": "How their care goes on instead",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "by_whom": ShownWhen("confirmed", (True,)),
        "what": ShownWhen("confirmed", (True,)),
        "from_day": ShownWhen("confirmed", (True,)),
        "reasons": ShownWhen("confirmed", (False,)),
        "way": ShownWhen("confirmed", (False,)),
    }

    confirmed: bool
    by_whom: str = ""
    what: str = ""
    from_day: date | None = None
    reasons: str = ""
    way: Way | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.confirmed and (not self.by_whom or not self.what or self.from_day is None):
            raise ValueError("say who has taken it on, what they give, and from which day")
        if not self.confirmed and (not self.reasons or self.way is None):
            raise ValueError("say why not, and how their care goes on instead")
        if self.way is Way.NOT_AFFECTED:
            raise ValueError("way: that somebody is not touched by it is said where they are seen")
        return self


class MovePrepared(DayPrepared):
    """
    Before somebody moves, or another provider comes: what happens next, who does what, and every practical arrangement.

    All of it has to be there before the day (TRN-01). Who nothing needs to be done for, say so.
    """

    title: ClassVar[str] = "preparing the day on which somebody's care goes over"
    is_told: ClassVar[bool] = False
    chased: ClassVar[bool] = False


class MoveDone(WentOver):
    """Today somebody's care goes over. Say once they are there, or why it has not happened and when it will."""

    title: ClassVar[str] = "somebody's care going over"
    is_told: ClassVar[bool] = False
    chased: ClassVar[bool] = False


class CheckedAfterwards(Form):
    """Somebody's care has gone over. Look whether they are well and safe with it, and what happens next."""

    title: ClassVar[str] = "checking how somebody is with their new care"
    is_told: ClassVar[bool] = False
    chased: ClassVar[bool] = False
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "well": "Are they well and safe with it?",
        "what_next": "What happens next, and who does it",
        "trouble": "What is not right",
        "risk": "How great the risk is now",
        "way": "How their care goes on instead",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "what_next": ShownWhen("well", (True,)),
        "trouble": ShownWhen("well", (False,)),
        "risk": ShownWhen("well", (False,)),
        "way": ShownWhen("well", (False,)),
    }

    well: bool
    what_next: str = ""
    trouble: str = ""
    risk: Risk | None = None
    way: Way | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.well and not self.what_next:
            raise ValueError("say in what_next what happens next, and who does it")
        if not self.well and (not self.trouble or self.risk is None or self.way is None):
            raise ValueError("say what is not right, how great the risk is, and how their care goes on instead")
        if self.way is Way.NOT_AFFECTED:
            raise ValueError("way: they had their care from this provider, so choose how it goes on")
        return self

    @property
    def reached_the_person(self) -> bool:
        """Whoever checks it has seen them or spoken with them."""
        return True


class PersonNeedsChanged(Signal):
    """How somebody is, or what they need, has changed."""

    title: ClassVar[str] = "that somebody's risk or need has changed"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {"risk": "How great the risk is now", "what": "What has changed"}

    risk: Risk
    what: str = Field(min_length=1)


class ProviderCarriesOn(Signal):
    """The provider goes on giving care after all, or somebody else runs it: each person is asked about again."""

    title: ClassVar[str] = "that the provider carries on"
    by_hand: ClassVar[bool] = False

    what: str


class WithoutCareFrom(Signal):
    """The day from which they are without care is another one than was thought."""

    title: ClassVar[str] = "from which day somebody is without care"
    by_hand: ClassVar[bool] = False

    day: date
    what: str


class TakenOffTheList(Signal):
    """A difference between lists was settled: they are somebody who is on the list already, or are not affected."""

    title: ClassVar[str] = "that somebody was taken off the list"
    by_hand: ClassVar[bool] = False

    same_as: str | None = None
    """Ref of the case of who they are."""
    because: str
