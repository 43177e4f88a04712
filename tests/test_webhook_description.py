"""The description that partners program against: it is sound, and it says what really happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from fastapi.openapi.models import OpenAPI

from deployments.intake.webhook import DOORS
from deployments.intake.webhook_description import description_of
from deployments.intake.webhook_problems import ProblemKind
from models.incoming_contact import IncomingContact
from tasks.durable.testing import Office
from tests.webhook_calls import CONTACT, Partner

DOCUMENT = description_of(DOORS)
POST = DOCUMENT["paths"]["/intake/contacts"]["post"]
FILE = {"name": "a.pdf", "content_type": "application/pdf", "content_base64": "AAAA"}


def references(part: Any) -> Iterator[str]:
    """Every reference in a document."""
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from references(one)


def schema(name: str) -> dict[str, Any]:
    """One schema of the document, with the others that it refers to."""
    return {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}


def meets_the_schema(body: Any) -> bool:
    """Whether the published schema allows a body."""
    return jsonschema.Draft202012Validator(schema("IncomingContact")).is_valid(body)


def test_the_description_is_served_as_it_is_made(office: Office) -> None:
    """To anybody, without a signature: it holds nothing of ours."""
    answer = Partner(office).request("GET", "/intake/openapi.json")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == json.loads(json.dumps(DOCUMENT))


def test_the_description_is_sound_openapi() -> None:
    """Its parts are of the form that OpenAPI 3.1 gives them, every reference leads somewhere, every schema is one."""
    read = OpenAPI.model_validate(DOCUMENT)

    assert read.openapi == "3.1.0"
    assert set(DOCUMENT) == {"openapi", "info", "servers", "paths", "components", "security"}
    for reference in references(DOCUMENT):
        part: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    for one in DOCUMENT["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(one)
    assert all(answer["description"] for answer in POST["responses"].values())


def test_only_the_doors_are_described(office: Office) -> None:
    """One operation for each, with the three headers that sign it."""
    assert list(DOCUMENT["paths"]) == ["/intake/contacts", "/intake/referrals", "/intake/evidence"]
    assert all(list(door) == ["post"] for door in DOCUMENT["paths"].values())
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert {(one["type"], one["in"], one["name"]) for one in schemes.values()} == {
        ("apiKey", "header", "webhook-id"),
        ("apiKey", "header", "webhook-timestamp"),
        ("apiKey", "header", "webhook-signature"),
    }
    assert DOCUMENT["security"] == [{name: [] for name in schemes}]


def test_every_answer_there_can_be_is_described() -> None:
    """202, and each kind of problem under its status by its type; a partner's program meets nothing else."""
    assert set(POST["responses"]) == {"202"} | {
        str(kind.status) for kind in ProblemKind if kind is not ProblemKind.WRONG_METHOD
    }
    for kind in ProblemKind:
        if kind is not ProblemKind.WRONG_METHOD:
            assert kind.type in POST["responses"][str(kind.status)]["description"]
    assert set(POST["responses"]["503"]["headers"]) == {"Retry-After"}


def test_the_answers_meet_their_schemas(office: Office) -> None:
    """What is really answered is what is described."""
    partner = Partner(office)

    jsonschema.validate(partner.send().json(), schema("TakenIn"))
    for refused in (partner.send(text=""), partner.request("POST", content=b"")):
        jsonschema.validate(refused.json(), schema("ProblemDetails"))


def test_the_example_is_taken_in(office: Office) -> None:
    """What a partner copies works."""
    example = POST["requestBody"]["content"]["application/json"]["example"]

    jsonschema.validate(example, schema("IncomingContact"))
    assert Partner(office).post(json.dumps(example).encode()).status_code == 202


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"subject": None},
        {"sender": None},
        {"sender": {"name": "x"}},
        {"sender": {}},
        {"sender": {"name": " "}},
        {"sender": {"name": "x" * 200}},
        {"sender": {"name": "x" * 201}},
        {"sender": {"name": "x\ny"}},
        {"sender": {"name": "x\u2028y"}},
        {"sender": {"name": "x", "email": "a@b"}},
        {"sender": {"name": "x", "email": "a b@c"}},
        {"about": {}},
        {"about": {"born_on": "1941-06-30"}},
        {"about": {"born_on": "30.6.1941"}},
        {"about": {"born_on": 1}},
        {"about": {"height": "tall"}},
        {"attachments": []},
        {"attachments": [FILE]},
        {"attachments": [FILE] * 31},
        {"attachments": [FILE | {"content_type": "pdf"}]},
        {"attachments": "none"},
        {"received_at": "2026-01-05T08:45:00Z"},
        {"received_at": "2026-01-05T08:45:00.123456+01:00"},
        {"received_at": "2026-01-05 08:45"},
        {"received_at": 1767602700},
        {"reply_wanted": True},
        {"reply_wanted": "true"},
        {"text": ""},
        {"text": "\t\n"},
        {"text": "x\0"},
        {"text": "x" * 200_001},
        {"text": 1},
        {"unknown": 1},
    ],
)
def test_what_the_schema_allows_is_what_is_taken_in(office: Office, changes: dict[str, Any]) -> None:
    """Field by field: a body that meets the published schema is taken in, and one that does not is refused by name."""
    body = CONTACT | changes
    answer = Partner(office).post(json.dumps(body).encode()) if len(json.dumps(body)) < 20_000 else None

    if answer is None:
        with pytest.raises(ValueError):
            IncomingContact.model_validate_json(json.dumps(body))
        assert not meets_the_schema(body)
    else:
        assert answer.status_code == (202 if meets_the_schema(body) else 422)


def test_every_field_is_explained() -> None:
    """No field or kind of thing is left to guessing."""
    for name, one in DOCUMENT["components"]["schemas"].items():
        assert one.get("description"), name
        for field, said in one.get("properties", {}).items():
            assert said.get("description"), f"{name}.{field}"
