"""A referral that staff take in themselves, through the same door as those of other systems."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from models.errors import PathwaysError
from models.forms.referral_by_hand import ReferralTaken
from models.incoming_referral import IncomingReferral, ReferralByHand
from models.register import Person
from tasks.durable.checking import problems_in
from tasks.durable.council import Change, Council
from tasks.durable.ledger import SYSTEM
from tasks.register.lookups import person
from tasks.webhook_intake import WebhookCall
from tasks.webhook_referral import PATH, take_in_referral
from tasks.worklist.starting import Said, note_said, problem_with_said
from tasks.worklist.submissions import SentForm


class ReferralRefused(PathwaysError):
    """A referral cannot be taken in like that; the message names every problem, never what stood there."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the referral was not taken in; put right and send again: " + "; ".join(problems))
        self.problems = problems


def take_in_file(council: Council, referral: IncomingReferral, body: bytes, *, who: str, by: str = SYSTEM) -> str:
    """Take in a referral from a file and give its case's ref; the same bytes again are the same case."""
    call = WebhookCall.by_hand(PATH, body, who, council.clock.now())
    return take_in_referral(council, call, referral, by=by)


def take_in_form(council: Council, taken: ReferralTaken, *, by: str, form: SentForm, said: Said | None = None) -> str:
    """
    Take in a referral as somebody has typed it, and give its case's ref; the same form again is the same case.

    What the register has of the person is not typed again. `said` answers what is asked first (GAP-10). Raises
    `ReferralRefused`.
    """
    now = council.clock.now()
    with council.database.read() as session:
        problems = problems_in(session, taken, now)
        known = person(session, taken.about_person) if taken.about_person else None
    if problems:
        raise ReferralRefused(problems)
    referral = as_incoming(taken, known)
    body = referral.model_dump_json(exclude_none=True).encode()
    call = replace(WebhookCall.by_hand(PATH, body, by, now), id=f"by-hand-{form.key}")

    def begun(change: Change, ref: str) -> None:
        if problem := problem_with_said(change, ReferralTaken, said, by):
            raise ReferralRefused([problem])
        note_said(change, ref, said, by)

    return take_in_referral(council, call, referral, by=by, begun=begun)


def as_incoming(taken: ReferralTaken, known: Person | None) -> ReferralByHand:
    """The referral as it goes through the door. Raises `ReferralRefused`."""
    said: dict[str, Any] = taken.model_dump(mode="json", exclude_none=True)
    typed = {name: value for name, value in said.pop("about", {}).items() if value}
    said["about"] = _from_register(known) | typed
    if taken.requested_at is not None:
        said["requested_at"] = _moment(taken.requested_at)
    try:
        return ReferralByHand.model_validate(said)
    except ValidationError as refused:
        errors = refused.errors(include_input=False, include_url=False, include_context=False)
    raise ReferralRefused([f"{'.'.join(map(str, error['loc']))}: {_in_words(error)}" for error in errors])


def _from_register(known: Person | None) -> dict[str, str]:
    if known is None:
        return {}
    found = {
        "nhs_number": known.nhs_number,
        "record_id": known.record_id,
        "name": known.name,
        "born_on": known.born_on and known.born_on.isoformat(),
        "postcode": known.postcode,
    }
    return {name: value for name, value in found.items() if value}


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def _in_words(error: Any) -> str:
    """What is wrong, without the patterns that partners' systems are told."""
    if error["type"] == "string_pattern_mismatch":
        is_email = str(error["loc"][-1]) == "email"
        return "give one e-mail address, such as name@example.org" if is_email else "write it as plain text in one line"
    return str(error["msg"]).removeprefix("Value error, ")
