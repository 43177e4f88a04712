"""Lists of people: one's own day, everybody who waits, the tray and its contacts, those at high risk."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from deployments.tray_columns import contact_of, row_of
from deployments.worklist.api.calling import Call, Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.list_shapes import (
    AwaitedShown,
    CaseOfLine,
    ContactShown,
    DayShown,
    ItemOfDay,
    LineShown,
    NewsOfDay,
    OneListShown,
    PersonNamed,
    PersonOfDay,
    RedListShown,
    RedPersonShown,
    ShownElsewhere,
    TrayRowShown,
    TrayShown,
)
from deployments.worklist.api.shapes import Day, Id
from models.decision_tables.levels import Complexity, Priority, Rag
from models.permissions import Action
from models.register import Person
from models.working_time import local_day
from tasks.as_of import moment_of
from tasks.register.lookups import team as find_team
from tasks.tray.days_contacts import contacts_on
from tasks.tray.listing import Order
from tasks.unseen.cases import OpenCase, is_handover
from tasks.unseen.lines import EVERYBODY
from tasks.unseen.words import awaited_in_words
from tasks.worklist.day import my_day
from tasks.worklist.everybody import ListedLine, everybody
from tasks.worklist.red_list import NOBODY, RedPerson, red_list
from tasks.worklist.scope import NotFound
from tasks.worklist.tray_pages import Wanted, tray_asked_for, tray_of

operations = Operations("lists")
AsOf = Annotated[Day | None, Query(description="The end of that day; without it, now.")]
LARGEST_PAGE = 10**6


@operations.add("GET", "/day", Action.SEE_WORK)
def day(call: Calling) -> DayShown:
    """What of theirs cannot wait until tomorrow, by person; noted in the access log."""
    call.note_look("read-day", call.member.id)
    with call.council.database.read() as session:
        found = my_day(session, call.member, call.council.policy.working_calendar(), call.now)
    return DayShown(
        now=found.now,
        since=found.since,
        people=[
            PersonOfDay(
                person=_named(one.person),
                case=one.case,
                items=[ItemOfDay.model_validate(item) for item in one.items],
                news=[NewsOfDay.model_validate(news) for news in one.news],
                team=one.team,
                colour=one.colour,
                last_reached_at=one.last_reached_at,
            )
            for one in found.people
        ],
        later=found.later,
        left_out=found.left_out,
    )


@operations.add("GET", "/unseen", Action.SEE_ONE_LIST)
def unseen(
    call: Calling,
    as_of: AsOf = None,
    team: Id | None = None,
    only: Annotated[bool, Query(description="Only those whom nobody may be looking after.")] = False,
    page: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 1,
) -> OneListShown:
    """Everybody who waits on the council, worst first, a hundred at a time; noted in the access log."""
    moment = moment_of(as_of, call.now)
    call.note_look("read-one-list", EVERYBODY)
    with call.council.database.read() as session:
        if team is not None and find_team(session, team) is None:
            raise NotFound("team")
        found = everybody(
            session, call.member, call.council.policy, moment, call.now, team=team, only=only, number=page
        )
    return OneListShown(
        people=[_line(one) for one in found.lines],
        restricted_cases=found.found.restricted,
        erased_cases=found.found.erased,
        chosen=found.chosen,
        unattended=found.unattended,
        page=found.number,
        pages=found.pages,
    )


@operations.add("GET", "/tray", Action.SEE_TRAY)
def tray(
    call: Calling,
    as_of: AsOf = None,
    team: Id | None = None,
    colour: Rag | None = None,
    priority: Priority | None = None,
    complexity: Complexity | None = None,
    sort: Order = Order.WORST,
) -> TrayShown:
    """Who waits on the planned work tray, now or at the end of a past day; noted in the access log."""
    moment = moment_of(as_of, call.now)
    whose = _team(call, team, "read-tray")
    wanted = Wanted(whose, str(colour) if colour else None, priority, complexity, sort)
    with call.council.database.read() as session:
        found = tray_of(session, call.member, moment, wanted)
    return TrayShown(
        people=[TrayRowShown.model_validate(row_of(row)) for row in found.rows],
        counts=dict(found.counts),
        missed=found.missed,
        hidden=found.hidden,
    )


@operations.add("GET", "/tray/contacts", Action.SEE_TRAY)
def tray_contacts(
    call: Calling,
    on: Annotated[Day | None, Query(description="Which day; without it today.")] = None,
    team: Id | None = None,
) -> list[ContactShown]:
    """Every contact and every attempt of a day with people on the tray; noted in the access log."""
    asked_for = local_day(moment_of(on, call.now))
    whose = _team(call, team, "read-tray-contacts")
    with call.council.database.read() as session:
        return [ContactShown.model_validate(contact_of(one)) for one in contacts_on(session, asked_for, team=whose)]


@operations.add("GET", "/red-list", Action.SEE_RED_LIST)
def red(call: Calling) -> RedListShown:
    """Everybody at high risk within their reach, with all that is needed to look after them; each is noted."""
    if call.program is not None:
        call.note_look("read-red-list", NOBODY)
    found = red_list(call.council, call.member, call.now)
    return RedListShown(at=found.at, people=[_red(one) for one in found.people], not_rated=found.not_rated)


def _team(call: Call, team: str | None, what: str) -> str | None:
    """The team whose tray is meant, once it is noted that they look. Raises `NotFound`."""
    with call.council.database.read() as session:
        whose = tray_asked_for(session, call.member, team or "")
    call.note_look(what, f"team-{whose}" if whose is not None else "every-team")
    return whose


def _named(one: Person | None) -> PersonNamed | None:
    return None if one is None else PersonNamed.model_validate(one)


def _line(listed: ListedLine) -> LineShown:
    line = listed.line
    return LineShown(
        person=line.person,
        message=line.message,
        colour=line.colour,
        beware=[str(one) for one in line.beware],
        overdue=line.is_overdue,
        last_reached_at=line.last_reached_at,
        next_date=line.next_date,
        waits_since=line.since,
        owners=list(line.owners),
        awaited=awaited_in_words(line),
        cases=[_case(one) for one in line.cases],
        shown_waiting=[ShownElsewhere.model_validate(one) for one in line.shown],
    )


def _case(case: OpenCase) -> CaseOfLine:
    return CaseOfLine(
        ref=case.ref,
        procedure=case.procedure,
        owner=case.owner,
        opened_at=case.opened_at,
        next_date=case.next_date,
        awaited=[
            AwaitedShown(kind=one.kind, name=one.name, of=one.of, due=one.due, handover=is_handover(one))
            for one in case.awaited
        ],
    )


def _red(one: RedPerson) -> RedPersonShown:
    return RedPersonShown(
        case=one.case,
        person=PersonNamed.model_validate(one.person),
        team=one.team,
        requested_at=one.requested_at,
        last_reached_at=one.last_reached_at,
        next_contact_due=one.next_contact_due,
        is_missed=one.is_missed,
        attempts=one.attempts,
        manager=one.manager,
        key_worker=one.key_worker,
        relevant_people=[who.model_dump(mode="json") for who in one.relevant_people],
        safety_plan=one.safety_plan,
    )
