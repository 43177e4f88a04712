"""Incidents of failing providers: which there are, and one with its people by need, as its room shows them."""

from __future__ import annotations

from datetime import date

from deployments.worklist.api.calling import Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.shapes import Moment, Ref, Shape, case_with
from models.permissions import Action
from models.provider_failure.kinds import Risk, Trigger, Way
from tasks.worklist.incident_people import Stage
from tasks.worklist.incident_view import incident_view, incidents_of

operations = Operations("incidents")


class FiguresShown(Shape):
    """The sum of an incident's list; what each counts stands in docs/providers.md."""

    affected: int
    seen: int
    arranged: int
    moved: int
    checked: int
    accounted_for: int
    left: int
    """Not accounted for: red, amber and green together."""
    died: int
    taken_off: int
    red: int
    amber: int
    green: int
    differences: int


class WarningsShown(Shape):
    """What needs somebody first, counted over everybody on the list."""

    red_not_seen: int
    red_not_seen_late: int
    calls_uncovered: int
    """Calls until 8am tomorrow that nobody covers."""
    people_uncovered: int
    first_uncovered: Moment | None
    calls_missed: int
    """Calls that have passed with nobody and no record."""
    calls_unclear: int
    """How many people's call times cannot be read as times."""
    differences: int
    late: int


class IncidentLineShown(Shape):
    """An incident in the list of all. References and figures."""

    ref: str
    provider: str
    cause: Trigger
    began_at: Moment
    announced_at: Moment | None
    """None: it is confidential until then."""
    ended_at: Moment | None
    figures: FiguresShown


class IncidentsShown(Shape):
    """Incidents whose cases the caller may see, those that go on first."""

    incidents: list[IncidentLineShown]


class QuestionShown(Shape):
    """Something that is asked about somebody, or of the room."""

    id: str
    case: str
    title: str
    of: str
    taken_by: str
    due: Moment | None
    urgent: bool
    late: bool


class CoverShown(Shape):
    """Who gives somebody's care until when. Personal data."""

    by: str
    until: Moment


class PersonOnList(Shape):
    """Somebody on an incident's list. Personal data throughout."""

    place: int
    case: str
    person_id: str | None
    """Register id; none: the register does not have them."""
    name: str
    born_on: date | None
    whereabouts: str
    telephone: str
    safe_contact: str
    paid_by: str
    placed_by: str
    calls_said: str
    """When carers call, as the list says."""
    has_unclear_calls: bool
    """Those times cannot be read: ask when somebody is due."""
    covers: list[CoverShown]
    next_call: Moment | None
    """The next that nobody covers."""
    time_critical_medicine: bool
    double_handed: bool
    lives_alone: bool
    risk: Risk
    stage: Stage
    stage_at: Moment
    way: Way | None
    ended_as: str
    questions: list[QuestionShown]
    team: str
    is_late: bool
    missed: list[Moment]
    """Calls that have passed with nobody and no record; nobody has said since what became of them."""
    told: str
    """Whether they have been told of the incident; empty: nobody tells them yet."""
    told_in: str | None


class CallShown(Shape):
    """One call until 8am tomorrow."""

    at: Moment
    place: int
    """Number of whom it is on."""
    covered_by: str
    """Empty: nobody."""


class PassedCallShown(Shape):
    """A call whose time has come. Personal data."""

    at: Moment
    place: int
    covered_by: str
    is_missed: bool
    made: bool | None
    """None: nobody has said."""
    made_by: str
    how: str


class TellingShown(Shape):
    """Somebody who is told of the incident, or not."""

    who: str
    stands: str
    at: Moment | None
    case: str | None
    """The disclosure, for everybody outside but the people themselves."""
    because: str
    is_missing: bool
    """They must be told, and have not been."""


class IncidentShown(Shape):
    """An incident as its room shows it. Personal data."""

    ref: str
    provider_id: str | None
    provider: str
    cause: Trigger
    began_at: Moment
    care_ends_on: date
    announced_at: Moment | None
    list_agreed_at: Moment | None
    ended_at: Moment | None
    figures: FiguresShown
    warnings: WarningsShown
    people: list[PersonOnList]
    """By need before colour."""
    off_the_list: list[PersonOnList]
    beyond: int
    """How many more there are whose cases the caller may not see; figures and warnings count them."""
    tonight: list[CallShown]
    differences: list[str]
    questions: list[QuestionShown]
    """What is asked of the room itself."""
    passed: list[PassedCallShown]
    """Missed calls first, then those of the last twelve hours."""
    tellings: list[TellingShown]
    keeps_open: list[str]
    """What keeps it from ending."""


@operations.add("GET", "/incidents", Action.READ_CASE)
def list_incidents(call: Calling) -> IncidentsShown:
    """Incidents, those that go on first; names nobody."""
    with call.council.database.read() as session:
        every = incidents_of(session, call.member, call.today)
    return IncidentsShown(incidents=[IncidentLineShown.model_validate(one) for one in every])


@operations.add("GET", "/incidents/{ref}", Action.READ_CASE)
def show_incident(call: Calling, ref: Ref) -> IncidentShown:
    """One incident with its people by need and the calls until 8am tomorrow; noted in the access log."""
    ref = case_with(call, ref, Action.READ_CASE)
    with call.council.database.read() as session:
        view = incident_view(session, call.member, call.council.policy, ref, call.now)
    call.note_look("read-incident", ref)
    return IncidentShown.model_validate(view)
