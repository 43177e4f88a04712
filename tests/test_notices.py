"""What is said to staff: in plain words, with dates for people, and with no room for personal data."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from models.notices import Notice, Recipient, Then, ThenKind, Verb, Where, Why, matter_of
from models.refs import new_ref

REF = new_ref()
FIVE_ON_MONDAY = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


def test_notice_says_what_is_wanted_by_when_and_what_happens_then() -> None:
    """Verb, matter, case, team, time, consequence and where to look all stand in the text (DUTY-22)."""
    notice = Notice(
        verb=Verb.ANSWER,
        what="contact-review",
        case_ref=REF,
        team="hazel",
        by=FIVE_ON_MONDAY,
        then=Then(kind=ThenKind.PASSED_ON, to=Recipient.role("team-leader")),
    )

    assert notice.subject == f"Answer: contact review, case {REF}, by Monday 30 November 2026, 5pm"
    assert notice.body("N-123") == (
        "Please answer: contact review\n"
        f"Case: {REF}\n"
        "Team: hazel\n"
        "By: Monday 30 November 2026, 5pm\n\n"
        "If it is not done by then, it goes to the team leader.\n\n"
        "Sign in to Safe Pathways and look in your worklist.\n\n"
        "Message N-123"
    )


def test_urgent_notice_says_so_first_and_why_it_comes() -> None:
    """Urgent stands at the head of subject and text, and an escalation says that nobody answered."""
    notice = Notice(verb=Verb.ACT, what="written-contact", urgent=True, why=Why.NOT_ANSWERED, where=Where.CASE)

    assert notice.subject == "URGENT: Act: written contact"
    assert notice.body("N-1").startswith("URGENT\n\nNobody has answered it in time.\n\nPlease act")


def test_time_in_summer_is_that_of_england() -> None:
    """A due time in July is an hour later on the wall than in UTC."""
    notice = Notice(verb=Verb.READ, what="handover", by=datetime(2026, 7, 6, 12, 30, tzinfo=UTC))

    assert notice.subject.endswith("by Monday 6 July 2026, 1:30pm")


@pytest.mark.parametrize(
    ("field", "canary"),
    [
        ("what", "Mrs Edith Tilling"),
        ("what", "visit-edith-at-4-orchard-row"),
        ("what", "nhs-9990010005"),
        ("case_ref", "Edith Tilling"),
        ("case_ref", "9990010005"),
        ("case_ref", "AAAA-AAAA"),
        ("team", "Tilling family"),
        ("verb", "visit Edith"),
        ("where", "https://example.org/?person=Tilling"),
        ("then", "Edith will fall"),
        ("why", "she has dementia"),
        ("about", "Edith Tilling"),
    ],
)
def test_personal_data_does_not_fit_into_a_notice(field: str, canary: str) -> None:
    """A name, number, address, link or diagnosis is refused in every field, and the refusal does not repeat it."""
    fields = {"verb": Verb.ANSWER, "what": "contact-review", field: canary}

    with pytest.raises(ValidationError) as refused:
        Notice.model_validate(fields)

    assert canary not in str(refused.value)


def test_naive_time_is_refused() -> None:
    """A time without a zone could mean two moments."""
    with pytest.raises(ValidationError):
        Notice.model_validate({"verb": "read", "what": "handover", "by": "2026-11-30T17:00:00"})


def test_notice_cannot_be_changed() -> None:
    """A notice is a value: what was checked stays as it was."""
    notice = Notice(verb=Verb.READ, what="handover")

    with pytest.raises(ValidationError):
        notice.what = "other"  # type: ignore[misc]


def test_passing_on_names_somebody_and_a_reminder_does_not() -> None:
    """A consequence that goes to others says to whom; one that does not has nobody."""
    with pytest.raises(ValidationError):
        Then(kind=ThenKind.PASSED_ON)
    with pytest.raises(ValidationError):
        Then(kind=ThenKind.REMINDED, to=Recipient.role("team-leader"))


@pytest.mark.parametrize(
    ("recipient", "tag", "words"),
    [
        (Recipient.role("duty-worker"), "role-duty-worker", "the duty worker"),
        (Recipient.team("hazel"), "team-hazel", "the hazel team"),
        (Recipient.staff("practitioner-2"), "staff-practitioner-2", "practitioner-2"),
    ],
)
def test_recipient_and_its_tag_are_the_same_thing(recipient: Recipient, tag: str, words: str) -> None:
    """A tag says who is told, and reading it gives the recipient back."""
    assert recipient.tag == tag
    assert Recipient.from_tag(tag) == recipient
    assert recipient.words == words


@pytest.mark.parametrize("tag", ["duty-worker", "role-", "staff-Priya Nair", "all", ""])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    """Only a role, a team or a member of staff can be told."""
    with pytest.raises(ValueError, match=r".+"):
        Recipient.from_tag(tag)


def test_matter_of_a_form_is_its_name_in_small_words() -> None:
    """`ContactReview` is written as contact review."""
    assert matter_of("ContactReview") == "contact-review"
    assert Notice(verb=Verb.ANSWER, what=matter_of("SortTheMail")).subject == "Answer: sort the mail"
