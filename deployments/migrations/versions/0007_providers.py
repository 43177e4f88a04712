"""Providers: who they are, who receives care from them, and which of them are not to be used for a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import completed_once, install, kept, unchanged

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

EXTRACT_KINDS = (
    "'staff', 'people', 'allocations', 'absences', 'teams', 'admissions', 'notes', 'reviews', 'waiting', "
    "'providers', 'packages'"
)
PROVIDER_KINDS = "'care-home', 'home-care', 'reablement', 'day-service', 'supported-living', 'other'"
GUARDS = [
    kept("provider_stop"),
    unchanged("provider_stop", "decided_in", "provider_id", "stopped_at"),
    completed_once("provider_stop", "lifted_at"),
]


def upgrade() -> None:
    """Make the tables of providers and packages of care, and let their files be imported."""
    op.create_table(
        "provider",
        sa.Column("id", sa.Text(), nullable=False, comment="small letters, digits and hyphens"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="care-home, home-care …"),
        sa.Column(
            "regulated",
            sa.Boolean(),
            nullable=False,
            comment="registered with the Care Quality Commission; never inferred from the kind (GAP-38)",
        ),
        sa.Column("commissioned", sa.Boolean(), nullable=False, comment="by this council"),
        sa.Column("in_area", sa.Boolean(), nullable=False, comment="in this council's area"),
        sa.Column("run_by", sa.Text(), nullable=False, comment="council, partner or independent"),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="the first day on which it gives nothing any more"),
        sa.Column("host_council", sa.Text(), nullable=True, comment="in whose area it is, where not in ours"),
        sa.Column("report_to", sa.Text(), nullable=True, comment="a partner's own way to report concerns, where known"),
        sa.Column("link_worker", sa.Text(), nullable=True, comment="staff id of whoever visits and knows it"),
        sa.Column("staff", sa.Integer(), nullable=True, comment="how many it employs; none: not known"),
        sa.Column(
            "sponsored_staff",
            sa.Integer(),
            nullable=True,
            comment="how many of them work under certificates of sponsorship; none: not known (TRN-59)",
        ),
        sa.CheckConstraint(f"kind IN ({PROVIDER_KINDS})", name=op.f("ck_provider_kind")),
        sa.CheckConstraint("run_by IN ('council', 'partner', 'independent')", name=op.f("ck_provider_run_by")),
        sa.CheckConstraint(
            "sponsored_staff IS NULL OR (sponsored_staff >= 0 AND staff IS NOT NULL AND sponsored_staff <= staff)",
            name=op.f("ck_provider_sponsored_are_staff"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
    )
    op.create_table(
        "care_package",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False, comment="the first day of it"),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day without it; none: it goes on"),
        sa.Column(
            "paid_by", sa.Text(), nullable=False, comment="council, self, direct-payment, health, other-council …"
        ),
        sa.Column(
            "call_times",
            sa.Text(),
            nullable=True,
            comment="when carers call each day, such as 07:30 12:30 18:00; none: not known, or always there",
        ),
        sa.Column(
            "carers", sa.Integer(), nullable=True, comment="how many carers come at once; two: double-handed care"
        ),
        sa.Column("time_critical_medicine", sa.Boolean(), nullable=True, comment="must have medicine at its time"),
        sa.Column("lives_alone", sa.Boolean(), nullable=True, comment="nobody else is at home"),
        sa.Column("placed_by", sa.Text(), nullable=True, comment="the other council that placed them, where one did"),
        sa.CheckConstraint(
            "paid_by IN ('council', 'self', 'direct-payment', 'health', 'other-council', 'unknown')",
            name=op.f("ck_care_package_paid_by"),
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_care_package_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_care_package_person_id_person")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_care_package_provider_id_provider")),
        sa.PrimaryKeyConstraint("person_id", "provider_id", "since", name=op.f("pk_care_package")),
    )
    op.create_index("ix_care_package_provider", "care_package", ["provider_id", "until"], unique=False)
    op.create_table(
        "provider_stop",
        sa.Column("decided_in", sa.Text(), nullable=False, comment="the deciding case"),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=False),
        sa.Column("looked_at_again_on", sa.Date(), nullable=False, comment="when it is decided whether it goes on"),
        sa.Column("lifted_at", UtcDateTime(), nullable=True, comment="none: it holds"),
        sa.ForeignKeyConstraint(["decided_in"], ["care_case.ref"], name=op.f("fk_provider_stop_decided_in_care_case")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_stop_provider_id_provider")),
        sa.PrimaryKeyConstraint("decided_in", name=op.f("pk_provider_stop")),
    )
    op.create_index("ix_provider_stop_provider", "provider_stop", ["provider_id", "lifted_at"], unique=False)
    with op.batch_alter_table("register_import") as table:  # nothing hangs on this table, so it can be made anew
        table.drop_constraint(op.f("ck_register_import_kind"), type_="check")
        table.create_check_constraint(op.f("ck_register_import_kind"), f"kind IN ({EXTRACT_KINDS})")
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)
