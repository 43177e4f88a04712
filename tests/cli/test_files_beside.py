"""Files that are given beside the JSON of an answer or a signal on the command line (REA-12)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from models.forms.plan_change import EvidenceDecision
from models.mail import InboundMail
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.procedures.plan_change_stories import ALL_AGREE, decided, evidence_of, to_change
from tests.procedures.reablement_stories import in_reablement
from tests.worklist.answering_stories import item_of

WORKER = "reablement-worker"


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """A photograph of the copy in Edith's kitchen."""
    path = tmp_path / "IMG_0042.jpeg"
    path.write_bytes(b"\xff\xd8\xff\xe0 the copy in Edith's kitchen")
    return path


def kept(office: Office) -> list[InboundMail]:
    """What is kept."""
    with office.council.database.read() as session:
        return list(session.scalars(select(InboundMail)))


def test_a_photograph_goes_with_an_answer(office: Office, pathways: Pathways, photograph: Path) -> None:
    """It is kept with the case, and its id stands in the field that asks for it."""
    case = evidence_of(office, in_reablement(office))
    item = item_of(office, case, EvidenceDecision.name())
    by_hand = ALL_AGREE.model_copy(update={"amended_at_home": True})
    answer = to_change(settled=by_hand).model_dump_json(exclude_none=True).encode()
    options = ("--as", WORKER, "--nobody-at-risk", "--json-file", "-", "--file", f"settled.photograph={photograph}")
    done = pathways("work", "answer", item, *options, stdin=answer)
    assert done.code == 0, done.err
    with office.council.database.read() as session:
        [said] = [
            one.data for one in recall(session, case) if one.step == "EvidenceDecision" and one.kind == "answered"
        ]
    [mail] = kept(office)
    assert (said["settled"]["photograph"], mail.case_ref) == (mail.id, case)


def test_a_photograph_goes_with_a_signal(office: Office, pathways: Pathways, photograph: Path) -> None:
    """The same for what a case is told."""
    case = decided(office, in_reablement(office), ALL_AGREE)
    said = json.dumps({"amended_on": "2026-01-05"}).encode()
    options = ("--as", WORKER, "--json-file", "-", "--file", f"photograph={photograph}")
    done = pathways("case", "signal", case, "home-copy-amended", *options, stdin=said)
    assert done.code == 0, done.err
    [mail] = kept(office)
    assert mail.case_ref == case


def test_what_is_no_photograph_or_no_such_field_is_refused(
    office: Office, pathways: Pathways, photograph: Path
) -> None:
    """It says what to give instead, and nothing is kept or told."""
    case = decided(office, in_reablement(office), ALL_AGREE)
    said = json.dumps({"amended_on": "2026-01-05"}).encode()
    tell = ("case", "signal", case, "home-copy-amended", "--as", WORKER, "--json-file", "-", "--file")
    assert "there is no such file" in pathways(*tell, f"amended_on={photograph}", stdin=said).err
    photograph.write_bytes(b"GIF89a")
    assert "must be a PDF, PNG, JPEG or TIFF" in pathways(*tell, f"photograph={photograph}", stdin=said).err
    assert kept(office) == []


def test_a_form_is_shown_with_what_its_plan_has(office: Office, pathways: Pathways) -> None:
    """`work show` says beside each field, however deep, which ids there are, in plain words."""
    case = evidence_of(office, in_reablement(office))
    shown = pathways("work", "show", item_of(office, case, EvidenceDecision.name()), "--as", WORKER).out
    fields = shown.partition("Meaning")[2]
    assert "settled.said[].who" in fields
    assert "edits.visits[].item" in fields
    assert "Joan" in fields
    assert "V2: Monday" in fields
