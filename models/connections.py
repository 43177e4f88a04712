"""
The connections file: what this installation is joined to, with the secrets that takes.

It is the systems person's alone, stands beside the policy and not in it, and nothing in it ever appears in a log, an
error or a record. Everything in it may be left out; what is left out is done by people.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from models.errors import PathwaysError
from models.roles import Role

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
"""A short name of our own: small letters, digits and hyphens."""


class ConnectionsRefused(PathwaysError):
    """The connections file cannot be used; the message names every place to mend, and never what stands there."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)


class OAuth(_Settings):
    """How a token is fetched for an application without a user (OAuth 2 client credentials)."""

    token_url: str = Field(pattern=r"^https?://")
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    scope: str = ""


class Security(StrEnum):
    """How a mailbox's connection is kept from others."""

    TLS = "tls"
    """Encrypted from the first byte; the usual way."""
    STARTTLS = "starttls"
    """Encrypted before anything is said that matters."""
    NONE = "none"
    """Not at all: for a server on this very machine only."""


class Mailbox(_Settings):
    """A shared mailbox that is collected by IMAP."""

    name: Slug
    """Our name for it, as logs and lists show it."""
    host: str = Field(min_length=1)
    port: int = Field(default=993, ge=1, le=65535)
    security: Security = Security.TLS
    username: str = Field(min_length=1)
    password: SecretStr | None = None
    oauth: OAuth | None = None
    inbox: str = "INBOX"
    """The folder that is collected."""
    done: str = "Collected"
    """Where messages go that are safely stored; made if it is not there."""
    put_aside: str = "Not taken"
    """Where messages go that cannot be stored, being too large, until somebody has looked; made if not there."""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.password is None) == (self.oauth is None):
            raise ValueError("give a password or oauth, and not both")
        if self.security is Security.NONE and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("security none is for a server on this machine only")
        if len({self.inbox, self.done, self.put_aside}) < 3:
            raise ValueError("inbox, done and put_aside must be three folders")
        return self


_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


def _kept_secret_on_the_way(address: str) -> str:
    try:
        parts = urlsplit(address)
        here = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
        sound = bool(parts.hostname) and parts.port != 0 and (parts.scheme == "https" or here)
    except ValueError:
        sound = False
    if not sound:
        raise ValueError("must be an address that begins with https:// (http:// only for this very machine)")
    return address


def _no_path(address: str) -> str:
    parts = urlsplit(address)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be a host and perhaps a port, without a path")
    usual = ":443" if parts.scheme == "https" else ":80"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


SafeAddress = Annotated[str, AfterValidator(_kept_secret_on_the_way)]
"""Where a password, or what says who somebody is, may go: by https, or to this very machine."""


class _StaffCalendars(_Settings):
    """Whose calendars a source has. Of several that fit somebody, the first one in the file is asked."""

    teams: tuple[str, ...] = ()
    """Team ids; none: every team."""
    timeout_seconds: float = Field(default=8, gt=0, le=20)
    """How long asking one calendar may take in all; a case asks twice at most, while it holds its lease."""


class CalendarFeeds(_StaffCalendars):
    """iCalendar feeds (RFC 5545), one for each member of staff."""

    kind: Literal["feed"]
    feeds: dict[str, SecretStr] = Field(min_length=1)
    """Staff id to address; whoever knows the address can read the feed, so it is a secret."""

    @field_validator("feeds")
    @classmethod
    def _by_https(cls, feeds: dict[str, SecretStr]) -> dict[str, SecretStr]:
        return {staff_id.lower(): SecretStr(_feed_address(address)) for staff_id, address in feeds.items()}


class CalDavCalendars(_StaffCalendars):
    """A CalDAV server that answers free-busy queries (RFC 4791)."""

    kind: Literal["caldav"]
    url: SafeAddress
    """A calendar's address, with {staff} or {email} for whose it is."""
    username: str = ""
    password: SecretStr = SecretStr("")

    @field_validator("url")
    @classmethod
    def _says_whose(cls, url: str) -> str:
        fields = set(re.findall(r"{[^}]*}?", url))
        if not fields or not fields <= {"{staff}", "{email}"} or "}" in re.sub(r"{staff}|{email}", "", url):
            raise ValueError("must have {staff} or {email} where it says whose calendar it is, and no other {field}")
        return url


class GraphCalendars(_StaffCalendars):
    """Microsoft Graph's free-busy (getSchedule), by the application permission Calendars.ReadBasic, or more."""

    kind: Literal["graph"]
    url: SafeAddress = "https://graph.microsoft.com/v1.0"
    asked_as: str = Field(min_length=1)
    """The mailbox in whose name schedules are asked for."""
    oauth: OAuth


def _feed_address(address: SecretStr) -> str:
    written = address.get_secret_value().strip()
    return _kept_secret_on_the_way(re.sub(r"^webcals?://", "https://", written, flags=re.IGNORECASE))


Calendars = Annotated[CalendarFeeds | CalDavCalendars | GraphCalendars, Field(discriminator="kind")]


class OnCallRota(_Settings):
    """
    The council's rota of who works while the office is closed, as an iCalendar feed (RFC 5545) or a file.

    Each event is a shift. Its title or categories say whether it is the duty worker's or the manager's; who it is
    stands as attendee, by work address, or else as a name that `people` knows.
    """

    name: Slug = "rota"
    """Our name for it, as lists show it."""
    address: SecretStr | None = None
    """Where the feed is; whoever knows it can read the feed, so it is a secret."""
    file: Path | None = None
    """The calendar as a file that somebody else's program keeps up to date."""
    duty_says: tuple[Annotated[str, Field(min_length=1)], ...] = ("duty",)
    """Words of which one stands in the title or a category of a duty worker's shift, in whatever case."""
    manager_says: tuple[Annotated[str, Field(min_length=1)], ...] = ("manager",)
    """The same of a manager's shift; where both stand, it is a manager's."""
    people: dict[str, str] = Field(default_factory=dict)
    """Where events have no attendee, or one by another address: what stands in the title, to staff id."""
    timeout_seconds: float = Field(default=10, gt=0, le=60)

    @field_validator("address")
    @classmethod
    def _by_https(cls, address: SecretStr | None) -> SecretStr | None:
        return None if address is None else SecretStr(_feed_address(address))

    @field_validator("people")
    @classmethod
    def _in_small_letters(cls, people: dict[str, str]) -> dict[str, str]:
        return {said.strip().lower(): staff_id.strip().lower() for said, staff_id in people.items()}

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.address is None) == (self.file is None):
            raise ValueError("give an address or a file, and not both")
        if self.file is not None and not self.file.is_absolute():
            raise ValueError("file must be written from the root of the disk on")
        return self


class PeopleServices(_Settings):
    """
    The Apprise services by which people outside are written to; {address} stands for where the message goes.

    What is left out is not sent by a machine: a person is asked to tell them. {subject}, {body} and {reference} are
    given to services of ours such as GOV.UK Notify as they are.
    """

    email: SecretStr | None = None
    text_message: SecretStr | None = None
    letter: SecretStr | None = None
    sender_domain: str = Field(default="pathways.invalid", pattern=r"^[a-z0-9.-]+$")
    """Our own domain, in the Message-ID by which answers are known again."""


class EmbeddedRecordingSystem(_Settings):
    """The small recording system that comes with the example council."""

    kind: Literal["embedded"]
    writes_titles: tuple[str, ...] = ()
    """Titles of the notes that it takes through its interface; all others are pasted. "*": every title."""
    file: Path | None = None
    """Its own database; none: recording-system.db in the home folder."""


class SignOn(_Settings):
    """
    The OpenID Connect provider that signs staff on to the worklist: authorisation code with PKCE.

    Whoever it signs on is the member of staff whose id, or work address, stands in `staff_claim`. Role and team come
    from the staff register; where `role_claim` or `team_claim` is given, what the provider says of them goes into the
    register at each sign-on.
    """

    issuer: SafeAddress
    """The provider's address, under which /.well-known/openid-configuration stands."""
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    """None: a public client, which PKCE alone protects."""
    client_auth: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    """How the provider wants to be shown the secret: in a header, or in the form."""
    scope: str = "openid profile email"
    staff_claim: str = "preferred_username"
    found_by: Literal["id", "email"] = "id"
    """Whether that claim has our staff id or the work address."""
    role_claim: str = ""
    """The claim with their roles or groups; empty: the register says what they are."""
    roles: dict[str, Role] = Field(default_factory=dict)
    """What the provider calls a role, to our name of it; none: it calls them as we do."""
    team_claim: str = ""
    """The claim with their team's id; empty: the register says it."""


class Worklist(_Settings):
    """The pages on which staff work, and the JSON API."""

    address: Annotated[SafeAddress, AfterValidator(_no_path)] = "http://127.0.0.1:8080"
    """
    How staff reach it: what stands in front of every path. Beyond this machine it begins with https://. Where it is
    left out, staff reach it on this machine only, at the installation's port.
    """
    record_address: str = Field(default="", pattern=r"^($|https?://[^\s{}]*\{record_id\}[^\s{}]*$)")
    """Where the recording system shows a person, with {record_id} for their id there; empty: no link is shown."""
    prefect_address: str = Field(default="", pattern=r"^($|https?://\S+$)")
    """How managers reach Prefect's pages; empty: no link is shown beyond this machine."""
    scanner: tuple[str, ...] = ()
    """A command that looks through a file given to it on standard input: exit code 0 is clean, 1 infected."""
    scanner_timeout_seconds: float = Field(default=30, gt=0, le=300)
    idle_minutes: int = Field(default=60, ge=5, le=480)
    """After how long without use somebody is signed out."""
    session_minutes: int = Field(default=600, ge=15, le=1440)
    """After how long they sign on anew in any case."""

    def address_at(self, port: int) -> str:
        """How staff reach it, without a slash at its end; where that is not set, on this machine at our own port."""
        return self.address if "address" in self.model_fields_set else f"http://127.0.0.1:{port}"


class Connections(_Settings):
    """All of it."""

    mailboxes: tuple[Mailbox, ...] = ()
    calendars: tuple[Calendars, ...] = ()
    on_call: OnCallRota | None = None
    """None: no rota is read, and the holders of the on-call manager's role are told."""
    people: PeopleServices = PeopleServices()
    recording_system: EmbeddedRecordingSystem | None = None
    sign_on: SignOn | None = None
    """None: nobody can sign on but by the local sign-in, which works on this machine only."""
    worklist: Worklist = Worklist()

    @model_validator(mode="after")
    def _each_mailbox_once(self) -> Self:
        if len({box.name for box in self.mailboxes}) < len(self.mailboxes):
            raise ValueError("two mailboxes have the same name")
        return self


def load_connections(file: Path) -> Connections:
    """The connections of an installation; none where there is no such file. Raises `ConnectionsRefused`."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        return Connections.model_validate(data)
    except FileNotFoundError:
        return Connections()
    except OSError as failed:
        sentence = f"it cannot be read ({failed.strerror}); set PATHWAYS_CONNECTIONS to a file that can"
    except UnicodeDecodeError:
        sentence = "it is not UTF-8 text; save it as UTF-8"
    except tomllib.TOMLDecodeError:
        sentence = "it is not TOML; check brackets, quotes and commas"
    except RecursionError:
        sentence = "something in it is nested too deeply; write it flatter"
    except ValidationError as refused:
        errors = refused.errors(include_input=False, include_url=False, include_context=False)
        sentence = "; ".join(
            f"{'.'.join(map(str, error['loc'])) or 'the file'}: {_in_words(error['type'], error['msg'])}"
            for error in errors
        )
    except ValueError:
        sentence = "a number in it has thousands of digits; write it shorter"
    raise ConnectionsRefused(f"{file.name}: {sentence}")


def _in_words(kind: str, message: str) -> str:
    """What is wrong, as Pydantic says it, but for the one thing of which it says what stands there."""
    if kind == "union_tag_invalid":
        return f"kind must be one of those that it may be: {message.rpartition(': ')[2]}"
    return message.removeprefix("Value error, ")
