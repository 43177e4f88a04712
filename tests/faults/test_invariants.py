"""Each invariant of the fault campaign sees what it is there for: the record is spoilt by hand, and it is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.provider_failure import provider_failure
from flows.telling_a_person import telling_a_person
from models.cases import WorkItem
from models.forms.alarms import MessageLookedAt, WhatItWas
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.mail import InboundMail, MailDoor, MailState
from models.outbox import OutboxMessage, OutboxState
from models.person_messages import PersonMessage, SentBy
from models.states import WorkItemState
from tasks.durable import worklist
from tasks.durable.arrivals import send_signal
from tasks.durable.testing import Office
from tasks.intake import keep_mail, take_up
from tests.audit_world import Attacker
from tests.faults.invariants import INVARIANTS, Evidence, check, name_of
from tests.faults.journal import Heard, Journal, digest_of
from tests.faults.load import CANARY, DEAD
from tests.faults.outside import Taken
from tests.procedures.letters import sorted_as
from tests.procedures.plan_change_stories import ALL_AGREE, decided
from tests.procedures.reablement_stories import in_reablement
from tests.procedures.test_provider_failure import CLOSING
from tests.procedures.test_telling_people import BY_EMAIL, in_the_register, telling
from tests.procedures.tray_stories import on_the_tray

LETTER = (
    b"From: Joyce Amberley <joyce@example.org>\r\nTo: adult.care@example.org\r\nSubject: My mother\r\n"
    b"Message-ID: <one@example.org>\r\n\r\nDear Priya, the bath seat has not come. mark-one\r\n"
)
OPEN = "state = 'open'"
LATER = "no + 1000"


@dataclass
class World:
    """An office after two days in which all has gone well, and what those outside have heard of it."""

    office: Office
    attacker: Attacker
    folder: Path
    journal: Journal
    letter: str = ""
    waiting: str = ""
    told: str = ""
    taken: list[Taken] = field(default_factory=list)

    def broken(self) -> set[str]:
        """The invariants that do not hold."""
        rested_from = self.office.clock.now() - timedelta(hours=1)
        evidence = Evidence(self.office.council, self.journal, self.taken, self.folder, rested_from)
        return {one.invariant for one in check(evidence)}

    def spoil(self, statement: str) -> None:
        """Change rows as nobody should be able to."""
        self.attacker.does(statement)

    def heard(self, what: Heard, id: str = "", **said: object) -> None:
        """Somebody outside has heard something."""
        self.journal.note(what, "staff-1", id, **said)

    def open_item(self) -> WorkItem:
        """A work item that nobody has answered."""
        wanted = select(WorkItem).where(WorkItem.state == WorkItemState.OPEN).order_by(WorkItem.opened_at, WorkItem.id)
        with self.office.council.database.read() as session:
            return session.scalars(wanted.limit(1)).one()

    def double(self, kinds: str) -> None:
        """The first entry of one of those kinds stands in its ledger a second time."""
        columns = 'at, kind, "key", step, "by", clauses, policy, payload_digest, previous_hash, hash'
        self.spoil(
            f"INSERT INTO entry (case_ref, no, {columns}) SELECT case_ref, {LATER}, {columns} FROM entry "
            f"WHERE kind IN ({kinds}) ORDER BY no LIMIT 1"
        )


@pytest.fixture
def world(office: Office, tmp_path: Path) -> World:
    """A letter was sorted, somebody waits on the tray, somebody outside was told something, and a plan was changed."""
    council = office.council
    world = World(office, Attacker(council.database), tmp_path, Journal(tmp_path / "journal.jsonl"))
    office.writes_to_people_by(SentBy.EMAIL)
    in_the_register(office, **BY_EMAIL)
    mail = keep_mail(council, LETTER, "joyce@example.org", ["adult.care@example.org"], door=MailDoor.SMTP)
    world.heard(Heard.MESSAGE_ACCEPTED, "mark-one")
    world.letter = take_up(council, mail).case_ref or ""
    office.hours_pass(0)
    sorting = sorted_as()
    item = world.open_item()
    worklist.answer(council, item.id, sorting.model_dump(mode="json"), by="duty-worker")
    world.heard(Heard.ANSWER_TAKEN, item.id, by="duty-worker", digest=digest_of(sorting.model_dump(mode="json")))
    world.waiting = on_the_tray(office)
    world.heard(Heard.CASE_OPENED, world.waiting)
    changed = CircumstancesChanged(reported_by=ReportedBy.CARER, what="fell in the night")
    for _ in range(2):
        no = send_signal(council, world.waiting, changed, by="duty-worker", signal_id="carer-1")
        world.heard(Heard.SIGNAL_TAKEN, "carer-1", case=world.waiting, no=no)
    world.told = office.start(telling_a_person, telling())
    decided(office, in_reablement(office), ALL_AGREE)
    office.start(provider_failure, CLOSING)
    office.days_pass(2)
    with council.database.read() as session:
        domain = council.connections.people.sender_domain
        world.taken = [
            Taken("mail", f"<case.{one.case_ref}.{one.entry_no}@{domain}>", one.address, one.body)
            for one in session.scalars(select(PersonMessage))
        ] + [
            Taken("staff", one.digest_id or one.id, one.recipient, "Decide: something")
            for one in session.scalars(select(OutboxMessage).where(OutboxMessage.state == OutboxState.DELIVERED))
        ]
    return world


def test_a_sound_record_breaks_no_invariant(world: World) -> None:
    """Where all has gone well nothing is named, and the world is rich enough for each invariant to look at."""
    assert world.broken() == set()
    assert {one.service for one in world.taken} == {"mail", "staff"}


def test_a_message_in_which_a_person_found_nothing_breaks_none(world: World) -> None:
    """It had opened a case in which somebody looked at it, and was passed over only then."""
    council = world.office.council
    unreadable = b"From: fax@example.org\nMessage-ID: <mark-fax@example.org>\n\n" + bytes(range(256)) * 9
    mail = keep_mail(council, unreadable, "fax@example.org", ["adult.care@example.org"], door=MailDoor.SMTP)
    assert take_up(council, mail).state is MailState.QUARANTINED
    world.office.hours_pass(0)
    wanted = select(WorkItem).where(WorkItem.form == MessageLookedAt.name(), WorkItem.state == WorkItemState.OPEN)
    with council.database.read() as session:
        item = session.scalars(wanted).one()
    nothing = MessageLookedAt(it_was=WhatItWas.NOTHING, reasons="noise on the line")
    worklist.answer(council, item.id, nothing.model_dump(mode="json"), by="duty-worker")
    world.office.hours_pass(0)
    with council.database.read() as session:
        assert session.get_one(InboundMail, mail).state == MailState.IGNORED
    assert world.broken() == set()


def lose_a_step(world: World) -> None:
    """Something came for a case, and it went to sleep as if it had looked."""
    changed = CircumstancesChanged(reported_by=ReportedBy.CARER, what="fell again")
    send_signal(world.office.council, world.waiting, changed, signal_id="carer-2")
    world.spoil(f"UPDATE care_case SET asleep_wake_no = wake_no WHERE ref = '{world.waiting}'")


SPOILT: dict[str, Callable[[World], object]] = {
    "the-record-verifies": lambda w: w.spoil("UPDATE entry SET clauses = 'PWT-00' WHERE no = 1"),
    "no-step-is-doubled": lambda w: w.double("'asked', 'done'"),
    "no-wait-ends-twice": lambda w: w.double("'answered'"),
    "every-case-takes-its-way-again": lambda w: w.spoil("UPDATE entry SET \"key\" = 'unheard-of' WHERE kind = 'asked'"),
    "every-open-case-sleeps": lambda w: w.spoil(
        "UPDATE lease SET holder = 'other:1:1:1' WHERE case_ref IN (SELECT ref FROM care_case WHERE status = 'open')"
    ),
    "nothing-is-overdue": lambda w: w.spoil(
        f"UPDATE wait SET due = '2025-01-01 00:00:00.000000' WHERE {OPEN} AND due IS NOT NULL"
    ),
    "no-step-is-lost": lose_a_step,
    "no-case-is-parked": lambda w: w.spoil("UPDATE entry SET kind = 'parked' WHERE kind = 'signalled'"),
    "whoever-waits-for-a-case-hears-of-its-closing": lambda w: w.spoil(
        f"UPDATE wait SET child_ref = '{w.told}' WHERE {OPEN}"
    ),
    "everything-has-an-owner": lambda w: w.spoil("UPDATE care_case SET owner = 'staff-nobody'"),
    "every-plan-is-what-was-agreed": lambda w: w.spoil(
        "UPDATE plan_version SET content = replace(content, '45', '40') WHERE number = 1"
    ),
    "nobody-of-an-incident-is-lost": lambda w: w.spoil("UPDATE affected_person SET place = 7 WHERE place = 1"),
    "every-accepted-message-is-in-the-record-once": lambda w: w.heard(Heard.MESSAGE_ACCEPTED, "mark-two"),
    "every-taken-answer-is-in-the-record-once": lambda w: w.heard(
        Heard.ANSWER_TAKEN, w.open_item().id, by="duty-worker", digest="?"
    ),
    "every-taken-signal-is-in-the-record-once": lambda w: w.heard(Heard.SIGNAL_TAKEN, "carer-9", case=w.waiting, no=4),
    "every-opened-case-is-there": lambda w: w.heard(Heard.CASE_OPENED, "7K3Q-9PXM"),
    "what-is-said-to-be-told-is-queued": lambda w: w.spoil("DELETE FROM outbox_message WHERE entry_no IS NOT NULL"),
    "every-notice-arrives": lambda w: w.taken.remove(next(one for one in w.taken if one.service == "staff")),
    "a-notice-is-repeated-under-its-own-id-only": lambda w: w.taken.append(Taken("staff", "D-OTHER", "role-x", "")),
    "every-message-to-people-arrives": lambda w: w.taken.append(Taken("notify", "L-OTHER", "07700 900123", "")),
    "nothing-goes-to-the-dead-or-the-unsafe": lambda w: w.taken.append(Taken("mail", w.taken[0].id, DEAD, "")),
    "nothing-personal-leaves": lambda w: (w.folder / "log.txt").write_text(f"WARNING a letter of {CANARY}\n"),
    "nothing-breaks": lambda w: w.heard(Heard.BROKE, said="KeyError"),
    "nobody-waits-for-each-other": lambda w: w.heard(Heard.DEADLOCK, times=1),
}
"""What is done to the record, by the invariant that must see it."""


def test_every_invariant_is_spoilt_here() -> None:
    """No invariant stands in the list that nothing has ever broken."""
    assert {name_of(one) for one in INVARIANTS} == set(SPOILT)


@pytest.mark.parametrize("invariant", SPOILT)
def test_what_does_not_hold_is_named(world: World, invariant: str) -> None:
    """The invariant is among those that are said to be broken."""
    SPOILT[invariant](world)

    assert invariant in world.broken()


def test_a_message_that_was_stored_and_never_taken_up_is_named(world: World) -> None:
    """Its sender heard that we have it; it must become something."""
    world.spoil("UPDATE inbound_mail SET state = 'stored', case_ref = NULL")

    assert "every-accepted-message-is-in-the-record-once" in world.broken()


def test_a_message_that_notify_has_twice_is_named(world: World) -> None:
    """Mail may come twice under one Message-ID; Notify is asked first, and has each once."""
    with world.office.council.database.read() as session:
        message = session.scalars(select(PersonMessage)).all()[0]
    world.taken.append(world.taken[0])
    assert "every-message-to-people-arrives" not in world.broken()

    world.spoil(f"UPDATE person_message SET sent_by = 'text-message' WHERE id = '{message.id}'")
    world.taken = [one for one in world.taken if one.service != "mail"] + [Taken("notify", message.id, "", "")] * 2
    assert "every-message-to-people-arrives" in world.broken()
