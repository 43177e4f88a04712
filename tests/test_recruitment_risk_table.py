"""The decision table of recruitment from abroad: complete, without overlap, and never milder for more risk."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import models.decision_tables as tables
from models.decision_tables import TableUnsound, load_table, parse_table
from models.market.kinds import RiskLevel

TABLE = load_table("recruitment_risk")
TEXT = (Path(tables.__file__).parent / "recruitment_risk.toml").read_text(encoding="utf-8")
CELLS = [dict(zip(TABLE.conditions, answers, strict=True)) for answers in product(*TABLE.conditions.values())]


def level(**answers: str) -> int:
    """How pressing the table's answer is: 0 is critical."""
    return list(RiskLevel).index(RiskLevel(TABLE.decide(**answers).outcome))


def test_every_combination_meets_exactly_one_row() -> None:
    """TRN-58: nothing is left open, and the table's words are those of the levels."""
    assert len(CELLS) == 48
    assert TABLE.problems() == ()
    assert TABLE.outcomes == tuple(RiskLevel)


@pytest.mark.parametrize("row", [row.id for row in TABLE.rows])
def test_a_table_that_lacks_a_row_is_refused(row: str) -> None:
    """TRN-58: checked when it is read; the combinations that nothing takes are named."""
    parts = TEXT.split("[[rows]]")
    without = "[[rows]]".join(part for part in parts if f'id = "{row}"' not in part)
    with pytest.raises(TableUnsound, match="no row"):
        parse_table(without, "recruitment_risk")


def test_a_table_with_rows_that_overlap_is_refused() -> None:
    """TRN-58: two rows for one combination would let the order of lines decide."""
    twice = TEXT + '\n[[rows]]\nid = "IRR-99"\nwhen = { licence = "lost" }\nthen = "low"\nclauses = ["TRN-58"]\n'
    with pytest.raises(TableUnsound, match="both take"):
        parse_table(twice, "recruitment_risk")


@pytest.mark.parametrize("condition", list(TABLE.conditions))
def test_more_risk_on_one_side_never_makes_the_level_milder(condition: str) -> None:
    """TRN-59: signs, a greater share, more people, and a licence in doubt or lost weigh the same way everywhere."""
    answers = [one for one in TABLE.conditions[condition] if one != "none"]  # no licence is no point on that scale
    for cell in CELLS:
        levels = [level(**cell | {condition: answer}) for answer in answers]
        assert levels == sorted(levels), cell


@pytest.mark.parametrize(
    ("answers", "outcome", "row"),
    [
        ({"licence": "lost", "signs": "no", "share": "high", "people": "few"}, "critical", "IRR-01"),
        ({"licence": "lost", "signs": "no", "share": "low", "people": "few"}, "high", "IRR-02"),
        ({"licence": "in-doubt", "signs": "yes", "share": "low", "people": "few"}, "critical", "IRR-04"),
        ({"licence": "none", "signs": "yes", "share": "low", "people": "few"}, "high", "IRR-05"),
        ({"licence": "in-doubt", "signs": "no", "share": "some", "people": "few"}, "medium", "IRR-08"),
        ({"licence": "in-force", "signs": "no", "share": "low", "people": "many"}, "low", "IRR-14"),
    ],
)
def test_the_row_that_gave_the_level_is_said(answers: dict[str, str], outcome: str, row: str) -> None:
    """TRN-58: the level with its row, so that whoever decides can look it up."""
    decided = TABLE.decide(**answers)
    assert (decided.outcome, decided.row) == (outcome, row)
