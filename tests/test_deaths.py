"""A death in the register stops letters at once, and each open case about the person hears of it, once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from models.forms.base import CaseFacts
from models.forms.house import MessageRead
from models.forms.recording import PersonHasDied
from models.forms.telling_people import MessageToPersonSettled
from models.notices import Recipient
from models.person_messages import MessageKind, PersonMessage, SentBy
from models.recording import Difference
from models.register import Person
from models.roles import Role
from tasks.case_people import about_person, open_cases_about
from tasks.deaths import Deaths, heed_deaths
from tasks.durable import audited, first_of, here, procedure, signal
from tasks.durable.cases import open_new
from tasks.durable.testing import Office
from tasks.durable.worklist import open_items
from tasks.register.taking_in import take_in_extract
from tasks.telling.people import Draft, queue_message
from tests.procedures.letters import asked, read_beside

PEOPLE = "id,record_id,nhs_number,name,born_on,postcode,died_on,preferred_method,communication_needs,safe_contact"
EDITH = "P-101,LAS-70410,999 001 0005,Edith Tilling,1938-04-12,XW1 1AP,{died},letter,,"


class Writing(CaseFacts):
    """Whom the case is about."""

    person: str | None = "P-101"
    told: str | None = None
    kind: MessageKind = MessageKind.TOLD


@audited("Queued a message")
def write_to_them(person: str, kind: MessageKind, told: str | None = None) -> str:
    """One message about the person."""
    step = here()
    draft = Draft(kind, SentBy.EMAIL, "edith@example.org", "About you", "Dear Edith", person, told_person_id=told)
    return queue_message(step.session, draft, case_ref=step.case.ref, entry_no=step.pen.next_no, now=step.now)


@procedure(follows="the stories of deaths")
def writing_to_somebody(writing: Writing) -> str:
    """Write to them, and wait for what becomes of the message, and then for anything else."""
    about_person(writing.person)
    write_to_them(writing.person or "", writing.kind, writing.told)
    match first_of(signal(MessageToPersonSettled), signal(PersonHasDied)):
        case MessageToPersonSettled() as settled:
            first_of(signal(PersonHasDied))
            return f"{settled.state}: {settled.reason}"
        case PersonHasDied() as died:
            return f"died {died.died_on}"


def extract_shows(office: Office, folder: Path, died: str) -> Deaths:
    """An extract in which P-101 has died on that day, or in which they live; then whatever follows, once more."""
    file = folder / "people.csv"
    file.write_text(f"{PEOPLE}\n{EDITH.format(died=died)}\n", encoding="utf-8")
    take_in_extract(office.council, [file], extract_date=office.clock.now().date())
    office.hours_pass(0)
    again = heed_deaths(office.council)
    office.hours_pass(0)
    return again


def message_of(office: Office, case: str) -> PersonMessage:
    """The one message of a case."""
    with office.council.database.read() as session:
        return session.scalars(select(PersonMessage).where(PersonMessage.case_ref == case)).one()


def lines(office: Office) -> list[tuple[str, str]]:
    """Team and text of every difference."""
    with office.council.database.read() as session:
        return [(one.team_id, one.text) for one in session.scalars(select(Difference).order_by(Difference.id))]


def test_a_death_withdraws_the_message_and_its_owner_says_what_follows(office: Office, tmp_path: Path) -> None:
    """The message is never sent, the case hears both, and a work item asks the owner; the same again does nothing."""
    case = office.start(writing_to_somebody, Writing())

    again = extract_shows(office, tmp_path, "2026-01-04")

    message = message_of(office, case)
    assert (message.state, message.reason) == ("withdrawn", "the person has died")
    assert asked(office, case) == ["MessageRead of duty-worker"]
    said = "The person has died.\nperson: P-101\ndied on: 2026-01-04"
    assert read_beside(office, case, MessageRead) == said
    assert again == Deaths()
    office.answer(case, MessageRead(what_follows="rang his daughter"), by="duty-worker")
    assert office.is_closed(case)
    assert lines(office) == [
        ("hazel", f"P-101 has died on 2026-01-04; case {case} is open, and its owner says what follows")
    ]


def test_nothing_in_what_staff_are_told_names_the_person(office: Office, tmp_path: Path) -> None:
    """DUTY-22: the notice says that a message is to be read, and in which case."""
    office.start(writing_to_somebody, Writing())
    extract_shows(office, tmp_path, "2026-01-04")
    office.days_pass(2)
    everything = [one.subject + one.body for tag in ("role-duty-worker", "team-duty") for one in office.inbox(tag)]
    assert everything
    assert not any(word in text for text in everything for word in ("Tilling", "Edith", "died", "P-101"))


def test_a_receipt_is_withdrawn_for_the_record_and_the_case_waits_for_nothing(office: Office, tmp_path: Path) -> None:
    """What became of a receipt is an entry that no wait takes."""
    case = office.start(writing_to_somebody, Writing(kind=MessageKind.RECEIPT))
    extract_shows(office, tmp_path, "2026-01-04")
    assert message_of(office, case).state == "withdrawn"
    assert any("the receipt" in line for line in office.story_of(case))


@pytest.mark.parametrize("kind", list(MessageKind))
def test_a_message_to_somebody_who_has_died_is_withdrawn_whoever_it_is_about(
    office: Office, tmp_path: Path, kind: MessageKind
) -> None:
    """It is about P-102, who lives, and would go to P-101: the case hears why, and nobody hears of a death of P-102."""
    case = office.start(writing_to_somebody, Writing(person="P-102", told="P-101", kind=kind))
    again = extract_shows(office, tmp_path, "2026-01-04")
    assert again == Deaths()
    assert (message_of(office, case).state, message_of(office, case).reason) == (
        "withdrawn",
        "whoever would be written to has died",
    )
    came = {MessageKind.TOLD: "what became of a message", MessageKind.RECEIPT: "what became of the receipt"}[kind]
    assert any(came in line for line in office.story_of(case)), office.story_of(case)
    assert asked(office, case) == [] and lines(office) == []


def test_a_message_about_somebody_alive_stays(office: Office, tmp_path: Path) -> None:
    """Another person's death is not theirs."""
    case = office.start(writing_to_somebody, Writing(person="P-102"))
    extract_shows(office, tmp_path, "2026-01-04")
    assert message_of(office, case).state == "queued"
    assert asked(office, case) == []


def test_who_had_died_before_is_not_told_again(office: Office) -> None:
    """The case knew when it began that P-119 had died: nobody is asked what follows."""
    case = office.start(writing_to_somebody, Writing(person="P-119"))
    assert heed_deaths(office.council).heard == []
    assert asked(office, case) == []


def test_a_closed_case_hears_of_nothing(office: Office, tmp_path: Path) -> None:
    """A death after the end of a case opens nothing in it, and its message is withdrawn all the same."""
    case = office.start(writing_to_somebody, Writing())
    office.signal(case, PersonHasDied(person="P-101", died_on=date(2026, 1, 3)))
    office.answer(case, MessageRead(what_follows="told by telephone"), by="duty-worker")
    assert office.is_closed(case)
    before = office.story_of(case)

    extract_shows(office, tmp_path, "2026-01-04")

    assert office.story_of(case) == before
    assert message_of(office, case).state == "withdrawn"


def test_a_death_that_was_an_error_is_seen_to_and_a_later_one_is_heard(office: Office, tmp_path: Path) -> None:
    """The register takes a death back: the team sees what was stopped; when they do die, the case hears again."""
    case = office.start(writing_to_somebody, Writing())
    extract_shows(office, tmp_path, "2026-01-04")
    office.days_pass(1)
    extract_shows(office, tmp_path, "")
    assert "P-101 is no longer shown as having died" in lines(office)[-1][1]
    office.days_pass(1)
    extract_shows(office, tmp_path, "2026-01-07")

    assert [line.partition(" Came: ")[2] for line in office.story_of(case)].count("the person has died") == 2


def test_a_restricted_case_hears_and_is_on_no_list(office: Office, tmp_path: Path) -> None:
    """Its owner is asked; the team's list does not tell that there is such a case."""
    case = office.start(writing_to_somebody, Writing(), restricted=True)
    extract_shows(office, tmp_path, "2026-01-04")
    assert asked(office, case) == ["MessageRead of duty-worker"]
    assert lines(office) == []


def test_who_else_has_a_case_about_the_same_person(office: Office) -> None:
    """Open ones by their refs, restricted ones left out; nobody known is nobody."""
    first, second = (office.start(writing_to_somebody, Writing()) for _ in range(2))
    office.start(writing_to_somebody, Writing(), restricted=True)
    with office.council.database.read() as session:
        assert sorted(open_cases_about(session, "P-101")) == sorted([first, second])
        assert open_cases_about(session, "P-102") == []


@pytest.mark.parametrize("person", [None, "P-999"])
def test_a_case_about_nobody_known_is_about_nobody(office: Office, person: str | None) -> None:
    """The step is entered, and nothing hangs on it."""

    @procedure(follows="the stories of deaths")
    def about_nobody(writing: Writing) -> str:
        return str(about_person(writing.person))

    ref = open_new(office.council, "about-nobody", Writing(person=person), owner=Recipient.role(Role.DUTY_WORKER))
    office.hours_pass(0)
    assert office.outcome_of(ref) == "None"


def test_a_death_is_in_the_register_before_anybody_is_told(office: Office, tmp_path: Path) -> None:
    """The import stands whatever follows from it."""
    extract_shows(office, tmp_path, "2026-01-04")
    with office.council.database.read() as session:
        assert session.get_one(Person, "P-101").died_on == date(2026, 1, 4)


def test_the_news_of_a_death_is_urgent_and_wanted_within_hours(office: Office, tmp_path: Path) -> None:
    """Somebody may be about to ring: the news does not wait for a reader who has time."""
    case = office.start(writing_to_somebody, Writing())
    extract_shows(office, tmp_path, "2026-01-04")

    with office.council.database.read() as session:
        (item,) = [one for one in open_items(session, ref=case) if one.form == "MessageRead"]
    assert item.urgent and item.due == datetime(2026, 1, 5, 13, 0, tzinfo=UTC)
