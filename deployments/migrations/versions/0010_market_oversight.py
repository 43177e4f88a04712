"""Oversight of the market: who is the link worker of a provider, where the register's extract does not say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of link workers."""
    op.create_table(
        "link_worker",
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False, comment="staff id of whoever was named last"),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("named_in", sa.Text(), nullable=False, comment="the case in which they were named"),
        sa.ForeignKeyConstraint(["named_in"], ["care_case.ref"], name=op.f("fk_link_worker_named_in_care_case")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_link_worker_provider_id_provider")),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_link_worker")),
    )
