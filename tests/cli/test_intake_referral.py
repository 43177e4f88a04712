"""`pathways intake referral`: a referral in a file, through the same door as another system's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from models.forms.tray_triage import Referral
from models.incoming_referral import IncomingReferral
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.cli.conftest import Called, Pathways

REFERRAL = IncomingReferral.example()


def bring(pathways: Pathways, said: Any, *more: str) -> Called:
    """Bring a referral on standard input."""
    return pathways("intake", "referral", "--json-file", "-", *more, stdin=json.dumps(said).encode())


@pytest.mark.clauses("PWT-13")
def test_a_referral_opens_triage_and_its_ref_is_printed(office: Office, pathways: Pathways, tmp_path: Path) -> None:
    """From a file; the same file again is the same case, and what is another opens another."""
    file = tmp_path / "referral.json"
    file.write_text(json.dumps(REFERRAL), encoding="utf-8")

    called = pathways("intake", "referral", "--json-file", file)

    assert (called.code, called.out) == (0, f"{office.cases()[0]}\n")
    assert pathways("intake", "referral", "--json-file", file).out == called.out
    assert bring(pathways, REFERRAL | {"text": "Another matter."}).out != called.out
    assert [office.case(ref).procedure for ref in office.cases()] == ["pwt-triage"] * 2


def test_whoever_takes_it_in_stands_in_the_ledger(office: Office, pathways: Pathways) -> None:
    """With --as it is them; the facts are the same as through the door of other systems."""
    ref = bring(pathways, REFERRAL, "--as", "duty-worker").out.strip()

    with office.council.database.read() as session:
        opened = recall(session, ref)[0]
    facts = Referral.model_validate(opened.data)
    assert (opened.by, office.case(ref).owner) == ("duty-worker", "role-duty-worker")
    assert (facts.source, facts.contact.given and facts.contact.given.name) == ("contact-centre", "Albert Amberley")
    assert facts.referrer is not None and facts.referrer.relation == "daughter"


FACTS: dict[str, Any] = {
    "source": "duty",
    "requested_at": "2026-01-05T08:20:00Z",
    "about_person": "P-101",
    "team": "hazel",
    "contact": {
        "mail_id": "by telephone",
        "channel": "form",
        "received_at": "2026-01-05T08:20:00Z",
        "sender": "Joyce",
        "subject": "Washing",
        "text": "She can no longer wash alone.",
    },
}


def test_triage_is_opened_by_hand(office: Office, pathways: Pathways) -> None:
    """For what duty hears on the telephone: it belongs to whoever opens it, and whom it names must be known."""
    call = ("case", "open", "pwt-triage", "--as", "duty-worker", "--json-file", "-")
    called = pathways(*call, stdin=json.dumps(FACTS).encode())

    assert called.code == 0
    assert office.case(called.out.strip()).owner == "staff-duty-worker"
    wrong = FACTS | {"about_person": "P-999", "team": "oak", "requested_at": "2126-01-05T08:20:00Z"}
    refused = pathways(*call, stdin=json.dumps(wrong).encode())
    assert refused.code == 2
    for problem in (
        "about_person: the register has no person",
        "team: the register has no team",
        "requested_at: it has",
    ):
        assert problem in refused.err


def test_what_was_taken_in_can_be_looked_at(office: Office, pathways: Pathways) -> None:
    """As any other original; it says who took it in, and that nobody signed it."""
    bring(pathways, REFERRAL, "--as", "duty-worker")
    (mail,) = pathways("intake", "list", "--json").json

    shown = pathways("intake", "show", mail["id"])

    assert "He can no longer wash and dress alone." in shown.out and mail["state"] == "opened"


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"source": "contact-centre", "about": {"name": ""}}, ("/about/name", "/text")),
        ({"source": "the Canary", "about": {}, "text": "x"}, ("/source",)),
        ([], ("the referral",)),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_taken_in(
    office: Office, pathways: Pathways, said: Any, named: tuple[str, ...]
) -> None:
    """Exit code 2 and every problem at once, without what stood there."""
    called = bring(pathways, said)

    assert (called.code, called.out, office.cases()) == (2, "", [])
    assert all(f"{where}: " in called.err for where in named)
    assert "Canary" not in called.err


def test_what_is_not_json_is_refused(office: Office, pathways: Pathways) -> None:
    """Exit code 2, and where it breaks."""
    called = pathways("intake", "referral", "--json-file", "-", stdin=b'{"source": ')

    assert called.code == 2 and "line 1, column 12" in called.err
    assert office.cases() == []


def test_somebody_unknown_takes_nothing_in(office: Office, pathways: Pathways) -> None:
    """Exit code 2."""
    assert bring(pathways, REFERRAL, "--as", "nobody").code == 2
    assert office.cases() == []
