"""A case's page: what it waits for, who owns it, whom it is about, and its story; what was said because of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import Response

from deployments.worklist.clause_words import clauses_in_words
from deployments.worklist.picture import path_of, procedure_picture, shown
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.cases import Case
from models.permissions import Action
from models.refs import NotARef, read_ref
from models.states import CaseStatus
from tasks.durable.arrivals import outcome_of
from tasks.durable.procedure import UnknownProcedure
from tasks.retention.showing import keeping_of
from tasks.worklist.case_view import (
    awaited_by,
    beware_of,
    people_of,
    questions_of,
    related_to,
    title_of,
    whose,
)
from tasks.worklist.incident_view import incident_of_case
from tasks.worklist.letters import letters_of
from tasks.worklist.messages import notes_for_the_record, to_people, to_staff
from tasks.worklist.plan_view import plan_of_case
from tasks.worklist.scope import NotFound, find_case
from tasks.worklist.story import story_page

pages = Pages()
LONGEST_NUMBER = 9


@pages.add("/cases/{ref}", Action.READ_CASE)
def case_page(visit: Visit, ref: str) -> Response:
    """A case as somebody reads it who is about to act, or is asked about it on the telephone."""
    ref = looked_at(visit, ref, Action.READ_CASE)
    before, of_people = number_in(visit, "before"), visit.asked("of") == "people"
    with visit.council.database.read() as session:
        case = session.get_one(Case, ref)
        people = people_of(session, ref, visit.today, visit.desk.settings.record_address)
        return visit.page(
            "case.html",
            **heading(visit, session, case, "case"),
            owner=whose(session, case.owner),
            outcome=outcome_of(session, ref) if case.status == CaseStatus.CLOSED else None,
            beware=beware_of(session, case, people),
            questions=questions_of(session, visit.member, ref, visit.now),
            awaited=awaited_by(session, visit.member, ref, visit.today),
            people=people,
            letters=letters_of(session, ref),
            related=[(words, list(map(_short, cases))) for words, cases in _families(visit, session, case)],
            story=story_page(session, ref, before=before, of_people_only=of_people),
            of_people=of_people,
            in_words=clauses_in_words,
            run=_run(visit, case),
            keeping=keeping_of(session, ref),
            sees_holds=visit.member.role.is_manager or visit.member.may(Action.HOLD),
        )


@pages.add("/cases/{ref}/messages", Action.READ_CASE)
def messages_page(visit: Visit, ref: str) -> Response:
    """What was said because of a case, to whom, and whether it arrived."""
    ref = looked_at(visit, ref, Action.READ_CASE)
    with visit.council.database.read() as session:
        case = session.get_one(Case, ref)
        return visit.page(
            "case_messages.html",
            **heading(visit, session, case, "messages"),
            told=to_people(session, ref),
            notices=to_staff(session, ref, number_in(visit, "page") or 1),
            notes=notes_for_the_record(session, ref),
        )


@pages.add("/cases/{ref}/picture", Action.READ_CASE)
def picture_page(visit: Visit, ref: str) -> Response:
    """The procedure as a picture, with the way that the case has taken and where it is now."""
    ref = looked_at(visit, ref, Action.READ_CASE)
    with visit.council.database.read() as session:
        case = session.get_one(Case, ref)
        top = heading(visit, session, case, "picture")
        try:
            picture = shown(procedure_picture(case.procedure), path_of(session, ref, visit.council))
        except UnknownProcedure:
            picture = None
    return visit.page("case_picture.html", **top, picture=picture)


def looked_at(visit: Visit, ref: str, action: Action) -> str:
    """The ref of a case that they may see, once it is noted that they look. Raises `NotFound`."""
    ref = found(visit, ref, action)
    visit.note_look("read-case", ref)
    return ref


def found(visit: Visit, ref: str, action: Action) -> str:
    """The ref of a case with which they may do that. Raises `NotFound`."""
    try:
        ref = read_ref(ref)
    except NotARef:
        raise NotFound("case") from None
    with visit.council.database.read() as session:
        return find_case(session, visit.member, ref, action, visit.today).ref


def heading(visit: Visit, session: Session, case: Case, here: str) -> dict[str, Any]:
    """What stands at the top of every page of a case, and what can be done with it."""
    title = title_of(case)
    return {
        "title": f"{title}, case {case.ref}",
        "case": case,
        "procedure": title,
        "here": here,
        "may_signal": case.status != CaseStatus.CLOSED and _may(visit, session, case, Action.ACT_ON_CASE),
        "may_export": _may(visit, session, case, Action.EXPORT_CASE),
        "plan_ref": plan_of_case(session, visit.member, case, visit.today),
        "incident_ref": incident_of_case(session, visit.member, case, visit.today),
    }


def number_in(visit: Visit, name: str) -> int | None:
    """A whole number of the address, from 1; None where there is none, or something else."""
    asked = visit.asked(name)
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_NUMBER and int(asked) else None


def _may(visit: Visit, session: Session, case: Case, action: Action) -> bool:
    if not visit.member.may(action):
        return False
    try:
        find_case(session, visit.member, case.ref, action, visit.today)
    except NotFound:
        return False
    return True


def _families(visit: Visit, session: Session, case: Case) -> list[tuple[str, list[Case]]]:
    related = related_to(session, visit.member, case, visit.today)
    families = [
        ("Opened by", [related.opened_by] if related.opened_by else []),
        ("It opened", list(related.opened)),
        ("About the same people", list(related.same_person)),
    ]
    return [(words, cases) for words, cases in families if cases]


def _short(case: Case) -> tuple[str, str, str, datetime]:
    return case.ref, title_of(case), case.status, case.opened_at


def _run(visit: Visit, case: Case) -> str:
    """Its run in Prefect's pages, which managers alone can reach; empty for all others."""
    if not visit.member.role.is_manager or not visit.desk.prefect_address or case.flow_run_id is None:
        return ""
    return f"{visit.desk.prefect_address.rstrip('/')}/runs/flow-run/{case.flow_run_id}"
