"""Triage: somebody asks for adult social care, and nobody waits on the tray who can be helped now."""

from __future__ import annotations

from flows.disclosure import disclosure
from flows.pwt_decision import decide
from flows.pwt_matter import DUTY, Matter, act_at_once, duty_of, tell_the_referrer, whom_to_tell
from flows.queued_contact import queue_of, queued_contact
from flows.safeguarding_concern import safeguarding_concern
from flows.telling_a_person import telling_a_person
from models.forms.disclosure import DisclosureWish
from models.forms.queued_contact import QueuedContact
from models.forms.telling_people import PersonTelling
from models.forms.tray_triage import (
    NextReviewConfirmed,
    PersonRecorded,
    Referral,
    ReviewTrayEntered,
    SafeguardingCheck,
    Triage,
    TriageResult,
    WayResult,
)
from models.forms.written_contact import ContactSorting, PersonConfirmed
from models.notices import Recipient
from models.policy.organisation import MailKind
from models.triage_findings import TriageOutcome
from tasks.case_people import about_person
from tasks.durable import ask, now, open_case, procedure, this_case
from tasks.durable.asking import recipient
from tasks.durable.in_force import office_is_open, policy
from tasks.durable.work_items import ByWhen
from tasks.proposals import propose_people, put_proposals_in_words
from tasks.safeguarding.raising import make_concern
from tasks.tray.placement import word_what_became_of_it
from tasks.tray.referring import is_none_of_those_proposed
from tasks.tray.triage import (
    Beside,
    look_up_what_is_checked,
    look_up_who_decides,
    put_to_decide_in_words,
    work_out_next_review,
    work_out_told_by,
)

ANOTHER_AUTHORITY = "another local authority"
THEIR_REFERRAL = "to pass on a referral that they are responsible for"
"""Recipient and purpose of what is passed on; a person decides unless the council's table has them (GAP-09)."""


@procedure(title="Triage", follows="Managing Planned Work Trays, March 2023: before a case is placed")
def pwt_triage(referral: Referral) -> TriageOutcome:
    """
    Find and do what is needed at the first point of contact, so that nobody waits who need not (PWT-04).

    Duty asks first whether anybody is at risk; a concern is raised at once, and what cannot wait is done at once, each
    in a case of its own, whoever is responsible for the person. Duty then gathers what matters, checks residence,
    aftercare and funding, and tries every way of settling it. What duty cannot settle a team manager or team leader
    decides, and nobody else: a worker, the tray, or back to duty. Until then it belongs to duty; silence is chased and
    goes up the line. Whoever is placed is in the care of a case of their own from that moment.
    """
    matter, beside = whose_matter(referral)
    if look_up_what_is_checked().safeguarding_first:
        check_safeguarding(matter)  # PWT-32, GAP-18
    if matter.person is None and not is_none_of_those_proposed(referral):
        matter.person = confirm_the_person(matter, beside)
        about_person(matter.person)
    found = have_it_triaged(matter)  # PWT-12 to PWT-23
    matter.found = found
    matter.so_far.append(f"Duty found:{found.in_words}")
    if found.act_now:
        act_at_once(matter, found.act_now)  # PWT-07, PWT-18
    match found.result:
        case TriageResult.SETTLED:
            if found.ways.review_tray is WayResult.DONE:
                return put_in_the_review_tray(matter, found)
            return settled(matter, told=bool(found.told_already))
        case TriageResult.PASSED_ON:
            return passed_on(matter, found)
        case TriageResult.TO_A_MANAGER:
            return put_to_a_manager(matter, found)


def whose_matter(referral: Referral) -> tuple[Matter, str]:
    """Whom it is about, where that is beyond doubt; and what could be read out of it, for whoever confirms it."""
    if referral.about_person is not None:
        return Matter(referral, about_person(referral.about_person)), ""
    people = propose_people(referral.contact)
    words = put_proposals_in_words(people, None)
    certain = people.certain if people is not None else None
    return Matter(referral, about_person(certain)), words.text if words is not None else ""


def check_safeguarding(matter: Matter) -> None:
    """A step of its own, before anything else is asked: a concern is raised at once, what cannot wait is begun."""
    check = ask(
        SafeguardingCheck,
        of=duty_of(matter.referral),
        about=beside_the_form(matter),
        urgent=matter.referral.urgent,
        wanted_within=soon(matter),
        clauses="PWT-32 GAP-18",
    )
    if check.concern and not check.raised_already_as:
        raise_the_concern(matter, check)
    if check.concern:
        raised = f"as {check.raised_already_as}, owned by {check.owner}" if check.owner else f"case {matter.concern}"
        matter.so_far.append(f"Safeguarding concern raised ({raised}): {check.what_is_feared}")
    if check.act_now:
        act_at_once(matter, check.act_now)  # PWT-07


def raise_the_concern(matter: Matter, check: SafeguardingCheck) -> None:
    """It is raised at once, in a case of its own with a same-day clock (GAP-18, DUTY-49)."""
    duty = recipient(duty_of(matter.referral))
    noticed = make_concern(check, check.what_is_feared, matter.referral.contact, matter.person, duty.tag)
    if noticed is None:
        put_in_the_safeguarding_queue(matter, check.what_is_feared)
    else:
        matter.concern = open_case(safeguarding_concern, noticed, owner=duty, clauses="PWT-32 GAP-18")


def put_in_the_safeguarding_queue(matter: Matter, what_is_feared: str) -> None:
    """A case from before duty was asked who is at risk: it goes to the safeguarding queue, urgently (GAP-18)."""
    sorting = ContactSorting(
        kinds=frozenset({MailKind.SAFEGUARDING}),
        about_person=matter.person,
        action_indicated=what_is_feared,
        urgent=True,
        nine_nine_nine_considered=True,
    )
    facts = QueuedContact(kind=MailKind.SAFEGUARDING, urgent=True, contact=matter.referral.contact, sorted_as=sorting)
    matter.concern = open_case(queued_contact, facts, owner=queue_of(MailKind.SAFEGUARDING), clauses="PWT-32 GAP-18")


def confirm_the_person(matter: Matter, read_out_of_it: str) -> str | None:
    """Anything short of certain is for a person: duty compares, and confirms one or none."""
    confirmed = ask(
        PersonConfirmed,
        of=duty_of(matter.referral),
        about=f"{read_out_of_it}\n\n{matter.referral.contact.in_full}".strip(),
        urgent=matter.referral.urgent,
        wanted_within=soon(matter),
        clauses="PWT-12",
    )
    return confirmed.about_person


def have_it_triaged(matter: Matter) -> Triage:
    """One form for all that duty finds out and tries (PWT-12 to PWT-23); a self-funder is assessed like anybody."""
    return ask(
        Triage,
        of=duty_of(matter.referral),
        about=beside_the_form(matter),
        urgent=matter.referral.urgent,
        wanted_within=policy().gaps.reasonable_time.urgent
        if matter.referral.urgent
        else policy().gaps.reasonable_time.reasonable,
        clauses=("PWT-04 PWT-12 PWT-13 PWT-14 PWT-15 PWT-16 PWT-17 PWT-18 PWT-19 PWT-20 PWT-21 PWT-22 PWT-23 GAP-48"),
    )


def put_to_a_manager(matter: Matter, found: Triage) -> TriageOutcome:
    """Duty cannot settle it: the person stands in the register, and a manager decides (PWT-24, PWT-25)."""
    if matter.person is None:
        matter.person = about_person(
            ask(
                PersonRecorded,
                of=duty_of(matter.referral),
                about=beside_the_form(matter),
                urgent=matter.referral.urgent,
                wanted_within=policy().gaps.reasonable_time.few_days,
                clauses="PWT-12",
            ).about_person
        )
    assert matter.person is not None
    outcome = decide(matter, matter.person, found)
    if outcome is TriageOutcome.SETTLED and matter.back is not None:
        return settled(matter, told=bool(matter.back.told_already))
    return outcome


# ------------------------------------------------------------------ settled at duty


def settled(matter: Matter, *, told: bool) -> TriageOutcome:
    """Duty has dealt with it: the person hears so, and so does whoever referred them."""
    if not told:
        tell_what_became_of_it(matter, passed=False)
    tell_the_referrer(matter, "That the request was dealt with, and the telephone number to ring; nothing else.")
    return TriageOutcome.SETTLED


def passed_on(matter: Matter, found: Triage) -> TriageOutcome:
    """
    Another authority is responsible: it hears of the referral through the disclosure gate, and the person is told.

    What was urgent, or a safeguarding concern, was begun before and goes on here (PWT-14, GAP-48).
    """
    wish = DisclosureWish(
        recipient=ANOTHER_AUTHORITY,
        purpose=THEIR_REFERRAL,
        content="The referral, and what was found out about residence.",
        about_person=matter.person,
        who_exactly=found.residence_details,
    )
    open_case(disclosure, wish, owner=DUTY, key="passing-it-on", clauses="PWT-14")
    if not found.told_already:
        tell_what_became_of_it(matter, passed=True)
    tell_the_referrer(matter, "That another authority is responsible, and which; nothing else.")
    return TriageOutcome.PASSED_ON


def put_in_the_review_tray(matter: Matter, found: Triage) -> TriageOutcome:
    """
    Nothing more is called for before the next yearly review: its date is moved, never past a year (PWT-23, GAP-26).

    A manager confirms it; where they do not, duty hears why, and it is settled or decided.
    """
    assert found.actions_ended_on is not None
    following = work_out_next_review(matter.person, found.actions_ended_on, found.last_review_on)
    concerned = look_up_who_decides(found.team, matter.referral.team, matter.person or "")
    matter.so_far.append(f"Next yearly review: {following.in_words}.")
    confirmed = ask(
        NextReviewConfirmed,
        of=Recipient.from_tag(concerned.decider),
        about=beside_the_form(matter),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="PWT-23 GAP-26",
    )
    if not confirmed.confirmed:
        matter.so_far.append(f"The date of the next review was not confirmed: {confirmed.reasons}")
        return put_to_a_manager(matter, found)
    ask(
        ReviewTrayEntered,
        of=duty_of(matter.referral),
        about=beside_the_form(matter),
        wanted_within=policy().gaps.reasonable_time.reasonable,
        clauses="PWT-23 GAP-50",
    )
    settled(matter, told=bool(found.told_already))
    return TriageOutcome.REVIEW_TRAY


def tell_what_became_of_it(matter: Matter, *, passed: bool) -> None:
    """The person, or who speaks for them, hears what became of their request; the case need not wait for it."""
    team = matter.found.team if matter.found is not None else None
    wording = word_what_became_of_it(passed, team or matter.referral.team, this_case())
    telling = PersonTelling(
        whom=whom_to_tell(matter, matter.person),
        subject=wording.subject,
        body=wording.body,
        about="\n".join(matter.so_far),
        of=Recipient.role(DUTY).tag,
        wanted_by=work_out_told_by(matter.referral.urgent),
    )
    open_case(telling_a_person, telling, owner=DUTY, key="telling-the-person")


# ------------------------------------------------------------------ small words


def beside_the_form(matter: Matter) -> Beside:
    """What is known so far, and what came, in full."""
    return put_to_decide_in_words(matter.person, matter.referral, tuple(matter.so_far), (), None)


def soon(matter: Matter) -> ByWhen:
    """A few hours; before closing where something cannot wait and somebody is there until then (GAP-02)."""
    times = policy().gaps.reasonable_time
    return times.urgent if matter.referral.urgent and office_is_open(now()) else times.few_hours
