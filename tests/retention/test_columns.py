"""Nothing is held of which nobody has decided when it goes."""

from __future__ import annotations

from pathlib import Path

from models.tables import metadata
from tasks.retention.columns import COLUMNS, WHEN_IT_GOES, Goes, goes_of

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
    assert {table for table in personal if f"`{table}`" not in page} == set()
