"""Reablement: plans with their versions, the changes under way, who agreed, and who has which copy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import append_only, completed_once, install, kept_until_erased, moves, unchanged
from models.reablement.tables import CHANGE_MOVES

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEVER_CHANGED = ("plan_version", "plan_agreement", "plan_copy", "plan_progress")
GUARDS = [
    *(append_only(table)[0] for table in NEVER_CHANGED),
    *(kept_until_erased(table) for table in ("reablement_plan", "plan_change", *NEVER_CHANGED)),
    unchanged("reablement_plan", "case_ref", "person_id", "begun_on", "free_until"),
    completed_once("reablement_plan", "ended_at"),
    moves("plan_change", "state", CHANGE_MOVES),
    unchanged("plan_change", "change_ref", "place", "case_ref", "proposed_at"),
]


def upgrade() -> None:
    """Make the tables of reablement plans."""
    op.create_table(
        "reablement_plan",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the reablement team"),
        sa.Column("begun_on", sa.Date(), nullable=False, comment="first day of reablement"),
        sa.Column("free_until", sa.Date(), nullable=False, comment="last day of the six weeks that are free"),
        sa.Column("in_force", sa.Integer(), nullable=False, comment="number of the version in force"),
        sa.Column("paused_at", UtcDateTime(), nullable=True, comment="since when no visits are made; none: they are"),
        sa.Column("paused_in", sa.Text(), nullable=True, comment="the case that paused it"),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="when reablement ended; none: it goes on"),
        sa.Column("ended_because", sa.Text(), nullable=True, comment="in the words of its outcome"),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_reablement_plan_case_ref_care_case")),
        sa.ForeignKeyConstraint(["paused_in"], ["care_case.ref"], name=op.f("fk_reablement_plan_paused_in_care_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reablement_plan_person_id_person")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_reablement_plan")),
    )
    op.create_index(op.f("ix_reablement_plan_person_id"), "reablement_plan", ["person_id"], unique=False)
    op.create_table(
        "plan_change",
        sa.Column("change_ref", sa.Text(), nullable=False, comment="the changing case"),
        sa.Column(
            "place",
            sa.Integer(),
            nullable=False,
            comment="which of the plan's changes it is, counted as they were proposed",
        ),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False, comment="number of the version that its author saw"),
        sa.Column("edits", sa.Text(), nullable=False, comment="what is changed, as JSON"),
        sa.Column("state", sa.Text(), nullable=False, comment="under-way, made or stopped"),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="when it was made or stopped"),
        sa.Column("became", sa.Integer(), nullable=True, comment="number of the version that has it"),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["reablement_plan.case_ref"], name=op.f("fk_plan_change_case_ref_reablement_plan")
        ),
        sa.ForeignKeyConstraint(["change_ref"], ["care_case.ref"], name=op.f("fk_plan_change_change_ref_care_case")),
        sa.PrimaryKeyConstraint("change_ref", name=op.f("pk_plan_change")),
    )
    op.create_index("ix_plan_change_case_ref", "plan_change", ["case_ref", "state"], unique=False)
    op.create_table(
        "plan_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column(
            "holder", sa.Text(), nullable=False, comment="their id in the plan, such as P1; home: the copy at home"
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False, comment="how it was given"),
        sa.Column(
            "by_hand",
            sa.Boolean(),
            nullable=False,
            comment="the copy at home was amended by hand to say what the version says",
        ),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("given_in", sa.Text(), nullable=False, comment="the case in which it was given"),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["reablement_plan.case_ref"], name=op.f("fk_plan_copy_case_ref_reablement_plan")
        ),
        sa.ForeignKeyConstraint(["given_in"], ["care_case.ref"], name=op.f("fk_plan_copy_given_in_care_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_copy")),
    )
    op.create_index("ix_plan_copy_case_ref", "plan_copy", ["case_ref", "holder"], unique=False)
    op.create_table(
        "plan_progress",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False, comment="its id in the plan, such as O1"),
        sa.Column("achieved_on", sa.Date(), nullable=False),
        sa.Column("noted_in", sa.Text(), nullable=False, comment="the case that noted it"),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["reablement_plan.case_ref"], name=op.f("fk_plan_progress_case_ref_reablement_plan")
        ),
        sa.ForeignKeyConstraint(["noted_in"], ["care_case.ref"], name=op.f("fk_plan_progress_noted_in_care_case")),
        sa.PrimaryKeyConstraint("case_ref", "outcome", name=op.f("pk_plan_progress")),
    )
    op.create_table(
        "plan_version",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="the whole plan, as JSON"),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_in", sa.Text(), nullable=False, comment="the case that made it"),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["reablement_plan.case_ref"], name=op.f("fk_plan_version_case_ref_reablement_plan")
        ),
        sa.ForeignKeyConstraint(["made_in"], ["care_case.ref"], name=op.f("fk_plan_version_made_in_care_case")),
        sa.PrimaryKeyConstraint("case_ref", "number", name=op.f("pk_plan_version")),
    )
    op.create_table(
        "plan_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("change_ref", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False, comment="their id in the plan, such as P1"),
        sa.Column("digest", sa.Text(), nullable=False, comment="which edit, by its hash"),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["reablement_plan.case_ref"], name=op.f("fk_plan_agreement_case_ref_reablement_plan")
        ),
        sa.ForeignKeyConstraint(
            ["change_ref"], ["plan_change.change_ref"], name=op.f("fk_plan_agreement_change_ref_plan_change")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_agreement")),
    )
    op.create_index("ix_plan_agreement_case_ref", "plan_agreement", ["case_ref", "party"], unique=False)
    op.create_index(op.f("ix_plan_agreement_change_ref"), "plan_agreement", ["change_ref"], unique=False)
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)
