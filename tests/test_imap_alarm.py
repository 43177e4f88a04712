"""A mailbox that is not collected does not stay so unnoticed: a case, one at a time, until it is collected again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deployments.running.health import health_of
from flows.mailbox_not_collected import mailbox_not_collected
from models.connections import Connections, Mailbox
from models.doors import Trouble
from models.forms.alarms import MailboxSeenTo
from tasks.durable.testing import Office
from tasks.housekeeping import UNTRIED
from tasks.installation import Installation
from tasks.mail.collecting import collect_every_mailbox
from tasks.mail.watching import look_after_mailboxes, note_round, tried_since, uncollected
from tests.procedures.letters import asked, read_beside

BOX = Mailbox.model_validate({"name": "adult-care", "host": "mail.example.org", "username": "duty", "password": "x"})


@pytest.fixture
def office_with_a_mailbox(office: Office) -> Office:
    """The office, with one mailbox in its connections file."""
    office.council.connections = Connections(mailboxes=(BOX,))
    return office


def minutes_pass(office: Office, minutes: int, trouble: Trouble | str | None = "nobody tries") -> None:
    """Minute after minute the mailbox is tried, with that result, and housekeeping looks after it."""
    for _ in range(minutes):
        office.clock.advance(timedelta(minutes=1))
        if not isinstance(trouble, str) or isinstance(trouble, Trouble):
            note_round(office.council, BOX.name, trouble)
        look_after_mailboxes(office.council)
    office.hours_pass(0)


def test_a_mailbox_that_is_collected_alarms_nobody(office_with_a_mailbox: Office) -> None:
    """Nor does a failure that passes."""
    office = office_with_a_mailbox
    minutes_pass(office, 5, None)
    minutes_pass(office, 29, Trouble.UNREACHABLE)
    minutes_pass(office, 5, None)

    assert office.cases() == []
    assert uncollected(office.council) == []


def test_after_half_an_hour_those_who_keep_the_systems_are_asked(office_with_a_mailbox: Office) -> None:
    """Urgently, with what is wrong; and duty is told to look into the mailbox by hand."""
    office = office_with_a_mailbox
    minutes_pass(office, 1, None)
    minutes_pass(office, 31, Trouble.LOGIN)

    (case,) = office.cases(mailbox_not_collected)
    assert asked(office, case) == ["MailboxSeenTo of systems"]
    beside = read_beside(office, case, MailboxSeenTo)
    assert "adult-care" in beside and "The login was refused" in beside
    office.hours_pass(5)
    assert any("mailbox that is not collected" in message.body for message in office.inbox("duty-worker"))


def test_silence_about_it_goes_up_to_the_managers(office_with_a_mailbox: Office) -> None:
    """The ladder of what is urgent holds here too."""
    office = office_with_a_mailbox
    minutes_pass(office, 31, Trouble.LOGIN)
    (case,) = office.cases(mailbox_not_collected)
    office.hours_pass(5)

    assert any(f"case {case}" in message.subject for message in office.inbox("team-manager"))


def test_a_mailbox_that_nobody_even_tries_is_noticed_as_well(office_with_a_mailbox: Office) -> None:
    """The schedule stands still: the mailbox fails from the moment it was first looked for."""
    office = office_with_a_mailbox
    minutes_pass(office, 30)
    assert office.cases() == []
    minutes_pass(office, 1)

    (case,) = office.cases(mailbox_not_collected)
    assert "Nothing looks into it" in read_beside(office, case, MailboxSeenTo)


def test_while_one_alarm_is_open_there_is_no_second(office_with_a_mailbox: Office) -> None:
    """However long it lasts."""
    office = office_with_a_mailbox
    minutes_pass(office, 200, Trouble.UNREACHABLE)

    assert len(office.cases(mailbox_not_collected)) == 1


def test_collected_again_ends_the_alarm(office_with_a_mailbox: Office) -> None:
    """Nobody need answer any more; the next failure is an alarm of its own."""
    office = office_with_a_mailbox
    minutes_pass(office, 31, Trouble.UNREACHABLE)
    (case,) = office.cases()
    minutes_pass(office, 1, None)

    assert office.outcome_of(case) == "collected again"
    assert asked(office, case) == []
    minutes_pass(office, 32, Trouble.UNREACHABLE)
    assert len(office.cases(mailbox_not_collected)) == 2


def test_answered_and_still_not_collected_it_comes_again(office_with_a_mailbox: Office) -> None:
    """After as long again, so that it is not answered away."""
    office = office_with_a_mailbox
    minutes_pass(office, 31, Trouble.LOGIN)
    (case,) = office.cases()
    office.answer(case, MailboxSeenTo(what_was_done="new password asked for"), by="systems-officer")

    assert office.outcome_of(case) == "seen to"
    minutes_pass(office, 29, Trouble.LOGIN)
    assert len(office.cases()) == 1
    minutes_pass(office, 1, Trouble.LOGIN)
    assert len(office.cases(mailbox_not_collected)) == 2


def test_a_mailbox_taken_out_of_the_file_is_no_longer_looked_after(office_with_a_mailbox: Office) -> None:
    """Neither here nor in /health."""
    office = office_with_a_mailbox
    minutes_pass(office, 5, Trouble.LOGIN)
    office.council.connections = Connections()
    minutes_pass(office, 60)

    assert office.cases() == []
    assert uncollected(office.council) == []


def test_health_speaks_of_mailboxes_only_where_there_are_some(office: Office) -> None:
    """It names the mailbox, since when, and the kind of trouble."""
    installation = Installation.from_environment({"PATHWAYS_PREFECT_PORT": "9"})
    assert "mailboxes" not in health_of(office.council, installation)["parts"]

    office.council.connections = Connections(mailboxes=(BOX,))
    assert health_of(office.council, installation)["parts"]["mailboxes"] == {"ok": True, "says": "works"}
    minutes_pass(office, 31, Trouble.CERTIFICATE)
    part = health_of(office.council, installation)["parts"]["mailboxes"]
    assert not part["ok"]
    assert part["says"] == "adult-care: not collected since Monday 5 January 2026, 9:01am (certificate)"


def test_beside_the_schedule_only_what_nobody_tries_is_collected(office_with_a_mailbox: Office) -> None:
    """While Prefect's flow does its round, nobody knocks twice; without it, letters come in all the same."""
    office = office_with_a_mailbox
    note_round(office.council, BOX.name, Trouble.UNREACHABLE)
    office.clock.advance(timedelta(minutes=1))
    assert tried_since(office.council, office.clock.now() - UNTRIED) == {BOX.name}
    collect_every_mailbox(office.council, untried_since=office.clock.now() - UNTRIED)
    assert uncollected(office.council) == []

    office.clock.advance(timedelta(minutes=5))
    assert tried_since(office.council, office.clock.now() - UNTRIED) == set()


def test_a_mailbox_that_was_only_looked_for_does_not_count_as_tried(office_with_a_mailbox: Office) -> None:
    """Housekeeping's own row keeps nobody from collecting."""
    look_after_mailboxes(office_with_a_mailbox.council)

    assert tried_since(office_with_a_mailbox.council, office_with_a_mailbox.clock.now() - UNTRIED) == set()
