"""The page of calls: what has passed, what was missed, several recorded at once; and who has been told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.forms.affected_calls import CallRecorded
from models.forms.provider_failure import IncidentAnnounced
from tasks.durable.testing import Office
from tasks.worklist.incident_calls import record_calls
from tasks.worklist.members import member_of
from tests.procedures.test_incident_telling import EVERYBODY
from tests.procedures.test_provider_failure import GROUP
from tests.worklist.browser import Browser
from tests.worklist.incident_stories import fails, room, rows_of
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]


@pytest.fixture
def incident(office: Office) -> str:
    """Wenbridge Home Care has failed, nobody comes, and it is two in the afternoon."""
    ref = fails(office)
    office.today_is("2026-01-05 14:00")
    return ref


def filled(keys: list[str], **said: str) -> dict[str, str | list[str]]:
    """What somebody fills in."""
    return {"call": keys, "made": "yes", "made_by": "Rapid response", "how": "All well", "nobody_at_risk": "yes"} | said


@pytest.mark.clauses("TRN-47")
def test_missed_calls_stand_first_and_the_room_warns_of_them(at_work: AtWork, incident: str) -> None:
    """Above the calls that are still to come; the room leads there."""
    browser = at_work("team-manager")
    assert "3 calls were missed : nobody was there" in browser.get(f"/incidents/{incident}").text
    text = browser.get(f"/incidents/{incident}/tonight").text
    assert text.index("3 missed") < text.index("Mei-Ling Cheung") < text.index("Monday 5 January 2026 At")
    assert text.count("Missed") == 3


@pytest.mark.clauses("TRN-47")
def test_several_calls_are_recorded_in_one_action(office: Office, at_work: AtWork, incident: str) -> None:
    """Each stands in its person's case; what is missing is said, and nothing is recorded then."""
    browser = at_work("practitioner")
    keys = [one.key for one in room(office, incident, "practitioner").passed if one.is_missed]
    assert len(keys) > 1
    path = f"/incidents/{incident}"
    page = browser.get(f"{path}/tonight")
    left_out = {"call": keys, "made": "yes", "made_by": "Rapid response"}
    wrong = browser.send(page, left_out, action=f"{path}/calls")
    assert wrong.status == 400
    assert "Say how they were" in wrong.text and "at risk of abuse or neglect" in wrong.text
    assert len([one for one in room(office, incident, "practitioner").passed if one.is_missed]) == len(keys)
    done = browser.send(wrong, filled(keys), action=f"{path}/calls")
    assert f"{len(keys)} calls were recorded" in done.text
    office.hours_pass(0)
    passed = room(office, incident, "practitioner").passed
    assert not any(one.is_missed for one in passed)
    assert {(one.made, one.made_by, one.how) for one in passed if one.made is not None} == {
        (True, "Rapid response", "All well")
    }


def test_nobody_records_calls_on_people_who_are_not_theirs(office: Office, at_work: AtWork, incident: str) -> None:
    """Hazel's practitioner has no reach over Rowan's people."""
    theirs = [one.key for one in room(office, incident).passed if one.is_missed and one.person.team == "rowan"]
    assert theirs
    path = f"/incidents/{incident}"
    browser = at_work("practitioner")
    page = browser.get(f"{path}/tonight")
    mine = [one.key for one in room(office, incident, "practitioner").passed]
    sent = filled(mine[:1])
    browser.send(page, sent, action=f"{path}/calls")
    said = CallRecorded(at=office.clock.now(), made=True, made_by="Somebody", how="Well")
    with office.council.database.read() as session:
        member = member_of(session, "practitioner", office.clock.now())
    assert member is not None
    done = record_calls(office.council, member, incident, theirs, said, form="F-1")
    assert (done.given, len(done.left)) == ([], len(theirs))
    office.hours_pass(0)
    assert room(office, incident).warnings.calls_missed >= len(theirs)


@pytest.mark.clauses("TRN-51")
def test_the_room_shows_who_has_been_told_and_who_has_not(office: Office, at_work: AtWork) -> None:
    """With the disclosure by which; kept ready while it is confidential, and nobody forgotten."""
    ref = fails(office, provider="willow-bank", confidential=True)
    browser = at_work("team-manager")
    text = browser.get(f"/incidents/{ref}").text
    assert "Eastmere Council How it stands Nobody has decided about them" in text
    assert "these have not been told" in text
    office.answer(ref, GROUP, by="team-leader")
    office.answer(ref, EVERYBODY, by="team-leader")
    assert browser.get(f"/incidents/{ref}").text.count("Kept ready until it is announced") == 6
    office.signal(ref, IncidentAnnounced(by_whom="The head"), by="strategic-manager")
    seen = browser.get(f"/incidents/{ref}")
    told_in = next(one.case for one in room(office, ref).tellings if one.who == "Eastmere Council")
    assert seen.links[str(told_in)] == f"/cases/{told_in}"
    assert "being told" in seen.text
    assert {one.told for one in room(office, ref).people} == {"being told"}


def test_the_json_has_it_too(office: Office, program: For, incident: str) -> None:
    """Missed calls and who is told."""
    shown = program("team-manager").get(f"/incidents/{incident}").json()
    assert shown["warnings"]["calls_missed"] == 3
    assert [one["is_missed"] for one in shown["passed"]][:3] == [True, True, True]
    assert {one["who"] for one in shown["tellings"]} == {"The Care Quality Commission"}
    assert rows_of(office, incident)
