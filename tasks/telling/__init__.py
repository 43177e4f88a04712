"""
Telling staff: the outbox and its delivery through Apprise.

`queueing` writes notices in a step's own transaction. `timetable` says when each goes out (at once, when quiet hours
are over, with a digest), `quiet_hours` who hears what must not wait for the morning, `readers` by which services each
reads, and `roster` who holds a role. `claiming` takes what is due and settles what stands in a digest, `digests` words
it, `delivering` sends it and records what became of it, and `budget` counts what each worker was told.

`configuration` reads which services serve which role, team or person, and `mailbox_service` holds our own two services:
a folder that can be looked at, and a memory for tests. `apprise_log` keeps Apprise from logging what it sends. What is
said to people outside has modules of its own, called `people…`. The reasons: `docs/decisions/0007`.
"""
