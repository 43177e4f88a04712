"""
What another system, such as an online form, sends us as a written contact: the published schema of that door.

Every limit here is in the description that partners read, so it is changed with their knowledge only. What a
contact says about people is a statement of whoever sent it, and is kept as that.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_ONE_LINE = rf"^[^{_CONTROL}]*[^{_CONTROL}\x20\xa0][^{_CONTROL}]*$"
SEVERAL_LINES = r"^[^\x00]*[^\x00-\x20\x7f-\xa0][^\x00]*$"
_EMAIL = rf"^[^@<>,;:\x20{_CONTROL}]+@[^@<>,;:\x20{_CONTROL}]+$"
_DAY = r"^(18|19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"

LONGEST_TEXT = 200_000
"""Characters of what a contact says."""
LARGEST_FILE = 25_000_000
"""Bytes of one enclosed file."""
MOST_FILES = 30


def _real_day(written: str) -> str:
    try:
        date.fromisoformat(written)
        return written
    except ValueError:
        pass
    raise ValueError("there is no such day: write it as 1941-06-30")


def _real_moment(written: str) -> str:
    try:
        datetime.fromisoformat(written)
        return written
    except ValueError:
        pass
    raise ValueError("there is no such time: write it as 2026-01-05T08:45:00Z")


def _base64(written: str) -> str:
    try:
        size = len(base64.b64decode(written, validate=True))
    except (binascii.Error, ValueError):
        size = -1
    if size < 0:
        raise ValueError("it is not base64 with its padding and without line breaks")
    if size > LARGEST_FILE:
        raise ValueError(f"the file is larger than {LARGEST_FILE} bytes")
    return written


Words = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_ONE_LINE)]
"""One line that is not empty."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_ONE_LINE)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_ONE_LINE)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL), Field(json_schema_extra={"format": "email"})]
Day = Annotated[
    str, StringConstraints(pattern=_DAY), Field(json_schema_extra={"format": "date"}), AfterValidator(_real_day)
]
Moment = Annotated[
    str,
    StringConstraints(pattern=_MOMENT),
    Field(json_schema_extra={"format": "date-time"}),
    AfterValidator(_real_moment),
]


class Incoming(BaseModel):
    """Anything that another system sends: closed to unknown fields, and silent about what stood in it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


class IncomingSender(Incoming):
    """Who wrote."""

    name: Name
    """Their name as they gave it."""
    email: Email | None = None
    """Where an answer by e-mail reaches them."""
    telephone: Short | None = None
    """A number at which they can be rung."""
    organisation: Name | None = None
    """For whom they write, such as a surgery or a provider."""
    relationship: Name | None = None
    """Who they are to the person that it is about, such as daughter, neighbour or district nurse."""


class IncomingSubject(Incoming):
    """Whom it is about, as far as the sender knows. Nothing of it is compulsory, all of it is looked up."""

    nhs_number: Short | None = None
    """Ten digits, with or without spaces."""
    record_id: Short | None = None
    """The person's id in the council's recording system."""
    name: Name | None = None
    """The person's name."""
    born_on: Day | None = None
    """Date of birth, such as 1941-06-30."""
    postcode: Short | None = None
    """Where the person lives."""


class IncomingFile(Incoming):
    """One enclosed file."""

    name: Name
    """Its name, such as scan.pdf."""
    content_type: Annotated[
        str, StringConstraints(max_length=127, pattern=r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$")
    ]
    """Its media type, such as application/pdf."""
    content_base64: Annotated[
        str,
        StringConstraints(max_length=-(-LARGEST_FILE // 3) * 4),
        Field(json_schema_extra={"contentEncoding": "base64"}),
        AfterValidator(_base64),
    ]
    """The file itself, in base64 (RFC 4648 section 4), padded and without line breaks; at most 25,000,000 bytes."""

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return base64.b64decode(self.content_base64)


class IncomingContact(Incoming):
    """A written contact for adult social care, as an online form or a partner's system sends it."""

    source: Short
    """The form or system that it comes from, such as contact-us-form."""
    source_reference: Short | None = None
    """The sending system's own number for it, so that both sides can speak of it."""
    received_at: Moment | None = None
    """When the sending system received it (RFC 3339 with a zone); left out, or in the future: now."""
    sender: IncomingSender | None = None
    """Who wrote; left out where they did not say who they are."""
    about: IncomingSubject | None = None
    """Whom it is about, where that was said."""
    addressed_to: Name | None = None
    """The worker or team that it is meant for, in the sender's own words."""
    subject: Words | None = None
    """What it is about, in a line."""
    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=SEVERAL_LINES)]
    """What the sender says, as plain text."""
    attachments: Annotated[tuple[IncomingFile, ...], Field(max_length=MOST_FILES)] = ()
    """Files that belong to it."""
    reply_wanted: bool = False
    """The sender asked for a written answer."""
    reply_to_case: Short | None = None
    """
    The case that it answers, as it stands in our letter (such as 7K3Q-9PXM). Where that case is open the contact is
    added to it; otherwise it opens a case of its own.
    """

    @property
    def came_at(self) -> datetime | None:
        """When the sending system received it, in UTC."""
        return None if self.received_at is None else datetime.fromisoformat(self.received_at).astimezone(UTC)

    @classmethod
    def example(cls) -> dict[str, Any]:
        """A contact as it may be sent, for the description."""
        return {
            "source": "contact-us-form",
            "source_reference": "F-20931",
            "received_at": "2026-01-05T08:45:00Z",
            "sender": {
                "name": "Joyce Amberley",
                "email": "joyce@example.org",
                "telephone": "01632 960123",
                "relationship": "daughter",
            },
            "about": {"name": "Albert Amberley", "born_on": "1941-06-30", "postcode": "WB1 4QT"},
            "addressed_to": "Priya Nair",
            "subject": "My father's bath seat",
            "text": "The bath seat has not come. Could you tell us when it will?",
            "attachments": [{"name": "order.txt", "content_type": "text/plain", "content_base64": "T3JkZXIgMTI="}],
            "reply_wanted": True,
        }
