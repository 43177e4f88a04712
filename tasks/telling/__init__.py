"""
Telling staff: the outbox and its delivery through Apprise.

`queueing` writes notices in a step's own transaction, `delivering` sends what is due and records what became
of it, `configuration` reads which services serve which role, team or person, and `mailbox_service` holds our
own two services: a folder that can be looked at, and a memory for tests. `apprise_log` keeps Apprise from
logging what it sends.
"""
