"""A provider fails: one incident that looks after everybody it touches, and ends when nobody is without care."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from flows.incident_standing import Asked, Incident, to_read
from flows.incident_telling import (
    ask_who_is_told,
    ask_who_is_told_anew,
    gate_has_closed,
    look_who_is_new,
    said_who_is_told,
    somebody_is_being_told,
    tell_those_who_may_be_told,
    were_not_told,
)
from models.forms.affected_person import ProviderCarriesOn, TakenOffTheList, WithoutCareFrom
from models.forms.commissioning import NotGivenOn
from models.forms.contingency import IncidentHasEnded
from models.forms.incident_telling import RoomOpenedTo, TellingDecided, TellingWanted
from models.forms.provider_failure import (
    AffectedListCame,
    CareEndsOn,
    DifferencesSettled,
    DutyDecided,
    FailureReported,
    GroupConvened,
    IncidentAnnounced,
    IncidentStoodDown,
    ListAgreed,
    PersonAccountedFor,
    ProviderRecovers,
    RoomDecided,
    SituationReported,
)
from models.notices import Interruption, Recipient
from models.provider_failure.clocks import convened_by, reported_by
from models.provider_failure.room import TOLD_AT_ONCE
from models.roles import Role
from tasks.contingency.keeping import look_up_plans_that_apply
from tasks.durable import (
    RUN,
    Closed,
    Due,
    Verb,
    at,
    decision,
    hears,
    now,
    procedure,
    send,
    take_back,
    team,
    tell,
    this_case,
    which_of,
)
from tasks.out_of_area.telling import tell_placements_of_incident
from tasks.provider_failure.counting import describe_differences, describe_figures, look_up_who_is_left
from tasks.provider_failure.ending import agree_list, end_incident, note_announced, note_when_care_ends
from tasks.provider_failure.listing import Listed, begin_incident, settle_differences, take_in_list
from tasks.provider_failure.readers import open_room_to
from tasks.provider_failure.who_decides import look_up_who_decides_the_duty


class IncidentOutcome(StrEnum):
    """How an incident ended."""

    STOOD_DOWN = "stood down with everybody accounted for"
    """Nobody on the list is without a confirmed safe arrangement."""


@procedure(
    follows="Safe pathways, systems and transitions (local authority assessment): provider failure",
    by_hand=True,
)
def provider_failure(reported: FailureReported) -> IncidentOutcome:
    """
    Look after everybody whom the failure of a provider touches, whoever pays for them and wherever they come from.

    Everybody by our records is on the list at once, each with a case of their own, a team and somebody to see them.
    Other lists are compared with it: whoever is on any of them counts until a person says otherwise. A group of
    professionals comes together within hours, and the room reports until it is over. By which duty the council acts
    is decided and recorded beside that, and nothing waits for it. The room decides who is told: people in their own
    way, others through the disclosure gate; nothing goes to people, families or staff before it is announced. The
    incident cannot end while anybody is without a confirmed safe arrangement, a difference between lists is open,
    nobody has said that the list is whole, or another council or the regulator is neither told nor left out for a
    reason.
    """
    incident = begin(reported)
    while not incident.ended:
        match which_of(incident.open):
            case asked, DutyDecided() as duty:
                del incident.open[asked]
                incident.so_far.append(f"By duty:{duty.in_words}")  # REA-42, TRN-47, GAP-54
            case asked, GroupConvened() as group:
                del incident.open[asked]
                incident.so_far.append(f"The group:{group.in_words}")  # TRN-48, TRN-49
                ask_who_is_told(incident)
            case asked, TellingDecided() as told:
                del incident.open[asked]
                said_who_is_told(incident, told)
            case asked, Closed() as gate:
                del incident.open[asked]
                gate_has_closed(incident, asked, gate)
            case asked, NotGivenOn() as said:
                del incident.open[asked]
                were_not_told(incident, asked, said)
            case asked, SituationReported() as report:
                del incident.open[asked]
                incident.so_far.append(f"Reported:{report.in_words}")
                incident.open[Asked.NEXT_REPORT] = at("next-report", reported_by(now()))
            case asked, Due():
                del incident.open[asked]
                ask_for_a_report(incident)
            case asked, AffectedListCame() as came:
                incident.open[asked] = hears(AffectedListCame)
                list_came(incident, came)
            case asked, DifferencesSettled() as settled:
                del incident.open[asked]
                said_what_is_right(incident, settled)
            case asked, ListAgreed(how_known=how):
                del incident.open[asked]
                said_that_it_is_whole(incident, how)
            case asked, IncidentAnnounced(by_whom=by_whom):
                incident.open[asked] = hears(IncidentAnnounced)
                note_announced()
                incident.so_far.append(f"Announced by {by_whom}")
                tell_those_who_may_be_told(incident)
            case asked, TellingWanted(why=why):
                incident.open[asked] = hears(TellingWanted)
                ask_who_is_told_anew(incident, why)
            case asked, RoomOpenedTo(who=who, because=because):
                incident.open[asked] = hears(RoomOpenedTo)
                open_room_to(who)
                incident.so_far.append(f"{who} joined the room: {because}")
            case asked, RoomDecided(decided=decided, by_whom=by_whom):
                incident.open[asked] = hears(RoomDecided)
                incident.so_far.append(f"Decided by {by_whom}: {decided}")
            case asked, ProviderRecovers(what=what):
                incident.open[asked] = hears(ProviderRecovers)
                ask_each_again(incident, what)
            case asked, CareEndsOn(day=day, what=what):
                incident.open[asked] = hears(CareEndsOn)
                care_ends_on_another_day(incident, day, what)
            case asked, PersonAccountedFor(place=place):
                incident.open[asked] = hears(PersonAccountedFor)
                incident.unaccounted.discard(place)
            case asked, IncidentStoodDown():
                del incident.open[asked]
                incident.ended = end_incident()
                if incident.ended:
                    ask_whether_plans_worked()
        ask_what_comes_next(incident)
    return IncidentOutcome.STOOD_DOWN


def begin(reported: FailureReported) -> Incident:
    """Everybody by our records is on the list before anything else; then whoever must hear of it does."""
    incident = Incident(reported, team(reported.team))
    begun = begin_incident(reported)
    incident.decides_who_is_told = begun.decides_who_is_told
    is_on_the_list(incident, begun)
    tell_placements_of_incident(reported)
    tell(
        TOLD_AT_ONCE,
        Verb.CHECK,
        "a-provider-fails",
        urgent=True,
        interrupts=Interruption.PROVIDER_FAILURE,
        clauses="TRN-47 TRN-53 TRN-54",
    )
    incident.open |= {
        Asked.LIST: hears(AffectedListCame),
        Asked.ANNOUNCED: hears(IncidentAnnounced),
        Asked.DECIDED: hears(RoomDecided),
        Asked.TELLING_ANEW: hears(TellingWanted),
        Asked.OPENED_TO: hears(RoomOpenedTo),
        Asked.RECOVERS: hears(ProviderRecovers),
        Asked.CARE_ENDS: hears(CareEndsOn),
        Asked.ACCOUNTED: hears(PersonAccountedFor),
        Asked.GROUP: decision(
            GroupConvened,
            of=incident.room,
            about=to_read(incident),
            urgent=True,
            wanted_within=convened_by(now()),
            clauses="TRN-48 TRN-49 TRN-54",
        ),
        Asked.DUTY: decision(
            DutyDecided,
            of=Recipient.from_tag(look_up_who_decides_the_duty()),
            about=to_read(incident),
            wanted_within=convened_by(now()),
            clauses="REA-42 TRN-47 GAP-54",
        ),
    }
    ask_for_a_report(incident)
    return incident


# ---------------------------------------------------------------------- the list


def list_came(incident: Incident, came: AffectedListCame) -> None:
    """Whoever is missing from ours is on it from now on; what was agreed before is open again (TRN-48)."""
    is_on_the_list(incident, take_in_list(incident.reported, came))
    incident.agreed = False
    take_back(incident.open, Asked.WHOLE, Asked.STAND_DOWN, Asked.DIFFERENCES)
    look_who_is_new(incident)


def is_on_the_list(incident: Incident, listed: Listed) -> None:
    """From now on they count."""
    incident.unaccounted |= set(listed.added)
    incident.differences = listed.differences


def said_what_is_right(incident: Incident, settled: DifferencesSettled) -> None:
    """Whoever is not touched, or is there twice, hears it in their own case; the rest is asked again."""
    follows = settle_differences(settled)
    incident.differences = follows.differences
    for one in follows.taken_off:
        send(one.ref, TakenOffTheList(same_as=one.same_as, because=one.because), clauses="TRN-48")
    look_who_is_new(incident)


def said_that_it_is_whole(incident: Incident, how: str) -> None:
    """Nobody is missing from it, as far as somebody can know."""
    incident.agreed = agree_list()
    incident.so_far.append(f"The list is whole: {how}")


# ---------------------------------------------------------------------- what the room is asked


def ask_for_a_report(incident: Incident) -> None:
    """With the figures beside the form."""
    incident.open[Asked.REPORT] = decision(
        SituationReported,
        of=incident.room,
        about=f"{describe_figures()}\n{to_read(incident)}",
        wanted_within=reported_by(now()),
        clauses="TRN-48",
    )


def ask_what_comes_next(incident: Incident) -> None:
    """Differences first; then whether the list is whole; and once everybody is accounted for, whether it is over."""
    if incident.ended:
        return
    if incident.differences and Asked.DIFFERENCES not in incident.open:
        incident.open[Asked.DIFFERENCES] = decision(
            DifferencesSettled, of=incident.room, about=describe_differences(), urgent=True, clauses="TRN-48"
        )
    elif not incident.differences and not incident.agreed and Asked.WHOLE not in incident.open:
        incident.open[Asked.WHOLE] = decision(ListAgreed, of=incident.room, about=to_read(incident), clauses="TRN-48")
    if is_over(incident) and Asked.STAND_DOWN not in incident.open:
        incident.open[Asked.STAND_DOWN] = decision(
            IncidentStoodDown, of=Role.STRATEGIC_MANAGER, about=to_read(incident), clauses="TRN-47 REA-42"
        )
    elif everybody_is_safe(incident) and incident.decides_who_is_told and not somebody_is_being_told(incident):
        see_that_they_are_told(incident)


def see_that_they_are_told(incident: Incident) -> None:
    """All else is over: whoever must know and does not is told now, or it is decided why not."""
    if not incident.telling_decided:
        ask_who_is_told(incident)
    elif incident.untold:
        ask_who_is_told_anew(incident, f"all else is over, and these were not told: {', '.join(incident.untold)}")


def is_over(incident: Incident) -> bool:
    """Nobody is unaccounted for, the lists agree, it is decided by which duty we acted, and who must know does."""
    return everybody_is_safe(incident) and (
        not incident.decides_who_is_told or (incident.telling_decided and not incident.untold)
    )


def everybody_is_safe(incident: Incident) -> bool:
    """Nobody is unaccounted for, the lists agree, and it is decided by which duty we acted."""
    return not incident.unaccounted and not incident.differences and incident.agreed and Asked.DUTY not in incident.open


def ask_each_again(incident: Incident, what: str) -> None:
    """Whoever is not with other care yet is asked whether their care goes on as before."""
    incident.so_far.append(f"The provider recovers: {what}")
    for ref in look_up_who_is_left():
        send(ref, ProviderCarriesOn(what=what), clauses="TRN-47 TRN-48")


def care_ends_on_another_day(incident: Incident, day: date, what: str) -> None:
    """The room counts no call as covered by the provider from then on, and each person's case hears it at once."""
    note_when_care_ends(day)
    incident.so_far.append(f"Without care from {day:%d %B %Y}: {what}")
    for ref in look_up_who_is_left():
        send(ref, WithoutCareFrom(day=day, what=what), clauses="TRN-47 TRN-48")


def ask_whether_plans_worked() -> None:
    """Whoever keeps a contingency plan that applies says whether it worked, and must change (TRN-46)."""
    for plan in look_up_plans_that_apply():
        send(plan, IncidentHasEnded(incident=this_case()), clauses="TRN-46", for_cases_past=RUN)
