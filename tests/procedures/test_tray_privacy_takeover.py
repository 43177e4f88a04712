"""Nothing that a list held, or that a manager writes about it, leaves the places for it."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from models.base import Base
from models.forms.tray_takeover import TakeoverAction, TakeoverSeen, TakeoverStep
from models.register import Person
from tasks.durable.testing import Office
from tasks.register.lookups import every_recipient
from tasks.tray.taking_over import take_over_list

CANARY = "Canary"
HEADER = "person_id,team_id,requested_on,placed_on,last_contact_on,colour,priority,complexity,manager,name,reason"
HELD = f"{CANARY} Tilling,{CANARY} fell twice"
ROWS = (
    f"P-101,hazel,2025-12-01,,,Red,High,High,team-manager,{HELD}",
    f"P-102,hazel,2025-12-01,,,Amber,Low,Low,team-manager,{HELD}",
    f"P-103,hazel,2025-12-01,,,Green,Low,Low,team-manager,{HELD}",
    f"P-999,hazel,{CANARY},,,,,,team-manager,{HELD}",
)


def test_nothing_personal_leaves_when_a_list_is_taken_over(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Columns nobody asked for are kept nowhere; names and reasons stand in payloads and notes alone."""
    caplog.set_level(logging.DEBUG)
    with office.council.database.write() as session:
        for number, person in enumerate(("P-101", "P-102", "P-103")):
            session.get_one(Person, person).name = f"{CANARY} Somebody{'abc'[number]}"
    file = tmp_path / "tray.csv"
    file.write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    report = take_over_list(office.council, file, by="team-manager", accept_rest=True)
    office.hours_pass(0)
    case, (listed,) = dict(report.opened), report.lists

    allocated = action(case["P-101"], done=TakeoverStep.ALLOCATE, worker="practitioner")
    office.answer(listed, TakeoverSeen(actions=(allocated,)), by="team-manager")
    escalated = action(case["P-102"], done=TakeoverStep.ESCALATE)
    office.answer(listed, TakeoverSeen(actions=(escalated, action())), by="team-manager")
    assert office.is_closed(listed)
    office.days_pass(8)

    with office.council.database.read() as session:
        holding = {
            name
            for name, table in Base.metadata.tables.items()
            if any(CANARY in str(value) for row in session.execute(select(table)) for value in row)
        }
        everybody = every_recipient(session, on=date(2026, 1, 5))
    assert {"entry_payload", "person"} <= holding <= {"entry_payload", "person", "case_note"}
    sent = [message for one in everybody for message in office.inbox(one)]
    assert len(sent) > 5
    assert not any(CANARY in message.subject + message.body for message in sent)
    assert CANARY not in caplog.text
    assert "fell twice" not in all_payloads(office)
    assert not any(CANARY in str(row) for row in report.rejected)


def action(*cases: str, done: TakeoverStep = TakeoverStep.WAITS, worker: str | None = None) -> TakeoverAction:
    """What is done about those cases, with a canary for the reasons."""
    return TakeoverAction(cases=cases, done=done, worker=worker, reasons=f"{CANARY} reasons")


def all_payloads(office: Office) -> str:
    """All that ledgers hold."""
    payloads = Base.metadata.tables["entry_payload"]
    with office.council.database.read() as session:
        return " ".join(str(content) for content in session.scalars(select(payloads.c.content)))


def test_the_reasons_are_kept_where_they_belong(office: Office, tmp_path: Path) -> None:
    """The search above finds what is there: the ledger has what the manager wrote."""
    file = tmp_path / "tray.csv"
    file.write_text("\n".join([HEADER, ROWS[1]]) + "\n", encoding="utf-8")
    report = take_over_list(office.council, file, by="team-manager")
    office.hours_pass(0)
    office.answer(report.lists[0], TakeoverSeen(actions=(action(),)), by="team-manager")

    assert f"{CANARY} reasons" in all_payloads(office)
