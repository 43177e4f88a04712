"""
What the database itself refuses, as triggers for SQLite and PostgreSQL.

The migrations call `install`; the lists of allowed moves come from the tables beside the states, so the
two cannot drift apart without a test noticing (a migration freezes what it installed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeVar

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Guard:
    """A rule on one table: raise `sentence` before an update or delete when `when` holds."""

    name: str
    table: str
    event: Literal["UPDATE", "DELETE", "TRUNCATE"]
    when: str
    sentence: str
    asks_tables: bool = False
    """Whether `when` asks another table, which PostgreSQL allows in a trigger's function alone."""

    def create(self, dialect: str) -> list[str]:
        """The statements that install the rule."""
        if dialect == "sqlite" and self.event == "TRUNCATE":
            return []  # SQLite has none: its DELETE without a condition is caught row by row
        if dialect == "sqlite":
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} WHEN {self.when} "
                f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
            ]
        if self.asks_tables:
            return [
                f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN IF {self.when} THEN "
                f"RAISE EXCEPTION '{self.sentence}' USING ERRCODE = 'integrity_constraint_violation'; "
                f"END IF; RETURN {'OLD' if self.event == 'DELETE' else 'NEW'}; END $$",
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ]
        each = "FOR EACH STATEMENT" if self.event == "TRUNCATE" else f"FOR EACH ROW WHEN ({self.when})"
        return [
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{self.sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} {each} EXECUTE FUNCTION {self.name}()",
        ]


def append_only(table: str) -> list[Guard]:
    """Rows of `table` can be added and never changed or taken away."""
    return [
        Guard(f"{table}_is_not_updated", table, "UPDATE", "true", f"{table} is append-only"),
        Guard(f"{table}_is_not_deleted", table, "DELETE", "true", f"{table} is append-only"),
        Guard(f"{table}_is_not_truncated", table, "TRUNCATE", "true", f"{table} is append-only"),
    ]


def moves(table: str, column: str, allowed: Mapping[S, Iterable[S]]) -> Guard:
    """`column` of `table` moves only as `allowed` says."""
    pairs = [
        f"(OLD.{column} = '{old}' AND NEW.{column} = '{new}')" for old, news in allowed.items() for new in sorted(news)
    ]
    return Guard(
        f"{table}_{column}_moves_as_allowed",
        table,
        "UPDATE",
        f"OLD.{column} <> NEW.{column} AND NOT ({' OR '.join(pairs)})",
        f"{table}: that move of {column} is not allowed",
    )


def kept(table: str) -> Guard:
    """Rows of `table` are never deleted."""
    return Guard(f"{table}_is_not_deleted", table, "DELETE", "true", f"rows of {table} are kept")


def fence_rises() -> Guard:
    """A lease's fence never falls, and a new holder always has a new fence."""
    changed_hands = "NEW.holder IS NOT NULL AND COALESCE(OLD.holder, '') <> NEW.holder AND NEW.fence <= OLD.fence"
    return Guard(
        "lease_fence_rises",
        "lease",
        "UPDATE",
        f"NEW.fence < OLD.fence OR ({changed_hands})",
        "a lease keeps its fence rising",
    )


def erased_or_untouched() -> Guard:
    """A payload can be erased, and is never changed or brought back."""
    return Guard(
        "entry_payload_is_only_erased",
        "entry_payload",
        "UPDATE",
        "NEW.content IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.case_ref <> OLD.case_ref OR NEW.no <> OLD.no",
        "a payload can be erased, never changed",
    )


def unchanged(table: str, *columns: str) -> Guard:
    """Those columns of `table` stay as they were written."""
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return Guard(f"{table}_keeps_its_origin", table, "UPDATE", changed, f"{table}: its origin cannot be changed")


def kept_until_erased(table: str) -> Guard:
    """Rows of `table` are deleted only when it stands beside them that their case was erased."""
    erased = "SELECT 1 FROM case_erasure e WHERE e.case_ref = OLD.case_ref"
    return Guard(
        f"{table}_is_not_deleted",
        table,
        "DELETE",
        f"NOT EXISTS ({erased})",
        f"rows of {table} are kept until their case is erased",
        asks_tables=True,
    )


def cut_from_its_beginning() -> Guard:
    """Entries of the access log are deleted only up to where it was cut."""
    cut = "SELECT 1 FROM access_cut c WHERE c.up_to >= OLD.no"
    return Guard(
        "access_entry_is_not_deleted",
        "access_entry",
        "DELETE",
        f"NOT EXISTS ({cut})",
        "access_entry is append-only",
        asks_tables=True,
    )


def original_is_only_erased() -> Guard:
    """A message keeps its bytes and digests as they came, or loses them for good."""
    changed = " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in ("raw", "digest", "content_digest"))
    erased = "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND length(NEW.raw) = 0"
    brought_back = "OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at"
    return Guard(
        "inbound_mail_keeps_its_origin",
        "inbound_mail",
        "UPDATE",
        f"OLD.received_at IS DISTINCT FROM NEW.received_at OR ({brought_back}) OR (({changed}) AND NOT ({erased}))",
        "inbound_mail: its origin can be erased, never changed",
    )


def completed_once(table: str, column: str) -> Guard:
    """A row of `table` that has `column` is never changed again."""
    return Guard(
        f"{table}_{column}_is_final", table, "UPDATE", f"OLD.{column} IS NOT NULL", f"{table}: what is done stays done"
    )


def uninstall(name: str, table: str, dialect: str) -> list[str]:
    """Every statement that takes a rule away, so that another can take its place."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {name}"]
    return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]


def install(guards: Iterable[Guard], dialect: str) -> list[str]:
    """Every statement that installs `guards`."""
    return [statement for guard in guards for statement in guard.create(dialect)]
