"""Letters on paper: what whoever takes one in must give, what a scan may be, and taking it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePath

from models.policy.running import MailLimits
from tasks.durable.council import Council
from tasks.intake import Taken, take_in_letter
from tasks.worklist.scanning import Infected, scan

LONGEST_LINE = 500
_LOOKED_AT = 1024
"""Bytes at the beginning of a file in which a PDF says that it is one."""


class ScanKind(StrEnum):
    """What a scan may be; the value is what its name ends with."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    TIFF = "tiff"


_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", ScanKind.PNG),
    (b"\xff\xd8\xff", ScanKind.JPEG),
    (b"II*\x00", ScanKind.TIFF),
    (b"MM\x00*", ScanKind.TIFF),
)
_ENDINGS = {ScanKind.JPEG: (".jpg", ".jpeg"), ScanKind.TIFF: (".tiff", ".tif")}
_OTHERS = (
    (b"PK\x03\x04", "a Word document or an archive"),
    (b"\xd0\xcf\x11\xe0", "an older Word document"),
    (b"GIF8", "a GIF"),
    (b"{\\rtf", "an RTF document"),
    (b"<", "a web page"),
)


@dataclass(frozen=True)
class PaperLetter:
    """A letter as somebody takes it in. Personal data."""

    sender: str
    """Who wrote, as it stands on the letter, in one line."""
    received_on: date
    subject: str = ""
    text: str = ""
    """What it says, typed."""
    scan: bytes | None = None
    scan_name: str = ""


@dataclass(frozen=True)
class LetterProblem:
    """What is to be put right before the letter is taken in."""

    field: str
    """The name of the letter's field."""
    sentence: str
    """What to do; never what was typed."""


NOTHING_IN_IT = LetterProblem("scan", "Give the scan of the letter, or type what it says, or do both")


def problems_with_letter(letter: PaperLetter, limits: MailLimits, today: date) -> list[LetterProblem]:
    """Everything that keeps a letter from being taken in."""
    found = [*_problems_with_lines(letter), *_too_large(letter, limits)]
    if letter.received_on > today:
        found.append(LetterProblem("received_on", "That day has not come yet: enter the day on which the letter came"))
    if letter.scan is None and not letter.text.strip():
        found.append(NOTHING_IN_IT)
    if letter.scan == b"":
        found.append(LetterProblem("scan", "The file of the scan is empty: choose another"))
    if "\x00" in letter.text:
        found.append(LetterProblem("text", "Take out the character NUL, which no record can keep"))
    return found


def problem_with_kind(content: bytes) -> LetterProblem | None:
    """Why a file is no scan, by what stands in it and not by its name; None where it is one."""
    sentence = what_is_no_scan("scan", content) if content else ""
    return LetterProblem("scan", sentence) if sentence else None


def what_is_no_scan(called: str, content: bytes) -> str:
    """Why a file is none that we take, as a sentence that calls it so; empty where it is one."""
    if kind_of(content) is not None:
        return ""
    looks_like = next((words for begins, words in _OTHERS if content.lstrip()[: len(begins)] == begins), "")
    if content[4:8] == b"ftyp":
        looks_like = "a photo or film as telephones keep it: on the telephone, save it as JPEG first"
    what = f", and this file is {looks_like}" if looks_like else ""
    return f"The {called} must be a PDF, PNG, JPEG or TIFF{what}"


def kind_of(content: bytes) -> ScanKind | None:
    """What kind of scan a file is; None where it is none."""
    for begins, kind in _BEGINNINGS:
        if content.startswith(begins):
            return kind
    return ScanKind.PDF if b"%PDF-" in content[:_LOOKED_AT] else None


def problem_with_scanner(council: Council, content: bytes) -> LetterProblem | None:
    """
    What the council's scanner says against a file.

    Where it cannot say anything the letter is taken in all the same, as somebody may wait on it; it is looked through
    again before anybody is given it.
    """
    if isinstance(scan(council.connections.worklist, content), Infected):
        sentence = "The scanner found something harmful in this file. It was not taken in: tell systems staff"
        return LetterProblem("scan", sentence)
    return None


def safe_name(name: str, content: bytes) -> str:
    """A plain name for a scan that ends as its content is, whatever somebody's browser called it."""
    last = PurePath(name.replace("\\", "/")).name
    plain = "".join(one for one in last if one.isprintable() and one not in '/:*?"<>|').strip(" .")[-100:] or "scan"
    kind = kind_of(content)
    if kind is None or plain.lower().endswith(_ENDINGS.get(kind, (f".{kind}",))):
        return plain
    return f"{plain}.{kind}"


def take_in_paper(council: Council, letter: PaperLetter, *, by: str) -> Taken:
    """Take in a letter in which no problem was found; the same letter again is the same case."""
    return take_in_letter(
        council,
        sender=" ".join(letter.sender.split()),
        received_on=letter.received_on,
        subject=" ".join(letter.subject.split()),
        text=letter.text,
        scan=letter.scan,
        scan_name=letter.scan_name,
        by=by,
    )


def _problems_with_lines(letter: PaperLetter) -> list[LetterProblem]:
    if not letter.sender.strip():
        return [LetterProblem("sender", "Enter who wrote, as it stands on the letter")]
    named = {"sender": letter.sender, "subject": letter.subject}
    return [
        LetterProblem(name, f"Write the {name} as one line of plain text, of {LONGEST_LINE} characters at most")
        for name, line in named.items()
        if not line.isprintable() or len(line) > LONGEST_LINE
    ]


def _too_large(letter: PaperLetter, limits: MailLimits) -> list[LetterProblem]:
    sizes = {"scan": len(letter.scan or b""), "text": len(letter.text.encode("utf-8", "surrogatepass"))}
    found = {name: what_is_too_large(name, size, limits) for name, size in sizes.items()}
    return [LetterProblem(name, sentence) for name, sentence in found.items() if sentence]


def what_is_too_large(called: str, size: int, limits: MailLimits) -> str:
    """Why something is too large, as a sentence that calls it so; empty where it is not."""
    most = limits.attachment_bytes
    if size <= most:
        return ""
    return f"The {called} has {_size(size)}, and {_size(most)} are taken at most (policy: mail.attachment_bytes)"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size:,} bytes"
