"""
What a reviewer typed on the page of the weekly review, and the answer that it comes to.

The page asks in two steps: one decision for each case, then more about those of which more must be known. A case's
fields are named by its number on the list, `one_by_one.7.decision`; the form itself knows only a list without gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from deployments.worklist import forms
from deployments.worklist.forms import Pairs, Problem
from models.forms.tray_review import AfterLooking, TrayReviewed
from tasks.worklist.tray_reviewing import NamedCase

REST, NOT_LOOKED_AT, BY_ITSELF = "rest_looked_at", "rest_except", "by_itself"
"""Names of the ticks: the rest was looked through; not this one (its ref); this one has a decision of its own (its
number)."""
_GROUP = "one_by_one"
_HANGS_ON = {
    "worker": AfterLooking.ALLOCATE,
    "facts": AfterLooking.RATE_AGAIN,
    "facts_changed": AfterLooking.RATE_AGAIN,
}
"""What is only asked with one decision; of another decision it is left out."""

_WANTED = {
    "worker": "Select the worker who is to be asked",
    "facts": "Say how they stand now",
    "reasons": "Enter your reasons",
}
"""What is said where a decision lacks what belongs to it; the form's own sentence speaks of leaving it out as well."""
_IS_LACKING = ("Give ", "Say why ")


def prefix_of(case: NamedCase) -> str:
    """What the names of a case's fields begin with."""
    return f"{_GROUP}.{case.number}."


@dataclass(frozen=True)
class ReviewTyped:
    """What was typed, for the cases of one page. `beyond` are those of the rest for whom the page had no room."""

    cases: Sequence[NamedCase]
    pairs: Pairs
    beyond: Sequence[str] = ()

    def decision(self, case: NamedCase) -> str:
        """What was chosen for a case; empty: nothing."""
        name = f"{prefix_of(case)}decision"
        return next((value for key, value in reversed(self.pairs) if key == name), "")

    def is_ticked(self, name: str, value: str) -> bool:
        """Whether a box is ticked."""
        return (name, value) in self.pairs

    @property
    def by_itself(self) -> list[NamedCase]:
        """Those who have a decision of their own, in the order of the list."""
        ticked = {value for key, value in self.pairs if key == BY_ITSELF}
        return [
            one
            for one in self.cases
            if (self.decision(one) if one.listed.is_alone else str(one.number) in ticked)
        ]  # fmt: skip

    @property
    def say_more(self) -> list[NamedCase]:
        """Those of whom more must be known than that they still wait."""
        return [one for one in self.by_itself if self.decision(one) != AfterLooking.STILL_WAITS]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was looked at."""
        return not self.by_itself and not self.is_ticked(REST, "yes")

    def fields_of(self, case: NamedCase) -> list[tuple[str, str]]:
        """What was typed about one case, without what its decision has no use for."""
        begins, decision = prefix_of(case), self.decision(case)
        found = []
        for name, value in self.pairs:
            own = name.removeprefix(begins)
            hangs_on = _HANGS_ON.get(own.partition(".")[0])
            if name.startswith(begins) and (hangs_on is None or hangs_on == decision):
                found.append((name, value))
        if not any(name == f"{begins}decision" for name, _ in found):
            found.append((f"{begins}decision", ""))  # nothing is chosen for them beforehand
        return found

    def beside(self, shown: Sequence[NamedCase]) -> list[tuple[str, str]]:
        """What a page must carry along that shows the fields of those cases."""
        begins = tuple(prefix_of(one) for one in shown)
        return [pair for pair in self.pairs if not (begins and pair[0].startswith(begins))]

    def checked(self) -> tuple[dict[str, Any], tuple[Problem, ...]]:
        """The answer, and what is to be put right in it, each problem at the field as this page names it."""
        filled = forms.checked(TrayReviewed, self._as_the_form_has_it())
        undecided = [
            Problem(f"{prefix_of(one)}decision", "Select your decision", _named(one))
            for one in self.by_itself
            if not self.decision(one)
        ]
        return filled.answer, (*undecided, *self.in_our_names(filled.problems))

    def in_our_names(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """The form's problems, each at the field as this page names it."""
        return tuple(self._in_our_name(one) for one in problems)

    def _in_our_name(self, problem: Problem) -> Problem:
        first, _, rest = (problem.field_name or "").partition(".")
        number, _, own = rest.partition(".")
        if first != _GROUP or not number.isdigit() or int(number) >= len(self.by_itself):
            return replace(problem, field_name=None)
        case = self.by_itself[int(number)]
        sentence = _WANTED.get(own, problem.sentence) if problem.sentence.startswith(_IS_LACKING) else problem.sentence
        return Problem(f"{prefix_of(case)}{own or 'decision'}", sentence, _named(case))

    def _as_the_form_has_it(self) -> list[tuple[str, str]]:
        said: list[tuple[str, str]] = []
        for number, case in enumerate(self.by_itself):
            group = f"{_GROUP}.{number}"
            said += [(group, "given"), (f"{group}.case", case.listed.ref)]
            said += [(f"{group}.{name.removeprefix(prefix_of(case))}", value) for name, value in self.fields_of(case)]
        if self.is_ticked(REST, "yes"):
            said.append((REST, "yes"))
            own = {one.listed.ref for one in self.by_itself}
            named = [one.listed.ref for one in self.cases if self.is_ticked(NOT_LOOKED_AT, one.listed.ref)]
            said += [(NOT_LOOKED_AT, ref) for ref in (*named, *self.beyond) if ref not in own]
        return said


def _named(case: NamedCase) -> str:
    """How a problem says whom it is about."""
    return f"{case.number}. {case.name}"
