"""Emergency care and emergency housing support out of hours: arranged, on the morning's list, and never just over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from flows.emergency_support import emergency_support
from flows.out_of_hours import out_of_hours
from flows.urgent_action import urgent_action
from models.forms.emergency_support import EmergencySupport, EmergencySupportFollowed, SupportKind, WhatFollows
from models.forms.handover import HandoverReply
from models.forms.out_of_hours import NightHandover
from tasks.durable.testing import Office
from tests.on_call.nights import Nights, something_urgent
from tests.procedures.letters import read_beside

clauses = pytest.mark.clauses
TUESDAY_NOON = datetime(2026, 1, 13, 12, tzinfo=UTC)


def arranged(
    kind: SupportKind = SupportKind.HOUSING, ends_at: datetime = TUESDAY_NOON, **more: object
) -> EmergencySupport:
    """A bed until Tuesday at noon, found on Saturday night."""
    given = {
        "about_person": "P-104", "kind": kind, "what": "The night hostel, room 4, ring the warden",
        "ends_at": ends_at, "in_the_morning": "Tell her son where she is", "agreed_by": "on-call-manager",
    }  # fmt: skip
    return EmergencySupport.model_validate({**given, **more})


def follows(what: WhatFollows, until: datetime | None = None) -> EmergencySupportFollowed:
    """What comes after it."""
    return EmergencySupportFollowed(follows=what, what="Extra care at Hazel Court", until=until)


@clauses("TRN-07", "TRN-01", "TRN-04")
@pytest.mark.parametrize("kind", SupportKind)
def test_both_kinds_stand_on_mondays_list_with_what_the_morning_must_do(
    office: Office, nights: Nights, kind: SupportKind
) -> None:
    """Arranged on Saturday night; on Monday the team responsible has it on its list, and is asked what follows."""
    nights.goes_to("2026-01-10 22:00")
    urgent = office.start(urgent_action, something_urgent(office))
    nights.round()
    case = office.start(emergency_support, arranged(kind, case=urgent))
    nights.goes_to("2026-01-12 08:40")
    (night,) = office.cases(out_of_hours)
    lists = [one for one in office.waiting_for(night) if one.startswith("NightHandover")]
    assert len(lists) == 2 and any(" of hazel," in one for one in lists), "the team responsible, and duty"
    assert office.waiting_for(case)[0] == "EmergencySupportFollowed of hazel, due 2026-01-12 17:00"
    beside = read_beside(office, case, EmergencySupportFollowed)
    assert "To be done when the office opens: Tell her son where she is" in beside
    assert f"Needed in case {urgent}" in beside and "Tuesday 13 January 2026, midday" in beside
    assert nights.work(case).team_id == "hazel"


@clauses("TRN-02", "TRN-04", "TRN-07")
def test_a_bed_for_two_nights_does_not_just_end(office: Office, nights: Nights) -> None:
    """Nobody has said what follows by Monday's closing: a manager hears, and it cannot wait; at noon once more."""
    nights.goes_to("2026-01-10 22:00")
    case = office.start(emergency_support, arranged())
    office.today_is("2026-01-12 17:00")
    ends = "emergency support ends and nothing follows"
    assert sum(ends in one.subject for one in office.inbox("team-manager")) == 1
    nights.round()
    assert nights.told(case), "while the office is closed it is on call's"
    office.today_is("2026-01-13 12:00")
    assert sum(ends in one.subject for one in office.inbox("team-manager")) == 2
    assert not office.is_closed(case)
    assert office.waiting_for(case)[0].startswith("EmergencySupportFollowed of hazel")


@clauses("TRN-04")
def test_it_ends_by_something_lasting_and_goes_on_until_another_time(office: Office, nights: Nights) -> None:
    """Longer support has a new end with its own question; something lasting closes it."""
    nights.goes_to("2026-01-12 09:00")
    case = office.start(emergency_support, arranged())
    longer = follows(WhatFollows.EXTENDED, datetime(2026, 1, 16, 12, tzinfo=UTC))
    office.answer(case, longer, by="practitioner")
    assert office.waiting_for(case)[0] == "EmergencySupportFollowed of hazel, due 2026-01-15 17:00"
    assert "It goes on until Friday 16 January 2026, midday" in read_beside(office, case, EmergencySupportFollowed)
    office.answer(case, follows(WhatFollows.LASTING), by="practitioner")
    assert office.outcome_of(case) == "something lasting is in place"


def test_not_needed_any_more_says_why(office: Office, nights: Nights) -> None:
    """It ends without anything in its place only by somebody's word."""
    case = office.start(emergency_support, arranged())
    office.answer(case, follows(WhatFollows.NOT_NEEDED), by="practitioner")
    assert office.outcome_of(case) == "not needed any more"
    with pytest.raises(ValidationError, match="say until when it goes on"):
        follows(WhatFollows.EXTENDED)


def test_support_that_was_arranged_for_one_night_is_followed_up_that_same_night(office: Office, nights: Nights) -> None:
    """It ends before the office opens: two hours before, it cannot wait, and on call is told."""
    nights.goes_to("2026-01-10 20:00")
    case = office.start(emergency_support, arranged(ends_at=datetime(2026, 1, 11, 10, tzinfo=UTC)))
    office.today_is("2026-01-11 07:59")
    nights.round()
    assert office.cases(out_of_hours) == []
    office.today_is("2026-01-11 08:00")
    nights.round()
    assert nights.told(case)


def test_whoever_is_not_known_is_dutys(office: Office, nights: Nights) -> None:
    """Nobody knows yet who they are: duty follows it up."""
    case = office.start(emergency_support, arranged(about_person=None))
    assert office.waiting_for(case)[0].startswith("EmergencySupportFollowed of duty")
    office.answer(case, follows(WhatFollows.LASTING), by="duty-worker")
    assert office.is_closed(case)


def test_the_nights_list_accepted_by_each_team_ends_the_night(office: Office, nights: Nights) -> None:
    """Hazel accepts its own and duty its own; the night ends with the second."""
    nights.goes_to("2026-01-10 22:00")
    office.start(urgent_action, something_urgent(office))
    nights.round()
    case = office.start(emergency_support, arranged())
    nights.goes_to("2026-01-12 08:40")
    (night,) = office.cases(out_of_hours)
    by_team = {"duty": "duty-worker", "hazel": "practitioner"}
    for _ in range(2):
        first = next(one for one in office.waiting_for(night) if one.startswith("NightHandover"))
        team = first.removeprefix("NightHandover of ").partition(",")[0]
        office.answer(night, NightHandover(reply=HandoverReply.ACCEPT), by=by_team[team])
    assert office.is_closed(night)
    assert nights.work(case).accepted_by == "practitioner"
