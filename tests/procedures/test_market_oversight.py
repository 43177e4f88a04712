"""Oversight of the market finds early what is going wrong at a provider, and acts before people are without care."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from flows.commissioning_support import commissioning_support
from flows.international_recruitment_risk import international_recruitment_risk
from flows.link_worker import link_worker
from flows.provider_failure import provider_failure
from models.forms.base import AnswerRefused
from models.forms.commissioning import (
    ActionPlanAgreed,
    ActionPlanLookedAt,
    ProviderResponse,
    ResponseSettled,
    SupportGiven,
)
from models.forms.link_worker import LinkWorkerNamed, LinkWorkerWanted
from models.forms.market_oversight import ActionReported, OversightMeeting, ProviderConsidered, ProviderToDiscuss
from models.forms.oversight_action import DisruptionPrepared, EmergencyGroupMet, ThemeLookedAt
from models.forms.recruitment_risk import RecruitmentRiskAssessed
from models.forms.safeguarding import ConcernAcknowledged, ConcernReply
from models.market.kinds import Readiness, Seat
from models.market.themes import Window
from models.provider_failure.kinds import Trigger
from models.providers.tables import Provider
from tasks.durable.testing import Office
from tasks.market.opening import open_due_oversight
from tests.procedures.letters import asked, read_beside
from tests.procedures.market_stories import (
    COMMISSIONER,
    D,
    actions_of,
    all_beside,
    concern_now,
    considered,
    counts,
    met,
    nobody_is_sponsored,
    oversight,
    proposed,
    themes,
    worry_about,
)
from tests.procedures.provider_stories import a_response, chosen, opened_by, settled

FOUND = ThemeLookedAt(
    visited=True,
    visited_on=date(2026, 1, 30),
    spoken_with="six people, two families, the night staff",
    confirmed=True,
    found="one carer is alone with twenty people at night",
    needed="a second carer at night",
)
HELD = "market oversight is not held"


@pytest.fixture(autouse=True)
def no_sponsorship(office: Office) -> None:
    """These stories are about themes."""
    nobody_is_sponsored(office)


def a_theme_at_willow_bank(office: Office) -> str:
    """Two people who live at Willow Bank are hurt within a month; gives the ref of the oversight that counted it."""
    first = worry_about(office, "P-106")
    office.days_pass(10)
    worry_about(office, "P-107")
    office.today_is("2026-02-02 09:00")
    case = oversight(office)
    assert first in read_beside(office, case, OversightMeeting)
    return case


# ------------------------------------------------------------------ a theme at one care home


@pytest.mark.clauses("TRN-54", "TRN-55", "TRN-56")
def test_a_theme_is_looked_at_by_the_link_worker_and_becomes_support(office: Office) -> None:
    """TRN-55, TRN-56: the home's link worker looks on their visits, and what they find becomes support at once."""
    case = a_theme_at_willow_bank(office)
    assert counts(office, case)["willow-bank"] == {"safeguarding": (2, 0)}
    assert proposed(office, case) == {"willow-bank": ["safeguarding-theme"]}
    beside = read_beside(office, case, OversightMeeting)
    assert "3 people had care from it" in beside
    assert "67 to a hundred people" in beside
    assert "Reaches safeguarding-theme: safeguarding 2, at least 2" in beside

    office.answer(case, met(office), by=COMMISSIONER)
    assert asked(office, case) == ["ProviderConsidered of commissioning"]
    office.answer(case, considered(D.LINK_WORKER, office=office), by=COMMISSIONER)
    assert office.outcome_of(case) == "the group has met and decided"

    (action,) = actions_of(office, case)
    assert office.waiting_for(action) == ["ThemeLookedAt of practitioner-5, due 2026-02-09 17:00"]
    assert "who helps people at night" in read_beside(office, action, ThemeLookedAt)
    office.answer(action, FOUND, by="practitioner-5")
    assert "alone with twenty people" in read_beside(office, action, ProviderConsidered)

    support = considered(D.TARGETED_SUPPORT, office=office, support_of="practitioner")
    office.answer(action, support, by=COMMISSIONER)
    assert office.outcome_of(action) == "the theme was looked at"
    (supported,) = actions_of(office, action)
    assert asked(office, supported) == ["ActionPlanAgreed of commissioning"]
    (help_asked,) = opened_by(office, supported, commissioning_support)
    office.answer(help_asked, SupportGiven(given="she trains the night staff on Thursday"), by="practitioner")

    plan = ActionPlanAgreed(plan="two at night", met_by=date(2026, 2, 28), looked_at_on=date(2026, 2, 20))
    office.answer(supported, plan, by=COMMISSIONER)
    office.today_is("2026-02-20 10:00")
    assert "trains the night staff" in read_beside(office, supported, ActionPlanLookedAt)
    again = ActionPlanLookedAt(is_met=False, what_was_seen="one still", looked_at_again_on=date(2026, 2, 27))
    office.answer(supported, again, by=COMMISSIONER)
    office.today_is("2026-02-27 10:00")
    office.answer(supported, ActionPlanLookedAt(is_met=True, what_was_seen="two each night"), by=COMMISSIONER)
    assert office.outcome_of(supported) == "the provider had its support"


@pytest.mark.clauses("TRN-55")
def test_what_was_found_and_done_is_read_at_the_next_meeting(office: Office) -> None:
    """TRN-55: the next meeting reads what came of the last one's decisions, with the figures of the time since."""
    case = a_theme_at_willow_bank(office)
    office.answer(case, met(office), by=COMMISSIONER)
    office.answer(case, considered(D.LINK_WORKER, D.WATCH, office=office), by=COMMISSIONER)
    watched, looking = sorted(actions_of(office, case), key=lambda one: bool(asked(office, one)))
    office.answer(looking, FOUND, by="practitioner-5")
    office.answer(looking, considered(D.NO_ACTION, office=office), by=COMMISSIONER)

    office.today_is("2026-03-02 09:00")
    after = oversight(office)
    assert counts(office, after)["willow-bank"] == {"safeguarding": (0, 2)}
    assert proposed(office, after) == {}
    assert "alone with twenty people" in read_beside(office, after, OversightMeeting)
    office.answer(after, met(office), by=COMMISSIONER)
    assert asked(office, after) == ["ActionReported of commissioning"]
    assert watched in read_beside(office, after, ActionReported)
    office.answer(after, ActionReported(goes_on=False, how_it_stands="quiet since"), by=COMMISSIONER)
    office.hours_pass(0)
    assert office.outcome_of(watched) == "ended by a later meeting"
    assert office.is_closed(after)


@pytest.mark.clauses("TRN-55")
def test_an_action_that_goes_on_is_asked_about_again(office: Office) -> None:
    """TRN-55: what a meeting lets go on stays open, and comes to the meeting after it."""
    case = a_theme_at_willow_bank(office)
    office.answer(case, met(office), by=COMMISSIONER)
    office.answer(case, considered(D.WATCH, office=office), by=COMMISSIONER)
    (watched,) = actions_of(office, case)
    for morning in ("2026-03-02 09:00", "2026-03-30 09:00"):
        office.today_is(morning)
        after = oversight(office)
        office.answer(after, met(office), by=COMMISSIONER)
        office.answer(after, ActionReported(goes_on=True, how_it_stands="two more months"), by=COMMISSIONER)
        assert office.is_closed(after)
        assert not office.is_closed(watched)


@pytest.mark.clauses("TRN-54")
def test_a_month_without_a_theme_has_a_meeting_all_the_same(office: Office) -> None:
    """TRN-54: one concern is no theme; the group meets, nothing is proposed, and that is on record."""
    worry_about(office, "P-106")
    office.today_is("2026-02-02 09:00")
    case = oversight(office)
    assert proposed(office, case) == {}
    beside = read_beside(office, case, OversightMeeting)
    assert "The figures propose no provider." in beside
    assert "safeguarding 1 (before 0)" in beside
    office.answer(case, met(office), by=COMMISSIONER)
    assert office.outcome_of(case) == "the group has met, and nothing was called for"
    assert actions_of(office, case) == []
    assert opened_by(office, case, link_worker) == []


@pytest.mark.clauses("TRN-54", "TRN-55")
@pytest.mark.parametrize("after_the_meeting", [False, True])
def test_a_manager_adds_a_provider_that_the_figures_do_not_propose(office: Office, after_the_meeting: bool) -> None:
    """TRN-54: what somebody knows counts beside what is counted, before the meeting and while it decides."""
    case = a_theme_at_willow_bank(office)
    add = ProviderToDiscuss(provider="larch-court", why="its manager has left without notice")
    if after_the_meeting:
        office.answer(case, met(office), by=COMMISSIONER)
    office.signal(case, add, by="team-manager")
    if not after_the_meeting:
        assert "Added: Larch Court Nursing Home. its manager" in read_beside(office, case, OversightMeeting)
        office.answer(case, met(office), by=COMMISSIONER)
    assert asked(office, case) == ["ProviderConsidered of commissioning"] * 2
    assert sum("Added: its manager has left" in one for one in all_beside(office, case, ProviderConsidered)) == 1
    office.answer(case, considered(D.PREPARE, office=office), by=COMMISSIONER)  # larch-court comes first by its id
    assert not office.is_closed(case)
    office.answer(case, considered(D.NO_ACTION, office=office), by=COMMISSIONER)
    assert office.outcome_of(case) == "the group has met and decided"
    (action,) = actions_of(office, case)
    assert "P-118: medicine at its time, paid by self" in read_beside(office, action, DisruptionPrepared)


@pytest.mark.clauses("TRN-54")
def test_what_somebody_adds_about_a_proposed_provider_is_read_before_it_is_decided(office: Office) -> None:
    """TRN-54: the question that is open is put anew with it; one that was decided is asked once more."""
    case = a_theme_at_willow_bank(office)
    office.answer(case, met(office), by=COMMISSIONER)
    for why in ("the manager has left", "so has the deputy"):
        office.signal(case, ProviderToDiscuss(provider="willow-bank", why=why), by="team-manager")
    (beside,) = all_beside(office, case, ProviderConsidered)
    assert "Added: the manager has left\nso has the deputy" in beside
    assert "safeguarding 2" in beside
    office.signal(case, ProviderToDiscuss(provider="larch-court", why="rumours"), by="team-manager")
    office.answer(case, considered(D.WATCH, office=office), by=COMMISSIONER)  # larch-court comes first by its id
    office.signal(case, ProviderToDiscuss(provider="larch-court", why="it is sold"), by="team-manager")
    assert len(all_beside(office, case, ProviderConsidered)) == 2


# ------------------------------------------------------------------ thresholds


@pytest.mark.clauses("TRN-54", "TRN-55")
def test_each_threshold_says_which_figures_reached_it(office: Office) -> None:
    """GAP-46: thresholds are the policy's; a rise counts against the window before, a stop by itself."""
    office.today_is("2026-01-05 09:00")
    chosen(office, ProviderResponse.STOP)  # kestrel-care: one concern, one stop
    office.days_pass(1)
    for _ in range(2):
        concern_now(office, "wenbridge-home-care", at_risk_now=True)
    office.today_is("2026-02-02 09:00")
    case = oversight(office)
    assert proposed(office, case) == {"kestrel-care": ["any-stop"], "wenbridge-home-care": ["rising-concerns"]}
    wenbridge = themes(office, case).of("wenbridge-home-care")
    assert wenbridge is not None
    assert wenbridge.proposed[0].because == "concerns 2, at least 2 and 2 more than before, at least 2"
    assert "concerns 2 (before 0): somebody at risk 2" in wenbridge.in_words


@pytest.mark.clauses("TRN-54")
def test_another_council_sets_other_thresholds(office: Office) -> None:
    """GAP-46: with one concern as its threshold, another council is proposed what ours is not."""
    concern_now(office, "bluebell-support")
    policy = office.council.policy
    low = policy.market_oversight.thresholds[0].model_copy(update={"id": "any-concern", "at_least": 1})
    market = policy.market_oversight.model_copy(update={"thresholds": (low,)})
    office.policy_becomes(policy.model_copy(update={"market_oversight": market}))
    office.today_is("2026-02-02 09:00")
    assert proposed(office, oversight(office)) == {"bluebell-support": ["any-concern"]}


# ------------------------------------------------------------------ link workers


@pytest.mark.clauses("TRN-55")
def test_a_provider_with_a_theme_and_without_a_link_worker_gets_one(office: Office) -> None:
    """TRN-55: commissioning names one, they hear of it, and the same question is not asked twice."""
    for person in ("P-114", "P-114"):
        worry_about(office, person)
    office.today_is("2026-02-02 09:00")
    case = oversight(office)
    (naming,) = opened_by(office, case, link_worker)
    assert asked(office, naming) == ["LinkWorkerNamed of commissioning"]
    office.answer(case, met(office), by=COMMISSIONER)
    office.answer(case, considered(D.LINK_WORKER, office=office), by=COMMISSIONER)
    (action,) = actions_of(office, case)
    assert asked(office, action) == []
    assert opened_by(office, action, link_worker) == []

    office.answer(naming, LinkWorkerNamed(link_worker="practitioner-3"), by=COMMISSIONER)
    assert asked(office, action) == ["ThemeLookedAt of practitioner-3"]
    office.digest_goes_out()
    assert any("link worker of a provider" in one.body for one in office.inbox("staff-practitioner-3"))
    office.answer(action, FOUND, by="practitioner-3")
    office.answer(action, considered(D.NO_ACTION, office=office), by=COMMISSIONER)

    for person in ("P-114", "P-114"):
        worry_about(office, person)
    office.today_is("2026-03-02 09:00")
    again = oversight(office)
    assert "Link worker: practitioner-3." in read_beside(office, again, OversightMeeting)
    assert opened_by(office, again, link_worker) == []


@pytest.mark.clauses("TRN-55")
def test_a_link_worker_who_left_is_none_and_the_recording_system_comes_first(office: Office) -> None:
    """TRN-55: who has left visits nobody; whom the extract names is changed there and not keyed twice."""
    naming = office.start(link_worker, LinkWorkerWanted(provider="willow-bank", why="another is wanted"))
    with pytest.raises(AnswerRefused, match="the recording system names practitioner-5"):
        office.answer(naming, LinkWorkerNamed(link_worker="practitioner"), by=COMMISSIONER)
    office.answer(naming, LinkWorkerNamed(not_named_because="changed in Alder"), by=COMMISSIONER)
    assert office.outcome_of(naming) == "nobody is named"
    office.leaves("practitioner-5")
    case = a_theme_at_willow_bank(office)
    (naming,) = opened_by(office, case, link_worker)
    office.answer(naming, LinkWorkerNamed(link_worker="practitioner"), by=COMMISSIONER)
    assert office.outcome_of(naming) == "a link worker is named"


@pytest.mark.clauses("TRN-55")
def test_commissioning_reads_who_the_link_worker_is(office: Office) -> None:
    """TRN-55: beside a concern that commissioning settles, whom the extract or commissioning itself has named."""
    assert "Its link worker: none." in read_beside(office, a_response(office), ResponseSettled)
    naming = office.start(link_worker, LinkWorkerWanted(provider="kestrel-care", why="it has none"))
    office.answer(naming, LinkWorkerNamed(link_worker="practitioner-3"), by=COMMISSIONER)
    assert "Its link worker: practitioner-3." in read_beside(office, a_response(office), ResponseSettled)
    home = a_response(office, provider="willow-bank")
    assert "Its link worker: practitioner-5." in read_beside(office, home, ResponseSettled)


@pytest.mark.clauses("TRN-55")
def test_a_silent_link_worker_is_chased_and_somebody_above_hears(office: Office) -> None:
    """TRN-55: the report is wanted by the day named; silence goes to whoever stands above, who may answer."""
    case = a_theme_at_willow_bank(office)
    office.answer(case, met(office), by=COMMISSIONER)
    office.answer(case, considered(D.LINK_WORKER, office=office), by=COMMISSIONER)
    (action,) = actions_of(office, case)
    office.days_pass(21)
    story = "\n".join(office.story_of(action))
    assert "Reminded" in story or "told again" in story
    assert asked(office, action) == ["ThemeLookedAt of practitioner-5"]
    seen_by_leader = [one.body for one in office.inbox("team-leader") + office.inbox("staff-rowan-team-leader")]
    assert any(action in body for body in seen_by_leader)
    office.answer(action, FOUND, by="rowan-team-leader")


# ------------------------------------------------------------------ ready for a disruption


@pytest.mark.clauses("TRN-54", "TRN-56")
def test_a_response_group_has_the_list_beside_it_and_begins_the_incident(office: Office) -> None:
    """TRN-54, GAP-48: whoever would be without care is on the list, whoever pays; the incident has them all."""
    case = a_theme_at_willow_bank(office)
    office.answer(case, met(office), by=COMMISSIONER)
    office.answer(case, considered(D.EMERGENCY_GROUP, office=office), by=COMMISSIONER)
    (action,) = actions_of(office, case)
    beside = read_beside(office, action, EmergencyGroupMet)
    assert "3 people have care from it, 1 with high needs, 1 paying for themselves" in beside
    assert "P-110: placed by Eastmere Council, paid by other council" in beside
    group = {
        "met_on": date(2026, 2, 2),
        "attended": frozenset({Seat.COMMISSIONING, Seat.HEALTH}),
        "who_does_what": "L. Pickersgill leads",
        "alternatives": "Larch Court has two rooms",
    }
    hold = EmergencyGroupMet(**group, follows=Readiness.HOLD, looked_at_again_on=date(2026, 2, 9))
    office.answer(action, hold, by=COMMISSIONER)
    office.today_is("2026-02-09 10:00")
    begin = EmergencyGroupMet(
        **group,
        follows=Readiness.BEGIN_INCIDENT,
        cause=Trigger.BUSINESS_FAILURE,
        care_ends_on=date(2026, 2, 13),
        team="rowan",
    )
    office.answer(action, begin, by=COMMISSIONER)
    assert office.outcome_of(action) == "the incident has begun"
    (incident,) = opened_by(office, action, provider_failure)
    assert any("3 people added" in line for line in office.story_of(incident))


@pytest.mark.clauses("TRN-56")
def test_what_was_prepared_is_stood_down_with_a_reason(office: Office) -> None:
    """TRN-56: it is looked at on its day until somebody says why it is not needed any more."""
    case = a_theme_at_willow_bank(office)
    office.answer(case, met(office), by=COMMISSIONER)
    office.answer(case, considered(D.PREPARE, office=office), by=COMMISSIONER)
    (action,) = actions_of(office, case)
    with pytest.raises(AnswerRefused, match="because"):
        DisruptionPrepared.read({"who_does_what": "x", "alternatives": "y", "follows": "stand-down"})
    over = DisruptionPrepared(
        who_does_what="K. Boateng", alternatives="two homes", follows=Readiness.STAND_DOWN, because="it was sold"
    )
    office.answer(action, over, by=COMMISSIONER)
    assert office.outcome_of(action) == "not needed any more"


# ------------------------------------------------------------------ when it is due


@pytest.mark.clauses("TRN-54")
def test_oversight_is_opened_once_a_month_and_never_twice(office: Office) -> None:
    """GAP-46: once when its time has come, on a working day; not while the last is open, nor again on the day."""
    office.today_is("2026-01-10 07:50")  # a Saturday
    assert open_due_oversight(office.council) is None
    office.today_is("2026-01-12 07:50")
    case = oversight(office)
    assert open_due_oversight(office.council) is None
    assert themes(office, case).window == Window(first_day=date(2025, 12, 15), last_day=date(2026, 1, 11))
    office.answer(case, met(office), by=COMMISSIONER)
    assert office.is_closed(case)
    for morning in ("2026-01-12 07:55", "2026-01-13 07:50", "2026-02-06 07:50"):
        office.today_is(morning)
        assert open_due_oversight(office.council) is None
    office.today_is("2026-02-09 07:50")
    after = oversight(office)
    assert themes(office, after).window == Window(first_day=date(2026, 1, 12), last_day=date(2026, 2, 8))


@pytest.mark.clauses("TRN-54")
def test_there_is_never_a_second_beside_one_that_is_open(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """GAP-46: not before the first has counted, nor where two machines come to it in the same instant."""
    assert open_due_oversight(office.council) is not None
    office.clock.move_to(office.clock.now() + timedelta(days=1))  # its leg has not run
    assert open_due_oversight(office.council) is None
    office.clock.move_to(office.clock.now() + timedelta(days=1))
    monkeypatch.setattr("tasks.market.opening.is_open", lambda _: False)  # the other's is not to be seen yet
    assert [open_due_oversight(office.council) is not None for _ in range(2)] == [True, False]


@pytest.mark.clauses("TRN-54", "TRN-55")
def test_what_is_known_later_counts_when_it_is_known(office: Office) -> None:
    """TRN-55: a provider that was only described, and a person who was not named, fall into the window of that day."""
    described = a_response(office, provider=None, provider_in_words="the home by the weir")
    unknown = worry_about(office, "P-106", about_person=None)
    office.today_is("2026-02-02 09:00")
    first = oversight(office)
    assert counts(office, first) == {}
    office.answer(described, settled(provider="larch-court"), by=COMMISSIONER)
    taken = {"reply": ConcernReply.TAKEN_ON, "reference": "S-1", "led_by": "I. Tarrant", "emergency": "none"}
    office.answer(unknown, ConcernAcknowledged(**taken, about_person="P-106"), by="safeguarding-lead")
    office.answer(first, met(office), by=COMMISSIONER)
    office.today_is("2026-03-02 09:00")
    assert counts(office, oversight(office)) == {
        "larch-court": {"concerns": (1, 0)},
        "willow-bank": {"safeguarding": (1, 0)},
    }


@pytest.mark.clauses("TRN-54")
def test_days_on_which_nothing_ran_are_counted_all_the_same(office: Office) -> None:
    """GAP-46: after two months of silence the next window goes on where the last ended."""
    office.today_is("2026-01-12 07:50")
    case = oversight(office)
    office.answer(case, met(office), by=COMMISSIONER)
    concern = concern_now(office, "kestrel-care")  # on the day after the last that was counted
    office.today_is("2026-03-23 07:50")
    after = oversight(office)
    counted = themes(office, after)
    assert counted.window == Window(first_day=date(2026, 1, 12), last_day=date(2026, 3, 22))
    assert counted.before == Window(first_day=date(2025, 11, 3), last_day=date(2026, 1, 11))
    assert concern in counted.providers[0].in_words


@pytest.mark.clauses("TRN-54")
def test_a_meeting_that_nobody_holds_is_counted_anew_and_the_head_of_service_hears(office: Office) -> None:
    """GAP-46: silence goes up the line; the figures take in the days since, and whom somebody added stays added."""
    case = a_theme_at_willow_bank(office)
    office.signal(case, ProviderToDiscuss(provider="larch-court", why="rumours"), by="team-manager")
    office.days_pass(20)
    worry_about(office, "P-110")
    office.days_pass(10)
    assert open_due_oversight(office.council) is None
    assert any(HELD in one.body for one in office.inbox("head-of-service"))
    assert asked(office, case) == ["OversightMeeting of commissioning"]
    assert counts(office, case)["willow-bank"] == {"safeguarding": (3, 0)}
    assert "Added: Larch Court" in read_beside(office, case, OversightMeeting)
    office.answer(case, met(office), by=COMMISSIONER)
    assert asked(office, case) == ["ProviderConsidered of commissioning"] * 2


@pytest.mark.clauses("TRN-58", "TRN-59")
def test_many_sponsored_staff_have_that_risk_weighed_once(office: Office) -> None:
    """TRN-59: from the policy's share on, with both numbers in the reason; not while a case weighs it already."""
    with office.council.database.write() as session:
        session.get_one(Provider, "larch-court").sponsored_staff = 31
        session.get_one(Provider, "willow-bank").sponsored_staff = 6
    case = oversight(office)
    (risk,) = opened_by(office, case, international_recruitment_risk)
    assert "31 of 58 staff are sponsored" in read_beside(office, risk, RecruitmentRiskAssessed)
    office.answer(case, met(office), by=COMMISSIONER)
    office.days_pass(35)
    again = oversight(office)
    assert opened_by(office, again, international_recruitment_risk) == []


@pytest.mark.clauses("TRN-54")
def test_what_is_decided_says_what_it_needs(office: Office) -> None:
    """TRN-54: no action goes with nothing else, and whoever carries something out knows what and by when."""
    for wrong, why in (
        ({"decisions": ["no-action", "watch"], "reasons": "x"}, "no action goes with nothing else"),
        ({"decisions": ["prepare"], "reasons": "x"}, "done_by"),
        ({"decisions": [], "reasons": "x"}, "decisions"),
        ({"decisions": ["watch"], "reasons": "x", "support_of": "practitioner"}, "support_of"),
    ):
        with pytest.raises(AnswerRefused, match=why):
            ProviderConsidered.read(wrong)
