"""Taking over a tray: what had been missed before an existing list was taken over is one list for its manager."""

from __future__ import annotations

from enum import StrEnum

from models.forms.tray_signals import AllocationWanted, EscalationWanted
from models.forms.tray_takeover import TakeoverSeen, TrayTakeover
from models.notices import Recipient
from tasks.durable import Verb, answered_by, ask, procedure, send, staff, tell
from tasks.durable.in_force import policy
from tasks.tray.takeover import enter_takeover_seen, list_takeover, look_up_who_hears_of_takeover


class TakeoverOutcome(StrEnum):
    """How taking over a tray ended."""

    ALL_SEEN = "all seen to"
    """The manager has said of everybody what is done, or they no longer wait."""


@procedure(
    title="Taking over a tray",
    follows="Managing Planned Work Trays, March 2023: advising managers about cases on the tray",
    somebody_waits=False,
)
def tray_takeover(taken: TrayTakeover) -> TakeoverOutcome:
    """
    See that everybody who had waited too long before their list was taken over is looked at by the manager.

    They stand on one list, worst first, instead of in an alarm each; each of them waits on in a case of their own, in
    which an overdue contact is asked for. The managers above hear once of all of them. The manager says what is done
    about whom; who was left out stands on the next list, and if nobody answers it is chased and goes to the managers
    above.
    """
    above = look_up_who_hears_of_takeover(taken)
    if above:
        who = [Recipient.from_tag(tag) for tag in above]
        tell(who, Verb.READ, "tray-taken-over-with-people-over-limits", clauses="PWT-59 PWT-61 GAP-17")
    times, seen = policy().gaps.reasonable_time, tuple[str, ...]()
    while (listed := list_takeover(taken, seen)).people:
        answer = ask(
            TakeoverSeen,
            of=staff(taken.manager),
            about=listed.to_read,
            urgent=listed.cannot_wait,
            wanted_within=times.urgent if listed.cannot_wait else times.reasonable,
            clauses="PWT-11 PWT-59 GAP-15",
        )
        by, done = answered_by(TakeoverSeen), enter_takeover_seen(listed, answer)
        for case, worker, reasons in done.allocated:
            send(case, AllocationWanted(worker=worker, reasons=reasons), by=by, clauses="PWT-10 PWT-11")
        for case, reasons in done.escalated:
            send(case, EscalationWanted(reasons=reasons), by=by, clauses="PWT-59 PWT-60")
        seen += done.seen
    return TakeoverOutcome.ALL_SEEN
