"""`pathways work`: what people are asked, and their answers."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import select

from deployments.cli.concerns import NobodyAtRisk, member_at_work, read_concern
from deployments.cli.form_in_words import fields_in_words
from deployments.cli.photographs import Files, with_files
from deployments.cli.printing import iso, say, short, write_json, write_table
from deployments.cli.reading import read_json
from deployments.cli.restricted import CaseIsRestricted, hidden_from
from deployments.cli.shared import AsJson, AsStaff, member_named, note_look, open_council, prepare_prefect
from models.cases import Case
from models.forms.base import Form
from models.forms.house import StepAttention
from models.notices import Recipient
from models.refs import read_ref
from models.roles import Role
from models.states import WorkItemState
from models.working_time import for_people, local_day
from models.written_contact_findings import day_in_words
from tasks.case_people import who_has_died
from tasks.durable import worklist
from tasks.durable.council import Council
from tasks.durable.ledger import UnknownCase
from tasks.durable.procedure import procedure_named
from tasks.durable.safeguarding_asked import NOBODY_AT_RISK
from tasks.durable.seeing import may_read_item
from tasks.durable.worklist import OpenItem, item_named, open_items
from tasks.installation import Installation
from tasks.reablement.offering import offered_in
from tasks.worklist import assigning
from tasks.worklist.asked import asked_item
from tasks.worklist.safeguarding_step import raise_concern

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="List, show, take, give and answer work items.")

ItemId = Annotated[str, typer.Argument(metavar="ID", help="The work item, such as W-7K3Q9PXM2B.")]


@app.command("list")
def list_work(
    role: Annotated[Role | None, typer.Option(help="Only what that role is asked.")] = None,
    case: Annotated[str | None, typer.Option(metavar="REF", help="Only what that case asks.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what is open, the soonest due first."""
    ref = None if case is None else read_ref(case)
    with open_council().database.read() as session:
        if ref is not None and session.get(Case, ref) is None:
            raise UnknownCase(ref)
        items = open_items(session, role=role, ref=ref)
        restricted = set(session.scalars(select(Case.ref).where(Case.restricted)))
    if as_json:
        write_json([_as_json(item) for item in items])
        return
    columns = ("Work item", "Case", "Wanted", "Of", "Taken by", "Due", "")
    write_table(columns, (_row(item, item.case in restricted) for item in items), wrapped=("Wanted",))
    say(f"{len(items)} open work item{'' if len(items) == 1 else 's'}")


@app.command()
def show(item_id: ItemId, staff: AsStaff) -> None:
    """Show what is asked, and what there is to read about it. Whoever looks is noted in the access log."""
    council = open_council()
    with council.database.write() as session:
        item = item_named(session, item_id)
        case = session.get_one(Case, item.case_ref)
        if hidden_from(session, case, staff) and not may_read_item(
            session, item, member_named(session, staff), on=local_day(council.clock.now())
        ):
            raise CaseIsRestricted(case.ref)
        note_look(session, staff, "read-work-item", item.case_ref)
    with council.database.read() as session:
        item = item_named(session, item_id)
        about = worklist.about(session, item)
        died = who_has_died(session, item.case_ref)
        form = Form.named(item.form)
        offered = offered_in(session, council.policy, form, item.case_ref)
    say(f"{item.id}  {form.title}  ({item.state})")
    say(f"Case {item.case_ref}; asked of {Recipient.from_tag(item.asked_of).words} on {for_people(item.opened_at)}.")
    if item.assignee is not None:
        say(f"Taken by {item.assignee}.")
    if item.due is not None:
        say(f"Wanted by {for_people(item.due)}.")
    if item.answered_at is not None:
        say(f"Answered by {item.answered_by} on {for_people(item.answered_at)}.")
    say()
    say(" ".join((form.__doc__ or form.title).split()))
    say()
    for who, day in died:
        say(f"BEWARE: the register shows now that {who} died on {day_in_words(day)}.")
    if about:
        say(about)
        say()
    fields = fields_in_words(form, offered)
    rows = ((one.name, one.takes, "compulsory" if one.compulsory else "", one.meaning) for one in fields)
    write_table(("Field", "Takes", "", "Meaning"), rows, wrapped=("Takes", "Meaning"))
    if item.state == WorkItemState.OPEN:
        say()
        say(f"Answer with: pathways work answer {item.id} --as STAFF --json-file FILE")


@app.command()
def take(item_id: ItemId, staff: AsStaff) -> None:
    """Take a work item: it is shown as yours, and nobody is told any more that it lies untouched."""
    worklist.take(open_council(), item_id, by=staff)
    say(f"{item_id} is taken by {staff.lower()}")


@app.command("give-back")
def give_back(item_id: ItemId, staff: AsStaff) -> None:
    """Give a work item back to those who were asked: they are told, and it is chased again."""
    council = open_council()
    assigning.give_back(council, item_id, by=member_at_work(council, staff))
    say(f"{item_id} is given back")


@app.command()
def assign(
    item_id: ItemId,
    to: Annotated[str, typer.Option("--to", metavar="STAFF", help="Staff id of who is to have it.")],
    staff: AsStaff,
) -> None:
    """Give a work item to somebody who may answer it; for team leaders and managers."""
    council = open_council()
    assigning.assign(council, item_id, to=to, by=member_at_work(council, staff))
    say(f"{item_id} is given to {to.lower()}")


@app.command()
def answer(
    item_id: ItemId,
    staff: AsStaff,
    json_file: Annotated[str, typer.Option(metavar="FILE", help='The answer as JSON; "-" reads it in.')],
    nobody_at_risk: NobodyAtRisk = False,
    files: Files = None,
) -> None:
    """
    Answer a work item. Where the form is not met, every problem is named and nothing is answered.

    A file, such as a photograph of the copy of a plan at home, is kept with the case first.

    Some forms ask first whether anybody is at risk of abuse or neglect: say so with --nobody-at-risk, or raise the
    concern with `pathways work concern`.
    """
    council = open_council()
    given = read_json(json_file)
    if nobody_at_risk and isinstance(given, dict) and _asks_first(council, item_id):
        given = {**given, NOBODY_AT_RISK: True}
    _load_steps_of(council, item_id)
    if files:
        asked = asked_item(council, member_at_work(council, staff), item_id)
        if asked.may_answer:  # else it is refused below
            given = with_files(council, asked.form, asked.case_ref, given, files, by=staff)
    ref = worklist.answer(council, item_id, given, by=staff)
    say(f"{item_id} is answered; case {ref} goes on")


@app.command()
def concern(
    item_id: ItemId,
    staff: AsStaff,
    json_file: Annotated[str, typer.Option(metavar="FILE", help='The concern as JSON; "-" reads it in.')],
) -> None:
    """
    Raise a safeguarding concern that comes up with a work item; the item stays as it is.

    If anybody may be in danger now, ring 999 first. The fields are those of `pathways case open safeguarding-concern`.
    """
    council, noticed = open_council(), read_concern(json_file)
    ref = raise_concern(council, item_id, noticed, by=member_at_work(council, staff))
    say(f"The concern is raised as case {ref}; {item_id} can be answered now")


def _asks_first(council: Council, item_id: str) -> bool:
    """Whether the form of that work item asks first whether anybody is at risk."""
    with council.database.read() as session:
        return Form.named(item_named(session, item_id).form).asks_about_safeguarding


def _load_steps_of(council: Council, item_id: str) -> None:
    """Where a step needs attention, load its procedure: only that knows whether it can be done by hand."""
    with council.database.read() as session:
        item = item_named(session, item_id)
        procedure = session.get_one(Case, item.case_ref).procedure
    if item.form == StepAttention.name():
        prepare_prefect(Installation.from_environment())
        procedure_named(procedure)


def _as_json(item: OpenItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "case": item.case,
        "form": item.form,
        "of": item.of,
        "assignee": item.assignee,
        "due": iso(item.due),
        "schema": Form.named(item.form).answer_schema(),
    }


def _row(item: OpenItem, restricted: bool) -> tuple[str, ...]:
    urgent, title = "urgent" if item.urgent else "", "a restricted case" if restricted else item.title
    return (item.id, item.case, title, item.of, item.assignee or "", short(item.due), urgent)
