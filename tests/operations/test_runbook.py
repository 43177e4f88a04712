"""The runbook: whatever raises an alarm names a page that exists, and every page is named by something."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from deployments.cli import COMMANDS
from deployments.monitoring.collector import Watch
from deployments.running.health import PARTS, page_of
from deployments.worker.counts import Counts
from models.forms import alarms, house
from models.forms.base import Form
from tasks.automations import EVENTS, Watched
from tasks.durable.testing import Office
from tasks.installation import CHECKOUT, Installation
from tests.durable.lending import WheelchairLoan
from tests.operations.test_metrics import choosing_by_noon

RUNBOOK = CHECKOUT / "docs" / "runbook"
PAGES = sorted(page for page in RUNBOOK.glob("*.md") if page.name != "README.md")
HEADINGS = ["People who wait", "What to look at", "What to do", "What not to do", "It is over when"]
README = (RUNBOOK / "README.md").read_text(encoding="utf-8")
ORDINARY = {house.MessageRead}
"""Work of the house's that is no alarm: a letter for an open case."""
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((CHECKOUT / "deployments/monitoring/alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]


def alarm_forms() -> list[type[Form]]:
    """Every form by which the house asks somebody to see to the system."""
    return [
        one
        for module in (alarms, house)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Form) and one.__module__ == module.__name__ and one not in ORDINARY
    ]


def pages_of(alert: dict[str, Any]) -> list[str]:
    """The pages that an alert can name; one for each value of the label that stands in its link."""
    page: str = alert["annotations"]["runbook"]
    if "$labels.part" in page:
        wanted = re.search(r'part(=~|!~)"([^"]+)"', alert["expr"])
        assert wanted is not None
        named = set(wanted.group(2).split("|"))
        parts = named if wanted.group(1) == "=~" else set(PARTS) - named
        return [page.replace("{{ $labels.part }}", part) for part in sorted(parts)]
    if "$labels.automation" in page:
        return [page.replace("{{ $labels.automation }}", one.value) for one in Watched]
    return [page]


@pytest.mark.parametrize("part", [*PARTS, "serving"])
def test_every_part_of_health_has_its_page(part: str) -> None:
    """Under its own name, and the runbook's first table has it."""
    assert (CHECKOUT / page_of(part)).is_file()
    assert f"[{part}]({part}.md)" in README


@pytest.mark.parametrize("watched", Watched)
def test_every_automation_has_its_page(watched: Watched) -> None:
    """Under its own name, and it watches for something."""
    assert (RUNBOOK / f"{watched.value}.md").is_file() and EVENTS[watched]
    assert f"[{watched.value}]({watched.value}.md)" in README


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_every_alert_has_its_page(alert: dict[str, Any]) -> None:
    """Whatever the label in its link becomes; it says what is wrong and how much it matters."""
    for page in pages_of(alert):
        assert (CHECKOUT / page).is_file(), page
    assert alert["annotations"]["summary"] and alert["labels"]["severity"] in ("page", "ticket", "shown")


@pytest.mark.parametrize("form", alarm_forms(), ids=lambda form: form.__name__)
def test_every_work_item_about_the_system_has_its_page(form: type[Form]) -> None:
    """The runbook's table has its title as staff read it, with a page."""
    row = re.search(rf"^\| {re.escape(form.title)} \| \[[^]]+\]\(([a-z-]+\.md)\) \|$", README, re.MULTILINE)
    assert row is not None and (RUNBOOK / row.group(1)).is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_says_the_five_things_and_is_named(page: Path) -> None:
    """Each has the same headings with something under them, and something leads to it."""
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:])
    named = {one for alert in ALERTS for one in pages_of(alert)}
    assert f"docs/runbook/{page.name}" in named or f"({page.name})" in README


@pytest.mark.parametrize("page", [*PAGES, RUNBOOK / "README.md"], ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    """Its links lead somewhere, and the commands that it tells exist."""
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / link).exists(), link
    for command in re.findall(r"`pathways ([a-z-]+)", text):
        assert command in COMMANDS, command


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_no_alert_lets_one_part_that_is_well_hide_another(alert: dict[str, Any]) -> None:
    """What each serving part finds from where it stands is at fault where one of them says so."""
    asks_each = re.findall(r"(\w+)(?: by \(part\) )?\((?:pathways_part_healthy|pathways_figures_known)", alert["expr"])
    named = re.findall(r"pathways_part_healthy|pathways_figures_known", alert["expr"])
    assert asks_each == ["min"] * len(named)


def test_alerts_ask_for_numbers_that_there_are(office: Office, tmp_path: Path) -> None:
    """Every metric in a rule is given by the serving part or by a worker."""
    office.start(choosing_by_noon, WheelchairLoan())
    watch = Watch(office.council, Installation.from_environment({"PATHWAYS_HOME": str(tmp_path)}))
    given = {
        name
        for registry in (watch.registry, Counts().registry)
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for name in (family.name, *(sample.name for sample in family.samples))
    }
    asked = {name for alert in ALERTS for name in re.findall(r"pathways_[a-z_]+", alert["expr"])}
    assert asked and asked <= given, asked - given
