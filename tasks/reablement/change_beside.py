"""What people read beside the forms of a plan's change. Personal data throughout."""

from __future__ import annotations

from collections.abc import Iterable

from models.forms.plan_agreement import BestInterests, Capacity, SaidToTheChange
from models.forms.plan_change import MoreEvidence
from models.forms.reablement_matters import EvidenceOfChange
from models.reablement.findings import ChangeUnderWay, PlanStands
from models.reablement.plan import Involved, day_in_words
from models.reablement.tables import HOME
from models.working_time import for_people
from tasks.durable.leg import Step
from tasks.reablement.beside import About, words_on_their_advocate
from tasks.written_contact import what_to_heed

Piece = EvidenceOfChange | MoreEvidence
"""Evidence about a plan, and when it was received."""


def evidence_in_words(piece: Piece) -> str:
    """The evidence in full, and what it says of the copy at home."""
    evidence = piece.evidence
    noticed = f", noticed on {day_in_words(evidence.noticed_on)}" if evidence.noticed_on else ""
    lines = [
        f"Evidence ({evidence.kind.replace('-', ' ')}) from {evidence.given_by}{noticed}, received"
        f" {for_people(piece.received_at)}:",
        evidence.what,
    ]
    if evidence.changed_at_home:
        said = f" It says: {evidence.home_copy_says}" if evidence.home_copy_says else ""
        lines.append(f"The copy at home was amended by hand before it was agreed.{said}")
    return "\n".join(lines)


def beside_evidence(pieces: Iterable[Piece], stands: PlanStands, *first: str) -> About:
    """What to heed, why it is asked once more, all the evidence, the plan, and what others are changing in it."""
    return _heeding(stands, *first, *map(evidence_in_words, pieces), stands.beside_the_form)


def beside_a_colleagues_agreement(stands: PlanStands, change: ChangeUnderWay, reasons: str, party: Involved) -> About:
    """What is to be otherwise and why, and the plan."""
    return _heeding(stands, f"You are asked as {party.id}, {party}.", _change(change, reasons), stands.beside_the_form)


def beside_agreements(
    stands: PlanStands, change: ChangeUnderWay, reasons: str, wanted: Iterable[Involved], *more: str
) -> About:
    """Whom to ask, with how they are reached; what is to be otherwise and why; and the plan."""
    whom = "\n".join(["To be asked:", *map(_with_ways, wanted)])
    return _heeding(stands, whom, *more, _change(change, reasons), stands.beside_the_form)


def beside_a_decision(
    stands: PlanStands,
    change: ChangeUnderWay,
    reasons: str,
    said: Iterable[SaidToTheChange],
    capacity: Capacity | None,
    best_interests: BestInterests | None,
    *more: str,
) -> About:
    """What is to be otherwise and why, what everybody said to it, and the plan."""
    names = {one.id: f"{one.id}, {one}" for one in stands.content.involved}
    lines = [
        f"{names.get(one.who, one.who)}: {one.says.replace('-', ' ')}{f' ({one.words})' if one.words else ''}"
        for one in said
    ]
    heard = "\n".join(["What they say:", *lines])
    decides = {
        Capacity.HAS: "The person can decide about it themselves.",
        Capacity.LACKS: "The person cannot decide about it themselves.",
        None: "Whether the person can decide about it themselves is not on record.",
    }[capacity]
    interests = f"Decided in their best interests: {best_interests}." if best_interests else ""
    return _heeding(stands, *more, _change(change, reasons), heard, decides, interests, stands.beside_the_form)


def beside_copies(
    stands: PlanStands, differences: Iterable[str], wanted: Iterable[str], routes: Iterable[str], *more: str
) -> About:
    """Who is to have the new copy and which they have, the secure routes, what is otherwise, and the plan."""
    lines = [_holder(stands, one) for one in wanted]
    elsewhere = f"Copies go out {stands.copies_go_out}." if stands.copies_go_out else "Everybody has the new copy."
    whom = "\n".join(["To have the new copy:", *lines]) if lines else elsewhere
    named = ", ".join(routes)
    ways = f"Electronically only by: {named}." if named else "No electronic route counts as secure: on paper only."
    return _heeding(stands, *more, whom, ways, changed_in_words(differences), stands.beside_the_form)


def beside_telling(
    stands: PlanStands, differences: Iterable[str], wanted: Iterable[tuple[Involved, str, str]], words: str
) -> About:
    """Who is to be told, how each may be reached and why no machine does it; the words; what is otherwise."""
    lines = []
    for party, because, beside in wanted:
        lines += [_with_ways(party), *([f"No machine tells them: {because}."] if because else []), beside]
    whom = "\n".join(["To be told:", *filter(None, lines)])
    otherwise = tuple(differences)
    return _heeding(stands, whom, words, changed_in_words(otherwise) if otherwise else "")


def beside_the_home_copy(pieces: Iterable[Piece], stands: PlanStands, why: str) -> About:
    """What the copy at home says by hand, and what the plan is."""
    says = [f"The copy at home says: {one.evidence.home_copy_says}" for one in pieces if one.evidence.home_copy_says]
    return _heeding(stands, why, *says, stands.beside_the_form)


def changed_in_words(differences: Iterable[str]) -> str:
    """What is otherwise, a line for each."""
    return "\n".join(["What is otherwise:", *differences])


def _heeding(stands: PlanStands, *parts: str) -> About:
    texts = [one for one in parts if one]  # made now: what the flow changes afterwards does not count

    def write(step: Step) -> str:
        heed = what_to_heed(step.session, stands.person).beside_the_form
        return "\n\n".join(one for one in (heed, words_on_their_advocate(step, stands.person), *texts) if one)

    return write


def _change(change: ChangeUnderWay, reasons: str) -> str:
    return "\n".join(["To be otherwise:", *change.differences, f"Because: {reasons}"])


def _with_ways(party: Involved) -> str:
    ways = ", ".join(one for one in (party.telephone, party.email) if one)
    return f"{party.id} {party}{f'; {ways}' if ways else ''}"


def _holder(stands: PlanStands, holder: str) -> str:
    has = stands.copy_of(holder)
    known = next((_with_ways(one) for one in stands.content.involved if one.id == holder), "")
    held = f"has version {has.version}{', amended by hand' if has.by_hand else ''}" if has else "has none yet"
    return f"home: the copy at home; {held}" if holder == HOME else f"{known}; {held}"
