"""
Staff of a trial: they take and answer what is open, sometimes the same thing at once, and tell cases what has happened.

What they write is invented from the forms themselves. What they hear goes into the journal.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from deployments.cli.inventing import Inventor
from models.cases import Case, WorkItem
from models.decision_tables.levels import Rag
from models.errors import CheckFailed, PathwaysError
from models.forms.base import AnswerRefused, Form
from models.forms.telling_people import PersonTelling
from models.forms.tray_waiting import TrayPlacement
from models.notices import Recipient
from models.register import Staff
from models.roles import Role
from models.states import CaseStatus, WorkItemState
from models.telling_findings import ToBeTold
from models.working_time import local_day
from tasks.database import DatabaseUnavailable
from tasks.durable import worklist
from tasks.durable.arrivals import send_signal
from tasks.durable.cases import open_new
from tasks.durable.safeguarding_asked import with_the_word
from tasks.provider_failure.telling_people import TELLING_PROCEDURE
from tasks.worklist.signalling import SignalRefused, what_can_be_told
from tests.faults.journal import Heard, digest_of
from tests.faults.plans import Kind
from tests.faults.players import Player
from tests.procedures.reablement_stories import BEGUN
from tests.procedures.test_provider_failure import CLOSING
from tests.procedures.tray_stories import rated

TRIES = 25
"""How often an answer is invented anew until the form takes it."""
WHO_WAIT = ("P-104", "P-105", "P-107", "P-113", "P-116")
FAIL = ("willow-bank", "larch-court", "harbour-view")
IN_REABLEMENT = ("P-101", "P-106", "P-116")
WRITTEN_TO = ("P-101", "P-108", "P-108", "P-119", "P-121")
"""By e-mail, by text message (more often), whoever has died, and by letter."""
WRITES, WRITES_ELSE = {Kind.SERVICES: 0.12, Kind.ALL: 0.05}, 0.015
"""How often somebody of ours writes to a person by whatever way reaches them."""


class Colleagues:
    """The members of staff that one process speaks for."""

    def __init__(self, player: Player) -> None:
        self._player, self._council, self._random = player, player.council, player.random
        self._told = 0

    def do_something(self) -> bool:
        """One act of somebody's."""
        chance = self._random.random()
        if chance < 0.05:
            return self._place_somebody()
        if chance < 0.09:
            return self._begin_reablement()
        if chance < 0.105:
            return self._report_a_failure()
        if chance < 0.105 + WRITES.get(self._player.plan.kind, WRITES_ELSE):
            return self._write_to_somebody()
        if chance < 0.25:
            return self._tell_a_case()
        return self._see_to_an_item()

    def _see_to_an_item(self) -> bool:
        with self._council.database.read() as session:
            wanted = select(WorkItem).where(WorkItem.state == WorkItemState.OPEN)
            items = list(session.scalars(wanted.order_by(WorkItem.opened_at, WorkItem.id)))
            staff = list(session.scalars(select(Staff).where(Staff.left_on.is_(None)).order_by(Staff.id)))
        if not items:
            return False
        races = 0.8 if self._player.plan.kind is Kind.RACES else 0.3
        item = items[0] if self._random.random() < races else self._random.choice(items)
        by = self._who(item, staff)
        match self._random.random():
            case chance if chance < 0.15:
                return self._hears(item, by, lambda: worklist.take(self._council, item.id, by=by))
            case chance if chance < 0.25:
                return self._hears(item, by, lambda: worklist.note_opened(self._council, item.id, by=by))
        return self._answer(item, by)

    def _who(self, item: WorkItem, staff: list[Staff]) -> str:
        asked = Recipient.from_tag(item.asked_of)
        able = [one.id for one in staff if asked.name in (one.id, one.role, one.team_id)]
        managers = [one.id for one in staff if one.role in (Role.STRATEGIC_MANAGER, Role.HEAD_OF_SERVICE)]
        return self._random.choice(able if able and self._random.random() < 0.85 else managers)

    def _hears(self, item: WorkItem, by: str, does: Any) -> bool:
        try:
            does()
        except DatabaseUnavailable:
            raise
        except PathwaysError as refused:
            if isinstance(refused, worklist.NoLongerOpen):
                self._player.journal.note(Heard.ANSWER_REFUSED, self._player.name, item.id, by=by)
            return False
        return True

    def _answer(self, item: WorkItem, by: str) -> bool:
        form = Form.named(item.form)
        inventor = Inventor(self._random, self._player.stage.register, self._council.clock.now())
        for _ in range(TRIES):
            given = inventor.fill(form)
            try:
                filled = form.read(given)
            except AnswerRefused:
                continue
            said = digest_of(filled.model_dump(mode="json"))
            try:
                worklist.answer(self._council, item.id, with_the_word(form, given), by=by)
            except AnswerRefused:
                continue
            except worklist.NoLongerOpen:
                self._player.journal.note(Heard.ANSWER_REFUSED, self._player.name, item.id, by=by, digest=said)
                return True
            except worklist.NotTheirs:
                return False
            self._player.journal.note(
                Heard.ANSWER_TAKEN, self._player.name, item.id, by=by, digest=said, case=item.case_ref, key=item.key
            )
            return True
        return False

    def _tell_a_case(self) -> bool:
        with self._council.database.read() as session:
            cases = list(
                session.scalars(select(Case).where(Case.status != CaseStatus.CLOSED).order_by(Case.opened_at, Case.ref))
            )
        if not cases:
            return False
        case = self._random.choice(cases)
        offered = what_can_be_told(self._council, case, Role.STRATEGIC_MANAGER)
        if not offered:
            return False
        signal = self._random.choice(offered).signal
        inventor = Inventor(self._random, self._player.stage.register, self._council.clock.now())
        self._told += 1
        signal_id = f"{self._player.name}-{self._random.randrange(10**9)}"
        for _ in range(TRIES):
            with suppress(ValidationError):
                sent = signal.model_validate(inventor.fill(signal))
                break
        else:
            return False
        for _ in range(self._random.choice((1, 1, 2, self._player.plan.repeats))):
            try:
                no = send_signal(self._council, case.ref, sent, by="strategic-manager", signal_id=signal_id)
            except (SignalRefused, CheckFailed):
                return True
            self._player.journal.note(Heard.SIGNAL_TAKEN, self._player.name, signal_id, case=case.ref, no=no)
        return True

    def _place_somebody(self) -> bool:
        person = self._random.choice(WHO_WAIT)
        colour = self._random.choice((Rag.RED, Rag.AMBER, Rag.GREEN))
        place = TrayPlacement(
            person=person,
            team="hazel",
            requested_at=self._council.clock.now(),
            placed_by="team-leader",
            rated=rated(colour),
            circumstances="waits for an assessment",
            safety_plan="the neighbour looks in" if colour is Rag.RED else "",
        )
        ref = open_new(self._council, "pwt-review", place, owner=Recipient.staff("team-leader"))
        self._player.journal.note(Heard.CASE_OPENED, self._player.name, ref)
        return True

    def _begin_reablement(self) -> bool:
        begun = BEGUN.model_copy(
            update={"person": self._random.choice(IN_REABLEMENT), "begun_on": local_day(self._council.clock.now())}
        )
        ref = open_new(self._council, "reablement", begun, owner=Recipient.staff(begun.worker))
        self._player.journal.note(Heard.CASE_OPENED, self._player.name, ref)
        return True

    def _write_to_somebody(self) -> bool:
        now = self._council.clock.now()
        telling = PersonTelling(
            whom=ToBeTold.the_person(self._random.choice(WRITTEN_TO)),
            subject="Who comes from now on",
            body="Somebody else comes in the mornings from now on.",
            about="A change of who comes.",
            of="team-hazel",
            wanted_by=now + timedelta(days=2),
        )
        ref = open_new(self._council, TELLING_PROCEDURE, telling, owner=Recipient.team("hazel"))
        self._player.journal.note(Heard.CASE_OPENED, self._player.name, ref)
        return True

    def _report_a_failure(self) -> bool:
        failure = CLOSING.model_copy(
            update={"provider": self._random.choice(FAIL), "care_ends_on": local_day(self._council.clock.now())}
        )
        ref = open_new(self._council, "provider-failure", failure, owner=Recipient.team(failure.team))
        self._player.journal.note(Heard.CASE_OPENED, self._player.name, ref)
        return True


def act(player: Player) -> None:
    """Staff: one act a turn, as long as there is anything to do."""
    colleagues = Colleagues(player)
    did_something = True
    while player.goes_on(did_something=did_something):
        # Now and then there is nothing to do for a while, so that time can pass.
        did_something = player.random.random() < 0.7 and player.tries(colleagues.do_something)
