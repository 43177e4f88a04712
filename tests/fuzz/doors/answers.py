"""Answers that programs bring by the command line: any bytes as JSON to any open work item, once and again."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from deployments.cli.reading import FileUnreadable, NotJson, read_json
from models.cases import WorkItem
from models.forms.base import AnswerRefused, Form
from models.states import WorkItemState
from tasks.audit.verifying import verify
from tasks.durable.worklist import NoLongerOpen, NotTheirs, answer
from tests.fuzz.door import Door
from tests.fuzz.sound import said_after_the_question
from tests.fuzz.values import json_bytes, nested
from tests.fuzz.watching import keeps_silent

BY = (
    "duty-worker",
    "team-leader",
    "team-manager",
    "strategic-manager",
    "practitioner",
    "head-of-service",
    "brokerage-lead",
)
RAW = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"\xef\xbb\xbf{}",
    b"{",
    b'"\\ud800"',
    b"1" * 5_000,
    b"\xff\xfe{\x00}\x00",
    nested(960, 1),
    nested(3_000, 0),
)


class AnswersDoor(Door):
    """An answer is read from a file and given."""

    name = "answers"
    weight = 7
    takes = (
        "answers as JSON files to every kind of open work item: fitting, changed, any JSON, damaged bytes; sent twice"
    )

    def inputs(self) -> st.SearchStrategy[tuple[int, bytes, str]]:
        """Which work item, what the file holds, and who answers."""
        forms = sorted({form for _, form in self.world.items})
        return st.sampled_from(forms).flatmap(
            lambda form: st.tuples(
                st.sampled_from([at for at, (_, one) in enumerate(self.world.items) if one == form]),
                said_after_the_question(Form.named(form)).flatmap(json_bytes)
                | st.sampled_from(RAW)
                | st.binary(max_size=40),
                st.sampled_from(BY),
            )
        )

    def hold(self, given: tuple[int, bytes, str]) -> str:
        """Taken once, its case goes on; or refused in words, and nothing has changed."""
        at, raw, by = given
        item, _ = self.world.items[at]
        database = self.world.database
        before = database.rows()
        file = self.world.folder / "answer.json"
        file.write_bytes(raw)
        refusal = self._given(file, item, by)
        with database.read() as session:
            asked = select(WorkItem.state, WorkItem.case_ref).where(WorkItem.id == item)
            state, case_ref = session.execute(asked).one()
        if refusal is not None:
            assert (database.rows(), state) == (before, WorkItemState.OPEN), "a refused answer has changed something"
            return refusal
        assert state == WorkItemState.ANSWERED
        self.world.legs_run()
        rows = database.rows()
        assert self._given(file, item, by) == NoLongerOpen.__name__
        assert database.rows() == rows
        with database.read() as session:
            assert verify(session, case_ref) == []
        return "taken"

    def _given(self, file: Any, item: str, by: str) -> str | None:
        """Why it was refused; None where it was taken."""
        try:
            answer(self.world.council, item, read_json(str(file)), by=by)
        except (FileUnreadable, NotJson, AnswerRefused, NotTheirs, NoLongerOpen) as refused:
            keeps_silent(refused)
            return type(refused).__name__
        return None
