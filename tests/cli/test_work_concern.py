"""`pathways work concern`, and the word that nobody is at risk (DUTY-49, GAP-10)."""

from __future__ import annotations

import json

from flows.safeguarding_concern import safeguarding_concern
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.worklist.test_safeguarding_step import a_visit, said

WELL = json.dumps({"how": "well"}).encode()
CONCERN = {
    "danger_or_crime": False,
    "at_risk": "adult",
    "what": "bruises",
    "about_person": "P-104",
    "noticed_at": "2026-01-05T09:00:00Z",
}


def test_an_answer_says_that_nobody_is_at_risk_or_is_refused(office: Office, pathways: Pathways) -> None:
    """DUTY-49: refused with what to do; taken with the option, and the ledger knows who said so."""
    case, item = a_visit(office)
    called = ("work", "answer", item, "--as", "practitioner", "--json-file", "-")
    refused = pathways(*called, stdin=WELL)
    assert refused.code == 2
    assert "raise the concern" in refused.err
    assert said(office, case) == []
    assert pathways(*called, "--nobody-at-risk", stdin=WELL).code == 0
    assert said(office, case) == [("practitioner", None)]


def test_a_concern_is_raised_by_command_and_the_item_can_be_answered_then(office: Office, pathways: Pathways) -> None:
    """DUTY-49: it says which case has it; who has raised it is not asked again."""
    case, item = a_visit(office)
    called = ("work", "concern", item, "--as", "practitioner", "--json-file", "-")
    raised = pathways(*called, stdin=json.dumps(CONCERN).encode())
    (concern,) = office.cases(safeguarding_concern)
    assert raised.code == 0
    assert f"raised as case {concern}" in raised.out
    assert said(office, case) == [("practitioner", concern)]
    answer = ("work", "answer", item, "--as", "practitioner", "--json-file", "-")
    assert pathways(*answer, stdin=WELL).code == 0


def test_whose_item_it_is_not_can_raise_nothing_with_it(office: Office, pathways: Pathways) -> None:
    """Somebody of another team does not learn that there is such an item."""
    _, item = a_visit(office)
    called = ("work", "concern", item, "--as", "practitioner-4", "--json-file", "-")
    refused = pathways(*called, stdin=json.dumps(CONCERN).encode())
    assert refused.code == 2
    assert office.cases(safeguarding_concern) == []
