"""Everything held on one case as a page of HTML that needs nothing else, and the names of the originals beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from deployments.harmless import harmless
from models.cases import Case
from models.forms.base import Form
from models.mail import MailDoor
from models.notices import Recipient
from models.working_time import for_people
from tasks.audit.case_file import CaseFile, MessageOnFile
from tasks.durable.seeing import NEUTRAL_NAME
from tasks.originals import enclosed_file

LONG = 200
"""Characters from which on a text that stood in an earlier entry is not written out again."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def page_of(
    file: CaseFile, *, made_at: datetime, made_for: str, originals: Mapping[str, Sequence[str]] | None = None
) -> str:
    """The page. `originals` says under which file names each message's original lies beside it."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        label=_label,
        moment=for_people,
        whom=lambda tag: Recipient.from_tag(tag).words,
        form=lambda name: Form.words_for(name)[0].capitalize(),
        in_words=in_words,
        once=_once(file),
        kind_of_case=_kind_of_case,
    )
    names = {message.mail.id: list((originals or {}).get(message.mail.id, ())) for message in file.messages}
    return environment.get_template("case_file.html").render(
        file=file,
        made_at=made_at,
        made_for=made_for,
        originals=names,
        senders=list(dict.fromkeys(_senders(file))),
        parts=_parts(file),
    )


def _parts(file: CaseFile) -> list[tuple[str, str, int | None]]:
    return [
        ("opened-with", "What the case was opened with", None),
        ("story", "The story", len(file.entries)),
        ("questions", "Questions that are still open", len(file.questions)),
        ("messages", "Messages that came", len(file.messages)),
        ("told", "Messages to people", len(file.told)),
        ("notices", "Notices to staff", len(file.notices)),
        ("notes", "Notes for the recording system", len(file.notes)),
        ("family", "Cases it belongs with", len(file.children) + (file.parent is not None)),
        ("beside", "Held beside it", sum(len(rows) for _, rows in file.beside)),
        ("looks", "Who looked", len(file.looks)),
    ]


def in_words(value: Any) -> str:
    """A value as people read it: yes and no, days and times written out."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return for_people(value.replace(tzinfo=UTC) if value.tzinfo is None else value)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return _read(value, lambda: for_people(datetime.fromisoformat(value)))
    if isinstance(value, date):
        return f"{value:%A} {value.day} {value:%B %Y}"
    if isinstance(value, str) and _DAY.fullmatch(value):
        return _read(value, lambda: in_words(date.fromisoformat(value)))
    return "nothing" if value is None else str(value)


def _read(value: str, words: Callable[[], str]) -> str:
    try:
        return words()
    except (ValueError, OverflowError):  # it looks like a time and is none
        return value


def _label(name: object) -> str:
    words = str(name).replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def _kind_of_case(case: Case) -> str:
    return (NEUTRAL_NAME if case.restricted else _label(case.procedure)).lower()


def _shown(value: Any) -> Any:
    """What is put on the page: nothing of it turns the direction of writing or is no character at all."""
    if isinstance(value, Markup):
        return value
    return "" if value is None else harmless(str(value))


def _once(file: CaseFile) -> Callable[[Any, int], Any]:
    """A filter that writes a long text out in the first entry that has it, and refers to that one from then on."""
    seen: dict[str, str] = {}
    for text in _long_texts(file.opened_with):
        seen.setdefault(text, "The same text as above, where the case was opened.")

    def once(value: Any, no: int) -> Any:
        if isinstance(value, dict):
            return {name: once(one, no) for name, one in value.items()}
        if isinstance(value, list):
            return [once(one, no) for one in value]
        if not isinstance(value, str) or len(value) < LONG:
            return value
        here = f"The same text as in entry {no}."
        known = seen.setdefault(value, here)
        return value if known == here else known

    return once


def _long_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= LONG:
        yield value
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _long_texts(one)


def _senders(file: CaseFile) -> Iterator[str]:
    """Everybody who wrote something that came, also inside a message of another's."""
    for read in (message.read for message in file.messages if message.read is not None):
        written_by = [(read.from_name, read.from_address)]
        written_by += [(inside.from_name, inside.from_address) for inside in read.forwarded]
        yield from (name or address or "" for name, address in written_by if name or address)


# ------------------------------------------------------------------ files


def files_of(message: MessageOnFile) -> Iterator[tuple[str, bytes]]:
    """A message's original and what was enclosed in it, each under a file name of its own."""
    mail = message.mail
    yield f"{mail.id}{'.txt' if mail.door == MailDoor.WEBHOOK else '.eml'}", mail.raw
    for index, enclosed in enumerate(message.read.attachments if message.read else ()):
        yield f"{mail.id}-{index + 1}-{safe_name(enclosed.name)}", enclosed_file(mail.door, mail.raw, index)


def safe_name(name: str) -> str:
    """A file name that stays in its folder and that every system can write, whatever the sender called it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip(".")[-80:] or "file"


def as_bytes(page: str) -> bytes:
    """The page as it is written."""
    return page.encode("utf-8", "backslashreplace")
