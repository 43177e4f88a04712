"""A leg in our worker: what it asks of Prefect's server, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from models.cases import Case
from models.roles import Role
from tasks.durable import ask, audited, procedure
from tasks.durable.lease import take
from tasks.durable.ledger import UnknownCase
from tasks.durable.prefect_clerk import RESTRICTED_TITLE, PrefectAway
from tasks.durable.prefect_runtime import LegEnding, run_in_worker
from tasks.durable.record_age import Head, after_entry, head_said
from tasks.durable.testing import Office
from tests.durable.lending import FOLDING, ChairChosen, WheelchairLoan, answer_quietly, lines, open_quietly
from tests.worker.pretended_prefect import PretendedPrefect


@audited("Chair brought")
def bring_chair() -> None:
    """One step."""


@procedure(follows="Lending wheelchairs")
def chair_asked_for_twice(loan: WheelchairLoan) -> None:
    """Ask, bring it, ask once more, and end."""
    ask(ChairChosen, of=Role.DUTY_WORKER)
    bring_chair()
    ask(ChairChosen, of=Role.DUTY_WORKER)


def awake(office: Office) -> str:
    """A case that has slept, and has something to do."""
    case = office.start(chair_asked_for_twice, WheelchairLoan())
    answer_quietly(office, case, FOLDING)
    return case


def head_of(office: Office, case: str) -> Head:
    """How far a case's record is."""
    there = office.case(case)
    return Head.of(there.head_no, there.head_hash)


def test_leg_is_two_requests_and_a_third_where_the_run_looks_different(
    office: Office, prefect_server: PretendedPrefect
) -> None:
    """Begin and sleep; name and tags only where they have changed."""
    case = open_quietly(office, chair_asked_for_twice)
    run = prefect_server.has_run_of(office.council, case)
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.SLEPT
    assert prefect_server.asked == ["POST RUNNING", "PATCH run", "POST SCHEDULED"]
    assert prefect_server.state_of(run) == ("SCHEDULED", "Awaiting choosing a chair")
    shown = prefect_server.runs[str(run.id)]
    assert shown["name"].startswith(f"{case} · Awaiting choosing a chair · next ")
    assert "awaited-role-duty-worker" in shown["tags"]
    assert head_said(shown["state"]["message"]) == head_of(office, case)

    prefect_server.asked.clear()
    answer_quietly(office, case, FOLDING)
    shown["state"]["state_details"]["scheduled_time"] = None  # woken
    again = prefect_server.due(run.id)
    assert run_in_worker(office.council, again, show_steps=False) is LegEnding.SLEPT
    assert prefect_server.asked == ["POST RUNNING", "POST SCHEDULED"]


def test_run_of_a_case_that_closes_ends_as_closed(office: Office, prefect_server: PretendedPrefect) -> None:
    """Its last name is without a next date, and its state says up to which entry the record went."""
    case = awake(office)
    assert run_in_worker(office.council, prefect_server.has_run_of(office.council, case), show_steps=False)
    answer_quietly(office, case, FOLDING)
    run = prefect_server.has_run_of(office.council, case)
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.CLOSED
    assert prefect_server.state_of(run) == ("COMPLETED", "Closed")
    assert office.case(case).status == "closed"
    message = prefect_server.runs[str(run.id)]["state"]["message"]
    assert message.endswith(after_entry(head_of(office, case)))


def test_run_that_somebody_stopped_is_not_carried_on(office: Office, prefect_server: PretendedPrefect) -> None:
    """The server refuses to let it begin: the case is untouched, and its lease free."""
    case = awake(office)
    run, before = prefect_server.has_run_of(office.council, case), lines(office, case)
    prefect_server.runs[str(run.id)]["state"]["type"] = "CANCELLED"
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.NOT_OURS
    assert lines(office, case) == before
    assert prefect_server.asked == ["POST RUNNING"]


def test_run_that_was_put_to_sleep_again_meanwhile_is_not_carried_on(
    office: Office, prefect_server: PretendedPrefect
) -> None:
    """Another worker was faster: the server says that it is not due yet, and no state is touched."""
    case = awake(office)
    run = prefect_server.has_run_of(office.council, case)
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.SLEPT
    stands = dict(prefect_server.runs[str(run.id)]["state"])
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.NOT_OURS
    assert prefect_server.runs[str(run.id)]["state"] == stands


def test_run_that_another_replaced_ends_without_a_leg(office: Office, prefect_server: PretendedPrefect) -> None:
    """Its case has had a new run since; the old one does not run it, and does not come due again."""
    case = awake(office)
    run, before = prefect_server.has_run_of(office.council, case), lines(office, case)
    with office.council.database.write() as session:
        session.execute(update(Case).where(Case.ref == case).values(generation=1))
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.CLOSED
    assert prefect_server.state_of(run) == ("COMPLETED", "Superseded")
    assert lines(office, case) == before


def test_case_that_a_living_leg_has_is_left_alone(office: Office, prefect_server: PretendedPrefect) -> None:
    """Nothing is asked of the server: the run stays due, and is looked at again."""
    case = awake(office)
    run = prefect_server.has_run_of(office.council, case)
    with office.council.change() as change:
        assert take(change.session, case, change.now, change.policy.lease.lasts) is not None
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.NOT_OURS
    assert prefect_server.asked == []
    office.clock.advance(timedelta(seconds=61))
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.SLEPT


def test_case_whose_record_is_older_than_what_happened_does_nothing(
    office: Office, prefect_server: PretendedPrefect
) -> None:
    """Its run knows of entries that the record lacks: that is the backstop's to settle, and no leg's."""
    case = awake(office)
    run = replace(prefect_server.has_run_of(office.council, case), known=Head(office.case(case).head_no + 1))
    before = lines(office, case)
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.NOT_OURS
    assert (lines(office, case), prefect_server.asked) == (before, [])


def test_older_record_is_noticed_though_prefect_called_the_run_late(
    office: Office, prefect_server: PretendedPrefect
) -> None:
    """Its present state says nothing of the record; what it said before does, and is said again for the backstop."""
    case = awake(office)
    run = prefect_server.has_run_of(office.council, case)
    known = after_entry(Head(office.case(case).head_no, "00000000"))
    prefect_server.earlier[str(run.id)] = [{"message": after_entry(Head(1))}, {"message": known}]
    before = lines(office, case)
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.NOT_OURS
    assert (lines(office, case), prefect_server.asked) == (before, ["POST SCHEDULED"])
    assert prefect_server.runs[str(run.id)]["state"]["message"] == known

    assert run_in_worker(office.council, prefect_server.due(run.id), show_steps=False) is LegEnding.NOT_OURS
    assert prefect_server.asked == ["POST SCHEDULED"]


def test_what_comes_while_a_run_is_put_to_sleep_wakes_it(office: Office, prefect_server: PretendedPrefect) -> None:
    """An answer between the leg's last transaction and the server's sleep is not slept through."""
    case = awake(office)
    run = prefect_server.has_run_of(office.council, case)

    def answer_meanwhile(request: str) -> None:
        if request == "POST SCHEDULED":
            prefect_server.before_answering = lambda _request: None
            answer_quietly(office, case, FOLDING)

    prefect_server.before_answering = answer_meanwhile
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.SLEPT
    assert prefect_server.state_of(run) == ("SCHEDULED", "Woken")


def test_answer_that_is_lost_on_its_way_does_not_stop_a_leg(office: Office, prefect_server: PretendedPrefect) -> None:
    """The server let the run begin and its answer was lost: asked again, it says that this was done already."""
    case = awake(office)
    run = prefect_server.has_run_of(office.council, case)
    prefect_server.losing_answers = 1
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.SLEPT
    assert prefect_server.asked[:2] == ["POST RUNNING", "POST RUNNING"]


def test_nothing_is_done_for_a_run_while_the_server_is_away(office: Office, prefect_server: PretendedPrefect) -> None:
    """It could not be let begin: the case is untouched, and its run still due."""
    case = awake(office)
    run, before = prefect_server.has_run_of(office.council, case), lines(office, case)
    prefect_server.losing_answers = 1000
    with pytest.raises(PrefectAway):
        run_in_worker(office.council, run, show_steps=False)
    assert lines(office, case) == before


def test_case_sleeps_though_the_server_does_not_hear_of_it(office: Office, prefect_server: PretendedPrefect) -> None:
    """The server goes away in the middle of a leg: what was done stands, and the backstop puts the run right."""
    case = awake(office)
    run = prefect_server.has_run_of(office.council, case)

    def go_away(request: str) -> None:
        if request == "POST SCHEDULED":
            prefect_server.losing_answers = 1000

    prefect_server.before_answering = go_away
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.SLEPT
    assert "done bring-chair" in lines(office, case)


def test_run_of_a_case_that_we_do_not_have_is_refused(office: Office, prefect_server: PretendedPrefect) -> None:
    """Prefect knows a run of a case that our database lacks: nothing is done, and the error names the case."""
    case = awake(office)
    run = replace(prefect_server.has_run_of(office.council, case), parameters={"ref": "2222-2222"})
    with pytest.raises(UnknownCase, match="2222-2222"):
        run_in_worker(office.council, run, show_steps=False)
    assert prefect_server.asked == []


def test_run_that_was_deleted_is_left_to_the_backstop(office: Office, prefect_server: PretendedPrefect) -> None:
    """The server does not know it any more: the case is untouched."""
    case = awake(office)
    run, before = replace(prefect_server.has_run_of(office.council, case), id=uuid4()), lines(office, case)
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.NOT_OURS
    assert lines(office, case) == before


def test_restricted_case_shows_nothing_of_itself(office: Office, prefect_server: PretendedPrefect) -> None:
    """Its run bears the one neutral name, its state too."""
    case = office.start(chair_asked_for_twice, WheelchairLoan(), restricted=True)
    answer_quietly(office, case, FOLDING)
    run = prefect_server.has_run_of(office.council, case)
    assert run_in_worker(office.council, run, show_steps=False) is LegEnding.SLEPT
    assert prefect_server.state_of(run) == ("SCHEDULED", RESTRICTED_TITLE)
    assert prefect_server.runs[str(run.id)]["name"] == RESTRICTED_TITLE
