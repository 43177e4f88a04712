"""Information and advice: what a case is opened with, what was given, and whether it helped (DUTY-51 to DUTY-61)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen
from models.forms.contact_resolution import ReferralOut
from models.forms.handover import HandoverAnswer


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


class AdviceRisk(StrEnum):
    """How much hangs on whether the advice helps; it sets when that is found out (GAP-08)."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


class AdviceWanted(CaseFacts):
    """Somebody needs information or advice about care and support; any resident may ask (DUTY-52)."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    cases_about: ClassVar[dict[str, str]] = {"came_from": "about_person"}
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"given_by"})
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who needs it, where the register has them",
        "called": "Who needs it, where the register does not have them",
        "what": "What it is about",
        "came_from": "The case in which it came up",
    }

    what: str = Field(min_length=1)
    about_person: str | None = None
    """Register id; residents whom nobody knows are advised all the same (DUTY-52)."""
    called: str = ""
    """Name and how they can be reached, where the register does not have them."""
    came_from: str | None = None
    """Ref of the case in which it came up."""
    given_by: str = "role-duty-worker"
    """Tag of who gives it and is asked about it."""


class AdviceWay(StrEnum):
    """How information or advice is provided (DUTY-51)."""

    DIRECTLY = "directly"
    """By us, in a conversation or in writing."""
    ACCESS = "access"
    """By bringing them to whoever gives it."""


class ResourceKind(StrEnum):
    """What kind of resource somebody was pointed to (DUTY-53 to DUTY-55, REA-28)."""

    LOCAL = "local"
    """Something local, such as a page on the council’s directory."""
    SCHEME_REFERRED = "scheme-referred"
    """A local scheme that they are referred to; what is told to it outside the council is given leave first."""
    SCHEME_SIGNPOSTED = "scheme-signposted"
    """A local scheme that they turn to themselves."""
    NATIONAL_HELPLINE = "national-helpline"
    """A national organisation with an advice service or helpline."""
    NATIONAL_OTHER = "national-other"
    """A national organisation that helps when it is asked."""


class ResourceUsed(_Part):
    """A resource that they were pointed to."""

    labels: ClassVar[dict[str, str]] = {
        "kind": "What kind of resource",
        "name": "Its name",
        "specialist": "It is for a particular condition or situation",
    }

    kind: ResourceKind
    name: str = Field(min_length=1)
    specialist: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.kind.value.replace('-', ' ')}{', specialist' if self.specialist else ''})"


class AdvocateView(StrEnum):
    """What is thought about an independent advocate."""

    WANTED = "wanted"
    """An advocate would help them: it is looked into at once, in a case of its own."""
    NOT_NEEDED = "not-needed"


class AdviceGiven(Form):
    """
    Give the information or advice, or bring them to whoever does, and say what they now have.

    Whether they are known to the council, live in its area or have its services makes no difference (DUTY-52). Give it
    so that they can understand and use it; their needs, as far as the register knows them, stand beside this form.
    Agree with them how we find out whether it helped (DUTY-59).
    """

    title: ClassVar[str] = "giving information and advice"
    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"followed_up_by": RegisterKind.SERVING_STAFF}
    coming_dates: ClassVar[frozenset[str]] = frozenset({"follow_up_on"})
    causes: ClassVar[tuple[str, ...]] = (
        "On the day agreed, or by the risk, the person is asked whether it helped.",
        "If somebody else follows up they are asked to take it on; until they do it stays with you.",
    )
    labels: ClassVar[dict[str, str]] = {
        "way": "How it is provided",
        "what_was_given": "What they were told or given",
        "about_money": "What they were told about money, such as charges and benefits",
        "resources": "What they were pointed to",
        "referrals_out": "Referrals outside the council",
        "accessible": "How it was made accessible to them",
        "needs_help": "Do they seem to need help to understand it?",
        "somebody_near": "Who around them can help them to understand",
        "made_simpler": "What you did to make it clearer",
        "advocate": "Would an independent advocate help them?",
        "advocate_because": "Why, or why not",
        "risk": "How much hangs on it for them",
        "may_ring": "Do they agree to be rung?",
        "follow_up_on": "The day agreed for asking whether it helped",
        "followed_up_by": "Who asks them, if not you",
        "no_follow_up_because": "Why they are not to be asked at all",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        name: ShownWhen("needs_help", (True,))
        for name in ("somebody_near", "made_simpler", "advocate", "advocate_because")
    }

    way: AdviceWay
    what_was_given: str = Field(min_length=1)
    about_money: str = ""
    resources: tuple[ResourceUsed, ...] = ()
    """Those of this council stand beside this form; others are as good."""
    referrals_out: tuple[ReferralOut, ...] = ()
    """Each is given leave before anything goes out."""
    accessible: str = Field(min_length=1)
    """Large print, easy read, another language, read aloud, in person: whatever lets them understand and use it."""
    needs_help: bool
    somebody_near: str = ""
    """Or that there is nobody. Compulsory where they need help."""
    made_simpler: str = ""
    """Such as going through it by telephone. Compulsory where they need help."""
    advocate: AdvocateView | None = None
    """Compulsory where they need help."""
    advocate_because: str = ""
    """Compulsory where they need help."""
    risk: AdviceRisk
    """What would happen if it did not help, as their circumstances are."""
    may_ring: bool
    follow_up_on: date | None = None
    """Leave out where it goes by the risk."""
    followed_up_by: str | None = None
    """Staff id."""
    no_follow_up_because: str = ""
    """Only where they do not want to be asked, or cannot be reached at all."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        help_weighed = {
            "somebody_near": self.somebody_near,
            "made_simpler": self.made_simpler,
            "advocate": self.advocate,
            "advocate_because": self.advocate_because,
        }
        if self.needs_help:
            missing = [name for name, said in help_weighed.items() if not said]
            problems += [f"say {name}: all three kinds of help are considered" for name in missing]
        if self.no_follow_up_because and (self.follow_up_on or self.followed_up_by):
            problems.append("give follow_up_on and followed_up_by only where they are asked whether it helped")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def __str__(self) -> str:
        return "; ".join((self.what_was_given, *map(str, self.resources), self.accessible))


class AdviceFollowUpTakenOn(HandoverAnswer):
    """
    Somebody was given information or advice. Agree to ask them on the day beside this form whether it helped.

    Until you agree it stays with whoever gave it; then it is yours, and asked of you on the day (DUTY-61).
    """

    title: ClassVar[str] = "agreeing to ask whether advice helped"


class SaidBy(StrEnum):
    """Who says whether advice helped: never whoever gave it."""

    PERSON = "person"
    """The person themselves."""
    CARER = "carer"
    """Their carer."""
    REPRESENTATIVE = "representative"
    """Somebody else who speaks for them."""


class AdviceJudged(Form):
    """
    Ask the person whether the information or advice helped, and write down what they say (DUTY-58, DUTY-59).

    It is theirs to judge, and not ours. If it did not help, ask what else they need: it is given next.
    """

    title: ClassVar[str] = "asking whether advice helped"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "reached": "Did they say anything?",
        "tried": "How they were asked",
        "said_by": "Who says it",
        "helped": "Do they say that it helped?",
        "their_words": "What they say",
        "what_else": "What else they need",
        "no_longer_wanted": "Why they are not to be asked any more",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "said_by": ShownWhen("reached", (True,)),
        "helped": ShownWhen("reached", (True,)),
        "their_words": ShownWhen("reached", (True,)),
        "what_else": ShownWhen("helped", (False,)),
        "no_longer_wanted": ShownWhen("reached", (False,)),
    }

    reached: bool
    tried: str = Field(min_length=1)
    said_by: SaidBy | None = None
    """Compulsory where they were reached."""
    helped: bool | None = None
    """Compulsory where they were reached."""
    their_words: str = ""
    """Compulsory where they were reached."""
    what_else: str = ""
    """Compulsory where it did not help."""
    no_longer_wanted: str = ""
    """They have died, or do not want to be asked. Else they are tried again on the next working day."""

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody really reached the person, or who speaks for them."""
        return self.reached

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if self.reached and (self.said_by is None or self.helped is None or not self.their_words):
            problems.append("say said_by, helped and their_words of somebody who was reached")
        if not self.reached and (self.helped is not None or self.their_words or self.said_by):
            problems.append("say helped, said_by and their_words only where they were reached")
        if self.helped is False and not self.what_else:
            problems.append("say what_else, since it did not help")
        if self.reached and self.no_longer_wanted:
            problems.append("say no_longer_wanted only where they were not reached")
        if problems:
            raise ValueError("; ".join(problems))
        return self
