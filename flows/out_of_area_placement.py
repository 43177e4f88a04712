"""An out-of-area placement: somebody lives in another council's area, and is out of nobody's sight."""

from __future__ import annotations

from flows.out_of_area_standing import (
    Asked,
    Placement,
    ask_for_a_look,
    ask_for_the_review,
    ask_who_takes_it_on,
    confirm_the_end,
    tell_the_council,
    to_read,
    wait_for_the_looks,
    wait_for_the_review,
)
from models.forms.out_of_area import (
    AngleLookedAt,
    ConcernActedOn,
    OutOfAreaPlacement,
    PlacementEndConfirmed,
    PlacementReviewed,
    PlacementTakenOn,
)
from models.forms.out_of_area_sharing import SharingOvertaken
from models.forms.out_of_area_signals import (
    CouncilRaisedConcern,
    PlacementChanged,
    PlacementIsOver,
    PlacementLacksOwner,
    ProviderHasConcern,
    ProviderOfPlacementFails,
)
from models.forms.recording import PersonHasDied
from models.notices import Interruption, Recipient
from models.out_of_area.kinds import Angle, PlacementEnd, PlacementOutcome, SharedKind
from models.roles import Role
from tasks.case_people import about_person
from tasks.durable import Due, Verb, answered_by, at, decision, hears, open_case, procedure, send, tell, which_of
from tasks.durable.handover import pass_ownership
from tasks.durable.in_force import policy
from tasks.out_of_area.placing import (
    begin_placement,
    end_placement,
    find_next_placement,
    look_up_owner,
    name_watchers,
    note_taken_on,
    start_clocks,
    stop_clocks,
)
from tasks.out_of_area.watching import note_look_is_now, note_looked_at, note_reviewed


@procedure(
    title="Out-of-area placement",
    follows="Safe pathways, systems and transitions (local authority assessment): out-of-area placements",
    by_hand=True,
    acts_on=(PersonHasDied,),
)
def out_of_area_placement(placed: OutOfAreaPlacement) -> PlacementOutcome:
    """
    Keep sight of somebody whom one council has placed in another's area, until the placement is over.

    Somebody takes it on by name, and four others watch its safeguarding, quality, contract and commissioning, each on
    days of their own (TRN-50). It is reviewed six weeks after it began and every six months, whether the last was late
    or not. The other council is told when it begins, changes and ends, and asked until somebody there has it (TRN-51).
    A concern there, about the person or the provider, is acted on at once. When it is said to be over its clocks stand
    still, and a manager confirms why. Silence is chased throughout.
    """
    about_person(placed.person)
    begun = begin_placement(placed)  # TRN-52
    if begun.already is not None or begun.clocks is None:
        return PlacementOutcome.ALREADY_THERE
    placement = begin(Placement(placed, begun, begun.clocks, contact=begun.contact))
    while placement.ended is None:
        match which_of(placement.open):
            case _, PlacementTakenOn() as taken:
                was_taken_on(placement, taken)
            case _, PlacementReviewed() as reviewed:
                was_reviewed(placement, reviewed)
            case side, AngleLookedAt() as looked:
                was_looked_at(placement, Angle(side), looked)
            case _, ConcernActedOn(done=done):
                del placement.open[Asked.CONCERN]
                placement.so_far.append(f"Done about the concern: {done}")
            case asked, CouncilRaisedConcern() as raised:
                placement.open[asked] = hears(CouncilRaisedConcern)
                council_has_a_concern(placement, raised)
            case asked, ProviderHasConcern() as raised:
                placement.open[asked] = hears(ProviderHasConcern)
                act_on_concern(placement, f"Concern about the provider: case {raised.concern}", Angle.QUALITY)
            case asked, ProviderOfPlacementFails(incident=incident):
                placement.open[asked] = hears(ProviderOfPlacementFails)
                provider_fails(placement, incident)
            case asked, PlacementChanged() as change:
                placement.open[asked] = hears(PlacementChanged)
                has_changed(placement, change)
            case asked, PlacementIsOver() as over:
                placement.open[asked] = hears(PlacementIsOver)
                is_said_to_be_over(placement, over)
            case asked, PersonHasDied(died_on=died_on):
                placement.open[asked] = hears(PersonHasDied)
                stop_clocks()
                confirm_the_end(placement, f"The register shows that they died on {died_on:%d %B %Y}")
            case _, PlacementEndConfirmed() as said:
                end_is_confirmed(placement, said)
            case asked, PlacementLacksOwner():
                placement.open[asked] = hears(PlacementLacksOwner)
                if not name_watchers() and not placement.stands_still:
                    ask_who_takes_it_on(placement)
            case Asked.REVIEW_DAY, Due():
                ask_for_the_review(placement)
            case Angle() as side, Due():
                ask_for_a_look(placement, side)
            case _, Due():
                review_is_missed(placement)
    return placement.ended


def begin(placement: Placement) -> Placement:
    """Somebody is to take it on, the clocks run, and the other council is told (TRN-50, TRN-51)."""
    placement.open |= {
        Asked.COUNCIL: hears(CouncilRaisedConcern),
        Asked.PROVIDER_CONCERN: hears(ProviderHasConcern),
        Asked.PROVIDER_FAILS: hears(ProviderOfPlacementFails),
        Asked.CHANGE: hears(PlacementChanged),
        Asked.OVER: hears(PlacementIsOver),
        Asked.LACKS_OWNER: hears(PlacementLacksOwner),
        Asked.DEATH: hears(PersonHasDied),
    }
    ask_who_takes_it_on(placement)
    wait_for_the_review(placement)
    wait_for_the_looks(placement)
    tell_the_council(placement, SharedKind.BEGAN, "Whom to ring here, who pays, and who watches what.")
    return placement


def was_taken_on(placement: Placement, taken: PlacementTakenOn) -> None:
    """Whoever answered has it by name; each side has somebody (TRN-50)."""
    del placement.open[Asked.TAKEN_ON]
    pass_ownership(answered_by(PlacementTakenOn))
    note_taken_on(taken)
    placement.contact = taken.council_contact or placement.contact
    placement.so_far.append(f"Taken on. First: {taken.first_steps}")


# ---------------------------------------------------------------------- watched and reviewed


def was_looked_at(placement: Placement, angle: Angle, looked: AngleLookedAt) -> None:
    """What was found is on the tracker, and the next day is known."""
    del placement.open[angle]
    placement.so_far.append(f"{angle.capitalize()}: {looked.found} {looked.what_follows}".rstrip())
    placement.open[angle] = at(f"look-{angle}", note_looked_at(angle, looked))


def was_reviewed(placement: Placement, reviewed: PlacementReviewed) -> None:
    """The next is counted from the day of this one; the other council hears of what has changed."""
    del placement.open[Asked.REVIEW]
    placement.close(Asked.REVIEW_MISSED)
    placement.so_far.append(f"Reviewed: {reviewed.found} {reviewed.what_follows}".rstrip())
    following = note_reviewed(reviewed.sooner_on)
    placement.clocks = placement.clocks.model_copy(
        update={"review_from": following.since, "review_rule": following.rule}
    )
    wait_for_the_review(placement)
    if reviewed.tell_council:
        tell_the_council(placement, SharedKind.CHANGED, reviewed.to_tell)


def review_is_missed(placement: Placement) -> None:
    """Its day is over: a manager hears, and the question stays."""
    del placement.open[Asked.REVIEW_MISSED]
    tell(
        Role.TEAM_MANAGER,
        Verb.CHECK,
        "the-review-of-a-placement-is-missed",
        near=placement.begun.team,
        clauses="TRN-50 TRN-52",
    )


# ---------------------------------------------------------------------- what happens there


def council_has_a_concern(placement: Placement, raised: CouncilRaisedConcern) -> None:
    """Whoever looks after the placement acts on it today, and whoever watches that side looks now (TRN-50)."""
    act_on_concern(placement, f"{placement.placed.council} ({raised.by_whom}): {raised.what}", raised.kind.angle)


def act_on_concern(placement: Placement, what: str, angle: Angle) -> None:
    """It is asked of whoever looks after the placement at once, whatever else is open."""
    placement.so_far.append(what)
    placement.close(Asked.CONCERN)
    placement.open[Asked.CONCERN] = decision(
        ConcernActedOn,
        of=Recipient.from_tag(look_up_owner()),
        about=to_read(placement),
        urgent=True,
        wanted_within=policy().gaps.reasonable_time.urgent,
        clauses="TRN-50",
    )
    if not placement.stands_still:
        note_look_is_now(angle)
        ask_for_a_look(placement, angle, what, urgent=True)


def provider_fails(placement: Placement, incident: str) -> None:
    """The incident has them on its list; whoever looks after the placement hears at once (TRN-53)."""
    placement.so_far.append(f"The provider fails: incident {incident}")
    tell(
        Recipient.from_tag(look_up_owner()),
        Verb.CHECK,
        "the-provider-of-a-placement-fails",
        urgent=True,
        interrupts=Interruption.PROVIDER_FAILURE,
        clauses="TRN-50 TRN-53",
    )


def has_changed(placement: Placement, change: PlacementChanged) -> None:
    """On record, and told to the other council where it must know (TRN-51)."""
    placement.so_far.append(f"Changed: {change.what}")
    if change.tell_council:
        tell_the_council(placement, SharedKind.CHANGED, change.what)


# ---------------------------------------------------------------------- its end


def is_said_to_be_over(placement: Placement, over: PlacementIsOver) -> None:
    """Nobody is asked to look any more until a manager has confirmed it."""
    since = f", from {over.on:%d %B %Y}" if over.on else ""
    why = f" ({over.reason.replace('-', ' ')})" if over.reason else ""
    stop_clocks()
    confirm_the_end(placement, f"Said to be over{why}{since}: {over.how_known}")


def end_is_confirmed(placement: Placement, said: PlacementEndConfirmed) -> None:
    """It goes on, and so do its clocks; or it is over, and the other council is told (TRN-51, GAP-53)."""
    del placement.open[Asked.END]
    if said.reason is None or said.ended_on is None:
        placement.so_far.append(f"It goes on: {said.goes_on_because}")
        placement.clocks = start_clocks()
        wait_for_the_review(placement)
        wait_for_the_looks(placement)
        return
    for ref in end_placement(said.reason):
        send(ref, SharingOvertaken(), clauses="TRN-51 GAP-53")
    tell_the_council(
        placement,
        SharedKind.ENDED,
        f"It is over since {said.ended_on:%d %B %Y}: {said.reason.replace('-', ' ')}.",
    )
    if (following := find_next_placement(placement.placed, said)) is not None:
        owner = Recipient.from_tag(look_up_owner())
        open_case(out_of_area_placement, following, owner=owner, clauses="TRN-52")
    died = said.reason is PlacementEnd.DIED
    placement.ended = PlacementOutcome.DIED if died else PlacementOutcome.ENDED
