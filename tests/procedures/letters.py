"""Letters, answers and ways of looking that the stories of the written contact transfer use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from flows.written_contact_transfer import written_contact_transfer
from models.cases import WorkItem
from models.forms.base import Form
from models.forms.contact_resolution import SettledAtDuty
from models.forms.handover import HandoverReply
from models.forms.paperwork import RecordMade
from models.forms.safeguarding import WhoIsAtRisk
from models.forms.while_away import ActionsMeanwhile, ContactOnReturn, PersonTold
from models.forms.written_contact import (
    AcknowledgedContactTransfer,
    Acknowledger,
    AvailabilityEnquiry,
    Channel,
    ContactSorting,
    ContactTransfer,
    FoundBy,
    WrittenContact,
)
from models.policy.organisation import MailKind
from models.register import ExtractKind, RegisterImport
from tasks.durable import worklist
from tasks.durable.testing import Office


def letter(channel: Channel = Channel.EMAIL, **changes: Any) -> WrittenContact:
    """A letter to Priya Nair (practitioner) about P-101."""
    facts: dict[str, Any] = {
        "mail_id": "M-EXAMPLE1",
        "channel": channel,
        "received_at": datetime(2026, 1, 5, 8, 45, tzinfo=UTC),
        "sender": "Tom Tilling <tom@example.org>",
        "subject": "My mother's bath seat",
        "text": "Dear Priya, the bath seat has not come.",
    }
    return WrittenContact(**facts | changes)


def sorted_as(*kinds: MailKind, **changes: Any) -> ContactSorting:
    """A sorting; by default to the practitioner about a person allocated to her."""
    answer: dict[str, Any] = {"kinds": frozenset(kinds or {MailKind.NAMED_WORKER})}
    if MailKind.NAMED_WORKER in answer["kinds"]:
        answer |= {
            "about_person": "P-101",
            "named_worker": "practitioner",
            "action_indicated": "chase the bath seat",
            "where_recorded": "case note 4711",
        }
    if MailKind.SAFEGUARDING in answer["kinds"]:
        answer |= {"nine_nine_nine_considered": True, "at_risk": WhoIsAtRisk.ADULT, "danger_or_crime": False}
    return ContactSorting(**answer | changes)


def sorted_for_somebody_on_leave(**changes: Any) -> ContactSorting:
    """To Tom Garrick (practitioner-2), who is allocated to P-103 and on leave for two years."""
    return sorted_as(**{"about_person": "P-103", "named_worker": "practitioner-2"} | changes)


def taken_by(*, acknowledged_by: Acknowledger | None = None, **changes: Any) -> ContactTransfer:
    """An acceptance; where somebody acknowledges, on the form that asks for it."""
    answer: dict[str, Any] = {"reply": HandoverReply.ACCEPT, "acknowledged_by": acknowledged_by} | changes
    wanted = acknowledged_by is not None or "acknowledgement_sent" in changes
    return AcknowledgedContactTransfer(**answer) if wanted else ContactTransfer(**answer)


def refused(reason: str = "I have handed P-101 on.") -> ContactTransfer:
    """A refusal with its reason."""
    return ContactTransfer(reply=HandoverReply.REFUSE, reason=reason)


def nobody_in_time(**changes: Any) -> AvailabilityEnquiry:
    """Neither is the worker back nor does the service deal with letters."""
    return AvailabilityEnquiry(**{"found_by": FoundBy.COLLEAGUE, "service_deals_with_it": False} | changes)


def acted(**changes: Any) -> ActionsMeanwhile:
    """What duty did meanwhile."""
    return ActionsMeanwhile(**{"actions_taken": "rang the supplier, new date asked for"} | changes)


def told(**changes: Any) -> PersonTold:
    """The person was reached, and somebody is to be in touch by Wednesday 14 January 2026."""
    agreed = {"contact_by": date(2026, 1, 14), "fallback": "he rings duty"}
    return PersonTold(**{"reached": True, "how": "by telephone"} | agreed | changes)


def not_reached(**changes: Any) -> PersonTold:
    """Nobody picked up."""
    return PersonTold(**{"reached": False, "how": "rang twice, no answer"} | changes)


def back_and(reply: HandoverReply = HandoverReply.ACCEPT, **changes: Any) -> ContactOnReturn:
    """The reply of a worker who is back."""
    return ContactOnReturn(**{"reply": reply, "reason": "" if reply is HandoverReply.ACCEPT else "not mine"} | changes)


NOTE = RecordMade(note_id="note 815")
SETTLED = SettledAtDuty(what_was_done="ordered the bath seat anew")


def sorted_contact(office: Office, sorting: ContactSorting, channel: Channel = Channel.EMAIL) -> str:
    """A letter that has come and was sorted; gives the case's ref."""
    case = office.start(written_contact_transfer, letter(channel))
    office.answer(case, sorting, by="duty-worker")
    return case


def contact_for_somebody_away(office: Office, channel: Channel = Channel.EMAIL, **sorting: Any) -> str:
    """A letter to somebody on leave whose service does not deal with it: duty is to act and to tell the person."""
    case = sorted_contact(office, sorted_for_somebody_on_leave(**sorting), channel)
    office.answer(case, nobody_in_time(), by="duty-worker")
    return case


def contact_left_for_return(office: Office, channel: Channel = Channel.EMAIL, **agreed: Any) -> str:
    """As before; duty has acted, the person was told, and the message waits for the worker."""
    case = contact_for_somebody_away(office, channel)
    office.answer(case, acted(), by="duty-worker")
    office.answer(case, told(**agreed), by="duty-worker")
    return case


def read_beside(office: Office, case: str, form: type[Form]) -> str:
    """What stands beside the latest work item of that form."""
    with office.council.database.read() as session:
        item = session.scalars(
            select(WorkItem)
            .where(WorkItem.case_ref == case, WorkItem.form == form.name())
            .order_by(WorkItem.opened_at.desc(), WorkItem.key.desc())
        ).first()
        assert item is not None, f"{form.name()} was never asked"
        return worklist.about(session, item)


def asked(office: Office, case: str) -> list[str]:
    """The forms that are open and of whom, by name, without their times: "ContactTransfer of practitioner"."""
    return sorted(line.split(", due")[0] for line in office.waiting_for(case) if " of " in line)


def forms_answered(office: Office, case: str) -> int:
    """How many forms people have filled in for a case."""
    return sum(" answered: " in line for line in office.story_of(case))


def record_of(office: Office, case: str) -> str:
    """The record as it was written."""
    written = [line for line in office.story_of(case) if "Wrote the record" in line]
    return written[-1] if written else ""


def register_is_fresh(office: Office, on: date) -> None:
    """The recording system's extract of that day was imported, and nothing in it had changed."""
    with office.council.database.write() as session:
        for kind in ExtractKind:
            session.add(
                RegisterImport(
                    imported_at=datetime(on.year, on.month, on.day, 6, tzinfo=UTC),
                    kind=kind,
                    file=f"{kind}.csv",
                    rows=0,
                    rejected=0,
                    full=False,
                    extract_date=on,
                    optional_columns="safe_contact" if kind is ExtractKind.PEOPLE else "",
                )
            )
