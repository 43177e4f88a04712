"""What becomes of evidence about a reablement plan that another system sent: it reaches the plan, or duty reads it."""

from __future__ import annotations

import json

from pydantic import ValidationError

from models.forms.reablement_signals import EvidenceKind, EvidenceReceived
from models.forms.written_contact import Channel, GivenSubject, WrittenContact
from models.incoming_evidence import IncomingEvidence
from models.mail import MailState
from models.reablement.tables import ReablementPlan
from models.refs import NotARef, read_ref
from models.states import CaseStatus
from models.working_time import local_day
from tasks.durable.arrivals import take_in_signal
from tasks.durable.cases import open_in
from tasks.durable.council import Change, Council
from tasks.intake import CONTACT, DUTY
from tasks.mail.reading import ReadMessage
from tasks.reablement.open_plans import open_plans_of
from tasks.register.matching import match_people
from tasks.webhook_intake import Placed, WebhookCall, take_in_call
from tasks.webhook_kept import about_whom, as_it_came, as_message, enclosed, file_at

PATH = "/intake/evidence"


def take_in_evidence(council: Council, call: WebhookCall, evidence: IncomingEvidence) -> str:
    """Take in evidence and give the ref of the case that has it. Raises as `take_in_call`."""
    return take_in_call(council, call, lambda change, mail_id: _signal_or_open(change, mail_id, evidence))


def _signal_or_open(change: Change, mail_id: str, evidence: IncomingEvidence) -> Placed:
    contact = _contact(change, mail_id, evidence)
    plan = _plan_meant(change, evidence, contact)
    if plan is None or change.lock(plan).status is CaseStatus.CLOSED:
        return Placed(open_in(change, CONTACT, contact, owner=DUTY), MailState.OPENED)
    day = evidence.day
    signal = EvidenceReceived(
        kind=EvidenceKind(evidence.kind),
        given_by=_given_by(evidence),
        what=_text(evidence),
        noticed_on=day if day is not None and day <= local_day(change.now) else None,
        changed_at_home=evidence.changed_at_home,
        home_copy_says=evidence.home_copy_says or "",
    )
    take_in_signal(change, plan, signal, signal_id=mail_id)
    return Placed(plan, MailState.SIGNALLED)


def _plan_meant(change: Change, evidence: IncomingEvidence, contact: WrittenContact) -> str | None:
    """
    Ref of the one open plan that is meant; None where there is none, or any doubt which: then a person reads it.

    A plan that is named is the one, unless what identifies the person says that it is somebody else's.
    """
    fields_alone = contact.model_copy(update={"subject": "", "text": ""})  # a name in the text may be the carer's
    person = match_people(change.session, fields_alone).certain
    plans = open_plans_of(change.session, person) if person is not None else []
    if evidence.plan is None:
        return plans[0] if len(plans) == 1 else None
    named = _plan_named(change, evidence.plan)
    if named is None or (person is not None and named.person_id != person):
        return None
    return named.case_ref


def _plan_named(change: Change, written: str) -> ReablementPlan | None:
    """The plan of that reference, as long as it has not ended."""
    try:
        found = change.session.get(ReablementPlan, read_ref(written))
    except NotARef:
        return None
    return found if found is not None and found.ended_at is None else None


def _contact(change: Change, mail_id: str, evidence: IncomingEvidence) -> WrittenContact:
    """The evidence as a written contact, which duty sorts where no plan is found for it."""
    about = evidence.about
    return WrittenContact(
        mail_id=mail_id,
        channel=Channel.FORM,
        received_at=change.now,
        sender=_given_by(evidence),
        subject="Evidence about a reablement plan",
        text=_text(evidence, evidence.plan),
        attachments=tuple(file.name for file in evidence.attachments),
        given=None if about is None else GivenSubject.model_validate(about.model_dump()),
    )


def _given_by(evidence: IncomingEvidence) -> str:
    return f"{evidence.given_by}, {evidence.organisation}" if evidence.organisation else evidence.given_by


def _text(evidence: IncomingEvidence, plan: str | None = None) -> str:
    """What was said, and below it what was given beside."""
    beside = {
        "What it rests on": evidence.kind.replace("-", " "),
        "Noticed on": evidence.noticed_on,
        "The plan": plan,
        "The copy at home": "was amended by hand" if evidence.changed_at_home else None,
        "It says now": evidence.home_copy_says,
        "Files": ", ".join(file.name for file in evidence.attachments) or None,
        "Came through": evidence.source,
        "Its number there": evidence.source_reference,
    }
    lines = [f"{name}: {value}" for name, value in beside.items() if value]
    return f"{evidence.text.strip()}\n\nGiven beside it:\n" + "\n".join(lines)


# ------------------------------------------------------------------ reading a kept one again


def read_evidence(call: WebhookCall) -> ReadMessage:
    """Kept evidence as a person reads it; what is of an older schema is shown as it came."""
    evidence = _evidence_in(call)
    if evidence is None:
        return as_it_came(call)
    return as_message(
        name=evidence.given_by,
        subject="Evidence about a reablement plan",
        text="\n\n".join(part for part in (_text(evidence, evidence.plan), about_whom(evidence.about)) if part),
        attachments=enclosed(evidence.attachments),
    )


def file_in_evidence(call: WebhookCall, index: int) -> bytes:
    """The bytes of the enclosed file `index`, from 0. Raises `NoSuchAttachment`."""
    evidence = _evidence_in(call)
    return file_at(index, evidence.attachments if evidence else ())


def _evidence_in(call: WebhookCall) -> IncomingEvidence | None:
    try:
        return IncomingEvidence.model_validate_json(call.body)
    except (ValidationError, json.JSONDecodeError):
        return None
