"""Out of hours: the on-call rota, the nights, and what is in on-call's hands until the day has accepted it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import completed_once, install, kept, unchanged

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GUARDS = [
    kept("on_call_night"),
    unchanged("on_call_night", "case_ref", "began_at"),
    completed_once("on_call_night", "ended_at"),
    kept("on_call_work"),
    unchanged("on_call_work", "night_ref", "case_ref", "offered_at"),
    completed_once("on_call_work", "accepted_at"),
]


def upgrade() -> None:
    """Make the tables of the rota, of nights and of on-call's work."""
    op.create_table(
        "rota_reading",
        sa.Column("name", sa.Text(), nullable=False, comment="what the connections file calls the rota"),
        sa.Column("tried_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True, comment="when it was last read; none: it never was"),
        sa.Column(
            "trouble", sa.Text(), nullable=False, comment="why it could not be read the last time; empty: it could"
        ),
        sa.Column(
            "not_understood", sa.Integer(), nullable=False, comment="events that say neither duty worker nor manager"
        ),
        sa.Column("case_ref", sa.Text(), nullable=True, comment="the alarm about it, if any"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rota_reading")),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_rota_reading_case_ref_care_case")),
    )
    op.create_table(
        "on_call_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, comment="duty or manager"),
        sa.Column(
            "staff_id",
            sa.Text(),
            nullable=True,
            comment="none: the rota names somebody whom the register does not have",
        ),
        sa.CheckConstraint("part IN ('duty', 'manager')", name=op.f("ck_on_call_shift_part")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_on_call_shift_ends_after_it_starts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_call_shift")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_on_call_shift_staff_id_staff")),
    )
    op.create_index("ix_on_call_shift_ends", "on_call_shift", ["ends_at", "starts_at"])
    op.create_table(
        "on_call_night",
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the night's own case"),
        sa.Column("began_at", UtcDateTime(), nullable=False, comment="when the office closed"),
        sa.Column(
            "ended_at", UtcDateTime(), nullable=True, comment="when the office had opened again; none: it goes on"
        ),
        sa.Column(
            "on_call", sa.Text(), nullable=False, comment="who was last found to be on call: staff ids, or empty"
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_on_call_night_ends_after_it_began")
        ),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_on_call_night")),
        sa.UniqueConstraint("began_at", name=op.f("uq_on_call_night_began_at")),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_on_call_night_case_ref_care_case")),
    )
    op.create_table(
        "on_call_work",
        sa.Column("night_ref", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=True, comment="staff id of who has it in hand; none: nobody yet"),
        sa.Column("held_at", UtcDateTime(), nullable=True),
        sa.Column(
            "by_telephone",
            sa.Boolean(),
            nullable=False,
            comment="they said so by telephone, and somebody wrote it down",
        ),
        sa.Column("team_id", sa.Text(), nullable=True, comment="whose it is in the morning; none: it is night"),
        sa.Column("accepted_by", sa.Text(), nullable=True, comment="staff id of who took it on in the morning"),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(held_by IS NULL) = (held_at IS NULL)", name=op.f("ck_on_call_work_held_by_somebody")),
        sa.CheckConstraint(
            "(accepted_by IS NULL) = (accepted_at IS NULL)", name=op.f("ck_on_call_work_accepted_by_somebody")
        ),
        sa.PrimaryKeyConstraint("night_ref", "case_ref", name=op.f("pk_on_call_work")),
        sa.ForeignKeyConstraint(
            ["night_ref"], ["on_call_night.case_ref"], name=op.f("fk_on_call_work_night_ref_on_call_night")
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_on_call_work_case_ref_care_case")),
    )
    op.create_index("ix_on_call_work_case", "on_call_work", ["case_ref", "accepted_at"])
    op.create_index("ix_on_call_work_accepted", "on_call_work", ["accepted_at", "night_ref"])
    op.create_table(
        "on_call_item",
        sa.Column("night_ref", sa.Text(), nullable=False),
        sa.Column("work_item_id", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("night_ref", "work_item_id", name=op.f("pk_on_call_item")),
        sa.ForeignKeyConstraint(
            ["night_ref", "case_ref"],
            ["on_call_work.night_ref", "on_call_work.case_ref"],
            name=op.f("fk_on_call_item_night_ref_on_call_work"),
        ),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_on_call_item_work_item_id_work_item")
        ),
    )
    op.create_table(
        "on_call_offer",
        sa.Column("night_ref", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("night_ref", "case_ref", "staff_id", name=op.f("pk_on_call_offer")),
        sa.ForeignKeyConstraint(
            ["night_ref", "case_ref"],
            ["on_call_work.night_ref", "on_call_work.case_ref"],
            name=op.f("fk_on_call_offer_night_ref_on_call_work"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_on_call_offer_staff_id_staff")),
    )
    op.create_index("ix_on_call_offer_staff", "on_call_offer", ["staff_id", "case_ref"])
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)
