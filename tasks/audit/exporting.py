"""
Writing ledgers out, so that anybody can check them without us.

One JSON object a line, one line an entry, cases in order of their refs and entries in order of their numbers:
`case_ref no at kind key step by clauses policy payload_digest previous_hash hash salt content`. `content` is the JSON
text with `text` and `data`, as it was hashed; `salt` and `content` are null once erased. To check a case by hand:

1. Its numbers are 1, 2, 3 … without a gap.
2. `hash` is the SHA-256, in hex, of the UTF-8 bytes of a JSON array: the values of the first eleven fields in the order
   above, no spaces between them, characters beyond ASCII written as themselves.
3. `previous_hash` is the `hash` of the line before; in a case's first line, the SHA-256 of `ledger of REF`.
4. `payload_digest` is the SHA-256 of `salt`, a line break, and `content`; where both are null, an entry of kind
   `erased` has the number in the list `erased` of its `data`.

The last `hash` of each case stands in the seals, whose own hashes are in the witness file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, Entry, EntryPayload
from tasks.audit.reading import ROWS_AT_ONCE
from tasks.durable.ledger import HASHED, UnknownCase

FIELDS = (*HASHED, "hash")


def export_lines(session: Session, ref: str | None = None) -> Iterator[str]:
    """
    All ledgers or one, as JSON lines without line breaks; holds all the personal data that the ledgers hold.

    Raises `UnknownCase` at once.
    """
    if ref is not None and session.get(Case, ref) is None:
        raise UnknownCase(ref)
    return _lines(session, ref)


def _lines(session: Session, ref: str | None) -> Iterator[str]:
    query = (
        select(*(getattr(Entry, name) for name in FIELDS), EntryPayload.salt, EntryPayload.content)
        .join(EntryPayload, (EntryPayload.case_ref == Entry.case_ref) & (EntryPayload.no == Entry.no), isouter=True)
        .order_by(Entry.case_ref, Entry.no)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    if ref is not None:
        query = query.where(Entry.case_ref == ref)
    for row in session.execute(query):
        said = dict(zip((*FIELDS, "salt", "content"), row, strict=True))
        said["at"] = said["at"].isoformat()
        yield json.dumps(said, ensure_ascii=False)
