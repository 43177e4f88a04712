"""A tray whose days are seconds, by its policy file alone, and a person's way through it as seen from outside."""

from __future__ import annotations

import re
from pathlib import Path

from deployments.example_council import example_policy_text
from models.decision_tables.levels import Rag
from models.forms.handover import HandoverReply
from models.forms.tray_allocation import AllocationReply
from models.forms.tray_signals import AllocationWanted
from models.forms.tray_waiting import ContactReview, TrayPlacement
from models.notices import Recipient
from models.policy import Policy, load_policy
from tasks.durable.arrivals import send_signal
from tasks.durable.cases import open_new
from tests.procedures.tray_stories import rated, reached
from tests.real_prefect.conftest import eventually
from tests.real_prefect.outside import Outside

WHOM = "P-104"
IN_SECONDS = {"fortnight": "PT30S", "warn_after": "PT20S", "breach_after": "PT45S"}


def write_policy_in_seconds(file: Path) -> Policy:
    """The example council's policy with seconds in the place of days for contact, warning and breach."""
    text = example_policy_text()
    for name, length in IN_SECONDS.items():
        text, changed = re.subn(rf'(?m)^{name} = ".*"$', f'{name} = "{length}"', text)
        assert changed == 1, name
    file.write_text(text, encoding="utf-8")
    return load_policy(file)


def live_through_a_tray_in_seconds(outside: Outside) -> str:
    """Placed, contacted twice, brought before the strategic manager, allocated and accepted; gives the case's ref."""
    now = outside.council.clock.now()
    place = TrayPlacement(person=WHOM, team="hazel", requested_at=now, placed_by="team-leader", rated=rated(Rag.AMBER))
    ref = open_new(outside.council, "pwt-review", place, owner=Recipient.staff("team-leader"))
    for _ in range(2):
        outside.answer(ref, reached(), "duty-worker")
        eventually(lambda: outside.open_form(ref, ContactReview) is None, 240)
    eventually(lambda: outside.children(ref, "pwt-escalation"), 240)
    send_signal(outside.council, ref, AllocationWanted(worker="practitioner-4"), by="team-leader")
    outside.wake(ref)
    (allocation,) = eventually(lambda: outside.children(ref, "pwt-allocation"), 240)
    outside.answer(allocation, AllocationReply(reply=HandoverReply.ACCEPT), "practitioner-4")
    eventually(lambda: outside.case(ref).status == "closed", 240)
    return ref
