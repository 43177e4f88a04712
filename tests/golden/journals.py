"""
Journals as files: one case's ledger as JSON lines, the first of which says whose it is and where it came from.

What chance made (references, ids of work items, notes and messages) has other names in a journal, made from the order
in which they appear, so that a story recorded twice gives the same lines.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from models.entry_kinds import EntryKind
from models.refs import ALPHABET, find_refs, is_ref
from tasks.durable.ledger import Recorded

FOLDER = Path(__file__).parent / "journals"
"""Here they lie, in a folder for each procedure: `STORY.1.jsonl`, and `STORY.2.jsonl` where it was recorded again."""
_ID = re.compile(rf"(?<![0-9A-Z-])([A-Z])-[{ALPHABET}]{{10,16}}(?![0-9A-Z-])")
"""Ids of work items, notes, digests and messages: a letter, and ten characters of chance or more."""


@dataclass(frozen=True, eq=False)
class Journal:
    """One case's ledger as it was recorded."""

    procedure: str
    story: str
    """The test that told it, as pytest names tests."""
    entries: tuple[Recorded, ...]
    because: str = ""
    """Why the story was recorded again, where it was."""

    @property
    def ref(self) -> str:
        """What its case is called where one is needed."""
        return _ref(1)


def journals(folder: Path = FOLDER) -> dict[str, Journal]:
    """Every journal by its name, such as `follow-up/not-confirmed-in-time.1`."""
    return {
        str(file.relative_to(folder)).removesuffix(".jsonl"): read_from(file)
        for file in sorted(folder.glob("*/*.jsonl"))
    }


def read_from(file: Path) -> Journal:
    """The journal in a file."""
    first, *lines = file.read_text(encoding="utf-8").splitlines()
    head = json.loads(first)
    entries = tuple(_entry(no, json.loads(line)) for no, line in enumerate(lines, 1))
    return Journal(head["procedure"], head["story"], entries, head.get("because", ""))


def written_to(file: Path, journal: Journal) -> None:
    """Write a journal. Raises FileExistsError: what was recorded stands for open cases and is never written over."""
    head = {"procedure": journal.procedure, "story": journal.story, "because": journal.because}
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as out:
        for line in ({name: said for name, said in head.items() if said}, *map(_line, journal.entries)):
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def same_names(entries: Iterable[Recorded]) -> Iterator[Recorded]:
    """A ledger with names in the place of what chance made, the same each time."""
    refs = count(2)
    ids: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
    known: dict[str, str] = {}

    def id_for(found: re.Match[str]) -> str:
        if found[0] not in known:
            known[found[0]] = f"{found[1]}-{next(ids[found[1]]):010}"
        return known[found[0]]

    def renamed(text: str) -> str:
        for ref in find_refs(text):
            if ref not in known:
                known[ref] = _ref(next(refs))
            text = text.replace(ref, known[ref])
        return _ID.sub(id_for, text)

    for entry in entries:
        content = None if entry.content is None else renamed(entry.content)
        yield replace(entry, key=renamed(entry.key), step=renamed(entry.step), content=content)


def _line(entry: Recorded) -> dict[str, Any]:
    line = {"at": entry.at.isoformat(), "kind": str(entry.kind), "key": entry.key}
    if entry.step:
        line["step"] = entry.step
    return line | {"by": entry.by} | entry.payload


def _entry(no: int, line: dict[str, Any]) -> Recorded:
    content = json.dumps({"text": line["text"], "data": line["data"]}, ensure_ascii=False, separators=(",", ":"))
    kind, at = EntryKind(line["kind"]), datetime.fromisoformat(line["at"])
    return Recorded(no, at, kind, line["key"], line.get("step", ""), line["by"], content)


def _ref(number: int) -> str:
    """The reference of that number: GHHH-0001 and so on, as far as its alphabet goes."""
    digits = f"{number:05}".replace("0", "Z")
    start = f"GH{digits[:2]}-{digits[2:]}"
    return next(ref for character in ALPHABET if is_ref(ref := start + character))
