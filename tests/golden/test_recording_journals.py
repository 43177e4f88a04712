"""Recording journals: as few as reach all, the same each time, and never one over another."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.entry_kinds import EntryKind
from models.refs import is_ref, new_ref
from tasks.durable.ledger import Recorded
from tests.golden.journals import Journal, journals, read_from, same_names, written_to
from tests.golden.record import RecordedBefore, keep, tell
from tests.golden.replaying import lost, our_procedures

GOLDEN = journals()
STORY = next(journal for name, journal in GOLDEN.items() if name.startswith("follow-up/"))
HALF_OF_IT = replace(STORY, story="tests/test_half.py::test_half_of_it", entries=STORY.entries[:4])
ENTERED = datetime(2026, 1, 5, 9, tzinfo=UTC)


def entry(no: int, key: str, data: object) -> Recorded:
    """An entry with that in its payload."""
    content = json.dumps({"text": f"Noted {data}", "data": data})
    return Recorded(no, ENTERED, EntryKind.DONE, key, "note", "system", content)


def test_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    """To the last entry, and with the reason for which it was recorded."""
    journal = replace(STORY, because="the form asks for more")
    written_to(tmp_path / "follow-up" / "it.2.jsonl", journal)

    again = read_from(tmp_path / "follow-up" / "it.2.jsonl")
    assert (again.procedure, again.story, again.because) == (journal.procedure, journal.story, journal.because)
    assert again.entries == journal.entries


def test_journal_is_never_written_over(tmp_path: Path) -> None:
    """It stands for cases that are open out there."""
    file = tmp_path / "follow-up" / "it.1.jsonl"
    written_to(file, STORY)
    with pytest.raises(FileExistsError):
        written_to(file, HALF_OF_IT)
    assert read_from(file).entries == STORY.entries


def test_ledger_that_reaches_nothing_new_is_not_kept(tmp_path: Path) -> None:
    """The longer one reaches all that the shorter does."""
    kept = keep([HALF_OF_IT, STORY], tmp_path)
    assert [one.journal for one in kept] == [STORY]
    assert keep([HALF_OF_IT], tmp_path) == []


def test_story_that_has_a_journal_is_recorded_again_only_with_a_reason(tmp_path: Path) -> None:
    """And then beside the first, which stays as it is."""
    [first] = keep([HALF_OF_IT], tmp_path)
    changed = replace(HALF_OF_IT, entries=STORY.entries)

    with pytest.raises(RecordedBefore, match="--because"):
        keep([changed], tmp_path)
    assert list(journals(tmp_path)) == [first.name]

    [second] = keep([changed], tmp_path, because="a person is asked first")
    assert (first.name, second.name) == ("follow-up/half-of-it.1", "follow-up/half-of-it.2")
    there = journals(tmp_path)
    assert there[first.name].entries == HALF_OF_IT.entries
    assert there[second.name].because == "a person is asked first"


def test_cases_of_one_story_have_journals_of_their_own(tmp_path: Path) -> None:
    """They are told apart by their names, and are no versions of one another."""
    kept = keep([STORY, replace(STORY, entries=STORY.entries[:4])], tmp_path, each=True)
    assert [one.name.endswith((".1", "-case-2.1")) for one in kept] == [True, True]
    assert len(journals(tmp_path)) == 2


def test_what_chance_made_has_the_same_names_each_time() -> None:
    """References and ids differ from run to run; the journal's lines do not."""

    def told_once() -> list[Recorded]:
        child, item = new_ref(), "W-" + new_ref().replace("-", "") + "7K"
        return [
            entry(1, "open:follow-up", child),
            entry(2, f"closed:{child}", {"case": child, "item": item, "twice": item}),
            entry(3, "note", "P-104 and LAS-70410 stay as they are"),
        ]

    first, second = (list(same_names(told_once())) for _ in range(2))
    assert first == second
    assert is_ref(str(first[0].data))
    assert first[1].key == f"closed:{first[0].data}"
    assert first[1].data["item"] == first[1].data["twice"] == "W-0000000001"
    assert first[2].data == "P-104 and LAS-70410 stay as they are"


def test_journal_is_a_journal_of_its_own_case() -> None:
    """The reference under which it is replayed is one that could be."""
    assert is_ref(Journal("follow-up", "here", ()).ref)


def test_stories_are_told_and_their_ledgers_kept() -> None:
    """The command runs tests in a process of its own, and takes what their cases have entered, ours alone."""
    told = tell(["tests/procedures/test_unsorted_mail.py", "-k", "closes_earlier"])
    assert [(one.procedure, one.story.rpartition("::")[2]) for one in told if one.procedure == "unsorted-mail"] == [
        ("unsorted-mail", "test_where_the_office_closes_earlier_the_hour_is_earlier")
    ]
    assert {one.procedure for one in told} <= our_procedures()
    assert [lost(one) for one in told] == [[] for _ in told]
