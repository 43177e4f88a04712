"""The wording of messages: templates whose fields are named, checked when the policy is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator

from models.errors import PathwaysError
from models.policy.settings import Settings


class TemplateFieldMissing(PathwaysError):
    """A message was to be written without one of its fields; give every field that its template names."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A message as it is sent."""

    subject: str
    body: str

    @property
    def in_words(self) -> str:
        """For the story of the case, which does not repeat the text."""
        return self.subject


class Template(Settings):
    """The subject and the body of one message, with fields in braces ("{reference}")."""

    subject: str
    body: str

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that it uses."""
        return frozenset(_fields_in(self.subject)) | frozenset(_fields_in(self.body))

    def write(self, **fields: str) -> Wording:
        """
        The message with its fields filled in; fields that the template does not use may be given as well.

        Line breaks in the subject become spaces. Raises `TemplateFieldMissing` for a field that is not given.
        """
        missing = sorted(self.fields - fields.keys())
        if missing:
            raise TemplateFieldMissing(f"Give the message its fields {', '.join(missing)}.")
        subject = " ".join(self.subject.format_map(fields).split())
        return Wording(subject, self.body.format_map(fields))


def _fields_in(text: str) -> Iterable[str]:
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None:
            if spec or conversion or not name.isidentifier():
                raise ValueError(f"{{{name}}} is not a plain field name")
            yield name


def _uses_only(*known: str) -> AfterValidator:
    def check(template: Template) -> Template:
        try:
            unknown = sorted(template.fields - set(known))
        except ValueError as problem:
            raise ValueError(f"a field is not well written ({problem})") from None
        if unknown:
            listed = ", ".join(sorted(known))
            raise ValueError(f"unknown field {', '.join(unknown)}; this message has {listed}")
        if "\n" in template.subject.strip() or not template.subject.strip():
            raise ValueError("the subject must be one line")
        if not template.body.strip():
            raise ValueError("the body is empty")
        return template

    return AfterValidator(check)


ToStaff = Annotated[Template, _uses_only("subject", "text", "sign_in", "council")]
"""A notice to staff; its `text` is composed from a closed list of words, so that nothing about a person fits
into it (DUTY-22), and the template says only what stands around it."""
ToPublic = Annotated[
    Template,
    _uses_only("reference", "received_on", "answer_by", "team", "telephone", "out_of_hours", "council"),
]
"""A message to somebody outside: that it arrived, and whom to ring; nothing of what it said."""
ToPerson = Annotated[
    Template,
    _uses_only("reference", "contact_by", "team", "telephone", "out_of_hours", "council"),
]
"""A message that tells a person, their carer or whoever wrote what happens next; nothing of what is known of them."""

ToReferred = Annotated[Template, _uses_only("reference", "team", "telephone", "out_of_hours", "council")]
"""A message that tells somebody what became of a request for help; nothing of what is known of them."""
ToWaiting = Annotated[
    Template,
    _uses_only("reference", "team", "telephone", "out_of_hours", "council", "contact_every"),
]
"""A message to somebody who waits for a worker: `contact_every` is how often to expect us, such as "every week"."""


class Messages(Settings):
    """The wording of every message that leaves."""

    acknowledgement_email: ToPublic
    """To whoever wrote an e-mail."""
    acknowledgement_letter: ToPublic
    """To whoever wrote a letter."""
    worker_unavailable: ToPerson = Template(
        subject="About your message to us [{reference}]",
        body=(
            "The person you wrote to is away at the moment. The {team} team is looking after your message meanwhile"
            " (reference {reference}), and somebody will be in touch with you by {contact_by}.\n\n"
            "If you have not heard from us by then, or something changes, please ring {telephone}. When our office is"
            " closed, ring {out_of_hours}. If somebody is in danger now, ring 999.\n\n{council}\n"
        ),
    )
    """To the person or carer whose worker is not there in time."""
    placed_on_tray: ToWaiting = Template(
        subject="About your request for help [{reference}]",
        body=(
            "We have looked at your request for help with care and support. A worker from the {team} is needed, and"
            " nobody is free at this moment, so you are on our waiting list (reference {reference}).\n\n"
            "Until then we will be in touch with you at least {contact_every} to hear how you are. If anything changes"
            " before that, please ring {telephone} straight away: you need not wait for us to ring. When our office is"
            " closed, ring {out_of_hours}. If somebody is in danger now, ring 999.\n\n{council}\n"
        ),
    )
    """To somebody who waits for a worker, or who speaks for them (PWT-28, PWT-29, PWT-31)."""
    request_settled: ToReferred = Template(
        subject="About your request for help [{reference}]",
        body=(
            "We have looked at your request for help with care and support (reference {reference}) and have done what"
            " was needed about it.\n\n"
            "If you see it otherwise, or something changes, please ring {telephone}. You may ask for an assessment at"
            " any time. When our office is closed, ring {out_of_hours}. If somebody is in danger now, ring 999.\n\n"
            "{council}\n"
        ),
    )
    """To somebody whose request duty has settled."""
    request_passed_on: ToReferred = Template(
        subject="About your request for help [{reference}]",
        body=(
            "We have looked at your request for help with care and support (reference {reference}). Another council is"
            " responsible for arranging it, and we are passing your request on to them.\n\n"
            "If you do not hear from them, or something changes, please ring {telephone}. When our office is closed,"
            " ring {out_of_hours}. If somebody is in danger now, ring 999.\n\n{council}\n"
        ),
    )
    """To somebody for whom another authority is responsible."""
    advice_follow_up: ToReferred = Template(
        subject="Did it help? [{reference}]",
        body=(
            "Some time ago you had information or advice from us (reference {reference}). Did it help?\n\n"
            "Please answer this message, or ring {telephone}: tell us if it did not help, or if you need anything else,"
            " and we will see to it. When our office is closed, ring {out_of_hours}. If somebody is in danger now, ring"
            " 999.\n\n{council}\n"
        ),
    )
    """To somebody who was given information or advice: whether it helped (DUTY-58)."""
    plan_changed_home_copy_counts: ToReferred = Template(
        subject="The plan for help at home has changed [{reference}]",
        body=(
            "The plan for the help at home that you have a part in has been changed (reference {reference}). A new copy"
            " is on its way to you.\n\n"
            "Until it is there, please go by the copy that is kept at the person's home: that is the one that"
            " counts.\n\n"
            "If anything is not clear, please ring the {team} on {telephone}. When our office is closed, ring"
            " {out_of_hours}. If somebody is in danger now, ring 999.\n\n{council}\n"
        ),
    )
    """To somebody outside who has a part in a reablement plan that has changed (REA-14, REA-15)."""
    plan_changed: ToReferred = Template(
        subject="The plan for help at home has changed [{reference}]",
        body=(
            "The plan for the help at home that you have a part in has been changed (reference {reference}). It counts"
            " from now on, and a new copy is on its way to you.\n\n"
            "If anything is not clear, please ring the {team} on {telephone}. When our office is closed, ring"
            " {out_of_hours}. If somebody is in danger now, ring 999.\n\n{council}\n"
        ),
    )
    """The same, where the new version counts at once (GAP-34)."""
    your_plan_changed_home_copy_counts: ToReferred = Template(
        subject="Your plan for help at home has changed [{reference}]",
        body=(
            "Your plan for help at home has been changed (reference {reference}). A new copy is on"
            " its way to you.\n\n"
            "Until it is there, please go by the copy in your home: that is the one that counts.\n\n"
            "If anything is not clear, please ring the {team} on {telephone}, or answer this message. When our office"
            " is closed, ring {out_of_hours}. If somebody is in danger now, ring 999.\n\n{council}\n"
        ),
    )
    """To the person themselves whose reablement plan has changed (REA-14, REA-15)."""
    your_plan_changed: ToReferred = Template(
        subject="Your plan for help at home has changed [{reference}]",
        body=(
            "Your plan for help at home has been changed (reference {reference}). It counts from now"
            " on, and a new copy is on its way to you.\n\n"
            "If anything is not clear, please ring the {team} on {telephone}, or answer this message. When our office"
            " is closed, ring {out_of_hours}. If somebody is in danger now, ring 999.\n\n{council}\n"
        ),
    )
    """The same, where the new version counts at once (GAP-34)."""
    concern_about_your_care: ToReferred = Template(
        subject="About your care [{reference}]",
        body=(
            "We have raised a concern about how care or support is given to you (reference {reference}), because we"
            " want to be sure that you and others are safe and well cared for.\n\n"
            "Somebody may need to ask you more about it. Tell us whether you agree to be contacted: if you would rather"
            " not be, nobody will, and the concern is looked into all the same.\n\n"
            "If you have any questions, or something is wrong, please ring {telephone}. When our office is closed, ring"
            " {out_of_hours}. If somebody is in danger now, ring 999.\n\n{council}\n"
        ),
    )
    """To the person with whom something happened that a concern speaks of (REA-45, REA-46)."""
    staff_notice: ToStaff
    """What stands around every notice to staff."""
