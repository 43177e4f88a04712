"""What has to be there before somebody moves: the risks talked over, an advocate, the plan, everything in place."""

from __future__ import annotations

from flows.advocacy import AdvocacyOutcome, advocacy
from flows.deprivation_of_liberty import deprivation_of_liberty
from flows.disclosure import disclosure
from flows.move_deciding import bring_before_a_manager
from flows.move_standing import Asked, Moving, in_words, to_read
from flows.telling_a_person import telling_a_person
from models.disclosures import DisclosureOutcome
from models.forms.advocacy import AdvocacyNeed
from models.forms.disclosure import DisclosureWish
from models.forms.liberty import LibertyConcern
from models.forms.move_preparing import (
    ArrangementsInPlace,
    MovePlanned,
    MoveTalkedOver,
    PartnerNotTold,
    SomebodyToTell,
    ToldAs,
)
from models.forms.telling_people import PersonTelling
from models.moves.clocks import prepared_by
from models.moves.kinds import TheySay
from models.policy.gaps.duty import AdvocacyStep
from models.telling_findings import Addressee, ToBeTold
from tasks.advocacy.known import look_up_open_advocacy
from tasks.coming_days import work_out_next_morning
from tasks.durable import Closed, at, closed, decision, now, open_case, take_back, this_case
from tasks.durable.in_force import policy
from tasks.moves.days import work_out_move_told_by, work_out_next_working_morning
from tasks.moves.steps import note_in_place, note_planned, note_talked_over

PARTNER, TO_PREPARE = "partner organisation", "to prepare somebody's move"
"""Recipient and purpose, as a council's table of routine disclosures may have them (GAP-09)."""


def ask_what_to_prepare(moving: Moving) -> None:
    """What comes next: the risks first, then the plan, then whether everything is in place (TRN-01, TRN-02)."""
    agreed = moving.they_say is TheySay.AGREES
    talking = {Asked.TALKED_OVER, Asked.TALK_AGAIN} & moving.open.keys()
    waits_for_advocate = moving.they_say is TheySay.NOT_YET and Asked.ADVOCATE in moving.open
    if not agreed and not talking and not waits_for_advocate and moving.they_say is not TheySay.REFUSES:
        moving.open[Asked.TALKED_OVER] = decision(
            MoveTalkedOver,
            of=moving.whose,
            about=to_read(moving),
            urgent=moving.is_urgent,
            wanted_within=prepared_by(now(), urgent=moving.is_urgent),
            clauses="TRN-02",
        )
    if not (agreed or moving.emergency) or (Asked.ADVOCATE in moving.open and not moving.is_urgent):
        return  # planning waits for an advocate, and what cannot wait does not (GAP-06)
    if moving.plan is None and Asked.PLANNED not in moving.open:
        moving.open[Asked.PLANNED] = decision(
            MovePlanned,
            of=moving.whose,
            about=to_read(moving),
            urgent=moving.is_urgent,
            wanted_within=prepared_by(now(), urgent=moving.is_urgent),
            clauses="TRN-01",
        )
    waiting = {Asked.IN_PLACE, Asked.LOOK_AGAIN} & moving.open.keys()
    if moving.plan is not None and moving.still_open and not waiting:
        ask_what_is_in_place(moving)


def ask_what_is_in_place(moving: Moving) -> None:
    """Ticked once, it stays ticked; asked by the day before at the latest (TRN-01)."""
    moving.open[Asked.IN_PLACE] = decision(
        ArrangementsInPlace,
        of=moving.whose,
        about=to_read(moving, f"To be ticked: {in_words(moving.still_open)}"),
        urgent=moving.is_urgent,
        wanted_within=prepared_by(now(), urgent=moving.is_urgent),
        clauses="TRN-01",
    )


# ---------------------------------------------------------------------- the risks, and what they say


def was_talked_over(moving: Moving, talked: MoveTalkedOver) -> None:
    """They agree, need longer, or refuse; then nobody moves them, and a manager decides what is done instead."""
    if not talked.talked:
        moving.so_far.append(f"Not talked with yet: {talked.tried}")
        moving.open[Asked.TALK_AGAIN] = at("talked-with-again", work_out_next_working_morning())
        return
    assert talked.they_say is not None
    moving.they_say, moving.decides = talked.they_say, talked.decides
    note_talked_over(talked.they_say)
    moving.so_far.append(f"Talked over:{talked.in_words}")
    if talked.advocate_needed and Asked.ADVOCATE not in moving.open:
        find_an_advocate(moving, talked)
    match talked.they_say:
        case TheySay.AGREES:
            pass
        case TheySay.NOT_YET:
            if Asked.ADVOCATE not in moving.open:  # then it is talked over again with them
                moving.open[Asked.TALK_AGAIN] = at("talked-with-again", work_out_next_working_morning())
        case TheySay.REFUSES:
            take_back(moving.open, Asked.MOVED)
            bring_before_a_manager(moving, f"They do not want it: {talked.because}")


def find_an_advocate(moving: Moving, talked: MoveTalkedOver) -> None:
    """In the case that is open for it already, or in one of its own; planning waits for them (DUTY-40, GAP-06)."""
    person = moving.wanted.person
    if person is None:
        moving.so_far.append("An advocate is needed: refer them by hand, as the register does not have them.")
        return
    found_in = look_up_open_advocacy(person)
    if found_in is None:
        need = AdvocacyNeed(
            about_person=person,
            step=AdvocacyStep.PLANNING,
            what=f"They are to move: {moving.wanted.why}\n{talked.wishes}",
            decided_by=moving.whose.tag,
            came_from=this_case(),
        )
        found_in = open_case(advocacy, need, owner=moving.whose, clauses="DUTY-40 TRN-02")
    moving.open[Asked.ADVOCATE] = closed(found_in)
    if not moving.is_urgent:
        take_back(moving.open, Asked.PLANNED)


def advocate_is_settled(moving: Moving, ended: Closed) -> None:
    """With an advocate there, it is talked over once more; where none is needed, it goes on (DUTY-42)."""
    moving.so_far.append(f"Advocate: {ended.outcome} (case {ended.ref})")
    if ended.outcome == AdvocacyOutcome.IN_PLACE or moving.they_say is not TheySay.AGREES:
        talk_over_again(moving)


def talk_over_again(moving: Moving) -> None:
    """What they said before counts no more."""
    take_back(moving.open, Asked.TALKED_OVER, Asked.TALK_AGAIN)
    moving.they_say = None
    note_talked_over(TheySay.NOT_YET)


# ---------------------------------------------------------------------- the plan


def was_planned(moving: Moving, plan: MovePlanned) -> None:
    """What happens next and who does each thing is known; whoever is named hears of it (TRN-01, TRN-15)."""
    moving.plan, moving.day = plan, plan.day
    note_planned(plan.day)
    who_does_it = (f"{one.replace('-', ' ')}: {getattr(plan, one.field)}" for one in moving.stands.arrangements)
    moving.so_far.append(f"Planned for {plan.day:%d %B %Y}. Next: {plan.what_next}. {plan.who_does_it}")
    moving.so_far += [*who_does_it, *([f"Further risks: {plan.risks}"] if plan.risks else [])]
    if plan.liberty and moving.wanted.person is not None:
        whom, worker = moving.wanted.person, moving.whose.tag
        concern = LibertyConcern(about_person=whom, what=plan.restrictions, worker=worker)
        open_case(deprivation_of_liberty, concern, owner=moving.whose, clauses="REA-37 TRN-01")
    for one in plan.to_tell:
        have_them_told(moving, one)


def have_them_told(moving: Moving, one: SomebodyToTell) -> None:
    """A partner through the disclosure gate; the person and their family as they wish to hear (TRN-14, TRN-15)."""
    person = moving.wanted.person
    if one.who is ToldAs.PARTNER:
        wish = DisclosureWish(
            recipient=PARTNER,
            purpose=TO_PREPARE,
            content=one.what,
            about_person=person,
            who_exactly=one.called,
            emergency=bool(moving.emergency),
            given_by=moving.whose.tag,
        )
        gate = open_case(disclosure, wish, owner=moving.whose, clauses="TRN-15 DUTY-63")
        moving.gates.append(gate)
        moving.open[f"gate {gate}"] = closed(gate)
        return
    if one.who is ToldAs.PERSON and person is None:
        moving.so_far.append(f"To be told by hand, as the register does not have them: {one.what}")
        return
    telling = PersonTelling(
        whom=ToBeTold.the_person(person)
        if one.who is ToldAs.PERSON and person is not None
        else ToBeTold(who=Addressee.CARER, about_person=person, called=one.called, email=one.email),
        subject="About the move",
        body=one.what,
        about="A move between services",
        of=moving.whose.tag,
        wanted_by=work_out_move_told_by(),
        urgent=moving.is_urgent,
        clauses=("TRN-02", "TRN-15"),
    )
    open_case(telling_a_person, telling, owner=moving.whose, clauses="TRN-02 TRN-15")


def gate_has_closed(moving: Moving, asked: str, gate: Closed) -> None:
    """The partner has it; or it is asked what is done instead."""
    del moving.open[asked]
    moving.so_far.append(f"Partner: {gate.outcome} (case {gate.ref})")
    if gate.outcome != DisclosureOutcome.GIVEN:
        moving.open[f"not told {gate.ref}"] = decision(
            PartnerNotTold,
            of=moving.whose,
            about=to_read(moving, f"It was not given: see case {gate.ref}."),
            key=f"partner-not-told-{1 + moving.gates.index(gate.ref)}",
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="TRN-15",
        )


def was_ticked(moving: Moving, ticked: ArrangementsInPlace) -> None:
    """All in place; or it is asked again on the day named, and by the eve of the move in any case."""
    moving.in_place |= ticked.in_place
    if not moving.still_open:
        note_in_place()
        moving.so_far.append("Every arrangement is in place")
    elif ticked.ask_again_on is not None:
        moving.so_far.append(f"Still open: {ticked.still_open}")
        moving.open[Asked.LOOK_AGAIN] = at("looked-at-again", work_out_next_morning(ticked.ask_again_on))


def look_again(moving: Moving) -> None:
    """The arrangements stand as they were; those that hang on the day are asked anew by whoever put it off."""
    take_back(moving.open, Asked.IN_PLACE, Asked.LOOK_AGAIN)
    moving.in_place.clear()
