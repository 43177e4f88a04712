"""Everybody hears that a reablement plan has changed, and which copy counts meanwhile; a part of the plan change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flows.plan_changing import Changing
from flows.telling_a_person import telling_a_person
from models.forms.plan_copies import CopiesGivenOut, PlanChangeExplained
from models.forms.telling_people import PersonTelling
from models.policy.messages import Wording
from models.reablement.plan import Involved, Part
from models.telling_findings import Addressee, Means, ToBeTold
from tasks.coming_days import work_out_next_morning
from tasks.durable import Due, Verb, Wait, at, decision, now, open_case, staff, tell, this_case, withdraw
from tasks.durable.in_force import policy
from tasks.reablement.change_beside import beside_telling, changed_in_words
from tasks.reablement.changing import (
    CountsMeanwhile,
    look_up_what_counts_meanwhile,
    look_up_who_is_told,
    stop_telling_them,
    word_the_change,
)
from tasks.telling.people_steps import find_out_how_to_tell

NOTICES = {
    CountsMeanwhile.HOME_COPY: "plan-changed-go-by-the-copy-at-home",
    CountsMeanwhile.NEW_VERSION: "plan-changed-the-new-version-counts",
}
"""What staff in the plan are told (REA-14, REA-15)."""


@dataclass
class GoingOut:
    """A version on its way to everybody, as the ledger tells it so far."""

    version: int
    differences: tuple[str, ...]
    since: datetime
    rota_matches: bool
    """The rota was changed to match, or no visits have changed."""
    words: str = ""
    """What those outside are told."""
    tellings: dict[str, str] = field(default_factory=dict)
    """The cases in which somebody is told by a machine, by their ids in the plan."""
    to_tell: dict[str, tuple[Involved, str, str]] = field(default_factory=dict)
    """Those whom the worker tells: why no machine does, and what must be known, by their ids."""
    tell_again: Wait[Due] | None = None
    """Those who were not reached are asked for again then."""
    tried: tuple[str, ...] = ()
    copies: Wait[CopiesGivenOut] | None = None
    wanted: tuple[str, ...] = ()
    """For whom copies are asked just now."""
    telling: Wait[PlanChangeExplained] | None = None


def tell_everybody(changing: Changing, going: GoingOut) -> None:
    """
    Everybody involved hears that the plan has changed, and which copy counts until theirs is there (REA-14, REA-15).

    Staff hear by a notice. Of those outside, who knows already is not told again; a machine tells those whom it may
    and can, and the worker all others, on one form.
    """
    counts, everybody = look_up_what_counts_meanwhile(), look_up_who_is_told(changing.plan)
    ours = [staff(one.party.staff) for one in everybody if one.is_ours and one.party.staff]
    if colleagues := [one for one in dict.fromkeys(ours) if one != changing.worker]:
        tell(colleagues, Verb.READ, NOTICES[counts], clauses="REA-14 REA-15")
    wording = word_the_change(changing.stands.team, this_case(), counts)
    going.words = wording.body
    for one in everybody:
        if not one.is_ours and one.party.id not in changing.informed:
            tell_one_outside(changing, going, one.party, wording)


def tell_one_outside(changing: Changing, going: GoingOut, party: Involved, wording: Wording) -> None:
    """By a machine, in a case of its own; by the worker, together with all others; or not at all (GAP-53)."""
    whom = whom_that_is(changing, party)
    how = find_out_how_to_tell(whom, len(wording.body))
    match how.means:
        case Means.MACHINE:
            telling = PersonTelling(
                whom=whom,
                subject=wording.subject,
                body=wording.body,
                about=changed_in_words(going.differences),
                of=changing.worker.tag,
                wanted_by=policy().working_calendar().add(now(), policy().gaps.plan_paperwork.formal_record_within),
                clauses=("REA-14", "REA-15"),
            )
            going.tellings[party.id] = open_case(
                telling_a_person, telling, owner=changing.worker, key=f"tell:{party.id}", clauses="REA-14 REA-15"
            )
        case Means.SOMEBODY:
            going.to_tell[party.id] = (party, how.because, how.beside_the_form)
        case Means.NOBODY:
            pass


def whom_that_is(changing: Changing, party: Involved) -> ToBeTold:
    """Somebody in the plan, for those who tell people outside."""
    person = changing.stands.person
    match party.part:
        case Part.PERSON:
            return ToBeTold.the_person(person)
        case Part.CARER:
            return ToBeTold(who=Addressee.CARER, about_person=person, called=party.name, email=party.email)
        case Part.REPRESENTATIVE | Part.REABLEMENT_WORKER | Part.OCCUPATIONAL_THERAPIST | Part.OTHER:
            return ToBeTold(who=Addressee.INVOLVED, about_person=person, called=party.name, email=party.email)


def they_were_told(changing: Changing, going: GoingOut, told: PlanChangeExplained) -> None:
    """Who was told knows; who could not be is asked for again on the next working day (REA-14)."""
    for who in set(going.to_tell) - told.later:
        del going.to_tell[who]
    if going.to_tell:
        going.tell_again = at("told-again", work_out_next_morning())


def ask_to_tell(changing: Changing, going: GoingOut) -> Wait[PlanChangeExplained]:
    """One form for all whom no machine tells."""
    going.telling = decision(
        PlanChangeExplained,
        of=changing.worker,
        about=beside_telling(changing.stands, going.differences, going.to_tell.values(), going.words),
        wanted_within=policy().gaps.plan_paperwork.formal_record_within,
        clauses="REA-14 REA-15",
    )
    return going.telling


def stop_telling(changing: Changing, refs: tuple[str, ...]) -> None:
    """In those cases nobody is told any more."""
    if refs:
        stop_telling_them(refs, changing.stands.person)


def ask_to_tell_anew(going: GoingOut) -> None:
    """As for copies."""
    if going.telling is not None:
        withdraw(going.telling)
    going.telling = None
