"""A plan is changed with the person's advocate, where they need one, and safety never waits; a part of the change."""

from __future__ import annotations

from flows.advocacy import AdvocacyOutcome
from flows.plan_changing import Changing, Stage, always, take_notice
from flows.reablement_advocate import HeldUp, go_on_without_one, have_an_advocate_found
from models.forms.advocacy import CannotWaitForAdvocate
from models.forms.plan_change import EvidenceDecision
from models.reablement.plan import Part
from tasks.advocacy.holding import AdvocacyWait, advocacy_holds
from tasks.durable import Closed, closed, first_of, hears, sent_by, withdraw


def begin_to_plan_with_them(changing: Changing, decided: EvidenceDecision) -> None:
    """Where they need an advocate, one is found at once; all that is to be agreed waits (GAP-06)."""
    changing.stage, changing.after_advocate = Stage.ADVOCATE, Stage.AGREEING
    what = "\n".join(("The reablement plan is to change:", *changing.proposed.differences))
    if changing.held_up is None:
        changing.held_up = HeldUp(changing.stands, changing.worker, what)
    changing.held_up.what = what
    if decided.advocate_needed:
        have_an_advocate_found(changing.held_up, is_known=True, clauses="DUTY-40 DUTY-41")


def wait_for_their_advocate(changing: Changing) -> None:
    """It goes on once an advocate is in place, or none is needed, or it cannot wait (DUTY-42)."""
    held = what_holds_it(changing)
    if held is None:
        changing.stage = changing.after_advocate
        return
    there = closed(held.case)
    match first_of(there, hears(CannotWaitForAdvocate), *always()):
        case Closed(outcome=AdvocacyOutcome.IN_PLACE):
            hear_them_with_their_advocate(changing)
        case Closed():
            pass  # none is needed, or another case about one is open: it is looked up anew
        case CannotWaitForAdvocate(because=because):
            withdraw(there)
            go_on_without_one(held_up_of(changing), because, sent_by(CannotWaitForAdvocate))
        case came:
            take_notice(changing, came)
            if changing.stage is not Stage.ADVOCATE or changing.outcome is not None:
                withdraw(there)


def is_there_before_it_is_made(changing: Changing) -> bool:
    """The need may have come up while the others were heard: the plan is not changed past it either (DUTY-42)."""
    if what_holds_it(changing) is None:
        return True
    changing.stage, changing.after_advocate = Stage.ADVOCATE, Stage.MAKING
    return False


def look_for_the_advocate_again(changing: Changing) -> None:
    """Somebody is still to be asked: the need may have come up since they were asked for."""
    changing.stage, changing.after_advocate = Stage.ADVOCATE, Stage.AGREEING


def what_holds_it(changing: Changing) -> AdvocacyWait | None:
    """Whether it waits for an advocate; what was said on deciding to go on without one is put on record."""
    held_up = held_up_of(changing)
    if held_up.goes_on_without:
        return None
    held = advocacy_holds(held_up.plan.person, held_up.step, held_up.found_in)
    if held is not None and changing.decided is not None and changing.decided.cannot_wait_because:
        go_on_without_one(held_up, changing.decided.cannot_wait_because, changing.decided_by)
        return None
    return held


def hear_them_with_their_advocate(changing: Changing) -> None:
    """What the person said without an advocate is heard once more, with them; so is what was decided for them."""
    themselves = {one.id for one in changing.stands.content.those(Part.PERSON)}
    changing.heard_anew |= themselves
    changing.talked_over -= themselves
    changing.said = {who: one for who, one in changing.said.items() if who not in themselves}
    changing.best_interests, changing.all_heard = None, False
    changing.after_advocate = Stage.AGREEING


def held_up_of(changing: Changing) -> HeldUp:
    """What may have to wait; there is a change to be agreed."""
    assert changing.held_up is not None
    return changing.held_up
