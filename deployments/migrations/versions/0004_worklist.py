"""The worklist: sessions, drafts, cover, what a program may use; and indexes for long lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import install, kept, unchanged

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GUARDS = [
    kept("cover"),
    unchanged("cover", "absent_id", "covered_by", "from_on", "made_by", "made_at"),
    unchanged("web_session", "token_digest", "staff_id", "signed_in_at", "expires_at"),
    kept("audit_check"),
    kept("api_token"),
    unchanged("api_token", "token_digest", "acts_as", "made_by", "made_at", "expires_at"),
]


def upgrade() -> None:
    """Make the worklist's tables and indexes."""
    op.create_table(
        "sign_in_refused",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("came_from", sa.Text(), nullable=False, comment="the client's network address"),
        sa.Column("way", sa.Text(), nullable=False, comment="sign-on, local or api"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_refused")),
    )
    op.create_index("ix_sign_in_refused_from", "sign_in_refused", ["came_from", "at"], unique=False)
    op.create_table(
        "sign_on_attempt",
        sa.Column("state_digest", sa.Text(), nullable=False, comment="SHA-256 of the state parameter"),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("code_verifier", sa.Text(), nullable=False, comment="of PKCE"),
        sa.Column(
            "browser_digest", sa.Text(), nullable=False, comment="SHA-256 of the cookie of the browser that began it"
        ),
        sa.Column("go_to", sa.Text(), nullable=False, comment="the path of ours that was wanted"),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name=op.f("pk_sign_on_attempt")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="which program it is"),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column(
            "acts_as",
            sa.Text(),
            nullable=True,
            comment="staff id; none: whomever it names with each call, as it has signed them on",
        ),
        sa.Column("made_by", sa.Text(), nullable=False, comment="staff id, or os:USER"),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["acts_as"], ["staff.id"], name=op.f("fk_api_token_acts_as_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("name", name=op.f("uq_api_token_name")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_api_token_token_digest")),
    )
    op.create_table(
        "cover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Text(), nullable=False, comment="who is away"),
        sa.Column("covered_by", sa.Text(), nullable=False, comment="who stands in"),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False, comment="the last day of it"),
        sa.Column("made_by", sa.Text(), nullable=False, comment="staff id of who arranged it"),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column(
            "ended_at", UtcDateTime(), nullable=True, comment="when it was called off; none: it runs out by itself"
        ),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint("absent_id <> covered_by", name=op.f("ck_cover_is_somebody_else")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_cover_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["absent_id"], ["staff.id"], name=op.f("fk_cover_absent_id_staff")),
        sa.ForeignKeyConstraint(["covered_by"], ["staff.id"], name=op.f("fk_cover_covered_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover")),
    )
    op.create_index(op.f("ix_cover_absent_id"), "cover", ["absent_id"], unique=False)
    op.create_index("ix_cover_covered_by", "cover", ["covered_by", "from_on"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False, comment="the form's own path, such as /work-items/W-7K3Q9PXM2B"),
        sa.Column("content", sa.Text(), nullable=False, comment="JSON: the form's fields as the browser sends them"),
        sa.Column(
            "seen_entry_no",
            sa.Integer(),
            nullable=True,
            comment="the last entry of the case when the form was opened; none: it has no case yet",
        ),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_draft_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("staff_id", "path", name=op.f("uq_draft_staff_id_path")),
    )
    op.create_index(op.f("ix_draft_saved_at"), "draft", ["saved_at"], unique=False)
    op.create_table(
        "submission",
        sa.Column(
            "id",
            sa.Text(),
            nullable=False,
            comment="random, from the form's first showing; with a digest of what was sent",
        ),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column(
            "result", sa.Text(), nullable=False, comment="ref of the case that it opened or went to; empty: none"
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_submission_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_at"), "submission", ["at"], unique=False)
    op.create_table(
        "web_session",
        sa.Column("token_digest", sa.Text(), nullable=False, comment="SHA-256 of the cookie's token"),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column(
            "form_token",
            sa.Text(),
            nullable=False,
            comment="what every form sends back, so that no other site can post",
        ),
        sa.Column("signed_in_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False, comment="when it was last used, to a minute"),
        sa.Column("expires_at", UtcDateTime(), nullable=False, comment="when it ends, however much it is used"),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="signed out, or ended by the provider"),
        sa.Column("provider_session", sa.Text(), nullable=True, comment="the OpenID provider's own sid"),
        sa.Column("provider_subject", sa.Text(), nullable=True, comment="the OpenID provider's own name of them (sub)"),
        sa.Column("id_token", sa.Text(), nullable=True, comment="to sign out at the provider; personal data"),
        sa.Column("said", sa.Text(), nullable=True, comment="what is said once on the next page: references only"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_web_session_staff_id_staff")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_form_token"), "web_session", ["form_token"], unique=False)
    op.create_index(op.f("ix_web_session_provider_session"), "web_session", ["provider_session"], unique=False)
    op.create_index(op.f("ix_web_session_staff_id"), "web_session", ["staff_id"], unique=False)
    op.create_index("ix_care_case_owner", "care_case", ["owner", "status"], unique=False)
    signalled = sa.text("kind = 'signalled'")
    op.create_index("ix_entry_signalled", "entry", ["at"], sqlite_where=signalled, postgresql_where=signalled)
    op.create_index("ix_work_item_assignee", "work_item", ["assignee", "state"], unique=False)
    op.create_index("ix_work_item_due", "work_item", ["state", "due", "opened_at", "id"], unique=False)
    op.create_index("ix_work_item_oldest", "work_item", ["state", "opened_at", "id"], unique=False)
    op.create_index("ix_work_item_answered_by", "work_item", ["answered_by", "case_ref"], unique=False)
    op.create_index("ix_care_case_procedure", "care_case", ["procedure", "status"], unique=False)
    op.create_index("ix_care_case_colour", "care_case", ["colour", "status"], unique=False)
    op.create_index(
        "ix_care_case_restricted",
        "care_case",
        ["ref"],
        unique=False,
        sqlite_where=sa.text("restricted = 1"),
        postgresql_where=sa.text("restricted"),
    )
    passed_on = sa.text("kind = 'escalate' AND state NOT IN ('pending', 'called_off')")
    op.create_index(
        "ix_milestone_passed_on",
        "milestone",
        ["told_to", "work_item_id"],
        unique=False,
        sqlite_where=passed_on,
        postgresql_where=passed_on,
    )
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=True, comment="only so many cases, opened last; none: everything"),
        sa.Column("asked_by", sa.Text(), nullable=False, comment="staff id"),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False, comment="when it last said how far it is"),
        sa.Column("looked_at", sa.Integer(), nullable=False, comment="cases looked at so far"),
        sa.Column("cases", sa.Integer(), nullable=False, comment="cases to be looked at; 0: not counted yet"),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column(
            "faults", sa.Text(), nullable=True, comment="JSON: each fault as one line; none: not ended, or failed"
        ),
        sa.Column("more_faults", sa.Integer(), nullable=False, comment="how many more there were than are listed"),
        sa.Column("failure", sa.Text(), nullable=False, comment="the kind of error that ended it; empty: none"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.create_index("ix_access_entry_who", "access_entry", ["who", "no"], unique=False)
    op.create_index("ix_access_entry_about", "access_entry", ["about", "no"], unique=False)
    op.create_index("ix_access_entry_at", "access_entry", ["at"], unique=False)
    op.create_index("ix_care_case_opened", "care_case", ["opened_at", "ref"], unique=False)
    op.create_index("ix_allocation_team", "allocation", ["team_id", "person_id"], unique=False)
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)
