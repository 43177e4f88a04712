"""A changed plan reaches everybody: by hand, told, in copies, on the rota (REA-12 to REA-17, GAP-34)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.note_to_keep import note_to_keep
from flows.telling_a_person import telling_a_person
from models.durations import working_days
from models.forms.base import AnswerRefused
from models.forms.explaining import NotTold
from models.forms.paperwork import RecordMade
from models.forms.plan_agreement import SettledTogether, Stance
from models.forms.plan_copies import (
    CopiesGivenOut,
    CopyGiven,
    CopyWay,
    HomeCopyAmended,
    HomeCopyPutRight,
    NoCopy,
    PlanChangeExplained,
    WhyNoCopy,
)
from models.person_messages import SentBy
from models.reablement.edits import EditKind, InvolvedEdit, OutcomeEdit, PlanEdits
from models.reablement.tables import HOME
from models.register import Person
from tasks.durable.testing import Office
from tasks.worklist.signalling import problems_with
from tests.procedures.letters import asked, read_beside, register_is_fresh
from tests.procedures.plan_change_stories import (
    ALL_AGREE,
    COLLEAGUE,
    COORDINATOR,
    DRESSES_ALONE,
    EVERYBODYS,
    GO_AHEAD,
    LEAD,
    SENIOR,
    TOLD,
    WITH_JACK,
    YES,
    agree,
    copies,
    decided,
    evidence_of,
    keep_a_photograph,
    others_say,
    policy_with,
    says,
    stands,
    to_change,
)
from tests.procedures.reablement_stories import CARER_ID, NO_EVENINGS, PERSON_ID, THERAPIST_ID, in_reablement

NOT_TOLD_YET = ALL_AGREE.model_copy(update={"told_home_copy_counts": False})
BY_HAND = ALL_AGREE.model_copy(update={"amended_at_home": True})
NO_VISITS = PlanEdits(outcomes=(OutcomeEdit(edit=EditKind.ALTER, item="O1", what="Dresses by herself"),))


# ------------------------------------------------------------------ by hand, and the formal record


@pytest.mark.clauses("REA-12")
def test_the_copy_at_home_may_be_amended_by_hand_once_it_is_agreed(office: Office) -> None:
    """REA-12: agreed in the visit and written there at once; it is known that the copy says so by hand."""
    plan = in_reablement(office)
    decided(office, plan, BY_HAND)
    home = stands(office, plan).copy_of(HOME)
    assert home is not None and (home.version, home.by_hand) == (2, True)
    assert stands(office, plan).to_get_a_copy == (HOME, "P1", "P2", "P3", "P4")


@pytest.mark.clauses("REA-12")
def test_nothing_is_amended_by_hand_before_everybody_agrees(office: Office) -> None:
    """REA-12: the therapist has not been asked; who has not agreed is named, and what to do about it."""
    case = evidence_of(office, in_reablement(office))
    early = SettledTogether(said=agree(PERSON_ID, CARER_ID), amended_at_home=True)
    with pytest.raises(AnswerRefused, match=r"amended_at_home: P4 has not agreed; cross out what stands there"):
        office.answer(case, to_change(settled=early), by=COORDINATOR)

    office.answer(case, to_change(settled=early.model_copy(update={"amended_at_home": False})), by=COORDINATOR)
    with pytest.raises(AnswerRefused, match="P4 has not agreed"):
        objects = says(THERAPIST_ID, Stance.OBJECTS_TO_HOW)
        office.answer(case, others_say(objects, amended_at_home=True), by=COORDINATOR)
    office.answer(case, others_say(*agree(THERAPIST_ID), amended_at_home=True), by=COORDINATOR)
    assert any("Noted that the copy at home was amended by hand" in line for line in office.story_of(case))


@pytest.mark.clauses("REA-12")
def test_it_may_be_amended_by_hand_later_too(office: Office) -> None:
    """REA-12: said by a signal once the change is agreed, never before, and with the day on which it was done."""
    plan = in_reablement(office)
    case = decided(office, plan)
    amended = HomeCopyAmended(amended_on=date(2026, 1, 6))
    office.today_is("2026-01-06 12:00")
    assert "this change is not agreed yet" in _refused(office, case, amended)
    office.answer(case, others_say(*agree(PERSON_ID, CARER_ID, THERAPIST_ID)), by=COORDINATOR)
    too_early = HomeCopyAmended(amended_on=date(2026, 1, 5))
    assert "the change was not agreed then" in _refused(office, case, too_early)
    office.today_is("2026-01-07 09:00")
    assert _refused(office, case, amended) == ""
    office.signal(case, amended, by=COORDINATOR)
    home = stands(office, plan).copy_of(HOME)
    assert home is not None and (home.version, home.by_hand) == (2, True)
    assert home.given_at.isoformat() == "2026-01-06T12:00:00+00:00"
    assert "home: the copy at home; has version 2, amended by hand" in read_beside(office, case, CopiesGivenOut)


def test_a_photograph_of_the_copy_at_home_is_one_that_is_kept(office: Office) -> None:
    """Its id is held against what was taken in for this plan; a letter of somebody else is none."""
    plan = in_reablement(office)
    case, of_another = evidence_of(office, plan), in_reablement(office, person="P-102")
    for mail_id, kept_with in (("M-STORED", None), ("M-ANOTHERS", of_another), ("M-PHOTOGRAPH", plan)):
        keep_a_photograph(office, mail_id, kept_with)
    for mail_id in ("M-NOWHERE", "M-STORED", "M-ANOTHERS"):
        with_it = to_change(settled=BY_HAND.model_copy(update={"photograph": mail_id}))
        with pytest.raises(AnswerRefused, match=r"settled\.photograph: no letter or e-mail of that id is kept"):
            office.answer(case, with_it, by=COORDINATOR)
    with_it = to_change(settled=BY_HAND.model_copy(update={"photograph": "M-PHOTOGRAPH"}))
    office.answer(case, with_it, by=COORDINATOR)
    assert any("photograph M-PHOTOGRAPH" in line for line in office.story_of(case))


@pytest.mark.clauses("REA-13")
def test_the_formal_record_is_brought_into_line_within_a_working_day(office: Office) -> None:
    """REA-13, GAP-34: the note is ready, with its reasons and what they said; it is chased from Tuesday 5pm on."""
    case = decided(office, in_reablement(office), BY_HAND)
    (note,) = office.cases(note_to_keep)
    assert office.waiting_for(note)[0] == "RecordMade of reablement-worker, due 2026-01-06 17:00"
    beside = read_beside(office, note, RecordMade)
    for said in (
        "Reablement: plan changed",
        "version 2 is in force",
        "Visit V1: length 30 minutes instead of 45 minutes.",
        "Reasons: She needs no help with dressing",
        "P2 agrees",
        "The copy at home was amended by hand.",
    ):
        assert said in beside
    assert not office.is_closed(case)


def test_how_soon_the_record_follows_is_policy(office: Office) -> None:
    """GAP-34: three working days instead of one."""
    office.policy_becomes(policy_with(office.council.policy, "plan_paperwork", formal_record_within=working_days(3)))
    decided(office, in_reablement(office), BY_HAND)
    (note,) = office.cases(note_to_keep)
    assert office.waiting_for(note)[0] == "RecordMade of reablement-worker, due 2026-01-08 17:00"


# ------------------------------------------------------------------ everybody hears


@pytest.mark.clauses("REA-14", "REA-15")
def test_everybody_hears_and_knows_which_copy_counts(office: Office) -> None:
    """REA-14, REA-15: staff by a notice, the carer by e-mail, and the others by the worker, on one form."""
    office.writes_to_people_by(SentBy.EMAIL)
    register_is_fresh(office, date(2026, 1, 5))
    _may_be_written_to(office)
    plan = in_reablement(office, involved=WITH_JACK)
    both = NOT_TOLD_YET.model_copy(update={"said": (*NOT_TOLD_YET.said, *agree("P5"))})
    case = decided(office, plan, both)

    assert any(
        "Told reablement-worker-2: plan changed go by the copy at home" in line for line in office.story_of(case)
    )
    (sent,) = office.sent_to_people()
    assert sent.to == "joan@example.org"
    assert "please go by the copy that is kept at the person's home" in sent.body
    assert "Edith" not in sent.body + sent.subject and "30 minutes" not in sent.body
    beside = read_beside(office, case, PlanChangeExplained)
    assert "P1 Edith Tilling" in beside and "P4 Ravi Menon" in beside and "P2 Joan" not in beside
    assert "Visit V1: length 30 minutes instead of 45 minutes." in beside and "kept at the person's home" in beside

    later = PlanChangeExplained(how="rang", exceptions=(NotTold(who=THERAPIST_ID, because="no answer"),))
    office.answer(case, later, by=COORDINATOR)
    assert "PlanChangeExplained of reablement-worker" not in asked(office, case)
    office.today_is("2026-01-06 08:30")
    assert "P4 Ravi Menon" in read_beside(office, case, PlanChangeExplained)
    assert "P1 Edith" not in read_beside(office, case, PlanChangeExplained)
    office.answer(case, TOLD, by=COORDINATOR)
    assert asked(office, case) == ["CopiesGivenOut of reablement-worker"]


@pytest.mark.clauses("REA-14", "REA-15")
@pytest.mark.parametrize("home_copy_counts", [True, False])
def test_the_person_reads_of_their_own_home_and_plan(office: Office, home_copy_counts: bool) -> None:
    """REA-15: Edith reads of her plan and the copy in her home; with the plan's reference, so that a reply finds it."""
    counts = {"home_copy_holds_until_copies_are_out": home_copy_counts}
    office.policy_becomes(policy_with(office.council.policy, "plan_paperwork", **counts))
    office.writes_to_people_by(SentBy.EMAIL)
    register_is_fresh(office, date(2026, 1, 5))
    _may_be_written_to(office, "edith@example.org")
    plan = in_reablement(office)
    decided(office, plan, NOT_TOLD_YET)
    to_edith, to_joan = sorted(office.sent_to_people(), key=lambda one: one.to)
    assert (to_edith.to, to_joan.to) == ("edith@example.org", "joan@example.org")
    assert to_edith.subject == f"Your plan for help at home has changed [{plan}]"
    assert ("the copy in your home" in to_edith.body) is home_copy_counts
    assert "person" not in to_edith.body and "part in" not in to_edith.body
    assert f"(reference {plan})" in to_edith.body and f"(reference {plan})" in to_joan.body
    assert to_joan.subject == f"The plan for help at home has changed [{plan}]"


@pytest.mark.clauses("REA-15")
def test_who_tells_them_has_the_words_for_each(office: Office) -> None:
    """REA-15: on one form the person's own words stand beside those for everybody else."""
    case = decided(office, in_reablement(office), NOT_TOLD_YET)
    beside = read_beside(office, case, PlanChangeExplained)
    assert "To P1:\nYour plan for help at home has been changed" in beside
    assert "To P2, P4:\nThe plan for the help at home that you have a part in has been changed" in beside


def test_who_knows_already_is_not_told_again(office: Office) -> None:
    """Told in the visit which copy counts: no message, no item."""
    case = decided(office, in_reablement(office), ALL_AGREE)
    assert asked(office, case) == ["CopiesGivenOut of reablement-worker"]
    assert office.cases(telling_a_person) == []


@pytest.mark.clauses("REA-15")
def test_whoever_has_the_new_copy_is_not_told_any_more_that_the_home_copy_counts(office: Office) -> None:
    """REA-15: Edith has hers, so only the therapist is still to be told; with his copy that ends as well."""
    case = decided(office, in_reablement(office), NOT_TOLD_YET)
    assert "P1 Edith Tilling" in read_beside(office, case, PlanChangeExplained)
    office.answer(case, copies(PERSON_ID, HOME), by=COORDINATOR)
    beside = read_beside(office, case, PlanChangeExplained)
    assert "P1 Edith Tilling" not in beside and "P4 Ravi Menon" in beside
    office.answer(case, copies(CARER_ID, THERAPIST_ID, "P3"), by=COORDINATOR)
    assert office.outcome_of(case) == "changed"


@pytest.mark.clauses("REA-15")
def test_a_message_that_still_waits_is_taken_back_with_the_copy(office: Office) -> None:
    """REA-15: the e-mail to Joan could not be sent yet, and she has her copy: nobody writes or rings any more."""
    office.writes_to_people_by(SentBy.EMAIL)
    office.cannot_write_to_people()
    register_is_fresh(office, date(2026, 1, 5))
    _may_be_written_to(office)
    case = decided(office, in_reablement(office), NOT_TOLD_YET)
    (telling,) = office.cases(telling_a_person)
    assert not office.is_closed(telling)
    office.answer(case, copies(CARER_ID), by=COORDINATOR)
    office.hours_pass(1)
    office.can_write_to_people_again()
    office.days_pass(1)
    assert office.sent_to_people() == []
    assert office.outcome_of(telling) == "not told"


def test_which_copy_counts_meanwhile_is_policy(office: Office) -> None:
    """GAP-34: where the new version counts at once, they are told that."""
    office.policy_becomes(
        policy_with(office.council.policy, "plan_paperwork", home_copy_holds_until_copies_are_out=False)
    )
    case = decided(office, in_reablement(office, involved=WITH_JACK), NOT_TOLD_YET)
    office.answer(case, YES, by=COLLEAGUE)
    assert "It counts from now on" in read_beside(office, case, PlanChangeExplained)
    assert "kept at the person's home" not in read_beside(office, case, PlanChangeExplained)
    assert any("plan changed the new version counts" in line for line in office.story_of(case))


# ------------------------------------------------------------------ copies


@pytest.mark.clauses("REA-16")
def test_copies_go_to_everybody_who_had_the_plan(office: Office) -> None:
    """REA-16: all on one form, in any order, with how and when; who is left is asked for again."""
    plan = in_reablement(office)
    case = decided(office, plan, ALL_AGREE)
    beside = read_beside(office, case, CopiesGivenOut)
    assert "home: the copy at home; has version 1" in beside and "P2 Joan Tilling, carer; joan@example.org" in beside
    assert "Electronically only by: secure e-mail, the council's portal." in beside
    office.today_is("2026-01-07 10:00")
    some = CopiesGivenOut(
        given=(
            CopyGiven(who=PERSON_ID, way=CopyWay.BY_HAND, given_on=date(2026, 1, 6)),
            CopyGiven(who=CARER_ID, way=CopyWay.ELECTRONICALLY, route="Secure e-mail"),
            CopyGiven(who=THERAPIST_ID, way=CopyWay.POST),
        ),
        rota_matches=True,
        tried="the home tomorrow",
    )
    office.answer(case, some, by=COORDINATOR)
    held = {
        one.holder: (one.version, one.route, one.given_at.date().isoformat()) for one in stands(office, plan).copies
    }
    assert held[PERSON_ID] == (2, "by hand", "2026-01-06")
    assert held[CARER_ID] == (2, "Secure e-mail", "2026-01-07")
    assert held[THERAPIST_ID] == (2, "by post", "2026-01-07")
    beside = read_beside(office, case, CopiesGivenOut)
    assert "So far: the home tomorrow" in beside and "P2 Joan" not in beside.partition("Electronically")[0]
    office.answer(case, copies("P3", HOME), by=COORDINATOR)
    assert office.outcome_of(case) == "changed"


@pytest.mark.clauses("REA-16")
@pytest.mark.parametrize("why", list(WhyNoCopy))
def test_who_is_to_have_none_any_more_gets_none(office: Office, why: WhyNoCopy) -> None:
    """REA-16: consent or those involved have changed; it is on record, and no later change gives them one."""
    plan = in_reablement(office)
    case = decided(office, plan, ALL_AGREE)
    left_out = NoCopy(who=CARER_ID, why=why, details="Edith said so on Tuesday")
    rest = copies(HOME, "P1", "P3", "P4").model_copy(update={"no_copy": (left_out,)})
    office.answer(case, rest, by=COORDINATOR)
    assert office.outcome_of(case) == "changed"
    has = stands(office, plan).copy_of(CARER_ID)
    assert has is not None and has.is_none and has.route == f"{why}: Edith said so on Tuesday"
    decided(office, plan, ALL_AGREE, edits=NO_EVENINGS)
    assert CARER_ID not in stands(office, plan).to_get_a_copy


@pytest.mark.clauses("REA-16")
def test_who_comes_into_the_plan_gets_a_copy_and_who_goes_gets_none(office: Office) -> None:
    """REA-16: the people involved have changed with the plan itself."""
    plan = in_reablement(office)
    nurse = InvolvedEdit(edit=EditKind.ADD, part="other", name="District nurse")
    edits = PlanEdits(involved=(nurse, InvolvedEdit(edit=EditKind.TAKE_OUT, item=THERAPIST_ID)))
    decided(office, plan, ALL_AGREE, edits=edits)
    assert stands(office, plan).to_get_a_copy == (HOME, "P1", "P2", "P3", "P5")


@pytest.mark.clauses("REA-17")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"who": "P2", "way": "electronically", "route": "WhatsApp"},
            r"given\.0\.route: that is no secure route",
        ),
        ({"who": "home", "way": "electronically", "route": "secure e-mail"}, r"given\.0\.way: the copy at home is on"),
        ({"who": "P9", "way": "post"}, r"given: P9 is not to have this copy; those who are to have it are home, P1"),
        ({"who": "P2", "way": "post", "given_on": "2026-01-04"}, r"given\.0\.given_on: the plan was not changed then"),
        ({"who": "P2", "way": "post", "given_on": "2026-01-09"}, r"given_on: it has not come yet"),
    ],
)
def test_a_copy_that_went_wrong_is_refused_at_the_door(office: Office, given: dict[str, Any], said: str) -> None:
    """REA-17: electronically by a secure route only; and to those who are to have it, on a day that can be."""
    case = decided(office, in_reablement(office), ALL_AGREE)
    with pytest.raises(AnswerRefused, match=said):
        office.answer(case, CopiesGivenOut(given=(CopyGiven.model_validate(given),)), by=COORDINATOR)
    assert asked(office, case) == ["CopiesGivenOut of reablement-worker"]


@pytest.mark.clauses("REA-17")
def test_which_routes_are_secure_is_policy(office: Office) -> None:
    """REA-17: where none is, all go on paper."""
    none = office.council.policy.reablement.model_copy(update={"secure_routes": ()})
    office.policy_becomes(office.council.policy.model_copy(update={"reablement": none}))
    case = decided(office, in_reablement(office), ALL_AGREE)
    assert "No electronic route counts as secure: on paper only." in read_beside(office, case, CopiesGivenOut)
    with pytest.raises(AnswerRefused, match="give it on paper"):
        by_mail = CopyGiven(who=CARER_ID, way=CopyWay.ELECTRONICALLY, route="secure e-mail")
        office.answer(case, CopiesGivenOut(given=(by_mail,)), by=COORDINATOR)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "say who has the new copy"),
        ({"rota_matches": False}, "say who has the new copy"),
        ({"given": [{"who": "P2", "way": "electronically"}]}, "give route"),
        ({"given": [{"who": "P2", "way": "post", "route": "secure e-mail"}]}, "give route"),
        ({"given": [{"who": "P2", "way": "post"}] * 2}, "name each of them once"),
    ],
)
def test_what_is_said_of_copies_is_whole(answer: dict[str, Any], said: str) -> None:
    """Each problem with what to do."""
    with pytest.raises(AnswerRefused, match=said):
        CopiesGivenOut.read(answer)


@pytest.mark.clauses("REA-16")
def test_copies_that_are_late_are_told_to_the_lead(office: Office) -> None:
    """REA-16: two working days have passed and not everybody has it."""
    case = decided(office, in_reablement(office), ALL_AGREE)
    office.answer(case, copies("P1", "P2", "P3", "P4"), by=COORDINATOR)
    office.today_is("2026-01-07 16:59")
    assert not _lead_is_told(office, case)
    office.today_is("2026-01-07 17:00")
    assert _lead_is_told(office, case)
    office.digest_goes_out()
    assert any(case in one.body for one in office.inbox(f"staff-{LEAD}"))
    assert asked(office, case) == ["CopiesGivenOut of reablement-worker"]


def test_how_soon_copies_go_out_is_policy(office: Office) -> None:
    """Five working days instead of two."""
    longer = office.council.policy.reablement.model_copy(update={"copies_out_within": working_days(5)})
    office.policy_becomes(office.council.policy.model_copy(update={"reablement": longer}))
    case = decided(office, in_reablement(office), ALL_AGREE)
    office.today_is("2026-01-12 16:59")
    assert not _lead_is_told(office, case)
    office.today_is("2026-01-12 17:00")
    assert _lead_is_told(office, case)


# ------------------------------------------------------------------ the rota


def test_where_visits_changed_it_is_asked_until_the_rota_matches(office: Office) -> None:
    """Everybody has the copy, and the rota still says 45 minutes: the question stays."""
    case = decided(office, in_reablement(office), ALL_AGREE)
    assert "Visits have changed: the rota must match." in read_beside(office, case, CopiesGivenOut)
    office.answer(case, EVERYBODYS.model_copy(update={"rota_matches": None}), by=COORDINATOR)
    assert "Everybody has the new copy." in read_beside(office, case, CopiesGivenOut)
    office.answer(case, CopiesGivenOut(rota_matches=False, tried="the planner is off today"), by=COORDINATOR)
    assert asked(office, case) == ["CopiesGivenOut of reablement-worker"]
    office.answer(case, CopiesGivenOut(rota_matches=True), by=COORDINATOR)
    assert office.outcome_of(case) == "changed"


def test_where_no_visit_changed_nobody_is_asked_about_the_rota(office: Office) -> None:
    """The copies are out, and that is all."""
    case = decided(office, in_reablement(office), ALL_AGREE, edits=NO_VISITS)
    assert "Visits have changed" not in read_beside(office, case, CopiesGivenOut)
    office.answer(case, copies(HOME, "P1", "P2", "P3", "P4", rota=None), by=COORDINATOR)
    assert office.outcome_of(case) == "changed"


# ------------------------------------------------------------------ a copy that says what is not so


@pytest.mark.clauses("REA-12")
def test_a_copy_amended_for_a_change_that_is_not_made_is_put_right(office: Office) -> None:
    """REA-12: amended before anybody agreed, and the senior leaves the plan as it is."""
    plan = in_reablement(office)
    early = DRESSES_ALONE.model_copy(update={"changed_at_home": True, "home_copy_says": "V1 30 minutes"})
    case = evidence_of(office, plan, early)
    objects = SettledTogether(said=(says(CARER_ID, Stance.OBJECTS_TO_HOW), *agree(PERSON_ID, THERAPIST_ID)))
    office.answer(case, to_change(settled=objects), by=COORDINATOR)
    office.answer(case, GO_AHEAD.model_copy(update={"goes_ahead": False}), by=SENIOR)
    assert asked(office, case) == ["HomeCopyPutRight of reablement-worker"]
    assert "The copy at home says: V1 30 minutes" in read_beside(office, case, HomeCopyPutRight)


def _refused(office: Office, case: str, sent: HomeCopyAmended) -> str:
    """What is said at the door against telling it now."""
    return "; ".join(problems_with(office.council, case, sent, by=COORDINATOR))


def _lead_is_told(office: Office, case: str) -> bool:
    return any("Told reablement-lead: copies of a changed plan are late" in line for line in office.story_of(case))


def _may_be_written_to(office: Office, email: str | None = None) -> None:
    """The register shows nothing about Edith against a message."""
    with office.council.database.write() as session:
        edith = session.get_one(Person, "P-101")
        edith.email, edith.preferred_method = email, "email" if email else None
        edith.safe_contact = edith.communication_needs = edith.interpreter = None
