"""The JSON API against its own description: invented calls, in process, find no 500 and no answer that it lacks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deployments.worklist.api.app import MODULES, api
from deployments.worklist.app import worklist
from deployments.worklist.desk import Desk
from models.forms.base import Form
from models.forms.tray_triage import SafeguardingCheck
from tasks.durable.testing import Office
from tests.procedures.reablement_stories import in_reablement
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.answering_stories import a_safeguarding_check
from tests.worklist.browser import ADDRESS
from tests.worklist.incident_stories import fails
from tests.worklist.programs import Program, token_for

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
EXAMPLES = 12
ANSWER = "/v1/work-items/{item}/answer"
TAGS = [one.operations.router.tags[0] for one in MODULES]


@pytest.fixture
def described(desk: Desk) -> dict[str, Any]:
    """The description, as a program reads it; without the token, which these calls have of their own."""
    found = copy.deepcopy(api(desk).openapi())
    del found["security"], found["components"]["securitySchemes"]
    return found


def operations_of(described: dict[str, Any], tag: object) -> Iterator[Any]:
    """What schemathesis makes of the operations of one module."""
    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        operation = found.ok()
        if tag in operation.definition.raw["tags"]:
            yield operation


def takes_something(operation: Any) -> bool:
    """Whether anything is sent with it that could be wrong."""
    raw = operation.definition.raw
    return bool(raw.get("parameters")) or "requestBody" in raw


def hold(program: Program, operation: Any, mode: GenerationMode, known: dict[str, str]) -> set[int]:
    """
    Call an operation with whatever fits its description, or does not, and hold every answer against it.

    Gives which statuses there were.
    """
    raw, statuses = operation.definition.raw, set[int]()
    if mode is GenerationMode.NEGATIVE and not takes_something(operation):
        return statuses  # there is nothing that could be wrong
    wanted = {one["name"] for one in raw.get("parameters", []) if one["in"] == "path"}
    of_known = {name: known[name] for name in wanted if name in known}
    fixed = {"path_parameters": of_known} if wanted and wanted == set(of_known) else {}
    checks = [*CHECKS, *([negative_data_rejection] if mode is GenerationMode.NEGATIVE and not fixed else [])]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def holds(case: Any) -> None:
        sent = requests.Request(**case.as_transport_kwargs(base_url=f"{ADDRESS}/api")).prepare()
        path = str(sent.url).removeprefix(ADDRESS)
        answer = program.call(str(sent.method), path, content=sent.body or b"", headers=dict(sent.headers))
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=checks)

    holds()
    return statuses


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_every_answer_is_as_described(
    tag: str, mode: GenerationMode, office: Office, desk: Desk, described: dict[str, Any]
) -> None:
    """Whatever is sent, by somebody who may do it, about things that are there and that are not."""
    staff = {"audit": "auditor", "plans": "reablement-worker"}.get(tag, "team-manager")
    program = Program(worklist(desk), token_for(office, "portal", acts_as=staff))
    _, item = a_safeguarding_check(office)
    cases = {"plans": in_reablement, "incidents": fails}
    known = {"ref": cases.get(tag, on_the_tray)(office), "item": item}
    statuses: set[int] = set()
    for operation in operations_of(described, tag):
        statuses |= hold(program, operation, mode, {})
        if mode is GenerationMode.POSITIVE:
            statuses |= hold(program, operation, mode, known)
    if tag == "plans":  # versions that are made up are hardly ever there
        statuses.add(program.get(f"/plans/{known['ref']}").status_code)
    if mode is GenerationMode.POSITIVE:
        assert statuses & {200, 201}
    elif any(map(takes_something, operations_of(described, tag))):
        assert statuses & {400, 404, 415, 422}


@pytest.mark.parametrize("form", [SafeguardingCheck])
def test_every_answer_to_a_form_is_taken_or_refused_as_described(
    form: type[Form], office: Office, desk: Desk, described: dict[str, Any]
) -> None:
    """Answers that fit the form's own schema, and answers that do not, to a work item that is open."""
    schema = form.model_json_schema(ref_template="#/components/schemas/{model}")
    described["components"]["schemas"] |= schema.pop("$defs", {})
    body = described["paths"][ANSWER]["post"]["requestBody"]["content"]["application/json"]
    body["schema"] = schema
    program = Program(worklist(desk), token_for(office, "portal", acts_as="team-manager"))
    _, item = a_safeguarding_check(office)
    (operation,) = (one for one in operations_of(described, "work") if one.path == ANSWER)
    assert 422 in hold(program, operation, GenerationMode.NEGATIVE, {"item": item})
    assert hold(program, operation, GenerationMode.POSITIVE, {"item": item}) <= {200, 409, 412, 422}


def test_without_a_token_every_call_is_refused(office: Office, desk: Desk, described: dict[str, Any]) -> None:
    """However it is made up: 401, before anything of it is read."""
    stranger = Program(worklist(desk))
    for tag in TAGS:
        for operation in operations_of(described, tag):
            case = operation.Case(
                path_parameters=dict.fromkeys(["ref", "item", "name", "staff", "number", "mail_id"], "1")
            )
            answer = stranger.call(case.method, f"/api{case.formatted_path}")
            assert answer.status_code == 401, operation.label
            case.validate_response(answer, checks=CHECKS)
