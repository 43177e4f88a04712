"""To whom a contact is addressed: in which words people say so, and who is proposed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models.forms.written_contact import Channel, WrittenContact
from models.proposals import ProposedWorkers
from models.register import Staff
from tasks.database import Database
from tasks.register.addressee import propose_addressees

TODAY = date(2026, 1, 5)


@pytest.fixture
def session(council_database: Database) -> Any:
    """A session over the example council's register: Priya Nair is practitioner, Samir Haddad practitioner-5."""
    with council_database.write() as session:
        yield session


def contact(text: str = "", subject: str = "", addressed_to: str | None = None) -> WrittenContact:
    """A contact with that text."""
    return WrittenContact(
        mail_id="M-EXAMPLE1",
        channel=Channel.EMAIL,
        received_at=datetime(2026, 1, 5, 8, 45, tzinfo=UTC),
        sender="Tom Tilling <tom@example.org>",
        subject=subject,
        text=text,
        addressed_to=addressed_to,
    )


def another(session: Session, staff_id: str, name: str, left_on: date | None = None) -> None:
    """One more member of staff."""
    session.add(Staff(id=staff_id, name=name, role="practitioner", team_id="hazel", left_on=left_on))
    session.flush()


def proposed(session: Session, one: WrittenContact) -> list[str]:
    """In words, the likeliest first."""
    return [worker.in_words for worker in propose_addressees(session, one, on=TODAY).workers]


@pytest.mark.clauses("DUTY-16")
@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("FAO Priya Nair", "for the attention of, by first and last name"),
        ("F.A.O. PRIYA NAIR, Hazel team", "for the attention of, by first and last name"),
        ("fao: priya nair", "for the attention of, by first and last name"),
        ("For the attention of Ms P. Nair", "for the attention of, by title or initial and last name"),
        (
            "For the urgent attention of:\nMs. Nair - social worker",
            "for the attention of, by title or initial and last name",
        ),
        ("Attn. Priya Anjali Nair", "for the attention of, by first and last name"),
        ("ATTENTION: Nair, Priya", "for the attention of, by first and last name"),
        ("Edith Tilling\nc/o Priya Nair\nTown Hall", "care of, by first and last name"),
        ("Dear Priya,\nthe bath seat has not come.", "greeted, by first name"),
        ("Dear Priya thank you for your call", "greeted, by first name"),
        ("Good morning Priya", "greeted, by first name"),
        ("Dear Ms Nair", "greeted, by title or initial and last name"),
        ("Dear Nair", "greeted, by last name alone"),
        ("> Dear Priya Nair", "greeted, by first and last name"),
        ("To: Priya Nair <somebody@example.org>", "addressed to, by first and last name"),
        ("Cc: duty@example.org, PRIYA.NAIR@wenbridge.example.org", "addressed to, by e-mail address"),
    ],
)
def test_whoever_the_contact_names_is_proposed(session: Session, text: str, because: str) -> None:
    """DUTY-16: as letters and e-mails name somebody, with where and in which form."""
    assert proposed(session, contact(text)) == [f"practitioner ({because})"]


@pytest.mark.parametrize(
    "addressed_to",
    [
        "priya.nair@wenbridge.example.org",
        '"Nair, Priya" <Priya.Nair@wenbridge.example.org>; duty@wenbridge.example.org',
        "Duty <duty@wenbridge.example.org>, <priya.nair@wenbridge.example.org>",
    ],
)
def test_an_address_of_ours_is_the_strongest_reason(session: Session, addressed_to: str) -> None:
    """To and Cc are compared with staff's own addresses."""
    found = proposed(session, contact("Dear Priya", addressed_to=addressed_to))
    assert found == ["practitioner (addressed to, by e-mail address)"]


def test_the_subject_names_somebody_too(session: Session) -> None:
    """Many write it there."""
    assert proposed(session, contact(subject="FAO Priya Nair re bath seat"))[0].startswith("practitioner (")


def test_two_of_one_first_name_are_both_proposed(session: Session) -> None:
    """Nobody chooses between two Priyas but a person."""
    another(session, "practitioner-7", "Priya Sharma")
    assert proposed(session, contact("Dear Priya,")) == [
        "practitioner (greeted, by first name)",
        "practitioner-7 (greeted, by first name)",
    ]
    assert proposed(session, contact("Dear Priya Sharma,")) == ["practitioner-7 (greeted, by first and last name)"]


def test_who_has_left_is_proposed_after_the_others_and_it_is_said(session: Session) -> None:
    """People write to a worker for years; that she has left is what duty must know."""
    another(session, "a-leaver", "Priya Nair", left_on=date(2025, 6, 1))
    another(session, "leaves-tomorrow", "Priya Nair", left_on=date(2026, 1, 6))
    assert proposed(session, contact("FAO Priya Nair")) == [
        "leaves-tomorrow (for the attention of, by first and last name)",
        "practitioner (for the attention of, by first and last name)",
        "a-leaver (for the attention of, by first and last name; has left the council)",
    ]


def test_several_people_are_all_proposed(session: Session) -> None:
    """One letter to two workers, the one named in full first."""
    assert proposed(session, contact("Dear Samir and Ms Nair / Tom Garrick,")) == [
        "practitioner-2 (greeted, by first and last name)",
        "practitioner (greeted, by title or initial and last name)",
        "practitioner-5 (greeted, by first name)",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear Sir or Madam, Priya Nair came to see us.",
        "Dear all",
        "Dear Duty Team",
        "To whom it may concern",
        "FAO the social worker",
        "FAO Priyanka Nair",
        "Dear Priya Sharma",
        "Dear Mr Priya",
        "Please pay attention to Priya Nair's advice",
        "Yours, Priya Nair",
        "FAO",
        "priya.nair@wenbridge.example.org told me to write",
    ],
)
def test_who_is_only_spoken_of_is_not_proposed(session: Session, text: str) -> None:
    """A name elsewhere in the letter, a name alike and a name in part are no addressee."""
    assert proposed(session, contact(text)) == []


def test_nobody_is_said_in_words(session: Session) -> None:
    """The story of the case says that nobody was found."""
    assert propose_addressees(session, contact("Dear all"), on=TODAY).in_words == "nobody of our staff is recognised"


@pytest.fixture(scope="module")
def register(prepared_sqlite: Any) -> Any:
    """The example council's register, which no example of a property changes."""
    database = Database(f"sqlite:///{prepared_sqlite}")
    with database.read() as session:
        yield session
    database.dispose()


STAFF = {"practitioner": "Priya Nair", "practitioner-5": "Samir Haddad", "team-leader": "Marcus Thorne"}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(STAFF)),
    st.sampled_from(["FAO ", "For the attention of: ", "Attn ", "Dear ", "c/o "]),
    st.sampled_from(["", "Ms ", "Mr. ", "Dr "]),
    st.sampled_from([str.upper, str.title]),
    st.sampled_from(["", ",", "\n", ", Hazel team", " - urgent", " (by hand)"]),
)
def test_a_full_name_is_found_in_every_form(
    register: Session, who: str, marker: str, title: str, written: Any, after: str
) -> None:
    """Whatever stands before and after it, and in capital letters."""
    found = propose_addressees(register, contact(f"{marker}{title}{written(STAFF[who])}{after}"), on=TODAY)
    assert [one.staff_id for one in found.workers] == [who]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_is_read(register: Session, text: str, addressed_to: str) -> None:
    """Reading never fails, and nobody is proposed without a name that stands there."""
    found = propose_addressees(register, contact(f"FAO {text}", addressed_to=addressed_to), on=TODAY)
    assert isinstance(found, ProposedWorkers)
    letters = {one for one in f"{text}{addressed_to}".casefold() if one.isalpha()}
    assert not found.workers or letters
