"""The webhook door: what is let in, what is refused and in which order, and that a message is taken in once."""

from __future__ import annotations

import gzip
import json
import logging
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from deployments.intake.webhook import CONTACTS, webhook_doors
from deployments.intake.webhook_door import Door, DoorKeeper
from deployments.intake.webhook_problems import MOST_NAMED
from deployments.intake.webhook_signature import Signatures
from models.doors import WebhookReceipt
from models.incoming_contact import IncomingContact
from tasks.database import Database
from tasks.durable.council import Council
from tasks.durable.testing import Office
from tasks.webhook_contact import take_in_contact
from tasks.webhook_intake import WebhookCall
from tests.webhook_calls import LIMIT, NEXT_SECRET, SECRET, Partner, as_bytes, doors, everything

GOOD = as_bytes()
CANARY = "Canarybird"


@pytest.fixture
def partner(office: Office) -> Partner:
    """A partner with the secret that is in use."""
    return Partner(office)


def refused(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The problem that an answer is, checked for its form."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem: dict[str, Any] = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "problems"}
    assert (problem["type"], problem["status"]) == (f"tag:safe-pathways,2026:problem:{kind}", status)
    assert problem["title"] and problem["detail"]
    return problem


def test_a_signed_contact_is_taken_in(office: Office, partner: Partner) -> None:
    """202 with the ref of a case that is there."""
    answer = partner.send()

    assert (answer.status_code, answer.headers["content-type"]) == (202, "application/json")
    assert list(answer.json()) == ["case"]
    assert office.case(answer.json()["case"]).owner == "role-duty-worker"


# ------------------------------------------------------------------ what is refused changes nothing


def unsigned(partner: Partner, leave_out: str) -> Any:
    """A call without one of the headers."""
    headers = partner.headers(GOOD)
    del headers[leave_out]
    return partner.post_as(GOOD, headers)


def signed_so(partner: Partner, how: str) -> Any:
    """A call with that signature."""
    return partner.post_as(GOOD, partner.headers(GOOD) | {"webhook-signature": how})


REFUSALS: dict[str, tuple[int, str, Any]] = {
    "no id": (401, "unsigned", lambda p: unsigned(p, "webhook-id")),
    "no timestamp": (401, "unsigned", lambda p: unsigned(p, "webhook-timestamp")),
    "no signature": (401, "unsigned", lambda p: unsigned(p, "webhook-signature")),
    "an id that is too long": (401, "unsigned", lambda p: p.post(GOOD, webhook_id="x" * 201)),
    "an id with a space": (401, "unsigned", lambda p: p.post(GOOD, webhook_id="a b")),
    "a timestamp that is none": (401, "unsigned", lambda p: p.post_as(GOOD, p.headers(GOOD, webhook_timestamp="now"))),
    "a signature of nothing": (401, "wrong-signature", lambda p: signed_so(p, "v1,")),
    "a signature that is no base64": (401, "wrong-signature", lambda p: signed_so(p, "v1,%%%")),
    "a signature without a version": (401, "wrong-signature", lambda p: signed_so(p, "nonsense")),
    "a right signature of another version": (
        401,
        "wrong-signature",
        lambda p: signed_so(p, p.headers(GOOD)["webhook-signature"].replace("v1,", "v2,")),
    ),
    "another's secret": (401, "wrong-signature", lambda p: Partner(p.office, secret=NEXT_SECRET).post(GOOD)),
    "another body": (401, "wrong-signature", lambda p: p.post_as(GOOD + b" ", p.headers(GOOD))),
    "another id": (
        401,
        "wrong-signature",
        lambda p: p.post_as(GOOD, p.headers(GOOD, webhook_id_="x") | {"webhook-id": "y"}),
    ),
    "another time": (
        401,
        "wrong-signature",
        lambda p: p.post_as(GOOD, p.headers(GOOD) | {"webhook-timestamp": "1767603601"}),
    ),
    "bytes that are no text": (401, "wrong-signature", lambda p: p.post(b'{"text": "\xff"}')),
    "a compressed body": (401, "wrong-signature", lambda p: p.post(gzip.compress(GOOD), content_encoding="gzip")),
    "over five minutes late": (401, "stale", lambda p: p.post(GOOD, late=timedelta(seconds=-301))),
    "over five minutes early": (401, "stale", lambda p: p.post(GOOD, late=timedelta(seconds=301))),
    "too large": (413, "too-large", lambda p: p.post(as_bytes(text=CANARY * LIMIT))),
    "not announced as JSON": (415, "wrong-type", lambda p: p.post(GOOD, content_type="text/plain")),
    "announced in another alphabet": (
        415,
        "wrong-type",
        lambda p: p.post(GOOD, content_type="application/json; charset=latin-1"),
    ),
    "not announced at all": (415, "wrong-type", lambda p: p.post(GOOD, content_type="")),
    "nothing": (400, "malformed", lambda p: p.post(b"")),
    "half of it": (400, "malformed", lambda p: p.post(GOOD[:-5])),
    "a field twice": (400, "malformed", lambda p: p.post(GOOD[:-1] + b', "text": "other"}')),
    "not a number": (400, "malformed", lambda p: p.post(b'{"text": NaN}')),
    "half a character": (400, "malformed", lambda p: p.post(as_bytes(text="\ud800"))),
    "nested without end": (400, "malformed", lambda p: p.post(b"[" * 9000)),
    "a number without end": (400, "malformed", lambda p: p.post(b"1" * 9000)),
    "a list": (422, "invalid", lambda p: p.post(b"[]")),
    "no text": (422, "invalid", lambda p: p.send(text=None)),
    "blank text": (422, "invalid", lambda p: p.send(text=" \n ")),
    "a NUL": (422, "invalid", lambda p: p.send(text=f"{CANARY}\0")),
    "a name of two lines": (422, "invalid", lambda p: p.send(sender={"name": f"{CANARY}\nSubject: x"})),
    "an address that is two": (422, "invalid", lambda p: p.send(sender={"name": "x", "email": f"{CANARY}@x, b@c"})),
    "a day that is none": (422, "invalid", lambda p: p.send(about={"born_on": "1941-02-30"})),
    "a day as a number": (422, "invalid", lambda p: p.send(about={"born_on": "1493942400"})),
    "a time without a zone": (422, "invalid", lambda p: p.send(received_at="2026-01-05T08:45:00")),
    "yes for true": (422, "invalid", lambda p: p.send(reply_wanted="yes")),
    "a file that is no base64": (
        422,
        "invalid",
        lambda p: p.send(attachments=[{"name": "a", "content_type": "text/plain", "content_base64": f"{CANARY}!"}]),
    ),
    "too many files": (
        422,
        "invalid",
        lambda p: p.send(attachments=[{"name": "a", "content_type": "a/b", "content_base64": ""}] * 31),
    ),
    "a look without a call": (405, "wrong-method", lambda p: p.request("GET")),
    "a change of what is there": (405, "wrong-method", lambda p: p.request("PUT", content=GOOD)),
}


@pytest.mark.parametrize("call", REFUSALS)
def test_a_refused_call_changes_nothing_and_is_logged_without_its_content(
    partner: Partner, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    """No table has a row more; the answer is a problem of the right kind, and the log has the kind alone."""
    status, kind, make = REFUSALS[call]
    before = everything(partner.office.council.database)

    with caplog.at_level(logging.DEBUG):
        problem = refused(make(partner), status, kind)

    assert everything(partner.office.council.database) == before
    ours = [record.getMessage() for record in caplog.records if record.name == "pathways"]
    assert ours == [f"a call to /intake/contacts was refused: {kind}"]
    assert CANARY not in caplog.text and CANARY not in json.dumps(problem)
    assert "Joyce" not in caplog.text and "bath seat" not in caplog.text


def test_a_refusal_tells_a_program_what_to_do(partner: Partner) -> None:
    """How to authenticate, which method is right, that the connection ends."""
    assert unsigned(partner, "webhook-id").headers["www-authenticate"] == "StandardWebhooks"
    assert partner.request("GET").headers["allow"] == "POST"
    assert partner.post(as_bytes(text="x" * LIMIT)).headers["connection"] == "close"


def test_every_problem_is_named_by_its_pointer_and_what_was_typed_never(partner: Partner) -> None:
    """One answer names all there is to put right, unknown fields too, without repeating a value."""
    answer = partner.post(
        json.dumps(
            {
                "sender": {"name": "", "emial": CANARY},
                "about": {"born_on": CANARY, "nhs/number~": CANARY},
                "attachments": [{"name": "scan.pdf", "content_type": CANARY, "content_base64": "!"}],
                "text": "x",
            }
        ).encode()
    )

    problem = refused(answer, 422, "invalid")
    assert {one["pointer"] for one in problem["problems"]} == {
        "/source",
        "/sender/name",
        "/sender/emial",
        "/about/born_on",
        "/about/nhs~1number~0",
        "/attachments/0/content_type",
        "/attachments/0/content_base64",
    }
    assert all(one["detail"] for one in problem["problems"])
    assert CANARY not in answer.text


def test_thousands_of_problems_do_not_make_an_answer_without_end(partner: Partner) -> None:
    """A thousand are named, and how many there are is said."""
    problem = refused(partner.send(**{f"x{number}": 1 for number in range(1200)}), 422, "invalid")

    assert len(problem["problems"]) == MOST_NAMED
    assert problem["detail"].startswith("1200 problems")


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """A body whose length nobody has announced."""
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


def test_what_is_too_large_is_refused_before_its_signature_is_looked_at(partner: Partner) -> None:
    """Size first, then the signature, its time, the type, and what stands in the body last."""
    late = timedelta(hours=-1)
    large, broken = b"x" * (LIMIT + 1), b"{"

    refused(partner.request("POST", content=large), 413, "too-large")
    refused(partner.request("POST", content=in_pieces(large)), 413, "too-large")
    refused(partner.request("POST", content=broken), 401, "unsigned")
    other = Partner(partner.office, secret=NEXT_SECRET)
    refused(other.post(broken, late=late, content_type="x/y"), 401, "wrong-signature")
    refused(partner.post(broken, late=late, content_type="x/y"), 401, "stale")
    refused(partner.post(broken, content_type="x/y"), 415, "wrong-type")
    refused(partner.post(broken), 400, "malformed")


def test_the_largest_body_is_taken_and_one_byte_more_is_not(partner: Partner) -> None:
    """The limit is exact, whether the length is announced or not."""
    room = LIMIT - len(as_bytes(text=""))

    assert partner.send(text="x" * room).status_code == 202
    refused(partner.send(text="x" * (room + 1)), 413, "too-large")


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_timestamp_within_five_minutes_is_taken(partner: Partner, seconds: int) -> None:
    """Clocks differ, on either side."""
    assert partner.post(GOOD, late=timedelta(seconds=seconds)).status_code == 202


@pytest.mark.parametrize(
    "content_type", ["application/json", 'Application/JSON; charset="UTF-8"', "application/json;charset=utf-8"]
)
def test_json_is_announced_in_any_way_that_means_utf_8(partner: Partner, content_type: str) -> None:
    """Systems write it differently."""
    assert partner.post(GOOD, content_type=content_type).status_code == 202


# ------------------------------------------------------------------ secrets


def test_while_secrets_change_both_are_taken(office: Office) -> None:
    """A partner may sign with the old one, the new one or both; afterwards the old one is worth nothing."""
    both = doors(office.council, SECRET, NEXT_SECRET)
    old, new = Partner(office, app=both), Partner(office, app=both, secret=NEXT_SECRET)
    assert (old.post(GOOD, webhook_id="a").status_code, new.post(GOOD, webhook_id="b").status_code) == (202, 202)
    with_old, with_new = old.headers(GOOD, webhook_id="c"), new.headers(GOOD, webhook_id="c")
    two = {"webhook-signature": f"{with_new['webhook-signature']} {with_old['webhook-signature']} v1a,x"}
    assert old.post_as(GOOD, with_old | two).status_code == 202

    rotated = Partner(office, app=doors(office.council, NEXT_SECRET))
    refused(rotated.post(GOOD, webhook_id="d"), 401, "wrong-signature")
    assert rotated.post_as(GOOD, with_old | two).status_code == 202


def test_without_a_secret_the_door_is_shut_and_says_so(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """503: it is not set up. Nothing is taken in on trust."""
    before = everything(office.council.database)

    problem = refused(Partner(office, app=doors(office.council)).send(), 503, "not-set-up")

    assert "secret" in problem["detail"]
    assert everything(office.council.database) == before
    assert "not-set-up" in caplog.text


# ------------------------------------------------------------------ once


def test_the_same_message_again_is_answered_with_the_same_case(office: Office, partner: Partner) -> None:
    """Whenever it comes again and however it is signed then, it is one contact."""
    first = partner.sent(webhook_id="msg_a")
    before = everything(office.council.database)

    office.hours_pass(50)
    after = everything(office.council.database)
    again = [partner.sent(webhook_id="msg_a") for _ in range(3)]

    assert set(again) == {first}
    assert everything(office.council.database) == after
    assert after["care_case"] == before["care_case"]


def test_the_same_id_for_another_message_is_a_conflict(office: Office, partner: Partner) -> None:
    """409, and nothing is changed: neither is dropped unseen."""
    partner.sent(webhook_id="msg_a")
    before = everything(office.council.database)

    refused(partner.send(webhook_id="msg_a", text="Something else."), 409, "id-used-before")

    assert everything(office.council.database) == before


def test_the_same_id_at_another_door_is_a_conflict(office: Office) -> None:
    """An id names one message, whatever the door."""
    other = Door("/intake/others", "Send something else", IncomingContact, IncomingContact.example(), take_in_contact)
    app = FastAPI(openapi_url=None)
    app.include_router(webhook_doors(DoorKeeper(office.council, Signatures([SECRET])), [CONTACTS, other]))
    partner = Partner(office, app=app)
    partner.sent(webhook_id="msg_a")

    refused(partner.post(GOOD, path="/intake/others", webhook_id="msg_a"), 409, "id-used-before")


def test_the_same_words_under_two_ids_are_two_contacts(office: Office, partner: Partner) -> None:
    """Two people may write the same; only the sender's id says that it is the same message."""
    assert partner.sent(webhook_id="msg_a") != partner.sent(webhook_id="msg_b")


def test_two_at_the_same_instant_are_one_contact(office: Office) -> None:
    """Eight threads bring one message; all hear of the same case, and there is one."""
    call, contact = (
        WebhookCall("/intake/contacts", "msg_a", "1", "v1,x", GOOD),
        IncomingContact.model_validate_json(GOOD),
    )
    together = threading.Barrier(8)

    def bring(_number: int) -> str:
        together.wait(timeout=30)
        return take_in_contact(office.council, call, contact)

    with ThreadPoolExecutor(8) as threads:
        refs = set(threads.map(bring, range(8)))

    assert len(refs) == 1
    assert office.cases() == list(refs)


def test_a_message_whose_answer_was_lost_is_found_when_it_comes_again(office: Office) -> None:
    """We die between the commit and the answer: the sender hears nothing, sends again, and it is one case."""

    def take_in_and_die(council: Council, call: WebhookCall, sent: IncomingContact) -> str:
        take_in_contact(council, call, sent)
        raise SystemError(f"power cut {CANARY}")

    dying = Door("/intake/contacts", "Send a written contact", IncomingContact, {}, take_in_and_die)
    app = FastAPI(openapi_url=None)
    app.include_router(webhook_doors(DoorKeeper(office.council, Signatures([SECRET])), [dying]))
    refused(Partner(office, app=app).send(webhook_id="msg_a"), 500, "our-fault")
    (ref,) = office.cases()

    assert Partner(office).sent(webhook_id="msg_a") == ref
    assert office.cases() == [ref]


def test_what_fails_half_way_leaves_nothing_behind(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of ours in the middle: no original, no receipt, no case; only its kind is told."""

    def half(council: Council, call: WebhookCall, sent: IncomingContact) -> str:
        with council.database.write() as session:
            session.add(WebhookReceipt(webhook_id=call.id, path=CANARY))
            session.flush()
        return "never"

    app = FastAPI(openapi_url=None)
    door = Door("/intake/contacts", "Send a written contact", IncomingContact, {}, half)
    app.include_router(webhook_doors(DoorKeeper(office.council, Signatures([SECRET])), [door]))
    before = everything(office.council.database)

    refused(Partner(office, app=app).send(), 500, "our-fault")

    assert everything(office.council.database) == before
    assert "by a fault of ours (IntegrityError)" in caplog.text and CANARY not in caplog.text


def test_while_the_database_is_away_the_sender_is_told_when_to_come_again(office: Office, tmp_path: Any) -> None:
    """503 with Retry-After; the message comes again later and is taken in as if for the first time."""
    away = Council(Database(f"sqlite:///{tmp_path}/no/such/folder.db"), office.council.policy, office.clock)
    answer = Partner(office, app=doors(away, SECRET)).send(webhook_id="msg_a")

    refused(answer, 503, "database-away")
    assert answer.headers["retry-after"] == "60"
    assert Partner(office).send(webhook_id="msg_a").status_code == 202


def test_a_case_is_woken_only_after_everything_is_kept(office: Office) -> None:
    """Whoever wakes it finds case and receipt there; a call that came before wakes nothing."""
    seen: list[tuple[str, int]] = []

    class Waker:
        def wake(self, ref: str) -> None:
            with office.council.database.read() as session:
                seen.append((ref, len(session.scalars(select(WebhookReceipt)).all())))

    council = Council(office.council.database, office.council.policy, office.clock, Waker())
    partner = Partner(office, app=doors(council, SECRET))
    ref = partner.sent(webhook_id="msg_a")
    partner.sent(webhook_id="msg_a")

    assert seen == [(ref, 1)]


# ------------------------------------------------------------------ anything whatever

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
LIKE_A_CONTACT = st.fixed_dictionaries(
    {},
    optional={
        name: JSON | st.text() for name in (*IncomingContact.model_fields, "unknown") if name not in ("sender", "about")
    }
    | {
        "source": st.just("form") | JSON,
        "text": st.text() | JSON,
        "sender": st.fixed_dictionaries({"name": st.text()}, optional={"email": st.text()}) | JSON,
        "about": st.fixed_dictionaries({}, optional={"born_on": st.dates().map(str) | st.text()}) | JSON,
        "received_at": st.datetimes().map(lambda one: f"{one.isoformat()}Z") | JSON,
    },
)
BODIES = (
    st.binary(max_size=300)
    | st.text().map(lambda one: one.encode("utf-8", "replace"))
    | (JSON | LIKE_A_CONTACT).map(lambda one: json.dumps(one).encode())
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
def test_any_body_is_taken_in_or_a_problem(partner: Partner, body: bytes) -> None:
    """Whatever stands in a signed body: 202 and one case more, or a problem of the sender's and nothing changed."""
    before = everything(partner.office.council.database)
    answer = partner.post(body)
    after = everything(partner.office.council.database)

    if answer.status_code == 202:
        assert after["care_case"] == before["care_case"] + 1
        assert partner.office.case(answer.json()["case"])
    else:
        assert answer.status_code in (400, 401, 422)
        assert answer.headers["content-type"] == "application/problem+json"
        assert after == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126)), min_size=3, max_size=3))
def test_any_headers_of_a_stranger_are_refused(partner: Partner, values: list[str]) -> None:
    """Whatever somebody without the secret writes into the headers: 401, and nothing changed."""
    before = everything(partner.office.council.database)
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")

    answer = partner.post_as(GOOD, dict(zip(names, values, strict=True)))

    assert answer.status_code == 401
    assert everything(partner.office.council.database) == before
