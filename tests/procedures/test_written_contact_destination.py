"""To whom a written contact goes: never to somebody who is not allocated (DUTY-17, DUTY-18, GAP-03, GAP-04)."""

from __future__ import annotations

from datetime import date

import pytest

from models.forms.base import AnswerRefused
from models.forms.contact_resolution import SettledAtDuty
from models.forms.written_contact import AllocationCheck, ContactTransfer
from models.register import Person
from tasks.durable.testing import Office
from tests.procedures.letters import (
    NOTE,
    SETTLED,
    asked,
    read_beside,
    record_of,
    register_is_fresh,
    sorted_as,
    sorted_contact,
    taken_by,
)


def test_a_contact_goes_to_the_worker_it_names_where_the_register_shows_them_allocated(office: Office) -> None:
    """DUTY-17: the register is looked at, and the worker who is allocated is offered the contact."""
    case = sorted_contact(office, sorted_as())

    assert asked(office, case) == ["ContactTransfer of practitioner"]
    assert "2026-01-05 09:00 Looked in the register who is allocated: the worker named is allocated" in office.story_of(
        case
    )


def test_a_contact_is_never_offered_to_a_worker_who_is_not_allocated(office: Office) -> None:
    """DUTY-18: Joanna Fielding is not allocated to P-101, so the responsible team has it and she hears nothing."""
    case = sorted_contact(office, sorted_as(named_worker="practitioner-4"))

    assert asked(office, case) == ["ContactTransfer of hazel"]
    office.digest_goes_out()
    assert office.inbox("staff-practitioner-4") == []
    assert "the worker named is not allocated; the hazel team is responsible" in "\n".join(office.story_of(case))


def test_a_worker_whose_allocation_has_ended_is_not_allocated(office: Office) -> None:
    """DUTY-18: P-117 moved from practitioner-2 to another worker and team in September."""
    case = sorted_contact(office, sorted_as(about_person="P-117", named_worker="practitioner-2"))

    assert asked(office, case) == ["ContactTransfer of rowan"]


def test_the_team_responsible_is_looked_for_beside_the_worker(office: Office) -> None:
    """GAP-03: P-106 has no worker, but the hazel team is responsible; so it is found in writing as by telephone."""
    case = sorted_contact(office, sorted_as(about_person="P-106"))

    assert asked(office, case) == ["ContactTransfer of hazel"]


def test_whoever_of_the_responsible_team_takes_it_owns_it(office: Office) -> None:
    """GAP-04: the queue of the responsible team takes it on, and the case is theirs from then."""
    case = sorted_contact(office, sorted_as(about_person="P-106"))
    assert office.case(case).owner == "role-duty-worker"

    office.answer(case, taken_by(), by="practitioner-3")
    assert office.case(case).owner == "staff-practitioner-3"
    assert office.outcome_of(case) == "transferred"


def test_a_worker_whom_nobody_knows_still_brings_it_to_the_responsible_team(office: Office) -> None:
    """GAP-04: the letter names somebody who is not in the register, but the person's team is known."""
    case = sorted_contact(office, sorted_as(named_worker=None))

    assert asked(office, case) == ["ContactTransfer of hazel"]


def test_a_worker_who_has_left_is_not_offered_the_contact(office: Office) -> None:
    """DUTY-18: Fiona Dunmore left in August and still stands as P-113's worker; her team has it."""
    case = sorted_contact(office, sorted_as(about_person="P-113", named_worker="practitioner-6"))

    assert asked(office, case) == ["ContactTransfer of hazel"]
    office.digest_goes_out()
    assert office.inbox("staff-practitioner-6") == []


def test_a_worker_who_leaves_today_is_not_offered_the_contact(office: Office) -> None:
    """DUTY-18: whoever has left cannot resolve it, however fresh the allocation."""
    office.leaves("practitioner")
    case = sorted_contact(office, sorted_as())

    assert asked(office, case) == ["ContactTransfer of hazel"]


def test_where_nobody_is_responsible_the_contact_stays_with_duty(office: Office) -> None:
    """GAP-04: with no allocated worker and no team, duty deals with it (DUTY-18)."""
    case = sorted_contact(office, sorted_as(about_person="P-121"))

    assert office.waiting_for(case) == ["SettledAtDuty of duty-worker, due 2026-01-07 17:00"]
    assert "Wanted: chase the bath seat" in read_beside(office, case, SettledAtDuty)
    office.digest_goes_out()
    assert office.inbox("staff-practitioner") == []


def test_an_old_register_is_not_trusted_and_a_person_looks(office: Office) -> None:
    """DUTY-17: two days without an extract, and duty looks in the recording system instead."""
    office.today_is("2026-01-08 09:00")
    case = sorted_contact(office, sorted_as())

    assert office.waiting_for(case) == ["AllocationCheck of duty-worker, due 2026-01-08 13:00"]
    office.answer(case, AllocationCheck(worker_is_allocated=True, responsible_team="hazel"), by="duty-worker")
    assert asked(office, case) == ["ContactTransfer of practitioner"]


def test_what_a_person_found_goes_before_the_old_register(office: Office) -> None:
    """DUTY-18: the register still shows her allocated, duty has seen that she is not."""
    office.today_is("2026-01-08 09:00")
    case = sorted_contact(office, sorted_as())
    office.answer(case, AllocationCheck(worker_is_allocated=False, responsible_team="rowan"), by="duty-worker")

    assert asked(office, case) == ["ContactTransfer of rowan"]
    office.digest_goes_out()
    assert office.inbox("staff-practitioner") == []


def test_a_worker_who_has_left_is_not_offered_it_whatever_the_recording_system_still_shows(office: Office) -> None:
    """DUTY-18: duty still finds Fiona Dunmore there as P-113's worker, but she has left."""
    office.today_is("2026-01-08 09:00")
    case = sorted_contact(office, sorted_as(about_person="P-113", named_worker="practitioner-6"))
    office.answer(case, AllocationCheck(worker_is_allocated=True, responsible_team="hazel"), by="duty-worker")

    assert asked(office, case) == ["ContactTransfer of hazel"]
    office.digest_goes_out()
    assert office.inbox("staff-practitioner-6") == []


def test_a_fresh_extract_is_trusted_again(office: Office) -> None:
    """DUTY-17: once the extract of the day was imported, nobody has to look."""
    office.today_is("2026-01-08 09:00")
    register_is_fresh(office, date(2026, 1, 8))
    case = sorted_contact(office, sorted_as())

    assert asked(office, case) == ["ContactTransfer of practitioner"]


def test_a_person_whom_the_register_does_not_know_is_looked_for_by_a_person(office: Office) -> None:
    """DUTY-17: the register cannot say who is allocated to somebody it does not know."""
    case = sorted_contact(office, sorted_as(about_person=None))

    assert asked(office, case) == ["AllocationCheck of duty-worker"]
    office.answer(case, AllocationCheck(worker_is_allocated=False), by="duty-worker")
    assert asked(office, case) == ["SettledAtDuty of duty-worker"]


@pytest.mark.parametrize(
    ("field", "unknown"), [("about_person", "P-999"), ("named_worker", "nobody"), ("named_worker", "Priya Nair")]
)
def test_a_sorting_that_names_nobody_in_the_register_is_refused(office: Office, field: str, unknown: str) -> None:
    """A slip of the pen in an id is told at once, and the letter stays to be sorted."""
    with pytest.raises(AnswerRefused, match=field):
        sorted_contact(office, sorted_as(**{field: unknown}))


def test_duty_settles_it_with_a_record(office: Office) -> None:
    """GAP-04: what duty settled is closed once the record of it stands in the recording system."""
    case = sorted_contact(office, sorted_as(about_person="P-121", reply_wanted=True))
    office.answer(case, SETTLED.model_copy(update={"acknowledgement_sent": date(2026, 1, 5)}), by="duty-worker")

    assert asked(office, case) == ["RecordMade of duty-worker"]
    assert "ordered the bath seat anew" in record_of(office, case)
    assert "Acknowledgement written on Monday 5 January 2026." in record_of(office, case)
    office.answer(case, NOTE, by="duty-worker")
    assert office.outcome_of(case) == "settled at duty"


def test_whoever_deals_with_a_contact_reads_first_that_the_person_has_died(office: Office) -> None:
    """A death stands before everything else beside the form of whoever is about to write or ring."""
    case = sorted_contact(office, sorted_as(about_person="P-119"))

    beside = read_beside(office, case, SettledAtDuty)
    died = "About Amos Larkin (P-119): The register shows that this person died on Thursday 2 October 2025."
    assert beside.startswith(died)


def test_a_death_recorded_later_is_seen_by_whoever_is_asked_next(office: Office) -> None:
    """The register is looked at anew each time, not only when the letter was sorted."""
    case = sorted_contact(office, sorted_as())
    assert "died" not in read_beside(office, case, ContactTransfer)
    with office.council.database.write() as session:
        session.get_one(Person, "P-101").died_on = date(2026, 1, 6)

    office.today_is("2026-01-06 17:01")
    assert asked(office, case) == ["ContactTransfer of hazel"]
    assert "this person died on Tuesday 6 January 2026" in read_beside(office, case, ContactTransfer)


def test_whoever_writes_or_rings_sees_how_the_person_wishes_to_hear_from_us(office: Office) -> None:
    """What the register knows about reaching somebody is shown, and nobody has to look it up."""
    case = sorted_contact(office, sorted_as(about_person="P-102"))

    beside = read_beside(office, case, ContactTransfer)
    assert "They wish to hear from us by telephone." in beside
    assert "Needs: dementia-friendly wording; speak to his wife." in beside
