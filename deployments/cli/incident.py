"""`pathways incident`: incidents of failing providers, one with its people by need, and lists of people."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from deployments.cli.concerns import member_at_work
from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.reading import read_bytes
from deployments.cli.restricted import CaseIsRestricted, hidden_from
from deployments.cli.shared import AsJson, AsStaffOrNobody, clock, note_look, open_council
from models.cases import Case
from models.errors import PathwaysError
from models.permissions import Action
from models.provider_failure.kinds import ListSource
from models.provider_failure.tables import Incident
from models.refs import read_ref
from models.working_time import for_people, local_day
from tasks.provider_failure.counting import Figures
from tasks.worklist.incident_people import PersonInRoom
from tasks.worklist.incident_view import IncidentLine, IncidentView, Warnings, incident_view, incidents_of
from tasks.worklist.members import Member
from tasks.worklist.scope import NotFound, find_case

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="List incidents of failing providers, show one with its people by need, and give it lists of people.",
)
COLUMNS = ("No", "Person", "Born", "Next call", "Needs", "Risk", "Stage", "Open", "Team", "Case")


class NoSuchIncident(PathwaysError):
    """There is no incident of that reference, or it is not for whoever asks."""

    def __init__(self) -> None:
        super().__init__(
            "there is no such incident, or it is not yours to see: `pathways incident list` has those that you may see"
        )


class ListNeedsMore(PathwaysError):
    """A list of people was named, and not all that is needed to take it in."""


@app.command("list")
def list_incidents(
    ref: Annotated[str | None, typer.Argument(help="The incident that is given a list of people.")] = None,
    file: Annotated[str | None, typer.Argument(metavar="FILE.csv", help='That list; "-" reads it in.')] = None,
    source: Annotated[ListSource | None, typer.Option(help="Whose list it is.")] = None,
    said_by: Annotated[str | None, typer.Option("--said-by", metavar="TEXT", help="Who sent it.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="It says that it has everybody.")] = False,
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
) -> None:
    """
    List incidents, those that go on first; or, with REF and FILE, give an incident a list of its people.

    The file's first line names its columns: person (register id) or name, and any of born_on, whereabouts, paid_by,
    placed_by, call_times, time_critical_medicine, double_handed, lives_alone. Others are passed over. Whoever is
    missing from the incident's list is on it at once; nothing is sent where a row is wrong.
    """
    if ref is not None:
        _give_list(ref, file, source, said_by, whole=whole, staff=staff)
        return
    council = open_council()
    member = member_at_work(council, staff) if staff is not None else None
    with council.database.read() as session:
        every = incidents_of(session, member, local_day(clock.now()))
    if as_json:
        write_json([_line_as_json(one) for one in every])
        return
    columns = ("Incident", "Provider", "Cause", "Began", "People", "Not accounted for", "Red", "Differences", "Stands")
    write_table(columns, map(_line, every), wrapped=("Provider", "Cause"))
    say(f"{len(every)} incident{'' if len(every) == 1 else 's'}")


@app.command()
def show(
    ref: Annotated[str, typer.Argument(help="The incident's reference, such as 7K3Q-9PXM.")],
    staff: AsStaffOrNobody = None,
    as_json: AsJson = False,
) -> None:
    """
    Show an incident: its figures, what needs somebody first, and its people by need before colour.

    The table has names; --json has references only. With --as it has no more than that member of staff may see. Whoever
    looks is noted in the access log.
    """
    ref, council = read_ref(ref), open_council()
    member = member_at_work(council, staff) if staff is not None else None
    with council.database.write() as session:
        _check_reach(session, ref, member)
        note_look(session, staff, "read-incident", ref)
    with council.database.read() as session:
        view = incident_view(session, member, council.policy, ref, clock.now())
    if as_json:
        write_json(_as_json(view))
    else:
        _tell(view)


def _check_reach(session: Session, ref: str, member: Member | None) -> None:
    """Raises `NoSuchIncident`; `CaseIsRestricted` where it is there for others alone and nobody is named."""
    case = session.get(Case, ref)
    if case is None or session.get(Incident, ref) is None:
        raise NoSuchIncident
    if member is None:
        if hidden_from(session, case, None):
            raise CaseIsRestricted(ref)
        return
    try:
        find_case(session, member, ref, Action.READ_CASE, local_day(clock.now()))
    except NotFound:
        raise NoSuchIncident from None


def _give_list(
    ref: str, file: str | None, source: ListSource | None, said_by: str | None, *, whole: bool, staff: str | None
) -> None:
    if file is None or source is None or not said_by or staff is None:
        raise ListNeedsMore(
            "name the file, whose list it is with --source, who sent it with --said-by, and yourself with --as"
        )
    from tasks.worklist.incident_lists import take_in_list_file

    ref, council = read_ref(ref), open_council()
    member, content = member_at_work(council, staff), read_bytes(file)
    try:
        found = take_in_list_file(council, member, ref, content, source=source, said_by=said_by, whole=whole)
    except NotFound:
        raise NoSuchIncident from None
    passed = f" Columns passed over: {len(found.passed_over)}." if found.passed_over else ""
    people = "1 person" if len(found.people) == 1 else f"{len(found.people)} people"
    say(f"Incident {ref} has a list of {people}.{passed}")


# ------------------------------------------------------------------ for people


def _line(one: IncidentLine) -> tuple[str, ...]:
    stands = "ended" if one.ended_at else "goes on" if one.announced_at else "goes on, confidential"
    counts = (one.figures.affected, one.figures.left, one.figures.red, one.figures.differences)
    return (one.ref, one.provider, one.cause.replace("-", " "), short(one.began_at), *map(str, counts), stands)


def _tell(view: IncidentView) -> None:
    confidential = " CONFIDENTIAL: it is not announced." if view.is_confidential else ""
    say(f"Incident {view.ref}: {view.provider}, {view.cause.replace('-', ' ')}.{confidential}")
    say(f"Began {for_people(view.began_at)}{f', ended {for_people(view.ended_at)}' if view.ended_at else ''}")
    say(view.figures.in_words)
    for sentence in _warned(view.warnings):
        say(sentence)
    for one in view.tellings:
        at, case = f", {short(one.at)}" if one.at else "", f", case {one.case}" if one.case else ""
        say(f"Telling {one.who}: {one.stands}{at}{case}{f' ({one.because})' if one.because else ''}")
    for sentence in view.differences:
        say(f"Difference {sentence}")
    write_table(COLUMNS, map(_in_words, view.people), wrapped=("Person", "Needs", "Open", "Team"))
    for gone in view.off_the_list:
        say(f"Off the list: {gone.place}. {gone.name}, {gone.ended_as}, case {gone.case}")
    if view.beyond:
        say(f"{view.beyond} more are with others and not shown; the figures count them.")


def _warned(warned: Warnings) -> list[str]:
    found = []
    if warned.red_not_seen:
        late = f"; for {warned.red_not_seen_late} the time has passed" if warned.red_not_seen_late else ""
        found.append(f"Beware: nobody has seen {warned.red_not_seen} at high risk{late}")
    if warned.first_uncovered is not None:
        found.append(
            f"Beware: nobody covers {warned.calls_uncovered} calls until 8am tomorrow, on {warned.people_uncovered} "
            f"people, the first {short(warned.first_uncovered)}"
        )
    if warned.calls_missed:
        found.append(f"Beware: {warned.calls_missed} calls have passed with nobody there and nothing said of them")
    if warned.calls_unclear:
        found.append(f"Beware: the call times of {warned.calls_unclear} cannot be read as times; ask")
    return found


def _in_words(one: PersonInRoom) -> tuple[str, ...]:
    flags = (
        (one.time_critical_medicine, "medicine at its time"), (one.double_handed, "two carers"),
        (one.lives_alone, "lives alone"),
    )  # fmt: skip
    call = f"ask: {one.calls_said}" if one.has_unclear_calls else short(one.next_call)
    return (
        str(one.place),
        one.name,
        one.born_on.isoformat() if one.born_on else "",
        call,
        ", ".join(words for holds, words in flags if holds),
        str(one.risk),
        one.stage.replace("-", " "),
        "; ".join(f"{asked.id}{' late' if asked.late else ''}" for asked in one.questions),
        one.team or one.owner,
        one.case,
    )


# ------------------------------------------------------------------ for programs


def _line_as_json(one: IncidentLine) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "provider": one.provider,
        "cause": str(one.cause),
        "began_at": iso(one.began_at),
        "announced_at": iso(one.announced_at),
        "ended_at": iso(one.ended_at),
        "figures": _figures(one.figures),
    }


def _figures(figures: Figures) -> dict[str, int]:
    return {**figures.model_dump(), "left": figures.left}


def _as_json(view: IncidentView) -> dict[str, Any]:
    return {
        "ref": view.ref,
        "provider": view.provider,
        "cause": str(view.cause),
        "began_at": iso(view.began_at),
        "announced_at": iso(view.announced_at),
        "ended_at": iso(view.ended_at),
        "figures": _figures(view.figures),
        "calls_missed": view.warnings.calls_missed,
        "tellings": [
            {"who": one.who, "stands": one.stands, "at": iso(one.at), "case": one.case, "is_missing": one.is_missing}
            for one in view.tellings
        ],
        "people": [
            {
                "place": one.place,
                "case": one.case,
                "person_id": one.person_id,
                "risk": str(one.risk),
                "stage": str(one.stage),
                "way": str(one.way) if one.way else None,
                "next_call": iso(one.next_call),
                "team": one.team or None,
                "late": one.is_late,
                "calls_missed": len(one.missed),
                "told": one.told or None,
            }
            for one in view.people
        ],
    }
