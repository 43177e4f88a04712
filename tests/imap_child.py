"""
A collector in a process of its own, for tests that kill it: collects one mailbox of this machine once.

Called with the database's address and the mailbox's port. Policy takes messages of up to 200,000 bytes.
"""

from __future__ import annotations

import sys

from deployments.example_council import example_policy
from models.connections import Connections, Mailbox
from tasks.database import Database
from tasks.durable.council import Council
from tasks.mail.collecting import collect_every_mailbox
from tests.imap_server import PASSWORD, USER


def main() -> None:
    """Collect."""
    policy = example_policy()
    policy = policy.model_copy(update={"mail": policy.mail.model_copy(update={"message_bytes": 200_000})})
    entry = {"name": "adult-care", "host": "127.0.0.1", "security": "none", "username": USER, "password": PASSWORD}
    box = Mailbox.model_validate(entry | {"port": int(sys.argv[2])})
    council = Council(Database(sys.argv[1]), policy, connections=Connections(mailboxes=(box,)))
    collect_every_mailbox(council)


if __name__ == "__main__":
    main()
