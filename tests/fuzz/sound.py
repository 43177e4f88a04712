"""Answers and signals that are taken as they stand, so that what lies behind a form's own rules is reached too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from models.forms.alarms import MessageLookedAt, WhatItWas
from models.forms.base import FilledIn
from models.forms.breach import BreachAssessed, BreachContained, BreachFound
from models.forms.disclosure import DisclosureVerdict, DisclosureWish, Verdict
from models.forms.handover import HandoverReply
from models.forms.paper_letter import LetterTaken
from models.forms.queued_contact import QueueReply, Taken
from models.forms.referral_by_hand import ReferralTaken
from models.forms.telling_people import PersonToBeTold
from models.forms.tray_allocation import AllocationReply
from models.forms.tray_signals import AllocationWanted, CircumstancesChanged, ReportedBy
from models.forms.tray_triage import ReferralSource
from models.forms.urgent_action import UrgentActionFacts, UrgentActionTaken, UrgentStep
from models.policy.organisation import MailKind
from tasks.durable.safeguarding_asked import with_the_word
from tests.fuzz.values import anything, changed
from tests.fuzz.watching import CANARY
from tests.procedures.letters import nobody_in_time, refused, sorted_as, sorted_for_somebody_on_leave, taken_by
from tests.procedures.tray_stories import reached
from tests.procedures.triage_stories import SAFE, allocated, placed, sent_back, triaged
from tests.worklist.form_models import instances

MORNING = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
SOUND: tuple[BaseModel, ...] = (
    SAFE,
    AllocationReply(reply=HandoverReply.ACCEPT),
    AllocationWanted(worker="practitioner", reasons=CANARY),
    BreachAssessed(risk=CANARY, tell_regulator=True, tell_people=True, reasons=CANARY),
    BreachAssessed(risk=CANARY, tell_regulator=False, tell_people=False, reasons=CANARY),
    BreachContained(what_was_done=CANARY, anybody_at_risk=False),
    CircumstancesChanged(reported_by=ReportedBy.CARER, what=CANARY, urgent=True),
    CircumstancesChanged(reported_by=ReportedBy.OTHER, what=CANARY),
    DisclosureVerdict(verdict=Verdict.ASK_CALDICOTT, reasons=CANARY),
    DisclosureVerdict(verdict=Verdict.REFUSE, reasons=CANARY),
    MessageLookedAt(it_was=WhatItWas.CONTACT, text=f"Please ring {CANARY}."),
    MessageLookedAt(it_was=WhatItWas.NOTHING, reasons=CANARY),
    PersonToBeTold(reached=False, how=CANARY),
    PersonToBeTold(reached=True, how=CANARY),
    QueueReply(taken=Taken.DEALT_WITH, what_was_done=CANARY, evidence="note 815"),
    QueueReply(taken=Taken.NOT_FOR_US, what_was_done=CANARY),
    UrgentActionTaken(step=UrgentStep.MORE_TO_DO, what_was_done=CANARY, still_to_do=CANARY),
    UrgentActionTaken(step=UrgentStep.NOT_URGENT, what_was_done=CANARY),
    allocated(),
    nobody_in_time(),
    placed(circumstances=CANARY),
    reached(),
    refused(CANARY),
    sent_back(rationale=CANARY),
    sorted_as(MailKind.COMPLAINT),
    sorted_as(MailKind.SAFEGUARDING),
    sorted_as(action_indicated=CANARY),
    sorted_for_somebody_on_leave(),
    taken_by(),
    triaged(what_was_done=CANARY),
    BreachFound(found_at=MORNING, what_happened=CANARY, about_people=("P-101",)),
    DisclosureWish(recipient="falls charity", purpose="exercise classes", content=CANARY),
    LetterTaken(sender=CANARY, received_on=MORNING.date(), text=f"Dear {CANARY}"),
    ReferralTaken(about_person="P-104", source=ReferralSource.CONTACT_CENTRE, text=CANARY, requested_at=MORNING),
    UrgentActionFacts(what=CANARY, about_person="P-101", known_at=MORNING),
)
"""Answers, signals and facts of cases."""


NAMED = ("practitioner", "team-leader", "nobody", "P-101", "P-999", "hazel", CANARY, "")
DAYS = (
    "2026-01-05",
    "2025-12-01",
    "2026-03-02",
    "1900-01-01",
    "2199-12-31",
    "2026-01-05T09:00:00Z",
    "2199-12-31T00:00:00Z",
)


def said_by(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    """What may come as that form or signal: what is taken, the same with places changed, what fits it, any JSON."""
    known = [one.model_dump(mode="json") for one in SOUND if type(one) is model]
    fitting = _FITTING.setdefault(model, instances(model).map(lambda one: one.model_dump(mode="json")))
    sound = st.sampled_from(known) if known else fitting
    return st.one_of(
        sound,
        sound.flatmap(lambda one: _named_otherwise(model, one)),
        sound.flatmap(lambda one: changed(one, 2)),
        fitting.flatmap(lambda one: changed(one, 1)),
        anything,
    )


def said_after_the_question(model: type[FilledIn]) -> st.SearchStrategy[Any]:
    """As `said_by`, mostly with the word that nobody is at risk, where that is asked first."""
    with_it = said_by(model).map(lambda one: with_the_word(model, one) if isinstance(one, dict) else one)
    return st.one_of(with_it, with_it, with_it, said_by(model)) if model.asks_about_safeguarding else said_by(model)


@st.composite
def _named_otherwise(draw: st.DrawFn, model: type[BaseModel], said: dict[str, Any]) -> dict[str, Any]:
    """The same of somebody else, or of another day: what only the register and the calendar can refuse."""
    named = sorted(getattr(model, "register_fields", {}))
    dated = sorted({*getattr(model, "past_dates", ()), *getattr(model, "coming_dates", ())})
    values = {name: draw(st.sampled_from(NAMED)) for name in named} | {
        name: draw(st.sampled_from(DAYS)) for name in dated
    }
    return said | {name: [value] if isinstance(said.get(name), list) else value for name, value in values.items()}


_FITTING: dict[type[BaseModel], st.SearchStrategy[Any]] = {}
