"""`pathways policy check` and `pathways clauses`."""

from __future__ import annotations

from pathlib import Path

from models.clauses.catalogue import catalogue
from tests.cli.conftest import Pathways


def changed(policy_file: Path, old: str, new: str) -> int:
    """Replace the first `old` in the policy, and give the line on which it stood."""
    text = policy_file.read_text(encoding="utf-8")
    assert old in text
    policy_file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_a_sound_policy_shows_what_awaits_legal_advice(command: Pathways, policy_file: Path) -> None:
    """Its version, how many points are decided here, and those on which no advice is recorded."""
    called = command("policy", "check", policy_file)

    assert called.code == 0
    assert "policy.toml is sound: version " in called.out
    assert " of 55 points" in called.out
    assert "Awaiting legal advice: GAP-" in called.out


def test_every_problem_is_named_with_its_line(command: Pathways, policy_file: Path) -> None:
    """Exit code 2."""
    first = changed(policy_file, "register_trusted_for", "register_trusted_fr")
    second = changed(policy_file, "sorts_incoming = true", "sorts_incoming = 7")

    called = command("policy", "check", policy_file)

    assert called.code == 2
    assert f"line {first}: register_trusted_fr is not a setting" in called.err
    assert f"line {second}: " in called.err


def test_a_timing_for_a_form_that_does_not_exist_is_named(command: Pathways, policy_file: Path) -> None:
    """With its line and the form that was probably meant."""
    line = policy_file.read_text(encoding="utf-8").count("\n") + 2
    with policy_file.open("a", encoding="utf-8") as file:
        file.write('\n[work_items.forms.contact-sortin]\nremind_after = "1 working hour"\n')

    called = command("policy", "check", policy_file)

    assert called.code == 2
    assert (
        f'line {line}: work_items.forms: there is no form "contact-sortin"; did you mean "contact-sorting"?'
        in called.err
    )


def test_what_is_no_policy_is_one_problem(command: Pathways, home: Path) -> None:
    """A missing file, a folder, and something that is no TOML."""
    letter = home / "letter.toml"
    letter.write_text("Dear Priya", encoding="utf-8")

    for file in (home / "missing.toml", home, letter):
        called = command("policy", "check", file)
        assert called.code == 2
        assert "line 1: " in called.err


def test_a_bad_policy_stops_a_command_before_it_does_anything(pathways: Pathways, policy_file: Path) -> None:
    """Exit code 2, with the line."""
    line = changed(policy_file, "register_trusted_for", "register_trusted_fr")

    called = pathways("case", "list")

    assert (called.code, called.out) == (2, "")
    assert f"line {line}: " in called.err


def test_clauses_have_the_agreed_shape(command: Pathways) -> None:
    """All of the catalogue, in its order."""
    listed = command("clauses", "--json").json

    assert [one["id"] for one in listed] == list(catalogue())
    assert all(set(one) == {"id", "procedure", "force", "done", "where", "tests", "why"} for one in listed)
    assert all(bool(one["why"]) is not one["done"] for one in listed)


def test_open_clauses_can_be_listed_alone(command: Pathways) -> None:
    """Those with a reason why they are not done."""
    everything = command("clauses", "--json").json

    assert command("clauses", "--open", "--json").json == [one for one in everything if not one["done"]]


def test_people_read_clauses_as_a_table(command: Pathways) -> None:
    """A row a clause, and how many are done."""
    called = command("clauses")

    assert "DUTY-16" in called.out and "PWT-10" in called.out
    assert "of 301 clauses are done" in called.out
