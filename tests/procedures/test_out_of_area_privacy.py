"""Nothing that is written about somebody placed out of area leaves the places for it."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.base import Base
from models.forms.out_of_area import (
    AngleLookedAt,
    ConcernActedOn,
    PlacementEndConfirmed,
    PlacementReviewed,
    PlacementTakenOn,
)
from models.forms.out_of_area_sharing import CouncilAnswered, CouncilNotTold, CouncilSilenceDecided
from models.forms.out_of_area_signals import CouncilRaisedConcern, PlacementChanged, PlacementIsOver
from models.out_of_area.kinds import Angle, CouncilConcernKind, PlacementEnd
from models.out_of_area.tables import OF_A_PLACEMENT
from models.register import Person
from tasks.durable.testing import Office
from tasks.register.lookups import every_recipient
from tasks.retention.running import erase_what_is_due
from tests.procedures.out_of_area_stories import (
    LYDIA,
    answers_from,
    dies,
    on_the_tracker,
    sharings_of,
    taker_of,
    told,
    waits_for,
)
from tests.procedures.provider_stories import a_concern, gate_refuses, gates_of
from tests.procedures.test_provider_failure import CLOSING, fails
from tests.retention.archive import close_whatever_is_open, years_pass

CANARY = "Canary"
WORDS = f"{CANARY} words"
KEPT_IN = {"entry_payload", "person", "placement", "placement_angle"}
"""Tables that hold what is personal, and are erased with their case or person."""


def a_placement_story(office: Office) -> list[str]:
    """Every form about a placement is filled in, with a canary wherever there is room; gives its cases."""
    with office.council.database.write() as session:
        session.get_one(Person, "P-113").name = f"{CANARY} Farrant"
    hers = on_the_tracker(office, LYDIA, council_contact=WORDS)
    words = {"person": None, "person_in_words": f"{CANARY} Hansen", "provider": None, "provider_in_words": WORDS}
    his = on_the_tracker(office, LYDIA, **words)
    taken = PlacementTakenOn(first_steps=WORDS, council_contact=WORDS)
    office.answer(hers, taken, by=taker_of(office, hers))
    owner = office.case(hers).owner.removeprefix("staff-")
    (first,) = sharings_of(office, hers)
    gate_refuses(office, gates_of(office, first)[-1], giver="practitioner")
    office.answer(first, CouncilNotTold(content=WORDS), by="practitioner")
    again = next(one for one in gates_of(office, first) if not office.is_closed(one))
    gate_refuses(office, again, giver="practitioner")
    office.answer(first, CouncilNotTold(instead=WORDS), by="practitioner")
    office.signal(hers, PlacementChanged(what=WORDS), by=owner)
    changed = sharings_of(office, hers)[-1]
    told(office, changed, giver=owner)
    for _ in range(2):
        office.answer(changed, CouncilAnswered(answered=False, asked_again=WORDS), by=owner)
        office.days_pass(8)
    office.answer(changed, CouncilSilenceDecided(done=WORDS), by="team-manager")
    office.answer(changed, CouncilAnswered(answered=True, by_whom=WORDS, came_back=WORDS), by=owner)
    raised = CouncilRaisedConcern(kind=CouncilConcernKind.SAFEGUARDING, what=WORDS, by_whom=WORDS)
    office.signal(hers, raised, by=owner)
    office.answer(hers, ConcernActedOn(spoken_with=WORDS, person_is=WORDS, done=WORDS), by=owner)
    for angle in Angle:
        soon = office.clock.now().date() + timedelta(days=30)
        answers_from(office, hers, angle, AngleLookedAt(found=WORDS, what_follows=WORDS, looked_at_again_on=soon))
    a_concern(office, provider="harbour-view")
    fails(office, CLOSING, provider="harbour-view", care_ends_on=office.clock.now().date())
    office.today_is("2026-02-12 10:00")
    review = PlacementReviewed(
        seen_in_person=False, not_seen_because=WORDS, their_view=WORDS, found=WORDS, what_follows=WORDS,
        tell_council=True, to_tell=WORDS,
    )  # fmt: skip
    office.answer(hers, review, by=owner)
    office.signal(hers, PlacementIsOver(how_known=WORDS), by=owner)
    office.answer(hers, PlacementEndConfirmed(ended=False, goes_on_because=WORDS), by="team-manager")
    dies(office, "P-113", date(2026, 2, 11))
    ended = PlacementEndConfirmed(ended=True, reason=PlacementEnd.DIED, ended_on=date(2026, 2, 11))
    office.answer(hers, ended, by="team-manager")
    assert office.is_closed(hers) and waits_for(office, his)
    return [hers, his, *sharings_of(office, hers)]


def test_nothing_personal_leaves(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """What people write and who it is about stands in payloads, the tracker and the register alone."""
    caplog.set_level(logging.DEBUG)
    a_placement_story(office)
    office.days_pass(3)
    with office.council.database.read() as session:
        holding = {
            name
            for name, table in Base.metadata.tables.items()
            if any(CANARY in str(value) for row in session.execute(select(table)) for value in row)
        }
        everybody = every_recipient(session, on=date(2026, 1, 5))
    assert holding == KEPT_IN
    sent = [message for one in everybody for message in office.inbox(one)]
    assert len(sent) > 8
    assert not any(CANARY in message.subject + message.body for message in sent)
    assert not any("harbour" in (message.subject + message.body).lower() for message in sent)
    assert CANARY not in caplog.text
    assert office.sent_to_people() == []


def test_names_of_prefect_s_runs_hold_references_only(office: Office) -> None:
    """What a manager sees of a case in Prefect says what is awaited, of which role, and nothing else."""
    for case in a_placement_story(office):
        row = office.case(case)
        assert CANARY not in f"{row.awaiting} {row.owner} {row.procedure} {row.colour}"


def test_what_the_tracker_holds_goes_with_its_cases(office: Office) -> None:
    """Once their time has passed; the ledgers of both still hold."""
    a_placement_story(office)
    close_whatever_is_open(office)
    years_pass(office, 9)
    run = erase_what_is_due(office.council)
    assert run.cases and run.failed == {}
    with office.council.database.read() as session:
        left = [session.scalars(select(table)).all() for table in OF_A_PLACEMENT]
    assert left == [[], [], []]
