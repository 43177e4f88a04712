"""The weekly review of a whole tray: everybody is looked at, and what was not comes back by name (PWT-08)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flows.pwt_allocation import pwt_allocation
from flows.pwt_escalation import pwt_escalation
from flows.pwt_tray_review import pwt_tray_review
from models.cases import Entry
from models.decision_tables.levels import Rag
from models.durations import calendar_days
from models.forms.base import AnswerRefused
from models.forms.tray_review import AfterLooking, LookedAt, TrayReviewed
from models.forms.tray_signals import CircumstancesChanged, ReportedBy
from models.refs import new_ref
from models.register import Team
from models.tray import TrayPlace
from tasks.audit.verifying import verify
from tasks.durable.testing import Office
from tasks.leavers import move_what_leavers_left
from tasks.tray.weekly_opening import open_due_reviews
from tasks.tray.weekly_review import CameOfIt, Decided
from tests.procedures.letters import asked, read_beside
from tests.procedures.tray_stories import facts_for, on_the_tray, reached, standing

REST = TrayReviewed(rest_looked_at=True)


def reviews(office: Office) -> list[str]:
    """Open this morning's reviews, as the scheduled flow does; refs of the new cases."""
    opened = open_due_reviews(office.council)
    office.hours_pass(0)
    return opened


def review(office: Office) -> str:
    """The one review of this morning."""
    [case] = reviews(office)
    return case


def reached_before(office: Office, colour: Rag | None = Rag.GREEN, **changes: Any) -> str:
    """Somebody on the tray whom somebody has reached, so that nothing about them calls for a look by itself."""
    return on_the_tray(office, colour, last_reached_at=office.clock.now(), **changes)


def by_name(*cases: str, **said: Any) -> TrayReviewed:
    """These cases were looked at one by one."""
    return TrayReviewed(one_by_one=tuple(LookedAt(case=one, **said) for one in cases))


def entries_of(office: Office, case: str) -> list[tuple[str, str]]:
    """The entries which say that a case was looked at: key, and by whom."""
    with office.council.database.read() as session:
        rows = session.execute(
            select(Entry.key, Entry.by).where(Entry.case_ref == case, Entry.step == "tray-review").order_by(Entry.no)
        )
        return [(key, by) for key, by in rows]


def sections(office: Office, case: str) -> tuple[list[str], list[str]]:
    """The refs that are listed one by one, and those of the rest, in order."""
    alone, _, rest = read_beside(office, case, TrayReviewed).partition("The rest, as one list:")
    return _listed(alone.partition("One by one:")[2]), _listed(rest)


def _listed(text: str) -> list[str]:
    return [line.split(". ", 1)[1].split(",")[0] for line in text.splitlines() if line]


def changed(office: Office, **gaps: dict[str, Any]) -> None:
    """The council settles a point of the procedure otherwise."""
    old = office.council.policy.gaps
    new = {name: getattr(old, name).model_copy(update=values) for name, values in gaps.items()}
    office.council.policy = office.council.policy.model_copy(update={"gaps": old.model_copy(update=new)})


# ------------------------------------------------------------------ the list


@pytest.mark.clauses("PWT-08")
def test_red_changed_and_never_reached_cases_are_looked_at_one_by_one(office: Office) -> None:
    """PWT-08: the rest is one list, worst first in each part."""
    green, amber = reached_before(office), reached_before(office, Rag.AMBER, person="P-102")
    red = reached_before(office, Rag.RED, person="P-103")
    never = on_the_tray(office, person="P-105")
    changing = reached_before(office, person="P-106")
    office.signal(changing, CircumstancesChanged(reported_by=ReportedBy.CARER, what="she fell"))

    case = review(office)
    assert asked(office, case) == ["TrayReviewed of team-leader"]
    assert sections(office, case) == ([red, never, changing], [amber, green])
    text = read_beside(office, case, TrayReviewed)
    assert f"1. {red}, P-103 (LAS-70444): Red, 0 days since the request, 0 on the tray" in text
    assert "CHANGED since it was last looked at" in text and "NEVER REACHED" in text


@pytest.mark.clauses("PWT-05", "PWT-08")
def test_an_overdue_contact_is_looked_at_by_itself(office: Office) -> None:
    """PWT-08: nobody has reached an Amber person in time, and the list says how often."""
    overdue, well = reached_before(office, Rag.AMBER), reached_before(office, person="P-102")
    office.today_is("2026-01-20 09:00")
    case = review(office)
    assert sections(office, case) == ([overdue], [well])
    text = read_beside(office, case, TrayReviewed)
    assert "15 days since the request, 15 on the tray; last reached Monday 5 January 2026" in text
    assert "contacts missed: 1. CONTACT OVERDUE" in text
    office.today_is("2026-02-03 09:00")
    assert "contacts missed: 2. CONTACT OVERDUE" in read_beside(office, review(office), TrayReviewed)


def test_others_past_the_limit_are_marked_in_the_weekly_list(office: Office) -> None:
    """GAP-17: a Green case in breach stands in the list with a mark, unless the council settles it otherwise."""
    asked_for = office.clock.now() - timedelta(days=30)
    reached_before(office, requested_at=asked_for)
    office.days_pass(1)
    case = review(office)
    assert "PAST THE LIMIT of waiting" in read_beside(office, case, TrayReviewed)

    changed(office, tray_escalation={"others_in_weekly_list": False})
    office.today_is("2026-01-13 08:00")
    assert "PAST THE LIMIT" not in read_beside(office, review(office), TrayReviewed)


@pytest.mark.clauses("PWT-08")
def test_review_of_a_team_that_has_closed_is_carried_on_in_the_next(office: Office) -> None:
    """PWT-08: the open review went to the team that carries on; next week there is one review of the tray, not two."""
    reached_before(office)
    before = review(office)
    with office.council.database.write() as session:
        hazel = session.get_one(Team, "hazel")
        hazel.closed_on, hazel.work_goes_to = office.clock.now().date(), "rowan"
    move_what_leavers_left(office.council)
    assert office.case(before).owner == "team-rowan"

    office.today_is("2026-01-12 08:00")
    after = review(office)
    assert office.outcome_of(before) == "carried on in the next review"
    assert not office.is_closed(after)


@pytest.mark.clauses("PWT-08")
def test_review_of_another_tray_goes_on(office: Office) -> None:
    """PWT-08: that Hazel's next review is opened ends Hazel's, and no other team's."""
    reached_before(office)
    of_hazel = review(office)
    office.days_pass(1)
    reached_before(office, person="P-102", team="rowan", placed_by="rowan-team-leader")
    of_rowan = review(office)
    office.today_is("2026-01-12 08:00")
    reviews(office)
    assert (office.is_closed(of_hazel), office.is_closed(of_rowan)) == (True, False)


@pytest.mark.clauses("PWT-01")
@pytest.mark.parametrize("shown", [True, False])
def test_the_lapsed_review_date_of_the_document_is_shown(office: Office, shown: bool) -> None:
    """PWT-01, GAP-21: it is shown and blocks nothing."""
    changed(office, tray_vocabulary={"show_lapsed_document": shown})
    reached_before(office)
    text = read_beside(office, review(office), TrayReviewed)
    assert ("review was due on Monday 31 March 2025" in text) is shown


def test_days_on_the_tray_are_shown_where_the_council_wants_it(office: Office) -> None:
    """GAP-15 with its opposite: only the days since the request."""
    changed(office, allocation_clock={"show_days_on_tray": False})
    reached_before(office)
    text = read_beside(office, review(office), TrayReviewed)
    assert "0 days since the request; last reached" in text


def test_who_is_said_to_leave_or_is_offered_to_a_worker_is_marked(office: Office) -> None:
    """The reviewer does not allocate somebody twice."""
    case = reached_before(office)
    first = review(office)
    given = by_name(case, decision=AfterLooking.ALLOCATE, worker="practitioner", reasons="knows him")
    office.answer(first, given, by="team-leader")
    office.today_is("2026-01-12 08:00")
    assert "offered to a worker" in read_beside(office, review(office), TrayReviewed)


# ------------------------------------------------------------------ who reviews it


@pytest.mark.clauses("PWT-08")
def test_the_team_manager_covers_a_leader_who_is_away(office: Office) -> None:
    """GAP-20: away for two weeks; and back tomorrow, the leader has it."""
    reached_before(office)
    office.away("team-leader", "2026-01-16 09:00")
    assert asked(office, review(office)) == ["TrayReviewed of team-manager"]
    office.today_is("2026-01-15 08:00")
    assert asked(office, review(office)) == ["TrayReviewed of team-leader"]


def test_a_team_without_a_leader_is_covered_too(office: Office) -> None:
    """GAP-20: rowan's leader has left and has no manager of its own: the role is asked."""
    on_the_tray(office, team="rowan", person="P-114")
    office.leaves("rowan-team-leader")
    assert asked(office, review(office)) == ["TrayReviewed of team-manager"]


# ------------------------------------------------------------------ looking at it


@pytest.mark.clauses("PWT-08")
def test_each_case_has_an_entry_of_its_own_by_whoever_looked(office: Office) -> None:
    """PWT-08: those one by one and those of the list alike; their flows go on undisturbed, and the chains hold."""
    red, green = reached_before(office, Rag.RED), reached_before(office, person="P-102")
    case = review(office)
    office.answer(case, TrayReviewed(one_by_one=(LookedAt(case="1"),), rest_looked_at=True), by="team-leader")

    assert office.outcome_of(case) == "all looked at"
    assert entries_of(office, red) == entries_of(office, green) == [("house:tray-review[1]", "team-leader")]
    office.today_is("2026-01-12 08:00")
    office.answer(
        review(office), TrayReviewed(one_by_one=(LookedAt(case=red),), rest_looked_at=True), by="team-manager"
    )
    assert entries_of(office, red)[1] == ("house:tray-review[2]", "team-manager")
    office.days_pass(30)
    assert office.case(red).status == "open"
    with office.council.database.read() as session:
        assert list(verify(session)) == []


def test_what_was_not_looked_at_is_asked_again_by_name(office: Office) -> None:
    """PWT-08: one of the rest is left out, one by itself is forgotten; both are named, and asked at once."""
    red, other_red = reached_before(office, Rag.RED), reached_before(office, Rag.RED, person="P-102")
    greens = [reached_before(office, person=person) for person in ("P-103", "P-105")]
    case = review(office)
    answer = TrayReviewed(one_by_one=(LookedAt(case=red),), rest_looked_at=True, rest_except=(greens[1],))
    office.answer(case, answer, by="team-leader")

    assert not office.is_closed(case)
    assert sections(office, case) == ([other_red], [greens[1]])
    assert f"Not looked at when they should have been: {other_red}, {greens[1]}." in read_beside(
        office, case, TrayReviewed
    )
    assert entries_of(office, greens[0]) and not entries_of(office, greens[1])
    office.answer(case, TrayReviewed(one_by_one=(LookedAt(case="1"),), rest_looked_at=True), by="team-leader")
    assert office.outcome_of(case) == "all looked at"


def test_what_a_week_has_left_comes_first_in_the_next(office: Office) -> None:
    """PWT-08, GAP-13: nobody answers for a week; the old review ends and the new one names whom it left."""
    left, seen = reached_before(office), reached_before(office, Rag.AMBER, person="P-102")
    first = review(office)
    office.answer(first, TrayReviewed(rest_looked_at=True, rest_except=(left,)), by="team-leader")
    office.today_is("2026-01-12 08:00")
    new = reached_before(office, Rag.AMBER, person="P-103")
    second = review(office)

    assert office.outcome_of(first) == "carried on in the next review"
    assert asked(office, second) == ["TrayReviewed of team-leader"]
    assert sections(office, second) == ([], [left, seen, new])
    assert f"Not looked at when they should have been: {left}." in read_beside(office, second, TrayReviewed)


def test_what_is_not_on_the_list_is_said_and_not_lost(office: Office) -> None:
    """A slip of the pen does not lose a decision: the reviewer is told that nothing was done about it."""
    reached_before(office)
    case = review(office)
    said = TrayReviewed(one_by_one=(LookedAt(case="7"),), rest_looked_at=True)
    office.answer(case, said, by="team-leader")
    assert not office.is_closed(case)
    assert "nothing was done about: 7." in read_beside(office, case, TrayReviewed)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "what was looked at"),
        ({"one_by_one": [{"case": "7K3Q-9PXX"}]}, "number on the list"),
        ({"one_by_one": [{"case": "0"}]}, "number on the list"),
        ({"rest_except": ["2"], "one_by_one": [{"case": "1"}]}, "rest_except"),
        ({"one_by_one": [{"case": "1"}, {"case": "01."}]}, "each case once"),
        ({"one_by_one": [{"case": "1", "decision": "allocate", "reasons": "x"}]}, "give worker"),
        ({"one_by_one": [{"case": "1", "decision": "rate-again", "reasons": "x"}]}, "give facts"),
        ({"one_by_one": [{"case": "1", "decision": "escalate"}]}, "say why"),
    ],
)
def test_an_answer_that_says_too_little_is_refused(given: dict[str, Any], problem: str) -> None:
    """What cannot be carried out is refused at the door."""
    with pytest.raises(AnswerRefused, match=problem):
        TrayReviewed.read(given)


def test_who_leaves_meanwhile_need_not_be_looked_at(office: Office) -> None:
    """Somebody who has a worker by then is not asked about again."""
    red = reached_before(office, Rag.RED)
    green = reached_before(office, person="P-102")
    case = review(office)
    office.answer(case, REST, by="team-leader")
    assert sections(office, case) == ([red], [])
    with office.council.database.write() as session:
        session.get_one(TrayPlace, green).left_at = office.clock.now()
    office.answer(case, by_name(red), by="team-leader")
    assert office.outcome_of(case) == "all looked at"


def test_a_large_tray_is_entered_in_batches() -> None:
    """No transaction locks a whole tray: 250 cases are three steps, in the order of the references."""
    looked = LookedAt(case="1")
    came = CameOfIt(looked=tuple(Decided(ref=new_ref(), looked=looked) for _ in range(250)), not_found=())
    batches = list(came.batches())
    assert [len(one) for one in batches] == [100, 100, 50]
    assert [one.ref for batch in batches for one in batch] == sorted(came.refs)


# ------------------------------------------------------------------ what is decided


@pytest.mark.clauses("PWT-10", "PWT-11")
def test_a_case_is_allocated_from_the_list(office: Office) -> None:
    """PWT-11: nothing is keyed twice: the decision opens the allocation in the person's own case."""
    case = reached_before(office)
    given = by_name(case, decision=AfterLooking.ALLOCATE, worker="practitioner", reasons="knows him")
    office.answer(review(office), given, by="team-leader")
    [allocation] = office.cases(pwt_allocation)
    assert asked(office, allocation) == ["AllocationReply of practitioner"]


@pytest.mark.clauses("PWT-59", "PWT-60")
def test_a_case_is_escalated_from_the_list(office: Office) -> None:
    """PWT-60: the reviewer believes that the risk has grown."""
    case = reached_before(office)
    given = by_name(case, decision=AfterLooking.ESCALATE, reasons="his carer is ill")
    office.answer(review(office), given, by="team-leader")
    [escalation] = office.cases(pwt_escalation)
    assert asked(office, escalation) == ["EscalationDiscussed of strategic-manager"]


def test_a_case_is_rated_again_from_the_list(office: Office) -> None:
    """PWT-48: Green becomes Amber, with the reasons in the person's own case."""
    case = reached_before(office)
    given = by_name(case, decision=AfterLooking.RATE_AGAIN, facts=facts_for(Rag.AMBER), reasons="fewer calls now")
    office.answer(review(office), given, by="team-leader")
    assert standing(office, case).colour is Rag.AMBER


def test_a_case_is_looked_into_from_the_list(office: Office) -> None:
    """PWT-08: where need may have grown somebody is in touch now, and next week it is looked at by itself."""
    case = reached_before(office)
    given = by_name(case, decision=AfterLooking.LOOK_INTO, reasons="the provider has rung twice")
    office.answer(review(office), given, by="team-leader")
    assert asked(office, case) == ["ContactReview of duty-worker"]
    office.answer(case, reached(), by="duty-worker")
    office.today_is("2026-01-12 08:00")
    assert sections(office, review(office)) == ([case], [])


def test_a_worker_who_is_not_there_is_refused_at_the_door(office: Office) -> None:
    """A leaver cannot be named, on any line of the form."""
    case = reached_before(office)
    given = by_name(case, decision=AfterLooking.ALLOCATE, worker="practitioner-6", reasons="knows him")
    with pytest.raises(AnswerRefused, match=r"one_by_one\.0\.worker"):
        office.answer(review(office), given, by="team-leader")


# ------------------------------------------------------------------ every week


@pytest.mark.clauses("PWT-08")
def test_it_comes_every_week_and_earlier_before_a_closed_day(office: Office) -> None:
    """PWT-08, GAP-13, GAP-51: Mondays; that of the bank holiday Monday 4 May comes on Friday 1 May."""
    reached_before(office)
    opened: list[date] = []
    day = date(2026, 4, 20)
    while day < date(2026, 5, 16):
        office.today_is(f"{day} 07:40")
        for case in reviews(office):
            opened.append(day)
            office.answer(
                case,
                by_name("1") if "One by one:" in read_beside(office, case, TrayReviewed) else REST,
                by="team-leader",
            )
        assert reviews(office) == []
        day += timedelta(days=1)
    assert opened == [date(2026, 4, 20), date(2026, 4, 27), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 15)]


def test_each_team_has_its_own_review_and_an_empty_tray_has_none(office: Office) -> None:
    """GAP-20: hazel's and rowan's; nobody waits elsewhere."""
    assert reviews(office) == []
    reached_before(office)
    on_the_tray(office, team="rowan", person="P-114")
    opened = reviews(office)
    assert {office.case(one).owner for one in opened} == {"team-hazel", "team-rowan"}
    assert len(office.cases(pwt_tray_review)) == 2


def test_another_rhythm_is_a_line_in_the_policy(office: Office) -> None:
    """GAP-13: every fourteen days."""
    reached_before(office)
    review(office)
    changed(office, tray_timers={"desk_review_every": calendar_days(14)})
    office.today_is("2026-01-12 08:00")
    assert reviews(office) == []
    office.today_is("2026-01-19 08:00")
    assert len(reviews(office)) == 1
