"""Out-of-area placements: the tracker, the four sides from which each is watched, and what other councils are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import completed_once, install, kept_until_erased, unchanged

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

GUARDS = [
    *(kept_until_erased(table) for table in ("placement", "placement_angle", "placement_share")),
    unchanged("placement", "case_ref", "direction", "person_id", "provider_id", "placed_on"),
    completed_once("placement", "ended_at"),
    unchanged("placement_angle", "case_ref", "angle"),
    unchanged("placement_share", "case_ref", "placement_ref", "kind", "opened_at"),
    completed_once("placement_share", "ended_at"),
]
PAID_BY = "'council', 'self', 'direct-payment', 'health', 'other-council', 'unknown'"
ENDS = "'died', 'moved-back', 'changed-provider', 'other-council-has-them', 'care-ended'"


def upgrade() -> None:
    """Make the tables of the tracker."""
    op.create_table(
        "placement",
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the case that looks after it"),
        sa.Column("direction", sa.Text(), nullable=False, comment="ours-elsewhere or theirs-here"),
        sa.Column("person_id", sa.Text(), nullable=True, comment="register id; none: the register does not have them"),
        sa.Column("name", sa.Text(), nullable=True, comment="where the register does not have them"),
        sa.Column("provider_id", sa.Text(), nullable=True, comment="none: the register does not have it"),
        sa.Column("provider_name", sa.Text(), nullable=False, comment="as it was called when the case began"),
        sa.Column(
            "council", sa.Text(), nullable=False, comment="the other council: where they are, or who placed them"
        ),
        sa.Column("council_contact", sa.Text(), nullable=True, comment="whom to ring there; none: not known yet"),
        sa.Column("placed_on", sa.Date(), nullable=False, comment="the first day of it"),
        sa.Column(
            "paid_by", sa.Text(), nullable=False, comment="council, self, direct-payment, health, other-council …"
        ),
        sa.Column("review_from", UtcDateTime(), nullable=False, comment="from when the next review is counted"),
        sa.Column(
            "review_rule", sa.Text(), nullable=False, comment="by which rule of policy: first, found, next or named"
        ),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True, comment="when it was last reviewed; none: never here"),
        sa.Column(
            "stopped_at",
            UtcDateTime(),
            nullable=True,
            comment="since when its clocks stand still while a manager confirms that it is over; none: they run",
        ),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="none: it goes on"),
        sa.Column("ended_because", sa.Text(), nullable=True, comment="died, moved-back …"),
        sa.CheckConstraint("direction IN ('ours-elsewhere', 'theirs-here')", name=op.f("ck_placement_direction")),
        sa.CheckConstraint(f"paid_by IN ({PAID_BY})", name=op.f("ck_placement_paid_by")),
        sa.CheckConstraint(
            f"ended_because IS NULL OR ended_because IN ({ENDS})", name=op.f("ck_placement_ended_because")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_placement_ended_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_placement_case_ref_care_case")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_placement_provider_id_provider")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_placement")),
    )
    op.create_index("ix_placement_provider", "placement", ["provider_id", "ended_at"], unique=False)
    op.create_index("ix_placement_person", "placement", ["person_id", "ended_at"], unique=False)
    op.create_table(
        "placement_angle",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("angle", sa.Text(), nullable=False, comment="safeguarding, quality, contracts …"),
        sa.Column("owner", sa.Text(), nullable=True, comment="staff id of who looks; none: nobody is named yet"),
        sa.Column("found", sa.Text(), nullable=True, comment="what was found last; none: nobody has looked"),
        sa.Column("looked_at", UtcDateTime(), nullable=True, comment="when somebody last looked"),
        sa.Column(
            "next_look_on",
            sa.Date(),
            nullable=False,
            comment="the day on which it is looked at next; it may have passed",
        ),
        sa.CheckConstraint(
            "angle IN ('safeguarding', 'quality', 'contracts', 'commissioning')", name=op.f("ck_placement_angle_angle")
        ),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["placement.case_ref"], name=op.f("fk_placement_angle_case_ref_placement")
        ),
        sa.PrimaryKeyConstraint("case_ref", "angle", name=op.f("pk_placement_angle")),
    )
    op.create_table(
        "placement_share",
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the case in which they are told"),
        sa.Column("placement_ref", sa.Text(), nullable=False, comment="the placement's case"),
        sa.Column("kind", sa.Text(), nullable=False, comment="began, changed or ended"),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column(
            "disclosed_in",
            sa.Text(),
            nullable=True,
            comment="the disclosure: what was given, on what basis, and how",
        ),
        sa.Column("given_at", UtcDateTime(), nullable=True, comment="when it had been given; none: it has not"),
        sa.Column(
            "ended_at", UtcDateTime(), nullable=True, comment="when they had answered, or nothing more was to be done"
        ),
        sa.Column("ended_as", sa.Text(), nullable=True, comment="in the words of its case's outcome"),
        sa.CheckConstraint("kind IN ('began', 'changed', 'ended')", name=op.f("ck_placement_share_kind")),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_placement_share_case_ref_care_case")),
        sa.ForeignKeyConstraint(
            ["placement_ref"], ["care_case.ref"], name=op.f("fk_placement_share_placement_ref_care_case")
        ),
        sa.ForeignKeyConstraint(
            ["disclosed_in"], ["care_case.ref"], name=op.f("fk_placement_share_disclosed_in_care_case")
        ),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_placement_share")),
    )
    op.create_index("ix_placement_share_placement", "placement_share", ["placement_ref"], unique=False)
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)
