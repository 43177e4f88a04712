"""What every form and signal is: frozen, closed to unknown fields, and silent about its input when it is refused."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from models.errors import PathwaysError
from models.notices import Interruption
from models.reablement.naming import NamedInPlan
from models.roles import Role
from models.unfit import FIRST_YEAR, LAST_YEAR, has_nul, is_out_of_time, is_too_deep


class AnswerRefused(PathwaysError):
    """The answer does not meet the form; the message names every problem, never what was typed."""

    def __init__(self, form: str, problems: list[str]) -> None:
        super().__init__(f"{form} was not accepted; put right and send again: " + "; ".join(problems))
        self.form = form
        self.problems = problems


class UnknownForm(PathwaysError):
    """No form or signal has that name in this version of the code."""


@dataclass(frozen=True)
class ShownWhen:
    """A field is asked for only where another field of the same model has one of these values, or one of them in it."""

    field: str
    """The other field: a choice, several choices, or yes and no."""
    values: tuple[StrEnum | bool, ...]


class _Asked(BaseModel):
    """Something that people fill in, field by field; a part that a form is made of may say the same two things."""

    labels: ClassVar[dict[str, str]] = {}
    """What a field is called, where its name in words does not say it; one that asks yes or no ends with "?"."""
    shown_when: ClassVar[dict[str, ShownWhen]] = {}
    """Fields that are asked for only with some answers to another; what is given all the same is read and checked."""
    plan_fields: ClassVar[dict[str, NamedInPlan]] = {}
    """Fields that name something of a reablement plan: what it has is offered, and its id is stored."""
    file_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields with the id of a kept file: a page takes the file itself in, and writes its id there."""

    @field_validator("*")
    @classmethod
    def _not_out_of_time(cls, given: Any) -> Any:
        if isinstance(given, date) and is_out_of_time(given):  # a datetime is a date
            raise ValueError(f"give a day between {FIRST_YEAR} and {LAST_YEAR}")
        return given


class _Dated(_Asked):
    """Something with days in it that cannot be just any."""

    past_dates: ClassVar[frozenset[str]] = frozenset()
    """Fields that say when something was done: never later than today."""
    coming_dates: ClassVar[frozenset[str]] = frozenset()
    """Fields that say when something is to be done: never before today, nor years ahead."""
    recent_dates: ClassVar[frozenset[str]] = frozenset()
    """Those of `past_dates` that lie a year back at most: whatever is earlier is a slip of the pen."""


class FilledIn(_Dated):
    """What a person fills in and sends: an answer, something that a case is told, or what a case is opened with."""

    asks_about_safeguarding: ClassVar[bool] = False
    """Whether it is asked first, as a step of its own, if anybody is at risk of abuse or neglect (GAP-10)."""

    @classmethod
    def answer_schema(cls) -> dict[str, Any]:
        """The JSON Schema of what is sent, with what is said beside its own fields where it asks for that."""
        schema = cls.model_json_schema()
        if cls.asks_about_safeguarding:
            nobody = {
                "const": True,
                "title": "Nobody at risk",
                "description": "You were asked whether anybody is at risk of abuse or neglect, and nobody is.",
            }
            schema["properties"] = {**schema.get("properties", {}), "nobody_at_risk": nobody}
        return schema


class _Answerable(FilledIn):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
    )

    title: ClassVar[str]
    """What a person calls it, in lower case, such as "sorting the contact"."""
    version: ClassVar[int] = 1
    """Raised when an old answer would mean something else."""

    @property
    def reached_the_person(self) -> bool:
        """Whether it tells that somebody really reached the person, or somebody who stands for them."""
        return False

    @property
    def reached_on(self) -> date | None:
        """The day on which they were reached, where that may be before the day on which it is said."""
        return None

    @classmethod
    def name(cls) -> str:
        """The name in ledgers, policies and on the command line, such as `TrayDecision`."""
        return cls.__name__

    @classmethod
    def slug(cls) -> str:
        """The name in keys and notices, such as `tray-decision`."""
        return _slug(cls.__name__)

    @classmethod
    def read(cls, answer: Any) -> Any:
        """The form made from what was sent. Raises `AnswerRefused` naming every problem."""
        if is_too_deep(answer):
            raise AnswerRefused(
                cls.title, ["the answer: it is nested too deeply; send the fields as the form has them"]
            )
        if has_nul(answer):
            raise AnswerRefused(cls.title, ["the answer: take out the character NUL, which no record can keep"])
        try:
            return cls.model_validate(answer)
        except ValidationError as refused:
            problems = [_problem(error) for error in refused.errors(include_input=False, include_url=False)]
        raise AnswerRefused(cls.title, problems)


class RegisterKind(StrEnum):
    """What a field of a form names in the register."""

    STAFF = "member of staff"
    """A staff id; one who has left still counts, as a letter may name them."""
    SERVING_STAFF = "member of staff who has not left"
    """A staff id of somebody who can be given work."""
    TEAM = "team"
    """A team id."""
    PERSON = "person"
    """A person's register id."""
    PROVIDER = "provider"
    """The id of an organisation that gives care; one that has closed still counts, as a concern may name it."""


class Form(_Answerable):
    """A decision that a person must make. Subclasses say `title`, and what it asks in their fields."""

    register_fields: ClassVar[dict[str, RegisterKind]] = {}
    """Fields that name somebody or a provider in the register; an answer that names none there is refused."""

    chased: ClassVar[bool] = True
    """Whether silence is chased at policy's times; False where the procedure looks after it by a clock of its own."""

    is_told: ClassVar[bool] = True
    """Whether whoever is asked gets a notice; False where a list on which it stands is their worklist."""

    interrupts: ClassVar[Interruption | None] = None
    """Why its first notice interrupts, whatever the item is about; None: only where the item is urgent."""

    deciders: ClassVar[tuple[Role, ...]] = ()
    """The roles that alone may answer it, whoever stands above them; empty: those asked, and managers above."""

    only_who_is_asked: ClassVar[bool] = False
    """Whether somebody asked by name answers it alone, and no manager for them: they take something on themselves."""

    nobody_in_their_stead: ClassVar[bool] = False
    """Whether it is asked of nobody else where somebody asked by name has left: the case hears it (`AskedHasLeft`)."""

    has_legal_weight: ClassVar[bool] = False
    """Whether a decision, a disclosure or a leaving hangs on it: whoever answers checks it before it is sent."""

    may_concern_safety: ClassVar[bool] = True
    """Whether somebody may be in danger where it is asked: the way to 999 stands before it. False for paperwork."""

    for_on_call: ClassVar[bool] = True
    """Whether it is on call's while the office is closed, where it is urgent; False where it can wait for the day."""

    on_call_before_opening: ClassVar[bool] = False
    """Whether it is on call's as well where it is wanted before the office opens, though it is not urgent."""

    causes: ClassVar[tuple[str, ...]] = ()
    """What its answers cause, in sentences, where that is the same for all of them or can be said in a few words."""

    _known: ClassVar[dict[str, type[Form]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Form._known[cls.name()] = cls

    @property
    def in_words(self) -> str:
        """What was answered, for the story: every field that was filled in; empty where none was."""
        said = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if value in (field.get_default(call_default_factory=True), None, ""):
                continue
            shown = "yes" if value is True else "no" if value is False else value
            if isinstance(value, frozenset | tuple):
                shown = ", ".join(sorted(str(one) for one in value))
            said.append(f"{name.replace('_', ' ')}: {shown}")
        return f" ({'; '.join(said)})" if said else ""

    @classmethod
    def named(cls, name: str) -> type[Form]:
        """The form with that name. Raises `UnknownForm`."""
        known = Form._if_known(name)
        if known is None:
            raise UnknownForm(f"this version knows no form {name!r}: install the version that asked for it")
        return known

    @classmethod
    def _if_known(cls, name: str) -> type[Form] | None:
        """The form with that name, where this version has it."""
        if name not in Form._known:
            _import_every_form()
        return Form._known.get(name)

    @classmethod
    def words_for(cls, name: str) -> tuple[str, str]:
        """Title and slug of the form with that name; made from the name where this version no longer has it."""
        known = Form._known.get(name)
        if known is not None:
            return known.title, known.slug()
        slug = _slug(name)
        return slug.replace("-", " "), slug

    @classmethod
    def deciders_of(cls, name: str) -> tuple[Role, ...]:
        """The roles that alone may answer the form of that name; empty where it names none."""
        known = Form._if_known(name)
        return () if known is None else known.deciders

    @classmethod
    def is_only_for_who_is_asked(cls, name: str) -> bool:
        """Whether nobody answers the form of that name for somebody else who was asked by name."""
        known = Form._if_known(name)
        return known is not None and known.only_who_is_asked

    @classmethod
    def is_asked_in_no_stead(cls, name: str) -> bool:
        """Whether the form of that name is asked of nobody else where somebody asked by name has left."""
        known = Form._if_known(name)
        return known is not None and known.nobody_in_their_stead

    @classmethod
    def is_chased(cls, name: str) -> bool:
        """Whether the form of that name is chased; so is one that this version no longer has."""
        known = Form._if_known(name)
        return known is None or known.chased

    @classmethod
    def tells_of(cls, name: str) -> bool:
        """Whether whoever is asked by the form of that name gets a notice; so by one that this version has no more."""
        known = Form._if_known(name)
        return known is None or known.is_told

    @classmethod
    def is_on_calls(cls, name: str, *, urgent: bool, before_opening: bool) -> bool:
        """
        Whether the form of that name is on call's while the office is closed, where it is urgent, or wanted before the
        office opens; so is an urgent one that this version no longer has.
        """
        known = Form._if_known(name)
        if known is None:
            return urgent
        if not known.for_on_call or not known.may_concern_safety:
            return False
        return urgent or (before_opening and known.on_call_before_opening)

    @classmethod
    def on_call_before_opening_forms(cls) -> tuple[str, ...]:
        """Names of the forms that are on call's as well where they are wanted before the office opens."""
        _import_every_form()
        return tuple(sorted(name for name, form in Form._known.items() if form.on_call_before_opening))

    @classmethod
    def interruption_by(cls, name: str) -> Interruption | None:
        """Why the first notice about a form of that name interrupts; None where this version no longer has it."""
        known = Form._known.get(name)
        return None if known is None else known.interrupts


class Signal(_Answerable):
    """A message from outside to an open case."""

    read_by_owner: ClassVar[bool] = False
    """Whether it also becomes a work item of the case's owner, so that it is read whatever the flow waits for."""
    read_urgently: ClassVar[bool] = False
    """Whether that work item is urgent."""
    by_hand: ClassVar[bool] = True
    """Whether a person may send it; others come from the system itself."""
    managers_only: ClassVar[bool] = False
    """Whether only a manager of the line may send it by hand: it decides something."""
    register_fields: ClassVar[dict[str, RegisterKind]] = {}
    """Fields that name somebody in the register."""
    not_asked: ClassVar[dict[str, str]] = {}
    """Fields that a page does not ask for, and what stands in them where a person sends it."""

    _known: ClassVar[dict[str, type[Signal]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Signal._known[cls.name()] = cls

    @classmethod
    def named(cls, name: str) -> type[Signal]:
        """The signal with that name. Raises `UnknownForm`."""
        _import_every_form()
        for known in Signal._known.values():
            if name in (known.name(), known.slug()):
                return known
        names = ", ".join(sorted(Signal._known))
        raise UnknownForm(f"there is no signal of that name; the signals are: {names}")

    @classmethod
    def every(cls) -> tuple[type[Signal], ...]:
        """Every signal of this version."""
        _import_every_form()
        return tuple(Signal._known.values())

    @classmethod
    def words_for(cls, name: str) -> str:
        """The title of the signal with that name; made from the name where this version no longer has it."""
        known = Signal._known.get(name)
        return _slug(name).replace("-", " ") if known is None else known.title


class CaseFacts(FilledIn):
    """What a case is opened with. Kept in its first ledger entry's payload and handed to the flow."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    set_to_opener: ClassVar[frozenset[str]] = frozenset()
    """Fields with the tag of whoever opens the case, where somebody does so by hand: a page does not ask for them."""
    set_to_now: ClassVar[frozenset[str]] = frozenset()
    """Fields in which a page writes the present time, for whoever opens the case to change."""
    living: ClassVar[frozenset[str]] = frozenset()
    """Fields that name a person of the register for whom nothing can begin any more once they have died."""
    cases_about: ClassVar[dict[str, str]] = {}
    """Fields that name an open case, each with the field that names whom that case must be about."""


FormT = TypeVar("FormT", bound=Form)
SignalT = TypeVar("SignalT", bound=Signal)


@functools.cache
def _import_every_form() -> None:
    """Make every form and signal of `models/forms/` known, whichever flows were imported."""
    package = importlib.import_module("models.forms")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"models.forms.{module.name}")


def reaching_forms() -> dict[str, type[Form] | type[Signal]]:
    """The forms and signals, by name, that can tell that somebody really reached the person."""
    _import_every_form()
    every: list[type[Form] | type[Signal]] = [*Form._known.values(), *Signal._known.values()]
    return {one.name(): one for one in every if one.reached_the_person is not _Answerable.reached_the_person}


def _slug(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _problem(error: Any) -> str:
    """One problem in words: where, and what is wrong; validators' own sentences stand as they are."""
    place = ".".join(str(part) for part in error["loc"]) or "the answer"
    return f"{place}: {error['msg'].removeprefix('Value error, ')}"
