"""Taking work, giving it back and on: nobody's falls silent, and nobody gets what they may not answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import ClassVar

import pytest
from sqlalchemy import select

from flows.unauthorised_disclosure import unauthorised_disclosure
from models.cases import Case, Milestone, WorkItem
from models.decision_tables.levels import Rag
from models.forms.base import Form
from models.forms.tray_allocation import AllocationReply
from models.forms.tray_waiting import RedContactReview
from models.notices import Recipient
from models.outbox import OutboxMessage, OutboxState
from models.roles import Role
from models.states import MilestoneKind, MilestoneState, WorkItemState
from tasks.audit.verifying import verify
from tasks.durable import ask, procedure
from tasks.durable.testing import Office
from tasks.durable.worklist import HeldByAnother, NoLongerOpen, NotTheirs, note_opened, take
from tasks.worklist.assigning import CannotBeGiven, assign, give_back, receivers
from tasks.worklist.moving import Moved, find_holder, give_on, held_by
from tasks.worklist.scope import NotFound
from tests.procedures.test_unauthorised_disclosure import FOUND
from tests.procedures.tray_stories import on_the_tray
from tests.worklist.browser import Browser
from tests.worklist.test_work_lists import Matter, MatterSettled, ids, item_of, matter, member, small_matter

AtWork = Callable[[str], Browser]


class ManagersDecide(Form):
    """A matter that managers alone decide."""

    title: ClassVar[str] = "a managers' matter"
    deciders: ClassVar[tuple[Role, ...]] = (Role.TEAM_LEADER, Role.TEAM_MANAGER)


@procedure(follows="the stories of giving work")
def managers_matter(matter: Matter) -> None:
    """Ask for a decision once."""
    ask(ManagersDecide, of=Recipient.from_tag(matter.of))


def stands(office: Office, item: str) -> WorkItem:
    """The work item as it stands."""
    with office.council.database.read() as session:
        return session.get_one(WorkItem, item)


def pending(office: Office, item: str) -> dict[str, str]:
    """What is planned for its chasing: kind, and to whom."""
    with office.council.database.read() as session:
        rows = session.scalars(
            select(Milestone).where(Milestone.work_item_id == item, Milestone.state == MilestoneState.PENDING)
        )
        return {row.kind: row.told_to for row in rows}


def told(office: Office, item: str) -> list[str]:
    """To whom notices about it are queued or were sent, and not withdrawn."""
    with office.council.database.read() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.work_item_id == item, OutboxMessage.state != OutboxState.WITHDRAWN)
            .order_by(OutboxMessage.queued_at, OutboxMessage.id)
        )
        return [row.recipient for row in rows]


def story(office: Office, item: str) -> str:
    """The last line of its case's story, without its time."""
    return office.story_of(stands(office, item).case_ref)[-1][17:]


def names(office: Office, item: str) -> set[str]:
    """To whom it could be given, by staff id."""
    with office.council.database.read() as session:
        found = receivers(session, office.council.policy, session.get_one(WorkItem, item), office.clock.now())
        return {one.id for one in found}


# ------------------------------------------------------------------ taking and giving back


def test_what_is_given_back_lies_with_those_who_were_asked_and_is_chased_again(office: Office) -> None:
    """Taken, it was acknowledged; given back, nobody has opened it, and the leader hears of that again."""
    item = matter(office)
    take(office.council, item, by="duty-worker")
    assert MilestoneKind.ACKNOWLEDGE not in pending(office, item)

    give_back(office.council, item, by=member(office, "duty-worker"))
    assert (stands(office, item).assignee, stands(office, item).acknowledged_at) == (None, None)
    assert pending(office, item)[MilestoneKind.ACKNOWLEDGE] == "role-team-leader"
    assert story(office, item) == "Dana Whitlock gave back to the duty worker: a small matter"
    assert told(office, item)[-1] == "role-duty-worker"

    office.days_pass(0.4)
    told_so = [line for line in office.story_of(stands(office, item).case_ref) if "nobody has opened" in line]
    assert len(told_so) == 1


def test_giving_back_puts_no_reminder_off(office: Office) -> None:
    """Whoever takes and gives back each day does not keep it from those above."""
    item = matter(office)
    for _ in range(3):
        take(office.council, item, by="duty-worker")
        give_back(office.council, item, by=member(office, "duty-worker"))
        office.days_pass(1)
    assert any("Passed on to" in line for line in office.story_of(stands(office, item).case_ref))


def test_what_nothing_is_planned_for_is_chased_when_it_is_given_back(office: Office) -> None:
    """Even where nobody stands above, and all that was planned is over, those asked hear of it again."""
    item = matter(office, "role-head-of-service")
    take(office.council, item, by="head-of-service")
    with office.council.database.write() as session:
        for row in session.scalars(select(Milestone).where(Milestone.work_item_id == item)):
            row.state = MilestoneState.CALLED_OFF
    give_back(office.council, item, by=member(office, "head-of-service"))
    assert pending(office, item)


def test_only_who_has_it_or_may_give_work_gives_it_back(office: Office) -> None:
    """A colleague cannot; their leader can, and the story says whose it was."""
    item = matter(office)
    take(office.council, item, by="duty-worker")
    with pytest.raises(NotTheirs):
        give_back(office.council, item, by=member(office, "duty-worker-2"))
    give_back(office.council, item, by=member(office, "duty-team-leader"))
    assert story(office, item).endswith("a small matter, which Dana Whitlock had taken")


def test_giving_back_twice_is_giving_back_once(office: Office) -> None:
    """The second time nothing happens and nobody is told again."""
    item = matter(office)
    take(office.council, item, by="duty-worker")
    give_back(office.council, item, by=member(office, "duty-worker"))
    before = office.story_of(stands(office, item).case_ref)
    give_back(office.council, item, by=member(office, "duty-team-leader"))
    assert office.story_of(stands(office, item).case_ref) == before


def test_taking_over_says_who_had_it(office: Office) -> None:
    """The story keeps from whom; the one who had it does not have it any more."""
    item = matter(office)
    take(office.council, item, by="duty-worker")
    take(office.council, item, by="duty-worker-2")
    assert story(office, item) == "Malcolm Oyelaran has taken over from Dana Whitlock: a small matter"
    assert ids(office, "duty-worker") == []


def test_what_is_given_back_or_given_on_at_the_end_of_the_ladder_is_chased_all_the_same(office: Office) -> None:
    """Taken, given back and taken again an hour before the last step: the step comes, and another after it."""
    item = matter(office)
    office.today_is("2026-01-12 16:00")  # the last step of the ladder is due at 17:00
    take(office.council, item, by="duty-worker")
    give_back(office.council, item, by=member(office, "duty-worker"))
    office.hours_pass(1.5)
    assert pending(office, item)[MilestoneKind.ESCALATE] == "role-strategic-manager"
    take(office.council, item, by="duty-worker")
    before = len(chasing(office, item))
    office.days_pass(30)
    assert len(chasing(office, item)) - before >= 3
    assert "Passed on to the strategic manager" in chasing(office, item)[-1]


def test_that_nobody_has_opened_it_is_said_once_for_each_time_it_is_passed_on(office: Office) -> None:
    """What is repeated at the end asks for an answer; it does not say for ever that nobody has looked."""
    item = matter(office)
    office.days_pass(8)  # the whole ladder is behind it
    assign(office.council, item, to="duty-worker-2", by=member(office, "duty-team-leader"))
    before = sum("nobody has opened" in line for line in chasing(office, item))
    office.days_pass(60)
    assert sum("nobody has opened" in line for line in chasing(office, item)) == before + 1


@pytest.mark.parametrize("urgent", [False, True])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("of", ["role-duty-worker", "staff-practitioner", "role-head-of-service"])
def test_whatever_is_done_with_open_work_it_is_chased(office: Office, of: str, seed: int, urgent: bool) -> None:
    """In any order of taking, giving, opening and waiting: a reminder or a step of the ladder lies ahead."""
    chance = Random(f"{of} {seed} {urgent}")
    item, who = matter(office, of, urgent=urgent), ["head-of-service"]
    if of == "role-duty-worker":
        who = ["duty-worker", "duty-worker-2", "duty-team-leader", "team-manager"]
    elif of == "staff-practitioner":
        who = ["practitioner", "practitioner-2", "team-leader"]
    head = member(office, "head-of-service")
    for _ in range(14):
        somebody = chance.choice(who)
        match chance.randrange(5):
            case 0:
                with suppress(NotTheirs):
                    take(office.council, item, by=somebody)
            case 1:
                give_back(office.council, item, by=head)
            case 2:
                with suppress(CannotBeGiven):
                    assign(office.council, item, to=somebody, by=head)
            case 3:
                note_opened(office.council, item, by=somebody)
            case _:
                office.hours_pass(chance.choice([0.5, 3, 26, 100, 300]))
        assert {MilestoneKind.REMIND, MilestoneKind.ESCALATE} & set(pending(office, item))


def chasing(office: Office, item: str) -> list[str]:
    """The lines of its case's story that say who was reminded or to whom it was passed on."""
    words = ("Reminded", "Passed on", "nobody has opened")
    return [line for line in office.story_of(stands(office, item).case_ref) if any(word in line for word in words)]


def test_who_takes_over_knows_from_whom(office: Office) -> None:
    """Two pages showed it as nobody's: the second to take it is told who has it, and takes nothing over by mistake."""
    item = matter(office)
    take(office.council, item, by="duty-worker", seen_holder=None)
    before = office.story_of(stands(office, item).case_ref)
    with pytest.raises(HeldByAnother, match="is with duty-worker by now") as refused:
        take(office.council, item, by="duty-worker-2", seen_holder=None)
    assert refused.value.holder == "duty-worker"
    assert office.story_of(stands(office, item).case_ref) == before
    take(office.council, item, by="duty-worker", seen_holder=None)  # a double click of their own
    take(office.council, item, by="duty-worker-2", seen_holder="duty-worker")
    assert stands(office, item).assignee == "duty-worker-2"
    give_back(office.council, item, by=member(office, "duty-worker-2"))
    take(office.council, item, by="duty-worker", seen_holder="duty-worker-2")  # by now nobody's: nobody loses it
    assert stands(office, item).assignee == "duty-worker"


def test_whoever_loses_it_to_a_colleague_is_told(office: Office) -> None:
    """To know, with the next digest; nobody hears of it where nobody had it."""
    item = matter(office)
    take(office.council, item, by="duty-worker")
    office.digest_goes_out()
    assert office.inbox("staff-duty-worker") == []
    take(office.council, item, by="duty-worker-2")
    office.digest_goes_out()
    [message] = office.inbox("staff-duty-worker")
    assert "Read: work that a colleague has taken over" in message.body


def test_who_was_given_it_acknowledges_it_by_taking_it(office: Office) -> None:
    """It is theirs already, and urgent: a look is not enough, and the button says that they are on it."""
    item = matter(office, urgent=True)
    assign(office.council, item, to="duty-worker-2", by=member(office, "duty-team-leader"))
    note_opened(office.council, item, by="duty-worker-2")
    assert stands(office, item).acknowledged_at is None
    take(office.council, item, by="duty-worker-2")
    assert stands(office, item).acknowledged_at is not None
    assert MilestoneKind.ACKNOWLEDGE not in pending(office, item)
    assert story(office, item) == "Malcolm Oyelaran has taken: a small matter"


# ------------------------------------------------------------------ giving to somebody


def test_what_a_role_is_asked_is_given_to_one_of_them(office: Office) -> None:
    """It is theirs, they are told, and it is chased until they open it; the role stays who is asked."""
    item = matter(office)
    assign(office.council, item, to="duty-worker-2", by=member(office, "duty-team-leader"))
    assert (stands(office, item).asked_of, stands(office, item).assignee) == ("role-duty-worker", "duty-worker-2")
    assert stands(office, item).acknowledged_at is None
    assert told(office, item) == ["staff-duty-worker-2"]
    assert MilestoneKind.ACKNOWLEDGE in pending(office, item)
    assert story(office, item) == "Siobhan Kettering gave to Malcolm Oyelaran: a small matter"


def test_what_was_asked_by_name_is_asked_of_the_other_by_name(office: Office) -> None:
    """Reminders go to whoever has it now, and who had it may not answer it any more."""
    item = matter(office, "staff-practitioner")
    assign(office.council, item, to="practitioner-3", by=member(office, "team-leader"))
    assert stands(office, item).asked_of == "staff-practitioner-3"
    assert pending(office, item)[MilestoneKind.REMIND] == "staff-practitioner-3"
    with pytest.raises(NotTheirs):
        take(office.council, item, by="practitioner")
    office.answer(stands(office, item).case_ref, MatterSettled(), by="practitioner-3")


def test_who_gives_it_to_themselves_is_not_told_of_it(office: Office) -> None:
    """They know: it counts as opened, and no notice comes."""
    item = matter(office)
    assign(office.council, item, to="duty-team-leader", by=member(office, "duty-team-leader"))
    assert "staff-duty-team-leader" not in told(office, item)
    assert stands(office, item).acknowledged_at is not None


def test_nobody_is_given_what_they_may_not_answer(office: Office) -> None:
    """Another role, a leaver, nobody, a decision that is not theirs: refused, and nothing has happened."""
    duty, decision = matter(office), item_of(office, office.start(managers_matter, Matter(of="role-team-leader")))
    head = member(office, "head-of-service")
    before = office.story_of(stands(office, duty).case_ref)
    for item, to in (
        (duty, "practitioner"),
        (duty, "finance-officer"),
        (duty, "practitioner-6"),
        (duty, "nobody-of-that-id"),
        (decision, "duty-worker"),
        (decision, "head-of-service"),
    ):
        with pytest.raises(CannotBeGiven):
            assign(office.council, item, to=to, by=head)
    assert office.story_of(stands(office, duty).case_ref) == before
    assert names(office, duty) == {
        "duty-worker",
        "duty-worker-2",
        "duty-team-leader",
        "team-leader",
        "rowan-team-leader",
        "team-manager",
        "strategic-manager",
        "head-of-service",
    }
    assert names(office, decision) == {"duty-team-leader", "team-leader", "rowan-team-leader", "team-manager"}


def test_what_a_manager_was_asked_takes_a_manager(office: Office) -> None:
    """What Hazel's leader is asked by name goes to another leader or above, and not to one of the team."""
    item = matter(office, "staff-team-leader")
    assert "rowan-team-leader" in names(office, item)
    assert "practitioner" not in names(office, item)


def test_what_some_roles_decide_goes_to_these_though_it_was_asked_by_name(office: Office) -> None:
    """Whoever stands above is not among those who decide, and is not given it."""
    item = item_of(office, office.start(managers_matter, Matter(of="staff-team-leader")))
    assert names(office, item) == {"duty-team-leader", "team-leader", "rowan-team-leader", "team-manager"}


def test_what_somebody_alone_can_take_on_is_not_given_to_others(office: Office) -> None:
    """An offer to one worker is accepted or refused by that worker."""
    item = matter(office, "staff-practitioner")
    with office.council.database.write() as session:
        session.get_one(WorkItem, item).assignee = None
    with_offer = WorkItem(
        **{c.key: getattr(stands(office, item), c.key) for c in WorkItem.__table__.columns if c.key != "form"},
        form=AllocationReply.name(),
    )
    with office.council.database.read() as session:
        found = receivers(session, office.council.policy, with_offer, office.clock.now())
    assert [one.id for one in found] == ["practitioner"]


def test_a_leader_gives_what_is_their_team_s_and_nothing_else(office: Office) -> None:
    """Of another team's it is as if it were not there; a worker gives nothing."""
    hazels = matter(office, "staff-practitioner")
    with pytest.raises(NotFound):
        assign(office.council, hazels, to="practitioner-4", by=member(office, "rowan-team-leader"))
    with pytest.raises(NotTheirs):
        assign(office.council, hazels, to="practitioner-2", by=member(office, "practitioner"))


def test_what_is_about_somebody_s_own_act_is_not_given_to_them(office: Office) -> None:
    """A restricted question goes to whoever may read it, never to whom it is about."""
    found = FOUND.model_copy(update={"disclosed_by": "on-call-manager"})
    case = office.start(unauthorised_disclosure, found, owner="role-team-manager")
    with office.council.database.read() as session:
        item = session.scalars(select(WorkItem).where(WorkItem.case_ref == case)).first()
    assert item is not None
    assert names(office, item.id) == {"information-governance"}


def test_an_answered_item_is_not_given_to_anybody(office: Office) -> None:
    """Who was first is said."""
    item = matter(office)
    office.answer(stands(office, item).case_ref, MatterSettled(), by="duty-worker")
    with pytest.raises(NoLongerOpen, match="duty-worker"):
        assign(office.council, item, to="duty-worker-2", by=member(office, "duty-team-leader"))


def test_ledger_and_rows_agree_after_work_was_passed_round(office: Office) -> None:
    """Each passing on is an entry, and the audit finds nothing to object to."""
    item = matter(office, "staff-practitioner")
    leader = member(office, "team-leader")
    assign(office.council, item, to="practitioner-2", by=leader)
    take(office.council, item, by="practitioner-2")
    give_back(office.council, item, by=leader)
    with office.council.database.read() as session:
        assert list(verify(session)) == []


# ------------------------------------------------------------------ all of somebody's


def held(office: Office, by: str, of: str) -> set[str]:
    """What is with somebody, as whoever gives it on sees it."""
    with office.council.database.read() as session:
        who = member(office, by)
        holder = find_holder(session, who, of)
        return {one.id for one in held_by(session, office.council.policy, who, holder, office.clock.now())}


def with_tom(office: Office) -> tuple[str, str, str]:
    """What is with Tom Garrick: asked by name, taken, and a case."""
    by_name, taken = matter(office, "staff-practitioner-2"), matter(office, "team-hazel")
    take(office.council, taken, by="practitioner-2")
    return by_name, taken, office.start(small_matter, Matter(), owner="staff-practitioner-2")


def test_all_that_is_with_somebody_is_found(office: Office) -> None:
    """Asked by name, taken and owned; of another team's leader nothing."""
    assert held(office, "team-leader", "practitioner-2") == set()
    everything = set(with_tom(office))
    assert held(office, "team-leader", "practitioner-2") == everything
    with pytest.raises(NotFound):
        held(office, "rowan-team-leader", "practitioner-2")
    with pytest.raises(NotFound):
        held(office, "practitioner", "practitioner-2")


def test_all_of_somebody_s_goes_to_one_colleague(office: Office) -> None:
    """Nothing stays, and each is with the other now."""
    by_name, taken, case = with_tom(office)
    moved = give_on(
        office.council, member(office, "team-leader"), "practitioner-2", [by_name, taken, case], to="practitioner-3"
    )
    assert (set(moved.given), moved.left) == ({by_name, taken, case}, {})
    assert held(office, "team-leader", "practitioner-2") == set()
    assert stands(office, by_name).asked_of == "staff-practitioner-3"
    assert stands(office, taken).assignee == "practitioner-3"
    assert office.case(case).owner == "staff-practitioner-3"


def test_all_of_somebody_s_goes_back_to_the_team(office: Office) -> None:
    """What was asked by name goes to their leader, what was taken to those asked, the case to the team."""
    by_name, taken, case = with_tom(office)
    give_on(office.council, member(office, "team-leader"), "practitioner-2", [by_name, taken, case], to=None)
    assert stands(office, by_name).asked_of == "staff-team-leader"
    assert (stands(office, taken).asked_of, stands(office, taken).assignee) == ("team-hazel", None)
    assert office.case(case).owner == "team-hazel"
    assert held(office, "team-leader", "practitioner-2") == set()


def test_what_cannot_be_given_stays_and_says_why(office: Office) -> None:
    """A duty worker cannot answer for a team leader: the rest goes, this stays."""
    ours, theirs = matter(office, "staff-team-leader"), office.start(small_matter, Matter(), owner="staff-team-leader")
    moved = give_on(office.council, member(office, "head-of-service"), "team-leader", [ours, theirs], to="practitioner")
    assert moved.given == [theirs]
    assert list(moved.left) == [ours]
    assert "staff" not in moved.left[ours] and "team-leader" in moved.left[ours]
    assert stands(office, ours).asked_of == "staff-team-leader"


def test_giving_on_twice_gives_once(office: Office) -> None:
    """What is not with them any more is passed over."""
    by_name, taken, case = with_tom(office)
    leader = member(office, "team-leader")
    give_on(office.council, leader, "practitioner-2", [by_name, taken, case], to="practitioner-3")
    before = office.story_of(case)
    again = give_on(office.council, leader, "practitioner-2", [by_name, taken, case], to="practitioner")
    assert again == Moved()
    assert office.story_of(case) == before


# ------------------------------------------------------------------ the pages


def test_a_worker_takes_an_item_and_gives_it_back_on_its_page(at_work: AtWork, office: Office) -> None:
    """Two buttons; the page says what came of it."""
    item = matter(office)
    browser = at_work("duty-worker")
    taken = browser.send(browser.get(f"/work-items/{item}"), action=f"/work-items/{item}/take")
    assert f"{item} is yours." in taken.text
    given = browser.send(taken, action=f"/work-items/{item}/give-back")
    assert f"{item} is given back." in given.text
    assert stands(office, item).assignee is None


def test_a_leader_gives_an_item_to_one_who_may_answer_it(at_work: AtWork, office: Office) -> None:
    """The page offers nobody else; without a name it asks for one."""
    item = matter(office, "staff-practitioner")
    browser = at_work("team-leader")
    seen = browser.get(f"/work-items/{item}/assign")
    assert "Tom Garrick" in seen.text and "Dana Whitlock" not in seen.text
    assert "Select who is to have it" in browser.send(seen, action=f"/work-items/{item}/assign").text
    done = browser.send(seen, {"to": "practitioner-2"}, action=f"/work-items/{item}/assign")
    assert f"{item} is given to practitioner-2." in done.text


def test_an_item_of_another_team_is_no_page(at_work: AtWork, office: Office) -> None:
    """Neither to be taken, nor given back, nor given to anybody."""
    item = matter(office, "staff-practitioner-5")
    browser = at_work("practitioner")
    page = browser.get("/work-items")
    token = next(value for name, value in page.forms[-1].pairs if name == "form_token")
    for path in (f"/work-items/{item}/take", f"/work-items/{item}/give-back"):
        assert browser.post(path, {"form_token": token}).status == 404
    assert at_work("team-leader").get(f"/work-items/{item}/assign").status == 404


def test_a_leader_gives_on_all_that_is_with_somebody(at_work: AtWork, office: Office) -> None:
    """Whose, what and to whom, a look at it, and it is done; sent twice it is done once."""
    by_name, taken, case = with_tom(office)
    browser = at_work("team-leader")
    found = browser.send(browser.get("/work-items/assign"), {"from": "practitioner-2"}, action="/work-items/assign")
    assert "What is with Tom Garrick" in found.text
    wrong = browser.send(found, action="/work-items/assign")
    assert wrong.status == 400 and "Select what is to be given on" in wrong.text
    checked = browser.send(
        wrong, {"_all": "yes", "where": "one", "to": "practitioner-3"}, action="/work-items/assign", button="Continue"
    )
    assert "3 from Tom Garrick to Aniela Borowska" in checked.text
    done = browser.send(checked, action="/work-items/assign", button="Give it on")
    assert "3 given to practitioner-3." in done.text
    assert "Nothing is with Tom Garrick" in done.text
    again = browser.send(checked, action="/work-items/assign", button="Give it on")
    assert "nothing was given twice" in again.text
    assert office.case(case).owner == "staff-practitioner-3"
    assert stands(office, by_name).state == stands(office, taken).state == WorkItemState.OPEN


def test_the_page_says_what_cannot_go_where_it_is_to_go(at_work: AtWork, office: Office) -> None:
    """Before it is sent, and on the list that remains."""
    matter(office, "staff-team-leader")
    browser = at_work("head-of-service")
    found = browser.get("/work-items/assign?from=team-leader")
    checked = browser.send(
        found, {"_all": "yes", "where": "one", "to": "practitioner"}, action="/work-items/assign", button="Continue"
    )
    assert "1 cannot go to Priya Nair" in checked.text
    assert "None of it can go there." in checked.text


def test_whose_work_is_not_theirs_to_give_on_is_no_page(at_work: AtWork, office: Office) -> None:
    """A leader of another team, and an id that is none, look the same."""
    browser = at_work("rowan-team-leader")
    assert browser.get("/work-items/assign?from=practitioner-2").status == 404
    assert browser.get("/work-items/assign?from=nobody").status == 404
    assert "Tom Garrick" not in browser.get("/work-items/assign").text


def test_closed_cases_stay_with_whom_they_were(office: Office) -> None:
    """Only what is open is given on."""
    case = office.start(small_matter, Matter(), owner="staff-practitioner-2")
    office.answer(case, MatterSettled(), by="duty-worker")
    assert held(office, "team-leader", "practitioner-2") == set()
    with office.council.database.read() as session:
        assert session.get_one(Case, case).owner == "staff-practitioner-2"


# ------------------------------------------------------------------ of restricted cases


def restricted_and_taken(office: Office) -> str:
    """Information governance has taken a question of a restricted case, and is away."""
    case = office.start(unauthorised_disclosure, FOUND, owner="role-head-of-service")
    with office.council.database.read() as session:
        asked = session.scalars(select(WorkItem).where(WorkItem.case_ref == case)).all()
    item = next(one.id for one in asked if one.asked_of == "role-information-governance")
    take(office.council, item, by="information-governance")
    office.away("information-governance")
    return item


def test_what_is_with_somebody_of_a_restricted_case_is_given_on_by_those_who_see_it(
    at_work: AtWork, office: Office
) -> None:
    """Its owner finds it with all the rest and gives it back; a strategic manager, who may not see it, finds none."""
    item = restricted_and_taken(office)
    path = "/work-items/assign?from=information-governance"
    assert item in at_work("head-of-service").get(path).html
    other = at_work("strategic-manager").get(path)
    assert item not in other.html and "Nothing is with" in other.text
    done = give_on(office.council, member(office, "head-of-service"), "information-governance", [item], to=None)
    assert (done.given, done.left) == ([item], {})
    assert stands(office, item).assignee is None


# ------------------------------------------------------------------ taking it over, knowingly


def test_take_it_is_no_takeover_from_a_colleague_who_was_first(at_work: AtWork, office: Office) -> None:
    """Malcolm Oyelaran took it while Dana Whitlock's page stood open: she is asked first, and he is told."""
    item = matter(office)
    browser = at_work("duty-worker")
    page = browser.get(f"/work-items/{item}")
    take(office.council, item, by="duty-worker-2")
    asked = browser.send(page, action=f"/work-items/{item}/take", button="Take it")
    assert (asked.status, stands(office, item).assignee) == (409, "duty-worker-2")
    assert "Take it over from Malcolm Oyelaran?" in asked.text
    done = browser.send(asked, action=f"/work-items/{item}/take", button="Take it over")
    assert "You took it over from duty-worker-2, who is told." in done.text
    assert stands(office, item).assignee == "duty-worker"
    assert "staff-duty-worker-2" in told(office, item)


def test_take_it_over_is_from_whom_the_page_names_alone(at_work: AtWork, office: Office) -> None:
    """The page named Malcolm Oyelaran; a leader has given it to somebody else since. A free item is taken at once."""
    item = matter(office)
    take(office.council, item, by="duty-worker-2")
    browser = at_work("duty-worker")
    page = browser.get(f"/work-items/{item}")
    take(office.council, item, by="duty-team-leader")
    assert browser.send(page, action=f"/work-items/{item}/take", button="Take it over").status == 409
    assert stands(office, item).assignee == "duty-team-leader"
    give_back(office.council, item, by=member(office, "duty-team-leader"))
    assert browser.send(page, action=f"/work-items/{item}/take", button="Take it over").status == 200
    assert stands(office, item).assignee == "duty-worker"


def test_what_has_a_long_name_is_taken_over_like_anything_else(office: Office) -> None:
    """Whoever loses it is told in words that fit, whatever the form is called."""
    case = on_the_tray(office, Rag.RED)
    office.days_pass(7)
    item = next(one for one in office._open_items(case) if one.form == RedContactReview.name())
    take(office.council, item.id, by="practitioner")
    take(office.council, item.id, by="practitioner-2", seen_holder="practitioner")
    assert stands(office, item.id).assignee == "practitioner-2"


def test_whoever_was_given_urgent_work_says_that_they_are_on_it(at_work: AtWork, office: Office) -> None:
    """A look does not acknowledge what is urgent; its page has a button that does, and then no more."""
    item = matter(office, urgent=True)
    assign(office.council, item, to="duty-worker", by=member(office, "duty-team-leader"))
    browser = at_work("duty-worker")
    page = browser.get(f"/work-items/{item}")
    assert stands(office, item).acknowledged_at is None
    assert "I have seen it and am on it" in page.text
    browser.send(page, action=f"/work-items/{item}/take")
    assert stands(office, item).acknowledged_at is not None
    assert "I have seen it and am on it" not in browser.get(f"/work-items/{item}").text
