"""A written contact is offered, accepted, refused or left lying (DUTY-19 to DUTY-23, GAP-05)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models.forms.base import AnswerRefused
from models.forms.handover import HandoverReply
from models.forms.paperwork import (
    AcknowledgementWritten,
    Conveyance,
    OriginalEmailSent,
    OriginalFiled,
    OriginalLetterSent,
)
from models.forms.written_contact import AcknowledgedContactTransfer, Acknowledger, Channel, ContactTransfer, NextHand
from models.roles import Role
from tasks.durable.testing import Office
from tests.procedures.letters import (
    asked,
    forms_answered,
    nobody_in_time,
    read_beside,
    record_of,
    refused,
    sorted_as,
    sorted_contact,
    sorted_for_somebody_on_leave,
    taken_by,
)

WRITTEN = AcknowledgementWritten(written_on=date(2026, 1, 5), sent_by="e-mail")


# ------------------------------------------------------------------ available in time, or the service deals with it


def test_a_worker_who_is_there_is_offered_the_contact(office: Office) -> None:
    """DUTY-19: no absence is recorded, so the worker can take it in time, and has one working day to reply."""
    case = sorted_contact(office, sorted_as())

    assert office.waiting_for(case) == ["ContactTransfer of practitioner, due 2026-01-06 17:00"]


def test_a_worker_who_is_back_in_time_is_offered_it_on_their_return(office: Office) -> None:
    """DUTY-19: away until Tuesday 1pm, needed by Wednesday: the offer waits for them, and its time runs from then."""
    office.away("practitioner", until="2026-01-06 13:00")
    case = sorted_contact(office, sorted_as())

    assert office.waiting_for(case) == ["worker-back, due 2026-01-06 13:00"]
    office.digest_goes_out()
    assert "a contact waits for your return" in office.inbox("staff-practitioner")[-1].subject
    office.today_is("2026-01-06 13:00")
    assert office.waiting_for(case) == ["ContactTransfer of practitioner, due 2026-01-07 17:00"]
    assert office.inbox("team-leader") == []


def test_a_worker_who_is_back_too_late_is_asked_about(office: Office) -> None:
    """DUTY-19: away until Thursday, needed by Wednesday: duty finds out whether their service deals with it."""
    office.away("practitioner", until="2026-01-08 09:00")
    case = sorted_contact(office, sorted_as())

    assert office.waiting_for(case) == ["AvailabilityEnquiry of duty-worker, due 2026-01-05 13:00"]


def test_a_service_that_deals_with_letters_meanwhile_is_enough(office: Office) -> None:
    """DUTY-19: the second condition alone suffices, and the contact goes to the worker's team."""
    case = sorted_contact(office, sorted_for_somebody_on_leave())
    office.answer(case, nobody_in_time(service_deals_with_it=True), by="duty-worker")

    assert asked(office, case) == ["ContactTransfer of hazel"]


def test_a_worker_found_to_be_back_in_time_is_enough(office: Office) -> None:
    """DUTY-19: the first condition alone suffices; the offer waits for the morning of their return."""
    case = sorted_contact(office, sorted_for_somebody_on_leave())
    office.answer(case, nobody_in_time(back_on=date(2026, 1, 6)), by="duty-worker")

    assert office.waiting_for(case) == ["worker-back, due 2026-01-06 08:30"]
    office.today_is("2026-01-06 08:30")
    assert asked(office, case) == ["ContactTransfer of practitioner-2"]


def test_a_worker_found_to_be_there_after_all_is_offered_it_at_once(office: Office) -> None:
    """DUTY-19: the register shows leave, a colleague says that he has been back since this morning."""
    case = sorted_contact(office, sorted_for_somebody_on_leave())
    office.answer(case, nobody_in_time(back_on=date(2026, 1, 5)), by="duty-worker")

    assert asked(office, case) == ["ContactTransfer of practitioner-2"]


def test_neither_condition_means_that_duty_acts(office: Office) -> None:
    """DUTY-19: neither back in time nor a service that deals with it: it is not transferred to lie unread."""
    case = sorted_contact(office, sorted_for_somebody_on_leave())
    office.answer(case, nobody_in_time(back_on=date(2026, 1, 8)), by="duty-worker")

    assert asked(office, case) == ["ActionsMeanwhile of duty-worker", "PersonTold of duty-worker"]


# ------------------------------------------------------------------ how they are told


def test_the_worker_is_told_that_it_is_there_and_where_it_stands_but_not_what_it_says(office: Office) -> None:
    """DUTY-22: the message names the case and the form; what the contact says stands beside the form alone."""
    case = sorted_contact(office, sorted_as())
    office.digest_goes_out()

    (message,) = office.inbox("staff-practitioner")
    assert message.subject == f"Answer: contact transfer, case {case}, by Tuesday 6 January 2026, 5pm"
    assert "bath seat" not in message.subject + message.body
    beside = read_beside(office, case, ContactTransfer)
    assert "Recorded at: case note 4711" in beside
    assert "Wanted: chase the bath seat" in beside
    assert "Original: M-EXAMPLE1" in beside


# ------------------------------------------------------------------ the original


def test_an_original_letter_that_is_wanted_goes_by_post_or_secure_delivery(office: Office) -> None:
    """DUTY-20: the worker wants the original, so duty sends it and says by which way (DUTY-23)."""
    case = sorted_contact(office, sorted_as(), Channel.LETTER)
    office.answer(case, taken_by(wants_original=True), by="practitioner")

    assert asked(office, case) == ["OriginalLetterSent of duty-worker"]
    office.answer(case, OriginalLetterSent(sent_by=Conveyance.SECURE_DELIVERY), by="duty-worker")
    assert office.outcome_of(case) == "transferred"
    assert "Original letter sent on by secure-delivery." in record_of(office, case)


def test_an_original_letter_that_is_not_wanted_is_filed_securely(office: Office) -> None:
    """DUTY-20: the worker does not want the original, so the case closes only once it is filed."""
    case = sorted_contact(office, sorted_as(), Channel.LETTER)
    office.answer(case, taken_by(), by="practitioner")

    assert asked(office, case) == ["OriginalFiled of duty-worker"]
    office.answer(case, OriginalFiled(filed_at="cabinet 3"), by="duty-worker")
    assert office.outcome_of(case) == "transferred"
    assert "Original letter filed securely at cabinet 3." in record_of(office, case)


def test_an_original_email_that_is_wanted_goes_by_secure_email(office: Office) -> None:
    """DUTY-23: duty sends it on by the internal secure e-mail system."""
    case = sorted_contact(office, sorted_as())
    office.answer(case, taken_by(wants_original=True), by="practitioner")

    assert asked(office, case) == ["OriginalEmailSent of duty-worker"]
    office.answer(case, OriginalEmailSent(sent_by=Conveyance.INTERNAL_SECURE_EMAIL), by="duty-worker")
    assert "Original e-mail sent on by internal-secure-email." in record_of(office, case)


def test_an_original_email_that_is_not_wanted_stays_where_it_is_kept(office: Office) -> None:
    """DUTY-20: the stored original is the secure file, and nobody is asked for anything."""
    case = sorted_contact(office, sorted_as())
    office.answer(case, taken_by(), by="practitioner")

    assert office.is_closed(case)
    assert "Original e-mail filed securely as M-EXAMPLE1." in record_of(office, case)


@pytest.mark.parametrize(
    ("form", "way"),
    [
        (OriginalEmailSent, Conveyance.INTERNAL_POST),
        (OriginalEmailSent, Conveyance.SECURE_DELIVERY),
        (OriginalLetterSent, Conveyance.INTERNAL_SECURE_EMAIL),
    ],
)
def test_an_original_does_not_travel_by_a_way_that_is_not_permitted(
    form: type[OriginalEmailSent | OriginalLetterSent], way: Conveyance
) -> None:
    """DUTY-23: e-mails by secure e-mail only, letters by internal post or secure delivery only."""
    with pytest.raises(AnswerRefused, match="only"):
        form.read({"sent_by": way})


# ------------------------------------------------------------------ the acknowledgement


def test_the_worker_who_takes_it_writes_the_acknowledgement_where_that_was_agreed(office: Office) -> None:
    """DUTY-21: on the one form the worker says that she acknowledges, and later that she has."""
    case = sorted_contact(office, sorted_as(reply_wanted=True))
    assert asked(office, case) == ["AcknowledgedContactTransfer of practitioner"]

    office.answer(case, taken_by(acknowledged_by=Acknowledger.PRACTITIONER), by="practitioner")
    assert office.waiting_for(case) == ["AcknowledgementWritten of practitioner, due 2026-01-07 17:00"]
    office.answer(case, WRITTEN, by="practitioner")
    assert office.is_closed(case)
    assert "Acknowledgement written on Monday 5 January 2026, sent by e-mail." in record_of(office, case)


def test_duty_writes_the_acknowledgement_where_that_was_agreed(office: Office) -> None:
    """DUTY-21: the worker leaves it to duty, and duty is asked."""
    case = sorted_contact(office, sorted_as(reply_wanted=True))
    office.answer(case, taken_by(acknowledged_by=Acknowledger.DUTY), by="practitioner")

    assert asked(office, case) == ["AcknowledgementWritten of duty-worker"]


def test_no_acknowledgement_is_asked_for_where_none_is_wanted(office: Office) -> None:
    """DUTY-21: where nobody wants one, nobody is asked who writes it."""
    case = sorted_contact(office, sorted_as())
    office.answer(case, taken_by(), by="practitioner")

    assert "No acknowledgement was wanted." in record_of(office, case)


def test_an_acknowledgement_that_is_written_already_needs_no_second_form(office: Office) -> None:
    """DUTY-21: a worker who has answered the sender says so as she accepts, and the case is closed."""
    case = sorted_contact(office, sorted_as(reply_wanted=True))
    office.answer(case, taken_by(acknowledgement_sent=date(2026, 1, 5)), by="practitioner")

    assert office.is_closed(case)
    assert "Acknowledgement written on Monday 5 January 2026." in record_of(office, case)


def test_whoever_accepts_a_contact_that_wants_a_reply_says_who_writes_it() -> None:
    """DUTY-21: before the transfer is complete it is agreed who acknowledges; a refusal need not say."""
    with pytest.raises(AnswerRefused, match="acknowledged_by"):
        AcknowledgedContactTransfer.read({"reply": "accept"})
    AcknowledgedContactTransfer.read({"reply": "refuse", "reason": "not mine"})


def test_original_and_acknowledgement_do_not_wait_for_each_other(office: Office) -> None:
    """DUTY-21: the worker is asked to acknowledge while duty still has to see to the letter (DUTY-20)."""
    case = sorted_contact(office, sorted_as(reply_wanted=True), Channel.LETTER)
    office.answer(case, taken_by(acknowledged_by=Acknowledger.PRACTITIONER), by="practitioner")

    assert asked(office, case) == ["AcknowledgementWritten of practitioner", "OriginalFiled of duty-worker"]
    office.answer(case, WRITTEN, by="practitioner")
    office.answer(case, OriginalFiled(filed_at="cabinet 3"), by="duty-worker")
    assert office.is_closed(case)


# ------------------------------------------------------------------ acceptance, refusal, silence


def test_opening_and_acting_accepts_in_one_form(office: Office) -> None:
    """GAP-05: until she accepts it is duty's; one form accepts, says what was done, and the case is hers and closed."""
    case = sorted_contact(office, sorted_as())
    assert office.case(case).owner == "role-duty-worker"
    office.take(case, ContactTransfer, by="practitioner")
    assert office.case(case).owner == "role-duty-worker"

    office.answer(case, taken_by(action_taken="rang the supplier, it comes on Friday"), by="practitioner")
    assert office.case(case).owner == "staff-practitioner"
    assert office.outcome_of(case) == "transferred"
    assert forms_answered(office, case) == 2
    assert "rang the supplier, it comes on Friday" in record_of(office, case)


def test_a_refusal_has_a_reason() -> None:
    """GAP-05: whoever sends it back says why, for whoever comes next."""
    with pytest.raises(AnswerRefused, match="reason"):
        ContactTransfer.read({"reply": "refuse"})


def test_a_refusal_goes_to_the_team_and_then_to_the_team_leader_with_the_reasons(office: Office) -> None:
    """GAP-05: refused by the worker, refused in the team: the team leader decides, and it stays with duty till then."""
    case = sorted_contact(office, sorted_as())
    office.answer(case, refused("I have handed P-101 on."), by="practitioner")
    assert asked(office, case) == ["ContactTransfer of hazel"]
    assert "Refused by practitioner: I have handed P-101 on." in read_beside(office, case, ContactTransfer)

    office.answer(case, refused("Nobody here knows her."), by="practitioner-3")
    assert office.waiting_for(case) == ["NextHand of team-leader, due 2026-01-05 13:00"]
    assert "Refused by practitioner-3: Nobody here knows her." in read_beside(office, case, NextHand)
    assert office.case(case).owner == "role-duty-worker"


def test_whoever_the_team_leader_names_is_offered_it_with_the_leaders_reasons(office: Office) -> None:
    """GAP-05: the leader's decision brings it to somebody, who still accepts it themselves."""
    case = sorted_contact(office, sorted_as())
    office.answer(case, refused(), by="practitioner")
    office.answer(case, refused(), by="practitioner-3")
    office.answer(case, NextHand(given_to="practitioner-4", reasons="knows the family"), by="team-leader")

    assert asked(office, case) == ["ContactTransfer of practitioner-4"]
    assert "knows the family" in read_beside(office, case, ContactTransfer)
    assert office.case(case).owner == "role-duty-worker"
    office.answer(case, taken_by(), by="practitioner-4")
    assert office.case(case).owner == "staff-practitioner-4"


def test_whoever_the_team_leader_names_may_refuse_and_the_leader_decides_again(office: Office) -> None:
    """GAP-05: a second refusal comes back to the team leader, who may leave it with duty."""
    case = sorted_contact(office, sorted_as())
    office.answer(case, refused(), by="practitioner")
    office.answer(case, refused(), by="practitioner-3")
    office.answer(case, NextHand(given_to="practitioner-4", reasons="knows the family"), by="team-leader")
    office.answer(case, refused("I am on leave from tomorrow."), by="practitioner-4")

    assert asked(office, case) == ["NextHand of team-leader"]
    assert "I am on leave from tomorrow." in read_beside(office, case, NextHand)
    office.answer(case, NextHand(reasons="duty knows it best by now"), by="team-leader")
    assert asked(office, case) == ["SettledAtDuty of duty-worker"]


@pytest.mark.parametrize("given_to", ["practitioner-6", "nobody"])
def test_a_contact_cannot_be_given_to_somebody_who_is_not_there_any_more(office: Office, given_to: str) -> None:
    """GAP-05: a leaver or an unknown id is refused at the form, not found out days later by silence."""
    case = sorted_contact(office, sorted_as())
    office.answer(case, refused(), by="practitioner")
    office.answer(case, refused(), by="practitioner-3")

    with pytest.raises(AnswerRefused, match="given_to"):
        office.answer(case, NextHand(given_to=given_to, reasons="knows the family"), by="team-leader")


def test_silence_goes_to_the_team_and_then_to_the_team_leader(office: Office) -> None:
    """GAP-05: one working day for the worker, one for the team, then the team leader decides."""
    case = sorted_contact(office, sorted_as())

    office.today_is("2026-01-06 17:00")
    assert office.waiting_for(case) == ["ContactTransfer of hazel, due 2026-01-07 17:00"]
    assert "Nobody has replied in time." in read_beside(office, case, ContactTransfer)
    office.today_is("2026-01-07 17:00")
    assert asked(office, case) == ["NextHand of team-leader"]
    office.digest_goes_out()
    assert office.inbox("team-leader")[-1].lines == [
        f"Answer: next hand, case {case}, by Thursday 8 January 2026, 12:30pm"
    ]


def test_a_team_leader_who_does_not_decide_is_passed_by(office: Office) -> None:
    """GAP-05: a decision that nobody makes is brought to the team manager and the strategic manager."""
    case = sorted_contact(office, sorted_as())
    office.today_is("2026-01-07 17:00")
    assert asked(office, case) == ["NextHand of team-leader"]

    office.today_is("2026-01-13 09:00")
    assert "Nobody has answered it in time." in office.inbox("team-manager")[-1].body
    office.today_is("2026-01-15 09:00")
    assert "Nobody has answered it in time." in office.inbox("strategic-manager")[-1].body
    office.answer(case, NextHand(reasons="duty deals with it"), by="team-manager")
    assert asked(office, case) == ["SettledAtDuty of duty-worker"]


def test_an_offer_that_nobody_opens_is_known_to_the_team_leader_the_same_day(office: Office) -> None:
    """GAP-05: four working hours without anybody opening it, and the leader of that team hears of it."""
    case = sorted_contact(office, sorted_as())
    office.hours_pass(4.1)
    office.digest_goes_out()

    assert office.clock.now() == datetime(2026, 1, 5, 13, 30, tzinfo=UTC)
    assert "Nobody has opened it yet." in office.inbox("staff-team-leader")[-1].body
    assert office.inbox("staff-team-leader")[-1].subject.endswith(
        f"contact transfer, case {case}, by Tuesday 6 January 2026, 5pm"
    )


def test_once_answered_nobody_is_chased_any_more(office: Office) -> None:
    """An accepted contact leads to no reminder and no escalation, however long one waits."""
    case = sorted_contact(office, sorted_as())
    office.answer(case, taken_by(), by="practitioner")
    before = {role: len(office.inbox(role)) for role in Role}
    office.days_pass(60)

    assert {role: len(office.inbox(role)) for role in Role} == before
    assert office.is_closed(case)


def test_a_refused_contact_in_a_service_that_deals_with_letters_goes_to_the_team_leader(office: Office) -> None:
    """GAP-05: the service was the team already, so the next is its leader."""
    case = sorted_contact(office, sorted_for_somebody_on_leave())
    office.answer(case, nobody_in_time(service_deals_with_it=True), by="duty-worker")
    office.answer(case, ContactTransfer(reply=HandoverReply.REFUSE, reason="we do not"), by="practitioner-3")

    assert asked(office, case) == ["NextHand of team-leader"]
