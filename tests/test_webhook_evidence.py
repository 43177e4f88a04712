"""What becomes of evidence that another system sends about somebody in reablement: it reaches the plan, once."""

from __future__ import annotations

import base64
import json
import logging
from datetime import date
from typing import Any

import httpx
import jsonschema
import pytest
from sqlalchemy import select

from deployments.intake.webhook import DOORS
from deployments.intake.webhook_description import description_of
from models.base import Base
from models.entry_kinds import EntryKind
from models.forms.reablement_signals import EvidenceReceived, ReablementEndWanted
from models.forms.written_contact import WrittenContact
from models.incoming_evidence import IncomingEvidence
from models.mail import InboundMail, MailDoor, MailState
from models.reablement.tables import ReablementPlan
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.mail.reading import NoSuchAttachment
from tasks.originals import enclosed_file, read_original
from tasks.webhook_intake import WebhookCall
from tests.procedures.reablement_stories import in_reablement
from tests.webhook_calls import Partner, everything

DOOR = "/intake/evidence"
EDITH = {"nhs_number": "999 001 0005"}
SHORT: dict[str, Any] = {
    "source": "rota",
    "kind": "observation",
    "given_by": "Meera Solanki",
    "text": "She dresses by herself.",
}
WHOLE: dict[str, Any] = SHORT | {
    "source_reference": "V-5521",
    "plan": "7K3Q-9PXM",
    "about": {
        "nhs_number": "999 001 0005",
        "record_id": "LAS-70410",
        "name": "Edith Tilling",
        "born_on": "1938-04-12",
        "postcode": "XW1 1AP",
    },
    "organisation": "Wenbridge Reablement",
    "noticed_on": "2026-01-04",
    "changed_at_home": True,
    "home_copy_says": "Mornings 30 minutes",
    "attachments": [
        {"name": "home.jpg", "content_type": "image/jpeg", "content_base64": base64.b64encode(b"photo").decode()}
    ],
}


@pytest.fixture
def partner(office: Office) -> Partner:
    """The rota's system, with the secret that is in use."""
    return Partner(office)


def send(partner: Partner, said: dict[str, Any], **how: Any) -> httpx.Response:
    """Send evidence."""
    return partner.post(json.dumps(said).encode(), DOOR, **how)


def sent(partner: Partner, **changes: Any) -> str:
    """Send short evidence that differs so, and give the case that has it."""
    answer = send(partner, SHORT | changes)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["case"])


def signals_in(office: Office, case: str) -> list[EvidenceReceived]:
    """The evidence that a plan's case has had."""
    with office.council.database.read() as session:
        came = [one for one in recall(session, case) if one.kind is EntryKind.SIGNALLED]
    return [EvidenceReceived.model_validate(one.data) for one in came]


def contact_of(office: Office, case: str) -> WrittenContact:
    """What duty's case was opened with."""
    with office.council.database.read() as session:
        opened = recall(session, case)[0]
    assert opened.step == "written-contact-transfer"
    return WrittenContact.model_validate(opened.data)


# ------------------------------------------------------------------ it reaches the plan


@pytest.mark.clauses("REA-09")
@pytest.mark.parametrize("about", [EDITH, {"record_id": "LAS-70410"}, {"record_id": "LAS-70410", **EDITH}])
def test_evidence_about_somebody_in_reablement_reaches_their_plan(
    office: Office, partner: Partner, about: dict[str, str]
) -> None:
    """By their NHS number or their record id; the answer names the plan's case."""
    plan = in_reablement(office)
    assert sent(partner, about=about) == plan
    [evidence] = signals_in(office, plan)
    assert (evidence.kind, evidence.given_by) == ("observation", "Meera Solanki")
    assert evidence.what.startswith("She dresses by herself.")


def test_a_plan_that_is_named_is_the_one(office: Office, partner: Partner) -> None:
    """Whoever has the reference need say nothing else of the person."""
    plan = in_reablement(office)
    assert sent(partner, plan=plan.lower()) == plan
    assert len(signals_in(office, plan)) == 1


def test_everything_that_was_sent_goes_with_it(office: Office, partner: Partner) -> None:
    """The day, the copy at home, the files' names and the sender's own number; the original is kept with its files."""
    plan = in_reablement(office)
    send(partner, WHOLE | {"plan": plan})

    [evidence] = signals_in(office, plan)
    assert (evidence.given_by, evidence.noticed_on) == ("Meera Solanki, Wenbridge Reablement", date(2026, 1, 4))
    assert (evidence.changed_at_home, evidence.home_copy_says) == (True, "Mornings 30 minutes")
    assert "Files: home.jpg" in evidence.what and "Its number there: V-5521" in evidence.what
    with office.council.database.read() as session:
        mail = session.scalars(select(InboundMail)).one()
        raw = mail.raw
    assert (mail.state, mail.case_ref) == (MailState.SIGNALLED, plan)
    assert enclosed_file(mail.door, raw, 0) == b"photo"
    assert "She dresses by herself." in read_original(mail.door, raw).text
    with pytest.raises(NoSuchAttachment):
        enclosed_file(mail.door, raw, 1)


def test_a_day_that_has_not_come_is_left_out(office: Office, partner: Partner) -> None:
    """The other system's clock is wrong; what it said stands in the text."""
    plan = in_reablement(office)
    sent(partner, about=EDITH, noticed_on="2026-02-01")
    [evidence] = signals_in(office, plan)
    assert evidence.noticed_on is None and "Noticed on: 2026-02-01" in evidence.what


def test_the_same_call_again_reaches_the_plan_once(office: Office, partner: Partner) -> None:
    """However often it comes it is one signal, and every answer names the plan's case, also once that is closed."""
    plan = in_reablement(office)
    said = SHORT | {"about": EDITH}
    first = send(partner, said, webhook_id="msg-1")
    before = everything(office.council.database)
    assert {send(partner, said, webhook_id="msg-1").text for _ in range(3)} == {first.text}
    assert everything(office.council.database) == before
    assert len(signals_in(office, plan)) == 1
    assert send(partner, said | {"text": "x"}, webhook_id="msg-1").status_code == 409


# ------------------------------------------------------------------ no plan, or any doubt


@pytest.mark.parametrize(
    "changes",
    [{}, {"about": EDITH}, {"about": {"name": "Edith Tilling"}}, {"plan": "7K3Q-9PXM"}, {"plan": "not a reference"}],
)
def test_without_a_plan_duty_reads_it(office: Office, partner: Partner, changes: dict[str, Any]) -> None:
    """Nothing is lost: it is a contact, with what was said of the person and the plan."""
    case = sent(partner, **changes)
    contact = contact_of(office, case)
    assert office.case(case).owner == "role-duty-worker"
    assert "She dresses by herself." in contact.text
    assert changes.get("plan", "") in contact.text
    assert (contact.given is None) == ("about" not in changes)


def test_somebody_who_is_only_likely_is_confirmed_by_a_person(office: Office, partner: Partner) -> None:
    """A name alone puts nothing into anybody's plan."""
    plan = in_reablement(office)
    assert sent(partner, about={"name": "Edith Tilling"}) != plan
    assert signals_in(office, plan) == []


def test_a_plan_and_a_person_that_contradict_each_other_are_sorted_by_duty(office: Office, partner: Partner) -> None:
    """The reference was of another visit."""
    in_reablement(office)
    other = in_reablement(office, person="P-102")
    assert contact_of(office, sent(partner, plan=other, about=EDITH)).given is not None
    assert signals_in(office, other) == []


def test_two_plans_of_one_person_are_sorted_by_duty(office: Office, partner: Partner) -> None:
    """Neither is taken by chance; the one that is named is."""
    first, second = in_reablement(office), in_reablement(office)
    assert sent(partner, about=EDITH) not in (first, second)
    assert sent(partner, about=EDITH, plan=second) == second


def test_evidence_after_the_end_is_a_contact(office: Office, partner: Partner) -> None:
    """It may tell that they need help again."""
    plan = in_reablement(office)
    ended = ReablementEndWanted(last_day=date(2026, 1, 4), because="x", what_follows="y")
    office.signal(plan, ended, by="reablement-worker")
    assert office.is_closed(plan)
    assert contact_of(office, sent(partner, plan=plan)).text.count(plan) == 1


def test_evidence_in_the_moment_of_the_end_is_a_contact(office: Office, partner: Partner) -> None:
    """The plan has ended and its case is not closed yet: nobody would take it up there any more."""
    plan = in_reablement(office)
    with office.council.database.write() as session:
        session.get_one(ReablementPlan, plan).ended_at = office.clock.now()
    assert sent(partner, plan=plan) != plan
    assert sent(partner, about=EDITH) != plan
    assert signals_in(office, plan) == []


def test_somebody_whom_the_text_names_is_not_taken_for_the_person(office: Office, partner: Partner) -> None:
    """The person is who was given as such, whoever else is named with an NHS number in what was seen."""
    plan = in_reablement(office)
    text = "Her neighbour, Francis Shaw, NHS number 999 001 0374, was there. She dresses by herself."
    assert sent(partner, about=EDITH, text=text) == plan


# ------------------------------------------------------------------ the same door as for contacts


def test_what_is_not_signed_or_not_sound_is_refused(office: Office, partner: Partner) -> None:
    """Nothing is taken in, and every problem is named without what stood there."""
    body = json.dumps(SHORT).encode()
    unsigned = partner.post_as(body, {"content-type": "application/json"}, DOOR)
    wrong = send(partner, {"source": "rota", "kind": "rumour", "given_by": "", "Canary": "Canary"})
    assert (unsigned.status_code, wrong.status_code) == (401, 422)
    named = {one["pointer"] for one in wrong.json()["problems"]}
    assert named == {"/kind", "/given_by", "/text", "/Canary"}
    assert "Canary" not in json.dumps([one["detail"] for one in wrong.json()["problems"]])
    assert partner.request("GET", DOOR).status_code == 405
    assert office.cases() == []


def test_evidence_of_an_older_schema_is_shown_as_it_came() -> None:
    """What was taken in once can be read for ever."""
    read = read_original(MailDoor.WEBHOOK, WebhookCall(DOOR, "a", "1", "v1,x", b'{"message": "in another form"}').kept)
    assert "in another form" in read.text and read.reading_problems


DOCUMENT = description_of(DOORS)
SCHEMA = {"$ref": "#/components/schemas/IncomingEvidence", "components": DOCUMENT["components"]}


def test_the_example_is_taken_in(office: Office, partner: Partner) -> None:
    """What a partner copies works."""
    example = DOCUMENT["paths"][DOOR]["post"]["requestBody"]["content"]["application/json"]["example"]
    jsonschema.validate(example, SCHEMA)
    assert send(partner, example).status_code == 202


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kind": "equipment"},
        {"kind": "rumour"},
        {"plan": ""},
        {"plan": "7K3Q-9PXM"},
        {"about": {}},
        {"about": {"height": "tall"}},
        {"noticed_on": "2026-01-04"},
        {"noticed_on": "yesterday"},
        {"changed_at_home": True, "home_copy_says": "Mornings\n30 minutes"},
        {"changed_at_home": "yes"},
        {"home_copy_says": " "},
        {"organisation": None},
        {"text": "\n"},
        {"unknown": 1},
    ],
)
def test_what_the_schema_allows_is_what_is_taken_in(partner: Partner, changes: dict[str, Any]) -> None:
    """A body that meets the published schema is taken in, and one that does not is refused."""
    allowed = jsonschema.Draft202012Validator(SCHEMA).is_valid(SHORT | changes)
    assert send(partner, SHORT | changes).status_code == (202 if allowed else 422)


def test_every_field_is_sent_somewhere() -> None:
    """The whole evidence of these tests has every field there is."""
    assert set(WHOLE) == set(IncomingEvidence.model_fields)


def test_nothing_of_it_leaves_the_places_for_it(
    office: Office, partner: Partner, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither logs nor any table but payloads and originals hold what was sent."""
    plan = in_reablement(office)
    said = {"given_by": "Canary", "text": "Canary", "organisation": "Canary", "home_copy_says": "Canary"}
    with caplog.at_level(logging.DEBUG):
        assert sent(partner, plan=plan, **said) == plan
        send(partner, SHORT | {"unknown": "Canary"})
    assert signals_in(office, plan)[0].what.count("Canary") == 2
    assert "canary" not in caplog.text.lower()
    with office.council.database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in {"entry_payload", "inbound_mail"}:
                assert "canary" not in str(session.execute(select(table)).all()).lower(), table.name
