"""Whatever happens in whatever order: what still matters is told in time, what was overtaken is not, nothing twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import REGISTER_DATE
from models.notices import Interruption, Notice, Recipient, Why
from models.outbox import Delivery, OutboxMessage, OutboxState
from models.policy import Policy, WorkItemTiming
from models.roles import Role
from models.working_time import LONDON, local_day
from tasks.database import Database
from tasks.durable import ask, procedure
from tasks.durable.testing import Office
from tasks.durable.worklist import answer, open_items, take
from tests.durable.lending import FOLDING, ChairChosen, WheelchairLoan


def quickly_chased() -> Policy:
    """A policy under which an item is recalled and passed on within hours."""
    policy = example_policy()
    rungs = [{"after": f"{hours} working hours", "to": to} for hours, to in ((6, "team-leader"), (9, "team-manager"))]
    timing = {"acknowledge_within": "2 working hours", "remind_after": "4 working hours", "escalate": rungs}
    default = WorkItemTiming.model_validate(timing)
    return policy.model_copy(update={"work_items": policy.work_items.model_copy(update={"default": default})})


POLICIES = {"example": example_policy(), "quickly chased": quickly_chased()}
QUIET = example_policy().notices.quiet_hours
DUTY, ON_CALL = Recipient.role(Role.DUTY_WORKER).tag, Recipient.role(Role.ON_CALL_MANAGER).tag


@procedure(follows="Lending wheelchairs")
def ordinary(loan: WheelchairLoan) -> None:
    """Ask duty something."""
    ask(ChairChosen, of=Role.DUTY_WORKER)


@procedure(follows="Lending wheelchairs")
def urgent(loan: WheelchairLoan) -> None:
    """Ask duty something urgent."""
    ask(ChairChosen, of=Role.DUTY_WORKER, urgent=True)


STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from([ordinary, urgent])),
    st.tuples(st.just("answer"), st.integers(0, 5)),
    st.tuples(st.just("take"), st.integers(0, 5)),
    st.tuples(st.just("hours"), st.sampled_from([0.25, 0.5, 1.0, 3.0, 8.0, 15.0, 40.0])),
    st.tuples(st.just("outage"), st.sampled_from([0.1, 1.0, 3.0])),
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the example council, to be copied for each example."""
    file = tmp_path_factory.mktemp("digests") / "pathways.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
    database.dispose()
    return file


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rhythm=st.sampled_from(sorted(POLICIES)),
    start=st.sampled_from(["2026-01-05 08:31", "2026-01-05 13:00", "2026-01-09 16:00", "2026-01-10 21:00"]),
    steps=st.lists(STEPS, min_size=1, max_size=14),
)
def test_every_line_that_matters_is_told_in_time_and_nothing_that_was_overtaken(
    prepared: Path, tmp_path: Path, rhythm: str, start: str, steps: list[tuple[str, Any]]
) -> None:
    """
    After any sequence of asking, answering, taking, outages and time passing:

    a line that was told had its item open when it went out; one that was withdrawn was answered, taken or followed by a
    later one about the same item; every other one was told by the next digest after it came up (or, where its recipient
    had heard of the item that day, the next day's), interruptions at once or when the quiet hours ended. Only for those
    whose service was out of order there is no saying when.
    """
    file = tmp_path / "pathways.db"
    file.write_bytes(prepared.read_bytes())
    database = Database(f"sqlite:///{file}")
    office = Office(database, POLICIES[rhythm], today=start)
    ended: dict[str, Any] = {}
    taken: dict[str, Any] = {}
    out = False
    for what, given_ in steps:
        out = perform(office, what, given_, ended, taken) or out
    office.days_pass(1)
    with database.read() as session:
        messages = list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.queued_at)))
        told_at = {
            one.message_id: one.at for one in session.scalars(select(Delivery).where(Delivery.outcome == "delivered"))
        }
    database.dispose()
    for message in messages:
        if message.id in told_at:
            assert told_at[message.id] <= ended.get(str(message.work_item_id), told_at[message.id])
        if message.state == OutboxState.WITHDRAWN:
            assert overtaken(message, messages, ended, taken), message.notice
        elif not (out and message.recipient == DUTY):
            check_in_time(office, message, messages, told_at, out=out)
    check_nothing_twice(messages, told_at)


def perform(office: Office, what: str, given_: Any, ended: dict[str, Any], taken: dict[str, Any]) -> bool:
    """Do one step; whether a service was out of order."""
    match what:
        case "ask":
            office.start(given_, WheelchairLoan())
        case "hours":
            office.hours_pass(given_)
        case "outage":
            office.cannot_reach("role-duty-worker")
            office.hours_pass(given_)
            office.can_reach_again("role-duty-worker")
            return True
        case _:
            with office.council.database.read() as session:
                items = [one for one in open_items(session, role=Role.DUTY_WORKER) if one.form == "ChairChosen"]
            if not items:
                return False
            item = items[given_ % len(items)].id
            if what == "answer":
                answer(office.council, item, FOLDING.model_dump(mode="json"), by="duty-worker")
                ended[item] = office.clock.now()
            else:
                take(office.council, item, by="duty-worker-2")
                taken.setdefault(item, office.clock.now())
            office.hours_pass(0)
    return False


def overtaken(
    message: OutboxMessage, messages: list[OutboxMessage], ended: dict[str, Any], taken: dict[str, Any]
) -> bool:
    """Whether something came after it that made it pointless."""
    why = Notice.model_validate(message.notice).why
    later = [one for one in messages if one.work_item_id == message.work_item_id and one.queued_at > message.queued_at]
    return (
        message.work_item_id in ended
        or (message.work_item_id in taken and why is not Why.NOT_ANSWERED)
        or any(one.recipient == message.recipient for one in later)
        or any(Notice.model_validate(one.notice).why is Why.NOT_ANSWERED for one in later)
    )


def check_in_time(
    office: Office, message: OutboxMessage, messages: list[OutboxMessage], told_at: dict[str, Any], *, out: bool
) -> None:
    """It was told when it should have been, if that time has come; so is the alarm where a service was out of order."""
    policy = office.council.policy
    calendar, notices = policy.working_calendar(), policy.notices
    if message.interruption is not None:
        alarms = {Interruption.URGENT_UNACKNOWLEDGED} | ({Interruption.REACHED_NOBODY} if out else set())
        assert message.interruption in alarms
        quiet = message.recipient != ON_CALL
        latest = QUIET.over_after(message.queued_at) if quiet else message.queued_at
    else:
        latest = notices.next_digest(calendar, message.queued_at)
        heard = [
            told_at[one.id]
            for one in messages
            if one.id in told_at
            and (one.work_item_id, one.recipient) == (message.work_item_id, message.recipient)
            and local_day(told_at[one.id]) == local_day(latest)
            and told_at[one.id] < latest
        ]
        while heard:
            midnight = (latest.astimezone(LONDON) + timedelta(days=1)).replace(hour=0, minute=0)
            latest = notices.next_digest(calendar, midnight)
            heard = []
    if latest <= office.clock.now():
        assert told_at.get(message.id) == latest, (message.notice, message.recipient, message.queued_at)


def check_nothing_twice(messages: list[OutboxMessage], told_at: dict[str, Any]) -> None:
    """No recipient reads of one item in two digests of one day, or twice in one digest."""
    seen: set[tuple[str | None, str, date]] = set()
    for message in messages:
        if message.id in told_at and message.digest_id is not None:
            once = (message.work_item_id, message.recipient, local_day(told_at[message.id]))
            assert once not in seen
            seen.add(once)
