"""Whom a contact is about: what makes it certain, what makes it a proposal, and what speaks against."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.forms.written_contact import Channel, GivenSubject, WrittenContact
from models.names import PersonName, name_key
from models.proposals import Proposal
from models.register import Person
from tasks.database import Database
from tasks.register.matching import MOST_CANDIDATES, match_people
from tasks.register.nhs_number import read_nhs_number
from tasks.register.traces import LONGEST, Traces

TODAY = date(2026, 1, 5)
EDITH: dict[str, Any] = {"name": "Edith Tilling", "born_on": date(1938, 4, 12), "postcode": "XW1 1AP"}
"""P-101 of the example council: 999 001 0005, LAS-70410."""


@pytest.fixture
def session(council_database: Database) -> Any:
    """A session over the example council's register."""
    with council_database.write() as session:
        yield session


def contact(text: str = "", subject: str = "A letter", **given: Any) -> WrittenContact:
    """A contact with that text; `given` is what another system said field by field."""
    return WrittenContact(
        mail_id="M-EXAMPLE1",
        channel=Channel.EMAIL,
        received_at=datetime(2026, 1, 5, 8, 45, tzinfo=UTC),
        sender="Tom Tilling <tom@example.org>",
        subject=subject,
        text=text,
        given=GivenSubject(**given) if given else None,
    )


def another(session: Session, person_id: str, name: str, **known: Any) -> None:
    """One more person in the register."""
    session.add(Person(id=person_id, record_id=known.pop("record_id", f"LAS-{person_id}"), name=name, **known))
    session.flush()


def ids(proposal: Proposal) -> list[str]:
    """The candidates, the likeliest first."""
    return [one.person_id for one in proposal.candidates]


# ------------------------------------------------------------------ certain


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("Her NHS number is 999 001 0005.", "the NHS number stands in the text"),
        ("NHS No.: 999-001-0005", "the NHS number stands in the text"),
        ("NHS9990010005", "the NHS number stands in the text"),
        ("(9990010005)", "the NHS number stands in the text"),
        ("our ref 12 999 001\n0005 page 2", "the NHS number stands in the text"),
        ("９９９ 001 0005", "the NHS number stands in the text"),
        ("Your ref: LAS-70410.", "the id in the recording system stands in the text"),
        ("las 70410", "the id in the recording system stands in the text"),
        ("LAS70410/letter", "the id in the recording system stands in the text"),
        (
            "Re: Mrs Edith Tilling, born 12 April 1938, of 3 Mill Lane, XW1 1AP",
            "name, date of birth and postcode stand in the text",
        ),
        (
            "TILLING, EDITH\nDOB 12.4.38\nxw11ap",
            "name, date of birth and postcode stand in the text",
        ),
    ],
)
def test_an_identifier_in_the_text_is_certain(session: Session, text: str, because: str) -> None:
    """An NHS number, a record id, or name, date of birth and postcode together make it certain."""
    found = match_people(session, contact(text))
    assert found.certain == "P-101"
    assert found.candidates[0].because == because
    assert not found.several


def test_an_identifier_in_the_subject_is_certain(session: Session) -> None:
    """The subject is read as the text is."""
    assert match_people(session, contact(subject="LAS-70410: bath seat")).certain == "P-101"


@pytest.mark.parametrize(
    "given",
    [
        {"nhs_number": "999 001 0005"},
        {"nhs_number": "9990010005", "name": "Edith Tilling"},
        {"record_id": "las-70410"},
        {"record_id": "LAS 70410", "name": "Mrs Tilling"},
        {"record_id": "LAS-70410", "name": "E. Tilling", "born_on": date(1938, 4, 12)},
        EDITH,
        EDITH | {"name": "TILLING, Edith", "postcode": "xw11ap"},
    ],
)
def test_identifiers_that_were_given_are_certain(session: Session, given: dict[str, Any]) -> None:
    """What another system gives field by field is certain where all of it agrees."""
    assert match_people(session, contact(**given)).certain == "P-101"


def test_a_death_is_noted_and_changes_nothing(session: Session) -> None:
    """P-119 has died: it is about them all the same, and whoever reads it knows."""
    found = match_people(session, contact("LAS-70716"))
    assert found.certain == "P-119"
    assert found.in_words == "P-119 (the id in the recording system stands in the text; the register shows their death)"


# ------------------------------------------------------------------ not certain


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({"nhs_number": "999 001 1117"}, ""),
        ({"nhs_number": "999 001 0006"}, "another NHS number is given"),
        ({"record_id": "LAS-99999"}, "another id in the recording system is given"),
        ({"name": "Harold Brisco"}, "another name is given"),
        ({"name": "Brisco"}, "another name is given"),
        ({"name": "H Tilling"}, "another name is given"),
        ({"born_on": date(1938, 4, 13)}, "another date of birth is given"),
    ],
)
def test_a_given_field_that_conflicts_makes_it_a_proposal(
    session: Session, changes: dict[str, Any], against: str
) -> None:
    """The NHS number stands in the text, and a field says something else: a person looks, and is told why."""
    found = match_people(session, contact("NHS number 999 001 0005", **changes))
    assert found.certain is None
    assert "P-101" in ids(found)
    if against:
        assert found.candidates[0].because == f"the NHS number stands in the text; but {against}"


def test_a_letter_about_two_people_is_about_several(session: Session) -> None:
    """Two people's identifiers: both are proposed, neither is certain."""
    found = match_people(session, contact("Mrs Tilling (999 001 0005) and Mr Brisco (LAS-70461)"))
    assert (found.certain, found.several) == (None, True)
    assert ids(found) == ["P-101", "P-104"]
    assert found.in_words.startswith("it is about several people, a person confirms: P-101 (")


def test_a_number_in_the_text_and_another_given_are_several(session: Session) -> None:
    """What is given does not go before what is written."""
    found = match_people(session, contact("about 999 001 0005", record_id="LAS-70461"))
    assert (found.certain, found.several) == (None, True)


def test_all_three_of_somebody_else_beside_an_identifier_are_several(session: Session) -> None:
    """Name, date of birth and postcode identify as well as a number does."""
    text = "LAS-70461. Also for Edith Tilling, 12/04/1938, XW1 1AP."
    found = match_people(session, contact(text))
    assert (found.certain, found.several, set(ids(found))) == (None, True, {"P-101", "P-104"})


def test_a_number_that_belongs_to_nobody_here_makes_it_a_proposal(session: Session) -> None:
    """A record id, and an NHS number that is not that person's: one of the two is a slip of the pen."""
    assert read_nhs_number("943 476 5919")
    found = match_people(session, contact("LAS-70410, NHS number 943 476 5919"))
    assert found.certain is None
    assert found.candidates[0].because.endswith("; but an NHS number stands in the text that is not theirs")


def test_a_date_of_birth_in_the_text_that_is_another_makes_it_a_proposal(session: Session) -> None:
    """The number is right and the date of birth is not; any other date in the letter does not matter."""
    assert match_people(session, contact("999 001 0005, seen on 3 June 1999")).certain == "P-101"
    found = match_people(session, contact("999 001 0005, born on the 3rd of June 1959"))
    assert found.certain is None
    assert found.candidates[0].because.endswith("; but another date of birth stands in the text")


def test_the_number_of_one_and_the_name_of_another_is_a_proposal(session: Session) -> None:
    """The most dangerous slip: the right form of a wrong number, under somebody else's name."""
    found = match_people(session, contact("Re: Harold Brisco, NHS number 999 001 0005"))
    assert found.certain is None
    assert ids(found) == ["P-101", "P-104"]
    assert found.candidates[0].because.endswith("; but somebody else is named and they are not")


@pytest.mark.parametrize(
    ("text", "against"),
    [
        (
            "Edith Tilling has fallen. Please ring her husband (his NHS no. 999 001 1117). Mr Tilling is in all day.",
            "somebody else is named by first and last name and they are not",
        ),
        (
            "Edith Tilling has fallen. Please ring her husband Harold Tilling (NHS no. 999 001 1117).",
            "somebody else is named as well",
        ),
        ("Edith and Harold Tilling, LAS-70461", "somebody else is named as well"),
        ("TILLING, Edith: her husband is LAS-70461", "somebody else is named and they are not"),
    ],
)
def test_nobody_is_certain_beside_another_who_is_named(session: Session, text: str, against: str) -> None:
    """One of a couple is written about and the other's number stands there: whoever sorts it says whom it is about."""
    session.get_one(Person, "P-104").name = "Harold Tilling" if "Harold" in text or "Mr" in text else "Harold Brisco"
    session.flush()
    found = match_people(session, contact(text))
    assert found.certain is None
    assert ids(found) == ["P-104", "P-101"]
    assert found.candidates[0].because.endswith(f"; but {against}")
    assert found.candidates[1].because.startswith("same name")


def test_a_friend_who_is_named_makes_it_a_proposal(session: Session) -> None:
    """The number is right and so is the name; that another is named is still for a person to look at."""
    found = match_people(session, contact("Re: Edith Tilling, 999 001 0005. Her friend Harold Brisco wrote."))
    assert (found.certain, ids(found)) == (None, ["P-101", "P-104"])
    assert match_people(session, contact("Re: Edith Tilling, 999 001 0005. Harold wrote.")).certain == "P-101"


def test_a_name_that_is_only_nearly_another_s_counts_as_theirs(session: Session) -> None:
    """Mai Chen may be Mai-Ling Chen: nobody is certain beside her, and she is proposed with what agrees."""
    another(session, "P-905", "Mai-Ling Chen")
    found = match_people(session, contact("Mai Chen has fallen, her neighbour is LAS-70461"))
    assert (found.certain, ids(found)) == (None, ["P-104", "P-905"])
    assert found.candidates[1].because == "same first and last part of the name"


def test_everybody_who_is_named_is_proposed_beside_the_one_who_is_identified(session: Session) -> None:
    """Namesakes with nothing else that agrees are not pushed off the list by others who have the same postcode."""
    for number in range(MOST_CANDIDATES):
        another(session, f"P-96{number:02}", f"Vera Tilling-{chr(65 + number)}", born_on=EDITH["born_on"],
                postcode="XW1 1AP")  # fmt: skip
    another(session, "P-906", "Mai-Ling Chen")
    found = match_people(session, contact("Mai Chen, for LAS-70461; seen 12/04/1938 at XW1 1AP"))
    assert ids(found)[:2] == ["P-104", "P-906"]


def test_one_name_that_is_also_a_namesake_s_is_certain(session: Session) -> None:
    """The name is the identified person's own, and the number says which of the two is meant."""
    another(session, "P-907", "Edith Tilling", born_on=date(1961, 1, 2))
    assert match_people(session, contact("Re: Edith Tilling, 999 001 0005")).certain == "P-101"


@pytest.mark.parametrize(
    ("given", "certain"),
    [
        ({"nhs_number": "999 001 0005", "name": "Edith Tilling"}, "P-101"),
        ({"record_id": "LAS-70410", "name": "TILLING, Edith"}, "P-101"),
        (EDITH, "P-101"),
        ({"nhs_number": "999 001 0005"}, None),
        ({"nhs_number": "999 001 0005", "name": "Mrs Tilling"}, None),
        ({"name": "Edith Tilling"}, None),
    ],
)
def test_fields_that_name_and_identify_are_certain_whoever_else_is_named(
    session: Session, given: dict[str, Any], certain: str | None
) -> None:
    """Another system says in fields of its own whom it is about; a number without the full name is not enough."""
    text = "Her friend Harold Brisco wrote." + (" 999 001 0005" if set(given) == {"name"} else "")
    assert match_people(session, contact(text, **given)).certain == certain


def test_two_people_of_one_name_one_day_and_one_postcode_are_not_told_apart(session: Session) -> None:
    """Doubles in the register, or twins: a person looks."""
    another(session, "P-901", "Edith Tilling", born_on=date(1938, 4, 12), postcode="XW1 1AP")
    found = match_people(session, contact(**EDITH))
    assert (found.certain, found.several, set(ids(found))) == (None, True, {"P-101", "P-901"})


def test_two_ids_that_differ_in_hyphens_alone_are_not_told_apart(session: Session) -> None:
    """LAS-70410 and LA-S70410 are written the same way by somebody who leaves hyphens out."""
    another(session, "P-902", "Somebody Else", record_id="LA-S70410")
    assert match_people(session, contact("LAS70410")).certain is None


def test_what_was_not_looked_through_is_never_certain(session: Session) -> None:
    """Somebody else's number may stand on the last page of a very long text."""
    assert match_people(session, contact("LAS-70410 " + "x" * LONGEST)).certain is None


@pytest.mark.parametrize(
    "text",
    [
        "999 001 0006",
        "999 001 000",
        "999 001 00055",
        "1999 001 0005",
        "9 9990 010 0051",
        "+9990010005",
        "+44 999 001 0005",
        "70410",
        "LAS-7041",
        "XLAS-70410",
        "LAS-70410X",
        "Edith",
        "Mrs Tilling",
        "12/04/1938",
        "XW1 1AP",
        "Edit Tilling",
        "Edith Tillings",
    ],
)
def test_what_is_not_quite_it_is_not_it(session: Session, text: str) -> None:
    """A digit more or less, a telephone number, half a name: nobody is certain, and nobody is found by a likeness."""
    found = match_people(session, contact(text))
    assert found == Proposal()
    assert found.in_words == "nobody in the register is recognised"


def test_an_id_of_digits_alone_is_not_looked_for_in_a_text(session: Session) -> None:
    """Where ids are numbers, every house number would be somebody; given as an id it is one."""
    another(session, "P-903", "Vera Stone", record_id="4711")
    assert match_people(session, contact("invoice 4711")).candidates == ()
    assert match_people(session, contact(record_id="4711")).certain == "P-903"


# ------------------------------------------------------------------ candidates and their reasons


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("Edith Tilling, 12.04.1938, XW9 9ZZ", "same name and date of birth, other postcode"),
        ("Edith Tilling, 13.04.1938, XW1 1AP", "same name and postcode, other date of birth"),
        ("Edith Tilling, 12.04.1938", "same name and date of birth"),
        ("Edith Tilling wrote", "same name"),
        ("Edith M. Tilling wrote", "same name"),
        ("my mother Édith  TILLING", "same name"),
        ("Mrs Tilling, 12/04/1938", "same last name and date of birth"),
        ("Mrs Tilling, XW1 1AP", "same last name and postcode"),
        ("E. Smith, 12/04/1938, XW1 1AP", "same date of birth and postcode"),
        ("Mrs Tilling, 12/04/1938, XW1 1AP", "same last name, date of birth and postcode"),
    ],
)
def test_what_agrees_and_what_does_not_is_the_reason(session: Session, text: str, because: str) -> None:
    """Short of certain, whoever confirms reads what agrees and what is other."""
    found = match_people(session, contact(text))
    assert found.certain is None
    assert [(one.person_id, one.because) for one in found.candidates] == [("P-101", because)]


@pytest.mark.parametrize(
    ("register", "text", "found"),
    [
        ("Siân O'Brien", "sian o’brien", True),
        ("Siân O'Brien", "Sian OBrien", True),
        ("Łukasz Wójcik", "Lukasz Wojcik", True),
        ("Mei-Ling Cheung", "Mei Ling Cheung", True),
        ("Mei-Ling Cheung", "Mei Cheung", False),
        ("Ann Smith-Jones", "Ann Smith Jones", True),
        ("Ann Smith-Jones", "Ann Jones", False),
        ("Mrs Vera Ann Stone", "Vera Stone", True),
        ("Vera Stone", "Vera and Harold Stone", True),
        ("Vera Stone", "Ask Vera. Stone is heavy", False),
        ("Vera Stone", "Vera! Stone", False),
    ],
)
def test_a_name_is_found_as_it_stands(session: Session, register: str, text: str, found: bool) -> None:
    """Capital letters, accents, apostrophes and hyphens do not matter; every part of first and last name does."""
    another(session, "P-904", register)
    assert ("P-904" in ids(match_people(session, contact(text)))) == found


def test_the_likeliest_comes_first_and_the_list_ends(session: Session) -> None:
    """What agrees in more stands above, and nobody reads three hundred people of one name."""
    for number in range(20):
        another(session, f"P-95{number:02}", "John Smith", born_on=date(1950, 1, 1 + number), postcode="XW5 5ZZ")
    found = match_people(session, contact("John Smith, born 7.1.1950"))
    assert ids(found)[0] == "P-9506"
    assert len(found.candidates) == MOST_CANDIDATES


def test_a_proposal_holds_ids_and_reasons_only(session: Session) -> None:
    """No name, date, number or postcode stands in what is kept and told (DESIGN, what must never leave)."""
    found = match_people(session, contact("Edith Tilling, 12.04.1938, XW9 9ZZ; 999 001 1117"))
    kept = found.model_dump_json() + found.in_words
    assert not [one for one in ("Edith", "Tilling", "1938", "XW", "999", "Brisco") if one in kept]


# ------------------------------------------------------------------ how dates are written


@pytest.mark.parametrize(
    "written",
    [
        "12/04/1938", "12.4.38", "12-4-1938", "12 / 04 / 1938", "1938-04-12", "12 04 1938", "12 April 1938",
        "12th April 1938", "12th of April, 1938", "12 Apr 38", "12 APR. 1938", "12-Apr-1938", "April 12, 1938",
        "Apr 12th 1938", "12 April ’38", "12 April '38", "12–04–1938",
    ],
)  # fmt: skip
def test_a_date_is_read_in_each_way_people_write_it(written: str) -> None:
    """The day first, as in England; months in words; years in two digits in the century in which they can be."""
    assert Traces(f"Born {written}.", TODAY).dates == {date(1938, 4, 12)}
    assert Traces(f"Born {written}.", TODAY).birth_dates == {date(1938, 4, 12)}


@pytest.mark.parametrize(
    "written", ["31/02/1938", "12/13/1938", "5/1/2027", "12/04/1838", "112/04/1938", "12/04/19388"]
)
def test_what_is_no_day_of_birth_is_no_date(written: str) -> None:
    """A day that does not exist, one to come, and one of another age."""
    assert Traces(written, TODAY).dates == frozenset()


def test_a_year_of_two_digits_that_can_be_two_is_both() -> None:
    """The register decides which."""
    assert Traces("1.2.20", TODAY).dates == {date(1920, 2, 1), date(2020, 2, 1)}


# ------------------------------------------------------------------ properties


@pytest.fixture(scope="module")
def register(prepared_sqlite: Any) -> Any:
    """The example council's register, which no example of a property changes."""
    database = Database(f"sqlite:///{prepared_sqlite}")
    with database.read() as session:
        yield session
    database.dispose()


people = {
    "P-101": ("9990010005", "LAS-70410"),
    "P-104": ("9990011117", "LAS-70461"),
    "P-116": ("9990015929", "LAS-70665"),
}
separators = st.sampled_from(["", " ", "-", "\u00a0", "–", "  ", " - ", "\n"])
surroundings = st.text(alphabet="abc ,.;:()\n'\"", max_size=30)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(people)), st.lists(separators, min_size=9, max_size=9), surroundings, surroundings)
def test_an_nhs_number_is_found_however_it_is_spaced(
    register: Session, who: str, between: list[str], before: str, after: str
) -> None:
    """Spaces, hyphens and line breaks anywhere in it, and anything but letters and digits around it."""
    digits = people[who][0]
    written = "".join(a + b for a, b in zip(digits, [*between, ""], strict=True))
    found = match_people(register, contact(f"{before} {written} {after}"))
    assert found.certain == who


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(people)),
    st.sampled_from(["-", " ", "", "/", "_", "–", "\u00a0"]),
    st.booleans(),
    surroundings,
    surroundings,
)
def test_a_record_id_is_found_however_it_is_written(
    register: Session, who: str, between: str, small: bool, before: str, after: str
) -> None:
    """With or without a hyphen, in capital letters or small ones."""
    written = people[who][1].replace("-", between)
    found = match_people(register, contact(f"{before} {written.lower() if small else written} {after}"))
    assert found.certain == who


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**10 - 1), st.booleans())
def test_a_number_that_does_not_check_is_nobody_s(register: Session, number: int, spaced: bool) -> None:
    """Neither in a text nor as a field, and not when it is one digit away from somebody's."""
    digits = f"{number:010}"
    assume(read_nhs_number(digits) is None)
    written = f"{digits[:3]} {digits[3:6]} {digits[6:]}" if spaced else digits
    assert match_people(register, contact(f"NHS number {written}")) == Proposal()
    assert match_people(register, contact(nhs_number=written)) == Proposal()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(people)), st.integers(0, 9), st.integers(1, 9))
def test_a_digit_that_is_wrong_is_never_certain(register: Session, who: str, place: int, by: int) -> None:
    """One wrong digit never checks (that is what the tenth is for), so it is never somebody else either."""
    digits = people[who][0]
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert match_people(register, contact(f"NHS {wrong}")).certain is None


PIECES = st.sampled_from(
    [
        *(
            "Edith",
            "Tilling",
            "Harold Brisco",
            "Mrs",
            "XW1 1AP",
            "XW4 4EZ",
            "12/04/1938",
            "19.1.35",
            "born",
            "and",
            "\n",
        ),
        *("999 001 0005", "9990011117", "999 001 0006", "LAS-70410", "LAS 70461", "LAS", "70410", "999", "001", "0005"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=14), st.sampled_from([" ", ", ", "", "\n"]))
def test_nobody_is_certain_whose_identifier_does_not_stand_in_the_text(
    register: Session, pieces: list[str], joined: str
) -> None:
    """Whatever is written, certain is only one whose number, id or all three of name, day and postcode are there."""
    text = joined.join(pieces)
    found = match_people(register, contact(text))
    if found.certain is None:
        return
    person = register.get_one(Person, found.certain)
    bare = "".join(one for one in contact(text).text.upper() if one.isalnum())
    bare = "A letter".upper().replace(" ", "") + bare
    all_three = bool(
        person.name.upper().replace(" ", "") in bare
        and (person.postcode or "?").replace(" ", "") in bare
        and Traces(text, TODAY).dates & {person.born_on}
    )
    assert (person.nhs_number or "?") in bare or person.record_id.replace("-", "") in bare or all_three
    assert not found.several and ids(found) == [found.certain]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_a_proposal(register: Session, text: str) -> None:
    """Whatever comes, reading it does not fail, and nobody is certain by accident."""
    assert match_people(register, contact(text, subject=text[:50])).certain is None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["Edith Tilling", "Mei-Ling Cheung", "Siân O'Brien", "Vera Ann Stone"]), st.data())
def test_a_name_has_one_key_however_it_is_written(name: str, data: st.DataObject) -> None:
    """Capital letters, titles and the order with a comma change nothing."""
    title = data.draw(st.sampled_from(["", "Mrs ", "DR. ", "Miss "]))
    written = data.draw(st.sampled_from([name, name.upper(), name.lower(), name.replace("'", "’")]))
    assert name_key(title + written) == name_key(name)
    first, _, last = written.rpartition(" ")
    assert PersonName.read(f"{last}, {first}") == PersonName.read(name)


def test_the_keys_follow_what_the_register_is_told(session: Session) -> None:
    """A name or id that is changed is looked for under the new one."""
    person = session.scalars(select(Person).where(Person.id == "P-101")).one()
    person.name, person.record_id = "Edith Marlow", "LAS-99"
    session.flush()
    assert (person.name_key, person.record_key) == ("edith marlow", "LAS99")
    assert ids(match_people(session, contact("Edith Marlow"))) == ["P-101"]
