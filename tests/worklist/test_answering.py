"""Answering a work item on its page: what stands beside the form, what is refused, and that nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from deployments.worklist.drafts import draft_of
from flows.pwt_triage import pwt_triage
from models.audit import AccessEntry
from models.cases import WorkItem
from models.entry_kinds import EntryKind
from models.forms.base import Form
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.outbox import OutboxMessage
from models.register import Person, Staff
from models.states import MilestoneKind
from models.worklist import Cover
from tasks.durable.testing import Office
from tasks.intake import take_in_letter
from tasks.worklist.assigning import assign
from tests.procedures.triage_stories import SAFE, referral
from tests.worklist.answering_stories import (
    CHECKED_SAFE,
    a_safeguarding_check,
    a_tray_decision,
    entries_of,
    item_of,
)
from tests.worklist.browser import Browser, Seen
from tests.worklist.test_assigning import pending, stands, told
from tests.worklist.test_work_lists import matter, member

AtWork = Callable[[str], Browser]
BACK = {"decision": "back-to-duty", "rationale": "Ask about a stair rail first."}


def form_on(browser: Browser, item: str) -> Seen:
    """The page of the item."""
    return browser.get(f"/work-items/{item}")


def sent(browser: Browser, page: Seen, item: str, answers: dict[str, str], button: str) -> Seen:
    """The page's own form sent by a button."""
    page.forms = [one for one in page.forms if one.action == f"/work-items/{item}" and len(one.names) > 1]
    return browser.send(page, answers, button=button)


# ------------------------------------------------------------------ what stands beside the form


def test_the_way_to_999_stands_before_a_form_where_somebody_may_be_in_danger(office: Office, at_work: AtWork) -> None:
    """The warning comes before anything that can be filled in, and is said once."""
    _, item = a_safeguarding_check(office)
    seen = form_on(at_work("duty-worker"), item)
    warning = seen.html.index("If somebody may be in danger now, ring 999 first")
    assert warning < seen.html.index("nine_nine_nine_considered")
    assert "If anybody may be in danger now, ring 999 before you fill in anything" not in seen.text


def test_a_form_says_whether_it_concerns_safety_and_whether_it_has_weight() -> None:
    """Forms of paper and machines have no warning; a new form has one until it says otherwise, and decisions weigh."""
    assert Form.may_concern_safety
    assert not Form.named("OriginalFiled").may_concern_safety
    assert Form.named("RedContactReview").may_concern_safety
    for name in ("TrayDecision", "SafeAndWellDecision", "DisclosureVerdict", "SecondManagerAgrees", "LeavingConfirmed"):
        assert Form.named(name).has_legal_weight, name
    assert not Form.named("ContactReview").has_legal_weight


def test_what_is_known_of_the_person_stands_beside_the_form(office: Office, at_work: AtWork) -> None:
    """Their name, the id to copy into the recording system, what it is about, by when, and what happens otherwise."""
    case, item = a_safeguarding_check(office)
    seen = form_on(at_work("duty-worker"), item)
    for words in (
        "Harold Brisco",
        "LAS-70461",
        "My father cannot manage the stairs any more.",
        "Monday 5 January 2026, 1pm",
        "If nobody has answered by Wednesday 7 January 2026, 5pm, it is passed on to the team leader.",
    ):
        assert words in seen.text
    assert seen.links[case] == f"/cases/{case}"


def test_a_death_and_a_rule_of_safe_contact_stand_at_the_top(office: Office, at_work: AtWork) -> None:
    """Whoever is about to ring sees at once that the person has died, and how they may be reached without risk."""
    _, item = a_safeguarding_check(office)
    with office.council.database.write() as session:
        person = session.get_one(Person, "P-104")
        person.died_on, person.safe_contact = date(2026, 1, 3), "ring his daughter only"
    seen = form_on(at_work("duty-worker"), item)
    died = seen.text.index("Harold Brisco died on Saturday 3 January 2026. Do not write to them or ring them.")
    assert died < seen.text.index("Asked of")
    assert "Safe contact, Harold Brisco: ring his daughter only" in seen.text


def test_looking_is_noted_before_anything_is_shown(office: Office, at_work: AtWork) -> None:
    """The access log has who read what is asked in which case."""
    case, item = a_safeguarding_check(office)
    form_on(at_work("duty-worker"), item)
    with office.council.database.read() as session:
        looks = [(one.who, one.what, one.about) for one in session.scalars(select(AccessEntry))]
    assert ("duty-worker", "read-work-item", case) in looks


# ------------------------------------------------------------------ whose it is


def test_what_is_not_theirs_is_not_there(office: Office, at_work: AtWork) -> None:
    """Somebody of another team finds nothing, and nothing is done by what they send."""
    case, item = a_safeguarding_check(office)
    stranger = at_work("practitioner-4")
    assert form_on(stranger, item).status == 404
    page = stranger.get("/permissions")
    token = dict(page.forms[-1].pairs)["form_token"]
    assert stranger.post(f"/work-items/{item}", {**CHECKED_SAFE, "form_token": token}).status == 404
    assert entries_of(office, case, EntryKind.ANSWERED) == []


def test_who_sees_a_question_that_is_not_theirs_reads_it_and_is_told_why(office: Office, at_work: AtWork) -> None:
    """Duty reads what a manager is asked, without a form; what they send all the same is refused."""
    case, item = a_tray_decision(office)
    duty = at_work("duty-worker")
    seen = form_on(duty, item)
    assert seen.status == 200
    assert "only a team manager or a team leader decides it" in seen.text
    assert not [one for one in seen.forms if one.action.startswith("/work-items")]
    token = dict(seen.forms[-1].pairs)["form_token"]
    assert duty.post(f"/work-items/{item}", {**BACK, "_do": "send", "form_token": token}).status == 403
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 2  # the check and triage


def test_opening_the_form_is_noted_once_and_ends_no_chasing(office: Office, at_work: AtWork) -> None:
    """Nobody is told any more that it lies unseen; it is still nobody's own, and opening it again says nothing."""
    case, item = a_safeguarding_check(office)
    form_on(at_work("duty-worker"), item)
    form_on(at_work("duty-worker"), item)
    assert entries_of(office, case, EntryKind.ACKNOWLEDGED) == ["Dana Whitlock has opened: the safeguarding check"]
    with office.council.database.read() as session:
        row = session.get_one(WorkItem, item)
        assert (row.assignee, row.acknowledged_at) == (None, office.clock.now())
    left = pending(office, item)
    assert MilestoneKind.ACKNOWLEDGE not in left
    assert {MilestoneKind.REMIND, MilestoneKind.ESCALATE} <= set(left), "chased all the same until it is answered"


def test_a_look_at_urgent_work_silences_no_alarm(office: Office, at_work: AtWork) -> None:
    """On a Friday evening somebody looks and goes home: the alarms go out as if nobody had; who takes it is chased."""
    office.today_is("2026-01-09 16:00")
    untouched, seen = matter(office, urgent=True), matter(office, urgent=True)
    before = told(office, seen)
    assert "Send your answer" in form_on(at_work("duty-worker"), seen).text
    assert stands(office, seen).acknowledged_at is None
    assert told(office, seen) == before, "the notice that asked for it stands"
    assert pending(office, seen) == pending(office, untouched)
    office.days_pass(2)
    assert alarms(office, seen) == alarms(office, untouched)
    assert ("role-on-call-manager", "not-answered", "urgent-unacknowledged", "delivered") in alarms(office, seen)


def test_a_look_withdraws_nothing_but_that_nobody_has_looked(office: Office, at_work: AtWork) -> None:
    """What asked for it has not been delivered yet when a colleague looks: the others are still told of it."""
    item = matter(office)
    form_on(at_work("duty-worker"), item)
    assert told(office, item) == ["role-duty-worker"]


def test_a_look_does_not_silence_a_form_that_interrupts(office: Office, at_work: AtWork) -> None:
    """A safeguarding question that is not urgent interrupts once it is chased, whoever has looked at it."""
    item = matter(office, "role-safeguarding-lead")
    form_on(at_work("safeguarding-lead"), item)
    assert stands(office, item).acknowledged_at is not None
    office.days_pass(3)
    assert {"urgent-unacknowledged"} == {row[2] for row in alarms(office, item) if row[1] == "not-answered"}


@pytest.mark.parametrize("who", ["strategic-manager", "head-of-service", "team-leader"])
def test_a_manager_who_belongs_to_the_team_asked_does_not_acknowledge_for_it(
    office: Office, at_work: AtWork, who: str
) -> None:
    """It is put to those who do the team's work; one of them who opens it does."""
    item = matter(office, "team-hazel")
    form_on(at_work(who), item)
    assert stands(office, item).acknowledged_at is None
    form_on(at_work("practitioner"), item)
    assert stands(office, item).acknowledged_at is not None


def test_a_colleague_who_looks_does_not_acknowledge_what_somebody_was_given(office: Office, at_work: AtWork) -> None:
    """It was given to Malcolm Oyelaran: that Dana Whitlock looked does not mean that he has."""
    item = matter(office)
    assign(office.council, item, to="duty-worker-2", by=member(office, "duty-team-leader"))
    before = pending(office, item)
    form_on(at_work("duty-worker"), item)
    assert (stands(office, item).acknowledged_at, pending(office, item)) == (None, before)
    form_on(at_work("duty-worker-2"), item)
    assert stands(office, item).acknowledged_at is not None
    assert MilestoneKind.ACKNOWLEDGE not in pending(office, item)


def alarms(office: Office, item: str) -> list[tuple[str, str, str | None, str]]:
    """What was said of an item: to whom, why, why it interrupts, and what became of it."""
    with office.council.database.read() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.work_item_id == item)
            .order_by(OutboxMessage.queued_at, OutboxMessage.recipient)
        )
        return [(row.recipient, str(row.notice["why"]), row.interruption, row.state) for row in rows]


def test_a_manager_who_only_looks_does_not_silence_it(office: Office, at_work: AtWork) -> None:
    """A manager above may answer what duty is asked; that they looked at it does not mean that duty has."""
    case, item = a_safeguarding_check(office)
    seen = form_on(at_work("team-manager"), item)
    assert "Send your answer" in seen.text
    assert entries_of(office, case, EntryKind.ACKNOWLEDGED) == []


def test_who_stands_in_for_somebody_acknowledges_for_them(office: Office, at_work: AtWork) -> None:
    """Cover counts: whoever stands in for the one who is asked has opened it in their place."""
    case, item = a_tray_decision(office)
    with office.council.database.write() as session:
        session.add(
            Cover(
                absent_id="team-leader",
                covered_by="team-manager",
                from_on=date(2026, 1, 5),
                until_on=date(2026, 1, 9),
                made_by="team-leader",
                made_at=office.clock.now(),
            )
        )
    form_on(at_work("team-manager"), item)
    [line] = entries_of(office, case, EntryKind.ACKNOWLEDGED)
    assert line == "Ruth Adeyemi has opened: deciding between a worker and the tray"


# ------------------------------------------------------------------ sending


def test_a_form_without_legal_weight_is_saved_at_once(office: Office, at_work: AtWork) -> None:
    """One button: it is entered, and the page says so, what happens next, and where the case is."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    seen = sent(duty, form_on(duty, item), item, CHECKED_SAFE, "Send your answer")
    assert (seen.status, seen.path) == (200, f"/work-items/{item}")
    assert "Your answer is entered." in seen.text
    assert seen.links[case] == f"/cases/{case}"
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1
    office.hours_pass(0)
    assert f"Case {case} now stands at: Awaiting triage." in duty.get(f"/work-items/{item}").text


def test_what_it_causes_can_be_read_first(office: Office, at_work: AtWork) -> None:
    """Any form shows what its answer would cause before it is sent; looking at that sends nothing."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    feared = {"what_is_feared": "his nephew takes his pension", "at_risk": "adult", "danger_or_crime": "no"}
    concern = CHECKED_SAFE | {"concern": "yes"} | feared
    seen = sent(duty, form_on(duty, item), item, concern, "See first what it causes")
    assert "Opened a new case: Safeguarding concern" in seen.text
    assert "Asked the safeguarding team: acknowledging a safeguarding concern" in seen.text
    assert entries_of(office, case, EntryKind.ANSWERED) == []

    duty.send(seen, button="Send your answer", action=f"/work-items/{item}")
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1


def test_a_decision_is_checked_before_it_is_sent(office: Office, at_work: AtWork) -> None:
    """What has legal weight shows the answers, each with a way back, and what they cause; it is sent from there."""
    case, item = a_tray_decision(office)
    leader = at_work("team-leader")
    form = form_on(leader, item)
    assert [text for one in form.forms if "decision" in one.names for _, _, text in one.buttons] == ["Continue"]
    check = sent(leader, form, item, BACK, "Continue")
    assert check.text.count("Check your answers")
    assert "Ask about a stair rail first." in check.text
    assert "Asked the duty worker: a case that a manager sent back" in check.text
    assert [href for href in check.links.values() if href.startswith(f"/work-items/{item}?change=answers#field-")]
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 2

    done = leader.send(check, button="Send your answer", action=f"/work-items/{item}")
    assert "Your answer is entered." in done.text
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 3


def test_going_back_from_checking_keeps_everything(office: Office, at_work: AtWork) -> None:
    """By the button, or by the link of one answer: the form is filled in as it was typed."""
    _, item = a_tray_decision(office)
    leader = at_work("team-leader")
    check = sent(leader, form_on(leader, item), item, BACK, "Continue")
    again = leader.send(check, button="Change your answers", action=f"/work-items/{item}")
    assert ("rationale", BACK["rationale"]) in [pair for one in again.forms for pair in one.pairs]
    by_link = leader.get(f"/work-items/{item}")
    assert ("rationale", BACK["rationale"]) in [pair for one in by_link.forms for pair in one.pairs]


def test_a_refused_answer_is_shown_as_it_was_typed(office: Office, at_work: AtWork) -> None:
    """The title says so, the summary leads to each field, what was typed stands, and nothing is entered."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    wrong = {"nine_nine_nine_considered": "yes", "concern": "yes", "act_now": "a key safe & a lamp"}
    seen = sent(duty, form_on(duty, item), item, wrong, "Send your answer")
    assert seen.status == 422
    assert "<title>Error: The safeguarding check" in seen.html
    assert "There is a problem" in seen.text
    assert "#field-what_is_feared" in seen.links.values()
    assert ("act_now", "a key safe & a lamp") in [pair for one in seen.forms for pair in one.pairs]
    assert entries_of(office, case, EntryKind.ANSWERED) == []


def test_what_only_the_case_can_refuse_stands_at_its_field(office: Office, at_work: AtWork) -> None:
    """The door looks further than the form: a worker who has left is refused where the worker is chosen."""
    case, item = a_tray_decision(office)
    office.leaves("practitioner-2")
    leader = at_work("team-leader")
    gone = {"decision": "allocate", "rationale": "She knows him.", "worker": "practitioner-2"}
    seen = sent(leader, form_on(leader, item), item, gone, "Continue")
    assert seen.status == 422
    assert "#field-worker" in seen.links.values()
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 2


# ------------------------------------------------------------------ what happens meanwhile


def test_sending_the_same_answer_twice_does_nothing_the_second_time(office: Office, at_work: AtWork) -> None:
    """A double click leaves one answer, and the second shows the same page."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = form_on(duty, item)
    first = sent(duty, page, item, CHECKED_SAFE, "Send your answer")
    second = sent(duty, page, item, CHECKED_SAFE, "Send your answer")
    assert (second.status, second.path) == (first.status, first.path)
    assert "it was not entered twice" in second.text
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1


def test_whoever_comes_second_loses_nothing(office: Office, at_work: AtWork) -> None:
    """Who was first and when is said, what was typed is shown to be copied, and kept."""
    case, item = a_safeguarding_check(office)
    duty, other = at_work("duty-worker"), at_work("duty-worker-2")
    page = form_on(other, item)
    sent(duty, form_on(duty, item), item, CHECKED_SAFE, "Send your answer")
    mine = CHECKED_SAFE | {"act_now": "a bed on the ground floor"}
    seen = sent(other, page, item, mine, "Send your answer")
    assert seen.status == 409
    assert "Dana Whitlock answered it on Monday 5 January 2026, 9am." in seen.text
    assert "a bed on the ground floor" in seen.text
    with office.council.database.read() as session:
        kept = draft_of(session, "duty-worker-2", f"/work-items/{item}")
    assert kept is not None
    assert ("act_now", "a bed on the ground floor") in kept.pairs
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1


@pytest.mark.parametrize("button", ["Send your answer", "See first what it causes"])
def test_a_case_that_has_changed_meanwhile_warns_before_anything_is_sent(
    office: Office, at_work: AtWork, button: str
) -> None:
    """What is new is read first; then the same answer can be sent, or changed."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = form_on(duty, item)
    office.signal(case, CircumstancesChanged(reported_by=ReportedBy.CARER, what="he fell last night"))
    warned = sent(duty, page, item, CHECKED_SAFE, button)
    assert warned.status == 409
    assert "Something has happened in this case since you opened the form" in warned.text
    assert "Came: a change for somebody on the tray" in warned.text
    assert "What has changed: he fell last night" in warned.text
    assert entries_of(office, case, EntryKind.ANSWERED) == []
    assert sent(duty, warned, item, {}, "Send your answer").status == 200
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1


def test_taking_it_oneself_is_no_news(office: Office, at_work: AtWork) -> None:
    """Whoever takes the work after opening it is not warned of their own doing."""
    case, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = form_on(duty, item)
    office.take(case, type(SAFE), by="duty-worker")
    assert sent(duty, page, item, CHECKED_SAFE, "Send your answer").status == 200
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 1


def test_of_a_restricted_case_no_more_than_the_question_is_shown(office: Office, at_work: AtWork) -> None:
    """Whoever is asked reads the question; the case's story, its people and its page stay shut."""
    case = office.start(pwt_triage, referral(), restricted=True)
    item = item_of(office, case, "SafeguardingCheck")
    seen = form_on(at_work("duty-worker"), item)
    assert seen.status == 200
    assert case not in seen.links
    assert "LAS-70461" not in seen.text


NEWS = CircumstancesChanged(reported_by=ReportedBy.CARER, what="she was struck last night", urgent=True)


@pytest.mark.parametrize("way", ["refused", "changed"])
def test_what_came_meanwhile_is_said_whenever_the_form_is_shown_again(
    office: Office, at_work: AtWork, way: str
) -> None:
    """Refused, or gone back to from checking: what is new stands above it, as the next sending would not say it."""
    case, item = a_tray_decision(office)
    leader = at_work("team-leader")
    page = form_on(leader, item)
    if way == "refused":
        office.signal(case, NEWS, by="duty-worker")
        shown = sent(leader, page, item, BACK | {"rationale": ""}, "Continue")
    else:
        check = sent(leader, page, item, BACK, "Continue")
        office.signal(case, NEWS, by="duty-worker")
        shown = leader.send(check, action=f"/work-items/{item}", button="Change your answers")
    assert "What has changed: she was struck last night" in shown.text
    again = sent(leader, shown, item, BACK, "Continue")
    assert "Check your answers" in again.text


def test_a_form_shown_again_still_knows_what_they_had_seen(office: Office, at_work: AtWork) -> None:
    """What comes after a refusal is news as well: the number of the first showing is carried on."""
    case, item = a_tray_decision(office)
    leader = at_work("team-leader")
    page = form_on(leader, item)
    seen_no = next(value for one in page.forms for name, value in one.pairs if name == "_seen_entry_no")
    office.take(case, Form.named("TrayDecision"), by="team-leader")  # goes on, without any news
    refused = sent(leader, page, item, BACK | {"rationale": ""}, "Continue")
    assert ("_seen_entry_no", seen_no) in [pair for one in refused.forms for pair in one.pairs]
    office.signal(case, NEWS, by="duty-worker")
    assert sent(leader, refused, item, BACK, "Continue").status == 409


def test_an_entry_number_that_is_none_is_as_good_as_none(office: Office, at_work: AtWork) -> None:
    """A digit that is no number of ours breaks nothing: they are just not warned."""
    _, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = form_on(duty, item)
    done = sent(duty, page, item, CHECKED_SAFE | {"_seen_entry_no": "\u00b2"}, "Send your answer")
    assert "Your answer is entered." in done.text
    assert duty.get("/cover/\u00b2/call-off").status != 500


# ------------------------------------------------------------------ no longer theirs

TYPED = "Fifteen minutes of typing."


def test_what_was_typed_into_what_is_theirs_no_more_is_kept_and_shown(office: Office, at_work: AtWork) -> None:
    """Somebody else was made responsible meanwhile: refused, with all that was typed, and there again later."""
    case, item = a_tray_decision(office)
    leader = at_work("team-leader")
    page = form_on(leader, item)
    with office.council.database.write() as session:
        session.get_one(Staff, "team-leader").role = "duty-worker"
    refused = sent(leader, page, item, BACK | {"rationale": TYPED}, "Continue")
    assert refused.status == 403
    assert TYPED in refused.text
    assert "It was not entered. It is kept for 30 days" in refused.text
    assert TYPED in form_on(leader, item).text
    assert len(entries_of(office, case, EntryKind.ANSWERED)) == 2


def test_what_was_typed_into_what_they_cannot_see_any_more_is_kept_and_shown(office: Office, at_work: AtWork) -> None:
    """Moved to another team while they typed: of the work item nothing is said, their own words are theirs."""
    _, item = a_safeguarding_check(office)
    duty = at_work("duty-worker")
    page = form_on(duty, item)
    with office.council.database.write() as session:
        moved = session.get_one(Staff, "duty-worker")
        moved.role, moved.team_id = "practitioner", "rowan"
    typed = CHECKED_SAFE | {"act_now": TYPED}
    for gone in (sent(duty, page, item, typed, "Send your answer"), form_on(duty, item)):
        assert gone.status == 404
        assert TYPED in gone.text
        assert "Harold" not in gone.text
    assert form_on(at_work("practitioner-4"), item).text.count(TYPED) == 0


def test_what_came_is_opened_from_the_form_on_which_it_is_sorted(at_work: AtWork, office: Office) -> None:
    """The letter, and what was enclosed, are one step away from whoever sorts them."""
    taken = take_in_letter(
        office.council,
        sender="Gladys Okafor",
        received_on=date(2026, 1, 5),
        subject="The bath seat",
        text="Dear Priya",
        scan=None,
        scan_name="",
    )
    office.hours_pass(0)
    browser = at_work("duty-worker")
    page = browser.get(f"/work-items/{office._open_items(str(taken.case_ref))[0].id}")
    letter = browser.get(page.links["Open what came: The bath seat"])
    assert letter.status == 200
    assert "Dear Priya" in letter.text
