"""What is written and said when somebody is placed on the tray: the task's comment, the decision note, the message."""

from __future__ import annotations

from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.forms.tray_decision import PlacementTold, TrayDecision
from models.policy import Policy
from models.policy.messages import Wording
from models.rating_rules import URGENT
from models.tray import Rated
from models.triage_findings import ConfirmedThen, PlacementTexts
from tasks.differences import note_difference
from tasks.durable import audited, here
from tasks.durable.ledger import recall


@audited("Made the records of placing from one form", clauses="PWT-26 PWT-27 PWT-33 PWT-34 PWT-38 PWT-48 PWT-64 GAP-27")
def write_placement_texts(decision: TrayDecision, rated: Rated | None, safety_plan: str, by: str) -> PlacementTexts:
    """
    The comment of the case task and the decision note, as policy wants one, the other or both (GAP-27).

    The comment begins with the literal "urgent" where a response is needed within 24 hours (PWT-64) and has the colour
    in its literal form (PWT-38), priority, complexity and how the decision came about (PWT-48).
    """
    where = here().policy.gaps.placement_rationale
    parts = (
        decision.rationale,
        decision.circumstances,
        f"Interim safety plan: {safety_plan}" if safety_plan else "",
        f"High risk with full support, looked at: {decision.high_risk_checked}" if decision.high_risk_checked else "",
        f"Pays for their own care: {decision.self_funder_reasons}" if decision.self_funder_reasons else "",
        f"Decided by {by}.",
    )
    reason = [part for part in parts if part]
    apart = where.in_decision_note and not where.from_one_form
    return PlacementTexts(
        comment="\n".join([*_rating_lines(rated), *reason]) if where.in_task_comments else None,
        note="\n".join(reason) if where.in_decision_note and not apart else None,
        note_is_worded_apart=apart,
    )


def _rating_lines(rated: Rated | None) -> list[str]:
    if rated is None:
        return ["Not rated yet."]
    rows = ", ".join(one.row for one in (rated.by_matrix, rated.by_priority_table, rated.by_complexity_table))
    lines = [
        URGENT if rated.urgent else "",
        f"RAG rating – {rated.colour}",
        f"Priority: {rated.priority}. Complexity: {rated.complexity}. By the tables' rows {rows}.",
        f"Departs from the tables: {rated.override_reasons or 'no reasons given'}" if rated.is_overridden else "",
        f"Local risk factors, version {rated.factors_version}: {', '.join(rated.local_factors)}"
        if rated.local_factors
        else "",
    ]
    return [line for line in lines if line]


@audited("Worded what they are told", clauses="PWT-28 PWT-29 PWT-31")
def word_the_placement(team: str, colour: Rag | None, reference: str) -> Wording:
    """That they wait, the team's own telephone (PWT-29), and how often to expect us by their colour (PWT-31)."""
    policy = here().policy
    return policy.messages.placed_on_tray.write(
        **whom_to_ring(policy, team), reference=reference, contact_every=rhythm_in_words(policy, colour)
    )


@audited("Worded what became of the request")
def word_what_became_of_it(passed_on: bool, team: str | None, reference: str) -> Wording:
    """That duty has settled it, or that another council is responsible."""
    policy = here().policy
    template = policy.messages.request_passed_on if passed_on else policy.messages.request_settled
    return template.write(**whom_to_ring(policy, team), reference=reference)


def whom_to_ring(policy: Policy, team: str | None) -> dict[str, str]:
    """The fields of a message that say who we are and whom to ring: the team's own number where it is known."""
    fields, known = policy.whom_to_ring(), next((one for one in policy.teams if one.id == team), None)
    return fields | ({"team": known.name, "telephone": known.telephone} if known is not None else {})


def rhythm_in_words(policy: Policy, colour: Rag | None) -> str:
    """How often to expect us, for the person: "every week", "every two weeks", "every 10 days"."""
    length = policy.contact_every(colour)
    if length.time or not length.is_calendar:
        return f"every {length}"
    days = min(length.days, policy.gaps.months.month.days or length.days)
    weeks = {7: "every week", 14: "every two weeks", 21: "every three weeks", 28: "every four weeks"}
    return weeks.get(days, f"every {days} days" if days > 1 else "every day")


@audited("Looked what was confirmed with them", clauses="PWT-30")
def look_up_what_was_confirmed() -> ConfirmedThen:
    """What the last form says on which somebody told them; where a detail is wrong, it comes on the daily list."""
    step = here()
    answers = [
        PlacementTold.model_validate(entry.data)
        for entry in recall(step.session, step.case.ref)
        if entry.kind is EntryKind.ANSWERED and entry.step == PlacementTold.name() and entry.data
    ]
    told = answers[-1] if answers else None
    return ConfirmedThen(
        details=told.details if told else None, not_confirmed_because=told.not_confirmed_because if told else ""
    )


@audited("Put on the daily list that details are wrong", clauses="PWT-30")
def list_wrong_details(person: str, team: str) -> bool:
    """Their record has a wrong telephone, address or wish: the team puts it right; what it is stands in the case."""
    step = here()
    text = f"The contact details of {person} are not right on file: put them right, as case {step.case.ref} says"
    return note_difference(step.change, f"details:{person}:{step.case.ref}", text, person_id=person, team_id=team)


def confirmed_in_words(found: ConfirmedThen) -> str:
    """For the note about telling them. Personal."""
    if found.details is None:
        because = f" ({found.not_confirmed_because})" if found.not_confirmed_because else ""
        return f"Contact details and needs were not confirmed{because}."
    one = found.details
    right = "Contact details confirmed." if one.contact_details_right else f"To be put right: {one.corrections}."
    return f"{right} Communication needs: {one.communication_needs or 'none'}."
