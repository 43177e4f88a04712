"""Starting work: a letter on paper, a referral, and whatever else staff open by hand."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import File, Form, UploadFile
from pydantic import Field

from deployments.intake.webhook_problems import FieldProblem
from deployments.worklist.api.calling import Calling
from deployments.worklist.api.guarding import Operations
from deployments.worklist.api.once import Key, came_before, note_done, sent_once
from deployments.worklist.api.problems import invalid, problems_at, read_as
from deployments.worklist.api.shapes import Day, Shape
from models.forms.referral_by_hand import ReferralTaken
from models.permissions import Action
from tasks.durable.safeguarding_asked import without_the_word
from tasks.worklist.paper_letters import (
    PaperLetter,
    problem_with_kind,
    problem_with_scanner,
    problems_with_letter,
    safe_name,
    take_in_paper,
)
from tasks.worklist.referrals_by_hand import ReferralRefused, take_in_form
from tasks.worklist.starting import (
    CannotBeOpened,
    Said,
    open_by_hand,
    procedure_by_hand,
    procedures_by_hand,
    whoever_opens,
)

operations = Operations("starting")
_REF = r"^[0-9A-Z]{4}-[0-9A-Z]{4}$"
"""A case's reference as we write it."""


class Startable(Shape):
    """A procedure that staff may begin themselves."""

    name: str
    title: str
    restricted: bool
    """Whether only managers see the case then."""
    facts_schema: dict[str, Any] = Field(serialization_alias="schema")
    """What it is opened with."""
    not_asked: list[str]
    """Fields of these that are left out: we fill in who opens it."""


class ToOpen(Shape):
    """A case to be opened."""

    procedure: str = Field(pattern=r"^[a-z][a-z0-9-]{0,80}$")
    facts: dict[str, Any]
    """As `schema` of the procedure has them; with `nobody_at_risk` where it has that, and nobody is."""
    concern: Annotated[str, Field(pattern=_REF)] | None = None
    """Where somebody is: the reference of the safeguarding concern that they have raised first."""


class ReferralHeard(ReferralTaken):
    """A referral, and what was said before it."""

    nobody_at_risk: bool = False
    """They were asked whether anybody is at risk of abuse or neglect, and nobody is."""
    concern: Annotated[str, Field(pattern=_REF)] | None = None
    """Where somebody is: the reference of the safeguarding concern that they have raised first."""

    @property
    def taken(self) -> ReferralTaken:
        """The referral itself."""
        return ReferralTaken.model_validate(self.model_dump(exclude={"nobody_at_risk", "concern"}))


class Opened(Shape):
    """It was taken in."""

    case: str | None
    """The case's reference; none: it is kept, and the duty team is asked to look at it."""


@operations.add("GET", "/procedures", Action.START_CASE)
def list_procedures(call: Calling) -> list[Startable]:
    """The procedures of which they can open a case; letters and referrals have operations of their own."""
    return [
        Startable(
            name=one.name,
            title=one.title,
            restricted=one.restricted,
            facts_schema=one.facts.answer_schema(),
            not_asked=sorted(one.facts.set_to_opener),
        )
        for one in procedures_by_hand()
    ]


@operations.add("POST", "/cases", Action.START_CASE, status=201)
def open_case(call: Calling, wanted: ToOpen, key: Key = None) -> Opened:
    """
    Open a case by hand.

    Some procedures ask first whether anybody is at risk of abuse or neglect: their schema has `nobody_at_risk`, which
    says with the facts that nobody is. Where somebody is, open a safeguarding-concern first, and name it in `concern`.
    """
    procedure = procedure_by_hand(wanted.procedure)
    sent = sent_once(call, "/api/v1/cases", key, wanted.model_dump(mode="json"))
    if (ref := came_before(call, sent)) is not None:
        return Opened(case=ref)
    ours = dict.fromkeys(procedure.facts.set_to_opener, whoever_opens(call.member).tag)
    if given := sorted(wanted.facts.keys() & ours.keys()):
        raise invalid([FieldProblem(pointer=f"/facts/{one}", detail="leave it out: we fill it in") for one in given])
    fields, nobody_at_risk = without_the_word(procedure.facts, wanted.facts)
    facts = read_as(procedure.facts, {**fields, **ours}, under="/facts")
    said = _said(nobody_at_risk, wanted.concern)
    call.note_look("open-case", "new")  # not which: it may be restricted
    try:
        return Opened(case=open_by_hand(call.council, procedure, facts, by=call.member.id, form=sent, said=said))
    except CannotBeOpened as refused:
        raise problems_at(procedure.facts, refused.problems, under="/facts") from None


@operations.add("POST", "/referrals", Action.START_CASE, status=201)
def take_in_referral(call: Calling, referral: ReferralHeard, key: Key = None) -> Opened:
    """
    Take in a referral, as somebody heard it or it was sent on to them.

    Whether anybody is at risk of abuse or neglect is asked first: say that nobody is in `nobody_at_risk`. Where
    somebody is, open a safeguarding-concern first, and name it in `concern`.
    """
    sent = sent_once(call, "/api/v1/referrals", key, referral.model_dump(mode="json"))
    if (ref := came_before(call, sent)) is not None:
        return Opened(case=ref)
    call.note_look("take-in-referral", "referral")
    try:
        said = _said(referral.nobody_at_risk, referral.concern)
        ref = take_in_form(call.council, referral.taken, by=call.member.id, form=sent, said=said)
    except ReferralRefused as refused:
        raise problems_at(ReferralTaken, refused.problems) from None
    note_done(call, sent, ref)
    return Opened(case=ref)


def _said(nobody_at_risk: bool, concern: str | None) -> Said | None:
    """What they say to the question before it; none: nothing."""
    return Said(concern) if nobody_at_risk or concern is not None else None


@operations.add("POST", "/letters", Action.START_CASE, status=201, takes_files=True)
def take_in_letter(
    call: Calling,
    sender: Annotated[str, Form(min_length=1, description="Who wrote, as it stands on the letter, in one line.")],
    received_on: Annotated[Day, Form(description="The day it came.")],
    subject: Annotated[str, Form()] = "",
    text: Annotated[str, Form(description="What it says, typed.")] = "",
    scan: Annotated[UploadFile | None, File(description="A PDF, PNG, JPEG or TIFF.")] = None,
    key: Key = None,
) -> Opened:
    """Take in a letter on paper: its scan, or what it says, or both. The same letter again is the same case."""
    content = scan.file.read() if scan is not None else None
    name = safe_name(scan.filename or "", content) if scan is not None and content else ""
    letter = PaperLetter(sender, received_on, subject, text, content, name)
    sent = sent_once(call, "/api/v1/letters", key, [sender, received_on, subject, text], [content] if content else [])
    if (ref := came_before(call, sent)) is not None:
        return Opened(case=ref or None)
    found = problems_with_letter(letter, call.council.policy.mail, call.today)
    found += [one for one in (problem_with_kind(content or b""),) if one is not None]
    if content and not found:
        found += [one for one in (problem_with_scanner(call.council, content),) if one is not None]
    if found:
        raise invalid([FieldProblem(pointer=f"/{one.field}", detail=one.sentence) for one in found])
    call.note_look("take-in-letter", "letter")
    taken = take_in_paper(call.council, letter, by=call.member.id)
    note_done(call, sent, taken.case_ref or "")
    return Opened(case=taken.case_ref)
