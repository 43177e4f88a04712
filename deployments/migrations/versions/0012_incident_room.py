"""The room of an incident: who may open it, who is told of it, and calls that were recorded or have passed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import completed_once, install, kept, kept_until_erased, unchanged

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

AUDIENCES = "'people', 'families', 'staff', 'council', 'regulator', 'health'"
TOLD_AT_ONCE = (
    "head-of-service", "strategic-manager", "commissioning", "brokerage", "safeguarding-lead", "on-call-manager",
)  # fmt: skip
GUARDS = [
    kept("incident_reader"),
    unchanged("incident_reader", "case_ref", "tag"),
    *(kept_until_erased(table) for table in ("incident_telling", "incident_call")),
    unchanged("incident_telling", "case_ref", "number", "audience", "whom"),
    completed_once("incident_telling", "told_at"),
    unchanged("incident_call", "case_ref", "at"),
]


def upgrade() -> None:
    """Make the tables, and let whoever heard of an incident that goes on open it."""
    op.add_column(
        "affected_person",
        sa.Column("told_in", sa.Text(), nullable=True, comment="ref of the case in which they are told; none: in none"),
    )
    op.add_column(
        "affected_person",
        sa.Column(
            "calls_looked_at",
            UtcDateTime(),
            nullable=True,
            comment="until when calls that have passed were looked at; none: never",
        ),
    )
    op.create_table(
        "incident_reader",
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the incident's"),
        sa.Column("tag", sa.Text(), nullable=False, comment="a role, a team or a member of staff who may open it"),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_incident_reader_case_ref_care_case")),
        sa.PrimaryKeyConstraint("case_ref", "tag", name=op.f("pk_incident_reader")),
    )
    op.create_table(
        "incident_telling",
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the incident's"),
        sa.Column("number", sa.Integer(), nullable=False, comment="counted through the incident, from 1"),
        sa.Column("audience", sa.Text(), nullable=False, comment="people, families, staff, council, regulator, health"),
        sa.Column("whom", sa.Text(), nullable=False, comment="the name of a council; empty for the others"),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True, comment="of what people are told"),
        sa.Column("content", sa.Text(), nullable=True, comment="what they are told; none: they are not"),
        sa.Column("not_told_because", sa.Text(), nullable=True, comment="why somebody decided that they are not told"),
        sa.Column("before_announced", sa.Boolean(), nullable=False, comment="told though it is confidential"),
        sa.Column(
            "up_to",
            sa.Integer(),
            nullable=True,
            comment="the highest number on the list of whom it speaks; none: it has not begun",
        ),
        sa.Column("begun_at", UtcDateTime(), nullable=True, comment="when it was put to the gate; none: not yet"),
        sa.Column("told_in", sa.Text(), nullable=True, comment="ref of the latest case in which they are told"),
        sa.Column("told_at", UtcDateTime(), nullable=True, comment="when they had been told; none: they have not"),
        sa.CheckConstraint(f"audience IN ({AUDIENCES})", name=op.f("ck_incident_telling_audience")),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["incident.case_ref"], name=op.f("fk_incident_telling_case_ref_incident")
        ),
        sa.PrimaryKeyConstraint("case_ref", "number", name=op.f("pk_incident_telling")),
    )
    op.create_table(
        "incident_call",
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the case that looks after the person"),
        sa.Column("at", UtcDateTime(), nullable=False, comment="when carers were to call"),
        sa.Column("missed_at", UtcDateTime(), nullable=True, comment="when it had passed with nobody and no record"),
        sa.Column("noted_at", UtcDateTime(), nullable=True, comment="when somebody said what became of it"),
        sa.Column("noted_by", sa.Text(), nullable=True, comment="who said so, by staff id"),
        sa.Column("made", sa.Boolean(), nullable=True, comment="whether it was made; none: nobody has said"),
        sa.Column("made_by", sa.Text(), nullable=True, comment="who made it"),
        sa.Column("how", sa.Text(), nullable=True, comment="how they were, or why it was not made"),
        sa.CheckConstraint("(noted_at IS NULL) = (made IS NULL)", name=op.f("ck_incident_call_noted_somehow")),
        sa.CheckConstraint(
            "noted_at IS NOT NULL OR missed_at IS NOT NULL", name=op.f("ck_incident_call_noted_or_missed")
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_incident_call_case_ref_care_case")),
        sa.PrimaryKeyConstraint("case_ref", "at", name=op.f("pk_incident_call")),
    )
    op.create_table(
        "incident_unseen_told",
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the incident's"),
        sa.Column("whom", sa.Text(), nullable=False, comment="the role, and near which team"),
        sa.Column("told_at", UtcDateTime(), nullable=False, comment="when they last heard that people are not seen"),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["incident.case_ref"], name=op.f("fk_incident_unseen_told_case_ref_incident")
        ),
        sa.PrimaryKeyConstraint("case_ref", "whom", name=op.f("pk_incident_unseen_told")),
    )
    for role in TOLD_AT_ONCE:
        op.execute(f"INSERT INTO incident_reader (case_ref, tag) SELECT case_ref, 'role-{role}' FROM incident")
    op.execute(
        "INSERT INTO incident_reader (case_ref, tag) SELECT i.case_ref, c.owner FROM incident i "
        "JOIN care_case c ON c.ref = i.case_ref WHERE NOT EXISTS "
        "(SELECT 1 FROM incident_reader r WHERE r.case_ref = i.case_ref AND r.tag = c.owner)"
    )
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)
