"""Cases that Prefect knows and the database has lost: what came in is fetched again."""

from __future__ import annotations

from models.forms.alarms import LostCase, LostCasesFacts, LostCasesFetched
from models.notices import Interruption, Recipient
from models.roles import Role
from models.working_time import for_people
from tasks.durable import Verb, ask, procedure, tell


@procedure(follows="Safe Pathways: no message is lost", somebody_waits=False)
def lost_cases(lost: LostCasesFacts) -> str:
    """
    See that people are served whose cases were opened after the backup that the database came from.

    Duty hears of it at once: somebody may wait for an answer that nobody knows of. Whoever keeps the systems running
    has what came in delivered again, or has the senders asked, and says how; silence is chased and told to the
    managers above.
    """
    unseen = Interruption.REACHED_NOBODY
    tell(Role.DUTY_WORKER, Verb.CHECK, "cases-that-the-record-has-lost", urgent=True, interrupts=unseen)
    ask(LostCasesFetched, of=Role.SYSTEMS, about=in_words(lost), urgent=True)
    return "seen to"


def in_words(lost: LostCasesFacts) -> str:
    """Each case with when it was opened and the last that is known of it, one on a line."""
    lines = [_line(one) for one in lost.cases]
    return "\n".join(
        [
            "The database came from a backup that is older than these cases; what was to happen first stands first. "
            "Have their messages delivered again from the mail server's copies, or ask the senders and the people who "
            "sorted them. A case that another case had opened has no message: it comes back, under another reference, "
            "when the questions of that case are answered again.",
            *lines,
        ]
    )


def _line(one: LostCase) -> str:
    whom = " and ".join(Recipient.from_tag(tag).words for tag in one.awaited)
    return "".join(
        [
            f"{one.ref}: {one.procedure}, opened {for_people(one.opened_at)}, last seen as: {one.last_seen}",
            f", asked of {whom}" if whom else "",
            f", next at {for_people(one.next_due)}" if one.next_due else "",
        ]
    )
