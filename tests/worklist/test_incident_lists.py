"""A list of people as a spreadsheet: read whole or not at all, every bad row by its line, nothing of it repeated."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.cases import Entry
from models.provider_failure.kinds import ListSource
from models.providers.kinds import PaidBy
from tasks.durable.testing import Office
from tasks.provider_failure.reading_lists import ListRefused, read_list
from tasks.worklist.incident_lists import take_in_list_file
from tasks.worklist.scope import NotFound
from tests.worklist.answering_stories import member
from tests.worklist.incident_stories import fails, rows_of

WHOLE = (
    "Name,Born on,whereabouts,paid_by,placed by,call_times,time_critical_medicine,double-handed,lives_alone,Shoe size\n"
    '"Thorold, Agnes",01/03/1935,"3 Weir Row\nkey under the pot",Self,,"07:30, 18:00",Yes,y,no,5\n'
    "\n"
    "Bertram Vane,1940-05-06,,other council,Eastmere,,,,,\n"
)


def refused(text: str) -> tuple[str, ...]:
    """What is wrong with a list."""
    with pytest.raises(ListRefused) as caught:
        read_list(text.encode())
    return caught.value.problems


def test_a_spreadsheet_is_read_as_people_write_it() -> None:
    """Capital letters and blanks in the header, English dates, lines within a cell; other columns are passed over."""
    found = read_list(WHOLE.encode())
    agnes, bertram = found.people
    assert (agnes.name, agnes.born_on, agnes.paid_by) == ("Thorold, Agnes", date(1935, 3, 1), PaidBy.SELF)
    assert (agnes.call_times, agnes.time_critical_medicine, agnes.double_handed) == ("07:30, 18:00", True, True)
    assert agnes.lives_alone is False
    assert (bertram.paid_by, bertram.placed_by) == (PaidBy.OTHER_COUNCIL, "Eastmere")
    assert found.lines == (2, 5)
    assert found.passed_over == ("shoe_size",)


@pytest.mark.parametrize(
    "content",
    ["name;whereabouts\nZoë Ång;Mill Lane\n".encode(), "\ufeffname,whereabouts\r\nZoë Ång,Mill Lane\r\n".encode(),
     "name,whereabouts\nZoë Ång,Mill Lane\n".encode("cp1252")],
)  # fmt: skip
def test_what_spreadsheet_programs_save_is_read(content: bytes) -> None:
    """With semicolons, with a mark at the beginning, in the letters of Windows."""
    (one,) = read_list(content).people
    assert (one.name, one.whereabouts) == ("Zoë Ång", "Mill Lane")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the first line names no column person or name"),
        ("forename,surname\nA,B\n", "the first line names no column person or name"),
        ("name,name\nA,B\n", "the first line names name more than once"),
        ("name\n", "there is nobody on it"),
        ('name\n"A\n', "it is not CSV throughout"),
        ("name\nA\x00\n", "it is no text"),
    ],
)
def test_a_file_that_is_no_list_says_so(text: str, says: str) -> None:
    """In one sentence."""
    (problem,) = refused(text)
    assert problem.startswith(says)


def test_every_bad_row_is_named_by_its_line_and_nothing_of_it_is_repeated() -> None:
    """All at once, so that it is mended in one go."""
    text = (
        "name,born_on,lives_alone,paid_by\n"
        "Agnes Secret,31/02/1935,no,self\n"
        ",1940-01-01,no,self\n"
        "Bertram Secret,1940-01-01,sometimes,self\n"
        "Cicely Secret,1940-01-01,no,granny\n"
        "Desmond Secret,1940-01-01,no,self,and more\n"
        "Elfrida Fine,1940-01-01,no,self\n"
    )
    problems = refused(text)
    assert [one.split(":")[0] for one in problems] == ["line 2", "line 3", "line 4", "line 5", "line 6"]
    said = " ".join(problems)
    assert "born_on must be a date such as 1938-04-12 or 12/04/1938" in said
    assert "person or name must be given" in said
    for secret in ("Secret", "1935", "sometimes", "granny", "Fine"):
        assert secret not in said


def send(office: Office, incident: str, text: str, *, by: str = "duty-worker", said_by: str = "The manager") -> None:
    """Somebody sends a list."""
    take_in_list_file(
        office.council, member(office, by), incident, text.encode(),
        source=ListSource.PROVIDER, said_by=said_by, whole=False,
    )  # fmt: skip
    office.hours_pass(0)


def test_a_good_list_is_told_to_the_incident(office: Office) -> None:
    """Everybody new on it has a case at once."""
    incident = fails(office)
    send(office, incident, WHOLE)
    assert rows_of(office, incident)["Thorold, Agnes"].call_times == "07:30, 18:00"


def test_nothing_is_sent_where_one_row_is_bad(office: Office) -> None:
    """Also where only the register shows it, and then by its line, too."""
    incident = fails(office)

    def entries() -> int:
        with office.council.database.read() as session:
            return len(session.scalars(select(Entry.no).where(Entry.case_ref == incident)).all())

    before = entries()
    for text, line in (("person,name\nP-101,\n\n\nP-999,\n", 5), ("name,born_on\nA,x\n", 2)):
        with pytest.raises(ListRefused) as caught:
            send(office, incident, text)
        assert caught.value.problems[0].startswith(f"line {line}: ")
        assert "P-999" not in str(caught.value)
    with pytest.raises(ListRefused, match="say who sent it"):
        send(office, incident, "name\nA\n", said_by=" ")
    assert entries() == before


def test_only_whoever_may_act_on_the_incident_sends_a_list(office: Office) -> None:
    """For all others it is not there."""
    incident = fails(office)
    with pytest.raises(NotFound):
        send(office, incident, WHOLE, by="practitioner-4")
