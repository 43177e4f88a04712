"""A reablement plan's page and its JSON: versions side by side, copies, what is under way; for whom the case is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import delete, select

from deployments.worklist.forms import pairs_from
from flows.reablement import reablement
from flows.reablement_plan_change import reablement_plan_change
from models.audit import AccessEntry
from models.cases import Case, Entry
from models.forms.reablement import ReablementBegun
from models.forms.reablement_signals import EvidenceKind, EvidenceReceived, OutcomesAchieved
from models.policy import Policy
from models.reablement.applying import applied, numbered
from models.reablement.edits import EditKind, PlanEdits, SupportEdit
from models.reablement.plan import PlanContent
from models.reablement.tables import HOME, OF_A_PLAN, ChangeState, PlanChange, PlanCopy, PlanVersion, ReablementPlan
from models.retention import CaseErasure
from tasks.durable.testing import Office
from tests.procedures.reablement_stories import BEGUN, CARER_ID, NO_EVENINGS, SHORTER_MORNINGS, in_reablement
from tests.worklist.browser import Browser
from tests.worklist.programs import Program

AtWork = Callable[[str], Browser]
For = Callable[[str], Program]
WORKER = "reablement-worker"


@pytest.fixture
def plan(office: Office) -> str:
    """Edith's plan, as it began on Monday 5 January 2026."""
    return in_reablement(office)


def now_says(office: Office, plan: str, edits: PlanEdits) -> int:
    """A version that has those edits is in force; nobody has a copy of it yet."""
    with office.council.database.write() as session:
        row = session.get_one(ReablementPlan, plan)
        last = session.get_one(PlanVersion, (plan, row.in_force))
        content = PlanContent.model_validate_json(last.content)
        after = applied(edits, content, last_numbers=numbered([content]))
        row.in_force += 1
        session.add(
            PlanVersion(
                case_ref=plan,
                number=row.in_force,
                content=after.model_dump_json(),
                made_at=office.clock.now(),
                made_in=plan,
            )
        )
        return row.in_force


def given(office: Office, plan: str, holder: str, version: int, *, by_hand: bool = False) -> None:
    """Somebody has that version now."""
    with office.council.database.write() as session:
        session.add(
            PlanCopy(
                case_ref=plan,
                holder=holder,
                version=version,
                route="amended by hand" if by_hand else "by post",
                by_hand=by_hand,
                given_at=office.clock.now(),
                given_in=plan,
            )
        )


def looks(office: Office) -> list[tuple[str, str, str]]:
    """Who looked at what, as the access log has it."""
    with office.council.database.read() as session:
        entries = session.scalars(select(AccessEntry).order_by(AccessEntry.no))
        return [(one.who, one.what, one.about) for one in entries]


# ------------------------------------------------------------------ what it shows


@pytest.mark.clauses("REA-11")
def test_it_shows_the_plan_in_force(plan: str, at_work: AtWork) -> None:
    """What she wants, when somebody comes, how support is given, and until when it is free."""
    seen = at_work(WORKER).get(f"/plans/{plan}")

    assert seen.status == 200
    assert "Version 1, since Monday 5 January 2026, 9am" in seen.text
    assert "O1: Washes and dresses by herself Not yet" in seen.text
    assert "V2: Monday and Thursday at 6:30pm, 30 minutes: Evening meal" in seen.text
    assert "Free until Sunday 15 February 2026, 41 more days" in seen.text
    assert "Meera Solanki (reablement-worker)" in seen.text
    assert "There is one version so far." in seen.text


@pytest.mark.clauses("REA-11", "REA-14")
def test_versions_stand_side_by_side_with_what_differs_in_plain_words(
    office: Office, plan: str, at_work: AtWork
) -> None:
    """The one in force beside the one before it, until two others are chosen."""
    now_says(office, plan, SHORTER_MORNINGS)
    now_says(office, plan, NO_EVENINGS)
    seen = at_work(WORKER).get(f"/plans/{plan}")
    assert "What is otherwise in version 3 than in version 2" in seen.text
    assert "No more visit V2: Monday and Thursday at 6:30pm" in seen.text
    assert "Visit V2 Taken out" in seen.text

    every = at_work(WORKER).get(f"/plans/{plan}?before=1&after=3")
    assert "What is otherwise in version 3 than in version 1" in every.text
    assert "Visit V1: length 30 minutes instead of 45 minutes." in every.text
    assert "Visit V1 Changed" in every.text


@pytest.mark.parametrize("asked", ["before=9&after=9", "before=x&after=2", "before=2&after=2", "before=3&after=1", ""])
def test_whatever_versions_are_asked_for_two_are_compared(
    office: Office, plan: str, at_work: AtWork, asked: str
) -> None:
    """A version that is not there, twice the same, or the wrong way round: never an error."""
    now_says(office, plan, SHORTER_MORNINGS)
    now_says(office, plan, NO_EVENINGS)
    assert "What is otherwise in version" in at_work(WORKER).get(f"/plans/{plan}?{asked}").text


def test_the_first_version_has_none_before_it(office: Office, plan: str, at_work: AtWork) -> None:
    """Whoever asks for it alone sees what came after."""
    now_says(office, plan, SHORTER_MORNINGS)
    seen = at_work(WORKER).get(f"/plans/{plan}?after=1")
    assert "What is otherwise in version 2 than in version 1" in seen.text


@pytest.mark.clauses("REA-15", "REA-16")
def test_it_says_who_holds_which_copy_and_that_the_one_at_home_governs(
    office: Office, plan: str, at_work: AtWork
) -> None:
    """Until everybody has the new version; then nothing is said of it."""
    browser = at_work(WORKER)
    assert "Go by the copy at the person’s home" not in browser.get(f"/plans/{plan}").text
    office.today_is("2026-01-12 10:00")
    now_says(office, plan, SHORTER_MORNINGS)
    given(office, plan, HOME, 2, by_hand=True)
    given(office, plan, CARER_ID, 2)

    seen = at_work(WORKER).get(f"/plans/{plan}")
    assert "Go by the copy at the person’s home. Not everybody has version 2 yet." in seen.text
    assert "The copy at the person’s home Version 2" in seen.text and "Amended by hand" in seen.text
    assert "Joan Tilling, carer P2 Version 2 Given Monday 12 January 2026, 10am How By post" in seen.text
    assert "Edith Tilling, person P1 Version 1 Needs version 2" in seen.text

    for holder in (HOME, "P1", "P3", "P4"):
        given(office, plan, holder, 2)
    assert "Go by the copy" not in at_work(WORKER).get(f"/plans/{plan}").text


def test_a_council_may_go_by_the_formal_version(office: Office, plan: str, at_work: AtWork) -> None:
    """GAP-34: where policy says that the copy at home does not hold meanwhile, the page does not say it does."""
    now_says(office, plan, SHORTER_MORNINGS)
    office.council.policy = without_the_home_copy(office.council.policy)
    seen = at_work(WORKER).get(f"/plans/{plan}")
    assert "Go by the copy" not in seen.text and "Needs version 2" in seen.text


def test_whoever_is_to_have_a_copy_no_more_is_shown_with_the_one_they_have(
    office: Office, plan: str, at_work: AtWork
) -> None:
    """Consent has changed: somebody has to think of the copy that is out."""
    now_says(office, plan, PlanEdits.model_validate({"involved": [{"edit": "alter", "item": "P2", "has_copy": False}]}))
    assert "Joan Tilling, carer P2 Version 1 Is not to have one" in at_work(WORKER).get(f"/plans/{plan}").text


def test_it_shows_what_is_being_changed_and_what_is_achieved(office: Office, plan: str, at_work: AtWork) -> None:
    """A change that is not agreed yet is told as such, with its case."""
    evidence = EvidenceReceived(kind=EvidenceKind.OBSERVATION, given_by="Meera Solanki", what="She is quicker")
    office.signal(plan, evidence, by=WORKER)
    [change] = office.cases(reablement_plan_change)
    with office.council.database.write() as session:
        session.add(
            PlanChange(
                change_ref=change,
                place=1,
                case_ref=plan,
                seen=1,
                edits=SHORTER_MORNINGS.model_dump_json(),
                state=ChangeState.UNDER_WAY,
                proposed_at=office.clock.now(),
            )
        )
    achieved = OutcomesAchieved(outcomes=("O2",), achieved_on=date(2026, 1, 5))
    office.signal(plan, achieved, by=WORKER)

    seen = at_work(WORKER).get(f"/plans/{plan}")
    assert f"In case {change} , not agreed yet Visit V1: length 30 minutes instead of 45 minutes." in seen.text
    assert "O2: Makes her own breakfast Achieved on Monday 5 January 2026" in seen.text
    assert seen.links[f"case {change}"] == f"/cases/{change}"


def test_a_pause_and_the_end_stand_on_it(office: Office, plan: str, at_work: AtWork) -> None:
    """Whoever is about to visit sees first that nobody does."""
    with office.council.database.write() as session:
        session.get_one(ReablementPlan, plan).paused_at = office.clock.now()
    assert "No visits are made at present." in at_work(WORKER).get(f"/plans/{plan}").text
    with office.council.database.write() as session:
        row = session.get_one(ReablementPlan, plan)
        row.ended_at, row.ended_because = office.clock.now(), "She manages"
    seen = at_work(WORKER).get(f"/plans/{plan}")
    assert "No visits are made" not in seen.text
    assert "Ended Monday 5 January 2026, 9am: She manages" in seen.text


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026-02-14", "1 more day"),
        ("2026-02-15", "today is the last day"),
        ("2026-02-16", "the free weeks are over"),
    ],
)
def test_the_end_of_the_free_weeks_is_counted(office: Office, plan: str, at_work: AtWork, day: str, says: str) -> None:
    """By the day on the wall."""
    office.today_is(f"{day} 09:00")
    assert says in at_work(WORKER).get(f"/plans/{plan}").text


def test_what_people_wrote_is_text(office: Office, at_work: AtWork) -> None:
    """Whatever stands in a plan, the page shows it and does not run it."""
    begun = BEGUN.model_dump(mode="json")
    begun["outcomes"][0]["what"] = "<script>alert(1)</script>"
    ref = office.start(reablement, ReablementBegun.model_validate(begun))
    now_says(office, ref, PlanEdits(support=(SupportEdit(edit=EditKind.ADD, what="<img src=x onerror=alert(1)>"),)))
    html = at_work(WORKER).get(f"/plans/{ref}").html
    assert "<script>alert" not in html and "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html


# ------------------------------------------------------------------ who sees it


def test_the_cases_page_leads_to_it_and_so_do_the_cases_about_it(office: Office, plan: str, at_work: AtWork) -> None:
    """One step from wherever somebody reads about the plan; a case that has none does not offer it."""
    evidence = EvidenceReceived(kind=EvidenceKind.PERSON, given_by="Joan", what="She is quicker")
    office.signal(plan, evidence, by=WORKER)
    [change] = office.cases(reablement_plan_change)
    for ref in (plan, change):
        assert at_work(WORKER).get(f"/cases/{ref}").links["The plan"] == f"/plans/{plan}"


def test_looking_at_a_plan_is_in_the_access_log(office: Office, plan: str, at_work: AtWork, program: For) -> None:
    """On the page and through the API, before anything is shown."""
    at_work(WORKER).get(f"/plans/{plan}")
    program(WORKER).get(f"/api/v1/plans/{plan}")
    by_page, by_program = looks(office)[-2:]
    assert by_page == (WORKER, "read-plan", plan)
    assert by_program == (WORKER, "read-plan api:case-portal", plan)


def test_a_plan_is_there_for_whom_its_case_is(office: Office, plan: str, at_work: AtWork, program: For) -> None:
    """Another team's practitioner finds nothing; nor does anybody where a case has no plan."""
    for path in (f"/plans/{plan}", "/plans/7K3Q-9PXM", "/plans/nothing"):
        assert at_work("practitioner-4").get(path).status == 404, path
    assert program("practitioner-4").get(f"/api/v1/plans/{plan}").status_code == 404
    evidence = EvidenceReceived(kind=EvidenceKind.PERSON, given_by="Joan", what="She is quicker")
    office.signal(plan, evidence, by=WORKER)
    [change] = office.cases(reablement_plan_change)
    assert at_work(WORKER).get(f"/plans/{change}").status == 404


def test_a_restricted_plan_is_not_there_for_others(office: Office, at_work: AtWork) -> None:
    """A colleague's own reablement."""
    ref = office.start(reablement, BEGUN, restricted=True)
    assert at_work("duty-worker").get(f"/plans/{ref}").status == 404


def test_an_erased_plan_is_gone(office: Office, plan: str, at_work: AtWork) -> None:
    """Its versions were kept no longer than they may be; what is left of its case leads to no plan."""
    with office.council.database.write() as session:
        no = session.scalars(select(Entry.no).where(Entry.case_ref == plan)).first()
        session.add(CaseErasure(case_ref=plan, at=office.clock.now(), entry_no=no, kept_for="8 years"))
        session.flush()
        for table in OF_A_PLAN:
            session.execute(delete(table).where(table.case_ref == plan))
    browser = at_work(WORKER)
    assert browser.get(f"/plans/{plan}").status == 404
    assert "The plan" not in browser.get(f"/cases/{plan}").links


# ------------------------------------------------------------------ the same as JSON


def test_the_json_has_what_the_page_shows(office: Office, plan: str, program: For) -> None:
    """The version in force whole, what each version changed, the copies, and two versions compared."""
    now_says(office, plan, SHORTER_MORNINGS)
    now_says(office, plan, NO_EVENINGS)
    given(office, plan, CARER_ID, 3)
    shown = program(WORKER).get(f"/api/v1/plans/{plan}?before=1&after=3").json()

    assert (shown["plan"], shown["version"], shown["free_until"]) == (plan, 3, "2026-02-15")
    assert [one["id"] for one in shown["content"]["visits"]] == ["V1"]
    assert [one["number"] for one in shown["versions"]] == [3, 2, 1]
    assert shown["versions"][1]["differences"] == ["Visit V1: length 30 minutes instead of 45 minutes."]
    held = {one["holder"]: (one["version"], one["wanted"]) for one in shown["copies"]}
    assert held == {"home": (1, True), "P1": (1, True), "P2": (3, False), "P3": (1, True), "P4": (1, True)}
    assert shown["home_governs"] is True
    rows = {one["item"]: one["difference"] for one in shown["comparison"]["rows"]}
    assert " ".join(rows) == "O1 O2 V1 V2 S1 E1 P1 P2 P3 P4 monitoring"
    assert (rows["V1"], rows["V2"], rows["O1"], rows["monitoring"]) == ("changed", "gone", "same", "same")
    assert program(WORKER).get(f"/api/v1/plans/{plan}?before=0").status_code == 422


# ------------------------------------------------------------------ beginning by hand


def test_reablement_is_begun_by_hand(office: Office, at_work: AtWork) -> None:
    """From "Starting work" to the plan's page: visits with their times, everybody involved, nothing keyed twice."""
    browser = at_work("reablement-lead")
    assert browser.get("/start").links["Reablement"] == "/start/reablement"
    form = browser.begin("/start/reablement").form("/start")
    assert {"visits.0.at", "visits.0.days", "involved.0.part", "outcomes.0.what"} <= form.names

    own = [pair for pair in form.pairs if pair[0].startswith(("_", "form"))]
    nobody = BEGUN.model_copy(
        update={"involved": (*BEGUN.involved, BEGUN.involved[2].model_copy(update={"staff": "x"}))}
    )
    unknown = browser.post("/start/reablement", [*own, *pairs_from(ReablementBegun, nobody)])
    assert "the register has no member of staff of that id" in unknown.text
    wrong = browser.post("/start/reablement", [*own, *pairs_from(ReablementBegun, BEGUN), ("visits.1.at", "half six")])
    assert "“At what time” must be a real time, such as 9:30 or 2pm" in wrong.text
    sent = browser.post("/start/reablement", [*own, *pairs_from(ReablementBegun, BEGUN)])
    assert sent.path.startswith("/cases/"), sent.text
    [ref] = office.cases(reablement)
    office.hours_pass(0)
    seen = at_work("reablement-lead").get(f"/plans/{ref}")
    assert "V2: Monday and Thursday at 6:30pm, 30 minutes: Evening meal" in seen.text
    with office.council.database.read() as session:
        assert session.get_one(Case, ref).owner == "staff-reablement-lead"


def without_the_home_copy(policy: Policy) -> Policy:
    """A policy under which the copy at home does not govern meanwhile."""
    paperwork = policy.gaps.plan_paperwork.model_copy(update={"home_copy_holds_until_copies_are_out": False})
    return policy.model_copy(update={"gaps": policy.gaps.model_copy(update={"plan_paperwork": paperwork})})
