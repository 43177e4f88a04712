"""Nothing that is written about somebody who moves leaves the places for it."""

from __future__ import annotations

import logging
from datetime import date

import pytest
from sqlalchemy import select

from flows.disclosure import disclosure
from models.base import Base
from models.forms.disclosure import DisclosureVerdict, RefusalExplained, Verdict
from models.forms.move_day import GapClosed, MoveChecked, MoveDay
from models.forms.move_preparing import (
    ArrangementsInPlace,
    MoveEscalated,
    MoveTalkedOver,
    PartnerNotTold,
    SomebodyToTell,
    ToldAs,
)
from models.forms.moves import DestinationChanged, MoveNeedsDeciding, MovePutOff, OldServiceEnds
from models.moves.kinds import GapWay, Pathway
from models.register import Person
from tasks.durable.testing import Office
from tasks.register.lookups import every_recipient
from tests.procedures.move_stories import AGREES, IN_PLACE, NOW, PLAN, REFUSED, THE_DAY, THERE, WELL, moves, take_on

CANARY = "Canary"
WORDS = f"{CANARY} words"
KEPT_IN = {"entry_payload", "person", "person_message", "case_note", "move"}
"""Tables that hold what is personal, and are erased with their case or person."""


def a_story(office: Office) -> str:
    """Every form of a move is filled in, with a canary wherever there is room for words."""
    case = moves(
        office, pathway=Pathway.ANOTHER, pathway_in_words=WORDS, why=WORDS, old_service=WORDS, old_provider=None,
        new_service=WORDS, care_ends_on=date(2026, 1, 12), emergency=True,
    )  # fmt: skip
    office.answer(case, REFUSED.model_copy(update={"reason": WORDS}), by="practitioner-5")
    office.answer(case, MoveEscalated(done=WORDS), by="strategic-manager")
    office.answer(case, GapClosed(way=GapWay.REFUSED, because=WORDS), by="practitioner")
    office.signal(case, MoveNeedsDeciding(why=WORDS), by="practitioner")
    office.signal(case, OldServiceEnds(care_ends_on=THE_DAY, what=WORDS), by="practitioner")
    elsewhere = DestinationChanged(to_be_found=False, new_service=WORDS, new_team="rowan", because=WORDS)
    office.signal(case, elsewhere, by="practitioner")
    office.answer(case, MoveTalkedOver(talked=False, tried=WORDS), by="practitioner")
    office.days_pass(1)
    office.answer(case, AGREES.model_copy(update={"risks": WORDS, "wishes": WORDS}), by="practitioner")
    tell = (
        SomebodyToTell(who=ToldAs.PARTNER, called=WORDS, what=WORDS),
        SomebodyToTell(who=ToldAs.FAMILY, called=WORDS, what=WORDS),
        SomebodyToTell(who=ToldAs.PERSON, what=WORDS),
    )
    words = dict.fromkeys(("what_next", "who_does_it", "medicines", "gp", "belongings", "family_told", "risks"), WORDS)
    office.answer(case, PLAN.model_copy(update=words | {"to_tell": tell}), by="practitioner")
    open_still = ArrangementsInPlace(in_place=frozenset(), still_open=WORDS, ask_again_on=date(2026, 1, 8))
    office.answer(case, open_still, by="practitioner")
    (gate,) = office.cases(disclosure)
    office.answer(gate, DisclosureVerdict(verdict=Verdict.REFUSE, reasons=WORDS), by="team-leader")
    office.answer(gate, RefusalExplained(told=WORDS), by="practitioner")
    office.answer(case, PartnerNotTold(instead=WORDS), by="practitioner")
    office.signal(case, MovePutOff(new_day=THE_DAY, because=WORDS), by="practitioner")
    office.answer(case, NOW.model_copy(update={"reasons": WORDS, "safe_by": WORDS}), by="team-manager")
    office.answer(case, MoveDay(done=False, why_not=WORDS, new_day=THE_DAY), by="practitioner")
    take_on(office, case, taken_on_by=WORDS, needs=WORDS)
    office.answer(case, IN_PLACE, by="practitioner")
    office.today_is("2026-01-19 09:00")
    office.answer(case, THERE.model_copy(update={"received_by": WORDS, "old_ended": WORDS}), by="practitioner")
    office.days_pass(2)
    wrong = MoveChecked(well=False, trouble=WORDS, put_right=WORDS, look_again_on=date(2026, 1, 26))
    office.answer(case, wrong, by="practitioner-5")
    office.today_is("2026-01-26 10:00")
    office.answer(case, WELL.model_copy(update={"what_next": WORDS}), by="practitioner-5")
    return case


def test_nothing_personal_leaves(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """What people write and who it is about stands in payloads, the move's row and the register alone."""
    caplog.set_level(logging.DEBUG)
    with office.council.database.write() as session:
        session.get_one(Person, "P-104").name = f"{CANARY} Somebody"
    case = a_story(office)
    assert office.is_closed(case)
    office.days_pass(3)
    with office.council.database.read() as session:
        holding = {
            name
            for name, table in Base.metadata.tables.items()
            if any(CANARY in str(value) for row in session.execute(select(table)) for value in row)
        }
        everybody = every_recipient(session, on=date(2026, 1, 5))
    assert {"entry_payload", "person", "move"} <= holding <= KEPT_IN
    sent = [message for one in everybody for message in office.inbox(one)]
    assert len(sent) > 8
    assert not any(CANARY in message.subject + message.body for message in sent)
    assert CANARY not in caplog.text
    for ref in office.cases():
        row = office.case(ref)
        assert CANARY not in f"{row.awaiting} {row.owner} {row.procedure} {row.colour}"
