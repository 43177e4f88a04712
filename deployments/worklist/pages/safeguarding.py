"""The safeguarding question before a form, and the short form of a concern, which is raised at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from deployments.worklist.begun_forms import BegunForm, Shown, serve
from deployments.worklist.forms import pairs_from
from deployments.worklist.looks import capital
from deployments.worklist.pages.answer import in_two
from deployments.worklist.pages.signals import case_to_tell, thing_to_tell
from deployments.worklist.pages.start import ABOUT, opened_for, what_is_begun
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.forms.safeguarding import ConcernNoticed
from models.permissions import Action
from models.register import Person
from tasks.durable.worklist import note_opened
from tasks.worklist import safeguarding_begun, safeguarding_step, safeguarding_told
from tasks.worklist.asked import AskedItem, asked_item, sees
from tasks.worklist.safeguarding_step import KNOWN_BEFORE, known_of_a_concern, whom_it_is_about
from tasks.worklist.starting import whoever_opens
from tasks.worklist.submissions import SentForm

pages = Pages()
AT_RISK = "at_risk"


@dataclass(frozen=True)
class _Before:
    """The form that comes after the question."""

    form: str
    """Where it stands."""
    title: str
    back: str
    """Where they came from,"""
    back_words: str
    """and what it is called."""
    query: str = ""
    """What the address of the form has besides, with its question mark."""
    item: AskedItem | None = None

    @property
    def question(self) -> str:
        """Where the question stands."""
        return f"{self.form}/safeguarding{self.query}"

    @property
    def concern(self) -> str:
        """Where the concern is raised."""
        return f"{self.form}/safeguarding/concern{self.query}"

    @property
    def address(self) -> str:
        """The form with whatever its address has besides."""
        return f"{self.form}{self.query}"


# ------------------------------------------------------------------ before a work item's form


@pages.add("/work-items/{item}/safeguarding", Action.SEE_WORK, methods=("GET", "POST"))
def question(visit: Visit, item: str) -> Response:
    """Is anybody at risk? No leads to the form, yes to the concern; what was typed into the form before is kept."""
    asked = asked_item(visit.council, visit.member, item)
    visit.note_look("read-work-item", asked.case_ref)
    before = _before_item(asked)
    if not safeguarding_step.is_to_be_asked(visit.council, visit.member, asked):
        return visit.go(before.address)
    note_opened(visit.council, asked.id, by=visit.member.id)
    say = safeguarding_step.say_that_nobody_is
    return _question(visit, before, lambda: say(visit.council, asked.id, by=visit.member.id))


@pages.add("/work-items/{item}/safeguarding/concern", Action.SEE_WORK, methods=("GET", "POST"))
def concern(visit: Visit, item: str) -> Response:
    """The short form of a concern; once it is sent the concern is raised, and they are back at the work item's form."""
    asked = asked_item(visit.council, visit.member, item)
    visit.note_look("raise-concern", asked.case_ref)
    with visit.council.database.read() as session:
        known, people = known_of_a_concern(session, asked)

    def send(filled: ConcernNoticed, sent: SentForm) -> str:
        return safeguarding_step.raise_concern(visit.council, asked.id, filled, by=visit.member, form=sent)

    return _concern(visit, _before_item(asked), asked.case_ref, known, people, send)


def _before_item(asked: AskedItem) -> _Before:
    title, path = capital(asked.form.title), f"/work-items/{asked.id}"
    return _Before(path, title, "/work-items", "Back to your work", item=asked)


# ------------------------------------------------------------------ before a case is told something


@pages.add("/cases/{ref}/signals/{name}/safeguarding", Action.ACT_ON_CASE, methods=("GET", "POST"))
def question_before_telling(visit: Visit, ref: str, name: str) -> Response:
    """The same question, before an open case is told something by hand."""
    case, _people = case_to_tell(visit, ref)
    signal = thing_to_tell(visit, case, name)
    before = _before_telling(case.ref, name, signal.title)
    if not safeguarding_told.is_to_be_asked(visit.council, visit.member, case, signal):
        return visit.go(before.address)
    say = safeguarding_told.say_that_nobody_is
    return _question(visit, before, lambda: say(visit.council, case.ref, signal, by=visit.member))


@pages.add("/cases/{ref}/signals/{name}/safeguarding/concern", Action.ACT_ON_CASE, methods=("GET", "POST"))
def concern_before_telling(visit: Visit, ref: str, name: str) -> Response:
    """A concern that comes up on the way to telling a case something."""
    case, people = case_to_tell(visit, ref)
    signal = thing_to_tell(visit, case, name)

    def send(filled: ConcernNoticed, sent: SentForm) -> str:
        return safeguarding_told.raise_concern(visit.council, case.ref, signal, filled, by=visit.member, form=sent)

    before = _before_telling(case.ref, name, signal.title)
    return _concern(visit, before, case.ref, whom_it_is_about(people), tuple(people), send)


def _before_telling(ref: str, name: str, title: str) -> _Before:
    told = f"/cases/{ref}/signals"
    return _Before(f"{told}/{name}", capital(title), told, "Back to what this case can be told")


# ------------------------------------------------------------------ before a case is begun


@pages.add("/start/{procedure}/safeguarding", Action.START_CASE, methods=("GET", "POST"))
def question_before_beginning(visit: Visit, procedure: str) -> Response:
    """The same question, before a referral is taken in or a case is begun by hand."""
    begun = what_is_begun(procedure)
    about = opened_for(visit, begun.facts)
    before = _before_beginning(procedure, begun.title, about)
    if not safeguarding_begun.is_to_be_asked(visit.council, visit.member, begun.facts, before.form, about):
        return visit.go(before.address)
    say = safeguarding_begun.say_that_nobody_is
    return _question(visit, before, lambda: say(visit.council, before.form, about, by=visit.member))


@pages.add("/start/{procedure}/safeguarding/concern", Action.START_CASE, methods=("GET", "POST"))
def concern_before_beginning(visit: Visit, procedure: str) -> Response:
    """A concern that comes up on the way to beginning a case."""
    begun = what_is_begun(procedure)
    about = opened_for(visit, begun.facts)
    before = _before_beginning(procedure, begun.title, about)

    def send(filled: ConcernNoticed, sent: SentForm) -> str:
        raise_it = safeguarding_begun.raise_concern
        return raise_it(visit.council, before.form, about, filled, by=visit.member, sent=sent)

    return _concern(visit, before, None, {"about_person": about} if about else {}, (), send)


def _before_beginning(procedure: str, title: str, about: str) -> _Before:
    query = f"?{urlencode({ABOUT: about})}" if about else ""
    return _Before(f"/start/{procedure}", title, "/start", "Back to what can be started", query)


# ------------------------------------------------------------------ what they share


def _question(visit: Visit, before: _Before, say_that_nobody_is: Callable[[], None]) -> Response:
    match visit.sent(AT_RISK):
        case "no":
            say_that_nobody_is()
            return visit.go(before.address)
        case "yes":
            return visit.go(before.concern)
        case _:
            return _ask(visit, before)


def _ask(visit: Visit, before: _Before) -> Response:
    heading = "Is anybody at risk of abuse or neglect?"
    problem = "Choose yes or no" if visit.is_post else ""
    about, more_about = in_two(before.item.about if before.item else "")
    return visit.page(
        "safeguarding_question.html",
        title=f"Error: {heading}" if problem else heading,
        heading=heading,
        status=422 if problem else 200,
        before=before,
        problem=problem,
        about=about,
        more_about=more_about,
    )


def _concern(
    visit: Visit,
    before: _Before,
    came_from: str | None,
    known: dict[str, Any],
    people: tuple[Person, ...],
    send: Callable[[ConcernNoticed, SentForm], str],
) -> Response:
    def show(shown: Shown) -> Response:
        heading = "Raise a safeguarding concern"
        return visit.page(
            "safeguarding_concern.html",
            title=f"Error: {heading}" if shown.errors else heading,
            heading=heading,
            status=shown.status,
            form=shown,
            sees_earlier=shown.earlier is not None and _sees(visit, shown.earlier.result),
            before=before,
        )

    def done(ref: str, again: bool) -> Response:
        raised = f"The safeguarding concern is raised as case {ref}."
        return visit.go(before.address, say="You had sent this concern already. " + raised if again else raised)

    fixed: dict[str, Any] = dict(zip(KNOWN_BEFORE, (came_from, whoever_opens(visit.member).tag), strict=True))
    pairs = pairs_from(ConcernNoticed, {**known, "noticed_at": visit.now.replace(second=0, microsecond=0)})
    return serve(
        visit, BegunForm(ConcernNoticed, fixed=fixed, known=pairs, people=people), show=show, send=send, done=done
    )


def _sees(visit: Visit, ref: str) -> bool:
    """Whether the concern that they raised before is theirs to read."""
    with visit.council.database.read() as session:
        return sees(session, visit.member, ref, visit.today)
