"""`pathways replay`: would open cases go on the same way?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from models.base import Base
from models.cases import Case
from models.durations import working_days
from models.roles import Role
from tasks.database import Database, DatabaseUnavailable
from tasks.durable import RUN, after, ask, audited, first_of
from tasks.durable.testing import Office
from tests.cli.conftest import Pathways
from tests.durable.lending import ChairChosen, WheelchairLoan, install

NAME = "lending_seen_from_outside"


@audited("The chair is ordered")
def order_one() -> str:
    """Order a chair."""
    return "SO-7"


@audited("The chair is insured", for_cases_past=RUN)
def insure_one() -> str:
    """A newer step, for cases past it too."""
    return "insured"


def as_it_was(loan: WheelchairLoan) -> None:
    """Order and choose."""
    order_one()
    ask(ChairChosen, of=Role.DUTY_WORKER)
    first_of(after("rest", working_days(5)))


def without_the_order(loan: WheelchairLoan) -> None:
    """A recorded step is gone."""
    ask(ChairChosen, of=Role.DUTY_WORKER)


def with_insurance(loan: WheelchairLoan) -> None:
    """A declared step in the middle."""
    insure_one()
    as_it_was(loan)


def two_cases(office: Office) -> tuple[str, str]:
    """Two loans; the second is restricted."""
    flow = install(as_it_was, name=NAME)
    return office.start(flow, WheelchairLoan()), office.start(flow, WheelchairLoan(), restricted=True)


def test_cases_that_go_on_the_same_way_are_counted(pathways: Pathways) -> None:
    """With no case that differs the exit code is 0."""
    called = pathways("replay", "--all")
    assert (called.code, called.out.splitlines()[-1]) == (0, "0 cases go on the same way")


def test_replay_wants_to_know_which(pathways: Pathways) -> None:
    """Neither a ref nor --all is a wrong call."""
    called = pathways("replay")
    assert called.code == 2
    assert "say which case, or --all" in called.err


def test_each_case_that_would_take_another_way_is_named(pathways: Pathways, office: Office) -> None:
    """With the step it no longer meets, and how many of which procedure; the exit code is 1."""
    case, _ = two_cases(office)
    assert pathways("replay", "--all").code == 0

    install(without_the_order, name=NAME)
    called = pathways("replay", "--all")
    assert called.code == 1
    assert f"{case} other no longer meets order-one" in called.out
    assert "lending-seen-from-outside" in called.out
    assert "2 of 2 cases would not go on the same way; nothing was changed" in called.err


def test_of_a_restricted_case_the_list_names_neither_procedure_nor_step(pathways: Pathways, office: Office) -> None:
    """Whoever mends the code names the case, and is told."""
    case, restricted = two_cases(office)
    install(without_the_order, name=NAME)

    found = {one["ref"]: one for one in pathways("replay", "--all", "--json").json}
    assert found[case]["procedure"] == "lending-seen-from-outside"
    assert found[restricted]["way"] == "other"
    assert "order-one" not in str(found[restricted])
    assert "lending" not in str(found[restricted])
    assert "order-one" in pathways("replay", restricted).out


def test_what_cases_past_a_new_step_would_do_is_told(pathways: Pathways, office: Office) -> None:
    """A declared step is no fault, and whoever installs the code hears of it beforehand."""
    case, _ = two_cases(office)
    install(with_insurance, name=NAME)

    called = pathways("replay", "--all")
    assert called.code == 0
    assert "1 of them: newer than the case, as declared: insure-one" in called.out
    assert pathways("replay", case, "--json").json == [
        {
            "ref": case,
            "procedure": "lending-seen-from-outside",
            "way": "declared",
            "why": "newer than the case, as declared: insure-one",
        }
    ]


def test_database_of_an_earlier_version_is_looked_at_before_its_migration(
    pathways: Pathways, office: Office, council_database: Database
) -> None:
    """An upgrade is tried on the ledgers while the old version still runs on them."""
    two_cases(office)
    with council_database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    assert pathways("case", "list").code != 0
    assert pathways("replay", "--all").code == 0


def test_replay_leaves_the_database_as_it_was(
    pathways: Pathways, office: Office, council_database: Database, home: Path
) -> None:
    """Cases that stand before new work stand there afterwards too, and no file is made in the home folder."""
    two_cases(office)
    install(with_insurance, name=NAME)

    def contents() -> list[Any]:
        with council_database.read() as session:
            return [
                session.execute(select(table).order_by(*table.primary_key)).all()
                for table in Base.metadata.sorted_tables
            ]

    def files() -> list[Path]:
        return sorted(one for one in home.rglob("*") if one.is_file())

    was, there = contents(), files()
    assert pathways("replay", "--all").code == 0
    assert contents() == was
    assert files() == there


def test_database_of_a_command_that_looks_refuses_every_write(council_database: Database, office: Office) -> None:
    """Not by our own care alone: the database says no, whoever asks."""
    two_cases(office)
    council_database.refuse_writes()
    with (
        pytest.raises((DBAPIError, DatabaseUnavailable)),
        council_database.write() as session,
    ):
        session.execute(update(Case).values(awaiting="changed"))
    with council_database.read() as session:
        assert set(session.scalars(select(Case.awaiting))) != {"changed"}


def test_replay_without_a_database_says_how_to_get_one(command: Pathways, policy_file: Path, home: Path) -> None:
    """It makes none."""
    called = command("replay", "--all")
    assert called.code != 0
    assert "there is no database" in called.err
    assert not (home / "pathways.db").exists()
