"""Moves between services, each time somebody was asked to take one on, gaps in care, and contingency plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import completed_once, install, kept, kept_until_erased, unchanged

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PATHWAYS = (
    "'childhood-to-adulthood', 'hospital-discharge', 'to-another-council', 'between-services', "
    "'can-no-longer-fund-their-care', 'residential-care-to-supported-living', 'from-or-with-prison', 'out-of-area', "
    "'another'"
)
READY = "talked_over_at IS NOT NULL AND planned_at IS NOT NULL AND in_place_at IS NOT NULL AND accepted_at IS NOT NULL"
GUARDS = [
    *(kept_until_erased(table) for table in ("move", "move_handover", "move_gap")),
    unchanged("move", "case_ref", "pathway", "who_moves", "person_id", "sent_by", "first_day"),
    completed_once("move", "ended_at"),
    unchanged("move_handover", "case_ref", "number", "asked_of", "asked_at"),
    completed_once("move_handover", "answered_at"),
    unchanged("move_gap", "case_ref", "number", "began_on"),
    completed_once("move_gap", "ended_on"),
    kept("contingency_plan"),
    unchanged("contingency_plan", "case_ref", "interruption"),
    completed_once("contingency_plan", "ended_at"),
]


def upgrade() -> None:
    """Make the tables of moves and of contingency plans."""
    op.create_table(
        "move",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=False, comment="hospital-discharge, between-services …"),
        sa.Column("who_moves", sa.Text(), nullable=False, comment="young-person, adult, unpaid-carer or family"),
        sa.Column("person_id", sa.Text(), nullable=True, comment="register id; none: the register does not have them"),
        sa.Column("sent_by", sa.Text(), nullable=False, comment="tag of the team or person that has the move in hand"),
        sa.Column(
            "old_service", sa.Text(), nullable=False, comment="what they have until then, in words or by its name"
        ),
        sa.Column("new_service", sa.Text(), nullable=True, comment="what they go to; none: it is still looked for"),
        sa.Column("received_by", sa.Text(), nullable=True, comment="tag of who was last asked to take them on"),
        sa.Column("first_day", sa.Date(), nullable=False, comment="the day by which it was wanted when it began"),
        sa.Column("day", sa.Date(), nullable=False, comment="the day on which it is now"),
        sa.Column(
            "care_ends_on",
            sa.Date(),
            nullable=True,
            comment="the first day without the care they have; none: it goes on until the new one has begun",
        ),
        sa.Column("they_say", sa.Text(), nullable=True, comment="agrees, not-yet or refuses"),
        sa.Column(
            "talked_over_at",
            UtcDateTime(),
            nullable=True,
            comment="when its risks were talked over and it was agreed",
        ),
        sa.Column(
            "planned_at",
            UtcDateTime(),
            nullable=True,
            comment="when what happens next and who does it was known",
        ),
        sa.Column("in_place_at", UtcDateTime(), nullable=True, comment="when every practical arrangement was in place"),
        sa.Column(
            "accepted_at",
            UtcDateTime(),
            nullable=True,
            comment="when whoever receives them took them on by name",
        ),
        sa.Column(
            "emergency_at",
            UtcDateTime(),
            nullable=True,
            comment="when a manager decided that it cannot wait for all",
        ),
        sa.Column("put_off", sa.Integer(), nullable=False, comment="how often its day was put off"),
        sa.Column("moved_at", UtcDateTime(), nullable=True, comment="when they were there"),
        sa.Column("check_due", UtcDateTime(), nullable=True, comment="by when it is looked how they are, once there"),
        sa.Column("checked_at", UtcDateTime(), nullable=True, comment="when they were found well and safe with it"),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="none: it goes on"),
        sa.Column("ended_as", sa.Text(), nullable=True, comment="in the words of the case's outcome"),
        sa.CheckConstraint(f"pathway IN ({PATHWAYS})", name=op.f("ck_move_pathway")),
        sa.CheckConstraint(
            "who_moves IN ('young-person', 'adult', 'unpaid-carer', 'family')", name=op.f("ck_move_who_moves")
        ),
        sa.CheckConstraint(
            "they_say IS NULL OR they_say IN ('agrees', 'not-yet', 'refuses')", name=op.f("ck_move_they_say")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_as IS NULL)", name=op.f("ck_move_ended_somehow")),
        sa.CheckConstraint(
            f"moved_at IS NULL OR emergency_at IS NOT NULL OR ({READY})", name=op.f("ck_move_ready_before_it_moved")
        ),
        sa.CheckConstraint(
            f"ended_as IS NULL OR ended_as <> 'moved and checked' OR ({READY} AND moved_at IS NOT NULL AND checked_at "
            "IS NOT NULL)",
            name=op.f("ck_move_whole_before_it_ended"),
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_move_case_ref_care_case")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_move")),
    )
    op.create_index("ix_move_open", "move", ["ended_at", "day"], unique=False)
    op.create_index("ix_move_person", "move", ["person_id", "ended_at"], unique=False)
    op.create_table(
        "move_handover",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1"),
        sa.Column(
            "asked_of", sa.Text(), nullable=False, comment="tag of who was asked, or brokerage where it found a place"
        ),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column(
            "silent_at",
            UtcDateTime(),
            nullable=True,
            comment="when the time for an answer had passed without one",
        ),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("came", sa.Text(), nullable=True, comment="accepted, refused or taken-back"),
        sa.CheckConstraint("(answered_at IS NULL) = (came IS NULL)", name=op.f("ck_move_handover_answered_somehow")),
        sa.CheckConstraint(
            "came IS NULL OR came IN ('accepted', 'refused', 'taken-back')", name=op.f("ck_move_handover_came")
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["move.case_ref"], name=op.f("fk_move_handover_case_ref_move")),
        sa.PrimaryKeyConstraint("case_ref", "number", name=op.f("pk_move_handover")),
    )
    op.create_table(
        "move_gap",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1"),
        sa.Column("began_on", sa.Date(), nullable=False, comment="the first day without care"),
        sa.Column(
            "ended_on",
            sa.Date(),
            nullable=True,
            comment="the first day with care again; none: there still is none",
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name=op.f("ck_move_gap_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["case_ref"], ["move.case_ref"], name=op.f("fk_move_gap_case_ref_move")),
        sa.PrimaryKeyConstraint("case_ref", "number", name=op.f("pk_move_gap")),
    )
    _make_contingency_plans()
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)


def _make_contingency_plans() -> None:
    """The register of contingency plans."""
    op.create_table(
        "contingency_plan",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="what the plan is called"),
        sa.Column("interruption", sa.Text(), nullable=False, comment="own-duties or provision"),
        sa.Column("duty", sa.Text(), nullable=True, comment="which of our own duties; none: it is about provision"),
        sa.Column("team_id", sa.Text(), nullable=True, comment="whose; none: every team's"),
        sa.Column("provider_id", sa.Text(), nullable=True, comment="none: not one in particular"),
        sa.Column(
            "provider_kind",
            sa.Text(),
            nullable=True,
            comment="care-home, home-care …; none, and no provider: every kind",
        ),
        sa.Column("owner", sa.Text(), nullable=False, comment="staff id of who keeps it"),
        sa.Column("document", sa.Text(), nullable=False, comment="where the document lies"),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=True, comment="when it was last tried out; none: never"),
        sa.Column("next_review_on", sa.Date(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="none: it holds"),
        sa.CheckConstraint(
            "interruption IN ('own-duties', 'provision')", name=op.f("ck_contingency_plan_interruption")
        ),
        sa.CheckConstraint(
            "duty IS NULL OR duty IN ('first-contact', 'assessment', 'safeguarding', 'arranging-care', 'review', "
            "'paying', 'out-of-hours')",
            name=op.f("ck_contingency_plan_duty"),
        ),
        sa.CheckConstraint(
            "provider_kind IS NULL OR provider_kind IN ('care-home', 'home-care', 'reablement', 'day-service', "
            "'supported-living', 'other')",
            name=op.f("ck_contingency_plan_provider_kind"),
        ),
        sa.CheckConstraint(
            "(interruption = 'own-duties' AND duty IS NOT NULL AND provider_id IS NULL AND provider_kind IS NULL) OR "
            "(interruption = 'provision' AND duty IS NULL AND team_id IS NULL)",
            name=op.f("ck_contingency_plan_scope"),
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_contingency_plan_case_ref_care_case")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_contingency_plan_provider_id_provider")
        ),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_contingency_plan")),
    )
    op.create_index("ix_contingency_plan_provider", "contingency_plan", ["provider_id", "ended_at"], unique=False)
