"""The prompts of the risk matrix are ticked and not typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.forms.tray_decision import TrayDecision
from tasks.durable.testing import Office
from tests.procedures.triage_stories import before_a_manager
from tests.worklist.browser import Browser


@pytest.mark.clauses("PWT-43")
def test_a_manager_ticks_the_indicators_of_high_risk(at_work: Callable[[str], Browser], office: Office) -> None:
    """All thirteen stand on the form in words; what is ticked comes back ticked when something else is missing."""
    ref = before_a_manager(office)
    item = next(one for one in office._open_items(ref) if one.form == TrayDecision.name())
    browser = at_work("team-manager")
    page = browser.get(f"/work-items/{item.id}")
    assert page.status == 200
    name = "facts.indicators"
    form = next(one for one in page.forms if name in one.names)
    assert page.html.count(f'name="{name}"') == 13

    again = browser.post(form.action, [*form.pairs, (name, "HR-02"), (name, "HR-05")])
    assert again.status == 422
    filled = next(one for one in again.forms if name in one.names)
    assert [value for field, value in filled.pairs if field == name] == ["HR-02", "HR-05"]
