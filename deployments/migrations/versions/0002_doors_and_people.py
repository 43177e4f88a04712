"""Doors, messages to people, notes in the recording system, and digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models.base import UtcDateTime
from models.guards import install, kept, moves, unchanged
from models.names import name_key, record_key
from models.person_messages import PERSON_MESSAGE_MOVES
from models.recording import NOTE_MOVES

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDS = [
    kept("person_message"),
    kept("case_note"),
    moves("person_message", "state", PERSON_MESSAGE_MOVES),
    moves("case_note", "state", NOTE_MOVES),
    unchanged("person_message", "case_ref", "entry_no", "queued_at"),
    unchanged("case_note", "case_ref", "key", "wanted_at"),
]
DOOR = "smtp, imap, file, paper or webhook; none: it came before doors were noted"
EXTRACT_KINDS = "'staff', 'people', 'allocations', 'absences', 'teams', 'admissions', 'notes', 'reviews'"


def upgrade() -> None:
    """Doors, messages to people, notes in the recording system, and digests."""
    op.create_table(
        "done_once",
        sa.Column("name", sa.Text(), nullable=False, comment="what, and for which day, such as x:2026-11-30"),
        sa.Column("at", UtcDateTime(), nullable=False, comment="when it was begun, in the transaction that did it"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_done_once")),
    )
    op.create_table(
        "mailbox_watch",
        sa.Column("mailbox", sa.Text(), nullable=False, comment="its name in the connections file"),
        sa.Column("tried_at", UtcDateTime(), nullable=False, comment="when it was last looked into"),
        sa.Column("collected_at", UtcDateTime(), nullable=True, comment="when that last went well"),
        sa.Column("trouble", sa.Text(), nullable=False, comment="kind of the last failure; empty where all is well"),
        sa.Column("failing_since", UtcDateTime(), nullable=True, comment="none where all is well"),
        sa.Column(
            "begin_behind",
            sa.BigInteger(),
            nullable=True,
            comment="UID of the last message that refused; the next round begins behind it",
        ),
        sa.Column(
            "told_at",
            UtcDateTime(),
            nullable=True,
            comment="when somebody was last told of it",
        ),
        sa.Column("case_ref", sa.Text(), nullable=True, comment="the case in which somebody was last told of it"),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_mailbox_watch_case_ref_care_case")),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailbox_watch")),
    )
    op.create_table(
        "admission",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("discharged_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False, comment="hospital or unit"),
        sa.CheckConstraint(
            "discharged_on IS NULL OR discharged_on >= admitted_on", name=op.f("ck_admission_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_admission_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "admitted_on", name=op.f("pk_admission")),
    )
    op.create_table(
        "case_person",
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False, comment="register id"),
        sa.Column("since_no", sa.Integer(), nullable=False, comment="the entry that says so"),
        sa.Column(
            "death_heard_no",
            sa.Integer(),
            nullable=True,
            comment="the entry by which the case knows of their death; none: they live, or it has not heard yet",
        ),
        sa.Column("team_id", sa.Text(), nullable=True, comment="the team responsible when last compared"),
        sa.Column("staff_id", sa.Text(), nullable=True, comment="the worker allocated when last compared"),
        sa.Column("in_hospital_since", sa.Date(), nullable=True, comment="day of admission when last compared"),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_case_person_case_ref_care_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_person_person_id_person")),
        sa.PrimaryKeyConstraint("case_ref", "person_id", name=op.f("pk_case_person")),
    )
    op.create_index(op.f("ix_case_person_person_id"), "case_person", ["person_id"], unique=False)
    op.create_table(
        "case_note",
        sa.Column(
            "id",
            sa.Text(),
            nullable=False,
            comment="R- and random characters; stands in the note, so that it is known again",
        ),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="key of the question that asks a person to paste it"),
        sa.Column("person_id", sa.Text(), nullable=True, comment="register id of the person it is about, where known"),
        sa.Column("title", sa.Text(), nullable=False, comment="its literal title"),
        sa.Column("text", sa.Text(), nullable=False, comment="personal data; emptied once it stands there"),
        sa.Column("author", sa.Text(), nullable=False, comment="staff id or tag of whoever answers for it"),
        sa.Column("state", sa.Text(), nullable=False, comment="wanted, kept or dropped"),
        sa.Column("ending", sa.Text(), nullable=True, comment="written, pasted or sighted"),
        sa.Column("note_id", sa.Text(), nullable=True, comment="the note's id in the recording system"),
        sa.Column("wanted_at", UtcDateTime(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=True),
        sa.Column("sighted_on", sa.Date(), nullable=True, comment="day of the extract that first showed it"),
        sa.Column(
            "next_attempt_at",
            UtcDateTime(),
            nullable=True,
            comment="when writing is tried; none: a person pastes it",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="tries of writing begun"),
        sa.CheckConstraint("(state = 'kept') = (ending IS NOT NULL)", name=op.f("ck_case_note_kept_in_one_way")),
        sa.CheckConstraint(
            "ending IS NULL OR ending IN ('written', 'pasted', 'sighted')", name=op.f("ck_case_note_ending")
        ),
        sa.CheckConstraint("state <> 'kept' OR note_id IS NOT NULL", name=op.f("ck_case_note_kept_has_an_id")),
        sa.CheckConstraint("state IN ('wanted', 'kept', 'dropped')", name=op.f("ck_case_note_state")),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_case_note_case_ref_care_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index("ix_case_note_case", "case_note", ["case_ref", "key"], unique=False)
    op.create_index("ix_case_note_due", "case_note", ["state", "next_attempt_at"], unique=False)
    op.create_table(
        "difference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "about",
            sa.Text(),
            nullable=False,
            comment="kind and references that name it once, such as death:P-104:CASE",
        ),
        sa.Column("team_id", sa.Text(), nullable=False, comment="the team whose list it stands on"),
        sa.Column("text", sa.Text(), nullable=False, comment="one sentence with references only"),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=True, comment="the daily list it stands on"),
        sa.Column(
            "seen_at",
            UtcDateTime(),
            nullable=True,
            comment="when the team had seen to it; none: not yet",
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_difference_case_ref_care_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difference")),
    )
    op.create_index("ix_difference_team", "difference", ["team_id", "seen_at"], unique=False)
    op.create_index(
        "uq_difference_once",
        "difference",
        ["about"],
        unique=True,
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )
    op.create_table(
        "extract_note",
        sa.Column("note_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("our_id", sa.Text(), nullable=True, comment="our id R-… where the note carries one"),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False, comment="when an extract first showed it to us"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_extract_note_person_id_person")),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_extract_note")),
    )
    op.create_index(op.f("ix_extract_note_our_id"), "extract_note", ["our_id"], unique=False)
    op.create_index(op.f("ix_extract_note_person_id"), "extract_note", ["person_id"], unique=False)
    op.create_table(
        "person_message",
        sa.Column("id", sa.Text(), nullable=False, comment="L- and random characters; given to the service"),
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the case that wants it said"),
        sa.Column("entry_no", sa.Integer(), nullable=False, comment="the ledger entry that queued it"),
        sa.Column("kind", sa.Text(), nullable=False, comment="receipt or told"),
        sa.Column("person_id", sa.Text(), nullable=True, comment="register id of the person it concerns, where known"),
        sa.Column(
            "told_person_id",
            sa.Text(),
            nullable=True,
            comment="register id of whoever is written to, where they are in the register",
        ),
        sa.Column("sent_by", sa.Text(), nullable=False, comment="email, text-message or letter"),
        sa.Column("address", sa.Text(), nullable=False, comment="where it goes; personal data"),
        sa.Column("subject", sa.Text(), nullable=False, comment="personal data"),
        sa.Column("body", sa.Text(), nullable=False, comment="personal data"),
        sa.Column("in_reply_to", sa.Text(), nullable=True, comment="Message-ID of the message it answers"),
        sa.Column("state", sa.Text(), nullable=False, comment="queued, sent, delivered, failed or withdrawn"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why it failed or was withdrawn, without personal data"),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column(
            "next_attempt_at",
            UtcDateTime(),
            nullable=False,
            comment="not sent, or not asked after, before",
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            nullable=False,
            comment="tries begun; counted when claimed, so that a crash counts",
        ),
        sa.Column("sent_at", UtcDateTime(), nullable=True, comment="when a service took it"),
        sa.Column(
            "settled_at",
            UtcDateTime(),
            nullable=True,
            comment="when it was delivered, failed or withdrawn",
        ),
        sa.Column("service_ref", sa.Text(), nullable=True, comment="the service's own id of it, to ask after it"),
        sa.Column(
            "claimed_until",
            UtcDateTime(),
            nullable=True,
            comment="until when its sender has it alone",
        ),
        sa.Column("claimed_by", sa.Text(), nullable=True, comment="the claim's random token"),
        sa.CheckConstraint("kind IN ('receipt', 'told')", name=op.f("ck_person_message_kind")),
        sa.CheckConstraint("sent_by IN ('email', 'text-message', 'letter')", name=op.f("ck_person_message_sent_by")),
        sa.CheckConstraint("state <> 'failed' OR reason <> ''", name=op.f("ck_person_message_failed_with_a_reason")),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'delivered', 'failed', 'withdrawn')", name=op.f("ck_person_message_state")
        ),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (claimed_until IS NULL)", name=op.f("ck_person_message_claim_is_whole")
        ),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_person_message_case_ref_care_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_message")),
    )
    op.create_index("ix_person_message_address", "person_message", ["address", "queued_at"], unique=False)
    op.create_index("ix_person_message_case", "person_message", ["case_ref", "entry_no"], unique=False)
    op.create_index("ix_person_message_due", "person_message", ["state", "next_attempt_at"], unique=False)
    op.create_table(
        "review_date",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="the council's own word, such as annual"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("last_done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_date_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_review_date")),
    )
    op.create_table(
        "webhook_receipt",
        sa.Column("webhook_id", sa.Text(), nullable=False, comment="the sender's own id of the call"),
        sa.Column("path", sa.Text(), nullable=False, comment="which door it came to, such as /intake/contacts"),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the body, in hex"),
        sa.Column("mail_id", sa.Text(), nullable=False, comment="where its original is kept"),
        sa.Column("case_ref", sa.Text(), nullable=False, comment="the case it opened, or was handed to"),
        sa.ForeignKeyConstraint(["case_ref"], ["care_case.ref"], name=op.f("fk_webhook_receipt_case_ref_care_case")),
        sa.ForeignKeyConstraint(["mail_id"], ["inbound_mail.id"], name=op.f("fk_webhook_receipt_mail_id_inbound_mail")),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook_receipt")),
    )
    op.add_column(
        "outbox_message",
        sa.Column(
            "interruption",
            sa.Text(),
            nullable=True,
            comment="why it interrupts, such as reached-nobody; none: it waits for the recipient's next digest",
        ),
    )
    op.add_column(
        "outbox_message", sa.Column("digest_id", sa.Text(), nullable=True, comment="the digest it went out in, D-…")
    )
    op.create_index(op.f("ix_outbox_message_digest_id"), "outbox_message", ["digest_id"], unique=False)
    op.create_index("ix_delivery_at", "delivery", ["at"], unique=False)
    op.add_column("person", sa.Column("email", sa.Text(), nullable=True, comment="where they can be written to"))
    op.add_column(
        "person", sa.Column("telephone", sa.Text(), nullable=True, comment="where they can be rung or sent a text")
    )
    op.add_column(
        "person",
        sa.Column("postal_address", sa.Text(), nullable=True, comment="where letters go; lines parted by commas"),
    )
    op.add_column(
        "person",
        sa.Column("interpreter", sa.Text(), nullable=True, comment="language in which they need an interpreter"),
    )
    op.add_column(
        "person",
        sa.Column(
            "safe_contact",
            sa.Text(),
            nullable=True,
            comment="how they may be contacted without risk; while it is there no machine writes to them",
        ),
    )
    op.add_column(
        "person", sa.Column("name_key", sa.Text(), nullable=True, comment="made from the name, to look for it")
    )
    op.add_column(
        "person", sa.Column("record_key", sa.Text(), nullable=True, comment="made from record_id, to look for it")
    )
    op.add_column(
        "register_import",
        sa.Column(
            "optional_columns",
            sa.Text(),
            nullable=True,
            comment="which columns it had of those that a file may leave out, parted by spaces; none: not known",
        ),
    )
    _fill_the_keys()
    for column in ("name_key", "record_key", "born_on", "postcode"):
        op.create_index(op.f(f"ix_person_{column}"), "person", [column], unique=False)
    op.add_column(
        "team",
        sa.Column("closed_on", sa.Date(), nullable=True, comment="the first day on which it is no longer a team"),
    )
    op.add_column(
        "team",
        sa.Column("work_goes_to", sa.Text(), nullable=True, comment="id of the team that carries on its work, if any"),
    )

    op.execute(
        "ALTER TABLE inbound_mail ADD COLUMN door TEXT CONSTRAINT ck_inbound_mail_door"
        " CHECK (door IS NULL OR door IN ('smtp', 'imap', 'file', 'paper', 'webhook'))"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"COMMENT ON COLUMN inbound_mail.door IS '{DOOR}'")
    with op.batch_alter_table("register_import") as table:  # nothing hangs on this table, so it can be made anew
        table.drop_constraint(op.f("ck_register_import_kind"), type_="check")
        table.create_check_constraint(op.f("ck_register_import_kind"), f"kind IN ({EXTRACT_KINDS})")
        table.add_column(
            sa.Column(
                "acted_on_at",
                UtcDateTime(),
                nullable=True,
                comment="when what follows from it for the cases was done; none: not yet, and housekeeping does it",
            )
        )
    for statement in install(GUARDS, op.get_bind().dialect.name):
        op.execute(statement)


def _fill_the_keys() -> None:
    """Make the keys by which people are looked for, for those who are in the register already."""
    connection = op.get_bind()
    person = sa.table(
        "person", *(sa.column(name, sa.Text) for name in ("id", "name", "record_id", "name_key", "record_key"))
    )
    keys = [
        {"one": row.id, "name_key": name_key(row.name), "record_key": record_key(row.record_id)}
        for row in connection.execute(sa.select(person.c.id, person.c.name, person.c.record_id))
    ]
    if keys:
        connection.execute(sa.update(person).where(person.c.id == sa.bindparam("one")), keys)
