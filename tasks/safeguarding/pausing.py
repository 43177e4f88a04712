"""What whoever decides about a pause of reablement reads, by when, and what the pause means (GAP-35)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pydantic import AwareDatetime, BaseModel, ConfigDict

from models.entry_kinds import EntryKind
from models.forms.reablement_matters import PauseToConsider
from models.forms.safeguarding import ConcernAcknowledged, ConcernNoticed, ConcernReply
from models.reablement.findings import PlanStands
from models.reablement.plan import Involved, Part, PlanPart
from models.working_time import local_day
from tasks.durable import audited, here
from tasks.durable.ledger import Recorded, recall
from tasks.durable.leg import Step
from tasks.reablement.coordinating import coordinator_of
from tasks.reablement.matters import who_is_told
from tasks.reablement.plans import standing_of_plan, version_in_force

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


class WhoHears(PlanPart):
    """Who hears of a pause: staff by notice, all others from whoever coordinates the plan."""

    staff: tuple[str, ...]
    """Staff ids; not of whoever coordinates the plan, who is asked to tell the others."""
    others: tuple[Involved, ...]
    kept_out: tuple[Involved, ...]
    """They hear nothing of it (GAP-39)."""

    def less(self, later: Collection[str]) -> WhoHears:
        """Of the others only those are left who are still to be told."""
        return self.model_copy(update={"others": tuple(one for one in self.others if one.id in later)})

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return f"{len(self.staff)} by notice, {len(self.others)} by whoever coordinates the plan"


@audited("Looked up who is to hear of the pause", clauses="REA-35 GAP-39")
def look_up_who_hears(plan: str, kept_out: tuple[str, ...], by: str) -> WhoHears:
    """Everybody with a part in the plan but whoever decided it (`by`) and those kept out, by their ids or names."""
    step = here()
    named = {as_called(one) for one in kept_out}
    _, content = version_in_force(step.session, plan)
    out = tuple(one for one in content.involved if named & {as_called(one.id), as_called(one.name)})
    coordinator = coordinator_of(step, plan).tag
    told = who_is_told(step.session, plan, coordinator, [one.id for one in out], local_day(step.now))
    staff = tuple(one for one in told.staff if one != by)
    return WhoHears(staff=staff, others=told.others, kept_out=out)


@audited("Looked whether reablement is paused", clauses="REA-34")
def look_whether_paused(plan: str) -> bool:
    """Whether no visits are made, by this case or by another."""
    return standing_of_plan(here().session, plan).paused


def as_called(who: str) -> str:
    """An id or a name, so that the same written otherwise is the same."""
    return " ".join(who.casefold().split())


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
