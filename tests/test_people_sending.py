"""Sending to people outside from several places at once, and what the database itself refuses."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from deployments.running.home import first_connections, move_in
from models.cases import Case
from models.clock import VirtualClock
from models.connections import load_connections
from models.notices import Recipient
from models.person_messages import PERSON_MESSAGE_MOVES, PersonMessage, PersonMessageState, SentBy
from models.states import CaseStatus
from tasks.durable.cases import open_new
from tasks.durable.council import Council
from tasks.durable.testing import Office
from tasks.installation import Installation
from tasks.telling.mailbox_service import read_mailbox
from tasks.telling.people import withdraw_message
from tasks.telling.people_outward import Taken
from tasks.telling.people_sending import send_to_people
from tasks.telling.people_services import can_send, check_services, hand_over
from tests.procedures.test_telling_people import BY_EMAIL, in_the_register, messages, telling
from tests.test_telling_by_mail import outward


def waiting_message(office: Office, way: SentBy = SentBy.EMAIL, **columns: Any) -> str:
    """A message that waits to be sent, as no part of the system has come to it yet; gives its case."""
    office.writes_to_people_by(way)
    in_the_register(office, **columns or BY_EMAIL)
    ref = open_new(office.council, "telling-a-person", telling(), owner=Recipient.role("duty-worker"))
    office.runtime.run_what_is_due()
    return ref


def test_several_senders_send_each_message_once(office: Office) -> None:
    """Serving part, worker and housekeeping may all send: a message is one sender's alone."""
    for _ in range(5):
        waiting_message(office)
    start = threading.Barrier(3)

    def sends() -> None:
        start.wait()
        send_to_people(office.council)

    threads = [threading.Thread(target=sends) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(office.sent_to_people()) == 5
    assert {message.state for message in messages(office)} == {PersonMessageState.DELIVERED}


def test_sender_that_died_is_followed_by_another_when_its_claim_runs_out(office: Office) -> None:
    """Its message is sent later rather than never, and nobody touches it before."""
    waiting_message(office)
    with office.council.database.write() as session:
        session.execute(
            update(PersonMessage).values(
                claimed_by="dead", claimed_until=office.clock.now() + timedelta(minutes=2), attempts=1
            )
        )
    send_to_people(office.council)
    assert office.sent_to_people() == []
    office.hours_pass(1)
    assert len(office.sent_to_people()) == 1


@pytest.mark.parametrize(
    ("way", "columns", "minutes"),
    [(SentBy.EMAIL, BY_EMAIL, 20), (SentBy.TEXT_MESSAGE, {"preferred_method": "text-message"}, 2)],
)
def test_mail_is_its_senders_alone_for_as_long_as_its_server_may_take(
    office: Office, way: SentBy, columns: dict[str, Any], minutes: int
) -> None:
    """What a sender that died had in hand goes later; an e-mail's server is waited for longer than any other."""
    waiting_message(office, way, **columns | {"telephone": "07700 900123"})

    class Died(Exception):
        """In the middle of sending."""

    def dies(*_: Any) -> NoReturn:
        raise Died

    dying = Council(
        office.council.database, office.council.policy, office.clock, connections=office.council.connections
    )
    dying.change = dies  # type: ignore[method-assign]
    with pytest.raises(Died):
        send_to_people(dying)
    (message,) = messages(office)
    assert message.claimed_until == office.clock.now() + timedelta(minutes=minutes)


def test_pass_that_takes_long_leaves_the_rest_to_the_next(office: Office) -> None:
    """A slow mail server does not hold up what is done after it; nothing is left out for good."""
    for _ in range(3):
        waiting_message(office)

    class SlowClock(VirtualClock):
        """Each look at it is twenty-five seconds later."""

        def now(self) -> datetime:
            self.advance(timedelta(seconds=25))
            return super().now()

    slow = Council(office.council.database, office.council.policy, SlowClock(office.clock.now()))
    slow.connections = office.council.connections
    assert len(send_to_people(slow).delivered) == 1
    assert len(send_to_people(office.council).delivered) == 2


def test_message_that_is_being_sent_cannot_be_withdrawn(office: Office) -> None:
    """It may be with the service already; a record that says withdrawn would be untrue."""
    waiting_message(office)
    (message,) = messages(office)
    with office.council.database.write() as session:
        session.execute(
            update(PersonMessage).values(claimed_by="x", claimed_until=office.clock.now() + timedelta(minutes=2))
        )
    with office.council.database.write() as session:
        state = withdraw_message(session, message.id, reason="x", now=office.clock.now())
    assert state is PersonMessageState.QUEUED
    later = office.clock.now() + timedelta(minutes=3)
    with office.council.database.write() as session:
        assert withdraw_message(session, message.id, reason="x", now=later) is PersonMessageState.WITHDRAWN


def test_message_of_a_case_that_was_closed_meanwhile_is_not_sent(office: Office) -> None:
    """A person did it by hand and the case ended: nobody is told twice."""
    ref = waiting_message(office)
    with office.council.database.write() as session:
        session.execute(update(Case).where(Case.ref == ref).values(status=CaseStatus.CLOSED, closed_at=Case.opened_at))
    send_to_people(office.council)
    assert [(m.state, m.reason) for m in messages(office)] == [
        (PersonMessageState.WITHDRAWN, "the case was closed before it was sent")
    ]


@pytest.mark.parametrize("old", list(PersonMessageState))
@pytest.mark.parametrize("new", list(PersonMessageState))
def test_message_moves_only_as_allowed(office: Office, old: PersonMessageState, new: PersonMessageState) -> None:
    """The database itself refuses what no message can become."""
    waiting_message(office)
    with office.council.database.write() as session:
        session.execute(update(PersonMessage).values(state=old, reason="x"))
    allowed = new == old or new in PERSON_MESSAGE_MOVES[old]
    if allowed:
        with office.council.database.write() as session:
            session.execute(update(PersonMessage).values(state=new))
    else:
        refused = pytest.raises(IntegrityError, match="that move of state is not allowed")
        with refused, office.council.database.write() as session:
            session.execute(update(PersonMessage).values(state=new))


# ------------------------------------------------------------------ a new home


def test_new_example_home_keeps_mail_to_people_in_a_folder(tmp_path: Path) -> None:
    """Its connections file is its owner's alone, and a receipt lies where the mailboxes are."""
    home = tmp_path / "a home with {braces}"
    installation = Installation.from_environment({"PATHWAYS_HOME": str(home)})
    assert move_in(installation, empty=False)
    assert installation.connections_file.stat().st_mode & 0o777 == 0o600
    people = load_connections(installation.connections_file).people
    check_services(people)
    assert hand_over(people, SentBy.EMAIL, outward()) == Taken()
    assert [kept.to for kept in read_mailbox(installation.mailbox / "people")] == ["tom@example.org"]
    assert not move_in(installation, empty=False), "the second time it is at home already"


def test_councils_own_home_begins_with_nothing_joined(tmp_path: Path) -> None:
    """What goes into a folder would count as sent: a council's own people are told by a person until mail is joined."""
    installation = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path / "home")})
    move_in(installation, empty=True)
    people = load_connections(installation.connections_file).people
    assert not any(can_send(people, way) for way in SentBy)


def test_home_that_is_there_keeps_its_connections(tmp_path: Path) -> None:
    """Neither what the systems person wrote is overwritten, nor is anything joined by an upgrade."""
    installation = Installation.from_environment({"PATHWAYS_HOME": str(tmp_path / "home")})
    move_in(installation, empty=False)
    installation.connections_file.unlink()
    move_in(installation, empty=False)
    assert not installation.connections_file.exists()
    installation.connections_file.write_text("# mine\n")
    move_in(installation, empty=False)
    assert installation.connections_file.read_text() == "# mine\n"
    assert "\n[people]\n" in first_connections(None)
