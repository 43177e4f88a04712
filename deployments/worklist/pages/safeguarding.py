"""The safeguarding question before a form, and the short form of a concern, which is raised at once."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployments.worklist.begun_forms import BegunForm, Shown, serve
from deployments.worklist.forms import Pairs, pairs_from
from deployments.worklist.looks import capital
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.forms.safeguarding import ConcernNoticed
from models.permissions import Action
from tasks.durable.worklist import note_opened
from tasks.worklist.asked import AskedItem, asked_item, sees
from tasks.worklist.safeguarding_step import (
    KNOWN_BEFORE,
    is_to_be_asked,
    known_of_a_concern,
    raise_concern,
    say_that_nobody_is,
)
from tasks.worklist.starting import whoever_opens
from tasks.worklist.submissions import SentForm

pages = Pages()
AT_RISK = "at_risk"


@pages.add("/work-items/{item}/safeguarding", Action.SEE_WORK, methods=("GET", "POST"))
def question(visit: Visit, item: str) -> Response:
    """Is anybody at risk? No leads to the form, yes to the concern; what was typed into the form before is kept."""
    asked = asked_item(visit.council, visit.member, item)
    visit.note_look("read-work-item", asked.case_ref)
    form = f"/work-items/{asked.id}"
    if not is_to_be_asked(visit.council, visit.member, asked):
        return visit.go(form)
    note_opened(visit.council, asked.id, by=visit.member.id)
    match visit.sent(AT_RISK):
        case "no":
            say_that_nobody_is(visit.council, asked.id, by=visit.member.id)
            return visit.go(form)
        case "yes":
            return visit.go(f"{form}/safeguarding/concern")
        case _:
            return _ask(visit, asked)


def _ask(visit: Visit, asked: AskedItem) -> Response:
    heading = "Is anybody at risk of abuse or neglect?"
    problem = "Choose yes or no" if visit.is_post else ""
    return visit.page(
        "safeguarding_question.html",
        title=f"Error: {heading}" if problem else heading,
        heading=heading,
        status=422 if problem else 200,
        item=asked,
        problem=problem,
        before=capital(asked.form.title),
    )


@pages.add("/work-items/{item}/safeguarding/concern", Action.SEE_WORK, methods=("GET", "POST"))
def concern(visit: Visit, item: str) -> Response:
    """The short form of a concern; once it is sent the concern is raised, and they are back at the work item's form."""
    asked = asked_item(visit.council, visit.member, item)
    visit.note_look("raise-concern", asked.case_ref)
    form = f"/work-items/{asked.id}"

    def show(shown: Shown) -> Response:
        heading = "Raise a safeguarding concern"
        return visit.page(
            "safeguarding_concern.html",
            title=f"Error: {heading}" if shown.errors else heading,
            heading=heading,
            status=shown.status,
            form=shown,
            sees_earlier=shown.earlier is not None and _sees(visit, shown.earlier.result),
            item=asked,
        )

    def send(filled: ConcernNoticed, sent: SentForm) -> str:
        return raise_concern(visit.council, asked.id, filled, by=visit.member, form=sent)

    def done(ref: str, again: bool) -> Response:
        raised = f"The safeguarding concern is raised as case {ref}."
        return visit.go(form, say="You had sent this concern already. " + raised if again else raised)

    fixed: dict[str, Any] = dict(zip(KNOWN_BEFORE, (asked.case_ref, whoever_opens(visit.member).tag), strict=True))
    with visit.council.database.read() as session:
        known, people = known_of_a_concern(session, asked)
    pairs: Pairs = pairs_from(ConcernNoticed, {**known, "noticed_at": visit.now})
    return serve(
        visit, BegunForm(ConcernNoticed, fixed=fixed, known=pairs, people=people), show=show, send=send, done=done
    )


def _sees(visit: Visit, ref: str) -> bool:
    """Whether the concern that they raised before is theirs to read."""
    with visit.council.database.read() as session:
        return sees(session, visit.member, ref, visit.today)
