"""
A photograph, or another file, that belongs to an answer or to what a case is told: kept as letters are, with the case.

What was sent is kept as it came, in the bytes of a message of our own, and is given out and erased as a letter is. The
form that it belongs to holds its id.
"""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from hashlib import sha256

from models.mail import MailDoor, MailState
from tasks.durable.council import Council
from tasks.mail.storing import settle, store
from tasks.worklist.paper_letters import problem_with_scanner, safe_name, what_is_no_scan, what_is_too_large

NO_FILE = "Choose the file of the photograph first"


def problem_with_photograph(council: Council, content: bytes) -> str | None:
    """Why a file is not taken in, by the rules for the scan of a letter; None where it is."""
    if not content:
        return NO_FILE
    found = what_is_too_large("photograph", len(content), council.policy.mail)
    found = found or what_is_no_scan("photograph", content)
    if found:
        return found
    harmful = problem_with_scanner(council, content)
    return harmful.sentence if harmful is not None else None


def keep_photograph(council: Council, ref: str, content: bytes, name: str, *, by: str) -> str:
    """Keep a file in which no problem was found with a case, and give its id; the same file again is the same one."""
    message = EmailMessage()
    message["From"], message["Subject"] = Address(display_name=by), f"Photograph for case {ref}"
    message["Message-ID"] = f"<{sha256(content).hexdigest()[:32]}.{ref}@photograph.invalid>"
    message.set_content("See the photograph.")
    named = safe_name(name, content)
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=named)
    with council.change() as change:
        kept = store(change.session, message.as_bytes(), None, [], change.now, door=MailDoor.FILE)
        settle(change.session, kept.id, MailState.SIGNALLED, case_ref=ref)
        return kept.id
