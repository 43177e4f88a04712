"""The facts and forms of a possible need for an independent advocate (DUTY-40 to DUTY-44, GAP-06)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen, Signal
from models.policy.gaps.duty import AdvocacyStep


class AdvocacyNeed(CaseFacts):
    """The person or carer takes part in something in which they may need an independent advocate."""

    asks_about_safeguarding: ClassVar[bool] = True
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    cases_about: ClassVar[dict[str, str]] = {"came_from": "about_person"}
    set_to_opener: ClassVar[frozenset[str]] = frozenset({"decided_by"})
    labels: ClassVar[dict[str, str]] = {
        "about_person": "Who may need an advocate",
        "step": "What they are to take part in",
        "what": "What is known about it",
        "nobody_appropriate": "Is there nobody appropriate who could support and represent them, if that is known?",
        "substantial_difficulty": "Would they have substantial difficulty in being involved, if that is known?",
    }

    about_person: str
    """Register id."""
    step: AdvocacyStep
    what: str = Field(min_length=1)
    nobody_appropriate: bool | None = None
    """What is known already is not asked again. Leave it empty where it is not known."""
    substantial_difficulty: bool | None = None
    decided_by: str = ""
    """Tag of who decides it and refers; empty: the duty worker."""
    came_from: str | None = None
    """Ref of the case that needs to know; it is told when an advocate is in place."""

    @property
    def is_known(self) -> bool:
        """Both conditions are known to hold: an advocate is needed."""
        return self.nobody_appropriate is True and self.substantial_difficulty is True


class AdvocateKind(StrEnum):
    """The kinds of independent advocate."""

    CARE_ACT = "care-act"
    """For somebody who takes part in assessment, planning, review or safeguarding under the Care Act."""
    MENTAL_CAPACITY = "mental-capacity"
    """For somebody who lacks capacity, on serious treatment, on where they live, or on their liberty."""
    MENTAL_HEALTH = "mental-health"
    """For somebody who is subject to the Mental Health Act."""


class AdvocacyReferral(Form):
    """
    An independent advocate is needed. Talk it over with the person or carer, and refer them today.

    Refer together with whatever you transfer, not after it. The council's guidance on independent advocacy says which
    kinds there are and how to refer.
    """

    title: ClassVar[str] = "referring somebody for an advocate"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "talked_over": "What they say to it",
        "kind": "What kind of advocate",
        "service": "The advocacy service",
        "to_be_given": "What the service must know",
        "no_longer_needed": "Why none is needed any more",
    }
    causes: ClassVar[tuple[str, ...]] = (
        "What the service must know passes the disclosure gate, and you are asked to give it today.",
        "Assessment, review and planning wait until an advocate is in place, as policy has it; protection never does.",
    )

    talked_over: str = ""
    """What you talked over with them and what they wish; or why that could not be done yet."""
    kind: AdvocateKind | None = None
    service: str = ""
    to_be_given: str = ""
    """The least that serves."""
    no_longer_needed: str = ""
    """Leave it empty unless the person has died, or there is nothing left to take part in."""

    @property
    def problems(self) -> list[str]:
        """What is missing for a referral."""
        missing = [name for name in ("talked_over", "kind", "service", "to_be_given") if not getattr(self, name)]
        return [f"say {', '.join(missing)}: an advocate is needed, and they are referred today"] if missing else []

    @property
    def is_needed(self) -> bool:
        """Whether an advocate is needed."""
        return not self.no_longer_needed

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.is_needed and self.problems:
            raise ValueError("; ".join(self.problems))
        return self


class AdvocacyDecision(AdvocacyReferral):
    """
    Somebody may need an independent advocate. Decide it now, as early as it can be decided.

    They need one where both hold: nobody appropriate could support and represent them, and without support they would
    have substantial difficulty in being fully involved. A practitioner, or anybody else whom we or a provider pay for
    their care, is not an independent advocate. The council's guidance says how the need is established.
    """

    title: ClassVar[str] = "whether somebody needs an advocate"
    asks_about_safeguarding: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        **AdvocacyReferral.labels,
        "nobody_appropriate": "Is there nobody appropriate who could support and represent them?",
        "substantial_difficulty": "Would they have substantial difficulty in being fully involved?",
        "reasons": "The reasons",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        name: ShownWhen("nobody_appropriate", (True,)) for name in ("talked_over", "kind", "service", "to_be_given")
    }

    nobody_appropriate: bool
    substantial_difficulty: bool
    reasons: str = ""
    """Who could support them, or why nobody can; and where the difficulty lies, or why there is none."""

    @property
    def is_needed(self) -> bool:
        """Both conditions hold (DUTY-40)."""
        return self.nobody_appropriate and self.substantial_difficulty and not self.no_longer_needed


class AdvocateFound(Form):
    """
    Somebody is referred for an independent advocate. Ask the service, and say whether one is in place.

    It stays open until one is: an assessment, a review or planning may wait for it.
    """

    title: ClassVar[str] = "whether an advocate is in place"
    past_dates: ClassVar[frozenset[str]] = frozenset({"since"})
    coming_dates: ClassVar[frozenset[str]] = frozenset({"ask_again_on"})
    labels: ClassVar[dict[str, str]] = {
        "in_place": "Is an advocate in place?",
        "advocate": "The advocate’s name",
        "service": "Who they work for",
        "independent": "Are they independent of us and of whoever provides the care?",
        "since": "Since which day",
        "how_far": "How far it is",
        "ask_again_on": "The day on which you are asked again",
        "no_longer_needed": "Why none is needed any more",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "advocate": ShownWhen("in_place", (True,)),
        "service": ShownWhen("in_place", (True,)),
        "independent": ShownWhen("in_place", (True,)),
        "since": ShownWhen("in_place", (True,)),
        "how_far": ShownWhen("in_place", (False,)),
        "ask_again_on": ShownWhen("in_place", (False,)),
        "no_longer_needed": ShownWhen("in_place", (False,)),
    }

    in_place: bool
    advocate: str = ""
    service: str = ""
    independent: bool = False
    since: date | None = None
    how_far: str = ""
    """What the service says, and when one is expected."""
    ask_again_on: date | None = None
    """At most a week from today; leave it empty for the next working day."""
    no_longer_needed: str = ""
    """The person has died, somebody appropriate was found, or there is nothing left to take part in."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.in_place and not (self.advocate and self.service and self.since):
            raise ValueError("say advocate, service and since: who it is, for whom they work, from which day")
        if self.in_place and not self.independent:
            raise ValueError("independent: who is not, does not count, so ask the service for somebody else")
        if not self.in_place and not (self.how_far or self.no_longer_needed):
            raise ValueError("say in how_far what the service says, or in no_longer_needed why none is needed any more")
        return self


class AdvocacySettled(Signal):
    """Whether an advocate is in place for somebody whose case this is: what has waited for that may go on."""

    title: ClassVar[str] = "an advocate"
    by_hand: ClassVar[bool] = False

    in_place: bool
    what: str
    """Who it is and from when, or why none is needed."""


class CanWaitForAdvocate(Form):
    """
    Something is to be settled with somebody who needs an independent advocate, and none is there yet. Can it wait?

    It waits, unless that would leave somebody unsafe. What protects them is never held up.
    """

    title: ClassVar[str] = "whether it can wait for an advocate"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    causes: ClassVar[tuple[str, ...]] = (
        "What can wait goes on by itself once an advocate is in place; nobody has to think of it.",
        "What cannot wait goes on at once, and your reasons stand in the record.",
    )
    labels: ClassVar[dict[str, str]] = {"can_wait": "Can it wait?", "because": "Why it cannot wait"}
    shown_when: ClassVar[dict[str, ShownWhen]] = {"because": ShownWhen("can_wait", (False,))}

    can_wait: bool
    because: str = ""
    """Who would not be safe, and how."""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.can_wait == bool(self.because):
            raise ValueError("say in because why it cannot wait, and leave it out where it can")
        return self


class CannotWaitForAdvocate(Signal):
    """What waits for somebody's advocate can wait no longer, as somebody would not be safe."""

    title: ClassVar[str] = "it cannot wait for an advocate"
    labels: ClassVar[dict[str, str]] = {"because": "Why it cannot wait"}

    because: str = Field(min_length=1)
    """Who would not be safe, and how."""
