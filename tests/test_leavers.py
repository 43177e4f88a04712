"""Leavers and closed teams leave no case behind: whatever was with them goes on to somebody who is there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.cases import Case, Milestone, WorkItem
from models.durations import working_days
from models.forms.base import CaseFacts, Form
from models.notices import Recipient, Verb
from models.outbox import OutboxMessage, OutboxState
from models.recording import Difference
from models.register import Staff, Team
from models.states import CaseStatus, MilestoneState, WorkItemState
from tasks.audit.verifying import verify
from tasks.durable import ask, procedure, tell
from tasks.durable.testing import Office
from tasks.leavers import MovedWork, is_gone, move_what_leavers_left

TODAY = date(2026, 1, 5)


class Errand(CaseFacts):
    """Who is asked, by tag."""

    of: str


class ErrandDone(Form):
    """The errand is done."""

    title: ClassVar[str] = "an errand"

    how: str = ""


@procedure(follows="the stories of leavers")
def errand_for(errand: Errand) -> str:
    """Tell somebody, ask them, and ask them once more."""
    of = Recipient.from_tag(errand.of)
    tell(of, Verb.READ, "an-errand")
    ask(ErrandDone, of=of, wanted_within=working_days(1))
    return ask(ErrandDone, of=of).how


def with_them(office: Office) -> list[str]:
    """Everything that is open and with somebody who is gone: who owns, is asked, has taken, is to be told."""
    with office.council.database.read() as session:
        cases = session.scalars(select(Case).where(Case.status != CaseStatus.CLOSED)).all()
        items = session.scalars(select(WorkItem).where(WorkItem.state == WorkItemState.OPEN)).all()
        waiting = session.scalars(select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)).all()
        chasing = session.scalars(select(Milestone).where(Milestone.state == MilestoneState.PENDING)).all()
        tags = [
            *(case.owner for case in cases),
            *(item.asked_of for item in items),
            *(f"staff-{item.assignee}" for item in items if item.assignee),
            *(message.recipient for message in waiting),
            *(step.told_to for step in chasing),
        ]
        return [tag for tag in tags if is_gone(session, Recipient.from_tag(tag), office.clock.now().date())]


def leave(office: Office, *staff: str, on: date = TODAY) -> MovedWork:
    """They have left on that day; then the round."""
    with office.council.database.write() as session:
        for one in staff:
            session.get_one(Staff, one).left_on = on
    return round_of(office)


def close_team(office: Office, team: str, *, goes_to: str | None = None) -> MovedWork:
    """A team closes today; then the round."""
    with office.council.database.write() as session:
        row = session.get_one(Team, team)
        row.closed_on, row.work_goes_to = TODAY, goes_to
    return round_of(office)


def round_of(office: Office) -> MovedWork:
    """A round of giving on, and the legs that follow."""
    moved = move_what_leavers_left(office.council)
    office.hours_pass(0)
    return moved


def stands(office: Office, case: str) -> tuple[str, list[str]]:
    """A case's owner, and who is asked in it."""
    return office.case(case).owner, [line.partition(" of ")[2].split(",")[0] for line in office.waiting_for(case)]


def test_what_a_leaver_owned_and_was_asked_goes_to_their_team_and_its_leader(office: Office) -> None:
    """The case belongs to the team, its leader is asked and told, and two entries say so."""
    case = office.start(errand_for, Errand(of="staff-practitioner"), owner="staff-practitioner")

    moved = leave(office, "practitioner")

    assert moved.cases == [case]
    assert stands(office, case) == ("team-hazel", ["team-leader"])
    assert office.story_of(case)[-2:] == [
        "2026-01-05 09:00 Now belongs to the hazel team",
        "2026-01-05 09:00 practitioner is no longer there; now asked of team-leader: an errand",
    ]
    assert told_of(office, "staff-team-leader") == ["an-errand", "errand-done"]


def told_of(office: Office, tag: str) -> list[str]:
    """The matters of the notices that were queued for somebody and not withdrawn."""
    query = select(OutboxMessage).where(OutboxMessage.recipient == tag, OutboxMessage.state != OutboxState.WITHDRAWN)
    with office.council.database.read() as session:
        return sorted(str(message.notice["what"]) for message in session.scalars(query))


def test_the_wait_stays_and_whoever_is_asked_now_may_answer(office: Office) -> None:
    """The answer ends the same wait; the procedure's next question to the leaver by name is given on as well."""
    case = office.start(errand_for, Errand(of="staff-practitioner"))
    leave(office, "practitioner")

    office.answer(case, ErrandDone(), by="team-leader")
    assert stands(office, case)[1] == ["practitioner"]
    round_of(office)
    assert stands(office, case)[1] == ["team-leader"]
    office.answer(case, ErrandDone(how="rang"), by="team-leader")
    assert office.outcome_of(case) == "rang"


def test_chasing_goes_on(office: Office) -> None:
    """What nobody answers after it was given on is still passed up."""
    case = office.start(errand_for, Errand(of="staff-practitioner"))
    leave(office, "practitioner")

    office.days_pass(4)

    assert any("Passed on to" in line for line in office.story_of(case))
    assert with_them(office) == []


def test_what_somebody_had_taken_goes_back_to_those_asked(office: Office) -> None:
    """The duty role was asked and one of them took it: the others have it again."""
    case = office.start(errand_for, Errand(of="role-duty-worker"))
    office.take(case, ErrandDone, by="duty-worker-2")

    moved = leave(office, "duty-worker-2")

    assert len(moved.items) == 1
    assert stands(office, case)[1] == ["duty-worker"]
    with office.council.database.read() as session:
        item = session.scalars(select(WorkItem).where(WorkItem.case_ref == case)).one()
        assert (item.assignee, item.acknowledged_at) == (None, None)


def test_what_was_asked_of_a_manager_takes_a_manager(office: Office) -> None:
    """The team leader leaves: the question is not put to the whole team."""
    case = office.start(errand_for, Errand(of="staff-team-leader"))
    leave(office, "team-leader")
    assert stands(office, case)[1] == ["team-leader"]
    with office.council.database.read() as session:
        assert session.scalars(select(WorkItem.asked_of)).one() == "role-team-leader"


@pytest.mark.parametrize(("goes_to", "owner"), [("rowan", "team-rowan"), (None, "role-duty-worker")])
def test_what_a_closed_team_had_goes_where_its_work_goes(office: Office, goes_to: str | None, owner: str) -> None:
    """To the team that carries on its work, or to duty."""
    case = office.start(errand_for, Errand(of="team-hazel"), owner="team-hazel")
    close_team(office, "hazel", goes_to=goes_to)
    assert stands(office, case) == (owner, [owner.partition("-")[2]])


def test_a_team_with_nobody_left_in_it_is_none(office: Office) -> None:
    """The last of brokerage leaves: its case goes to duty, not to an empty team."""
    case = office.start(errand_for, Errand(of="staff-brokerage-officer"), owner="staff-brokerage-officer")
    leave(office, "brokerage-officer")
    assert stands(office, case) == ("role-duty-worker", ["duty-worker"])


def test_teams_that_hand_their_work_to_each_other_end_at_duty(office: Office) -> None:
    """Two closed teams that name one another are no place for a case."""
    case = office.start(errand_for, Errand(of="team-hazel"), owner="team-hazel")
    with office.council.database.write() as session:
        rowan = session.get_one(Team, "rowan")
        rowan.closed_on, rowan.work_goes_to = TODAY, "hazel"
    close_team(office, "hazel", goes_to="rowan")
    assert stands(office, case) == ("role-duty-worker", ["duty-worker"])


def test_a_day_of_leaving_that_lies_ahead_moves_nothing_before_it(office: Office) -> None:
    """They are staff until that day; on it the round finds what is with them."""
    case = office.start(errand_for, Errand(of="staff-practitioner"), owner="staff-practitioner")

    assert leave(office, "practitioner", on=date(2026, 1, 9)).cases == []
    office.today_is("2026-01-08 23:00")
    assert round_of(office).cases == []
    office.today_is("2026-01-09 00:30")
    assert round_of(office).cases == [case]
    assert round_of(office) == MovedWork()


def test_a_closed_case_is_left_as_it_is(office: Office) -> None:
    """What is over is not given on."""
    case = office.start(errand_for, Errand(of="staff-practitioner"), owner="staff-practitioner")
    for _ in range(2):
        office.answer(case, ErrandDone(), by="practitioner")
    before = office.story_of(case)

    assert leave(office, "practitioner").cases == []
    assert office.story_of(case) == before


def test_what_was_moved_stands_on_the_daily_list(office: Office) -> None:
    """The team that has it now sees in the morning what came to it, by references."""
    case = office.start(errand_for, Errand(of="staff-practitioner"), owner="staff-practitioner")
    leave(office, "practitioner")
    with office.council.database.read() as session:
        lines = session.execute(select(Difference.team_id, Difference.text).order_by(Difference.id)).all()
    assert (
        "hazel",
        f"Case {case} belonged to practitioner, who is no longer there; it is now with the hazel team",
    ) in [tuple(line) for line in lines]


TAGS = (
    "staff-practitioner", "staff-practitioner-2", "staff-team-leader", "staff-practitioner-4", "staff-team-manager",
    "staff-rowan-team-leader", "team-hazel", "team-rowan", "team-brokerage", "role-duty-worker", "staff-duty-worker-2",
)  # fmt: skip
PEOPLE = ("brokerage-officer", *(tag.removeprefix("staff-") for tag in TAGS if tag.startswith("staff-")))


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    cases=st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS), st.booleans()), min_size=1, max_size=4),
    gone=st.sets(st.sampled_from(PEOPLE), max_size=7),
    closed=st.dictionaries(
        st.sampled_from(["hazel", "rowan", "brokerage"]), st.sampled_from([None, "hazel", "rowan", "duty"]), max_size=3
    ),
)
def test_nothing_stays_with_who_is_gone(
    office: Office,
    cases: list[tuple[str, str, bool]],
    gone: set[str],
    closed: dict[str, str | None],
) -> None:
    """Whoever leaves and whichever teams close: nothing open is with them, a second round is idle, ledgers hold."""
    start_afresh(office)
    for owner, of, taken in cases:
        ref = office.start(errand_for, Errand(of=of), owner=owner)
        if taken and of.startswith("staff-"):
            office.take(ref, ErrandDone, by=of.removeprefix("staff-"))
    with office.council.database.write() as session:
        for team, goes_to in closed.items():
            row = session.get_one(Team, team)
            row.closed_on, row.work_goes_to = TODAY, goes_to if goes_to != team else None
    leave(office, *gone)

    assert with_them(office) == []
    assert round_of(office) == MovedWork()
    with office.council.database.read() as session:
        assert list(verify(session)) == []


def start_afresh(office: Office) -> None:
    """Everybody is there again, and every team open."""
    with office.council.database.write() as session:
        for member in session.scalars(select(Staff).where(Staff.id != "practitioner-6")):
            member.left_on = None
        for team in session.scalars(select(Team).where(Team.id != "willow")):
            team.closed_on = team.work_goes_to = None


def test_leaving_is_counted_by_the_day_in_england(office: Office) -> None:
    """Half an hour after midnight in summer is the next day here, and still the day before in UTC."""
    with office.council.database.write() as session:
        session.get_one(Staff, "practitioner").left_on = date(2026, 7, 2)
    case = office.start(errand_for, Errand(of="staff-practitioner"), owner="staff-practitioner")
    office.clock.move_to(datetime(2026, 7, 1, 22, 59, tzinfo=UTC))
    assert move_what_leavers_left(office.council).cases == []
    office.clock.move_to(datetime(2026, 7, 1, 23, 1, tzinfo=UTC))
    assert move_what_leavers_left(office.council).cases == [case]
