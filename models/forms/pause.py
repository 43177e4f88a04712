"""The forms about a pause of reablement for the sake of safeguarding (REA-34 to REA-36, GAP-35, GAP-39)."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from models.forms.base import Form, ShownWhen, Signal
from models.forms.explaining import EveryoneAndTheRotaTold
from models.reablement.naming import NamedInPlan
from models.reablement.plan import PlanPart


class PauseChoice(StrEnum):
    """The two answers that there are (REA-35)."""

    GO_ON = "go-on"
    """Reablement goes on beside the safeguarding process."""
    PAUSE = "pause"
    """Reablement is paused, and other care is given while the safeguarding process runs."""


class WhoSpeaks(StrEnum):
    """Who has spoken for the person who receives reablement."""

    PERSON = "person"
    """They themselves."""
    REPRESENTATIVE = "representative"
    """Whoever represents them."""
    ADVOCATE = "advocate"
    """An independent advocate."""
    NOBODY = "nobody"
    """They could not be heard; say why."""


class CarerHeard(PlanPart):
    """A carer who was heard on the pause."""

    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"who": NamedInPlan.CARER}
    labels: ClassVar[dict[str, str]] = {
        "who": "Which carer",
        "says": "What they say",
        "source_of_risk": "Are they said to be the source of the risk?",
    }

    who: str = Field(min_length=1, max_length=200)
    """Their letter and number in the plan, such as P2, or their name."""
    says: PauseChoice
    source_of_risk: bool

    def __str__(self) -> str:
        return f"{self.who}: {self.says}"


class KeptOut(PlanPart):
    """Somebody who was not involved, because that would put the person at risk (GAP-39)."""

    plan_fields: ClassVar[dict[str, NamedInPlan]] = {"who": NamedInPlan.ANYBODY}
    labels: ClassVar[dict[str, str]] = {
        "who": "Who",
        "risk": "What the risk is",
    }

    who: str = Field(min_length=1, max_length=200)
    """Their letter and number in the plan, such as P2, or their name."""
    risk: str = ""

    def __str__(self) -> str:
        return f"{self.who}: {self.risk}"


class _InterimCare(Form):
    interim_care: str = ""
    """Who gives which care meanwhile, and from when. Leave it empty until it is arranged: visits go on until then."""
    interim_confirmed_by: str = ""
    """Who of those who give it has confirmed it."""

    @property
    def interim_is_confirmed(self) -> bool:
        """Whether other care is assured."""
        return bool(self.interim_care and self.interim_confirmed_by)

    @model_validator(mode="after")
    def _who_has_confirmed_it(self) -> Self:
        if bool(self.interim_care) != bool(self.interim_confirmed_by):
            raise ValueError("give interim_care and interim_confirmed_by together, or leave both out for now")
        return self


class PauseTalkedOver(_InterimCare):
    """
    There is a safeguarding concern about somebody in reablement. Settle today whether reablement pauses.

    Talk with whoever carries out the safeguarding process, with the person or whoever speaks for them, and with every
    carer. Whoever is said to be the source of the risk is not invited. Where not all say the same, the lead for
    safeguarding decides.
    """

    title: ClassVar[str] = "whether reablement pauses"
    version: ClassVar[int] = 1
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "service_says": "What the reablement service says",
        "safeguarding_by": "Who carries out the safeguarding process",
        "safeguarding_says": "What they say",
        "lacks_capacity": "Does the person lack capacity to decide about this?",
        "person_by": "Who spoke for the person",
        "person_says": "What the person says, or whoever spoke for them",
        "person_not_heard_because": "Why they could not be heard",
        "carers": "The carers who were heard",
        "kept_out": "Who was not involved",
        "reasons": "The reasons",
        "interim_care": "The care they have during a pause",
        "interim_confirmed_by": "Who has confirmed that care",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "person_says": ShownWhen("person_by", (WhoSpeaks.PERSON, WhoSpeaks.REPRESENTATIVE, WhoSpeaks.ADVOCATE)),
        "person_not_heard_because": ShownWhen("person_by", (WhoSpeaks.NOBODY,)),
    }
    causes: ClassVar[tuple[str, ...]] = (
        "Where all say the same, that is done; a pause begins once other care is confirmed.",
        "Where they do not, the lead for safeguarding is asked to decide today.",
    )

    service_says: PauseChoice
    safeguarding_by: str = Field(min_length=1)
    safeguarding_says: PauseChoice
    lacks_capacity: bool
    person_by: WhoSpeaks
    person_says: PauseChoice | None = None
    person_not_heard_because: str = ""
    carers: tuple[CarerHeard, ...] = ()
    """Every carer of the plan stands here, or below with the reason."""
    kept_out: tuple[KeptOut, ...] = ()
    """They are not told what is said here, nor of a pause."""
    reasons: str = Field(min_length=1)

    @property
    def agreed(self) -> PauseChoice | None:
        """What all who were heard say; None where they do not say the same."""
        person = {self.person_says} if self.person_says is not None else set()
        said = {self.service_says, self.safeguarding_says, *person, *(one.says for one in self.carers)}
        return self.service_says if len(said) == 1 else None

    @property
    def not_to_hear(self) -> tuple[str, ...]:
        """Ids in the plan, or names, of those who put the person at risk where they hear of it (GAP-39)."""
        return (*(one.who for one in self.kept_out), *(one.who for one in self.carers if one.source_of_risk))

    @property
    def reached_the_person(self) -> bool:
        """Whether somebody spoke with the person, or with somebody who stands for them."""
        return self.person_by is not WhoSpeaks.NOBODY

    @model_validator(mode="after")
    def _person_is_heard_or_it_says_why(self) -> Self:
        if self.person_by is WhoSpeaks.NOBODY and not self.person_not_heard_because:
            raise ValueError("say in person_not_heard_because why nobody could be heard for the person")
        if self.person_by is not WhoSpeaks.NOBODY and self.person_says is None:
            raise ValueError("say in person_says what they said")
        return self


class PauseDecided(_InterimCare):
    """
    It is to be decided today whether somebody's reablement pauses, and those involved do not all say the same.

    Decide it, with your reasons. A pause begins once other care is confirmed; until then visits go on.
    """

    title: ClassVar[str] = "deciding whether reablement pauses"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "choice": "Your decision",
        "kept_out": "Who else is not to hear of it",
        "interim_care": "The care they have during a pause",
        "interim_confirmed_by": "Who has confirmed that care",
    }

    choice: PauseChoice
    kept_out: tuple[KeptOut, ...] = ()
    """Whoever was kept out before is not told either."""
    reasons: str = Field(min_length=1)


class PauseExplained(EveryoneAndTheRotaTold):
    """
    Reablement is paused: no visits are made. Tell everybody who is listed beside this form, and whoever keeps the rota.

    Name only those who were not told. Nobody tells those who were kept out of it; staff with a part in the plan have
    been told already.
    """

    title: ClassVar[str] = "telling those involved of a pause of reablement"


class ResumptionExplained(EveryoneAndTheRotaTold):
    """
    The pause is over: visits are made again. Tell everybody who is listed beside this form, and whoever keeps the rota.

    Name only those who were not told. Nobody is without care in between: whoever gave it during the pause knows when
    the visits begin again. Staff with a part in the plan have been told already.
    """

    title: ClassVar[str] = "telling those involved that reablement goes on"
    labels: ClassVar[dict[str, str]] = {
        "care_knows": "Does everybody who gave care during the pause know of it?",
    }

    care_knows: bool
    """It is asked again until they do."""


class _CareConfirmed(Form):
    interim_care: str = Field(min_length=1)
    interim_confirmed_by: str = Field(min_length=1)


class InterimCareConfirmed(PauseExplained, _CareConfirmed):
    """
    Reablement is to pause. Arrange other care for the person now, tell those listed beside this form, and say so here.

    Until other care is confirmed, visits go on as they stand in the plan: nobody is left without care (GAP-35). Name
    only those who were not told of the pause; nobody tells those who were kept out of it.
    """

    title: ClassVar[str] = "confirming care for a pause of reablement"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "interim_care": "Who gives which care, and from when",
        "interim_confirmed_by": "Who of them has confirmed it",
        "how": "How those listed were told of the pause",
    }


class PauseStep(StrEnum):
    """What follows when a pause is looked at."""

    STILL_PAUSED = "still-paused"
    """The safeguarding process still calls for it."""
    RESUME = "resume"
    """Visits are made again."""
    END = "end"
    """Reablement does not go on."""


class _AfterAPause(Form):
    reasons: str = ""
    """Compulsory where the pause ends."""
    what_follows: str = ""
    """Where reablement ends: what support the person has from then on."""


class PauseChecked(_AfterAPause):
    """
    Reablement has been paused for a week. Ask whoever carries out the safeguarding process, and look whether it holds.

    A pause ends by a recorded decision only. Where whoever carries out the safeguarding process does not agree that it
    ends, the lead for safeguarding decides.
    """

    title: ClassVar[str] = "the weekly check of a pause"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "safeguarding_says": "What whoever carries out the safeguarding process says",
        "interim_care_holds": "Does the person have the care that was arranged?",
        "care_now": "What was done about their care",
        "step": "What follows",
        "safeguarding_agrees": "Do those who carry out the safeguarding process agree that it ends?",
        "what_follows": "What support they have from then on",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "care_now": ShownWhen("interim_care_holds", (False,)),
        "safeguarding_agrees": ShownWhen("step", (PauseStep.RESUME, PauseStep.END)),
        "reasons": ShownWhen("step", (PauseStep.RESUME, PauseStep.END)),
        "what_follows": ShownWhen("step", (PauseStep.END,)),
    }

    safeguarding_says: str = Field(min_length=1)
    interim_care_holds: bool
    care_now: str = ""
    """Nobody stays without care: what is in place from today."""
    step: PauseStep
    safeguarding_agrees: bool | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.interim_care_holds and not self.care_now:
            raise ValueError("say in care_now what care the person has from today")
        if self.step is not PauseStep.STILL_PAUSED and (self.safeguarding_agrees is None or not self.reasons):
            raise ValueError("say in safeguarding_agrees whether they agree that it ends, and give the reasons")
        if self.step is PauseStep.END and not self.what_follows:
            raise ValueError("say in what_follows what support the person has once reablement has ended")
        return self


class PauseEndDecided(_AfterAPause):
    """
    Somebody wants to end a pause of reablement, and whoever carries out the safeguarding process does not agree.

    Decide whether it lasts, with your reasons.
    """

    title: ClassVar[str] = "deciding whether a pause ends"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "step": "Your decision",
        "what_follows": "What support they have from then on",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {"what_follows": ShownWhen("step", (PauseStep.END,))}

    step: PauseStep

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.reasons:
            raise ValueError("give the reasons")
        if self.step is PauseStep.END and not self.what_follows:
            raise ValueError("say in what_follows what support the person has once reablement has ended")
        return self


class PauseNews(Signal):
    """Something new about a pause, such as that the safeguarding process is over: it is looked at now."""

    title: ClassVar[str] = "news about a pause of reablement"

    what: str = Field(min_length=1)
