"""Providers: who they are, who has care from them, which are not to be used, and what is done when one fails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import completed_once, install, kept, kept_until_erased, unchanged

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

EXTRACT_KINDS = (
    "'staff', 'people', 'allocations', 'absences', 'teams', 'admissions', 'notes', 'reviews', 'waiting', "
    "'providers', 'packages'"
)
PROVIDER_KINDS = "'care-home', 'home-care', 'reablement', 'day-service', 'supported-living', 'other'"
CAUSES = (
    "'business-failure', 'deregistered-or-closed', 'major-interruption', 'own-plan-failed', "
    "'another-council-gave-notice', 'something-else'"
)
WAYS = (
    "'new-provider', 'same-provider', 'family-or-friends', 'health', 'other-council', 'by-themselves', 'not-affected'"
)
GUARDS = [
    kept("provider_stop"),
    unchanged("provider_stop", "decided_in", "provider_id", "stopped_at"),
    completed_once("provider_stop", "lifted_at"),
    kept("incident"),
    unchanged("incident", "case_ref", "provider_id", "provider_name", "cause", "began_at"),
    completed_once("incident", "ended_at"),
    *(kept_until_erased(table) for table in ("affected_person", "incident_list_line")),
    unchanged("affected_person", "case_ref", "incident_ref", "place", "source"),
    completed_once("affected_person", "accounted_at"),
    unchanged("incident_list_line", "case_ref", "number", "source", "said_by", "came_at"),
    completed_once("incident_list_line", "settled"),
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
    _make_tables_of_incidents()
    with op.batch_alter_table("register_import") as table:  # nothing hangs on this table, so it can be made anew
        table.drop_constraint(op.f("ck_register_import_kind"), type_="check")
        table.create_check_constraint(op.f("ck_register_import_kind"), f"kind IN ({EXTRACT_KINDS})")
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)


def _make_tables_of_incidents() -> None:
    """Incidents, the people they touch, and what other lists say of them."""
    op.create_table(
        "incident",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True, comment="none: the register does not have it"),
        sa.Column("provider_name", sa.Text(), nullable=False, comment="as it was called when the incident began"),
        sa.Column("cause", sa.Text(), nullable=False, comment="business-failure, deregistered-or-closed …"),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column(
            "care_ends_on", sa.Date(), nullable=False, comment="the first day on which the provider gives no care"
        ),
        sa.Column("announced_at", UtcDateTime(), nullable=True, comment="none: it is confidential until then"),
        sa.Column(
            "list_agreed_at",
            UtcDateTime(),
            nullable=True,
            comment="when somebody last said that the list is whole; none: nobody has, or something came since",
        ),
        sa.Column("ended_at", UtcDateTime(), nullable=True, comment="none: it goes on"),
        sa.CheckConstraint(
            f"cause IN ({CAUSES})",
            name=op.f("ck_incident_cause"),
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_incident_case_ref_care_case")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_incident_provider_id_provider")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_provider", "incident", ["provider_id", "ended_at"], unique=False)
    op.create_table(
        "affected_person",
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the case that looks after this person"),
        sa.Column("incident_ref", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="their number on the incident's list, from 1"),
        sa.Column("person_id", sa.Text(), nullable=True, comment="register id; none: the register does not have them"),
        sa.Column("name", sa.Text(), nullable=True, comment="where the register does not have them"),
        sa.Column(
            "born_on", sa.Date(), nullable=True, comment="where the register does not have them, and it is known"
        ),
        sa.Column("whereabouts", sa.Text(), nullable=True, comment="where they are, as the list says"),
        sa.Column("source", sa.Text(), nullable=False, comment="which list had them first"),
        sa.Column(
            "paid_by", sa.Text(), nullable=False, comment="council, self, direct-payment, health, other-council …"
        ),
        sa.Column("placed_by", sa.Text(), nullable=True, comment="the other council that placed them, where one did"),
        sa.Column("call_times", sa.Text(), nullable=True, comment="when carers call each day, such as 07:30 12:30"),
        sa.Column(
            "covered_until", UtcDateTime(), nullable=True, comment="until when somebody has said who gives the care"
        ),
        sa.Column("covered_by", sa.Text(), nullable=True, comment="who gives it until then"),
        sa.Column("time_critical_medicine", sa.Boolean(), nullable=False, comment="must have medicine at its time"),
        sa.Column("double_handed", sa.Boolean(), nullable=False, comment="two carers at once"),
        sa.Column("lives_alone", sa.Boolean(), nullable=False, comment="nobody else is at home"),
        sa.Column(
            "risk", sa.Text(), nullable=False, comment="red, amber or green; by the list until somebody has seen them"
        ),
        sa.Column("way", sa.Text(), nullable=True, comment="how their care goes on, once that is decided"),
        sa.Column("seen_at", UtcDateTime(), nullable=True, comment="when somebody had seen them or spoken with them"),
        sa.Column("arranged_at", UtcDateTime(), nullable=True, comment="when a safe arrangement was confirmed by name"),
        sa.Column("moved_at", UtcDateTime(), nullable=True, comment="when they were with it"),
        sa.Column("checked_at", UtcDateTime(), nullable=True, comment="when it was checked afterwards"),
        sa.Column(
            "accounted_at", UtcDateTime(), nullable=True, comment="when they were accounted for; none: they are not"
        ),
        sa.Column("ended_as", sa.Text(), nullable=True, comment="in the words of their case's outcome"),
        sa.CheckConstraint(
            "paid_by IN ('council', 'self', 'direct-payment', 'health', 'other-council', 'unknown')",
            name=op.f("ck_affected_person_paid_by"),
        ),
        sa.CheckConstraint("risk IN ('red', 'amber', 'green')", name=op.f("ck_affected_person_risk")),
        sa.CheckConstraint(
            f"way IS NULL OR way IN ({WAYS})",
            name=op.f("ck_affected_person_way"),
        ),
        sa.CheckConstraint(
            "(accounted_at IS NULL) = (ended_as IS NULL)", name=op.f("ck_affected_person_accounted_for_somehow")
        ),
        sa.CheckConstraint(
            "arranged_at IS NULL OR seen_at IS NOT NULL", name=op.f("ck_affected_person_seen_before_arranged")
        ),
        sa.CheckConstraint(
            "checked_at IS NULL OR arranged_at IS NOT NULL", name=op.f("ck_affected_person_arranged_before_checked")
        ),
        sa.CheckConstraint(
            "moved_at IS NULL OR arranged_at IS NOT NULL", name=op.f("ck_affected_person_arranged_before_moved")
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_affected_person_case_ref_care_case")),
        sa.ForeignKeyConstraint(
            ["incident_ref"], ["incident.case_ref"], name=op.f("fk_affected_person_incident_ref_incident")
        ),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_affected_person")),
    )
    op.create_index("ix_affected_person_person", "affected_person", ["person_id", "accounted_at"], unique=False)
    op.create_index("uq_affected_person_place", "affected_person", ["incident_ref", "place"], unique=True)
    op.create_table(
        "incident_list_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the incident's"),
        sa.Column("number", sa.Integer(), nullable=False, comment="counted through all lists of the incident, from 1"),
        sa.Column("source", sa.Text(), nullable=False, comment="whose list it is"),
        sa.Column("said_by", sa.Text(), nullable=False, comment="who sent the list"),
        sa.Column("came_at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True, comment="register id, where it says one"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("whereabouts", sa.Text(), nullable=True, comment="where they are"),
        sa.Column("person_ref", sa.Text(), nullable=True, comment="the case of the person of ours that it is about"),
        sa.Column("may_be_ref", sa.Text(), nullable=True, comment="the case of whom they may be the same as"),
        sa.Column("difference", sa.Text(), nullable=True, comment="how it differs from ours; none: it does not"),
        sa.Column(
            "settled", sa.Text(), nullable=True, comment="what somebody said to the difference; none: nobody has"
        ),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "difference IS NULL OR difference IN ('only-there', 'may-be-the-same', 'only-ours')",
            name=op.f("ck_incident_list_line_difference"),
        ),
        sa.CheckConstraint(
            "settled IS NULL OR settled IN ('affected', 'same-person', 'not-affected')",
            name=op.f("ck_incident_list_line_settled"),
        ),
        sa.CheckConstraint(
            "source IN ('our-records', 'provider', 'other-council', 'other')", name=op.f("ck_incident_list_line_source")
        ),
        sa.ForeignKeyConstraint(
            ["case_ref"], ["incident.case_ref"], name=op.f("fk_incident_list_line_case_ref_incident")
        ),
        sa.ForeignKeyConstraint(
            ["may_be_ref"], ["care_case.ref"], name=op.f("fk_incident_list_line_may_be_ref_care_case")
        ),
        sa.ForeignKeyConstraint(
            ["person_ref"], ["care_case.ref"], name=op.f("fk_incident_list_line_person_ref_care_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_list_line")),
    )
    op.create_index(
        "ix_incident_list_line_open", "incident_list_line", ["case_ref", "difference", "settled"], unique=False
    )
    op.create_index("uq_incident_list_line", "incident_list_line", ["case_ref", "number"], unique=True)
