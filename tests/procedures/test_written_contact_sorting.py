"""A letter comes in: duty sorts it, and everything in it goes its way (DUTY-16)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from flows.pwt_triage import pwt_triage
from flows.queued_contact import queued_contact
from flows.reablement_safeguarding_pause import reablement_safeguarding_pause
from flows.safeguarding_concern import safeguarding_concern
from flows.written_contact_transfer import written_contact_transfer
from models.case_people import CasePerson
from models.forms.base import AnswerRefused
from models.forms.house import MessageRead
from models.forms.queued_contact import QueuedContact, QueueReply, SortedAgain, Taken
from models.forms.safeguarding import ConcernAcknowledged, WhoIsAtRisk
from models.forms.tray_triage import Referral, SafeguardingCheck, Triage
from models.forms.while_away import ActionsMeanwhile
from models.forms.written_contact import AlsoAbout, ContactSorting, FurtherMessage, PersonConfirmed
from models.policy.organisation import MailKind
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tests.procedures.letters import (
    SETTLED,
    asked,
    contact_left_for_return,
    letter,
    nobody_in_time,
    read_beside,
    refused,
    sorted_as,
    sorted_contact,
    taken_by,
)
from tests.procedures.reablement_stories import in_reablement

WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"at_risk": None}, "at_risk: say who is at risk"),
    ({"danger_or_crime": None}, "danger_or_crime: say whether"),
    ({"danger_or_crime": True}, "rang_999: ring 999 now"),
)
"""What is missing of a safeguarding matter, and what is said about that."""


def test_a_letter_is_put_to_duty_at_once_and_wanted_within_a_few_hours(office: Office) -> None:
    """DUTY-16: duty is asked without delay whether the contact ought to go to the worker it names (GAP-02)."""
    case = office.start(written_contact_transfer, letter())

    assert office.waiting_for(case) == ["ContactSorting of duty-worker, due 2026-01-05 13:00"]
    assert "Dear Priya, the bath seat has not come." in read_beside(office, case, ContactSorting)
    office.digest_goes_out()
    assert [message.subject for message in office.inbox("duty-worker")] == [
        f"Answer: contact sorting, case {case}, by Monday 5 January 2026, 1pm"
    ]


def test_a_letter_that_nobody_sorts_is_chased_up_to_the_strategic_manager(office: Office) -> None:
    """DUTY-16: a letter that nobody opens is brought to the leader, then to the managers above."""
    case = office.start(written_contact_transfer, letter())

    office.hours_pass(4.1)
    office.digest_goes_out()
    assert "Nobody has opened it yet." in office.inbox("team-leader")[-1].body
    office.today_is("2026-01-06 17:01")
    office.digest_goes_out()
    assert "This is a reminder." in office.inbox("duty-worker")[-1].body
    office.today_is("2026-01-08 17:01")
    office.digest_goes_out()
    assert "Nobody has answered it in time." in office.inbox("team-manager")[-1].body
    office.today_is("2026-01-12 17:01")
    office.digest_goes_out()
    assert "Nobody has answered it in time." in office.inbox("strategic-manager")[-1].body
    assert asked(office, case) == ["ContactSorting of duty-worker"]


@pytest.mark.parametrize(
    ("kind", "goes_to", "owner"),
    [
        (MailKind.DISCHARGE, "duty, due 2026-01-05 13:00", "team-duty"),
        (MailKind.PROVIDER, "commissioning, due 2026-01-06 17:00", "team-commissioning"),
        (MailKind.COMPLAINT, "complaints, due 2026-01-06 17:00", "role-complaints"),
        (MailKind.ACCESS_REQUEST, "information-governance, due 2026-01-06 17:00", "role-information-governance"),
        (MailKind.INVOICE, "finance, due 2026-01-08 17:00", "role-finance"),
        (MailKind.NOT_OURS, "business-support, due 2026-01-07 17:00", "team-business-support"),
    ],
)
def test_each_kind_of_mail_goes_to_the_queue_that_policy_names(
    office: Office, kind: MailKind, goes_to: str, owner: str
) -> None:
    """What names no worker is a case of its own in its queue, with an owner and a time from its first moment."""
    case = sorted_contact(office, sorted_as(kind))

    assert office.outcome_of(case) == "sorted elsewhere"
    (queued,) = office.cases(queued_contact)
    assert office.waiting_for(queued) == [f"QueueReply of {goes_to}"]
    assert office.case(queued).owner == owner
    assert office.case(queued).parent_ref == case


def referral_of(office: Office, triage: str) -> Referral:
    """What a triage was opened with."""
    with office.council.database.read() as session:
        return Referral.model_validate(recall(session, triage)[0].data)


@pytest.mark.clauses("PWT-04", "PWT-12", "GAP-15")
def test_a_new_need_is_triaged_with_all_that_duty_found_out(office: Office) -> None:
    """Help was asked for on the day the letter came; whom it is about, and what it asks for, is not asked again."""
    found = {"about_person": "P-121", "action_indicated": "help with washing", "where_recorded": "case note 4711"}
    came = datetime(2025, 12, 30, 10, tzinfo=UTC)
    case = office.start(written_contact_transfer, letter(received_at=came))
    office.answer(case, sorted_as(MailKind.NEW_NEED, **found, urgent=True, act_by=date(2026, 1, 9)), by="duty-worker")

    assert (office.outcome_of(case), office.cases(queued_contact)) == ("sorted elsewhere", [])
    (triage,) = office.cases(pwt_triage)
    assert (office.case(triage).owner, office.case(triage).parent_ref) == ("team-duty", case)
    referral = referral_of(office, triage)
    assert (referral.source, referral.requested_at, referral.urgent) == ("duty", came, True)
    assert referral.about_person == "P-121"

    assert asked(office, triage) == ["SafeguardingCheck of duty-worker"]
    office.answer(triage, nobody_at_risk(), by="duty-worker")
    assert asked(office, triage) == ["Triage of duty-worker"]
    beside = read_beside(office, triage, Triage)
    for line in ("Wanted: help with washing", "Recorded at: case note 4711"):
        assert line in beside.splitlines()
    assert "The contact gives a date: Friday 9 January 2026" in beside
    assert "Dear Priya, the bath seat has not come." in beside


@pytest.mark.clauses("PWT-12")
def test_triage_does_not_ask_again_for_somebody_whom_duty_knows_to_be_unknown(office: Office) -> None:
    """Duty has looked at those proposed, and it is none of them."""
    sorted_contact(office, sorted_as(MailKind.NEW_NEED, nobody_proposed=True))
    (triage,) = office.cases(pwt_triage)

    office.answer(triage, nobody_at_risk(), by="duty-worker")
    assert asked(office, triage) == ["Triage of duty-worker"]


@pytest.mark.clauses("PWT-04")
def test_what_turns_out_to_be_a_new_need_is_triaged(office: Office) -> None:
    """A contact that a queue sends back, and duty sorts again, goes where it would have gone at once."""
    sorted_contact(office, sorted_as(MailKind.COMPLAINT, about_person="P-121"))
    (queued,) = office.cases(queued_contact)
    office.answer(
        queued, QueueReply(taken=Taken.NOT_FOR_US, what_was_done="she asks for help"), by="complaints-officer"
    )
    again = SortedAgain(kind=MailKind.NEW_NEED, reasons="She asks for help with washing.")
    office.answer(queued, again, by="duty-worker")

    assert office.outcome_of(queued) == "a new need"
    (triage,) = office.cases(pwt_triage)
    assert office.case(triage).parent_ref == queued
    assert referral_of(office, triage).about_person == "P-121"


def nobody_at_risk() -> SafeguardingCheck:
    """The safeguarding check of a case without a concern."""
    return SafeguardingCheck(nine_nine_nine_considered=True, concern=False)


def test_several_kinds_at_once_go_their_several_ways(office: Office) -> None:
    """A letter to a worker that is also a safeguarding matter and an invoice: only the first goes on here."""
    kinds = (MailKind.NAMED_WORKER, MailKind.SAFEGUARDING, MailKind.INVOICE)
    case = sorted_contact(office, sorted_as(*kinds, act_by=date(2026, 1, 9)))

    assert asked(office, case) == ["ContactTransfer of practitioner"]
    [invoice] = office.cases(queued_contact)
    [concern] = office.cases(safeguarding_concern)
    assert office.waiting_for(invoice) == ["QueueReply of finance, due 2026-01-08 17:00"]
    assert asked(office, concern) == ["ConcernAcknowledged of safeguarding"]
    assert office.inbox("team-safeguarding")[-1].subject.startswith("URGENT: ")  # it interrupts
    assert office.inbox("finance") == []
    office.digest_goes_out()
    assert not office.inbox("finance")[-1].subject.startswith("URGENT: ")
    beside = read_beside(office, invoice, QueueReply)
    assert "The contact gives a date: Friday 9 January 2026" in beside
    assert "About: P-101" in beside
    assert "Recorded at: case note 4711" in beside


@pytest.mark.clauses("DUTY-49", "DUTY-50")
def test_what_is_sorted_as_safeguarding_is_raised_as_a_concern(office: Office) -> None:
    """DUTY-49: a same-day clock; whoever takes it on reads the letter, whom it is about, and whether 999 was rung."""
    in_reablement(office)
    about = {"about_person": "P-101", "action_indicated": "her purse is empty", "danger_or_crime": True}
    case = sorted_contact(office, sorted_as(MailKind.SAFEGUARDING, **about, rang_999=True))
    assert (office.outcome_of(case), office.cases(queued_contact)) == ("sorted elsewhere", [])
    [concern] = office.cases(safeguarding_concern)
    assert office.waiting_for(concern)[0] == "ConcernAcknowledged of safeguarding, due 2026-01-05 17:00"
    beside = read_beside(office, concern, ConcernAcknowledged)
    for words in ("999 was rung.", "her purse is empty", "the bath seat has not come", f"in case {case}"):
        assert words in beside
    assert (office.case(concern).parent_ref, office.case(concern).owner) == (case, "role-duty-worker")
    assert office.cases(reablement_safeguarding_pause), "REA-34: whoever looks after her plan hears of it today"


@pytest.mark.clauses("DUTY-49", "DUTY-50")
def test_a_child_in_a_letter_goes_to_the_childrens_team(office: Office) -> None:
    """DUTY-49: by telephone; and each person in the letter has a concern of their own."""
    others = (AlsoAbout(about_person="P-105"),)
    case = sorted_contact(
        office, sorted_as(MailKind.SAFEGUARDING, about_person="P-104", at_risk="child", also_about=others)
    )
    concerns = office.cases(safeguarding_concern)
    assert [asked(office, one) for one in concerns] == [["ChildConcernPassedOn of duty-worker"]] * 2
    assert {office.case(one).parent_ref for one in concerns} > {case}


@pytest.mark.clauses("DUTY-50")
@pytest.mark.parametrize("is_about_another", [False, True])
def test_what_whoever_takes_a_concern_on_must_know_is_asked_at_the_door(office: Office, is_about_another: bool) -> None:
    """DUTY-50: who is at risk, and 999; whomever of several it concerns, and when it is sorted again."""
    kind = MailKind.INVOICE if is_about_another else MailKind.SAFEGUARDING
    others = (AlsoAbout(about_person="P-105", kinds=frozenset({MailKind.SAFEGUARDING})),) if is_about_another else ()
    sound = {"nine_nine_nine_considered": True, "at_risk": WhoIsAtRisk.ADULT, "danger_or_crime": False}
    case = office.start(written_contact_transfer, letter())
    for changes, named in WRONG:
        with pytest.raises(AnswerRefused, match=named):
            office.answer(case, sorted_as(kind, also_about=others, **sound | changes), by="duty-worker")
    assert office.cases(safeguarding_concern) == []
    office.answer(case, sorted_as(kind, also_about=others, **sound), by="duty-worker")
    assert len(office.cases(safeguarding_concern)) == 1


@pytest.mark.clauses("DUTY-50")
@pytest.mark.parametrize("again", [False, True], ids=["sorted", "sorted again"])
def test_whoever_takes_it_on_reads_that_there_was_danger_and_nobody_rang_999(office: Office, again: bool) -> None:
    """DUTY-50: it is the first that they read, and they say what was done about it."""
    known = {"nine_nine_nine_considered": True, "at_risk": WhoIsAtRisk.ADULT, "danger_or_crime": True}
    why = {"not_rung_because": "her son has gone, and she begs us not to"}
    if not again:
        sorted_contact(office, sorted_as(MailKind.SAFEGUARDING, **known | why))
    else:
        sorted_contact(office, sorted_as(MailKind.INVOICE))
        (queued,) = office.cases(queued_contact)
        not_ours = QueueReply(taken=Taken.NOT_FOR_US, what_was_done="money taken from her")
        office.answer(queued, not_ours, by="finance-officer")
        office.answer(
            queued, SortedAgain(kind=MailKind.SAFEGUARDING, reasons="money taken", **known | why), by="duty-worker"
        )
    [concern] = office.cases(safeguarding_concern)
    said = read_beside(office, concern, ConcernAcknowledged)
    assert said.startswith("DANGER OR CRIME, AND 999 WAS NOT RUNG: her son has gone, and she begs us not to")


def test_safeguarding_cannot_be_sorted_before_999_was_considered() -> None:
    """Whoever sorts a contact as safeguarding has asked themselves first whether anybody is in danger now."""
    with pytest.raises(AnswerRefused, match="nine_nine_nine_considered"):
        ContactSorting.read({"kinds": ["safeguarding"]})


@pytest.mark.parametrize("missing", ["action_indicated", "where_recorded"])
def test_a_contact_to_a_named_worker_says_what_it_wants_and_where_it_stands(missing: str) -> None:
    """Without them the worker could not be told what for and where to look (DUTY-22)."""
    answer = sorted_as().model_dump(mode="json") | {missing: "  "}
    with pytest.raises(AnswerRefused, match=f"say {missing}"):
        ContactSorting.read(answer)


def test_what_is_not_ours_is_nothing_else_as_well() -> None:
    """A contact that belongs to somebody else cannot be ours in part."""
    with pytest.raises(AnswerRefused, match="cannot be something else"):
        ContactSorting.read({"kinds": ["not-ours", "invoice"]})


def test_an_urgent_matter_is_urgent_in_its_queue_and_due_before_closing(office: Office) -> None:
    """An urgent contact in a slow queue does not wait for the queue's own days (GAP-02)."""
    sorted_contact(office, sorted_as(MailKind.INVOICE, urgent=True))

    (queued,) = office.cases(queued_contact)
    assert office.waiting_for(queued) == ["QueueReply of finance, due 2026-01-05 17:00"]
    office.hours_pass(2.1)
    assert "Nobody has answered it in time." in office.inbox("team-leader")[-1].body


def test_a_queue_that_deals_with_it_shows_where_and_closes_it(office: Office) -> None:
    """Dealing with a queued contact needs the note or referral that shows it."""
    sorted_contact(office, sorted_as(MailKind.PROVIDER))
    (queued,) = office.cases(queued_contact)

    with pytest.raises(AnswerRefused, match="evidence"):
        QueueReply.read({"taken": "dealt-with", "what_was_done": "rang them"})
    office.answer(
        queued,
        QueueReply(taken=Taken.DEALT_WITH, what_was_done="rang them", evidence="note 12"),
        by="commissioning-officer",
    )
    assert office.outcome_of(queued) == "dealt with"


def test_a_queue_sends_back_what_is_not_for_it_and_duty_sorts_it_again(office: Office) -> None:
    """A wrongly sorted contact comes back to duty with the reason, and goes to the next queue with both."""
    sorted_contact(office, sorted_as(MailKind.INVOICE))
    (queued,) = office.cases(queued_contact)

    office.answer(
        queued, QueueReply(taken=Taken.NOT_FOR_US, what_was_done="no bill in it, a complaint"), by="finance-officer"
    )
    assert office.waiting_for(queued) == ["SortedAgain of duty-worker, due 2026-01-05 13:00"]
    assert "Sent back by invoice: no bill in it, a complaint" in read_beside(office, queued, SortedAgain)

    office.answer(queued, SortedAgain(kind=MailKind.COMPLAINT, reasons="about the bill's tone"), by="duty-worker")
    assert office.waiting_for(queued) == ["QueueReply of complaints, due 2026-01-06 17:00"]
    assert "Sorted again: about the bill's tone" in read_beside(office, queued, QueueReply)


def test_what_turns_out_to_be_safeguarding_is_urgent_and_needs_the_999_question(office: Office) -> None:
    """A contact that is found to be safeguarding only in a queue is as urgent as if it had been seen at once."""
    sorted_contact(office, sorted_as(MailKind.INVOICE))
    (queued,) = office.cases(queued_contact)
    office.answer(
        queued, QueueReply(taken=Taken.NOT_FOR_US, what_was_done="money taken from her"), by="finance-officer"
    )

    with pytest.raises(AnswerRefused, match="nine_nine_nine_considered"):
        SortedAgain.read({"kind": "safeguarding", "reasons": "money taken"})
    again = SortedAgain(kind=MailKind.SAFEGUARDING, reasons="money taken", nine_nine_nine_considered=True)
    for changes, named in WRONG:
        wrong = again.model_copy(update={"at_risk": WhoIsAtRisk.ADULT, "danger_or_crime": False} | changes)
        with pytest.raises(AnswerRefused, match=named):
            office.answer(queued, wrong, by="duty-worker")
    known = {"at_risk": WhoIsAtRisk.ADULT, "danger_or_crime": False}
    office.answer(queued, again.model_copy(update=known), by="duty-worker")

    assert office.outcome_of(queued) == "a safeguarding concern"
    [concern] = office.cases(safeguarding_concern)
    assert office.waiting_for(concern)[0] == "ConcernAcknowledged of safeguarding, due 2026-01-05 17:00"
    assert "money taken" in read_beside(office, concern, ConcernAcknowledged)
    assert office.inbox("team-safeguarding")[-1].subject.startswith("URGENT: ")


def test_a_contact_sent_back_cannot_be_sorted_to_a_named_worker() -> None:
    """A queue is chosen again, and the answer says what to do about a worker."""
    with pytest.raises(AnswerRefused, match="choose new-need"):
        SortedAgain.read({"kind": "named-worker", "reasons": "for Priya"})


def test_a_queue_that_does_not_answer_is_chased(office: Office) -> None:
    """A contact cannot lie unseen in a queue: the leader and then the managers hear of it."""
    sorted_contact(office, sorted_as(MailKind.COMPLAINT))
    (queued,) = office.cases(queued_contact)

    office.today_is("2026-01-07 17:01")
    office.digest_goes_out()
    assert "Nobody has answered it in time." in office.inbox("team-leader")[-1].body
    office.today_is("2026-01-12 17:01")
    office.digest_goes_out()
    assert "Nobody has answered it in time." in office.inbox("strategic-manager")[-1].body
    assert not office.is_closed(queued)


def test_a_queued_contact_from_before_the_sorting_was_passed_on_is_still_shown(office: Office) -> None:
    """A case that was opened without what duty found out shows the contact alone."""
    queued = office.start(queued_contact, QueuedContact(kind=MailKind.INVOICE, urgent=False, contact=letter()))

    assert "Dear Priya, the bath seat has not come." in read_beside(office, queued, QueueReply)


@pytest.mark.parametrize("waits_for", ["sorting", "offer", "decider", "duty"])
def test_a_further_message_is_read_by_the_owner_whatever_the_case_waits_for(office: Office, waits_for: str) -> None:
    """A reply to an open case becomes a work item of its owner, and the case does not close before it is read."""
    case = office.start(written_contact_transfer, letter())
    if waits_for == "duty":
        office.answer(case, sorted_as(about_person="P-121"), by="duty-worker")
    elif waits_for != "sorting":
        office.answer(case, sorted_as(), by="duty-worker")
    if waits_for == "decider":
        office.answer(case, refused(), by="practitioner")
        office.answer(case, refused(), by="practitioner-3")

    message = FurtherMessage(mail_id="M-EXAMPLE2", sender="tom@example.org", subject="Re:", text="It has come now.")
    office.signal(case, message)
    assert "MessageRead of duty-worker" in asked(office, case)
    assert "It has come now." in read_beside(office, case, MessageRead)

    if waits_for == "offer":
        office.answer(case, taken_by(), by="practitioner")
        assert not office.is_closed(case)
        office.answer(case, MessageRead(what_follows="Nothing, the seat is there."), by="duty-worker")
        assert office.is_closed(case)


def test_a_further_message_while_the_worker_is_away_is_read_by_duty(office: Office) -> None:
    """While nobody else has taken it on, the contact and what is added to it belong to duty."""
    case = contact_left_for_return(office)
    message = FurtherMessage(mail_id="M-EXAMPLE2", sender="tom@example.org", subject="Re:", text="Please hurry.")
    office.signal(case, message)

    assert asked(office, case) == ["ContactOnReturn of practitioner-2", "MessageRead of duty-worker"]


def test_nobody_allocated_means_that_duty_settles_it(office: Office) -> None:
    """GAP-04: with no responsible team the contact stays with duty, and is closed with its record."""
    case = sorted_contact(office, sorted_as(about_person="P-121"))

    assert asked(office, case) == ["SettledAtDuty of duty-worker"]
    office.answer(case, SETTLED, by="duty-worker")
    assert asked(office, case) == ["RecordMade of duty-worker"]


def test_a_letter_about_two_people_makes_two_linked_cases(office: Office) -> None:
    """DUTY-16: husband and wife in one letter; each has a case, joined, and the second is not sorted again."""
    wife = AlsoAbout(about_person="P-103", named_worker="practitioner-2", action_indicated="a walking frame")
    case = sorted_contact(office, sorted_as(also_about=(wife,)))

    (other,) = [ref for ref in office.cases(written_contact_transfer) if ref != case]
    assert asked(office, case) == ["ContactTransfer of practitioner"]
    assert asked(office, other) == ["AvailabilityEnquiry of duty-worker"]
    assert office.case(other).parent_ref == case
    assert any(f"Opened case {other}" in line for line in office.story_of(case))
    assert not any("sorting the contact" in line for line in office.story_of(other))
    assert "Wanted: a walking frame" in read_beside_next(office, other)


def read_beside_next(office: Office, case: str) -> str:
    """What stands beside the first form that asks somebody to act."""
    office.answer(case, nobody_in_time(), by="duty-worker")
    return read_beside(office, case, ActionsMeanwhile)


def test_another_person_may_need_something_else_of_the_same_letter(office: Office) -> None:
    """DUTY-16: a letter to the worker of one is a new need of the other, and is triaged."""
    neighbour = AlsoAbout(kinds=frozenset({MailKind.NEW_NEED}))
    case = sorted_contact(office, sorted_as(also_about=(neighbour,)))

    (other,) = [ref for ref in office.cases(written_contact_transfer) if ref != case]
    assert office.outcome_of(other) == "sorted elsewhere"
    (triage,) = office.cases(pwt_triage)
    assert office.case(triage).parent_ref == other


def test_nobody_is_named_twice_in_one_letter() -> None:
    """DUTY-16: the same person once more is a slip, and would open a case too many."""
    with pytest.raises(AnswerRefused, match="each person once"):
        ContactSorting.read(sorted_as().model_dump(mode="json") | {"also_about": [{"about_person": "P-101"}]})


def test_the_other_person_is_looked_up_in_the_register_too(office: Office) -> None:
    """DUTY-17: an id that nobody has is named with its place in the form."""
    case = office.start(written_contact_transfer, letter())
    wrong = sorted_as(also_about=(AlsoAbout(about_person="P-999"),))
    with pytest.raises(AnswerRefused, match=r"also_about.0.about_person: the register has no person"):
        office.answer(case, wrong, by="duty-worker")


# ------------------------------------------------------------------ whom it is about

HER_NUMBER = "Dear Priya, my mother's NHS number is 999 001 0005."


def whom_it_is_about(office: Office, case: str) -> set[str]:
    """The people whom the case says that it is about."""
    with office.council.database.read() as session:
        return set(session.scalars(select(CasePerson.person_id).where(CasePerson.case_ref == case)))


def about_whom(office: Office, text: str, **sorting: object) -> str:
    """A letter with that text, whose sorting leaves out whom it is about unless that is given."""
    case = office.start(written_contact_transfer, letter(text=text))
    office.answer(case, sorted_as(**{"about_person": None} | sorting), by="duty-worker")
    return case


@pytest.mark.clauses("DUTY-17")
def test_what_is_beyond_doubt_need_not_be_keyed(office: Office) -> None:
    """DUTY-17: the NHS number stands in the letter, and duty leaves the person to the machine."""
    case = about_whom(office, HER_NUMBER)

    assert whom_it_is_about(office, case) == {"P-101"}
    assert asked(office, case) == ["ContactTransfer of practitioner"]


@pytest.mark.clauses("DUTY-17")
def test_whoever_sorts_can_say_that_it_is_nobody_proposed(office: Office) -> None:
    """DUTY-17: the number is her husband's; the machine does not have the last word."""
    case = about_whom(office, HER_NUMBER, nobody_proposed=True)

    assert whom_it_is_about(office, case) == set()
    assert asked(office, case) == ["AllocationCheck of duty-worker"]


@pytest.mark.clauses("DUTY-17")
def test_anything_short_of_certain_is_confirmed_by_a_person(office: Office) -> None:
    """DUTY-17: a name and a date of birth are not enough; duty compares, and confirms or says that it is another."""
    case = about_whom(office, "Dear Priya, about Walter Ebbs, born 15 March 1967.", named_worker="practitioner-5")
    assert asked(office, case) == ["PersonConfirmed of duty-worker"]
    assert "P-108 Walter Ebbs" in read_beside(office, case, PersonConfirmed)

    confirmed = PersonConfirmed(about_person="P-108", how_confirmed="same address in the record")
    office.answer(case, confirmed, by="duty-worker")
    assert whom_it_is_about(office, case) == {"P-108"}


def test_a_letter_about_somebody_unknown_and_somebody_known_keeps_the_two_apart(office: Office) -> None:
    """DUTY-16: the number in it is that of the second person, and the first is in no register."""
    case = about_whom(office, HER_NUMBER, also_about=(AlsoAbout(about_person="P-101"),))

    (other,) = [ref for ref in office.cases(written_contact_transfer) if ref != case]
    assert whom_it_is_about(office, case) == set()
    assert whom_it_is_about(office, other) == {"P-101"}


def test_an_answer_to_a_closed_case_shows_whom_that_was_about(office: Office) -> None:
    """DUTY-16: "my father fell", in answer to a letter whose case is closed: nobody has to look up who that is."""
    closed = about_whom(office, HER_NUMBER)
    answer = letter(text="She has fallen again.", answers_case=closed)
    case = office.start(written_contact_transfer, answer)

    beside = read_beside(office, case, ContactSorting)
    assert f"The case that it answers, {closed}, was about P-101." in beside
    assert f"Answers case: {closed}, which is closed" in beside


@pytest.mark.parametrize(("urgent", "due"), [(None, "2026-01-05 17:00"), (False, "2026-01-07 17:00")])
def test_each_person_in_a_letter_has_an_urgency_of_their_own(office: Office, urgent: bool | None, due: str) -> None:
    """DUTY-16: the mother has fallen, and the father's shopping can wait; what is not said is as for the first."""
    father = AlsoAbout(about_person="P-121", urgent=urgent)
    case = sorted_contact(office, sorted_as(urgent=True, also_about=(father,)))

    (other,) = [ref for ref in office.cases(written_contact_transfer) if ref != case]
    assert office.waiting_for(other) == [f"SettledAtDuty of duty-worker, due {due}"]
