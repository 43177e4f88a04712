"""What triage starts from, and what is asked on the way to a decision about the planned work tray."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import AwareDatetime, Field, model_validator

from models.forms.base import CaseFacts, Form, RegisterKind, ShownWhen
from models.forms.safeguarding import WhoIsAtRisk
from models.forms.tray_rating import RelevantPerson
from models.forms.written_contact import WrittenContact
from models.policy.gaps.tray_exits import SelfFunderQuestion
from models.roles import Role
from models.tray import Part


class ReferralSource(StrEnum):
    """Where a referral came in."""

    CONTACT_CENTRE = "contact-centre"
    """The council's contact centre passed it on, with its contact form and transfer summary (PWT-13)."""
    DUTY = "duty"
    """The duty team took it, or sorted it out of the post."""
    LOCALITY_TEAM = "locality-team"
    """It went straight to a locality or county-wide team (PWT-17)."""


class Referrer(Part):
    """Who referred the person, where it was not the person."""

    labels: ClassVar[dict[str, str]] = {
        "name": "Their name",
        "organisation": "Their organisation",
        "relation": "Who they are to the person",
        "email": "Their e-mail",
        "telephone": "Their telephone",
    }

    name: str
    organisation: str = ""
    relation: str = ""
    """Who they are to the person: daughter, general practitioner, ward."""
    email: str | None = None
    telephone: str | None = None


class Referral(CaseFacts):
    """Somebody asks for adult social care, or is referred to it."""

    past_dates: ClassVar[frozenset[str]] = frozenset({"requested_at"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {
        "about_person": RegisterKind.PERSON,
        "team": RegisterKind.TEAM,
    }
    labels: ClassVar[dict[str, str]] = {
        "source": "Where it came in",
        "requested_at": "When help was asked for",
        "contact": "What came",
        "about_person": "The person it is about",
        "team": "The team it is for",
        "referrer": "Who referred them",
        "representative": "Who speaks for the person",
        "urgent": "Something cannot wait",
        "self_funder": "Does the person pay for their own care?",
        "discharge_to_assess": "Is discharge-to-assess funding in place?",
    }

    source: ReferralSource
    requested_at: AwareDatetime
    """When help was asked for: the 28 days are counted from here (GAP-15)."""
    contact: WrittenContact
    """What came, in full: the contact form, the transfer summary, the letter."""
    about_person: str | None = None
    """Register id, where it is certain."""
    team: str | None = None
    """Team it is for, where that is known."""
    referrer: Referrer | None = None
    """None: the person asked themselves."""
    representative: str = ""
    """Who speaks for the person, and how to reach them, where somebody does."""
    urgent: bool = False
    """Whoever sent it says that something cannot wait."""
    self_funder: bool | None = None
    """The person pays for their own care; None: nobody has said."""
    discharge_to_assess: bool | None = None
    """Discharge-to-assess funding is in place; None: nobody has said."""


class SafeguardingCheck(Form):
    """
    If anybody may be in danger now, ring 999 before you fill in anything.

    Is there a concern that the person, or somebody around them, is at risk of abuse or neglect? Is there a need that
    cannot wait? Both are acted on at once, whoever turns out to be responsible, and before anything is asked about
    residence or money (PWT-07, PWT-32, GAP-18, GAP-48).
    """

    title: ClassVar[str] = "the safeguarding check"
    causes: ClassVar[tuple[str, ...]] = (
        "A concern is raised at once, in a case of its own, unless that was done already: an adult’s goes to the "
        "safeguarding team, a child’s to the children’s team.",
        "What cannot wait is asked of duty at once, in a case of its own. Then triage goes on.",
    )
    register_fields: ClassVar[dict[str, RegisterKind]] = {"owner": RegisterKind.SERVING_STAFF}
    labels: ClassVar[dict[str, str]] = {
        "nine_nine_nine_considered": "I have asked myself whether anybody is in danger now, and rung 999 if so",
        "concern": "Is there a safeguarding concern?",
        "what_is_feared": "What is feared",
        "at_risk": "Who is at risk",
        "danger_or_crime": "Is anybody in danger now, or may a crime have been committed?",
        "rang_999": "Was 999 rung?",
        "not_rung_because": "Why 999 was not rung",
        "raised_already_as": "The id of the concern, if it was raised already",
        "owner": "Who owns the concern",
        "act_now": "What cannot wait",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "what_is_feared": ShownWhen("concern", (True,)),
        "at_risk": ShownWhen("concern", (True,)),
        "danger_or_crime": ShownWhen("concern", (True,)),
        "rang_999": ShownWhen("danger_or_crime", (True,)),
        "not_rung_because": ShownWhen("danger_or_crime", (True,)),
        "raised_already_as": ShownWhen("concern", (True,)),
        "owner": ShownWhen("concern", (True,)),
    }

    nine_nine_nine_considered: bool = False
    """I have asked myself whether anybody is in danger now, and rung 999 if so."""
    concern: bool
    """There is a safeguarding concern."""
    what_is_feared: str = ""
    """Who is at risk of what, from whom or what. Compulsory with a concern."""
    at_risk: WhoIsAtRisk | None = None
    """Compulsory with a concern that is raised now."""
    danger_or_crime: bool | None = None
    """Either is enough to ring 999 before anything else. Compulsory with a concern that is raised now."""
    rang_999: bool = False
    not_rung_because: str = ""
    """Leave it empty where it was. Else who has rung, or why nobody need."""
    raised_already_as: str = ""
    """The id of the concern, where somebody has raised it already; leave out, and it is raised now."""
    owner: str | None = None
    """Staff id of who owns the concern that was raised already. Compulsory with raised_already_as."""
    act_now: str = ""
    """What cannot wait and must be done today; leave out where nothing is."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = []
        if not self.nine_nine_nine_considered:
            problems.append("ask yourself first whether anybody is in danger now, then say nine_nine_nine_considered")
        if self.concern != bool(self.what_is_feared):
            problems.append("say in what_is_feared what the concern is, and leave it out where there is none")
        if bool(self.raised_already_as) != (self.owner is not None):
            problems.append("say raised_already_as and owner together: a concern that was raised has a named owner")
        if self.raised_already_as and not self.concern:
            problems.append("raised_already_as is only for a concern")
        if problems:
            raise ValueError("; ".join(problems))
        return self


class Residence(StrEnum):
    """Whose responsibility the person is by ordinary residence (PWT-14)."""

    OURS = "ours"
    """The person is ordinarily resident here."""
    ANOTHER_AUTHORITY = "another-authority"
    """Another authority is responsible: it hears of the referral, and the person does not wait here."""
    NOT_SETTLED = "not-settled"
    """It is not clear, or disputed. What is urgent is done all the same; a manager decides what follows."""


class Section117(StrEnum):
    """Whether aftercare is owed under section 117 of the Mental Health Act 1983 (PWT-15)."""

    NOT_OWED = "not-owed"
    """It was considered; none is owed."""
    OWED = "owed"
    """We owe it to the person."""
    BEING_CLARIFIED = "being-clarified"
    """It is being found out."""


class FundingReview(StrEnum):
    """What came of reviewing discharge-to-assess funding (PWT-16)."""

    GOES_ON = "goes-on"
    """It goes on as it is."""
    CHANGED = "changed"
    """It was changed."""
    ENDS = "ends"
    """It ends, and what follows it is arranged."""


class WayResult(StrEnum):
    """What became of one of the ways in which duty can settle a matter itself."""

    DONE = "done"
    """It was done."""
    OFFERED = "offered"
    """It was offered, and the person did not take it up, or has not yet."""
    NOT_SUITABLE = "not-suitable"
    """It was considered and does not suit."""


class WaysTried(Part):
    """Every way in which duty can settle a matter itself, so that nobody waits who need not (PWT-04, PWT-21 to 23)."""

    labels: ClassVar[dict[str, str]] = {
        "care_technology": "Care technology",
        "details": "What was done, and with whom",
        "other_prevention": "Another prevention service",
        "review_tray": "The Review tray",
    }

    care_technology: WayResult
    """A referral for care technology."""
    occupational_therapy: WayResult
    """A referral to occupational therapy."""
    reablement: WayResult
    """A referral to reablement."""
    other_prevention: WayResult
    """A referral to another prevention service."""
    community_resources: WayResult
    """Something in the community was suggested."""
    respite_booked: WayResult
    """Respite booked from the contingency in the personal budget."""
    respite_amended: WayResult
    """Respite changed within that contingency."""
    review_tray: WayResult
    """Nothing more before the yearly review: its date is moved, and the case goes into the Review tray."""
    details: str = ""
    """What was done and with whom. Compulsory where anything was done."""

    @model_validator(mode="after")
    def _says_what_was_done(self) -> Self:
        done = [name for name in type(self).model_fields if getattr(self, name) is WayResult.DONE]
        if done and not self.details:
            raise ValueError(f"say in details what was done ({', '.join(done)})")
        return self

    def __str__(self) -> str:
        ways = (name for name in type(self).model_fields if name != "details")
        said = ", ".join(f"{name.replace('_', ' ')} {getattr(self, name).replace('-', ' ')}" for name in ways)
        return f"{said}. {self.details}" if self.details else said


class SelfFunderAnswer(Part):
    """One question about somebody who pays for their own care, and its answer (GAP-23)."""

    labels: ClassVar[dict[str, str]] = {
        "answer": "Is the answer yes?",
    }

    question: SelfFunderQuestion
    answer: bool
    details: str = ""

    def __str__(self) -> str:
        details = f" ({self.details})" if self.details else ""
        return f"{self.question.replace('-', ' ')}: {'yes' if self.answer else 'no'}{details}"


class TriageResult(StrEnum):
    """How triage ends for duty."""

    TO_A_MANAGER = "to-a-manager"
    """Duty cannot settle it: a manager of the team decides between a worker and the tray (PWT-24)."""
    SETTLED = "settled"
    """Duty has settled all of it, or nothing is wanted any more."""
    PASSED_ON = "passed-on"
    """Another authority is responsible, and hears of it."""


class Triage(Form):
    """
    Try everything that can be done now, so that the person need not wait (PWT-04); then say what you found.

    Everybody is entitled to an assessment, whoever pays (PWT-19). Keep this open until all that matters is known and
    stands on the record (PWT-12, PWT-13, PWT-17): it is asked once.
    """

    title: ClassVar[str] = "triage"
    has_legal_weight: ClassVar[bool] = True
    past_dates: ClassVar[frozenset[str]] = frozenset({"actions_ended_on", "last_review_on"})
    register_fields: ClassVar[dict[str, RegisterKind]] = {"team": RegisterKind.TEAM}
    labels: ClassVar[dict[str, str]] = {
        "result": "How triage ends",
        "ways": "Ways in which duty can settle it",
        "information_complete": "All that matters is known and on record",
        "where_recorded": "Where it is recorded",
        "act_now": "What cannot wait",
        "residence": "Ordinary residence",
        "residence_details": "How residence is known",
        "section_117": "Section 117 aftercare",
        "discharge_to_assess": "Is discharge-to-assess funding in place?",
        "funding_review": "What came of reviewing the funding",
        "funding_review_details": "What changes in the funding",
        "self_funder": "Does the person pay for their own care?",
        "self_funder_answers": "The questions about a self-funder",
        "team": "The team it is for",
        "actions_ended_on": "The day on which the last action ended",
        "last_review_on": "The day of the last completed review",
        "relevant_people": "Others who can be reached",
        "representative": "Who is told in the person's place",
        "told_already": "How the person was told",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "information_complete": ShownWhen("result", (TriageResult.TO_A_MANAGER,)),
        "where_recorded": ShownWhen("result", (TriageResult.TO_A_MANAGER,)),
        "residence_details": ShownWhen("residence", (Residence.ANOTHER_AUTHORITY, Residence.NOT_SETTLED)),
        "funding_review": ShownWhen("discharge_to_assess", (True,)),
        "funding_review_details": ShownWhen("funding_review", (FundingReview.CHANGED, FundingReview.ENDS)),
        "self_funder_answers": ShownWhen("self_funder", (True,)),
    }

    result: TriageResult
    ways: WaysTried
    """What became of each way in which duty can settle it."""
    what_was_done: str = Field(min_length=1)
    """What was found out and done, urgent and immediate actions included (PWT-18)."""
    information_complete: bool = False
    """All that matters has been gathered and stands on the person's record. Compulsory before a manager decides."""
    where_recorded: str = ""
    """Where it stands in the recording system. Compulsory before a manager decides."""
    act_now: str = ""
    """What has turned out not to be able to wait and must be done today; leave out where nothing is."""
    residence: Residence
    residence_details: str = ""
    """How it is known, and which authority it is where it is not ours. Compulsory unless it is ours."""
    section_117: Section117
    discharge_to_assess: bool = False
    """Discharge-to-assess funding is in place."""
    funding_review: FundingReview | None = None
    """What came of reviewing it. Compulsory where such funding is in place."""
    funding_review_details: str = ""
    """What changes, from when. Compulsory unless it goes on as it is."""
    self_funder: bool = False
    """The person pays for their own care."""
    self_funder_answers: tuple[SelfFunderAnswer, ...] = ()
    """The answers to each of the council's questions about them. Compulsory for a self-funder."""
    team: str | None = None
    """Team that it is for; leave out where it is the team already responsible, or the one it was sent to."""
    actions_ended_on: date | None = None
    """The day on which the last action ended. Compulsory where the case goes into the Review tray."""
    last_review_on: date | None = None
    """The day of the last completed review, where the register does not show it."""
    relevant_people: tuple[RelevantPerson, ...] = ()
    """Others through whom the person can be reached, named for this case (PWT-58)."""
    representative: str = ""
    """Who is told in the person's place, and how to reach them; leave out where it is the person."""
    told_already: str = ""
    """How the person was told what was done, where that is so. Else they are told now."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = [*self._before_a_manager_decides(), *self._about_money(), *self._about_the_end()]
        if self.residence is not Residence.OURS and not self.residence_details:
            problems.append("say in residence_details how it is known, and which authority it may be")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _before_a_manager_decides(self) -> list[str]:
        if self.result is not TriageResult.TO_A_MANAGER:
            return []
        problems = []
        if not self.information_complete or not self.where_recorded:
            problems.append("gather what is missing first, then say information_complete and where_recorded")
        if self.ways.review_tray is WayResult.DONE:
            problems.append("what goes into the Review tray is settled: a manager has nothing to decide on the tray")
        if self.residence is Residence.ANOTHER_AUTHORITY:
            problems.append("another authority is responsible: say passed-on, or settled where all is done")
        return problems

    def _about_money(self) -> list[str]:
        problems = []
        if self.discharge_to_assess != (self.funding_review is not None):
            problems.append(
                "review the discharge-to-assess funding and say funding_review, or leave it out without such funding"
            )
        if self.funding_review not in (None, FundingReview.GOES_ON) and not self.funding_review_details:
            problems.append("say in funding_review_details what changes and from when")
        if self.self_funder_answers and not self.self_funder:
            problems.append("self_funder_answers is only for somebody who pays for their own care")
        asked = [one.question for one in self.self_funder_answers]
        if len(set(asked)) < len(asked):
            problems.append("answer each question in self_funder_answers once")
        return problems

    def _about_the_end(self) -> list[str]:
        problems = []
        to_review = self.ways.review_tray is WayResult.DONE
        if to_review != (self.actions_ended_on is not None):
            problems.append("say actions_ended_on where the case goes into the Review tray, and leave it out otherwise")
        if self.result is TriageResult.PASSED_ON and self.residence is not Residence.ANOTHER_AUTHORITY:
            problems.append("passed-on is for what another authority is responsible for")
        if self.act_now and self.result is not TriageResult.TO_A_MANAGER and to_review:
            problems.append("nothing can go into the Review tray while something cannot wait")
        return problems


class BackAtDuty(Form):
    """
    A manager has sent a case back to duty, and says why. Do what is wanted, and say what came of it.

    What you found out before stands beside this form; nothing of it is asked again.
    """

    title: ClassVar[str] = "a case that a manager sent back"
    has_legal_weight: ClassVar[bool] = True
    labels: ClassVar[dict[str, str]] = {
        "settled": "Is it settled now?",
        "act_now": "What cannot wait",
        "told_already": "How the person was told",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "told_already": ShownWhen("settled", (True,)),
    }

    settled: bool
    """It is settled now, or nothing is wanted any more; else it goes to the manager once more."""
    what_was_done: str = Field(min_length=1)
    act_now: str = ""
    """What cannot wait and must be done today; leave out where nothing is."""
    told_already: str = ""
    """How the person was told, where it is settled and that is so. Else they are told now."""


class PersonRecorded(Form):
    """
    The register does not know the person yet. Open their record, and say who they are once an extract shows them.

    Nobody can be placed on a tray, allocated or rung who stands in no register.
    """

    title: ClassVar[str] = "entering somebody in the recording system"
    may_concern_safety: ClassVar[bool] = False
    register_fields: ClassVar[dict[str, RegisterKind]] = {"about_person": RegisterKind.PERSON}
    labels: ClassVar[dict[str, str]] = {
        "about_person": "The person",
        "how_confirmed": "How they are known to be the one",
    }

    about_person: str
    """Register id."""
    how_confirmed: str = Field(min_length=1)
    """By what they are known to be the one: name, date of birth, address."""


class NextReviewConfirmed(Form):
    """
    Duty has settled everything, and nothing is called for before the next yearly review. Confirm its new date.

    It counts from the day on which the actions ended and is never later than a year after the last completed review;
    a review that is overdue is not put off (GAP-26).
    """

    title: ClassVar[str] = "confirming the date of the next review"
    has_legal_weight: ClassVar[bool] = True
    may_concern_safety: ClassVar[bool] = False
    deciders: ClassVar[tuple[Role, ...]] = (Role.TEAM_MANAGER, Role.TEAM_LEADER)
    labels: ClassVar[dict[str, str]] = {
        "confirmed": "Do you confirm the date?",
        "reasons": "Why not",
    }
    shown_when: ClassVar[dict[str, ShownWhen]] = {
        "reasons": ShownWhen("confirmed", (False,)),
    }

    confirmed: bool
    reasons: str = ""
    """Why not. Compulsory where it is not confirmed: the case goes back to duty."""

    @model_validator(mode="after")
    def _says_why_not(self) -> Self:
        if not self.confirmed and not self.reasons:
            raise ValueError("say in reasons why it is not confirmed")
        return self


class ReviewTrayEntered(Form):
    """A manager has confirmed the date of the next review. Move it, and put the case in the Review tray (PWT-23)."""

    title: ClassVar[str] = "putting a case in the Review tray"
    may_concern_safety: ClassVar[bool] = False
    labels: ClassVar[dict[str, str]] = {
        "review_on": "The date of the review",
        "review_tray": "The Review tray",
    }

    review_on: date
    """The date as it now stands in the recording system."""
    review_tray: str = Field(min_length=1)
    """The Review tray in which the case is now."""
