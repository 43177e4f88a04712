"""What a case begun by hand is held against: a case that it names is open and about the same person."""

from __future__ import annotations

import pytest

from models.forms.advice import AdviceWanted
from models.forms.advocacy import AdvocacyNeed
from models.forms.base import CaseFacts
from models.forms.liberty import LibertyConcern
from models.forms.prevention import PreventionToExplore
from models.forms.reablement_signals import ReablementEndWanted
from models.policy.gaps.duty import AdvocacyStep
from tasks.durable.testing import Office
from tasks.worklist.starting import problems_with_facts
from tests.procedures.reablement_stories import in_reablement

HERS, HIS = "P-101", "P-102"


def naming(case: str, person: str) -> list[tuple[str, CaseFacts]]:
    """Each case that can name another, for that person, with the field that names it."""
    return [
        ("came_from", PreventionToExplore(about_person=person, what="a falls class", came_from=case)),
        ("came_from", AdvocacyNeed(about_person=person, step=AdvocacyStep.REVIEW, what="a review", came_from=case)),
        ("came_from", AdviceWanted(about_person=person, what="attendance allowance", came_from=case)),
        ("plan", LibertyConcern(about_person=person, what="a locked door", worker="staff-practitioner", plan=case)),
    ]


def test_what_is_said_of_one_person_does_not_go_to_another_persons_case(office: Office) -> None:
    """A reference mistyped would put his record into her plan, where nobody can take it out."""
    hers = in_reablement(office)
    for _, facts in naming(hers, HERS):
        assert problems_with_facts(office.council, facts) == []
    for name, facts in naming(hers, HIS):
        [problem] = problems_with_facts(office.council, facts)
        assert problem.startswith(f"{name}: there is no open case about this person")


def test_whoever_the_register_does_not_know_can_come_from_any_open_case(office: Office) -> None:
    """A resident rang about her plan: the advice is theirs."""
    facts = AdviceWanted(called="the neighbour, 01632 960 001", what="a key safe", came_from=in_reablement(office))
    assert problems_with_facts(office.council, facts) == []


@pytest.mark.parametrize("number", range(4))
def test_a_case_that_is_not_there_or_is_closed_cannot_be_named(office: Office, number: int) -> None:
    """Its answer would go nowhere, after all the work is done."""
    closed = in_reablement(office)
    over = ReablementEndWanted(last_day=office.clock.now().date(), because="moved", what_follows="nothing")
    office.signal(closed, over, by="reablement-lead")
    office.days_pass(2)
    assert office.is_closed(closed)
    for ref in (closed, "7K3Q-9PXM"):
        name, facts = naming(ref, HERS)[number]
        [problem] = problems_with_facts(office.council, facts)
        assert problem.startswith(f"{name}: there is no open case")
