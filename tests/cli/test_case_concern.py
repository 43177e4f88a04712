"""`pathways case concern`, and the word that nobody is at risk before signals and beginnings (DUTY-49, GAP-10)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flows.safeguarding_concern import safeguarding_concern
from flows.urgent_action import urgent_action
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.test_safeguarding_doors import COMMODE, FELL, said, told
from tests.worklist.test_safeguarding_step import CONCERN

SIGNALLED = ("circumstances-changed", "--as", "duty-worker", "--json-file", "-")
OPENED = ("case", "open", "urgent-action", "--as", "duty-worker", "--json-file", "-")


def as_file(what: Any) -> bytes:
    """What a file has."""
    return json.dumps(what).encode()


def test_a_signal_says_that_nobody_is_at_risk_or_is_refused(office: Office, pathways: Pathways) -> None:
    """DUTY-49: refused with what to do; taken with the option, and the ledger knows who said so."""
    case, change = on_the_tray(office), as_file(FELL.model_dump(mode="json"))
    refused = pathways("case", "signal", case, *SIGNALLED, stdin=change)
    assert (refused.code, "raise the concern" in refused.err, told(office, case)) == (2, True, [])
    assert pathways("case", "signal", case, *SIGNALLED, "--nobody-at-risk", stdin=change).code == 0
    assert told(office, case) == ["CircumstancesChanged"]
    assert said(office, case) == [("duty-worker", "told:circumstances-changed", None)]


def test_a_concern_is_raised_in_the_case_and_then_it_can_be_told(office: Office, pathways: Pathways) -> None:
    """DUTY-49: it says which case has it, and whoever has raised it is not asked again."""
    case = on_the_tray(office)
    raised = pathways("case", "concern", case, *SIGNALLED, stdin=as_file(CONCERN))
    [concern] = office.cases(safeguarding_concern)
    assert (raised.code, f"raised as case {concern}" in raised.out) == (0, True)
    assert said(office, case) == [("duty-worker", "told:circumstances-changed", concern)]
    change = as_file(FELL.model_dump(mode="json"))
    assert pathways("case", "signal", case, *SIGNALLED, stdin=change).code == 0


def test_whose_case_it_is_not_can_raise_nothing_with_it(office: Office, pathways: Pathways) -> None:
    """Somebody of another team does not learn that there is such a case."""
    case = on_the_tray(office)
    called = ("case", "concern", case, "circumstances-changed", "--as", "practitioner-4", "--json-file", "-")
    assert pathways(*called, stdin=as_file(CONCERN)).code == 2
    assert office.cases(safeguarding_concern) == []


@pytest.mark.parametrize("is_at_risk", [True, False])
def test_a_case_is_opened_once_the_question_is_answered(office: Office, pathways: Pathways, is_at_risk: bool) -> None:
    """DUTY-49: nobody is, or a concern that they have opened first; its case has what they said."""
    refused = pathways(*OPENED, stdin=as_file(COMMODE))
    assert (refused.code, "raise the concern" in refused.err) == (2, True)
    answer, concern = ["--nobody-at-risk"], None
    if is_at_risk:
        called = ("case", "open", "safeguarding-concern", "--as", "duty-worker", "--json-file", "-")
        concern = pathways(*called, stdin=as_file(CONCERN)).out.strip()
        answer = ["--concern", concern]
    assert pathways(*OPENED, *answer, stdin=as_file(COMMODE)).code == 0
    [case] = office.cases(urgent_action)
    assert said(office, case) == [("duty-worker", "opened", concern)]
