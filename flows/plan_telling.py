"""Everybody hears that a reablement plan has changed and which copy counts; a part of whatever changes it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from flows.telling_a_person import telling_a_person
from models.forms.explaining import EveryoneTold
from models.forms.plan_copies import CopiesGivenOut, PlanChangeExplained
from models.forms.telling_people import PersonTelling
from models.policy.messages import Wording
from models.reablement.findings import PlanStands
from models.reablement.notices import PlanNotice
from models.reablement.plan import Involved, Part
from models.telling_findings import Addressee, Means, ToBeTold
from tasks.coming_days import work_out_next_morning
from tasks.durable import Due, Verb, Wait, at, decision, now, open_case, staff, tell, withdraw
from tasks.durable.in_force import policy
from tasks.reablement.change_beside import beside_telling, changed_in_words
from tasks.reablement.changing import (
    CountsMeanwhile,
    look_up_what_counts_meanwhile,
    stop_telling_them,
    word_the_change,
)
from tasks.reablement.coordinating import Coordinator, who_that_is
from tasks.reablement.matters import look_up_who_is_told
from tasks.telling.people_steps import find_out_how_to_tell

NOTICES = {
    CountsMeanwhile.HOME_COPY: PlanNotice.GO_BY_HOME_COPY,
    CountsMeanwhile.NEW_VERSION: PlanNotice.NEW_VERSION_COUNTS,
}
"""What staff in the plan are told (REA-14, REA-15)."""
COUNTS = {
    CountsMeanwhile.HOME_COPY: "Until they have the new copy, the one at home counts: tell them so.",
    CountsMeanwhile.NEW_VERSION: "The new version counts from now on: tell them so.",
}
"""What those are told to whom a worker explains it in her own words (REA-15)."""


@dataclass
class GoingOut:
    """A version on its way to everybody, as the ledger tells it so far."""

    stands: PlanStands
    """The plan as it was last looked at."""
    version: int
    differences: tuple[str, ...]
    since: datetime
    rota_matches: bool = True
    """The rota was changed to match, or no visits have changed."""
    form: type[EveryoneTold] = PlanChangeExplained
    """On which the worker says whom she has told."""
    is_made_here: bool = True
    """This case has made the version: its copies go out from here."""
    is_explained: bool = False
    """It is explained to each, whoever has a copy already, and whatever version is in force by then."""
    ended: bool = False
    """Reablement has ended."""
    words: dict[str, str] = field(default_factory=dict)
    """What those outside are told, by their ids in the plan."""
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
    telling: Wait[EveryoneTold] | None = None

    @property
    def plan(self) -> str:
        """Ref of the case that looks after the plan."""
        return self.stands.plan

    @property
    def worker(self) -> Coordinator:
        """Whoever coordinates the plan by then."""
        return Coordinator(self.plan)

    @property
    def is_in_force(self) -> bool:
        """Whether no later version is."""
        return self.stands.version == self.version

    @property
    def to_get_a_copy(self) -> tuple[str, ...]:
        """Ids of those who are to have one from here; of a later version, the case that made it sees to that."""
        return self.stands.to_get_a_copy if self.is_made_here and self.is_in_force else ()


def tell_everybody(going: GoingOut, known_by: Collection[str]) -> None:
    """
    Everybody involved hears that the plan has changed, and which copy counts until theirs is there (REA-14, REA-15).

    Staff hear by a notice. Of those outside, who knows already is not told again; a machine tells those whom it may
    and can, and the worker all others, on one form.
    """
    counts = look_up_what_counts_meanwhile()
    told = look_up_who_is_told(going.plan, who_that_is(going.worker).tag, ())
    if told.staff:
        tell([staff(one) for one in told.staff], Verb.READ, NOTICES[counts], clauses="REA-14 REA-15")
    for one in told.others:
        if one.id not in known_by:
            tell_one_outside(going, one, counts)


def have_it_explained(going: GoingOut, what: str, notice: PlanNotice, known_by: Collection[str]) -> None:
    """
    What has changed is explained to everybody by the worker, on one form; staff hear by a notice (REA-05, REA-15).

    All of them hear which copy counts, too, where somebody is to have a new one.
    """
    counts = look_up_what_counts_meanwhile()
    told = look_up_who_is_told(going.plan, who_that_is(going.worker).tag, tuple(known_by))
    if told.staff:
        tell([staff(one) for one in told.staff], Verb.READ, notice, clauses="REA-05")
    which_copy = COUNTS[counts] if going.stands.to_get_a_copy else ""
    if told.staff and which_copy:
        tell([staff(one) for one in told.staff], Verb.READ, NOTICES[counts], clauses="REA-15")
    for one in told.others:
        going.to_tell[one.id] = (one, "", "")
        going.words[one.id] = "\n".join(filter(None, (what, which_copy)))


def tell_one_outside(going: GoingOut, party: Involved, counts: CountsMeanwhile) -> None:
    """By a machine, in a case of its own; by the worker, together with all others; or not at all (GAP-53)."""
    wording = word_the_change(going.stands.team, going.plan, counts, party.part is Part.PERSON)
    whom = whom_that_is(going.stands, party)
    how = find_out_how_to_tell(whom, len(wording.body))
    match how.means:
        case Means.MACHINE:
            have_a_machine_tell(going, party.id, whom, wording)
        case Means.SOMEBODY:
            going.to_tell[party.id] = (party, how.because, how.beside_the_form)
            going.words[party.id] = wording.body
        case Means.NOBODY:
            pass


def have_a_machine_tell(going: GoingOut, who: str, whom: ToBeTold, wording: Wording) -> None:
    """In a case of its own, so that nobody waits for it."""
    coordinator = who_that_is(going.worker)
    telling = PersonTelling(
        whom=whom,
        subject=wording.subject,
        body=wording.body,
        about=changed_in_words(going.differences),
        of=coordinator.tag,
        wanted_by=policy().working_calendar().add(now(), policy().gaps.plan_paperwork.formal_record_within),
        clauses=("REA-14", "REA-15"),
    )
    going.tellings[who] = open_case(
        telling_a_person, telling, owner=coordinator, key=f"tell:{who}", clauses="REA-14 REA-15"
    )


def whom_that_is(stands: PlanStands, party: Involved) -> ToBeTold:
    """Somebody in the plan, for those who tell people outside."""
    person = stands.person
    match party.part:
        case Part.PERSON:
            return ToBeTold.the_person(person)
        case Part.CARER:
            return ToBeTold(who=Addressee.CARER, about_person=person, called=party.name, email=party.email)
        case Part.REPRESENTATIVE | Part.REABLEMENT_WORKER | Part.OCCUPATIONAL_THERAPIST | Part.OTHER:
            return ToBeTold(who=Addressee.INVOLVED, about_person=person, called=party.name, email=party.email)


def they_were_told(going: GoingOut, told: EveryoneTold) -> None:
    """Who was told knows; who could not be is asked for again on the next working day (REA-14)."""
    for who in set(going.to_tell) - told.later:
        del going.to_tell[who]
    if going.to_tell:
        going.tell_again = at("told-again", work_out_next_morning())


def ask_to_tell(going: GoingOut) -> Wait[EveryoneTold]:
    """One form for all whom no machine tells."""
    if going.telling is not None:
        return going.telling
    soon, by_day_end = policy().gaps.reasonable_time.reasonable, policy().gaps.plan_paperwork.formal_record_within
    going.telling = decision(
        going.form,
        of=who_that_is(going.worker),
        about=beside_telling(going.stands, going.differences, going.to_tell.values(), words_for_them(going)),
        wanted_within=soon if going.is_explained else by_day_end,
        clauses="REA-05" if going.is_explained else "REA-14 REA-15",
    )
    return going.telling


def words_for_them(going: GoingOut) -> str:
    """What they are told; where it is not the same for all, for whom each is."""
    words: dict[str, list[str]] = {}
    for who in going.to_tell:
        words.setdefault(going.words[who], []).append(who)
    if len(words) == 1:
        return next(iter(words))
    return "\n\n".join(f"To {', '.join(ids)}:\n{said}" for said, ids in words.items())


def stop_telling(going: GoingOut, refs: tuple[str, ...]) -> None:
    """In those cases nobody is told any more."""
    if refs:
        stop_telling_them(refs, going.stands.person)


def ask_to_tell_anew(going: GoingOut) -> None:
    """As for copies."""
    if going.telling is not None:
        withdraw(going.telling)
    going.telling = None
