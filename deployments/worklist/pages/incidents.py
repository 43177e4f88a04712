"""The rooms of incidents: every incident, one with its people by need, tonight's calls, and the situation report."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.responses import Response

from deployments.worklist.charts import Chart, Series, rows
from deployments.worklist.looks import label
from deployments.worklist.pages.case import found
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.forms.provider_failure import DifferencesSettled
from models.notices import Recipient
from models.permissions import Action
from models.provider_failure.kinds import ListSource, Risk
from models.provider_failure.tables import Incident
from models.roles import Role
from tasks.contingency.covering import plans_in_force, without_a_plan
from tasks.register.lookups import staff_in
from tasks.worklist.incident_moving import open_teams
from tasks.worklist.incident_people import WORST_FIRST, PersonInRoom, Stage
from tasks.worklist.incident_report import proceedings_of
from tasks.worklist.incident_view import IncidentView, PlanShown, incident_view, incidents_of
from tasks.worklist.scope import NotFound
from tasks.worklist.submissions import new_form_id

pages = Pages()
FIGURES = (
    ("affected", "On the list"),
    ("seen", "Seen"),
    ("arranged", "Arranged"),
    ("moved", "With other care"),
    ("checked", "Checked"),
    ("accounted_for", "Accounted for"),
    ("left", "Not accounted for"),
    ("died", "Died"),
    ("taken_off", "Taken off the list"),
)
"""Each figure with what it is called; what it counts stands in `docs/providers.md`."""


@pages.add("/incidents", Action.READ_CASE)
def incidents(visit: Visit) -> Response:
    """Those that go on, those that have ended, and what is prepared for the next (TRN-46)."""
    with visit.council.database.read() as session:
        every = incidents_of(session, visit.member, visit.today)
        plans = [PlanShown.of(session, one) for one in plans_in_force(session)]
        missing = without_a_plan(session, visit.council.policy, visit.today)
    return visit.page(
        "incidents.html",
        title="Incidents",
        kinds=(
            ("Going on", [one for one in every if one.ended_at is None]),
            ("Ended", [one for one in every if one.ended_at is not None]),
        ),
        plans=plans,
        missing=missing,
    )


@pages.add("/incidents/{ref}", Action.READ_CASE)
def room(visit: Visit, ref: str) -> Response:
    """The incident as the room works with it: what needs somebody first, and everybody by need."""
    return shown_room(visit, looked_at(visit, ref, "read-incident"))


@pages.add("/incidents/{ref}/tonight", Action.READ_CASE)
def tonight(visit: Visit, ref: str) -> Response:
    """Every call until eight tomorrow, to be printed."""
    return shown_calls(visit, looked_at(visit, ref, "read-incident-calls"))


@pages.add("/incidents/{ref}/report", Action.READ_CASE)
def report(visit: Visit, ref: str) -> Response:
    """How it stands, what was decided, and the last situation report, to be printed."""
    ref = looked_at(visit, ref, "read-incident")
    view = view_of(visit, ref)
    with visit.council.database.read() as session:
        proceedings = proceedings_of(session, ref)
    return visit.page(
        "incident_report.html",
        title=f"Situation report, {view.provider}",
        **_top(view, "report"),
        **_in_figures(view),
        proceedings=proceedings,
    )


def shown_calls(visit: Visit, ref: str, *, status: int = 200, **more: Any) -> Response:
    """The page of calls; `more` is what its form could not take."""
    view = view_of(visit, ref)
    return visit.page(
        "incident_tonight.html",
        title=f"Calls tonight, {view.provider}",
        status=status,
        **_top(view, "tonight"),
        may_act=may_act(visit, view),
        form_id=new_form_id(),
        **{"problems": {}, "typed": {}, "ticked": frozenset()} | more,
    )


def looked_at(visit: Visit, ref: str, what: str) -> str:
    """The ref of an incident whose case they may read, once it is noted that they look. Raises `NotFound`."""
    ref = found(visit, ref, Action.READ_CASE)
    with visit.council.database.read() as session:
        if session.get(Incident, ref) is None:
            raise NotFound("incident")
    visit.note_look(what, ref)
    return ref


def view_of(visit: Visit, ref: str) -> IncidentView:
    """The incident as they see it. Raises `NotFound`."""
    with visit.council.database.read() as session:
        return incident_view(session, visit.member, visit.council.policy, ref, visit.now)


def shown_room(visit: Visit, ref: str, *, status: int = 200, **more: Any) -> Response:
    """The room's page; `more` is what a form of it could not take."""
    view = view_of(visit, ref)
    chosen = _asked_for(visit, view)
    return visit.page(
        "incident.html",
        title=f"Incident, {view.provider}",
        status=status,
        **_top(view, "room"),
        **_in_figures(view),
        chosen=chosen,
        lines=chosen_people(visit, view),
        asked=urlencode({name: value for name, value in chosen.items() if value}),
        risks=WORST_FIRST,
        stage_names=tuple(Stage),
        settling=DifferencesSettled.title,
        sources=[(one, label(one)) for one in ListSource],
        may_act=may_act(visit, view),
        receivers=_receivers(visit) if view.ended_at is None else [],
        form_id=new_form_id(),
        **{"problems": {}, "typed": {}, "ticked": frozenset(), "to": ""} | more,
    )


def may_act(visit: Visit, view: IncidentView) -> bool:
    """Whether the incident goes on, and they may tell it something."""
    if view.ended_at is not None or not visit.member.may(Action.ACT_ON_CASE):
        return False
    try:
        found(visit, view.ref, Action.ACT_ON_CASE)
    except NotFound:
        return False
    return True


def _receivers(visit: Visit) -> list[tuple[str, str]]:
    """To whom questions can be given, by tag: teams, then staff; nobody where it is not theirs to give."""
    if not visit.member.may(Action.ASSIGN_WORK):
        return []
    with visit.council.database.read() as session:
        teams = open_teams(session, visit.today)
        serving = sorted(staff_in(session, on=visit.today), key=lambda one: (one.name, one.id))
    return [
        *((Recipient.team(one.id).tag, f"Team: {one.name}") for one in teams),
        *((Recipient.staff(one.id).tag, f"{one.name}, {Role(one.role).label}, {one.team_id}") for one in serving),
    ]


def chosen_people(visit: Visit, view: IncidentView) -> list[PersonInRoom]:
    """Whoever is on the list and fits what was asked for in the address."""
    chosen = _asked_for(visit, view)
    return [
        one
        for one in view.people
        if chosen["team"] in ("", one.team) and chosen["risk"] in ("", one.risk) and chosen["stage"] in ("", one.stage)
    ]


def _asked_for(visit: Visit, view: IncidentView) -> dict[str, str]:
    """What was asked for; what is no choice of ours is passed over."""
    choices: dict[str, Collection[str]] = {"team": view.teams, "risk": set(Risk), "stage": set(Stage)}
    return {name: asked if (asked := visit.asked(name)) in of else "" for name, of in choices.items()}


def _top(view: IncidentView, here: str) -> dict[str, Any]:
    return {"view": view, "here": here}


def _in_figures(view: IncidentView) -> dict[str, Any]:
    return {"figures": [(words, getattr(view.figures, name)) for name, words in FIGURES], "chart": _chart(view)}


def _chart(view: IncidentView) -> Markup:
    """People by the stage at which they are now, and how great the risk to them is."""
    series = [
        Series(label(risk), [counts[number] for _, counts in view.stages], str(risk))
        for number, risk in enumerate(WORST_FIRST)
    ]
    told = "; ".join(f"{label(stage)} {sum(counts)}" for stage, counts in view.stages)
    chart = Chart("stages", "People by how far they have come", f"{told}.", (), series)
    return rows(chart, [label(stage) for stage, _ in view.stages])
