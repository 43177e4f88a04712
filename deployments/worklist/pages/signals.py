"""Telling an open case that something has happened."""

from __future__ import annotations

from starlette.responses import Response

from deployments.worklist.begun_forms import BegunForm, Shown, serve, waits_behind_a_question
from deployments.worklist.forms import Pairs, guidance, pairs_from
from deployments.worklist.looks import capital
from deployments.worklist.offering import offered_on
from deployments.worklist.picking import picked_fields
from deployments.worklist.routing import Pages
from deployments.worklist.taking_in import at_its_form
from deployments.worklist.visit import Visit
from models.cases import Case
from models.forms.base import Signal
from models.permissions import Action
from models.register import Person
from models.states import CaseStatus
from tasks.durable.ledger import CaseIsClosed
from tasks.worklist.naming import title_of
from tasks.worklist.safeguarding_told import concerns_raised, is_to_be_asked
from tasks.worklist.scope import NotFound, find_case
from tasks.worklist.signalling import known_already, people_of_case, tell_case, what_can_be_told
from tasks.worklist.submissions import SentForm

pages = Pages()


@pages.add("/cases/{ref}/signals", Action.ACT_ON_CASE)
def what_to_tell(visit: Visit, ref: str) -> Response:
    """What this case can be told by hand."""
    case, _people = case_to_tell(visit, ref)
    told = what_can_be_told(visit.council, case, visit.member.role)
    listed = [(one, capital(one.signal.title), " ".join(guidance(one.signal)[:1])) for one in told]
    return visit.page(
        "signals.html",
        title="Say that something has happened",
        case=case,
        procedure=title_of(case.procedure),
        listed=listed,
        is_closed=case.status == CaseStatus.CLOSED,
    )


@pages.add("/cases/{ref}/signals/{name}", Action.ACT_ON_CASE, methods=("GET", "POST"))
def tell(visit: Visit, ref: str, name: str) -> Response:
    """The form of one thing that the case can be told."""
    case, people = case_to_tell(visit, ref)
    signal = thing_to_tell(visit, case, name)
    title, question = capital(signal.title), f"{visit.path}/safeguarding"
    if is_to_be_asked(visit.council, visit.member, case, signal) and waits_behind_a_question(visit):
        return visit.go(question)

    def show(shown: Shown) -> Response:
        return visit.page(
            "signal.html",
            title=f"Error: {title}" if shown.errors else title,
            heading=title,
            status=shown.status,
            form=shown,
            sees_earlier=True,
            case=case,
            procedure=title_of(case.procedure),
            guidance=guidance(signal),
            signal=signal,
            raise_at=f"{question}/concern" if signal.asks_about_safeguarding else "",
            raised=concerns_raised(visit.council, visit.member, case.ref, signal),
        )

    def send(filled: Signal, sent: SentForm) -> str:
        tell_case(visit.council, case.ref, filled, by=visit.member.id, signal_id=f"form:{sent.key}")
        return case.ref

    def done(_ref: str, again: bool) -> Response:
        once = "You had sent this already; it was not entered twice."
        return visit.go(f"/cases/{case.ref}", say=once if again else f"Case {case.ref} was told: {signal.title}.")

    with visit.council.database.read() as session:
        known = pairs_from(signal, known_already(session, case, signal))
    known += _if_only_one(signal, people)
    offered = offered_on(visit.council, signal, case.ref)
    form = BegunForm(
        signal,
        fixed=signal.not_asked,
        known=known,
        people=tuple(people),
        offered=offered,
        case_ref=case.ref if case.status != CaseStatus.CLOSED else "",
    )
    return serve(visit, form, show=show, send=send, done=done)


@pages.add("/cases/{ref}/signals/{name}/files", Action.ACT_ON_CASE, methods=("POST",), takes_files=True)
def tell_with_file(visit: Visit, ref: str, name: str) -> Response:
    """A file that belongs to it: it is kept with the case, and the form goes on with all that was typed."""
    return tell(at_its_form(visit), ref, name)


def case_to_tell(visit: Visit, ref: str) -> tuple[Case, list[Person]]:
    """The case, where it is theirs to act on, with whom it is about. Raises `NotFound`."""
    with visit.council.database.read() as session:
        case = find_case(session, visit.member, ref, Action.ACT_ON_CASE, visit.today)
        people = people_of_case(session, case.ref)
    visit.note_look("act-on-case", case.ref)
    return case, people


def thing_to_tell(visit: Visit, case: Case, name: str) -> type[Signal]:
    """
    The signal of that name, as far as they can tell this case of it. Raises `NotFound`, `CaseIsClosed`.

    A form that is sent to a case which was closed meanwhile is let through: it may have been sent before.
    """
    if case.status == CaseStatus.CLOSED:
        if not visit.is_post:
            raise CaseIsClosed(case.ref)
        may = {one for one in Signal.every() if one.by_hand}
    else:
        told = what_can_be_told(visit.council, case, visit.member.role)
        may = {one.signal for one in told if not one.only_by_managers}
    for one in may:
        if one.slug() == name:
            return one
    raise NotFound("thing to say to this case")


def _if_only_one(signal: type[Signal], people: list[Person]) -> Pairs:
    """Whom it is about, where the case is about one person only."""
    return [(name, people[0].id) for name in picked_fields(signal)] if len(people) == 1 else ()
