"""Giving on all that is with somebody who is away or leaves: choose whose, choose what and to whom, check, give."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from deployments.worklist.pages.work import to_choose
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Visit
from models.permissions import Action
from models.register import Staff
from tasks.register.lookups import away_now, staff_in, staff_member
from tasks.worklist.moving import Moved, find_holder, give_on, held_by, people_with_work
from tasks.worklist.submissions import new_form_id, note_sent, sent_form, sent_just_so

pages = Pages()
PATH = "/work-items/assign"
TO_TEAM = "team"
TO_ONE = "one"
_FORM = "_form_id"


@pages.add(PATH, Action.ASSIGN_WORK, methods=("GET", "POST"))
def give_on_work(visit: Visit) -> Response:
    """What is with somebody, and where it is to go. `from` in the address is whose it is, by staff id."""
    if visit.is_post:
        return _sent(visit)
    holder_id = visit.asked("from")
    return _what_is_with(visit, holder_id, to=visit.asked("to")) if holder_id else _whose(visit)


def _whose(visit: Visit) -> Response:
    with visit.council.database.read() as session:
        people = people_with_work(session, visit.member)
        away = away_now(session, visit.now)
    return visit.page(
        "work_whose.html",
        title="Give on somebody’s work",
        choices=to_choose(people, away),
    )


def _what_is_with(
    visit: Visit,
    holder_id: str,
    *,
    to: str = "",
    chosen: frozenset[str] = frozenset(),
    problems: dict[str, str] | None = None,
) -> Response:
    with visit.council.database.read() as session:
        holder = find_holder(session, visit.member, holder_id)
        receiver = staff_member(session, to) if to else None
        held = held_by(session, visit.council.policy, visit.member, holder, visit.now, to=receiver)
        serving = staff_in(session, on=visit.today)
        away = away_now(session, visit.now)
    visit.note_look("list-work", holder.id)
    colleagues = sorted((one for one in serving if one.id != holder.id), key=lambda one: (one.name, one.id))
    return visit.page(
        "work_moving.html",
        title=f"What is with {holder.name}",
        status=400 if problems else 200,
        holder=holder,
        receiver=receiver,
        held=held,
        chosen=chosen,
        to=to,
        problems=problems or {},
        choices=to_choose(colleagues, away),
    )


def _sent(visit: Visit) -> Response:
    """Something was chosen, or what was chosen is to be done."""
    holder_id, to = visit.sent("from"), visit.sent("to")
    where, chosen = visit.sent("where"), frozenset(visit.sent_all("item"))
    problems: dict[str, str] = {}
    with visit.council.database.read() as session:
        holder = find_holder(session, visit.member, holder_id)
        receiver = staff_member(session, to) if where == TO_ONE and to else None
        held = held_by(session, visit.council.policy, visit.member, holder, visit.now, to=receiver)
    if visit.sent("_all"):
        chosen = frozenset(one.id for one in held)
    if not chosen:
        problems["item"] = "Select what is to be given on"
    if where not in (TO_ONE, TO_TEAM):
        problems["where"] = "Select to whom it goes"
    elif where == TO_ONE and (receiver is None or receiver.id == holder.id):
        problems["to"] = "Select who is to have it"
    if problems:
        return _what_is_with(visit, holder_id, to=to, chosen=chosen, problems=problems)
    if visit.sent("_do") == "give":
        return _give(visit, holder, receiver, chosen)
    return visit.page(
        "work_moving_check.html",
        title="Check what is given on",
        holder=holder,
        receiver=receiver,
        where=where,
        going=[one for one in held if one.id in chosen and not one.why_not],
        staying=[one for one in held if one.id in chosen and one.why_not],
        form_id=new_form_id(),
    )


def _give(visit: Visit, holder: Staff, receiver: Staff | None, chosen: frozenset[str]) -> Response:
    """Give it on, once; the same form sent again leads to the same page."""
    form = sent_form(visit.sent(_FORM), PATH, visit.member.id, visit.pairs)
    back = {"from": holder.id} | ({"to": receiver.id} if receiver is not None else {})
    path = f"{PATH}?{urlencode(back)}"
    with visit.council.database.write() as session:
        again = sent_just_so(session, form) is not None
    if again:
        return visit.go(path, say="You had sent this already; nothing was given twice.")
    to = None if receiver is None else receiver.id
    moved = give_on(visit.council, visit.member, holder.id, sorted(chosen), to=to)
    with visit.council.database.write() as session:
        note_sent(session, form, path, visit.now)
    return visit.go(path, say=_result(moved, to))


def _result(moved: Moved, to: str | None) -> str:
    """What came of it, by references."""
    whom = "those who were asked, or their team" if to is None else to
    given = f"{len(moved.given)} given to {whom}." if moved.given else "Nothing was given on."
    left = f" {len(moved.left)} could not be given, and are below with the reason." if moved.left else ""
    return given + left
