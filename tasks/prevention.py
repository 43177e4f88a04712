"""What policy asks of the record of prevention, and what its answers are held against (DUTY-67 to DUTY-70, GAP-07)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from models.forms.prevention import PreventionExplored, PreventionSource, PreventionToExplore
from tasks.durable import audited, here
from tasks.durable.answer_checks import Answering, checks_answers
from tasks.durable.ledger import recall
from tasks.written_contact import look_up_what_to_heed

GUIDANCE = (
    "Guidance: chapter 2 of the Care and Support Statutory Guidance says which kinds of preventive service there are"
    " (for everybody, for those at risk, for those with needs), when they are provided, and what may be charged:"
    " reablement for up to six weeks, and equipment and minor adaptations of up to £1,000, are free."
)


class PreventionAsked(BaseModel):
    """What policy asks of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    required: bool
    """The record is asked for until it is there."""
    urgent_first: bool
    """While something cannot wait, nobody is asked for it."""

    @property
    def in_words(self) -> str:
        """For the story of the case."""
        return "it is asked for until it is there" if self.required else "it may be left out"


@audited("Looked up what is asked of the record of prevention", clauses="GAP-07")
def look_up_what_is_asked() -> PreventionAsked:
    """As policy stands now; what is entitled to go on goes on, whatever it says."""
    record = here().policy.gaps.prevention_record
    return PreventionAsked(required=record.record_required, urgent_first=record.urgent_need_first)


def beside_prevention(facts: PreventionToExplore, *more: str) -> str:
    """What to heed, what it is about, and where guidance stands (DUTY-70, REA-31)."""
    proposed = "Long-term help is proposed. Nothing of it waits for this record." if facts.before_long_term else ""
    heed = look_up_what_to_heed(facts.about_person).beside_the_form
    about = f"About: {facts.about_person}"
    return "\n\n".join(one for one in (heed, about, facts.what, proposed, *more, GUIDANCE) if one)


@checks_answers(PreventionExplored)
def _explored(moment: Answering, explored: PreventionExplored) -> list[str]:
    """Before long-term help everything local is looked at, and the record says whether it is enough (DUTY-68)."""
    required = moment.policy.gaps.prevention_record.record_required
    if explored.not_explored_because and required:
        return ["not_explored_because: this council asks for the record; say in services what was looked at"]
    facts = PreventionToExplore.model_validate(recall(moment.session, moment.ref)[0].data)
    if not explored.services or not facts.before_long_term:
        return []
    problems = []
    missing = set(PreventionSource) - {one.source for one in explored.services}
    if missing and not explored.nothing_else:
        problems.append(f"nothing_else: say why nothing from {', '.join(sorted(missing))} was looked at, or list it")
    if explored.long_term_needed is None:
        problems.append("long_term_needed: say whether long-term help is needed all the same")
    return problems
