"""What whoever decides about a pause of reablement reads, by when, and what the pause means (GAP-35)."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.entry_kinds import EntryKind
from models.forms.reablement_matters import PauseToConsider
from models.forms.safeguarding import ConcernAcknowledged, ConcernNoticed, ConcernReply
from models.reablement.findings import PlanStands
from models.reablement.plan import Part
from tasks.durable import audited, here
from tasks.durable.ledger import Recorded, recall
from tasks.durable.leg import Step
from tasks.reablement.plans import standing_of_plan

INVOLVED = (Part.PERSON, Part.REPRESENTATIVE, Part.CARER)


class WhatPauseMeans(BaseModel):
    """What a pause means, by the policy in force when it was decided."""

    model_config = ConfigDict(frozen=True)

    visits_stop: bool
    care_first: bool
    """It does not begin before other care is confirmed."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        visits = "no visits are made" if self.visits_stop else "visits are made all the same"
        return f"{visits}{', once other care is confirmed' if self.care_first else ''}"


@audited("Worked out by when it is decided", clauses="REA-34 GAP-35")
def work_out_decided_by(known_at: AwareDatetime) -> AwareDatetime:
    """On the day on which the concern was known; at once where that is over."""
    step = here()
    due = step.policy.working_calendar().due(known_at, step.policy.gaps.reablement_pause.decide_by)
    return max(due, step.now)


@audited("Looked up what a pause means", clauses="REA-35 GAP-35")
def look_up_what_a_pause_means() -> WhatPauseMeans:
    """Whether visits stop, and whether other care comes first."""
    pause = here().policy.gaps.reablement_pause
    return WhatPauseMeans(visits_stop=pause.visits_stop, care_first=pause.interim_care_confirmed_first)


Beside = Callable[[Step], str]


def beside_a_pause(matter: PauseToConsider, *more: str) -> Beside:
    """The concern and how far it is, who is to be heard, and the plan, as they stand when it is asked; personal."""

    def words(step: Step) -> str:
        plan = standing_of_plan(step.session, matter.plan)
        concern = _concern(recall(step.session, matter.concern))
        return "\n".join((*more, *concern, "", _to_be_heard(plan), "", plan.beside_the_form)).strip()

    return words


def _concern(ledger: list[Recorded]) -> tuple[str, ...]:
    """What was noticed, and who carries out the safeguarding process, as far as it is known."""
    noticed = ConcernNoticed.model_validate(ledger[0].data)
    answered = [one for one in ledger if one.kind is EntryKind.ANSWERED and one.step == ConcernAcknowledged.name()]
    if not answered:
        return (f"The concern: {noticed.what}", "Nobody has acknowledged it yet: ask the safeguarding team.")
    reply = ConcernAcknowledged.model_validate(answered[-1].data)
    if reply.reply is ConcernReply.NOT_SAFEGUARDING:
        return (f"The concern: {noticed.what}", f"The safeguarding team says that it is not one: {reply.reasons}")
    return (f"The concern: {noticed.what}", f"The safeguarding process is led by {reply.led_by} ({reply.reference}).")


def _to_be_heard(plan: PlanStands) -> str:
    """Those who are to be heard, with how they can be reached; nobody who is said to be the source of the risk."""
    lines = [
        f"{one.id} {one}" + "".join(f", {way}" for way in (one.telephone, one.email) if way)
        for one in plan.content.those(*INVOLVED)
    ]
    beware = "Do not invite whoever is said to be the source of the risk."
    return "\n".join(("To be heard:", *lines, "whoever carries out the safeguarding process", beware))
