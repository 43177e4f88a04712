"""Retention: legal holds, what was erased, and guards that let it be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import (
    append_only,
    completed_once,
    cut_from_its_beginning,
    install,
    kept,
    kept_until_erased,
    original_is_only_erased,
    unchanged,
    uninstall,
)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REPLACED = [
    ("inbound_mail_keeps_its_origin", "inbound_mail"),
    ("tray_place_is_not_deleted", "tray_place"),
    ("access_entry_is_not_deleted", "access_entry"),
]
GUARDS = [
    kept("legal_hold"),
    unchanged("legal_hold", "id", "kind", "case_ref", "person_id", "reason", "placed_by", "placed_at"),
    completed_once("legal_hold", "lifted_at"),
    *append_only("case_erasure"),
    *append_only("access_cut"),
    original_is_only_erased(),
    kept_until_erased("tray_place"),
    cut_from_its_beginning(),
]


def upgrade() -> None:
    """Make the tables of holds and erasures, and let what is erased leave its tables."""
    dialect = op.get_bind().dialect.name
    op.create_table(
        "access_cut",
        sa.Column("up_to", sa.Integer(), autoincrement=False, nullable=False, comment="number of the last entry gone"),
        sa.Column("hash", sa.Text(), nullable=False, comment="its hash, to which the next entry is chained"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("up_to", name=op.f("pk_access_cut")),
    )
    op.create_table(
        "case_erasure",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False, comment="the entry of its ledger that records it"),
        sa.Column("kept_for", sa.Text(), nullable=False, comment="by the schedule then in force, such as 6 years"),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_case_erasure_case_ref_care_case")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_case_erasure")),
    )
    op.create_index("ix_case_erasure_at", "case_erasure", ["at"], unique=False)
    op.create_table(
        "house_part",
        sa.Column("name", sa.Text(), nullable=False, comment="what is done, such as: seal the ledgers"),
        sa.Column("tried_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True, comment="when it last went well; none: it never did"),
        sa.Column("trouble", sa.Text(), nullable=False, comment="kind of error of the last try; empty: it went well"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_house_part")),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Text(), nullable=False, comment="H- and random characters"),
        sa.Column("kind", sa.Text(), nullable=False, comment="inquiry, inquest, complaint, claim or other"),
        sa.Column(
            "case_ref",
            sa.Text(),
            nullable=True,
            comment="the case it is on; with it those it came from and opened",
        ),
        sa.Column(
            "person_id",
            sa.Text(),
            nullable=True,
            comment="register id of the person it is on: every case about them, past and to come",
        ),
        sa.Column(
            "reason", sa.Text(), nullable=False, comment="reference of the inquiry, claim or complaint; names nobody"
        ),
        sa.Column("placed_by", sa.Text(), nullable=False, comment="staff id"),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True, comment="staff id; none: it stands"),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column(
            "lifted_because", sa.Text(), nullable=False, comment="why it was lifted; names nobody; empty: it stands"
        ),
        sa.CheckConstraint(
            "kind IN ('inquiry', 'inquest', 'complaint', 'claim', 'other')", name=op.f("ck_legal_hold_kind")
        ),
        sa.CheckConstraint("(case_ref IS NULL) <> (person_id IS NULL)", name=op.f("ck_legal_hold_on_one_thing")),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_legal_hold_lifted_by_somebody")),
        sa.CheckConstraint(
            "lifted_at IS NULL OR lifted_because <> ''", name=op.f("ck_legal_hold_lifted_with_a_reason")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_legal_hold_placed_with_a_reason")),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_legal_hold_case_ref_care_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    stands = sa.text("lifted_at IS NULL")
    op.create_index(
        "ix_legal_hold_stands",
        "legal_hold",
        ["placed_at"],
        unique=False,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.create_index(op.f("ix_legal_hold_case_ref"), "legal_hold", ["case_ref"], unique=False)
    op.create_index(op.f("ix_legal_hold_person_id"), "legal_hold", ["person_id"], unique=False)
    op.add_column(
        "inbound_mail",
        sa.Column(
            "erased_at",
            UtcDateTime(),
            nullable=True,
            comment="when its bytes and addresses were erased, their time having passed; none: they are kept",
        ),
    )
    op.add_column(
        "person",
        sa.Column(
            "last_shown_on",
            sa.Date(),
            nullable=True,
            comment="day of the last extract that had them; none: not known",
        ),
    )
    op.execute(
        "UPDATE person SET last_shown_on = (SELECT max(extract_date) FROM register_import WHERE kind = 'people')"
    )
    for name, table in REPLACED:
        for statement in uninstall(name, table, dialect):
            op.execute(statement)
    for statement in install(GUARDS, dialect):
        op.execute(statement)
