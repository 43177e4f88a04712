"""The steps of triage: what is looked up and worked out before anybody is placed on the tray."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from pydantic import AwareDatetime
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, WorkItem
from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.forms.queued_contact import QueueReply
from models.forms.safeguarding import ConcernAcknowledged
from models.forms.tray_triage import Referral
from models.forms.tray_waiting import TrayPlacement
from models.forms.urgent_action import UrgentActionTaken
from models.notices import Recipient
from models.policy import Policy
from models.rating_rules import factors_in_words
from models.recording import ReviewDate
from models.register import Staff
from models.roles import Role
from models.states import CaseStatus
from models.tray import Rated, Standing, TrayPlace
from models.tray_findings import TrayOutcome
from models.triage_findings import (
    ConcernStands,
    CountedFrom,
    EarlierPlace,
    EarlierPlaces,
    NextReview,
    RedPrecautions,
    TeamFound,
    TrayChecks,
    UrgentActions,
)
from models.working_time import local_day, months_after
from tasks.durable import audited, here
from tasks.durable.ledger import recall
from tasks.durable.leg import Step
from tasks.durable.safeguarding_asked import said_when_begun
from tasks.register.lookups import absence_on, responsible_team, staff_in, staff_member
from tasks.tray.on_a_tray import being_given_in, cases_on_trays
from tasks.tray.referring import found_when_sorted
from tasks.written_contact import what_to_heed

Beside = Callable[[Step], str]
"""What stands beside a form, made as it is asked."""
LEGISLATION = "Care Act 2014, Mental Capacity Act 2005, Mental Health Act 1983 section 117"
"""What a decision about the tray rests on, as the procedure names it."""
ANNUAL = "annual"
"""The kind of review that the Review tray is for (GAP-50)."""
CONCERN = "safeguarding-concern"
"""The procedure of a concern; one that was raised before there was such a procedure is in the safeguarding queue."""
SAME_REQUEST_AFTER = frozenset({TrayOutcome.ALLOCATED, TrayOutcome.ADMISSION})
"""Ways of leaving after which somebody placed again may be waiting for the same thing still (GAP-15)."""


@audited("Looked what is asked before anything is placed", clauses="PWT-32 GAP-18")
def look_up_what_is_checked() -> TrayChecks:
    """Whether the safeguarding check is a step of its own."""
    return TrayChecks(safeguarding_first=here().policy.gaps.tray_safeguarding_check.check_before_placing)


@audited("Looked which team it is for and who decides", clauses="PWT-24 PWT-25")
def look_up_who_decides(chosen: str | None, referred_to: str | None, person: str) -> TeamFound:
    """
    The team that duty or the referral names, else the one responsible for the person; and its leader or manager.

    The only team leader there is asked by name, unless away today; else the team manager who leads the team, who
    covers; else all managers of the team.
    """
    step = here()
    team = team_concerned(step.session, step.policy, chosen or referred_to, person, local_day(step.now))
    return TeamFound(team=team, decider=_decider(step, team).tag)


def team_concerned(session: Session, policy: Policy, named: str | None, person: str | None, on: date) -> str:
    """The team named, where it has a tray; else the one responsible; else the first that has one."""
    holders = [team.id for team in policy.teams if team.holds_tray]
    responsible = responsible_team(session, person, on) if person else None
    for team in (named, responsible.id if responsible else None):
        if team in holders:
            return team
    return holders[0] if holders else policy.teams[0].id


def _decider(step: Step, team: str) -> Recipient:
    leaders = staff_in(step.session, Role.TEAM_LEADER, team, on=local_day(step.now))
    if len(leaders) == 1 and _is_there(step, leaders[0]):
        return Recipient.staff(leaders[0].id)
    lead = staff_member(step.session, next((one.lead for one in step.policy.teams if one.id == team), ""))
    if lead is not None and lead.role == Role.TEAM_MANAGER and _is_there(step, lead):
        return Recipient.staff(lead.id)
    managers = staff_in(step.session, Role.TEAM_MANAGER, team, on=local_day(step.now))
    return Recipient.team(team) if leaders or managers else Recipient.role(Role.TEAM_MANAGER)


def _is_there(step: Step, member: Staff) -> bool:
    has_left = member.left_on is not None and member.left_on <= local_day(step.now)
    return not has_left and absence_on(step.session, member.id, step.now) is None


@audited("Looked whether they were on a tray before", clauses="PWT-03 GAP-15")
def look_up_earlier_places(person: str) -> EarlierPlaces:
    """
    Whether they wait on a tray now, or a worker is asked to take them on straight from another triage.

    Else the latest time that they waited and may be waiting for the same thing still.
    """
    session = here().session
    if on_trays := cases_on_trays(session, person):
        return EarlierPlaces(waits_in=on_trays[0][1])
    if (given := being_given_in(session, person)) is not None:
        return EarlierPlaces(being_given_in=given)
    latest = session.scalars(
        select(TrayPlace)
        .where(TrayPlace.person_id == person, TrayPlace.left_at.is_not(None))
        .order_by(TrayPlace.placed_at.desc(), TrayPlace.case_ref)
    ).first()
    if latest is not None and latest.left_because in SAME_REQUEST_AFTER:
        return EarlierPlaces(earlier=_earlier(latest))
    return EarlierPlaces()


def _earlier(place: TrayPlace) -> EarlierPlace:
    return EarlierPlace(
        case=place.case_ref,
        requested_at=place.requested_at,
        placed_at=place.placed_at,
        left_at=place.left_at,
        left_because=place.left_because,
    )


@audited("Worked out from when their waiting counts", clauses="GAP-15")
def work_out_counted_from(requested_at: AwareDatetime, earlier: EarlierPlace | None, new_request: bool) -> CountedFrom:
    """From the request; being placed again does not begin it anew, unless policy says so or the request is another."""
    clock = here().policy.gaps.allocation_clock
    if earlier is None or new_request or clock.placing_again_resets:
        return CountedFrom(requested_at=requested_at)
    first = min(earlier.requested_at, requested_at)
    return CountedFrom(requested_at=first, placed_at=earlier.placed_at if clock.counts_from == "placement" else None)


@audited("Looked what comes before placing a Red case", clauses="PWT-54 GAP-12")
def look_up_red_precautions(rated: Rated | None) -> RedPrecautions:
    """A first contact and an interim safety plan, where policy asks for them and the case is Red."""
    red, choice = rated is not None and rated.colour is Rag.RED, here().policy.gaps.red_contact
    return RedPrecautions(
        contact_first=red and choice.first_contact_before_placing, plan_first=red and choice.interim_safety_plan_first
    )


@audited("It stays Red, as no second manager agreed", clauses="PWT-47 GAP-22")
def keep_it_red(rated: Rated) -> Rated:
    """The matrix says Red, and nobody else agreed to less."""
    return rated.model_copy(update={"colour": Rag.RED})


@audited("Looked who owns the safeguarding concern", clauses="PWT-32 GAP-18")
def look_up_who_owns_the_concern(ref: str) -> ConcernStands:
    """Whoever has taken it or answered it; of a concern that is over, nobody is waited for any more."""
    step = here()
    items = step.session.scalars(
        select(WorkItem).where(WorkItem.case_ref == ref).order_by(WorkItem.opened_at.desc(), WorkItem.key.desc())
    ).all()
    needed = step.policy.gaps.tray_safeguarding_check.open_concern_has_owner_before_placing
    case = step.session.get_one(Case, ref)
    if case.procedure == CONCERN:
        asked = [one for one in items if case.status == CaseStatus.CLOSED or one.form == ConcernAcknowledged.name()]
        owner = next((one.answered_by or one.assignee for one in asked if one.answered_by or one.assignee), None)
        return ConcernStands(owner=owner, needed=needed and case.status != CaseStatus.CLOSED)
    latest = next((one for one in items if one.form == QueueReply.name()), None)
    dealt_with = case.status == CaseStatus.CLOSED
    owner = latest.answered_by if latest is not None and dealt_with else latest.assignee if latest is not None else None
    return ConcernStands(owner=owner, needed=needed)


@audited("Worked out when the next review is due", clauses="PWT-23 GAP-26")
def work_out_next_review(person: str | None, actions_ended_on: date, last_review_on: date | None) -> NextReview:
    """Twelve months from the day the actions ended, but never later than twelve after the last completed review."""
    step = here()
    return next_review(step.session, step.policy, person, actions_ended_on, last_review_on, local_day(step.now))


def next_review(
    session: Session, policy: Policy, person: str | None, ended_on: date, last_done_on: date | None, today: date
) -> NextReview:
    """As `work_out_next_review`; the later of what the register and duty know of the last review counts."""
    choice = policy.gaps.next_review
    known = session.get(ReviewDate, (person, ANNUAL)) if person else None
    done = [one for one in (last_done_on, known.last_done_on if known else None) if one is not None]
    limit = months_after(max(done), choice.at_most_months_after_last_review) if done else None
    on = months_after(ended_on, choice.months_after_actions_end)
    was_due = min((one for one in (limit, known.due_on if known else None) if one is not None), default=None)
    if was_due is not None and was_due < today and not choice.overdue_may_be_put_off:
        return NextReview(on=was_due, overdue_since=was_due)
    return NextReview(on=min(on, limit) if limit is not None and limit >= today else on)


@audited("Looked what came of the urgent actions", clauses="PWT-18")
def look_up_what_urgent_actions_did(refs: Sequence[str]) -> UrgentActions:
    """How each stands, and what was done."""
    session, lines, ended = here().session, [], []
    for ref in refs:
        closed = session.get_one(Case, ref).status == CaseStatus.CLOSED
        ended += [ref] if closed else []
        done = [
            UrgentActionTaken.model_validate(entry.data).what_was_done
            for entry in recall(session, ref)
            if entry.kind is EntryKind.ANSWERED and entry.step == UrgentActionTaken.name() and entry.data
        ]
        lines.append(f"Urgent action {ref} ({'ended' if closed else 'still open'}): {'; '.join(done) or 'nothing yet'}")
    return UrgentActions(lines=tuple(lines), ended=tuple(ended))


@audited("Worked out by when they are told", clauses="PWT-28")
def work_out_told_by(soon: bool) -> AwareDatetime:
    """The same day where it is pressing, else within a reasonable time (GAP-02)."""
    step, times = here(), here().policy.gaps.reasonable_time
    return step.policy.working_calendar().due(step.now, times.reasonable_urgent if soon else times.reasonable)


def referral_in_words(referral: Referral) -> str:
    """What came field by field, for whoever reads it beside a form. Personal."""
    who = referral.referrer
    by = (
        ", ".join(one for one in (who.name, who.relation, who.organisation, who.email, who.telephone) if one)
        if who
        else ""
    )
    pays = {True: "pays for their own care", False: "does not pay for their own care", None: ""}[referral.self_funder]
    dta = "Discharge-to-assess funding is said to be in place." if referral.discharge_to_assess else ""
    lines = (
        f"Referred by: {by}" if by else "They asked themselves, or nobody said who refers them.",
        f"Speaks for them: {referral.representative}" if referral.representative else "",
        f"Said of the person: {pays}." if pays else "",
        dta,
        "Whoever sent it says that something cannot wait." if referral.urgent else "",
        found_when_sorted(referral.contact.sorted_as),
    )
    return "\n".join(line for line in lines if line)


def put_to_decide_in_words(
    person: str | None,
    referral: Referral,
    so_far: tuple[str, ...],
    urgent: tuple[str, ...],
    places: EarlierPlaces | None,
) -> Beside:
    """What a manager, or duty after them, reads beside the form: what to heed, what was found, what came. Personal."""

    def write(step: Step) -> str:
        before = f"Was on the tray before: case {places.earlier}." if places and places.earlier else ""
        lines = (
            what_to_heed(step.session, person).beside_the_form,
            f"About: {person}" if person else "Whom it is about is not known for certain.",
            said_when_begun(recall(step.session, step.case.ref)),
            *so_far,
            *urgent,
            before,
            factors_in_words(step.policy),
            *(_what_it_rests_on(step.policy) if places is not None else ()),
            referral_in_words(referral),
            "",
            referral.contact.in_full,
        )
        return "\n".join(line for line in lines if line or line == "").strip()

    return write


def _what_it_rests_on(policy: Policy) -> tuple[str, str]:
    """The Acts that the procedure names, and where to read on (PWT-02, PWT-36)."""
    system = policy.gaps.local_vocabulary.recording_system
    guidance = f"recording priority and complexity; task trays in the {system}, for reassigning a case"
    return f"It rests on: {LEGISLATION}.", f"Further guidance: {guidance}."  # PWT-02, PWT-36


def as_they_would_stand(place: TrayPlacement, now: datetime) -> Standing:
    """How somebody would stand on the tray who is about to be placed."""
    return Standing(
        person=place.person,
        team=place.team,
        requested_at=place.requested_at,
        placed_at=place.placed_at or now,
        manager=place.placed_by,
        rated=place.rated,
        limits_from=place.requested_at,
        counted_from=now,
    )
