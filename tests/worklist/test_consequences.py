"""What an answer will cause is said before it is sent; the saying changes nothing, and asks nobody outside."""

from __future__ import annotations

import pytest

from flows.pwt_triage import pwt_triage
from models.cases import Case
from models.entry_kinds import EntryKind
from models.forms.base import AnswerRefused
from models.forms.safeguarding import WhoIsAtRisk
from models.forms.tray_triage import SafeguardingCheck
from models.forms.tray_waiting import ContactReview
from tasks.durable import lease
from tasks.durable.ledger import recall
from tasks.durable.testing import Office
from tasks.worklist.consequences import Foreseen, foresee
from tasks.worklist.rehearsing import CannotRehearse
from tests.procedures.tray_stories import no_answer, on_the_tray, reached
from tests.procedures.triage_stories import SAFE, allocated, placed, referral
from tests.worklist.answering_stories import a_safeguarding_check, a_tray_decision, all_entries, item_of, member

CONCERN = SafeguardingCheck(
    nine_nine_nine_considered=True,
    concern=True,
    what_is_feared="his nephew takes his pension",
    at_risk=WhoIsAtRisk.ADULT,
    danger_or_crime=False,
)


def lines(foreseen: Foreseen) -> list[str]:
    """All that is said to follow, in every case."""
    return [line for one in (foreseen.here, *foreseen.elsewhere) for _, line in one.lines]


def test_what_is_said_to_follow_is_what_follows(office: Office) -> None:
    """Each line that was foreseen of the case stands in its story, word for word, once the answer was given."""
    case, item = a_tray_decision(office)
    before = len(office.story_of(case))
    foreseen = foresee(office.council, member(office, "team-leader"), item, placed())

    office.answer(case, placed(), by="team-leader")

    with office.council.database.read() as session:
        story = [e.text for e in recall(session, case)[before:] if e.kind in (EntryKind.DONE, EntryKind.ASKED)]
    said = [line for kind, line in foreseen.here.lines if kind in (EntryKind.DONE, EntryKind.ASKED)]
    assert "Rated by the tables: Amber, priority Medium, complexity Low (rows RAG-4, PRI-4, COM-9)" in said
    notes = "Left a note for the recording system"  # with a reference of its own each time
    assert [one for one in said if notes not in one] == [one for one in story if notes not in one and one in said]
    assert len([one for one in said if notes in one]) == len([one for one in story if notes in one]) == 2
    assert foreseen.here.outcome == office.outcome_of(case)


def test_nothing_of_a_rehearsal_stays(office: Office) -> None:
    """No entry, no case, no work item and no notice is left; the question stays open and can be answered."""
    case, item = a_safeguarding_check(office)
    entries, cases, waiting = all_entries(office), office.cases(), office.waiting_for(case)

    foresee(office.council, member(office, "duty-worker"), item, CONCERN)
    office.hours_pass(0)

    assert (all_entries(office), office.cases(), office.waiting_for(case)) == (entries, cases, waiting)
    assert office.inbox("safeguarding-lead") == []
    office.answer(case, CONCERN, by="duty-worker")
    assert all_entries(office) > entries


def test_it_differs_with_the_answer(office: Office) -> None:
    """A concern opens a case with the safeguarding team; without one only triage follows."""
    _, item = a_safeguarding_check(office)
    duty = member(office, "duty-worker")

    feared = foresee(office.council, duty, item, CONCERN)
    assert "Opened a new case: Safeguarding concern" in lines(feared)
    assert [one.title for one in feared.elsewhere] == ["Safeguarding concern"]
    acknowledging = "Asked the safeguarding team: acknowledging a safeguarding concern"
    assert any(line.startswith(acknowledging) for line in lines(feared))

    safe = foresee(office.council, duty, item, SAFE)
    assert safe.elsewhere == ()
    assert safe.here.waits_for == "Awaiting triage"


def test_a_reference_that_no_case_will_have_is_not_said(office: Office) -> None:
    """What is opened in a rehearsal has no reference: one that is shown could never be found."""
    _, item = a_tray_decision(office)
    foreseen = foresee(office.council, member(office, "team-leader"), item, placed())

    assert {one.ref for one in foreseen.elsewhere} == {None}
    real = {*office.cases(), "", "W-"}
    words = {word.strip("():,.") for line in lines(foreseen) for word in line.split()}
    assert not {word for word in words if len(word) == 9 and word[4:5] == "-" and word.isupper()} - real
    assert not any("R-" in line for line in lines(foreseen))


def test_another_system_is_not_asked(office: Office) -> None:
    """A worker's calendar is not looked into for show: it is said that it will be, and nothing beyond it."""
    _, item = a_tray_decision(office)
    foreseen = foresee(office.council, member(office, "team-leader"), item, allocated())

    [allocation] = foreseen.elsewhere
    assert allocation.title == "Allocation from the tray"
    assert allocation.asks_outside == "Looked in the worker's calendar whether they are there in time"
    assert allocation.waits_for == ""


def test_an_answer_that_is_refused_causes_nothing(office: Office) -> None:
    """What the door refuses is refused in a rehearsal too, with the same sentences."""
    _, item = a_tray_decision(office)
    nobody = allocated(worker="nobody-of-that-name")
    with pytest.raises(AnswerRefused, match="worker"):
        foresee(office.council, member(office, "team-leader"), item, nobody)


def test_a_case_that_is_being_carried_on_is_not_rehearsed(office: Office) -> None:
    """While a leg has the case, what follows cannot be told; it is said so, and nobody waits for it."""
    case, item = a_safeguarding_check(office)
    with office.council.change() as change:
        lease.take(change.session, case, change.now, change.policy.lease.lasts)
    with pytest.raises(CannotRehearse):
        foresee(office.council, member(office, "duty-worker"), item, SAFE)


def test_what_is_not_theirs_to_see_is_left_out(office: Office) -> None:
    """Of a restricted case whoever is asked reads the question, and nothing of what follows in it."""
    case = office.start(pwt_triage, referral(), restricted=True)
    item = item_of(office, case, SafeguardingCheck.name())
    foreseen = foresee(office.council, member(office, "duty-worker"), item, CONCERN)
    assert lines(foreseen) == []
    assert foreseen.hidden
    with office.council.database.read() as session:
        assert session.get_one(Case, case).restricted


def test_a_call_says_what_it_moves(office: Office) -> None:
    """Reaching somebody on the tray ends the wait for that contact; an attempt alone does not."""
    case = on_the_tray(office)
    office.days_pass(14)
    item, duty = item_of(office, case, "ContactReview"), member(office, "duty-worker")

    came = lines(foresee(office.council, duty, item, reached()))
    assert any(line.startswith("Somebody reached them") for line in came)
    tried = lines(foresee(office.council, duty, item, no_answer()))
    assert any(line.startswith("Nobody was reached") for line in tried)
    assert not any(line.startswith("Somebody reached them") for line in tried)


def test_what_a_form_says_that_it_causes_is_so(office: Office) -> None:
    """The sentences on the forms that are saved at once are held against what their answers lead to."""
    _, item = a_safeguarding_check(office)
    duty = member(office, "duty-worker")
    assert [one.split(",")[0] for one in SafeguardingCheck.causes] == [
        "A concern is raised at once",
        "What cannot wait is asked of duty at once",
    ]
    child = foresee(office.council, duty, item, CONCERN.model_copy(update={"at_risk": WhoIsAtRisk.CHILD}))
    assert any(line.startswith("Asked the duty worker: ringing the children’s team") for line in lines(child))
    raised = CONCERN.model_copy(update={"raised_already_as": "SG-12", "owner": "safeguarding-lead"})
    assert foresee(office.council, duty, item, raised).elsewhere == ()
    urgent = foresee(office.council, duty, item, SAFE.model_copy(update={"act_now": "a commode"}))
    assert [one.title for one in urgent.elsewhere] == ["Urgent action"]
    assert any(line.startswith("Asked the duty worker: an urgent action") for line in lines(urgent))
    assert urgent.here.waits_for == "Awaiting triage"

    case = on_the_tray(office)
    office.days_pass(14)
    item = item_of(office, case, "ContactReview")
    assert len(ContactReview.causes) == 3
    assert any("note" in line for line in lines(foresee(office.council, duty, item, reached())))
    discussed = foresee(office.council, duty, item, reached(to_discuss="he wants to move"))
    assert any("deciding about somebody on the tray" in line for line in lines(discussed))
    assert not any("deciding about" in line for line in lines(foresee(office.council, duty, item, reached())))
