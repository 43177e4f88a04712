"""Starting work: what can be begun, a letter on paper, a referral, and whatever else staff open by hand."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from deployments.worklist.begun_forms import BegunForm, Shown, serve, waits_behind_a_question
from deployments.worklist.forms import Pairs, Problem, guidance, pairs_from
from deployments.worklist.picking import picked_fields
from deployments.worklist.routing import Pages
from deployments.worklist.visit import Upload, Visit
from models.forms.base import CaseFacts
from models.forms.paper_letter import LetterTaken
from models.forms.referral_by_hand import ReferralTaken
from models.mail import MailState
from models.notices import RecipientKind
from models.permissions import Action
from models.worklist import Draft
from tasks.durable.procedure import Procedure
from tasks.intake import Taken
from tasks.register.lookups import person
from tasks.worklist.paper_letters import (
    NOTHING_IN_IT,
    PaperLetter,
    problem_with_kind,
    problem_with_scanner,
    problems_with_letter,
    safe_name,
    take_in_paper,
)
from tasks.worklist.referrals_by_hand import take_in_form
from tasks.worklist.safeguarding_begun import forget_what_was_said, is_to_be_asked, path_of_question, said_before
from tasks.worklist.scope import NotFound, find_case
from tasks.worklist.starting import open_by_hand, procedure_by_hand, procedures_by_hand, whoever_opens
from tasks.worklist.submissions import SentForm

pages = Pages()
LETTER, REFERRAL = "/start/letter", "/start/referral"
SCAN = "scan"
ABOUT = "about"
"""The parameter that says for whom a form is opened, by register id."""
_A_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")


@dataclass(frozen=True)
class Beginning:
    """One thing that can be started, as the page lists it."""

    path: str
    title: str
    when: str
    """When it is for."""
    then: str
    """What happens then."""
    is_restricted: bool = False
    begun_at: Any = None
    """When they last typed into it without sending it."""


@pages.add("/start", Action.START_CASE)
def what_can_be_started(visit: Visit) -> Response:
    """Everything that staff can begin, in words."""
    drafts = select(Draft.path, Draft.saved_at).where(
        Draft.staff_id == visit.member.id, Draft.path.startswith("/start/")
    )
    with visit.council.database.read() as session:
        begun = dict(session.execute(drafts).tuples().all())
    listed = [
        Beginning(
            LETTER,
            "A letter on paper",
            "A letter or a note has come on paper.",
            "It is sorted by the duty team as if it had come by e-mail, and the clock runs from the day it came.",
            begun_at=begun.get(LETTER),
        ),
        Beginning(
            REFERRAL,
            "A referral",
            "Somebody asks for help for themselves or for somebody else, by telephone or in person, or a team sends "
            "them on.",
            "The duty team looks at risk first, and then at what can be done at once.",
            begun_at=begun.get(REFERRAL),
        ),
        *(_beginning(one, begun.get(f"/start/{one.name}")) for one in procedures_by_hand()),
    ]
    return visit.page("start.html", title="Start something", listed=listed)


def _beginning(procedure: Procedure, begun_at: Any) -> Beginning:
    return Beginning(
        f"/start/{procedure.name}",
        procedure.title,
        " ".join(guidance(procedure.facts)[:1]),
        _purpose(procedure),
        procedure.restricted,
        begun_at,
    )


def _purpose(procedure: Procedure) -> str:
    """What it sees to: the first paragraph of what its author says of it, which begins with a verb."""
    said = " ".join(inspect.cleandoc(procedure.run.__doc__ or "").split("\n\n")[0].split())
    return f"The case is to {said[:1].lower()}{said[1:]}" if said else ""


# ------------------------------------------------------------------ a letter


@pages.add(LETTER, Action.START_CASE, methods=("GET", "POST"), takes_files=True)
def letter(visit: Visit) -> Response:
    """A letter on paper: its scan, or what it says, or both."""
    scan = _chosen(visit.files.get(SCAN))
    taken: list[Taken] = []

    def wrong(filled: LetterTaken | None) -> list[Problem]:
        found = [problem_with_kind(scan.content) if scan else None]
        if filled is None and scan is None and not visit.sent("text"):
            found.append(NOTHING_IN_IT)
        if filled is not None:
            brought = _brought(filled, scan)
            found += problems_with_letter(brought, visit.council.policy.mail, visit.today)
            if scan is not None and not any(found):
                found.append(problem_with_scanner(visit.council, scan.content))
        return [Problem(one.field, one.sentence) for one in found if one is not None]

    def show(shown: Shown) -> Response:
        return _form_page(visit, shown, "start_letter.html", "Take in a letter", choose_again=scan is not None)

    def send(filled: LetterTaken, _sent: SentForm) -> str:
        taken.append(take_in_paper(visit.council, _brought(filled, scan), by=visit.member.id))
        return taken[0].case_ref or ""

    def done(ref: str, again: bool) -> Response:
        if not ref:
            return visit.go("/start", say="The letter is kept, and the duty team is asked to look at it.")
        added = bool(taken) and taken[0].state is MailState.SIGNALLED
        said = f"The letter was {'added to' if added else 'taken in as'} case {ref}."
        return _on_to(visit, ref, _again(ref) if again else said)

    return serve(visit, BegunForm(LetterTaken, problems=wrong), show=show, send=send, done=done)


def _chosen(scan: Upload | None) -> Upload | None:
    """The file that was chosen; a browser also sends one where none was."""
    return scan if scan is not None and (scan.name or scan.content) else None


def _brought(filled: LetterTaken, scan: Upload | None) -> PaperLetter:
    content = scan.content if scan else None
    name = safe_name(scan.name, scan.content) if scan else ""
    return PaperLetter(filled.sender, filled.received_on, filled.subject, filled.text, content, name)


# ------------------------------------------------------------------ a referral


@pages.add(REFERRAL, Action.START_CASE, methods=("GET", "POST"))
def referral(visit: Visit) -> Response:
    """A referral, as it is heard on the telephone or sent on."""

    def show(shown: Shown) -> Response:
        return _form_page(visit, shown, "start_referral.html", "Take in a referral", **_raise_at(visit, ReferralTaken))

    if _is_asked_first(visit, ReferralTaken) and waits_behind_a_question(visit):
        return visit.go(_question(visit, ReferralTaken))

    def send(filled: ReferralTaken, sent: SentForm) -> str:
        said = said_before(visit.council, visit.member, visit.path)
        ref = take_in_form(visit.council, filled, by=visit.member.id, form=sent, said=said)
        forget_what_was_said(visit.council, visit.path, by=visit.member)
        return ref

    def done(ref: str, again: bool) -> Response:
        return _on_to(visit, ref, _again(ref) if again else f"The referral was taken in as case {ref}.")

    form = BegunForm(ReferralTaken, known=_about(visit, ReferralTaken), about=opened_for(visit, ReferralTaken))
    return serve(visit, form, show=show, send=send, done=done)


# ------------------------------------------------------------------ anything else by hand


@pages.add("/start/{procedure}", Action.START_CASE, methods=("GET", "POST"))
def by_hand(visit: Visit, procedure: str) -> Response:
    """Whatever else staff open themselves, from the facts that its procedure wants."""
    named = procedure_by_hand(procedure)
    facts = named.facts
    falls_to = whoever_opens(visit.member)
    if _is_asked_first(visit, facts) and waits_behind_a_question(visit):
        return visit.go(_question(visit, facts))

    def show(shown: Shown) -> Response:
        return _form_page(
            visit,
            shown,
            "start_by_hand.html",
            named.title,
            procedure=named,
            purpose=_purpose(named),
            guidance=guidance(facts),
            gives=_gives(visit) if facts.set_to_opener else "",
            **_raise_at(visit, facts),
        )

    def send(filled: CaseFacts, sent: SentForm) -> str:
        said = said_before(visit.council, visit.member, visit.path)
        ref = open_by_hand(visit.council, named, filled, by=visit.member.id, form=sent, said=said)
        forget_what_was_said(visit.council, visit.path, by=visit.member)
        return ref

    def done(ref: str, again: bool) -> Response:
        whose = "It belongs to the managers, and only they and those it asks can see it." if named.restricted else ""
        return _on_to(visit, ref, _again(ref) if again else f"Case {ref} was opened. {whose}".strip())

    known = [*_about(visit, facts), *_at_present(visit, facts)]
    fixed = dict.fromkeys(facts.set_to_opener, falls_to.tag)
    form = BegunForm(facts, fixed=fixed, known=known, about=opened_for(visit, facts))
    return serve(visit, form, show=show, send=send, done=done)


def _gives(visit: Visit) -> str:
    """Who gives the information, in a sentence: whoever opens it, or for duty workers their team."""
    return "you are" if whoever_opens(visit.member).kind is RecipientKind.STAFF else "the duty team is"


# ------------------------------------------------------------------ what they share


def _form_page(visit: Visit, shown: Shown, template: str, heading: str, **context: Any) -> Response:
    title = f"Error: {heading}" if shown.errors else heading
    earlier = shown.earlier
    return visit.page(
        template,
        title=title,
        heading=heading,
        status=shown.status,
        form=shown,
        sees_earlier=earlier is not None and _sees(visit, earlier.result),
        **context,
    )


@dataclass(frozen=True)
class Begun:
    """What is begun at a path, as far as the question before it must know it."""

    title: str
    facts: type[CaseFacts]


def what_is_begun(name: str) -> Begun:
    """A referral, or the procedure of that name that staff may begin. Raises `NotFound`."""
    if f"/start/{name}" == REFERRAL:
        return Begun("A referral", ReferralTaken)
    procedure = procedure_by_hand(name)
    return Begun(procedure.title, procedure.facts)


def _is_asked_first(visit: Visit, facts: type[CaseFacts]) -> bool:
    """Whether the safeguarding question comes first, and they have not answered it today."""
    return is_to_be_asked(visit.council, visit.member, facts, visit.path, opened_for(visit, facts))


def _question(visit: Visit, facts: type[CaseFacts], step: str = "") -> str:
    about = opened_for(visit, facts)
    return path_of_question(visit.path) + step + (f"?{ABOUT}={about}" if about else "")


def _raise_at(visit: Visit, facts: type[CaseFacts]) -> dict[str, Any]:
    """Where a concern is raised that comes up in the middle of the form, and which was raised already."""
    if not facts.asks_about_safeguarding:
        return {"raise_at": "", "raised": ()}
    said = said_before(visit.council, visit.member, visit.path)
    raised = (said.concern,) if said is not None and said.concern else ()
    return {"raise_at": _question(visit, facts, "/concern"), "raised": raised}


def _about(visit: Visit, facts: type[CaseFacts]) -> Pairs:
    """Whom it is about, where they came from a page about that person: ?about=P-104."""
    person_id = opened_for(visit, facts)
    return [(name, person_id) for name in picked_fields(facts)[:1] if person_id]


def opened_for(visit: Visit, facts: type[CaseFacts]) -> str:
    """
    The register id of the one for whom it is opened; empty where it is opened for nobody in particular.

    Nothing else goes from one address into the next: whatever somebody writes there may be personal.
    """
    person_id = visit.asked(ABOUT)
    if not _A_PERSON.fullmatch(person_id) or not picked_fields(facts):
        return ""
    with visit.council.database.read() as session:
        return person_id if person(session, person_id) is not None else ""


def _at_present(visit: Visit, facts: type[CaseFacts]) -> Pairs:
    return pairs_from(facts, dict.fromkeys(facts.set_to_now, visit.now.replace(second=0, microsecond=0)))


def _sees(visit: Visit, ref: str) -> bool:
    try:
        with visit.council.database.read() as session:
            find_case(session, visit.member, ref, Action.READ_CASE, visit.today)
    except NotFound:
        return False
    return True


def _on_to(visit: Visit, ref: str, said: str) -> Response:
    """To the case, where it is theirs to read; else back to where they began, with its ref."""
    return visit.go(f"/cases/{ref}" if _sees(visit, ref) else "/start", say=said)


def _again(ref: str) -> str:
    return f"You had sent this form already, as case {ref}. Nothing was started a second time."
