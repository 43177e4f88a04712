"""
The matrices of the planned work tray as data: colour, priority and complexity.

What each table is, and where the source gives examples and no grid:

- `rag` is a grid in the source, of support by risk (PWT-39), and is carried over cell by cell. The marks of high
  risk and the examples of support are prompts beside it.
- `priority` is one question with three answers in the source (PWT-63). The second condition, whether a response
  is needed within 24 hours, is ours: it carries the "urgent" marker (PWT-64), and an answer needed within 24
  hours is High whatever else was ticked (GAP-25).
- `complexity` is a list of marks per level in the source, of which one is enough (PWT-69 to PWT-71). They are sorted
  here into five conditions with closed answers. "One agency" is read as saying nothing, since all work has one.

Examples are split one by one (GAP-52). They point to an answer or an outcome and never decide: a person does.
"""

from __future__ import annotations

from models.decision_tables.engine import (
    ConditionUnknown,
    Decision,
    DecisionTable,
    Example,
    TableUnsound,
    load_table,
    parse_table,
)
from models.decision_tables.levels import Complexity, DelayEffect, Priority, Rag, RiskOfHarm, SupportLevel

__all__ = [
    "Complexity",
    "ConditionUnknown",
    "Decision",
    "DecisionTable",
    "DelayEffect",
    "Example",
    "Priority",
    "Rag",
    "RiskOfHarm",
    "SupportLevel",
    "TableUnsound",
    "load_table",
    "parse_table",
]
