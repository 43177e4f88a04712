"""`pathways simulate`: the real flows with invented people."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from deployments.cli.inventing import Inventor, invent_register
from deployments.cli.shared import known_forms
from deployments.cli.simulation import START, throwaway_database
from deployments.example_council import example_policy
from models.forms.base import AnswerRefused, Form
from tests.cli.conftest import Pathways, command, home, policy_file

__all__ = ["command", "home", "policy_file"]  # fixtures


def simulate(command: Pathways, *more: str) -> Any:
    """Twelve written contacts in twenty days."""
    called = command(
        "simulate", "written-contact-transfer", "--cases", "12", "--days", "20", *(more or ("--seed", "7")), "--json"
    )
    assert called.code == 0, called.err
    return called.json


def test_written_contacts_come_in_and_are_dealt_with(command: Pathways) -> None:
    """Every case that came in is counted once, most are closed, and none has come to grief."""
    counted = simulate(command)

    cases = counted["cases"]
    assert cases["opened"] >= 12, "a letter about several people opens a case for each"
    assert cases["closed"] + cases["open"] + cases["needs_attention"] == cases["opened"]
    assert cases["needs_attention"] == 0
    assert cases["closed"] == sum(counted["outcomes"].values()) >= 6
    assert counted["items_asked"]["ContactSorting"] == 12
    assert counted["answered"] >= 12
    assert counted["unanswerable"] == {}
    assert counted["entries"] > counted["answered"]
    assert counted["legs"] > cases["opened"]
    assert 0 < counted["days_to_close"]["median"] <= counted["days_to_close"]["95th"] <= 20


def test_the_same_seed_gives_the_same_result(command: Pathways) -> None:
    """To the last entry; another seed gives another."""
    first = simulate(command, "--seed", "7")

    assert simulate(command, "--seed", "7") == first
    assert simulate(command, "--seed", "8") | {"seed": 7} != first


def test_a_simulation_leaves_the_installation_alone(command: Pathways, home: Path) -> None:
    """It needs no database, and makes none."""
    assert command("simulate", "queued-contact", "--cases", "1", "--days", "1").code == 0

    assert not (home / "pathways.db").exists()


def test_it_runs_under_the_council_s_own_policy(command: Pathways, policy_file: Path) -> None:
    """The version stands in the result."""
    arguments = ("simulate", "queued-contact", "--cases", "1", "--days", "1", "--json")
    before = command(*arguments).json["policy"]
    text = policy_file.read_text(encoding="utf-8")
    policy_file.write_text(text.replace('register_trusted_for = "PT36H"', 'register_trusted_for = "PT48H"'))

    assert command(*arguments).json["policy"] != before


def test_people_read_the_counts(command: Pathways) -> None:
    """One line each."""
    called = command("simulate", "queued-contact", "--cases", "3", "--days", "5")

    assert called.code == 0
    assert "queued-contact: 5 days, seed 1" in called.out
    assert any(line.split() == ["Cases", "opened", "3"] for line in called.out.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [("afternoon-tea", "--cases", "1", "--days", "1"), ("queued-contact", "--cases", "0", "--days", "1")],
)
def test_what_cannot_be_simulated_is_a_wrong_call(command: Pathways, arguments: tuple[str, ...]) -> None:
    """An unknown procedure is told which there are; nothing is simulated for nobody."""
    called = command("simulate", *arguments)

    assert (called.code, called.out) == (2, "")
    assert "queued-contact" in called.err or "cases" in called.err


def test_an_answer_can_be_invented_for_every_form() -> None:
    """A new form needs no word here: its schema is enough, and its own rules are met within a few tries."""
    with throwaway_database() as database, database.write() as session:
        register = invent_register(session, example_policy(), Random(1), START, 30)
    for form in sorted(known_forms(), key=lambda form: form.name()):
        inventor = Inventor(Random(form.name()), register, START)
        assert any(meets(form, inventor.fill(form)) for _ in range(200)), f"no answer to {form.name()}"


def meets(form: type[Form], given: dict[str, Any]) -> bool:
    """Whether the form takes it."""
    try:
        form.read(given)
    except AnswerRefused:
        return False
    return True
