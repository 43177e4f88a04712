"""Parts that are no text and no file of the sender's: signatures, encryption, and files in a program's own wrapping."""

from __future__ import annotations

from email.message import Message

SIGNATURES = {
    "application/pkcs7-signature": "S/MIME",
    "application/x-pkcs7-signature": "S/MIME",
    "application/pgp-signature": "OpenPGP",
}
"""Types of detached signatures, and what they are called."""
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_WINMAIL = "winmail.dat"

ENCRYPTED = "[This message is encrypted with {kind} and cannot be read here. Ask the sender to send it another way.]"
SEALED = "[This message is wrapped in its own signature ({kind}). Open the enclosure in a mail program to read it.]"
OUTLOOK = "files are wrapped in Outlook's own format (winmail.dat); ask the sender for them in plain mail"


def instead_of_text(part: Message, content_type: str) -> str | None:
    """What is said in place of a text that is locked away, in brackets, as no sender wrote it; none for other parts."""
    if content_type == "multipart/encrypted":
        return ENCRYPTED.format(kind="OpenPGP")
    if content_type in _SEALED:
        try:
            kind = str(part.get_param("smime-type", "")).lower()
        except Exception:  # damaged parameters
            kind = ""
        return (SEALED if kind in ("signed-data", "certs-only") else ENCRYPTED).format(kind="S/MIME")
    return None


def is_outlooks_wrapping(name: str, content_type: str) -> bool:
    """Whether a file is Outlook's wrapping of others (TNEF)."""
    return content_type in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == _WINMAIL


def name_of_wrapping(name: str) -> str:
    """The file's name, which Outlook does not always give."""
    return name or _WINMAIL
