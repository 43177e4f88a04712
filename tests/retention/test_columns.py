"""Nothing is held of which nobody has decided when it goes."""

from __future__ import annotations

import re
from pathlib import Path

from models.roles import Role
from models.tables import metadata
from tasks.case_people import about_person
from tasks.durable import ask, procedure
from tasks.durable.testing import Office
from tasks.retention.columns import COLUMNS, WHEN_IT_GOES, Goes, goes_of
from tasks.retention.running import erase_what_is_due
from tests.durable.lending import ChairChosen, WheelchairLoan
from tests.retention.archive import close_at_once, erased_cases, held, years_pass

DOCS = Path(__file__).parents[2] / "docs" / "retention.md"


def test_of_every_column_it_is_decided_when_what_it_holds_goes() -> None:
    """Each column of each table stands in the list once, and nothing stands there that is no column."""
    listed = [(table, column) for table, by_goes in COLUMNS.items() for names in by_goes.values() for column in names]
    assert len(listed) == len(set(listed))
    columns = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns}
    assert set(listed) == columns


def test_every_way_of_going_is_explained() -> None:
    """Whoever reads the list is told what each word means."""
    assert set(WHEN_IT_GOES) == set(Goes)


def test_columns_that_say_they_are_personal_do_not_stay() -> None:
    """A column whose own comment calls it personal data goes at some time; staff alone stay with what they did."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            comment = (column.comment or "").replace("no personal data", "").replace("without personal data", "")
            if "personal data" in comment:
                assert goes_of(table.name, column.name) is not Goes.NEVER, (table.name, column.name)


def test_every_table_of_what_is_personal_stands_in_the_documents() -> None:
    """The page on retention names each table that holds something about somebody."""
    page = DOCS.read_text(encoding="utf-8")
    personal = {table for table, by_goes in COLUMNS.items() if set(by_goes) - {Goes.NEVER, Goes.STAFF}}
    assert "entry" in personal
    assert {table for table in personal if f"`{table}`" not in page} == set()


@procedure(follows="Lending wheelchairs")
def lending_to_somebody(loan: WheelchairLoan) -> None:
    """A chair for somebody of the register."""
    about_person("P-101")
    ask(ChairChosen, of=Role.DUTY_WORKER)


def test_where_somebodys_id_stays_after_their_case_was_erased_is_said(office: Office) -> None:
    """Each column in which it stands then is listed as one that may hold it, or goes by another time."""
    ref = office.start(lending_to_somebody, WheelchairLoan())
    held(office, person="P-102")
    close_at_once(office, ref)
    years_pass(office, 7)
    erase_what_is_due(office.council)
    assert erased_cases(office) == {ref}
    with office.council.database.read() as session:
        stands_in = {
            (table.name, column)
            for table in metadata.sorted_tables
            for row in session.execute(table.select()).mappings()
            for column, value in row.items()
            if isinstance(value, str) and re.search(r"\bP-10[12]\b", value)
        }
    assert {("entry", "key"), ("legal_hold", "person_id")} <= stands_in
    assert {goes_of(*column) for column in stands_in} <= {Goes.ID_STAYS, Goes.WITH_PERSON, Goes.WITH_LOG}
