"""A changed reablement plan on its way to everybody: recorded, told, in copies; a part of the plan change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flows.leaving_notes import leave_note
from flows.plan_changing import Always, Changing, PlanChangeOutcome, always, take_notice
from flows.telling_a_person import telling_a_person
from models.forms.plan_copies import CopiesGivenOut, HomeCopyAmended, HomeCopyPutRight, PlanChangeExplained
from models.forms.telling_people import PersonTelling
from models.policy.messages import Wording
from models.reablement.plan import Involved, Part
from models.roles import Role
from models.telling_findings import Addressee, Means, ToBeTold
from tasks.coming_days import work_out_next_morning
from tasks.durable import (
    Due,
    Verb,
    Wait,
    after,
    ask,
    at,
    decision,
    first_of,
    hears,
    now,
    open_case,
    staff,
    tell,
    this_case,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.reablement.change_beside import beside_copies, beside_telling, beside_the_home_copy, changed_in_words
from tasks.reablement.changing import (
    CountsMeanwhile,
    look_up_what_counts_meanwhile,
    look_up_who_is_told,
    stop_telling_them,
    word_the_change,
)
from tasks.reablement.copies import note_amended_by_hand, note_copy, note_no_copy
from tasks.reablement.plans import look_up_plan
from tasks.telling.people_steps import find_out_how_to_tell

NOTE = "Reablement: plan changed"
"""The literal title of the note about a change."""
NOTICES = {
    CountsMeanwhile.HOME_COPY: "plan-changed-go-by-the-copy-at-home",
    CountsMeanwhile.NEW_VERSION: "plan-changed-the-new-version-counts",
}
"""What staff in the plan are told (REA-14, REA-15)."""
Came = CopiesGivenOut | PlanChangeExplained | HomeCopyAmended | Due | Always


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


def see_that_it_goes_out(changing: Changing) -> None:
    """
    See that everybody hears of the changed plan, has the new copy, and goes by the copy at home until then.

    The formal record is brought into line within the time that policy gives (REA-13). Copies go to everybody who had
    the plan, unless consent or those involved have changed (REA-16), electronically by a secure route only (REA-17).
    Where visits have changed it is asked until the rota matches. The reablement lead hears of what is late.
    """
    assert changing.made is not None and changing.decided is not None and changing.decided.edits is not None
    going = GoingOut(
        version=changing.made.version,
        differences=changing.made.differences,
        since=now(),
        rota_matches=not changing.decided.edits.changes_the_rota,
    )
    if changing.amended_at_home:
        changing.stands = note_amended_by_hand(changing.plan, going.version)  # REA-12
    bring_the_record_into_line(changing, going)
    tell_everybody(changing, going)
    late = after("copies-not-out", policy().reablement.copies_out_within, since=going.since)
    while changing.outcome is None and not everybody_has_it(changing, going):
        match first_of(*what_is_awaited(changing, going, late)):
            case CopiesGivenOut() as answer:
                going.copies = None
                copies_were_given(changing, going, answer)
            case PlanChangeExplained() as told:
                going.telling = None
                they_were_told(changing, going, told)
            case HomeCopyAmended(amended_on=on):
                changing.stands = note_amended_by_hand(changing.plan, going.version, on)  # REA-12
                ask_for_copies_anew(going)
            case Due(name="copies-not-out"):
                tell(Role.REABLEMENT_LEAD, Verb.CHECK, "copies-of-a-changed-plan-are-late", near=changing.stands.team)
            case Due():
                going.tell_again = None
            case came:
                ask_for_copies_anew(going)
                ask_to_tell_anew(going)
                take_notice(changing, came)
                if changing.stands.version != going.version:
                    stop_saying_which_copy_counts(changing, going)
    stop_saying_which_copy_counts(changing, going)
    changing.outcome = changing.outcome or PlanChangeOutcome.CHANGED


def everybody_has_it(changing: Changing, going: GoingOut) -> bool:
    """Whether nobody is left who is to have the new copy, and the rota matches."""
    return going.rota_matches and not to_have_a_copy(changing, going)


def to_have_a_copy(changing: Changing, going: GoingOut) -> tuple[str, ...]:
    """Those who are to have the new copy (REA-16); where a later version is in force, its own change sees to that."""
    return changing.stands.to_get_a_copy if changing.stands.version == going.version else ()


def what_is_awaited(changing: Changing, going: GoingOut, late: Wait[Due]) -> list[Wait[Came]]:
    """One form for all copies, one for all who are to be told, and what may come besides."""
    waits: list[Wait[Came]] = [ask_for_copies(changing, going), late, hears(HomeCopyAmended), *always()]
    if going.tell_again is not None:
        waits.append(going.tell_again)
    elif going.to_tell and changing.stands.version == going.version:
        going.telling = decision(
            PlanChangeExplained,
            of=changing.worker,
            about=beside_telling(changing.stands, going.differences, going.to_tell.values(), going.words),
            wanted_within=policy().gaps.plan_paperwork.formal_record_within,
            clauses="REA-14 REA-15",
        )
        waits.append(going.telling)
    return waits


# ------------------------------------------------------------------ the record


def bring_the_record_into_line(changing: Changing, going: GoingOut) -> None:
    """The formal record says what the plan says now, within the time that policy gives (REA-13, GAP-34)."""
    by_hand = "The copy at home was amended by hand." if changing.amended_at_home else ""
    said = [str(one) for one in changing.said.values()]
    parts = (
        f"The plan has changed; version {going.version} is in force.",
        changed_in_words(going.differences),
        f"Evidence: {changing.evidence.evidence.what} ({changing.evidence.evidence.given_by})",
        f"Reasons: {changing.reasons}",
        "\n".join(("What those involved said:", *said)) if said else "",
        f"Decided in their best interests: {changing.best_interests}" if changing.best_interests else "",
        by_hand,
    )
    leave_note(
        NOTE,
        "\n".join(one for one in parts if one),
        about_person=changing.stands.person,
        of=changing.worker,
        author=changing.decided_by,
        clauses="REA-09 REA-13 GAP-34",
        wanted_by=policy().working_calendar().add(now(), policy().gaps.plan_paperwork.formal_record_within),
    )


# ------------------------------------------------------------------ telling everybody


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


# ------------------------------------------------------------------ copies


def ask_for_copies(changing: Changing, going: GoingOut) -> Wait[CopiesGivenOut]:
    """One form for all copies that are to go out, and for the rota."""
    wanted = to_have_a_copy(changing, going)
    if going.copies is not None and wanted != going.wanted:
        ask_for_copies_anew(going)
    rota = "" if going.rota_matches else "Visits have changed: the rota must match. Say when it does."
    going.wanted = wanted
    going.copies = decision(
        CopiesGivenOut,
        of=changing.worker,
        about=beside_copies(
            changing.stands, going.differences, wanted, policy().reablement.secure_routes, rota, *going.tried
        ),
        wanted_within=policy().reablement.copies_out_within,
        since=going.since,
        clauses="REA-08 REA-16 REA-17",
    )
    return going.copies


def copies_were_given(changing: Changing, going: GoingOut, answer: CopiesGivenOut) -> None:
    """Who has the new copy need not be told any more which one counts meanwhile (REA-15, REA-16)."""
    for one in answer.given:
        changing.stands = note_copy(changing.plan, one.who, going.version, one.how, one.given_on)
    for left_out in answer.no_copy:
        changing.stands = note_no_copy(changing.plan, left_out.who, f"{left_out.why}: {left_out.details}")
    going.rota_matches = going.rota_matches or answer.rota_matches is True
    if answer.tried:
        going.tried = (*going.tried, f"So far: {answer.tried}")
    have_it = set(answer.holders)
    stop_telling(changing, tuple(going.tellings.pop(who) for who in sorted(have_it & set(going.tellings))))
    if have_it & set(going.to_tell):
        ask_to_tell_anew(going)
        for who in have_it & set(going.to_tell):
            del going.to_tell[who]


def stop_saying_which_copy_counts(changing: Changing, going: GoingOut) -> None:
    """Everybody has it, or a later version is on its way: nobody is told about this one any more (REA-15)."""
    ask_for_copies_anew(going)
    ask_to_tell_anew(going)
    stop_telling(changing, tuple(going.tellings.values()))
    going.tellings = {}


def stop_telling(changing: Changing, refs: tuple[str, ...]) -> None:
    """In those cases nobody is told any more."""
    if refs:
        stop_telling_them(refs, changing.stands.person)


def ask_for_copies_anew(going: GoingOut) -> None:
    """The question leaves the worklist; it is asked again as things stand, where copies are still wanted."""
    if going.copies is not None:
        withdraw(going.copies)
    going.copies = None


def ask_to_tell_anew(going: GoingOut) -> None:
    """As for copies."""
    if going.telling is not None:
        withdraw(going.telling)
    going.telling = None


# ------------------------------------------------------------------ the copy at home


def see_that_the_home_copy_is_right(changing: Changing) -> None:
    """
    The copy at home was amended by hand for a change that is not made: it is put right, for whoever visits goes by it.

    Where reablement has ended nobody goes by it any more.
    """
    amended = changing.amended_at_home or changing.evidence.evidence.changed_at_home
    if not amended or changing.outcome in STANDS_AS_AMENDED:
        return
    ask(
        HomeCopyPutRight,
        of=changing.worker,
        about=beside_the_home_copy(
            changing.evidence, look_up_plan(changing.plan), "What stands there by hand was not agreed."
        ),
        wanted_within=policy().gaps.plan_paperwork.formal_record_within,
        clauses="REA-12 REA-15",
    )


STANDS_AS_AMENDED = (
    PlanChangeOutcome.CHANGED,
    PlanChangeOutcome.CHANGED_ALREADY,
    PlanChangeOutcome.REABLEMENT_ENDED,
)
