"""The first tables: cases, ledger, register, mail, outbox, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import append_only, erased_or_untouched, fence_rises, install, kept, moves, unchanged
from models.mail import MAIL_MOVES
from models.outbox import OUTBOX_MOVES
from models.states import CASE_MOVES, MILESTONE_MOVES, WAIT_MOVES, WORK_ITEM_MOVES

revision = "0001"
down_revision = None
GUARDS = [
    *append_only("entry"),
    erased_or_untouched(),
    kept("entry_payload"),
    *append_only("access_entry"),
    *append_only("seal"),
    *append_only("sealed_head"),
    *append_only("policy_version"),
    *append_only("delivery"),
    kept("care_case"),
    kept("lease"),
    kept("wait"),
    kept("work_item"),
    kept("outbox_message"),
    kept("inbound_mail"),
    fence_rises(),
    moves("care_case", "status", CASE_MOVES),
    moves("wait", "state", WAIT_MOVES),
    moves("work_item", "state", WORK_ITEM_MOVES),
    moves("milestone", "state", MILESTONE_MOVES),
    moves("outbox_message", "state", OUTBOX_MOVES),
    moves("inbound_mail", "state", MAIL_MOVES),
    unchanged("inbound_mail", "raw", "digest", "content_digest", "received_at"),
    unchanged("care_case", "ref", "procedure", "opened_at", "parent_ref", "restricted"),
    unchanged("work_item", "case_ref", "key", "form", "opened_at"),
]

branch_labels = None
depends_on = None


def upgrade() -> None:
    """The first tables: cases, ledger, register, mail, outbox, audit."""
    op.create_table(
        "access_entry",
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False, comment="staff id, or os:USER where nobody signed in"),
        sa.Column("what", sa.Text(), nullable=False, comment="read-case, list-work, export and the like"),
        sa.Column("about", sa.Text(), nullable=False, comment="case ref or other reference"),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_access_entry")),
    )
    op.create_table(
        "care_case",
        sa.Column("ref", sa.Text(), nullable=False, comment="opaque reference with a check character"),
        sa.Column(
            "procedure", sa.Text(), nullable=False, comment="name of the procedure, such as written-contact-transfer"
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="open, needs_attention or closed"),
        sa.Column("restricted", sa.Boolean(), nullable=False, comment="shown in Prefect under one neutral name"),
        sa.Column("owner", sa.Text(), nullable=False, comment="who owns it: role-…, team-… or staff-…; never nobody"),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("parent_ref", sa.Text(), nullable=True, comment="the case that opened this one"),
        sa.Column("head_no", sa.Integer(), nullable=False, comment="number of the last ledger entry"),
        sa.Column("head_hash", sa.Text(), nullable=False, comment="hash of the last ledger entry"),
        sa.Column(
            "wake_no", sa.Integer(), nullable=False, comment="raised by every answer and signal, in its own transaction"
        ),
        sa.Column(
            "asleep_wake_no",
            sa.Integer(),
            nullable=False,
            comment="the wake_no its last leg had read when it went to sleep; -1: no leg yet",
        ),
        sa.Column("next_due", UtcDateTime(), nullable=True, comment="when it wants to be woken at the latest"),
        sa.Column(
            "awaiting", sa.Text(), nullable=False, comment="what it waits for, in words a manager reads in Prefect"
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="failed tries in a row"),
        sa.Column("generation", sa.Integer(), nullable=False, comment="how many runs in Prefect it has had, less one"),
        sa.Column("flow_run_id", sa.Text(), nullable=True, comment="its run in Prefect; none until it was created"),
        sa.Column("run_created_at", UtcDateTime(), nullable=True, comment="when its present run was created"),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_care_case_closed_has_a_time")
        ),
        sa.CheckConstraint("status IN ('open', 'needs_attention', 'closed')", name=op.f("ck_care_case_status")),
        sa.ForeignKeyConstraint(["parent_ref"], ["care_case.ref"], name=op.f("fk_care_case_parent_ref_care_case")),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_care_case")),
    )
    op.create_index("ix_care_case_open", "care_case", ["status", "next_due"], unique=False)
    op.create_index(op.f("ix_care_case_parent_ref"), "care_case", ["parent_ref"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Text(), nullable=False, comment="N- and random characters; in the text sent"),
        sa.Column("case_ref", sa.Text(), nullable=True, comment="the case it is about, if any"),
        sa.Column("entry_no", sa.Integer(), nullable=True, comment="the ledger entry that queued it"),
        sa.Column("work_item_id", sa.Text(), nullable=True, comment="the work item it is about; withdrawn with it"),
        sa.Column("recipient", sa.Text(), nullable=False, comment="who is told: role-…, team-… or staff-…"),
        sa.Column("notice", sa.JSON(), nullable=False, comment="the notice's fields; no personal data fits"),
        sa.Column("state", sa.Text(), nullable=False, comment="queued, delivered, undelivered or withdrawn"),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime(), nullable=False, comment="not sent before"),
        sa.Column(
            "attempts",
            sa.Integer(),
            nullable=False,
            comment="tries begun; counted when claimed, so that a crash counts",
        ),
        sa.Column("claimed_until", UtcDateTime(), nullable=True, comment="until when its deliverer has it alone"),
        sa.Column("claimed_by", sa.Text(), nullable=True, comment="the claim's random token"),
        sa.CheckConstraint(
            "state IN ('queued', 'delivered', 'undelivered', 'withdrawn')", name=op.f("ck_outbox_message_state")
        ),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (claimed_until IS NULL)", name=op.f("ck_outbox_message_claim_is_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    op.create_index("ix_outbox_message_case", "outbox_message", ["case_ref", "entry_no"], unique=False)
    op.create_index("ix_outbox_message_due", "outbox_message", ["state", "next_attempt_at"], unique=False)
    op.create_index("ix_outbox_message_work_item", "outbox_message", ["work_item_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Text(), nullable=False, comment="our reference, such as P-104"),
        sa.Column("record_id", sa.Text(), nullable=False, comment="id in the council's recording system"),
        sa.Column("nhs_number", sa.Text(), nullable=True, comment="ten digits, no spaces"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True, comment="capital letters, one space"),
        sa.Column("died_on", sa.Date(), nullable=True, comment="stops every letter and call"),
        sa.Column("preferred_method", sa.Text(), nullable=True, comment="how they want to hear from us"),
        sa.Column("communication_needs", sa.Text(), nullable=True, comment="large print, interpreter …"),
        sa.CheckConstraint(
            "preferred_method IS NULL OR preferred_method IN ('letter', 'email', 'telephone', 'text-message')",
            name=op.f("ck_person_method"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("nhs_number", name=op.f("uq_person_nhs_number")),
        sa.UniqueConstraint("record_id", name=op.f("uq_person_record_id")),
    )
    op.create_table(
        "policy_version",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("first_used_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="the settings as TOML or JSON; holds no personal data"),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_version")),
    )
    op.create_table(
        "register_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="people, staff, allocations or absences"),
        sa.Column("file", sa.Text(), nullable=False, comment="the file's name"),
        sa.Column("rows", sa.Integer(), nullable=False, comment="rows in the file, without its header"),
        sa.Column("rejected", sa.Integer(), nullable=False, comment="rows that could not be taken"),
        sa.Column("full", sa.Boolean(), nullable=False, comment="whether a row missing from it has ended"),
        sa.Column("extract_date", sa.Date(), nullable=False, comment="the day the recording system wrote it"),
        sa.CheckConstraint(
            "kind IN ('staff', 'people', 'allocations', 'absences')", name=op.f("ck_register_import_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
    )
    op.create_table(
        "seal",
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False, comment="how many cases there were"),
        sa.Column(
            "heads_digest",
            sa.Text(),
            nullable=False,
            comment="SHA-256 over the heads that changed since the seal before",
        ),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_seal")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Text(), nullable=False, comment="small letters, digits and hyphens"),
        sa.Column("name", sa.Text(), nullable=False, comment="the council's own name for it"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False, comment="who was told: role-…, team-… or staff-…"),
        sa.Column("service", sa.Text(), nullable=True, comment="the service's address with its secrets masked"),
        sa.Column("attempt", sa.Integer(), nullable=False, comment="which of the message's tries, from 1"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False, comment="delivered, failed or no-service"),
        sa.Column("detail", sa.Text(), nullable=False, comment="kind of failure; never what the service answered"),
        sa.CheckConstraint(
            "outcome <> 'delivered' OR service IS NOT NULL", name=op.f("ck_delivery_delivered_by_a_service")
        ),
        sa.CheckConstraint("outcome IN ('delivered', 'failed', 'no-service')", name=op.f("ck_delivery_outcome")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_message.id"], name=op.f("fk_delivery_message_id_outbox_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_message_id"), "delivery", ["message_id"], unique=False)
    op.create_table(
        "entry",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, 3 … without a gap"),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="the step's or the wait's name in this case, such as contact-review[3]",
        ),
        sa.Column("step", sa.Text(), nullable=False, comment="the task, form, signal or procedure behind the key"),
        sa.Column("by", sa.Text(), nullable=False, comment="who did it: a staff id, or system"),
        sa.Column("clauses", sa.Text(), nullable=False, comment="clause ids, separated by spaces"),
        sa.Column("policy", sa.Text(), nullable=False, comment="version of the policy in force"),
        sa.Column(
            "payload_digest",
            sa.Text(),
            nullable=False,
            comment="salted SHA-256 of the payload; stays when it is erased",
        ),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('done', 'told', 'asked', 'awaited', 'withdrew', 'case-opened', 'skipped', 'answered', 'lapsed', 'fell-due', 'signalled', 'case-closed', 'opened', 'closed', 'acknowledged', 'reassigned', 'reminded', 'escalated', 'owner-changed', 'due-changed', 'failed', 'parked', 'resumed', 'run-replaced', 'run-interfered', 'undelivered', 'erased')",
            name=op.f("ck_entry_kind"),
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_entry_case_ref_care_case")),
        sa.PrimaryKeyConstraint("case_ref", "no", name=op.f("pk_entry")),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.Text(), nullable=False, comment="opaque, such as M-7K3Q9PXM2B; no personal data"),
        sa.Column("received_at", UtcDateTime(), nullable=False, comment="when it was first stored"),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the original bytes, in hex"),
        sa.Column(
            "content_digest",
            sa.Text(),
            nullable=False,
            comment="SHA-256 over what the sender wrote, without what relays add; the same for a second delivery",
        ),
        sa.Column(
            "raw", sa.LargeBinary(), nullable=False, comment="the original bytes, attachments and all; personal data"
        ),
        sa.Column(
            "on_paper", sa.Boolean(), nullable=False, comment="a letter that was scanned in; else it came by e-mail"
        ),
        sa.Column("size", sa.Integer(), nullable=False, comment="length of the original in bytes"),
        sa.Column(
            "envelope_from",
            sa.Text(),
            nullable=True,
            comment="return path; empty: the null path of bounces; none: came as a file; personal data",
        ),
        sa.Column("envelope_to", sa.JSON(), nullable=False, comment="addresses it was delivered to; personal data"),
        sa.Column("state", sa.Text(), nullable=False, comment="stored, opened, signalled, ignored or quarantined"),
        sa.Column("case_ref", sa.Text(), nullable=True, comment="the case it opened, was handed to, or is about"),
        sa.Column(
            "reason",
            sa.Text(),
            nullable=False,
            comment="why it was ignored or quarantined, without personal data; empty otherwise",
        ),
        sa.CheckConstraint(
            "state IN ('stored', 'opened', 'signalled', 'ignored', 'quarantined')", name=op.f("ck_inbound_mail_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('ignored', 'quarantined') OR reason <> ''",
            name=op.f("ck_inbound_mail_passed_over_with_a_reason"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('opened', 'signalled') OR case_ref IS NOT NULL",
            name=op.f("ck_inbound_mail_taken_up_by_a_case"),
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_inbound_mail_case_ref_care_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("content_digest", name=op.f("uq_inbound_mail_content_digest")),
        sa.UniqueConstraint("digest", name=op.f("uq_inbound_mail_digest")),
    )
    op.create_index(op.f("ix_inbound_mail_case_ref"), "inbound_mail", ["case_ref"], unique=False)
    op.create_index(op.f("ix_inbound_mail_received_at"), "inbound_mail", ["received_at"], unique=False)
    op.create_index(op.f("ix_inbound_mail_state"), "inbound_mail", ["state"], unique=False)
    op.create_table(
        "lease",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column(
            "fence",
            sa.Integer(),
            nullable=False,
            comment="raised with every taking; writes with an older fence are refused",
        ),
        sa.Column("holder", sa.Text(), nullable=True, comment="host, process and thread that holds it; none when free"),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_lease_case_ref_care_case")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_lease")),
    )
    op.create_table(
        "sealed_head",
        sa.Column("seal_no", sa.Integer(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("head_no", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seal_no"], ["seal.no"], name=op.f("fk_sealed_head_seal_no_seal")),
        sa.PrimaryKeyConstraint("seal_no", "case_ref", name=op.f("pk_sealed_head")),
    )
    op.create_table(
        "signal_receipt",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("signal_id", sa.Text(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_signal_receipt_case_ref_care_case")),
        sa.PrimaryKeyConstraint("case_ref", "signal_id", name=op.f("pk_signal_receipt")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), nullable=False, comment="small letters, digits, hyphens"),
        sa.Column("name", sa.Text(), nullable=False, comment="personal data"),
        sa.Column("email", sa.Text(), nullable=True, comment="work address; personal data"),
        sa.Column("role", sa.Text(), nullable=False, comment="neutral name of the role, such as duty-worker"),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True, comment="the first day on which they are no longer staff"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_staff_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_index("ix_staff_role", "staff", ["role", "team_id"], unique=False)
    op.create_index(op.f("ix_staff_team_id"), "staff", ["team_id"], unique=False)
    op.create_table(
        "wait",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=True, comment="when it falls due or lapses; none: it waits for ever"),
        sa.Column(
            "counted_from",
            UtcDateTime(),
            nullable=True,
            comment="where the counting to due began; none: a fixed moment",
        ),
        sa.Column("length", sa.Text(), nullable=True, comment="how long, as policy writes it, to work due out anew"),
        sa.Column("awaited", sa.Text(), nullable=False, comment="the form, signal or procedure awaited"),
        sa.Column("child_ref", sa.Text(), nullable=True, comment="the case whose closing is awaited"),
        sa.Column("opened_no", sa.Integer(), nullable=False, comment="the entry that opened it"),
        sa.Column("ended_no", sa.Integer(), nullable=True, comment="the entry that ended it"),
        sa.CheckConstraint("(state = 'open') = (ended_no IS NULL)", name=op.f("ck_wait_ended_has_an_entry")),
        sa.CheckConstraint("kind IN ('decision', 'signal', 'timer', 'case')", name=op.f("ck_wait_kind")),
        sa.CheckConstraint("state IN ('open', 'came', 'lapsed', 'withdrawn')", name=op.f("ck_wait_state")),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_wait_case_ref_care_case")),
        sa.PrimaryKeyConstraint("case_ref", "key", name=op.f("pk_wait")),
    )
    op.create_index("ix_wait_child", "wait", ["child_ref"], unique=False)
    op.create_index("ix_wait_due", "wait", ["state", "due"], unique=False)
    op.create_table(
        "work_item",
        sa.Column("id", sa.Text(), nullable=False, comment="W- and random characters"),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="the wait's key, or house:… where the house asks",
        ),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("asked_of", sa.Text(), nullable=False, comment="who is asked: role-…, team-… or staff-…"),
        sa.Column("assignee", sa.Text(), nullable=True, comment="staff id of who took it or was given it"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column(
            "due", UtcDateTime(), nullable=True, comment="when an answer is wanted; the wait's own due where it has one"
        ),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True, comment="staff id"),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_by IS NOT NULL)", name=op.f("ck_work_item_answer_has_a_name")
        ),
        sa.CheckConstraint("state IN ('open', 'answered', 'lapsed', 'withdrawn')", name=op.f("ck_work_item_state")),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_work_item_case_ref_care_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sa.UniqueConstraint("case_ref", "key", name=op.f("uq_work_item_case_ref_key")),
    )
    op.create_index("ix_work_item_open", "work_item", ["state", "asked_of", "opened_at"], unique=False)
    op.create_table(
        "absence",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False, comment="the first moment away"),
        sa.Column("returns_at", UtcDateTime(), nullable=True, comment="the first moment back; none: not known"),
        sa.Column("kind", sa.Text(), nullable=False, comment="leave, training or unplanned"),
        sa.CheckConstraint("kind IN ('leave', 'training', 'unplanned')", name=op.f("ck_absence_kind")),
        sa.CheckConstraint(
            "returns_at IS NULL OR returns_at >= starts_at", name=op.f("ck_absence_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_absence_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", "starts_at", name=op.f("pk_absence")),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=True, comment="none: the team as such"),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("responsibility", sa.Text(), nullable=False, comment="assessment or review"),
        sa.Column("since", sa.Date(), nullable=False, comment="the first day it holds"),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day it no longer holds; none: it holds"),
        sa.CheckConstraint("responsibility IN ('assessment', 'review')", name=op.f("ck_allocation_responsibility")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_allocation_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allocation_person_id_person")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_allocation_staff_id_staff")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_allocation_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_person", "allocation", ["person_id", "since"], unique=False)
    op.create_index(op.f("ix_allocation_staff_id"), "allocation", ["staff_id"], unique=False)
    op.create_table(
        "entry_payload",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "salt", sa.Text(), nullable=True, comment="random; erased with the content, so that no guess can be tried"
        ),
        sa.Column("content", sa.Text(), nullable=True, comment="JSON with text and data; none once erased"),
        sa.CheckConstraint("(content IS NULL) = (salt IS NULL)", name=op.f("ck_entry_payload_erased_whole")),
        sa.ForeignKeyConstraint(
            ["case_ref", "no"], ["entry.case_ref", "entry.no"], name=op.f("fk_entry_payload_case_ref_entry")
        ),
        sa.PrimaryKeyConstraint("case_ref", "no", name=op.f("pk_entry_payload")),
    )
    op.create_table(
        "milestone",
        sa.Column("work_item_id", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("counted_from", UtcDateTime(), nullable=False),
        sa.Column("length", sa.Text(), nullable=False),
        sa.Column("told_to", sa.Text(), nullable=False, comment="who is told: role-…, team-… or staff-…"),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_milestone_case_ref_care_case")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_milestone_work_item_id_work_item")),
        sa.PrimaryKeyConstraint("work_item_id", "no", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_case_ref"), "milestone", ["case_ref"], unique=False)
    op.create_index("ix_milestone_due", "milestone", ["state", "due"], unique=False)
    op.create_index("ix_sealed_head_case", "sealed_head", ["case_ref", "head_no"], unique=False)
    op.execute(
        "CREATE UNIQUE INDEX uq_allocation_once ON allocation"
        " (person_id, coalesce(staff_id, ''), team_id, responsibility, since)"
    )
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)
