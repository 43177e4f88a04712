"""Placing somebody on the tray: what comes first, their waiting, what is written down, and who is told."""

from __future__ import annotations

from dataclasses import dataclass

from flows.leaving_notes import leave_note
from flows.pwt_first_contact import make_first_contact
from flows.pwt_matter import DUTY, Matter, tell_the_referrer, whom_to_tell
from flows.pwt_notification import pwt_notification
from flows.pwt_review import pwt_review
from models.decision_tables.levels import Rag
from models.durations import minutes
from models.forms.tray_deciding import SecondManagerAgrees
from models.forms.tray_decision import (
    ConcernOwned,
    DecisionNote,
    InterimSafetyPlan,
    PlacementTelling,
    TrayDecision,
)
from models.forms.tray_waiting import TrayPlacement
from models.notices import Recipient
from models.roles import Role
from models.tray import Rated
from models.triage_findings import EarlierPlaces, TeamFound
from tasks.durable import (
    Wait,
    after,
    ask,
    closed,
    decision,
    first_of,
    open_case,
    staff,
    this_case,
    withdraw,
)
from tasks.durable.in_force import policy
from tasks.tray.deciding import look_whether_a_second_agrees
from tasks.tray.placement import write_placement_texts
from tasks.tray.rating import rate_case
from tasks.tray.triage import (
    keep_it_red,
    look_up_earlier_places,
    look_up_red_precautions,
    look_up_who_owns_the_concern,
    work_out_counted_from,
    work_out_told_by,
)

TASK_COMMENT = "Case task comments"
"""Where the recording system keeps the comment of a case task (PWT-26)."""
DECISION_NOTE = "PWT"
"""The literal title of the decision note (PWT-27)."""


@dataclass(frozen=True)
class Placing:
    """A decision to place somebody, as far as it has come."""

    decision: TrayDecision
    by: str
    team: TeamFound
    rated: Rated | None
    safety_plan: str


def place(
    matter: Matter, person: str, decided: TrayDecision, by: str, concerned: TeamFound, places: EarlierPlaces
) -> bool:
    """
    Everything that comes before somebody waits on the tray, and then their waiting begins at once (PWT-03).

    False: something has come up meanwhile, and the manager decides anew.
    """
    rated = rate_case(decided.facts) if decided.facts is not None else None  # PWT-33, PWT-34, PWT-37
    placing = agreed_by_a_second(Placing(decided, by, concerned, rated, decided.safety_plan), matter)
    counted = work_out_counted_from(matter.referral.requested_at, places.earlier, decided.new_request)  # GAP-15
    found = matter.found
    tray_place = TrayPlacement(
        person=person,
        team=concerned.team,
        requested_at=counted.requested_at,
        placed_at=counted.placed_at,
        placed_by=by,
        rated=placing.rated,
        circumstances="\n".join(filter(None, (decided.rationale, decided.circumstances, speaks_for_them(matter)))),
        safety_plan=placing.safety_plan,
        relevant_people=found.relevant_people if found is not None else (),
        agreed_on=decided.agreed_on,
        referral=this_case(),
    )
    if look_up_red_precautions(placing.rated).contact_first and matter.reached_at is None:  # GAP-12
        contact = make_first_contact(tray_place)
        matter.reached_at = contact.reached_at
        if contact.to_discuss:
            matter.so_far.append(f"The first contact before placing: {contact.to_discuss}")
            return False
    tray_place = tray_place.model_copy(update={"last_reached_at": matter.reached_at})
    wait_until_the_concern_is_owned(matter)  # PWT-32, GAP-18
    if look_up_earlier_places(person).seen_to_in is not None:
        return False  # somebody else has placed them meanwhile, or asked a worker: nobody waits twice
    waits_in = open_case(pwt_review, tray_place, owner=staff(by), clauses="PWT-03 PWT-06")
    tell_of_placing(matter, person, placing, waits_in)  # PWT-28 to PWT-31
    keep_the_reasons(person, placing)  # PWT-26, PWT-27, PWT-38, PWT-48
    return True


def speaks_for_them(matter: Matter) -> str:
    """Who speaks for the person and who referred them, for whoever keeps in touch; nobody keys it again."""
    representative, referrer = matter.referral.representative, matter.referral.referrer
    spoken = f"Speaks for them: {representative}." if representative else ""
    if referrer is None:
        return spoken
    known = ", ".join(filter(None, (referrer.relation, referrer.organisation, referrer.telephone, referrer.email)))
    return f"{spoken} Referred by {referrer.name}{f' ({known})' if known else ''}.".strip()


def agreed_by_a_second(placing: Placing, matter: Matter) -> Placing:
    """A Red is lowered against the matrix only where another manager agrees; else it stays Red (GAP-22)."""
    rated = placing.rated
    second = look_whether_a_second_agrees(rated, placing.by, placing.team.team) if rated is not None else None
    if rated is None or second is None:
        return placing
    why = f"{placing.by} would place them as {rated.in_words}: {rated.override_reasons}. {placing.decision.rationale}"
    answer = ask(
        SecondManagerAgrees,
        of=Recipient.from_tag(second),
        about="\n".join((why, placing.decision.circumstances)),
        wanted_within=policy().gaps.reasonable_time.few_hours,
        clauses="PWT-47 GAP-22",
    )
    if answer.agreed:
        return placing
    matter.so_far.append(f"No second manager agreed to lower it: {answer.reasons}")
    red = keep_it_red(rated)
    plan = placing.safety_plan
    if look_up_red_precautions(red).plan_first and not plan:
        written = ask(
            InterimSafetyPlan,
            of=Recipient.from_tag(placing.team.decider),
            about="\n".join((f"Not agreed: {answer.reasons}", placing.decision.circumstances)),
            wanted_within=policy().gaps.reasonable_time.few_hours,
            clauses="GAP-12",
        )
        plan = written.safety_plan
    return Placing(placing.decision, placing.by, placing.team, red, plan)


def wait_until_the_concern_is_owned(matter: Matter) -> None:
    """Somebody by name owns the safeguarding concern, before anything is placed (PWT-32, GAP-18)."""
    if matter.concern is None:
        return
    asked: Wait[ConcernOwned] | None = None
    while True:
        stands = look_up_who_owns_the_concern(matter.concern)
        if stands.owner is not None or not stands.needed:
            if asked is not None:
                withdraw(asked)
            return
        asked = decision(
            ConcernOwned,
            of=Role.SAFEGUARDING_LEAD,
            about=f"The concern is case {matter.concern}; nobody has taken it yet.",
            urgent=True,
            wanted_within=policy().gaps.reasonable_time.urgent,
            clauses="PWT-32 GAP-18",
        )
        if isinstance(first_of(asked, closed(matter.concern), after("owner-looked-for", minutes(30))), ConcernOwned):
            return


def keep_the_reasons(person: str, placing: Placing) -> None:
    """What the manager wrote once is kept as the task's comment and as the decision note (PWT-26, PWT-27, GAP-27)."""
    texts = write_placement_texts(placing.decision, placing.rated, placing.safety_plan, placing.by)
    note = texts.note
    if texts.note_is_worded_apart:
        note = ask(
            DecisionNote,
            of=staff(placing.by),
            about=texts.comment or placing.decision.rationale,
            wanted_within=policy().gaps.reasonable_time.reasonable,
            clauses="PWT-27",
        ).reason
    for title, text, clauses in ((TASK_COMMENT, texts.comment, "PWT-26 PWT-38"), (DECISION_NOTE, note, "PWT-27")):
        if text is not None:
            leave_note(title, text, about_person=person, of=staff(placing.by), author=placing.by, clauses=clauses)


def tell_of_placing(matter: Matter, person: str, placing: Placing, waits_in: str) -> None:
    """The person or who speaks for them, and the referrer, are told; nobody's waiting depends on it (PWT-28)."""
    colour = placing.rated.colour if placing.rated is not None else None
    telling = PlacementTelling(
        person=person,
        team=placing.team.team,
        colour=colour,
        whom=whom_to_tell(matter, person),
        of=Recipient.role(DUTY).tag,
        wanted_by=work_out_told_by(matter.referral.urgent or colour is Rag.RED),
        tray_case=waits_in,
    )
    open_case(pwt_notification, telling, owner=DUTY, clauses="PWT-28 PWT-29 PWT-30 PWT-31")
    tell_the_referrer(matter, "That the person waits for a worker, and the team's telephone number; nothing else.")
