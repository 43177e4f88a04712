"""What is done in the room of an incident: a list is taken in, questions are given on, and calls are recorded."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from deployments.worklist.pages.case import found
from deployments.worklist.pages.incidents import (
    chosen_people,
    looked_at,
    may_act,
    shown_calls,
    shown_room,
    view_of,
)
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.errors import PathwaysError
from models.forms.affected_calls import CallRecorded
from models.notices import Recipient, RecipientKind
from models.permissions import Action
from models.provider_failure.kinds import ListSource
from tasks.durable.ledger import CaseIsClosed
from tasks.provider_failure.reading_lists import ListRefused
from tasks.worklist.assigning import CannotBeGiven
from tasks.worklist.incident_calls import record_calls
from tasks.worklist.incident_lists import take_in_list_file
from tasks.worklist.incident_moving import give_people
from tasks.worklist.moving import Moved
from tasks.worklist.submissions import sent_form

pages = Pages()


@pages.add("/incidents/{ref}/lists", Action.ACT_ON_CASE, methods=("POST",), takes_files=True)
def take_in_list(visit: Visit, ref: str) -> Response:
    """A list of people from a spreadsheet: whoever is missing is on the incident's list at once."""
    ref = found(visit, ref, Action.ACT_ON_CASE)
    if not may_act(visit, view_of(visit, ref)):
        raise CaseIsClosed(ref)
    file = visit.files.get("file")
    source, said_by, whole = visit.sent("source"), visit.sent("said_by"), visit.sent("whole") == "yes"
    content = file.content if file is not None else b""
    problems: dict[str, list[str]] = {}
    if not content:
        problems["file"] = ["Choose the file again: a CSV file with somebody on it"]
    if source not in set(ListSource):
        problems["source"] = ["Select whose list it is"]
    if not said_by:
        problems["said_by"] = ["Say who sent it"]
    if not problems:
        sent = sent_form(visit.sent("_form_id"), visit.path, visit.member.id, visit.pairs, [content])
        try:
            read = take_in_list_file(
                visit.council,
                visit.member,
                ref,
                content,
                source=ListSource(source),
                said_by=said_by,
                whole=whole,
                signal_id=f"form:{sent.key}",
            )
        except ListRefused as refused:
            problems["file"] = [f"Nothing was sent: {one}" for one in refused.problems[:20]]
        else:
            people = "1 person" if len(read.people) == 1 else f"{len(read.people)} people"
            return visit.go(
                f"/incidents/{ref}", say=f"The list of {people} was sent. Whoever was missing is added now."
            )
    return _again(visit, ref, problems, typed={"source": source, "said_by": said_by, "whole": whole})


@pages.add("/incidents/{ref}/give", Action.ASSIGN_WORK, methods=("POST",))
def give(visit: Visit, ref: str) -> Response:
    """What is open about the people that were ticked goes to a team or to one person."""
    ref = found(visit, ref, Action.READ_CASE)
    view = view_of(visit, ref)
    chosen = {one.case for one in chosen_people(visit, view)} if visit.sent("_all") else set(visit.sent_all("case"))
    problems: dict[str, list[str]] = {}
    to = _to(visit.sent("to"))
    if not chosen:
        problems["ticks"] = ["Tick at least one person whose questions are given on"]
    if to is None:
        problems["to"] = ["Select who is to have them"]
    if to is not None and not problems:
        try:
            moved = give_people(visit.council, visit.member, ref, chosen, to=to)
        except CannotBeGiven as refused:
            problems["to"] = [str(refused)]
        else:
            return visit.go(f"/incidents/{ref}#people", say=_result(moved, to))
    return _again(visit, ref, problems, ticked=chosen, to=visit.sent("to"))


@pages.add("/incidents/{ref}/calls", Action.ACT_ON_CASE, methods=("POST",))
def record(visit: Visit, ref: str) -> Response:
    """What became of the calls that were ticked: made by somebody, or not made, and how they were."""
    ref = found(visit, ref, Action.ACT_ON_CASE)
    if not may_act(visit, view_of(visit, ref)):
        raise CaseIsClosed(ref)
    ticked = set(visit.sent_all("call"))
    typed = {name: visit.sent(name) for name in ("made", "made_by", "how", "nobody_at_risk")}
    problems = _problems_with_calls(ticked, typed)
    if problems:
        ref = looked_at(visit, ref, "read-incident-calls")
        return shown_calls(visit, ref, status=400, problems=problems, typed=typed, ticked=ticked)
    sent = sent_form(visit.sent("_form_id"), visit.path, visit.member.id, visit.pairs, [])
    said = CallRecorded(at=visit.now, made=typed["made"] == "yes", made_by=typed["made_by"], how=typed["how"])
    done = record_calls(visit.council, visit.member, ref, ticked, said, form=sent.key)
    left = "".join(f" Not in case {one}: {why}." for one, why in sorted(done.left.items())[:5])
    calls = "1 call was" if len(done.given) == 1 else f"{len(done.given)} calls were"
    return visit.go(f"/incidents/{ref}/tonight#passed", say=f"{calls} recorded. The list has it in a moment.{left}")


def _problems_with_calls(ticked: set[str], typed: dict[str, str]) -> dict[str, list[str]]:
    wrong = {
        "calls": "" if ticked else "Tick at least one call",
        "made": "" if typed["made"] in ("yes", "no") else "Select whether they were made",
        "made_by": "" if typed["made_by"] else "Say who made them, or tried to",
        "how": "" if typed["how"] else "Say how they were, or why it was not made and what was done",
        "nobody_at_risk": ""
        if typed["nobody_at_risk"] == "yes"
        else "Say that nobody is at risk of abuse or neglect; where somebody is, record their call on their own case",
    }
    return {name: [sentence] for name, sentence in wrong.items() if sentence}


def _again(visit: Visit, ref: str, problems: dict[str, list[str]], **more: Any) -> Response:
    """The room once more, with what could not be taken and what was filled in."""
    return shown_room(visit, looked_at(visit, ref, "read-incident"), status=400, problems=problems, **more)


def _to(tag: str) -> Recipient | None:
    try:
        found_in_tag = Recipient.from_tag(tag)
    except (ValueError, PathwaysError):
        return None
    return found_in_tag if found_in_tag.kind in (RecipientKind.TEAM, RecipientKind.STAFF) else None


def _result(moved: Moved, to: Recipient) -> str:
    """What came of it, by references."""
    given = f"{len(moved.given)} given to {to.words}." if moved.given else "Nothing was given on."
    left = "".join(f" {one} stays: {why}." for one, why in sorted(moved.left.items())[:5])
    more = f" {len(moved.left) - 5} more stay." if len(moved.left) > 5 else ""
    return f"{given}{left}{more}"
