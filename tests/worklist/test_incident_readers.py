"""A confidential incident is for its room alone, until it is announced; the teams do their part of it meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from flows.brokerage import brokerage
from flows.provider_failure import provider_failure
from models.cases import WorkItem
from models.forms.affected_person import PersonSeen
from models.forms.incident_telling import RoomOpenedTo
from models.forms.provider_failure import IncidentAnnounced
from models.permissions import Action
from models.provider_failure.kinds import Way
from models.states import WorkItemState
from models.working_time import local_day
from tasks.durable.testing import Office
from tasks.worklist.listing import work
from tasks.worklist.members import member_of
from tasks.worklist.query import Whose, WorkQuery
from tasks.worklist.scope import NotFound, find_case
from tests.procedures.test_provider_failure import SEEN
from tests.worklist.browser import Browser
from tests.worklist.incident_stories import GONE, rows_of
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]
IN_THE_ROOM = (
    "head-of-service", "strategic-manager", "commissioning-officer", "brokerage-officer", "safeguarding-lead",
    "on-call-manager", "team-leader", "practitioner", "team-manager",
)  # fmt: skip
OUTSIDE = ("duty-worker", "rowan-team-leader", "practitioner-4", "information-governance", "reablement-lead")


@pytest.fixture
def incident(office: Office) -> str:
    """Wenbridge Home Care is about to fail; nobody is to know but the room, which Hazel leads."""
    quiet = GONE.model_copy(update={"confidential": True})
    return office.start(provider_failure, quiet, owner="staff-team-leader")


def sees(office: Office, who: str, ref: str, action: Action = Action.READ_CASE) -> bool:
    """Whether that case is there for somebody."""
    now = office.clock.now()
    with office.council.database.read() as session:
        member = member_of(session, who, now)
        assert member is not None
        try:
            find_case(session, member, ref, action, local_day(now))
        except NotFound:
            return False
        return True


def of_team(office: Office, incident: str, team: str) -> str:
    """The case of somebody on the list who is with that team."""
    with office.council.database.read() as session:
        refs = [one.case_ref for one in rows_of(office, incident).values()]
        asked = (WorkItem.case_ref.in_(refs)) & (WorkItem.asked_of == f"team-{team}")
        return (
            session.scalars(select(WorkItem.case_ref).where(asked, WorkItem.state == WorkItemState.OPEN)).first() or ""
        )


@pytest.mark.clauses("TRN-48")
@pytest.mark.parametrize("who", IN_THE_ROOM)
def test_whoever_was_told_at_once_may_open_it(office: Office, at_work: AtWork, incident: str, who: str) -> None:
    """Whatever the reach of their role is besides."""
    assert at_work(who).get(f"/incidents/{incident}").status == 200
    assert at_work(who).get(f"/cases/{incident}").status == 200
    assert incident in at_work(who).get("/incidents").text


@pytest.mark.clauses("TRN-48")
@pytest.mark.parametrize("who", OUTSIDE)
def test_for_everybody_else_it_is_not_there(office: Office, at_work: AtWork, incident: str, who: str) -> None:
    """Neither its room nor its case, in no list and by no search; until it is announced."""
    browser = at_work(who)
    for path in ("", "/tonight", "/report"):
        assert browser.get(f"/incidents/{incident}{path}").status == 404
    assert browser.get(f"/cases/{incident}").status == 404
    assert incident not in browser.get("/incidents").text
    office.signal(incident, IncidentAnnounced(by_whom="The head of service"), by="strategic-manager")
    expected = 200 if who in ("duty-worker", "information-governance") else 404
    assert at_work(who).get(f"/incidents/{incident}").status == expected


@pytest.mark.clauses("TRN-48")
def test_the_teams_do_their_part_and_learn_no_more(office: Office, at_work: AtWork, incident: str) -> None:
    """Rowan's practitioner works Rowan's people; duty and a manager of another house see none of them."""
    theirs, hazels = of_team(office, incident, "rowan"), of_team(office, incident, "hazel")
    assert sees(office, "practitioner-4", theirs) and not sees(office, "practitioner-4", hazels)
    assert not sees(office, "duty-worker", theirs) and not sees(office, "duty-worker", hazels)
    office.answer(theirs, PersonSeen(seen=False, tried="Nobody opens"), by="practitioner-4")
    page = at_work("practitioner-4").get(f"/cases/{theirs}")
    assert page.status == 200 and f"/incidents/{incident}" not in page.html
    office.signal(incident, IncidentAnnounced(by_whom="The head of service"), by="strategic-manager")
    assert sees(office, "duty-worker", theirs)


@pytest.mark.clauses("TRN-48")
def test_what_a_persons_case_opens_is_kept_as_well(office: Office, incident: str) -> None:
    """The search for other care tells who fails: brokerage has it, duty does not see it."""
    ref = of_team(office, incident, "hazel")
    office.answer(ref, SEEN.model_copy(update={"way": Way.NEW_PROVIDER}), by="practitioner")
    (search_ref,) = office.cases(brokerage)
    assert sees(office, "brokerage-officer", search_ref) and not sees(office, "duty-worker", search_ref)


def test_no_list_of_work_has_it_for_whoever_is_outside(office: Office, incident: str) -> None:
    """A duty worker's list of everything has none of its questions; one in the room has them all."""

    def listed(who: str) -> set[str]:
        now = office.clock.now()
        with office.council.database.read() as session:
            member = member_of(session, who, now)
            assert member is not None
            return {one.case for one in work(session, member, WorkQuery(whose=Whose.ALL), now=now).rows}

    people = {one.case_ref for one in rows_of(office, incident).values()}
    assert not (people | {incident}) & listed("duty-worker")
    assert people | {incident} <= listed("strategic-manager")


def test_the_one_list_says_who_looks_after_them_and_not_why(office: Office, at_work: AtWork, incident: str) -> None:
    """A team leader elsewhere sees that somebody waits, and no word of the provider."""
    text = at_work("duty-team-leader").get("/unseen").text
    assert "provider's failure" not in text


def test_somebody_joins_the_room(office: Office, at_work: AtWork, incident: str) -> None:
    """A manager lets them in, by name."""
    assert at_work("reablement-lead").get(f"/incidents/{incident}").status == 404
    joined = RoomOpenedTo(who="reablement-lead", because="Reablement carries people over the weekend")
    office.signal(incident, joined, by="team-manager")
    assert at_work("reablement-lead").get(f"/incidents/{incident}").status == 200


def test_the_interface_for_programs_keeps_it_too(office: Office, incident: str, program: For) -> None:
    """The list, the room and the case."""
    for who, status in (("commissioning-officer", 200), ("duty-worker", 404)):
        assert program(who).get(f"/incidents/{incident}").status_code == status
        assert program(who).get(f"/cases/{incident}").status_code == status
