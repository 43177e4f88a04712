"""What a manager decides about somebody who waits, and how a case is rated anew; a part of `pwt_review`."""

from __future__ import annotations

from flows.pwt_contact import Stage
from flows.pwt_waiting import Lowering, Waiting, discussed, put_to_a_manager, take_back
from flows.pwt_ways_out import act_at_once, allocate
from models.decision_tables.levels import Rag
from models.durations import DayEnd
from models.forms.tray_deciding import AfterDiscussion, ContactDiscussed, SecondManagerAgrees
from models.forms.tray_signals import AllocationWanted
from models.tray import Rated
from models.tray_findings import TrayOutcome
from tasks.tray.deciding import look_whether_a_second_agrees
from tasks.tray.rating import rate_case
from tasks.tray.standing import look_whether_a_plan_is_missing, note_rating


def decided_on(tray: Waiting, answer: ContactDiscussed, *, by: str) -> None:
    """A manager has decided about them; the discussion is noted whatever was decided (PWT-53)."""
    tray.to_discuss, tray.pressing = (), False
    tray.asked.pop("discussed")
    tray.since.pop("discussed", None)
    if answer.safety_plan:
        tray.place = tray.place.model_copy(update={"safety_plan": answer.safety_plan})
        tray.contact.place = tray.place
    discussed(tray, answer.in_words.strip(" ()"), by)
    match answer.decision:
        case AfterDiscussion.STILL_WAITS:
            if tray.standing.rated is None:
                put_to_a_manager(tray, "They are still not rated.")
        case AfterDiscussion.RATE_AGAIN:
            assert answer.facts is not None
            rate(tray, rate_case(answer.facts), answer.reasons, answer.facts_changed, by=by)
        case AfterDiscussion.ALLOCATE:
            assert answer.worker is not None
            allocate(tray, AllocationWanted(worker=answer.worker, reasons=answer.reasons))
        case AfterDiscussion.TAKE_OFF:
            tray.outcome = TrayOutcome.NOT_NEEDED  # PWT-52
        case AfterDiscussion.ACT_NOW:
            act_at_once(tray, f"Decided by {by}: {answer.reasons}")


def rate(tray: Waiting, rated: Rated, reasons: str, facts_changed: bool, *, by: str) -> None:
    """Rated anew; a Red is lowered against the matrix only where a second manager agrees (GAP-22)."""
    take_back(tray, "second")
    tray.lowering = None  # what was wanted before is overtaken, whoever agrees to it
    was_red = tray.standing.colour is Rag.RED
    second = look_whether_a_second_agrees(rated, by, tray.standing.team, was_red, facts_changed)
    if second is not None:
        tray.lowering = Lowering(rated, by, reasons, second)
        return
    enter_rating(tray, rated, reasons, facts_changed, by)


def second_manager_said(tray: Waiting, said: SecondManagerAgrees, *, by: str) -> None:
    """Another manager agrees, or it stays Red; whoever wanted it cannot agree to it themselves."""
    lowering = tray.lowering
    assert lowering is not None
    if by == lowering.by:
        return  # asked again, of somebody else
    tray.lowering = None
    tray.asked.pop("second")
    discussed(tray, f"Lowering a Red case: {'agreed' if said.agreed else 'not agreed'}. {said.reasons}", by)
    if said.agreed:
        enter_rating(tray, lowering.rated, lowering.reasons, False, lowering.by)


def enter_rating(tray: Waiting, rated: Rated, reasons: str, facts_changed: bool, by: str) -> None:
    """The new rating, with how it came about, in the person's record (PWT-38, PWT-48)."""
    was_red = tray.standing.colour is Rag.RED
    tray.standing = note_rating(tray.standing, rated)
    how = "The facts have changed." if facts_changed else "The facts are judged otherwise."
    discussed(tray, f"RAG rating – {rated.colour}. {how} {reasons}", by)
    is_red = tray.standing.colour is Rag.RED
    if is_red and not was_red and tray.contact.stage not in (Stage.DECIDING, Stage.CHECKING):
        tray.contact.ask_now("Rated Red now: they are contacted today.", soon=DayEnd.BEFORE_CLOSING)  # GAP-12
    elif is_red is not was_red and tray.contact.stage is Stage.ASKED:
        tray.contact.ask_now()  # another role makes contact with somebody who is not at high risk (GAP-20)
    if look_whether_a_plan_is_missing(tray.standing, tray.place.safety_plan):
        put_to_a_manager(tray, "Red without an interim safety plan: say in safety_plan what keeps them safe meanwhile.")
