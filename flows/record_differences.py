"""The daily list of differences: a team sees to what differs between the recording system and our open cases."""

from __future__ import annotations

from enum import StrEnum

from models.forms.recording import DailyDifferences, DifferencesSeen, MorningCame
from models.notices import Recipient
from tasks.difference_lists import enter_seen, list_differences
from tasks.durable import Verb, decision, first_of, procedure, signal, team, tell, withdraw
from tasks.durable.in_force import policy


class ListOutcome(StrEnum):
    """How a list of differences ended."""

    ALL_SEEN = "all seen to"
    """Somebody has seen to every line and said what was done."""


@procedure(
    follows="Where a note lives, and what the recording system shows otherwise (GAP-55)",
    somebody_waits=False,
)
def record_differences(listed: DailyDifferences) -> ListOutcome:
    """
    See that what the recording system shows and our open cases do not is seen to by the team concerned.

    The team has one list, opened in the morning, and by the next working day somebody says what was done about it:
    about all of its lines, or about some. What is left, and what was found meanwhile, stands on the next morning's
    list in the same case. A list that lies for longer than policy lets it is told to the team's leader each morning,
    and later to the team manager as well.
    """
    while True:
        seen = list_differences(listed.team)
        if not seen.lines:
            return ListOutcome.ALL_SEEN
        if seen.also_tell:
            tell([Recipient.from_tag(tag) for tag in seen.also_tell], Verb.CHECK, "differences-not-seen-to")
        asked = decision(
            DifferencesSeen,
            of=team(listed.team),
            about=seen.to_read,
            wanted_within=policy().gaps.record_ends.differences_seen_within,
        )
        match first_of(asked, signal(MorningCame)):
            case DifferencesSeen() as answer:
                if enter_seen(seen, answer) == 0:
                    return ListOutcome.ALL_SEEN
                first_of(signal(MorningCame))
            case MorningCame():
                withdraw(asked)
