"""Giving on what is asked about several people of an incident, in one go: to a team, or to a member of staff."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.cases import Entry, WorkItem
from models.entry_kinds import EntryKind
from models.forms.affected_person import HelpDecided, PersonSeen
from models.notices import Recipient
from models.states import WorkItemState
from tasks.durable.testing import Office
from tasks.worklist.assigning import CannotBeGiven
from tasks.worklist.incident_moving import give_people
from tasks.worklist.moving import Moved
from tests.worklist.answering_stories import member
from tests.worklist.incident_stories import fails, rows_of


@pytest.fixture
def incident(office: Office) -> str:
    """Wenbridge Home Care has failed, and nobody comes from now on."""
    return fails(office)


def refs(office: Office, incident: str, *people: str) -> list[str]:
    """The cases of those people."""
    rows = rows_of(office, incident)
    return [rows[one].case_ref for one in people]


def asked(office: Office, ref: str, form: str = PersonSeen.name()) -> tuple[str, str | None]:
    """Of whom something is asked in a case, and who has taken it."""
    with office.council.database.read() as session:
        wanted = (WorkItem.case_ref == ref) & (WorkItem.form == form) & (WorkItem.state == WorkItemState.OPEN)
        item = session.scalars(select(WorkItem).where(wanted)).one()
        return item.asked_of, item.assignee


def entries(office: Office, ref: str) -> int:
    """How often something was given on in a case."""
    with office.council.database.read() as session:
        kind = (Entry.case_ref == ref) & (Entry.kind == EntryKind.REASSIGNED)
        return len(session.scalars(select(Entry.no).where(kind)).all())


def give(office: Office, incident: str, cases: list[str], to: Recipient, by: str = "team-manager") -> Moved:
    """A manager gives on what is asked about them."""
    return give_people(office.council, member(office, by), incident, cases, to=to)


def test_several_go_to_another_team_each_with_an_entry_of_its_own(office: Office, incident: str) -> None:
    """Given again, nothing happens."""
    cases = refs(office, incident, "P-101", "P-105")
    to = Recipient.team("reablement")
    moved = give(office, incident, cases, to)
    assert (len(moved.given), moved.left) == (2, {})
    assert [asked(office, one) for one in cases] == [("team-reablement", None)] * 2
    assert [entries(office, one) for one in cases] == [1, 1]
    assert give(office, incident, cases, to).given == []
    assert [entries(office, one) for one in cases] == [1, 1]


def test_several_go_to_one_member_of_staff_of_whichever_team(office: Office, incident: str) -> None:
    """They are asked of that person's team, and that person has taken them."""
    cases = refs(office, incident, "P-101", "P-102")
    moved = give(office, incident, cases, Recipient.staff("practitioner-4"))
    assert (len(moved.given), moved.left) == (2, {})
    assert {asked(office, one) for one in cases} == {("team-rowan", "practitioner-4")}
    office.answer(cases[0], PersonSeen(seen=False, tried="Nobody opens"), by="practitioner-4")


def test_what_a_manager_decides_stays_with_managers(office: Office, incident: str) -> None:
    """With the reason; the rest of that person's questions goes all the same."""
    (ref,) = refs(office, incident, "P-101")
    for _ in range(2):
        office.answer(ref, PersonSeen(seen=False, tried="Nobody opens"), by="practitioner")
    moved = give(office, incident, [ref], Recipient.team("rowan"))
    (why,) = moved.left.values()
    assert why.endswith("and of no team")
    assert asked(office, ref)[0] == "team-rowan"
    assert asked(office, ref, HelpDecided.name())[0] != "team-rowan"


def test_a_case_that_is_not_on_the_list_is_passed_over(office: Office, incident: str) -> None:
    """Nor is the incident's own case touched."""
    other = fails(office, provider="harbour-view")
    cases = [other, incident, *[one.case_ref for one in rows_of(office, other).values()]]
    moved = give(office, incident, cases, Recipient.team("rowan"))
    assert (moved.given, moved.left) == ([], {})


def test_whoever_gives_gives_what_is_theirs_to_give(office: Office, incident: str) -> None:
    """Hazel's leader cannot take Rowan's work away; a practitioner gives nothing."""
    theirs = [
        one.case_ref for one in rows_of(office, incident).values() if asked(office, one.case_ref)[0] == "team-rowan"
    ]
    assert theirs
    moved = give(office, incident, theirs, Recipient.team("hazel"), by="team-leader")
    assert moved.given == [] and len(moved.left) == len(theirs)
    assert give(office, incident, theirs, Recipient.team("hazel"), by="practitioner").given == []


@pytest.mark.parametrize("to", [Recipient.team("willow"), Recipient.team("nobody"), Recipient.staff("nobody")])
def test_a_team_that_closed_and_a_stranger_get_nothing(office: Office, incident: str, to: Recipient) -> None:
    """In one sentence."""
    with pytest.raises(CannotBeGiven):
        give(office, incident, refs(office, incident, "P-101"), to)
