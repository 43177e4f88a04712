"""Collecting mail: every minute, what lies in the shared mailboxes is stored, moved to its folder and taken up."""

from __future__ import annotations

from flows.house import house_flow
from tasks.housekeeping import collect_mail_once


@house_flow("Collect mail")
def collect_mail() -> None:
    """
    Collect the shared mailboxes of the connections file by IMAP; without any, do nothing.

    A letter is stored before it is moved, so stopping this at any moment loses and doubles nothing. Where a mailbox
    has not been collected for too long, housekeeping sees it and opens a case for those who keep the systems running.
    """
    collect_mail_once()
