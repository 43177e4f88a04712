"""`pathways intake referral`: the door of referrals, for whoever has one in a file."""

from __future__ import annotations

import importlib
from typing import Annotated

import typer

from deployments.cli.printing import say
from deployments.cli.reading import read_bytes
from deployments.cli.shared import AsStaffOrNobody, member_named, open_council
from models.incoming_referral import IncomingReferral
from tasks.audit.access_log import os_user
from tasks.durable.ledger import SYSTEM
from tasks.worklist.referrals_by_hand import ReferralRefused, take_in_file


def referral(
    json_file: Annotated[
        str,
        typer.Option(metavar="FILE", help='The referral as JSON, as /intake/openapi.json describes it; "-" reads it.'),
    ],
    staff: AsStaffOrNobody = None,
) -> None:
    """Take in a referral and print its case's ref; the same file again is the same case."""
    council, body = open_council(), read_bytes(json_file)
    sent = _read(body)
    by = SYSTEM
    if staff is not None:
        with council.database.read() as session:
            by = member_named(session, staff).id
    say(take_in_file(council, sent, body, who=os_user() if staff is None else by, by=by))


def _read(body: bytes) -> IncomingReferral:
    """What the file says, looked at as at the door of other systems."""
    door = importlib.import_module(
        "deployments.intake.webhook_door"
    )  # a web server's parts: only where they are needed
    if len(body) > door.LARGEST_BODY:
        raise ReferralRefused([f"it has {len(body)} bytes, and {door.LARGEST_BODY} are taken: shorten it"])
    problems = importlib.import_module("deployments.intake.webhook_problems")
    try:
        sent: IncomingReferral = door.read_body(IncomingReferral, body)
    except problems.Refused as refused:
        named = [f"{one.pointer or 'the referral'}: {one.detail}" for one in refused.problems] or [str(refused)]
    else:
        return sent
    raise ReferralRefused(named)
