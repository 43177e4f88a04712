"""The text of a digest: what must be looked at first stands first, and where to sign in stands once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.notices import Notice, Recipient, Verb, where_to_look

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class DigestLine:
    """A notice in a digest."""

    notice: Notice
    on_behalf_of: Recipient | None = None
    """The role or team it is for, where the reader hears it because that has no service of its own."""

    def text(self) -> str:
        """The line as the single notice says it, and below it why it comes and what happens then."""
        whom = f"For {self.on_behalf_of.words}." if self.on_behalf_of else ""
        remark = " ".join(part for part in (whom, self.notice.remark) if part)
        return f"{self.notice.subject}\n    {remark}" if remark else self.notice.subject


@dataclass(frozen=True)
class Digest:
    """One message with everything that waited for one reader."""

    id: str
    lines: Sequence[DigestLine]
    at: datetime
    remarks: Sequence[str] = ()
    """What is added for whoever leads a team, such as who was told more than the budget allows."""

    @property
    def subject(self) -> str:
        """The notice's own subject where there is one; else how many there are, and how many of them come first."""
        if len(self.lines) == 1:
            return self.lines[0].notice.subject
        first = len(self._groups()["To do first"])
        return f"{len(self.lines)} notices{f', {first} to look at first' if first else ''}"

    @property
    def is_urgent(self) -> bool:
        """Whether any line is."""
        return any(line.notice.urgent for line in self.lines)

    def body(self) -> str:
        """The text; the digest's id stands last, so that one sent twice is recognised."""
        paragraphs = []
        for heading, lines in self._groups().items():
            if lines:
                paragraphs += [f"{heading}:", *(line.text() for line in lines)]
        paragraphs += self.remarks
        paragraphs.append(where_to_look(line.notice.where for line in self.lines))
        paragraphs.append(f"Digest {self.id}")
        return "\n\n".join(paragraphs)

    def _groups(self) -> dict[str, list[DigestLine]]:
        groups: dict[str, list[DigestLine]] = {"To do first": [], "To do": [], "To know": []}
        for line in sorted(self.lines, key=self._rank):
            if line.notice.urgent or line.notice.is_overdue(self.at):
                groups["To do first"].append(line)
            else:
                groups["To know" if line.notice.verb is Verb.READ else "To do"].append(line)
        return groups

    def _rank(self, line: DigestLine) -> tuple[bool, datetime, str]:
        """Urgent before overdue before the rest; then by due time."""
        return (not line.notice.urgent, line.notice.by or _NEVER, line.notice.subject)
