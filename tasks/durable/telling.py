"""Telling staff, opening other cases and writing to them: the flow author's words, each an entry like any step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from models.entry_kinds import EntryKind
from models.forms.base import CaseFacts, Signal
from models.notices import Interruption, Notice, Then, ThenKind, Verb, Where, telephone_in
from models.states import CaseStatus
from tasks.durable.arrivals import take_in_signal
from tasks.durable.asking import Asked, recipient
from tasks.durable.cases import open_in
from tasks.durable.ledger import SYSTEM, Fact
from tasks.durable.leg import ForCasesPast, Step, current_leg
from tasks.durable.people import nearest_there
from tasks.telling.queueing import queue
from tasks.telling.quiet_hours import with_on_call

if TYPE_CHECKING:
    from tasks.durable.prefect_flow import ProcedureFlow


def tell(
    whom: Asked | Sequence[Asked],
    verb: Verb,
    what: str,
    *,
    by: datetime | None = None,
    then: Then | None = None,
    where: Where = Where.CASE,
    urgent: bool = False,
    interrupts: Interruption | None = None,
    near: str | None = None,
    about_case: str | None = None,
    how_many: int | None = None,
    rings: bool = False,
    clauses: str = "",
    for_cases_past: ForCasesPast | None = None,
) -> None:
    """
    Queue a notice about the running case, in one transaction with its entry: the leg's next.

    `what` is the matter in a few small words with hyphens, such as `letter-for-you`; there is no room in a notice for
    anything about the person (DUTY-22). It comes with the next digest; with `interrupts` at once, where policy lists
    that reason, and whoever is on call hears it too where nobody told is there to act on it. `near` is a team: of a
    role the one who holds it there is told, where there is exactly one; whoever stands above them if they are away.
    `about_case` names another case in its place; `how_many` is for a list, which names none. With `rings` it has the
    number of the council at which out of hours is rung.
    """
    leg = current_leg()
    people = [whom] if isinstance(whom, Asked) else list(whom)
    key = leg.next_key(f"tell:{what}")
    if leg.recalled(key, EntryKind.TOLD, what, for_cases_past) is not None:
        return
    notice = Notice(
        verb=verb,
        what=what,
        case_ref=(about_case or leg.ref) if how_many is None else None,
        how_many=how_many,
        by=by,
        then=then or Then(kind=ThenKind.NOTHING),
        where=where,
        urgent=urgent,
    )
    named = [recipient(one) for one in people]

    def enter(here: Step) -> None:
        heard = named
        if near is not None:
            heard = [nearest_there(here.session, one, near, on=here.now) for one in named]
        said = notice.model_copy(update={"ring": telephone_in(here.policy.council.out_of_hours_telephone)})
        told = with_on_call(here.session, here.policy, list(dict.fromkeys(heard)), interrupts, here.now)
        words = " and ".join(one.words for one in told)
        entry = here.pen.enter(
            Fact(
                EntryKind.TOLD,
                key,
                f"Told {words}: {what.replace('-', ' ')}",
                what,
                clauses=tuple(clauses.split()),
            )
        )
        queue(
            here.session,
            said if rings else notice,
            told,
            here.case.ref,
            entry.no,
            here.now,
            interrupts=interrupts,
            about_another=about_case is not None,
        )

    leg.memory.add(leg.keep_back(EntryKind.TOLD, key, what, enter))


def open_case(
    procedure: ProcedureFlow,
    facts: CaseFacts,
    *,
    owner: Asked,
    key: str | None = None,
    clauses: str = "",
    for_cases_past: Literal[ForCasesPast.RUN] | None = None,
) -> str:
    """Open a case of another procedure from a running one, with a run of its own; gives its ref."""
    leg = current_leg()
    name = procedure.procedure.name
    own_key = leg.next_key(f"open:{key or name}")
    entry = leg.recalled(own_key, EntryKind.CASE_OPENED, name, for_cases_past)
    if entry is None:
        with leg.transaction() as here:
            ref = open_in(
                here.change,
                name,
                facts,
                owner=recipient(owner),
                parent_ref=leg.ref,
                restricted=procedure.procedure.restricted or here.case.restricted,
            )
            text = f"Opened case {ref}: {procedure.procedure.title}"
            entry = here.pen.enter(
                Fact(EntryKind.CASE_OPENED, own_key, text, name, ref, clauses=tuple(clauses.split()))
            )
        leg.memory.add(entry)
    return str(entry.data)


def send(
    ref: str, signal: Signal, *, by: str = SYSTEM, clauses: str = "", for_cases_past: ForCasesPast | None = None
) -> bool:
    """
    Send a signal to another case from a running one; False where that case is closed and nothing could be sent.

    `by` is the staff id of whoever has decided it, where somebody has: the other case then has it from them.
    """
    leg = current_leg()
    key = leg.next_key(f"send:{signal.slug()}")
    entry = leg.recalled(key, EntryKind.DONE, signal.name(), for_cases_past)
    if entry is None:
        with leg.transaction(other=ref) as here:
            is_open = here.change.lock(ref).status is not CaseStatus.CLOSED
            if is_open:
                take_in_signal(here.change, ref, signal, by=by, signal_id=f"{here.case.ref}:{key}")
            text = f"Sent to case {ref}: {signal.title}" if is_open else f"Case {ref} is closed: nothing was sent"
            entry = here.pen.enter(
                Fact(EntryKind.DONE, key, text, signal.name(), is_open, clauses=tuple(clauses.split()))
            )
        leg.memory.add(entry)
    return bool(entry.data)
