"""Lists of people: one's own day, everybody who waits, the tray and its contacts, those at high risk."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from deployments.tray_columns import contact_of, row_of
from deployments.worklist.api.calling import Call, Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.shapes import Day, Id, Moment, Shape
from models.decision_tables.levels import Complexity, Priority, Rag
from models.permissions import Action
from models.register import Person
from models.states import WaitKind
from models.working_time import local_day
from tasks.as_of import moment_of
from tasks.tray.days_contacts import contacts_on
from tasks.tray.listing import Order
from tasks.unseen.cases import OpenCase, is_handover
from tasks.unseen.lines import EVERYBODY
from tasks.unseen.words import awaited_in_words
from tasks.worklist.day import my_day
from tasks.worklist.everybody import ListedLine, everybody
from tasks.worklist.red_list import NOBODY, RedPerson, red_list
from tasks.worklist.tray_pages import Wanted, tray_asked_for, tray_of

operations = Operations("lists")
AsOf = Annotated[Day | None, Query(description="The end of that day; without it, now.")]
LARGEST_PAGE = 10**6


class PersonNamed(Shape):
    """Somebody in the register. Personal data."""

    id: str
    record_id: str
    name: str
    died_on: date | None
    telephone: str | None
    safe_contact: str | None


class ItemOfDay(Shape):
    """Something that is asked of them."""

    id: str
    case: str
    form: str
    due: Moment | None
    is_urgent: bool
    is_overdue: bool
    is_due_today: bool
    is_new: bool
    is_taken: bool
    for_whom: str
    """The name of whom they stand in for; empty: it is their own."""


class NewsOfDay(Shape):
    """Something that came to a case of theirs since the office closed."""

    case: str
    signal: str
    at: Moment


class PersonOfDay(Shape):
    """Somebody whom their day is about, or a case about nobody known."""

    person: PersonNamed | None
    case: str | None
    items: list[ItemOfDay]
    news: list[NewsOfDay]
    team: str | None
    colour: Rag | None
    last_reached_at: Moment | None


class DayShown(Shape):
    """Somebody's day. Personal data."""

    now: Moment
    since: Moment
    """From when on something is new."""
    people: list[PersonOfDay]
    later: int
    """How much more is theirs and can wait."""
    left_out: bool


class AwaitedShown(Shape):
    """Something that a case waits for."""

    kind: WaitKind
    name: str
    of: str | None
    due: Moment | None
    handover: bool


class CaseOfLine(Shape):
    """A case in which somebody waits."""

    ref: str
    procedure: str
    owner: str
    opened_at: Moment
    next_date: Moment | None
    awaited: list[AwaitedShown]


class ShownElsewhere(Shape):
    """That the recording system shows somebody as waiting on a team's tray."""

    team: str
    since: date | None
    first_shown_at: Moment


class LineShown(Shape):
    """Somebody who waits on the council, as `pathways unseen --json` has them. References only."""

    person: str | None
    """Register id; none: a case or a message about nobody known yet."""
    message: str | None
    colour: Rag | None
    beware: list[str]
    """Why nobody may be looking after them; empty: somebody is."""
    overdue: bool
    last_reached_at: Moment | None
    next_date: Moment | None
    waits_since: Moment
    owners: list[str]
    awaited: list[str]
    cases: list[CaseOfLine]
    shown_waiting: list[ShownElsewhere]


class OneListShown(Shape):
    """A page of everybody who waits, worst first."""

    people: list[LineShown]
    restricted_cases: int
    """How many restricted cases are open; nothing of them is told."""
    chosen: int
    """How many lines there are by what was asked for."""
    unattended: int
    """After how many of those nobody may be looking."""
    page: int
    pages: int


class TrayRowShown(Shape):
    """Somebody on the tray, as `pathways tray --json` has them. References only."""

    ref: str
    person: str
    team: str
    colour: Rag | None
    priority: Priority | None
    urgent: bool
    complexity: Complexity | None
    requested_at: Moment
    placed_at: Moment
    days_since_request: int
    days_on_tray: int
    last_reached_at: Moment | None
    next_contact_due: Moment | None
    attempts: int
    missed: bool
    in_breach: bool
    manager: str
    owner: str
    agreed_on: date | None
    leaving: str | None


class TrayShown(Shape):
    """A tray at a moment."""

    people: list[TrayRowShown]
    counts: dict[str, int]
    """How many of each colour wait, whatever was filtered."""
    missed: int
    """With how many a contact was missed, whatever was filtered."""
    hidden: int
    """Restricted cases of which nothing is told."""


class ContactShown(Shape):
    """A contact or an attempt, as `pathways tray contacts --json` has it. References only."""

    at: Moment
    ref: str
    person: str
    team: str
    colour: str | None
    by: str
    reached: bool
    outcome: str
    means: str
    safe_and_well: bool | None
    changed: bool
    should_wait: str
    note: str
    clauses: list[str]
    is_erased: bool


class RedPersonShown(Shape):
    """Somebody at high risk who waits. Personal data."""

    case: str
    person: PersonNamed
    team: str
    requested_at: Moment
    last_reached_at: Moment | None
    next_contact_due: Moment | None
    is_missed: bool
    attempts: int
    manager: str
    key_worker: str
    relevant_people: list[dict[str, Any]]
    safety_plan: str


class RedListShown(Shape):
    """Those at high risk, worst first. Personal data."""

    at: Moment
    people: list[RedPersonShown]
    not_rated: int = Field(description="How many wait who are not rated yet: they may be at high risk.")


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
        found = everybody(
            session, call.member, call.council.policy, moment, call.now, team=team, only=only, number=page
        )
    return OneListShown(
        people=[_line(one) for one in found.lines],
        restricted_cases=found.found.restricted,
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
