"""What becomes of a referral that another system sent, or somebody took in from a file: a case of triage."""

from __future__ import annotations

import json
from collections.abc import Callable

from pydantic import ValidationError

from models.forms.tray_triage import Referral, ReferralSource, Referrer
from models.forms.written_contact import Channel, GivenSubject, WrittenContact
from models.incoming_referral import IncomingReferral, IncomingReferrer, IncomingRepresentative, ReferralByHand
from models.mail import MailState
from models.notices import Recipient
from models.register import Team
from models.working_time import local_day
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.durable.ledger import SYSTEM
from tasks.intake import DUTY
from tasks.mail.reading import ReadMessage
from tasks.register.lookups import team_carrying_on
from tasks.webhook_intake import Placed, WebhookCall, take_in_call
from tasks.webhook_kept import about_whom, as_it_came, as_message, enclosed, file_at

PATH = "/intake/referrals"
TRIAGE = "pwt-triage"


def take_in_referral(
    council: Council,
    call: WebhookCall,
    referral: IncomingReferral,
    *,
    by: str = SYSTEM,
    begun: Callable[[Change, str], None] | None = None,
) -> str:
    """
    Take in a referral and give its case's ref. Raises as `take_in_call`.

    `begun` is called with the new case's ref, once, in the transaction that opens it.
    """

    def take_up(change: Change, mail_id: str) -> Placed:
        placed = _open(change, mail_id, referral, by)
        if begun is not None:
            begun(change, placed.case_ref)
        return placed

    return take_in_call(council, call, take_up)


def _open(change: Change, mail_id: str, referral: IncomingReferral, by: str) -> Placed:
    team = _team_named(change, referral)
    facts = Referral(
        source=ReferralSource(referral.source),
        requested_at=min(referral.asked_at or change.now, change.now),
        contact=_contact(change, mail_id, referral),
        about_person=referral.about_person if isinstance(referral, ReferralByHand) else None,
        team=team.id if team else None,
        referrer=_referrer(referral.referrer),
        representative=_representative(referral.representative),
        urgent=referral.urgent,
        self_funder=referral.self_funder,
        discharge_to_assess=referral.discharge_to_assess,
    )
    straight_to_them = team is not None and facts.source is ReferralSource.LOCALITY_TEAM
    owner = Recipient.team(team.id) if team is not None and straight_to_them else DUTY
    return Placed(open_in(change, TRIAGE, facts, owner=owner, by=by), MailState.OPENED)


def _team_named(change: Change, referral: IncomingReferral) -> Team | None:
    """The team that it is for, or the one that carries on its work; a wrong id loses nobody, duty sees it beside."""
    if referral.team is None:
        return None
    return team_carrying_on(change.session, referral.team.lower(), local_day(change.now))


def _contact(change: Change, mail_id: str, referral: IncomingReferral) -> WrittenContact:
    """The referral as a written contact, from which is read whom it is about, and which stands beside each form."""
    about = referral.about.model_dump(include=set(GivenSubject.model_fields))
    return WrittenContact(
        mail_id=mail_id,
        channel=Channel.FORM,
        received_at=change.now,
        sender=_sender(referral),
        sender_address=referral.referrer.email if referral.referrer else None,
        subject=referral.subject or "Referral",
        text=_text(referral),
        attachments=tuple(file.name for file in referral.attachments),
        given=GivenSubject.model_validate(about),
    )


def _sender(referral: IncomingReferral) -> str:
    """Whoever referred, or the person themselves; "not given" where neither has a name."""
    if referral.referrer is None:
        return referral.about.name or "not given"
    email = f" <{referral.referrer.email}>" if referral.referrer.email else ""
    return referral.referrer.name + email


def _referrer(said: IncomingReferrer | None) -> Referrer | None:
    if said is None:
        return None
    return Referrer(
        name=said.name,
        organisation=said.organisation or "",
        relation=said.relationship or "",
        email=said.email,
        telephone=said.telephone,
    )


def _representative(said: IncomingRepresentative | None) -> str:
    """In a line: "Tom Tilling (son), 01632 960123"."""
    if said is None:
        return ""
    relation = f" ({said.relationship})" if said.relationship else ""
    return ", ".join(one for one in (said.name + relation, said.telephone, said.email) if one)


def _text(referral: IncomingReferral) -> str:
    """The contact form, the transfer summary, and what was given beside them field by field (PWT-13)."""
    person, referrer = referral.about, referral.referrer
    beside = {
        "Taken by": referral.source.replace("-", " "),
        "Its number there": referral.source_reference,
        "For the team": referral.team,
        "Urgent": "yes" if referral.urgent else None,
        "The person's telephone": person.telephone,
        "The person's address": person.address,
        "Communication needs": person.communication_needs,
        "Referred by": referrer and _in_line(referrer.name, referrer.relationship, referrer.organisation),
        "The referrer's telephone": referrer and referrer.telephone,
        "Representative": _representative(referral.representative),
        "Pays for their own care": _yes_or_no(referral.self_funder),
        "Discharge-to-assess funding": _yes_or_no(referral.discharge_to_assess),
        "Ordinarily resident here": _yes_or_no(referral.ordinarily_resident),
        "Section 117 aftercare": _yes_or_no(referral.section_117),
    }
    lines = [f"{name}: {value}" for name, value in beside.items() if value]
    summary = referral.transfer_summary
    parts = [referral.text.strip(), f"Transfer summary:\n{summary.strip()}" if summary else ""]
    return "\n\n".join([*filter(None, parts), "Given beside it:\n" + "\n".join(lines)])


def _in_line(*parts: str | None) -> str:
    return ", ".join(one for one in parts if one)


def _yes_or_no(said: bool | None) -> str | None:
    return None if said is None else "yes" if said else "no"


# ------------------------------------------------------------------ reading a kept one again


def read_referral(call: WebhookCall) -> ReadMessage:
    """A kept referral as a person reads it; one of an older schema is shown as it came."""
    referral = _referral_in(call)
    if referral is None:
        return as_it_came(call)
    referrer = referral.referrer
    return as_message(
        sent_at=referral.asked_at,
        address=referrer.email if referrer else None,
        name=referrer.name if referrer else referral.about.name or "",
        subject=referral.subject or "",
        text=f"{_text(referral)}\n\n{about_whom(referral.about)}".strip(),
        attachments=enclosed(referral.attachments),
    )


def file_in_referral(call: WebhookCall, index: int) -> bytes:
    """The bytes of the enclosed file `index`, from 0. Raises `NoSuchAttachment`."""
    referral = _referral_in(call)
    return file_at(index, referral.attachments if referral else ())


def _referral_in(call: WebhookCall) -> IncomingReferral | None:
    try:
        return ReferralByHand.model_validate_json(call.body)
    except (ValidationError, json.JSONDecodeError):
        return None
