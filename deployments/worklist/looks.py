"""How pages are written: Jinja with the GOV.UK components, everything escaped, times and names in people's words."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader, Undefined
from markupsafe import Markup

from deployments.harmless import harmless
from models.forms.base import Form, Signal
from models.notices import Recipient
from models.working_time import LONDON, for_people, local_day

TEMPLATES = Path(__file__).parent / "templates"


class _KnownName(Undefined):
    """A name that nobody gave a page is a mistake of ours; a parameter left out of a component is not."""

    def _fail_if_name(self) -> None:
        is_attribute = self._undefined_obj is not None and not repr(self._undefined_obj).startswith("<missing")
        if not is_attribute and self._undefined_name != "caller":
            self._fail_with_undefined_error()

    def __str__(self) -> str:
        self._fail_if_name()
        return super().__str__()


def environment() -> Environment:
    """The environment of every page."""
    found = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(TEMPLATES),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        undefined=_KnownName,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,
    )
    found.filters.update(
        moment=for_people,
        day=day_in_words,
        day_of=lambda moment: day_in_words(local_day(moment)),
        whom=whom,
        form=lambda name: capital(Form.words_for(name)[0]),
        signal=lambda name: capital(Signal.words_for(name)),
        label=label,
        capital=capital,
        iso=lambda moment: moment.isoformat(),
        paragraphs=paragraphs,
        harmless=lambda text: harmless(str(text)),
        hour=hour,
        clock=clock,
        short=short,
        day_short=lambda day: f"{day.day} {day:%B %Y}",
        size=size_in_words,
    )
    return found


def day_in_words(day: date | datetime | None) -> str:
    """A day as people write it: Monday 30 November 2026."""
    return "" if day is None else f"{day:%A} {day.day} {day:%B %Y}"


def hour(moment: datetime) -> str:
    """The time of day in London as people write it: 9:30am."""
    return for_people(moment).rpartition(", ")[2]


def clock(moment: datetime) -> str:
    """The time of day in London as a timetable has it: 09:30."""
    return f"{moment.astimezone(LONDON):%H:%M}"


def short(moment: datetime) -> str:
    """A time in London as a crowded table has it: Mon 5 Jan, 09:30."""
    local = moment.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def size_in_words(size: int) -> str:
    """A length in bytes as people read it: 340 KB, 2.5 MB."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.0f} KB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"


def whom(tag: str) -> str:
    """Who stands behind a tag, in words."""
    return Recipient.from_tag(tag).words


def label(name: object) -> str:
    """A name of ours as a label: `in_hospital` becomes "In hospital"."""
    return capital(str(name).replace("_", " ").replace("-", " "))


def capital(text: str) -> str:
    """The text with a capital letter at its beginning; the rest as it is."""
    return text[:1].upper() + text[1:]


def paragraphs(text: Any) -> Markup:
    """A text that people wrote, as paragraphs, its lines kept; nothing in it is HTML."""
    parts = [part for part in str(text).replace("\r\n", "\n").split("\n\n") if part.strip()]
    lines = (Markup("<br>").join(part.strip("\n").split("\n")) for part in parts)
    return Markup("").join(Markup('<p class="govuk-body">{}</p>').format(one) for one in lines)
