"""The forms by which somebody's reablement is looked after: who coordinates it, what comes of mail, how it ends."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, RegisterKind, ShownWhen
from models.forms.explaining import EveryoneAndTheRotaTold
from models.forms.handover import HandoverAnswer
from models.forms.reablement_signals import COSTS_EXPLAINED, EvidenceKind, IssueKind

# ------------------------------------------------------------------ who coordinates it


class CoordinationOffered(HandoverAnswer):
    """
    You are to coordinate somebody's reablement: what comes about their plan is put to you. Accept it, or say why not.

    Until you accept it stays with whoever has it now.
    """

    title: ClassVar[str] = "coordinating somebody’s reablement"
    may_concern_safety: ClassVar[bool] = False
    causes: ClassVar[tuple[str, ...]] = (
        "If you accept, the case is yours, and what comes about the plan is put to you.",
    )


class CoordinatorNamed(Form):
    """Nobody has taken on the coordination of somebody's reablement yet. Name who is asked next."""

    title: ClassVar[str] = "naming who coordinates somebody’s reablement"
    register_fields: ClassVar[dict[str, RegisterKind]] = {"worker": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {"worker": "Who is asked to coordinate it", "reasons": "The reasons"}

    worker: str
    """Staff id of who is asked."""
    reasons: str = Field(min_length=1)


# ------------------------------------------------------------------ mail about an open plan


class MessageIs(StrEnum):
    """What a message about somebody's reablement is."""

    EVIDENCE = "evidence"
    """It speaks for changing the plan: a change is considered."""
    ISSUE = "issue"
    """It tells of something that stands in the way of the plan."""
    MONITORING = "monitoring"
    """It asks for more monitoring or less."""
    REVIEW = "review"
    """It asks for a review of reablement."""
    PREVENTION = "prevention"
    """It names something else that might prevent needs."""
    NOTHING = "nothing"
    """Nothing follows from it in the plan."""


class PlanMessageRead(Form):
    """
    An e-mail or a letter has come about somebody's reablement. Read it, and say what it is; it may be several things.

    What the sender wrote goes with it: nobody types it again.
    """

    title: ClassVar[str] = "reading a message about a reablement plan"
    asks_about_safeguarding: ClassVar[bool] = True
    causes: ClassVar[tuple[str, ...]] = ("For each thing that it is a case begins, with the message in it.",)
    labels: ClassVar[dict[str, str]] = {
        "it_is": "What the message is",
        "evidence": "What kind of evidence it is",
        "issue": "What kind of issue it is",
        "in_short": "What counts of it",
        "because": "Why nothing follows",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "evidence": ShownWhen("it_is", (MessageIs.EVIDENCE,)),
        "issue": ShownWhen("it_is", (MessageIs.ISSUE,)),
        "because": ShownWhen("it_is", (MessageIs.NOTHING,)),
    }

    it_is: frozenset[MessageIs] = Field(min_length=1)
    evidence: EvidenceKind | None = None
    issue: IssueKind | None = None
    in_short: str = ""
    """Only where it does not stand out in the message itself."""
    because: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if MessageIs.NOTHING in self.it_is and len(self.it_is) > 1:
            problems.append("choose in it_is either that nothing follows, or what does")
        if MessageIs.EVIDENCE in self.it_is and self.evidence is None:
            problems.append("choose in evidence what kind it is")
        if MessageIs.ISSUE in self.it_is and self.issue is None:
            problems.append("choose in issue what kind it is")
        if MessageIs.NOTHING in self.it_is and not self.because:
            problems.append("say in because why nothing follows")
        if problems:
            raise ValueError("; ".join(problems))
        return self


# ------------------------------------------------------------------ what follows, and the end


class WhatFollows(StrEnum):
    """What follows when the free weeks of reablement are over."""

    NOTHING_MORE = "nothing-more"
    """Reablement ends, and the person needs no more support from us."""
    LONG_TERM = "long-term-support"
    """Reablement ends, and long-term support is proposed; what might prevent it is explored first."""
    GOES_ON = "goes-on"
    """Reablement goes on past the free weeks, and it is looked at again on a day."""


class WhatFollowsReablement(Form):
    """
    The weeks for which somebody's reablement is free are coming to their end. Decide with them what follows.

    Nothing ends by itself: the plan stays in force until somebody has decided.
    """

    title: ClassVar[str] = "what follows somebody’s reablement"
    asks_about_safeguarding: ClassVar[bool] = True
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    coming_dates: ClassVar[frozenset[str]] = frozenset({"last_day", "again_on"})
    causes: ClassVar[tuple[str, ...]] = (
        "With a last day, the plan ends after that day.",
        "Where long-term support is proposed, a case begins in which it is recorded what might prevent it.",
    )
    labels: ClassVar[dict[str, str]] = {
        "talked_over": "Was it talked over with the person?",
        "not_talked_over_because": "Why it was not talked over",
        "what": "What follows",
        "last_day": "The last day of reablement",
        "again_on": "The day on which it is looked at again",
        "costs_explained": COSTS_EXPLAINED,
        "reasons": "The reasons, and what the person wants",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "not_talked_over_because": ShownWhen("talked_over", (False,)),
        "last_day": ShownWhen("what", (WhatFollows.NOTHING_MORE, WhatFollows.LONG_TERM)),
        "again_on": ShownWhen("what", (WhatFollows.GOES_ON,)),
    }

    talked_over: bool
    """With the person, or with whoever speaks for them."""
    not_talked_over_because: str = ""
    what: WhatFollows
    last_day: date | None = None
    again_on: date | None = None
    costs_explained: bool = False
    reasons: str = Field(min_length=1)

    @property
    def ends(self) -> bool:
        """Whether reablement ends."""
        return self.what is not WhatFollows.GOES_ON

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody spoke with them."""
        return self.talked_over

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if not self.talked_over and not self.not_talked_over_because:
            problems.append("say in not_talked_over_because why the person was not spoken with")
        if self.ends and self.last_day is None:
            problems.append("give the last day in last_day")
        if not self.ends and self.again_on is None:
            problems.append("give in again_on the day on which it is looked at again")
        if not self.ends and not self.costs_explained:
            problems.append("tell them what it costs, and say so in costs_explained")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class WhatFollowsUndecided(WhatFollowsReablement):
    """
    The weeks for which somebody's reablement is free are nearly over, and nobody has decided what follows: you do.

    Nothing ends by itself: the plan stays in force until you have decided.
    """

    title: ClassVar[str] = "deciding what follows somebody’s reablement"
    asks_about_safeguarding: ClassVar[bool] = False  # it was, of whoever coordinates it


class OpenMattersSettled(Form):
    """
    The last day of somebody's reablement is over, and something about it is still open: it stands below.

    Say for each what becomes of it, or who has it now. Then the plan ends.
    """

    title: ClassVar[str] = "what is still open at the end of reablement"
    has_legal_weight: ClassVar[bool] = True
    causes: ClassVar[tuple[str, ...]] = (
        "The plan ends, and changes that are not made yet are not made any more.",
        "Whoever has one of the open cases is told that reablement has ended.",
    )
    labels: ClassVar[dict[str, str]] = {"what_becomes": "What becomes of each, and who has it now"}

    what_becomes: str = Field(min_length=1)


class ReablementEndTold(EveryoneAndTheRotaTold):
    """
    Reablement has ended. Tell everybody who is listed beside this form what follows, and whoever keeps the rota.

    Whoever gives care beside or instead of it knows too. Name only those who were not told. Staff with a part in the
    plan have been told already.
    """

    title: ClassVar[str] = "telling those involved that reablement has ended"


class DeathInReablement(Form):
    """
    The recording system shows that somebody in reablement has died. Nobody writes to them or rings them meanwhile.

    Say whether it is so, and what follows: visits called off, equipment fetched, who is told, what a carer needs.
    """

    title: ClassVar[str] = "after the death of somebody in reablement"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    causes: ClassVar[tuple[str, ...]] = (
        "If it is so, the plan ends at once.",
        "If it is not, everything goes on; have the recording system put right.",
    )
    labels: ClassVar[dict[str, str]] = {"has_died": "Has the person died?", "what_follows": "What follows"}

    has_died: bool
    what_follows: str = Field(min_length=1)
