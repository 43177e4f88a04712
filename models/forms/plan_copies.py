"""The forms and the signal of a changed plan on its way to everybody: by hand, told, in copies (REA-12 to REA-17)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen, Signal
from models.forms.explaining import EveryoneTold
from models.reablement.naming import NamedInPlan
from models.reablement.plan import PlanPart, day_in_words

HOLDER = r"^(home|P[1-9][0-9]*)$"
"""Who has a copy: somebody in the plan, such as P2, or the home."""


class CopyWay(StrEnum):
    """How a copy is given."""

    BY_HAND = "by-hand"
    """On paper, given to them or left at home."""
    POST = "post"
    """On paper, by post."""
    ELECTRONICALLY = "electronically"
    """By one of the routes that the council calls secure."""

    @property
    def in_words(self) -> str:
        """As it stands in the record."""
        return "by post" if self is CopyWay.POST else self.replace("-", " ")


class CopyGiven(PlanPart):
    """Somebody has the new copy."""

    past_dates: ClassVar[frozenset[str]] = frozenset({"given_on"})
    recent_dates: ClassVar[frozenset[str]] = frozenset({"given_on"})
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {
        "who": NamedInPlan.COPY_HOLDER,
        "route": NamedInPlan.SECURE_ROUTE,
    }
    labels: ClassVar[dict[str, str]] = {
        "who": "Who has it",
        "way": "How it was given",
        "route": "By which secure route",
        "given_on": "The day on which it was given",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"route": ShownWhen("way", (CopyWay.ELECTRONICALLY,))}

    who: str = Field(pattern=HOLDER, max_length=6)
    """Their letter and number in the plan, such as P2; “home” for the copy at home."""
    way: CopyWay
    route: str = Field(default="", max_length=100)
    """As policy calls it; the routes stand beside this form."""
    given_on: date | None = None
    """Leave out for today."""

    @model_validator(mode="after")
    def _names_its_route(self) -> Self:
        if (self.way is CopyWay.ELECTRONICALLY) != bool(self.route):
            raise ValueError("give route for a copy that went electronically, and leave it out otherwise")
        return self

    @property
    def how(self) -> str:
        """As it stands in the record: the secure route, or on paper."""
        return self.route or self.way.in_words

    def __str__(self) -> str:
        on = f" on {day_in_words(self.given_on)}" if self.given_on else ""
        return f"{self.who}: {self.how}{on}"


class WhyNoCopy(StrEnum):
    """Why somebody who had a copy of the plan gets no new one (REA-16)."""

    CONSENT_CHANGED = "consent-changed"
    """The person no longer consents to it."""
    NO_LONGER_INVOLVED = "no-longer-involved"
    """They have no part in the reablement any more."""


class NoCopy(PlanPart):
    """Somebody gets no copy any more."""

    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"who": NamedInPlan.COPY_READER}
    labels: ClassVar[dict[str, str]] = {"who": "Who", "why": "Why", "details": "What is known about it"}

    who: str = Field(pattern=r"^P[1-9][0-9]*$", max_length=6)
    """Their letter and number in the plan, such as P2."""
    why: WhyNoCopy
    details: str = Field(min_length=1)

    def __str__(self) -> str:
        return f"{self.who}: {self.why.replace('-', ' ')}, {self.details}"


class CopiesGivenOut(Form):
    """
    The plan has changed. See that everybody who had the plan has the new copy, the home as well, and say how.

    The order is yours. Until somebody has it, the copy at home counts for them. Whoever is left out here is asked for
    again.
    """

    title: ClassVar[str] = "giving out copies of the changed plan"
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "given": "Who has the new copy",
        "no_copy": "Who gets none any more",
        "rota_matches": "Was the rota changed to match?",
        "tried": "What keeps the others from it",
    }

    given: tuple[CopyGiven, ...] = ()
    no_copy: tuple[NoCopy, ...] = ()
    rota_matches: bool | None = None
    """Only where visits have changed; it is asked until it is so."""
    tried: str = ""

    @property
    def holders(self) -> list[str]:
        """Everybody who has it now, or is to have none."""
        return [*(one.who for one in self.given), *(one.who for one in self.no_copy)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        named = self.holders
        if len(set(named)) < len(named):
            raise ValueError("name each of them once in given or no_copy")
        if not named and self.rota_matches is not True and not self.tried:
            raise ValueError("say who has the new copy, or in tried what keeps them from it")
        return self


class HomeCopyAmended(Signal):
    """The copy of the plan at the person's home was amended by hand, as the change was agreed (REA-12)."""

    title: ClassVar[str] = "the copy at home is amended by hand"
    past_dates: ClassVar[frozenset[str]] = frozenset({"amended_on"})
    recent_dates: ClassVar[frozenset[str]] = frozenset({"amended_on"})
    labels: ClassVar[dict[str, str]] = {
        "amended_on": "The day on which it was amended",
        "photograph": "A photograph of it",
    }
    file_fields: ClassVar[frozenset[str]] = frozenset({"photograph"})

    amended_on: date
    photograph: str = Field(default="", max_length=40)
    """Its id, once it is taken in, such as M-7K3Q9PXM2B."""


class HomeCopyPutRight(Form):
    """
    The copy at home was amended by hand, and the plan has not changed that way. Put the copy right.

    Whoever visits goes by the copy at home: as long as it says something else, somebody may get the wrong support.
    """

    title: ClassVar[str] = "putting the copy at home right"
    asks_about_safeguarding: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"put_right_on"})
    recent_dates: ClassVar[frozenset[str]] = frozenset({"put_right_on"})
    labels: ClassVar[dict[str, str]] = {
        "put_right_on": "The day on which it was put right",
        "how": "How it was put right, and who knows of it",
    }

    put_right_on: date
    how: str = Field(min_length=1)


class PlanChangeExplained(EveryoneTold):
    """
    The plan has changed. Tell everybody who is listed beside this form what is otherwise, and which copy counts.

    The words are ready. Staff with a part in the plan have been told already.
    """

    title: ClassVar[str] = "telling those involved of the changed plan"
