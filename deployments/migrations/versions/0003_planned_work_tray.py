"""The planned work tray: who waits on it, and whom the recording system shows as waiting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import append_only, install, kept, unchanged

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GUARDS = [
    *append_only("policy_activation"),
    kept("tray_place"),
    unchanged("tray_place", "case_ref", "person_id", "requested_at", "placed_at"),
]
NOTE_COMMENTS = {
    "key": "key of the question that asks a person to paste it, or of the step that left it",
    "asked_in": "the case that asks for it to be pasted, where its own has left it",
}
EXTRACT_KINDS = "'staff', 'people', 'allocations', 'absences', 'teams', 'admissions', 'notes', 'reviews', 'waiting'"


def upgrade() -> None:
    """The planned work tray: who waits on it, and whom the recording system shows as waiting."""
    op.add_column(
        "care_case",
        sa.Column("colour", sa.Text(), nullable=True, comment="Red, Amber or Green, where its procedure rates it"),
    )
    op.add_column(
        "case_note",
        sa.Column(
            "asked_of",
            sa.Text(),
            nullable=True,
            comment="its case has left it: tag of whoever pastes it where no machine can; none: its case waits for it",
        ),
    )
    op.execute(  # SQLite adds a column with its foreign key, and no foreign key alone
        "ALTER TABLE case_note ADD COLUMN asked_in TEXT"
        " CONSTRAINT fk_case_note_asked_in_care_case REFERENCES care_case (ref)"
    )
    if op.get_bind().dialect.name == "postgresql":
        for column, comment in NOTE_COMMENTS.items():
            op.execute(f"COMMENT ON COLUMN case_note.{column} IS '{comment}'")
    op.add_column(
        "inbound_mail",
        sa.Column(
            "settled_at",
            UtcDateTime(),
            nullable=True,
            comment="when it was first found out what it is; none: it is still stored, or it was at once",
        ),
    )
    op.create_table(
        "policy_activation",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["policy_version.version"], name=op.f("fk_policy_activation_version_policy_version")
        ),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_policy_activation")),
    )
    op.create_table(
        "tray_place",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the team that holds the tray"),
        sa.Column("requested_at", UtcDateTime(), nullable=False, comment="when help was asked for"),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("manager", sa.Text(), nullable=False, comment="staff id of the manager who placed them"),
        sa.Column("priority", sa.Text(), nullable=True, comment="High, Medium or Low; none: not rated yet"),
        sa.Column("urgent", sa.Boolean(), nullable=False, comment="a response within 24 hours was needed"),
        sa.Column("complexity", sa.Text(), nullable=True, comment="High, Medium or Low; none: not rated yet"),
        sa.Column("last_reached_at", UtcDateTime(), nullable=True, comment="when somebody last really reached them"),
        sa.Column("changed_at", UtcDateTime(), nullable=True, comment="when a change was last reported or found"),
        sa.Column("left_at", UtcDateTime(), nullable=True, comment="when they left the tray; none: they wait"),
        sa.Column("left_because", sa.Text(), nullable=True, comment="how the case ended, in the words of its outcome"),
        sa.Column(
            "reviewed_at", UtcDateTime(), nullable=True, comment="when a manager last looked at it in a tray review"
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_tray_place_case_ref_care_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tray_place_person_id_person")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_tray_place")),
    )
    op.create_index(op.f("ix_tray_place_person_id"), "tray_place", ["person_id"], unique=False)
    op.create_index("ix_tray_place_team", "tray_place", ["team_id", "left_at"], unique=False)
    op.create_table(
        "seen_waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the team on whose tray they are shown"),
        sa.Column("waiting_since", sa.Date(), nullable=True, comment="since when, as the recording system has it"),
        sa.Column("first_shown_at", UtcDateTime(), nullable=False, comment="when an extract first showed it to us"),
        sa.Column(
            "gone_at",
            UtcDateTime(),
            nullable=True,
            comment="when an extract first left it out again; none: it shows",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seen_waiting_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_waiting")),
    )
    op.create_index(op.f("ix_seen_waiting_person_id"), "seen_waiting", ["person_id"], unique=False)
    with op.batch_alter_table("register_import") as table:  # nothing hangs on this table, so it can be made anew
        table.drop_constraint(op.f("ck_register_import_kind"), type_="check")
        table.create_check_constraint(op.f("ck_register_import_kind"), f"kind IN ({EXTRACT_KINDS})")
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)
