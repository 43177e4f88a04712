"""The one list in words, for the page and for the command: why to beware, what is awaited and of whom."""

from __future__ import annotations

from collections.abc import Callable

from models.forms.base import Form
from models.notices import Recipient
from tasks.as_of import ERASED, Awaited
from tasks.unseen.cases import OpenCase, is_handover
from tasks.unseen.lines import Beware, Line, OneList

Whose = Callable[[str], str]
"""Says in words who stands behind a tag."""

WHY = {
    Beware.NEEDS_ATTENTION: "A case stands still until somebody has seen to it",
    Beware.OVERDUE: "Something was due and has not been done",
    Beware.NO_DATE: "Nothing is due on any day",
    Beware.NOT_OURS: "The recording system shows them as waiting, and there is no case here",
    Beware.NO_OWNER: "They are placed out of area, and nobody looks after that by name",
    Beware.NOT_LOOKED_AT: "A message came, and nothing has looked yet at what it is",
}
"""Why nobody may be looking after somebody, as a sentence without its stop."""
NOT_LOOKED_AT = "a message nothing has looked at"


def whose(tag: str) -> str:
    """Who stands behind a tag, staff by their id."""
    return tag if not tag or tag == ERASED else Recipient.from_tag(tag).words


def what_is_asked(question: Awaited) -> str:
    """A question in words; a handover says that nobody has accepted yet."""
    title, _ = Form.words_for(question.name)
    return f"not accepted: {title}" if is_handover(question) else title


def awaited_in_words(line: Line, whose: Whose = whose) -> list[str]:
    """Everything that a line waits for."""
    said = [words for case in line.cases for words in case_in_words(case, whose)]
    said += [shown_in_words(one.team) for one in line.shown]
    return said + ([NOT_LOOKED_AT] if line.message is not None else [])


def shown_in_words(team: str) -> str:
    """That the recording system shows somebody on a team's tray and we have no case."""
    return f"shown on {team}'s tray, and no case of ours"


def case_in_words(case: OpenCase, whose: Whose = whose) -> list[str]:
    """What a case waits for: its questions, else the next contact on the tray, else its dates."""
    if case.is_erased:
        return [f"{case.procedure.replace('-', ' ')}: erased since"]
    if case.questions:
        return [question_in_words(one, whose) for one in case.questions]
    if case.tray is not None and case.next_date is not None:
        return ["on the tray: the next contact"]
    return [f"{case.procedure.replace('-', ' ')}: {_moments(case)}"]


def question_in_words(question: Awaited, whose: Whose = whose) -> str:
    """What is asked, and of whom."""
    return f"{what_is_asked(question)}, asked of {whose(question.of or '')}"


def count_in_words(found: OneList) -> str:
    """How many wait, and after how many of them nobody may be looking."""
    waits = f"{len(found.lines)} {'waits' if len(found.lines) == 1 else 'wait'}"
    return f"{waits}; nobody may be looking after {len(found.unattended)} of them."


def restricted_in_words(found: OneList) -> str:
    """That there are restricted cases besides; empty where there are none."""
    if not found.restricted:
        return ""
    more = "case is" if found.restricted == 1 else "cases are"
    return f"{found.restricted} restricted {more} open besides, of which nothing is told here."


def erased_in_words(found: OneList) -> str:
    """That what some cases said was erased since; empty where none was."""
    if not found.erased:
        return ""
    those = "1 case" if found.erased == 1 else f"{found.erased} cases"
    return f"Of {those} no more is told than that somebody waited: what was written there was erased since."


def _moments(case: OpenCase) -> str:
    named = sorted(
        {one.name.replace("-", " ") for one in case.awaited if one.due is not None and one.due == case.next_date}
    )
    if named:
        return ", ".join(named)
    return f"case {case.awaited[0].name}" if case.is_left_to_another else "nothing with a date"
