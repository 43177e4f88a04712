"""How the end of a message to somebody outside comes back to the case that wanted it said."""

from __future__ import annotations

from models.entry_kinds import EntryKind
from models.forms.telling_people import MessageToPersonSettled, ReceiptSettled
from models.person_messages import MessageKind, PersonMessageState
from models.states import CaseStatus
from tasks.durable.arrivals import take_in_signal
from tasks.durable.council import Change
from tasks.durable.ledger import Fact, LockedCase


def come_back_to_case(
    change: Change, case: LockedCase, message_id: str, kind: MessageKind, state: PersonMessageState, reason: str
) -> None:
    """An open case hears what became of its message; a receipt is only entered, as nobody waits for it."""
    if case.status is CaseStatus.CLOSED:
        return
    if kind is MessageKind.TOLD:
        came = MessageToPersonSettled(message_id=message_id, state=state, reason=reason)
        take_in_signal(change, case.ref, came, signal_id=message_id)
        return
    settled = ReceiptSettled(message_id=message_id, state=state, reason=reason)
    text, data = f"Came: {settled.title} ({state})", settled.model_dump(mode="json")
    change.pen(case).enter(Fact(EntryKind.SIGNALLED, settled.slug(), text, settled.name(), data))
