"""
What the worklist remembers of those who use it: who is signed in, what is half written, who stands in for whom.

Not stored: passwords (whoever signs people on has them), and nothing that a browser could show for a session but the
digest of its token.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class WebSession(Base):
    """Somebody is signed in in one browser, until the session ends or its time is over."""

    __tablename__ = "web_session"

    token_digest: Mapped[str] = mapped_column(Text, primary_key=True, comment="SHA-256 of the cookie's token")
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    form_token: Mapped[str] = mapped_column(
        Text, index=True, comment="what every form sends back, so that no other site can post"
    )
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(comment="when it was last used, to a minute")
    expires_at: Mapped[datetime] = mapped_column(comment="when it ends, however much it is used")
    ended_at: Mapped[datetime | None] = mapped_column(comment="signed out, or ended by the provider")
    provider_session: Mapped[str | None] = mapped_column(Text, index=True, comment="the OpenID provider's own sid")
    provider_subject: Mapped[str | None] = mapped_column(Text, comment="the OpenID provider's own name of them (sub)")
    id_token: Mapped[str | None] = mapped_column(Text, comment="to sign out at the provider; personal data")
    said: Mapped[str | None] = mapped_column(Text, comment="what is said once on the next page: references only")


class SignOnAttempt(Base):
    """Somebody was sent to the OpenID provider and has not come back yet."""

    __tablename__ = "sign_on_attempt"

    state_digest: Mapped[str] = mapped_column(Text, primary_key=True, comment="SHA-256 of the state parameter")
    nonce: Mapped[str] = mapped_column(Text)
    code_verifier: Mapped[str] = mapped_column(Text, comment="of PKCE")
    browser_digest: Mapped[str] = mapped_column(Text, comment="SHA-256 of the cookie of the browser that began it")
    go_to: Mapped[str] = mapped_column(Text, comment="the path of ours that was wanted")
    began_at: Mapped[datetime]


class SignInRefused(Base):
    """Somebody could not be signed in, or showed a token that is none: counted, so that guessing is slowed down."""

    __tablename__ = "sign_in_refused"
    __table_args__ = (Index("ix_sign_in_refused_from", "came_from", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    came_from: Mapped[str] = mapped_column(Text, comment="the client's network address")
    way: Mapped[str] = mapped_column(Text, comment="sign-on, local or api")


class ApiToken(Base):
    """A program of the council's may use the JSON API."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True, comment="which program it is")
    token_digest: Mapped[str] = mapped_column(Text, unique=True)
    acts_as: Mapped[str | None] = mapped_column(
        ForeignKey("staff.id"), comment="staff id; none: whomever it names with each call, as it has signed them on"
    )
    made_by: Mapped[str] = mapped_column(Text, comment="staff id, or os:USER")
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Draft(Base):
    """What somebody has begun to write into a form and has not sent. Personal data."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("staff_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    path: Mapped[str] = mapped_column(Text, comment="the form's own path, such as /work-items/W-7K3Q9PXM2B")
    content: Mapped[str] = mapped_column(Text, comment="JSON: the form's fields as the browser sends them")
    seen_entry_no: Mapped[int | None] = mapped_column(
        comment="the last entry of the case when the form was opened; none: it has no case yet"
    )
    saved_at: Mapped[datetime] = mapped_column(index=True)


class Submission(Base):
    """A form was sent: the same one sent again does nothing and shows the same."""

    __tablename__ = "submission"

    id: Mapped[str] = mapped_column(
        Text, primary_key=True, comment="random, from the form's first showing; with a digest of what was sent"
    )
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    path: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text, comment="ref of the case that it opened or went to; empty: none")
    at: Mapped[datetime] = mapped_column(index=True)


class Cover(Base):
    """Somebody stands in for somebody who is away, from one day to another: they may answer what the other may."""

    __tablename__ = "cover"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="ends_after_it_begins"),
        CheckConstraint("absent_id <> covered_by", name="is_somebody_else"),
        Index("ix_cover_covered_by", "covered_by", "from_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True, comment="who is away")
    covered_by: Mapped[str] = mapped_column(ForeignKey("staff.id"), comment="who stands in")
    from_on: Mapped[date]
    until_on: Mapped[date] = mapped_column(comment="the last day of it")
    made_by: Mapped[str] = mapped_column(Text, comment="staff id of who arranged it")
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was called off; none: it runs out by itself")
    ended_by: Mapped[str | None] = mapped_column(Text)
