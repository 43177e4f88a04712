"""The proposals as steps of a case: what its story says, what stands beside the form, and what neither tells."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.forms.written_contact import Channel, WrittenContact
from models.proposals import BesideTheSorting, Proposal, ProposedWorkers
from tasks.durable import ask, procedure, role
from tasks.durable.testing import Office
from tasks.proposals import proposals_beside_the_form, propose_people, propose_workers, put_proposals_in_words
from tests.durable.lending import ChairReturned
from tests.procedures.letters import letter

seen: list[tuple[Proposal, ProposedWorkers, BesideTheSorting]] = []


@procedure(follows="Reading a contact")
def reading(contact: WrittenContact) -> None:
    """Read a contact, and wait, so that the case stays open."""
    people, workers = propose_people(contact), propose_workers(contact)
    seen.append((people, workers, put_proposals_in_words(people, workers)))
    ask(ChairReturned, of=role("duty-worker"))


def read(office: Office, text: str) -> tuple[str, list[str]]:
    """What stands beside the form for a contact with that text, and what the case's story says."""
    seen.clear()
    contact = WrittenContact(
        mail_id="M-EXAMPLE1",
        channel=Channel.LETTER,
        received_at=datetime(2026, 1, 5, 8, 45, tzinfo=UTC),
        sender="Tom Tilling",
        subject="Letter",
        text=text,
    )
    case = office.start(reading, contact)
    return seen[-1][2].text, [line[17:] for line in office.story_of(case)]


@pytest.mark.clauses("DUTY-16")
def test_whoever_sorts_it_reads_names_and_reasons(office: Office) -> None:
    """DUTY-16: certain, and a worker by first name: both stand beside the form with the reason."""
    beside, story = read(office, "Dear Priya, about my mother, LAS-70410.")
    assert beside.splitlines() == [
        "It is about: P-101 Edith Tilling, because: the id in the recording system stands in the text.",
        "Perhaps addressed to: practitioner Priya Nair, because: greeted, by first name.",
    ]
    assert "Read from the contact whom it is about: P-101 (the id in the recording system stands in the text)" in story
    assert "Read from the contact to whom it is addressed: practitioner (greeted, by first name)" in story


def test_what_is_not_certain_is_said_to_be_proposed(office: Office) -> None:
    """Two candidates, one of whom has died."""
    beside, _ = read(office, "Edith Tilling, born 12.4.1938, and Mr Larkin, LAS-70716, 999 001 1117")
    assert beside.splitlines() == [
        "Proposed: P-104 Harold Brisco, because: the NHS number stands in the text.",
        "Proposed: P-119 Amos Larkin, because: the id in the recording system stands in the text.",
        "The register shows that P-119 has died.",
        "Proposed: P-101 Edith Tilling, because: same name and date of birth.",
        "More than one person is identified in it: it may be about several.",
    ]


def test_the_story_tells_nobody_s_name(office: Office) -> None:
    """What the case keeps of it for its story are ids and reasons."""
    _, story = read(office, "FAO Priya Nair: Edith Tilling, 12/04/1938, XW1 1AP, 999 001 0005")
    lines = [line for line in story if "contact" in line and line.startswith(("Read from", "Put in words"))]
    assert len(lines) == 3
    assert not [word for word in ("Edith", "Tilling", "Priya", "Nair", "1938", "XW1", "999") if word in "".join(lines)]


def test_nothing_recognised_is_said_and_nothing_shown(office: Office) -> None:
    """Nobody known, nobody addressed."""
    beside, story = read(office, "The bath seat has not come.")
    assert beside == ""
    assert "Read from the contact whom it is about: nobody in the register is recognised" in story
    assert "Put in words what was read from the contact: nothing to show" in story


reads_proposals = [False]
shown: list[str] = []


@procedure(follows="Reading a contact")
def reading_in_its_newer_form(contact: WrittenContact) -> None:
    """Before and after the release that reads contacts."""
    if reads_proposals[0]:
        shown.append(proposals_beside_the_form(contact))
    ask(ChairReturned, of=role("duty-worker"))


@pytest.mark.parametrize(
    ("newer_from_the_start", "beside"), [(False, ""), (True, "Perhaps addressed to: practitioner")]
)
def test_a_case_that_is_past_the_steps_shows_nothing(office: Office, newer_from_the_start: bool, beside: str) -> None:
    """A case that was asked already when the steps came goes on without them; a new one has them."""
    shown.clear()
    reads_proposals[0] = newer_from_the_start
    case = office.start(reading_in_its_newer_form, letter())
    reads_proposals[0] = True
    office.answer(case, ChairReturned(), by="duty-worker")
    assert office.is_closed(case)
    assert shown[-1].startswith(beside) if beside else shown == [""]
