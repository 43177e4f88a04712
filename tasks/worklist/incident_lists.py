"""Taking in a list of an incident's people that somebody sends: read, held against the register, told to its case."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import ValidationError

from models.forms.provider_failure import AffectedListCame
from models.permissions import Action
from models.provider_failure.kinds import ListSource
from models.working_time import local_day
from tasks.durable.council import Council
from tasks.provider_failure.reading_lists import ListRefused, ReadList, read_list
from tasks.worklist.members import Member
from tasks.worklist.scope import find_case
from tasks.worklist.signalling import SignalRefused, tell_case

_OF_A_PERSON = re.compile(r"people\.(\d+)\.(\w+: .*)", re.DOTALL)


def take_in_list_file(
    council: Council,
    member: Member,
    ref: str,
    content: bytes,
    *,
    source: ListSource,
    said_by: str,
    whole: bool,
    signal_id: str | None = None,
) -> ReadList:
    """
    Send an incident the list in a CSV file; gives what was read. The same `signal_id` counts once.

    Raises `ListRefused` with each bad row by its line, and then nothing is sent; `NotFound`, `CaseIsClosed`.
    """
    with council.database.read() as session:
        find_case(session, member, ref, Action.ACT_ON_CASE, local_day(council.clock.now()))
    found = read_list(content)
    try:
        came = AffectedListCame(source=source, said_by=said_by.strip(), whole=whole, people=found.people)
        tell_case(council, ref, came, by=member.id, signal_id=signal_id)
    except ValidationError:
        raise ListRefused(["say who sent it"]) from None
    except SignalRefused as refused:
        raise ListRefused(_by_line(refused.problems, found)) from None
    return found


def _by_line(problems: Sequence[str], found: ReadList) -> list[str]:
    """What the case's own checks found, by the line of the file instead of the place in the list."""
    named = ((_OF_A_PERSON.fullmatch(one), one) for one in problems)
    return [f"line {found.lines[int(of[1])]}: {of[2]}" if of else one for of, one in named]
