"""Whatever comes in whatever order: an open placement has an owner and a next date, and who has not is on the list."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from deployments.example_council import example_policy, load_example_register
from deployments.migrating import upgrade
from deployments.pytest_plugin import REGISTER_DATE
from flows.out_of_area_placement import out_of_area_placement
from models.cases import Case, Wait, WorkItem
from models.forms.base import AnswerRefused, Form
from models.forms.out_of_area import AngleLookedAt, PlacementEndConfirmed, PlacementReviewed, PlacementTakenOn
from models.forms.out_of_area_signals import CouncilRaisedConcern, PlacementChanged, PlacementIsOver
from models.out_of_area.kinds import Angle, CouncilConcernKind, PlacementEnd
from models.out_of_area.tables import Placement, PlacementAngle
from models.register import Person
from models.states import CaseStatus, WaitState, WorkItemState
from models.working_time import local_day
from tasks.database import Database
from tasks.deaths import heed_deaths
from tasks.durable import worklist
from tasks.durable.arrivals import CaseIsClosed
from tasks.durable.safeguarding_asked import with_the_word
from tasks.durable.testing import Office
from tasks.leavers import move_what_leavers_left
from tasks.out_of_area.finding import keep_tracker
from tasks.unseen.lines import Beware, one_list
from tests.procedures.out_of_area_stories import ACTED, LYDIA, MANAGER, PER, TAKEN, next_date, on_the_tracker, row_of

STEPS = st.one_of(
    st.tuples(st.sampled_from(["taken-on", "look", "review", "acted"]), st.integers(1, 200)),
    st.tuples(st.sampled_from(["over", "concern", "change", "leaves", "morning"]), st.integers(0, 3)),
    st.tuples(st.just("confirm"), st.sampled_from([None, None, *PlacementEnd])),
    st.tuples(st.just("days"), st.sampled_from([1, 8, 45, 200])),
    st.tuples(st.just("dies"), st.just(0)),
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with the example council, to be copied for each example."""
    file = tmp_path_factory.mktemp("placements") / "pathways.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.write() as session:
        load_example_register(session, REGISTER_DATE)
    database.dispose()
    return file


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=8, max_size=18))
@pytest.mark.clauses("TRN-50", "TRN-52")
def test_an_open_placement_has_an_owner_and_a_next_date(
    prepared: Path, tmp_path: Path, steps: list[tuple[str, Any]]
) -> None:
    """Answers early and late, ends that are none, concerns, leavers, deaths months in which nobody does anything."""
    file = tmp_path / f"{uuid.uuid4()}.db"
    file.write_bytes(prepared.read_bytes())
    database = Database(f"sqlite:///{file}")
    office = Office(database, example_policy(), "2026-01-05 09:00")
    on_the_tracker(office, LYDIA)
    on_the_tracker(office, PER)
    assert what_is_wrong(office) == []
    for what, how in steps:
        for case in office.cases(out_of_area_placement):
            perform(office, case, what, how)
        assert what_is_wrong(office) == [], (what, how)
    database.dispose()


def what_is_wrong(office: Office) -> list[str]:
    """Each open placement without an owner or a date, and whoever lacks one by name and is not on the one list."""
    wrong = []
    with office.council.database.read() as session:
        rows = session.execute(select(Placement, Case).join(Case, Case.ref == Placement.case_ref)).tuples().all()
        lines = one_list(session, office.clock.now()).lines
    beware = {case.ref: line.beware for line in lines for case in line.cases}
    for row, case in rows:
        if (row.ended_at is None) == (case.status == CaseStatus.CLOSED):
            wrong.append(f"{row.case_ref} and its case do not agree whether it is over")
        if row.ended_at is not None:
            continue
        if case.status != CaseStatus.OPEN:
            wrong.append(f"{row.case_ref} is {case.status}")
        if not case.owner:
            wrong.append(f"{row.case_ref} has no owner")
        if next_date(office, row.case_ref) is None:
            wrong.append(f"{row.case_ref} has no next date")
        if not case.owner.startswith("staff-") and Beware.NO_OWNER not in beware.get(row.case_ref, ()):
            wrong.append(f"{row.case_ref} has nobody by name, and the one list does not say so")
        if missing := sides_without_a_date(office, row):
            wrong.append(f"{row.case_ref} waits for no date of {missing}")
        late = next_date(office, row.case_ref)
        if late is not None and late <= office.clock.now() and Beware.OVERDUE not in beware.get(row.case_ref, ()):
            wrong.append(f"{row.case_ref} is late, and the one list does not say so")
    return wrong


def sides_without_a_date(office: Office, row: Placement) -> list[str]:
    """What of the review and the four sides neither waits for its day nor is asked; where it stands still, the end."""
    with office.council.database.read() as session:
        waits = session.scalars(
            select(Wait.key).where(Wait.case_ref == row.case_ref, Wait.state == WaitState.OPEN)
        ).all()
    if row.stopped_at is not None:
        wanted = {"end": ("placement-end-confirmed",)}
    else:
        wanted = {"review": ("review-asked", "placement-reviewed")}
        wanted |= {str(one): (f"look-{one}", f"look-at-{one}") for one in Angle}
    names = {key.partition("[")[0] for key in waits}
    return [what for what, keys in wanted.items() if names.isdisjoint(keys)]


def perform(office: Office, case: str, what: str, how: Any) -> None:
    """Do one step, where it is asked for."""
    today = local_day(office.clock.now())
    match what:
        case "taken-on":
            answer(office, case, TAKEN.model_copy(update={"safeguarding": "safeguarding-lead"}))
        case "look":
            answer(office, case, AngleLookedAt(found="Nothing", looked_at_again_on=today + timedelta(days=how)))
        case "review":
            sooner = today + timedelta(days=how) if how % 3 == 0 else None
            answer(
                office, case,
                PlacementReviewed(seen_in_person=False, not_seen_because="Ill", their_view="Fine", found="Fine",
                                  sooner_on=sooner),
            )  # fmt: skip
        case "acted":
            answer(office, case, ACTED)
        case "confirm":
            answer(office, case, confirmed(how, today))
        case "days":
            office.days_pass(how / 2)  # once for each placement
        case "leaves" if row_of(office, case).ended_at is None:
            owner = office.case(case).owner
            if owner.startswith("staff-"):
                office.leaves(owner.removeprefix("staff-"))
                move_what_leavers_left(office.council)
        case "morning":
            keep_tracker(office.council)
        case "dies":
            with office.council.database.write() as session:
                session.get_one(Person, "P-113").died_on = today
            heed_deaths(office.council)
        case "over":
            tell(office, case, PlacementIsOver(how_known="The home rang"))
        case "concern":
            tell(office, case, CouncilRaisedConcern(kind=list(CouncilConcernKind)[how], what="Bruises", by_whom="Jo"))
        case "change":
            tell(office, case, PlacementChanged(what="The price", tell_council=how > 1))
    office.hours_pass(0.1)


def confirmed(reason: PlacementEnd | None, today: date) -> PlacementEndConfirmed:
    """It goes on, or it is over for that reason."""
    if reason is None:
        return PlacementEndConfirmed(ended=False, goes_on_because="She is there")
    new = {"new_provider_in_words": "Sea View", "new_council": "Eastmere"}
    return PlacementEndConfirmed(
        ended=True, reason=reason, ended_on=today, looked_after_by="Her sister",
        **(new if reason is PlacementEnd.CHANGED_PROVIDER else {}),
    )  # fmt: skip


def answer(office: Office, case: str, form: Form) -> None:
    """Whoever is asked answers the first question on that form, or a manager above them."""
    with office.council.database.read() as session:
        found = select(WorkItem).where(WorkItem.case_ref == case, WorkItem.state == WorkItemState.OPEN)
        item = session.scalars(found.where(WorkItem.form == form.name()).order_by(WorkItem.key)).first()
    if item is None:
        return
    kind, _, name = item.asked_of.partition("-")
    by = name if kind == "staff" else "head-of-service"
    if isinstance(form, PlacementTakenOn):
        by = {"team-hazel": "practitioner-2", "team-rowan": "practitioner-5"}.get(
            item.asked_of, "commissioning-officer"
        )
    elif isinstance(form, PlacementEndConfirmed):
        by = MANAGER
    try:
        worklist.answer(office.council, item.id, with_the_word(type(form), form.model_dump(mode="json")), by=by)
    except (AnswerRefused, worklist.NotTheirs):
        return


def tell(office: Office, case: str, signal: Any) -> None:
    """Somebody at duty tells it, where it is open."""
    try:
        office.signal(case, signal, by="duty-worker")
    except CaseIsClosed:
        return


def test_what_keeps_sight_of_a_placement_is_found_wanting_where_it_is(prepared: Path, tmp_path: Path) -> None:
    """The property sees what it is there to see: a placement without dates, and one whose case is closed."""
    file = tmp_path / "pathways.db"
    file.write_bytes(prepared.read_bytes())
    database = Database(f"sqlite:///{file}")
    office = Office(database, example_policy(), "2026-01-05 09:00")
    case = on_the_tracker(office, LYDIA)
    with database.write() as session:
        row = session.get_one(Placement, case)
        row.ended_at, row.ended_because = office.clock.now(), "moved-back"
        assert session.get_one(PlacementAngle, (case, "quality")).owner == "commissioning-officer"
    assert what_is_wrong(office) == [f"{case} and its case do not agree whether it is over"]
    database.dispose()
