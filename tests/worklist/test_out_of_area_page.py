"""The tracker of out-of-area placements, as a page and as JSON: what is overdue first, within one's reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from flows.out_of_area_placement import out_of_area_placement
from flows.provider_failure import provider_failure
from models.audit import AccessEntry
from models.forms.out_of_area_signals import CouncilRaisedConcern, PlacementIsOver
from models.out_of_area.kinds import CouncilConcernKind
from models.provider_failure.kinds import Trigger
from models.working_time import local_day
from tasks.durable.testing import Office
from tasks.worklist.out_of_area import PlacementLine, tracker_of
from tests.procedures.out_of_area_stories import (
    ACTED,
    LYDIA,
    MOVED_BACK,
    PER,
    WELL,
    answers_from,
    dies,
    looked,
    on_the_tracker,
    taken_on,
)
from tests.procedures.test_provider_failure import CLOSING
from tests.worklist.answering_stories import member
from tests.worklist.browser import Browser
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]


def lines(office: Office, staff_id: str | None = "head-of-service") -> list[PlacementLine]:
    """The tracker as somebody sees it."""
    reader = member(office, staff_id) if staff_id else None
    with office.council.database.read() as session:
        return list(tracker_of(session, reader, office.council.policy, office.clock.now()))


@pytest.mark.clauses("TRN-52", "TRN-50")
def test_the_tracker_says_where_whose_and_what_is_next(office: Office) -> None:
    """Where they are, who looks after them, the four sides, the next review, and when they were last seen."""
    case = taken_on(office)
    (line,) = lines(office)
    assert (line.case, line.person, line.provider, line.council) == (
        case, "Lydia Farrant", "Harbour View", "Eastmere Council",
    )  # fmt: skip
    assert line.has_owner and not line.late and line.last_seen is None
    assert line.next_review is not None and local_day(line.next_review) == date(2026, 2, 16)
    assert {one.owner for one in line.angles} == {"Imogen Tarrant", "Lorna Pickersgill"}
    office.today_is("2026-02-16 10:00")
    owner = line.owner_tag.removeprefix("staff-")
    office.answer(case, WELL, by=owner)
    (line,) = lines(office)
    assert line.last_seen is not None and line.reviewed_at is not None


@pytest.mark.clauses("TRN-52")
def test_what_is_overdue_stands_first(office: Office) -> None:
    """Nobody by name before everything else; then by how much is overdue; within a placement the late sides first."""
    later = taken_on(office, LYDIA, placed_on=date(2025, 2, 24))
    sooner = taken_on(office, PER)
    office.today_is("2026-01-19 12:00")
    for one in ("quality", "contracts", "commissioning"):
        answers_from(office, sooner, one, looked(office))
    office.today_is("2026-02-04 12:00")
    nobody = on_the_tracker(office, person="P-112")
    assert [one.case for one in lines(office)] == [nobody, later, sooner]
    _, first, second = lines(office)
    assert (first.late, first.is_review_late, second.late) == (5, True, 1)
    assert second.angles[0].angle == "safeguarding" and second.angles[0].is_late


@pytest.mark.clauses("TRN-52")
def test_one_that_stands_still_is_late_with_nothing_and_one_that_is_over_is_not_there(office: Office) -> None:
    """A manager is asked meanwhile."""
    case = taken_on(office)
    office.signal(case, PlacementIsOver(how_known="The home rang"), by="duty-worker")
    office.today_is("2026-04-01 10:00")
    (line,) = lines(office)
    assert line.stands_still and line.late == 0
    office.answer(case, MOVED_BACK, by="team-manager")
    assert lines(office) == []


@pytest.mark.clauses("TRN-53")
def test_a_placement_shows_the_open_incident_of_its_provider(office: Office) -> None:
    """To whoever may see it: a confidential one is shown to those who have its people, and to nobody else."""
    case = taken_on(office)
    gone = CLOSING.model_copy(update={"provider": "harbour-view", "cause": Trigger.ANOTHER_COUNCIL})
    incident = office.start(provider_failure, gone, owner="staff-head-of-service")
    assert [one.incident for one in lines(office)] == [incident]
    owner = office.case(case).owner.removeprefix("staff-")
    assert [one.incident for one in lines(office, owner)] == [incident]  # their own team sees this person
    watcher = lines(office, "commissioning-officer")
    assert watcher == [] or watcher[0].incident in (None, incident)


def test_a_restricted_incident_is_shown_to_nobody_who_may_not_see_it(office: Office) -> None:
    """The placement is there; what happens with the provider is not told."""
    taken_on(office)
    gone = CLOSING.model_copy(update={"provider": "harbour-view"})
    office.start(provider_failure, gone, owner="staff-legal-officer", restricted=True)
    assert [one.incident for one in lines(office, "duty-worker")] == [None]
    assert [one.incident for one in lines(office, None)] == [None]


def test_everybody_sees_what_their_reach_allows(office: Office) -> None:
    """A team its own; managers all; a restricted one only whoever it is for."""
    case = taken_on(office)
    hidden = office.start(out_of_area_placement, LYDIA.model_copy(update={"person": "P-112"}), restricted=True)
    owner = office.case(case).owner.removeprefix("staff-")
    assert [one.case for one in lines(office, owner)] == [case]
    assert [one.case for one in lines(office, "duty-worker")] == [case]
    assert [one.case for one in lines(office, None)] == [case]
    assert lines(office, "reablement-worker") == []
    assert {one.case for one in lines(office, "head-of-service")} == {case, hidden}  # it is for who leads


@pytest.mark.clauses("TRN-50")
def test_an_open_concern_stands_before_what_is_only_late(office: Office) -> None:
    """Until whoever looks after it has said what was done."""
    late = taken_on(office, LYDIA, placed_on=date(2025, 2, 24))
    office.today_is("2026-02-04 12:00")
    case = taken_on(office, PER)
    owner = office.case(case).owner.removeprefix("staff-")
    assert [one.case for one in lines(office)] == [late, case]
    raised = CouncilRaisedConcern(kind=CouncilConcernKind.QUALITY, what="Late calls", by_whom="Jo Marsh")
    office.signal(case, raised, by="duty-worker")
    assert [(one.case, one.has_concern) for one in lines(office)] == [(case, True), (late, False)]
    office.answer(case, ACTED, by=owner)
    assert not any(one.has_concern for one in lines(office))


# ---------------------------------------------------------------------- the page, and the same as JSON


def test_the_page_shows_it_and_notes_who_looked(office: Office, at_work: AtWork) -> None:
    """By name, with what to beware of; one direction where that is asked for; nobody else's."""
    taken_on(office)
    on_the_tracker(office, PER)
    dies(office, "P-110", date(2026, 1, 4))
    page = at_work("head-of-service").get("/out-of-area")
    assert page.status == 200
    for said in ("Lydia Farrant", "Per Lindqvist", "Nobody looks after it by name", "Do not ring or write to them",
                 "Harbour View, in the area of Eastmere Council"):  # fmt: skip
        assert said in page.text
    some = at_work("head-of-service").get("/out-of-area?direction=theirs-here")
    assert "Lydia Farrant" not in some.text and "Per Lindqvist" in some.text
    assert "Lydia" not in at_work("reablement-worker").get("/out-of-area").text
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert ("head-of-service", "read-out-of-area-tracker", "out-of-area tracker") in looks


def test_the_json_has_what_the_page_shows(office: Office, program: For) -> None:
    """For whom it is there; an auditor may not."""
    case = taken_on(office)
    (line,) = program("duty-worker").get("/out-of-area").json()["placements"]
    assert (line["case"], line["person_id"], line["late"], line["has_owner"]) == (case, "P-113", 0, True)
    assert line["angles"][0]["next_look_on"] == "2026-01-19"
    assert line["next_review"] == "2026-02-16T17:00:00Z"
    assert [one["kind"] for one in line["shares"]] == ["began"]
    assert program("reablement-worker").get("/out-of-area").json() == {"placements": []}
    assert program("auditor").get("/out-of-area").status_code == 403
