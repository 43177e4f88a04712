"""
What answers about a plan's change are held against: the plan as it stands, those in it, and the policy.

Whoever answers hears of every problem at once and can still put it right; nothing is keyed twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from models.forms.plan_agreement import (
    AgreementsOfOthers,
    Capacity,
    ChangeDecided,
    SettledTogether,
    Stance,
)
from models.forms.plan_change import EvidenceDecision, EvidenceStep
from models.forms.plan_copies import CopiesGivenOut, CopyWay, HomeCopyAmended, PlanChangeExplained
from models.forms.reablement_matters import EvidenceOfChange
from models.notices import Recipient
from models.reablement.applying import applied, numbered, unknown_items
from models.reablement.edits import EditKind, PlanEdits
from models.reablement.findings import PlanStands, ToAgree
from models.reablement.plan import Part, PlanContent, day_in_words
from models.reablement.tables import HOME, ChangeState, PlanChange, PlanVersion, ReablementPlan
from models.roles import Role
from models.working_time import local_day
from tasks.durable.answer_checks import Answering, Saying, checks_answers, checks_signals
from tasks.durable.ledger import Recorded, recall
from tasks.reablement.advocate_checks import not_said_whether_one_is_needed, said_without_their_advocate
from tasks.reablement.agreements import who_is_to_agree
from tasks.reablement.beginning import with_names_of_the_register
from tasks.reablement.photographs import is_kept_with
from tasks.reablement.plans import every_version, standing_of_plan


@dataclass(frozen=True)
class _Change:
    """The case of a change, as its ledger has it."""

    facts: EvidenceOfChange
    ledger: Sequence[Recorded]
    stands: PlanStands

    @property
    def seen(self) -> PlanStands:
        """The plan as it stands beside the form."""
        looked = [one.data for one in self.ledger if one.step == "look-up-plan" and one.data]
        return PlanStands.model_validate(looked[-1])


# ------------------------------------------------------------------ the decision on evidence


@checks_answers(EvidenceDecision)
def _decision(moment: Answering, decision: EvidenceDecision) -> list[str]:
    """What it names is in the plan, and what was settled together with it may count."""
    change = _change_of(moment)
    if decision.step is EvidenceStep.UNDER_WAY:
        return _covering(change, moment.ref, decision.about_case)
    if decision.edits is None:
        return []
    edits = with_names_of_the_register(moment.session, decision.edits)
    problems = _edits(moment, edits, change)
    if problems:
        return problems
    everyone = who_is_to_agree(
        moment.session,
        change.facts.plan,
        edits,
        change.seen.version,
        older=_rows(moment, change.stands),
        on=local_day(moment.now),
    )
    settled = decision.settled or SettledTogether()
    problems = not_said_whether_one_is_needed(moment, decision, change.stands)
    problems += said_without_their_advocate(moment, settled, change.stands, change.ledger, decision)
    deciding = [one.id for one in change.seen.content.who_work_in_it(moment.by.id)]
    return [*problems, *_settled(moment, settled, change.seen.content, everyone, also_agreed=deciding)]


def _covering(change: _Change, own: str, ref: str) -> list[str]:
    if any(one.ref == own for one in change.stands.changes):
        return [
            "about_case: you have proposed a change of your own here; say once more what is to change, and nobody is"
            " asked twice for what another change asks; or choose no change"
        ]
    known = [one.ref for one in change.stands.changes if one.ref != own]
    if ref in known:
        return []
    if not known:
        return ["about_case: no other change of this plan is under way; decide on the evidence itself"]
    return [f"about_case: the changes under way are {', '.join(known)}"]


def _edits(moment: Answering, edits: PlanEdits, change: _Change) -> list[str]:
    content = change.seen.content
    if unknown := unknown_items(edits, content):
        return [f"edits: the plan has no {', '.join(unknown)}; it has {', '.join(content.items)}"]
    problems = []
    for number, one in enumerate(edits.involved):
        stands = content.items.get(one.item)
        the_person = getattr(stands, "part", None) is Part.PERSON
        if the_person and (one.edit is EditKind.TAKE_OUT or one.part not in (None, Part.PERSON)):
            problems.append(f"edits.involved.{number}: {one.item} is the person themselves and stays in their plan")
        if not the_person and one.part is Part.PERSON:
            problems.append(f"edits.involved.{number}: the person themselves is in the plan already")
    unnamed = [one for one in edits.involved if one.edit is EditKind.ADD and not one.name]
    if problems or unnamed:  # whom the register does not have is told with the other fields that name somebody there
        return problems
    versions = every_version(moment.session, change.facts.plan)
    after = applied(edits, content, last_numbers=numbered(versions))
    if after == content:
        problems.append("edits: the plan says all that already; say what is to be otherwise, or choose no change")
    ours = Counter(one.staff for one in after.involved)
    for number, one in enumerate(edits.involved):
        if one.staff is not None and ours[one.staff] > 1:
            problems.append(
                f"edits.involved.{number}.staff: {one.staff} has a part in the plan already; name a member of staff"
                " once, with all that they do on one line"
            )
    if content.outcomes and not after.outcomes:
        problems.append("edits.outcomes: no outcome would be left; if all are achieved, choose a review")
    return problems


# ------------------------------------------------------------------ what was settled


@checks_answers(AgreementsOfOthers)
def _agreements(moment: Answering, answer: AgreementsOfOthers) -> list[str]:
    """As for what was settled with the decision."""
    change = _change_of(moment)
    row = moment.session.get_one(PlanChange, moment.ref)
    everyone = who_is_to_agree(
        moment.session,
        change.facts.plan,
        PlanEdits.model_validate_json(row.edits),
        row.seen,
        older=[one for one in _rows(moment, change.stands) if one.place < row.place],
        on=local_day(moment.now),
    )
    settled, on_record = answer.settled or SettledTogether(), _settled_before(change)
    problems = said_without_their_advocate(moment, settled, change.stands, change.ledger)
    return [*problems, *_settled(moment, settled, change.stands.content, everyone, before=on_record)]


def _settled(
    moment: Answering,
    settled: SettledTogether,
    content: PlanContent,
    everyone: Iterable[ToAgree],
    *,
    before: Sequence[SettledTogether] = (),
    also_agreed: Collection[str] = (),
) -> list[str]:
    """Those named are in the plan, capacity comes first, and nothing is amended that is not agreed."""
    parts = {one.id: one.part for one in content.involved}
    if unknown := sorted({one.who for one in settled.said} - parts.keys()):
        known = ", ".join(f"{one.id} ({one.part.in_words})" for one in content.involved)
        return [f"settled.said: nobody in the plan is {', '.join(unknown)}; those in it are {known}"]
    problems = []
    capacity = settled.capacity or next((one.capacity for one in reversed(before) if one.capacity), None)
    for number, one in enumerate(settled.said):
        its_person = parts[one.who] is Part.PERSON
        if one.says is Stance.REFUSES_SUPPORT and not its_person:
            problems.append(
                f"settled.said.{number}: only the person themselves refuses the support; say that they object"
            )
        asks_capacity = moment.policy.gaps.change_agreement.capacity_first and capacity is None
        if its_person and one.says in (Stance.REFUSES_SUPPORT, Stance.OBJECTS_TO_HOW) and asks_capacity:
            problems.append("settled.capacity: say first whether the person can decide about this change (GAP-32)")
    if settled.best_interests is not None and capacity is not Capacity.LACKS:
        problems.append("settled.best_interests: only for somebody who cannot decide about it")
    if settled.amended_at_home:
        problems += _not_agreed_yet(moment, settled, everyone, capacity, before, also_agreed)
    return [*problems, *_no_photograph(moment, "settled.photograph", settled.photograph)]


def _not_agreed_yet(
    moment: Answering,
    settled: SettledTogether,
    everyone: Iterable[ToAgree],
    capacity: Capacity | None,
    before: Sequence[SettledTogether],
    also_agreed: Collection[str],
) -> list[str]:
    """A copy is amended by hand only once the change is agreed (REA-12)."""
    said = {one.who: one for one in settled.said}
    missing = [
        one.party.id
        for one in everyone
        if not (said[one.party.id].agrees if one.party.id in said else one.agreed_already)
        and (one.party.id in said or one.party.id not in also_agreed)
    ]
    if missing:
        return [
            f"settled.amended_at_home: {', '.join(missing)} has not agreed; cross out what stands there by hand until"
            " everybody has, and say so then (REA-12)"
        ]
    decided = settled.best_interests or next((one.best_interests for one in reversed(before)), None)
    wanted = moment.policy.gaps.refused_support.best_interests_where_no_capacity
    if wanted and capacity is Capacity.LACKS and (decided is None or not decided.goes_ahead):
        return ["settled.best_interests: say that it is in their best interests before the copy at home is amended"]
    return []


def _settled_before(change: _Change) -> list[SettledTogether]:
    """What was settled on the forms of this case so far."""
    found = []
    for entry in change.ledger:
        if entry.step in (EvidenceDecision.name(), AgreementsOfOthers.name()) and isinstance(entry.data, dict):
            given = entry.data.get("settled")
            if given:
                found.append(SettledTogether.model_validate(given))
    return found


def _no_photograph(moment: Saying, field: str, mail_id: str) -> list[str]:
    if not mail_id:
        return []
    if not is_kept_with(moment.session, moment.ref, mail_id):
        return [f"{field}: no letter or e-mail of that id is kept with this plan; take the photograph in first"]
    return []


# ------------------------------------------------------------------ the senior


@checks_answers(ChangeDecided)
def _senior(moment: Answering, _decided: ChangeDecided) -> list[str]:
    """By the role that policy names or one above it, and never by whoever coordinates the plan (GAP-32)."""
    role, senior = Role(moment.by.role), moment.policy.gaps.change_agreement.senior
    if Recipient.staff(moment.by.id).tag == _change_of(moment).facts.worker:
        return ["goes_ahead: you coordinate the plan; somebody else decides where not everybody agrees"]
    if role is not senior and not role.outranks(senior):
        return [f"goes_ahead: that is decided by a {moment.policy.role_name(senior)} or above only"]
    return []


# ------------------------------------------------------------------ copies


@checks_answers(CopiesGivenOut)
def _copies(moment: Answering, answer: CopiesGivenOut) -> list[str]:
    """To those who are to have one, by hand, by post, or by a route that counts as secure (REA-16, REA-17)."""
    change, problems = moment.session.get_one(PlanChange, moment.ref), []
    stands, mine = standing_of_plan(moment.session, change.case_ref), change.became
    wanted = stands.copies_from(moment.ref)
    if others := [one for one in answer.holders if one not in wanted]:
        elsewhere = f"copies go out {stands.copies_go_out}" if stands.copies_go_out else "everybody has it"
        left = f"those who are to have it are {', '.join(wanted)}" if wanted else elsewhere
        problems.append(f"given: {', '.join(others)} is not to have this copy; {left}")
    made_on = local_day(moment.session.get_one(PlanVersion, (stands.plan, mine)).made_at) if mine else None
    routes = {one.casefold() for one in moment.policy.reablement.secure_routes}
    for number, one in enumerate(answer.given):
        if one.way is CopyWay.ELECTRONICALLY and one.who == HOME:
            problems.append(f"given.{number}.way: the copy at home is on paper")
        elif one.way is CopyWay.ELECTRONICALLY and one.route.casefold() not in routes:
            secure = ", ".join(moment.policy.reablement.secure_routes)
            instead = f"by {secure}, or on paper" if secure else "on paper"
            problems.append(f"given.{number}.route: that is no secure route; give it {instead} (REA-17)")
        if one.given_on is not None and made_on is not None and one.given_on < made_on:
            problems.append(f"given.{number}.given_on: the plan was not changed then; give a later day")
    return problems


@checks_answers(PlanChangeExplained)
def _explained(moment: Answering, told: PlanChangeExplained) -> list[str]:
    known = [one.id for one in _change_of(moment).stands.content.involved]
    if {one.who for one in told.exceptions} <= set(known):
        return []
    return [f"exceptions: name only those whom the plan has; they are {', '.join(known)}"]


@checks_signals(HomeCopyAmended)
def _amended(moment: Saying, amended: HomeCopyAmended) -> list[str]:
    """
    Only once the change is agreed, and as long as its version is the one in force (REA-12).

    Whoever stands at the door with the plan before them says it to the plan's case, which knows whom it concerns.
    """
    if (plan := moment.session.get(ReablementPlan, moment.ref)) is not None:
        early = amended.amended_on < plan.begun_on
        problems = [f"amended_on: reablement began on {day_in_words(plan.begun_on)}; give that day or a later one"]
        return [*(problems if early else []), *_no_photograph(moment, "photograph", amended.photograph)]
    row = moment.session.get(PlanChange, moment.ref)
    if row is None or row.state != ChangeState.MADE:
        return ["amended_on: this change is not agreed yet; the copy at home is amended by hand only once it is"]
    stands = standing_of_plan(moment.session, row.case_ref)
    if stands.version != row.became:
        return [
            f"amended_on: the plan has changed once more, to version {stands.version}; say it in the case that changed"
            " it, if the copy at home says that version"
        ]
    made_at = moment.session.get_one(PlanVersion, (row.case_ref, stands.version)).made_at
    early = amended.amended_on < local_day(made_at)
    problems = ["amended_on: the change was not agreed then; give the day, or a later one"] if early else []
    return [*problems, *_no_photograph(moment, "photograph", amended.photograph)]


# ------------------------------------------------------------------ what is looked up


def _change_of(moment: Saying) -> _Change:
    ledger = recall(moment.session, moment.ref)
    facts = EvidenceOfChange.model_validate(ledger[0].data)
    return _Change(facts, ledger, standing_of_plan(moment.session, facts.plan))


def _rows(moment: Saying, stands: PlanStands) -> list[PlanChange]:
    """The other changes under way, the oldest first."""
    return [moment.session.get_one(PlanChange, one.ref) for one in stands.changes if one.ref != moment.ref]
