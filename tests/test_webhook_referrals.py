"""What becomes of a referral that another system sends: a case of triage with all that was said, opened once."""

from __future__ import annotations

import base64
import json
import logging
from datetime import UTC, date, datetime
from typing import Any

import httpx
import jsonschema
import pytest
from sqlalchemy import select

from deployments.intake.webhook import DOORS
from deployments.intake.webhook_description import description_of
from models.base import Base
from models.forms.tray_triage import Referral, ReferralSource, Referrer
from models.forms.written_contact import Channel
from models.incoming_referral import IncomingReferral
from models.mail import InboundMail, MailDoor, MailState
from models.register import Team
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.mail.reading import NoSuchAttachment
from tasks.originals import enclosed_file, read_original
from tasks.register.matching import match_people
from tasks.webhook_intake import WebhookCall
from tests.webhook_calls import SECRET, Partner, everything, signature

DOOR = "/intake/referrals"
WHOLE: dict[str, Any] = {
    "source": "contact-centre",
    "source_reference": "CC-88120",
    "requested_at": "2026-01-02T09:15:00+01:00",
    "about": {
        "nhs_number": "999 001 0005",
        "record_id": "LAS-70410",
        "name": "Edith Tilling",
        "born_on": "1938-04-12",
        "postcode": "XW1 1AP",
        "telephone": "01632 960188",
        "address": "3 Mill Lane",
        "communication_needs": "large print",
    },
    "referrer": {
        "name": "Joyce Amberley",
        "organisation": "Oak Surgery",
        "relationship": "district nurse",
        "email": "joyce@example.org",
        "telephone": "01632 960123",
    },
    "representative": {
        "name": "Tom Tilling",
        "relationship": "son",
        "telephone": "01632 960124",
        "email": "tom@example.org",
    },
    "team": "hazel",
    "subject": "Help with washing",
    "text": "She can no longer wash alone.",
    "transfer_summary": "Advice given. No risk today.",
    "urgent": True,
    "self_funder": False,
    "discharge_to_assess": True,
    "ordinarily_resident": True,
    "section_117": False,
    "attachments": [
        {"name": "form.txt", "content_type": "text/plain", "content_base64": base64.b64encode(b"Form 12").decode()}
    ],
}
SHORT = {"source": "contact-centre", "about": {"name": "Edith Tilling"}, "text": "She can no longer wash alone."}


@pytest.fixture
def partner(office: Office) -> Partner:
    """The contact centre's system, with the secret that is in use."""
    return Partner(office)


def send(partner: Partner, said: dict[str, Any], **how: Any) -> httpx.Response:
    """Send a referral."""
    return partner.post(json.dumps(said).encode(), DOOR, **how)


def sent(partner: Partner, **changes: Any) -> str:
    """Send a short referral that differs so, and give its case."""
    answer = send(partner, SHORT | changes)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["case"])


def facts_of(office: Office, case: str) -> Referral:
    """What a case was opened with."""
    with office.council.database.read() as session:
        opened = recall(session, case)[0]
    assert opened.step == "pwt-triage"
    return Referral.model_validate(opened.data)


def mails(office: Office) -> list[InboundMail]:
    """What has come, the originals with it."""
    with office.council.database.read() as session:
        found = list(session.scalars(select(InboundMail).order_by(InboundMail.received_at)))
        assert all(mail.raw for mail in found)
        return found


@pytest.mark.clauses("PWT-13")
def test_a_referral_opens_triage_with_all_that_was_said(office: Office, partner: Partner) -> None:
    """The contact form, the transfer summary and each field are among the case's facts; nobody keys them again."""
    answer = send(partner, WHOLE)
    case = answer.json()["case"]

    assert answer.status_code == 202
    (mail,) = mails(office)
    assert (mail.door, mail.state, mail.case_ref) == (MailDoor.WEBHOOK, MailState.OPENED, case)
    facts = facts_of(office, case)
    assert facts.model_dump(exclude={"contact"}) == {
        "source": ReferralSource.CONTACT_CENTRE,
        "requested_at": datetime(2026, 1, 2, 8, 15, tzinfo=UTC),
        "about_person": None,
        "team": "hazel",
        "referrer": Referrer(
            name="Joyce Amberley",
            organisation="Oak Surgery",
            relation="district nurse",
            email="joyce@example.org",
            telephone="01632 960123",
        ).model_dump(),
        "representative": "Tom Tilling (son), 01632 960124, tom@example.org",
        "urgent": True,
        "self_funder": False,
        "discharge_to_assess": True,
    }
    contact = facts.contact
    assert contact.model_dump(exclude={"text"}, exclude_none=True) == {
        "mail_id": mail.id,
        "channel": Channel.FORM,
        "received_at": datetime(2026, 1, 5, 9, tzinfo=UTC),
        "sender": "Joyce Amberley <joyce@example.org>",
        "sender_address": "joyce@example.org",
        "subject": "Help with washing",
        "attachments": ("form.txt",),
        "beware": (),
        "given": {
            "nhs_number": "999 001 0005",
            "record_id": "LAS-70410",
            "name": "Edith Tilling",
            "born_on": date(1938, 4, 12),
            "postcode": "XW1 1AP",
        },
    }
    began = "She can no longer wash alone.\n\nTransfer summary:\nAdvice given. No risk today.\n\nGiven beside it:\n"
    assert contact.text.startswith(began)
    for said in ("CC-88120", "01632 960188", "3 Mill Lane", "large print", "district nurse", "Oak Surgery"):
        assert said in contact.text
    for line in ("Ordinarily resident here: yes", "Section 117 aftercare: no", "Pays for their own care: no"):
        assert line in contact.text.splitlines()


def test_whom_it_is_about_can_be_read_from_it(office: Office, partner: Partner) -> None:
    """The fields about the person are where the register is searched with them."""
    facts = facts_of(office, send(partner, WHOLE).json()["case"])

    with office.council.database.read() as session:
        assert match_people(session, facts.contact).certain == "P-101"


def test_what_was_not_asked_is_left_open(office: Office, partner: Partner) -> None:
    """Nothing is invented: no answer is not the answer no."""
    case = sent(partner)
    facts = facts_of(office, case)

    assert (facts.referrer, facts.representative, facts.team) == (None, "", None)
    assert (facts.self_funder, facts.discharge_to_assess, facts.urgent) == (None, None, False)
    assert (facts.contact.sender, facts.contact.sender_address) == ("Edith Tilling", None)
    assert facts.contact.text == "She can no longer wash alone.\n\nGiven beside it:\nTaken by: contact centre"
    assert facts_of(office, sent(partner, about={})).contact.sender == "not given"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        (None, "2026-01-05T09:00:00Z"),
        ("2025-12-20T23:30:00Z", "2025-12-20T23:30:00Z"),
        ("2027-01-01T00:00:00Z", "2026-01-05T09:00:00Z"),
    ],
)
@pytest.mark.clauses("GAP-15")
def test_waiting_is_counted_from_when_help_was_asked_for(
    office: Office, partner: Partner, said: str | None, asked: str
) -> None:
    """What lay with the contact centre over Christmas was asked for before; nothing is asked for in the future."""
    case = sent(partner, **({} if said is None else {"requested_at": said}))
    assert facts_of(office, case).requested_at == datetime.fromisoformat(asked)


@pytest.mark.clauses("PWT-17")
@pytest.mark.parametrize(
    ("source", "team", "noted", "owner"),
    [
        ("locality-team", "rowan", "rowan", "team-rowan"),
        ("locality-team", "Willow", "rowan", "team-rowan"),
        ("locality-team", "the team by the river", None, "role-duty-worker"),
        ("locality-team", None, None, "role-duty-worker"),
        ("contact-centre", "rowan", "rowan", "role-duty-worker"),
    ],
)
def test_what_went_straight_to_a_locality_team_belongs_to_it(
    office: Office, partner: Partner, source: str, team: str | None, noted: str | None, owner: str
) -> None:
    """Or to the one that carries on its work; a team that nobody knows leaves it with duty, who see what was said."""
    case = sent(partner, source=source, **({"team": team} if team else {}))
    facts = facts_of(office, case)

    assert (facts.source, facts.team, office.case(case).owner) == (source, noted, owner)
    assert team is None or f"For the team: {team}" in facts.contact.text


def test_a_team_that_has_closed_for_good_leaves_it_with_duty(office: Office, partner: Partner) -> None:
    """Nobody looks into the worklist of a team that is no longer there."""
    with office.council.database.write() as session:
        session.get_one(Team, "rowan").closed_on = date(2026, 1, 1)

    assert office.case(sent(partner, source="locality-team", team="willow")).owner == "role-duty-worker"


# ------------------------------------------------------------------ the same door as for contacts


def test_the_same_call_again_opens_nothing(office: Office, partner: Partner) -> None:
    """However often it comes it is one case, and every answer names it."""
    first = send(partner, SHORT, webhook_id="msg-1")
    before = everything(office.council.database)
    again = [send(partner, SHORT, webhook_id="msg-1") for _ in range(3)]

    assert {one.text for one in again} == {first.text}
    assert everything(office.council.database) == before


def test_an_id_belongs_to_one_door(office: Office, partner: Partner) -> None:
    """The id of a contact cannot bring a referral, nor another referral."""
    assert send(partner, SHORT, webhook_id="msg-1").status_code == 202

    assert send(partner, SHORT | {"text": "x"}, webhook_id="msg-1").status_code == 409
    assert partner.send(webhook_id="msg-1").status_code == 409
    assert len(office.cases()) == 1


def test_what_is_not_signed_or_not_sound_is_refused(office: Office, partner: Partner) -> None:
    """As at the door of contacts: nothing is taken in, and the answer says what to do without what stood there."""
    body = json.dumps(SHORT).encode()
    unsigned = partner.post_as(body, {"content-type": "application/json"}, DOOR)
    changed = partner.post_as(body + b" ", partner.headers(body), DOOR)
    large = send(partner, SHORT | {"text": "x" * 30_000})
    wrong = send(partner, {"source": "Canary", "about": {"name": ""}, "urgent": "yes", "Canary": 1})

    assert [one.status_code for one in (unsigned, changed, large, wrong)] == [401, 401, 413, 422]
    assert wrong.headers["content-type"] == "application/problem+json"
    named = {one["pointer"] for one in wrong.json()["problems"]}
    assert named == {"/source", "/about/name", "/urgent", "/text", "/Canary"}
    assert "Canary" not in json.dumps([one["detail"] for one in wrong.json()["problems"]])
    assert partner.request("GET", DOOR).status_code == 405
    assert office.cases() == []


def test_a_kept_referral_can_be_read_again(office: Office, partner: Partner) -> None:
    """As a message with its files, and byte for byte, so that its signature can be checked at any later time."""
    send(partner, WHOLE, webhook_id="msg.1")
    (mail,) = mails(office)

    read = read_original(mail.door, mail.raw)
    assert (read.from_name, read.from_address, read.subject) == (
        "Joyce Amberley",
        "joyce@example.org",
        "Help with washing",
    )
    assert read.sent_at == datetime(2026, 1, 2, 8, 15, tzinfo=UTC)
    assert "She can no longer wash alone." in read.text and "record id: LAS-70410" in read.text
    assert enclosed_file(mail.door, mail.raw, 0) == b"Form 12"
    with pytest.raises(NoSuchAttachment):
        enclosed_file(mail.door, mail.raw, 1)
    call = WebhookCall.from_kept(mail.raw)
    assert (call.path, call.signature) == (DOOR, signature(SECRET, call.id, call.timestamp, call.body))


def test_a_referral_of_an_older_schema_is_shown_as_it_came() -> None:
    """What was taken in once can be read for ever."""
    read = read_original(MailDoor.WEBHOOK, WebhookCall(DOOR, "a", "1", "v1,x", b'{"message": "in another form"}').kept)
    assert "in another form" in read.text and read.reading_problems


# ------------------------------------------------------------------ its description

DOCUMENT = description_of(DOORS)
SCHEMA = {"$ref": "#/components/schemas/IncomingReferral", "components": DOCUMENT["components"]}


def test_the_example_is_taken_in(office: Office, partner: Partner) -> None:
    """What a partner copies works."""
    example = DOCUMENT["paths"][DOOR]["post"]["requestBody"]["content"]["application/json"]["example"]

    jsonschema.validate(example, SCHEMA)
    assert send(partner, example).status_code == 202


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"source": "locality-team"},
        {"source": "duty"},
        {"about": {}},
        {"about": {"telephone": "01632 960188", "address": "3 Mill Lane"}},
        {"about": {"height": "tall"}},
        {"about": "Edith"},
        {"referrer": {"name": "Joyce"}},
        {"referrer": {}},
        {"referrer": {"name": "Joyce", "email": "joyce"}},
        {"representative": {"name": "Tom", "relationship": "son"}},
        {"representative": {"relationship": "son"}},
        {"requested_at": "2026-01-02"},
        {"requested_at": "2026-01-02T08:15:00Z"},
        {"self_funder": None},
        {"self_funder": "no"},
        {"discharge_to_assess": 1},
        {"ordinarily_resident": False, "section_117": True},
        {"transfer_summary": ""},
        {"transfer_summary": "Advice\ngiven."},
        {"text": "\n"},
        {"team": "hazel"},
        {"unknown": 1},
    ],
)
def test_what_the_schema_allows_is_what_is_taken_in(office: Office, partner: Partner, changes: dict[str, Any]) -> None:
    """Field by field: a body that meets the published schema is taken in, and one that does not is refused by name."""
    allowed = jsonschema.Draft202012Validator(SCHEMA).is_valid(SHORT | changes)
    assert send(partner, SHORT | changes).status_code == (202 if allowed else 422)


@pytest.mark.parametrize("missing", ["source", "about", "text"])
def test_what_is_compulsory_is_named(partner: Partner, missing: str) -> None:
    """Who took it, whom it is about, and what was asked for."""
    answer = send(partner, {name: value for name, value in SHORT.items() if name != missing})
    assert [one["pointer"] for one in answer.json()["problems"]] == [f"/{missing}"]


# ------------------------------------------------------------------ what must never leave


def planted(thing: Any, free: bool = True) -> Any:
    """The same, with a canary in every text that a person writes."""
    match thing:
        case dict():
            kept = {"source", "requested_at", "born_on", "content_type", "content_base64", "team"}
            return {key: planted(value, key not in kept) for key, value in thing.items()}
        case list():
            return [planted(one) for one in thing]
        case str() if "@" in thing:
            return "canary@canary.example"
        case str() if free:
            return "Canary"
        case _:
            return thing


def test_nothing_of_a_referral_leaves_the_places_for_it(
    office: Office, partner: Partner, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither logs nor output, nor any table but payloads and originals, hold what was sent."""
    with caplog.at_level(logging.DEBUG):
        case = send(partner, planted(WHOLE)).json()["case"]
        send(partner, planted(WHOLE) | {"unknown": "Canary"})
    assert facts_of(office, case).contact.text.count("Canary") > 8

    printed = capfd.readouterr()
    assert "canary" not in (caplog.text + printed.out + printed.err).lower()
    with office.council.database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in {"entry_payload", "inbound_mail"}:
                assert "canary" not in str(session.execute(select(table)).all()).lower(), table.name


def test_every_field_is_sent_somewhere() -> None:
    """The whole referral of these tests has every field there is."""
    assert set(WHOLE) == set(IncomingReferral.model_fields)
