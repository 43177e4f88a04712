"""What a contact with somebody who waits is held against: who can be reached for them, by what, and by whom."""

from __future__ import annotations

from models.cases import Case
from models.decision_tables.levels import Rag
from models.entry_kinds import EntryKind
from models.forms.tray_signals import RelevantPersonNamed
from models.forms.tray_triage import Triage
from models.forms.tray_waiting import (
    ContactLogged,
    ContactMeans,
    ContactOutcome,
    ContactReview,
    RedContactReview,
)
from models.roles import Role
from tasks.durable.answer_checks import Answering, Saying, checks_answers, checks_signals
from tasks.durable.ledger import Recorded, recall


@checks_answers(RedContactReview)
@checks_answers(ContactReview)
def _contact(moment: Answering, review: ContactReview) -> list[str]:
    """Only reaching the person, or somebody named for this case, counts (PWT-58)."""
    return _who_was_reached(moment, review)


@checks_signals(ContactLogged)
def _logged(moment: Saying, logged: ContactLogged) -> list[str]:
    """As for a contact that was asked; and with somebody at high risk a qualified worker makes it (GAP-20)."""
    return [*_who_was_reached(moment, logged), *_who_reached_them(moment, logged)]


def _who_was_reached(moment: Saying, said: ContactReview | ContactLogged) -> list[str]:
    problems = []
    for_them = said.outcome is ContactOutcome.REACHED_RELEVANT_PERSON
    if for_them and not _somebody_is_named(recall(moment.session, moment.ref)):
        problems.append(
            "outcome: nobody is named for this case whom reaching counts; have them named first (the signal"
            " RelevantPersonNamed), or say no-answer"
        )
    if said.reached and said.means is ContactMeans.LETTER:
        problems.append(
            "means: a letter that was sent has reached nobody yet; say no-answer, and log their answer when it comes,"
            ' by how it came (in writing: "other")'
        )
    return problems


def _who_reached_them(moment: Saying, logged: ContactLogged) -> list[str]:
    """An attempt by anybody is entered; it is no more than that."""
    case, qualified = moment.session.get(Case, moment.ref), moment.policy.gaps.tray_roles.red_contact_by
    if not logged.reached or case is None or case.colour != Rag.RED:
        return []
    role = Role(moment.by.role)
    if role in (qualified, Role.ON_CALL_MANAGER) or role.is_manager:
        return []
    by = moment.policy.role_name(qualified)
    return [
        f"outcome: they are rated Red, and contact with them is made by a {by} or a manager; tell one of them now, and"
        " send what you heard as CircumstancesChanged: then somebody is asked to make contact"
    ]


def _somebody_is_named(ledger: list[Recorded]) -> bool:
    """In the placement, by duty when it was triaged, or since (PWT-58)."""
    opened = ledger[0].data if ledger and isinstance(ledger[0].data, dict) else {}
    return bool(opened.get("relevant_people")) or any(
        (entry.kind is EntryKind.SIGNALLED and entry.step == RelevantPersonNamed.name())
        or (
            entry.kind is EntryKind.ANSWERED
            and entry.step == Triage.name()
            and bool((entry.data or {}).get("relevant_people"))
        )
        for entry in ledger
    )
