"""Colour, priority and complexity follow tables that leave nothing open and say which row decided."""

from __future__ import annotations

from itertools import product

import pytest

from models.decision_tables import (
    Complexity,
    ConditionUnknown,
    Decision,
    DelayEffect,
    Priority,
    Rag,
    RiskOfHarm,
    SupportLevel,
    TableUnsound,
    load_table,
    parse_table,
)

LIGHTS = """
outcomes = ["stop", "go"]
[conditions]
light = ["red", "amber", "green"]
blue_lights = ["yes", "no"]
[[rows]]
id = "L-1"
when = { blue_lights = "yes" }
then = "stop"
clauses = ["X-01"]
[[rows]]
id = "L-2"
when = { blue_lights = "no", light = ["red", "amber"] }
then = "stop"
clauses = ["X-02"]
[[rows]]
id = "L-3"
when = { blue_lights = "no", light = "green" }
then = "go"
clauses = ["X-03"]
"""


# ---------------------------------------------------------------- the three tables


@pytest.mark.parametrize(
    ("support", "risk", "colour"),
    [
        (SupportLevel.NONE, RiskOfHarm.HIGH, Rag.RED),
        (SupportLevel.NONE, RiskOfHarm.MODERATE, Rag.RED),
        (SupportLevel.NONE, RiskOfHarm.LOW, Rag.AMBER),
        (SupportLevel.MODERATE, RiskOfHarm.HIGH, Rag.RED),
        (SupportLevel.MODERATE, RiskOfHarm.MODERATE, Rag.AMBER),
        (SupportLevel.MODERATE, RiskOfHarm.LOW, Rag.GREEN),
        (SupportLevel.FULL, RiskOfHarm.HIGH, Rag.AMBER),
        (SupportLevel.FULL, RiskOfHarm.MODERATE, Rag.GREEN),
        (SupportLevel.FULL, RiskOfHarm.LOW, Rag.GREEN),
    ],
)
def test_colour_follows_support_and_risk(support: SupportLevel, risk: RiskOfHarm, colour: Rag) -> None:
    """All nine cells of the matrix give the colour that the procedure gives (PWT-39)."""
    assert load_table("rag").decide(support=support, risk=risk).outcome == colour


def test_decision_says_its_row_and_clauses() -> None:
    """High risk with full support is Amber, by a row that also rests on GAP-11."""
    decision = load_table("rag").decide(support="full", risk="high")
    assert decision == Decision("Amber", "RAG-6", ("PWT-39", "PWT-42", "PWT-43", "GAP-11"))


@pytest.mark.parametrize(
    ("effect", "within_24_hours", "priority", "marker"),
    [
        (DelayEffect.SERIOUS_HARM, "yes", Priority.HIGH, "urgent"),
        (DelayEffect.SERIOUS_HARM, "no", Priority.HIGH, ""),
        (DelayEffect.DECLINE, "yes", Priority.HIGH, "urgent"),
        (DelayEffect.DECLINE, "no", Priority.MEDIUM, ""),
        (DelayEffect.NEITHER, "yes", Priority.HIGH, "urgent"),
        (DelayEffect.NEITHER, "no", Priority.LOW, ""),
    ],
)
def test_priority_follows_what_delay_would_do(
    effect: DelayEffect, within_24_hours: str, priority: Priority, marker: str
) -> None:
    """Serious harm is High, decline Medium, neither Low; a response within 24 hours is High and marked urgent."""
    decision = load_table("priority").decide(delay_effect=effect, within_24_hours=within_24_hours)
    assert (decision.outcome, decision.marker) == (priority, marker)


PLAIN = {
    "disagreement": "none",
    "agencies": "one",
    "knowledge": "general",
    "legal_issues": "no",
    "interacting_conditions": "no",
}


@pytest.mark.parametrize(
    "mark",
    [
        {"disagreement": "conflict"},
        {"agencies": "several"},
        {"knowledge": "sophisticated-decisions"},
        {"legal_issues": "yes"},
        {"interacting_conditions": "yes"},
    ],
)
def test_one_mark_of_difficult_work_makes_it_high(mark: dict[str, str]) -> None:
    """Any one of the five marks is enough for High (PWT-69)."""
    assert load_table("complexity").decide(**(PLAIN | mark)).outcome == Complexity.HIGH


@pytest.mark.parametrize(
    "mark", [{"disagreement": "resolvable"}, {"agencies": "joint"}, {"knowledge": "some-specialist"}]
)
def test_one_lesser_mark_makes_it_medium(mark: dict[str, str]) -> None:
    """A disagreement that can be settled, joint work or some specialist knowledge is Medium (PWT-70)."""
    assert load_table("complexity").decide(**(PLAIN | mark)).outcome == Complexity.MEDIUM


def test_work_without_any_mark_is_low() -> None:
    """No conflict and nothing else that complicates it is Low (PWT-71)."""
    assert load_table("complexity").decide(**PLAIN).outcome == Complexity.LOW


def test_answer_that_is_more_demanding_never_lowers_complexity() -> None:
    """Of two pieces of work that differ in one answer, the more demanding is at least as complex."""
    table = load_table("complexity")
    for name, answers in table.conditions.items():
        others = [{other: answer} for other, known in table.conditions.items() if other != name for answer in known]
        for other in others:
            levels = [
                table.outcomes.index(table.decide(**(PLAIN | other | {name: answer})).outcome) for answer in answers
            ]
            assert levels == sorted(levels)


@pytest.mark.parametrize("name", ["rag", "priority", "complexity"])
def test_table_gives_every_combination_one_row(name: str) -> None:
    """Whatever is answered, exactly one row of the table decides."""
    table = load_table(name)
    for answers in product(*table.conditions.values()):
        combination = dict(zip(table.conditions, answers, strict=True))
        assert table.decide(**combination).outcome in table.outcomes


@pytest.mark.parametrize(
    ("table", "outcomes", "conditions"),
    [
        ("rag", Rag, {"support": SupportLevel, "risk": RiskOfHarm}),
        ("priority", Priority, {"delay_effect": DelayEffect}),
        ("complexity", Complexity, {}),
    ],
)
def test_table_speaks_the_words_of_the_forms(
    table: str, outcomes: type[Rag], conditions: dict[str, type[SupportLevel]]
) -> None:
    """The outcomes and answers of a table are those that forms offer, in the same order."""
    loaded = load_table(table)
    assert loaded.outcomes == tuple(outcomes)
    for name, levels in conditions.items():
        assert loaded.conditions[name] == tuple(levels)


# ---------------------------------------------------------------- examples


def test_examples_ticked_suggest_the_most_pressing_answer() -> None:
    """Of several examples the most pressing one counts, whatever their order."""
    table = load_table("rag")
    assert table.suggest("SU-04", "HR-07", "SU-03") == {"support": "moderate", "risk": "high"}
    assert table.suggest() == {}
    assert load_table("priority").suggest("PL-01", "PM-03") == {"delay_effect": "decline"}
    assert load_table("complexity").suggest("CL-01", "CH-06", "CM-03") == {"outcome": "High"}


def test_tables_have_every_example_of_the_source() -> None:
    """Thirteen marks of high risk and every example of each level stand in the tables, each on its own."""
    ids = {name: [example.id for example in load_table(name).examples] for name in ("rag", "priority", "complexity")}
    assert [one for one in ids["rag"] if one.startswith("HR")] == [f"HR-{number:02}" for number in range(1, 14)]
    assert {level: sum(one.startswith(level) for one in ids["priority"]) for level in ("PH", "PM", "PL")} == {
        "PH": 5,
        "PM": 6,
        "PL": 2,
    }
    assert {level: sum(one.startswith(level) for one in ids["complexity"]) for level in ("CH", "CM", "CL")} == {
        "CH": 10,
        "CM": 3,
        "CL": 2,
    }


def test_unknown_example_is_refused() -> None:
    """An example that the table does not have suggests nothing by accident."""
    with pytest.raises(KeyError):
        load_table("rag").suggest("HR-99")


# ---------------------------------------------------------------- the engine


def test_sound_table_decides() -> None:
    """A condition that a row leaves out may have any answer."""
    table = parse_table(LIGHTS, "lights")
    assert table.decide(light="green", blue_lights="yes") == Decision("stop", "L-1", ("X-01",))
    assert table.decide(light="green", blue_lights="no").outcome == "go"


def test_combination_without_a_row_is_named() -> None:
    """A table that leaves a combination open is refused, and the combination is named."""
    with pytest.raises(TableUnsound, match="no row takes light = amber, blue_lights = no"):
        parse_table(LIGHTS.replace('["red", "amber"] }', '"red" }'), "lights")


def test_combination_with_two_rows_is_named() -> None:
    """A table whose rows overlap is refused, and the rows and the combination are named."""
    with pytest.raises(TableUnsound, match="rows L-1 and L-3 both take light = green, blue_lights = yes"):
        parse_table(LIGHTS.replace('blue_lights = "no", light = "green"', 'light = "green"'), "lights")


@pytest.mark.parametrize(
    ("sound", "unsound", "said"),
    [
        ('light = "green" }', 'light = "blue" }', "row L-3 asks for light = blue, which does not exist"),
        ('light = "green" }', 'lamp = "green" }', "row L-3 asks for lamp = green, which does not exist"),
        ('then = "go"', 'then = "fly"', "row L-3 gives fly, which is no outcome"),
        ('then = "go"', 'then = "stop"', "no row gives go"),
        ('id = "L-3"', 'id = "L-2"', "the id L-2 stands twice"),
        ('["yes", "no"]', '["yes", "no", "no"]', "blue_lights has the answer no twice"),
        ('clauses = ["X-03"]', "clauses = []", "rows.2.clauses"),
        ('outcomes = ["stop", "go"]', "outcomes = ", "it is not TOML"),
        ('outcomes = ["stop", "go"]', 'outcome = ["stop"]', "outcomes: Field required"),
    ],
)
def test_mistake_in_a_table_is_named(sound: str, unsound: str, said: str) -> None:
    """A table with a slip in it is refused with words that lead to the slip."""
    assert sound in LIGHTS
    with pytest.raises(TableUnsound) as refused:
        parse_table(LIGHTS.replace(sound, unsound), "lights")
    assert said in str(refused.value)


def test_example_that_points_nowhere_is_named() -> None:
    """An example must point to an answer or an outcome that the table has."""
    example = '[[examples]]\nid = "E-1"\ntext = "fog"\ntowards = { light = "blue" }\nclauses = ["X-01"]\n'
    with pytest.raises(TableUnsound, match="example E-1 points to light = blue"):
        parse_table(LIGHTS + example, "lights")


def test_many_open_combinations_are_counted() -> None:
    """The message names the first ten combinations and counts the rest."""
    open_table = LIGHTS.replace('["red", "amber", "green"]', str([*"abcdefghijklmno", "red", "amber", "green"]))
    with pytest.raises(TableUnsound, match="and 5 more like these"):
        parse_table(open_table, "lights")


def test_answer_that_the_table_does_not_know_is_refused() -> None:
    """A missing condition, an unknown one and an unknown answer are each refused with what is known."""
    table = parse_table(LIGHTS, "lights")
    with pytest.raises(ConditionUnknown, match="check blue_lights"):
        table.decide(light="red")
    with pytest.raises(ConditionUnknown, match="check weather"):
        table.decide(light="red", blue_lights="no", weather="fog")
    with pytest.raises(ConditionUnknown, match="red, amber, green"):
        table.decide(light="blue", blue_lights="no")


def test_unknown_table_is_refused() -> None:
    """A table is asked for by its name, and no name leads out of the folder."""
    for name in ("traffic", "../policy/rag", ""):
        with pytest.raises(KeyError):
            load_table(name)
