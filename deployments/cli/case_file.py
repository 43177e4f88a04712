"""A case's file on disk: its page, and the originals beside it."""

from __future__ import annotations

import os
from pathlib import Path

from deployments.case_file import as_bytes, files_of, in_words, page_of
from deployments.cli.reading import FileUnreadable
from tasks.audit.case_file import CaseFile

__all__ = ["as_bytes", "in_words", "page_of", "write_file", "write_originals"]


def write_file(path: Path, content: bytes) -> None:
    """Write a new file that is its owner's alone. Raises `FileUnreadable`, also where it is there already."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
        return
    except FileExistsError:
        reason = "it is there already; give another name"
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
    raise FileUnreadable(f"{path} cannot be written: {reason}")


def write_originals(file: CaseFile, folder: Path) -> dict[str, list[str]]:
    """Write every original, and what was enclosed, into a new folder; gives the file names for each message."""
    try:
        folder.mkdir(mode=0o700)
        reason = ""
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
    if reason:
        raise FileUnreadable(f"the folder {folder} cannot be made ({reason}): give another name")
    written: dict[str, list[str]] = {}
    for message in file.messages:
        for name, content in files_of(message):
            write_file(folder / name, content)
            written.setdefault(message.mail.id, []).append(f"{folder.name}/{name}")
    return written
