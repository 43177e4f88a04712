"""Oversight of the market, answers and ways of looking that the stories about it use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from flows.oversight_action import oversight_action
from flows.safeguarding_concern import safeguarding_concern
from models.cases import WorkItem
from models.forms.base import Form
from models.forms.market_oversight import OversightMeeting, ProviderConsidered
from models.forms.safeguarding import ConcernNoticed, WhoIsAtRisk
from models.market.kinds import OversightDecision, Seat
from models.market.themes import Themes
from models.providers.tables import Provider
from models.states import WorkItemState
from tasks.durable import worklist
from tasks.durable.testing import Office
from tasks.market.opening import open_due_oversight, themes_of
from tests.procedures.provider_stories import a_concern, opened_by

COMMISSIONER = "commissioning-officer"
D = OversightDecision


def nobody_is_sponsored(office: Office) -> None:
    """No provider has a share of sponsored staff, so that oversight is about themes alone."""
    with office.council.database.write() as session:
        for one in session.query(Provider):
            one.sponsored_staff = None


def oversight(office: Office) -> str:
    """Open oversight as the scheduled flow does on this morning; gives its ref."""
    ref = open_due_oversight(office.council)
    assert ref is not None
    office.hours_pass(0)
    return ref


def worry_about(office: Office, person: str, *, restricted: bool = False, **changes: Any) -> str:
    """A practitioner raises a safeguarding concern about somebody now; gives its ref."""
    facts: dict[str, Any] = {
        "danger_or_crime": False,
        "at_risk": WhoIsAtRisk.ADULT,
        "about_person": person,
        "what": "bruises on both arms",
        "noticed_at": office.clock.now(),
        "noticed_by": "staff-practitioner",
    }
    return office.start(safeguarding_concern, ConcernNoticed.model_validate(facts | changes), restricted=restricted)


def concern_now(office: Office, provider: str, **changes: Any) -> str:
    """Somebody has a concern about a provider now; gives its ref."""
    return a_concern(office, provider=provider, noticed_at=office.clock.now(), **changes)


def met(office: Office) -> OversightMeeting:
    """The group has met today."""
    today = office.clock.now().date()
    seats = frozenset({Seat.COMMISSIONING, Seat.SAFEGUARDING, Seat.SOCIAL_WORK})
    return OversightMeeting(met_on=today, chaired_by="L. Pickersgill", attended=seats)


def considered(*decisions: OversightDecision, in_days: int = 7, office: Office, **changes: Any) -> ProviderConsidered:
    """What is decided about a provider, with what each decision needs."""
    answer: dict[str, Any] = {"decisions": frozenset(decisions), "reasons": "two in a month at one home"}
    if not set(decisions) <= {D.WATCH, D.NO_ACTION}:
        answer |= {"what": "who helps people at night", "done_by": office.clock.now().date() + timedelta(days=in_days)}
    return ProviderConsidered(**answer | changes)


def actions_of(office: Office, case: str) -> list[str]:
    """Refs of the actions that a case has begun."""
    return opened_by(office, case, oversight_action)


def themes(office: Office, case: str) -> Themes:
    """What an oversight counted last."""
    with office.council.database.read() as session:
        found = themes_of(session, case, office.clock.now())
    assert found is not None
    return found


def counts(office: Office, case: str) -> dict[str, dict[str, tuple[int, int]]]:
    """By provider, each figure that is not nothing: in the window, and before."""
    return {
        one.provider: {str(t.figure): (t.count, t.count_before) for t in one.tallies if t.now or t.before}
        for one in themes(office, case).providers
    }


def proposed(office: Office, case: str) -> dict[str, list[str]]:
    """By provider that is proposed, the thresholds it reached."""
    return {one.provider: [by.threshold for by in one.proposed] for one in themes(office, case).proposed}


def all_beside(office: Office, case: str, form: type[Form]) -> list[str]:
    """What stands beside each open question of a case on that form."""
    with office.council.database.read() as session:
        items = session.scalars(
            select(WorkItem).where(
                WorkItem.case_ref == case, WorkItem.form == form.name(), WorkItem.state == WorkItemState.OPEN
            )
        )
        return [worklist.about(session, one) for one in items]
